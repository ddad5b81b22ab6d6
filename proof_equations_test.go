package till

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// TestProofNamesTheEquation makes an order impossible in one way after the other: the proof
// says which equation fails, and needs no chain for it.
func TestProofNamesTheEquation(t *testing.T) {
	wantError(t, fullOrder().is.verify(), nil)
	euro := money.MustParse("1.00", money.EUR)
	gift := func(o *orderOpened) *Discount {
		return &o.Discounts[slices.IndexFunc(o.Discounts, func(d Discount) bool { return d.Action.Kind == GiftProduct })]
	}
	most := func(a money.Amount) func(*orderOpened) {
		return func(o *orderOpened) { o.Discounts[1].Max = &a }
	}
	for says, c := range map[string]struct {
		change func(*orderOpened)
		want   string // how the equation begins
	}{
		"a quantity that none can buy":      {func(o *orderOpened) { o.Lines[0].Quantity = MaxQuantity + 1 }, "line 1: quantity"},
		"a line that cannot be bought":      {func(o *orderOpened) { o.Lines[2].Unavailable = NotListed }, "line 3: it can be bought"},
		"a price in another currency":       {func(o *orderOpened) { o.Lines[0].Price = money.PriceOf(euro) }, "line 1: price"},
		"a price that cannot be multiplied": {func(o *orderOpened) { o.Lines[0].Price = money.PriceOf(huge); o.Lines[0].Base = money.PriceOf(huge) }, "line 1: subtotal"},
		"a price that cannot be exchanged": {func(o *orderOpened) {
			o.Lines[4].Exchanged.Price = money.PriceOf(huge)
			o.Lines[4].Exchanged.Rate = pct("1000")
		}, "line 5: price = exchanged"},
		"a base that is another's":            {func(o *orderOpened) { o.Lines[4].Base = gbp("1000.00") }, "line 5: base price = exchanged"},
		"a cap that cannot be counted":        {func(o *orderOpened) { rate := money.MustParseRate("9000000000000000000"); o.Cap = &rate }, "cap"},
		"an action that is none":              {func(o *orderOpened) { o.Discounts[0].Action.Kind = "half" }, "discount 1, Spring sale: action"},
		"an amount in two currencies":         {func(o *orderOpened) { o.Discounts[1].Action.Amounts = append(o.Discounts[1].Action.Amounts, euro) }, "discount 2, Welcome: action"},
		"an amount in another":                {func(o *orderOpened) { o.Discounts[1].Action.Amounts = []money.Amount{euro} }, "discount 2, Welcome: action"},
		"a most in another currency":          {most(euro), "discount 2, Welcome: the most"},
		"a most below nothing":                {most(pounds("-4.00")), "discount 2, Welcome: the most"},
		"a line that has two shares":          {func(o *orderOpened) { o.Discounts[1].Shares[1].Line = 1 }, "discount 2, Welcome: shares by line"},
		"a share of a line that is not there": {func(o *orderOpened) { s := o.Discounts[0].Shares; s[len(s)-1].Line = 99 }, "discount 1, Spring sale: shares"},
		"a share of an agreed price":          {func(o *orderOpened) { o.Lines[0].Agreed = &Agreement{Price: o.Lines[0].Price} }, "discount 1, Spring sale: line 1 is one that it may touch"},
		"a gift that is bought":               {func(o *orderOpened) { o.Lines[7].Gift = "" }, "discount 4, A sticker for you: line 8 is one that it may touch"},
		"a gift of more pieces":               {func(o *orderOpened) { gift(o).Action.Quantity = 2 }, "discount 4, A sticker for you: line 8 is one that it may touch"},
		"a gift that nothing gives": {func(o *orderOpened) {
			o.Lines[6].Gift, o.Lines[6].Agreed = "sticker", nil
			o.Lines[6].Base = o.Lines[6].Price
		}, "line 7: gift"},
		"a use of what was not taken":             {func(o *orderOpened) { o.Uses[0].Promotion = "other" }, "use 1"},
		"a discount of a shipping that is not":    {func(o *orderOpened) { o.Delivery = nil }, "discount 5, Half the post: of shipping"},
		"a delivery that cannot be chosen":        {func(o *orderOpened) { o.Delivery.Unavailable = OutOfZone }, "shipping: it can be chosen"},
		"a rate that is not possible":             {func(o *orderOpened) { o.Delivery.Rate.Table[1].Amount = euro }, "shipping: rate"},
		"a rate that does not hold for the goods": {func(o *orderOpened) { o.Delivery.Rate.Table[0].From = 1 << 20; o.Delivery.Rate.Table[1].From = 1 << 21 }, "shipping = its rate"},
		"a rate that cannot be counted":           {func(o *orderOpened) { o.Delivery.Rate.Each, o.Delivery.Rate.Per = huge, 1 }, "shipping = its rate"},
		"nothing that is shipped": {func(o *orderOpened) {
			for i := range o.Lines {
				o.Lines[i].NoShipping = true
			}
		}, "shipping: something is shipped"},
		"a weight below nothing":                    {func(o *orderOpened) { o.Lines[0].Grams = -1 }, "shipping: weight"},
		"a tax status that is none":                 {func(o *orderOpened) { o.Status = "poor" }, "tax status"},
		"a rate below nothing":                      {func(o *orderOpened) { o.Taxes[0].Rate = pct("-20") }, "tax 1, VAT: rate"},
		"a rate beyond all":                         {func(o *orderOpened) { o.Taxes[0].Rate = pct("1001") }, "tax 1, VAT: rate"},
		"a tax that an exempt buyer pays":           {func(o *orderOpened) { o.Status = Exempt }, "tax 1, VAT: relief"},
		"a tax that is not due, and nobody is free": {func(o *orderOpened) { o.Taxes[0].Relief = Exempt }, "tax 1, VAT: relief"},
		"a tax that misses its last line":           {func(o *orderOpened) { x := &o.Taxes[0]; x.Parts = x.Parts[:len(x.Parts)-1] }, "tax 1, VAT: it bears on"},
		"a tax with a line too many":                {func(o *orderOpened) { x := &o.Taxes[0]; x.Parts = append(x.Parts, TaxPart{9, pounds("0")}) }, "tax 1, VAT: it bears on"},
		"rates that cannot be compounded": {func(o *orderOpened) {
			for i := range o.Taxes {
				o.Taxes[i].Rate, o.Taxes[i].Compound = money.MustParseRate("0.123456789012345678"), true
			}
		}, "taxes"},
		"a step that is none":         {func(o *orderOpened) { o.Cash.Increment = 1 }, "rounding to cash"},
		"a mode that does not round":  {func(o *orderOpened) { o.Cash.Mode = money.Exact }, "rounding to cash"},
		"a residue that is another's": {func(o *orderOpened) { o.Cash.Residue = pounds("0.04") }, "rounding to cash"},
		"a total that is another's":   {func(o *orderOpened) { o.Total = pounds("0.04") }, "total = sum"},
	} {
		o := fullOrder().is
		o.bill, o.Uses = o.bill.clone(), slices.Clone(o.Uses)
		c.change(&o)
		var e *VerifyError
		if err := o.verify(); !errors.As(err, &e) || !strings.HasPrefix(e.Equation, c.want) {
			t.Errorf("%s: %v, want %q", says, err, c.want)
		}
	}
}

// Figures that do not fit are no proof of anything, and nothing breaks on them.
func TestProofOfWhatDoesNotFit(t *testing.T) {
	terms := under("m", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("3.00")}}}, "standard", ListRule{Included: true})
	q := must(must(cartOf(Item{SKU: "A", Quantity: 1}, Item{SKU: "B", Quantity: 1}).ShipBy("m")).Quote(priceShop("1.00", "1.00"), terms, jan(1)))
	order := must3(OpenOrder(on(2), opening(), q)).is
	wantError(t, order.verify(), nil)
	off := func(a Action) func(*orderOpened) {
		return func(o *orderOpened) {
			o.Discounts = []Discount{{Promotion: "p", Label: "P", Action: a, Amount: pounds("-1.00"), Shares: []Share{{1, 0, pounds("-1.00")}, {2, 0, pounds("0")}}}}
		}
	}
	taxes := func(rates ...string) func(*orderOpened) {
		return func(o *orderOpened) {
			for _, r := range rates {
				x := Tax{Name: r, Label: "T", Rate: money.MustParseRate(r), Included: true, Amount: pounds("0")}
				o.Taxes = append(o.Taxes, Tax{Name: r, Label: "T", Rate: x.Rate, Included: true, Parts: []TaxPart{{1, pounds("0")}, {2, pounds("0")}}})
				x.Included, x.Parts = false, []TaxPart{{0, pounds("0")}}
				o.Taxes = append(o.Taxes, x)
			}
		}
	}
	for says, c := range map[string]struct {
		of     money.Amount
		level  RoundingLevel
		change func(*orderOpened)
		want   string
	}{
		"the lines, for the shipping":     {huge, PerLine, func(*orderOpened) {}, "shipping: total of the lines"},
		"the lines, for the cap":          {huge, PerLine, func(o *orderOpened) { o.Cap = new(pct("10")) }, "cap"},
		"the lines, for the total":        {huge, PerLine, func(o *orderOpened) { o.Delivery = nil }, "total"},
		"all of each line":                {huge, PerLine, off(PercentOff(pct("100"))), "discount 1, P: shares"},
		"a share of their sum":            {huge, PerLine, off(OrderPercentOff(pct("10"))), "discount 1, P: shares"},
		"a tax on the order":              {huge, PerOrder, func(o *orderOpened) { taxes("0.2")(o); o.Delivery = nil; o.Taxes = o.Taxes[:1] }, "taxes"},
		"rates of too many digits":        {pounds("1.00"), PerLine, taxes("9.3", "0.000000000000000001"), "taxes"},
		"rates that fit in a sum alone":   {pounds("1.00"), PerLine, taxes("0.500000000000000005", "0.500000000000000005", "9.3"), "taxes"},
		"and over the order":              {pounds("1.00"), PerOrder, taxes("0.500000000000000005", "0.500000000000000005", "9.3"), "taxes"},
		"rates whose product is too fine": {pounds("1.00"), PerLine, func(o *orderOpened) { taxes("0.000000001", "0.0000000001")(o); o.Taxes[2].Compound = true }, "taxes"},
	} {
		o := order
		o.bill, o.Rounding.Level = o.bill.clone(), c.level
		for i := range o.Lines {
			l := &o.Lines[i]
			l.Price, l.Base, l.Subtotal, l.Total = money.PriceOf(c.of), money.PriceOf(c.of), c.of, c.of
		}
		c.change(&o)
		var e *VerifyError
		if err := o.verify(); !errors.As(err, &e) || !strings.HasPrefix(e.Equation, c.want) {
			t.Errorf("%s: %v, want %q", says, err, c.want)
		}
	}
}

// An order of the first version keeps its tree of reasons, which is proved with it.
func TestProofOfTheFirstVersion(t *testing.T) {
	o := smallOrder()
	opened := decodeNumbers(t, o.entries[0].Payload).(map[string]any)
	opened["reasons"] = decodeNumbers(t, must(json.Marshal(o.Reasons())))
	for _, l := range opened["lines"].([]any) {
		delete(l.(map[string]any), "subtotal")
	}
	verify := func() error {
		e, _ := forge(journal{}, "opened", 1, jan(12), string(must(json.Marshal(opened))))
		old, err := Fold(Order{}, e)
		if err == nil {
			err = old.Verify()
		}
		return err
	}
	wantError(t, verify(), nil)
	for _, l := range leavesOf("", opened["reasons"], nil) {
		for _, x := range l.alterations() {
			l.set(x)
			var e *VerifyError
			if err := verify(); !errors.As(err, &e) || !strings.Contains(e.Equation, "reason") {
				t.Errorf("%s is %v: %v", l.path, x, err)
			}
			l.set(l.is)
		}
	}
}

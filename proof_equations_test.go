package till

import (
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

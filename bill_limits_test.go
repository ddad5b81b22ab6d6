package till

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// At the limits of what can be counted, a bill is right or an error that says why.

// huge is the greatest amount that there is.
var huge = money.MustFromMinor(math.MaxInt64, money.GBP)

// wantUncountable checks an error of figures that money cannot count.
func wantUncountable(t *testing.T, says, path string, err error) {
	t.Helper()
	var e *InvalidError
	if !errors.As(err, &e) || e.Path != path || !errors.Is(err, money.ErrOverflow) && !errors.Is(err, money.ErrPrecision) {
		t.Errorf("%s: error %v, want one at %s of what cannot be counted", says, err, path)
	}
}

func TestWhatIsTooMuchToCount(t *testing.T) {
	promo := func(a Action) []any { return []any{"p", Promotion{Label: "P", Action: a}} }
	parcel := func(r ShippingRate) []any {
		return []any{"m", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{r}}}
	}
	onTop := TaxRate{Label: "T", Rate: money.MustParseRate("0.123456"), Compound: true}
	for _, c := range []struct {
		says   string
		prices []string
		pieces int64
		rules  []any
		path   string
	}{
		{"a line", []string{"92233720368547758.07"}, 2, nil, "line"},
		{"the sum of the lines", []string{"92233720368547758.07", "0.01"}, 1, nil, "total"},
		{"what a promotion may touch", []string{"92233720368547758.07", "0.01"}, 1, promo(PercentOff(pct("1"))), "discounts"},
		{"what the cap is of", []string{"92233720368547758.07", "0.01"}, 1, []any{"cap", DiscountCap{pct("1")}, "p", Promotion{Label: "P", Action: FreeShipping()}}, "discounts"},
		{"an amount off each piece", []string{"1.00"}, 1000, promo(AmountOff(huge)), "discounts"},
		{"a fixed price of all pieces", []string{"1.00"}, 1000, promo(PriceOf(huge)), "discounts"},
		{"a tax", []string{"92233720368547758.07"}, 1, []any{"vat", rate("1000")}, "taxes"},
		{"an amount and its tax", []string{"92233720368547758.07"}, 1, []any{"vat", rate("1")}, "total"},
		{"a tax on the order", []string{"92233720368547758.07", "0.01"}, 1, []any{"vat", rate("1")}, "taxes"},
		{"the lines, for the shipping", []string{"92233720368547758.07", "0.01"}, 1, parcel(ShippingRate{Base: pounds("1")}), "shipping"},
		{"what a promotion of the shipping may touch", []string{"92233720368547758.07", "0.01"}, 1, []any{"p", Promotion{Label: "P", Action: FreeShipping()}}, "shipping"},
		{"a share of two", []string{"92233720368547758.07", "92233720368547758.07"}, 1, promo(OrderPercentOff(pct("1"))), "discounts"},
		{"a gift", []string{"1.00", "92233720368547758.07"}, 1, promo(Gift("B", 2)), "discounts"},
		{"shipping for each gram", []string{"1.00"}, 1000, parcel(ShippingRate{Base: pounds("0"), By: ByPieces, Per: 1, Each: huge}), "shipping"},
		{"a base and a row", []string{"1.00"}, 1, parcel(ShippingRate{Base: huge, By: ByPieces, Table: []ShippingStep{{0, pounds("0.01")}}}), "shipping"},
		{"a base and a share", []string{"1.00"}, 1, parcel(ShippingRate{Base: huge, Percent: pct("1")}), "shipping"},
		{"articles and shipping", []string{"1.00"}, 1, parcel(ShippingRate{Base: huge}), "total"},
		{"rounding up to cash", []string{"92233720368547758.07"}, 1, []any{"gbp", CashRounding{money.GBP, 1000, money.Up}}, "total"},
		{"an exchange", nil, 1, []any{"usd-gbp", ExchangeRate{money.USD, money.GBP, money.MustParseRate("9000000000000000000")}}, "line"},
		{"four taxes on top of each other", []string{"1.00"}, 1, []any{"a", onTop, "b", onTop, "c", onTop, "d", onTop}, "taxes"},
	} {
		shop := priceShop(c.prices...)
		if c.prices == nil {
			shop = must(NewCatalog([]Product{product(1, "a", "A")}, []Prices{inList("A", "standard", "9.99 USD")}))
		}
		cart := must(cartOf(Item{SKU: "A", Quantity: c.pieces}).AddCode("TEN"))
		if len(c.prices) > 1 {
			cart = must(cart.Add(Item{SKU: "B", Quantity: 1}))
		}
		terms := under(c.rules...)
		if len(terms.methods) > 0 {
			cart = must(cart.ShipBy("m"))
		}
		if c.says == "a tax on the order" {
			terms = must3(terms.Change(on(0), RuleChange{Name: "rounding", Rule: Rounding{money.HalfEven, PerOrder}}))
		}
		q, err := cart.Quote(shop, terms, jan(1))
		wantUncountable(t, c.says, c.path, err)
		if len(q.Lines()) > 0 {
			t.Errorf("%s: a quote came", c.says)
		}
	}
}

// What just fits is counted.
func TestWhatJustFits(t *testing.T) {
	for says, c := range map[string]struct {
		rules []any
		want  string
	}{
		"alone":                       {nil, "92233720368547758.07"},
		"less a percentage":           {[]any{"p", Promotion{Label: "P", Action: OrderPercentOff(pct("100"))}}, "0.00"},
		"less the greatest amount":    {[]any{"p", Promotion{Label: "P", Action: OrderAmountOff(huge), Max: []money.Amount{huge}}}, "0.00"},
		"with what the price has":     {[]any{"vat", rate("1000"), "standard", ListRule{Included: true}}, "92233720368547758.07"},
		"with a tax of what was left": {[]any{"p", Promotion{Label: "P", Action: PercentOff(pct("50"))}, "vat", rate("100")}, "92233720368547758.06"},
		"three taxes of six decimals": {[]any{
			"p", Promotion{Label: "P", Action: PercentOff(pct("100"))},
			"a", rate("12.3456"), "b", TaxRate{Label: "T", Rate: pct("12.3456"), Compound: true}, "c", TaxRate{Label: "T", Rate: pct("12.3456"), Compound: true},
		}, "0.00"},
	} {
		q, err := cartOf(Item{SKU: "A", Quantity: 1}).Quote(priceShop("92233720368547758.07"), under(c.rules...), jan(1))
		if wantError(t, err, nil); q.Total() != pounds(c.want) {
			t.Errorf("%s: %s, want %s", says, q.Total(), c.want)
		}
		checkTree(t, q)
		wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
	}
}

// One currency a cart: an agreed price in another is refused, and the rules of another are
// not taken.
func TestOneCurrencyACart(t *testing.T) {
	_, err := cartOf().AddAgreed(Item{SKU: "A", Quantity: 1}, Agreement{Price: money.MustParsePrice("1", money.EUR), By: "staff"})
	wantError(t, err, badAt("agreed.price"))
	euro := money.MustParse("1", money.EUR)
	terms := under(
		"a", Promotion{Label: "P", Action: AmountOff(euro)}, "b", Promotion{Label: "P", Action: PriceOf(euro)}, "c", Promotion{Label: "P", Action: OrderAmountOff(euro)},
		"d", Promotion{Label: "P", If: Conditions{Minimum: []money.Amount{euro}}, Action: PercentOff(pct("50"))},
		"m", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: euro}}}, "eur", CashRounding{money.EUR, 5, money.Up},
	)
	q := must(cartOf(Item{SKU: "A", Quantity: 1}).Quote(priceShop("9.99"), terms, jan(1)))
	if q.Total() != pounds("9.99") || len(q.Discounts()) > 0 || q.Delivery().Unavailable != Undeliverable {
		t.Errorf("%s", q)
	}
}

// long gives a cart of so many lines, each of an article of its own, and the shop for it.
func long(lines int) (Cart, Catalog) {
	d := Description{Handle: "long", Words: map[Locale]Words{"": {Name: "Long"}}, Options: []string{"N"}}
	var products []Product
	var prices []Prices
	var items []Item
	for i := range lines {
		sku := SKU(fmt.Sprintf("S%05d", i))
		d.Variants = append(d.Variants, Variant{SKU: sku, Grams: 10, Values: []string{fmt.Sprint(i)}})
		prices = append(prices, priced(sku, fmt.Sprintf("%d.%02d", i%7+1, i%100)))
		items = append(items, Item{SKU: sku, Quantity: int64(i%3 + 1)})
		if len(d.Variants) == MaxVariants || i == lines-1 {
			d.Handle = fmt.Sprint("long-", i)
			products = append(products, must3(must3(AddProduct(on(0), testID[Product](byte(len(products)+1)), d)).List(on(0), 0)))
			d.Variants = nil
		}
	}
	return must(must(cartOf(items...).ShipBy("m")).AddCode("TEN")), must(NewCatalog(products, prices))
}

// everyAction are promotions of every kind, some more of one, and taxes.
func everyAction(promotions, taxes int) Terms {
	t := must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: Rounding{money.HalfEven, PerOrder}}))
	actions := []Action{
		PercentOff(pct("0.5")), OrderPercentOff(pct("0.1")), AmountOff(pounds("0.01")), OrderAmountOff(pounds("0.50")),
		PriceOf(pounds("7.00")), BuyGet(2, 1, pct("1")), EveryNth(2, pct("1")), ShippingPercentOff(pct("1")), Gift("S00000", 1),
	}
	set := func(c RuleChange) { t = must3(t.Change(on(0), c)) }
	for i := range promotions {
		set(RuleChange{Name: fmt.Sprintf("p%03d", i), Rule: Promotion{Label: "P", Action: actions[i%len(actions)], Group: fmt.Sprint("g", i)}})
	}
	for i := range taxes {
		set(RuleChange{Name: fmt.Sprintf("t%02d", i), Rule: TaxRate{Label: "T", Rate: pct("0.5"), Order: i}})
	}
	set(RuleChange{Name: "m", Rule: ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("3.00")}}}})
	return t
}

// A cart of the most lines, with rules of every kind, is counted and proves itself.
func TestTheMostLines(t *testing.T) {
	cart, shop := long(MaxLines)
	q := must(cart.Quote(shop, everyAction(18, 4), jan(1)))
	checkSums(t, q)
	if len(q.Lines()) != MaxLines+2 || len(q.Discounts()) < 12 {
		t.Errorf("%d lines, %d discounts", len(q.Lines()), len(q.Discounts()))
	}
	wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
	var read Quote
	if err := json.Unmarshal(must(json.Marshal(q)), &read); err != nil || read.Digest() != q.Digest() {
		t.Errorf("read again: %v", err)
	}

	one := Item{SKU: "S00000", Quantity: 1, Apart: true}
	same, err := cart.Add(one)
	if wantError(t, err, badAt("items[0].lines")); len(same.Lines()) != MaxLines {
		t.Errorf("%d lines", len(same.Lines()))
	}
	_, err = cartOf().Add(slices.Repeat([]Item{one}, 10_000)...)
	wantError(t, err, badAt(fmt.Sprintf("items[%d].lines", MaxLines)))
	into, report, err := cartOf(one).Merge(cart)
	if err != nil || len(into.Lines()) != MaxLines || !report[len(report)-1].Capped {
		t.Errorf("merged: %d lines, %v", len(into.Lines()), err)
	}
}

// Many rules: five hundred promotions, and fifty rates.
func TestManyRules(t *testing.T) {
	cart, shop := long(40)
	q := must(cart.Quote(shop, everyAction(500, 50), jan(1)))
	checkSums(t, q)
	if len(q.Taxes()) != 50 || len(q.Discounts()) < 300 {
		t.Errorf("%d taxes, %d discounts", len(q.Taxes()), len(q.Discounts()))
	}
	wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
}

// What a quote allocates grows with its lines, not with their square.
func TestQuoteIsLinearInLines(t *testing.T) {
	terms := everyAction(18, 4)
	cost := func(lines int) float64 {
		cart, shop := long(lines)
		return testing.AllocsPerRun(3, func() { must(cart.Quote(shop, terms, jan(1))) })
	}
	few, many := cost(100), cost(1000)
	t.Logf("%.0f allocations for 100 lines, %.0f for 1,000", few, many)
	if many > 12*few {
		t.Error("they grow faster than the lines")
	}
}

// The pieces of each article are looked at once, however many articles there are.
func TestCheapestOfManyArticles(t *testing.T) {
	const lines = 200_000
	all, at := make([]costing, lines), make([]*costing, lines)
	d := Discount{Action: EveryNth(2, pct("50")), Shares: make([]Share, lines), Amount: pounds("0")}
	for i := range all {
		line := Line{N: i + 1, SKU: SKU(strings.Repeat("x", i%3) + fmt.Sprint(i)), Quantity: 2, Subtotal: pounds("2.00")}
		all[i] = line.costing()
		at[i] = &all[i]
	}
	wantError(t, usualRounding.cheapest(&d, at), nil) // by the square it would take minutes
	for i := range all {
		if all[i].off != 50 || d.Shares[i].Pieces != 1 {
			t.Fatalf("line %d: %d off, of %d pieces", i+1, all[i].off, d.Shares[i].Pieces)
		}
	}
}

// A discount that no rule could give is refused, whoever made it.
func TestTakeRefuses(t *testing.T) {
	for says, a := range map[string]Action{
		"an action that is none":            {Kind: "half"},
		"a rate that cannot be multiplied":  BuyGet(1, 1, money.MustParseRate("9000000000000000000")),
		"a rate that comes to more than is": BuyGet(1, 1, money.MustParseRate("4000000000000000000")),
	} {
		first := (&Line{N: 1, SKU: "A", Quantity: 4, Subtotal: pounds("9.00")}).costing()
		at := []*costing{&first}
		if err := usualRounding.take(&Discount{Action: a, Shares: []Share{{Line: 1}}, Amount: pounds("0")}, at, -1); err == nil || at[0].now != pounds("9.00") {
			t.Errorf("%s: %v, %s", says, err, at[0].now)
		}
	}
}

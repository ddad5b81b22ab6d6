package till

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
	"pgregory.net/rapid"
)

// taxedAs says what taxes a quote has: by rule, then by line.
func taxedAs(q Quote) string {
	var words []string
	for _, x := range q.Taxes() {
		parts := make([]string, len(x.Parts))
		for i, p := range x.Parts {
			parts[i] = fmt.Sprintf("%d:%s", p.Line, p.Amount.Number())
		}
		word := x.Name
		if x.Included {
			word += "'"
		}
		words = append(words, word+" "+strings.Join(parts, " "))
	}
	return strings.Join(words, "; ")
}

func rate(percent string) TaxRate { return TaxRate{Label: "VAT", Rate: pct(percent)} }

// What each rate comes to, line by line: the taxes with a ' are those that prices include.
func TestWhatTaxesComeTo(t *testing.T) {
	onTop := func(r TaxRate) TaxRate { r.Compound, r.Order = true, 1; return r }
	of := func(category string, r TaxRate) TaxRate { r.Category = category; return r }
	back := func(r TaxRate) TaxRate { r.Reversible = true; return r }
	with := ListRule{Included: true}
	for _, c := range []struct {
		says   string
		prices string
		pieces []int64
		level  RoundingLevel
		status TaxStatus
		rules  []any
		want   string
		total  string
	}{
		{"a rate is added on each line", "9.99 9.99", []int64{1, 2}, PerLine, Taxed, []any{"vat", rate("20")}, "vat 1:2.00 2:4.00", "35.97"},
		{"half a unit is rounded on each line", "0.25 0.25", []int64{1, 1}, PerLine, Taxed, []any{"vat", rate("10")}, "vat 1:0.03 2:0.03", "0.56"},
		{"or on each piece", "0.24", []int64{10}, PerUnit, Taxed, []any{"vat", rate("10")}, "vat 1:0.20", "2.60"},
		{"or on the order", "0.25 0.25 0.25", []int64{1, 1, 1}, PerOrder, Taxed, []any{"vat", rate("10")}, "vat 1:0.03 2:0.03 3:0.02", "0.83"},
		{"two rates side by side, in their order", "10.00", []int64{1}, PerLine, Taxed, []any{"gst", rate("5"), "pst", rate("8")}, "gst 1:0.50; pst 1:0.80", "11.30"},
		{"one on top of the others", "10.00", []int64{1}, PerLine, Taxed, []any{"gst", rate("5"), "pst", onTop(rate("10"))}, "gst 1:0.50; pst 1:1.05", "11.55"},
		{"what is on top comes exactly, not of rounded taxes", "0.10", []int64{1}, PerLine, Taxed, []any{"a", rate("4"), "b", onTop(rate("50"))}, "a 1:0.00; b 1:0.05", "0.15"},
		{"a price includes it", "12.00", []int64{1}, PerLine, Taxed, []any{"vat", rate("20"), "standard", with}, "vat' 1:2.00", "12.00"},
		{"in each piece", "0.99", []int64{10}, PerUnit, Taxed, []any{"vat", rate("20"), "standard", with}, "vat' 1:1.70", "9.90"},
		{"in the order", "0.99 0.99 0.99", []int64{1, 1, 1}, PerOrder, Taxed, []any{"vat", rate("20"), "standard", with}, "vat' 1:0.17 2:0.17 3:0.16", "2.97"},
		{"a piece includes no more than it costs", "0.01", []int64{3}, PerUnit, Taxed, []any{"vat", rate("1000"), "standard", with}, "vat' 1:0.03", "0.03"},
		{"two in one price: its tax is shared by the rates", "10.00", []int64{1}, PerLine, Taxed, []any{"a", rate("5"), "b", rate("10"), "standard", with}, "a' 1:0.43; b' 1:0.87", "10.00"},
		{"one on top of the other in one price", "11.55", []int64{1}, PerLine, Taxed, []any{"gst", rate("5"), "pst", onTop(rate("10")), "standard", with}, "gst' 1:0.50; pst' 1:1.05", "11.55"},
		{"a category of its own", "10.00", []int64{1}, PerLine, Taxed, []any{"vat", of("books", rate("20"))}, "", "10.00"},
		{"an exempt buyer pays none", "10.00", []int64{1}, PerLine, Exempt, []any{"vat", rate("20")}, "vat 1:0.00", "10.00"},
		{"and gets out what the price includes", "12.00", []int64{1}, PerLine, Exempt, []any{"vat", rate("20"), "standard", with}, "vat' 1:-2.00", "10.00"},
		{"under reverse charge what is reversible is not charged", "10.00", []int64{1}, PerLine, ReverseCharge, []any{"a", back(rate("20")), "b", rate("5")}, "a 1:0.00; b 1:0.50", "10.50"},
		{"nor left in a price", "12.50", []int64{1}, PerLine, ReverseCharge, []any{"a", back(rate("20")), "b", rate("5"), "standard", with}, "a' 1:-2.00; b' 1:0.50", "10.50"},
		{"nor is a tax due on it", "10.00", []int64{1}, PerLine, ReverseCharge, []any{"a", back(rate("50")), "b", onTop(rate("20"))}, "a 1:0.00; b 1:2.00", "12.00"},
		{"in the order each rate gets its share of small lines", "0.08 0.08 0.08 0.08", []int64{1, 1, 1, 1}, PerOrder, Taxed, []any{"a", rate("20"), "b", rate("40"), "standard", with}, "a' 1:0.01 2:0.01 3:0.01 4:0.01; b' 1:0.02 2:0.02 3:0.02 4:0.02", "0.32"},
		{"also of those that bear one unit", "0.02 0.02 0.02 0.02", []int64{1, 1, 1, 1}, PerOrder, Taxed, []any{"a", rate("50"), "b", rate("50"), "standard", with}, "a' 1:0.01 2:0.00 3:0.01 4:0.00; b' 1:0.00 2:0.01 3:0.00 4:0.01", "0.08"},
		{"everybody else pays it", "10.00", []int64{1}, PerLine, Taxed, []any{"a", back(rate("20"))}, "a 1:2.00", "12.00"},
		{"a rate of nothing is said", "10.00", []int64{1}, PerLine, Taxed, []any{"vat", rate("0")}, "vat 1:0.00", "10.00"},
		{"and in a price", "10.00", []int64{1}, PerOrder, Taxed, []any{"vat", rate("0"), "standard", with}, "vat' 1:0.00", "10.00"},
		{"nothing bears nothing", "0.00 0.00", []int64{1, 1}, PerOrder, Taxed, []any{"vat", rate("20")}, "vat 1:0.00 2:0.00", "0.00"},
		{"a tax is of what a discount left", "10.00", []int64{1}, PerLine, Taxed, []any{"vat", rate("20"), "p", Promotion{Label: "P", Action: PercentOff(pct("50"))}}, "vat 1:1.00", "6.00"},
		{"the shipping bears it last", "10.00", []int64{1}, PerLine, Taxed, []any{"vat", rate("20"), "parcel", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("5.00")}}}}, "vat 1:2.00 0:1.00", "18.00"},
		{"or includes it", "10.00", []int64{1}, PerLine, Taxed, []any{"vat", rate("20"), "parcel", ShippingMethod{Label: "Parcel", Included: true, Rates: []ShippingRate{{Base: pounds("6.00")}}}}, "vat 1:2.00; vat' 0:1.00", "18.00"},
	} {
		var items []Item
		for i, n := range c.pieces {
			items = append(items, Item{SKU: SKU(rune('A' + i)), Quantity: n})
		}
		terms := must3(under(c.rules...).Change(on(0), RuleChange{Name: "rounding", Rule: Rounding{money.HalfAwayFromZero, c.level}}))
		cart := must(must(cartOf(items...).For(Purchaser{Tax: c.status})).ShipBy("parcel"))
		if len(terms.methods) == 0 {
			cart = must(cart.ShipBy(""))
		}
		q := must(cart.Quote(priceShop(strings.Fields(c.prices)...), terms, jan(1)))
		checkSums(t, q)
		if got := taxedAs(q); got != c.want || q.Total() != pounds(c.total) {
			t.Errorf("%s: %q, total %s, want %q, total %s", c.says, got, q.Total(), c.want, c.total)
		}
		if q.TaxStatus() != c.status {
			t.Errorf("%s: status %q", c.says, q.TaxStatus())
		}
		o := must3(OpenOrder(on(2), opening(), q))
		wantError(t, o.Verify(), nil)
		if got := o.TaxStatus(); got != c.status || len(o.Taxes()) != len(q.Taxes()) {
			t.Errorf("%s: the order has status %q and taxes %v", c.says, got, o.Taxes())
		}
	}
}

// What a tax says of itself.
func TestTaxLabels(t *testing.T) {
	for want, x := range map[string]Tax{
		"VAT 20 %":                            {},
		"VAT 20 % (food)":                     {Included: true, Category: "food"},
		"VAT 20 %, not charged: exempt":       {Relief: Exempt},
		"VAT 20 %, taken out: reverse charge": {Relief: ReverseCharge, Included: true},
	} {
		x.Label, x.Rate = "VAT", pct("20")
		if got := x.label(); got != want || x.Adds() == (want == "VAT 20 % (food)") {
			t.Errorf("%q, want %q; it adds: %t", got, want, x.Adds())
		}
	}
}

// A tax says on what it is counted: what its lines cost by then, without the taxes in the
// price and with those that it is due on.
func TestTaxSaysOnWhat(t *testing.T) {
	onTop := func(r TaxRate) TaxRate { r.Compound, r.Order = true, 1; return r }
	back := func(r TaxRate) TaxRate { r.Reversible = true; return r }
	with, half := ListRule{Included: true}, Promotion{Label: "P", Action: PercentOff(pct("50"))}
	parcel := ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("5.00")}}}
	for _, c := range []struct {
		says   string
		status TaxStatus
		rules  []any
		want   string
	}{
		{"two lines", Taxed, []any{"vat", rate("20")}, "VAT 20 % of 30.00: 6.00"},
		{"less a discount, with the shipping", Taxed, []any{"vat", rate("20"), "p", half, "parcel", parcel}, "VAT 20 % of 20.00: 4.00"},
		{"without the tax in the price", Taxed, []any{"vat", rate("20"), "standard", with}, "VAT 20 % of 25.00: 5.00"},
		{"with the tax before it", Taxed, []any{"a", rate("50"), "b", onTop(rate("20"))}, "VAT 50 % of 30.00: 15.00; VAT 20 % of 45.00: 9.00"},
		{"which is in the price", Taxed, []any{"a", rate("50"), "b", onTop(rate("20")), "standard", with}, "VAT 50 % of 16.67: 8.34; VAT 20 % of 25.01: 4.99"},
		{"or is not due", ReverseCharge, []any{"a", back(rate("50")), "b", onTop(rate("20"))}, "VAT 50 % of 30.00, not charged: reverse charge: 0.00; VAT 20 % of 30.00: 6.00"},
		{"what is taken out", Exempt, []any{"vat", rate("20"), "standard", with}, "VAT 20 % of 25.00, taken out: exempt: -5.00"},
	} {
		cart := must(cartOf(Item{SKU: "A", Quantity: 1}, Item{SKU: "B", Quantity: 2}).For(Purchaser{Tax: c.status}))
		q := must(must(cart.ShipBy("parcel")).Quote(priceShop("10.00", "10.00"), under(c.rules...), jan(1)))
		root := q.Reasons()
		var got []string
		for _, r := range slices.Concat(root.Parts, root.Within) {
			if r.Kind == TaxReason {
				got = append(got, fmt.Sprintf("%s: %s", r.Label, r.Amount.Number()))
			}
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %q, want %q", c.says, text, c.want)
		}
	}
}

// The same rate on top of different others is rounded over what bears it alike.
func TestTaxOnTopOfDifferentTaxes(t *testing.T) {
	d := described("sweet", "S")
	d.Variants[0].TaxCategory = "sweet"
	shop := must(NewCatalog([]Product{product(1, "a", "A"), must3(must3(AddProduct(on(0), testID[Product](2), d)).List(on(0), 0))}, []Prices{priced("A", "0.25"), priced("S", "0.25")}))
	terms := must3(under(
		"levy", TaxRate{Label: "Levy", Category: "sweet", Rate: pct("100")}, "vat-sweet", TaxRate{Label: "VAT", Category: "sweet", Rate: pct("10"), Order: 1, Compound: true},
		"vat", TaxRate{Label: "VAT", Rate: pct("10"), Order: 1},
	).Change(on(0), RuleChange{Name: "rounding", Rule: Rounding{money.HalfAwayFromZero, PerOrder}}))
	q := must(cartOf(Item{SKU: "A", Quantity: 1}, Item{SKU: "S", Quantity: 1}).Quote(shop, terms, jan(1)))
	if got, want := taxedAs(q), "levy 2:0.25; vat 1:0.03; vat-sweet 2:0.05"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestWrongTaxes(t *testing.T) {
	long := strings.Repeat("x", 500)
	checkRefused(t, []wrongRule{
		{"t", TaxRate{Rate: pct("20")}, "label"},
		{"t", TaxRate{Label: long, Rate: pct("20")}, "label"},
		{"t", rate("-0.1"), "rate"},
		{"t", rate("1000.1"), "rate"},
		{"t", rate("0.00001"), "rate"},
		{"t", TaxRate{Label: "VAT", Order: -1}, "order"},
		{"t", TaxRate{Label: "VAT", Order: MaxPriority + 1}, "order"},
		{"t", TaxRate{Label: "VAT", Zone: "Great Britain"}, "zone"},
		{"t", TaxRate{Label: "VAT", Category: long}, "category"},
		{"t", TaxRate{Label: "VAT", Category: strings.Repeat("c", MaxCategory+1)}, "category"},
	})
	must3(Terms{}.Change(on(0), RuleChange{Name: "t", Rule: rate("1000")}))
	must3(Terms{}.Change(on(0), RuleChange{Name: "t", Rule: TaxRate{Label: "VAT", Category: strings.Repeat("c", MaxCategory)}}))
	must3(Terms{}.Change(on(0), RuleChange{Name: "t", Rule: rate("0.0001")}))
}

// What the rules may ask of a buyer is checked where it comes in.
func TestPurchaser(t *testing.T) {
	for says, c := range map[string]struct {
		p    Purchaser
		want error
	}{
		"anybody":           {Purchaser{}, nil},
		"in a group":        {Purchaser{Groups: []string{"trade"}, Tax: ReverseCharge}, nil},
		"in too many":       {Purchaser{Groups: strings.Split(strings.Repeat("a ", MaxGroups)+"a", " ")}, badAt("purchaser.groups")},
		"in one of no name": {Purchaser{Groups: []string{""}}, badAt("purchaser.groups[0]")},
		"of no such status": {Purchaser{Tax: "none"}, badAt("purchaser.tax")},
	} {
		c0, err := cartOf().For(c.p)
		if wantError(t, err, c.want); err == nil && (c0.buyer.Tax != c.p.Tax || len(c0.buyer.Groups) != len(c.p.Groups)) {
			t.Errorf("%s: %+v", says, c0.buyer)
		}
	}
}

// A cart's codes: each once, ASCII letters alike in both cases.
func TestCartCodes(t *testing.T) {
	c := must(must(must(cartOf().AddCode("ten")).AddCode(" TEN ")).AddCode("é"))
	if got := fmt.Sprint(c.Codes()); got != "[TEN é]" {
		t.Errorf("codes %s", got)
	}
	for _, bad := range []string{"", " ", "a\nb", strings.Repeat("x", MaxCode+1)} {
		_, err := c.AddCode(bad)
		wantError(t, err, badAt("code"))
		_, err = c.RemoveCode(bad)
		wantError(t, err, badAt("code"))
	}
	_, err := c.RemoveCode("other")
	wantError(t, err, &NotFoundError{Kind: "code", ID: "OTHER"})
	if got := fmt.Sprint(must(c.RemoveCode("Ten")).Codes()); got != "[é]" {
		t.Errorf("codes %s", got)
	}
	for i := len(c.Codes()); i < MaxCodes; i++ {
		c = must(c.AddCode(fmt.Sprint("code-", i)))
	}
	if _, err := c.AddCode("one more"); err == nil {
		t.Error("there are too many codes")
	}
	must(c.AddCode("ten")) // one that is there
}

// Taxes that are split part by part come to what each rate gets of the whole, and on the
// way no rate is ahead of its share by a unit.
func TestSplitter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rates := rapid.SliceOfN(rapid.Uint64Range(0, 1<<rapid.SampledFrom([]int{3, 10, 40}).Draw(t, "bits")), 2, 6).Draw(t, "rates")
		s := splitter{rates: rates, given: make([]uint64, len(rates))}
		for _, rate := range rates {
			s.whole += rate
		}
		if s.whole == 0 {
			t.Skip("nothing is to be split")
		}
		for left := s.whole; left > 0; {
			part := rapid.Uint64Range(0, left).Draw(t, "part")
			if left -= part; part == 0 {
				part, left = left, 0
			}
			sum := uint64(0)
			for _, n := range s.next(part) {
				sum += n
			}
			if sum != part {
				t.Fatalf("a part of %d is split into %d", part, sum)
			}
			for i := range rates {
				ahead := new(big.Int).Sub(product128(s.given[i], s.whole), product128(s.rates[i], s.by))
				if ahead.Cmp(new(big.Int).SetUint64(s.whole)) >= 0 {
					t.Fatalf("rate %d of %v has %v of %d", i, rates, s.given, s.by)
				}
			}
		}
		if !slices.Equal(s.given, rates) {
			t.Fatalf("the rates get %v, not %v", s.given, rates)
		}
	})
}

func product128(a, b uint64) *big.Int {
	return new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b))
}

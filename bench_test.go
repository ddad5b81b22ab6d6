package till

import (
	"fmt"
	"testing"
	"time"

	"github.com/tillkit/till/money"
)

func benchQuote(lines int) (Cart, Catalog) {
	var products []Product
	var prices []Prices
	c := must(NewCart(inPounds))
	for i := range lines {
		sku := SKU(fmt.Sprintf("SKU-%03d", i))
		products = append(products, product(byte(i), fmt.Sprint("product ", i), sku))
		prices = append(prices, priced(sku, "9.50"))
		c = must(c.Add(Item{SKU: sku, Quantity: int64(i + 1)}))
	}
	return c, must(NewCatalog(products, prices))
}

// benchTerms are terms with two promotions, shipping and a tax that prices include or not.
func benchTerms(included bool) Terms {
	t := Terms{}
	for _, c := range []RuleChange{
		{Name: "spring", Rule: Promotion{Label: "Spring sale", Action: PercentOff(money.MustParsePercent("5"))}},
		{Name: "thanks", Rule: Promotion{Label: "Thank you", Action: OrderPercentOff(money.MustParsePercent("10")), Priority: 1}},
		{Name: "parcel", Rule: ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("4.95")}}, Included: included}},
		{Name: "vat", Rule: TaxRate{Label: "VAT", Rate: money.MustParsePercent("20")}},
		{Name: "standard", Rule: ListRule{Included: included}},
	} {
		t = must3(t.Change(signedOn(0), c))
	}
	return t
}

// benchRules runs a benchmark for carts of few and many lines, without rules and with some.
func benchRules(b *testing.B, work func(b *testing.B, c Cart, shop Catalog, t Terms)) {
	for _, rules := range []struct {
		name  string
		terms Terms
	}{{"none", Terms{}}, {"added", benchTerms(false)}, {"included", benchTerms(true)}} {
		for _, lines := range []int{5, 100} {
			b.Run(fmt.Sprintf("rules=%s/lines=%d", rules.name, lines), func(b *testing.B) {
				c, shop := benchQuote(lines)
				if len(rules.terms.methods) > 0 {
					c = must(c.ShipBy("parcel"))
				}
				b.ReportAllocs()
				work(b, c, shop, rules.terms)
			})
		}
	}
}

func BenchmarkQuote(b *testing.B) {
	benchRules(b, func(b *testing.B, c Cart, shop Catalog, t Terms) {
		for b.Loop() {
			must(c.Quote(shop, t, jan(1)))
		}
	})
}

func BenchmarkReasons(b *testing.B) {
	benchRules(b, func(b *testing.B, c Cart, shop Catalog, t Terms) {
		q := must(c.Quote(shop, t, jan(1)))
		for b.Loop() {
			q.Reasons()
		}
	})
}

func BenchmarkDigest(b *testing.B) {
	benchRules(b, func(b *testing.B, c Cart, shop Catalog, t Terms) {
		q := must(c.Quote(shop, t, jan(1)))
		for b.Loop() {
			q.Digest()
		}
	})
}

func BenchmarkOpenOrder(b *testing.B) {
	for _, lines := range []int{5, 100} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			c, shop := benchQuote(lines)
			q := must(c.Quote(shop, Terms{}, jan(1)))
			b.ReportAllocs()
			for b.Loop() {
				must3(OpenOrder(on(2), opening(), q))
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	o := smallOrder()
	b.ReportAllocs()
	for b.Loop() {
		must(0, o.Verify())
	}
}

// priceEntries forges a long journal: making it by operations copies the value at
// each step.
func priceEntries(n int) []Entry {
	entries := make([]Entry, 0, n)
	j := journal{}
	for i := range n {
		at := jan(0).Add(time.Duration(i) * time.Minute)
		e, next := forge(j, "changed", 1, at, fmt.Sprintf(`{"by":"import","mark":"set","price":"%d.00 GBP","from":"%s","least":1}`, i%100, at))
		entries, j = append(entries, e), next
	}
	return entries
}

func BenchmarkFoldPrices(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			entries, empty := priceEntries(n), must(NewPrices("MUG", inPounds))
			b.ReportAllocs()
			for b.Loop() {
				must(Fold(empty, entries...))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entry")
		})
	}
}

// TestFoldIsLinear: ten times the entries are ten times the allocations, not a
// hundred. Time is left to the benchmark.
func TestFoldIsLinear(t *testing.T) {
	empty := must(NewPrices("MUG", inPounds))
	allocations := func(n int) float64 {
		entries := priceEntries(n)
		return testing.AllocsPerRun(1, func() { must(Fold(empty, entries...)) })
	}
	few, many := allocations(1_000), allocations(10_000)
	if many > 12*few {
		t.Errorf("%v allocations for 1,000 entries, %v for 10,000", few, many)
	}
}

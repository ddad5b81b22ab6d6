package till

import (
	"fmt"
	"testing"
	"time"
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

func BenchmarkQuote(b *testing.B) {
	for _, lines := range []int{5, 100} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			c, shop := benchQuote(lines)
			b.ReportAllocs()
			for b.Loop() {
				must(c.Quote(shop, Terms{}, jan(1)))
			}
		})
	}
}

func BenchmarkDigest(b *testing.B) {
	for _, lines := range []int{5, 100} {
		b.Run(fmt.Sprintf("lines=%d", lines), func(b *testing.B) {
			c, shop := benchQuote(lines)
			q := must(c.Quote(shop, Terms{}, jan(1)))
			b.ReportAllocs()
			for b.Loop() {
				q.Digest()
			}
		})
	}
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

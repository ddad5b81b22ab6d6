package till_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// kiosk is a warm shop in memory with a thousand articles, at which buyers with three
// lines each stand in line.
type kiosk struct {
	testing.TB
	shop   *till.Shop
	served int
}

func newKiosk(b testing.TB) *kiosk {
	b.Helper()
	shop, err := till.Open(b.Context(), memory.New(), till.Options{Currency: money.GBP, Clock: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	staff := shop.Staff("bench")
	for i := range 1000 {
		err := staff.AddProduct(b.Context(), till.NewProduct{SKU: kioskSKU(i), Name: fmt.Sprintf("Blue mug %d", i), Price: "9.50", OnHand: 1_000_000})
		if err != nil {
			b.Fatal(err)
		}
	}
	return &kiosk{TB: b, shop: shop}
}

func kioskSKU(i int) till.SKU { return till.SKU(fmt.Sprintf("MUG-%04d", i%1000)) }

// next gives the next buyer, whose cart has three lines.
func (c *kiosk) next() *till.Guest {
	c.Helper()
	guest, err := c.shop.NewGuest(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	for range 3 {
		c.served++
		if err := guest.Add(c.Context(), till.Item{SKU: kioskSKU(c.served * 7), Quantity: 2}); err != nil {
			c.Fatal(err)
		}
	}
	return guest
}

func BenchmarkCheckout(b *testing.B) {
	c := newKiosk(b)
	type buyer struct {
		*till.Guest
		till.CheckoutRequest
	}
	var line []buyer
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if len(line) == 0 {
			b.StopTimer()
			for range min(b.N-i, 1000) {
				guest := c.next()
				quote, err := guest.Quote(b.Context())
				if err != nil {
					b.Fatal(err)
				}
				line = append(line, buyer{guest, till.CheckoutRequest{Key: "click", Accept: quote.Digest(), Contact: stallBuyer}})
			}
			b.StartTimer()
		}
		if _, err := line[0].Checkout(b.Context(), line[0].CheckoutRequest); err != nil {
			b.Fatal(err)
		}
		line = line[1:]
	}
}

// BenchmarkBuyer measures what a buyer does before the checkout.
func BenchmarkBuyer(b *testing.B) {
	c := newKiosk(b)
	guest := c.next()
	for _, work := range []struct {
		name string
		do   func() error
	}{
		{"cart", func() error { _, err := guest.Cart(b.Context()); return err }},
		{"quote", func() error { _, err := guest.Quote(b.Context()); return err }},
		{"add", func() error { return guest.Add(b.Context(), till.Item{SKU: kioskSKU(1), Quantity: 1}) }},
	} {
		b.Run(work.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := work.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkEncode measures what a checkout's set costs before a store of bytes can write
// it: to check it, and to encode its documents.
func BenchmarkEncode(b *testing.B) {
	c := newKiosk(b)
	guest := c.next()
	quote, err := guest.Quote(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	plan, err := guest.Plan(b.Context(), till.CheckoutRequest{Key: "click", Accept: quote.Digest(), Contact: stallBuyer})
	if err != nil {
		b.Fatal(err)
	}
	layout, err := store.Compile(till.Schema())
	if err != nil {
		b.Fatal(err)
	}
	var docs []store.Doc
	for _, change := range plan.Set.Changes {
		switch c := change.(type) {
		case store.Put:
			docs = append(docs, c.Doc)
		case store.Append:
			docs = append(docs, c.Doc)
		}
	}
	b.Run("check", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := layout.CheckSet(plan.Set); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("documents", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, doc := range docs {
				if _, err := doc.AppendStored(nil); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

package till_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
)

func p(text string) *money.Price { v := money.MustParsePrice(text, money.GBP); return &v }

func TestShellAddByThreeHundred(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := newStall(t, db)
	s.sells("MUG", "9.50", 1000)
	guest := s.visitor()
	start := time.Now()
	failed := 0
	for _, err := range atOnce(300, func(i int) error { return guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}) }) {
		if err != nil {
			if failed++; failed == 1 {
				t.Error(err)
			}
		}
	}
	t.Logf("%d of 300 failed in %v", failed, time.Since(start))
}

func TestShellEraseLeavesNoRegion(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
	r := s.agreed(guest.Buyer, "x")
	r.Contact.Billing.Region = "Flat 3, c/o Ada Example"
	_, err := guest.Checkout(s.ctx, r)
	s.must(err)
	s.must(s.staff.Erase(s.ctx, guest.Person()))
	if s.has("Ada Example") {
		t.Error("a name is in the store after the erasure")
	}
}

func TestShellPutProductWithoutPrice(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 100)
	s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Price: *p("8.00"), MinQuantity: 10}))
	spec := till.ProductSpec{Description: till.Description{Handle: "mug", Words: map[till.Locale]till.Words{"": {Name: "Mug"}}, Variants: []till.Variant{{SKU: "MUG"}}}}
	_, err := s.staff.PutProduct(s.ctx, spec) // ArticleSpec.Price nil: none
	s.must(err)
	guest := s.visitor()
	if err := guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 10}); err == nil {
		t.Error("an article without a price was put into a cart")
	}
}

func TestShellPutProductAfterRecall(t *testing.T) {
	s := newStall(t, memory.New())
	put := func(n ...int) {
		d := till.ProductSpec{Description: till.Description{Handle: "shirt", Options: []string{"Size"}, Words: map[till.Locale]till.Words{"": {Name: "Shirt"}}}}
		for _, i := range n {
			sku := till.SKU(fmt.Sprint("S", i))
			d.Variants = append(d.Variants, till.Variant{SKU: sku, Values: []string{fmt.Sprint(i)}})
			d.Articles = append(d.Articles, till.ArticleSpec{SKU: sku, Price: p("9.50"), OnHand: 3})
		}
		_, err := s.staff.PutProduct(s.ctx, d)
		s.must(err)
		s.clock.pass(time.Minute)
	}
	put(0, 1)
	put(0)                                                                                // 1 is left out
	s.must(s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "S0", Mark: till.Clear})) // recalled, all of it
	s.clock.pass(time.Minute)
	put(0, 1, 2)
	for _, sku := range []till.SKU{"S0", "S1", "S2"} {
		if err := s.visitor().Add(s.ctx, till.Item{SKU: sku, Quantity: 1}); err == nil {
			t.Errorf("%s of a product that was taken off sale is for sale", sku)
		}
	}
}

func TestFoldKeepsNoBytes(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	o := s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "x")
	buf := o.Entries()
	for i := range buf {
		buf[i].Payload = append([]byte(nil), buf[i].Payload...)
	}
	o2, err := till.Fold(till.Order{}, buf...)
	s.must(err)
	s.must(o2.Verify())
	buf[0].Payload[20] ^= 1 // a reader's buffer is used again
	if err := o2.Verify(); err != nil {
		t.Error(err)
	}
}

func TestShellSaleFromAQuantity(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 100)
	s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Price: *p("5.00"), Sale: true, MinQuantity: 10}))
	q, err := s.visitor(till.Item{SKU: "MUG", Quantity: 10}).Quote(s.ctx)
	s.must(err)
	s.same("ten on sale", q.Total().String(), "50.00 GBP")
}

func TestShellReconcileUntracked(t *testing.T) {
	s := newStall(t, memory.New())
	s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "MUG", Name: "x", Price: "1", Stock: till.NotTracked}))
	s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "x")
	s.must(s.staff.ReviseProduct(s.ctx, "MUG", func(d *till.Description) error { d.Variants[0].Stock = till.DenyBackorder; return nil }))
	s.reconciles()
}

func TestShellAdjustLeavesOnHand(t *testing.T) {
	onHand := func(s *stall) int64 { st, err := s.staff.Stock(s.ctx, "MUG"); s.must(err); return st.OnHand() }
	s := newStall(t, memory.New())
	s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "MUG", Name: "x", Price: "1", OnHand: 3, Stock: till.AllowBackorder(10)}))
	err := s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -13})
	if n := onHand(s); n < 0 {
		t.Errorf("%d in the building, %v", n, err)
	}
}

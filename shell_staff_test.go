package till_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// shirt is a product of two variants.
func shirt(change ...func(*till.ProductSpec)) till.ProductSpec {
	price, sale := money.MustParsePrice("39.00", money.GBP), money.MustParsePrice("29.00", money.GBP)
	spec := till.ProductSpec{
		Description: till.Description{
			Handle: "shirt", Words: map[till.Locale]till.Words{"": {Name: "Shirt"}}, Options: []string{"Size"},
			Variants: []till.Variant{{SKU: "SHIRT-S", Values: []string{"S"}}, {SKU: "SHIRT-L", Values: []string{"L"}}},
		},
		Articles: []till.ArticleSpec{{SKU: "SHIRT-S", Price: &price, OnHand: 3}, {SKU: "SHIRT-L", Price: &price, Sale: &sale, OnHand: 4}},
	}
	for _, f := range change {
		f(&spec)
	}
	return spec
}

// A product may be put any number of times: what does not differ is not recorded.
func TestShellPutProduct(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		put := func(spec till.ProductSpec, want till.PutResult) {
			t.Helper()
			s.clock.pass(time.Hour)
			got, err := s.staff.PutProduct(s.ctx, spec)
			s.must(err)
			s.same("result", got, want)
			before := s.dump()
			s.clock.pass(time.Hour)
			got, err = s.staff.PutProduct(s.ctx, spec)
			s.must(err)
			s.same("result of the same again", got, till.ProductUnchanged)
			s.same("the store after the same again", s.dump(), before)
		}
		costs := func(sku till.SKU) string {
			t.Helper()
			catalog, err := s.shop.Catalog(s.ctx, sku)
			s.must(err)
			offer, err := catalog.Offer(till.OfferRequest{SKU: sku, List: till.PriceList{List: till.StandardList, Currency: money.GBP}}, s.clock.instant())
			if err != nil {
				return err.Error()
			}
			return fmt.Sprint(offer.Name, " ", offer.Price, " ", offer.Base, " ", offer.Sale)
		}
		put(shirt(), till.ProductCreated)
		s.same("S", costs("SHIRT-S"), "Shirt 39.00 GBP 39.00 GBP false")
		s.same("L", costs("SHIRT-L"), "Shirt 29.00 GBP 39.00 GBP true")
		s.same("stock", [][2]int64{s.stock("SHIRT-S"), s.stock("SHIRT-L")}, [][2]int64{{3, 0}, {4, 0}})

		dearer := money.MustParsePrice("45.00", money.GBP)
		put(shirt(func(p *till.ProductSpec) { p.Articles[0].Price, p.Articles[1].Sale = &dearer, nil }), till.ProductChanged)
		s.same("S", costs("SHIRT-S"), "Shirt 45.00 GBP 45.00 GBP false")
		s.same("L without its sale", costs("SHIRT-L"), "Shirt 39.00 GBP 39.00 GBP false")

		put(shirt(func(p *till.ProductSpec) {
			p.Words[""] = till.Words{Name: "Blouse"}
			p.Variants = append(p.Variants, till.Variant{SKU: "SHIRT-M", Values: []string{"M"}})
			p.Articles = append(p.Articles, till.ArticleSpec{SKU: "SHIRT-M", Price: &dearer, OnHand: 9})
		}), till.ProductChanged)
		s.same("M, listed at once", costs("SHIRT-M"), "Blouse 45.00 GBP 45.00 GBP false")
		s.same("stock of what is new; the others' stays", [][2]int64{s.stock("SHIRT-M"), s.stock("SHIRT-S")}, [][2]int64{{9, 0}, {3, 0}})

		put(shirt(func(p *till.ProductSpec) { p.Articles[0].Price = nil }), till.ProductChanged)
		s.same("a variant that was left out", costs("SHIRT-M"), "till: SHIRT-M cannot be bought (deleted): take it out")
		s.same("a price that was left out", costs("SHIRT-S"), "till: SHIRT-S cannot be bought (no price): take it out")

		put(shirt(func(p *till.ProductSpec) {
			p.Variants = append(p.Variants, till.Variant{SKU: "SHIRT-M", Values: []string{"M"}})
			p.Articles = append(p.Articles, till.ArticleSpec{SKU: "SHIRT-M", Price: &dearer, OnHand: 9})
		}), till.ProductChanged)
		s.same("stock of what came back", s.stock("SHIRT-M"), [2]int64{9, 0})

		s.must(s.staff.DeleteProduct(s.ctx, "SHIRT-S"))
		s.refuses(till.ErrConflict, "deleted", func() error { _, err := s.staff.PutProduct(s.ctx, shirt()); return err })
		s.reconciles()
	})
}

// Of many who put the same product at once, one creates it.
func TestShellPutProductAtOnce(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		results := make([]till.PutResult, 16)
		for _, err := range atOnce(len(results), func(i int) (err error) {
			results[i], err = s.staff.PutProduct(s.ctx, shirt())
			return err
		}) {
			s.must(err) // whoever was faster
		}
		count := map[till.PutResult]int{}
		for _, r := range results {
			count[r]++
		}
		s.same("created", count[till.ProductCreated], 1)
		s.same("stock", [][2]int64{s.stock("SHIRT-S"), s.stock("SHIRT-L")}, [][2]int64{{3, 0}, {4, 0}})
		s.reconciles()
	})
}

// A handle and a SKU stay the product's, also when it has another, or is gone.
func TestShellHandlesAndSKUsStay(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		_, err := s.staff.PutProduct(s.ctx, shirt())
		s.must(err)
		s.must(s.revised("SHIRT-S", func(d *till.Description) { d.Handle, d.Variants = "blouse", d.Variants[:1] }))
		for _, handle := range []string{"shirt", "blouse"} {
			p, err := s.shop.ProductByHandle(s.ctx, handle)
			s.must(err)
			s.same("the product at "+handle, p.Handle(), "blouse")
		}
		s.must(s.revised("SHIRT-S", func(d *till.Description) { d.Handle = "shirt" })) // back to what it had
		s.must(s.staff.DeleteProduct(s.ctx, "SHIRT-S"))
		gone, err := s.staff.Product(s.ctx, "SHIRT-S")
		s.must(err)
		byID, err := s.staff.ProductByID(s.ctx, gone.ID())
		s.must(err)
		s.same("the deleted product by its id", byID.Revision(), gone.Revision())
		s.same("its handle", byID.Handle(), "shirt")
		for name, p := range map[string]till.NewProduct{
			`SKU "SHIRT-S"`: {SKU: "SHIRT-S", Handle: "new", Name: "x", Price: "1"}, `SKU "SHIRT-L"`: {SKU: "SHIRT-L", Handle: "new", Name: "x", Price: "1"},
			`handle "shirt"`: {SKU: "NEW", Handle: "shirt", Name: "x", Price: "1"}, `handle "blouse"`: {SKU: "NEW", Handle: "blouse", Name: "x", Price: "1"},
		} {
			s.refuses(till.ErrExists, name, func() error { return s.staff.AddProduct(s.ctx, p) })
		}
		s.must(s.staff.RestoreProduct(s.ctx, "SHIRT-L")) // by a SKU that it had once
		p, err := s.staff.Product(s.ctx, "SHIRT-S")
		s.must(err)
		s.same("listed as it was", p.ListedAt("SHIRT-S", s.clock.instant()), true)
		s.same("a variant that was left out stays out", p.SKUs(), []till.SKU{"SHIRT-S"})
		s.must(s.revised("SHIRT-S", func(d *till.Description) {
			d.Variants = append(d.Variants, till.Variant{SKU: "SHIRT-L", Values: []string{"L"}}, till.Variant{SKU: "SHIRT-XL", Values: []string{"XL"}})
		}))
		guest := s.visitor(till.Item{SKU: "SHIRT-L", Quantity: 1}) // it has its price and its listing
		s.refuses(till.ErrUnavailable, "no price", func() error { return guest.Add(s.ctx, till.Item{SKU: "SHIRT-XL", Quantity: 1}) })
	})
}

// Listings and prices that are planned hold when their time comes, without a job.
func TestShellPlans(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	tomorrow := s.clock.instant().Add(24 * time.Hour)
	s.must(s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "MUG", Mark: till.Clear}))
	s.must(s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "MUG", Mark: till.Set, From: tomorrow, Only: []till.SKU{"MUG"}}))
	s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Price: money.MustParsePrice("12.00", money.GBP), From: tomorrow}))
	s.refuses(till.ErrNotFound, "OTHER", func() error {
		return s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "MUG", Mark: till.Set, Only: []till.SKU{"OTHER"}})
	})
	guest := s.visitor()
	item := till.Item{SKU: "MUG", Quantity: 1}
	s.refuses(till.ErrUnavailable, "not listed", func() error { return guest.Add(s.ctx, item) })
	s.clock.pass(24*time.Hour - time.Microsecond)
	s.refuses(till.ErrUnavailable, "not listed", func() error { return guest.Add(s.ctx, item) })
	s.clock.pass(time.Microsecond)
	s.must(guest.Add(s.ctx, item))
	quote, err := guest.Quote(s.ctx)
	s.must(err)
	s.same("total", quote.Total().String(), "12.00 GBP")
}

// Stock is what its movements sum to; corrections go no lower than what is there.
func TestShellMoveStock(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 5)
		s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "AIR", Name: "Air", Price: "1", Stock: till.NotTracked}))
		s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "click")
		for _, c := range []till.StockChange{
			{Kind: till.Received, Quantity: 10, Reason: "delivery", Reference: "D-1"}, {Kind: till.Restocked, Quantity: 1}, {Kind: till.Adjusted, Quantity: -4, Reason: "broken"}, {Kind: till.Received, Quantity: 7, Location: "cellar"},
		} {
			c.SKU = "MUG"
			s.clock.pass(time.Minute)
			s.must(s.staff.MoveStock(s.ctx, c))
		}
		s.same("stock", s.stock("MUG"), [2]int64{10, 2})
		cellar, err := s.staff.StockAt(s.ctx, till.Place{SKU: "MUG", Location: "cellar"})
		s.must(err)
		s.same("on hand in the cellar", cellar.OnHand(), int64(7))
		main, err := s.staff.StockAt(s.ctx, till.Place{SKU: "MUG"}) // where checkouts sell from
		s.must(err)
		s.same("where checkouts sell from", main, till.Stock{Place: till.Place{SKU: "MUG", Location: till.StandardLocation}, Available: 10, Reserved: 2})
		err = s.refuses(till.ErrShort, "11", func() error {
			return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -11})
		})
		var short *till.ShortageError
		if !errors.As(err, &short) || *short != (till.ShortageError{SKU: "MUG", Wanted: 11, Available: 10}) {
			t.Errorf("got %#v", err)
		}
		s.refuses(till.ErrInvalid, "not tracked", func() error {
			return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "AIR", Kind: till.Received, Quantity: 1})
		})
		page, err := s.staff.Movements(s.ctx, till.MovementQuery{PageRequest: till.PageRequest{Desc: true, Limit: 3}, SKU: "MUG"})
		s.must(err)
		var kinds []string
		for _, m := range page.Items {
			kinds = append(kinds, fmt.Sprint(m.Kind, m.Quantity, m.Reason, m.By))
		}
		s.same("the newest movements", kinds, []string{"adjusted-4brokenback-office", "restocked1back-office", "received10deliveryback-office"})
		for _, err := range atOnce(16, func(int) error {
			return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1})
		}) {
			s.must(err)
		}
		s.same("stock", s.stock("MUG"), [2]int64{26, 2})
		s.reconciles()
	})
}

// What somebody does because of something is recorded with it.
func TestShellBecause(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 5)
	s.must(s.staff.Because("spring sale").SetPrice(s.ctx, "MUG", "8.00"))
	prices, err := s.staff.Prices(s.ctx, "MUG")
	s.must(err)
	var notes []string
	for c := range prices.All() {
		notes = append(notes, string(c.By)+": "+c.Note)
	}
	s.same("by whom and why", notes, []string{"back-office: ", "back-office: spring sale"})
	s.must(s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.HalfEven, Level: till.PerUnit}}))
	before := s.dump()
	s.must(s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.HalfEven, Level: till.PerUnit}}))
	s.same("the same rule again", s.dump(), before)
}

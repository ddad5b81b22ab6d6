package till_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
)

// twoShops runs a test over two Shops that share a store and nothing else: over one
// memory, and over two handles of one file, as two processes have them.
func twoShops(t *testing.T, test func(mine, theirs *stall, hook *hookedStore)) {
	open := func(t *testing.T, mine, theirs store.Store) {
		hook := &hookedStore{Store: mine}
		s := newStall(t, hook)
		test(s, stallAt(t, theirs, s.clock), hook)
	}
	t.Run("memory", func(t *testing.T) {
		db := memory.New()
		open(t, db, db)
	})
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "shop.db")
		var both [2]store.Store
		for i := range both {
			db, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			both[i] = db
		}
		open(t, both[0], both[1])
	})
}

// resumed gives a guest through another Shop.
func (s *stall) resumed(g *till.Guest) *till.Guest {
	s.Helper()
	same, err := s.shop.Guest(s.ctx, g.Token())
	s.must(err)
	return same
}

// What a Shop remembers is right or it is not acted on, whoever changed the articles or
// the rules, and though the Shop was told nothing: who accepts what was is told of the
// drift, who accepts what is gets it, at once.
func TestShellRemembersWhatOthersChanged(t *testing.T) {
	revise := func(f func(*till.Description)) func(*stall) error {
		return func(s *stall) error { return s.revised("MUG", f) }
	}
	for name, change := range map[string]func(*stall) error{
		"price": func(s *stall) error { return s.staff.SetPrice(s.ctx, "MUG", "12.00") },
		"sale": func(s *stall) error {
			return s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Sale: true, Price: money.MustParsePrice("1.00", money.GBP)})
		},
		"a price from a clock that is fast": func(s *stall) error {
			s.clock.pass(time.Hour)
			err := s.staff.SetPrice(s.ctx, "MUG", "12.00")
			s.clock.pass(-time.Hour)
			return err
		},
		"rounding": func(s *stall) error {
			return s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.Up, Level: till.PerUnit}})
		},
		"name":       revise(func(d *till.Description) { d.Words[""] = till.Words{Name: "Other"} }),
		"archived":   revise(func(d *till.Description) { d.Status = till.ProductArchived }),
		"no variant": revise(func(d *till.Description) { d.Variants[0].SKU = "MUG-2" }),
		"deleted":    func(s *stall) error { return s.staff.DeleteProduct(s.ctx, "MUG") },
		"delisted": func(s *stall) error {
			return s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "MUG", Mark: till.Clear})
		},
	} {
		t.Run(name, func(t *testing.T) {
			twoShops(t, func(mine, theirs *stall, hook *hookedStore) {
				mine.sells("MUG", "9.50", 10)
				mine.sells("SCREW", "1.01/3", 1000)
				cart := []till.Item{{SKU: "MUG", Quantity: 2}, {SKU: "SCREW", Quantity: 2}}
				mine.buys(mine.visitor(cart...).Buyer, "click") // everything is remembered
				mine.buys(mine.visitor(cart...).Buyer, "click") // order numbers too
				guest := mine.visitor(cart...)
				was := mine.agreed(guest.Buyer, "click")
				mine.must(change(theirs))
				is := theirs.agreed(theirs.resumed(guest).Buyer, "click")

				var drift *till.DriftError
				mine.refuses(till.ErrConflict, "ask again", func() error {
					_, err := guest.Checkout(mine.ctx, was)
					if !errors.As(err, &drift) {
						t.Errorf("what was: %v, want a DriftError", err)
						return err
					}
					return err
				})
				if drift != nil && drift.Quote.Digest() != is.Accept {
					t.Errorf("the drift is to\n%s, not to\n%s", drift.Quote.Explain(), is.Seen.Explain())
				}
				order, err := guest.Checkout(mine.ctx, is)
				if missing := is.Seen.Err(); missing != nil {
					if err == nil || err.Error() != missing.Error() {
						t.Errorf("it cannot be bought: %v, want %v", err, missing)
					}
				} else if err != nil || order.Total() != is.Seen.Total() {
					t.Errorf("what is: %v, %v, want %v", order, err, is.Seen.Total())
				}
				mine.reconciles()
			})
		})
	}
}

// The same where the new price is accepted without asking this Shop for anything else
// before: what it remembers does not fit, so it reads, and the first call is the last.
func TestShellReadsWhatItRemembersWrongly(t *testing.T) {
	twoShops(t, func(mine, theirs *stall, hook *hookedStore) {
		mine.sells("MUG", "9.50", 100)
		for range 8 { // order numbers are leased
			mine.buys(mine.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "click")
		}
		guest := mine.visitor(till.Item{SKU: "MUG", Quantity: 2})
		mine.must(theirs.staff.SetPrice(mine.ctx, "MUG", "12.00"))
		r := theirs.agreed(theirs.resumed(guest).Buyer, "click")
		got := hook.counted(func() {
			order, err := guest.Checkout(mine.ctx, r)
			mine.must(err)
			mine.same("total", order.Total().String(), "24.00 GBP")
		})
		mine.same("calls: the cart and the articles are read", got.String(), "1 Commit, 2 Get")

		// A change that the digest does not show costs a conflict, and no more.
		guest = mine.visitor(till.Item{SKU: "MUG", Quantity: 2})
		mine.must(theirs.revised("MUG", func(d *till.Description) { d.Vendor = "Other" }))
		r = theirs.agreed(theirs.resumed(guest).Buyer, "click")
		got = hook.counted(func() {
			_, err := guest.Checkout(mine.ctx, r)
			mine.must(err)
		})
		mine.same("calls: decided again", got.String(), "2 Commit, 2 Get")

		// What the Shop itself has changed it does not take for what it was.
		mine.must(mine.staff.SetPrice(mine.ctx, "MUG", "13.00"))
		guest = theirs.visitor(till.Item{SKU: "MUG", Quantity: 2})
		r = theirs.agreed(guest.Buyer, "click")
		guest = mine.resumed(guest)
		got = hook.counted(func() {
			_, err := guest.Checkout(mine.ctx, r)
			mine.must(err)
		})
		mine.same("calls: its own change", got.String(), "1 Commit, 1 Get")
		mine.reconciles()
	})
}

// What is remembered refuses nothing: it may be long since that it was so.
func TestShellRefusesByWhatIsAlone(t *testing.T) {
	twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
		mine.sells("MUG", "9.50", 100)
		guest := mine.visitor(till.Item{SKU: "MUG", Quantity: 1})
		status := func(is till.ProductStatus) {
			mine.must(theirs.revised("MUG", func(d *till.Description) { d.Status = is }))
		}
		status(till.ProductArchived)
		mine.refuses(till.ErrUnavailable, "not active", func() error { return guest.Add(mine.ctx, till.Item{SKU: "MUG", Quantity: 1}) })
		_, err := mine.staff.NewDraft(mine.ctx, till.DraftRequest{Lines: []till.DraftLine{line("MUG", 1)}})
		if !errors.Is(err, till.ErrUnavailable) {
			t.Errorf("a draft: %v", err)
		}
		if _, err := guest.Quote(mine.ctx); err != nil { // which reads that it is archived
			t.Error(err)
		}
		status(till.ProductActive)
		mine.must(guest.Add(mine.ctx, till.Item{SKU: "MUG", Quantity: 1}))
		mine.drafts(till.PersonID{}, line("MUG", 1))
		status(till.ProductArchived)
		if _, err := guest.Quote(mine.ctx); err != nil {
			t.Error(err)
		}
		status(till.ProductActive)
		_, err = guest.Checkout(mine.ctx, theirs.agreed(theirs.resumed(guest).Buyer, "click"))
		mine.must(err)
		mine.reconciles()
	})
}

// What puts an article into a cart relies on its being for sale until it is in.
func TestShellAddIsNotDecidedOnMemoryAlone(t *testing.T) {
	twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
		mine.sells("MUG", "9.50", 100)
		guest := mine.visitor(till.Item{SKU: "MUG", Quantity: 1}) // remembers it as for sale
		mine.must(theirs.staff.DeleteProduct(mine.ctx, "MUG"))
		mine.refuses(till.ErrUnavailable, "deleted", func() error { return guest.Add(mine.ctx, till.Item{SKU: "MUG", Quantity: 1}) })
		_, err := mine.staff.NewDraft(mine.ctx, till.DraftRequest{Lines: []till.DraftLine{line("MUG", 1)}})
		if !errors.Is(err, till.ErrUnavailable) {
			t.Errorf("a draft: %v", err)
		}
		draft := theirs.drafts(till.PersonID{})
		same, err := mine.staff.Draft(mine.ctx, draft.Ref())
		mine.must(err)
		if err := same.Add(mine.ctx, line("MUG", 1)); !errors.Is(err, till.ErrUnavailable) {
			t.Errorf("a line of a draft: %v", err)
		}
	})
}

// How stock is counted is remembered like everything else of a product: it is what the
// commit finds that holds.
func TestShellRemembersNoOldStockPolicy(t *testing.T) {
	for name, c := range map[string]struct {
		was, is till.StockPolicy
		short   bool
		stock   [2]int64
	}{
		"tracked since":       {till.NotTracked, till.DenyBackorder, true, [2]int64{}},
		"not tracked since":   {till.DenyBackorder, till.NotTracked, false, [2]int64{3, 0}},
		"back orders since":   {till.DenyBackorder, till.AllowBackorder(9), false, [2]int64{-2, 5}},
		"no back orders left": {till.AllowBackorder(9), till.DenyBackorder, true, [2]int64{3, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
				mine.must(mine.staff.AddProduct(mine.ctx, till.NewProduct{SKU: "MUG", Name: "Mug", Price: "9.50", OnHand: 3, Stock: c.was}))
				guest := mine.visitor(till.Item{SKU: "MUG", Quantity: 5})
				r := mine.agreed(guest.Buyer, "click")
				mine.must(theirs.revised("MUG", func(d *till.Description) { d.Variants[0].Stock = c.is }))
				_, err := guest.Checkout(mine.ctx, r)
				if errors.Is(err, till.ErrShort) != c.short || err != nil && !c.short {
					t.Errorf("got %v, short: %t", err, c.short)
				}
				mine.same("stock", mine.stock("MUG"), c.stock)
			})
		})
	}
}

// What is shown is read, however much is remembered.
func TestShellShowsNothingFromMemory(t *testing.T) {
	twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
		mine.sells("MUG", "9.50", 100)
		guest := mine.visitor(till.Item{SKU: "MUG", Quantity: 1})
		r := mine.agreed(guest.Buyer, "click")
		mine.must(theirs.staff.SetPrice(mine.ctx, "MUG", "12.00"))
		quote, err := guest.Quote(mine.ctx)
		mine.must(err)
		mine.same("Quote", quote.Total().String(), "12.00 GBP")
		mine.must(theirs.staff.SetPrice(mine.ctx, "MUG", "13.00"))
		var drift *till.DriftError
		if _, err := guest.Plan(mine.ctx, r); !errors.As(err, &drift) || drift.Quote.Total().String() != "13.00 GBP" {
			t.Errorf("Plan: %v", err)
		}
		mine.must(theirs.staff.SetPrice(mine.ctx, "MUG", "14.00"))
		catalog, err := mine.shop.Catalog(mine.ctx, "MUG")
		mine.must(err)
		offer, err := catalog.Offer(till.OfferRequest{SKU: "MUG", List: till.PriceList{Currency: money.GBP}}, mine.clock.instant())
		mine.must(err)
		mine.same("Catalog", offer.Price.String(), "14.00 GBP")
	})
}

// A change of prices reads nothing that is remembered, and what is remembered wrongly
// neither refuses it nor leaves an offer that does not fit, whoever changes them in between.
func TestShellChangesPricesThatItRemembers(t *testing.T) {
	twoShops(t, func(mine, theirs *stall, hook *hookedStore) {
		mine.sells("MUG", "9.50", 10)
		mine.sells("CUP", "2.00", 10)
		pounds := func(price string) till.PriceChange {
			return till.PriceChange{Price: money.MustParsePrice(price, money.GBP)}
		}
		both := func(s *stall, price string) error {
			s.clock.pass(time.Minute)
			return s.staff.ChangePrices(s.ctx, till.PriceEdit{SKU: "MUG", PriceChange: pounds(price)}, till.PriceEdit{SKU: "CUP", PriceChange: pounds(price)})
		}
		mine.must(both(mine, "3.00"))
		got := hook.counted(func() { mine.must(both(mine, "4.00")) })
		mine.same("calls", got.String(), "1 Commit")
		mine.sound()

		mine.must(both(theirs, "5.00"))
		got = hook.counted(func() { mine.must(both(mine, "6.00")) })
		mine.same("commits after theirs", got["Commit"], 2)
		mine.sound()

		monday := till.At(mine.clock.now().Add(24 * time.Hour))
		planned := pounds("7.00")
		planned.From = monday
		mine.must(theirs.staff.ChangePrice(mine.ctx, "MUG", planned))
		mine.must(mine.staff.ChangePrice(mine.ctx, "MUG", till.PriceChange{Mark: till.Retract, From: monday})) // of which it did not know
		mine.sound()
		mine.must(mine.staff.ChangePrice(mine.ctx, "MUG", planned))
		mine.must(theirs.revised("MUG", func(d *till.Description) { d.Words[""] = till.Words{Name: "Other"} }))
		mine.must(both(mine, "8.00"))
		mine.sound()
		mine.must(theirs.staff.ChangePrice(mine.ctx, "MUG", till.PriceChange{Mark: till.Retract, From: monday}))
		mine.agreed(mine.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click") // it sees the prices, of the offers it has older ones
		got = hook.counted(func() { mine.must(mine.staff.SetPrice(mine.ctx, "MUG", "8.00")) })
		mine.same("calls: the offers are read", got.String(), "1 Commit, 1 Find")
		mine.sound()
		prices, err := theirs.staff.Prices(mine.ctx, "MUG")
		mine.must(err)
		priced, _ := prices.On(monday, till.MaxInstant, 1)
		mine.same("the price", priced.Price.String(), "8.00 GBP")
	})
}

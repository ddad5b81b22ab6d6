package till_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// Whatever moves between the quote and the checkout, nobody pays what he did not see.
func TestShellDrift(t *testing.T) {
	revise := func(f func(*till.Description)) func(*stall) error {
		return func(s *stall) error {
			return s.staff.ReviseProduct(s.ctx, "MUG", func(d *till.Description) error { f(d); return nil })
		}
	}
	price := func(c till.PriceChange) func(*stall) error {
		return func(s *stall) error { return s.staff.ChangePrice(s.ctx, "MUG", c) }
	}
	gbp := func(text string) money.Price { return money.MustParsePrice(text, money.GBP) }
	for name, c := range map[string]struct {
		drift func(*stall) error
		kinds []till.DifferenceKind
	}{
		"price up":        {func(s *stall) error { return s.staff.SetPrice(s.ctx, "MUG", "9.51") }, []till.DifferenceKind{till.PriceRose, till.TotalChanged}},
		"price down":      {func(s *stall) error { return s.staff.SetPrice(s.ctx, "MUG", "9.49") }, []till.DifferenceKind{till.PriceFell, till.TotalChanged}},
		"a sale":          {price(till.PriceChange{Price: gbp("8.00"), Sale: true}), []till.DifferenceKind{till.PriceFell, till.TotalChanged}},
		"a price for two": {price(till.PriceChange{Price: gbp("8.00"), MinQuantity: 2}), []till.DifferenceKind{till.PriceFell, till.TotalChanged}},
		"no price":        {price(till.PriceChange{Mark: till.Clear}), []till.DifferenceKind{till.BecameUnavailable, till.TotalChanged}},
		"renamed":         {revise(func(d *till.Description) { d.Words[""] = till.Words{Name: "Other"} }), []till.DifferenceKind{till.Renamed}},
		"archived":        {revise(func(d *till.Description) { d.Status = till.ProductArchived }), []till.DifferenceKind{till.BecameUnavailable, till.TotalChanged}},
		"delisted": {func(s *stall) error {
			return s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "MUG", Mark: till.Clear})
		}, []till.DifferenceKind{till.BecameUnavailable, till.TotalChanged}},
		"deleted": {func(s *stall) error { return s.staff.DeleteProduct(s.ctx, "MUG") }, []till.DifferenceKind{till.BecameUnavailable, till.TotalChanged}},
		"rounding changed": {func(s *stall) error {
			return s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.Up, Level: till.PerUnit}})
		}, []till.DifferenceKind{till.FigureChanged, till.TotalChanged}},
		"a planned price": {func(s *stall) error {
			err := s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Price: gbp("1.00"), From: s.clock.instant().Add(time.Minute)})
			s.clock.pass(time.Minute)
			return err
		}, []till.DifferenceKind{till.PriceFell, till.TotalChanged}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStall(t, memory.New())
			s.sells("MUG", "9.50", 10)
			s.sells("SCREW", "1.01/3", 1000)
			guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2}, till.Item{SKU: "SCREW", Quantity: 2})
			r := s.agreed(guest.Buyer, "click")
			s.must(c.drift(s))
			err := s.refuses(till.ErrConflict, "ask again", func() error { _, err := guest.Checkout(s.ctx, r); return err })
			var drift *till.DriftError
			if !errors.As(err, &drift) {
				t.Fatalf("got %T", err)
			}
			var kinds []till.DifferenceKind
			for _, d := range drift.Differences {
				kinds = append(kinds, d.Kind)
			}
			s.same("differences", kinds, c.kinds)
			now, err := guest.Quote(s.ctx)
			s.must(err)
			s.same("the new quote", drift.Quote.Digest(), now.Digest())
			s.same("what was accepted", drift.Accepted, r.Accept)
			r.Seen = nil
			_, err = guest.Checkout(s.ctx, r)
			if !errors.As(err, &drift) || drift.Differences != nil {
				t.Errorf("without Seen: %v", err)
			}
			_, err = guest.Plan(s.ctx, r)
			if !errors.As(err, &drift) {
				t.Errorf("Plan: %v", err)
			}
			// What cannot be bought is refused even when it was agreed to.
			r.Accept = now.Digest()
			_, err = guest.Checkout(s.ctx, r)
			var gone *till.UnavailableError
			if slices.Contains(c.kinds, till.BecameUnavailable) != errors.As(err, &gone) {
				t.Errorf("agreed to the new quote: %v", err)
			}
		})
	}
}

// What a checkout writes is one commit: the order, the contact, the message, the
// stock with its ledger, the empty cart.
func TestShellCheckout(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		s.sells("CUP", "2.00", 10)
		guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2, Note: "blue"}, till.Item{SKU: "CUP", Quantity: 1}, till.Item{SKU: "MUG", Quantity: 1, Apart: true})
		s.must(guest.SetMetadata(s.ctx, till.Metadata{"gift": "yes"}))
		r := s.agreed(guest.Buyer, "click")

		before := s.dump()
		plan, err := guest.Plan(s.ctx, r)
		s.must(err)
		s.same("Plan commits nothing", s.dump(), before)
		s.same("what Plan would place", fmt.Sprint(plan.Order.Number(), plan.Order.Total(), plan.Order.Verify()), "plan30.50 GBP <nil>")
		adds := 0
		for _, change := range plan.Set.Changes {
			switch c := change.(type) {
			case store.Add:
				adds++
			case store.Append:
				c.Entries[0].At++
			}
		}
		s.same("demands on stock: two lines of one SKU are one", adds, 2)
		s.same("the order of a Plan whose Set was changed", plan.Order.Verify(), error(nil))

		order, err := guest.Checkout(s.ctx, r)
		s.must(err)
		s.same("the order", fmt.Sprint(order.Number(), " ", order.Total(), " ", order.Verify(), " ", order.Replayed(), " ", order.Status(), " ", order.Payable()), "1001 30.50 GBP <nil> false placed invoice")
		receipt, err := db.Outcome(s.ctx, plan.Set.Key)
		s.must(err)
		s.same("the request, as Plan names it", receipt.Fingerprint, plan.Set.Fingerprint)
		s.same("mugs", s.stock("MUG"), [2]int64{7, 3})
		s.same("cups", s.stock("CUP"), [2]int64{9, 1})
		s.same("metadata", order.Metadata(), till.Metadata{"gift": "yes"})
		cart, err := guest.Cart(s.ctx)
		s.must(err)
		s.same("the cart is empty", cart.IsEmpty(), true)
		messages, err := s.staff.Messages(s.ctx, till.PageRequest{})
		s.must(err)
		s.same("messages", messages.Items, []till.Message{{Kind: till.ConfirmationMessage, Order: order.ID(), Contact: order.Contact(), Queued: order.Placed(), Due: order.Placed()}})
		contact, err := s.staff.Contact(s.ctx, order.Contact())
		s.must(err)
		s.same("notes", contact.Notes, map[int]string{1: "blue"})
		read, err := guest.Order(s.ctx, order.ID())
		s.must(err)
		s.same("read again", storedBytes(read), storedBytes(order))
		s.same("destination", order.Destination(), till.Destination{Country: "GB"})
		s.reconciles()
	})
}

func storedBytes(o till.Order) []string {
	var all []string
	for _, e := range o.Entries() {
		all = append(all, fmt.Sprintf("%d %s %d %d %s %x", e.N, e.Kind, e.V, e.At, e.Payload, e.Sum))
	}
	return all
}

// The repetition is answered with the order as it was placed, also when it has
// changed since.
func TestShellReplayIsAsPlaced(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
	r := s.agreed(guest.Buyer, "click")
	first, err := guest.Checkout(s.ctx, r)
	s.must(err)
	s.clock.pass(time.Second)
	s.must(s.staff.SetOrderMetadata(s.ctx, first.ID(), till.Metadata{"parcel": "7"}))
	s.must(s.staff.SetPrice(s.ctx, "MUG", "100"))
	s.must(guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
	before := s.dump()
	again, err := guest.Checkout(s.ctx, r)
	s.must(err)
	s.same("entries", storedBytes(again), storedBytes(first))
	s.same("replayed", again.Replayed(), true)
	s.same("it has no other effect", s.dump(), before)
	s.same("verify", again.Verify(), nil)
	other := r
	other.Accept, other.Seen = till.Digest(strings.Repeat("0", 64)), nil
	s.refuses(till.ErrExists, "click", func() error { _, err := guest.Checkout(s.ctx, other); return err })
	latest, err := guest.Order(s.ctx, first.ID())
	s.must(err)
	s.same("the order now", []any{latest.Metadata(), latest.Replayed()}, []any{till.Metadata{"parcel": "7"}, false})
}

// A second click that was looked for before the first one was placed is answered all the
// same: where it would be refused by what the first one or somebody else did meanwhile,
// and where it comes as far as its commit.
func TestShellSecondClickInBetween(t *testing.T) {
	for name, c := range map[string]struct {
		fresh bool // through a Shop that has to read the articles
		then  func(*stall) error
	}{
		"refused":   {true, func(s *stall) error { return s.staff.SetPrice(s.ctx, "MUG", "12.00") }},
		"committed": {true, func(*stall) error { return nil }},
		"recalled":  {false, func(*stall) error { return nil }},
		"both":      {false, func(s *stall) error { return s.staff.SetPrice(s.ctx, "MUG", "12.00") }},
	} {
		t.Run(name, func(t *testing.T) {
			db := memory.New()
			s := newStall(t, db)
			s.sells("MUG", "9.50", 10)
			guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
			r := s.agreed(guest.Buyer, "click")
			hook := &hookedStore{Store: db}
			other := stallAt(t, hook, s.clock)
			same, err := other.shop.Guest(s.ctx, guest.Token())
			s.must(err)
			if !c.fresh {
				other.agreed(same.Buyer, "click")
			}
			var first till.Order
			gets := 0
			hook.before = func(op string) error {
				if gets++; gets == 2 { // the look for the cart and the receipt is over
					hook.before = nil
					first, err = guest.Checkout(s.ctx, r)
					s.must(err)
					s.must(c.then(s))
				}
				return nil
			}
			second, err := same.Checkout(s.ctx, r)
			s.must(err)
			s.same("one order", second.ID(), first.ID())
			s.same("replayed", []bool{first.Replayed(), second.Replayed()}, []bool{false, true})
			s.same("stock", s.stock("MUG"), [2]int64{8, 2})
			s.reconciles()
		})
	}
}

// Whoever has no session any more is not answered, also with a key that was used.
func TestShellNoAnswerWithoutSession(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
	r := s.agreed(guest.Buyer, "click")
	_, err := guest.Checkout(s.ctx, r)
	s.must(err)
	s.must(guest.SignOut(s.ctx))
	s.refuses(till.ErrSession, "ended", func() error { _, err := guest.Checkout(s.ctx, r); return err })
}

// Two clicks with two keys on one cart make one order: the cart is there once.
func TestShellTwoKeysOneCart(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 100)
		guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
		r := s.agreed(guest.Buyer, "")
		placed := 0
		for _, err := range atOnce(8, func(i int) error {
			r := r
			r.Key = fmt.Sprint("click", i)
			_, err := guest.Checkout(s.ctx, r)
			return err
		}) {
			if err == nil {
				placed++
			} else if !errors.Is(err, till.ErrInvalid) || !strings.Contains(err.Error(), "empty") {
				t.Error(err)
			}
		}
		s.same("orders", placed, 1)
		s.same("stock", s.stock("MUG"), [2]int64{98, 2})
		s.reconciles()
	})
}

func TestShellStockPolicies(t *testing.T) {
	for name, c := range map[string]struct {
		policy   till.StockPolicy
		onHand   int64
		quantity int64
		short    *till.ShortageError
		stock    [2]int64
	}{
		"all there is":       {till.DenyBackorder, 3, 3, nil, [2]int64{0, 3}},
		"one more":           {till.DenyBackorder, 3, 4, &till.ShortageError{SKU: "MUG", Wanted: 4, Available: 3}, [2]int64{3, 0}},
		"none there":         {till.DenyBackorder, 0, 1, &till.ShortageError{SKU: "MUG", Wanted: 1}, [2]int64{}},
		"back order":         {till.AllowBackorder(2), 3, 5, nil, [2]int64{-2, 5}},
		"over the limit":     {till.AllowBackorder(2), 3, 6, &till.ShortageError{SKU: "MUG", Wanted: 6, Available: 5}, [2]int64{3, 0}},
		"no limit":           {till.AllowBackorder(till.MaxQuantity), 0, till.MaxQuantity, nil, [2]int64{-till.MaxQuantity, till.MaxQuantity}},
		"not counted at all": {till.NotTracked, 3, till.MaxQuantity, nil, [2]int64{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStall(t, memory.New())
			s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "MUG", Name: "Mug", Price: "0.01", OnHand: c.onHand, Stock: c.policy}))
			half := c.quantity / 2
			guest := s.visitor()
			if half > 0 { // two lines are one demand
				s.must(guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: half, Apart: true}))
			}
			s.must(guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: c.quantity - half, Apart: true}))
			r := s.agreed(guest.Buyer, "click")
			before := s.dump()
			_, err := guest.Plan(s.ctx, r)
			s.same("Plan commits nothing", s.dump(), before)
			var short *till.ShortageError
			if errors.As(err, &short); err != nil && short == nil {
				t.Fatal(err)
			}
			s.same("Plan", short, c.short)
			short = nil
			_, err = guest.Checkout(s.ctx, r)
			if errors.As(err, &short); err != nil && short == nil {
				t.Fatal(err)
			}
			s.same("Checkout", short, c.short)
			s.same("stock", s.stock("MUG"), c.stock)
			s.reconciles()
		})
	}
}

// Two quotes over an unchanged shop have one digest, whenever they are made.
func TestShellDigestIsNotOfTheInstant(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
	first := s.agreed(guest.Buyer, "click")
	s.clock.pass(time.Minute)
	s.same("digests a minute apart", s.agreed(guest.Buyer, "click").Accept, first.Accept)
	s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 3}))
	s.must(s.staff.SetPrice(s.ctx, "MUG", "9.50"))
	s.same("stock and a price that is the same are not in it", s.agreed(guest.Buyer, "click").Accept, first.Accept)
	_, err := guest.Checkout(s.ctx, first)
	s.must(err)
}

// A cart of as many lines as there may be, each of another product, is one order.
func TestShellLongOrder(t *testing.T) {
	s := newStall(t, memory.New())
	guest := s.visitor()
	var items []till.Item
	for i := range till.MaxLines {
		sku := till.SKU(fmt.Sprintf("SKU-%04d", i))
		s.sells(sku, "0.03", 5)
		items = append(items, till.Item{SKU: sku, Quantity: 2})
	}
	s.must(guest.Add(s.ctx, items...))
	order := s.buys(guest.Buyer, "click")
	s.same("total", order.Total().String(), "72.00 GBP")
	page, err := s.staff.Orders(s.ctx, till.OrderQuery{SKU: "SKU-1199"})
	s.must(err)
	s.same("found by its last article", len(page.Items), 1)
}

package till_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// between runs something ahead of the next commit: after all has been read for it. A
// lease of order numbers is none: whoever makes one keeps the others waiting.
func (h *hookedStore) between(f func()) {
	h.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if put, ok := set.Changes[0].(store.Put); !ok || put.Family != "numbers" {
			h.commit = nil
			f()
		}
		return h.Store.Commit(ctx, set)
	}
}

// What changes after a checkout was decided and before it is committed is as if it
// had changed before: the decision is made again.
func TestShellCheckoutInBetween(t *testing.T) {
	type scene struct {
		*stall
		customer *till.Customer
		other    *till.Customer // the same one, in another session
	}
	revise := func(f func(*till.Description)) func(*scene) error {
		return func(s *scene) error { return s.revised("MUG", f) }
	}
	for name, c := range map[string]struct {
		do   func(*scene) error
		want error
	}{
		"price": {func(s *scene) error { return s.staff.SetPrice(s.ctx, "MUG", "12.00") }, till.ErrConflict},
		"sale": {func(s *scene) error {
			return s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Sale: true, Price: money.MustParsePrice("1.00", money.GBP)})
		}, till.ErrConflict},
		"name":     {revise(func(d *till.Description) { d.Words[""] = till.Words{Name: "Other"} }), till.ErrConflict},
		"archived": {revise(func(d *till.Description) { d.Status = till.ProductArchived }), till.ErrConflict},
		"deleted":  {func(s *scene) error { return s.staff.DeleteProduct(s.ctx, "MUG") }, till.ErrConflict},
		"delisted": {func(s *scene) error {
			return s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "MUG", Mark: till.Clear})
		}, till.ErrConflict},
		"rounding": {func(s *scene) error {
			return s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.Up, Level: till.PerUnit}})
		}, till.ErrConflict},
		"cart": {func(s *scene) error { return s.other.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}) }, till.ErrConflict},
		"stock": {func(s *scene) error {
			return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -9})
		}, till.ErrShort},
		"signed out": {func(s *scene) error { return s.other.SignOutEverywhere(s.ctx) }, till.ErrSession},
		"disabled":   {func(s *scene) error { return s.staff.DisableCustomer(s.ctx, s.customer.Person()) }, till.ErrSession},
		"erased":     {func(s *scene) error { return s.staff.Erase(s.ctx, s.customer.Person()) }, till.ErrSession},

		"a back-order limit": {revise(func(d *till.Description) { d.Variants[0].Stock = till.AllowBackorder(5) }), nil},
		"other words":        {revise(func(d *till.Description) { d.Vendor = "x" }), nil},
		"the same price":     {func(s *scene) error { return s.staff.SetPrice(s.ctx, "MUG", "9.50") }, nil},
		"a new address":      {func(s *scene) error { return s.other.ChangeProfile(s.ctx, till.Contact{Name: "Ada Other"}) }, nil},
		"an order of another": {func(s *scene) error {
			g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
			s.buys(g.Buyer, "click")
			return nil
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			hook := &hookedStore{Store: memory.New()}
			s := &scene{stall: newStall(t, hook)}
			s.sells("MUG", "9.50", 10)
			s.sells("SCREW", "1.01/3", 1000)
			s.customer = s.member("ada@example.com")
			s.other = s.signsIn("ada@example.com", stallPassword)
			s.buys(s.visitor(till.Item{SKU: "SCREW", Quantity: 1}).Buyer, "click") // order numbers are leased
			s.must(s.customer.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 2}, till.Item{SKU: "SCREW", Quantity: 2}))
			r := s.agreed(s.customer.Buyer, "click")
			r.Contact = till.Contact{}
			var before []string
			hook.between(func() {
				s.must(c.do(s))
				before = s.dump()
			})
			order, err := s.customer.Checkout(s.ctx, r)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if err != nil {
				s.same("the store", s.dump(), before)
			} else {
				contact, err := s.staff.Contact(s.ctx, order.Contact())
				s.must(err)
				profile, err := s.customer.Profile(s.ctx)
				s.must(err)
				s.same("the order is for whom the account says", contact.Name, profile.Name)
			}
			s.reconciles()
		})
	}
}

// Whatever staff decide twice at once is decided one after the other.
func TestShellStaffInBetween(t *testing.T) {
	hook := &hookedStore{Store: memory.New()}
	s := newStall(t, hook)
	s.sells("MUG", "9.50", 10)
	hook.between(func() { s.must(s.revised("MUG", func(d *till.Description) { d.Vendor = "first" })) })
	s.must(s.revised("MUG", func(d *till.Description) { d.Vendor += " second" }))
	hook.between(func() { s.must(s.staff.SetPrice(s.ctx, "MUG", "1.00")) })
	s.must(s.staff.SetPrice(s.ctx, "MUG", "2.00"))
	p, err := s.staff.Product(s.ctx, "MUG")
	s.must(err)
	s.same("vendor", p.Description().Vendor, "first second")
	prices, err := s.staff.Prices(s.ctx, "MUG")
	s.must(err)
	var all []string
	for c := range prices.All() {
		all = append(all, fmt.Sprint(c.N, " ", c.Price))
	}
	s.same("prices", all, []string{"1 9.50 GBP", "2 1.00 GBP", "3 2.00 GBP"})
	hook.between(func() { s.must(s.staff.DeleteProduct(s.ctx, "MUG")) })
	if err := s.staff.DeleteProduct(s.ctx, "MUG"); !errors.Is(err, till.ErrConflict) {
		t.Errorf("deleted twice at once: %v", err)
	}
}

// Of two who sign in at once with a visitor's token, one takes the cart.
func TestShellMergeInBetween(t *testing.T) {
	hook := &hookedStore{Store: memory.New()}
	s := newStall(t, hook)
	s.sells("MUG", "9.50", 10)
	s.member("ada@example.com")
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
	in := till.SignIn{Email: "ada@example.com", Password: stallPassword, Guest: guest.Token()}
	var first till.SignedIn
	hook.between(func() {
		var err error
		first, err = s.shop.SignIn(s.ctx, in)
		s.must(err)
	})
	second, err := s.shop.SignIn(s.ctx, in)
	s.must(err)
	s.same("merged", []int{len(first.Merged), len(second.Merged)}, []int{1, 0})
	s.same("the cart", s.quantities(second.Buyer), []int64{2})
}

package till_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// promote sets a promotion of ten percent, which can be changed.
func (s *stall) promote(name string, change func(*till.Promotion)) {
	s.Helper()
	p := till.Promotion{Label: "Ten off", Action: till.PercentOff(money.MustParsePercent("10"))}
	change(&p)
	s.must(s.staff.ChangeRules(s.ctx, till.RuleChange{Name: name, Rule: p}))
}

// usedUp is the refusal of whoever comes too late for a promotion: the quote without it,
// and why.
func (s *stall) usedUp(err error, why till.CodeReason) bool {
	s.Helper()
	drift, ok := errors.AsType[*till.DriftError](err)
	if !ok {
		s.Errorf("refused with %v", err)
		return false
	}
	return len(drift.Quote.Discounts()) == 0 &&
		slices.ContainsFunc(drift.Quote.Codes(), func(a till.CodeAnswer) bool { return a.Reason == why }) &&
		slices.ContainsFunc(drift.Differences, func(d till.Difference) bool { return d.Kind == till.PromotionEnded })
}

// A coupon for one, fifty who check out at once: one discount, 49 refusals that say so,
// and nothing else has changed.
func TestShellCouponForOne(t *testing.T) {
	const crowd = 50
	for name, limit := range map[string]func(*till.Promotion){
		"in all":      func(p *till.Promotion) { p.Uses = 1 },
		"each":        func(p *till.Promotion) { p.Each = 1 },
		"first order": func(p *till.Promotion) { p.If.FirstOrder = true },
		"all of them": func(p *till.Promotion) { p.Uses, p.Each, p.If.FirstOrder = 1, 1, true },
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			onStores(t, func(t *testing.T, db store.Store) {
				s := newStall(t, db)
				s.sells("MUG", "9.50", 1000)
				s.promote("one", func(p *till.Promotion) { p.If.Code = "ONE"; limit(p) })
				var guests []*till.Guest
				var rs []till.CheckoutRequest
				for i := range crowd { // sessions of one person, by the e-mail address
					g := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
					s.must(g.AddCode(s.ctx, "one"))
					r := s.agreed(g.Buyer, fmt.Sprint(i))
					s.same("what is accepted", r.Seen.Total().String(), "17.10 GBP")
					guests, rs = append(guests, g), append(rs, r)
				}
				errs := atOnce(crowd, func(i int) error {
					order, err := guests[i].Checkout(s.ctx, rs[i])
					if err == nil {
						err = order.Verify()
					}
					return err
				})
				won, told := -1, 0
				for i, err := range errs {
					if err == nil {
						won = i
						continue
					}
					for _, why := range []till.CodeReason{till.CodeUsedUp, till.CodeUsed, till.CodeFirstOrder} {
						if s.usedUp(err, why) {
							told++
							break
						}
					}
				}
				s.same("refusals that say why", told, crowd-1)
				s.same("stock", s.stock("MUG"), [2]int64{998, 2})
				s.reconciles()
				s.same("orders", len(must(s.staff.Orders(s.ctx, till.OrderQuery{})).Items), 1)
				for i, g := range guests { // each cart is as it was, but the one that bought
					if i != won {
						s.same("lines in the cart", len(must(g.Cart(s.ctx)).Lines()), 1)
					}
				}
				s.sound()
			})
		})
	}
}

// What one customer may use twice is used twice, by the account or by the e-mail address,
// whatever the sessions; another customer has uses of his own.
func TestShellUsesOfOneCustomer(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 1000)
		s.promote("twice", func(p *till.Promotion) { p.Each = 2 })
		ada := s.member("ada@example.com")
		for n, want := range []string{"8.55 GBP", "8.55 GBP", "9.50 GBP"} {
			s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
			order := s.buys(ada.Buyer, fmt.Sprint(n))
			s.same("the account's order", order.Total().String(), want)
		}
		email := func(g *till.Guest, key, address string) error {
			r := s.agreed(g.Buyer, key)
			r.Contact = stallBuyer
			r.Contact.Email = address
			_, err := g.Checkout(s.ctx, r)
			return err
		}
		for n, address := range []string{"eve@example.com", "EVE@example.com"} {
			s.must(email(s.visitor(till.Item{SKU: "MUG", Quantity: 1}), fmt.Sprint(n), address))
		}
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		drift, ok := errors.AsType[*till.DriftError](email(g, "third", "eve@EXAMPLE.com"))
		if !ok || drift.Quote.Total().String() != "9.50 GBP" {
			t.Errorf("the third use of an address: %v", drift)
		}
		s.must(email(g, "third", "other@example.com"))
		s.sound()
	})
}

// A guest who is erased leaves no word behind in the uses either, and they are free again.
func TestShellErasedUses(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 1000)
		s.promote("first", func(p *till.Promotion) { p.Each, p.If.FirstOrder = 1, true })
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		r := s.agreed(g.Buyer, "click")
		r.Contact = stallBuyer
		r.Contact.Email = "zelda@example.com"
		order := must(g.Checkout(s.ctx, r))
		s.same("the first order", order.Total().String(), "8.55 GBP")
		if !s.has("zelda@example.com") {
			t.Fatal("the address is nowhere: this test looks for nothing")
		}
		s.must(s.staff.Erase(s.ctx, g.Person()))
		must(s.shop.Maintain(s.ctx))
		if s.has("zelda") {
			t.Error("the address is still there")
		}
		s.must(must(s.staff.Order(s.ctx, order.ID())).Verify())
		s.sound()
	})
}

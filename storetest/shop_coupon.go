package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// crowd is how many come with one coupon.
const crowd = 50

var couponBattery = []Rule{{
	ID:       "shop/coupon",
	Sentence: "A coupon for one is used once, whatever the number of buyers and handles; everybody else is told why it takes nothing off, and nothing else has changed.",
	Why:      "a coupon that was printed once and photographed fifty times",
	Check: func(e *Env) {
		place, clock := e.Place(), newShopClock()
		s := e.standOver(meeting{e.Open(place)}, clock, 1)
		shops := []*stand{s, s}
		if e.Harness.Shared {
			shops[1] = e.standOver(meeting{e.Open(place)}, clock, 2)
		}
		s.product("MUG", "9.50", 1000000)
		for try := range e.tries() {
			for i, c := range coupons {
				handles := 1 + (try+i)%len(shops) // one, or both
				if raceForCoupon(shops[:handles], c, fmt.Sprintf("%d-%d", try, i)); e.Failed() {
					e.Fatalf("storetest: try %d with a coupon for %s over %d handles", try, c.whom, handles)
				}
			}
		}
		s.reconciles()
	},
}}

// meeting is a store that lets nobody commit a checkout before all have decided, where
// they have agreed to meet.
type meeting struct{ store.Store }

// meet is where a context says how.
type meet struct{}

// Commit waits for the others, once.
func (m meeting) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	if arrive, ok := ctx.Value(meet{}).(func()); ok && set.Key != "" {
		arrive()
	}
	return m.Store.Commit(ctx, set)
}

// coupon is one that is for one.
type coupon struct {
	whom   string
	limit  func(*till.Promotion)
	why    []till.CodeReason // it takes nothing off for the others
	claims int               // of one use
}

var coupons = []coupon{
	{"one in all", func(p *till.Promotion) { p.Uses = 1 }, []till.CodeReason{till.CodeUsedUp}, 0},
	{"one each", func(p *till.Promotion) { p.Each = 1 }, []till.CodeReason{till.CodeUsed}, 1},
	{"a first order", func(p *till.Promotion) { p.If.FirstOrder = true }, []till.CodeReason{till.CodeFirstOrder}, 1},
	{"all of them", func(p *till.Promotion) { p.Uses, p.Each, p.If.FirstOrder = 1, 1, true }, []till.CodeReason{till.CodeFirstOrder, till.CodeUsed, till.CodeUsedUp}, 2},
}

// raceForCoupon lets a crowd come at once, all with one e-mail address, through shops in
// turn.
func raceForCoupon(shops []*stand, c coupon, name string) {
	s := shops[0]
	p := till.Promotion{Label: "Ten off", If: till.Conditions{Code: name}, Action: till.PercentOff(money.MustParsePercent("10"))}
	c.limit(&p)
	s.Must("ChangeRules", s.Staff.ChangeRules(s.Ctx, till.RuleChange{Name: name, Rule: p}))
	before, err := s.Staff.Stock(s.Ctx, "MUG")
	s.Must("Stock", err)
	tokens, requests := make([]till.Token, crowd), make([]till.CheckoutRequest, crowd)
	together(crowd, func(i int) {
		guest, err := shops[i%len(shops)].Shop.NewGuest(s.Ctx)
		if err == nil {
			tokens[i], err = guest.Token(), persist(func() error { return guest.Add(s.Ctx, till.Item{SKU: "MUG", Quantity: 2}) })
		}
		if err == nil {
			err = persist(func() error { return guest.AddCode(s.Ctx, name) })
		}
		if err == nil {
			var quote till.Quote
			quote, err = guest.Quote(s.Ctx)
			requests[i] = till.CheckoutRequest{Key: "click", Accept: quote.Digest(), Seen: &quote, Contact: buyer}
			requests[i].Contact.Email = name + "@example.com"
			if total := quote.Total().String(); total != "17.10 GBP" {
				s.Failf("buyer %d is quoted %s", i, total)
			}
		}
		if err != nil {
			s.Failf("fill cart %d: %v", i, err)
		}
	})
	if s.Failed() {
		return
	}
	claims := s.claimed()
	orders, errs := make([]till.Order, crowd), make([]error, crowd)
	var all sync.WaitGroup
	all.Add(crowd)
	together(crowd, func(i int) {
		coming := sync.OnceFunc(all.Done)
		defer coming() // who is refused at once does not keep the others waiting
		at := *shops[i%len(shops)]
		at.Env = &Env{TB: s.TB, Harness: s.Harness, Rule: s.Rule, Ctx: context.WithValue(s.Ctx, meet{}, func() { coming(); all.Wait() })}
		guest, err := at.Shop.Guest(s.Ctx, tokens[i])
		if err == nil {
			orders[i], err = at.insist(guest.Buyer, requests[i])
		}
		errs[i] = err
	})

	used := 0
	for i, err := range errs {
		guest, gone := s.Shop.Guest(s.Ctx, tokens[i])
		s.Must("Guest", gone)
		cart, gone := guest.Cart(s.Ctx)
		s.Must("Cart", gone)
		var drift *till.DriftError
		switch {
		case err == nil:
			used++
			s.Must("Verify", orders[i].Verify())
			s.Equal("what the coupon comes to", orders[i].Total().String(), "17.10 GBP")
			s.Equal("what is left in the cart", len(cart.Lines())+len(cart.Codes()), 0)
		case !errors.As(err, &drift):
			s.Failf("buyer %d: got error %v, want a DriftError", i, err)
		default:
			s.Equal("what a late buyer would pay", drift.Quote.Total().String(), "19.00 GBP")
			if a := drift.Quote.Codes(); len(a) != 1 || !slices.Contains(c.why, a[0].Reason) {
				s.Failf("buyer %d is told of the code %+v, want one of %q", i, a, c.why)
			}
			if !slices.ContainsFunc(drift.Differences, func(d till.Difference) bool { return d.Kind == till.PromotionEnded }) {
				s.Failf("buyer %d is not told that the promotion ended: %v", i, err)
			}
			s.Equal("the cart of a late buyer", fmt.Sprint(cart.Demand(), cart.Codes()), fmt.Sprint([]till.Demand{{SKU: "MUG", Quantity: 2}}, []string{name}))
		}
	}
	s.Equal("buyers who used it", used, 1)
	s.has("MUG", before.Available-2, before.Reserved+2)
	s.Equal("orders", len(s.orders(till.OrderQuery{Email: name + "@example.com"})), 1)
	s.Equal("claims of uses", s.claimed(), claims+c.claims)
}

// claimed gives how many uses of promotions are claimed.
func (s *stand) claimed() (n int) {
	s.Helper()
	for _, err := range store.Records(s.Ctx, s.Store, store.Query{Family: "used"}) {
		s.Must("the uses", err)
		n++
	}
	return n
}

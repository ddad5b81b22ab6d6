package storetest

import (
	"fmt"
	"strings"

	"github.com/tillkit/till"
)

var oneKeyBattery = []Rule{
	{
		ID:       "shop/one-key",
		Sentence: "Any number of checkouts with one key, at once and after a restart, make one order and are answered with it.",
		Why:      "somebody clicks twice, and again when the page did not come",
		Check: func(e *Env) {
			place := e.Place()
			s := e.stand(place, newShopClock(), 1)
			shops := []*stand{s, s.beside(place, 2)}
			s.product("MUG", "9.50", 100000)
			tokens, requests, wants := []till.Token{}, []till.CheckoutRequest{}, []string{}
			for try := range e.tries() {
				guest := s.guest(till.Item{SKU: "MUG", Quantity: 3})
				r := s.agreed(guest.Buyer, "click")
				tokens, requests = append(tokens, guest.Token()), append(requests, r)
				wants = append(wants, raceWithKey(shops[:1+try%2], guest.Token(), r))
				if e.Failed() {
					e.Fatalf("storetest: try %d", try)
				}
				s.has("MUG", 100000-3*int64(try+1), 3*int64(try+1))
			}
			s.reconciles()
			if e.Harness.Durable {
				e.Must("Close", shops[1].Store.Close())
			}
			s = s.again(place, 3)
			before := s.dump()
			for i, token := range tokens {
				guest, err := s.Shop.Guest(e.Ctx, token)
				e.Must("Guest", err)
				order, err := guest.Checkout(e.Ctx, requests[i])
				e.Must("the same key later", err)
				e.Equal("the order of the same key later", nameOf(order), wants[i])
				e.Equal("Replayed", order.Replayed(), true)
			}
			e.Equal("the store after repetitions", s.dump(), before)
		},
	},
	{
		ID:       "shop/key-of-another",
		Sentence: "A key names one request of one buyer: for another it is an ExistsError, and what is refused does not use it up.",
		Why:      "an answer to another question would be a wrong answer",
		Check: func(e *Env) {
			s := e.stand(e.Place(), newShopClock(), 1)
			s.product("MUG", "9.50", 5)
			guest := s.guest(till.Item{SKU: "MUG", Quantity: 6})
			r := s.agreed(guest.Buyer, "click")
			_, err := guest.Checkout(e.Ctx, r)
			e.Is("too many", err, till.ErrShort)
			e.Must("Set", guest.Set(e.Ctx, 1, 2))
			_, err = guest.Checkout(e.Ctx, r)
			e.Is("another cart than was agreed to", err, till.ErrConflict)
			e.Must("SetPrice", s.Staff.SetPrice(e.Ctx, "MUG", "8.00"))
			accepted := s.agreed(guest.Buyer, "click")
			order, err := guest.Checkout(e.Ctx, accepted)
			e.Must("Checkout with the key that was refused", err)
			e.Equal("Replayed", order.Replayed(), false)

			before := s.dump()
			for what, change := range map[string]func(*till.CheckoutRequest){
				"the same key for another quote":   func(r *till.CheckoutRequest) { r.Accept, r.Seen = till.Digest(strings.Repeat("0", 64)), nil },
				"the same key for another contact": func(r *till.CheckoutRequest) { r.Contact.Billing.Street = "2 Low Street" },
				"the same key for another name":    func(r *till.CheckoutRequest) { r.Contact.Name = "Eve Example" },
				"the same key without a contact":   func(r *till.CheckoutRequest) { r.Contact = till.Contact{} },
			} {
				r := accepted
				change(&r)
				_, err := guest.Checkout(e.Ctx, r)
				e.Is(what, err, till.ErrExists)
				if err != nil && !strings.Contains(err.Error(), `"click"`) {
					e.Failf("%s: %q does not name the key", what, err)
				}
			}
			e.Equal("the store after what was refused", s.dump(), before)

			other := s.guest(till.Item{SKU: "MUG", Quantity: 2})
			if again := s.buys(other.Buyer, "click"); again.ID() == order.ID() || again.Replayed() {
				e.Failf("another buyer with the same key got order %s", again.Number())
			}
			s.reconciles()
		},
	},
}

// nameOf is what every answer to one key must agree on.
func nameOf(o till.Order) string {
	return fmt.Sprintf("%s number %s total %s revision %d", o.ID(), o.Number(), o.Total(), o.Revision())
}

// raceWithKey checks one cart out from everywhere at once and names the order.
func raceWithKey(shops []*stand, token till.Token, r till.CheckoutRequest) string {
	s := shops[0]
	orders, errs := make([]till.Order, rivals), make([]error, rivals)
	together(rivals, func(i int) {
		at := shops[i%len(shops)]
		guest, err := at.Shop.Guest(s.Ctx, token)
		if err == nil {
			orders[i], err = at.insist(guest.Buyer, r)
		}
		errs[i] = err
	})
	fresh, names := 0, map[string]int{}
	for i, err := range errs {
		s.Must(fmt.Sprintf("click %d", i), err)
		names[nameOf(orders[i])]++
		if !orders[i].Replayed() {
			fresh++
		}
	}
	s.Equal("the different orders that the clicks were answered with", len(names), 1)
	s.Equal("answers that are no repetition", fresh, 1)
	return nameOf(orders[0])
}

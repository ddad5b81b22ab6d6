package storetest

import (
	"errors"
	"fmt"

	"github.com/tillkit/till"
)

// rivals is how many race for one thing.
const rivals = 64

var lastUnitBattery = []Rule{{
	ID:       "shop/last-unit",
	Sentence: "The last unit is sold once, whatever the number of buyers and handles; everybody else is told that none is left.",
	Why:      "one mug, two parcels to pack",
	Check: func(e *Env) {
		place := e.Place()
		s := e.stand(place, newShopClock(), 1)
		shops := []*stand{s, s.beside(place, 2)}
		for try := range e.tries() {
			for n := 1; n <= len(shops); n++ { // one handle, then both
				if raceForLast(shops[:n], till.SKU(fmt.Sprintf("LAST-%d-%d", try, n))); e.Failed() {
					e.Fatalf("storetest: try %d over %d handles", try, n)
				}
			}
		}
		s.reconciles()
	},
}}

func raceForLast(shops []*stand, sku till.SKU) {
	s := shops[0]
	s.product(sku, "9.50", 1)
	buyers, requests := make([]*till.Guest, rivals), make([]till.CheckoutRequest, rivals)
	together(rivals, func(i int) {
		at := shops[i%len(shops)]
		guest, err := at.Shop.NewGuest(s.Ctx)
		if err == nil {
			buyers[i], err = guest, persist(func() error { return guest.Add(s.Ctx, till.Item{SKU: sku, Quantity: 1}) })
		}
		if err != nil {
			s.Failf("fill cart %d: %v", i, err)
		}
	})
	if s.Failed() {
		return
	}
	for i, b := range buyers {
		requests[i] = shops[i%len(shops)].agreed(b.Buyer, "click")
	}
	orders, errs := make([]till.Order, rivals), make([]error, rivals)
	together(rivals, func(i int) { orders[i], errs[i] = shops[i%len(shops)].insist(buyers[i].Buyer, requests[i]) })

	sold := 0
	for i, err := range errs {
		var short *till.ShortageError
		switch {
		case err == nil:
			sold++
			s.Equal("what was sold", orders[i].Demand(), []till.Demand{{SKU: sku, Quantity: 1}})
		case !errors.As(err, &short):
			s.Failf("buyer %d: got error %v, want a ShortageError", i, err)
		default:
			s.Equal("what a late buyer is told", *short, till.ShortageError{SKU: sku, Wanted: 1, Available: 0})
		}
	}
	s.Equal("buyers who got the last one", sold, 1)
	s.Equal("orders", len(s.orders(till.OrderQuery{SKU: sku})), 1)
	for _, at := range shops {
		at.has(sku, 0, 1)
	}
	kinds := map[till.MovementKind]int{}
	for m, err := range pages(func(r till.PageRequest) (till.Page[till.Movement], error) {
		return s.Staff.Movements(s.Ctx, till.MovementQuery{PageRequest: r, SKU: sku})
	}) {
		s.Must("Movements", err)
		kinds[m.Kind]++
	}
	s.Equal("movements", kinds, map[till.MovementKind]int{till.Received: 1, till.Reserved: 1})
}

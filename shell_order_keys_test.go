package till_test

import (
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// An order of articles that are not tracked, for nobody, can be planned.
func TestShellPlanOrderOfWhatIsNotTracked(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "AIR", Name: "Air", Price: "1", Stock: till.NotTracked}))
		asked := called(till.PersonID{}, line("AIR", 2))
		r := s.agreedOrder(asked, "call")
		r.Contact = stallBuyer
		_, err := s.staff.PlanOrder(s.ctx, asked, r)
		s.must(err)
		guest := s.visitor(till.Item{SKU: "AIR", Quantity: 1})
		_, err = guest.Plan(s.ctx, s.agreed(guest.Buyer, "x"))
		s.must(err)
	})
}

// Two actors may use the same key.
func TestShellOrderKeysOfTwoActors(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 400)
	asked := called(till.PersonID{}, line("MUG", 2))
	r := s.agreedOrder(asked, "call")
	r.Contact = stallBuyer
	ids := map[till.OrderID]bool{}
	for _, who := range []till.Actor{"a", "b", "ab", "a/b"} {
		for _, key := range []string{"call", "b/call", "bcall"} {
			r.Key = key
			for i := range 2 {
				o, err := s.shop.Staff(who).PlaceOrder(s.ctx, asked, r)
				s.must(err)
				if o.Replayed() != (i == 1) || ids[o.ID()] != (i == 1) {
					t.Error(who, key, i, o.Replayed())
				}
				ids[o.ID()] = true
			}
		}
	}
	s.clock.pass(time.Hour)
	s.sound()
}

package till_test

import (
	"errors"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// What PlanOrder says it would do, PlaceOrder does.
func TestShellPlanOrderRefusesAnAddressThatIsTaken(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 4)
		s.member("ada@example.com")
		asked := called(till.PersonID{}, line("MUG", 2))
		asked.New = &till.NewCustomer{Contact: till.Contact{Name: "Ada Example", Email: "ada@example.com"}}
		r := s.agreedOrder(asked, "call")
		_, placed := s.staff.PlaceOrder(s.ctx, asked, r)
		_, planned := s.staff.PlanOrder(s.ctx, asked, r)
		if !errors.Is(placed, till.ErrExists) || !errors.Is(planned, till.ErrExists) {
			t.Errorf("PlaceOrder says %v, PlanOrder %v", placed, planned)
		}
	})
}

// What was refused for the address has leased no number.
func TestShellOrderRefusedForItsAddressChangesNothing(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 4)
	s.member("ada@example.com")
	asked := called(till.PersonID{}, line("MUG", 2))
	asked.New = &till.NewCustomer{Contact: till.Contact{Name: "Ada Example", Email: "ada@example.com"}}
	r := s.agreedOrder(asked, "call")
	s.refuses(till.ErrExists, "e-mail", func() error { _, err := s.staff.PlaceOrder(s.ctx, asked, r); return err })
}

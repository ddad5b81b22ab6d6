package till_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/storetest"
)

var errFault = errors.New("the disk is on fire")

// A store may fail at any call, before it or, when it commits, after it too: a retry
// with the same key comes to one order, and the stock has moved once.
func TestShellCheckoutOverAFailingStore(t *testing.T) {
	for name, c := range map[string]struct {
		moment storetest.Moment
		cold   bool // the Shop has not read the articles yet
		calls  int
	}{
		"before": {storetest.Before, false, 4}, "before, cold": {storetest.Before, true, 6},
		"after": {storetest.After, false, 4}, "after, cold": {storetest.After, true, 6},
	} {
		t.Run(name, func(t *testing.T) {
			onStores(t, func(t *testing.T, db store.Store) {
				faults := storetest.NewFaultInjector(db)
				s := newStall(t, faults)
				s.sells("MUG", "9.50", 1_000_000)
				sold := int64(0)
				for n := 1; ; n++ {
					s = stallAt(t, faults, s.clock) // which has no order numbers yet
					guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
					r := s.agreed(guest.Buyer, "click")
					if c.cold {
						other, err := stallAt(t, faults, s.clock).shop.Guest(s.ctx, guest.Token())
						s.must(err)
						guest = other
					}
					failed, err := failing(faults, n, c.moment, func() error { _, err := guest.Checkout(s.ctx, r); return err })
					switch {
					case err == nil && !failed:
						s.same("calls", n-1, c.calls)
						return // a run without a fault: every call has had its own
					case err == nil:
						t.Fatalf("call %d failed and nobody was told", n)
					case !errors.Is(err, errFault) && !errors.Is(err, till.ErrOutcomeUnknown):
						t.Fatalf("call %d: %v", n, err)
					}
					order, err := guest.Checkout(s.ctx, r)
					s.must(err)
					sold += 2
					again, err := guest.Checkout(s.ctx, r)
					s.must(err)
					s.same(fmt.Sprintf("call %d: the order", n), []any{again.ID(), again.Number(), again.Replayed()}, []any{order.ID(), order.Number(), true})
					s.same(fmt.Sprintf("call %d: the stock", n), s.stock("MUG"), [2]int64{1_000_000 - sold, sold})
					page, err := guest.Orders(s.ctx, till.PageRequest{})
					s.must(err)
					s.same(fmt.Sprintf("call %d: orders", n), len(page.Items), 1)
					s.reconciles()
				}
			})
		})
	}
}

// failing runs f while the n-th call of the store fails, and says whether there was one.
func failing(faults *storetest.FaultInjector, n int, moment storetest.Moment, f func() error) (bool, error) {
	defer faults.Clear()
	faults.Inject(storetest.Fault{Call: n, Moment: moment, Err: errFault})
	err := f()
	return faults.Struck() > 0, err
}

// Every other call that a store fails gives the error, and is done once at most.
func TestShellOverAFailingStore(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		faults := storetest.NewFaultInjector(db)
		s := newStall(t, faults)
		s.sells("MUG", "9.50", 100)
		customer := s.member("ada@example.com")
		guest := s.visitor()
		for name, do := range map[string]func() error{
			"Add":      func() error { return guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}) },
			"SetPrice": func() error { return s.staff.SetPrice(s.ctx, "MUG", "1.00") },
			"MoveStock": func() error {
				return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1})
			},
			"Revise":  func() error { return s.revised("MUG", func(d *till.Description) { d.Vendor += "x" }) },
			"Profile": func() error { return customer.ChangeProfile(s.ctx, till.Contact{Name: "Ada Other"}) },
			"Register": func() error {
				return s.shop.Register(s.ctx, till.Registration{Name: "Bob", Email: "bob@example.com", Password: stallPassword})
			},
			"SetRounding": func() error {
				return s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Terms{}.Rounding(0)})
			},
			"Maintain": func() error { _, err := s.shop.Maintain(s.ctx); return err },
		} {
			for n := 1; ; n++ {
				before := s.dump()
				failed, err := failing(faults, n, storetest.Before, do)
				if !failed {
					s.must(err)
					break
				}
				if !errors.Is(err, errFault) {
					t.Errorf("%s, call %d failed: %v", name, n, err)
				}
				s.same(fmt.Sprintf("%s, call %d failed: the store", name, n), s.dump(), before)
			}
		}
		s.reconciles()
	})
}

// The other sessions end with the change of the password, not some time after it.
func TestShellSessionsEndAtOnce(t *testing.T) {
	faults := storetest.NewFaultInjector(memory.New())
	s := newStall(t, faults)
	for name, do := range map[string]func(*till.Customer) error{
		"password": func(c *till.Customer) error {
			return c.ChangePassword(s.ctx, till.PasswordChange{Old: stallPassword, New: "another sentence of mine"})
		},
		"email": func(c *till.Customer) error {
			return c.ChangeEmail(s.ctx, till.EmailChange{Email: "new@example.com", Password: stallPassword})
		},
		"erase":   func(c *till.Customer) error { return s.staff.Erase(s.ctx, c.Person()) },
		"disable": func(c *till.Customer) error { return s.staff.DisableCustomer(s.ctx, c.Person()) },
	} {
		mine, theirs := s.member(name+"@example.com"), s.signsIn(name+"@example.com", stallPassword)
		faults.Inject(storetest.Fault{Method: storetest.MethodCommit, Moment: storetest.After, Err: errFault, Disconnect: true}) // the process ends here
		if err := do(mine); !errors.Is(err, errFault) {
			t.Errorf("%s: %v", name, err)
		}
		faults.Reconnect()
		if _, err := theirs.Cart(s.ctx); !errors.Is(err, till.ErrSession) {
			t.Errorf("%s left another session: %v", name, err)
		}
	}
}

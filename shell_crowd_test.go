package till_test

import (
	"fmt"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
)

func TestShellAddThroughManyShops(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 1000)
		guest := s.visitor()
		const shops, each = 4, 16
		var guests []*till.Guest
		for range shops {
			o := stallAt(t, db, s.clock)
			g, err := o.shop.Guest(s.ctx, guest.Token())
			s.must(err)
			guests = append(guests, g)
		}
		errs := atOnce(shops*each, func(i int) error {
			return guests[i%shops].Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1})
		})
		failed := 0
		for _, err := range errs {
			if err != nil {
				failed++
				t.Log(err)
			}
		}
		if failed > 0 {
			t.Errorf("%d of %d failed", failed, len(errs))
		}
	})
}

// Checkouts beside somebody who revises what no buyer sees, fewer times than a checkout
// is decided again: all are placed.
func TestShellCheckoutBesideRevisions(t *testing.T) {
	const revisers, revisions, buyers = 2, 30, 20
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 100000)
		var guests []*till.Guest
		var rs []till.CheckoutRequest
		for i := range buyers {
			g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
			guests, rs = append(guests, g), append(rs, s.agreed(g.Buyer, fmt.Sprint(i)))
		}
		errs := atOnce(revisers+buyers, func(i int) error {
			if i < revisers {
				for n := range revisions {
					err := s.staff.ReviseProduct(s.ctx, "MUG", func(d *till.Description) error {
						d.Metadata = till.Metadata{"i": fmt.Sprint(i, n)}
						return nil
					})
					if err != nil {
						return err
					}
				}
				return nil
			}
			_, err := guests[i-revisers].Checkout(s.ctx, rs[i-revisers])
			return err
		})
		for i, err := range errs {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		s.reconciles()
	})
}

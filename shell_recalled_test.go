package till_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tillkit/till"
)

// A cart that somebody else has changed, with the same token at another Shop, is not taken
// for what it was: what is placed is what is in it.
func TestShellRecallsNoOldCart(t *testing.T) {
	twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
		mine.sells("MUG", "9.50", 100)
		mine.sells("CUP", "4.00", 100)
		for range 4 { // order numbers are leased
			mine.buys(mine.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click")
		}
		guest := mine.visitor(till.Item{SKU: "MUG", Quantity: 1})
		same := theirs.resumed(guest)

		// What was agreed to is not what is in the cart now: nothing happens.
		was := mine.agreed(guest.Buyer, "click")
		mine.must(same.Add(mine.ctx, till.Item{SKU: "CUP", Quantity: 2}))
		var drift *till.DriftError
		mine.refuses(till.ErrConflict, "", func() error { _, err := guest.Checkout(mine.ctx, was); errors.As(err, &drift); return err })
		if drift == nil || drift.Quote.Total().String() != "17.50 GBP" {
			t.Errorf("the drift: %v", drift)
		}

		// What is in it now was agreed to elsewhere.
		mine.must(same.Set(mine.ctx, 2, 1))
		order, err := guest.Checkout(mine.ctx, theirs.agreed(same.Buyer, "click"))
		mine.must(err)
		mine.same("total", order.Total().String(), "13.50 GBP")

		// Changes of the cart begin with what is in it.
		mine.must(same.Add(mine.ctx, till.Item{SKU: "CUP", Quantity: 2}))
		mine.must(guest.Add(mine.ctx, till.Item{SKU: "CUP", Quantity: 3}))
		cart, err := same.Cart(mine.ctx)
		mine.must(err)
		mine.same("in the cart", cart.Lines()[0].Quantity, int64(5))
		mine.must(same.Remove(mine.ctx, cart.Lines()[0].N))
		mine.refuses(till.ErrNotFound, "line", func() error { return guest.Set(mine.ctx, cart.Lines()[0].N, 1) })
		mine.must(same.SetMetadata(mine.ctx, till.Metadata{"a": "1"}))
		mine.must(guest.SetMetadata(mine.ctx, nil)) // which looks like no change of the cart as it was
		if cart, err = same.Cart(mine.ctx); err != nil || len(cart.Metadata()) > 0 {
			t.Errorf("metadata: %v, %v", cart.Metadata(), err)
		}
		mine.reconciles()
	})
}

// A checkout that another Shop has done under the same key is done, and is not done again.
func TestShellRecallsWhatWasPlacedElsewhere(t *testing.T) {
	twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
		mine.sells("MUG", "9.50", 100)
		for range 4 {
			mine.buys(mine.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click")
		}
		guest := mine.visitor(till.Item{SKU: "MUG", Quantity: 1})
		r := mine.agreed(guest.Buyer, "click")
		placed, err := theirs.resumed(guest).Checkout(mine.ctx, r)
		mine.must(err)
		again, err := guest.Checkout(mine.ctx, r)
		mine.must(err)
		mine.same("again", []any{again.ID(), again.Replayed()}, []any{placed.ID(), true})
		r.Key = "another click"
		mine.refuses(till.ErrInvalid, "empty", func() error { _, err := guest.Checkout(mine.ctx, r); return err })
		mine.reconciles()
	})
}

// A session that somebody has ended elsewhere, or whose time is over, does nothing more.
func TestShellRecallsNoEndedSession(t *testing.T) {
	for name, end := range map[string]func(mine, theirs *stall, b *till.Buyer) error{
		"signed out": func(_, theirs *stall, b *till.Buyer) error {
			same, err := theirs.shop.Buyer(theirs.ctx, b.Token())
			theirs.must(err)
			return same.SignOut(theirs.ctx)
		},
		"too late": func(mine, _ *stall, _ *till.Buyer) error {
			mine.clock.pass(400 * 24 * time.Hour)
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
				mine.sells("MUG", "9.50", 100)
				guest, member := mine.visitor(till.Item{SKU: "MUG", Quantity: 1}), mine.member("ada@example.com")
				mine.must(member.Add(mine.ctx, till.Item{SKU: "MUG", Quantity: 1}))
				buyers := []*till.Buyer{guest.Buyer, member.Buyer}
				requests := []till.CheckoutRequest{mine.agreed(buyers[0], "click"), mine.agreed(buyers[1], "click")}
				for i, b := range buyers {
					r := requests[i]
					mine.must(end(mine, theirs, b))
					mine.refuses(till.ErrSession, "", func() error { return b.Add(mine.ctx, till.Item{SKU: "MUG", Quantity: 1}) })
					mine.refuses(till.ErrSession, "", func() error { _, err := b.Checkout(mine.ctx, r); return err })
				}
			})
		})
	}
}

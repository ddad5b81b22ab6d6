package till_test

import (
	"testing"

	"github.com/tillkit/till"
)

// Whose session has ended elsewhere is answered nothing, also under a key that was used.
func TestShellRecallsNoOrderWithoutASession(t *testing.T) {
	twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
		mine.sells("MUG", "9.50", 100)
		for range 8 { // order numbers are leased
			mine.buys(mine.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click")
		}
		guest := mine.visitor(till.Item{SKU: "MUG", Quantity: 1})
		r := mine.agreed(guest.Buyer, "click")
		same := theirs.resumed(guest)
		_, err := same.Checkout(mine.ctx, r)
		mine.must(err)
		mine.must(same.SignOut(mine.ctx))
		mine.refuses(till.ErrSession, "", func() error {
			order, err := guest.Checkout(mine.ctx, r)
			if err == nil {
				mine.Errorf("it was answered with order %s", order.Number())
			}
			return err
		})
	})
}

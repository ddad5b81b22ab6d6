package till_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/memory"
)

// What is remembered does not make a change of prices too large for one commit: what
// there is now says how large it is.
func TestShellChangePricesIsNotTooLargeByMemory(t *testing.T) {
	db := memory.New()
	mine := newStall(t, db)
	theirs := stallAt(t, db, mine.clock)
	var edits []till.PriceEdit
	sku := func(p, v int) till.SKU { return till.SKU(fmt.Sprint("P", p, "-", v)) }
	for p := range 16 {
		d := till.Description{Handle: fmt.Sprint("p", p), Words: map[till.Locale]till.Words{"": {Name: "P"}}, Options: []string{"Size"}}
		for v := range 190 {
			d.Variants = append(d.Variants, till.Variant{SKU: sku(p, v), Values: []string{fmt.Sprint(v)}})
		}
		mine.puts(till.ProductSpec{Description: d})
		edits = append(edits, till.PriceEdit{SKU: sku(p, 0), PriceChange: till.PriceChange{Price: money.MustParsePrice("1.00", money.GBP)}})
	}
	mine.refuses(till.ErrInvalid, "ask for less", func() error { return mine.staff.ChangePrices(mine.ctx, edits...) })
	for p := range 16 {
		mine.must(theirs.revised(sku(p, 0), func(d *till.Description) { d.Variants = d.Variants[:2] }))
	}
	if err := mine.staff.ChangePrices(mine.ctx, edits...); err != nil {
		t.Errorf("each of the products has two variants now: %v", err)
	}
	mine.sound()
}

// What a Shop remembers of a cart is not what it is short of.
func TestShellRecallsNoShortage(t *testing.T) {
	twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
		mine.sells("MUG", "9.50", 3)
		mine.sells("CUP", "9.50", 300)
		for range 8 {
			mine.buys(mine.visitor(till.Item{SKU: "CUP", Quantity: 1}).Buyer, "click")
		}
		guest := mine.visitor(till.Item{SKU: "MUG", Quantity: 5})
		was := mine.agreed(guest.Buyer, "click")
		same := theirs.resumed(guest)
		mine.must(same.Set(mine.ctx, 1, 1))
		var drift *till.DriftError
		mine.refuses(till.ErrConflict, "ask again", func() error { _, err := guest.Checkout(mine.ctx, was); errors.As(err, &drift); return err })
		if drift == nil {
			mine.Error("it is no drift")
		}

		// Under a key that was used, what was made is the answer, though there is no more.
		mine.must(same.Set(mine.ctx, 1, 3))
		cart, err := guest.Cart(mine.ctx)
		mine.must(err)
		mine.same("lines", len(cart.Lines()), 1)
		r := mine.agreed(guest.Buyer, "click")
		placed, err := same.Checkout(mine.ctx, r)
		mine.must(err)
		again, err := guest.Checkout(mine.ctx, r)
		mine.must(err)
		mine.same("again", []any{again.ID(), again.Replayed()}, []any{placed.ID(), true})

		// And under another contact it is another request.
		guest = mine.visitor(till.Item{SKU: "CUP", Quantity: 5})
		same = theirs.resumed(guest)
		r = mine.agreed(guest.Buyer, "click")
		_, err = same.Checkout(mine.ctx, r)
		mine.must(err)
		r.Contact.Phone = "1"
		mine.refuses(till.ErrExists, "click", func() error { _, err := guest.Checkout(mine.ctx, r); return err })
		r.Contact.Phone, r.Accept, r.Seen = "", was.Accept, nil
		mine.refuses(till.ErrExists, "click", func() error { _, err := guest.Checkout(mine.ctx, r); return err })
		mine.sound()
	})
}

package sqlite_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tillkit/till"
)

// An order and rows of the program's own are there together or not at all; and what was
// rolled back has left nothing that a Shop would go by: neither prices nor numbers.
func TestOrderInATransactionOfTheProgram(t *testing.T) {
	ctx := t.Context()
	shop, db := shopAt(t, place(t))
	staff := shop.Staff("back-office")
	must(t, staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 5}), nil)
	own := db.SQL()
	_, err := own.ExecContext(ctx, "CREATE TABLE loyalty(number TEXT PRIMARY KEY, points INTEGER NOT NULL)")
	must(t, err, nil)

	numbers := map[string]bool{}
	for round, kept := range []bool{false, true, false, false, true} {
		guest, request, err := visitor(ctx, shop, "click", till.Item{SKU: "MUG", Quantity: 1})
		must(t, err, nil)
		tx, err := own.BeginTx(ctx, nil)
		must(t, err, nil)
		inside := shop.With(db.InTx(tx))
		// A price of this transaction, which the shop outside must never go by.
		must(t, inside.Staff("back-office").SetPrice(ctx, "MUG", fmt.Sprintf("%d.00", 20+round)), nil)
		within, err := inside.Guest(ctx, guest.Token())
		must(t, err, nil)
		_, err = within.Checkout(ctx, request)
		var drift *till.DriftError
		if !errors.As(err, &drift) {
			t.Fatalf("the price that was set inside counts inside: %v", err)
		}
		request.Accept = drift.Quote.Digest()
		order, err := within.Checkout(ctx, request)
		must(t, err, nil)
		_, err = tx.ExecContext(ctx, "INSERT INTO loyalty(number, points) VALUES(?, 10)", order.Number())
		must(t, err, nil)
		if !kept {
			must(t, tx.Rollback(), nil)
			_, err = guest.Order(ctx, order.ID())
			must(t, err, till.ErrNotFound)
			quote, err := guest.Quote(ctx)
			must(t, err, nil)
			again := request
			again.Accept = quote.Digest()
			if order, err = guest.Checkout(ctx, again); err != nil || order.Replayed() || order.Total() != quote.Total() {
				t.Fatalf("after the rollback: %v, %v", order.Total(), err)
			}
		} else {
			must(t, tx.Commit(), nil)
			order, err = guest.Order(ctx, order.ID())
			must(t, err, nil)
		}
		must(t, order.Verify(), nil)
		if numbers[order.Number()] {
			t.Errorf("number %s came twice", order.Number())
		}
		numbers[order.Number()] = true
	}
	var points int
	must(t, own.QueryRowContext(ctx, "SELECT count(*) FROM loyalty").Scan(&points), nil)
	if points != 2 {
		t.Errorf("%d rows of the program's own, 2 were committed", points)
	}
	agrees(t, shop, db, 5, "MUG")
	_, err = shop.Check(ctx)
	must(t, err, nil)
}

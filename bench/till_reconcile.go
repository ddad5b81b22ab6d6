package main

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/tillkit/till"
)

// verified says of how many orders one is verified.
const verified = 50

func (t *tilled) reconcile(ctx context.Context) (tally, error) {
	var is tally
	all := till.All(till.PageRequest{Limit: 1000}, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
		return t.staff.Orders(ctx, till.OrderQuery{PageRequest: r})
	})
	for summary, err := range all {
		if err != nil {
			return is, err
		}
		if is.orders%verified == 0 {
			order, err := t.staff.Order(ctx, summary.ID)
			if err == nil {
				err = order.Verify()
			}
			if err != nil {
				return is, fmt.Errorf("till: order %s: %w", summary.Number, err)
			}
		}
		is.orders++
		is.pieces += summary.Pieces
	}
	var available, reserved int64
	for i := range t.articles {
		stock, err := t.staff.Stock(ctx, till.SKU(skuAt(i)))
		if err != nil {
			return is, err
		}
		available, reserved = available+stock.Available, reserved+stock.Reserved
	}
	keys := is.orders
	if t.path != "" {
		var err error
		if keys, err = t.keys(ctx); err != nil {
			return is, err
		}
	}
	for _, equal := range []struct {
		what       string
		have, want int64
	}{
		{"orders and those acknowledged", is.orders, t.placed.Load()},
		{"keys of requests and orders", keys, is.orders},
		{"reserved pieces and those of orders", reserved, is.pieces},
		{"available and sold pieces, and those of the beginning", available + is.pieces, int64(t.articles) * onHand},
	} {
		if equal.have != equal.want {
			return is, fmt.Errorf("till: %s differ: %d and %d", equal.what, equal.have, equal.want)
		}
	}
	return is, nil
}

// keys counts the receipts of checkouts, by SQL, beside the shop.
func (t *tilled) keys(ctx context.Context) (n int64, err error) {
	db, err := sql.Open("sqlite", "file:"+t.path+"?mode=ro")
	if err != nil {
		return 0, err
	}
	defer db.Close()
	err = db.QueryRowContext(ctx, `SELECT count(*) FROM till_receipts WHERE key LIKE 'checkout/%'`).Scan(&n)
	return n, err
}

package main

import (
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store/memory"
)

// What does not add up is found: an order too many or too few, a piece that is gone.
func TestReconcilePlain(t *testing.T) {
	for spoil, want := range map[string]string{
		`SELECT 1`: "",
		`UPDATE stock SET available = available - 1 WHERE sku = 'P000003'`: "pieces",
		`DELETE FROM orders WHERE id = 1`:                                  "acknowledged",
		`DELETE FROM idempotency_keys`:                                     "keys",
		`DELETE FROM outbox`:                                               "messages",
		`UPDATE order_lines SET quantity = quantity + 1 WHERE n = 2`:       "pieces of lines",
		`UPDATE stock_movements SET quantity = quantity + 1`:               "pieces of movements",
	} {
		p, _, _ := small(t, false)
		if _, err := p.db.Exec(spoil); err != nil {
			t.Fatal(err)
		}
		if _, err := p.reconcile(t.Context()); (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", spoil, err)
		}
	}
}

func TestReconcileTill(t *testing.T) {
	filled := func() *tilled {
		shop, err := newTilled(t.Context(), memory.New(), "")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { shop.close() })
		if err := shop.fill(t.Context(), population{articles: 100, readers: 1, adders: 1, customers: 2, orders: 3}); err != nil {
			t.Fatal(err)
		}
		return shop
	}
	shop := filled()
	is, err := shop.reconcile(t.Context())
	if err != nil || is.orders != 6 || is.pieces < 18 {
		t.Errorf("it has %+v, %v", is, err)
	}
	shop.placed.Add(1)
	if _, err := shop.reconcile(t.Context()); err == nil || !strings.Contains(err.Error(), "acknowledged") {
		t.Errorf("an order that was lost: %v", err)
	}
	shop = filled()
	if err := shop.staff.MoveStock(t.Context(), till.StockChange{SKU: "P000003", Kind: till.Adjusted, Quantity: -1}); err != nil {
		t.Fatal(err)
	}
	if _, err := shop.reconcile(t.Context()); err == nil || !strings.Contains(err.Error(), "pieces") {
		t.Errorf("a piece that is gone: %v", err)
	}
}

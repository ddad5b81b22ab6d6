package sqlite_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
	"github.com/tillkit/till/storetest"
)

// buyer is who all orders are for.
var buyer = till.Contact{
	Name: "Ada Example", Email: "ada@example.com",
	Billing: till.Address{Street: "1 High Street", City: "Leeds", Postcode: "LS1 1AA", Country: "GB"},
}

// openShop opens a shop in a file. The store is the caller's to close.
func openShop(ctx context.Context, path string) (*till.Shop, *sqlite.DB, error) {
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	shop, err := till.Open(ctx, db, till.Options{Currency: money.GBP})
	if err != nil {
		_ = db.Close()
		return nil, nil, err
	}
	return shop, db, nil
}

// shopAt opens a shop for a test.
func shopAt(t *testing.T, path string) (*till.Shop, *sqlite.DB) {
	t.Helper()
	shop, db, err := openShop(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return shop, db
}

// stocked makes a shop that has so many of each article, and closes it.
func stocked(t *testing.T, path string, onHand int64, skus ...till.SKU) {
	t.Helper()
	shop, db := shopAt(t, path)
	for _, sku := range skus {
		must(t, shop.Staff("back-office").AddProduct(t.Context(), till.NewProduct{SKU: sku, Name: "Blue " + string(sku), Price: "9.50", OnHand: onHand}), nil)
	}
	must(t, db.Close(), nil)
}

// visitor gives a guest with items in the cart, and the request that agrees to what
// they cost.
func visitor(ctx context.Context, shop *till.Shop, key string, items ...till.Item) (*till.Guest, till.CheckoutRequest, error) {
	r := till.CheckoutRequest{Key: key, Contact: buyer}
	guest, err := shop.NewGuest(ctx)
	if err == nil {
		err = guest.Add(ctx, items...)
	}
	if err != nil {
		return nil, r, err
	}
	quote, err := guest.Quote(ctx)
	r.Accept = quote.Digest()
	return guest, r, err
}

// agrees fails unless the shop agrees with itself: each order has its entries, message,
// contact, movements, number and receipt, and none of them is there without its order.
// It gives the orders.
func agrees(t *testing.T, shop *till.Shop, db *sqlite.DB, onHand int64, skus ...till.SKU) map[till.OrderID]till.OrderSummary {
	t.Helper()
	ctx, staff := t.Context(), shop.Staff("auditor")
	wrong, err := storetest.Reconcile(ctx, shop)
	must(t, err, nil)
	for _, w := range wrong {
		t.Error(w)
	}

	orders := map[till.OrderID]till.OrderSummary{}
	lines := map[string]int64{} // by article and order
	for o, err := range till.All(till.PageRequest{Limit: 1000}, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
		return staff.Orders(ctx, till.OrderQuery{PageRequest: r})
	}) {
		must(t, err, nil)
		orders[o.ID] = o
		order, err := staff.Order(ctx, o.ID)
		must(t, err, nil)
		for _, l := range order.Lines() {
			lines[fmt.Sprintf("%s of %s", l.SKU, o.ID)] += l.Quantity
		}
		if contact, err := staff.Contact(ctx, o.Contact); err != nil || contact.Name != buyer.Name {
			t.Errorf("the contact of order %s: %q, %v", o.Number, contact.Name, err)
		}
	}
	for _, sku := range skus {
		sold := int64(0)
		for m, err := range till.All(till.PageRequest{Limit: 1000}, func(r till.PageRequest) (till.Page[till.Movement], error) {
			return staff.Movements(ctx, till.MovementQuery{PageRequest: r, SKU: sku, Kind: till.Reserved})
		}) {
			must(t, err, nil)
			line := fmt.Sprintf("%s of %s", sku, m.Reference)
			if lines[line] != m.Quantity {
				t.Errorf("a movement reserves %d %s, the order has %d", m.Quantity, line, lines[line])
			}
			delete(lines, line)
			sold += m.Quantity
		}
		stock, err := staff.Stock(ctx, sku)
		must(t, err, nil)
		if stock.Available != onHand-sold || stock.Reserved != sold {
			t.Errorf("%s: %d available and %d reserved, of %d were sold %d", sku, stock.Available, stock.Reserved, onHand, sold)
		}
	}
	for line, quantity := range lines {
		t.Errorf("%d %s have no movement", quantity, line)
	}

	receipts := 0
	for r, err := range store.Records(ctx, db, store.Query{Family: store.Receipts}) {
		must(t, err, nil)
		receipt, err := store.ParseReceipt(r.Doc)
		must(t, err, nil)
		id, err := till.ParseID[till.Order](receipt.Result)
		if _, there := orders[id]; err != nil || !there {
			t.Errorf("receipt %s is of an order %q that is not there: %v", receipt.Key, receipt.Result, err)
		}
		receipts++
	}
	if receipts != len(orders) {
		t.Errorf("%d orders, %d receipts", len(orders), receipts)
	}
	return orders
}

// intact fails unless SQLite finds nothing wrong with the file.
func intact(t *testing.T, path string) {
	t.Helper()
	var says string
	if err := raw(t, path).QueryRow("PRAGMA integrity_check").Scan(&says); err != nil || says != "ok" {
		t.Fatalf("integrity: %s, %v", says, err)
	}
}

package till_test

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
)

func viewRows() []row {
	ada := func(d *desk) []any { return []any{d.customer.Person()} }
	sku := argsOf(till.SKU("MUG"))
	skus0 := skus("sku", arg[till.SKU](0))
	return []row{
		{on: "View.Product", args: sku, wrong: skus0},
		{on: "View.ProductByID", args: func(d *desk) []any { return []any{d.mug.ID()} }, wrong: join(
			one(till.ErrNotFound, `no product ""`, "none", arg[till.ProductID](0), till.ProductID{}),
			made(till.ErrNotFound, "no product ", "of nothing", arg[till.ProductID](0), nobody[till.Product]))},
		{on: "View.ProductByHandle", args: argsOf("mug"), wrong: append(needed("handle", till.MaxHandle, arg[string](0)),
			one(till.ErrNotFound, `"none"`, "of no product", arg[string](0), "none")...)},
		{on: "View.Prices", args: sku, wrong: skus0},
		{on: "View.Catalog", args: argsOf(till.SKU("MUG"), till.SKU("CUP")), wrong: needed("sku", till.MaxSKU, arg[till.SKU](1))},
		{on: "View.Offer", args: argsOf(till.SKU("MUG"), int64(1)), wrong: join(skus0,
			quantities("quantity", arg[int64](1)),
			one(till.ErrUnavailable, "GONE", "deleted", arg[till.SKU](0), "GONE"))},
		{on: "View.Terms"},
		{on: "View.Stock", args: sku, wrong: skus0},
		{on: "View.StockAt", args: argsOf(till.Place{SKU: "MUG", Location: till.StandardLocation}), wrong: join(
			skus("sku", in(0, func(p *till.Place, v till.SKU) { p.SKU = v })),
			locations(in(0, func(p *till.Place, v string) { p.Location = v })))},
		{on: "View.Available", args: argsOf(till.SKU("MUG"), till.SKU("CUP")), wrong: skus("sku", arg[till.SKU](1))},
		{on: "View.Movements", args: argsOf(till.MovementQuery{SKU: "MUG"}), wrong: movementQueries()},
		{on: "View.Account", args: ada, wrong: people("account")},
		{on: "View.Trail", args: ada, wrong: people("account")},
		{on: "View.Customers", args: argsOf(till.CustomerQuery{}), wrong: customerQueries()},
		{on: "View.Order", args: func(d *desk) []any { return []any{d.order()} }, wrong: orders(false)},
		{on: "View.Orders", args: argsOf(till.OrderQuery{}), wrong: orderQueries()},
	}
}

// times are the instants of no view.
func times() map[string]till.Instant {
	return map[string]till.Instant{"none": 0, "before the years": till.MinInstant - 1, "after the years": till.MaxInstant + 1, "the least": math.MinInt64, "the greatest": math.MaxInt64}
}

// A view is of an instant of the years that count.
func TestBatteryViewsOfNoTime(t *testing.T) {
	onDesk(t, func(d *desk, r row) {
		if r.handle() != "View" {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(times())) {
			here := *d
			here.view = d.shop.AsOf(times()[name])
			here.answers(r, d.ctx, name, r.right(d), till.ErrInvalid, "instant: ")
			here.view = d.view.AsKnown(times()[name])
			here.answers(r, d.ctx, "known "+name, r.right(d), till.ErrInvalid, "known: ")
		}
	})
}

// What is walked through ends where the caller ends it, and where the context does.
func TestBatteryWalkEnds(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		d := newDesk(t, db)
		ctx, cancel := context.WithCancel(d.ctx)
		defer cancel()
		n, last := 0, error(nil)
		for _, err := range d.staff.Diff(ctx, 1, d.clock.instant()) {
			n, last = n+1, err
			cancel()
		}
		if n < 2 || !errors.Is(last, context.Canceled) {
			t.Errorf("a Diff that was cancelled gave %d things and ended with %v", n, last)
		}
		for range d.staff.Diff(d.ctx, 1, d.clock.instant()) {
			break
		}
		for range d.staff.PriceHistory(d.ctx, "MUG", till.PriceList{}) {
			break
		}
	})
}

package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/sqlite"
)

// ask runs a query on a file of its own accord, as a shell would.
func ask(t *testing.T, path, query string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(sql.NullString)
		}
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		var line []string
		for _, c := range cells {
			line = append(line, c.(*sql.NullString).String)
		}
		lines = append(lines, strings.Join(line, "|"))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// The views answer what people ask of a shop's file, and the prices in force are those
// that the shop itself would take.
func TestViews(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	shop, err := till.Open(ctx, db, till.Options{Currency: money.GBP})
	if err != nil {
		t.Fatal(err)
	}
	staff := shop.Staff("back-office")
	if err := staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10}); err != nil {
		t.Fatal(err)
	}
	guest, err := shop.NewGuest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := guest.Add(ctx, till.Item{SKU: "MUG", Quantity: 2}); err != nil {
		t.Fatal(err)
	}
	quote, err := guest.Quote(ctx)
	if err != nil {
		t.Fatal(err)
	}
	buyer := till.Contact{Name: "A Buyer", Email: "buyer@example.com"}
	if _, err := guest.Checkout(ctx, till.CheckoutRequest{Key: "1", Accept: quote.Digest(), Contact: buyer}); err != nil {
		t.Fatal(err)
	}
	if err := staff.CountStock(ctx, till.StockCount{SKU: "MUG", Found: 9}, till.StockCount{SKU: "MUG", Location: "attic"}); err != nil {
		t.Fatal(err)
	}
	if err := staff.TransferStock(ctx, till.StockTransfer{SKU: "MUG", Quantity: 3, To: "cellar"}); err != nil {
		t.Fatal(err)
	}
	ago := func(d time.Duration) till.Instant { return shop.Now().Add(-d) }
	price := func(s string) money.Price { return money.MustParsePrice(s, money.GBP) }
	for _, c := range []till.PriceChange{
		{Price: price("9.75"), From: ago(-time.Hour)}, // planned
		{Price: price("1.00"), From: ago(time.Nanosecond)},
		{Price: price("12.00")},
		{Price: price("11.00"), Sale: true},
		{Price: price("8.00"), MinQuantity: 10},
	} {
		if err := staff.ChangePrice(ctx, "MUG", c); err != nil {
			t.Fatal(err)
		}
	}
	called := shop.Now()
	for _, c := range []till.PriceChange{{Price: price("99.00"), From: called}, {Mark: till.Retract, From: called}} {
		if err := staff.ChangePrice(ctx, "MUG", c); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range []struct {
		query string
		want  []string
	}{
		{"SELECT number, status, line, sku, name, quantity, price, subtotal_minor, total_minor, currency FROM till_order_lines", []string{"1001|placed|1|MUG|Blue mug|2|9.50 GBP|1900|1900|GBP"}},
		{"SELECT * FROM till_stock_levels ORDER BY location", []string{"MUG|cellar|3|3|0", "MUG|main|6|4|2"}},
		{"SELECT sku, list, least, kind, price FROM till_current_prices ORDER BY least, kind", []string{
			"MUG|standard|1|base|12.00 GBP", "MUG|standard|1|sale|11.00 GBP", "MUG|standard|10|base|8.00 GBP",
		}},
		{"SELECT n, kind FROM till_journals WHERE family = 'orders' ORDER BY n", []string{"1|opened", "2|placed"}},
	} {
		if d := cmp.Diff(q.want, ask(t, path, q.query)); d != "" {
			t.Errorf("%s (-want +got):\n%s", q.query, d)
		}
	}
	// Opening again finds them made.
	again, err := sqlite.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := till.Open(ctx, again, till.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(len(ask(t, path, "SELECT name FROM sqlite_schema WHERE type = 'view'"))); got != "6" {
		t.Errorf("there are %s views, want 6", got)
	}
}

package till_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// rowsIn counts the rows of every table of a shop's file: of those that hold records, and
// of those by which lists are found.
func (s *stall) rowsIn(path string) map[string]int {
	s.Helper()
	db, err := sql.Open("sqlite", path)
	s.must(err)
	defer db.Close()
	names, err := db.QueryContext(s.ctx, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'till%'`)
	s.must(err)
	defer names.Close()
	rows := map[string]int{}
	for names.Next() {
		var name string
		s.must(names.Scan(&name))
		rows[name] = 0
	}
	s.must(names.Err())
	for name := range rows {
		var n int
		s.must(db.QueryRowContext(s.ctx, fmt.Sprintf("SELECT count(*) FROM %q", name)).Scan(&n))
		rows[name] = n
	}
	return rows
}

// A checkout of three lines writes ten rows, and rows are what a commit costs: receipt,
// order, its entries in one, contact, a counter for each article, what was reserved, cart
// and message. Beside them each SKU is filed once, for the ledgers and the orders by SKU.
func TestShellRowsOfACheckout(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := newStall(t, db)
	three := []till.Item{{SKU: "MUG", Quantity: 2}, {SKU: "CUP", Quantity: 1}, {SKU: "JUG", Quantity: 3}}
	for _, item := range three {
		s.sells(item.SKU, "9.50", 1000)
	}
	guest := s.visitor(three...)
	r := s.agreed(guest.Buyer, "click")

	plan, err := guest.Plan(s.ctx, r)
	s.must(err)
	written, bytes := map[string]int{"receipts": 1}, map[string]int{}
	for _, change := range plan.Set.Changes {
		switch c := change.(type) {
		case store.Append:
			written[c.Family]++
			written["entries"]++
			s.same("entries", len(c.Entries), 2)
			bytes[c.Family] = len(documentOf(c.Record))
		case store.Put:
			written[c.Family]++
			bytes[c.Family] = len(documentOf(c.Record))
		case store.Add:
			written[c.Family]++
		default:
			t.Errorf("a checkout makes a %T", c)
		}
	}
	s.same("rows of the plan", written, map[string]int{
		"receipts": 1, "orders": 1, "entries": 1, "contacts": 1, "stock": 3, "movements": 1, "carts": 1, "messages": 1,
	})
	for family, most := range map[string]int{"orders": 300, "movements": 250, "messages": 120} {
		if bytes[family] > most {
			t.Errorf("the document of %s has %d bytes: at most %d are needed", family, bytes[family], most)
		}
	}

	before := s.rowsIn(path)
	_, err = guest.Checkout(s.ctx, r)
	s.must(err)
	made := map[string]int{}
	for name, n := range s.rowsIn(path) {
		if n != before[name] {
			made[name] = n - before[name]
		}
	}
	s.same("rows in the file, of which cart and counters were there", made, map[string]int{
		"till_receipts": 1, "till_orders": 1, "till_entries": 1, "till_contacts": 1, "till_movements": 1, "till_messages": 1,
		"till_numbers": 1, "till_movements$sku$open": 1,
	})
	t.Logf("bytes of the documents: %v", bytes)
}

package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// A shop in the program's own database, over its own handle.
func ExampleOpen() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "till")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "own.db")+
		"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=secure_delete(1)")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)

	s, err := sqldb.Open(ctx, sqldb.Config{Write: db, Classify: func(err error) (int, bool) {
		var e *modernc.Error
		if errors.As(err, &e) {
			return e.Code(), true
		}
		return 0, false
	}})
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	shop, err := till.Open(ctx, s, till.Options{Currency: money.GBP})
	if err != nil {
		log.Fatal(err)
	}
	if err := shop.Staff("back-office").AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10}); err != nil {
		log.Fatal(err)
	}

	var onHand int
	if err := db.QueryRowContext(ctx, "SELECT on_hand FROM till_stock_levels WHERE sku = 'MUG'").Scan(&onHand); err != nil {
		log.Fatal(err)
	}
	fmt.Println(onHand)
	// Output: 10
}

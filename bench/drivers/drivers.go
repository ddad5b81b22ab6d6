// Package drivers tests the engine of package sqldb over drivers that store/sqlite does
// not use. Two drivers may register one name, so that no program can have both: each is
// tested in a package of its own.
package drivers

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/sqldb"
	"github.com/tillkit/till/storetest"
)

// Driver is how a program uses a driver.
type Driver struct {
	Name string // as the driver registers itself

	// Source names a file for a handle that writes, or for one that only reads.
	Source func(path string, reading bool) string

	// Classify is what sqldb.Config needs.
	Classify func(error) (code int, ok bool)
}

// handle opens a pool of at most so many connections.
func (d Driver) handle(path string, reading bool, most int) (*sql.DB, error) {
	db, err := sql.Open(d.Name, d.Source(path, reading))
	if err == nil {
		db.SetMaxOpenConns(most)
		db.SetMaxIdleConns(most)
	}
	return db, err
}

// Open opens a store on a file over two handles, which are closed with it.
func (d Driver) Open(ctx context.Context, path string) (*sqldb.Store, error) {
	write, err := d.handle(path, false, 2)
	if err != nil {
		return nil, err
	}
	read, err := d.handle(path, true, 4)
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	closing := func() error { return errors.Join(read.Close(), write.Close()) }
	s, err := sqldb.Open(ctx, sqldb.Config{Write: write, Read: read, Classify: d.Classify, Close: closing})
	if err != nil {
		return nil, errors.Join(err, closing())
	}
	return s, nil
}

// OpenOne opens a store on a file over one handle that serves for everything.
func (d Driver) OpenOne(ctx context.Context, path string) (*sqldb.Store, error) {
	db, err := d.handle(path, false, 4)
	if err != nil {
		return nil, err
	}
	s, err := sqldb.Open(ctx, sqldb.Config{Write: db, Classify: d.Classify, Close: db.Close})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Contract runs the whole contract of a store over the driver.
func Contract(t *testing.T, d Driver) {
	storetest.Run(t, storetest.Harness{
		Place:   func(tb testing.TB) string { return filepath.Join(tb.TempDir(), "shop.db") },
		Open:    func(ctx context.Context, place string) (store.Store, error) { return d.Open(ctx, place) },
		Durable: true,
		Shared:  true,
	})
}

// Story sells two mugs, raises the price, and finds the order as it was: in the file, in
// a copy of it, and with nothing wrong in either.
func Story(t *testing.T, d Driver) {
	t.Run("two handles", func(t *testing.T) { story(t, d.Open) })
	t.Run("one handle", func(t *testing.T) { story(t, d.OpenOne) })
}

// opener opens a store on a file.
type opener func(ctx context.Context, path string) (*sqldb.Store, error)

func story(t *testing.T, open opener) {
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "shop.db")
	db := opened(t, open, path)
	shop, err := till.Open(ctx, db, till.Options{Currency: money.GBP})
	must(t, err)
	staff := shop.Staff("back-office")
	must(t, staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10}))
	guest, err := shop.NewGuest(ctx)
	must(t, err)
	must(t, guest.Add(ctx, till.Item{SKU: "MUG", Quantity: 2}))
	quote, err := guest.Quote(ctx)
	must(t, err)
	buyer := till.Contact{Name: "A Buyer", Email: "buyer@example.com"}
	order, err := guest.Checkout(ctx, till.CheckoutRequest{Key: "click-1", Accept: quote.Digest(), Contact: buyer})
	must(t, err)
	must(t, staff.SetPrice(ctx, "MUG", "12.00"))
	found, err := shop.Search(ctx, till.ProductQuery{Text: "blue"})
	must(t, err)
	if len(found.Items) != 1 {
		t.Errorf("%d products are found by a word", len(found.Items))
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	must(t, db.Backup(ctx, to))
	must(t, db.Maintain(ctx))
	for _, path := range []string{path, to} {
		db := opened(t, open, path)
		shop, err := till.Open(ctx, db, till.Options{})
		must(t, err)
		guest, err := shop.Guest(ctx, guest.Token())
		must(t, err)
		again, err := guest.Order(ctx, order.ID())
		must(t, err)
		must(t, again.Verify())
		if again.Total() != money.MustParse("19.00", money.GBP) {
			t.Errorf("the order's total is %s", again.Total())
		}
		must(t, db.Check(ctx))
	}
}

func opened(t *testing.T, open opener, path string) *sqldb.Store {
	t.Helper()
	db, err := open(t.Context(), path)
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// withOwnTable opens a store in whose file the program has a table too.
func withOwnTable(t *testing.T) (*sqlite.DB, *sql.DB) {
	t.Helper()
	db := open(t, place(t))
	own := db.SQL()
	_, err := own.ExecContext(t.Context(), "CREATE TABLE visits(id INTEGER PRIMARY KEY, what TEXT NOT NULL)")
	must(t, err, nil)
	return db, own
}

func visits(t *testing.T, own *sql.DB) (n int) {
	t.Helper()
	must(t, own.QueryRowContext(t.Context(), "SELECT count(*) FROM visits").Scan(&n), nil)
	return n
}

// begin begins a transaction and writes a row of the program's own in it.
func begin(t *testing.T, own *sql.DB) *sql.Tx {
	t.Helper()
	tx, err := own.BeginTx(t.Context(), nil)
	must(t, err, nil)
	t.Cleanup(func() { _ = tx.Rollback() })
	_, err = tx.ExecContext(t.Context(), "INSERT INTO visits(what) VALUES('x')")
	must(t, err, nil)
	return tx
}

func keyed(key string, changes ...store.Change) store.ChangeSet {
	return store.ChangeSet{Key: key, Changes: changes}
}

// The program's rows and a set are there together, or not at all, and nobody sees either
// before.
func TestTransactionOfTheProgram(t *testing.T) {
	for _, kept := range []bool{true, false} {
		db, own := withOwnTable(t)
		tx := begin(t, own)
		inside := db.InTx(tx)
		_, err := inside.Commit(t.Context(), keyed("key", put("carts", "a", 0, `{"to":1}`), appending("o", 0, "{}", "{}")))
		must(t, err, nil)
		if get(t, inside, "carts", "a").Rev != 1 || get(t, db, "carts", "a").Rev != 0 {
			t.Error("a set in a transaction is seen within it, and by nobody else")
		}
		_, err = inside.Outcome(t.Context(), "key")
		must(t, err, nil)
		_, err = db.Outcome(t.Context(), "key")
		must(t, err, store.ErrNotFound)

		want := int64(0)
		if kept {
			must(t, tx.Commit(), nil)
			want = 1
		} else {
			must(t, tx.Rollback(), nil)
		}
		if rev := get(t, db, "carts", "a").Rev; rev != want || int64(visits(t, own)) != want || int64(len(feed(t, db, 10))) != want {
			t.Errorf("kept %v: the cart is at %d, %d visits", kept, rev, visits(t, own))
		}
		_, err = inside.Get(t.Context(), store.Ref{Family: "carts", Key: "a"})
		must(t, err, store.ErrClosed)
		commit(t, db, put("carts", "a", want, `{"to":2}`)) // the others go on
	}
}

// A set that is refused leaves the transaction as it was, however far it had come.
func TestRefusedInATransactionOfTheProgram(t *testing.T) {
	db, own := withOwnTable(t)
	commit(t, db, put("carts", "there", 0, `{"to":1}`))
	tx := begin(t, own)
	inside := db.InTx(tx)
	commit(t, inside, put("carts", "first", 0, `{"to":1}`))
	_, err := inside.Commit(t.Context(), keyed("key", put("carts", "second", 0, `{"to":1}`), put("carts", "there", 7, `{"to":1}`)))
	must(t, err, store.ErrConflict)
	_, err = inside.Outcome(t.Context(), "key")
	must(t, err, store.ErrNotFound)
	commit(t, inside, put("carts", "there", 1, `{"to":3}`))
	must(t, tx.Commit(), nil)
	for key, want := range map[string]int64{"first": 1, "second": 0, "there": 2} {
		if rev := get(t, db, "carts", key).Rev; rev != want {
			t.Errorf("%s is at revision %d, not %d", key, rev, want)
		}
	}
	if visits(t, own) != 1 {
		t.Error("the program's row is gone")
	}
}

// What the writer outside remembers is not what it was, once a transaction of the
// program's own has changed it.
func TestRevisionsAfterATransactionOfTheProgram(t *testing.T) {
	db, own := withOwnTable(t)
	commit(t, db, put("carts", "a", 0, `{"to":1}`))
	requires := func(rev int64, key string) error {
		set := keyed("", put("carts", key, 0, `{"to":1}`))
		set.Requires = []store.Requirement{{Ref: store.Ref{Family: "carts", Key: "a"}, Rev: rev}}
		_, err := db.Commit(t.Context(), set)
		return err
	}
	must(t, requires(1, "b"), nil)
	tx := begin(t, own)
	commit(t, db.InTx(tx), put("carts", "a", 1, `{"to":1}`))
	must(t, tx.Commit(), nil)
	must(t, requires(1, "c"), store.ErrConflict)
	must(t, requires(2, "c"), nil)
}

// A transaction that cannot hold a set says what it should be.
func TestTransactionThatDoesNotFit(t *testing.T) {
	db, _ := withOwnTable(t)
	set := keyed("key", put("carts", "a", 0, `{"to":1}`))
	name := "file:" + db.Path()
	for what, c := range map[string]struct {
		name string
		want error
		says string
	}{
		"another file":           {"file:" + filepath.Join(t.TempDir(), "other.db"), store.ErrInvalid, "other.db"},
		"without a safe flush":   {name + "?_pragma=synchronous(NORMAL)&_pragma=secure_delete(1)", store.ErrInvalid, "synchronous = FULL"},
		"without secure_delete":  {name + "?_pragma=synchronous(FULL)&_pragma=secure_delete(0)", store.ErrInvalid, "secure_delete"},
		"no lock since it began": {name + "?_pragma=synchronous(FULL)&_pragma=secure_delete(1)", store.ErrBusy, "BEGIN IMMEDIATE"},
	} {
		t.Run(what, func(t *testing.T) {
			other, err := sql.Open("sqlite", c.name)
			must(t, err, nil)
			defer other.Close()
			tx, err := other.BeginTx(t.Context(), nil)
			must(t, err, nil)
			defer func() { _ = tx.Rollback() }()
			var n int
			must(t, tx.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema").Scan(&n), nil)
			commit(t, db, put("meta", what, 0, `{}`))
			_, err = db.InTx(tx).Commit(t.Context(), set)
			if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %v with %q", err, c.want, c.says)
			}
			_, err = db.Outcome(t.Context(), "key")
			must(t, err, store.ErrNotFound)
		})
	}
}

// Where SQLite itself rolls the program's transaction back, nothing more is done in it: it
// would be done outside.
func TestTransactionThatSQLiteHasRolledBack(t *testing.T) {
	db, own := withOwnTable(t)
	tx := begin(t, own)
	inside := db.InTx(tx)
	commit(t, inside, put("meta", "first", 0, `{}`))
	var pages int
	must(t, tx.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages), nil)
	_, err := tx.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages+5))
	must(t, err, nil)
	_, err = inside.Commit(t.Context(), keyed("big", put("products", "big", 0, `{"x":"`+strings.Repeat("x", 300_000)+`"}`)))
	must(t, err, store.ErrFull)
	_, err = inside.Commit(t.Context(), keyed("small", put("meta", "small", 0, `{}`)))
	must(t, err, store.ErrClosed)
	_ = tx.Rollback()
	for _, key := range []string{"first", "small"} {
		if get(t, db, "meta", key).Exists() {
			t.Errorf("%s is there", key)
		}
	}
}

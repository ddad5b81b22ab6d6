package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// ownHandle is a handle as a program has it on its own database.
func ownHandle(t testing.TB, path string, most int, pragmas ...string) *sql.DB {
	t.Helper()
	query := url.Values{"_txlock": {"immediate"}, "_pragma": append([]string{"busy_timeout(4321)", "journal_mode(WAL)", "synchronous(FULL)", "secure_delete(1)"}, pragmas...)}
	db, err := sql.Open("sqlite", "file:"+path+"?"+query.Encode())
	must(t, err, nil)
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	t.Cleanup(func() { db.Close() })
	return db
}

func classify(err error) (int, bool) {
	var e *modernc.Error
	if errors.As(err, &e) {
		return e.Code(), true
	}
	return 0, false
}

func TestOpenRefusesPoolsThatAreTooSmall(t *testing.T) {
	path := place(t)
	shop := func(write, read *sql.DB, readers int) (*sqldb.Store, error) {
		return sqldb.Open(t.Context(), sqldb.Config{Write: write, Read: read, Readers: readers, Classify: classify})
	}
	for _, c := range []struct{ write, read, readers, least int }{ // read 0: the same handle
		{1, 0, 0, 4}, {2, 0, 0, 4}, {3, 0, 0, 4}, {6, 0, 4, 7}, {1, 2, 0, 2}, {2, 1, 0, 2}, {2, 4, 4, 5},
	} {
		write := ownHandle(t, path, c.write)
		read, small := write, write
		if c.read > 0 {
			if read = ownHandle(t, path, c.read, "query_only(1)"); c.write > 1 {
				small = read
			}
		}
		_, err := shop(write, read, c.readers)
		must(t, err, store.ErrInvalid)
		if want := fmt.Sprintf("call its SetMaxOpenConns with %d or more", c.least); !strings.Contains(err.Error(), want) {
			t.Errorf("%+v does not say %q: %v", c, want, err)
		}
		if n := write.Stats().OpenConnections + read.Stats().OpenConnections; n != 0 {
			t.Errorf("%+v: %d connections were opened first", c, n)
		}
		small.SetMaxOpenConns(c.least)
		s, err := shop(write, read, c.readers)
		must(t, err, nil)
		must(t, s.Close(), nil)
	}
	unlimited := ownHandle(t, path, 0)
	s, err := shop(unlimited, nil, 0)
	must(t, err, nil)
	must(t, s.Close(), nil)
	_, err = shop(nil, unlimited, 0)
	must(t, err, store.ErrInvalid)
}

// The smallest pool serves writers, readers and the program's own statements at once,
// and is the program's again after Close: every connection is in it, set as it was.
func TestOneHandleServesForEverything(t *testing.T) {
	path := place(t)
	db := ownHandle(t, path, 4)
	_, err := db.Exec("CREATE TABLE own(id INTEGER PRIMARY KEY, x TEXT)")
	must(t, err, nil)
	s, err := sqldb.Open(t.Context(), sqldb.Config{Write: db, Classify: classify})
	must(t, err, nil)
	must(t, s.Prepare(t.Context(), testSchema()), nil)
	filled(t, s)
	var calls sync.WaitGroup
	for g := range 4 {
		calls.Go(func() {
			for n := range 25 {
				key := fmt.Sprintf("k%d-%d", g, n)
				_, err := s.Commit(t.Context(), store.ChangeSet{Key: key, Changes: []store.Change{
					appending("new"+key, 0, "{}", "{}"),
					store.Add{Ref: store.Ref{Family: "stock", Key: "mug"}, Steps: []store.Step{{Field: "on", By: 1}}},
				}})
				if err != nil {
					t.Error(err)
				}
			}
		})
		calls.Go(func() {
			for range 25 {
				if records, err := s.Get(t.Context(), store.Ref{Family: "products", Key: "p05"}); err != nil || !records[0].Exists() {
					t.Error(records, err)
				}
				if _, err := s.Find(t.Context(), store.Query{Family: "products", List: "search", Equal: []store.Value{store.TextValue("live")}, Match: []string{"mug"}, Limit: 5}); err != nil {
					t.Error(err)
				}
			}
		})
		calls.Go(func() {
			for n := range 10 {
				if _, err := db.ExecContext(t.Context(), "INSERT INTO own(x) VALUES(?)", fmt.Sprint(g, n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	calls.Wait()
	must(t, s.Check(t.Context()), nil)
	to := filepath.Join(t.TempDir(), "copy")
	must(t, s.Backup(t.Context(), to), nil)
	must(t, s.Maintain(t.Context()), nil)
	if on := get(t, s, "stock", "mug").Index[1].Int(); on != 100 {
		t.Errorf("the counter is at %d", on)
	}
	must(t, s.Close(), nil)

	for _, handle := range []*sql.DB{db, raw(t, to)} {
		var own int
		if err := handle.QueryRow("SELECT count(*) FROM own").Scan(&own); err != nil || own != 40 {
			t.Errorf("%d rows of the program's own, %v", own, err)
		}
	}
	asItWas(t, db, map[string]string{"busy_timeout": "4321", "query_only": "0", "synchronous": "2", "temp_store": "0"})
}

// A handle for reading lets nobody write, also after what needed that for a while.
func TestHandleForReadingStaysSo(t *testing.T) {
	path := place(t)
	write, read := ownHandle(t, path, 2), ownHandle(t, path, 2, "query_only(1)")
	s, err := sqldb.Open(t.Context(), sqldb.Config{Write: write, Read: read, Classify: classify})
	must(t, err, nil)
	must(t, s.Prepare(t.Context(), testSchema()), nil)
	filled(t, s)
	dir := t.TempDir()
	for n := range 12 {
		ctx := &endsLater{Context: t.Context(), after: n * 3, done: make(chan struct{})}
		if err := s.Backup(ctx, filepath.Join(dir, fmt.Sprint(n))); err != nil {
			must(t, err, context.Canceled)
		}
		var locked int
		if err := read.QueryRow("PRAGMA query_only").Scan(&locked); err != nil || locked != 1 {
			t.Fatalf("query_only is %d, %v", locked, err)
		}
	}
	must(t, s.Close(), nil)
	asItWas(t, read, map[string]string{"query_only": "1", "busy_timeout": "4321"})
	asItWas(t, write, map[string]string{"query_only": "0", "busy_timeout": "4321"})
}

// asItWas takes every connection of a pool and looks at its pragmas.
func asItWas(t *testing.T, db *sql.DB, pragmas map[string]string) {
	t.Helper()
	if stats := db.Stats(); stats.InUse != 0 {
		t.Errorf("%d connections are still in use", stats.InUse)
	}
	for range db.Stats().OpenConnections {
		conn, err := db.Conn(t.Context())
		must(t, err, nil)
		defer conn.Close()
		for pragma, want := range pragmas {
			var have string
			if err := conn.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&have); err != nil || have != want {
				t.Errorf("PRAGMA %s is %s, want %s; %v", pragma, have, want, err)
			}
		}
		var attached int
		if err := conn.QueryRowContext(t.Context(), "SELECT count(*) FROM pragma_database_list WHERE name NOT IN ('main', 'temp')").Scan(&attached); err != nil || attached != 0 {
			t.Errorf("%d databases are attached, %v", attached, err)
		}
	}
}

package sqldb_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// nth makes the nth statement of the writing connections go wrong.
type nth struct {
	driver.Connector
	armed atomic.Bool
	left  atomic.Int64
	times int64
	mode  int // 0 before it runs, 1 after, 2 with all that was done in the transaction; 3 and 4 are 0 and 1 with a panic
	err   error
	hits  atomic.Int64
	last  atomic.Value
}

func (n *nth) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := n.Connector.Connect(ctx)
	return nthConn{faultyConn{conn, nil}, n}, err
}

// due reports whether it is this statement's turn. BEGIN is tried again and again, and what
// the connection for checkpoints does is nobody's set.
func (n *nth) due(query string) bool {
	if !n.armed.Load() || strings.HasPrefix(query, "BEGIN") || strings.HasPrefix(query, "PRAGMA") && query != "PRAGMA data_version" || query == "ROLLBACK" {
		return false
	}
	left := n.left.Add(-1)
	if left <= 0 && left > -n.times {
		n.hits.Add(1)
		n.last.Store(query)
		return true
	}
	return false
}

type nthConn struct {
	faultyConn
	n *nth
}

func (c nthConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	stmt, err := c.full().PrepareContext(ctx, query)
	return nthStmt{stmt, query, c}, err
}

type nthStmt struct {
	driver.Stmt
	query string
	c     nthConn
}

func (s nthStmt) before() error {
	n := s.c.n
	switch n.mode {
	case 0:
		return n.err
	case 2:
		_, _ = s.c.full().ExecContext(context.Background(), "ROLLBACK", nil)
		return n.err
	case 3:
		panic("injected")
	}
	return nil
}

func (s nthStmt) after(err error) error {
	if err != nil {
		return err
	}
	if s.c.n.mode == 4 {
		panic("injected after")
	}
	return s.c.n.err
}

func (s nthStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	due := s.c.n.due(s.query)
	if due {
		if err := s.before(); err != nil {
			return nil, err
		}
	}
	result, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	if due && s.c.n.mode != 2 {
		if err = s.after(err); err != nil {
			return nil, err
		}
	}
	return result, err
}

func (s nthStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	due := s.c.n.due(s.query)
	if due {
		if err := s.before(); err != nil {
			return nil, err
		}
	}
	rows, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	if err != nil {
		return rows, err
	}
	return nthRows{rows, s, due}, err
}

type nthRows struct {
	driver.Rows
	s   nthStmt
	due bool
}

func (r nthRows) Next(to []driver.Value) error {
	if r.due || r.s.c.n.due(r.s.query) {
		if r.s.c.n.mode >= 3 {
			panic("injected in rows")
		}
		return r.s.c.n.err
	}
	return r.Rows.Next(to)
}

// openNth opens the engine over a driver that can fail.
func openNth(t *testing.T, n *nth) *sqldb.Store {
	t.Helper()
	name := "file:" + filepath.Join(t.TempDir(), "shop.db") + "?_pragma=journal_mode(WAL)&_pragma=secure_delete(1)&_pragma=synchronous(FULL)"
	writing, err := modernc.NewConnector(name)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := modernc.NewConnector(name + "&_query_only=1")
	if err != nil {
		t.Fatal(err)
	}
	n.Connector = writing
	write, read := sql.OpenDB(n), sql.OpenDB(reading)
	s, err := sqldb.Open(t.Context(), sqldb.Config{
		Write: write, Read: read, Classify: classify, Wait: time.Minute,
		Close: func() error { return errors.Join(read.Close(), write.Close()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

var errPanic = errors.New("panicked")

// togetherOrPanicked is together, which survives a panic of the call that leads.
func togetherOrPanicked(t *testing.T, s *sqldb.Store, lock *sql.DB, meanwhile func(), sets ...store.ChangeSet) []answer {
	t.Helper()
	held, err := lock.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	for {
		_, err := held.ExecContext(t.Context(), "BEGIN IMMEDIATE")
		if err == nil {
			break
		}
		if !strings.Contains(err.Error(), "locked") {
			t.Fatal(err)
		}
		runtime.Gosched()
	}
	answers := make([]chan answer, len(sets))
	for i, set := range sets {
		answers[i] = make(chan answer, 1)
		go func() {
			defer func() {
				if p := recover(); p != nil {
					answers[i] <- answer{err: fmt.Errorf("%w: %v", errPanic, p)}
				}
			}()
			receipt, err := s.Commit(context.Background(), set)
			answers[i] <- answer{receipt, err}
		}()
		for s.Stats().Waiting < i+1 {
			if len(answers[i]) > 0 {
				t.Fatalf("set %d does not wait: %+v", i, <-answers[i])
			}
			runtime.Gosched()
		}
	}
	meanwhile()
	if _, err := held.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	all := make([]answer, len(sets))
	for i := range all {
		select {
		case all[i] = <-answers[i]:
		case <-time.After(70 * time.Second):
			t.Fatalf("set %d is never decided", i)
		}
	}
	return all
}

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
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// nth makes the nth statement of the writing connections go wrong.
type nth struct {
	armed atomic.Bool
	left  atomic.Int64
	times int64
	mode  int // 0 before it runs, 1 after, 2 with all that was done in the transaction; 3 and 4 are 0 and 1 with a panic
	err   error
	hits  atomic.Int64
	last  atomic.Value
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

// do makes a call of the driver, or has it go wrong.
func (n *nth) do(c faulty.Call, run func() error) error {
	if c.Op < faulty.Exec || !c.Prepared || !n.due(c.Query) {
		return run()
	}
	switch n.mode {
	case 0:
		return n.err
	case 2:
		_, _ = c.Conn.(driver.ExecerContext).ExecContext(context.Background(), "ROLLBACK", nil)
		return n.err
	case 3:
		panic("injected")
	}
	if err := run(); err != nil {
		return err
	}
	if n.mode == 4 {
		panic("injected after")
	}
	return n.err
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
	write, read := sql.OpenDB(faulty.Connector{Connector: writing, Do: n.do}), sql.OpenDB(reading)
	s, err := sqldb.Open(t.Context(), sqldb.Config{
		Write: write, Read: read, Classify: faulty.Classify, Wait: time.Minute,
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

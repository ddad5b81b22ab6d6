package sqldb_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// other is a driver that answers one query as if it were another.
type other struct {
	driver.Connector
	query, instead string
}

func (o other) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := o.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return otherConn{conn.(faulty.Full), o}, nil
}

type otherConn struct {
	faulty.Full
	other other
}

func (c otherConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if query == c.other.query {
		query = c.other.instead
	}
	return c.Full.QueryContext(ctx, query, args)
}

func TestBuildsThatLackSomethingAreRefused(t *testing.T) {
	name := "file:" + filepath.Join(t.TempDir(), "shop.db") + "?_pragma=journal_mode(WAL)&_pragma=secure_delete(1)"
	for _, c := range []struct{ query, instead, says string }{
		{"SELECT sqlite_version()", "SELECT '3.42.9'", "3.43 or newer"},
		{"SELECT sqlite_version()", "SELECT '2.99.0'", "3.43 or newer"},
		{"SELECT sqlite_version()", "SELECT 'new'", "3.43 or newer"},
		{"SELECT fts5_source_id()", "SELECT no_such_function()", "FTS5"},
		{"SELECT sqlite_version()", "SELECT '3.43.0'", ""},
		{"SELECT sqlite_version()", "SELECT '4.0.0'", ""},
	} {
		base, err := modernc.NewConnector(name)
		if err != nil {
			t.Fatal(err)
		}
		reading, err := modernc.NewConnector(name + "&_query_only=1")
		if err != nil {
			t.Fatal(err)
		}
		write, read := sql.OpenDB(other{base, c.query, c.instead}), sql.OpenDB(reading)
		s, err := sqldb.Open(t.Context(), sqldb.Config{
			Write: write, Read: read, Classify: faulty.Classify,
			Close: func() error { return errors.Join(read.Close(), write.Close()) },
		})
		switch {
		case c.says == "" && err == nil:
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		case c.says == "" || !errors.Is(err, store.ErrUnsupported) || !strings.Contains(err.Error(), c.says):
			t.Errorf("%s: %v", c.instead, err)
		}
		if err := errors.Join(read.Close(), write.Close()); err != nil {
			t.Error(err)
		}
	}
}

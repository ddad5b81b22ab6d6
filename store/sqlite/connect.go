package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// What every connection is set to. Pragmas hold for one connection, so they go
// into the name that the driver opens.
var (
	writing = []string{
		"journal_mode(WAL)",
		"foreign_keys(1)",
		"temp_store(MEMORY)", // a savepoint copies each page it touches
		"secure_delete(1)",
		"wal_autocheckpoint(16000)", // behind the engine's own
		"cache_size(-8192)",         // 8 MiB; a commit may have to look through all of its pages

		"journal_size_limit(67108864)",
	}
	reading = []string{
		"foreign_keys(1)",
		"temp_store(MEMORY)",
		"secure_delete(1)",
		"query_only(1)",
	}
)

// dataSource is a path as the driver takes it. Everything that means something
// in a URI is escaped; double-quoted names are never taken for texts.
func dataSource(path string, pragmas []string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/shop.db
	}
	query := url.Values{"_txlock": {"immediate"}, "_dqs": {"0"}, "_error_rc": {"1"}, "_pragma": pragmas}
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?" + query.Encode()
}

// connector opens connections and waits for a file that is locked meanwhile: in
// short steps, and no longer than the context. The driver alone would wait
// without looking at it.
type connector struct {
	driver.Connector
	wait time.Duration
}

func newConnector(path string, through via, wait time.Duration, pragmas []string) (driver.Connector, error) {
	base, err := modernc.NewConnector(dataSource(path, pragmas))
	return connector{through(base), wait}, err
}

// Connect implements driver.Connector.
func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	end := time.NewTimer(c.wait)
	defer end.Stop()
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		conn, err := c.Connector.Connect(ctx)
		if err == nil {
			return c.patient(ctx, conn)
		}
		if have, ok := code(err); !ok || have&0xff != busy {
			return nil, err
		}
		next := time.NewTimer(pause)
		select {
		case <-next.C:
		case <-end.C:
			next.Stop()
			return nil, err
		case <-ctx.Done():
			next.Stop()
			if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return nil, ctx.Err()
			}
			return nil, &sqldb.Error{Op: "connect", Kind: store.ErrBusy, Err: errors.Join(err, ctx.Err()), Next: "somebody else holds the file: try again later"}
		}
	}
}

// busy is SQLITE_BUSY.
const busy = 5

// patient sets how long statements of a connection wait for a lock. It comes
// last: what is set while connecting must not wait.
func (c connector) patient(ctx context.Context, conn driver.Conn) (driver.Conn, error) {
	set := fmt.Sprintf("PRAGMA busy_timeout = %d", c.wait.Milliseconds())
	if _, err := conn.(driver.ExecerContext).ExecContext(ctx, set, nil); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

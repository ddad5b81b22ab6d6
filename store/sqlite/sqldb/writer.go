package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/tillkit/till/store"
)

// writer is the one connection that writes. Everything but take belongs to
// whoever holds its turn.
type writer struct {
	faults
	db   *sql.DB
	wait time.Duration
	turn chan struct{}

	conn  *sql.Conn // nil after it was dropped, until the next use
	stmts map[string]*sql.Stmt

	// version is SQLite's data_version when the schema was last seen to be as it
	// was prepared; it moves with the commits of other connections.
	version int64

	// doubtful says that a COMMIT failed so that its frames may lie in the WAL,
	// where the next process would find them. A later COMMIT writes over them.
	doubtful atomic.Bool
}

func newWriter(db *sql.DB, f faults, wait time.Duration) *writer {
	return &writer{faults: f, db: db, wait: wait, turn: make(chan struct{}, 1), stmts: make(map[string]*sql.Stmt)}
}

// take waits for the turn, give ends it.
func (w *writer) take(ctx context.Context) error {
	select {
	case w.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *writer) give() { <-w.turn }

// connect pins a connection, if there is none, and checks it.
func (w *writer) connect(ctx context.Context) error {
	if w.conn != nil {
		return nil
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return w.of("connect", err)
	}
	w.conn, w.version = conn, 0
	if _, err = conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err == nil {
		err = w.patiently(ctx, w.wait, func() error { return checkWriter(ctx, w.faults, conn) })
	}
	if unfit, ok := err.(*Error); ok {
		return errors.Join(unfit, w.close()) // as it is, it is of use to others
	}
	if err != nil {
		w.drop()
		return w.of("open", err)
	}
	return nil
}

// drop closes the connection for good; what it had open is rolled back.
func (w *writer) drop() {
	if w.conn == nil {
		return
	}
	_ = w.forget()
	// The pool must not hand out a connection of which nobody knows the state.
	_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
	_ = w.conn.Close()
	w.conn = nil
}

// close gives the connection back to its pool, with the pool's usual patience.
func (w *writer) close() error {
	if w.conn == nil {
		return nil
	}
	stmts := w.forget()
	_, err := w.conn.ExecContext(context.Background(), fmt.Sprintf("PRAGMA busy_timeout = %d", w.wait.Milliseconds()))
	err = errors.Join(stmts, err, w.conn.Close())
	w.conn = nil
	return err
}

// forget closes the prepared statements. A driver that has closed the connection
// by itself has no use for that, and one panics over it.
func (w *writer) forget() error {
	err := w.conn.Raw(func(any) error { return nil })
	if err == nil {
		for _, stmt := range w.stmts {
			err = errors.Join(err, stmt.Close())
		}
	}
	clear(w.stmts)
	return err
}

// stmt prepares a statement once for the connection.
func (w *writer) stmt(query string) (*sql.Stmt, error) {
	if stmt := w.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(context.Background(), query)
	if err == nil {
		w.stmts[query] = stmt
	}
	return stmt, err
}

// exec runs a statement. No context can interrupt it: an interrupted INSERT
// takes the whole transaction with it.
func (w *writer) exec(query string, args ...any) (sql.Result, error) {
	stmt, err := w.stmt(query)
	if err != nil {
		return nil, err
	}
	return stmt.ExecContext(context.Background(), args...)
}

// change runs a statement and gives the number of rows it changed.
func (w *writer) change(query string, args ...any) (int64, error) {
	result, err := w.exec(query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// row reads the first row of an answer; false says that there is none.
func (w *writer) row(query string, args []any, into ...any) (bool, error) {
	stmt, err := w.stmt(query)
	if err != nil {
		return false, err
	}
	err = stmt.QueryRowContext(context.Background(), args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// rows calls each for every row of an answer.
func (w *writer) rows(query string, args []any, each func(scan func(...any) error) error) error {
	rows, err := w.conn.QueryContext(context.Background(), query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return errors.Join(rows.Err(), rows.Close())
}

// run runs statements that are used once.
func (w *writer) run(queries ...string) error {
	for _, query := range queries {
		if _, err := w.conn.ExecContext(context.Background(), query); err != nil {
			return err
		}
	}
	return nil
}

// patiently tries again while somebody else holds the file, until the context
// or the wait ends. SQLite's own way of waiting sleeps up to 100 ms at a time,
// cannot be ended, and lets one of two busy processes starve.
func (w *writer) patiently(ctx context.Context, wait time.Duration, try func() error) error {
	var end <-chan time.Time
	for pause := 100 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		err := try()
		if !w.busy(err) {
			return err
		}
		if end == nil {
			timer := time.NewTimer(wait)
			defer timer.Stop()
			end = timer.C
		}
		next := time.NewTimer(pause)
		select {
		case <-next.C:
		case <-end:
			next.Stop()
			return err
		case <-ctx.Done():
			next.Stop()
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return &Error{Op: "wait", Kind: store.ErrBusy, Err: errors.Join(err, ctx.Err()), Next: "somebody else holds the file: try again later"}
			}
			return ctx.Err()
		}
	}
}

// begin starts the transaction. Until it has, the caller's context counts.
func (w *writer) begin(ctx context.Context) error {
	if err := w.connect(ctx); err != nil {
		return err
	}
	start := func() error {
		_, err := w.exec("BEGIN IMMEDIATE")
		return err
	}
	err := w.patiently(ctx, w.wait, start)
	if err != nil && !w.busy(err) && ctx.Err() == nil {
		// A connection that cannot begin is of no use: try a new one, once.
		w.drop()
		if err = w.connect(ctx); err == nil {
			err = w.patiently(ctx, w.wait, start)
		}
	}
	return w.of("begin", err)
}

// rollback ends the transaction without effect: there has been no COMMIT, so
// that is certain even if the connection is lost over it.
func (w *writer) rollback() {
	if _, err := w.exec("ROLLBACK"); err != nil {
		w.drop()
	}
}

// commit ends the transaction. An error in the chain with
// store.ErrOutcomeUnknown says that nobody knows yet; any other, that it was
// rolled back.
func (w *writer) commit() error {
	err := w.patiently(context.Background(), w.wait, func() error {
		_, err := w.exec("COMMIT")
		return err
	})
	switch {
	case err == nil:
		w.doubtful.Store(false)
		return nil
	case w.busy(err):
		// The transaction is still open.
		w.rollback()
		return w.of("commit", err)
	case w.code(err) == codeFull:
		// The frame that says "committed" is the last one written, and it was not.
		w.rollback()
		return w.of("commit", err)
	}
	w.doubtful.Store(true)
	w.drop()
	code, _ := w.classify(err)
	return &Error{Op: "commit", Code: code, Kind: store.ErrOutcomeUnknown, Err: err, Next: "ask Outcome with the key of the set"}
}

// settle makes sure that what a failed COMMIT left will never be found: it
// commits something of its own over it.
func (w *writer) settle(ctx context.Context) error {
	if !w.doubtful.Load() {
		return nil
	}
	if err := w.begin(ctx); err != nil {
		return err
	}
	_, err := w.exec("INSERT INTO "+metaTable+"(name, value) VALUES(?, '1') ON CONFLICT(name) DO UPDATE SET value = CAST(value + 1 AS TEXT)", metaSettled)
	if err != nil {
		w.rollback()
		return w.of("settle", err)
	}
	return w.commit()
}

// checkpoint moves the WAL into the file and empties it; false says that
// somebody's use of the file prevents that now.
func (w *writer) checkpoint(ctx context.Context) (bool, error) {
	if err := w.connect(ctx); err != nil {
		return false, err
	}
	var blocked, pages, moved int64
	_, err := w.row("PRAGMA wal_checkpoint(TRUNCATE)", nil, &blocked, &pages, &moved)
	if w.busy(err) {
		return false, nil
	}
	return err == nil && blocked == 0, w.of("checkpoint", err)
}

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
	session
	pinned *pinned // the session's statements
	bulk   bulk
	db     *sql.DB
	sync   Sync
	wait   time.Duration
	turn   chan struct{}

	careful int // batches that have savepoints still

	// patience is the busy_timeout that the connection had, in milliseconds.
	patience int64

	// version is SQLite's data_version when the file was last looked at; it moves
	// with the commits of other connections.
	version int64

	// doubtful says that a COMMIT failed so that its frames may lie in the WAL,
	// where the next process would find them, until settle writes over them: a COMMIT
	// of somebody's set may have written nothing.
	doubtful atomic.Bool
}

func newWriter(c Config, f faults) *writer {
	p := newPinned()
	return &writer{faults: f, session: session{statements: p}, pinned: p, db: c.Write, sync: c.Sync, wait: c.Wait, turn: make(chan struct{}, 1)}
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
	if w.pinned.conn != nil {
		return nil
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return w.of("connect", err)
	}
	w.pinned.conn, w.version = conn, 0
	w.forget()
	if _, err = w.row("PRAGMA busy_timeout", nil, &w.patience); err == nil {
		err = w.run("PRAGMA busy_timeout = 0")
	}
	if err == nil {
		// A connection that is lost while it is checked is closed by its pool: with a
		// statement open it would go on to hold the file's lock.
		err = w.pinned.forget()
	}
	if err == nil {
		err = w.patiently(ctx, w.wait, func() error { return checkWriter(ctx, w.faults, conn, w.sync) })
	}
	if unfit, ok := err.(*Error); ok {
		return errors.Join(unfit, w.close()) // as it is, it is of use to others
	}
	if err != nil {
		w.pinned.drop()
		return w.of("open", err)
	}
	return nil
}

// unlessLost gives an error, and up a connection that it says is lost: the next call takes
// another one.
func (w *writer) unlessLost(err error) error {
	if errors.Is(err, driver.ErrBadConn) {
		w.pinned.drop()
	}
	return err
}

// close gives the connection back to its pool, as patient as it was; one that does not
// take that is closed.
func (w *writer) close() error {
	if w.pinned.conn == nil {
		return nil
	}
	if err := w.run(fmt.Sprintf("PRAGMA busy_timeout = %d", w.patience)); err != nil {
		w.pinned.drop()
		return err
	}
	err := errors.Join(w.pinned.forget(), w.pinned.conn.Close())
	w.pinned.conn = nil
	return err
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

// begin starts the transaction, waiting for the file if need be. Until it has, the
// caller's context counts.
func (w *writer) begin(ctx context.Context, wait time.Duration) error {
	if err := w.connect(ctx); err != nil {
		return err
	}
	start := func() error {
		_, err := w.exec("BEGIN IMMEDIATE")
		return err
	}
	err := w.patiently(ctx, wait, start)
	if err != nil && !w.busy(err) && ctx.Err() == nil {
		// A connection that cannot begin is of no use: try a new one, once.
		w.pinned.drop()
		if err = w.connect(ctx); err == nil {
			err = w.patiently(ctx, wait, start)
		}
	}
	return w.of("begin", err)
}

// rollback ends the transaction without effect: there has been no COMMIT, so
// that is certain even if the connection is lost over it.
func (w *writer) rollback() {
	w.forget()
	w.end()
}

// end ends a transaction in which nothing has been written.
func (w *writer) end() {
	if _, err := w.exec("ROLLBACK"); err != nil {
		w.pinned.drop()
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
		w.looked = w.looked[:0]
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
	w.pinned.drop()
	code, _ := w.classify(err)
	return &Error{Op: "commit", Code: code, Kind: store.ErrOutcomeUnknown, Err: err, Next: "ask Outcome with the key of the set"}
}

// abandon gives up a connection of which nobody knows what it has done.
func (w *writer) abandon() {
	w.doubtful.Store(true)
	w.pinned.drop()
}

// settle makes sure that what a failed COMMIT left will never be found: it
// commits something of its own over it.
func (w *writer) settle(ctx context.Context) error {
	if !w.doubtful.Load() {
		return nil
	}
	if err := w.begin(ctx, w.wait); err != nil {
		return err
	}
	_, err := w.exec("INSERT INTO "+metaTable+"(name, value) VALUES(?, '1') ON CONFLICT(name) DO UPDATE SET value = CAST(value + 1 AS TEXT)", metaSettled)
	if err != nil {
		w.rollback()
		return w.of("settle", err)
	}
	if err := w.commit(); err != nil {
		return err
	}
	w.doubtful.Store(false)
	return nil
}

// checkpoint moves the WAL into the file and empties it; false, or an error that says busy,
// says that somebody's use of the file prevents that now.
func (w *writer) checkpoint(ctx context.Context) (bool, error) {
	if err := w.connect(ctx); err != nil {
		return false, err
	}
	var blocked, pages, moved int64
	_, err := w.row("PRAGMA wal_checkpoint(TRUNCATE)", nil, &blocked, &pages, &moved)
	return err == nil && blocked == 0, w.of("checkpoint", err)
}

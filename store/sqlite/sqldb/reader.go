package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillkit/till/store"
)

// reader runs the statements that only read, each in a snapshot of its own, on
// connections that it has pinned: so many calls can read at once.
type reader struct {
	faults
	db     *sql.DB
	shared bool         // the handle is the program's own, for writing too
	free   chan *pinned // those that nobody uses; some have no connection yet
}

func newReader(db *sql.DB, f faults, places int) *reader {
	r := &reader{faults: f, db: db, free: make(chan *pinned, places)}
	for range places {
		r.free <- newPinned()
	}
	return r
}

func (r *reader) check(ctx context.Context) error {
	if r.shared {
		return nil
	}
	return r.of("open", check(ctx, r.db, readerDemands))
}

// close gives the connections back. Nobody reads any more.
func (r *reader) close() error {
	var errs []error
	for range cap(r.free) {
		if p := <-r.free; p.conn != nil {
			errs = append(errs, p.forget(), p.conn.Close())
		}
	}
	return errors.Join(errs...)
}

// errEnough ends a walk before its end, without an error.
var errEnough = errors.New("enough")

// each calls row for every row of an answer, until it gives an error or the context ends.
// Only what may read for long before its first row is interrupted then: to listen for that
// costs more than most others take, and drivers listen no longer.
func (r *reader) each(ctx context.Context, op, query string, args []any, row func(scan func(...any) error) error) error {
	var p *pinned
	select {
	case p = <-r.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { r.free <- p }()
	until := context.WithoutCancel(ctx)
	if op == "find" {
		until = ctx
	}
	given := false
	err := r.on(ctx, p, func() (bool, error) {
		return !given, p.rowsUntil(until, query, args, func(scan func(...any) error) error {
			given = true
			if err := ctx.Err(); err != nil {
				return err
			}
			return row(scan)
		})
	})
	if err == nil || errors.Is(err, errEnough) {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err() // whatever the driver made of it
	}
	return r.of(op, err)
}

// on calls do with a connection, and once more with a new one where that was lost and do
// says that it can be done again.
func (r *reader) on(ctx context.Context, p *pinned, do func() (again bool, err error)) error {
	for first := true; ; first = false {
		if p.conn == nil {
			conn, err := r.db.Conn(ctx)
			if err != nil {
				return err
			}
			p.conn = conn
		}
		again, err := do()
		if !errors.Is(err, driver.ErrBadConn) {
			return err
		}
		if p.drop(); !first || !again {
			return err
		}
	}
}

// scanned is what family.selected gives.
type scanned struct {
	key   string
	rev   int64
	body  []byte
	extra []byte
}

// into gives where a row of selected columns goes, before and after others.
func (s *scanned) into(others ...any) []any {
	return append([]any{&s.key, &s.rev, &s.body, &s.extra}, others...)
}

// record makes the record of what was read.
func (f *family) record(s scanned) (store.Record, error) {
	r := store.Record{Ref: store.Ref{Family: f.name, Key: s.key}, Rev: s.rev}
	switch {
	case f.name == store.Receipts:
		receipt := store.Receipt{Key: s.key, Result: string(s.body)}
		var fingerprint []byte
		if _, err := fmt.Sscanf(string(s.extra), "%d %x", &receipt.At, &fingerprint); err != nil || len(fingerprint) != len(receipt.Fingerprint) {
			return r, damaged(r.Ref, err)
		}
		copy(receipt.Fingerprint[:], fingerprint)
		doc, err := receipt.AppendStored(nil)
		r.Doc = store.Raw(doc)
		return r, err
	case f.shape == store.Counters:
		var columns []int64
		if err := json.Unmarshal(s.extra, &columns); err != nil || len(columns) != len(f.Fields) {
			return r, damaged(r.Ref, err)
		}
		for _, n := range columns {
			r.Index = append(r.Index, store.IntValue(n))
		}
	default:
		r.Doc = store.Raw(s.body)
		if s.body == nil {
			r.Doc = store.Raw{}
		}
	}
	return r, nil
}

// damaged says that a row of the file is not what the engine wrote.
func damaged(ref store.Ref, err error) error {
	err = errors.Join(fmt.Errorf("%s is not as it was written", ref), err)
	return &Error{Op: "read", Err: err, Next: "the file is damaged: restore a backup"}
}

package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/tillkit/till/store"
)

// reader runs the statements that only read, each in a snapshot of its own.
type reader struct {
	faults
	db *sql.DB

	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

// mostStatements bounds the statements that are kept prepared. A shop has some
// dozens; queries with ever new conditions must not fill the memory.
const mostStatements = 500

func newReader(db *sql.DB, f faults) *reader {
	return &reader{faults: f, db: db, stmts: make(map[string]*sql.Stmt)}
}

func (r *reader) check(ctx context.Context) error {
	return r.of("open", check(ctx, r.db, readerDemands))
}

func (r *reader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, stmt := range r.stmts {
		errs = append(errs, stmt.Close())
	}
	clear(r.stmts)
	return errors.Join(errs...)
}

// stmt gives a prepared statement, nil if there are too many already.
func (r *reader) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.Lock()
	stmt, full := r.stmts[query], len(r.stmts) >= mostStatements
	r.mu.Unlock()
	if stmt != nil || full {
		return stmt, nil
	}
	stmt, err := r.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if first := r.stmts[query]; first != nil {
		return first, stmt.Close()
	}
	r.stmts[query] = stmt
	return stmt, nil
}

// errEnough ends a walk before its end, without an error.
var errEnough = errors.New("enough")

// each calls row for every row of an answer, until it gives an error.
func (r *reader) each(ctx context.Context, op, query string, args []any, row func(*sql.Rows) error) error {
	err := r.walk(ctx, query, args, row)
	if err == nil || errors.Is(err, errEnough) {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err() // whatever the driver made of it
	}
	return r.of(op, err)
}

func (r *reader) walk(ctx context.Context, query string, args []any, row func(*sql.Rows) error) error {
	stmt, err := r.stmt(ctx, query)
	if err != nil {
		return err
	}
	var rows *sql.Rows
	if stmt != nil {
		rows, err = stmt.QueryContext(ctx, args...)
	} else {
		rows, err = r.db.QueryContext(ctx, query, args...)
	}
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
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

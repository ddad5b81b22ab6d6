package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// borrowed is a connection of the read handle that one call has for itself, to do on
// it what leaves a trace on a connection: a transaction, an attached file, a pragma.
type borrowed struct {
	*sql.Conn
	spoiled bool
}

// borrow takes a connection out of the pool until giveBack.
func (r *reader) borrow(ctx context.Context) (*borrowed, error) {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	return &borrowed{Conn: conn}, nil
}

// briefly does to the connection what will be undone. No context interrupts it: one
// that did could leave it done with an error.
func (b *borrowed) briefly(query string, args ...any) error {
	_, err := b.ExecContext(context.Background(), query, args...)
	return err
}

// undo takes back what was done to the connection, whatever the caller's context
// says. Where that fails the pool gets no such connection back.
func (b *borrowed) undo(query string) {
	if err := b.briefly(query); err != nil {
		b.spoiled = true
	}
}

// unlock lets the connection do what counts as writing, until lock is called.
func (b *borrowed) unlock(ctx context.Context) (lock func(), err error) {
	var locked bool
	if err := b.QueryRowContext(ctx, "PRAGMA query_only").Scan(&locked); err != nil {
		return nil, err
	}
	if !locked {
		return func() {}, nil
	}
	lock = func() { b.undo("PRAGMA query_only = 1") }
	if err := b.briefly("PRAGMA query_only = 0"); err != nil {
		lock()
		return nil, err
	}
	return lock, nil
}

// giveBack returns the connection to its pool as it was, or closes it.
func (b *borrowed) giveBack() {
	if b.spoiled {
		_ = b.Raw(func(any) error { return driver.ErrBadConn })
	}
	_ = b.Close() // of a connection that the pool has dropped, an error
}

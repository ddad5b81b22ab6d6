package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/tillkit/till/store"
)

// InTx gives the store as it is inside a transaction of the program's own, so that rows
// of its own and sets are committed together or not at all. tx is of any handle on the
// same file whose connections are set as those of Config.Write are, and it should be
// begun with the lock for writing (BEGIN IMMEDIATE): one that only asks for it when it
// first writes is store.ErrBusy if anybody has written since it first read.
//
//	tx, err := db.BeginTx(ctx, nil)           // of a handle with _txlock=immediate
//	defer tx.Rollback()
//	...                                       // rows of the program's own
//	inside := shop.With(store.InTx(tx))       // the same shop, inside the transaction
//	...
//	err = tx.Commit()
//
// A Commit of the store that is given is all or nothing too, but it is acknowledged only
// when tx has been committed: until then nobody else sees it. A set that is refused leaves
// the transaction as it was, and it can go on. Where an error of tx.Commit leaves open
// whether it was committed, the Outcome of a key tells, asked of the store outside.
//
// Take one such store for a transaction: two that are used at once would get into each
// other's savepoints. Other writers wait as long as the transaction is open, those of this process too: write
// through the store that is given alone until it has ended. After that each call is
// store.ErrClosed, and so it is where SQLite has rolled the transaction back by itself, as
// over a full disk. Its Close does nothing, and its Prepare only looks whether the schema
// is the one that the file was prepared for.
func (s *Store) InTx(tx *sql.Tx) store.Store {
	return &inTx{of: s, tx: tx, session: session{statements: ofCaller{tx}, known: revisions{off: true}}}
}

// inTx is the store inside a transaction. Calls come one at a time: they share its
// savepoint.
type inTx struct {
	of      *Store
	tx      *sql.Tx
	session session

	mu   sync.Mutex
	sc   *schema // nil before the first call
	lost error   // that SQLite has rolled the transaction back by itself, and over what
}

// enter begins a call and gives what it reads from; leave ends it.
func (t *inTx) enter(ctx context.Context) (reading, error) {
	if err := t.of.enter(ctx); err != nil {
		return reading{}, err
	}
	t.mu.Lock()
	if t.lost != nil {
		defer t.leave()
		return reading{}, fmt.Errorf("sqldb: %w: SQLite has rolled the transaction back (%w): begin another", store.ErrClosed, t.lost)
	}
	if t.sc == nil {
		if err := t.join(ctx); err != nil {
			t.leave()
			return reading{}, t.fault("join the transaction", err)
		}
	}
	return reading{t.sc, t}, nil
}

func (t *inTx) leave() {
	t.mu.Unlock()
	t.of.leave()
}

// join looks whether the transaction is one on this store's file, and fit to write there.
func (t *inTx) join(ctx context.Context) error {
	sc, err := t.of.prepared()
	if err != nil {
		return err
	}
	file, err := fileOf(t.session.statements)
	if err != nil {
		return err
	}
	mine, err := os.Stat(t.of.file)
	if err != nil {
		return err
	}
	if theirs, err := os.Stat(file); err != nil || !os.SameFile(mine, theirs) {
		return &store.InvalidError{What: "tx", Reason: fmt.Sprintf("it is on the file %q, the store is in %q: begin it on a handle of that", file, t.of.file)}
	}
	if err := check(ctx, t.tx, append(writerDemands[:len(writerDemands):len(writerDemands)], syncDemand[t.of.write.sync])); err != nil {
		return err
	}
	t.sc, err = t.session.still(sc)
	return err
}

// fileOf gives the path of the main database of a connection.
func fileOf(on statements) (file string, err error) {
	err = on.rows("PRAGMA database_list", nil, func(scan func(...any) error) error {
		var seq int64
		var name, path string
		err := scan(&seq, &name, &path)
		if name == "main" {
			file = path
		}
		return err
	})
	return file, err
}

// fault gives an error its meaning.
func (t *inTx) fault(op string, err error) error {
	const busySnapshot = 5 | 2<<8
	if errors.Is(err, sql.ErrTxDone) {
		return fmt.Errorf("sqldb: %s: %w: the transaction has ended (%w)", op, store.ErrClosed, err)
	}
	if code, _ := t.of.faults.classify(err); code == busySnapshot {
		return &Error{Op: op, Code: code, Kind: store.ErrBusy, Err: err, Next: "roll the transaction back, and begin it with BEGIN IMMEDIATE"}
	}
	return t.of.faults.of(op, err)
}

// each implements source.
func (t *inTx) each(ctx context.Context, op, query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := t.tx.QueryContext(context.WithoutCancel(ctx), query, args...)
	if err != nil {
		return t.fault(op, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); errors.Is(err, errEnough) {
			return nil
		} else if err != nil {
			return t.fault(op, err)
		}
	}
	return t.fault(op, rows.Err())
}

// Prepare implements store.Store.
func (t *inTx) Prepare(ctx context.Context, declared store.Schema) error {
	layout, err := store.Compile(declared)
	if err != nil {
		return err
	}
	if _, err := t.enter(ctx); err != nil {
		return err
	}
	defer t.leave()
	sc, err := t.session.fit(layout)
	if err == nil && sc == nil {
		err = &store.UnsupportedError{What: "schema", Reason: "the file is not prepared for it: call Prepare of the store outside the transaction first"}
	}
	return t.fault("prepare", err)
}

// Get implements store.Store.
func (t *inTx) Get(ctx context.Context, refs ...store.Ref) ([]store.Record, error) {
	r, err := t.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer t.leave()
	return r.get(ctx, refs)
}

// Find implements store.Store.
func (t *inTx) Find(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
	r, err := t.enter(ctx)
	if err != nil {
		return store.Page[store.Record]{}, err
	}
	defer t.leave()
	return r.find(ctx, q)
}

// History implements store.Store.
func (t *inTx) History(ctx context.Context, ref store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
	r, err := t.enter(ctx)
	if err != nil {
		return store.Page[store.Entry]{}, err
	}
	defer t.leave()
	return r.history(ctx, ref, after, limit)
}

// Feed implements store.Store.
func (t *inTx) Feed(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
	r, err := t.enter(ctx)
	if err != nil {
		return store.Page[store.Event]{}, err
	}
	defer t.leave()
	return r.feed(ctx, after, limit)
}

// Outcome implements store.Store: it tells what is so in the transaction.
func (t *inTx) Outcome(ctx context.Context, key string) (store.Receipt, error) {
	r, err := t.enter(ctx)
	if err != nil {
		return store.Receipt{}, err
	}
	defer t.leave()
	if err := store.CheckKey(key); err != nil {
		return store.Receipt{}, err
	}
	records, err := r.get(ctx, []store.Ref{{Family: store.Receipts, Key: key}})
	if err != nil {
		return store.Receipt{}, err
	}
	return outcome(key, records[0])
}

// Commit implements store.Store.
func (t *inTx) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	r, err := t.enter(ctx)
	if err != nil {
		return store.Receipt{}, err
	}
	defer t.leave()
	w, err := r.sc.encode(set)
	if err != nil {
		return store.Receipt{}, err
	}
	if w.idle() {
		return store.Receipt{Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}, nil
	}
	if err := t.session.run("SAVEPOINT till_set"); err != nil {
		return store.Receipt{}, t.fault("commit", err)
	}
	receipt, _, refused := t.session.apply(w)
	if refused == nil {
		refused = t.session.run("RELEASE till_set")
	} else if err := t.session.run("ROLLBACK TO till_set", "RELEASE till_set"); err != nil {
		t.lost = refused
		refused = errors.Join(refused, err)
	}
	if refused != nil {
		return store.Receipt{}, t.fault("commit", refused)
	}
	return receipt, nil
}

// Close implements store.Store.
func (t *inTx) Close() error { return nil }

// ofCaller runs statements in a transaction that belongs to somebody else.
type ofCaller struct{ tx *sql.Tx }

func (c ofCaller) exec(query string, args ...any) (driver.Result, error) {
	return c.tx.ExecContext(context.Background(), query, args...)
}

func (c ofCaller) rows(query string, args []any, each func(func(...any) error) error) error {
	rows, err := c.tx.QueryContext(context.Background(), query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (c ofCaller) run(queries ...string) error {
	for _, query := range queries {
		if _, err := c.tx.ExecContext(context.Background(), query); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// plainSchema is a shop as one writes it by hand. Times are microseconds, money is
// pence. What is found by its key alone lies in the tree of the key; what is written
// once and in order is appended. There are the indexes that the works here need, and no
// foreign keys: each would cost another look-up a row. The lists of a back office, as of
// the orders of an article, an e-mail address or a status, would need five more, which
// till keeps and this shop does not: it is not to be slower than it must.
const plainSchema = `
CREATE TABLE products (
	id           INTEGER PRIMARY KEY,
	sku          TEXT NOT NULL UNIQUE,
	handle       TEXT NOT NULL UNIQUE,
	name         TEXT NOT NULL,
	vendor       TEXT NOT NULL,
	description  TEXT NOT NULL,
	image        TEXT NOT NULL DEFAULT '',
	tax_category TEXT NOT NULL DEFAULT '',
	status       TEXT NOT NULL,
	created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX products_by_name ON products (status, name, sku);

CREATE TABLE prices (
	sku         TEXT NOT NULL,
	valid_from  INTEGER NOT NULL,
	base        INTEGER NOT NULL,
	per         INTEGER NOT NULL DEFAULT 1,
	sale        INTEGER,
	recorded_at INTEGER NOT NULL,
	recorded_by TEXT NOT NULL,
	PRIMARY KEY (sku, valid_from)
) STRICT, WITHOUT ROWID;

CREATE TABLE stock (
	sku       TEXT NOT NULL PRIMARY KEY,
	available INTEGER NOT NULL,
	reserved  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE stock_movements (
	id        INTEGER PRIMARY KEY,
	sku       TEXT NOT NULL,
	kind      TEXT NOT NULL,
	quantity  INTEGER NOT NULL,
	reason    TEXT NOT NULL,
	reference TEXT NOT NULL,
	at        INTEGER NOT NULL,
	actor     TEXT NOT NULL
) STRICT;
CREATE INDEX stock_movements_by_sku ON stock_movements (sku, at);

CREATE TABLE sessions (
	token_hash BLOB NOT NULL PRIMARY KEY,
	person     INTEGER NOT NULL,
	guest      INTEGER NOT NULL,
	begun_at   INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE carts (
	id         INTEGER PRIMARY KEY,
	person     INTEGER NOT NULL,
	status     TEXT NOT NULL,
	order_id   INTEGER,
	updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX carts_open ON carts (person) WHERE status = 'open';

CREATE TABLE cart_lines (
	cart_id  INTEGER NOT NULL,
	sku      TEXT NOT NULL,
	n        INTEGER NOT NULL,
	quantity INTEGER NOT NULL,
	PRIMARY KEY (cart_id, sku)
) STRICT, WITHOUT ROWID;

CREATE TABLE orders (
	id             INTEGER PRIMARY KEY,
	person         INTEGER NOT NULL,
	status         TEXT NOT NULL,
	placed_at      INTEGER NOT NULL,
	payable        TEXT NOT NULL,
	currency       TEXT NOT NULL,
	price_list     TEXT NOT NULL,
	rounding       TEXT NOT NULL,
	country        TEXT NOT NULL,
	total          INTEGER NOT NULL,
	lines          INTEGER NOT NULL,
	pieces         INTEGER NOT NULL,
	reference      TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX orders_by_person ON orders (person, placed_at);

CREATE TABLE order_lines (
	order_id     INTEGER NOT NULL,
	n            INTEGER NOT NULL,
	product_id   INTEGER NOT NULL,
	sku          TEXT NOT NULL,
	name         TEXT NOT NULL,
	quantity     INTEGER NOT NULL,
	unit_price   INTEGER NOT NULL,
	per          INTEGER NOT NULL,
	base_price   INTEGER NOT NULL,
	priced_from  INTEGER NOT NULL,
	tax_category TEXT NOT NULL,
	tax_base     INTEGER NOT NULL,
	total        INTEGER NOT NULL,
	PRIMARY KEY (order_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE order_contacts (
	order_id  INTEGER PRIMARY KEY,
	name      TEXT NOT NULL,
	email     TEXT NOT NULL,
	phone     TEXT NOT NULL,
	street    TEXT NOT NULL,
	city      TEXT NOT NULL,
	postcode  TEXT NOT NULL,
	country   TEXT NOT NULL
) STRICT;

CREATE TABLE order_events (
	order_id INTEGER NOT NULL,
	n        INTEGER NOT NULL,
	kind     TEXT NOT NULL,
	at       INTEGER NOT NULL,
	actor    TEXT NOT NULL,
	PRIMARY KEY (order_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_keys (
	person      INTEGER NOT NULL,
	key         TEXT NOT NULL,
	fingerprint BLOB NOT NULL,
	order_id    INTEGER NOT NULL,
	at          INTEGER NOT NULL,
	PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
	id        INTEGER PRIMARY KEY,
	kind      TEXT NOT NULL,
	order_id  INTEGER NOT NULL,
	queued_at INTEGER NOT NULL,
	due_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE customers (
	id         INTEGER PRIMARY KEY,
	email      TEXT NOT NULL UNIQUE,
	name       TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;
`

// plainShop is a shop on database/sql. It may be used from many goroutines, which share
// one connection: SQLite has one writer, and a pool of them is slower.
type plainShop struct {
	db   *sql.DB
	kept map[string]*sql.Stmt // by text; nil where statements are not kept
}

// openPlain opens a file, which it makes if it is not there. With prepared, the
// statements of the hot paths are prepared once and kept.
func openPlain(ctx context.Context, path string, level syncLevel, prepared bool) (_ *plainShop, err error) {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(" + string(level) + ")",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+query.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := &plainShop{db: db}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema`).Scan(&tables); err != nil {
		return nil, err
	}
	if tables == 0 {
		if _, err := db.ExecContext(ctx, plainSchema); err != nil {
			return nil, fmt.Errorf("schema: %w", err)
		}
	}
	if !prepared {
		return s, nil
	}
	s.kept = make(map[string]*sql.Stmt)
	for _, text := range hotStatements {
		if s.kept[text], err = db.PrepareContext(ctx, text); err != nil {
			return nil, fmt.Errorf("prepare %.40q: %w", text, err)
		}
	}
	return s, nil
}

func (s *plainShop) close() error {
	var errs []error
	for _, stmt := range s.kept {
		if stmt != nil {
			errs = append(errs, stmt.Close())
		}
	}
	return errors.Join(append(errs, s.db.Close())...)
}

// write runs f in one transaction, which is committed if f gives no error.
func (s *plainShop) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := f(tx); err != nil {
		if undo := tx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return errors.Join(err, fmt.Errorf("rollback: %w", undo))
		}
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// The ways to run a statement: with the kept one if there is one.

func (s *plainShop) exec(ctx context.Context, tx *sql.Tx, text string, args ...any) (sql.Result, error) {
	if stmt := s.kept[text]; stmt != nil {
		return tx.StmtContext(ctx, stmt).ExecContext(ctx, args...)
	}
	return tx.ExecContext(ctx, text, args...)
}

func (s *plainShop) row(ctx context.Context, tx *sql.Tx, text string, args ...any) *sql.Row {
	stmt := s.kept[text]
	switch {
	case stmt != nil && tx != nil:
		return tx.StmtContext(ctx, stmt).QueryRowContext(ctx, args...)
	case stmt != nil:
		return stmt.QueryRowContext(ctx, args...)
	case tx != nil:
		return tx.QueryRowContext(ctx, text, args...)
	}
	return s.db.QueryRowContext(ctx, text, args...)
}

func (s *plainShop) rows(ctx context.Context, tx *sql.Tx, text string, args ...any) (*sql.Rows, error) {
	stmt := s.kept[text]
	switch {
	case stmt != nil && tx != nil:
		return tx.StmtContext(ctx, stmt).QueryContext(ctx, args...)
	case stmt != nil:
		return stmt.QueryContext(ctx, args...)
	case tx != nil:
		return tx.QueryContext(ctx, text, args...)
	}
	return s.db.QueryContext(ctx, text, args...)
}

// changed runs a statement that must change exactly one row; otherwise the error is
// the one given.
func (s *plainShop) changed(ctx context.Context, tx *sql.Tx, otherwise error, text string, args ...any) error {
	result, err := s.exec(ctx, tx, text, args...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n != 1 {
		return otherwise
	}
	return err
}

// Package sqlite keeps a shop in one SQLite file, inside the program: no server
// and no cgo.
//
//	db, err := sqlite.Open(ctx, "shop.db")
//
// It is the engine of store/sqlite/sqldb with the driver modernc.org/sqlite,
// and works with nothing to set. A commit that returned is on the disk: it
// outlives a crash of the program and of the machine. Several programs may use
// one file at once, on one machine; over a network file system it is refused or
// unsafe, as SQLite is.
//
// Three calls care for the file, each as good as a nightly run. DB.Backup writes a
// copy while the file is in use; copying it by other means is good only when nobody
// has it open. DB.Maintain leaves the words of erased people in no byte of the file.
// DB.Check tells whether the file is whole; a copy is worth keeping if it is.
//
// # Rows of the program's own
//
// [DB.SQL] is a handle for the program's own tables in the same file, and [DB.InTx] lets a
// shop place an order in one of its transactions:
//
//	tx, err := db.SQL().BeginTx(ctx, nil)
//	inside := shop.With(db.InTx(tx))
//
// # Reading it with SQL
//
// The file is there for other programs that speak SQL to read, as by sqlite3. Six views make
// that easy: till_order_lines has the lines of all orders, till_order_discounts and
// till_order_taxes what was taken off and what taxes came to, till_current_prices the
// prices that hold now, till_stock_levels what is on hand, and till_journals every entry
// of every journal. Sums of money are integers of the currency's smallest unit; the
// comment of package sqldb says what else is there. Write through a shop alone.
//
// # Errors
//
// A path that cannot be used is store.ErrInvalid, and the message says what to
// change: the directory is missing, the file is read-only, or it is no database.
// A file that another process keeps locked is store.ErrBusy, a full disk
// store.ErrFull. The error of the driver is in the chain.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// DB is a store.Store in a SQLite file. Make it with [Open].
type DB struct {
	*sqldb.Store
	path string
	own  *sql.DB
}

var (
	_ store.Store      = (*DB)(nil)
	_ store.Maintainer = (*DB)(nil)
)

// What a commit can wait for, as in package sqldb: Full, that it is on the disk; Normal, that
// it outlives a crash of the program, while a loss of power may take the last ones.
const (
	Full   = sqldb.Full
	Normal = sqldb.Normal
)

// Options are what one may want otherwise. The zero Options are what [Open]
// takes.
type Options struct {
	// MustExist refuses to make a new file: a path with no file is
	// store.ErrNotFound.
	MustExist bool

	// Wait is the longest wait for another process that holds the file's lock;
	// then a call is store.ErrBusy. 0 is five seconds.
	Wait time.Duration

	// Sync is what a commit waits for: Full unless it is set.
	Sync sqldb.Sync

	// Log gets what an operator should know, as sqldb.Config says. nil is none.
	Log *slog.Logger

	// Readers is how many calls can read at once. 0 is one for each processor,
	// but at least four.
	Readers int
}

// Open opens a file, or makes it, for this user alone, if it is not there. The path is a plain one:
// every character in it means itself. The directory must be there and writable,
// since SQLite keeps two files (-wal and -shm) beside the file while it is open.
// Close the store at the end.
func Open(ctx context.Context, path string) (*DB, error) {
	return OpenWith(ctx, path, Options{})
}

// OpenWith is Open with options.
func OpenWith(ctx context.Context, path string, o Options) (*DB, error) {
	return openThrough(ctx, path, o, direct)
}

// via puts something between the engine and the driver.
type via func(driver.Connector) driver.Connector

// direct puts nothing there.
func direct(c driver.Connector) driver.Connector { return c }

func openThrough(ctx context.Context, path string, o Options, through via) (*DB, error) {
	db, err := open(ctx, path, o, through)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %q: %w", path, err)
	}
	return db, nil
}

// Path gives the absolute path of the file.
func (db *DB) Path() string { return db.path }

// SQL gives a handle on the file for the program's own tables, whose names should not
// begin with "till". Its transactions begin with the lock for writing, and [DB.InTx] takes
// them: then the program's rows and an order are committed together. It is closed with
// the store.
func (db *DB) SQL() *sql.DB { return db.own }

// extraReaders are connections for what reads for long, such as a backup.
const extraReaders = 2

func open(ctx context.Context, path string, o Options, through via) (*DB, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if o.Wait <= 0 {
		o.Wait = sqldb.DefaultWait
	}
	if o.Readers <= 0 {
		o.Readers = max(4, runtime.GOMAXPROCS(0))
	}
	path, err := usable(path, o.MustExist)
	if err != nil {
		return nil, err
	}
	if err := private(path); err != nil {
		return nil, err
	}
	sync := "synchronous(FULL)"
	if o.Sync == sqldb.Normal {
		sync = "synchronous(NORMAL)"
	}
	write, err := newConnector(path, through, o.Wait, append([]string{sync}, writing...))
	read, unread := newConnector(path, through, o.Wait, append([]string{sync}, reading...))
	if err := errors.Join(err, unread); err != nil {
		return nil, err
	}
	writers, readers, own := newPool(write, 2), newPool(read, o.Readers+extraReaders), newPool(write, 0)
	closePools := func() error { return errors.Join(own.Close(), readers.Close(), writers.Close()) }
	s, err := sqldb.Open(ctx, sqldb.Config{Write: writers, Read: readers, Readers: o.Readers, Classify: code, Sync: o.Sync, Log: o.Log, Wait: o.Wait, Close: closePools})
	if err != nil {
		return nil, errors.Join(err, closePools())
	}
	return &DB{Store: s, path: path, own: own}, nil
}

// code gives SQLite's result code of an error.
func code(err error) (int, bool) {
	var e *modernc.Error
	if errors.As(err, &e) {
		return e.Code(), true
	}
	return 0, false
}

// usable makes a path absolute, so that a later change of directory does not
// lead new connections to another file, and finds what SQLite would report less
// clearly.
func usable(path string, mustExist bool) (string, error) {
	switch {
	case path == "" || strings.Contains(path, "\x00"):
		return "", unusable("give the path of a file", nil)
	case path == ":memory:":
		return "", unusable("use the package store/memory for a shop without a file", nil)
	case strings.HasPrefix(path, "file:"):
		return "", unusable("give a plain path, without file: and without ?parameters", nil)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", unusable("give an absolute path", err)
	}
	info, err := os.Stat(absolute)
	switch {
	case err == nil && info.IsDir():
		return "", unusable("it is a directory: give the path of a file in it", nil)
	case err == nil:
		return absolute, nil
	case errors.Is(err, fs.ErrPermission):
		return "", unusable("give this user the right to read and write there", err)
	case !errors.Is(err, fs.ErrNotExist):
		return "", unusable("give the path of a file", err)
	}
	if dir := filepath.Dir(absolute); !isDir(dir) {
		return "", unusable(fmt.Sprintf("make the directory %q first", dir), err)
	}
	if mustExist {
		return "", &sqldb.Error{Op: "open", Kind: store.ErrNotFound, Err: err, Next: "give the path of a file that is there, or open it without MustExist"}
	}
	return absolute, nil
}

// private makes a file that is not there yet for this user alone: it will hold
// addresses and hashes of passwords. SQLite gives the files beside it the same mode.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return unusable("give this user the right to read and write there", err)
	}
	return f.Close()
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func unusable(next string, err error) error {
	return &sqldb.Error{Op: "open", Kind: store.ErrInvalid, Err: err, Next: next}
}

// newPool makes a pool of at most so many connections; 0 is no limit.
func newPool(c driver.Connector, size int) *sql.DB {
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(size)
	if size > 0 {
		pool.SetMaxIdleConns(size)
	}
	return pool
}

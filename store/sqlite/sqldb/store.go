// Package sqldb is the engine under store/sqlite: a store.Store over any
// *sql.DB that speaks to SQLite. It imports no driver, because two drivers that
// register one name cannot live in one program; the package store/sqlite is its
// face with a driver of our choice.
//
// # What it demands of the handles
//
// They reach the same file, in WAL mode, encoded in UTF-8, without a shared cache. Every
// connection of Config.Write has synchronous=FULL, or what Config.Sync says, and
// secure_delete=1; every one of Config.Read has query_only=1 and a busy_timeout. Open reads
// these back on connections that it gets, and refuses what does not fit. SQLite must be
// 3.43 or newer, with FTS5.
//
// One handle can serve for everything, as that of the program's own database: Config.Read
// is nil then. Its connections need not be query_only, since the engine sends nothing but
// what reads to those that read.
//
// A pool that is limited must allow what the engine takes, or Open refuses it: of
// Config.Write two connections until Close; of Config.Read one for each of Config.Readers,
// and one for a Backup or a Check. Of one handle that is four at least, one of which is
// left to the program: allow as many more as the program uses at once.
//
// The engine sets nothing on a connection that it gives back: what it has to set for a
// while it sets back, and a connection on which that fails is closed instead.
//
// # How it writes
//
// Two connections of Config.Write are pinned and belong to the engine until Close. On
// the first it writes; its busy_timeout is 0 meanwhile, since the engine waits for the
// file's lock itself: in short steps, and no longer than the caller's context or
// Config.Wait. The second moves what was written from the WAL into the file.
//
// A set is encoded on the caller's goroutine. The caller that finds the writer idle then
// leads: it applies all sets that wait, its own among them, in one BEGIN IMMEDIATE ...
// COMMIT that no caller's context can interrupt, so that one flush of the disk serves
// all. While it does, others come, of whom one leads the next batch. A set that is
// refused is refused alone. One caller by himself waits for nobody.
//
// # What it leaves in the file
//
// All names begin with "till": a table till_<family> for each family, with its
// index fields as columns and its document in the column doc, as text where it
// is JSON; till_entries with the entries of all journals in the order of their
// commits; till_meta with what the file says of itself. So the file can be the
// program's own database too, and a shell can ask it anything. Six views make that
// easy; sums of money are integers of the currency's smallest unit:
//
//	till_journals        every entry of every journal, a row each
//	till_order_lines     the lines of all orders, as they were sold, before and after discounts
//	till_order_discounts what promotions took off: a row for each line, 0 being the shipping
//	till_order_taxes     what each tax comes to, in the same way
//	till_current_prices  base and sale prices that hold now
//	till_stock_levels    on hand, available, reserved
//
//	SELECT sku, sum(quantity), sum(total_minor), currency FROM till_order_lines GROUP BY sku, currency
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillkit/till/store"
)

// DefaultWait is how long a call waits for the file's lock if Config.Wait is 0.
const DefaultWait = 5 * time.Second

// DefaultReaders is how many calls can read at once if Config.Readers is 0.
const DefaultReaders = 4

// Config is what [Open] needs. The handles stay the caller's own: they are in
// use until Close, and Close leaves them open unless Close is set.
type Config struct {
	// Write is the handle of which two connections are pinned.
	Write *sql.DB

	// Read is the handle for everything that only reads. nil, or the same as Write, is
	// one handle for everything: the program's own.
	Read *sql.DB

	// Readers is how many calls can read at once: so many connections of Read are pinned,
	// each when it is first needed. 0 is DefaultReaders, or as many as the pool allows.
	Readers int

	// Classify gives SQLite's result code, extended if there is one, of an
	// error of the driver; ok is false for an error that has none. The example of
	// Open has it for modernc.org/sqlite; for github.com/glebarez/go-sqlite it is
	// the same with its own *Error, and for github.com/mattn/go-sqlite3:
	//
	//	func(err error) (int, bool) {
	//		var e sqlite3.Error
	//		if errors.As(err, &e) {
	//			return int(e.ExtendedCode), true
	//		}
	//		return 0, false
	//	}
	Classify func(error) (code int, ok bool)

	// Sync is what a commit waits for. The connections must be set to it.
	Sync Sync

	// Log gets what an operator should know: a disk that is slow, sets that could not be
	// committed or of which nobody knows. nil is none.
	Log *slog.Logger

	// Wait is the longest wait for another process that holds the file's lock;
	// then the call is store.ErrBusy. 0 is DefaultWait.
	Wait time.Duration

	// Close, if not nil, is called once at the end of Store.Close.
	Close func() error
}

// Sync says what a commit waits for: see PRAGMA synchronous.
type Sync uint8

const (
	// Full: a set that was acknowledged is on the disk.
	Full Sync = iota
	// Normal: it outlives a crash of the program, but with the power the last sets may
	// be lost, wholly, and those before them are there.
	Normal
)

// Store is a store.Store in a SQLite file. Make it with [Open].
type Store struct {
	write       *writer
	read        *reader
	queue       queue
	checkpoints *checkpoints
	stats       counts
	faults      faults
	finish      func() error
	file        string // the path, as SQLite knows it

	schema atomic.Pointer[schema] // nil before Prepare

	mu     sync.Mutex
	closed bool
	done   chan struct{} // closed when Close is through
	calls  sync.WaitGroup
}

var (
	_ store.Store      = (*Store)(nil)
	_ store.Maintainer = (*Store)(nil)
)

// Open checks the handles and pins the connection for writing. It changes
// nothing in the file. What does not fit is an [*Error] that is store.ErrInvalid
// or store.ErrUnsupported and says what to set.
func Open(ctx context.Context, c Config) (*Store, error) {
	c, err := c.complete()
	if err != nil {
		return nil, err
	}
	if c.Wait <= 0 {
		c.Wait = DefaultWait
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{faults: faults{c.Classify}, finish: c.Close, done: make(chan struct{})}
	s.stats.log = c.Log
	s.write = newWriter(c, s.faults)
	s.checkpoints = newCheckpoints(c.Write, &s.stats)
	s.read = newReader(c.Read, s.faults, c.Readers)
	s.read.shared = c.shared()
	if err := s.write.take(ctx); err != nil {
		return nil, err
	}
	defer s.write.give()
	if err := s.write.connect(ctx); err != nil {
		return nil, err
	}
	err = s.read.check(ctx)
	if err == nil {
		s.file, err = fileOf(s.write.statements)
	}
	if err != nil {
		return nil, errors.Join(s.faults.of("open", err), s.write.close())
	}
	return s, nil
}

// enter begins a call. leave ends it.
func (s *Store) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return fmt.Errorf("sqldb: %w: open the file again", store.ErrClosed)
	}
	s.calls.Add(1)
	return nil
}

func (s *Store) leave() { s.calls.Done() }

// prepared gives the schema, which Prepare must have set.
func (s *Store) prepared() (*schema, error) {
	if sc := s.schema.Load(); sc != nil {
		return sc, nil
	}
	return nil, &store.InvalidError{What: "store", Reason: "Prepare comes first"}
}

// Close waits for the calls that are under way, moves what is in the WAL into
// the file if nobody else is using it, and gives the connection back. A second
// Close waits for the first and returns nil.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		<-s.done
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	defer close(s.done)

	s.calls.Wait()
	err := errors.Join(s.read.close(), s.checkpoints.close())
	// Whoever closes the file last, or Maintain, does what this one cannot.
	_, _ = s.write.checkpoint(context.Background())
	err = errors.Join(err, s.write.close())
	if s.finish != nil {
		err = errors.Join(err, s.finish())
	}
	return s.faults.of("close", err)
}

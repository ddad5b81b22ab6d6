// Package boltstore keeps a shop in one file of go.etcd.io/bbolt: a complete
// adapter of package store on a sorted map of bytes, to read and to copy from.
//
// A family has a bucket of records by key, one of the keys of its lists, which
// sort as the lists do, and one of entries. The bucket "feed" has the place of
// each entry in the order of the commits. bbolt locks its file: one handle at a
// time.
package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillkit/till/store"
	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Store is a shop's records in one file. Make it with [Open].
type Store struct {
	path string

	// calls is held for reading by each call, and for writing by those that
	// change what the others stand on: Prepare, Maintain and Close.
	calls    sync.RWMutex
	closed   bool
	db       *bbolt.DB
	layout   *store.Layout      // nil before Prepare
	families map[string]*family // also those that the schema no longer has

	waiting chan *write           // sets, on their way to the writer
	stopped chan struct{}         // closed when the writer has ended
	doubt   atomic.Pointer[error] // why it is not known what the file holds
}

// Open opens the file at path and creates it if it is not there. A file that
// another handle has open, in this process or in another, is [store.ErrBusy] at
// once: who wants to wait for it tries again.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	db, err := openFile(path)
	if err != nil {
		return nil, err
	}
	return start(path, db), nil
}

func start(path string, db *bbolt.DB) *Store {
	s := &Store{path: path, db: db, waiting: make(chan *write, 64), stopped: make(chan struct{})}
	go s.writeAll()
	return s
}

func openFile(path string) (*bbolt.DB, error) {
	// No timeout would wait for ever; the least one asks for the lock once.
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Nanosecond, FreelistType: bbolt.FreelistMapType})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("boltstore: %s: %w: another handle has it open: close that first: %w", path, store.ErrBusy, err)
	}
	if err != nil {
		return nil, fmt.Errorf("boltstore: open %s: %w", path, err)
	}
	return db, nil
}

// enter begins a call under one side of the lock. It gives what ends the call,
// or the error that is due before anything is looked at. Only the first call may
// come before Prepare: Prepare itself.
func (s *Store) enter(ctx context.Context, lock sync.Locker, first bool) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	lock.Lock()
	doubt := s.doubt.Load()
	switch {
	case s.closed:
		err = fmt.Errorf("boltstore: %s: %w: open it again", s.path, store.ErrClosed)
	case doubt != nil:
		err = *doubt
	case s.layout == nil && !first:
		err = invalid("store", "it is not prepared: call Prepare first")
	default:
		return lock.Unlock, nil
	}
	lock.Unlock()
	return nil, err
}

func invalid(what, format string, args ...any) error {
	return &store.InvalidError{What: what, Reason: fmt.Sprintf(format, args...)}
}

// copied is how many bytes Maintain copies in one transaction.
const copied = 16 << 20

// Maintain copies what is there into a new file, which then takes the place of
// the old one: bbolt keeps deleted bytes in free pages. All other calls wait.
func (s *Store) Maintain(ctx context.Context) error {
	leave, err := s.enter(ctx, &s.calls, false)
	if err != nil {
		return err
	}
	defer leave()
	copyPath := s.path + ".copy"
	if err := os.RemoveAll(copyPath); err != nil { // one that was cut short
		return err
	}
	next, err := openFile(copyPath)
	if err != nil {
		return err
	}
	if err = bbolt.Compact(next, s.db, copied); err == nil {
		// Its lock goes with the file: nobody can come in between.
		err = os.Rename(copyPath, s.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("boltstore: maintain %s: %w", s.path, err), next.Close(), os.Remove(copyPath))
	}
	old := s.db
	s.db = next
	return errors.Join(syncDir(filepath.Dir(s.path)), old.Close())
}

// syncDir makes the new name of a file last.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Close waits for the calls that are under way and gives the file back.
func (s *Store) Close() error {
	s.calls.Lock()
	defer s.calls.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.waiting)
	<-s.stopped
	return s.db.Close()
}

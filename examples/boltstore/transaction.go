package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"syscall"

	"github.com/tillkit/till/store"
	"go.etcd.io/bbolt"
)

// transaction is one of bbolt that keeps the first error of its writes. With one
// it is not committed, so nothing needs to ask for it in between.
type transaction struct {
	*bbolt.Tx
	err error
}

func (tx *transaction) get(bucket, key []byte) []byte { return tx.Bucket(bucket).Get(key) }

// keep keeps the error of a write: tx.keep(bucket.Put(key, value)).
func (tx *transaction) keep(err error) {
	if tx.err == nil {
		tx.err = err
	}
}

func (tx *transaction) create(bucket []byte) {
	_, err := tx.CreateBucketIfNotExists(bucket)
	tx.keep(err)
}

// between walks through the keys of a bucket with low <= key < high, upwards or
// downwards. The bucket must not change meanwhile.
func (tx *transaction) between(bucket, low, high []byte, down bool) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := tx.Bucket(bucket).Cursor()
		step := c.Next
		k, v := c.Seek(low)
		if down {
			step = c.Prev
			if k, _ = c.Seek(high); k == nil {
				k, v = c.Last()
			} else {
				k, v = c.Prev()
			}
		}
		for k != nil && bytes.Compare(k, low) >= 0 && bytes.Compare(k, high) < 0 && yield(k, v) {
			k, v = step()
		}
	}
}

// read runs a call that reads, on one state of the file.
func (s *Store) read(ctx context.Context, check func() error, work func(*transaction) error) error {
	leave, err := s.enter(ctx, s.calls.RLocker(), false)
	if err != nil {
		return err
	}
	defer leave()
	if err := check(); err != nil {
		return err
	}
	return s.db.View(func(tx *bbolt.Tx) error { return work(&transaction{Tx: tx}) })
}

// update runs a transaction that writes. It is rolled back where it fails, and
// where it changed nothing, which needs no flush.
func (s *Store) update(work func(*transaction) (changed bool, err error)) error {
	begun, err := s.db.Begin(true)
	if err != nil {
		return err
	}
	defer begun.Rollback() // of no effect after Commit
	tx := &transaction{Tx: begun}
	changed, err := work(tx)
	if err = errors.Join(err, tx.err); err != nil || !changed {
		return err
	}
	id := tx.ID()
	if err := tx.Commit(); err != nil {
		return s.failed(id, err)
	}
	return nil
}

// failed tells what a commit that failed has left. The last page that bbolt
// writes names the transaction: where readers still see the one before, that
// page was never written. Else it may or may not be on the disk, which a handle
// that is opened anew finds out.
func (s *Store) failed(id int, cause error) error {
	if tx, err := s.db.Begin(false); err == nil {
		seen := tx.ID()
		if err := tx.Rollback(); err == nil && seen < id {
			if errors.Is(cause, syscall.ENOSPC) {
				cause = fmt.Errorf("%w: %w", store.ErrFull, cause)
			}
			return fmt.Errorf("boltstore: %s: nothing was changed: %w", s.path, cause)
		}
	}
	doubt := fmt.Errorf("boltstore: %s: %w: close it, open it again and ask then: %w", s.path, store.ErrOutcomeUnknown, cause)
	s.doubt.Store(&doubt)
	return doubt
}

package sqldb

import (
	"context"
	"errors"
	"fmt"

	"github.com/tillkit/till/store"
)

// errPreparedAnew says that a set was encoded for a schema that holds no more.
var errPreparedAnew = errors.New("sqldb: the file was prepared anew meanwhile")

// Commit implements store.Store. Sets that come while others are being flushed wait and
// are then flushed together, each on its own terms: one that is refused is so alone.
//
// Until a set has been taken, the end of the context ends the call with nothing done and
// the context's error alone; a lock that others hold until then is store.ErrBusy. From
// then on it is decided whatever the context does: a call whose context ends before that
// is store.ErrOutcomeUnknown, with the context's error, and [Store.Outcome] tells; the call
// that leads a batch stays until it knows.
func (s *Store) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	if err := s.enter(ctx); err != nil {
		return store.Receipt{}, err
	}
	defer s.leave()
	for {
		sc, err := s.prepared()
		if err != nil {
			return store.Receipt{}, err
		}
		w, err := sc.encode(set)
		if err != nil {
			return store.Receipt{}, err
		}
		if w.idle() {
			return store.Receipt{Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}, nil
		}
		receipt, err := s.submit(ctx, newRequest(w))
		if err == errPreparedAnew {
			continue
		}
		return receipt, s.faults.of("commit", err)
	}
}

// submit waits until a request is decided, by this goroutine or another.
func (s *Store) submit(ctx context.Context, r *request) (store.Receipt, error) {
	s.queue.add(r)
	for {
		select {
		case <-r.done:
			return r.receipt, r.err
		case s.write.turn <- struct{}{}:
			s.lead(ctx, r)
		case <-ctx.Done():
			return s.queue.leave(ctx, r)
		}
	}
}

// Outcome implements store.Store. A set whose caller has left is waited for; and if an
// earlier COMMIT left its outcome open, Outcome first makes sure of it, which needs the
// file's lock. Another handle on the file cannot know that it did: ask the one whose Commit
// gave store.ErrOutcomeUnknown, or, after a restart, any.
func (s *Store) Outcome(ctx context.Context, key string) (store.Receipt, error) {
	if err := s.enter(ctx); err != nil {
		return store.Receipt{}, err
	}
	defer s.leave()
	if _, err := s.prepared(); err != nil {
		return store.Receipt{}, err
	}
	if err := store.CheckKey(key); err != nil {
		return store.Receipt{}, err
	}
	if err := s.queue.settled(ctx, key); err != nil {
		return store.Receipt{}, err
	}
	if s.write.doubtful.Load() {
		if err := s.settle(ctx); err != nil {
			return store.Receipt{}, err
		}
	}
	records, err := s.Get(ctx, store.Ref{Family: store.Receipts, Key: key})
	if err != nil {
		return store.Receipt{}, err
	}
	return outcome(key, records[0])
}

func (s *Store) settle(ctx context.Context) error {
	if err := s.write.take(ctx); err != nil {
		return err
	}
	defer s.write.give()
	return s.write.settle(ctx)
}

// outcome reads the receipt that a record is.
func outcome(key string, r store.Record) (store.Receipt, error) {
	if !r.Exists() {
		return store.Receipt{}, fmt.Errorf("sqldb: outcome of %q: %w: it has not been committed", key, store.ErrNotFound)
	}
	receipt, err := store.ParseReceipt(r.Doc)
	receipt.Replay = true
	return receipt, err
}

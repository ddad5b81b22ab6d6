package sqldb

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/tillkit/till/store"
)

// request is a set on its way into the file. What it is decided to be is written before
// done is closed, and read after.
type request struct {
	work    *work
	since   time.Time
	done    chan struct{}
	receipt store.Receipt
	err     error
}

func newRequest(w *work) *request {
	return &request{work: w, since: time.Now(), done: make(chan struct{})}
}

func (r *request) decided() bool {
	select {
	case <-r.done:
		return true
	default:
		return false
	}
}

// queue holds the sets that wait to be committed. Whoever has the writer's turn takes a
// batch of them; the callers of the others wait for their set to be done, or for the
// turn.
type queue struct {
	mu      sync.Mutex
	waiting []*request
	left    map[string]*request // by key: taken, and whose caller has left
	crowd   int                 // how many the last batch had
}

func (q *queue) add(r *request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

// take gives the first of those that wait.
func (q *queue) take(most int) []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(most, len(q.waiting))
	batch := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	q.crowd = n
	return batch
}

// finish tells the callers of a batch.
func (q *queue) finish(batch []*request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, r := range batch {
		if key := r.work.set.Key; q.left[key] == r {
			delete(q.left, key)
		}
		close(r.done)
	}
}

// fail ends the waiting of one that nobody has taken.
func (q *queue) fail(r *request, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.remove(r) {
		r.err = err
		close(r.done)
	}
}

// remove takes one out of those that wait; false says that it was taken before.
func (q *queue) remove(r *request) bool {
	i := slices.Index(q.waiting, r)
	if i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	return i >= 0
}

// leave is for a caller whose context has ended: its set was never begun, or it has been
// taken, and then it may or may not come to be.
func (q *queue) leave(ctx context.Context, r *request) (store.Receipt, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if r.decided() {
		return r.receipt, r.err
	}
	if q.remove(r) {
		return store.Receipt{}, ctx.Err()
	}
	if key := r.work.set.Key; key != "" {
		if q.left == nil {
			q.left = make(map[string]*request)
		}
		q.left[key] = r
	}
	return store.Receipt{}, errors.Join(ctx.Err(), fmt.Errorf("sqldb: commit: %w: it is under way; ask Outcome with the key of the set", store.ErrOutcomeUnknown))
}

// settled waits until a set that was left under way is decided.
func (q *queue) settled(ctx context.Context, key string) error {
	q.mu.Lock()
	r := q.left[key]
	q.mu.Unlock()
	if r == nil {
		return nil
	}
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// gather lets others come that are about to, as long as some do: a flush costs as much
// for all of them as for one. Where nobody else was or is, nothing is waited for.
func (q *queue) gather() {
	for range 3 {
		q.mu.Lock()
		have, crowd := len(q.waiting), q.crowd
		q.mu.Unlock()
		if max(have, crowd) < 2 {
			return
		}
		runtime.Gosched()
		if q.len() == have {
			return
		}
	}
}

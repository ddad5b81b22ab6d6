package till

import (
	"context"
	"sync"
	"time"
)

// deadlined is a context that ends at an instant too. It has a timer only once somebody
// asks for Done: most commits wait for nobody, and a timer costs as much as what a store
// in memory writes.
type deadlined struct {
	context.Context
	at time.Time

	mu     sync.Mutex
	timed  context.Context // nil: no timer yet
	cancel context.CancelFunc
}

// end stops the timer.
func (d *deadlined) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cancel != nil {
		d.cancel()
	}
}

// now gives the context that has the timer, or the one without where there is none.
func (d *deadlined) now() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed != nil {
		return d.timed
	}
	return d.Context
}

func (d *deadlined) Deadline() (time.Time, bool) {
	if at, ok := d.Context.Deadline(); ok && at.Before(d.at) {
		return at, true
	}
	return d.at, true
}

func (d *deadlined) Done() <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed == nil {
		d.timed, d.cancel = context.WithDeadline(d.Context, d.at)
	}
	return d.timed.Done()
}

func (d *deadlined) Err() error {
	is := d.now()
	err := is.Err()
	if err == nil && is == d.Context && !time.Now().Before(d.at) {
		return context.DeadlineExceeded
	}
	return err
}

// Value finds the timer's context too, so that one which is derived follows it.
func (d *deadlined) Value(key any) any { return d.now().Value(key) }

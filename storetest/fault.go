package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tillkit/till/store"
)

// ErrInjected is in the chain of the errors of an injected [Fault] that names no other.
var ErrInjected = errors.New("storetest: injected fault")

// Method names a method of [store.Store].
type Method uint8

// The methods that a [Fault] may name.
const (
	AnyMethod Method = iota // all but Close
	MethodPrepare
	MethodGet
	MethodFind
	MethodHistory
	MethodCommit
	MethodOutcome
	MethodFeed
	MethodClose
)

// Moment says when in a call a [Fault] strikes.
type Moment uint8

// The moments of a call.
const (
	// Before: the call does not reach the store.
	Before Moment = iota
	// After: the store has done what was asked, and its answer is lost, whatever it
	// was. Nobody knows then what became of a Commit: its error is
	// store.ErrOutcomeUnknown too.
	After
	// Late: the call does not reach the store before its context ends, and so never.
	// It waits for that end and gives the context's error as well. Where there is no
	// end to wait for, it is as Before.
	Late
)

// Fault says which call fails, and how.
type Fault struct {
	// Method is the method whose calls are counted. The zero value is AnyMethod.
	Method Method
	// Call is which of these calls fails, counted from the Inject of the fault: 1 is
	// the next one, and so is 0.
	Call int
	// Moment says when in the call. The zero value is Before.
	Moment Moment
	// Err is in the chain of the error. nil is ErrInjected, or nothing besides the
	// context's error of a Late one.
	Err error
	// Disconnect says that the connection is lost with this call: each call after it
	// fails with the same Err, before it reaches the store, until Reconnect. Close
	// alone still reaches it.
	Disconnect bool
}

// FaultInjector is a store that stands before another one and makes calls fail as it is
// told: to see what a program does when its store fails in mid-checkout. Without a fault
// it is the store that it stands before, but that it offers the methods of [store.Store]
// alone. Make it with [NewFaultInjector].
//
// It may be used by many at once. Calls are counted in the order in which they come, so
// that a program that makes its calls one after another fails in the same way each time.
// A call whose context is already done is neither counted nor made to fail.
type FaultInjector struct {
	store store.Store

	mu     sync.Mutex
	faults []pending
	lost   error // not nil: there is no connection
	struck int
}

// pending is a fault that has yet to strike.
type pending struct {
	Fault
	left int // calls until then
}

var _ store.Store = (*FaultInjector)(nil)

// NewFaultInjector gives an injector before a store, without a fault.
func NewFaultInjector(s store.Store) *FaultInjector { return &FaultInjector{store: s} }

// Inject adds faults to those that have not struck yet. Each strikes once. Of several that
// would strike in one call the first does, and the next one in the call after it.
func (f *FaultInjector) Inject(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range faults {
		f.faults = append(f.faults, pending{Fault: fault, left: max(1, fault.Call)})
	}
}

// Clear takes back the faults that have not struck yet, and reconnects. How many have
// struck is forgotten.
func (f *FaultInjector) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults, f.lost, f.struck = nil, nil, 0
}

// Reconnect ends a lost connection, as opening the store again does.
func (f *FaultInjector) Reconnect() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lost = nil
}

// Struck gives how many faults have struck. Calls that find no connection do not count.
func (f *FaultInjector) Struck() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.struck
}

// next counts a call and gives the fault that strikes in it, if one does.
func (f *FaultInjector) next(m Method) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.lost != nil && m != MethodClose {
		return Fault{Err: f.lost}, true
	}
	var strikes *Fault
	waiting := f.faults[:0]
	for _, p := range f.faults {
		if p.Method == m || p.Method == AnyMethod && m != MethodClose {
			p.left--
		}
		if p.left > 0 || strikes != nil {
			p.left = max(1, p.left)
			waiting = append(waiting, p)
			continue
		}
		strikes = &p.Fault
	}
	f.faults = waiting
	if strikes == nil {
		return Fault{}, false
	}
	f.struck++
	err := cmp.Or(strikes.Err, ErrInjected)
	if strikes.Disconnect {
		f.lost = err
	}
	if strikes.Moment != Late {
		strikes.Err = err
	}
	return *strikes, true
}

// injected makes a call, unless a fault strikes.
func injected[T any](ctx context.Context, f *FaultInjector, m Method, call func() (T, error)) (T, error) {
	var none T
	if ctx.Err() != nil {
		return call()
	}
	fault, strikes := f.next(m)
	if !strikes {
		return call()
	}
	err := fault.Err
	switch {
	case fault.Moment == After:
		_, _ = call()
		if m == MethodCommit {
			err = fmt.Errorf("%w: %w", store.ErrOutcomeUnknown, err)
		}
	case fault.Moment == Late && ctx.Done() != nil:
		<-ctx.Done()
		if err = ctx.Err(); fault.Err != nil {
			err = fmt.Errorf("%w: %w", fault.Err, err)
		}
	}
	return none, cmp.Or(err, ErrInjected)
}

// Prepare implements store.Store, as do the methods below.
func (f *FaultInjector) Prepare(ctx context.Context, schema store.Schema) error {
	_, err := injected(ctx, f, MethodPrepare, func() (struct{}, error) { return struct{}{}, f.store.Prepare(ctx, schema) })
	return err
}

// Get reads records.
func (f *FaultInjector) Get(ctx context.Context, refs ...store.Ref) ([]store.Record, error) {
	return injected(ctx, f, MethodGet, func() ([]store.Record, error) { return f.store.Get(ctx, refs...) })
}

// Find reads a page of a list.
func (f *FaultInjector) Find(ctx context.Context, query store.Query) (store.Page[store.Record], error) {
	return injected(ctx, f, MethodFind, func() (store.Page[store.Record], error) { return f.store.Find(ctx, query) })
}

// History reads entries of a journal.
func (f *FaultInjector) History(ctx context.Context, ref store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
	return injected(ctx, f, MethodHistory, func() (store.Page[store.Entry], error) { return f.store.History(ctx, ref, after, limit) })
}

// Commit applies a set.
func (f *FaultInjector) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	return injected(ctx, f, MethodCommit, func() (store.Receipt, error) { return f.store.Commit(ctx, set) })
}

// Outcome gives the receipt of a key.
func (f *FaultInjector) Outcome(ctx context.Context, key string) (store.Receipt, error) {
	return injected(ctx, f, MethodOutcome, func() (store.Receipt, error) { return f.store.Outcome(ctx, key) })
}

// Feed reads entries of all journals.
func (f *FaultInjector) Feed(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
	return injected(ctx, f, MethodFeed, func() (store.Page[store.Event], error) { return f.store.Feed(ctx, after, limit) })
}

// Close closes the store that this one stands before.
func (f *FaultInjector) Close() error {
	_, err := injected(context.Background(), f, MethodClose, func() (struct{}, error) { return struct{}{}, f.store.Close() })
	return err
}

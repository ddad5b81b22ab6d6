package storetest_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/storetest"
)

var errFire = errors.New("the disk is on fire")

// faulty gives a prepared store with an injector before it.
func faulty(t *testing.T) (*storetest.FaultInjector, store.Store) {
	t.Helper()
	s := memory.New()
	schema := store.Schema{Version: 1, Families: []store.Family{
		{Name: "note", Shape: store.Rows, Version: 1}, {Name: "log", Shape: store.Journal, Version: 1},
	}}
	if err := s.Prepare(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	return storetest.NewFaultInjector(s), s
}

// everyCall makes one call of each method but Close, and gives their errors.
func everyCall(ctx context.Context, s store.Store) []error {
	_, get := s.Get(ctx, store.Ref{Family: "note", Key: "a"})
	_, find := s.Find(ctx, store.Query{Family: "note", Limit: 1})
	_, history := s.History(ctx, store.Ref{Family: "log", Key: "a"}, 0, 1)
	_, commit := s.Commit(ctx, store.ChangeSet{})
	_, outcome := s.Outcome(ctx, "key")
	if errors.Is(outcome, store.ErrNotFound) {
		outcome = nil
	}
	_, feed := s.Feed(ctx, "", 1)
	prepare := s.Prepare(ctx, store.Schema{Version: 1})
	return []error{get, find, history, commit, outcome, feed, prepare}
}

// failed gives which of the errors there are.
func failed(errs []error) (at []int) {
	for i, err := range errs {
		if err != nil {
			at = append(at, i)
		}
	}
	return at
}

func note(key string) store.ChangeSet {
	return store.ChangeSet{Key: key, Changes: []store.Change{store.Put{Record: store.Record{Ref: store.Ref{Family: "note", Key: key}, Doc: store.Raw("x")}}}}
}

// exists reports whether note committed.
func exists(t *testing.T, s store.Store, key string) bool {
	t.Helper()
	records, err := s.Get(t.Context(), store.Ref{Family: "note", Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return records[0].Exists()
}

// The call that a fault names fails, and no other.
func TestFaultStrikesTheCallItNames(t *testing.T) {
	for what, c := range map[string]struct {
		fault storetest.Fault
		want  []int // of two rounds of seven calls
	}{
		"the next":             {storetest.Fault{}, []int{0}},
		"the third":            {storetest.Fault{Call: 3}, []int{2}},
		"the ninth":            {storetest.Fault{Call: 9, Moment: storetest.After}, []int{8}},
		"a Get":                {storetest.Fault{Method: storetest.MethodGet, Call: 1}, []int{0}},
		"the second Find":      {storetest.Fault{Method: storetest.MethodFind, Call: 2}, []int{8}},
		"the second History":   {storetest.Fault{Method: storetest.MethodHistory, Call: 2, Moment: storetest.After}, []int{9}},
		"a Commit":             {storetest.Fault{Method: storetest.MethodCommit}, []int{3}},
		"an Outcome":           {storetest.Fault{Method: storetest.MethodOutcome}, []int{4}},
		"a Feed":               {storetest.Fault{Method: storetest.MethodFeed, Moment: storetest.After}, []int{5}},
		"a Prepare":            {storetest.Fault{Method: storetest.MethodPrepare}, []int{6}},
		"more than there are":  {storetest.Fault{Call: 99}, nil},
		"a Close":              {storetest.Fault{Method: storetest.MethodClose}, nil},
		"from the twelfth on":  {storetest.Fault{Call: 12, Disconnect: true}, []int{11, 12, 13}},
		"from the second Feed": {storetest.Fault{Method: storetest.MethodFeed, Call: 2, Moment: storetest.After, Disconnect: true}, []int{12, 13}},
	} {
		t.Run(what, func(t *testing.T) {
			f, _ := faulty(t)
			c.fault.Err = errFire
			f.Inject(c.fault)
			errs := append(everyCall(t.Context(), f), everyCall(t.Context(), f)...)
			if !slices.Equal(failed(errs), c.want) {
				t.Errorf("calls %v failed, want %v: %v", failed(errs), c.want, errs)
			}
			for _, at := range failed(errs) {
				if !errors.Is(errs[at], errFire) {
					t.Errorf("call %d: %v, want one that is %q", at, errs[at], errFire)
				}
			}
			if want := min(1, len(c.want)); f.Struck() != want {
				t.Errorf("%d have struck, want %d", f.Struck(), want)
			}
		})
	}
}

// What was lost before the store has not happened; of what was lost after it, Outcome knows.
func TestFaultBeforeAndAfter(t *testing.T) {
	f, s := faulty(t)
	f.Inject(storetest.Fault{})
	_, err := f.Commit(t.Context(), note("a"))
	if !errors.Is(err, storetest.ErrInjected) || errors.Is(err, store.ErrOutcomeUnknown) || exists(t, s, "a") {
		t.Errorf("before: error %v, committed %t", err, exists(t, s, "a"))
	}
	f.Inject(storetest.Fault{Moment: storetest.After})
	_, err = f.Commit(t.Context(), note("a"))
	if !errors.Is(err, storetest.ErrInjected) || !errors.Is(err, store.ErrOutcomeUnknown) || !exists(t, s, "a") {
		t.Errorf("after: error %v, committed %t", err, exists(t, s, "a"))
	}
	if receipt, err := f.Outcome(t.Context(), "a"); err != nil || !receipt.Replay {
		t.Errorf("Outcome: %+v, %v", receipt, err)
	}
}

// Who waits until the time is over is told so, and nothing has happened.
func TestFaultLate(t *testing.T) {
	f, s := faulty(t)
	for _, c := range []struct {
		err  error
		want []error
	}{{nil, []error{context.Canceled}}, {errFire, []error{context.Canceled, errFire}}} {
		f.Inject(storetest.Fault{Moment: storetest.Late, Err: c.err})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, err := f.Commit(ctx, note("a"))
			done <- err
		}()
		for f.Struck() == 0 { // the call has come
			runtime.Gosched()
		}
		select {
		case err := <-done:
			t.Errorf("it did not wait: %v", err)
		default:
		}
		cancel()
		err := <-done
		for _, want := range c.want {
			if !errors.Is(err, want) {
				t.Errorf("error %v, want one that is %q", err, want)
			}
		}
		f.Clear()
	}
	f.Inject(storetest.Fault{Moment: storetest.Late})
	if _, err := f.Commit(context.Background(), note("a")); !errors.Is(err, storetest.ErrInjected) {
		t.Errorf("without an end: %v", err)
	}
	if exists(t, s, "a") {
		t.Error("it was committed")
	}
}

// A lost connection stays lost until it is made again; Close reaches the store all the same.
func TestFaultDisconnects(t *testing.T) {
	f, s := faulty(t)
	f.Inject(storetest.Fault{Method: storetest.MethodCommit, Moment: storetest.After, Disconnect: true})
	_, err := f.Commit(t.Context(), note("a"))
	if !errors.Is(err, store.ErrOutcomeUnknown) || !exists(t, s, "a") {
		t.Errorf("error %v, committed %t", err, exists(t, s, "a"))
	}
	for i, err := range everyCall(t.Context(), f) {
		if !errors.Is(err, storetest.ErrInjected) || errors.Is(err, store.ErrOutcomeUnknown) {
			t.Errorf("call %d without a connection: %v", i, err)
		}
	}
	f.Reconnect()
	if errs := everyCall(t.Context(), f); failed(errs) != nil || f.Struck() != 1 {
		t.Errorf("with a connection again: %v, %d faults have struck", errs, f.Struck())
	}
	f.Inject(storetest.Fault{Disconnect: true})
	if _, err := f.Feed(t.Context(), "", 1); !errors.Is(err, storetest.ErrInjected) {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, err := s.Feed(t.Context(), "", 1); !errors.Is(err, store.ErrClosed) {
		t.Errorf("the store was not closed: %v", err)
	}
}

// Faults wait for their turn side by side, and Clear takes them back.
func TestFaultsTogether(t *testing.T) {
	f, _ := faulty(t)
	f.Inject(storetest.Fault{Call: 2}, storetest.Fault{Method: storetest.MethodFind, Err: errFire}, storetest.Fault{Call: 6}, storetest.Fault{Method: storetest.MethodClose})
	errs := everyCall(t.Context(), f)
	if !slices.Equal(failed(errs), []int{1, 5}) || !errors.Is(errs[1], storetest.ErrInjected) {
		t.Errorf("failed: %v", errs)
	}
	if errs := everyCall(t.Context(), f); !slices.Equal(failed(errs), []int{1}) || !errors.Is(errs[1], errFire) {
		t.Errorf("the one that had to wait: %v", errs)
	}
	if f.Struck() != 3 {
		t.Errorf("%d have struck, want 3", f.Struck())
	}
	f.Clear()
	f.Inject(storetest.Fault{}) // of any method: Close is none of these
	if err := f.Close(); err != nil || f.Struck() != 0 {
		t.Errorf("after Clear: %v, %d have struck", err, f.Struck())
	}
}

// Of many at once, as many fail as there are faults.
func TestFaultAtOnce(t *testing.T) {
	f, _ := faulty(t)
	f.Inject(storetest.Fault{Call: 5}, storetest.Fault{Call: 40}, storetest.Fault{Call: 200})
	errs := make([]error, 100)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() { _, errs[i] = f.Commit(t.Context(), note(fmt.Sprint(i))) })
	}
	wait.Wait()
	if n := len(failed(errs)); n != 2 || f.Struck() != 2 {
		t.Errorf("%d failed, %d have struck, want 2", n, f.Struck())
	}
}

// A context that is done is no fault's affair.
func TestFaultLeavesContexts(t *testing.T) {
	f, _ := faulty(t)
	f.Inject(storetest.Fault{})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Get(ended); !errors.Is(err, context.Canceled) || f.Struck() != 0 {
		t.Errorf("error %v, %d have struck", err, f.Struck())
	}
	if _, err := f.Get(t.Context()); !errors.Is(err, storetest.ErrInjected) {
		t.Errorf("the next call: %v", err)
	}
}

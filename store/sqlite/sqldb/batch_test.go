package sqldb_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
)

// together commits sets that all wait when the writer gets the file, and gives what
// became of each.
func together(t *testing.T, s *sqldb.Store, lock *sql.DB, sets ...store.ChangeSet) []answer {
	t.Helper()
	return waiting(t, s, lock, func() {}, func() context.Context { return t.Context() }, sets...)
}

type answer struct {
	receipt store.Receipt
	err     error
}

// waiting is together, with something that happens while all wait, and contexts.
func waiting(t *testing.T, s *sqldb.Store, lock *sql.DB, meanwhile func(), ctx func() context.Context, sets ...store.ChangeSet) []answer {
	t.Helper()
	held, err := lock.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	run := func(query string) {
		if _, err := held.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	run("BEGIN IMMEDIATE")
	answers := make([]chan answer, len(sets))
	for i, set := range sets {
		answers[i] = make(chan answer, 1)
		go func() {
			receipt, err := s.Commit(ctx(), set)
			answers[i] <- answer{receipt, err}
		}()
		for s.Stats().Waiting < i+1 { // so they wait in their order
			if len(answers[i]) > 0 {
				t.Fatalf("set %d does not wait: %+v", i, <-answers[i])
			}
			runtime.Gosched()
		}
		for !s.Led() { // the first leads
			runtime.Gosched()
		}
	}
	meanwhile()
	run("ROLLBACK")
	all := make([]answer, len(sets))
	for i := range all {
		all[i] = <-answers[i]
	}
	return all
}

// locker gives a handle that can hold the file of a store.
func locker(t *testing.T, s *sqldb.Store) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+s.File())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func revision(t *testing.T, s *sqldb.Store, family, key string) int64 {
	t.Helper()
	records, err := s.Get(t.Context(), store.Ref{Family: family, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return records[0].Rev
}

func putting(key string, rev int64) store.Put {
	return store.Put{Record: store.Record{Ref: store.Ref{Family: "notes", Key: key}, Rev: rev, Doc: store.Raw("{}")}}
}

func TestSetsThatWaitAreFlushedTogether(t *testing.T) {
	s, _ := openPatient(t, "", time.Minute)
	before := s.Stats()
	var sets []store.ChangeSet
	for i := range 40 {
		sets = append(sets, note(fmt.Sprint("n", i)))
	}
	for i, a := range together(t, s, locker(t, s), sets...) {
		if a.err != nil || a.receipt.Replay || a.receipt.Key != sets[i].Key || revision(t, s, "notes", fmt.Sprint("n", i)) != 1 {
			t.Errorf("set %d: %+v", i, a)
		}
	}
	is := s.Stats()
	if is.Batches-before.Batches != 1 || is.Sets-before.Sets != 40 || is.Largest != 40 || is.Refused+is.Repeated+is.Failed != 0 || is.Waiting != 0 || is.FlushTime <= 0 {
		t.Errorf("%+v", is)
	}
}

// A set that is refused is refused alone, whether it had written something by then or
// not, and each is decided after those before it.
func TestRefusedAlone(t *testing.T) {
	s, _ := openPatient(t, "", time.Minute)
	add := func(by int64) store.Add {
		return store.Add{Ref: store.Ref{Family: "stock", Key: "mug"}, Steps: []store.Step{{Field: "a", By: by}}}
	}
	keyed := func(key string, changes ...store.Change) store.ChangeSet {
		return store.ChangeSet{Key: key, Changes: changes}
	}
	if _, err := s.Commit(t.Context(), keyed("first", add(5), putting("there", 0))); err != nil {
		t.Fatal(err)
	}
	requiring := keyed("requires", putting("c", 0))
	requiring.Requires = []store.Requirement{{Ref: store.Ref{Family: "notes", Key: "there"}, Rev: 2}}
	late := keyed("late", putting("d", 0))
	late.Requires = []store.Requirement{{Ref: store.Ref{Family: "notes", Key: "there"}, Rev: 1}}
	cases := []struct {
		set      store.ChangeSet
		want     error
		replayed bool
	}{
		{keyed("sells 3", add(-3), putting("a", 0)), nil, false},
		{keyed("sells 3 more", add(-3), putting("b", 0)), store.ErrShort, false},
		{keyed("puts", putting("there", 1)), nil, false},
		{requiring, nil, false},
		{late, store.ErrConflict, false},
		{keyed("by halves", putting("x", 0), putting("there", 7)), store.ErrConflict, false},
		{keyed("sells 2", putting("y", 0), add(-2)), nil, false},
		{keyed("puts", putting("there", 1)), nil, true},
		{keyed("first", add(5), putting("there", 0)), nil, true},
		{store.ChangeSet{Key: "puts", Fingerprint: [32]byte{1}, Changes: []store.Change{add(100)}}, store.ErrExists, false},
	}
	var sets []store.ChangeSet
	for _, c := range cases {
		sets = append(sets, c.set)
	}
	for i, a := range together(t, s, locker(t, s), sets...) {
		if c := cases[i]; !errors.Is(a.err, c.want) || a.receipt.Replay != c.replayed || a.err != nil && a.receipt != (store.Receipt{}) {
			t.Errorf("%s: %+v, want %v", c.set.Key, a, c.want)
		}
		if _, err := s.Outcome(t.Context(), cases[i].set.Key); (err == nil) != (cases[i].want == nil || cases[i].set.Key == "puts") {
			t.Errorf("outcome of %s: %v", cases[i].set.Key, err)
		}
	}
	for key, want := range map[string]int64{"a": 1, "b": 0, "c": 1, "d": 0, "x": 0, "y": 1, "there": 2} {
		if rev := revision(t, s, "notes", key); rev != want {
			t.Errorf("%s is at revision %d, not %d", key, rev, want)
		}
	}
	if is := s.Stats(); is.Repeated != 1 || is.Refused != 4 || is.Batches != 2 {
		t.Errorf("%+v", is)
	}
	// What the writer remembers of revisions is right still.
	now := keyed("now", putting("e", 0))
	now.Requires = []store.Requirement{{Ref: store.Ref{Family: "notes", Key: "there"}, Rev: 2}, {Ref: store.Ref{Family: "notes", Key: "x"}, Rev: 0}}
	if _, err := s.Commit(t.Context(), now); err != nil {
		t.Error(err)
	}
}

// A caller who leaves before his set was taken leaves nothing behind, and the others
// notice nothing.
func TestLeavingTheQueue(t *testing.T) {
	s, _ := openPatient(t, "", time.Minute)
	ctx, leave := context.WithCancel(t.Context())
	contexts := []context.Context{ctx, t.Context(), ctx, t.Context()} // he who leads leaves too
	next := -1
	answers := waiting(t, s, locker(t, s), func() {
		leave()
		for s.Stats().Waiting > 2 {
			runtime.Gosched()
		}
	}, func() context.Context { next++; return contexts[next] }, note("a"), note("b"), note("c"), note("d"))
	for i, key := range []string{"a", "b", "c", "d"} {
		left := contexts[i] == ctx
		if a := answers[i]; left != (a.err == context.Canceled) || !left && a.err != nil || errors.Is(a.err, store.ErrOutcomeUnknown) {
			t.Errorf("%s: %+v", key, a)
		}
		settled(t, s, key, !left)
	}
}

// A caller whose time ends while his set is being flushed does not know, and Outcome
// waits until it is decided.
func TestLeavingWhileItIsFlushed(t *testing.T) {
	for name, fails := range map[string]bool{"committed": false, "failed": true} {
		t.Run(name, func(t *testing.T) {
			s, f := openPatient(t, "", time.Minute)
			ctx, leave := context.WithCancel(t.Context())
			contexts := []context.Context{t.Context(), ctx}
			reached, gone := make(chan struct{}), make(chan struct{})
			is := &fault{prefix: "COMMIT", times: 1, meanwhile: func() { close(reached); <-gone }}
			if fails {
				is.err = faulty.Code(13)
			}
			f.fault.Store(is)
			next := -1
			done := make(chan []answer)
			go func() {
				done <- waiting(t, s, locker(t, s), func() {}, func() context.Context { next++; return contexts[next] }, note("a"), note("b"))
			}()
			<-reached
			leave()
			for s.Left() == 0 {
				runtime.Gosched()
			}
			soon, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
			defer cancel()
			if _, err := s.Outcome(soon, "set-b"); err != context.DeadlineExceeded {
				t.Errorf("outcome, while nobody knows: %v", err)
			}
			close(gone)
			answers := <-done
			left := answers[1]
			if !errors.Is(left.err, context.Canceled) || !errors.Is(left.err, store.ErrOutcomeUnknown) {
				t.Errorf("left: %+v", left)
			}
			settled(t, s, "b", !fails)
			if (answers[0].err != nil) != fails || s.Left() != 0 {
				t.Errorf("the other: %+v", answers[0])
			}
		})
	}
}

// What the disk does to one set it does to no other: they are decided one by one.
func TestTroubleOfOneSet(t *testing.T) {
	s, f := openPatient(t, "", time.Minute)
	f.fault.Store(&fault{prefix: "UPDATE", err: faulty.Code(10), times: 2})
	if _, err := s.Commit(t.Context(), note("there")); err != nil {
		t.Fatal(err)
	}
	answers := together(t, s, locker(t, s), note("a"), store.ChangeSet{Key: "trouble", Changes: []store.Change{putting("there", 1)}}, note("b"))
	var trouble *sqldb.Error
	if !errors.As(answers[1].err, &trouble) || trouble.Code != 10 || errors.Is(answers[1].err, store.ErrOutcomeUnknown) {
		t.Errorf("the one: %v", answers[1].err)
	}
	if answers[0].err != nil || answers[2].err != nil {
		t.Errorf("the others: %v, %v", answers[0].err, answers[2].err)
	}
	if _, err := s.Outcome(t.Context(), "trouble"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	settled(t, s, "a", true)
	settled(t, s, "b", true)
}

// Where the flush fails, nobody is told that his set is there, and nobody that it was
// refused over one that may not be there.
func TestFlushFailsForAll(t *testing.T) {
	for name, c := range map[string]struct {
		err      error
		want     error
		happened bool
	}{
		"nobody knows, not run": {faulty.Code(10 | 4<<8), store.ErrOutcomeUnknown, false},
		"nobody knows, run":     {faulty.Code(10 | 4<<8), store.ErrOutcomeUnknown, true},
		"full":                  {faulty.Code(13), store.ErrFull, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := openPatient(t, "", time.Minute)
			f.fault.Store(&fault{prefix: "COMMIT", err: c.err, after: c.happened, times: 1})
			answers := together(t, s, locker(t, s), note("a"), note("b"), store.ChangeSet{Key: "refused", Changes: []store.Change{putting("a", 0)}})
			for _, a := range answers[:2] {
				if !errors.Is(a.err, c.want) || a.receipt != (store.Receipt{}) {
					t.Errorf("%+v", a)
				}
			}
			if a := answers[2]; !errors.Is(a.err, store.ErrConflict) || errors.Is(a.err, store.ErrOutcomeUnknown) || !strings.Contains(a.err.Error(), "decide again") {
				t.Errorf("refused: %v", a.err)
			}
			settled(t, s, "a", c.happened)
			settled(t, s, "b", c.happened)
		})
	}
}

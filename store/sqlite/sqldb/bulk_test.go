package sqldb_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillkit/till/store"
)

func adding(by int64) store.Add {
	return store.Add{Ref: store.Ref{Family: "stock", Key: "mug"}, Steps: []store.Step{{Field: "a", By: by}}}
}

// counterOf gives what the counter of mugs holds; false says that there is none.
func counterOf(t *testing.T, s store.Store) (int64, bool) {
	t.Helper()
	r := got(t, s, []store.Ref{adding(0).Ref})[0]
	if !r.Exists() {
		return 0, false
	}
	return r.Index[0].Int(), true
}

// Who asks again for what was done gets the same answer, also in the middle of a batch, and
// when what his set would change has gone on meanwhile. None of it is done again, not
// even what came before the change that would be refused.
func TestAskedAgainAmongOthers(t *testing.T) {
	s, _ := openPatient(t, "", time.Minute)
	if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{putting("there", 0)}}); err != nil {
		t.Fatal(err)
	}
	known := store.ChangeSet{Key: "knows", Requires: []store.Requirement{{Ref: store.Ref{Family: "notes", Key: "there"}, Rev: 1}}}
	done := store.ChangeSet{Key: "done", Changes: []store.Change{adding(10), putting("there", 1)}}
	for _, set := range []store.ChangeSet{known, done, {Changes: []store.Change{putting("there", 2)}}} {
		if _, err := s.Commit(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	now := store.ChangeSet{Key: "now", Requires: []store.Requirement{{Ref: store.Ref{Family: "notes", Key: "there"}, Rev: 3}}, Changes: []store.Change{adding(-1)}}
	answers := together(t, s, locker(t, s), store.ChangeSet{Key: "one", Changes: []store.Change{adding(1)}}, done, now)
	for i, a := range answers {
		if a.err != nil || a.receipt.Replay != (i == 1) {
			t.Errorf("set %d: %+v", i, a)
		}
	}
	if n, _ := counterOf(t, s); n != 10 {
		t.Errorf("there are %d, want 10", n)
	}
	if is := s.Stats(); is.Repeated != 0 {
		t.Errorf("a replay takes nothing back: %+v", is)
	}
}

// A counter that nobody has added to is not there, also when somebody tried.
func TestShortOfWhatIsNotThere(t *testing.T) {
	s, _ := openPatient(t, "", time.Minute)
	answers := together(t, s, locker(t, s), store.ChangeSet{Key: "short", Changes: []store.Change{adding(-1)}}, note("other"))
	if answers[0].err == nil || answers[1].err != nil {
		t.Errorf("%+v", answers)
	}
	if n, there := counterOf(t, s); there {
		t.Errorf("there is a counter with %d", n)
	}
}

// Sets of one batch see what those before them did, in whatever way each is applied.
func TestSetsOfABatchSeeEachOther(t *testing.T) {
	s, _ := openPatient(t, "", time.Minute)
	requiring := func(set store.ChangeSet, rev int64) store.ChangeSet {
		set.Requires = []store.Requirement{{Ref: store.Ref{Family: "notes", Key: "n"}, Rev: rev}}
		return set
	}
	set := func(changes ...store.Change) store.ChangeSet { return store.ChangeSet{Changes: changes} }
	answers := together(t, s, locker(t, s),
		set(putting("n", 0), adding(2)),
		requiring(set(putting("after", 0)), 1),
		requiring(set(putting("never", 0)), 0),
		set(putting("n", 1)),
		requiring(set(putting("later", 0)), 2),
		set(adding(-2)),
		set(store.Delete{Ref: store.Ref{Family: "notes", Key: "n"}, Rev: 2}),
		requiring(set(putting("last", 0)), 0),
	)
	for i, a := range answers {
		if refused := i == 2; errors.Is(a.err, store.ErrConflict) != refused || a.err != nil && !refused {
			t.Errorf("set %d: %v", i, a.err)
		}
	}
	for _, key := range []string{"after", "later", "last"} {
		if revision(t, s, "notes", key) != 1 {
			t.Errorf("%s is not there", key)
		}
	}
	if n, _ := counterOf(t, s); n != 0 || revision(t, s, "notes", "n") != 0 {
		t.Errorf("%d are left", n)
	}
	if is := s.Stats(); is.Batches != 1 || is.Repeated != 0 {
		t.Errorf("%+v", is)
	}
}

// Each number of rows is written, whatever statements they are divided among.
func TestEachNumberOfRowsIsWritten(t *testing.T) {
	s, _ := openPatient(t, "", time.Minute)
	for n := 1; n <= 70; n++ {
		var set store.ChangeSet
		for i := range n {
			set.Changes = append(set.Changes, putting(fmt.Sprintf("%d of %d", i, n), 0))
		}
		if _, err := s.Commit(t.Context(), set); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if revision(t, s, "notes", fmt.Sprintf("%d of %d", i, n)) != 1 {
				t.Fatalf("of %d, row %d is not there", n, i)
			}
		}
	}
}

// A set that is refused over what it requires has written nothing, whatever the set before
// it wrote: the batch is not run again.
func TestRefusedOverARequirementSpoilsNoBatch(t *testing.T) {
	s, _ := openPatient(t, "", time.Minute)
	if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{putting("there", 0)}}); err != nil {
		t.Fatal(err)
	}
	late := note("late")
	late.Requires = []store.Requirement{{Ref: store.Ref{Family: "notes", Key: "there"}, Rev: 1}}
	answers := together(t, s, locker(t, s), store.ChangeSet{Changes: []store.Change{putting("there", 1)}}, late)
	if answers[0].err != nil || !errors.Is(answers[1].err, store.ErrConflict) {
		t.Errorf("%+v", answers)
	}
	if is := s.Stats(); is.Repeated != 0 {
		t.Errorf("the batch was run again %d times", is.Repeated)
	}
}

// Whoever appends to a journal that others have begun meanwhile is told of the conflict,
// in whatever order journals and their entries are written.
func TestAppendToAJournalThatIsThere(t *testing.T) {
	journals := store.Schema{Version: 1, Families: []store.Family{{Name: "diary", Shape: store.Journal, Version: 1}, {Name: "log", Shape: store.Journal, Version: 1}}}
	s := second(t, filepath.Join(t.TempDir(), "journals.db"), journals)
	appending := func(family, key string) store.ChangeSet {
		ref := store.Ref{Family: family, Key: key}
		return store.ChangeSet{Changes: []store.Change{store.Append{Record: store.Record{Ref: ref, Doc: store.Raw("{}")}, Entries: []store.Entry{{N: 1, Kind: "k", V: 1}}}}}
	}
	for _, family := range []string{"diary", "log"} {
		if _, err := s.Commit(t.Context(), appending(family, "1")); err != nil {
			t.Fatal(err)
		}
	}
	for _, family := range []string{"log", "diary"} {
		var conflict *store.ConflictError
		if _, err := s.Commit(t.Context(), appending(family, "1")); !errors.As(err, &conflict) || conflict.Have != 1 {
			t.Errorf("%s: %v", family, err)
		}
	}
}

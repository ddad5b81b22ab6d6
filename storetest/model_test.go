//go:build unix

package storetest

import (
	"context"
	"flag"
	"slices"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// The tests of this file fail sequences on purpose: rapid keeps none of them in a file.
func init() { _ = flag.Set("rapid.nofailfile", "true") }

// seenByModel are broken stores in which the model must see a difference.
var seenByModel = []string{
	"a counter's revision counts", "Get sorts by key", "absence is an error", "Get answers a ref once", "Get remembers what it read",
	"History begins with after", "History has an empty page", "Feed skips the first of five", "Feed gives no cursor at its end", "the feed tells before the commit",
	"a record is filed under one of its members", "members stay filed", "what was deleted stays filed", "what was erased stays filed",
	"Find gives revision 1", "a journal is filed once", "a page swallows the record after it", "a page has one more",
	"changes are made one by one", "releases are forgotten", "the last writer wins", "Delete deletes any revision", "an Erase takes its turn",
	"changes that are not known are skipped", "the last change of a ref counts", "requirements are not compared", "a counter must be there",
	"steps are summed up first", "sums that overflow are left out", "ErrShort comes without figures", "anybody can release",
	"a repetition does not say so", "requirements are compared before the key", "fingerprints are not compared", "a refused set uses its key up",
	"Erase takes those whose name begins so", "Erase comes last", "documents are trimmed", "sums are not kept", "Equal folds case",
	"To takes the number itself in", "AtMost is taken for Less", "conditions push bounds out", "of several conditions on a field one counts",
	"a search passes conditions on texts over", "the same words are not filed again", "Outcome folds case", "the empty key is remembered",
	"a claim is for ever", "numbers have 53 bits", "texts are composed", "the last set is not there after reopening",
}

// differs says how a store differs from the model, within some sequences.
func differs(t *testing.T, h Harness, within int) string {
	t.Helper()
	for seed := range within {
		if diff := compare(t.Context(), t, h, sequences(1).Example(seed), newAnswers().add); diff != "" {
			return diff
		}
	}
	return ""
}

func TestModelSeesBrokenStores(t *testing.T) {
	for _, name := range seenByModel {
		t.Run(name, func(t *testing.T) {
			at := slices.IndexFunc(brokenStores, func(b broken) bool { return b.name == name })
			if at < 0 {
				t.Fatal("there is no such broken store")
			}
			if differs(t, brokenStores[at].harness(), 20) == "" {
				t.Error("the model sees no difference")
			}
		})
	}
}

func TestModelAllowsOddStores(t *testing.T) {
	sequences := 20
	if testing.Short() {
		sequences = 4
	}
	for name, wrap := range odd {
		t.Run(name, func(t *testing.T) {
			t.Logf("%d sequences", sequences)
			if diff := differs(t, harnessOf(func(s *filed) store.Store { return wrap(s) }), sequences); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A failure is a sequence of few sets that a person can read, and what is needed to run it
// again.
func TestModelMakesItShort(t *testing.T) {
	for name, c := range map[string]struct {
		store func(store.Store) store.Store
		sets  int
		says  []string
	}{
		"revisions": {reading(func(r store.Record) store.Record {
			r.Rev = min(r.Rev, 1)
			return r
		}), 2, []string{"set 1: ", "after set ", "Get (-want +got)"}},
		"keys": {onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			receipt, err := s.Commit(ctx, set)
			receipt.Replay = false
			return receipt, err
		}), 2, []string{`set 1: key "Key1"`, `set 2: key "Key1"`, "replay false\n", "replay true"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := Harness{Open: func(context.Context, string) (store.Store, error) { return c.store(memory.New()), nil }}
			rec := &recorder{TB: t}
			rec.guard(func() { runModel(rec, h, 5000) })
			text := rec.text.String()
			if !rec.Failed() || strings.Count(text, "\n  set ") > c.sets {
				t.Errorf("failed %t, with %d sets, want %d at most:\n%s", rec.Failed(), strings.Count(text, "\n  set "), c.sets, text)
			}
			for _, word := range append(c.says, "-rapid.seed=") {
				if !strings.Contains(text, word) {
					t.Errorf("it does not say %q:\n%s", word, text)
				}
			}
		})
	}
}

// What was not drawn is told.
func TestModelCountsWhatItDrew(t *testing.T) {
	rec := &recorder{TB: t}
	newAnswers().covers(rec)
	for _, word := range []string{"no set was taken with Erase", "no set was refused with UnsupportedError", "no key was used again"} {
		if !strings.Contains(rec.text.String(), word) {
			t.Errorf("it does not say %q:\n%s", word, rec.text.String())
		}
	}
	count := newAnswers()
	for range 100 {
		count.add(store.ChangeSet{Changes: []store.Change{take("a", "ann")}}, store.Receipt{}, nil)
	}
	count.covers(rec)
	if want := "of 100 sets, 100 were taken and 0 refused"; !strings.Contains(rec.text.String(), want) {
		t.Errorf("it does not say %q:\n%s", want, rec.text.String())
	}
}

package storetest

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillkit/till/store"
)

// modelSets is how many sets [Model] draws at least, where STORETEST_SETS does not say.
const modelSets = 1000

// Model draws random sets and gives them to a store and to a model of the contract, which
// shares no code with any store. After each set their answers must be the same, with the
// data that errors carry; after a few, everything that can be read must be: each record,
// every list in both directions in small pages, histories, the feed, outcomes and the
// dump. A Durable store is then closed and opened again, and read once more.
//
// It draws 1,000 sets, or as many as the environment variable STORETEST_SETS says, from 1,000
// on, and prints how many were taken and refused, with which changes and errors. It
// fails too if these do not cover every kind of both, or if fewer than 30 % are taken or
// refused.
//
// Under -short it draws 250 where the variable does not say, and they need not cover
// everything.
//
// Harness.Known is of no account here.
//
// A failure prints the shortest sequence of sets that was found to fail, the difference,
// and how to run it again: the sets are drawn by pgregory.net/rapid, whose flags
// (-rapid.seed and others) are there for it.
func Model(t *testing.T, h Harness) {
	sets := modelSets
	if testing.Short() {
		sets /= 4
	}
	if text := os.Getenv("STORETEST_SETS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < modelSets {
			t.Fatalf("storetest: STORETEST_SETS is %q: give a number from %d on", text, modelSets)
		}
		sets = n
	}
	count := runModel(t, h, sets)
	count.log(t)
	if sets >= modelSets {
		count.covers(t)
	}
}

// runModel draws sequences until there were as many sets.
func runModel(tb testing.TB, h Harness, sets int) *answers {
	tb.Helper()
	count, differs := newAnswers(), false
	for count.sets < sets {
		before := count.sets
		rapid.Check(tb, func(t *rapid.T) {
			if count.sets >= sets && !differs { // a sequence that fails is run again, to be made shorter
				return
			}
			drawn := sequences(1).Draw(t, "sets")
			if diff := compare(tb.Context(), tb, h, drawn, count.add); diff != "" {
				differs = true
				t.Log(diff)
				t.Fatal("the store and the contract differ")
			}
		})
		if count.sets == before {
			tb.Fatal("storetest: no set was drawn: is -rapid.checks 0?")
		}
	}
	return count
}

// compare gives the sets of a sequence to a fresh store and to a model, and says where
// they differ first; "" if they never do.
func compare(ctx context.Context, tb testing.TB, h Harness, drawn sequence, count func(store.ChangeSet, store.Receipt, error)) string {
	tb.Helper()
	place := ""
	if h.Place != nil {
		place = h.Place(tb)
	}
	open := func() (store.Store, error) {
		s, err := h.Open(ctx, place)
		if err == nil {
			err = s.Prepare(ctx, schema())
		}
		return s, err
	}
	s, err := open()
	if err != nil {
		return fmt.Sprintf("open: %v", err)
	}
	w := newTwins(s)
	diff := w.run(ctx, drawn, count)
	if err := s.Close(); err != nil && diff == "" {
		diff = fmt.Sprintf("Close: %v", err)
	}
	if diff != "" || !h.Durable {
		return diff
	}
	if w.s, err = open(); err != nil {
		return fmt.Sprintf("open again: %v", err)
	}
	defer func() { _ = w.s.Close() }()
	if diff = w.read(ctx); diff != "" {
		return "after reopening, " + diff
	}
	return ""
}

// answers counts the sets that a model was given, by its answers.
type answers struct {
	sets, taken, replayed int
	changes               map[string]int // of the sets that were taken
	errors                map[string]int
}

func newAnswers() *answers { return &answers{changes: map[string]int{}, errors: map[string]int{}} }

func (c *answers) add(set store.ChangeSet, receipt store.Receipt, err error) {
	c.sets++
	switch {
	case err != nil:
		kind, _, _ := strings.Cut(answer(receipt, err), ":")
		if kind == "InvalidError" && wrongForm(set) == nil {
			kind = "InvalidError of a sum"
		}
		c.errors[kind]++
	case receipt.Replay:
		c.replayed++
	default:
		c.taken++
		for _, change := range set.Changes {
			c.changes[changeKind(change)]++
		}
		if len(set.Requires) > 0 {
			c.changes["a requirement"]++
		}
		if set.Key != "" {
			c.changes["a key"]++
		}
	}
}

// changeKind tells changes apart as the contract does.
func changeKind(change store.Change) string {
	switch c := change.(type) {
	case store.Put:
		return "Put of " + map[bool]string{true: "an absent record", false: "a present record"}[c.Rev == 0]
	case store.Append:
		return fmt.Sprintf("Append of %d", len(c.Entries))
	case store.Delete:
		if c.Family == store.Receipts {
			return "Delete of a receipt"
		}
	case store.Add:
		if slices.ContainsFunc(c.Steps, func(s store.Step) bool { return s.Floor == store.NoFloor }) {
			return "Add without a floor"
		}
	}
	return strings.TrimPrefix(fmt.Sprintf("%T", change), "store.")
}

var (
	allChanges = []string{
		"Put of an absent record", "Put of a present record", "Delete", "Delete of a receipt", "Append of 1", "Append of 2", "Append of 3",
		"Add", "Add without a floor", "Claim", "Release", "Erase", "a requirement", "a key",
	}
	allErrors = []string{
		"ConflictError", "OwnerError", "ExistsError", "KeyError", "ShortError", "InvalidError", "InvalidError of a sum", "UnsupportedError",
	}
)

// refused is how many sets were refused.
func (c *answers) refused() int { return c.sets - c.taken - c.replayed }

// log prints the counts.
func (c *answers) log(tb testing.TB) {
	tb.Helper()
	tb.Logf("%d sets: %d taken, %d replayed, %d refused\ntaken: %s\nrefused: %s", c.sets, c.taken, c.replayed, c.refused(), inNumbers(c.changes), inNumbers(c.errors))
}

// covers fails if something was not drawn.
func (c *answers) covers(tb testing.TB) {
	tb.Helper()
	refused := c.refused()
	if c.taken*10 < c.sets*3 || refused*10 < c.sets*3 {
		tb.Errorf("storetest: of %d sets, %d were taken and %d refused: it must be 30 %% of each", c.sets, c.taken, refused)
	}
	if c.replayed == 0 {
		tb.Error("storetest: no key was used again")
	}
	for kind, all := range map[string][]string{"taken": allChanges, "refused": allErrors} {
		for _, what := range all {
			if c.changes[what]+c.errors[what] == 0 {
				tb.Errorf("storetest: no set was %s with %s", kind, what)
			}
		}
	}
}

func inNumbers(all map[string]int) string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(all)) {
		parts = append(parts, fmt.Sprintf("%s %d", what, all[what]))
	}
	return strings.Join(parts, ", ")
}

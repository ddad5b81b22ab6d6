//go:build unix

package storetest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

var update = flag.Bool("update", false, "write testdata/killmatrix.golden anew")

// broken is a store that breaks the contract in one way.
type broken struct {
	name  string
	kills string // the rule that it is made for, which it must fail
	wrap  func(store.Store) store.Store
	file  func(*filed) store.Store // instead of wrap: over a Durable, Shared store
	alone bool                     // with file: it says that it is not Shared
}

// apart are rules that a broken store fails by chance, and some that are slow.
// They are run only on the stores that are made for them, which fail for sure.
var apart = []string{
	"require/write-skew", "require/absence-holds", "counter/last-unit", "counter/adds-meet", "claim/race", "key/at-once", "feed/while-writing",
	"context/own-alone", "life/close-under-way", "concurrent/disjoint", "concurrent/one-winner", "concurrent/one-journal", "concurrent/reads-whole",
	"concurrent/pages", "concurrent/all-methods", "durable/crash", "shared/at-once", "shared/prepare-at-once", "shared/processes", "fidelity/greatest",
	"concurrent/reads-many", "find/many-records", "history/long", "context/ends-writing", "life/refused-is-absent", "life/gives-back", "maintain/any-method", "form/too-long", "durable/fidelity",
}

func (b broken) harness() Harness {
	if b.file != nil {
		h := harnessOf(b.file)
		h.Shared = !b.alone
		return h
	}
	return Harness{Open: func(context.Context, string) (store.Store, error) { return b.wrap(memory.New()), nil }}
}

// fails gives the rules that a broken store fails.
func (b broken) fails(t *testing.T) []string {
	var failed []string
	h := b.harness()
	for rule := range Rules() {
		if child := os.Getenv(childRule); child != "" && child != rule.ID || slices.Contains(apart, rule.ID) && rule.ID != b.kills || rule.Needs != 0 && !h.Durable || rule.Needs&Shared != 0 && !h.Shared {
			continue
		}
		if raced && rule.ID != b.kills {
			continue
		}
		rec := try(t, h, rule)
		if rec.Failed() {
			failed = append(failed, rule.ID)
		}
		if text := rec.text.String(); rec.Failed() && !strings.Contains(text, rule.Sentence) && !strings.Contains(text, "storetest:") && !strings.Contains(text, "panic:") {
			t.Errorf("%s fails without its sentence:\n%s", rule.ID, text)
		}
	}
	return failed
}

var brokenStores = slices.Concat(brokenReads, brokenLists, brokenWrites, brokenKeys, brokenTruth, brokenFrames, brokenGaps, brokenSchemas, brokenRaces, brokenFiles, brokenAgain)

// TestBroken runs the rules over every broken store.
func TestBroken(t *testing.T) {
	const golden = "testdata/killmatrix.golden"
	var mu sync.Mutex
	matrix, killers := map[string][]string{}, map[string]int{}
	t.Run("stores", func(t *testing.T) {
		for _, b := range brokenStores {
			t.Run(b.name, func(t *testing.T) {
				t.Parallel()
				failed := b.fails(t)
				if !slices.Contains(failed, b.kills) {
					t.Errorf("it is made to fail %s and fails %q", b.kills, failed)
				}
				mu.Lock()
				defer mu.Unlock()
				if matrix[b.name] != nil {
					t.Errorf("there are two of the name")
				}
				matrix[b.name] = failed
				for _, id := range failed {
					killers[id]++
				}
			})
		}
	})
	var lines []string
	for _, b := range brokenStores {
		if matrix[b.name] == nil {
			return // -run chose some
		}
		lines = append(lines, fmt.Sprintf("%s:\n\t%s\n", b.name, strings.Join(matrix[b.name], "\n\t")))
	}
	for rule := range Rules() {
		if killers[rule.ID] == 0 {
			t.Errorf("no broken store fails %s: does it check anything?", rule.ID)
		}
	}
	if raced {
		return
	}
	got := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("what broken stores fail (-golden +now; go test -run TestBroken -update):\n%s", diff)
	}
}

// The words in which broken stores are told.

func onGet(f func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error)) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		return &hooked{Store: s, get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) { return f(s, ctx, refs) }}
	}
}

func onFind(f func(s store.Store, ctx context.Context, q store.Query) (store.Page[store.Record], error)) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		return &hooked{Store: s, find: func(ctx context.Context, q store.Query) (store.Page[store.Record], error) { return f(s, ctx, q) }}
	}
}

func onHistory(f func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error)) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		return &hooked{Store: s, history: func(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
			return f(s, ctx, r, after, limit)
		}}
	}
}

func onFeed(f func(s store.Store, ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error)) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		return &hooked{Store: s, feed: func(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
			return f(s, ctx, after, limit)
		}}
	}
}

func onCommit(f func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error)) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		return &hooked{Store: s, commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) { return f(s, ctx, set) }}
	}
}

func onOutcome(f func(s store.Store, ctx context.Context, key string) (store.Receipt, error)) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		return &hooked{Store: s, outcome: func(ctx context.Context, key string) (store.Receipt, error) { return f(s, ctx, key) }}
	}
}

func onPrepare(f func(s store.Store, ctx context.Context, schema store.Schema) error) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		return &hooked{Store: s, prepare: func(ctx context.Context, schema store.Schema) error { return f(s, ctx, schema) }}
	}
}

// changing passes every change through f, which leaves one out by giving nil.
func changing(f func(s store.Store, c store.Change) store.Change) func(store.Store) store.Store {
	return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		var changes []store.Change
		for _, c := range set.Changes {
			if c = f(s, c); c != nil {
				changes = append(changes, c)
			}
		}
		set.Changes = changes
		return s.Commit(ctx, set)
	})
}

// reading passes every record that Get and Find give through f.
func reading(f func(store.Record) store.Record) func(store.Store) store.Store {
	each := func(records []store.Record) {
		for i := range records {
			records[i] = f(records[i])
		}
	}
	return func(s store.Store) store.Store {
		return &hooked{Store: s,
			get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
				records, err := s.Get(ctx, refs...)
				each(records)
				return records, err
			},
			find: func(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
				page, err := s.Find(ctx, q)
				each(page.Items)
				return page, err
			},
		}
	}
}

// forgiving gives instead of ErrInvalid what f gives.
func forgiving[T any](v T, err error, f func() (T, error)) (T, error) {
	if kind(err) == store.ErrInvalid.Error() {
		return f()
	}
	return v, err
}

// now gives a record as it is, as a caller of Commit would have to know it.
func now(s store.Store, r store.Ref) store.Record {
	records, err := s.Get(context.Background(), r)
	if err != nil {
		return store.Record{Ref: r}
	}
	return records[0]
}

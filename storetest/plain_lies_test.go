//go:build unix

package storetest

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/tillkit/till/store"
)

// plainLies are ten plain ways of losing what was written. Of the first six a published
// suite of an event store, hallgren/eventsourcing's eventstoresuite, noticed none: it
// looked at what goroutines had found before they were done.
var plainLies = map[string]func(store.Store) store.Store{
	"every third set is lost": func(s store.Store) store.Store {
		var n atomic.Int64
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			if n.Add(1)%3 == 0 {
				return store.Receipt{}, nil
			}
			return s.Commit(ctx, set)
		})(s)
	},
	"what is said beside an entry is dropped":         entries(func(e *store.Entry) { e.Kind, e.V = "", 0 }),
	"the instant of an entry is dropped":              entries(func(e *store.Entry) { e.At = 0 }),
	"a payload is replaced by an empty one":           entries(func(e *store.Entry) { e.Payload = []byte("{}") }),
	"the kind of a record is left out of account":     onGet(anyFamily),
	"revisions are compared on an empty journal only": laxJournal,
	"entries come out backward": onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
		page, err := s.History(ctx, r, after, limit)
		page.Items = slices.Clone(page.Items)
		slices.Reverse(page.Items)
		return page, err
	}),
	"the last entry is missing": onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
		page, err := s.History(ctx, r, after, limit)
		page.Items = page.Items[:max(0, len(page.Items)-1)]
		return page, err
	}),
	"after is left out of account": onHistory(func(s store.Store, ctx context.Context, r store.Ref, _ int64, limit int) (store.Page[store.Entry], error) {
		return s.History(ctx, r, 0, limit)
	}),
	"a set that is refused says yes": onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		receipt, _ := s.Commit(ctx, set)
		return receipt, nil
	}),
}

// entries changes every entry that is read.
func entries(change func(*store.Entry)) func(store.Store) store.Store {
	return onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
		page, err := s.History(ctx, r, after, limit)
		page.Items = slices.Clone(page.Items)
		for i := range page.Items {
			change(&page.Items[i])
		}
		return page, err
	})
}

// anyFamily answers with the record of the key that there is, of whatever family.
func anyFamily(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
	records, err := s.Get(ctx, refs...)
	for i := range records {
		for _, f := range schema().Families {
			if f.Shape == store.Counters || records[i].Exists() {
				continue
			}
			if other, err := s.Get(ctx, store.Ref{Family: f.Name, Key: refs[i].Key}); err == nil && other[0].Exists() {
				records[i] = other[0]
				records[i].Ref = refs[i]
			}
		}
	}
	return records, err
}

// laxJournal appends to a journal that is not empty, whatever the revision.
func laxJournal(s store.Store) store.Store {
	var mu sync.Mutex
	return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		mu.Lock()
		defer mu.Unlock()
		set.Changes = slices.Clone(set.Changes)
		for i, c := range set.Changes {
			if a, ok := c.(store.Append); ok && a.Rev > 0 {
				if is := now(s, a.Ref); is.Exists() {
					a.Rev, a.Entries = is.Rev, slices.Clone(a.Entries)
					for j := range a.Entries {
						a.Entries[j].N = is.Rev + 1 + int64(j)
					}
					set.Changes[i] = a
				}
			}
		}
		return s.Commit(ctx, set)
	})(s)
}

// TestPlainLies: each of them fails some rule that needs no luck.
func TestPlainLies(t *testing.T) {
	for name, wrap := range plainLies {
		t.Run(name, func(t *testing.T) {
			h := broken{wrap: wrap}.harness()
			for rule := range Rules() {
				if h.lacks(rule) == "" && !slices.Contains(apart, rule.ID) && try(t, h, rule).Failed() {
					t.Logf("caught by %s: %s", rule.ID, rule.Sentence)
					return
				}
			}
			t.Error("no rule fails")
		})
	}
}

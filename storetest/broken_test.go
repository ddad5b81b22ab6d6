//go:build unix

package storetest

import (
	"context"
	"slices"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// broken is a store that breaks the contract in one way.
type broken struct {
	name   string   // a sentence that says how
	kills  string   // the rule that it is made for, which it must fail
	spares []string // rules of apart that it passes besides
	wrap   func(store.Store) store.Store
	file   func(*filed) store.Store // instead of wrap: over a Durable, Shared store
	says   func(*Harness)           // what the harness says instead of the truth
}

func (b broken) harness() Harness {
	h := Harness{Place: place,
		Open: func(context.Context, string) (store.Store, error) { return b.wrap(memory.New()), nil },
		Failing: func(_ context.Context, _ string, engine *Engine) (store.Store, error) {
			return b.wrap(overEngine(memory.New(), engine)), nil
		},
	}
	if b.file != nil {
		h = harnessOf(b.file)
	}
	if b.says != nil {
		b.says(&h)
	}
	return h
}

var brokenStores = slices.Concat(brokenReads, brokenLists, brokenWrites, brokenKeys, brokenTruth, brokenFrames, brokenGaps, brokenSchemas, brokenBeside, brokenEdges, brokenRaces, brokenSays, brokenFiles, brokenAgain, brokenTroubles, brokenFamilies)

// brokenBy gives the first store that is made to fail a rule.
func brokenBy(rule string) broken {
	return brokenStores[slices.IndexFunc(brokenStores, func(b broken) bool { return b.kills == rule })]
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
			if c != nil {
				if c = f(s, c); c == nil {
					continue
				}
			}
			changes = append(changes, c)
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

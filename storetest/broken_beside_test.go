//go:build unix

package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/tillkit/till/store"
)

// brokenBeside break what shows late: after a thousand, with the largest, beside others,
// or with the next version.
var brokenBeside = []broken{
	{name: "the record that fills a page is on no page", kills: "page/great", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		page, err := s.Find(ctx, q)
		size := 0
		page.Items = slices.DeleteFunc(page.Items, func(r store.Record) bool {
			before := size
			size += len(docBytes(r.Doc))
			return before <= 24<<20 && size > 24<<20
		})
		return page, err
	})},
	{name: "a set has thirty megabytes at most", kills: "fidelity/great-set", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		size := 0
		for _, c := range set.Changes {
			if p, ok := c.(store.Put); ok {
				size += len(docBytes(p.Doc))
			}
		}
		if size > 30<<20 {
			return store.Receipt{}, store.ErrInvalid
		}
		return s.Commit(ctx, set)
	})},
	{name: "a thousand keys are remembered", kills: "key/lasts", wrap: func(s store.Store) store.Store {
		var mu sync.Mutex
		var keys []string
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			receipt, err := s.Commit(ctx, set)
			if err == nil && set.Key != "" && !receipt.Replay {
				mu.Lock()
				defer mu.Unlock()
				if keys = append(keys, set.Key); len(keys) > 1000 {
					_, _ = s.Commit(ctx, one(del(ref(store.Receipts, keys[0]), 1)))
					keys = keys[1:]
				}
			}
			return receipt, err
		})(s)
	}},
	{name: "a Prepare files a thousand records", kills: "prepare/many", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		return s.Prepare(ctx, reindexed(schema, func(f store.Family) func(store.Ref, store.Doc) ([]store.Value, error) {
			filed := 0
			return func(r store.Ref, doc store.Doc) ([]store.Value, error) {
				values, err := f.Index(r, doc)
				if filed++; filed > 1000 && err == nil && len(values) == 6 {
					values[0], values[2] = store.IntValue(0), store.TextValue("")
				}
				return values, err
			}
		}))
	})},
	{name: "a set that is refused takes along those that come with it", kills: "concurrent/refused-alone", wrap: func(s store.Store) store.Store {
		var mu sync.Mutex
		coming := map[*error]bool{} // what each commit that is under way is to be told
		return &hooked{Store: s, commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			var told error
			mu.Lock()
			coming[&told] = true
			mu.Unlock()
			yield(5)
			mu.Lock()
			defer mu.Unlock()
			delete(coming, &told)
			if told != nil {
				return store.Receipt{}, told
			}
			receipt, err := s.Commit(ctx, set)
			if k := kind(err); k == store.ErrConflict.Error() || k == store.ErrShort.Error() {
				for other := range coming {
					*other = err
				}
			}
			return receipt, err
		}}
	}},
	{name: "Find looks for keys first, and for their records then", kills: "concurrent/finds-whole", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		page, err := s.Find(ctx, q)
		if err != nil || len(page.Items) == 0 {
			return page, err
		}
		yield(20)
		var refs []store.Ref
		for _, r := range page.Items {
			refs = append(refs, r.Ref)
		}
		page.Items, err = s.Get(ctx, refs...)
		return page, err
	})},
	{name: "requirements are compared before the turn of the handle", kills: "shared/write-skew", file: func(s *filed) store.Store {
		var turn sync.Mutex
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			turn.Lock()
			defer turn.Unlock()
			for _, r := range set.Requires {
				if records, err := s.Get(ctx, r.Ref); err != nil || records[0].Rev != r.Rev {
					return s.Commit(ctx, set)
				}
			}
			if layout, err := store.Compile(schema()); err == nil && layout.CheckSet(set) == nil {
				yield(200)
				set.Requires = nil
			}
			return s.Commit(ctx, set)
		})(s)
	}},
	{name: "a handle that was prepared stays so", kills: "shared/newer", spares: racesOfOne, file: func(s *filed) store.Store {
		known := &preparedFor{}
		return onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
			if _, err := s.Get(ctx); err == nil && known.version() == schema.Version {
				return nil
			}
			return known.prepare(s, ctx, schema)
		})(s)
	}},
	{name: "what was written before its family was Personal is nobody's", kills: "prepare/becomes-personal", wrap: func(s store.Store) store.Store {
		known := &preparedFor{}
		var early []store.Record
		return &hooked{Store: s,
			prepare: func(ctx context.Context, schema store.Schema) error {
				before := known.swap(schema)
				for _, f := range before.Families {
					if !f.Personal && familyOf(schema, f.Name).Personal {
						early, _ = whole(s, ctx, store.Query{Family: f.Name})
					}
				}
				return s.Prepare(ctx, schema)
			},
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				receipt, err := s.Commit(ctx, set)
				for _, c := range set.Changes {
					if erase, ok := c.(store.Erase); ok && err == nil {
						for _, r := range early {
							if strings.HasPrefix(r.Key, erase.Person+"/") {
								r.Rev = 0
								_, _ = s.Commit(ctx, one(store.Put{Record: r}))
							}
						}
					}
				}
				return receipt, err
			},
		}
	}},
	{name: "a cursor of the feed is of one version of the schema", kills: "prepare/cursors", wrap: func(s store.Store) store.Store {
		known := &preparedFor{}
		mark := func() string { return fmt.Sprintf("v%d.", known.version()) }
		return &hooked{Store: s,
			prepare: func(ctx context.Context, schema store.Schema) error {
				return known.prepare(s, ctx, schema)
			},
			feed: func(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
				rest, ok := strings.CutPrefix(string(after), mark())
				if !ok && rest != "" {
					rest = "\x00"
				}
				page, err := s.Feed(ctx, store.Cursor(rest), limit)
				page.Next = store.Cursor(mark()) + page.Next
				return page, err
			},
		}
	}},
}

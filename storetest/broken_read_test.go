//go:build unix

package storetest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tillkit/till/store"
)

type (
	recordPage = store.Page[store.Record]
	entryPage  = store.Page[store.Entry]
)

var brokenReads = []broken{
	{name: "a counter's revision counts", kills: "read/every-shape", wrap: reading(func(r store.Record) store.Record {
		if r.Family == "counter" {
			r.Rev *= 2
		}
		return r
	})},
	{name: "Get answers rows first", kills: "read/order", wrap: onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
		refs = slices.Clone(refs)
		slices.SortStableFunc(refs, func(a, b store.Ref) int {
			switch {
			case a.Family == "row" && b.Family != "row":
				return -1
			case a.Family != "row" && b.Family == "row":
				return 1
			}
			return 0
		})
		return s.Get(ctx, refs...)
	})},
	{name: "a counter has an empty document", kills: "read/documents", wrap: reading(func(r store.Record) store.Record {
		if r.Family == "counter" && r.Exists() {
			r.Doc = store.Raw{}
		}
		return r
	})},
	{name: "Get sorts by key", kills: "read/order", wrap: onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
		refs = slices.Clone(refs)
		slices.SortFunc(refs, func(a, b store.Ref) int { return strings.Compare(a.String(), b.String()) })
		return s.Get(ctx, refs...)
	})},
	{name: "absence is an error", kills: "read/absent", wrap: onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
		records, err := s.Get(ctx, refs...)
		for _, r := range records {
			if !r.Exists() {
				return nil, fmt.Errorf("%s: %w", r.Ref, store.ErrNotFound)
			}
		}
		return records, err
	})},
	{name: "Get answers a ref once", kills: "read/repeated", wrap: onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
		var once []store.Ref
		for _, r := range refs {
			if !slices.Contains(once, r) {
				once = append(once, r)
			}
		}
		return s.Get(ctx, once...)
	})},
	{name: "Get reads a hundred records and no more", kills: "read/many", wrap: onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
		records, err := s.Get(ctx, refs...)
		for i := 100; i < len(records); i++ {
			records[i] = store.Record{Ref: refs[i]}
		}
		return records, err
	})},
	{name: "Get remembers what it read", kills: "read/newest", wrap: func(s store.Store) store.Store {
		var known sync.Map
		return onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
			records, err := s.Get(ctx, refs...)
			for i, r := range records {
				if r.Exists() {
					old, _ := known.LoadOrStore(r.Ref, r)
					records[i] = old.(store.Record)
				}
			}
			return records, err
		})(s)
	}},
	{name: "Get answers any ref", kills: "read/invalid", wrap: onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
		records, err := s.Get(ctx, refs...)
		return forgiving(records, err, func() ([]store.Record, error) { return make([]store.Record, len(refs)), nil })
	})},
	{name: "History begins with after", kills: "history/entries", wrap: onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (entryPage, error) {
		return s.History(ctx, r, max(after-1, min(after, 0)), limit)
	})},
	{name: "History has an empty page", kills: "history/pages", wrap: onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (entryPage, error) {
		page, err := s.History(ctx, r, after, limit)
		if page.Next != "" {
			page.Items = nil
		}
		return page, err
	})},
	{name: "an absent journal is an error", kills: "history/absent", wrap: onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (entryPage, error) {
		page, err := s.History(ctx, r, after, limit)
		if err == nil && !now(s, r).Exists() {
			err = store.ErrNotFound
		}
		return page, err
	})},
	{name: "any record has a history", kills: "history/invalid", wrap: onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (entryPage, error) {
		page, err := s.History(ctx, r, after, limit)
		return forgiving(page, err, func() (entryPage, error) { return entryPage{}, nil })
	})},
	{name: "Feed skips the first of five", kills: "feed/once", wrap: onFeed(func(s store.Store, ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
		page, err := s.Feed(ctx, after, limit)
		if len(page.Items) > 4 {
			page.Items = page.Items[1:]
		}
		return page, err
	})},
	{name: "Feed gives no cursor at its end", kills: "feed/goes-on", wrap: onFeed(func(s store.Store, ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
		page, err := s.Feed(ctx, after, limit)
		if len(page.Items) == 0 {
			page.Next = ""
		}
		return page, err
	})},
	{name: "a damaged place in the feed is its beginning", kills: "feed/invalid", wrap: onFeed(func(s store.Store, ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
		page, err := s.Feed(ctx, after, limit)
		return forgiving(page, err, func() (store.Page[store.Event], error) { return s.Feed(ctx, "", limit) })
	})},
	{name: "the feed tells before the commit", kills: "feed/refused", wrap: func(s store.Store) store.Store {
		var told []store.Event
		return &hooked{Store: s,
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				for _, c := range set.Changes {
					if a, ok := c.(store.Append); ok {
						for _, n := range a.Entries {
							told = append(told, store.Event{Ref: a.Ref, Entry: n})
						}
					}
				}
				return s.Commit(ctx, set)
			},
			feed: func(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
				page, err := s.Feed(ctx, after, limit)
				if err != nil {
					return page, err
				}
				position, _ := store.FeedPosition(after)
				from := 0
				if len(position) > 0 {
					from = min(int(position[0].Int()), len(told))
				}
				events := told[from:min(from+limit, len(told))]
				return store.Page[store.Event]{Items: slices.Clone(events), Next: store.FeedCursor(store.IntValue(int64(from + len(events))))}, nil
			},
		}
	}},
}

// cloned gives a schema whose families are the caller's own.
func cloned(schema store.Schema) store.Schema {
	schema.Families = slices.Clone(schema.Families)
	return schema
}

func names(schema store.Schema) []string {
	all := map[string]bool{}
	for _, f := range schema.Families {
		all[f.Name] = true
	}
	return slices.Sorted(maps.Keys(all))
}

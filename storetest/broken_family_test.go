//go:build unix

package storetest

import (
	"context"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// firstOf gives the first of two families of the shape of one, where there are two.
func firstOf(r store.Ref, shape string) store.Ref {
	if r.Family == shape+"_too" {
		r.Family = shape
	}
	return r
}

// brokenFamilies keep what is alike of two families under the key alone.
var brokenFamilies = []broken{
	{name: "two families of journals have their entries together", kills: "read/family", wrap: onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
		return s.History(ctx, firstOf(r, "journal"), after, limit)
	})},
	{name: "two families of counters count together", kills: "read/family", wrap: func(s store.Store) store.Store {
		return &hooked{Store: changing(func(_ store.Store, c store.Change) store.Change {
			if a, ok := c.(store.Add); ok {
				a.Ref = firstOf(a.Ref, "counter")
				return a
			}
			return c
		})(s), get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
			asked := slices.Clone(refs)
			for i := range asked {
				asked[i] = firstOf(asked[i], "counter")
			}
			records, err := s.Get(ctx, asked...)
			for i := range records {
				records[i].Ref = refs[i]
			}
			return records, err
		}}
	}},
	{name: "what one family of claims has taken is taken in another", kills: "read/family", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		for i, c := range set.Changes {
			if c, ok := c.(store.Claim); ok && strings.HasSuffix(c.Family, "_too") {
				if now(s, firstOf(c.Ref, "claim")).Exists() || slices.ContainsFunc(set.Changes[:i], func(other store.Change) bool {
					first, ok := other.(store.Claim)
					return ok && first.Ref == firstOf(c.Ref, "claim")
				}) {
					return store.Receipt{}, &store.ExistsError{Ref: c.Ref}
				}
			}
		}
		return s.Commit(ctx, set)
	})},
	{name: "an event is told of the first family of journals", kills: "read/family", wrap: onFeed(func(s store.Store, ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
		page, err := s.Feed(ctx, after, limit)
		for i := range page.Items {
			page.Items[i].Ref = firstOf(page.Items[i].Ref, "journal")
		}
		return page, err
	})},
}

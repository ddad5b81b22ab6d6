//go:build unix

package storetest

import (
	"context"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// peopleOf gives the records of Personal families whose key begins so.
func peopleOf(s store.Store, prefix string) []store.Record {
	var found []store.Record
	for _, family := range []string{"person", "letter"} {
		all, _ := whole(s, context.Background(), store.Query{Family: family})
		for _, r := range all {
			if strings.HasPrefix(r.Key, prefix) {
				found = append(found, r)
			}
		}
	}
	return found
}

var brokenKeys = []broken{
	{name: "a repetition does not say so", kills: "key/replay", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		receipt, err := s.Commit(ctx, set)
		receipt.Replay = false
		return receipt, err
	})},
	{name: "requirements are compared before the key", kills: "key/replay-ignores-content", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if _, err := s.Commit(ctx, store.ChangeSet{Requires: set.Requires}); err != nil {
			return store.Receipt{}, err
		}
		return s.Commit(ctx, set)
	})},
	{name: "fingerprints are not compared", kills: "key/fingerprint", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		fingerprint := set.Fingerprint
		set.Fingerprint = [32]byte{}
		receipt, err := s.Commit(ctx, set)
		if err == nil {
			receipt.Fingerprint = fingerprint
		}
		return receipt, err
	})},
	{name: "a refused set uses its key up", kills: "key/refused", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		receipt, err := s.Commit(ctx, set)
		if err != nil && set.Key != "" {
			set.Requires, set.Changes = nil, nil
			_, _ = s.Commit(ctx, set)
		}
		return receipt, err
	})},
	{name: "Outcome folds case", kills: "key/outcome", wrap: onOutcome(func(s store.Store, ctx context.Context, key string) (store.Receipt, error) {
		return s.Outcome(ctx, strings.ToLower(key))
	})},
	{name: "the empty key is remembered", kills: "key/none", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if set.Key == "" && set.Result == "r" && len(set.Changes) > 0 {
			set.Key = "none"
		}
		return s.Commit(ctx, set)
	})},
	{name: "an empty set is not remembered", kills: "key/empty-set", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if _, err := s.Outcome(ctx, set.Key); len(set.Changes) == 0 && err != nil && len(set.Key) < store.MaxKey {
			key := set.Key
			set.Key = ""
			receipt, err := s.Commit(ctx, set)
			if receipt.Key = key; err != nil {
				receipt = store.Receipt{}
			}
			return receipt, err
		}
		return s.Commit(ctx, set)
	})},
	{name: "receipts are in no list", kills: "key/readable", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		page, err := s.Find(ctx, q)
		if q.List == store.ReceiptsByInstant && err == nil {
			page = recordPage{}
		}
		return page, err
	})},
	{name: "receipts are for ever", kills: "key/forget", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if d, ok := c.(store.Delete); ok && d.Family == store.Receipts && d.Rev == 1 && d.Key == "click" {
			return nil
		}
		return c
	})},
	{name: "Erase takes those whose name begins so", kills: "erase/person", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		for _, c := range set.Changes {
			if e, ok := c.(store.Erase); ok && e.Person != "" && would(s, ctx, set) == nil {
				for _, r := range peopleOf(s, e.Person) {
					person, _, _ := strings.Cut(r.Key, "/")
					set.Changes = append(slices.Clip(set.Changes), store.Erase{Person: person})
				}
			}
		}
		return s.Commit(ctx, set)
	})},
	{name: "Erase comes last", kills: "erase/new-stays", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		err := would(s, ctx, set)
		receipt, failed := s.Commit(ctx, set)
		if err == nil && failed == nil {
			for _, c := range set.Changes {
				if isOf[store.Erase](c) {
					_, _ = s.Commit(ctx, one(c))
				}
			}
		}
		return receipt, failed
	})},
	{name: "a set may erase and change a record", kills: "erase/refused", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		receipt, err := s.Commit(ctx, set)
		if slices.ContainsFunc(set.Changes, isOf[store.Erase]) {
			return forgiving(receipt, err, func() (store.Receipt, error) {
				return s.Commit(ctx, without(set, func(c store.Change) bool { return isOf[store.Delete](c) || isOf[store.Put](c) }))
			})
		}
		return receipt, err
	})},
	{name: "to erase nobody is an error", kills: "erase/nobody", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		for _, c := range set.Changes {
			if e, ok := c.(store.Erase); ok && would(s, ctx, set) == nil && len(peopleOf(s, e.Person+"/")) == 0 {
				return store.Receipt{}, store.ErrNotFound
			}
		}
		return s.Commit(ctx, set)
	})},
	{name: "Erase takes no person of more than a thousand records", kills: "erase/many", wrap: changing(func(s store.Store, c store.Change) store.Change {
		if e, ok := c.(store.Erase); ok && len(peopleOf(s, e.Person+"/")) > 1000 {
			return nil
		}
		return c
	})},
}

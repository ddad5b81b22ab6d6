//go:build unix

package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// brokenShops are stores that break the contract in one way, and the rule of a shop
// that notices it.
var brokenShops = []struct {
	name, kills string
	wrap        func(store.Store) store.Store
}{
	{"sells what is not there", "shop/last-unit", committing(func(set *store.ChangeSet) {
		each(set, func(c store.Change) store.Change {
			if add, ok := c.(store.Add); ok {
				add.Steps = slices.Clone(add.Steps)
				for i := range add.Steps {
					add.Steps[i].Floor = store.NoFloor
				}
				return add
			}
			return c
		})
	})},
	{"holds no floor below nothing", "shop/coupon", committing(func(set *store.ChangeSet) {
		each(set, func(c store.Change) store.Change {
			if add, ok := c.(store.Add); ok && add.Steps[0].Floor < 0 {
				add.Steps = []store.Step{{Field: add.Steps[0].Field, By: add.Steps[0].By, Floor: store.NoFloor}}
				return add
			}
			return c
		})
	})},
	{"lets two claim one thing", "shop/coupon", func(s store.Store) store.Store {
		return &hooked{Store: s, commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			for {
				receipt, err := s.Commit(ctx, set)
				var exists *store.ExistsError
				if !errors.As(err, &exists) {
					return receipt, err
				}
				set.Changes = slices.DeleteFunc(slices.Clone(set.Changes), func(c store.Change) bool { claim, ok := c.(store.Claim); return ok && claim.Ref == exists.Ref })
			}
		}}
	}},
	{"forgets keys", "shop/one-key", committing(func(set *store.ChangeSet) { set.Key = "" })},
	{"uses up the key of what it refuses", "shop/key-of-another", func(s store.Store) store.Store {
		return &hooked{Store: s, commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			receipt, err := s.Commit(ctx, set)
			if err != nil && set.Key != "" {
				_, _ = s.Commit(ctx, store.ChangeSet{Key: set.Key, Result: set.Result, At: set.At})
			}
			return receipt, err
		}}
	}},
	{"erases nothing", "shop/erase", committing(func(set *store.ChangeSet) {
		set.Changes = slices.DeleteFunc(slices.Clone(set.Changes), func(c store.Change) bool { _, ok := c.(store.Erase); return ok })
	})},
	{"writes documents its own way", "shop/same-bytes", committing(func(set *store.ChangeSet) {
		each(set, func(c store.Change) store.Change {
			if put, ok := c.(store.Put); ok {
				doc, _ := put.Doc.AppendStored(nil)
				put.Doc = store.Raw(sortedKeys(doc))
				return put
			}
			return c
		})
	})},
	{"gives the first entry alone", "shop/another-form", func(s store.Store) store.Store {
		return &hooked{Store: s, history: func(ctx context.Context, r store.Ref, after int64, _ int) (store.Page[store.Entry], error) {
			page, err := s.History(ctx, r, after, 1)
			page.Next = ""
			return page, err
		}}
	}},
	{"keeps the newest dozen of a journal's entries", "shop/price-grid", func(s store.Store) store.Store {
		return &hooked{Store: s, history: func(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
			records, err := s.Get(ctx, r)
			if err != nil {
				return store.Page[store.Entry]{}, err
			}
			return s.History(ctx, r, max(after, records[0].Rev-12), limit)
		}}
	}},
	{"writes entries anew, once it has many", "shop/history", func(s store.Store) store.Store {
		var commits atomic.Int64
		return &hooked{Store: s,
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				commits.Add(1)
				return s.Commit(ctx, set)
			},
			history: func(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
				page, err := s.History(ctx, r, after, limit)
				for i, entry := range page.Items {
					if commits.Load() > 20 {
						page.Items[i].Payload = []byte(strings.ReplaceAll(string(entry.Payload), "Blue", "Green"))
					}
				}
				return page, err
			},
		}
	}},
	{"lists what came after the bound", "shop/as-of", onFind(func(s store.Store, ctx context.Context, q store.Query) (store.Page[store.Record], error) {
		q.To = nil
		return s.Find(ctx, q)
	})},
	{"lists what came before the bound", "shop/diff", onFind(func(s store.Store, ctx context.Context, q store.Query) (store.Page[store.Record], error) {
		q.From = nil
		return s.Find(ctx, q)
	})},
	{"keeps payloads as documents of its own", "shop/golden-entries", func(s store.Store) store.Store {
		return &hooked{Store: s, history: func(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
			page, err := s.History(ctx, r, after, limit)
			for i, entry := range page.Items {
				page.Items[i].Payload = sortedKeys(entry.Payload)
			}
			return page, err
		}}
	}},
}

// sortedKeys writes a JSON object as a database of documents gives it back.
func sortedKeys(doc []byte) []byte {
	var v any
	if json.Unmarshal(doc, &v) != nil {
		return doc
	}
	sorted, _ := json.Marshal(v)
	return sorted
}

// committing changes every set on its way.
func committing(f func(*store.ChangeSet)) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		return &hooked{Store: s, commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			f(&set)
			return s.Commit(ctx, set)
		}}
	}
}

// each replaces the changes of a set.
func each(set *store.ChangeSet, f func(store.Change) store.Change) {
	set.Changes = slices.Clone(set.Changes)
	for i, c := range set.Changes {
		set.Changes[i] = f(c)
	}
}

// Every rule of a shop catches the store that is broken for it, in the rule's words.
func TestShopRulesCatch(t *testing.T) {
	for rule := range ShopRules() {
		if rule.Needs&Durable != 0 {
			continue // its store would have to outlive a process
		}
		t.Run(rule.ID, func(t *testing.T) {
			caught := false
			for _, b := range brokenShops {
				if b.kills != rule.ID {
					continue
				}
				h := Harness{Open: func(context.Context, string) (store.Store, error) { return b.wrap(memory.New()), nil }}
				rec := &recorder{TB: t}
				rec.guard(func() { checkShop(rec, h, rule) })
				for _, done := range slices.Backward(rec.cleanups) {
					rec.guard(done)
				}
				if text := rec.text.String(); !rec.Failed() || !strings.Contains(text, rule.Sentence) {
					t.Errorf("a store that %s passes, or fails in other words:\n%s", b.name, text)
				}
				caught = true
			}
			if !caught {
				t.Error("there is no store that this rule catches")
			}
		})
	}
}

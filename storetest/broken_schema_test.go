//go:build unix

package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/tillkit/till/store"
)

// preparedFor is the schema that a broken store was prepared for.
type preparedFor struct {
	mu     sync.Mutex
	schema store.Schema
}

// swap gives the schema before.
func (k *preparedFor) swap(next store.Schema) store.Schema {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.schema
	k.schema = cloned(next)
	return before
}

// prepare prepares a store and notes the schema, if it was taken.
func (k *preparedFor) prepare(s store.Store, ctx context.Context, schema store.Schema) error {
	err := s.Prepare(ctx, schema)
	if err == nil {
		k.swap(schema)
	}
	return err
}

func (k *preparedFor) has(family string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Contains(names(k.schema), family)
}

func (k *preparedFor) version() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.schema.Version
}

// familyOf gives a family of a schema, or one that is empty.
func familyOf(schema store.Schema, name string) store.Family {
	for _, f := range schema.Families {
		if f.Name == name {
			return f
		}
	}
	return store.Family{}
}

// brokenSchemas break what happens between one schema and the next.
var brokenSchemas = []broken{
	{name: "records are filed by their documents", kills: "prepare/index-alone", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if p, ok := c.(store.Put); ok && p.Family == "row" && len(p.Index) == 6 {
			if values, err := indexOf(6)(p.Ref, p.Doc); err == nil && p.Index[0].Type() == store.Int {
				p.Index = values
			}
			return p
		}
		return c
	})},
	{name: "every start files all records anew", kills: "prepare/index-alone", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		if err := s.Prepare(ctx, schema); err != nil {
			return err
		}
		if index := familyOf(schema, "row").Index; index != nil {
			all, _ := whole(s, ctx, store.Query{Family: "row"})
			for _, r := range all {
				_, _ = index(r.Ref, r.Doc)
			}
		}
		return nil
	})},
	{name: "a new column begins at 1", kills: "prepare/counters", wrap: func(s store.Store) store.Store {
		known := &preparedFor{}
		return onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
			if err := s.Prepare(ctx, schema); err != nil {
				return err
			}
			before := familyOf(known.swap(schema), "counter").Fields
			for _, f := range familyOf(schema, "counter").Fields {
				if len(before) == 0 || slices.Contains(before, f) {
					continue
				}
				all, _ := whole(s, ctx, store.Query{Family: "counter"})
				for _, r := range all {
					_, _ = s.Commit(ctx, one(add(r.Key, f.Name, 1, store.NoFloor)))
				}
			}
			return nil
		})(s)
	}},
	{name: "what the schema no longer has is gone", kills: "prepare/removed-family", wrap: func(s store.Store) store.Store {
		known := &preparedFor{}
		return onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
			if _, err := store.Compile(schema); err == nil && known.has("row") && familyOf(schema, "row").Name == "" {
				all, _ := whole(s, ctx, store.Query{Family: "row"})
				for _, r := range all {
					_, _ = s.Commit(ctx, one(del(r.Ref, r.Rev)))
				}
			}
			return known.prepare(s, ctx, schema)
		})(s)
	}},
	{name: "an Erase reaches the families of the schema", kills: "prepare/removed-family", wrap: func(s store.Store) store.Store {
		known := &preparedFor{}
		return &hooked{Store: s,
			prepare: func(ctx context.Context, schema store.Schema) error {
				return known.prepare(s, ctx, schema)
			},
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				if known.has("plain") && !known.has("letter") {
					set = without(set, isOf[store.Erase])
				}
				return s.Commit(ctx, set)
			},
		}
	}},
	{name: "hints need a version", kills: "prepare/hints", wrap: func(s store.Store) store.Store {
		known := &preparedFor{}
		return onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
			before := known.swap(schema)
			if old, now := familyOf(before, "plain"), familyOf(schema, "plain"); old.Version > 0 && old.Version == now.Version && old.Small != now.Small {
				return store.ErrInvalid
			}
			return s.Prepare(ctx, schema)
		})(s)
	}},
	{name: "a family has eight fields", kills: "prepare/limits", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		if slices.ContainsFunc(schema.Families, func(f store.Family) bool { return len(f.Fields) > 8 }) {
			return store.ErrInvalid
		}
		return s.Prepare(ctx, schema)
	})},
	{name: "no family is called order", kills: "prepare/names", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		if slices.Contains(names(schema), "order") {
			return store.ErrInvalid
		}
		return s.Prepare(ctx, schema)
	})},
	{name: "claims have one version", kills: "prepare/raised-alone", wrap: func(s store.Store) store.Store {
		known := &preparedFor{}
		return onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
			before := familyOf(known.swap(schema), "claim")
			if now := familyOf(schema, "claim"); before.Version > 0 && before.Version < now.Version {
				return store.ErrInvalid
			}
			return s.Prepare(ctx, schema)
		})(s)
	}},
	{name: "another shape is a conflict", kills: "prepare/faults", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		err := s.Prepare(ctx, schema)
		if x, ok := errors.AsType[*store.InvalidError](err); ok && strings.Contains(x.Reason, "cannot change") {
			return store.ErrConflict
		}
		return err
	})},
}

// brokenAgain break what is there when a store is opened again, and who may open it.
var brokenAgain = []broken{
	{name: "long documents are cut when they are read again", kills: "durable/fidelity", file: func(s *filed) store.Store {
		if !used(s) {
			return s
		}
		return reading(func(r store.Record) store.Record {
			if raw, ok := r.Doc.(store.Raw); ok {
				r.Doc = raw[:min(len(raw), 1<<20)]
			}
			return r
		})(s)
	}},
	{name: "the feed is told the newest first after reopening", kills: "durable/feed", file: func(s *filed) store.Store {
		if !used(s) {
			return s
		}
		return onFeed(func(s store.Store, ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
			page, err := s.Feed(ctx, after, limit)
			slices.Reverse(page.Items)
			return page, err
		})(s)
	}},
	{name: "who is told that the store closes may be in it", kills: "life/refused-is-absent", file: func(s *filed) store.Store {
		closing := make(chan struct{})
		end := sync.OnceFunc(func() { close(closing) })
		return &hooked{Store: s,
			close: func() error {
				end()
				yield(300)
				return s.Close()
			},
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				receipt, err := s.Commit(ctx, set)
				select {
				case <-closing:
					return store.Receipt{}, errors.Join(err, store.ErrClosed)
				default:
					return receipt, err
				}
			},
		}
	}},
	{name: "Maintain leaves the file as it is", kills: "maintain/erased", file: func(s *filed) store.Store {
		return &maintained{Store: s, do: func(ctx context.Context) error {
			_, err := s.Get(ctx)
			return err
		}}
	}},
}

// used reports whether a handle is not the first at its place.
func used(s *filed) bool {
	info, err := s.file.Stat()
	return err == nil && info.Size() > 0
}

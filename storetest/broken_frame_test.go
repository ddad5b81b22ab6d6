//go:build unix

package storetest

import (
	"context"
	"errors"
	"slices"

	"github.com/tillkit/till/store"
)

// reindexed passes the Index of every family through f.
func reindexed(schema store.Schema, f func(store.Family) func(store.Ref, store.Doc) ([]store.Value, error)) store.Schema {
	schema = cloned(schema)
	for i := range schema.Families {
		if schema.Families[i].Index != nil {
			schema.Families[i].Index = f(schema.Families[i])
		}
	}
	return schema
}

// brokenFrames break what stands around reading and writing: schemas, contexts,
// the beginning and the end.
var brokenFrames = []broken{
	{name: "Prepare begins anew", kills: "prepare/repeat", wrap: func(s store.Store) store.Store {
		version := 0
		return onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
			err := s.Prepare(ctx, schema)
			if err == nil && version == schema.Version {
				all, _ := whole(s, ctx, store.Query{Family: "row"})
				for _, r := range all {
					_, _ = s.Commit(ctx, one(del(r.Ref, r.Rev)))
				}
			}
			if err == nil {
				version = schema.Version
			}
			return err
		})(s)
	}},
	{name: "an old program may prepare newer data", kills: "prepare/newer", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		err := s.Prepare(ctx, schema)
		if x, ok := errors.AsType[*store.UnsupportedError](err); ok && x.What == "schema" {
			return nil
		}
		return err
	})},
	{name: "nothing is filed anew", kills: "prepare/files-anew", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		return s.Prepare(ctx, reindexed(schema, func(f store.Family) func(store.Ref, store.Doc) ([]store.Value, error) {
			return func(r store.Ref, doc store.Doc) ([]store.Value, error) {
				if _, err := f.Index(r, doc); err != nil {
					return nil, err
				}
				return indexOf(len(f.Fields))(r, doc)
			}
		}))
	})},
	{name: "Index is given no ref", kills: "prepare/reads-documents", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		return s.Prepare(ctx, reindexed(schema, func(f store.Family) func(store.Ref, store.Doc) ([]store.Value, error) {
			return func(_ store.Ref, doc store.Doc) ([]store.Value, error) { return f.Index(store.Ref{}, doc) }
		}))
	})},
	{name: "Prepare stops halfway", kills: "prepare/wholly", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		var failed error
		err := s.Prepare(ctx, reindexed(schema, func(f store.Family) func(store.Ref, store.Doc) ([]store.Value, error) {
			return func(r store.Ref, doc store.Doc) ([]store.Value, error) {
				values, err := f.Index(r, doc)
				if err != nil {
					failed = err
					return indexOf(len(f.Fields))(r, doc)
				}
				return values, nil
			}
		}))
		return errors.Join(err, failed)
	})},
	{name: "a schema without a version is taken", kills: "prepare/invalid", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		schema.Version = max(schema.Version, 1)
		return s.Prepare(ctx, schema)
	})},
	{name: "families that are added later are not made", kills: "prepare/added-family", wrap: func(s store.Store) store.Store {
		var first []string
		return onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
			if first != nil {
				schema = cloned(schema)
				schema.Families = slices.DeleteFunc(schema.Families, func(f store.Family) bool { return !slices.Contains(first, f.Name) })
			}
			err := s.Prepare(ctx, schema)
			if err == nil && first == nil {
				first = names(schema)
			}
			return err
		})(s)
	}},
	{name: "contexts are not looked at", kills: "context/cancelled", wrap: func(s store.Store) store.Store {
		return &hooked{Store: s,
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				return s.Commit(context.WithoutCancel(ctx), set)
			},
			get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
				return s.Get(context.WithoutCancel(ctx), refs...)
			},
		}
	}},
	{name: "it prepares itself when it is opened", kills: "life/before-prepare", wrap: func(s store.Store) store.Store {
		_ = s.Prepare(context.Background(), schema())
		return s
	}},
	{name: "a second Close fails", kills: "life/close-twice", wrap: func(s store.Store) store.Store {
		closed := false
		return &hooked{Store: s, close: func() error {
			if closed {
				return store.ErrClosed
			}
			closed = true
			return s.Close()
		}}
	}},
	{name: "a closed store is an empty one", kills: "life/closed", wrap: onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
		records, err := s.Get(ctx, refs...)
		if errors.Is(err, store.ErrClosed) {
			return make([]store.Record, len(refs)), nil
		}
		return records, err
	})},
	{name: "the fiftieth set is lost", kills: "model/sequence", wrap: func(s store.Store) store.Store {
		n := 0
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			if n++; n == 50 {
				set.Changes = nil
			}
			return s.Commit(ctx, set)
		})(s)
	}},
}

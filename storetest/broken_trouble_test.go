//go:build unix

package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

// overEngine is a store in memory, of which each call begins with one of an engine.
func overEngine(s store.Store, engine *Engine) store.Store {
	obeys := func() error { return engine.Do(func() error { return nil }) }
	return &hooked{Store: s,
		prepare: func(ctx context.Context, schema store.Schema) error {
			if err := obeys(); err != nil {
				return err
			}
			return s.Prepare(ctx, schema)
		},
		get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
			if err := obeys(); err != nil {
				return nil, err
			}
			return s.Get(ctx, refs...)
		},
		commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			if err := obeys(); err != nil {
				return store.Receipt{}, err
			}
			return s.Commit(ctx, set)
		},
	}
}

// struck reports whether an error is one of an engine that was made to fail.
func struck(err error) bool { return errors.Is(err, ErrInjected) }

// quietly runs do over an engine that obeys.
func quietly(s *filed, do func()) {
	engine := s.engine
	s.engine = new(Engine)
	defer func() { s.engine = engine }()
	do()
}

// onTrouble passes what Commit says of a set whose engine failed through f.
func onTrouble(f func(s *filed, ctx context.Context, set store.ChangeSet, err error) error) func(*filed) store.Store {
	return func(s *filed) store.Store {
		return onCommit(func(_ store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			receipt, err := s.Commit(ctx, set)
			if struck(err) {
				if err = f(s, ctx, set, err); err == nil {
					receipt = receiptOf(set, false)
				}
			}
			return receipt, err
		})(s)
	}
}

// brokenTroubles break what a store promises when its engine fails.
var brokenTroubles = []broken{
	{name: "of a set whose engine fails the first half happens", kills: "trouble/whole", file: onTrouble(func(s *filed, ctx context.Context, set store.ChangeSet, err error) error {
		quietly(s, func() { _, _ = s.Commit(ctx, store.ChangeSet{Changes: set.Changes[:len(set.Changes)/2]}) })
		return err
	})},
	{name: "a set in doubt is told as one that did not happen", kills: "trouble/whole", file: onTrouble(func(_ *filed, _ context.Context, _ store.ChangeSet, err error) error {
		return fmt.Errorf("nothing was changed: %w, %s", ErrInjected, err)
	})},
	{name: "a set whose engine fails is acknowledged", kills: "trouble/whole", file: onTrouble(func(*filed, context.Context, store.ChangeSet, error) error {
		return nil
	})},
	{name: "Outcome does not find a set that was in doubt", kills: "trouble/key", file: func(s *filed) store.Store {
		var doubtful sync.Map // by key
		return &hooked{Store: s,
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				receipt, err := s.Commit(ctx, set)
				if unknown(err) {
					doubtful.Store(set.Key, true)
				}
				return receipt, err
			},
			outcome: func(ctx context.Context, key string) (store.Receipt, error) {
				if _, ok := doubtful.Load(key); ok {
					return store.Receipt{}, store.ErrNotFound
				}
				return s.Outcome(ctx, key)
			},
		}
	}},
	{name: "a set in doubt is applied again when it is repeated", kills: "trouble/key", file: func(s *filed) store.Store {
		var doubtful sync.Map // by key
		return onCommit(func(_ store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			key := set.Key
			if _, ok := doubtful.Load(key); ok {
				set.Key += "again"
				set.Changes = []store.Change{add("all", "available", 1, 0)}
			}
			receipt, err := s.Commit(ctx, set)
			if unknown(err) {
				doubtful.Store(key, true)
			}
			receipt.Key = key
			return receipt, err
		})(s)
	}},
	{name: "a set that cannot be compared is taken for one that fits", kills: "trouble/refused", file: onTrouble(func(s *filed, ctx context.Context, set store.ChangeSet, err error) error {
		quietly(s, func() {
			before := now(s, ref("plain", "q"))
			if _, refused := s.Commit(ctx, set); refused != nil && !before.Exists() && len(set.Changes) == 2 {
				err = nil
			}
		})
		return err
	})},
	{name: "sets that come at once are acknowledged where the engine fails", kills: "trouble/at-once", spares: apart[1:], file: func(s *filed) store.Store {
		var under atomic.Int64
		return onCommit(func(_ store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			under.Add(1)
			defer under.Add(-1)
			receipt, err := s.Commit(ctx, set)
			if struck(err) && under.Load() > 1 {
				return receiptOf(set, false), nil
			}
			return receipt, err
		})(s)
	}},
	{name: "Outcome guesses what becomes of a set whose caller has left, while others commit", kills: "trouble/leave", file: func(s *filed) store.Store {
		var left sync.Map // by key
		var under atomic.Int64
		return &hooked{Store: s,
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				if err := ctx.Err(); err != nil {
					return store.Receipt{}, err
				}
				under.Add(1)
				defer under.Add(-1)
				receipt, err := s.Commit(context.WithoutCancel(ctx), set)
				if err == nil && ctx.Err() != nil {
					left.Store(set.Key, true)
					return store.Receipt{}, errors.Join(store.ErrOutcomeUnknown, ctx.Err())
				}
				return receipt, err
			},
			outcome: func(ctx context.Context, key string) (store.Receipt, error) {
				if _, guesses := left.Load(key); guesses && under.Load() > 0 {
					return store.Receipt{}, store.ErrNotFound
				}
				return s.Outcome(ctx, key)
			},
		}
	}},
	{name: "a set whose caller has waited in vain happens all the same", kills: "trouble/wait", file: func(s *filed) store.Store {
		return onCommit(func(_ store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			receipt, err := s.Commit(ctx, set)
			for again := 0; struck(err) && again < 5; again++ {
				receipt, err = s.Commit(context.WithoutCancel(ctx), set)
			}
			if struck(err) && ctx.Err() != nil {
				quietly(s, func() { _, _ = s.Commit(context.WithoutCancel(ctx), set) })
			}
			return receipt, err
		})(s)
	}},
	{name: "a page is cut where the engine fails", kills: "trouble/reads", file: func(s *filed) store.Store {
		return onFind(func(_ store.Store, ctx context.Context, q store.Query) (page recordPage, err error) {
			if page, err = s.Find(ctx, q); struck(err) {
				quietly(s, func() { page, err = s.Find(ctx, q) })
				page.Items, page.Next = page.Items[:len(page.Items)/2], ""
			}
			return page, err
		})(s)
	}},
	{name: "records that cannot be read are absent", kills: "trouble/reads", file: func(s *filed) store.Store {
		return onGet(func(_ store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
			records, err := s.Get(ctx, refs...)
			if struck(err) {
				records, err = make([]store.Record, len(refs)), nil
				for i, r := range refs {
					records[i].Ref = r
				}
			}
			return records, err
		})(s)
	}},
	{name: "an outcome that cannot be read is not there", kills: "trouble/reads", file: func(s *filed) store.Store {
		return onOutcome(func(_ store.Store, ctx context.Context, key string) (store.Receipt, error) {
			receipt, err := s.Outcome(ctx, key)
			if struck(err) {
				err = store.ErrNotFound
			}
			return receipt, err
		})(s)
	}},
	{name: "the engine's error is not in the chain", kills: "trouble/error", file: onTrouble(func(_ *filed, _ context.Context, _ store.ChangeSet, err error) error {
		if unknown(err) {
			return store.ErrOutcomeUnknown
		}
		return errors.New("the disk does not obey")
	})},
	{name: "a failure of the engine is told as a conflict", kills: "trouble/error", file: onTrouble(func(_ *filed, _ context.Context, _ store.ChangeSet, err error) error {
		return errors.Join(store.ErrConflict, err)
	})},
	{name: "after a read that failed nothing is written any more", kills: "trouble/goes-on", file: func(s *filed) store.Store {
		var failed atomic.Bool
		return &hooked{Store: s,
			get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
				records, err := s.Get(ctx, refs...)
				failed.CompareAndSwap(false, struck(err))
				return records, err
			},
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				if failed.Load() {
					return store.Receipt{}, ErrInjected
				}
				return s.Commit(ctx, set)
			},
		}
	}},
	{name: "an Open that fails empties the file", kills: "trouble/open", file: fileAsItIs, says: func(h *Harness) {
		open := h.Failing
		h.Failing = func(ctx context.Context, place string, engine *Engine) (store.Store, error) {
			s, err := open(ctx, place, engine)
			if err != nil {
				whole, _ := openFiled(place, new(Engine))
				_ = errors.Join(whole.file.Truncate(0), whole.Close())
			}
			return s, err
		}
	}},
	{name: "a place whose Open failed is never opened again", kills: "trouble/open", file: fileAsItIs, says: func(h *Harness) {
		var failed sync.Map // by place
		open := h.Failing
		h.Failing = func(ctx context.Context, place string, engine *Engine) (store.Store, error) {
			if _, ok := failed.Load(place); ok {
				return nil, ErrInjected
			}
			s, err := open(ctx, place, engine)
			if err != nil {
				failed.Store(place, true)
			}
			return s, err
		}
	}},
	{name: "a first Prepare that failed is taken for one that did not", kills: "trouble/prepare", file: func(s *filed) store.Store {
		return onPrepare(func(_ store.Store, ctx context.Context, schema store.Schema) error {
			first := s.mem == nil
			err := s.Prepare(ctx, schema)
			if struck(err) && first {
				quietly(s, func() { _ = s.Prepare(ctx, schema) })
			}
			return err
		})(s)
	}},
	{name: "a first Prepare that failed cannot be made again", kills: "trouble/prepare", file: func(s *filed) store.Store {
		var failed error
		return onPrepare(func(_ store.Store, ctx context.Context, schema store.Schema) error {
			first := s.mem == nil
			if failed != nil {
				return failed
			}
			err := s.Prepare(ctx, schema)
			if struck(err) && first {
				failed = err
			}
			return err
		})(s)
	}},
	{name: "a Prepare that failed has filed anew what was there", kills: "trouble/migrate", file: func(s *filed) store.Store {
		return onPrepare(func(_ store.Store, ctx context.Context, schema store.Schema) error {
			first := s.mem == nil
			err := s.Prepare(ctx, schema)
			if struck(err) && !first {
				quietly(s, func() { _ = s.Prepare(ctx, schema) })
			}
			return err
		})(s)
	}},
	{name: "a Prepare that is repeated leaves records as they were filed", kills: "trouble/migrate", file: func(s *filed) store.Store {
		var failed bool
		return onPrepare(func(_ store.Store, ctx context.Context, schema store.Schema) error {
			first := s.mem == nil
			if failed {
				schema = reindexed(schema, func(f store.Family) func(store.Ref, store.Doc) ([]store.Value, error) { return indexOf(len(f.Fields)) })
			}
			err := s.Prepare(ctx, schema)
			failed = failed || struck(err) && !first
			return err
		})(s)
	}},
	{name: "a Maintain that failed is never made again", kills: "trouble/maintain", file: func(s *filed) store.Store {
		return &tidied{filed: s}
	}},
	{name: "a Close that failed is never through", kills: "trouble/close", file: func(s *filed) store.Store {
		var failed error
		return &hooked{Store: s, close: func() error {
			if err := s.Close(); struck(err) {
				failed = err
			}
			return failed
		}}
	}},
	{name: "a Close that failed takes the last set with it", kills: "trouble/close", file: func(s *filed) store.Store {
		return &hooked{Store: s, close: func() error {
			err := s.Close()
			if struck(err) {
				whole, _ := openFiled(s.file.Name(), new(Engine))
				_ = errors.Join(whole.file.Truncate(s.last), whole.Close())
			}
			return err
		}}
	}},
}

// tidied is a store whose Maintain fails for ever once it has.
type tidied struct {
	*filed
	failed error
}

func (s *tidied) Maintain(ctx context.Context) error {
	if s.failed == nil {
		s.failed = s.filed.Maintain(ctx)
	}
	err := s.failed
	if !struck(err) {
		s.failed = nil
	}
	return err
}

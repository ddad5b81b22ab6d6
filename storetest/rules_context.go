package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillkit/till/store"
)

// call is one method of a store, called with arguments that fit what oneOfEach
// makes. key is new for every call.
type call struct {
	name string
	do   func(ctx context.Context, s store.Store, key string) error
}

// calls has every method that takes a context but Prepare.
var calls = []call{
	{"Get", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.Get(ctx, everyRef...)
		return err
	}},
	{"Get of nothing", func(ctx context.Context, s store.Store, _ string) error { _, err := s.Get(ctx); return err }},
	{"Find", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.Find(ctx, store.Query{Family: "row", List: "by_num", Limit: 5})
		return err
	}},
	{"History", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.History(ctx, ref("journal", "j"), 0, 5)
		return err
	}},
	{"Commit", func(ctx context.Context, s store.Store, key string) error {
		_, err := s.Commit(ctx, keyed(key, "x", put(key, 0, thing{Num: 1}), grow(key, 0, "x"), add("calls", "available", 1, 0)))
		return err
	}},
	{"Commit of nothing", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.Commit(ctx, store.ChangeSet{})
		return err
	}},
	{"Outcome", func(ctx context.Context, s store.Store, _ string) error {
		_, err := s.Outcome(ctx, "known")
		return err
	}},
	{"Feed", func(ctx context.Context, s store.Store, _ string) error { _, err := s.Feed(ctx, "", 5); return err }},
}

func prepareCall(ctx context.Context, s store.Store, _ string) error { return s.Prepare(ctx, schema()) }

var contextRules = []Rule{
	{
		ID:       "context/cancelled",
		Sentence: "A context that is already done ends a call with its error before anything happens.",
		Why:      "a request that the buyer gave up must not become an order",
		Check: func(e *Env) {
			cancelled, cancel := context.WithCancel(e.Ctx)
			cancel()
			late, stop := context.WithDeadline(e.Ctx, time.Unix(0, 0))
			defer stop()
			for _, c := range []struct {
				ctx  context.Context
				want error
			}{{cancelled, context.Canceled}, {late, context.DeadlineExceeded}} {
				s := e.Open(e.Place())
				e.Is("Prepare", s.Prepare(c.ctx, schema()), c.want)
				_, err := s.Get(e.Ctx)
				e.Is("Get after a Prepare that did not happen", err, store.ErrInvalid)
				e.Must("Prepare", s.Prepare(e.Ctx, schema()))
				e.oneOfEach(s)
				e.CommitSet(s, keyed("known", "x"))
				before := e.Dump(s)
				for _, call := range calls {
					e.Is(call.name, call.do(c.ctx, s, "key"), c.want)
				}
				_, err = s.Commit(c.ctx, keyed("known", "x"))
				e.Is("Commit with a key that has a receipt", err, c.want)
				e.Is("Prepare", s.Prepare(c.ctx, schema()), c.want)
				e.Equal("the store after calls that did not happen", e.Dump(s), before)
			}
		},
	},
	{
		ID:       "context/own-alone",
		Sentence: "A commit error but ErrOutcomeUnknown says that nothing was changed and nothing will be; a context that ends one call leaves the others alone.",
		Why:      "one impatient buyer must not undo the orders of those who pay",
		Check: func(e *Env) {
			s := e.Fresh()
			const rounds, n = 10, 12
			for round := range rounds {
				errs := make([]error, n)
				together(n, func(i int) {
					ctx, cancel := context.WithCancel(e.Ctx)
					defer cancel()
					if i%2 == 1 {
						go cancel()
					}
					key := fmt.Sprintf("k%d-%d", round, i)
					_, errs[i] = s.Commit(ctx, keyed(key, "x", put(key, 0, thing{}), grow(key, 0, "x", "y"), add("c", "available", 1, 0)))
				})
				for i, err := range errs {
					key := fmt.Sprintf("k%d-%d", round, i)
					if i%2 == 0 {
						e.Must("Commit of one who waits", err)
					}
					_, outcome := s.Outcome(e.Ctx, key)
					seen := e.Get(s, ref("row", key), ref("journal", key))
					there := outcome == nil
					if !there {
						e.Is("Outcome", outcome, store.ErrNotFound)
					}
					if (seen[0].Rev == 1) != there || (seen[1].Rev == 2) != there {
						e.Failf("%s is there by half: Outcome %v, records %v", key, outcome, seen)
					}
					switch {
					case err == nil && !there:
						e.Failf("%s was acknowledged and is not there", key)
					case err != nil && !errors.Is(err, store.ErrOutcomeUnknown):
						e.Is("Commit of one who gave up", err, context.Canceled)
						if there {
							e.Failf("%s is there, though Commit said %v", key, err)
						}
					}
				}
			}
			e.counts(s, "c", int64(len(e.Keys(s, store.Query{Family: "journal"}))), 0)
		},
	},
}

//go:build unix

package storetest

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

// gap is where a store that compares too early lets others in: who enters waits
// until another is inside too, or long enough for any that is on its way.
type gap struct{ entered atomic.Int64 }

func (g *gap) pass() {
	mine := g.entered.Add(1)
	for range 3000 {
		if g.entered.Load() > mine {
			return
		}
		runtime.Gosched()
	}
}

// early compares what compare compares, lets others in, and commits a set from
// which these comparisons were taken out.
func early(compare func(s store.Store, ctx context.Context, set store.ChangeSet) (store.ChangeSet, bool, error)) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		g := &gap{}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			loose, found, err := compare(s, ctx, set)
			if err != nil || !found {
				return s.Commit(ctx, set)
			}
			g.pass()
			return s.Commit(ctx, loose)
		})(s)
	}
}

func requiredEarly(absent bool) func(store.Store) store.Store {
	return early(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.ChangeSet, bool, error) {
		_, err := s.Commit(ctx, store.ChangeSet{Requires: set.Requires})
		held := set.Requires
		set.Requires = slices.DeleteFunc(slices.Clone(held), func(r store.Requirement) bool { return (r.Rev == 0) == absent })
		return set, len(set.Requires) < len(held), err
	})
}

// pace counts the commits of a store, so that who reads can wait for the next one.
type pace struct{ count atomic.Int64 }

// commits is Commit, counted.
func (p *pace) commits(s store.Store) func(context.Context, store.ChangeSet) (store.Receipt, error) {
	return func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		defer p.count.Add(1)
		return s.Commit(ctx, set)
	}
}

// next lets others run until there is another commit, so often at most, and reports
// whether there was one.
func (p *pace) next(most int) bool {
	before := p.count.Load()
	for i := 0; i < most && p.count.Load() == before; i++ {
		runtime.Gosched()
	}
	return p.count.Load() != before
}

// inTwo is Get in two reads, the first of so many refs, with a commit in between if one comes.
func (p *pace) inTwo(s store.Store, first, most int) func(context.Context, []store.Ref) ([]store.Record, error) {
	return func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
		if len(refs) <= first {
			return s.Get(ctx, refs...)
		}
		all, err := s.Get(ctx, refs[:first]...)
		p.next(most)
		if err != nil {
			return nil, err
		}
		rest, err := s.Get(ctx, refs[first:]...)
		return append(all, rest...), err
	}
}

// brokenRaces go wrong only when calls meet. The gap makes them meet.
var brokenRaces = []broken{
	{name: "requirements are compared too early", kills: "require/write-skew", wrap: requiredEarly(false)},
	{name: "absence is compared too early", kills: "require/absence-holds", wrap: requiredEarly(true)},
	{name: "floors are compared too early", kills: "counter/last-unit", wrap: early(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.ChangeSet, bool, error) {
		err := would(s, ctx, set)
		loose := set
		loose.Changes = slices.Clone(set.Changes)
		for i, c := range loose.Changes {
			if a, ok := c.(store.Add); ok {
				a.Steps = slices.Clone(a.Steps)
				for j := range a.Steps {
					a.Steps[j].Floor = store.NoFloor
				}
				loose.Changes[i] = a
			}
		}
		return loose, true, err
	})},
	{name: "Adds to one counter conflict", kills: "counter/adds-meet", wrap: func(s store.Store) store.Store {
		var counters sync.Map // those to which somebody adds now
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			for i, c := range set.Changes {
				if a, ok := c.(store.Add); ok && !slices.ContainsFunc(set.Changes[:i], func(c store.Change) bool { return refOf(c) == a.Ref }) {
					if _, taken := counters.LoadOrStore(a.Ref, true); taken {
						return store.Receipt{}, &store.ConflictError{Ref: a.Ref}
					}
					defer counters.Delete(a.Ref)
				}
			}
			yield(50)
			return s.Commit(ctx, set)
		})(s)
	}},
	{name: "claims are compared too early", kills: "claim/race", wrap: func(s store.Store) store.Store {
		g := &gap{}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			free := would(s, ctx, set) == nil
			g.pass()
			receipt, err := s.Commit(ctx, set)
			if _, taken := errors.AsType[*store.ExistsError](err); free && taken {
				return receipt, nil
			}
			return receipt, err
		})(s)
	}},
	{name: "keys are looked up too early", kills: "key/at-once", wrap: func(s store.Store) store.Store {
		g := &gap{}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			if _, err := s.Outcome(ctx, set.Key); !errors.Is(err, store.ErrNotFound) {
				return s.Commit(ctx, set)
			}
			g.pass()
			key := set.Key
			set.Key = ""
			if _, err := s.Commit(ctx, set); err != nil {
				return store.Receipt{}, err
			}
			set.Key, set.Requires, set.Changes = key, nil, nil
			return s.Commit(ctx, set)
		})(s)
	}},
	{name: "the feed overtakes commits", kills: "feed/while-writing", wrap: func(s store.Store) store.Store {
		var commits atomic.Int64
		return &hooked{Store: s,
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				defer commits.Add(1)
				return s.Commit(ctx, set)
			},
			feed: func(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
				page, err := s.Feed(ctx, after, limit)
				if err != nil || len(page.Items) == limit {
					return page, err
				}
				before := commits.Load()
				for i := 0; i < 1000 && commits.Load() == before; i++ {
					runtime.Gosched()
				}
				for next := page; err == nil && len(next.Items) > 0; {
					if next, err = s.Feed(ctx, next.Next, store.MaxLimit); err == nil {
						page.Next = next.Next
					}
				}
				return page, err
			},
		}
	}},
	{name: "a cancelled commit happens all the same", kills: "context/own-alone", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		receipt, err := s.Commit(ctx, set)
		for i := 0; i < 1000 && ctx.Err() == nil; i++ {
			runtime.Gosched()
		}
		if ctx.Err() != nil {
			return store.Receipt{}, ctx.Err()
		}
		return receipt, err
	})},
	{name: "Close leaves commits in doubt", kills: "life/close-under-way", file: func(s *filed) store.Store {
		return all(s, func(err error) error {
			if errors.Is(err, store.ErrClosed) {
				return errors.Join(err, store.ErrOutcomeUnknown)
			}
			return err
		})
	}},
	{name: "a second writer is told that the store is busy", kills: "concurrent/disjoint", wrap: func(s store.Store) store.Store {
		var inside atomic.Int64
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			defer inside.Add(-1)
			if inside.Add(1) > 1 {
				return store.Receipt{}, store.ErrBusy
			}
			yield(50)
			return s.Commit(ctx, set)
		})(s)
	}},
	{name: "revisions are compared too early", kills: "concurrent/one-winner", wrap: func(s store.Store) store.Store {
		g, mu := &gap{}, &sync.Mutex{}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			if err := would(s, ctx, set); err != nil {
				return s.Commit(ctx, set)
			}
			g.pass()
			mu.Lock()
			defer mu.Unlock()
			set.Changes = slices.Clone(set.Changes)
			for i, c := range set.Changes {
				if p, ok := c.(store.Put); ok {
					p.Rev = now(s, p.Ref).Rev
					set.Changes[i] = p
				}
			}
			return s.Commit(ctx, set)
		})(s)
	}},
	{name: "who appends too late is told yes", kills: "concurrent/one-journal", wrap: func(s store.Store) store.Store {
		g := &gap{}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			free := would(s, ctx, set) == nil
			g.pass()
			receipt, err := s.Commit(ctx, set)
			if free && errors.Is(err, store.ErrConflict) {
				return receipt, nil
			}
			return receipt, err
		})(s)
	}},
	{name: "Get reads one by one", kills: "concurrent/reads-whole", wrap: func(s store.Store) store.Store {
		p := &pace{}
		return &hooked{Store: s, commit: p.commits(s), get: p.inTwo(s, 1, 1000)}
	}},
	{name: "a page is read in two halves", kills: "concurrent/pages", wrap: func(s store.Store) store.Store {
		p := &pace{}
		return &hooked{Store: s, commit: p.commits(s), find: func(ctx context.Context, q store.Query) (recordPage, error) {
			first, err := s.Find(ctx, q)
			if err != nil || !p.next(1000) {
				return first, err
			}
			second, err := s.Find(ctx, q)
			half := len(first.Items) / 2
			second.Items = append(first.Items[:half:half], second.Items[min(half, len(second.Items)):]...)
			return second, err
		}}
	}},
	{name: "Get takes one call at a time", kills: "concurrent/all-methods", wrap: func(s store.Store) store.Store {
		var inside atomic.Int64
		return onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
			defer inside.Add(-1)
			if inside.Add(1) > 1 {
				return nil, store.ErrBusy
			}
			yield(100)
			return s.Get(ctx, refs...)
		})(s)
	}},
}

//go:build unix

package storetest

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// isOf reports whether a change is of a kind.
func isOf[C store.Change](c store.Change) bool {
	_, ok := c.(C)
	return ok
}

// without gives a set without the changes that f names.
func without(set store.ChangeSet, f func(store.Change) bool) store.ChangeSet {
	set.Changes = slices.DeleteFunc(slices.Clone(set.Changes), f)
	return set
}

// would says whether changes would be taken: it commits them with one that is
// refused, last.
func would(s store.Store, ctx context.Context, set store.ChangeSet) error {
	probe := ref("plain", "\x01probe")
	set.Key, set.Changes = "", append(slices.Clone(set.Changes), store.Change(store.Delete{Ref: probe, Rev: 9}))
	_, err := s.Commit(ctx, set)
	if c, ok := errors.AsType[*store.ConflictError](err); ok && c.Ref == probe {
		return nil
	}
	return err
}

var brokenWrites = []broken{
	{name: "changes are made one by one", kills: "commit/all-or-nothing", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		for _, c := range set.Changes {
			if _, err := s.Commit(ctx, one(c)); err != nil {
				return store.Receipt{}, err
			}
		}
		set.Changes = nil
		return s.Commit(ctx, set)
	})},
	{name: "releases are forgotten", kills: "commit/every-kind", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if isOf[store.Release](c) {
			return nil
		}
		return c
	})},
	{name: "revisions end at 3", kills: "commit/revision", wrap: reading(func(r store.Record) store.Record {
		r.Rev = min(r.Rev, 3)
		return r
	})},
	{name: "the last writer wins", kills: "commit/stale-put", wrap: changing(func(s store.Store, c store.Change) store.Change {
		if p, ok := c.(store.Put); ok && p.Rev > 0 && p.Family != store.Receipts {
			p.Rev = now(s, p.Ref).Rev
			return p
		}
		return c
	})},
	{name: "appends are compared on an empty journal only", kills: "commit/stale-append", wrap: changing(func(s store.Store, c store.Change) store.Change {
		if a, ok := c.(store.Append); ok && now(s, a.Ref).Exists() {
			a.Rev, a.Entries = now(s, a.Ref).Rev, slices.Clone(a.Entries)
			for i := range a.Entries {
				a.Entries[i].N = a.Rev + int64(i) + 1
			}
			return a
		}
		return c
	})},
	{name: "Delete deletes any revision", kills: "commit/delete", wrap: changing(func(s store.Store, c store.Change) store.Change {
		if d, ok := c.(store.Delete); ok && d.Rev > 0 {
			if d.Rev = now(s, d.Ref).Rev; d.Rev == 0 {
				return nil
			}
			return d
		}
		return c
	})},
	{name: "changes are compared before requirements", kills: "commit/order-of-errors", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if set.Key == "" {
			if err := would(s, ctx, store.ChangeSet{Changes: set.Changes}); err != nil {
				return store.Receipt{}, err
			}
		}
		return s.Commit(ctx, set)
	})},
	{name: "an Erase takes its turn", kills: "commit/order-means-nothing", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		at := slices.IndexFunc(set.Changes, isOf[store.Erase])
		if err := would(s, ctx, set); at > 0 && err == nil {
			if _, err := s.Commit(ctx, store.ChangeSet{Requires: set.Requires, Changes: set.Changes[:at]}); err != nil {
				return store.Receipt{}, err
			}
			set.Requires, set.Changes = nil, set.Changes[at:]
		}
		return s.Commit(ctx, set)
	})},
	{name: "an empty set is refused", kills: "commit/empty", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if len(set.Changes) == 0 && set.Key == "" && len(set.Requires) == 0 && ctx.Err() == nil {
			return store.Receipt{}, store.ErrInvalid
		}
		return s.Commit(ctx, set)
	})},
	{name: "documents are encoded on the writer's goroutine", kills: "commit/encoded-once", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if p, ok := c.(store.Put); ok && p.Doc != nil {
			done := make(chan struct{})
			go func() {
				defer close(done)
				p.Doc, _ = raw(p.Doc)
			}()
			<-done
			return p
		}
		return c
	})},
	{name: "changes that are not known are skipped", kills: "form/reserved", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		return s.Commit(ctx, without(set, func(c store.Change) bool { return isOf[store.Reserved](c) || isOf[novel](c) }))
	})},
	{name: "the last change of a ref counts", kills: "form/ref-twice", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		last := map[store.Ref]int{}
		for i, c := range set.Changes {
			last[refOf(c)] = i
		}
		i := -1
		return s.Commit(ctx, without(set, func(c store.Change) bool {
			i++
			return refOf(c) != (store.Ref{}) && last[refOf(c)] != i
		}))
	})},
	{name: "changes of families that are not known are skipped", kills: "form/shape", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		return s.Commit(ctx, without(set, func(c store.Change) bool { return refOf(c).Family == "nobody" }))
	})},
	{name: "long texts are cut", kills: "form/invalid", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if p, ok := c.(store.Put); ok {
			p.Index = slices.Clone(p.Index)
			for i, v := range p.Index {
				if v.Type() == store.Text {
					p.Index[i] = store.TextValue(v.Text()[:min(len(v.Text()), store.MaxText)])
				}
			}
			return p
		}
		return c
	})},
	{name: "a set has a thousand changes at most", kills: "form/limits", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if len(set.Changes) > 1000 {
			return store.Receipt{}, store.ErrInvalid
		}
		return s.Commit(ctx, set)
	})},
	{name: "requirements are not compared", kills: "require/revision", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		set.Requires = slices.DeleteFunc(slices.Clone(set.Requires), func(r store.Requirement) bool { return r.Ref.Family == "row" && r.Rev > 0 })
		return s.Commit(ctx, set)
	})},
	{name: "requirements are compared with the state after the set", kills: "require/state-before", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		set.Requires = slices.Clone(set.Requires)
		for i, r := range set.Requires {
			if r.Rev > 0 && slices.ContainsFunc(set.Changes, func(c store.Change) bool { return isOf[store.Put](c) && refOf(c) == r.Ref }) {
				set.Requires[i].Rev--
			}
		}
		return s.Commit(ctx, set)
	})},
	{name: "a deleted record can be required", kills: "require/deleted", wrap: func(s store.Store) store.Store {
		tombs := map[store.Requirement]bool{}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			set.Requires = slices.DeleteFunc(slices.Clone(set.Requires), func(r store.Requirement) bool { return tombs[r] })
			receipt, err := s.Commit(ctx, set)
			for _, c := range set.Changes {
				if d, ok := c.(store.Delete); ok && err == nil {
					tombs[require(d.Ref, d.Rev)] = true
				}
			}
			return receipt, err
		})(s)
	}},
	{name: "anything can be required", kills: "require/families", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		set.Requires = slices.DeleteFunc(slices.Clone(set.Requires), func(r store.Requirement) bool { return r.Ref.Family == "counter" || r.Ref.Family == "claim" })
		return s.Commit(ctx, set)
	})},
	{name: "a counter must be there", kills: "counter/from-zero", wrap: func(s store.Store) store.Store {
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			for _, c := range set.Changes {
				if a, ok := c.(store.Add); ok && a.Key != "c" && a.Family == "counter" && !now(s, a.Ref).Exists() && would(s, ctx, set) == nil {
					return store.Receipt{}, store.ErrNotFound
				}
			}
			return s.Commit(ctx, set)
		})(s)
	}},
	{name: "steps are summed up first", kills: "counter/steps", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		a, ok := c.(store.Add)
		if !ok || len(a.Steps) > store.MaxSteps {
			return c
		}
		var sums []store.Step
		for _, n := range a.Steps {
			if at := slices.IndexFunc(sums, func(o store.Step) bool { return o.Field == n.Field }); at >= 0 {
				sums[at].By, sums[at].Floor = sums[at].By+n.By, n.Floor
			} else {
				sums = append(sums, n)
			}
		}
		a.Steps = sums
		return a
	})},
	{name: "floors hold for steps down only", kills: "counter/floor", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if a, ok := c.(store.Add); ok {
			a.Steps = slices.Clone(a.Steps)
			for i := range a.Steps {
				if a.Steps[i].By >= 0 {
					a.Steps[i].Floor = store.NoFloor
				}
			}
			return a
		}
		return c
	})},
	{name: "NoFloor is -2^62", kills: "counter/no-floor", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if a, ok := c.(store.Add); ok {
			a.Steps = slices.Clone(a.Steps)
			for i := range a.Steps {
				a.Steps[i].Floor = max(a.Steps[i].Floor, -1<<62)
			}
			return a
		}
		return c
	})},
	{name: "sums that overflow are left out", kills: "counter/overflow", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		receipt, err := s.Commit(ctx, set)
		if x, ok := errors.AsType[*store.InvalidError](err); ok && strings.Contains(x.Reason, "int64") {
			return s.Commit(ctx, without(set, isOf[store.Add]))
		}
		return receipt, err
	})},
	{name: "ErrShort comes without figures", kills: "counter/short-error", wrap: func(s store.Store) store.Store {
		return all(s, func(err error) error {
			if errors.Is(err, store.ErrShort) {
				return store.ErrShort
			}
			return err
		})
	}},
	{name: "a claim can be taken twice by its owner", kills: "claim/exclusive", wrap: changing(func(s store.Store, c store.Change) store.Change {
		if k, ok := c.(store.Claim); ok && see(now(s, k.Ref)).Doc == k.Owner && k.Owner != "" {
			return nil
		}
		return c
	})},
	{name: "anybody can release", kills: "claim/release", wrap: changing(func(s store.Store, c store.Change) store.Change {
		if r, ok := c.(store.Release); ok && r.Owner != "" && now(s, r.Ref).Exists() {
			r.Owner = see(now(s, r.Ref)).Doc
			return r
		}
		return c
	})},
	{name: "a claim is for ever", kills: "claim/again", wrap: func(s store.Store) store.Store {
		taken := map[store.Ref]bool{}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			for _, c := range set.Changes {
				if k, ok := c.(store.Claim); ok && taken[k.Ref] && would(s, ctx, set) == nil {
					return store.Receipt{}, &store.ExistsError{Ref: k.Ref}
				}
			}
			receipt, err := s.Commit(ctx, set)
			for _, c := range set.Changes {
				if err == nil && isOf[store.Claim](c) {
					taken[refOf(c)] = true
				}
			}
			return receipt, err
		})(s)
	}},
	{name: "claims are in no list", kills: "claim/readable", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		page, err := s.Find(ctx, q)
		if q.Family == "claim" && err == nil {
			page = recordPage{}
		}
		return page, err
	})},
}

package till

import (
	"context"
	"fmt"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// Staff is the back office, for a host that knows whom it lets in: a shop does not
// ask. Everything that it does is recorded with the actor.
type Staff struct {
	shop  *Shop
	actor Actor
	note  string
}

// Staff gives the back office to an actor, a word for who is at work: "back-office",
// "import". It is recorded for ever, so it is no person's name.
func (s *Shop) Staff(actor Actor) *Staff { return &Staff{shop: s, actor: actor} }

// Because gives the same back office with a note, which is recorded with everything
// that is done through it.
func (s *Staff) Because(note string) *Staff {
	return &Staff{shop: s.shop, actor: s.actor, note: note}
}

// Currency gives what the shop counts in.
func (s *Staff) Currency() money.Currency { return s.shop.currency }

// Now gives the instant by the shop's clock, to ask what a price or a listing is now.
func (s *Staff) Now() Instant { return s.shop.now() }

func (s *Staff) meta() (Meta, error) {
	m := Meta{At: s.shop.now(), By: s.actor, Note: s.note}
	if err := checkName("actor", string(m.By), MaxActor); err != nil {
		return m, err
	}
	return m, m.check()
}

// decide runs a decision with the instant of each attempt.
func (s *Staff) decide(ctx context.Context, decision func(Meta) ([]store.Change, error)) error {
	return s.do(ctx, func(m Meta) (work, error) {
		changes, err := decision(m)
		return work{changes: changes}, err
	})
}

// do is decide for a decision that relies on more than it changes.
func (s *Staff) do(ctx context.Context, decision func(Meta) (work, error)) error {
	var w work
	_, err := s.shop.decide(ctx, func() (store.ChangeSet, error) {
		m, err := s.meta()
		if err != nil {
			return store.ChangeSet{}, err
		}
		w, err = decision(m)
		if err == nil && w.large() {
			err = invalid("request", "it makes %d changes that rely on %d more records, one commit takes %d: ask for less at once", len(w.changes), len(w.requires), store.MaxChanges)
		}
		return store.ChangeSet{At: int64(m.At), Requires: w.requires, Changes: w.changes}, err
	})
	if err == nil {
		s.shop.remembered.offersLeft(w.offers)
	}
	return err
}

// Terms gives the rules by which the shop computes.
func (s *Staff) Terms(ctx context.Context) (Terms, error) {
	records, err := s.shop.store.Get(ctx, refTerms)
	if err != nil {
		return Terms{}, err
	}
	return s.shop.loadTerms(ctx, records[0])
}

// MaxRuleChanges is how many changes [Staff.ChangeRules] takes at once.
const MaxRuleChanges = 500

// ChangeRules records changes of the rules, of every kind of [Rule], in one commit, all or
// none: now, in the future or in the past. They are made in the order given, each on what
// those before it left, as [Terms.Change] makes them, whose errors they have; the error
// names the change. Orders that were placed keep what they were counted by.
func (s *Staff) ChangeRules(ctx context.Context, changes ...RuleChange) error {
	if len(changes) > MaxRuleChanges {
		return invalid("changes", "there are %d, at most %d go into one commit", len(changes), MaxRuleChanges)
	}
	return s.decide(ctx, func(m Meta) ([]store.Change, error) {
		terms, err := s.Terms(ctx)
		if err != nil {
			return nil, err
		}
		var all []Entry
		for i, c := range changes {
			next, entries, err := terms.Change(m, c)
			if err != nil {
				return nil, inPart(fmt.Sprintf("changes[%d]", i), err)
			}
			terms, all = next, append(all, entries...)
		}
		if len(all) == 0 {
			return nil, nil
		}
		return []store.Change{appendTerms(terms, all)}, nil
	})
}

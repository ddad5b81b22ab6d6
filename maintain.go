package till

import (
	"context"
	"errors"

	"github.com/tillkit/till/store"
)

// Maintained says what [Shop.Maintain] did.
type Maintained struct {
	Sessions int // ended ones that were deleted
	Carts    int // guests' carts that went with them
	Keys     int // keys of checkouts that were forgotten
}

// Maintain deletes what has expired: sessions, with them the carts of guests, and
// keys of checkouts; then it lets the store tidy up, after which the words of erased
// people are in none of its files. Call it now and then, from one place; it may run
// beside everything else.
func (s *Shop) Maintain(ctx context.Context) (Maintained, error) {
	var done Maintained
	now := s.now()
	if err := s.expireSessions(ctx, now, &done); err != nil {
		return done, err
	}
	if err := s.expireKeys(ctx, now, &done); err != nil {
		return done, err
	}
	s.opts.Log.InfoContext(ctx, "till: maintained", "sessions", done.Sessions, "carts", done.Carts, "keys", done.Keys)
	if m, ok := s.store.(store.Maintainer); ok {
		return done, m.Maintain(ctx)
	}
	return done, nil
}

// mostExpired is how many sessions, or keys, one commit deletes.
const mostExpired = 500

func (s *Shop) expireSessions(ctx context.Context, now Instant, done *Maintained) error {
	over := store.IntValue(int64(now) + 1) // Expires <= now
	q := store.Query{Family: familySessions, List: listExpires, To: &over}
	var ended []store.Record
	for r, err := range store.Records(ctx, s.store, q) {
		if err != nil {
			return err
		}
		if ended = append(ended, r); len(ended) == mostExpired {
			if err := s.endExpired(ctx, now, ended, done); err != nil {
				return err
			}
			ended = nil
		}
	}
	return s.endExpired(ctx, now, ended, done)
}

// endExpired deletes sessions, and the carts of guests among them, in one commit. Where
// somebody was faster with one of them, each half has a commit of its own. A guest has one
// session, so no cart comes twice.
func (s *Shop) endExpired(ctx context.Context, now Instant, ended []store.Record, done *Maintained) error {
	if len(ended) == 0 {
		return nil
	}
	set := store.ChangeSet{At: int64(now)}
	var refs []store.Ref
	for _, r := range ended {
		is, err := asSession(r.Doc)
		if err != nil {
			return err
		}
		set.Changes = append(set.Changes, store.Delete{Ref: r.Ref, Rev: r.Rev})
		if is.Guest {
			refs = append(refs, refCart(is.Person))
		}
	}
	carts, err := s.get(ctx, refs...)
	if err != nil {
		return err
	}
	for _, cart := range carts {
		if cart.Exists() {
			set.Changes = append(set.Changes, store.Delete{Ref: cart.Ref, Rev: cart.Rev})
		} else { // one that comes now would be left without a session
			set.Requires = append(set.Requires, store.Requirement{Ref: cart.Ref})
		}
	}
	_, err = s.store.Commit(ctx, set)
	if half := len(ended) / 2; errors.Is(err, ErrConflict) && half > 0 {
		if err := s.endExpired(ctx, now, ended[:half], done); err != nil {
			return err
		}
		return s.endExpired(ctx, now, ended[half:], done)
	}
	if errors.Is(err, ErrConflict) { // it goes next time, if it is still there
		return nil
	}
	if err != nil {
		return err
	}
	done.Sessions += len(ended)
	done.Carts += len(set.Changes) - len(ended)
	return nil
}

func (s *Shop) expireKeys(ctx context.Context, now Instant, done *Maintained) error {
	before := store.IntValue(int64(now.Add(-s.opts.Keys)))
	q := store.Query{Family: store.Receipts, List: store.ReceiptsByInstant, To: &before}
	var changes []store.Change
	flush := func() error {
		if len(changes) == 0 {
			return nil
		}
		_, err := s.store.Commit(ctx, store.ChangeSet{At: int64(now), Changes: changes})
		if err == nil {
			done.Keys += len(changes)
		}
		changes = nil
		if errors.Is(err, ErrConflict) { // somebody was faster; the rest goes next time
			return nil
		}
		return err
	}
	for r, err := range store.Records(ctx, s.store, q) {
		if err != nil {
			return err
		}
		changes = append(changes, store.Delete{Ref: r.Ref, Rev: r.Rev})
		if len(changes) == mostExpired {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

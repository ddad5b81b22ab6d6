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

func (s *Shop) expireSessions(ctx context.Context, now Instant, done *Maintained) error {
	over := store.IntValue(int64(now) + 1) // Expires <= now
	q := store.Query{Family: familySessions, List: listExpires, To: &over}
	for r, err := range store.Records(ctx, s.store, q) {
		if err != nil {
			return err
		}
		is, err := asSession(r.Doc)
		if err != nil {
			return err
		}
		changes := []store.Change{store.Delete{Ref: r.Ref, Rev: r.Rev}}
		if is.Guest {
			carts, err := s.store.Get(ctx, refCart(is.Person))
			if err != nil {
				return err
			}
			if carts[0].Exists() {
				changes = append(changes, store.Delete{Ref: carts[0].Ref, Rev: carts[0].Rev})
			}
		}
		switch _, err := s.store.Commit(ctx, store.ChangeSet{At: int64(now), Changes: changes}); {
		case errors.Is(err, ErrConflict): // somebody was faster
		case err != nil:
			return err
		default:
			done.Sessions++
			done.Carts += len(changes) - 1
		}
	}
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
		if len(changes) == 500 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

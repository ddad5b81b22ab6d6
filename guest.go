package till

import (
	"context"
	"errors"

	"github.com/tillkit/till/store"
)

// Guest is a visitor without an account: a cart, and the orders made from it, behind
// a token.
type Guest struct{ *Buyer }

// NewGuest begins a guest's session.
func (s *Shop) NewGuest(ctx context.Context) (*Guest, error) {
	now := s.now()
	person, err := newRoot[Person](s, now)
	if err != nil {
		return nil, err
	}
	token, put, err := s.newSession(now, person, true)
	if err != nil {
		return nil, err
	}
	if _, err := s.store.Commit(ctx, store.ChangeSet{At: int64(now), Changes: []store.Change{put}}); err != nil {
		return nil, err
	}
	return &Guest{s.buyer(person, token, true)}, nil
}

// Guest finds the guest of a token; [ErrSession] if there is none. After a sign-in the
// guest's orders are still the guest's: keep its token as long as they are to be shown.
func (s *Shop) Guest(ctx context.Context, token Token) (*Guest, error) {
	b, err := s.resume(ctx, token, true)
	if err != nil {
		return nil, err
	}
	return &Guest{b}, nil
}

// Buyer finds the guest or the customer of a token; [ErrSession] if there is neither.
// It is for what both can do, with one cookie.
func (s *Shop) Buyer(ctx context.Context, token Token) (*Buyer, error) {
	b, err := s.resume(ctx, token, true)
	if errors.Is(err, ErrSession) {
		return s.resume(ctx, token, false)
	}
	return b, err
}

// SignOut ends the session, a guest's too; the token is worth nothing any more, and a
// guest's cart goes with it. Signing out twice is no error.
func (b *Buyer) SignOut(ctx context.Context) error {
	_, err := b.shop.decide(ctx, func() (store.ChangeSet, error) {
		records, err := b.shop.store.Get(ctx, b.session, b.basket)
		if err != nil || !records[0].Exists() {
			return store.ChangeSet{}, err
		}
		changes := []store.Change{store.Delete{Ref: records[0].Ref, Rev: records[0].Rev}}
		if b.guest && records[1].Exists() {
			changes = append(changes, store.Delete{Ref: records[1].Ref, Rev: records[1].Rev})
		}
		return store.ChangeSet{At: int64(b.shop.now()), Changes: changes}, nil
	})
	return err
}

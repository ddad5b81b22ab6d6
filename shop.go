package till

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// Shop is the shell around the core: it loads values from a store, lets pure
// functions decide, and commits what they decided. It holds nothing of the shop's but
// order numbers leased ahead and what it has read last, and may be used from many
// goroutines; any number of Shops, in any number of processes, may work on one store.
//
// Everything is reached through a handle, which can reach nothing else:
// [Shop.NewGuest] and [Shop.Guest] for a visitor, [Shop.SignIn] and [Shop.Customer]
// for somebody with an account, [Shop.Staff] for the back office.
type Shop struct {
	store    store.Store
	opts     Options
	currency money.Currency
	hashing  chan struct{} // a place for each password that may be hashed at once
	turn     chan struct{} // a place for one decision that lost too often

	random  *sync.Mutex // Options.Random need not be safe for many
	numbers numberLease

	decodedProducts decoded[Product]
	decodedPrices   decoded[Prices]
	remembered      remembered
}

// Open makes the store fit for a shop and opens it. A new shop needs
// Options.Currency; for one that is there it may be left out, and another one is
// refused. A store that was empty, or another program's file, has the shop's tables
// afterwards, also where the currency is refused. The store stays the caller's to close.
func Open(ctx context.Context, s store.Store, opts Options) (*Shop, error) {
	opts, err := opts.complete()
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, invalid("store", "there is none: begin with memory.New or sqlite.Open")
	}
	if err := s.Prepare(ctx, Schema()); err != nil {
		return nil, fmt.Errorf("till: open: %w", err)
	}
	shop := newShop(s, opts)
	if shop.currency, err = shop.settle(ctx); err != nil {
		return nil, err
	}
	return shop, nil
}

func newShop(s store.Store, opts Options) *Shop {
	return &Shop{
		store: s, opts: opts, hashing: make(chan struct{}, opts.Hashing), turn: make(chan struct{}, 1),
		random: new(sync.Mutex), numbers: numberLease{turn: make(chan struct{}, 1)},
	}
}

// With gives this shop over a store that is the same one seen from inside a transaction
// of the program's own, as InTx of package sqldb gives it: rows of the program and an
// order are then committed together or not at all.
//
//	inside := shop.With(db.InTx(tx))
//	guest, err := inside.Guest(ctx, token)
//	order, err := guest.Checkout(ctx, request)
//	...                                       // rows of the program's own
//	err = tx.Commit()                         // only now is the order placed
//
// The Shop that is given serves until the transaction ends, and what it answers is so
// only if that is committed. Meanwhile this one's commits wait. Handles belong to the
// Shop that gave them: take new ones from inside.
func (s *Shop) With(inside store.Store) *Shop {
	// What was remembered and leased inside would be wrong outside, if it is rolled back.
	shop := newShop(inside, s.opts)
	shop.currency, shop.hashing, shop.random = s.currency, s.hashing, s.random
	return shop
}

// settle reads the shop's settings, or writes those of a new shop.
func (s *Shop) settle(ctx context.Context) (money.Currency, error) {
	for {
		records, err := s.store.Get(ctx, refSettings)
		if err != nil {
			return 0, fmt.Errorf("till: open: %w", err)
		}
		if records[0].Exists() {
			is, err := asSettings(records[0].Doc)
			if err == nil && s.opts.Currency != 0 && s.opts.Currency != is.Currency {
				err = invalid("options.currency", "the shop counts in %s, not in %s", is.Currency, s.opts.Currency)
			}
			if err == nil && is.Offers > offersForm {
				err = fmt.Errorf("till: open: %w", &store.UnsupportedError{What: "settings", Reason: fmt.Sprintf("offers are written in form %d, this program knows %d: use a newer one", is.Offers, offersForm)})
			}
			if err == nil && is.Offers < offersForm {
				s.currency = is.Currency
				err = s.renewOffers(ctx)
			}
			if errors.Is(err, ErrConflict) {
				continue // another opener has renewed them
			}
			return is.Currency, err
		}
		if s.opts.Currency == 0 {
			return 0, invalid("options.currency", "a new shop needs one: Options{Currency: money.GBP}")
		}
		now := s.now()
		_, err = s.store.Commit(ctx, store.ChangeSet{At: int64(now), Changes: []store.Change{
			store.Put{Record: rowOf(refSettings, 0, settingsDoc{settings{Currency: s.opts.Currency, Since: now, Offers: offersForm}})},
		}})
		if err != nil && !errors.Is(err, ErrConflict) {
			return 0, fmt.Errorf("till: open: %w", err)
		}
	}
}

// renewOffers brings the offers of a shop that another version has written to the form
// of this one.
func (s *Shop) renewOffers(ctx context.Context) error {
	err := s.reoffer(ctx)
	if err == nil {
		_, err = s.decide(ctx, func() (store.ChangeSet, error) {
			set := store.ChangeSet{At: int64(s.now())}
			is, rev, err := s.settings(ctx)
			if err != nil || is.Offers >= offersForm {
				return set, err
			}
			is.Offers = offersForm
			set.Changes = []store.Change{store.Put{Record: rowOf(refSettings, rev, settingsDoc{is})}}
			return set, nil
		})
	}
	if err != nil {
		return fmt.Errorf("till: open: %w", err)
	}
	return nil
}

func (s *Shop) settings(ctx context.Context) (settings, int64, error) {
	records, err := s.store.Get(ctx, refSettings)
	if err != nil {
		return settings{}, 0, err
	}
	is, err := asSettings(records[0].Doc)
	return is, records[0].Rev, err
}

// Currency gives what the shop counts in.
func (s *Shop) Currency() money.Currency { return s.currency }

// Now gives the instant by the shop's clock.
func (s *Shop) Now() Instant { return s.now() }

func (s *Shop) now() Instant { return At(s.opts.Clock()) }

// entropy reads random bytes.
func (s *Shop) entropy(b []byte) error {
	s.random.Lock()
	defer s.random.Unlock()
	if _, err := io.ReadFull(s.opts.Random, b); err != nil {
		return fmt.Errorf("till: no random bytes to be had: %w", err)
	}
	return nil
}

// newID makes an id in a part.
func newID[T any](s *Shop, at Instant, part uint16) (ID[T], error) {
	var random [8]byte
	if err := s.entropy(random[:]); err != nil {
		return ID[T]{}, err
	}
	return MakeID[T](at, part, random), nil
}

// newRoot makes an id in a part of its own: of a person or a product, with which
// everything that belongs to it lies.
func newRoot[T any](s *Shop, at Instant) (ID[T], error) {
	var part [2]byte
	if err := s.entropy(part[:]); err != nil {
		return ID[T]{}, err
	}
	return newID[T](s, at, binary.BigEndian.Uint16(part[:])&maxPart)
}

// get reads records, in parts where there are more than one Get takes: what is read
// for a decision is required by its commit, so the parts need not be of one state.
func (s *Shop) get(ctx context.Context, refs ...store.Ref) ([]store.Record, error) {
	if len(refs) <= store.MaxRefs {
		return s.store.Get(ctx, refs...)
	}
	records := make([]store.Record, 0, len(refs))
	for len(refs) > 0 {
		n := min(len(refs), store.MaxRefs)
		part, err := s.store.Get(ctx, refs[:n]...)
		if err != nil {
			return nil, err
		}
		records, refs = append(records, part...), refs[n:]
	}
	return records, nil
}

// attempts is how often a decision is made when something changes meanwhile; after
// crowded of them it waits for its turn, since of many who change one record at once
// a store lets one through at a time. Nobody waits longer than patience between two
// attempts: whoever has the turn may be waiting for this very decision.
const (
	attempts = 100
	crowded  = 4
	patience = time.Second
)

// commitLimit is how long after a decision began its commit may begin, in real time:
// the entries of a decision carry its instant, and nobody should find entries that
// came long after theirs. See [Shop.AsOf].
const commitLimit = 10 * time.Second

// LateError says that a decision could not be committed in time: the store was held by
// others, or what the decision needed was long in coming. Nothing was changed; try
// again.
type LateError struct {
	Limit time.Duration // how long it was tried
	Err   error         // what the store said
}

// Error says what to do.
func (e *LateError) Error() string {
	return fmt.Sprintf("till: it could not be committed within %v and nothing was changed: try again (%v)", e.Limit, e.Err)
}

// Unwrap gives [ErrBusy]. What the store said is not in the chain: it would look as if
// the caller's own time had run out.
func (e *LateError) Unwrap() error { return ErrBusy }

// commit commits what was decided from an instant of real time on, if that is not too
// long ago.
func (s *Shop) commit(ctx context.Context, since time.Time, set store.ChangeSet) (store.Receipt, error) {
	limited := &deadlined{Context: ctx, at: since.Add(commitLimit)}
	defer limited.end()
	receipt, err := s.store.Commit(limited, set)
	err = usedMeanwhile(err)
	if err == nil && !receipt.Replay {
		s.remembered.committed(set)
	}
	if errors.Is(err, context.DeadlineExceeded) && limited.Err() != nil && ctx.Err() == nil && !errors.Is(err, ErrOutcomeUnknown) {
		err = &LateError{Limit: commitLimit, Err: err}
	}
	return receipt, err
}

// waitForTurn waits until no other decision has the turn, and says whether it came.
func (s *Shop) waitForTurn(ctx context.Context) bool {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case s.turn <- struct{}{}:
		return true
	case <-late.C:
	case <-ctx.Done():
	}
	return false
}

// decide runs a decision and commits what it yields, again from the start as long as
// the commit finds that something changed meanwhile. A set without changes and key
// commits nothing.
func (s *Shop) decide(ctx context.Context, decision func() (store.ChangeSet, error)) (store.Receipt, error) {
	turn := false
	for attempt := 1; ; attempt++ {
		since := time.Now()
		set, err := decision()
		if err != nil {
			return store.Receipt{}, err
		}
		if len(set.Changes) == 0 && set.Key == "" {
			return store.Receipt{}, nil
		}
		receipt, err := s.commit(ctx, since, set)
		if err == nil || !errors.Is(err, ErrConflict) || attempt == attempts {
			return receipt, err
		}
		s.opts.Log.DebugContext(ctx, "till: decided again, something changed meanwhile", "attempt", attempt)
		if attempt >= crowded && !turn {
			if turn = s.waitForTurn(ctx); turn {
				defer func() { <-s.turn }()
			}
		}
	}
}

// once is decide for a request that is named by a key: whoever comes with a key that
// was used before changes nothing and gets the receipt of what it did, as a Replay.
// Whether that was the same request, its Fingerprint tells. The decision looks for the
// receipt first, among what it reads, and gives it where it is there. Where it is not,
// the commit finds it; and nobody is refused before the store was asked for the outcome:
// this very request, made meanwhile, may be why.
func (s *Shop) once(ctx context.Context, key string, fingerprint [32]byte, decision func() (store.ChangeSet, *store.Receipt, error)) (store.Receipt, error) {
	var made *store.Receipt
	receipt, err := s.decide(ctx, func() (set store.ChangeSet, refusal error) {
		set, made, refusal = decision()
		if refusal != nil && !errors.Is(refusal, ErrSession) { // without a session nobody is answered
			var err error
			if made, err = s.outcome(ctx, key); err != nil {
				return store.ChangeSet{}, err
			}
		}
		if made != nil {
			return store.ChangeSet{}, nil
		}
		set.Key, set.Fingerprint = key, fingerprint
		return set, refusal
	})
	var used *store.KeyError
	if errors.As(err, &used) {
		is, unknown := s.outcome(ctx, key)
		if unknown != nil || is == nil {
			return store.Receipt{}, err
		}
		made = is
	}
	if made != nil {
		return *made, nil
	}
	return receipt, err
}

// outcome asks the store for the receipt of a key; nil: there is none.
func (s *Shop) outcome(ctx context.Context, key string) (*store.Receipt, error) {
	is, err := s.store.Outcome(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	is.Replay = true
	return &is, nil
}

// asReceipt reads the receipt of a key; nil: there is none.
func asReceipt(r store.Record) (*store.Receipt, error) {
	if !r.Exists() {
		return nil, nil
	}
	is, err := store.ParseReceipt(r.Doc)
	if err != nil {
		return nil, damaged(r.Ref.String(), "%v", err)
	}
	is.Replay = true
	return &is, nil
}

func refReceipt(key string) store.Ref { return store.Ref{Family: store.Receipts, Key: key} }

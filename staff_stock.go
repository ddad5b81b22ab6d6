package till

import (
	"cmp"
	"context"
	"fmt"

	"github.com/tillkit/till/store"
)

// MaxStockLines is how many changes of stock one call takes: a long delivery note, or a
// part of a stocktaking.
const MaxStockLines = 750

// StockChange is a movement of stock by staff.
type StockChange struct {
	SKU       SKU
	Kind      MovementKind // Received, Restocked or Adjusted
	Quantity  int64        // 1 to MaxQuantity; of Adjusted also below 0
	Location  string       // "": where checkouts sell from
	Reason    string
	Reference string

	// Key, if there is one, names the call, so that a repetition of it has no second
	// effect: 1 to MaxKey bytes, the actor's own. All changes of one call have the same.
	Key string
}

// MoveStock records goods that came in or came back, and corrections: one, or all those
// of a delivery note, all or none, one after the other. A correction that would leave
// less than there is, back orders counted, is a [ShortageError]. The stock of an article
// that is not tracked cannot be moved; a SKU that no product has is [ErrNotFound].
//
// With a Key, the same call again does nothing and gives no error, at once or after a
// restart, as long as the key is remembered; the same Key for another call of MoveStock is
// an [ExistsError]. Counts and transfers have keys of their own, and nobody but the actor
// meets his. A call that is refused does not use its key up. After [ErrOutcomeUnknown], make the same call again with the same Key;
// without one nobody can tell whether it moved anything.
func (s *Staff) MoveStock(ctx context.Context, changes ...StockChange) error {
	call := stockCall{operation: "move", path: "changes"}
	for i, c := range changes {
		if c.Kind != Received && c.Kind != Restocked && c.Kind != Adjusted {
			return invalid(fmt.Sprintf("changes[%d].kind", i), "%.40q is none of received, restocked and adjusted", c.Kind)
		}
		call.add(c.Key, Movement{
			Place: s.at(c.SKU, c.Location), Kind: c.Kind, Quantity: c.Quantity, Reason: c.Reason, Reference: c.Reference,
		})
	}
	return s.moveStock(ctx, call)
}

// StockCount says how much was found of an article when its shelf was counted.
type StockCount struct {
	SKU       SKU
	Found     int64  // all that is in the building, reserved pieces included: 0 to MaxQuantity
	Location  string // "": where checkouts sell from
	Reason    string
	Reference string
	Key       string // as that of a [StockChange]
}

// CountStock records counts, all or none: each leaves just so many on hand as were found,
// and a movement of the difference, also when that is 0. [Stock.Count] says what becomes
// of a stock of which less is found than is reserved. A place is counted once in a call.
// Keys and errors are as those of [Staff.MoveStock].
func (s *Staff) CountStock(ctx context.Context, counts ...StockCount) error {
	call := stockCall{operation: "count", path: "counts"}
	seen := map[Place]bool{}
	for i, c := range counts {
		place := s.at(c.SKU, c.Location)
		if seen[place] {
			return invalid(fmt.Sprintf("counts[%d]", i), "%s at %s is counted twice", place.SKU, place.Location)
		}
		seen[place] = true
		call.add(c.Key, Movement{Place: place, Kind: Counted, Found: c.Found, Reason: c.Reason, Reference: c.Reference})
	}
	return s.moveStock(ctx, call)
}

// StockTransfer moves goods from one location to another.
type StockTransfer struct {
	SKU       SKU
	Quantity  int64  // 1 to MaxQuantity
	From, To  string // "": where checkouts sell from; not the same
	Reason    string
	Reference string
	Key       string // as that of a [StockChange]
}

// TransferStock records goods that went to another location, all or none: two movements
// each, whose sum is 0. Only what is there and not reserved can leave; more is a
// [ShortageError]. Keys and other errors are as those of [Staff.MoveStock].
func (s *Staff) TransferStock(ctx context.Context, transfers ...StockTransfer) error {
	call := stockCall{operation: "transfer", path: "transfers"}
	for i, t := range transfers {
		from, to, path := s.at(t.SKU, t.From), s.at(t.SKU, t.To), fmt.Sprintf("transfers[%d]", i)
		if err := checkWord(path+".from", from.Location, 32); err != nil {
			return err
		}
		if err := checkWord(path+".to", to.Location, 32); err != nil {
			return err
		}
		if from == to {
			return invalid(path+".to", "goods that go from %s to %s stay where they are", from.Location, to.Location)
		}
		call.add(t.Key, Movement{
			Place: from, Kind: Transferred, Quantity: t.Quantity, Other: to.Location, Reason: t.Reason, Reference: t.Reference,
		})
	}
	return s.moveStock(ctx, call)
}

// moveStock does what a call asks for, once if it has a key.
func (s *Staff) moveStock(ctx context.Context, c stockCall) error {
	if len(c.asked) == 0 {
		return nil
	}
	if err := c.check(); err != nil {
		return err
	}
	decision := func() (store.ChangeSet, error) {
		m, err := s.meta()
		if err != nil {
			return store.ChangeSet{}, err
		}
		changes, err := s.stockChanges(ctx, m, c)
		return store.ChangeSet{At: int64(m.At), Changes: changes}, err
	}
	for attempt := 1; ; attempt++ {
		err := s.stockCommitted(ctx, c, decision)
		short := shortage(err)
		if short == nil {
			return err
		}
		if attempt == attempts {
			return short
		}
		// Something was taken meanwhile. Which line it leaves too little for, the
		// decision says: the store knows the sum of all lines alone.
	}
}

func (s *Staff) stockCommitted(ctx context.Context, c stockCall, decision func() (store.ChangeSet, error)) error {
	if c.keys[0] == "" {
		_, err := s.shop.decide(ctx, decision)
		return err
	}
	key, fingerprint := c.receipt(s.actor)
	receipt, err := s.shop.once(ctx, key, fingerprint, func() (store.ChangeSet, *store.Receipt, error) {
		made, err := s.shop.outcome(ctx, key)
		if err != nil || made != nil {
			return store.ChangeSet{}, made, err
		}
		set, err := decision()
		return set, nil, err
	})
	if err == nil && receipt.Fingerprint != fingerprint {
		err = &ExistsError{Kind: "key", ID: c.keys[0]}
	}
	return err
}

// at names a place; without a location where checkouts sell from.
func (s *Staff) at(sku SKU, location string) Place {
	if location == "" {
		location = s.shop.opts.Location
	}
	return Place{SKU: sku, Location: location}
}

// Stock gives how much there is of an article where checkouts sell from.
func (s *Staff) Stock(ctx context.Context, sku SKU) (Stock, error) {
	return s.StockAt(ctx, Place{SKU: sku})
}

// StockAt gives how much there is of an article at a location; "" is where checkouts
// sell from. A SKU that no product has is [ErrNotFound]; a stock that was never moved is
// empty.
func (s *Staff) StockAt(ctx context.Context, p Place) (Stock, error) {
	p.Location = cmp.Or(p.Location, s.shop.opts.Location)
	if err := p.check(); err != nil {
		return Stock{}, err
	}
	records, err := s.shop.store.Get(ctx, refSKU(p.SKU), refStock(p))
	if err != nil {
		return Stock{}, err
	}
	if !records[0].Exists() {
		return Stock{}, &NotFoundError{Kind: "SKU", ID: string(p.SKU)}
	}
	stock := Stock{Place: p}
	if records[1].Exists() {
		stock.Available, stock.Reserved = records[1].Index[0].Int(), records[1].Index[1].Int()
	}
	return stock, nil
}

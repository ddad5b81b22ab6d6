package till

import (
	"context"
	"time"

	"github.com/tillkit/till/store"
)

func (c *checker) counter(ctx context.Context, r store.Record) error {
	place := parsePlace(r.Key)
	if err := place.check(); err != nil {
		c.say(r.Ref, "its key names no article at a location")
		return nil
	}
	if err := c.owned(ctx, r.Ref, place.SKU); err != nil {
		return err
	}
	return c.place(ctx, place)
}

// movementSum is what some movements of a place sum to.
type movementSum struct {
	Stock
	count int
}

// lately is how far back the movements go that are read again while others come.
const lately = time.Minute

// place compares the counter of a place with the sum of its movements. Movements are only
// ever added, each with what it adds to the counter. So if as many were there when the
// counter was read as before and after it, it must be their sum; and as long as new ones
// come, only the recent ones are read again.
func (c *checker) place(ctx context.Context, p Place) error {
	fence := store.IntValue(int64(c.shop.now().Add(-lately)))
	early, err := c.sum(ctx, p, nil, &fence)
	if err != nil {
		return err
	}
	for range mostLooks {
		before, err := c.sum(ctx, p, &fence, nil)
		if err != nil {
			return err
		}
		records, err := c.shop.store.Get(ctx, refStock(p))
		if err != nil {
			return err
		}
		sum, have := early.add(before), Stock{Place: p}
		if records[0].Exists() {
			have.Available, have.Reserved = records[0].Index[0].Int(), records[0].Index[1].Int()
		}
		if sum == have {
			if have.Reserved < 0 {
				c.say(refStock(p), "%d are reserved: more was released or shipped than was reserved", have.Reserved)
			}
			return nil
		}
		after, err := c.sum(ctx, p, &fence, nil)
		if err != nil {
			return err
		}
		if after.count != before.count {
			continue
		}
		again, err := c.sum(ctx, p, nil, &fence)
		if err != nil {
			return err
		}
		if again.count == early.count {
			c.say(refStock(p), "its movements sum to %d available and %d reserved, the counter says %d and %d", sum.Available, sum.Reserved, have.Available, have.Reserved)
			return nil
		}
		early = again
	}
	return errMoved
}

func (s movementSum) add(t movementSum) Stock {
	s.Available += t.Available
	s.Reserved += t.Reserved
	return s.Stock
}

func (c *checker) sum(ctx context.Context, p Place, from, to *store.Value) (movementSum, error) {
	is := movementSum{Stock: Stock{Place: p}}
	q := p.ledger(PageRequest{Limit: store.MaxLimit})
	q.From, q.To = from, to
	for r, err := range store.Records(ctx, c.shop.store, q) {
		if err != nil {
			return is, err
		}
		is.count++
		if m, ok, err := movementOf(r, p.SKU); ok && err == nil { // else the look at the movement says so
			is.Stock = is.moved(m)
		}
	}
	return is, nil
}

// movement is the look at a record of the ledger.
func (c *checker) movement(ctx context.Context, r store.Record) error {
	is, ok := readable(c, r, asLedgerRecord)
	if !ok {
		return nil
	}
	decision, part, ok := cutMovement(r.Ref)
	if !ok {
		c.say(r.Ref, "its key names no part of a decision")
		return nil
	}
	all := is.movements(r.Ref)
	c.moved = len(all)
	for _, m := range all {
		if err := m.check(); err != nil {
			c.say(r.Ref, "it says what no movement can: %s", reason(err))
			return nil
		}
	}
	var err error
	switch is.Kind {
	case Reserved:
		err = c.reserved(ctx, r, is, decision, part)
	case Transferred:
		err = c.transferred(ctx, r, is.Movement, decision, part)
	}
	if err != nil {
		return err
	}
	counters := make([]store.Ref, len(all))
	for i, m := range all {
		counters[i] = refStock(m.Place)
	}
	records, err := c.shop.get(ctx, counters...)
	if err != nil {
		return err
	}
	for i, counter := range records {
		if counter.Exists() {
			continue // the look at the counter compares them
		}
		if err := c.uncounted(ctx, r, all[i].Place); err != nil {
			return err
		}
	}
	return nil
}

// uncounted is the look at a place that has no counter: its movements must sum to nothing.
// It is made at the first of them.
func (c *checker) uncounted(ctx context.Context, r store.Record, p Place) error {
	for first, err := range store.Records(ctx, c.shop.store, p.ledger(PageRequest{Limit: 1})) {
		if err != nil {
			return err
		}
		if _, moves, err := movementOf(first, p.SKU); !moves && err == nil {
			continue
		}
		if first.Ref != r.Ref {
			return nil
		}
		break
	}
	return c.place(ctx, p)
}

// reserved looks for the order that something was reserved for. What that asks for, the
// look at the order compares.
func (c *checker) reserved(ctx context.Context, r store.Record, is ledgerRecord, decision string, part int) error {
	switch {
	case len(is.Lines) == 0 && decision != is.Reference:
		c.say(r.Ref, "it reserved for order %s", is.Reference)
		return nil
	case len(is.Lines) > 0 && part != 0:
		c.say(r.Ref, "it is no reservation of an order: that is part 0")
		return nil
	}
	_, _, err := c.ordered(ctx, r.Ref, decision)
	return err
}

// transferred looks for the other end of a transfer: the part that follows where goods
// left, the one before where they came.
func (c *checker) transferred(ctx context.Context, r store.Record, m Movement, decision string, part int) error {
	other := part - 1
	if m.Quantity < 0 {
		other = part + 1
	}
	records, err := c.shop.store.Get(ctx, refMovement(decision, other))
	if err != nil {
		return err
	}
	if records[0].Exists() {
		o, err := asLedgerRecord(records[0].Doc)
		if err != nil {
			return nil // the look at that one says so
		}
		if o.Kind == Transferred && o.Quantity == -m.Quantity && o.Place == (Place{SKU: m.SKU, Location: m.Other}) && o.Other == m.Location {
			return nil
		}
	}
	c.say(r.Ref, "what it moved has no other end at %s", m.Other)
	return nil
}

func (c *checker) lastCount(_ context.Context, r store.Record) error {
	m, ok := readable(c, r, asMovement)
	if ok && (m.Kind != Counted || m.Place.key() != r.Key) {
		c.say(r.Ref, "it is no count of that place")
	}
	return nil
}

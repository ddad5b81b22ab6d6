package till

import (
	"context"
	"fmt"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// SetPrice sets the base price of an article in the standard list, from now until the
// next change that is planned. Carts are quoted at it from now on, unless a sale price
// is lower; orders that were placed keep theirs.
func (s *Staff) SetPrice(ctx context.Context, sku SKU, price string) error {
	parsed, err := money.ParsePrice(price, s.shop.currency)
	if err != nil {
		return fmt.Errorf("%w: %w", invalid("price", "%.60q is no price in %s", price, s.shop.currency), err)
	}
	return s.ChangePrice(ctx, sku, PriceChange{Price: parsed})
}

// ChangePrice records a change of an article's price in the standard list: now, in
// the future or in the past; of the base price or of a sale; for any minimum
// quantity. See [Prices.Change].
func (s *Staff) ChangePrice(ctx context.Context, sku SKU, c PriceChange) error {
	return s.decide(ctx, func(m Meta) ([]store.Change, error) {
		prices, err := s.Prices(ctx, sku)
		if err != nil {
			return nil, err
		}
		prices, entries, err := prices.Change(m, c)
		if err != nil || len(entries) == 0 {
			return nil, err
		}
		return []store.Change{appendPrices(prices, entries)}, nil
	})
}

// Prices gives the prices of an article in the standard list, with their whole past
// and plan. A SKU that no product has is [ErrNotFound].
func (s *Staff) Prices(ctx context.Context, sku SKU) (Prices, error) {
	if err := sku.check(); err != nil {
		return Prices{}, err
	}
	list := standard(s.shop.currency)
	records, err := s.shop.store.Get(ctx, refSKU(sku), refPrices(sku, list))
	if err != nil {
		return Prices{}, err
	}
	if !records[0].Exists() {
		return Prices{}, &NotFoundError{Kind: "SKU", ID: string(sku)}
	}
	return s.shop.loadPrices(ctx, records[1], sku, list)
}

// StockChange is a movement of stock by staff.
type StockChange struct {
	SKU       SKU
	Kind      Moved  // Received, Restocked or Adjusted
	Quantity  int64  // 1 to MaxQuantity; of Adjusted also below 0
	Location  string // "": where checkouts sell from
	Reason    string
	Reference string
}

// MoveStock records goods that came in or came back, and corrections. A correction
// that would leave less than there is, back orders counted, is a [ShortageError]. The
// stock of an article that is not tracked cannot be moved.
func (s *Staff) MoveStock(ctx context.Context, c StockChange) error {
	if c.Kind != Received && c.Kind != Restocked && c.Kind != Adjusted {
		return invalid("kind", "%q is none of received, restocked and adjusted", c.Kind)
	}
	if c.Location == "" {
		c.Location = s.shop.opts.Location
	}
	policy := StockPolicy{}
	err := s.decide(ctx, func(m Meta) ([]store.Change, error) {
		product, err := s.Product(ctx, c.SKU)
		if err != nil {
			return nil, err
		}
		if variant, ok := product.Variant(c.SKU); ok {
			policy = variant.Stock
		}
		if policy.Untracked {
			return nil, invalid("sku", "the stock of %s is not tracked", c.SKU)
		}
		movement := Movement{
			Place: Place{SKU: c.SKU, Location: c.Location}, Kind: c.Kind, Quantity: c.Quantity,
			Reason: c.Reason, Reference: c.Reference, At: m.At, By: m.By,
		}
		stock, err := s.StockAt(ctx, movement.Place)
		if err != nil {
			return nil, err
		}
		if _, err := stock.Move(movement, policy); err != nil {
			return nil, err
		}
		// A correction takes nothing that is not in the building: below 0 goes what is
		// reserved and awaited, no further.
		policy.Backorder = min(policy.Backorder, stock.Reserved)
		id, err := newID[Movement](s.shop, m.At, product.id.Part())
		if err != nil {
			return nil, err
		}
		return moves(movement, policy, id.String(), 0), nil
	})
	if short := shortage(err); short != nil {
		return short
	}
	return err
}

// Stock gives how much there is of an article where checkouts sell from.
func (s *Staff) Stock(ctx context.Context, sku SKU) (Stock, error) {
	return s.StockAt(ctx, Place{SKU: sku, Location: s.shop.opts.Location})
}

// StockAt gives how much there is of an article at a location. A SKU that no product
// has is [ErrNotFound]; a stock that was never moved is empty.
func (s *Staff) StockAt(ctx context.Context, p Place) (Stock, error) {
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

// Movements lists the ledger of an article where checkouts sell from, by instant.
func (s *Staff) Movements(ctx context.Context, sku SKU, r PageRequest) (Page[Movement], error) {
	p := Place{SKU: sku, Location: s.shop.opts.Location}
	if err := p.check(); err != nil {
		return Page[Movement]{}, err
	}
	q := r.query(familyMovements, listStock, store.TextValue(p.key()))
	return pageOf(ctx, s.shop, q, func(r store.Record) (Movement, error) { return asMovement(r.Doc) })
}

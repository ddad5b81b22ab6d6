package till

import (
	"cmp"
	"context"

	"github.com/tillkit/till/store"
)

// Stock gives how much there was of an article where checkouts sell from: the sum of
// its movements up to then, all of which it reads. A SKU that no product had by then is
// [ErrNotFound].
func (v *View) Stock(ctx context.Context, sku SKU) (Stock, error) {
	return v.StockAt(ctx, Place{SKU: sku})
}

// StockAt is Stock for any location; "" is where checkouts sell from.
func (v *View) StockAt(ctx context.Context, p Place) (Stock, error) {
	p.Location = cmp.Or(p.Location, v.shop.opts.Location)
	if err := p.check(); err != nil {
		return Stock{}, err
	}
	if _, err := v.Product(ctx, p.SKU); err != nil {
		return Stock{}, err
	}
	return v.shop.stockUntil(ctx, p, v.at)
}

// stockUntil sums the movements of a place up to an instant, page by page.
func (s *Shop) stockUntil(ctx context.Context, p Place, t Instant) (Stock, error) {
	return s.stockAfter(ctx, Stock{Place: p}, nil, after(t))
}

// stockAfter adds the movements between two bounds to a stock.
func (s *Shop) stockAfter(ctx context.Context, stock Stock, from, to *store.Value) (Stock, error) {
	q := stock.Place.ledger(PageRequest{Limit: store.MaxLimit})
	q.From, q.To = from, to
	for r, err := range store.Records(ctx, s.store, q) {
		if err != nil {
			return Stock{}, err
		}
		m, is, err := movementOf(r, stock.SKU)
		if err != nil {
			return Stock{}, err
		}
		if is {
			stock = stock.moved(m)
		}
	}
	return stock, nil
}

// Available says how much of each article was there to be sold, back orders included as
// far as they were allowed then: see [Shop.Available]. A SKU that no product had by then
// is [ErrNotFound].
func (v *View) Available(ctx context.Context, skus ...SKU) (map[SKU]int64, error) {
	found, err := v.products(ctx, skus)
	if err != nil {
		return nil, err
	}
	available := make(map[SKU]int64, len(skus))
	for _, sku := range skus {
		product, had := found[sku]
		if !had {
			return nil, &NotFoundError{Kind: "SKU", ID: string(sku)}
		}
		if _, done := available[sku]; done {
			continue
		}
		variant, _ := product.Variant(sku)
		stock, err := v.shop.stockUntil(ctx, Place{SKU: sku, Location: v.shop.opts.Location}, v.at)
		if err != nil {
			return nil, err
		}
		available[sku] = variant.Stock.sellable(stock.Available)
	}
	return available, nil
}

// Movements lists the ledger of an article at a location, by instant, as far as it went
// then.
func (v *View) Movements(ctx context.Context, q MovementQuery) (Page[Movement], error) {
	if err := v.check(); err != nil {
		return Page[Movement]{}, err
	}
	if _, err := newSpan(q.From, q.To); err != nil {
		return Page[Movement]{}, err
	}
	if end := min(v.at, MaxInstant-1) + 1; q.To == 0 || q.To > end {
		if q.To = end; q.From > end { // nothing had happened there
			q.To = q.From
		}
	}
	return (&Staff{shop: v.shop}).Movements(ctx, q)
}

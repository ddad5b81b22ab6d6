package till

import (
	"context"
	"time"
)

// LowestPriceRequest asks for the lowest price before an instant.
type LowestPriceRequest struct {
	SKU      SKU
	List     PriceList     // the zero PriceList is the standard list in the shop's currency
	Before   Instant       // when the reduction is applied first; 0: now
	Window   time.Duration // how far to look back from there; 0 is 30 days
	Quantity int64         // how many are bought; 0 means 1
}

// LowestPrice gives the lowest price of an article that was applied in a time before
// an instant, as [Prices.Lowest] says: the prior price that goes with a price reduction
// in the European Union, where it is the lowest of at least 30 days (Directive 98/6/EC,
// Article 6a, inserted by Directive (EU) 2019/2161). Before is the instant from which
// the reduction is applied: of a sale that is planned or runs, the From of its change.
// A sale that ended inside the window counts; the reduction itself does not.
//
// A day is 24 hours. Whoever counts the days of a calendar gives a Window that reaches
// back to the midnight that he means; a longer one is never less than the law asks. An
// article that was first priced inside the window is answered of the time since. Where
// the law of a country lets a reduction that grows step by step keep the price before
// its first step, Before is the instant of that step.
//
// A SKU that no product has, and a window without a price, are [ErrNotFound]; the
// Kind of the [NotFoundError] is "SKU" or "price". The answer is final once Before is
// older than the time that a commit may take, ten seconds.
func (s *Shop) LowestPrice(ctx context.Context, r LowestPriceRequest) (LowestPrice, error) {
	if err := r.check(); err != nil {
		return LowestPrice{}, err
	}
	if r.Window == 0 {
		r.Window = usualWindow
	}
	r.Before = r.Before.or(s.now())
	prices := Prices{sku: r.SKU}
	var entries []Entry
	for e, err := range s.priceEntries(ctx, r.SKU, r.List) {
		if err != nil {
			return LowestPrice{}, err
		}
		entries = append(entries, e)
	}
	prices, err := Fold(prices, entries...)
	if err != nil {
		return LowestPrice{}, err
	}
	w := LowestWindow{From: r.Before.Add(-r.Window), Before: r.Before, Quantity: r.Quantity}
	lowest, ok := prices.Lowest(w)
	if !ok {
		return LowestPrice{}, &NotFoundError{Kind: "price", ID: string(r.SKU)}
	}
	return lowest, nil
}

// usualWindow is the least that the directive allows.
const usualWindow = 30 * day

func (r LowestPriceRequest) check() error {
	if r.Before < MinInstant || r.Before > MaxInstant {
		return invalid("before", "it lies outside the years 1 to 9999")
	}
	if r.Window != 0 && r.Window < time.Microsecond {
		return invalid("window", "%v: it is a microsecond or more", r.Window)
	}
	if r.Quantity < 0 || r.Quantity > MaxQuantity {
		return invalid("quantity", "%d: it is 1 to %d", r.Quantity, MaxQuantity)
	}
	return nil
}

// LowestPrice is [Shop.LowestPrice], for the back office.
func (s *Staff) LowestPrice(ctx context.Context, r LowestPriceRequest) (LowestPrice, error) {
	return s.shop.LowestPrice(ctx, r)
}

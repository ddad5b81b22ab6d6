package till

import (
	"context"
	"iter"

	"github.com/tillkit/till/store"
)

// PriceHistory gives every change of an article's prices in a list, in the order in
// which they were recorded: what, valid from when, recorded when, by whom and why. It
// is read from the entries themselves, page by page, and checked as [Fold] does, so it
// needs no more room for a long history than for a short one; the loop may end early.
//
// The zero PriceList is the standard list in the shop's currency; of a list without
// prices there is nothing. An error is yielded last: a SKU that no product has is
// [ErrNotFound], entries that contradict each other, or that are fewer than were
// recorded, are [ErrDamaged]; what was yielded before the error is not to be relied on.
func (s *Staff) PriceHistory(ctx context.Context, sku SKU, list PriceList) iter.Seq2[PriceRecord, error] {
	return func(yield func(PriceRecord, error) bool) {
		trail := priceTrail{sku: sku}
		for e, err := range s.shop.priceEntries(ctx, sku, list) {
			if err == nil {
				trail, err = trail.fold([]Entry{e})
			}
			if err != nil {
				yield(PriceRecord{}, err)
				return
			}
			if !yield(trail.last, nil) {
				return
			}
		}
	}
}

// priceEntries walks through the entries of an article's prices and compares them
// with the state beside them, as [whole] does, but without keeping them. Their chain
// is not checked here.
func (s *Shop) priceEntries(ctx context.Context, sku SKU, list PriceList) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		state, err := s.pricesOf(ctx, sku, list)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		if !state.Exists() {
			return
		}
		sum, err := sumOfState(state.Doc)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		last := int64(0)
		for e, err := range store.Entries(ctx, s.store, state.Ref, 0) {
			if err == nil && e.N == state.Rev && e.Sum != sum {
				err = damaged(state.Ref.String(), "its state was folded from other entries")
			}
			if !yield(e, err) || err != nil {
				return
			}
			last = e.N
		}
		if last < state.Rev {
			yield(Entry{}, damaged(state.Ref.String(), "it has %d entries, its state is of entry %d", last, state.Rev))
		}
	}
}

// pricesOf reads the record of an article's prices in a list; the zero list is the
// standard one.
func (s *Shop) pricesOf(ctx context.Context, sku SKU, list PriceList) (store.Record, error) {
	if list.List == "" {
		list.List = StandardList
	}
	if list.Currency == 0 {
		list.Currency = s.currency
	}
	if err := sku.check(); err != nil {
		return store.Record{}, err
	}
	if err := list.check(); err != nil {
		return store.Record{}, err
	}
	records, err := s.store.Get(ctx, refSKU(sku), refPrices(sku, list))
	if err != nil {
		return store.Record{}, err
	}
	if !records[0].Exists() {
		return store.Record{}, &NotFoundError{Kind: "SKU", ID: string(sku)}
	}
	return records[1], nil
}

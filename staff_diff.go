package till

import (
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/tillkit/till/store"
)

// Diff tells in what the shop is different at an instant from what it was at an earlier
// one, each side as it was known then: [Shop.AsOf] from against [Shop.AsOf] to. A price
// that was planned for an instant in between is told, also if nothing was recorded; what
// was changed and changed back is not. to may lie in the future: then it tells what is
// planned.
//
// The products come first, by the handle that they have now: for each, what became of
// it, then its articles by SKU. Then the rules, the stocks by location and SKU, the
// orders that were placed and the accounts that were registered, by instant. A product
// whose handle is changed while this is told may be missed or told twice; for the rest,
// an answer is as final as those of the views.
//
// It reads page by page and holds one page at a time: of every product that there is,
// and of every stock. An error is told last. It is an [InvalidError] if to lies before
// from, or one of them is no instant of the years 1 to 9999.
func (s *Staff) Diff(ctx context.Context, from, to Instant) iter.Seq2[ShopChange, error] {
	return func(yield func(ShopChange, error) bool) {
		d := difference{s.shop, from, to, func(changes ...ShopChange) error {
			for _, c := range changes {
				if !yield(c, nil) {
					return errEnough
				}
			}
			return nil
		}}
		err := d.check()
		for _, part := range []func(context.Context) error{d.products, d.rules, d.stocks, d.orders, d.accounts} {
			if err == nil {
				err = part(ctx)
			}
		}
		if err != nil && err != errEnough {
			yield(ShopChange{}, err)
		}
	}
}

// errEnough says that the caller wants no more.
var errEnough = errors.New("till: enough")

// difference is a Diff under way.
type difference struct {
	shop     *Shop
	from, to Instant
	tell     func(...ShopChange) error
}

// diffPage is how many products are held at once.
const diffPage = 50

func (d difference) check() error {
	if err := within("from", d.shop.AsOf(d.from).check()); err != nil {
		return err
	}
	if err := within("to", d.shop.AsOf(d.to).check()); err != nil {
		return err
	}
	if d.to < d.from {
		return invalid("to", "%s lies before %s: give the earlier instant first", d.to, d.from)
	}
	return nil
}

// both folds a journal to what was known at the two instants, from one reading.
func both[S Folded[S]](ctx context.Context, d difference, r store.Record, empty S) (was, is S, err error) {
	if !r.Exists() {
		return empty, empty, nil
	}
	entries, err := d.shop.historyUntil(ctx, r, d.to)
	if err != nil {
		return empty, empty, err
	}
	n := slices.IndexFunc(entries, func(e Entry) bool { return Instant(e.At) > d.from })
	if n < 0 {
		n = len(entries)
	}
	if was, err = Fold(empty, entries[:n]...); err != nil {
		return empty, empty, err
	}
	is, err = Fold(was, entries[n:]...)
	return was, is, err
}

func (d difference) products(ctx context.Context) error {
	for r, err := range store.Records(ctx, d.shop.store, store.Query{Family: familyProducts, List: listHandle, Limit: diffPage}) {
		if err != nil {
			return err
		}
		was, err := d.shop.loadProduct(ctx, r)
		if err != nil {
			return err
		}
		is := was
		if is.Recorded() > d.from { // else it was as it is, but for what was planned
			if was, is, err = both(ctx, d, r, Product{}); err != nil {
				return err
			}
		}
		if err := d.tell(changedProduct(was, is, d.from, d.to)...); err != nil {
			return err
		}
		if err := d.articles(ctx, was, is); err != nil {
			return err
		}
	}
	return nil
}

func (d difference) articles(ctx context.Context, was, is Product) error {
	list, skus := standard(d.shop.currency), is.everSKUs()
	refs := make([]store.Ref, len(skus))
	for i, sku := range skus {
		refs[i] = refPrices(sku, list)
	}
	records, err := d.shop.get(ctx, refs...)
	if err != nil {
		return err
	}
	for i, sku := range skus {
		// Always from the entries: the stored state need not hold the past.
		wasPrices, isPrices, err := both(ctx, d, records[i], Prices{sku: sku, list: list})
		if err != nil {
			return err
		}
		if err := d.tell(changedArticle(sku, was, is, wasPrices, isPrices, d.from, d.to)...); err != nil {
			return err
		}
	}
	return nil
}

func (d difference) rules(ctx context.Context) error {
	records, err := d.shop.store.Get(ctx, refTerms)
	if err != nil {
		return err
	}
	was, is, err := both(ctx, d, records[0], Terms{})
	if err != nil {
		return err
	}
	return d.tell(changedRules(was, is, d.from, d.to)...)
}

func (d difference) stocks(ctx context.Context) error {
	for r, err := range store.Records(ctx, d.shop.store, store.Query{Family: familyStock}) {
		if err != nil {
			return err
		}
		p := parsePlace(r.Key)
		moved, err := d.shop.stockAfter(ctx, Stock{Place: p}, after(d.from), after(d.to))
		if err != nil {
			return err
		}
		if moved == (Stock{Place: p}) {
			continue
		}
		was, err := d.shop.stockUntil(ctx, p, d.from)
		if err != nil {
			return err
		}
		is := was
		is.Available += moved.Available
		is.Reserved += moved.Reserved
		if err := d.tell(changedStock(was, is)...); err != nil {
			return err
		}
	}
	return nil
}

func (d difference) orders(ctx context.Context) error {
	then := d.shop.AsOf(d.to)
	for r, err := range store.Records(ctx, d.shop.store, store.Query{Family: familyOrders, List: listPlaced, From: after(d.from), To: after(d.to)}) {
		if err != nil {
			return err
		}
		o, err := then.summary(ctx, r)
		if err != nil {
			return err
		}
		if o.Placed == 0 {
			continue // it was only opened
		}
		if err := d.tell(ShopChange{Kind: OrderCame, Order: o.ID, Number: o.Number, Total: o.Total}); err != nil {
			return err
		}
	}
	return nil
}

func (d difference) accounts(ctx context.Context) error {
	for r, err := range store.Records(ctx, d.shop.store, store.Query{Family: familyAccounts, List: listSince, From: after(d.from), To: after(d.to)}) {
		if err != nil {
			return err
		}
		a, err := d.shop.loadAccount(ctx, r)
		if err != nil {
			return err
		}
		if err := d.tell(ShopChange{Kind: AccountCame, Person: a.ID()}); err != nil {
			return err
		}
	}
	return nil
}

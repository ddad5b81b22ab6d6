package till

import (
	"context"
	"slices"

	"github.com/tillkit/till/store"
)

// View is the whole shop as it stood at an instant: a back office that can only read.
// Its methods have the names, the arguments and the results of those of the present;
// [View.Offer] and [View.ProductByID] are its own.
// Each answers from what had been recorded at or before the instant, so the values are
// those that a reader got then, revision and all.
//
// It reaches everything, as [Staff] does: it is not to be handed to a visitor.
// Searching, and lists of products, are of the present alone.
type View struct {
	shop  *Shop
	at    Instant
	known Instant
}

// AsOf gives the shop as it stood at an instant: with what was recorded at or before
// it. It asks for nothing and cannot fail; the methods of the view refuse an instant of
// 0, or outside the years 1 to 9999, with an [InvalidError].
//
// For an instant in the future it is the shop with all that is recorded so far, and
// prices, listings and deletions as they are planned: "what will the page say on
// Friday?"
//
// An answer for t is final once t is more than 10 seconds ago by the shop's clock:
// nothing will be recorded at or before t any more, so whoever asks again gets the same.
// This is so because a decision, which reads the clock when it begins, is not committed
// later than that; one that comes too late is a [LateError]. It relies on clocks: those
// of all processes that write must agree and not be set back, and no machine may sleep
// in the midst of a commit. And a commit that the store has begun in time is not broken
// off: while a disk hangs over a flush, or after [ErrOutcomeUnknown] as long as nobody
// knows the outcome, an answer may lack what comes to light with it.
//
// What was erased is gone from the past too: see [Staff.Erase].
func (s *Shop) AsOf(t Instant) *View { return &View{shop: s, at: t, known: t} }

// AsKnown gives the view with prices as they were known at another instant: what the
// price at the view's instant should have been, as corrected later, or what was planned
// for it, as known before. Everything else stays as it was recorded by the view's
// instant.
func (v *View) AsKnown(k Instant) *View { return &View{shop: v.shop, at: v.at, known: k} }

// At gives the view's instant.
func (v *View) At() Instant { return v.at }

// Known gives the instant whose knowledge of prices counts: that of the view itself, or
// the one that [View.AsKnown] was given.
func (v *View) Known() Instant { return v.known }

func (v *View) check() error {
	for _, is := range []struct {
		path string
		at   Instant
	}{{"instant", v.at}, {"known", v.known}} {
		if is.at == 0 || is.at < MinInstant || is.at > MaxInstant {
			return invalid(is.path, "a view needs one, of the years 1 to 9999")
		}
	}
	return nil
}

// after is the bound, in a list that is sorted by instant, behind what is of t or before.
func after(t Instant) *store.Value {
	bound := store.IntValue(int64(t) + 1)
	return &bound
}

// historyUntil reads the entries of a journal that were recorded at or before an
// instant.
func (s *Shop) historyUntil(ctx context.Context, r store.Record, t Instant) ([]Entry, error) {
	var entries []Entry
	for e, err := range store.Entries(ctx, s.store, r.Ref, 0) {
		if err != nil {
			return nil, err
		}
		if Instant(e.At) > t { // instants never fall within a journal
			return entries, nil
		}
		entries = append(entries, e)
	}
	if int64(len(entries)) < r.Rev {
		return nil, damaged(r.Ref.String(), "it has %d entries, its state is of entry %d", len(entries), r.Rev)
	}
	return entries, nil
}

// stateUntil gives a journal as it was at an instant: its stored state, if nothing was
// recorded later, or else what the entries up to then fold to. The zero S had none.
func stateUntil[S interface {
	Folded[S]
	Recorded() Instant
}](ctx context.Context, s *Shop, r store.Record, t Instant, load func(context.Context, store.Record) (S, error)) (S, error) {
	var none S
	if !r.Exists() {
		return none, nil
	}
	is, err := load(ctx, r)
	if err != nil || is.Recorded() <= t {
		return is, err
	}
	entries, err := s.historyUntil(ctx, r, t)
	if err != nil {
		return none, err
	}
	return Fold(none, entries...)
}

// productUntil gives a product as it was at an instant, the zero Product before it was
// added.
func (s *Shop) productUntil(ctx context.Context, r store.Record, t Instant) (Product, error) {
	return stateUntil(ctx, s, r, t, s.loadProduct)
}

// pricesUntil gives what was known of an article's prices at an instant. It is always
// folded from the entries: the state that is stored beside them need not hold the past.
func (s *Shop) pricesUntil(ctx context.Context, r store.Record, t Instant, sku SKU, list PriceList) (Prices, error) {
	is := Prices{sku: sku, list: list}
	if !r.Exists() {
		return is, nil
	}
	entries, err := s.historyUntil(ctx, r, t)
	if err != nil {
		return is, err
	}
	return Fold(is, entries...)
}

// products gives the products that SKUs belonged to; a SKU that no product had by then
// is left out.
func (v *View) products(ctx context.Context, skus []SKU) (map[SKU]Product, error) {
	if err := v.check(); err != nil {
		return nil, err
	}
	claims := make([]store.Ref, len(skus))
	for i, sku := range skus {
		if err := sku.check(); err != nil {
			return nil, err
		}
		claims[i] = refSKU(sku)
	}
	records, err := v.shop.get(ctx, claims...)
	if err != nil {
		return nil, err
	}
	loaded := make(map[string]Product) // by id: an article has many neighbours
	found := make(map[SKU]Product, len(skus))
	for i, r := range records {
		if !r.Exists() {
			continue
		}
		id, err := owner(r)
		if err != nil {
			return nil, err
		}
		p, ok := loaded[id]
		if !ok {
			if p, err = v.productOf(ctx, id); err != nil {
				return nil, err
			}
			loaded[id] = p
		}
		if _, had := p.listing[skus[i]]; had {
			found[skus[i]] = p
		}
	}
	return found, nil
}

// productOf gives the product that a claim names by the text of its id.
func (v *View) productOf(ctx context.Context, id string) (Product, error) {
	records, err := v.shop.store.Get(ctx, store.Ref{Family: familyProducts, Key: id})
	if err != nil {
		return Product{}, err
	}
	if !records[0].Exists() {
		return Product{}, damaged("products", "a claim names product %s, which is not there", id)
	}
	return v.shop.productUntil(ctx, records[0], v.at)
}

// Product gives the product that a SKU belonged to, also one that was deleted. A SKU
// that no product had by then is [ErrNotFound].
func (v *View) Product(ctx context.Context, sku SKU) (Product, error) {
	found, err := v.products(ctx, []SKU{sku})
	if err != nil {
		return Product{}, err
	}
	p, ok := found[sku]
	if !ok {
		return Product{}, &NotFoundError{Kind: "SKU", ID: string(sku)}
	}
	return p, nil
}

// ProductByID gives a product, also one that was deleted. One that had not been added
// by then is [ErrNotFound].
func (v *View) ProductByID(ctx context.Context, id ProductID) (Product, error) {
	if err := v.check(); err != nil {
		return Product{}, err
	}
	if id.IsZero() {
		return Product{}, &NotFoundError{Kind: "product", ID: ""}
	}
	records, err := v.shop.store.Get(ctx, refProduct(id))
	if err != nil {
		return Product{}, err
	}
	p, err := v.shop.productUntil(ctx, records[0], v.at)
	if err == nil && p.n == 0 {
		err = &NotFoundError{Kind: "product", ID: id.String()}
	}
	return p, err
}

// ProductByHandle gives the product of a handle that it had by then, also one that was
// deleted. A handle that no product had had is [ErrNotFound].
func (v *View) ProductByHandle(ctx context.Context, handle string) (Product, error) {
	if err := v.check(); err != nil {
		return Product{}, err
	}
	if err := checkName("handle", handle, MaxHandle); err != nil {
		return Product{}, err
	}
	claims, err := v.shop.store.Get(ctx, refHandle(handle))
	if err != nil {
		return Product{}, err
	}
	none := &NotFoundError{Kind: "product", ID: handle}
	if !claims[0].Exists() {
		return Product{}, none
	}
	id, err := owner(claims[0])
	if err != nil {
		return Product{}, err
	}
	p, err := v.productOf(ctx, id)
	if err == nil && p.n == 0 {
		err = none
	}
	if err != nil || p.Handle() == handle {
		return p, err
	}
	// A product keeps every handle that it ever had; whether it had this one by then,
	// only its revisions tell.
	entries, err := v.shop.history(ctx, refProduct(p.id))
	if err != nil {
		return Product{}, err
	}
	had, err := p.hadHandle(handle, entries)
	if err == nil && !had {
		err = none
	}
	if err != nil {
		return Product{}, err
	}
	return p, nil
}

// Prices gives the prices of an article in the standard list, with their whole past and
// plan as they were known. A SKU that no product had by then is [ErrNotFound].
func (v *View) Prices(ctx context.Context, sku SKU) (Prices, error) {
	if _, err := v.Product(ctx, sku); err != nil {
		return Prices{}, err
	}
	list := standard(v.shop.currency)
	records, err := v.shop.store.Get(ctx, refPrices(sku, list))
	if err != nil {
		return Prices{}, err
	}
	return v.shop.pricesUntil(ctx, records[0], v.known, sku, list)
}

// Catalog gives the products and prices of articles as they were: a value, to ask what
// they were called and cost at the view's instant, or at any other as far as it was
// known. A SKU that no product had by then is not in it.
func (v *View) Catalog(ctx context.Context, skus ...SKU) (Catalog, error) {
	skus = slices.Compact(slices.Sorted(slices.Values(skus)))
	found, err := v.products(ctx, skus)
	if err != nil {
		return Catalog{}, err
	}
	list := standard(v.shop.currency)
	skus = slices.DeleteFunc(skus, func(sku SKU) bool { _, had := found[sku]; return !had })
	refs := make([]store.Ref, len(skus))
	for i, sku := range skus {
		refs[i] = refPrices(sku, list)
	}
	records, err := v.shop.get(ctx, refs...)
	if err != nil {
		return Catalog{}, err
	}
	products, prices := make([]Product, 0, len(skus)), make([]Prices, len(skus))
	for i, sku := range skus {
		p := found[sku]
		if !slices.ContainsFunc(products, func(q Product) bool { return q.id == p.id }) {
			products = append(products, p)
		}
		if prices[i], err = v.shop.pricesUntil(ctx, records[i], v.known, sku, list); err != nil {
			return Catalog{}, err
		}
	}
	catalog, err := NewCatalog(products, prices)
	return catalog.AsKnown(v.known), err
}

// Offer says what the page of an article said at the view's instant: what it was called
// in the shop's own language, and what it cost in the standard list. (For another locale
// there is [View.Catalog].) One that could not be bought is an [UnavailableError].
func (v *View) Offer(ctx context.Context, sku SKU, quantity int64) (Offer, error) {
	r := OfferRequest{SKU: sku, List: standard(v.shop.currency), Quantity: quantity}
	if err := checkQuantity(quantity); err != nil {
		return Offer{}, err
	}
	catalog, err := v.Catalog(ctx, sku)
	if err != nil {
		return Offer{}, err
	}
	return catalog.Offer(r, v.at)
}

// Terms gives the rules by which the shop computed.
func (v *View) Terms(ctx context.Context) (Terms, error) {
	if err := v.check(); err != nil {
		return Terms{}, err
	}
	records, err := v.shop.store.Get(ctx, refTerms)
	if err != nil {
		return Terms{}, err
	}
	return stateUntil(ctx, v.shop, records[0], v.at, v.shop.loadTerms)
}

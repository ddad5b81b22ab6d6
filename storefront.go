package till

import (
	"context"

	"github.com/tillkit/till/store"
)

// ProductByHandle gives the product of a handle, for anybody to see: one that is active and
// not deleted. Any other is [ErrNotFound]. A handle that the product had before finds
// it too: compare [ProductByHandle.Handle] to redirect.
func (s *Shop) ProductByHandle(ctx context.Context, handle string) (Product, error) {
	if err := checkName("handle", handle, MaxHandle); err != nil {
		return Product{}, err
	}
	p, err := s.productOf(ctx, refHandle(handle), "product")
	if err != nil {
		return Product{}, err
	}
	if !s.shows(p) {
		return Product{}, &NotFoundError{Kind: "product", ID: handle}
	}
	return p, nil
}

// shows reports whether anybody may see a product. Where the clock has gone back since it
// was changed, what was done is in force.
func (s *Shop) shows(p Product) bool {
	return p.Status() == ProductActive && p.ExistsAt(max(s.now(), p.at))
}

// Products lists the products that are active and not deleted, by handle. What their
// articles cost says [Shop.Catalog].
func (s *Shop) Products(ctx context.Context, r PageRequest) (Page[Product], error) {
	q := r.query(familyProducts, listStatus, store.TextValue(string(ProductActive)))
	page, err := pageOf(ctx, s, q, func(r store.Record) (Product, error) { return s.loadProduct(ctx, r) })
	if err != nil {
		return page, err
	}
	shown := page.Items[:0]
	for _, p := range page.Items {
		if s.shows(p) {
			shown = append(shown, p)
		}
	}
	page.Items = shown
	return page, nil
}

// Catalog gives the products and prices of articles as they are now: a value, to ask
// what they are called and cost at any instant. A SKU that no product has is not in
// it.
func (s *Shop) Catalog(ctx context.Context, skus ...SKU) (Catalog, error) {
	for _, sku := range skus {
		if err := sku.check(); err != nil {
			return Catalog{}, err
		}
	}
	sh, err := s.wholeShelf(ctx, []PriceList{standard(s.currency)}, skus)
	return sh.catalog, err
}

// wholeShelf is loadShelf with the whole past of each price.
func (s *Shop) wholeShelf(ctx context.Context, lists []PriceList, skus []SKU) (shelf, error) {
	sh, err := s.loadShelf(ctx, lists, skus)
	if err != nil {
		return shelf{}, err
	}
	for i, p := range sh.catalog.prices {
		if !p.cut {
			continue // there is none, or it was folded
		}
		whole, err := s.wholePrices(ctx, store.Record{Ref: refPrices(p.sku, p.list), Rev: p.n}, p.sku, p.list)
		if err != nil {
			return shelf{}, err
		}
		sh.catalog.prices[i] = &whole
	}
	return sh, nil
}

// Available says how much of each article is there to be sold: what is not reserved,
// and back orders as far as they are allowed. Whether it can be bought at all, says
// [Catalog.Offer]. An article whose stock is not tracked has [MaxQuantity]. Only a
// checkout reserves: what is available now may not be so a moment later. A SKU that no
// product has is [ErrNotFound].
func (s *Shop) Available(ctx context.Context, skus ...SKU) (map[SKU]int64, error) {
	for _, sku := range skus {
		if err := sku.check(); err != nil {
			return nil, err
		}
	}
	sh, err := s.loadShelf(ctx, []PriceList{standard(s.currency)}, skus)
	if err != nil {
		return nil, err
	}
	refs := make([]store.Ref, len(skus))
	for i, sku := range skus {
		refs[i] = refStock(Place{SKU: sku, Location: s.opts.Location})
	}
	records, err := s.get(ctx, refs...)
	if err != nil {
		return nil, err
	}
	available := make(map[SKU]int64, len(skus))
	for i, sku := range skus {
		product, ok := sh.catalog.Product(sku)
		if !ok {
			return nil, &NotFoundError{Kind: "SKU", ID: string(sku)}
		}
		variant, _ := product.Variant(sku)
		n := int64(0)
		if records[i].Exists() {
			n = records[i].Index[0].Int()
		}
		available[sku] = variant.Stock.sellable(n)
	}
	return available, nil
}

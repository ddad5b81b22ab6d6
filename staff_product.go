package till

import (
	"context"

	"github.com/tillkit/till/store"
)

// Product gives the product that a SKU belongs to, also one that was deleted.
func (s *Staff) Product(ctx context.Context, sku SKU) (Product, error) {
	if err := sku.check(); err != nil {
		return Product{}, err
	}
	return s.shop.productOf(ctx, refSKU(sku), "SKU")
}

// ProductByID gives a product, also one that was deleted, as the ids in orders and in
// search results name it. One that is not there is [ErrNotFound].
func (s *Staff) ProductByID(ctx context.Context, id ProductID) (Product, error) {
	if id.IsZero() {
		return Product{}, &NotFoundError{Kind: "product", ID: ""}
	}
	records, err := s.shop.store.Get(ctx, refProduct(id))
	if err != nil {
		return Product{}, err
	}
	if !records[0].Exists() {
		return Product{}, &NotFoundError{Kind: "product", ID: id.String()}
	}
	return s.shop.loadProduct(ctx, records[0])
}

// ProductByHandle gives the product of a handle that it has or had.
func (s *Staff) ProductByHandle(ctx context.Context, handle string) (Product, error) {
	if err := checkName("handle", handle, MaxHandle); err != nil {
		return Product{}, err
	}
	return s.shop.productOf(ctx, refHandle(handle), "product")
}

// Products lists all products by handle: drafts, archived and deleted ones too.
func (s *Staff) Products(ctx context.Context, r PageRequest) (Page[Product], error) {
	return pageOf(ctx, s.shop, r.query(familyProducts, listHandle), func(r store.Record) (Product, error) { return s.shop.loadProduct(ctx, r) })
}

// ReviseProduct changes what the shop says of the product that a SKU belongs to. The
// function gets the description as it is and changes it; it may be called more than
// once, when somebody else changes the product meanwhile. New variants are listed at
// once, unless all that the product had are off sale.
func (s *Staff) ReviseProduct(ctx context.Context, sku SKU, change func(*Description) error) error {
	if change == nil {
		return invalid("change", "there is none: give a function that changes the description")
	}
	err := s.do(ctx, func(m Meta) (work, error) {
		before, err := s.Product(ctx, sku)
		if err != nil {
			return work{}, err
		}
		is := before.Description()
		if err := change(&is); err != nil {
			return work{}, err
		}
		product, entries, fresh, err := before.extend(m, is)
		if err != nil || len(entries) == 0 {
			return work{}, err
		}
		var w work
		for _, sku := range fresh {
			w.add(store.Claim{Ref: refSKU(sku), Owner: product.id.String()})
		}
		if is.Handle != before.Handle() {
			claims, err := s.shop.store.Get(ctx, refHandle(is.Handle))
			if err != nil {
				return work{}, err
			}
			if held, err := claimedBy(claims[0], product.id.String()); err != nil {
				return work{}, err
			} else if !held { // a handle that the product had before is its own still
				w.add(store.Claim{Ref: refHandle(is.Handle), Owner: product.id.String()})
			}
		}
		err = s.append(ctx, &w, m, product, entries)
		return w, err
	})
	return s.taken(err)
}

// append adds a product's entries, and what they change in its offers.
func (s *Staff) append(ctx context.Context, w *work, m Meta, product Product, entries []Entry) error {
	w.add(appendProduct(product, entries))
	prices, err := s.shop.allPrices(ctx, product)
	if err != nil {
		return err
	}
	return s.shop.offer(ctx, w, m.At, onOffer{product: product, prices: prices, revised: true})
}

func claimedBy(claim store.Record, who string) (bool, error) {
	if !claim.Exists() {
		return false, nil
	}
	is, err := owner(claim)
	return is == who, err
}

// ListingChange puts variants up for sale or takes them off.
type ListingChange struct {
	SKU  SKU     // names the product
	Mark Mark    // Set: listed, Clear: delisted, Retract: what stands at From is called off
	From Instant // 0: now
	Only []SKU   // these variants; none: all
}

// ChangeListing changes from when on variants are for sale.
func (s *Staff) ChangeListing(ctx context.Context, c ListingChange) error {
	return s.product(ctx, c.SKU, func(p Product, m Meta) (Product, []Entry, error) {
		if c.Mark < Set || c.Mark > Retract {
			return p, nil, invalid("mark", "it is none of Set, Clear and Retract")
		}
		return p.mark(m, c.Mark, c.From, c.Only)
	})
}

// DeleteProduct ends the words and the listing of the product that a SKU belongs to,
// from now on. Orders, prices and stock stay as they are.
func (s *Staff) DeleteProduct(ctx context.Context, sku SKU) error {
	return s.product(ctx, sku, func(p Product, m Meta) (Product, []Entry, error) { return p.Delete(m, 0) })
}

// RestoreProduct brings a deleted product back, listed as it was.
func (s *Staff) RestoreProduct(ctx context.Context, sku SKU) error {
	return s.product(ctx, sku, func(p Product, m Meta) (Product, []Entry, error) { return p.Restore(m, 0) })
}

func (s *Staff) product(ctx context.Context, sku SKU, operation func(Product, Meta) (Product, []Entry, error)) error {
	return s.do(ctx, func(m Meta) (work, error) {
		product, err := s.Product(ctx, sku)
		if err != nil {
			return work{}, err
		}
		product, entries, err := operation(product, m)
		if err != nil || len(entries) == 0 {
			return work{}, err
		}
		var w work
		err = s.append(ctx, &w, m, product, entries)
		return w, err
	})
}

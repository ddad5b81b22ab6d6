package till

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// NewProduct is the short way to add a product of one variant. For anything more
// there is [ProductSpec].
type NewProduct struct {
	SKU    SKU
	Name   string
	Price  string // in the shop's currency: "9.50", or "9.80/1000"
	OnHand int64  // what there is of it
	Handle string // "": made from the SKU
	Stock  StockPolicy
}

// ProductSpec is a product as it should be: what the shop says of it, and what each
// article costs.
type ProductSpec struct {
	Description
	Articles []Article // of variants of the Description, each SKU once; one without has no price from now on
}

// Article is what a variant costs in the standard list, and how much of it there is to
// begin with.
type Article struct {
	SKU    SKU
	Price  *money.Price // nil: none
	Sale   *money.Price // nil: no sale
	OnHand int64        // received if the article has never had a stock; else the stock stays as it is
}

// PutResult says what [Staff.PutProduct] did.
type PutResult string

// The results.
const (
	ProductCreated   PutResult = "created"
	ProductChanged   PutResult = "changed"
	ProductUnchanged PutResult = "unchanged"
)

// AddProduct adds a product of one variant, listed and for sale at once. A SKU or
// handle that is taken, also by a product that was deleted, is an [ExistsError].
func (s *Staff) AddProduct(ctx context.Context, p NewProduct) error {
	if err := p.SKU.check(); err != nil { // ahead of the handle that is made from it
		return err
	}
	if err := checkName("name", p.Name, MaxName); err != nil {
		return err
	}
	price, err := money.ParsePrice(p.Price, s.shop.currency)
	if err != nil {
		return fmt.Errorf("%w: %w", invalid("price", "%.60q is no price in %s", p.Price, s.shop.currency), err)
	}
	if p.Handle == "" {
		p.Handle = handleOf(p.SKU)
	}
	spec := ProductSpec{
		Description: Description{
			Handle: p.Handle, Words: map[Locale]Words{"": {Name: p.Name}},
			Variants: []Variant{{SKU: p.SKU, Stock: p.Stock}},
		},
		Articles: []Article{{SKU: p.SKU, Price: &price, OnHand: p.OnHand}},
	}
	_, err = s.put(ctx, spec, true)
	return err
}

// handleOf makes a handle from a SKU.
func handleOf(sku SKU) string {
	handle := strings.ReplaceAll(strings.ToLower(string(sku)), " ", "-")
	for len(handle) > MaxHandle {
		_, size := utf8.DecodeLastRuneInString(handle)
		handle = handle[:len(handle)-size]
	}
	return handle
}

// PutProduct makes the product with the spec's handle what the spec says, in one
// commit. One that is not there is created, and its articles are listed; one that is
// there is revised, new variants are listed (unless all that it had are off sale), and
// prices change where they differ, from now on. Where nothing differs nothing is recorded, so a spec may be put any number
// of times. A deleted product is not brought back: that is a [StateError].
func (s *Staff) PutProduct(ctx context.Context, spec ProductSpec) (PutResult, error) {
	return s.put(ctx, spec, false)
}

func (s *Staff) put(ctx context.Context, spec ProductSpec, mustBeNew bool) (PutResult, error) {
	if err := spec.check(s.shop.currency); err != nil {
		return "", err
	}
	for attempt := 1; ; attempt++ {
		result, err := s.putOnce(ctx, spec, mustBeNew)
		var taken *store.ExistsError
		if !mustBeNew && errors.As(err, &taken) && taken.Ref == refHandle(spec.Handle) && attempt < attempts {
			continue // somebody created it meanwhile: now it is there
		}
		if err != nil {
			return "", s.taken(err)
		}
		return result, nil
	}
}

func (s *Staff) putOnce(ctx context.Context, spec ProductSpec, mustBeNew bool) (PutResult, error) {
	result := ProductUnchanged
	err := s.decide(ctx, func(m Meta) ([]store.Change, error) {
		claims, err := s.shop.store.Get(ctx, refHandle(spec.Handle), refSKU(spec.Variants[0].SKU))
		if err != nil {
			return nil, err
		}
		var changes []store.Change
		if claims[1].Exists() && mustBeNew {
			return nil, &ExistsError{Kind: "SKU", ID: string(spec.Variants[0].SKU)}
		}
		if claims[0].Exists() && mustBeNew {
			return nil, &ExistsError{Kind: "handle", ID: spec.Handle}
		}
		if claims[0].Exists() {
			result, changes, err = s.revise(ctx, m, spec, claims[0])
		} else {
			result = ProductCreated
			changes, err = s.create(ctx, m, spec)
		}
		if len(changes) == 0 {
			result = ProductUnchanged
		}
		return changes, err
	})
	return result, err
}

// taken says in the shop's words which claim was taken.
func (s *Staff) taken(err error) error {
	var taken *store.ExistsError
	if !errors.As(err, &taken) {
		return err
	}
	kind := "SKU"
	if taken.Ref.Family == familyHandles {
		kind = "handle"
	}
	return &ExistsError{Kind: kind, ID: taken.Ref.Key}
}

func (p ProductSpec) check(c money.Currency) error {
	if _, err := p.Description.canonical(); err != nil {
		return err
	}
	for i, a := range p.Articles {
		path := fmt.Sprintf("articles[%d]", i)
		if !slices.ContainsFunc(p.Variants, func(v Variant) bool { return v.SKU == a.SKU }) {
			return invalid(path+".sku", "%q is no variant of the product", a.SKU)
		}
		if slices.ContainsFunc(p.Articles[:i], func(b Article) bool { return b.SKU == a.SKU }) {
			return invalid(path+".sku", "%q stands twice", a.SKU)
		}
		if a.OnHand < 0 || a.OnHand > MaxQuantity {
			return invalid(path+".on_hand", "%d: 0 to %d are possible", a.OnHand, MaxQuantity)
		}
		for _, price := range []*money.Price{a.Price, a.Sale} {
			if price != nil && (price.Currency() != c || price.Sign() < 0) {
				return invalid(path+".price", "%s is not 0 or more in %s", price, c)
			}
		}
		if a.Sale != nil && a.Price == nil {
			return invalid(path+".sale", "a sale price is laid over a price, and there is none")
		}
	}
	return nil
}

func (p ProductSpec) article(sku SKU) Article {
	for _, a := range p.Articles {
		if a.SKU == sku {
			return a
		}
	}
	return Article{SKU: sku}
}

func (s *Staff) create(ctx context.Context, m Meta, spec ProductSpec) ([]store.Change, error) {
	id, err := newRoot[Product](s.shop, m.At)
	if err != nil {
		return nil, err
	}
	product, entries, err := AddProduct(m, id, spec.Description)
	if err != nil {
		return nil, err
	}
	product, listed, err := product.List(m, m.At)
	if err != nil {
		return nil, err
	}
	changes := []store.Change{
		appendProduct(product, append(entries, listed...)),
		store.Claim{Ref: refHandle(spec.Handle), Owner: id.String()},
	}
	more, err := s.articles(ctx, m, product, product.SKUs(), nil, spec)
	return append(changes, more...), err
}

// extend revises a product and lists the variants that it never had before, the fresh
// ones, unless all that it had are off sale: then these are too.
func (p Product) extend(m Meta, is Description) (next Product, entries []Entry, fresh []SKU, err error) {
	next, entries, err = p.Revise(m, is)
	if err != nil {
		return p, nil, nil, err
	}
	ever := p.everSKUs()
	for _, sku := range next.SKUs() {
		if !slices.Contains(ever, sku) {
			fresh = append(fresh, sku)
		}
	}
	if len(fresh) == 0 || !slices.ContainsFunc(p.SKUs(), func(sku SKU) bool { return p.ListedAt(sku, p.now(m)) }) {
		return next, entries, fresh, nil
	}
	next, listed, err := next.List(m, m.At, fresh...)
	if err != nil {
		return p, nil, nil, err
	}
	return next, append(entries, listed...), fresh, nil
}

func (s *Staff) revise(ctx context.Context, m Meta, spec ProductSpec, handle store.Record) (PutResult, []store.Change, error) {
	id, err := owner(handle)
	if err != nil {
		return "", nil, err
	}
	before, err := s.shop.productByID(ctx, id)
	if err != nil {
		return "", nil, err
	}
	if before.Handle() != spec.Handle { // it had this handle once: the spec means another product
		return "", nil, &ExistsError{Kind: "handle", ID: spec.Handle}
	}
	product, entries, fresh, err := before.extend(m, spec.Description)
	if err != nil {
		return "", nil, err
	}
	known := slices.DeleteFunc(product.SKUs(), func(sku SKU) bool { return slices.Contains(fresh, sku) })
	var changes []store.Change
	if len(entries) > 0 {
		changes = append(changes, appendProduct(product, entries))
	}
	more, err := s.articles(ctx, m, product, fresh, known, spec)
	return ProductChanged, append(changes, more...), err
}

// articles gives the changes of SKUs, prices and stock: fresh SKUs are claimed, of all
// of them the prices are set that differ, and what never had a stock receives it.
func (s *Staff) articles(ctx context.Context, m Meta, product Product, fresh, known []SKU, spec ProductSpec) ([]store.Change, error) {
	list, location := standard(s.shop.currency), s.shop.opts.Location
	all := append(slices.Clone(fresh), known...)
	var refs []store.Ref
	for _, sku := range all {
		refs = append(refs, refPrices(sku, list), refStock(Place{SKU: sku, Location: location}))
	}
	records, err := s.shop.get(ctx, refs...)
	if err != nil {
		return nil, err
	}
	var changes []store.Change
	for i, sku := range all {
		article, priced, stocked := spec.article(sku), records[2*i], records[2*i+1]
		if i < len(fresh) {
			changes = append(changes, store.Claim{Ref: refSKU(sku), Owner: product.id.String()})
		}
		variant, _ := product.Variant(sku)
		if article.OnHand > 0 && !variant.Stock.Untracked && !stocked.Exists() {
			place := Place{SKU: sku, Location: location}
			changes = append(changes, moves(Movement{
				Place: place, Kind: Received, Quantity: article.OnHand,
				Reason: "opening stock", At: m.At, By: m.By,
			}, variant.Stock, openingEntry(product.id, place), 0)...)
		}
		prices, err := s.shop.loadPrices(ctx, priced, sku, list)
		if err != nil {
			return nil, err
		}
		if prices, entries, err := prices.become(m, article); err != nil {
			return nil, err
		} else if len(entries) > 0 {
			changes = append(changes, appendPrices(prices, entries))
		}
	}
	return changes, nil
}

// openingEntry names the ledger's entry of a place's opening stock, so that of two who put
// the same spec at once one alone receives it.
func openingEntry(id ProductID, p Place) string {
	sum := sha256.Sum256([]byte(p.key()))
	return id.String() + "/" + hex.EncodeToString(sum[:16])
}

// become changes base and sale price to what an article says, where they differ now.
func (p Prices) become(m Meta, a Article) (Prices, []Entry, error) {
	var changes []PriceChange
	for _, w := range []struct {
		sale bool
		want *money.Price
	}{{false, a.Price}, {true, a.Sale}} {
		if w.want == nil { // none, whatever the quantity
			for _, t := range p.tiers {
				if _, has := p.Timeline(t.least, w.sale).On(p.now(m), MaxInstant); has {
					changes = append(changes, PriceChange{Mark: Clear, Sale: w.sale, Least: t.least})
				}
			}
			continue
		}
		if now, has := p.Timeline(1, w.sale).On(p.now(m), MaxInstant); !has || now.Value != *w.want {
			changes = append(changes, PriceChange{Price: *w.want, Sale: w.sale})
		}
	}
	var all []Entry
	for _, change := range changes {
		next, entries, err := p.Change(m, change)
		if err != nil {
			return p, nil, err
		}
		p, all = next, append(all, entries...)
	}
	return p, all, nil
}

// Product gives the product that a SKU belongs to, also one that was deleted.
func (s *Staff) Product(ctx context.Context, sku SKU) (Product, error) {
	if err := sku.check(); err != nil {
		return Product{}, err
	}
	return s.shop.productOf(ctx, refSKU(sku), "SKU")
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
	err := s.decide(ctx, func(m Meta) ([]store.Change, error) {
		before, err := s.Product(ctx, sku)
		if err != nil {
			return nil, err
		}
		is := before.Description()
		if err := change(&is); err != nil {
			return nil, err
		}
		product, entries, fresh, err := before.extend(m, is)
		if err != nil || len(entries) == 0 {
			return nil, err
		}
		var changes []store.Change
		for _, sku := range fresh {
			changes = append(changes, store.Claim{Ref: refSKU(sku), Owner: product.id.String()})
		}
		if is.Handle != before.Handle() {
			claims, err := s.shop.store.Get(ctx, refHandle(is.Handle))
			if err != nil {
				return nil, err
			}
			if held, err := claimedBy(claims[0], product.id.String()); err != nil {
				return nil, err
			} else if !held { // a handle that the product had before is its own still
				changes = append(changes, store.Claim{Ref: refHandle(is.Handle), Owner: product.id.String()})
			}
		}
		return append(changes, appendProduct(product, entries)), nil
	})
	return s.taken(err)
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
	return s.decide(ctx, func(m Meta) ([]store.Change, error) {
		product, err := s.Product(ctx, sku)
		if err != nil {
			return nil, err
		}
		product, entries, err := operation(product, m)
		if err != nil || len(entries) == 0 {
			return nil, err
		}
		return []store.Change{appendProduct(product, entries)}, nil
	})
}

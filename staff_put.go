package till

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

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
	if p.OnHand < 0 || p.OnHand > MaxQuantity {
		return invalid("on_hand", "%d: 0 to %d are possible", p.OnHand, MaxQuantity)
	}
	if err := p.Stock.check(); err != nil {
		return err
	}
	if p.Handle == "" {
		p.Handle = handleOf(p.SKU)
	}
	spec := ProductSpec{
		Description: Description{
			Handle: p.Handle, Words: map[Locale]Words{"": {Name: p.Name}},
			Variants: []Variant{{SKU: p.SKU, Stock: p.Stock}},
		},
		Articles: []ArticleSpec{{SKU: p.SKU, Price: &price, OnHand: p.OnHand}},
	}
	if err := spec.Check(s.shop.currency); err != nil {
		return err
	}
	_, err = s.put(ctx, []ProductSpec{spec}, true)
	return err
}

// PutProduct makes the product with the spec's handle what the spec says, in one
// commit. One that is not there is created, and its articles are listed; one that is
// there is revised, new variants are listed (unless all that it had are off sale), and
// prices change where they differ, from now on. Where nothing differs nothing is
// recorded, so a spec may be put any number of times. A deleted product is not brought
// back: that is a [StateError].
func (s *Staff) PutProduct(ctx context.Context, spec ProductSpec) (PutResult, error) {
	if err := spec.Check(s.shop.currency); err != nil {
		return "", err
	}
	results, err := s.put(ctx, []ProductSpec{spec}, false)
	if err != nil {
		return "", err
	}
	return results[0], nil
}

// PutProducts puts many products in one commit, all or none, as [Staff.PutProduct] puts
// one; the results are in the order of the specs. The error names the spec. A handle or
// a SKU that two of them have is refused, and so is more than one commit takes: 3,000
// changes, of which a product of one variant makes up to seven.
func (s *Staff) PutProducts(ctx context.Context, specs ...ProductSpec) ([]PutResult, error) {
	handles, skus := make(map[string]int, len(specs)), make(map[SKU]int, len(specs))
	for i, spec := range specs {
		path := fmt.Sprintf("specs[%d]", i)
		if err := spec.Check(s.shop.currency); err != nil {
			return nil, within(path, err)
		}
		if first, twice := handles[spec.Handle]; twice {
			return nil, invalid(path+".handle", "%q is the handle of specs[%d] too", spec.Handle, first)
		}
		handles[spec.Handle] = i
		for _, v := range spec.Variants {
			if first, twice := skus[v.SKU]; twice {
				return nil, invalid(path+".variants", "%q is a SKU of specs[%d] too", v.SKU, first)
			}
			skus[v.SKU] = i
		}
	}
	return s.put(ctx, specs, false)
}

func (s *Staff) put(ctx context.Context, specs []ProductSpec, mustBeNew bool) ([]PutResult, error) {
	for attempt := 1; ; attempt++ {
		results, err := s.putOnce(ctx, specs, mustBeNew)
		var taken *store.ExistsError
		created := func(spec ProductSpec) bool { return taken.Ref == refHandle(spec.Handle) }
		if !mustBeNew && errors.As(err, &taken) && slices.ContainsFunc(specs, created) && attempt < attempts {
			continue // somebody created it meanwhile: now it is there
		}
		if err != nil {
			return nil, s.taken(err)
		}
		return results, nil
	}
}

func (s *Staff) putOnce(ctx context.Context, specs []ProductSpec, mustBeNew bool) ([]PutResult, error) {
	var refs []store.Ref
	for _, spec := range specs {
		refs = append(refs, refHandle(spec.Handle), refSKU(spec.Variants[0].SKU))
	}
	results := make([]PutResult, len(specs))
	err := s.do(ctx, func(m Meta) (work, error) {
		claims, err := s.shop.get(ctx, refs...)
		if err != nil {
			return work{}, err
		}
		var w work
		for i, spec := range specs {
			handle, sku := claims[2*i], claims[2*i+1]
			if sku.Exists() && mustBeNew {
				return work{}, &ExistsError{Kind: "SKU", ID: string(spec.Variants[0].SKU)}
			}
			if handle.Exists() && mustBeNew {
				return work{}, &ExistsError{Kind: "handle", ID: spec.Handle}
			}
			before := len(w.changes)
			if results[i] = ProductCreated; handle.Exists() {
				results[i] = ProductChanged
				err = s.revise(ctx, &w, m, spec, handle)
			} else {
				err = s.create(ctx, &w, m, spec)
			}
			if err != nil && len(specs) > 1 {
				err = inPart(fmt.Sprintf("specs[%d]", i), err)
			}
			if err != nil {
				return work{}, err
			}
			if len(w.changes) == before {
				results[i] = ProductUnchanged
			}
		}
		return w, nil
	})
	return results, err
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

func (s *Staff) create(ctx context.Context, w *work, m Meta, spec ProductSpec) error {
	id, err := newRoot[Product](s.shop, m.At)
	if err != nil {
		return err
	}
	product, entries, err := AddProduct(m, id, spec.Description)
	if err != nil {
		return err
	}
	product, listed, err := product.List(m, m.At)
	if err != nil {
		return err
	}
	w.add(appendProduct(product, append(entries, listed...)), store.Claim{Ref: refHandle(spec.Handle), Owner: id.String()})
	return s.articles(ctx, w, m, onOffer{product: product, revised: true, fresh: true}, product.SKUs(), spec)
}

func (s *Staff) revise(ctx context.Context, w *work, m Meta, spec ProductSpec, handle store.Record) error {
	id, err := owner(handle)
	if err != nil {
		return err
	}
	before, err := s.shop.productByID(ctx, id)
	if err != nil {
		return err
	}
	if before.Handle() != spec.Handle { // it had this handle once: the spec means another product
		return &ExistsError{Kind: "handle", ID: spec.Handle}
	}
	product, entries, fresh, err := before.extend(m, spec.Description)
	if err != nil {
		return err
	}
	if len(entries) > 0 {
		w.add(appendProduct(product, entries))
	}
	return s.articles(ctx, w, m, onOffer{product: product, revised: len(entries) > 0}, fresh, spec)
}

// articles adds the changes of SKUs, prices and stock, and of the offers: fresh SKUs are
// claimed, of all of them the prices are set that differ, and what never had a stock
// receives it.
func (s *Staff) articles(ctx context.Context, w *work, m Meta, on onOffer, fresh []SKU, spec ProductSpec) error {
	list, location, product := standard(s.shop.currency), s.shop.opts.Location, on.product
	all := product.SKUs()
	var refs []store.Ref
	for _, sku := range all {
		refs = append(refs, refPrices(sku, list), refStock(Place{SKU: sku, Location: location}))
	}
	records, err := s.shop.get(ctx, refs...)
	if err != nil {
		return err
	}
	for i, sku := range all {
		article, priced, stocked := spec.article(sku), records[2*i], records[2*i+1]
		if slices.Contains(fresh, sku) {
			w.add(store.Claim{Ref: refSKU(sku), Owner: product.id.String()})
		}
		variant, _ := product.Variant(sku)
		if article.OnHand > 0 && !variant.Stock.Untracked && !stocked.Exists() {
			place := Place{SKU: sku, Location: location}
			w.add(moves(Movement{
				Place: place, Kind: Received, Quantity: article.OnHand,
				Reason: "opening stock", At: m.At, By: m.By,
			}, variant.Stock, openingEntry(product.id, place), 0)...)
		}
		prices, err := s.shop.loadPrices(ctx, priced, sku, list)
		if err != nil {
			return err
		}
		prices, entries, err := prices.become(m, article)
		if err != nil {
			return err
		}
		if len(entries) > 0 {
			w.add(appendPrices(prices, entries))
			on.changed = append(on.changed, sku)
		}
		on.prices = append(on.prices, prices)
	}
	return s.shop.offer(ctx, w, m.At, on)
}

// openingEntry names the ledger's entry of a place's opening stock, so that of two who put
// the same spec at once one alone receives it.
func openingEntry(id ProductID, p Place) string {
	sum := sha256.Sum256([]byte(p.key()))
	return id.String() + "/" + hex.EncodeToString(sum[:16])
}

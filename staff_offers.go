package till

import (
	"bytes"
	"context"
	"slices"

	"github.com/tillkit/till/store"
)

// onOffer is a product as a decision leaves it, with all its prices, from which its
// offers are written anew.
type onOffer struct {
	product Product
	prices  []Prices // of all its variants, each read or made by the decision
	changed []SKU    // whose prices the decision changes
	revised bool     // the decision changes the product
	fresh   bool     // the product is new: it has no offers yet
	renewed bool     // nothing is decided: what was decided before is written anew

	recalls bool            // its offers may be recalled: it changes prices alone,
	made    map[SKU][]Entry // by these entries
}

// work is what a decision of the back office yields.
type work struct {
	changes  []store.Change
	requires []store.Requirement
	offers   []offered // as it leaves them
}

func (w *work) add(changes ...store.Change) { w.changes = append(w.changes, changes...) }

// large reports whether it is more than one commit takes.
func (w *work) large() bool { return max(len(w.changes), len(w.requires)) > store.MaxChanges }

// offer adds what brings the offers of a product up to date. They follow from the
// product and its prices, so what of these the decision does not change itself, it
// requires: of two that change one product's offers, the second decides again. The
// offers are read after what they are made from; then the requirement holds for them
// too. A decision that changes neither product nor prices leaves its offers as they are.
func (s *Shop) offer(ctx context.Context, w *work, at Instant, on onOffer) error {
	if !on.revised && !on.renewed && len(on.changed) == 0 {
		return nil
	}
	list := standard(s.currency)
	at = max(at, on.product.at)
	if !on.revised {
		w.requires = append(w.requires, store.Requirement{Ref: refProduct(on.product.id), Rev: on.product.n})
	}
	for _, p := range on.prices {
		at = max(at, p.at)
		if !slices.Contains(on.changed, p.sku) {
			w.requires = append(w.requires, store.Requirement{Ref: refPrices(p.sku, list), Rev: p.n})
		}
	}
	offers := offersOf(on.product, on.prices, list, at)
	var random [8]byte
	if err := s.entropy(random[:]); err != nil {
		return err
	}
	var have []store.Record
	recalled := false
	if on.recalls {
		have, recalled = s.remembered.offersOf(on.product.id, on.follows(list, on.made))
	}
	if !on.fresh && !recalled {
		var err error
		if have, err = s.offersOn(ctx, on.product.id, list); err != nil {
			return err
		}
	}
	// What makes a plan no longer is never refused for its length.
	if len(offers) > maxSteps && len(offers) > len(have) && !on.renewed {
		return invalid("from", "the plan of %s has more than %d steps; wait until some of it is past", on.product.Handle(), maxSteps)
	}
	left, err := w.replace(have, offers, random)
	w.offers = append(w.offers, offered{on.product.id, on.follows(list, nil), left})
	return err
}

// follows gives the revisions of product and prices that a decision leaves, less the
// entries that are named: without those that it makes, what it was made on.
func (on onOffer) follows(list PriceList, less map[SKU][]Entry) []store.Requirement {
	all := append(make([]store.Requirement, 0, 1+len(on.prices)), store.Requirement{Ref: refProduct(on.product.id), Rev: on.product.n})
	for _, p := range on.prices {
		all = append(all, store.Requirement{Ref: refPrices(p.sku, list), Rev: p.n - int64(len(less[p.sku]))})
	}
	return all
}

// offersOn reads the offers of a product that are written.
func (s *Shop) offersOn(ctx context.Context, id ProductID, list PriceList) ([]store.Record, error) {
	key := offersKey(id, list)
	from, to := store.TextValue(key), store.TextValue(key[:len(key)-1]+"0") // "0" follows "/"
	var have []store.Record
	for r, err := range store.Records(ctx, s.store, store.Query{Family: familyOffers, From: &from, To: &to, Limit: maxSteps}) {
		if err != nil {
			return nil, err
		}
		have = append(have, r)
	}
	return have, nil
}

// replace puts offers in the place of those that are there, and gives what is there
// then: what is alike stays, what differs is written over, so that a list moves as few
// rows as can be.
func (w *work) replace(have []store.Record, offers []offer, random [8]byte) ([]store.Record, error) {
	var left []store.Record
	is := make([]store.Record, len(offers))
	for i, o := range offers {
		body, err := offerDoc{offer: o}.AppendStored(nil)
		if err != nil {
			return nil, err
		}
		is[i].Doc = store.Raw(body)
	}
	for _, r := range have {
		body, err := r.Doc.AppendStored(nil)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(is, func(s store.Record) bool { return bytes.Equal(s.Doc.(store.Raw), body) })
		if i >= 0 && !is[i].Exists() {
			is[i].Ref, is[i].Rev = r.Ref, r.Rev
		} else {
			left = append(left, r)
		}
	}
	for i, o := range offers {
		if is[i].Exists() {
			continue
		}
		if is[i].Ref = refOffer(o, random, i); len(left) > 0 {
			is[i].Ref, is[i].Rev, left = left[0].Ref, left[0].Rev, left[1:]
		}
		w.add(putOffer(is[i].Ref, is[i].Rev, offerDoc{o, is[i].Doc.(store.Raw)}))
		is[i].Rev++
	}
	for _, r := range left {
		w.add(store.Delete{Ref: r.Ref, Rev: r.Rev})
	}
	return is, nil
}

// allPrices reads the prices of all variants of a product as they are now.
func (s *Shop) allPrices(ctx context.Context, p Product) ([]Prices, error) {
	list := standard(s.currency)
	skus := p.SKUs()
	refs := make([]store.Ref, len(skus))
	for i, sku := range skus {
		refs[i] = refPrices(sku, list)
	}
	records, err := s.get(ctx, refs...)
	if err != nil {
		return nil, err
	}
	prices := make([]Prices, len(skus))
	for i, sku := range skus {
		if prices[i], err = s.loadPrices(ctx, records[i], sku, list); err != nil {
			return nil, err
		}
	}
	return prices, nil
}

// reoffer writes the offers of all products anew, each in a commit of its own: for a
// shop whose offers are of another form. Each commit writes the settings too, though
// they stay as they are: so of two that renew one product's offers at once, which rely
// on the same revisions, the second begins again and finds the work done; and nobody
// renews any more when they say that all of it is.
func (s *Shop) reoffer(ctx context.Context) error {
	staff := s.Staff("offers")
	for r, err := range store.Records(ctx, s.store, store.Query{Family: familyProducts, Limit: 100}) {
		if err != nil {
			return err
		}
		err := staff.do(ctx, func(m Meta) (work, error) {
			var w work
			is, rev, err := s.settings(ctx)
			if err != nil || is.Offers >= offersForm {
				return w, err
			}
			product, err := s.productByID(ctx, r.Key)
			if err != nil {
				return w, err
			}
			prices, err := s.allPrices(ctx, product)
			if err != nil {
				return w, err
			}
			err = s.offer(ctx, &w, m.At, onOffer{product: product, prices: prices, renewed: true})
			if len(w.changes) > 0 {
				w.add(store.Put{Record: rowOf(refSettings, rev, settingsDoc{is})})
			}
			return w, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

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
}

// work is what a decision of the back office yields.
type work struct {
	changes  []store.Change
	requires []store.Requirement
}

func (w *work) add(changes ...store.Change) { w.changes = append(w.changes, changes...) }

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
	if !on.fresh {
		var err error
		if have, err = s.offersOn(ctx, on.product.id, list); err != nil {
			return err
		}
	}
	// What makes a plan no longer is never refused for its length.
	if len(offers) > maxSteps && len(offers) > len(have) && !on.renewed {
		return invalid("from", "the plan of %s has more than %d steps; wait until some of it is past", on.product.Handle(), maxSteps)
	}
	return w.replace(have, offers, random)
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

// replace puts offers in the place of those that are there: what is alike stays, what
// differs is written over, so that a list moves as few rows as can be.
func (w *work) replace(have []store.Record, offers []offer, random [8]byte) error {
	var left []store.Record
	bodies := make([][]byte, len(offers))
	for i, o := range offers {
		body, err := offerDoc{o}.AppendStored(nil)
		if err != nil {
			return err
		}
		bodies[i] = body
	}
	stays := make([]bool, len(offers))
	for _, r := range have {
		body, err := r.Doc.AppendStored(nil)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(bodies, func(b []byte) bool { return bytes.Equal(b, body) }); i >= 0 && !stays[i] {
			stays[i] = true
		} else {
			left = append(left, r)
		}
	}
	for i, o := range offers {
		switch {
		case stays[i]:
		case len(left) > 0:
			w.add(putOffer(left[0].Ref, left[0].Rev, o))
			left = left[1:]
		default:
			w.add(putOffer(refOffer(o, random, i), 0, o))
		}
	}
	for _, r := range left {
		w.add(store.Delete{Ref: r.Ref, Rev: r.Rev})
	}
	return nil
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

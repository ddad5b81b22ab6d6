package till

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// SetPrice sets the base price of an article in the standard list, from now until the
// next change that is planned. Carts are quoted at it from now on, unless a sale price
// is lower; orders that were placed keep theirs.
func (s *Staff) SetPrice(ctx context.Context, sku SKU, price string) error {
	parsed, err := money.ParsePrice(price, s.shop.currency)
	if err != nil {
		return fmt.Errorf("%w: %w", invalid("price", "%.60q is no price in %s", price, s.shop.currency), err)
	}
	return s.ChangePrice(ctx, sku, PriceChange{Price: parsed})
}

// ChangePrice records a change of an article's price in the standard list: now, in
// the future or in the past; of the base price or of a sale; for any minimum
// quantity. See [Prices.Change].
func (s *Staff) ChangePrice(ctx context.Context, sku SKU, c PriceChange) error {
	return s.changePrices(ctx, []PriceEdit{{sku, c}}, func(_ int, err error) error { return err })
}

// ChangeListPrice records a change of an article's price in any list and currency, as
// [Staff.ChangePrice] does in the standard list. Who buys from the list, a [ListRule]
// says. What the storefront shows are the prices of the standard list.
func (s *Staff) ChangeListPrice(ctx context.Context, list PriceList, sku SKU, c PriceChange) error {
	if list.List == "" {
		list.List = StandardList
	}
	if list == standard(s.shop.currency) {
		return s.ChangePrice(ctx, sku, c)
	}
	if err := cmp.Or(sku.check(), list.check()); err != nil {
		return err
	}
	return s.decide(ctx, func(m Meta) ([]store.Change, error) {
		ref := refPrices(sku, list)
		records, err := s.shop.store.Get(ctx, refSKU(sku), ref)
		if err != nil {
			return nil, err
		}
		if !records[0].Exists() {
			return nil, &NotFoundError{Kind: "SKU", ID: string(sku)}
		}
		prices, err := s.shop.wholePrices(ctx, records[1], sku, list)
		if err != nil {
			return nil, err
		}
		next, entries, err := prices.Change(m, c)
		if err != nil || len(entries) == 0 {
			return nil, err
		}
		return []store.Change{appendPrices(next, entries)}, nil
	})
}

// MaxPriceEdits is how many edits [Staff.ChangePrices] takes at once.
const MaxPriceEdits = 1000

// PriceEdit is one of many price changes.
type PriceEdit struct {
	SKU SKU
	PriceChange
}

// ChangePrices records changes of many articles' prices in one commit, all or none, as
// [Staff.ChangePrice] does one: a new price list that is valid from Monday is a call
// with one From. Edits of one article are recorded in their order. The error names the
// edit. More than [MaxPriceEdits] are refused; so are edits of more articles and
// variants than one commit takes.
func (s *Staff) ChangePrices(ctx context.Context, edits ...PriceEdit) error {
	if len(edits) > MaxPriceEdits {
		return invalid("edits", "there are %d, at most %d go into one commit", len(edits), MaxPriceEdits)
	}
	return s.changePrices(ctx, edits, func(i int, err error) error {
		edit := fmt.Sprintf("edits[%d]", i)
		if within := within(edit, err); within != err {
			return within
		}
		return fmt.Errorf("%s: %w", edit, err)
	})
}

func (s *Staff) changePrices(ctx context.Context, edits []PriceEdit, at func(int, error) error) error {
	var skus []SKU
	for i, e := range edits {
		if err := e.SKU.check(); err != nil {
			return at(i, err)
		}
		if !slices.Contains(skus, e.SKU) {
			skus = append(skus, e.SKU)
		}
	}
	recall := true
	return s.do(ctx, func(m Meta) (work, error) {
		w, err := s.reprice(ctx, m, edits, skus, recall, at)
		if recall && (refused(err) || w.large()) { // what is remembered refuses nothing
			w, err = s.reprice(ctx, m, edits, skus, false, at)
		}
		recall = false
		return w, err
	})
}

// refused reports whether a decision came out as no: any other error says that it could
// not be made.
func refused(err error) bool {
	return errors.Is(err, ErrInvalid) || errors.Is(err, ErrNotFound) || errors.Is(err, ErrConflict) || errors.Is(err, ErrExists)
}

// reprice decides edits of articles' prices. It may recall what was read before.
func (s *Staff) reprice(ctx context.Context, m Meta, edits []PriceEdit, skus []SKU, recall bool, at func(int, error) error) (work, error) {
	priced, err := s.shop.loadPriced(ctx, skus, recall)
	if err != nil {
		return work{}, err
	}
	made := make(map[SKU][]Entry, len(skus))
	for i, e := range edits {
		one, ok := priced[e.SKU]
		if !ok {
			return work{}, at(i, &NotFoundError{Kind: "SKU", ID: string(e.SKU)})
		}
		if one.prices.cut && e.Mark == Retract {
			if one.prices, err = s.shop.wholePrices(ctx, one.record, e.SKU, one.prices.list); err != nil {
				return work{}, err
			}
			if one.prices, err = Fold(one.prices, made[e.SKU]...); err != nil {
				return work{}, err
			}
		}
		next, entries, err := one.prices.Change(m, e.PriceChange)
		if err != nil {
			return work{}, at(i, err)
		}
		one.prices = next
		made[e.SKU] = append(made[e.SKU], entries...)
	}
	var w work
	for _, sku := range skus {
		if len(made[sku]) > 0 {
			w.add(appendPrices(priced[sku].prices, made[sku]))
		}
	}
	err = s.shop.offerPriced(ctx, &w, m.At, skus, priced, made, recall)
	return w, err
}

// pricedArticle is an article's prices as a decision reads and changes them.
type pricedArticle struct {
	product *Product // shared by all its articles
	prices  Prices
	record  store.Record
}

// loadPriced gives the prices of articles, of all others of their products too, and the
// products, by SKU. What it may recall, it does not read.
func (s *Shop) loadPriced(ctx context.Context, skus []SKU, recall bool) (map[SKU]*pricedArticle, error) {
	recalled := make(map[SKU]*pricedArticle, len(skus))
	if recall {
		if skus = s.remembered.priced(standard(s.currency), skus, recalled); len(skus) == 0 {
			return recalled, nil
		}
	}
	claimed := make([]store.Ref, len(skus))
	for i, sku := range skus {
		claimed[i] = refSKU(sku)
	}
	claims, err := s.get(ctx, claimed...)
	if err != nil {
		return nil, err
	}
	owned, err := s.loadOwned(ctx, claims)
	if err != nil {
		return nil, err
	}
	of := make(map[SKU]int, len(skus)) // the place of its product
	for i, sku := range skus {
		if owned.of[i] >= 0 {
			of[sku] = owned.of[i]
		}
	}
	for i, p := range owned.products {
		for _, sku := range p.SKUs() {
			of[sku] = i
		}
	}
	for i, r := range owned.records {
		s.remembered.product(knownAs(owned.products[i], r), weight(r.Doc))
	}
	priced, err := s.loadPricedOf(ctx, owned.products, of)
	maps.Copy(recalled, priced)
	return recalled, err
}

func (s *Shop) loadPricedOf(ctx context.Context, products []Product, of map[SKU]int) (map[SKU]*pricedArticle, error) {
	list := standard(s.currency)
	skus := make([]SKU, 0, len(of))
	refs := make([]store.Ref, 0, len(of))
	for sku := range of {
		skus, refs = append(skus, sku), append(refs, refPrices(sku, list))
	}
	records, err := s.get(ctx, refs...)
	if err != nil {
		return nil, err
	}
	priced := make(map[SKU]*pricedArticle, len(skus))
	for i, sku := range skus {
		p, err := s.loadPrices(ctx, records[i], sku, list)
		if err != nil {
			return nil, err
		}
		product := &products[of[sku]]
		s.remembered.article(sku, product.id.String(), knownAs(p, records[i]), weight(records[i].Doc))
		priced[sku] = &pricedArticle{product, p, records[i]}
	}
	return priced, nil
}

// offerPriced brings the offers of the products up to date whose articles' prices have
// changed.
func (s *Shop) offerPriced(ctx context.Context, w *work, at Instant, skus []SKU, priced map[SKU]*pricedArticle, made map[SKU][]Entry, recall bool) error {
	var done []ProductID
	for _, sku := range skus {
		product := *priced[sku].product
		if slices.Contains(done, product.id) {
			continue
		}
		done = append(done, product.id)
		on := onOffer{product: product, recalls: recall, made: made}
		for _, sku := range product.SKUs() {
			on.prices = append(on.prices, priced[sku].prices)
			if len(made[sku]) > 0 {
				on.changed = append(on.changed, sku)
			}
		}
		if err := s.offer(ctx, w, at, on); err != nil {
			return err
		}
	}
	return nil
}

// Prices gives the prices of an article in the standard list, with their whole past
// and plan. A SKU that no product has is [ErrNotFound].
func (s *Staff) Prices(ctx context.Context, sku SKU) (Prices, error) {
	if err := sku.check(); err != nil {
		return Prices{}, err
	}
	list := standard(s.shop.currency)
	records, err := s.shop.store.Get(ctx, refSKU(sku), refPrices(sku, list))
	if err != nil {
		return Prices{}, err
	}
	if !records[0].Exists() {
		return Prices{}, &NotFoundError{Kind: "SKU", ID: string(sku)}
	}
	return s.shop.wholePrices(ctx, records[1], sku, list)
}

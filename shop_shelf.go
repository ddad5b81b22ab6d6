package till

import (
	"context"
	"slices"

	"github.com/tillkit/till/store"
)

// shelf is what a decision about articles relies on: the catalog, the rules, and the
// revisions that they were read at.
type shelf struct {
	catalog  Catalog
	terms    Terms
	requires []store.Requirement

	// latest is when the last of all this was recorded. Where the clock has gone back
	// since, this is the instant to ask for: what was done is in force.
	latest Instant
}

// known is a value that was read from a record, and the revision at which it was.
type known[S any] struct {
	value S
	at    store.Requirement
}

func knownAs[S any](value S, r store.Record) *known[S] {
	return &known[S]{value, store.Requirement{Ref: r.Ref, Rev: r.Rev}}
}

// newShelf makes a shelf of a catalog and of what is in it.
func newShelf(catalog Catalog, terms *known[Terms], prices []*known[Prices], products []*known[Product]) shelf {
	sh := shelf{catalog: catalog, terms: terms.value, latest: terms.value.at}
	const ofBuyer = 2 // session and account, which a checkout appends
	sh.requires = append(make([]store.Requirement, 0, 1+len(prices)+len(products)+ofBuyer), terms.at)
	for _, p := range prices {
		sh.requires, sh.latest = append(sh.requires, p.at), max(sh.latest, p.value.at)
	}
	for _, p := range products {
		sh.requires, sh.latest = append(sh.requires, p.at), max(sh.latest, p.value.at)
	}
	return sh
}

func values[S any](of []*known[S]) []*S {
	all := make([]*S, len(of))
	for i, k := range of {
		all[i] = &k.value
	}
	return all
}

// shelfFor reads what a cart needs. Which lists and gifts these are, the rules say: by
// those that are remembered it is read at once, and again where they were others.
func (s *Shop) shelfFor(ctx context.Context, c Cart, now Instant) (shelf, error) {
	rules := s.remembered.lastRules()
	for {
		lists, skus := rules.needs(c, now)
		sh, err := s.loadShelf(ctx, lists, skus)
		if err != nil {
			return shelf{}, err
		}
		want, gifts := sh.terms.needs(c, max(now, sh.latest))
		if slices.Equal(lists, want) && slices.Equal(each(skus), each(gifts)) {
			return sh, nil
		}
		rules, now = sh.terms, max(now, sh.latest)
	}
}

// needs gives the lists and the articles that a quote of a cart needs.
func (t Terms) needs(c Cart, now Instant) ([]PriceList, []SKU) {
	return t.PriceLists(c, now), append(c.skus(), t.Gifts(now)...)
}

// loadShelf reads the products and prices of articles, and the rules: at once where it is
// remembered whose the SKUs are.
func (s *Shop) loadShelf(ctx context.Context, lists []PriceList, skus []SKU) (shelf, error) {
	skus = each(skus)
	owners := s.remembered.ownersOf(skus)
	refs := make([]store.Ref, 0, 1+(2+len(lists))*len(skus))
	refs = append(refs, refTerms)
	for _, list := range lists {
		for _, sku := range skus {
			refs = append(refs, refPrices(sku, list))
		}
	}
	priced := len(refs)
	for i, sku := range skus {
		if owners[i] == "" {
			refs = append(refs, refSKU(sku))
		}
	}
	claimed := len(refs)
	ids := distinct(owners)
	refs = append(refs, productRefs(ids)...)
	records, err := s.get(ctx, refs...)
	if err != nil {
		return shelf{}, err
	}
	terms, err := s.loadTerms(ctx, records[0])
	if err != nil {
		return shelf{}, err
	}
	ruled := knownAs(terms, records[0])
	s.remembered.rules(ruled)
	products := make(map[string]*known[Product], len(skus))
	if err := s.describe(ctx, products, records[claimed:]); err != nil {
		return shelf{}, err
	}
	if claims := records[priced:claimed]; len(claims) > 0 {
		for i := range skus {
			if owners[i] != "" {
				continue
			}
			if claims[0].Exists() {
				if owners[i], err = owner(claims[0]); err != nil {
					return shelf{}, err
				}
			}
			claims = claims[1:]
		}
		more := slices.DeleteFunc(distinct(owners), func(id string) bool { _, has := products[id]; return has })
		if records, err := s.get(ctx, productRefs(more)...); err != nil {
			return shelf{}, err
		} else if err := s.describe(ctx, products, records); err != nil {
			return shelf{}, err
		}
	}
	prices := make([]*known[Prices], 0, len(lists)*len(skus))
	for n, r := range records[1:priced] {
		i := n % len(skus)
		if owners[i] == "" {
			continue // no product has it
		}
		sku, list := skus[i], lists[n/len(skus)]
		is := s.remembered.pricesAt(sku, list, r.Rev)
		if is == nil {
			p, err := s.loadPrices(ctx, r, sku, list)
			if err != nil {
				return shelf{}, err
			}
			is = knownAs(p, r)
			s.remembered.article(sku, owners[i], is, weight(r.Doc))
		}
		prices = append(prices, is)
	}
	owning := inOrder(products, owners)
	catalog, err := catalogOf(values(owning), values(prices))
	if err != nil {
		return shelf{}, err
	}
	return newShelf(catalog, ruled, prices, owning), nil
}

// each gives SKUs sorted, each once.
func each(skus []SKU) []SKU {
	skus = slices.Clone(skus)
	slices.Sort(skus)
	return slices.Compact(skus)
}

// describe reads products into a map by the text of their ids.
func (s *Shop) describe(ctx context.Context, products map[string]*known[Product], records []store.Record) error {
	for _, r := range records {
		if !r.Exists() {
			return damaged("products", "a claim names product %s, which is not there", r.Key)
		}
		p, err := s.loadProduct(ctx, r)
		if err != nil {
			return err
		}
		is := knownAs(p, r)
		s.remembered.product(is, weight(r.Doc))
		products[r.Key] = is
	}
	return nil
}

// distinct gives the ids of the products that own articles, each once, in the order in
// which they come; "" is none's.
func distinct(owners []string) []string {
	ids := make([]string, 0, len(owners))
	seen := make(map[string]bool, len(owners)) // an article has many neighbours
	for _, id := range owners {
		if id != "" && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

func inOrder(products map[string]*known[Product], owners []string) []*known[Product] {
	ids := distinct(owners)
	all := make([]*known[Product], len(ids))
	for i, id := range ids {
		all[i] = products[id]
	}
	return all
}

func productRefs(ids []string) []store.Ref {
	refs := make([]store.Ref, len(ids))
	for i, id := range ids {
		refs[i] = store.Ref{Family: familyProducts, Key: id}
	}
	return refs
}

// sells says whether the articles that were put into a cart can be bought.
func (sh shelf) sells(c Cart, put []SKU, now Instant) error {
	at := max(now, sh.latest)
	looked := make(map[SKU]bool, len(put))
	for _, sku := range put {
		looked[sku] = true
	}
	prices := pricing{
		q: Quote{at: at, rounding: sh.terms.Rounding(at)}, cart: c, catalog: sh.catalog, rules: sh.terms,
		lists: sh.terms.listsFor(c.list, c.buyer.Groups, at),
	}
	for i := range c.lines {
		l := &c.lines[i]
		if !looked[l.SKU] {
			continue
		}
		if _, _, err := prices.offer(l, 0); err != nil {
			return err
		}
	}
	return nil
}

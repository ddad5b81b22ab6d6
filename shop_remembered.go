package till

import (
	"slices"
	"sync"

	"github.com/tillkit/till/store"
)

// remembered is what a Shop has read last of the catalog and of the rules, of sessions and
// of carts, with the revisions. Somebody else, in another process too, may have changed it
// since, so it refuses nothing, and is shown only where the revision was read just now. It
// may be decided on: the commit requires the revisions, and if one of them is not the last
// any more it is a conflict, and what there is now decides. It holds no person's words.
type remembered struct {
	mu       sync.Mutex
	terms    *known[Terms]                   // nil: they were never read
	products recent[string, *known[Product]] // by the text of the id
	prices   recent[priceKey, *known[Prices]]
	owners   recent[SKU, string] // the id of the product: a SKU is its product's for ever
	sessions recent[string, *known[session]]
	carts    recent[string, *known[Cart]] // those in which nobody has written anything

	// together is what is remembered of articles, found at once, for as long as nothing of
	// products and prices was lost.
	together map[priceKey]knownArticle
	losses   int // of products and prices when together was begun

	purchasers recent[string, *known[Purchaser]] // by the key of the account
	offers     recent[ProductID, offered]
}

// offered are a product's offers as a decision has left them, and what they follow from:
// the revisions of the product and of its prices.
type offered struct {
	product ProductID
	follows []store.Requirement
	offers  []store.Record // each as its bytes
}

func (o offered) size() int {
	size := aroundARow
	for _, r := range o.offers {
		size += weight(r.Doc)
	}
	return size
}

// Of each kind, what weighs twice mostRemembered is remembered at most. A row of more
// than largestDecoded bytes is not remembered.
const (
	mostRemembered = 8 << 20
	aroundARow     = 1000 // what a value weighs more than its bytes in the store
	aroundAClaim   = 250
	aroundALine    = 250
	mostOfBuyers   = 4 << 20 // of sessions, and of carts, instead
	mostTogether   = 4 << 10 // articles
	aroundAChange  = 200     // of a price, in the store
)

// weight gives what remembering a document's value weighs. One that is no bytes is the
// store's own, with which it is shared.
func weight(doc store.Doc) int {
	raw, _ := doc.(store.Raw)
	return aroundARow + len(raw)
}

// ownersOf gives the products that SKUs belong to; "" is not known.
func (m *remembered) ownersOf(skus []SKU) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	ids := make([]string, len(skus))
	for i, sku := range skus {
		ids[i], _ = m.owners.find(sku, mostRemembered)
	}
	return ids
}

// rules remembers the rules.
func (m *remembered) rules(t *known[Terms]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.terms == nil || t.at.Rev >= m.terms.at.Rev { // else it was read before what is remembered
		m.terms = t
	}
}

// lastRules gives the rules as they were read last.
func (m *remembered) lastRules() Terms {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.terms == nil {
		return Terms{}
	}
	return m.terms.value
}

// product remembers a product.
func (m *remembered) product(p *known[Product], size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	keepLast(&m.products, p.at.Key, p, size, mostRemembered)
	m.partLost()
}

// priceKey names the prices of an article in a list.
type priceKey struct {
	sku  SKU
	list PriceList
}

// article remembers whose a SKU is, and its prices.
func (m *remembered) article(sku SKU, id string, p *known[Prices], size int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if product, described := m.products.find(id, mostRemembered); described { // its words serve as keys: once in memory
		id = product.at.Key
		if i := product.value.variant(sku); i >= 0 {
			sku = product.value.is.Variants[i].SKU
		}
	}
	m.owners.keep(sku, id, aroundAClaim, mostRemembered)
	keepLast(&m.prices, priceKey{sku, p.value.list}, p, size, mostRemembered)
	m.partLost()
}

// knownArticle is what is remembered of an article, with its prices in one list.
type knownArticle struct {
	product *known[Product]
	prices  *known[Prices]
}

// listed gives an article with its prices in a list; false: not all of it is remembered.
func (m *remembered) listed(sku SKU, list PriceList) (knownArticle, bool) {
	m.partLost()
	key := priceKey{sku, list}
	if is, found := m.together[key]; found {
		return is, true
	}
	id, owned := m.owners.find(sku, mostRemembered)
	product, described := m.products.find(id, mostRemembered)
	prices, priced := m.prices.find(key, mostRemembered)
	if !owned || !described || !priced {
		return knownArticle{}, false
	}
	m.partLost() // by what was asked for
	is := knownArticle{product, prices}
	if m.together == nil {
		m.together = make(map[priceKey]knownArticle)
	}
	if len(m.together) < mostTogether {
		m.together[priceKey{prices.value.sku, list}] = is
	}
	return is, true
}

// partLost forgets what was found together if a part of it may be remembered no more.
func (m *remembered) partLost() {
	if losses := m.products.losses + m.prices.losses; m.losses != losses {
		m.together, m.losses = nil, losses
	}
}

// pricesAt gives prices of an article whose owner is remembered, at the revision that was
// read just now; nil: they are to be read.
func (m *remembered) pricesAt(sku SKU, list PriceList, rev int64) *known[Prices] {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, priced := m.prices.find(priceKey{sku, list}, mostRemembered)
	if _, owned := m.owners.find(sku, mostRemembered); !owned || !priced || p.at.Rev != rev {
		return nil
	}
	return p
}

// keepLast keeps a value unless a later one is known.
func keepLast[K comparable, S any](r *recent[K, *known[S]], key K, is *known[S], size, most int) {
	was, has := r.find(key, most)
	switch {
	case has && was.at.Rev >= is.at.Rev:
	case size > aroundARow+largestDecoded:
		r.forget(key)
	default:
		if has {
			r.losses++
		}
		r.keep(key, is, size, most)
	}
}

// committed keeps what a set that was committed has made of prices, and forgets the rest
// that it has changed.
func (m *remembered) committed(set store.ChangeSet) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, change := range set.Changes {
		switch c := change.(type) {
		case store.Append:
			switch d := c.Doc.(type) {
			case termsDoc:
				m.terms = nil
			case productDoc:
				m.products.forget(c.Key)
			case accountDoc:
				m.purchasers.forget(c.Key)
			case pricesDoc:
				is := &known[Prices]{d.Prices, store.Requirement{Ref: c.Ref, Rev: d.n}}
				keepLast(&m.prices, priceKey{d.sku, d.list}, is, aroundARow+d.changes()*aroundAChange, mostRemembered)
			}
		case store.Put:
			at := store.Requirement{Ref: c.Ref, Rev: c.Rev + 1}
			switch d := c.Doc.(type) {
			case cartDoc:
				m.keepCart(&known[Cart]{d.Cart, at})
			case sessionDoc:
				keepLast(&m.sessions, c.Key, &known[session]{d.session, at}, aroundAClaim, mostOfBuyers)
			}
		case store.Delete:
			m.sessions.forget(c.Key)
			m.carts.forget(c.Key)
		case store.Erase:
			if person, err := ParseID[Person](c.Person); err == nil {
				m.carts.forget(refCart(person).Key)
			}
		}
	}
}

// offersLeft remembers the offers that a decision has left, which was committed.
func (m *remembered) offersLeft(all []offered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range all {
		if size := o.size(); size <= aroundARow+largestDecoded {
			m.offers.keep(o.product, o, size, mostRemembered)
		} else {
			m.offers.forget(o.product)
		}
	}
}

// offersOf gives the offers of a product that follow from these revisions.
func (m *remembered) offersOf(id ProductID, from []store.Requirement) ([]store.Record, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	is, ok := m.offers.find(id, mostRemembered)
	return is.offers, ok && slices.Equal(is.follows, from)
}

// priced puts into a map what is remembered of articles and of all others of their
// products, and gives those of which not all of it is.
func (m *remembered) priced(list PriceList, skus []SKU, into map[SKU]*pricedArticle) []SKU {
	m.mu.Lock()
	defer m.mu.Unlock()
	var missing []SKU
	for _, sku := range skus {
		if into[sku] == nil && !m.pricedBeside(list, sku, into) {
			missing = append(missing, sku)
		}
	}
	return missing
}

func (m *remembered) pricedBeside(list PriceList, sku SKU, into map[SKU]*pricedArticle) bool {
	id, owned := m.owners.find(sku, mostRemembered)
	product, described := m.products.find(id, mostRemembered)
	if !owned || !described {
		return false
	}
	skus := product.value.SKUs()
	prices := make([]*known[Prices], len(skus))
	has := false
	for i, each := range skus {
		var priced bool
		if prices[i], priced = m.prices.find(priceKey{each, list}, mostRemembered); !priced {
			return false
		}
		has = has || each == sku
	}
	for i, each := range skus {
		into[each] = &pricedArticle{&product.value, prices[i].value, store.Record{Ref: prices[i].at.Ref, Rev: prices[i].at.Rev}}
	}
	return has
}

// shelf gives what is remembered of articles, in the lists that a cart buys from, and of
// the rules, if that is all of it. Its catalog has these articles and gifts alone.
func (m *remembered) shelf(c Cart, skus []SKU, now Instant) (shelf, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.terms == nil {
		return shelf{}, false
	}
	rules := &m.terms.value
	lists := rules.PriceLists(c, now)
	skus = each(append(skus, rules.Gifts(now)...))
	catalog := Catalog{articles: make([]ownedSKU, 0, len(skus)), prices: make([]*Prices, 0, len(lists)*len(skus)), known: MaxInstant}
	var pricesRoom [16]*known[Prices]
	var productsRoom [16]*known[Product]
	prices, products := pricesRoom[:0], productsRoom[:0]
	for _, sku := range skus {
		for i, list := range lists {
			is, ok := m.listed(sku, list)
			if !ok {
				return shelf{}, false
			}
			if i == 0 {
				catalog.articles = append(catalog.articles, ownedSKU{sku, &is.product.value})
				if !slices.Contains(products, is.product) { // an article has many neighbours
					products = append(products, is.product)
				}
			}
			prices = append(prices, is.prices)
			catalog.prices = append(catalog.prices, &is.prices.value)
		}
	}
	if len(lists) > 1 {
		catalog.sortPrices()
	}
	sh := newShelf(catalog, m.terms, prices, products)
	if sh.latest > now { // the clock has gone back: what is asked for is what holds then
		later, gifts := rules.PriceLists(c, sh.latest), rules.Gifts(sh.latest)
		if !slices.Equal(lists, later) || !slices.Equal(rules.Gifts(now), gifts) {
			return shelf{}, false
		}
	}
	return sh, true
}

package till

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// Catalog is a value: the products and prices at hand. It may be a whole shop's, or
// just those of the articles in a cart. Everything that it answers is pure: the
// same catalog gives the same answer for an instant, for ever.
type Catalog struct {
	articles []ownedSKU // by SKU: all that a product has or had
	prices   []*Prices  // by SKU and list
	known    Instant
	locale   Locale
}

// ownedSKU says whose a SKU is. The product is shared with other catalogs: nothing in it
// is changed, as in their prices.
type ownedSKU struct {
	sku     SKU
	product *Product
}

// NewCatalog makes a catalog. A SKU that two of the products have or had, and two
// Prices for one SKU and list, are an [InvalidError].
func NewCatalog(products []Product, prices []Prices) (Catalog, error) {
	return catalogOf(pointers(slices.Clone(products)), pointers(slices.Clone(prices)))
}

func pointers[S any](all []S) []*S {
	to := make([]*S, len(all))
	for i := range all {
		to[i] = &all[i]
	}
	return to
}

// catalogOf makes a catalog of values that nobody changes. The slice of prices is its own.
func catalogOf(products []*Product, prices []*Prices) (Catalog, error) {
	c := Catalog{prices: prices, known: MaxInstant}
	for _, p := range products {
		for sku := range p.listing {
			c.articles = append(c.articles, ownedSKU{sku, p})
		}
	}
	slices.SortStableFunc(c.articles, func(a, b ownedSKU) int { return a.compare(b.sku) })
	for i := range c.articles[min(1, len(c.articles)):] {
		if a, b := c.articles[i], c.articles[i+1]; a.sku == b.sku {
			return Catalog{}, invalid("products", "%q is a SKU of %s and of %s", a.sku, a.product.Handle(), b.product.Handle())
		}
	}
	c.sortPrices()
	for i := range c.prices[min(1, len(c.prices)):] {
		if p := c.prices[i]; p.compare(c.prices[i+1].sku, c.prices[i+1].list) == 0 {
			return Catalog{}, invalid("prices", "%q has two price journals in list %s %s", p.sku, p.list.List, p.list.Currency)
		}
	}
	return c, nil
}

func (a ownedSKU) compare(sku SKU) int { return strings.Compare(string(a.sku), string(sku)) }

func (p *Prices) compare(sku SKU, list PriceList) int {
	return cmp.Or(strings.Compare(string(p.sku), string(sku)), cmp.Compare(p.list.Currency, list.Currency), strings.Compare(p.list.List, list.List))
}

func (c *Catalog) sortPrices() {
	slices.SortFunc(c.prices, func(a, b *Prices) int { return a.compare(b.sku, b.list) })
}

// product finds the product that a SKU belongs to; nil: none.
func (c *Catalog) product(sku SKU) *Product {
	i, found := slices.BinarySearchFunc(c.articles, sku, ownedSKU.compare)
	if !found {
		return nil
	}
	return c.articles[i].product
}

// pricesOf finds the prices of a SKU in a list; nil: there are none.
func (c *Catalog) pricesOf(sku SKU, list PriceList) *Prices {
	i, found := slices.BinarySearchFunc(c.prices, sku, func(p *Prices, sku SKU) int { return p.compare(sku, list) })
	if !found {
		return nil
	}
	return c.prices[i]
}

// everSKUs gives the SKUs of all variants that the product has or ever had, sorted.
func (p Product) everSKUs() []SKU { return slices.Sorted(maps.Keys(p.listing)) }

// AsKnown gives the catalog with the prices as they were known at an instant: what
// was recorded later is left out of account.
func (c Catalog) AsKnown(known Instant) Catalog {
	c.known = known
	return c
}

// Product finds the product that a SKU belongs to.
func (c Catalog) Product(sku SKU) (Product, bool) {
	p := c.product(sku)
	if p == nil {
		return Product{}, false
	}
	return *p, true
}

// Prices finds the prices of a SKU in a list.
func (c Catalog) Prices(sku SKU, list PriceList) (Prices, bool) {
	p := c.pricesOf(sku, list)
	if p == nil {
		return Prices{}, false
	}
	return *p, true
}

// Offer is an article as it can be bought at an instant.
type Offer struct {
	Product ProductID
	SKU     SKU
	Name    string
	Options []Choice
	Stock   StockPolicy

	Category   string // of tax
	Grams      int64
	NoShipping bool
	Priced
}

// Choice is the value of one option: "Size": "L".
type Choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// In gives the catalog with the words of a locale: its offers, and the quotes that are
// made with it, are in it, as [Product.Words] finds them.
func (c Catalog) In(locale Locale) Catalog {
	c.locale = locale
	return c
}

// OfferRequest asks what an article is called and costs.
type OfferRequest struct {
	SKU      SKU
	List     PriceList // a list without a name is [StandardList]
	Quantity int64     // how many are bought, 1 to MaxQuantity; 0 means 1
}

// Offer says what an article is called and costs at an instant. It can be bought when its
// product is active and not deleted, it is listed, and a price answers; else the error is
// an [UnavailableError]. A list without a currency, and a quantity that none can buy, are
// an [InvalidError].
func (c Catalog) Offer(r OfferRequest, at Instant) (Offer, error) {
	if r.Quantity == 0 {
		r.Quantity = 1
	}
	if err := checkQuantity(r.Quantity); err != nil {
		return Offer{}, err
	}
	return c.offer(r.SKU, r.List, r.Quantity, at)
}

// offer is Offer of as many pieces as all lines of a cart together can have.
func (c *Catalog) offer(sku SKU, list PriceList, quantity int64, at Instant) (Offer, error) {
	if list.List == "" {
		list.List = StandardList
	}
	if list.Currency == 0 {
		return Offer{}, invalid("list.currency", "none was given: Shop.Currency has the shop's")
	}
	p, variant, err := c.article(sku, at)
	if err != nil {
		return Offer{}, err
	}
	prices := c.pricesOf(sku, list)
	if prices == nil {
		return Offer{}, &UnavailableError{SKU: sku, Reason: NoPrice}
	}
	priced, ok := prices.On(at, c.known, quantity)
	if !ok {
		return Offer{}, &UnavailableError{SKU: sku, Reason: NoPrice}
	}
	offer := p.offer(variant, c.locale)
	offer.Priced = priced
	return offer, nil
}

// article finds what can be bought at an instant, if it has a price: the product, and
// which of its variants. Else the error is an [UnavailableError].
func (c *Catalog) article(sku SKU, at Instant) (p *Product, variant int, err error) {
	p = c.product(sku)
	if p == nil {
		return nil, 0, &UnavailableError{SKU: sku, Reason: UnknownSKU}
	}
	variant = p.variant(sku)
	switch {
	case variant < 0 || !p.exists(at):
		return nil, 0, &UnavailableError{SKU: sku, Reason: Deleted}
	case p.is.Status != ProductActive:
		return nil, 0, &UnavailableError{SKU: sku, Reason: NotActive}
	case !p.marked(sku, at):
		return nil, 0, &UnavailableError{SKU: sku, Reason: NotListed}
	}
	return p, variant, nil
}

// stockPolicy gives that of a SKU; the zero one where no product has it.
func (c *Catalog) stockPolicy(sku SKU) StockPolicy {
	if p := c.product(sku); p != nil {
		if i := p.variant(sku); i >= 0 {
			return p.is.Variants[i].Stock
		}
	}
	return StockPolicy{}
}

// offer gives the words of one of the product's variants, without a price.
func (p *Product) offer(variant int, locale Locale) Offer {
	v := &p.is.Variants[variant]
	offer := Offer{Product: p.id, SKU: v.SKU, Name: p.words(locale).Name, Stock: v.Stock, Category: v.TaxCategory, Grams: v.Grams, NoShipping: v.NoShipping}
	if len(v.Values) > 0 {
		offer.Options = make([]Choice, len(v.Values))
	}
	for i, value := range v.Values {
		offer.Options[i] = Choice{p.is.Options[i], value}
	}
	return offer
}

// standard gives the standard list of a currency.
func standard(c money.Currency) PriceList { return PriceList{List: StandardList, Currency: c} }

package till

import (
	"maps"
	"slices"

	"github.com/tillkit/till/money"
)

// Catalog is a value: the products and prices at hand. It may be a whole shop's, or
// just those of the articles in a cart. Everything that it answers is pure: the
// same catalog gives the same answer for an instant, for ever.
type Catalog struct {
	products map[SKU]*Product // shared with other catalogs: nothing in it is changed
	prices   map[priceKey]*Prices
	known    Instant
	locale   Locale
}

type priceKey struct {
	sku  SKU
	list PriceList
}

// NewCatalog makes a catalog. A SKU that two of the products have or had, and two
// Prices for one SKU and list, are an [InvalidError].
func NewCatalog(products []Product, prices []Prices) (Catalog, error) {
	c := emptyCatalog(len(prices))
	products, prices = slices.Clone(products), slices.Clone(prices)
	for i := range products {
		p := &products[i]
		for sku := range p.listing {
			if _, taken := c.products[sku]; taken {
				return Catalog{}, c.clash(*p)
			}
		}
		for sku := range p.listing {
			c.products[sku] = p
		}
	}
	for i := range prices {
		p := &prices[i]
		k := priceKey{p.sku, p.list}
		if _, twice := c.prices[k]; twice {
			return Catalog{}, invalid("prices", "%q has two price journals in list %s %s", p.sku, p.list.List, p.list.Currency)
		}
		c.prices[k] = p
	}
	return c, nil
}

func emptyCatalog(size int) Catalog {
	return Catalog{products: make(map[SKU]*Product, size), prices: make(map[priceKey]*Prices, size), known: MaxInstant}
}

// clash names the first SKU of a product that another one has.
func (c Catalog) clash(p Product) error {
	for _, sku := range p.everSKUs() {
		if other, taken := c.products[sku]; taken {
			return invalid("products", "%q is a SKU of %s and of %s", sku, other.Handle(), p.Handle())
		}
	}
	return nil
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
	p, ok := c.products[sku]
	if !ok {
		return Product{}, false
	}
	return *p, true
}

// Prices finds the prices of a SKU in a list.
func (c Catalog) Prices(sku SKU, list PriceList) (Prices, bool) {
	p, ok := c.prices[priceKey{sku, list}]
	if !ok {
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
	prices, ok := c.prices[priceKey{sku, list}]
	if !ok {
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
	p, ok := c.products[sku]
	if !ok {
		return nil, 0, &UnavailableError{SKU: sku, Reason: UnknownSKU}
	}
	variant = p.variant(sku)
	switch {
	case variant < 0 || !p.ExistsAt(at):
		return nil, 0, &UnavailableError{SKU: sku, Reason: Deleted}
	case p.is.Status != ProductActive:
		return nil, 0, &UnavailableError{SKU: sku, Reason: NotActive}
	case !p.marked(sku, at):
		return nil, 0, &UnavailableError{SKU: sku, Reason: NotListed}
	}
	return p, variant, nil
}

// offer gives the words of one of the product's variants, without a price.
func (p *Product) offer(variant int, locale Locale) Offer {
	v := &p.is.Variants[variant]
	offer := Offer{Product: p.id, SKU: v.SKU, Name: p.Words(locale).Name, Stock: v.Stock, Category: v.TaxCategory, Grams: v.Grams, NoShipping: v.NoShipping}
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

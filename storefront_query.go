package till

import (
	"slices"

	"github.com/tillkit/till/money"
)

// ProductSort is an order in which products are listed.
type ProductSort string

// The sorts. With Desc each goes the other way round.
const (
	ByName   ProductSort = "name"   // in the shop's own language, by code point, upper and lower case alike
	ByPrice  ProductSort = "price"  // by the lowest price of one piece; what has none stands behind
	ByNewest ProductSort = "newest" // by the instant at which the product was added, the oldest first
)

// Attribute is an attribute of a product with one of its values: "Colour", "blue".
type Attribute struct {
	Name  string
	Value string
}

// ProductQuery asks for products. All that is given must hold. These go together:
//
//	asked for                                         Sort ""            other sorts
//	nothing                                           by name            price, newest
//	one of collection, attribute and vendor           by name            price, newest
//	a vendor, and one of collection and attribute     the store's order  name, price, newest
//	any other two or more of them                     the store's order  none
//	text, alone or with any of them                   the store's order  none
//
// A price range goes with every row. Any other combination is refused, and the error
// says which is near. A page costs what it shows, however many products there are, and
// what is skipped: the products outside a price range, unless they are sorted by price;
// and of a sorted row with a vendor and something else, the products of other vendors.
// The beginning of a word costs, besides, as much as there are products with such words.
// The store's order is total and does not change from page to page; it has no Desc.
type ProductQuery struct {
	PageRequest

	// Text is what somebody typed: anything. A product is found by whole words, all of
	// which it must have, as letters and digits without case: in names and descriptions
	// of any locale, vendor, handle, SKUs, barcodes, options, collections and attributes.
	// A product has 1,000 words at most; those of long descriptions come last.
	// A "*" behind the last word makes it a beginning, if it has three letters or more.
	// A text without any word finds nothing; of a long one the first words count, 16
	// together with collection, attributes and vendor.
	Text string

	Collection string
	Attributes []Attribute // at most 8
	Vendor     string

	// PriceFrom and PriceTo bound the lowest price of one piece, in the shop's currency:
	// PriceFrom <= price < PriceTo, to the millionth of a minor unit. nil is open. What has
	// no price is in no range.
	PriceFrom, PriceTo *money.Price

	Sort   ProductSort
	Status OfferStatus // "": ForSale; the others for staff only
	Locale Locale      // of the names that are shown; they are sorted and searched alike

	// At is the instant at which what is found is valid, as known now: 0 is now, and a
	// later one shows what is planned. What was before, no search shows: ask [Shop.AsOf]
	// for it by SKU. The pages of a list are all of the instant of the first.
	At Instant
}

// MaxAttributesAsked is how many attributes a [ProductQuery] may name.
const MaxAttributesAsked = 8

// ProductSummary is a product as a search shows it.
type ProductSummary struct {
	Product ProductID
	Handle  string
	Name    string
	Vendor  string
	Image   string // address of its first, "" if it has none
	Status  OfferStatus

	SKU     SKU         // the article of the lowest price; "" where no article has a price
	Price   money.Price // its price for one piece
	Base    money.Price // above Price while a sale holds
	Sale    bool
	Highest money.Price // of all its articles that have a price
}

func (o offer) found(l Locale) ProductSummary {
	locale := l.fallback(func(l Locale) bool { _, ok := o.Names[l]; return ok })
	return ProductSummary{
		Product: o.Product, Handle: o.Handle, Name: o.Names[locale], Vendor: o.Vendor, Image: o.Image, Status: o.Status,
		SKU: o.SKU, Price: o.Price, Base: o.Base, Sale: o.Sale, Highest: o.Highest,
	}
}

func (q ProductQuery) check(c money.Currency) error {
	if q.Sort != "" && q.Sort != ByName && q.Sort != ByPrice && q.Sort != ByNewest {
		return invalid("sort", "%.40q is none of name, price and newest", q.Sort)
	}
	if !slices.Contains([]OfferStatus{"", ForSale, NotForSale, OfferDraft, OfferArchived, OfferDeleted}, q.Status) {
		return invalid("status", "%.40q is no status of an offer", q.Status)
	}
	if q.Collection != "" {
		if err := checkName("collection", q.Collection, MaxHandle); err != nil {
			return err
		}
	}
	if q.Vendor != "" {
		if err := checkText("vendor", q.Vendor, MaxName); err != nil {
			return err
		}
	}
	if len(q.Attributes) > MaxAttributesAsked {
		return invalid("attributes", "there are %d, at most %d can be asked for", len(q.Attributes), MaxAttributesAsked)
	}
	for _, a := range q.Attributes {
		if err := checkName("attributes.name", a.Name, MaxMetadataKey); err != nil {
			return err
		}
		if err := checkName("attributes.value", a.Value, MaxName); err != nil {
			return err
		}
	}
	for _, p := range []*money.Price{q.PriceFrom, q.PriceTo} {
		if p != nil && (p.Currency() != c || p.Sign() < 0) {
			return invalid("price", "%s is not 0 or more in %s", p, c)
		}
	}
	if q.At < MinInstant || q.At > MaxInstant {
		return invalid("at", "it lies outside the years 1 to 9999")
	}
	return nil
}

// tags gives what is asked for besides text and price; the vendor is last.
func (q ProductQuery) tags() []string {
	var tags []string
	if q.Collection != "" {
		tags = append(tags, collectionTag(q.Collection))
	}
	for _, a := range q.Attributes {
		if t := attributeTag(a.Name, a.Value); !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	if q.Vendor != "" {
		tags = append(tags, vendorTag(q.Vendor))
	}
	return tags
}

package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// quoted is a cart that till quotes, with the words, prices and rules that it needs.
type quoted struct {
	cart    till.Cart
	catalog till.Catalog
	terms   till.Terms
	at      till.Instant
}

// quotedAt is the instant of all quotes, and of everything before them.
const quotedAt = till.Instant(1_767_225_600_000_000)

// newQuoted makes a cart of drawn lines, its catalog, and terms: the discount of the
// totals, their tax and shipping, and further promotions.
func newQuoted(random *rand.Rand, lines []drawn, included bool, more ...till.RuleChange) (*quoted, error) {
	is := &quoted{at: quotedAt}
	made := till.Meta{At: quotedAt, By: "bench"}
	list := till.PriceList{List: till.StandardList, Currency: money.GBP}
	var products []till.Product
	var prices []till.Prices
	var items []till.Item
	for i, n := range random.Perm(len(lines)) {
		a := articleAt(n)
		product, _, err := till.AddProduct(made, till.MakeID[till.Product](quotedAt, 0, [8]byte{byte(i), byte(i >> 8)}), till.Description{
			Handle: a.handle, Words: map[till.Locale]till.Words{"": {Name: a.name}}, Variants: []till.Variant{{SKU: till.SKU(a.sku), Grams: 300}},
		})
		if err == nil {
			product, _, err = product.List(made, 0)
		}
		if err != nil {
			return nil, err
		}
		price, err := pence(lines[i].pence, lines[i].per)
		if err != nil {
			return nil, err
		}
		journal, err := till.NewPrices(till.SKU(a.sku), list)
		if err == nil {
			journal, _, err = journal.Change(made, till.PriceChange{Price: price})
		}
		if err != nil {
			return nil, err
		}
		products, prices = append(products, product), append(prices, journal)
		items = append(items, till.Item{SKU: till.SKU(a.sku), Quantity: lines[i].quantity})
	}
	var err error
	if is.catalog, err = till.NewCatalog(products, prices); err != nil {
		return nil, err
	}
	if is.cart, err = till.NewCart(list); err != nil {
		return nil, err
	}
	if is.cart, err = is.cart.Add(items...); err != nil {
		return nil, err
	}
	if is.cart, err = is.cart.ShipBy("parcel"); err != nil {
		return nil, err
	}
	for _, rule := range append(more,
		till.RuleChange{Name: "autumn", Rule: till.Promotion{Label: "Autumn", Action: till.OrderPercentOff(money.MustParsePercent(offPercent)), Priority: 1}},
		till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "VAT", Rate: money.MustParsePercent(taxPercent)}},
		till.RuleChange{Name: "parcel", Rule: till.ShippingMethod{
			Label: "Parcel", Rates: []till.ShippingRate{{Base: money.MustParse(shippingAmount, money.GBP)}}, Included: included,
		}},
		till.RuleChange{Name: list.List, Rule: till.ListRule{Included: included}},
	) {
		if is.terms, _, err = is.terms.Change(made, rule); err != nil {
			return nil, fmt.Errorf("rule %s: %w", rule.Name, err)
		}
	}
	return is, nil
}

// firstOff is a second promotion, which is taken before the discount of the totals.
var firstOff = till.RuleChange{Name: "regulars", Rule: till.Promotion{Label: "For regulars", Action: till.PercentOff(money.MustParsePercent("5"))}}

func (q *quoted) quote() (till.Quote, error) { return q.cart.Quote(q.catalog, q.terms, q.at) }

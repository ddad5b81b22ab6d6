package till

import (
	"math/rand"
	"slices"

	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// A world is all that a quote is computed from, as plain data: the values of the shop are
// made of it, and whoever counts its figures anew reads nothing else.
type world struct {
	currency money.Currency
	rounding Rounding
	articles []article
	prices   []priceRow
	rules    []ruleOf
	to       Address
	lines    []worldLine
	codes    []string
	delivery string
	buyer    Purchaser
}

// worldAt is the instant of a world's quotes.
var worldAt = jan(5)

// article is one that can be bought, with what rules may ask of it.
type article struct {
	sku        SKU
	product    byte
	collection string
	kind       string // the value of an attribute
	is         Variant
}

// priceRow is what an article costs in a list from so many pieces on.
type priceRow struct {
	sku        SKU
	list       PriceList
	least      int64
	base, sale money.Price
	onSale     bool
}

// ruleOf is a rule with the past of which it holds, or does not.
type ruleOf struct {
	name  string
	rule  Rule
	past  rulePast
	zoned int // of a Zone and a Home: which of the places it is
}

// rulePast is what was done to a rule before the instant of the quote.
type rulePast int

const (
	wasSet      rulePast = iota
	wasSetAgain          // ended, and begun anew
	wasKept              // its end was planned, and called off
	wasEnded
	isPlanned
	wasCalledOff
	pasts
)

func (r ruleOf) holds() bool { return r.past <= wasKept }

// changes gives what is done to the rule, in its order.
func (r ruleOf) changes() []RuleChange {
	set := func(from Instant) RuleChange { return RuleChange{Name: r.name, Rule: r.rule, From: from} }
	mark := func(m Mark, from Instant) RuleChange {
		return RuleChange{Name: r.name, Rule: r.rule, From: from, Mark: m}
	}
	switch r.past {
	case wasSetAgain:
		return []RuleChange{set(jan(0)), mark(Clear, jan(1)), set(jan(2))}
	case wasKept:
		return []RuleChange{set(jan(0)), mark(Clear, jan(3)), mark(Retract, jan(3))}
	case wasEnded:
		return []RuleChange{set(jan(0)), mark(Clear, worldAt)}
	case isPlanned:
		return []RuleChange{set(worldAt + 1)}
	case wasCalledOff:
		return []RuleChange{set(jan(1)), mark(Retract, jan(1))}
	}
	return []RuleChange{set(jan(0))}
}

type worldLine struct {
	n        int
	sku      SKU
	quantity int64
	agreed   *money.Price
}

// worldProducts gives the products, those of one number as one product of two variants.
func (w world) products() []Product {
	var all []Product
	for i, a := range w.articles {
		if i > 0 && w.articles[i-1].product == a.product {
			continue
		}
		d := Description{
			Handle: "h-" + string('a'+rune(a.product)), Words: map[Locale]Words{"": {Name: "Article " + string(a.sku)}},
			Attributes: map[string][]string{"kind": {a.kind}},
		}
		if a.collection != "" {
			d.Collections = []string{a.collection}
		}
		for _, b := range w.articles[i:] {
			if b.product == a.product {
				v := b.is
				v.SKU = b.sku
				d.Variants = append(d.Variants, v)
			}
		}
		if len(d.Variants) > 1 {
			d.Options = []string{"Size"}
			for i := range d.Variants {
				d.Variants[i].Values = []string{string(d.Variants[i].SKU)}
			}
		}
		all = append(all, must3(must3(AddProduct(on(0), testID[Product](a.product), d)).List(on(0), jan(0))))
	}
	return all
}

func (w world) priceJournals() []Prices {
	var all []Prices
	for i, row := range w.prices {
		if slices.ContainsFunc(w.prices[:i], func(r priceRow) bool { return r.sku == row.sku && r.list == row.list }) {
			continue
		}
		p := must(NewPrices(row.sku, row.list))
		for _, r := range w.prices[i:] {
			if r.sku == row.sku && r.list == row.list {
				p = must3(p.Change(on(0), PriceChange{Price: r.base, MinQuantity: r.least}))
				if r.onSale {
					p = must3(p.Change(on(0), PriceChange{Price: r.sale, Sale: true, MinQuantity: r.least}))
				}
			}
		}
		all = append(all, p)
	}
	return all
}

func (w world) catalog() Catalog { return must(NewCatalog(w.products(), w.priceJournals())) }

func (w world) terms() Terms {
	t := must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: w.rounding}))
	for _, r := range w.rules {
		t = planned(t, zoneOf(r.rule))
	}
	for _, r := range w.rules {
		for _, c := range r.changes() {
			t = must3(t.Change(on(0), c))
		}
	}
	return t
}

func (w world) cart() Cart {
	c := must(NewCart(standard(w.currency)))
	n := 0
	for _, l := range w.lines {
		for n++; n < l.n; n++ { // a line that was taken out
			c = must(must(c.Add(Item{SKU: "GONE", Quantity: 1, Apart: true})).Remove(n))
		}
		item := Item{SKU: l.sku, Quantity: l.quantity, Apart: true}
		if l.agreed != nil {
			c = must(c.AddAgreed(item, Agreement{Price: *l.agreed, By: "staff"}))
		} else {
			c = must(c.Add(item))
		}
	}
	for _, code := range w.codes {
		c = must(c.AddCode(code))
	}
	return must(must(must(c.For(w.buyer)).ShipTo(w.to)).ShipBy(w.delivery))
}

func (w world) quote() (Quote, error) { return w.cart().Quote(w.catalog(), w.terms(), worldAt) }

// shuffled gives the world with everything that has no order of its own in another.
func (w world) shuffled(t *rapid.T) (world, Catalog) {
	mix := rand.New(rand.NewSource(int64(among(t, "mix", 1<<30))))
	w.rules, w.codes = slices.Clone(w.rules), slices.Clone(w.codes)
	mix.Shuffle(len(w.rules), func(i, j int) { w.rules[i], w.rules[j] = w.rules[j], w.rules[i] })
	mix.Shuffle(len(w.codes), func(i, j int) { w.codes[i], w.codes[j] = w.codes[j], w.codes[i] })
	products, prices := w.products(), w.priceJournals()
	mix.Shuffle(len(products), func(i, j int) { products[i], products[j] = products[j], products[i] })
	mix.Shuffle(len(prices), func(i, j int) { prices[i], prices[j] = prices[j], prices[i] })
	return w, must(NewCatalog(products, prices))
}

// The places that zones are and destinations lie in; which lies in which is written down,
// not computed.
var (
	zonePlaces = []Zone{
		{Countries: []string{"GB"}},
		{Countries: []string{"GB", "FR"}, Except: []string{"je*", "1010"}},
		{Countries: []string{"CA"}, Regions: []string{"CA-QC", "CA-NB"}},
		{Postcodes: []string{"SW1*", "1000..1999"}},
		{},
	}
	destinations = []Address{
		{}, {Country: "GB"}, {Country: "GB", Postcode: "sw1a 1aa"}, {Country: "GB", Region: "GB-JSY", Postcode: "JE2-3AB"},
		{Country: "FR", Postcode: "1010"}, {Country: "CA", Region: "CA-QC"}, {Country: "CA", Region: "CA-ON", Postcode: "2000"},
	}
	liesIn = [][]bool{ // by zone, by destination
		{false, true, true, true, false, false, false},
		{false, true, true, false, false, false, false},
		{false, false, false, false, false, true, false},
		{false, false, true, false, true, false, false},
		{true, true, true, true, true, true, true},
	}
)

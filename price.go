package till

import (
	"slices"

	"github.com/tillkit/till/money"
)

// StandardList is the price list that a cart uses when it names none.
const StandardList = "standard"

// PriceList names where a price stands: a list, in a currency.
type PriceList struct {
	List     string         `json:"list"` // a word: a to z, 0 to 9, "-", "_", "."
	Currency money.Currency `json:"currency"`
}

func (l PriceList) check() error {
	if err := checkWord("list", l.List, 32); err != nil {
		return err
	}
	if !l.Currency.Valid() {
		return invalid("currency", "%s is none that can be used", l.Currency)
	}
	return nil
}

// Prices are the prices of one SKU in one list and currency, with their whole past
// and plan: for each minimum quantity a timeline of base prices and one of sale
// prices. It is a journal and an immutable value.
type Prices struct {
	journal
	sku   SKU
	list  PriceList
	tiers []tier // by least, ascending
	cut   bool   // what mattered only before the last entry is left out
}

type tier struct {
	least      int64
	base, sale Timeline[money.Price]
}

// PriceChange is one change of a price.
type PriceChange struct {
	Mark        Mark        // 0 means Set
	Price       money.Price // of a Set: 0 or more, in the currency of the list
	From        Instant     // valid from; 0: from the instant of the operation
	Sale        bool        // changes the sale price, not the base price
	MinQuantity int64       // the quantity from which it holds; 0 means 1
}

type priceChanged struct {
	signed
	Mark  Mark        `json:"mark"`
	Price money.Price `json:"price"` // omitzero would take the currency from what is free
	From  Instant     `json:"from"`
	Sale  bool        `json:"sale,omitempty"`
	Least int64       `json:"least"`
}

var priceKinds = kinds[Prices]{
	"changed": kindOf(1, func(p *Prices, e Entry, c priceChanged) {
		i, found := slices.BinarySearchFunc(p.tiers, c.Least, func(t tier, least int64) int { return int(min(max(t.least-least, -1), 1)) })
		if !found {
			p.tiers = slices.Insert(p.tiers, i, tier{least: c.Least})
		}
		line := &p.tiers[i].base
		if c.Sale {
			line = &p.tiers[i].sale
		}
		line.put(Change[money.Price]{N: e.N, From: c.From, Recorded: Instant(e.At), Mark: c.Mark, Value: c.Price, By: c.By, Note: c.Note})
	}),
}

func (p *Prices) grow() Prices {
	next := *p
	next.tiers = slices.Clone(p.tiers)
	for i, t := range next.tiers {
		next.tiers[i].base, next.tiers[i].sale = t.base.grow(), t.sale.grow()
	}
	return next
}

func (p Prices) fold(entries []Entry) (Prices, error) {
	return replay(p, priceKinds, func(p Prices) string { return "prices of " + string(p.sku) }, entries)
}

// NewPrices makes the empty journal of a SKU's prices in a list.
func NewPrices(sku SKU, list PriceList) (Prices, error) {
	if list.List == "" {
		list.List = StandardList
	}
	if err := sku.check(); err != nil {
		return Prices{}, err
	}
	if err := list.check(); err != nil {
		return Prices{}, err
	}
	return Prices{sku: sku, list: list}, nil
}

// Change records a change of a price. What was recorded before stays: a change that
// is valid from a past instant corrects what should have held, never what a buyer
// was shown. A Retract takes back the change that stands at exactly its From, planned
// or in force; where none stands it is refused.
func (p Prices) Change(m Meta, c PriceChange) (Prices, []Entry, error) {
	if p.sku == "" {
		return p, nil, invalid("prices", "the zero Prices has no SKU: begin with NewPrices")
	}
	if c.Mark == 0 {
		c.Mark = Set
	}
	if c.MinQuantity == 0 {
		c.MinQuantity = 1
	}
	if c.MinQuantity < 1 || c.MinQuantity > MaxQuantity {
		return p, nil, invalid("min_quantity", "%d: a quantity is 1 to %d", c.MinQuantity, MaxQuantity)
	}
	from, err := p.from(m, c.From)
	if err != nil {
		return p, nil, err
	}
	c.From = from
	switch c.Mark {
	case Set:
		if c.Price == (money.Price{}) {
			return p, nil, invalid("price", "none was given")
		}
		if c.Price.Currency() != p.list.Currency {
			return p, nil, invalid("price", "%s is not in %s, the currency of the list", c.Price, p.list.Currency)
		}
		if c.Price.Sign() < 0 {
			return p, nil, invalid("price", "%s is less than nothing", c.Price)
		}
	case Clear, Retract:
		if c.Price != (money.Price{}) {
			return p, nil, invalid("price", "only Set has one")
		}
	default:
		return p, nil, invalid("mark", "it is none of Set, Clear and Retract")
	}
	if c.Mark == Retract && p.cut {
		return p, nil, damaged("prices of "+string(p.sku), "to call a change off takes the whole journal")
	}
	if c.Mark == Retract && !p.Timeline(c.MinQuantity, c.Sale).stands(c.From) {
		return p, nil, invalid("from", "no change stands at %s that could be called off", c.From)
	}
	return record(p, priceKinds, m, "changed", priceChanged{sign(m), c.Mark, c.Price, c.From, c.Sale, c.MinQuantity})
}

// present gives the prices without what cannot matter any more: whoever decides at the
// last entry or later, knowing all, is answered alike. A journal of thousands of changes
// is thus as quick to write and to read as a new one.
func (p Prices) present() Prices {
	next := p
	next.tiers, next.cut = nil, true
	for _, t := range p.tiers {
		if t.base, t.sale = t.base.from(p.at), t.sale.from(p.at); t.base.Len()+t.sale.Len() > 0 {
			next.tiers = append(next.tiers, t)
		}
	}
	return next
}

// changes gives how many changes are kept.
func (p Prices) changes() int {
	n := 0
	for _, t := range p.tiers {
		n += t.base.Len() + t.sale.Len()
	}
	return n
}

// SKU gives the article.
func (p Prices) SKU() SKU { return p.sku }

// List gives the list and currency.
func (p Prices) List() PriceList { return p.list }

// Priced is the answer to what an article costs: the price, and where it comes
// from.
type Priced struct {
	Price       money.Price // what it costs
	Base        money.Price // the base price; above Price while a sale holds
	Sale        bool        // Price is a sale price
	MinQuantity int64       // the quantity from which Price holds
	Entry       int64       // number of the entry in Prices that set Price
}

// On gives the price of one piece when quantity of them are bought, at an instant,
// as known at another (MaxInstant: all that is recorded). Of the minimum quantities
// up to quantity for which a base price holds, the greatest counts. Of the sale
// prices for minimum quantities up to quantity, the lowest counts, while it is lower
// than the base price. false: there is no price.
func (p Prices) On(valid, known Instant, quantity int64) (Priced, bool) {
	for i := len(p.tiers) - 1; i >= 0; i-- {
		t := &p.tiers[i]
		if t.least > quantity {
			continue
		}
		base := t.base.on(valid, known)
		if base == nil {
			continue
		}
		answer := Priced{Price: base.Value, Base: base.Value, MinQuantity: t.least, Entry: base.N}
		for i := range p.tiers {
			t := &p.tiers[i]
			if t.least > quantity {
				break
			}
			if sale := t.sale.on(valid, known); sale != nil {
				if d, err := sale.Value.Cmp(answer.Price); err == nil && d < 0 {
					answer.Price, answer.Sale, answer.MinQuantity, answer.Entry = sale.Value, true, max(answer.MinQuantity, t.least), sale.N
				}
			}
		}
		return answer, true
	}
	return Priced{}, false
}

// tiered reports whether it matters how many are bought.
func (p *Prices) tiered() bool { return len(p.tiers) > 1 || len(p.tiers) == 1 && p.tiers[0].least > 1 }

// Timeline gives the base or the sale prices for a minimum quantity.
func (p Prices) Timeline(minQuantity int64, sale bool) Timeline[money.Price] {
	for _, t := range p.tiers {
		if t.least == minQuantity && sale {
			return t.sale
		} else if t.least == minQuantity {
			return t.base
		}
	}
	return Timeline[money.Price]{}
}

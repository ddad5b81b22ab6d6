package till

import (
	"cmp"
	"iter"
	"slices"

	"github.com/tillkit/till/money"
)

// PriceRecord is one change of a price as it was recorded: what was changed, from
// when it is valid, when that became known, by whom and why.
type PriceRecord struct {
	N           int64       `json:"n"`        // number of its entry in the journal
	From        Instant     `json:"from"`     // valid from
	Recorded    Instant     `json:"recorded"` // known from
	Mark        Mark        `json:"mark"`
	Price       money.Price `json:"price"`          // of a Set
	Sale        bool        `json:"sale,omitempty"` // it changed the sale price, not the base price
	MinQuantity int64       `json:"least"`          // the quantity from which it holds; 1 or more
	By          Actor       `json:"by,omitempty"`
	Note        string      `json:"note,omitempty"`
}

// All gives every change that these prices hold, base and sale, of every minimum
// quantity, in the order in which they were recorded.
func (p Prices) All() iter.Seq[PriceRecord] {
	var all []PriceRecord
	add := func(t Timeline[money.Price], least int64, sale bool) {
		for c := range t.All() {
			all = append(all, PriceRecord{
				N: c.N, From: c.From, Recorded: c.Recorded, Mark: c.Mark, Price: c.Value, Sale: sale, MinQuantity: least, By: c.By, Note: c.Note,
			})
		}
	}
	for _, t := range p.tiers {
		add(t.base, t.least, false)
		add(t.sale, t.least, true)
	}
	slices.SortFunc(all, func(a, b PriceRecord) int { return cmp.Compare(a.N, b.N) })
	return slices.Values(all)
}

// priceTrail reads a journal of prices entry by entry and keeps the last alone, so
// that a long journal needs no more room than a short one. It is checked as [Fold]
// checks it, over the same kinds.
type priceTrail struct {
	journal
	sku  SKU
	last PriceRecord
}

var trailKinds = kinds[priceTrail]{
	"changed": trailed(priceKinds["changed"], func(t *priceTrail, e Entry, c priceChanged) {
		t.last = PriceRecord{
			N: e.N, From: c.From, Recorded: Instant(e.At), Mark: c.Mark, Price: c.Price, Sale: c.Sale, MinQuantity: c.Least, By: c.By, Note: c.Note,
		}
	}),
}

// trailed is a kind of Prices with its versions and lifts, applied to a trail.
func trailed[P any](k kind[Prices], apply func(*priceTrail, Entry, P)) kind[priceTrail] {
	return kindOf(k.version, apply, k.lift...)
}

func (t *priceTrail) grow() priceTrail { return *t }

func (t priceTrail) fold(entries []Entry) (priceTrail, error) {
	return replay(t, trailKinds, func(t priceTrail) string { return "prices of " + string(t.sku) }, entries)
}

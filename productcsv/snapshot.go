package productcsv

import (
	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// Snapshot is a product of a shop as it stands at an instant.
type Snapshot struct {
	Product till.Product
	Prices  []till.Prices // of its variants, in any order; a variant without has no price
	Stock   []till.Stock  // of its variants, in any order; of a variant without there is nothing
	At      till.Instant
}

// Lost is a word for what a shop has and a file has no place for.
type Lost string

// What can be lost.
const (
	LostListing   Lost = "it is off sale, and up for sale where the file is imported"
	LostTier      Lost = "a price for larger quantities"
	LostSale      Lost = "a sale price that is not below the base price"
	LostPlan      Lost = "a price, a listing or a deletion that is planned"
	LostBackOrder Lost = "back orders: 0 is written for a stock below 0"
	LostStock     Lost = "a stock that is too great: 1000000000 is written"
)

// Loss tells of something that a file does not say of a product that stands in it.
type Loss struct {
	Handle string
	SKU    till.SKU // "" where the product as a whole is meant
	What   Lost
}

// String says of what and what, in one line.
func (l Loss) String() string {
	text := shown(l.Handle)
	if l.SKU != "" {
		text += " (" + shown(string(l.SKU)) + ")"
	}
	return text + ": " + string(l.What)
}

// Spec gives the product as [Writer.Write] takes it, and what this leaves out, by
// variant. On hand is what can be sold: pieces that are reserved belong to orders,
// and these are not in a file. What is past is left out without a word.
func (s Snapshot) Spec() (till.ProductSpec, []Loss) {
	spec := till.ProductSpec{Description: s.Product.Description()}
	x := &taking{Snapshot: s}
	if s.Product.ExistsAt(s.At) && !s.Product.ExistsAt(till.MaxInstant) {
		x.lose("", LostPlan)
	}
	prices := make(map[till.SKU]till.Prices, len(s.Prices))
	for _, p := range s.Prices {
		prices[p.SKU()] = p
	}
	stock := make(map[till.SKU]till.Stock, len(s.Stock))
	for _, there := range s.Stock {
		stock[there.SKU] = there
	}
	for _, v := range spec.Variants {
		listing := s.Product.Listing(v.SKU)
		if !s.Product.ListedAt(v.SKU, s.At) {
			x.lose(v.SKU, LostListing)
		}
		a := till.ArticleSpec{SKU: v.SKU}
		x.prices(&a, prices[v.SKU], planned(listing, s.At))
		if !v.Stock.Untracked {
			x.stock(&a, stock[v.SKU])
		}
		spec.Articles = append(spec.Articles, a)
	}
	return spec, x.lost
}

// taking is a product on its way to a spec.
type taking struct {
	Snapshot
	lost []Loss
}

func (x *taking) lose(sku till.SKU, what Lost) {
	x.lost = append(x.lost, Loss{Handle: x.Product.Handle(), SKU: sku, What: what})
}

// prices takes the base and the sale price that hold, as [till.Staff.PutProduct] sets
// them.
func (x *taking) prices(a *till.ArticleSpec, p till.Prices, plan bool) {
	tiers := false
	seen := make(map[int64]bool)
	for c := range p.All() {
		if seen[c.MinQuantity] {
			continue
		}
		seen[c.MinQuantity] = true
		for _, sale := range []bool{false, true} {
			line := p.Timeline(c.MinQuantity, sale)
			plan = plan || planned(line, x.At)
			now, has := line.On(x.At, till.MaxInstant)
			switch {
			case has && c.MinQuantity > 1:
				tiers = true
			case has && sale:
				a.Sale = &now.Value
			case has:
				a.Price = &now.Value
			}
		}
	}
	if a.Sale != nil && !below(*a.Sale, a.Price) {
		a.Sale = nil
		x.lose(a.SKU, LostSale)
	}
	if tiers {
		x.lose(a.SKU, LostTier)
	}
	if plan {
		x.lose(a.SKU, LostPlan)
	}
}

func below(sale money.Price, base *money.Price) bool {
	if base == nil {
		return false
	}
	d, err := sale.Cmp(*base)
	return err == nil && d < 0
}

func (x *taking) stock(a *till.ArticleSpec, there till.Stock) {
	switch {
	case there.Available < 0:
		x.lose(a.SKU, LostBackOrder)
	case there.Available > till.MaxQuantity:
		x.lose(a.SKU, LostStock)
	}
	a.OnHand = min(max(there.Available, 0), till.MaxQuantity)
}

// planned reports whether a change stands that is valid only from a later instant.
func planned[T any](t till.Timeline[T], at till.Instant) bool {
	last := make(map[till.Instant]till.Mark)
	for c := range t.All() {
		if c.From > at {
			last[c.From] = c.Mark
		}
	}
	for _, mark := range last {
		if mark != till.Retract {
			return true
		}
	}
	return false
}

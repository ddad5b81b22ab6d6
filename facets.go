package till

import (
	"cmp"
	"maps"
	"slices"

	"github.com/tillkit/till/money"
)

// FacetCount says how many of the products found have a value.
type FacetCount struct {
	Value    string
	Products int
}

// Facets count what the products of a search have in common: what a shop shows beside
// them to narrow it down. The counts of each kind are sorted by number, the greatest
// first, then by value.
type Facets struct {
	Products    int
	Collections []FacetCount
	Vendors     []FacetCount
	Attributes  map[string][]FacetCount // by name
	Lowest      *money.Price            // nil where none has a price; of two that are alike, the one for fewer pieces
	Highest     *money.Price
}

// facets are Facets while they are counted.
type facets struct {
	products             int
	collections, vendors map[string]int
	attributes           map[string]map[string]int
	lowest, highest      *money.Price
}

func newFacets() *facets {
	return &facets{collections: make(map[string]int), vendors: make(map[string]int), attributes: make(map[string]map[string]int)}
}

func (f *facets) count(o offer) {
	f.products++
	for _, c := range o.Collections {
		f.collections[c]++
	}
	if o.Vendor != "" {
		f.vendors[o.Vendor]++
	}
	for name, values := range o.Attributes {
		of := f.attributes[name]
		if of == nil {
			of = make(map[string]int)
			f.attributes[name] = of
		}
		for i, v := range values {
			if !slices.Contains(values[:i], v) {
				of[v]++
			}
		}
	}
	if o.SKU == "" {
		return
	}
	if f.lowest == nil || cheaper(o.Price, *f.lowest) || plainer(o.Price, *f.lowest) {
		f.lowest = &o.Price
	}
	if f.highest == nil || cheaper(*f.highest, o.Highest) || plainer(o.Highest, *f.highest) {
		f.highest = &o.Highest
	}
}

// plainer reports whether a is the price of b written for fewer pieces: so the answer
// does not depend on the order in which a store gives products.
func plainer(a, b money.Price) bool {
	d, err := a.Cmp(b)
	return err == nil && d == 0 && a.Per() < b.Per()
}

func (f *facets) done() Facets {
	all := Facets{Products: f.products, Collections: counts(f.collections), Vendors: counts(f.vendors), Lowest: f.lowest, Highest: f.highest}
	for name, values := range f.attributes {
		if all.Attributes == nil {
			all.Attributes = make(map[string][]FacetCount, len(f.attributes))
		}
		all.Attributes[name] = counts(values)
	}
	return all
}

func counts(of map[string]int) []FacetCount {
	var list []FacetCount
	for _, value := range slices.Sorted(maps.Keys(of)) {
		list = append(list, FacetCount{value, of[value]})
	}
	slices.SortStableFunc(list, func(a, b FacetCount) int { return cmp.Compare(b.Products, a.Products) })
	return list
}

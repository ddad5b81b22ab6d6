package till

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// ProductSpec is a product as it should be: what the shop says of it, and what each
// article costs.
type ProductSpec struct {
	Description
	Articles []ArticleSpec // of variants of the Description, each SKU once; one without has no price until the next that is planned
}

// ArticleSpec is what a variant costs in the standard list, and how much of it there is to
// begin with.
type ArticleSpec struct {
	SKU    SKU
	Price  *money.Price // nil: none
	Sale   *money.Price // nil: no sale
	OnHand int64        // received if the article has never had a stock; else the stock stays as it is
}

// handleOf makes a handle from a SKU.
func handleOf(sku SKU) string {
	return cutText(strings.ReplaceAll(strings.ToLower(string(sku)), " ", "-"), MaxHandle)
}

// Check says what is wrong with a spec by itself, for a shop that counts in a currency:
// an [InvalidError], or nil. A spec that passes can still be refused by a shop, where
// another product has its handle or a SKU of it.
func (p ProductSpec) Check(c money.Currency) error {
	if _, err := p.Description.canonical(); err != nil {
		return err
	}
	for i, a := range p.Articles {
		path := fmt.Sprintf("articles[%d]", i)
		if !slices.ContainsFunc(p.Variants, func(v Variant) bool { return v.SKU == a.SKU }) {
			return invalid(path+".sku", "%.60q is no variant of the product", a.SKU)
		}
		if slices.ContainsFunc(p.Articles[:i], func(b ArticleSpec) bool { return b.SKU == a.SKU }) {
			return invalid(path+".sku", "%q stands twice", a.SKU)
		}
		if a.OnHand < 0 || a.OnHand > MaxQuantity {
			return invalid(path+".on_hand", "%d: 0 to %d are possible", a.OnHand, MaxQuantity)
		}
		for _, f := range []struct {
			field string
			price *money.Price
		}{{".price", a.Price}, {".sale", a.Sale}} {
			if f.price != nil && (f.price.Currency() != c || f.price.Sign() < 0) {
				return invalid(path+f.field, "%s is not 0 or more in %s", f.price, c)
			}
		}
		if a.Sale != nil && a.Price == nil {
			return invalid(path+".sale", "a sale price is laid over a price, and there is none")
		}
	}
	return nil
}

func (p ProductSpec) article(sku SKU) ArticleSpec {
	for _, a := range p.Articles {
		if a.SKU == sku {
			return a
		}
	}
	return ArticleSpec{SKU: sku}
}

// extend revises a product and lists the variants that it never had before, the fresh
// ones, unless all that it had are off sale: then these are too.
func (p Product) extend(m Meta, is Description) (next Product, entries []Entry, fresh []SKU, err error) {
	next, entries, err = p.Revise(m, is)
	if err != nil {
		return p, nil, nil, err
	}
	ever := p.everSKUs()
	for _, sku := range next.SKUs() {
		if !slices.Contains(ever, sku) {
			fresh = append(fresh, sku)
		}
	}
	if len(fresh) == 0 || !slices.ContainsFunc(p.SKUs(), func(sku SKU) bool { return p.ListedAt(sku, p.now(m)) }) {
		return next, entries, fresh, nil
	}
	next, listed, err := next.List(m, m.At, fresh...)
	if err != nil {
		return p, nil, nil, err
	}
	return next, append(entries, listed...), fresh, nil
}

// become changes base and sale price to what an article says, where they differ now.
func (p Prices) become(m Meta, a ArticleSpec) (Prices, []Entry, error) {
	var changes []PriceChange
	for _, w := range []struct {
		sale bool
		want *money.Price
	}{{false, a.Price}, {true, a.Sale}} {
		if w.want == nil { // none, whatever the quantity
			for _, t := range p.tiers {
				if _, has := p.Timeline(t.least, w.sale).On(p.now(m), MaxInstant); has {
					changes = append(changes, PriceChange{Mark: Clear, Sale: w.sale, MinQuantity: t.least})
				}
			}
			continue
		}
		if now, has := p.Timeline(1, w.sale).On(p.now(m), MaxInstant); !has || now.Value != *w.want {
			changes = append(changes, PriceChange{Price: *w.want, Sale: w.sale})
		}
	}
	var all []Entry
	for _, change := range changes {
		next, entries, err := p.Change(m, change)
		if err != nil {
			return p, nil, err
		}
		p, all = next, append(all, entries...)
	}
	return p, all, nil
}

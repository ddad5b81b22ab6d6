package till

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// ShopChangeKind says in what a shop differs at two instants.
type ShopChangeKind string

// The kinds, in the order in which [Staff.Diff] tells those of one product.
const (
	ProductCame     ShopChangeKind = "product came"     // it was added
	ProductWent     ShopChangeKind = "product went"     // it was deleted
	ProductReturned ShopChangeKind = "product returned" // it was deleted, and was restored
	ProductRevised  ShopChangeKind = "product revised"  // the shop says something else of it
	VariantCame     ShopChangeKind = "variant came"     // a revision brought it
	VariantWent     ShopChangeKind = "variant went"     // a revision left it out
	ListingBegan    ShopChangeKind = "listing began"
	ListingEnded    ShopChangeKind = "listing ended"
	PriceMoved      ShopChangeKind = "price" // what an article costs, or what a sale is compared with
	RulesChanged    ShopChangeKind = "rules"
	StockMoved      ShopChangeKind = "stock"
	OrderCame       ShopChangeKind = "order placed"
	AccountCame     ShopChangeKind = "account registered"
)

// Part is a part of a [Description].
type Part string

// The parts, in the order in which they are told.
const (
	PartHandle      Part = "handle"
	PartStatus      Part = "status"
	PartName        Part = "name"  // in the shop's own locale
	PartWords       Part = "words" // descriptions, and other locales
	PartVendor      Part = "vendor"
	PartOptions     Part = "options"
	PartVariants    Part = "variants" // what is said of those that stay, or their order
	PartCollections Part = "collections"
	PartAttributes  Part = "attributes"
	PartImages      Part = "images"
	PartMetadata    Part = "metadata"
)

// ShopChange is one thing that is different in a shop at a later instant. Fields that
// its Kind has nothing to do with are zero.
type ShopChange struct {
	Kind ShopChangeKind

	// Was and Is are the product, of everything from ProductCame to PriceMoved: as it
	// was recorded by the earlier instant, the zero Product if it had not been added,
	// and as it was by the later.
	Was, Is Product
	SKU     SKU    // of a variant, a listing, a price or a stock
	Parts   []Part // of ProductRevised: what was revised

	// MinQuantity is from how many pieces on the price holds; WasPrice and IsPrice are what
	// one piece cost then, each zero where there was no price.
	MinQuantity       int64
	WasPrice, IsPrice Priced

	Rule              RuleRecord // of RulesChanged, where it is another: what was recorded of it
	WasStock, IsStock Stock      // of StockMoved

	Order  OrderID      // of OrderCame
	Number string       // the order's
	Total  money.Amount // the order's
	Person PersonID     // of AccountCame
}

// String says it in words.
func (c ShopChange) String() string {
	name := func(p Product) string { return fmt.Sprintf("%s (%s)", p.Handle(), p.Words("").Name) }
	switch c.Kind {
	case ProductCame, ProductWent, ProductReturned:
		return name(c.Is) + " " + strings.TrimPrefix(string(c.Kind), "product ")
	case ProductRevised:
		words := make([]string, len(c.Parts))
		for i, p := range c.Parts {
			words[i] = string(p)
		}
		return fmt.Sprintf("%s was revised: %s", name(c.Is), strings.Join(words, ", "))
	case VariantCame, VariantWent, ListingBegan, ListingEnded:
		return fmt.Sprintf("%s: %s", c.SKU, c.Kind)
	case PriceMoved:
		article := string(c.SKU)
		if c.MinQuantity > 1 {
			article = fmt.Sprintf("%s from %d pieces on", c.SKU, c.MinQuantity)
		}
		return fmt.Sprintf("%s: %s instead of %s", article, c.IsPrice.text(), c.WasPrice.text())
	case RulesChanged:
		r, of := c.Rule, ""
		if r.Kind != r.Name {
			of = " " + r.Name
		}
		what := map[Mark]string{Set: "was set", Clear: "was ended", Retract: "was called off"}[r.Mark]
		if is, ok := r.Rule.(Rounding); ok {
			what += fmt.Sprintf(" to %s per %s", is.Mode, is.Level)
		}
		return fmt.Sprintf("%s%s %s, from %s", r.Kind, of, what, r.From)
	case StockMoved:
		return fmt.Sprintf("%s at %s: %d on hand and %d available instead of %d and %d",
			c.SKU, c.IsStock.Location, c.IsStock.OnHand(), c.IsStock.Available, c.WasStock.OnHand(), c.WasStock.Available)
	case OrderCame:
		return fmt.Sprintf("order %s was placed: %s", c.Number, c.Total)
	case AccountCame:
		return fmt.Sprintf("account %s was registered", c.Person)
	}
	return string(c.Kind)
}

func (p Priced) text() string {
	switch {
	case p.MinQuantity == 0:
		return "no price"
	case p.Sale:
		return fmt.Sprintf("%s (sale, else %s)", p.Price, p.Base)
	}
	return p.Price.String()
}

// changedProduct gives in what a product differs, each value folded to what was known at
// its instant. One that had not been added by the later has no differences.
func changedProduct(was, is Product, from, to Instant) []ShopChange {
	if is.n == 0 {
		return nil
	}
	var out []ShopChange
	add := func(c ShopChange) {
		c.Was, c.Is = was, is
		out = append(out, c)
	}
	there := was.n > 0 && was.ExistsAt(from)
	switch {
	case !there && is.ExistsAt(to) && was.n == 0:
		add(ShopChange{Kind: ProductCame})
	case !there && is.ExistsAt(to):
		add(ShopChange{Kind: ProductReturned})
	case there && !is.ExistsAt(to):
		add(ShopChange{Kind: ProductWent})
	}
	if was.n == 0 {
		return out
	}
	if parts := changedParts(was.is, is.is); len(parts) > 0 {
		add(ShopChange{Kind: ProductRevised, Parts: parts})
	}
	return out
}

// changedArticle gives in what one of a product's articles differs: as a variant, in its
// listing and in its price.
func changedArticle(sku SKU, was, is Product, wasPrices, isPrices Prices, from, to Instant) []ShopChange {
	var out []ShopChange
	add := func(c ShopChange) {
		c.Was, c.Is, c.SKU = was, is, sku
		out = append(out, c)
	}
	if had, has := was.variant(sku) >= 0, is.variant(sku) >= 0; was.n > 0 && had != has {
		kind := VariantCame
		if had {
			kind = VariantWent
		}
		add(ShopChange{Kind: kind})
	}
	if was, is := was.marked(sku, from), is.marked(sku, to); was != is {
		kind := ListingBegan
		if was {
			kind = ListingEnded
		}
		add(ShopChange{Kind: kind})
	}
	for _, c := range changedPrices(wasPrices, isPrices, from, to) {
		add(c)
	}
	return out
}

// changedPrices gives the quantities from which on an article costs something else. What
// is so from a lesser quantity on already is not told again.
func changedPrices(was, is Prices, from, to Instant) []ShopChange {
	var quantities []int64
	for _, t := range slices.Concat(was.tiers, is.tiers) {
		quantities = append(quantities, t.least)
	}
	slices.Sort(quantities)
	var out []ShopChange
	var told ShopChange
	for _, quantity := range slices.Compact(quantities) {
		c := ShopChange{Kind: PriceMoved, MinQuantity: quantity}
		c.WasPrice, _ = was.On(from, MaxInstant, quantity)
		c.IsPrice, _ = is.On(to, MaxInstant, quantity)
		if !c.WasPrice.same(c.IsPrice) && !(c.WasPrice.same(told.WasPrice) && c.IsPrice.same(told.IsPrice)) {
			out = append(out, c)
		}
		told = c
	}
	return out
}

// same compares what a buyer pays and is shown, not where it comes from.
func (p Priced) same(q Priced) bool {
	return p.Price == q.Price && p.Base == q.Base && p.Sale == q.Sale && (p.MinQuantity == 0) == (q.MinQuantity == 0)
}

// changedParts gives the parts in which two descriptions differ. Variants that are in
// one of them alone are not looked at.
func changedParts(was, is Description) []Part {
	name := func(d Description) string { return d.Words[""].Name }
	words := func(d Description) map[Locale]Words {
		all := maps.Clone(d.Words)
		all[""] = Words{Description: all[""].Description}
		return all
	}
	staying := func(d, other Description) []Variant {
		return slices.DeleteFunc(slices.Clone(d.Variants), func(v Variant) bool {
			return !slices.ContainsFunc(other.Variants, func(w Variant) bool { return v.SKU == w.SKU })
		})
	}
	var out []Part
	for _, part := range []struct {
		is   Part
		same bool
	}{
		{PartHandle, was.Handle == is.Handle},
		{PartStatus, was.Status == is.Status},
		{PartName, name(was) == name(is)},
		{PartWords, maps.Equal(words(was), words(is))},
		{PartVendor, was.Vendor == is.Vendor},
		{PartOptions, slices.Equal(was.Options, is.Options)},
		{PartVariants, slices.EqualFunc(staying(was, is), staying(is, was), Variant.equal)},
		{PartCollections, slices.Equal(was.Collections, is.Collections)},
		{PartAttributes, maps.EqualFunc(was.Attributes, is.Attributes, slices.Equal)},
		{PartImages, slices.Equal(was.Images, is.Images)},
		{PartMetadata, equalMetadata(was.Metadata, is.Metadata)},
	} {
		if !part.same {
			out = append(out, part.is)
		}
	}
	return out
}

// changedRules gives every change of a rule that was recorded between the two, and those
// recorded before that take effect between their instants, as far as they were not replaced
// or called off.
func changedRules(was, is Terms, from, to Instant) []ShopChange {
	type place struct {
		kind, name string
		from       Instant
	}
	last := map[place]int64{}
	for r := range is.All() {
		last[place{r.Kind, r.Name, r.From}] = r.N
	}
	var out []ShopChange
	for r := range is.All() {
		begins := r.From > from && r.From <= to && r.Mark != Retract && last[place{r.Kind, r.Name, r.From}] == r.N
		if r.N > was.n || begins {
			out = append(out, ShopChange{Kind: RulesChanged, Rule: r})
		}
	}
	return out
}

// changedStock gives in what a stock differs.
func changedStock(was, is Stock) []ShopChange {
	if was == is {
		return nil
	}
	return []ShopChange{{Kind: StockMoved, SKU: is.SKU, WasStock: was, IsStock: is}}
}

package till

import (
	"maps"
	"slices"
)

// Product is a product with its past: a journal whose entries are its revisions,
// its listing and its deletions. It is an immutable value. Prices and stock have
// lives of their own; see [Prices] and [Stock].
type Product struct {
	journal
	id      ProductID
	is      Description
	listing map[SKU]Timeline[bool] // of every SKU that it has or ever had
	gone    Timeline[bool]         // true: deleted
}

type (
	productAdded struct {
		signed
		ID ProductID   `json:"id"`
		Is Description `json:"is"`
	}
	productRevised struct {
		signed
		Is Description `json:"is"`
	}
	productListed struct {
		signed
		SKUs []SKU   `json:"skus"`
		From Instant `json:"from"`
		Mark Mark    `json:"mark"`
	}
	productDeleted struct {
		signed
		From Instant `json:"from"`
	}
)

var productKinds = kinds[Product]{
	"added": kindOf(1, func(p *Product, _ Entry, a productAdded) {
		p.id = a.ID
		p.become(a.Is)
	}),
	"revised": kindOf(1, func(p *Product, _ Entry, r productRevised) { p.become(r.Is) }),
	"listed": kindOf(1, func(p *Product, e Entry, l productListed) {
		for _, sku := range l.SKUs {
			t := p.listing[sku]
			t.put(Change[bool]{N: e.N, From: l.From, Recorded: Instant(e.At), Mark: l.Mark, Value: l.Mark == Set, By: l.By, Note: l.Note})
			p.listing[sku] = t
		}
	}),
	"deleted": kindOf(1, func(p *Product, e Entry, d productDeleted) {
		p.gone.put(Change[bool]{N: e.N, From: d.From, Recorded: Instant(e.At), Mark: Set, Value: true, By: d.By, Note: d.Note})
	}),
	"restored": kindOf(1, func(p *Product, e Entry, d productDeleted) {
		p.gone.put(Change[bool]{N: e.N, From: d.From, Recorded: Instant(e.At), Mark: Clear, By: d.By, Note: d.Note})
	}),
}

// become takes a description over, and its SKUs for ever.
func (p *Product) become(is Description) {
	p.is = is
	for _, v := range is.Variants {
		if _, had := p.listing[v.SKU]; !had {
			p.listing[v.SKU] = Timeline[bool]{}
		}
	}
}

func (p *Product) grow() Product {
	next := *p
	next.listing = make(map[SKU]Timeline[bool], len(p.listing))
	for sku, t := range p.listing {
		next.listing[sku] = t.grow()
	}
	next.gone = p.gone.grow()
	return next
}

func (p Product) fold(entries []Entry) (Product, error) {
	return replay(p, productKinds, func(p Product) string { return "product " + p.is.Handle }, entries)
}

// AddProduct makes a product. It is listed only from an instant that [Product.List]
// names.
func AddProduct(m Meta, id ProductID, is Description) (Product, []Entry, error) {
	if id.IsZero() {
		return Product{}, nil, invalid("id", "a product needs one")
	}
	is, err := is.canonical()
	if err != nil {
		return Product{}, nil, err
	}
	return record(Product{}, productKinds, m, "added", productAdded{sign(m), id, is})
}

// Revise replaces the description. The one before stays in the journal. A variant
// that is left out can no longer be bought, but its SKU stays the product's; it
// can come back. A revision that changes nothing records nothing.
func (p Product) Revise(m Meta, is Description) (Product, []Entry, error) {
	if err := p.mustExist(p.now(m)); err != nil {
		return p, nil, err
	}
	is, err := is.canonical()
	if err != nil {
		return p, nil, err
	}
	if is.equal(p.is) {
		return p, nil, nil
	}
	return record(p, productKinds, m, "revised", productRevised{sign(m), is})
}

// List puts variants up for sale from an instant on: those named, or all that the
// product has now.
func (p Product) List(m Meta, from Instant, skus ...SKU) (Product, []Entry, error) {
	return p.mark(m, Set, from, skus)
}

// Delist takes variants off sale from an instant on: those named, or all that the
// product has or ever had.
func (p Product) Delist(m Meta, from Instant, skus ...SKU) (Product, []Entry, error) {
	return p.mark(m, Clear, from, skus)
}

// RetractListing calls off what was planned for exactly that instant, of the variants
// named, or of all for which something was.
func (p Product) RetractListing(m Meta, from Instant, skus ...SKU) (Product, []Entry, error) {
	return p.mark(m, Retract, from, skus)
}

func (p Product) mark(m Meta, mark Mark, from Instant, skus []SKU) (Product, []Entry, error) {
	if err := p.mustExist(p.now(m)); err != nil {
		return p, nil, err
	}
	from, err := p.from(m, from)
	if err != nil {
		return p, nil, err
	}
	if len(skus) == 0 {
		if skus = p.SKUs(); mark != Set { // off sale, or called off: those too that may come back
			skus = slices.Sorted(maps.Keys(p.listing))
		}
		if mark == Retract {
			skus = slices.DeleteFunc(skus, func(sku SKU) bool { return !p.listing[sku].stands(from) })
		}
		if len(skus) == 0 {
			return p, nil, invalid("from", "no change stands at %s that could be called off", from)
		}
	}
	for i, sku := range skus {
		if _, known := p.listing[sku]; !known {
			return p, nil, &NotFoundError{Kind: "SKU", ID: string(sku)}
		}
		if slices.Contains(skus[:i], sku) {
			return p, nil, invalid("skus", "%q stands twice", sku)
		}
	}
	for _, sku := range skus {
		if mark == Retract && !p.listing[sku].stands(from) {
			return p, nil, invalid("from", "no change of %s stands at %s that could be called off", sku, from)
		}
	}
	return record(p, productKinds, m, "listed", productListed{sign(m), slices.Clone(skus), from, mark})
}

// Delete ends the product's words and its listing from an instant on (0: now). All
// that was recorded stays: its past, its SKUs, the prices and the stock.
func (p Product) Delete(m Meta, from Instant) (Product, []Entry, error) {
	from, err := p.from(m, from)
	if err != nil {
		return p, nil, err
	}
	if err := p.mustExist(from); err != nil {
		return p, nil, err
	}
	return record(p, productKinds, m, "deleted", productDeleted{sign(m), from})
}

// Restore brings a deleted product back from an instant on (0: now), listed as it
// was.
func (p Product) Restore(m Meta, from Instant) (Product, []Entry, error) {
	from, err := p.from(m, from)
	if err != nil {
		return p, nil, err
	}
	if p.n == 0 || p.ExistsAt(from) {
		return p, nil, &StateError{Kind: "product", ID: p.is.Handle, State: "there", Want: "deleted"}
	}
	return record(p, productKinds, m, "restored", productDeleted{sign(m), from})
}

func (p Product) mustExist(at Instant) error {
	if p.n == 0 || !p.ExistsAt(at) {
		return &StateError{Kind: "product", ID: p.is.Handle, State: "deleted", Want: "there"}
	}
	return nil
}

// or gives the instant, or another where it is not given.
func (i Instant) or(other Instant) Instant {
	if i == 0 {
		return other
	}
	return i
}

// ID gives the product's id.
func (p Product) ID() ProductID { return p.id }

// Handle gives its name in addresses.
func (p Product) Handle() string { return p.is.Handle }

// hadHandle reports whether the product, whose journal begins with entries, has or had
// a handle.
func (p Product) hadHandle(handle string, entries []Entry) (bool, error) {
	var then Product
	for _, e := range entries[:min(len(entries), int(p.n))] {
		next, err := Fold(then, e)
		if err != nil {
			return false, err
		}
		if then = next; then.is.Handle == handle {
			return true, nil
		}
	}
	return false, nil
}

// Status says whether it is for sale at all.
func (p Product) Status() ProductStatus { return p.is.Status }

// Description gives all that the shop says of it, as a copy.
func (p Product) Description() Description { return p.is.clone() }

// Words gives its words in a locale; where there are none, those of the locale's
// language ("de" for "de-AT"), or else the shop's own.
func (p Product) Words(l Locale) Words { return p.words(l) }

func (p *Product) words(l Locale) Words {
	if is, ok := p.is.Words[l]; ok {
		return is
	}
	return p.is.Words[l.fallback(func(l Locale) bool { _, ok := p.is.Words[l]; return ok })]
}

// Variant finds a variant by SKU.
func (p Product) Variant(sku SKU) (Variant, bool) {
	i := p.variant(sku)
	if i < 0 {
		return Variant{}, false
	}
	v := p.is.Variants[i]
	v.Values = slices.Clone(v.Values)
	return v, true
}

func (p *Product) variant(sku SKU) int {
	for i := range p.is.Variants {
		if p.is.Variants[i].SKU == sku {
			return i
		}
	}
	return -1
}

// SKUs gives the SKUs of its variants, in their order.
func (p Product) SKUs() []SKU {
	skus := make([]SKU, len(p.is.Variants))
	for i, v := range p.is.Variants {
		skus[i] = v.SKU
	}
	return skus
}

// ExistsAt reports whether the product has not been deleted at an instant, as
// known now.
func (p Product) ExistsAt(at Instant) bool { return p.exists(at) }

func (p *Product) exists(at Instant) bool { return p.gone.on(at, MaxInstant) == nil }

// ListedAt reports whether a variant is up for sale at an instant, as known now.
func (p Product) ListedAt(sku SKU, at Instant) bool {
	return p.marked(sku, at) && p.exists(at)
}

// marked is ListedAt, whether or not the product was deleted.
func (p *Product) marked(sku SKU, at Instant) bool {
	c := p.listing[sku].on(at, MaxInstant)
	return c != nil && c.Value
}

// Listing gives the whole past and plan of a variant's listing.
func (p Product) Listing(sku SKU) Timeline[bool] { return p.listing[sku] }

package till

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// The oracle computes a world's bill a second time, from the definitions, on rational
// numbers and in the plainest way, and writes down every figure. It shares no code with
// what it is compared to.

// bought is a line as the oracle knows it.
type bought struct {
	n          int
	sku        SKU
	pieces     int64
	first, now int64
	included   bool
	sale       bool
	agreed     bool
	gift       bool
	missing    Unavailable
	price      string
	article    *article
}

type oracle struct {
	w        world
	text     strings.Builder
	lines    []bought
	room     int64 // -1: without a limit
	taken    []string
	groups   map[string]bool // those of which one was taken
	parcel   *parcel
	total    int64
	answered map[string]CodeReason
}

// parcel is the shipping.
type parcel struct {
	first, now int64
	included   bool
	category   string
	missing    DeliveryReason
}

func (o *oracle) say(format string, args ...any) { fmt.Fprintf(&o.text, format+"\n", args...) }

// holding gives the rules of one type that hold, by name.
func holding[R Rule](w world) (names []string, of map[string]R) {
	of = map[string]R{}
	for _, r := range w.rules {
		if rule, ok := r.rule.(R); ok && r.holds() {
			names, of[r.name] = append(names, r.name), rule
		}
	}
	slices.Sort(names)
	return names, of
}

// figures computes the bill and says it.
func (w world) figures() string {
	o := &oracle{w: w, room: -1, groups: map[string]bool{}, answered: map[string]CodeReason{}}
	for _, l := range w.lines {
		o.price(l)
	}
	o.promote()
	o.ship()
	for _, l := range o.lines {
		o.say("line %d: %d %s at %s, %d, %d, included %t%s", l.n, l.pieces, l.sku, l.price, l.first, l.now, l.included, l.missing)
		o.total += l.now
	}
	if p := o.parcel; p != nil {
		o.say("shipping: %d, %d%s", p.first, p.now, p.missing)
		o.total += p.now
	}
	o.tax()
	if _, of := holding[CashRounding](w); len(of) > 0 {
		cash := of[strings.ToLower(w.currency.String())]
		was := o.total
		o.total = rounded(big.NewRat(o.total, cash.Increment), cash.Mode) * cash.Increment
		o.say("cash: %d", o.total-was)
	}
	o.say("total: %d", o.total)
	for _, code := range slices.Sorted(slices.Values(w.codes)) {
		if o.answered[code] == "" {
			o.answered[code] = CodeUnknown
		}
		o.say("%s: %s", code, o.answered[code])
	}
	return o.text.String()
}

// price finds what a line costs before discounts.
func (o *oracle) price(l worldLine) {
	b := bought{n: l.n, sku: l.sku, pieces: l.quantity, agreed: l.agreed != nil, price: "0"}
	wanted := int64(0)
	for _, other := range o.w.lines {
		if other.sku == l.sku {
			wanted += other.quantity
		}
	}
	o.cost(&b, l.agreed, wanted)
	o.lines = append(o.lines, b)
}

func (o *oracle) cost(b *bought, agreed *money.Price, wanted int64) {
	i := slices.IndexFunc(o.w.articles, func(a article) bool { return a.sku == b.sku })
	if i < 0 {
		b.missing = UnknownSKU
		return
	}
	b.article = &o.w.articles[i]
	lists := o.lists()
	for _, l := range lists {
		if price, sale, ok := o.priceIn(b.sku, PriceList{l.name, o.w.currency}, wanted); ok {
			if b.included, b.sale = l.included, sale; agreed != nil {
				price, b.sale = *agreed, false
			}
			b.subtotal(o.w.rounding, price)
			return
		}
	}
	if agreed != nil {
		b.included = lists[len(lists)-1].included
		b.subtotal(o.w.rounding, *agreed)
		return
	}
	names, rates := holding[ExchangeRate](o.w)
	for _, l := range lists {
		for _, name := range names {
			if price, base, sale, ok := o.pricesIn(b.sku, PriceList{l.name, rates[name].From}, wanted); ok {
				here, instead := o.exchanged(price, rates[name]), o.exchanged(base, rates[name])
				if sale && big.NewRat(here.Amount().Minor(), here.Per()).Cmp(big.NewRat(instead.Amount().Minor(), instead.Per())) >= 0 {
					here, sale = instead, false // rounded, it is lower no more
				}
				b.included, b.sale = l.included, sale
				b.subtotal(o.w.rounding, here)
				return
			}
		}
	}
	b.missing = NoPrice
}

// exchanged gives a price in the cart's currency.
func (o *oracle) exchanged(p money.Price, x ExchangeRate) money.Price {
	units := new(big.Rat).Mul(big.NewRat(p.Amount().Minor(), power(x.From.Digits())), exact(x.Rate))
	minor := rounded(units.Mul(units, big.NewRat(power(o.w.currency.Digits()), 1)), o.w.rounding.Mode)
	return must(money.NewPrice(money.MustFromMinor(minor, o.w.currency), p.Per()))
}

func power(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// subtotal is the price times the pieces: rounded at once, or for each piece.
func (b *bought) subtotal(r Rounding, p money.Price) {
	b.price = p.String()
	if r.Level == PerUnit {
		b.first = b.pieces * rounded(big.NewRat(p.Amount().Minor(), p.Per()), r.Mode)
	} else {
		b.first = rounded(new(big.Rat).Mul(big.NewRat(p.Amount().Minor(), p.Per()), big.NewRat(b.pieces, 1)), r.Mode)
	}
	b.now = b.first
}

type oracleList struct {
	name     string
	priority int
	included bool
}

// lists gives the lists of the buyer's groups, by priority and name, and the standard one.
func (o *oracle) lists() []oracleList {
	names, rules := holding[ListRule](o.w)
	var lists []oracleList
	for _, name := range names {
		if overlap(rules[name].Groups, o.w.buyer.Groups) {
			lists = append(lists, oracleList{name, rules[name].Priority, rules[name].Included})
		}
	}
	slices.SortStableFunc(lists, func(a, b oracleList) int { return a.priority - b.priority })
	return append(lists, oracleList{name: StandardList, included: rules[StandardList].Included})
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// priceIn gives the base price of the greatest minimum quantity that is reached, or the
// lowest sale price below it.
func (o *oracle) priceIn(sku SKU, list PriceList, wanted int64) (price money.Price, sale, ok bool) {
	price, _, sale, ok = o.pricesIn(sku, list, wanted)
	return price, sale, ok
}

// pricesIn gives the base price, too.
func (o *oracle) pricesIn(sku SKU, list PriceList, wanted int64) (price, base money.Price, sale, ok bool) {
	each := func(p money.Price) *big.Rat { return big.NewRat(p.Amount().Minor(), p.Per()) }
	reached := int64(0)
	for _, row := range o.w.prices {
		if row.sku == sku && row.list == list && row.least <= wanted && row.least > reached {
			price, reached, ok = row.base, row.least, true
		}
	}
	base = price
	for _, row := range o.w.prices {
		if row.sku == sku && row.list == list && row.least <= wanted && row.onSale && each(row.sale).Cmp(each(price)) < 0 {
			price, sale = row.sale, true
		}
	}
	return price, base, sale, ok
}

// inZone looks up whether the destination, or else the shop's home, lies in a zone.
func (o *oracle) inZone(zone string) bool {
	if zone == "" {
		return true
	}
	to := slices.Index(destinations, o.w.to)
	for _, r := range o.w.rules {
		if r.name == "home" && r.holds() && to == 0 {
			to = r.zoned
		}
	}
	for _, r := range o.w.rules {
		if r.name == zone {
			return r.holds() && liesIn[r.zoned][to]
		}
	}
	return false
}

// ship finds the method that was chosen, and what it costs.
func (o *oracle) ship() {
	defer o.promoteShipping()
	var grams, pieces, total int64
	needed := false
	for _, l := range o.lines {
		total += l.now
		if l.missing == "" && !l.article.is.NoShipping {
			needed, grams, pieces = true, grams+l.pieces*l.article.is.Grams, pieces+l.pieces
		}
	}
	names, methods := holding[ShippingMethod](o.w)
	if !needed || len(names) == 0 && o.w.delivery == "" {
		return
	}
	o.parcel = &parcel{missing: UnknownMethod}
	if s, ok := methods[o.w.delivery]; ok {
		o.parcel = o.method(s, grams, pieces, total)
	}
	if o.w.delivery == "" {
		o.parcel.missing = Undeliverable
		for _, name := range names {
			if o.method(methods[name], grams, pieces, total).missing == "" {
				o.parcel.missing = NotChosen
			}
		}
	}
}

func (o *oracle) method(s ShippingMethod, grams, pieces, total int64) *parcel {
	p := &parcel{included: s.Included, category: s.Category}
	r := s.Rates[0]
	in := func(amounts []money.Amount, otherwise int64) int64 {
		for _, a := range amounts {
			if a.Currency() == o.w.currency {
				return a.Minor()
			}
		}
		return otherwise
	}
	measure := map[ShippingMeasure]int64{ByWeight: grams, ByPieces: pieces, ByTotal: total}[r.By]
	l := s.If
	switch {
	case !o.inZone(s.Zone):
		p.missing = OutOfZone
	case r.Base.Currency() != o.w.currency:
		p.missing = NoRate
	case grams < l.MinGrams || l.MaxGrams > 0 && grams > l.MaxGrams || pieces < l.MinPieces || l.MaxPieces > 0 && pieces > l.MaxPieces,
		total < in(l.MinTotal, 0) || total > in(l.MaxTotal, total), len(r.Table) > 0 && measure < r.Table[0].From:
		p.missing = OutOfLimits
	}
	if p.missing != "" {
		return p
	}
	p.first = r.Base.Minor()
	for i, row := range r.Table {
		if row.From <= measure && (i+1 == len(r.Table) || measure < r.Table[i+1].From) {
			p.first += row.Amount.Minor()
		}
	}
	if r.Per > 0 {
		p.first += r.Each.Minor() * rounded(big.NewRat(measure, r.Per), money.Ceiling)
	}
	p.first += rounded(new(big.Rat).Mul(big.NewRat(total, 1), exact(r.Percent)), o.w.rounding.Mode)
	p.now = p.first
	return p
}

package till

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"github.com/tillkit/till/money"
)

// The oracle's rounding, sharing out and taxes.

// rounded rounds to a whole number, by what each mode is called.
func rounded(x *big.Rat, mode money.Rounding) int64 {
	low := new(big.Int).Div(x.Num(), x.Denom()) // toward the negative
	rest := new(big.Rat).Sub(x, new(big.Rat).SetInt(low))
	up := false
	switch half := rest.Cmp(big.NewRat(1, 2)); mode {
	case money.Floor:
	case money.Ceiling:
		up = rest.Sign() > 0
	case money.Down:
		up = rest.Sign() > 0 && x.Sign() < 0
	case money.Up:
		up = rest.Sign() > 0 && x.Sign() > 0
	case money.HalfAwayFromZero:
		up = half > 0 || half == 0 && x.Sign() > 0
	case money.HalfDown:
		up = half > 0 || half == 0 && x.Sign() < 0
	case money.HalfTowardPositive:
		up = half >= 0
	case money.HalfEven:
		up = half > 0 || half == 0 && low.Bit(0) == 1
	default:
		panic(mode)
	}
	if up {
		low.Add(low, big.NewInt(1))
	}
	return low.Int64()
}

// exact gives a rate as a fraction.
func exact(r money.Rate) *big.Rat {
	x, ok := new(big.Rat).SetString(r.String())
	if !ok {
		panic(r.String())
	}
	return x
}

func totalOf(of []int64) (sum int64) {
	for _, x := range of {
		sum += x
	}
	return sum
}

func ratios(of []int64) []*big.Rat {
	out := make([]*big.Rat, len(of))
	for i, x := range of {
		out[i] = big.NewRat(x, 1)
	}
	return out
}

// spreadOut shares a whole out by weights: each share rounded down, and what is left in
// units to the greatest remainders, of equals to the first.
func spreadOut(whole int64, weights []*big.Rat) []int64 {
	parts := make([]int64, len(weights))
	sum := new(big.Rat)
	for _, w := range weights {
		sum.Add(sum, w)
	}
	if sum.Sign() == 0 {
		return parts
	}
	rests, order := make([]*big.Rat, len(weights)), make([]int, len(weights))
	left := whole
	for i, w := range weights {
		share := new(big.Rat).Mul(big.NewRat(whole, 1), w)
		share.Quo(share, sum)
		parts[i] = rounded(share, money.Floor)
		rests[i], order[i] = share.Sub(share, big.NewRat(parts[i], 1)), i
		left -= parts[i]
	}
	slices.SortStableFunc(order, func(i, j int) int { return rests[j].Cmp(rests[i]) })
	for _, i := range order[:left] {
		parts[i]++
	}
	return parts
}

// bearing is one thing that bears taxes: a line, or the shipping.
type bearing struct {
	line     int
	pieces   int64
	amount   int64
	included bool
	category string
	rates    []*big.Rat // by tax, of the amount itself; nil where it does not bear it
	all      *big.Rat
	free     bool
	parts    []int64
}

func (o *oracle) tax() {
	names, of := holding[TaxRate](o.w)
	names = slices.DeleteFunc(names, func(name string) bool { return !o.inZone(of[name].Zone) })
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(of[a].Order, of[b].Order) })
	items := o.bearings()
	free := make([]bool, len(names))
	for t, name := range names {
		free[t] = o.w.buyer.Tax == Exempt || o.w.buyer.Tax == ReverseCharge && of[name].Reversible
		for i := range items {
			b := &items[i]
			if b.category != of[name].Category {
				continue
			}
			b.rates[t] = exact(of[name].Rate)
			if of[name].Compound {
				b.rates[t].Mul(b.rates[t], new(big.Rat).Add(big.NewRat(1, 1), b.all))
			}
			if b.included || !free[t] {
				b.all.Add(b.all, b.rates[t])
			}
			b.free = b.free || free[t]
		}
	}
	if o.w.rounding.Level == PerOrder {
		o.taxOrder(items, len(names))
	} else {
		for i := range items {
			items[i].tax(o.w.rounding)
		}
	}
	for t, name := range names {
		for _, included := range []bool{false, true} {
			o.sayTax(items, t, name, free[t], included)
		}
	}
}

func (o *oracle) bearings() []bearing {
	_, rules := holding[TaxRate](o.w)
	var items []bearing
	add := func(b bearing) {
		b.rates, b.parts, b.all = make([]*big.Rat, len(rules)), make([]int64, len(rules)), new(big.Rat)
		items = append(items, b)
	}
	for _, l := range o.lines {
		if l.missing == "" {
			add(bearing{line: l.n, pieces: l.pieces, amount: l.now, included: l.included, category: l.article.is.TaxCategory})
		}
	}
	if p := o.parcel; p != nil && p.missing == "" {
		add(bearing{pieces: 1, amount: p.now, included: p.included, category: p.category})
	}
	return items
}

// within gives the tax that an amount includes: its share of the rates in one and the rates.
func (b *bearing) within(amount *big.Rat) *big.Rat {
	share := new(big.Rat).Quo(b.all, new(big.Rat).Add(big.NewRat(1, 1), b.all))
	return share.Mul(share, amount)
}

// tax counts the taxes of one, by itself.
func (b *bearing) tax(r Rounding) {
	whole, each := big.NewRat(b.amount, 1), big.NewRat(b.amount, b.pieces)
	if b.included {
		tax := rounded(b.within(whole), r.Mode)
		if r.Level == PerUnit && !b.free { // what is taken out of a price is no tax of a piece
			tax = min(b.amount, b.pieces*rounded(b.within(each), r.Mode))
		}
		b.split(tax)
		return
	}
	for t, rate := range b.rates {
		if rate == nil {
			continue
		}
		b.parts[t] = rounded(new(big.Rat).Mul(whole, rate), r.Mode)
		if r.Level == PerUnit {
			b.parts[t] = b.pieces * rounded(new(big.Rat).Mul(each, rate), r.Mode)
		}
	}
}

// split shares the tax that is included out over its rates.
func (b *bearing) split(tax int64) {
	weights := make([]*big.Rat, len(b.rates))
	for t, rate := range b.rates {
		if weights[t] = rate; rate == nil {
			weights[t] = new(big.Rat)
		}
	}
	b.parts = spreadOut(tax, weights)
}

// taxOrder counts each rate over all that bears it alike, and what is included over all
// that bears the same rates.
func (o *oracle) taxOrder(items []bearing, taxes int) {
	groups := map[string][]int{}
	for i, b := range items {
		key := ""
		for _, rate := range b.rates {
			key += fmt.Sprint(rate != nil)
		}
		if b.included {
			groups[key] = append(groups[key], i)
		}
	}
	for _, group := range groups {
		amounts := amountsOf(items, group)
		tax := rounded(items[group[0]].within(big.NewRat(totalOf(amounts), 1)), o.w.rounding.Mode)
		shared := spreadOut(tax, ratios(amounts))
		items[group[0]].split(tax) // over all: what each rate gets
		due, given, sum := slices.Clone(items[group[0]].parts), make([]int64, taxes), int64(0)
		for n, i := range group {
			left := shared[n]
			sum += left
			short := make([]*big.Rat, taxes) // what each should have by now, without what it has
			for t := range taxes {
				part := int64(0)
				if tax > 0 {
					part = rounded(new(big.Rat).Mul(big.NewRat(due[t], tax), big.NewRat(shared[n], 1)), money.Floor)
					short[t] = new(big.Rat).Mul(big.NewRat(due[t], tax), big.NewRat(sum, 1))
				}
				items[i].parts[t] = part
				given[t] += part
				left -= part
			}
			for ; left > 0; left-- {
				most := 0
				lacks := func(t int) *big.Rat { return new(big.Rat).Sub(short[t], big.NewRat(given[t], 1)) }
				for t := range taxes {
					if lacks(t).Cmp(lacks(most)) > 0 {
						most = t
					}
				}
				items[i].parts[most]++
				given[most]++
			}
			for t := range taxes {
				if given[t] > due[t] {
					panic("a rate has more than it gets")
				}
			}
		}
	}
	for t := range taxes {
		alike := map[string][]int{}
		for i, b := range items {
			if !b.included && b.rates[t] != nil {
				alike[b.rates[t].String()] = append(alike[b.rates[t].String()], i)
			}
		}
		for _, group := range alike {
			amounts := amountsOf(items, group)
			tax := new(big.Rat).Mul(big.NewRat(totalOf(amounts), 1), items[group[0]].rates[t])
			for n, part := range spreadOut(rounded(tax, o.w.rounding.Mode), ratios(amounts)) {
				items[group[n]].parts[t] = part
			}
		}
	}
}

func amountsOf(items []bearing, group []int) (amounts []int64) {
	for _, i := range group {
		amounts = append(amounts, items[i].amount)
	}
	return amounts
}

// sayTax says what a rate comes to on what includes it, or on what does not.
func (o *oracle) sayTax(items []bearing, t int, name string, free, included bool) {
	sum, borne := int64(0), false
	for _, b := range items {
		if b.rates[t] == nil || b.included != included {
			continue
		}
		part := b.parts[t]
		switch {
		case free && included:
			part = -part
		case free:
			part = 0
		}
		borne, sum = true, sum+part
		o.say("%s, included %t: line %d: %d", name, included, b.line, part)
	}
	if borne {
		o.say("%s, included %t: %d", name, included, sum)
		if free || !included {
			o.total += sum
		}
	}
}

package till

import (
	"math/bits"
	"slices"

	"github.com/tillkit/till/money"
)

// How taxes are counted. Every rate is brought to what it is of the amount itself: a
// rate on top of others counts their rates in, exactly, so nothing is rounded but what
// is owed. A quote and the proof of an order count by the same functions, from the same
// figures: what an order keeps suffices.

// taxRef is one rate of what is taxable.
type taxRef struct {
	tax, part int
	rate      money.Rate // of the amount itself
}

// figureTaxes fills in the figures of taxes that have their lines.
func (r Rounding) figureTaxes(all []taxable, taxes []Tax, c money.Currency) error {
	err := findRates(all, taxes)
	if err != nil {
		return err
	}
	if r.Level == PerOrder {
		err = r.taxOrder(all, taxes, c)
	} else {
		for i := range all {
			if err = r.taxLine(&all[i], taxes); err != nil {
				break
			}
		}
	}
	if err != nil {
		return err
	}
	for i := range taxes {
		t := &taxes[i]
		t.Amount = nothing(c)
		for p := range t.Parts {
			if t.Relief != "" {
				if !t.Included {
					t.Parts[p].Amount = nothing(c)
				} else if t.Parts[p].Amount, err = t.Parts[p].Amount.Neg(); err != nil {
					return err
				}
			}
			if t.Amount, err = t.Amount.Add(t.Parts[p].Amount); err != nil {
				return err
			}
		}
	}
	return nil
}

// findRates finds the rates of all that is taxable, in the order of the taxes.
func findRates(all []taxable, taxes []Tax) error {
	refs := 0
	for i := range taxes {
		refs += len(taxes[i].Parts)
	}
	room := make([]taxRef, refs)
	next := make([]int, len(taxes)) // the part of each tax that comes next
	for i := range all {
		item := &all[i]
		n := 0
		for t := range taxes {
			if p := next[t]; taxes[t].Included == item.included && p < len(taxes[t].Parts) && taxes[t].Parts[p].Line == item.line {
				room[n] = taxRef{tax: t, part: p}
				n++
				next[t]++
			}
		}
		item.refs, room = room[:n:n], room[n:]
		if err := item.count(taxes); err != nil {
			return err
		}
	}
	return nil
}

// one is the rate of the amount itself.
var one = money.MustParseRate("1")

// count finds out what each rate is of the amount itself.
func (t *taxable) count(taxes []Tax) error {
	for i := range t.refs {
		of := &taxes[t.refs[i].tax]
		rate := of.Rate
		if of.Compound && !t.all.IsZero() {
			on, err := one.Add(t.all)
			if err == nil {
				rate, err = rate.Mul(on)
			}
			if err != nil {
				return err
			}
		}
		t.refs[i].rate = rate
		t.free = t.free || of.Relief != ""
		if of.Relief != "" && !t.included {
			continue // nobody pays a tax on what is not there
		}
		var err error
		if t.all, err = t.all.Add(rate); err != nil {
			return err
		}
	}
	return nil
}

// taxLine counts the taxes of one line, or of one piece of it.
func (r Rounding) taxLine(t *taxable, taxes []Tax) error {
	if len(t.refs) == 0 {
		return nil
	}
	// What is taken out of a price is no tax of a piece: it would leave a price that
	// rises where another falls.
	unit := r.Level == PerUnit && !(t.free && t.included)
	if !t.included {
		for _, ref := range t.refs {
			amount, err := t.amount.MulRate(ref.rate, r.Mode)
			if unit {
				amount, err = t.amount.MulRateEach(t.pieces, ref.rate, r.Mode)
			}
			if err != nil {
				return err
			}
			taxes[ref.tax].Parts[ref.part].Amount = amount
		}
		return nil
	}
	whole, err := t.amount.Included(t.all, r.Mode)
	if unit {
		whole, err = t.amount.IncludedEach(t.pieces, t.all, r.Mode)
	}
	if err != nil {
		return err
	}
	if whole.Minor() > t.amount.Minor() {
		whole = t.amount // pieces that cost less than the tax of one is rounded up to
	}
	return t.split(whole, taxes)
}

// split splits the tax that an amount includes over its rates.
func (t *taxable) split(whole money.Amount, taxes []Tax) error {
	if len(t.refs) == 1 || whole.IsZero() { // the one has it all, or each has nothing
		for _, ref := range t.refs {
			taxes[ref.tax].Parts[ref.part].Amount = whole
		}
		return nil
	}
	parts, err := t.byRate(whole)
	if err != nil {
		return err
	}
	for i, ref := range t.refs {
		taxes[ref.tax].Parts[ref.part].Amount = parts[i]
	}
	return nil
}

// byRate shares a sum of taxes out over the rates.
func (t *taxable) byRate(whole money.Amount) ([]money.Amount, error) {
	decimals := 0
	for _, ref := range t.refs {
		decimals = max(decimals, ref.rate.Decimals())
	}
	weights := make([]int64, len(t.refs))
	for i, ref := range t.refs {
		var ok bool
		if weights[i], ok = ref.rate.Units(decimals); !ok {
			return nil, &money.OverflowError{Op: "Units"}
		}
	}
	return whole.Allocate(weights)
}

// splitAll splits the tax that a group includes: the whole over the rates, then that of
// each in turn. A rate gets its share there, cut off; what is left goes to those that have
// got the least of what they should have by then. So the parts sum up by rate and by line,
// and no rate collects what is left over of every small line.
func splitAll(all []taxable, group []int, shares []money.Amount, taxes []Tax, c money.Currency) error {
	first := &all[group[0]]
	whole := nothing(c)
	for _, share := range shares {
		var err error
		if whole, err = whole.Add(share); err != nil {
			return err
		}
	}
	if len(first.refs) == 1 || whole.IsZero() {
		for n, j := range group {
			if err := all[j].split(shares[n], taxes); err != nil {
				return err
			}
		}
		return nil
	}
	rates, err := first.byRate(whole)
	if err != nil {
		return err
	}
	s := splitter{whole: uint64(whole.Minor()), rates: make([]uint64, len(rates)), given: make([]uint64, len(rates))}
	for i := range rates {
		s.rates[i] = uint64(rates[i].Minor())
	}
	for n, j := range group {
		for i, part := range s.next(uint64(shares[n].Minor())) {
			ref := all[j].refs[i]
			if taxes[ref.tax].Parts[ref.part].Amount, err = money.FromMinor(int64(part), c); err != nil {
				return err
			}
		}
	}
	return nil
}

// splitter splits the parts of a whole over rates, in smallest units.
type splitter struct {
	whole, by uint64   // by: the parts that have been split
	rates     []uint64 // what each rate gets of the whole
	given     []uint64 // what it has got
}

// next splits a part. No rate is ever ahead of its share of all parts by a unit, and so none
// gets more than it should.
func (s *splitter) next(part uint64) []uint64 {
	parts, left := make([]uint64, len(s.rates)), part
	s.by += part
	for i, rate := range s.rates {
		hi, lo := bits.Mul64(part, rate)
		parts[i], _ = bits.Div64(hi, lo, s.whole) // part is at most the whole
		left -= parts[i]
		s.given[i] += parts[i]
	}
	for ; left > 0; left-- {
		behind, most := 0, s.behind(0)
		for i := 1; i < len(s.rates); i++ {
			if is := s.behind(i); is.hi > most.hi || is.hi == most.hi && is.lo > most.lo {
				behind, most = i, is
			}
		}
		parts[behind]++
		s.given[behind]++
	}
	return parts
}

// behind gives how far a rate is behind its share of the parts by now, times the whole, as
// a number of 128 bits with a sign.
func (s *splitter) behind(i int) (is struct {
	hi int64
	lo uint64
}) {
	hi, lo := bits.Mul64(s.rates[i], s.by)
	gotHi, gotLo := bits.Mul64(s.given[i], s.whole)
	var borrow uint64
	is.lo, borrow = bits.Sub64(lo, gotLo, 0)
	hi, _ = bits.Sub64(hi, gotHi, borrow)
	is.hi = int64(hi)
	return is
}

// taxOrder counts the taxes of a whole order: each rate on the sum of what bears it, and
// then shared out. What is included is counted over all that bears the same rates.
func (r Rounding) taxOrder(all []taxable, taxes []Tax, c money.Currency) error {
	done := make([]bool, len(all))
	for i := range all {
		if done[i] || !all[i].included || len(all[i].refs) == 0 {
			continue
		}
		var group []int
		for j := i; j < len(all); j++ {
			if !done[j] && all[j].included && all[i].bears(&all[j]) {
				done[j], group = true, append(group, j)
			}
		}
		shares, err := shareOut(all, group, c, func(sum money.Amount) (money.Amount, error) { return sum.Included(all[i].all, r.Mode) })
		if err != nil {
			return err
		}
		if err := splitAll(all, group, shares, taxes, c); err != nil {
			return err
		}
	}
	for t := range taxes {
		if taxes[t].Included {
			continue
		}
		if err := r.taxRate(all, taxes, t, c); err != nil {
			return err
		}
	}
	return nil
}

// taxRate counts one rate on the sum of what bears it.
func (r Rounding) taxRate(all []taxable, taxes []Tax, t int, c money.Currency) error {
	done := make([]bool, len(all))
	for i := range all {
		first := all[i].ref(t)
		if first == nil || done[i] {
			continue
		}
		var group []int
		for j := i; j < len(all); j++ { // the same rate on top of others is another
			if ref := all[j].ref(t); !done[j] && ref != nil && ref.rate == first.rate {
				done[j], group = true, append(group, j)
			}
		}
		shares, err := shareOut(all, group, c, func(sum money.Amount) (money.Amount, error) { return sum.MulRate(first.rate, r.Mode) })
		if err != nil {
			return err
		}
		for n, j := range group {
			taxes[t].Parts[all[j].ref(t).part].Amount = shares[n]
		}
	}
	return nil
}

// shareOut counts a tax on the sum of a group, and shares it out over the group.
func shareOut(all []taxable, group []int, c money.Currency, count func(money.Amount) (money.Amount, error)) ([]money.Amount, error) {
	sum, weights := nothing(c), make([]int64, len(group))
	for n, j := range group {
		var err error
		if sum, err = sum.Add(all[j].amount); err != nil {
			return nil, err
		}
		weights[n] = all[j].amount.Minor()
	}
	whole, err := count(sum)
	if err != nil || !sum.IsZero() {
		if err != nil {
			return nil, err
		}
		return whole.Allocate(weights)
	}
	return slices.Repeat([]money.Amount{whole}, len(group)), nil // of nothing
}

// bears reports whether two bear the same rates.
func (t *taxable) bears(other *taxable) bool {
	return slices.EqualFunc(t.refs, other.refs, func(a, b taxRef) bool { return a.tax == b.tax })
}

// ref gives the rate of a tax, nil where the item does not bear it.
func (t *taxable) ref(tax int) *taxRef {
	for i := range t.refs {
		if t.refs[i].tax == tax {
			return &t.refs[i]
		}
	}
	return nil
}

package till

import (
	"fmt"
	"reflect"

	"github.com/tillkit/till/money"
)

// VerifyError names the first equation of an order that does not hold.
type VerifyError struct {
	Order    string // number
	Equation string // "line 2: total = price x quantity"
	Want     string // what the order's own figures give
	Have     string // what stands in the order
}

// Error names order and equation.
func (e *VerifyError) Error() string {
	return fmt.Sprintf("till: order %s: %s: it should be %s, it is %s", e.Order, e.Equation, e.Want, e.Have)
}

// Unwrap gives [ErrDamaged].
func (e *VerifyError) Unwrap() error { return ErrDamaged }

// Verify proves the order from itself alone: the chain of its entries holds, they
// fold to what the order says, and every equation between its figures is true. The
// error is [ErrDamaged]: a [DamagedError] for the chain, a [VerifyError] for a
// figure. Whoever can rewrite all entries can compute a new chain: what Verify shows
// is that nothing was lost, altered or mixed up by accident, or by somebody who did
// not know how.
func (o Order) Verify() error {
	if o.n == 0 {
		return damaged("order", "it has no entries")
	}
	again, err := Fold(Order{}, o.entries...)
	if err != nil {
		return err
	}
	o.replayed = false // of the answer, not of the order
	if !reflect.DeepEqual(again, o) {
		return damaged("order "+o.is.Number, "it is not what its entries fold to")
	}
	if o.entries[0].Kind != "opened" {
		return damaged("order "+o.is.Number, "its first entry does not open it")
	}
	return again.is.verify()
}

func (o orderOpened) verify() error {
	fail := func(equation string, want, have any) error {
		return &VerifyError{Order: o.Number, Equation: equation, Want: fmt.Sprint(want), Have: fmt.Sprint(have)}
	}
	lines := make(map[int]money.Amount, len(o.Lines))
	last := 0
	for _, l := range o.Lines {
		at := fmt.Sprintf("line %d", l.N)
		if l.N <= last {
			return fail(at+": numbers grow", fmt.Sprintf("above %d", last), l.N)
		}
		last = l.N
		if err := checkQuantity(l.Quantity); err != nil {
			return fail(at+": quantity", fmt.Sprintf("1 to %d", MaxQuantity), l.Quantity)
		}
		if l.Agreed != nil && l.Agreed.Price != l.Price {
			return fail(at+": price = agreed price", l.Agreed.Price, l.Price)
		}
		if l.Agreed == nil && !l.Sale && l.Base != l.Price {
			return fail(at+": price = base price, where no sale holds", l.Base, l.Price)
		}
		if d, err := l.Price.Cmp(l.Base); l.Sale && (err != nil || d >= 0) {
			return fail(at+": sale price below base price", "below "+l.Base.String(), l.Price)
		}
		lines[l.N] = l.Total
	}
	if err := o.Reasons.verify(fail, o.Currency); err != nil {
		return err
	}
	base, sums := make(map[int]money.Amount, len(o.Lines)), make(map[int]money.Amount, len(o.Lines))
	for _, leaf := range o.Reasons.Leaves() {
		if _, ok := lines[leaf.Line]; !ok && leaf.Line != 0 {
			return fail("reasons name lines of the order", "one of them", leaf.Line)
		}
		if leaf.Kind == BaseReason {
			base[leaf.Line] = leaf.Amount
		}
		sum, err := sums[leaf.Line].Add(leaf.Amount)
		if err != nil {
			return fail(fmt.Sprintf("line %d: sum of its reasons", leaf.Line), "an amount", err)
		}
		sums[leaf.Line] = sum
	}
	for _, l := range o.Lines {
		at := fmt.Sprintf("line %d", l.N)
		want, err := o.Rounding.times(l.Price, l.Quantity)
		if err != nil {
			return fail(at+": price x quantity", "an amount", err)
		}
		if base[l.N] != want {
			return fail(at+": base = price x quantity", want, base[l.N])
		}
		if sums[l.N] != l.Total {
			return fail(at+": total = sum of its reasons", sums[l.N], l.Total)
		}
	}
	if o.Reasons.Amount != o.Total {
		return fail("total = sum of all reasons", o.Reasons.Amount, o.Total)
	}
	return nil
}

func (r Reason) verify(fail func(string, any, any) error, c money.Currency) error {
	if r.Amount.Currency() != c {
		return fail("reasons are in the order's currency", c, r.Amount)
	}
	if len(r.Parts) == 0 {
		return nil
	}
	sum := nothing(c)
	for _, p := range r.Parts {
		if err := p.verify(fail, c); err != nil {
			return err
		}
		if r.Kind == LineReason && p.Line != r.Line {
			return fail(r.Label+": its parts are of one line", r.Line, p.Line)
		}
		var err error
		if sum, err = sum.Add(p.Amount); err != nil {
			return fail(r.Label+": sum of its parts", "an amount", err)
		}
	}
	if sum != r.Amount {
		return fail(r.Label+" = sum of its parts", sum, r.Amount)
	}
	return nil
}

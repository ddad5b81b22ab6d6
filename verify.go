package till

import (
	"cmp"
	"fmt"
	"reflect"
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
	p := proof{o.Number, o.Currency, o.Rounding, &o.bill}
	if err := cmp.Or(p.whole(), p.uses(o.Uses)); err != nil {
		return err
	}
	if o.Reasons == nil {
		return nil
	}
	tree, err := o.reasons(o.Currency)
	if err != nil {
		return p.fail("reasons = sums of their parts", "amounts", err)
	}
	return p.sameTree(*o.Reasons, tree)
}

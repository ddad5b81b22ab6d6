package till

import (
	"fmt"
	"slices"

	"github.com/tillkit/till/money"
)

// proof recomputes a bill from its own copies, figure by figure, in the order in which
// they were computed, and names the first equation that does not hold.
type proof struct {
	order    string
	currency money.Currency
	rounding Rounding
	bill     *bill
}

func (p proof) fail(equation string, want, have any) error {
	return &VerifyError{Order: p.order, Equation: equation, Want: fmt.Sprint(want), Have: fmt.Sprint(have)}
}

// whole proves everything.
func (p proof) whole() error {
	for _, part := range []func() error{p.lines, p.discounts, p.delivery, p.taxes, p.total} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// lines proves what each line is before discounts.
func (p proof) lines() error {
	for i := range p.bill.Lines {
		l := &p.bill.Lines[i]
		at := fmt.Sprintf("line %d", i+1)
		if l.N != i+1 {
			return p.fail(at+": numbers are 1, 2, 3 ...", i+1, l.N)
		}
		if err := checkQuantity(l.Quantity); err != nil {
			return p.fail(at+": quantity", fmt.Sprintf("1 to %d", MaxQuantity), l.Quantity)
		}
		if l.Unavailable != "" {
			return p.fail(at+": it can be bought", "nothing against it", l.Unavailable)
		}
		if err := p.price(l, at); err != nil {
			return err
		}
		want, err := p.rounding.times(l.Price, l.Quantity)
		if err != nil {
			return p.fail(at+": subtotal = price x quantity", "an amount", err)
		}
		if l.Subtotal != want {
			return p.fail(at+": subtotal = price x quantity", want, l.Subtotal)
		}
	}
	return nil
}

// price proves where a line's price comes from.
func (p proof) price(l *Line, at string) error {
	if l.Price.Currency() != p.currency || l.Price.Sign() < 0 {
		return p.fail(at+": price", "0 or more in "+p.currency.String(), l.Price)
	}
	if l.Agreed != nil && l.Agreed.Price != l.Price {
		return p.fail(at+": price = agreed price", l.Agreed.Price, l.Price)
	}
	if l.Agreed == nil && !l.Sale && l.Base != l.Price {
		return p.fail(at+": price = base price, where no sale holds", l.Base, l.Price)
	}
	if d, err := l.Price.Cmp(l.Base); l.Sale && (err != nil || d >= 0) {
		return p.fail(at+": sale price below base price", "below "+l.Base.String(), l.Price)
	}
	if x := l.Exchanged; x != nil && l.Agreed == nil {
		for _, e := range []struct {
			what string
			from money.Price
			is   money.Price
		}{{"price", x.Price, l.Price}, {"base price", x.Base, l.Base}} {
			want, err := exchanged(e.from, x.Rate, p.currency, p.rounding.Mode)
			if err != nil {
				return p.fail(at+": "+e.what+" = exchanged price", "a price", err)
			}
			if want != e.is {
				return p.fail(at+": "+e.what+" = exchanged price", want, e.is)
			}
		}
	}
	return nil
}

// discounts proves what was taken off the lines.
func (p proof) discounts() error {
	lines := p.bill.costings()
	room, err := p.bill.room(p.currency)
	if err != nil {
		return p.fail("cap", "an amount", err)
	}
	for i := range p.bill.Discounts {
		d := &p.bill.Discounts[i]
		if d.OfShipping() {
			continue
		}
		at := fmt.Sprintf("discount %d, %s", i+1, d.Label)
		limit := room
		if d.Action.Kind == GiftProduct {
			limit = -1
		}
		if err := p.discount(d, at, lines, limit); err != nil {
			return err
		}
		if limit >= 0 {
			room += d.Amount.Minor()
		}
	}
	for i := range p.bill.Lines {
		l := &p.bill.Lines[i]
		if l.Total != lines[i].now {
			return p.fail(fmt.Sprintf("line %d: total = subtotal less its shares of discounts", l.N), lines[i].now, l.Total)
		}
		if l.Gift != "" && !slices.ContainsFunc(p.bill.Discounts, func(d Discount) bool { return d.gives(l) }) {
			return p.fail(fmt.Sprintf("line %d: gift = a promotion that gives it", l.N), "one of the discounts", l.Gift)
		}
	}
	return nil
}

// gives reports whether a line is the gift of the discount.
func (d *Discount) gives(l *Line) bool {
	return d.Action.Kind == GiftProduct && d.Promotion == l.Gift && len(d.Shares) == 1 && d.Shares[0].Line == l.N &&
		d.Action.SKU == l.SKU && d.Action.Quantity == l.Quantity
}

// uses proves that what is counted as used was taken.
func (p proof) uses(of []PromotionUse) error {
	for i, u := range of {
		if !slices.ContainsFunc(p.bill.Discounts, func(d Discount) bool { return d.Promotion == u.Promotion }) {
			return p.fail(fmt.Sprintf("use %d: of a promotion that was taken", i+1), "one of the discounts", u.Promotion)
		}
		if (u.Own > 0) != (u.Each > 0) || u.Own < 0 || u.Own > u.Each {
			return p.fail(fmt.Sprintf("use %d: which of the customer's it is", i+1), fmt.Sprintf("1 to %d, 0 where that is 0", u.Each), u.Own)
		}
	}
	return nil
}

// touches proves that a discount touches what it may: a gift's its own line, any other's
// neither gifts nor agreed prices.
func (p proof) touches(d *Discount, at string) error {
	for _, s := range d.Shares {
		if s.Line < 1 || s.Line > len(p.bill.Lines) {
			continue // which cannot be taken
		}
		l := &p.bill.Lines[s.Line-1]
		if gift := d.Action.Kind == GiftProduct; gift && !d.gives(l) || !gift && (l.Gift != "" || l.Agreed != nil) {
			return p.fail(fmt.Sprintf("%s: line %d is one that it may touch", at, s.Line), "its gift, or no gift and no agreed price", "another")
		}
	}
	return nil
}

// discount takes a discount anew, and compares.
func (p proof) discount(d *Discount, at string, lines []costing, room int64) error {
	for i := 1; i < len(d.Shares); i++ {
		if d.Shares[i].Line <= d.Shares[i-1].Line {
			return p.fail(at+": shares by line", fmt.Sprintf("one beyond %d", d.Shares[i-1].Line), d.Shares[i].Line)
		}
	}
	if err := d.Action.check(); err != nil || len(d.Action.Amounts) > 1 || len(d.Action.Amounts) == 1 && d.Action.Amounts[0].Currency() != p.currency {
		return p.fail(at+": action", "one that is possible", d.Action.figure())
	}
	if d.Max != nil && (d.Max.Currency() != p.currency || d.Max.Sign() <= 0) {
		return p.fail(at+": the most", "above 0 in "+p.currency.String(), *d.Max)
	}
	if err := p.touches(d, at); err != nil {
		return err
	}
	again := *d
	again.Amount, again.Shares = nothing(p.currency), slices.Clone(d.Shares)
	for i := range again.Shares {
		again.Shares[i].Pieces = 0
	}
	these, err := again.sharers(lines)
	if err == nil {
		err = p.rounding.take(&again, these, room)
	}
	if err != nil {
		return p.fail(at+": shares", "amounts", err)
	}
	for i, s := range again.Shares {
		have := d.Shares[i]
		of := fmt.Sprintf("%s: share of line %d", at, s.Line)
		if have.Pieces != s.Pieces {
			return p.fail(of+": pieces", s.Pieces, have.Pieces)
		}
		if have.Amount != s.Amount {
			return p.fail(of, s.Amount, have.Amount)
		}
	}
	if again.Capped != d.Capped {
		return p.fail(at+": cut by the cap", again.Capped, d.Capped)
	}
	if again.Amount != d.Amount {
		return p.fail(at+": amount = sum of its shares", again.Amount, d.Amount)
	}
	return nil
}

// delivery proves what the shipping is.
func (p proof) delivery() error {
	d := p.bill.Delivery
	if d == nil {
		if i := slices.IndexFunc(p.bill.Discounts, Discount.OfShipping); i >= 0 {
			return p.fail(fmt.Sprintf("discount %d, %s: of shipping that there is", i+1, p.bill.Discounts[i].Label), "a delivery", "none")
		}
		return nil
	}
	if d.Unavailable != "" {
		return p.fail("shipping: it can be chosen", "nothing against it", d.Unavailable)
	}
	if err := d.Rate.check(); err != nil {
		return p.fail("shipping: rate", "one that is possible", err)
	}
	total := nothing(p.currency)
	for i := range p.bill.Lines {
		var err error
		if total, err = total.Add(p.bill.Lines[i].Total); err != nil {
			return p.fail("shipping: total of the lines", "an amount", err)
		}
	}
	of, needed, err := shipped(p.bill.Lines, total)
	if err != nil {
		return p.fail("shipping: weight", "a number", err)
	}
	if !needed {
		return p.fail("shipping: something is shipped", "a line of it", "none")
	}
	want, ok, err := d.Rate.cost(of, p.rounding.Mode)
	if d.Service != "" { // copied, and not counted here
		want, ok, err = d.Subtotal, d.Subtotal.Currency() == p.currency && d.Subtotal.Sign() >= 0, nil
	}
	if err != nil || !ok {
		return p.fail("shipping = its rate", "a rate that holds for the goods", d.Subtotal)
	}
	if want != d.Subtotal {
		return p.fail("shipping = its rate", want, d.Subtotal)
	}
	at := []costing{d.costing()}
	for i := range p.bill.Discounts {
		if off := &p.bill.Discounts[i]; off.OfShipping() {
			if err := p.discount(off, fmt.Sprintf("discount %d, %s", i+1, off.Label), at, -1); err != nil {
				return err
			}
		}
	}
	if at[0].now != d.Total {
		return p.fail("shipping: total = subtotal less discounts", at[0].now, d.Total)
	}
	return nil
}

// taxes proves what each rate comes to.
func (p proof) taxes() error {
	if err := (Purchaser{Tax: p.bill.Status}).check(); err != nil {
		return p.fail("tax status", "one that there is", p.bill.Status)
	}
	items := p.bill.taxables()
	if len(p.bill.Taxes) > 0 && p.bill.Taxes[0].Service != "" {
		return p.taxesOutside(items)
	}
	again := cloneTaxes(p.bill.Taxes)
	for i := range again {
		t := &again[i]
		at := fmt.Sprintf("tax %d, %s", i+1, t.Label)
		if t.Rate.Sign() < 0 || t.Rate.Cmp(maxTaxRate) > 0 {
			return p.fail(at+": rate", "0 to 10", t.Rate)
		}
		if t.Service != "" {
			return p.fail(at+": counted by a service", "all taxes or none", t.Service)
		}
		if t.Relief != p.bill.Status && (t.Relief != "" || p.bill.Status == Exempt) {
			return p.fail(at+": relief = the buyer's tax status", p.bill.Status, t.Relief)
		}
		next := 0
		for _, item := range items { // it bears on all that are of its category, each once
			if item.category != t.Category || item.included != t.Included {
				continue
			}
			if next == len(t.Parts) || t.Parts[next].Line != item.line {
				return p.fail(at+": it bears on the lines of its category", fmt.Sprintf("line %d", item.line), "another, or none")
			}
			t.Parts[next].Amount = nothing(p.currency)
			next++
		}
		if next != len(t.Parts) {
			return p.fail(at+": it bears on the lines of its category", next, len(t.Parts))
		}
	}
	if err := p.rounding.figureTaxes(items, again, p.currency); err != nil {
		return p.fail("taxes", "amounts", err)
	}
	for i := range again {
		have := &p.bill.Taxes[i]
		at := fmt.Sprintf("tax %d, %s", i+1, have.label())
		for j, part := range again[i].Parts {
			if have.Parts[j].Amount != part.Amount {
				return p.fail(fmt.Sprintf("%s: of line %d", at, part.Line), part.Amount, have.Parts[j].Amount)
			}
		}
		if have.Amount != again[i].Amount {
			return p.fail(at+": amount = sum of its parts", again[i].Amount, have.Amount)
		}
	}
	return nil
}

// taxesOutside proves that taxes which a service counted are sums of their parts, on lines
// that there are, and that each is within what includes it and on top of what does not.
// What they were counted by is not known here.
func (p proof) taxesOutside(items []taxable) error {
	for i := range p.bill.Taxes {
		t := &p.bill.Taxes[i]
		at := fmt.Sprintf("tax %d, %s", i+1, t.label())
		if t.Service == "" || t.Relief != "" {
			return p.fail(at+": counted by a service", "all taxes, each of them due", t.Label)
		}
		if t.Rate.Sign() < 0 || t.Rate.Cmp(maxTaxRate) > 0 {
			return p.fail(at+": rate", "0 to 10", t.Rate)
		}
		sum, next := nothing(p.currency), 0
		for _, part := range t.Parts {
			on, want := bear(items, next, part, p.currency)
			if want != "" {
				return p.fail(fmt.Sprintf("%s: of line %d", at, part.Line), want, part.Amount)
			}
			if items[on].included != t.Included {
				return p.fail(fmt.Sprintf("%s: included, as in the price of line %d", at, part.Line), items[on].included, t.Included)
			}
			next = on + 1
			var err error
			if sum, err = sum.Add(part.Amount); err != nil {
				return p.fail(at+": sum of its parts", "an amount", err)
			}
		}
		if sum != t.Amount {
			return p.fail(at+": amount = sum of its parts", sum, t.Amount)
		}
	}
	return nil
}

// total proves what is due.
func (p proof) total() error {
	again := *p.bill
	if c := p.bill.Cash; c != nil {
		cash := *c
		again.Cash = &cash
		if c.Increment < 2 || c.Mode == money.Exact {
			return p.fail("rounding to cash", "a step of 2 or more, and a mode that rounds", fmt.Sprint(c.Increment, ", ", c.Mode))
		}
	}
	if err := again.close(p.currency); err != nil {
		return p.fail("total = sum of all reasons", "an amount", err)
	}
	if c := p.bill.Cash; c != nil && c.Residue != again.Cash.Residue {
		return p.fail("rounding to cash", again.Cash.Residue, c.Residue)
	}
	if again.Total != p.bill.Total {
		return p.fail("total = sum of all reasons", again.Total, p.bill.Total)
	}
	return nil
}

// sameTree compares the tree of reasons that an order of version 1 keeps.
func (p proof) sameTree(have, want Reason) error {
	at := have.Label
	if at == "" {
		at = string(have.Kind)
	}
	switch {
	case have.Kind != want.Kind || have.Line != want.Line || have.Label != want.Label || len(have.Parts) != len(want.Parts):
		return p.fail(at+": reasons = those of the lines", want.Label, have.Label)
	case have.Amount != want.Amount:
		return p.fail(at+": reason = that of the lines", want.Amount, have.Amount)
	}
	for i := range have.Parts {
		if err := p.sameTree(have.Parts[i], want.Parts[i]); err != nil {
			return err
		}
	}
	return nil
}

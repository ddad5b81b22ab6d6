package till

import (
	"strings"

	"github.com/tillkit/till/money"
)

// bill is what a quote and an order have in common: what is bought, and every figure with
// what it was counted by. The tree of reasons is made of it, and so is its proof.
type bill struct {
	Lines     []Line       `json:"lines"`
	Discounts []Discount   `json:"discounts,omitempty"` // in the order in which they were taken
	Delivery  *Delivery    `json:"delivery,omitempty"`  // nil: nothing is shipped, or the shop has no rules for it
	Taxes     []Tax        `json:"taxes,omitempty"`     // in the order in which they were counted
	Status    TaxStatus    `json:"tax_status,omitempty"`
	Cap       *money.Rate  `json:"cap,omitempty"` // the most of the lines that discounts took off
	Cash      *Cash        `json:"cash,omitempty"`
	Total     money.Amount `json:"total"`
}

func (b bill) clone() bill {
	b.Lines, b.Discounts, b.Delivery, b.Taxes = cloneLines(b.Lines), cloneDiscounts(b.Discounts), b.Delivery.clone(), cloneTaxes(b.Taxes)
	if b.Cap != nil {
		most := *b.Cap
		b.Cap = &most
	}
	if b.Cash != nil {
		cash := *b.Cash
		b.Cash = &cash
	}
	return b
}

// costings gives the lines as discounts find them.
func (b *bill) costings() []costing {
	lines := make([]costing, len(b.Lines))
	for i := range b.Lines {
		lines[i] = b.Lines[i].costing()
	}
	return lines
}

// room gives what discounts may take off the lines in all, -1 for any amount. What is
// given neither counts for it nor is it taken from it.
func (b *bill) room(c money.Currency) (int64, error) {
	if b.Cap == nil {
		return -1, nil
	}
	sum := nothing(c)
	for i := range b.Lines {
		var err error
		if b.Lines[i].Gift != "" {
			continue
		}
		if sum, err = sum.Add(b.Lines[i].Subtotal); err != nil {
			return 0, err
		}
	}
	sum, err := sum.MulRate(*b.Cap, money.Down)
	return sum.Minor(), err
}

// Subtotal gives the sum of the lines before discounts.
func (b *bill) Subtotal(c money.Currency) (money.Amount, error) {
	sum := nothing(c)
	for i := range b.Lines {
		var err error
		if sum, err = sum.Add(b.Lines[i].Subtotal); err != nil {
			return money.Amount{}, err
		}
	}
	return sum, nil
}

// taxables gives what taxes are counted on: the lines, and the shipping last.
func (b *bill) taxables() []taxable {
	items := make([]taxable, 0, len(b.Lines)+1)
	for i := range b.Lines {
		if l := &b.Lines[i]; l.Unavailable == "" {
			items = append(items, taxable{line: l.N, pieces: l.Quantity, amount: l.Total, included: l.Included, category: l.Category})
		}
	}
	if d := b.Delivery; d != nil && d.Unavailable == "" {
		items = append(items, taxable{pieces: 1, amount: d.Total, included: d.Included, category: d.Category})
	}
	return items
}

// sum adds everything up but the rounding to cash.
func (b *bill) sum(c money.Currency) (money.Amount, error) {
	sum, err := b.Subtotal(c)
	add := func(a money.Amount) {
		if err == nil {
			sum, err = sum.Add(a)
		}
	}
	for i := range b.Discounts {
		add(b.Discounts[i].Amount)
	}
	if b.Delivery != nil {
		add(b.Delivery.Subtotal)
	}
	for i := range b.Taxes {
		if b.Taxes[i].Adds() {
			add(b.Taxes[i].Amount)
		}
	}
	return sum, err
}

// close adds the bill up, and rounds it to cash.
func (b *bill) close(c money.Currency) error {
	sum, err := b.sum(c)
	if err == nil && b.Cash != nil {
		if b.Cash.Residue, err = b.Cash.residue(sum); err == nil {
			sum, err = sum.Add(b.Cash.Residue)
		}
	}
	b.Total = sum
	return err
}

// reasons is room for the nodes of a tree.
type reasons []Reason

// upTo gives an empty slice with room for n nodes.
func (r *reasons) upTo(n int) []Reason {
	part := (*r)[:0:n]
	*r = (*r)[n:]
	return part
}

// reasons makes the tree: the lines, discounts, shipping, taxes that are added, rounding.
// Its leaves are the figures of the bill, and its root is their sum.
func (b *bill) reasons(c money.Currency) (Reason, error) {
	beside := len(b.Discounts) + len(b.Taxes)
	nodes := 2*len(b.Lines) + beside + 3
	for i := range b.Discounts {
		nodes += len(b.Discounts[i].Shares)
	}
	for i := range b.Taxes {
		nodes += len(b.Taxes[i].Parts)
	}
	room := make(reasons, nodes)
	lines := b.lines(&room)
	if beside == 0 && b.Delivery == nil && b.Cash == nil {
		return sumOf(TotalReason, 0, "Total", c, lines)
	}
	items, err := sumOf(ItemsReason, 0, "Items", c, lines)
	if err != nil {
		return Reason{}, err
	}
	parts := append(room.upTo(beside+3), items)
	for i := range b.Discounts {
		if d := &b.Discounts[i]; !d.OfShipping() {
			parts = append(parts, b.discount(d, lines, &room))
		}
	}
	if d := b.Delivery; d != nil {
		parts = append(parts, Reason{Kind: ShippingReason, Label: d.said(), Amount: d.Subtotal})
	}
	for i := range b.Discounts {
		if d := &b.Discounts[i]; d.OfShipping() {
			parts = append(parts, b.discount(d, lines, &room))
		}
	}
	var within []Reason
	on := b.taxed()
	for i := range b.Taxes {
		t := &b.Taxes[i]
		if t.Adds() {
			parts = append(parts, b.tax(t, on[i], lines, &room))
		} else {
			within = append(within, b.tax(t, on[i], lines, &room))
		}
	}
	if b.Cash != nil {
		parts = append(parts, Reason{Kind: RoundingReason, Label: b.Cash.label(c), Amount: b.Cash.Residue})
	}
	total, err := sumOf(TotalReason, 0, "Total", c, parts)
	total.Within = within
	return total, err
}

// lines makes the reasons of the lines; one that cannot be bought comes to nothing.
func (b *bill) lines(room *reasons) []Reason {
	lines, bases := room.upTo(len(b.Lines)), room.upTo(len(b.Lines))
	var figures strings.Builder // one text for all of them, which each has a part of
	figures.Grow(24 * len(b.Lines))
	var text [128]byte
	for i := range b.Lines {
		l := &b.Lines[i]
		if l.Unavailable != "" {
			lines = append(lines, Reason{Kind: LineReason, Line: l.N, Label: l.label() + ": cannot be bought (" + string(l.Unavailable) + ")", Amount: l.Subtotal})
			continue
		}
		start := figures.Len()
		figures.Write(l.appendFigure(text[:0]))
		n := len(bases)
		bases = append(bases, Reason{Kind: BaseReason, Line: l.N, Label: figures.String()[start:], Amount: l.Subtotal})
		lines = append(lines, Reason{Kind: LineReason, Line: l.N, Label: l.label(), Amount: l.Subtotal, Parts: bases[n : n+1 : n+1]})
	}
	return lines
}

func (b *bill) discount(d *Discount, lines []Reason, room *reasons) Reason {
	r := Reason{Kind: DiscountReason, Label: d.label(), Amount: d.Amount}
	if !d.OfShipping() {
		r.Parts = room.upTo(len(d.Shares))
		for _, s := range d.Shares {
			if !s.Amount.IsZero() {
				r.Parts = append(r.Parts, Reason{Kind: ShareReason, Line: s.Line, Label: b.labelOf(s.Line, lines), Amount: s.Amount})
			}
		}
	}
	return r
}

// taxed gives what each tax is counted on, in smallest units: what its lines cost without
// the taxes in their price, with those before it where it is compound.
func (b *bill) taxed() []int64 {
	if len(b.Taxes) == 0 {
		return nil
	}
	net := make([]int64, 2*(len(b.Lines)+1)) // by line, the shipping last
	net, before := net[:len(b.Lines)+1], net[len(b.Lines)+1:]
	for i := range b.Lines {
		net[i] = b.Lines[i].Total.Minor()
	}
	if b.Delivery != nil {
		net[len(b.Lines)] = b.Delivery.Total.Minor()
	}
	// each goes over the parts of a tax; both they and the lines are in order.
	each := func(t *Tax, do func(line int, amount int64)) {
		line := 0
		for _, p := range t.Parts {
			for line < len(b.Lines) && (p.Line == 0 || b.Lines[line].N < p.Line) {
				line++
			}
			do(line, max(p.Amount.Minor(), -p.Amount.Minor()))
		}
	}
	for i := range b.Taxes {
		if t := &b.Taxes[i]; t.Included {
			each(t, func(line int, amount int64) { net[line] -= amount })
		}
	}
	on := make([]int64, len(b.Taxes))
	for i := range b.Taxes {
		t := &b.Taxes[i]
		each(t, func(line int, amount int64) {
			if on[i] += net[line]; t.Compound {
				on[i] += before[line]
			}
			before[line] += amount
		})
	}
	return on
}

func (b *bill) tax(t *Tax, on int64, lines []Reason, room *reasons) Reason {
	r := Reason{Kind: TaxReason, Label: t.saying(on), Amount: t.Amount, Parts: room.upTo(len(t.Parts))}
	for _, p := range t.Parts {
		r.Parts = append(r.Parts, Reason{Kind: ShareReason, Line: p.Line, Label: b.labelOf(p.Line, lines), Amount: p.Amount})
	}
	return r
}

// labelOf names a line as its reason does, or the shipping.
func (b *bill) labelOf(line int, lines []Reason) string {
	if line == 0 && b.Delivery != nil {
		return b.Delivery.label()
	}
	i := min(line, len(lines)) - 1 // numbers rise from 1: it stands there, or before it where some are missing
	for i >= 0 && lines[i].Line > line {
		i--
	}
	if i < 0 || lines[i].Line != line {
		return ""
	}
	return lines[i].Label
}

// label names the tax: "VAT 20 %", with the category where it is not the usual one.
func (t *Tax) label() string { return t.named("") }

// saying is the label with what the tax is counted on: "VAT 20 % of 9.50".
func (t *Tax) saying(on int64) string {
	base, err := money.FromMinor(on, t.Amount.Currency())
	if err != nil || t.Service != "" {
		return t.label() // a service has its own ways
	}
	return t.named(" of " + base.Number())
}

func (t *Tax) named(on string) string {
	rate, category, after := "", "", ""
	if t.Service == "" || !t.Rate.IsZero() {
		rate = " " + t.Rate.Percent() + " %"
	}
	if t.Category != "" {
		category = " (" + t.Category + ")"
	}
	switch {
	case t.Relief != "" && t.Included:
		after = ", taken out: "
	case t.Relief != "":
		after = ", not charged: "
	}
	return t.Label + rate + category + on + after + string(t.Relief)
}

func (c Cash) label(of money.Currency) string {
	step, _ := money.FromMinor(c.Increment, of)
	return "Rounding to " + step.Number()
}

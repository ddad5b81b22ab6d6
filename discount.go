package till

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"

	"github.com/tillkit/till/money"
)

// Discount is what one promotion takes off in a quote or an order: a copy of what it
// was counted by, and its figures.
type Discount struct {
	Promotion string        `json:"promotion"` // its name
	Label     string        `json:"label"`
	Code      string        `json:"code,omitempty"`
	Group     string        `json:"group,omitempty"` // of the buyer, for which it was given; "": for all
	Action    Action        `json:"action"`          // with the amounts of the currency alone
	Original  bool          `json:"original,omitempty"`
	Max       *money.Amount `json:"max,omitempty"`
	Capped    bool          `json:"capped,omitempty"` // the cap of all discounts together has cut it
	Amount    money.Amount  `json:"amount"`           // sum of the shares: below 0, or 0 of a gift that costs nothing
	Shares    []Share       `json:"shares"`           // of every line that it may touch, by number; of the shipping, line 0
}

// Share is what a discount takes off one line.
type Share struct {
	Line   int          `json:"line,omitempty"`   // 0: the shipping
	Pieces int64        `json:"pieces,omitempty"` // of what is taken off single pieces: how many
	Amount money.Amount `json:"amount"`           // at most 0
}

// OfShipping reports whether the discount is on the shipping.
func (d Discount) OfShipping() bool {
	return d.Action.Kind == PercentOffShipping || d.Action.Kind == AmountOffShipping
}

func cloneDiscounts(discounts []Discount) []Discount {
	out := slices.Clone(discounts)
	for i := range out {
		d := &out[i]
		d.Shares, d.Action.Amounts = slices.Clone(d.Shares), slices.Clone(d.Action.Amounts)
		if d.Max != nil {
			most := *d.Max
			d.Max = &most
		}
	}
	return out
}

// costing is a line while discounts are taken: what it costs by now. The shipping is a
// line of its own, numbered 0.
type costing struct {
	of  *Line
	now money.Amount
	off int64 // what the discount that is taken takes off, in smallest units
}

func (l *Line) costing() costing { return costing{of: l, now: l.Subtotal} }

func (d *Delivery) costing() costing {
	return costing{of: &Line{Quantity: 1, Subtotal: d.Subtotal}, now: d.Subtotal}
}

// basis is what a discount counts on.
func (d *Discount) basis(c *costing) money.Amount {
	if d.Original {
		return c.of.Subtotal
	}
	return c.now
}

// sharers gives the lines that the shares of a discount are of.
func (d *Discount) sharers(lines []costing) ([]*costing, error) {
	at := make([]*costing, len(d.Shares))
	for i, s := range d.Shares {
		n, found := slices.BinarySearchFunc(lines, s.Line, func(c costing, line int) int { return cmp.Compare(c.of.N, line) })
		if !found {
			return nil, invalid("discount", "%q has a share of line %d, which is not there", d.Promotion, s.Line)
		}
		at[i] = &lines[n]
	}
	return at, nil
}

// take counts what a discount takes off the lines of its shares, which it changes; room
// is what all together may still take, negative for any amount. A quote and the proof
// of an order count by it alike.
func (r Rounding) take(d *Discount, at []*costing, room int64) error {
	if err := r.off(d, at); err != nil {
		return err
	}
	var sum int64
	for _, c := range at {
		c.off = max(0, min(c.off, c.now.Minor()))
		sum += c.off // of what fits together: the lines' own sum
	}
	most := sum
	if d.Max != nil {
		most = min(most, d.Max.Minor())
	}
	d.Capped = room >= 0 && room < most
	if d.Capped {
		most = room
	}
	currency := d.Amount.Currency()
	if most < sum && sum > 0 {
		whole, err := money.FromMinor(most, currency)
		if err != nil {
			return err
		}
		weights := make([]int64, len(at))
		for i, c := range at {
			weights[i] = c.off
		}
		if err := share(whole, at, weights); err != nil {
			return err
		}
	}
	d.Amount = nothing(currency)
	for i, c := range at {
		minus, err := money.FromMinor(-c.off, currency)
		if err == nil {
			d.Shares[i].Amount = minus
			c.now, err = c.now.Add(minus)
		}
		if err == nil {
			d.Amount, err = d.Amount.Add(minus)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// share takes a whole off lines, in proportion to weights that are not all 0.
func share(whole money.Amount, at []*costing, weights []int64) error {
	parts, err := whole.Allocate(weights)
	for i := range parts {
		at[i].off = parts[i].Minor()
	}
	return err
}

// off counts what the action takes off each line, before any limit.
func (r Rounding) off(d *Discount, at []*costing) error {
	a := &d.Action
	switch a.Kind {
	case PercentOffLines, PercentOffShipping:
		for _, c := range at {
			amount, err := d.basis(c).MulRate(a.Percent, r.Mode)
			if err != nil {
				return err
			}
			c.off = amount.Minor()
		}
	case AmountOffPieces:
		for _, c := range at {
			amount, err := a.Amounts[0].Mul(c.of.Quantity)
			if err != nil {
				return err
			}
			c.off = amount.Minor()
		}
	case AmountOffShipping:
		for _, c := range at {
			c.off = a.Amounts[0].Minor()
		}
	case FixedPrice:
		for _, c := range at {
			amount, err := a.Amounts[0].Mul(c.of.Quantity)
			if err != nil {
				return err
			}
			c.off = c.now.Minor() - amount.Minor()
		}
	case PercentOffOrder, AmountOffOrder:
		return r.spread(d, at)
	case CheapestOff:
		return r.cheapest(d, at)
	case GiftProduct:
		for _, c := range at {
			c.off = c.now.Minor()
		}
	default:
		return invalid("discount", "%q has an action of the kind %.40q, which is not known", d.Promotion, a.Kind)
	}
	return nil
}

// spread counts a discount on the sum and spreads it in proportion to what the lines
// cost by now.
func (r Rounding) spread(d *Discount, at []*costing) error {
	sum, now := nothing(d.Amount.Currency()), nothing(d.Amount.Currency())
	weights := make([]int64, len(at))
	for i, c := range at {
		var err error
		if sum, err = sum.Add(d.basis(c)); err != nil {
			return err
		}
		if now, err = now.Add(c.now); err != nil {
			return err
		}
		weights[i] = c.now.Minor()
	}
	whole, err := now, error(nil)
	if d.Action.Kind == AmountOffOrder {
		whole = d.Action.Amounts[0]
	} else if whole, err = sum.MulRate(d.Action.Percent, r.Mode); err != nil {
		return err
	}
	if whole.Minor() > now.Minor() {
		whole = now
	}
	if now.IsZero() {
		return nil
	}
	return share(whole, at, weights)
}

// cheapest takes off the cheapest pieces, of all lines or of each article by itself.
func (r Rounding) cheapest(d *Discount, at []*costing) error {
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		a, b := at[i].of, at[j].of
		if d.Action.Apart && a.SKU != b.SKU {
			return cmp.Compare(a.SKU, b.SKU)
		}
		return cmp.Or(cmpEach(at[i], at[j]), cmp.Compare(a.N, b.N))
	})
	for len(order) > 0 {
		n := len(order) // of one article, or of all
		if d.Action.Apart {
			n = 1
			for n < len(order) && at[order[n]].of.SKU == at[order[0]].of.SKU {
				n++
			}
		}
		pieces := int64(0)
		for _, i := range order[:n] {
			pieces += at[i].of.Quantity
		}
		free := pieces / (d.Action.Buy + d.Action.Get) * d.Action.Get
		for _, i := range order[:n] {
			c := at[i]
			d.Shares[i].Pieces = min(free, c.of.Quantity)
			free -= d.Shares[i].Pieces
			rate, err := d.Action.Percent.Mul(money.WholeRate(d.Shares[i].Pieces))
			if err != nil {
				return err
			}
			amount, err := d.basis(c).MulRateDiv(rate, c.of.Quantity, r.Mode)
			if err != nil {
				return err
			}
			c.off = amount.Minor()
		}
		order = order[n:]
	}
	return nil
}

// cmpEach compares what one piece of each costs by now, exactly.
func cmpEach(a, b *costing) int {
	ahi, alo := bits.Mul64(uint64(a.now.Minor()), uint64(b.of.Quantity))
	bhi, blo := bits.Mul64(uint64(b.now.Minor()), uint64(a.of.Quantity))
	return cmp.Or(cmp.Compare(ahi, bhi), cmp.Compare(alo, blo))
}

// figure says in words what the discount does: "10 % off".
func (a *Action) figure() string {
	amount := ""
	if len(a.Amounts) > 0 {
		amount = a.Amounts[0].String()
	}
	switch a.Kind {
	case PercentOffLines, PercentOffOrder:
		return a.Percent.Percent() + " % off"
	case PercentOffShipping:
		if a.Percent == one {
			return "free shipping"
		}
		return a.Percent.Percent() + " % off shipping"
	case AmountOffPieces:
		return amount + " off each"
	case AmountOffOrder:
		return amount + " off"
	case AmountOffShipping:
		return amount + " off shipping"
	case FixedPrice:
		return amount + " each"
	case CheapestOff:
		off := "free"
		if a.Percent != one {
			off = a.Percent.Percent() + " % off"
		}
		if a.Apart && a.Get == 1 {
			return fmt.Sprintf("every %s piece %s", ordinal(a.Buy+1), off)
		}
		return fmt.Sprintf("buy %d, get %d %s", a.Buy, a.Get, off)
	case GiftProduct:
		return "gift"
	}
	return string(a.Kind)
}

// ordinal gives "2nd" for 2.
func ordinal(n int64) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprint(n, suffix)
}

// label names the discount: "Spring sale (SPRING10): 10 % off".
func (d *Discount) label() string {
	var room [128]byte
	s := append(room[:0], d.Label...)
	if d.Code != "" {
		s = append(append(append(s, " ("...), d.Code...), ')')
	}
	s = append(append(s, ": "...), d.Action.figure()...)
	if d.Original {
		s = append(s, ", of the first prices"...)
	}
	if d.Max != nil {
		s = append(append(s, ", at most "...), d.Max.String()...)
	}
	if d.Capped {
		s = append(s, ", cut by the cap"...)
	}
	return string(s)
}

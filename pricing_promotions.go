package till

import (
	"cmp"
	"slices"

	"github.com/tillkit/till/money"
)

// PromotionUse is a promotion with a limit of use that an order uses.
type PromotionUse struct {
	Promotion string `json:"promotion"`
	Uses      int64  `json:"uses,omitempty"`  // its limit in all, 0: none
	Each      int64  `json:"each,omitempty"`  // its limit for each customer, 0: none
	Own       int64  `json:"own,omitempty"`   // which of the customer's uses it is, from 1; 0 where Each is 0
	First     bool   `json:"first,omitempty"` // it is for the first order alone
}

// CodeReason says what a code of a cart is good for.
type CodeReason string

// The reasons.
const (
	CodeApplied    CodeReason = "applied"
	CodeUnknown    CodeReason = "unknown"     // no promotion in force has it
	CodeMinimum    CodeReason = "minimum"     // what it may touch costs too little, or is in another currency
	CodeQuantity   CodeReason = "quantity"    // there are too few pieces of what it may touch
	CodeGroup      CodeReason = "group"       // it is for others
	CodeFirstOrder CodeReason = "first order" // the buyer has ordered before
	CodeUsed       CodeReason = "used"        // the buyer has used it as often as he may
	CodeUsedUp     CodeReason = "used up"     // all have used it as often as they may
	CodeExcluded   CodeReason = "excluded"    // another promotion was taken instead
	CodeNothing    CodeReason = "nothing"     // there is nothing to take off, or the action has no amount in the cart's currency
	CodeNoGift     CodeReason = "no gift"     // the article that it gives cannot be had, or there are too few
)

// CodeAnswer says what a code of a cart is good for.
type CodeAnswer struct {
	Code      string     `json:"code"`
	Promotion string     `json:"promotion,omitempty"` // the one that was applied, or would be; of several with one code the last that was, or else the first
	Label     string     `json:"label,omitempty"`
	Reason    CodeReason `json:"reason"`
}

// heldPromotion is a promotion that holds.
type heldPromotion struct {
	name string
	*Promotion
}

func (p *heldPromotion) ofShipping() bool {
	return p.Action.Kind == PercentOffShipping || p.Action.Kind == AmountOffShipping
}

// besides reports whether it takes nothing off the lines that it is for.
func (p *heldPromotion) besides() bool { return p.ofShipping() || p.Action.Kind == GiftProduct }

// promotionsAt gives the promotions that hold, by priority and name.
func (t Terms) promotionsAt(at Instant) []heldPromotion {
	var held []heldPromotion
	for name, p := range t.promotions.on(at) {
		held = append(held, heldPromotion{name, p})
	}
	slices.SortStableFunc(held, func(a, b heldPromotion) int { return cmp.Compare(a.Priority, b.Priority) })
	return held
}

// Gifts gives the articles that promotions may give at an instant, sorted: their words
// and prices belong into the catalog of a quote.
func (t Terms) Gifts(at Instant) []SKU {
	var gifts []SKU
	for _, p := range t.promotions.on(at) {
		if p.Action.Kind == GiftProduct {
			gifts = append(gifts, p.Action.SKU)
		}
	}
	slices.Sort(gifts)
	return slices.Compact(gifts)
}

// promote takes what promotions take off the lines.
func (p *pricing) promote() error {
	held := p.held
	if len(held) == 0 && len(p.cart.codes) == 0 {
		return nil
	}
	p.costs = p.q.bill.costings()
	if most, ok := p.rules.caps.at("cap", p.q.at); ok && len(held) > 0 {
		percent := most.Percent
		p.q.bill.Cap = &percent
	}
	room, err := p.q.bill.room(p.cart.list.Currency)
	if err != nil {
		return err
	}
	for i := range held {
		if held[i].ofShipping() {
			continue // when it is known what the shipping costs
		}
		if err := p.take(&held[i], &room); err != nil {
			return err
		}
	}
	for i := range p.costs {
		p.q.bill.Lines[i].Total = p.costs[i].now
	}
	if len(p.q.bill.Discounts) == 0 {
		p.q.bill.Cap = nil
	}
	for _, code := range p.cart.codes {
		if !slices.ContainsFunc(p.q.codes, func(a CodeAnswer) bool { return a.Code == code }) && !slices.ContainsFunc(held, func(h heldPromotion) bool { return h.If.Code == code }) {
			p.q.codes = append(p.q.codes, CodeAnswer{Code: code, Reason: CodeUnknown})
		}
	}
	return nil
}

// take takes one promotion.
func (p *pricing) take(h *heldPromotion, room *int64) error {
	c := p.cart.list.Currency
	meant := p.meantBy(h)
	if why, err := p.refuses(h, meant); err != nil || why != "" {
		p.answer(h, why)
		return err
	}
	d, ok := h.discount(c)
	if !ok || *room == 0 && h.Action.Kind != GiftProduct {
		p.answer(h, CodeNothing)
		return nil
	}
	before := len(p.q.bill.Lines)
	if h.Action.Kind == GiftProduct {
		gift, err := p.gift(h)
		if err != nil || gift == nil {
			p.answer(h, CodeNoGift)
			return err
		}
		p.costs = append(p.costs, gift.costing())
		d.Shares = []Share{{Line: gift.N}}
		if err := p.q.rounding.take(&d, []*costing{&p.costs[before]}, -1); err != nil { // a gift takes nothing off the others
			return err
		}
		p.q.bill.Lines = append(p.q.bill.Lines, *gift)
	} else {
		d.Shares = make([]Share, len(meant))
		for i := range meant {
			d.Shares[i].Line = meant[i].of.N
		}
		if err := p.q.rounding.take(&d, meant, *room); err != nil {
			return err
		}
		if *room >= 0 {
			*room += d.Amount.Minor()
		}
	}
	if d.Amount.IsZero() && len(p.q.bill.Lines) == before {
		p.answer(h, CodeNothing)
		return nil
	}
	p.took(h, d)
	return nil
}

// took keeps a discount, and what it uses.
func (p *pricing) took(h *heldPromotion, d Discount) {
	if i := slices.IndexFunc(h.If.Groups, func(g string) bool { return slices.Contains(p.cart.buyer.Groups, g) }); i >= 0 {
		d.Group = h.If.Groups[i]
	}
	p.q.bill.Discounts = append(p.q.bill.Discounts, d)
	if h.Uses > 0 || h.Each > 0 || h.If.FirstOrder {
		u := PromotionUse{Promotion: h.name, Uses: h.Uses, Each: h.Each, First: h.If.FirstOrder}
		if h.Each > 0 {
			u.Own = p.cart.buyer.Used[h.name].next()
		}
		p.q.uses = append(p.q.uses, u)
	}
	p.answer(h, CodeApplied)
}

// answer notes what becomes of a promotion whose code the cart has.
func (p *pricing) answer(h *heldPromotion, why CodeReason) {
	if h.If.Code == "" || !slices.Contains(p.cart.codes, h.If.Code) {
		return
	}
	a := CodeAnswer{Code: h.If.Code, Promotion: h.name, Label: h.Label, Reason: why}
	i := slices.IndexFunc(p.q.codes, func(a CodeAnswer) bool { return a.Code == h.If.Code })
	switch {
	case i < 0:
		p.q.codes = append(p.q.codes, a)
	case why == CodeApplied: // of two promotions with one code
		p.q.codes[i] = a
	}
}

// codeMissing stands for a promotion whose code the cart does not have.
const codeMissing CodeReason = "code"

// refuses says which condition is not met, "" if all are.
func (p *pricing) refuses(h *heldPromotion, meant []*costing) (CodeReason, error) {
	buyer, used := &p.cart.buyer, p.cart.buyer.Used[h.name]
	switch {
	case h.If.Code != "" && !slices.Contains(p.cart.codes, h.If.Code):
		return codeMissing, nil
	case len(h.If.Groups) > 0 && !slices.ContainsFunc(h.If.Groups, func(g string) bool { return slices.Contains(buyer.Groups, g) }):
		return CodeGroup, nil
	case h.If.FirstOrder && buyer.Ordered:
		return CodeFirstOrder, nil
	case h.Each > 0 && used.Own >= h.Each:
		return CodeUsed, nil
	case h.Uses > 0 && used.All >= h.Uses:
		return CodeUsedUp, nil
	case h.Group != "" && slices.ContainsFunc(p.q.bill.Discounts, func(d Discount) bool {
		other, _ := p.rules.promotions.at(d.Promotion, p.q.at)
		return other.Group == h.Group
	}):
		return CodeExcluded, nil
	}
	sum, pieces, err := costs(meant, p.cart.list.Currency)
	if err != nil {
		return "", err
	}
	if len(h.If.Minimum) > 0 {
		if least, ok := amountIn(h.If.Minimum, sum.Currency()); !ok || sum.Minor() < least.Minor() {
			return CodeMinimum, nil
		}
	}
	if pieces < h.If.MinQuantity || pieces == 0 && h.besides() {
		return CodeQuantity, nil
	}
	return "", nil
}

// discount copies what is counted by, in a currency. false: the promotion takes nothing
// off in it.
func (h *heldPromotion) discount(c money.Currency) (Discount, bool) {
	d := Discount{Promotion: h.name, Label: h.Label, Code: h.If.Code, Action: h.Action, Original: h.Original, Amount: nothing(c)}
	if len(h.Action.Amounts) > 0 {
		a, ok := amountIn(h.Action.Amounts, c)
		if !ok {
			return d, false
		}
		d.Action.Amounts = []money.Amount{a}
	}
	if most, ok := amountIn(h.Max, c); ok {
		limit := most // a variable of its own: on the heap only where there is one
		d.Max = &limit
	}
	return d, true
}

// gift gives the line of a gift, nil where it cannot be had.
func (p *pricing) gift(h *heldPromotion) (*Line, error) {
	n := p.cart.last
	if last := len(p.q.bill.Lines); last > 0 {
		n = max(n, p.q.bill.Lines[last-1].N)
	}
	line := &Line{}
	err := p.line(line, &CartLine{N: n + 1, SKU: h.Action.SKU, Quantity: h.Action.Quantity}, h.Action.Quantity)
	if err != nil || line.Unavailable != "" {
		return nil, err
	}
	if have, known := p.cart.buyer.GiftStock[line.SKU]; known && !line.Untracked {
		for i := range p.q.bill.Lines {
			if l := &p.q.bill.Lines[i]; l.SKU == line.SKU {
				have -= l.Quantity
			}
		}
		if have < line.Quantity {
			return nil, nil
		}
	}
	line.Gift = h.name
	return line, nil
}

// promoteShipping takes what promotions take off the shipping. Where there is none, their
// codes have an answer all the same.
func (p *pricing) promoteShipping() error {
	d := p.q.bill.Delivery
	if d != nil && d.Unavailable != "" {
		d = nil
	}
	var at *costing
	for i := range p.held {
		h := &p.held[i]
		if !h.ofShipping() || d == nil && len(p.cart.codes) == 0 {
			continue
		}
		if at == nil && d != nil {
			first := d.costing()
			at = &first
		}
		if why, err := p.refuses(h, p.meantBy(h)); err != nil || why != "" {
			p.answer(h, why)
			if err != nil {
				return err
			}
			continue
		}
		off, ok := h.discount(p.cart.list.Currency)
		if off.Shares = []Share{{}}; ok && at != nil {
			if err := p.q.rounding.take(&off, []*costing{at}, -1); err != nil {
				return err
			}
		}
		if off.Amount.IsZero() {
			p.answer(h, CodeNothing)
			continue
		}
		p.took(h, off)
	}
	if at != nil {
		d.Total = at.now
	}
	return nil
}

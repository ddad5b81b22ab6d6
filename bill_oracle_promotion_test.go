package till

import (
	"cmp"
	"math/big"
	"slices"

	"github.com/tillkit/till/money"
)

// The oracle's promotions: who may have them, and what they take off.

// promotions gives those by priority and name.
func (o *oracle) promotions(shipping bool) []heldPromotion {
	names, of := holding[Promotion](o.w)
	var all []heldPromotion
	for _, name := range names {
		p := of[name]
		if kind := p.Action.Kind; (kind == PercentOffShipping || kind == AmountOffShipping) == shipping {
			all = append(all, heldPromotion{name, &p})
		}
	}
	slices.SortStableFunc(all, func(a, b heldPromotion) int { return a.Priority - b.Priority })
	return all
}

func (o *oracle) promote() {
	if _, caps := holding[DiscountCap](o.w); len(caps) > 0 {
		sum := int64(0)
		for _, l := range o.lines {
			sum += l.first
		}
		o.room = rounded(new(big.Rat).Mul(big.NewRat(sum, 1), exact(caps["cap"].Percent)), money.Down)
	}
	for _, h := range o.promotions(false) {
		meant, why := o.refuses(h)
		if why == "" {
			why = o.takeOff(h, meant)
		}
		o.answer(h, why)
	}
}

func (o *oracle) promoteShipping() {
	for _, h := range o.promotions(true) {
		_, why := o.refuses(h)
		if why == "" {
			why = CodeNothing
			if p := o.parcel; p != nil && p.missing == "" {
				on := p.now
				if h.Original {
					on = p.first
				}
				off := rounded(new(big.Rat).Mul(big.NewRat(on, 1), exact(h.Action.Percent)), o.w.rounding.Mode)
				if h.Action.Kind == AmountOffShipping {
					off, _ = o.amount(h.Action.Amounts)
				}
				off = min(off, p.now)
				if most, ok := o.amount(h.Max); ok {
					off = min(off, most)
				}
				if off > 0 {
					p.now -= off
					o.took(h)
					o.say("%s: %d of the shipping", h.name, -off)
					why = CodeApplied
				}
			}
		}
		o.answer(h, why)
	}
}

// answer notes what a code is good for: that of the first promotion which has it, unless
// one of them was applied.
func (o *oracle) answer(h heldPromotion, why CodeReason) {
	for _, code := range o.w.codes {
		if key, _ := codeKey(h.If.Code); key == code && (o.answered[code] == "" || why == CodeApplied) {
			o.answered[code] = why
		}
	}
}

func (o *oracle) took(h heldPromotion) {
	o.taken = append(o.taken, h.name)
	if h.Group != "" {
		o.groups[h.Group] = true
	}
}

// amount gives the amount in the currency of the cart.
func (o *oracle) amount(amounts []money.Amount) (int64, bool) {
	for _, a := range amounts {
		if a.Currency() == o.w.currency {
			return a.Minor(), true
		}
	}
	return 0, false
}

// refuses gives the lines that a promotion may touch, and what it is refused for.
func (o *oracle) refuses(h heldPromotion) ([]*bought, CodeReason) {
	var meant []*bought
	beside := h.Action.Kind == GiftProduct || h.Action.Kind == PercentOffShipping || h.Action.Kind == AmountOffShipping
	sum, pieces := int64(0), int64(0)
	for i := range o.lines {
		if l := &o.lines[i]; l.missing == "" && !l.gift && chosen(h.Of, l) && (beside || l.now > 0 && !l.agreed) {
			meant, sum, pieces = append(meant, l), sum+l.now, pieces+l.pieces
		}
	}
	key, _ := codeKey(h.If.Code)
	least, priced := o.amount(h.If.Minimum)
	used := o.w.buyer.Used[h.name]
	for _, c := range []struct {
		met bool
		why CodeReason
	}{
		{h.If.Code == "" || slices.Contains(o.w.codes, key), codeMissing},
		{len(h.If.Groups) == 0 || overlap(h.If.Groups, o.w.buyer.Groups), CodeGroup},
		{!h.If.FirstOrder || !o.w.buyer.Ordered, CodeFirstOrder},
		{h.Each == 0 || used.Own < h.Each, CodeUsed},
		{h.Uses == 0 || used.All < h.Uses, CodeUsedUp},
		{h.Group == "" || !o.groups[h.Group], CodeExcluded},
		{len(h.If.Minimum) == 0 || priced && sum >= least, CodeMinimum},
		{pieces >= h.If.MinQuantity && (pieces > 0 || !beside), CodeQuantity},
	} {
		if !c.met {
			return nil, c.why
		}
	}
	return meant, ""
}

// chosen reports whether a selection means a line.
func chosen(s Selection, l *bought) bool {
	return (len(s.SKUs) == 0 || slices.Contains(s.SKUs, l.sku)) &&
		(len(s.Products) == 0 || slices.Contains(s.Products, testID[Product](l.article.product))) &&
		(len(s.Collections) == 0 || slices.Contains(s.Collections, l.article.collection)) &&
		(len(s.Attributes) == 0 || slices.Contains(s.Attributes["kind"], l.article.kind)) &&
		!(s.NoSale && l.sale)
}

// takeOff takes a promotion off the lines, and says its shares.
func (o *oracle) takeOff(h heldPromotion, meant []*bought) CodeReason {
	a := h.Action
	each, priced := o.amount(a.Amounts)
	if len(a.Amounts) > 0 && !priced {
		return CodeNothing
	}
	if a.Kind == GiftProduct {
		return o.give(h)
	}
	off, pieces := make([]int64, len(meant)), make([]int64, len(meant))
	bases, left := make([]int64, len(meant)), make([]int64, len(meant))
	for i, l := range meant {
		left[i], bases[i] = l.now, l.now
		if h.Original {
			bases[i] = l.first
		}
	}
	switch a.Kind {
	case PercentOffLines:
		for i := range meant {
			off[i] = rounded(new(big.Rat).Mul(big.NewRat(bases[i], 1), exact(a.Percent)), o.w.rounding.Mode)
		}
	case AmountOffPieces:
		for i, l := range meant {
			off[i] = each * l.pieces
		}
	case FixedPrice:
		for i, l := range meant {
			off[i] = max(0, l.now-each*l.pieces)
		}
	case PercentOffOrder:
		off = spreadOut(min(rounded(new(big.Rat).Mul(big.NewRat(totalOf(bases), 1), exact(a.Percent)), o.w.rounding.Mode), totalOf(left)), ratios(left))
	case AmountOffOrder:
		off = spreadOut(min(each, totalOf(left)), ratios(left))
	case CheapestOff:
		o.cheapest(a, meant, pieces)
		for i, l := range meant {
			share := new(big.Rat).Mul(big.NewRat(bases[i]*pieces[i], l.pieces), exact(a.Percent))
			off[i] = rounded(share, o.w.rounding.Mode)
		}
	}
	for i := range off {
		off[i] = min(off[i], left[i])
	}
	most := totalOf(off)
	if limit, ok := o.amount(h.Max); ok {
		most = min(most, limit)
	}
	if o.room >= 0 {
		most = min(most, o.room)
	}
	off = spreadOut(most, ratios(off))
	if most == 0 {
		return CodeNothing
	}
	if o.room >= 0 {
		o.room -= most
	}
	o.took(h)
	for i, l := range meant {
		l.now -= off[i]
		o.say("%s: line %d: %d of it, %d", h.name, l.n, pieces[i], -off[i])
	}
	o.say("%s: %d", h.name, -most)
	return CodeApplied
}

// cheapest gives, of every buy + get pieces, get of the cheapest away, piece by piece.
func (o *oracle) cheapest(a Action, meant []*bought, pieces []int64) {
	of := map[SKU][]int{}
	for i, l := range meant {
		sku := SKU("")
		if a.Apart {
			sku = l.sku
		}
		of[sku] = append(of[sku], i)
	}
	for _, lines := range of {
		all := int64(0)
		for _, i := range lines {
			all += meant[i].pieces
		}
		slices.SortStableFunc(lines, func(i, j int) int {
			return cmp.Or(big.NewRat(meant[i].now, meant[i].pieces).Cmp(big.NewRat(meant[j].now, meant[j].pieces)), meant[i].n-meant[j].n)
		})
		free := all / (a.Buy + a.Get) * a.Get
		for _, i := range lines {
			for free > 0 && pieces[i] < meant[i].pieces {
				pieces[i]++
				free--
			}
		}
	}
}

// give puts a gift behind the lines.
func (o *oracle) give(h heldPromotion) CodeReason {
	n := 0
	for _, l := range o.lines {
		n = max(n, l.n)
	}
	b := bought{n: n + 1, sku: h.Action.SKU, pieces: h.Action.Quantity, gift: true}
	o.cost(&b, nil, b.pieces)
	have, counted := o.w.buyer.GiftStock[b.sku]
	for _, l := range o.lines {
		if l.sku == b.sku {
			have -= l.pieces
		}
	}
	if b.missing != "" || counted && !b.article.is.Stock.Untracked && have < b.pieces {
		return CodeNoGift
	}
	b.now = 0
	o.lines = append(o.lines, b)
	o.took(h)
	o.say("%s: line %d: 0 of it, %d", h.name, b.n, -b.first)
	o.say("%s: %d", h.name, -b.first)
	return CodeApplied
}

package till

import (
	"errors"
	"fmt"

	"github.com/tillkit/till/money"
)

// pricing is a quote that is being computed, and what it is computed from.
type pricing struct {
	q       Quote
	cart    Cart
	catalog Catalog
	rules   Terms
	lists   []buysFrom
	wanted  []Demand // where a price depends on it: quantity tiers count an article over all lines
	to      Address

	held  []heldPromotion
	costs []costing  // of the lines
	meant []*costing // room for those that a promotion may touch
}

// count counts everything, in this order; of is what cannot be counted.
func (p *pricing) count() (of string, err error) {
	if err = p.lines(); err != nil {
		return "line", err
	}
	if err = p.promote(); err != nil {
		return "discounts", err
	}
	if err = p.deliver(); err != nil {
		return "shipping", err
	}
	if err = p.tax(); err != nil {
		return "taxes", err
	}
	return "total", p.total()
}

// lines finds words and prices.
func (p *pricing) lines() error {
	gifts := 0
	for i := range p.held {
		if p.held[i].Action.Kind == GiftProduct {
			gifts++
		}
	}
	lines := make([]Line, len(p.cart.lines), len(p.cart.lines)+gifts)
	for i := range lines {
		cl := &p.cart.lines[i]
		if err := p.line(&lines[i], cl, 0); err != nil {
			return fmt.Errorf("line %d: %d of %s: %w", cl.N, cl.Quantity, cl.SKU, err)
		}
	}
	p.q.bill.Lines = lines
	return nil
}

// line finds words and price of one line, as offer does.
func (p *pricing) line(line *Line, cl *CartLine, pieces int64) error {
	free := nothing(p.cart.list.Currency)
	line.N, line.SKU, line.Name, line.Quantity, line.Metadata = cl.N, cl.SKU, string(cl.SKU), cl.Quantity, cl.Metadata.clone()
	line.Subtotal, line.Total = free, free
	offer, from, err := p.offer(cl, pieces)
	if missing, ok := errors.AsType[*UnavailableError](err); ok {
		line.Unavailable = missing.Reason
		return nil
	}
	if err != nil {
		return err
	}
	line.Product, line.Name, line.Options = offer.Product, offer.Name, offer.Options
	line.Price, line.Base, line.Sale, line.Entry, line.Included = offer.Price, offer.Base, offer.Sale, offer.Entry, from.included
	line.Untracked, line.Category, line.Grams, line.NoShipping = offer.Stock.Untracked, offer.Category, offer.Grams, offer.NoShipping
	line.Exchanged = from.exchanged
	if offer.MinQuantity > 1 {
		line.MinQuantity = offer.MinQuantity
	}
	if from.group != "" {
		line.List, line.Group = from.list.List, from.group
	}
	if cl.Agreed != nil {
		agreed := *cl.Agreed
		line.Agreed, line.Price, line.Sale, line.MinQuantity, line.Entry = &agreed, agreed.Price, false, 0, 0
		line.List, line.Group = "", ""
	}
	line.Subtotal, err = p.q.rounding.times(line.Price, line.Quantity)
	line.Total = line.Subtotal
	return err
}

// source is where a price comes from.
type source struct {
	buysFrom
	exchanged *Exchanged
}

// offer finds an article, and its price in the first list that has one in the cart's
// currency or, where none has, in one that is exchanged. Prices are those of so many
// pieces; 0: of as many as all lines have.
func (p *pricing) offer(cl *CartLine, pieces int64) (Offer, source, error) {
	product, variant, err := p.catalog.article(cl.SKU, p.q.at)
	if err != nil {
		return Offer{}, source{}, err
	}
	offer := product.offer(variant, p.catalog.locale)
	var ok bool
	for i := range p.lists {
		if offer.Priced, ok = p.priced(cl.SKU, p.lists[i].list, pieces); ok {
			return offer, source{buysFrom: p.lists[i]}, nil
		}
	}
	if cl.Agreed != nil { // which needs no price in a list
		offer.Priced = Priced{}
		return offer, source{buysFrom: p.lists[len(p.lists)-1]}, nil
	}
	for _, from := range p.lists {
		for _, x := range p.rules.exchange.on(p.q.at) {
			if x.To != p.cart.list.Currency {
				continue
			}
			if offer.Priced, ok = p.priced(cl.SKU, PriceList{from.list.List, x.From}, pieces); !ok {
				continue
			}
			was := &Exchanged{Price: offer.Price, Base: offer.Base, Rate: x.Rate}
			if offer.Price, err = exchanged(was.Price, x.Rate, x.To, p.q.rounding.Mode); err == nil {
				offer.Base, err = exchanged(was.Base, x.Rate, x.To, p.q.rounding.Mode)
			}
			if d, _ := offer.Price.Cmp(offer.Base); offer.Sale && d >= 0 { // rounded, it is lower no more
				offer.Sale, offer.Price, was.Price, offer.Entry = false, offer.Base, was.Base, 0
			}
			return offer, source{from, was}, err
		}
	}
	return Offer{}, source{}, &UnavailableError{SKU: cl.SKU, Reason: NoPrice}
}

// priced gives the price of an article in a list.
func (p *pricing) priced(sku SKU, list PriceList, pieces int64) (Priced, bool) {
	prices := p.catalog.pricesOf(sku, list)
	if prices == nil {
		return Priced{}, false
	}
	if pieces == 0 && prices.tiered() {
		if p.wanted == nil {
			p.wanted = p.cart.Demand()
		}
		pieces = wantedOf(p.wanted, sku)
	}
	return prices.On(p.q.at, p.catalog.known, max(pieces, 1))
}

// deliver counts the shipping, and what is taken off it.
func (p *pricing) deliver() error {
	if err := p.ship(); err != nil {
		return err
	}
	return p.promoteShipping()
}

// ship counts the shipping; there is none where the shop has no rules for it, and where
// nothing is shipped.
func (p *pricing) ship() error {
	service := p.rules.asked(NeedShipping, p.to, p.q.at)
	if len(p.rules.methods) == 0 && p.cart.delivery == "" && service == "" {
		return nil
	}
	total := nothing(p.cart.list.Currency)
	for i := range p.q.bill.Lines {
		var err error
		if total, err = total.Add(p.q.bill.Lines[i].Total); err != nil {
			return err
		}
	}
	of, needed, err := shipped(p.q.bill.Lines, total)
	if err != nil || !needed {
		return err
	}
	if service != "" {
		return p.shipOutside(service)
	}
	p.q.bill.Delivery, p.q.ways, err = p.rules.deliver(p.cart.delivery, of, p.to, p.q.at)
	return err
}

// tax counts the taxes: of what is picked up where the shop is at home.
func (p *pricing) tax() error {
	if d := p.q.bill.Delivery; d != nil && d.PickUp {
		if home := p.rules.destination(Address{}, p.q.at); home.Country != "" {
			p.to = home
		}
	}
	p.q.unknown = p.rules.unknown(p.to, p.q.at)
	if service := p.rules.asked(NeedTax, p.to, p.q.at); service != "" {
		return p.taxOutside(service)
	}
	held := p.rules.taxesAt(p.to, p.q.at)
	if len(held) == 0 {
		return nil
	}
	items := p.q.bill.taxables()
	p.q.bill.Taxes = dueTaxes(held, items, p.q.bill.Status)
	return p.q.rounding.figureTaxes(items, p.q.bill.Taxes, p.cart.list.Currency)
}

// total adds everything up.
func (p *pricing) total() error {
	for _, r := range p.rules.cash.on(p.q.at) {
		if r.Currency == p.cart.list.Currency {
			p.q.bill.Cash = &Cash{Increment: r.Increment, Mode: r.Mode}
		}
	}
	return p.q.bill.close(p.cart.list.Currency)
}

// costs gives the sum of what lines cost by now.
func costs(lines []*costing, c money.Currency) (sum money.Amount, pieces int64, err error) {
	sum = nothing(c)
	for _, l := range lines {
		if sum, err = sum.Add(l.now); err != nil {
			return sum, 0, err
		}
		pieces += l.of.Quantity
	}
	return sum, pieces, nil
}

// meantBy gives the lines that a promotion may touch, until it is asked for others: those
// that cost something by now, and at no agreed price. One that touches no line, but gives a
// gift or touches the shipping, counts all that are bought.
func (p *pricing) meantBy(h *heldPromotion) []*costing {
	if p.meant == nil {
		p.meant = make([]*costing, 0, len(p.costs))
	}
	some := p.meant[:0]
	for i := range p.costs {
		l := &p.q.bill.Lines[i]
		if l.Unavailable != "" || l.Gift != "" || !h.Of.meets(l, &p.catalog) || !h.besides() && (p.costs[i].now.IsZero() || l.Agreed != nil) {
			continue
		}
		some = append(some, &p.costs[i])
	}
	p.meant = some
	return some
}

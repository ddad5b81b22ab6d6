package till

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tillkit/till/money"
)

// pricing is a quote that is being computed, and what it is computed from.
type pricing struct {
	q       *Quote
	cart    Cart
	catalog Catalog
	rules   Terms
	lists   []buysFrom
	wanted  []Demand // quantity tiers count an article over all lines
	to      Address
}

// lines finds words and prices.
func (p *pricing) lines() error {
	lines := make([]Line, 0, len(p.cart.lines)+1)
	for i := range p.cart.lines {
		cl := &p.cart.lines[i]
		line, err := p.line(*cl, wantedOf(p.wanted, cl.SKU))
		if err != nil {
			return fmt.Errorf("line %d: %d of %s: %w", cl.N, cl.Quantity, cl.SKU, err)
		}
		lines = append(lines, line)
	}
	p.q.bill.Lines = lines
	return nil
}

// line finds words and price of one line.
func (p *pricing) line(cl CartLine, wanted int64) (Line, error) {
	free := nothing(p.cart.list.Currency)
	line := Line{N: cl.N, SKU: cl.SKU, Name: string(cl.SKU), Quantity: cl.Quantity, Metadata: cl.Metadata.clone(), Subtotal: free, Total: free}
	offer, from, err := p.offer(cl, wanted)
	if missing, ok := errors.AsType[*UnavailableError](err); ok {
		line.Unavailable = missing.Reason
		return line, nil
	}
	if err != nil {
		return line, err
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
		line.List, line.Group, line.Included = "", "", p.lists[len(p.lists)-1].included
	}
	line.Subtotal, err = p.q.rounding.times(line.Price, line.Quantity)
	line.Total = line.Subtotal
	return line, err
}

// source is where a price comes from.
type source struct {
	buysFrom
	exchanged *Exchanged
}

// offer finds an article in the first list that has a price of it, in the cart's currency
// or, where none has one, in one that is exchanged.
func (p *pricing) offer(cl CartLine, wanted int64) (Offer, source, error) {
	own := p.lists[len(p.lists)-1]
	if cl.Agreed != nil {
		offer, err := p.catalog.offerFor(cl, own.list, wanted, p.q.at)
		return offer, source{buysFrom: own}, err
	}
	var first error
	for i := range p.lists {
		offer, err := p.catalog.offerFor(cl, p.lists[i].list, wanted, p.q.at)
		if err == nil {
			return offer, source{buysFrom: p.lists[i]}, nil
		}
		if missing, ok := errors.AsType[*UnavailableError](err); !ok || missing.Reason != NoPrice {
			return Offer{}, source{}, err
		}
		first = err
	}
	for _, x := range p.rules.exchange.on(p.q.at) {
		if x.To != p.cart.list.Currency {
			continue
		}
		for _, from := range p.lists {
			offer, err := p.catalog.offerFor(cl, PriceList{from.list.List, x.From}, wanted, p.q.at)
			if err != nil {
				continue
			}
			was := &Exchanged{Price: offer.Price, Base: offer.Base, Rate: x.Rate}
			if offer.Price, err = exchanged(was.Price, x.Rate, x.To, p.q.rounding.Mode); err == nil {
				offer.Base, err = exchanged(was.Base, x.Rate, x.To, p.q.rounding.Mode)
			}
			return offer, source{from, was}, err
		}
	}
	return Offer{}, source{}, first
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

// tax counts the taxes.
func (p *pricing) tax() error {
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
func costs(lines []costing, c money.Currency) (sum money.Amount, pieces int64, err error) {
	sum = nothing(c)
	for i := range lines {
		if sum, err = sum.Add(lines[i].now); err != nil {
			return sum, 0, err
		}
		pieces += lines[i].pieces
	}
	return sum, pieces, nil
}

// meant gives the lines that a promotion may touch.
func (p *pricing) meant(of *Selection, lines []costing) []costing {
	var some []costing
	for i := range lines {
		l := &p.q.bill.Lines[i]
		if lines[i].now.IsZero() || l.Agreed != nil || l.Gift != "" || !of.meets(l.SKU, p.catalog.products[l.SKU], l.Sale) {
			continue
		}
		if some == nil {
			some = make([]costing, 0, len(lines)-i)
		}
		some = append(some, lines[i])
	}
	return slices.Clip(some)
}

package till

import "slices"

// Reprice says what an order would cost at another instant, by another catalog and other
// terms: its lines, agreed prices, delivery and the codes that took something off, to the same
// country and region, for a buyer who is taxed as then and in the groups that got him
// something then. [Compare] says in what it differs from what [Order.Quote] gives. The order
// itself is not touched by it. Gifts are given anew; what the buyer has used of promotions
// before is not known here, so none is used up. The catalog needs the prices of all that
// [Terms.PriceLists] and [Terms.Gifts] name, and the order keeps no postcode, which a zone may
// ask for. Where a service outside counts, the error is a [NeedsError] until the terms have its
// answers: ask what its Needs say, give the answers to [Terms.Answered], and call it again.
// [Staff.Reprice] does all of this.
func Reprice(o Order, catalog Catalog, terms Terms, at Instant) (Quote, error) {
	c, err := o.again()
	if err != nil {
		return Quote{}, err
	}
	return c.Quote(catalog, terms, at)
}

// Quote gives the quote that the order was placed by, from what the order keeps.
func (o Order) Quote() Quote {
	b := o.is.bill.clone()
	return Quote{
		at: o.is.Quoted, list: o.List(), terms: o.is.Terms, rounding: o.is.Rounding, bill: b,
		uses: slices.Clone(o.is.Uses), data: o.is.Data.clone(),
	}
}

// again gives a cart that asks for what the order asked for.
func (o Order) again() (Cart, error) {
	c, err := NewCart(o.List())
	if err != nil {
		return Cart{}, err
	}
	in := func(group string) {
		if group != "" && !slices.Contains(c.buyer.Groups, group) {
			c.buyer.Groups = append(c.buyer.Groups, group)
		}
	}
	for i := range o.is.Lines {
		l := &o.is.Lines[i]
		if in(l.Group); l.Gift != "" {
			continue
		}
		line := CartLine{N: l.N, SKU: l.SKU, Quantity: l.Quantity, Apart: true, Metadata: l.Metadata.clone()}
		if l.Agreed != nil {
			agreed := *l.Agreed
			line.Agreed = &agreed
		}
		c.lines, c.last = append(c.lines, line), l.N
	}
	for _, d := range o.is.Discounts {
		in(d.Group)
		if d.Code != "" && !c.hasCode(d.Code) {
			c.codes = append(c.codes, d.Code)
		}
	}
	if d := o.is.Delivery; d != nil {
		c.delivery = d.Method
	}
	c.to = Address{Country: o.is.Goes.Country, Region: o.is.Goes.Region}
	c.buyer.Tax, c.data = o.is.Status, o.is.Data.clone()
	return c, nil
}

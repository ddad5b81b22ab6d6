package till

// LowestWindow says of which time the lowest price is asked.
type LowestWindow struct {
	From     Instant // the first instant of the window
	Before   Instant // its end, which is not part of it
	Quantity int64   // how many are bought; 0 means 1
}

// LowestPrice is the lowest price of a window, and where it comes from.
type LowestPrice struct {
	Priced
	At Instant // the first instant of the window at which it was applied
}

// Lowest gives the lowest price that was applied at any instant from w.From up to
// w.Before, that one not included: base or sale price, whichever [Prices.On] answers.
// false: at no instant of the window was there a price.
//
// Applied is what a buyer was shown: at each instant the price that was valid then, as
// it was known then. So a correction counts from when it was recorded, however far it
// reaches back, and a change that was called off before its instant does not count.
// Whether the article was listed or in stock is of no account. As far as the window
// lies in the future, the answer is that of the plan.
//
// The prior price that goes with a price reduction in the European Union (Directive
// 98/6/EC, Article 6a) is this, of at least the 30 days before the reduction, with the
// instant at which it is applied first as w.Before: sales inside those days count, the
// reduction itself does not. [Shop.LowestPrice] computes the window and
// reads the whole past; this answers from the changes that these prices hold.
func (p Prices) Lowest(w LowestWindow) (LowestPrice, bool) {
	if w.Quantity == 0 {
		w.Quantity = 1
	}
	if w.From >= w.Before {
		return LowestPrice{}, false
	}
	var lowest LowestPrice
	found := false
	try := func(at Instant) {
		if at < w.From || at >= w.Before {
			return
		}
		priced, ok := p.On(at, at, w.Quantity)
		if !ok {
			return
		}
		if found {
			d, err := priced.Price.Cmp(lowest.Price)
			if err != nil || d > 0 || d == 0 && at >= lowest.At {
				return
			}
		}
		lowest, found = LowestPrice{Priced: priced, At: at}, true
	}
	try(w.From) // between here and the end the answer changes at these instants alone:
	for r := range p.All() {
		try(r.From)
		try(r.Recorded)
	}
	return lowest, found
}

package till

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// DifferenceKind says in what two quotes differ.
type DifferenceKind string

// The kinds of differences, in the order in which [Compare] gives those of a line.
const (
	LineCame          DifferenceKind = "came"        // it was not there
	LineWent          DifferenceKind = "went"        // it is not there any more
	BecameUnavailable DifferenceKind = "unavailable" // it can no longer be bought
	BecameAvailable   DifferenceKind = "available"   // it can be bought again
	Renamed           DifferenceKind = "renamed"     // name, or options, or their values
	Requantified      DifferenceKind = "quantity"
	PriceRose         DifferenceKind = "price up"
	PriceFell         DifferenceKind = "price down"
	BaseChanged       DifferenceKind = "base price" // what a sale is compared with
	FigureChanged     DifferenceKind = "figure"     // what the line comes to, at the same price: it is rounded otherwise, or its price is another's

	// Of the whole, behind those of the lines.
	PromotionBegan   DifferenceKind = "promotion begun"
	PromotionEnded   DifferenceKind = "promotion ended"
	PromotionChanged DifferenceKind = "promotion" // it takes something else off
	ShippingChanged  DifferenceKind = "shipping"  // another method, another price, or none any more
	TaxChanged       DifferenceKind = "tax"       // begun, ended, or another figure
	CashChanged      DifferenceKind = "cash rounding"
	TotalChanged     DifferenceKind = "total"

	// Of no figure, beside those of Compare: a [DriftError] names them first.
	QuoteExpired DifferenceKind = "quote expired" // it is older than [Options.Quotes]
	StockShort   DifferenceKind = "stock short"   // there is less than a line asks for
)

// Difference is one thing in which two quotes differ, as a buyer sees them.
type Difference struct {
	Kind DifferenceKind `json:"kind"`
	Line int            `json:"line,omitempty"` // number of the line; 0 for what is of the whole
	Was  Line           `json:"was,omitzero"`   // the line in the one quote, where it is there
	Is   Line           `json:"is,omitzero"`    // the line in the other

	// Of what is of the whole: what it is called, "" where it is not there, and what it
	// comes to.
	WasLabel  string       `json:"was_label,omitempty"`
	IsLabel   string       `json:"is_label,omitempty"`
	WasAmount money.Amount `json:"was_amount"`
	IsAmount  money.Amount `json:"is_amount"`

	Undeliverable DeliveryReason `json:"undeliverable,omitempty"` // of ShippingChanged: why it cannot be had now

	Available int64 `json:"available,omitempty"` // of StockShort: what can be had, for all lines of the article
}

// String says it in words.
func (d Difference) String() string {
	switch d.Kind {
	case LineCame:
		return fmt.Sprintf("line %d: %s came", d.Line, d.Is.label())
	case LineWent:
		return fmt.Sprintf("line %d: %s went", d.Line, d.Was.label())
	case BecameUnavailable:
		if d.Was.Unavailable != "" {
			return fmt.Sprintf("line %d: %s cannot be bought (%s; it was %s)", d.Line, d.Is.label(), d.Is.Unavailable, d.Was.Unavailable)
		}
		return fmt.Sprintf("line %d: %s can no longer be bought (%s)", d.Line, d.Was.label(), d.Is.Unavailable)
	case BecameAvailable:
		return fmt.Sprintf("line %d: %s can be bought again", d.Line, d.Is.label())
	case Renamed:
		return fmt.Sprintf("line %d: %s is now called %s", d.Line, d.Was.label(), d.Is.label())
	case Requantified:
		return fmt.Sprintf("line %d: %d instead of %d", d.Line, d.Is.Quantity, d.Was.Quantity)
	case PriceRose, PriceFell:
		return fmt.Sprintf("line %d: %s costs %s instead of %s", d.Line, d.Is.label(), d.Is.Price, d.Was.Price)
	case BaseChanged:
		return fmt.Sprintf("line %d: the price of %s without sale is %s instead of %s", d.Line, d.Is.label(), d.Is.Base, d.Was.Base)
	case FigureChanged:
		if d.Was.Included != d.Is.Included {
			return fmt.Sprintf("line %d: the price of %s %s", d.Line, d.Is.label(), map[bool]string{true: "includes tax now", false: "includes tax no more"}[d.Is.Included])
		}
		return fmt.Sprintf("line %d: %s comes to %s (%s) instead of %s (%s)", d.Line, d.Is.label(), d.Is.Total, d.Is.figure(), d.Was.Total, d.Was.figure())
	case QuoteExpired:
		return "the quote has expired"
	case StockShort:
		return fmt.Sprintf("line %d: %d of %s are wanted in all, %d are available", d.Line, d.Is.Quantity, d.Is.label(), d.Available)
	case TotalChanged:
		return fmt.Sprintf("the total is %s instead of %s", d.IsAmount, d.WasAmount)
	}
	switch {
	case d.Undeliverable != "":
		return fmt.Sprintf("%s cannot be had now (%s): choose another delivery", cmp.Or(d.WasLabel, d.IsLabel), d.Undeliverable)
	case d.WasLabel == d.IsLabel && d.WasAmount == d.IsAmount:
		return fmt.Sprintf("%s is made up otherwise, and comes to %s still", d.IsLabel, d.IsAmount)
	case d.WasLabel == "":
		return fmt.Sprintf("%s came: %s", d.IsLabel, d.IsAmount)
	case d.IsLabel == "":
		return fmt.Sprintf("%s went: %s", d.WasLabel, d.WasAmount)
	case d.WasLabel == d.IsLabel:
		return fmt.Sprintf("%s comes to %s instead of %s", d.IsLabel, d.IsAmount, d.WasAmount)
	}
	return fmt.Sprintf("%s, %s, instead of %s, %s", d.IsLabel, d.IsAmount, d.WasLabel, d.WasAmount)
}

// Compare gives everything in which two quotes of one cart differ for the buyer:
// line by line in the order of their numbers, the total last. It gives none exactly
// when their digests are equal, as long as both are in one currency.
func Compare(was, is Quote) []Difference {
	var out []Difference
	i, j := 0, 0
	for i < len(was.bill.Lines) || j < len(is.bill.Lines) {
		switch {
		case j == len(is.bill.Lines) || i < len(was.bill.Lines) && was.bill.Lines[i].N < is.bill.Lines[j].N:
			out = append(out, Difference{Kind: LineWent, Line: was.bill.Lines[i].N, Was: was.bill.Lines[i].clone()})
			i++
		case i == len(was.bill.Lines) || is.bill.Lines[j].N < was.bill.Lines[i].N:
			out = append(out, Difference{Kind: LineCame, Line: is.bill.Lines[j].N, Is: is.bill.Lines[j].clone()})
			j++
		default:
			out = append(out, compareLines(was.bill.Lines[i], is.bill.Lines[j])...)
			i, j = i+1, j+1
		}
	}
	return append(out, compareBills(&was.bill, &is.bill)...)
}

// figured is what is of the whole: what it is called and comes to, with all that is seen
// of it.
type figured struct {
	key, label string
	amount     money.Amount
	seen       string
	missing    DeliveryReason
}

func (b *bill) discounts() (all []figured) {
	for i := range b.Discounts {
		d := &b.Discounts[i]
		all = append(all, figured{d.Promotion, d.label(), d.Amount, string(d.appendSeen(beginArray())), ""})
	}
	return all
}

func (b *bill) taxes() (all []figured) {
	for i := range b.Taxes {
		t := &b.Taxes[i]
		label := t.label()
		if !t.Adds() {
			label += ", included"
		}
		all = append(all, figured{fmt.Sprint(t.Name, " ", t.Included), label, t.Amount, string(t.appendSeen(beginArray())), ""})
	}
	return all
}

func (b *bill) delivery() []figured {
	d := b.Delivery
	if d == nil {
		return nil
	}
	return []figured{{"", d.label(), d.Total, string(d.appendSeen(beginArray())), d.Unavailable}}
}

func (b *bill) cash(c money.Currency) []figured {
	if b.Cash == nil {
		return nil
	}
	return []figured{{"", b.Cash.label(c), b.Cash.Residue, string(b.Cash.appendSeen(beginArray())), ""}}
}

// compareBills gives the differences of what is of the whole.
func compareBills(was, is *bill) []Difference {
	var out []Difference
	c := is.Total.Currency()
	for _, of := range []struct {
		was, is             []figured
		began, ended, other DifferenceKind
	}{
		{was.discounts(), is.discounts(), PromotionBegan, PromotionEnded, PromotionChanged},
		{was.delivery(), is.delivery(), ShippingChanged, ShippingChanged, ShippingChanged},
		{was.taxes(), is.taxes(), TaxChanged, TaxChanged, TaxChanged},
		{was.cash(c), is.cash(c), CashChanged, CashChanged, CashChanged},
	} {
		if slices.EqualFunc(of.was, of.is, func(a, b figured) bool { return a.seen == b.seen }) {
			continue // under other names, which nobody sees
		}
		find := func(in []figured, key string) int {
			return slices.IndexFunc(in, func(f figured) bool { return f.key == key })
		}
		for i, w := range of.was {
			switch j := find(of.is, w.key); {
			case j < 0:
				out = append(out, Difference{Kind: of.ended, WasLabel: w.label, WasAmount: w.amount, IsAmount: nothing(c)})
			case of.is[j].seen != w.seen || i != j && len(of.was) == len(of.is): // or their order, in which they are taken
				out = append(out, Difference{Kind: of.other, WasLabel: w.label, IsLabel: of.is[j].label, WasAmount: w.amount, IsAmount: of.is[j].amount, Undeliverable: of.is[j].missing})
			}
		}
		for _, f := range of.is {
			if find(of.was, f.key) < 0 {
				out = append(out, Difference{Kind: of.began, IsLabel: f.label, WasAmount: nothing(c), IsAmount: f.amount, Undeliverable: f.missing})
			}
		}
	}
	if was.Total != is.Total {
		out = append(out, Difference{Kind: TotalChanged, WasAmount: was.Total, IsAmount: is.Total})
	}
	return out
}

func compareLines(was, is Line) []Difference {
	var out []Difference
	add := func(k DifferenceKind) {
		out = append(out, Difference{Kind: k, Line: is.N, Was: was.clone(), Is: is.clone()})
	}
	if was.Unavailable != is.Unavailable {
		if is.Unavailable != "" {
			add(BecameUnavailable)
		} else {
			add(BecameAvailable)
		}
		return out
	}
	if was.SKU != is.SKU || was.Name != is.Name || !slices.Equal(was.Options, is.Options) {
		add(Renamed)
	}
	if was.Quantity != is.Quantity {
		add(Requantified)
	}
	d, err := is.Price.Cmp(was.Price)
	switch {
	case err != nil || d > 0:
		add(PriceRose)
	case d < 0:
		add(PriceFell)
	}
	if is.Base != was.Base && (err == nil && d == 0 || is.Sale && was.Sale) {
		add(BaseChanged)
	}
	if is.Included != was.Included || len(out) == 0 && (is.Subtotal != was.Subtotal || is.seenOnce() != was.seenOnce()) {
		add(FigureChanged)
	}
	return out
}

// DriftError says that what a buyer agreed to is not what the cart costs now.
// Nothing was changed; show Quote and ask again, with its digest. Take Quote itself, not
// one that is made anew: what only the contact tells, where the goods go and what a guest
// has used of promotions, is known at the checkout alone.
type DriftError struct {
	Accepted    Digest       // what the buyer agreed to
	Quote       Quote        // what the cart costs now
	Differences []Difference // from the quote that the buyer saw, where it was given
}

// Error says what to do.
func (e *DriftError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "till: the quote has changed, the total is now %s: show it and ask again", e.Quote.Total())
	for i, d := range e.Differences {
		if i == 20 {
			fmt.Fprintf(&b, "; and %d more", len(e.Differences)-i)
			break
		}
		b.WriteString("; " + oneLine(d.String()))
	}
	return b.String()
}

// Unwrap gives [ErrConflict].
func (e *DriftError) Unwrap() error { return ErrConflict }

package till

import (
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
	FigureChanged     DifferenceKind = "figure"     // what the line comes to, at the same price: it is rounded otherwise
	TotalChanged      DifferenceKind = "total"
)

// Difference is one thing in which two quotes differ, as a buyer sees them.
type Difference struct {
	Kind     DifferenceKind `json:"kind"`
	Line     int            `json:"line,omitempty"` // number of the line; 0 for the total
	Was      Line           `json:"was,omitzero"`   // the line in the one quote, where it is there
	Is       Line           `json:"is,omitzero"`    // the line in the other
	WasTotal money.Amount   `json:"was_total"`      // of TotalChanged
	IsTotal  money.Amount   `json:"is_total"`
}

// String says it in words.
func (d Difference) String() string {
	switch d.Kind {
	case LineCame:
		return fmt.Sprintf("line %d: %s came", d.Line, d.Is.label())
	case LineWent:
		return fmt.Sprintf("line %d: %s went", d.Line, d.Was.label())
	case BecameUnavailable:
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
		return fmt.Sprintf("line %d: %s comes to %s (%s) instead of %s (%s)", d.Line, d.Is.label(), d.Is.Total, d.Is.figure(), d.Was.Total, d.Was.figure())
	case TotalChanged:
		return fmt.Sprintf("the total is %s instead of %s", d.IsTotal, d.WasTotal)
	}
	return string(d.Kind)
}

// Compare gives everything in which two quotes of one cart differ for the buyer:
// line by line in the order of their numbers, the total last. It gives none exactly
// when their digests are equal, as long as both are in one currency.
func Compare(was, is Quote) []Difference {
	var out []Difference
	i, j := 0, 0
	for i < len(was.lines) || j < len(is.lines) {
		switch {
		case j == len(is.lines) || i < len(was.lines) && was.lines[i].N < is.lines[j].N:
			out = append(out, Difference{Kind: LineWent, Line: was.lines[i].N, Was: was.lines[i].clone()})
			i++
		case i == len(was.lines) || is.lines[j].N < was.lines[i].N:
			out = append(out, Difference{Kind: LineCame, Line: is.lines[j].N, Is: is.lines[j].clone()})
			j++
		default:
			out = append(out, compareLines(was.lines[i], is.lines[j])...)
			i, j = i+1, j+1
		}
	}
	if was.total.Amount != is.total.Amount {
		out = append(out, Difference{Kind: TotalChanged, WasTotal: was.total.Amount, IsTotal: is.total.Amount})
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
	switch d, err := is.Price.Cmp(was.Price); {
	case err != nil || d > 0:
		add(PriceRose)
	case d < 0:
		add(PriceFell)
	case is.Base != was.Base:
		add(BaseChanged)
	case len(out) == 0 && (is.Total != was.Total || is.figure() != was.figure()):
		add(FigureChanged)
	}
	return out
}

// DriftError says that what a buyer agreed to is not what the cart costs now.
// Nothing was changed; show the new quote and ask again.
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

package till

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// ReasonKind is the kind of a [Reason].
type ReasonKind string

// The kinds of reasons.
const (
	TotalReason    ReasonKind = "total"    // the root: the sum of everything
	ItemsReason    ReasonKind = "items"    // the lines before discounts, where there is anything beside them
	LineReason     ReasonKind = "line"     // a line: the sum of its parts
	BaseReason     ReasonKind = "base"     // price times quantity
	DiscountReason ReasonKind = "discount" // what a promotion takes off, below 0: the sum of its shares
	ShippingReason ReasonKind = "shipping" // before discounts
	TaxReason      ReasonKind = "tax"      // what a rate adds, or takes out: the sum of its shares
	ShareReason    ReasonKind = "share"    // of a discount or a tax, on one line; line 0 is the shipping
	RoundingReason ReasonKind = "rounding" // what rounding to cash adds or takes off
)

// Reason is a node in the tree of reasons for a total. A node with parts is their
// sum and nothing else; a node without is a figure, with what it was computed from.
// So a total and its explanation cannot disagree.
type Reason struct {
	Kind   ReasonKind   `json:"kind"`
	Line   int          `json:"line,omitempty"`  // number of the line it belongs to
	Label  string       `json:"label,omitempty"` // the shop's own words, and English ones around them
	Amount money.Amount `json:"amount"`
	Parts  []Reason     `json:"parts,omitempty"`
	Within []Reason     `json:"within,omitempty"` // of the total: taxes that it contains already, which are no parts of the sum
}

// sumOf makes a node from its parts; without any it is nothing in the currency.
func sumOf(kind ReasonKind, line int, label string, c money.Currency, parts []Reason) (Reason, error) {
	total := nothing(c)
	for i := range parts {
		var err error
		if total, err = total.Add(parts[i].Amount); err != nil {
			return Reason{}, err
		}
	}
	return Reason{Kind: kind, Line: line, Label: label, Amount: total, Parts: parts}, nil
}

// Leaves gives the figures at the ends of the tree, in their order.
func (r Reason) Leaves() []Reason {
	if len(r.Parts) == 0 {
		return []Reason{r}
	}
	var leaves []Reason
	for _, p := range r.Parts {
		leaves = append(leaves, p.Leaves()...)
	}
	return leaves
}

// equal reports whether two trees differ in nothing.
func (r Reason) equal(s Reason) bool {
	return r.Kind == s.Kind && r.Line == s.Line && r.Label == s.Label && r.Amount == s.Amount &&
		slices.EqualFunc(r.Parts, s.Parts, Reason.equal) && slices.EqualFunc(r.Within, s.Within, Reason.equal)
}

// explain writes the tree as lines of text: label and amount, parts indented.
func (r Reason) explain() string {
	type row struct{ label, amount string }
	var rows []row
	widest, amounts := 0, 0
	var walk func(r Reason, depth int)
	walk = func(r Reason, depth int) {
		if depth > 0 && r.Amount.IsZero() && (r.Kind == ShareReason || r.Kind == RoundingReason) {
			return // it says nothing
		}
		w := row{strings.Repeat("  ", depth) + r.Label, r.Amount.String()}
		widest, amounts = max(widest, len([]rune(w.label))), max(amounts, len(w.amount))
		rows = append(rows, w)
		for _, p := range r.Parts {
			walk(p, depth+1)
		}
		if len(r.Within) > 0 {
			rows = append(rows, row{"Included in it", ""})
		}
		for _, w := range r.Within {
			walk(w, depth+1)
		}
	}
	walk(r, 0)
	var b strings.Builder
	for _, w := range rows {
		pad := strings.Repeat(" ", widest-len([]rune(w.label)))
		b.WriteString(strings.TrimRight(fmt.Sprintf("%s%s  %*s", w.label, pad, amounts, w.amount), " ") + "\n")
	}
	return b.String()
}

// nothing is 0 in a currency.
func nothing(c money.Currency) money.Amount {
	a, _ := money.FromMinor(0, c) // fails for no currency alone, and then gives the zero Amount
	return a
}

package till

import (
	"fmt"
	"strings"

	"github.com/tillkit/till/money"
)

// ReasonKind is the kind of a [Reason].
type ReasonKind string

// The kinds of reasons.
const (
	TotalReason ReasonKind = "total" // the root: the sum of everything
	LineReason  ReasonKind = "line"  // a line: the sum of its parts
	BaseReason  ReasonKind = "base"  // price times quantity
)

// Reason is a node in the tree of reasons for a total. A node with parts is their
// sum and nothing else; a node without is a figure, with what it was computed from.
// So a total and its explanation cannot disagree.
type Reason struct {
	Kind   ReasonKind   `json:"kind"`
	Line   int          `json:"line,omitempty"` // number of the line it belongs to
	Label  string       `json:"label,omitempty"`
	Amount money.Amount `json:"amount"`
	Parts  []Reason     `json:"parts,omitempty"`
}

// sumOf makes a node from its parts; without any it is nothing in the currency.
func sumOf(kind ReasonKind, line int, label string, c money.Currency, parts []Reason) (Reason, error) {
	total := nothing(c)
	for _, p := range parts {
		var err error
		if total, err = total.Add(p.Amount); err != nil {
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

func (r Reason) clone() Reason {
	parts := make([]Reason, len(r.Parts))
	for i, p := range r.Parts {
		parts[i] = p.clone()
	}
	r.Parts = bare(parts)
	return r
}

// renumber gives the lines that the tree names other numbers.
func (r *Reason) renumber(anew map[int]int) {
	r.Line = anew[r.Line]
	for i := range r.Parts {
		r.Parts[i].renumber(anew)
	}
}

// explain writes the tree as lines of text: label and amount, parts indented.
func (r Reason) explain() string {
	type row struct{ label, amount string }
	var rows []row
	widest, amounts := 0, 0
	var walk func(r Reason, depth int)
	walk = func(r Reason, depth int) {
		w := row{strings.Repeat("  ", depth) + r.Label, r.Amount.String()}
		widest, amounts = max(widest, len([]rune(w.label))), max(amounts, len(w.amount))
		rows = append(rows, w)
		for _, p := range r.Parts {
			walk(p, depth+1)
		}
	}
	walk(r, 0)
	var b strings.Builder
	for _, w := range rows {
		pad := strings.Repeat(" ", widest-len([]rune(w.label)))
		fmt.Fprintf(&b, "%s%s  %*s\n", w.label, pad, amounts, w.amount)
	}
	return b.String()
}

// nothing is 0 in a currency.
func nothing(c money.Currency) money.Amount {
	a, _ := money.FromMinor(0, c) // fails for no currency alone, and then gives the zero Amount
	return a
}

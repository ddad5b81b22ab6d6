package till

import (
	"slices"

	"github.com/tillkit/till/money"
)

// RoundingLevel says what is rounded.
type RoundingLevel uint8

// The levels.
const (
	PerLine  RoundingLevel = iota // a line's figure, the usual one
	PerUnit                       // the figure of one piece, then multiplied
	PerOrder                      // the sum over the order; figures of lines are rounded as PerLine
)

var levelWords = []string{PerLine: "line", PerUnit: "unit", PerOrder: "order"}

// String gives "line", "unit" or "order".
func (l RoundingLevel) String() string {
	if int(l) >= len(levelWords) {
		return "no level"
	}
	return levelWords[l]
}

// MarshalText gives what String gives.
func (l RoundingLevel) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads what String gives.
func (l *RoundingLevel) UnmarshalText(text []byte) error {
	i := slices.Index(levelWords, string(text))
	if i < 0 {
		return invalid("level", "%q is none of line, unit and order", text)
	}
	*l = RoundingLevel(i)
	return nil
}

// Rounding is a rule of the shop: how and at which level a figure becomes a whole
// number of the currency's smallest units. It is recorded on every order.
type Rounding struct {
	Mode  money.Rounding `json:"mode"`
	Level RoundingLevel  `json:"level"`
}

// DefaultRounding is the rule of a shop that has set none: half away from zero, per
// line.
var DefaultRounding = Rounding{Mode: money.HalfAwayFromZero, Level: PerLine}

// times gives the amount of quantity pieces.
func (r Rounding) times(p money.Price, quantity int64) (money.Amount, error) {
	if r.Level != PerUnit {
		return p.Times(quantity, r.Mode)
	}
	unit, err := p.Times(1, r.Mode)
	if err != nil {
		return money.Amount{}, err
	}
	return unit.Mul(quantity)
}

// Terms are the rules by which a shop computes: one journal for all of them, so
// that a decision can rely on "no rule has changed". The zero Terms round by
// [DefaultRounding]. Terms are an immutable value.
type Terms struct {
	journal
	rounding Rounding
}

type roundingSet struct {
	signed
	Rounding Rounding `json:"rounding"`
}

var termsKinds = kinds[Terms]{
	"rounding": kindOf(1, func(t *Terms, _ Entry, r roundingSet) { t.rounding = r.Rounding }),
}

func (t *Terms) grow() Terms { return *t }

func (t Terms) fold(entries []Entry) (Terms, error) {
	return replay(t, termsKinds, func(Terms) string { return "terms" }, entries)
}

// SetRounding sets the rule for rounding. A rule that is set already records
// nothing.
func (t Terms) SetRounding(m Meta, r Rounding) (Terms, []Entry, error) {
	if r.Mode == money.Exact || int(r.Level) >= len(levelWords) {
		return t, nil, invalid("rounding", "it needs a mode that rounds, and a level of line, unit or order")
	}
	if _, err := money.ParseRounding(r.Mode.String()); err != nil {
		return t, nil, invalid("rounding.mode", "%v", err)
	}
	if t.n > 0 && r == t.rounding {
		return t, nil, nil
	}
	return record(t, termsKinds, m, "rounding", roundingSet{sign(m), r})
}

// Rounding gives the rule in force.
func (t Terms) Rounding() Rounding {
	if t.rounding.Mode == money.Exact {
		return DefaultRounding
	}
	return t.rounding
}

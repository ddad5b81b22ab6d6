package till

import (
	"encoding/json"
	"iter"
	"slices"

	"github.com/tillkit/till/money"
)

// RoundingLevel says what is rounded of prices and taxes. Discounts and shipping do not
// depend on it, and a tax that is taken out of a price is rounded as PerLine where the level
// is the unit.
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

// MarshalText gives what String gives, and an [InvalidError] for what is no level.
func (l RoundingLevel) MarshalText() ([]byte, error) {
	if int(l) >= len(levelWords) {
		return nil, invalid("level", "%d is none of PerLine, PerUnit and PerOrder", uint8(l))
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads what String gives.
func (l *RoundingLevel) UnmarshalText(text []byte) error {
	i := slices.Index(levelWords, string(text))
	if i < 0 {
		return invalid("level", "%q is none of line, unit and order", text)
	}
	*l = RoundingLevel(i)
	return nil
}

// Rounding is the rule by which figures are rounded: how and at which level a figure
// becomes a whole number of the currency's smallest units. The terms have one, named
// "rounding". It is recorded on every order.
type Rounding struct {
	Mode  money.Rounding `json:"mode"` // Exact, the zero value, is refused
	Level RoundingLevel  `json:"level"`
}

// usualRounding is the rule of a shop that has set none.
var usualRounding = Rounding{Mode: money.HalfAwayFromZero, Level: PerLine}

func (r Rounding) word() string { return "rounding" }

func (r Rounding) check(name string) error {
	if name != "rounding" {
		return invalid("name", "%q: there is one, named \"rounding\"", name)
	}
	if r.Mode == money.Exact || int(r.Level) >= len(levelWords) {
		return invalid("rounding", "it needs a mode that rounds, and a level of line, unit or order")
	}
	if _, err := money.ParseRounding(r.Mode.String()); err != nil {
		return invalid("mode", "%v", err)
	}
	return nil
}

func (r Rounding) canonical() Rule { return r }

func (r Rounding) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.roundings, &r)
}

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
// that a decision can rely on "no rule has changed". The zero Terms round half away
// from zero, per line, and know no tax, no promotion and no shipping. Terms are an
// immutable value.
type Terms struct {
	journal
	roundings  rules[Rounding]
	zones      rules[Zone]
	homes      rules[Home]
	taxes      rules[TaxRate]
	promotions rules[Promotion]
	caps       rules[DiscountCap]
	methods    rules[ShippingMethod]
	lists      rules[ListRule]
	exchange   rules[ExchangeRate]
	cash       rules[CashRounding]
	outside    rules[ServiceRule]

	answers []Answer // of services outside, for one quote; no part of the journal
}

// roundingWas is a rule for rounding as it was recorded at first: it held from its entry on.
type roundingWas struct {
	signed
	Rounding Rounding `json:"rounding"`
}

func liftRounding(payload []byte) ([]byte, error) {
	var was roundingWas
	if err := json.Unmarshal(payload, &was); err != nil {
		return nil, err
	}
	return json.Marshal(ruleChanged[Rounding]{was.signed, "rounding", Set, 0, &was.Rounding})
}

var termsKinds = kinds[Terms]{
	"rounding":  ruleKind(func(t *Terms) *rules[Rounding] { return &t.roundings }, liftRounding),
	"zone":      ruleKind(func(t *Terms) *rules[Zone] { return &t.zones }),
	"home":      ruleKind(func(t *Terms) *rules[Home] { return &t.homes }),
	"tax":       ruleKind(func(t *Terms) *rules[TaxRate] { return &t.taxes }),
	"promotion": ruleKind(func(t *Terms) *rules[Promotion] { return &t.promotions }),
	"cap":       ruleKind(func(t *Terms) *rules[DiscountCap] { return &t.caps }),
	"shipping":  ruleKind(func(t *Terms) *rules[ShippingMethod] { return &t.methods }),
	"list":      ruleKind(func(t *Terms) *rules[ListRule] { return &t.lists }),
	"exchange":  ruleKind(func(t *Terms) *rules[ExchangeRate] { return &t.exchange }),
	"outside":   ruleKind(func(t *Terms) *rules[ServiceRule] { return &t.outside }),
	"cash":      ruleKind(func(t *Terms) *rules[CashRounding] { return &t.cash }),
}

func (t *Terms) grow() Terms {
	next := *t
	next.roundings = t.roundings.grow()
	next.zones, next.homes, next.taxes = t.zones.grow(), t.homes.grow(), t.taxes.grow()
	next.promotions, next.caps, next.methods = t.promotions.grow(), t.caps.grow(), t.methods.grow()
	next.lists, next.exchange, next.cash = t.lists.grow(), t.exchange.grow(), t.cash.grow()
	next.outside = t.outside.grow()
	return next
}

// rule gives the rule of a kind and a name that holds at an instant.
func (t Terms) rule(kind Rule, name string, at Instant) (is Rule, ok bool) {
	switch kind.(type) {
	case Rounding:
		is, ok = t.roundings.at(name, at)
	case Zone:
		is, ok = t.zones.at(name, at)
	case Home:
		is, ok = t.homes.at(name, at)
	case TaxRate:
		is, ok = t.taxes.at(name, at)
	case Promotion:
		is, ok = t.promotions.at(name, at)
	case DiscountCap:
		is, ok = t.caps.at(name, at)
	case ShippingMethod:
		is, ok = t.methods.at(name, at)
	case ListRule:
		is, ok = t.lists.at(name, at)
	case ExchangeRate:
		is, ok = t.exchange.at(name, at)
	case CashRounding:
		is, ok = t.cash.at(name, at)
	case ServiceRule:
		is, ok = t.outside.at(name, at)
	}
	return is, ok
}

// All gives every change of every rule: by kind in the order rounding,
// zone, home, tax, promotion, cap, shipping, list, exchange, cash, outside, then by name, then as
// recorded.
func (t Terms) All() iter.Seq[RuleRecord] {
	return func(yield func(RuleRecord) bool) {
		for _, of := range []iter.Seq[RuleRecord]{
			records("rounding", t.roundings, func(r Rounding) Rule { return r }),
			records("zone", t.zones, func(r Zone) Rule { return r.canonical() }),
			records("home", t.homes, func(r Home) Rule { return r }),
			records("tax", t.taxes, func(r TaxRate) Rule { return r }),
			records("promotion", t.promotions, func(r Promotion) Rule { return r.canonical() }),
			records("cap", t.caps, func(r DiscountCap) Rule { return r }),
			records("shipping", t.methods, func(r ShippingMethod) Rule { return r.canonical() }),
			records("list", t.lists, func(r ListRule) Rule { return r.canonical() }),
			records("exchange", t.exchange, func(r ExchangeRate) Rule { return r }),
			records("cash", t.cash, func(r CashRounding) Rule { return r }),
			records("outside", t.outside, func(r ServiceRule) Rule { return r }),
		} {
			for r := range of {
				if !yield(r) {
					return
				}
			}
		}
	}
}

// Rule gives the rule of a kind and a name that holds at an instant, as a copy: of the
// kind of what is given, such as Promotion{}. false: none does.
func (t Terms) Rule(kind Rule, name string, at Instant) (Rule, bool) {
	is, ok := t.rule(kind, name, at)
	if !ok {
		return nil, false
	}
	return is.canonical(), true
}

func (t Terms) fold(entries []Entry) (Terms, error) {
	return replay(t, termsKinds, func(Terms) string { return "terms" }, entries)
}

// Rounding gives the rule for rounding that holds at an instant: half away from zero, per
// line, where the shop has set none.
func (t Terms) Rounding(at Instant) Rounding {
	if is, ok := t.roundings.at("rounding", at); ok {
		return is
	}
	return usualRounding
}

package till

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// MaxRules is how many rules of one kind the terms can have, those that ended too.
const MaxRules = 2000

// Rule is one rule of the [Terms]: a [Rounding], a [Zone], a [Home], a [TaxRate], a
// [Promotion], a [DiscountCap], a [ShippingMethod], a [ListRule], an [ExchangeRate], a
// [CashRounding] or a [ServiceRule], as a value and no pointer. It has a name of its own among
// those of its kind, and holds from an instant to another, as a price does.
type Rule interface {
	// word names the kind of the entries that change such rules.
	word() string
	// check says what is wrong with the rule under a name.
	check(name string) error
	// canonical gives the rule in the one form in which it is kept: copies, none empty.
	canonical() Rule
	// change records a change of a rule of this type.
	change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error)
}

// RuleChange is one change of a rule.
type RuleChange struct {
	// Name is a word of 1 to 40 bytes, a to z, 0 to 9, "-", "_" and ".". Some kinds have
	// theirs: "rounding" of a [Rounding], "home" of a [Home], "cap" of a [DiscountCap],
	// the codes of an [ExchangeRate] ("usd-gbp") and of a [CashRounding] ("chf"), and of a
	// [ListRule] the name of the list, of at most 32 bytes: "standard" is the usual one.
	Name string

	Rule Rule    // what holds; of a Clear, which ends it, and a Retract any rule of the kind, such as Promotion{}
	From Instant // valid from; 0: now
	Mark Mark    // 0 means Set
}

// rules are the rules of one kind, each with its past and plan, by name.
type rules[T any] []namedRule[T]

type namedRule[T any] struct {
	name string
	over Timeline[T]
}

type ruleChanged[T any] struct {
	signed
	Name string  `json:"name"`
	Mark Mark    `json:"mark"`
	From Instant `json:"from"`
	Rule *T      `json:"rule,omitempty"`
}

// ruleKind is the kind of entry that changes the rules of one type.
func ruleKind[T any](of func(*Terms) *rules[T], lift ...func([]byte) ([]byte, error)) kind[Terms] {
	return kindOf(1+len(lift), func(t *Terms, e Entry, p ruleChanged[T]) {
		c := Change[T]{N: e.N, From: p.From, Recorded: Instant(e.At), Mark: p.Mark, By: p.By, Note: p.Note}
		if p.Rule != nil {
			c.Value = *p.Rule
		}
		if c.From == 0 { // of a payload from before rules could be planned
			c.From = Instant(e.At)
		}
		of(t).put(p.Name, c)
	}, lift...)
}

func (r rules[T]) find(name string) (int, bool) {
	return slices.BinarySearchFunc(r, name, func(n namedRule[T], name string) int { return strings.Compare(n.name, name) })
}

func (r *rules[T]) put(name string, c Change[T]) {
	i, found := r.find(name)
	if !found {
		*r = slices.Insert(*r, i, namedRule[T]{name: name})
	}
	(*r)[i].over.put(c)
}

func (r rules[T]) grow() rules[T] {
	next := slices.Clone(r)
	for i := range next {
		next[i].over = next[i].over.grow()
	}
	return next
}

// timeline gives the past and plan of one rule.
func (r rules[T]) timeline(name string) Timeline[T] {
	if i, found := r.find(name); found {
		return r[i].over
	}
	return Timeline[T]{}
}

// on gives the rules that hold at an instant, in place, by name.
func (r rules[T]) on(at Instant) iter.Seq2[string, *T] {
	return func(yield func(string, *T) bool) {
		for i := range r {
			if c := r[i].over.on(at, MaxInstant); c != nil && !yield(r[i].name, &c.Value) {
				return
			}
		}
	}
}

// at gives the rule of a name that holds at an instant.
func (r rules[T]) at(name string, at Instant) (T, bool) {
	c, ok := r.timeline(name).On(at, MaxInstant)
	return c.Value, ok
}

// Change records a change of a rule. What was recorded before stays: [Timeline] says
// what holds when. A Retract takes back the change that stands at exactly its From;
// where none stands it is refused. A rule that says what the one in force says, from
// now on, records nothing.
//
// The errors: a [NotFoundError] for a Clear of what was never set; an [InvalidError] for all
// else that cannot be recorded, a rule that is wrong or given as a pointer and the first of
// more than [MaxRules] names of a kind among it. They change nothing.
func (t Terms) Change(m Meta, c RuleChange) (Terms, []Entry, error) {
	if c.Rule == nil {
		return t, nil, invalid("rule", "none was given: a Clear and a Retract take one of the kind, such as Promotion{}")
	}
	switch c.Rule.(type) {
	case Rounding, Zone, Home, TaxRate, Promotion, DiscountCap, ShippingMethod, ListRule, ExchangeRate, CashRounding, ServiceRule:
	default:
		return t, nil, invalid("rule", "%T: give the value, not a pointer to it", c.Rule)
	}
	if c.Mark == 0 {
		c.Mark = Set
	}
	if c.Mark > Retract {
		return t, nil, invalid("mark", "it is none of Set, Clear and Retract")
	}
	if err := checkWord("name", c.Name, 40); err != nil {
		return t, nil, err
	}
	now := c.From == 0
	from, err := t.from(m, c.From)
	if err != nil {
		return t, nil, err
	}
	c.From = from
	if c.Mark == Set {
		err := c.Rule.check(c.Name)
		if zone := zoneOf(c.Rule); err == nil && zone != "" {
			if _, known := t.zones.find(zone); !known {
				err = invalid("zone", "there is no zone %q: record it first", zone)
			}
		}
		if err := within(c.Rule.word()+" "+c.Name, err); err != nil {
			return t, nil, err
		}
		c.Rule = c.Rule.canonical()
		if now && t.holds(c) {
			return t, nil, nil
		}
	}
	return c.Rule.change(t, m, c)
}

// zoneOf gives the zone that a rule names, "" for none.
func zoneOf(r Rule) string {
	switch r := r.(type) {
	case TaxRate:
		return r.Zone
	case ShippingMethod:
		return r.Zone
	case ServiceRule:
		return r.Zone
	}
	return ""
}

// holds reports whether the change says what the rule in force says.
func (t Terms) holds(c RuleChange) bool {
	is, ok := t.rule(c.Rule, c.Name, c.From)
	return ok && sameRule(is, c.Rule)
}

// changeRule is Change for the rules of one type.
func changeRule[T any](t Terms, m Meta, c RuleChange, of rules[T], rule *T) (Terms, []Entry, error) {
	word, over := c.Rule.word(), of.timeline(c.Name)
	if c.Mark == Retract && !over.stands(c.From) {
		return t, nil, invalid("from", "no change of %s %q stands at %s that could be called off: %s", word, c.Name, c.From, over.standing())
	}
	if _, known := of.find(c.Name); !known && (c.Mark == Clear || len(of) >= MaxRules) {
		if c.Mark == Clear {
			return t, nil, &NotFoundError{Kind: word, ID: c.Name}
		}
		return t, nil, invalid("name", "there are %d rules of the kind %s; the terms take no more: change one that ended", len(of), word)
	}
	p := ruleChanged[T]{sign(m), c.Name, c.Mark, c.From, nil}
	if c.Mark == Set {
		p.Rule = rule
	}
	return record(t, termsKinds, m, word, p)
}

// sameRule compares two rules of one type by what would be stored.
func sameRule(a, b Rule) bool {
	x, err := encodePayload(a)
	y, err2 := encodePayload(b)
	return err == nil && err2 == nil && string(x) == string(y)
}

// RuleRecord is one change of a rule as the terms keep it. Its JSON is written only: a
// Rule does not say there of which type it is.
type RuleRecord struct {
	Kind     string  `json:"kind"` // "tax", "promotion" ...
	Name     string  `json:"name"`
	N        int64   `json:"n"` // number of the entry
	From     Instant `json:"from"`
	Recorded Instant `json:"recorded"`
	Mark     Mark    `json:"mark"`
	Rule     Rule    `json:"rule,omitempty"` // of a Set
	By       Actor   `json:"by,omitempty"`
	Note     string  `json:"note,omitempty"`
}

// records gives every change of the rules of one type, by name.
func records[T any](word string, of rules[T], rule func(T) Rule) iter.Seq[RuleRecord] {
	return func(yield func(RuleRecord) bool) {
		for _, r := range of {
			for c := range r.over.All() {
				rec := RuleRecord{Kind: word, Name: r.name, N: c.N, From: c.From, Recorded: c.Recorded, Mark: c.Mark, By: c.By, Note: c.Note}
				if c.Mark == Set {
					rec.Rule = rule(c.Value)
				}
				if !yield(rec) {
					return
				}
			}
		}
	}
}

// checkPatterns checks postal patterns.
func checkPatterns(path string, patterns []string) error {
	for i, p := range patterns {
		at := fmt.Sprintf("%s[%d]", path, i)
		if err := checkName(at, p, 24); err != nil {
			return err
		}
		from, to, span := strings.Cut(p, "..")
		if span && (len(postal(from)) == 0 || len(postal(from)) != len(postal(to)) || postal(from) > postal(to)) {
			return invalid(at, "%q is no range: both ends have as many letters, as in \"1000..1999\"", p)
		}
		if body := strings.TrimSuffix(p, "*"); !span && (postal(body) == "" || strings.Contains(body, "*")) {
			return invalid(at, "%q is no pattern: write \"1010\", \"SW1*\" or \"1000..1999\"", p)
		}
	}
	return nil
}

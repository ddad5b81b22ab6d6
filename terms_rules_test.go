package till

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// wrongRule is a rule that is refused, with the path that the error names, behind kind and
// name of the rule.
type wrongRule struct {
	name string
	rule Rule
	path string
}

// checkRefused checks that each is refused at its path, and changes nothing.
func checkRefused(t *testing.T, wrong []wrongRule) {
	t.Helper()
	for i, w := range wrong {
		before := under("gb", Zone{Countries: []string{"GB"}})
		after, entries, err := before.Change(on(1), RuleChange{Name: w.name, Rule: w.rule})
		want := w.rule.word() + " " + w.name + "." + w.path
		if e, ok := err.(*InvalidError); !ok || e.Path != want || len(entries) != 0 || e.Reason == "" {
			t.Errorf("%d: error %v, want one at %s", i, err, want)
		}
		same(t, "the terms", after, before)
	}
}

// takenOn says what a promotion takes off 10.00, day by day.
func takenOn(t Terms, days ...int) string {
	var all []string
	for _, d := range days {
		q := must(cartOf(Item{SKU: "A", Quantity: 1}).Quote(priceShop("10.00"), t, jan(d)))
		taken := "-"
		for _, off := range q.Discounts() {
			taken = off.Promotion + off.Amount.Number()
		}
		all = append(all, taken)
	}
	return strings.Join(all, " ")
}

// A rule holds from its instant to that of the next change of its name, that instant not
// included; what was recorded before stays, and can be called off.
func TestRulesOverTime(t *testing.T) {
	percent := func(s string) Promotion { return Promotion{Label: "Sale", Action: PercentOff(pct(s))} }
	set := func(s string, from Instant) RuleChange { return RuleChange{Name: "p", Rule: percent(s), From: from} }
	mark := func(m Mark, from Instant) RuleChange {
		return RuleChange{Name: "p", Rule: Promotion{}, Mark: m, From: from}
	}
	for _, c := range []struct {
		says    string
		changes []RuleChange
		want    string // on days 1 to 4
	}{
		{"it begins", []RuleChange{set("10", jan(2))}, "- p-1.00 p-1.00 p-1.00"},
		{"it begins and ends", []RuleChange{set("10", jan(2)), mark(Clear, jan(4))}, "- p-1.00 p-1.00 -"},
		{"it ends to the microsecond", []RuleChange{set("10", jan(2)), mark(Clear, jan(3).Add(time.Microsecond))}, "- p-1.00 p-1.00 -"},
		{"it changes", []RuleChange{set("10", jan(2)), set("20", jan(3))}, "- p-1.00 p-2.00 p-2.00"},
		{"its beginning is called off", []RuleChange{set("10", jan(2)), mark(Retract, jan(2))}, "- - - -"},
		{"its end is called off", []RuleChange{set("10", jan(2)), mark(Clear, jan(3)), mark(Retract, jan(3))}, "- p-1.00 p-1.00 p-1.00"},
		{"a change is called off: what was before holds on", []RuleChange{set("10", jan(2)), set("20", jan(3)), mark(Retract, jan(3))}, "- p-1.00 p-1.00 p-1.00"},
		{"it is corrected for the past", []RuleChange{set("10", jan(2)), set("20", jan(1))}, "p-2.00 p-1.00 p-1.00 p-1.00"},
		{"of one instant the last counts", []RuleChange{set("10", jan(2)), set("20", jan(2))}, "- p-2.00 p-2.00 p-2.00"},
	} {
		terms := Terms{}
		for _, change := range c.changes {
			terms = must3(terms.Change(on(20), change))
		}
		if got := takenOn(terms, 1, 2, 3, 4); got != c.want {
			t.Errorf("%s: %s, want %s", c.says, got, c.want)
		}
		read := must(asTerms(store.Raw(must(termsDoc{terms}.AppendStored(nil)))))
		same(t, c.says+": read from a store", read, terms)
	}
}

// A rule without an instant holds from the operation on, and earlier instants are read as
// they were.
func TestRuleFromNow(t *testing.T) {
	terms := must3(Terms{}.Change(on(2), RuleChange{Name: "p", Rule: Promotion{Label: "Sale", Action: PercentOff(pct("10"))}}))
	if got, want := takenOn(terms, 1, 2), "- p-1.00"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	again, entries, err := terms.Change(on(3), RuleChange{Name: "p", Rule: Promotion{Label: "Sale", Action: PercentOff(pct("10"))}})
	if err != nil || len(entries) != 0 {
		t.Errorf("the same again: %v, %v", entries, err)
	}
	same(t, "the terms", again, terms)
	if _, entries, err := terms.Change(on(3), RuleChange{Name: "p", Rule: Promotion{Label: "Sale", Action: PercentOff(pct("10"))}, From: jan(9)}); err != nil || len(entries) != 1 {
		t.Errorf("the same, planned: %v, %v", entries, err)
	}
}

func TestRuleRefusals(t *testing.T) {
	zone := under("gb", Zone{Countries: []string{"GB"}})
	good := Zone{Countries: []string{"FR"}}
	for says, c := range map[string]struct {
		m      Meta
		change RuleChange
		want   error
	}{
		"no rule":                    {on(1), RuleChange{Name: "a"}, badAt("rule")},
		"a pointer to a rule":        {on(1), RuleChange{Name: "a", Rule: &good}, badAt("rule")},
		"a pointer to none":          {on(1), RuleChange{Name: "a", Rule: (*Zone)(nil), Mark: Clear}, badAt("rule")},
		"no name":                    {on(1), RuleChange{Rule: good}, badAt("name")},
		"a name of other letters":    {on(1), RuleChange{Name: "Ä", Rule: good}, badAt("name")},
		"a name that is too long":    {on(1), RuleChange{Name: strings.Repeat("a", 41), Rule: good}, badAt("name")},
		"no such mark":               {on(1), RuleChange{Name: "a", Rule: good, Mark: 9}, badAt("mark")},
		"no instant":                 {Meta{}, RuleChange{Name: "a", Rule: good}, badAt("meta.at")},
		"an instant without a year":  {on(1), RuleChange{Name: "a", Rule: good, From: MaxInstant + 1}, badAt("from")},
		"an end of none":             {on(1), RuleChange{Name: "a", Rule: Zone{}, Mark: Clear}, &NotFoundError{Kind: "zone", ID: "a"}},
		"an end of another kind":     {on(1), RuleChange{Name: "gb", Rule: TaxRate{}, Mark: Clear}, &NotFoundError{Kind: "tax", ID: "gb"}},
		"nothing to call off":        {on(1), RuleChange{Name: "gb", Rule: Zone{}, Mark: Retract, From: jan(7)}, badAt("from")},
		"nothing of another's":       {on(1), RuleChange{Name: "a", Rule: Zone{}, Mark: Retract, From: jan(0)}, badAt("from")},
		"what was called off before": {on(1), RuleChange{Name: "gb", Rule: Zone{}, Mark: Retract, From: jan(0) + 1}, badAt("from")},
	} {
		after, entries, err := zone.Change(c.m, c.change)
		if wantError(t, err, c.want); len(entries) != 0 {
			t.Errorf("%s: entries came", says)
		}
		same(t, says, after, zone)
	}
	full := Terms{}
	for i := range MaxRules {
		full.zones = append(full.zones, namedRule[Zone]{name: fmt.Sprintf("z%04d", i)})
	}
	_, _, err := full.Change(on(1), RuleChange{Name: "one-more", Rule: good})
	wantError(t, err, badAt("name"))
	must3(full.Change(on(1), RuleChange{Name: "z0007", Rule: good})) // one that is there
}

// What is refused says what to do instead.
func TestRuleRefusalsSayWhatToDo(t *testing.T) {
	ten := Promotion{Label: "Ten", Action: PercentOff(pct("10"))}
	with := func(change func(*Promotion)) Promotion {
		p := ten
		change(&p)
		return p
	}
	parcel := func(r ShippingRate) Rule { return ShippingMethod{Label: "Parcel", Rates: []ShippingRate{r}} }
	terms := under("p", ten)
	for _, day := range []int{2, 4, 6, 8, 10} {
		terms = must3(terms.Change(on(1), RuleChange{Name: "p", Rule: with(func(p *Promotion) { p.Priority = day }), From: jan(day)}))
	}
	off := func(name string, from Instant) RuleChange {
		return RuleChange{Name: name, Rule: Promotion{}, Mark: Retract, From: from}
	}
	one := must3(terms.Change(on(1), off("p", jan(4))))
	for _, c := range []struct {
		terms  Terms
		change RuleChange
		want   string
	}{
		{terms, RuleChange{Name: "z", Rule: Zone{Countries: []string{"de"}}}, `zone z.countries[0].country: "de" is no code of two capital letters as in ISO 3166-1: write one like "DE"`},
		{terms, RuleChange{Name: "z", Rule: Zone{Countries: []string{"England"}}}, `write one like "GB"`},
		{terms, RuleChange{Name: "t", Rule: TaxRate{}}, `tax t.label: it is empty: give what a buyer is to read, such as "VAT"`},
		{terms, RuleChange{Name: "q", Rule: Promotion{}}, `promotion q.label: it is empty: give what a buyer is to read, such as "Spring sale"`},
		{terms, RuleChange{Name: "m", Rule: ShippingMethod{}}, `shipping m.label: it is empty: give what a buyer is to read, such as "Parcel"`},
		{terms, RuleChange{Name: "q", Rule: Promotion{Label: "Q"}}, "promotion q.action.kind: no action was given: make one with PercentOff"},
		{terms, RuleChange{Name: "q", Rule: Promotion{Label: "Q", Action: Action{Kind: "half"}}}, `promotion q.action.kind: "half" is no kind of action: make one with PercentOff`},
		{terms, RuleChange{Name: "m", Rule: parcel(ShippingRate{By: ByTotal, Table: []ShippingStep{{0, pounds("5")}}})}, "shipping m.rates[0].base: it has no currency: give the rate's, with an amount such as 0.00 EUR where there is no base"},
		{terms, RuleChange{Name: "m", Rule: parcel(ShippingRate{Base: pounds("-1")})}, "shipping m.rates[0].base: -1.00 GBP: it is 0 or more"},
		{terms, RuleChange{Name: "p", Rule: with(func(p *Promotion) { p.Each = 21 })}, "promotion p.each: 21: 0, which is no limit, to 20 are possible of one customer"},
		{terms, RuleChange{Name: "p", Rule: with(func(p *Promotion) { p.Action = BuyGet(2, 0, pct("100")) })}, "promotion p.action.get: 0: 1 to 1000000000 pieces are possible"},
		{terms, RuleChange{Name: "p", Rule: with(func(p *Promotion) { p.Action = PriceOf(pounds("-1")) })}, "promotion p.action.amounts[0]: -1.00 GBP: it is 0.00 GBP at least"},
		{terms, RuleChange{Name: "p", Rule: with(func(p *Promotion) { p.If.Minimum = []money.Amount{pounds("0")} })}, "promotion p.if.minimum[0]: 0.00 GBP: it is 0.01 GBP at least"},
		{terms, RuleChange{Name: "p", Rule: with(func(p *Promotion) { p.Action = AmountOff(money.Amount{}) })}, "promotion p.action.amounts[0]: it has no currency: write an amount such as 5.00 GBP"},
		{terms, off("p", jan(3)), "one stands at " + jan(10).String() + ", " + jan(8).String() + ", " + jan(6).String() + ", " + jan(4).String() + ", " + jan(2).String() + ", and 1 more"},
		{one, off("p", jan(4)), "one stands at " + jan(10).String() + ", " + jan(8).String() + ", " + jan(6).String() + ", " + jan(2).String() + ", " + jan(0).String()},
		{terms, off("q", jan(3)), `no change of promotion "q" stands at ` + jan(3).String() + " that could be called off: none stands"},
	} {
		if _, _, err := c.terms.Change(on(1), c.change); err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "till: ") {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// What is no level is neither written nor read.
func TestRoundingLevelText(t *testing.T) {
	for _, level := range []RoundingLevel{PerLine, PerUnit, PerOrder} {
		var read RoundingLevel
		if err := read.UnmarshalText(must(level.MarshalText())); err != nil || read != level {
			t.Errorf("%s: %s, %v", level, read, err)
		}
	}
	var level RoundingLevel
	wantError(t, level.UnmarshalText([]byte("no level")), badAt("level"))
	_, err := RoundingLevel(3).MarshalText()
	wantError(t, err, badAt("level"))
}

// Every rule can be asked for by name, is given as a copy, and is listed with its past.
func TestRulesAreListed(t *testing.T) {
	terms := fullTerms()
	terms = must3(terms.Change(on(1), RuleChange{Name: "parcel", Rule: ShippingMethod{}, Mark: Clear, From: jan(9)}))
	var listed []string
	for r := range terms.All() {
		listed = append(listed, r.Kind+" "+r.Name)
		if (r.Mark == Set) != (r.Rule != nil) || r.N == 0 || r.Recorded == 0 {
			t.Errorf("%+v", r)
		}
	}
	for _, c := range fullRules() {
		is, ok := terms.Rule(c.Rule, c.Name, jan(1))
		if !ok || !sameRule(is, c.Rule.canonical()) {
			t.Errorf("%s %s is %+v", c.Rule.word(), c.Name, is)
		}
		if !slices.Contains(listed, c.Rule.word()+" "+c.Name) {
			t.Errorf("%s %s is not listed", c.Rule.word(), c.Name)
		}
		if _, ok := terms.Rule(c.Rule, "another", jan(1)); ok {
			t.Errorf("there is a %s of another name", c.Rule.word())
		}
	}
	if len(listed) != len(fullRules())+2 { // rounding, and the end of a method
		t.Errorf("listed: %v", listed)
	}
	for range terms.All() {
		break // whoever has seen enough stops
	}
	if _, ok := terms.Rule(ShippingMethod{}, "parcel", jan(9)); ok {
		t.Error("a method that ended holds")
	}
	if body := string(must(json.Marshal(terms))); !strings.Contains(body, `"kind":"shipping","name":"parcel"`) {
		t.Error(body)
	}
	is, _ := terms.Rule(ShippingMethod{}, "parcel", jan(1))
	is.(ShippingMethod).Rates[0].Table[0].Amount = money.Amount{}
	again, _ := terms.Rule(ShippingMethod{}, "parcel", jan(1))
	if again.(ShippingMethod).Rates[0].Table[0].Amount != pounds("2.95") {
		t.Error("who asks for a rule can change it")
	}
}

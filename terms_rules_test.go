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

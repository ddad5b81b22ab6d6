//go:build unix

package storetest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files and the examples of README.md anew")

// apart are rules that a broken store may fail by chance, and some that are slow. A
// store is run over one of them only where it is known for sure what comes of it: the
// store that is made for it fails it, and the stores that are made for those that
// stand before it pass it. Those whose stores have a file stand first, since the
// others cannot be run over the rules of Durable and Shared stores.
var apart = []string{
	"trouble/at-once",
	"durable/fidelity", "shared/write-skew", "shared/processes", "durable/crash", "shared/at-once", "shared/prepare-at-once", "life/close-under-way",
	"life/refused-is-absent",
	"page/great", "fidelity/great-set", "key/lasts", "prepare/many",
	"find/many-records", "history/long", "form/too-long", "maintain/any-method", "context/ends-writing", "trouble/leave", "life/gives-back",
	"concurrent/reads-many", "concurrent/reads-whole", "fidelity/greatest", "concurrent/pages", "feed/while-writing", "require/write-skew",
	"require/absence-holds", "counter/last-unit", "claim/race", "concurrent/one-winner", "context/own-alone", "key/at-once",
	"concurrent/one-journal", "concurrent/all-methods", "concurrent/refused-alone", "counter/adds-meet",
	"concurrent/disjoint", "concurrent/finds-whole",
}

// alike are pairs of rules that no broken store tells apart, each with the reason
// why they are two rules all the same. A pair that is told apart by now fails.
var alike = map[pair]string{}

// pair is two rules in the order in which Run checks them.
type pair struct{ first, second string }

// verdicts says of each rule that a broken store was run over whether the store
// passed it. A rule that is not there was not run: nothing is known.
type verdicts map[string]bool

// runs reports whether a rule is run over a broken store.
func (b broken) runs(rule Rule) bool {
	h := b.harness()
	switch child := os.Getenv(childRule); {
	case child != "" && child != rule.ID || h.lacks(rule) != "":
		return false
	case rule.ID == b.kills:
		return true
	case raced || testing.Short():
		return false
	case slices.Contains(apart, rule.ID):
		return b.spared(rule.ID)
	}
	return true
}

// spared reports whether a broken store passes a rule of apart for sure.
func (b broken) spared(id string) bool {
	own := slices.Index(apart, b.kills)
	return slices.Contains(b.spares, id) || own >= 0 && own < slices.Index(apart, id)
}

// judge runs a broken store over the rules.
func (b broken) judge(t *testing.T) verdicts {
	all, h := verdicts{}, b.harness()
	for rule := range Rules() {
		if !b.runs(rule) {
			continue
		}
		rec := try(t, h, rule)
		for again := 0; again < 4 && !rec.Failed() && rule.ID == b.kills && slices.Contains(apart, rule.ID); again++ {
			rec = try(t, h, rule) // what goes wrong by chance has five
		}
		all[rule.ID] = !rec.Failed()
		if text := rec.text.String(); rec.Failed() && !strings.Contains(text, rule.Sentence) && !strings.Contains(text, "storetest:") && !strings.Contains(text, "panic:") {
			t.Errorf("%s fails without its sentence:\n%s", rule.ID, text)
		}
		if rec.Failed() && b.spared(rule.ID) {
			t.Errorf("it must pass %s, a race of another kind, and fails it:\n%s", rule.ID, rec.text.String())
		}
	}
	if passed, run := all[b.kills]; os.Getenv(childRule) == "" && (!run || passed) {
		t.Errorf("it is made to fail %s and fails %q", b.kills, all.failed())
	}
	return all
}

// failed gives the rules that failed, in the order in which Run checks them.
func (v verdicts) failed() []string {
	var failed []string
	for rule := range Rules() {
		if passed, run := v[rule.ID]; run && !passed {
			failed = append(failed, rule.ID)
		}
	}
	return failed
}

// TestBroken runs the rules over every broken store: every rule has one that is
// made to fail it, and every two rules are told apart by one that fails the one and
// passes the other.
func TestBroken(t *testing.T) {
	var mu sync.Mutex
	matrix := map[string]verdicts{}
	t.Run("stores", func(t *testing.T) {
		for _, b := range brokenStores {
			t.Run(b.name, func(t *testing.T) {
				t.Parallel()
				judged := b.judge(t)
				mu.Lock()
				defer mu.Unlock()
				if matrix[b.name] != nil {
					t.Errorf("there are two of the name")
				}
				matrix[b.name] = judged
			})
		}
	})
	if len(matrix) < len(brokenStores) {
		return // -run chose some
	}
	var ids []string
	for rule := range Rules() {
		ids = append(ids, rule.ID)
		if !slices.ContainsFunc(brokenStores, func(b broken) bool { return b.kills == rule.ID }) {
			t.Errorf("no broken store is made to fail %s: does it check anything?", rule.ID)
		}
	}
	if raced || testing.Short() {
		return
	}
	for _, wrong := range untold(ids, slices.Collect(maps.Values(matrix)), alike) {
		t.Error(wrong)
	}
	golden(t, "testdata/killmatrix.golden", matrixText(matrix))
}

// untold says what is wrong with the pairs of rules: those that no store tells apart
// and that do not stand in alike, and those that stand there without need.
func untold(ids []string, matrix []verdicts, alike map[pair]string) []string {
	var wrong []string
	known := map[pair]bool{}
	for i, first := range ids {
		for _, second := range ids[i+1:] {
			p := pair{first, second}
			known[p] = true
			told := slices.ContainsFunc(matrix, func(v verdicts) bool {
				a, ranA := v[first]
				b, ranB := v[second]
				return ranA && ranB && a != b
			})
			switch reason := alike[p]; {
			case !told && reason == "":
				wrong = append(wrong, fmt.Sprintf("no broken store tells %s and %s apart: add one, make them one rule, or give the reason in alike", first, second))
			case told && reason != "":
				wrong = append(wrong, fmt.Sprintf("%s and %s are told apart: remove them from alike (%q)", first, second, reason))
			}
		}
	}
	for p := range alike {
		if !known[p] {
			wrong = append(wrong, fmt.Sprintf("alike names %s and %s: there is no such pair in this order", p.first, p.second))
		}
	}
	slices.Sort(wrong)
	return wrong
}

// matrixText says what each broken store fails, area by area.
func matrixText(matrix map[string]verdicts) string {
	var b strings.Builder
	fmt.Fprint(&b, "Stores that break the contract in one way, and the rules that each fails.\n",
		"Behind \"made for\" stands the rule that had to notice. \"passes\" are rules of races\n",
		"and slow ones that were run; others of these were not. All other rules were passed.\n")
	for _, s := range brokenStores {
		fmt.Fprintf(&b, "\n%s%s.\n", strings.ToUpper(s.name[:1]), s.name[1:])
		line := func(what string, names ...string) { fmt.Fprintf(&b, "    %-10s %s\n", what, strings.Join(names, " ")) }
		line("made for", s.kills)
		var areas []string
		names := map[string][]string{}
		for _, id := range matrix[s.name].failed() {
			area, name, _ := strings.Cut(id, "/")
			if id == s.kills {
				continue
			}
			if names[area] == nil {
				areas = append(areas, area)
			}
			names[area] = append(names[area], name)
		}
		for _, area := range areas {
			line(area, names[area]...)
		}
		var spared []string
		for _, id := range apart {
			if matrix[s.name][id] {
				spared = append(spared, id)
			}
		}
		if len(spared) > 0 {
			line("passes", spared...)
		}
	}
	n := len(slices.Collect(Rules()))
	fmt.Fprintf(&b, "\n%d stores, %d rules, %d pairs of rules; %d pairs are not told apart.\n", len(brokenStores), n, n*(n-1)/2, len(alike))
	return b.String()
}

// golden compares a text with a file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-golden +now; -update writes it anew):\n%s", path, diff)
	}
}

// Two rules that always fail together, and two that were never run over one store,
// are not told apart. A reason that is no longer needed is told too.
func TestUntold(t *testing.T) {
	ids := []string{"a", "b", "c", "d"}
	matrix := []verdicts{{"a": false, "b": false, "c": true}, {"a": true, "b": true, "c": false}, {"d": false}}
	got := untold(ids, matrix, map[pair]string{{"a", "d"}: "d is slow", {"a", "c"}: "an old reason", {"c", "b"}: "a wrong order"})
	want := []string{
		`a and c are told apart: remove them from alike ("an old reason")`,
		"alike names c and b: there is no such pair in this order",
		"no broken store tells a and b apart: add one, make them one rule, or give the reason in alike",
		"no broken store tells b and d apart: add one, make them one rule, or give the reason in alike",
		"no broken store tells c and d apart: add one, make them one rule, or give the reason in alike",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

package storetest

import (
	"context"
	"iter"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till/store"
)

// Harness tells the suite how to reach the stores of an adapter.
type Harness struct {
	// Place makes a fresh, empty place for a store: the path of a file that is
	// not there yet, a unique name. What it leaves behind it cleans up with
	// tb.Cleanup. nil serves stores that have none: the place is then "".
	Place func(tb testing.TB) string

	// Open opens the store at a place. It is not prepared.
	Open func(ctx context.Context, place string) (store.Store, error)

	// Durable says that what was committed is at its place after Close, and
	// after the process was killed.
	Durable bool

	// Shared says that two handles may be open on one place at once, also in
	// two processes.
	Shared bool

	// Failing opens the store at a place, as Open does, over an engine that can be made to
	// fail: what the store stands on makes each of its calls through engine.Do. nil leaves
	// the rules of trouble out.
	Failing func(ctx context.Context, place string, engine *Engine) (store.Store, error)

	// Failures are the ways in which that engine can fail. nil is that a call is not made,
	// or is made and its answer lost, by itself or with no answer to any call after it.
	Failures []Failure

	// Known names rules that the adapter is known to break, with the reason.
	// They are run all the same and must still fail.
	Known map[string]string
}

// Need says what a harness must offer for a rule to make sense.
type Need uint8

// The needs of rules.
const (
	Durable Need = 1 << iota
	Shared
	Failing
)

// Rule is one sentence of the contract, with the check that proves it.
type Rule struct {
	ID       string // "commit/all-or-nothing"
	Sentence string // of the contract
	Why      string // what goes wrong in a shop where it does not hold
	Needs    Need
	Check    func(*Env)
}

// rules has every area in the order in which an author meets them, each in one piece.
var rules = byArea(
	readRules, familyRules, docRules, findRules, listRules, queryRules, typeRules, manyRules, pageRules, historyRules, longRules,
	commitRules, errorRules, formRules, requireRules, counterRules, claimRules, keyRules, eraseRules,
	feedRules, fidelityRules, aliasRules, prepareRules, migrateRules, nameRules,
	contextRules, endingRules, lifecycleRules, closingRules, concurrencyRules, besideRules, modelRules, maintainRules, saysRules, durableRules, againRules, sharedRules, troubleRules, tryingRules, waitingRules,
)

func byArea(lists ...[]Rule) []Rule {
	all, first := slices.Concat(lists...), map[string]int{}
	for i, r := range all {
		if _, met := first[area(r.ID)]; !met {
			first[area(r.ID)] = i
		}
	}
	slices.SortStableFunc(all, func(a, b Rule) int { return first[area(a.ID)] - first[area(b.ID)] })
	return all
}

// area gives the part of a rule's ID that it shares with those beside it.
func area(id string) string {
	area, _, _ := strings.Cut(id, "/")
	return area
}

// Rules gives every rule, in the order in which Run checks them.
func Rules() iter.Seq[Rule] { return slices.Values(rules) }

// Run checks every rule, each in a subtest named by its ID, so that one can be
// run alone, and at the end what a whole shop on the store promises ([RunShop]):
//
//	go test -run 'TestStore/commit/all-or-nothing'
//	go test -run 'TestStore/shop/last-unit'
//
// Its summary is the last thing in the test's log, as a table. The environment
// variable STORETEST_REPORT names a file to which [Report] writes it too, if every
// rule was run.
func Run(t *testing.T, h Harness) Summary {
	for id := range h.Known {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == id }) {
			t.Errorf("storetest: Known names the rule %q, which is not there", id)
		}
	}
	begin := time.Now()
	c := &tally{sum: Summary{Durable: h.Durable, Shared: h.Shared}}
	for rule := range Rules() {
		t.Run(rule.ID, func(t *testing.T) {
			c.note(t, h, rule, h.Known)
			run(t, h, rule)
		})
	}
	runShop(t, h, c)
	if os.Getenv(childRule) == "" {
		c.sum.Took = time.Since(begin)
		c.print(t)
	}
	return c.sum
}

// Check checks one rule. An ID that is not there fails.
func Check(tb testing.TB, h Harness, id string) {
	tb.Helper()
	for rule := range Rules() {
		if rule.ID == id {
			run(tb, h, rule)
			return
		}
	}
	tb.Fatalf("storetest: there is no rule %q", id)
}

func run(tb testing.TB, h Harness, rule Rule) {
	tb.Helper()
	if child := os.Getenv(childRule); child != "" && child != rule.ID {
		return
	}
	if reason := h.lacks(rule); reason != "" {
		tb.Skip(reason)
	}
	reason, known := h.Known[rule.ID]
	if !known {
		check(tb, h, rule)
		return
	}
	if rec := try(tb, h, rule); rec.Failed() {
		tb.Skipf("known: %s", reason)
	}
	tb.Errorf("storetest: %s holds now: remove it from Known (%q)", rule.ID, reason)
}

// lacks says why a rule makes no sense for the stores of a harness, "" if it does.
func (h Harness) lacks(rule Rule) string {
	switch {
	case rule.Needs&Durable != 0 && !h.Durable:
		return "the store is not Durable: nothing is promised beyond Close"
	case rule.Needs&Shared != 0 && !h.Shared:
		return "the store is not Shared: one handle on a place at a time"
	case rule.Needs&Failing != 0 && h.Failing == nil:
		return "the harness has no Failing: nothing under the store can be made to fail"
	}
	return ""
}

// check runs the check of a rule in an environment of its own.
func check(tb testing.TB, h Harness, rule Rule) {
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	tb.Cleanup(cancel)
	rule.Check(&Env{TB: tb, Harness: h, Rule: rule, Ctx: ctx})
}

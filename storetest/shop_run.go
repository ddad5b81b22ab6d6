package storetest

import (
	"iter"
	"os"
	"slices"
	"strconv"
	"testing"
)

// shopRules are what a shop promises, whatever it is kept in.
var shopRules = slices.Concat(
	historyBattery, gridBattery, lastUnitBattery, couponBattery, oneKeyBattery, eraseBattery,
	storyBattery, goldenBattery, entriesBattery, asOfBattery, diffBattery, crashBattery,
)

// ShopRules gives every rule of a shop, in the order in which RunShop checks them.
func ShopRules() iter.Seq[Rule] { return slices.Values(shopRules) }

// RunShop is the last part of [Run], for who wants it alone: it opens a whole shop
// over the stores of a harness and checks what it promises, each promise in a subtest
// named by its ID. Harness.Known is of no account here.
//
//	go test -run 'TestStore/shop/last-unit'
//
// Where a rule needs a store to be Durable or Shared and it is not, the rule is
// checked without that part, or skipped with the reason. Races are tried
// STORETEST_TRIES times (an environment variable; 5 without it). Without it and under
// -short, random lives in which nothing races are one.
func RunShop(t *testing.T, h Harness) { runShop(t, h, &tally{}) }

func runShop(t *testing.T, h Harness, c *tally) {
	for rule := range ShopRules() {
		t.Run(rule.ID, func(t *testing.T) {
			c.note(t, h, rule, nil)
			if child := os.Getenv(childRule); child != "" && child != rule.ID {
				return
			}
			if reason := h.lacks(rule); reason != "" {
				t.Skip(reason)
			}
			checkShop(t, h, rule)
		})
	}
}

// checkShop is check without an end of patience: how long the tries take is the
// caller's to choose.
func checkShop(tb testing.TB, h Harness, rule Rule) {
	rule.Check(&Env{TB: tb, Harness: h, Rule: rule, Ctx: tb.Context()})
}

// lives is how many random lives a shop has in which nothing races: as many as there are
// tries, or one under -short.
func (e *Env) lives() int {
	n := e.tries()
	if testing.Short() && os.Getenv(triesVariable) == "" {
		n = 1
	}
	e.Logf("%d lives", n)
	return n
}

const triesVariable = "STORETEST_TRIES"

// tries is how often a race is run.
func (e *Env) tries() int {
	text := os.Getenv(triesVariable)
	if text == "" {
		return 5
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		e.Fatalf("storetest: STORETEST_TRIES is %q: give a number", text)
	}
	return n
}

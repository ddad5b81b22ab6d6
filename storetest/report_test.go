//go:build unix

package storetest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A report has a line for each area, names every rule that did not pass with the
// reason, and says how many were left out.
func TestReport(t *testing.T) {
	s := Summary{Shared: true, Took: 1234 * time.Millisecond, Results: []Result{
		{Rule: "read/order", Outcome: Passed}, {Rule: "read/many", Outcome: Failed}, {Rule: "find/words", Outcome: Known, Reason: "no words yet"},
		{Rule: "find/ties", Outcome: Passed}, {Rule: "find/many", Outcome: Known, Reason: "no words yet"}, {Rule: "durable/crash", Outcome: Skipped, Reason: "not Durable"},
	}}
	want := `Durable: no. Shared: yes.

| area       | passed | skipped | known | failed |
|------------|-------:|--------:|------:|-------:|
| read       |      1 |         |       |      1 |
| find       |      1 |         |     2 |        |
| durable    |        |       1 |       |        |
| all        |      2 |       1 |     2 |      1 |

- failed: read/many
- known (no words yet): find/words, find/many
- skipped (not Durable): durable/crash

%d of %d rules were not run.

It took 1.2s.
`
	all := len(rules) + len(shopRules)
	if diff := cmp.Diff(fmt.Sprintf(want, all-6, all), tableOf(s)); diff != "" {
		t.Error(diff)
	}
	if err := Report(failing{}, s); !errors.Is(err, errFull) {
		t.Errorf("the error of the writer: got %v", err)
	}
}

var errFull = errors.New("full")

// failing is a writer that takes nothing.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

// Run takes down what became of each rule: those that stand in Known must have failed.
func TestSummary(t *testing.T) {
	h := brokenBy("counter/floor").harness()
	h.Known = map[string]string{"counter/floor": "down alone"}
	c := &tally{}
	for _, rule := range slices.Concat(counterRules[2:3], findRules[:1], durableRules[:1]) {
		t.Run(rule.ID, func(t *testing.T) {
			c.note(t, h, rule, h.Known)
			run(t, h, rule)
		})
	}
	if diff := cmp.Diff([]Result{
		{"counter/floor", Known, "down alone"}, {"find/by-key", Passed, ""},
		{"durable/reopen", Skipped, "the store is not Durable: nothing is promised beyond Close"},
	}, c.sum.Results); diff != "" {
		t.Error(diff)
	}
}

// The table is written to the file that is asked for, if no rule was left out.
func TestReportFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "table.md")
	t.Setenv(reportPath, path)
	part := green(Harness{})
	part.Results = part.Results[1:]
	(&tally{sum: part}).print(t)
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a part of a run is written: %v", err)
	}
	(&tally{sum: green(Harness{})}).print(t)
	got, err := os.ReadFile(path)
	if diff := cmp.Diff(tableOf(green(Harness{})), string(got)); diff != "" || err != nil {
		t.Error(err, diff)
	}
	t.Setenv(reportPath, t.TempDir())
	rec := &recorder{TB: t}
	(&tally{sum: green(Harness{})}).print(rec)
	if !strings.Contains(rec.text.String(), reportPath) || !rec.Failed() {
		t.Errorf("a directory is written as a file: %s", rec.text.String())
	}
}

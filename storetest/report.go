package storetest

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Outcome is what became of a rule in a run.
type Outcome uint8

// The outcomes of a rule.
const (
	Passed  Outcome = iota + 1
	Failed          // it is broken, or stands in Known and holds
	Skipped         // the harness does not say that the store is Durable or Shared, or cannot fail it
	Known           // it is broken, as Harness.Known says
)

// Result is the outcome of one rule.
type Result struct {
	Rule    string // the ID
	Outcome Outcome
	Reason  string // of Skipped and Known
}

// Summary is what came of a [Run]: each rule that was run, in the order in which
// they run. Rules that -run left out are not in it.
type Summary struct {
	Durable, Shared bool // what the harness says of its stores
	Results         []Result
	Took            time.Duration // 0: not told
}

// Whole reports whether every rule of the contract and of a shop was run.
func (s Summary) Whole() bool { return len(s.Results) == len(rules)+len(shopRules) }

// Report writes a summary as a Markdown table, for the README of an adapter: a line
// for each area with the number of its rules, then those that were skipped, are known
// to fail or failed, with the reason. But for Took, one harness gives one text. It
// gives the error of w.
func Report(w io.Writer, s Summary) error {
	var b strings.Builder
	yes := map[bool]string{true: "yes", false: "no"}
	fmt.Fprintf(&b, "Durable: %s. Shared: %s.\n\n", yes[s.Durable], yes[s.Shared])
	row := func(cells ...any) { fmt.Fprintf(&b, "| %-10s | %6s | %7s | %5s | %6s |\n", cells...) }
	row("area", "passed", "skipped", "known", "failed")
	b.WriteString("|------------|-------:|--------:|------:|-------:|\n")
	all := counts{}
	for rest := s.Results; len(rest) > 0; {
		name, of := area(rest[0].Rule), counts{}
		for ; len(rest) > 0 && area(rest[0].Rule) == name; rest = rest[1:] {
			of[rest[0].Outcome]++
			all[rest[0].Outcome]++
		}
		row(of.cells(name)...)
	}
	row(all.cells("all")...)
	b.WriteString(exceptions(s.Results))
	if missing := len(rules) + len(shopRules) - len(s.Results); missing > 0 {
		fmt.Fprintf(&b, "\n%d of %d rules were not run.\n", missing, len(rules)+len(shopRules))
	}
	if s.Took > 0 {
		fmt.Fprintf(&b, "\nIt took %s.\n", s.Took.Round(time.Second/10))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

type counts map[Outcome]int

// cells is a row of the table; what is none is left out.
func (c counts) cells(area string) []any {
	row := []any{area}
	for _, o := range []Outcome{Passed, Skipped, Known, Failed} {
		text := ""
		if c[o] > 0 {
			text = strconv.Itoa(c[o])
		}
		row = append(row, text)
	}
	return row
}

// exceptions names what did not pass, a line for each reason.
func exceptions(results []Result) string {
	words := map[Outcome]string{Skipped: "skipped", Known: "known", Failed: "failed"}
	var heads []string
	names := map[string][]string{}
	for _, r := range results {
		head := words[r.Outcome]
		if r.Outcome == Passed {
			continue
		}
		if r.Reason != "" {
			head += " (" + r.Reason + ")"
		}
		if names[head] == nil {
			heads = append(heads, head)
		}
		names[head] = append(names[head], r.Rule)
	}
	var b strings.Builder
	for _, head := range heads {
		fmt.Fprintf(&b, "\n- %s: %s", head, strings.Join(names[head], ", "))
	}
	if len(heads) > 0 {
		b.WriteByte('\n')
	}
	return b.String()
}

// tally collects the results of a run.
type tally struct {
	mu  sync.Mutex
	sum Summary
}

// note takes the outcome of a rule down when its test ends.
func (c *tally) note(t *testing.T, h Harness, rule Rule, known map[string]string) {
	t.Cleanup(func() {
		r := Result{Rule: rule.ID, Outcome: Passed}
		reason, isKnown := known[rule.ID]
		switch {
		case t.Failed():
			r.Outcome = Failed
		case h.lacks(rule) != "":
			r.Outcome, r.Reason = Skipped, h.lacks(rule)
		case isKnown:
			r.Outcome, r.Reason = Known, reason
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sum.Results = append(c.sum.Results, r)
	})
}

// reportPath names the environment variable that says where Run writes its table.
const reportPath = "STORETEST_REPORT"

// print writes the table of a whole run to its log, and to the file that was asked
// for. Of one rule that was run alone there is nothing to tell.
func (c *tally) print(tb testing.TB) {
	tb.Helper()
	path := os.Getenv(reportPath)
	if !c.sum.Whole() {
		if path != "" {
			tb.Logf("storetest: %s is not written: rules were left out", path)
		}
		return
	}
	var b strings.Builder
	_ = Report(&b, c.sum) // a Builder takes everything
	tb.Logf("storetest:\n%s", b.String())
	if path == "" {
		return
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		tb.Errorf("storetest: write the report that %s asks for: %v", reportPath, err)
	}
}

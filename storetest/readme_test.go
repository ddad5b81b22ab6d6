//go:build unix

package storetest

import (
	"bytes"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// forReadme asks TestStore for the failure that README.md shows.
const forReadme = "STORETEST_README"

// TestStore is the test of an adapter whose store holds floors for steps down alone.
func TestStore(t *testing.T) {
	if os.Getenv(forReadme) == "" {
		t.Skip("it fails: TestReadme starts it")
	}
	Run(t, brokenBy("counter/floor").harness())
}

// What README.md shows is what authors see: the test file of the memory store, a
// failure as go test prints it, and the tables of green runs, which the tests of both
// stores compare with their own.
func TestReadme(t *testing.T) {
	file, err := os.ReadFile("../store/memory/memory_test.go")
	if err != nil {
		t.Fatal(err)
	}
	stands(t, "file", "```go\n"+string(file)+"```\n")
	stands(t, "failure", "```\n"+failure(t)+"```\n")
	stands(t, "memory", tableOf(green(Harness{})))
	stands(t, "sqlite", tableOf(green(Harness{Durable: true, Shared: true, Failing: harnessOf(fileAsItIs).Failing})))
}

var (
	seconds = regexp.MustCompile(`\(\d+\.\d+s\)`)
	line    = regexp.MustCompile(`\.go:\d+`)
)

// failure gives what go test prints of a broken rule.
func failure(t *testing.T) string {
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStore$/^counter$/^floor$", "-test.count=1")
	cmd.Env = append(os.Environ(), forReadme+"=1")
	out, err := cmd.Output()
	if err == nil {
		t.Errorf("a broken store passes:\n%s", out)
	}
	told, _, _ := strings.Cut(string(out), "\nFAIL\n") // what follows is of coverage
	return seconds.ReplaceAllString(told, "(0.00s)") + "\nFAIL\n"
}

// green is the summary of a run in which no rule fails.
func green(h Harness) Summary {
	s := Summary{Durable: h.Durable, Shared: h.Shared}
	for _, of := range [][]Rule{rules, shopRules} {
		for _, rule := range of {
			r := Result{Rule: rule.ID, Outcome: Passed}
			if r.Reason = h.lacks(rule); r.Reason != "" {
				r.Outcome = Skipped
			}
			s.Results = append(s.Results, r)
		}
	}
	return s
}

func tableOf(s Summary) string {
	var b strings.Builder
	_ = Report(&b, s)
	return b.String()
}

// stands compares a part of README.md with what it should be, but for the numbers of
// lines, which change with every rule that is written.
func stands(t *testing.T, part, want string) {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	begin, end := []byte("<!-- begin "+part+" -->\n"), []byte("<!-- end -->\n")
	before, rest, _ := bytes.Cut(readme, begin)
	got, after, ok := bytes.Cut(rest, end)
	if !ok {
		t.Fatalf("README.md has no part %q", part)
	}
	if diff := cmp.Diff(line.ReplaceAllString(want, ".go"), line.ReplaceAllString(string(got), ".go")); diff == "" {
		return
	} else if !*update {
		t.Errorf("the part %q of README.md (-want +got; -update writes it anew):\n%s", part, diff)
		return
	}
	if err := os.WriteFile("README.md", bytes.Join([][]byte{before, begin, []byte(want), end, after}, nil), 0o644); err != nil {
		t.Fatal(err)
	}
}

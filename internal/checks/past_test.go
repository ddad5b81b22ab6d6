package checks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// TestPriceTable computes the tables of docs/how-the-past-is-kept.md: the changes
// in the first that has a column "recorded", the answers in the one with "known on".
func TestPriceTable(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "how-the-past-is-kept.md"))
	if err != nil {
		t.Fatal(err)
	}
	prices, err := till.NewPrices("MUG", till.PriceList{Currency: money.GBP})
	if err != nil {
		t.Fatal(err)
	}
	changes := table(string(page), "recorded")
	for _, row := range changes[1:] {
		change := till.PriceChange{From: day(t, row[3])}
		if err := change.Mark.UnmarshalText([]byte(row[1])); err != nil {
			t.Fatal(err)
		}
		if change.Mark == till.Set {
			if change.Price, err = money.ParsePriceText(row[2]); err != nil {
				t.Fatal(err)
			}
		}
		if prices, _, err = prices.Change(till.Meta{At: day(t, row[0])}, change); err != nil {
			t.Fatal(err)
		}
	}
	answers := table(string(page), "known on")
	if len(changes) < 4 || len(answers) < 4 {
		t.Fatalf("the page has %d changes and %d answers", len(changes), len(answers))
	}
	for _, row := range answers[1:] {
		for i, valid := range answers[0][1:] {
			got := "none"
			if p, ok := prices.On(day(t, valid), day(t, row[0]), 1); ok {
				got = p.Price.String()
			}
			if got != row[i+1] {
				t.Errorf("known on %s, valid on %s: the page says %q, it is %q", row[0], valid, row[i+1], got)
			}
		}
	}
}

// day gives the first instant of a day.
func day(t *testing.T, s string) till.Instant {
	t.Helper()
	at, err := till.ParseInstant(s + "T00:00:00Z")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// table gives the cells of the table whose first heading is first, its headings as
// the first row.
func table(page, first string) [][]string {
	var rows [][]string
	for line := range strings.Lines(page) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case len(rows) == 0 && cells[0] != first || strings.HasPrefix(cells[0], "---"):
		case len(rows) > 0 && !strings.HasPrefix(line, "|"):
			return rows
		default:
			rows = append(rows, cells)
		}
	}
	return rows
}

package till

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tillkit/till/money"
)

const totalsPage = "docs/totals.md"

// textBlock is a block of a page whose text a test compares: its name stands behind
// "text", where no reader sees it.
var textBlock = regexp.MustCompile("(?s)```text ([a-z-]+)\n(.*?)```")

// TestTotalsBlocks: what docs/totals.md shows of carts is what the library says of them.
// With -update the blocks are written anew; tables never are, since what others have
// published does not change.
func TestTotalsBlocks(t *testing.T) {
	page := string(must(os.ReadFile(totalsPage)))
	shown := map[string]bool{}
	anew := textBlock.ReplaceAllStringFunc(page, func(block string) string {
		m := textBlock.FindStringSubmatch(block)
		of, ok := blocks[m[1]]
		if !ok {
			t.Fatalf("%q is the name of no block", m[1])
		}
		shown[m[1]] = true
		if d := cmp.Diff(m[2], of()); d != "" && !*update {
			t.Errorf("%s, %s (-page +library):\n%s", totalsPage, m[1], d)
		}
		return "```text " + m[1] + "\n" + of() + "```"
	})
	for name := range blocks {
		if !shown[name] {
			t.Errorf("the page shows no block %q", name)
		}
	}
	if *update && anew != page {
		must(0, os.WriteFile(totalsPage, []byte(anew), 0o644))
	}
}

// tablesOf gives the tables of a page: rows of cells, the headings first.
func tablesOf(page string) (tables [][][]string) {
	var rows [][]string
	for line := range strings.Lines(page + "\n") {
		if !strings.HasPrefix(line, "|") {
			if rows != nil {
				tables, rows = append(tables, rows), nil
			}
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if !strings.HasPrefix(cells[0], "---") {
			rows = append(rows, cells)
		}
	}
	return tables
}

// TestTotalsTables: every figure in a table of docs/totals.md is computed, from the cart
// that stands beside it.
func TestTotalsTables(t *testing.T) {
	carts, shipped, altered := 0, 0, 0
	for _, rows := range tablesOf(string(must(os.ReadFile(totalsPage)))) {
		heads := rows[0]
		column := func(row []string, head string) string {
			if i := slices.Index(heads, head); i >= 0 {
				return row[i]
			}
			return ""
		}
		for _, row := range rows[1:] {
			if len(row) != len(heads) {
				t.Fatalf("%q: %d cells under %d headings", row, len(row), len(heads))
			}
			switch {
			case slices.Contains(heads, "figures") || slices.Contains(heads, "per order"):
				carts++
				checkCart(t, heads, row, cartIn(strings.Join(row, " ")), column(row, "rounding"))
			case slices.Contains(heads, "grams"):
				shipped++
				checkShipping(t, row)
			case slices.Contains(heads, "altered"):
				altered++
				old, anew := alteredOrder(t, row[0])
				if row[1] != old || row[2] != anew {
					t.Errorf("%s: the page has\n%q\n%q\nVerify says\n%q\n%q", row[0], row[1], row[2], old, anew)
				}
			case decimals.MatchString(strings.Join(row, " ")):
				t.Errorf("nothing checks the figures of %q", row)
			}
		}
	}
	if carts < 25 || shipped < 2 || altered != len(alterations) {
		t.Errorf("the page has %d carts, %d parcels and %d altered orders", carts, shipped, altered)
	}
}

// cartIn gives the cart of a cell: what stands between backquotes.
func cartIn(cell string) string {
	_, cart, _ := strings.Cut(cell, "`")
	cart, _, _ = strings.Cut(cart, "`")
	return cart
}

// figurePart is a figure with its name: "total 74.79". Emphasis makes no difference.
var figurePart = regexp.MustCompile(`([a-z]+) (-?\d+\.\d\d(?: (?:\+|and) -?\d+\.\d\d)*)`)

// checkCart computes the figures of a row: those under "figures", and those under "per
// unit" and the like by that level.
func checkCart(t *testing.T, heads, row []string, cart, rounding string) {
	t.Helper()
	for i, head := range heads {
		if head != "figures" && !strings.HasPrefix(head, "per ") {
			continue
		}
		by := rounding
		if head != "figures" {
			by += ", " + head
		}
		figures := strings.Trim(row[i], "*")
		q := quoteOf(t, cart, roundingNamed(t, by))
		found := figurePart.FindAllStringSubmatch(figures, -1)
		if rest := figurePart.ReplaceAllString(figures, ""); len(found) == 0 || strings.Trim(rest, ", ") != "" {
			t.Errorf("%s: %q are no figures", cart, figures)
		}
		for _, m := range found {
			if is := figureNamed(t, q, m[1]); is != m[2] {
				t.Errorf("%s, %s: the page says %s %s, it is %s", cart, by, m[1], m[2], is)
			}
		}
	}
}

// checkShipping computes a row of the table of shipping, part by part.
func checkShipping(t *testing.T, row []string) {
	t.Helper()
	of := load{grams: must(strconv.ParseInt(row[0], 10, 64)), pieces: 1, total: pounds(row[1])}
	free := ShippingRate{Base: pounds("0")}
	parts := []ShippingRate{free, free, free, free, byWeight}
	parts[0].Base = byWeight.Base
	parts[1].By, parts[1].Table = byWeight.By, byWeight.Table
	parts[2].By, parts[2].Per, parts[2].Each = byWeight.By, byWeight.Per, byWeight.Each
	parts[3].Percent = byWeight.Percent
	for i, rate := range parts {
		cost, ok, err := rate.cost(of, money.HalfAwayFromZero)
		if err != nil || !ok || cost.Number() != row[i+2] {
			t.Errorf("%s g for %s: column %d is %s, %v, %v", row[0], row[1], i+3, cost, ok, err)
		}
	}
}

var decimals = regexp.MustCompile(`\d+\.\d+|\d+ %`)

// TestTotalsProse: a figure in a sentence of docs/totals.md stands in a block or a table of
// the same section, where it is checked.
func TestTotalsProse(t *testing.T) {
	for _, section := range strings.Split(string(must(os.ReadFile(totalsPage))), "\n## ") {
		checked := map[string]bool{}
		var prose []string
		fenced := false
		for line := range strings.Lines(section) {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if fenced || strings.HasPrefix(line, "|") {
				for _, f := range decimals.FindAllString(line, -1) {
					checked[f] = true
				}
			} else if !strings.HasPrefix(line, "[") { // an address
				prose = append(prose, decimals.FindAllString(line, -1)...)
			}
		}
		for _, f := range prose {
			if !checked[f] {
				title, _, _ := strings.Cut(section, "\n")
				t.Errorf("%q: nothing checks the figure %s", title, f)
			}
		}
	}
}

// goBlock is a block of a page that shows Go.
var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// TestTotalsGo: what docs/totals.md shows as Go stands in an example that runs, word for
// word, and is short.
func TestTotalsGo(t *testing.T) {
	examples := string(must(os.ReadFile("example_totals_test.go")))
	blocks := goBlock.FindAllStringSubmatch(string(must(os.ReadFile(totalsPage))), -1)
	for _, m := range blocks {
		if !strings.Contains(examples, m[1]) {
			t.Errorf("no example has this:\n%s", m[1])
		}
		if lines := strings.Count(m[1], "\n"); lines > 20 {
			t.Errorf("it has %d lines:\n%s", lines, m[1])
		}
	}
	if len(blocks) == 0 {
		t.Error("the page shows no Go")
	}
}

// ruleLiteral is a rule that README.md sets.
var ruleLiteral = regexp.MustCompile(`(?s)till\.RuleChange\{.*?\}\}\)`)

// TestReadmeTotals: the rules that README.md sets stand in an example, and what it explains
// is what the example prints.
func TestReadmeTotals(t *testing.T) {
	flat := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	examples, readme := string(must(os.ReadFile("example_totals_test.go"))), string(must(os.ReadFile("README.md")))
	rules := ruleLiteral.FindAllString(readme, -1)
	for _, rule := range rules {
		if !strings.Contains(flat(examples), flat(strings.TrimSuffix(rule, ")"))) {
			t.Errorf("no example has this rule:\n%s", rule)
		}
	}
	explained := strings.Split(readme, "```text\n")
	if len(rules) < 2 || len(explained) != 2 {
		t.Fatalf("README.md has %d rules and %d blocks", len(rules), len(explained)-1)
	}
	shown, _, _ := strings.Cut(explained[1], "```")
	var output strings.Builder
	for line := range strings.Lines(shown) {
		fmt.Fprintf(&output, "\t// %s", line)
	}
	if !strings.Contains(examples, "\t// Output:\n"+output.String()+"}\n") {
		t.Errorf("no example prints this:\n%s", shown)
	}
}

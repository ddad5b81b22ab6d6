package checks

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestSearchTable: docs/search.md has the table of ProductQuery, word for word.
func TestSearchTable(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "search.md"))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(root, "storefront_query.go"))
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for line := range strings.Lines(string(source)) {
		cells, ok := strings.CutPrefix(line, "//\t")
		if ok && (len(rows) > 0 || strings.HasPrefix(cells, "asked for")) {
			rows = append(rows, regexp.MustCompile(`\s{2,}`).Split(strings.TrimSpace(cells), -1))
		}
	}
	documented := table(string(page), "asked for")
	if len(rows) < 5 || !slices.EqualFunc(rows, documented, slices.Equal) {
		t.Errorf("ProductQuery has\n%q\nthe page has\n%q", rows, documented)
	}
}

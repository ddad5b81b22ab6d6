package productcsv

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// awkward are texts of few characters, most of which mean something to a cell.
func awkward() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("'=+-@＝＠\t\r\n\",; ax1\u00a0\u2028ü")), 0, 8, -1),
		rapid.String(),
	)
}

func TestAnEscapedTextIsNoFormulaAndComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := awkward().Draw(t, "text")
		cell := escape(text)
		if cell != "" && strings.ContainsAny(string([]rune(cell)[:1]), "=+-@\t\r＝＋－＠") {
			t.Errorf("%q is written %q, which begins a formula", text, cell)
		}
		if have := unescape(cell); have != text {
			t.Errorf("%q is written %q and read %q", text, cell, have)
		}
		if formula := startsFormula(text); formula != (cell != text) {
			t.Errorf("%q begins as a formula: %t, and is written %q", text, formula, cell)
		}
	})
}

func TestEscape(t *testing.T) {
	for text, cell := range map[string]string{
		"": "", "a": "a", "a=b": "a=b", "'": "'", "''": "''", "'a": "'a", " =a": " =a", "\n=a": "\n=a",
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "\ta": "'\ta", "\ra": "'\ra",
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠a": "'＠a", "'＝": "''＝",
		"'=1": "''=1", "''-1": "'''-1", "=": "'=", "'@": "''@",
	} {
		if have := escape(text); have != cell {
			t.Errorf("%q is written %q, not %q", text, have, cell)
		}
		if have := unescape(cell); have != text {
			t.Errorf("%q is read %q, not %q", cell, have, text)
		}
	}
	for _, cell := range []string{"=1", "-1", "'a", "''", "a", " '=a"} { // nothing that escape put there
		if have := unescape(cell); have != cell {
			t.Errorf("%q is read %q", cell, have)
		}
	}
}

// TestACellSaysTheTextOrTheNearest: what is shown is never further from the text than
// its line ends and the space at its ends, and says the same when it is shown again.
func TestACellSaysTheTextOrTheNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := awkward().Draw(t, "text")
		for _, c := range []column{colBody, colVendor} {
			cell := shownAs(c, text)
			if strings.Contains(cell, "\r\n") || startsFormula(cell) && cell[0] != '\'' {
				t.Errorf("%q is shown as %q", text, cell)
			}
			said := readAs(c, cell)
			if strings.TrimSpace(said) != strings.TrimSpace(feeds(text)) {
				t.Errorf("%q is shown as %q and says %q", text, cell, said)
			}
			if again := readAs(c, shownAs(c, said)); again != said {
				t.Errorf("%q says %q, and that says %q", text, said, again)
			}
		}
	})
}

func TestFeeds(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "a\r\nb": "a\nb", "a\r\r\nb\r\n": "a\nb\n", "a\rb\r": "a\rb\r", "\r\n\r": "\n\r", "\r\n": "\n",
	} {
		if have := feeds(text); have != want {
			t.Errorf("%q becomes %q, not %q", text, have, want)
		}
	}
}

// TestEveryColumnIsWritten: a column that can be read has one place in a file.
func TestEveryColumnIsWritten(t *testing.T) {
	for c := range columns {
		if n := len(slices.DeleteFunc(slices.Clone(written), func(w column) bool { return w != c })); n != 1 || columnNames[c] == "" {
			t.Errorf("column %d, %q, is written %d times", c, columnNames[c], n)
		}
	}
	if len(written) != int(columns) {
		t.Errorf("%d columns of %d", len(written), columns)
	}
}

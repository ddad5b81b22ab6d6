package productcsv

import (
	"strings"
	"unicode/utf8"
)

// How a text stands in a cell. A spreadsheet takes a cell that begins with one of
// formulaStarts for a formula and may run it. So such a text is written with an
// apostrophe in front, which makes it a text to every spreadsheet, and a text that
// has an apostrophe there already gets one more: then the one that was written can
// be told from those that are the text's own.
//
// A cell cannot hold every text: the ends of lines come back as "\n", the space at
// the ends of a text goes, and a cell with nothing but space is an empty cell. What
// that would change is written a second time, under Till Exact Text.

// formulaStarts begin what a spreadsheet takes for a formula; the wide forms do so where
// Japanese or Chinese is written.
const formulaStarts = "=+-@\t\r＝＋－＠"

// startsFormula tells a text that begins, after any number of apostrophes, as a
// formula does.
func startsFormula(s string) bool {
	s = strings.TrimLeft(s, "'")
	first, size := utf8.DecodeRuneInString(s)
	return size > 0 && strings.ContainsRune(formulaStarts, first)
}

// escape makes a cell of a text: no formula, and [unescape] gives the text back.
func escape(text string) string {
	if startsFormula(text) {
		return "'" + text
	}
	return text
}

// unescape takes away the apostrophe that escape puts in front, and no other.
func unescape(cell string) string {
	if cell != "" && cell[0] == '\'' && startsFormula(cell) {
		return cell[1:]
	}
	return cell
}

// exactColumns hold texts of any characters. The other texts are names, which have
// neither line ends nor space at their ends, or are written as JSON.
var exactColumns = []column{colBody, colVendor, colBarcode, colVariantImage, colTaxCode, colAlt}

// readAs gives the text that a cell of text says, but for an exact text.
func readAs(c column, cell string) string {
	if strings.TrimSpace(cell) == "" {
		return ""
	}
	if c != colBody {
		cell = strings.TrimSpace(cell)
	}
	return unescape(cell)
}

// shownAs gives the cell of a text: one that says the text, or the nearest to it
// that a cell can say.
func shownAs(c column, text string) string {
	text = feeds(text)
	cell := escape(text)
	if c != colBody && readAs(c, cell) != text {
		cell = escape(strings.TrimSpace(text))
	}
	return cell
}

// feeds makes each line end a "\n", as a file that is read has them. A "\r" that
// ends no line stays.
func feeds(text string) string {
	if !strings.Contains(text, "\r\n") {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if body, ended := strings.CutSuffix(line, "\n"); ended {
			b.WriteString(strings.TrimRight(body, "\r"))
			b.WriteByte('\n')
		} else {
			b.WriteString(line)
		}
	}
	return b.String()
}

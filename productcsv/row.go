package productcsv

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// kind says what a row is. Every row is of one kind in the end.
type kind int

const (
	pendingRow kind = iota // not known yet
	blankRow
	productRow
	variantRow
	imageRow
	refusedRow
)

// row is a row of the file on its way to a product.
type row struct {
	line   int
	handle string // "" where it cannot be read
	titled bool   // there is something under Title
	cells  [columns]string
	others []uint64 // a bit for each column with something that is not known; nil: none
	unused []unused
	kind   kind
	err    *RowError // why it is refused

	variant till.Variant
	article till.ArticleSpec
	image   *till.Image
	place   int64 // of the image, 0 if none is given
}

// own lets the cells have a string of their own: as they come they are parts of one
// that holds the columns that are not known too.
func (r *row) own() {
	all := strings.Join(r.cells[:], "")
	for c, cell := range r.cells {
		r.cells[c], all = all[:len(cell)], all[len(cell):]
	}
}

// unused notes that something in a known column was not imported.
type unused struct {
	column int // its place in the file
	why    string
}

// refuse refuses the row, unless it is refused already.
func (r *row) refuse(column, value, reason string, err error) {
	if r.err == nil {
		r.err = &RowError{
			Line: r.line, Handle: clip(r.handle, maxShownValue), Column: clip(column, maxShownValue),
			Value: clip(value, maxShownValue), Reason: clip(reason, maxShownReason), Err: err,
		}
	}
}

// reading reads the cells of a row. The first thing that is wrong refuses the row;
// what is read after that does not matter.
type reading struct {
	*header
	*row
	currency money.Currency
	exact    map[column]string // texts that their columns cannot hold, see colExact
}

// wrong refuses the row for what stands under a column.
func (x reading) wrong(c column, format string, args ...any) {
	x.refuse(x.name(c), x.bare(c), fmt.Sprintf(format, args...), till.ErrInvalid)
}

// skip notes that what stands under a column, if anything, is not imported.
func (x reading) skip(c column, why string) {
	if x.cells[c] != "" {
		x.row.unused = append(x.row.unused, unused{x.at[c], why})
	}
}

// bare reads a cell that holds no free text, without the space at its ends.
func (x reading) bare(c column) string { return strings.TrimSpace(x.cells[c]) }

// text reads a cell of text, without the space at its ends (the body keeps it) and
// without an apostrophe that keeps it from being a formula.
func (x reading) text(c column) string { return readAs(c, x.cells[c]) }

// label reads a text that is a name or nothing.
func (x reading) label(c column, most int) string {
	s := x.text(c)
	if s != "" {
		if why := badName(s, most); why != "" {
			x.wrong(c, "%s", why)
		}
	}
	return s
}

// words reads a text of any characters: what the exact text is, as long as the cell
// still says what that one looks like in it.
func (x reading) words(c column, most int) string {
	s := x.text(c)
	if exact, ok := x.exact[c]; ok && readAs(c, shownAs(c, exact)) == s {
		s = exact
	}
	if len(s) > most {
		x.wrong(c, "it has %d bytes, up to %d are possible: shorten it", len(s), most)
	}
	return s
}

// yes reads true or false in any ASCII case, or nothing.
func (x reading) yes(c column, otherwise bool) bool {
	switch foldASCII(x.bare(c)) {
	case "":
		return otherwise
	case "true":
		return true
	case "false":
		return false
	}
	x.wrong(c, "write true or false")
	return otherwise
}

// whole reads a whole number from least to most, or nothing, which is 0.
func (x reading) whole(c column, least, most int64) int64 {
	s := x.bare(c)
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < least || n > most || s[0] == '+' {
		x.wrong(c, "write a whole number from %d to %d", least, most)
		return 0
	}
	return n
}

// maxGrams is a million tonnes.
const maxGrams = 1_000_000_000_000

// grams reads a weight and rounds it to the nearest gram, a half up.
func (x reading) grams(c column) int64 {
	s := x.bare(c)
	if s == "" {
		return 0
	}
	whole, part, point := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > maxGrams || strings.Trim(whole+part, "0123456789") != "" || point && part == "" {
		x.wrong(c, "write the weight in grams, digits with at most one point between them")
		return 0
	}
	if part != "" && part[0] >= '5' {
		n++
	}
	return n
}

// price reads a price of 0 or more in the shop's currency, or none.
func (x reading) price(c column) *money.Price {
	s := x.bare(c)
	if s == "" {
		return nil
	}
	price, err := money.ParsePrice(s, x.currency)
	if err == nil && price.Sign() < 0 {
		x.wrong(c, "a price is 0 or more")
		return nil
	}
	if err != nil {
		reason := err.Error()
		var syntax *money.SyntaxError
		var precision *money.PrecisionError
		var overflow *money.OverflowError
		switch {
		case errors.As(err, &syntax):
			reason = "write digits with at most one point between them, such as 1299.50: no grouping, no sign of a currency"
		case errors.As(err, &precision):
			reason = fmt.Sprintf("%s has %d decimals: write no more, and see whether the file is in another currency", x.currency, x.currency.Digits())
		case errors.As(err, &overflow):
			reason = "it is too much to count: correct it"
		}
		x.refuse(x.name(c), s, reason, fmt.Errorf("%w: %w", till.ErrInvalid, err))
		return nil
	}
	return &price
}

// badName says why a text cannot be a name in a shop, "" if it can. Space at the
// ends is for the caller to take away.
func badName(s string, most int) string {
	switch {
	case s == "":
		return "it is empty: write something"
	case len(s) > most:
		return fmt.Sprintf("it has %d bytes, up to %d are possible: shorten it", len(s), most)
	case !utf8.ValidString(s):
		return "it is not text in UTF-8: save the file as CSV UTF-8"
	}
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return fmt.Sprintf("it has a line end or the control character %U: take it out", r)
		}
	}
	return ""
}

package productcsv

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tillkit/till"
)

// FileError says why a file cannot be used at all.
type FileError struct {
	Name   string // of the file, from Options
	Line   int    // where, 0 for the file as a whole
	Column string // of which column, "" where none is meant
	Reason string // what is wrong and what to do
	Err    error  // what the io.Reader returned, if that is why
}

// Error says where, what is wrong and what to do.
func (e *FileError) Error() string {
	var b strings.Builder
	b.WriteString("productcsv: " + shown(e.Name))
	if e.Line > 0 {
		b.WriteString(": line " + strconv.Itoa(e.Line))
	}
	if e.Column != "" {
		b.WriteString(": " + shown(e.Column))
	}
	b.WriteString(": " + e.Reason)
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives what the io.Reader returned, or else [till.ErrInvalid].
func (e *FileError) Unwrap() error {
	if e.Err != nil {
		return e.Err
	}
	return till.ErrInvalid
}

// RowError says why a row was refused.
type RowError struct {
	Line   int    // on which the row begins; the first line of a file is 1
	Handle string // of the product, "" where there is none that can be read
	Column string // as the file names it; "" where the row as a whole is meant
	Value  string // what stands there, cut after 60 bytes
	Reason string // what is wrong and what to do
	Err    error  // what was wrong, for errors.Is and errors.As
}

// Error says where, what is wrong and what to do, in one line.
func (e *RowError) Error() string { return "productcsv: " + e.text() }

func (e *RowError) text() string {
	var b strings.Builder
	b.WriteString("line " + strconv.Itoa(e.Line))
	if e.Handle != "" {
		b.WriteString(" (" + shown(e.Handle) + ")")
	}
	if e.Column != "" {
		b.WriteString(": " + shown(e.Column))
	}
	if e.Value != "" {
		b.WriteString(" " + strconv.Quote(e.Value))
	}
	b.WriteString(": " + e.Reason)
	return b.String()
}

// Unwrap gives Err: [till.ErrInvalid] with the error of package money for a price
// that cannot be read, what the shop returned for a product that it refused.
func (e *RowError) Unwrap() error { return e.Err }

// The greatest lengths, in bytes, of what errors carry.
const (
	maxShownValue  = 60
	maxShownReason = 400
)

// clip bounds a text at the start of a character.
func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "..."
}

// shown gives a word of the file for a line of text: as it stands where that is
// harmless, else in quotes and escaped.
func shown(s string) string {
	s = clip(s, maxShownValue)
	for _, r := range s {
		if r == utf8.RuneError || !strconv.IsPrint(r) {
			return strconv.Quote(s)
		}
	}
	return s
}

// counted gives "1 row", "2 rows".
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

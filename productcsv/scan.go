package productcsv

import (
	"bufio"
	"errors"
	"io"
)

// The limits of what one row may hold. What is larger is skipped, not kept, and
// refuses its row.
const (
	maxCell    = 1 << 20 // bytes
	maxRow     = 4 << 20 // bytes, in the columns that the file names
	maxColumns = 2000
)

// scanner reads the records of a CSV file (RFC 4180) as encoding/csv does with its
// strict quotes, and besides in bounded memory: it knows when to stop keeping.
type scanner struct {
	in   *bufio.Reader
	line int   // of the next byte
	read int64 // bytes
	most int64 // that may be read
	done bool
	text []byte   // the cells of the record, one after the other
	ends []int    // where each of them ends
	now  []string // these cells
}

func newScanner(r io.Reader, most int64) *scanner {
	return &scanner{in: bufio.NewReaderSize(r, 64<<10), line: 1, most: most}
}

// record is one record of a file. A line without anything is none.
type record struct {
	line  int      // on which it begins
	cells []string // those that were to be kept; good until the next record is read
	more  bool     // there is something in a cell beyond these
	big   int      // the first cell that was too large to keep, -1 if none was
	cut   bool     // the file ends here without a line end
}

// quoteError says that a quotation mark is out of place.
type quoteError struct {
	line, cell int
	reason     string
}

func (e *quoteError) Error() string { return e.reason }

var errTooLarge = errors.New("the file is too large")

const (
	bareQuote = `a quotation mark stands inside a cell that does not begin with one: ` +
		`put the cell in quotation marks and write each one inside it twice`
	loneQuote = `text follows the quotation mark that ends the cell: ` +
		`write each quotation mark inside a cell twice`
	openQuote = `the quotation mark that begins this cell has no end: ` +
		`close it, or see whether the file was cut off`
)

// record reads the next record and keeps its first cells. At the end of the file
// the error is io.EOF; a *quoteError says where a quotation mark is wrong. After an
// error there is nothing more to read.
func (s *scanner) record(keep int) (record, error) {
	if s.done {
		return record{}, io.EOF
	}
	s.text, s.ends = s.text[:0], s.ends[:0]
	c, err := s.byte()
	for err == nil && c == '\n' {
		c, err = s.byte()
	}
	rec := record{line: s.line, big: -1}
	for n := 0; err == nil || err == io.EOF && n > 0; n++ {
		c, err = s.cell(&rec, n, n < keep, c, err)
		if n < keep {
			s.ends = append(s.ends, len(s.text))
		}
		if err == nil && c == ',' {
			c, err = s.byte()
			continue
		}
		if err == nil || err == io.EOF {
			rec.cut, s.done = err == io.EOF, err == io.EOF
			rec.cells = s.split()
			return rec, nil
		}
	}
	s.done = true
	return record{}, err
}

// split makes the cells of what was kept, as parts of one string.
func (s *scanner) split() []string {
	all, start := string(s.text), 0
	s.now = s.now[:0]
	for _, end := range s.ends {
		s.now = append(s.now, all[start:end])
		start = end
	}
	return s.now
}

// cell reads the cell n, of which c and err are the first byte or the end of the
// file, and gives what comes after it: a comma, a line end, or the file's end.
func (s *scanner) cell(rec *record, n int, keep bool, c byte, err error) (byte, error) {
	start, line := len(s.text), s.line
	if err == nil && c == '"' {
		c, err = s.quoted(rec, n, keep, start, line)
	} else {
		for ; err == nil && c != ',' && c != '\n'; c, err = s.byte() {
			if c == '"' {
				return 0, &quoteError{line, n, bareQuote}
			}
			s.add(rec, n, keep, start, c)
		}
	}
	if rec.big == n {
		s.text = s.text[:start]
	}
	return c, err
}

// quoted reads a cell after its first quotation mark.
func (s *scanner) quoted(rec *record, n int, keep bool, start, line int) (byte, error) {
	for {
		c, err := s.byte()
		if err == io.EOF {
			return 0, &quoteError{line, n, openQuote}
		}
		if err != nil {
			return 0, err
		}
		if c == '"' {
			c, err = s.byte()
			if err != nil || c == ',' || c == '\n' {
				return c, err
			}
			if c != '"' {
				return 0, &quoteError{s.line, n, loneQuote}
			}
		}
		s.add(rec, n, keep, start, c)
	}
}

// add keeps a byte of the cell n that begins at start, where there is room.
func (s *scanner) add(rec *record, n int, keep bool, start int, c byte) {
	switch {
	case !keep:
		rec.more = true
	case len(s.text)-start >= maxCell || len(s.text) >= maxRow:
		if rec.big < 0 {
			rec.big = n
		}
	default:
		s.text = append(s.text, c)
	}
}

// byte reads one byte; "\r\n" is one "\n", and a "\r" at the very end is nothing.
func (s *scanner) byte() (byte, error) {
	c, err := s.in.ReadByte()
	if err != nil {
		return 0, err
	}
	if s.read++; s.read > s.most {
		return 0, errTooLarge
	}
	if c == '\r' {
		next, err := s.in.Peek(1)
		if err != nil {
			return 0, err
		}
		if next[0] == '\n' {
			_, _ = s.in.Discard(1) // it is there
			s.read++
			c = '\n'
		}
	}
	if c == '\n' {
		s.line++
	}
	return c, nil
}

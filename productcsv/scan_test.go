package productcsv

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// scanned gives all records of a text, and the lines on which they begin.
func scanned(r io.Reader) (records [][]string, lines []int, err error) {
	s := newScanner(r, 1<<40)
	for {
		rec, err := s.record(1 << 20)
		if err == io.EOF {
			return records, lines, nil
		}
		if err != nil {
			return records, lines, err
		}
		records, lines = append(records, slices.Clone(rec.cells)), append(lines, rec.line)
	}
}

// standard gives the same by encoding/csv.
func standard(text []byte) (records [][]string, lines []int, err error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return records, lines, nil
		}
		if err != nil {
			return records, lines, err
		}
		line, _ := r.FieldPos(0)
		records, lines = append(records, rec), append(lines, line)
	}
}

var scans = []string{
	"", "\n", "\r\n\r\n", "\r", "a", "a\r", "a\n", "a\r\n", "a,b\nc,d", "a,,b,\n,\n", ",", "a,", "\n\na\n\n\nb\n",
	"a\rb,c\n", "a\r\r\nb", `"a"`, `"a,b",c`, "\"a\nb\",c\nd", "\"a\r\nb\",c\r\nd\r\n", `""`, `"",""`, `"a""b"`, `""""`,
	"\"a\"\r", "\"a\r\"", " \n", "\"a\"\r\nb", "a,\"b\"\n\"c\",d\n", "\xef\xbb\xbfa", "\x00,\xff\n",
	`a"b`, `"a"b`, `"a`, "\"a\"\rb", "x\n\"a\nb\n", "x\ny\"\n", ` "a"`, `"a" `, `"`, "a\n\"b\"\"",
}

func TestScannerReadsAsEncodingCSV(t *testing.T) {
	for _, text := range scans {
		same(t, []byte(text))
	}
}

func same(t *testing.T, text []byte) {
	t.Helper()
	want, wantLines, wantErr := standard(text)
	for _, r := range []io.Reader{bytes.NewReader(text), iotest.OneByteReader(bytes.NewReader(text)), iotest.DataErrReader(bytes.NewReader(text))} {
		have, lines, err := scanned(r)
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%q: the error is %v, of encoding/csv %v", text, err, wantErr)
		}
		if !slices.EqualFunc(have, want, slices.Equal) || !slices.Equal(lines, wantLines) {
			t.Fatalf("%q:\n%q on lines %v; encoding/csv:\n%q on lines %v", text, have, lines, want, wantLines)
		}
		var quote *quoteError
		var parse *csv.ParseError
		if err != nil && (!errors.As(err, &quote) || !errors.As(wantErr, &parse)) {
			t.Fatalf("%q: %v, of encoding/csv %v", text, err, wantErr)
		}
	}
}

func FuzzScan(f *testing.F) {
	for _, text := range scans {
		f.Add([]byte(text))
	}
	f.Fuzz(same)
}

func TestScannerSaysWhereAQuoteIsWrong(t *testing.T) {
	for _, test := range []struct {
		text   string
		line   int
		cell   int
		reason string
	}{
		{"a,b\nc,d\"e\n", 2, 1, bareQuote},
		{"a,b\n\"c\nd\"e,f\n", 3, 0, loneQuote},
		{"a,b\nc,d\ne,\"f\ng\nh\n", 3, 1, openQuote},
	} {
		_, _, err := scanned(strings.NewReader(test.text))
		var quote *quoteError
		if !errors.As(err, &quote) || quote.line != test.line || quote.cell != test.cell || quote.reason != test.reason {
			t.Errorf("%q: %#v", test.text, err)
		}
	}
}

func TestScannerKeepsNoMoreThanItShould(t *testing.T) {
	big := strings.Repeat("x", maxCell+1)
	rows := "a,b\n" + big + ",1\n2,\"" + big + "\"\n3,4,five\n6,7,,\n" + strings.Repeat(big[:maxCell]+",", 5) + "\n8,9"
	s := newScanner(strings.NewReader(rows), 1<<40)
	next := func(keep int) record {
		t.Helper()
		rec, err := s.record(keep)
		if err != nil {
			t.Fatal(err)
		}
		return rec
	}
	for i, test := range []struct {
		keep  int
		cells []string
		more  bool
		big   int
		cut   bool
	}{
		{2, []string{"a", "b"}, false, -1, false},
		{2, []string{"", "1"}, false, 0, false},
		{2, []string{"2", ""}, false, 1, false},
		{2, []string{"3", "4"}, true, -1, false},
		{2, []string{"6", "7"}, false, -1, false},
	} {
		rec := next(test.keep)
		if !slices.Equal(rec.cells, test.cells) || rec.more != test.more || rec.big != test.big || rec.cut != test.cut || rec.line != i+1 {
			t.Errorf("record %d: %+v", i, rec)
		}
	}
	if rec := next(9); rec.big != 4 || len(rec.cells) != 6 || rec.cells[4] != "" {
		t.Errorf("a row that is too large: cell %d of %d", rec.big, len(rec.cells))
	}
	if rec := next(9); !rec.cut || !slices.Equal(rec.cells, []string{"8", "9"}) {
		t.Errorf("the last record: %+v", rec)
	}
	if cap(s.text) > 2*maxRow {
		t.Errorf("the scanner holds %d bytes", cap(s.text))
	}
}

func TestScannerGivesTheErrorOfItsReader(t *testing.T) {
	broken := errors.New("broken")
	for _, text := range []string{"", "a", "a\n", "a\r", "a,", `"a`, `"a"`, "a,b\n"} {
		_, _, err := scanned(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("%q: %v", text, err)
		}
	}
	s := newScanner(strings.NewReader("a,b\nc,d\n"), 5)
	if _, err := s.record(9); err != nil {
		t.Fatal(err)
	}
	if _, err := s.record(9); err != errTooLarge {
		t.Errorf("more bytes than allowed: %v", err)
	}
}

package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// currency is what the file counts in.
const currency = money.GBP

// columns are the columns of the file, in any order.
var columns = []string{"InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"}

// kind says what becomes of a row.
type kind int

const (
	sale         kind = iota // a line of an order
	adjustment               // a movement of stock, no trade
	cancellation             // an invoice that begins with C
	badDebt                  // an invoice that begins with A
	nothing                  // a quantity of 0
	kinds
)

// row is a row of the file.
type row struct {
	line        int // of the file, the header is line 1
	kind        kind
	invoice     string
	sku         till.SKU
	description string // "" where the file has none
	quantity    int64
	date        string // UK local time
	price       money.Price
	exact       decimal.Decimal // the price as the file has it
	customer    string          // "": none
	country     string
}

// source opens the file from its beginning: it is read twice.
type source func() (io.ReadCloser, error)

// lineError says which line of the file is wrong.
type lineError struct {
	line int
	err  error
}

func (e *lineError) Error() string { return fmt.Sprintf("line %d: %v", e.line, e.err) }
func (e *lineError) Unwrap() error { return e.err }

func wrong(line int, format string, args ...any) error {
	return &lineError{line, fmt.Errorf(format, args...)}
}

// rows reads a file row by row, compressed or not. An error is the last that it gives.
func rows(open source) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		file, err := open()
		if err != nil {
			yield(row{}, err)
			return
		}
		defer file.Close()
		r, err := newReader(file)
		for err == nil {
			var next row
			if next, err = r.read(); err == nil && !yield(next, nil) {
				return
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(row{}, err)
		}
	}
}

// maxRow is how many bytes a row may have, so that a small file that unpacks to a row
// without end does not fill the memory.
const maxRow = 1 << 20

// rowLimit gives no more than is left: what one row may take.
type rowLimit struct {
	io.Reader
	left int
}

func (r *rowLimit) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, fmt.Errorf("the row has more than %d bytes", maxRow)
	}
	n, err := r.Reader.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

type reader struct {
	csv  *csv.Reader
	row  *rowLimit
	last int   // the line that was read last
	at   []int // where each of the columns stands
}

func newReader(file io.Reader) (*reader, error) {
	plain := bufio.NewReaderSize(file, 64<<10)
	if magic, _ := plain.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(plain)
		if err != nil {
			return nil, wrong(1, "the file is no whole gzip file: %v", err)
		}
		plain = bufio.NewReaderSize(unzipped, 64<<10)
	}
	if mark, _ := plain.Peek(3); string(mark) == "\uFEFF" {
		plain.Discard(3)
	}
	limit := &rowLimit{plain, maxRow}
	r := &reader{csv: csv.NewReader(limit), row: limit}
	r.csv.ReuseRecord = true
	header, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, wrong(1, "the file is empty: its first line names the columns %s", strings.Join(columns, ","))
	}
	if err != nil {
		return nil, r.broken(err)
	}
	for _, name := range columns {
		i := slices.Index(header, name)
		if i < 0 {
			return nil, wrong(1, "there is no column %s: the columns are %s", name, strings.Join(columns, ","))
		}
		r.at = append(r.at, i)
	}
	if len(header) > len(columns) {
		return nil, wrong(1, "there are %d columns, not the %d that are known: %s", len(header), len(columns), strings.Join(columns, ","))
	}
	r.last = 1
	return r, nil
}

// broken says on which line a file cannot be read.
func (r *reader) broken(err error) error {
	var parse *csv.ParseError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return wrong(r.last+1, "the file is cut off here: %v", err)
	case errors.As(err, &parse):
		return wrong(parse.Line, "%v", parse.Err)
	}
	return wrong(r.last+1, "%v", err)
}

func (r *reader) read() (row, error) {
	r.row.left = maxRow
	cells, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return row{}, io.EOF
	}
	if err != nil {
		return row{}, r.broken(err)
	}
	r.last, _ = r.csv.FieldPos(0)
	cell := func(i int) string { return cells[r.at[i]] }
	for i, name := range columns {
		if !utf8.ValidString(cell(i)) {
			return row{}, wrong(r.last, "%s is not UTF-8", name)
		}
	}
	is := row{
		line: r.last, invoice: cell(0), sku: till.SKU(strings.TrimSpace(cell(1))), description: strings.TrimSpace(cell(2)),
		date: cell(4), customer: strings.TrimSuffix(cell(6), ".0"), country: cell(7),
	}
	if is.invoice == "" || is.sku == "" {
		return row{}, wrong(r.last, "it has no InvoiceNo or no StockCode")
	}
	if is.quantity, err = strconv.ParseInt(cell(3), 10, 64); err != nil || is.quantity > till.MaxQuantity || is.quantity < -till.MaxQuantity {
		return row{}, wrong(r.last, "%.40q is no Quantity: write a whole number", cell(3))
	}
	if is.exact, is.price, err = parsePrice(cell(5)); err != nil {
		return row{}, &lineError{r.last, err}
	}
	switch {
	case strings.HasPrefix(is.invoice, "C"):
		is.kind = cancellation
	case strings.HasPrefix(is.invoice, "A"):
		is.kind = badDebt
	case is.quantity == 0:
		is.kind = nothing
	case is.quantity < 0:
		is.kind = adjustment
	}
	if is.kind == sale && is.price.Sign() < 0 {
		return row{}, wrong(r.last, "a sale costs %s: a price below 0 stands on an invoice that begins with A", is.price)
	}
	return is, nil
}

// parsePrice reads a price exactly, with as many decimals as it has: 9.955 GBP is
// 9,955 for 1,000 pieces, in pounds.
func parsePrice(text string) (decimal.Decimal, money.Price, error) {
	number := strings.TrimPrefix(text, "-")
	if len(text) > 20 || number == "" || strings.Trim(number, "0123456789.") != "" {
		return decimal.Decimal{}, money.Price{}, fmt.Errorf("%.40q is no UnitPrice: write it like 2.55", text)
	}
	exact, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Decimal{}, money.Price{}, fmt.Errorf("%.40q is no UnitPrice: write it like 2.55", text)
	}
	price, err := money.PriceFromDecimal(exact, currency)
	return exact, price, err
}

// amount is what a row comes to: quantity times price, exact, and rounded once to the
// penny, half away from zero. That is what the shop does with a line, computed here
// without it.
func (r row) amount() (money.Amount, error) {
	exact := r.exact.Mul(decimal.NewFromInt(r.quantity)).Round(int32(currency.Digits()))
	amount, err := money.FromDecimal(exact, currency, money.Exact)
	if err != nil {
		return money.Amount{}, &lineError{r.line, err}
	}
	return amount, nil
}

// name is what the article is called: its code, where nothing is said of it.
func (r row) name() string {
	if r.description == "" {
		return string(r.sku)
	}
	return r.description
}

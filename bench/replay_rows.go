package main

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the UK's time zone, on every machine
)

// tradeRow is a row of a file of trade that is replayed: a sale, or an adjustment of
// stock, whose quantity is below 0.
type tradeRow struct {
	sku, name string
	quantity  int64
	unit, per int64 // pence for so many pieces
}

func (r tradeRow) total() int64 {
	return lineTotal(plainLine{Unit: r.unit, Per: r.per, Quantity: r.quantity})
}

// tradeInvoice is what is replayed at one instant: rows of one number and customer that
// follow each other.
type tradeInvoice struct {
	number, customer, country string
	at                        int64
	rows                      []tradeRow
}

var tradeColumns = []string{"InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"}

// tradeInvoices reads a file by the rules of examples/replay. Invoices that begin with C
// or A are left out, as are rows without a quantity. Invoices of one minute are a
// microsecond apart. A file that is wrong, that program refuses; here it is an error.
func tradeInvoices(path string) iter.Seq2[*tradeInvoice, error] {
	return func(yield func(*tradeInvoice, error) bool) {
		if err := readTrade(path, func(is *tradeInvoice) bool { return yield(is, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

func readTrade(path string, yield func(*tradeInvoice) bool) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	var from io.Reader = bufio.NewReader(file)
	if strings.HasSuffix(path, ".gz") {
		if from, err = gzip.NewReader(from); err != nil {
			return err
		}
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return err
	}
	cells := csv.NewReader(from)
	cells.ReuseRecord = true
	header, err := cells.Read()
	if err != nil {
		return err
	}
	at := make([]int, len(tradeColumns))
	for i, name := range tradeColumns {
		if at[i] = slices.Index(header, name); at[i] < 0 {
			return fmt.Errorf("there is no column %s", name)
		}
	}
	var is *tradeInvoice
	last := int64(0)
	for {
		record, err := cells.Read()
		if errors.Is(err, io.EOF) {
			if is != nil {
				yield(is)
			}
			return nil
		}
		if err != nil {
			return err
		}
		cell := func(i int) string { return record[at[i]] }
		number, customer := cell(0), strings.TrimSuffix(cell(6), ".0")
		if is == nil || is.number != number || is.customer != customer {
			if is != nil && !yield(is) {
				return nil
			}
			when, err := time.ParseInLocation("2006-01-02 15:04:05", cell(4), zone)
			if err != nil {
				return err
			}
			last = max(when.UnixMicro(), last+1)
			is = &tradeInvoice{number: strings.Clone(number), customer: strings.Clone(customer), country: strings.Clone(cell(7)), at: last}
		}
		if number[0] == 'C' || number[0] == 'A' {
			continue
		}
		r := tradeRow{sku: strings.Clone(strings.TrimSpace(cell(1))), name: strings.Clone(strings.TrimSpace(cell(2)))}
		if r.quantity, err = strconv.ParseInt(cell(3), 10, 64); err != nil {
			return err
		}
		if r.unit, r.per, err = parsePence(cell(5)); err != nil {
			return err
		}
		if r.name == "" {
			r.name = r.sku
		}
		if r.quantity != 0 {
			is.rows = append(is.rows, r)
		}
	}
}

// parsePence reads a price in pounds exactly: 9.955 is 9,955 pence for ten.
func parsePence(text string) (unit, per int64, err error) {
	whole, part, _ := strings.Cut(text, ".")
	for len(part) < 2 {
		part += "0"
	}
	for len(part) > 2 && part[len(part)-1] == '0' {
		part = part[:len(part)-1]
	}
	per = 1
	for range part[2:] {
		per *= 10
	}
	unit, err = strconv.ParseInt(whole+part, 10, 64)
	if err != nil || whole == "" || unit < 0 || len(part) > 8 {
		return 0, 0, fmt.Errorf("%.20q is no price", text)
	}
	return unit, per, nil
}

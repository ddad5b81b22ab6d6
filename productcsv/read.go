package productcsv

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// The limits of a file where [Options] name none.
const (
	DefaultMaxBytes = 64 << 20
	DefaultMaxRows  = 100_000
)

// Options say how a file is read.
type Options struct {
	Name     string         // of the file, for reports and errors; "" is "products"
	Currency money.Currency // of the prices; [Read] needs it, [Import] takes the shop's
	MaxBytes int64          // of the file; 0 is [DefaultMaxBytes]
	MaxRows  int            // 0 is [DefaultMaxRows]
}

// File is what a file says: its products, in the order in which their handles first
// come, and the account of its rows.
type File struct {
	Currency money.Currency
	Products []Product
	Report   Report
}

// Product is a product of a file, as [till.Staff.PutProduct] takes it.
type Product struct {
	Line int // of its product row
	Spec till.ProductSpec
	rows []placed
}

// placed is a row that became part of a product.
type placed struct {
	line int
	kind kind
	sku  till.SKU // "" for an image row
}

// Read reads a product file: what it can take as products, and why it refused the
// rows that it could not. It holds in memory what stands in the columns that it knows,
// with about two kilobytes for each row besides, up to the limits in opt. The error is
// a [FileError] and the File is empty where the file as a whole cannot be used, and a
// [till.InvalidError] where opt has no currency.
func Read(r io.Reader, opt Options) (File, error) {
	if opt.Name == "" {
		opt.Name = "products"
	}
	if opt.MaxBytes <= 0 {
		opt.MaxBytes = DefaultMaxBytes
	}
	if opt.MaxRows <= 0 {
		opt.MaxRows = DefaultMaxRows
	}
	if !opt.Currency.Valid() {
		return File{}, &till.InvalidError{Path: "options.currency", Reason: "prices need one: Options{Currency: money.GBP}"}
	}
	f := &reader{Options: opt, groups: make(map[string]*group), claims: make(map[string]*row)}
	if err := f.scan(r); err != nil {
		err.Name = opt.Name
		return File{}, err
	}
	for _, g := range f.order {
		g.read(f)
	}
	return f.file(), nil
}

// reader is a file on its way to products.
type reader struct {
	Options
	header *header
	rows   []*row
	groups map[string]*group
	order  []*group
	claims map[string]*row // by what two rows may not both be
}

// scan reads all rows and puts those with one handle together.
func (f *reader) scan(r io.Reader) *FileError {
	s := newScanner(r, f.MaxBytes)
	if err := begin(s.in); err != nil {
		return err
	}
	rec, err := s.record(maxColumns)
	if err == io.EOF {
		return &FileError{Reason: "it is empty: " + notProducts}
	}
	if err != nil {
		return f.broken(s, err)
	}
	h, wrong := readHeader(rec)
	if wrong != nil {
		return wrong
	}
	f.header = h
	for {
		rec, err := s.record(len(h.names))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return f.broken(s, err)
		}
		if len(f.rows) == f.MaxRows {
			return &FileError{Line: rec.line, Reason: "it has more than " + counted(f.MaxRows, "row") + ": split it between two products, or raise Options.MaxRows"}
		}
		row := h.row(rec)
		f.rows = append(f.rows, row)
		if row.handle == "" {
			continue
		}
		g := f.groups[row.handle]
		if g == nil {
			g = &group{handle: row.handle}
			f.groups[row.handle] = g
			f.order = append(f.order, g)
		}
		g.rows = append(g.rows, row)
	}
}

// begin skips a byte order mark and tells what is certainly no text in UTF-8.
func begin(in *bufio.Reader) *FileError {
	first, err := in.Peek(4)
	if err != nil && err != io.EOF {
		return &FileError{Line: 1, Reason: "it could not be read", Err: err}
	}
	switch {
	case bytes.HasPrefix(first, []byte("\xef\xbb\xbf")):
		_, _ = in.Discard(3) // it is there
	case bytes.HasPrefix(first, []byte("\xff\xfe")), bytes.HasPrefix(first, []byte("\xfe\xff")):
		return &FileError{Line: 1, Reason: "it is in UTF-16: save it as CSV UTF-8"}
	case bytes.HasPrefix(first, []byte("PK\x03\x04")):
		return &FileError{Line: 1, Reason: "it is a spreadsheet or a ZIP archive, not CSV: save it as CSV UTF-8, or unpack it"}
	}
	return nil
}

// broken makes a FileError of what ended the scanning.
func (f *reader) broken(s *scanner, err error) *FileError {
	var quote *quoteError
	switch {
	case errors.As(err, &quote):
		e := &FileError{Line: quote.line, Reason: quote.reason + "; nothing of the file is used"}
		if f.header != nil {
			e.Column = f.header.title(quote.cell)
		}
		return e
	case err == errTooLarge:
		return &FileError{Line: s.line, Reason: "it has more than " + strconv.FormatInt(s.most, 10) +
			" bytes: split it between two products, or raise Options.MaxBytes"}
	}
	return &FileError{Line: s.line, Reason: "it could not be read to its end; nothing of it is used", Err: err}
}

func (f *reader) reading(r *row) reading {
	x := reading{header: f.header, row: r, currency: f.Currency}
	x.exact = x.exactly()
	return x
}

// take reads the variant and the image of a product row or a variant row.
func (f *reader) take(x reading, options []column, giftCard bool) {
	if sku, values, ok := x.identity(options); ok {
		x.variant.SKU, x.variant.Values, x.article.SKU = sku, values, sku
		f.claim(x, "sku\x00"+string(sku), colSKU, string(sku), "makes the same SKU: write one here that no other row has")
		choice := strings.Join(values, " / ")
		f.claim(x, "choice\x00"+x.handle+"\x00"+strings.Join(values, "\x00"), colValue1, choice,
			"is the same choice of the product's options: take out the wrong one, or give one another value")
	}
	x.sold(giftCard)
	x.picture()
}

// claim refuses two rows for being the same thing, and names each to the other.
func (f *reader) claim(x reading, key string, c column, value, reason string) {
	first, taken := f.claims[key]
	if !taken {
		f.claims[key] = x.row
		return
	}
	x.refuse(x.name(c), value, "line "+strconv.Itoa(first.line)+" "+reason, till.ErrInvalid)
	first.refuse(x.name(c), value, "line "+strconv.Itoa(x.line)+" "+reason, till.ErrInvalid)
}

// file makes the products and counts every row.
func (f *reader) file() File {
	file := File{Currency: f.Currency, Report: Report{Name: f.Name, Rows: len(f.rows), Products: len(f.order)}}
	for _, g := range f.order {
		if p, ok := g.product(); ok {
			file.Products = append(file.Products, p)
		}
	}
	file.Report.Pending = len(file.Products)
	file.Report.RefusedProducts = len(f.order) - len(file.Products)
	skipped := make(map[unused]int)
	for _, r := range f.rows {
		if r.err != nil {
			r.kind = refusedRow
			file.Report.Refused = append(file.Report.Refused, r.err)
		}
		file.Report.count(r.kind, 1)
		if r.err == nil {
			for _, u := range r.unused {
				skipped[u]++
			}
			for i, word := range r.others {
				for ; word != 0; word &= word - 1 {
					skipped[unused{column: i*64 + bits.TrailingZeros64(word)}]++
				}
			}
		}
	}
	for u, n := range skipped {
		file.Report.NotImported = append(file.Report.NotImported, Column{Name: f.header.title(u.column), Rows: n, Why: u.why, place: u.column})
	}
	slices.SortFunc(file.Report.NotImported, Column.compare)
	return file
}

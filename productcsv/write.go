package productcsv

import (
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// ProductError says why a product cannot stand in a file.
type ProductError struct {
	Handle string   // of the product
	SKU    till.SKU // of the variant that is meant, "" where it is the product
	Reason string   // why, and what to do
	Err    error    // what was wrong, for errors.Is and errors.As
}

// Error says which product and why, in one line.
func (e *ProductError) Error() string { return "productcsv: " + e.text() }

func (e *ProductError) text() string {
	text := shown(e.Handle)
	if e.SKU != "" {
		text += " (" + shown(string(e.SKU)) + ")"
	}
	return text + ": " + e.Reason
}

// Unwrap gives Err: [till.ErrInvalid] or an error that is it.
func (e *ProductError) Unwrap() error { return e.Err }

// written are the columns of a file that is written, in their order: those of the
// shops' files first, as these have them, then our own.
var written = slices.Concat(
	[]column{
		colHandle, colTitle, colBody, colVendor, colType, colTags, colPublished, colName1, colValue1, colName2, colValue2, colName3, colValue3,
		colSKU, colGrams, colTracker, colQuantity, colPolicy, colPrice, colCompareAt, colShipping, colTaxable, colBarcode,
		colImage, colPosition, colAlt, colGiftCard, colVariantImage, colTaxCode, colStatus,
		colName4, colValue4, colName5, colValue5, colName6, colValue6, colName7, colValue7, colName8, colValue8,
	},
	[]column{colCurrency, colCollections, colAttributes, colMetadata, colWords, colBackorders, colExact},
)

// A Writer writes products as a file that [Read] makes the same products of. It
// holds one product at a time, and little else.
//
// The file has a line of column names, also where no product follows. A product has
// a row for each of its variants and images, whichever are more: the n-th row has the
// n-th variant and the n-th image. Lines end in "\n", and cells are in quotation
// marks where RFC 4180 asks for it. The same products make the same bytes.
type Writer struct {
	out      *csv.Writer
	currency money.Currency
	begun    bool
	rows     [refusedRow + 1]int // by kind
}

// NewWriter makes a writer of products with prices in a currency.
func NewWriter(w io.Writer, c money.Currency) *Writer {
	return &Writer{out: csv.NewWriter(w), currency: c}
}

// Write writes a product: exactly as it is, or not at all. A product that is not
// valid, or that a file cannot express, is a [ProductError]; nothing of it is written,
// and others may follow. Any other error is that of the io.Writer, and the file is
// broken.
//
// The handles and the SKUs of all products together must differ, as those of a shop
// do. The OnHand of a variant whose stock is not tracked means nothing and is not
// written; variants without an article have no price and nothing on hand.
func (w *Writer) Write(p till.ProductSpec) error {
	if err := p.Check(w.currency); err != nil {
		return &ProductError{Handle: p.Handle, Reason: clip(err.Error(), maxShownReason), Err: err}
	}
	x := &writing{Writer: w, spec: p, articles: make(map[till.SKU]till.ArticleSpec, len(p.Articles))}
	for _, a := range p.Articles {
		x.articles[a.SKU] = a
	}
	x.product()
	if x.err != nil {
		return x.err
	}
	if err := w.begin(); err != nil {
		return err
	}
	record := make([]string, len(written))
	for i, row := range x.rows {
		for n, c := range written {
			record[n] = row[c]
		}
		if err := w.out.Write(record); err != nil {
			return err
		}
		kind := variantRow
		switch {
		case i == 0:
			kind = productRow
		case i >= len(p.Variants):
			kind = imageRow
		}
		w.rows[kind]++
	}
	return nil
}

// Close writes what is not written yet: without it a file is not complete. It does
// not close the io.Writer.
func (w *Writer) Close() error {
	if err := w.begin(); err != nil {
		return err
	}
	w.out.Flush()
	return w.out.Error()
}

func (w *Writer) begin() error {
	if w.begun {
		return nil
	}
	if !w.currency.Valid() {
		return &till.InvalidError{Path: "currency", Reason: "prices need one: NewWriter(w, money.GBP)"}
	}
	w.begun = true
	names := make([]string, len(written))
	for i, c := range written {
		names[i] = columnNames[c]
	}
	return w.out.Write(names)
}

// writing is a product on its way to rows.
type writing struct {
	*Writer
	spec     till.ProductSpec
	articles map[till.SKU]till.ArticleSpec
	rows     [][columns]string
	exact    map[string]string // of the row that is being made
	err      error
}

func (x *writing) refuse(sku till.SKU, reason string) {
	if x.err == nil {
		x.err = &ProductError{Handle: x.spec.Handle, SKU: sku, Reason: reason, Err: till.ErrInvalid}
	}
}

// product makes the rows of the product.
func (x *writing) product() {
	p := x.spec
	x.rows = make([][columns]string, max(len(p.Variants), len(p.Images)))
	options := x.options()
	x.distinct()
	for i := range x.rows {
		row := &x.rows[i]
		x.exact = nil
		row[colHandle] = escape(p.Handle)
		if i == 0 {
			x.head(row, options)
		}
		if i < len(p.Variants) {
			x.variant(row, options, p.Variants[i])
		}
		if i < len(p.Images) {
			row[colImage] = escape(p.Images[i].Address)
			row[colPosition] = strconv.Itoa(i + 1)
			x.words(row, colAlt, p.Images[i].Alt)
		}
		if x.exact != nil {
			row[colExact] = jsonText(x.exact)
		}
		x.fits(row)
	}
}

// words writes a text of any characters.
func (x *writing) words(row *[columns]string, c column, text string) {
	row[c] = shownAs(c, text)
	if readAs(c, row[c]) != text {
		if x.exact == nil {
			x.exact = make(map[string]string)
		}
		x.exact[columnNames[c]] = text
	}
}

// head writes what the first row says of the product.
func (x *writing) head(row *[columns]string, options []int) {
	p := x.spec
	row[colTitle] = escape(p.Words[""].Name)
	x.words(row, colBody, p.Words[""].Description)
	x.words(row, colVendor, p.Vendor)
	status := p.Status
	if status == "" {
		status = till.ProductActive
	}
	row[colPublished], row[colStatus] = strconv.FormatBool(status == till.ProductActive), string(status)
	for i, c := range options {
		row[optionNames[c]] = escape(p.Options[i])
	}
	if len(p.Options) == 0 {
		row[colName1] = "Title"
	}
	row[colCurrency] = x.currency.String()
	if len(p.Collections) > 0 {
		row[colCollections] = jsonText(p.Collections)
	}
	if len(p.Metadata) > 0 {
		row[colMetadata] = jsonText(p.Metadata)
	}
	if words := maps.Clone(p.Words); len(words) > 1 {
		delete(words, "")
		row[colWords] = jsonText(words)
	}
	x.attributes(row)
}

// attributes writes those that the shops' columns can hold into these, the others
// into our own.
func (x *writing) attributes(row *[columns]string) {
	others := maps.Clone(x.spec.Attributes)
	if kinds := others[TypeAttribute]; len(kinds) == 1 {
		row[colType] = escape(kinds[0])
		delete(others, TypeAttribute)
	}
	if tags := others[TagAttribute]; plainTags(tags) {
		row[colTags] = escape(strings.Join(tags, ", "))
		delete(others, TagAttribute)
	}
	row[colGiftCard] = "false"
	shipped := slices.ContainsFunc(x.spec.Variants, func(v till.Variant) bool { return !v.NoShipping })
	if gift := others[GiftCardAttribute]; len(gift) == 1 && gift[0] == "true" && !shipped {
		row[colGiftCard] = "true"
		delete(others, GiftCardAttribute)
	}
	if len(others) > 0 {
		row[colAttributes] = jsonText(others)
	}
}

// plainTags tells tags that commas can separate.
func plainTags(tags []string) bool {
	seen := make(map[string]bool, len(tags))
	for _, tag := range tags {
		if seen[tag] || strings.Contains(tag, ",") {
			return false
		}
		seen[tag] = true
	}
	return true
}

// options gives the columns of the product's options, as places in optionNames and
// optionValues.
func (x *writing) options() []int {
	p := x.spec
	at := make([]int, len(p.Options))
	for i := range at {
		at[i] = i
	}
	if len(at) == 1 && foldASCII(p.Options[0]) == "title" && p.Variants[0].Values[0] == defaultTitle {
		at[0] = 1 // in the first place it would stand for no option
	}
	return at
}

// distinct refuses variants that are one choice of the options: Read takes such rows
// for a mistake.
func (x *writing) distinct() {
	seen := make(map[string]till.SKU, len(x.spec.Variants))
	for _, v := range x.spec.Variants {
		choice := strings.Join(v.Values, "\x00")
		if first, twice := seen[choice]; twice {
			x.refuse(v.SKU, "it is the same choice of the product's options as "+shown(string(first))+": give it another value")
		}
		seen[choice] = v.SKU
	}
}

// variant writes a variant and its article.
func (x *writing) variant(row *[columns]string, options []int, v till.Variant) {
	for i, c := range options {
		row[optionValues[c]] = escape(v.Values[i])
	}
	if len(options) == 0 {
		row[colValue1] = defaultTitle
	}
	row[colSKU] = escape(string(v.SKU))
	if v.Grams > maxGrams {
		x.refuse(v.SKU, "it weighs more than "+strconv.FormatInt(maxGrams, 10)+" grams: correct the weight")
	}
	row[colGrams] = strconv.FormatInt(v.Grams, 10)
	row[colShipping] = strconv.FormatBool(!v.NoShipping)
	row[colTaxable] = strconv.FormatBool(v.TaxCategory != Exempt)
	if v.TaxCategory != Exempt {
		x.words(row, colTaxCode, v.TaxCategory)
	}
	x.words(row, colBarcode, v.Barcode)
	x.words(row, colVariantImage, v.Image)
	x.stock(row, v)
	x.prices(row, v)
}

func (x *writing) stock(row *[columns]string, v till.Variant) {
	row[colPolicy] = "deny"
	if v.Stock.Untracked {
		return
	}
	row[colTracker] = tracker
	row[colQuantity] = strconv.FormatInt(x.articles[v.SKU].OnHand, 10)
	if limit := v.Stock.Backorder; limit > 0 {
		row[colPolicy] = "continue"
		if limit < till.MaxQuantity {
			row[colBackorders] = strconv.FormatInt(limit, 10)
		}
	}
}

// tracker is what other shops call a stock that the shop itself counts.
const tracker = "shopify"

func (x *writing) prices(row *[columns]string, v till.Variant) {
	a := x.articles[v.SKU]
	switch {
	case a.Price == nil:
	case a.Sale == nil:
		row[colPrice] = a.Price.Number()
	default:
		if d, err := a.Sale.Cmp(*a.Price); err != nil || d >= 0 {
			x.refuse(v.SKU, "its sale price "+a.Sale.String()+" is not below "+a.Price.String()+": end the sale, or lower it")
		}
		row[colPrice], row[colCompareAt] = a.Sale.Number(), a.Price.Number()
	}
}

// fits refuses what [Read] would refuse for its size.
func (x *writing) fits(row *[columns]string) {
	size := 0
	for c, cell := range row {
		if size += len(cell); len(cell) > maxCell || size > maxRow {
			x.refuse("", "too much stands under "+columnNames[c]+": a cell has up to "+strconv.Itoa(maxCell)+" bytes, a row up to "+strconv.Itoa(maxRow))
		}
	}
}

// isProduct tells the error of a product from one of the file.
func isProduct(err error) (*ProductError, bool) {
	var e *ProductError
	return e, errors.As(err, &e)
}

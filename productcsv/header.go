package productcsv

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tillkit/till"
)

// column is a column that this package knows.
type column int

const (
	colHandle column = iota
	colTitle
	colBody
	colVendor
	colType
	colTags
	colPublished
	colStatus
	colName1
	colName2
	colName3
	colGiftCard
	colValue1
	colValue2
	colValue3
	colSKU
	colGrams
	colTracker
	colQuantity
	colPolicy
	colPrice
	colCompareAt
	colShipping
	colTaxable
	colBarcode
	colVariantImage
	colTaxCode
	colImage
	colPosition
	colAlt
	colName4
	colName5
	colName6
	colName7
	colName8
	colValue4
	colValue5
	colValue6
	colValue7
	colValue8
	colCurrency
	colCollections
	colAttributes
	colMetadata
	colWords
	colBackorders
	colExact
	columns // how many there are
)

// columnNames are the names of the columns, as shops write them, and our own: the
// options after the third, and those that begin with Till.
var columnNames = [columns]string{
	colHandle: "Handle", colTitle: "Title", colBody: "Body (HTML)", colVendor: "Vendor", colType: "Type", colTags: "Tags",
	colPublished: "Published", colStatus: "Status", colGiftCard: "Gift Card",
	colName1: "Option1 Name", colName2: "Option2 Name", colName3: "Option3 Name",
	colValue1: "Option1 Value", colValue2: "Option2 Value", colValue3: "Option3 Value",
	colSKU: "Variant SKU", colGrams: "Variant Grams", colTracker: "Variant Inventory Tracker",
	colQuantity: "Variant Inventory Qty", colPolicy: "Variant Inventory Policy",
	colPrice: "Variant Price", colCompareAt: "Variant Compare At Price",
	colShipping: "Variant Requires Shipping", colTaxable: "Variant Taxable", colBarcode: "Variant Barcode",
	colVariantImage: "Variant Image", colTaxCode: "Variant Tax Code",
	colImage: "Image Src", colPosition: "Image Position", colAlt: "Image Alt Text",
	colName4: "Option4 Name", colName5: "Option5 Name", colName6: "Option6 Name", colName7: "Option7 Name", colName8: "Option8 Name",
	colValue4: "Option4 Value", colValue5: "Option5 Value", colValue6: "Option6 Value", colValue7: "Option7 Value", colValue8: "Option8 Value",
	colCurrency: "Till Currency", colCollections: "Till Collections", colAttributes: "Till Attributes", colMetadata: "Till Metadata",
	colWords: "Till Words", colBackorders: "Till Back Orders", colExact: "Till Exact Text",
}

var (
	needed         = []column{colHandle, colTitle, colPrice}
	optionNames    = []column{colName1, colName2, colName3, colName4, colName5, colName6, colName7, colName8}
	optionValues   = []column{colValue1, colValue2, colValue3, colValue4, colValue5, colValue6, colValue7, colValue8}
	productColumns = append([]column{
		colTitle, colBody, colVendor, colType, colTags, colPublished, colStatus, colGiftCard,
		colCurrency, colCollections, colAttributes, colMetadata, colWords,
	}, optionNames...)
	variantColumns = []column{
		colSKU, colGrams, colTracker, colQuantity, colPolicy, colPrice, colCompareAt, colShipping,
		colTaxable, colBarcode, colVariantImage, colTaxCode, colBackorders,
	}
)

// header is the line of column names.
type header struct {
	names []string     // as the file has them, without space at the ends
	known []column     // what each of them is, columns if it is not known
	at    [columns]int // where each known one stands, -1 if nowhere
}

// readHeader makes a header of the first record. Names are compared without regard
// to ASCII case; a column without a name is a column that is not known.
func readHeader(rec record) (*header, *FileError) {
	wrong := func(reason string) (*header, *FileError) { return nil, &FileError{Line: rec.line, Reason: reason} }
	h := &header{names: slices.Clone(rec.cells), known: make([]column, len(rec.cells))}
	for c := range h.at {
		h.at[c] = -1
	}
	if rec.big >= 0 || rec.more {
		return wrong("the line of column names has more than " + strconv.Itoa(maxColumns) + " columns, or one that is far too long: " + notProducts)
	}
	seen := make(map[string]int, len(rec.cells))
	for i, cell := range rec.cells {
		if strings.IndexByte(cell, 0) >= 0 || !utf8.ValidString(cell) {
			return wrong("the column names are not text in UTF-8: save the file as CSV UTF-8")
		}
		name := strings.TrimSpace(cell)
		folded := foldASCII(name)
		if first, twice := seen[folded]; twice && name != "" {
			return nil, &FileError{Line: rec.line, Column: clip(name, maxShownValue), Reason: "columns " + strconv.Itoa(first+1) + " and " +
				strconv.Itoa(i+1) + " have this name: leave one of them, or give the other another name"}
		}
		seen[folded] = i
		h.names[i], h.known[i] = name, columns
		if c := slices.IndexFunc(columnNames[:], func(known string) bool { return foldASCII(known) == folded }); c >= 0 {
			h.known[i], h.at[c] = column(c), i
		}
	}
	var missing []string
	for _, c := range needed {
		if h.at[c] < 0 {
			missing = append(missing, columnNames[c])
		}
	}
	switch {
	case len(missing) == 0:
		return h, nil
	case len(rec.cells) == 1 && strings.ContainsAny(h.names[0], ";\t"):
		return wrong("its cells are not separated by commas: save the file as CSV with commas")
	}
	return wrong("there is no column " + strings.Join(missing, " and none ") + ": " + notProducts)
}

const notProducts = "see whether this is a product file; its first line must name the columns"

// name gives the name of a known column, as the file has it if it has it.
func (h *header) name(c column) string {
	if i := h.at[c]; i >= 0 {
		return h.names[i]
	}
	return columnNames[c]
}

// title gives the name of the column at a place, or its number if it has none.
func (h *header) title(i int) string {
	if i < len(h.names) && h.names[i] != "" {
		return clip(h.names[i], maxShownValue)
	}
	return "column " + strconv.Itoa(i+1)
}

// row makes a row of a record: its cells under the columns that are known, and what
// refuses it before anybody looks at what they mean.
func (h *header) row(rec record) *row {
	r := &row{line: rec.line, kind: blankRow}
	for i, cell := range rec.cells {
		if i == rec.big {
			r.kind = pendingRow
			r.titled = r.titled || h.known[i] == colTitle
			continue
		}
		if strings.TrimSpace(cell) == "" {
			continue
		}
		r.kind = pendingRow
		known := h.known[i]
		if known < columns {
			r.cells[known] = cell
		} else {
			if r.others == nil {
				r.others = make([]uint64, (len(h.names)+63)/64)
			}
			r.others[i/64] |= 1 << (i % 64)
		}
		r.titled = r.titled || known == colTitle
		if r.err == nil && (strings.IndexByte(cell, 0) >= 0 || !utf8.ValidString(cell)) {
			r.err = &RowError{Column: h.title(i), Value: strings.Clone(clip(cell, maxShownValue)), Reason: "it is not text in UTF-8, or has a NUL character: save the file as CSV UTF-8"}
			if known == colHandle {
				r.cells[known] = ""
			}
		}
	}
	switch {
	case rec.more:
		r.kind = pendingRow
		r.err = &RowError{Reason: "it has more cells than the file has columns: put a text with commas in quotation marks"}
	case rec.big >= 0:
		r.err = &RowError{Column: h.title(rec.big), Reason: "it is too large: a cell has up to " + strconv.Itoa(maxCell) + " bytes, a row up to " + strconv.Itoa(maxRow)}
	case rec.cut && len(rec.cells) < len(h.names) && r.kind != blankRow:
		r.err = &RowError{Reason: "the file ends in the middle of it: see whether the file is complete, and end it with a line end"}
	}
	if r.others != nil {
		r.own()
	}
	r.handle = readAs(colHandle, r.cells[colHandle])
	if why := badName(r.handle, till.MaxHandle); why != "" && r.kind != blankRow {
		if r.err == nil {
			r.err = &RowError{Column: h.name(colHandle), Value: clip(r.handle, maxShownValue), Reason: why}
		}
		r.handle = ""
	}
	if r.err != nil {
		r.err.Line, r.err.Handle, r.err.Err = r.line, clip(r.handle, maxShownValue), till.ErrInvalid
	}
	return r
}

// foldASCII makes A to Z small and leaves everything else alone.
func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

package productcsv

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Report accounts for a file. Every row is counted once:
//
//	Rows == ProductRows + VariantRows + ImageRows + BlankRows + len(Refused)
//
// and so is every product, which is a handle of the file that can be read:
//
//	Products == Created + Changed + Unchanged + RefusedProducts + Pending
type Report struct {
	Name string // of the file
	Rows int    // without the line of column names

	ProductRows int // each with the first variant of a product
	VariantRows int
	ImageRows   int
	BlankRows   int
	Refused     []*RowError // one for each refused row, in the order of the file

	Products        int
	Created         int
	Changed         int
	Unchanged       int
	RefusedProducts int // none of their rows was imported
	Pending         int // read, but not given to a shop: it was not asked, or the import stopped

	NotImported []Column // in the order of the file
}

// Column tells of a column of which something was not imported.
type Column struct {
	Name  string // as the file has it; "column 7" where it has none
	Rows  int    // how many rows have something there; those not counted that Read refused
	Why   string // "" where the column as a whole is not imported
	place int
}

func (c Column) compare(d Column) int {
	return cmp.Or(cmp.Compare(c.place, d.place), cmp.Compare(c.Why, d.Why))
}

// count adds rows of a kind that was not refused.
func (r *Report) count(k kind, n int) {
	switch k {
	case productRow:
		r.ProductRows += n
	case variantRow:
		r.VariantRows += n
	case imageRow:
		r.ImageRows += n
	case blankRow:
		r.BlankRows += n
	}
}

// clone gives a copy that shares nothing that is changed.
func (r Report) clone() Report {
	r.Refused, r.NotImported = slices.Clone(r.Refused), slices.Clone(r.NotImported)
	return r
}

// String gives the account in a line, the columns that were not imported in
// another, and a line for each refused row.
func (r Report) String() string {
	var b strings.Builder
	list := func(parts ...string) { b.WriteString(strings.Join(parts, ", ")) }
	b.WriteString(shown(r.Name) + ": " + counted(r.Rows, "row") + ": ")
	list(counted(r.ProductRows, "product row"), counted(r.VariantRows, "variant row"), counted(r.ImageRows, "image row"))
	if r.BlankRows > 0 {
		list("", counted(r.BlankRows, "blank row"))
	}
	list("", strconv.Itoa(len(r.Refused))+" refused; "+counted(r.Products, "product")+": "+strconv.Itoa(r.Created)+" created",
		strconv.Itoa(r.Changed)+" changed", strconv.Itoa(r.Unchanged)+" unchanged")
	if r.RefusedProducts > 0 {
		list("", strconv.Itoa(r.RefusedProducts)+" refused")
	}
	if r.Pending > 0 {
		list("", strconv.Itoa(r.Pending)+" not imported")
	}
	for i, c := range r.NotImported {
		if i == 0 {
			b.WriteString("\ncolumns not imported: ")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(shown(c.Name) + " (" + counted(c.Rows, "row"))
		if c.Why != "" {
			b.WriteString(": " + c.Why)
		}
		b.WriteString(")")
	}
	for _, e := range r.Refused {
		b.WriteString("\n" + e.text())
	}
	return b.String()
}

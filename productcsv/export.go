package productcsv

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// Source is where products come from: a [*till.Staff] is one.
type Source interface {
	// Currency gives the currency of the shop's prices.
	Currency() money.Currency
	// Now gives the instant by the shop's clock.
	Now() till.Instant
	// Products lists all products by handle, also those that were deleted.
	Products(ctx context.Context, r till.PageRequest) (till.Page[till.Product], error)
	// Prices gives the prices of a SKU.
	Prices(ctx context.Context, sku till.SKU) (till.Prices, error)
	// Stock gives how much there is of a SKU.
	Stock(ctx context.Context, sku till.SKU) (till.Stock, error)
}

// Export writes the products of a shop to w, by handle, and accounts for them. It
// asks for a few products at a time, and holds no more of the shop than these.
//
// Importing the file into an empty shop gives the products that the report counts as
// written, and exporting that shop gives the same file, byte for byte. Where a product
// has something that a file cannot say, the report has a [Loss]; where a file cannot
// express it at all, it is left out, and the report has a [ProductError]. Products
// that are deleted are left out. The package's documentation says what a file does
// not speak of.
//
// A shop of more than [DefaultMaxRows] variants and images, or [DefaultMaxBytes], makes
// a file that is imported with [Options] that allow for it.
//
// A product is written as it is when it is read. One that gets another handle in the
// meantime may be missed or come twice; where that matters, export again.
//
// The end of ctx, a shop that fails and a writer that fails stop the export: the
// error says where, the report counts what was done until then, and the file is not
// complete.
func Export(ctx context.Context, w io.Writer, from Source) (ExportReport, error) {
	x := &exporting{from: from, out: NewWriter(w, from.Currency())}
	err := x.all(ctx)
	if err == nil {
		if err = x.out.Close(); err != nil {
			err = fmt.Errorf("productcsv: the end of the file could not be written: %w", err)
		}
	}
	x.report.ProductRows, x.report.VariantRows, x.report.ImageRows = x.out.rows[productRow], x.out.rows[variantRow], x.out.rows[imageRow]
	x.report.Rows = x.report.ProductRows + x.report.VariantRows + x.report.ImageRows
	return x.report, err
}

// ExportReport accounts for an export. Every row is counted once:
//
//	Rows == ProductRows + VariantRows + ImageRows
//
// and so is every product that the shop lists:
//
//	Products == Written + Deleted + RefusedProducts
type ExportReport struct {
	Rows        int // without the line of column names
	ProductRows int // each with the first variant of a product
	VariantRows int
	ImageRows   int

	Products        int
	Written         int
	Deleted         int // left out
	RefusedProducts int // left out, since a file cannot express them
	Losses          int // of products that were written

	Refused []*ProductError // the first MaxReported, in the order of the shop
	Lost    []Loss          // the first MaxReported, in the order of the shop
}

// MaxReported is how many refused products, and how many losses, an [ExportReport]
// names. It counts all of them.
const MaxReported = 1000

// String gives the account in a line, and a line for each refused product and each
// loss.
func (r ExportReport) String() string {
	var b strings.Builder
	b.WriteString(counted(r.Products, "product") + ": " + strconv.Itoa(r.Written) + " written, " + strconv.Itoa(r.Deleted) + " deleted, " +
		strconv.Itoa(r.RefusedProducts) + " refused; " + counted(r.Rows, "row") + ": " + counted(r.ProductRows, "product row") + ", " +
		counted(r.VariantRows, "variant row") + ", " + counted(r.ImageRows, "image row"))
	for _, e := range r.Refused {
		b.WriteString("\nrefused: " + e.text())
	}
	if more := r.RefusedProducts - len(r.Refused); more > 0 {
		b.WriteString("\nrefused: " + strconv.Itoa(more) + " more")
	}
	for _, l := range r.Lost {
		b.WriteString("\nnot in the file: " + l.String())
	}
	if more := r.Losses - len(r.Lost); more > 0 {
		b.WriteString("\nnot in the file: " + strconv.Itoa(more) + " more")
	}
	return b.String()
}

// exporting is a shop on its way to a file.
type exporting struct {
	from   Source
	out    *Writer
	report ExportReport
}

// pageOfProducts is how many products are held at a time: their texts may be long.
const pageOfProducts = 20

func (x *exporting) all(ctx context.Context) error {
	next := func(r till.PageRequest) (till.Page[till.Product], error) {
		if err := ctx.Err(); err != nil {
			return till.Page[till.Product]{}, err
		}
		return x.from.Products(ctx, r)
	}
	for product, err := range till.All(till.PageRequest{Limit: pageOfProducts}, next) {
		if err == nil {
			err = x.product(ctx, product)
		}
		if err != nil {
			at := ""
			if handle := product.Handle(); handle != "" {
				at = " at product " + shown(handle)
			}
			return fmt.Errorf("productcsv: the export stopped%s, with %s before it: the file is not complete, export again: %w",
				at, counted(x.report.Written, "product"), err)
		}
	}
	return nil
}

func (x *exporting) product(ctx context.Context, p till.Product) error {
	if !p.ExistsAt(x.from.Now()) {
		x.report.Products++
		x.report.Deleted++
		return nil
	}
	s := Snapshot{Product: p}
	for _, sku := range p.SKUs() {
		prices, err := x.from.Prices(ctx, sku)
		if err != nil {
			return err
		}
		stock, err := x.from.Stock(ctx, sku)
		if err != nil {
			return err
		}
		s.Prices, s.Stock = append(s.Prices, prices), append(s.Stock, stock)
	}
	s.At = x.from.Now() // after all that was read
	spec, lost := s.Spec()
	err := x.out.Write(spec)
	refused, is := isProduct(err)
	switch {
	case is:
		x.report.RefusedProducts++
		if len(x.report.Refused) < MaxReported {
			x.report.Refused = append(x.report.Refused, refused)
		}
	case err != nil:
		return err
	default:
		x.report.Written++
		x.report.Losses += len(lost)
		x.report.Lost = append(x.report.Lost, lost[:min(len(lost), MaxReported-len(x.report.Lost))]...)
	}
	x.report.Products++
	return nil
}

package productcsv

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// Putter is where products go: a [*till.Staff] is one.
type Putter interface {
	// Currency gives the currency of the shop's prices.
	Currency() money.Currency
	// PutProduct makes the product what spec says, by its handle, and says what
	// that took.
	PutProduct(ctx context.Context, spec till.ProductSpec) (till.PutResult, error)
}

// Import reads a file and gives its products to a shop, each in a commit of its own.
// What the file says of a product is then what the shop says of it; products that
// the file does not name stay as they are, and stock is received only for SKUs that
// are new. So importing a file again changes nothing, and an import that stopped is
// carried on by importing the file again.
//
// A product that the shop refuses is reported with its line, and the others go on.
// The end of ctx and a store that fails stop the import: the error says where, and
// the report counts what was done until then.
func Import(ctx context.Context, to Putter, r io.Reader, opt Options) (Report, error) {
	if opt.Currency == 0 {
		opt.Currency = to.Currency()
	}
	file, err := Read(r, opt)
	if err != nil {
		return Report{}, err
	}
	return file.Put(ctx, to)
}

// Put gives the products of a file that was read to a shop, as [Import] says. A file
// that was read for another currency than the shop's is refused. Products that were
// taken out of the File in between are reported as not imported.
func (f File) Put(ctx context.Context, to Putter) (Report, error) {
	report := f.Report.clone()
	if f.Currency != to.Currency() {
		return report, &till.InvalidError{Path: "currency", Reason: fmt.Sprintf("%s was read for prices in %s, the shop's are in %s: read it for these",
			shown(report.Name), f.Currency, to.Currency())}
	}
	err := report.put(ctx, f.Products, to)
	slices.SortStableFunc(report.Refused, func(a, b *RowError) int { return cmp.Compare(a.Line, b.Line) })
	return report, err
}

func (r *Report) put(ctx context.Context, products []Product, to Putter) error {
	for _, p := range products {
		var result till.PutResult
		err := ctx.Err()
		if err == nil {
			result, err = to.PutProduct(ctx, p.Spec)
		}
		switch {
		case err == nil && result == till.ProductCreated:
			r.Created++
		case err == nil && result == till.ProductChanged:
			r.Changed++
		case err == nil && result == till.ProductUnchanged:
			r.Unchanged++
		case err == nil:
			return fmt.Errorf("productcsv: line %d: product %s: the shop answered %q, which means nothing", p.Line, shown(p.Spec.Handle), result)
		case ctx.Err() == nil && refuses(err):
			r.refuse(p, err)
		default:
			return fmt.Errorf("productcsv: the import stopped at line %d, product %s, with %s before it: import the file again to carry on: %w",
				p.Line, shown(p.Spec.Handle), counted(r.Created+r.Changed+r.Unchanged, "product"), err)
		}
		r.Pending--
	}
	return nil
}

// stops are the errors that the next product would meet too.
var stops = []error{
	context.Canceled, context.DeadlineExceeded, till.ErrOutcomeUnknown, till.ErrClosed, till.ErrBusy, till.ErrFull,
	till.ErrDamaged, till.ErrUnsupported,
}

// refuses tells an error that is about one product from one that is about the shop.
func refuses(err error) bool {
	for _, stop := range stops {
		if errors.Is(err, stop) {
			return false
		}
	}
	return errors.Is(err, till.ErrInvalid) || errors.Is(err, till.ErrExists) || errors.Is(err, till.ErrConflict) || errors.Is(err, till.ErrNotFound)
}

// refuse counts the rows of a product as refused, the one that the error is about
// with the error.
func (r *Report) refuse(p Product, err error) {
	culprit, column, value := p.Line, "", ""
	var exists *till.ExistsError
	if errors.As(err, &exists) {
		for _, row := range p.rows {
			if row.sku != "" && string(row.sku) == exists.ID {
				culprit, column, value = row.line, columnNames[colSKU], exists.ID
			}
		}
	}
	for _, row := range p.rows {
		r.count(row.kind, -1)
		e := &RowError{Line: row.line, Handle: clip(p.Spec.Handle, maxShownValue), Err: err, Reason: "its product is refused, see line " + strconv.Itoa(culprit)}
		if row.line == culprit {
			e.Column, e.Value, e.Reason = column, clip(value, maxShownValue), clip(err.Error(), maxShownReason)
		}
		r.Refused = append(r.Refused, e)
	}
	r.RefusedProducts++
}

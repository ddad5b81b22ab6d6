package till

import (
	"cmp"
	"fmt"

	"github.com/tillkit/till/money"
)

// Units is what was sold of each article: a fold over the entries of orders, like
// [Revenue]. It counts what an order says, so an article that was renamed or deleted
// since is there, and at the prices at which it was sold.
//
// It is an immutable value that keeps sums, not orders, and the order of adding does
// not matter. Make one with [NewUnits]:
//
//	units, err := till.NewUnits(till.UnitsSpec{From: january, To: february})
//	for _, order := range orders {
//		units, err = units.Add(order)
//	}
//	for _, row := range units.Rows() {
//		fmt.Println(row.SKU, row.Pieces, row.Amount) // MUG 3 28.50 GBP
//	}
//
// [Staff.Units] does this over the orders of a shop.
type Units struct {
	span span
	rows sums[unitsKey, UnitsRow]
}

// UnitsSpec says what [Units] count.
type UnitsSpec struct {
	From Instant // entries recorded at or after; 0: from the beginning
	To   Instant // entries recorded before; 0: without an end
}

// UnitsRow is what was sold of one article in one currency.
type UnitsRow struct {
	SKU      SKU            `json:"sku"`
	Currency money.Currency `json:"currency"`
	Orders   int64          `json:"orders"` // that have the article; an order with two lines of it counts once
	Lines    int64          `json:"lines"`
	Pieces   int64          `json:"pieces"`
	Amount   money.Amount   `json:"amount"` // sum of the lines' totals
}

type unitsKey struct {
	sku      SKU
	currency money.Currency
}

func (k unitsKey) compare(l unitsKey) int {
	if d := cmp.Compare(k.sku, l.sku); d != 0 || k.currency == l.currency {
		return d
	}
	return cmp.Compare(k.currency.String(), l.currency.String())
}

// NewUnits gives Units without any orders. A To before From is an [InvalidError].
func NewUnits(s UnitsSpec) (Units, error) {
	within, err := newSpan(s.From, s.To)
	return Units{span: within}, err
}

// Add gives the units with one more order. An order that is not placed brings
// nothing; one that is added twice counts twice. A sum that is too great is
// [money.ErrOverflow] or an [InvalidError], and leaves the units as they were.
func (u Units) Add(o Order) (Units, error) {
	next := u
	for _, e := range o.earnings() {
		if !u.span.has(e.at) {
			continue
		}
		counted := make(map[unitsKey]bool, len(e.lines))
		for _, l := range e.lines {
			key := unitsKey{l.SKU, l.Total.Currency()}
			row := UnitsRow{SKU: key.sku, Currency: key.currency, Lines: 1, Pieces: l.Quantity, Amount: l.Total}
			if !counted[key] {
				counted[key], row.Orders = true, e.orders
			}
			var err error
			if next, err = next.plus(row); err != nil {
				return u, err
			}
		}
	}
	return next, nil
}

// plus adds a row to the one of the same article and currency.
func (u Units) plus(row UnitsRow) (Units, error) {
	key := unitsKey{row.SKU, row.Currency}
	if is, ok := u.rows.at(key); ok {
		var err error
		for _, count := range []struct {
			path string
			row  *int64
			is   int64
		}{{"orders", &row.Orders, is.Orders}, {"lines", &row.Lines, is.Lines}, {"pieces", &row.Pieces, is.Pieces}} {
			if *count.row, err = plus(count.path, count.is, *count.row); err != nil {
				return u, err
			}
		}
		if row.Amount, err = is.Amount.Add(row.Amount); err != nil {
			return u, fmt.Errorf("till: units of %s: %w", row.SKU, err)
		}
	}
	u.rows = u.rows.with(key, row)
	return u, nil
}

// Merge gives the sum of two: of two halves of the orders, counted apart. Both must
// have been made from the same [UnitsSpec], else it is an [InvalidError].
func (u Units) Merge(other Units) (Units, error) {
	if u.span != other.span {
		return u, invalid("units", "they are of other instants: make both from one UnitsSpec")
	}
	next, err := u, error(nil)
	for _, row := range other.rows.all() {
		if next, err = next.plus(row); err != nil {
			return u, err
		}
	}
	return next, nil
}

// Rows gives what was sold by SKU and, within one, by the code of the currency. An
// article of which nothing was sold has no row.
func (u Units) Rows() []UnitsRow {
	var rows []UnitsRow
	for _, row := range u.rows.all() {
		rows = append(rows, row)
	}
	return rows
}

package till

import (
	"cmp"
	"fmt"
	"time"

	"github.com/tillkit/till/money"
)

// Period is a stretch of the calendar by which a report is kept.
type Period string

// The periods.
const (
	Day   Period = "day"
	Month Period = "month"
)

// Revenue is what orders brought in, by day or month of a time zone and by currency.
// It is a fold over the entries of orders: an entry counts in the period in which it
// was recorded, whatever happens to the order, or to anything else, afterwards. The
// entry that placed an order brings its total. So a period that is over never
// changes.
//
// It is an immutable value, and a small one: it keeps sums, not orders. The order of
// adding does not matter. Make one with [NewRevenue]:
//
//	revenue, err := till.NewRevenue(till.RevenueSpec{By: till.Month, Zone: london})
//	for _, order := range orders {
//		revenue, err = revenue.Add(order)
//	}
//	for _, row := range revenue.Rows() {
//		fmt.Println(row.Label, row.Orders, row.Amount) // 2026-06 5 97.56 GBP
//	}
//
// [Staff.Revenue] does this over the orders of a shop.
type Revenue struct {
	by   Period
	zone *time.Location
	span span
	rows sums[revenueKey, RevenueRow]
}

// RevenueSpec says what a [Revenue] counts.
type RevenueSpec struct {
	By   Period         // Day or Month
	Zone *time.Location // whose calendar; nil is UTC
	From Instant        // entries recorded at or after; 0: from the beginning
	To   Instant        // entries recorded before; 0: without an end
}

// RevenueRow is the revenue of one period in one currency.
type RevenueRow struct {
	Label    string         `json:"label"` // the date in the zone: "2010-12-05", or "2010-12" by month
	Start    Instant        `json:"start"` // when the period begins
	End      Instant        `json:"end"`   // when the next one begins
	Currency money.Currency `json:"currency"`
	Orders   int64          `json:"orders"` // placed in the period
	Amount   money.Amount   `json:"amount"`
}

type revenueKey struct {
	start    Instant
	currency money.Currency
}

func (k revenueKey) compare(l revenueKey) int {
	if d := cmp.Compare(k.start, l.start); d != 0 || k.currency == l.currency {
		return d
	}
	return cmp.Compare(k.currency.String(), l.currency.String())
}

// NewRevenue gives a Revenue without any orders. A By that is no period, a zone that
// is a day or more away from UTC, and a To before From are an [InvalidError].
func NewRevenue(s RevenueSpec) (Revenue, error) {
	if s.By != Day && s.By != Month {
		return Revenue{}, invalid("by", "%.40q is neither day nor month", s.By)
	}
	if s.Zone == nil {
		s.Zone = time.UTC
	}
	if _, offset := time.Unix(0, 0).In(s.Zone).Zone(); offset <= -secondsOfDay || offset >= secondsOfDay {
		return Revenue{}, invalid("zone", "%q is %d seconds away from UTC, a day or more", s.Zone, offset)
	}
	within, err := newSpan(s.From, s.To)
	return Revenue{by: s.By, zone: s.Zone, span: within}, err
}

// Add gives the revenue with one more order. An order that is not placed brings
// nothing; one that is added twice counts twice. An amount that a [money.Amount]
// cannot hold is [money.ErrOverflow], and leaves the revenue as it was.
func (r Revenue) Add(o Order) (Revenue, error) { return r.add(o.earnings()) }

func (r Revenue) add(earnings []earning) (Revenue, error) {
	next := r
	for _, e := range earnings {
		if !r.span.has(e.at) {
			continue
		}
		row, err := r.period(e.at)
		if err != nil {
			return r, err
		}
		row.Currency, row.Orders, row.Amount = e.amount.Currency(), e.orders, e.amount
		if next, err = next.plus(row); err != nil {
			return r, err
		}
	}
	return next, nil
}

// plus adds a row to the one of the same period and currency.
func (r Revenue) plus(row RevenueRow) (Revenue, error) {
	key := revenueKey{row.Start, row.Currency}
	if is, ok := r.rows.at(key); ok {
		var err error
		if row.Orders, err = plus("orders", is.Orders, row.Orders); err != nil {
			return r, err
		}
		if row.Amount, err = is.Amount.Add(row.Amount); err != nil {
			return r, fmt.Errorf("till: revenue of %s: %w", row.Label, err)
		}
	}
	r.rows = r.rows.with(key, row)
	return r, nil
}

// Merge gives the sum of two revenues: of two halves of the orders, counted apart.
// Both must have been made from the same [RevenueSpec], else it is an
// [InvalidError].
func (r Revenue) Merge(other Revenue) (Revenue, error) {
	if r.by != other.by || r.span != other.span || r.zone.String() != other.zone.String() {
		return r, invalid("revenue", "it is by another period, of another zone or of other instants: make both from one RevenueSpec")
	}
	next := r
	for _, row := range other.rows.all() {
		is, err := r.period(row.Start)
		if err == nil && is.End != row.End {
			err = invalid("revenue", "%s is another period here: make both from one RevenueSpec", row.Label)
		}
		if err == nil {
			next, err = next.plus(row)
		}
		if err != nil {
			return r, err
		}
	}
	return next, nil
}

// Rows gives the revenue by period and, within one, by the code of the currency. A
// period in which nothing was placed has no row. The first and the last period are
// whole days or months too, though From and To may leave a part of them out.
func (r Revenue) Rows() []RevenueRow {
	var rows []RevenueRow
	for _, row := range r.rows.all() {
		rows = append(rows, row)
	}
	return rows
}

// earning is what one entry of an order brings to the books: of a return it would be
// negative.
type earning struct {
	at     Instant
	orders int64
	amount money.Amount
	lines  []Line
}

// earns says what an entry brings to the books, and so what counts as revenue: here
// and nowhere else. An entry counts at its own instant, so that what comes later does
// not reach back into a period that is over.
func (o orderOpened) earns(e Entry) (earning, bool) {
	switch e.Kind {
	case "placed":
		return earning{at: Instant(e.At), orders: 1, amount: o.Total, lines: o.Lines}, true
	}
	return earning{}, false
}

func (o Order) earnings() []earning {
	var earnings []earning
	for _, e := range o.entries {
		if earned, ok := o.is.earns(e); ok {
			earnings = append(earnings, earned)
		}
	}
	return earnings
}

// span is a half-open range of instants; an end that is 0 is open.
type span struct{ from, to Instant }

func newSpan(from, to Instant) (span, error) {
	for _, end := range []struct {
		path string
		at   Instant
	}{{"from", from}, {"to", to}} {
		if end.at < MinInstant || end.at > MaxInstant {
			return span{}, invalid(end.path, "it lies outside the years 1 to 9999")
		}
	}
	if from != 0 && to != 0 && to < from {
		return span{}, invalid("to", "%s lies before from, %s", to, from)
	}
	return span{from, to}, nil
}

func (s span) has(at Instant) bool { return (s.from == 0 || at >= s.from) && (s.to == 0 || at < s.to) }

// period gives the period that an instant lies in, as a row without figures. Periods
// follow each other without a gap: each begins at the first instant that its first
// date has in the zone. Where the clocks are put back over midnight, the new day has
// begun and stays so; a date that a zone has left out has no period.
func (r Revenue) period(at Instant) (RevenueRow, error) {
	if r.zone == nil {
		return RevenueRow{}, invalid("revenue", "it has no period: make it with NewRevenue")
	}
	// Where the calendar has been asked before, it need not be asked again: a zone's is slow.
	if is, ok := r.rows.below(revenueKey{start: at + 1}); ok && at < is.End {
		return RevenueRow{Label: is.Label, Start: is.Start, End: is.End}, nil
	}
	year, month, date := at.Time().In(r.zone).Date()
	label, days, months := "2006-01-02", 1, 0
	if r.by == Month {
		date, label, days, months = 1, "2006-01", 0, 1
	}
	begin := time.Date(year, month, date, 0, 0, 0, 0, time.UTC)
	for {
		next := begin.AddDate(0, months, days)
		if end := firstOf(next, r.zone); at < end {
			return RevenueRow{Label: begin.Format(label), Start: firstOf(begin, r.zone), End: end}, nil
		}
		begin = next
	}
}

const secondsOfDay = 24 * 60 * 60

// firstOf gives the first instant at which a zone has a date, or a later one where it
// leaves that date out. The date is given as its midnight in UTC. time.Date does not
// serve: of a midnight that a zone has twice, or not at all, it does not say which
// instant it gives.
func firstOf(date time.Time, zone *time.Location) Instant {
	at := date.Add(-2 * secondsOfDay * time.Second).In(zone) // no zone is that far from UTC
	for {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		if !end.IsZero() && !end.After(at) { // so it is on the last day of a leap year for which only a rule is known
			end = at.Add(time.Hour) // nothing changes on that day
		}
		first := date.Add(-time.Duration(offset) * time.Second)
		if first.Before(at) {
			first = at
		}
		if end.IsZero() || first.Before(end) {
			return Instant(first.UnixMicro())
		}
		at = end
	}
}

package main

import (
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// The picture is drawn in tenths of a pixel, so that whole numbers are fine enough.

// scale lays a span of time along a line.
type scale struct {
	over     span
	from, to int64 // where it begins and ends; to may lie below from
}

// at gives the place of an instant; what lies outside lies at the end.
func (s scale) at(t till.Instant) int64 {
	t = min(max(t, s.over.from), s.over.to)
	const milli = 1000 // keeps the product small enough for thousands of years
	long := max(int64(s.over.to-s.over.from)/milli, 1)
	return s.from + int64(t-s.over.from)/milli*(s.to-s.from)/long
}

// tick is a place on an axis with its label.
type tick struct {
	at    till.Instant
	label string
}

// pace is a distance of ticks in time.
type pace struct {
	years, months, days, hours int
	layout                     string
}

var paces = []pace{
	{hours: 1, layout: "01-02 15:04"}, {hours: 3, layout: "01-02 15:04"}, {hours: 12, layout: "01-02 15:04"},
	{days: 1, layout: "2006-01-02"}, {days: 2, layout: "2006-01-02"}, {days: 7, layout: "2006-01-02"}, {days: 14, layout: "2006-01-02"},
	{months: 1, layout: "2006-01"}, {months: 2, layout: "2006-01"}, {months: 3, layout: "2006-01"}, {months: 6, layout: "2006-01"},
	{years: 1, layout: "2006"}, {years: 2, layout: "2006"}, {years: 5, layout: "2006"}, {years: 10, layout: "2006"},
	{years: 100, layout: "2006"}, {years: 1000, layout: "2006"},
}

// begin gives the last tick at or before t.
func (p pace) begin(t time.Time) time.Time {
	switch {
	case p.years > 0:
		return time.Date(t.Year()-t.Year()%p.years, 1, 1, 0, 0, 0, 0, time.UTC)
	case p.months > 0:
		m := int(t.Month()) - 1
		return time.Date(t.Year(), time.Month(m-m%p.months+1), 1, 0, 0, 0, 0, time.UTC)
	default:
		return t.Truncate(time.Duration(24*p.days+p.hours) * time.Hour)
	}
}

// ticks gives at most so many round instants of a span.
func (s span) ticks(most int) []tick {
	for _, p := range paces {
		var all []tick
		for t := p.begin(s.from.Time()); till.At(t) < s.to && len(all) <= most; t = t.AddDate(p.years, p.months, p.days).Add(time.Duration(p.hours) * time.Hour) {
			if at := till.At(t); s.has(at) {
				all = append(all, tick{at, t.Format(p.layout)})
			}
		}
		if len(all) <= most {
			return all
		}
	}
	return nil
}

// thousandths gives a price of one piece in thousandths of the smallest unit: fine
// enough to be drawn.
func thousandths(p money.Price) int64 { return p.Amount().Minor() * 1000 / p.Per() }

// ladder is the axis of prices: whole steps from below the least to above the
// greatest.
type ladder struct{ low, high, step int64 }

func newLadder(prices []money.Price) ladder {
	l := ladder{step: 1000}
	if len(prices) == 0 {
		l.high = 1000
		return l
	}
	least, most := thousandths(prices[0]), thousandths(prices[0])
	for _, p := range prices {
		least, most = min(least, thousandths(p)), max(most, thousandths(p))
	}
	for i := 0; (most-least)/l.step > 3; i++ {
		if i%3 == 1 { // 1, 2, 5, 10 ...
			l.step = l.step / 2 * 5
		} else {
			l.step *= 2
		}
	}
	l.low = least / l.step * l.step
	if l.low > 0 && l.low == least {
		l.low -= l.step
	}
	l.high = most/l.step*l.step + l.step
	return l
}

// at gives the place of a price on a line from low to high.
func (l ladder) at(thousandths, low, high int64) int64 {
	return low + (thousandths-l.low)*(high-low)/(l.high-l.low)
}

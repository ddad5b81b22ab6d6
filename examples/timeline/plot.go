package main

import (
	"errors"
	"slices"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// plot is what a picture shows: a plane of two times, valid across and recorded
// upwards, and on it the areas in which one price answers.
type plot struct {
	question
	prices  till.Prices
	records []till.PriceRecord

	valid, known span           // what the two axes show
	changes      []till.Instant // where an answer may change along valid; the first is where it begins
	areas        []area
	steps        []money.Price // the different prices of all areas, from the least up
}

// span is a piece of time, its end not included.
type span struct{ from, to till.Instant }

func (s span) has(at till.Instant) bool { return at >= s.from && at < s.to }

// area is a rectangle of the plane in which the answer is the same.
type area struct {
	valid, known span
	price        money.Price
	sale         bool
}

func newPlot(q question, prices till.Prices, records []till.PriceRecord) (plot, error) {
	p := plot{question: q, prices: prices, records: records}
	p.frame()
	if p.valid.from >= p.valid.to || p.known.from >= p.known.to {
		return plot{}, errors.New("there is nothing to show: -from is not before -to, or not before the last change")
	}
	p.fill()
	for _, a := range p.areas {
		p.steps = append(p.steps, a.price)
	}
	slices.SortFunc(p.steps, cheaper)
	p.steps = slices.CompactFunc(p.steps, func(a, b money.Price) bool { return cheaper(a, b) == 0 })
	return p, nil
}

// cheaper compares prices of one list, which are in one currency.
func cheaper(a, b money.Price) int {
	d, _ := a.Cmp(b)
	return d
}

// frame chooses what the axes show: all changes, though of what is valid long before
// the first was recorded, or long after the last, no more than the records span.
func (p *plot) frame() {
	first, last := p.records[0].Recorded, p.records[len(p.records)-1].Recorded
	long := max(last-first, till.Instant((24*time.Hour)/time.Microsecond))
	p.known = span{first, last + long/12}
	p.valid = span{first, last}
	for _, r := range p.records {
		p.valid.from = min(p.valid.from, max(r.From, first-long))
		p.valid.to = max(p.valid.to, min(r.From, last+long))
	}
	p.valid.to += long / 12
	if p.from != 0 {
		p.known.from, p.valid.from = max(p.known.from, p.from), max(p.valid.from, p.from)
	}
	if p.to != 0 {
		p.known.to, p.valid.to = min(p.known.to, p.to), min(p.valid.to, p.to)
	}
}

// breaks gives where a span begins and the instants inside it, each once, in order.
func (s span) breaks(at []till.Instant) []till.Instant {
	inside := []till.Instant{s.from}
	for _, t := range at {
		if s.has(t) {
			inside = append(inside, t)
		}
	}
	slices.Sort(inside)
	return slices.Compact(inside)
}

// fill cuts the plane into areas: row by row, an area going on upwards as long as the
// next row has the same.
func (p *plot) fill() {
	var from, recorded []till.Instant
	for _, r := range p.records {
		from, recorded = append(from, r.From), append(recorded, r.Recorded)
	}
	p.changes = p.valid.breaks(from)
	rows := p.known.breaks(recorded)
	var below []area
	for i, known := range rows {
		up := span{known, p.known.to}
		if i+1 < len(rows) {
			up.to = rows[i+1]
		}
		var row []area
		for _, a := range p.row(known) {
			a.known = up
			same := func(b area) bool { return b.valid == a.valid && b.price == a.price && b.sale == a.sale }
			if j := slices.IndexFunc(below, same); j >= 0 {
				a.known.from = below[j].known.from
				below = slices.Delete(below, j, j+1)
			}
			row = append(row, a)
		}
		p.areas, below = append(p.areas, below...), row
	}
	p.areas = append(p.areas, below...)
}

// row gives what is known at one instant, from left to right.
func (p *plot) row(known till.Instant) []area {
	var row []area
	for i, at := range p.changes {
		across := span{at, p.valid.to}
		if i+1 < len(p.changes) {
			across.to = p.changes[i+1]
		}
		priced, ok := p.prices.On(at, known, p.quantity)
		if !ok {
			continue
		}
		if n := len(row); n > 0 && row[n-1].valid.to == at && row[n-1].price == priced.Price && row[n-1].sale == priced.Sale {
			row[n-1].valid.to = across.to
			continue
		}
		row = append(row, area{valid: across, price: priced.Price, sale: priced.Sale})
	}
	return row
}

// piece is what holds over a span, with a price.
type piece struct {
	over  span
	price money.Price
}

// line follows a price along the valid time: over each span between changes, as pick
// chooses it from the answer.
func (p *plot) line(breaks []till.Instant, end, known till.Instant, pick func(till.Priced) (money.Price, bool)) []piece {
	var line []piece
	for i, at := range breaks {
		to := end
		if i+1 < len(breaks) {
			to = breaks[i+1]
		}
		as := known
		if as == 0 { // as it was known then
			as = at
		}
		priced, ok := p.prices.On(at, as, p.quantity)
		if !ok {
			continue
		}
		if price, ok := pick(priced); ok {
			line = append(line, piece{span{at, to}, price})
		}
	}
	return line
}

// base and sale give the two prices as all that is recorded has them.
func (p *plot) base() []piece {
	return p.line(p.changes, p.valid.to, till.MaxInstant, func(a till.Priced) (money.Price, bool) { return a.Base, true })
}

func (p *plot) sale() []piece {
	return p.line(p.changes, p.valid.to, till.MaxInstant, func(a till.Priced) (money.Price, bool) { return a.Price, a.Sale })
}

// shown gives what buyers were shown: the price of each instant as it was known then.
func (p *plot) shown() []piece {
	both := span{max(p.valid.from, p.known.from), min(p.valid.to, p.known.to)}
	if both.from >= both.to {
		return nil
	}
	at := slices.Clone(p.changes)
	for _, r := range p.records {
		at = append(at, r.Recorded)
	}
	return p.line(both.breaks(at), both.to, 0, func(a till.Priced) (money.Price, bool) { return a.Price, true })
}

package main

import (
	"fmt"
	"iter"
	"time"
	_ "time/tzdata" // the UK's time zone, on every machine

	"github.com/tillkit/till"
)

// invoice is what is replayed at one instant: the rows of one number, and of one
// customer, that follow each other. Rows without trade are in it too.
type invoice struct {
	number   string
	customer string // "": a guest
	country  string
	at       till.Instant
	late     bool // the file has an earlier time for it than for what stands before
	rows     []row
}

// invoices groups the rows of a file. The instant of an invoice is that of its first
// row; invoices of one minute are a microsecond apart, in the order of the file. One
// that stands behind a later one, by up to a day, is replayed right after that: a
// shop's clock does not go back.
func invoices(open source) iter.Seq2[invoice, error] {
	return func(yield func(invoice, error) bool) {
		var is invoice
		clock := calendar{zone: uk()}
		for r, err := range rows(open) {
			if err == nil && len(is.rows) > 0 && r.invoice == is.number && r.customer == is.customer {
				if len(is.rows) == till.MaxLines {
					err = wrong(r.line, "invoice %.40q has more than %d rows", is.number, till.MaxLines)
				} else {
					_, err = clock.read(r)
				}
				is.rows = append(is.rows, r)
			} else if err == nil {
				if len(is.rows) > 0 && !yield(is, nil) {
					return
				}
				is = invoice{number: r.invoice, customer: r.customer, country: r.country, rows: []row{r}}
				is.at, is.late, err = clock.next(r)
			}
			if err != nil {
				yield(invoice{}, err)
				return
			}
		}
		if len(is.rows) > 0 {
			yield(is, nil)
		}
	}
}

func uk() *time.Location {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // time/tzdata has it
	}
	return zone
}

const layout = "2006-01-02 15:04:05"

// calendar turns the local times of a file into instants.
type calendar struct {
	zone   *time.Location
	last   till.Instant // given to an invoice
	latest till.Instant // that the file had
	text   string       // the time that was read last, and its instants
	are    []till.Instant
}

// read gives the instants of a local time: one, or two in the hour that the clocks go
// through twice in autumn.
func (c *calendar) read(r row) ([]till.Instant, error) {
	if r.date == c.text {
		return c.are, nil
	}
	face, err := time.Parse(layout, r.date) // what the clock shows, as if it were UTC
	if err != nil || face.Format(layout) != r.date || face.Year() < 1900 {
		return nil, wrong(r.line, "%.40q is no InvoiceDate: write it like 2010-12-01 08:26:00", r.date)
	}
	c.text, c.are = r.date, nil
	for _, ahead := range []time.Duration{time.Hour, 0} { // summer time, and winter
		if t := face.Add(-ahead); t.In(c.zone).Format(layout) == r.date {
			c.are = append(c.are, till.At(t))
		}
	}
	if len(c.are) == 0 {
		return nil, wrong(r.line, "there was no %s in the UK: the clocks were put forward", r.date)
	}
	return c.are, nil
}

// next gives the instant of the invoice that a row begins.
func (c *calendar) next(r row) (at till.Instant, late bool, err error) {
	are, err := c.read(r)
	if err != nil {
		return 0, false, err
	}
	at = are[0]
	if len(are) > 1 && at < c.latest { // the second time round
		at = are[1]
	}
	if c.last == 0 {
		c.last, c.latest = at, at
		return at, false, nil
	}
	if at < c.latest.Add(-24*time.Hour) {
		return 0, false, wrong(r.line, "%s is more than a day before what stands ahead of it: sort the file by InvoiceDate", r.date)
	}
	late = at < c.latest
	c.latest = max(at, c.latest)
	c.last = max(at, c.last+1)
	return c.last, late, nil
}

// month names the month of an instant in the UK.
func month(at till.Instant, zone *time.Location) string {
	t := at.Time().In(zone)
	return fmt.Sprintf("%04d-%02d", t.Year(), t.Month())
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/tillkit/till"
)

// questions says what can be asked.
const questions = `the questions are:
  price SKU DAY      what it cost at the end of a day: price 85123A 2010-12-15
  stock SKU DAY      how much there was of it then: stock 85123A 2010-12-15
  order NUMBER DAY   an order as it was then: order 1001 2010-12-15
  revenue MONTH      what a month brought in: revenue 2010-12
a day and a month are of the UK's calendar`

// question is what somebody asks of the database.
type question struct {
	kind  string // price, stock, order or revenue
	about string // a SKU, or the number of an order
	label string // the day or month, as it was written
	begin time.Time
}

// end is the last microsecond of the question's day.
func (q question) end() till.Instant { return till.At(q.begin.AddDate(0, 0, 1)) - 1 }

// parseQuestion reads a question: a word, what it is about, a day or month. A SKU may
// have spaces in it.
func parseQuestion(text string) (question, error) {
	q := question{}
	q.kind, q.about, _ = strings.Cut(strings.TrimSpace(text), " ")
	cut := strings.LastIndexByte(q.about, ' ')
	q.about, q.label = strings.TrimSpace(q.about[:max(cut, 0)]), q.about[cut+1:]
	form := "2006-01-02"
	switch q.kind {
	case "price", "stock", "order":
		if q.about == "" {
			q.kind = ""
		}
	case "revenue":
		form = "2006-01"
		if q.about != "" {
			q.kind = ""
		}
	default:
		q.kind = ""
	}
	if q.kind == "" {
		return q, fmt.Errorf("%.80q is no question; %s", text, questions)
	}
	var err error
	if q.begin, err = time.ParseInLocation(form, q.label, uk()); err != nil || q.begin.Year() < 1 || q.begin.Year() > 9998 {
		return q, fmt.Errorf("%.40q is no day or month for %s; %s", q.label, q.kind, questions)
	}
	return q, nil
}

func parseQuestions(texts []string) ([]question, error) {
	var all []question
	for _, text := range texts {
		q, err := parseQuestion(text)
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return all, nil
}

// answer answers a question. What was not there yet is no error.
func (q question) answer(ctx context.Context, w io.Writer, shop *till.Shop) error {
	var err error
	view := shop.AsOf(q.end())
	switch q.kind {
	case "revenue":
		return q.revenue(ctx, w, shop)
	case "price":
		fmt.Fprintf(w, "price of %s at the end of %s: ", q.about, q.label)
		err = price(ctx, w, view, till.SKU(q.about))
	case "stock":
		fmt.Fprintf(w, "stock of %s at the end of %s: ", q.about, q.label)
		err = stock(ctx, w, view, till.SKU(q.about))
	case "order":
		fmt.Fprintf(w, "order %s at the end of %s: ", q.about, q.label)
		err = order(ctx, w, view, q.about)
	}
	if errors.Is(err, till.ErrNotFound) {
		fmt.Fprintln(w, "there was none")
		return nil
	}
	return err
}

func clockTime(at till.Instant) string { return at.Time().In(uk()).Format(layout) }

func price(ctx context.Context, w io.Writer, v *till.View, sku till.SKU) error {
	prices, err := v.Prices(ctx, sku)
	if err != nil {
		return err
	}
	is, ok := prices.On(v.At(), till.MaxInstant, 1)
	if !ok {
		fmt.Fprintln(w, "it had no price")
		return nil
	}
	changes, since := 0, till.Instant(0)
	for c := range prices.All() {
		changes++
		if c.N == is.Entry {
			since = c.From
		}
	}
	fmt.Fprintf(w, "%s since %s, change %d of %d by then\n", is.Price, clockTime(since), is.Entry, changes)
	return nil
}

func stock(ctx context.Context, w io.Writer, v *till.View, sku till.SKU) error {
	is, err := v.Stock(ctx, sku)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d on hand, %d of them reserved, %d available\n", is.OnHand(), is.Reserved, is.Available)
	return nil
}

func order(ctx context.Context, w io.Writer, v *till.View, number string) error {
	found, err := v.Orders(ctx, till.OrderQuery{Number: number})
	if err != nil {
		return err
	}
	if len(found.Items) == 0 {
		return till.ErrNotFound
	}
	is, err := v.Order(ctx, found.Items[0].ID)
	if err != nil {
		return err
	}
	verdict := "it verifies"
	if err := is.Verify(); err != nil {
		verdict = err.Error()
	}
	fmt.Fprintf(w, "%s %s for invoice %s; %s\n", is.Status(), clockTime(is.Placed()), plain(is.Metadata()["invoice"]), verdict)
	for _, l := range is.Lines() {
		agreed := ""
		if l.Agreed != nil {
			agreed = " (agreed)"
		}
		fmt.Fprintf(w, "  %6d x %-14s %14s  %s %s%s\n", l.Quantity, l.Price, worth(l.Total), l.SKU, l.Name, agreed)
	}
	fmt.Fprintf(w, "  %38s\n", worth(is.Total()))
	return nil
}

// plain gives a text as it can be shown in a terminal: the shop lets any character into
// metadata.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}

func (q question) revenue(ctx context.Context, w io.Writer, shop *till.Shop) error {
	revenue, err := shop.Staff("ask").Revenue(ctx, till.RevenueRequest{
		By: till.Month, Zone: uk().String(), From: till.At(q.begin), To: till.At(q.begin.AddDate(0, 1, 0)),
	})
	if err != nil {
		return err
	}
	var is till.RevenueRow // of a month without orders there is none
	if rows := revenue.Rows(); len(rows) > 0 {
		is = rows[0]
	}
	fmt.Fprintf(w, "revenue of %s: %s from %s orders\n", q.label, worth(is.Amount), count(int(is.Orders)))
	return nil
}

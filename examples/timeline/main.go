// Command timeline draws the prices of one article as a picture (SVG) of two times:
// from when each is valid, and when it was recorded. It reads a shop file:
//
//	go run ./examples/timeline -db shop.db -sku MUG > time.svg
//
// Without -db it draws the mug of a small shop in memory. The times shown are those of
// all changes; -from and -to, days in UTC, show a part.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/sqlite"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background(), os.Stdout, os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

// run draws what the arguments ask for.
func run(ctx context.Context, w io.Writer, args []string) error {
	var q question
	var currency, from, to string
	flags := flag.NewFlagSet("timeline", flag.ContinueOnError)
	file := flags.String("db", "", "shop `FILE`; without it a small shop is made up")
	flags.StringVar((*string)(&q.sku), "sku", "MUG", "the article to draw, by `SKU`")
	flags.StringVar(&q.list.List, "list", till.StandardList, "price `LIST`")
	flags.StringVar(&currency, "currency", "", "`CURRENCY` of the list; without it the shop's")
	flags.Int64Var(&q.quantity, "quantity", 1, "how many are bought, a `NUMBER`")
	flags.StringVar(&from, "from", "", "first `DAY` to show, such as 2026-03-01")
	flags.StringVar(&to, "to", "", "the `DAY` before which to stop")
	err := flags.Parse(args)
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("%q is one argument too many: the article is named with -sku", flags.Arg(0))
	}
	if err == nil && currency != "" {
		q.list.Currency, err = money.ParseCurrency(currency)
	}
	if err == nil {
		q.from, err = day(from)
	}
	if err == nil {
		q.to, err = day(to)
	}
	if err != nil {
		return err
	}

	var shop *till.Shop
	if *file == "" {
		shop, err = demo(ctx)
	} else {
		if _, err := os.Stat(*file); err != nil { // Open would make a new one
			return err
		}
		db, err := sqlite.Open(ctx, *file)
		if err != nil {
			return err
		}
		defer db.Close()
		shop, err = till.Open(ctx, db, till.Options{})
		if err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if q.list.Currency == 0 {
		q.list.Currency = shop.Currency()
	}
	p, err := read(ctx, shop, q)
	if errors.Is(err, till.ErrNotFound) {
		return fmt.Errorf("%w: name an article of the shop with -sku", err)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, p.draw())
	return err
}

// day reads the first instant of a day; "" gives 0.
func day(text string) (till.Instant, error) {
	if text == "" {
		return 0, nil
	}
	at, err := till.ParseInstant(text + "T00:00:00Z")
	if err != nil {
		return 0, fmt.Errorf("%q is no day: write it like 2026-03-01", text)
	}
	return at, nil
}

// question says what is to be drawn.
type question struct {
	sku      till.SKU
	list     till.PriceList
	quantity int64
	from, to till.Instant // 0: as far as there are changes
}

// read makes the prices of an article again from its history, change by change.
func read(ctx context.Context, shop *till.Shop, q question) (plot, error) {
	prices, err := till.NewPrices(q.sku, q.list)
	if err != nil {
		return plot{}, err
	}
	var records []till.PriceRecord
	for r, err := range shop.Staff("timeline").PriceHistory(ctx, q.sku, q.list) {
		if err != nil {
			return plot{}, err
		}
		change := till.PriceChange{Mark: r.Mark, Price: r.Price, From: r.From, Sale: r.Sale, MinQuantity: r.MinQuantity}
		if prices, _, err = prices.Change(till.Meta{At: r.Recorded, By: r.By, Note: r.Note}, change); err != nil {
			return plot{}, fmt.Errorf("change %d: %w", r.N, err)
		}
		records = append(records, r)
	}
	if len(records) == 0 {
		return plot{}, errors.New("the article never had a price in this list")
	}
	return newPlot(q, prices, records)
}

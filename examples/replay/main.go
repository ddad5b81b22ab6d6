// Command replay takes real trade through a shop on a SQLite file: every invoice of a
// file becomes an order, at its instant and at its prices. Then it reads everything
// back: every order proves itself, and the revenue is that of the file, to the penny.
//
//	go run ./examples/replay                                  # a small file of its own
//	go run ./examples/replay -data FILE.csv.gz                # a month, or a year
//	go run ./examples/replay -data FILE.csv.gz -db shop.db    # the shop is kept
//	go run ./examples/replay -db shop.db -ask "price 85123A 2010-12-15"
//
// The file has the columns of "Online Retail" (Daqing Chen, UCI Machine Learning
// Repository, 2015, doi 10.24432/C5BW33): InvoiceNo, StockCode, Description, Quantity,
// InvoiceDate, UnitPrice, CustomerID, Country. Prices are in GBP, times are the UK's.
//
// What a row becomes:
//
//   - A quantity above 0 is a line of an order, with that quantity and price; 0.00 is a
//     price. Two rows are two lines, though they be alike. Postage, fees and vouchers
//     stand in the file as articles, and are sold as such.
//   - A price that is not the article's becomes its price from that instant on. Where an
//     article stands on an invoice at several prices, the first is its price, and the
//     others are agreed, each for its line.
//   - A quantity below 0 is an adjustment of stock.
//   - Invoices that begin with C (cancellations) or A (bad debt) are counted, not
//     replayed.
//
// An article has the words of its first row, or its code where that has none. Stock is
// received beforehand, as much as the file needs; nothing ships, so what is sold is
// reserved. A customer has an account without a password, made with the first order; who
// has no number is a guest.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store/sqlite"
)

//go:embed demo.csv
var demo []byte

func main() {
	debug.SetGCPercent(400) // collect less often, as long as there is memory to spare
	debug.SetMemoryLimit(200 << 20)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "replay:", err)
		os.Exit(1)
	}
}

// settings are what the program is asked to do.
type settings struct {
	data, db string
	keep     bool
	asks     []question
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	var is settings
	var asks []string
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&is.data, "data", "", "replay the trade in `FILE`, CSV or CSV with gzip")
	flags.StringVar(&is.db, "db", "", "the shop's `FILE`; without it, one in a temporary folder, which is removed")
	flags.BoolVar(&is.keep, "keep", false, "keep the temporary folder, and say where it is")
	flags.Func("ask", "answer a `QUESTION`, as \"price 85123A 2010-12-15\"; may be given several times", func(q string) error {
		asks = append(asks, q)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%.80q is one argument too many: the file is named with -data", flags.Arg(0))
	}
	if is.asks, err = parseQuestions(asks); err != nil {
		return err
	}
	if is.data != "" {
		return is.replay(ctx, stdout, stderr, func() (io.ReadCloser, error) { return os.Open(is.data) })
	}
	if len(is.asks) > 0 {
		return is.ask(ctx, stdout)
	}
	flags.SetOutput(stdout)
	fmt.Fprintln(stdout, "How it is used:")
	flags.PrintDefaults()
	fmt.Fprintf(stdout, "%s\n\nWithout -data, here is a small file of its own.\n\n", questions)
	if is.asks, err = parseQuestions([]string{"price CUP 2011-03-25", "price CUP 2011-03-27", "stock LAMP 2011-03-27", "order 1003 2011-03-28", "revenue 2011-03"}); err != nil {
		return err
	}
	return is.replay(ctx, stdout, stderr, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(demo)), nil })
}

// replay replays a file into a new database, reads it back and tells what it found. The
// whole file is read and checked before anything is written.
func (is settings) replay(ctx context.Context, stdout, stderr io.Writer, open source) (err error) {
	spent := costs{began: time.Now()}
	s, err := look(open)
	if line := (*lineError)(nil); errors.As(err, &line) && is.data != "" {
		return fmt.Errorf("%s: %w", is.data, err)
	}
	if err != nil {
		return err
	}
	spent.survey = time.Since(spent.began)

	path := is.db
	if path == "" {
		folder, err := os.MkdirTemp("", "replay")
		if err != nil {
			return err
		}
		path = filepath.Join(folder, "shop.db")
		if is.keep {
			fmt.Fprintf(stdout, "The shop is kept in %s\n\n", path)
		} else {
			defer os.RemoveAll(folder)
		}
	}
	_, missing := os.Lstat(path)                     // a link is somebody's
	unfinished := errors.Is(missing, os.ErrNotExist) // half a replay is of no use to anybody
	defer func() {
		if unfinished {
			remove(path)
		}
	}()
	db, err := sqlite.Open(ctx, path) // with synchronous=FULL: what is answered is on the disk
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var now clock
	now.set(s.first)
	shop, err := till.Open(ctx, db, till.Options{Currency: currency, Clock: now.now})
	if err != nil {
		return err
	}
	if err := isNew(ctx, shop); err != nil {
		unfinished = false // whoever was quicker has made it
		return err
	}
	shown := newBar(stderr)
	defer shown.clear()
	p := newReplay(shop, &now)
	if err := p.stock(ctx, s); err != nil {
		return err
	}
	if err := p.run(ctx, open, func(rows int) { shown.show("replay", rows, s.rows) }); err != nil {
		return err
	}
	unfinished = false
	spent.replay = time.Since(spent.began) - spent.survey
	c, err := check(ctx, shop, s, func(orders int) { shown.show("check", orders, s.invoices) })
	if err != nil {
		return err
	}
	spent.check = time.Since(spent.began) - spent.survey - spent.replay
	shown.clear()
	spent.measure()
	if err := tell(stdout, s, p, c, spent); err != nil {
		return err
	}
	return is.answer(ctx, stdout, shop)
}

func remove(path string) {
	for _, part := range []string{"", "-wal", "-shm"} {
		os.Remove(path + part)
	}
}

// isNew refuses a shop in which something was done already.
func isNew(ctx context.Context, shop *till.Shop) error {
	staff := shop.Staff("replay")
	orders, err := staff.Orders(ctx, till.OrderQuery{PageRequest: till.PageRequest{Limit: 1}})
	if err != nil {
		return err
	}
	products, err := shop.Products(ctx, till.PageRequest{Limit: 1})
	if err != nil {
		return err
	}
	customers, err := staff.Customers(ctx, till.CustomerQuery{PageRequest: till.PageRequest{Limit: 1}})
	if err != nil {
		return err
	}
	if len(orders.Items)+len(products.Items)+len(customers.Items) > 0 {
		return errors.New("the database is a shop with orders, products or customers: a replay needs a new file; with -ask it answers questions")
	}
	return nil
}

// ask answers questions from a database that was kept.
func (is settings) ask(ctx context.Context, w io.Writer) (err error) {
	if is.db == "" {
		return errors.New("-ask needs -db, a database that was kept, or -data")
	}
	if _, err := os.Stat(is.db); err != nil {
		return err // it would be made
	}
	db, err := sqlite.Open(ctx, is.db)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	shop, err := till.Open(ctx, db, till.Options{})
	if err != nil {
		return err
	}
	return is.answer(ctx, w, shop)
}

func (is settings) answer(ctx context.Context, w io.Writer, shop *till.Shop) error {
	for i, q := range is.asks {
		if i > 0 || is.db == "" || is.data != "" {
			fmt.Fprintln(w)
		}
		if err := q.answer(ctx, w, shop); err != nil {
			return err
		}
	}
	return nil
}

// Command checkout tells the whole story of a shop on one SQLite file: a product
// file is imported, somebody registers, signs in, fills a cart, sees a quote and
// checks out; then prices go up, a product is renamed and removed, the file is closed
// and opened again, and the order still reads the same.
//
//	go run ./examples/checkout
//	go run ./examples/checkout -products FILE.csv
package main

import (
	"bytes"
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

//go:embed products.csv
var ourProducts []byte

func main() {
	log.SetFlags(0)
	file := flag.String("products", "", "product `FILE` to import (CSV) instead of the small one of this example")
	flag.Parse()
	name, products := "products.csv", ourProducts
	if *file != "" {
		data, err := os.ReadFile(*file)
		if err != nil {
			log.Fatal(err)
		}
		name, products = filepath.Base(*file), data
	}
	folder, err := os.MkdirTemp("", "till")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	open := func(ctx context.Context) (store.Store, error) {
		return sqlite.Open(ctx, filepath.Join(folder, "shop.db"))
	}
	if err := tell(context.Background(), os.Stdout, open, till.Options{Currency: money.GBP}, name, products); err != nil {
		os.RemoveAll(folder)
		log.Fatal(err)
	}
}

// tell runs the story over any store. Nothing below knows which one it is.
func tell(ctx context.Context, w io.Writer, open func(context.Context) (store.Store, error), opts till.Options, name string, products []byte) error {
	db, err := open(ctx)
	if err != nil {
		return err
	}
	defer func() { db.Close() }()
	shop, err := till.Open(ctx, db, opts)
	if err != nil {
		return err
	}

	heading(w, "The product file")
	staff := shop.Staff("back-office")
	report, err := productcsv.Import(ctx, staff, bytes.NewReader(products), productcsv.Options{Name: name})
	if err != nil {
		return err
	}
	fmt.Fprintln(w, report)

	order, err := buy(ctx, w, shop)
	if err != nil {
		return err
	}
	before, err := read(ctx, staff, order.ID())
	if err != nil {
		return err
	}

	heading(w, "The shop moves on")
	if err := moveOn(ctx, w, staff, order.Lines()); err != nil {
		return err
	}

	heading(w, "The file is closed and opened again")
	if err := db.Close(); err != nil {
		return err
	}
	if db, err = open(ctx); err != nil {
		return err
	}
	if shop, err = till.Open(ctx, db, opts); err != nil {
		return err
	}
	staff = shop.Staff("back-office")
	first := order.Lines()[0].SKU
	prices, err := staff.Prices(ctx, first)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Every price that %s ever had:\n", first)
	for change := range prices.All() {
		kind, value := "price", change.Price.String()
		if change.Sale {
			kind = "sale price"
		}
		if change.Mark != till.Set {
			value = change.Mark.String()
		}
		fmt.Fprintf(w, "  from %s  %-10s  %-12s by %s\n", change.From.Time().Format("2006-01-02 15:04:05"), kind, value, change.By)
	}

	heading(w, "The order, after all that")
	after, err := read(ctx, staff, order.ID())
	if err != nil {
		return err
	}
	fmt.Fprint(w, after)
	if order, err = staff.Order(ctx, order.ID()); err != nil {
		return err
	}
	verdict := "it holds"
	if err := order.Verify(); err != nil {
		verdict = err.Error()
	}
	fmt.Fprintf(w, "\nThe same bytes as before: %t\nVerify, from the order alone: %s\n", before == after, verdict)
	return nil
}

// buy is a customer's part: register, sign in, fill a cart, agree to a quote.
func buy(ctx context.Context, w io.Writer, shop *till.Shop) (till.Order, error) {
	const email, password = "ada@example.com", "a sentence is a password"
	address := till.Address{Street: "1 High Street", City: "Leeds", Postcode: "LS1 1AA", Country: "GB"}
	err := shop.Register(ctx, till.Registration{Name: "Ada Example", Email: email, Password: password, Contact: till.Contact{Billing: address}})
	if err != nil {
		return till.Order{}, err
	}
	customer, err := shop.SignIn(ctx, till.SignIn{Email: email, Password: password})
	if err != nil {
		return till.Order{}, err
	}
	page, err := shop.Products(ctx, till.PageRequest{})
	if err != nil {
		return till.Order{}, err
	}
	for _, product := range page.Items[:min(3, len(page.Items))] {
		if err := customer.Add(ctx, till.Item{SKU: product.SKUs()[0], Quantity: 1}); err != nil {
			return till.Order{}, err
		}
	}

	heading(w, "The quote")
	quote, err := customer.Quote(ctx)
	if err != nil {
		return till.Order{}, err
	}
	fmt.Fprint(w, quote.Explain())

	heading(w, "The confirmation")
	order, err := customer.Checkout(ctx, till.CheckoutRequest{Key: "click-1", Accept: quote.Digest()})
	if err != nil {
		return till.Order{}, err
	}
	confirmation, err := customer.Confirmation(ctx, order.ID())
	if err != nil {
		return till.Order{}, err
	}
	fmt.Fprint(w, confirmation)
	return order, nil
}

// moveOn is the shop's part afterwards: the first article's price is doubled, its
// product is renamed, and then removed.
func moveOn(ctx context.Context, w io.Writer, staff *till.Staff, lines []till.Line) error {
	sku := lines[0].SKU
	dearer, err := lines[0].Price.Amount().Mul(2)
	if err != nil {
		return err
	}
	if err := staff.SetPrice(ctx, sku, dearer.Number()); err != nil {
		return err
	}
	if lines[0].Sale {
		if err := staff.ChangePrice(ctx, sku, till.PriceChange{Sale: true, Mark: till.Clear}); err != nil {
			return err
		}
	}
	fmt.Fprintf(w, "%s now costs %s instead of %s.\n", sku, dearer, lines[0].Price)
	err = staff.ReviseProduct(ctx, sku, func(d *till.Description) error {
		d.Words[""] = till.Words{Name: "Something else entirely"}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%q is now called \"Something else entirely\".\n", lines[0].Name)
	if err := staff.DeleteProduct(ctx, sku); err != nil {
		return err
	}
	fmt.Fprintln(w, "Now it is deleted.")
	return nil
}

// read gives the order as it is printed: confirmation and reasons.
func read(ctx context.Context, staff *till.Staff, id till.OrderID) (string, error) {
	order, err := staff.Order(ctx, id)
	if err != nil {
		return "", err
	}
	confirmation, err := staff.Confirmation(ctx, id)
	if err != nil {
		return "", err
	}
	return confirmation.Text() + "\n" + order.Explain(), nil
}

func heading(w io.Writer, title string) { fmt.Fprintf(w, "\n== %s\n\n", title) }

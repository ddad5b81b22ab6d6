package boltstore_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/examples/boltstore"
	"github.com/tillkit/till/money"
)

// A shop in a file of bbolt sells two mugs.
func Example() {
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "boltstore")
	check(err)
	defer os.RemoveAll(dir)

	ctx := context.Background()
	db, err := boltstore.Open(ctx, filepath.Join(dir, "shop.db"))
	check(err)
	defer db.Close()
	noon := func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }
	shop, err := till.Open(ctx, db, till.Options{Currency: money.GBP, Clock: noon})
	check(err)
	check(shop.Staff("back-office").AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10}))

	guest, err := shop.NewGuest(ctx)
	check(err)
	check(guest.Add(ctx, till.Item{SKU: "MUG", Quantity: 2}))
	quote, err := guest.Quote(ctx)
	check(err)
	buyer := till.Contact{Name: "Ada Example", Email: "ada@example.com"}
	order, err := guest.Checkout(ctx, till.CheckoutRequest{Key: "click-1", Accept: quote.Digest(), Contact: buyer})
	check(err)
	order, err = guest.Order(ctx, order.ID()) // read again from the file
	check(err)
	fmt.Println(order.Confirmation(buyer))
	// Output:
	// Order 1001, placed 2026-06-01 12:00 UTC
	//
	//   1. Blue mug  [MUG]
	//      2 x 9.50 GBP                                                19.00 GBP
	//
	//      Total                                                       19.00 GBP
	//
	// Payable by invoice.
	//
	// Confirmation to ada@example.com
}

// Command quickstart is a shop without a store: values in, values out.
package main

import (
	"fmt"
	"log"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

func main() {
	at := till.At(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC))
	staff := till.Meta{At: at, By: "back-office"}
	// A product, for sale from now on, and its price.
	mug, _, err := till.AddProduct(staff, till.MakeID[till.Product](at, 0, [8]byte{1}), till.Description{
		Handle: "blue-mug", Words: map[till.Locale]till.Words{"": {Name: "Blue mug"}}, Variants: []till.Variant{{SKU: "MUG"}},
	})
	check(err)
	mug, _, err = mug.List(staff, at)
	check(err)
	prices, err := till.NewPrices("MUG", till.PriceList{Currency: money.GBP})
	check(err)
	prices, _, err = prices.Change(staff, till.PriceChange{Price: money.MustParsePrice("9.50", money.GBP)})
	check(err)
	catalog, err := till.NewCatalog([]till.Product{mug}, []till.Prices{prices})
	check(err)

	// A cart, what it costs and why, and an order.
	cart, err := till.NewCart(till.PriceList{Currency: money.GBP})
	check(err)
	cart, err = cart.Add(till.Item{SKU: "MUG", Quantity: 2})
	check(err)
	quote, err := cart.Quote(catalog, till.Terms{}, at)
	check(err)
	fmt.Println(quote.Explain())
	buyer := till.ContactRef{Person: till.MakeID[till.Person](at, 0, [8]byte{2}), Key: "first"}
	_, entries, err := till.OpenOrder(staff, till.Opening{ID: till.MakeID[till.Order](at, 0, [8]byte{3}), Number: "1001", Contact: buyer}, quote)
	check(err)

	// The price goes up, the product goes away; the order's entries still say it all.
	later := till.Meta{At: at.Add(24 * time.Hour), By: "back-office"}
	prices, _, err = prices.Change(later, till.PriceChange{Price: money.MustParsePrice("12.00", money.GBP)})
	check(err)
	_, _, err = mug.Delete(later, 0)
	check(err)
	now, _ := prices.On(later.At, till.MaxInstant, 1)
	order, err := till.Fold(till.Order{}, entries...)
	check(err)
	fmt.Printf("Today a mug costs %s. Order %s: %s, verified: %v\n", now.Price, order.Number(), order.Total(), order.Verify() == nil)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

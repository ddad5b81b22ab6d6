package till_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// date gives midnight of a day of 2026, in UTC.
func date(month time.Month, day int) till.Instant {
	return till.At(time.Date(2026, month, day, 0, 0, 0, 0, time.UTC))
}

// meta says when something is done, and by whom.
func meta(at till.Instant) till.Meta { return till.Meta{At: at, By: "back-office"} }

// check ends an example where a program would handle the error.
func check(err error) {
	if err != nil {
		panic(err)
	}
}

// inPounds is the price list that the examples use.
var inPounds = till.PriceList{List: till.StandardList, Currency: money.GBP}

// blueMug makes a product, listed since January, and a catalog in which it costs
// 9.50.
func blueMug() (till.Product, till.Prices, till.Catalog) {
	product, _, err := till.AddProduct(meta(date(1, 1)), till.MakeID[till.Product](date(1, 1), 0, [8]byte{1}), till.Description{
		Handle:   "mug",
		Words:    map[till.Locale]till.Words{"": {Name: "Blue mug"}},
		Variants: []till.Variant{{SKU: "MUG"}},
	})
	check(err)
	product, _, err = product.List(meta(date(1, 1)), 0)
	check(err)
	prices, err := till.NewPrices("MUG", inPounds)
	check(err)
	prices, _, err = prices.Change(meta(date(1, 1)), till.PriceChange{Price: money.MustParsePrice("9.50", money.GBP)})
	check(err)
	catalog, err := till.NewCatalog([]till.Product{product}, []till.Prices{prices})
	check(err)
	return product, prices, catalog
}

// twoMugs makes an order of two mugs, placed on the second of February.
func twoMugs() till.Order {
	_, _, catalog := blueMug()
	cart, err := till.NewCart(inPounds)
	check(err)
	cart, err = cart.Add(till.Item{SKU: "MUG", Quantity: 2})
	check(err)
	quote, err := cart.Quote(catalog, till.Terms{}, date(2, 1))
	check(err)
	order, _, err := till.OpenOrder(meta(date(2, 2)), till.Opening{
		ID: till.MakeID[till.Order](date(2, 2), 0, [8]byte{1}), Number: "1001",
		Contact: till.ContactRef{Person: till.MakeID[till.Person](date(2, 2), 0, [8]byte{2}), Key: "1"},
	}, quote)
	check(err)
	order, _, err = order.Place(meta(date(2, 2)), till.ByInvoice)
	check(err)
	return order
}

// A value is read at an instant, as it was known at another.
func ExampleTimeline() {
	var motto till.Timeline[string]
	motto = motto.With(till.Change[string]{Recorded: date(1, 1), From: date(1, 1), Mark: till.Set, Value: "winter"})
	motto = motto.With(till.Change[string]{Recorded: date(2, 1), From: date(6, 1), Mark: till.Set, Value: "summer"})
	motto = motto.With(till.Change[string]{Recorded: date(3, 1), From: date(6, 1), Mark: till.Retract})

	for _, known := range []till.Instant{date(1, 15), date(2, 15), date(3, 15)} {
		july, _ := motto.On(date(7, 1), known)
		fmt.Println("known on", known.String()[:10], "July is", july.Value)
	}
	// Output:
	// known on 2026-01-15 July is winter
	// known on 2026-02-15 July is summer
	// known on 2026-03-15 July is winter
}

// A sale lies over the base price. A base price that changes during the sale holds
// when the sale is over.
func ExamplePrices() {
	_, prices, _ := blueMug()
	for _, change := range []till.PriceChange{
		{Sale: true, From: date(3, 1), Price: money.MustParsePrice("8.00", money.GBP)},
		{Sale: true, From: date(4, 1), Mark: till.Clear},
		{From: date(3, 15), Price: money.MustParsePrice("12.00", money.GBP)},
	} {
		var err error
		prices, _, err = prices.Change(meta(date(2, 1)), change)
		check(err)
	}
	for _, day := range []till.Instant{date(2, 10), date(3, 10), date(3, 20), date(4, 1)} {
		p, _ := prices.On(day, till.MaxInstant, 1)
		fmt.Println(day.String()[:10], p.Price, "base", p.Base)
	}
	// Output:
	// 2026-02-10 9.50 GBP base 9.50 GBP
	// 2026-03-10 8.00 GBP base 9.50 GBP
	// 2026-03-20 8.00 GBP base 12.00 GBP
	// 2026-04-01 12.00 GBP base 12.00 GBP
}

// Whoever buys ten pays less for each.
func ExamplePrices_On() {
	_, prices, _ := blueMug()
	prices, _, err := prices.Change(meta(date(1, 2)), till.PriceChange{MinQuantity: 10, Price: money.MustParsePrice("8.00", money.GBP)})
	check(err)
	for _, quantity := range []int64{1, 9, 10} {
		p, _ := prices.On(date(2, 1), till.MaxInstant, quantity)
		fmt.Println(quantity, p.Price)
	}
	// Output:
	// 1 9.50 GBP
	// 9 9.50 GBP
	// 10 8.00 GBP
}

// A deleted product keeps its past, and can be restored.
func ExampleProduct() {
	product, prices, _ := blueMug()
	deleted, _, err := product.Delete(meta(date(5, 1)), 0)
	check(err)
	catalog, err := till.NewCatalog([]till.Product{deleted}, []till.Prices{prices})
	check(err)
	for _, day := range []till.Instant{date(4, 30), date(5, 1)} {
		offer, err := catalog.Offer(till.OfferRequest{SKU: "MUG", List: inPounds}, day)
		fmt.Println(day.String()[:10], offer.Name, offer.Price, err)
	}
	back, _, err := deleted.Restore(meta(date(5, 2)), 0)
	check(err)
	fmt.Println(product.ListedAt("MUG", date(5, 3)), deleted.ListedAt("MUG", date(5, 3)), back.ListedAt("MUG", date(5, 3)))
	// Output:
	// 2026-04-30 Blue mug 9.50 GBP <nil>
	// 2026-05-01  0 till: MUG cannot be bought (deleted): take it out
	// true false true
}

// Values are never changed: an operation gives the next one.
func ExampleCart() {
	empty, err := till.NewCart(inPounds)
	check(err)
	cart, err := empty.Add(
		till.Item{SKU: "MUG", Quantity: 2},
		till.Item{SKU: "SHIRT-L", Quantity: 1},
		till.Item{SKU: "MUG", Quantity: 1},
		till.Item{SKU: "MUG", Quantity: 1, Apart: true},
	)
	check(err)
	for _, line := range cart.Lines() {
		fmt.Println(line.N, line.SKU, line.Quantity)
	}
	_, err = cart.Add(till.Item{SKU: "CUP", Quantity: 1}, till.Item{SKU: "MUG", Quantity: -1})
	fmt.Println(err)
	fmt.Println(len(empty.Lines()), cart.Demand())
	// Output:
	// 1 MUG 3
	// 2 SHIRT-L 1
	// 3 MUG 1
	// till: items[1].quantity: -1: 1 to 1000000000 are possible
	// 0 [{MUG 4} {SHIRT-L 1}]
}

// What a guest has in the cart goes into the customer's at signing in.
func ExampleCart_Merge() {
	empty, err := till.NewCart(inPounds)
	check(err)
	customer, err := empty.Add(till.Item{SKU: "MUG", Quantity: 1})
	check(err)
	guest, err := empty.Add(till.Item{SKU: "CUP", Quantity: 1}, till.Item{SKU: "MUG", Quantity: 2})
	check(err)
	_, report, err := customer.Merge(guest)
	check(err)
	for _, m := range report {
		fmt.Printf("%s: had %d, %d came, has %d on line %d\n", m.SKU, m.Had, m.Came, m.Has, m.Line)
	}
	// Output:
	// CUP: had 0, 1 came, has 1 on line 2
	// MUG: had 1, 2 came, has 3 on line 1
}

// A quote says what the cart costs at an instant, and why.
func ExampleQuote() {
	_, _, catalog := blueMug()
	cart, err := till.NewCart(inPounds)
	check(err)
	cart, err = cart.Add(till.Item{SKU: "MUG", Quantity: 2})
	check(err)
	cart, err = cart.AddAgreed(till.Item{SKU: "MUG", Quantity: 1}, till.Agreement{Price: money.MustParsePrice("5.00", money.GBP), By: "back-office", Why: "the handle is chipped"})
	check(err)
	quote, err := cart.Quote(catalog, till.Terms{}, date(2, 1))
	check(err)
	fmt.Print(quote.Explain())
	fmt.Println(quote.Total(), quote.Err())
	// Output:
	// Total                     24.00 GBP
	//   Blue mug                19.00 GBP
	//     2 x 9.50 GBP          19.00 GBP
	//   Blue mug                 5.00 GBP
	//     1 x 5.00 GBP, agreed   5.00 GBP
	// 24.00 GBP <nil>
}

// The buyer agreed to what a quote said. When the cart is ordered it is computed
// again; if anything moved that the buyer saw, the digests differ, and Compare tells
// what.
func ExampleCompare() {
	product, prices, catalog := blueMug()
	cart, err := till.NewCart(inPounds)
	check(err)
	cart, err = cart.Add(till.Item{SKU: "MUG", Quantity: 2})
	check(err)
	seen, err := cart.Quote(catalog, till.Terms{}, date(2, 1))
	check(err)

	prices, _, err = prices.Change(meta(date(2, 2)), till.PriceChange{Price: money.MustParsePrice("12.00", money.GBP)})
	check(err)
	catalog, err = till.NewCatalog([]till.Product{product}, []till.Prices{prices})
	check(err)
	now, err := cart.Quote(catalog, till.Terms{}, date(2, 3))
	check(err)

	fmt.Println("as agreed:", now.Digest() == seen.Digest())
	for _, d := range till.Compare(seen, now) {
		fmt.Println(d)
	}
	// Output:
	// as agreed: false
	// line 1: Blue mug costs 12.00 GBP instead of 9.50 GBP
	// the total is 24.00 GBP instead of 19.00 GBP
}

// An order holds copies of all words and figures.
func ExampleOrder() {
	order := twoMugs()
	fmt.Println(order.Number(), order.Status(), order.Total(), order.Placed())
	for _, line := range order.Lines() {
		fmt.Println(line.Quantity, line.Name, line.Price, line.Total)
	}
	before, ok := order.AsOf(date(2, 1))
	fmt.Println(before.Status(), ok)
	// Output:
	// 1001 placed 19.00 GBP 2026-02-02T00:00:00.000000Z
	// 2 Blue mug 9.50 GBP 19.00 GBP
	//  false
}

// Verify proves an order from itself alone.
func ExampleOrder_Verify() {
	order := twoMugs()
	fmt.Println(order.Verify())

	entries := order.Entries()
	entries[1].At++ // somebody changes when it was placed
	_, err := till.Fold(till.Order{}, entries...)
	fmt.Println(errors.Is(err, till.ErrDamaged))
	fmt.Println(err)
	// Output:
	// <nil>
	// true
	// till: order 1001: entry 2 (placed): its sum does not fit what it says and what stands before it
}

// Whoever keeps the entries can make the value again, also in parts.
func ExampleFold() {
	order := twoMugs()
	entries := order.Entries() // as kept in a file, or in a store
	opened, err := till.Fold(till.Order{}, entries[:1]...)
	check(err)
	placed, err := till.Fold(opened, entries[1:]...)
	check(err)
	fmt.Println(opened.Status(), placed.Status(), placed.Total())
	// Output:
	// opened placed 19.00 GBP
}

// On hand is what is in the building; available is what can still be sold.
func ExampleStock() {
	mugs := till.Place{SKU: "MUG", Location: till.StandardLocation}
	stock := till.Stock{Place: mugs}
	for _, m := range []till.Movement{
		{Place: mugs, Kind: till.Received, Quantity: 10, At: date(1, 1)},
		{Place: mugs, Kind: till.Reserved, Quantity: 3, At: date(1, 2)},
		{Place: mugs, Kind: till.Shipped, Quantity: 2, At: date(1, 3)},
		{Place: mugs, Kind: till.Reserved, Quantity: 8, At: date(1, 3)},
	} {
		var err error
		if stock, err = stock.Move(m, till.DenyBackorder); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println("on hand", stock.OnHand(), "available", stock.Available, "reserved", stock.Reserved)
	// Output:
	// till: 8 of MUG are wanted, 7 are available: take fewer
	// on hand 8 available 7 reserved 1
}

// Screws cost 9.80 for a thousand. What fifty cost depends on what is rounded.
func ExampleTerms() {
	product, _, err := till.AddProduct(meta(date(1, 1)), till.MakeID[till.Product](date(1, 1), 0, [8]byte{1}), till.Description{
		Handle: "screw", Words: map[till.Locale]till.Words{"": {Name: "Screw"}}, Variants: []till.Variant{{SKU: "SCREW"}},
	})
	check(err)
	product, _, err = product.List(meta(date(1, 1)), 0)
	check(err)
	prices, err := till.NewPrices("SCREW", inPounds)
	check(err)
	prices, _, err = prices.Change(meta(date(1, 1)), till.PriceChange{Price: money.MustParsePrice("9.80/1000", money.GBP)})
	check(err)
	catalog, err := till.NewCatalog([]till.Product{product}, []till.Prices{prices})
	check(err)
	cart, err := till.NewCart(inPounds)
	check(err)
	cart, err = cart.Add(till.Item{SKU: "SCREW", Quantity: 50})
	check(err)

	for _, level := range []till.RoundingLevel{till.PerLine, till.PerUnit} {
		terms, _, err := till.Terms{}.Change(meta(date(1, 1)), till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.HalfAwayFromZero, Level: level}})
		check(err)
		quote, err := cart.Quote(catalog, terms, date(2, 1))
		check(err)
		fmt.Println("per", level, quote.Total())
	}
	// Output:
	// per line 0.49 GBP
	// per unit 0.50 GBP
}

// A confirmation is made when it is read, from the order and the contact record that
// the order names. Once the person is erased, the words are gone and the figures stay.
func ExampleConfirmation() {
	order := twoMugs()
	ada := till.Contact{Name: "Ada Byron", Email: "ada@example.com", Billing: till.Address{Street: "12 St James's Square", City: "London", Country: "GB"}}
	fmt.Print(order.Confirmation(ada))
	fmt.Println("----")
	fmt.Print(order.Confirmation(till.Contact{}))
	// Output:
	// Order 1001, placed 2026-02-02 00:00 UTC
	//
	//   1. Blue mug  [MUG]
	//      2 x 9.50 GBP                                                19.00 GBP
	//
	//      Total                                                       19.00 GBP
	//
	// Payable by invoice.
	//
	// Bill to
	//      Ada Byron
	//      12 St James's Square
	//      London
	//      GB
	//
	// Ship to
	//      Ada Byron
	//      12 St James's Square
	//      London
	//      GB
	//
	// Confirmation to ada@example.com
	// ----
	// Order 1001, placed 2026-02-02 00:00 UTC
	//
	//   1. Blue mug  [MUG]
	//      2 x 9.50 GBP                                                19.00 GBP
	//
	//      Total                                                       19.00 GBP
	//
	// Payable by invoice.
}

// E-mail addresses that differ in the case of ASCII letters are one; those that only
// look alike are refused.
func ExampleEmailKey() {
	for _, email := range []string{"Bob@Example.COM", "bob@example.com", "b\u043eb@example.com"} {
		key, err := till.EmailKey(email)
		fmt.Println(key, err != nil)
	}
	// Output:
	// bob@example.com false
	// bob@example.com false
	//  true
}

package till_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/memory"
)

// A shop, from its first product to an order that reads the same when its prices have
// changed.
func Example() {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	noon := func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP, Clock: noon}) // or sqlite.Open(ctx, "shop.db")
	check(err)

	staff := shop.Staff("back-office")
	check(staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10}))

	guest, err := shop.NewGuest(ctx) // guest.Token() goes into a cookie
	check(err)
	check(guest.Add(ctx, till.Item{SKU: "MUG", Quantity: 2}))
	quote, err := guest.Quote(ctx)
	check(err)
	buyer := till.Contact{Name: "Ada Example", Email: "ada@example.com"}
	order, err := guest.Checkout(ctx, till.CheckoutRequest{Key: "click-1", Accept: quote.Digest(), Contact: buyer})
	check(err)
	fmt.Println(order.Confirmation(buyer))

	check(staff.SetPrice(ctx, "MUG", "12.00"))
	order, err = guest.Order(ctx, order.ID()) // read again from the store
	check(err)
	fmt.Println(order.Total(), order.Verify())
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
	//
	// 19.00 GBP <nil>
}

// Somebody orders by telephone, at a price that is agreed.
func ExampleStaff_NewDraft() {
	ctx := context.Background()
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP})
	if err != nil {
		fmt.Println(err)
		return
	}
	staff := shop.Staff("back-office").Because("by telephone")
	if err := staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10}); err != nil {
		fmt.Println(err)
		return
	}
	draft, err := staff.NewDraft(ctx, till.DraftRequest{Lines: []till.DraftLine{
		{Item: till.Item{SKU: "MUG", Quantity: 2}, Agreed: &till.AgreedPrice{Price: money.MustParsePrice("8.00", money.GBP), Why: "a scratch"}},
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	quote, err := draft.Quote(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	order, err := draft.Place(ctx, till.CheckoutRequest{
		Key: "call-1", Accept: quote.Digest(), Contact: till.Contact{Name: "Ada Example", Email: "ada@example.com"},
	})
	fmt.Println(order.Total(), err)
	// Output: 16.00 GBP <nil>
}

// Somebody reads out a whole order at the telephone: it is quoted, and placed when the
// caller agrees, in one commit.
func ExampleStaff_PlaceOrder() {
	ctx := context.Background()
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP})
	if err != nil {
		fmt.Println(err)
		return
	}
	staff := shop.Staff("back-office").Because("by telephone")
	if err := staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10}); err != nil {
		fmt.Println(err)
		return
	}
	ada, err := staff.AddCustomer(ctx, till.NewCustomer{Contact: till.Contact{Name: "Ada Example", Email: "ada@example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	said := till.DraftRequest{Customer: ada, Lines: []till.DraftLine{
		{Item: till.Item{SKU: "MUG", Quantity: 2}},
		{Item: till.Item{SKU: "MUG", Quantity: 1}, Agreed: &till.AgreedPrice{Price: money.MustParsePrice("5.00", money.GBP), Why: "a scratch"}},
	}}
	quote, err := staff.QuoteOrder(ctx, said)
	if err != nil {
		fmt.Println(err)
		return
	}
	agreed := till.CheckoutRequest{Key: "call-1", Accept: quote.Digest()}
	order, err := staff.PlaceOrder(ctx, said, agreed)
	fmt.Println(order.Total(), err)
	order, err = staff.PlaceOrder(ctx, said, agreed) // the answer was lost, so it is asked again
	fmt.Println(order.Total(), order.Replayed(), err)
	// Output:
	// 24.00 GBP <nil>
	// 24.00 GBP true <nil>
}

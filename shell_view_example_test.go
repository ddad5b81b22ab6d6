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

// What did the page say on Wednesday, what will it say on Friday, and what is different
// between the two?
func ExampleShop_AsOf() {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	monday := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	today := monday
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP, Clock: func() time.Time { return today }})
	check(err)
	staff := shop.Staff("back-office")
	check(staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50"}))

	wednesday, friday := till.At(monday.AddDate(0, 0, 2)), till.At(monday.AddDate(0, 0, 4))
	today = monday.AddDate(0, 0, 3)
	check(staff.ReviseProduct(ctx, "MUG", func(d *till.Description) error {
		d.Words[""] = till.Words{Name: "Green mug"}
		return nil
	}))
	check(staff.ChangePrice(ctx, "MUG", till.PriceChange{Price: money.MustParsePrice("12.00", money.GBP), From: friday}))

	for _, t := range []till.Instant{wednesday, friday} {
		offer, err := shop.AsOf(t).Offer(ctx, "MUG", 1)
		check(err)
		fmt.Println(t, offer.Name, offer.Price)
	}
	for change, err := range staff.Diff(ctx, wednesday, friday) {
		check(err)
		fmt.Println(change)
	}
	// Output:
	// 2026-06-03T09:00:00.000000Z Blue mug 9.50 GBP
	// 2026-06-05T09:00:00.000000Z Green mug 12.00 GBP
	// mug (Green mug) was revised: name
	// MUG: 12.00 GBP instead of 9.50 GBP
}

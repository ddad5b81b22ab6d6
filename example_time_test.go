package till_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/memory"
)

// mugShop opens a shop that sells a mug for 9.50 since 5 January, and gives the means
// to move its clock.
func mugShop(ctx context.Context) (*till.Shop, func(till.Instant)) {
	now := date(1, 5)
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP, Clock: func() time.Time { return now.Time() }})
	check(err)
	check(shop.Staff("back-office").Because("new").AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 10}))
	return shop, func(to till.Instant) { now = to }
}

// Three marks, back-dating, and the same price read at pairs of instants.
func Example_time() {
	ctx := context.Background()
	shop, clock := mugShop(ctx)
	staff := shop.Staff("back-office")

	clock(date(3, 10)) // dearer from June
	check(staff.ChangePrice(ctx, "MUG", till.PriceChange{
		Price: money.MustParsePrice("12.00", money.GBP), From: date(6, 1),
	}))
	clock(date(4, 20)) // not from June
	check(staff.ChangePrice(ctx, "MUG", till.PriceChange{Mark: till.Retract, From: date(6, 1)}))
	clock(date(5, 2)) // April should have been cheaper
	check(staff.ChangePrice(ctx, "MUG", till.PriceChange{
		Price: money.MustParsePrice("9.00", money.GBP), From: date(4, 1),
	}))
	clock(date(7, 1)) // no price from August
	check(staff.ChangePrice(ctx, "MUG", till.PriceChange{Mark: till.Clear, From: date(8, 1)}))

	prices, err := staff.Prices(ctx, "MUG")
	check(err)
	shown, _ := prices.On(date(4, 15), date(4, 15), 1)      // what a buyer saw on 15 April
	right, _ := prices.On(date(4, 15), till.MaxInstant, 1)  // what it should have been, as known now
	planned, _ := prices.On(date(6, 15), date(4, 15), 1)    // what was planned for June on that day
	_, priced := prices.On(date(8, 15), till.MaxInstant, 1) // whether there is a price in August
	_, expected := prices.On(date(8, 15), date(6, 15), 1)   // whether one was expected in June
	fmt.Println(shown.Price, right.Price, planned.Price, priced, expected)
	// Output:
	// 9.50 GBP 9.00 GBP 12.00 GBP false true
}

// Who changed a price, when, and from when on it was to hold.
func ExampleStaff_PriceHistory() {
	ctx := context.Background()
	shop, clock := mugShop(ctx)
	staff := shop.Staff("back-office")

	clock(date(5, 20))
	sale := staff.Because("summer sale")
	check(sale.ChangePrice(ctx, "MUG", till.PriceChange{
		Sale: true, Price: money.MustParsePrice("7.00", money.GBP), From: date(6, 10),
	}))
	check(sale.ChangePrice(ctx, "MUG", till.PriceChange{Sale: true, Mark: till.Clear, From: date(7, 20)}))

	for r, err := range staff.PriceHistory(ctx, "MUG", till.PriceList{}) {
		check(err)
		what := r.Mark.String()
		if r.Mark == till.Set {
			what += " " + r.Price.String()
		}
		fmt.Println(r.N, r.Recorded.String()[:10], r.Note, "by", r.By, what, "from", r.From.String()[:10])
	}
	// Output:
	// 1 2026-01-05 new by back-office set 9.50 GBP from 2026-01-05
	// 2 2026-05-20 summer sale by back-office set 7.00 GBP from 2026-06-10
	// 3 2026-05-20 summer sale by back-office clear from 2026-07-20
}

// A price that was raised just before a sale does not count as the prior price.
func ExampleShop_LowestPrice() {
	ctx := context.Background()
	shop, clock := mugShop(ctx)
	staff := shop.Staff("back-office")

	clock(date(6, 5)) // raised, for a sale from 10 June
	check(staff.SetPrice(ctx, "MUG", "14.00"))
	check(staff.ChangePrice(ctx, "MUG", till.PriceChange{
		Sale: true, Price: money.MustParsePrice("9.80", money.GBP), From: date(6, 10),
	}))

	clock(date(6, 12))
	catalog, err := shop.Catalog(ctx, "MUG")
	check(err)
	offer, err := catalog.Offer(till.OfferRequest{SKU: "MUG", List: inPounds}, shop.Now())
	check(err)
	prior, err := shop.LowestPrice(ctx, till.LowestPriceRequest{SKU: "MUG", Before: date(6, 10)})
	check(err)
	fmt.Println("now", offer.Price, "lowest price of the 30 days before:", prior.Price)

	_, err = shop.LowestPrice(ctx, till.LowestPriceRequest{SKU: "MUG", Before: date(1, 5)})
	fmt.Println(errors.Is(err, till.ErrNotFound), err)
	// Output:
	// now 9.80 GBP lowest price of the 30 days before: 9.50 GBP
	// true till: MUG had no price in that time: ask of a longer or a later one
}

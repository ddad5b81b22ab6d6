package till_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/memory"
)

// A shop's page of mugs, what may be shown beside it, and the same page as it is planned
// for Friday.
func ExampleShop_Search() {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	price := func(text string) *money.Price {
		p := money.MustParsePrice(text, money.GBP)
		return &p
	}
	noon := func() time.Time { return time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP, Clock: noon})
	check(err)
	staff := shop.Staff("back-office")
	for _, mug := range []struct{ handle, colour, price string }{
		{"tall-mug", "blue", "9.50"}, {"small-mug", "blue", "6.00"}, {"red-mug", "red", "7.50"},
	} {
		sku := till.SKU(mug.handle)
		_, err := staff.PutProduct(ctx, till.ProductSpec{
			Description: till.Description{
				Handle:     mug.handle,
				Words:      map[till.Locale]till.Words{"": {Name: "A " + mug.colour + " mug"}},
				Attributes: map[string][]string{"colour": {mug.colour}},
				Variants:   []till.Variant{{SKU: sku}},
			},
			Articles: []till.ArticleSpec{{SKU: sku, Price: price(mug.price), OnHand: 5}},
		})
		check(err)
	}

	q := till.ProductQuery{Sort: till.ByPrice, PriceTo: price("9.00"), PageRequest: till.PageRequest{Limit: 20}}
	show := func() {
		for found, err := range till.All(q.PageRequest, func(r till.PageRequest) (till.Page[till.ProductSummary], error) {
			q.PageRequest = r
			return shop.Search(ctx, q)
		}) {
			check(err)
			fmt.Println("  ", found.Name, found.Price, found.SKU)
		}
	}
	fmt.Println("now, below 9.00:")
	show()
	facets, err := shop.Facets(ctx, till.ProductQuery{Text: "mug"})
	check(err)
	fmt.Println("all mugs:", facets.Attributes["colour"], facets.Lowest, "to", facets.Highest)

	friday := till.At(time.Date(2026, 6, 5, 0, 0, 0, 0, time.UTC))
	check(staff.ChangePrice(ctx, "tall-mug", till.PriceChange{Sale: true, Price: *price("5.00"), From: friday}))
	fmt.Println("on Friday:")
	q.At, q.PageRequest = friday, till.PageRequest{}
	show()
	// Output:
	// now, below 9.00:
	//    A blue mug 6.00 GBP small-mug
	//    A red mug 7.50 GBP red-mug
	// all mugs: [{blue 2} {red 1}] 6.00 GBP to 9.50 GBP
	// on Friday:
	//    A blue mug 5.00 GBP tall-mug
	//    A blue mug 6.00 GBP small-mug
	//    A red mug 7.50 GBP red-mug
}

// The shelf is counted, some of it goes to the outlet, and in the evening somebody asks
// what has changed since the morning.
func ExampleStaff_Diff() {
	ctx := context.Background()
	check := func(err error) {
		if err != nil {
			log.Fatal(err)
		}
	}
	now := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP, Clock: func() time.Time { return now }})
	check(err)
	staff := shop.Staff("back-office")
	check(staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 20}))

	now = now.Add(2 * time.Hour)
	check(staff.CountStock(ctx, till.StockCount{SKU: "MUG", Found: 18, Reason: "stocktaking", Key: "2026-06/1"}))
	check(staff.TransferStock(ctx, till.StockTransfer{SKU: "MUG", Quantity: 5, To: "outlet", Key: "note 17"}))
	check(staff.Because("dearer clay").SetPrice(ctx, "MUG", "10.00"))

	now = now.Add(8 * time.Hour)
	morning := shop.Now().Add(-9 * time.Hour)
	for change, err := range staff.Diff(ctx, morning, shop.Now()) {
		check(err)
		fmt.Println(change)
	}
	was, err := shop.AsOf(morning).Stock(ctx, "MUG")
	check(err)
	fmt.Println("in the morning there were", was.OnHand())
	// Output:
	// MUG: 10.00 GBP instead of 9.50 GBP
	// MUG at main: 13 on hand and 13 available instead of 20 and 20
	// MUG at outlet: 5 on hand and 5 available instead of 0 and 0
	// in the morning there were 20
}

// Once a night, and whenever a backup was restored, the shop proves itself.
func ExampleShop_Check() {
	ctx := context.Background()
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.GBP})
	if err != nil {
		log.Fatal(err)
	}
	if err := shop.Staff("back-office").AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 20}); err != nil {
		log.Fatal(err)
	}

	checked, err := shop.Check(ctx)
	var found *till.CheckError
	if errors.As(err, &found) {
		for _, f := range found.Findings {
			fmt.Println(f)
		}
	}
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(checked.Entries, "entries in", checked.Journals, "journals, and", checked.Counters, "stock")
	// Output:
	// 3 entries in 2 journals, and 1 stock
}

package till_test

import (
	"fmt"
	"time"

	"github.com/tillkit/till"
)

// Revenue is counted by the calendar of a time zone: midnight in UTC is still the day
// before, farther west.
func ExampleRevenue() {
	order := twoMugs() // placed on the second of February at midnight in UTC
	for _, zone := range []*time.Location{time.UTC, time.FixedZone("three hours west", -3*60*60)} {
		revenue, err := till.NewRevenue(till.RevenueSpec{By: till.Day, Zone: zone})
		check(err)
		revenue, err = revenue.Add(order)
		check(err)
		for _, row := range revenue.Rows() {
			fmt.Println(row.Label, row.Start, row.Orders, row.Amount)
		}
	}
	// Output:
	// 2026-02-02 2026-02-02T00:00:00.000000Z 1 19.00 GBP
	// 2026-02-01 2026-02-01T03:00:00.000000Z 1 19.00 GBP
}

// What was sold, at the prices at which it was sold.
func ExampleUnits() {
	units, err := till.NewUnits(till.UnitsSpec{From: date(2, 1), To: date(3, 1)})
	check(err)
	for _, order := range []till.Order{twoMugs(), twoMugs()} {
		units, err = units.Add(order)
		check(err)
	}
	for _, row := range units.Rows() {
		fmt.Println(row.SKU, row.Pieces, row.Amount)
	}
	// Output:
	// MUG 4 38.00 GBP
}

// What came and went in a month, between what there was and what there is.
func ExampleLedger() {
	mugs := till.Place{SKU: "MUG", Location: till.StandardLocation}
	ledger, err := till.NewLedger(till.LedgerSpec{Place: mugs, From: date(2, 1), To: date(3, 1)})
	check(err)
	for _, m := range []till.Movement{
		{Place: mugs, Kind: till.Received, Quantity: 10, At: date(1, 5)},
		{Place: mugs, Kind: till.Received, Quantity: 20, At: date(2, 5), Reason: "delivery"},
		{Place: mugs, Kind: till.Reserved, Quantity: 2, At: date(2, 6), Reason: "order placed"},
		{Place: mugs, Kind: till.Adjusted, Quantity: -1, At: date(2, 7), Reason: "broken"},
		{Place: mugs, Kind: till.Shipped, Quantity: 2, At: date(2, 8), Reason: "by post"},
	} {
		ledger, err = ledger.Add(m)
		check(err)
	}
	fmt.Println("opening", ledger.Opening().OnHand())
	for _, row := range ledger.Rows() {
		fmt.Println(row.Kind, row.Quantity, row.Reason)
	}
	fmt.Println("closing", ledger.Closing().OnHand())
	// Output:
	// opening 10
	// received 20 delivery
	// adjusted -1 broken
	// reserved 2 order placed
	// shipped 2 by post
	// closing 27
}

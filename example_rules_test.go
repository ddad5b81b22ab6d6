package till_test

import (
	"context"
	"fmt"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/memory"
)

// Rules of a shop, and what a cart costs by them: what docs/totals.md shows.
func ExampleStaff_ChangeRules() {
	ctx := context.Background()
	today := func() time.Time { return date(3, 15).Time() }
	shop, err := till.Open(ctx, memory.New(), till.Options{Currency: money.EUR, Clock: today})
	check(err)
	staff := shop.Staff("back-office")
	check(staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "11.90", OnHand: 10}))

	march := till.At(time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC))
	april := till.At(time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC))
	eur := func(amount string) money.Amount { return money.MustParse(amount, money.EUR) }
	err = staff.ChangeRules(ctx,
		till.RuleChange{Name: "de", Rule: till.Zone{Countries: []string{"DE"}}},
		till.RuleChange{Name: "at", Rule: till.Zone{Countries: []string{"AT"}}},
		till.RuleChange{Name: "home", Rule: till.Home{Country: "DE"}},
		till.RuleChange{Name: "mwst", Rule: till.TaxRate{Label: "MwSt", Zone: "de", Rate: money.MustParsePercent("19")}},
		till.RuleChange{Name: "ust", Rule: till.TaxRate{
			Label: "USt", Zone: "at", Rate: money.MustParsePercent("20"), Reversible: true, // never at home
		}},
		till.RuleChange{Name: till.StandardList, Rule: till.ListRule{Included: true}},
		till.RuleChange{Name: "parcel", Rule: till.ShippingMethod{Label: "Parcel", Included: true, Rates: []till.ShippingRate{{
			Base: eur("0.00"), By: till.ByTotal, Table: []till.ShippingStep{
				{From: 0, Amount: eur("4.90")},
				{From: 5000, Amount: eur("0.00")}, // from 50.00 EUR on it is free
			},
		}}}},
		till.RuleChange{Name: "hello", Rule: till.Promotion{
			Label: "Welcome", Action: till.OrderAmountOff(eur("5.00")),
			If:   till.Conditions{Code: "HELLO", Minimum: []money.Amount{eur("20.00")}},
			Uses: 1000, Each: 1, // orders in all, and of one customer
		}},
		till.RuleChange{Name: "spring", From: march, Rule: till.Promotion{
			Label: "Spring sale", Action: till.PercentOff(money.MustParsePercent("10")),
		}},
		till.RuleChange{Name: "spring", From: april, Mark: till.Clear, Rule: till.Promotion{}}, // when it ends
	)
	check(err)

	guest, err := shop.NewGuest(ctx)
	check(err)
	check(guest.Add(ctx, till.Item{SKU: "MUG", Quantity: 3}))
	check(guest.AddCode(ctx, "hello"))
	check(guest.ShipTo(ctx, till.Address{Country: "AT"}))
	check(guest.ShipBy(ctx, "parcel"))
	quote, err := guest.Quote(ctx)
	check(err)
	fmt.Print(quote.Explain())
	// Output:
	// Total                            32.53 EUR
	//   Items                          35.70 EUR
	//     Blue mug                     35.70 EUR
	//       3 x 11.90 EUR              35.70 EUR
	//   Welcome (HELLO): 5.00 EUR off  -5.00 EUR
	//     Blue mug                     -5.00 EUR
	//   Spring sale: 10 % off          -3.07 EUR
	//     Blue mug                     -3.07 EUR
	//   Parcel                          4.90 EUR
	// Included in it
	//   USt 20 % of 27.10               5.43 EUR
	//     Blue mug                      4.61 EUR
	//     Parcel                        0.82 EUR
}

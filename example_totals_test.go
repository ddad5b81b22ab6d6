package till_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// rules gives terms with some rules, in force since January.
func rules(changes ...till.RuleChange) till.Terms {
	var terms till.Terms
	for _, change := range changes {
		var err error
		terms, _, err = terms.Change(meta(date(1, 1)), change)
		check(err)
	}
	return terms
}

// mugs gives a cart with as many blue mugs, and the catalog to quote it from.
func mugs(quantity int64) (till.Cart, till.Catalog) {
	_, _, catalog := blueMug()
	cart, err := till.NewCart(inPounds)
	check(err)
	cart, err = cart.Add(till.Item{SKU: "MUG", Quantity: quantity})
	check(err)
	return cart, catalog
}

// A promotion with a code takes something off once the cart has the code, and the quote
// says of each code what it is good for.
func ExamplePromotion() {
	terms := rules(till.RuleChange{Name: "welcome", Rule: till.Promotion{
		Label:  "Welcome",
		If:     till.Conditions{Code: "HELLO", Minimum: []money.Amount{money.MustParse("15.00", money.GBP)}},
		Action: till.OrderAmountOff(money.MustParse("5.00", money.GBP)),
	}})
	for _, quantity := range []int64{1, 2} {
		cart, catalog := mugs(quantity)
		cart, err := cart.AddCode("hello")
		check(err)
		quote, err := cart.Quote(catalog, terms, date(2, 1))
		check(err)
		fmt.Println(quote.Subtotal(), quote.Total(), quote.Codes()[0].Reason)
	}
	// Output:
	// 9.50 GBP 9.50 GBP minimum
	// 19.00 GBP 14.00 GBP applied
}

// A tax is due in a zone. Where nothing is known of the destination, only what is due
// everywhere is.
func ExampleTaxRate() {
	terms := rules(
		till.RuleChange{Name: "uk", Rule: till.Zone{Countries: []string{"GB"}, Except: []string{"GY*", "JE*"}}},
		till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "VAT", Zone: "uk", Rate: money.MustParsePercent("20")}},
	)
	for _, postcode := range []string{"EC1A 1BB", "JE2 3AB", ""} {
		cart, catalog := mugs(2)
		if postcode != "" {
			var err error
			cart, err = cart.ShipTo(till.Address{Country: "GB", Postcode: postcode})
			check(err)
		}
		quote, err := cart.Quote(catalog, terms, date(2, 1))
		check(err)
		fmt.Println(quote.Total(), len(quote.Taxes()))
	}
	// Output:
	// 22.80 GBP 1
	// 19.00 GBP 0
	// 19.00 GBP 0
}

// Where a shop has methods of shipping, one has to be chosen; the quote says which can be.
func ExampleShippingMethod() {
	terms := rules(
		till.RuleChange{Name: "parcel", Rule: till.ShippingMethod{
			Label: "Parcel", Rates: []till.ShippingRate{{Base: money.MustParse("4.95", money.GBP)}},
		}},
		till.RuleChange{Name: "free", Rule: till.ShippingMethod{
			Label: "Parcel, free from 50.00", Order: 1, Rates: []till.ShippingRate{{Base: money.MustParse("0.00", money.GBP)}},
			If: till.ShippingLimits{MinTotal: []money.Amount{money.MustParse("50.00", money.GBP)}},
		}},
	)
	cart, catalog := mugs(2)
	quote, err := cart.Quote(catalog, terms, date(2, 1))
	check(err)
	fmt.Println(quote.Err())
	for _, way := range quote.Deliveries() {
		fmt.Println(way.Method, way.Amount)
	}
	cart, err = cart.ShipBy("parcel")
	check(err)
	quote, err = cart.Quote(catalog, terms, date(2, 1))
	check(err)
	fmt.Println(quote.Total(), quote.Err())
	// Output:
	// till: no delivery is chosen: choose one of the quote's Deliveries
	// parcel 4.95 GBP
	// 23.95 GBP <nil>
}

// Explain shows the tree of reasons: every figure with what it was counted from.
func ExampleQuote_Explain() {
	terms := rules(
		till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "VAT", Rate: money.MustParsePercent("20")}},
		till.RuleChange{Name: "spring", Rule: till.Promotion{
			Label: "Spring sale", If: till.Conditions{Code: "SPRING10"}, Action: till.PercentOff(money.MustParsePercent("10"))}},
	)
	cart, catalog := mugs(2)
	cart, err := cart.AddCode("spring10")
	check(err)
	quote, err := cart.Quote(catalog, terms, date(2, 1))
	check(err)
	fmt.Print(quote.Explain())
	// Output:
	// Total                               20.52 GBP
	//   Items                             19.00 GBP
	//     Blue mug                        19.00 GBP
	//       2 x 9.50 GBP                  19.00 GBP
	//   Spring sale (SPRING10): 10 % off  -1.90 GBP
	//     Blue mug                        -1.90 GBP
	//   VAT 20 % of 17.10                  3.42 GBP
	//     Blue mug                         3.42 GBP
}

// A promotion ends between the quote that the buyer saw and the checkout.
func ExampleCompare_promotion() {
	terms := rules(till.RuleChange{Name: "spring", Rule: till.Promotion{
		Label: "Spring sale", Action: till.PercentOff(money.MustParsePercent("10")),
	}})
	terms, _, err := terms.Change(meta(date(1, 1)), till.RuleChange{
		Name: "spring", Mark: till.Clear, Rule: till.Promotion{}, From: date(3, 1),
	})
	check(err)
	cart, catalog := mugs(2)
	seen, err := cart.Quote(catalog, terms, date(2, 28))
	check(err)
	now, err := cart.Quote(catalog, terms, date(3, 1))
	check(err)
	for _, d := range till.Compare(seen, now) {
		fmt.Println(d)
	}
	// Output:
	// Spring sale: 10 % off went: -1.90 GBP
	// the total is 19.00 GBP instead of 17.10 GBP
}

// The leaves of the tree sum to the total.
func ExampleReason_Leaves() {
	cart, catalog := mugs(2)
	quote, err := cart.Quote(catalog, rules(till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "VAT", Rate: money.MustParsePercent("20")}}), date(2, 1))
	check(err)
	var sum money.Amount
	for _, leaf := range quote.Reasons().Leaves() {
		fmt.Println(leaf.Kind, leaf.Amount)
		sum, err = sum.Add(leaf.Amount)
		check(err)
	}
	fmt.Println(sum == quote.Total())
	// Output:
	// base 19.00 GBP
	// share 3.80 GBP
	// true
}

// vatOffice is a service that counts VAT; a real one asks somebody over the network.
type vatOffice struct{}

func (vatOffice) Answer(_ context.Context, n till.Need) (till.Answer, error) {
	vat := till.ServiceTax{Name: "vat", Label: "VAT", Rate: money.MustParsePercent("20")}
	lines := slices.Clone(n.Lines)
	if d := n.Delivery; d != nil { // line 0, the last
		lines = append(lines, till.NeedLine{Amount: d.Amount, Included: d.Included})
	}
	for _, l := range lines {
		of := l.Amount.MulRate // on top of the price
		if l.Included {
			of = l.Amount.Included // within it
		}
		amount, err := of(vat.Rate, money.HalfEven)
		if err != nil {
			return till.Answer{}, err
		}
		vat.Parts = append(vat.Parts, till.TaxPart{Line: l.Line, Amount: amount})
	}
	return till.Answer{Need: n.Key, Taxes: []till.ServiceTax{vat}}, nil
}

// A service counts the taxes of a cart whose articles include them and whose shipping does
// not. A Shop asks its Options.Services by itself; without one, ask until nothing is needed.
func ExampleService() {
	terms := rules(
		till.RuleChange{Name: "standard", Rule: till.ListRule{Included: true}},
		till.RuleChange{Name: "parcel", Rule: till.ShippingMethod{
			Label: "Parcel", Rates: []till.ShippingRate{{Base: money.MustParse("4.95", money.GBP)}},
		}},
		till.RuleChange{Name: "vat", Rule: till.ServiceRule{Service: "office", Asks: till.NeedTax}},
	)
	cart, catalog := mugs(2)
	cart, err := cart.ShipBy("parcel")
	check(err)
	for {
		needs, err := cart.Needs(catalog, terms, date(2, 1))
		check(err)
		if len(needs) == 0 {
			break
		}
		answer, err := vatOffice{}.Answer(context.Background(), needs[0])
		check(err)
		terms = terms.Answered(answer)
	}
	quote, err := cart.Quote(catalog, terms, date(2, 1))
	check(err)
	fmt.Print(quote.Explain())
	// Output:
	// Total               24.94 GBP
	//   Items             19.00 GBP
	//     Blue mug        19.00 GBP
	//       2 x 9.50 GBP  19.00 GBP
	//   Parcel             4.95 GBP
	//   VAT 20 %           0.99 GBP
	//     Parcel           0.99 GBP
	// Included in it
	//   VAT 20 %           3.17 GBP
	//     Blue mug         3.17 GBP
}

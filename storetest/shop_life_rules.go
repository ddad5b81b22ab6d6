package storetest

import (
	"fmt"
	"slices"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// What there is or may be of rules in a life.
var (
	lifeCodes     = []string{"SPRING", "ONE", "POST", "TYPO"}
	lifeMethods   = []string{"", "parcel", "shop", "parcel"}
	lifeGroups    = []string{"trade", "staff"}
	lifeCountries = []string{"", "GB", "GB", "DE"}
	euro          = till.PriceList{List: till.StandardList, Currency: money.EUR}
)

// percent gives a rate of up to so many percent.
func (l *life) percent(most int) money.Rate {
	return money.MustParsePercent(fmt.Sprint(1 + l.IntN(most)))
}

func (l *life) pounds() money.Amount { return sterling(l.figure()) }

// rule gives a rule and its name.
func (l *life) rule() (string, till.Rule) {
	switch l.IntN(10) {
	case 0:
		return choice(l, "gb", "abroad"), till.Zone{Countries: slices.Clone(choice(l, []string{"GB"}, []string{"DE"}, nil))}
	case 1:
		return "home", till.Home{Country: choice(l, "GB", "DE")}
	case 2:
		return choice(l, "vat", "levy"), till.TaxRate{
			Label: "Tax", Zone: choice(l, "", "gb", "abroad"), Rate: l.percent(25), Order: l.IntN(2), Compound: l.IntN(3) == 0, Reversible: l.IntN(2) == 0,
		}
	case 3:
		return "cap", till.DiscountCap{Percent: l.percent(90)}
	case 4:
		return choice(l, "parcel", "shop"), till.ShippingMethod{
			Label: "Way", Zone: choice(l, "", "gb"), Included: l.IntN(2) == 0,
			Rates: []till.ShippingRate{{Base: l.pounds()}, {Base: money.MustParse("4.00", money.EUR)}}, If: till.ShippingLimits{MaxPieces: choice[int64](l, 0, 3)},
		}
	case 5:
		return choice(l, "trade", till.StandardList), till.ListRule{Groups: []string{choice(l, lifeGroups...)}, Included: l.IntN(2) == 0}
	case 6:
		return "gbp-eur", till.ExchangeRate{From: money.GBP, To: money.EUR, Rate: money.MustParseRate(fmt.Sprintf("1.%02d", l.IntN(100)))}
	case 7:
		return "gbp", till.CashRounding{Currency: money.GBP, Increment: choice[int64](l, 5, 10), Mode: money.HalfEven}
	}
	p := till.Promotion{Label: "Off", Action: till.PercentOff(l.percent(40)), Priority: l.IntN(3), Original: l.IntN(3) == 0}
	switch l.IntN(6) {
	case 0:
		p.Action = till.OrderAmountOff(sterling("2.50"))
	case 1:
		p.Action = till.BuyGet(1, 1, l.percent(100))
	case 2:
		p.Action = till.FreeShipping()
	case 3:
		p.Action = till.Gift(l.sku(), 1)
	}
	p.If.Code = choice(l, append([]string{""}, lifeCodes[:3]...)...)
	p.If.FirstOrder = l.IntN(4) == 0
	p.Uses, p.Each, p.Group = choice[int64](l, 0, 0, 2), choice[int64](l, 0, 0, 1, 2), choice(l, "", "one")
	return choice(l, "spring", "one", "post"), p
}

// changesRules changes rules, now, in the past or by plan.
func (l *life) changesRules() error {
	var changes []till.RuleChange
	for range 1 + l.IntN(3) {
		c := till.RuleChange{Mark: l.mark(), From: l.when()}
		c.Name, c.Rule = l.rule()
		changes = append(changes, c)
	}
	return l.Staff.ChangeRules(l.Ctx, changes...)
}

// pricesLists changes a price in a list of a group's, or in another currency.
func (l *life) pricesLists() error {
	list := choice(l, till.PriceList{List: "trade", Currency: money.GBP}, euro)
	return l.Staff.ChangeListPrice(l.Ctx, list, l.sku(), till.PriceChange{Price: money.MustParsePrice(l.figure(), list.Currency), From: l.when()})
}

// classes says of somebody what the rules ask.
func (l *life) classes() error {
	if len(l.people) == 0 {
		return till.ErrNotFound
	}
	person := choice(l, l.people...)
	if l.IntN(2) == 0 {
		return l.Staff.SetTaxStatus(l.Ctx, person, choice(l, till.Taxed, till.Exempt, till.ReverseCharge))
	}
	return l.Staff.SetGroups(l.Ctx, person, lifeGroups[:l.IntN(3)]...)
}

// says lets a guest say of the cart what there is to say beside its lines.
func (l *life) says(guest *till.Guest) error {
	for range l.IntN(3) {
		if err := guest.AddCode(l.Ctx, choice(l, lifeCodes...)); err != nil {
			return err
		}
	}
	if err := guest.ShipBy(l.Ctx, choice(l, lifeMethods...)); err != nil {
		return err
	}
	if l.IntN(3) == 0 {
		return guest.PayIn(l.Ctx, money.EUR)
	}
	return guest.ShipTo(l.Ctx, till.Address{Country: choice(l, lifeCountries...)})
}

// calls lets staff place an order for a customer.
func (l *life) calls() error {
	if len(l.people) == 0 {
		return till.ErrNotFound
	}
	asked := till.DraftRequest{
		Customer: choice(l, l.people...), Lines: []till.DraftLine{{Item: till.Item{SKU: l.sku(), Quantity: 1 + l.Int64N(3)}}},
		Codes: []string{choice(l, lifeCodes...)}, ShipTo: till.Address{Country: choice(l, lifeCountries...)}, Delivery: choice(l, lifeMethods...),
	}
	quote, err := l.Staff.QuoteOrder(l.Ctx, asked)
	if err != nil {
		return err
	}
	order, err := l.Staff.PlaceOrder(l.Ctx, asked, till.CheckoutRequest{Key: fmt.Sprint(len(l.placed)), Accept: quote.Digest()})
	if err == nil {
		l.Must("Verify", order.Verify())
		l.placed = append(l.placed, order)
	}
	return err
}

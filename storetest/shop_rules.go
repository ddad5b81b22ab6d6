package storetest

import (
	"fmt"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

func sterling(text string) money.Amount { return money.MustParse(text, money.GBP) }

// sellsByRules gives a shop rules of every kind, and what they need.
func (s *stand) sellsByRules() {
	s.Helper()
	pct := money.MustParsePercent
	s.product("STICKER", "0.80", 100)
	s.Must("ChangeRules", s.Staff.ChangeRules(s.Ctx,
		till.RuleChange{Name: "gb", Rule: till.Zone{Countries: []string{"GB"}, Except: []string{"JE*"}}},
		till.RuleChange{Name: "home", Rule: till.Home{Country: "GB"}},
		till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "VAT", Zone: "gb", Rate: pct("20"), Reversible: true}},
		till.RuleChange{Name: "levy", Rule: till.TaxRate{Label: "Levy", Rate: pct("1.5"), Order: 1, Compound: true}},
		till.RuleChange{Name: "spring", Rule: till.Promotion{Label: "Spring sale", If: till.Conditions{Code: "SPRING"}, Action: till.PercentOff(pct("10")), Uses: 100, Each: 3}},
		till.RuleChange{Name: "sticker", Rule: till.Promotion{Label: "A sticker for you", Action: till.Gift("STICKER", 1), Priority: 1}},
		till.RuleChange{Name: "post", Rule: till.Promotion{Label: "Half the post", Action: till.ShippingPercentOff(pct("50")), Priority: 2}},
		till.RuleChange{Name: "cap", Rule: till.DiscountCap{Percent: pct("60")}},
		till.RuleChange{Name: "parcel", Rule: till.ShippingMethod{Label: "Parcel", Rates: []till.ShippingRate{{Base: sterling("2.95")}, {Base: money.MustParse("4.00", money.EUR)}}}},
		till.RuleChange{Name: "trade", Rule: till.ListRule{Groups: []string{"trade"}}},
		till.RuleChange{Name: "gbp-eur", Rule: till.ExchangeRate{From: money.GBP, To: money.EUR, Rate: money.MustParseRate("1.1537")}},
		till.RuleChange{Name: "gbp", Rule: till.CashRounding{Currency: money.GBP, Increment: 5, Mode: money.HalfAwayFromZero}},
	))
	s.Must("ChangeListPrice", s.Staff.ChangeListPrice(s.Ctx, till.PriceList{List: "trade", Currency: money.GBP}, "MUG", till.PriceChange{Price: money.MustParsePrice("7.77", money.GBP)}))
}

// changesOfRules is all that can become of the rules that an order was counted by, and of
// what they ask of the customer.
func (s *stand) changesOfRules(customer till.PersonID) []turn {
	pct := money.MustParsePercent
	change := func(c till.RuleChange) func() error {
		return func() error { return s.Staff.ChangeRules(s.Ctx, c) }
	}
	set := func(name string, r till.Rule) func() error { return change(till.RuleChange{Name: name, Rule: r}) }
	end := func(name string, r till.Rule) func() error {
		return change(till.RuleChange{Name: name, Rule: r, Mark: till.Clear})
	}
	trade := till.PriceList{List: "trade", Currency: money.GBP}
	return []turn{
		{"a higher tax", set("vat", till.TaxRate{Label: "VAT", Zone: "gb", Rate: pct("25")})},
		{"a tax back-dated", change(till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "Old VAT", Zone: "gb", Rate: pct("15")}, From: till.At(opening)})},
		{"the end of a tax", end("vat", till.TaxRate{})},
		{"another tax", set("gst", till.TaxRate{Label: "GST", Rate: pct("5")})},
		{"another zone", set("gb", till.Zone{Countries: []string{"FR"}})},
		{"the end of a zone", end("gb", till.Zone{})},
		{"another home", set("home", till.Home{Country: "FR"})},
		{"an edited promotion", set("spring", till.Promotion{Label: "Summer sale", If: till.Conditions{Code: "SUMMER"}, Action: till.OrderAmountOff(sterling("9.00"))})},
		{"the end of a promotion", end("spring", till.Promotion{})},
		{"another gift", set("sticker", till.Promotion{Label: "A mug for you", Action: till.Gift("MUG", 2)})},
		{"a promotion that never was", change(till.RuleChange{Name: "post", Rule: till.Promotion{}, From: till.At(opening), Mark: till.Clear})},
		{"another cap", set("cap", till.DiscountCap{Percent: pct("1")})},
		{"dearer shipping", set("parcel", till.ShippingMethod{Label: "Lorry", Rates: []till.ShippingRate{{Base: sterling("29.50")}}})},
		{"the end of a method", end("parcel", till.ShippingMethod{})},
		{"another cash rounding", set("gbp", till.CashRounding{Currency: money.GBP, Increment: 100, Mode: money.Up})},
		{"the end of cash rounding", end("gbp", till.CashRounding{})},
		{"another rounding of figures", func() error {
			return s.Staff.ChangeRules(s.Ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.Down, Level: till.PerOrder}})
		}},
		{"another exchange", set("gbp-eur", till.ExchangeRate{From: money.GBP, To: money.EUR, Rate: money.MustParseRate("2")})},
		{"the end of the exchange", end("gbp-eur", till.ExchangeRate{})},
		{"another price in the list", func() error {
			return s.Staff.ChangeListPrice(s.Ctx, trade, "MUG", till.PriceChange{Price: money.MustParsePrice("1.11", money.GBP)})
		}},
		{"no price in the list", func() error { return s.Staff.ChangeListPrice(s.Ctx, trade, "MUG", till.PriceChange{Mark: till.Clear}) }},
		{"a list for others, with tax", set("trade", till.ListRule{Groups: []string{"staff"}, Included: true})},
		{"prices with tax", set("standard", till.ListRule{Included: true})},
		{"other groups", func() error { return s.Staff.SetGroups(s.Ctx, customer, "staff") }},
		{"no groups", func() error { return s.Staff.SetGroups(s.Ctx, customer) }},
		{"an exempt customer", func() error { return s.Staff.SetTaxStatus(s.Ctx, customer, till.Exempt) }},
	}
}

// rulesAsOf tells of the rules as of an instant: each that held then, and all that was
// recorded by then.
func (s *stand) rulesAsOf(at till.Instant) []string {
	s.Helper()
	terms, err := s.Shop.AsOf(at).Terms(s.Ctx)
	s.Must("Terms", err)
	return rulesText(terms, at)
}

// rulesText tells of rules, line by line.
func rulesText(terms till.Terms, at till.Instant) []string {
	all := []string{fmt.Sprintf("revision %d of %s", terms.Revision(), terms.Recorded())}
	for r := range terms.All() {
		all = append(all, jsonText(r))
		if kind := ruleOfKind[r.Kind]; r.N > 0 && kind != nil {
			held, ok := terms.Rule(kind, r.Name, at)
			all = append(all, fmt.Sprintf("%s %s then: %t %s", r.Kind, r.Name, ok, jsonText(held)))
		}
	}
	return all
}

// ruleOfKind is a rule of each kind.
var ruleOfKind = map[string]till.Rule{
	"rounding": till.Rounding{}, "zone": till.Zone{}, "home": till.Home{}, "tax": till.TaxRate{}, "promotion": till.Promotion{}, "cap": till.DiscountCap{},
	"shipping": till.ShippingMethod{}, "list": till.ListRule{}, "exchange": till.ExchangeRate{}, "cash": till.CashRounding{},
}

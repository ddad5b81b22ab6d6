package till_test

import (
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// rule gives a change that holds from now on.
func rule(name string, r till.Rule) till.RuleChange { return till.RuleChange{Name: name, Rule: r} }

// ends gives a change that ends a rule now.
func ends(name string, r till.Rule) till.RuleChange {
	return till.RuleChange{Name: name, Rule: r, Mark: till.Clear}
}

func percent(text string) money.Rate { return money.MustParsePercent(text) }

func sterling(text string) money.Amount { return money.MustParse(text, money.GBP) }

// rates gives the rate of a method of shipping.
func rates(r ...till.ShippingRate) []till.ShippingRate { return r }

var (
	vat    = till.TaxRate{Label: "VAT", Zone: "gb", Rate: percent("20"), Reversible: true}
	mwst   = till.TaxRate{Label: "MwSt", Zone: "de", Rate: percent("19"), Reversible: true}
	parcel = till.ShippingMethod{Label: "Parcel", Zone: "gb", Order: 1, Rates: rates(till.ShippingRate{Base: sterling("3.00")})}
	abroad = till.ShippingMethod{
		Label: "Air mail", Zone: "de", Order: 2, Rates: rates(till.ShippingRate{Base: sterling("8.00")}),
		If: till.ShippingLimits{MaxPieces: 5},
	}
	collected = till.ShippingMethod{Label: "Pick up", PickUp: true, Order: 3, Rates: rates(till.ShippingRate{Base: sterling("0.00")})}
)

// ruledStall is a shop at home in GB that sells and sends to DE, too: a mug for 10.00, a
// cup for 5.00, and stickers.
func ruledStall(t testing.TB, db store.Store) *stall {
	t.Helper()
	s := newStall(t, db)
	s.sells("MUG", "10.00", 1000)
	s.sells("CUP", "5.00", 1000)
	s.sells("STICKER", "0.80", 100)
	s.rules(
		rule("gb", till.Zone{Countries: []string{"GB"}, Except: []string{"JE*"}}), rule("de", till.Zone{Countries: []string{"DE"}}),
		rule("home", till.Home{Country: "GB"}), rule("vat", vat), rule("mwst", mwst),
	)
	return s
}

// ships adds methods of shipping.
func (s *stall) ships() {
	s.Helper()
	s.rules(rule("parcel", parcel), rule("abroad", abroad), rule("shop", collected))
}

// rules changes rules.
func (s *stall) rules(changes ...till.RuleChange) {
	s.Helper()
	s.must(s.staff.ChangeRules(s.ctx, changes...))
}

// inBerlin is somebody who lives there.
var inBerlin = till.Contact{Name: "Bert Beispiel", Email: "bert@example.com", Billing: till.Address{Street: "Weg 1", City: "Berlin", Postcode: "10115", Country: "DE"}}

// total gives what a buyer's cart costs now.
func (s *stall) total(b *till.Buyer) string {
	s.Helper()
	quote, err := b.Quote(s.ctx)
	s.must(err)
	return quote.Total().String()
}

// answers gives what each code of a cart is good for.
func answers(q till.Quote) map[string]till.CodeReason {
	all := map[string]till.CodeReason{}
	for _, a := range q.Codes() {
		all[a.Code] = a.Reason
	}
	return all
}

// kindsOf gives the kinds of differences.
func kindsOf(differences []till.Difference) []till.DifferenceKind {
	var kinds []till.DifferenceKind
	for _, d := range differences {
		kinds = append(kinds, d.Kind)
	}
	return kinds
}

package till_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// Where the rules depend on a region or a postcode, an order says it: nobody pays less by
// leaving it out.
func TestShellRulesOfARegion(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		s.rules(
			rule("us", till.Zone{Countries: []string{"US"}}), rule("ny", till.Zone{Countries: []string{"US"}, Regions: []string{"US-NY"}}),
			rule("nyc", till.Zone{Countries: []string{"US"}, Regions: []string{"US-NY"}, Postcodes: []string{"100*"}}),
			rule("state", till.TaxRate{Label: "NY state tax", Zone: "ny", Rate: percent("4")}),
			rule("city", till.TaxRate{Label: "NYC tax", Zone: "nyc", Rate: percent("5")}),
		)
		to := func(region, postcode string) till.Address {
			return till.Address{Country: "US", Region: region, Postcode: postcode}
		}
		for name, c := range map[string]struct {
			cart, contact till.Address
			total, needs  string // needs: what the quote lacks
		}{
			"nowhere":                        {total: "10.00 GBP"},
			"a region":                       {cart: to("US-NY", "12207"), total: "10.40 GBP"},
			"without the country":            {cart: to("ny", "12207"), total: "10.40 GBP"},
			"with the city":                  {cart: to("NY", "10001"), total: "10.90 GBP"},
			"with nine digits":               {cart: to("NY", "10001-1234"), total: "10.90 GBP"},
			"another region":                 {cart: to("CA", "94103"), total: "10.00 GBP"},
			"no region":                      {cart: to("", "10001"), needs: "destination.region"},
			"no postcode":                    {cart: to("NY", ""), needs: "destination.postcode"},
			"one of the contact":             {contact: to("NY", "10001"), total: "10.90 GBP"},
			"words of the contact":           {contact: to("New York", "10001"), needs: "destination.region"},
			"words, and the cart has chosen": {cart: to("NY", "10001"), contact: to("New York", "10001"), total: "10.90 GBP"},
		} {
			g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
			s.must(g.ShipTo(s.ctx, c.cart))
			quote := must(g.Quote(s.ctx))
			r := s.agreed(g.Buyer, name)
			if r.Contact.Billing = c.contact; c.contact == (till.Address{}) {
				r.Contact.Billing = c.cart
			}
			order, err := g.Checkout(s.ctx, r)
			if drift, ok := errors.AsType[*till.DriftError](err); ok { // the contact says more than the cart
				quote, r.Accept, r.Seen = drift.Quote, drift.Quote.Digest(), &drift.Quote
				order, err = g.Checkout(s.ctx, r)
			}
			switch {
			case c.needs != "":
				if !errors.Is(err, till.ErrInvalid) || !strings.Contains(err.Error(), c.needs) || c.contact == (till.Address{}) && quote.Err() == nil {
					t.Errorf("%s: %v", name, err)
				}
			case err != nil:
				t.Errorf("%s: %v", name, err)
			default:
				s.same(name, order.Total().String(), c.total)
				again := must(s.staff.Reprice(s.ctx, order.ID(), order.Placed()))
				s.same(name+", repriced", len(till.Compare(order.Quote(), again)), 0)
			}
		}
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		for path, to := range map[string]till.Address{
			"destination.country": {Postcode: "10001"}, "destination.region": to("New York", "10001"),
		} {
			if err := g.ShipTo(s.ctx, to); !errors.Is(err, till.ErrInvalid) || !strings.Contains(err.Error(), path) {
				t.Errorf("%+v: %v", to, err)
			}
		}
		s.must(g.ShipTo(s.ctx, to("ny", "10001")))
		s.same("what the cart keeps", must(g.Cart(s.ctx)).Destination().Region, "US-NY")
	})
}

// What is picked up is taxed where the shop is at home.
func TestShellRulesOfPickUp(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := ruledStall(t, db)
		s.ships()
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		s.must(g.ShipTo(s.ctx, inBerlin.Billing))
		s.must(g.ShipBy(s.ctx, "shop"))
		var labels []string
		for _, x := range must(g.Quote(s.ctx)).Taxes() {
			labels = append(labels, x.Name)
		}
		s.same("taxes of what a Berliner picks up", labels, []string{"vat"})
	})
}

// An order is repriced by the lists and rules that it was placed by: at its own instant
// nothing is different, also for a group and in another currency.
func TestShellRulesOfRepricing(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := ruledStall(t, db)
		s.rules(
			rule("trade", till.ListRule{Groups: []string{"trade"}}),
			rule("loyal", till.Promotion{Label: "For the trade", If: till.Conditions{Groups: []string{"trade"}}, Action: till.PercentOff(percent("10"))}),
			rule("gbp-eur", till.ExchangeRate{From: money.GBP, To: money.EUR, Rate: money.MustParseRate("1.2")}),
		)
		s.listed(trade, "MUG", "6.00")
		ada := s.member("ada@example.com")
		s.must(s.staff.SetGroups(s.ctx, ada.Person(), "trade"))
		for name, in := range map[string]money.Currency{"pounds": money.GBP, "euros": money.EUR} {
			s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 2}, till.Item{SKU: "CUP", Quantity: 1}))
			s.must(ada.PayIn(s.ctx, in))
			order := s.buys(ada.Buyer, name)
			for _, d := range till.Compare(order.Quote(), must(s.staff.Reprice(s.ctx, order.ID(), order.Placed()))) {
				t.Errorf("%s: %s", name, d)
			}
			s.same(name+": discounts", len(order.Discounts()), 1)
		}
	})
}

// A guest who has chosen codes and a destination keeps them when he signs in, though his
// cart has no line yet.
func TestShellRulesOfSigningInWithoutLines(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := ruledStall(t, db)
		s.member("ada@example.com")
		g := s.visitor()
		s.must(g.AddCode(s.ctx, "spring"))
		s.must(g.ShipTo(s.ctx, inBerlin.Billing))
		in := must(s.shop.SignIn(s.ctx, till.SignIn{Email: "ada@example.com", Password: stallPassword, Guest: g.Token()}))
		cart := must(in.Customer.Cart(s.ctx))
		s.same("codes and country", []string{cart.Codes()[0], cart.Destination().Country}, []string{"SPRING", "DE"})
	})
}

// A rule that was planned before is told of the time in which it begins, unless it was
// called off.
func TestShellRulesDiffOfWhatWasPlanned(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.day(2)
		s.rules(
			till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "VAT", Rate: percent("20")}, From: june(10)},
			till.RuleChange{Name: "levy", Rule: till.TaxRate{Label: "Levy", Rate: percent("1")}, From: june(11)},
			till.RuleChange{Name: "levy", Rule: till.TaxRate{}, From: june(11), Mark: till.Retract},
		)
		s.day(3)
		var all []string
		for c, err := range s.staff.Diff(s.ctx, june(4), june(20)) {
			s.must(err)
			all = append(all, c.Rule.Name)
		}
		s.same("from day 4 to 20", all, []string{"vat"})
	})
}

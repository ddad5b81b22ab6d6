package till_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

var trade = till.PriceList{List: "trade", Currency: money.GBP}

// listed sets the price of an article in a list.
func (s *stall) listed(list till.PriceList, sku till.SKU, price string) {
	s.Helper()
	s.must(s.staff.ChangeListPrice(s.ctx, list, sku, till.PriceChange{Price: money.MustParsePrice(price, list.Currency)}))
}

// Who is in a group buys at its prices, from the moment of joining to that of leaving, and
// an order keeps them.
func TestShellRulesOfGroups(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		s.sells("CUP", "5.00", 1000)
		s.rules(rule("trade", till.ListRule{Groups: []string{"trade"}}))
		s.listed(trade, "MUG", "6.00")
		ada := s.member("ada@example.com")
		s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}, till.Item{SKU: "CUP", Quantity: 1}))
		s.same("one of the public", s.total(ada.Buyer), "15.00 GBP")
		r := s.agreed(ada.Buyer, "click")
		s.must(s.staff.SetGroups(s.ctx, ada.Person(), "trade"))
		s.refuses(till.ErrConflict, "costs 6.00 GBP instead of 10.00 GBP", func() error { _, err := ada.Checkout(s.ctx, r); return err })
		s.same("one of the trade", s.total(ada.Buyer), "11.00 GBP")
		order := s.buys(ada.Buyer, "click")
		s.same("its line", [2]string{order.Lines()[0].List, order.Lines()[0].Group}, [2]string{"trade", "trade"})

		// Agreed to as one of the trade, placed as one of the public: by no shop, also one
		// that remembers the group.
		long := stallAt(t, db, s.clock)
		hers := must(long.shop.Customer(s.ctx, ada.Token()))
		s.must(hers.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
		s.same("through another shop", s.total(hers.Buyer), "6.00 GBP")
		r = long.agreed(hers.Buyer, "again")
		s.must(s.staff.SetGroups(s.ctx, ada.Person()))
		s.refuses(till.ErrConflict, "costs 10.00 GBP instead of 6.00 GBP", func() error { _, err := hers.Checkout(s.ctx, r); return err })
		s.same("the order of before", must(ada.Order(s.ctx, order.ID())).Total().String(), "11.00 GBP")
		s.must(must(ada.Order(s.ctx, order.ID())).Verify())
		s.sound()
	})
}

// What has a price for one group alone is for sale to nobody else, by a cart, a draft and
// an order that is placed at once alike.
func TestShellRulesOfWhatOneGroupBuys(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "10.00", 1000)
	s.rules(rule("trade", till.ListRule{Groups: []string{"trade"}}))
	s.listed(trade, "MUG", "6.00")
	s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Mark: till.Clear}))
	ada := s.member("ada@example.com")
	buys := map[string]func() error{
		"a cart": func() error { return ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}) },
		"a draft": func() error {
			_, err := s.staff.NewDraft(s.ctx, till.DraftRequest{Customer: ada.Person(), Lines: []till.DraftLine{line("MUG", 1)}})
			return err
		},
		"an order": func() error {
			_, err := s.staff.QuoteOrder(s.ctx, till.DraftRequest{Customer: ada.Person(), Lines: []till.DraftLine{line("MUG", 1)}})
			return err
		},
	}
	for what, buy := range buys {
		if err := buy(); !errors.Is(err, till.ErrUnavailable) {
			t.Errorf("%s of one of the public: %v", what, err)
		}
	}
	s.must(s.staff.SetGroups(s.ctx, ada.Person(), "trade"))
	for what, buy := range buys {
		if err := buy(); err != nil {
			t.Errorf("%s of one of the trade: %v", what, err)
		}
	}
	if _, err := s.staff.NewDraft(s.ctx, till.DraftRequest{Lines: []till.DraftLine{line("MUG", 1)}}); !errors.Is(err, till.ErrUnavailable) {
		t.Errorf("a draft for nobody: %v", err)
	}
}

// An exempt customer bears no tax, one under reverse charge none that is reversible; where
// prices include it, it is taken out. From when it is taken back, it is due again.
func TestShellRulesOfTaxStatus(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := ruledStall(t, db)
		s.rules(rule("levy", till.TaxRate{Label: "Levy", Zone: "gb", Rate: percent("1"), Order: 1}))
		ada := s.member("ada@example.com")
		s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
		orders := map[string]till.Order{}
		for i, c := range []struct {
			status   till.TaxStatus
			included bool
			want     string
		}{
			{till.Taxed, false, "12.10 GBP"}, {till.Exempt, false, "10.00 GBP"}, {till.ReverseCharge, false, "10.10 GBP"},
			{till.Taxed, true, "10.00 GBP"}, {till.Exempt, true, "8.26 GBP"}, {till.Taxed, false, "12.10 GBP"},
		} {
			s.must(s.staff.Because("certificate 17").SetTaxStatus(s.ctx, ada.Person(), c.status))
			s.rules(rule("standard", till.ListRule{Included: c.included}))
			s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
			s.must(ada.Set(s.ctx, must(ada.Cart(s.ctx)).Lines()[0].N, 1))
			order := s.buys(ada.Buyer, fmt.Sprint(i))
			s.same(fmt.Sprintf("%q, included %t", c.status, c.included), order.Total().String(), c.want)
			s.same("its tax status", order.TaxStatus(), c.status)
			orders[fmt.Sprint(i)] = order
		}
		for key, order := range orders {
			is := must(s.staff.Order(s.ctx, order.ID()))
			s.must(is.Verify())
			s.same("order "+key, is.Explain(), order.Explain())
		}
		s.same("what the trail keeps", must(s.staff.Trail(s.ctx, ada.Person()))[1].Kind, "tax")
		s.sound()
	})
}

// Somebody pays in euro what is priced in euro, or exchanged where it is not; what an order
// keeps is the rate of then. Without a rate nothing has a price.
func TestShellRulesOfPayIn(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		s.sells("CUP", "5.00", 1000)
		euro := till.PriceList{List: till.StandardList, Currency: money.EUR}
		s.listed(euro, "CUP", "6.50")
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 1}, till.Item{SKU: "CUP", Quantity: 2})
		s.must(g.PayIn(s.ctx, money.EUR))
		if err := must(g.Quote(s.ctx)).Err(); !errors.Is(err, till.ErrUnavailable) {
			t.Errorf("without a rate: %v", err)
		}
		rate := func(r string) till.RuleChange {
			return rule("gbp-eur", till.ExchangeRate{From: money.GBP, To: money.EUR, Rate: money.MustParseRate(r)})
		}
		s.rules(rate("1.1537"))
		r := s.agreed(g.Buyer, "click")
		s.same("in euro", r.Seen.Total().String(), "24.54 EUR")
		s.rules(rate("1.2"))
		s.refuses(till.ErrConflict, "costs 12.00 EUR instead of 11.54 EUR", func() error { _, err := g.Checkout(s.ctx, r); return err })
		order := s.buys(g.Buyer, "click")
		s.rules(rate("2"))
		s.same("the order", must(g.Order(s.ctx, order.ID())).Total().String(), "25.00 EUR")
		s.same("what its line keeps", order.Lines()[0].Exchanged.Price.String(), "10.00 GBP")
		s.must(must(g.Order(s.ctx, order.ID())).Verify())
		pounds := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		s.buys(pounds.Buyer, "click")
		rows := s.revenueRows(till.RevenueRequest{By: till.Day})
		s.same("revenue by currency", []string{rows[0].Amount.String(), rows[1].Amount.String()}, []string{"25.00 EUR", "10.00 GBP"})
		if text := must(g.Confirmation(s.ctx, order.ID())).Text(); text == "" {
			t.Error("no confirmation")
		}
		s.sound()
	})
}

// Whoever has chosen what to pay in signs in with that cart all the same: an empty cart of
// the customer's takes it over, one with lines keeps its own.
func TestShellRulesOfSigningInBesideACurrency(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		s.rules(rule("gbp-eur", till.ExchangeRate{From: money.GBP, To: money.EUR, Rate: money.MustParseRate("1.2")}))
		s.must(s.shop.Register(s.ctx, till.Registration{Name: "Ada", Email: "ada@example.com", Password: stallPassword}))
		for i, want := range []struct {
			in    money.Currency
			total string
		}{{money.EUR, "12.00 EUR"}, {money.EUR, "24.00 EUR"}, {money.GBP, "36.00 EUR"}} {
			g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
			s.must(g.PayIn(s.ctx, want.in))
			s.must(g.AddCode(s.ctx, fmt.Sprint("code-", i)))
			in, err := s.shop.SignIn(s.ctx, till.SignIn{Email: "ada@example.com", Password: stallPassword, Guest: g.Token()})
			s.must(err)
			s.same("what came", len(in.Merged), 1)
			s.same("in her cart", s.total(in.Buyer), want.total)
			s.same("codes", len(must(in.Cart(s.ctx)).Codes()), i+1)
			s.same("what is left", must(g.Cart(s.ctx)).IsEmpty(), true)
		}
		ada := s.signsIn("ada@example.com", stallPassword)
		s.must(ada.PayIn(s.ctx, money.GBP))
		order := s.buys(ada.Buyer, "click")
		s.same("the order", order.Total().String(), "30.00 GBP")
		s.sound()
	})
}

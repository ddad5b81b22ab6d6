package till_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// Of two shops on one store one changes the rules, and the other is told nothing: what was
// accepted by the rules of before is refused, with what is different, and what is accepted
// by those of now is placed, at once.
func TestShellRulesThatOthersChange(t *testing.T) {
	ten := till.Promotion{Label: "Ten off", Action: till.PercentOff(percent("10"))}
	dearer := parcel
	dearer.Rates = rates(till.ShippingRate{Base: sterling("4.00")})
	higher := vat
	higher.Rate = percent("25")
	for name, c := range map[string]struct {
		change []till.RuleChange
		says   till.DifferenceKind
		total  string
	}{
		"a tax rate":           {[]till.RuleChange{rule("vat", higher)}, till.TaxChanged, "16.25 GBP"},
		"no tax":               {[]till.RuleChange{ends("vat", vat)}, till.TaxChanged, "13.00 GBP"},
		"another zone":         {[]till.RuleChange{rule("gb", till.Zone{Countries: []string{"GB"}, Except: []string{"LS1*"}})}, till.TaxChanged, ""},
		"a promotion":          {[]till.RuleChange{rule("ten", ten)}, till.PromotionBegan, "14.40 GBP"},
		"a gift":               {[]till.RuleChange{rule("gift", till.Promotion{Label: "A sticker", Action: till.Gift("STICKER", 1)})}, till.LineCame, "15.60 GBP"},
		"a price of shipping":  {[]till.RuleChange{rule("parcel", dearer)}, till.ShippingChanged, "16.80 GBP"},
		"no such shipping":     {[]till.RuleChange{ends("parcel", parcel)}, till.ShippingChanged, ""},
		"prices with tax":      {[]till.RuleChange{rule("standard", till.ListRule{Included: true})}, till.TaxChanged, "13.60 GBP"},
		"cash":                 {[]till.RuleChange{rule("gbp", till.CashRounding{Currency: money.GBP, Increment: 100, Mode: money.Up})}, till.CashChanged, "16.00 GBP"},
		"a cap, and what's on": {[]till.RuleChange{rule("ten", ten), rule("cap", till.DiscountCap{Percent: percent("5")})}, till.PromotionBegan, "15.00 GBP"},
	} {
		t.Run(name, func(t *testing.T) {
			twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
				for sku, price := range map[till.SKU]string{"MUG": "10.00", "STICKER": "0.80"} {
					mine.sells(sku, price, 1000)
				}
				mine.rules(rule("gb", till.Zone{Countries: []string{"GB"}}), rule("home", till.Home{Country: "GB"}), rule("vat", vat), rule("parcel", parcel))
				for range 4 { // order numbers are leased, and the rules remembered
					g := mine.visitor(till.Item{SKU: "MUG", Quantity: 1})
					mine.must(g.ShipBy(mine.ctx, "parcel"))
					mine.buys(g.Buyer, "click")
				}
				g := mine.visitor(till.Item{SKU: "MUG", Quantity: 1})
				mine.must(g.ShipBy(mine.ctx, "parcel"))
				r := mine.agreed(g.Buyer, "click")
				r.Contact.Billing.Postcode = "LS1 1AA"
				mine.same("before", r.Seen.Total().String(), "15.60 GBP")
				theirs.rules(c.change...)
				_, err := g.Checkout(mine.ctx, r)
				drift, ok := errors.AsType[*till.DriftError](err)
				if !ok || !slices.Contains(kindsOf(drift.Differences), c.says) {
					t.Fatalf("what was accepted before: %v", err)
				}
				if c.total == "" {
					return // it cannot be had as it is
				}
				mine.same("now", drift.Quote.Total().String(), c.total)
				mine.same("as the other shop has it", must(theirs.resumed(g).Quote(mine.ctx)).Digest(), drift.Quote.Digest())
				r.Accept, r.Seen = drift.Quote.Digest(), nil
				order := must(g.Checkout(mine.ctx, r))
				mine.must(order.Verify())

				// Whoever accepts by the other shop is not told of a drift by this one.
				theirs.rules(rule("more", till.Promotion{Label: "More", Action: till.PercentOff(percent("1")), Priority: 9}))
				mine.must(g.Add(mine.ctx, till.Item{SKU: "MUG", Quantity: 3}))
				mine.must(g.ShipBy(mine.ctx, "parcel"))
				must(g.Checkout(mine.ctx, theirs.agreed(theirs.resumed(g).Buyer, "again")))
				mine.reconciles()
			})
		})
	}
}

// What a shop recalls comes to what one that was just opened computes, for a cart that
// buys from a group's list, is given something, and is exchanged.
func TestShellRulesRecalled(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := ruledStall(t, db)
		s.ships()
		s.rules(
			rule("trade", till.ListRule{Groups: []string{"trade"}}), rule("gift", till.Promotion{Label: "A sticker", Action: till.Gift("STICKER", 1)}),
			rule("gbp-eur", till.ExchangeRate{From: money.GBP, To: money.EUR, Rate: money.MustParseRate("1.2")}),
			rule("air", till.ShippingMethod{Label: "Air", Rates: rates(till.ShippingRate{Base: money.MustParse("1.00", money.EUR)})}),
		)
		s.listed(trade, "MUG", "6.00")
		ada := s.member("ada@example.com")
		s.must(s.staff.SetGroups(s.ctx, ada.Person(), "trade"))
		for n := range 6 {
			s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}, till.Item{SKU: "CUP", Quantity: 1}))
			s.must(ada.PayIn(s.ctx, money.EUR))
			s.must(ada.ShipBy(s.ctx, "air"))
			fresh := stallAt(t, db, s.clock)
			r := fresh.agreed(must(fresh.shop.Customer(s.ctx, ada.Token())).Buyer, strings.Repeat("k", n+1))
			s.same("what it comes to", r.Seen.Total().String(), "17.04 EUR")
			order := must(ada.Checkout(s.ctx, r))
			s.same("its lines", len(order.Lines()), 3)
			s.must(order.Verify())
		}
		s.reconciles()
	})
}

// Where the clock of a shop has gone back, what was recorded last is in force: also the
// list, the gift and the promotion that begin between the two instants.
func TestShellRulesOfAClockThatWentBack(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "10.00", 1000)
	s.sells("STICKER", "0.80", 1000)
	ada := s.member("ada@example.com")
	s.must(s.staff.SetGroups(s.ctx, ada.Person(), "trade"))
	s.listed(trade, "MUG", "6.00")
	now := s.clock.instant()
	s.rules(
		till.RuleChange{Name: "trade", Rule: till.ListRule{Groups: []string{"trade"}}, From: now.Add(time.Minute)},
		till.RuleChange{Name: "gift", Rule: till.Promotion{Label: "A sticker", Action: till.Gift("STICKER", 1)}, From: now.Add(time.Minute)},
	)
	buy := func(key string) till.Order {
		s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
		return s.buys(ada.Buyer, key)
	}
	for _, key := range []string{"1", "2", "3"} {
		s.same("before", buy(key).Total().String(), "10.00 GBP")
	}
	s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
	was := s.agreed(ada.Buyer, "4")
	s.clock.pass(time.Hour)
	s.rules(rule("home", till.Home{Country: "GB"})) // by a clock that was an hour fast
	s.clock.pass(-time.Hour)
	s.total(s.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer) // somebody else's: the rules are remembered
	s.must(ada.Set(s.ctx, must(ada.Cart(s.ctx)).Lines()[0].N, 1))
	if _, err := ada.Checkout(s.ctx, was); !errors.Is(err, till.ErrConflict) {
		t.Errorf("what was accepted before: %v", err)
	}
	s.must(ada.Remove(s.ctx, must(ada.Cart(s.ctx)).Lines()[0].N))
	for _, key := range []string{"4", "5", "6"} {
		order := buy(key)
		s.same("after", []any{order.Total().String(), len(order.Lines())}, []any{"6.00 GBP", 2})
	}
	s.reconciles()
}

// A check finds what a store tells of uses that is not so.
func TestShellRulesCheckFinds(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		lying := &lyingStore{Store: db}
		s := newStall(t, lying)
		s.sells("MUG", "10.00", 1000)
		s.promote("one", func(p *till.Promotion) { p.Uses, p.Each, p.If.FirstOrder = 9, 2, true })
		s.promote("two", func(p *till.Promotion) { p.Uses = 9 })
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		guest := s.buys(g.Buyer, "click")
		ada := s.member("ada@example.com")
		s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
		hers := s.buys(ada.Buyer, "click")
		s.sound()
		id := ada.Person().String()
		for name, c := range map[string]struct {
			lie  func(*lyingStore)
			says string
		}{
			"a counter that is lost":   {loses(store.Ref{Family: "uses", Key: "one"}), "orders used it, and it is not there"},
			"a count that is too low":  {counts(store.Ref{Family: "uses", Key: "one"}, -1, 0), "orders used it more often than it counts"},
			"a count below nothing":    {counts(store.Ref{Family: "uses", Key: "two"}, 3, 0), "it was used -3 times"},
			"a claim that is lost":     {loses(store.Ref{Family: "used", Key: "one/1/e:ada@example.com"}), "its use of promotion \"one\" is not its own"},
			"her claim that is lost":   {loses(store.Ref{Family: "used", Key: "one/1/p:" + id}), "its use of promotion \"one\" is not its own"},
			"a first order lost":       {loses(store.Ref{Family: "used", Key: "/first/p:" + id}), "its use of promotion \"one\" is not its own"},
			"a claim of another order": {says(store.Ref{Family: "used", Key: "one/1/p:" + id}, hers.ID().String(), guest.ID().String()), "is not its own"},
			"a claim of no order":      {says(store.Ref{Family: "used", Key: "/first/p:" + id}, hers.ID().String(), id), "it is not there"},
			"an order that is lost":    {loses(store.Ref{Family: "orders", Key: hers.ID().String()}), "a promotion was used by it, and it is not there"},
			"a contact that is lost":   {loses(store.Ref{Family: "contacts", Key: g.Person().String() + "/o" + guest.ID().String()}), "stands in the use of a promotion"},
		} {
			c.lie(lying)
			_, err := s.shop.Check(s.ctx)
			found, ok := errors.AsType[*till.CheckError](err)
			if !ok || !slices.ContainsFunc(found.Findings, func(f till.Finding) bool { return strings.Contains(f.String(), c.says) }) {
				t.Errorf("%s: %v", name, err)
			}
			if ok && slices.ContainsFunc(found.Findings, func(f till.Finding) bool { return strings.Contains(f.String(), "@") }) {
				t.Errorf("%s: an address is said: %v", name, found.Findings)
			}
			*lying = lyingStore{Store: db}
		}
		must(db.Commit(s.ctx, store.ChangeSet{Changes: []store.Change{store.Claim{Ref: store.Ref{Family: "used", Key: "one/2/p:" + id}, Owner: hers.ID().String()}}}))
		_, err := s.shop.Check(s.ctx)
		if err == nil || !strings.Contains(err.Error(), "claimed for it that it has not used") {
			t.Errorf("a use without an order's: %v", err)
		}
	})
}

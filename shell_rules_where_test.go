package till_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// A quote made at home drifts when the contact lives elsewhere, and says in what; the same
// cart is bought once the quote is for there.
func TestShellRulesOfTheDestination(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := ruledStall(t, db)
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
		r := s.agreed(g.Buyer, "click")
		s.same("the total at home", r.Seen.Total().String(), "24.00 GBP")
		r.Contact = inBerlin
		var drift *till.DriftError
		err := s.refuses(till.ErrConflict, "MwSt 19 % came: 3.80 GBP", func() error { _, err := g.Checkout(s.ctx, r); return err })
		if !errors.As(err, &drift) {
			t.Fatal(err)
		}
		s.same("kinds of differences", kindsOf(drift.Differences), []till.DifferenceKind{till.TaxChanged, till.TaxChanged, till.TotalChanged})
		s.same("what was due at home", drift.Differences[0].WasLabel, "VAT 20 %")
		s.same("the total in Berlin", drift.Quote.Total().String(), "23.80 GBP")

		s.must(g.ShipTo(s.ctx, till.Address{Country: "DE", Postcode: "10115"}))
		r = s.agreed(g.Buyer, "click")
		s.same("what the cart says is what the error said", r.Accept, drift.Quote.Digest())
		r.Contact = inBerlin
		order := must(g.Checkout(s.ctx, r))
		s.same("where the order goes", order.Destination(), till.Destination{Country: "DE"})
		s.same("its taxes", order.Taxes()[0].Zone, "de")
		s.must(order.Verify())
		s.same("what a cart keeps of where the last one went", must(g.Cart(s.ctx)).Destination(), till.Address{})
		s.same("the next one, at home again", s.total(s.filled(g)), "12.00 GBP")
		s.sound()
	})
}

// filled puts a mug into a cart.
func (s *stall) filled(g *till.Guest) *till.Buyer {
	s.Helper()
	s.must(g.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
	return g.Buyer
}

// A contact that does not say its country goes where the cart said: the order says so.
func TestShellRulesOfACartThatGoes(t *testing.T) {
	s := ruledStall(t, memory.New())
	g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
	s.must(g.ShipTo(s.ctx, till.Address{Country: "DE", Region: "DE-BE", Postcode: "10115"}))
	r := s.agreed(g.Buyer, "click")
	r.Contact = till.Contact{Name: "Bert", Email: "bert@example.com"}
	order := must(g.Checkout(s.ctx, r))
	s.same("the tax", order.Taxes()[0].Name, "mwst")
	s.same("where the order goes", order.Destination(), till.Destination{Country: "DE", Region: "DE-BE"})
	again := must(till.Reprice(order, must(s.shop.Catalog(s.ctx, "MUG")), must(s.staff.Terms(s.ctx)), s.clock.instant()))
	s.same("what it would cost today", kindsOf(till.Compare(order.Quote(), again)), []till.DifferenceKind(nil))
	s.sound()
}

// What a customer is quoted is for where the account lives, whoever asks and whatever the
// shop that is asked has read before: another shop, one that has just been opened, one that
// has just changed the rules, and the back office.
func TestShellRulesOfWhereACustomerLives(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		ada := s.member("ada@example.com")
		s.must(ada.ChangeProfile(s.ctx, till.Contact{Name: inBerlin.Name, Email: "ada@example.com", Billing: inBerlin.Billing}))
		s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
		long := stallAt(t, db, s.clock)
		hers := must(long.shop.Customer(s.ctx, ada.Token()))
		s.same("without rules", s.total(hers.Buyer), "10.00 GBP")
		s.rules(rule("de", till.Zone{Countries: []string{"DE"}}), rule("home", till.Home{Country: "GB"}), rule("mwst", mwst))
		s.same("in the shop that has changed the rules", s.total(ada.Buyer), "11.90 GBP")
		s.same("there, again", s.total(ada.Buyer), "11.90 GBP")
		s.same("in one that remembers none", s.total(hers.Buyer), "11.90 GBP")
		fresh := stallAt(t, db, s.clock)
		s.same("in one that was just opened", s.total(must(fresh.shop.Customer(s.ctx, ada.Token())).Buyer), "11.90 GBP")

		// Every quote of the back office is one that can be placed as it is.
		draft := s.drafts(ada.Person(), line("MUG", 1))
		quote := must(draft.Quote(s.ctx))
		s.same("a draft for her", quote.Total().String(), "11.90 GBP")
		must(draft.Place(s.ctx, till.CheckoutRequest{Key: "call", Accept: quote.Digest()}))
		for what, asked := range map[string]till.DraftRequest{
			"an order for her":      {Customer: ada.Person()},
			"one for a new account": {New: &till.NewCustomer{Contact: inBerlin}},
		} {
			asked.Lines = []till.DraftLine{line("MUG", 1)}
			quote := must(s.staff.QuoteOrder(s.ctx, asked))
			s.same(what, quote.Total().String(), "11.90 GBP")
			order := must(s.staff.PlaceOrder(s.ctx, asked, till.CheckoutRequest{Key: what, Accept: quote.Digest()}))
			s.same(what+", where it goes", order.Destination().Country, "DE")
		}

		// A cart that says itself where it goes is quoted for there.
		s.must(ada.ShipTo(s.ctx, till.Address{Country: "FR"}))
		s.same("to France", s.total(ada.Buyer), "10.00 GBP")
		s.must(ada.ShipTo(s.ctx, till.Address{}))
		s.same("home again", s.total(ada.Buyer), "11.90 GBP")
		s.sound()
	})
}

// A delivery has to be chosen, and can be refused; each refusal says why and changes
// nothing.
func TestShellRulesOfDelivery(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := ruledStall(t, db)
		s.ships()
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 6})
		quote := must(g.Quote(s.ctx))
		var ways []string
		for _, w := range quote.Deliveries() {
			ways = append(ways, w.Method+" "+w.Amount.String())
		}
		s.same("what can be chosen at home", ways, []string{"parcel 3.00 GBP", "shop 0.00 GBP"})

		for _, c := range []struct {
			method string
			to     till.Address
			reason till.DeliveryReason
		}{
			{"", till.Address{}, till.NotChosen},
			{"rocket", till.Address{}, till.UnknownMethod},
			{"abroad", till.Address{}, till.OutOfZone},
			{"abroad", till.Address{Country: "DE"}, till.OutOfLimits},
		} {
			s.must(g.Deliver(s.ctx, c.method))
			s.must(g.ShipTo(s.ctx, c.to))
			r := s.agreed(g.Buyer, "click")
			if c.to.Country == "DE" {
				r.Contact = inBerlin
			}
			var refused *till.DeliveryError
			err := s.refuses(till.ErrUnavailable, "deliver", func() error { _, err := g.Checkout(s.ctx, r); return err })
			if !errors.As(err, &refused) || refused.Reason != c.reason || refused.Method != c.method {
				t.Errorf("%q to %q: %v, want %s", c.method, c.to.Country, err, c.reason)
			}
			if err := r.Seen.Err(); err == nil {
				t.Errorf("%q to %q: the quote does not say so", c.method, c.to.Country)
			}
		}

		// Nothing goes to where no method does.
		s.rules(ends("shop", till.ShippingMethod{}))
		s.must(g.Deliver(s.ctx, ""))
		s.must(g.ShipTo(s.ctx, till.Address{Country: "FR"}))
		refused, ok := errors.AsType[*till.DeliveryError](must(g.Quote(s.ctx)).Err())
		if !ok || refused.Reason != till.Undeliverable {
			t.Errorf("to France: %v", refused)
		}

		// What is chosen is bought, unless it ends or costs more meanwhile.
		s.must(g.ShipTo(s.ctx, till.Address{}))
		s.must(g.Deliver(s.ctx, "parcel"))
		r := s.agreed(g.Buyer, "click")
		dearer := parcel
		dearer.Rates = rates(till.ShippingRate{Base: sterling("4.00")})
		s.rules(rule("parcel", dearer))
		s.refuses(till.ErrConflict, "Parcel comes to 4.00 GBP instead of 3.00 GBP", func() error { _, err := g.Checkout(s.ctx, r); return err })
		s.rules(ends("parcel", dearer))
		s.refuses(till.ErrConflict, "Shipping: unknown", func() error { _, err := g.Checkout(s.ctx, r); return err })
		s.rules(rule("parcel", parcel))
		order := must(g.Checkout(s.ctx, r))
		s.same("the order", order.Total().String(), "75.60 GBP")
		s.same("its delivery", order.Delivery().Label, "Parcel")
		if !strings.Contains(must(g.Confirmation(s.ctx, order.ID())).Text(), "Parcel") {
			t.Error("the confirmation does not say how it comes")
		}
		s.sound()
	})
}

// A draft and an order that is placed at once have codes, a destination and a delivery of
// their own, and what is asked for again with the same key is asked for wholly.
func TestShellRulesOfTheBackOffice(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := ruledStall(t, db)
		s.ships()
		s.promote("ten", func(p *till.Promotion) { p.If.Code = "TEN" })
		draft := s.drafts(till.PersonID{}, line("MUG", 2))
		s.must(draft.AddCode(s.ctx, "ten"))
		s.must(draft.AddCode(s.ctx, "none"))
		s.must(draft.RemoveCode(s.ctx, "none"))
		s.must(draft.ShipTo(s.ctx, till.Address{Country: "DE"}))
		s.must(draft.Deliver(s.ctx, "abroad"))
		quote := must(draft.Quote(s.ctx))
		s.same("the draft", quote.Total().String(), "30.94 GBP") // 18.00 and 8.00, and 19 % of both
		order := must(draft.Place(s.ctx, till.CheckoutRequest{Key: "call", Accept: quote.Digest(), Contact: inBerlin}))
		s.same("its order", order.Total(), quote.Total())

		asked := till.DraftRequest{Lines: []till.DraftLine{line("MUG", 2)}, Codes: []string{"TEN"}, ShipTo: till.Address{Country: "DE"}, Delivery: "abroad"}
		quote = must(s.staff.QuoteOrder(s.ctx, asked))
		s.same("an order at once", quote.Total(), order.Total())
		r := till.CheckoutRequest{Key: "letter", Accept: quote.Digest(), Contact: inBerlin}
		placed := must(s.staff.PlaceOrder(s.ctx, asked, r))
		s.same("the same again", must(s.staff.PlaceOrder(s.ctx, asked, r)).ID(), placed.ID())
		for what, change := range map[string]func(*till.DraftRequest){
			"other codes":      func(r *till.DraftRequest) { r.Codes = []string{"TEN", "MORE"} },
			"no code":          func(r *till.DraftRequest) { r.Codes = nil },
			"another delivery": func(r *till.DraftRequest) { r.Delivery = "parcel" },
			"no destination":   func(r *till.DraftRequest) { r.ShipTo = till.Address{} },
		} {
			other := asked
			change(&other)
			if _, err := s.staff.PlaceOrder(s.ctx, other, r); !errors.Is(err, till.ErrExists) {
				t.Errorf("%s with the same key: %v", what, err)
			}
		}
		s.sound()
	})
}

// Nothing is asked for twice: a shop that remembers rules by which it does not matter where
// a cart goes reads no contact, and one by which it does reads it once.
func TestShellRulesReadContactsWhereTheyMatter(t *testing.T) {
	db := &countedContacts{Store: memory.New()}
	s := newStall(t, db)
	s.sells("MUG", "10.00", 1000)
	ada := s.member("ada@example.com")
	s.must(ada.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
	asks := func() int {
		db.asked = 0
		s.total(ada.Buyer)
		return db.asked
	}
	s.same("without rules", asks(), 0)
	s.rules(rule("vat", till.TaxRate{Label: "VAT", Rate: percent("20")}))
	s.same("with a tax, the first time", asks(), 1)
	s.same("and then", asks(), 1)
}

// countedContacts counts the contact records that are asked for.
type countedContacts struct {
	store.Store
	asked int
}

// Get counts.
func (c *countedContacts) Get(ctx context.Context, refs ...store.Ref) ([]store.Record, error) {
	for _, r := range refs {
		if r.Family == "contacts" {
			c.asked++
		}
	}
	return c.Store.Get(ctx, refs...)
}

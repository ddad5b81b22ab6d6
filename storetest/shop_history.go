package storetest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

var historyBattery = []Rule{{
	ID:       "shop/history",
	Sentence: "An order reads the same for ever, byte by byte, whatever becomes of products, prices, rules and accounts.",
	Why:      "somebody asks what he bought and paid, years later",
	Check: func(e *Env) {
		if place := e.childPlace(); place != "" {
			e.say(e.stand(place, newShopClock(), 2).tellAll())
			return
		}
		place := e.Place()
		s := e.stand(place, newShopClock(), 1)
		customer := s.sellAndKeep()
		before, placed := s.tellAll(), s.Clock.instant()
		s.Clock.pass(time.Hour)
		rules := s.rulesAsOf(placed)
		if len(before) != 3 || before[0].Verify != "holds" || before[1].Verify != "holds" || before[2].Verify != "holds" {
			e.Stopf("the orders before: %+v", before)
		}
		s.carryEverything()
		for _, step := range s.changesOfEverything(customer) {
			s.Clock.pass(time.Hour)
			e.Must(step.what, step.do())
			e.Equal("the orders after "+step.what, s.tellAll(), before)
			e.Equal("the rules of before, after "+step.what, s.rulesAsOf(placed), rules)
		}
		s.reconciles()
		if e.Harness.Durable {
			e.Must("Close", s.Store.Close())
			e.Equal("the orders in another process", e.hear(place), before)
			s = e.stand(place, s.Clock, 3)
		} else {
			s = s.again(place, 3)
		}
		e.Equal("the orders in another shop", s.tellAll(), before)
		e.Equal("the rules of before, in another shop", s.rulesAsOf(placed), rules)
	},
}}

// tellAll tells of every order, by the instant of placing.
func (s *stand) tellAll() []told {
	s.Helper()
	var all []told
	for _, o := range s.orders(till.OrderQuery{}) {
		all = append(all, s.tell(o.ID))
	}
	return all
}

// sellAndKeep makes a shop with an order of a customer's, one of a guest's and one that
// staff placed: an option, a sale, a price for many, a price below a penny, an agreed
// price, a note; a group's price, an exchanged one, discounts, a gift, shipping, taxes and
// rounding to cash.
func (s *stand) sellAndKeep() *till.Customer {
	s.Helper()
	price, sale := money.MustParsePrice("39.00", money.GBP), money.MustParsePrice("29.00", money.GBP)
	spec := till.ProductSpec{Description: till.Description{
		Handle: "shirt", Words: map[till.Locale]till.Words{"": {Name: "Linen <shirt>"}}, Options: []string{"Size", "Colour"},
		Variants: []till.Variant{{SKU: "SHIRT-S", Values: []string{"S", "White"}}, {SKU: "SHIRT-L", Values: []string{"L", "White"}}},
	}}
	for _, v := range spec.Variants {
		spec.Articles = append(spec.Articles, till.ArticleSpec{SKU: v.SKU, Price: &price, Sale: &sale, OnHand: 20})
	}
	_, err := s.Staff.PutProduct(s.Ctx, spec)
	s.Must("PutProduct", err)
	s.product("MUG", "9.50", 100)
	s.product("SCREW", "9.80/1000", 100000)
	s.sellsByRules()
	s.Must("a price for many", s.Staff.ChangePrice(s.Ctx, "MUG", till.PriceChange{Price: money.MustParsePrice("8.75", money.GBP), MinQuantity: 10}))

	s.Must("Register", s.Shop.Register(s.Ctx, till.Registration{Name: "Ada Example", Email: "ada@example.com", Password: "a sentence is a password", Contact: buyer}))
	in, err := s.Shop.SignIn(s.Ctx, till.SignIn{Email: "ada@example.com", Password: "a sentence is a password"})
	s.Must("SignIn", err)
	s.Must("SetGroups", s.Staff.SetGroups(s.Ctx, in.Person(), "trade"))
	s.Must("Add", in.Add(s.Ctx, till.Item{SKU: "SHIRT-L", Quantity: 2, Note: "as a present"}, till.Item{SKU: "MUG", Quantity: 12, Metadata: till.Metadata{"engraving": "A"}}))
	s.Must("AddCode", in.AddCode(s.Ctx, "spring"))
	s.Must("ShipBy", in.ShipBy(s.Ctx, "parcel"))
	r := s.agreed(in.Buyer, "click")
	r.Contact = till.Contact{}
	_, err = in.Checkout(s.Ctx, r)
	s.Must("Checkout", err)
	s.Clock.pass(time.Minute)
	guest := s.guest(till.Item{SKU: "SCREW", Quantity: 333}, till.Item{SKU: "MUG", Quantity: 1})
	s.Must("PayIn", guest.PayIn(s.Ctx, money.EUR))
	s.Must("ShipBy", guest.ShipBy(s.Ctx, "parcel"))
	s.buys(guest.Buyer, "click")
	s.Clock.pass(time.Minute)
	draft, err := s.Staff.Because("by telephone").NewDraft(s.Ctx, till.DraftRequest{Customer: in.Person(), Lines: []till.DraftLine{
		{Item: till.Item{SKU: "SHIRT-S", Quantity: 1, Note: "no box"}, Agreed: &till.AgreedPrice{Price: money.MustParsePrice("20.00", money.GBP), Why: "a stain"}},
	}})
	s.Must("NewDraft", err)
	s.Must("AddCode", draft.AddCode(s.Ctx, "SPRING"))
	s.Must("ShipBy", draft.ShipBy(s.Ctx, "parcel"))
	quote, err := draft.Quote(s.Ctx)
	s.Must("Quote", err)
	_, err = draft.Place(s.Ctx, till.CheckoutRequest{Key: "call", Accept: quote.Digest()})
	s.Must("Place", err)
	return in.Customer
}

// carryEverything ends the test unless the orders carry what rules can make of an order.
func (s *stand) carryEverything() {
	s.Helper()
	carried := map[string]bool{}
	for _, o := range s.orders(till.OrderQuery{}) {
		order, err := s.Staff.Order(s.Ctx, o.ID)
		s.Must("Order", err)
		carried["shipping"] = carried["shipping"] || order.Delivery() != nil
		carried["cash"] = carried["cash"] || order.Cash() != nil
		carried["uses"] = carried["uses"] || len(order.Uses()) > 0
		carried["taxes"] = carried["taxes"] || len(order.Taxes()) > 1
		for _, d := range order.Discounts() {
			carried["a code"] = carried["a code"] || d.Code != ""
			carried["a discount of shipping"] = carried["a discount of shipping"] || d.OfShipping()
		}
		for _, l := range order.Lines() {
			carried["a gift"] = carried["a gift"] || l.Gift != ""
			carried["an exchange"] = carried["an exchange"] || l.Exchanged != nil
			carried["a group"] = carried["a group"] || l.Group != ""
			carried["an agreement"] = carried["an agreement"] || l.Agreed != nil
		}
	}
	for _, what := range []string{"shipping", "cash", "uses", "taxes", "a code", "a discount of shipping", "a gift", "an exchange", "a group", "an agreement"} {
		if !carried[what] {
			s.Stopf("no order carries %s: what follows would prove less", what)
		}
	}
}

// turn is one thing that becomes of a shop.
type turn struct {
	what string
	do   func() error
}

// changesOfEverything is all that can become of what an order was made from.
func (s *stand) changesOfEverything(customer *till.Customer) []turn {
	gbp := func(text string) money.Price { return money.MustParsePrice(text, money.GBP) }
	change := func(c till.PriceChange) func() error {
		return func() error { return s.Staff.ChangePrice(s.Ctx, "MUG", c) }
	}
	revise := func(sku till.SKU, f func(*till.Description)) func() error {
		return func() error {
			return s.Staff.ReviseProduct(s.Ctx, sku, func(d *till.Description) error { f(d); return nil })
		}
	}
	planned := s.Clock.instant().Add(100 * 24 * time.Hour)
	steps := []turn{
		{"a higher price", func() error { return s.Staff.SetPrice(s.Ctx, "MUG", "12.00") }},
		{"a lower price", func() error { return s.Staff.SetPrice(s.Ctx, "MUG", "0.01") }},
		{"a back-dated price", change(till.PriceChange{Price: gbp("7.00"), From: till.At(opening.Add(-time.Hour))})},
		{"a planned price", change(till.PriceChange{Price: gbp("20.00"), From: planned})},
		{"a planned price called off", change(till.PriceChange{Mark: till.Retract, From: planned})},
		{"a sale", change(till.PriceChange{Price: gbp("0.00"), Sale: true})},
		{"the end of the sale", change(till.PriceChange{Mark: till.Clear, Sale: true})},
		{"no price for many", change(till.PriceChange{Mark: till.Clear, MinQuantity: 10})},
		{"another rounding", func() error {
			return s.Staff.ChangeRules(s.Ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.HalfEven, Level: till.PerUnit}})
		}},
		{"a new name", revise("SHIRT-L", func(d *till.Description) { d.Words[""] = till.Words{Name: "Something else"} })},
		{"other options and values", revise("SHIRT-L", func(d *till.Description) {
			d.Options = []string{"Cut"}
			for i := range d.Variants {
				d.Variants[i].Values = []string{fmt.Sprint("cut ", i)}
			}
		})},
		{"a variant less", revise("SHIRT-S", func(d *till.Description) { d.Variants = d.Variants[:1] })},
		{"a new handle", revise("SHIRT-S", func(d *till.Description) { d.Handle = "blouse" })},
		{"an archived product", revise("MUG", func(d *till.Description) { d.Status = till.ProductArchived })},
	}
	steps = append(steps, s.changesOfRules(customer.Person())...)
	for _, sku := range []till.SKU{"SHIRT-S", "MUG", "SCREW", "STICKER"} {
		steps = append(steps, turn{"the end of " + string(sku), func() error { return s.Staff.DeleteProduct(s.Ctx, sku) }})
	}
	for _, sku := range []till.SKU{"SHIRT-S", "SHIRT-L", "MUG", "SCREW"} {
		for _, sale := range []bool{false, true} {
			steps = append(steps, turn{"no price for " + string(sku), func() error {
				return s.Staff.ChangePrice(s.Ctx, sku, till.PriceChange{Mark: till.Clear, Sale: sale})
			}})
		}
	}
	return append(steps,
		turn{"a new life of the account", func() error {
			return customer.ChangeProfile(s.Ctx, till.Contact{Name: "Ada Other", Billing: till.Address{Street: "2 Low Street", Country: "DE"}})
		}},
		turn{"a new e-mail address", func() error {
			return customer.ChangeEmail(s.Ctx, till.EmailChange{Email: "other@example.com", Password: "a sentence is a password"})
		}},
		turn{"maintenance", func() error { _, err := s.Shop.Maintain(s.Ctx); return err }},
	)
}

// hear runs the rule in a process of its own at a place and gives what it says.
func (e *Env) hear(place string) []told {
	e.Helper()
	var all []told
	for _, line := range e.listen(place) {
		e.Must("read what the other process says", json.Unmarshal([]byte(line), &all))
	}
	return all
}

// say tells the parent.
func (e *Env) say(v any) {
	body, err := json.Marshal(v)
	e.Must("say", err)
	fmt.Println(said + string(body))
}

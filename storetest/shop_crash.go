package storetest

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

var crashBattery = []Rule{{
	ID: "shop/crash", Needs: Durable,
	Sentence: "When the process is killed, every order that somebody was told of is there and whole, and none is there by half.",
	Why:      "a buyer was shown a number, then the machine stopped",
	Check:    crashShop,
}}

// placed is what a buyer was told of an order.
type placed struct{ ID, Number, Total, Token, Digest, Email string }

// sellers is how many buyers the child serves at once.
const sellers = 4

func crashShop(e *Env) {
	if place := e.childPlace(); place != "" {
		e.sellUntilKilled(place)
		return
	}
	place := e.Place()
	s := e.stand(place, newShopClock(), 1)
	s.product("MUG", "9.50", till.MaxQuantity)
	s.product("CUP", "2.00/3", till.MaxQuantity)
	e.Must("ChangeRules", s.Staff.ChangeRules(e.Ctx, till.RuleChange{Name: "welcome", Rule: till.Promotion{
		Label: "Welcome", If: till.Conditions{Code: "HELLO", FirstOrder: true}, Action: till.PercentOff(money.MustParsePercent("10")), Uses: 1 << 40, Each: 1,
	}}))
	e.Must("Close", s.Store.Close())
	var told []placed
	for round := range 2 + e.tries() {
		p := e.child(place)
		least := len(told) + []int{1, 5, 20}[round%3]
		var lines []string
		for line := range p.lines {
			if lines = append(lines, line); len(told)+len(lines) >= least {
				break
			}
		}
		for _, line := range append(lines, p.kill()...) {
			var o placed
			e.Must("read what the child says", json.Unmarshal([]byte(line), &o))
			told = append(told, o)
		}
		if len(told) < least {
			e.Fatalf("storetest: the child ended after %d orders: does the test that runs this rule stand alone with its name %q?", len(told), e.Name())
		}
		s = e.stand(place, newShopClock(), uint64(round)+2)
		s.survived(told)
		e.Must("Close", s.Store.Close())
	}
}

// survived checks a shop after a kill.
func (s *stand) survived(told []placed) {
	s.Helper()
	there := s.orders(till.OrderQuery{})
	if len(there) < len(told) {
		s.Failf("%d orders were acknowledged before the kill, %d are there", len(told), len(there))
	}
	for _, o := range there {
		contact, err := s.Staff.Contact(s.Ctx, o.Contact)
		s.Must("Contact", err)
		s.Equal("the contact of order "+o.Number, contact.Name, buyer.Name)
	}
	for _, o := range told {
		id, err := till.ParseID[till.Order](o.ID)
		s.Must("ParseID", err)
		order, err := s.Staff.Order(s.Ctx, id)
		s.Must("an order that was acknowledged", err)
		s.Equal("number and total of an order that was acknowledged", []string{order.Number(), order.Total().String()}, []string{o.Number, o.Total})
	}
	last := told[len(told)-1]
	contact := buyer
	contact.Email = last.Email
	s.Equal("claims of uses, two for each order", s.claimed(), 2*len(there))
	guest, err := s.Shop.Guest(s.Ctx, till.Token(last.Token))
	s.Must("the session of a buyer who was told", err)
	again, err := guest.Checkout(s.Ctx, till.CheckoutRequest{Key: last.Number, Accept: till.Digest(last.Digest), Contact: contact})
	if err == nil || again.Replayed() {
		s.Failf("a key that was not used answers with order %s, %v", again.Number(), err)
	}
	again, err = guest.Checkout(s.Ctx, till.CheckoutRequest{Key: "click", Accept: till.Digest(last.Digest), Contact: contact})
	s.Must("the key of an order that was acknowledged", err)
	s.Equal("its order", again.ID().String(), last.ID)
	s.reconciles()
}

// sellUntilKilled is the child: it sells and says so, until somebody kills it.
func (e *Env) sellUntilKilled(place string) {
	s := e.Open(place)
	shop, err := till.Open(e.Ctx, s, till.Options{Currency: money.GBP, Passwords: till.PasswordCost{KiB: 64, Passes: 1, Lanes: 1}})
	e.Must("open the shop", err)
	var say sync.Mutex
	together(sellers, func(int) {
		for {
			o, err := sellOne(e, shop)
			say.Lock()
			if err != nil {
				e.Failf("the child sells: %v", err)
				say.Unlock()
				return
			}
			body, _ := json.Marshal(o)
			fmt.Println(said + string(body))
			say.Unlock()
		}
	})
}

func sellOne(e *Env, shop *till.Shop) (placed, error) {
	guest, err := shop.NewGuest(e.Ctx)
	if err != nil {
		return placed{}, err
	}
	if err := guest.Add(e.Ctx, till.Item{SKU: "MUG", Quantity: 2}, till.Item{SKU: "CUP", Quantity: 5, Note: "red"}); err != nil {
		return placed{}, err
	}
	if err := guest.AddCode(e.Ctx, "hello"); err != nil {
		return placed{}, err
	}
	quote, err := guest.Quote(e.Ctx)
	if err != nil {
		return placed{}, err
	}
	contact := buyer
	contact.Email = guest.Person().String() + "@example.com"
	order, err := guest.Checkout(e.Ctx, till.CheckoutRequest{Key: "click", Accept: quote.Digest(), Contact: contact})
	return placed{order.ID().String(), order.Number(), order.Total().String(), string(guest.Token()), string(quote.Digest()), contact.Email}, err
}

package till_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/storetest"
)

// called gives what somebody orders by telephone, for a customer or for nobody with an
// account.
func called(person till.PersonID, lines ...till.DraftLine) till.DraftRequest {
	return till.DraftRequest{Customer: person, Lines: lines, Metadata: till.Metadata{"desk": "3"}}
}

// agreedOrder gives the request that agrees to what an order costs now.
func (s *stall) agreedOrder(order till.DraftRequest, key string) till.CheckoutRequest {
	s.Helper()
	quote, err := s.staff.QuoteOrder(s.ctx, order)
	s.must(err)
	return till.CheckoutRequest{Key: key, Accept: quote.Digest(), Seen: &quote}
}

// An order that is placed at once is what a draft with these lines would have become, in
// one commit, and nothing else is written before it or beside it.
func TestShellOrder(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		hook := &hookedStore{Store: db}
		s := newStall(t, hook)
		s.sells("MUG", "9.50", 10)
		s.sells("CUP", "2.00", 10)
		s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "AIR", Name: "Air", Price: "1", Stock: till.NotTracked}))
		s.leasesNumbers("CUP")
		customer := s.member("ada@example.com")
		s.must(customer.Add(s.ctx, till.Item{SKU: "CUP", Quantity: 1}))
		own, err := customer.Cart(s.ctx)
		s.must(err)

		desk := s.shop.Staff("telephone").Because("she called")
		first := lineFor("MUG", 2, "8.00", "a regular")
		first.Note = "blue, please"
		asked := called(customer.Person(), first, line("MUG", 1), line("AIR", 1), line("CUP", 3), line("MUG", 1))
		draft, err := desk.NewDraft(s.ctx, asked)
		s.must(err)
		drafted, err := draft.Quote(s.ctx)
		s.must(err)
		s.must(draft.Discard(s.ctx))

		before := s.dump()
		quote, err := desk.QuoteOrder(s.ctx, asked)
		s.must(err)
		s.same("the quote is that of the draft", quote.Digest(), drafted.Digest())
		r := till.CheckoutRequest{Key: "call", Accept: quote.Digest()}
		plan, err := desk.PlanOrder(s.ctx, asked, r)
		s.must(err)
		s.same("what PlanOrder would place", fmt.Sprint(plan.Order.Number(), " ", plan.Order.Total()), "plan 42.00 GBP")
		s.same("to quote and to plan keeps nothing", s.dump(), before)

		s.clock.pass(time.Minute)
		var order till.Order
		got := hook.counted(func() { order, err = desk.PlaceOrder(s.ctx, asked, r) })
		s.must(err)
		s.same("calls: receipt and account, contact, and the commit", got.String(), "1 Commit, 2 Get")
		var lines []string
		for _, l := range order.Lines() {
			agreed := ""
			if l.Agreed != nil {
				agreed = fmt.Sprintf(" %s: %s", l.Agreed.By, l.Agreed.Why)
			}
			lines = append(lines, fmt.Sprint(l.Quantity, " ", l.SKU, " ", l.Price, agreed))
		}
		s.same("the lines", lines, []string{"2 MUG 8.00 GBP telephone: a regular", "2 MUG 9.50 GBP", "1 AIR 1.00 GBP", "3 CUP 2.00 GBP"})
		s.same("the order", fmt.Sprint(order.Total(), " ", order.Verify(), " ", order.Person() == customer.Person(), " ", order.Metadata()["desk"], " ", order.Replayed()), "42.00 GBP <nil> true 3 false")
		for _, e := range order.Entries() {
			if !strings.Contains(string(e.Payload), `"by":"telephone"`) || !strings.Contains(string(e.Payload), `"note":"she called"`) {
				t.Errorf("entry %d is not signed: %s", e.N, e.Payload)
			}
		}
		s.same("stock", [][2]int64{s.stock("MUG"), s.stock("CUP")}, [][2]int64{{6, 4}, {5, 5}})
		now, err := customer.Cart(s.ctx)
		s.must(err)
		s.same("the customer's own cart", now.Lines(), own.Lines())
		confirmation, err := customer.Confirmation(s.ctx, order.ID())
		s.must(err)
		for _, word := range []string{"ada@example.com", "blue, please", order.Number()} {
			if !strings.Contains(confirmation.Text(), word) {
				t.Errorf("the confirmation does not say %q:\n%s", word, confirmation.Text())
			}
		}
		s.same("drafts", len(s.openDrafts()), 0)
		s.reconciles()
		s.sound()
	})
}

// The same request again is answered with the order as it was placed, whatever has become
// of the shop since. The same key for another request is refused; for another actor it
// is another key.
func TestShellOrderAgain(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 3)
		s.sells("CUP", "2.00", 3)
		person, other := s.member("ada@example.com").Person(), s.member("bob@example.com").Person()
		noted := lineFor("MUG", 2, "8.00", "a regular")
		noted.Note = "blue, please"
		asked := called(person, noted, line("CUP", 1))
		r := s.agreedOrder(asked, "call")
		order, err := s.staff.PlaceOrder(s.ctx, asked, r)
		s.must(err)

		s.must(s.staff.SetPrice(s.ctx, "CUP", "3.00"))
		s.must(s.staff.DeleteProduct(s.ctx, "MUG"))
		s.must(s.staff.DisableCustomer(s.ctx, person))
		again := stallAt(t, db, s.clock)
		before := s.dump()
		r.Seen = nil
		same, err := again.staff.Because("once more").PlaceOrder(s.ctx, asked, r)
		s.must(err)
		s.same("the same again", []any{same.ID(), same.Number(), same.Total(), same.Replayed()}, []any{order.ID(), order.Number(), order.Total(), true})
		for name, change := range map[string]func(*till.DraftRequest, *till.CheckoutRequest){
			"another customer": func(o *till.DraftRequest, _ *till.CheckoutRequest) { o.Customer = other },
			"nobody's account": func(o *till.DraftRequest, r *till.CheckoutRequest) {
				o.Customer, r.Contact = till.PersonID{}, stallBuyer
			},
			"another quantity": func(o *till.DraftRequest, _ *till.CheckoutRequest) { o.Lines[0].Quantity = 1 },
			"a line less":      func(o *till.DraftRequest, _ *till.CheckoutRequest) { o.Lines = o.Lines[:1] },
			"another price":    func(o *till.DraftRequest, _ *till.CheckoutRequest) { o.Lines[0].Agreed = nil },
			"another reason": func(o *till.DraftRequest, _ *till.CheckoutRequest) {
				o.Lines[0] = lineFor("MUG", 2, "8.00", "a scratch")
			},
			"another note":   func(o *till.DraftRequest, _ *till.CheckoutRequest) { o.Lines[0].Note = "green" },
			"no note":        func(o *till.DraftRequest, _ *till.CheckoutRequest) { o.Lines[0].Note = "" },
			"other metadata": func(o *till.DraftRequest, _ *till.CheckoutRequest) { o.Metadata = nil },
			"other line's words": func(o *till.DraftRequest, _ *till.CheckoutRequest) {
				o.Lines[1].Metadata = till.Metadata{"engrave": "A"}
			},
			"another digest":  func(_ *till.DraftRequest, r *till.CheckoutRequest) { r.Accept = till.Digest(strings.Repeat("0", 64)) },
			"another contact": func(_ *till.DraftRequest, r *till.CheckoutRequest) { r.Contact = stallBuyer },
		} {
			o, r := asked, r
			o.Lines = append([]till.DraftLine(nil), asked.Lines...)
			change(&o, &r)
			s.refuses(till.ErrExists, `"call"`, func() error { _, err := s.staff.PlaceOrder(s.ctx, o, r); return wrapped(name, err) })
		}
		s.same("the store after it", s.dump(), before)
		s.refuses(till.ErrConflict, "is disabled", func() error { _, err := s.shop.Staff("night").PlaceOrder(s.ctx, asked, r); return err })

		// Of an erased person nobody knows any more with which words it was made.
		s.must(s.staff.Erase(s.ctx, person))
		asked.Lines[0].Note, r.Contact = "green", till.Contact{}
		same, err = s.staff.PlaceOrder(s.ctx, asked, r)
		s.must(err)
		s.same("the order of the erased person", same.ID(), order.ID())
		if s.has("blue, please") {
			t.Error("the note is still there")
		}
		s.reconciles()
		s.sound()
	})
}

// An order for nobody with an account is for a person of its own, who can be erased.
func TestShellOrderForNobody(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		asked := called(till.PersonID{}, till.DraftLine{Item: till.Item{SKU: "MUG", Quantity: 1, Note: "kanarie"}})
		r := s.agreedOrder(asked, "one")
		s.refuses(till.ErrInvalid, "contact.name", func() error { _, err := s.staff.PlaceOrder(s.ctx, asked, r); return err })
		r.Contact = till.Contact{Name: "Bob Example", Email: "bob@example.com"}
		first, err := s.staff.PlaceOrder(s.ctx, asked, r)
		s.must(err)
		r.Key = "two"
		second, err := s.staff.PlaceOrder(s.ctx, asked, r)
		s.must(err)
		if first.Person() == second.Person() || first.Person().IsZero() {
			t.Errorf("the persons are %s and %s", first.Person(), second.Person())
		}
		s.must(s.staff.Erase(s.ctx, first.Person()))
		s.must(s.staff.Erase(s.ctx, second.Person()))
		if s.has("kanarie") || s.has("bob@example.com") {
			t.Error("words are still there")
		}
		s.reconciles()
		s.sound()
	})
}

// What is wrong with an order is refused and changes nothing.
func TestShellOrderRefuses(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		c := newCounter(t, db)
		c.buys(c.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click") // order numbers are leased
		asked := called(c.customer.Person(), line("MUG", 2))
		r := c.agreedOrder(asked, "call")
		for name, of := range map[string]struct {
			want error
			says string
			line till.DraftLine
		}{
			"an unknown SKU":                 {till.ErrNotFound, "NONE", line("NONE", 1)},
			"no price":                       {till.ErrUnavailable, "UNPRICED", line("UNPRICED", 1)},
			"an archived product, agreed":    {till.ErrUnavailable, "ARCHIVED", lineFor("ARCHIVED", 1, "1.00", "")},
			"a deleted product, agreed":      {till.ErrUnavailable, "DELETED", lineFor("DELETED", 1, "1.00", "")},
			"what is not listed, agreed":     {till.ErrUnavailable, "UNLISTED", lineFor("UNLISTED", 1, "1.00", "")},
			"a price below nothing":          {till.ErrInvalid, "lines[1].agreed.price", lineFor("MUG", 1, "-0.01", "")},
			"none of it":                     {till.ErrInvalid, "lines[1].quantity", line("MUG", 0)},
			"no SKU":                         {till.ErrInvalid, "lines[1].sku", line("", 1)},
			"a reason that is much too long": {till.ErrInvalid, "lines[1].agreed.why", lineFor("MUG", 1, "1.00", strings.Repeat("x", till.MaxNote+1))},
		} {
			t.Run(name, func(t *testing.T) {
				here := *c.stall
				here.TB = t
				asked := called(c.customer.Person(), line("MUG", 1), of.line)
				here.refuses(of.want, of.says, func() error { _, err := c.staff.QuoteOrder(c.ctx, asked); return err })
				want, says := of.want, of.says
				if want != till.ErrInvalid { // it does not cost what was accepted
					want, says = till.ErrConflict, "ask again"
				}
				here.refuses(want, says, func() error { _, err := c.staff.PlaceOrder(c.ctx, asked, r); return err })
			})
		}
		none := called(c.customer.Person())
		c.refuses(till.ErrInvalid, "empty", func() error { _, err := c.staff.PlaceOrder(c.ctx, none, c.agreedOrder(none, "call")); return err })
		short := called(c.customer.Person(), line("MUG", 100))
		c.refuses(till.ErrShort, "MUG", func() error {
			r := c.agreedOrder(short, "call")
			_, err := c.staff.PlanOrder(c.ctx, short, r)
			c.same("PlanOrder and PlaceOrder say the same", errors.Is(err, till.ErrShort), true)
			_, err = c.staff.PlaceOrder(c.ctx, short, r)
			return err
		})
		_, err := c.staff.PlaceOrder(c.ctx, asked, r) // what was refused has not used the key up
		c.must(err)
		_, err = c.staff.QuoteOrder(c.ctx, called(till.PersonID{}, lineFor("UNPRICED", 1, "0.00", "a present"))) // an agreed price needs none in the list
		c.must(err)
		c.reconciles()
	})
}

// Whatever moves between the quote and the placing, the order is not placed; an agreed
// price does not move with the list's.
func TestShellOrderDrifts(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*stall, till.PersonID) error
		want error
	}{
		"the price of the list":   {func(s *stall, _ till.PersonID) error { return s.staff.SetPrice(s.ctx, "CUP", "3.00") }, till.ErrConflict},
		"the price agreed beside": {func(s *stall, _ till.PersonID) error { return s.staff.SetPrice(s.ctx, "MUG", "99.00") }, till.ErrConflict},
		"what the article was":    {func(s *stall, _ till.PersonID) error { return s.staff.DeleteProduct(s.ctx, "MUG") }, till.ErrConflict},
		"the account":             {func(s *stall, p till.PersonID) error { return s.staff.DisableCustomer(s.ctx, p) }, till.ErrConflict},
		"the person":              {func(s *stall, p till.PersonID) error { return s.staff.Erase(s.ctx, p) }, till.ErrConflict},
		"the stock": {func(s *stall, _ till.PersonID) error {
			return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -9})
		}, till.ErrShort},
		"nothing of it": {func(s *stall, p till.PersonID) error {
			s.sells("POT", "1.00", 1)
			_, err := s.staff.NewDraft(s.ctx, called(p, line("POT", 1)))
			return err
		}, nil},
	} {
		for _, when := range []string{"before", "between"} {
			t.Run(name+" "+when, func(t *testing.T) {
				hook := &hookedStore{Store: memory.New()}
				s := newStall(t, hook)
				s.sells("MUG", "9.50", 10)
				s.sells("CUP", "2.00", 10)
				s.leasesNumbers("CUP")
				person := s.member("ada@example.com").Person()
				asked := called(person, lineFor("MUG", 2, "8.00", ""), line("CUP", 1))
				r := s.agreedOrder(asked, "call")
				r.Contact = stallBuyer
				var before []string
				happen := func() {
					s.must(c.do(s, person))
					before = s.dump()
				}
				if when == "before" {
					happen()
				} else {
					hook.between(happen)
				}
				_, err := s.staff.PlaceOrder(s.ctx, asked, r)
				if !errors.Is(err, c.want) {
					t.Fatalf("got %v, want %v", err, c.want)
				}
				if err != nil {
					s.same("the store", s.dump(), before)
				}
				s.reconciles()
			})
		}
	}
}

// A store may fail at any call: a retry with the same key comes to one order.
func TestShellOrderOverAFailingStore(t *testing.T) {
	for _, moment := range []storetest.Moment{storetest.Before, storetest.After} {
		faults := storetest.NewFaultInjector(memory.New())
		s := newStall(t, faults)
		s.sells("MUG", "9.50", 1000)
		person := s.member("ada@example.com").Person()
		for n := 1; ; n++ {
			s = stallAt(t, faults, s.clock) // which has no order numbers yet
			asked := called(person, line("MUG", 2))
			r := s.agreedOrder(asked, fmt.Sprint("call ", n))
			failed, err := failing(faults, n, moment, func() error { _, err := s.staff.PlaceOrder(s.ctx, asked, r); return err })
			if !failed {
				s.must(err)
				s.same("calls", n-1, 5)
				break
			}
			if !errors.Is(err, errFault) {
				t.Fatalf("moment %d, call %d: %v", moment, n, err)
			}
			order, err := s.staff.PlaceOrder(s.ctx, asked, r)
			s.must(err)
			twice, err := s.staff.PlaceOrder(s.ctx, asked, r)
			s.must(err)
			s.same("the order", []any{twice.ID(), twice.Replayed()}, []any{order.ID(), true})
			s.same("stock", s.stock("MUG"), [2]int64{1000 - 2*int64(n), 2 * int64(n)})
			s.reconciles()
		}
	}
}

// Of many who place one order at once, one does; the others get his order.
func TestShellOrderPlacedAtOnce(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 1000)
		person := s.member("ada@example.com").Person()
		for try := range 10 {
			asked := called(person, line("MUG", 3))
			r := s.agreedOrder(asked, fmt.Sprint("call ", try))
			orders := make([]till.Order, 8)
			for _, err := range atOnce(len(orders), func(i int) (err error) {
				orders[i], err = s.staff.PlaceOrder(s.ctx, asked, r)
				return err
			}) {
				s.must(err)
			}
			fresh := 0
			for _, order := range orders {
				s.same("the order", order.ID(), orders[0].ID())
				if !order.Replayed() {
					fresh++
				}
			}
			s.same("those who placed it", fresh, 1)
			s.same("stock", s.stock("MUG"), [2]int64{1000 - 3*int64(try+1), 3 * int64(try+1)})
		}
		s.reconciles()
	})
}

// A customer who is new has an account with the first order, in one commit: who is
// refused the order has none.
func TestShellOrderOfANewCustomer(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		hook := &hookedStore{Store: db}
		s := newStall(t, hook)
		s.sells("MUG", "9.50", 4)
		s.sells("CUP", "2.00", 10)
		for range 4 { // order numbers are leased
			s.buys(s.visitor(till.Item{SKU: "CUP", Quantity: 1}).Buyer, "click")
		}
		asked := called(till.PersonID{}, line("MUG", 2))
		asked.New = &till.NewCustomer{Contact: till.Contact{Name: "Ada Example", Email: "ada@example.com", Phone: "123"}, Metadata: till.Metadata{"from": "fair"}}
		r := s.agreedOrder(asked, "call")
		short := asked
		short.Lines = []till.DraftLine{line("MUG", 9)}
		s.refuses(till.ErrShort, "MUG", func() error { _, err := s.staff.PlaceOrder(s.ctx, short, s.agreedOrder(short, "call")); return err })

		var order till.Order
		var err error
		got := hook.counted(func() { order, err = s.staff.PlaceOrder(s.ctx, asked, r) })
		s.must(err)
		s.same("calls", got.String(), "1 Commit, 1 Get")
		page, err := s.staff.Customers(s.ctx, till.CustomerQuery{Email: "ada@example.com"})
		s.must(err)
		s.same("accounts", len(page.Items), 1)
		s.same("the account", []any{page.Items[0].ID(), page.Items[0].Status(), page.Items[0].Metadata()["from"]}, []any{order.Person(), till.AccountActive, "fair"})
		confirmation, err := s.staff.Confirmation(s.ctx, order.ID())
		s.must(err)
		s.same("the confirmation is theirs", strings.Contains(confirmation.Text(), "ada@example.com"), true)

		again, err := s.staff.PlaceOrder(s.ctx, asked, r)
		s.must(err)
		s.same("the same again", []any{again.ID(), again.Replayed()}, []any{order.ID(), true})
		other := asked
		for _, c := range []till.NewCustomer{
			{Contact: till.Contact{Name: "Ada Other", Email: "ada@example.com", Phone: "123"}, Metadata: till.Metadata{"from": "fair"}},
			{Contact: asked.New.Contact},
		} {
			other.New = &c
			s.refuses(till.ErrExists, `"call"`, func() error { _, err := s.staff.PlaceOrder(s.ctx, other, r); return err })
		}
		next := r
		next.Key = "another call"
		s.refuses(till.ErrExists, "e-mail address", func() error { _, err := s.staff.PlaceOrder(s.ctx, asked, next); return err })
		s.refuses(till.ErrExists, "e-mail address", func() error { _, err := s.staff.NewDraft(s.ctx, asked); return err })
		other = asked
		other.Customer = order.Person()
		s.refuses(till.ErrInvalid, "new: there is a Customer too", func() error { _, err := s.staff.QuoteOrder(s.ctx, other); return err })
		other.Customer, other.New = till.PersonID{}, &till.NewCustomer{Contact: till.Contact{Name: "Bob"}}
		s.refuses(till.ErrInvalid, "new.contact.email", func() error { _, err := s.staff.NewDraft(s.ctx, other); return err })

		other.New.Contact.Email = "bob@example.com"
		draft, err := s.staff.NewDraft(s.ctx, other)
		s.must(err)
		placed, err := draft.Place(s.ctx, s.agreedDraft(draft, "call"))
		s.must(err)
		s.same("whose it is", placed.Person(), draft.Person())
		s.must(s.staff.Erase(s.ctx, placed.Person()))
		if s.has("bob@example.com") {
			t.Error("words are still there")
		}
		s.reconciles()
		s.sound()
	})
}

// The same key for another new customer is another request, also where the order has a
// contact of its own.
func TestShellOrderOfAnotherNewCustomer(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 4)
	asked := called(till.PersonID{}, line("MUG", 2))
	asked.New = &till.NewCustomer{Contact: till.Contact{Name: "Ada Example", Email: "ada@example.com"}}
	r := s.agreedOrder(asked, "call")
	r.Contact = till.Contact{Name: "Aunt Example", Email: "aunt@example.com"}
	_, err := s.staff.PlaceOrder(s.ctx, asked, r)
	s.must(err)
	asked.New = &till.NewCustomer{Contact: till.Contact{Name: "Bob Example", Email: "bob@example.com"}}
	s.refuses(till.ErrExists, `"call"`, func() error { _, err := s.staff.PlaceOrder(s.ctx, asked, r); return err })
}

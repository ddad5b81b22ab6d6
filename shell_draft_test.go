package till_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/storetest"
)

// line is a line at the price of the list, for is one at an agreed price.
func line(sku till.SKU, quantity int64) till.DraftLine {
	return till.DraftLine{Item: till.Item{SKU: sku, Quantity: quantity}}
}

func lineFor(sku till.SKU, quantity int64, price, why string) till.DraftLine {
	l := line(sku, quantity)
	l.Agreed = &till.AgreedPrice{Price: money.MustParsePrice(price, money.GBP), Why: why}
	return l
}

// drafts begins a draft order.
func (s *stall) drafts(person till.PersonID, lines ...till.DraftLine) *till.DraftOrder {
	s.Helper()
	draft, err := s.staff.NewDraft(s.ctx, till.DraftRequest{Customer: person, Lines: lines})
	s.must(err)
	return draft
}

// leasesNumbers sells some of an article, so that the next order finds a number leased.
func (s *stall) leasesNumbers(sku till.SKU) {
	s.Helper()
	for range 2 {
		s.buys(s.visitor(till.Item{SKU: sku, Quantity: 1}).Buyer, "click")
	}
}

// agreedDraft gives the request that agrees to what a draft costs now, for a customer.
func (s *stall) agreedDraft(d *till.DraftOrder, key string) till.CheckoutRequest {
	s.Helper()
	quote, err := d.Quote(s.ctx)
	s.must(err)
	return till.CheckoutRequest{Key: key, Accept: quote.Digest(), Seen: &quote}
}

// openDrafts gives the drafts that are listed.
func (s *stall) openDrafts() []string {
	s.Helper()
	var all []string
	for d, err := range till.All(till.PageRequest{Limit: 2}, func(r till.PageRequest) (till.Page[till.DraftSummary], error) { return s.staff.Drafts(s.ctx, r) }) {
		s.must(err)
		all = append(all, fmt.Sprintf("%s %s %q %d", d.Ref, d.By, d.Note, d.Lines))
	}
	return all
}

// A draft becomes an order of the customer's with the prices that were agreed; it is
// the draft's cart that is spent, not the customer's own.
func TestShellDraft(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		s.sells("CUP", "2.00", 10)
		s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "AIR", Name: "Air", Price: "1", Stock: till.NotTracked}))
		customer := s.member("ada@example.com")
		s.must(customer.Add(s.ctx, till.Item{SKU: "CUP", Quantity: 1, Note: "mine"}))
		own, err := customer.Cart(s.ctx)
		s.must(err)

		desk := s.shop.Staff("telephone").Because("she called")
		first := lineFor("MUG", 2, "8.00", "a regular")
		first.Note = "blue, please"
		draft, err := desk.NewDraft(s.ctx, till.DraftRequest{Customer: customer.Person(), Lines: []till.DraftLine{first, line("MUG", 1), line("AIR", 1)}, Metadata: till.Metadata{"desk": "3"}})
		s.must(err)
		s.clock.pass(time.Minute)
		s.must(draft.Add(s.ctx, line("CUP", 4), line("MUG", 1)))
		s.must(draft.Set(s.ctx, 4, 3))
		s.must(draft.Remove(s.ctx, 3))
		s.same("the list", s.openDrafts(), []string{draft.Ref().String() + ` telephone "she called" 3`})
		again, err := till.ParseDraftRef(draft.Ref().String())
		s.must(err)
		s.same("the reference, read again", again == draft.Ref(), true)

		r := s.agreedDraft(draft, "call")
		before := s.dump()
		plan, err := draft.Plan(s.ctx, r)
		s.must(err)
		s.same("Plan commits nothing", s.dump(), before)
		s.same("what Plan would place", fmt.Sprint(plan.Order.Number(), " ", plan.Order.Total()), "plan 41.00 GBP")

		s.clock.pass(time.Minute)
		order, err := draft.Place(s.ctx, r)
		s.must(err)
		var lines []string
		for _, l := range order.Lines() {
			agreed := ""
			if l.Agreed != nil {
				agreed = fmt.Sprintf(" %s: %s", l.Agreed.By, l.Agreed.Why)
			}
			lines = append(lines, fmt.Sprint(l.Quantity, " ", l.SKU, " ", l.Price, " of ", l.Base, agreed))
		}
		s.same("the lines", lines, []string{"2 MUG 8.00 GBP of 9.50 GBP telephone: a regular", "2 MUG 9.50 GBP of 9.50 GBP", "3 CUP 2.00 GBP of 2.00 GBP"})
		s.same("the order", fmt.Sprint(order.Total(), " ", order.Verify(), " ", order.Person() == customer.Person(), " ", order.Metadata()["desk"]), "41.00 GBP <nil> true 3")
		for _, e := range order.Entries() {
			if !strings.Contains(string(e.Payload), `"by":"telephone"`) || !strings.Contains(string(e.Payload), `"note":"she called"`) {
				t.Errorf("entry %d is not signed: %s", e.N, e.Payload)
			}
		}
		s.same("stock", [][2]int64{s.stock("MUG"), s.stock("CUP")}, [][2]int64{{6, 4}, {7, 3}})
		now, err := customer.Cart(s.ctx)
		s.must(err)
		s.same("the customer's own cart", now.Lines(), own.Lines())
		page, err := customer.Orders(s.ctx, till.PageRequest{})
		s.must(err)
		s.same("the customer's orders", len(page.Items), 1)
		theirs, err := customer.Order(s.ctx, order.ID())
		s.must(err)
		s.same("the order, by the customer", theirs.Total().String(), "41.00 GBP")
		confirmation, err := customer.Confirmation(s.ctx, order.ID())
		s.must(err)
		for _, word := range []string{"ada@example.com", "blue, please", order.Number()} {
			if !strings.Contains(confirmation.Text(), word) {
				t.Errorf("the confirmation does not say %q:\n%s", word, confirmation.Text())
			}
		}
		messages, err := s.staff.Messages(s.ctx, till.PageRequest{})
		s.must(err)
		s.same("messages", len(messages.Items), 1)
		s.same("drafts that are open", len(s.openDrafts()), 0)
		s.reconciles()

		// It was placed once, whoever asks.
		found, err := s.staff.Draft(s.ctx, draft.Ref())
		s.must(err)
		before = s.dump()
		for _, d := range []*till.DraftOrder{draft, found} {
			same, err := d.Place(s.ctx, r)
			s.must(err)
			s.same("the same again", []any{same.ID(), same.Number(), same.Replayed()}, []any{order.ID(), order.Number(), true})
		}
		s.same("the store after repetitions", s.dump(), before)
		other := r
		other.Accept, other.Seen = till.Digest(strings.Repeat("0", 64)), nil
		s.refuses(till.ErrExists, `"call"`, func() error { _, err := found.Place(s.ctx, other); return err })
		other = r
		other.Contact = stallBuyer
		s.refuses(till.ErrExists, `"call"`, func() error { _, err := found.Place(s.ctx, other); return err })
		other = r
		other.Key = "another"
		for name, do := range map[string]func() error{
			"Place":       func() error { _, err := found.Place(s.ctx, other); return err },
			"Plan":        func() error { _, err := found.Plan(s.ctx, r); return err },
			"Cart":        func() error { _, err := found.Cart(s.ctx); return err },
			"Quote":       func() error { _, err := found.Quote(s.ctx); return err },
			"Add":         func() error { return found.Add(s.ctx, line("MUG", 1)) },
			"Set":         func() error { return found.Set(s.ctx, 1, 1) },
			"Remove":      func() error { return found.Remove(s.ctx, 1) },
			"SetMetadata": func() error { return found.SetMetadata(s.ctx, nil) },
			"Discard":     func() error { return found.Discard(s.ctx) },
		} {
			s.refuses(till.ErrConflict, "is placed", func() error { return wrapped(name, do()) })
		}
		s.clock.pass(365 * 24 * time.Hour)
		_, err = s.shop.Maintain(s.ctx)
		s.must(err)
		s.refuses(till.ErrNotFound, "draft", func() error { _, err := s.staff.Draft(s.ctx, draft.Ref()); return err })
	})
}

// A draft for nobody with an account is for a person of its own, who can be erased.
func TestShellDraftForNobody(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		empty := s.drafts(till.PersonID{})
		s.refuses(till.ErrInvalid, "empty", func() error { _, err := empty.Place(s.ctx, s.agreedDraft(empty, "call")); return err })
		draft := s.drafts(till.PersonID{}, line("MUG", 1))
		if draft.Person() == empty.Person() || draft.Person().IsZero() {
			t.Errorf("the persons are %s and %s", draft.Person(), empty.Person())
		}
		r := s.agreedDraft(draft, "call")
		s.refuses(till.ErrInvalid, "contact.name", func() error { _, err := draft.Place(s.ctx, r); return err })
		r.Contact = till.Contact{Name: "Bob Example", Email: "bob@example.com"}
		order, err := draft.Place(s.ctx, r)
		s.must(err)
		s.same("whose it is", order.Person() == draft.Person(), true)

		said := s.drafts(till.PersonID{}, till.DraftLine{Item: till.Item{SKU: "MUG", Quantity: 1, Note: "kanarie"}})
		s.must(s.staff.Erase(s.ctx, draft.Person()))
		s.must(s.staff.Erase(s.ctx, said.Person()))
		if s.has("kanarie") || s.has("bob@example.com") {
			t.Error("words are still there")
		}
		s.refuses(till.ErrNotFound, said.Ref().String(), func() error { return said.Add(s.ctx, line("MUG", 1)) })
		s.refuses(till.ErrNotFound, said.Ref().String(), func() error { _, err := s.staff.Draft(s.ctx, said.Ref()); return err })
		r.Contact = stallBuyer // nobody knows any more with which words it was made
		replayed, err := draft.Place(s.ctx, r)
		s.must(err)
		s.same("the order after it", replayed.ID(), order.ID())
		s.must(empty.Discard(s.ctx))
		s.must(empty.Discard(s.ctx))
		s.same("drafts that are open", len(s.openDrafts()), 0)
		s.reconciles()
	})
}

// Drafts are for accounts that are active, when they begin and when they are placed.
func TestShellDraftOfAccounts(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		shut, erased := s.member("shut@example.com"), s.member("erased@example.com")
		draft := s.drafts(shut.Person(), line("MUG", 1))
		r := s.agreedDraft(draft, "call")
		lost := s.drafts(erased.Person(), line("MUG", 1))
		lostRequest := s.agreedDraft(lost, "call")
		s.must(s.staff.DisableCustomer(s.ctx, shut.Person()))
		s.must(s.staff.Erase(s.ctx, erased.Person()))
		for state, person := range map[string]till.PersonID{"disabled": shut.Person(), "erased": erased.Person()} {
			s.refuses(till.ErrConflict, state, func() error {
				_, err := s.staff.NewDraft(s.ctx, till.DraftRequest{Customer: person})
				return err
			})
		}
		s.refuses(till.ErrConflict, "disabled", func() error { _, err := draft.Place(s.ctx, r); return err })
		s.refuses(till.ErrConflict, "disabled", func() error { _, err := draft.Plan(s.ctx, r); return err })
		s.refuses(till.ErrNotFound, "draft", func() error { _, err := lost.Place(s.ctx, lostRequest); return err })
		s.must(draft.Set(s.ctx, 1, 2)) // it can be worked on
		s.must(s.staff.EnableCustomer(s.ctx, shut.Person()))
		_, err := draft.Place(s.ctx, s.agreedDraft(draft, "call"))
		s.must(err)
		s.reconciles()
	})
}

// What is wrong with a draft is refused and changes nothing.
func TestShellDraftRefuses(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		c := newCounter(t, db)
		c.buys(c.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click") // order numbers are leased
		draft := c.drafts(c.customer.Person(), line("MUG", 2))
		r := c.agreedDraft(draft, "call")
		many := make([]till.DraftLine, till.MaxLines)
		for i := range many {
			many[i] = line("MUG", 1)
			many[i].Apart = true
		}
		begin := func(r till.DraftRequest) func() error {
			return func() error { _, err := c.staff.NewDraft(c.ctx, r); return err }
		}
		place := func(change func(*till.CheckoutRequest)) func() error {
			return func() error {
				r := r
				change(&r)
				_, err := draft.Place(c.ctx, r)
				return err
			}
		}
		find := func(ref till.DraftRef) func() error {
			return func() error { _, err := c.staff.Draft(c.ctx, ref); return err }
		}
		euro := lineFor("MUG", 1, "1.00", "")
		euro.Agreed.Price = money.MustParsePrice("1.00", money.EUR)
		type row struct {
			name string
			want error
			says string
			do   func() error
		}
		rows := []row{
			{"no actor", till.ErrInvalid, "actor", func() error { _, err := c.shop.Staff("").NewDraft(c.ctx, till.DraftRequest{}); return err }},
			{"a note too long", till.ErrInvalid, "note", func() error {
				_, err := c.staff.Because(strings.Repeat("x", till.MaxNote+1)).NewDraft(c.ctx, till.DraftRequest{})
				return err
			}},
			{"an account that is not there", till.ErrNotFound, "account", begin(till.DraftRequest{Customer: c.guest.Person()})},
			{"too much metadata", till.ErrInvalid, "metadata.k", begin(till.DraftRequest{Metadata: till.Metadata{"k": strings.Repeat("x", till.MaxMetadataValue+1)}})},
			{"no draft's reference", till.ErrNotFound, "draft", find(till.DraftRef{})},
			{"another person's draft", till.ErrNotFound, "draft", find(till.DraftRef{Person: c.guest.Person(), ID: draft.Ref().ID})},
			{"set to none", till.ErrInvalid, "quantity", func() error { return draft.Set(c.ctx, 1, 0) }},
			{"set a line that is not there", till.ErrNotFound, `line "7"`, func() error { return draft.Set(c.ctx, 7, 1) }},
			{"remove a line that is not there", till.ErrNotFound, `line "2"`, func() error { return draft.Remove(c.ctx, 1, 2) }},
			{"no key", till.ErrInvalid, "key", place(func(r *till.CheckoutRequest) { r.Key = "" })},
			{"no digest", till.ErrInvalid, "accept", place(func(r *till.CheckoutRequest) { r.Accept = "" })},
			{"another digest", till.ErrConflict, "ask again", place(func(r *till.CheckoutRequest) { r.Accept, r.Seen = till.Digest(strings.Repeat("0", 64)), nil })},
			{"half a contact", till.ErrInvalid, "contact.email", place(func(r *till.CheckoutRequest) { r.Contact = till.Contact{Name: "Ada"} })},
			{"no actor who places it", till.ErrInvalid, "actor", func() error {
				d, err := c.shop.Staff("").Draft(c.ctx, draft.Ref())
				if err == nil {
					_, err = d.Place(c.ctx, r)
				}
				return err
			}},
		}
		for _, l := range []struct {
			name string
			want error
			says string
			line till.DraftLine
		}{
			{"no SKU", till.ErrInvalid, "lines[1].sku", line("", 1)},
			{"none", till.ErrInvalid, "lines[1].quantity", line("MUG", 0)},
			{"too many", till.ErrInvalid, "lines[1].quantity", line("MUG", till.MaxQuantity+1)},
			{"a note too long", till.ErrInvalid, "lines[1].note", till.DraftLine{Item: till.Item{SKU: "MUG", Quantity: 1, Note: strings.Repeat("x", till.MaxNote+1)}}},
			{"an unknown SKU", till.ErrNotFound, "NONE", line("NONE", 1)},
			{"no price", till.ErrUnavailable, "UNPRICED", line("UNPRICED", 1)},
			{"an archived product, agreed", till.ErrUnavailable, "ARCHIVED", lineFor("ARCHIVED", 1, "1.00", "")},
			{"a deleted product, agreed", till.ErrUnavailable, "DELETED", lineFor("DELETED", 1, "1.00", "")},
			{"what is not listed, agreed", till.ErrUnavailable, "UNLISTED", lineFor("UNLISTED", 1, "1.00", "")},
			{"a price in another currency", till.ErrInvalid, "lines[1].agreed.price", euro},
			{"a price below nothing", till.ErrInvalid, "lines[1].agreed.price", lineFor("MUG", 1, "-0.01", "")},
			{"a reason too long", till.ErrInvalid, "lines[1].agreed.why", lineFor("MUG", 1, "1.00", strings.Repeat("x", till.MaxNote+1))},
		} {
			lines := []till.DraftLine{line("MUG", 1), l.line}
			rows = append(rows,
				row{"begin with " + l.name, l.want, l.says, begin(till.DraftRequest{Lines: lines})},
				row{"add " + l.name, l.want, l.says, func() error { return draft.Add(c.ctx, lines...) }})
		}
		rows = append(rows,
			row{"begin with too many lines", till.ErrInvalid, "lines", begin(till.DraftRequest{Lines: append(many, many...)})},
			row{"add too many lines", till.ErrInvalid, "lines", func() error { return draft.Add(c.ctx, many...) }})
		for _, r := range rows {
			t.Run(r.name, func(t *testing.T) {
				here := *c.stall
				here.TB = t
				here.refuses(r.want, r.says, r.do)
			})
		}
		for _, bad := range []string{"", "/", draft.Person().String(), draft.Ref().String() + "/", strings.ToUpper(draft.Ref().String()), draft.Ref().String() + "x"} {
			if ref, err := till.ParseDraftRef(bad); !errors.Is(err, till.ErrInvalid) || ref != (till.DraftRef{}) {
				t.Errorf("%q was read as %v: %v", bad, ref, err)
			}
		}
		c.must(draft.Add(c.ctx, lineFor("UNPRICED", 1, "0.00", "a present"))) // an agreed price needs none in the list
		short := c.drafts(till.PersonID{}, line("MUG", 100))
		c.refuses(till.ErrShort, "MUG", func() error {
			r := c.agreedDraft(short, "call")
			r.Contact = stallBuyer
			_, err := short.Plan(c.ctx, r)
			c.same("Plan and Place say the same", errors.Is(err, till.ErrShort), true)
			_, err = short.Place(c.ctx, r)
			return err
		})
		c.reconciles()
	})
}

// Whatever moves between the quote and the placing, the order is not placed; an agreed
// price does not move with the list's.
func TestShellDraftDrifts(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*stall, *till.DraftOrder) error
		want error
	}{
		"a line more":             {func(s *stall, d *till.DraftOrder) error { return d.Add(s.ctx, line("MUG", 1)) }, till.ErrConflict},
		"another quantity":        {func(s *stall, d *till.DraftOrder) error { return d.Set(s.ctx, 1, 3) }, till.ErrConflict},
		"the price of the list":   {func(s *stall, _ *till.DraftOrder) error { return s.staff.SetPrice(s.ctx, "CUP", "3.00") }, till.ErrConflict},
		"what the article was":    {func(s *stall, _ *till.DraftOrder) error { return s.staff.DeleteProduct(s.ctx, "MUG") }, till.ErrConflict},
		"the account":             {func(s *stall, d *till.DraftOrder) error { return s.staff.DisableCustomer(s.ctx, d.Person()) }, till.ErrConflict},
		"the person":              {func(s *stall, d *till.DraftOrder) error { return s.staff.Erase(s.ctx, d.Person()) }, till.ErrNotFound},
		"the draft, discarded":    {func(s *stall, d *till.DraftOrder) error { return d.Discard(s.ctx) }, till.ErrNotFound},
		"the price agreed beside": {func(s *stall, _ *till.DraftOrder) error { return s.staff.SetPrice(s.ctx, "MUG", "99.00") }, till.ErrConflict},
		"the stock": {func(s *stall, _ *till.DraftOrder) error {
			return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -9})
		}, till.ErrShort},
		"nothing of it": {func(s *stall, d *till.DraftOrder) error {
			s.sells("POT", "1.00", 1)
			_, err := s.staff.NewDraft(s.ctx, till.DraftRequest{Customer: d.Person(), Lines: []till.DraftLine{line("POT", 1)}})
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
				draft := s.drafts(s.member("ada@example.com").Person(), lineFor("MUG", 2, "8.00", ""), line("CUP", 1))
				r := s.agreedDraft(draft, "call")
				r.Contact = stallBuyer
				var before []string
				happen := func() {
					s.must(c.do(s, draft))
					before = s.dump()
				}
				if when == "before" {
					happen()
				} else {
					hook.between(happen)
				}
				_, err := draft.Place(s.ctx, r)
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

// Of many who place one draft at once, one does; the others get his order, or are told
// that it is placed.
func TestShellDraftPlacedAtOnce(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 1000)
		person := s.member("ada@example.com").Person()
		for try := range 10 {
			draft := s.drafts(person, line("MUG", 3))
			r := s.agreedDraft(draft, "call")
			orders := make([]till.Order, 8)
			keys := 1 + try%2 // one key for all, or two
			errs := atOnce(len(orders), func(i int) error {
				mine, err := s.shop.Staff(till.Actor(fmt.Sprint("desk ", i))).Draft(s.ctx, draft.Ref())
				if err != nil {
					return err
				}
				r := r
				r.Key = fmt.Sprint("call", i%keys)
				orders[i], err = mine.Place(s.ctx, r)
				return err
			})
			made, fresh := map[till.OrderID]int{}, 0
			for i, err := range errs {
				var placed *till.StateError
				switch {
				case err == nil:
					if made[orders[i].ID()]++; !orders[i].Replayed() {
						fresh++
					}
				case keys == 1 || !errors.As(err, &placed) || placed.State != "placed":
					t.Errorf("with %d keys: %v", keys, err)
				}
			}
			s.same("orders, and those who placed one", []int{len(made), fresh}, []int{1, 1})
			s.same("stock", s.stock("MUG"), [2]int64{1000 - 3*int64(try+1), 3 * int64(try+1)})
		}
		s.reconciles()
	})
}

// Who finds the draft gone because the same request was faster gets its order.
func TestShellDraftPlacedMeanwhile(t *testing.T) {
	hook := &hookedStore{Store: memory.New()}
	s := newStall(t, hook)
	s.sells("MUG", "9.50", 10)
	draft := s.drafts(s.member("ada@example.com").Person(), line("MUG", 3))
	r := s.agreedDraft(draft, "call")
	var first till.Order
	hook.before = func(op string) error { // the key was looked for, the draft was not
		if op == "Get" {
			hook.before = nil
			var err error
			first, err = draft.Place(s.ctx, r)
			return err
		}
		return nil
	}
	second, err := draft.Place(s.ctx, r)
	s.must(err)
	s.same("the order", []any{second.ID(), second.Replayed()}, []any{first.ID(), true})
	s.reconciles()
}

// A draft of many lines is one commit to begin and one to place, with few reads.
func TestShellLongDraft(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		hook := &hookedStore{Store: db}
		s := newStall(t, hook)
		var lines []till.DraftLine
		for i := range 600 {
			sku := till.SKU(fmt.Sprintf("SKU-%04d", i))
			s.sells(sku, "0.03", 5)
			lines = append(lines, lineFor(sku, 2, "0.02", "in bulk"))
		}
		s.leasesNumbers("SKU-0000")
		calls := map[string]int{}
		hook.before = func(op string) error { calls[op]++; return nil }
		draft := s.drafts(till.PersonID{}, lines...)
		s.same("commits that begin it", calls["Commit"], 1)
		s.same("reads", calls["Get"] <= 4, true)
		r := s.agreedDraft(draft, "call")
		r.Contact = stallBuyer
		hook.before = nil
		clear(calls)
		hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			s.same("changes", len(set.Changes), 5+600)
			return db.Commit(ctx, set)
		}
		hook.before = func(op string) error { calls[op]++; return nil }
		order, err := draft.Place(s.ctx, r)
		hook.before, hook.commit = nil, nil
		s.must(err)
		s.same("calls that place it", fmt.Sprint(calls["Commit"], calls["Get"] <= 4), "1 true")
		s.same("total", order.Total().String(), "24.00 GBP")
		s.same("stock of the last", s.stock("SKU-0599"), [2]int64{3, 2})
	})
}

// A store may fail at any call: a retry with the same key comes to one order.
func TestShellDraftOverAFailingStore(t *testing.T) {
	for _, moment := range []storetest.Moment{storetest.Before, storetest.After} {
		faults := storetest.NewFaultInjector(memory.New())
		s := newStall(t, faults)
		s.sells("MUG", "9.50", 1000)
		person := s.member("ada@example.com").Person()
		for n := 1; ; n++ {
			s = stallAt(t, faults, s.clock) // which has no order numbers yet
			draft := s.drafts(person, line("MUG", 2))
			r := s.agreedDraft(draft, "call")
			failed, err := failing(faults, n, moment, func() error { _, err := draft.Place(s.ctx, r); return err })
			if !failed {
				s.must(err)
				s.same("calls", n-1, 5)
				break
			}
			if !errors.Is(err, errFault) {
				t.Fatalf("moment %d, call %d: %v", moment, n, err)
			}
			again, err := s.staff.Draft(s.ctx, draft.Ref())
			s.must(err)
			order, err := again.Place(s.ctx, r)
			s.must(err)
			twice, err := again.Place(s.ctx, r)
			s.must(err)
			s.same("the order", []any{twice.ID(), twice.Replayed()}, []any{order.ID(), true})
			s.same("stock", s.stock("MUG"), [2]int64{1000 - 2*int64(n), 2 * int64(n)})
			s.reconciles()
		}
	}
}

// A shop that was made before there were drafts is opened as it is.
func TestShellOpensAShopWithoutDrafts(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		old := till.Schema()
		old.Version = 1
		var families []store.Family
		for _, f := range old.Families {
			if f.Name != "drafts" {
				families = append(families, f)
			}
		}
		old.Families = families
		if err := db.Prepare(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		s.drafts(till.PersonID{}, line("MUG", 1))
		s.same("drafts that are open", len(s.openDrafts()), 1)
		if err := db.Prepare(t.Context(), old); !errors.Is(err, till.ErrUnsupported) {
			t.Errorf("an older program opens it: %v", err)
		}
	})
}

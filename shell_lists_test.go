package till_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
)

// Orders are found by number, e-mail address, person, article, status and day, page by
// page and either way round.
func TestShellOrderLists(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 1000)
		s.sells("CUP", "2.00", 1000)
		customer, guest := s.member("ada@example.com"), s.visitor()
		from := s.clock.instant()
		for i := range 12 {
			b, sku := customer.Buyer, till.SKU("MUG")
			if i%3 == 1 {
				b = guest.Buyer
			}
			if i%2 == 1 {
				sku = "CUP"
			}
			s.must(b.Add(s.ctx, till.Item{SKU: sku, Quantity: 1}))
			r := s.agreed(b, fmt.Sprint("click", i))
			if i == 4 {
				r.Contact.Email = "Other@Example.com"
			}
			_, err := b.Checkout(s.ctx, r)
			s.must(err)
			s.clock.pass(12 * time.Hour)
		}
		numbers := func(q till.OrderQuery) []string {
			t.Helper()
			var all []string
			for _, limit := range []int{1, 5, 1000} {
				q.Limit = limit
				var some []string
				for o, err := range till.All(q.PageRequest, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
					q.PageRequest = r
					return s.staff.Orders(s.ctx, q)
				}) {
					s.must(err)
					some = append(some, o.Number)
				}
				q.PageRequest = till.PageRequest{Desc: q.Desc}
				if all != nil {
					s.same(fmt.Sprintf("in pages of %d", limit), some, all)
				}
				all = some
			}
			return all
		}
		number := func(indexes ...int) []string {
			var all []string
			for _, i := range indexes {
				all = append(all, fmt.Sprint(1001+i))
			}
			return all
		}
		every := number(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
		down := slices.Clone(every)
		slices.Reverse(down)
		for name, c := range map[string]struct {
			q    till.OrderQuery
			want []string
		}{
			"all":                  {till.OrderQuery{}, every},
			"from the newest down": {till.OrderQuery{PageRequest: till.PageRequest{Desc: true}}, down},
			"by number":            {till.OrderQuery{Number: "1005"}, number(4)},
			"by no number":         {till.OrderQuery{Number: "7"}, nil},
			"by e-mail":            {till.OrderQuery{Email: "OTHER@example.COM"}, number(4)},
			"by no e-mail":         {till.OrderQuery{Email: "eve@example.com"}, nil},
			"by person":            {till.OrderQuery{Person: guest.Person()}, number(1, 4, 7, 10)},
			"by article":           {till.OrderQuery{SKU: "CUP"}, number(1, 3, 5, 7, 9, 11)},
			"by status":            {till.OrderQuery{Status: till.OrderPlaced}, every},
			"by another status":    {till.OrderQuery{Status: till.OrderOpened}, nil},
			"by a status of none":  {till.OrderQuery{Status: till.OrderOpened}, nil},
			"by article and day":   {till.OrderQuery{SKU: "CUP", From: from.Add(24 * time.Hour), To: from.Add(72 * time.Hour)}, number(3, 5)},
			"by person and status": {till.OrderQuery{Person: guest.Person(), Status: till.OrderOpened}, nil},
			"of a day":             {till.OrderQuery{From: from.Add(24 * time.Hour), To: from.Add(48 * time.Hour)}, number(2, 3)},
			"of a day and status":  {till.OrderQuery{Status: till.OrderPlaced, From: from.Add(24 * time.Hour), To: from.Add(48 * time.Hour)}, number(2, 3)},
			"since":                {till.OrderQuery{From: from.Add(120 * time.Hour)}, number(10, 11)},
		} {
			s.same(name, numbers(c.q), c.want)
		}
		byEmail := numbers(till.OrderQuery{Email: "ada@example.com"})
		slices.Sort(byEmail)
		s.same("by e-mail", byEmail, number(0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11))
		page, err := customer.Orders(s.ctx, till.PageRequest{Desc: true, Limit: 2})
		s.must(err)
		s.same("a customer's newest", []string{page.Items[0].Number, page.Items[1].Number}, number(11, 9))

		messages, err := s.staff.Messages(s.ctx, till.PageRequest{Limit: 3})
		s.must(err)
		s.same("messages due first", []any{len(messages.Items), messages.Items[0].Due, messages.Next != ""}, []any{3, from, true})
		s.must(s.staff.Erase(s.ctx, guest.Person()))
		s.same("by the e-mail of an erased person", numbers(till.OrderQuery{Email: "other@example.com"}), []string(nil))
		s.same("by the erased person", numbers(till.OrderQuery{Person: guest.Person()}), number(1, 4, 7, 10))
	})
}

func TestShellCustomerLists(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		var people []till.PersonID
		for i := range 5 {
			people = append(people, s.member(fmt.Sprintf("ada%d@example.com", i)).Person())
			s.clock.pass(time.Hour)
		}
		s.must(s.staff.DisableCustomer(s.ctx, people[1]))
		s.must(s.staff.Erase(s.ctx, people[3]))
		list := func(q till.CustomerQuery) []till.PersonID {
			t.Helper()
			page, err := s.staff.Customers(s.ctx, q)
			s.must(err)
			var ids []till.PersonID
			for _, a := range page.Items {
				ids = append(ids, a.ID())
			}
			return ids
		}
		p := people
		s.same("all", list(till.CustomerQuery{}), p)
		s.same("newest", list(till.CustomerQuery{PageRequest: till.PageRequest{Desc: true, Limit: 2}}), []till.PersonID{p[4], p[3]})
		s.same("active", list(till.CustomerQuery{Status: till.AccountActive}), []till.PersonID{p[0], p[2], p[4]})
		s.same("disabled", list(till.CustomerQuery{Status: till.AccountDisabled}), []till.PersonID{p[1]})
		s.same("erased", list(till.CustomerQuery{Status: till.AccountErased}), []till.PersonID{p[3]})
		s.same("by e-mail", list(till.CustomerQuery{Email: "ADA2@example.com"}), []till.PersonID{p[2]})
		s.same("by the e-mail of an erased person", list(till.CustomerQuery{Email: "ada3@example.com"}), []till.PersonID(nil))
		s.refuses(till.ErrInvalid, "query", func() error {
			_, err := s.staff.Customers(s.ctx, till.CustomerQuery{Email: "ada2@example.com", Status: till.AccountActive})
			return err
		})
		s.refuses(till.ErrInvalid, "email", func() error { _, err := s.staff.Customers(s.ctx, till.CustomerQuery{Email: "ada"}); return err })
	})
}

// Visitors see what is active and not deleted; the back office sees everything.
func TestShellProductLists(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		c := newCounter(t, db)
		shown := func(list func(till.PageRequest) (till.Page[till.Product], error)) []string {
			t.Helper()
			var all []string
			for p, err := range till.All(till.PageRequest{Limit: 2}, list) {
				c.must(err)
				all = append(all, p.Handle())
			}
			return all
		}
		c.same("by a visitor", shown(func(r till.PageRequest) (till.Page[till.Product], error) { return c.shop.Products(c.ctx, r) }), []string{"mug", "unlisted", "unpriced"})
		c.same("by staff", shown(func(r till.PageRequest) (till.Page[till.Product], error) { return c.staff.Products(c.ctx, r) }), []string{"archived", "deleted", "draft", "mug", "unlisted", "unpriced"})
		c.must(c.staff.RestoreProduct(c.ctx, "DELETED"))
		c.same("after it came back", shown(func(r till.PageRequest) (till.Page[till.Product], error) { return c.shop.Products(c.ctx, r) }), []string{"deleted", "mug", "unlisted", "unpriced"})
	})
}

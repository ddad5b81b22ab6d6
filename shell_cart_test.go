package till_test

import (
	"fmt"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// quantities gives what a cart has of each line.
func (s *stall) quantities(b *till.Buyer) []int64 {
	s.Helper()
	cart, err := b.Cart(s.ctx)
	s.must(err)
	var all []int64
	for _, l := range cart.Lines() {
		all = append(all, l.Quantity)
	}
	return all
}

// A visitor's cart is merged when he signs in, once.
func TestShellMerge(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		for _, sku := range []till.SKU{"MUG", "CUP", "BOWL"} {
			s.sells(sku, "1.00", 10)
		}
		before := s.member("ada@example.com")
		s.must(before.Add(s.ctx, till.Item{SKU: "CUP", Quantity: 1}, till.Item{SKU: "MUG", Quantity: till.MaxQuantity - 1}))
		guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2}, till.Item{SKU: "BOWL", Quantity: 3, Note: "deep"})
		bystander := s.visitor(till.Item{SKU: "BOWL", Quantity: 7})
		order := s.buys(s.visitorOf(guest, till.Item{SKU: "CUP", Quantity: 1}), "click")

		request := till.SignIn{Email: "ada@example.com", Password: stallPassword, Guest: guest.Token()}
		_, err := s.shop.SignIn(s.ctx, till.SignIn{Email: request.Email, Password: "wrong", Guest: guest.Token()})
		if err == nil {
			t.Error("a wrong password signs in")
		}
		s.must(guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 2}, till.Item{SKU: "BOWL", Quantity: 3, Note: "deep"}))
		in, err := s.shop.SignIn(s.ctx, request)
		s.must(err)
		s.same("what became of the lines", in.Merged, []till.Merged{
			{SKU: "MUG", Line: 2, Had: till.MaxQuantity - 1, Came: 2, Has: till.MaxQuantity, Capped: true},
			{SKU: "BOWL", Line: 3, Came: 3, Has: 3},
		})
		s.same("the customer's cart", s.quantities(in.Buyer), []int64{1, till.MaxQuantity, 3})
		s.same("the guest's cart", s.quantities(guest.Buyer), []int64(nil))
		again, err := s.shop.SignIn(s.ctx, request)
		s.must(err)
		s.same("the second time", again.Merged, []till.Merged(nil))
		s.same("the customer's cart", s.quantities(again.Buyer), []int64{1, till.MaxQuantity, 3})
		s.same("the cart of somebody else", s.quantities(bystander.Buyer), []int64{7})

		for _, token := range []till.Token{"", "garbage", before.Token(), till.Token(fmt.Sprintf("%043d", 0))} {
			request.Guest = token
			in, err := s.shop.SignIn(s.ctx, request)
			s.must(err)
			s.same("merged from no guest", in.Merged, []till.Merged(nil))
		}
		// The guest's orders stay the guest's.
		_, err = guest.Order(s.ctx, order.ID())
		s.must(err)
		s.refuses(till.ErrNotFound, order.ID().String(), func() error { _, err := in.Order(s.ctx, order.ID()); return err })
		page, err := in.Orders(s.ctx, till.PageRequest{})
		s.must(err)
		s.same("orders of the customer", len(page.Items), 0)
	})
}

// visitorOf empties a guest's cart and puts items in.
func (s *stall) visitorOf(g *till.Guest, items ...till.Item) *till.Buyer {
	s.Helper()
	cart, err := g.Cart(s.ctx)
	s.must(err)
	for _, l := range cart.Lines() {
		s.must(g.Remove(s.ctx, l.N))
	}
	s.must(g.Add(s.ctx, items...))
	return g.Buyer
}

// A cart that has no room left says what found none.
func TestShellMergeIntoAFullCart(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "1.00", 10)
	customer := s.member("ada@example.com")
	items := make([]till.Item, till.MaxLines)
	for i := range items {
		items[i] = till.Item{SKU: "MUG", Quantity: 1, Apart: true}
	}
	s.must(customer.Add(s.ctx, items...))
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2, Note: "blue"})
	in, err := s.shop.SignIn(s.ctx, till.SignIn{Email: "ada@example.com", Password: stallPassword, Guest: guest.Token()})
	s.must(err)
	s.same("what became of the line", in.Merged, []till.Merged{{SKU: "MUG", Came: 2, Capped: true}})
	s.refuses(till.ErrInvalid, "lines", func() error { return in.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1, Note: "blue"}) })
}

// Of any number of tabs that add at once, nothing is lost.
func TestShellAddAtOnce(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "1.00", 10)
		guest := s.visitor()
		for _, err := range atOnce(64, func(i int) error {
			item := till.Item{SKU: "MUG", Quantity: 1}
			if i%2 == 1 {
				item.Apart = true
			}
			return guest.Add(s.ctx, item)
		}) {
			s.must(err)
		}
		sum := int64(0)
		for _, n := range s.quantities(guest.Buyer) {
			sum += n
		}
		s.same("pieces", sum, int64(64))
		s.same("lines", len(s.quantities(guest.Buyer)), 33)
	})
}

// A cart is what somebody means to buy: what changes meanwhile stands in the quote.
func TestShellCartOutlivesArticles(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	s.sells("CUP", "1.00", 10)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2}, till.Item{SKU: "CUP", Quantity: 1})
	s.must(s.staff.DeleteProduct(s.ctx, "MUG"))
	quote, err := guest.Quote(s.ctx)
	s.must(err)
	s.same("total", quote.Total().String(), "1.00 GBP")
	s.same("missing", quote.Lines()[0].Unavailable, till.Deleted)
	s.must(guest.Set(s.ctx, 1, 5)) // it may be changed, and taken out
	s.must(guest.Remove(s.ctx, 1))
	s.must(s.staff.RestoreProduct(s.ctx, "MUG"))
	s.must(guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
	s.same("quantities", s.quantities(guest.Buyer), []int64{1, 1})
	cart, err := guest.Cart(s.ctx)
	s.must(err)
	s.same("numbers are not used again", []int{cart.Lines()[0].N, cart.Lines()[1].N}, []int{2, 3})
}

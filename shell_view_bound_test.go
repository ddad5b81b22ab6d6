package till_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// A view has what was recorded at its instant, and nothing of the microsecond after.
func TestShellViewBound(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
		s.must(guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1, Apart: true}))
		var order till.Order
		var person till.PersonID
		for _, c := range []struct {
			name   string
			change func()
			is     func(*till.View) bool // the change shows
		}{
			{"price", func() { s.must(s.staff.SetPrice(s.ctx, "MUG", "12.00")) }, func(v *till.View) bool {
				prices, err := v.Prices(s.ctx, "MUG")
				s.must(err)
				priced, _ := prices.On(v.At(), till.MaxInstant, 1)
				return priced.Price == money.MustParsePrice("12.00", money.GBP)
			}},
			{"name", func() {
				s.must(s.revised("MUG", func(d *till.Description) { d.Words[""] = till.Words{Name: "Green mug"} }))
			}, func(v *till.View) bool {
				p, err := v.Product(s.ctx, "MUG")
				s.must(err)
				return p.Words("").Name == "Green mug"
			}},
			{"rounding", func() {
				s.must(s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.Down, Level: till.PerUnit}}))
			}, func(v *till.View) bool {
				terms, err := v.Terms(s.ctx)
				s.must(err)
				return terms.Rounding(v.At()).Mode == money.Down
			}},
			{"stock", func() {
				s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 7}))
			}, func(v *till.View) bool {
				stock, err := v.Stock(s.ctx, "MUG")
				s.must(err)
				return stock.OnHand() == 17
			}},
			{"order", func() { order = s.buys(guest.Buyer, "click") }, func(v *till.View) bool {
				_, err := v.Order(s.ctx, order.ID())
				if err != nil && !errors.Is(err, till.ErrNotFound) {
					s.Error(err)
				}
				return err == nil
			}},
			{"account", func() {
				var err error
				person, err = s.staff.AddCustomer(s.ctx, till.NewCustomer{Contact: till.Contact{Name: "Bob Example", Email: "bob@example.com"}})
				s.must(err)
			}, func(v *till.View) bool {
				_, err := v.Account(s.ctx, person)
				if err != nil && !errors.Is(err, till.ErrNotFound) {
					s.Error(err)
				}
				return err == nil
			}},
			{"deletion", func() { s.must(s.staff.DeleteProduct(s.ctx, "MUG")) }, func(v *till.View) bool {
				p, err := v.Product(s.ctx, "MUG")
				s.must(err)
				return !p.ExistsAt(v.At())
			}},
		} {
			s.clock.pass(time.Second)
			at := s.clock.instant()
			c.change()
			s.clock.pass(time.Second)
			s.same(c.name+" the microsecond before", c.is(s.shop.AsOf(at-1)), false)
			s.same(c.name+" at its instant", c.is(s.shop.AsOf(at)), true)
			s.same(c.name+" now", c.is(s.shop.AsOf(s.clock.instant())), true)
		}
	})
}

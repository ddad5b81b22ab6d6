package storetest

import (
	"context"
	"fmt"
	"iter"

	"github.com/tillkit/till"
)

// Reconcile gives everything in which a shop contradicts itself: an order that does
// not verify or has not exactly one message; a number that two orders have; a stock
// that its movements do not sum to, or whose reservations are not those of the
// orders. It is meant for a shop that is at rest.
func Reconcile(ctx context.Context, shop *till.Shop) ([]string, error) {
	staff := shop.Staff("reconcile")
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }

	messages := map[till.OrderID]int{}
	for m, err := range pages(func(r till.PageRequest) (till.Page[till.Message], error) { return staff.Messages(ctx, r) }) {
		if err != nil {
			return nil, err
		}
		messages[m.Order]++
	}
	numbers, reserved := map[string]int{}, map[till.SKU]int64{}
	for o, err := range pages(func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
		return staff.Orders(ctx, till.OrderQuery{PageRequest: r})
	}) {
		if err != nil {
			return nil, err
		}
		order, err := staff.Order(ctx, o.ID)
		if err != nil {
			return nil, err
		}
		if err := order.Verify(); err != nil {
			say("order %s: %v", o.Number, err)
		}
		if o.Total != order.Total() || o.Status != order.Status() || o.Revision != order.Revision() {
			say("order %s: its summary says %s, %s at revision %d; its entries say %s, %s at %d",
				o.Number, o.Total, o.Status, o.Revision, order.Total(), order.Status(), order.Revision())
		}
		if messages[o.ID] != 1 {
			say("order %s has %d messages", o.Number, messages[o.ID])
		}
		delete(messages, o.ID)
		if numbers[o.Number]++; numbers[o.Number] > 1 {
			say("number %s was given twice", o.Number)
		}
		for _, l := range order.Lines() {
			if !l.Unstocked {
				reserved[l.SKU] += l.Quantity
			}
		}
	}
	for id := range messages {
		say("a message is of order %s, which is not there", id)
	}
	for p, err := range pages(func(r till.PageRequest) (till.Page[till.Product], error) { return staff.Products(ctx, r) }) {
		if err != nil {
			return nil, err
		}
		for _, sku := range p.SKUs() {
			if v, _ := p.Variant(sku); v.Stock.Untracked {
				continue
			}
			if err := reconcileStock(ctx, staff, sku, reserved[sku], say); err != nil {
				return nil, err
			}
		}
	}
	return wrong, nil
}

func reconcileStock(ctx context.Context, staff *till.Staff, sku till.SKU, ordered int64, say func(string, ...any)) error {
	stock, err := staff.Stock(ctx, sku)
	if err != nil {
		return err
	}
	sum := till.Stock{Place: stock.Place}
	for m, err := range pages(func(r till.PageRequest) (till.Page[till.Movement], error) { return staff.Movements(ctx, sku, r) }) {
		if err != nil {
			return err
		}
		switch m.Kind { // not Stock.Move: those of one instant come in any order
		case till.Reserved, till.Released:
			n := m.Quantity
			if m.Kind == till.Released {
				n = -n
			}
			sum.Available, sum.Reserved = sum.Available-n, sum.Reserved+n
		case till.Shipped:
			sum.Reserved -= m.Quantity
		default:
			sum.Available += m.Quantity
		}
	}
	if sum != stock {
		say("%s: its movements sum to %d available and %d reserved, the counter says %d and %d", sku, sum.Available, sum.Reserved, stock.Available, stock.Reserved)
	}
	if stock.Reserved != ordered {
		say("%s: %d are reserved, the orders have %d", sku, stock.Reserved, ordered)
	}
	return nil
}

// pages walks through a list in the greatest pages there are.
func pages[T any](next func(till.PageRequest) (till.Page[T], error)) iter.Seq2[T, error] {
	return till.All(till.PageRequest{Limit: 1000}, next)
}

// reconciles fails unless the shop agrees with itself.
func (s *stand) reconciles() {
	s.Helper()
	wrong, err := Reconcile(s.Ctx, s.Shop)
	s.Must("Reconcile", err)
	for _, w := range wrong {
		s.Failf("%s", w)
	}
}

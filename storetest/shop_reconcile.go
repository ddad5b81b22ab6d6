package storetest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/tillkit/till"
)

// Reconcile gives everything in which a shop contradicts itself: an order that does
// not verify or has not exactly one message; a number that two orders have; a stock
// that its movements do not sum to, here or wherever goods were transferred to, or whose
// reservations are not those of the orders; transfers that do not sum to 0. It is meant
// for a shop that is at rest.
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
			if !l.Untracked {
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

// reconcileStock looks at an article where checkouts sell from, and wherever goods of it
// went from there.
func reconcileStock(ctx context.Context, staff *till.Staff, sku till.SKU, ordered int64, say func(string, ...any)) error {
	here, err := staff.Stock(ctx, sku)
	if err != nil {
		return err
	}
	if here.Reserved != ordered {
		say("%s: %d are reserved, the orders have %d", sku, here.Reserved, ordered)
	}
	places, transferred := []till.Place{here.Place}, int64(0)
	for i := 0; i < len(places); i++ {
		sum := till.Stock{Place: places[i]}
		for m, err := range pages(func(r till.PageRequest) (till.Page[till.Movement], error) {
			return staff.Movements(ctx, till.MovementQuery{PageRequest: r, SKU: sku, Location: sum.Location})
		}) {
			if err != nil {
				return err
			}
			if m.Kind == till.Transferred {
				transferred += m.Quantity
				if other := (till.Place{SKU: sku, Location: m.Other}); !slices.Contains(places, other) {
					places = append(places, other)
				}
			}
			move(&sum, m, say)
		}
		stock, err := staff.StockAt(ctx, sum.Place)
		if err != nil {
			return err
		}
		if sum != stock {
			say("%s at %s: its movements sum to %d available and %d reserved, the counter says %d and %d",
				sku, sum.Location, sum.Available, sum.Reserved, stock.Available, stock.Reserved)
		}
	}
	if transferred != 0 {
		say("%s: over all locations %d were transferred, not 0", sku, transferred)
	}
	return nil
}

// move adds a movement to a sum: not Stock.Move, since those of one instant come in any
// order.
func move(sum *till.Stock, m till.Movement, say func(string, ...any)) {
	switch m.Kind {
	case till.Received, till.Restocked, till.Adjusted, till.Counted, till.Transferred:
		sum.Available += m.Quantity
	case till.Reserved:
		sum.Available, sum.Reserved = sum.Available-m.Quantity, sum.Reserved+m.Quantity
	case till.Released:
		sum.Available, sum.Reserved = sum.Available+m.Quantity, sum.Reserved-m.Quantity
	case till.Shipped:
		sum.Reserved -= m.Quantity
	default:
		say("%s: a movement is of kind %q", m.SKU, m.Kind)
	}
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
	_, err = s.Shop.Check(s.Ctx)
	var found *till.CheckError
	if errors.As(err, &found) {
		for _, f := range found.Findings {
			s.Failf("%s", f)
		}
		return
	}
	s.Must("Check", err)
}

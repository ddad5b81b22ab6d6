package till

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/tillkit/till/store"
)

// Order gives an order as it was; [ErrNotFound] if it had not been opened by then.
func (v *View) Order(ctx context.Context, id OrderID) (Order, error) {
	if err := v.check(); err != nil {
		return Order{}, err
	}
	order, err := v.shop.loadOrder(ctx, id)
	if err != nil {
		return Order{}, err
	}
	then, was := order.AsOf(v.at)
	if !was {
		return Order{}, &NotFoundError{Kind: "order", ID: id.String()}
	}
	return then, nil
}

// Orders lists the orders that had been placed by then, by the instant of placing, each
// as it was. A list by Status is of the status that it had; it and every other may have
// pages that are short, or empty, while there is more. By e-mail address, orders are
// found whose buyers were not erased since.
func (v *View) Orders(ctx context.Context, q OrderQuery) (Page[OrderSummary], error) {
	if err := v.check(); err != nil {
		return Page[OrderSummary]{}, err
	}
	if err := q.check(); err != nil {
		return Page[OrderSummary]{}, err
	}
	page, err := v.orders(ctx, q)
	page.Items = slices.DeleteFunc(page.Items, func(o OrderSummary) bool {
		return o.Placed == 0 || q.Status != "" && o.Status != q.Status
	})
	return page, err
}

// orders reads a page of the list as it is now: how an order is found by number, person,
// article or instant of placing does not change.
func (v *View) orders(ctx context.Context, q OrderQuery) (Page[OrderSummary], error) {
	var list store.Query
	switch {
	case q.Email != "":
		return v.shop.ordersByEmail(ctx, q, v.summary)
	case q.Number != "":
		list = q.query(familyOrders, listNumber, store.TextValue(q.Number))
		return pageOf(ctx, v.shop, list, func(r store.Record) (OrderSummary, error) { return v.summary(ctx, r) })
	case !q.Person.IsZero():
		list = q.query(familyOrders, listPerson, store.TextValue(q.Person.String()))
	case q.SKU != "":
		list = q.reservations()
	default:
		list = q.query(familyOrders, listPlaced)
	}
	list = q.bounds(list)
	if q.To == 0 || q.To > v.at {
		list.To = after(v.at)
	}
	if q.SKU != "" {
		return v.shop.ordersBySKU(ctx, list, q.Status, v.summary)
	}
	return pageOf(ctx, v.shop, list, func(r store.Record) (OrderSummary, error) { return v.summary(ctx, r) })
}

// summary gives what a list showed of an order: the zero OrderSummary if there was none.
func (v *View) summary(ctx context.Context, r store.Record) (OrderSummary, error) {
	last, err := lastRecorded(r.Doc)
	if err != nil {
		return OrderSummary{}, err
	}
	if last <= v.at {
		return v.shop.loadSummary(ctx, r)
	}
	entries, err := v.shop.historyUntil(ctx, r, v.at)
	if err != nil || len(entries) == 0 {
		return OrderSummary{}, err
	}
	order, err := Fold(Order{}, entries...)
	return order.Summary(), err
}

// lastRecorded gives the instant of the last entry that the stored state of a journal
// was folded from, whatever its form.
func lastRecorded(doc store.Doc) (Instant, error) {
	switch d := doc.(type) {
	case interface{ Recorded() Instant }:
		return d.Recorded(), nil
	case store.Raw:
		var form stateForm
		if err := json.Unmarshal(d, &form); err != nil {
			return 0, damaged("state", "%v", err)
		}
		return form.At, nil
	}
	return 0, unknownDoc(doc)
}

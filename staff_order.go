package till

import (
	"context"
	"strings"

	"github.com/tillkit/till/store"
)

// OrderQuery asks for a list of orders. At most one of Number, Email, Person and SKU
// is given; Status goes with all of them but Number and Email, From and To with all
// but these.
type OrderQuery struct {
	PageRequest
	Number string
	Email  string // the address that the order was made with
	Person PersonID
	SKU    SKU
	Status OrderStatus
	From   Instant // placed at or after
	To     Instant // placed before
}

// Orders lists orders by the instant of placing; those of an e-mail address in no
// order that means anything. It is by days, when From and To are the days' bounds in
// the shop's time zone.
func (s *Staff) Orders(ctx context.Context, q OrderQuery) (Page[OrderSummary], error) {
	given := 0
	for _, is := range []bool{q.Number != "", q.Email != "", !q.Person.IsZero(), q.SKU != ""} {
		if is {
			given++
		}
	}
	if given > 1 {
		return Page[OrderSummary]{}, invalid("query", "give one of number, e-mail address, person and SKU")
	}
	if (q.Number != "" || q.Email != "") && (q.Status != "" || q.From != 0 || q.To != 0) {
		return Page[OrderSummary]{}, invalid("query", "status and instants do not go with number or e-mail address")
	}
	switch {
	case q.Email != "":
		return s.ordersByEmail(ctx, q)
	case q.Number != "":
		if err := checkText("number", q.Number, 40); err != nil {
			return Page[OrderSummary]{}, err
		}
		return s.shop.orderPage(ctx, q.query(familyOrders, listNumber, store.TextValue(q.Number)))
	case !q.Person.IsZero():
		return s.shop.orderPage(ctx, q.bounds(q.where(q.query(familyOrders, listPerson, store.TextValue(q.Person.String())))))
	case q.SKU != "":
		if err := q.SKU.check(); err != nil {
			return Page[OrderSummary]{}, err
		}
		return s.shop.orderPage(ctx, q.bounds(q.where(q.query(familyOrders, listSKU, store.TextValue(string(q.SKU))))))
	case q.Status != "":
		return s.shop.orderPage(ctx, q.bounds(q.query(familyOrders, listStatus, store.TextValue(string(q.Status)))))
	}
	return s.shop.orderPage(ctx, q.bounds(q.query(familyOrders, listPlaced)))
}

func (q OrderQuery) where(list store.Query) store.Query {
	if q.Status != "" {
		list.Where = []store.Cond{{Field: "status", Op: store.Equal, Value: store.TextValue(string(q.Status))}}
	}
	return list
}

func (q OrderQuery) bounds(list store.Query) store.Query {
	if q.From != 0 {
		from := store.IntValue(int64(q.From))
		list.From = &from
	}
	if q.To != 0 {
		to := store.IntValue(int64(q.To))
		list.To = &to
	}
	return list
}

// ordersByEmail finds orders through the contact records that they were made with.
func (s *Staff) ordersByEmail(ctx context.Context, q OrderQuery) (Page[OrderSummary], error) {
	key, err := EmailKey(q.Email)
	if err != nil {
		return Page[OrderSummary]{}, err
	}
	records, err := s.shop.store.Find(ctx, q.query(familyContacts, listEmail, store.TextValue(key)))
	if err != nil {
		return Page[OrderSummary]{}, err
	}
	page := Page[OrderSummary]{Next: records.Next}
	var refs []store.Ref
	for _, r := range records.Items {
		if _, id, ok := strings.Cut(r.Key, "/o"); ok { // an order's contact, not an account's
			refs = append(refs, store.Ref{Family: familyOrders, Key: id})
		}
	}
	orders, err := s.shop.get(ctx, refs...)
	if err != nil {
		return Page[OrderSummary]{}, err
	}
	for _, r := range orders {
		if !r.Exists() {
			return Page[OrderSummary]{}, damaged("contacts", "one names order %s, which is not there", r.Key)
		}
		summary, err := s.shop.loadSummary(ctx, r)
		if err != nil {
			return Page[OrderSummary]{}, err
		}
		page.Items = append(page.Items, summary)
	}
	return page, nil
}

// Order gives an order.
func (s *Staff) Order(ctx context.Context, id OrderID) (Order, error) {
	return s.shop.loadOrder(ctx, id)
}

// Confirmation gives an order's confirmation, rendered from what is there now: the
// words of an erased person are not.
func (s *Staff) Confirmation(ctx context.Context, id OrderID) (Confirmation, error) {
	order, err := s.shop.loadOrder(ctx, id)
	if err != nil {
		return Confirmation{}, err
	}
	return s.shop.confirmation(ctx, order)
}

// SetOrderMetadata replaces an order's metadata; what it was stays in its journal.
func (s *Staff) SetOrderMetadata(ctx context.Context, id OrderID, data Metadata) error {
	return s.decide(ctx, func(m Meta) ([]store.Change, error) {
		order, err := s.shop.loadOrder(ctx, id)
		if err != nil {
			return nil, err
		}
		order, entries, err := order.SetMetadata(m, data)
		if err != nil || len(entries) == 0 {
			return nil, err
		}
		return []store.Change{appendOrder(order, entries)}, nil
	})
}

// Messages lists every message that was queued, by the instant at which it is due.
// Which of them were sent is the host's to remember.
func (s *Staff) Messages(ctx context.Context, r PageRequest) (Page[Message], error) {
	return pageOf(ctx, s.shop, r.query(familyMessages, listDue), func(r store.Record) (Message, error) { return asMessage(r.Doc) })
}

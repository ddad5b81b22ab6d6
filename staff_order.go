package till

import (
	"context"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// OrderQuery asks for a list of orders. At most one of Number, Email, Person and SKU
// is given; Status goes with all of them but Number and Email, From and To with all
// but these. Of a SKU and a Status pages may be short, or empty, while there is more. A
// Status that is none, and a To before From, are an [InvalidError].
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
	if err := q.check(); err != nil {
		return Page[OrderSummary]{}, err
	}
	switch {
	case q.Email != "":
		return s.shop.ordersByEmail(ctx, q, s.shop.loadSummary)
	case q.Number != "":
		return s.shop.orderPage(ctx, q.query(familyOrders, listNumber, store.TextValue(q.Number)))
	case !q.Person.IsZero():
		return s.shop.orderPage(ctx, q.bounds(q.where(q.query(familyOrders, listPerson, store.TextValue(q.Person.String())))))
	case q.SKU != "":
		return s.shop.ordersBySKU(ctx, q.bounds(q.reservations()), q.Status, s.shop.loadSummary)
	case q.Status != "":
		return s.shop.orderPage(ctx, q.bounds(q.query(familyOrders, listStatus, store.TextValue(string(q.Status)))))
	}
	return s.shop.orderPage(ctx, q.bounds(q.query(familyOrders, listPlaced)))
}

func (q OrderQuery) check() error {
	given := 0
	for _, is := range []bool{q.Number != "", q.Email != "", !q.Person.IsZero(), q.SKU != ""} {
		if is {
			given++
		}
	}
	if given > 1 {
		return invalid("query", "give one of number, e-mail address, person and SKU")
	}
	if (q.Number != "" || q.Email != "") && (q.Status != "" || q.From != 0 || q.To != 0) {
		return invalid("query", "status and instants do not go with number or e-mail address")
	}
	if q.Status != "" && q.Status != OrderOpened && q.Status != OrderPlaced {
		return invalid("status", "%.40q is none of opened and placed", q.Status)
	}
	if _, err := newSpan(q.From, q.To); err != nil {
		return err
	}
	if q.SKU != "" {
		return q.SKU.check()
	}
	return checkText("number", q.Number, 40)
}

func (q OrderQuery) where(list store.Query) store.Query {
	if q.Status != "" {
		list.Where = []store.Cond{{Field: "status", Op: store.Equal, Value: store.TextValue(string(q.Status))}}
	}
	return list
}

func (q OrderQuery) bounds(list store.Query) store.Query {
	return span{from: q.From, to: q.To}.of(list)
}

// ordersByEmail finds orders through the contact records that they were made with.
func (s *Shop) ordersByEmail(ctx context.Context, q OrderQuery, read func(context.Context, store.Record) (OrderSummary, error)) (Page[OrderSummary], error) {
	key, err := EmailKey(q.Email)
	if err != nil {
		return Page[OrderSummary]{}, err
	}
	records, err := s.store.Find(ctx, q.query(familyContacts, listEmail, store.TextValue(key)))
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
	page.Items, err = s.ordersNamed(ctx, familyContacts, refs, read)
	return page, err
}

// mostPages is how many pages of an article's orders are read until there is one with an
// order of a status in it.
const mostPages = 20

// reservations asks for what orders reserved of an article: every order has such a record,
// of the instant of placing, and it names all of the order's articles.
func (q OrderQuery) reservations() store.Query {
	list := q.query(familyMovements, listSKU, store.TextValue(string(q.SKU)))
	list.Where = []store.Cond{{Field: "kind", Op: store.Equal, Value: store.TextValue(string(Reserved))}}
	return list
}

// ordersBySKU finds orders through what they reserved. Where none of a page has the status
// it reads on.
func (s *Shop) ordersBySKU(ctx context.Context, list store.Query, status OrderStatus, read func(context.Context, store.Record) (OrderSummary, error)) (Page[OrderSummary], error) {
	var page Page[OrderSummary]
	for range mostPages {
		records, err := s.store.Find(ctx, list)
		if err != nil {
			return Page[OrderSummary]{}, err
		}
		refs := make([]store.Ref, len(records.Items))
		for i, r := range records.Items {
			id, _, _ := cutMovement(r.Ref)
			refs[i] = store.Ref{Family: familyOrders, Key: id}
		}
		orders, err := s.ordersNamed(ctx, familyMovements, refs, read)
		if err != nil {
			return Page[OrderSummary]{}, err
		}
		for _, o := range orders {
			if status == "" || o.Status == status {
				page.Items = append(page.Items, o)
			}
		}
		page.Next, list.After = records.Next, records.Next
		if page.Next == "" || len(page.Items) > 0 {
			break
		}
	}
	return page, nil
}

// ordersNamed reads orders that records of a family name.
func (s *Shop) ordersNamed(ctx context.Context, family string, refs []store.Ref, read func(context.Context, store.Record) (OrderSummary, error)) ([]OrderSummary, error) {
	records, err := s.get(ctx, refs...)
	if err != nil {
		return nil, err
	}
	var orders []OrderSummary
	for _, r := range records {
		if !r.Exists() {
			return nil, damaged(family, "one names order %s, which is not there", r.Key)
		}
		summary, err := read(ctx, r)
		if err != nil {
			return nil, err
		}
		orders = append(orders, summary)
	}
	return orders, nil
}

// Order gives an order.
func (s *Staff) Order(ctx context.Context, id OrderID) (Order, error) {
	return s.shop.loadOrder(ctx, id)
}

// Reprice says what an order would cost at an instant by the prices and rules that are
// recorded now, as the function [Reprice] does: with the lists that they name, the postcode of
// the order's contact as long as it is there, and the answers of the shop's services. An
// instant beyond the years 1 to 9999 is [ErrInvalid].
func (s *Staff) Reprice(ctx context.Context, id OrderID, at Instant) (Quote, error) {
	if err := within("at", s.shop.AsOf(at).check()); err != nil {
		return Quote{}, err
	}
	order, err := s.Order(ctx, id)
	if err != nil {
		return Quote{}, err
	}
	cart, err := order.again()
	if err != nil {
		return Quote{}, err
	}
	contact, err := s.shop.loadContact(ctx, order.Contact())
	if err != nil {
		return Quote{}, err
	}
	if to := contact.ShipTo(); to.Country == cart.to.Country {
		cart.to.Postcode = to.Postcode
	}
	rules, err := s.Terms(ctx)
	if err != nil {
		return Quote{}, err
	}
	for {
		lists, skus := rules.needs(cart, at)
		sh, err := s.shop.wholeShelf(ctx, lists, skus)
		if err != nil {
			return Quote{}, err
		}
		now, gifts := sh.terms.needs(cart, at)
		if rules = sh.terms; !slices.Equal(lists, now) || !slices.Equal(each(skus), each(gifts)) {
			continue // they have changed meanwhile
		}
		if rules, err = s.shop.ask(ctx, cart, sh, at); err != nil {
			return Quote{}, err
		}
		return cart.Quote(sh.catalog, rules, at)
	}
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
	return pageOf(ctx, s.shop, r.query(familyMessages, listDue), func(r store.Record) (Message, error) { return messageOf(r.Ref, r.Doc) })
}

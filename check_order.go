package till

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till/store"
)

func (c *checker) order(ctx context.Context, r store.Record) error {
	o, _, ok, err := folded(ctx, c, r, Order{}, journalOf[Order]{
		fold: orderFold, doc: func(o Order) store.Doc { return orderDoc{o} },
		end: func(o Order) journal { return o.journal }, again: rewrite[orderForm],
	})
	if err != nil || !ok {
		return err
	}
	if err := o.Verify(); err != nil {
		c.say(r.Ref, "%s", reason(err))
		return nil
	}
	if refOrder(o.ID()) != r.Ref {
		c.say(r.Ref, "its entries are those of order %s", o.ID())
		return nil
	}
	for _, at := range []func(context.Context, store.Record, Order) error{c.number, c.words, c.reservations} {
		if err := at(ctx, r, o); err != nil {
			return err
		}
	}
	return nil
}

// number looks whether the number of an order finds that order, and no other.
func (c *checker) number(ctx context.Context, r store.Record, o Order) error {
	page, err := c.shop.store.Find(ctx, store.Query{Family: familyOrders, List: listNumber, Equal: []store.Value{store.TextValue(o.Number())}, Limit: 2})
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(page.Items, func(found store.Record) bool { return found.Ref == r.Ref }) && page.Next == "" {
		c.say(r.Ref, "it is not found by its number %s", o.Number())
	}
	for _, found := range page.Items {
		if found.Ref != r.Ref {
			c.say(r.Ref, "its number %s is that of order %s too", o.Number(), found.Key)
		}
	}
	if n, err := strconv.ParseInt(o.Number(), 10, 64); err == nil {
		c.highest = max(c.highest, n)
	}
	return nil
}

// words looks for the contact record of an order. Where it is not there its person was
// erased: then the account says so, or there is none and nothing else of the person's.
func (c *checker) words(ctx context.Context, r store.Record, o Order) error {
	records, err := c.shop.store.Get(ctx, refContact(o.Contact()), refAccount(o.Person()), refCart(o.Person()))
	if err != nil || records[0].Exists() {
		return err
	}
	left := records[2].Exists()
	if records[1].Exists() {
		a, err := c.shop.loadAccount(ctx, records[1])
		if err != nil {
			return nil // the look at the account says so
		}
		left = a.status != AccountErased
	}
	if left {
		c.say(r.Ref, "its contact record %s is not there, and its person was not erased", o.Contact().Key)
	}
	return nil
}

// reservations looks for the movements that reserved what an order asks for.
func (c *checker) reservations(ctx context.Context, r store.Record, o Order) error {
	untracked := make(map[SKU]bool, len(o.is.Lines))
	for _, l := range o.is.Lines {
		untracked[l.SKU] = l.Untracked
	}
	var refs []store.Ref
	var wants []Demand
	for i, want := range o.Demand() {
		if !untracked[want.SKU] {
			refs, wants = append(refs, refMovement(r.Key, i)), append(wants, want)
		}
	}
	records, err := c.shop.get(ctx, refs...)
	if err != nil {
		return err
	}
	for i, moved := range records {
		if !moved.Exists() {
			c.say(r.Ref, "the movement that reserved %d of %s for it is not there", wants[i].Quantity, wants[i].SKU)
			continue
		}
		if m, err := asMovement(moved.Doc); err == nil && (m.Kind != Reserved || m.SKU != wants[i].SKU || m.Quantity != wants[i].Quantity) {
			c.say(r.Ref, "it asks for %d of %s, the movement for it says %s: %d of %s", wants[i].Quantity, wants[i].SKU, m.Kind, m.Quantity, m.SKU)
		}
	}
	return nil
}

// ordered reads the summary of an order that something names; ok is false where it is not
// there, which has been said, or cannot be read, which the look at the order says.
func (c *checker) ordered(ctx context.Context, ref store.Ref, id string) (OrderSummary, bool, error) {
	records, err := c.shop.store.Get(ctx, store.Ref{Family: familyOrders, Key: id})
	if err != nil {
		return OrderSummary{}, false, err
	}
	if !records[0].Exists() {
		c.say(ref, "it names order %s, which is not there", id)
		return OrderSummary{}, false, nil
	}
	summary, err := c.shop.loadSummary(ctx, records[0])
	return summary, err == nil, nil
}

func (c *checker) message(ctx context.Context, r store.Record) error {
	m, ok := readable(c, r, asMessage)
	if !ok {
		return nil
	}
	if refMessage(m.Order, string(m.Kind)) != r.Ref {
		c.say(r.Ref, "it says that it is a %s of order %s", m.Kind, m.Order)
		return nil
	}
	summary, ok, err := c.ordered(ctx, r.Ref, m.Order.String())
	if ok && summary.Contact != m.Contact {
		c.say(r.Ref, "it is for another contact record than that of its order")
	}
	return err
}

func (c *checker) receipt(ctx context.Context, r store.Record) error {
	is, ok := readable(c, r, store.ParseReceipt)
	if !ok {
		return nil
	}
	if is.Key != r.Key {
		c.say(r.Ref, "it is that of %s", is.Key)
		return nil
	}
	if slices.ContainsFunc([]string{"checkout/", "draft/", "order/"}, func(of string) bool { return strings.HasPrefix(is.Key, of) }) {
		_, _, err := c.ordered(ctx, r.Ref, is.Result)
		return err
	}
	return nil
}

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
		fold: orderFold, doc: func(o Order) store.Doc { return docOfOrder(o) },
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
	for _, at := range []func(context.Context, store.Record, Order) error{c.number, c.words, c.reservation, c.promotions} {
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

// reservation compares what was reserved for an order with what it asks for.
func (c *checker) reservation(ctx context.Context, r store.Record, o Order) error {
	records, err := c.shop.store.Get(ctx, refMovement(r.Key, 0))
	if err != nil {
		return err
	}
	if !records[0].Exists() {
		c.say(r.Ref, "what was reserved for it is not there")
		return nil
	}
	is, err := asLedgerRecord(records[0].Doc)
	if err != nil {
		return nil // the look at the reservation says so
	}
	if is.Kind != Reserved {
		c.say(r.Ref, "what was reserved for it is %s", is.Kind)
	}
	wants := o.reservedLines()
	if len(is.Lines) != len(wants) {
		c.say(r.Ref, "it asks for %d articles, its reservation has %d", len(wants), len(is.Lines))
		return nil
	}
	for i, want := range wants {
		if have := is.Lines[i]; have != want {
			c.say(r.Ref, "it asks for %s, its reservation says %s", want, have)
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
	m, ok := readable(c, r, func(doc store.Doc) (Message, error) { return messageOf(r.Ref, doc) })
	if !ok {
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

package till

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till/store"
)

// uses looks at the counter of a promotion.
func (c *checker) uses(_ context.Context, r store.Record) error {
	if n := r.Index[0].Int(); n > 0 {
		c.say(r.Ref, "it was used %d times", -n)
	}
	return nil
}

// used looks whether the use of a promotion is an order's, which has used it. The customer,
// who may stand in the key by an e-mail address, is not said.
func (c *checker) used(ctx context.Context, r store.Record) error {
	id, err := owner(r)
	if err != nil {
		c.say(store.Ref{Family: familyUsed}, "the owner of a use cannot be read")
		return nil
	}
	ref := store.Ref{Family: familyOrders, Key: id}
	records, err := c.shop.store.Get(ctx, ref)
	if err != nil {
		return err
	}
	if !records[0].Exists() {
		c.say(ref, "a promotion was used by it, and it is not there")
		return nil
	}
	order, err := c.shop.orderOf(ctx, records[0])
	if err != nil {
		return nil // the look at the order says so
	}
	name, rest, _ := strings.Cut(r.Key, "/")
	which, customer, _ := strings.Cut(rest, "/")
	if !slices.ContainsFunc(order.is.Uses, func(u PromotionUse) bool {
		return name == "" && u.First || name == u.Promotion && u.Each > 0 && which == strconv.FormatInt(u.Own, 10)
	}) {
		c.say(ref, "the use of a promotion is claimed for it that it has not used")
		return nil
	}
	if strings.HasPrefix(customer, "p:") {
		return nil
	}
	words, err := c.has(ctx, refContact(order.Contact()))
	if err == nil && !words {
		c.say(ref, "its person was erased, and stands in the use of a promotion that is claimed for it")
	}
	return err
}

// promotions looks whether what an order used is counted and claimed.
func (c *checker) promotions(ctx context.Context, _ store.Record, o Order) error {
	if len(o.is.Uses) == 0 {
		return nil
	}
	records, err := c.shop.store.Get(ctx, refContact(o.Contact()), refAccount(o.Person()))
	if err != nil {
		return err
	}
	h := held{person: o.Person(), account: records[1]}
	var contact Contact
	if records[0].Exists() {
		if contact, err = asContact(records[0].Doc); err != nil {
			return nil // the look at the contact says so
		}
	}
	customer := customerKey(h, contact)
	claim := func(ref store.Ref, promotion string) error {
		records, err := c.shop.store.Get(ctx, ref)
		if err != nil {
			return err
		}
		if mine, err := claimedBy(records[0], o.is.ID.String()); err != nil || !mine {
			c.say(refOrder(o.is.ID), "its use of promotion %q is not its own", promotion)
		}
		return nil
	}
	for _, u := range o.is.Uses {
		if u.Uses > 0 {
			c.using = append(c.using, u.Promotion)
		}
		if customer == "" {
			continue // the words were erased, and what stood in their keys
		}
		if u.Each > 0 {
			if err := claim(refUse(u.Promotion, customer, u.Own), u.Promotion); err != nil {
				return err
			}
		}
		if u.First {
			if err := claim(refFirst(customer), u.Promotion); err != nil {
				return err
			}
		}
	}
	return nil
}

// counters looks whether the orders that were seen are counted: each was committed with
// its counter, which is read after it.
func (c *checker) counters(ctx context.Context) error {
	for r, err := range store.Records(ctx, c.shop.store, store.Query{Family: familyUses}) {
		if err != nil {
			return err
		}
		if used := -r.Index[0].Int(); used < c.counted[r.Key] {
			c.find(Finding{r.Ref, "orders used it more often than it counts"})
		}
		delete(c.counted, r.Key)
	}
	for promotion := range c.counted {
		c.find(Finding{refUses(promotion), "orders used it, and it is not there"})
	}
	return nil
}

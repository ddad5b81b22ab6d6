package till

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// Limits of use. How often a promotion was used in all is a guarded counter, which falls
// from 0 to minus its limit. Each use of one customer is a claim, numbered from 1 to what
// one customer may, and so is a first order. The commit that places an order counts and
// claims; who comes too late decides anew, and finds that there is none left.

// customerKey stands for a customer where uses are told apart: who has an account by that,
// anybody else by the e-mail address; "": it is not known yet.
func customerKey(h held, contact Contact) string {
	if h.hasAccount() {
		return "p:" + h.person.String()
	}
	return guestKey(contact)
}

// What begins the key of a customer who has no account: before the e-mail address, or
// before a hash of one that is too long for a key. It is released as the address is.
const (
	byAddress   = "e:"
	byHash      = "h:"
	mostAddress = 200 // bytes of an address in a key
)

// guestKey stands for whoever has an e-mail address.
func guestKey(contact Contact) string {
	key, err := EmailKey(contact.Email)
	switch {
	case err != nil:
		return ""
	case len(key) > mostAddress:
		sum := sha256.Sum256([]byte(key))
		return byHash + hex.EncodeToString(sum[:])
	}
	return byAddress + key
}

func refUses(promotion string) store.Ref { return store.Ref{Family: familyUses, Key: promotion} }

func refUse(promotion, customer string, n int64) store.Ref {
	return store.Ref{Family: familyUsed, Key: fmt.Sprintf("%s/%d/%s", promotion, n, customer)}
}

func refFirst(customer string) store.Ref {
	return store.Ref{Family: familyUsed, Key: "/first/" + customer} // no promotion is named ""
}

// limited gives the promotions with a limit of use that a cart could use.
func (t Terms) limited(c Cart, at Instant) []heldPromotion {
	var some []heldPromotion
	for name, p := range t.promotions.on(at) {
		if (p.Uses > 0 || p.Each > 0 || p.If.FirstOrder) && (p.If.Code == "" || c.hasCode(p.If.Code)) {
			some = append(some, heldPromotion{name, p})
		}
	}
	return some
}

// giving gives the articles that a cart could be given, and whose stock is counted.
func (sh *shelf) giving(c Cart, at Instant) []Variant {
	var gifts []Variant
	for _, p := range sh.terms.promotions.on(at) {
		if p.Action.Kind != GiftProduct || p.If.Code != "" && !c.hasCode(p.If.Code) {
			continue
		}
		product, _ := sh.catalog.Product(p.Action.SKU)
		if variant, ok := product.Variant(p.Action.SKU); ok && !variant.Stock.Untracked {
			gifts = append(gifts, variant)
		}
	}
	return gifts
}

// withUses gives the cart with what was used of its promotions before, and what there is
// of their gifts. A customer that is not known yet has used none.
func (s *Shop) withUses(ctx context.Context, c Cart, sh *shelf, at Instant, h held, contact Contact) (Cart, error) {
	limited, gifts := sh.terms.limited(c, at), sh.giving(c, at)
	if len(limited)+len(gifts) == 0 {
		return c, nil
	}
	customer := customerKey(h, contact)
	var refs []store.Ref
	first := false
	for _, v := range gifts {
		refs = append(refs, refStock(Place{SKU: v.SKU, Location: s.opts.Location}))
	}
	for _, p := range limited {
		refs = append(refs, refUses(p.name))
		if customer != "" {
			for n := range p.Each {
				refs = append(refs, refUse(p.name, customer, n+1))
			}
			first = first || p.If.FirstOrder
		}
	}
	if first {
		refs = append(refs, refFirst(customer))
	}
	records, err := s.get(ctx, refs...)
	if err != nil {
		return c, err
	}
	c.buyer.Used, c.buyer.GiftStock = make(map[string]Uses, len(limited)), make(map[SKU]int64, len(gifts))
	for i, v := range gifts {
		have := v.Stock.Backorder
		if records[i].Exists() {
			have += records[i].Index[0].Int()
		}
		c.buyer.GiftStock[v.SKU] = have
	}
	records = records[len(gifts):]
	for _, p := range limited {
		var is Uses
		if records[0].Exists() {
			is.All = -records[0].Index[0].Int()
		}
		records = records[1:]
		for n := int64(1); customer != "" && n <= p.Each; n++ {
			switch {
			case records[0].Exists():
				is.Own++
			case is.Free == 0:
				is.Free = n
			}
			records = records[1:]
		}
		c.buyer.Used[p.name] = is
	}
	if first {
		if c.buyer.Ordered = records[0].Exists(); !c.buyer.Ordered {
			c.buyer.Ordered, err = s.hasOrdered(ctx, h, contact)
		}
	}
	return c, err
}

// hasOrdered reports whether a customer has an order, of before there was a promotion for
// the first. It may miss one that is being placed: the claim does not.
func (s *Shop) hasOrdered(ctx context.Context, h held, contact Contact) (bool, error) {
	if !h.hasAccount() {
		email, err := EmailKey(contact.Email)
		if err != nil {
			return false, err
		}
		for r, err := range store.Records(ctx, s.store, store.Query{Family: familyContacts, List: listEmail, Equal: []store.Value{store.TextValue(email)}}) {
			if err != nil {
				return false, err
			}
			if _, key, ok := strings.Cut(r.Key, "/"); ok && strings.HasPrefix(key, orderContactKey) {
				return true, nil
			}
		}
		return false, nil
	}
	page, err := s.store.Find(ctx, store.Query{Family: familyOrders, List: listPerson, Equal: []store.Value{store.TextValue(h.person.String())}, Limit: 1})
	return len(page.Items) > 0, err
}

// use gives the changes by which an order uses its promotions.
func use(o Order, customer string) ([]store.Change, error) {
	var changes []store.Change
	first := false
	for _, u := range o.is.Uses {
		if customer == "" && (u.Each > 0 || u.First) {
			return nil, invalid("contact.email", "promotion %q needs one", u.Promotion)
		}
		if u.Uses > 0 {
			changes = append(changes, store.Add{Ref: refUses(u.Promotion), Steps: []store.Step{{Field: usesLeft, By: -1, Floor: -u.Uses}}})
		}
		if u.Each > 0 {
			changes = append(changes, store.Claim{Ref: refUse(u.Promotion, customer, u.Own), Owner: o.is.ID.String()})
		}
		if u.First && !first {
			first = true
			changes = append(changes, store.Claim{Ref: refFirst(customer), Owner: o.is.ID.String()})
		}
	}
	return changes, nil
}

// unuse names the claims that a guest's order has of its promotions.
func unuse(o Order, contact Contact) []store.Ref {
	guest := guestKey(contact)
	if guest == "" {
		return nil
	}
	var refs []store.Ref
	first := false
	for _, u := range o.is.Uses {
		if u.Each > 0 {
			refs = append(refs, refUse(u.Promotion, guest, u.Own))
		}
		if u.First && !first {
			first = true
			refs = append(refs, refFirst(guest))
		}
	}
	return refs
}

// forgetUses adds to the erasing of a guest that the claims are given back in whose keys
// the e-mail address stands: once the words are gone nobody knows them any more. An order
// that is placed meanwhile changes the cart or ends a draft, which are required as they
// were before the orders were read.
func (s *Shop) forgetUses(ctx context.Context, person PersonID, w *work) error {
	cart, err := s.store.Get(ctx, refCart(person))
	if err != nil {
		return err
	}
	w.requires = append(w.requires, store.Requirement{Ref: refCart(person), Rev: cart[0].Rev})
	from, to := store.TextValue(person.String()+"/"), store.TextValue(person.String()+"0") // "0" comes after "/"
	for r, err := range store.Records(ctx, s.store, store.Query{Family: familyDrafts, From: &from, To: &to}) {
		if err != nil {
			return err
		}
		w.requires = append(w.requires, store.Requirement{Ref: r.Ref, Rev: r.Rev})
	}
	for r, err := range store.Records(ctx, s.store, store.Query{Family: familyOrders, List: listPerson, Equal: []store.Value{store.TextValue(person.String())}}) {
		if err != nil {
			return err
		}
		order, err := s.orderOf(ctx, r)
		if err != nil {
			return err
		}
		if len(order.is.Uses) == 0 {
			continue
		}
		contact, err := s.loadContact(ctx, order.Contact())
		if err != nil {
			return err
		}
		claims, err := s.get(ctx, unuse(order, contact)...)
		if err != nil {
			return err
		}
		for _, claim := range claims {
			if mine, err := claimedBy(claim, order.is.ID.String()); err == nil && mine {
				w.add(store.Release{Ref: claim.Ref, Owner: order.is.ID.String()})
			}
		}
	}
	return nil
}

// usedMeanwhile makes a conflict of a refusal that says that somebody else has used a
// promotion meanwhile: what is left of it decides.
func usedMeanwhile(err error) error {
	if err == nil {
		return nil
	}
	var short *store.ShortError
	if errors.As(err, &short) && short.Ref.Family == familyUses {
		return &store.ConflictError{Ref: short.Ref}
	}
	var exists *store.ExistsError
	if errors.As(err, &exists) && exists.Ref.Family == familyUsed {
		return &store.ConflictError{Ref: store.Ref{Family: familyUsed}} // whose it is, is not said
	}
	return err
}

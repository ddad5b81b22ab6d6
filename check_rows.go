package till

import (
	"context"
	"encoding/hex"
	"strings"

	"github.com/tillkit/till/store"
)

// readable reads the document of a record; where it cannot be read that is said. What is
// wrong in it is not: it may be a person's words.
func readable[T any](c *checker, r store.Record, read func(store.Doc) (T, error)) (T, bool) {
	is, err := read(r.Doc)
	if err != nil {
		c.say(r.Ref, "its document cannot be read")
	}
	return is, err == nil
}

func (c *checker) settings(_ context.Context, r store.Record) error {
	is, ok := readable(c, r, asSettings)
	if ok && (r.Ref != refSettings || is.Currency != c.shop.currency) {
		c.say(r.Ref, "they are those of another shop, which counts in %s", is.Currency)
	}
	return nil
}

func (c *checker) numbers(_ context.Context, r store.Record) error {
	readable(c, r, asNumbers)
	return nil
}

// claimant reads who holds a claim of something that a product has.
func (c *checker) claimant(ctx context.Context, r store.Record) (Product, bool, error) {
	id, err := owner(r)
	if err != nil {
		c.say(r.Ref, "its owner cannot be read")
		return Product{}, false, nil
	}
	records, err := c.shop.store.Get(ctx, store.Ref{Family: familyProducts, Key: id})
	if err != nil {
		return Product{}, false, err
	}
	if !records[0].Exists() {
		c.say(r.Ref, "it is claimed for product %s, which is not there", id)
		return Product{}, false, nil
	}
	p, err := c.shop.loadProduct(ctx, records[0])
	return p, err == nil, nil // else the look at the product says so
}

func (c *checker) skuClaim(ctx context.Context, r store.Record) error {
	p, ok, err := c.claimant(ctx, r)
	if _, has := p.listing[SKU(r.Key)]; ok && !has {
		c.say(r.Ref, "it is claimed for product %s, which never had it", p.id)
	}
	return err
}

func (c *checker) handleClaim(ctx context.Context, r store.Record) error {
	p, ok, err := c.claimant(ctx, r)
	if err != nil || !ok || p.is.Handle == r.Key {
		return err
	}
	entries, err := c.shop.history(ctx, refProduct(p.id))
	if err != nil {
		return err
	}
	if had, err := p.hadHandle(r.Key, entries); err == nil && !had {
		c.say(r.Ref, "it is claimed for product %s, which never had it", p.id)
	}
	return nil
}

// emailClaim looks whether an e-mail address is that of the account which holds it. The
// address is not said.
func (c *checker) emailClaim(ctx context.Context, r store.Record) error {
	id, err := owner(r)
	if err != nil {
		c.say(store.Ref{Family: familyEmails}, "the owner of an e-mail address cannot be read")
		return nil
	}
	ref := store.Ref{Family: familyAccounts, Key: id}
	records, err := c.shop.store.Get(ctx, r.Ref, ref)
	if err != nil {
		return err
	}
	if mine, err := claimedBy(records[0], id); err != nil || !mine {
		return errMoved
	}
	if !records[1].Exists() {
		c.say(ref, "an e-mail address is claimed for it, and it is not there")
		return nil
	}
	a, err := c.shop.loadAccount(ctx, records[1])
	if err != nil {
		return nil // the look at the account says so
	}
	contacts, err := c.shop.store.Get(ctx, r.Ref, ref, refContact(a.Contact()))
	if err != nil {
		return err
	}
	if mine, err := claimedBy(contacts[0], id); err != nil || !mine || contacts[1].Rev != a.n {
		return errMoved
	}
	if a.status == AccountErased {
		c.say(ref, "it was erased, and an e-mail address is claimed for it")
		return nil
	}
	if !contacts[2].Exists() {
		return nil // the look at the account says so
	}
	if key, err := emailOf(contacts[2]); err == nil && key != r.Key {
		c.say(ref, "an e-mail address is claimed for it that is not its own")
	}
	return nil
}

func (c *checker) offer(ctx context.Context, r store.Record) error {
	o, ok := readable(c, r, asOffer)
	if !ok {
		return nil
	}
	if !strings.HasPrefix(r.Key, offersKey(o.Product, o.List)) {
		c.say(r.Ref, "it says that it is of product %s in list %s", o.Product, o.List.key())
		return nil
	}
	if is, err := c.has(ctx, refProduct(o.Product)); err != nil || is {
		return err // the look at the product compares them
	}
	c.say(r.Ref, "it is of product %s, which is not there", o.Product)
	return nil
}

// contact looks for the order or the account that a contact record is of.
func (c *checker) contact(ctx context.Context, r store.Record) error {
	if _, ok := readable(c, r, asContact); !ok {
		return nil
	}
	person, key, _ := strings.Cut(r.Key, "/")
	if id, ok := strings.CutPrefix(key, "o"); ok {
		summary, ok, err := c.ordered(ctx, r.Ref, id)
		if ok && refContact(summary.Contact) != r.Ref {
			c.say(r.Ref, "order %s has another contact record", summary.Number)
		}
		return err
	}
	return c.ofAccount(ctx, r.Ref, person)
}

// ofAccount says so where an account is not there that something is of.
func (c *checker) ofAccount(ctx context.Context, ref store.Ref, person string) error {
	if is, err := c.has(ctx, store.Ref{Family: familyAccounts, Key: person}); err != nil || is {
		return err
	}
	c.say(ref, "it is of account %s, which is not there", person)
	return nil
}

func (c *checker) credential(ctx context.Context, r store.Record) error {
	is, ok := readable(c, r, asCredential)
	if !ok {
		return nil
	}
	if _, _, _, err := readPassword(is.Hash); err != nil {
		c.say(r.Ref, "%s", reason(err))
	}
	person, _, _ := strings.Cut(r.Key, "/")
	return c.ofAccount(ctx, r.Ref, person)
}

func (c *checker) session(ctx context.Context, r store.Record) error {
	is, ok := readable(c, r, asSession)
	if !ok {
		return nil
	}
	if sum, err := hex.DecodeString(r.Key); err != nil || len(sum) != 32 {
		c.say(r.Ref, "its key is no hash of a token")
	}
	if is.Guest {
		return nil
	}
	return c.ofAccount(ctx, r.Ref, is.Person.String())
}

func (c *checker) cart(_ context.Context, r store.Record) error {
	if is, ok := readable(c, r, asCart); ok {
		c.lines(r.Ref, is)
	}
	return nil
}

func (c *checker) draft(_ context.Context, r store.Record) error {
	is, ok := readable(c, r, asDraft)
	if !ok {
		return nil
	}
	if _, err := ParseDraftRef(r.Key); err != nil {
		c.say(r.Ref, "its key names no draft")
	}
	c.lines(r.Ref, is.cart)
	return nil
}

// lines looks whether the lines of a cart have numbers of their own, and quantities.
func (c *checker) lines(ref store.Ref, is Cart) {
	last := 0
	for _, l := range is.lines {
		if l.N <= last || l.N > is.last {
			c.say(ref, "line %d follows line %d, and the last number given is %d", l.N, last, is.last)
		}
		if last = l.N; checkQuantity(l.Quantity) != nil {
			c.say(ref, "line %d is of %d pieces", l.N, l.Quantity)
		}
	}
}

package till

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// journalOf is how the journals of a family are stored.
type journalOf[S Folded[S]] struct {
	fold int // version of the state's form
	doc  func(S) store.Doc
	end  func(S) journal

	// again brings a state into the form in which it is written now.
	again func(raw []byte) ([]byte, error)
}

// rewrite reads the form of a state and writes it again.
func rewrite[F any](raw []byte) ([]byte, error) {
	var form F
	if err := json.Unmarshal(raw, &form); err != nil {
		return nil, err
	}
	return appendJSON(nil, form)
}

// folded folds a journal again and compares it with the state beside it. false: what is
// wrong has been said. The entries are read after the state, so there may be more.
func folded[S Folded[S]](ctx context.Context, c *checker, r store.Record, empty S, of journalOf[S]) (S, []Entry, bool, error) {
	entries, err := c.shop.history(ctx, r.Ref)
	if err != nil {
		return empty, nil, false, err
	}
	c.entries = len(entries)
	if int64(len(entries)) > r.Rev {
		now, err := c.shop.store.Get(ctx, r.Ref)
		if err != nil {
			return empty, nil, false, err
		}
		if now[0].Rev < int64(len(entries)) {
			c.say(r.Ref, "it has %d entries, its state is of entry %d", len(entries), now[0].Rev)
			return empty, nil, false, nil
		}
		entries = entries[:r.Rev]
	}
	value, err := Fold(empty, entries...)
	if err != nil {
		c.say(r.Ref, "%s", reason(err))
		return empty, nil, false, nil
	}
	if int64(len(entries)) < r.Rev {
		c.say(r.Ref, "it has %d entries, its state is of entry %d", len(entries), r.Rev)
		return empty, nil, false, nil
	}
	if wrong, err := of.differs(r, value); err != nil || wrong != "" {
		c.say(r.Ref, "%s", wrong)
		return empty, nil, false, err
	}
	return value, entries, true, nil
}

// differs says in what a stored state is not the one that was folded. Of a state in
// another form, the end of the chain counts.
func (of journalOf[S]) differs(r store.Record, value S) (string, error) {
	raw, err := r.Doc.AppendStored(nil)
	if err != nil {
		return "", err
	}
	var head stateForm
	if err := json.Unmarshal(raw, &head); err != nil {
		return "its state cannot be read: " + err.Error(), nil
	}
	have, err := head.journal()
	if err != nil {
		return reason(err), nil
	}
	if err := fits(r, have); err != nil {
		return "its state is of entry " + strconv.FormatInt(have.n, 10) + ", its revision is " + strconv.FormatInt(r.Rev, 10), nil
	}
	if have != of.end(value) {
		return "its state was folded from other entries", nil
	}
	if head.Fold != of.fold {
		return "", nil
	}
	body, err := of.doc(value).AppendStored(nil)
	if err != nil {
		return "", err
	}
	want, err := of.again(body)
	if err != nil {
		return "", err
	}
	if is, err := of.again(raw); err != nil || !bytes.Equal(is, want) {
		return "its state is not what its entries fold to", nil
	}
	return "", nil
}

func (c *checker) product(ctx context.Context, r store.Record) error {
	p, entries, ok, err := folded(ctx, c, r, Product{}, journalOf[Product]{
		fold: productFold, doc: func(p Product) store.Doc { return productDoc{p} },
		end: func(p Product) journal { return p.journal }, again: rewrite[productForm],
	})
	if err != nil || !ok {
		return err
	}
	if refProduct(p.id) != r.Ref {
		c.say(r.Ref, "its entries are those of product %s", p.id)
		return nil
	}
	refs := make([]store.Ref, 0, len(p.listing)+1)
	for _, sku := range p.everSKUs() {
		refs = append(refs, refSKU(sku))
	}
	handles, err := everHandles(entries)
	if err != nil {
		return err
	}
	for _, handle := range handles {
		refs = append(refs, refHandle(handle))
	}
	claims, err := c.shop.get(ctx, refs...)
	if err != nil {
		return err
	}
	for _, claim := range claims {
		what := "SKU"
		if claim.Family == familyHandles {
			what = "handle"
		}
		if mine, err := claimedBy(claim, r.Key); err != nil || !mine {
			c.say(r.Ref, "its %s %q is not claimed for it", what, claim.Key)
		}
	}
	return c.offers(ctx, r, p)
}

// everHandles gives each handle that a product has or had, sorted.
func everHandles(entries []Entry) ([]string, error) {
	var then Product
	var handles []string
	for _, e := range entries {
		next, err := Fold(then, e)
		if err != nil {
			return nil, err
		}
		if then = next; !slices.Contains(handles, then.is.Handle) {
			handles = append(handles, then.is.Handle)
		}
	}
	slices.Sort(handles)
	return handles, nil
}

// offers compares the offers of a product with what it and its prices give. They change
// only with one of these: where none of them did, they belong together.
func (c *checker) offers(ctx context.Context, r store.Record, p Product) error {
	list := standard(c.shop.currency)
	prices, err := c.shop.allPrices(ctx, p)
	if errors.Is(err, ErrDamaged) || errors.Is(err, ErrUnsupported) {
		return nil // the look at the prices says so
	}
	if err != nil {
		return err
	}
	have, err := c.shop.offersOn(ctx, p.id, list)
	if err != nil {
		return err
	}
	refs, revisions, at := []store.Ref{r.Ref}, []int64{r.Rev}, p.at
	for _, x := range prices {
		refs, revisions, at = append(refs, refPrices(x.sku, list)), append(revisions, x.n), max(at, x.at)
	}
	now, err := c.shop.get(ctx, refs...)
	if err != nil {
		return err
	}
	for i, r := range now {
		if r.Rev != revisions[i] {
			return errMoved
		}
	}
	written := make([]offer, 0, len(have))
	for _, r := range have {
		o, err := asOffer(r.Doc)
		if err != nil {
			return nil // the look at the offer says so
		}
		written = append(written, o)
	}
	if !sameOffers(written, offersOf(p, prices, list, at), at, c.shop.now()) {
		c.say(r.Ref, "its offers are not what it and its prices give")
	}
	return nil
}

// sameOffers compares the offers that are written with those that a product's plan gives
// from an instant on. They were written then or later, up to now, and begin with what held
// when they were: what was over by then they need not have, and what was over before the
// plan they may.
func sameOffers(have, want []offer, at, now Instant) bool {
	slices.SortFunc(have, func(a, b offer) int { return int(min(max(a.Since-b.Since, -1), 1)) })
	for len(have) > 1 && have[0].Until <= at {
		have = have[1:]
	}
	past := len(want) - len(have)
	if past < 0 || len(have) == 0 || past > 0 && want[past].Since > now {
		return false
	}
	for i, w := range want[past:] {
		h := have[i]
		if i == 0 {
			h.Since, w.Since = MinInstant, MinInstant
		}
		is, errHave := offerDoc{offer: h}.AppendStored(nil)
		should, errWant := offerDoc{offer: w}.AppendStored(nil)
		if errHave != nil || errWant != nil || !bytes.Equal(is, should) {
			return false
		}
	}
	return true
}

func (c *checker) prices(ctx context.Context, r store.Record) error {
	currency, rest, _ := strings.Cut(r.Key, "/")
	list, sku, _ := strings.Cut(rest, "/")
	in, err := money.ParseCurrency(currency)
	if err != nil || list == "" || sku == "" {
		c.say(r.Ref, "its key names no article in a price list")
		return nil
	}
	empty := Prices{sku: SKU(sku), list: PriceList{List: list, Currency: in}}
	_, _, ok, err := folded(ctx, c, r, empty, journalOf[Prices]{
		fold: pricesFold, doc: func(p Prices) store.Doc { return pricesDoc{p.present()} },
		end: func(p Prices) journal { return p.journal }, again: rewrite[pricesForm],
	})
	if err != nil || !ok {
		return err
	}
	return c.owned(ctx, r.Ref, SKU(sku))
}

// owned says so where no product has a SKU.
func (c *checker) owned(ctx context.Context, ref store.Ref, sku SKU) error {
	if is, err := c.has(ctx, refSKU(sku)); err != nil || is {
		return err
	}
	c.say(ref, "no product has the SKU %q", string(sku))
	return nil
}

func (c *checker) terms(ctx context.Context, r store.Record) error {
	_, _, _, err := folded(ctx, c, r, Terms{}, journalOf[Terms]{
		fold: termsFold, doc: func(t Terms) store.Doc { return termsDoc{t} },
		end: func(t Terms) journal { return t.journal }, again: rewrite[termsForm],
	})
	return err
}

func (c *checker) account(ctx context.Context, r store.Record) error {
	a, _, ok, err := folded(ctx, c, r, Account{}, journalOf[Account]{
		fold: accountFold, doc: func(a Account) store.Doc { return accountDoc{a} },
		end: func(a Account) journal { return a.journal }, again: rewrite[accountForm],
	})
	if err != nil || !ok {
		return err
	}
	if refAccount(a.id) != r.Ref {
		c.say(r.Ref, "its entries are those of account %s", a.id)
		return nil
	}
	if a.status == AccountErased {
		return nil // nothing is left that it could have
	}
	records, err := c.shop.store.Get(ctx, r.Ref, refContact(a.Contact()), refPassword(a.id))
	if err != nil {
		return err
	}
	if records[0].Rev != r.Rev {
		return errMoved
	}
	if a.password && !records[2].Exists() {
		c.say(r.Ref, "its password is not there")
	}
	if !records[1].Exists() {
		c.say(r.Ref, "its contact record %s is not there", a.contact)
		return nil
	}
	key, err := emailOf(records[1])
	if err != nil {
		c.say(r.Ref, "its contact record %s has no e-mail address that can be read", a.contact)
		return nil
	}
	if records, err = c.shop.store.Get(ctx, r.Ref, refEmail(key)); err != nil {
		return err
	}
	if records[0].Rev != r.Rev {
		return errMoved
	}
	if mine, err := claimedBy(records[1], r.Key); err != nil || !mine {
		c.say(r.Ref, "its e-mail address is not claimed for it")
	}
	return nil
}

// emailOf gives the key of the e-mail address in a contact record.
func emailOf(r store.Record) (string, error) {
	is, err := asContact(r.Doc)
	if err != nil {
		return "", err
	}
	return EmailKey(is.Email)
}

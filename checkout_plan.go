package till

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// holder is whoever holds a cart that can become an order: a [Buyer], behind a
// session, or the staff, in a [DraftOrder] or in the request to place an order.
type holder interface {
	// hold reads the cart, and what is wanted beside it.
	hold(ctx context.Context, w wanted) (held, error)
	// spend gives what an order makes of the cart, where it is kept, and of who ordered.
	spend(h held) []store.Change
	// sign says by whom the order is placed, and why.
	sign(at Instant) (Meta, error)
	// receipt names the receipt of a request to place an order, and tells it from others.
	receipt(r CheckoutRequest) (key string, fingerprint [32]byte)
	// taken says why a receipt is not that of a request.
	taken(r CheckoutRequest, is store.Receipt) error
}

// wanted says what is needed of a holder.
type wanted struct {
	placing bool   // an order is to be placed: also the account
	key     string // "" or of a receipt, which is looked for first: where it is there, nothing else is held
	recall  bool   // what was read before will do; without the account and the receipt
}

// keeper is a holder whose cart is kept.
type keeper interface {
	holder
	// keep gives the change that keeps a cart.
	keep(h held, c Cart) store.Change
}

// held is a cart with all that was read beside it, in one consistent state.
type held struct {
	person   PersonID
	cart     Cart
	rev      int64        // of the cart's record
	draft    draft        // of a draft order
	account  store.Record // the person's, where an order is to be placed; absent for a guest
	requires []store.Requirement
	made     *store.Receipt // of what was made under the key before
	recalled bool           // it may be other by now: it is decided on, and refuses nothing

	joins   Contact        // of an account that is made with the order,
	joining []store.Change // by these changes
}

// hasAccount reports whether the cart is that of somebody with an account, also of one
// that is made with the order.
func (h held) hasAccount() bool { return h.account.Exists() || !h.joins.IsZero() }

// change applies a pure operation to a cart and keeps the result, if it is another. The
// articles that it puts in must be for sale.
func (s *Shop) change(ctx context.Context, h keeper, operation func(Cart) (Cart, error), put ...SKU) error {
	recall := true
	_, err := s.decide(ctx, func() (store.ChangeSet, error) {
		set, recalled, err := s.changed(ctx, h, operation, put, recall)
		if recalled && (err != nil || len(set.Changes) == 0) {
			set, _, err = s.changed(ctx, h, operation, put, false)
		}
		recall = false
		return set, err
	})
	return err
}

// changed decides on a change; recalled says that it did so on a cart that was read before.
func (s *Shop) changed(ctx context.Context, h keeper, operation func(Cart) (Cart, error), put []SKU, recall bool) (_ store.ChangeSet, recalled bool, err error) {
	is, err := h.hold(ctx, wanted{recall: recall})
	if err != nil {
		return store.ChangeSet{}, false, err
	}
	next, err := operation(is.cart)
	if err != nil {
		return store.ChangeSet{}, is.recalled, err
	}
	sold, err := s.sellable(ctx, next, put, recall)
	if err != nil || next.equal(is.cart) {
		return store.ChangeSet{}, is.recalled, err
	}
	return store.ChangeSet{At: int64(s.now()), Requires: append(is.requires, sold...), Changes: []store.Change{h.keep(is, next)}}, is.recalled, nil
}

// sellable looks whether the articles that were put into a cart can be bought now. What
// is recalled for it, the commit has to require.
func (s *Shop) sellable(ctx context.Context, c Cart, put []SKU, recall bool) ([]store.Requirement, error) {
	if len(put) == 0 {
		return nil, nil
	}
	if recall {
		if sh, ok := s.remembered.shelf(c, put, s.now()); ok && sh.sells(c, put, s.now()) == nil {
			return sh.requires, nil
		}
	}
	rules, now := s.remembered.lastRules(), s.now()
	for {
		lists := rules.PriceLists(c, now)
		sh, err := s.loadShelf(ctx, lists, put)
		if err != nil {
			return nil, err
		}
		if rules = sh.terms; slices.Equal(lists, rules.PriceLists(c, max(now, sh.latest))) {
			return nil, sh.sells(c, put, now)
		}
		now = max(now, sh.latest)
	}
}

// Plan is a checkout that was not committed: what it would do.
type Plan struct {
	Order Order           // as it would be placed
	Set   store.ChangeSet // what it would commit, and what it relies on
}

// planned gives the plan of a checkout, and commits nothing.
func (s *Shop) planned(ctx context.Context, h holder, r CheckoutRequest) (Plan, error) {
	if err := r.check(); err != nil {
		return Plan{}, err
	}
	r.Contact.Notes = nil
	is, err := h.hold(ctx, wanted{placing: true})
	if err != nil {
		return Plan{}, err
	}
	plan, err := s.plan(ctx, h, is, r, false, func(context.Context) (string, error) { return "plan", nil })
	if err != nil {
		return Plan{}, err
	}
	plan.Set.Key, plan.Set.Fingerprint = h.receipt(r)
	return plan, s.enough(ctx, plan)
}

// enough looks whether the stock suffices for a plan, without taking it.
func (s *Shop) enough(ctx context.Context, plan Plan) error {
	var adds []store.Add
	var refs []store.Ref
	for _, change := range plan.Set.Changes {
		if add, ok := change.(store.Add); ok && add.Family == familyStock { // of promotions the quote has decided
			adds, refs = append(adds, add), append(refs, add.Ref)
		}
	}
	records, err := s.get(ctx, refs...)
	if err != nil {
		return err
	}
	for i, add := range adds {
		have := int64(0)
		if records[i].Exists() {
			have = records[i].Index[0].Int()
		}
		if step := add.Steps[0]; have+step.By < step.Floor {
			return shortage(&store.ShortError{Ref: add.Ref, Field: step.Field, By: step.By, Have: have, Floor: step.Floor})
		}
	}
	return nil
}

// plan decides what the checkout of a cart makes: a commit away from the order, whose
// key the caller sets. It may recall what was read before, which says yes alone: no is
// said by what there is now.
func (s *Shop) plan(ctx context.Context, h holder, is held, r CheckoutRequest, recall bool, number func(context.Context) (string, error)) (Plan, error) {
	if is.cart.IsEmpty() {
		return Plan{}, invalid("cart", "it is empty: put something in first")
	}
	now := s.now()
	contact, err := s.contactOf(ctx, r, &is)
	if err != nil {
		return Plan{}, err
	}
	var quote Quote
	var sh shelf
	recalled := false
	if recall && !s.expired(r, now) {
		quote, sh, recalled = s.recallQuote(is.cart.goesTo(contact), now, r.Accept)
	}
	if !recalled && is.recalled {
		return Plan{}, errForgotten
	}
	if !recalled {
		if quote, sh, err = s.agreed(ctx, is, contact, now, r); err != nil {
			return Plan{}, err
		}
	}
	if err := addressed(contact); err != nil {
		return Plan{}, err
	}
	m, err := h.sign(now)
	if err != nil {
		return Plan{}, err
	}
	id, err := newID[Order](s, now, is.person.Part())
	if err != nil {
		return Plan{}, err
	}
	n, err := number(ctx)
	if err != nil {
		return Plan{}, err
	}
	return s.assemble(h, &decided{m, id, n, contact, is, quote, sh, append(sh.requires, is.requires...)})
}

// errForgotten says that what is remembered does not suffice to decide on.
var errForgotten = errors.New("till: not everything is remembered")

// recallQuote computes what a cart costs by what is remembered. false: not all of it is,
// or the cart does not cost what was accepted, or cannot be bought.
func (s *Shop) recallQuote(c Cart, now Instant, accept Digest) (Quote, shelf, bool) {
	sh, ok := s.remembered.shelf(c, c.skus(), now)
	if !ok || len(sh.terms.limited(c, max(now, sh.latest))) > 0 { // how often they were used is not remembered
		return Quote{}, shelf{}, false
	}
	quote, err := c.Quote(sh.catalog, sh.terms, max(now, sh.latest))
	return quote, sh, err == nil && quote.Digest() == accept && quote.Err() == nil
}

// agreed reads what a cart costs, which must be what was accepted.
func (s *Shop) agreed(ctx context.Context, h held, contact Contact, now Instant, r CheckoutRequest) (Quote, shelf, error) {
	quote, sh, err := s.quote(ctx, h, contact, now)
	if err != nil {
		return Quote{}, shelf{}, err
	}
	expired := s.expired(r, now)
	if quote.Digest() != r.Accept || expired {
		drift := &DriftError{Accepted: r.Accept, Quote: quote}
		if expired {
			drift.Differences = append(drift.Differences, Difference{Kind: QuoteExpired})
		}
		short, err := s.short(ctx, quote, sh.catalog)
		if err != nil {
			return Quote{}, shelf{}, err
		}
		if drift.Differences = append(drift.Differences, short...); r.Seen != nil {
			drift.Differences = append(drift.Differences, Compare(*r.Seen, quote)...)
		}
		return Quote{}, shelf{}, drift
	}
	return quote, sh, quote.Err()
}

// expired reports whether a quote that was seen is too old to be accepted.
func (s *Shop) expired(r CheckoutRequest, now Instant) bool {
	return s.opts.Quotes > 0 && r.Seen != nil && now.Time().Sub(r.Seen.at.Time()) > s.opts.Quotes
}

// short says of which articles there is less than a quote asks for, each on its first line.
func (s *Shop) short(ctx context.Context, q Quote, catalog Catalog) ([]Difference, error) {
	wanted := q.Demand()
	refs := make([]store.Ref, len(wanted))
	for i, d := range wanted {
		refs[i] = refStock(Place{SKU: d.SKU, Location: s.opts.Location})
	}
	records, err := s.get(ctx, refs...)
	if err != nil {
		return nil, err
	}
	var out []Difference
	for i, d := range wanted {
		line := q.bill.Lines[slices.IndexFunc(q.bill.Lines, func(l Line) bool { return l.SKU == d.SKU })]
		product, _ := catalog.Product(d.SKU)
		variant, ok := product.Variant(d.SKU)
		if !ok || line.Unavailable != "" || line.Untracked {
			continue
		}
		have := variant.Stock.Backorder
		if records[i].Exists() {
			have += records[i].Index[0].Int()
		}
		if have < d.Quantity {
			line.Quantity = d.Quantity
			out = append(out, Difference{Kind: StockShort, Line: line.N, Was: line.clone(), Is: line.clone(), Available: max(0, have)})
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return a.Line - b.Line })
	return out, nil
}

// decided is all that the change set of a checkout is made of.
type decided struct {
	meta     Meta
	id       OrderID
	number   string
	contact  Contact
	held     held
	quote    Quote
	shelf    shelf
	requires []store.Requirement
}

func (s *Shop) assemble(h holder, d *decided) (Plan, error) {
	m, id := d.meta, d.id.String()
	ref := orderContact(d.held.person, d.id)
	to := d.held.cart.goesTo(d.contact).to
	goes := Destination{Country: to.Country, Region: to.Region}
	opened, _, err := OpenOrder(m, Opening{ID: d.id, Number: d.number, Contact: ref, Destination: goes}, d.quote)
	if err != nil {
		return Plan{}, err
	}
	order, _, err := opened.Place(m, ByInvoice)
	if err != nil {
		return Plan{}, err
	}
	lines := order.reservedLines()
	changes := append(make([]store.Change, 0, 5+len(lines)),
		appendOrder(order, order.Entries()),
		putContact(ref, d.contact),
		putMessage(Message{Kind: ConfirmationMessage, Order: d.id, Contact: ref, Queued: m.At, Due: m.At}),
		putReservation(newReservation(m, s.opts.Location, lines), id),
	)
	changes = append(changes, h.spend(d.held)...)
	for _, l := range lines {
		if l.Untracked {
			continue
		}
		changes = append(changes, store.Add{
			Ref:   refStock(Place{SKU: l.SKU, Location: s.opts.Location}),
			Steps: Movement{Kind: Reserved, Quantity: l.Quantity}.steps(d.shelf.catalog.stockPolicy(l.SKU)),
		})
	}
	if len(order.is.Uses) > 0 {
		used, err := use(order, customerKey(d.held, d.contact))
		if err != nil {
			return Plan{}, err
		}
		changes = append(changes, used...)
	}
	return Plan{Order: order, Set: store.ChangeSet{Result: id, At: int64(m.At), Requires: d.requires, Changes: changes}}, nil
}

// contactOf gives the words that the order is made with: those of the request or, for
// a customer who gives none, those of the account, with the notes of the cart.
func (s *Shop) contactOf(ctx context.Context, r CheckoutRequest, h *held) (Contact, error) {
	contact := r.Contact.clone()
	if contact.IsZero() {
		contact = h.joins.clone()
	}
	if contact.IsZero() && h.account.Exists() {
		is, err := s.loadAccount(ctx, h.account)
		if err != nil {
			return Contact{}, err
		}
		if account := (store.Requirement{Ref: h.account.Ref, Rev: h.account.Rev}); !slices.Contains(h.requires, account) {
			h.requires = append(h.requires, account)
		}
		if contact, err = s.loadContact(ctx, is.Contact()); err != nil {
			return Contact{}, err
		}
	}
	contact.Notes = h.cart.notes()
	return contact, nil
}

// addressed refuses a contact that is nobody's.
func addressed(contact Contact) error {
	if strings.TrimSpace(contact.Name) == "" {
		return invalid("contact.name", "an order needs one")
	}
	if contact.Email == "" {
		return invalid("contact.email", "an order needs one")
	}
	return nil
}

// notes gives those of the lines by the numbers that they have in an order.
func (c Cart) notes() map[int]string {
	var notes map[int]string
	for i, l := range c.lines {
		if l.Note == "" {
			continue
		}
		if notes == nil {
			notes = make(map[int]string)
		}
		notes[i+1] = l.Note // an order's lines are numbered 1, 2, 3 ...
	}
	return notes
}

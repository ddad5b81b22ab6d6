package till

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tillkit/till/store"
)

// Buyer is what a [Guest] and a [Customer] have in common: one cart, and the orders
// made from it. A Buyer reaches nothing of anybody else's: what is another's is
// answered like what is not there, with [ErrNotFound]. Every method looks at the
// session anew; once it has ended the error is [ErrSession].
type Buyer struct {
	shop   *Shop
	person PersonID
	token  Token
	guest  bool

	session, basket store.Ref
}

func (s *Shop) buyer(person PersonID, token Token, guest bool) *Buyer {
	return &Buyer{shop: s, person: person, token: token, guest: guest, session: refSession(token), basket: refCart(person)}
}

// Token gives what stands for the session, for a cookie.
func (b *Buyer) Token() Token { return b.token }

// Person gives the id of the person: a customer's is that of the account.
func (b *Buyer) Person() PersonID { return b.person }

func (b *Buyer) meta(at Instant) Meta {
	by := Actor("customer")
	if b.guest {
		by = "guest"
	}
	return Meta{At: at, By: by}
}

func (b *Buyer) sign(at Instant) (Meta, error) { return b.meta(at), nil }

// read reads records in one consistent state with the session, which must hold. It
// also gives what a commit has to require so that the session still holds then.
func (b *Buyer) read(ctx context.Context, refs ...store.Ref) ([]store.Record, store.Requirement, error) {
	records, err := b.shop.store.Get(ctx, append([]store.Ref{b.session}, refs...)...)
	if err != nil {
		return nil, store.Requirement{}, err
	}
	is, err := readSession(records[0], b.shop.now(), b.guest)
	if err != nil {
		return nil, store.Requirement{}, err
	}
	if is.Person != b.person {
		return nil, store.Requirement{}, damaged("session", "it is another person's")
	}
	b.shop.remembered.session(knownAs(is, records[0]))
	return records[1:], store.Requirement{Ref: records[0].Ref, Rev: records[0].Rev}, nil
}

// readCart reads the cart of a record; one that is absent is empty.
func (s *Shop) readCart(r store.Record) (Cart, error) {
	if !r.Exists() {
		return NewCart(standard(s.currency))
	}
	return asCart(r.Doc)
}

// Cart gives the cart as it is now.
func (b *Buyer) Cart(ctx context.Context) (Cart, error) {
	records, _, err := b.read(ctx, b.basket)
	if err != nil {
		return Cart{}, err
	}
	return b.readCart(records[0])
}

// readCart reads the buyer's cart, and remembers it.
func (b *Buyer) readCart(r store.Record) (Cart, error) {
	cart, err := b.shop.readCart(r)
	if err == nil {
		b.shop.remembered.cart(knownAs(cart, r))
	}
	return cart, err
}

// recall gives the cart and the session as they were read last, if the session holds.
func (b *Buyer) recall() (held, bool) {
	session, cart := b.shop.remembered.buyer(b.session.Key, b.basket.Key)
	if session == nil || cart == nil || session.value.holds(b.shop.now(), b.guest) != nil || session.value.Person != b.person {
		return held{}, false
	}
	is := held{person: b.person, rev: cart.at.Rev, cart: cart.value, requires: []store.Requirement{session.at}, recalled: true}
	if !b.guest {
		account := b.shop.remembered.purchaser(refAccount(b.person).Key)
		if account == nil {
			return held{}, false
		}
		is.cart.buyer, is.requires = account.value, append(is.requires, account.at)
	}
	return is, true
}

func (b *Buyer) hold(ctx context.Context, w wanted) (held, error) {
	if w.recall {
		if is, ok := b.recall(); ok {
			return is, nil
		}
	}
	refs := append(make([]store.Ref, 0, 3), b.basket)
	if w.key != "" {
		refs = append(refs, refReceipt(w.key))
	}
	if !b.guest {
		refs = append(refs, refAccount(b.person))
	}
	records, session, err := b.read(ctx, refs...)
	if err != nil {
		return held{}, err
	}
	cart, records := records[0], records[1:]
	if w.key != "" {
		if made, err := asReceipt(records[0]); err != nil || made != nil {
			return held{made: made}, err
		}
		records = records[1:]
	}
	is := held{person: b.person, rev: cart.Rev, requires: []store.Requirement{session}}
	if is.cart, err = b.readCart(cart); err != nil || b.guest {
		return is, err
	}
	is.account = records[0]
	return is, b.shop.buysAs(ctx, &is)
}

// buysAs gives the cart to the holder of the account, which the decision then requires.
func (s *Shop) buysAs(ctx context.Context, h *held) error {
	account, err := s.loadAccount(ctx, h.account)
	if err != nil {
		return err
	}
	h.cart.buyer = account.Purchaser()
	at := store.Requirement{Ref: h.account.Ref, Rev: h.account.Rev}
	s.remembered.keepPurchaser(&known[Purchaser]{h.cart.buyer, at})
	if !slices.Contains(h.requires, at) {
		h.requires = append(h.requires, at)
	}
	return nil
}

func (b *Buyer) keep(h held, c Cart) store.Change {
	return store.Put{Record: rowOf(b.basket, h.rev, cartDoc{c})}
}

func (b *Buyer) spend(h held) []store.Change {
	return []store.Change{b.keep(h, h.cart.Empty())}
}

// change applies a pure operation to the cart and keeps the result.
func (b *Buyer) change(ctx context.Context, operation func(Cart) (Cart, error), put ...SKU) error {
	return b.shop.change(ctx, b, operation, put...)
}

// Add puts items into the cart, all or none, as [Cart.Add] does. An article that
// cannot be bought now is an [UnavailableError]; whether there is enough of it is
// not asked before the checkout.
func (b *Buyer) Add(ctx context.Context, items ...Item) error {
	if len(items) > MaxLines {
		return invalid("items", "there are %d, a cart takes %d", len(items), MaxLines)
	}
	skus := make([]SKU, len(items))
	for i, item := range items {
		if err := item.check(); err != nil {
			return within(fmt.Sprintf("items[%d]", i), err)
		}
		skus[i] = item.SKU
	}
	return b.change(ctx, func(c Cart) (Cart, error) { return c.Add(items...) }, skus...)
}

// Set gives a line of the cart another quantity, as [Cart.Set] does.
func (b *Buyer) Set(ctx context.Context, line int, quantity int64) error {
	return b.change(ctx, func(c Cart) (Cart, error) { return c.Set(line, quantity) })
}

// Remove takes lines out of the cart, as [Cart.Remove] does.
func (b *Buyer) Remove(ctx context.Context, lines ...int) error {
	return b.change(ctx, func(c Cart) (Cart, error) { return c.Remove(lines...) })
}

// SetMetadata replaces the cart's metadata.
func (b *Buyer) SetMetadata(ctx context.Context, data Metadata) error {
	return b.change(ctx, func(c Cart) (Cart, error) { return c.WithMetadata(data) })
}

// Quote says what the cart costs now, and why. It does not look at stock, but of what
// promotions give. What only a contact tells, such as whether a guest has used a promotion
// before, is found at the checkout: see [DriftError].
func (b *Buyer) Quote(ctx context.Context) (Quote, error) {
	is, err := b.hold(ctx, wanted{})
	if err != nil {
		return Quote{}, err
	}
	quote, _, err := b.shop.quoteAtHome(ctx, is, b.shop.now())
	return quote, err
}

// quoteAtHome computes what a cart costs that goes where its customer is at home, as long
// as it does not say itself where it goes.
func (s *Shop) quoteAtHome(ctx context.Context, h held, at Instant) (Quote, shelf, error) {
	home, known := h.joins, !h.joins.IsZero() || !h.account.Exists() || h.cart.to != (Address{})
	rules := s.remembered.lastRules()
	for {
		if !known && rules.goesSomewhere() {
			account, err := s.loadAccount(ctx, h.account)
			if err == nil {
				home, err = s.loadContact(ctx, account.Contact())
			}
			if err != nil {
				return Quote{}, shelf{}, err
			}
			known = true
		}
		quote, sh, err := s.quote(ctx, h, home, at)
		if err != nil || known || !sh.terms.goesSomewhere() {
			return quote, sh, err
		}
		rules = sh.terms // which are others than were remembered
	}
}

// goesSomewhere reports whether it matters where a cart goes.
func (t Terms) goesSomewhere() bool { return len(t.taxes)+len(t.methods)+len(t.outside) > 0 }

// skus gives the article of each line.
func (c Cart) skus() []SKU {
	skus := make([]SKU, len(c.lines))
	for i, l := range c.lines {
		skus[i] = l.SKU
	}
	return skus
}

// quote loads what a cart needs and computes its quote, for whom it is known to be for.
func (s *Shop) quote(ctx context.Context, h held, contact Contact, at Instant) (Quote, shelf, error) {
	cart := h.cart.goesTo(contact)
	sh, err := s.shelfFor(ctx, cart, at)
	if err != nil {
		return Quote{}, shelf{}, err
	}
	at = max(at, sh.latest)
	if cart, err = s.withUses(ctx, cart, &sh, at, h, contact); err != nil {
		return Quote{}, shelf{}, err
	}
	sh.terms, err = s.ask(ctx, cart, sh, at)
	if err != nil {
		return Quote{}, shelf{}, err
	}
	quote, err := cart.Quote(sh.catalog, sh.terms, at)
	return quote, sh, err
}

// goesTo gives the cart as going where a contact is, if that is known. A region that is
// words there is the one that the cart has chosen in the same country.
func (c Cart) goesTo(contact Contact) Cart {
	if to := contact.ShipTo(); to.Country != "" {
		region := to.regionCode()
		if region == "" && to.Country == c.to.Country {
			region = c.to.Region
		}
		c.to = Address{Country: to.Country, Region: region, Postcode: to.Postcode}
	}
	return c
}

// Order gives one of the person's orders.
func (b *Buyer) Order(ctx context.Context, id OrderID) (Order, error) {
	if _, _, err := b.read(ctx); err != nil {
		return Order{}, err
	}
	order, err := b.shop.loadOrder(ctx, id)
	if err != nil {
		return Order{}, err
	}
	if order.Person() != b.person {
		return Order{}, &NotFoundError{Kind: "order", ID: id.String()}
	}
	return order, nil
}

// Orders lists the person's orders by the instant of placing.
func (b *Buyer) Orders(ctx context.Context, r PageRequest) (Page[OrderSummary], error) {
	if _, _, err := b.read(ctx); err != nil {
		return Page[OrderSummary]{}, err
	}
	return b.shop.orderPage(ctx, r.query(familyOrders, listPerson, store.TextValue(b.person.String())))
}

// Confirmation gives the confirmation of one of the person's orders.
func (b *Buyer) Confirmation(ctx context.Context, id OrderID) (Confirmation, error) {
	order, err := b.Order(ctx, id)
	if err != nil {
		return Confirmation{}, err
	}
	return b.shop.confirmation(ctx, order)
}

func (s *Shop) confirmation(ctx context.Context, order Order) (Confirmation, error) {
	contact, err := s.loadContact(ctx, order.Contact())
	if err != nil {
		return Confirmation{}, err
	}
	return order.Confirmation(contact), nil
}

// orderPage reads one page of a list of orders.
func (s *Shop) orderPage(ctx context.Context, q store.Query) (Page[OrderSummary], error) {
	return pageOf(ctx, s, q, func(r store.Record) (OrderSummary, error) { return s.loadSummary(ctx, r) })
}

// loadSummary reads the state of an order; one of another form is folded again.
func (s *Shop) loadSummary(ctx context.Context, r store.Record) (OrderSummary, error) {
	summary, err := summaryOf(r.Ref, r.Doc)
	if !errors.Is(err, errRefold) {
		return summary, err
	}
	entries, err := s.history(ctx, r.Ref)
	if err != nil {
		return OrderSummary{}, err
	}
	order, err := Fold(Order{}, entries[:min(len(entries), int(r.Rev))]...)
	if err != nil {
		return OrderSummary{}, err
	}
	return order.Summary(), fits(r, order.journal)
}

// pageOf reads one page of a list, record by record.
func pageOf[T any](ctx context.Context, s *Shop, q store.Query, read func(store.Record) (T, error)) (Page[T], error) {
	records, err := s.store.Find(ctx, q)
	if err != nil {
		return Page[T]{}, err
	}
	page := Page[T]{Next: records.Next}
	for _, r := range records.Items {
		item, err := read(r)
		if err != nil {
			return Page[T]{}, err
		}
		page.Items = append(page.Items, item)
	}
	return page, nil
}

package till

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"

	"github.com/tillkit/till/store"
)

// CheckoutRequest asks to place an order from the cart.
type CheckoutRequest struct {
	// Key names this checkout, so that a repetition of it, by a second click or
	// after a lost answer, is answered with the order that it made and makes no
	// other. 1 to MaxKey bytes, the buyer's own: two buyers may use the same.
	Key string

	// Accept is the digest of the quote that the buyer saw and agreed to. If what the
	// cart costs has another one, nothing happens and the error is a [DriftError].
	Accept Digest

	// Seen may be the quote that was accepted: then the DriftError says in what the
	// new one differs. A host that keeps nothing between two requests can send the
	// quote out as JSON and read it again. It is no part of what makes two requests
	// the same.
	Seen *Quote

	// Contact is who the order is for. A guest needs name and e-mail; for a customer
	// the zero Contact is that of the account, any other needs both. Its Notes are not used: the order
	// gets those of the cart's lines.
	Contact Contact
}

func (r CheckoutRequest) check() error {
	if err := checkName("key", r.Key, MaxKey); err != nil {
		return err
	}
	if len(r.Accept) != sha256.Size*2 {
		return invalid("accept", "it is no digest: give that of the quote which the buyer agreed to")
	}
	if r.Seen != nil && r.Seen.Digest() != r.Accept {
		return invalid("seen", "it is not the quote whose digest is accepted")
	}
	return within("contact", r.Contact.check())
}

// fingerprint tells two requests apart, by all but the contact: no hash of a
// person's words is kept. They are compared with the order's contact instead.
func (r CheckoutRequest) fingerprint() [32]byte {
	body, err := json.Marshal(struct {
		Operation string
		Accept    Digest
		Contact   bool
	}{"checkout", r.Accept, !r.Contact.IsZero()})
	if err != nil {
		panic("till: a request always has a JSON form: " + err.Error())
	}
	return sha256.Sum256(body)
}

// Checkout places an order from the cart, and empties it: order, reserved stock,
// contact and the message with the confirmation are one commit. The order is payable
// by invoice.
//
// It may be called again with the same Key, at once or after a restart: it has one
// effect, and answers with the order as it was placed, for which [Order.Replayed] is
// true. The same Key for another request is an [ExistsError]. A request that is
// refused does not use its key up.
//
// The errors: a [DriftError] when the cart no longer costs what was accepted; a
// [ShortageError] when there is not enough of an article; an [UnavailableError] when
// the accepted quote has an article that cannot be bought; [ErrInvalid]. All of them
// have changed nothing. After [ErrOutcomeUnknown], ask again with the same Key.
func (b *Buyer) Checkout(ctx context.Context, r CheckoutRequest) (Order, error) {
	if err := r.check(); err != nil {
		return Order{}, err
	}
	r.Contact.Notes = nil
	number := ""
	order, err := b.checkout(ctx, r, func(ctx context.Context) (_ string, err error) {
		if number == "" {
			number, err = b.shop.nextNumber(ctx)
		}
		return number, err
	})
	if number != order.Number() && !errors.Is(err, ErrOutcomeUnknown) {
		b.shop.giveBack(number)
	}
	return order, err
}

// checkout decides until it is placed or refused.
func (b *Buyer) checkout(ctx context.Context, r CheckoutRequest, number func(context.Context) (string, error)) (Order, error) {
	for attempt := 1; ; attempt++ {
		order, err := b.replayed(ctx, r)
		if err == nil || !errors.Is(err, ErrNotFound) {
			return order, err
		}
		plan, err := b.plan(ctx, r, number)
		if err != nil {
			// This very request, made meanwhile, may be what emptied the cart.
			if order, made := b.replayed(ctx, r); made == nil {
				return order, nil
			}
			return Order{}, err
		}
		receipt, err := b.shop.store.Commit(ctx, plan.Set)
		switch {
		case err == nil && receipt.Replay:
			return b.replayed(ctx, r)
		case err == nil:
			return plan.Order, nil
		case errors.Is(err, ErrConflict) && attempt < attempts:
			b.shop.opts.Log.DebugContext(ctx, "till: checkout decided again, something changed meanwhile", "attempt", attempt)
		default:
			return Order{}, b.refusal(err, r)
		}
	}
}

// refusal gives the shop's words for a commit that was refused.
func (b *Buyer) refusal(err error, r CheckoutRequest) error {
	if short := shortage(err); short != nil {
		return short
	}
	var used *store.KeyError
	if errors.As(err, &used) {
		return &ExistsError{Kind: "key", ID: r.Key}
	}
	return err
}

// shortage gives the shop's words for a stock that did not suffice, nil for any other
// error.
func shortage(err error) error {
	var short *store.ShortError
	if !errors.As(err, &short) {
		return nil
	}
	return &ShortageError{SKU: parsePlace(short.Ref.Key).SKU, Wanted: -short.By, Available: max(0, short.Have-short.Floor)}
}

// key names the receipt of a checkout. Whoever builds a Key from an e-mail address
// does not find it there: it stands in it as a hash, salted with the person.
func (b *Buyer) key(r CheckoutRequest) string {
	sum := sha256.Sum256([]byte(b.person.String() + "/" + r.Key))
	return "checkout/" + b.person.String() + "/" + hex.EncodeToString(sum[:16])
}

// replayed answers a checkout that has been made before; [ErrNotFound] if it has not.
func (b *Buyer) replayed(ctx context.Context, r CheckoutRequest) (Order, error) {
	if _, _, err := b.read(ctx); err != nil {
		return Order{}, err
	}
	receipt, err := b.shop.store.Outcome(ctx, b.key(r))
	if err != nil {
		return Order{}, err
	}
	if receipt.Fingerprint != r.fingerprint() {
		return Order{}, &ExistsError{Kind: "key", ID: r.Key}
	}
	id, err := ParseID[Order](receipt.Result)
	if err != nil {
		return Order{}, damaged("receipt of "+receipt.Key, "its result %q is no order's id", receipt.Result)
	}
	order, err := b.shop.loadOrder(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Order{}, damaged("receipt of "+receipt.Key, "there is no order %s", id)
	}
	if err != nil {
		return Order{}, err
	}
	if !r.Contact.IsZero() {
		contact, err := b.shop.loadContact(ctx, order.Contact())
		if err != nil {
			return Order{}, err
		}
		if !contact.IsZero() && !sameWords(contact, r.Contact) {
			return Order{}, &ExistsError{Kind: "key", ID: r.Key}
		}
	}
	if order, err = order.asPlaced(); err != nil {
		return Order{}, err
	}
	order.replayed = true
	return order, nil
}

// sameWords compares two contacts without the notes, which come from the cart.
func sameWords(a, b Contact) bool {
	return a.Name == b.Name && a.Email == b.Email && a.Phone == b.Phone && a.Billing == b.Billing && a.Shipping == b.Shipping
}

// Plan is a checkout that was not committed: what it would do.
type Plan struct {
	Order Order           // as it would be placed
	Set   store.ChangeSet // what it would commit, and what it relies on
}

// Plan computes what [Buyer.Checkout] would do now if the Key were new, and commits nothing: the order
// that it would place, numbered "plan", and every change that it would make. Its
// errors are those of Checkout, a shortage among them.
func (b *Buyer) Plan(ctx context.Context, r CheckoutRequest) (Plan, error) {
	if err := r.check(); err != nil {
		return Plan{}, err
	}
	r.Contact.Notes = nil
	plan, err := b.plan(ctx, r, func(context.Context) (string, error) { return "plan", nil })
	if err != nil {
		return Plan{}, err
	}
	return plan, b.enough(ctx, plan)
}

// enough looks whether the stock suffices for a plan, without taking it.
func (b *Buyer) enough(ctx context.Context, plan Plan) error {
	var adds []store.Add
	var refs []store.Ref
	for _, change := range plan.Set.Changes {
		if add, ok := change.(store.Add); ok {
			adds, refs = append(adds, add), append(refs, add.Ref)
		}
	}
	records, err := b.shop.get(ctx, refs...)
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

// plan loads what the checkout needs and decides: a commit away from the order.
func (b *Buyer) plan(ctx context.Context, r CheckoutRequest, number func(context.Context) (string, error)) (Plan, error) {
	refs := []store.Ref{refCart(b.person)}
	if !b.guest {
		refs = append(refs, refAccount(b.person))
	}
	records, session, err := b.read(ctx, refs...)
	if err != nil {
		return Plan{}, err
	}
	cart, err := b.shop.readCart(records[0])
	if err != nil {
		return Plan{}, err
	}
	if cart.IsEmpty() {
		return Plan{}, invalid("cart", "it is empty: put something in first")
	}
	now := b.shop.now()
	quote, sh, err := b.shop.quote(ctx, cart, now)
	if err != nil {
		return Plan{}, err
	}
	if quote.Digest() != r.Accept {
		drift := &DriftError{Accepted: r.Accept, Quote: quote}
		if r.Seen != nil {
			drift.Differences = Compare(*r.Seen, quote)
		}
		return Plan{}, drift
	}
	if err := quote.Err(); err != nil {
		return Plan{}, err
	}
	requires := append([]store.Requirement{session}, sh.requires...)
	contact, err := b.contact(ctx, r, cart, records[1:], &requires)
	if err != nil {
		return Plan{}, err
	}
	id, err := newID[Order](b.shop, now, b.person.Part())
	if err != nil {
		return Plan{}, err
	}
	n, err := number(ctx)
	if err != nil {
		return Plan{}, err
	}
	return b.assemble(decided{now, id, n, contact, cart, records[0].Rev, quote, sh, requires}, r)
}

// decided is all that the change set of a checkout is made of.
type decided struct {
	at       Instant
	id       OrderID
	number   string
	contact  Contact
	cart     Cart
	cartRev  int64
	quote    Quote
	shelf    shelf
	requires []store.Requirement
}

func (b *Buyer) assemble(d decided, r CheckoutRequest) (Plan, error) {
	m := b.meta(d.at)
	ref := ContactRef{Person: b.person, Key: "o" + d.id.String()}
	opened, first, err := OpenOrder(m, Opening{ID: d.id, Number: d.number, Contact: ref, Goes: d.contact.Destination()}, d.quote)
	if err != nil {
		return Plan{}, err
	}
	order, second, err := opened.Place(m, ByInvoice)
	if err != nil {
		return Plan{}, err
	}
	changes := []store.Change{
		appendOrder(order, append(first, second...)),
		putContact(ref, d.contact),
		putMessage(Message{Kind: ConfirmationMessage, Order: d.id, Contact: ref, Queued: d.at, Due: d.at}),
		putCart(b.person, d.cartRev, d.cart.Empty()),
	}
	for i, want := range order.Demand() {
		product, _ := d.shelf.catalog.Product(want.SKU)
		variant, _ := product.Variant(want.SKU)
		if variant.Stock.Untracked { // as the order's lines say
			continue
		}
		changes = append(changes, moves(Movement{
			Place: Place{SKU: want.SKU, Location: b.shop.opts.Location}, Kind: Reserved, Quantity: want.Quantity,
			Reason: "order placed", Reference: d.id.String(), At: d.at, By: m.By,
		}, variant.Stock, d.id.String(), i)...)
	}
	return Plan{Order: order, Set: store.ChangeSet{
		Key: b.key(r), Fingerprint: r.fingerprint(), Result: d.id.String(), At: int64(d.at),
		Requires: d.requires, Changes: changes,
	}}, nil
}

// contact gives the words that the order is made with: those of the request or, for
// a customer who gives none, those of the account, with the notes of the cart.
func (b *Buyer) contact(ctx context.Context, r CheckoutRequest, cart Cart, account []store.Record, requires *[]store.Requirement) (Contact, error) {
	contact := r.Contact.clone()
	if contact.IsZero() && !b.guest {
		is, err := b.shop.loadAccount(ctx, account[0])
		if err != nil {
			return Contact{}, err
		}
		*requires = append(*requires, store.Requirement{Ref: account[0].Ref, Rev: account[0].Rev})
		if contact, err = b.shop.loadContact(ctx, is.Contact()); err != nil {
			return Contact{}, err
		}
	}
	if strings.TrimSpace(contact.Name) == "" {
		return Contact{}, invalid("contact.name", "an order needs one")
	}
	if contact.Email == "" {
		return Contact{}, invalid("contact.email", "an order needs one")
	}
	contact.Notes = nil
	for i, l := range cart.lines {
		if l.Note == "" {
			continue
		}
		if contact.Notes == nil {
			contact.Notes = make(map[int]string)
		}
		contact.Notes[i+1] = l.Note // an order's lines are numbered 1, 2, 3 ...
	}
	return contact, nil
}

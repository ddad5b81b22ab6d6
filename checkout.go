package till

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"

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

// fingerprint tells two requests of one operation apart, by all but the contact: no
// hash of a person's words is kept. They are compared with the order's contact instead.
func (r CheckoutRequest) fingerprint(operation string) [32]byte {
	var room [256]byte
	t := beginObject(room[:0]).page("Operation", operation).page("Accept", string(r.Accept)).name("Contact")
	return sha256.Sum256(append(strconv.AppendBool(t, !r.Contact.IsZero()), '}'))
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
	return b.shop.checkout(ctx, b, r)
}

// Plan computes what [Buyer.Checkout] would do now if the Key were new, and commits nothing: the order
// that it would place, numbered "plan", and every change that it would make. Its
// errors are those of Checkout, a shortage among them.
func (b *Buyer) Plan(ctx context.Context, r CheckoutRequest) (Plan, error) {
	return b.shop.planned(ctx, b, r)
}

// receipt names the receipt of a checkout. Whoever builds a Key from an e-mail address
// does not find it there: it stands in it as a hash, salted with the person.
func (b *Buyer) receipt(r CheckoutRequest) (string, [32]byte) {
	const named = "checkout/"
	var room [256]byte
	text := append(b.person.appendText(append(room[:0], named...)), '/')
	sum := sha256.Sum256(append(text, r.Key...)[len(named):])
	return string(hex.AppendEncode(text, sum[:16])), r.fingerprint("checkout")
}

func (b *Buyer) taken(r CheckoutRequest, _ store.Receipt) error {
	return &ExistsError{Kind: "key", ID: r.Key}
}

// checkout places an order from a cart, whoever holds it: once for each key. Where others
// have come first to the last piece of a gift, what the cart costs without it decides.
func (s *Shop) checkout(ctx context.Context, h holder, r CheckoutRequest) (Order, error) {
	for attempt := 1; ; attempt++ {
		tried, order, err := s.place(ctx, h, r, attempt == 1)
		if short, ok := errors.AsType[*ShortageError](err); !ok || !tried.gives(short.SKU) || attempt == attempts {
			return order, err
		}
	}
}

// gives reports whether an article is a gift in an order.
func (o Order) gives(sku SKU) bool {
	return slices.ContainsFunc(o.is.Lines, func(l Line) bool { return l.SKU == sku && l.Gift != "" })
}

// place gives the order that was placed, and the one that was tried at last.
func (s *Shop) place(ctx context.Context, h holder, r CheckoutRequest, recall bool) (tried, _ Order, _ error) {
	r.Contact.Notes = nil
	key, fingerprint := h.receipt(r)
	number, order := "", Order{}
	take := func(ctx context.Context) (_ string, err error) {
		if number == "" {
			number, err = s.nextNumber(ctx)
		}
		return number, err
	}
	leased := func(context.Context) (string, error) {
		if number == "" {
			number = s.leasedNumber()
		}
		if number == "" {
			return "", errForgotten
		}
		return number, nil
	}
	recalled := false
	receipt, err := s.once(ctx, key, fingerprint, func() (store.ChangeSet, *store.Receipt, error) {
		is, err := h.hold(ctx, wanted{placing: true, key: key, recall: recall && !r.Contact.IsZero()})
		if err != nil || is.made != nil {
			return store.ChangeSet{}, is.made, err
		}
		from := take
		if is.recalled { // until the commit nothing is asked for: whether it was done before, that finds
			from = leased
		}
		plan, err := s.plan(ctx, h, is, r, recall, from)
		if err != nil && is.recalled {
			if is, err = h.hold(ctx, wanted{placing: true, key: key}); err != nil || is.made != nil {
				return store.ChangeSet{}, is.made, err
			}
			plan, err = s.plan(ctx, h, is, r, recall, take)
		}
		recalled = is.recalled
		order, recall = plan.Order, false
		return plan.Set, nil, err
	})
	tried = order
	switch {
	case err != nil:
		order = Order{}
		if short := shortage(err); short != nil {
			err = short
		}
	case receipt.Replay:
		order = Order{}
		if recalled { // a set that was committed before is not asked for what it requires
			_, err = h.hold(ctx, wanted{})
		}
		if err == nil {
			order, err = s.replayed(ctx, h, r, receipt)
		}
	}
	if number != order.Number() && !errors.Is(err, ErrOutcomeUnknown) {
		s.giveBack(number)
	}
	return tried, order, err
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

// replayed answers a checkout whose key has been used before.
func (s *Shop) replayed(ctx context.Context, h holder, r CheckoutRequest, receipt store.Receipt) (Order, error) {
	if _, fingerprint := h.receipt(r); receipt.Fingerprint != fingerprint {
		return Order{}, h.taken(r, receipt)
	}
	id, err := ParseID[Order](receipt.Result)
	if err != nil {
		return Order{}, damaged("receipt of "+receipt.Key, "its result %q is no order's id", receipt.Result)
	}
	order, err := s.loadOrder(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return Order{}, damaged("receipt of "+receipt.Key, "there is no order %s", id)
	}
	if err != nil {
		return Order{}, err
	}
	if !r.Contact.IsZero() {
		contact, err := s.loadContact(ctx, order.Contact())
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

package till

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"

	"github.com/tillkit/till/store"
)

// QuoteOrder says what [Staff.PlaceOrder] would charge now for the same request, and why.
// Nothing is kept. It does not look at stock, but for gifts. What is said of the customer and the lines
// of [Staff.NewDraft] holds here too.
func (s *Staff) QuoteOrder(ctx context.Context, r DraftRequest) (Quote, error) {
	order, err := s.order(r)
	if err != nil {
		return Quote{}, err
	}
	is := held{cart: order.cart, joins: order.joins}
	if !r.Customer.IsZero() {
		if is, err = order.hold(ctx, wanted{}); err != nil {
			return Quote{}, err
		}
	}
	now := s.shop.now()
	quote, sh, err := s.shop.quoteAtHome(ctx, is, now)
	if err != nil {
		return Quote{}, err
	}
	if err := sh.sells(is.cart, is.cart.skus(), now); err != nil {
		return Quote{}, err
	}
	return quote, nil
}

// PlaceOrder places an order that staff know whole, in one commit: what [Staff.NewDraft]
// and [DraftOrder.Place] do in two, without a draft between. It is for orders by
// telephone or letter and for those that come from another system; one that is made up
// step by step is a draft. The digest to accept is that of [Staff.QuoteOrder].
//
// For a customer the zero Contact is that of the account, which must be active, else it
// is a [StateError]; a customer finds the order among the others, and the customer's own
// cart is not touched. A New customer's account is made in the same commit, or not at all
// if the order is refused; an address that has an account is an [ExistsError]. With
// neither, the order needs name and e-mail, and is for a person of its own: no session
// reaches it, and [Staff.Erase] takes its Person.
//
// The Key is the actor's own: two actors may use the same. The same request again makes
// no other order and is answered with the one that it made, as it was placed, for which
// [Order.Replayed] is true. The same Key for another Customer, other Lines, Metadata, a
// digest, a New customer or a Contact that differ is an [ExistsError]; words that were
// erased are compared with nothing. A request that is refused does not use its key up.
//
// The errors are those of [Buyer.Checkout]: a [DriftError] when the order does not cost
// what was accepted, also when one of its articles cannot be bought any more; a
// [ShortageError] when there is not enough of one; [ErrNotFound] when there is no such
// account; [ErrInvalid]. All of them have changed nothing. After [ErrOutcomeUnknown], ask
// again with the same Key.
func (s *Staff) PlaceOrder(ctx context.Context, order DraftRequest, r CheckoutRequest) (Order, error) {
	if err := r.check(); err != nil {
		return Order{}, err
	}
	is, err := s.order(order)
	if err != nil {
		return Order{}, err
	}
	placed, err := s.shop.checkout(ctx, is, r)
	if err == nil && placed.Replayed() {
		err = is.noted(ctx, placed, r)
	}
	if err != nil {
		return Order{}, emailTaken(err, is.joins.Email)
	}
	return placed, nil
}

// PlanOrder computes what [Staff.PlaceOrder] would do now if the Key were new, and commits
// nothing, as [Buyer.Plan] does.
func (s *Staff) PlanOrder(ctx context.Context, order DraftRequest, r CheckoutRequest) (Plan, error) {
	is, err := s.order(order)
	if err != nil {
		return Plan{}, err
	}
	return s.shop.planned(ctx, is, r)
}

// staffOrder is an order that staff place at once: its cart is kept nowhere.
type staffOrder struct {
	staff    *Staff
	customer PersonID // zero: somebody without an account
	joins    Contact  // of an account that it makes
	account  Metadata // of that
	cart     Cart
}

func (s *Staff) order(r DraftRequest) (*staffOrder, error) {
	contact, err := r.check()
	if err != nil {
		return nil, err
	}
	o := &staffOrder{staff: s, customer: r.Customer, joins: contact}
	if r.New != nil {
		o.account = r.New.Metadata.clone()
	}
	o.cart, err = s.cartOf(r)
	return o, err
}

func (o *staffOrder) hold(ctx context.Context, w wanted) (held, error) {
	var refs []store.Ref
	if w.key != "" {
		refs = append(refs, refReceipt(w.key))
	}
	if !o.customer.IsZero() {
		refs = append(refs, refAccount(o.customer))
	}
	if !o.joins.IsZero() {
		address, err := EmailKey(o.joins.Email)
		if err != nil {
			return held{}, err
		}
		refs = append(refs, refEmail(address))
	}
	records, err := o.staff.shop.store.Get(ctx, refs...)
	if err != nil {
		return held{}, err
	}
	if w.key != "" {
		if made, err := asReceipt(records[0]); err != nil || made != nil {
			return held{made: made}, err
		}
	}
	is := held{person: o.customer, cart: o.cart}
	if o.customer.IsZero() {
		if !o.joins.IsZero() && records[len(records)-1].Exists() {
			return held{}, &ExistsError{Kind: "e-mail address", ID: o.joins.Email}
		}
		err = o.join(&is)
		return is, err
	}
	if is.account = records[len(records)-1]; !is.account.Exists() {
		return held{}, &NotFoundError{Kind: "account", ID: o.customer.String()}
	}
	if is.requires, err = o.staff.shop.active(ctx, is.account); err != nil {
		return is, err
	}
	return is, o.staff.shop.buysAs(ctx, &is)
}

// join makes the person of an order that is for nobody's account, or for a new one.
func (o *staffOrder) join(h *held) error {
	m, err := o.sign(o.staff.shop.now())
	if err != nil {
		return err
	}
	if h.joins = o.joins; h.joins.IsZero() {
		h.person, err = newRoot[Person](o.staff.shop, m.At)
		return err
	}
	h.person, h.joining, err = o.staff.shop.newAccount(m, o.joins, nil, o.account)
	return err
}

// spend has no cart to end, since it was kept nowhere: it gives what makes the account.
func (o *staffOrder) spend(h held) []store.Change { return h.joining }

func (o *staffOrder) sign(at Instant) (Meta, error) {
	m, err := o.staff.meta()
	m.At = at
	return m, err
}

// receipt names the receipt of a request. The Key stands in it as a hash, salted with
// the actor. The fingerprint is of all but a person's words, which are the contact and
// the notes: they are compared with those of the order instead.
func (o *staffOrder) receipt(r CheckoutRequest) (string, [32]byte) {
	sum := sha256.Sum256([]byte(string(o.staff.actor) + "\x00" + r.Key))
	lines := slices.Clone(o.cart.lines)
	for i := range lines {
		lines[i].Note = ""
	}
	body, err := json.Marshal(struct {
		Request  [32]byte
		Customer PersonID
		New      bool
		Account  Metadata `json:",omitempty"`
		Lines    []CartLine
		Metadata Metadata `json:",omitempty"`
		Codes    []string `json:",omitempty"`
		Delivery string   `json:",omitempty"`
		Goes     bool     `json:",omitempty"` // no hash of where to: the quote that is accepted says what it comes to
	}{r.fingerprint("order"), o.customer, !o.joins.IsZero(), o.account, lines, o.cart.data, o.cart.codes, o.cart.delivery, o.cart.to != Address{}})
	if err != nil {
		panic("till: a request always has a JSON form: " + err.Error())
	}
	return "order/" + hex.EncodeToString(sum[:16]), sha256.Sum256(body)
}

func (o *staffOrder) taken(r CheckoutRequest, _ store.Receipt) error {
	return &ExistsError{Kind: "key", ID: r.Key}
}

// noted refuses a request whose words are not those of the order that its Key made: the
// notes of its lines, and those with which a new account was made.
func (o *staffOrder) noted(ctx context.Context, placed Order, r CheckoutRequest) error {
	contact, err := o.staff.shop.loadContact(ctx, placed.Contact())
	if err != nil || contact.IsZero() {
		return err
	}
	same := maps.Equal(contact.Notes, o.cart.notes())
	if same && !o.joins.IsZero() {
		joined, err := o.staff.shop.loadContact(ctx, ContactRef{Person: placed.Person(), Key: profileKey(1)})
		if err != nil {
			return err
		}
		same = joined.IsZero() || sameWords(joined, o.joins)
	}
	if !same {
		return o.taken(r, store.Receipt{})
	}
	return nil
}

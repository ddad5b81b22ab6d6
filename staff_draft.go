package till

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// DraftRequest asks for a draft order, or says what an order is to be that staff place
// at once.
type DraftRequest struct {
	Customer PersonID     // whose account it is for; the zero id: somebody without one
	New      *NewCustomer // instead of Customer: an account that is made in the same commit
	Lines    []DraftLine  // at most MaxLines; of a draft, may be none yet
	Metadata Metadata     // copied to the order
	Codes    []string     // of promotions
	ShipTo   Address      // country, region and postcode, for taxes and shipping; the zero Address: not known yet
	Delivery string       // name of the method of shipping; "": not chosen yet
}

// check looks at all but the lines themselves, and gives the words of a new account.
func (r DraftRequest) check() (Contact, error) {
	if len(r.Lines) > MaxLines {
		return Contact{}, invalid("lines", "there are %d, a draft takes %d", len(r.Lines), MaxLines)
	}
	if r.New == nil {
		return Contact{}, nil
	}
	if !r.Customer.IsZero() {
		return Contact{}, invalid("new", "there is a Customer too: an order is for one or the other")
	}
	if err := r.New.Metadata.check(); err != nil {
		return Contact{}, within("new", err)
	}
	contact, err := r.New.contact()
	return contact, within("new", err)
}

// DraftOrder is an order that staff prepare: a cart of its own, for a customer or for
// somebody without an account, with prices that may be agreed line by line. It is a
// handle of the back office that it was reached through, with whose actor and note the
// order is signed. The customer's own cart is not touched by it. A draft stays until it
// is placed or discarded, or its person is erased. Of one that was placed, Place alone
// answers again; every other method that asks the store is a [StateError], and
// [ErrNotFound] of one that is gone.
type DraftOrder struct {
	staff *Staff
	ref   DraftRef
}

// DraftID is the id of a draft order.
type DraftID = ID[DraftOrder]

// DraftRef names a draft order: whom it is for, and which of theirs.
type DraftRef struct {
	Person PersonID `json:"person"`
	ID     DraftID  `json:"id"`
}

// String gives both ids with a "/" between them.
func (r DraftRef) String() string { return r.Person.String() + "/" + r.ID.String() }

// ParseDraftRef reads what String gives. Anything else is an [InvalidError].
func ParseDraftRef(s string) (DraftRef, error) {
	person, id, _ := strings.Cut(s, "/")
	p, err := ParseID[Person](person)
	d, inID := ParseID[DraftOrder](id)
	if err != nil || inID != nil {
		return DraftRef{}, invalid("draft", "%.80q is none: two ids with a \"/\" between them, as DraftRef.String gives", s)
	}
	return DraftRef{Person: p, ID: d}, nil
}

// NewDraft begins a draft order, all lines or none. Without a Customer it is for a person
// of its own: no session reaches what is ordered, and [Staff.Erase] takes the draft's
// Person. An account that is disabled or erased is a [StateError], one that is not
// there [ErrNotFound]; a New one whose address has an account is an [ExistsError]. An
// article that cannot be bought now is an [UnavailableError];
// one whose price was agreed needs none in the list. Whether there is enough of it is
// not asked before the draft is placed.
func (s *Staff) NewDraft(ctx context.Context, r DraftRequest) (*DraftOrder, error) {
	contact, err := r.check()
	if err != nil {
		return nil, err
	}
	cart, err := s.cartOf(r)
	if err != nil {
		return nil, err
	}
	d := &DraftOrder{staff: s}
	recall := true
	_, err = s.shop.decide(ctx, func() (store.ChangeSet, error) {
		m, err := s.meta()
		if err != nil {
			return store.ChangeSet{}, err
		}
		set, asks := store.ChangeSet{At: int64(m.At)}, cart
		switch d.ref.Person = r.Customer; {
		case r.New != nil:
			d.ref.Person, set.Changes, err = s.shop.newAccount(m, contact, nil, r.New.Metadata)
		case r.Customer.IsZero():
			d.ref.Person, err = newRoot[Person](s.shop, m.At)
		default:
			var is held
			is, err = s.heldBy(ctx, r.Customer, cart)
			set.Requires, asks = is.requires, is.cart
		}
		if err != nil {
			return store.ChangeSet{}, err
		}
		sold, err := s.shop.sellable(ctx, asks, skusOf(r.Lines), recall)
		if recall = false; err != nil {
			return store.ChangeSet{}, err
		}
		set.Requires = append(set.Requires, sold...)
		if d.ref.ID, err = newID[DraftOrder](s.shop, m.At, d.ref.Person.Part()); err != nil {
			return store.ChangeSet{}, err
		}
		set.Changes = append(set.Changes, putDraft(d.ref, 0, draft{begun: m.At, by: m.By, note: m.Note, cart: cart}))
		return set, nil
	})
	if err != nil {
		return nil, emailTaken(err, contact.Email)
	}
	return d, nil
}

// cartOf makes the cart that a request asks for, of somebody who could sign it.
func (s *Staff) cartOf(r DraftRequest) (Cart, error) {
	if _, err := s.meta(); err != nil {
		return Cart{}, err
	}
	cart, err := NewCart(standard(s.shop.currency))
	if err != nil {
		return Cart{}, err
	}
	if cart, err = cart.WithMetadata(r.Metadata); err != nil {
		return Cart{}, err
	}
	for i, code := range r.Codes {
		if cart, err = cart.AddCode(code); err != nil {
			return Cart{}, within(fmt.Sprintf("codes[%d]", i), err)
		}
	}
	if cart, err = cart.ShipTo(r.ShipTo); err != nil {
		return Cart{}, err
	}
	if cart, err = cart.ShipBy(r.Delivery); err != nil {
		return Cart{}, err
	}
	return cart.addLines(s.actor, r.Lines)
}

// heldBy gives a cart to a customer, whose account must be active.
func (s *Staff) heldBy(ctx context.Context, person PersonID, cart Cart) (held, error) {
	records, err := s.shop.store.Get(ctx, refAccount(person))
	if err != nil {
		return held{}, err
	}
	is := held{person: person, cart: cart, account: records[0]}
	if !is.account.Exists() {
		return is, &NotFoundError{Kind: "account", ID: person.String()}
	}
	if is.requires, err = s.shop.active(ctx, is.account); err != nil {
		return is, err
	}
	return is, s.shop.buysAs(ctx, &is)
}

func (s *Shop) active(ctx context.Context, r store.Record) ([]store.Requirement, error) {
	account, err := s.loadAccount(ctx, r)
	if err != nil {
		return nil, err
	}
	if is := account.Status(); is != AccountActive {
		return nil, &StateError{Kind: "account", ID: account.ID().String(), State: string(is), Want: string(AccountActive)}
	}
	return []store.Requirement{{Ref: r.Ref, Rev: r.Rev}}, nil
}

func skusOf(lines []DraftLine) []SKU {
	skus := make([]SKU, len(lines))
	for i, l := range lines {
		skus[i] = l.SKU
	}
	return skus
}

// Draft finds a draft order; [ErrNotFound] if there is none. One that was placed is
// found for as long as the key of its placing is remembered, so that Place can answer
// again.
func (s *Staff) Draft(ctx context.Context, ref DraftRef) (*DraftOrder, error) {
	d := &DraftOrder{staff: s, ref: ref}
	if ref.Person.IsZero() || ref.ID.IsZero() {
		return nil, d.none()
	}
	records, err := s.shop.store.Get(ctx, refDraft(ref))
	if err != nil {
		return nil, err
	}
	if !records[0].Exists() {
		if err := d.gone(ctx); !errors.Is(err, ErrConflict) {
			return nil, err
		}
	}
	return d, nil
}

// DraftSummary is what a list of draft orders shows.
type DraftSummary struct {
	Ref   DraftRef `json:"ref"`
	Begun Instant  `json:"begun"`
	By    Actor    `json:"by"` // who began it
	Note  string   `json:"note,omitempty"`
	Lines int      `json:"lines"`
}

// Drafts lists the draft orders that are open, by the instant at which they were begun.
func (s *Staff) Drafts(ctx context.Context, r PageRequest) (Page[DraftSummary], error) {
	return pageOf(ctx, s.shop, r.query(familyDrafts, listBegun), func(r store.Record) (DraftSummary, error) {
		ref, err := ParseDraftRef(r.Key)
		if err != nil {
			return DraftSummary{}, damaged(r.Ref.String(), "its key names no draft")
		}
		is, err := asDraft(r.Doc)
		return DraftSummary{Ref: ref, Begun: is.begun, By: is.by, Note: is.note, Lines: len(is.cart.lines)}, err
	})
}

// Ref gives what the draft is found by.
func (d *DraftOrder) Ref() DraftRef { return d.ref }

// Person gives the id of the person that the draft is for: a customer's is that of the
// account.
func (d *DraftOrder) Person() PersonID { return d.ref.Person }

// Cart gives the draft's cart as it is now.
func (d *DraftOrder) Cart(ctx context.Context) (Cart, error) {
	is, err := d.hold(ctx, wanted{})
	return is.cart, err
}

// change applies a pure operation to the draft's cart, for somebody who could sign it.
func (d *DraftOrder) change(ctx context.Context, operation func(Cart) (Cart, error), put ...SKU) error {
	if _, err := d.staff.meta(); err != nil {
		return err
	}
	return d.staff.shop.change(ctx, d, operation, put...)
}

// Add puts lines in, all or none. What is said of the lines of [Staff.NewDraft] holds
// here too; a line that is identical to one that stands there adds to its quantity, as
// [Cart.Add] says.
func (d *DraftOrder) Add(ctx context.Context, lines ...DraftLine) error {
	if _, err := (DraftRequest{Lines: lines}).check(); err != nil {
		return err
	}
	return d.change(ctx, func(c Cart) (Cart, error) { return c.addLines(d.staff.actor, lines) }, skusOf(lines)...)
}

// Set gives a line another quantity, as [Cart.Set] does.
func (d *DraftOrder) Set(ctx context.Context, line int, quantity int64) error {
	return d.change(ctx, func(c Cart) (Cart, error) { return c.Set(line, quantity) })
}

// Remove takes lines out, as [Cart.Remove] does.
func (d *DraftOrder) Remove(ctx context.Context, lines ...int) error {
	return d.change(ctx, func(c Cart) (Cart, error) { return c.Remove(lines...) })
}

// SetMetadata replaces the draft's metadata, which is copied to the order.
func (d *DraftOrder) SetMetadata(ctx context.Context, data Metadata) error {
	return d.change(ctx, func(c Cart) (Cart, error) { return c.WithMetadata(data) })
}

// Quote says what the draft costs now, and why. It does not look at stock, but for gifts.
func (d *DraftOrder) Quote(ctx context.Context) (Quote, error) {
	is, err := d.hold(ctx, wanted{})
	if err != nil {
		return Quote{}, err
	}
	quote, _, err := d.staff.shop.quoteAtHome(ctx, is, d.staff.shop.now())
	return quote, err
}

// Plan computes what [DraftOrder.Place] would do now if the Key were new, and commits
// nothing, as [Buyer.Plan] does.
func (d *DraftOrder) Plan(ctx context.Context, r CheckoutRequest) (Plan, error) {
	return d.staff.shop.planned(ctx, d, r)
}

// Place places the order, as [Buyer.Checkout] does: with the same request and the same
// errors. The draft is gone with the commit that places it. For a customer the zero
// Contact is that of the account; anybody else needs name and e-mail. A customer finds the
// order among the others. An account that was disabled meanwhile is a [StateError]: the
// draft waits until it is enabled.
//
// The Key is the draft's own: a draft is placed once. The same request again, also
// through a handle that [Staff.Draft] found anew, is answered with the order as it was
// placed, for which [Order.Replayed] is true. The same Key for another request is an
// [ExistsError], another Key for a draft that was placed a [StateError].
func (d *DraftOrder) Place(ctx context.Context, r CheckoutRequest) (Order, error) {
	if err := r.check(); err != nil {
		return Order{}, err
	}
	return d.staff.shop.checkout(ctx, d, r)
}

// Discard deletes the draft. One that is gone is no error; one that was placed is a
// [StateError].
func (d *DraftOrder) Discard(ctx context.Context) error {
	err := d.staff.decide(ctx, func(Meta) ([]store.Change, error) {
		is, err := d.hold(ctx, wanted{})
		return d.spend(is), err
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (d *DraftOrder) hold(ctx context.Context, w wanted) (held, error) {
	refs := append(make([]store.Ref, 0, 3), refDraft(d.ref), refAccount(d.ref.Person))
	if w.key != "" {
		refs = append(refs, refReceipt(w.key))
	}
	records, err := d.staff.shop.store.Get(ctx, refs...)
	if err != nil {
		return held{}, err
	}
	if w.key != "" {
		if made, err := asReceipt(records[len(records)-1]); err != nil || made != nil {
			return held{made: made}, err
		}
	}
	if !records[0].Exists() {
		return held{}, d.gone(ctx)
	}
	is := held{person: d.ref.Person, rev: records[0].Rev}
	if is.draft, err = asDraft(records[0].Doc); err != nil {
		return held{}, err
	}
	is.cart = is.draft.cart
	if !records[1].Exists() {
		return is, nil
	}
	is.account = records[1]
	if w.placing {
		if is.requires, err = d.staff.shop.active(ctx, is.account); err != nil {
			return is, err
		}
	}
	return is, d.staff.shop.buysAs(ctx, &is)
}

// gone says what became of a draft that is not there.
func (d *DraftOrder) gone(ctx context.Context) error {
	key, _ := d.receipt(CheckoutRequest{})
	_, err := d.staff.shop.store.Outcome(ctx, key)
	switch {
	case errors.Is(err, ErrNotFound):
		return d.none()
	case err != nil:
		return err
	}
	return d.placed()
}

func (d *DraftOrder) none() error { return &NotFoundError{Kind: "draft", ID: d.ref.String()} }

func (d *DraftOrder) placed() error {
	return &StateError{Kind: "draft", ID: d.ref.String(), State: "placed", Want: "open"}
}

func (d *DraftOrder) keep(h held, c Cart) store.Change {
	h.draft.cart = c
	return putDraft(d.ref, h.rev, h.draft)
}

func (d *DraftOrder) spend(h held) []store.Change {
	return []store.Change{store.Delete{Ref: refDraft(d.ref), Rev: h.rev}}
}

func (d *DraftOrder) sign(at Instant) (Meta, error) {
	m, err := d.staff.meta()
	m.At = at
	return m, err
}

// receipt names the one receipt that a draft can have. The first half of its fingerprint
// is of the Key, salted with the draft; the other is of the request.
func (d *DraftOrder) receipt(r CheckoutRequest) (string, [32]byte) {
	key, request := sha256.Sum256([]byte(d.ref.String()+"/"+r.Key)), r.fingerprint("place")
	copy(key[16:], request[:16])
	return "draft/" + d.ref.String(), key
}

func (d *DraftOrder) taken(r CheckoutRequest, is store.Receipt) error {
	if _, mine := d.receipt(r); [16]byte(mine[:16]) == [16]byte(is.Fingerprint[:16]) {
		return &ExistsError{Kind: "key", ID: r.Key}
	}
	return d.placed()
}

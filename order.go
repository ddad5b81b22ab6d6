package till

import (
	"fmt"
	"slices"

	"github.com/tillkit/till/money"
)

// OrderStatus is where an order stands; it follows from its entries.
type OrderStatus string

// The statuses of an order.
const (
	OrderOpened OrderStatus = "opened" // everything is copied, it is not yet placed
	OrderPlaced OrderStatus = "placed" // it is the shop's to fulfil
)

// Payable says how a placed order is paid.
type Payable string

// ByInvoice: the shop sends an invoice.
const ByInvoice Payable = "invoice"

// Order is an order with its past: a journal whose first entry has complete copies
// of all words and figures, so that it reads the same for ever, whatever becomes of
// the products, prices and rules it was made from. It is an immutable value, and no
// function of it takes or loads a product. A person's words are not in it, only a
// [ContactRef].
type Order struct {
	journal
	entries []Entry
	is      orderOpened
	status  OrderStatus
	payable Payable
	opened  Instant
	placed  Instant
	data    Metadata

	replayed bool // of the answer to a checkout, not of the order
}

// Opening is what an order is opened with, besides the quote.
type Opening struct {
	ID          OrderID
	Number      string // what people call it: 1 to 40 bytes of a to z, 0 to 9, "-", "_" and "."
	Contact     ContactRef
	Destination Destination
}

type orderOpened struct {
	signed
	ID       OrderID        `json:"id"`
	Number   string         `json:"number"`
	Contact  ContactRef     `json:"contact"`
	Goes     Destination    `json:"destination,omitzero"`
	List     string         `json:"list"`
	Currency money.Currency `json:"currency"`
	Quoted   Instant        `json:"quoted"` // the instant of the quote
	Terms    int64          `json:"terms"`  // revision of the rules
	Rounding Rounding       `json:"rounding"`
	bill
	Uses    []PromotionUse `json:"uses,omitempty"`
	Reasons *Reason        `json:"reasons,omitempty"` // of version 1 alone; later ones are made of the bill
	Data    Metadata       `json:"metadata,omitempty"`
}

// aBill fills in what an order of version 1 did not say: it had no discounts, so each line
// costs what it came to.
func (p *orderOpened) aBill() {
	for i := range p.Lines {
		if l := &p.Lines[i]; l.Subtotal == (money.Amount{}) {
			l.Subtotal = l.Total
		}
	}
}

type orderPlaced struct {
	signed
	Payable Payable `json:"payable"`
}

type orderData struct {
	signed
	Data Metadata `json:"metadata"`
}

var orderKinds = kinds[Order]{
	"opened": kindOf(2, func(o *Order, e Entry, p orderOpened) {
		p.aBill()
		o.is, o.status, o.opened, o.data = p, OrderOpened, Instant(e.At), p.Data
	}, asItIs),
	"placed": kindOf(1, func(o *Order, e Entry, p orderPlaced) {
		o.status, o.payable, o.placed = OrderPlaced, p.Payable, Instant(e.At)
	}),
	"metadata": kindOf(1, func(o *Order, _ Entry, p orderData) { o.data = p.Data }),
}

// asItIs lifts a payload to which a version has added, and nothing else.
func asItIs(payload []byte) ([]byte, error) { return payload, nil }

func (o *Order) grow() Order { return *o } // nothing in it is changed in place

func (o Order) fold(entries []Entry) (Order, error) {
	next, err := replay(o, orderKinds, func(o Order) string { return "order " + o.is.Number }, entries)
	if err != nil {
		return o, err
	}
	next.entries = slices.Clip(o.entries)
	for _, e := range entries {
		e.Payload = slices.Clone(e.Payload) // whoever read them may use the bytes again
		next.entries = append(next.entries, e)
	}
	return next, nil
}

func (o Order) record(m Meta, word string, payload any) (Order, []Entry, error) {
	next, entries, err := record(o, orderKinds, m, word, payload)
	if err != nil {
		return o, nil, err
	}
	next.entries = append(slices.Clip(o.entries), entries...)
	return next, entries, nil
}

// OpenOrder makes an order from a quote: it copies everything. The order's lines are
// numbered 1, 2, 3 ... in the order of the quote's. A quote that is empty or has
// articles that cannot be bought is refused.
func OpenOrder(m Meta, opening Opening, q Quote) (Order, []Entry, error) {
	if opening.ID.IsZero() {
		return Order{}, nil, invalid("id", "an order needs one")
	}
	if err := checkWord("number", opening.Number, 40); err != nil {
		return Order{}, nil, err
	}
	if err := opening.Contact.check(); err != nil {
		return Order{}, nil, err
	}
	if err := opening.Destination.check(); err != nil {
		return Order{}, nil, err
	}
	if len(q.bill.Lines) == 0 {
		return Order{}, nil, invalid("cart", "it is empty: put something in first")
	}
	if err := q.Err(); err != nil {
		return Order{}, nil, err
	}
	if q.at < MinInstant || q.at > MaxInstant {
		return Order{}, nil, invalid("quote.at", "it lies outside the years 1 to 9999")
	}
	if err := q.checkDemand(); err != nil {
		return Order{}, nil, err
	}
	return Order{}.record(m, "opened", orderOpened{
		signed: sign(m), ID: opening.ID, Number: opening.Number, Contact: opening.Contact, Goes: opening.Destination,
		List: q.list.List, Currency: q.list.Currency, Quoted: q.at, Terms: q.terms, Rounding: q.rounding,
		bill: q.bill.numbered(), Uses: slices.Clone(q.uses), Data: q.data.clone(),
	})
}

// numbered gives the bill with the lines numbered 1, 2, 3 ...: a cart's numbers have gaps
// where lines were taken out. Where there are none it is the quote's own, which nobody
// changes.
func (b bill) numbered() bill {
	inOrder := true
	for i := range b.Lines {
		inOrder = inOrder && b.Lines[i].N == i+1
	}
	if inOrder {
		return b
	}
	b = b.clone()
	anew := make(map[int]int, len(b.Lines)) // the shipping stays 0
	for i := range b.Lines {
		anew[b.Lines[i].N] = i + 1
		b.Lines[i].N = i + 1
	}
	for i := range b.Discounts {
		for j := range b.Discounts[i].Shares {
			s := &b.Discounts[i].Shares[j]
			s.Line = anew[s.Line]
		}
	}
	for i := range b.Taxes {
		for j := range b.Taxes[i].Parts {
			p := &b.Taxes[i].Parts[j]
			p.Line = anew[p.Line]
		}
	}
	return b
}

// Place makes an opened order the shop's to fulfil.
func (o Order) Place(m Meta, payable Payable) (Order, []Entry, error) {
	if o.status != OrderOpened {
		return o, nil, o.state(OrderOpened)
	}
	if payable != ByInvoice {
		return o, nil, invalid("payable", "%q is not known", payable)
	}
	return o.record(m, "placed", orderPlaced{sign(m), payable})
}

// SetMetadata replaces the order's metadata; what it was stays in the journal. The
// same again records nothing.
func (o Order) SetMetadata(m Meta, data Metadata) (Order, []Entry, error) {
	if o.n == 0 {
		return o, nil, o.state(OrderOpened)
	}
	if err := data.check(); err != nil {
		return o, nil, err
	}
	if equalMetadata(o.data, data) {
		return o, nil, nil
	}
	return o.record(m, "metadata", orderData{sign(m), data.clone()})
}

func (o Order) state(want OrderStatus) error {
	is := string(o.status)
	if o.n == 0 {
		is = "not there"
	}
	return &StateError{Kind: "order", ID: o.is.Number, State: is, Want: string(want)}
}

// ID gives the order's id.
func (o Order) ID() OrderID { return o.is.ID }

// String names the order, with status and total.
func (o Order) String() string {
	return fmt.Sprintf("order %s (%s): %s", o.is.Number, o.status, o.is.Total)
}

// Number gives what people call the order.
func (o Order) Number() string { return o.is.Number }

// Status says where the order stands.
func (o Order) Status() OrderStatus { return o.status }

// Payable says how the order is paid, "" before it is placed.
func (o Order) Payable() Payable { return o.payable }

// Placed gives the instant at which the order was placed, 0 before.
func (o Order) Placed() Instant { return o.placed }

// Replayed reports whether a checkout answered with this order because an earlier
// call with the same key had placed it. It is no part of the order: one that is read
// is never replayed.
func (o Order) Replayed() bool { return o.replayed }

// Person gives whose order it is.
func (o Order) Person() PersonID { return o.is.Contact.Person }

// Contact names the record of name and addresses that the order was made with.
func (o Order) Contact() ContactRef { return o.is.Contact }

// Destination gives where the goods go, as far as an order keeps it.
func (o Order) Destination() Destination { return o.is.Goes }

// List gives the price list and currency that the order was bought from.
func (o Order) List() PriceList { return PriceList{o.is.List, o.is.Currency} }

// Rounding gives the rule that the figures were rounded by.
func (o Order) Rounding() Rounding { return o.is.Rounding }

// Lines gives the lines by number, as copies.
func (o Order) Lines() []Line { return cloneLines(o.is.Lines) }

// Total gives what the order costs.
func (o Order) Total() money.Amount { return o.is.bill.Total }

// Subtotal gives the sum of the lines before discounts.
func (o Order) Subtotal() money.Amount {
	sum, _ := o.is.Subtotal(o.is.Currency)
	return sum
}

// Discounts gives what promotions took off, in the order in which they were taken, as
// copies.
func (o Order) Discounts() []Discount { return cloneDiscounts(o.is.Discounts) }

// Taxes gives what each rate came to, as copies, in the order in which they were counted.
func (o Order) Taxes() []Tax { return cloneTaxes(o.is.Taxes) }

// TaxStatus says how the buyer was taxed.
func (o Order) TaxStatus() TaxStatus { return o.is.Status }

// Delivery gives the shipping; nil where nothing is shipped and where the shop had no
// rules for it.
func (o Order) Delivery() *Delivery { return o.is.Delivery.clone() }

// Cash says how the total was rounded to what can be paid, nil where it was not.
func (o Order) Cash() *Cash { return o.is.bill.clone().Cash }

// Uses gives the promotions that have limits of use, which the order used.
func (o Order) Uses() []PromotionUse { return slices.Clone(o.is.Uses) }

// Reasons gives the tree of reasons for the total.
func (o Order) Reasons() Reason {
	tree, _ := o.is.reasons(o.is.Currency) // what does not add up, Verify tells
	return tree
}

// Explain gives the tree of reasons as text, as [Quote.Explain] does.
func (o Order) Explain() string { return o.Reasons().explain() }

// Metadata gives the order's metadata, as a copy.
func (o Order) Metadata() Metadata { return o.data.clone() }

// Demand gives how many pieces of each article were ordered, sorted by SKU.
func (o Order) Demand() []Demand {
	return demand(len(o.is.Lines), func(i int) (SKU, int64) { return o.is.Lines[i].SKU, o.is.Lines[i].Quantity })
}

// Entries gives the order's journal. The payloads are the caller's to read, not to
// change.
func (o Order) Entries() []Entry { return slices.Clone(o.entries) }

// AsOf gives the order as it was at an instant: folded from the entries that had been
// recorded by then. false: there was no order yet.
func (o Order) AsOf(t Instant) (Order, bool) {
	n := 0
	for n < len(o.entries) && Instant(o.entries[n].At) <= t {
		n++
	}
	if n == 0 {
		return Order{}, false
	}
	then, err := Fold(Order{}, slices.Clip(o.entries[:n])...)
	return then, err == nil
}

// asPlaced gives the order as it was when it was placed.
func (o Order) asPlaced() (Order, error) {
	n := slices.IndexFunc(o.entries, func(e Entry) bool { return e.Kind == "placed" })
	return Fold(Order{}, slices.Clip(o.entries[:n+1])...)
}

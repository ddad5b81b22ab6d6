package till

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/money"
)

// ServiceRule is a rule that hands something of a quote to a service outside: the taxes, or
// the shipping, of what goes to a zone. The service answers with figures, which a quote
// copies and adds up, and never counts itself. Of two for one destination that ask for the
// same, the first by name is asked.
type ServiceRule struct {
	Service string   `json:"service"`        // a word by which the program knows it
	Zone    string   `json:"zone,omitempty"` // name of the [Zone]; "": everywhere
	Asks    NeedKind `json:"asks"`
}

// NeedKind is what a service is asked for.
type NeedKind string

// The kinds.
const (
	NeedShipping NeedKind = "shipping" // in place of every [ShippingMethod]
	NeedTax      NeedKind = "tax"      // in place of every [TaxRate]
)

func (o ServiceRule) word() string { return "outside" }

func (o ServiceRule) check(string) error {
	if err := cmp.Or(checkWord("service", o.Service, 40), checkNamed("zone", o.Zone)); err != nil {
		return err
	}
	if o.Asks != NeedShipping && o.Asks != NeedTax {
		return invalid("asks", "%.40q is neither shipping nor tax", o.Asks)
	}
	return nil
}

func (o ServiceRule) canonical() Rule { return o }

func (o ServiceRule) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.outside, &o)
}

// Need is a question that a quote has for a service outside: everything that the answer
// may depend on. Two that are alike have the same Key.
type Need struct {
	Key         string         `json:"key"` // stands for all the rest
	Kind        NeedKind       `json:"kind"`
	Service     string         `json:"service"`
	Currency    money.Currency `json:"currency"`
	Destination Address        `json:"destination"` // country, region and postcode
	Status      TaxStatus      `json:"tax_status,omitempty"`
	Lines       []NeedLine     `json:"lines"`
	Delivery    *NeedDelivery  `json:"delivery,omitempty"` // of a need for taxes: the shipping, where there is any
}

// NeedLine is a line of a [Need].
type NeedLine struct {
	Line     int          `json:"line"`
	SKU      SKU          `json:"sku"`
	Quantity int64        `json:"quantity"`
	Amount   money.Amount `json:"amount"`             // of the line, after discounts
	Included bool         `json:"included,omitempty"` // Amount includes tax: an [ServiceTax] says what of it is tax
	Category string       `json:"category,omitempty"` // of tax; "": the usual one
	Grams    int64        `json:"grams,omitempty"`    // of a piece
	Ships    bool         `json:"ships,omitempty"`
}

// NeedDelivery is the shipping of a [Need].
type NeedDelivery struct {
	Method   string       `json:"method"`
	Amount   money.Amount `json:"amount"`             // after discounts
	Included bool         `json:"included,omitempty"` // Amount includes tax, as of a [NeedLine]; never where a service gave it
	Category string       `json:"category,omitempty"` // of tax; "": the usual one
}

// keyed gives the need with its key.
func (n Need) keyed() (Need, error) {
	n.Key = ""
	body, err := json.Marshal(n)
	if err != nil {
		return Need{}, err
	}
	sum := sha256.Sum256(body)
	n.Key = hex.EncodeToString(sum[:])
	return n, nil
}

// Answer is what a service outside answered to a [Need].
type Answer struct {
	Need       string           `json:"need"`                 // its Key; a [Service] may leave it empty
	Taxes      []ServiceTax     `json:"taxes,omitempty"`      // to a need for taxes; none: none is due
	Deliveries []DeliveryOption `json:"deliveries,omitempty"` // to a need for shipping, as they are shown, without tax, each Method once; none: nothing delivers it
}

// ServiceTax is a tax that a service counted: by line, how much it is. On a line, or a
// shipping, that does not include tax, the part is added to the total. On one that does, it
// is contained in the price, of 12.00 at 20 % 2.00: it is said and not added, and all taxes
// together come to no more than the price. Nothing can be taken out of a price: who is to
// bear no tax has no part on such a line, and pays the price as it stands. A quote has the
// tax twice where it has parts of both kinds, once for each, and not at all without parts.
type ServiceTax struct {
	Name  string     `json:"name"`          // a word, each once
	Label string     `json:"label"`         // as a buyer reads it: "GST"
	Rate  money.Rate `json:"rate,omitzero"` // 0 to 10 (1000 %), to be shown; nothing is counted by it
	Parts []TaxPart  `json:"parts"`         // by line, each once; line 0, the shipping, last; 0 or more
}

// NeedsError says that a quote has questions that are not answered, and which.
type NeedsError struct{ Needs []Need }

// Error says what to do.
func (e *NeedsError) Error() string {
	if len(e.Needs) == 0 {
		return "till: the quote needs answers from outside: ask, and give them to Terms.Answered"
	}
	return fmt.Sprintf("till: the quote needs answers from outside, the first from %q for %s: ask, and give them to Terms.Answered", e.Needs[0].Service, e.Needs[0].Kind)
}

// Unwrap gives [ErrInvalid].
func (e *NeedsError) Unwrap() error { return ErrInvalid }

// Answered gives the terms with answers from outside, for the quotes that they are made
// for. They are no rules and are not recorded: what a quote takes of them, it copies. One
// Need has one answer, the last that is given.
func (t Terms) Answered(answers ...Answer) Terms {
	for _, a := range answers {
		a.Taxes, a.Deliveries = slices.Clone(a.Taxes), slices.Clone(a.Deliveries)
		for i := range a.Taxes {
			a.Taxes[i].Parts = slices.Clone(a.Taxes[i].Parts)
		}
		t.answers = append(slices.DeleteFunc(slices.Clone(t.answers), func(b Answer) bool { return b.Need == a.Need }), a)
	}
	return t
}

// Needs gives the questions that the quote of a cart has at an instant and that the terms
// have no answer to, one at a time: of shipping first, since taxes may be due on it. None: it
// can be quoted. Ask, give the terms the answers, and ask for needs again.
func (c Cart) Needs(catalog Catalog, terms Terms, at Instant) ([]Need, error) {
	_, err := c.Quote(catalog, terms, at)
	if needs, ok := asNeeds(err); ok {
		return needs, nil
	}
	return nil, err
}

// asNeeds gives the questions that an error names.
func asNeeds(err error) ([]Need, bool) {
	e, ok := errors.AsType[*NeedsError](err)
	if !ok {
		return nil, false
	}
	return e.Needs, true
}

// fromOutside reports whether an error is of what a service was asked or has answered: it
// says by itself what is wrong.
func fromOutside(err error) bool {
	_, ok := asNeeds(err)
	bad, wrong := errors.AsType[*InvalidError](err)
	return ok || wrong && strings.HasPrefix(bad.Path, "answer.")
}

// asked gives the service that is asked at a destination, "" for none.
func (t Terms) asked(kind NeedKind, to Address, at Instant) string {
	for _, o := range t.outside.on(at) {
		if o.Asks == kind && t.contains(o.Zone, to, at) {
			return o.Service
		}
	}
	return ""
}

// need makes the question for what a quote is so far.
func (p *pricing) need(kind NeedKind, service string) (Need, error) {
	n := Need{Kind: kind, Service: service, Currency: p.cart.list.Currency, Destination: p.to, Status: p.q.bill.Status}
	for i := range p.q.bill.Lines {
		l := &p.q.bill.Lines[i]
		if l.Unavailable == "" {
			n.Lines = append(n.Lines, NeedLine{l.N, l.SKU, l.Quantity, l.Total, l.Included, l.Category, l.Grams, !l.NoShipping})
		}
	}
	if d := p.q.bill.Delivery; kind == NeedTax && d != nil && d.Unavailable == "" {
		n.Delivery = &NeedDelivery{d.Method, d.Total, d.Included, d.Category}
	}
	return n.keyed()
}

// answerTo finds the answer to a need; without one the quote cannot be made.
func (p *pricing) answerTo(kind NeedKind, service string) (Answer, error) {
	n, err := p.need(kind, service)
	if err != nil {
		return Answer{}, err
	}
	for _, a := range p.rules.answers {
		if a.Need == n.Key {
			return a, nil
		}
	}
	return Answer{}, &NeedsError{Needs: []Need{n}}
}

// shipOutside takes the shipping that was answered.
func (p *pricing) shipOutside(service string) error {
	a, err := p.answerTo(NeedShipping, service)
	if err != nil {
		return err
	}
	free := nothing(p.cart.list.Currency)
	d := &Delivery{Method: p.cart.delivery, Service: service, Rate: ShippingRate{Base: free}, Subtotal: free, Total: free, Unavailable: UnknownMethod}
	switch {
	case len(a.Deliveries) == 0:
		d.Unavailable = Undeliverable
	case p.cart.delivery == "":
		d.Unavailable = NotChosen
	}
	for i, o := range a.Deliveries {
		path := fmt.Sprintf("answer.deliveries[%d]", i)
		if o.Amount.Currency() != p.cart.list.Currency || o.Amount.Sign() < 0 {
			return invalid(path, "%s is not 0 or more in %s", o.Amount, p.cart.list.Currency)
		}
		if err := within(path, cmp.Or(checkWord("method", o.Method, 40), checkName("label", o.Label, MaxLabel))); err != nil {
			return err
		}
		if slices.ContainsFunc(a.Deliveries[:i], func(b DeliveryOption) bool { return b.Method == o.Method }) {
			return invalid(path+".method", "%q stands twice", o.Method)
		}
		if o.Method == p.cart.delivery {
			d.Label, d.PickUp, d.Subtotal, d.Total, d.Unavailable = o.Label, o.PickUp, o.Amount, o.Amount, ""
		}
	}
	p.q.bill.Delivery, p.q.ways = d, slices.Clone(a.Deliveries)
	return nil
}

// taxOutside takes the taxes that were answered.
func (p *pricing) taxOutside(service string) error {
	a, err := p.answerTo(NeedTax, service)
	if err != nil {
		return err
	}
	items := p.q.bill.taxables()
	for i, o := range a.Taxes {
		path := fmt.Sprintf("answer.taxes[%d]", i)
		if err := within(path, cmp.Or(checkWord("name", o.Name, 40), checkName("label", o.Label, MaxLabel))); err != nil {
			return err
		}
		if slices.ContainsFunc(a.Taxes[:i], func(b ServiceTax) bool { return b.Name == o.Name }) {
			return invalid(path+".name", "%q stands twice", o.Name)
		}
		if o.Rate.Sign() < 0 || o.Rate.Cmp(maxTaxRate) > 0 {
			return invalid(path+".rate", "%s: it is 0 to 10 (1000 %%), 0.0825 for 8.25 %%", o.Rate)
		}
		taxes, err := o.on(items, path, p.cart.list.Currency)
		if err != nil {
			return err
		}
		for _, x := range taxes {
			x.Service = service
			p.q.bill.Taxes = append(p.q.bill.Taxes, x)
		}
	}
	return nil
}

// on gives what the tax comes to: as dueTaxes, once for what does not include it and once
// for what does, and none that is on nothing. What items are left with, no other tax of
// the answer can be contained in.
func (o *ServiceTax) on(items []taxable, path string, c money.Currency) ([]Tax, error) {
	var both [2]Tax
	next := 0
	for j, part := range o.Parts {
		path := fmt.Sprintf("%s.parts[%d]", path, j)
		at, want := bear(items, next, part, c)
		if want != "" {
			return nil, invalid(path, "%s on line %d: give %s", part.Amount, part.Line, want)
		}
		next = at + 1
		x := &both[0]
		if items[at].included {
			x = &both[1]
		}
		if x.Parts == nil {
			*x = Tax{Name: o.Name, Label: o.Label, Rate: o.Rate, Included: items[at].included, Amount: nothing(c)}
		}
		var err error
		if x.Amount, err = x.Amount.Add(part.Amount); err != nil {
			return nil, invalid(path, "%s on line %d: with it the tax is more than can be counted", part.Amount, part.Line)
		}
		x.Parts = append(x.Parts, part)
	}
	return slices.DeleteFunc(both[:], func(x Tax) bool { return x.Parts == nil }), nil
}

// bear puts a part of a tax that a service counted on what it is due on, from the item next
// on, and gives which that is. What includes the tax has so much less left for the others.
// Where it cannot be, want says what could.
func bear(items []taxable, next int, part TaxPart, c money.Currency) (at int, want string) {
	for next < len(items) && items[next].line != part.Line {
		next++
	}
	if next == len(items) || part.Amount.Currency() != c || part.Amount.Sign() < 0 {
		return next, fmt.Sprintf("lines that there are, in their order, each once, the shipping (0) last, with 0 or more in %s", c)
	}
	if item := &items[next]; item.included {
		left, err := item.amount.Sub(part.Amount)
		if err != nil || left.Sign() < 0 {
			return next, fmt.Sprintf("at most the %s that other taxes leave of a price which includes them", item.amount)
		}
		item.amount = left
	}
	return next, ""
}

package till

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/tillkit/till/money"
)

// Outside is a rule that hands something of a quote to a service outside: the taxes, or
// the shipping, of what goes to a zone. The service answers with figures, which a quote
// copies and adds up, and never counts itself.
type Outside struct {
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

func (o Outside) word() string { return "outside" }

func (o Outside) check(string) error {
	if err := cmp.Or(checkWord("service", o.Service, 40), checkNamed("zone", o.Zone)); err != nil {
		return err
	}
	if o.Asks != NeedShipping && o.Asks != NeedTax {
		return invalid("asks", "%.40q is neither shipping nor tax", o.Asks)
	}
	return nil
}

func (o Outside) canonical() Rule { return o }

func (o Outside) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
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
	Amount   money.Amount `json:"amount"` // of the line, after discounts
	Included bool         `json:"included,omitempty"`
	Category string       `json:"category,omitempty"`
	Grams    int64        `json:"grams,omitempty"` // of a piece
	Ships    bool         `json:"ships,omitempty"`
}

// NeedDelivery is the shipping of a [Need].
type NeedDelivery struct {
	Method   string       `json:"method"`
	Amount   money.Amount `json:"amount"` // after discounts
	Category string       `json:"category,omitempty"`
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
	Need       string           `json:"need"`                 // its Key
	Taxes      []OutsideTax     `json:"taxes,omitempty"`      // to a need for taxes; none: none is due
	Deliveries []DeliveryOption `json:"deliveries,omitempty"` // to a need for shipping, as they are shown; none: nothing delivers it
}

// OutsideTax is a tax that a service counted.
type OutsideTax struct {
	Name  string     `json:"name"` // a word, each once
	Label string     `json:"label"`
	Rate  money.Rate `json:"rate,omitzero"` // to be shown; nothing is counted by it
	Parts []TaxPart  `json:"parts"`         // by line, each once; line 0, the shipping, last; 0 or more
}

// NeedsError says that a quote has questions that are not answered.
type NeedsError struct{ Needs []Need }

// Error says what to do.
func (e *NeedsError) Error() string {
	return fmt.Sprintf("till: the quote needs answers from outside, the first from %q for %s: ask, and give them to Terms.Answered", e.Needs[0].Service, e.Needs[0].Kind)
}

// Unwrap gives [ErrInvalid].
func (e *NeedsError) Unwrap() error { return ErrInvalid }

// Answered gives the terms with answers from outside, for the quotes that they are made
// for. They are no rules and are not recorded: what a quote takes of them, it copies. One
// Need has one answer, the last that is given.
func (t Terms) Answered(answers ...Answer) Terms {
	t.answers = slices.Clip(t.answers)
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
// have no answer to: of shipping first, since taxes may be due on it. None: it can be
// quoted. Ask, give the terms the answers, and ask for needs again.
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
		n.Delivery = &NeedDelivery{d.Method, d.Total, d.Category}
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
	d := &Delivery{Method: p.cart.delivery, Outside: service, Rate: ShippingRate{Base: free}, Subtotal: free, Total: free, Unavailable: UnknownMethod}
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
		if slices.ContainsFunc(a.Taxes[:i], func(b OutsideTax) bool { return b.Name == o.Name }) {
			return invalid(path+".name", "%q stands twice", o.Name)
		}
		x := Tax{Name: o.Name, Label: o.Label, Rate: o.Rate, Outside: service, Amount: nothing(p.cart.list.Currency), Parts: slices.Clone(o.Parts)}
		next := 0
		for j, part := range o.Parts {
			for next < len(items) && items[next].line != part.Line {
				next++
			}
			if next == len(items) || part.Amount.Currency() != p.cart.list.Currency || part.Amount.Sign() < 0 {
				return invalid(fmt.Sprintf("%s.parts[%d]", path, j), "%s on line %d: lines of the need in their order, each once, the shipping (0) last, with 0 or more in %s", part.Amount, part.Line, p.cart.list.Currency)
			}
			next++
			if x.Amount, err = x.Amount.Add(part.Amount); err != nil {
				return err
			}
		}
		p.q.bill.Taxes = append(p.q.bill.Taxes, x)
	}
	return nil
}

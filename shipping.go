package till

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tillkit/till/money"
)

// ShippingMethod is a way in which goods go to the buyer, where and for what it can be
// chosen, and what it costs.
type ShippingMethod struct {
	Label    string         `json:"label"`             // as a buyer reads it: "Parcel, 2 days"
	Zone     string         `json:"zone,omitempty"`    // name of the [Zone] that it goes to; "": everywhere
	PickUp   bool           `json:"pick_up,omitempty"` // the buyer comes for the goods
	Rates    []ShippingRate `json:"rates"`             // one for each currency; in another it cannot be chosen
	If       ShippingLimits `json:"if,omitzero"`
	Category string         `json:"category,omitempty"` // of tax; "": the usual one
	Included bool           `json:"included,omitempty"` // its rates include tax
	Order    int            `json:"order,omitempty"`    // the lower is shown first; then by name
}

// ShippingLimits are what a method takes: from the least to the most, both included; 0,
// and a currency that is not named, is no limit.
type ShippingLimits struct {
	MinGrams  int64          `json:"min_grams,omitempty"`  // weight of all pieces that are shipped
	MaxGrams  int64          `json:"max_grams,omitempty"`  // the same
	MinPieces int64          `json:"min_pieces,omitempty"` // pieces that are shipped
	MaxPieces int64          `json:"max_pieces,omitempty"` // the same
	MinTotal  []money.Amount `json:"min_total,omitempty"`  // of all articles, after discounts; one smallest unit or more
	MaxTotal  []money.Amount `json:"max_total,omitempty"`  // the same
}

// ShippingRate is what a method costs, in the currency of Base: Base, which is an amount of
// nothing where there is none, and the step of Table that is reached, and
// Each for every Per of the measure, begun ones too, and Percent of the total.
type ShippingRate struct {
	Base    money.Amount    `json:"base"`
	By      ShippingMeasure `json:"by,omitempty"` // what Table and Per count
	Table   []ShippingStep  `json:"table,omitempty"`
	Per     int64           `json:"per,omitempty"`
	Each    money.Amount    `json:"each,omitzero"`
	Percent money.Rate      `json:"percent,omitzero"` // of the articles, after discounts; 0 to 1, at most 6 decimals
}

// ShippingStep is a row of a table: from so much on it costs so much. Below the first
// row the method cannot be chosen.
type ShippingStep struct {
	From   int64        `json:"from"` // grams, pieces, or smallest units of the currency
	Amount money.Amount `json:"amount"`
}

// ShippingMeasure says what a rate counts.
type ShippingMeasure string

// The measures. Weight and pieces are of the goods that are shipped, the total is of all.
const (
	ByWeight ShippingMeasure = "weight"
	ByPieces ShippingMeasure = "pieces"
	ByTotal  ShippingMeasure = "total"
)

// maxRows bounds a table.
const maxRows = 200

func (s ShippingMethod) word() string { return "shipping" }

func (s ShippingMethod) check(string) error {
	if err := cmp.Or(checkLabel(s.Label, "Parcel"), checkNamed("zone", s.Zone), checkText("category", s.Category, MaxCategory)); err != nil {
		return err
	}
	if s.Order < 0 || s.Order > MaxPriority {
		return invalid("order", "%d: 0 to %d are possible", s.Order, MaxPriority)
	}
	if len(s.Rates) == 0 {
		return invalid("rates", "none was given: one of a Base of 0 costs nothing")
	}
	for i, r := range s.Rates {
		path := fmt.Sprintf("rates[%d]", i)
		if err := within(path, r.check()); err != nil {
			return err
		}
		if slices.ContainsFunc(s.Rates[:i], func(q ShippingRate) bool { return q.Base.Currency() == r.Base.Currency() }) {
			return invalid(path, "%s stands twice", r.Base.Currency())
		}
	}
	return within("if", s.If.check())
}

func (l ShippingLimits) check() error {
	for _, of := range []struct {
		name        string
		least, most int64
	}{{"grams", l.MinGrams, l.MaxGrams}, {"pieces", l.MinPieces, l.MaxPieces}} {
		if of.least < 0 {
			return invalid("min_"+of.name, "%d: 0, which is no limit, and more are possible", of.least)
		}
		if of.most < 0 || of.most > 0 && of.most < of.least {
			return invalid("max_"+of.name, "%d: 0, which is no limit, and what is not below the least, %d, are possible", of.most, of.least)
		}
	}
	if err := cmp.Or(checkAmounts("min_total", l.MinTotal, 1, true), checkAmounts("max_total", l.MaxTotal, 1, true)); err != nil {
		return err
	}
	for i, most := range l.MaxTotal {
		if least, ok := amountIn(l.MinTotal, most.Currency()); ok && most.Minor() < least.Minor() {
			return invalid(fmt.Sprintf("max_total[%d]", i), "%s: it is below the least, %s", most, least)
		}
	}
	return nil
}

func (r ShippingRate) check() error {
	c := r.Base.Currency()
	if !c.Valid() {
		return invalid("base", "it has no currency: give the rate's, with an amount such as 0.00 EUR where there is no base")
	}
	if r.Base.Sign() < 0 {
		return invalid("base", "%s: it is 0 or more", r.Base)
	}
	switch r.By {
	case "":
		if len(r.Table) > 0 || r.Per != 0 {
			return invalid("by", "a Table and a Per count weight, pieces or the total")
		}
	case ByWeight, ByPieces, ByTotal:
	default:
		return invalid("by", "%.40q is none of weight, pieces and total", r.By)
	}
	if len(r.Table) > maxRows {
		return invalid("table", "there are %d rows, at most %d are possible", len(r.Table), maxRows)
	}
	for i, s := range r.Table {
		if s.Amount.Currency() != c || s.Amount.Sign() < 0 || s.From < 0 || i > 0 && s.From <= r.Table[i-1].From {
			return invalid(fmt.Sprintf("table[%d]", i), "from %d on %s: rows rise from 0, and cost 0 or more in %s", s.From, s.Amount, c)
		}
	}
	if r.Per < 0 || (r.Per > 0) != (r.Each != money.Amount{}) || r.Per > 0 && (r.Each.Currency() != c || r.Each.Sign() <= 0) {
		return invalid("per", "%s for each %d: both are given, above 0, or none", r.Each, r.Per)
	}
	if r.Percent.Sign() < 0 || r.Percent.Cmp(one) > 0 || r.Percent.Decimals() > maxTaxDecimals {
		return invalid("percent", "%s: it is 0 to 1, which is 100 %%, with at most %d decimals", r.Percent, maxTaxDecimals)
	}
	return nil
}

func (s ShippingMethod) canonical() Rule {
	s.Rates = bare(s.Rates)
	for i := range s.Rates {
		s.Rates[i].Table = bare(s.Rates[i].Table)
	}
	s.If.MinTotal, s.If.MaxTotal = bare(s.If.MinTotal), bare(s.If.MaxTotal)
	return s
}

func (s ShippingMethod) change(t Terms, m Meta, c RuleChange) (Terms, []Entry, error) {
	return changeRule(t, m, c, t.methods, &s)
}

// load is what is to be shipped.
type load struct {
	grams, pieces int64        // of what is shipped
	total         money.Amount // of all articles, after discounts
}

// shipped adds up what is to be shipped. false: nothing is.
func shipped(lines []Line, total money.Amount) (load, bool, error) {
	l := load{total: total}
	needed := false
	for i := range lines {
		if lines[i].NoShipping || lines[i].Unavailable != "" {
			continue
		}
		needed = true
		grams, err := times("grams", lines[i].Grams, lines[i].Quantity)
		if err == nil {
			l.grams, err = plus("grams", l.grams, grams)
		}
		if err != nil {
			return load{}, false, err
		}
		l.pieces += lines[i].Quantity
	}
	return l, needed, nil
}

// takes reports whether a load is within the limits.
func (l ShippingLimits) takes(of load) bool {
	least, has := amountIn(l.MinTotal, of.total.Currency())
	if of.grams < l.MinGrams || of.pieces < l.MinPieces || has && of.total.Minor() < least.Minor() {
		return false
	}
	most, has := amountIn(l.MaxTotal, of.total.Currency())
	return (l.MaxGrams == 0 || of.grams <= l.MaxGrams) && (l.MaxPieces == 0 || of.pieces <= l.MaxPieces) && (!has || of.total.Minor() <= most.Minor())
}

// rateIn gives the rate in a currency.
func (s *ShippingMethod) rateIn(c money.Currency) (ShippingRate, bool) {
	for _, r := range s.Rates {
		if r.Base.Currency() == c {
			return r, true
		}
	}
	return ShippingRate{}, false
}

// cost gives what a load costs. false: it is below the first row of the table.
func (r ShippingRate) cost(of load, mode money.Rounding) (money.Amount, bool, error) {
	measure := of.total.Minor()
	switch r.By {
	case ByWeight:
		measure = of.grams
	case ByPieces:
		measure = of.pieces
	}
	sum, err := r.Base, error(nil)
	if len(r.Table) > 0 {
		n := 0
		for n < len(r.Table) && r.Table[n].From <= measure {
			n++
		}
		if n == 0 {
			return money.Amount{}, false, nil
		}
		if sum, err = sum.Add(r.Table[n-1].Amount); err != nil {
			return money.Amount{}, false, err
		}
	}
	if r.Per > 0 {
		begun := measure / r.Per
		if measure%r.Per > 0 {
			begun++
		}
		each, err := r.Each.Mul(begun)
		if err == nil {
			sum, err = sum.Add(each)
		}
		if err != nil {
			return money.Amount{}, false, err
		}
	}
	if !r.Percent.IsZero() {
		part, err := of.total.MulRate(r.Percent, mode)
		if err == nil {
			sum, err = sum.Add(part)
		}
		if err != nil {
			return money.Amount{}, false, err
		}
	}
	return sum, true, nil
}

// Delivery is the shipping of a quote or an order: a copy of what it was counted by, and
// its figure.
type Delivery struct {
	Method      string         `json:"method"` // its name
	Label       string         `json:"label"`
	PickUp      bool           `json:"pick_up,omitempty"`
	Zone        string         `json:"zone,omitempty"`
	Rate        ShippingRate   `json:"rate"`
	Service     string         `json:"outside,omitempty"` // the service that said what it costs: then nothing of it is counted by Rate
	Category    string         `json:"category,omitempty"`
	Included    bool           `json:"included,omitempty"`
	Subtotal    money.Amount   `json:"subtotal"`              // before discounts
	Total       money.Amount   `json:"total"`                 // after discounts, before taxes that are added
	Unavailable DeliveryReason `json:"unavailable,omitempty"` // why it cannot be chosen; then it costs nothing
}

// DeliveryReason says why a delivery cannot be ordered.
type DeliveryReason string

// The reasons.
const (
	UnknownMethod DeliveryReason = "unknown"  // there is none of the name, or not any more
	OutOfZone     DeliveryReason = "zone"     // it does not go there
	OutOfLimits   DeliveryReason = "limits"   // the goods are too heavy, too many, or cost too little or too much
	NoRate        DeliveryReason = "no rate"  // it has none in the currency of the quote
	NotChosen     DeliveryReason = "choose"   // one has to be chosen
	Undeliverable DeliveryReason = "none can" // no method takes the goods there
)

// DeliveryOption is a method that can be chosen, and what it costs before discounts and
// taxes that are added.
type DeliveryOption struct {
	Method string       `json:"method"`
	Label  string       `json:"label"`
	PickUp bool         `json:"pick_up,omitempty"`
	Amount money.Amount `json:"amount"`
}

func (d *Delivery) clone() *Delivery {
	if d == nil {
		return nil
	}
	same := *d
	same.Rate.Table = slices.Clone(d.Rate.Table)
	return &same
}

// option counts what a method costs for a load, or says why it cannot be chosen.
func (t *Terms) option(name string, s *ShippingMethod, of load, to Address, at Instant) (Delivery, error) {
	d := Delivery{Method: name, Label: s.Label, PickUp: s.PickUp, Zone: s.Zone, Category: s.Category, Included: s.Included}
	free := nothing(of.total.Currency())
	d.Subtotal, d.Total = free, free
	if !t.contains(s.Zone, to, at) {
		d.Unavailable = OutOfZone
		return d, nil
	}
	rate, ok := s.rateIn(of.total.Currency())
	if !ok {
		d.Unavailable = NoRate
		return d, nil
	}
	d.Rate = rate
	if !s.If.takes(of) {
		d.Unavailable = OutOfLimits
		return d, nil
	}
	amount, ok, err := rate.cost(of, t.Rounding(at).Mode)
	if !ok && err == nil {
		d.Unavailable = OutOfLimits
		return d, nil
	}
	d.Subtotal, d.Total = amount, amount
	return d, err
}

// deliver gives what the chosen method costs, and which can be chosen. Where the terms
// have no method nothing need be chosen; where nothing is shipped, nothing can be.
func (t *Terms) deliver(chosen string, of load, to Address, at Instant) (*Delivery, []DeliveryOption, error) {
	var options []DeliveryOption
	order := make([]int, 0, 8)
	var is *Delivery
	some := false
	for name, s := range t.methods.on(at) {
		some = true
		d, err := t.option(name, s, of, to, at)
		if err != nil {
			return nil, nil, err
		}
		if name == chosen {
			one := d
			is = &one
		}
		if d.Unavailable == "" {
			n := len(order)
			for n > 0 && order[n-1] > s.Order {
				n--
			}
			order = slices.Insert(order, n, s.Order)
			options = slices.Insert(options, n, DeliveryOption{name, d.Label, d.PickUp, d.Subtotal})
		}
	}
	if is != nil || !some && chosen == "" {
		return is, options, nil
	}
	is = &Delivery{Method: chosen, Subtotal: nothing(of.total.Currency()), Total: nothing(of.total.Currency()), Unavailable: UnknownMethod}
	if chosen == "" {
		is.Unavailable = NotChosen
		if len(options) == 0 {
			is.Unavailable = Undeliverable
		}
	}
	return is, options, nil
}

// said names the shipping, or says why it cannot be had.
func (d Delivery) said() string {
	switch d.Unavailable {
	case "":
		return d.label()
	case NotChosen:
		return "Shipping: to be chosen"
	case Undeliverable:
		return "Shipping: nothing delivers this"
	}
	return d.label() + ": cannot be had (" + string(d.Unavailable) + ")"
}

// label names the shipping.
func (d Delivery) label() string {
	if d.Label == "" {
		return "Shipping"
	}
	return d.Label
}

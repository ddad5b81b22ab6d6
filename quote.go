package till

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/tillkit/till/money"
)

// Line is a line of a quote and of an order: a complete copy of the words and
// figures that the buyer sees. Nothing in it leads back to the live catalog; the
// ids are there to be shown and compared.
type Line struct {
	N           int          `json:"n"`
	SKU         SKU          `json:"sku"`
	Product     ProductID    `json:"product,omitzero"`
	Name        string       `json:"name"`
	Options     []Choice     `json:"options,omitempty"`
	Quantity    int64        `json:"quantity"`
	Price       money.Price  `json:"price"`                 // of one piece, or as its Per says; omitzero would take the currency from what is free
	Base        money.Price  `json:"base"`                  // the list's base price: Price, where no sale holds and none was agreed
	Sale        bool         `json:"sale,omitempty"`        // Price is a sale price
	Included    bool         `json:"included,omitempty"`    // Price includes tax
	MinQuantity int64        `json:"least,omitempty"`       // quantity from which Price holds, where above 1
	List        string       `json:"list,omitempty"`        // the list that Price is of, where it is not the cart's
	Group       string       `json:"group,omitempty"`       // the buyer's group that buys from List
	Entry       int64        `json:"entry,omitempty"`       // the entry of the article's Prices that set Price
	Exchanged   *Exchanged   `json:"exchanged,omitempty"`   // Price and Base were made of prices in another currency
	Agreed      *Agreement   `json:"agreed,omitempty"`      // the price was agreed for this line
	Gift        string       `json:"gift,omitempty"`        // the promotion that gives it; then it is in no cart
	Subtotal    money.Amount `json:"subtotal"`              // Price times Quantity
	Total       money.Amount `json:"total"`                 // Subtotal less its shares of discounts, before taxes that are added
	Category    string       `json:"category,omitempty"`    // of tax; "": the usual one
	Grams       int64        `json:"grams,omitempty"`       // weight of a piece
	NoShipping  bool         `json:"no_shipping,omitempty"` // nothing of it is shipped
	Untracked   bool         `json:"unstocked,omitempty"`   // its stock is not tracked: nothing is reserved for it
	Metadata    Metadata     `json:"metadata,omitempty"`    // from the cart
	Unavailable Unavailable  `json:"unavailable,omitempty"` // why it cannot be bought; then it has no price and costs nothing
}

func (l Line) clone() Line {
	if l.Agreed != nil {
		agreed := *l.Agreed
		l.Agreed = &agreed
	}
	if l.Exchanged != nil {
		was := *l.Exchanged
		l.Exchanged = &was
	}
	l.Options, l.Metadata = bare(l.Options), l.Metadata.clone()
	return l
}

func cloneLines(lines []Line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		out[i] = l.clone()
	}
	return out
}

// Quote is what a cart costs at an instant, and why: an immutable value.
type Quote struct {
	at       Instant
	list     PriceList
	terms    int64 // revision
	rounding Rounding
	bill     bill
	uses     []PromotionUse
	data     Metadata
	codes    []CodeAnswer     // what the cart's codes are good for
	ways     []DeliveryOption // the methods that can be chosen
	unknown  string           // what of the destination has to be known
}

// Quote computes what the cart costs at an instant: prices, promotions, shipping, taxes,
// in this order. It is pure. An article that cannot be bought then stays in the quote, with
// the reason and without a price, and so does a delivery that cannot be had; [Quote.Err]
// tells. Words are those of the catalog's locale: see [Catalog.In]. The error of Quote
// itself is of figures beyond what money can count.
func (c Cart) Quote(catalog Catalog, terms Terms, at Instant) (Quote, error) {
	p := pricing{
		q:    Quote{at: at, list: c.list, terms: terms.n, rounding: terms.Rounding(at), data: c.data.clone(), bill: bill{Status: c.buyer.Tax}},
		cart: c, catalog: catalog, rules: terms, lists: terms.listsFor(c.list, c.buyer.Groups, at),
		to: terms.destination(c.to, at), held: terms.promotionsAt(at),
	}
	if of, err := p.count(); err != nil {
		if fromOutside(err) {
			return Quote{}, err
		}
		return Quote{}, fmt.Errorf("%w: %w", invalid(of, "it cannot be counted"), err)
	}
	return p.q, nil
}

// label names the line: "Blue mug (Size: L)".
func (l *Line) label() string {
	if len(l.Options) == 0 {
		return l.Name
	}
	var room [128]byte
	s := append(room[:0], l.Name...)
	for i, o := range l.Options {
		sep := ", "
		if i == 0 {
			sep = " ("
		}
		s = append(append(append(append(s, sep...), o.Name...), ": "...), o.Value...)
	}
	return string(append(s, ')'))
}

// figure says what the line's price was computed from: "2 x 9.50 GBP".
func (l *Line) figure() string {
	var room [128]byte
	return string(l.appendFigure(room[:0]))
}

func (l *Line) appendFigure(s []byte) []byte {
	s = append(strconv.AppendInt(s, l.Quantity, 10), " x "...)
	s, _ = l.Price.AppendText(s) // which never fails
	switch {
	case l.Agreed != nil:
		s = append(s, ", agreed"...)
	case l.Sale:
		s, _ = l.Base.AppendText(append(s, ", instead of "...))
	}
	if l.MinQuantity > 1 {
		s = append(strconv.AppendInt(append(s, ", from "...), l.MinQuantity, 10), " pieces"...)
	}
	if l.List != "" {
		s = append(append(s, ", list "...), l.List...)
	}
	if l.Exchanged != nil {
		s, _ = l.Exchanged.Price.AppendText(append(s, ", "...))
		s = append(append(s, " at "...), l.Exchanged.Rate.String()...)
	}
	return s
}

// At gives the instant that the quote is for.
func (q Quote) At() Instant { return q.at }

// List gives the price list and currency.
func (q Quote) List() PriceList { return q.list }

// Lines gives the lines by number, as copies; gifts are the last.
func (q Quote) Lines() []Line { return cloneLines(q.bill.Lines) }

// Discounts gives what promotions take off, in the order in which they were taken, as
// copies.
func (q Quote) Discounts() []Discount { return cloneDiscounts(q.bill.Discounts) }

// Taxes gives what each rate comes to, as copies, in the order in which they were counted.
func (q Quote) Taxes() []Tax { return cloneTaxes(q.bill.Taxes) }

// Delivery gives the shipping; nil where nothing is shipped, and where the shop has no
// rules for it and none was chosen.
func (q Quote) Delivery() *Delivery { return q.bill.Delivery.clone() }

// Deliveries gives the methods of shipping that can be chosen, as they are shown. It is no
// part of what a quote is read from again.
func (q Quote) Deliveries() []DeliveryOption { return slices.Clone(q.ways) }

// Codes says of each code of the cart what it is good for, in the order in which their
// promotions are asked, which is not the cart's: find yours by [CodeAnswer.Code]. It is no
// part of what a quote is read from again.
func (q Quote) Codes() []CodeAnswer { return slices.Clone(q.codes) }

// Uses gives the promotions that have limits of use, which an order of this quote uses.
func (q Quote) Uses() []PromotionUse { return slices.Clone(q.uses) }

// TaxStatus says how the buyer is taxed.
func (q Quote) TaxStatus() TaxStatus { return q.bill.Status }

// Cash says how the total was rounded to what can be paid, nil where it was not.
func (q Quote) Cash() *Cash { return q.bill.clone().Cash }

// String gives what Explain gives.
func (q Quote) String() string { return q.Explain() }

// Total gives the sum of all reasons: what is due.
func (q Quote) Total() money.Amount { return q.bill.Total }

// Subtotal gives the sum of the lines before discounts.
func (q Quote) Subtotal() money.Amount {
	sum, _ := q.bill.Subtotal(q.list.Currency) // which was counted before
	return sum
}

// Reasons gives the tree of reasons for the total.
func (q Quote) Reasons() Reason {
	tree, _ := q.bill.reasons(q.list.Currency) // which was counted before
	return tree
}

// Explain gives the tree of reasons as text. The words between the shop's own labels are
// English; for another language write the tree of [Quote.Reasons], or the figures, anew.
func (q Quote) Explain() string { return q.Reasons().explain() }

// Err says why the quote cannot be ordered: an [UnavailableError] for each line
// that cannot be bought, a [DeliveryError], and [ErrInvalid] where the rules have a zone that
// the destination may lie in, by a region or a postcode that is not known; joined. nil if it
// can, and for an empty one.
func (q Quote) Err() error {
	var errs []error
	for _, l := range q.bill.Lines {
		if l.Unavailable != "" {
			errs = append(errs, &UnavailableError{SKU: l.SKU, Reason: l.Unavailable})
		}
	}
	if d := q.bill.Delivery; d != nil && d.Unavailable != "" {
		errs = append(errs, &DeliveryError{Method: d.Method, Reason: d.Unavailable})
	}
	if q.unknown != "" && len(q.bill.Lines) > 0 {
		errs = append(errs, invalid("destination."+q.unknown, "it is not known, and the rules depend on it there: say it with ShipTo, or in the contact (a region as a code of ISO 3166-2, such as \"CA-QC\")"))
	}
	return errors.Join(errs...)
}

// Demand gives how many pieces of each article the quote wants, sorted by SKU.
func (q Quote) Demand() []Demand {
	return demand(len(q.bill.Lines), func(i int) (SKU, int64) { return q.bill.Lines[i].SKU, q.bill.Lines[i].Quantity })
}

// checkDemand refuses more pieces of an article than anybody may ask for.
func (q Quote) checkDemand() error {
	all := int64(0)
	for i := range q.bill.Lines {
		all += q.bill.Lines[i].Quantity // at most MaxLines x MaxQuantity: no overflow
	}
	if all <= MaxQuantity { // then no article has more
		return nil
	}
	for _, d := range q.Demand() {
		if d.Quantity > MaxQuantity {
			return invalid("quantity", "%d of %s over all lines: at most %d are possible", d.Quantity, d.SKU, MaxQuantity)
		}
	}
	return nil
}

package till

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tillkit/till/money"
)

// The forms in which a host's pages and programs get values, not those in which they
// are stored. A [Quote] can be read again, since it goes out with a page and comes back
// with the answer; Cart, Product, Prices, Terms, Account and Order come from a store or
// are folded from entries, and refuse.

func unreadable(kind, from string) error {
	return invalid(kind, "it cannot be read from JSON: %s", from)
}

// MarshalJSON gives the cart's list, currency, lines, codes, destination, delivery and metadata.
func (c Cart) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		List     string         `json:"list"`
		Currency money.Currency `json:"currency"`
		Lines    []CartLine     `json:"lines"`
		Codes    []string       `json:"codes,omitempty"`
		ShipTo   Address        `json:"ship_to,omitzero"`
		Delivery string         `json:"delivery,omitempty"`
		Metadata Metadata       `json:"metadata,omitempty"`
	}{c.list.List, c.list.Currency, append([]CartLine{}, c.lines...), c.codes, c.to, c.delivery, c.data})
}

// UnmarshalJSON refuses: a cart comes from a handle, or from NewCart and Add.
func (c *Cart) UnmarshalJSON([]byte) error {
	return unreadable("cart", "it comes from a handle, or from NewCart and Add")
}

// MarshalJSON gives the product's id, revision and description.
func (p Product) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID       ProductID `json:"id"`
		Revision int64     `json:"revision"`
		Description
	}{p.id, p.n, p.is})
}

// UnmarshalJSON refuses: a product comes from a store, or is folded from its entries.
func (p *Product) UnmarshalJSON([]byte) error {
	return unreadable("product", "it comes from a store, or is folded from its entries")
}

// MarshalJSON gives the article, the list, the currency and every change of a price.
func (p Prices) MarshalJSON() ([]byte, error) {
	changes := slices.AppendSeq([]PriceRecord{}, p.All())
	return json.Marshal(struct {
		SKU      SKU            `json:"sku"`
		List     string         `json:"list"`
		Currency money.Currency `json:"currency"`
		Changes  []PriceRecord  `json:"changes"`
	}{p.sku, p.list.List, p.list.Currency, changes})
}

// UnmarshalJSON refuses: prices come from a store, or are folded from their entries.
func (p *Prices) UnmarshalJSON([]byte) error {
	return unreadable("prices", "they come from a store, or are folded from their entries")
}

// MarshalJSON gives the rules, with every change of each, and their revision.
func (t Terms) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Revision int64        `json:"revision"`
		Rules    []RuleRecord `json:"rules,omitempty"`
	}{t.n, slices.Collect(t.All())})
}

// UnmarshalJSON refuses: terms come from a store, or are folded from their entries.
func (t *Terms) UnmarshalJSON([]byte) error {
	return unreadable("terms", "they come from a store, or are folded from their entries")
}

// MarshalJSON gives the account without its contact record: no word of the person's.
func (a Account) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		ID       PersonID      `json:"id"`
		Revision int64         `json:"revision"`
		Status   AccountStatus `json:"status"`
		Since    Instant       `json:"since"`
		Password bool          `json:"password"`
		Groups   []string      `json:"groups,omitempty"`
		Tax      TaxStatus     `json:"tax_status,omitempty"`
		Metadata Metadata      `json:"metadata,omitempty"`
	}{a.id, a.n, a.status, a.since, a.password, a.groups, a.tax, a.data})
}

// UnmarshalJSON refuses: an account comes from a store, or is folded from its entries.
func (a *Account) UnmarshalJSON([]byte) error {
	return unreadable("account", "it comes from a store, or is folded from its entries")
}

// maxQuoteJSON bounds what a quote is read from: it comes from outside.
const maxQuoteJSON = 4 << 20

// check refuses a quote that no cart could have given: it came from outside.
func (q Quote) check() error {
	b := &q.bill
	if len(b.Lines) > MaxLines+MaxRules || len(b.Discounts) > MaxRules || len(b.Taxes) > 2*MaxRules {
		return invalid("lines", "there are %d, %d discounts and %d taxes: so many are not possible", len(b.Lines), len(b.Discounts), len(b.Taxes))
	}
	last := 0
	for _, l := range b.Lines {
		path := fmt.Sprintf("line %d", l.N)
		if l.N <= last || len(l.Options) > MaxOptions {
			return invalid(path, "its number or its options are not possible")
		}
		last = l.N
		for _, err := range []error{
			l.SKU.check(), checkQuantity(l.Quantity), checkName("name", l.Name, MaxName), l.Metadata.check(),
			checkText("list", l.List, MaxName), checkText("group", l.Group, MaxName), checkText("gift", l.Gift, MaxName), checkText("category", l.Category, MaxName),
		} {
			if err != nil {
				return within(path, err)
			}
		}
		for _, o := range l.Options {
			if err := cmp.Or(checkName("option", o.Name, MaxName), checkName("option", o.Value, MaxName)); err != nil {
				return within(path, err)
			}
		}
	}
	return cmp.Or(q.data.check(), b.checkWhole())
}

// checkWhole bounds what is of the whole.
func (b *bill) checkWhole() error {
	for i := range b.Discounts {
		d := &b.Discounts[i]
		path := fmt.Sprintf("discounts[%d]", i)
		if len(d.Shares) > len(b.Lines)+1 || len(d.Action.Amounts) > 1 {
			return invalid(path, "it has too many parts")
		}
		if slices.ContainsFunc(b.Discounts[:i], func(e Discount) bool { return e.Promotion == d.Promotion }) {
			return invalid(path, "%q stands twice", d.Promotion)
		}
		if err := cmp.Or(checkText("promotion", d.Promotion, MaxLabel), checkText("label", d.Label, MaxLabel), checkText("code", d.Code, MaxCode), checkText("group", d.Group, MaxName), d.Action.check()); err != nil {
			return within(path, err)
		}
	}
	if d := b.Delivery; d != nil {
		if len(d.Rate.Table) > maxRows {
			return invalid("delivery", "its table is too long")
		}
		if err := cmp.Or(checkText("method", d.Method, MaxLabel), checkText("label", d.Label, MaxLabel), checkText("zone", d.Zone, MaxLabel), checkText("category", d.Category, MaxName)); err != nil {
			return within("delivery", err)
		}
	}
	for i := range b.Taxes {
		t := &b.Taxes[i]
		path := fmt.Sprintf("taxes[%d]", i)
		if len(t.Parts) > len(b.Lines)+1 {
			return invalid(path, "it has too many parts")
		}
		if slices.ContainsFunc(b.Taxes[:i], func(u Tax) bool { return u.Name == t.Name && u.Included == t.Included }) {
			return invalid(path, "%q stands twice", t.Name)
		}
		if err := cmp.Or(checkText("name", t.Name, MaxLabel), checkText("label", t.Label, MaxLabel), checkText("zone", t.Zone, MaxLabel), checkText("category", t.Category, MaxName)); err != nil {
			return within(path, err)
		}
	}
	return nil
}

type quoteJSON struct {
	At       Instant        `json:"at"`
	List     string         `json:"list"`
	Currency money.Currency `json:"currency"`
	Terms    int64          `json:"terms"`
	Rounding Rounding       `json:"rounding"`
	bill
	Reasons  Reason         `json:"reasons"`
	Uses     []PromotionUse `json:"uses,omitempty"`
	Metadata Metadata       `json:"metadata,omitempty"`
	Digest   Digest         `json:"digest"`
}

// MarshalJSON gives the quote for a page or a program of the host's: instant, list,
// currency, rules, lines, total, reasons and digest.
func (q Quote) MarshalJSON() ([]byte, error) {
	b := q.bill
	b.Lines = append([]Line{}, b.Lines...)
	return json.Marshal(quoteJSON{q.at, q.list.List, q.list.Currency, q.terms, q.rounding, b, q.Reasons(), q.uses, q.data, q.Digest()})
}

// UnmarshalJSON reads what MarshalJSON gives, to be shown and compared: with
// [Compare], and as the Seen of a [CheckoutRequest]. What does not fit its digest is an
// [InvalidError]; that it was this shop which made the quote is not proved. On an error
// q is unchanged.
func (q *Quote) UnmarshalJSON(data []byte) error {
	if len(data) > maxQuoteJSON {
		return invalid("quote", "it has %d bytes, at most %d are possible", len(data), maxQuoteJSON)
	}
	var form quoteJSON
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&form); err != nil {
		return fmt.Errorf("%w: %w", invalid("quote", "it is not as a quote writes itself"), err)
	}
	read := Quote{
		at: form.At, list: PriceList{form.List, form.Currency}, terms: form.Terms, rounding: form.Rounding,
		bill: form.bill, uses: form.Uses, data: form.Metadata,
	}
	read.bill.Lines = bare(form.Lines)
	if err := read.check(); err != nil {
		return err
	}
	if tree, err := read.bill.reasons(form.Currency); err != nil || !tree.equal(form.Reasons) || tree.Amount != form.Total || read.Digest() != form.Digest {
		return invalid("quote", "its digest does not fit what it says")
	}
	*q = read
	return nil
}

// orderJSON is the host-facing form of an order.
type orderJSON struct {
	ID       OrderID        `json:"id"`
	Number   string         `json:"number"`
	Status   OrderStatus    `json:"status"`
	Payable  Payable        `json:"payable,omitempty"`
	Opened   Instant        `json:"opened"`
	Placed   Instant        `json:"placed,omitzero"`
	Contact  ContactRef     `json:"contact"`
	Goes     Destination    `json:"destination,omitzero"`
	List     string         `json:"list"`
	Currency money.Currency `json:"currency"`
	Rounding Rounding       `json:"rounding"`
	bill
	Reasons  Reason   `json:"reasons"`
	Metadata Metadata `json:"metadata,omitempty"`
}

// MarshalJSON gives the order for a page or a program of the host's: everything but
// the person's words.
func (o Order) MarshalJSON() ([]byte, error) {
	return json.Marshal(orderJSON{
		o.is.ID, o.is.Number, o.status, o.payable, o.opened, o.placed, o.is.Contact, o.is.Goes,
		o.is.List, o.is.Currency, o.is.Rounding, o.is.bill, o.Reasons(), o.data,
	})
}

// UnmarshalJSON refuses: an order comes from a store, or is folded from its entries.
func (o *Order) UnmarshalJSON([]byte) error {
	return unreadable("order", "it comes from a store, or is folded from its entries")
}

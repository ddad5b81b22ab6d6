package till

import (
	"crypto/sha256"
	"encoding/hex"
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
	MinQuantity int64        `json:"least,omitempty"`       // quantity from which Price holds, where above 1
	Entry       int64        `json:"entry,omitempty"`       // the entry of the article's Prices that set Price
	Agreed      *Agreement   `json:"agreed,omitempty"`      // the price was agreed for this line
	Total       money.Amount `json:"total"`                 // sum of the line's reasons
	Untracked   bool         `json:"unstocked,omitempty"`   // its stock is not tracked: nothing is reserved for it
	Metadata    Metadata     `json:"metadata,omitempty"`    // from the cart
	Unavailable Unavailable  `json:"unavailable,omitempty"` // why it cannot be bought; then it has no price and costs nothing
}

func (l Line) clone() Line {
	if l.Agreed != nil {
		agreed := *l.Agreed
		l.Agreed = &agreed
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
	lines    []Line
	total    Reason
	data     Metadata
}

// Quote computes what the cart costs at an instant. It is pure. An article that
// cannot be bought then stays in the quote, with the reason and without a price;
// [Quote.Err] tells. Words are those of the catalog's locale: see [Catalog.In]. The error of Quote itself is of figures beyond what money can
// count.
func (c Cart) Quote(catalog Catalog, terms Terms, at Instant) (Quote, error) {
	q := Quote{at: at, list: c.list, terms: terms.n, rounding: terms.Rounding(), data: c.data.clone()}
	wanted := c.Demand() // quantity tiers count the article over all lines
	q.lines = slices.Grow(q.lines, len(c.lines))
	var parts []Reason
	for _, cl := range c.lines {
		line, part, err := q.line(cl, catalog, wantedOf(wanted, cl.SKU))
		if err != nil {
			return Quote{}, fmt.Errorf("%w: %w", invalid(fmt.Sprintf("line %d", cl.N), "%d of %s cannot be counted", cl.Quantity, cl.SKU), err)
		}
		q.lines = append(q.lines, line)
		if line.Unavailable == "" {
			parts = append(slices.Grow(parts, len(c.lines)-len(parts)), part)
		}
	}
	total, err := sumOf(TotalReason, 0, "Total", c.list.Currency, parts)
	if err != nil {
		return Quote{}, fmt.Errorf("%w: %w", invalid("total", "it cannot be counted"), err)
	}
	q.total = total
	return q, nil
}

func (q Quote) line(cl CartLine, catalog Catalog, wanted int64) (Line, Reason, error) {
	line := Line{N: cl.N, SKU: cl.SKU, Name: string(cl.SKU), Quantity: cl.Quantity, Metadata: cl.Metadata.clone(), Total: nothing(q.list.Currency)}
	offer, err := catalog.offerFor(cl, q.list, wanted, q.at)
	if missing, ok := errors.AsType[*UnavailableError](err); ok {
		line.Unavailable = missing.Reason
		return line, Reason{}, nil
	}
	line.Product, line.Name, line.Options = offer.Product, offer.Name, offer.Options
	line.Price, line.Base, line.Sale, line.Entry = offer.Price, offer.Base, offer.Sale, offer.Entry
	line.Untracked = offer.Stock.Untracked
	if offer.MinQuantity > 1 {
		line.MinQuantity = offer.MinQuantity
	}
	if cl.Agreed != nil {
		agreed := *cl.Agreed
		line.Agreed, line.Price, line.Sale, line.MinQuantity, line.Entry = &agreed, agreed.Price, false, 0, 0
	}
	if line.Total, err = q.rounding.times(line.Price, line.Quantity); err != nil {
		return Line{}, Reason{}, err
	}
	base := Reason{Kind: BaseReason, Line: line.N, Label: line.figure(), Amount: line.Total}
	part, err := sumOf(LineReason, line.N, line.label(), q.list.Currency, []Reason{base})
	return line, part, err
}

// label names the line: "Blue mug (Size: L)".
func (l Line) label() string {
	s := l.Name
	for i, o := range l.Options {
		sep := ", "
		if i == 0 {
			sep = " ("
		}
		s += sep + o.Name + ": " + o.Value
	}
	if len(l.Options) > 0 {
		s += ")"
	}
	return s
}

// figure says what the line's price was computed from: "2 x 9.50 GBP".
func (l Line) figure() string {
	var room [128]byte
	s := append(strconv.AppendInt(room[:0], l.Quantity, 10), " x "...)
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
	return string(s)
}

// At gives the instant that the quote is for.
func (q Quote) At() Instant { return q.at }

// List gives the price list and currency.
func (q Quote) List() PriceList { return q.list }

// Lines gives the lines by number, as copies.
func (q Quote) Lines() []Line { return cloneLines(q.lines) }

// String gives what Explain gives.
func (q Quote) String() string { return q.Explain() }

// Total gives the sum of all reasons.
func (q Quote) Total() money.Amount { return q.total.Amount }

// Reasons gives the tree of reasons for the total, as a copy.
func (q Quote) Reasons() Reason { return q.total.clone() }

// Explain gives the tree of reasons as text.
func (q Quote) Explain() string { return q.total.explain() }

// Err says why the quote cannot be ordered: an [UnavailableError] for each line
// that cannot be bought, joined. nil if it can, and for an empty one.
func (q Quote) Err() error {
	var errs []error
	for _, l := range q.lines {
		if l.Unavailable != "" {
			errs = append(errs, &UnavailableError{SKU: l.SKU, Reason: l.Unavailable})
		}
	}
	return errors.Join(errs...)
}

// Demand gives how many pieces of each article the quote wants, sorted by SKU.
func (q Quote) Demand() []Demand {
	return demand(len(q.lines), func(i int) (SKU, int64) { return q.lines[i].SKU, q.lines[i].Quantity })
}

// Digest stands for everything in a quote that the buyer sees and agrees to: lines,
// words, quantities, every reason and figure, the total. It does not cover instants,
// ids, revisions or stock, so two quotes over an unchanged shop have one Digest.
type Digest string

// digestVersion is raised when a Digest comes to cover something else.
const digestVersion = 1

// Digest computes the quote's digest: 64 hexadecimal digits.
func (q Quote) Digest() Digest {
	sum := sha256.Sum256(q.appendSeen(make([]byte, 0, 256+384*len(q.lines))))
	var digits [2 * sha256.Size]byte
	hex.Encode(digits[:], sum[:])
	return Digest(digits[:])
}

// appendSeen appends what a Digest covers. Its words are fixed.
func (q Quote) appendSeen(dst []byte) []byte {
	if q.list.Currency != 0 && !q.list.Currency.Valid() {
		panic("till: a quote always has a currency: " + q.list.Currency.String() + " is none")
	}
	t := beginObject(dst).number("v", digestVersion).str("currency", q.list.Currency.String())
	if len(q.lines) == 0 {
		return q.total.appendJSON(t.null("lines"), "total", jsonText.page).shut('}')
	}
	t = t.open("lines", '[')
	for i := range q.lines {
		l := &q.lines[i]
		t = t.open("", '{').number("n", int64(l.N)).page("sku", string(l.SKU)).page("name", l.Name)
		t = appendChoices(t, "options", l.Options, jsonText.page)
		t = t.number("quantity", l.Quantity).price("price", l.Price).price("base", l.Base).amount("total", l.Total)
		t = t.page("unavailable", string(l.Unavailable)).shut('}')
	}
	return q.total.appendJSON(t.shut(']'), "total", jsonText.page).shut('}')
}

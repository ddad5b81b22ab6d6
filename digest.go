package till

import (
	"crypto/sha256"
	"encoding/hex"
)

// Digest stands for everything in a quote that the buyer sees and agrees to: lines,
// words, quantities, every reason and figure, the total. It does not cover instants,
// ids, revisions or stock, so two quotes over an unchanged shop have one Digest. Of the
// destination it covers what was made of it: the zones of taxes and shipping.
type Digest string

// digestVersion is raised when a Digest comes to cover something else.
const digestVersion = 2

// Digest computes the quote's digest: 64 hexadecimal digits.
func (q Quote) Digest() Digest {
	var room [2048]byte
	text := room[:0]
	if most := 256 + 384*len(q.bill.Lines); most > len(room) { // with names of usual length
		text = make([]byte, 0, most)
	}
	sum := sha256.Sum256(q.appendSeen(text))
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
	t = t.open("lines", '[')
	for i := range q.bill.Lines {
		t = q.bill.Lines[i].appendSeen(t)
	}
	t = t.shut(']')
	if len(q.bill.Discounts) > 0 {
		t = t.open("discounts", '[')
		for i := range q.bill.Discounts {
			t = q.bill.Discounts[i].appendSeen(t)
		}
		t = t.shut(']')
	}
	if d := q.bill.Delivery; d != nil {
		t = d.appendSeen(t.name("delivery"))
	}
	if len(q.bill.Taxes) > 0 {
		t = t.open("taxes", '[')
		for i := range q.bill.Taxes {
			t = q.bill.Taxes[i].appendSeen(t)
		}
		t = t.shut(']')
	}
	if c := q.bill.Cash; c != nil {
		t = c.appendSeen(t.name("cash"))
	}
	return t.amount("total", q.bill.Total).shut('}')
}

// appendSeen appends what the buyer sees of a line.
func (l *Line) appendSeen(t jsonText) jsonText {
	t = t.open("", '{').number("n", int64(l.N)).page("sku", string(l.SKU)).page("name", l.Name)
	t = appendChoices(t, "options", l.Options, true)
	t = t.number("quantity", l.Quantity).price("price", l.Price).price("base", l.Base).flag("sale", l.Sale).flag("included", l.Included)
	t = t.counted("least", l.MinQuantity).pageGiven("list", l.List).flag("agreed", l.Agreed != nil).flag("gift", l.Gift != "")
	if x := l.Exchanged; x != nil {
		t = t.open("exchanged", '{').price("price", x.Price).price("base", x.Base).str("rate", x.Rate.String()).shut('}')
	}
	t = t.amount("subtotal", l.Subtotal).amount("total", l.Total)
	return t.page("unavailable", string(l.Unavailable)).shut('}')
}

// seenOnce gives what the buyer sees of how the line's figure is made, without what is
// compared by itself.
func (l Line) seenOnce() string {
	l.N, l.Total, l.Options = 0, l.Subtotal, nil
	return string(l.appendSeen(beginArray()))
}

func (d *Discount) appendSeen(t jsonText) jsonText {
	t = t.open("", '{').page("label", d.label()).amount("amount", d.Amount).open("shares", '[')
	for _, s := range d.Shares {
		t = t.open("", '{').number("line", int64(s.Line)).counted("pieces", s.Pieces).amount("amount", s.Amount).shut('}')
	}
	return t.shut(']').shut('}')
}

func (d *Delivery) appendSeen(t jsonText) jsonText {
	t = append(t, '{').page("label", d.label()).page("zone", d.Zone).flag("pick_up", d.PickUp).flag("included", d.Included)
	return t.amount("amount", d.Subtotal).amount("total", d.Total).pageGiven("unavailable", string(d.Unavailable)).shut('}')
}

func (x *Tax) appendSeen(t jsonText) jsonText {
	t = t.open("", '{').page("label", x.label()).page("zone", x.Zone).flag("included", x.Included).flag("compound", x.Compound).amount("amount", x.Amount).open("shares", '[')
	for _, p := range x.Parts {
		t = t.open("", '{').number("line", int64(p.Line)).amount("amount", p.Amount).shut('}')
	}
	return t.shut(']').shut('}')
}

func (c *Cash) appendSeen(t jsonText) jsonText {
	return append(t, '{').number("increment", c.Increment).amount("amount", c.Residue).shut('}')
}

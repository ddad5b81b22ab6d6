package till

import (
	"maps"
	"slices"
	"strconv"
)

// The documents that every checkout writes, by hand, as encoding/json writes their
// forms. The room that each asks for is for values of usual length.

func (c Cart) appendJSON(dst []byte) ([]byte, error) {
	var room [16]byte
	if _, err := c.list.Currency.AppendText(room[:0]); err != nil {
		return dst, err
	}
	t := beginObject(slices.Grow(dst, 64+64*len(c.lines)))
	t = t.open("list", '{').str("list", c.list.List).str("currency", c.list.Currency.String()).shut('}')
	if len(c.lines) > 0 {
		t = t.open("lines", '[')
		for i := range c.lines {
			t = c.lines[i].appendJSON(t)
		}
		t = t.shut(']')
	}
	t = t.number("last", int64(c.last)).metadata("metadata", c.data)
	if len(c.codes) > 0 {
		t = t.open("codes", '[')
		for _, code := range c.codes {
			t = t.str("", code)
		}
		t = t.shut(']')
	}
	return c.to.appendJSON(t, "to").given("delivery", c.delivery).shut('}'), nil
}

func (l *CartLine) appendJSON(t jsonText) jsonText {
	t = t.open("", '{').number("n", int64(l.N)).str("sku", string(l.SKU)).number("quantity", l.Quantity)
	if l.Agreed != nil {
		t = l.Agreed.appendJSON(t, "agreed")
	}
	return t.given("note", l.Note).flag("apart", l.Apart).metadata("metadata", l.Metadata).shut('}')
}

func (c *Contact) appendJSON(dst []byte) []byte {
	t := beginObject(slices.Grow(dst, 256)).str("name", c.Name).str("email", c.Email).given("phone", c.Phone)
	t = c.Billing.appendJSON(t, "billing")
	t = c.Shipping.appendJSON(t, "shipping")
	if len(c.Notes) == 0 {
		return t.shut('}')
	}
	lines := slices.SortedFunc(maps.Keys(c.Notes), func(a, b int) int { return slices.Compare(digits(a), digits(b)) })
	t = t.open("notes", '{')
	for _, line := range lines {
		t = t.str(string(digits(line)), c.Notes[line])
	}
	return t.shut('}').shut('}')
}

// digits gives a number as the keys of an object are compared.
func digits(n int) []byte { return strconv.AppendInt(nil, int64(n), 10) }

// appendJSON writes the address, where there is one.
func (a *Address) appendJSON(t jsonText, name string) jsonText {
	if *a == (Address{}) {
		return t
	}
	t = t.open(name, '{').given("name", a.Name).given("company", a.Company).given("street", a.Street).given("street2", a.Street2)
	return t.given("city", a.City).given("region", a.Region).given("postcode", a.Postcode).given("country", a.Country).shut('}')
}

// appendJSON writes what the states of all journals have in common.
func (f *stateForm) appendJSON(t jsonText) jsonText {
	return t.number("fold", int64(f.Fold)).number("n", f.N).instant("at", f.At).str("sum", f.Sum)
}

func (f orderForm) appendJSON(dst []byte) []byte {
	t := f.stateForm.appendJSON(beginObject(slices.Grow(dst, 320)))
	t = t.str("number", f.Number).str("status", string(f.Status))
	if f.Placed != 0 {
		t = t.instant("placed", f.Placed)
	}
	t = f.Contact.appendJSON(t, "contact")
	return t.amount("total", f.Total).number("lines", int64(f.Lines)).number("pieces", f.Pieces).shut('}')
}

func (f contactForm) appendJSON(t jsonText, name string) jsonText {
	return idText(t.open(name, '{'), "person", f.Person).given("key", f.Key).shut('}')
}

func (f messageForm) appendJSON(dst []byte) []byte {
	t := f.Contact.appendJSON(beginObject(slices.Grow(dst, 160)), "contact").instant("queued", f.Queued)
	if f.Due != 0 {
		t = t.instant("due", f.Due)
	}
	return t.shut('}')
}

func (f reservationForm) appendJSON(dst []byte) []byte {
	t := beginObject(slices.Grow(dst, 128+48*len(f.Lines))).str("location", f.Location).str("kind", string(f.Kind))
	t = t.instant("at", f.At).given("by", string(f.By)).open("lines", '[')
	for _, l := range f.Lines {
		t = t.open("", '{').str("sku", string(l.SKU)).number("quantity", l.Quantity).flag("untracked", l.Untracked).shut('}')
	}
	return t.shut(']').shut('}')
}

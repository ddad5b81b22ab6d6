package till

import "slices"

// The payloads of an order's first two entries, as the words of their types say.

// written is a payload that writes itself.
type written interface {
	appendPayload(dst []byte) ([]byte, error)
}

func (s signed) appendMembers(t jsonText) jsonText {
	return t.given("by", string(s.By)).given("note", s.Note)
}

func (p orderPlaced) appendPayload(dst []byte) ([]byte, error) {
	t := p.signed.appendMembers(beginObject(slices.Grow(dst, 64+len(p.By)+len(p.Note))))
	return t.str("payable", string(p.Payable)).shut('}'), nil
}

func (p orderOpened) appendPayload(dst []byte) ([]byte, error) {
	var room [2048]byte
	text := room[:0]
	if most := 512 + 384*len(p.Lines); most > len(room) { // with names of usual length
		text = make([]byte, 0, most)
	}
	if _, err := p.Currency.AppendText(room[:0]); err != nil {
		return dst, err
	}
	if _, err := p.Rounding.Mode.AppendText(room[:0]); err != nil {
		return dst, err
	}
	t := p.signed.appendMembers(beginObject(text))
	t = idText(t, "id", p.ID).str("number", p.Number)
	t = p.Contact.appendJSON(t, "contact")
	if p.Goes != (Destination{}) {
		t = t.open("destination", '{').given("country", p.Goes.Country).given("region", p.Goes.Region).shut('}')
	}
	t = t.str("list", p.List).str("currency", p.Currency.String()).instant("quoted", p.Quoted).number("terms", p.Terms)
	t = t.open("rounding", '{').str("mode", p.Rounding.Mode.String()).str("level", p.Rounding.Level.String()).shut('}')
	t = p.bill.appendMembers(t)
	if len(p.Uses) > 0 {
		t = t.open("uses", '[')
		for _, u := range p.Uses {
			t = t.open("", '{').str("promotion", u.Promotion).counted("uses", u.Uses).counted("each", u.Each).counted("own", u.Own).flag("first", u.First).shut('}')
		}
		t = t.shut(']')
	}
	return append(dst, t.metadata("metadata", p.Data).shut('}')...), nil
}

func (r ContactRef) appendJSON(t jsonText, name string) jsonText {
	return idText(t.open(name, '{'), "person", r.Person).str("key", r.Key).shut('}')
}

func (l *Line) appendJSON(t jsonText) jsonText {
	t = t.open("", '{').number("n", int64(l.N)).str("sku", string(l.SKU))
	if !l.Product.IsZero() {
		t = idText(t, "product", l.Product)
	}
	t = t.str("name", l.Name)
	if len(l.Options) > 0 {
		t = appendChoices(t, "options", l.Options, false)
	}
	t = t.number("quantity", l.Quantity).price("price", l.Price).price("base", l.Base).flag("sale", l.Sale).flag("included", l.Included)
	t = t.counted("least", l.MinQuantity).given("list", l.List).given("group", l.Group).counted("entry", l.Entry)
	if x := l.Exchanged; x != nil {
		t = t.open("exchanged", '{').price("price", x.Price).price("base", x.Base).str("rate", x.Rate.String()).shut('}')
	}
	if l.Agreed != nil {
		t = l.Agreed.appendJSON(t, "agreed")
	}
	t = t.given("gift", l.Gift).amount("subtotal", l.Subtotal).amount("total", l.Total)
	t = t.given("category", l.Category).counted("grams", l.Grams).flag("no_shipping", l.NoShipping)
	t = t.flag("unstocked", l.Untracked).metadata("metadata", l.Metadata)
	return t.given("unavailable", string(l.Unavailable)).shut('}')
}

func (a Agreement) appendJSON(t jsonText, name string) jsonText {
	return t.open(name, '{').price("price", a.Price).str("by", string(a.By)).given("why", a.Why).shut('}')
}

// appendChoices writes options, as page does or as str.
func appendChoices(t jsonText, name string, choices []Choice, page bool) jsonText {
	if choices == nil {
		return t.null(name)
	}
	t = t.open(name, '[')
	for _, c := range choices {
		t = appendQuoted(t.open("", '{').name("name"), c.Name, page)
		t = append(appendQuoted(t.name("value"), c.Value, page), '}')
	}
	return t.shut(']')
}

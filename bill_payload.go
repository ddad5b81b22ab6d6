package till

import "github.com/tillkit/till/money"

// A bill as it stands in the payload of an order, as the words of its types say.

func (b *bill) appendMembers(t jsonText) jsonText {
	if b.Lines == nil {
		t = t.null("lines")
	} else {
		t = t.open("lines", '[')
		for i := range b.Lines {
			t = b.Lines[i].appendJSON(t)
		}
		t = t.shut(']')
	}
	if len(b.Discounts) > 0 {
		t = t.open("discounts", '[')
		for i := range b.Discounts {
			t = b.Discounts[i].appendJSON(t)
		}
		t = t.shut(']')
	}
	if b.Delivery != nil {
		t = b.Delivery.appendJSON(t)
	}
	if len(b.Taxes) > 0 {
		t = t.open("taxes", '[')
		for i := range b.Taxes {
			t = b.Taxes[i].appendJSON(t)
		}
		t = t.shut(']')
	}
	t = t.given("tax_status", string(b.Status))
	if b.Cap != nil {
		t = t.str("cap", b.Cap.String())
	}
	if c := b.Cash; c != nil {
		t = t.open("cash", '{').number("increment", c.Increment).str("mode", c.Mode.String()).amount("residue", c.Residue).shut('}')
	}
	return t.amount("total", b.Total)
}

func (d *Discount) appendJSON(t jsonText) jsonText {
	t = t.open("", '{').str("promotion", d.Promotion).str("label", d.Label).given("code", d.Code).given("group", d.Group)
	t = d.Action.appendJSON(t).flag("original", d.Original)
	if d.Max != nil {
		t = t.amount("max", *d.Max)
	}
	t = t.flag("capped", d.Capped).amount("amount", d.Amount)
	if d.Shares == nil {
		return t.null("shares").shut('}')
	}
	t = t.open("shares", '[')
	for _, s := range d.Shares {
		t = t.open("", '{').counted("line", int64(s.Line)).counted("pieces", s.Pieces).amount("amount", s.Amount).shut('}')
	}
	return t.shut(']').shut('}')
}

func (a *Action) appendJSON(t jsonText) jsonText {
	t = t.open("action", '{').str("kind", string(a.Kind))
	if a.Percent != (money.Rate{}) {
		t = t.str("percent", a.Percent.String())
	}
	if len(a.Amounts) > 0 {
		t = t.open("amounts", '[')
		for _, amount := range a.Amounts {
			t = t.amount("", amount)
		}
		t = t.shut(']')
	}
	return t.counted("buy", a.Buy).counted("get", a.Get).flag("apart", a.Apart).given("sku", string(a.SKU)).counted("quantity", a.Quantity).shut('}')
}

func (d *Delivery) appendJSON(t jsonText) jsonText {
	t = t.open("delivery", '{').str("method", d.Method).str("label", d.Label).flag("pick_up", d.PickUp).given("zone", d.Zone)
	r := &d.Rate
	t = t.open("rate", '{').amount("base", r.Base).given("by", string(r.By))
	if len(r.Table) > 0 {
		t = t.open("table", '[')
		for _, s := range r.Table {
			t = t.open("", '{').number("from", s.From).amount("amount", s.Amount).shut('}')
		}
		t = t.shut(']')
	}
	t = t.counted("per", r.Per)
	if !r.Each.IsZero() {
		t = t.amount("each", r.Each)
	}
	if !r.Percent.IsZero() {
		t = t.str("percent", r.Percent.String())
	}
	t = t.shut('}').given("outside", d.Service).given("category", d.Category).flag("included", d.Included)
	return t.amount("subtotal", d.Subtotal).amount("total", d.Total).given("unavailable", string(d.Unavailable)).shut('}')
}

func (x *Tax) appendJSON(t jsonText) jsonText {
	t = t.open("", '{').str("name", x.Name).str("label", x.Label).given("zone", x.Zone).given("category", x.Category)
	t = t.str("rate", x.Rate.String()).flag("compound", x.Compound).flag("included", x.Included).given("outside", x.Service).given("relief", string(x.Relief))
	t = t.amount("amount", x.Amount)
	if x.Parts == nil {
		return t.null("parts").shut('}')
	}
	t = t.open("parts", '[')
	for _, p := range x.Parts {
		t = t.open("", '{').counted("line", int64(p.Line)).amount("amount", p.Amount).shut('}')
	}
	return t.shut(']').shut('}')
}

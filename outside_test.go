package till

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// canadian is the full cart on its way to Canada, where services count taxes and shipping.
func canadian() Cart {
	return must(must(fullCart().ShipTo(Address{Country: "CA", Region: "CA-QC", Postcode: "H2X 1Y4"})).ShipBy("express"))
}

// answers gives what a cart needs, as services would answer it, need by need.
func answers(t *testing.T, c Cart, terms Terms) Terms {
	t.Helper()
	for range 3 {
		needs := must(c.Needs(fullCatalog(), terms, jan(5)))
		if len(needs) == 0 {
			return terms
		}
		for _, n := range needs {
			if n.Kind == NeedTax {
				same(t, "the shipping in the question", n.Delivery, &NeedDelivery{Method: "express", Amount: pounds("10.67")})
			}
			terms = terms.Answered(answerOf(n))
		}
	}
	t.Fatal("there is no end of needs")
	return terms
}

// answerOf is what the services of Canada say: two ways of shipping, or GST and a duty.
func answerOf(n Need) Answer {
	if n.Kind == NeedShipping {
		return Answer{Need: n.Key, Deliveries: []DeliveryOption{{Method: "express", Label: "Express", Amount: pounds("21.35")}, {Method: "sea", Label: "By sea", Amount: pounds("8")}}}
	}
	return Answer{Need: n.Key, Taxes: []ServiceTax{countedBy(n, "gst", "5"), {Name: "duty", Label: "Duty", Parts: []TaxPart{{1, pounds("1.11")}}}}}
}

// countedBy is a tax of so many percent as a service counts it: of what includes it, what is
// contained.
func countedBy(n Need, name, percent string) ServiceTax {
	tax := ServiceTax{Name: name, Label: strings.ToUpper(name), Rate: pct(percent)}
	part := func(line int, amount money.Amount, included bool) {
		of := amount.MulRate
		if included {
			of = amount.Included
		}
		tax.Parts = append(tax.Parts, TaxPart{line, must(of(tax.Rate, money.HalfEven))})
	}
	for _, l := range n.Lines {
		part(l.Line, l.Amount, l.Included)
	}
	if d := n.Delivery; d != nil {
		part(0, d.Amount, d.Included)
	}
	return tax
}

// taxesOf says what taxes a quote has, those that prices include with "in".
func taxesOf(q Quote) string {
	var words []string
	for _, x := range q.Taxes() {
		word := x.Name
		if x.Included {
			word += " in"
		}
		for _, p := range x.Parts {
			word += fmt.Sprintf(" %d:%s", p.Line, p.Amount.Number())
		}
		words = append(words, word)
	}
	return strings.Join(words, "; ")
}

// taxedOutside are terms by which a service counts all taxes: the shop's list includes
// them, that of the trade does not; the boat includes them, the van does not.
func taxedOutside(level RoundingLevel) Terms {
	free := func(label string, included bool, costs string) ShippingMethod {
		return ShippingMethod{Label: label, Included: included, Rates: []ShippingRate{{Base: pounds(costs)}}}
	}
	return under("rounding", Rounding{money.HalfEven, level}, "standard", ListRule{Included: true}, "trade", ListRule{Groups: []string{"trade"}},
		"boat", free("Boat", true, "12.00"), "van", free("Van", false, "6.00"), "tax", ServiceRule{Service: "taxes", Asks: NeedTax})
}

// taxNeed gives the question that a cart has under such terms.
func taxNeed(c Cart, terms Terms) Need { return must(c.Needs(fullCatalog(), terms, jan(5)))[0] }

// What a service counts on a price that includes tax is contained in it, also in that of
// the shipping; on any other it is added. One answered tax can be both, at every level.
func TestOutsideIncluded(t *testing.T) {
	mug, cup := Item{SKU: "MUG", Quantity: 1}, Item{SKU: "CUP", Quantity: 1}
	trade := func(c Cart) Cart { return must(c.For(Purchaser{Groups: []string{"trade"}})) }
	for name, c := range map[string]struct {
		cart         Cart
		way          string
		taxes, total string
	}{
		"all prices include it":     {cartOf(mug, cup), "boat", "gst in 1:0.45 2:0.19 0:0.57; vat in 1:1.58 2:0.66 0:2.00", "25.49 GBP"},
		"none does":                 {trade(cartOf(mug)), "van", "gst 1:0.32 0:0.30; vat 1:1.27 0:1.20", "15.44 GBP"},
		"the shipping does not":     {cartOf(mug), "van", "gst 0:0.30; gst in 1:0.45; vat 0:1.20; vat in 1:1.58", "17.00 GBP"},
		"the shipping alone does":   {trade(cartOf(mug)), "boat", "gst 1:0.32; gst in 0:0.57; vat 1:1.27; vat in 0:2.00", "19.94 GBP"},
		"of two lists, one does":    {trade(cartOf(cup, mug)), "boat", "gst 2:0.32; gst in 1:0.19 0:0.57; vat 2:1.27; vat in 1:0.66 0:2.00", "23.93 GBP"},
		"of the voucher none is":    {cartOf(Item{SKU: "VOUCHER", Quantity: 1}), "", "gst in 1:1.19; vat in 1:4.17", "25.00 GBP"},
		"nor one agreed instead":    {trade(must(cartOf().AddAgreed(mug, Agreement{Price: gbp("6.00"), By: "staff"}))), "van", "gst 1:0.30 0:0.30; vat 1:1.20 0:1.20", "15.00 GBP"},
		"two lines of one, the net": {trade(cartOf(mug, Item{SKU: "MUG", Quantity: 2, Apart: true})), "van", "gst 1:0.32 2:0.64 0:0.30; vat 1:1.27 2:2.54 0:1.20", "31.32 GBP"},
	} {
		for _, level := range []RoundingLevel{PerLine, PerUnit, PerOrder} {
			terms, cart := taxedOutside(level), c.cart
			if c.way != "" {
				cart = must(cart.ShipBy(c.way))
			}
			n := taxNeed(cart, terms)
			if n.Delivery != nil {
				same(t, name+": the question says what the shipping includes", n.Delivery.Included, c.way == "boat")
			}
			q := must(cart.Quote(fullCatalog(), terms.Answered(Answer{Need: n.Key, Taxes: []ServiceTax{countedBy(n, "gst", "5"), countedBy(n, "vat", "20")}}), jan(5)))
			checkTree(t, q)
			same(t, fmt.Sprint(name, ", ", level, ": taxes"), taxesOf(q), c.taxes)
			same(t, fmt.Sprint(name, ", ", level, ": total"), q.Total().String(), c.total)
			o := must3(must3(OpenOrder(on(6), opening(), q)).Place(on(7), ByInvoice))
			wantError(t, o.Verify(), nil)
			same(t, name+": the quote of the order", len(Compare(q, o.Quote())), 0)
		}
	}
}

// Whatever a service says: what is on prices without tax is added to the total, and nothing
// else; no more is within a price than it costs; and the order proves it.
func TestOutsideAddsUp(t *testing.T) {
	skus := []SKU{"MUG", "CUP", "COLA", "VOUCHER", "SCREWS"}
	checkMany(t, worlds()/4, func(t *rapid.T) {
		cart := cartOf()
		for range 1 + among(t, "lines", 4) {
			item := Item{SKU: pick(t, "sku", skus...), Quantity: int64(1 + among(t, "quantity", 20)), Apart: true}
			if oneIn(t, "agreed", 4) {
				cart = must(cart.AddAgreed(item, Agreement{Price: gbp("7.77"), By: "staff"}))
			} else {
				cart = must(cart.Add(item))
			}
		}
		cart = must(must(cart.For(Purchaser{Groups: pick(t, "groups", nil, []string{"trade"})})).ShipBy(pick(t, "way", "boat", "van")))
		terms := taxedOutside(pick(t, "level", PerLine, PerUnit, PerOrder))
		n := taxNeed(cart, terms)
		total := pounds("0")
		add := func(a money.Amount) { total = must(total.Add(a)) }
		items := slices.Clone(n.Lines)
		if d := n.Delivery; d != nil {
			items = append(items, NeedLine{Amount: d.Amount, Included: d.Included})
		}
		left := make([]int64, len(items))
		for i, l := range items {
			add(l.Amount)
			left[i] = l.Amount.Minor()
		}
		a := Answer{Need: n.Key}
		for i := range among(t, "taxes", 4) {
			tax := ServiceTax{Name: fmt.Sprint("t", i), Label: "T", Rate: pct(pick(t, "rate", "0", "8.25"))}
			for j, l := range items {
				if oneIn(t, "none", 4) {
					continue
				}
				most := int64(5000)
				if l.Included {
					most = left[j]
				}
				part := int64(among(t, "part", int(most)+1))
				if left[j] -= part; !l.Included {
					add(money.MustFromMinor(part, money.GBP))
				}
				tax.Parts = append(tax.Parts, TaxPart{l.Line, money.MustFromMinor(part, money.GBP)})
			}
			a.Taxes = append(a.Taxes, tax)
		}
		q := must(cart.Quote(fullCatalog(), terms.Answered(a), jan(5)))
		same(t, "total", q.Total(), total)
		parts := 0
		for _, x := range a.Taxes {
			parts += len(x.Parts)
		}
		for _, x := range q.Taxes() {
			parts -= len(x.Parts)
			for _, p := range x.Parts {
				i := slices.IndexFunc(items, func(l NeedLine) bool { return l.Line == p.Line })
				same(t, "included", x.Included, items[i].Included)
			}
		}
		same(t, "parts that are lost", parts, 0)
		if err := must3(OpenOrder(on(6), opening(), q)).Verify(); err != nil {
			t.Fatal(err)
		}
		over := among(t, "line of too much", len(items))
		if l := items[over]; l.Included {
			a.Taxes = append(a.Taxes, ServiceTax{Name: "over", Label: "Over", Parts: []TaxPart{{l.Line, money.MustFromMinor(left[over]+1, money.GBP)}}})
			_, err := cart.Quote(fullCatalog(), terms.Answered(a), jan(5))
			bad, ok := errors.AsType[*InvalidError](err)
			if !ok || bad.Path != fmt.Sprintf("answer.taxes[%d].parts[0]", len(a.Taxes)-1) {
				t.Fatalf("a penny more than the price: %v", err)
			}
		}
	})
}

// outsideOrder has a tax of a service on every line and on the shipping, within some prices
// and on top of others.
func outsideOrder() Order {
	terms := taxedOutside(PerLine)
	cart := must(must(cartOf(Item{SKU: "CUP", Quantity: 2}, Item{SKU: "MUG", Quantity: 1}).For(Purchaser{Groups: []string{"trade"}})).ShipBy("boat"))
	n := taxNeed(cart, terms)
	q := must(cart.Quote(fullCatalog(), terms.Answered(Answer{Need: n.Key, Taxes: []ServiceTax{countedBy(n, "vat", "20")}}), jan(5)))
	return must3(must3(OpenOrder(on(6), opening(), q)).Place(on(7), ByInvoice))
}

// An order whose taxes a service counted proves what it can: that each is within what
// includes it and on top of what does not, and no more than the price.
func TestProofOfOutside(t *testing.T) {
	o := outsideOrder()
	same(t, "taxes", taxesOf(o.Quote()), "vat 2:1.27; vat in 1:1.33 0:2.00")
	opened := decodeNumbers(t, o.entries[0].Payload)
	wantError(t, reforged(o, opened), nil)
	for _, l := range leavesOf("", opened, nil) {
		for _, x := range l.alterations() {
			l.check(t, o, opened, x, true)
		}
	}
	for says, c := range map[string]struct {
		change func(b *bill)
		want   string
	}{
		"within what does not include it": {func(b *bill) { b.Taxes[0].Included = true }, "tax 1, VAT 20 %: included, as in the price of line 2"},
		"added to what includes it": {func(b *bill) {
			b.Taxes[1].Included, b.Total = false, must(b.Total.Add(b.Taxes[1].Amount))
		}, "tax 2, VAT 20 %: included, as in the price of line 1"},
		"the price without it": {func(b *bill) { b.Lines[0].Included = false }, "tax 2, VAT 20 %: included, as in the price of line 1"},
		"more than the price": {func(b *bill) {
			b.Taxes[1].Parts[0].Amount, b.Taxes[1].Amount = pounds("7.99"), pounds("9.99")
		}, "tax 2, VAT 20 %: of line 1"},
		"more than the price, of two": {func(b *bill) {
			x := b.Taxes[1]
			x.Parts = []TaxPart{{0, pounds("10.01")}}
			x.Amount = pounds("10.01")
			b.Taxes = append(b.Taxes, x)
		}, "tax 3, VAT 20 %: of line 0"},
		"a rate below nothing":   {func(b *bill) { b.Taxes[0].Rate = pct("-20") }, "tax 1, VAT -20 %: rate"},
		"a part of a penny more": {func(b *bill) { b.Taxes[1].Parts[1].Amount = pounds("2.01") }, "tax 2, VAT 20 %: amount = sum of its parts"},
		"relieved":               {func(b *bill) { b.Taxes[1].Relief = Exempt }, "tax 2, VAT 20 %, taken out: exempt: counted by a service"},
		"one of the shop's own":  {func(b *bill) { b.Taxes[1].Service = "" }, "tax 2, VAT 20 %: counted by a service"},
	} {
		is := o.is
		is.bill = is.bill.clone()
		c.change(&is.bill)
		var e *VerifyError
		if err := is.verify(); !errors.As(err, &e) || e.Equation != c.want {
			t.Errorf("%s: %v, want %q", says, err, c.want)
		}
	}
}

// Figures at the ends of 64 bits are errors of the request, by their place.
func TestOutsideBeyondCounting(t *testing.T) {
	most := money.MustFromMinor(math.MaxInt64, money.GBP)
	cart := must(must(cartOf(Item{SKU: "MUG", Quantity: 1}).For(Purchaser{Groups: []string{"trade"}})).ShipBy("van"))
	terms := taxedOutside(PerLine)
	need := taxNeed(cart, terms).Key
	tax := func(name string, parts ...TaxPart) ServiceTax {
		return ServiceTax{Name: name, Label: name, Parts: parts}
	}
	for path, taxes := range map[string][]ServiceTax{
		"answer.taxes[0].parts[1]": {tax("a", TaxPart{1, most}, TaxPart{0, pounds("0.01")})},
		"total":                    {tax("a", TaxPart{1, most})},
		"answer.taxes[0].parts[0]": {tax("a", TaxPart{1, money.MustFromMinor(math.MinInt64, money.GBP)})},
	} {
		_, err := cart.Quote(fullCatalog(), terms.Answered(Answer{Need: need, Taxes: taxes}), jan(5))
		wantError(t, err, badAt(path))
	}
	_, err := cart.Quote(fullCatalog(), terms.Answered(Answer{Need: need, Taxes: []ServiceTax{tax("a", TaxPart{1, most}), tax("b", TaxPart{1, most})}}), jan(5))
	wantError(t, err, badAt("total"))
	boat := must(cart.ShipBy("boat"))
	_, err = boat.Quote(fullCatalog(), terms.Answered(Answer{Need: taxNeed(boat, terms).Key, Taxes: []ServiceTax{tax("a", TaxPart{0, most})}}), jan(5))
	wantError(t, err, badAt("answer.taxes[0].parts[0]"))
}

// A tax without parts is due on nothing, and a quote does not have it.
func TestOutsideWithoutParts(t *testing.T) {
	terms, cart := taxedOutside(PerLine), must(cartOf(Item{SKU: "MUG", Quantity: 1}).ShipBy("boat"))
	q := must(cart.Quote(fullCatalog(), terms.Answered(Answer{Need: taxNeed(cart, terms).Key, Taxes: []ServiceTax{{Name: "vat", Label: "VAT", Rate: pct("20")}}}), jan(5)))
	same(t, "taxes", taxesOf(q), "")
	same(t, "total", q.Total().String(), "21.50 GBP")
}

// The error says what to do also where somebody made it without questions.
func TestNeedsErrorSays(t *testing.T) {
	for want, e := range map[string]*NeedsError{
		"till: the quote needs answers from outside: ask, and give them to Terms.Answered":                                 {},
		`till: the quote needs answers from outside, the first from "taxes" for tax: ask, and give them to Terms.Answered`: {Needs: []Need{{Service: "taxes", Kind: NeedTax}}},
	} {
		same(t, "error", e.Error(), want)
	}
}

// Terms that have answers stay as they are when others are made of them.
func TestAnsweredIsACopy(t *testing.T) {
	terms := taxedOutside(PerLine).Answered(Answer{Need: "a"}, Answer{Need: "b"})
	one, two := terms.Answered(Answer{Need: "c"}), terms.Answered(Answer{Need: "d"}, Answer{Need: "a"})
	needs := func(t Terms) (all []string) {
		for _, a := range t.answers {
			all = append(all, a.Need)
		}
		return all
	}
	same(t, "first", needs(terms), []string{"a", "b"})
	same(t, "second", needs(one), []string{"a", "b", "c"})
	same(t, "third: the last answer of a need", needs(two), []string{"b", "d", "a"})
}

// What a quote cannot compute it asks for, shipping first and then the taxes; the figures
// that come are copied and added up, and prove themselves in an order.
func TestOutside(t *testing.T) {
	c, terms := canadian(), fullTerms()
	_, err := c.Quote(fullCatalog(), terms, jan(5))
	wantError(t, err, ErrInvalid)
	needs, ok := asNeeds(err)
	if !ok || len(needs) != 1 || needs[0].Kind != NeedShipping || needs[0].Service != "post" || needs[0].Destination.Postcode != "H2X 1Y4" {
		t.Fatalf("it needs %+v", needs)
	}
	terms = answers(t, c, terms)
	q := must(c.Quote(fullCatalog(), terms, jan(5)))
	checkTree(t, q)
	golden(t, "quote/outside.txt", q.Explain())
	wantError(t, q.Err(), nil)
	o := must3(must3(OpenOrder(on(6), opening(), q)).Place(on(7), ByInvoice))
	wantError(t, o.Verify(), nil)
	same(t, "entries of the terms: answers are no rules", terms.Revision(), fullTerms().Revision())
}

// An answer is to one question: another cart, quantity or destination asks anew.
func TestAnswerToAnotherRequest(t *testing.T) {
	terms := answers(t, canadian(), fullTerms())
	for name, other := range map[string]Cart{
		"quantity":    must(canadian().Set(1, 3)),
		"destination": must(canadian().ShipTo(Address{Country: "CA", Region: "CA-ON"})),
		"tax status":  must(canadian().For(Purchaser{Tax: Exempt})),
		"code":        must(canadian().RemoveCode("spring10")),
	} {
		if _, err := other.Quote(fullCatalog(), terms, jan(5)); err == nil {
			t.Errorf("%s: the answer to another request was taken", name)
		} else if _, ok := asNeeds(err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Where a cart goes that is not handed to anybody, nothing is asked.
	if needs := must(fullCart().Needs(fullCatalog(), fullTerms(), jan(5))); len(needs) != 0 {
		t.Errorf("at home it needs %+v", needs)
	}
}

// Answers that cannot be are refused, with the path of what is wrong.
func TestWrongAnswers(t *testing.T) {
	part := func(line int, amount string) []ServiceTax {
		return []ServiceTax{{Name: "gst", Label: "GST", Parts: []TaxPart{{1, pounds("1")}, {line, must(money.ParseAmount(amount))}}}}
	}
	shipping := must(canadian().Needs(fullCatalog(), fullTerms(), jan(5)))[0].Key
	shipped := fullTerms().Answered(Answer{Need: shipping, Deliveries: []DeliveryOption{{Method: "express", Label: "Express", Amount: pounds("21.35")}}})
	taxes := must(canadian().Needs(fullCatalog(), shipped, jan(5)))[0].Key
	for name, c := range map[string]struct {
		answer Answer
		path   string
	}{
		"another currency of shipping": {Answer{Need: shipping, Deliveries: []DeliveryOption{{Method: "express", Label: "Express", Amount: must(money.ParseAmount("1.00 EUR"))}}}, "answer.deliveries[0]"},
		"shipping below nothing":       {Answer{Need: shipping, Deliveries: []DeliveryOption{{Method: "express", Label: "Express", Amount: pounds("-1")}}}, "answer.deliveries[0]"},
		"shipping without a label":     {Answer{Need: shipping, Deliveries: []DeliveryOption{{Method: "express", Amount: pounds("1")}}}, "answer.deliveries[0].label"},
		"a line twice":                 {Answer{Need: taxes, Taxes: part(1, "1.00 GBP")}, "answer.taxes[0].parts[1]"},
		"no line":                      {Answer{Need: taxes, Taxes: part(99, "1.00 GBP")}, "answer.taxes[0].parts[1]"},
		"below nothing":                {Answer{Need: taxes, Taxes: part(3, "-1.00 GBP")}, "answer.taxes[0].parts[1]"},
		"another currency":             {Answer{Need: taxes, Taxes: part(3, "1.00 EUR")}, "answer.taxes[0].parts[1]"},
		"a tax twice":                  {Answer{Need: taxes, Taxes: append(part(3, "1.00 GBP"), part(3, "1.00 GBP")...)}, "answer.taxes[1].name"},
		"more than the price":          {Answer{Need: taxes, Taxes: part(3, "100.00 GBP")}, "answer.taxes[0].parts[1]"},
		"a rate below nothing":         {Answer{Need: taxes, Taxes: []ServiceTax{{Name: "gst", Label: "GST", Rate: pct("-0.01")}}}, "answer.taxes[0].rate"},
		"a rate above ten":             {Answer{Need: taxes, Taxes: []ServiceTax{{Name: "gst", Label: "GST", Rate: pct("1000.01")}}}, "answer.taxes[0].rate"},
		"a way of shipping twice":      {Answer{Need: shipping, Deliveries: []DeliveryOption{{Method: "sea", Label: "By sea", Amount: pounds("1")}, {Method: "sea", Label: "By sea", Amount: pounds("9")}}}, "answer.deliveries[1].method"},
		"no name":                      {Answer{Need: taxes, Taxes: []ServiceTax{{Label: "GST"}}}, "answer.taxes[0].name"},
	} {
		_, err := canadian().Quote(fullCatalog(), shipped.Answered(c.answer), jan(5))
		wantError(t, err, ErrInvalid)
		if err != nil && !strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: %q does not name %s", name, err, c.path)
		}
	}
	nothing := must(canadian().Quote(fullCatalog(), shipped.Answered(Answer{Need: taxes}), jan(5)))
	same(t, "taxes where none is due", len(nothing.Taxes()), 0)
	none := fullTerms().Answered(Answer{Need: shipping})
	for range 2 {
		for _, n := range must(canadian().Needs(fullCatalog(), none, jan(5))) {
			none = none.Answered(Answer{Need: n.Key})
		}
	}
	q := must(canadian().Quote(fullCatalog(), none, jan(5)))
	same(t, "where nothing delivers it", q.Delivery().Unavailable, Undeliverable)
	wantError(t, q.Err(), ErrUnavailable)
}

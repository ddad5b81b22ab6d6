package till

import (
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// canadian is the full cart on its way to Canada, where services count taxes and shipping.
func canadian() Cart {
	return must(must(fullCart().ShipTo(Address{Country: "CA", Region: "CA-QC", Postcode: "H2X 1Y4"})).Deliver("express"))
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
			a := Answer{Need: n.Key}
			switch n.Kind {
			case NeedShipping:
				a.Deliveries = []DeliveryOption{{Method: "express", Label: "Express", Amount: pounds("21.35")}, {Method: "sea", Label: "By sea", Amount: pounds("8")}}
			case NeedTax:
				same(t, "the shipping in the question", n.Delivery, &NeedDelivery{Method: "express", Amount: pounds("10.67")})
				gst := OutsideTax{Name: "gst", Label: "GST", Rate: money.MustParsePercent("5")}
				for _, l := range n.Lines {
					gst.Parts = append(gst.Parts, TaxPart{l.Line, must(l.Amount.MulRate(gst.Rate, money.HalfEven))})
				}
				gst.Parts = append(gst.Parts, TaxPart{0, pounds("0.53")})
				a.Taxes = []OutsideTax{gst, {Name: "duty", Label: "Duty", Parts: []TaxPart{{1, pounds("1.11")}}}}
			}
			terms = terms.Answered(a)
		}
	}
	t.Fatal("there is no end of needs")
	return terms
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
	part := func(line int, amount string) []OutsideTax {
		return []OutsideTax{{Name: "gst", Label: "GST", Parts: []TaxPart{{1, pounds("1")}, {line, must(money.ParseAmount(amount))}}}}
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
		"no name":                      {Answer{Need: taxes, Taxes: []OutsideTax{{Label: "GST"}}}, "answer.taxes[0].name"},
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

package till

import (
	"errors"
	"testing"
)

// What an order would cost under the terms that it was placed by is what it cost, and
// Compare says why it costs something else under others.
func TestReprice(t *testing.T) {
	o := fullOrder()
	then := must(Reprice(o, fullCatalog(), fullTerms(), jan(5)))
	if d := Compare(o.Quote(), then); len(d) != 0 {
		t.Errorf("under the same terms: %v", d)
	}
	later := fullTerms()
	for _, c := range []RuleChange{
		{Name: "spring", Rule: Promotion{}, Mark: Clear},
		{Name: "vat", Rule: TaxRate{Label: "VAT", Zone: "gb", Rate: one, Reversible: true}},
	} {
		c.From = jan(8)
		later = must3(later.Change(on(8), c))
	}
	var kinds []DifferenceKind
	for _, d := range Compare(o.Quote(), must(Reprice(o, fullCatalog(), later, jan(9)))) {
		kinds = append(kinds, d.Kind)
	}
	same(t, "differences", kinds, []DifferenceKind{PromotionEnded, PromotionChanged, PromotionChanged, ShippingChanged, TaxChanged, TaxChanged, TaxChanged, TotalChanged})
	wantError(t, o.Verify(), nil)
}

// Reprice of an order that a service counted asks anew: the error has the questions.
func TestRepriceOutside(t *testing.T) {
	q := must(canadian().Quote(fullCatalog(), answers(t, canadian(), fullTerms()), jan(5)))
	there := opening()
	there.Destination = Destination{Country: "CA", Region: "CA-QC"}
	o := must3(must3(OpenOrder(on(6), there, q)).Place(on(7), ByInvoice))
	terms, asked := fullTerms(), []NeedKind(nil)
	again, err := Reprice(o, fullCatalog(), terms, jan(5))
	for range mostAnswers {
		var e *NeedsError
		if !errors.As(err, &e) {
			break
		}
		for _, n := range e.Needs {
			asked, terms = append(asked, n.Kind), terms.Answered(answerOf(n))
		}
		again, err = Reprice(o, fullCatalog(), terms, jan(5))
	}
	wantError(t, err, nil)
	same(t, "questions", asked, []NeedKind{NeedShipping, NeedTax})
	if d := Compare(o.Quote(), again); len(d) != 0 {
		t.Errorf("by the same answers: %v", d)
	}
}

package till

import (
	"testing"

	"github.com/tillkit/till/money"
)

func TestFullQuote(t *testing.T) {
	q := fullQuote()
	checkTree(t, q)
	golden(t, "quote/full.txt", q.Explain())
	golden(t, "quote/full.json", indent(t, q))
	wantError(t, q.Err(), nil)
	wantError(t, fullOrder().Verify(), nil)
}

// A gift makes no room under a cap: neither for the quote nor for the proof.
func TestCapBesideAGift(t *testing.T) {
	terms := Terms{}
	for _, c := range []RuleChange{
		{Name: "gift", Rule: Promotion{Label: "A sticker for you", Action: Gift("STICKER", 1), Priority: 1}},
		{Name: "half", Rule: Promotion{Label: "Half", Action: PercentOff(money.MustParsePercent("50")), Priority: 2}},
		{Name: "cap", Rule: DiscountCap{Percent: money.MustParsePercent("10")}},
	} {
		terms = must3(terms.Change(on(0), c))
	}
	q := must(cartOf(Item{SKU: "MUG", Quantity: 2}).Quote(fullCatalog(), terms, jan(5)))
	if q.Total() != pounds("17.10") { // a tenth of the mugs, not of mugs and sticker
		t.Errorf("the total is %s", q.Total())
	}
	o := must3(must3(OpenOrder(on(6), opening(), q)).Place(on(7), ByInvoice))
	wantError(t, o.Verify(), nil)
}

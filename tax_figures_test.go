package till

import (
	"testing"

	"github.com/tillkit/till/money"
)

// Pieces that cost less than the tax of one is rounded up to bear no more tax than they cost.
func TestIncludedTaxIsNoMoreThanTheAmount(t *testing.T) {
	taxes := []Tax{{Included: true, Rate: money.MustParsePercent("20"), Parts: []TaxPart{{Line: 1}}}}
	items := []taxable{{line: 1, pieces: 10, amount: pounds("0.03"), included: true}}
	wantError(t, Rounding{money.Up, PerUnit}.figureTaxes(items, taxes, money.GBP), nil)
	same(t, "tax of ten pieces for 0.03", taxes[0].Amount, pounds("0.03"))
}

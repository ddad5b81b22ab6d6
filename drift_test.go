package till

import "testing"

// A rule that is replaced by one of another name is the same to a buyer.
func TestCompareSeesNoNamesOfRules(t *testing.T) {
	c := must(cartOf(Item{SKU: "A", Quantity: 1}).ShipBy("a"))
	quote := func(name string) Quote {
		return must(c.Quote(priceShop("10.00"), under(
			name, Promotion{Label: "Sale", Action: PercentOff(pct("10"))}, name, TaxRate{Label: "VAT", Rate: pct("20")},
			"a", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("3.00")}}},
		), jan(1)))
	}
	a, b := quote("a"), quote("b")
	if d := Compare(a, b); len(d) > 0 || a.Digest() != b.Digest() {
		t.Errorf("differences %v, digests %s and %s", d, a.Digest(), b.Digest())
	}
	a.bill.Discounts = append(a.Discounts(), a.bill.Discounts...)
	wantError(t, (&Quote{}).UnmarshalJSON(must(a.MarshalJSON())), badAt("discounts[1]"))
	a.bill.Discounts, a.bill.Taxes = nil, append(a.Taxes(), a.bill.Taxes...)
	wantError(t, (&Quote{}).UnmarshalJSON(must(a.MarshalJSON())), badAt("taxes[1]"))
}

package till

import "testing"

// A weight that cannot be counted is refused: it would else come out as a light one.
func TestWeightOfAllIsCounted(t *testing.T) {
	d := described("anvil", "ANVIL")
	d.Variants[0].Grams = 1 << 62
	heavy := must3(must3(AddProduct(on(0), testID[Product](1), d)).List(on(0), 0))
	shop := must(NewCatalog([]Product{heavy}, []Prices{priced("ANVIL", "1.00")}))
	terms := under("parcel", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("3.00")}}, If: ShippingLimits{MaxGrams: 30_000}})
	for _, quantity := range []int64{2, 4, MaxQuantity} {
		_, err := must(cartOf(Item{SKU: "ANVIL", Quantity: quantity}).Deliver("parcel")).Quote(shop, terms, jan(1))
		wantError(t, err, badAt("shipping"))
	}
	q := must(must(cartOf(Item{SKU: "ANVIL", Quantity: 1}).Deliver("parcel")).Quote(shop, terms, jan(1)))
	if d := q.Delivery(); d.Unavailable != OutOfLimits {
		t.Errorf("one anvil: %+v", d)
	}
}

// What stands for each unit is above nothing: an order keeps no 0 of it, and would not
// be what its entries say.
func TestShippingEachIsAboveNothing(t *testing.T) {
	_, _, err := Terms{}.Change(on(0), RuleChange{Name: "m", Rule: ShippingMethod{
		Label: "Parcel", Rates: []ShippingRate{{Base: pounds("3.00"), By: ByPieces, Per: 1, Each: pounds("0")}},
	}})
	wantError(t, err, badAt("shipping m.rates[0].per"))
}

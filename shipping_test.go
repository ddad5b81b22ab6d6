package till

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// A weight that cannot be counted is refused: it would else come out as a light one.
func TestWeightOfAllIsCounted(t *testing.T) {
	d := described("anvil", "ANVIL")
	d.Variants[0].Grams = 1 << 62
	heavy := must3(must3(AddProduct(on(0), testID[Product](1), d)).List(on(0), 0))
	shop := must(NewCatalog([]Product{heavy}, []Prices{priced("ANVIL", "1.00")}))
	terms := under("parcel", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("3.00")}}, If: ShippingLimits{MaxGrams: 30_000}})
	for _, quantity := range []int64{2, 4, MaxQuantity} {
		_, err := must(cartOf(Item{SKU: "ANVIL", Quantity: quantity}).ShipBy("parcel")).Quote(shop, terms, jan(1))
		wantError(t, err, badAt("shipping"))
	}
	q := must(must(cartOf(Item{SKU: "ANVIL", Quantity: 1}).ShipBy("parcel")).Quote(shop, terms, jan(1)))
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

// packed gives an article of 400 grams for 10.00, one of 5 grams for 0.50, and one that is
// never shipped.
func packed() Catalog {
	grams := map[SKU]int64{"MUG": 400, "PIN": 5}
	var products []Product
	for i, sku := range []SKU{"MUG", "PIN", "CODE"} {
		d := described(strings.ToLower(string(sku)), sku)
		d.Variants[0].Grams, d.Variants[0].NoShipping = grams[sku], grams[sku] == 0
		products = append(products, must3(must3(AddProduct(on(0), testID[Product](byte(i+1)), d)).List(on(0), 0)))
	}
	return must(NewCatalog(products, []Prices{priced("MUG", "10.00"), priced("PIN", "0.50"), priced("CODE", "30.00")}))
}

// What shipping costs: three mugs and two pins are 1,210 grams, 5 pieces and 31.00; the
// code adds 30.00, and no weight.
func TestWhatShippingCosts(t *testing.T) {
	goods := cartOf(Item{SKU: "MUG", Quantity: 3}, Item{SKU: "PIN", Quantity: 2})
	more := must(goods.Add(Item{SKU: "CODE", Quantity: 1}))
	table := func(by ShippingMeasure, from ...int64) ShippingRate {
		r := ShippingRate{Base: pounds("1.00"), By: by}
		for i, f := range from {
			r.Table = append(r.Table, ShippingStep{f, must(pounds("1.00").Mul(int64(i + 1)))})
		}
		return r
	}
	per := func(by ShippingMeasure, n int64) ShippingRate {
		return ShippingRate{Base: pounds("1.00"), By: by, Per: n, Each: pounds("0.10")}
	}
	for _, c := range []struct {
		says string
		rate ShippingRate
		cart Cart
		want string // "" where it cannot be chosen
	}{
		{"a base alone", ShippingRate{Base: pounds("4.95")}, goods, "4.95"},
		{"nothing", ShippingRate{Base: pounds("0")}, goods, "0.00"},
		{"the row of a table that is reached", table(ByWeight, 0, 1210, 1211), goods, "3.00"},
		{"below the first row it cannot be chosen", table(ByWeight, 1211), goods, ""},
		{"by pieces", table(ByPieces, 1, 5, 9), goods, "3.00"},
		{"by the total, in smallest units", table(ByTotal, 0, 3100, 3101), goods, "3.00"},
		{"what is not shipped has a total, and neither weight nor pieces", table(ByTotal, 0, 3100, 3101), more, "4.00"},
		{"neither weight", table(ByWeight, 0, 1210, 1211), more, "3.00"},
		{"nor pieces", table(ByPieces, 1, 5, 6), more, "3.00"},
		{"each begun kilogram", per(ByWeight, 1000), goods, "1.20"},
		{"each gram", per(ByWeight, 1), goods, "122.00"},
		{"each begun ten pieces", per(ByPieces, 10), goods, "1.10"},
		{"a whole one is not begun anew", per(ByPieces, 5), goods, "1.10"},
		{"of the total a share", ShippingRate{Base: pounds("1.00"), Percent: pct("10")}, goods, "4.10"},
		{"all of it", ShippingRate{Base: pounds("1.00"), By: ByPieces, Table: []ShippingStep{{1, pounds("2.00")}}, Per: 2, Each: pounds("0.10"), Percent: pct("1")}, goods, "3.61"},
	} {
		q := must(must(c.cart.ShipBy("m")).Quote(packed(), under("m", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{c.rate}}), jan(1)))
		d := q.Delivery()
		if c.want == "" {
			if d.Unavailable != OutOfLimits || len(q.Deliveries()) > 0 {
				t.Errorf("%s: %+v", c.says, d)
			}
			continue
		}
		if d.Subtotal != pounds(c.want) || d.Unavailable != "" || q.Deliveries()[0] != (DeliveryOption{Method: "m", Label: "Parcel", Amount: d.Subtotal}) {
			t.Errorf("%s: %+v, want %s", c.says, d, c.want)
		}
		wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
	}
}

// When a method can be chosen: 1,210 grams, 5 pieces and 31.00 go to GB.
func TestWhenAMethodCanBeChosen(t *testing.T) {
	goods := must(cartOf(Item{SKU: "MUG", Quantity: 3}, Item{SKU: "PIN", Quantity: 2}).ShipTo(Address{Country: "GB"}))
	free := []ShippingRate{{Base: pounds("0")}}
	amount := func(s string) []money.Amount { return []money.Amount{money.MustParse("1", money.EUR), pounds(s)} }
	for _, c := range []struct {
		says string
		is   ShippingMethod
		want DeliveryReason
	}{
		{"always", ShippingMethod{Rates: free}, ""},
		{"there", ShippingMethod{Rates: free, Zone: "gb"}, ""},
		{"elsewhere", ShippingMethod{Rates: free, Zone: "fr"}, OutOfZone},
		{"in a zone that is none", ShippingMethod{Rates: free, Zone: "x"}, OutOfZone},
		{"in another currency", ShippingMethod{Rates: []ShippingRate{{Base: money.MustParse("1", money.EUR)}}}, NoRate},
		{"at least so heavy", ShippingMethod{Rates: free, If: ShippingLimits{MinGrams: 1210, MaxGrams: 1210}}, ""},
		{"heavier", ShippingMethod{Rates: free, If: ShippingLimits{MinGrams: 1211}}, OutOfLimits},
		{"lighter", ShippingMethod{Rates: free, If: ShippingLimits{MaxGrams: 1209}}, OutOfLimits},
		{"so many", ShippingMethod{Rates: free, If: ShippingLimits{MinPieces: 5, MaxPieces: 5}}, ""},
		{"more", ShippingMethod{Rates: free, If: ShippingLimits{MinPieces: 6}}, OutOfLimits},
		{"fewer", ShippingMethod{Rates: free, If: ShippingLimits{MaxPieces: 4}}, OutOfLimits},
		{"so dear", ShippingMethod{Rates: free, If: ShippingLimits{MinTotal: amount("31.00"), MaxTotal: amount("31.00")}}, ""},
		{"dearer", ShippingMethod{Rates: free, If: ShippingLimits{MinTotal: amount("31.01")}}, OutOfLimits},
		{"cheaper", ShippingMethod{Rates: free, If: ShippingLimits{MaxTotal: amount("30.99")}}, OutOfLimits},
		{"a limit of another currency is none", ShippingMethod{Rates: free, If: ShippingLimits{MinTotal: amount("31.01")[:1]}}, ""},
	} {
		c.is.Label = "Parcel"
		terms := under("gb", Zone{Countries: []string{"GB"}}, "fr", Zone{Countries: []string{"FR"}}, "m", c.is)
		q := must(must(goods.ShipBy("m")).Quote(packed(), terms, jan(1)))
		if got := q.Delivery().Unavailable; got != c.want || (q.Err() == nil) != (c.want == "") || q.Delivery().Total != pounds("0") {
			t.Errorf("%s: %q, %v, want %q", c.says, got, q.Err(), c.want)
		}
		var e *DeliveryError
		if err := q.Err(); c.want != "" && (!errors.As(err, &e) || e.Reason != c.want || e.Method != "m") {
			t.Errorf("%s: %v", c.says, err)
		}
		none := must(goods.Quote(packed(), terms, jan(1)))
		if got := none.Delivery().Unavailable; got != NotChosen && (c.want == "" || got != Undeliverable) {
			t.Errorf("%s, and not chosen: %q", c.says, got)
		}
	}
}

// Where nothing is shipped there is no delivery; where the shop has no rules for it, none
// need be chosen.
func TestNoDelivery(t *testing.T) {
	parcel := under("m", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("5.00")}}})
	ended := must3(parcel.Change(on(0), RuleChange{Name: "m", Rule: ShippingMethod{}, Mark: Clear, From: jan(1)}))
	code, mug := cartOf(Item{SKU: "CODE", Quantity: 1}), cartOf(Item{SKU: "MUG", Quantity: 1})
	for _, c := range []struct {
		says  string
		cart  Cart
		terms Terms
		want  *DeliveryReason
	}{
		{"nothing is shipped", must(code.ShipBy("m")), parcel, nil},
		{"an empty cart", must(cartOf().ShipBy("m")), parcel, nil},
		{"the shop has no rules", mug, Terms{}, nil},
		{"they all ended", mug, ended, nil},
		{"one is chosen that ended", must(mug.ShipBy("m")), ended, new(UnknownMethod)},
		{"one is chosen that never was", must(mug.ShipBy("x")), Terms{}, new(UnknownMethod)},
		{"what cannot be bought is not shipped", must(cartOf(Item{SKU: "LOST", Quantity: 1}).ShipBy("m")), parcel, nil},
	} {
		d := must(c.cart.Quote(packed(), c.terms, jan(1))).Delivery()
		if (d == nil) != (c.want == nil) || d != nil && d.Unavailable != *c.want {
			t.Errorf("%s: %+v", c.says, d)
		}
	}
}

// Methods are shown by their order, then by name; each as it is for this cart.
func TestMethodsAreShown(t *testing.T) {
	is := func(label string, order int, base string) ShippingMethod {
		return ShippingMethod{Label: label, Order: order, PickUp: label == "Pick up", Rates: []ShippingRate{{Base: pounds(base)}}}
	}
	terms := under("c", is("Parcel", 1, "5.00"), "a", is("Express", 2, "9.00"), "b", is("Pick up", 1, "0"), "d", is("Courier", 1, "7.00"))
	q := must(cartOf(Item{SKU: "MUG", Quantity: 1}).Quote(packed(), terms, jan(1)))
	var shown []string
	for _, o := range q.Deliveries() {
		shown = append(shown, o.Label+" "+o.Amount.Number())
	}
	if got, want := strings.Join(shown, ", "), "Pick up 0.00, Parcel 5.00, Courier 7.00, Express 9.00"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What promotions take off the shipping, and never more than it costs.
func TestShippingDiscounts(t *testing.T) {
	promo := func(a Action) Promotion { return Promotion{Label: "P", Action: a} }
	most := promo(FreeShipping())
	most.Max = []money.Amount{pounds("2.00")}
	first := promo(ShippingPercentOff(pct("50")))
	first.Original = true
	enough := promo(FreeShipping())
	enough.If.Minimum = []money.Amount{pounds("15.00")}
	for _, c := range []struct {
		says  string
		rules []any
		want  string
	}{
		{"free", []any{"p", promo(FreeShipping())}, "0.00"},
		{"half", []any{"p", promo(ShippingPercentOff(pct("50")))}, "2.47"}, // half of 4.95 is 2.475: 2.48 are taken off
		{"an amount", []any{"p", promo(ShippingAmountOff(pounds("2.00")))}, "2.95"},
		{"more than it costs", []any{"p", promo(ShippingAmountOff(pounds("9.00")))}, "0.00"},
		{"of another currency", []any{"p", promo(ShippingAmountOff(money.MustParse("1", money.EUR)))}, "4.95"},
		{"at most", []any{"p", most}, "2.95"},
		{"one after the other", []any{"a", promo(ShippingAmountOff(pounds("0.95"))), "b", promo(ShippingPercentOff(pct("50")))}, "2.00"},
		{"on the first price", []any{"a", promo(ShippingAmountOff(pounds("0.95"))), "b", first}, "1.52"},
		{"the articles cost enough", []any{"p", enough}, "0.00"},
		{"after discounts they do not", []any{"a", promo(PercentOff(pct("50"))), "p", enough}, "4.95"},
		{"the cap is of the articles alone", []any{"cap", DiscountCap{pct("0")}, "p", promo(FreeShipping())}, "0.00"},
	} {
		terms := under(append(c.rules, "m", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("4.95")}}})...)
		q := must(must(cartOf(Item{SKU: "MUG", Quantity: 2}).ShipBy("m")).Quote(packed(), terms, jan(1)))
		checkSums(t, q)
		if got := q.Delivery(); got.Total != pounds(c.want) || got.Subtotal != pounds("4.95") {
			t.Errorf("%s: %s, want %s", c.says, got.Total, c.want)
		}
		wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
	}
}

func TestWrongMethods(t *testing.T) {
	base := pounds("1")
	with := func(r ShippingRate) ShippingMethod {
		return ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: money.MustParse("1", money.EUR)}, r}}
	}
	limits := func(l ShippingLimits) ShippingMethod {
		return ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: base}}, If: l}
	}
	row := func(from int64, a money.Amount) []ShippingStep { return []ShippingStep{{0, base}, {from, a}} }
	euro := money.MustParse("1", money.EUR)
	checkRefused(t, []wrongRule{
		{"m", ShippingMethod{Rates: []ShippingRate{{Base: base}}}, "label"},
		{"m", ShippingMethod{Label: "Parcel"}, "rates"},
		{"m", ShippingMethod{Label: "Parcel", Zone: "G B"}, "zone"},
		{"m", ShippingMethod{Label: "Parcel", Category: "a\x00"}, "category"},
		{"m", ShippingMethod{Label: "Parcel", Category: strings.Repeat("c", MaxCategory+1)}, "category"},
		{"m", ShippingMethod{Label: "Parcel", Order: -1}, "order"},
		{"m", ShippingMethod{Label: "Parcel", Order: MaxPriority + 1}, "order"},
		{"m", with(ShippingRate{Base: euro}), "rates[1]"},
		{"m", with(ShippingRate{}), "rates[1].base"},
		{"m", with(ShippingRate{Base: pounds("-1")}), "rates[1].base"},
		{"m", with(ShippingRate{Base: base, By: "volume"}), "rates[1].by"},
		{"m", with(ShippingRate{Base: base, Table: row(1, base)}), "rates[1].by"},
		{"m", with(ShippingRate{Base: base, Per: 1, Each: base}), "rates[1].by"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Table: make([]ShippingStep, maxRows+1)}), "rates[1].table"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Table: row(0, base)}), "rates[1].table[1]"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Table: row(1, euro)}), "rates[1].table[1]"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Table: row(1, pounds("-1"))}), "rates[1].table[1]"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Table: []ShippingStep{{-1, base}}}), "rates[1].table[0]"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Per: -1}), "rates[1].per"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Per: 1}), "rates[1].per"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Each: base}), "rates[1].per"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Per: 1, Each: euro}), "rates[1].per"},
		{"m", with(ShippingRate{Base: base, By: ByWeight, Per: 1, Each: pounds("-1")}), "rates[1].per"},
		{"m", with(ShippingRate{Base: base, Percent: pct("-1")}), "rates[1].percent"},
		{"m", with(ShippingRate{Base: base, Percent: pct("100.1")}), "rates[1].percent"},
		{"m", with(ShippingRate{Base: base, Percent: pct("0.00001")}), "rates[1].percent"},
		{"m", limits(ShippingLimits{MinGrams: -1}), "if.min_grams"},
		{"m", limits(ShippingLimits{MaxGrams: -1}), "if.max_grams"},
		{"m", limits(ShippingLimits{MinGrams: 5, MaxGrams: 4}), "if.max_grams"},
		{"m", limits(ShippingLimits{MinPieces: -1}), "if.min_pieces"},
		{"m", limits(ShippingLimits{MaxPieces: -1}), "if.max_pieces"},
		{"m", limits(ShippingLimits{MinPieces: 2, MaxPieces: 1}), "if.max_pieces"},
		{"m", limits(ShippingLimits{MinTotal: []money.Amount{pounds("0")}}), "if.min_total[0]"},
		{"m", limits(ShippingLimits{MaxTotal: []money.Amount{base, base}}), "if.max_total[1]"},
		{"m", limits(ShippingLimits{MaxTotal: []money.Amount{pounds("0")}}), "if.max_total[0]"},
		{"m", limits(ShippingLimits{MinTotal: []money.Amount{base}, MaxTotal: []money.Amount{euro, pounds("0.99")}}), "if.max_total[1]"},
	})
	for _, l := range []ShippingLimits{
		{MinGrams: 5, MaxGrams: 5, MinPieces: 2, MaxPieces: 2, MinTotal: []money.Amount{base}, MaxTotal: []money.Amount{base}},
		{MinGrams: 5, MinPieces: 2, MinTotal: []money.Amount{base}, MaxTotal: []money.Amount{money.MustParse("0.01", money.EUR)}},
	} {
		must3(Terms{}.Change(on(0), RuleChange{Name: "m", Rule: limits(l)}))
	}
}

package till

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// The shop that docs/totals.md explains carts of, beside the carts that it writes itself.

var percent = money.MustParsePercent

// goods are its articles; their prices are in pounds where the list says nothing else.
func goods() Catalog {
	var products []Product
	var prices []Prices
	article := func(name string, v Variant, lists ...Prices) {
		v.SKU = SKU(strings.ToUpper(name))
		p := must3(AddProduct(on(0), testID[Product](byte(len(products)+1)), Description{
			Handle: strings.ToLower(name), Words: map[Locale]Words{"": {Name: name}}, Variants: []Variant{v},
		}))
		products, prices = append(products, must3(p.List(on(0), 0))), append(prices, lists...)
	}
	in := func(sku SKU, list PriceList, changes ...PriceChange) Prices {
		p := must(NewPrices(sku, list))
		for _, c := range changes {
			p = must3(p.Change(on(0), c))
		}
		return p
	}
	dollars := PriceList{StandardList, money.USD}
	article("Mug", Variant{Grams: 350}, in("MUG", inPounds, PriceChange{Price: gbp("9.50")}, PriceChange{Price: gbp("8.40"), MinQuantity: 10}))
	article("Cup", Variant{Grams: 120}, in("CUP", inPounds, PriceChange{Price: gbp("4.99")}, PriceChange{Price: gbp("3.99"), Sale: true}))
	article("Bowl", Variant{Grams: 600}, in("BOWL", inPounds, PriceChange{Price: gbp("14.00")}), in("BOWL", PriceList{"trade", money.GBP}, PriceChange{Price: gbp("11.20")}))
	article("Lamp", Variant{Grams: 2000}, in("LAMP", dollars, PriceChange{Price: money.MustParsePrice("49.99", money.USD)}))
	article("Screw", Variant{Grams: 5}, in("SCREW", inPounds, PriceChange{Price: gbp("9.80/1000")}))
	article("Cola", Variant{Grams: 330, TaxCategory: "sweet"}, in("COLA", inPounds, PriceChange{Price: gbp("1.29")}))
	return must(NewCatalog(products, prices))
}

func termsOf(changes ...RuleChange) Terms {
	t := Terms{}
	for _, c := range changes {
		t = must3(t.Change(on(0), c))
	}
	return t
}

// The rules that more than one block is counted by.
var (
	vat         = RuleChange{Name: "vat", Rule: TaxRate{Label: "VAT", Rate: percent("20"), Reversible: true}}
	levy        = RuleChange{Name: "levy", Rule: TaxRate{Label: "Sugar levy", Category: "sweet", Rate: percent("1.5"), Order: 1}}
	levyVAT     = RuleChange{Name: "levy-vat", Rule: TaxRate{Label: "VAT", Category: "sweet", Rate: percent("20"), Order: 2, Compound: true, Reversible: true}}
	springSale  = RuleChange{Name: "spring", Rule: Promotion{Label: "Spring sale", If: Conditions{Code: "SPRING10"}, Action: PercentOff(percent("10")), Priority: 1}}
	threeForTwo = RuleChange{Name: "three-for-two", Rule: Promotion{Label: "Three for two", Of: Selection{SKUs: []SKU{"CUP"}}, Action: BuyGet(2, 1, percent("100")), Priority: 2}}
	halfPost    = RuleChange{Name: "half-post", Rule: Promotion{Label: "Half the post", Action: ShippingPercentOff(percent("50"))}}
	flatParcel  = RuleChange{Name: "parcel", Rule: ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("4.90")}}}}
	inclusive   = RuleChange{Name: StandardList, Rule: ListRule{Included: true}}
)

// byWeight is the rate of the table of shipping.
var byWeight = ShippingRate{
	Base: pounds("1.00"), By: ByWeight, Table: []ShippingStep{{0, pounds("2.95")}, {2000, pounds("5.95")}},
	Per: 1000, Each: pounds("0.50"), Percent: percent("1"),
}

func stepsQuote(changes ...RuleChange) Quote {
	cart := cartOf(Item{SKU: "MUG", Quantity: 2}, Item{SKU: "CUP", Quantity: 3})
	cart = must(must(cart.AddCode("spring10")).ShipBy("parcel"))
	return must(cart.Quote(goods(), termsOf(append([]RuleChange{
		springSale, threeForTwo, halfPost, flatParcel, vat,
		{Name: "gbp", Rule: CashRounding{Currency: money.GBP, Increment: 5, Mode: money.HalfAwayFromZero}},
	}, changes...)...), jan(5)))
}

// blocks are what the page shows as text, by the word behind "text".
var blocks = map[string]func() string{
	"steps": func() string { return stepsQuote().Explain() },
	"prices": func() string {
		cart := cartOf(
			Item{SKU: "MUG", Quantity: 10}, Item{SKU: "BOWL", Quantity: 1}, Item{SKU: "LAMP", Quantity: 1}, Item{SKU: "SCREW", Quantity: 250},
		)
		cart = must(cart.AddAgreed(Item{SKU: "BOWL", Quantity: 1}, Agreement{Price: gbp("7.00"), By: "back-office", Why: "a crack"}))
		cart = must(cart.For(Purchaser{Groups: []string{"trade"}}))
		return must(cart.Quote(goods(), termsOf(
			RuleChange{Name: "trade", Rule: ListRule{Groups: []string{"trade"}}},
			RuleChange{Name: "usd-gbp", Rule: ExchangeRate{From: money.USD, To: money.GBP, Rate: money.MustParseRate("0.7913")}},
		), jan(5))).Explain()
	},
	"reverse-charge": func() string {
		cart := must(cartOf(Item{SKU: "COLA", Quantity: 6}).For(Purchaser{Tax: ReverseCharge}))
		return must(cart.Quote(goods(), termsOf(vat, levy, levyVAT, inclusive), jan(5))).Explain()
	},
	"drift": func() string {
		now := stepsQuote(RuleChange{Name: "spring", Mark: Clear, Rule: Promotion{}, From: jan(4)}, RuleChange{Name: "vat", Rule: TaxRate{Label: "VAT", Rate: percent("19")}, From: jan(4)})
		var b strings.Builder
		for _, d := range Compare(stepsQuote(), now) {
			fmt.Fprintln(&b, d)
		}
		return b.String()
	},
}

// alterations are what the page says that somebody does to an order, by the words that it
// uses: to the payload of the entry that opens it.
var alterations = map[string]func(opened map[string]any){
	"the name of an article":        func(o map[string]any) { element(o, "lines", 0)["name"] = "Jug" },
	"the total":                     func(o map[string]any) { o["total"] = "1.00 GBP" },
	"the tax of a line, by a penny": func(o map[string]any) { element(o, "taxes", 0, "parts", 0)["amount"] = "3.41 GBP" },
	"a penny of a discount, to the other line": func(o map[string]any) {
		element(o, "discounts", 0, "shares", 0)["amount"] = "-1.89 GBP"
		element(o, "discounts", 0, "shares", 1)["amount"] = "-1.21 GBP"
	},
	"the tax is left out, and the total is lowered": func(o map[string]any) {
		delete(o, "taxes")
		o["total"] = "26.75 GBP"
	},
	"a cheaper parcel, and all that follows from it": func(o map[string]any) {
		cheaper := RuleChange{Name: "parcel", Rule: ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("1.00")}}}}
		other := must3(OpenOrder(on(6), opening(), stepsQuote(cheaper)))
		var is map[string]any
		must(0, json.Unmarshal(other.entries[0].Payload, &is))
		maps.Copy(o, is)
	},
}

// element goes into objects by key and into arrays by index.
func element(in any, path ...any) map[string]any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			in = in.(map[string]any)[step]
		case int:
			in = in.([]any)[step]
		}
	}
	return in.(map[string]any)
}

var brokenAt = regexp.MustCompile(`entry \d+`)

// alteredOrder tells what Verify finds of an order that somebody has altered, with the
// sums of its entries as they were, and with new ones.
func alteredOrder(t *testing.T, what string) (old, anew string) {
	t.Helper()
	alter, ok := alterations[what]
	if !ok {
		t.Fatalf("%q is no alteration", what)
	}
	o := must3(must3(OpenOrder(on(6), opening(), stepsQuote())).Place(on(7), ByInvoice))
	opened := decodeNumbers(t, o.entries[0].Payload)
	alter(opened.(map[string]any))
	body := must(json.Marshal(opened))
	answer := func(entries []Entry) string {
		altered, err := Fold(Order{}, entries...)
		if err == nil {
			err = altered.Verify()
		}
		if err == nil {
			return "nothing"
		}
		if damaged := (*DamagedError)(nil); errors.As(err, &damaged) {
			return brokenAt.FindString(err.Error())
		}
		return strings.TrimPrefix(err.Error(), "till: order 1001: ")
	}
	kept, chain := o.Entries(), journal{}
	kept[0].Payload = body
	var forged []Entry
	for _, e := range kept {
		var next Entry
		next, chain = forge(chain, e.Kind, e.V, Instant(e.At), string(e.Payload))
		forged = append(forged, next)
	}
	return answer(kept), answer(forged)
}

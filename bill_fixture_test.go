package till

import (
	"github.com/tillkit/till/money"
)

// fullTerms are terms with a rule of every kind.
func fullTerms() Terms {
	t := must3(Terms{}.Change(signedOn(0), RuleChange{Name: "rounding", Rule: Rounding{money.HalfAwayFromZero, PerLine}}))
	for _, c := range fullRules() {
		t = must3(t.Change(signedOn(0), c))
	}
	return t
}

func fullRules() []RuleChange {
	pct := money.MustParsePercent
	return []RuleChange{
		{Name: "gb", Rule: Zone{Countries: []string{"GB"}, Except: []string{"JE*", "BT1..BT9"}}},
		{Name: "home", Rule: Home{Country: "GB", Region: "GB-LND", Postcode: "SW1A 1AA"}},
		{Name: "vat", Rule: TaxRate{Label: "VAT", Zone: "gb", Rate: pct("20"), Reversible: true}},
		{Name: "levy", Rule: TaxRate{Label: "Sugar levy", Zone: "gb", Category: "sweet", Rate: pct("1.5"), Order: 1}},
		{Name: "levy-vat", Rule: TaxRate{Label: "VAT", Zone: "gb", Category: "sweet", Rate: pct("20"), Order: 2, Compound: true}},
		{Name: "spring", Rule: Promotion{
			Label: "Spring sale", If: Conditions{Code: "spring10", Minimum: []money.Amount{pounds("20")}, MinQuantity: 2},
			Of: Selection{NoSale: true}, Action: PercentOff(pct("10")), Priority: 1, Uses: 100, Each: 1,
		}},
		{Name: "welcome", Rule: Promotion{
			Label: "Welcome", If: Conditions{FirstOrder: true}, Action: OrderAmountOff(pounds("5")), Priority: 2, Group: "one",
			Max: []money.Amount{pounds("4")},
		}},
		{Name: "three-for-two", Rule: Promotion{
			Label: "Three for two", Of: Selection{Attributes: map[string][]string{"kind": {"mug", "cup"}}}, Action: BuyGet(2, 1, pct("100")), Priority: 3, Original: true,
		}},
		{Name: "sticker", Rule: Promotion{Label: "A sticker for you", Action: Gift("STICKER", 1), Priority: 4}},
		{Name: "post", Rule: Promotion{Label: "Half the post", Action: ShippingPercentOff(pct("50")), Priority: 5}},
		{Name: "cap", Rule: DiscountCap{Percent: pct("80")}},
		{Name: "parcel", Rule: ShippingMethod{
			Label: "Parcel", Zone: "gb", Category: "", Included: true, Order: 1,
			Rates: []ShippingRate{{Base: pounds("1"), By: ByWeight, Table: []ShippingStep{{0, pounds("2.95")}, {2000, pounds("5.95")}}, Per: 1000, Each: pounds("0.50"), Percent: pct("1")}},
			If:    ShippingLimits{MaxGrams: 30_000, MinTotal: []money.Amount{pounds("1")}},
		}},
		{Name: "shop", Rule: ShippingMethod{Label: "Pick up", PickUp: true, Rates: []ShippingRate{{Base: pounds("0")}}}},
		{Name: "standard", Rule: ListRule{Label: "Shop prices", Included: true}},
		{Name: "trade", Rule: ListRule{Groups: []string{"trade"}, Priority: 1}},
		{Name: "usd-gbp", Rule: ExchangeRate{From: money.USD, To: money.GBP, Rate: money.MustParseRate("0.7913")}},
		{Name: "canada", Rule: Zone{Countries: []string{"CA"}}},
		{Name: "canada-tax", Rule: ServiceRule{Service: "taxes", Zone: "canada", Asks: NeedTax}},
		{Name: "canada-post", Rule: ServiceRule{Service: "post", Zone: "canada", Asks: NeedShipping}},
		{Name: "gbp", Rule: CashRounding{Currency: money.GBP, Increment: 5, Mode: money.HalfAwayFromZero}},
	}
}

// fullCatalog has articles for every rule.
func fullCatalog() Catalog {
	inDollars, trade := PriceList{StandardList, money.USD}, PriceList{"trade", money.GBP}
	describe := func(n byte, name string, sku SKU, v Variant, attributes map[string][]string) Product {
		v.SKU = sku
		p := must3(AddProduct(on(0), testID[Product](n), Description{
			Handle: name, Words: map[Locale]Words{"": {Name: name}}, Variants: []Variant{v}, Attributes: attributes,
		}))
		return must3(p.List(on(0), jan(0)))
	}
	price := func(sku SKU, list PriceList, changes ...PriceChange) Prices {
		p := must(NewPrices(sku, list))
		for _, c := range changes {
			p = must3(p.Change(on(0), c))
		}
		return p
	}
	return must(NewCatalog([]Product{
		describe(1, "Mug", "MUG", Variant{Grams: 350}, map[string][]string{"kind": {"mug"}}),
		describe(2, "Cup", "CUP", Variant{Grams: 120}, map[string][]string{"kind": {"cup"}}),
		describe(3, "Cola", "COLA", Variant{Grams: 330, TaxCategory: "sweet"}, nil),
		describe(4, "Voucher", "VOUCHER", Variant{NoShipping: true, TaxCategory: "none", Stock: NotTracked}, nil),
		describe(5, "Import", "IMPORT", Variant{Grams: 2000}, nil),
		describe(6, "Screws", "SCREWS", Variant{Grams: 5}, nil),
		describe(7, "Sticker", "STICKER", Variant{Grams: 2}, nil),
	}, []Prices{
		price("MUG", inPounds, PriceChange{Price: gbp("9.50")}, PriceChange{Price: gbp("8.40"), MinQuantity: 10}),
		price("MUG", trade, PriceChange{Price: gbp("6.35")}),
		price("CUP", inPounds, PriceChange{Price: gbp("4.99")}, PriceChange{Price: gbp("3.99"), Sale: true}),
		price("COLA", inPounds, PriceChange{Price: gbp("1.29")}),
		price("VOUCHER", inPounds, PriceChange{Price: gbp("25.00")}),
		price("IMPORT", inDollars, PriceChange{Price: money.MustParsePrice("49.99", money.USD)}, PriceChange{Price: money.MustParsePrice("44.99", money.USD), Sale: true}),
		price("SCREWS", inPounds, PriceChange{Price: gbp("9.87/1000")}),
		price("STICKER", inPounds, PriceChange{Price: gbp("0.80")}),
	}))
}

// fullCart has a line for every rule.
func fullCart() Cart {
	c := cartOf(
		Item{SKU: "MUG", Quantity: 2}, Item{SKU: "MUG", Quantity: 1, Apart: true}, Item{SKU: "CUP", Quantity: 3},
		Item{SKU: "COLA", Quantity: 6}, Item{SKU: "VOUCHER", Quantity: 1}, Item{SKU: "IMPORT", Quantity: 1}, Item{SKU: "SCREWS", Quantity: 250},
	)
	c = must(c.AddAgreed(Item{SKU: "CUP", Quantity: 1}, Agreement{Price: gbp("3.33"), By: "staff", Why: "a crack"}))
	c = must(c.Remove(2))
	c = must(c.AddCode("Spring10"))
	c = must(c.ShipBy("parcel"))
	return must(c.ShipTo(Address{Country: "GB", Postcode: "ec1a 1bb"}))
}

func fullQuote() Quote { return must(fullCart().Quote(fullCatalog(), fullTerms(), jan(5))) }

// fullOrder has every figure that an order can have.
func fullOrder() Order {
	return must3(must3(OpenOrder(on(6), opening(), fullQuote())).Place(on(7), ByInvoice))
}

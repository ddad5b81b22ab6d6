package till

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// Random worlds: carts, catalogs and terms with every feature that a bill can have.

var worldSKUs = []SKU{"A", "B", "C", "D", "E", "F", "GIFT"}

func drawWorld(t *rapid.T) world {
	w := world{
		currency: pick(t, "currency", money.GBP, money.GBP, money.CHF, money.JPY, money.KWD),
		rounding: Rounding{
			pick(t, "mode", money.HalfAwayFromZero, money.HalfAwayFromZero, money.HalfEven, money.HalfDown, money.HalfTowardPositive, money.Up, money.Down, money.Floor, money.Ceiling),
			pick(t, "level", PerLine, PerUnit, PerOrder),
		},
	}
	w.drawArticles(t)
	w.drawPrices(t)
	w.drawRules(t)
	w.drawCart(t)
	return w
}

func (w *world) drawArticles(t *rapid.T) {
	for i, sku := range worldSKUs {
		a := article{sku: sku, product: byte(i + 1), collection: pick(t, "collection", "", "sale", "new"), kind: pick(t, "kind", "mug", "cup")}
		if sku == "B" { // a variant of A's product
			a.product, a.collection, a.kind = 1, w.articles[0].collection, w.articles[0].kind
		}
		a.is = Variant{
			Grams: int64(pick(t, "grams", 0, 5, 350, 2000)), NoShipping: oneIn(t, "no shipping", 5),
			TaxCategory: pick(t, "category", "", "", "sweet", "books", "none"),
		}
		w.articles = append(w.articles, a)
	}
}

func drawPrice(t *rapid.T, c money.Currency) money.Price {
	amount := money.MustFromMinor(int64(pick(t, "size", among(t, "small", 20), among(t, "usual", 3000), among(t, "large", 2_000_000))), c)
	return must(money.NewPrice(amount, int64(pick(t, "per", 1, 1, 1, 1, 7, 1000))))
}

func (w *world) drawPrices(t *rapid.T) {
	other := pick(t, "other currency", money.USD, money.EUR)
	row := func(sku SKU, list PriceList, least int64) {
		r := priceRow{sku: sku, list: list, least: least, base: drawPrice(t, list.Currency), onSale: oneIn(t, "sale", 4)}
		if r.onSale {
			r.sale = drawPrice(t, list.Currency)
		}
		w.prices = append(w.prices, r)
	}
	for _, sku := range worldSKUs {
		home := standard(w.currency)
		if oneIn(t, "elsewhere", 6) { // it has a price in another currency alone
			home = standard(other)
		}
		row(sku, home, 1)
		if oneIn(t, "tier", 3) {
			row(sku, home, int64(among(t, "least", 6)+2))
		}
		if oneIn(t, "trade", 4) {
			row(sku, PriceList{"trade", w.currency}, 1)
		}
		if oneIn(t, "club", 4) {
			row(sku, PriceList{"club", pick(t, "in", w.currency, other)}, int64(pick(t, "from", 1, 1, 3)))
		}
	}
}

func (w *world) drawRules(t *rapid.T) {
	add := func(name string, rule Rule) *ruleOf {
		r := ruleOf{name: name, rule: rule}
		if oneIn(t, "past", 4) {
			r.past = rulePast(among(t, "which past", int(pasts)))
		}
		w.rules = append(w.rules, r)
		return &w.rules[len(w.rules)-1]
	}
	for _, name := range []string{"z1", "z2"} {
		n := among(t, "zone", len(zonePlaces))
		add(name, zonePlaces[n]).zoned = n
	}
	if oneIn(t, "home", 2) {
		n := among(t, "home", len(destinations)-1) + 1
		add("home", Home{destinations[n].Country, destinations[n].Region, destinations[n].Postcode}).zoned = n
	}
	for i := range among(t, "taxes", 6) {
		add(fmt.Sprintf("t%d", i), drawTax(t))
	}
	for i := range among(t, "promotions", 7) {
		add(fmt.Sprintf("p%d", i), w.drawPromotion(t))
	}
	if oneIn(t, "cap", 3) {
		add("cap", DiscountCap{money.MustParsePercent(pick(t, "cap", "0", "3.7", "10", "33.3", "100"))})
	}
	for i := range pick(t, "methods", 0, 1, 1, 2, 3) {
		add(fmt.Sprintf("m%d", i), w.drawMethod(t))
	}
	for _, list := range []string{StandardList, "trade", "club"} {
		if oneIn(t, "list", 2) {
			l := ListRule{Priority: among(t, "priority", 2), Included: oneIn(t, "included", 2)}
			if list != StandardList {
				l.Groups = []string{list}
			}
			add(list, l)
		}
	}
	for _, from := range []money.Currency{money.EUR, money.USD} {
		if oneIn(t, "exchange", 2) {
			add(strings.ToLower(from.String()+"-"+w.currency.String()), ExchangeRate{from, w.currency, money.MustParseRate(pick(t, "rate", "0.7913", "1", "151.25", "0.3065"))})
		}
	}
	if oneIn(t, "cash", 3) {
		add(strings.ToLower(w.currency.String()), CashRounding{w.currency, int64(pick(t, "step", 5, 10, 100)), pick(t, "cash mode", money.HalfEven, money.Down, money.Up, money.HalfAwayFromZero)})
	}
}

func drawZone(t *rapid.T) string { return pick(t, "where", "", "", "", "z1", "z2", "nowhere") }

func drawTax(t *rapid.T) TaxRate {
	return TaxRate{
		Label: "VAT", Zone: drawZone(t), Category: pick(t, "taxed", "", "", "sweet", "books"), Order: among(t, "order", 3),
		Rate:     money.MustParsePercent(pick(t, "tax", "20", "19", "8.25", "7.7", "5", "0", "33.3", "100", "0.1", "250")),
		Compound: oneIn(t, "compound", 3), Reversible: oneIn(t, "reversible", 2),
	}
}

// drawAmounts gives an amount of the cart's currency, of another as well, or of it alone.
func (w *world) drawAmounts(t *rapid.T, label string, least int) []money.Amount {
	in := func(c money.Currency) money.Amount {
		return money.MustFromMinor(int64(least+pick(t, label, among(t, "few", 10), among(t, "some", 500), among(t, "many", 20_000))), c)
	}
	switch among(t, "currencies", 12) {
	case 0:
		return []money.Amount{in(money.USD)}
	case 1:
		return []money.Amount{in(money.USD), in(w.currency)}
	}
	return []money.Amount{in(w.currency)}
}

func (w *world) drawPromotion(t *rapid.T) Promotion {
	percent := money.MustParsePercent(pick(t, "percent", "10", "33.3333", "50", "100", "0.5"))
	var a Action
	switch among(t, "action", 11) {
	case 0:
		a = PercentOff(percent)
	case 1:
		a = OrderPercentOff(percent)
	case 2:
		a = ShippingPercentOff(percent)
	case 3:
		a = AmountOff(w.drawAmounts(t, "each", 1)...)
	case 4:
		a = OrderAmountOff(w.drawAmounts(t, "off", 1)...)
	case 5:
		a = ShippingAmountOff(w.drawAmounts(t, "off shipping", 1)...)
	case 6:
		a = PriceOf(w.drawAmounts(t, "fixed", 0)...)
	case 7, 8:
		a = BuyGet(int64(among(t, "buy", 3)+1), int64(among(t, "get", 2)+1), percent)
	case 9:
		a = EveryNth(int64(among(t, "nth", 3)+2), percent)
	case 10:
		a = Gift(pick[SKU](t, "gift", "GIFT", "A"), int64(among(t, "gifts", 3)+1))
	}
	p := Promotion{Label: "Promotion", Action: a, Priority: among(t, "priority", 3), Original: oneIn(t, "original", 4)}
	if oneIn(t, "group", 3) {
		p.Group = "one"
	}
	if a.Kind != GiftProduct && oneIn(t, "max", 4) {
		p.Max = w.drawAmounts(t, "max", 1)
	}
	if oneIn(t, "code", 4) {
		p.If.Code = pick(t, "code", "Ten", "five")
	}
	if oneIn(t, "minimum", 6) {
		p.If.Minimum = w.drawAmounts(t, "minimum", 1)
	}
	if oneIn(t, "pieces", 6) {
		p.If.MinQuantity = int64(among(t, "least", 8))
	}
	if oneIn(t, "for groups", 8) {
		p.If.Groups = []string{pick(t, "for", "trade", "club")}
	}
	p.If.FirstOrder = oneIn(t, "first", 8)
	if oneIn(t, "uses", 5) {
		p.Uses, p.Each = int64(pick(t, "all", 0, 0, 1, 2, 3)), int64(among(t, "own", 3))
	}
	switch among(t, "of", 10) {
	case 0:
		p.Of.SKUs = []SKU{"A", "C", "D"}
	case 1:
		p.Of.Products = []ProductID{testID[Product](1), testID[Product](4)}
	case 2:
		p.Of.Collections = []string{"sale", "other"}
	case 3:
		p.Of.Attributes = map[string][]string{"kind": {"mug", "jug"}}
	case 4:
		p.Of.NoSale = true
	}
	return p
}

func (w *world) drawMethod(t *rapid.T) ShippingMethod {
	amount := func(label string, most int) money.Amount {
		return money.MustFromMinor(int64(among(t, label, most)), w.currency)
	}
	s := ShippingMethod{
		Label: "Parcel", Zone: pick(t, "goes", "", "", drawZone(t)), Category: pick(t, "shipping category", "", "", "sweet", "none"), Included: oneIn(t, "with tax", 2), Order: among(t, "order", 2),
	}
	r := ShippingRate{Base: amount("base", 600), By: pick(t, "by", "", ByWeight, ByPieces, ByTotal)}
	if r.By != "" && oneIn(t, "table", 2) {
		from := int64(pick(t, "first row", 0, 0, 0, 4))
		for range among(t, "rows", 3) + 1 {
			r.Table = append(r.Table, ShippingStep{from, amount("row", 900)})
			from += int64(pick(t, "next row", 1, 10, 1500))
		}
	}
	if r.By != "" && oneIn(t, "per", 2) {
		r.Per, r.Each = int64(pick(t, "per", 1, 3, 1000)), must(amount("each", 90).Add(money.MustFromMinor(1, w.currency)))
	}
	if oneIn(t, "share", 4) {
		r.Percent = money.MustParsePercent(pick(t, "share", "1", "12.5", "3.333"))
	}
	if oneIn(t, "no rate", 12) {
		r = ShippingRate{Base: money.MustParse("1", money.USD)}
	}
	s.Rates = []ShippingRate{r}
	switch among(t, "limits", 12) {
	case 0:
		s.If = ShippingLimits{MinGrams: 5, MaxGrams: 3000}
	case 1:
		s.If = ShippingLimits{MinPieces: 2, MaxPieces: 9}
	case 2:
		s.If = ShippingLimits{MinTotal: w.drawAmounts(t, "least total", 1), MaxTotal: []money.Amount{money.MustFromMinor(90_000, w.currency)}}
	}
	return s
}

func (w *world) drawCart(t *rapid.T) {
	n := 0
	for range pick(t, "lines", 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 0) {
		n++
		if oneIn(t, "taken out", 8) {
			n++
		}
		l := worldLine{n: n, sku: worldSKUs[among(t, "sku", 6)], quantity: int64(among(t, "quantity", 5) + 1)}
		if oneIn(t, "many", 15) {
			l.quantity = 250
		}
		if oneIn(t, "unknown", 100) {
			l.sku = "LOST"
		}
		if oneIn(t, "agreed", 8) {
			price := drawPrice(t, w.currency)
			l.agreed = &price
		}
		w.lines = append(w.lines, l)
	}
	for _, code := range []string{"TEN", "FIVE", "NONE"} {
		if oneIn(t, "has code", 3) {
			w.codes = append(w.codes, code)
		}
	}
	w.to = destinations[among(t, "destination", len(destinations))]
	w.delivery = pick(t, "delivery", "m0", "m0", "m0", "m0", "m1", "")
	if !slices.ContainsFunc(w.rules, func(r ruleOf) bool { return r.name == "m0" }) && !oneIn(t, "none", 8) {
		w.delivery = ""
	}
	w.buyer = Purchaser{Tax: pick(t, "status", Taxed, Taxed, Taxed, Exempt, ReverseCharge), Ordered: oneIn(t, "ordered", 2)}
	for _, g := range []string{"trade", "club"} {
		if oneIn(t, "in group", 3) {
			w.buyer.Groups = append(w.buyer.Groups, g)
		}
	}
	if oneIn(t, "counted", 2) {
		w.buyer.GiftStock = map[SKU]int64{"GIFT": int64(among(t, "gifts", 3)), "A": int64(among(t, "there", 8))}
	}
	if oneIn(t, "used", 2) {
		w.buyer.Used = map[string]Uses{"p0": {All: 2, Own: 2}, "p1": {All: 1, Own: 1}, "p2": {All: 2}}
	}
}

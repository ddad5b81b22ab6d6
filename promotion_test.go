package till

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// pct gives a rate from percent.
func pct(s string) money.Rate { return money.MustParsePercent(s) }

// under gives terms with rules that hold from day 0 on. A rule's name stands before it.
func under(named ...any) Terms {
	t := Terms{}
	for i := 1; i < len(named); i += 2 {
		t = planned(t, zoneOf(named[i].(Rule)))
	}
	for i := 0; i < len(named); i += 2 {
		t = must3(t.Change(on(0), RuleChange{Name: named[i].(string), Rule: named[i+1].(Rule)}))
	}
	return t
}

// planned gives terms that know a zone, which is not in force as long as it is not set.
func planned(t Terms, zone string) Terms {
	if _, known := t.zones.find(zone); known || zone == "" {
		return t
	}
	return must3(t.Change(on(0), RuleChange{Name: zone, Rule: Zone{}, From: MaxInstant}))
}

// priceShop has an article of every price that is named, "A" for the first, each listed
// and of its own product.
func priceShop(prices ...string) Catalog {
	var products []Product
	var all []Prices
	for i, p := range prices {
		sku := SKU(rune('A' + i))
		products = append(products, product(byte(i+1), strings.ToLower(string(sku)), sku))
		all = append(all, priced(sku, p))
	}
	return must(NewCatalog(products, all))
}

// shares says what a quote's discounts take off: by promotion, then by line.
func shares(q Quote) string {
	var words []string
	for _, d := range q.Discounts() {
		parts := make([]string, len(d.Shares))
		for i, s := range d.Shares {
			parts[i] = fmt.Sprintf("%d:%s", s.Line, s.Amount.Number())
		}
		words = append(words, d.Promotion+" "+strings.Join(parts, " "))
	}
	return strings.Join(words, "; ")
}

// A gift takes nothing of what the cap leaves to discounts, and its price does not raise
// the cap: an order with both proves itself.
func TestCapLeavesGiftsOut(t *testing.T) {
	shop := priceShop("10.00", "8.00")
	for what, c := range map[string]struct {
		cap, percent, want string
	}{
		"the cap is of what is bought":           {"10", "50", "a-gift 2:-8.00; b-sale 1:-1.00"},
		"a gift comes where no discount can":     {"0", "50", "a-gift 2:-8.00"},
		"a cap that is not reached cuts nothing": {"60", "50", "a-gift 2:-8.00; b-sale 1:-5.00"},
	} {
		for _, last := range []int{0, 1} { // the gift before the discount, and after it
			terms := under("cap", DiscountCap{pct(c.cap)}, "a-gift", Promotion{Label: "Gift", Action: Gift("B", 1), Priority: last},
				"b-sale", Promotion{Label: "Sale", Action: PercentOff(pct(c.percent))})
			q := must(cartOf(Item{SKU: "A", Quantity: 1}).Quote(shop, terms, jan(1)))
			got, want := shares(q), c.want
			if last == 1 {
				if gift, sale, both := strings.Cut(want, "; "); both {
					want = sale + "; " + gift
				}
			}
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
			wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
		}
	}
}

// A code of a promotion of the shipping has an answer where nothing is shipped, and where
// the delivery cannot be had.
func TestCodeOfShippingIsAnswered(t *testing.T) {
	free := []any{"free", Promotion{Label: "Free shipping", If: Conditions{Code: "FREE"}, Action: FreeShipping()}}
	parcel := []any{"parcel", ShippingMethod{Label: "Parcel", Rates: []ShippingRate{{Base: pounds("3.00")}}}}
	for what, c := range map[string]struct {
		rules    []any
		delivery string
		want     CodeReason
	}{
		"the shop ships nothing":  {free, "", CodeNothing},
		"no method was chosen":    {append(parcel, free...), "", CodeNothing},
		"there is no such method": {append(parcel, free...), "horse", CodeNothing},
		"it is shipped":           {append(parcel, free...), "parcel", CodeApplied},
		"it is for others": {[]any{"free", Promotion{
			Label: "Free shipping", If: Conditions{Code: "FREE", Groups: []string{"trade"}}, Action: FreeShipping(),
		}}, "", CodeGroup},
	} {
		c0 := must(must(cartOf(Item{SKU: "A", Quantity: 1}).AddCode("free")).ShipBy(c.delivery))
		codes := must(c0.Quote(priceShop("10.00"), under(c.rules...), jan(1))).Codes()
		if len(codes) != 1 || codes[0].Code != "FREE" || codes[0].Reason != c.want || codes[0].Promotion != "free" {
			t.Errorf("%s: %+v, want %s", what, codes, c.want)
		}
	}
}

// What each action takes off, share by share.
func TestWhatPromotionsTakeOff(t *testing.T) {
	promo := func(a Action) Promotion { return Promotion{Label: "P", Action: a} }
	at := func(priority int, p Promotion) Promotion { p.Priority = priority; return p }
	first := func(p Promotion) Promotion { p.Original = true; return p }
	most := func(p Promotion, amounts ...money.Amount) Promotion { p.Max = amounts; return p }
	in := func(group string, p Promotion) Promotion { p.Group = group; return p }
	for _, c := range []struct {
		says   string
		prices string // of A, B, C
		pieces []int64
		rules  []any
		want   string
	}{
		{"a percentage is rounded on each line", "0.25 0.35", []int64{1, 1}, []any{"p", promo(PercentOff(pct("10")))}, "p 1:-0.03 2:-0.04"},
		{"a percentage of the order is rounded once; of equal remainders the first line's counts", "0.25 0.35", []int64{1, 1}, []any{"p", promo(OrderPercentOff(pct("10")))}, "p 1:-0.03 2:-0.03"},
		{"an amount off pieces is taken off each", "10.00 4.00", []int64{3, 1}, []any{"p", promo(AmountOff(pounds("1.50")))}, "p 1:-4.50 2:-1.50"},
		{"and never more than the piece costs", "10.00 1.00", []int64{1, 2}, []any{"p", promo(AmountOff(pounds("1.50")))}, "p 1:-1.50 2:-2.00"},
		{"an amount off the order is spread by what lines cost", "10.00 5.00", []int64{1, 1}, []any{"p", promo(OrderAmountOff(pounds("1.00")))}, "p 1:-0.67 2:-0.33"},
		{"and never more than they cost", "10.00 5.00", []int64{1, 1}, []any{"p", promo(OrderAmountOff(pounds("99.00")))}, "p 1:-10.00 2:-5.00"},
		{"a fixed price lowers what costs more, alone", "10.00 2.00", []int64{2, 1}, []any{"p", promo(PriceOf(pounds("3.00")))}, "p 1:-14.00 2:0.00"},
		{"a fixed price may be nothing", "10.00", []int64{2}, []any{"p", promo(PriceOf(pounds("0.00")))}, "p 1:-20.00"},
		{"two bought, the cheapest of three free", "10.00 4.00 1.50", []int64{1, 1, 1}, []any{"p", promo(BuyGet(2, 1, pct("100")))}, "p 1:0.00 2:0.00 3:-1.50"},
		{"five are one three and a rest", "10.00 4.00", []int64{3, 2}, []any{"p", promo(BuyGet(2, 1, pct("100")))}, "p 1:0.00 2:-4.00"},
		{"of pieces that cost the same the first line's", "4.00 4.00", []int64{2, 2}, []any{"p", promo(BuyGet(1, 1, pct("50")))}, "p 1:-4.00 2:0.00"},
		{"every second piece of an article, each article by itself", "10.00 4.00", []int64{3, 1}, []any{"p", promo(EveryNth(2, pct("50")))}, "p 1:-5.00 2:0.00"},
		{"the second counts on what the first left", "10.00", []int64{1}, []any{"a", promo(PercentOff(pct("10"))), "b", promo(PercentOff(pct("10")))}, "a 1:-1.00; b 1:-0.90"},
		{"or on the first prices", "10.00", []int64{1}, []any{"a", promo(PercentOff(pct("10"))), "b", first(promo(PercentOff(pct("10"))))}, "a 1:-1.00; b 1:-1.00"},
		{"the lower priority comes first", "10.00", []int64{1}, []any{"a", at(2, promo(PercentOff(pct("10")))), "b", at(1, promo(AmountOff(pounds("5.00"))))}, "b 1:-5.00; a 1:-0.50"},
		{"of one priority the name", "10.00", []int64{1}, []any{"b", promo(PercentOff(pct("10"))), "a", promo(AmountOff(pounds("5.00")))}, "a 1:-5.00; b 1:-0.50"},
		{"a spread on first prices follows what lines cost by now", "10.00 10.00", []int64{1, 1}, []any{
			"a", Promotion{Label: "P", Of: Selection{SKUs: []SKU{"A"}}, Action: PercentOff(pct("50"))}, "b", first(promo(OrderPercentOff(pct("30")))),
		}, "a 1:-5.00; b 1:-2.00 2:-4.00"},
		{"the most cuts all shares alike", "10.00 5.00", []int64{1, 1}, []any{"p", most(promo(PercentOff(pct("50"))), pounds("1.00"))}, "p 1:-0.67 2:-0.33"},
		{"the most of another currency is none", "10.00", []int64{1}, []any{"p", most(promo(PercentOff(pct("50"))), money.MustParse("1", money.EUR))}, "p 1:-5.00"},
		{"the cap cuts what comes last", "10.00 5.00", []int64{1, 1}, []any{
			"cap", DiscountCap{pct("33.3")}, "a", promo(PercentOff(pct("20"))), "b", promo(AmountOff(pounds("1.00"))),
		}, "a 1:-2.00 2:-1.00; b 1:-1.00 2:-0.99"},
		{"of a group the first excludes the others", "10.00", []int64{1}, []any{"a", in("g", promo(PercentOff(pct("10")))), "b", in("g", promo(PercentOff(pct("50")))), "c", in("h", promo(PercentOff(pct("10"))))}, "a 1:-1.00; c 1:-0.90"},
		{"one that takes nothing off excludes none", "10.00", []int64{1}, []any{"a", in("g", promo(PriceOf(pounds("50.00")))), "b", in("g", promo(PercentOff(pct("50"))))}, "b 1:-5.00"},
		{"an amount of another currency alone takes nothing off", "10.00", []int64{1}, []any{"p", promo(OrderAmountOff(money.MustParse("1", money.EUR)))}, ""},
		{"of several currencies the cart's counts", "10.00", []int64{1}, []any{"p", promo(OrderAmountOff(money.MustParse("1", money.EUR), pounds("2.00")))}, "p 1:-2.00"},
		{"a line that costs nothing by now is not touched", "10.00 5.00", []int64{1, 1}, []any{
			"a", Promotion{Label: "P", Of: Selection{SKUs: []SKU{"B"}}, Action: PercentOff(pct("100"))}, "b", promo(AmountOff(pounds("1.00"))),
		}, "a 2:-5.00; b 1:-1.00"},
		{"a gift costs nothing", "10.00 5.00", []int64{1}, []any{"p", promo(Gift("B", 2))}, "p 2:-10.00"},
		{"a gift that cannot be had is not given", "10.00", []int64{1}, []any{"p", promo(Gift("Z", 1))}, ""},
	} {
		var items []Item
		for i, n := range c.pieces {
			items = append(items, Item{SKU: SKU(rune('A' + i)), Quantity: n})
		}
		q := must(cartOf(items...).Quote(priceShop(strings.Fields(c.prices)...), under(c.rules...), jan(1)))
		checkTree(t, q)
		if got := shares(q); got != c.want {
			t.Errorf("%s: %q, want %q", c.says, got, c.want)
		}
		wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
	}
}

// Which lines a promotion may touch: smallShop has a shirt in a sale and a mug.
func TestWhatPromotionsTouch(t *testing.T) {
	c := cartOf(Item{SKU: "SHIRT-L", Quantity: 1}, Item{SKU: "SHIRT-M", Quantity: 1}, Item{SKU: "MUG", Quantity: 1})
	c = must(c.AddAgreed(Item{SKU: "MUG", Quantity: 1}, Agreement{Price: gbp("9.00"), By: "staff"}))
	for _, w := range []struct {
		says string
		of   Selection
		want string
	}{
		{"all but a line whose price was agreed", Selection{}, "p 1:-1.50 2:-2.00 3:-0.95"},
		{"an article by its SKU", Selection{SKUs: []SKU{"MUG", "X"}}, "p 3:-0.95"},
		{"a product's variants", Selection{Products: []ProductID{testID[Product](1)}}, "p 1:-1.50 2:-2.00"},
		{"what is in no sale", Selection{NoSale: true}, "p 2:-2.00 3:-0.95"},
		{"what meets everything", Selection{NoSale: true, Products: []ProductID{testID[Product](1)}}, "p 2:-2.00"},
		{"of a collection that nothing is in", Selection{Collections: []string{"new"}}, ""},
		{"of an attribute that nothing has", Selection{Attributes: map[string][]string{"kind": {"hat"}}}, ""},
	} {
		q := must(c.Quote(smallShop(), under("p", Promotion{Label: "P", Of: w.of, Action: PercentOff(pct("10"))}), jan(15)))
		if got := shares(q); got != w.want {
			t.Errorf("%s: %q, want %q", w.says, got, w.want)
		}
	}
	q := must(fullCart().Quote(fullCatalog(), under("p", Promotion{
		Label: "P", Of: Selection{Attributes: map[string][]string{"kind": {"cup"}}}, Action: PercentOff(pct("100")),
	}), jan(5)))
	if got, want := shares(q), "p 3:-11.97"; got != want {
		t.Errorf("cups: %q, want %q", got, want)
	}
}

// What a code is good for.
func TestWhatCodesSay(t *testing.T) {
	with := func(change func(*Promotion)) Promotion {
		p := Promotion{Label: "Ten", If: Conditions{Code: "TEN"}, Action: PercentOff(pct("10"))}
		change(&p)
		return p
	}
	buyer := Purchaser{Groups: []string{"trade"}, Ordered: true, Used: map[string]Uses{"p": {All: 5, Own: 2}}}
	for _, c := range []struct {
		says string
		p    Promotion
		want CodeReason
	}{
		{"it is applied", with(func(*Promotion) {}), CodeApplied},
		{"no promotion has it", with(func(p *Promotion) { p.If.Code = "OTHER" }), CodeUnknown},
		{"the articles cost as much as they have to", with(func(p *Promotion) { p.If.Minimum = []money.Amount{pounds("20.00")} }), CodeApplied},
		{"they cost too little", with(func(p *Promotion) { p.If.Minimum = []money.Amount{pounds("20.01")} }), CodeMinimum},
		{"the least is of another currency", with(func(p *Promotion) { p.If.Minimum = []money.Amount{money.MustParse("1", money.EUR)} }), CodeMinimum},
		{"there are pieces enough", with(func(p *Promotion) { p.If.MinQuantity = 2 }), CodeApplied},
		{"there are too few", with(func(p *Promotion) { p.If.MinQuantity = 3 }), CodeQuantity},
		{"the buyer is in a group", with(func(p *Promotion) { p.If.Groups = []string{"staff", "trade"} }), CodeApplied},
		{"the buyer is in none", with(func(p *Promotion) { p.If.Groups = []string{"staff"} }), CodeGroup},
		{"the buyer has ordered before", with(func(p *Promotion) { p.If.FirstOrder = true }), CodeFirstOrder},
		{"the buyer may use it once more", with(func(p *Promotion) { p.Each = 3 }), CodeApplied},
		{"the buyer has used it as often", with(func(p *Promotion) { p.Each = 2 }), CodeUsed},
		{"all have used it as often", with(func(p *Promotion) { p.Uses = 5 }), CodeUsedUp},
		{"one may use it once more", with(func(p *Promotion) { p.Uses = 6 }), CodeApplied},
		{"another was taken", with(func(p *Promotion) { p.Group, p.Priority = "g", 1 }), CodeExcluded},
		{"there is nothing to take off", with(func(p *Promotion) { p.Of.SKUs = []SKU{"Z"} }), CodeNothing},
		{"its amounts are of other currencies", with(func(p *Promotion) { p.Action = OrderAmountOff(money.MustParse("1", money.EUR)) }), CodeNothing},
	} {
		cart := must(must(cartOf(Item{SKU: "A", Quantity: 2}).AddCode(" ten ")).For(buyer))
		terms := under("p", c.p)
		if c.want == CodeExcluded {
			terms = must3(terms.Change(on(0), RuleChange{Name: "q", Rule: Promotion{Label: "Q", Action: AmountOff(pounds("0.01")), Group: "g"}}))
		}
		q := must(cart.Quote(priceShop("10.00"), terms, jan(1)))
		if got := q.Codes(); len(got) != 1 || got[0].Code != "TEN" || got[0].Reason != c.want {
			t.Errorf("%s: %+v, want %s", c.says, got, c.want)
		}
		limited := c.p.Uses > 0 || c.p.Each > 0 || c.p.If.FirstOrder
		if got := q.Uses(); (len(got) == 1) != (limited && c.want == CodeApplied) {
			t.Errorf("%s: it uses %+v", c.says, got)
		}
	}
}

// Of two promotions with one code, what was applied is told.
func TestOneCodeOfTwo(t *testing.T) {
	p := Promotion{Label: "Ten", If: Conditions{Code: "TEN", MinQuantity: 9}, Action: PercentOff(pct("10"))}
	q := p
	q.If.MinQuantity = 0
	cart := must(cartOf(Item{SKU: "A", Quantity: 2}).AddCode("TEN"))
	got := must(cart.Quote(priceShop("10.00"), under("a", p, "b", q), jan(1))).Codes()
	if len(got) != 1 || got[0].Promotion != "b" || got[0].Reason != CodeApplied {
		t.Errorf("%+v", got)
	}
}

func TestWrongPromotions(t *testing.T) {
	with := func(change func(*Promotion)) Promotion {
		p := Promotion{Label: "Ten", Action: PercentOff(pct("10"))}
		change(&p)
		return p
	}
	act := func(a Action) Promotion { return Promotion{Label: "P", Action: a} }
	many := func(n int) []string { return strings.Split(strings.Repeat("a ", n-1)+"a", " ") }
	var none money.Amount
	var wrong []wrongRule
	for path, all := range map[string][]Promotion{
		"label":             {with(func(p *Promotion) { p.Label = "" }), with(func(p *Promotion) { p.Label = strings.Repeat("x", MaxLabel+1) })},
		"priority":          {with(func(p *Promotion) { p.Priority = -1 }), with(func(p *Promotion) { p.Priority = MaxPriority + 1 })},
		"uses":              {with(func(p *Promotion) { p.Uses = -1 })},
		"each":              {with(func(p *Promotion) { p.Each = -1 }), with(func(p *Promotion) { p.Each = MaxEach + 1 })},
		"group":             {with(func(p *Promotion) { p.Group = "A B" })},
		"if.code":           {with(func(p *Promotion) { p.If.Code = " " }), with(func(p *Promotion) { p.If.Code = strings.Repeat("x", MaxCode+1) })},
		"if.min_quantity":   {with(func(p *Promotion) { p.If.MinQuantity = -1 })},
		"if.minimum[0]":     {with(func(p *Promotion) { p.If.Minimum = []money.Amount{pounds("0")} })},
		"if.groups[1]":      {with(func(p *Promotion) { p.If.Groups = []string{"a", ""} })},
		"if.groups":         {with(func(p *Promotion) { p.If.Groups = many(MaxValues + 1) })},
		"max[0]":            {with(func(p *Promotion) { p.Max = []money.Amount{none} }), with(func(p *Promotion) { p.Max = []money.Amount{pounds("-1")} })},
		"max[1]":            {with(func(p *Promotion) { p.Max = []money.Amount{pounds("1"), pounds("2")} })},
		"max":               {{Label: "Gift", Action: Gift("A", 1), Max: []money.Amount{pounds("1")}}},
		"of.selection":      {with(func(p *Promotion) { p.Of.Collections = many(maxPlaces + 1) })},
		"of.skus[0].sku":    {with(func(p *Promotion) { p.Of.SKUs = []SKU{""} })},
		"of.collections[1]": {with(func(p *Promotion) { p.Of.Collections = []string{"a", " "} })},
		"of.attributes": {
			with(func(p *Promotion) { p.Of.Attributes = map[string][]string{"": {"cup"}} }),
			with(func(p *Promotion) { p.Of.Attributes = map[string][]string{"\xff": {"cup"}} }),
			with(func(p *Promotion) {
				p.Of.Attributes = map[string][]string{strings.Repeat("k", MaxMetadataKey+1): {"cup"}}
			}),
		},
		"of.attributes.kind": {
			with(func(p *Promotion) { p.Of.Attributes = map[string][]string{"kind": {"cup", ""}} }),
			with(func(p *Promotion) { p.Of.Attributes = map[string][]string{"kind": {"\xff"}} }),
			with(func(p *Promotion) { p.Of.Attributes = map[string][]string{"kind": {"a\x00"}} }),
			with(func(p *Promotion) {
				p.Of.Attributes = map[string][]string{"kind": {strings.Repeat("v", MaxName+1)}}
			}),
			with(func(p *Promotion) { p.Of.Attributes = map[string][]string{"kind": nil} }),
			with(func(p *Promotion) { p.Of.Attributes = map[string][]string{"kind": many(MaxValues + 1)} }),
		},
		"action.kind":       {act(Action{}), act(Action{Kind: "half"})},
		"action.percent":    {act(PercentOff(pct("0"))), act(PercentOff(pct("-1"))), act(OrderPercentOff(pct("100.1"))), act(ShippingPercentOff(pct("1.00001"))), act(BuyGet(1, 1, money.Rate{}))},
		"action.buy":        {act(BuyGet(0, 1, pct("5"))), act(EveryNth(1, pct("5"))), act(BuyGet(MaxQuantity+1, 1, pct("5")))},
		"action.get":        {act(BuyGet(1, 0, pct("5"))), act(BuyGet(1, MaxQuantity+1, pct("5")))},
		"action.amounts":    {act(AmountOff()), act(OrderAmountOff()), act(ShippingAmountOff()), act(PriceOf())},
		"action.amounts[0]": {act(AmountOff(pounds("0"))), act(OrderAmountOff(pounds("-1"))), act(PriceOf(pounds("-0.01"))), act(ShippingAmountOff(none))},
		"action.sku":        {act(Gift("", 1))},
		"action.quantity":   {act(Gift("A", 0)), act(Gift("A", MaxQuantity+1))},
	} {
		for _, p := range all {
			wrong = append(wrong, wrongRule{"p", p, path})
		}
	}
	for _, percent := range []string{"-1", "100.01"} {
		wrong = append(wrong, wrongRule{"cap", DiscountCap{pct(percent)}, "percent"})
	}
	checkRefused(t, append(wrong, wrongRule{"caps", DiscountCap{pct("1")}, "name"}))
}

// What a discount says of itself.
func TestDiscountLabels(t *testing.T) {
	most := pounds("9.00")
	for want, d := range map[string]Discount{
		"S: 10 % off":                         {Action: PercentOff(pct("10"))},
		"S: 5.5 % off":                        {Action: OrderPercentOff(pct("5.5"))},
		"S (TEN): 10 % off, at most 9.00 GBP": {Action: PercentOff(pct("10")), Code: "TEN", Max: &most},
		"S: free shipping":                    {Action: FreeShipping()},
		"S: 50 % off shipping":                {Action: ShippingPercentOff(pct("50"))},
		"S: 1.00 GBP off shipping":            {Action: ShippingAmountOff(pounds("1"))},
		"S: 1.00 GBP off each":                {Action: AmountOff(pounds("1"))},
		"S: 1.00 GBP off":                     {Action: OrderAmountOff(pounds("1"))},
		"S: 1.00 GBP each":                    {Action: PriceOf(pounds("1"))},
		"S: buy 2, get 1 free":                {Action: BuyGet(2, 1, pct("100"))},
		"S: buy 2, get 1 50 % off":            {Action: BuyGet(2, 1, pct("50"))},
		"S: every 3rd piece free":             {Action: EveryNth(3, pct("100"))},
		"S: gift":                             {Action: Gift("A", 1)},
		"S: half":                             {Action: Action{Kind: "half"}},
	} {
		d.Label = "S"
		if got := d.label(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

package till

import (
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// inList gives the prices of an article in a list and currency.
func inList(sku SKU, list string, price string) Prices {
	p := must(money.ParsePriceText(price))
	return must3(must(NewPrices(sku, PriceList{list, p.Currency()})).Change(on(0), PriceChange{Price: p}))
}

// Which list's price a line has, and in which currency it was found.
func TestWhichPriceHolds(t *testing.T) {
	trade, club := ListRule{Groups: []string{"trade"}}, ListRule{Groups: []string{"club", "vip"}}
	late := trade
	late.Priority = 1
	dollars := ExchangeRate{From: money.USD, To: money.GBP, Rate: money.MustParseRate("0.8")}
	euros := ExchangeRate{From: money.EUR, To: money.GBP, Rate: money.MustParseRate("0.9")}
	yen := ExchangeRate{From: money.JPY, To: money.GBP, Rate: money.MustParseRate("0.0052")}
	for _, c := range []struct {
		says   string
		groups []string
		rules  []any
		prices []Prices
		want   string // price, list and group
	}{
		{"the cart's own", nil, nil, []Prices{inList("A", "standard", "9.00 GBP"), inList("A", "trade", "5.00 GBP")}, "9.00 GBP"},
		{"that of the buyer's group", []string{"trade"}, []any{"trade", trade}, []Prices{inList("A", "standard", "9.00 GBP"), inList("A", "trade", "5.00 GBP")}, "5.00 GBP trade trade"},
		{"of another's group not", []string{"staff"}, []any{"trade", trade}, []Prices{inList("A", "standard", "9.00 GBP"), inList("A", "trade", "5.00 GBP")}, "9.00 GBP"},
		{"of two lists by name", []string{"trade", "vip"}, []any{"trade", trade, "club", club}, []Prices{inList("A", "club", "7.00 GBP"), inList("A", "trade", "5.00 GBP")}, "7.00 GBP club vip"},
		{"but the lower priority goes before", []string{"trade", "vip"}, []any{"a-trade", late, "club", club}, []Prices{inList("A", "club", "7.00 GBP"), inList("A", "a-trade", "5.00 GBP")}, "7.00 GBP club vip"},
		{"where a list has none, the next", []string{"trade", "vip"}, []any{"trade", trade, "club", club}, []Prices{inList("A", "trade", "5.00 GBP"), inList("A", "standard", "9.00 GBP")}, "5.00 GBP trade trade"},
		{"a list is first, not the cheapest", []string{"trade"}, []any{"trade", trade}, []Prices{inList("A", "standard", "4.00 GBP"), inList("A", "trade", "5.00 GBP")}, "5.00 GBP trade trade"},
		{"another currency's is exchanged", nil, []any{"usd-gbp", dollars}, []Prices{inList("A", "standard", "9.99 USD")}, "7.99 GBP 9.99 USD at 0.8"},
		{"the own goes before it", nil, []any{"usd-gbp", dollars}, []Prices{inList("A", "standard", "9.99 USD"), inList("A", "standard", "9.00 GBP")}, "9.00 GBP"},
		{"of two currencies the first by name", nil, []any{"usd-gbp", dollars, "eur-gbp", euros}, []Prices{inList("A", "standard", "9.99 USD"), inList("A", "standard", "1.00 EUR")}, "0.90 GBP 1.00 EUR at 0.9"},
		{"of fewer decimals", nil, []any{"jpy-gbp", yen}, []Prices{inList("A", "standard", "1500 JPY")}, "7.80 GBP 1500 JPY at 0.0052"},
		{"per so many", nil, []any{"usd-gbp", dollars}, []Prices{inList("A", "standard", "9.99 USD/1000")}, "7.99 GBP/1000 9.99 USD/1000 at 0.8"},
		{"of the group's list too", []string{"trade"}, []any{"usd-gbp", dollars, "trade", trade}, []Prices{inList("A", "trade", "9.99 USD")}, "7.99 GBP trade trade 9.99 USD at 0.8"},
		{"to another currency not", nil, []any{"usd-eur", ExchangeRate{From: money.USD, To: money.EUR, Rate: one}}, []Prices{inList("A", "standard", "9.99 USD")}, "no price"},
	} {
		cart := must(cartOf(Item{SKU: "A", Quantity: 1}).For(Purchaser{Groups: c.groups}))
		q := must(cart.Quote(must(NewCatalog([]Product{product(1, "a", "A")}, c.prices)), under(c.rules...), jan(1)))
		l := q.Lines()[0]
		got := string(l.Unavailable)
		if got == "" {
			got = l.Price.String()
			if l.List != "" {
				got += " " + l.List + " " + l.Group
			}
			if x := l.Exchanged; x != nil {
				got += " " + x.Price.String() + " at " + x.Rate.String()
			}
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.says, got, c.want)
		}
		if q.Err() == nil {
			wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
		}
	}
}

// Whether a price includes tax its list says; of an agreed one the list that it is agreed
// instead of.
func TestListsThatIncludeTax(t *testing.T) {
	terms := under("standard", ListRule{Included: true}, "trade", ListRule{Groups: []string{"trade"}}, "vat", rate("20"))
	shop := must(NewCatalog([]Product{product(1, "a", "A"), product(2, "b", "B")}, []Prices{priced("A", "12.00"), priced("B", "12.00"), inList("B", "trade", "10.00 GBP")}))
	cart := must(cartOf(Item{SKU: "A", Quantity: 1}, Item{SKU: "B", Quantity: 1}).For(Purchaser{Groups: []string{"trade"}}))
	cart = must(cart.AddAgreed(Item{SKU: "B", Quantity: 1}, Agreement{Price: gbp("6.00"), By: "staff"}))
	q := must(cart.Quote(shop, terms, jan(1)))
	if got, want := taxedAs(q), "vat 2:2.00 3:1.20; vat' 1:2.00"; got != want || q.Total() != pounds("31.20") {
		t.Errorf("%s, total %s, want %s", got, q.Total(), want)
	}
}

// A sale is none in another currency where rounding makes it as dear.
func TestSaleIsExchanged(t *testing.T) {
	p := inList("A", "standard", "0.02 USD")
	p = must3(p.Change(on(0), PriceChange{Price: money.MustParsePrice("0.01", money.USD), Sale: true}))
	shop := must(NewCatalog([]Product{product(1, "a", "A")}, []Prices{p}))
	q := must(cartOf(Item{SKU: "A", Quantity: 1}).Quote(shop, under("usd-gbp", ExchangeRate{From: money.USD, To: money.GBP, Rate: money.MustParseRate("0.7")}), jan(1)))
	if l := q.Lines()[0]; l.Sale || l.Price != gbp("0.01") || l.Base != gbp("0.01") {
		t.Errorf("%+v", l)
	}
	wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
}

// The lists that a cart's prices are looked for in.
func TestPriceListsOfACart(t *testing.T) {
	terms := under("trade", ListRule{Groups: []string{"trade"}}, "club", ListRule{Groups: []string{"club"}}, "usd-gbp", ExchangeRate{From: money.USD, To: money.GBP, Rate: one})
	var got []string
	for _, l := range terms.PriceLists(must(cartOf().For(Purchaser{Groups: []string{"trade"}})), jan(1)) {
		got = append(got, l.List+" "+l.Currency.String())
	}
	if got, want := strings.Join(got, ", "), "standard GBP, trade GBP, standard USD, trade USD"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	gifts := under("a", Promotion{Label: "P", Action: Gift("B", 1)}, "b", Promotion{Label: "P", Action: Gift("A", 1)}, "c", Promotion{Label: "P", Action: Gift("B", 2)}).Gifts(jan(1))
	if len(gifts) != 2 || gifts[0] != "A" || gifts[1] != "B" {
		t.Errorf("gifts %v", gifts)
	}
}

// What is due is rounded to what can be paid.
func TestCashRounding(t *testing.T) {
	for _, c := range []struct {
		price string
		step  int64
		mode  money.Rounding
		want  string
	}{
		{"9.97", 5, money.HalfAwayFromZero, "9.95"}, {"9.98", 5, money.HalfAwayFromZero, "10.00"}, {"9.95", 5, money.Up, "9.95"},
		{"9.91", 5, money.Up, "9.95"}, {"9.94", 5, money.Down, "9.90"}, {"9.25", 50, money.HalfEven, "9.00"}, {"9.75", 50, money.HalfEven, "10.00"},
		{"0.00", 5, money.Up, "0.00"}, {"0.02", 5, money.HalfAwayFromZero, "0.00"}, {"123.45", 1_000_000, money.Up, "10000.00"},
	} {
		q := must(cartOf(Item{SKU: "A", Quantity: 1}).Quote(priceShop(c.price), under("gbp", CashRounding{money.GBP, c.step, c.mode}), jan(1)))
		checkTree(t, q)
		if q.Total() != pounds(c.want) || must(q.Subtotal().Add(q.Cash().Residue)) != q.Total() {
			t.Errorf("%s to %d, %s: %s, residue %s, want %s", c.price, c.step, c.mode, q.Total(), q.Cash().Residue, c.want)
		}
		o := must3(OpenOrder(on(2), opening(), q))
		if wantError(t, o.Verify(), nil); *o.Cash() != *q.Cash() {
			t.Errorf("the order says %+v", o.Cash())
		}
	}
	q := must(cartOf(Item{SKU: "A", Quantity: 1}).Quote(priceShop("9.97"), under("chf", CashRounding{money.CHF, 5, money.Up}), jan(1)))
	if q.Cash() != nil || q.Total() != pounds("9.97") {
		t.Errorf("rounded by the rule of another currency: %s", q.Total())
	}
}

func TestWrongLists(t *testing.T) {
	usd := func(change func(*ExchangeRate)) ExchangeRate {
		x := ExchangeRate{From: money.USD, To: money.GBP, Rate: one}
		change(&x)
		return x
	}
	checkRefused(t, []wrongRule{
		{"trade", ListRule{Priority: -1}, "priority"},
		{"trade", ListRule{Priority: MaxPriority + 1}, "priority"},
		{strings.Repeat("l", 33), ListRule{}, "name"},
		{"trade", ListRule{Label: strings.Repeat("l", MaxLabel+1)}, "label"},
		{"trade", ListRule{Groups: []string{"Trade"}}, "groups[0]"},
		{"usd-usd", usd(func(x *ExchangeRate) { x.To = money.USD }), "from"},
		{"usd-gbp", usd(func(x *ExchangeRate) { x.From = 0 }), "from"},
		{"usd-gbp", usd(func(x *ExchangeRate) { x.To = 0 }), "from"},
		{"gbp-usd", usd(func(x *ExchangeRate) {}), "name"},
		{"usd-gbp", usd(func(x *ExchangeRate) { x.Rate = money.Rate{} }), "rate"},
		{"usd-gbp", usd(func(x *ExchangeRate) { x.Rate = pct("-1") }), "rate"},
		{"chf", CashRounding{money.GBP, 5, money.Up}, "name"},
		{"xxx", CashRounding{0, 5, money.Up}, "name"},
		{"gbp", CashRounding{money.GBP, 1, money.Up}, "increment"},
		{"gbp", CashRounding{money.GBP, 1_000_001, money.Up}, "increment"},
		{"gbp", CashRounding{money.GBP, 5, money.Exact}, "mode"},
		{"gbp", CashRounding{money.GBP, 5, 99}, "mode"},
	})
}

package till

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// pricesOf applies changes; each is recorded on the day that stands before it.
func pricesOf(t testing.TB, changes ...any) Prices {
	t.Helper()
	p := must(NewPrices("MUG", inPounds))
	for i := 0; i < len(changes); i += 2 {
		next, _, err := p.Change(on(changes[i].(int)), changes[i+1].(PriceChange))
		if err != nil {
			t.Fatal(err)
		}
		p = next
	}
	return p
}

// TestPricesGrid: a row for each known day, the price of each valid day, "s" behind
// a sale price, "-" for none.
func TestPricesGrid(t *testing.T) {
	for name, c := range map[string]struct {
		prices   Prices
		quantity int64
		known    map[int]string
	}{
		"no price": {pricesOf(t), 1, map[int]string{5: "- - -"}},
		"from the instant of the operation": {
			pricesOf(t, 2, PriceChange{Price: gbp("5")}), 1, map[int]string{1: "- - - -", 2: "- - 5.00 5.00"},
		},
		"free": {pricesOf(t, 0, PriceChange{Price: gbp("0.00")}), 1, map[int]string{0: "0.00 0.00"}},
		"sale over base": {
			pricesOf(t, 0, PriceChange{Price: gbp("9")}, 1, PriceChange{Price: gbp("7"), Sale: true, From: jan(2)}, 1, PriceChange{Mark: Clear, Sale: true, From: jan(4)}),
			1, map[int]string{0: "9.00 9.00 9.00 9.00 9.00 9.00", 1: "9.00 9.00 7.00s 7.00s 9.00 9.00"},
		},
		"base changes during the sale and outlives it": {
			pricesOf(t, 0, PriceChange{Price: gbp("9")}, 1, PriceChange{Price: gbp("7"), Sale: true, From: jan(2)}, 1, PriceChange{Mark: Clear, Sale: true, From: jan(4)}, 3, PriceChange{Price: gbp("12")}),
			1, map[int]string{2: "9.00 9.00 7.00s 7.00s 9.00 9.00", 3: "9.00 9.00 7.00s 7.00s 12.00 12.00"},
		},
		"base falls below the sale": {
			pricesOf(t, 0, PriceChange{Price: gbp("9")}, 1, PriceChange{Price: gbp("7"), Sale: true}, 3, PriceChange{Price: gbp("6")}),
			1, map[int]string{9: "9.00 7.00s 7.00s 6.00 6.00"},
		},
		"a sale as dear as the base is none": {
			pricesOf(t, 0, PriceChange{Price: gbp("9")}, 1, PriceChange{Price: gbp("9"), Sale: true}), 1, map[int]string{9: "9.00 9.00 9.00"},
		},
		"a sale alone is no price": {pricesOf(t, 0, PriceChange{Price: gbp("7"), Sale: true}), 1, map[int]string{9: "- -"}},
		"sale called off": {
			pricesOf(t, 0, PriceChange{Price: gbp("9")}, 0, PriceChange{Price: gbp("7"), Sale: true, From: jan(3)}, 2, PriceChange{Mark: Retract, Sale: true, From: jan(3)}),
			1, map[int]string{1: "9.00 9.00 9.00 7.00s", 2: "9.00 9.00 9.00 9.00"},
		},
		"nine pieces": {tiered(t), 9, map[int]string{9: "9.00 9.00 9.00 9.00 9.00"}},
		"ten pieces":  {tiered(t), 10, map[int]string{9: "9.00 8.00 7.50s 8.00 9.00"}},
		"a hundred":   {tiered(t), 100, map[int]string{9: "9.00 8.00 5.00 5.00 9.00"}},
		"none":        {tiered(t), 0, map[int]string{9: "- - -"}},
	} {
		t.Run(name, func(t *testing.T) {
			for known, want := range c.known {
				var got []string
				for d := range strings.Fields(want) {
					p, ok := c.prices.On(jan(d), jan(known), c.quantity)
					switch {
					case !ok:
						got = append(got, "-")
					case p.Sale:
						got = append(got, p.Price.Number()+"s")
					default:
						got = append(got, p.Price.Number())
						if p.Base != p.Price {
							t.Errorf("day %d: base %s, price %s and no sale", d, p.Base, p.Price)
						}
					}
				}
				if got := strings.Join(got, " "); got != want {
					t.Errorf("known on day %d: %s, want %s", known, got, want)
				}
			}
		})
	}
}

// tiered: 9, from ten pieces 8 (with a sale of 7.50 for a day), from a hundred 5;
// both gone on day 4.
func tiered(t testing.TB) Prices {
	return pricesOf(t,
		0, PriceChange{Price: gbp("9")},
		1, PriceChange{Price: gbp("8"), MinQuantity: 10},
		1, PriceChange{Price: gbp("5"), MinQuantity: 100, From: jan(2)},
		2, PriceChange{Price: gbp("7.50"), Sale: true, MinQuantity: 10},
		2, PriceChange{Mark: Clear, Sale: true, MinQuantity: 10, From: jan(3)},
		3, PriceChange{Mark: Clear, MinQuantity: 10, From: jan(4)},
		3, PriceChange{Mark: Clear, MinQuantity: 100, From: jan(4)},
	)
}

func TestPricedSaysWhereFrom(t *testing.T) {
	got, _ := tiered(t).On(jan(2), jan(9), 12)
	if want := (Priced{Price: gbp("7.50"), Base: gbp("8"), Sale: true, MinQuantity: 10, Entry: 4}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	got, _ = tiered(t).On(jan(3), jan(9), 200)
	if want := (Priced{Price: gbp("5"), Base: gbp("5"), MinQuantity: 100, Entry: 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A change that is made now holds from now on, also when the clock was set back
// since the last: else the last change would win again as soon as the clock is
// right.
func TestPriceClockBack(t *testing.T) {
	p := pricesOf(t, 5, PriceChange{Price: gbp("9")}, 3, PriceChange{Price: gbp("8")})
	for d, want := range map[int]string{5: "8.00", 9: "8.00"} {
		if got, _ := p.On(jan(d), MaxInstant, 1); got.Price.Number() != want {
			t.Errorf("day %d: %s, want %s", d, got.Price, want)
		}
	}
	if p.Recorded() != jan(5) || p.Revision() != 2 {
		t.Errorf("recorded at %s, revision %d", p.Recorded(), p.Revision())
	}
}

func TestPriceRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		c    PriceChange
		path string
	}{
		"currency":             {PriceChange{Price: money.MustParsePrice("1", money.EUR)}, "price"},
		"no currency":          {PriceChange{}, "price"},
		"below nothing":        {PriceChange{Price: gbp("-0.01")}, "price"},
		"price of a clear":     {PriceChange{Mark: Clear, Price: gbp("0.00")}, "price"},
		"price of a retract":   {PriceChange{Mark: Retract, Price: gbp("1")}, "price"},
		"mark":                 {PriceChange{Mark: 4, Price: gbp("1")}, "mark"},
		"least below 1":        {PriceChange{Price: gbp("1"), MinQuantity: -1}, "min_quantity"},
		"least above the most": {PriceChange{Price: gbp("1"), MinQuantity: MaxQuantity + 1}, "min_quantity"},
		"from too early":       {PriceChange{Price: gbp("1"), From: MinInstant - 1}, "from"},
		"from too late":        {PriceChange{Price: gbp("1"), From: MaxInstant + 1}, "from"},
	} {
		t.Run(name, func(t *testing.T) {
			p := pricesOf(t, 0, PriceChange{Price: gbp("9")})
			next, entries, err := p.Change(on(1), c.c)
			wantError(t, err, badAt(c.path))
			if len(entries) != 0 {
				t.Error("a refusal gave entries")
			}
			same(t, "the prices", next, p)
		})
	}
	_, _, err := Prices{}.Change(on(0), PriceChange{Price: gbp("1")})
	wantError(t, err, badAt("prices"))
	for _, c := range []struct {
		sku  SKU
		list PriceList
		path string
	}{
		{"", inPounds, "sku"}, {"A", PriceList{}, "currency"}, {"A", PriceList{Currency: 9999}, "currency"},
		{"A", PriceList{List: "Trade", Currency: money.GBP}, "list"},
	} {
		_, err := NewPrices(c.sku, c.list)
		wantError(t, err, badAt(c.path))
	}
	if p := must(NewPrices("A", PriceList{Currency: money.GBP})); p.List() != inPounds || p.SKU() != "A" {
		t.Errorf("prices of %s in %v", p.SKU(), p.List())
	}
}

// All gives every change as it was asked for, in order, and from them the same
// prices can be made again.
func TestPricesAll(t *testing.T) {
	checkMany(t, 200, func(t *rapid.T) {
		p := must(NewPrices("MUG", inPounds))
		var asked []string
		for range among(t, "changes", 10) {
			c := PriceChange{Mark: pick(t, "mark", Set, Clear, Retract), From: jan(among(t, "valid", 9)), Sale: oneIn(t, "sale", 2), MinQuantity: pick(t, "least", int64(1), 5, 10)}
			if c.Mark == Set {
				c.Price = gbp(fmt.Sprint(among(t, "price", 20)))
			}
			if c.Mark == Retract && !p.Timeline(c.MinQuantity, c.Sale).stands(c.From) {
				if _, entries, err := p.Change(on(0), c); !errors.Is(err, ErrInvalid) || entries != nil {
					t.Fatalf("a retraction of nothing: %v", err)
				}
				continue
			}
			p = must3(p.Change(on(len(asked)), c))
			asked = append(asked, stateText(c))
		}
		i, again := 0, must(NewPrices("MUG", inPounds))
		for r := range p.All() {
			c := PriceChange{Mark: r.Mark, Price: r.Price, From: r.From, Sale: r.Sale, MinQuantity: r.MinQuantity}
			if stateText(c) != asked[i] || r.N != int64(i+1) || r.Recorded != jan(i) || r.By != "test" {
				t.Fatalf("change %d is %+v, want %s", i, r, asked[i])
			}
			again = must3(again.Change(Meta{At: r.Recorded, By: r.By, Note: r.Note}, c))
			i++
		}
		if i != len(asked) {
			t.Fatalf("%d changes, want %d", i, len(asked))
		}
		same(t, "made again", again, p)
		for range p.All() {
			break // stopping early is possible
		}
	})
}

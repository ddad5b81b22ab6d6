package till

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Every kind of entry that prices fold is also read by their history.
func TestPriceTrailKnowsAllKinds(t *testing.T) {
	if got, want := slices.Sorted(maps.Keys(trailKinds)), slices.Sorted(maps.Keys(priceKinds)); !slices.Equal(got, want) {
		t.Errorf("the history reads %v, prices are made of %v", got, want)
	}
}

// TestLowest: the prior price before a reduction, by answers that were written by
// hand. Days count from 0; the window is the 30 days before the reduction's.
func TestLowest(t *testing.T) {
	type want struct {
		price string // "" for none
		sale  bool
		at    int
		entry int64
	}
	for name, c := range map[string]struct {
		prices   Prices
		before   int
		quantity int64
		want     want
	}{
		"one price all the time": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}),
			40, 0, want{"10.00", false, 10, 1},
		},
		"the reduction itself does not count": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 40, PriceChange{Price: gbp("8"), Sale: true}),
			40, 0, want{"10.00", false, 10, 1},
		},
		"raised just before the sale: the price before the rise counts": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 38, PriceChange{Price: gbp("15")}, 40, PriceChange{Price: gbp("10.50"), Sale: true}),
			40, 0, want{"10.00", false, 10, 1},
		},
		"raised longer ago than the window": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 10, PriceChange{Price: gbp("15")}, 40, PriceChange{Price: gbp("12"), Sale: true}),
			40, 0, want{"15.00", false, 10, 2},
		},
		"raised a day later than that": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 11, PriceChange{Price: gbp("15")}),
			40, 0, want{"10.00", false, 10, 1},
		},
		"a sale inside the window counts": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")},
				20, PriceChange{Price: gbp("7"), Sale: true}, 25, PriceChange{Mark: Clear, Sale: true}, 40, PriceChange{Price: gbp("8"), Sale: true}),
			40, 0, want{"7.00", true, 20, 2},
		},
		"a sale that ended where the window begins does not": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")},
				5, PriceChange{Price: gbp("7"), Sale: true}, 10, PriceChange{Mark: Clear, Sale: true}),
			40, 0, want{"10.00", false, 10, 1},
		},
		"reduced step by step: each step counts for the next": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")},
				40, PriceChange{Price: gbp("9"), Sale: true}, 45, PriceChange{Price: gbp("8"), Sale: true}, 50, PriceChange{Price: gbp("7"), Sale: true}),
			50, 0, want{"8.00", true, 45, 3},
		},
		"reduced step by step, asked for the first step": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")},
				40, PriceChange{Price: gbp("9"), Sale: true}, 45, PriceChange{Price: gbp("8"), Sale: true}, 50, PriceChange{Price: gbp("7"), Sale: true}),
			40, 0, want{"10.00", false, 10, 1},
		},
		"shorter on sale than the window": {
			pricesOf(t, 35, PriceChange{Price: gbp("10")}, 37, PriceChange{Price: gbp("11")}),
			40, 0, want{"10.00", false, 35, 1},
		},
		"not priced yet": {pricesOf(t, 40, PriceChange{Price: gbp("10")}), 40, 0, want{}},
		"no price any more": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 5, PriceChange{Mark: Clear}), 40, 0, want{},
		},
		"cleared and set again: the gap is no price of nothing": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 15, PriceChange{Mark: Clear}, 20, PriceChange{Price: gbp("12")}),
			40, 0, want{"10.00", false, 10, 1},
		},
		"nobody was shown the correction before it was recorded": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 30, PriceChange{Price: gbp("4"), From: jan(5)}, 31, PriceChange{Price: gbp("12"), From: jan(31)}),
			40, 0, want{"4.00", false, 30, 2},
		},
		"nobody was ever shown a correction of what was over": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 20, PriceChange{Price: gbp("12")}, 30, PriceChange{Price: gbp("4"), From: jan(5)}),
			40, 0, want{"10.00", false, 10, 1},
		},
		"a sale that was called off before it began": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 12, PriceChange{Price: gbp("1"), Sale: true, From: jan(20)}, 19, PriceChange{Mark: Retract, Sale: true, From: jan(20)}),
			40, 0, want{"10.00", false, 10, 1},
		},
		"a sale that was called off a day late was shown for a day": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 12, PriceChange{Price: gbp("1"), Sale: true, From: jan(20)}, 21, PriceChange{Mark: Retract, Sale: true, From: jan(20)}),
			40, 0, want{"1.00", true, 20, 2},
		},
		"a lower price for many is none for one": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 12, PriceChange{Price: gbp("6"), MinQuantity: 10}),
			40, 9, want{"10.00", false, 10, 1},
		},
		"and is one for ten": {
			pricesOf(t, 0, PriceChange{Price: gbp("10")}, 12, PriceChange{Price: gbp("6"), MinQuantity: 10}),
			40, 10, want{"6.00", false, 12, 2},
		},
		"for fewer than one": {pricesOf(t, 0, PriceChange{Price: gbp("10")}), 40, -1, want{}},
	} {
		t.Run(name, func(t *testing.T) {
			var got want
			if l, ok := c.prices.Lowest(LowestWindow{From: jan(c.before - 30), Before: jan(c.before), Quantity: c.quantity}); ok {
				got = want{l.Price.Number(), l.Sale, int(time.Duration(l.At-jan(0)) * time.Microsecond / (24 * time.Hour)), l.Entry}
				if l.At != jan(got.at) {
					t.Errorf("at %s, which begins no day", l.At)
				}
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	p := pricesOf(t, 0, PriceChange{Price: gbp("10")})
	for _, w := range []LowestWindow{{From: jan(5), Before: jan(5)}, {From: jan(5), Before: jan(4)}} {
		if l, ok := p.Lowest(w); ok {
			t.Errorf("an empty window gives %+v", l)
		}
	}
}

// The lowest price is the least of the answers at every instant at which they can
// change, a microsecond before and a microsecond after included.
func TestLowestAgainstSampling(t *testing.T) {
	found, sales := 0, 0
	checkMany(t, 1000, func(t *rapid.T) {
		p := must(NewPrices("MUG", inPounds))
		for i := range among(t, "changes", 14) {
			c := PriceChange{
				Mark: pick(t, "mark", Set, Set, Set, Clear, Retract), Sale: oneIn(t, "sale", 3), MinQuantity: pick(t, "least", int64(1), 1, 10),
				From: jan(among(t, "valid", 14)) + Instant(among(t, "by", 3)-1),
			}
			if c.Mark == Set {
				c.Price = gbp(fmt.Sprint(1 + among(t, "price", 20)))
			}
			if next, _, err := p.Change(on(i), c); err == nil {
				p = next
			}
		}
		from, quantity := jan(among(t, "from", 12))+Instant(among(t, "by", 3)-1), pick(t, "quantity", int64(0), 1, 10)
		w := LowestWindow{From: from, Before: from + pick(t, "long", Instant(0), 1, 2, 86_400_000_000, 5*86_400_000_000), Quantity: quantity}

		at := []Instant{w.From, w.From + 1, w.Before - 1}
		for r := range p.All() {
			for by := Instant(-1); by <= 1; by++ {
				at = append(at, r.From+by, r.Recorded+by)
			}
		}
		slices.Sort(at)
		var want LowestPrice
		there := false
		for _, v := range at {
			if v < w.From || v >= w.Before {
				continue
			}
			if priced, ok := p.On(v, v, max(quantity, 1)); ok {
				if d, _ := priced.Price.Cmp(want.Price); !there || d < 0 {
					want, there = LowestPrice{priced, v}, true
				}
			}
		}
		got, ok := p.Lowest(w)
		if ok != there || got != want {
			t.Fatalf("%+v, %t, want %+v, %t; in %s up to %s of\n%s", got, ok, want, there, w.From, w.Before, stateText(p))
		}
		if ok {
			found++
		}
		if got.Sale {
			sales++
		}
	})
	if found < 100 || sales < 20 {
		t.Errorf("%d windows with a price, %d of them a sale's: too few to prove anything", found, sales)
	}
}

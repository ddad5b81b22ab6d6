package till

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// checkTree checks that every node is the sum of its parts, and the total that of
// all leaves and of all lines.
func checkTree(t rapid.TB, q Quote) {
	t.Helper()
	var walk func(Reason)
	walk = func(r Reason) {
		if len(r.Parts) == 0 {
			return
		}
		var sum money.Amount
		for _, p := range r.Parts {
			sum = must(sum.Add(p.Amount))
			walk(p)
		}
		if sum != r.Amount {
			t.Fatalf("%s is %s, its parts are %s", r.Label, r.Amount, sum)
		}
	}
	walk(q.Reasons())
	var leaves money.Amount
	of, shares := map[int]money.Amount{}, map[int]money.Amount{} // by line: before discounts, and what they take off
	for _, l := range q.Reasons().Leaves() {
		leaves = must(leaves.Add(l.Amount))
		if l.Kind == BaseReason {
			of[l.Line] = must(of[l.Line].Add(l.Amount))
		}
	}
	for _, d := range q.Discounts() {
		var sum money.Amount
		for _, s := range d.Shares {
			sum = must(sum.Add(s.Amount))
			shares[s.Line] = must(shares[s.Line].Add(s.Amount))
			if s.Amount.Sign() > 0 {
				t.Fatalf("%s puts %s on line %d", d.Label, s.Amount, s.Line)
			}
		}
		if sum.Minor() != d.Amount.Minor() {
			t.Fatalf("%s is %s, its shares are %s", d.Label, d.Amount, sum)
		}
	}
	for _, l := range q.Lines() {
		if l.Unavailable == "" && (of[l.N] != l.Subtotal || must(l.Subtotal.Add(shares[l.N])) != l.Total) || l.Total.Sign() < 0 {
			t.Fatalf("line %d: %s, shares %s, total %s, in the tree %s", l.N, l.Subtotal, shares[l.N], l.Total, of[l.N])
		}
	}
	for _, x := range q.Taxes() {
		var sum money.Amount
		for _, p := range x.Parts {
			sum = must(sum.Add(p.Amount))
			if p.Amount.Sign() < 0 && x.Relief == "" {
				t.Fatalf("%s is %s on line %d", x.Label, p.Amount, p.Line)
			}
		}
		if sum.Minor() != x.Amount.Minor() {
			t.Fatalf("%s is %s, its parts are %s", x.Label, x.Amount, sum)
		}
	}
	if leaves.Minor() != q.Total().Minor() || q.Reasons().Amount != q.Total() || q.Total().Sign() < 0 {
		t.Fatalf("total %s, leaves %s, root %s", q.Total(), leaves, q.Reasons().Amount)
	}
}

func TestQuote(t *testing.T) {
	c := cartOf(
		Item{SKU: "SHIRT-L", Quantity: 4}, Item{SKU: "MUG", Quantity: 2},
		Item{SKU: "SHIRT-L", Quantity: 6, Apart: true, Metadata: Metadata{"gift": "yes"}}, // ten in all: the price from ten
		Item{SKU: "LOST", Quantity: 3},
	)
	c = must(c.AddAgreed(Item{SKU: "SHIRT-M", Quantity: 3}, Agreement{Price: gbp("12.34"), By: "staff"}))
	for _, d := range []int{5, 15} { // before and during the sale, which has no price from ten
		q := must(c.Quote(smallShop().In("de"), Terms{}, jan(d)))
		checkTree(t, q)
		golden(t, fmt.Sprintf("quote/day%d.txt", d), q.Explain())
		var indented strings.Builder
		enc := json.NewEncoder(&indented)
		enc.SetIndent("", "  ")
		must(0, enc.Encode(q))
		golden(t, fmt.Sprintf("quote/day%d.json", d), indented.String())
		if d := cmp.Diff([]Demand{{"LOST", 3}, {"MUG", 2}, {"SHIRT-L", 10}, {"SHIRT-M", 3}}, q.Demand()); d != "" {
			t.Error(d)
		}
		wantError(t, q.Err(), ErrNotFound)
	}
	few := must(cartOf(Item{SKU: "SHIRT-L", Quantity: 9}).Quote(smallShop(), Terms{}, jan(15))).Lines()[0]
	if few.Price != gbp("15.00") || few.Base != gbp("20.00") || !few.Sale || few.MinQuantity != 0 {
		t.Errorf("nine in the sale: %+v", few)
	}
}

// An article that cannot be bought stays, with the reason and without a price; with
// an agreed price it needs no price of the list.
func TestQuoteMissing(t *testing.T) {
	p := product(1, "mug", "A", "B")
	off := must3(p.Delist(on(1), 0, "A"))
	catalog := must(NewCatalog([]Product{off}, []Prices{priced("A", "1")}))
	c := cartOf(Item{SKU: "A", Quantity: 2}, Item{SKU: "B", Quantity: 1}, Item{SKU: "C", Quantity: 1})
	c = must(c.AddAgreed(Item{SKU: "B", Quantity: 2}, Agreement{Price: gbp("0.00"), By: "staff"}))
	c = must(c.AddAgreed(Item{SKU: "A", Quantity: 2}, Agreement{Price: gbp("1.00"), By: "staff"})) // not listed all the same
	q := must(c.Quote(catalog, Terms{}, jan(2)))
	checkTree(t, q)
	for i, want := range []struct {
		missing Unavailable
		name    string
	}{{NotListed, "A"}, {NoPrice, "B"}, {UnknownSKU, "C"}, {"", "The mug"}, {NotListed, "A"}} {
		l := q.Lines()[i]
		if l.Unavailable != want.missing || l.Name != want.name || want.missing != "" && (l.Price != money.Price{} || l.Total != pounds("0")) {
			t.Errorf("line %d: %+v, want %+v", i, l, want)
		}
	}
	if q.Total() != pounds("0.00") {
		t.Errorf("total %s", q.Total())
	}
	err := q.Err()
	if !errors.Is(err, ErrUnavailable) || !errors.Is(err, ErrNotFound) || strings.Count(err.Error(), "take it out") != 3 {
		t.Errorf("error %v", err)
	}
	if q := must(must(NewCart(inPounds)).Quote(catalog, Terms{}, jan(2))); q.Err() != nil || q.Total() != pounds("0.00") || q.Explain() != "Total  0.00 GBP\n" {
		t.Errorf("empty: %v, %s, %q", q.Err(), q.Total(), q.Explain())
	}
	if body := string(must(json.Marshal(must(must(NewCart(inPounds)).Quote(catalog, Terms{}, jan(2)))))); !strings.Contains(body, `"lines":[]`) {
		t.Errorf("an empty quote as JSON: %s", body)
	}
}

// Free articles are bought like others, and stay in their currency through the JSON
// of the order.
func TestQuoteFree(t *testing.T) {
	catalog := must(NewCatalog([]Product{product(1, "mug", "A")}, []Prices{priced("A", "0.00")}))
	q := must(cartOf(Item{SKU: "A", Quantity: 2}).Quote(catalog, Terms{}, jan(2)))
	o := must3(OpenOrder(on(3), opening(), q))
	read := fold(t, Order{}, o.Entries())
	if got := read.Lines()[0].Price; got != gbp("0.00") || got.Currency() != money.GBP {
		t.Errorf("price %s", got)
	}
	wantError(t, read.Verify(), nil)
	made := must(NewPrices("A", inPounds))
	folded := fold(t, made, must2(made.Change(on(0), PriceChange{Price: gbp("0.00")})))
	if got, ok := folded.On(jan(1), jan(1), 1); !ok || got.Price != gbp("0.00") {
		t.Errorf("folded: %+v", got)
	}
}

// must2 gives the entries of an operation.
func must2[T any](_ T, entries []Entry, err error) []Entry { return must(entries, err) }

func TestQuoteRounding(t *testing.T) {
	price := gbp("9.80/1000") // 0.98 pence a piece
	for _, c := range []struct {
		r        Rounding
		quantity int64
		want     string
	}{
		{usualRounding, 1, "0.01"}, {usualRounding, 50, "0.49"}, {usualRounding, 1000, "9.80"}, {usualRounding, 1_000_000, "9800.00"},
		{Rounding{money.HalfAwayFromZero, PerUnit}, 1, "0.01"}, {Rounding{money.HalfAwayFromZero, PerUnit}, 1000, "10.00"},
		{Rounding{money.Down, PerUnit}, 1000, "0.00"}, {Rounding{money.Up, PerUnit}, 50, "0.50"},
		{Rounding{money.Down, PerLine}, 51, "0.49"}, {Rounding{money.Up, PerLine}, 51, "0.50"},
		{Rounding{money.Down, PerOrder}, 51, "0.49"}, {Rounding{money.HalfEven, PerOrder}, 1000, "9.80"},
	} {
		p := must3(must(NewPrices("A", inPounds)).Change(on(0), PriceChange{Price: price}))
		catalog := must(NewCatalog([]Product{product(1, "screw", "A")}, []Prices{p}))
		q := must(cartOf(Item{SKU: "A", Quantity: c.quantity}).Quote(catalog, must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: c.r})), jan(1)))
		if q.Total() != pounds(c.want) {
			t.Errorf("%d pieces, %s, %s: %s, want %s", c.quantity, c.r.Mode, c.r.Level, q.Total(), c.want)
		}
		checkTree(t, q)
		o := must3(OpenOrder(on(2), opening(), q))
		if err := o.Verify(); err != nil || o.Rounding() != c.r {
			t.Errorf("%+v: %v", o.Rounding(), err)
		}
	}
}

// What money cannot count is an error, never another number.
func TestQuoteOverflow(t *testing.T) {
	most := money.PriceOf(money.MustFromMinor(math.MaxInt64, money.GBP))
	half := money.PriceOf(money.MustFromMinor(math.MaxInt64/2+1, money.GBP))
	for name, c := range map[string]struct {
		price money.Price
		level RoundingLevel
		items []Item
		fails string
	}{
		"the most, once":      {most, PerLine, []Item{{SKU: "A", Quantity: 1}}, ""},
		"the most, twice":     {most, PerLine, []Item{{SKU: "A", Quantity: 2}}, "line 1: 2 of A"},
		"per unit":            {most, PerUnit, []Item{{SKU: "A", Quantity: MaxQuantity}}, "line 1: "},
		"in the sum of lines": {half, PerLine, []Item{{SKU: "A", Quantity: 1}, {SKU: "A", Quantity: 1, Apart: true}}, "total"},
		"many pieces":         {gbp("92233720.36"), PerLine, []Item{{SKU: "A", Quantity: MaxQuantity}}, ""},
		"one pound too dear":  {gbp("92233721.36"), PerLine, []Item{{SKU: "A", Quantity: MaxQuantity}}, "line 1: "},
	} {
		t.Run(name, func(t *testing.T) {
			p := must3(must(NewPrices("A", inPounds)).Change(on(0), PriceChange{Price: c.price}))
			catalog := must(NewCatalog([]Product{product(1, "gold", "A")}, []Prices{p}))
			q, err := cartOf(c.items...).Quote(catalog, must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: Rounding{money.Up, c.level}})), jan(1))
			if c.fails == "" {
				wantError(t, err, nil)
				checkTree(t, q)
				return
			}
			wantError(t, err, money.ErrOverflow)
			if !strings.Contains(err.Error(), c.fails) {
				t.Errorf("error %q does not name %s", err, c.fails)
			}
			same(t, "what comes with the error", q, Quote{})
		})
	}
}

// visible is a shop whose every part the tests of Digest and Compare can change.
type visible struct {
	description Description
	prices      []PriceChange
	items       []Item
	agreed      money.Price
	terms       Rounding
	list        bool
	at          int
	metadata    Metadata // invisible
	id          byte     // invisible
}

func newVisible() visible {
	d := described("shirt", "S", "M")
	d.Options, d.Variants[0].Values, d.Variants[1].Values = []string{"Size"}, []string{"S"}, []string{"M"}
	return visible{
		description: d, list: true, at: 5, id: 1, agreed: gbp("7.00"), terms: usualRounding,
		prices: []PriceChange{{Price: gbp("20.01/3")}, {Price: gbp("5"), Sale: true}, {Price: gbp("5"), MinQuantity: 10}},
		items:  []Item{{SKU: "S", Quantity: 2}},
	}
}

func (v visible) quote() Quote {
	p := must3(AddProduct(on(0), testID[Product](v.id), v.description))
	if v.list {
		p = must3(p.List(on(0), 0))
	}
	var all []Prices
	for _, sku := range []SKU{"S", "M"} {
		prices := must(NewPrices(sku, inPounds))
		for _, c := range v.prices {
			prices = must3(prices.Change(on(0), c))
		}
		all = append(all, prices)
	}
	c := cartOf(v.items...)
	c = must(c.AddAgreed(Item{SKU: "M", Quantity: 1}, Agreement{Price: v.agreed, By: "staff"}))
	return must(must(c.WithMetadata(v.metadata)).Quote(must(NewCatalog([]Product{p}, all)), must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: v.terms})), jan(v.at)))
}

func TestDigest(t *testing.T) {
	base := newVisible().quote()
	for name, change := range map[string]func(*visible){
		"name":   func(v *visible) { v.description.Words[""] = Words{Name: "Blouse"} },
		"option": func(v *visible) { v.description.Options[0] = "Width" },
		"value":  func(v *visible) { v.description.Variants[0].Values[0] = "small" },
		"name and options": func(v *visible) {
			v.description.Words[""] = Words{Name: "The shirt (Size: S)"}
			v.description.Options, v.description.Variants[0].Values, v.description.Variants[1].Values = nil, nil, nil
		},
		"quantity":          func(v *visible) { v.items[0].Quantity = 3 },
		"another line":      func(v *visible) { v.items = append(v.items, Item{SKU: "M", Quantity: 1}) },
		"no line":           func(v *visible) { v.items = nil },
		"another article":   func(v *visible) { v.items[0].SKU = "M" },
		"sale price":        func(v *visible) { v.prices[1].Price = gbp("4.99") },
		"sale over":         func(v *visible) { v.prices = v.prices[:1] },
		"base of the sale":  func(v *visible) { v.prices[0].Price = gbp("9.00") },
		"base price only":   func(v *visible) { v.prices[0].Price = gbp("20.02/3") }, // the agreed line's, too
		"per":               func(v *visible) { v.prices[1].Price = gbp("50/10") },
		"price from two on": func(v *visible) { v.prices[2].MinQuantity = 2 },
		"agreed price":      func(v *visible) { v.agreed = gbp("7.01") },
		"not listed":        func(v *visible) { v.list = false },
		"draft":             func(v *visible) { v.description.Status = ProductDraft },
		"no price":          func(v *visible) { v.prices = nil },
	} {
		t.Run(name, func(t *testing.T) {
			v := newVisible()
			change(&v)
			q := v.quote()
			if q.Digest() == base.Digest() {
				t.Error("the digest is the same")
			}
			if len(Compare(base, q)) == 0 || len(Compare(q, base)) == 0 {
				t.Error("Compare sees nothing")
			}
		})
	}
	for name, change := range map[string]func(*visible){
		"nothing":     func(*visible) {},
		"instant":     func(v *visible) { v.at = 9 },
		"ids":         func(v *visible) { v.id = 7 },
		"metadata":    func(v *visible) { v.metadata = Metadata{"k": "v"} },
		"stock":       func(v *visible) { v.description.Variants[0].Stock = AllowBackorder(3) },
		"handle":      func(v *visible) { v.description.Handle = "other" },
		"description": func(v *visible) { v.description.Words[""] = Words{Name: "The shirt", Description: "x"} },
		"locale":      func(v *visible) { v.description.Words["de"] = Words{Name: "Hemd"} },
		"revisions":   func(v *visible) { v.prices = append([]PriceChange{{Price: gbp("1"), Sale: true}}, v.prices...) },
		"other tier":  func(v *visible) { v.prices[2].Price = gbp("3") },
		"rounding":    func(v *visible) { v.terms.Mode = money.HalfEven }, // of figures that it does not change
	} {
		t.Run("not "+name, func(t *testing.T) {
			v := newVisible()
			change(&v)
			if d := Compare(base, v.quote()); v.quote().Digest() != base.Digest() || len(d) != 0 {
				t.Errorf("the digest is another; differences %v", d)
			}
		})
	}
	// A digest that a page has kept is compared by a later version of the library:
	// what it covers, and how it is written, is fixed.
	if got, want := base.Digest(), Digest("efd55c4f8d4fec2e33454a37dacf21cbbcb3c72e8d7fc4d4d1f9306fc3650383"); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
}

func TestCompareKinds(t *testing.T) {
	base := newVisible()
	says := func(change func(*visible)) []string {
		v := newVisible()
		change(&v)
		var out []string
		for _, d := range Compare(base.quote(), v.quote()) {
			out = append(out, fmt.Sprintf("%s: %s", d.Kind, d))
		}
		return out
	}
	for name, c := range map[string]struct {
		change func(*visible)
		want   []string
	}{
		"came": {func(v *visible) { v.items = append(v.items, Item{SKU: "S", Quantity: 1, Apart: true}) }, []string{
			"renamed: line 2: The shirt (Size: M) is now called The shirt (Size: S)",
			"price down: line 2: The shirt (Size: S) costs 5.00 GBP instead of 7.00 GBP",
			"came: line 3: The shirt (Size: M) came", "total: the total is 22.00 GBP instead of 17.00 GBP",
		}},
		"renamed": {func(v *visible) { v.description.Words[""] = Words{Name: "Blouse"} }, []string{
			"renamed: line 1: The shirt (Size: S) is now called Blouse (Size: S)",
			"renamed: line 2: The shirt (Size: M) is now called Blouse (Size: M)",
		}},
		"quantity": {func(v *visible) { v.items[0].Quantity = 3 }, []string{
			"quantity: line 1: 3 instead of 2", "total: the total is 22.00 GBP instead of 17.00 GBP",
		}},
		"price up": {func(v *visible) { v.prices[1].Price = gbp("5.50") }, []string{
			"price up: line 1: The shirt (Size: S) costs 5.50 GBP instead of 5.00 GBP", "total: the total is 18.00 GBP instead of 17.00 GBP",
		}},
		"price down": {func(v *visible) { v.agreed = gbp("0.00") }, []string{
			"price down: line 2: The shirt (Size: M) costs 0.00 GBP instead of 7.00 GBP", "total: the total is 10.00 GBP instead of 17.00 GBP",
		}},
		"base": {func(v *visible) { v.prices[0].Price = gbp("8") }, []string{
			"base price: line 1: the price of The shirt (Size: S) without sale is 8.00 GBP instead of 20.01 GBP/3",
			"base price: line 2: the price of The shirt (Size: M) without sale is 8.00 GBP instead of 20.01 GBP/3",
		}},
		"gone": {func(v *visible) { v.list = false }, []string{
			"unavailable: line 1: The shirt (Size: S) can no longer be bought (not listed)",
			"unavailable: line 2: The shirt (Size: M) can no longer be bought (not listed)",
			"total: the total is 0.00 GBP instead of 17.00 GBP",
		}},
	} {
		if d := cmp.Diff(c.want, says(c.change)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	off := newVisible()
	off.list = false
	if d := Compare(off.quote(), base.quote()); d[0].Kind != BecameAvailable || d[0].String() != "line 1: The shirt (Size: S) can be bought again" {
		t.Errorf("back: %v", d)
	}
	less := must(must(cartOf(Item{SKU: "MUG", Quantity: 1}, Item{SKU: "SHIRT-M", Quantity: 1}).Remove(1)).Quote(smallShop(), Terms{}, jan(1)))
	more := must(cartOf(Item{SKU: "MUG", Quantity: 1}, Item{SKU: "SHIRT-M", Quantity: 1}).Quote(smallShop(), Terms{}, jan(1)))
	if d := Compare(more, less); len(d) != 2 || d[0].Kind != LineWent || d[0].String() != "line 1: The mug went" || d[0].Was.SKU != "MUG" || d[1].Kind != TotalChanged {
		t.Errorf("went: %v", d)
	}
}

// Compare gives nothing exactly when the digests are equal, and what it gives the
// other way round is as many.
func TestCompareAgreesWithDigest(t *testing.T) {
	equal, differ := 0, map[DifferenceKind]int{}
	checkMany(t, 1500, func(t *rapid.T) {
		draw := func() visible {
			v := newVisible()
			d := &v.description
			for range among(t, "edits", 3) {
				switch among(t, "edit", 14) {
				case 0:
					d.Words[""] = Words{Name: pick(t, "name", "The shirt", "The shirt (Size: S)", "Hemd")}
				case 1:
					d.Options, d.Variants[0].Values, d.Variants[1].Values = []string{pick(t, "option", "Size", "Width")}, []string{"S"}, []string{"M"}
				case 2: // the label is the same
					d.Words[""] = Words{Name: "The shirt (Size: S)"}
					d.Options, d.Variants[0].Values, d.Variants[1].Values = nil, nil, nil
				case 3:
					v.items[0].Quantity = pick(t, "quantity", int64(1), 2, 9, 10)
				case 4:
					v.prices[0] = PriceChange{Price: gbp(pick(t, "base", "20.01/3", "6.67", "5", "5.00", "50/10", "4"))}
				case 5:
					v.prices[1] = PriceChange{Sale: true, Price: gbp(pick(t, "sale", "5", "50/10", "4", "6.67", "20.01/3"))}
				case 6:
					v.prices[2] = PriceChange{Price: gbp(pick(t, "tier", "5", "4.50", "50/10")), MinQuantity: pick(t, "least", int64(1), 2, 10)}
				case 7:
					v.agreed = gbp(pick(t, "agreed", "7", "70/10", "6.67", "0"))
				case 8:
					v.list = oneIn(t, "listed", 2)
				case 9:
					d.Status = pick(t, "status", ProductActive, ProductDraft)
				case 10:
					v.items = append(v.items, Item{SKU: pick(t, "sku", SKU("S"), "M", "X"), Quantity: 1, Apart: oneIn(t, "apart", 2)})
				case 11:
					v.at, v.id, v.metadata = among(t, "at", 9), byte(among(t, "id", 9)+1), pick(t, "metadata", someMetadata[:7]...)
				case 12:
					v.terms = Rounding{pick(t, "mode", money.Up, money.Down, money.HalfEven), pick(t, "level", PerLine, PerUnit)}
				case 13:
					v.prices = []PriceChange{{Price: gbp("5")}, {Mark: Clear, Sale: true}, {Mark: Clear, MinQuantity: 10}}
				}
			}
			return v
		}
		was, is := draw().quote(), draw().quote()
		checkTree(t, was)
		d := Compare(was, is)
		if (len(d) == 0) != (was.Digest() == is.Digest()) {
			t.Fatalf("differences %v, and yet the digests are\n%s\n%s\nof\n%s\n%s", d, was.Digest(), is.Digest(), stateText(was), stateText(is))
		}
		if len(d) == 0 {
			equal++
		}
		for _, x := range d {
			differ[x.Kind]++
			if x.String() == string(x.Kind) {
				t.Fatalf("%q has no words", x.Kind)
			}
		}
	})
	t.Logf("%d pairs alike; differences %v", equal, differ)
	if equal < 50 || len(differ) < 8 {
		t.Errorf("%d pairs alike, kinds of differences %v", equal, slices.Sorted(maps.Keys(differ)))
	}
}

func TestDriftError(t *testing.T) {
	was, v := newVisible().quote(), newVisible()
	v.prices[1].Price = gbp("5.50")
	err := error(&DriftError{Accepted: was.Digest(), Quote: v.quote(), Differences: Compare(was, v.quote())})
	wantError(t, err, ErrConflict)
	if got, want := err.Error(), "till: the quote has changed, the total is now 18.00 GBP: show it and ask again; line 1: The shirt (Size: S) costs 5.50 GBP instead of 5.00 GBP; the total is 18.00 GBP instead of 17.00 GBP"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Two lines can come to other figures and the total stay: that is a difference too.
func TestCompareRoundedOtherwise(t *testing.T) {
	shop := must(NewCatalog([]Product{product(1, "screws", "S", "M")}, []Prices{priced("S", "0.06/10"), priced("M", "0.04/10")}))
	c := cartOf(Item{SKU: "S", Quantity: 2}, Item{SKU: "M", Quantity: 3})
	line := must(c.Quote(shop, must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: Rounding{money.HalfEven, PerLine}})), jan(1)))
	unit := must(c.Quote(shop, must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: Rounding{money.HalfEven, PerUnit}})), jan(1)))
	if line.Total() != unit.Total() || line.Digest() == unit.Digest() || len(Compare(line, unit)) != 2 {
		t.Errorf("%s, %s, %v", line.Total(), unit.Total(), Compare(line, unit))
	}
}

// A name and an option that read alike are not the same.
func TestCompareLabels(t *testing.T) {
	quote := func(name string, options, values []string) Quote {
		d := described("mug", "A")
		d.Words[""], d.Options, d.Variants[0].Values = Words{Name: name}, options, values
		p := must3(must3(AddProduct(on(0), testID[Product](1), d)).List(on(0), 0))
		return must(cartOf(Item{SKU: "A", Quantity: 1}).Quote(must(NewCatalog([]Product{p}, []Prices{priced("A", "1")})), Terms{}, jan(1)))
	}
	a, b := quote("Mug", []string{"Size"}, []string{"L"}), quote("Mug (Size: L)", nil, nil)
	if d := Compare(a, b); a.Explain() != b.Explain() || a.Digest() == b.Digest() || len(d) != 1 || d[0].Kind != Renamed {
		t.Errorf("%v", d)
	}
}

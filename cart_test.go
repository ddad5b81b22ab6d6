package till

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// shape writes a cart's lines: "1:MUG*2 3:MUG*1".
func shape(c Cart) string {
	var out []string
	for _, l := range c.Lines() {
		out = append(out, fmt.Sprintf("%d:%s*%d", l.N, l.SKU, l.Quantity))
	}
	return strings.Join(out, " ")
}

func TestCartAdd(t *testing.T) {
	agreed := Agreement{Price: gbp("1"), By: "staff"}
	mug := Item{SKU: "MUG", Quantity: 1}
	for name, c := range map[string]struct {
		items []Item
		want  string
	}{
		"none":               {nil, ""},
		"identical":          {[]Item{mug, mug, {SKU: "MUG", Quantity: 3}}, "1:MUG*5"},
		"another SKU":        {[]Item{mug, {SKU: "mug", Quantity: 1}}, "1:MUG*1 2:mug*1"}, // byte by byte
		"note":               {[]Item{mug, {SKU: "MUG", Quantity: 1, Note: "red"}, {SKU: "MUG", Quantity: 1, Note: "red"}}, "1:MUG*1 2:MUG*2"},
		"metadata":           {[]Item{mug, {SKU: "MUG", Quantity: 1, Metadata: Metadata{"k": "v"}}, {SKU: "MUG", Quantity: 1, Metadata: Metadata{"k": "v"}}}, "1:MUG*1 2:MUG*2"},
		"metadata of none":   {[]Item{mug, {SKU: "MUG", Quantity: 1, Metadata: Metadata{}}}, "1:MUG*2"},
		"apart":              {[]Item{mug, {SKU: "MUG", Quantity: 1, Apart: true}, {SKU: "MUG", Quantity: 1, Apart: true}, mug}, "1:MUG*2 2:MUG*1 3:MUG*1"},
		"apart first":        {[]Item{{SKU: "MUG", Quantity: 1, Apart: true}, mug}, "1:MUG*1 2:MUG*1"},
		"to the most pieces": {[]Item{mug, {SKU: "MUG", Quantity: MaxQuantity - 1}}, "1:MUG*1000000000"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := shape(cartOf(c.items...)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	c := must(must(cartOf(mug).AddAgreed(mug, agreed)).AddAgreed(mug, agreed))
	c = must(must(c.AddAgreed(mug, Agreement{Price: gbp("2"), By: "staff"})).Add(mug))
	if got, want := shape(c), "1:MUG*2 2:MUG*2 3:MUG*1"; got != want {
		t.Errorf("agreed prices: %s, want %s", got, want)
	}
}

func TestCartNumbersAreNeverUsedAgain(t *testing.T) {
	c := cartOf(Item{SKU: "A", Quantity: 1}, Item{SKU: "B", Quantity: 1}, Item{SKU: "C", Quantity: 1})
	c = must(c.Remove(3, 1))
	c = must(c.Add(Item{SKU: "A", Quantity: 1}, Item{SKU: "C", Quantity: 2}))
	if got, want := shape(c), "2:B*1 4:A*1 5:C*2"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	c = must(must(c.WithMetadata(Metadata{"k": "v"})).Empty().Add(Item{SKU: "A", Quantity: 1}))
	if got, want := shape(c), "6:A*1"; got != want || c.Metadata() != nil {
		t.Errorf("%s, metadata %v, want %s", got, c.Metadata(), want)
	}
}

// The error names the item, and a cart that refuses is as before.
func TestCartRefusals(t *testing.T) {
	c := cartOf(Item{SKU: "A", Quantity: 3}, Item{SKU: "B", Quantity: MaxQuantity})
	full := must(NewCart(inPounds))
	for i := range MaxLines {
		full = must(full.Add(Item{SKU: SKU(fmt.Sprint("S", i)), Quantity: 1}))
	}
	add := func(items ...Item) func(Cart) (Cart, error) {
		return func(c Cart) (Cart, error) { return c.Add(items...) }
	}
	ok := Item{SKU: "C", Quantity: 1}
	agree := func(item Item, a Agreement) func(Cart) (Cart, error) {
		return func(c Cart) (Cart, error) { return c.AddAgreed(item, a) }
	}
	set := func(line int, quantity int64) func(Cart) (Cart, error) {
		return func(c Cart) (Cart, error) { return c.Set(line, quantity) }
	}
	remove := func(lines ...int) func(Cart) (Cart, error) {
		return func(c Cart) (Cart, error) { return c.Remove(lines...) }
	}
	noLine := func(n string) error { return &NotFoundError{Kind: "line", ID: n} }
	for name, x := range map[string]struct {
		c    Cart
		do   func(Cart) (Cart, error)
		want error
	}{
		"quantity -1":           {c, add(Item{SKU: "A", Quantity: -1}), badAt("items[0].quantity")},
		"quantity 0":            {c, add(ok, Item{SKU: "A"}), badAt("items[1].quantity")},
		"the greatest quantity": {c, add(Item{SKU: "C", Quantity: math.MaxInt64}), badAt("items[0].quantity")},
		"the least quantity":    {c, add(Item{SKU: "C", Quantity: math.MinInt64}), badAt("items[0].quantity")},
		"above the most":        {c, add(Item{SKU: "C", Quantity: MaxQuantity + 1}), badAt("items[0].quantity")},
		"sum above the most":    {c, add(ok, ok, Item{SKU: "B", Quantity: 1}), badAt("items[2].quantity")},
		"no SKU":                {c, add(ok, Item{Quantity: 1}), badAt("items[1].sku")},
		"SKU too long":          {c, add(Item{SKU: SKU(strings.Repeat("s", MaxSKU+1)), Quantity: 1}), badAt("items[0].sku")},
		"SKU with NUL":          {c, add(Item{SKU: "a\x00b", Quantity: 1}), badAt("items[0].sku")},
		"SKU with space":        {c, add(Item{SKU: "a ", Quantity: 1}), badAt("items[0].sku")},
		"SKU, not UTF-8":        {c, add(Item{SKU: "\xc0\x80", Quantity: 1}), badAt("items[0].sku")},
		"note":                  {c, add(Item{SKU: "A", Quantity: 1, Note: strings.Repeat("n", MaxNote+1)}), badAt("items[0].note")},
		"metadata":              {c, add(Item{SKU: "A", Quantity: 1, Metadata: tooMany()}), badAt("items[0].metadata")},
		"one line too many":     {full, add(Item{SKU: "A", Quantity: 1}), badAt("items[0].lines")},
		"zero cart":             {Cart{}, add(ok), badAt("items[0].cart")},
		"agreed currency":       {c, agree(ok, Agreement{Price: money.MustParsePrice("1", money.EUR), By: "staff"}), badAt("agreed.price")},
		"agreed nothing":        {c, agree(ok, Agreement{By: "staff"}), badAt("agreed.price")},
		"agreed below 0":        {c, agree(ok, Agreement{Price: gbp("-1"), By: "staff"}), badAt("agreed.price")},
		"agreed by nobody":      {c, agree(ok, Agreement{Price: gbp("1")}), badAt("agreed.by")},
		"agreed why":            {c, agree(ok, Agreement{Price: gbp("1"), By: "staff", Why: "\xff"}), badAt("agreed.why")},
		"agreed quantity":       {c, agree(Item{SKU: "A"}, Agreement{Price: gbp("1"), By: "staff"}), badAt("quantity")},
		"agreed, zero cart":     {Cart{}, agree(ok, Agreement{By: "staff"}), badAt("cart")},
		"set -2":                {c, set(1, -2), badAt("quantity")},
		"set 0":                 {c, set(1, 0), badAt("quantity")},
		"set above the most":    {c, set(1, MaxQuantity+1), badAt("quantity")},
		"set no line":           {c, set(3, 1), noLine("3")},
		"remove no line":        {c, remove(1, 9), noLine("9")},
		"remove twice":          {c, remove(1, 1), noLine("1")},
		"cart metadata":         {c, func(c Cart) (Cart, error) { return c.WithMetadata(tooMany()) }, badAt("metadata")},
		"merge of another list": {c, func(c Cart) (Cart, error) {
			next, report, err := c.Merge(must(must(NewCart(PriceList{"trade", money.GBP})).Add(ok)))
			if report != nil {
				t.Error("a refusal came with a report")
			}
			return next, err
		}, badAt("cart")},
	} {
		t.Run(name, func(t *testing.T) {
			before := stateText(x.c)
			next, err := x.do(x.c)
			wantError(t, err, x.want)
			if stateText(next) != before || stateText(x.c) != before {
				t.Errorf("the cart was changed to %s", shape(next))
			}
		})
	}
	for _, l := range []PriceList{{}, {Currency: 9999}, {List: "A", Currency: money.GBP}, {List: strings.Repeat("l", 33), Currency: money.GBP}} {
		if _, err := NewCart(l); err == nil {
			t.Errorf("%v was taken", l)
		}
	}
	if got := must(full.Add(Item{SKU: "S0", Quantity: 1})); got.Lines()[0].Quantity != 2 {
		t.Error("a full cart takes what it has already")
	}
}

func TestCartMerge(t *testing.T) {
	agreed := Agreement{Price: gbp("1"), By: "staff"}
	c := cartOf(Item{SKU: "A", Quantity: 2}, Item{SKU: "B", Quantity: MaxQuantity - 1})
	other := cartOf(
		Item{SKU: "X", Quantity: 1}, Item{SKU: "B", Quantity: 5}, Item{SKU: "A", Quantity: 1, Apart: true},
		Item{SKU: "A", Quantity: 4}, Item{SKU: "A", Quantity: 1, Note: "n"},
	)
	other = must(must(other.AddAgreed(Item{SKU: "A", Quantity: 1}, agreed)).Remove(1))
	got, report, err := c.Merge(other)
	if err != nil {
		t.Fatal(err)
	}
	if want := "1:A*6 2:B*1000000000 3:A*1 4:A*1 5:A*1"; shape(got) != want {
		t.Errorf("%s, want %s", shape(got), want)
	}
	want := []Merged{
		{SKU: "B", Line: 2, Had: MaxQuantity - 1, Came: 5, Has: MaxQuantity, Capped: true},
		{SKU: "A", Line: 3, Came: 1, Has: 1},
		{SKU: "A", Line: 1, Had: 2, Came: 4, Has: 6},
		{SKU: "A", Line: 4, Came: 1, Has: 1},
		{SKU: "A", Line: 5, Came: 1, Has: 1},
	}
	if d := cmp.Diff(want, report); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
	if shape(c) != "1:A*2 2:B*999999999" {
		t.Errorf("the cart that was merged into is now %s", shape(c))
	}
	if got, report, err := c.Merge(Cart{}); err != nil || report != nil || shape(got) != shape(c) {
		t.Errorf("merging nothing: %s, %v, %v", shape(got), report, err)
	}
	twice, _, err := c.Merge(c)
	if want := "1:A*4 2:B*1000000000"; err != nil || shape(twice) != want {
		t.Errorf("merging a cart into itself: %s, %v, want %s", shape(twice), err, want)
	}

	full := must(NewCart(inPounds))
	for i := range MaxLines {
		full = must(full.Add(Item{SKU: SKU(fmt.Sprint("S", i)), Quantity: 1}))
	}
	got, report, err = full.Merge(cartOf(Item{SKU: "NEW", Quantity: 2}, Item{SKU: "S0", Quantity: 1}))
	want = []Merged{{SKU: "NEW", Came: 2, Capped: true}, {SKU: "S0", Line: 1, Had: 1, Came: 1, Has: 2}}
	if d := cmp.Diff(want, report); err != nil || d != "" || len(got.Lines()) != MaxLines {
		t.Errorf("%d lines, error %v, report (-want +got):\n%s", len(got.Lines()), err, d)
	}
}

func TestCartDemand(t *testing.T) {
	c := cartOf(Item{SKU: "B", Quantity: 3}, Item{SKU: "A", Quantity: 1}, Item{SKU: "B", Quantity: 3, Apart: true})
	if d := cmp.Diff([]Demand{{"A", 1}, {"B", 6}}, c.Demand()); d != "" {
		t.Error(d)
	}
	if got := must(NewCart(inPounds)).Demand(); len(got) != 0 {
		t.Errorf("an empty cart wants %v", got)
	}
}

// Whatever is done to carts: no number is used twice, lines stand by number,
// quantities stay in their limits, pieces are neither lost nor made, and no cart
// that was made before changes.
func TestCartRandom(t *testing.T) {
	done, refused := 0, 0
	checkMany(t, 1000, func(t *rapid.T) {
		carts := []Cart{must(NewCart(inPounds))}
		texts := []string{stateText(carts[0])}
		item := func() Item {
			return Item{SKU: pick(t, "sku", SKU("A"), "B", "C", "A", "B", "C", "A", ""), Quantity: pick(t, "quantity", int64(1), 2, 5, 3, 7, 9, 10, 4, 6, MaxQuantity, 0, -1), Apart: oneIn(t, "apart", 4), Note: pick(t, "note", "", "", "n"), Metadata: pick(t, "metadata", someMetadata[:pick(t, "bad", 7, 7, 7, 9)]...)}
		}
		line := func(c Cart) int { // mostly one that is there
			if len(c.lines) == 0 || oneIn(t, "none", 4) {
				return among(t, "line", 5)
			}
			return pick(t, "of", c.lines...).N
		}
		for range among(t, "steps", 15) {
			c := pick(t, "cart", carts...)
			next, err := c, error(nil)
			came := int64(0)
			used := map[int]SKU{}
			for _, l := range c.lines {
				used[l.N] = l.SKU
			}
			switch among(t, "what", 10) {
			case 0, 1, 2, 8, 9:
				items := []Item{item()}
				if oneIn(t, "two", 2) {
					items = append(items, item())
				}
				next, err = c.Add(items...)
				for _, i := range items {
					came += i.Quantity
				}
			case 3:
				i := item()
				next, err = c.AddAgreed(i, Agreement{Price: gbp("1"), By: "staff"})
				came = i.Quantity
			case 4:
				n, q := line(c), pick(t, "quantity", int64(1), 7, 0, MaxQuantity)
				for _, l := range c.lines {
					if l.N == n {
						came = q - l.Quantity
					}
				}
				next, err = c.Set(n, q)
			case 5:
				n := line(c)
				for _, l := range c.lines {
					if l.N == n {
						came = -l.Quantity
					}
				}
				next, err = c.Remove(n)
			case 6:
				next, came = c.Empty(), -pieces(c)
			case 7:
				other := pick(t, "other", carts...)
				var report []Merged
				next, report, err = c.Merge(other)
				if len(report) != len(other.lines) {
					t.Fatalf("%d lines came, %d are reported", len(other.lines), len(report))
				}
				for _, m := range report {
					came += m.Has - m.Had
					if m.Capped != (m.Has < m.Had+m.Came) {
						t.Fatalf("%+v", m)
					}
				}
			}
			if err != nil {
				refused++
				same(t, "refused", next, c)
				continue
			}
			done++
			if pieces(next) != pieces(c)+came {
				t.Fatalf("%d pieces, %d came, now %d", pieces(c), came, pieces(next))
			}
			if !slices.IsSortedFunc(next.lines, func(a, b CartLine) int { return a.N - b.N }) || next.last < c.last {
				t.Fatalf("lines %s, last number %d, was %d", shape(next), next.last, c.last)
			}
			for _, l := range next.lines {
				if sku, was := used[l.N]; l.N > next.last || l.N <= c.last && !was || was && sku != l.SKU || l.Quantity < 1 || l.Quantity > MaxQuantity {
					t.Fatalf("line %d of %s came from %s", l.N, shape(next), shape(c))
				}
			}
			carts, texts = append(carts, next), append(texts, stateText(next))
		}
		for i, c := range carts {
			if stateText(c) != texts[i] {
				t.Fatalf("cart %d was changed by another", i)
			}
		}
	})
	t.Logf("%d done, %d refused", done, refused)
	if done < refused || refused == 0 {
		t.Error("at least half should be done, and not all")
	}
}

func pieces(c Cart) (sum int64) {
	for _, d := range c.Demand() {
		sum += d.Quantity
	}
	return sum
}

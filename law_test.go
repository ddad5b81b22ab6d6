package till

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// The law of every journal: next == Fold(initial, all entries), whatever was done,
// refused, or done to another value meanwhile.

// op is one kind of operation, valid or not as it comes.
type op[S any] struct {
	name   string
	weight int
	do     func(*rapid.T, S, Meta) (S, []Entry, error)
}

type tally struct {
	steps, ok, quiet, refused int
	kinds                     map[string]int
	refusals                  map[string]int
}

func drawMeta(t *rapid.T) Meta {
	m := Meta{
		At:   jan(10).Add(pick(t, "clock", []time.Duration{0, time.Microsecond, -time.Microsecond, time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour}...)),
		By:   pick(t, "by", []Actor{"back-office", "customer", ""}...),
		Note: pick(t, "note", []string{"", "a <b>&\u2028 \"note\"\n"}...),
	}
	switch among(t, "meta", 40) {
	case 0:
		m.At = 0
	case 1:
		m.Note = "\xff"
	}
	return m
}

func checkLaw[S Folded[S]](t *testing.T, ks kinds[S], initial func() S, ops []op[S]) {
	var wheel []op[S]
	for _, o := range ops {
		wheel = append(wheel, slices.Repeat([]op[S]{o}, o.weight)...)
	}
	sum := tally{kinds: map[string]int{}, refusals: map[string]int{}}
	checkMany(t, rounds(1000), func(t *rapid.T) {
		type point struct {
			value   S
			text    string
			entries int
		}
		now := point{initial(), stateText(initial()), 0}
		past := []point{now}
		var all []Entry
		step := func(from point, before []Entry) (point, []Entry) {
			o := pick(t, "op", wheel...)
			next, entries, err := o.do(t, from.value, drawMeta(t))
			text := stateText(next)
			sum.steps++
			switch {
			case err != nil:
				sum.refused++
				sum.refusals[o.name]++
				if len(entries) != 0 || text != from.text {
					t.Fatalf("%s was refused (%v) and yet gave %d entries, and\n%s", o.name, err, len(entries), text)
				}
			case len(entries) == 0:
				sum.ok++
				sum.quiet++
				sameText(t, o.name+" records nothing, so it changes nothing", text, from.text)
			default:
				sum.ok++
			}
			sameText(t, o.name+" left the value that it began with", stateText(from.value), from.text)
			last := int64(math.MinInt64)
			if len(before) > 0 {
				last = before[len(before)-1].At
			}
			for i, e := range entries {
				sum.kinds[e.Kind]++
				if e.N != int64(len(before)+i+1) || e.At < last || e.V != ks[e.Kind].version {
					t.Fatalf("entry %d (%s, version %d) recorded at %s after %s", e.N, e.Kind, e.V, Instant(e.At), Instant(last))
				}
				last = e.At
			}
			all := slices.Concat(before, entries)
			if len(entries) > 0 {
				sameText(t, "after "+o.name+": Fold(initial, entries)", stateText(fold(t, initial(), all)), text)
			}
			return point{next, text, len(all)}, all
		}
		for range among(t, "steps", 12) + 1 {
			now, all = step(now, all)
			past = append(past, now)
			if oneIn(t, "branch", 4) { // another future of some moment
				from := pick(t, "from", past...)
				step(from, all[:from.entries:from.entries])
			}
		}
		for i, p := range past {
			sameText(t, fmt.Sprintf("the value after step %d, at the end", i), stateText(p.value), p.text)
		}
		p := pick(t, "split", past...)
		then := fold(t, initial(), all[:p.entries])
		sameText(t, "fold of a prefix", stateText(then), p.text)
		sameText(t, "Fold(Fold(a), b)", stateText(fold(t, then, all[p.entries:])), now.text)
	})
	t.Logf("%d steps: %d done (%d of them with nothing to record), %d refused", sum.steps, sum.ok, sum.quiet, sum.refused)
	t.Logf("entries by kind: %v; refusals: %v", sum.kinds, sum.refusals)
	if sum.ok*2 < sum.steps || sum.refused == 0 {
		t.Errorf("%d of %d steps were done: at least half should be, and not all", sum.ok, sum.steps)
	}
	least := 30
	if testing.Short() {
		least = 3 // chance is wider in few sequences
	}
	for word := range ks {
		if sum.kinds[word] < least {
			t.Errorf("kind %q came %d times: the test does not reach it", word, sum.kinds[word])
		}
	}
	for word := range sum.kinds {
		if _, ok := ks[word]; !ok {
			t.Errorf("kind %q is not in the table", word)
		}
	}
}

// fold folds entries that have been through JSON, as they would come from a store.
func fold[S Folded[S]](t rapid.TB, initial S, entries []Entry) S {
	t.Helper()
	var read []Entry
	if err := json.Unmarshal(must(json.Marshal(entries)), &read); err != nil {
		t.Fatal(err)
	}
	s, err := Fold(initial, read...)
	if err != nil {
		t.Fatalf("Fold: %v", err)
	}
	return s
}

func TestLawOfPrices(t *testing.T) {
	change := func(t *rapid.T) PriceChange {
		minor := rapid.Int64Range(0, 30).Draw(t, "price") * 50
		c := PriceChange{
			Mark:        pick(t, "mark", []Mark{0, Set, Set, Clear, Retract}...),
			From:        pick(t, "valid", []Instant{0, jan(5), jan(10), jan(10), jan(11), jan(20), MinInstant, MaxInstant}...),
			Sale:        rapid.Bool().Draw(t, "sale"),
			MinQuantity: pick(t, "least", []int64{0, 1, 5, 10, MaxQuantity}...),
		}
		if c.Mark == 0 || c.Mark == Set {
			c.Price = must(money.NewPrice(money.MustFromMinor(minor, money.GBP), pick(t, "per", []int64{1, 1, 100}...)))
		}
		return c
	}
	checkLaw(t, priceKinds, func() Prices { return must(NewPrices("MUG", inPounds)) }, []op[Prices]{
		{"change", 8, func(t *rapid.T, p Prices, m Meta) (Prices, []Entry, error) { return p.Change(m, change(t)) }},
		{"wrong", 2, func(t *rapid.T, p Prices, m Meta) (Prices, []Entry, error) {
			c := change(t)
			switch among(t, "wrong", 7) {
			case 0:
				c.Price = money.MustParsePrice("1.00", money.EUR)
			case 1:
				c.Mark, c.Price = Set, gbp("-0.01")
			case 2:
				c.MinQuantity = MaxQuantity + 1
			case 3:
				c.Mark = 9
			case 4:
				c.Mark, c.Price = Clear, gbp("0.00")
			case 5:
				c.From = MaxInstant + 1
			case 6:
				c.Mark, c.Price = Set, money.Price{}
			}
			next, entries, err := p.Change(m, c)
			if err == nil {
				t.Fatalf("%+v was taken", c)
			}
			return next, entries, err
		}},
	})
}

func drawDescription(t *rapid.T) Description {
	d := Description{
		Handle: pick(t, "handle", []string{"shirt", "hemd"}...),
		Status: pick(t, "status", []ProductStatus{"", ProductActive, ProductDraft, ProductArchived}...),
		Words:  map[Locale]Words{"": {Name: pick(t, "name", []string{"Shirt", "<b>Shirt</b> & \"Co\""}...)}},
		Vendor: pick(t, "vendor", []string{"", "Acme"}...),
	}
	if rapid.Bool().Draw(t, "german") {
		d.Words["de"] = Words{Name: "Hemd", Description: "weich\r\n\t"}
	}
	for _, sku := range []SKU{"A", "B", "C"} {
		if rapid.Bool().Draw(t, string(sku)) {
			d.Variants = append(d.Variants, Variant{SKU: sku, Grams: rapid.Int64Range(0, 2).Draw(t, "grams"), Stock: pick(t, "stock", []StockPolicy{{}, NotTracked, AllowBackorder(3)}...)})
		}
	}
	if len(d.Variants) == 0 {
		d.Variants = []Variant{{SKU: "A"}}
	}
	if rapid.Bool().Draw(t, "rich") {
		d.Options = []string{"Size"}
		for i := range d.Variants {
			d.Variants[i].Values = []string{"L"}
		}
		d.Collections, d.Images = []string{"summer"}, []Image{{Address: "/a.jpg", Alt: "front"}}
		d.Attributes, d.Metadata = map[string][]string{"wool": {"yes", "much"}}, Metadata{"k": "v", "e": ""}
	} else if rapid.Bool().Draw(t, "empty") {
		d.Options, d.Collections, d.Metadata, d.Attributes = []string{}, []string{}, Metadata{}, map[string][]string{}
		d.Variants[0].Values = []string{}
	}
	return d
}

func TestLawOfProduct(t *testing.T) {
	from := func(t *rapid.T) Instant {
		return pick(t, "valid", []Instant{0, 0, jan(5), jan(10), jan(11), jan(20), MinInstant, MaxInstant, 0, 0, MaxInstant + 1, MinInstant - 1}...)
	}
	skus := func(t *rapid.T) []SKU {
		return pick(t, "skus", [][]SKU{nil, nil, nil, {"A"}, {"A"}, {"A", "A"}, {"B", "C"}, {"none"}}...)
	}
	added := func(f func(*rapid.T, Product, Meta) (Product, []Entry, error)) func(*rapid.T, Product, Meta) (Product, []Entry, error) {
		return func(t *rapid.T, p Product, m Meta) (Product, []Entry, error) {
			if p.n == 0 && !oneIn(t, "first", 20) {
				_, entries, err := AddProduct(m, testID[Product](1), drawDescription(t))
				if err != nil {
					return p, entries, err
				}
				return must(Fold(p, entries...)), entries, nil
			}
			return f(t, p, m)
		}
	}
	checkLaw(t, productKinds, func() Product { return Product{} }, []op[Product]{
		{"revise", 4, added(func(t *rapid.T, p Product, m Meta) (Product, []Entry, error) { return p.Revise(m, drawDescription(t)) })},
		{"revise as it is", 1, added(func(t *rapid.T, p Product, m Meta) (Product, []Entry, error) { return p.Revise(m, p.Description()) })},
		{"list", 4, added(func(t *rapid.T, p Product, m Meta) (Product, []Entry, error) { return p.List(m, from(t), skus(t)...) })},
		{"delist", 2, added(func(t *rapid.T, p Product, m Meta) (Product, []Entry, error) { return p.Delist(m, from(t), skus(t)...) })},
		{"retract", 2, added(func(t *rapid.T, p Product, m Meta) (Product, []Entry, error) {
			return p.RetractListing(m, from(t), skus(t)...)
		})},
		{"delete", 2, added(func(t *rapid.T, p Product, m Meta) (Product, []Entry, error) { return p.Delete(m, from(t)) })},
		{"restore", 6, added(func(t *rapid.T, p Product, m Meta) (Product, []Entry, error) {
			if now := p.now(m); p.ExistsAt(now) && !oneIn(t, "anyway", 4) {
				return p.Revise(m, drawDescription(t))
			}
			return p.Restore(m, pick(t, "valid", 0, 0, 0, from(t)))
		})},
		{"revise wrongly", 1, added(func(t *rapid.T, p Product, m Meta) (Product, []Entry, error) {
			d := drawDescription(t)
			switch among(t, "wrong", 4) {
			case 0:
				delete(d.Words, "")
			case 1:
				d.Variants = append(d.Variants, d.Variants[0])
			case 2:
				d.Handle = "a\u202eb"
			case 3:
				d.Options = append(d.Options, "More")
			}
			next, entries, err := p.Revise(m, d)
			if err == nil {
				t.Fatalf("%+v was taken", d)
			}
			return next, entries, err
		})},
	})
}

func TestLawOfTerms(t *testing.T) {
	modes := []money.Rounding{money.HalfAwayFromZero, money.HalfEven, money.HalfDown, money.HalfTowardPositive, money.Up, money.Down, money.Floor, money.Ceiling}
	instants := []Instant{0, 0, jan(5), jan(10), jan(11), jan(12), MaxInstant + 1}
	change := func(t *rapid.T, s Terms, m Meta, mark Mark) (Terms, []Entry, error) {
		c := pick(t, "rule", fullRules()...)
		if _, known := s.zones.find(zoneOf(c.Rule)); mark == Set && zoneOf(c.Rule) != "" && !known { // the zone comes first
			all := fullRules()
			c = all[slices.IndexFunc(all, func(z RuleChange) bool { return z.Name == zoneOf(c.Rule) })]
		}
		c.Mark, c.From = mark, pick(t, "from", instants...)
		return s.Change(m, c)
	}
	checkLaw(t, termsKinds, func() Terms { return Terms{} }, []op[Terms]{
		{"set rule", 12, func(t *rapid.T, s Terms, m Meta) (Terms, []Entry, error) { return change(t, s, m, Set) }},
		{"end rule", 3, func(t *rapid.T, s Terms, m Meta) (Terms, []Entry, error) { return change(t, s, m, Clear) }},
		{"call off", 3, func(t *rapid.T, s Terms, m Meta) (Terms, []Entry, error) { return change(t, s, m, Retract) }},
		{"wrong rule", 1, func(t *rapid.T, s Terms, m Meta) (Terms, []Entry, error) {
			return s.Change(m, pick(t, "wrong", []RuleChange{
				{}, {Name: "vat"}, {Name: "", Rule: Zone{}}, {Name: "a b", Rule: Zone{}}, {Name: "x", Rule: Home{Country: "GB"}}, {Name: "home", Rule: Home{}},
				{Name: "x", Rule: Zone{}, Mark: 9}, {Name: "x", Rule: TaxRate{Label: "x", Rate: money.MustParseRate("10.1")}},
				{Name: "x", Rule: Promotion{Label: "x", Action: Gift("A", 1), Of: Selection{Attributes: map[string][]string{"k": {"\xff"}}}}},
				{Name: "x", Rule: Promotion{Label: "x", Action: Gift("A", 1), Of: Selection{Attributes: map[string][]string{"\xff": {"v"}}}}},
			}...))
		}},
		{"set rounding", 4, func(t *rapid.T, s Terms, m Meta) (Terms, []Entry, error) {
			return s.Change(m, RuleChange{Name: "rounding", Rule: Rounding{pick(t, "mode", modes...), RoundingLevel(among(t, "level", 3))}})
		}},
		{"set it again", 1, func(t *rapid.T, s Terms, m Meta) (Terms, []Entry, error) {
			return s.Change(m, RuleChange{Name: "rounding", Rule: s.Rounding(m.At)})
		}},
		{"wrong", 1, func(t *rapid.T, s Terms, m Meta) (Terms, []Entry, error) {
			return s.Change(m, RuleChange{Name: "rounding", Rule: pick(t, "wrong", []Rounding{{}, {money.Exact, PerUnit}, {money.Up, 3}, {99, PerLine}}...)})
		}},
	})
}

var someMetadata = []Metadata{nil, {}, {"k": "v"}, {"k": "w"}, {"k": ""}, {"a": "1", "b": "<&>\u2028"}, {"a": "2"}, {"": "x"}, {"k": "\x00"}}

func TestLawOfAccount(t *testing.T) {
	begun := func(f func(*rapid.T, Account, Meta) (Account, []Entry, error)) func(*rapid.T, Account, Meta) (Account, []Entry, error) {
		return func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) {
			if a.n > 0 || oneIn(t, "first", 20) {
				return f(t, a, m)
			}
			key := pick(t, "key", []string{"1", "1", "1", "", "\xff"}...)
			return RegisterAccount(m, NewAccount{ID: testID[Person](3), Contact: key, Password: rapid.Bool().Draw(t, "password"), Metadata: pick(t, "metadata", someMetadata...)})
		}
	}
	key := func(t *rapid.T) string {
		return pick(t, "key", []string{"1", "2", "3", "4", "5", "6", "7", "8", "", "a\nb"}...)
	}
	checkLaw(t, accountKinds, func() Account { return Account{} }, []op[Account]{
		{"password", 3, begun(func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) { return a.SetPassword(m) })},
		{"contact", 3, begun(func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) { return a.ChangeContact(m, key(t)) })},
		{"email", 3, begun(func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) { return a.ChangeEmail(m, key(t)) })},
		{"disable", 2, begun(func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) { return a.Disable(m) })},
		{"enable", 5, begun(func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) {
			if a.status == AccountActive && !oneIn(t, "mostly", 4) {
				return a.SetPassword(m)
			}
			return a.Enable(m)
		})},
		{"groups", 3, begun(func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) {
			return a.SetGroups(m, pick(t, "groups", [][]string{nil, {"trade"}, {"local", "trade"}, {"trade", "local"}, {"a b"}}...)...)
		})},
		{"tax", 3, begun(func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) {
			return a.SetTaxStatus(m, pick(t, "tax", []TaxStatus{Taxed, Exempt, ReverseCharge, "x"}...))
		})},
		{"metadata", 4, begun(func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) {
			return a.SetMetadata(m, pick(t, "metadata", someMetadata...))
		})},
		{"erase", 2, begun(func(t *rapid.T, a Account, m Meta) (Account, []Entry, error) {
			if a.n < 3 {
				return a.SetPassword(m)
			}
			return a.Erase(m)
		})},
	})
}

func TestLawOfOrder(t *testing.T) {
	shop := smallShop()
	open := func(t *rapid.T, m Meta) (Order, []Entry, error) {
		c := cartOf()
		for range rapid.IntRange(1, 4).Draw(t, "lines") {
			item := Item{
				SKU:      pick(t, "sku", []SKU{"MUG", "SHIRT-L", "SHIRT-M"}...),
				Quantity: rapid.Int64Range(1, 12).Draw(t, "quantity"), Apart: rapid.Bool().Draw(t, "apart"),
				Metadata: pick(t, "metadata", someMetadata[:7]...),
			}
			if oneIn(t, "agreed", 4) {
				c = must(c.AddAgreed(item, Agreement{Price: gbp(pick(t, "price", []string{"0.00", "1.25", "0.50/3"}...)), By: "staff"}))
			} else {
				c = must(c.Add(item))
			}
		}
		c = must(c.WithMetadata(pick(t, "metadata", someMetadata[:7]...)))
		o := opening()
		switch among(t, "wrong", 24) {
		case 0:
			o.Number = "a b"
		case 1:
			o.ID = OrderID{}
		case 2:
			o.Contact.Key = ""
		case 3:
			o.Destination.Country = "gb"
		case 4:
			o.Contact.Key = "\xff"
		case 5:
			o.Destination.Region = "\xff"
		case 6:
			c = c.Empty()
		case 7:
			c = must(c.Add(Item{SKU: "GONE", Quantity: 1}))
		}
		return OpenOrder(m, o, must(c.Quote(shop, Terms{}, jan(among(t, "day", 31)))))
	}
	opened := func(f func(*rapid.T, Order, Meta) (Order, []Entry, error)) func(*rapid.T, Order, Meta) (Order, []Entry, error) {
		return func(t *rapid.T, o Order, m Meta) (Order, []Entry, error) {
			if o.n > 0 || oneIn(t, "first", 20) {
				next, entries, err := f(t, o, m)
				if err == nil && next.Verify() != nil {
					t.Fatalf("Verify: %v", next.Verify())
				}
				return next, entries, err
			}
			return open(t, m)
		}
	}
	checkLaw(t, orderKinds, func() Order { return Order{} }, []op[Order]{
		{"place", 1, opened(func(t *rapid.T, o Order, m Meta) (Order, []Entry, error) {
			return o.Place(m, pick(t, "payable", []Payable{ByInvoice, ByInvoice, ByInvoice, ByInvoice, "card"}...))
		})},
		{"metadata", 4, opened(func(t *rapid.T, o Order, m Meta) (Order, []Entry, error) {
			return o.SetMetadata(m, pick(t, "metadata", someMetadata...))
		})},
	})
}

// forge makes the entry that would follow, whatever it says: for entries that no
// operation makes.
func forge(j journal, word string, v int, at Instant, payload string) (Entry, journal) {
	e := Entry{N: j.n + 1, Kind: word, V: v, At: int64(at), Payload: []byte(payload)}
	e.Sum = j.chain(e)
	j.follow(e)
	return e, j
}

func TestFoldRefuses(t *testing.T) {
	var all []Entry
	a, e, err := RegisterAccount(on(1), NewAccount{ID: testID[Person](1), Contact: "1", Password: true})
	all = append(all, e...)
	for _, key := range []string{"2", "3"} {
		if err != nil {
			t.Fatal(err)
		}
		a, e, err = a.ChangeContact(on(2), key)
		all = append(all, e...)
	}
	if err != nil {
		t.Fatal(err)
	}
	forged := func(word string, v int, at Instant, payload string) []Entry {
		e, _ := forge(a.journal, word, v, at, payload)
		return append(slices.Clone(all), e)
	}
	altered := func(i int, change func(*Entry)) []Entry {
		out := slices.Clone(all)
		out[i].Payload = bytes.Clone(out[i].Payload)
		change(&out[i])
		return out
	}
	for name, c := range map[string]struct {
		entries []Entry
		want    error
		says    string
	}{
		"as they are":     {all, nil, ""},
		"none":            {nil, nil, ""},
		"unknown field":   {forged("contact", 1, jan(3), `{"contact":"4","later":[1]}`), nil, ""},
		"missing first":   {all[1:], ErrDamaged, "entry 2 (contact): it follows entry 0"},
		"missing middle":  {[]Entry{all[0], all[2]}, ErrDamaged, "entry 3 (contact)"},
		"twice":           {[]Entry{all[0], all[0]}, ErrDamaged, "entry 1 (registered)"},
		"reordered":       {[]Entry{all[0], all[2], all[1]}, ErrDamaged, "entry 3 (contact)"},
		"swapped numbers": {[]Entry{all[0], renumbered(all[2], 2), renumbered(all[1], 3)}, ErrDamaged, "sum does not fit"},
		"payload":         {altered(1, func(e *Entry) { e.Payload[2] ^= 1 }), ErrDamaged, "sum does not fit"},
		"kind":            {altered(1, func(e *Entry) { e.Kind = "email" }), ErrDamaged, "sum does not fit"},
		"version":         {altered(1, func(e *Entry) { e.V = 2 }), ErrDamaged, "sum does not fit"},
		"instant":         {altered(1, func(e *Entry) { e.At++ }), ErrDamaged, "sum does not fit"},
		"sum":             {altered(1, func(e *Entry) { e.Sum[31] ^= 1 }), ErrDamaged, "sum does not fit"},
		"unknown kind":    {forged("promoted", 1, jan(3), `{}`), ErrUnsupported, "entry 4 (promoted)"},
		"newer version":   {forged("contact", 2, jan(3), `{"contact":"4"}`), ErrUnsupported, "version 2"},
		"version 0":       {forged("contact", 0, jan(3), `{"contact":"4"}`), ErrDamaged, "version 0"},
		"no JSON":         {forged("contact", 1, jan(3), `{"contact":`), ErrDamaged, "cannot be read"},
		"other JSON":      {forged("contact", 1, jan(3), `{"contact":4}`), ErrDamaged, "cannot be read"},
		"no payload":      {forged("contact", 1, jan(3), ``), ErrDamaged, "cannot be read"},
		"clock runs back": {forged("contact", 1, jan(1), `{"contact":"4"}`), ErrDamaged, "runs backward"},
		"same instant":    {forged("contact", 1, jan(2), `{"contact":"4"}`), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Fold(Account{}, c.entries...)
			wantError(t, err, c.want)
			if err == nil {
				return
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q, want it to say %q", err, c.says)
			}
			same(t, "what a refused Fold gives", got, Account{})
		})
	}
}

func renumbered(e Entry, n int64) Entry {
	e.N = n
	return e
}

// TestLift: the payload of an older version is lifted step by step, after its sum
// was checked, and what a lift cannot read is named.
func TestLift(t *testing.T) {
	lift := func(from, to string) func([]byte) ([]byte, error) {
		return func(b []byte) ([]byte, error) {
			if !strings.Contains(string(b), from) {
				return nil, fmt.Errorf("no %s", from)
			}
			return bytes.ReplaceAll(b, []byte(from), []byte(to)), nil
		}
	}
	ks := kinds[Account]{"contact": kindOf(3, func(a *Account, _ Entry, p accountContact) { a.contact = p.Contact },
		lift(`"c1"`, `"c2"`), lift(`"c2"`, `"contact"`))}
	var entries []Entry
	j := journal{}
	for i, payload := range []string{`{"c1":"x"}`, `{"c2":"y"}`, `{"contact":"z"}`} {
		e, next := forge(j, "contact", i+1, jan(1), payload)
		entries, j = append(entries, e), next
	}
	for i, want := range []string{"x", "y", "z"} {
		a, err := replay(Account{}, ks, accountName, entries[:i+1])
		if err != nil || a.contact != want {
			t.Errorf("version %d: contact %q, error %v, want %q", i+1, a.contact, err, want)
		}
	}
	bad, _ := forge(journal{}, "contact", 2, jan(1), `{"c1":"x"}`)
	_, err := replay(Account{}, ks, accountName, []Entry{bad})
	wantError(t, err, ErrDamaged)
	if !strings.Contains(err.Error(), "version 2 cannot be read") {
		t.Errorf("error %q does not name the version", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a kind of version 2 without a lift was taken")
			}
		}()
		kindOf(2, func(*Account, Entry, accountContact) {})
	}()
}

// TestWords fixes the words that are stored for ever: removing or renaming one of
// them makes old files unreadable.
func TestWords(t *testing.T) {
	for what, words := range map[string][2][]string{
		"order":   {slices.Sorted(maps.Keys(orderKinds)), {"metadata", "opened", "placed"}},
		"account": {slices.Sorted(maps.Keys(accountKinds)), {"contact", "disabled", "email", "enabled", "erased", "metadata", "password", "registered"}},
		"product": {slices.Sorted(maps.Keys(productKinds)), {"added", "deleted", "listed", "restored", "revised"}},
		"prices":  {slices.Sorted(maps.Keys(priceKinds)), {"changed"}},
		"terms":   {slices.Sorted(maps.Keys(termsKinds)), {"rounding"}},
	} {
		for _, word := range words[1] {
			if !slices.Contains(words[0], word) {
				t.Errorf("%s: kind %q is not there any more", what, word)
			}
		}
	}
}

func accountName(Account) string { return "account" }

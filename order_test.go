package till

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

func indent(t testing.TB, v any) string {
	t.Helper()
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(body) + "\n"
}

func TestOrderJSON(t *testing.T) {
	o := smallOrder()
	golden(t, "order/order.json", indent(t, o))
	golden(t, "order/explain.txt", o.Explain())
	golden(t, "order/opened.json", indent(t, must3(OpenOrder(on(12), opening(), must(cartOf(Item{SKU: "MUG", Quantity: 1}).Quote(smallShop(), Terms{}, jan(11)))))))
}

func TestOrderTransitions(t *testing.T) {
	q := must(cartOf(Item{SKU: "MUG", Quantity: 1}).Quote(smallShop(), Terms{}, jan(1)))
	opened := must3(OpenOrder(on(2), opening(), q))
	placed := must3(opened.Place(on(3), ByInvoice))
	if opened.Status() != OrderOpened || opened.Placed() != 0 || opened.Payable() != "" || opened.Revision() != 1 {
		t.Errorf("opened: %s, %s, %q, %d", opened.Status(), opened.Placed(), opened.Payable(), opened.Revision())
	}
	if placed.Status() != OrderPlaced || placed.Placed() != jan(3) || placed.Payable() != ByInvoice || placed.Revision() != 2 {
		t.Errorf("placed: %s, %s, %q, %d", placed.Status(), placed.Placed(), placed.Payable(), placed.Revision())
	}
	if placed.ID() != opening().ID || placed.Number() != "1001" || placed.Contact() != opening().Contact || placed.Person() != testID[Person](5) ||
		placed.Destination() != opening().Destination || placed.List() != inPounds || placed.Total() != pounds("9.50") {
		t.Error("a getter does not give what the order was opened with")
	}
	for name, c := range map[string]struct {
		do   func() (Order, []Entry, error)
		was  Order
		want error
	}{
		"place twice":        {func() (Order, []Entry, error) { return placed.Place(on(4), ByInvoice) }, placed, &StateError{Kind: "order", ID: "1001", State: "placed", Want: "opened"}},
		"place nothing":      {func() (Order, []Entry, error) { return Order{}.Place(on(4), ByInvoice) }, Order{}, &StateError{Kind: "order", State: "not there", Want: "opened"}},
		"place, no payable":  {func() (Order, []Entry, error) { return opened.Place(on(4), "") }, opened, badAt("payable")},
		"place, no instant":  {func() (Order, []Entry, error) { return opened.Place(Meta{}, ByInvoice) }, opened, badAt("meta.at")},
		"metadata of none":   {func() (Order, []Entry, error) { return Order{}.SetMetadata(on(4), nil) }, Order{}, ErrConflict},
		"metadata, too many": {func() (Order, []Entry, error) { return placed.SetMetadata(on(4), tooMany()) }, placed, badAt("metadata")},
		"metadata, same":     {func() (Order, []Entry, error) { return placed.SetMetadata(on(4), Metadata{}) }, placed, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, entries, err := c.do()
			wantError(t, err, c.want)
			if len(entries) != 0 {
				t.Error("entries came")
			}
			same(t, "the order", got, c.was)
		})
	}
}

func TestOpenOrderRefusals(t *testing.T) {
	good := must(cartOf(Item{SKU: "MUG", Quantity: 1}).Quote(smallShop(), Terms{}, jan(1)))
	missing := must(cartOf(Item{SKU: "MUG", Quantity: 1}, Item{SKU: "X", Quantity: 1}).Quote(smallShop(), Terms{}, jan(1)))
	cheap := must(NewCatalog([]Product{product(1, "a", "A"), product(2, "b", "B")}, []Prices{priced("A", "0.01"), priced("B", "0.01")}))
	demands := func(items ...Item) Quote { return must(cartOf(items...).Quote(cheap, Terms{}, jan(1))) }
	tooMany := demands(Item{SKU: "A", Quantity: MaxQuantity}, Item{SKU: "A", Quantity: 1, Apart: true})
	if _, _, err := OpenOrder(on(2), opening(), demands(Item{SKU: "A", Quantity: MaxQuantity}, Item{SKU: "B", Quantity: MaxQuantity})); err != nil {
		t.Errorf("the most of two articles: %v", err)
	}
	for name, c := range map[string]struct {
		m      Meta
		change func(*Opening)
		q      Quote
		want   error
	}{
		"no id":           {on(2), func(o *Opening) { o.ID = OrderID{} }, good, badAt("id")},
		"no number":       {on(2), func(o *Opening) { o.Number = "" }, good, badAt("number")},
		"number":          {on(2), func(o *Opening) { o.Number = "A-1" }, good, badAt("number")},
		"number too long": {on(2), func(o *Opening) { o.Number = strings.Repeat("1", 41) }, good, badAt("number")},
		"no person":       {on(2), func(o *Opening) { o.Contact.Person = PersonID{} }, good, badAt("contact.person")},
		"no contact":      {on(2), func(o *Opening) { o.Contact.Key = "" }, good, badAt("contact.key")},
		"contact":         {on(2), func(o *Opening) { o.Contact.Key = "\xff" }, good, badAt("contact.key")},
		"country":         {on(2), func(o *Opening) { o.Destination.Country = "UK " }, good, badAt("destination.country")},
		"region":          {on(2), func(o *Opening) { o.Destination.Region = "a\xffb" }, good, badAt("destination.region")},
		"empty":           {on(2), func(*Opening) {}, Quote{}, badAt("cart")},
		"missing article": {on(2), func(*Opening) {}, missing, ErrNotFound},
		"too many pieces": {on(2), func(*Opening) {}, tooMany, badAt("quantity")},
		"no instant":      {Meta{}, func(*Opening) {}, good, badAt("meta.at")},
	} {
		t.Run(name, func(t *testing.T) {
			o := opening()
			c.change(&o)
			got, entries, err := OpenOrder(c.m, o, c.q)
			wantError(t, err, c.want)
			if len(entries) != 0 {
				t.Error("entries came")
			}
			same(t, "the order", got, Order{})
		})
	}
}

// An order reads the same for ever: whatever becomes of everything that it was made
// from changes no byte of it.
func TestOrderHoldsCopies(t *testing.T) {
	d := Description{
		Handle: "shirt", Options: []string{"Size"}, Words: map[Locale]Words{"": {Name: "Shirt"}},
		Variants: []Variant{{SKU: "S", Values: []string{"L"}}}, Metadata: Metadata{"k": "v"},
	}
	p := must3(must3(AddProduct(on(0), testID[Product](1), d)).List(on(0), 0))
	prices := must3(priced("S", "20.00").Change(on(0), PriceChange{Price: gbp("15.00"), Sale: true}))
	gift, data := Metadata{"gift": "yes"}, Metadata{"from": "spring"}
	items := []Item{{SKU: "S", Quantity: 2, Metadata: gift, Note: "soon"}}
	c := must(must(must(NewCart(inPounds)).Add(items...)).WithMetadata(data))
	agreed := Agreement{Price: gbp("3.00"), By: "staff", Why: "old"}
	c = must(c.AddAgreed(Item{SKU: "S", Quantity: 1}, agreed))
	products, all := []Product{p}, []Prices{prices}
	shop := must(NewCatalog(products, all))
	terms := must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: usualRounding}))
	q := must(c.Quote(shop, terms, jan(1)))
	o := must3(must3(OpenOrder(on(2), opening(), q)).Place(on(3), ByInvoice))
	contact := buyer()
	seen := func() string {
		conf := o.Confirmation(buyer())
		return string(must(json.Marshal(o))) + o.Explain() + conf.Text() + must(conf.HTML()) + stateText(o.Entries()) + stateText(o.Lines()) + fmt.Sprint(o.Demand(), o.Total())
	}
	before := seen()

	// Everything that can be written to, is.
	d.Options[0], d.Variants[0].Values[0], d.Words[""] = "x", "x", Words{Name: "x"}
	clear(d.Metadata)
	clear(gift)
	clear(data)
	items[0].SKU, products[0], all[0], agreed.Price, contact.Notes[1] = "x", Product{}, Prices{}, gbp("9"), "x"
	scribble(reflect.ValueOf(q.Lines()))
	scribble(reflect.ValueOf(q.Reasons()))
	scribble(reflect.ValueOf(c.Lines()))
	// And everything is changed and removed, by the values' own operations.
	p = must3(p.Revise(on(4), described("other", "T")))
	p = must3(p.Delete(on(4), MinInstant))
	prices = must3(prices.Change(on(4), PriceChange{Mark: Clear, From: MinInstant}))
	terms = must3(terms.Change(on(4), RuleChange{Name: "rounding", Rule: Rounding{money.Up, PerUnit}}))
	c = must(c.Remove(1)).Empty()
	if q := must(must(c.Add(Item{SKU: "S", Quantity: 1})).Quote(must(NewCatalog([]Product{p}, []Prices{prices})), terms, jan(1))); q.Err() == nil {
		t.Error("the article can still be bought: nothing was removed")
	}

	if d := cmp.Diff(before, seen()); d != "" {
		t.Errorf("the order reads otherwise now (-before +after):\n%s", d)
	}
	wantError(t, o.Verify(), nil)
}

// No function of an order takes or gives a product, a price journal or a catalog.
func TestOrderHasNoPathToTheCatalog(t *testing.T) {
	typ := reflect.TypeFor[Order]()
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		for j := range m.Type.NumIn() {
			if live(m.Type.In(j)) {
				t.Errorf("Order.%s takes a %s", m.Name, m.Type.In(j))
			}
		}
		for j := range m.Type.NumOut() {
			if live(m.Type.Out(j)) {
				t.Errorf("Order.%s gives a %s", m.Name, m.Type.Out(j))
			}
		}
	}
	for i := range typ.NumField() {
		if live(typ.Field(i).Type) {
			t.Errorf("Order holds a %s", typ.Field(i).Type)
		}
	}
}

func live(t reflect.Type) bool {
	return slices.Contains([]reflect.Type{reflect.TypeFor[Product](), reflect.TypeFor[Prices](), reflect.TypeFor[Catalog](), reflect.TypeFor[Terms](), reflect.TypeFor[Cart](), reflect.TypeFor[Offer]()}, t)
}

func TestOrderAt(t *testing.T) {
	o := must3(smallOrder().SetMetadata(on(20), Metadata{"parcel": "1"}))
	o = must3(o.SetMetadata(on(20), Metadata{"parcel": "2"}))
	for _, c := range []struct {
		at     Instant
		there  bool
		status OrderStatus
		parcel string
	}{
		{jan(12) - 1, false, "", ""}, {MinInstant, false, "", ""}, {0, false, "", ""},
		{jan(12), true, OrderOpened, ""}, {jan(13) - 1, true, OrderOpened, ""},
		{jan(13), true, OrderPlaced, ""}, {jan(20) - 1, true, OrderPlaced, ""}, {jan(20), true, OrderPlaced, "2"}, {MaxInstant, true, OrderPlaced, "2"},
	} {
		then, ok := o.AsOf(c.at)
		if ok != c.there || then.Status() != c.status || then.Metadata()["parcel"] != c.parcel {
			t.Errorf("at %s: %t, %s, %v", c.at, ok, then.Status(), then.Metadata())
		}
		if ok && then.Verify() != nil {
			t.Errorf("at %s: %v", c.at, then.Verify())
		}
	}
	then, _ := o.AsOf(MaxInstant)
	same(t, "At(MaxInstant)", then, o)
	if _, ok := (Order{}).AsOf(MaxInstant); ok {
		t.Error("the zero order was there")
	}
}

// leaves gives every figure in JSON: numbers, and texts that are amounts or prices.
func leaves(path string, v any, found func(path string, v any, set func(any))) {
	visit := func(path string, v any, set func(any)) {
		switch v := v.(type) {
		case json.Number:
			found(path, v, set)
		case string:
			if strings.Contains(v, " GBP") && !strings.HasSuffix(path, "label") {
				found(path, v, set)
			}
		default:
			leaves(path, v, found)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			visit(path+"."+k, v[k], func(x any) { v[k] = x })
		}
	case []any:
		for i := range v {
			visit(fmt.Sprintf("%s[%d]", path, i), v[i], func(x any) { v[i] = x })
		}
	}
}

func decodeNumbers(t rapid.TB, body []byte) any {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// altered gives other figures for one.
func altered(v any) (out []any) {
	switch v := v.(type) {
	case json.Number:
		n := must(v.Int64())
		for _, x := range []int64{n + 1, n - 1, -n, 0, n * 10, MaxQuantity} {
			if x != n {
				out = append(out, json.Number(fmt.Sprint(x)))
			}
		}
	case string:
		p := must(money.ParsePriceText(v))
		for _, x := range []int64{p.Amount().Minor() + 1, p.Amount().Minor() - 1, -p.Amount().Minor(), 0, p.Amount().Minor() * 10} {
			if x != p.Amount().Minor() {
				out = append(out, must(money.NewPrice(money.MustFromMinor(x, money.GBP), p.Per())).String())
			}
		}
		out = append(out, strings.Replace(v, "GBP", "EUR", 1))
	}
	return out
}

// TestVerifyEquations alters each figure of an order, one at a time, and computes a
// new chain, so that only the equations can tell. Some figures stand in no equation:
// these are listed, and only these.
func TestVerifyEquations(t *testing.T) {
	free := map[string]string{ // figures that no equation constrains, and why
		".terms":          "revision of the rules: they are not in the order",
		".lines[0].entry": "number in the article's prices: they are not in the order",
		".lines[1].entry": "likewise",
		".lines[2].entry": "likewise",
		".lines[4].entry": "likewise",
		".lines[0].base":  "only above the price, while a sale holds",
		".lines[3].base":  "not charged, where a price was agreed",
		".lines[4].least": "the lines of the article say how many there were, the rule for it may change",
	}
	c := cartOf(
		Item{SKU: "SHIRT-L", Quantity: 2, Metadata: Metadata{"gift": "1"}}, Item{SKU: "MUG", Quantity: 3}, Item{SKU: "MUG", Quantity: 1, Apart: true},
	)
	c = must(c.AddAgreed(Item{SKU: "SHIRT-M", Quantity: 1000}, Agreement{Price: gbp("12.34/1000"), By: "staff"}))
	c = must(c.Add(Item{SKU: "BULK", Quantity: 10}))
	shop := smallShop()
	bulk := must3(priced("BULK", "2.00").Change(on(0), PriceChange{Price: gbp("1.50"), MinQuantity: 10}))
	prices := []Prices{bulk}
	for _, p := range shop.prices {
		prices = append(prices, *p)
	}
	shop = must(NewCatalog(
		[]Product{*shop.product("MUG"), *shop.product("SHIRT-L"), product(3, "bulk", "BULK")},
		prices))
	terms := must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: Rounding{money.HalfEven, PerLine}}))
	o := must3(OpenOrder(on(12), opening(), must(c.Quote(shop, terms, jan(11)))))
	o = must3(o.Place(on(13), ByInvoice))
	wantError(t, o.Verify(), nil)
	golden(t, "order/verified.json", indent(t, o))

	rechained := func(opened any) []Entry {
		var out []Entry
		j := journal{}
		for i, e := range o.entries {
			body := string(e.Payload)
			if i == 0 {
				body = string(must(json.Marshal(opened)))
			}
			e, next := forge(j, e.Kind, e.V, Instant(e.At), body)
			out, j = append(out, e), next
		}
		return out
	}
	same, err := Fold(Order{}, rechained(decodeNumbers(t, o.entries[0].Payload))...)
	if err != nil || same.Verify() != nil {
		t.Fatalf("not altered: %v, %v", err, same.Verify())
	}
	figures, alterations := 0, 0
	passed := map[string][]any{}
	opened := decodeNumbers(t, o.entries[0].Payload)
	leaves("", opened, func(path string, v any, set func(any)) {
		figures++
		for _, x := range altered(v) {
			alterations++
			set(x)
			bad, err := Fold(Order{}, rechained(opened)...)
			if err == nil {
				err = bad.Verify()
			}
			if err == nil {
				passed[path] = append(passed[path], x)
			} else if !errors.Is(err, ErrDamaged) || bad.n > 0 && !isVerifyError(err) {
				t.Errorf("%s = %v: error %v", path, x, err)
			}
		}
		set(v)
	})
	for path, x := range passed {
		if _, ok := free[path]; !ok {
			t.Errorf("%s can be %v, and no equation tells", path, x)
		}
	}
	for _, x := range passed[".lines[0].base"] {
		if d, err := must(money.ParsePriceText(x.(string))).Cmp(gbp("15.00")); err != nil || d <= 0 {
			t.Errorf("a sale at 15.00 instead of %s was verified", x)
		}
	}
	for path := range free {
		if len(passed[path]) == 0 {
			t.Errorf("%s is constrained: take it off the list", path)
		}
	}
	t.Logf("%d figures, %d alterations; %d figures stand in no equation: %v", figures, alterations, len(passed), slices.Sorted(maps.Keys(passed)))
}

func isVerifyError(err error) bool {
	var e *VerifyError
	return errors.As(err, &e)
}

// With the chain on, every byte counts.
func TestVerifyEveryByte(t *testing.T) {
	o := must3(smallOrder().SetMetadata(on(20), Metadata{"parcel": "1"}))
	wantError(t, o.Verify(), nil)
	flips := 0
	check := func(what string, entries []Entry) {
		t.Helper()
		flips++
		bad := o
		bad.entries = entries
		if err := bad.Verify(); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: Verify gives %v", what, err)
		}
		if got, err := Fold(Order{}, entries...); err == nil && got.journal == o.journal {
			t.Errorf("%s: it folds to the same", what)
		}
	}
	for i := range o.entries {
		one := func(what string, change func(*Entry)) {
			entries := slices.Clone(o.entries)
			entries[i].Payload = bytes.Clone(entries[i].Payload)
			change(&entries[i])
			check(fmt.Sprintf("entry %d, %s", i+1, what), entries)
		}
		for b := range o.entries[i].Payload {
			one(fmt.Sprintf("byte %d", b), func(e *Entry) { e.Payload[b] ^= 1 << (b % 8) })
		}
		for b := range o.entries[i].Kind {
			one(fmt.Sprintf("kind, byte %d", b), func(e *Entry) { k := []byte(e.Kind); k[b] ^= 4; e.Kind = string(k) })
		}
		for b := range 64 {
			one(fmt.Sprintf("at, bit %d", b), func(e *Entry) { e.At ^= 1 << b })
			one(fmt.Sprintf("number, bit %d", b), func(e *Entry) { e.N ^= 1 << b })
		}
		for b := range strconv.IntSize {
			one(fmt.Sprintf("version, bit %d", b), func(e *Entry) { e.V ^= 1 << b })
		}
		for b := range 256 {
			one(fmt.Sprintf("sum, bit %d", b), func(e *Entry) { e.Sum[b/8] ^= 1 << (b % 8) })
		}
		one("payload cut", func(e *Entry) { e.Payload = e.Payload[:len(e.Payload)-1] })
		one("payload longer", func(e *Entry) { e.Payload = append(e.Payload, ' ') })
		one("byte moved from payload to kind", func(e *Entry) { e.Kind, e.Payload = e.Kind+string(e.Payload[:1]), e.Payload[1:] })
		check(fmt.Sprintf("entry %d is missing", i+1), slices.Delete(slices.Clone(o.entries), i, i+1))
		check(fmt.Sprintf("entry %d twice", i+1), slices.Insert(slices.Clone(o.entries), i, o.entries[i]))
		if i > 0 {
			swapped := slices.Clone(o.entries)
			swapped[i], swapped[i-1] = swapped[i-1], swapped[i]
			check(fmt.Sprintf("entries %d and %d swapped", i, i+1), swapped)
		}
	}
	check("no entries", nil)
	check("another order's", must3(OpenOrder(on(1), opening(), must(cartOf(Item{SKU: "MUG", Quantity: 1}).Quote(smallShop(), Terms{}, jan(1))))).entries)
	t.Logf("%d alterations, all found", flips)
}

// What stands in the order beside its entries is what they say.
func TestVerifyState(t *testing.T) {
	for name, change := range map[string]func(*Order){
		"total":    func(o *Order) { o.is.Total = pounds("1") },
		"line":     func(o *Order) { o.is.Lines = o.Lines(); o.is.Lines[0].Name = "x" },
		"quantity": func(o *Order) { o.is.Lines = o.Lines(); o.is.Lines[0].Quantity = 9 },
		"lines":    func(o *Order) { o.is.Lines = o.Lines()[1:] },
		"reasons":  func(o *Order) { o.is.Reasons = &Reason{} },
		"status":   func(o *Order) { o.status = OrderOpened },
		"payable":  func(o *Order) { o.payable = "" },
		"placed":   func(o *Order) { o.placed++ },
		"opened":   func(o *Order) { o.opened++ },
		"metadata": func(o *Order) { o.data = nil },
		"number":   func(o *Order) { o.is.Number = "1002" },
		"contact":  func(o *Order) { o.is.Contact.Key = "2" },
		"revision": func(o *Order) { o.n++ },
		"sum":      func(o *Order) { o.sum[0]++ },
		"no past":  func(o *Order) { o.entries = nil },
	} {
		o := smallOrder()
		wantError(t, o.Verify(), nil)
		change(&o)
		if err := o.Verify(); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: Verify gives %v", name, err)
		}
	}
	if err := (Order{}).Verify(); !errors.Is(err, ErrDamaged) {
		t.Errorf("the zero order: %v", err)
	}
	e, _ := forge(journal{}, "placed", 1, jan(1), `{"payable":"invoice"}`)
	if o, err := Fold(Order{}, e); err == nil && o.Verify() == nil {
		t.Error("an order that was placed and never opened was verified")
	}
}

func TestVerifyErrorSays(t *testing.T) {
	err := error(&VerifyError{Order: "1001", Equation: "line 2: base = price x quantity", Want: "19.00 GBP", Have: "18.00 GBP"})
	if got, want := err.Error(), "till: order 1001: line 2: base = price x quantity: it should be 19.00 GBP, it is 18.00 GBP"; got != want || !errors.Is(err, ErrDamaged) {
		t.Errorf("%q, want %q", got, want)
	}
}

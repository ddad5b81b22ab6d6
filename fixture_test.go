package till

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

var update = flag.Bool("update", false, "write the golden files again; an entry's is never written twice")

// jan gives the start of a day of January 2026, counted from 0; beyond 30 it goes on.
func jan(n int) Instant {
	return At(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).Add(time.Duration(n) * 24 * time.Hour)
}

func on(n int) Meta { return Meta{At: jan(n), By: "test"} }

func gbp(s string) money.Price { return money.MustParsePrice(s, money.GBP) }

func pounds(s string) money.Amount { return money.MustParse(s, money.GBP) }

var inPounds = standard(money.GBP)

// testID gives the n-th id of a type.
func testID[T any](n byte) ID[T] { return MakeID[T](jan(0), 0, [8]byte{7: n}) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// must3 drops the entries of an operation.
func must3[T any](v T, _ []Entry, err error) T { return must(v, err) }

// described gives the description of a product with plain variants.
func described(handle string, skus ...SKU) Description {
	d := Description{Handle: handle, Words: map[Locale]Words{"": {Name: "The " + handle}}}
	for _, sku := range skus {
		d.Variants = append(d.Variants, Variant{SKU: sku})
	}
	return d
}

// product gives a product that is listed from day 0 on.
func product(n byte, handle string, skus ...SKU) Product {
	p := must3(AddProduct(on(0), testID[Product](n), described(handle, skus...)))
	return must3(p.List(on(0), 0))
}

// priced gives prices that hold from day 0 on.
func priced(sku SKU, price string) Prices {
	return must3(must(NewPrices(sku, inPounds)).Change(on(0), PriceChange{Price: gbp(price)}))
}

// shirt has options, two locales, a sale and a price from ten pieces on; mug has
// nothing of it.
func smallShop() Catalog {
	shirt := Description{
		Handle: "shirt", Options: []string{"Size", "Colour"},
		Words:    map[Locale]Words{"": {Name: "Shirt", Description: "<p>Soft.</p>"}, "de": {Name: "Hemd"}},
		Variants: []Variant{{SKU: "SHIRT-M", Values: []string{"M", "red"}}, {SKU: "SHIRT-L", Values: []string{"L", "red"}}},
		Metadata: Metadata{"origin": "PT"},
	}
	p := must3(AddProduct(on(0), testID[Product](1), shirt))
	p = must3(p.List(on(0), 0))
	l := priced("SHIRT-L", "20.00")
	l = must3(l.Change(on(1), PriceChange{Price: gbp("18.00"), MinQuantity: 10}))
	l = must3(l.Change(on(1), PriceChange{Price: gbp("15.00"), Sale: true, From: jan(10)}))
	l = must3(l.Change(on(1), PriceChange{Mark: Clear, Sale: true, From: jan(20)}))
	return must(NewCatalog(
		[]Product{p, product(2, "mug", "MUG")},
		[]Prices{priced("SHIRT-M", "20.00"), l, priced("MUG", "9.50")},
	))
}

func cartOf(items ...Item) Cart { return must(must(NewCart(inPounds)).Add(items...)) }

func opening() Opening {
	return Opening{
		ID: testID[Order](9), Number: "1001",
		Contact: ContactRef{Person: testID[Person](5), Key: "1"}, Destination: Destination{Country: "GB", Region: "Kent"},
	}
}

// smallOrder is placed, with a sale, an agreed price and an article on two lines.
func smallOrder() Order {
	c := cartOf(
		Item{SKU: "SHIRT-L", Quantity: 2, Metadata: Metadata{"gift": "yes"}},
		Item{SKU: "MUG", Quantity: 3},
		Item{SKU: "MUG", Quantity: 1, Apart: true},
	)
	c = must(c.AddAgreed(Item{SKU: "SHIRT-M", Quantity: 1}, Agreement{Price: gbp("12.34"), By: "back-office", Why: "a stain"}))
	c = must(c.WithMetadata(Metadata{"campaign": "spring"}))
	o := must3(OpenOrder(on(12), opening(), must(c.Quote(smallShop(), Terms{}, jan(11)))))
	return must3(o.Place(on(13), ByInvoice))
}

// stateText writes all that a value holds, unexported fields too, as text that
// people can read. Zero fields are left out, so nil and empty are alike.
func stateText(v any) string {
	var b strings.Builder
	r := reflect.New(reflect.TypeOf(v)).Elem()
	r.Set(reflect.ValueOf(v))
	writeState(&b, r, 0)
	return strings.TrimPrefix(b.String(), "\n")
}

// writeState writes an addressable value behind "name:".
func writeState(b *strings.Builder, v reflect.Value, depth int) {
	pad := "\n" + strings.Repeat("  ", depth)
	switch x := v.Interface().(type) {
	case Confirmation, Difference, PasswordCost, Order, Quote: // they have a String that says less
	case fmt.Stringer:
		fmt.Fprintf(b, " %s", x)
		return
	case []byte:
		fmt.Fprintf(b, " %s", x)
		return
	case [32]byte:
		b.WriteString(" " + hex.EncodeToString(x[:]))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			f = reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem() // unexported fields too
			if f.IsZero() || (f.Kind() == reflect.Slice || f.Kind() == reflect.Map) && f.Len() == 0 {
				continue
			}
			if v.Type().Field(i).Anonymous {
				writeState(b, f, depth)
				continue
			}
			b.WriteString(pad + v.Type().Field(i).Name + ":")
			writeState(b, f, depth+1)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			fmt.Fprintf(b, "%s%d:", pad, i)
			writeState(b, v.Index(i), depth+1)
		}
	case reflect.Map:
		keys := map[string]reflect.Value{}
		for _, k := range v.MapKeys() {
			keys[fmt.Sprint(k.Interface())] = k
		}
		for _, word := range slices.Sorted(maps.Keys(keys)) {
			at := reflect.New(v.Type().Elem()).Elem()
			at.Set(v.MapIndex(keys[word]))
			fmt.Fprintf(b, "%s%q:", pad, word)
			writeState(b, at, depth+1)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			writeState(b, v.Elem(), depth)
		}
	case reflect.String:
		fmt.Fprintf(b, " %q", v.String())
	default:
		fmt.Fprintf(b, " %v", v.Interface())
	}
}

// same fails with what differs between two values, unexported fields too.
func same(t rapid.TB, what string, got, want any) {
	t.Helper()
	sameText(t, what, stateText(got), stateText(want))
}

func sameText(t rapid.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Fatalf("%s (-want +got):\n%s", what, cmp.Diff(want, got))
	}
}

// rounds is how often a test without goroutines does what it repeats: n times, or a
// fifth of it under -short.
func rounds(n int) int {
	if testing.Short() {
		return n / 5
	}
	return n
}

// checkMany runs a property at least so often, whatever rapid's flags say.
func checkMany(t *testing.T, least int, prop func(*rapid.T)) {
	t.Helper()
	done := 0
	for done < least && !t.Failed() {
		rapid.Check(t, func(rt *rapid.T) {
			prop(rt)
			done++
		})
	}
	t.Logf("%d random sequences", done)
}

// wantError checks an error against a target: a sentinel, or a pointer to a typed
// error that cmp compares.
func wantError(t testing.TB, err, want error) {
	t.Helper()
	switch w := want.(type) {
	case nil:
		if err != nil {
			t.Fatalf("error %v, want none", err)
		}
	case *InvalidError:
		var e *InvalidError
		if !errors.As(err, &e) || e.Path != w.Path {
			t.Fatalf("error %v, want one at %s", err, w.Path)
		}
	case *UnavailableError, *ShortageError, *StateError, *NotFoundError:
		if d := cmp.Diff(want, err); d != "" {
			t.Fatalf("error (-want +got):\n%s", d)
		}
	default:
		if !errors.Is(err, want) {
			t.Fatalf("error %v, want %v", err, want)
		}
	}
}

// at gives an InvalidError's path for wantError.
func badAt(path string) error { return &InvalidError{Path: path} }

// among gives 0 to n-1, each as likely: rapid's own generators prefer the small.
func among(t *rapid.T, label string, n int) int {
	x := rapid.Uint64().Draw(t, label) + 0x9e3779b97f4a7c15 // SplitMix64
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return int((x ^ x>>31) % uint64(n))
}

func pick[T any](t *rapid.T, label string, from ...T) T { return from[among(t, label, len(from))] }

// oneIn gives true one time in n.
func oneIn(t *rapid.T, label string, n int) bool { return among(t, label, n) == 0 }

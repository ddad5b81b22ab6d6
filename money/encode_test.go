package money_test

import (
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tillkit/till/money"
	"pgregory.net/rapid"
)

// Every storable type implements the same set, on value and pointer.
type writer interface {
	fmt.Stringer
	encoding.TextMarshaler
	encoding.TextAppender
	driver.Valuer
}

type reader interface {
	encoding.TextUnmarshaler
	json.Unmarshaler
	sql.Scanner
}

var (
	_ = []writer{money.Amount{}, money.Price{}, money.Rate{}, money.GBP, money.HalfEven}
	_ = []reader{new(money.Amount), new(money.Price), new(money.Rate), new(money.Currency), new(money.Rounding)}
)

// record has a field of each type.
type record struct {
	Amount   money.Amount           `json:"amount"`
	Price    money.Price            `json:"price"`
	Rate     money.Rate             `json:"rate"`
	Currency money.Currency         `json:"currency"`
	Rounding money.Rounding         `json:"rounding"`
	Optional *money.Amount          `json:"optional"`
	ByCode   map[money.Currency]int `json:"by_code"`
}

func TestJSON(t *testing.T) {
	in := record{
		Amount:   money.MustParse("9.50", money.GBP),
		Price:    money.MustParsePrice("9.80/1000", money.GBP),
		Rate:     money.MustParseRate("0.0825"),
		Currency: money.GBP,
		Rounding: money.HalfEven,
		ByCode:   map[money.Currency]int{money.EUR: 1},
	}
	const text = `{"amount":"9.50 GBP","price":"9.80 GBP/1000","rate":"0.0825","currency":"GBP","rounding":"half-even","optional":null,"by_code":{"EUR":1}}`
	got, err := json.Marshal(in)
	if err != nil || string(got) != text {
		t.Errorf("Marshal = %s, %v\nwant      %s", got, err, text)
	}
	var out record
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
	// The zero values.
	const zeros = `{"amount":"0","price":"0","rate":"0","currency":"","rounding":"exact","optional":null,"by_code":null}`
	got, err = json.Marshal(record{})
	if err != nil || string(got) != zeros {
		t.Errorf("Marshal = %s, %v\nwant      %s", got, err, zeros)
	}
	if err := json.Unmarshal([]byte(zeros), &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(record{}, out); diff != "" {
		t.Error(diff)
	}
}

// samples makes a pointer to a value of each type that is not its zero value.
func samples() map[string]reader {
	amount, price, rate := money.MustParse("9.50", money.GBP), money.MustParsePrice("9.80/1000", money.GBP), money.MustParseRate("0.5")
	currency, rounding := money.GBP, money.HalfEven
	return map[string]reader{
		"Amount": &amount, "Price": &price, "Rate": &rate, "Currency": &currency, "Rounding": &rounding,
	}
}

func TestWhatCannotBeReadChangesNothing(t *testing.T) {
	bad := []string{"x", " ", "9.50 GBP ", "9.505 GBP", "half_even", "gbp", "9.80 GBP/0", "1e3", "\x00", "99999999999999999999 GBP", "9,5"}
	for name, p := range samples() {
		before := reflect.ValueOf(p).Elem().Interface()
		same := func(how string, err error) {
			t.Helper()
			if err == nil {
				t.Errorf("%s: %s was accepted", name, how)
			}
			if after := reflect.ValueOf(p).Elem().Interface(); after != before {
				t.Errorf("%s: %s left %v", name, how, after)
			}
		}
		for _, s := range bad {
			same(fmt.Sprintf("UnmarshalText(%q)", s), p.UnmarshalText([]byte(s)))
			same(fmt.Sprintf("Scan(%q)", s), p.Scan(s))
			same(fmt.Sprintf("Scan([]byte(%q))", s), p.Scan([]byte(s)))
			quoted, _ := json.Marshal(s)
			same(fmt.Sprintf("JSON %s", quoted), json.Unmarshal(quoted, p))
		}
		for _, s := range []string{`null`, `0`, `9.5`, `950`, `true`, `{}`, `[]`, `["9.50 GBP"]`, `{"amount":1}`, ``, `"`, `"9.50 GBP`, ` "9.50 GBP"x`} {
			same("JSON "+s, json.Unmarshal([]byte(s), p))
			err := p.UnmarshalJSON([]byte(s))
			same("UnmarshalJSON "+s, err)
			if !errors.Is(err, money.ErrSyntax) {
				t.Errorf("%s: UnmarshalJSON(%s) = %v; want ErrSyntax", name, s, err)
			}
		}
		for _, src := range []any{nil, int64(950), 9.5, true, []int{1}, struct{}{}} {
			err := p.Scan(src)
			same(fmt.Sprintf("Scan(%T)", src), err)
			if !errors.Is(err, money.ErrSyntax) {
				t.Errorf("%s: Scan(%T) = %v; want ErrSyntax", name, src, err)
			}
		}
	}
}

func TestJSONEscapesAreRead(t *testing.T) {
	var a money.Amount
	if err := json.Unmarshal([]byte(`"\u0039.50\u0020GBP"`), &a); err != nil || a != money.MustParse("9.50", money.GBP) {
		t.Errorf("got %v, %v", a, err)
	}
}

func TestOptionalAmounts(t *testing.T) {
	var out record
	out.Optional = new(money.Amount)
	if err := json.Unmarshal([]byte(`{"optional":null}`), &out); err != nil || out.Optional != nil {
		t.Errorf("null into a pointer: %v, %v", out.Optional, err)
	}
	var null sql.Null[money.Amount]
	if err := null.Scan(nil); err != nil || null.Valid {
		t.Errorf("NULL into sql.Null: %v, %v", null, err)
	}
	if err := null.Scan("9.50 GBP"); err != nil || !null.Valid || null.V != money.MustParse("9.50", money.GBP) {
		t.Errorf("text into sql.Null: %v, %v", null, err)
	}
}

func TestValuesThatAreNoneCannotBeWritten(t *testing.T) {
	for _, v := range []writer{money.Currency(9999), money.Currency(1), money.Rounding(77)} {
		if b, err := v.MarshalText(); err == nil {
			t.Errorf("MarshalText(%v) = %q", v, b)
		}
		if b, err := v.AppendText([]byte("x")); err == nil || string(b) != "x" {
			t.Errorf("AppendText(%v) = %q, %v", v, b, err)
		}
		if s, err := v.Value(); err == nil || s != nil {
			t.Errorf("Value(%v) = %v", v, s)
		}
		if _, err := json.Marshal(v); err == nil {
			t.Errorf("JSON of %v", v)
		}
	}
}

// roundTrip sends v through every encoding into fresh pointers.
func roundTrip[T comparable](t *rapid.T, v T) {
	w, ok := any(v).(writer)
	if !ok {
		t.Fatalf("%T", v)
	}
	check := func(how string, err error, got T) {
		if err != nil || got != v {
			t.Fatalf("%s of %v gives %v, %v", how, v, got, err)
		}
	}
	text, err := w.MarshalText()
	if err != nil || string(text) != w.String() {
		t.Fatalf("MarshalText(%v) = %q, %v", v, text, err)
	}
	if b, err := w.AppendText([]byte("x")); err != nil || string(b) != "x"+w.String() {
		t.Fatalf("AppendText(%v) = %q, %v", v, b, err)
	}
	var a, b, c, d T
	check("text", any(&a).(reader).UnmarshalText(text), a)
	value, err := w.Value()
	if err != nil || !driver.IsValue(value) {
		t.Fatalf("Value(%v) = %v, %v", v, value, err)
	}
	check("SQL", any(&b).(reader).Scan(value), b)
	check("SQL bytes", any(&c).(reader).Scan(text), c)
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	check("JSON", json.Unmarshal(data, &d), d)
}

func TestEncodingRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		roundTrip(t, anyAmount().Draw(t, "amount"))
		roundTrip(t, anyPrice().Draw(t, "price"))
		roundTrip(t, anyRate().Draw(t, "rate"))
		roundTrip(t, rapid.OneOf(anyCurrency(), rapid.Just(money.BGN), rapid.Just(money.Currency(0))).Draw(t, "currency"))
		roundTrip(t, anyRounding().Draw(t, "rounding"))
	})
}

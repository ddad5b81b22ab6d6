package money_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/tillkit/till/money"
)

var seeds = []string{
	"", "0", "-0", "9.50", "9.5", "19.99", "-0.05", "1.500", ".5", "5.", "+1", "1e3", "1E1000000000", "0x10", "1_000", "1,5",
	"NaN", "Inf", "\u22125", "\uff11", "92233720368547758.07", "-92233720368547758.08", "92233720368547758.08",
	"9.50 GBP", "9.80 GBP/1000", "9.80/1000", "9.80/0", "0/1000", "0 GBP", "1200 JPY", "-1.2345 CLF/1000000000",
	"0.0825", "half-even", "GBP", "null", `"9.50 GBP"`, `"\u0039.50 GBP"`, "00000000000000000000000000000000000000001",
}

// known tells whether err is one of the errors that the package promises.
func known(err error) bool {
	n := 0
	for _, kind := range []error{
		money.ErrSyntax, money.ErrPrecision, money.ErrOverflow, money.ErrCurrency, money.ErrMismatch, money.ErrArgument,
	} {
		if errors.Is(err, kind) {
			n++
		}
	}
	return n == 1 && len(err.Error()) < 600
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, uint16(money.GBP), uint8(money.HalfEven))
		f.Add(s, uint16(money.JPY), uint8(money.Exact))
	}
	f.Fuzz(func(t *testing.T, s string, number uint16, mode uint8) {
		c, r := money.Currency(number), money.Rounding(mode)
		a, err := money.ParseRounded(s, c, r)
		if err != nil {
			if !known(err) || a != (money.Amount{}) {
				t.Fatalf("ParseRounded(%q, %v, %v) = %v, %v", s, c, r, a, err)
			}
			return
		}
		if len(s) > 40 || strings.Trim(s, "0123456789.-") != "" {
			t.Fatalf("ParseRounded(%q) = %v", s, a)
		}
		// What was read is what the decimal package reads.
		d, err := decimal.NewFromString(s)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if b, err := money.FromDecimal(d, c, r); err != nil || b != a {
			t.Fatalf("ParseRounded(%q, %v, %v) = %v, but FromDecimal gives %v, %v", s, c, r, a, b, err)
		}
		if b, err := money.Parse(a.Number(), c); err != nil || b != a {
			t.Fatalf("Parse(%q) = %v, %v", a.Number(), b, err)
		}
		if b, err := money.ParseAmount(a.String()); err != nil || b != a {
			t.Fatalf("ParseAmount(%q) = %v, %v", a.String(), b, err)
		}
		if b, err := money.Parse(s, c); err == nil && b != a {
			t.Fatalf("Parse(%q) = %v, but ParseRounded gives %v", s, b, a)
		}
	})
}

func FuzzParsePrice(f *testing.F) {
	for _, s := range seeds {
		f.Add(s, uint16(money.GBP))
	}
	f.Fuzz(func(t *testing.T, s string, number uint16) {
		c := money.Currency(number)
		p, err := money.ParsePrice(s, c)
		if err != nil {
			if !known(err) || p != (money.Price{}) {
				t.Fatalf("ParsePrice(%q, %v) = %v, %v", s, c, p, err)
			}
		} else {
			if p.Per() < 1 || p.Per() > 1_000_000_000 || p.Currency() != c || len(s) > 40 {
				t.Fatalf("ParsePrice(%q, %v) = %v", s, c, p)
			}
			if q, err := money.ParsePrice(p.Number(), c); err != nil || q != p {
				t.Fatalf("ParsePrice(%q) = %v, %v", p.Number(), q, err)
			}
			if q, err := money.ParsePriceText(p.String()); err != nil || q != p {
				t.Fatalf("ParsePriceText(%q) = %v, %v", p, q, err)
			}
			if a, err := p.Times(p.Per(), money.Exact); err != nil || a != p.Amount() {
				t.Fatalf("%v for %d pieces is %v, %v", p, p.Per(), a, err)
			}
		}
		q, err := money.ParsePriceText(s)
		if err != nil {
			if !known(err) || q != (money.Price{}) {
				t.Fatalf("ParsePriceText(%q) = %v, %v", s, q, err)
			}
		} else if again, err := money.ParsePriceText(q.String()); err != nil || again != q {
			t.Fatalf("ParsePriceText(%q) = %v, %v", q, again, err)
		}
	})
}

func FuzzAllocate(f *testing.F) {
	f.Add(int64(100), []byte{1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0})
	f.Add(int64(-1), []byte(strings.Repeat("\xff\xff\xff\xff\xff\xff\xff\x7f", 4)))
	f.Add(int64(-1<<63), []byte("\xff\xff\xff\xff\xff\xff\xff\x7f\x00\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00"))
	f.Add(int64(7), []byte("\x00\x00\x00\x00\x00\x00\x00\x80"))
	f.Add(int64(7), []byte{})
	f.Fuzz(func(t *testing.T, minor int64, data []byte) {
		var weights []int64
		for len(data) >= 8 && len(weights) < 50 {
			weights = append(weights, int64(binary.LittleEndian.Uint64(data)))
			data = data[8:]
		}
		a := money.MustFromMinor(minor, money.USD)
		parts, err := a.Allocate(weights)
		if err != nil {
			if !known(err) || parts != nil {
				t.Fatalf("Allocate(%v) = %v, %v", weights, parts, err)
			}
			return
		}
		checkShares(t, a, weights, parts)
	})
}

func FuzzUnmarshal(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fuzzUnmarshal(t, data, money.MustParse("1.00", money.EUR))
		fuzzUnmarshal(t, data, money.MustParsePrice("1.00/7", money.EUR))
		fuzzUnmarshal(t, data, money.MustParseRate("0.7"))
		fuzzUnmarshal(t, data, money.EUR)
		fuzzUnmarshal(t, data, money.Floor)
	})
}

// fuzzUnmarshal reads data over old in every way. It must fail and leave old, or
// give a value that survives being written and read.
func fuzzUnmarshal[T comparable](t *testing.T, data []byte, old T) {
	for how, read := range map[string]func(reader) error{
		"text":  func(p reader) error { return p.UnmarshalText(data) },
		"JSON":  func(p reader) error { return p.UnmarshalJSON(data) },
		"SQL":   func(p reader) error { return p.Scan(string(data)) },
		"bytes": func(p reader) error { return p.Scan(data) },
	} {
		v := old
		if err := read(any(&v).(reader)); err != nil {
			if v != old || !known(err) {
				t.Fatalf("%s of %q left %v, %v", how, data, v, err)
			}
			continue
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%s of %q gave %v, which cannot be written: %v", how, data, v, err)
		}
		back := old
		if err := json.Unmarshal(text, &back); err != nil || back != v {
			t.Fatalf("%s of %q gave %v, which reads back as %v, %v", how, data, v, back, err)
		}
	}
}

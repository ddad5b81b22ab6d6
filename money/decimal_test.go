package money_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/tillkit/till/money"
	"pgregory.net/rapid"
)

func TestFromDecimal(t *testing.T) {
	for _, tc := range []struct {
		d    decimal.Decimal
		c    money.Currency
		r    money.Rounding
		want string
	}{
		{decimal.Decimal{}, money.USD, money.Exact, "0.00 USD"},
		{decimal.RequireFromString("19.99"), money.USD, money.Exact, "19.99 USD"},
		{decimal.RequireFromString("1.500000"), money.USD, money.Exact, "1.50 USD"}, // zeros do not count here
		{decimal.RequireFromString("500.00"), money.JPY, money.Exact, "500 JPY"},
		{decimal.New(5, 2), money.USD, money.Exact, "500.00 USD"},
		{decimal.New(0, math.MaxInt32), money.USD, money.Exact, "0.00 USD"},
		{decimal.New(0, math.MinInt32), money.USD, money.Exact, "0.00 USD"},
		{decimal.RequireFromString("1.005"), money.USD, money.HalfEven, "1.00 USD"},
		{decimal.RequireFromString("1.005"), money.USD, money.HalfAwayFromZero, "1.01 USD"},
		{decimal.RequireFromString("-1.005"), money.USD, money.HalfTowardPositive, "-1.00 USD"},
		{decimal.New(1, -64), money.USD, money.Up, "0.01 USD"},
		{decimal.New(-1, -64), money.USD, money.Ceiling, "0.00 USD"},
		{decimal.New(math.MaxInt64, -2), money.USD, money.Exact, "92233720368547758.07 USD"},
		{decimal.New(math.MinInt64, -2), money.USD, money.Exact, "-92233720368547758.08 USD"},
		{decimal.RequireFromString("92233720368547758.0749"), money.USD, money.HalfEven, "92233720368547758.07 USD"},
	} {
		a, err := money.FromDecimal(tc.d, tc.c, tc.r)
		if err != nil || a.String() != tc.want {
			t.Errorf("FromDecimal(%v, %v, %v) = %v, %v; want %s", tc.d.Coefficient(), tc.c, tc.r, a, err, tc.want)
		}
	}
}

// Decimals that would take seconds, or gigabytes, or that wrap around when they
// are read carelessly.
func TestHostileDecimals(t *testing.T) {
	long := new(big.Int).Exp(big.NewInt(10), big.NewInt(200_000), nil)
	two64 := decimal.RequireFromString("18446744073709551617") // 2^64 + 1: its low 64 bits are 1
	for name, tc := range map[string]struct {
		d    decimal.Decimal
		want error
	}{
		"ten million zeros":          {decimal.New(1, 1e7), money.ErrOverflow},
		"the largest exponent":       {decimal.New(-1, math.MaxInt32), money.ErrOverflow},
		"the smallest exponent":      {decimal.New(1, math.MinInt32), money.ErrPrecision},
		"ten million decimals":       {decimal.New(1, -1e7), money.ErrPrecision},
		"65 decimals":                {decimal.New(1, -65), money.ErrPrecision},
		"2^64+1":                     {two64, money.ErrOverflow},
		"-(2^64+1)":                  {two64.Neg(), money.ErrOverflow},
		"2^64+1 cents":               {decimal.NewFromBigInt(two64.Coefficient(), -2), money.ErrOverflow},
		"200,000 digits":             {decimal.NewFromBigInt(long, 0), money.ErrOverflow},
		"200,000 digits, all behind": {decimal.NewFromBigInt(long, -200_000), money.ErrPrecision},
		"78 digits that are small":   {decimal.NewFromBigInt(new(big.Int).Lsh(big.NewInt(1), 257), -62), money.ErrPrecision},
		"1e20":                       {decimal.New(1, 20), money.ErrOverflow},
		"1e19":                       {decimal.New(1, 19), money.ErrOverflow},
	} {
		start := time.Now()
		for _, r := range append([]money.Rounding{money.Exact}, roundings...) {
			a, err := money.FromDecimal(tc.d, money.USD, r)
			if a != (money.Amount{}) || !errors.Is(err, tc.want) {
				t.Errorf("%s: FromDecimal %v = %v, %v; want %v", name, r, a, err, tc.want)
			}
		}
		if p, err := money.PriceFromDecimal(tc.d, money.USD); p != (money.Price{}) || !errors.Is(err, tc.want) {
			t.Errorf("%s: PriceFromDecimal = %v, %v; want %v", name, p, err, tc.want)
		}
		if r, err := money.RateFromDecimal(tc.d); r != (money.Rate{}) || !errors.Is(err, tc.want) {
			t.Errorf("%s: RateFromDecimal = %v, %v; want %v", name, r, err, tc.want)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
	}
	for _, c := range []money.Currency{0, 1, 9999} {
		if _, err := money.FromDecimal(decimal.Decimal{}, c, money.Exact); !errors.Is(err, money.ErrCurrency) {
			t.Errorf("currency %d: %v", c, err)
		}
		if _, err := money.PriceFromDecimal(decimal.Decimal{}, c); !errors.Is(err, money.ErrCurrency) {
			t.Errorf("currency %d: %v", c, err)
		}
	}
}

func TestFromDecimalAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurrency().Draw(t, "currency")
		r := anyRounding().Draw(t, "rounding")
		digits := rapid.StringMatching(`-?[1-9][0-9]{0,30}(5|50|49|51)?0{0,5}`).Draw(t, "coefficient")
		coef, _ := new(big.Int).SetString(digits, 10)
		exp := rapid.Int32Range(-40, 5).Draw(t, "exponent")
		exact := new(big.Rat).SetInt(coef)
		ten := ratOf(10)
		for range exp + int32(c.Digits()) {
			exact.Mul(exact, ten)
		}
		for range -(exp + int32(c.Digits())) {
			exact.Quo(exact, ten)
		}
		got, err := money.FromDecimal(decimal.NewFromBigInt(coef, exp), c, r)
		agrees(t, got, err, exact, c, r)
	})
}

func TestDecimalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurrency().Draw(t, "currency")
		a := amountOf(c).Draw(t, "amount")
		d := a.Decimal()
		if back, err := money.FromDecimal(d, c, money.Exact); err != nil || back != a {
			t.Fatalf("%v through %v is %v, %v", a, d, back, err)
		}
		if got := d.StringFixed(int32(c.Digits())); got != a.Number() {
			t.Fatalf("%v as a decimal is %s", a, got)
		}
	})
	if d := (money.Amount{}).Decimal(); !d.IsZero() {
		t.Errorf("the zero Amount as a decimal is %v", d)
	}
}

func TestRateFromDecimal(t *testing.T) {
	for s, want := range map[string]string{
		"0.0825": "0.0825", "0.10000000000000000000000000": "0.1", "1e2": "100", "0": "0", "-0.5": "-0.5",
		"1000000000000000000": "1000000000000000000",
	} {
		r, err := money.RateFromDecimal(decimal.RequireFromString(s))
		if err != nil || r.String() != want {
			t.Errorf("RateFromDecimal(%s) = %v, %v; want %s", s, r, err, want)
		}
	}
	for s, want := range map[string]error{
		"0.0000000000000000001": money.ErrPrecision, "10000000000000000000": money.ErrOverflow,
		"1" + strings.Repeat("0", 18) + ".5": money.ErrOverflow,
	} {
		if r, err := money.RateFromDecimal(decimal.RequireFromString(s)); !errors.Is(err, want) {
			t.Errorf("RateFromDecimal(%s) = %v, %v; want %v", s, r, err, want)
		}
	}
}

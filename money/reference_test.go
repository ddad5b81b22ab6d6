package money_test

import (
	"errors"
	"math"
	"math/big"
	"slices"
	"testing"

	"github.com/tillkit/till/money"
	"pgregory.net/rapid"
)

// This file holds what the other tests are checked against: arithmetic on
// rational numbers, written in the plainest way, and the generators.

var currencies = slices.Collect(money.Currencies())

var roundings = []money.Rounding{
	money.HalfAwayFromZero, money.HalfEven, money.HalfDown, money.HalfTowardPositive,
	money.Up, money.Down, money.Floor, money.Ceiling,
}

// reference rounds x to an integer by looking at the two integers around it.
func reference(x *big.Rat, r money.Rounding) *big.Int {
	low := new(big.Int).Div(x.Num(), x.Denom()) // toward negative infinity, as the denominator is positive
	if x.IsInt() {
		return low
	}
	high := new(big.Int).Add(low, big.NewInt(1))
	inner, outer := low, high // toward and away from zero
	if x.Sign() < 0 {
		inner, outer = high, low
	}
	nearer := func(tie *big.Int) *big.Int {
		toLow := new(big.Rat).Sub(x, new(big.Rat).SetInt(low))
		switch toLow.Cmp(big.NewRat(1, 2)) {
		case -1:
			return low
		case 1:
			return high
		default:
			return tie
		}
	}
	even := low
	if high.Bit(0) == 0 {
		even = high
	}
	switch r {
	case money.HalfAwayFromZero:
		return nearer(outer)
	case money.HalfEven:
		return nearer(even)
	case money.HalfDown:
		return nearer(inner)
	case money.HalfTowardPositive:
		return nearer(high)
	case money.Up:
		return outer
	case money.Down:
		return inner
	case money.Floor:
		return low
	case money.Ceiling:
		return high
	default:
		return nil
	}
}

// agrees checks a computed amount against the exact value in minor units.
func agrees(t interface {
	Helper()
	Fatalf(string, ...any)
}, got money.Amount, err error, exact *big.Rat, c money.Currency, r money.Rounding) {
	t.Helper()
	if r == money.Exact && !exact.IsInt() {
		if !errors.Is(err, money.ErrPrecision) && !errors.Is(err, money.ErrOverflow) {
			t.Fatalf("got %v, %v; want ErrPrecision: the exact value is %s", got, err, exact.RatString())
		}
		return
	}
	want := new(big.Int).Set(exact.Num())
	if r != money.Exact {
		want = reference(exact, r)
	}
	if !want.IsInt64() {
		if !errors.Is(err, money.ErrOverflow) || got != (money.Amount{}) {
			t.Fatalf("got %v, %v; want ErrOverflow: the exact value is %s", got, err, exact.RatString())
		}
		return
	}
	if err != nil || got != money.MustFromMinor(want.Int64(), c) {
		t.Fatalf("got %v, %v; want %v minor units of %v (%s, %v)", got, err, want, c, exact.RatString(), r)
	}
}

func ratOf(num int64) *big.Rat { return new(big.Rat).SetInt64(num) }

// anyInt64 is a generator of all int64 that likes the ends and small numbers.
func anyInt64() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64(),
		rapid.Int64Range(-10000, 10000),
		rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64}),
	)
}

func anyCurrency() *rapid.Generator[money.Currency] { return rapid.SampledFrom(currencies) }

func anyRounding() *rapid.Generator[money.Rounding] {
	return rapid.SampledFrom(append([]money.Rounding{money.Exact}, roundings...))
}

// anyAmount generates amounts of all currencies, and the zero Amount.
func anyAmount() *rapid.Generator[money.Amount] {
	return rapid.Custom(func(t *rapid.T) money.Amount {
		if rapid.IntRange(0, 19).Draw(t, "none") == 0 {
			return money.Amount{}
		}
		return money.MustFromMinor(anyInt64().Draw(t, "minor"), anyCurrency().Draw(t, "currency"))
	})
}

// amountOf generates amounts of one currency.
func amountOf(c money.Currency) *rapid.Generator[money.Amount] {
	return rapid.Custom(func(t *rapid.T) money.Amount {
		return money.MustFromMinor(anyInt64().Draw(t, "minor"), c)
	})
}

func anyRate() *rapid.Generator[money.Rate] {
	return rapid.Custom(func(t *rapid.T) money.Rate {
		coef := anyInt64().Draw(t, "coef")
		scale := rapid.Int32Range(0, 18).Draw(t, "scale")
		return rateOf(coef, scale)
	})
}

func anyPrice() *rapid.Generator[money.Price] {
	return rapid.Custom(func(t *rapid.T) money.Price {
		per := rapid.OneOf(rapid.Just(int64(1)), rapid.Int64Range(1, 1_000_000_000)).Draw(t, "per")
		p, err := money.NewPrice(anyAmount().Draw(t, "amount"), per)
		if err != nil {
			t.Fatal(err)
		}
		return p
	})
}

func TestReferenceRounding(t *testing.T) {
	// The table in the documentation of Rounding, row by row.
	values := []string{"2.5", "-2.5", "3.5", "2.4", "2.6", "-2.4", "-2.6"}
	for r, want := range map[money.Rounding][]int64{
		money.HalfAwayFromZero:   {3, -3, 4, 2, 3, -2, -3},
		money.HalfEven:           {2, -2, 4, 2, 3, -2, -3},
		money.HalfDown:           {2, -2, 3, 2, 3, -2, -3},
		money.HalfTowardPositive: {3, -2, 4, 2, 3, -2, -3},
		money.Up:                 {3, -3, 4, 3, 3, -3, -3},
		money.Down:               {2, -2, 3, 2, 2, -2, -2},
		money.Floor:              {2, -3, 3, 2, 2, -3, -3},
		money.Ceiling:            {3, -2, 4, 3, 3, -2, -2},
	} {
		for i, s := range values {
			x, _ := new(big.Rat).SetString(s)
			if got := reference(x, r).Int64(); got != want[i] {
				t.Errorf("reference: %s %v = %d, want %d", s, r, got, want[i])
			}
			a, err := money.ParseRounded(s, money.JPY, r)
			if err != nil || a.Minor() != want[i] {
				t.Errorf("ParseRounded(%s, JPY, %v) = %v, %v; want %d", s, r, a, err, want[i])
			}
		}
	}
}

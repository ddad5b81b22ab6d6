package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/tillkit/till/money"
	"pgregory.net/rapid"
)

func TestZeroAmount(t *testing.T) {
	var none money.Amount
	zero := money.MustFromMinor(0, money.USD)
	five := money.MustFromMinor(500, money.USD)

	if none == zero || none.Equal(zero) {
		t.Error("the zero Amount must not equal 0.00 USD")
	}
	if !none.IsZero() || !zero.IsZero() || five.IsZero() {
		t.Error("IsZero looks at the minor units alone")
	}
	if none.Currency() != 0 || none.Minor() != 0 || none.String() != "0" || none.Number() != "0" {
		t.Errorf("the zero Amount is %q", none)
	}
	for _, got := range []func() (money.Amount, error){
		func() (money.Amount, error) { return none.Add(five) },
		func() (money.Amount, error) { return five.Add(none) },
		func() (money.Amount, error) { return five.Sub(none) },
		func() (money.Amount, error) { return money.Sum(none, five, none) },
	} {
		if a, err := got(); err != nil || a != five {
			t.Errorf("the zero Amount must be neutral: got %v, %v", a, err)
		}
	}
	if a, err := none.Sub(five); err != nil || a != money.MustFromMinor(-500, money.USD) {
		t.Errorf("0 - 5.00 USD = %v, %v", a, err)
	}
	if a, err := none.Mul(7); err != nil || a != none {
		t.Errorf("0 * 7 = %v, %v", a, err)
	}
	if a, err := five.Sub(five); err != nil || a != zero {
		t.Errorf("5.00 USD - 5.00 USD = %v, %v; an amount keeps its currency", a, err)
	}
	if a, err := money.Sum(); err != nil || a != none {
		t.Errorf("Sum() = %v, %v", a, err)
	}
	if c, err := none.Cmp(five); err != nil || c != -1 {
		t.Errorf("the zero Amount compares with every currency: %d, %v", c, err)
	}
	if c, err := none.Cmp(zero); err != nil || c != 0 {
		t.Errorf("Cmp(0, 0.00 USD) = %d, %v", c, err)
	}
}

func TestFromMinor(t *testing.T) {
	for _, tc := range []struct {
		minor int64
		c     money.Currency
		text  string
	}{
		{950, money.GBP, "9.50 GBP"},
		{-5, money.GBP, "-0.05 GBP"},
		{0, money.GBP, "0.00 GBP"},
		{1200, money.JPY, "1200 JPY"},
		{-1, money.JPY, "-1 JPY"},
		{1, money.KWD, "0.001 KWD"},
		{12345, money.CLF, "1.2345 CLF"},
		{math.MaxInt64, money.USD, "92233720368547758.07 USD"},
		{math.MinInt64, money.USD, "-92233720368547758.08 USD"},
		{math.MinInt64, money.JPY, "-9223372036854775808 JPY"},
		{math.MinInt64, money.CLF, "-922337203685477.5808 CLF"},
		{0, 0, "0"},
	} {
		a, err := money.FromMinor(tc.minor, tc.c)
		if err != nil || a.String() != tc.text || a.Minor() != tc.minor || a.Currency() != tc.c {
			t.Errorf("FromMinor(%d, %v) = %v, %v; want %s", tc.minor, tc.c, a, err, tc.text)
		}
	}
	for _, c := range []money.Currency{0, 1, 959, 999, 1000, 9999, math.MaxUint16} {
		if a, err := money.FromMinor(1, c); !errors.Is(err, money.ErrCurrency) || a != (money.Amount{}) {
			t.Errorf("FromMinor(1, %d) = %v, %v; want ErrCurrency", c, a, err)
		}
	}
}

func TestMismatch(t *testing.T) {
	a, b := money.MustParse("1.00", money.USD), money.MustParse("1.00", money.EUR)
	_, add := a.Add(b)
	_, sub := a.Sub(b)
	_, cmp := a.Cmp(b)
	_, sum := money.Sum(money.Amount{}, a, b)
	_, price := money.PriceOf(a).Cmp(money.PriceOf(b))
	for op, err := range map[string]error{"Add": add, "Sub": sub, "Cmp": cmp, "Sum": sum, "Price.Cmp": price} {
		var mismatch *money.MismatchError
		if !errors.Is(err, money.ErrMismatch) || !errors.As(err, &mismatch) ||
			mismatch.A != money.USD || mismatch.B != money.EUR {
			t.Errorf("%s: %v; want a MismatchError of USD and EUR", op, err)
		}
	}
	// A zero of a currency has that currency.
	if _, err := money.MustFromMinor(0, money.USD).Add(b); !errors.Is(err, money.ErrMismatch) {
		t.Errorf("0.00 USD + 1.00 EUR: %v", err)
	}
}

func TestOverflow(t *testing.T) {
	top := money.MustFromMinor(math.MaxInt64, money.USD)
	bottom := money.MustFromMinor(math.MinInt64, money.USD)
	penny := money.MustFromMinor(1, money.USD)
	half := money.MustFromMinor(math.MaxInt64/2, money.USD)
	for name, f := range map[string]func() (money.Amount, error){
		"top + 1":       func() (money.Amount, error) { return top.Add(penny) },
		"bottom - 1":    func() (money.Amount, error) { return bottom.Sub(penny) },
		"0 - bottom":    func() (money.Amount, error) { return money.Amount{}.Sub(bottom) },
		"bottom+bottom": func() (money.Amount, error) { return bottom.Add(bottom) },
		"half * 3":      func() (money.Amount, error) { return half.Mul(3) },
		"bottom * -1":   func() (money.Amount, error) { return bottom.Mul(-1) },
		"bottom * min":  func() (money.Amount, error) { return bottom.Mul(math.MinInt64) },
		"-bottom":       func() (money.Amount, error) { return bottom.Neg() },
		"|bottom|":      func() (money.Amount, error) { return bottom.Abs() },
		"sum":           func() (money.Amount, error) { return money.Sum(top, penny, top) },
		"muldiv":        func() (money.Amount, error) { return bottom.MulDiv(-1, 1, money.Exact) },
		"muldiv min":    func() (money.Amount, error) { return bottom.MulDiv(math.MinInt64, 1, money.Down) },
		"mulrate":       func() (money.Amount, error) { return top.MulRate(money.MustParseRate("1.5"), money.Down) },
		"times":         func() (money.Amount, error) { return money.PriceOf(top).Times(2, money.Exact) },
	} {
		a, err := f()
		var overflow *money.OverflowError
		if a != (money.Amount{}) || !errors.Is(err, money.ErrOverflow) || !errors.As(err, &overflow) {
			t.Errorf("%s = %v, %v; want an OverflowError and no amount", name, a, err)
		} else if overflow.Currency != money.USD {
			t.Errorf("%s: the error names %v", name, overflow.Currency)
		}
	}
	// At the limits everything still works.
	if a, err := bottom.Mul(1); err != nil || a != bottom {
		t.Errorf("bottom * 1 = %v, %v", a, err)
	}
	if a, err := money.MustFromMinor(1<<62, money.USD).Mul(-2); err != nil || a != bottom {
		t.Errorf("2^62 * -2 = %v, %v", a, err)
	}
	if a, err := top.Neg(); err != nil || a.Minor() != -math.MaxInt64 {
		t.Errorf("-top = %v, %v", a, err)
	}
	// Only the total of a sum has to fit.
	if a, err := money.Sum(top, top, bottom, bottom, penny); err != nil || a != money.MustFromMinor(-1, money.USD) {
		t.Errorf("a sum whose total fits = %v, %v", a, err)
	}
}

func TestArithmeticIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurrency().Draw(t, "currency")
		a, b := amountOf(c).Draw(t, "a"), amountOf(c).Draw(t, "b")
		n := anyInt64().Draw(t, "n")
		x, y := ratOf(a.Minor()), ratOf(b.Minor())

		got, err := a.Add(b)
		agrees(t, got, err, new(big.Rat).Add(x, y), c, money.Exact)
		got, err = a.Sub(b)
		agrees(t, got, err, new(big.Rat).Sub(x, y), c, money.Exact)
		got, err = a.Mul(n)
		agrees(t, got, err, new(big.Rat).Mul(x, ratOf(n)), c, money.Exact)
		got, err = a.Neg()
		agrees(t, got, err, new(big.Rat).Neg(x), c, money.Exact)
		got, err = a.Abs()
		agrees(t, got, err, new(big.Rat).Abs(x), c, money.Exact)

		sign, err := a.Cmp(b)
		if err != nil || sign != x.Cmp(y) {
			t.Fatalf("Cmp(%v, %v) = %d, %v", a, b, sign, err)
		}
		if a.Sign() != x.Sign() {
			t.Fatalf("Sign(%v) = %d", a, a.Sign())
		}
	})
}

func TestSubUndoesAdd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurrency().Draw(t, "currency")
		a, b := amountOf(c).Draw(t, "a"), amountOf(c).Draw(t, "b")
		sum, err := a.Add(b)
		if err != nil {
			t.Skip("the sum does not fit")
		}
		if back, err := sum.Sub(b); err != nil || back != a {
			t.Fatalf("%v + %v - %v = %v, %v", a, b, b, back, err)
		}
		if other, err := b.Add(a); err != nil || other != sum {
			t.Fatalf("%v + %v = %v, but the other way %v, %v", a, b, sum, other, err)
		}
	})
}

func TestSumIsTheFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurrency().Draw(t, "currency")
		list := rapid.SliceOf(amountOf(c)).Draw(t, "amounts")
		exact := new(big.Rat)
		for _, a := range list {
			exact.Add(exact, ratOf(a.Minor()))
		}
		sum, err := money.Sum(list...)
		if len(list) == 0 {
			c = 0
		}
		agrees(t, sum, err, exact, c, money.Exact)

		var fold money.Amount
		for _, a := range list {
			var err error
			if fold, err = fold.Add(a); err != nil {
				return // an intermediate sum did not fit; Sum does not mind
			}
		}
		if err != nil || fold != sum {
			t.Fatalf("the fold is %v, Sum is %v, %v", fold, sum, err)
		}
		mixed := append(list, money.MustFromMinor(1, money.GBP), money.MustFromMinor(1, money.EUR))
		if _, err := money.Sum(mixed...); !errors.Is(err, money.ErrMismatch) {
			t.Fatalf("a mixed sum: %v", err)
		}
	})
}

func TestMulDiv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.MustFromMinor(anyInt64().Draw(t, "minor"), money.USD)
		num := anyInt64().Draw(t, "num")
		den := anyInt64().Filter(func(n int64) bool { return n != 0 }).Draw(t, "den")
		r := anyRounding().Draw(t, "rounding")
		exact := new(big.Rat).Mul(ratOf(a.Minor()), ratOf(num))
		exact.Quo(exact, ratOf(den))
		got, err := a.MulDiv(num, den, r)
		agrees(t, got, err, exact, money.USD, r)
	})
	// The quotient is 2^64 - 1 and more than a half: rounding it away from zero
	// must not wrap to 0.
	a := money.MustFromMinor(7345404908996490429, money.USD)
	for _, r := range roundings {
		got, err := a.MulDiv(6948885625840175357, 2767012887702366035, r)
		if got != (money.Amount{}) || !errors.Is(err, money.ErrOverflow) {
			t.Errorf("%v: %v, %v; want ErrOverflow", r, got, err)
		}
	}
}

func TestBadArguments(t *testing.T) {
	a := money.MustParse("1.00", money.USD)
	bad := money.Rounding(77)
	for name, f := range map[string]func() error{
		"MulDiv by 0":    func() error { _, err := a.MulDiv(1, 0, money.Down); return err },
		"MulDiv rounds":  func() error { _, err := a.MulDiv(1, 1, bad); return err },
		"MulRate rounds": func() error { _, err := a.MulRate(money.Rate{}, bad); return err },
		"ParseRounded":   func() error { _, err := money.ParseRounded("1", money.USD, bad); return err },
		"FromDecimal":    func() error { _, err := money.FromDecimal(a.Decimal(), money.USD, bad); return err },
		"Times rounds":   func() error { _, err := money.PriceOf(a).Times(1, bad); return err },
		"Included -1":    func() error { _, err := a.Included(money.MustParseRate("-1"), money.Down); return err },
		"Split 0":        func() error { _, err := a.Split(0); return err },
		"Split -1":       func() error { _, err := a.Split(-1); return err },
		"Split too many": func() error { _, err := a.Split(1_000_001); return err },
		"NewPrice 0":     func() error { _, err := money.NewPrice(a, 0); return err },
		"NewPrice -1":    func() error { _, err := money.NewPrice(a, -1); return err },
		"NewPrice 1e9+1": func() error { _, err := money.NewPrice(a, 1_000_000_001); return err },
	} {
		var arg *money.ArgumentError
		if err := f(); !errors.Is(err, money.ErrArgument) || !errors.As(err, &arg) {
			t.Errorf("%s: %v; want an ArgumentError", name, err)
		}
	}
}

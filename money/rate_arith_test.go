package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/tillkit/till/money"
	"pgregory.net/rapid"
)

// rateFrom gives the rate of a fraction, or the error for what is none: more than 18
// decimals, or digits beyond 64 bits.
func rateFrom(x *big.Rat) (string, error) {
	for decimals := 0; decimals <= 18; decimals++ {
		scaled := new(big.Rat).Mul(x, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)))
		if !scaled.IsInt() {
			continue
		}
		if !scaled.Num().IsInt64() {
			return "", money.ErrOverflow
		}
		return x.FloatString(decimals), nil
	}
	return "", money.ErrPrecision
}

// agreesRate checks a computed rate against the exact one.
func agreesRate(t interface {
	Helper()
	Fatalf(string, ...any)
}, what string, got money.Rate, err error, exact *big.Rat) {
	t.Helper()
	want, wantErr := rateFrom(exact)
	if wantErr != nil {
		if !errors.Is(err, wantErr) || !known(err) || got != (money.Rate{}) {
			t.Fatalf("%s = %v, %v; want %v: it is %s", what, got, err, wantErr, exact)
		}
		return
	}
	if err != nil || got.String() != want {
		t.Fatalf("%s = %v, %v; want %s", what, got, err, want)
	}
}

// agreesEach checks n times what was rounded for one.
func agreesEach(t *rapid.T, got money.Amount, err error, n int64, each *big.Rat, c money.Currency, r money.Rounding) {
	t.Helper()
	if r == money.Exact && !each.IsInt() {
		if !errors.Is(err, money.ErrPrecision) && !errors.Is(err, money.ErrOverflow) {
			t.Fatalf("got %v, %v; want ErrPrecision: one is %s", got, err, each.RatString())
		}
		return
	}
	one := new(big.Int).Set(each.Num())
	if r != money.Exact {
		one = reference(each, r)
	}
	agrees(t, got, err, new(big.Rat).SetInt(one.Mul(one, big.NewInt(n))), c, money.Exact)
}

func TestRateArithmetic(t *testing.T) {
	rate := money.MustParseRate
	for _, c := range []struct {
		r, s, sum, product string // "" where there is none
	}{
		{"0.05", "0.1", "0.15", "0.005"}, {"0.5", "0.5", "1", "0.25"}, {"0.2", "-0.2", "0", "-0.04"}, {"0", "0.07", "0.07", "0"},
		{"1.05", "0.09975", "1.14975", "0.1047375"}, {"10", "0.1", "10.1", "1"},
		{"9223372036854775807", "1", "", "9223372036854775807"}, {"9223372036854775807", "-1", "9223372036854775806", "-9223372036854775807"},
		{"9223372036854775807", "0.1", "", "922337203685477580.7"}, {"0.000000001", "0.0000000001", "0.0000000011", ""},
		{"0.000000001", "0.000000001", "0.000000002", "0.000000000000000001"}, {"0.2", "0.000000000000000005", "0.200000000000000005", "0.000000000000000001"},
		// each is beyond 64 bits on the way, and not in the end
		{"5.000000000000000005", "5.000000000000000005", "10.00000000000000001", ""},
		{"92233720368547758.1", "-0.05", "92233720368547758.05", "-4611686018427387.905"},
		{"1.099511627776", "7.450580596923828125", "8.550092224699828125", "8.192"},
	} {
		for _, both := range [][2]string{{c.r, c.s}, {c.s, c.r}} {
			r, s := rate(both[0]), rate(both[1])
			sum, err := r.Add(s)
			if c.sum == "" && !errors.Is(err, money.ErrOverflow) || c.sum != "" && (err != nil || sum.String() != c.sum) {
				t.Errorf("%v + %v = %v, %v; want %q", r, s, sum, err, c.sum)
			}
			product, err := r.Mul(s)
			if c.product == "" && !errors.Is(err, money.ErrPrecision) || c.product != "" && (err != nil || product.String() != c.product) {
				t.Errorf("%v * %v = %v, %v; want %q", r, s, product, err, c.product)
			}
		}
	}
}

func TestRateArithmeticAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := anyRate().Draw(t, "r"), anyRate().Draw(t, "s")
		sum, err := r.Add(s)
		agreesRate(t, "r + s", sum, err, new(big.Rat).Add(ratOfRate(r), ratOfRate(s)))
		product, err := r.Mul(s)
		agreesRate(t, "r * s", product, err, new(big.Rat).Mul(ratOfRate(r), ratOfRate(s)))
		n := anyInt64().Draw(t, "n")
		if whole := money.WholeRate(n); ratOfRate(whole).Cmp(ratOf(n)) != 0 {
			t.Fatalf("WholeRate(%d) = %v", n, whole)
		}
		decimals := rapid.IntRange(-1, 19).Draw(t, "decimals")
		units, ok := r.Units(decimals)
		scaled := new(big.Rat).Mul(ratOfRate(r), new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(decimals, 0))), nil)))
		if want := decimals >= 0 && decimals <= 18 && scaled.IsInt() && scaled.Num().IsInt64(); ok != want || ok && ratOf(units).Cmp(scaled) != 0 || !ok && units != 0 {
			t.Fatalf("Units(%d) of %v = %d, %t; want %s", decimals, r, units, ok, scaled.RatString())
		}
		if exact, ok := r.Units(r.Decimals()); !ok || r.Decimals() > 0 && exact%10 == 0 {
			t.Fatalf("%v has %d decimals, of which %d, %t", r, r.Decimals(), exact, ok)
		}
	})
}

func TestRatesOfPieces(t *testing.T) {
	for _, c := range []struct {
		amount, rate string
		n            int64
		div          string // amount x rate / n
		each         string // n x round(amount x rate / n)
		included     string // n x round(amount x rate / (1 + rate) / n)
	}{
		{"9.99", "0.2", 10, "0.20", "2.00", "1.70"}, {"0.10", "0.2", 10, "0.00", "0.00", "0.00"}, {"12.00", "0.2", 1, "2.40", "2.40", "2.00"},
		{"10.00", "1", 3, "3.33", "9.99", "5.01"}, {"-10.00", "1", 3, "-3.33", "-9.99", "-5.01"}, {"0.00", "0.2", 7, "0.00", "0.00", "0.00"},
		{"0.03", "10", 3, "0.10", "0.30", "0.03"}, {"5.00", "0", 2, "0.00", "0.00", "0.00"}, {"5.00", "-0.5", 2, "-1.25", "-2.50", "-5.00"},
	} {
		a, rate := money.MustParse(c.amount, money.GBP), money.MustParseRate(c.rate)
		for what, f := range map[string]struct {
			do   func() (money.Amount, error)
			want string
		}{
			"MulRateDiv":   {func() (money.Amount, error) { return a.MulRateDiv(rate, c.n, money.HalfAwayFromZero) }, c.div},
			"MulRateEach":  {func() (money.Amount, error) { return a.MulRateEach(c.n, rate, money.HalfAwayFromZero) }, c.each},
			"IncludedEach": {func() (money.Amount, error) { return a.IncludedEach(c.n, rate, money.HalfAwayFromZero) }, c.included},
		} {
			if got, err := f.do(); err != nil || got.Number() != f.want {
				t.Errorf("%s of %s at %s and %d: %v, %v; want %s", what, c.amount, c.rate, c.n, got, err, f.want)
			}
		}
	}
	a, rate := money.MustParse("1.00", money.GBP), money.MustParseRate("0.2")
	for _, n := range []int64{0, -1, math.MinInt64} {
		for _, do := range []func() (money.Amount, error){
			func() (money.Amount, error) { return a.MulRateDiv(rate, n, money.Up) },
			func() (money.Amount, error) { return a.MulRateEach(n, rate, money.Up) },
			func() (money.Amount, error) { return a.IncludedEach(n, rate, money.Up) },
		} {
			if got, err := do(); !errors.Is(err, money.ErrArgument) || got != (money.Amount{}) {
				t.Errorf("%d pieces: %v, %v", n, got, err)
			}
		}
	}
	for _, below := range []string{"-1", "-2"} {
		if _, err := a.IncludedEach(1, money.MustParseRate(below), money.Up); !errors.Is(err, money.ErrArgument) {
			t.Errorf("a rate of %s: %v", below, err)
		}
	}
	if _, err := a.MulRateDiv(rate, 3, 99); !errors.Is(err, money.ErrArgument) {
		t.Errorf("no such rounding: %v", err)
	}
}

func TestRatesOfPiecesAgainstReference(t *testing.T) {
	rapid.Check(t, checkPieces)
}

// checkPieces checks what is computed of one of n pieces.
func checkPieces(t *rapid.T) {
	c := anyCurrency().Draw(t, "currency")
	a, rate, r := amountOf(c).Draw(t, "a"), anyRate().Draw(t, "rate"), anyRounding().Draw(t, "rounding")
	n := rapid.OneOf(rapid.Int64Range(1, 12), rapid.Int64Range(1, math.MaxInt64)).Draw(t, "n")
	x := ratOfRate(rate)
	each := new(big.Rat).Mul(big.NewRat(a.Minor(), n), x)
	got, err := a.MulRateDiv(rate, n, r)
	agrees(t, got, err, each, c, r)
	got, err = a.MulRateEach(n, rate, r)
	agreesEach(t, got, err, n, each, c, r)
	got, err = a.IncludedEach(n, rate, r)
	whole := new(big.Rat).Add(x, ratOf(1))
	if whole.Sign() <= 0 {
		if !errors.Is(err, money.ErrArgument) {
			t.Fatalf("IncludedEach(%v) = %v, %v; want ErrArgument", rate, got, err)
		}
		return
	}
	agreesEach(t, got, err, n, new(big.Rat).Quo(each, whole), c, r)
}

func FuzzRateArithmetic(f *testing.F) {
	f.Add(int64(825), uint8(4), int64(5), uint8(2), int64(999), int64(10), uint8(money.HalfEven))
	f.Add(int64(math.MaxInt64), uint8(18), int64(math.MinInt64), uint8(0), int64(math.MinInt64), int64(math.MaxInt64), uint8(money.Exact))
	f.Fuzz(func(t *testing.T, coef int64, scale uint8, coef2 int64, scale2 uint8, minor, n int64, mode uint8) {
		r, s := rateOf(coef, int32(scale%19)), rateOf(coef2, int32(scale2%19))
		sum, err := r.Add(s)
		agreesRate(t, "r + s", sum, err, new(big.Rat).Add(ratOfRate(r), ratOfRate(s)))
		product, err := r.Mul(s)
		agreesRate(t, "r * s", product, err, new(big.Rat).Mul(ratOfRate(r), ratOfRate(s)))
		a, rounding := money.MustFromMinor(minor, money.USD), money.Rounding(mode)
		got, err := a.MulRateDiv(r, n, rounding)
		if n < 1 || !rounding.Valid() {
			if !errors.Is(err, money.ErrArgument) || !known(err) {
				t.Fatalf("%v over %d, %d: %v, %v", a, n, mode, got, err)
			}
			return
		}
		agrees(t, got, err, new(big.Rat).Mul(big.NewRat(minor, n), ratOfRate(r)), money.USD, rounding)
		for _, do := range []func() (money.Amount, error){
			func() (money.Amount, error) { return a.MulRateEach(n, r, rounding) }, func() (money.Amount, error) { return a.IncludedEach(n, r, rounding) },
		} {
			if each, err := do(); err == nil && each.Minor()%n != 0 || err != nil && (!known(err) || each != (money.Amount{})) {
				t.Fatalf("of %d pieces: %v, %v", n, each, err)
			}
		}
	})
}

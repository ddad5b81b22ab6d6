package money_test

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/tillkit/till/money"
	"pgregory.net/rapid"
)

func rateOf(coef int64, scale int32) money.Rate {
	r, err := money.RateFromDecimal(decimal.New(coef, -scale))
	if err != nil {
		panic(err)
	}
	return r
}

func ratOfRate(r money.Rate) *big.Rat {
	x, ok := new(big.Rat).SetString(r.String())
	if !ok {
		panic(r.String())
	}
	return x
}

func TestParseRate(t *testing.T) {
	for s, want := range map[string]string{
		"0": "0", "-0": "0", "0.0": "0", "0.10": "0.1", "0.0825": "0.0825", "1": "1", "1.000000000000000000000000": "1",
		"-0.5": "-0.5", "12.000000000000000000": "12", "100": "100", "007": "7",
		"0.000000000000000001": "0.000000000000000001", "-9.223372036854775808": "-9.223372036854775808",
		"9223372036854775807": "9223372036854775807",
	} {
		if r, err := money.ParseRate(s); err != nil || r.String() != want {
			t.Errorf("ParseRate(%q) = %v, %v; want %s", s, r, err, want)
		}
	}
	if money.MustParseRate("0.10") != money.MustParseRate("0.1") || !money.MustParseRate("0.10").Equal(money.MustParseRate("0.1")) {
		t.Error("a number has one form, so == works")
	}
	for s, want := range map[string]error{
		"0.0000000000000000001": money.ErrPrecision, "9223372036854775808": money.ErrOverflow,
		"10.000000000000000001": money.ErrOverflow, "8.25%": money.ErrSyntax,
	} {
		if r, err := money.ParseRate(s); !errors.Is(err, want) || r != (money.Rate{}) {
			t.Errorf("ParseRate(%q) = %v, %v; want %v", s, r, err, want)
		}
	}
}

func TestParsePercent(t *testing.T) {
	for s, want := range map[string]string{
		"8.25": "0.0825", "100": "1", "10": "0.1", "1": "0.01", "0": "0", "-20": "-0.2", "250": "2.5",
		"0.0000000000000001": "0.000000000000000001", "922337203685477580700": "9223372036854775807",
		"922337203685477580.7": "9223372036854775.807",
	} {
		r, err := money.ParsePercent(s)
		if err != nil || r.String() != want {
			t.Errorf("ParsePercent(%q) = %v, %v; want %s", s, r, err, want)
		}
		if back := r.Percent(); back != s {
			t.Errorf("Percent of %q = %q", s, back)
		}
	}
	if _, err := money.ParsePercent("0.00000000000000001"); !errors.Is(err, money.ErrPrecision) {
		t.Errorf("17 decimals of a percent: %v", err)
	}
	if _, err := money.ParsePercent("922337203685477580800"); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("too large: %v", err)
	}
}

func TestRateRoundTripAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, s := anyRate().Draw(t, "r"), anyRate().Draw(t, "s")
		if back, err := money.ParseRate(r.String()); err != nil || back != r {
			t.Fatalf("ParseRate(%q) = %v, %v", r, back, err)
		}
		if back, err := money.ParsePercent(r.Percent()); err != nil || back != r {
			t.Fatalf("ParsePercent(%q) = %v, %v", r.Percent(), back, err)
		}
		if back, err := money.RateFromDecimal(r.Decimal()); err != nil || back != r {
			t.Fatalf("RateFromDecimal(%v) = %v, %v", r.Decimal(), back, err)
		}
		if strings.Contains(r.String(), ".") && strings.HasSuffix(r.String(), "0") {
			t.Fatalf("%q has a zero at its end", r)
		}
		x, y := ratOfRate(r), ratOfRate(s)
		if r.Cmp(s) != x.Cmp(y) || (r == s) != (x.Cmp(y) == 0) || r.Sign() != x.Sign() || r.IsZero() != (x.Sign() == 0) {
			t.Fatalf("Cmp(%v, %v) = %d", r, s, r.Cmp(s))
		}
	})
}

func TestMulRateAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurrency().Draw(t, "currency")
		a, rate := amountOf(c).Draw(t, "a"), anyRate().Draw(t, "rate")
		r := anyRounding().Draw(t, "rounding")
		x := ratOfRate(rate)
		got, err := a.MulRate(rate, r)
		agrees(t, got, err, new(big.Rat).Mul(ratOf(a.Minor()), x), c, r)

		whole := new(big.Rat).Add(x, ratOf(1))
		got, err = a.Included(rate, r)
		if whole.Sign() <= 0 {
			if !errors.Is(err, money.ErrArgument) {
				t.Fatalf("Included(%v) = %v, %v; want ErrArgument", rate, got, err)
			}
			return
		}
		agrees(t, got, err, new(big.Rat).Mul(ratOf(a.Minor()), x.Quo(x, whole)), c, r)
	})
}

// Ties are rare in random figures, so they are made: a * n / 2, with a odd.
func TestEveryRoundingOnTies(t *testing.T) {
	half := money.MustParseRate("0.5")
	for minor := int64(-9); minor <= 9; minor++ {
		for _, r := range roundings {
			a := money.MustFromMinor(minor, money.JPY)
			got, err := a.MulRate(half, r)
			agrees(t, got, err, big.NewRat(minor, 2), money.JPY, r)
			got, err = a.MulDiv(1, -2, r)
			agrees(t, got, err, big.NewRat(minor, -2), money.JPY, r)
			for _, rate := range []string{"0.25", "0.75", "0.49", "0.51", "1.5", "-0.5"} {
				rate := money.MustParseRate(rate)
				got, err = a.MulRate(rate, r)
				agrees(t, got, err, new(big.Rat).Mul(ratOf(minor), ratOfRate(rate)), money.JPY, r)
			}
		}
	}
}

func TestTaxIncluded(t *testing.T) {
	for _, tc := range []struct{ gross, percent, tax string }{
		{"12.00", "20", "2.00"}, {"-12.00", "20", "-2.00"}, {"119.00", "19", "19.00"}, {"9.99", "20", "1.66"},
		{"0.03", "19", "0.00"}, {"10.00", "0", "0.00"}, {"10.00", "-50", "-10.00"},
	} {
		gross := money.MustParse(tc.gross, money.EUR)
		tax, err := gross.Included(money.MustParsePercent(tc.percent), money.HalfEven)
		if err != nil || tax.Number() != tc.tax {
			t.Errorf("%s includes %v at %s %%, %v; want %s", tc.gross, tax, tc.percent, err, tc.tax)
		}
	}
	top := money.MustFromMinor(math.MaxInt64, money.EUR)
	tax, err := top.Included(money.MustParseRate("9223372036854775807"), money.Down)
	if err != nil || tax.Minor() != math.MaxInt64-1 {
		t.Errorf("Included at the limits = %v, %v", tax, err)
	}
}

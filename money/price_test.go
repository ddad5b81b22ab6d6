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

func TestParsePrice(t *testing.T) {
	for _, tc := range []struct {
		s     string
		c     money.Currency
		minor int64
		per   int64
		text  string
	}{
		{"9.50", money.GBP, 950, 1, "9.50 GBP"},
		{"9.50/1", money.GBP, 950, 1, "9.50 GBP"},
		{"9.80/1000", money.GBP, 980, 1000, "9.80 GBP/1000"},
		{"0", money.GBP, 0, 1, "0.00 GBP"},
		{"-1/3", money.JPY, -1, 3, "-1 JPY/3"},
		{"1/1000000000", money.USD, 100, 1_000_000_000, "1.00 USD/1000000000"},
		{"-92233720368547758.08/1000000000", money.USD, math.MinInt64, 1_000_000_000, "-92233720368547758.08 USD/1000000000"},
	} {
		p, err := money.ParsePrice(tc.s, tc.c)
		if err != nil || p.Amount() != money.MustFromMinor(tc.minor, tc.c) || p.Per() != tc.per || p.String() != tc.text {
			t.Errorf("ParsePrice(%q, %v) = %v, %v; want %s", tc.s, tc.c, p, err, tc.text)
		}
		if p.Currency() != tc.c || p.IsZero() != (tc.minor == 0) || p.Sign() != p.Amount().Sign() {
			t.Errorf("%v: Currency, IsZero and Sign are those of its amount", p)
		}
		if back, err := money.ParsePriceText(tc.text); err != nil || back != p {
			t.Errorf("ParsePriceText(%q) = %v, %v", tc.text, back, err)
		}
	}
	for s, want := range map[string]error{
		"9.80/":           money.ErrSyntax,
		"/1000":           money.ErrSyntax,
		"9.80/0":          money.ErrSyntax,
		"9.80/-1":         money.ErrSyntax,
		"9.80/+1":         money.ErrSyntax,
		"9.80/1000000001": money.ErrSyntax,
		"9.80/1.5":        money.ErrSyntax,
		"9.80/1000/2":     money.ErrSyntax,
		"9.80 /1000":      money.ErrSyntax,
		"9.80/1 000":      money.ErrSyntax,
		"9.80 GBP":        money.ErrSyntax,
		"0.0098":          money.ErrPrecision,
		"0.980/10":        money.ErrPrecision,
		"1e2/10":          money.ErrSyntax,
		"1/99999999999999999999999999999999999999": money.ErrSyntax,
		"1/1" + strings.Repeat("0", 1<<20):         money.ErrSyntax,
		"99999999999999999999/3":                   money.ErrOverflow,
	} {
		if p, err := money.ParsePrice(s, money.GBP); !errors.Is(err, want) || p != (money.Price{}) {
			t.Errorf("ParsePrice(%.40q) = %v, %v; want %v", s, p, err, want)
		}
	}
	for s, want := range map[string]error{
		"":              money.ErrSyntax,
		"9.80":          money.ErrSyntax,
		"9.80/1000":     money.ErrSyntax,
		"9.80/1000 GBP": money.ErrSyntax,
		"9.80 GBP/":     money.ErrSyntax,
		"9.80 GBP /10":  money.ErrSyntax,
		"9.80 GBP/ 10":  money.ErrSyntax,
		"9.80 XAU/10":   money.ErrCurrency,
		"9.80 gbp":      money.ErrCurrency,
		"9.805 GBP/10":  money.ErrPrecision,
		"0.00/10":       money.ErrSyntax,
		"9,80 GBP/10":   money.ErrSyntax,
	} {
		if p, err := money.ParsePriceText(s); !errors.Is(err, want) || p != (money.Price{}) {
			t.Errorf("ParsePriceText(%.40q) = %v, %v; want %v", s, p, err, want)
		}
	}
}

func TestZeroPrice(t *testing.T) {
	var none money.Price
	if none.Per() != 1 || none.Amount() != (money.Amount{}) || none.String() != "0" || none != money.PriceOf(money.Amount{}) {
		t.Errorf("the zero Price is %v for %d", none, none.Per())
	}
	if p, err := money.NewPrice(money.Amount{}, 1); err != nil || p != none {
		t.Errorf("NewPrice(0, 1) = %v, %v", p, err)
	}
	if a, err := none.Times(math.MinInt64, money.Exact); err != nil || a != (money.Amount{}) {
		t.Errorf("0 times anything = %v, %v", a, err)
	}
}

func TestPriceRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPrice().Draw(t, "price")
		if back, err := money.ParsePriceText(p.String()); err != nil || back != p {
			t.Fatalf("ParsePriceText(%q) = %v, %v", p, back, err)
		}
		if p.Currency() != 0 {
			if back, err := money.ParsePrice(p.Number(), p.Currency()); err != nil || !back.Equal(p) {
				t.Fatalf("ParsePrice(%q) = %v, %v", p.Number(), back, err)
			}
		}
		if back, err := money.NewPrice(p.Amount(), p.Per()); err != nil || back != p {
			t.Fatalf("NewPrice(%v, %d) = %v, %v", p.Amount(), p.Per(), back, err)
		}
	})
}

func TestTimesAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPrice().Draw(t, "price")
		quantity := anyInt64().Draw(t, "quantity")
		r := anyRounding().Draw(t, "rounding")
		exact := new(big.Rat).Mul(ratOf(p.Amount().Minor()), ratOf(quantity))
		exact.Quo(exact, ratOf(p.Per()))
		got, err := p.Times(quantity, r)
		if p.Currency() == 0 {
			if err != nil || got != (money.Amount{}) {
				t.Fatalf("%v times %d = %v, %v", p, quantity, got, err)
			}
			return
		}
		agrees(t, got, err, exact, p.Currency(), r)
	})
}

func TestPriceCmp(t *testing.T) {
	a, b := money.MustParsePrice("9.80/1000", money.GBP), money.MustParsePrice("0.98/100", money.GBP)
	if c, err := a.Cmp(b); err != nil || c != 0 || a == b || a.Equal(b) {
		t.Errorf("9.80/1000 and 0.98/100 cost the same and are not ==: %d, %v", c, err)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurrency().Draw(t, "currency")
		per := rapid.Int64Range(1, 1_000_000_000)
		p, _ := money.NewPrice(amountOf(c).Draw(t, "a"), per.Draw(t, "p"))
		q, _ := money.NewPrice(amountOf(c).Draw(t, "b"), per.Draw(t, "q"))
		x := new(big.Rat).Quo(ratOf(p.Amount().Minor()), ratOf(p.Per()))
		y := new(big.Rat).Quo(ratOf(q.Amount().Minor()), ratOf(q.Per()))
		if got, err := p.Cmp(q); err != nil || got != x.Cmp(y) {
			t.Fatalf("Cmp(%v, %v) = %d, %v; want %d", p, q, got, err, x.Cmp(y))
		}
	})
}

func TestPriceFromDecimal(t *testing.T) {
	for s, want := range map[string]string{
		"9.5": "9.50 GBP", "9.500000000000000000000": "9.50 GBP", "0.0098": "0.98 GBP/100", "0.01": "0.01 GBP",
		"0.001": "0.01 GBP/10", "-0.0015": "-0.15 GBP/100", "100": "100.00 GBP", "0": "0.00 GBP",
		"0.00000000001": "0.01 GBP/1000000000", "1e3": "1000.00 GBP",
	} {
		p, err := money.PriceFromDecimal(decimal.RequireFromString(s), money.GBP)
		if err != nil || p.String() != want {
			t.Errorf("PriceFromDecimal(%s) = %v, %v; want %s", s, p, err, want)
		}
	}
	for s, want := range map[string]error{
		"0.000000000001": money.ErrPrecision, "0.333333333333333333": money.ErrPrecision,
		"1e17": money.ErrOverflow, "92233720368547758.08": money.ErrOverflow, "9223372036854775.80701": money.ErrOverflow,
	} {
		p, err := money.PriceFromDecimal(decimal.RequireFromString(s), money.GBP)
		if !errors.Is(err, want) || p != (money.Price{}) {
			t.Errorf("PriceFromDecimal(%s) = %v, %v; want %v", s, p, err, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurrency().Draw(t, "currency")
		d := decimal.New(anyInt64().Draw(t, "coef"), -rapid.Int32Range(0, 12).Draw(t, "scale"))
		p, err := money.PriceFromDecimal(d, c)
		if err != nil {
			return
		}
		back := p.Amount().Decimal().Mul(decimal.New(1, -int32(len(decimal.NewFromInt(p.Per()).String())-1)))
		if !back.Equal(d) {
			t.Fatalf("PriceFromDecimal(%v) = %v, which is %v", d, p, back)
		}
		if p.Per() > 1 && p.Amount().Minor()%10 == 0 {
			t.Fatalf("PriceFromDecimal(%v) = %v: the number of pieces is not the smallest", d, p)
		}
	})
}

package money_test

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/tillkit/till/money"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		s     string
		c     money.Currency
		minor int64
	}{
		{"9.50", money.GBP, 950},
		{"9.5", money.GBP, 950},
		{"9", money.GBP, 900},
		{"0", money.GBP, 0},
		{"-0", money.GBP, 0},
		{"-0.00", money.GBP, 0},
		{"-0.05", money.GBP, -5},
		{"007.50", money.GBP, 750},
		{"19.99", money.USD, 1999},
		{"1200", money.JPY, 1200},
		{"0.001", money.KWD, 1},
		{"1.2345", money.CLF, 12345},
		{"92233720368547758.07", money.USD, math.MaxInt64},
		{"-92233720368547758.08", money.USD, math.MinInt64},
		{"-9223372036854775808", money.JPY, math.MinInt64},
		{"000000000000000000000000000000000000.01", money.USD, 1},
	} {
		a, err := money.Parse(tc.s, tc.c)
		if err != nil || a != money.MustFromMinor(tc.minor, tc.c) {
			t.Errorf("Parse(%q, %v) = %v, %v; want %d minor units", tc.s, tc.c, a, err, tc.minor)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	syntax := []string{
		"", " ", "-", ".", "-.", ".5", "5.", "-.5", "--1", "+1", "1-", " 1", "1 ", "1 000", "1,5", "1,000.00",
		"1_000", "1.2.3", "1e3", "1E3", "0x10", "1e1000000000", "NaN", "Inf", "-Inf", "infinity", "nil", "null",
		"\u22125", "\uff11\uff12", "\u0661", "1\u00a0000", "1\x00", "\x001", "1\n", "$1", "1%", "1 USD", "9.50 GBP", "\xff",
		"1/2", "0b1", "0o7", "1.-5", "1.+5", "1'000",
		strings.Repeat("0", 41), strings.Repeat("9", 1<<20), "0." + strings.Repeat("0", 39),
	}
	for _, s := range syntax {
		a, err := money.Parse(s, money.USD)
		var typed *money.SyntaxError
		if a != (money.Amount{}) || !errors.Is(err, money.ErrSyntax) || !errors.As(err, &typed) {
			t.Errorf("Parse(%.50q) = %v, %v; want a SyntaxError", s, a, err)
		} else if len(typed.Input) > 40 || len(err.Error()) > 400 {
			t.Errorf("Parse(%.50q): the error carries %d bytes", s, len(err.Error()))
		}
		if a, err := money.ParseRounded(s, money.USD, money.HalfEven); !errors.Is(err, money.ErrSyntax) {
			t.Errorf("ParseRounded(%.50q) = %v, %v; want ErrSyntax", s, a, err)
		}
		if a, err := money.ParseAmount(s + " USD"); !errors.Is(err, money.ErrSyntax) {
			t.Errorf("ParseAmount(%.50q USD) = %v, %v; want ErrSyntax", s, a, err)
		}
		if a, err := money.ParsePrice(s, money.USD); !errors.Is(err, money.ErrSyntax) && s != "1/2" {
			t.Errorf("ParsePrice(%.50q) = %v, %v; want ErrSyntax", s, a, err)
		}
		if a, err := money.ParseRate(s); !errors.Is(err, money.ErrSyntax) {
			t.Errorf("ParseRate(%.50q) = %v, %v; want ErrSyntax", s, a, err)
		}
		if a, err := money.ParsePercent(s); !errors.Is(err, money.ErrSyntax) {
			t.Errorf("ParsePercent(%.50q) = %v, %v; want ErrSyntax", s, a, err)
		}
	}
	for s, c := range map[string]money.Currency{
		"1.500": money.USD, "1.505": money.USD, "0.001": money.USD, "500.00": money.JPY, "500.0": money.JPY,
		"1.0000": money.KWD, "1.00000": money.CLF,
	} {
		a, err := money.Parse(s, c)
		var typed *money.PrecisionError
		if a != (money.Amount{}) || !errors.Is(err, money.ErrPrecision) || !errors.As(err, &typed) || typed.Digits != c.Digits() {
			t.Errorf("Parse(%q, %v) = %v, %v; want a PrecisionError", s, c, a, err)
		}
	}
	for _, s := range []string{
		"92233720368547758.08", "-92233720368547758.09", "92233720368547759", "184467440737095516.17",
		"9999999999999999999999999999999999999999", "-999999999999999999999999999999999999.99",
	} {
		if a, err := money.Parse(s, money.USD); !errors.Is(err, money.ErrOverflow) {
			t.Errorf("Parse(%q) = %v, %v; want ErrOverflow", s, a, err)
		}
	}
	for _, c := range []money.Currency{0, 1, 959, 1000, math.MaxUint16} {
		if a, err := money.Parse("1", c); !errors.Is(err, money.ErrCurrency) {
			t.Errorf("Parse(1, %d) = %v, %v; want ErrCurrency", c, a, err)
		}
		if a, err := money.ParsePrice("1", c); !errors.Is(err, money.ErrCurrency) {
			t.Errorf("ParsePrice(1, %d) = %v, %v; want ErrCurrency", c, a, err)
		}
	}
}

func TestParseAmountText(t *testing.T) {
	if a, err := money.ParseAmount("0"); err != nil || a != (money.Amount{}) {
		t.Errorf("ParseAmount(0) = %v, %v", a, err)
	}
	if a, err := money.ParseAmount("0 GBP"); err != nil || a != money.MustFromMinor(0, money.GBP) {
		t.Errorf("ParseAmount(0 GBP) = %v, %v", a, err)
	}
	for s, want := range map[string]error{
		"":                                money.ErrSyntax,
		"1":                               money.ErrSyntax,
		"-0":                              money.ErrSyntax,
		"0.00":                            money.ErrSyntax,
		"GBP 1":                           money.ErrSyntax,
		"1GBP":                            money.ErrSyntax,
		"9.50  GBP":                       money.ErrSyntax,
		"9.50 GBP ":                       money.ErrSyntax,
		"9.50 ":                           money.ErrSyntax,
		"9.50 GB":                         money.ErrSyntax,
		"9.50 gbp":                        money.ErrCurrency,
		"9.50 GBX":                        money.ErrCurrency,
		"9.50 XAU":                        money.ErrCurrency,
		"9.505 GBP":                       money.ErrPrecision,
		"1e3 GBP":                         money.ErrSyntax,
		"9.50 GBP/2":                      money.ErrSyntax,
		"1 " + strings.Repeat("G", 1<<20): money.ErrSyntax,
	} {
		if a, err := money.ParseAmount(s); !errors.Is(err, want) || a != (money.Amount{}) {
			t.Errorf("ParseAmount(%.50q) = %v, %v; want %v", s, a, err, want)
		}
	}
}

// A number that a float cannot hold is where carts go wrong by a cent.
func TestEveryCentUpToAHundred(t *testing.T) {
	for cents := int64(1); cents <= 10000; cents++ {
		s := fmt.Sprintf("%d.%02d", cents/100, cents%100)
		a, err := money.Parse(s, money.USD)
		if err != nil || a.Minor() != cents || a.Number() != s {
			t.Fatalf("Parse(%q) = %v, %v", s, a, err)
		}
		d, err := money.FromDecimal(a.Decimal(), money.USD, money.Exact)
		if err != nil || d != a {
			t.Fatalf("through a decimal: %v, %v", d, err)
		}
	}
}

func TestLongInputIsRefusedByItsLength(t *testing.T) {
	long := strings.Repeat("9", 64<<20)
	for name, parse := range map[string]func() error{
		"Parse":          func() error { _, err := money.Parse(long, money.USD); return err },
		"ParseAmount":    func() error { _, err := money.ParseAmount(long); return err },
		"ParsePrice":     func() error { _, err := money.ParsePrice(long, money.USD); return err },
		"ParsePriceText": func() error { _, err := money.ParsePriceText(long); return err },
		"ParseRate":      func() error { _, err := money.ParseRate(long); return err },
		"ParsePercent":   func() error { _, err := money.ParsePercent(long); return err },
		"ParseCurrency":  func() error { _, err := money.ParseCurrency(long); return err },
		"ParseRounding":  func() error { _, err := money.ParseRounding(long); return err },
		"Scan":           func() error { return new(money.Amount).Scan(long) },
	} {
		start := time.Now()
		for range 1000 {
			if parse() == nil {
				t.Fatalf("%s read 64 MiB", name)
			}
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("%s: refusing 64 MiB takes %v", name, d/1000)
		}
	}
}

func TestTextRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAmount().Draw(t, "amount")
		if back, err := money.ParseAmount(a.String()); err != nil || back != a {
			t.Fatalf("ParseAmount(%q) = %v, %v", a, back, err)
		}
		if a.Currency() != 0 {
			if back, err := money.Parse(a.Number(), a.Currency()); err != nil || back != a {
				t.Fatalf("Parse(%q) = %v, %v", a.Number(), back, err)
			}
		}
	})
	// And the same for every currency at the limits.
	for _, c := range currencies {
		for _, minor := range []int64{math.MinInt64, -1, 0, 1, math.MaxInt64} {
			a := money.MustFromMinor(minor, c)
			if back, err := money.ParseAmount(a.String()); err != nil || back != a {
				t.Errorf("ParseAmount(%q) = %v, %v", a, back, err)
			}
		}
	}
}

// Random decimals are hardly ever near a half, so what is cut off is drawn from
// the endings that matter.
var endings = []string{"0", "000", "0001", "4", "49", "4999", "5", "50", "5000000", "51", "5000001", "6", "99", "999999"}

func TestParseRoundedAgainstReference(t *testing.T) {
	for _, c := range []money.Currency{money.JPY, money.USD, money.KWD, money.CLF} {
		for _, sign := range []string{"", "-"} {
			for _, kept := range []string{"0", "1", "2", "9", "99", "1234567"} {
				for _, end := range endings {
					for _, r := range roundings {
						checkParseRounded(t, sign+kept+"."+"1234"[:c.Digits()]+end, c, r)
						checkParseRounded(t, sign+kept+"."+"9999"[:c.Digits()]+end, c, r)
					}
				}
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := anyCurrency().Draw(t, "currency")
		a := amountOf(c).Draw(t, "kept")
		s := a.Number()
		if c.Digits() == 0 {
			s += "."
		}
		s += rapid.SampledFrom(endings).Draw(t, "ending")
		checkParseRounded(t, s, c, rapid.SampledFrom(roundings).Draw(t, "rounding"))
	})
}

func checkParseRounded(t interface {
	Helper()
	Fatalf(string, ...any)
}, s string, c money.Currency, r money.Rounding) {
	t.Helper()
	exact, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q", s)
	}
	for range c.Digits() {
		exact.Mul(exact, ratOf(10))
	}
	got, err := money.ParseRounded(s, c, r)
	agrees(t, got, err, exact, c, r)
	got, err = money.FromDecimal(decimal.RequireFromString(s), c, r)
	agrees(t, got, err, exact, c, r)
}

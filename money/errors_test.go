package money_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"github.com/tillkit/till/money"
)

// The words of every kind of error. They say what was wrong and what to do.
func TestErrorsSayWhatToDo(t *testing.T) {
	usd, eur := money.MustParse("1.00", money.USD), money.MustParse("1.00", money.EUR)
	top := money.MustFromMinor(math.MaxInt64, money.USD)
	price := money.MustParsePrice("9.80/1000", money.USD)
	for _, tc := range []struct {
		f    func() error
		kind error
		want string
	}{
		{
			func() error { _, err := money.Parse("9,50", money.GBP); return err }, money.ErrSyntax,
			`money: Parse: cannot read "9,50": write digits with at most one point between them, such as 9.50 or -3; no plus sign, exponent, grouping or space`,
		},
		{
			func() error { _, err := money.Parse(strings.Repeat("1", 100), money.GBP); return err }, money.ErrSyntax,
			`money: Parse: cannot read "1111111111111111111111111111111111111111": it is longer than 40 bytes; write digits with at most one point between them, such as 9.50 or -3; no plus sign, exponent, grouping or space`,
		},
		{
			func() error { _, err := money.ParseAmount("1\u202e\n"); return err }, money.ErrSyntax,
			`money: ParseAmount: cannot read "1\u202e\n": write the number, one space and the code of the currency, such as "9.50 GBP"`,
		},
		{
			func() error { _, err := money.Parse("9.505", money.GBP); return err }, money.ErrPrecision,
			`money: Parse: "9.505" has more than 2 decimals in GBP: drop the decimals beyond, or name a rounding with ParseRounded`,
		},
		{
			func() error { _, err := money.Parse("500.00", money.JPY); return err }, money.ErrPrecision,
			`money: Parse: "500.00" has more than 0 decimals in JPY: drop the decimals beyond, or name a rounding with ParseRounded`,
		},
		{
			func() error { _, err := money.ParsePrice("0.0098", money.GBP); return err }, money.ErrPrecision,
			`money: ParsePrice: "0.0098" has more than 2 decimals in GBP: drop the decimals beyond, or give the price of more pieces, such as 9.80/1000 for 0.0098`,
		},
		{
			func() error { _, err := price.Times(1, money.Exact); return err }, money.ErrPrecision,
			`money: Times: the exact result has more than 2 decimals in USD: name a rounding other than Exact, such as HalfEven`,
		},
		{
			func() error { _, err := money.RateFromDecimal(decimal.New(1, -19)); return err }, money.ErrPrecision,
			`money: RateFromDecimal: the exact result has more than 18 decimals: round the number to at most 18 decimals first`,
		},
		{
			func() error { _, err := top.Add(usd); return err }, money.ErrOverflow,
			`money: Add: the result does not fit: amounts of USD go from -92233720368547758.08 to 92233720368547758.07; check the figures and quantities that led here`,
		},
		{
			func() error { _, err := money.ParseRate("9223372036854775808"); return err }, money.ErrOverflow,
			`money: ParseRate: "9223372036854775808" does not fit in a 64-bit number: use fewer digits`,
		},
		{
			func() error { _, err := money.FromMinor(1, 0); return err }, money.ErrCurrency,
			`money: FromMinor: there is no currency: name one, such as money.GBP`,
		},
		{
			func() error { _, err := money.FromMinor(1, 9999); return err }, money.ErrCurrency,
			`money: FromMinor: "Currency(9999)" is not a currency of this package: use one of its constants, such as money.GBP`,
		},
		{
			func() error { _, err := money.ParseAmount("1.00 gbp"); return err }, money.ErrCurrency,
			`money: ParseAmount: "gbp" is not a currency of this package: write it in upper case: GBP`,
		},
		{
			func() error { _, err := usd.Add(eur); return err }, money.ErrMismatch,
			`money: Add: USD and EUR do not mix: convert one of them at an exchange rate first`,
		},
		{
			func() error { _, err := usd.Allocate([]int64{1, -2}); return err }, money.ErrArgument,
			`money: Allocate: weight 1 is -2: use weights of 0 or more`,
		},
		{
			func() error { _, err := usd.Allocate([]int64{0}); return err }, money.ErrArgument,
			`money: Allocate: the sum of the weights is 0: give at least one above 0, or use Split for equal parts`,
		},
		{
			func() error { _, err := usd.MulRate(money.Rate{}, 77); return err }, money.ErrArgument,
			`money: MulRate: the rounding is Rounding(77): want exact, half-away-from-zero, half-even, half-down, half-toward-positive, up, down, floor or ceiling`,
		},
		{
			func() error { return new(money.Amount).UnmarshalJSON([]byte("null")) }, money.ErrSyntax,
			`money: Amount.UnmarshalJSON: cannot read "null": write a short JSON string; for a value that may be missing, decode into a pointer`,
		},
		{
			func() error { return new(money.Amount).Scan(nil) }, money.ErrSyntax,
			`money: Amount.Scan: cannot read "NULL": scan a column that may be NULL into sql.Null[money.Amount]`,
		},
		{
			func() error { return new(money.Amount).Scan(int64(950)) }, money.ErrSyntax,
			`money: Amount.Scan: cannot read "int64": store it in a column of text`,
		},
	} {
		err := tc.f()
		if err == nil || err.Error() != tc.want {
			t.Errorf("got  %v\nwant %s", err, tc.want)
		}
		n := 0
		for _, kind := range []error{
			money.ErrSyntax, money.ErrPrecision, money.ErrOverflow, money.ErrCurrency, money.ErrMismatch, money.ErrArgument,
		} {
			if errors.Is(err, kind) {
				n++
			}
		}
		if n != 1 || !errors.Is(err, tc.kind) {
			t.Errorf("%v: wraps %d sentinels, want %v alone", err, n, tc.kind)
		}
	}
}

// Only the Must functions panic.
func TestMust(t *testing.T) {
	for name, f := range map[string]func(){
		"MustParse":        func() { money.MustParse("x", money.USD) },
		"MustFromMinor":    func() { money.MustFromMinor(1, 0) },
		"MustParsePrice":   func() { money.MustParsePrice("1/0", money.USD) },
		"MustParseRate":    func() { money.MustParseRate("8%") },
		"MustParsePercent": func() { money.MustParsePercent("8%") },
	} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || !strings.HasPrefix(err.Error(), "money: ") {
					t.Errorf("%s must panic with the error", name)
				}
			}()
			f()
		}()
	}
}

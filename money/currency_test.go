package money_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

func TestCurrencyTable(t *testing.T) {
	byDigits := map[int]int{}
	var before string
	for c := range money.Currencies() {
		byDigits[c.Digits()]++
		code := c.String()
		if code <= before {
			t.Errorf("%s comes after %s", code, before)
		}
		before = code
		if len(code) != 3 || strings.ToUpper(code) != code || c.Name() == "" || c.Name() != strings.TrimSpace(c.Name()) {
			t.Errorf("%d: code %q, name %q", c, code, c.Name())
		}
		if !c.Valid() || !c.Active() || c > 999 {
			t.Errorf("%s is not in use", code)
		}
		if back, err := money.ParseCurrency(code); err != nil || back != c {
			t.Errorf("ParseCurrency(%q) = %v, %v", code, back, err)
		}
	}
	// ISO 4217, list one of 2026-01-01: 178 codes, 13 of them with no minor unit.
	want := map[int]int{0: 17, 2: 139, 3: 7, 4: 2}
	for digits, n := range want {
		if byDigits[digits] != n {
			t.Errorf("%d currencies have %d decimals, want %d", byDigits[digits], digits, n)
		}
	}
	if len(byDigits) != len(want) || len(currencies) != 165 {
		t.Errorf("%d currencies: %v", len(currencies), byDigits)
	}
	// Every number that is valid is a currency of the list, or BGN.
	for n := range math.MaxUint16 + 1 {
		c := money.Currency(n)
		if c.Valid() != (slices.Contains(currencies, c) || c == money.BGN) {
			t.Errorf("%d is valid: %v", n, c.Valid())
		}
		if !c.Valid() && (c.Name() != "" || c.Digits() != 0 || c.Active()) {
			t.Errorf("%d is no currency, but is %q with %d decimals", n, c.Name(), c.Digits())
		}
	}
}

func TestCurrencies(t *testing.T) {
	for _, tc := range []struct {
		c      money.Currency
		number uint16
		code   string
		digits int
		name   string
	}{
		{money.GBP, 826, "GBP", 2, "Pound Sterling"},
		{money.USD, 840, "USD", 2, "US Dollar"},
		{money.EUR, 978, "EUR", 2, "Euro"},
		{money.JPY, 392, "JPY", 0, "Yen"},
		{money.KRW, 410, "KRW", 0, "Won"},
		{money.CLP, 152, "CLP", 0, "Chilean Peso"},
		{money.ISK, 352, "ISK", 0, "Iceland Krona"},
		{money.UGX, 800, "UGX", 0, "Uganda Shilling"},
		{money.HUF, 348, "HUF", 2, "Forint"},
		{money.TND, 788, "TND", 3, "Tunisian Dinar"},
		{money.IQD, 368, "IQD", 3, "Iraqi Dinar"},
		{money.CLF, 990, "CLF", 4, "Unidad de Fomento"},
		{money.UYW, 927, "UYW", 4, "Unidad Previsional"},
		{money.ALL, 8, "ALL", 2, "Lek"},
		// Changes of the last years.
		{money.MRU, 929, "MRU", 2, "Ouguiya"},
		{money.SLE, 925, "SLE", 2, "Leone"},
		{money.VED, 926, "VED", 2, "Bolívar Soberano"},
		{money.VES, 928, "VES", 2, "Bolívar Soberano"},
		{money.ZWG, 924, "ZWG", 2, "Zimbabwe Gold"},
		{money.XCG, 532, "XCG", 2, "Caribbean Guilder"},
		{money.XAD, 396, "XAD", 2, "Arab Accounting Dinar"},
	} {
		if uint16(tc.c) != tc.number || tc.c.String() != tc.code || tc.c.Digits() != tc.digits || tc.c.Name() != tc.name {
			t.Errorf("%s is %d %s %d %q", tc.code, tc.c, tc.c, tc.c.Digits(), tc.c.Name())
		}
	}
	if s := money.Currency(0).String(); s != "" || money.Currency(0).Valid() {
		t.Errorf("no currency is %q", s)
	}
	if s := money.Currency(9999).String(); s != "Currency(9999)" {
		t.Errorf("Currency(9999) is %q", s)
	}
	n := 0
	for range money.Currencies() { // stops when it is told to
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("the loop ran %d times", n)
	}
}

func TestWithdrawnCurrency(t *testing.T) {
	if money.BGN.Active() || !money.BGN.Valid() {
		t.Error("BGN is kept, and not in use")
	}
	a, err := money.ParseAmount("19.50 BGN") // an order of 2025
	if err != nil || a.Currency() != money.BGN || a.String() != "19.50 BGN" {
		t.Errorf("got %v, %v", a, err)
	}
}

func TestParseCurrencyRefuses(t *testing.T) {
	for code, hint := range map[string]string{
		"":                         "name one",
		"gbp":                      "upper case: GBP",
		"Gbp":                      "upper case: GBP",
		"GB":                       "ISO 4217",
		"GBPX":                     "ISO 4217",
		" GBP":                     "ISO 4217",
		"826":                      "ISO 4217",
		"AAA":                      "ISO 4217",
		"ZZZ":                      "ISO 4217",
		"\u212aRW":                 "ISO 4217",
		"XAU":                      "no minor unit",
		"XDR":                      "no minor unit",
		"XTS":                      "no minor unit",
		"XXX":                      "no minor unit",
		"ANG":                      "XCG",
		"CUC":                      "CUP",
		"HRK":                      "EUR",
		"SLL":                      "SLE",
		"ZWL":                      "ZWG",
		strings.Repeat("G", 1<<20): "ISO 4217",
	} {
		c, err := money.ParseCurrency(code)
		var typed *money.CurrencyError
		if c != 0 || !errors.Is(err, money.ErrCurrency) || !errors.As(err, &typed) || len(typed.Code) > 40 {
			t.Errorf("ParseCurrency(%.10q) = %v, %v", code, c, err)
		} else if !strings.Contains(err.Error(), hint) {
			t.Errorf("ParseCurrency(%.10q): %v; want a hint with %q", code, err, hint)
		}
	}
}

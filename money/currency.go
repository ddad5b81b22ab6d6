package money

import (
	"iter"
	"strconv"
	"strings"
)

// Currency is a currency of ISO 4217. Its value is the numeric code of the
// standard, so it can be stored as a number: GBP is 826. The zero value is no
// currency. See the constants for what is in the table and what is not.
//
// Text, JSON and SQL carry the three-letter code, and "" for no currency.
type Currency uint16

// ParseCurrency returns the currency with the given three-letter code, such as
// "GBP". It wants exactly three upper-case letters. A code that is not in the
// table, "" too, is a [CurrencyError].
func ParseCurrency(code string) (Currency, error) {
	if c, ok := lookup(code); ok {
		return c, nil
	}
	return 0, codeError("ParseCurrency", code)
}

// currencyByCode is indexed by the three letters of a code, see codeIndex.
var currencyByCode [26 * 26 * 26]Currency

func init() {
	for _, c := range currencyOrder {
		i, _ := codeIndex(currencyTable[c].code)
		currencyByCode[i] = c
	}
}

// codeIndex reads three upper-case letters as a number to the base of 26.
func codeIndex(code string) (int, bool) {
	if len(code) != 3 {
		return 0, false
	}
	n := 0
	for i := range 3 {
		d := code[i] - 'A'
		if d >= 26 {
			return 0, false
		}
		n = n*26 + int(d)
	}
	return n, true
}

// lookup finds a currency by its code.
func lookup(code string) (Currency, bool) {
	i, ok := codeIndex(code)
	if !ok || currencyByCode[i] == 0 {
		return 0, false
	}
	return currencyByCode[i], true
}

// Currencies yields the currencies that are in use ([Currency.Active]), sorted
// by their three-letter codes.
func Currencies() iter.Seq[Currency] {
	return func(yield func(Currency) bool) {
		for _, c := range currencyOrder {
			if c.Active() && !yield(c) {
				return
			}
		}
	}
}

// String returns the three-letter code, "" for no currency, and "Currency(9999)"
// for a number that is no currency.
func (c Currency) String() string {
	switch {
	case c == 0:
		return ""
	case c.Valid():
		return currencyTable[c].code
	default:
		return "Currency(" + strconv.Itoa(int(c)) + ")"
	}
}

// Name returns the English name that ISO 4217 gives to the currency, such as
// "Pound Sterling", or "" for no currency and for a number that is none. Two
// currencies can have the same name: VED and VES are both "Bolívar Soberano".
func (c Currency) Name() string {
	if int(c) < len(currencyTable) {
		return currencyTable[c].name
	}
	return ""
}

// Digits returns the number of decimals of the minor unit: 2 for GBP (a penny is
// 0.01), 0 for JPY, 3 for KWD, 4 for CLF. It is 0 for no currency and for a
// number that is none.
func (c Currency) Digits() int {
	if int(c) < len(currencyTable) {
		return int(currencyTable[c].digits)
	}
	return 0
}

// Valid reports whether c is a currency of this package. No currency (0) is not
// valid; a withdrawn one is.
func (c Currency) Valid() bool {
	return int(c) < len(currencyTable) && currencyTable[c].code != ""
}

// Active reports whether c is in the current list of ISO 4217. It is false for
// BGN, which is kept so that old orders can be read. Amounts in a currency that
// is not active work like all others: it is the shop that decides what it takes.
func (c Currency) Active() bool {
	return c.Valid() && !currencyTable[c].withdrawn
}

// check returns the error for a value that is no currency.
func (c Currency) check(op string) error {
	if c.Valid() {
		return nil
	}
	if c == 0 {
		return &CurrencyError{Op: op, Hint: "name one, such as money.GBP"}
	}
	return &CurrencyError{Op: op, Code: c.String(), Hint: "use one of its constants, such as money.GBP"}
}

// codeError is the error for a code that lookup does not find.
func codeError(op, code string) error {
	e := &CurrencyError{Op: op, Code: clip(code), Hint: "use a code of ISO 4217 in upper case, such as GBP"}
	if code == "" {
		e.Hint = "name one by its code, such as GBP"
		return e
	}
	if len(code) != 3 {
		return e
	}
	if up := strings.ToUpper(code); up != code {
		if _, ok := lookup(up); ok {
			e.Hint = "write it in upper case: " + up
			return e
		}
	}
	switch code {
	case "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX":
		e.Hint = "ISO 4217 gives it no minor unit to count in; use a currency that has one"
	case "ANG":
		e.Hint = "it was withdrawn in 2025; its successor is XCG"
	case "CUC":
		e.Hint = "it was withdrawn in 2021; its successor is CUP"
	case "HRK":
		e.Hint = "it was withdrawn in 2023; its successor is EUR"
	case "SLL":
		e.Hint = "it was withdrawn in 2023; its successor is SLE"
	case "ZWL":
		e.Hint = "it was withdrawn in 2024; its successor is ZWG"
	}
	return e
}

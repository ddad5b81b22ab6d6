package money

import (
	"errors"
	"strconv"
)

// The sentinels of this package, for [errors.Is]. Every error that the package
// returns wraps exactly one of them and is one of the typed errors below, which
// [errors.As] gives with its details.
var (
	// ErrSyntax: the text is not in the form that the parser reads.
	ErrSyntax = errors.New("money: malformed text")
	// ErrPrecision: the value has more decimals than can be held, and no
	// rounding was named.
	ErrPrecision = errors.New("money: too many decimals")
	// ErrOverflow: the value does not fit in 64 bits of minor units.
	ErrOverflow = errors.New("money: value out of range")
	// ErrCurrency: the currency is missing, or is not in the table of this package.
	ErrCurrency = errors.New("money: unknown currency")
	// ErrMismatch: two amounts of different currencies meet in one operation.
	ErrMismatch = errors.New("money: currencies differ")
	// ErrArgument: a divisor, weight, number of parts or rounding is outside
	// what the function takes.
	ErrArgument = errors.New("money: argument out of range")
)

// maxText is the length in bytes of the longest text that any parser of this
// package reads; a longer one is refused by its length alone.
const maxText = 40

// SyntaxError reports text that is not in the form that a parser reads. It
// wraps [ErrSyntax].
type SyntaxError struct {
	Op    string // the function, such as "Parse"
	Input string // what was given, cut after 40 bytes
	Want  string // the form that is read
}

// Error says what was wrong and what to do, in one line of ASCII.
func (e *SyntaxError) Error() string {
	return "money: " + e.Op + ": cannot read " + quote(e.Input) + ": " + e.Want
}

// Unwrap returns [ErrSyntax].
func (e *SyntaxError) Unwrap() error { return ErrSyntax }

// PrecisionError reports a value with more decimals than its type can hold
// where no rounding was named. It wraps [ErrPrecision].
type PrecisionError struct {
	Op       string   // the function, such as "MulRate"
	Input    string   // the text that was given, or "" for a computed value
	Currency Currency // none for a rate
	Digits   int      // how many decimals can be held
	Hint     string   // what to do
}

// Error says what was wrong and what to do, in one line of ASCII.
func (e *PrecisionError) Error() string {
	s := "money: " + e.Op + ": "
	if e.Input != "" {
		s += quote(e.Input)
	} else {
		s += "the exact result"
	}
	s += " has more than " + strconv.Itoa(e.Digits) + " decimals"
	if e.Currency != 0 {
		s += " in " + e.Currency.String()
	}
	return s + ": " + e.Hint
}

// Unwrap returns [ErrPrecision].
func (e *PrecisionError) Unwrap() error { return ErrPrecision }

// OverflowError reports a value that does not fit in a signed 64-bit count of
// minor units, or a [Rate] that does not fit in 64 bits. It wraps [ErrOverflow].
type OverflowError struct {
	Op       string   // the function, such as "Add"
	Input    string   // the text that was given, or "" for a computed value
	Currency Currency // none for a rate
}

// Error says what was wrong and what to do, in one line of ASCII.
func (e *OverflowError) Error() string {
	s := "money: " + e.Op + ": "
	if e.Input != "" {
		s += quote(e.Input)
	} else {
		s += "the result"
	}
	if e.Currency == 0 {
		return s + " does not fit in a 64-bit number: use fewer digits"
	}
	return s + " does not fit: amounts of " + e.Currency.String() + " go from " +
		Amount{minMinor, e.Currency}.Number() + " to " + Amount{maxMinor, e.Currency}.Number() +
		"; check the figures and quantities that led here"
}

// Unwrap returns [ErrOverflow].
func (e *OverflowError) Unwrap() error { return ErrOverflow }

// CurrencyError reports a currency that is missing or not in the table of this
// package. It wraps [ErrCurrency].
type CurrencyError struct {
	Op   string // the function, such as "ParseCurrency"
	Code string // what was given, cut after 40 bytes; "" if nothing was
	Hint string // what to do
}

// Error says what was wrong and what to do, in one line of ASCII.
func (e *CurrencyError) Error() string {
	s := "money: " + e.Op + ": "
	if e.Code == "" {
		s += "there is no currency"
	} else {
		s += quote(e.Code) + " is not a currency of this package"
	}
	return s + ": " + e.Hint
}

// Unwrap returns [ErrCurrency].
func (e *CurrencyError) Unwrap() error { return ErrCurrency }

// MismatchError reports two amounts of different currencies in one operation.
// It wraps [ErrMismatch].
type MismatchError struct {
	Op   string   // the function, such as "Add"
	A, B Currency // the two currencies, in the order in which they were met
}

// Error says what was wrong and what to do, in one line of ASCII.
func (e *MismatchError) Error() string {
	return "money: " + e.Op + ": " + e.A.String() + " and " + e.B.String() +
		" do not mix: convert one of them at an exchange rate first"
}

// Unwrap returns [ErrMismatch].
func (e *MismatchError) Unwrap() error { return ErrMismatch }

// ArgumentError reports a divisor, weight, number of parts or rounding outside
// what a function takes. It wraps [ErrArgument].
type ArgumentError struct {
	Op    string // the function, such as "Allocate"
	Name  string // the argument, such as "weight 3"
	Value string // what was given
	Want  string // what is taken
}

// Error says what was wrong and what to do, in one line of ASCII.
func (e *ArgumentError) Error() string {
	return "money: " + e.Op + ": " + e.Name + " is " + e.Value + ": " + e.Want
}

// Unwrap returns [ErrArgument].
func (e *ArgumentError) Unwrap() error { return ErrArgument }

// clip bounds what an error carries of its input.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	return s[:maxText]
}

// quote makes input safe to print on one line of a log: ASCII, escaped, bounded.
func quote(s string) string { return strconv.QuoteToASCII(clip(s)) }

// syntaxError makes a SyntaxError and says so when length alone was the reason.
func syntaxError(op, input, want string) error {
	if len(input) > maxText {
		want = "it is longer than " + strconv.Itoa(maxText) + " bytes; " + want
	}
	return &SyntaxError{Op: op, Input: clip(input), Want: want}
}

// must returns v and panics if err is not nil. It serves the Must functions only.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

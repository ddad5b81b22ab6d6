package money

import "strings"

// The one grammar of numbers in this package, for amounts, prices and rates:
//
//	number = [ "-" ] digit { digit } [ "." digit { digit } ]
//
// in at most 40 bytes, with the digits 0 to 9 of ASCII. There is no plus sign, no
// exponent, no grouping, no space, no point at either end, and no other kind of
// digit, minus or point. Zeros in front ("007.50") and the sign of "-0" mean
// nothing and are read.
type number struct {
	neg         bool
	whole, frac string // digits; whole is not empty
}

// scan splits s into its parts. It looks at the length first, so a megabyte of
// digits costs nothing.
func scan(s string) (n number, ok bool) {
	if len(s) > maxText {
		return n, false
	}
	if strings.HasPrefix(s, "-") {
		n.neg = true
		s = s[1:]
	}
	i := span(s)
	n.whole = s[:i]
	if i == len(s) {
		return n, i > 0
	}
	if i == 0 || s[i] != '.' {
		return n, false
	}
	n.frac = s[i+1:]
	i = span(n.frac)
	return n, i > 0 && i == len(n.frac)
}

// span counts the digits at the start of s.
func span(s string) int {
	i := 0
	for i < len(s) && s[i]-'0' <= 9 {
		i++
	}
	return i
}

// scaled returns n * 10^digits as an integer. Decimals beyond digits, zeros too,
// are inexact unless a rounding is named.
func (n number) scaled(digits int, r Rounding) (int64, outcome) {
	keep, rest := n.frac, ""
	if len(keep) > digits {
		if r == Exact {
			return 0, inexact
		}
		keep, rest = keep[:digits], keep[digits:]
	}
	mag, ok := accumulate(0, n.whole)
	if ok {
		mag, ok = accumulate(mag, keep)
	}
	if ok && len(keep) < digits {
		mag, ok = accumulate(mag, "000000000000000000"[:digits-len(keep)])
	}
	if !ok {
		return 0, tooLarge
	}
	if strings.Trim(rest, "0") != "" {
		half := strings.Compare(rest[:1], "5")
		if half == 0 && strings.Trim(rest[1:], "0") != "" {
			half = 1
		}
		if r.away(n.neg, mag&1 == 1, half) {
			mag++
		}
	}
	x, ok := signed(n.neg, mag)
	if !ok {
		return 0, tooLarge
	}
	return x, fine
}

// accumulate appends digits to a magnitude; ok is false once it is certain that
// no int64 holds the result. What it returns is at most 2^63 + 1.
func accumulate(mag uint64, digits string) (_ uint64, ok bool) {
	const limit = (1 << 63) / 10
	for i := range len(digits) {
		if mag > limit {
			return 0, false
		}
		mag = mag*10 + uint64(digits[i]-'0')
	}
	return mag, true
}

const (
	wantNumber = `write digits with at most one point between them, such as 9.50 or -3; no plus sign, exponent, grouping or space`
	wantAmount = `write the number, one space and the code of the currency, such as "9.50 GBP"`
)

// Parse reads an amount of a currency from a number such as "9.50", "9.5", "9" or
// "-0.05". It takes at most 40 bytes: an optional minus sign, digits of ASCII, and
// optionally a point with digits on both sides. Everything else is a
// [SyntaxError]: a plus sign, an exponent, grouping ("1,000", "1_000"), spaces, ".5"
// and "5.", and the digits and minus signs of other scripts.
//
// More decimals than the currency has are a [PrecisionError], even if they are
// zeros ("1.500" for GBP, "500.00" for JPY): they are usually a sign that the
// number is of another currency. [ParseRounded] takes them. A number that does not
// fit is an [OverflowError], a currency that is not valid a [CurrencyError].
func Parse(s string, c Currency) (Amount, error) { return parseAmount("Parse", s, c, Exact) }

// ParseRounded is [Parse] for numbers with more decimals than the currency has;
// they are rounded as r says. With [Exact] it is Parse.
func ParseRounded(s string, c Currency, r Rounding) (Amount, error) {
	if !r.Valid() {
		return Amount{}, r.check("ParseRounded")
	}
	return parseAmount("ParseRounded", s, c, r)
}

// MustParse is [Parse] for constants: it panics where Parse returns an error.
func MustParse(s string, c Currency) Amount { return must(Parse(s, c)) }

// ParseAmount reads the text of [Amount.String]: a number as [Parse] takes it, one
// space and the code of a currency ("9.50 GBP"), or "0" for the zero Amount. The
// errors are those of Parse; a code that is not in the table is a [CurrencyError].
func ParseAmount(s string) (Amount, error) {
	if s == "0" {
		return Amount{}, nil
	}
	if len(s) > maxText {
		return Amount{}, syntaxError("ParseAmount", s, wantAmount)
	}
	num, code, ok := strings.Cut(s, " ")
	if !ok || len(code) != 3 {
		return Amount{}, syntaxError("ParseAmount", s, wantAmount)
	}
	n, ok := scan(num)
	if !ok {
		return Amount{}, syntaxError("ParseAmount", s, wantAmount)
	}
	c, ok := lookup(code)
	if !ok {
		return Amount{}, codeError("ParseAmount", code)
	}
	return n.amount("ParseAmount", s, c, Exact)
}

func parseAmount(op, s string, c Currency, r Rounding) (Amount, error) {
	if !c.Valid() {
		return Amount{}, c.check(op)
	}
	n, ok := scan(s)
	if !ok {
		return Amount{}, syntaxError(op, s, wantNumber)
	}
	return n.amount(op, s, c, r)
}

// amount returns n as an amount; input is what errors show.
func (n number) amount(op, input string, c Currency, r Rounding) (Amount, error) {
	minor, out := n.scaled(c.Digits(), r)
	switch out {
	case fine:
		return Amount{minor, c}, nil
	case inexact:
		return Amount{}, &PrecisionError{
			Op: op, Input: input, Currency: c, Digits: c.Digits(),
			Hint: "drop the decimals beyond, or name a rounding with ParseRounded",
		}
	default:
		return Amount{}, &OverflowError{Op: op, Input: input, Currency: c}
	}
}

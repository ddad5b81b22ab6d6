package money

import (
	"cmp"
	"strings"

	"github.com/shopspring/decimal"
)

// Rate is an exact factor, such as a tax of 0.0825 or a discount of 0.1: up to 18
// decimals and as many digits as fit in 64 bits. It is an immutable value and has
// one form for each number, so 0.10 == 0.1, and it can be the key of a map. The
// zero value is 0. Rates may be negative or above 1: what is sensible is for
// whoever takes one to say.
//
// In text, JSON and SQL a Rate is its [Rate.String], such as "0.0825".
type Rate struct {
	coef  int64
	scale uint8 // decimals; the last one is not 0
}

const maxRateScale = 18

// newRate makes the one form of coef * 10^-scale; scale is 0 to 18.
func newRate(coef int64, scale int) Rate {
	for scale > 0 && coef%10 == 0 {
		coef /= 10
		scale--
	}
	return Rate{coef, uint8(scale)}
}

// ParseRate reads a rate from a number such as "0.0825", in the grammar of
// [Parse]. Anything else is a [SyntaxError]; more than 18 decimals (zeros at the end
// do not count) are a [PrecisionError], and digits that do not fit in 64 bits are
// an [OverflowError].
func ParseRate(s string) (Rate, error) { return parseRate("ParseRate", s, 0) }

// ParsePercent reads a rate from a number of percent, without a sign: "8.25" is
// 0.0825. The errors are those of [ParseRate], with at most 16 decimals.
func ParsePercent(s string) (Rate, error) { return parseRate("ParsePercent", s, 2) }

// MustParseRate is [ParseRate] for constants: it panics where ParseRate returns an
// error.
func MustParseRate(s string) Rate { return must(ParseRate(s)) }

// MustParsePercent is [ParsePercent] for constants: it panics where ParsePercent
// returns an error.
func MustParsePercent(s string) Rate { return must(ParsePercent(s)) }

// parseRate reads s * 10^-shift.
func parseRate(op, s string, shift int) (Rate, error) {
	n, ok := scan(s)
	if !ok {
		return Rate{}, syntaxError(op, s, wantNumber)
	}
	n.frac = strings.TrimRight(n.frac, "0")
	if shift > 0 && n.frac == "" {
		// Take the zeros off the whole, so that 1000000000000000000 % needs no
		// more digits than it has.
		for shift > 0 && len(n.whole) > 1 && strings.HasSuffix(n.whole, "0") {
			n.whole = n.whole[:len(n.whole)-1]
			shift--
		}
	}
	scale := len(n.frac) + shift
	if scale > maxRateScale {
		return Rate{}, &PrecisionError{Op: op, Input: s, Digits: maxRateScale - shift, Hint: "round it first"}
	}
	coef, out := n.scaled(len(n.frac), Exact)
	if out != fine {
		return Rate{}, &OverflowError{Op: op, Input: s}
	}
	return newRate(coef, scale), nil
}

// Decimal returns the rate as a decimal number. [RateFromDecimal] reads it back.
func (r Rate) Decimal() decimal.Decimal { return decimal.New(r.coef, -int32(r.scale)) }

// String returns the rate with as many decimals as it needs: "0.0825", "1", "-0.5".
// [ParseRate] reads it back.
func (r Rate) String() string {
	var b [maxText]byte
	return string(r.appendText(b[:0]))
}

func (r Rate) appendText(b []byte) []byte {
	neg, mag := magnitude(r.coef)
	return appendScaled(b, neg, mag, int(r.scale))
}

// Percent returns the rate in percent, without a sign and with as many decimals as
// it needs: "8.25" for 0.0825. [ParsePercent] reads it back.
func (r Rate) Percent() string {
	var b [maxText]byte
	neg, mag := magnitude(r.coef)
	return string(appendScaled(b[:0], neg, mag, int(r.scale)-2))
}

// IsZero reports whether the rate is 0.
func (r Rate) IsZero() bool { return r.coef == 0 }

// Sign returns -1, 0 or 1 for a negative, zero or positive rate.
func (r Rate) Sign() int { return cmp.Compare(r.coef, 0) }

// Equal reports whether r and s are the same number. It is r == s.
func (r Rate) Equal(s Rate) bool { return r == s }

// Cmp returns -1, 0 or 1 for r less than, equal to or greater than s.
func (r Rate) Cmp(s Rate) int {
	return cmpProducts(r.coef, pow10[s.scale], s.coef, pow10[r.scale])
}

package money

import (
	"math/big"

	"github.com/shopspring/decimal"
)

// A decimal.Decimal is a coefficient of any length and an exponent of 32 bits: a
// few bytes can stand for a number of ten million digits, and the first operation
// on it writes them out. So what comes from outside is measured before anything
// is computed with it.
const (
	maxDecimalBits  = 256 // length of a coefficient; 77 digits
	maxDecimalScale = 64  // decimals
	maxDecimalTens  = 19  // zeros after the coefficient; one more never fits
)

// FromDecimal returns the amount of a currency that d is, rounded as r says. With
// [Exact] a d with more decimals than the currency has is a [PrecisionError];
// unlike for text, zeros at the end do not count, because a Decimal does not say
// how it was written. A d that does not fit is an [OverflowError].
//
// It is safe for a d from anywhere: one with a coefficient above 256 bits, more
// than 64 decimals or an exponent above 19 is refused at once, with the same two
// errors.
func FromDecimal(d decimal.Decimal, c Currency, r Rounding) (Amount, error) {
	const op = "FromDecimal"
	if err := c.check(op); err != nil {
		return Amount{}, err
	}
	if err := r.check(op); err != nil {
		return Amount{}, err
	}
	coef, exp, out := measure(d)
	if out == fine {
		var n int64
		if n, out = shift(coef, exp+c.Digits(), r); out == fine {
			return Amount{n, c}, nil
		}
	}
	if out == inexact {
		return Amount{}, &PrecisionError{
			Op: op, Currency: c, Digits: c.Digits(),
			Hint: "name a rounding other than Exact, or round the number to at most 64 decimals first",
		}
	}
	return Amount{}, &OverflowError{Op: op, Currency: c}
}

// Decimal returns the amount as a decimal number, without its currency: 9.5 for
// 9.50 GBP. [FromDecimal] reads it back.
func (a Amount) Decimal() decimal.Decimal {
	return decimal.New(a.minor, -int32(a.currency.Digits()))
}

// PriceFromDecimal returns the price of d for one piece, exactly: the smallest
// power of ten is taken as [Price.Per] that makes the amount whole, so 0.0098 GBP
// is 0.98 GBP for 100. A d that would need more than 1,000,000,000 pieces is a
// [PrecisionError], one that does not fit an [OverflowError]. It is as safe for a d
// from anywhere as [FromDecimal].
func PriceFromDecimal(d decimal.Decimal, c Currency) (Price, error) {
	const op = "PriceFromDecimal"
	if err := c.check(op); err != nil {
		return Price{}, err
	}
	coef, exp, out := measure(d)
	if out == fine {
		exp += c.Digits()
		exp = trim(coef, exp)
		tens := max(0, -exp)
		if pow := pow10[min(tens, len(pow10)-1)]; pow > maxPer {
			out = inexact
		} else {
			var n int64
			if n, out = shift(coef, exp+tens, Exact); out == fine {
				return newPrice(Amount{n, c}, int64(pow)), nil
			}
		}
	}
	if out == inexact {
		return Price{}, &PrecisionError{
			Op: op, Currency: c, Digits: c.Digits() + 9,
			Hint: "round the number to fewer decimals first",
		}
	}
	return Price{}, &OverflowError{Op: op, Currency: c}
}

// RateFromDecimal returns d as a rate, exactly: 0.0825 for 8.25 %. A d with more
// than 18 decimals is a [PrecisionError], one whose digits do not fit in 64 bits
// an [OverflowError]. It is as safe for a d from anywhere as [FromDecimal].
func RateFromDecimal(d decimal.Decimal) (Rate, error) {
	const op = "RateFromDecimal"
	coef, exp, out := measure(d)
	if out == fine {
		exp = trim(coef, exp)
		scale := max(0, -exp)
		if scale > maxRateScale {
			out = inexact
		} else {
			var n int64
			if n, out = shift(coef, exp+scale, Exact); out == fine {
				return newRate(n, scale), nil
			}
		}
	}
	if out == inexact {
		return Rate{}, &PrecisionError{Op: op, Digits: maxRateScale, Hint: "round the number to at most 18 decimals first"}
	}
	return Rate{}, &OverflowError{Op: op}
}

// measure takes d apart and refuses what is too long to compute with. Zero has
// exponent 0, whatever d says.
func measure(d decimal.Decimal) (coef *big.Int, exp int, out outcome) {
	coef = d.Coefficient() // a copy
	if coef.Sign() == 0 {
		return coef, 0, fine
	}
	e := int64(d.Exponent())
	// The number is at least 10^least: an estimate from the length in bits.
	least := int64(coef.BitLen()-1)*30102/100000 + e
	switch {
	case e > maxDecimalTens || least > maxDecimalTens:
		return nil, 0, tooLarge
	case coef.BitLen() > maxDecimalBits || e < -maxDecimalScale:
		return nil, 0, inexact
	}
	return coef, int(e), fine
}

// trim removes zeros from the end of coef while exp is below 0. It changes coef
// and returns the new exponent.
func trim(coef *big.Int, exp int) int {
	ten := big.NewInt(10)
	for exp < 0 {
		q, rem := new(big.Int).QuoRem(coef, ten, new(big.Int))
		if rem.Sign() != 0 {
			break
		}
		coef.Set(q)
		exp++
	}
	return exp
}

// shift returns coef * 10^exp, rounded.
func shift(coef *big.Int, exp int, r Rounding) (int64, outcome) {
	q := new(big.Int)
	pow := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(exp, -exp))), nil)
	if exp >= 0 {
		q.Mul(coef, pow)
	} else {
		rem := new(big.Int)
		q.QuoRem(coef, pow, rem)
		if rem.Sign() != 0 {
			if r == Exact {
				return 0, inexact
			}
			neg := coef.Sign() < 0
			odd := q.Bit(0) == 1
			half := rem.Lsh(rem, 1).CmpAbs(pow)
			if r.away(neg, odd, half) {
				q.Add(q, big.NewInt(int64(coef.Sign())))
			}
		}
	}
	if !q.IsInt64() {
		return 0, tooLarge
	}
	return q.Int64(), fine
}

package money

import (
	"math/bits"
	"strconv"
)

// mixes reports whether a and b may meet in one operation. If they may, their
// common currency is a.currency | b.currency: they are equal or one is 0.
func (a Amount) mixes(b Amount) bool {
	return a.currency == b.currency || a.currency == 0 || b.currency == 0
}

func (a Amount) mismatch(op string, b Amount) error {
	return &MismatchError{Op: op, A: a.currency, B: b.currency}
}

func (a Amount) overflow(op string) error {
	return &OverflowError{Op: op, Currency: a.currency}
}

// Add returns a + b. Amounts of two currencies are a [MismatchError], a sum that
// does not fit is an [OverflowError].
func (a Amount) Add(b Amount) (Amount, error) {
	if !a.mixes(b) {
		return Amount{}, a.mismatch("Add", b)
	}
	c := a.currency | b.currency
	sum := a.minor + b.minor
	if (a.minor^sum)&(b.minor^sum) < 0 {
		return Amount{}, Amount{0, c}.overflow("Add")
	}
	return Amount{sum, c}, nil
}

// Sub returns a - b. Amounts of two currencies are a [MismatchError], a
// difference that does not fit is an [OverflowError].
func (a Amount) Sub(b Amount) (Amount, error) {
	if !a.mixes(b) {
		return Amount{}, a.mismatch("Sub", b)
	}
	c := a.currency | b.currency
	diff := a.minor - b.minor
	if (a.minor^b.minor)&(a.minor^diff) < 0 {
		return Amount{}, Amount{0, c}.overflow("Sub")
	}
	return Amount{diff, c}, nil
}

// Mul returns n times a, such as the price of n pieces. A product that does not
// fit is an [OverflowError].
func (a Amount) Mul(n int64) (Amount, error) {
	p, ok := product(a.minor, n)
	if !ok {
		return Amount{}, a.overflow("Mul")
	}
	return Amount{p, a.currency}, nil
}

// Neg returns -a. The lowest amount of all, -2^63 minor units, has no negative
// and is an [OverflowError].
func (a Amount) Neg() (Amount, error) {
	if a.minor == minMinor {
		return Amount{}, a.overflow("Neg")
	}
	return Amount{-a.minor, a.currency}, nil
}

// Abs returns a without its sign. The lowest amount of all, -2^63 minor units,
// has no positive counterpart and is an [OverflowError].
func (a Amount) Abs() (Amount, error) {
	if a.minor == minMinor {
		return Amount{}, a.overflow("Abs")
	}
	return Amount{max(a.minor, -a.minor), a.currency}, nil
}

// Sum returns the sum of the amounts, and the zero Amount if there are none. Only
// the total has to fit: intermediate sums cannot overflow, so the order of the
// amounts never matters. Amounts of two currencies are a [MismatchError], a
// total that does not fit is an [OverflowError].
func Sum(amounts ...Amount) (Amount, error) {
	var c Currency
	var hi, lo, carry uint64 // the total in two's complement of 128 bits
	for _, a := range amounts {
		if a.currency != c && a.currency != 0 {
			if c != 0 {
				return Amount{}, &MismatchError{Op: "Sum", A: c, B: a.currency}
			}
			c = a.currency
		}
		lo, carry = bits.Add64(lo, uint64(a.minor), 0)
		hi += uint64(a.minor>>63) + carry
	}
	if hi != uint64(int64(lo)>>63) {
		return Amount{}, &OverflowError{Op: "Sum", Currency: c}
	}
	return Amount{int64(lo), c}, nil
}

// MulRate returns a times rate: the tax of 8.25 % on an amount, or a discount of
// a tenth. The product is exact and rounded once, to a minor unit. With [Exact] a
// result between two amounts is a [PrecisionError]; one that does not fit is an
// [OverflowError].
func (a Amount) MulRate(rate Rate, r Rounding) (Amount, error) {
	return a.mulDiv("MulRate", rate.coef, false, pow10[rate.scale], r)
}

// MulDiv returns a * num / den: the part of a refund, or the price of num pieces
// where den cost a. The quotient is exact and rounded once, to a minor unit. A den
// of 0 is an [ArgumentError]; otherwise the errors are those of [Amount.MulRate].
func (a Amount) MulDiv(num, den int64, r Rounding) (Amount, error) {
	if den == 0 {
		return Amount{}, &ArgumentError{Op: "MulDiv", Name: "den", Value: "0", Want: "divide by any other number"}
	}
	neg, mag := magnitude(den)
	return a.mulDiv("MulDiv", num, neg, mag, r)
}

// Included returns how much of a is a charge at rate that a already includes: a *
// rate / (1 + rate). In a price of 12.00 with 20 % of tax included, the tax is
// 2.00. The quotient is exact and rounded once. A rate of -1 or less is an
// [ArgumentError]; otherwise the errors are those of [Amount.MulRate].
func (a Amount) Included(rate Rate, r Rounding) (Amount, error) {
	den := int64(pow10[rate.scale])
	if rate.coef <= -den {
		return Amount{}, &ArgumentError{Op: "Included", Name: "the rate", Value: rate.String(), Want: "use one above -1"}
	}
	return a.mulDiv("Included", rate.coef, false, uint64(den)+uint64(rate.coef), r)
}

// mulDiv returns a * num / den, where den is a magnitude and its sign, and not 0.
// A value that is no rounding is refused even where there was nothing to round.
func (a Amount) mulDiv(op string, num int64, denNeg bool, den uint64, r Rounding) (Amount, error) {
	if !r.Valid() {
		return Amount{}, r.check(op)
	}
	aneg, amag := magnitude(a.minor)
	nneg, nmag := magnitude(num)
	n, out := mulDiv((aneg != nneg) != denNeg, amag, nmag, den, r)
	return a.counted(op, n, out)
}

// counted gives what a computation came to, or the error that says why it gave nothing.
func (a Amount) counted(op string, n int64, out outcome) (Amount, error) {
	switch out {
	case fine:
		return Amount{n, a.currency}, nil
	case inexact:
		return Amount{}, &PrecisionError{
			Op: op, Currency: a.currency, Digits: a.currency.Digits(),
			Hint: "name a rounding other than Exact, such as HalfEven",
		}
	default:
		return Amount{}, a.overflow(op)
	}
}

// Split returns a in n parts that sum to it exactly and differ by at most one
// minor unit, the larger ones first: 1.00 in three is 0.34, 0.33, 0.33. A negative
// amount mirrors the positive one. An n outside 1 to 1,000,000 is an
// [ArgumentError].
func (a Amount) Split(n int) ([]Amount, error) {
	if n < 1 || n > maxParts {
		return nil, &ArgumentError{
			Op: "Split", Name: "the number of parts", Value: strconv.Itoa(n),
			Want: "use 1 to " + strconv.Itoa(maxParts),
		}
	}
	part := a.minor / int64(n)
	rest := a.minor % int64(n) // has the sign of a
	step := int64(1)
	if rest < 0 {
		rest, step = -rest, -1
	}
	parts := make([]Amount, n)
	for i := range parts {
		parts[i] = Amount{part, a.currency}
		if int64(i) < rest {
			parts[i].minor += step
		}
	}
	return parts, nil
}

// maxParts bounds what Split allocates.
const maxParts = 1_000_000

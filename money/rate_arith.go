package money

import (
	"cmp"
	"math/big"
	"math/bits"
	"strconv"
)

// Add returns r + s, exactly. A sum that needs more digits than fit in 64 bits is an
// [OverflowError].
func (r Rate) Add(s Rate) (Rate, error) {
	scale := max(r.scale, s.scale)
	a, ok := product(r.coef, int64(pow10[scale-r.scale]))
	b, fits := product(s.coef, int64(pow10[scale-s.scale]))
	sum := a + b
	if ok && fits && (a^sum)&(b^sum) >= 0 {
		return newRate(sum, int(scale)), nil
	}
	x, y := bigProduct(r.coef, int64(pow10[scale-r.scale])), bigProduct(s.coef, int64(pow10[scale-s.scale]))
	return bigRate("Add", x.Add(x, y), int(scale))
}

// Mul returns r * s, exactly: what a rate comes to on top of another. A product of more
// than 18 decimals is a [PrecisionError], one that needs more digits than fit in 64
// bits an [OverflowError].
func (r Rate) Mul(s Rate) (Rate, error) {
	scale := int(r.scale) + int(s.scale)
	if p, ok := product(r.coef, s.coef); ok && scale <= maxRateScale {
		return newRate(p, scale), nil
	}
	return bigRate("Mul", bigProduct(r.coef, s.coef), scale)
}

func bigProduct(x, y int64) *big.Int { return new(big.Int).Mul(big.NewInt(x), big.NewInt(y)) }

// bigRate makes the one form of coef * 10^-scale, where it is a rate.
func bigRate(op string, coef *big.Int, scale int) (Rate, error) {
	ten, rest := big.NewInt(10), new(big.Int)
	for scale > 0 {
		less, _ := new(big.Int).QuoRem(coef, ten, rest)
		if rest.Sign() != 0 {
			break
		}
		coef, scale = less, scale-1
	}
	if scale > maxRateScale {
		return Rate{}, &PrecisionError{Op: op, Digits: maxRateScale, Hint: "use rates of fewer decimals"}
	}
	if !coef.IsInt64() {
		return Rate{}, &OverflowError{Op: op}
	}
	return newRate(coef.Int64(), scale), nil
}

// Units returns r times 10^decimals: 825 for 0.0825 and 4. So rates are weights of an
// [Amount.Allocate]. 0 and false: that is no whole number, or does not fit in 64 bits, or
// decimals is above 18.
func (r Rate) Units(decimals int) (units int64, ok bool) {
	if decimals < int(r.scale) || decimals > maxRateScale {
		return 0, false
	}
	if units, ok = product(r.coef, int64(pow10[decimals-int(r.scale)])); !ok {
		return 0, false
	}
	return units, true
}

// Decimals returns how many decimals the rate has: 4 for 0.0825.
func (r Rate) Decimals() int { return int(r.scale) }

// WholeRate returns n as a rate.
func WholeRate(n int64) Rate { return newRate(n, 0) }

// MulRateDiv returns a times rate over n: a tenth off two of three pieces that cost a
// together is a times 0.2 over 3. It is exact and rounded once. An n below 1 is an
// [ArgumentError]; otherwise the errors are those of [Amount.MulRate].
func (a Amount) MulRateDiv(rate Rate, n int64, r Rounding) (Amount, error) {
	return a.over("MulRateDiv", n, rate, pow10[rate.scale], r)
}

// MulRateEach returns n times the charge at rate on one of n pieces that cost a
// together: the charge on one is exact, then rounded, then multiplied. 10 pieces for
// 9.99 at 20 % are charged 10 times 0.20. An n below 1 is an [ArgumentError];
// otherwise the errors are those of [Amount.MulRate].
func (a Amount) MulRateEach(n int64, rate Rate, r Rounding) (Amount, error) {
	return a.each("MulRateEach", n, rate, pow10[rate.scale], r)
}

// IncludedEach returns n times how much of one of n pieces that cost a together is a
// charge at rate which a already includes, as [Amount.Included] says it: exact for
// one piece, then rounded, then multiplied. The errors are those of
// [Amount.MulRateEach] and of Included.
func (a Amount) IncludedEach(n int64, rate Rate, r Rounding) (Amount, error) {
	const op = "IncludedEach"
	den := int64(pow10[rate.scale])
	if rate.coef <= -den {
		return Amount{}, &ArgumentError{Op: op, Name: "the rate", Value: rate.String(), Want: "use one above -1"}
	}
	return a.each(op, n, rate, uint64(den)+uint64(rate.coef), r)
}

// each returns n * round(a * rate.coef / (den * n)).
func (a Amount) each(op string, n int64, rate Rate, den uint64, r Rounding) (Amount, error) {
	unit, err := a.over(op, n, rate, den, r)
	if err != nil {
		return Amount{}, err
	}
	return unit.Mul(n)
}

// over returns a * rate.coef / (den * n), rounded.
func (a Amount) over(op string, n int64, rate Rate, den uint64, r Rounding) (Amount, error) {
	if n < 1 {
		return Amount{}, &ArgumentError{Op: op, Name: "n", Value: strconv.FormatInt(n, 10), Want: "use 1 or more"}
	}
	if !r.Valid() {
		return Amount{}, r.check(op)
	}
	aneg, amag := magnitude(a.minor)
	rneg, rmag := magnitude(rate.coef)
	hi, lo := bits.Mul64(den, uint64(n))
	unit, out := int64(0), fine
	if hi == 0 {
		unit, out = mulDiv(aneg != rneg, amag, rmag, lo, r)
	} else {
		unit, out = mulDivBig(aneg != rneg, amag, rmag, den, uint64(n), r)
	}
	return a.counted(op, unit, out)
}

// mulDivBig is mulDiv for a divisor d * e beyond 64 bits. The product of two numbers
// of 64 bits over it fits in 64.
func mulDivBig(neg bool, x, y, d, e uint64, r Rounding) (int64, outcome) {
	of := func(a, b uint64) *big.Int {
		return new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b))
	}
	den := of(d, e)
	quotient, rem := new(big.Int).QuoRem(of(x, y), den, new(big.Int))
	q := quotient.Uint64()
	if rem.Sign() != 0 {
		if r == Exact {
			return 0, inexact
		}
		if r.away(neg, q&1 == 1, cmp.Compare(rem.Lsh(rem, 1).Cmp(den), 0)) {
			q++
		}
	}
	n, ok := signed(neg, q)
	if !ok {
		return 0, tooLarge
	}
	return n, fine
}

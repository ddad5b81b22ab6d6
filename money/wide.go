package money

import (
	"cmp"
	"math"
	"math/bits"
)

const (
	minMinor = math.MinInt64
	maxMinor = math.MaxInt64
)

// outcome tells why a computation on 128 bits gave no number. The callers turn
// it into an error that carries their name and their operands.
type outcome uint8

const (
	fine     outcome = iota
	tooLarge         // does not fit in an int64
	inexact          // has a remainder, and the rounding is Exact
)

// pow10 holds the powers of ten that fit in 63 bits.
var pow10 = [...]uint64{
	1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
}

// magnitude splits x into sign and absolute value. The value of math.MinInt64
// is 1<<63, which an int64 cannot hold and a uint64 can.
func magnitude(x int64) (neg bool, mag uint64) {
	if x < 0 {
		return true, -uint64(x)
	}
	return false, uint64(x)
}

// signed is the inverse of magnitude; ok is false where the number does not fit.
func signed(neg bool, mag uint64) (x int64, ok bool) {
	if neg {
		return int64(-mag), mag <= 1<<63
	}
	return int64(mag), mag <= maxMinor
}

// product returns x*y, or false where it does not fit.
func product(x, y int64) (int64, bool) {
	xneg, xmag := magnitude(x)
	yneg, ymag := magnitude(y)
	hi, lo := bits.Mul64(xmag, ymag)
	if hi != 0 {
		return 0, false
	}
	return signed(xneg != yneg, lo)
}

// mulDiv returns x*y/den, rounded once; the product is held in 128 bits. The
// sign is neg; den is not 0.
func mulDiv(neg bool, x, y, den uint64, r Rounding) (int64, outcome) {
	hi, lo := bits.Mul64(x, y)
	if hi >= den {
		return 0, tooLarge
	}
	q, rem := bits.Div64(hi, lo, den)
	if rem != 0 {
		if r == Exact {
			return 0, inexact
		}
		if r.away(neg, q&1 == 1, cmp.Compare(rem, den-rem)) {
			if q == math.MaxUint64 {
				return 0, tooLarge
			}
			q++
		}
	}
	n, ok := signed(neg, q)
	if !ok {
		return 0, tooLarge
	}
	return n, fine
}

// cmpProducts compares a*x with b*y exactly; x and y are positive.
func cmpProducts(a int64, x uint64, b int64, y uint64) int {
	aneg, amag := magnitude(a)
	bneg, bmag := magnitude(b)
	if aneg != bneg {
		return cmp.Compare(a, b)
	}
	ahi, alo := bits.Mul64(amag, x)
	bhi, blo := bits.Mul64(bmag, y)
	c := cmp.Compare(ahi, bhi)
	if c == 0 {
		c = cmp.Compare(alo, blo)
	}
	if aneg {
		return -c
	}
	return c
}

// appendScaled appends the number mag * 10^-scale with exactly scale decimals,
// and a minus sign if neg. A negative scale appends zeros.
func appendScaled(b []byte, neg bool, mag uint64, scale int) []byte {
	var digits [20]byte
	i := len(digits)
	for mag > 0 {
		i--
		digits[i] = byte('0' + mag%10)
		mag /= 10
	}
	d := digits[i:]
	if neg {
		b = append(b, '-')
	}
	if len(d) == 0 && scale <= 0 {
		return append(b, '0')
	}
	if scale <= 0 {
		b = append(b, d...)
		for ; scale < 0; scale++ {
			b = append(b, '0')
		}
		return b
	}
	whole := len(d) - scale
	if whole > 0 {
		b = append(b, d[:whole]...)
		d = d[whole:]
		whole = 0
	} else {
		b = append(b, '0')
	}
	b = append(b, '.')
	for ; whole < 0; whole++ {
		b = append(b, '0')
	}
	return append(b, d...)
}

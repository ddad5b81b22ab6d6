package money

import (
	"math/big"
	"math/bits"
	"slices"
	"strconv"
)

// Allocate returns a in one part for each weight, in proportion to the weights:
// an order's discount over its lines. It is the method of the largest remainder:
//
//   - the parts sum to a exactly;
//   - each part is less than one minor unit away from its exact share, which is a
//     times its weight over the sum of the weights;
//   - the minor units left over after rounding every share toward zero go, one
//     each, to the shares that lost most; among equals to the first in order;
//   - a part of weight 0 is exactly 0;
//   - a negative amount mirrors the positive one, part by part.
//
// The result depends on nothing else, so it can be computed again from the same
// figures years later. Weights may be the prices of the lines, in minor units;
// their sum may exceed 64 bits. No weights, a negative weight and weights that
// are all 0 are an [ArgumentError].
func (a Amount) Allocate(weights []int64) ([]Amount, error) {
	var hi, lo, carry uint64 // sum of the weights
	for i, w := range weights {
		if w < 0 {
			return nil, &ArgumentError{
				Op: "Allocate", Name: "weight " + strconv.Itoa(i), Value: strconv.FormatInt(w, 10),
				Want: "use weights of 0 or more",
			}
		}
		lo, carry = bits.Add64(lo, uint64(w), 0)
		hi += carry
	}
	if len(weights) == 0 {
		return nil, &ArgumentError{Op: "Allocate", Name: "the list of weights", Value: "empty", Want: "give one for each part"}
	}
	if hi|lo == 0 {
		return nil, &ArgumentError{
			Op: "Allocate", Name: "the sum of the weights", Value: "0",
			Want: "give at least one above 0, or use Split for equal parts",
		}
	}
	parts := make([]Amount, len(weights))
	for i := range parts {
		parts[i].currency = a.currency
	}
	if hi == 0 {
		allocate64(a.minor, weights, lo, parts)
	} else {
		total := new(big.Int).SetUint64(hi)
		total.Lsh(total, 64).Or(total, new(big.Int).SetUint64(lo))
		allocateBig(a.minor, weights, total, parts)
	}
	return parts, nil
}

// allocate64 fills parts where the sum of the weights fits in 64 bits.
func allocate64(minor int64, weights []int64, total uint64, parts []Amount) {
	neg, mag := magnitude(minor)
	var few [2 * 16]uint64 // spares the heap
	both := few[:]
	switch n := 2 * len(weights); {
	case n > 256:
		both = make([]uint64, n)
	case n > len(few):
		var some [256]uint64
		both = some[:]
	}
	rems, apart := both[:len(weights)], both[len(weights):2*len(weights)]

	left := mag
	for i, w := range weights {
		// The weight is at most the total, so the quotient is at most mag.
		hi, lo := bits.Mul64(mag, uint64(w))
		var q uint64
		if hi == 0 {
			q = lo / total
			rems[i] = lo - q*total
		} else {
			q, rems[i] = bits.Div64(hi, lo, total)
		}
		left -= q
		parts[i].minor = int64(q)
	}
	// The remainders sum to left times the total and each is below the total, so
	// more than left of them are above 0 and there is one to take the threshold
	// from; no part of weight 0 is reached.
	if left > 0 {
		copy(apart, rems)
		threshold := nth(apart, len(apart)-int(left))
		ties := left // how many of those that equal the threshold are served
		for _, rem := range rems {
			if rem > threshold {
				ties--
			}
		}
		for i, rem := range rems {
			if rem < threshold {
				continue
			}
			if rem == threshold {
				if ties == 0 {
					continue
				}
				ties--
			}
			parts[i].minor++
		}
	}
	if neg {
		negate(parts)
	}
}

// nth gives what would stand at k if the values were sorted; it moves them. It parts them
// by one of three, again and again, and sorts the few that are left, or many where the
// parts do not get smaller.
func nth(values []uint64, k int) uint64 {
	for parts := 2 * bits.Len(uint(len(values))); len(values) > 12 && parts > 0; parts-- {
		a, b, c := values[0], values[len(values)/2], values[len(values)-1]
		middle := max(min(a, b), min(max(a, b), c))
		i, j := 0, len(values)-1
		for i <= j {
			for values[i] < middle {
				i++
			}
			for values[j] > middle {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			values = values[:j+1]
		case k >= i:
			values, k = values[i:], k-i
		default:
			return middle
		}
	}
	slices.Sort(values)
	return values[k]
}

// allocateBig is allocate64 for a sum of weights beyond 64 bits.
func allocateBig(minor int64, weights []int64, total *big.Int, parts []Amount) {
	neg, mag := magnitude(minor)
	type share struct {
		rem *big.Int
		i   int
	}
	shares := make([]share, len(weights))
	bigMag := new(big.Int).SetUint64(mag)
	left := mag
	for i, w := range weights {
		q := big.NewInt(w)
		rem := new(big.Int)
		q.Mul(q, bigMag).QuoRem(q, total, rem)
		left -= q.Uint64()
		parts[i].minor = int64(q.Uint64())
		shares[i] = share{rem, i}
	}
	slices.SortFunc(shares, func(a, b share) int {
		if c := b.rem.Cmp(a.rem); c != 0 {
			return c
		}
		return a.i - b.i
	})
	for _, s := range shares[:left] {
		parts[s.i].minor++
	}
	if neg {
		negate(parts)
	}
}

// negate mirrors parts that were computed for a magnitude. A magnitude of 1<<63
// wraps to math.MinInt64, which is its own negative in 64 bits.
func negate(parts []Amount) {
	for i := range parts {
		parts[i].minor = -parts[i].minor
	}
}

package money

import "strconv"

// Rounding says what happens to a result that lies between two amounts. It is
// data: an order records the rounding that made its figures, by the word that
// [Rounding.String] gives. Every operation that takes a Rounding computes
// exactly and rounds once, at the end.
//
// The table shows what each rounding makes of a number of minor units:
//
//	                      2.5   -2.5    3.5    2.4    2.6   -2.4   -2.6
//	HalfAwayFromZero        3     -3      4      2      3     -2     -3
//	HalfEven                2     -2      4      2      3     -2     -3
//	HalfDown                2     -2      3      2      3     -2     -3
//	HalfTowardPositive      3     -2      4      2      3     -2     -3
//	Up                      3     -3      4      3      3     -3     -3
//	Down                    2     -2      3      2      2     -2     -2
//	Floor                   2     -3      3      2      2     -3     -3
//	Ceiling                 3     -2      4      3      3     -2     -2
//	Exact                 each is refused with ErrPrecision
type Rounding uint8

const (
	// Exact, the zero value, does not round: a result that would need it is
	// refused with [ErrPrecision].
	Exact Rounding = iota
	// HalfAwayFromZero rounds to the nearest, a half away from zero, as schools
	// teach it: roundTiesToAway of IEEE 754.
	HalfAwayFromZero
	// HalfEven rounds to the nearest, a half to the even neighbour: "banker's
	// rounding", roundTiesToEven of IEEE 754. It does not drift over many sums.
	HalfEven
	// HalfDown rounds to the nearest, a half toward zero.
	HalfDown
	// HalfTowardPositive rounds to the nearest, a half toward positive infinity.
	HalfTowardPositive
	// Up rounds away from zero.
	Up
	// Down rounds toward zero: it cuts off.
	Down
	// Floor rounds toward negative infinity.
	Floor
	// Ceiling rounds toward positive infinity.
	Ceiling
)

// roundingWords are written into orders: they never change.
var roundingWords = [...]string{
	Exact:              "exact",
	HalfAwayFromZero:   "half-away-from-zero",
	HalfEven:           "half-even",
	HalfDown:           "half-down",
	HalfTowardPositive: "half-toward-positive",
	Up:                 "up",
	Down:               "down",
	Floor:              "floor",
	Ceiling:            "ceiling",
}

const wantRounding = "want exact, half-away-from-zero, half-even, half-down, half-toward-positive, up, down, floor or ceiling"

// ParseRounding reads the word of a rounding, such as "half-even", as
// [Rounding.String] writes it. Anything else, also another case, is a
// [SyntaxError].
func ParseRounding(word string) (Rounding, error) {
	for r, w := range roundingWords {
		if w == word {
			return Rounding(r), nil
		}
	}
	return Exact, syntaxError("ParseRounding", word, wantRounding)
}

// String returns the word of r: "exact", "half-away-from-zero", "half-even",
// "half-down", "half-toward-positive", "up", "down", "floor" or "ceiling". The
// words are stable: they may be stored. For a value that is no constant of this
// package it returns "Rounding(77)".
func (r Rounding) String() string {
	if r.Valid() {
		return roundingWords[r]
	}
	return "Rounding(" + strconv.Itoa(int(r)) + ")"
}

// Valid reports whether r is one of the constants of this package. Operations
// refuse any other value with [ErrArgument].
func (r Rounding) Valid() bool { return int(r) < len(roundingWords) }

// check returns the error for a value that is no rounding.
func (r Rounding) check(op string) error {
	if r.Valid() {
		return nil
	}
	return &ArgumentError{Op: op, Name: "the rounding", Value: r.String(), Want: wantRounding}
}

// away reports whether a result that lies between two numbers goes to the one
// farther from zero. Neg is the sign of the result, odd whether the number
// nearer to zero is odd, and half compares what is beyond that number with one
// half.
func (r Rounding) away(neg, odd bool, half int) bool {
	switch r {
	case HalfAwayFromZero:
		return half >= 0
	case HalfEven:
		return half > 0 || half == 0 && odd
	case HalfDown:
		return half > 0
	case HalfTowardPositive:
		return half > 0 || half == 0 && !neg
	case Up:
		return true
	case Floor:
		return neg
	case Ceiling:
		return !neg
	default: // Down
		return false
	}
}

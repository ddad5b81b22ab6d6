package money

import (
	"strconv"
	"strings"
)

// Price is an amount for a number of pieces: 9.50 GBP for one, or 9.80 GBP per
// 1,000 for what costs less than a penny. It is an immutable value, and == tells
// whether two prices are written alike; [Price.Cmp] tells which is cheaper. The
// zero Price is the zero [Amount] for one piece. Prices may be negative here: a
// shop that wants none says so.
//
// In text, JSON and SQL a Price is its [Price.String]: "9.50 GBP", "9.80 GBP/1000".
type Price struct {
	amount Amount
	less   uint32 // pieces less one, so that the zero Price is for one piece
}

// maxPer is the largest number of pieces that a price can be for.
const maxPer = 1_000_000_000

func newPrice(a Amount, per int64) Price { return Price{a, uint32(per - 1)} }

// PriceOf returns the price of a for one piece.
func PriceOf(a Amount) Price { return Price{amount: a} }

// NewPrice returns the price of a for per pieces. A per outside 1 to
// 1,000,000,000 is an [ArgumentError].
func NewPrice(a Amount, per int64) (Price, error) {
	if per < 1 || per > maxPer {
		return Price{}, &ArgumentError{
			Op: "NewPrice", Name: "per", Value: strconv.FormatInt(per, 10),
			Want: "use 1 to " + strconv.Itoa(maxPer),
		}
	}
	return newPrice(a, per), nil
}

// Amount returns the amount for [Price.Per] pieces.
func (p Price) Amount() Amount { return p.amount }

// Per returns the number of pieces that the amount is for, 1 to 1,000,000,000.
func (p Price) Per() int64 { return int64(p.less) + 1 }

// Currency returns the currency of the amount, or 0 for the zero Amount.
func (p Price) Currency() Currency { return p.amount.currency }

// Times returns the price of quantity pieces: the amount times quantity over
// [Price.Per], exact and rounded once. With [Exact] a result between two amounts is
// a [PrecisionError]; one that does not fit is an [OverflowError]. For a price per
// one piece nothing is ever rounded.
func (p Price) Times(quantity int64, r Rounding) (Amount, error) {
	return p.amount.mulDiv("Times", quantity, false, uint64(p.Per()), r)
}

// IsZero reports whether the amount has no minor units, in whatever currency: what
// is free. What [Amount.IsZero] says of the option omitzero holds here too.
func (p Price) IsZero() bool { return p.amount.IsZero() }

// Sign returns -1, 0 or 1 for a negative, zero or positive price.
func (p Price) Sign() int { return p.amount.Sign() }

// Equal reports whether p and q have the same amount and the same number of
// pieces. It is p == q, so 9.80 per 1,000 does not equal 0.98 per 100.
func (p Price) Equal(q Price) bool { return p == q }

// Cmp compares the prices of one piece, exactly, and returns -1, 0 or 1 for p less
// than, equal to or greater than q: 9.80 per 1,000 and 0.98 per 100 compare equal.
// The zero Amount compares with every currency. Prices in two currencies are a
// [MismatchError].
func (p Price) Cmp(q Price) (int, error) {
	if !p.amount.mixes(q.amount) {
		return 0, p.amount.mismatch("Cmp", q.amount)
	}
	return cmpProducts(p.amount.minor, uint64(q.Per()), q.amount.minor, uint64(p.Per())), nil
}

// Number returns the price without its currency: "9.50", or "9.80/1000" for a
// price of more than one piece. [ParsePrice] reads it back.
func (p Price) Number() string {
	var b [maxText]byte
	return string(p.appendPer(p.amount.appendNumber(b[:0])))
}

// String returns the price with its currency: "9.50 GBP", or "9.80 GBP/1000" for a
// price of more than one piece. [ParsePriceText] reads it back.
func (p Price) String() string {
	var b [maxText]byte
	return string(p.appendText(b[:0]))
}

func (p Price) appendText(b []byte) []byte { return p.appendPer(p.amount.appendText(b)) }

func (p Price) appendPer(b []byte) []byte {
	if p.less == 0 {
		return b
	}
	return strconv.AppendInt(append(b, '/'), p.Per(), 10)
}

const (
	wantPrice     = `write a number, or a number, a slash and a number of pieces from 1 to 1000000000, such as "9.50" or "9.80/1000"`
	wantPriceText = `write an amount, or an amount, a slash and a number of pieces from 1 to 1000000000, such as "9.50 GBP" or "9.80 GBP/1000"`
)

// ParsePrice reads a price in a currency: a number as [Parse] takes it, alone
// ("9.50") or with a slash and the number of pieces that it is for ("9.80/1000"),
// in at most 40 bytes. Another form, or a number of pieces outside 1 to
// 1,000,000,000, is a [SyntaxError]; otherwise the errors are those of Parse. What
// costs 0.0098 is written "9.80/1000" or made with [PriceFromDecimal].
func ParsePrice(s string, c Currency) (Price, error) {
	if !c.Valid() {
		return Price{}, c.check("ParsePrice")
	}
	num, per, ok := cutPer(s)
	if !ok {
		return Price{}, syntaxError("ParsePrice", s, wantPrice)
	}
	n, ok := scan(num)
	if !ok {
		return Price{}, syntaxError("ParsePrice", s, wantPrice)
	}
	return parsePrice("ParsePrice", s, n, c, per)
}

// MustParsePrice is [ParsePrice] for constants: it panics where ParsePrice returns
// an error.
func MustParsePrice(s string, c Currency) Price { return must(ParsePrice(s, c)) }

// ParsePriceText reads the text of [Price.String]: an amount as [ParseAmount] takes
// it, alone ("9.50 GBP") or with a slash and the number of pieces that it is for
// ("9.80 GBP/1000"), in at most 40 bytes. The errors are those of [ParsePrice]; a
// code that is not in the table is a [CurrencyError].
func ParsePriceText(s string) (Price, error) {
	const op = "ParsePriceText"
	amount, per, ok := cutPer(s)
	if !ok {
		return Price{}, syntaxError(op, s, wantPriceText)
	}
	if amount == "0" {
		return newPrice(Amount{}, per), nil
	}
	num, code, ok := strings.Cut(amount, " ")
	if !ok || len(code) != 3 {
		return Price{}, syntaxError(op, s, wantPriceText)
	}
	n, ok := scan(num)
	if !ok {
		return Price{}, syntaxError(op, s, wantPriceText)
	}
	c, ok := lookup(code)
	if !ok {
		return Price{}, codeError(op, code)
	}
	return parsePrice(op, s, n, c, per)
}

func parsePrice(op, s string, n number, c Currency, per int64) (Price, error) {
	minor, out := n.scaled(c.Digits(), Exact)
	switch out {
	case fine:
		return newPrice(Amount{minor, c}, per), nil
	case inexact:
		return Price{}, &PrecisionError{
			Op: op, Input: s, Currency: c, Digits: c.Digits(),
			Hint: "drop the decimals beyond, or give the price of more pieces, such as 9.80/1000 for 0.0098",
		}
	default:
		return Price{}, &OverflowError{Op: op, Input: s, Currency: c}
	}
}

// cutPer splits the number of pieces off a price; it is 1 if there is none.
func cutPer(s string) (rest string, per int64, ok bool) {
	if len(s) > maxText {
		return "", 0, false
	}
	rest, digits, found := strings.Cut(s, "/")
	if !found {
		return rest, 1, true
	}
	if digits == "" || span(digits) != len(digits) {
		return "", 0, false
	}
	mag, ok := accumulate(0, digits)
	if !ok || mag < 1 || mag > maxPer {
		return "", 0, false
	}
	return rest, int64(mag), true
}

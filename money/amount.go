package money

// Amount is an exact amount of money: a signed 64-bit count of minor units (cents,
// pence, yen) in a currency. It is an immutable value, it can be compared with
// == and used as the key of a map, and arithmetic on it does not allocate.
//
// The zero Amount has no currency. It is the neutral element: adding it to an
// amount of any currency gives that amount, so a sum starts from it. It is not
// equal to zero of a currency:
//
//	var none money.Amount
//	pence, _ := money.FromMinor(0, money.GBP)
//	none == pence                 // false
//	none.IsZero(), pence.IsZero() // true, true
//
// An Amount with a currency keeps it: 9.50 GBP minus 9.50 GBP is 0.00 GBP.
//
// In text, JSON and SQL an Amount is its [Amount.String], such as "9.50 GBP", and
// the zero Amount is "0".
type Amount struct {
	minor    int64
	currency Currency // 0 only in the zero Amount
}

// FromMinor returns the amount of minor units of a currency: FromMinor(950,
// money.GBP) is 9.50 GBP. It is the inverse of [Amount.Minor] and
// [Amount.Currency], so FromMinor(0, 0) is the zero Amount; otherwise a currency
// that is not valid is a [CurrencyError].
func FromMinor(minor int64, c Currency) (Amount, error) {
	if minor == 0 && c == 0 {
		return Amount{}, nil
	}
	if err := c.check("FromMinor"); err != nil {
		return Amount{}, err
	}
	return Amount{minor, c}, nil
}

// MustFromMinor is [FromMinor] for constants: it panics where FromMinor returns an
// error.
func MustFromMinor(minor int64, c Currency) Amount { return must(FromMinor(minor, c)) }

// Minor returns the number of minor units: 950 for 9.50 GBP.
func (a Amount) Minor() int64 { return a.minor }

// Currency returns the currency, or 0 for the zero Amount.
func (a Amount) Currency() Currency { return a.currency }

// Number returns the amount without its currency and with all the decimals of
// the currency: "9.50", "-0.05", "1200" for yen. It is "0" for the zero Amount.
// [Parse] reads it back.
func (a Amount) Number() string {
	var b [maxText]byte
	return string(a.appendNumber(b[:0]))
}

func (a Amount) appendNumber(b []byte) []byte {
	neg, mag := magnitude(a.minor)
	return appendScaled(b, neg, mag, a.currency.Digits())
}

// String returns the number and the code of the currency: "9.50 GBP". It is "0"
// for the zero Amount. [ParseAmount] reads it back.
func (a Amount) String() string {
	var b [maxText]byte
	return string(a.appendText(b[:0]))
}

func (a Amount) appendText(b []byte) []byte {
	b = a.appendNumber(b)
	if a.currency != 0 {
		b = append(b, ' ')
		b = append(b, a.currency.String()...)
	}
	return b
}

// IsZero reports whether there are no minor units, in whatever currency. Mind
// the option omitzero of encoding/json: it leaves out 0.00 GBP, which then reads
// back as the zero Amount, without its currency.
func (a Amount) IsZero() bool { return a.minor == 0 }

// Sign returns -1, 0 or 1 for a negative, zero or positive amount.
func (a Amount) Sign() int {
	switch {
	case a.minor < 0:
		return -1
	case a.minor > 0:
		return 1
	default:
		return 0
	}
}

// Equal reports whether a and b have the same currency and the same number of
// minor units. It is a == b, so the zero Amount does not equal 0.00 GBP.
func (a Amount) Equal(b Amount) bool { return a == b }

// Cmp returns -1, 0 or 1 for a less than, equal to or greater than b. The zero
// Amount compares with every currency. Amounts of two currencies are a
// [MismatchError].
func (a Amount) Cmp(b Amount) (int, error) {
	if !a.mixes(b) {
		return 0, a.mismatch("Cmp", b)
	}
	switch {
	case a.minor < b.minor:
		return -1, nil
	case a.minor > b.minor:
		return 1, nil
	default:
		return 0, nil
	}
}

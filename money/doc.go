// Package money holds exact money: amounts in the currencies of ISO 4217, prices,
// rates, rounding, and the sharing out of an amount.
//
// # Amounts
//
// An [Amount] is a whole number of minor units in a currency. It is a small value:
// copy it, compare it with ==, use it as the key of a map.
//
//	price, err := money.Parse("9.50", money.GBP) // what a person typed
//	fee, err := money.FromMinor(250, money.GBP)  // 250 pence
//	total, err := price.Add(fee)
//	fmt.Println(total)                           // 12.00 GBP
//
// For constants there are Must functions, which panic: money.MustParse("9.50",
// money.GBP). Nothing else in this package panics, whatever it is given.
//
// Arithmetic returns errors: two currencies do not add up, and a result beyond 64
// bits is refused, never wrapped. The zero Amount has no currency and is the
// neutral element, so a sum of nothing is a sum. [Sum] adds up a list.
//
// # Text from outside
//
// [Parse] is strict. It takes at most 40 bytes: digits of ASCII, at most one point
// between digits, and a minus sign in front; and no more decimals than the currency
// has. "1,50", "1e3", " 5", "+5", "1_000", "NaN" and full-width digits are refused.
// Grouping and local signs are for the program that knows its users. Text that
// carries its currency, "9.50 GBP", is read by [ParseAmount].
//
// # Rounding
//
// A result between two amounts needs a [Rounding] that somebody named. The zero
// value, [Exact], refuses. Everything is computed exactly and rounded once.
//
//	vat := money.MustParsePercent("17.5")
//	tax, err := price.MulRate(vat, money.HalfAwayFromZero)
//
// A [Rate] is an exact factor: a tax, a discount, an exchange rate.
// [Amount.MulRate] charges it on top, [Amount.Included] finds it inside a price that
// includes it. [Amount.MulDiv] multiplies by a fraction.
//
// # Prices
//
// A [Price] is an amount for a number of pieces, so that what costs less than a
// penny has a price too: "9.80/1000" is 9.80 for a thousand. [Price.Times] gives the
// amount for a quantity.
//
// # Sharing out
//
// [Amount.Split] shares an amount out equally and [Amount.Allocate] by weights, such
// as a discount over the lines of an order. The parts always sum to the amount.
//
// # Storing and sending
//
// All types have one text form, which fmt, JSON, SQL and the parsers share:
// "9.50 GBP", "9.80 GBP/1000", "0.0825", "GBP", "half-even". Reading it is strict,
// null is refused, and a value that cannot be read leaves the variable as it was.
// [Amount.Minor] and [Currency] are integers for whoever stores numbers.
//
// # Decimals, and no floats
//
// No function here takes or returns a float: 0.1 has no exact float, and money that
// has been one cannot be trusted again. Figures that come from elsewhere arrive as
// text, or as a decimal.Decimal of github.com/shopspring/decimal: [FromDecimal],
// [PriceFromDecimal] and [RateFromDecimal] check it before they compute with it. For
// what this package has no method for, compute with [Amount.Decimal] and come back:
//
//	euros, err := money.FromDecimal(pounds.Decimal().Mul(rate.Decimal()), money.EUR, money.HalfEven)
//
// # Errors
//
// Every error wraps one of [ErrSyntax], [ErrPrecision], [ErrOverflow],
// [ErrCurrency], [ErrMismatch] and [ErrArgument], has a type with the details, and
// says what to do. Input is shown escaped and cut, so it can go into a log. With an
// error the other result is the zero value (AppendText returns what it was given).
package money

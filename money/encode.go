package money

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// Every type of this package that a program stores has one text form, and uses it
// everywhere: MarshalText and AppendText write it, so does encoding/json (as a
// string, and as the key of a map), and so does Value for database/sql.
//
// Reading is strict. What Unmarshal and Scan refuse leaves the receiver as it
// was. A JSON null and an SQL NULL are refused: a missing amount is not zero, and
// must not keep the value that the variable had before. Who has optional amounts
// uses a pointer, or sql.Null[money.Amount].

// AppendText appends [Amount.String] to b. It implements encoding.TextAppender.
func (a Amount) AppendText(b []byte) ([]byte, error) { return a.appendText(b), nil }

// MarshalText returns [Amount.String]. JSON uses it: "9.50 GBP".
func (a Amount) MarshalText() ([]byte, error) { return a.appendText(make([]byte, 0, maxText)), nil }

// UnmarshalText reads what [ParseAmount] reads, with its errors.
func (a *Amount) UnmarshalText(text []byte) error { return set(a, text, ParseAmount) }

// UnmarshalJSON reads a JSON string as [ParseAmount] does. A JSON number and null
// are a [SyntaxError].
func (a *Amount) UnmarshalJSON(data []byte) error { return setJSON(a, "Amount", data, ParseAmount) }

// Value returns [Amount.String], for a column of text. To add up in SQL, store
// [Amount.Minor] and [Amount.Currency] as integers instead.
func (a Amount) Value() (driver.Value, error) { return a.String(), nil }

// Scan reads text from a database as [ParseAmount] does. NULL and other types are a
// [SyntaxError].
func (a *Amount) Scan(src any) error { return scanText(a, "Amount", src, ParseAmount) }

// AppendText appends [Price.String] to b. It implements encoding.TextAppender.
func (p Price) AppendText(b []byte) ([]byte, error) { return p.appendText(b), nil }

// MarshalText returns [Price.String]. JSON uses it: "9.80 GBP/1000".
func (p Price) MarshalText() ([]byte, error) { return p.appendText(make([]byte, 0, maxText)), nil }

// UnmarshalText reads what [ParsePriceText] reads, with its errors.
func (p *Price) UnmarshalText(text []byte) error { return set(p, text, ParsePriceText) }

// UnmarshalJSON reads a JSON string as [ParsePriceText] does. A JSON number and
// null are a [SyntaxError].
func (p *Price) UnmarshalJSON(data []byte) error { return setJSON(p, "Price", data, ParsePriceText) }

// Value returns [Price.String], for a column of text.
func (p Price) Value() (driver.Value, error) { return p.String(), nil }

// Scan reads text from a database as [ParsePriceText] does. NULL and other types
// are a [SyntaxError].
func (p *Price) Scan(src any) error { return scanText(p, "Price", src, ParsePriceText) }

// AppendText appends [Rate.String] to b. It implements encoding.TextAppender.
func (r Rate) AppendText(b []byte) ([]byte, error) { return r.appendText(b), nil }

// MarshalText returns [Rate.String]. JSON uses it: "0.0825".
func (r Rate) MarshalText() ([]byte, error) { return r.appendText(nil), nil }

// UnmarshalText reads what [ParseRate] reads, with its errors.
func (r *Rate) UnmarshalText(text []byte) error { return set(r, text, ParseRate) }

// UnmarshalJSON reads a JSON string as [ParseRate] does. A JSON number and null are
// a [SyntaxError].
func (r *Rate) UnmarshalJSON(data []byte) error { return setJSON(r, "Rate", data, ParseRate) }

// Value returns [Rate.String], for a column of text.
func (r Rate) Value() (driver.Value, error) { return r.String(), nil }

// Scan reads text from a database as [ParseRate] does. NULL and other types are a
// [SyntaxError].
func (r *Rate) Scan(src any) error { return scanText(r, "Rate", src, ParseRate) }

// AppendText appends [Currency.String] to b, nothing for no currency. A number that
// is no currency is a [CurrencyError]. It implements encoding.TextAppender.
func (c Currency) AppendText(b []byte) ([]byte, error) {
	if c != 0 && !c.Valid() {
		return b, c.check("Currency.AppendText")
	}
	return append(b, c.String()...), nil
}

// MarshalText returns [Currency.String], empty for no currency. A number that is
// no currency is a [CurrencyError]. JSON uses it: "GBP".
func (c Currency) MarshalText() ([]byte, error) { return c.AppendText(nil) }

// UnmarshalText reads what [ParseCurrency] reads, and empty text as no currency.
func (c *Currency) UnmarshalText(text []byte) error { return set(c, text, currencyOrNone) }

// UnmarshalJSON reads a JSON string as [Currency.UnmarshalText] does. A JSON number
// and null are a [SyntaxError].
func (c *Currency) UnmarshalJSON(data []byte) error {
	return setJSON(c, "Currency", data, currencyOrNone)
}

// Value returns [Currency.String], for a column of text. A number that is no
// currency is a [CurrencyError].
func (c Currency) Value() (driver.Value, error) {
	if c != 0 && !c.Valid() {
		return nil, c.check("Currency.Value")
	}
	return c.String(), nil
}

// Scan reads text from a database as [Currency.UnmarshalText] does. NULL and other
// types, numeric codes too, are a [SyntaxError].
func (c *Currency) Scan(src any) error { return scanText(c, "Currency", src, currencyOrNone) }

func currencyOrNone(code string) (Currency, error) {
	if code == "" {
		return 0, nil
	}
	return ParseCurrency(code)
}

// AppendText appends [Rounding.String] to b. A value that is no rounding is an
// [ArgumentError]. It implements encoding.TextAppender.
func (r Rounding) AppendText(b []byte) ([]byte, error) {
	if err := r.check("Rounding.AppendText"); err != nil {
		return b, err
	}
	return append(b, r.String()...), nil
}

// MarshalText returns [Rounding.String]. A value that is no rounding is an
// [ArgumentError]. JSON uses it: "half-even".
func (r Rounding) MarshalText() ([]byte, error) { return r.AppendText(nil) }

// UnmarshalText reads what [ParseRounding] reads, with its errors.
func (r *Rounding) UnmarshalText(text []byte) error { return set(r, text, ParseRounding) }

// UnmarshalJSON reads a JSON string as [ParseRounding] does. A JSON number and null
// are a [SyntaxError].
func (r *Rounding) UnmarshalJSON(data []byte) error {
	return setJSON(r, "Rounding", data, ParseRounding)
}

// Value returns [Rounding.String], for a column of text. A value that is no
// rounding is an [ArgumentError].
func (r Rounding) Value() (driver.Value, error) {
	if err := r.check("Rounding.Value"); err != nil {
		return nil, err
	}
	return r.String(), nil
}

// Scan reads text from a database as [ParseRounding] does. NULL and other types are
// a [SyntaxError].
func (r *Rounding) Scan(src any) error { return scanText(r, "Rounding", src, ParseRounding) }

// set parses text into *p, and leaves *p alone on an error.
func set[T any](p *T, text []byte, parse func(string) (T, error)) error {
	// No parser reads more than maxText bytes; one more shows it the excess
	// without a copy of all of it.
	v, err := parse(string(text[:min(len(text), maxText+1)]))
	if err == nil {
		*p = v
	}
	return err
}

// maxJSON is the longest JSON string that can hold maxText bytes: each written as
// an escape of six.
const maxJSON = 6*maxText + 2

func setJSON[T any](p *T, name string, data []byte, parse func(string) (T, error)) error {
	op := name + ".UnmarshalJSON"
	if len(data) == 0 || data[0] != '"' || len(data) > maxJSON {
		return syntaxError(op, string(data[:min(len(data), maxText)]),
			"write a short JSON string; for a value that may be missing, decode into a pointer")
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return syntaxError(op, string(data), "write a JSON string")
	}
	v, err := parse(s)
	if err == nil {
		*p = v
	}
	return err
}

func scanText[T any](p *T, name string, src any, parse func(string) (T, error)) error {
	switch src := src.(type) {
	case string:
		v, err := parse(src)
		if err == nil {
			*p = v
		}
		return err
	case []byte:
		return set(p, src, parse)
	case nil:
		return syntaxError(name+".Scan", "NULL", "scan a column that may be NULL into sql.Null[money."+name+"]")
	default:
		return syntaxError(name+".Scan", fmt.Sprintf("%T", src), "store it in a column of text")
	}
}

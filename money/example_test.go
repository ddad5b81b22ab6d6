package money_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillkit/till/money"
)

func Example() {
	mug := money.MustParsePrice("9.50", money.GBP)
	line, err := mug.Times(2, money.Exact)
	if err != nil {
		fmt.Println(err)
		return
	}
	tax, err := line.MulRate(money.MustParsePercent("17.5"), money.HalfEven)
	if err != nil {
		fmt.Println(err)
		return
	}
	total, err := money.Sum(line, tax)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(line, "+", tax, "=", total)
	// Output: 19.00 GBP + 3.32 GBP = 22.32 GBP
}

func ExampleAmount() {
	a := money.MustParse("19.99", money.USD)
	fmt.Println(a, a.Number(), a.Minor(), a.Currency(), a.Sign())

	yen := money.MustFromMinor(1200, money.JPY)
	_, err := a.Add(yen)
	fmt.Println(err)
	fmt.Println(errors.Is(err, money.ErrMismatch))

	var none money.Amount // the neutral element
	sum, err := none.Add(yen)
	fmt.Println(sum, err)
	// Output:
	// 19.99 USD 19.99 1999 USD 1
	// money: Add: USD and JPY do not mix: convert one of them at an exchange rate first
	// true
	// 1200 JPY <nil>
}

func ExampleParse() {
	for _, s := range []string{"9.50", "9.5", "9", "-0.05", "9.505", "9,50", "1e3"} {
		a, err := money.Parse(s, money.EUR)
		switch {
		case errors.Is(err, money.ErrPrecision):
			fmt.Println(s, "has too many decimals")
		case err != nil:
			fmt.Println(s, "is not a number")
		default:
			fmt.Println(s, "is", a)
		}
	}
	// Output:
	// 9.50 is 9.50 EUR
	// 9.5 is 9.50 EUR
	// 9 is 9.00 EUR
	// -0.05 is -0.05 EUR
	// 9.505 has too many decimals
	// 9,50 is not a number
	// 1e3 is not a number
}

func ExampleRounding() {
	for _, r := range []money.Rounding{
		money.HalfAwayFromZero, money.HalfEven, money.HalfDown, money.HalfTowardPositive,
		money.Up, money.Down, money.Floor, money.Ceiling,
	} {
		a, _ := money.ParseRounded("0.125", money.USD, r)
		b, _ := money.ParseRounded("-0.125", money.USD, r)
		fmt.Println(a.Number(), b.Number(), r)
	}
	// Output:
	// 0.13 -0.13 half-away-from-zero
	// 0.12 -0.12 half-even
	// 0.12 -0.12 half-down
	// 0.13 -0.12 half-toward-positive
	// 0.13 -0.13 up
	// 0.12 -0.12 down
	// 0.12 -0.13 floor
	// 0.13 -0.12 ceiling
}

func ExampleRate() {
	vat := money.MustParsePercent("20")
	fmt.Println(vat, vat.Percent()+" %")

	net := money.MustParse("9.99", money.GBP)
	tax, _ := net.MulRate(vat, money.HalfEven) // on top
	fmt.Println(tax)

	gross := money.MustParse("12.00", money.GBP)
	tax, _ = gross.Included(vat, money.HalfEven) // inside
	fmt.Println(tax)
	// Output:
	// 0.2 20 %
	// 2.00 GBP
	// 2.00 GBP
}

func ExamplePrice() {
	screws := money.MustParsePrice("9.80/1000", money.GBP)
	fmt.Println(screws)
	for _, quantity := range []int64{1, 50, 1000} {
		a, err := screws.Times(quantity, money.HalfEven)
		fmt.Println(quantity, a, err)
	}
	_, err := screws.Times(1, money.Exact)
	fmt.Println(err)
	// Output:
	// 9.80 GBP/1000
	// 1 0.01 GBP <nil>
	// 50 0.49 GBP <nil>
	// 1000 9.80 GBP <nil>
	// money: Times: the exact result has more than 2 decimals in GBP: name a rounding other than Exact, such as HalfEven
}

func ExampleAmount_Allocate() {
	// 10.00 off an order, over lines of 19.99, 5.00 and 0.00.
	discount := money.MustParse("-10.00", money.USD)
	parts, err := discount.Allocate([]int64{1999, 500, 0})
	fmt.Println(parts, err)
	sum, err := money.Sum(parts...)
	fmt.Println(sum, err)
	// Output:
	// [-8.00 USD -2.00 USD 0.00 USD] <nil>
	// -10.00 USD <nil>
}

func ExampleAmount_Split() {
	parts, err := money.MustParse("1.00", money.EUR).Split(3)
	fmt.Println(parts, err)
	// Output: [0.34 EUR 0.33 EUR 0.33 EUR] <nil>
}

func ExampleAmount_json() {
	type line struct {
		Price money.Price   `json:"price"`
		Total money.Amount  `json:"total"`
		Gift  *money.Amount `json:"gift,omitempty"` // optional, so a pointer
	}
	l := line{
		Price: money.MustParsePrice("9.80/1000", money.GBP),
		Total: money.MustParse("0.49", money.GBP),
	}
	text, err := json.Marshal(l)
	fmt.Println(string(text), err)
	err = json.Unmarshal([]byte(`{"total": null}`), &l)
	fmt.Println(l.Total, errors.Is(err, money.ErrSyntax))
	// Output:
	// {"price":"9.80 GBP/1000","total":"0.49 GBP"} <nil>
	// 0.49 GBP true
}

// An exchange goes through a decimal: the rate is exact, the result is rounded once.
func ExampleFromDecimal() {
	pounds := money.MustParse("100.00", money.GBP)
	rate := money.MustParseRate("1.17385")
	euros, err := money.FromDecimal(pounds.Decimal().Mul(rate.Decimal()), money.EUR, money.HalfEven)
	fmt.Println(euros, err)
	// Output: 117.38 EUR <nil>
}

func ExampleCurrencies() {
	for c := range money.Currencies() {
		if c.Digits() == 4 {
			fmt.Println(c, uint16(c), c.Name())
		}
	}
	// Output:
	// CLF 990 Unidad de Fomento
	// UYW 927 Unidad Previsional
}

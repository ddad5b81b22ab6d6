package money_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"github.com/tillkit/till/money"
)

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.Parse("1234.56", money.GBP); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseAmount(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.ParseAmount("1234.56 GBP"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkString(b *testing.B) {
	a := money.MustParse("1234.56", money.GBP)
	b.ReportAllocs()
	for b.Loop() {
		_ = a.String()
	}
}

func BenchmarkAdd(b *testing.B) {
	x, y := money.MustParse("1234.56", money.GBP), money.MustParse("0.01", money.GBP)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.Add(y); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMul(b *testing.B) {
	x := money.MustParse("1234.56", money.GBP)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.Mul(3); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMulRate(b *testing.B) {
	x, rate := money.MustParse("1234.56", money.GBP), money.MustParsePercent("8.25")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := x.MulRate(rate, money.HalfEven); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSum100(b *testing.B) {
	list := make([]money.Amount, 100)
	for i := range list {
		list[i] = money.MustFromMinor(int64(i), money.GBP)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.Sum(list...); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAllocate100(b *testing.B) {
	a := money.MustParse("1234.56", money.GBP)
	weights := make([]int64, 100)
	for i := range weights {
		weights[i] = int64(i*7919%1000 + 1)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := a.Allocate(weights); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFromDecimal(b *testing.B) {
	d := decimal.RequireFromString("1234.565")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := money.FromDecimal(d, money.GBP, money.HalfEven); err != nil {
			b.Fatal(err)
		}
	}
}

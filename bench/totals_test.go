package main

import (
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tillkit/till/money"
)

// What is compared comes to the same: a total in money, in decimals, and that of a quote,
// down to every share and every tax.
func TestTotalsAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 9))
	same := func(what string, d decimal.Decimal, a money.Amount) {
		t.Helper()
		if !d.Equal(a.Decimal()) {
			t.Fatalf("%s: %s in decimals, %s in money", what, d, a)
		}
	}
	for n := range 2000 {
		cart, included := drawCart(random, 1+random.IntN(30)), n%2 == 1
		m, err := newMoneyCart(cart, included)
		if err != nil {
			t.Fatal(err)
		}
		is, err := m.bill()
		if err != nil {
			t.Fatal(err)
		}
		d := newDecimalCart(cart, included).bill()
		same("total", d.total, is.total)
		for i := range is.shares {
			same("share", d.shares[i], is.shares[i])
		}
		for i := range is.taxes {
			same("tax", d.taxes[i], is.taxes[i])
		}
		if n%20 > 1 {
			continue
		}
		q, err := newQuoted(random, cart, included)
		if err != nil {
			t.Fatal(err)
		}
		quote, err := q.quote()
		if err != nil {
			t.Fatal(err)
		}
		same("total of the quote", d.total, quote.Total())
		for _, s := range quote.Discounts()[0].Shares {
			same("share of the quote", d.shares[s.Line-1].Neg(), s.Amount)
		}
		for i, p := range quote.Taxes()[0].Parts {
			same("tax of the quote", d.taxes[i], p.Amount)
		}
	}
}

package main

import (
	"math/rand/v2"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tillkit/till/money"
)

// A total, counted twice: with the money of till and with decimals all the way. Both are
// written as one would write them in a shop, and must come to the same figures:
//
//	lines      price x quantity, rounded; a price has up to five decimals
//	discount   10 % off the sum, rounded, spread over the lines by largest remainder
//	shipping   4.95
//	tax        20 % of each line after its share of the discount, and of the shipping,
//	           rounded; added, or included in the prices
//	total      lines - discount + shipping, + tax where it is added

// drawn is a line of a random cart: pence for a power of ten of pieces, and how many are bought.
type drawn struct {
	pence, per, quantity int64
}

func drawCart(random *rand.Rand, lines int) []drawn {
	all := make([]drawn, lines)
	for i := range all {
		all[i] = drawn{1 + random.Int64N(20_000), []int64{1, 10, 100, 1000}[random.IntN(4)], 1 + random.Int64N(50)}
	}
	return all
}

// The rules of the totals.
const (
	offPercent     = "10"
	taxPercent     = "20"
	shippingAmount = "4.95"
)

// moneyCart is a cart in the money of till.
type moneyCart struct {
	prices        []money.Price
	quantities    []int64
	off, tax      money.Rate
	shipping      money.Amount
	includesTaxes bool
}

// moneyBill is what it comes to.
type moneyBill struct {
	shares, taxes []money.Amount // by line; the tax of the shipping is the last
	total         money.Amount
}

func newMoneyCart(lines []drawn, included bool) (*moneyCart, error) {
	c := &moneyCart{
		off: money.MustParsePercent(offPercent), tax: money.MustParsePercent(taxPercent),
		shipping: money.MustParse(shippingAmount, money.GBP), includesTaxes: included,
	}
	for _, l := range lines {
		price, err := pence(l.pence, l.per)
		if err != nil {
			return nil, err
		}
		c.prices, c.quantities = append(c.prices, price), append(c.quantities, l.quantity)
	}
	return c, nil
}

func (c *moneyCart) bill() (moneyBill, error) {
	const mode = money.HalfAwayFromZero
	b := moneyBill{taxes: make([]money.Amount, len(c.prices)+1)}
	left := make([]money.Amount, len(c.prices)) // of each line
	weights := make([]int64, len(c.prices))
	var err error
	for i, price := range c.prices {
		if left[i], err = price.Times(c.quantities[i], mode); err != nil {
			return b, err
		}
		weights[i] = left[i].Minor()
		if b.total, err = b.total.Add(left[i]); err != nil {
			return b, err
		}
	}
	off, err := b.total.MulRate(c.off, mode)
	if err != nil {
		return b, err
	}
	if b.shares, err = off.Allocate(weights); err != nil {
		return b, err
	}
	if b.total, err = b.total.Sub(off); err != nil {
		return b, err
	}
	if b.total, err = b.total.Add(c.shipping); err != nil {
		return b, err
	}
	for i := range b.taxes {
		taxed := c.shipping
		if i < len(left) {
			if taxed, err = left[i].Sub(b.shares[i]); err != nil {
				return b, err
			}
		}
		if c.includesTaxes {
			if b.taxes[i], err = taxed.Included(c.tax, mode); err != nil {
				return b, err
			}
			continue
		}
		if b.taxes[i], err = taxed.MulRate(c.tax, mode); err != nil {
			return b, err
		}
		if b.total, err = b.total.Add(b.taxes[i]); err != nil {
			return b, err
		}
	}
	return b, nil
}

// decimalCart is the same in decimals.
type decimalCart struct {
	prices, quantities []decimal.Decimal
	off, tax, shipping decimal.Decimal
	withTax            decimal.Decimal // 1 + tax
	includesTaxes      bool
}

type decimalBill struct {
	shares, taxes []decimal.Decimal
	total         decimal.Decimal
}

func newDecimalCart(lines []drawn, included bool) *decimalCart {
	percent := func(text string) decimal.Decimal { return decimal.RequireFromString(text).Shift(-2) }
	c := &decimalCart{
		off: percent(offPercent), tax: percent(taxPercent), withTax: decimal.NewFromInt(1).Add(percent(taxPercent)),
		shipping: decimal.RequireFromString(shippingAmount), includesTaxes: included,
	}
	for _, l := range lines {
		price := decimal.New(l.pence, -2)
		for per := l.per; per > 1; per /= 10 {
			price = price.Shift(-1)
		}
		c.prices, c.quantities = append(c.prices, price), append(c.quantities, decimal.NewFromInt(l.quantity))
	}
	return c
}

func (c *decimalCart) bill() decimalBill {
	left := make([]decimal.Decimal, len(c.prices)) // of each line
	b := decimalBill{taxes: make([]decimal.Decimal, len(c.prices)+1)}
	for i, price := range c.prices {
		left[i] = price.Mul(c.quantities[i]).Round(2)
		b.total = b.total.Add(left[i])
	}
	off := b.total.Mul(c.off).Round(2)
	b.shares = spread(off, left, b.total)
	b.total = b.total.Sub(off).Add(c.shipping)
	for i := range b.taxes {
		taxed := c.shipping
		if i < len(left) {
			taxed = left[i].Sub(b.shares[i])
		}
		if c.includesTaxes {
			b.taxes[i] = taxed.Mul(c.tax).DivRound(c.withTax, 2)
			continue
		}
		b.taxes[i] = taxed.Mul(c.tax).Round(2)
		b.total = b.total.Add(b.taxes[i])
	}
	return b
}

// spread spreads an amount over lines in proportion to what they cost: each gets its share
// without what is below a penny, and those that lost most by it, the first of equals, a
// penny more.
func spread(off decimal.Decimal, lines []decimal.Decimal, sum decimal.Decimal) []decimal.Decimal {
	penny := decimal.New(1, -2)
	shares, lost := make([]decimal.Decimal, len(lines)), make([]decimal.Decimal, len(lines))
	byLoss := make([]int, len(lines))
	left := off
	for i, line := range lines {
		shares[i], lost[i] = off.Mul(line).QuoRem(sum, 2)
		left = left.Sub(shares[i])
		byLoss[i] = i
	}
	slices.SortStableFunc(byLoss, func(i, j int) int { return lost[j].Cmp(lost[i]) })
	for _, i := range byLoss {
		if !left.IsPositive() {
			break
		}
		shares[i] = shares[i].Add(penny)
		left = left.Sub(penny)
	}
	return shares
}

package main

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/memory"
)

// demo makes a shop in memory that has sold a mug for a year.
func demo(ctx context.Context) (*till.Shop, error) {
	on := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC) }
	now := on(1, 5)
	shop, err := till.Open(ctx, memory.New(), till.Options{
		Currency: money.GBP, Clock: func() time.Time { return now }, Random: rand.NewChaCha8([32]byte{1}),
	})
	if err != nil {
		return nil, err
	}
	staff := shop.Staff("back-office")
	if err := staff.AddProduct(ctx, till.NewProduct{SKU: "MUG", Name: "Blue mug", Price: "9.50", OnHand: 100}); err != nil {
		return nil, err
	}
	set := func(price string, from time.Time) till.PriceChange {
		return till.PriceChange{Price: money.MustParsePrice(price, money.GBP), From: till.At(from)}
	}
	sale := func(c till.PriceChange) till.PriceChange {
		c.Sale = true
		return c
	}
	clear := func(from time.Time) till.PriceChange { return till.PriceChange{Mark: till.Clear, From: till.At(from)} }
	for _, step := range []struct {
		recorded time.Time
		why      string
		change   till.PriceChange
	}{
		{on(2, 1), "spring sale", sale(set("8.00", on(2, 20)))},
		{on(2, 1), "its end", sale(clear(on(3, 15)))},
		{on(3, 10), "dearer from June", set("12.00", on(6, 1))},
		{on(4, 20), "not from June", till.PriceChange{Mark: till.Retract, From: till.At(on(6, 1))}},
		{on(5, 2), "the invoice of April was lower", set("9.00", on(4, 1))},
		{on(6, 10), "summer sale, at once", sale(set("7.00", on(6, 10)))},
		{on(6, 25), "the base price rises while the sale goes on", set("11.00", on(6, 25))},
		{on(7, 1), "the sale ends", sale(clear(on(7, 20)))},
		{on(8, 5), "sold out: no price from September", clear(on(9, 1))},
		{on(9, 20), "and there it is again", set("12.50", on(10, 1))},
	} {
		now = step.recorded
		if err := staff.Because(step.why).ChangePrice(ctx, "MUG", step.change); err != nil {
			return nil, err
		}
	}
	return shop, nil
}

package main

import (
	"context"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// fillers is how many goroutines fill a shop where the order does not matter.
const fillers = 32

// movedClock is a clock that can be moved: a shop is filled as of the past.
type movedClock struct{ by atomic.Int64 }

func (c *movedClock) now() time.Time { return time.Now().Add(time.Duration(c.by.Load())) }

// putArticles puts articles into the shop a year ago, and gives them new prices since.
func putArticles(ctx context.Context, staff *till.Staff, clock *movedClock, articles int) error {
	defer clock.by.Store(0)
	clock.by.Store(int64(-firstPrices))
	for from := 0; from < articles; from += bulk {
		var specs []till.ProductSpec
		for i := from; i < min(from+bulk, articles); i++ {
			a := articleAt(i)
			price, err := pence(a.first, 1)
			if err != nil {
				return err
			}
			specs = append(specs, till.ProductSpec{
				Description: till.Description{
					Handle: a.handle, Status: till.ProductActive, Vendor: a.vendor,
					Words:    map[till.Locale]till.Words{"": {Name: a.name, Description: a.description}},
					Variants: []till.Variant{{SKU: till.SKU(a.sku)}},
				},
				Articles: []till.ArticleSpec{{SKU: till.SKU(a.sku), Price: &price, OnHand: onHand}},
			})
		}
		if _, err := staff.PutProducts(ctx, specs...); err != nil {
			return err
		}
	}
	clock.by.Store(int64(-newPrices))
	for from := 0; from < articles; from += bulk {
		var edits []till.PriceEdit
		for i := from; i < min(from+bulk, articles); i++ {
			a := articleAt(i)
			price, err := pence(a.since, 1)
			if err != nil {
				return err
			}
			edits = append(edits, till.PriceEdit{SKU: till.SKU(a.sku), PriceChange: till.PriceChange{Price: price}})
		}
		if err := staff.ChangePrices(ctx, edits...); err != nil {
			return err
		}
	}
	return nil
}

// pence makes a price of so many pence for so many pieces.
func pence(minor, per int64) (money.Price, error) {
	amount, err := money.FromMinor(minor, money.GBP)
	if err != nil {
		return money.Price{}, err
	}
	return money.NewPrice(amount, per)
}

// caller is a guest of the shop, with what is in the cart.
type caller struct {
	*till.Guest
	n     int64
	three []wanted
}

// guests begins sessions, each with three articles in the cart, many at once.
func guests(ctx context.Context, shop *till.Shop, random *rand.Rand, first int64, n, articles int) ([]caller, error) {
	all := make([]caller, n)
	for i := range all {
		all[i] = caller{n: first + int64(i), three: pickThree(random, articles)}
	}
	return all, together(ctx, n, func(ctx context.Context, i int) (err error) {
		if all[i].Guest, err = shop.NewGuest(ctx); err != nil {
			return err
		}
		return all[i].Add(ctx, items(all[i].three)...)
	})
}

func items(three []wanted) []till.Item {
	var list []till.Item
	for _, w := range three {
		list = append(list, till.Item{SKU: till.SKU(skuAt(w.article)), Quantity: w.quantity})
	}
	return list
}

// together calls f for 0 to n-1, many at once, and gives the first error.
func together(ctx context.Context, n int, f func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(n, fillers) {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := f(ctx, int(i)); err != nil {
					cancel(err)
				}
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

// contactAt is the contact of a buyer.
func contactAt(n int64) till.Contact {
	w := wordsAt(n)
	return till.Contact{
		Name: w.name, Email: w.email, Phone: w.phone,
		Billing: till.Address{Street: w.street, City: w.city, Postcode: w.postcode, Country: w.country},
	}
}

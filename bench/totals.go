package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// counted is something that computes, again and again.
type counted struct {
	name     string
	once     func(i int) error // of the cart i, modulo carts
	ns       []float64         // of one, by round
	allocate float64           // allocations of one, in the last round
}

// carts is how many random carts take turns, so that none is known by heart.
const carts = 16

// totals measures how long it takes to compute what a cart costs.
func (b *bench) totals(ctx context.Context) error {
	for _, lines := range []int{5, 100} {
		for _, included := range []bool{false, true} {
			b.say("totals of %d lines, tax included: %t", lines, included)
			all, err := newCounted(lines, included)
			if err != nil {
				return err
			}
			for round := -1; round < b.is.rounds; round++ {
				for i := range all {
					c := &all[(i+round+1)%len(all)]
					ns, allocations, err := repeat(ctx, c.once, b.is.slice)
					if err != nil {
						return fmt.Errorf("%s of %d lines: %w", c.name, lines, err)
					}
					if c.allocate = allocations; round >= 0 {
						c.ns = append(c.ns, ns)
					}
				}
			}
			b.counts(lines, included, all)
		}
	}
	return nil
}

// counts prints what was counted: how many times as long decimals take, and the quote.
func (b *bench) counts(lines int, included bool, all []counted) {
	tax := ""
	if included {
		tax = "-included"
	}
	money, decimals, quote, digest := all[0], all[1], all[2], all[3]
	times := ratios(decimals.ns, money.ns)
	fmt.Fprintf(b.out, "RATIO total%s lines=%d till/decimal median=%.1f q1=%.1f ns=%.0f\n", tax, lines, median(times), quantile(times, 0.25), median(money.ns))
	fmt.Fprintf(b.out, "QUOTE total%s lines=%d median=%.1fµs allocations=%.0f digest=%.1fµs\n", tax, lines, median(quote.ns)/1e3, quote.allocate, median(digest.ns)/1e3)
}

// newCounted gives what is measured with carts of so many lines: a total in money and in
// decimals, a quote with two promotions, shipping, tax and its tree of reasons, and its
// digest.
func newCounted(lines int, included bool) ([]counted, error) {
	random := rand.New(rand.NewPCG(uint64(lines), 5))
	var moneys [carts]*moneyCart
	var decimals [carts]*decimalCart
	var quotes [carts]*quoted
	for i := range carts {
		cart := drawCart(random, lines)
		decimals[i] = newDecimalCart(cart, included)
		var err error
		if moneys[i], err = newMoneyCart(cart, included); err != nil {
			return nil, err
		}
		if quotes[i], err = newQuoted(random, cart, included, firstOff); err != nil {
			return nil, err
		}
	}
	ready, err := quotes[0].quote()
	if err != nil {
		return nil, err
	}
	wrong := errors.New("nothing came of it")
	return []counted{
		{name: "total in money", once: func(i int) error {
			is, err := moneys[i%carts].bill()
			if err == nil && is.total.Sign() <= 0 {
				err = wrong
			}
			return err
		}},
		{name: "total in decimals", once: func(i int) error {
			if decimals[i%carts].bill().total.Sign() <= 0 {
				return wrong
			}
			return nil
		}},
		{name: "quote", once: func(i int) error {
			is, err := quotes[i%carts].quote()
			if err == nil && len(is.Reasons().Parts) == 0 {
				err = wrong
			}
			return err
		}},
		{name: "digest", once: func(int) error {
			if ready.Digest() == "" {
				return wrong
			}
			return nil
		}},
	}, nil
}

// repeat computes for a time, and gives how much time of processors one takes, that of the
// garbage it makes included: another program on the machine hardly touches it. Where the
// system does not tell, it is what a clock shows.
func repeat(ctx context.Context, once func(int) error, length time.Duration) (ns, allocations float64, err error) {
	const between = 64 // two looks at the clock
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	done, start, used := 0, time.Now(), processorTime()
	took := time.Duration(0)
	for took < length && ctx.Err() == nil {
		for range between {
			if err := once(done); err != nil {
				return 0, 0, err
			}
			done++
		}
		took = time.Since(start)
	}
	if used = processorTime() - used; used > 0 {
		took = used
	}
	runtime.ReadMemStats(&after)
	if err := context.Cause(ctx); err != nil {
		return 0, 0, err
	}
	return float64(took.Nanoseconds()) / float64(done), float64(after.Mallocs-before.Mallocs) / float64(done), nil
}

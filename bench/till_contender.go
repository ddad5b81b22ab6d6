package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// openStore opens till's store with a level of flushing: the only place that knows how.
func openStore(ctx context.Context, path string, level syncLevel) (*sqlite.DB, error) {
	sync := sqlite.Full
	if level == normal {
		sync = sqlite.Normal
	}
	return sqlite.OpenWith(ctx, path, sqlite.Options{Sync: sync})
}

// tilled is a shop of till as a contender.
type tilled struct {
	store store.Store
	path  string // "": it has no file

	called string
	rules  []till.RuleChange // in force before the first order

	shop  *till.Shop
	staff *till.Staff
	clock *movedClock
	start time.Time

	articles                   int
	random                     *rand.Rand
	people                     int64  // so far
	slices                     uint64 // given, so that none asks for what another did
	readers, adders, customers []caller
	pages                      []till.Cursor // after which a page begins

	placed atomic.Int64 // orders that were acknowledged
}

// newTilled makes a shop over a store, which it closes at the end.
func newTilled(ctx context.Context, s store.Store, path string) (*tilled, error) {
	clock := &movedClock{}
	shop, err := till.Open(ctx, s, till.Options{Currency: money.GBP, Clock: clock.now})
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &tilled{
		store: s, path: path, called: tillName, shop: shop, staff: shop.Staff("bench"), clock: clock, start: time.Now(),
		random: rand.New(rand.NewPCG(1, 2)), people: 1,
	}, nil
}

func (t *tilled) name() string { return t.called }

// flushes gives how many sets were committed so far, and how many flushes served them.
func (t *tilled) flushes() (sets, flushes int64) {
	db, ok := t.store.(*sqlite.DB)
	if !ok {
		return 0, 0
	}
	is := db.Stats()
	return is.Sets, is.Batches
}

func (t *tilled) close() error { return t.store.Close() }

func (t *tilled) guests(ctx context.Context, n int) ([]caller, error) {
	first := t.people
	t.people += int64(n)
	return guests(ctx, t.shop, t.random, first, n, t.articles)
}

func (t *tilled) fill(ctx context.Context, is population) (err error) {
	t.articles = is.articles
	if err := putArticles(ctx, t.staff, t.clock, is.articles); err != nil {
		return err
	}
	if len(t.rules) > 0 {
		if err := t.staff.ChangeRules(ctx, t.rules...); err != nil {
			return err
		}
	}
	if t.readers, err = t.guests(ctx, is.readers); err != nil {
		return err
	}
	if t.adders, err = t.guests(ctx, is.adders); err != nil {
		return err
	}
	if t.customers, err = t.guests(ctx, is.customers); err != nil {
		return err
	}
	err = together(ctx, is.customers, func(ctx context.Context, i int) error {
		random := rand.New(rand.NewPCG(uint64(i), 3))
		for n := range is.orders {
			if n > 0 {
				if err := t.customers[i].Add(ctx, items(pickThree(random, t.articles))...); err != nil {
					return err
				}
			}
			request, err := t.request(ctx, t.customers[i], fmt.Sprint("order ", n))
			if err != nil {
				return err
			}
			if err := t.checkout(ctx, t.customers[i], request); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.pages, err = t.starts(ctx)
	return err
}

// starts gives after what each page begins.
func (t *tilled) starts(ctx context.Context) ([]till.Cursor, error) {
	var all []till.Cursor
	after := till.Cursor("")
	for {
		page, err := t.page(ctx, after)
		if err != nil {
			return nil, err
		}
		if len(page.Items) == pageLength {
			all = append(all, after)
		}
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

// page lists products by name, as a shop window does.
func (t *tilled) page(ctx context.Context, after till.Cursor) (till.Page[till.ProductSummary], error) {
	return t.shop.Search(ctx, till.ProductQuery{PageRequest: till.PageRequest{Limit: pageLength, After: after}, Sort: till.ByName})
}

// request asks for an order of what is in the cart, at what it costs.
func (t *tilled) request(ctx context.Context, c caller, key string) (till.CheckoutRequest, error) {
	quote, err := c.Quote(ctx)
	return till.CheckoutRequest{Key: key, Accept: quote.Digest(), Contact: contactAt(c.n)}, err
}

func (t *tilled) checkout(ctx context.Context, c caller, r till.CheckoutRequest) error {
	order, err := c.Checkout(ctx, r)
	if err == nil && order.Replayed() {
		err = errors.New("a new order was answered with an old one")
	}
	if err == nil {
		t.placed.Add(1)
	}
	return err
}

func (t *tilled) once(ctx context.Context, work string, n int) ([]job, error) {
	all, err := t.guests(ctx, n)
	if err != nil {
		return nil, err
	}
	jobs := make([]job, n)
	return jobs, together(ctx, n, func(ctx context.Context, i int) error {
		request, err := t.request(ctx, all[i], "click 1")
		if err != nil {
			return err
		}
		if work == "checkout" {
			jobs[i] = func(ctx context.Context) error { return t.checkout(ctx, all[i], request) }
			return nil
		}
		// The orders of plans have one number, "plan": numbers are found by, not claimed.
		plan, err := all[i].Plan(ctx, request)
		jobs[i] = func(ctx context.Context) error {
			receipt, err := t.store.Commit(ctx, plan.Set)
			if err == nil && receipt.Replay {
				err = errors.New("a new commit was answered with an old one")
			}
			if err == nil {
				t.placed.Add(1)
			}
			return err
		}
		return err
	})
}

func (t *tilled) again(work string, number, callers int) job {
	t.slices++
	random := rand.New(rand.NewPCG(uint64(number), t.slices))
	turn := number
	mine := func(all []caller) caller { // nobody else has it meanwhile
		c := all[turn%len(all)]
		turn += callers
		return c
	}
	switch work {
	case "add":
		return func(ctx context.Context) error {
			c := mine(t.adders)
			return c.Add(ctx, till.Item{SKU: till.SKU(skuAt(c.three[random.IntN(3)].article)), Quantity: 1})
		}
	case "cart":
		return func(ctx context.Context) error {
			quote, err := t.readers[random.IntN(len(t.readers))].Quote(ctx)
			if err == nil && len(quote.Lines()) != 3 {
				err = fmt.Errorf("a cart has %d lines", len(quote.Lines()))
			}
			return err
		}
	case "page":
		return func(ctx context.Context) error {
			page, err := t.page(ctx, t.pages[random.IntN(len(t.pages))])
			return several(err, len(page.Items), pageLength, "products")
		}
	case "price":
		return func(ctx context.Context) error {
			i := random.IntN(t.articles)
			at, want := priced(random, t.start, articleAt(i))
			is, err := t.shop.AsOf(till.At(at)).Offer(ctx, till.SKU(skuAt(i)), 1)
			if err == nil && is.Price.Amount().Minor() != want {
				err = fmt.Errorf("%s cost %s at %v, not %d", skuAt(i), is.Price, at, want)
			}
			return err
		}
	default: // orders
		return func(ctx context.Context) error {
			page, err := t.customers[random.IntN(len(t.customers))].Orders(ctx, till.PageRequest{Limit: listLength, Desc: true})
			return several(err, len(page.Items), listLength, "orders")
		}
	}
}

package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// plain is the shop by hand as a contender.
type plain struct {
	*plainShop
	title string
	start time.Time

	articles                   int
	random                     *rand.Rand
	people                     int64  // so far
	slices                     uint64 // given, so that none asks for what another did
	readers, adders, customers []visit
	pages                      [][2]string // name and SKU before a page

	placed atomic.Int64 // orders that were acknowledged
}

func newPlain(ctx context.Context, path string, level syncLevel, prepared bool) (*plain, error) {
	title := plainName
	if prepared {
		title = preparedName
	}
	s, err := openPlain(ctx, path, level, prepared)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", title, err)
	}
	return &plain{plainShop: s, title: title, start: time.Now(), random: rand.New(rand.NewPCG(1, 2)), people: 1}, nil
}

func (p *plain) name() string { return p.title }

func (p *plain) visit(ctx context.Context, n int) ([]visit, error) {
	first := p.people
	p.people += int64(n)
	return p.visits(ctx, p.random, first, n, p.articles)
}

func (p *plain) fill(ctx context.Context, is population) (err error) {
	p.articles = is.articles
	if err := p.putArticles(ctx, p.start, is.articles); err != nil {
		return err
	}
	if p.readers, err = p.visit(ctx, is.readers); err != nil {
		return err
	}
	if p.adders, err = p.visit(ctx, is.adders); err != nil {
		return err
	}
	if p.customers, err = p.visit(ctx, is.customers); err != nil {
		return err
	}
	// All their orders in one transaction: this is not measured.
	err = p.write(ctx, func(tx *sql.Tx) error {
		for n := range is.orders {
			for _, v := range p.customers {
				v.cart, v.three = 0, pickThree(p.random, p.articles)
				order, err := p.placement(ctx, tx, v, fmt.Sprint("order ", n))
				if err != nil {
					return err
				}
				if _, err := p.placeIn(ctx, tx, order); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.placed.Add(int64(is.orders * is.customers))
	p.pages, err = p.starts(ctx)
	return err
}

// starts gives what lies before each page.
func (p *plain) starts(ctx context.Context) ([][2]string, error) {
	all := [][2]string{{}}
	for {
		last := all[len(all)-1]
		page, err := p.page(ctx, last[0], last[1], p.start.UnixMicro(), pageLength)
		if err != nil || len(page) < pageLength {
			return all, err
		}
		end := page[pageLength-1]
		all = append(all, [2]string{end.name, end.sku})
	}
}

// placement is the order that a visit leads to, as it can be known before.
func (p *plain) placement(ctx context.Context, tx *sql.Tx, v visit, key string) (*placement, error) {
	q, err := p.expect(ctx, tx, v)
	if err != nil {
		return nil, err
	}
	contact := wordsAt(v.person)
	accept, err := q.digest(contact.country)
	if err != nil {
		return nil, err
	}
	return &placement{
		person: v.person, actor: "guest", cart: v.cart, at: time.Now().UnixMicro(), key: key,
		fingerprint: sha256.Sum256(append([]byte("checkout"), accept[:]...)), contact: contact, lines: q.Lines, total: q.Total,
	}, nil
}

// expect gives what a visit's cart costs, from the goods and not from the cart.
func (p *plain) expect(ctx context.Context, tx *sql.Tx, v visit) (plainQuote, error) {
	var q plainQuote
	for _, w := range v.three {
		a := articleAt(w.article)
		l := plainLine{SKU: a.sku, Name: a.name, Quantity: w.quantity, Unit: a.since, Base: a.since, Per: 1, PricedFrom: p.start.Add(-newPrices).UnixMicro()}
		if err := p.row(ctx, tx, `SELECT id FROM products WHERE sku = ?`, a.sku).Scan(&l.Product); err != nil {
			return q, fmt.Errorf("%s: %w", a.sku, err)
		}
		l.Total = lineTotal(l)
		q.Lines, q.Total = append(q.Lines, l), q.Total+l.Total
	}
	return q, nil
}

func (p *plain) once(ctx context.Context, work string, n int) ([]job, error) {
	visits, err := p.visit(ctx, n)
	if err != nil {
		return nil, err
	}
	jobs := make([]job, len(visits))
	err = p.write(ctx, func(tx *sql.Tx) error {
		for i, v := range visits {
			order, err := p.placement(ctx, tx, v, "click 1")
			if err != nil {
				return err
			}
			if jobs[i], err = p.ordering(work, v, order); err != nil {
				return err
			}
		}
		return nil
	})
	return jobs, err
}

// ordering is the job that writes an order, or decides it and writes it.
func (p *plain) ordering(work string, v visit, order *placement) (job, error) {
	if work == "commit" {
		return func(ctx context.Context) error {
			_, err := p.place(ctx, order)
			if err == nil {
				p.placed.Add(1)
			}
			return err
		}, nil
	}
	accept, err := plainQuote{order.lines, order.total}.digest(order.contact.country)
	request := &plainRequest{token: v.token, key: order.key, accept: accept, contact: order.contact}
	return func(ctx context.Context) error {
		_, replayed, err := p.checkout(ctx, request)
		if err == nil && replayed {
			err = errors.New("a new order was answered with an old one")
		}
		if err == nil {
			p.placed.Add(1)
		}
		return err
	}, err
}

func (p *plain) again(work string, caller, callers int) job {
	p.slices++
	random := rand.New(rand.NewPCG(uint64(caller), p.slices))
	turn := caller
	mine := func(all []visit) visit { // nobody else has it meanwhile
		v := all[turn%len(all)]
		turn += callers
		return v
	}
	switch work {
	case "add":
		return func(ctx context.Context) error {
			v := mine(p.adders)
			return p.add(ctx, v.token, skuAt(v.three[random.IntN(3)].article), 1)
		}
	case "cart":
		return func(ctx context.Context) error {
			v := p.readers[random.IntN(len(p.readers))]
			q, err := p.cart(ctx, v.token)
			if err == nil && len(q.Lines) != 3 {
				err = fmt.Errorf("a cart has %d lines", len(q.Lines))
			}
			return err
		}
	case "page":
		return func(ctx context.Context) error {
			start := p.pages[random.IntN(max(1, len(p.pages)-1))]
			page, err := p.page(ctx, start[0], start[1], time.Now().UnixMicro(), pageLength)
			return several(err, len(page), pageLength, "products")
		}
	case "price":
		return func(ctx context.Context) error {
			i := random.IntN(p.articles)
			at, want := priced(random, p.start, articleAt(i))
			is, err := p.offer(ctx, skuAt(i), at.UnixMicro())
			if err == nil && is.price != want {
				err = fmt.Errorf("%s cost %d at %v, not %d", skuAt(i), is.price, at, want)
			}
			return err
		}
	default: // orders
		return func(ctx context.Context) error {
			list, err := p.orders(ctx, p.customers[random.IntN(len(p.customers))].token, listLength)
			return several(err, len(list), listLength, "orders")
		}
	}
}

func (p *plain) reconcile(ctx context.Context) (tally, error) {
	var is tally
	var keys, messages, lines, moved, available, reserved, products int64
	err := p.db.QueryRowContext(ctx, `SELECT
	(SELECT count(*) FROM orders), (SELECT count(*) FROM idempotency_keys), (SELECT count(*) FROM outbox),
	(SELECT coalesce(sum(pieces), 0) FROM orders), (SELECT coalesce(sum(quantity), 0) FROM order_lines),
	(SELECT coalesce(sum(quantity), 0) FROM stock_movements WHERE kind = 'reserved'),
	(SELECT sum(available) FROM stock), (SELECT sum(reserved) FROM stock), (SELECT count(*) FROM stock)`,
	).Scan(&is.orders, &keys, &messages, &is.pieces, &lines, &moved, &available, &reserved, &products)
	if err != nil {
		return is, err
	}
	placed := p.placed.Load()
	for _, equal := range []struct {
		what       string
		have, want int64
	}{
		{"orders and those acknowledged", is.orders, placed},
		{"keys of requests and orders", keys, is.orders},
		{"messages and orders", messages, is.orders},
		{"pieces of lines and of orders", lines, is.pieces},
		{"pieces of movements and of orders", moved, is.pieces},
		{"reserved pieces and those of orders", reserved, is.pieces},
		{"available and sold pieces, and those of the beginning", available + is.pieces, products * onHand},
	} {
		if equal.have != equal.want {
			return is, fmt.Errorf("%s: %s differ: %d and %d", p.title, equal.what, equal.have, equal.want)
		}
	}
	return is, nil
}

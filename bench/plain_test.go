package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// small is a plain shop with ten articles, and a guest with three of them in the cart.
func small(t *testing.T, prepared bool) (*plain, visit, *plainRequest) {
	t.Helper()
	p, err := newPlain(t.Context(), filepath.Join(t.TempDir(), "shop.db"), full, prepared)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.close() })
	if err := p.fill(t.Context(), population{articles: 10, readers: 1, adders: 1, customers: 1, orders: 1}); err != nil {
		t.Fatal(err)
	}
	visits, err := p.visit(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	v := visits[0]
	return p, v, request(t, p, v)
}

// request is what the buyer sends who was shown the cart.
func request(t *testing.T, p *plain, v visit) *plainRequest {
	t.Helper()
	q, err := p.cart(t.Context(), v.token)
	if err != nil {
		t.Fatal(err)
	}
	r := &plainRequest{token: v.token, key: "click 1", contact: wordsAt(v.person)}
	if r.accept, err = q.digest(r.contact.country); err != nil {
		t.Fatal(err)
	}
	return r
}

// count gives a number from the file.
func count(t *testing.T, p *plain, query string, args ...any) (n int64) {
	t.Helper()
	if err := p.db.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func forms(t *testing.T, f func(t *testing.T, prepared bool)) {
	t.Run("plain", func(t *testing.T) { f(t, false) })
	t.Run("prepared", func(t *testing.T) { f(t, true) })
}

// The same key twice is one order; for another request it is refused.
func TestPlainKey(t *testing.T) {
	forms(t, func(t *testing.T, prepared bool) {
		p, _, r := small(t, prepared)
		first, replayed, err := p.checkout(t.Context(), r)
		if err != nil || replayed {
			t.Fatalf("the first checkout: replayed %v, %v", replayed, err)
		}
		p.placed.Add(1)
		second, replayed, err := p.checkout(t.Context(), r)
		if err != nil || !replayed || second != first {
			t.Errorf("the second checkout gives order %d, replayed %v, %v; the first gave %d", second, replayed, err, first)
		}
		r.accept[0]++
		if _, _, err := p.checkout(t.Context(), r); !errors.Is(err, errKey) {
			t.Errorf("the key for another request: %v", err)
		}
		if _, err := p.reconcile(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Of what is short nothing is sold, and nothing else of the order is written.
func TestPlainShort(t *testing.T) {
	forms(t, func(t *testing.T, prepared bool) {
		p, v, r := small(t, prepared)
		last := v.three[2]
		if _, err := p.db.Exec(`UPDATE stock SET available = ? WHERE sku = ?`, last.quantity-1, skuAt(last.article)); err != nil {
			t.Fatal(err)
		}
		everything := `SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM order_lines) + (SELECT count(*) FROM idempotency_keys) +
	(SELECT count(*) FROM stock_movements) + (SELECT sum(reserved) FROM stock) + (SELECT count(*) FROM carts WHERE status = 'ordered')`
		before := count(t, p, everything)
		if _, _, err := p.checkout(t.Context(), r); !errors.Is(err, errShort) {
			t.Errorf("the checkout: %v", err)
		}
		if after := count(t, p, everything); after != before {
			t.Errorf("a refused checkout changed %d rows", after-before)
		}
	})
}

// Of one piece, many buyers get one.
func TestPlainLast(t *testing.T) {
	p, _, _ := small(t, true)
	const buyers = 8
	visits, err := p.visit(t.Context(), buyers)
	if err != nil {
		t.Fatal(err)
	}
	var sold, short atomic.Int64
	var all sync.WaitGroup
	if _, err := p.db.Exec(`UPDATE cart_lines SET sku = ?, quantity = 1 WHERE n = 1`, "LAST"); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		`INSERT INTO products (sku, handle, name, vendor, description, status, created_at) VALUES ('LAST', 'last', 'Last', '', '', 'active', 0)`,
		`INSERT INTO prices (sku, valid_from, base, recorded_at, recorded_by) VALUES ('LAST', 0, 100, 0, 'test')`,
		`INSERT INTO stock (sku, available, reserved) VALUES ('LAST', 1, 0)`,
	} {
		if _, err := p.db.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range visits {
		r := request(t, p, v)
		all.Go(func() {
			switch _, _, err := p.checkout(context.WithoutCancel(t.Context()), r); {
			case err == nil:
				sold.Add(1)
			case errors.Is(err, errShort):
				short.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if sold.Load() != 1 || short.Load() != buyers-1 {
		t.Errorf("%d buyers got the last piece, %d were told that it is short", sold.Load(), short.Load())
	}
}

// A price that has moved since the buyer saw it stops the checkout.
func TestPlainDrift(t *testing.T) {
	p, v, r := small(t, false)
	if _, err := p.db.Exec(`UPDATE prices SET base = base + 1 WHERE sku = ?`, skuAt(v.three[0].article)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.checkout(t.Context(), r); !errors.Is(err, errDrift) {
		t.Errorf("the checkout: %v", err)
	}
}

// A price is that of its instant, and a page goes on where the last one ended.
func TestPlainReads(t *testing.T) {
	p, _, _ := small(t, true)
	random := rand.New(rand.NewPCG(5, 6))
	for i := range 10 {
		at, want := priced(random, p.start, articleAt(i))
		if is, err := p.offer(t.Context(), skuAt(i), at.UnixMicro()); err != nil || is.price != want {
			t.Errorf("%s cost %d, %v at %v; it was %d", skuAt(i), is.price, err, at, want)
		}
	}
	seen := make(map[string]bool)
	last := shown{}
	for {
		page, err := p.page(t.Context(), last.name, last.sku, time.Now().UnixMicro(), 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, is := range page {
			if seen[is.sku] || is.name < last.name {
				t.Errorf("%s stands behind %s", is.sku, last.sku)
			}
			seen[is.sku], last = true, is
		}
		if len(page) < 3 {
			break
		}
	}
	if len(seen) != 10 {
		t.Errorf("the pages show %d of 10", len(seen))
	}
}

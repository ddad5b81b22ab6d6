//go:build unix

package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/tillkit/till"
)

// sellOut is a child that sells from a word on until nobody gets a unit any more.
func sellOut(ctx context.Context, path string) error {
	shop, db, err := openShop(ctx, path)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	bufio.NewScanner(os.Stdin).Scan()
	const sellers, mostSold = 6, 400 // where a store never runs short
	errs := make([]error, sellers)
	var wait sync.WaitGroup
	for i := range sellers {
		wait.Go(func() {
			for n, most := 0, int64(3); most > 0 && n < mostSold; n++ {
				quantity := min(most, int64(n%3)+1)
				_, err := sellWithin(ctx, shop, 30*time.Second, till.Item{SKU: "MUG", Quantity: quantity})
				var short *till.ShortageError
				switch {
				case err == nil:
					fmt.Println(quantity)
				case errors.As(err, &short) && short.SKU == "MUG" && short.Wanted == quantity && short.Available < quantity:
					most = quantity - 1 // ask for less
				default:
					errs[i] = err
					return
				}
			}
		})
	}
	wait.Wait()
	return errors.Join(append(errs, db.Close())...)
}

func sellWithin(ctx context.Context, shop *till.Shop, limit time.Duration, item till.Item) (sold, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return sell(ctx, shop, "click", item)
}

// Two processes sell from one article until it is short: they sell all of it and no
// more, and all that a buyer is ever told is that there is not enough.
func TestTwoProcessesSellExactlyTheStock(t *testing.T) {
	path := place(t)
	const onHand = 400
	stocked(t, path, onHand, "MUG")
	processes := []*process{start(t, command("sell out", path)), start(t, command("sell out", path))}
	for _, p := range processes {
		if line := p.line(t); line != "ready" {
			t.Fatal(line)
		}
	}
	for _, p := range processes {
		p.tell(t, "go")
	}
	var orders, units [2]int
	for i, p := range processes {
		for p.says.Scan() {
			quantity, err := strconv.Atoi(p.says.Text())
			must(t, err, nil)
			orders[i], units[i] = orders[i]+1, units[i]+quantity
		}
		if err := p.Wait(); err != nil {
			t.Errorf("process %d: %v", i, err)
		}
	}
	if units[0]+units[1] != onHand {
		t.Errorf("%v units were sold, there were %d", units, onHand)
	}
	shop, db := shopAt(t, path)
	if placed := agrees(t, shop, db, onHand, "MUG"); len(placed) != orders[0]+orders[1] {
		t.Errorf("%d orders are there, %v were acknowledged", len(placed), orders)
	}
	t.Logf("units by process: %v, orders %v", units, orders)
}

// reprice is a child that sets a price for each line that it is told.
func reprice(ctx context.Context, path string) error {
	shop, db, err := openShop(ctx, path)
	if err != nil {
		return err
	}
	staff := shop.Staff("another")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := staff.SetPrice(ctx, "MUG", lines.Text()); err != nil {
			return err
		}
		fmt.Println("set", lines.Text())
	}
	return db.Close()
}

// What another process has written is what the next quote says, whatever this one has
// read before; and what a buyer agreed to before that is not sold any more.
func TestPriceOfAnotherProcessIsQuotedAtOnce(t *testing.T) {
	path := place(t)
	stocked(t, path, 1000, "MUG", "CUP")
	shop, db := shopAt(t, path)
	other := start(t, command("reprice", path))
	for n := range 20 {
		guest, r, err := visitor(t.Context(), shop, "click", till.Item{SKU: "MUG", Quantity: 1}, till.Item{SKU: "CUP", Quantity: 1})
		must(t, err, nil)
		other.tell(t, fmt.Sprintf("%d.25", 10+n))
		if want := fmt.Sprintf("set %d.25", 10+n); other.line(t) != want {
			t.Fatalf("want %q", want)
		}
		if n%2 == 0 { // with and without a quote before
			sees(t, guest, n)
		}
		var drift *till.DriftError
		if _, err := guest.Checkout(t.Context(), r); !errors.As(err, &drift) {
			t.Fatalf("the old price was accepted: %v", err)
		}
		r.Accept = sees(t, guest, n)
		if drift.Quote.Digest() != r.Accept {
			t.Errorf("the drift says %s", drift.Quote)
		}
		order, err := guest.Checkout(t.Context(), r)
		must(t, err, nil)
		if want := fmt.Sprintf("%d.75 GBP", 19+n); order.Total().String() != want {
			t.Errorf("the order is of %s, want %s", order.Total(), want)
		}
	}
	must(t, other.hears.Close(), nil)
	must(t, other.Wait(), nil)
	agrees(t, shop, db, 1000, "MUG", "CUP")
}

// sees fails unless a quote has the n-th price, and gives its digest.
func sees(t *testing.T, guest *till.Guest, n int) till.Digest {
	t.Helper()
	quote, err := guest.Quote(t.Context())
	must(t, err, nil)
	if want := fmt.Sprintf("%d.75 GBP", 19+n); quote.Total().String() != want {
		t.Fatalf("the quote says %s, want %s", quote.Total(), want)
	}
	return quote.Digest()
}

// While another process sets prices without end, each ever higher, no quote goes back
// to a lower one, and each order is of what its buyer agreed to.
func TestQuotesNeverGoBackBesideAnotherWriter(t *testing.T) {
	path := place(t)
	const prices, buyers = 150, 4
	stocked(t, path, 1_000_000, "MUG")
	shop, db := shopAt(t, path)
	other := start(t, command("reprice", path))
	set := make(chan error, 1)
	go func() {
		for n := range prices {
			if _, err := fmt.Fprintf(other.hears, "%d.%02d\n", 10+n/100, n%100); err != nil {
				set <- err
				return
			}
		}
		set <- other.hears.Close()
	}()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for other.says.Scan() { // until it has set them all
		}
	}()
	var placed, drifted [buyers]int
	var wait sync.WaitGroup
	for b := range buyers {
		wait.Go(func() {
			var last int64
			for {
				select {
				case <-ended:
					return
				default:
				}
				guest, err := shop.NewGuest(t.Context())
				if err == nil {
					err = guest.Add(t.Context(), till.Item{SKU: "MUG", Quantity: 1})
				}
				if err != nil {
					t.Error(err)
					return
				}
				quote, err := guest.Quote(t.Context())
				if err != nil || quote.Total().Minor() < last {
					t.Errorf("quote %s after %d, %v", quote.Total(), last, err)
					return
				}
				last = quote.Total().Minor()
				order, err := guest.Checkout(t.Context(), till.CheckoutRequest{Key: "click", Accept: quote.Digest(), Contact: buyer})
				var drift *till.DriftError
				switch {
				case err == nil && order.Total() == quote.Total():
					placed[b]++
				case errors.As(err, &drift) && drift.Quote.Total().Minor() > last:
					drifted[b]++
					last = drift.Quote.Total().Minor()
				default:
					t.Errorf("agreed to %s: an order of %s, %v", quote.Total(), order.Total(), err)
					return
				}
			}
		})
	}
	wait.Wait()
	must(t, <-set, nil)
	must(t, other.Wait(), nil)
	guest, _, err := visitor(t.Context(), shop, "click", till.Item{SKU: "MUG", Quantity: 1})
	must(t, err, nil)
	if quote, err := guest.Quote(t.Context()); err != nil || quote.Total().String() != "11.49 GBP" {
		t.Errorf("at last: %s, %v", quote.Total(), err)
	}
	agrees(t, shop, db, 1_000_000, "MUG")
	t.Logf("%v orders, %v drifts", placed, drifted)
}

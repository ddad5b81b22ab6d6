//go:build unix

package sqlite_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/tillkit/till"
)

// sellers is how many goroutines of a child sell at once: enough for commits that
// share a flush.
const sellers = 16

// sold is what a buyer was told.
type sold struct{ Key, ID, Number, Total, Token, Digest string }

// sellUntilKilled is the child that sells, and says so.
func sellUntilKilled(ctx context.Context, path string) error {
	shop, _, err := openShop(ctx, path)
	if err != nil {
		return err
	}
	failed := make(chan error)
	for range sellers {
		go func() {
			for n := int64(0); ; n++ {
				o, err := sell(ctx, shop, fmt.Sprint("click-", n), till.Item{SKU: "MUG", Quantity: n%3 + 1}, till.Item{SKU: "CUP", Quantity: 1, Note: "red"})
				if err != nil {
					failed <- err
					return
				}
				body, _ := json.Marshal(o)
				os.Stdout.Write(append(body, '\n')) // one write, so that a line is whole
			}
		}()
	}
	return <-failed
}

func sell(ctx context.Context, shop *till.Shop, key string, items ...till.Item) (sold, error) {
	guest, r, err := visitor(ctx, shop, key, items...)
	if err != nil {
		return sold{}, err
	}
	order, err := guest.Checkout(ctx, r)
	return sold{key, order.ID().String(), order.Number(), order.Total().String(), string(guest.Token()), string(r.Accept)}, err
}

// What was acknowledged is there after kill -9, and nothing is there by halves. Whoever
// asks again with his key gets the order that he was told of.
func TestKilledShopLosesNoOrderItAcknowledged(t *testing.T) {
	const onHand, perFile = 1_000_000, 10
	random := seeded(t)
	var path string
	var told []sold
	var orders map[till.OrderID]till.OrderSummary
	acknowledged, placed := 0, 0
	for loop := range number(t, "TILL_KILLS", 20) {
		if loop%perFile == 0 {
			path, told, orders = place(t), nil, nil
			stocked(t, path, onHand, "MUG", "CUP")
		}
		before, placedBefore := len(told), len(orders)
		p := start(t, command("sell", path))
		var kill sync.Once
		for p.says.Scan() {
			var o sold
			must(t, json.Unmarshal(p.says.Bytes(), &o), nil)
			told = append(told, o)
			kill.Do(func() {
				moment := time.Duration(random.Int64N(int64(250 * time.Millisecond)))
				time.AfterFunc(moment, func() { _ = p.Process.Kill() })
			})
		}
		if err := p.Wait(); p.ProcessState.ExitCode() != -1 || len(told) == before {
			t.Fatalf("loop %d: the child was not killed: %v", loop, err)
		}

		shop, db := shopAt(t, path)
		intact(t, path)
		orders = agrees(t, shop, db, onHand, "MUG", "CUP")
		for i, o := range told {
			id, err := till.ParseID[till.Order](o.ID)
			must(t, err, nil)
			if orders[id].Number != o.Number || orders[id].Total.String() != o.Total {
				t.Errorf("loop %d: order %s of %s was acknowledged; there is %+v", loop, o.Number, o.Total, orders[id])
			}
			if i >= before {
				asksAgain(t, shop, o)
			}
		}
		if t.Failed() {
			t.Fatalf("that was loop %d", loop)
		}
		must(t, db.Close(), nil)
		acknowledged, placed = acknowledged+len(told)-before, placed+len(orders)-placedBefore
	}
	t.Logf("%d orders were acknowledged, %d more were placed though nobody was told", acknowledged, placed-acknowledged)
}

// asksAgain repeats a checkout that was acknowledged.
func asksAgain(t *testing.T, shop *till.Shop, o sold) {
	t.Helper()
	guest, err := shop.Guest(t.Context(), till.Token(o.Token))
	must(t, err, nil)
	order, err := guest.Checkout(t.Context(), till.CheckoutRequest{Key: o.Key, Accept: till.Digest(o.Digest), Contact: buyer})
	if err != nil || !order.Replayed() || order.ID().String() != o.ID || order.Number() != o.Number {
		t.Errorf("order %s, asked for again: %s, replayed %v, %v", o.Number, order.Number(), order.Replayed(), err)
	}
	must(t, order.Verify(), nil)
	if cart, err := guest.Cart(t.Context()); err != nil || !cart.IsEmpty() {
		t.Errorf("the cart of order %s: %v, %v", o.Number, cart, err)
	}
}

// Command bench compares till with the shop that one would write by hand on
// database/sql: in one process, on one file system, with the same operations.
//
//	go -C bench run .                          # some minutes
//	go -C bench run . -quick                   # does it work at all
//	go -C bench run . -works checkout -callers 64 -rounds 15
//	go -C bench run . -charts DIR -profile DIR -replay FILE.csv.gz
//
// The contenders are "plain", the shop by hand on one connection; "plain-prepared", the
// same with its statements kept prepared; and "till" on store/sqlite. All store the same
// facts in a checkout: the order with copies of all words and figures, its contact, its
// history, reserved stock with movements, the closed cart, the key of the request, and
// the message with the confirmation. All do their work in slices of a quarter of a
// second, in turns, and what counts are ratios of slices of the same round: on a machine
// that does other things besides, nothing else can be trusted.
//
// The works are
//
//	commit    the write transaction of a checkout, with everything known beforehand
//	checkout  session, cart of three, products and prices read, the quote computed and compared
//	          with what the buyer accepted, and the same write; each with a cart of its own,
//	          which was filled before. Stock is guarded by the write on both sides
//	add       a piece of an article into a cart
//	cart      the session, and the cart with what it costs now
//	page      50 products by name, with prices, behind one that was shown last
//	price     what an article was called and cost at an instant of the past year
//	orders    the session, and the newest 20 of a person's 50 orders
//	growth    cart, price, page and orders, with more and more products
//	beside    price, while 16 callers commit as fast as they can: the reads of till have
//	          connections of their own, those of plain share the one that writes
//	memory    checkout on store/memory
//	totals    what carts of 5 and 100 lines cost, without any store: arithmetic in the money of till
//	          beside the same in decimals (shopspring), and a whole quote with its tree and digest
//
// Each figure is a line; till/plain of rates is how many times as many, of latencies how
// many times as long:
//
//	RATIO <work> <level> callers=<n> till/<other> median=<rate> q1=<rate> p99=<latency> [latency=<median>]
//	GROWTH <work> <contender> 10k/1k=<median latency> 100k/1k=<...>
//	READS beside-writer till/plain p99=<latency>
//	MEMORY checkout callers=1 median=<n>µs
//	RATIO total[-included] lines=<n> till/decimal median=<times as many a second> q1=<...> ns=<of one>
//	QUOTE total[-included] lines=<n> median=<n>µs allocations=<n> digest=<n>µs
//	REPLAY <file> till/plain time=<x> (till <n> s, plain <n> s; <n> orders)
//	RECONCILED orders=<n> stock=<n> errors=0
//
// At the end every order, key and piece of stock is counted, on all sides. If anything
// does not add up, or an operation fails, the program says so and exits with 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return
	case interrupted:
		fmt.Fprintln(os.Stderr, "bench: interrupted; what it wrote is removed")
	default:
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	os.Exit(1)
}

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// syncLevel is how SQLite flushes.
type syncLevel string

const (
	full   syncLevel = "FULL"   // a commit that returned outlives a power failure
	normal syncLevel = "NORMAL" // it outlives a crash of the program
)

// job is one operation of a work. It gives nil only when everything that it does is
// done and acknowledged.
type job func(context.Context) error

// The names of the contenders.
const (
	tillName     = "till"
	plainName    = "plain"
	preparedName = "plain-prepared"
)

// contender is a shop that takes part.
type contender interface {
	name() string

	// fill puts articles, people and orders into an empty shop.
	fill(ctx context.Context, p population) error

	// once makes at least n jobs of a work that uses up what was made for it. They can
	// be done at the same time and in any order.
	once(ctx context.Context, work string, n int) ([]job, error)

	// again gives the job that a caller of so many does over and over.
	again(work string, caller, callers int) job

	// reconcile checks everything that was ever sold. Nothing else may run meanwhile.
	reconcile(ctx context.Context) (tally, error)

	close() error
}

// population is what a shop is filled with.
type population struct {
	articles  int
	readers   int // people with three articles in the cart
	adders    int // people who put things into theirs
	customers int // people with orders
	orders    int // of each of them
}

// tally is what a reconciled shop has.
type tally struct {
	orders int64
	pieces int64 // sold
}

// work is something that is measured.
type work struct {
	name string
	once bool // each job needs a cart of its own
}

// works are all of them, in their order.
var works = []work{
	{"commit", true},   // the write transaction of a checkout, with everything known beforehand
	{"checkout", true}, // session, cart, prices, quote, and the same write
	{"add", false},     // an article into a cart
	{"cart", false},    // session, and the cart with what it costs
	{"page", false},    // 50 products by name, with prices
	{"price", false},   // of an article, as of an instant of the past year
	{"orders", false},  // session, and the newest 20 of a person's 50 orders
}

// The further parts of a run.
const (
	growthPart = "growth"
	besidePart = "beside"
	memoryPart = "memory"
	totalsPart = "totals"
)

// parseWorks reads the names of works and parts.
func parseWorks(text string) ([]string, error) {
	var all []string
	for _, w := range works {
		all = append(all, w.name)
	}
	all = append(all, growthPart, besidePart, memoryPart, totalsPart)
	if text == "" {
		return all, nil
	}
	if text == "none" {
		return nil, nil
	}
	asked := strings.Split(text, ",")
	for _, name := range asked {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("there is no work %q; there are %s", name, strings.Join(all, ","))
		}
	}
	return asked, nil
}

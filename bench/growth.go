package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// growth is what a contender gave in a work, by number of products.
type growth struct {
	work, name string
	sizes      []int
	of         []measured // by size
}

// growing are the works that should not care how many products there are.
var growing = []string{"cart", "price", "page", "orders"}

// grow fills shops of every size and lets one caller read from each of them in turns.
func (b *bench) grow(ctx context.Context) (err error) {
	var bySize [][]contender
	for _, size := range b.is.sizes {
		all, closeAll, failed := b.contenders(ctx, full, size, tillName, preparedName)
		defer func() { err = errors.Join(err, closeAll()) }()
		if failed != nil {
			return failed
		}
		bySize = append(bySize, all)
	}
	for _, name := range growing {
		b.say("growth of %s", name)
		grown := make([]growth, len(bySize[0]))
		for i, c := range bySize[0] {
			grown[i] = growth{work: name, name: c.name(), sizes: b.is.sizes, of: make([]measured, len(b.is.sizes))}
			for s := range grown[i].of {
				grown[i].of[s].name = c.name()
			}
		}
		for round := -1; round < b.is.rounds; round++ {
			for i := range grown {
				for s := range b.is.sizes {
					s := (s + round + 1) % len(b.is.sizes)
					is, err := b.slice(ctx, work{name: name}, 1, bySize[s][i], nil, b.is.slice)
					if err != nil {
						return fmt.Errorf("%s of %s, %d products: %w", name, grown[i].name, b.is.sizes[s], err)
					}
					if round >= 0 {
						grown[i].of[s].add(is)
					}
				}
			}
		}
		for _, g := range grown {
			fmt.Fprintf(b.out, "GROWTH %s %s %s\n", g.work, g.name, g.ratios())
		}
		b.growth = append(b.growth, grown...)
	}
	for _, all := range bySize {
		if err := b.reconcile(ctx, all); err != nil {
			return err
		}
	}
	return nil
}

// ratios says how many times as long it takes with more products.
func (g growth) ratios() string {
	var all []string
	for s := 1; s < len(g.sizes); s++ {
		all = append(all, fmt.Sprintf("%s/%s=%.2f", thousands(g.sizes[s]), thousands(g.sizes[0]), median(ratios(g.of[s].median, g.of[0].median))))
	}
	return strings.Join(all, " ")
}

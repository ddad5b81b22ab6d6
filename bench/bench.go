package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/tillkit/till/store/memory"
)

// bench is a run of the program.
type bench struct {
	is          settings
	dir         string // temporary
	out, status io.Writer
	saying      sync.Mutex
	flush       *flusher
	figures     []*figure
	growth      []growth
	sum         tally // of all shops that were reconciled
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	is, err := parseSettings(args, stderr)
	if err != nil {
		return err
	}
	if inMemory(is.dir) {
		fmt.Fprintf(stderr, "bench: %s lies in memory, where a flush costs nothing: name a directory on a disk with -dir\n", is.dir)
	}
	dir, err := os.MkdirTemp(is.dir, "till-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if dir, err = filepath.Abs(dir); err != nil {
		return err
	}
	b := &bench{is: is, dir: dir, out: stdout, status: stderr}
	if b.flush, err = newFlusher(dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.flush.close()) }()
	var m *month
	if is.replay != "" {
		if m, err = b.readyReplay(ctx); err != nil {
			return err
		}
	}
	if err := b.all(ctx, m); err != nil {
		return err
	}
	b.table()
	if is.charts != "" {
		if err := b.charts(); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "RECONCILED orders=%d stock=%d errors=0\n", b.sum.orders, b.sum.pieces)
	return nil
}

// all does every part that is wanted; the month is nil where none is to be replayed.
func (b *bench) all(ctx context.Context, m *month) error {
	for _, level := range b.is.levels {
		if err := b.level(ctx, level); err != nil {
			return err
		}
	}
	if b.is.wants(memoryPart) {
		if err := b.memory(ctx); err != nil {
			return err
		}
	}
	if b.is.wants(totalsPart) {
		if err := b.totals(ctx); err != nil {
			return err
		}
	}
	if b.is.wants(growthPart) && len(b.is.sizes) > 1 {
		if err := b.grow(ctx); err != nil {
			return err
		}
	}
	if m != nil {
		return b.replay(ctx, m)
	}
	return nil
}

// contenders opens and fills those of some names with so many products, each in a file
// of its own. closeAll must be called, also after an error; it removes the files.
func (b *bench) contenders(ctx context.Context, level syncLevel, articles int, names ...string) (all []contender, closeAll func() error, err error) {
	folder, err := os.MkdirTemp(b.dir, string(level))
	closeAll = func() error {
		var errs []error
		for _, c := range all {
			errs = append(errs, c.close())
		}
		return errors.Join(append(errs, os.RemoveAll(folder))...)
	}
	if err != nil {
		return nil, closeAll, err
	}
	for _, name := range names {
		c, err := openContender(ctx, name, filepath.Join(folder, name+".db"), level)
		if err != nil {
			return all, closeAll, err
		}
		all = append(all, c)
	}
	people := b.is.people
	people.articles = articles
	start := time.Now()
	err = together(ctx, len(all), func(ctx context.Context, i int) error {
		if err := all[i].fill(ctx, people); err != nil {
			return fmt.Errorf("%s is filled: %w", all[i].name(), err)
		}
		b.say("%s: %s has %d products, after %.1f s", level, all[i].name(), articles, time.Since(start).Seconds())
		return nil
	})
	return all, closeAll, err
}

func openContender(ctx context.Context, name, path string, level syncLevel) (contender, error) {
	if name != tillName {
		return newPlain(ctx, path, level, name == preparedName)
	}
	db, err := openStore(ctx, path, level)
	if err != nil {
		return nil, err
	}
	return newTilled(ctx, db, path)
}

// say tells whoever watches how far the program is.
func (b *bench) say(format string, args ...any) {
	b.saying.Lock()
	defer b.saying.Unlock()
	fmt.Fprintf(b.status, format+"\n", args...)
}

// level does the works with one level of flushing.
func (b *bench) level(ctx context.Context, level syncLevel) (err error) {
	beside := b.is.wants(besidePart) && level == b.is.levels[0]
	if !beside && !slices.ContainsFunc(works, func(w work) bool { return b.is.wants(w.name) }) {
		return nil
	}
	all, closeAll, err := b.contenders(ctx, level, b.is.sizes[0], tillName, plainName, preparedName)
	defer func() { err = errors.Join(err, closeAll()) }()
	if err != nil {
		return err
	}
	for _, w := range works {
		if !b.is.wants(w.name) {
			continue
		}
		for _, callers := range b.is.callers {
			b.say("%s %s, %d callers", w.name, level, callers)
			f, err := b.rounds(ctx, w, level, callers, all)
			if err != nil {
				return err
			}
			b.figures = append(b.figures, f)
			b.ratios(f)
		}
	}
	if beside {
		if err := b.beside(ctx, all); err != nil {
			return err
		}
	}
	return b.reconcile(ctx, all)
}

func (b *bench) reconcile(ctx context.Context, all []contender) error {
	for _, c := range all {
		is, err := c.reconcile(ctx)
		if err != nil {
			return fmt.Errorf("not reconciled: %w", err)
		}
		b.say("%s is reconciled: %d orders, %d pieces", c.name(), is.orders, is.pieces)
		b.sum.orders += is.orders
		b.sum.pieces += is.pieces
	}
	return nil
}

// memory measures a checkout where no disk is involved.
func (b *bench) memory(ctx context.Context) (err error) {
	b.say("checkout in memory")
	shop, err := newTilled(ctx, memory.New(), "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, shop.close()) }()
	people := b.is.people
	people.articles = b.is.sizes[0]
	if err := shop.fill(ctx, people); err != nil {
		return err
	}
	f, err := b.rounds(ctx, work{"checkout", true}, "MEMORY", 1, []contender{shop})
	if err != nil {
		return err
	}
	b.figures = append(b.figures, f)
	fmt.Fprintf(b.out, "MEMORY checkout callers=1 median=%.1fµs\n", median(f.of[0].median))
	return b.reconcile(ctx, []contender{shop})
}

package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"
)

// figure is what the rounds of one work gave, with one level and so many callers.
type figure struct {
	work    string
	sync    syncLevel
	callers int
	of      []measured // by contender
	flush   []float64  // µs, by round
}

// measured is what one contender gave, by round.
type measured struct {
	name                                                string
	rate, median, p99, allocations, processor, together []float64
}

func (m *measured) add(s sample) {
	m.rate = append(m.rate, s.rate())
	m.median = append(m.median, s.at(0.5))
	m.p99 = append(m.p99, s.at(0.99))
	m.allocations = append(m.allocations, s.allocations)
	m.processor = append(m.processor, s.processor)
	m.together = append(m.together, s.together)
}

// named gives the figures of a contender.
func (f *figure) named(name string) *measured {
	for i := range f.of {
		if f.of[i].name == name {
			return &f.of[i]
		}
	}
	return nil
}

// supply keeps the jobs of a work that a contender has left, and knows how many it does
// in a slice.
type supply struct {
	left []job
	most int // done in a slice so far
}

// enough makes jobs for the next slice, half as many again as were done in any; for the
// first, as many as a slow disk allows.
func (s *supply) enough(ctx context.Context, c contender, work string, callers int, length time.Duration) error {
	want := max(s.most*3/2, 4*callers+int(length.Milliseconds()))
	if len(s.left) >= want {
		return nil
	}
	more, err := c.once(ctx, work, want-len(s.left))
	s.left = append(s.left, more...)
	return err
}

// rounds lets the contenders do a work in slices of time, in turns. Each round begins
// with another of them. A first round is not counted.
func (b *bench) rounds(ctx context.Context, w work, level syncLevel, callers int, contenders []contender) (*figure, error) {
	f := &figure{work: w.name, sync: level, callers: callers}
	for _, c := range contenders {
		f.of = append(f.of, measured{name: c.name()})
	}
	supplies := make([]supply, len(contenders))
	for round := -1; round < b.is.rounds; round++ {
		if round >= 0 {
			flush, err := b.flush.measure()
			if err != nil {
				return nil, err
			}
			f.flush = append(f.flush, float64(flush.Nanoseconds())/1e3)
		}
		for i := range contenders {
			i := (i + round + 1) % len(contenders)
			is, err := b.slice(ctx, w, callers, contenders[i], &supplies[i], b.is.slice)
			if err != nil {
				return nil, fmt.Errorf("%s of %s, %d callers: %w", w.name, contenders[i].name(), callers, err)
			}
			if round >= 0 {
				f.of[i].add(is)
			}
		}
	}
	if b.is.profile == "" {
		return f, nil
	}
	for i, c := range contenders {
		name := fmt.Sprintf("%s-%s-%d-%s.pprof", w.name, level, callers, c.name())
		if err := b.profile(ctx, name, w, callers, c, &supplies[i]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// slice is one contender's slice of time, with how many commits a flush served.
func (b *bench) slice(ctx context.Context, w work, callers int, c contender, s *supply, length time.Duration) (sample, error) {
	if w.once {
		if err := s.enough(ctx, c, w.name, callers, length); err != nil {
			return sample{}, err
		}
	}
	counter, counts := c.(interface {
		flushes() (sets, flushes int64)
	})
	var sets, flushes int64
	if counts {
		sets, flushes = counter.flushes()
	}
	is, err := b.turn(ctx, w, callers, c, s, length)
	is.together = math.NaN()
	if counts {
		if now, flushed := counter.flushes(); flushed > flushes {
			is.together = float64(now-sets) / float64(flushed-flushes)
		}
	}
	return is, err
}

// turn lets a contender's callers work.
func (b *bench) turn(ctx context.Context, w work, callers int, c contender, s *supply, length time.Duration) (sample, error) {
	if !w.once {
		return runSlice(ctx, callers, length, func(i int) next {
			do := c.again(w.name, i, callers)
			return func() job { return do }
		})
	}
	give, left := each(s.left)
	is, err := runSlice(ctx, callers, length, func(int) next { return give })
	s.left, s.most = left(), max(s.most, is.done)
	return is, err
}

// profile writes the CPU profile of a slice of its own.
func (b *bench) profile(ctx context.Context, name string, w work, callers int, c contender, s *supply) (err error) {
	const longer = 4
	length := longer * b.is.slice
	s.most *= longer
	if w.once {
		if err := s.enough(ctx, c, w.name, callers, length); err != nil {
			return err
		}
	}
	file, err := os.Create(filepath.Join(b.is.profile, name))
	if err != nil {
		return err
	}
	defer func() {
		if end := file.Close(); err == nil {
			err = end
		}
	}()
	if err := pprof.StartCPUProfile(file); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	_, err = b.slice(ctx, w, callers, c, s, length)
	return err
}

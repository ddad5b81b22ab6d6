package main

import (
	"context"
	"fmt"
	"math"
	"time"
)

// writers is how many callers commit while one reads.
const writers = 16

// beside measures reads while others commit as fast as they can.
func (b *bench) beside(ctx context.Context, all []contender) error {
	b.say("reads beside %d writers", writers)
	f := &figure{work: "price beside writers", sync: b.is.levels[0], callers: 1}
	supplies := make([]supply, len(all))
	for _, c := range all {
		f.of = append(f.of, measured{name: c.name()})
	}
	for round := -1; round < b.is.rounds; round++ {
		flush, err := b.flush.measure()
		if err != nil {
			return err
		}
		if round >= 0 {
			f.flush = append(f.flush, float64(flush.Nanoseconds())/1e3)
		}
		for i := range all {
			i := (i + round + 1) % len(all)
			is, err := b.readBeside(ctx, all[i], &supplies[i])
			if err != nil {
				return fmt.Errorf("reads of %s beside writers: %w", all[i].name(), err)
			}
			if round >= 0 {
				is.allocations, is.processor, is.together = math.NaN(), math.NaN(), math.NaN() // most is the writers'
				f.of[i].add(is)
			}
		}
	}
	b.figures = append(b.figures, f)
	for _, other := range f.of {
		if other.name != tillName {
			fmt.Fprintf(b.out, "READS beside-writer till/%s p99=%.3f\n", other.name, ratioOf(f, tillName, other.name).p99)
		}
	}
	return nil
}

// readBeside is a slice of reads. Should the writers come to an end of their work before
// it is over, it is done again with more.
func (b *bench) readBeside(ctx context.Context, c contender, s *supply) (sample, error) {
	const around = 50 * time.Millisecond
	for {
		if err := s.enough(ctx, c, "commit", writers, 4*b.is.slice); err != nil {
			return sample{}, err
		}
		give, left := each(s.left)
		writing, stop := context.WithCancel(ctx)
		began, ended := make(chan struct{}), make(chan error, 1)
		var done int
		go func() {
			close(began)
			is, err := runSlice(writing, writers, b.is.slice+around, func(int) next { return give })
			done = is.done
			ended <- err
		}()
		<-began
		is, err := runSlice(ctx, 1, b.is.slice, func(int) next {
			do := c.again("price", 0, 1)
			return func() job { return do }
		})
		if err != nil {
			stop()
			<-ended
			return is, err
		}
		err = <-ended
		stop()
		if err != nil {
			return is, err
		}
		s.left, s.most = left(), max(s.most, done)
		if len(s.left) > 0 {
			return is, nil
		}
		s.most *= 2
	}
}

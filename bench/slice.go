package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// sample is what one slice of time gave.
type sample struct {
	done      int
	took      time.Duration
	latencies []time.Duration // sorted

	// Of the whole process, for each operation.
	allocations float64
	processor   float64 // µs of all cores

	together float64 // commits for each flush, NaN where it is not known or none was made
}

func (s sample) rate() float64 { return float64(s.done) / s.took.Seconds() }

func (s sample) at(q float64) float64 { return float64(percentile(s.latencies, q).Nanoseconds()) / 1e3 }

// next gives what a caller does next, nil when there is nothing left.
type next func() job

// each gives every job once, to whichever caller comes first. left gives the others.
func each(jobs []job) (give next, left func() []job) {
	var taken atomic.Int64
	give = func() job {
		if i := taken.Add(1) - 1; i < int64(len(jobs)) {
			return jobs[i]
		}
		return nil
	}
	return give, func() []job { return jobs[min(int(taken.Load()), len(jobs)):] }
}

// runSlice lets callers work for a time, each one operation after the other, and waits
// until all of them are done. The first error ends it.
func runSlice(ctx context.Context, callers int, length time.Duration, give func(caller int) next) (sample, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	nexts := make([]next, callers)
	latencies := make([][]time.Duration, callers)
	for i := range callers {
		nexts[i], latencies[i] = give(i), make([]time.Duration, 0, 1<<14/callers)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)

	used := processorTime()

	ready := make(chan struct{})
	var start time.Time
	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			<-ready
			began := start
			for began.Sub(start) < length && ctx.Err() == nil {
				do := nexts[i]()
				if do == nil {
					return
				}
				if err := do(ctx); err != nil {
					cancel(err)
					return
				}
				now := time.Now()
				latencies[i] = append(latencies[i], now.Sub(began))
				began = now
			}
		})
	}
	start = time.Now()
	close(ready)
	all.Wait()
	is := sample{took: time.Since(start)}
	used = processorTime() - used
	runtime.ReadMemStats(&after)

	if err := context.Cause(ctx); err != nil {
		return is, err
	}
	is.latencies = slices.Concat(latencies...)
	slices.Sort(is.latencies)
	is.done = len(is.latencies)
	if is.done == 0 {
		return is, fmt.Errorf("nothing was done in %v", is.took)
	}
	is.allocations = float64(after.Mallocs-before.Mallocs) / float64(is.done)
	is.processor = float64(used.Nanoseconds()) / 1e3 / float64(is.done)
	return is, nil
}

package main

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

// A slice ends when its jobs do, counts each of them once, and leaves the others.
func TestSliceEnds(t *testing.T) {
	var done atomic.Int64
	jobs := make([]job, 100)
	for i := range jobs {
		jobs[i] = func(context.Context) error { done.Add(1); return nil }
	}
	give, left := each(jobs)
	is, err := runSlice(t.Context(), 7, time.Hour, func(int) next { return give })
	if err != nil || is.done != 100 || done.Load() != 100 || len(left()) != 0 || len(is.latencies) != 100 {
		t.Errorf("%d jobs were done, %d counted, %d left, %v", done.Load(), is.done, len(left()), err)
	}

	give, left = each(jobs)
	ctx, cancel := context.WithCancel(t.Context())
	jobs[40] = func(context.Context) error { cancel(); return nil }
	if _, err := runSlice(ctx, 1, time.Hour, func(int) next { return give }); !errors.Is(err, context.Canceled) || len(left()) != 59 {
		t.Errorf("an interrupted slice leaves %d, %v", len(left()), err)
	}
}

// The first error ends a slice for all callers.
func TestSliceFails(t *testing.T) {
	broken := errors.New("broken")
	do := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	_, err := runSlice(t.Context(), 5, time.Hour, func(i int) next {
		if i == 3 {
			return func() job { return func(context.Context) error { return broken } }
		}
		return func() job { return do }
	})
	if !errors.Is(err, broken) {
		t.Errorf("it ends with %v", err)
	}
	if _, err := runSlice(t.Context(), 2, time.Hour, func(int) next { return func() job { return nil } }); err == nil {
		t.Error("a slice in which nothing was done is taken")
	}
}

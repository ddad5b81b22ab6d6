package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillkit/till/store"
)

// Commits whose contexts end at any moment fail nobody else's. Each of them was taken,
// or says with the context's error that it was not and never will be, or that nobody
// knows: then Outcome, asked at once, gives one answer for ever.
func TestDeadlinesAtAnyMoment(t *testing.T) {
	const impatient, patient = 16, 4
	tries := number(t, "TILL_DEADLINES", 1000)
	random := seeded(t)
	path := place(t)
	s := open(t, path)

	var stopped atomic.Bool
	var calm sync.WaitGroup
	var steady [patient]int
	for p := range patient {
		calm.Go(func() {
			for ; !stopped.Load(); steady[p]++ {
				if _, err := s.Commit(t.Context(), marked(fmt.Sprintf("calm-%d-%d", p, steady[p]))); err != nil {
					t.Errorf("a commit without a deadline: %v", err)
					return
				}
			}
		})
	}

	var mu sync.Mutex
	there := map[string]bool{}
	kinds := map[string]int{}
	var hasty sync.WaitGroup
	for w := range impatient {
		r := rand.New(rand.NewPCG(random.Uint64(), uint64(w)))
		hasty.Go(func() {
			for n := w; n < tries; n += impatient {
				key := fmt.Sprintf("hasty-%d", n)
				is, kind := hurried(t, s, r, key)
				mu.Lock()
				there[key] = is
				kinds[kind]++
				mu.Unlock()
			}
		})
	}
	hasty.Wait()
	stopped.Store(true)
	calm.Wait()

	sum := 0
	check := func(s store.Store) {
		t.Helper()
		for _, key := range slices.Sorted(maps.Keys(there)) {
			whole(t, s, key, there[key])
		}
		counts(t, s, sum)
	}
	for _, n := range steady {
		sum += n
	}
	for _, is := range there {
		if is {
			sum++
		}
	}
	check(s)
	must(t, s.Close(), nil)
	check(open(t, path))
	if sum == 0 || kinds["taken"] == 0 || kinds["not taken"] == 0 {
		t.Errorf("not everything was tried: %v", kinds)
	}
	t.Logf("%d commits with deadlines: %v; without: %v", tries, kinds, steady)
}

// hurried commits a marked set with a context that ends soon. It says whether the set
// is there, as the store has told it.
func hurried(t *testing.T, s store.Store, r *rand.Rand, key string) (there bool, kind string) {
	t.Helper()
	ctx, cancel := soon(t, r)
	defer cancel()
	_, err := s.Commit(ctx, marked(key))
	switch {
	case err == nil:
		there, kind = true, "taken"
	case ctx.Err() == nil:
		t.Errorf("%s failed before its context had ended: %v", key, err)
		return false, "failed"
	case !errors.Is(err, ctx.Err()):
		t.Errorf("%s: %v does not say %v", key, err, ctx.Err())
		return false, "failed"
	case errors.Is(err, store.ErrOutcomeUnknown):
		_, outcome := s.Outcome(t.Context(), "set-"+key)
		if outcome != nil && !errors.Is(outcome, store.ErrNotFound) {
			t.Errorf("%s: outcome %v", key, outcome)
		}
		there, kind = outcome == nil, "unknown, was not taken"
		if there {
			kind = "unknown, was taken"
		}
	default:
		kind = "not taken"
	}
	whole(t, s, key, there)
	return there, kind
}

// soon gives a context that ends before, during or after a commit: by its deadline, or
// because somebody cancels it.
func soon(t *testing.T, r *rand.Rand) (context.Context, context.CancelFunc) {
	micros := 1 << (4 + r.IntN(14))
	micros += r.IntN(micros)
	switch r.IntN(8) {
	case 0:
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		return ctx, cancel
	case 1, 2, 3:
		ctx, cancel := context.WithCancel(t.Context())
		if r.IntN(2) == 0 {
			go func() {
				for range micros / 8 {
					runtime.Gosched()
				}
				cancel()
			}()
		} else {
			timer := time.AfterFunc(time.Duration(micros)*time.Microsecond, cancel)
			return ctx, func() { timer.Stop(); cancel() }
		}
		return ctx, cancel
	}
	return context.WithTimeout(t.Context(), time.Duration(micros)*time.Microsecond)
}

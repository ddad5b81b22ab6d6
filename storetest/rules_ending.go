package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

// countdown is a context that ends after it was asked so many times whether it has.
type countdown struct {
	context.Context
	left atomic.Int64
	done chan struct{}
	end  func()
}

func newCountdown(ctx context.Context, n int) *countdown {
	c := &countdown{Context: ctx, done: make(chan struct{})}
	c.left.Store(int64(n))
	c.end = sync.OnceFunc(func() { close(c.done) })
	return c
}

func (c *countdown) Err() error {
	if c.left.Add(-1) < 0 {
		c.end()
		return context.Canceled
	}
	return c.Context.Err()
}

func (c *countdown) Done() <-chan struct{} {
	_ = c.Err()
	return c.done
}

// moments are after how many looks at a context it ends: each of the first, then fewer.
func moments(most int) []int {
	var all []int
	for n := 0; n < most; n += 1 + n/8 {
		all = append(all, n)
	}
	return all
}

// walks reads a store wholly, in all ways in which it is read page by page.
var walks = map[string]func(context.Context, store.Store) (any, error){
	"Get": func(ctx context.Context, s store.Store) (any, error) {
		records, err := s.Get(ctx, everyRef...)
		return seeAll(records), err
	},
	"Find": func(ctx context.Context, s store.Store) (any, error) {
		return walked(store.Records(ctx, s, store.Query{Family: "row", List: "by_num", Limit: 13}), see)
	},
	"Find by a member": func(ctx context.Context, s store.Store) (any, error) {
		return walked(store.Records(ctx, s, store.Query{Family: "row", List: "by_tag", Equal: []store.Value{store.TextValue("red")}}), see)
	},
	"Find by words": func(ctx context.Context, s store.Store) (any, error) {
		return walked(store.Records(ctx, s, store.Query{Family: "row", List: "search", Match: []string{"mug*"}, Limit: 11}), see)
	},
	"History": func(ctx context.Context, s store.Store) (any, error) {
		return walked(store.Entries(ctx, s, ref("journal", "j"), 0), func(n store.Entry) store.Entry { return n })
	},
	"Outcome": func(ctx context.Context, s store.Store) (any, error) { return s.Outcome(ctx, "known") },
	"Feed": func(ctx context.Context, s store.Store) (any, error) {
		var all []store.Event
		for after := store.Cursor(""); ; {
			page, err := s.Feed(ctx, after, 17)
			if all = append(all, page.Items...); err != nil || len(page.Items) == 0 {
				return all, err
			}
			after = page.Next
		}
	},
}

// walked collects what a walk gives, and the error that ends it.
func walked[T, U any](walk func(func(T, error) bool), f func(T) U) (all []U, err error) {
	for item, err := range walk {
		if err != nil {
			return all, err
		}
		all = append(all, f(item))
	}
	return all, nil
}

// The rules of contexts that end while a call is under way.
var endingRules = []Rule{
	{
		ID:       "context/ends-reading",
		Sentence: "A context that ends while a call reads ends it with the context's error, or too late to matter: a page that is given is right, and the next call is not concerned.",
		Why:      "a report that stops halfway must not look like one that is complete",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			e.load(s, some(60))
			e.Commit(s, grow("j", 2, make([]string, 200)...))
			e.CommitSet(s, keyed("known", "x"))
			for what, walk := range walks {
				want, err := walk(e.Ctx, s)
				e.Must(what, err)
				for _, n := range moments(200) {
					got, err := walk(newCountdown(e.Ctx, n), s)
					if err != nil {
						e.Is(fmt.Sprintf("%s whose context ends when it is asked for the %dth time", what, n+1), err, context.Canceled)
						continue
					}
					e.Equal(fmt.Sprintf("%s whose context ends when it is asked for the %dth time", what, n+1), got, want)
				}
				got, err := walk(e.Ctx, s)
				e.Must(what+" afterwards", err)
				e.Equal(what+" afterwards", got, want)
			}
		},
	},
	{
		ID:       "context/ends-writing",
		Sentence: "A context that ends while Commit or Prepare is under way leaves all of it or nothing, and the error says which.",
		Why:      "a browser that is closed in mid-checkout leaves an order, or none",
		Check: func(e *Env) {
			s, taken := e.Fresh(), int64(0)
			for _, n := range moments(200) {
				key := fmt.Sprint("k", n)
				_, err := s.Commit(newCountdown(e.Ctx, n), keyed(key, "x", put(key, 0, thing{Num: 1}), grow(key, 0, "x", "y"), add("c", "available", 1, 0), take(key, "ann")))
				_, known := s.Outcome(e.Ctx, key)
				there := known == nil
				for _, seen := range e.Get(s, ref("row", key), ref("journal", key), ref("claim", key)) {
					if (seen.Rev > 0) != there {
						e.Failf("%s is there by half: Outcome %v, %v", key, known, seen)
					}
				}
				if there {
					taken++
				}
				switch {
				case err == nil && !there:
					e.Failf("%s was acknowledged and is not there", key)
				case err != nil && !errors.Is(err, store.ErrOutcomeUnknown):
					if e.Is("Commit", err, context.Canceled); there {
						e.Failf("%s is there, though Commit said %v", key, err)
					}
				}
			}
			e.Commit(s, add("c", "available", 1, 0)) // some store asks too often to have taken any
			e.counts(s, "c", taken+1, 0)

			s, all := e.Fresh(), some(30)
			e.load(s, all)
			e.Commit(s, grow("a", 0, "1"), grow("b", 0, "1", "2"))
			want := e.Dump(s)
			for _, n := range moments(1 << 20) {
				err := s.Prepare(newCountdown(e.Ctx, n), raised())
				if err == nil {
					break
				}
				e.Is("Prepare", err, context.Canceled)
				e.Equal("the store after a Prepare that did not happen", e.Dump(s), want)
				e.findsAll(s, all)
			}
			e.isRaised(s, all)
		},
	},
}

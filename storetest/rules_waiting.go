package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tillkit/till/store"
)

// endable is a context that ends when it is told to, with an error of either kind.
type endable struct {
	context.Context
	done chan struct{}
	end  func()
	why  error
}

func newEndable(ctx context.Context, why error) *endable {
	c := &endable{Context: ctx, done: make(chan struct{}), why: why}
	c.end = sync.OnceFunc(func() { close(c.done) })
	return c
}

func (c *endable) Done() <-chan struct{} { return c.done }

func (c *endable) Err() error {
	select {
	case <-c.done:
		return c.why
	default:
		return c.Context.Err()
	}
}

// The rules of callers who leave while the engine is at work, or does not come to it.
var waitingRules = []Rule{
	{
		ID: "trouble/wait", Needs: Failing,
		Sentence: "A call that waits for its engine ends with its context, with its error or the engine's, and has changed nothing.",
		Why:      "a buyer is told that the shop is busy, and not kept for ever",
		Check: func(e *Env) {
			x, n := e.freshTroubled(), 0
			e.oneOfEach(x)
			e.CommitSet(x, keyed("known", "x"))
			before := e.state(x)
			waiting := tries()
			if e.Harness.Shared {
				waiting["Open"] = call{"Open", func(ctx context.Context, _ store.Store, _ string) error {
					s, err := e.Harness.Failing(ctx, x.place, x.engine)
					if err == nil {
						err = s.Close()
					}
					return err
				}}
			}
			for what, c := range inOrder(waiting) {
				for _, f := range e.Harness.failures() {
					for _, why := range []error{context.Canceled, context.DeadlineExceeded} {
						if n++; !f.Lasting {
							continue
						}
						f.Done = false
						ctx, t := newEndable(e.Ctx, why), trouble{Failure: f, n: 1}
						x.engine.interrupt(ctx.end)
						var err error
						t.during(x.engine, func() { err = c.do(ctx, x, fmt.Sprint("k", n)) })
						if err != nil && !errors.Is(err, why) && !errors.Is(err, t.Err) {
							e.Failf("%s, %s:\ngot  %v\nwant an error that is %s, or the engine's", what, &t, err, sentinelName(why))
						}
						x = e.certain(x, err)
					}
				}
			}
			e.Equal("the store", e.state(x), before)
		},
	},
	{
		ID: "trouble/leave", Needs: Failing,
		Sentence: "A caller whose context ends while the engine is at work learns what became of his set, that nothing did, or ErrOutcomeUnknown; Outcome then waits until it can tell.",
		Why:      "a browser that is closed while the disk is slow leaves an order that is known of, or none",
		Check: func(e *Env) {
			x, round, sum := e.freshTroubled(), 0, int64(0)
			e.Commit(x, add("all", "available", 0, 0))
			const sets = 5
			for met := true; met && e.failures.Load() <= mostFailures; {
				round++
				ctx, t := newEndable(e.Ctx, context.Canceled), trouble{Failure: Failure{Name: "is slow", Done: true}, n: round}
				key := func(i int) string { return fmt.Sprint("r", round, "-", i) }
				var errs, said [sets]error
				x.engine.crowd(true)
				x.engine.interrupt(func() {
					ctx.end()
					x.engine.giveWay()
				})
				t.during(x.engine, func() {
					together(sets, func(i int) {
						_, errs[i] = x.Commit(ctx, keyed(key(i), "x", plain(key(i), 0, "x"), add("all", "available", 1, 0)))
						if unknown(errs[i]) {
							_, said[i] = x.Outcome(e.Ctx, key(i))
						}
					})
				})
				x.engine.crowd(false)
				met = t.met
				for i, err := range errs {
					where := fmt.Sprintf("set %d of round %d, whose context ends", i, round)
					there := e.Get(x, ref("plain", key(i)))[0].Rev == 1
					e.thereAfter(where, err, there)
					if err != nil {
						e.Is(where, err, context.Canceled)
					}
					if unknown(err) && (said[i] == nil) != there {
						e.Failf("%s: Outcome said\n%v\nit is there: %v", where, said[i], there)
					}
					if there {
						sum++
					}
				}
				e.counts(x, "all", sum, 0)
			}
		},
	},
}

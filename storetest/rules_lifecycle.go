package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

var lifecycleRules = []Rule{
	{
		ID:       "life/before-prepare",
		Sentence: "Prepare comes first; any other method before it is ErrInvalid.",
		Why:      "a program that forgot it must be told, not given an empty shop",
		Check: func(e *Env) {
			s := e.Open(e.Place())
			for _, c := range calls {
				e.Is(c.name, c.do(e.Ctx, s, "key"), store.ErrInvalid)
			}
			e.Must("Prepare", s.Prepare(e.Ctx, schema()))
			e.Equal("the store", e.Dump(s), []string{""})
		},
	},
	{
		ID:       "life/close-twice",
		Sentence: "A second Close returns nil.",
		Why:      "defer db.Close() stands beside an early one",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			for range 3 {
				e.Must("Close", s.Close())
			}
			unprepared := e.Open(e.Place())
			e.Must("Close before Prepare", unprepared.Close())
			e.Must("Close before Prepare, again", unprepared.Close())
		},
	},
	{
		ID:       "life/closed",
		Sentence: "Any method but Close is ErrClosed after Close.",
		Why:      "a request that comes while the program ends gets an answer",
		Check: func(e *Env) {
			s, unprepared := e.Fresh(), e.Open(e.Place())
			e.oneOfEach(s)
			e.Must("Close", s.Close())
			e.Must("Close before Prepare", unprepared.Close())
			for _, c := range append(calls, call{"Prepare", prepareCall}) {
				e.Is(c.name, c.do(e.Ctx, s, "key"), store.ErrClosed)
				e.Is(c.name+" of a store that was not prepared", c.do(e.Ctx, unprepared, "key"), store.ErrClosed)
			}
		},
	},
	{
		ID:       "life/close-under-way",
		Sentence: "Close waits for calls that are under way, or ends them with ErrClosed; a commit among them has a decided outcome.",
		Why:      "a program that ends in the rush hour",
		Check: func(e *Env) {
			for round := range 5 {
				place := e.Place()
				s := e.Prepared(place)
				e.oneOfEach(s)
				e.CommitSet(s, keyed("known", "x"))
				var running sync.WaitGroup
				var mu sync.Mutex
				var done atomic.Int64
				var acked []string
				started := make(chan struct{})
				enough := sync.OnceFunc(func() { close(started) })
				for worker := range 8 {
					running.Go(func() {
						defer enough()
						for i := range 500 {
							key := fmt.Sprintf("k%d-%d-%d", round, worker, i)
							c := calls[(worker+i)%len(calls)]
							err := c.do(e.Ctx, s, key)
							if err == nil && c.name == "Commit" {
								mu.Lock()
								acked = append(acked, key)
								mu.Unlock()
							}
							if done.Add(1) == 40 {
								enough()
							}
							if err != nil {
								if !errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrOutcomeUnknown) {
									e.Failf("%s while Close is under way: %v", c.name, err)
								}
								return
							}
						}
					})
				}
				<-started
				e.Must("Close", s.Close())
				running.Wait()
				if !e.Harness.Durable {
					continue
				}
				s = e.Prepared(place)
				for _, key := range acked {
					if e.Get(s, ref("row", key))[0].Rev != 1 {
						e.Failf("%s was acknowledged before Close and is not there", key)
					}
				}
				e.counts(s, "calls", int64(len(e.Keys(s, store.Query{Family: "journal"}))-1), 0)
			}
		},
	},
}

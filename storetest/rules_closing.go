package storetest

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

// The rules of what a handle holds, and of what it leaves.
var closingRules = []Rule{
	{
		ID: "life/refused-is-absent", Needs: Durable,
		Sentence: "A commit that Close ends has a decided outcome: one that was told ErrClosed has not happened and will not.",
		Why:      "who is told that the shop closes orders again in the morning, and must not get two",
		Check: func(e *Env) {
			for round := range 5 {
				place := e.Place()
				s := e.Prepared(place)
				var running sync.WaitGroup
				var mu sync.Mutex
				var done atomic.Int64
				outcome := map[string]error{}
				started := make(chan struct{})
				enough := sync.OnceFunc(func() { close(started) })
				for worker := range 6 {
					running.Go(func() {
						defer enough()
						for i := range 500 {
							key := fmt.Sprintf("k%d-%d-%d", round, worker, i)
							_, err := s.Commit(e.Ctx, keyed(key, "x", put(key, 0, thing{}), add("all", "available", 1, 0)))
							mu.Lock()
							outcome[key] = err
							mu.Unlock()
							if done.Add(1) == 30 {
								enough()
							}
							if err != nil {
								return
							}
						}
					})
				}
				<-started
				e.Must("Close", s.Close())
				running.Wait()
				s = e.Prepared(place)
				taken := int64(0)
				for key, err := range outcome {
					if err == nil {
						taken++
					} else {
						e.Is("a commit while Close is under way", err, store.ErrClosed)
					}
					if there := e.Get(s, ref("row", key))[0].Rev == 1; there != (err == nil) {
						e.Failf("%s is there: %t, though Commit said %v", key, there, err)
					}
					_, known := s.Outcome(e.Ctx, key)
					if (known == nil) != (err == nil) {
						e.Failf("Outcome of %s: %v, though Commit said %v", key, known, err)
					}
				}
				e.counts(s, "all", taken, 0)
				e.Must("Close", s.Close())
			}
		},
	},
	{
		ID:       "life/gives-back",
		Sentence: "Close gives everything back: of what the store started, nothing runs on.",
		Why:      "a server of many shops opens and closes them all day",
		Check: func(e *Env) {
			label := fmt.Sprintf("storetest-%p", e)
			pprof.SetGoroutineLabels(pprof.WithLabels(e.Ctx, pprof.Labels("storetest", label)))
			defer pprof.SetGoroutineLabels(e.Ctx)
			for range 3 {
				s := e.Fresh()
				e.oneOfEach(s)
				together(4, func(w int) {
					for i, c := range calls {
						_ = c.do(e.Ctx, s, fmt.Sprintf("k%d-%d", w, i))
					}
				})
				e.Must("Close", s.Close())
			}
			for range 2000 {
				if labelled(label) <= 1 { // this one
					return
				}
				runtime.Gosched()
			}
			e.Failf("after Close %d goroutines of the store are still there", labelled(label)-1)
		},
	},
}

// labelled counts the goroutines with a label.
func labelled(label string) int {
	var text bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&text, 1); err != nil {
		return 0
	}
	count := 0
	_, listed, _ := strings.Cut(text.String(), "\n") // the first line says how many there are
	for part := range strings.SplitSeq(listed, "\n\n") {
		if n := 0; strings.Contains(part, label) {
			if _, err := fmt.Sscanf(part, "%d @", &n); err == nil {
				count += n
			}
		}
	}
	return count
}

package storetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

var concurrencyRules = []Rule{
	{
		ID:       "concurrent/disjoint",
		Sentence: "Sets that touch different records do not conflict: all are taken, however many come at once.",
		Why:      "a store that fails half of its writers under load fails them on the best day of the year",
		Check: func(e *Env) {
			s := e.Fresh()
			const writers, each = 16, 12
			errs := make([]error, writers)
			together(writers, func(w int) {
				for i := range int64(each) {
					key := fmt.Sprint("w", w)
					set := keyed(fmt.Sprintf("%s-%d", key, i), "x", put(key, i, thing{Num: i}), grow(key, i, "x"), add(key, "available", 1, 0), take(fmt.Sprint(key, "-", i), key))
					set.Requires = []store.Requirement{require(ref("row", key), i), require(ref("row", "nobody"), 0)}
					if _, err := s.Commit(e.Ctx, set); err != nil {
						errs[w] = err
						return
					}
				}
			})
			for w, err := range errs {
				e.Must("Commit", err)
				key := fmt.Sprint("w", w)
				e.Equal("what a writer wrote", e.Get(s, ref("row", key), ref("journal", key), ref("counter", key)), []Seen{
					{Ref: "row/" + key, Rev: each, Doc: docText(thing{Num: each - 1})}, {Ref: "journal/" + key, Rev: each, Doc: docText(thing{Num: each})},
					{Ref: "counter/" + key, Rev: 1, Columns: []int64{each, 0}},
				})
			}
			e.Equal("claims", len(e.Keys(s, store.Query{Family: "claim"})), writers*each)
			e.Equal("receipts", len(e.Keys(s, store.Query{Family: store.Receipts})), writers*each)
		},
	},
	{
		ID:       "concurrent/one-winner",
		Sentence: "Of many sets that change one record at one revision, one is taken and the others get ErrConflict.",
		Why:      "two people who save the same page at once",
		Check: func(e *Env) {
			s := e.Fresh()
			for round := range int64(20) {
				errs := make([]error, 8)
				together(len(errs), func(i int) {
					changes := []store.Change{put("r", round, thing{Num: int64(i)}), add("c", "available", 1, 0)}
					if i%2 == 1 {
						changes = append(changes, plain(fmt.Sprintf("p%d-%d", round, i), 0, "x"))
					}
					_, errs[i] = s.Commit(e.Ctx, store.ChangeSet{Changes: changes})
				})
				won := 0
				for _, err := range errs {
					if err == nil {
						won++
					} else {
						e.Is("a loser", err, store.ErrConflict)
					}
				}
				if won != 1 {
					e.Stopf("round %d: %d of %d writers of one revision were told yes", round, won, len(errs))
				}
			}
			e.counts(s, "c", 20, 0)
			e.Equal("revision", e.Get(s, ref("row", "r"))[0].Rev, int64(20))
		},
	},
	{
		ID:       "concurrent/one-journal",
		Sentence: "A journal's entries are numbered without gaps, also when many append to it at once.",
		Why:      "a gift card that is paid with in two windows",
		Check: func(e *Env) {
			s := e.Fresh()
			const writers, each = 6, 8
			errs := make([]error, writers)
			together(writers, func(w int) {
				for i, tries := 0, 0; i < each && errs[w] == nil && tries < mostPages; tries++ {
					records, err := s.Get(e.Ctx, ref("journal", "j"))
					if err == nil {
						_, err = s.Commit(e.Ctx, one(grow("j", records[0].Rev, fmt.Sprintf("%d-%d", w, i))))
					}
					switch {
					case err == nil:
						i++
					case !errors.Is(err, store.ErrConflict):
						errs[w] = err
					}
				}
			})
			for _, err := range errs {
				e.Must("Commit", err)
			}
			seen := map[string]bool{}
			for i, n := range e.History(s, ref("journal", "j"), 0, 10) {
				e.Equal("number", n.N, int64(i)+1)
				if seen[string(n.Payload)] {
					e.Failf("%s was appended once and is there twice", n.Payload)
				}
				seen[string(n.Payload)] = true
			}
			e.Equal("entries", len(seen), writers*each)
		},
	},
	{
		ID:       "concurrent/reads-whole",
		Sentence: "Get reads from one consistent state: all of the records before or all of them after any commit.",
		Why:      "a total beside lines that do not add up to it",
		Check: func(e *Env) {
			s := e.Fresh()
			const rounds, reads = 150, 60
			both := func(i int64) []store.Change {
				return []store.Change{
					plain("a", i, fmt.Sprint(i)), plain("b", i, fmt.Sprint(i)), put("a", i, thing{}), grow("a", i, "x"), steps("a", step("available", 1, 0), step("reserved", -1, store.NoFloor)),
				}
			}
			e.Commit(s, both(0)...)
			refs := []store.Ref{ref("plain", "a"), ref("row", "a"), ref("journal", "a"), ref("counter", "a"), ref("plain", "b")}
			var stopped atomic.Bool
			var done atomic.Int64
			var readers sync.WaitGroup
			var writeErr error
			for range 3 {
				readers.Go(func() {
					for last := int64(0); !stopped.Load(); {
						records, err := s.Get(e.Ctx, refs...)
						if err != nil {
							e.Failf("Get: %v", err)
							return
						}
						rev := records[0].Rev
						for _, r := range records {
							if r.Family == "counter" && (r.Index[0].Int() != rev || r.Index[1].Int() != -rev) || r.Family != "counter" && r.Rev != rev {
								e.Failf("half of a commit was read: %v", seeAll(records))
								return
							}
						}
						if rev < last {
							e.Failf("revision %d was read after %d", rev, last)
							return
						}
						last = rev
						done.Add(1)
						runtime.Gosched()
					}
				})
			}
			for i := int64(1); (i <= rounds || done.Load() < reads) && i < 100*rounds && writeErr == nil; i++ {
				_, writeErr = s.Commit(e.Ctx, store.ChangeSet{Changes: both(i)})
				runtime.Gosched()
			}
			stopped.Store(true)
			readers.Wait()
			e.Must("Commit", writeErr)
		},
	},
	{
		ID:       "concurrent/reads-many",
		Sentence: "A Get of MaxRefs refs reads from one consistent state too, also of what comes and goes.",
		Why:      "an address that moves from one account to another is never with both, and never with none",
		Check: func(e *Env) {
			s := e.Fresh()
			const reads = 20
			refs := []store.Ref{ref("claim", "even")}
			for i := range store.MaxRefs - 3 {
				refs = append(refs, ref("row", fmt.Sprint("between", i)))
			}
			refs = append(refs, ref("plain", "p"), ref("claim", "odd"))
			e.Commit(s, plain("p", 0, "0"), take("odd", "1"))
			var left, done atomic.Int64
			left.Store(2)
			var readers sync.WaitGroup
			for range left.Load() {
				readers.Go(func() {
					defer left.Add(-1)
					for range reads {
						records, err := s.Get(e.Ctx, refs...)
						if err != nil || len(records) != len(refs) {
							e.Failf("Get gave %d records, %v", len(records), err)
							return
						}
						seen := seeAll([]store.Record{records[0], records[len(refs)-2], records[len(refs)-1]})
						rev := seen[1].Rev
						holder, other := seen[2*(rev%2)], seen[2-2*(rev%2)]
						if holder.Doc != fmt.Sprint(rev) || other.Rev != 0 {
							e.Failf("half of a commit was read: %v", seen)
							return
						}
						done.Add(1)
					}
				})
			}
			var writeErr error
			for i := int64(1); left.Load() > 0 && writeErr == nil; i++ {
				from, to := "odd", "even"
				if i%2 == 0 {
					from, to = to, from
				}
				_, writeErr = s.Commit(e.Ctx, store.ChangeSet{Changes: []store.Change{plain("p", i, fmt.Sprint(i)), release(from, fmt.Sprint(i)), take(to, fmt.Sprint(i+1))}})
				for before, n := done.Load(), 0; n < 1000 && done.Load() == before; n++ {
					runtime.Gosched() // not too many commits for a read
				}
			}
			readers.Wait()
			e.Must("Commit", writeErr)
		},
	},
	{
		ID:       "concurrent/pages",
		Sentence: "While others commit, a page gives each record at most once, and a walk loses none that nobody changed.",
		Why:      "a report that is made during the day",
		Check: func(e *Env) {
			s, all := e.Fresh(), map[string]thing{}
			for i := range 40 {
				all[fmt.Sprintf("still%02d", i)] = thing{Num: int64(i), State: "open", Tags: []string{"red"}, Text: "mug"}
			}
			e.load(s, all)
			const least = 100 // commits beside the walks
			var moved sync.WaitGroup
			var stopped atomic.Bool
			var commits atomic.Int64
			var writeErr error
			defer func() {
				stopped.Store(true)
				moved.Wait()
				e.Must("Commit", writeErr)
			}()
			moved.Go(func() {
				defer commits.Add(least) // the walks end, also after an error
				for i := int64(0); !stopped.Load() && writeErr == nil; i++ {
					_, writeErr = s.Commit(e.Ctx, one(put("still20x", i, thing{Num: i * 7 % 40, State: "open", Tags: []string{"red"}, Text: "mug"})))
					commits.Add(1)
				}
			})
			queries := []store.Query{
				in(""), in("by_num"), {Family: "row", List: "by_num", Desc: true}, in("by_tag", store.TextValue("red")), in("by_tag_state", store.TextValue("red"), store.TextValue("open")),
				{Family: "row", List: "search", Match: []string{"mug"}},
			}
			for round := 0; round < 4*len(queries) || round < 1000 && commits.Load() < least; round++ {
				q := queries[round%len(queries)]
				q.Limit = 7
				seen := map[string]int{}
				for range mostPages {
					page, onPage := e.Page(s, q), map[string]bool{}
					for _, r := range page.Items {
						if onPage[r.Key] {
							e.Failf("%s stands twice on one page of %q", r.Key, q.List)
						}
						onPage[r.Key] = true
						seen[r.Key]++
					}
					if q.After = page.Next; q.After == "" {
						break
					}
				}
				for key := range all {
					if seen[key] != 1 {
						e.Failf("%s, which nobody changed, came %d times by %q", key, seen[key], q.List)
					}
				}
			}
		},
	},
	{
		ID:       "concurrent/all-methods",
		Sentence: "All methods may be called at once from many goroutines.",
		Why:      "a shop is a server",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			e.CommitSet(s, keyed("known", "x"))
			every := append(calls, call{"Prepare", prepareCall}, call{"Dump", func(ctx context.Context, s store.Store, _ string) error {
				for _, err := range store.Dump(ctx, s, schema()) {
					if err != nil {
						return err
					}
				}
				return nil
			}})
			errs := make([]error, 8)
			together(len(errs), func(w int) {
				for i := range 4 * len(every) {
					c := every[(w+i)%len(every)]
					if err := c.do(e.Ctx, s, fmt.Sprintf("k%d-%d", w, i)); err != nil && errs[w] == nil {
						errs[w] = fmt.Errorf("%s: %w", c.name, err)
					}
				}
			})
			for _, err := range errs {
				e.Must("a call beside others", err)
			}
			e.counts(s, "calls", 8*4, 0)
			e.Equal("rows", len(e.Keys(s, in("by_num"))), 8*4+1)
		},
	},
}

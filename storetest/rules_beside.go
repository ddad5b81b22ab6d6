package storetest

import (
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

// The rules of what comes of sets and pages while others are refused or come and go.
var besideRules = []Rule{
	{
		ID:       "concurrent/refused-alone",
		Sentence: "A set that is refused is refused alone: those that come with it are taken, and each is told its own error.",
		Why:      "one buyer's sold-out article must not cancel the orders of a hundred others",
		Check: func(e *Env) {
			s := e.Fresh()
			const writers, each = 12, 25
			e.Commit(s, plain("old", 0, "x"), take("taken", "ann"))
			e.Commit(s, plain("old", 1, "y"))
			wrong := []struct {
				change store.Change
				want   error
			}{
				{plain("old", 1, "z"), store.ErrConflict}, {add("none", "available", -1, 0), store.ErrShort},
				{take("taken", "bob"), store.ErrExists}, {release("taken", "bob"), store.ErrConflict},
			}
			errs := make([]error, writers)
			together(writers, func(w int) {
				for i := range int64(each) {
					key := fmt.Sprint("w", w)
					set := store.ChangeSet{Changes: []store.Change{grow(key, i, "x"), add("all", "available", 1, 0)}}
					if w%3 == 0 {
						set.Changes[0] = grow(key, 0, "x")
						for n := range 200 { // others come while it is looked at
							set.Changes = append(set.Changes, plain(fmt.Sprint(key, "-", n), 0, "x"))
						}
						set.Changes = append(set.Changes, wrong[i%int64(len(wrong))].change)
					}
					_, err := s.Commit(e.Ctx, set)
					switch {
					case w%3 > 0 && err != nil:
						errs[w] = err
						return
					case w%3 == 0:
						e.Is("a set that does not fit", err, wrong[i%int64(len(wrong))].want)
					}
				}
			})
			for w, err := range errs {
				e.Must("Commit beside sets that are refused", err)
				want := int64(each)
				if w%3 == 0 {
					want = 0
				}
				e.Equal("entries of a writer", e.Get(s, ref("journal", fmt.Sprint("w", w)))[0].Rev, want)
			}
			e.counts(s, "all", each*(writers-writers/3), 0)
		},
	},
	{
		ID:       "concurrent/finds-whole",
		Sentence: "What Find gives is there, as one commit left it, also while records come and go.",
		Why:      "a list of orders with an empty line in it",
		Check: func(e *Env) {
			s := e.Fresh()
			const rounds, keys = 60, 6
			for i := range keys {
				e.Commit(s, put(fmt.Sprint("k", i), 0, thing{Num: 1, State: "open", Tags: []string{"red"}, Text: "mug"}))
			}
			var stop atomic.Bool
			var found atomic.Int64
			errs := make([]error, 3)
			together(3, func(w int) {
				if w == 0 {
					defer stop.Store(true)
					for i := int64(0); (i < rounds || found.Load() < rounds) && i < 100*rounds && errs[0] == nil; i++ {
						changes := []store.Change{del(ref("row", fmt.Sprint("k", i%keys)), 1)}
						if i > 0 { // what went before comes back
							changes = append(changes, put(fmt.Sprint("k", (i-1)%keys), 0, thing{Num: i, State: "open", Tags: []string{"red"}, Text: "mug"}))
						}
						_, errs[0] = s.Commit(e.Ctx, store.ChangeSet{Changes: changes})
						runtime.Gosched()
					}
					return
				}
				for !stop.Load() {
					for _, q := range []store.Query{in("by_num"), in("by_state", store.TextValue("open")), in("by_tag", store.TextValue("red")), in(""), {Family: "row", List: "search", Match: []string{"mug"}}} {
						q.Limit = keys + 1
						page, err := s.Find(e.Ctx, q)
						if err != nil {
							errs[w] = err
							return
						}
						for _, r := range page.Items {
							if r.Rev != 1 || r.Doc == nil {
								errs[w] = fmt.Errorf("the list %q gives %s at revision %d, with the document %v", q.List, r.Ref, r.Rev, r.Doc)
								return
							}
						}
						found.Add(1)
						runtime.Gosched()
					}
				}
			})
			for _, err := range errs {
				e.Must("reading and writing at once", err)
			}
		},
	},
}

package storetest

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// troubleSets are sets that fit the state that oneOfEach makes, with changes of every kind.
func troubleSets() map[string]store.ChangeSet {
	gone := thing{Num: 4, Tags: []string{"red", "green"}, Txt: "a", Text: "blue mug"}
	every := needing(append(fitting(), put("gone", 0, gone)), require(ref("journal", "j"), 2), require(ref("row", "none"), 0))
	every.Key, every.Result, every.At = "click", "done", 77
	return map[string]store.ChangeSet{
		"a set of every kind":   every,
		"a set of many members": {Changes: []store.Change{put("more", 0, thing{Num: 2, State: "open", Tags: manyTags(40)})}},
		"a set without a key":   {Changes: []store.Change{del(ref("row", "r"), 1), personal("ann/1", 1, gone), grow("j", 2, "three"), plain("q", 0, "new"), add("c", "available", 1, 0)}},
	}
}

// ground makes the state that the sets of trouble fit: before one of many members there are
// many already.
func (e *Env) ground(s store.Store, what string) {
	e.Helper()
	e.oneOfEach(s)
	if what == "a set of many members" {
		e.Commit(s, put("many", 0, thing{Num: 1, State: "open", Tags: manyTags(500)}))
	}
}

// around gives what can be read before and after a set on a store as it should be.
func (e *Env) around(what string, set store.ChangeSet) (before, after []string) {
	e.Helper()
	s := memory.New()
	e.Must("Prepare in memory", s.Prepare(e.Ctx, schema()))
	e.ground(s, what)
	before = e.state(s)
	e.CommitSet(s, set)
	return before, e.state(s)
}

// thereAfter compares what a Commit said with whether its set is there.
func (e *Env) thereAfter(what string, err error, there bool) {
	e.Helper()
	switch {
	case err == nil && !there:
		e.Failf("%s: it was acknowledged and is not there", what)
	case err != nil && !unknown(err) && there:
		e.Failf("%s: it is there, though Commit said\n%v", what, err)
	}
}

// receiptFound asks for the outcome of a key of a store whose engine obeys.
func (e *Env) receiptFound(s store.Store, what, key string) bool {
	e.Helper()
	_, err := s.Outcome(e.Ctx, key)
	if err != nil {
		e.Is(what+": Outcome", err, store.ErrNotFound)
	}
	return err == nil
}

// The rules of calls whose engine fails under way.
var troubleRules = []Rule{
	{
		ID: "trouble/whole", Needs: Failing,
		Sentence: "A set whose engine fails happens whole or not at all; after an error that is not ErrOutcomeUnknown it has not happened.",
		Why:      "a disk that is full in the middle of a checkout leaves an order, or none, and the buyer is told which",
		Check: func(e *Env) {
			for what, set := range inOrder(troubleSets()) {
				before, after := e.around(what, set)
				var x *troubled
				for t := range e.troubles() {
					if x == nil {
						x = e.freshTroubled()
						e.ground(x, what)
					}
					var err error
					t.during(x.engine, func() { _, err = x.Commit(e.Ctx, set) })
					where := fmt.Sprintf("%s, %s", what, t)
					e.mustUnless(t, what, err)
					x = e.certain(x, err)
					is := e.state(x)
					there := slices.Equal(is, after)
					e.thereAfter(where, err, there)
					if !there {
						e.Equal(where+": the store", is, before)
						continue
					}
					x = e.anew(x)
					e.Equal(where+": the store that was opened again", e.state(x), after)
					e.Must("Close", x.Close())
					x = nil
				}
			}
		},
	},
	{
		ID: "trouble/key", Needs: Failing,
		Sentence: "Whatever Commit said, Outcome and a repetition agree with what is there; of an Outcome whose engine fails, an answer is right.",
		Why:      "a buyer who clicks again after an error has one order",
		Check: func(e *Env) {
			x, placed := e.freshTroubled(), int64(0)
			// one commits under a trouble, and asks for the outcome under another.
			one := func(t, u *trouble) (doubt bool) {
				placed++
				key := fmt.Sprint("k", placed)
				set := keyed(key, "x", grow(key, 0, "x"), add("all", "available", 1, 0))
				var err, said error
				t.during(x.engine, func() { _, err = x.Commit(e.Ctx, set) })
				e.mustUnless(t, "Commit", err)
				if doubt = unknown(err); doubt {
					u.during(x.engine, func() { _, said = x.Outcome(e.Ctx, key) })
				}
				x = e.certain(x, err)
				there := e.Get(x, ref("journal", key))[0].Rev == 1
				e.Equal(t.String()+": Outcome finds it", e.receiptFound(x, t.String(), key), there)
				if doubt && (said == nil && !there || errors.Is(said, store.ErrNotFound) && there) {
					e.Failf("%s: Outcome, %s, said\n%v\nthe set is there: %v", t, u, said, there)
				}
				e.Equal(t.String()+": the repetition", e.CommitSet(x, set), receiptOf(set, there))
				return doubt
			}
			for t := range e.troubles() {
				if u := (trouble{n: mostCalls}); !one(t, &u) {
					continue
				}
				for u := range e.troubles() {
					again := trouble{Failure: t.Failure, n: t.n}
					one(&again, u)
				}
			}
			e.counts(x, "all", placed, 0)
			e.counts(e.anew(x), "all", placed, 0)
		},
	},
	{
		ID: "trouble/refused", Needs: Failing,
		Sentence: "A set that does not fit is not taken where the engine fails: it is refused as ever, or the call fails.",
		Why:      "an engine that cannot read the stock has not got it",
		Check: func(e *Env) {
			x := e.freshTroubled()
			e.oneOfEach(x)
			e.CommitSet(x, keyed("used", "request"))
			before := e.state(x)
			refused := func(what string, set store.ChangeSet, want error) {
				for t := range e.troubles() {
					var err error
					t.during(x.engine, func() { _, err = x.Commit(e.Ctx, set) })
					if x = e.certain(x, err); !errors.Is(err, want) && !errors.Is(err, t.Err) {
						e.Failf("%s, %s:\ngot  %v\nwant an error that is %s, or the engine's", what, t, err, sentinelName(want))
					}
				}
				e.Equal(what+": the store after the refused set", e.state(x), before)
			}
			for what, bad := range inOrder(refusals()) {
				refused(what, store.ChangeSet{Key: "key", Changes: []store.Change{plain("q", 0, "new"), bad.change}}, bad.want)
			}
			refused("a used key", keyed("used", "another", plain("q", 0, "new")), store.ErrExists)
			refused("a stale requirement", needing([]store.Change{plain("q", 0, "new")}, require(ref("journal", "j"), 1)), store.ErrConflict)
		},
	},
	{
		ID: "trouble/at-once", Needs: Failing,
		Sentence: "Of sets that come at once, each happens whole or not at all where the engine fails, and is told its own outcome.",
		Why:      "buyers who share one flush of the disk do not share one answer",
		Check: func(e *Env) {
			x, round, sum := e.freshTroubled(), 0, int64(0)
			e.oneOfEach(x)
			e.Commit(x, add("all", "available", 0, 0))
			const sets = 6
			for t := range e.troubles() {
				round++
				key := func(i int) string { return fmt.Sprint("r", round, "-", i) }
				errs := make([]error, sets)
				x.engine.crowd(true)
				t.during(x.engine, func() {
					together(sets, func(i int) {
						set := keyed(key(i), "x", plain(key(i), 0, "x"), grow(key(i), 0, "x"), add("all", "available", 1, 0))
						if i == 0 {
							set.Changes = append(set.Changes, take("e", "bob")) // who does not get it
						}
						_, errs[i] = x.Commit(e.Ctx, set)
					})
				})
				x.engine.crowd(false)
				e.mustUnless(t, "one of the sets", errors.Join(errs[1:]...))
				for i, err := range errs {
					x = e.certain(x, err)
					where := fmt.Sprintf("set %d of round %d, %s", i, round, t)
					seen := e.Get(x, ref("plain", key(i)), ref("journal", key(i)))
					there := e.receiptFound(x, where, key(i))
					e.Equal(where+": the whole of it is there", []bool{seen[0].Rev == 1, seen[1].Rev == 1}, []bool{there, there})
					if e.thereAfter(where, err, there); there {
						sum++
					}
					if i == 0 && there {
						e.Failf("%s: it does not fit and was taken", where)
					}
				}
				e.counts(x, "all", sum, 0)
			}
		},
	},
	{
		ID: "trouble/reads", Needs: Failing,
		Sentence: "A call that reads while the engine fails gives an answer that is right, or an error: never a part of one.",
		Why:      "a list of orders that ends early looks like one that is complete",
		Check: func(e *Env) {
			x := e.freshTroubled()
			e.oneOfEach(x)
			e.load(x, some(14))
			e.Commit(x, grow("j", 2, "three", "four"))
			e.CommitSet(x, keyed("known", "x"))
			asked := map[string]func() (any, error){}
			for what, walk := range walks {
				asked[what] = func() (any, error) { return walk(e.Ctx, x) }
			}
			for what, q := range everyList() {
				q.Limit = 5
				asked[what] = func() (any, error) { return walked(store.Records(e.Ctx, x, q), see) }
			}
			asked["an outcome that is not"] = func() (any, error) {
				receipt, err := x.Outcome(e.Ctx, "none")
				if errors.Is(err, store.ErrNotFound) {
					return nil, nil
				}
				return receipt, err
			}
			for what, ask := range inOrder(asked) {
				want, err := ask()
				e.Must(what, err)
				for t := range e.troubles() {
					var got any
					t.during(x.engine, func() { got, err = ask() })
					switch e.mustUnless(t, what, err); {
					case err == nil:
						e.Equal(fmt.Sprintf("%s, %s", what, t), got, want)
					case errors.Is(err, store.ErrNotFound):
						e.Failf("%s, %s: what is there was not found", what, t)
					}
				}
			}
		},
	},
}

package storetest

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/tillkit/till/store"
)

// persist repeats a commit that was busy, as a caller does.
func persist(commit func() error) error {
	for range 1000 {
		if err := commit(); !errors.Is(err, store.ErrBusy) {
			return err
		}
	}
	return store.ErrBusy
}

var sharedRules = []Rule{
	{
		ID: "shared/write-skew", Needs: Shared,
		Sentence: "A required record does not change between the comparison and the commit, by another handle either.",
		Why:      "a rule is added on one server while an order is placed against the rules on the other",
		Check: func(e *Env) {
			place := e.Place()
			handles := []store.Store{e.Prepared(place), e.Prepared(place)}
			for round := range 100 {
				keys := []string{fmt.Sprint("x", round), fmt.Sprint("y", round)}
				e.Commit(handles[0], plain(keys[0], 0, "on call"), plain(keys[1], 0, "on call"))
				var errs [2]error
				together(2, func(i int) {
					set := needing([]store.Change{plain(keys[i], 1, "gone home")}, require(ref("plain", keys[1-i]), 1))
					errs[i] = persist(func() error { _, err := handles[i].Commit(e.Ctx, set); return err })
				})
				if (errs[0] == nil) == (errs[1] == nil) {
					e.Stopf("round %d: each of two handles changed what the other required; one must be refused: %v, %v", round, errs[0], errs[1])
				}
				for _, err := range errs {
					if err != nil {
						e.Is("the refused one", err, store.ErrConflict)
					}
				}
			}
		},
	},
	{
		ID: "shared/sees", Needs: Shared,
		Sentence: "When Commit returns without error, every later read on any handle sees it.",
		Why:      "the back office is another process",
		Check: func(e *Env) {
			place := e.Place()
			handles := []store.Store{e.Prepared(place), e.Prepared(place)}
			all := map[string]thing{}
			for i := range 20 {
				a, b := handles[i%2], handles[(i+1)%2]
				key := fmt.Sprint("k", i)
				all[key] = thing{Num: int64(i % 5), State: "open", Tags: []string{"red"}, Text: "mug"}
				e.CommitSet(a, keyed(key, "x", put(key, 0, all[key]), grow("j", int64(i), "x"), add("c", "available", 1, 0), take(key, "ann")))
				e.Equal("Get on the other handle", e.Get(b, ref("row", key), ref("journal", "j"), ref("counter", "c"), ref("claim", key)), []Seen{
					{Ref: "row/" + key, Rev: 1, Doc: docText(all[key])}, {Ref: "journal/j", Rev: int64(i) + 1, Doc: docText(thing{Num: int64(i) + 1})},
					{Ref: "counter/c", Rev: 1, Columns: []int64{int64(i) + 1, 0}}, {Ref: "claim/" + key, Rev: 1, Doc: "ann"},
				})
				e.findsAll(b, all)
				e.Equal("History", len(e.History(b, ref("journal", "j"), 0, 100)), i+1)
				events, _ := e.Feed(b, "", 100)
				e.Equal("Feed", len(events), i+1)
				_, err := b.Outcome(e.Ctx, key)
				e.Must("Outcome", err)
				e.Equal("the key on the other handle", e.CommitSet(b, keyed(key, "x")).Replay, true)
				held := ref("claim", key)
				e.Equal("a claim", e.Get(a, held)[0].Doc, "ann")
				e.Commit(b, release(key, "ann"))
				e.Equal("a claim that was given up on the other handle", e.Get(a, held), []Seen{{Ref: held.String()}})
				e.Commit(a, take(key, "bob"))
				e.Equal("a claim that was taken on the other handle", e.Get(b, held)[0].Doc, "bob")
				e.Commit(b, del(ref(store.Receipts, key), 1))
				e.Equal("a key that was forgotten on the other handle", e.CommitSet(a, keyed(key, "x")).Replay, false)
			}
			e.Equal("the dumps of both", e.Dump(handles[0]), e.Dump(handles[1]))
		},
	},
	{
		ID: "shared/conflict", Needs: Shared,
		Sentence: "What one handle commits is what the other's revisions, requirements, floors and claims are compared with.",
		Why:      "a cache of revisions that another process made stale sells twice",
		Check: func(e *Env) {
			place := e.Place()
			a, b := e.Prepared(place), e.Prepared(place)
			e.oneOfEach(a)
			for i := int64(1); i < 6; i++ {
				a, b = b, a
				e.CommitSet(b, needing([]store.Change{plain(fmt.Sprint("r", i), 0, "x")}, require(ref("row", "r"), i)))
				e.Commit(a, put("r", i, thing{Num: i}), add("c", "available", -1, 0))
				e.Refused(b, "a stale Put", one(put("r", i, thing{})), store.ErrConflict)
				e.Refused(b, "a stale requirement", needing(nil, require(ref("row", "r"), i)), store.ErrConflict)
				e.Refused(b, "too much", one(add("c", "available", i-5-1, 0)), store.ErrShort)
				e.Commit(a, take(fmt.Sprint("k", i), "ann"), del(ref("plain", fmt.Sprint("r", i)), 1))
				e.Refused(b, "a taken claim", one(take(fmt.Sprint("k", i), "bob")), store.ErrExists)
				e.Refused(b, "a deleted row", needing(nil, require(ref("plain", fmt.Sprint("r", i)), 1)), store.ErrConflict)
			}
		},
	},
	{
		ID: "shared/at-once", Needs: Shared,
		Sentence: "Handles may be used at once: no commit is lost, and one key has one effect.",
		Why:      "two servers on one database",
		Check: func(e *Env) {
			place := e.Place()
			handles := []store.Store{e.Prepared(place), e.Prepared(place), e.Prepared(place)}
			const each = 20
			errs := make([]error, 6)
			together(len(errs), func(w int) {
				for i := range each {
					set := keyed(fmt.Sprint("click", i), "x", add("c", "available", 1, 0))
					mine := store.ChangeSet{Changes: []store.Change{add("all", "available", 1, 0), plain(fmt.Sprintf("%d-%d", w, i), 0, "x"), grow(fmt.Sprint(w), int64(i), "x")}}
					for _, set := range []store.ChangeSet{set, mine} {
						err := persist(func() error { _, err := handles[w%len(handles)].Commit(e.Ctx, set); return err })
						if err != nil {
							errs[w] = err
							return
						}
					}
				}
			})
			for _, err := range errs {
				e.Must("Commit", err)
			}
			for _, s := range handles {
				e.counts(s, "c", each, 0)
				e.counts(s, "all", int64(len(errs)*each), 0)
				e.Equal("records", len(e.Keys(s, store.Query{Family: "plain"})), len(errs)*each)
			}
		},
	},
	{
		ID: "shared/prepare-at-once", Needs: Shared,
		Sentence: "Two handles may Prepare at once: both succeed.",
		Why:      "two servers are started by one deployment",
		Check: func(e *Env) {
			place := e.Place()
			handles := []store.Store{e.Open(place), e.Open(place), e.Open(place), e.Open(place)}
			errs := make([]error, len(handles))
			prepare := func(schema store.Schema) {
				together(len(handles), func(i int) { errs[i] = persist(func() error { return handles[i].Prepare(e.Ctx, schema) }) })
				for _, err := range errs {
					e.Must("Prepare", err)
				}
			}
			prepare(schema())
			all := some(30)
			e.load(handles[0], all)
			e.Commit(handles[1], grow("a", 0, "1"), grow("b", 0, "1", "2"))
			want := e.Dump(handles[2])
			prepare(raised())
			for _, s := range handles {
				e.Equal("the store", e.Dump(s), want)
				e.isRaised(s, all)
			}
		},
	},
	{
		ID: "shared/newer", Needs: Shared,
		Sentence: "Data that another handle has prepared with a greater Schema.Version is refused with ErrUnsupported, also by a handle that had prepared it before.",
		Why:      "the old server is told that the new one has taken over",
		Check: func(e *Env) {
			place := e.Place()
			old, s := e.Prepared(place), e.Open(place)
			all := some(20)
			e.load(old, all)
			e.Commit(old, grow("a", 0, "1"), grow("b", 0, "1", "2"))
			e.Must("Prepare on another handle with the raised schema", s.Prepare(e.Ctx, raised()))
			want := DumpText(e, s, raised())
			e.Is("Prepare with the old schema, again", old.Prepare(e.Ctx, schema()), store.ErrUnsupported)
			e.Equal("the store", DumpText(e, s, raised()), want)
			e.isRaised(s, all)
			late := thing{Num: 3, State: "open", Tags: []string{"red"}}
			if _, err := old.Commit(e.Ctx, one(put("late", 0, late))); err == nil {
				all["late"] = late
			} else {
				e.Is("a commit of the older handle", err, store.ErrUnsupported)
			}
			e.isRaised(s, all)
			e.Must("Prepare of the older handle with the raised schema", old.Prepare(e.Ctx, raised()))
			e.isRaised(old, all)
		},
	},
	{
		ID: "shared/close-one", Needs: Shared,
		Sentence: "Close ends one handle and leaves the others open.",
		Why:      "a report that ends does not end the shop",
		Check: func(e *Env) {
			place := e.Place()
			a, b := e.Prepared(place), e.Prepared(place)
			e.oneOfEach(a)
			e.Must("Close", a.Close())
			e.Commit(b, put("r", 1, thing{}))
			e.Equal("the other handle", e.Get(b, ref("row", "r"))[0].Rev, int64(2))
			_, err := a.Get(e.Ctx, ref("row", "r"))
			e.Is("Get on the closed handle", err, store.ErrClosed)
		},
	},
	{
		ID: "shared/processes", Needs: Shared,
		Sentence: "Handles may be open on one place in two processes at once.",
		Why:      "the sweeper runs beside the shop",
		Check: func(e *Env) {
			const each = 60
			work := func(s store.Store, who string, done func(i int)) {
				for i := range each {
					set := keyed(fmt.Sprint("click", i), "x", add("c", "available", 1, 0))
					mine := store.ChangeSet{Changes: []store.Change{add("all", "available", 1, 0), grow(who, int64(i), "x")}}
					for _, set := range []store.ChangeSet{set, mine} {
						if err := persist(func() error { _, err := s.Commit(e.Ctx, set); return err }); err != nil {
							e.Failf("Commit in process %s: %v", who, err)
							return
						}
					}
					done(i)
				}
			}
			if place := e.childPlace(); place != "" {
				work(e.Prepared(place), "child", func(i int) { fmt.Println(said + strconv.Itoa(i)) })
				return
			}
			place := e.Place()
			s := e.Prepared(place)
			c := e.child(place)
			acks := 0
			work(s, "parent", func(i int) {
				if i == each/3 {
					if _, ok := <-c.lines; ok {
						acks++
					}
				}
			})
			for range c.lines {
				acks++
			}
			if err := c.cmd.Wait(); err != nil || acks != each {
				e.Failf("the other process ended with %v after %d of %d rounds", err, acks, each)
			}
			e.counts(s, "c", each, 0)
			e.counts(s, "all", 2*each, 0)
			e.Equal("what both appended", e.Get(s, ref("journal", "parent"), ref("journal", "child")), []Seen{
				{Ref: "journal/parent", Rev: each, Doc: docText(thing{Num: each})}, {Ref: "journal/child", Rev: each, Doc: docText(thing{Num: each})},
			})
		},
	},
}

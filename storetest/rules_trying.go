package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tillkit/till/store"
)

// lacking is a schema of the given version that lacks a family.
func lacking(version int, name string) store.Schema {
	return following(version, func(families []store.Family) []store.Family {
		return slices.DeleteFunc(families, func(f store.Family) bool { return f.Name == name })
	})
}

// moved is the next version of the schema, whose counters have other columns.
func moved() store.Schema {
	return following(2, func(families []store.Family) []store.Family {
		counter := slices.IndexFunc(families, func(f store.Family) bool { return f.Shape == store.Counters })
		families[counter].Version = 2
		families[counter].Fields = []store.Field{{Name: "first", Type: store.Int}, {Name: "reserved", Type: store.Int}, {Name: "available", Type: store.Int}}
		return families
	})
}

// trial is a Prepare that changes how a store with the rows all is filed.
type trial struct {
	schemas []store.Schema // those that come first, then the one that is tried
	check   func(s store.Store, all map[string]thing)
}

func (e *Env) trials() map[string]trial {
	return map[string]trial{
		"other fields and lists": {[]store.Schema{schema(), raised()}, e.isRaised},
		"other columns": {[]store.Schema{schema(), moved()}, func(s store.Store, _ map[string]thing) {
			e.counts(s, "c", 0, 3, 7)
		}},
		"a family that comes back": {[]store.Schema{schema(), lacking(2, "letter"), following(3, slices.Clone[[]store.Family])}, func(s store.Store, all map[string]thing) {
			e.findsAll(s, all)
			e.Equal("letters", e.Get(s, ref("letter", "bob/1")), []Seen{{Ref: "letter/bob/1", Rev: 1, Doc: "dear"}})
			e.Commit(s, letter("bob/1", 1, "dear"))
			e.Commit(s, store.Erase{Person: "bob"})
			e.Equal("letters after an Erase", e.Get(s, ref("letter", "bob/1")), []Seen{{Ref: "letter/bob/1"}})
		}},
	}
}

// before the last schema is tried, a store is brought to the one before it.
func (e *Env) beforeTrial(tried trial) (*troubled, map[string]thing) {
	e.Helper()
	x, all := e.freshTroubled(), some(5)
	e.load(x, all)
	e.Commit(x, grow("a", 0, "1"), grow("b", 0, "1", "2"), steps("c", step("available", 7, 0), step("reserved", 3, 0)), letter("bob/1", 0, "dear"))
	for _, s := range tried.schemas[1 : len(tried.schemas)-1] {
		e.Must("Prepare", x.Prepare(e.Ctx, s))
	}
	return x, all
}

// tries are calls of every kind, each of which can be made again and again.
func tries() map[string]call {
	all := map[string]call{}
	for _, c := range append(slices.Clone(calls), call{"Prepare", prepareCall}) {
		all[c.name] = c
	}
	all["Maintain"] = call{"Maintain", func(ctx context.Context, s store.Store, _ string) error {
		if m, ok := s.(*troubled).Store.(store.Maintainer); ok {
			return m.Maintain(ctx)
		}
		return nil
	}}
	return all
}

// The rules of trying again, when the engine obeys again.
var tryingRules = []Rule{
	{
		ID: "trouble/error", Needs: Failing,
		Sentence: "An adapter keeps the error of its engine in the chain, and never tells it as what the caller or others have done.",
		Why:      "who is told that the stock does not suffice orders more of it, and does not look at the disk",
		Check: func(e *Env) {
			x, n := e.freshTroubled(), 0
			e.oneOfEach(x)
			e.CommitSet(x, keyed("known", "x"))
			for what, c := range inOrder(tries()) {
				for t := range e.troubles() {
					var err error
					n++
					t.during(x.engine, func() { err = c.do(e.Ctx, x, fmt.Sprint("k", n)) })
					if err != nil && !errors.Is(err, t.Err) {
						e.Failf("%s, %s: the engine's error is not in the chain of\n%v", what, t, err)
					}
					for _, kind := range []error{store.ErrNotFound, store.ErrExists, store.ErrConflict, store.ErrShort, store.ErrClosed, context.Canceled} {
						if errors.Is(err, kind) {
							e.Failf("%s, %s: it is %s:\n%v", what, t, sentinelName(kind), err)
						}
					}
					x = e.certain(x, err)
				}
			}
		},
	},
	{
		ID: "trouble/goes-on", Needs: Failing,
		Sentence: "When its engine obeys again, a store goes on, or says ErrOutcomeUnknown until it is opened again.",
		Why:      "a shop whose disk had no room for a minute sells in the next",
		Check: func(e *Env) {
			x, n := e.freshTroubled(), int64(0)
			e.oneOfEach(x)
			e.CommitSet(x, keyed("known", "x"))
			for what, c := range inOrder(tries()) {
				for t := range e.troubles() {
					var err error
					n++
					key := fmt.Sprint("k", n)
					t.during(x.engine, func() { err = c.do(e.Ctx, x, key) })
					where := fmt.Sprintf("after %s, %s", what, t)
					x = e.certain(x, err)
					set := keyed("set of "+key, "x", put("again", n-1, thing{Num: n}), grow("again", n-1, key))
					if receipt, err := x.Commit(e.Ctx, set); err != nil || receipt.Replay {
						e.Stopf("%s: the next Commit gives %+v, %v", where, receipt, err)
					}
					if !e.receiptFound(x, where, set.Key) {
						e.Failf("%s: the next Commit is not known", where)
					}
					e.Equal(where+": the records", e.Get(x, ref("row", "again"), ref("journal", "again")), []Seen{
						{Ref: "row/again", Rev: n, Doc: docText(thing{Num: n})}, {Ref: "journal/again", Rev: n, Doc: docText(thing{Num: n})},
					})
				}
			}
			want := e.state(x)
			e.Equal("the store that was opened again", e.state(e.anew(x)), want)
		},
	},
	{
		ID: "trouble/open", Needs: Failing | Durable,
		Sentence: "An Open whose engine fails can be made again, and has changed nothing.",
		Why:      "a program that could not start is started again",
		Check: func(e *Env) {
			x := e.freshTroubled()
			e.oneOfEach(x)
			want := e.state(x)
			for t := range e.troubles() {
				e.Must("Close", x.Close())
				engine, place := new(Engine), x.place
				var failed error
				t.during(engine, func() {
					s, err := e.Harness.Failing(e.Ctx, place, engine)
					if failed = err; err == nil {
						e.Cleanup(func() { _ = s.Close() })
						x = &troubled{s, place, engine}
					}
				})
				if e.mustUnless(t, "Open", failed); failed != nil {
					x = e.openTroubled(place)
				}
				e.Must("Prepare", x.Prepare(e.Ctx, schema()))
			}
			e.Equal("the store", e.state(x), want)
		},
	},
	{
		ID: "trouble/prepare", Needs: Failing,
		Sentence: "A Prepare whose engine fails happens wholly or not at all, and can be made again.",
		Why:      "a first start that failed must not need a person to clear up",
		Check: func(e *Env) {
			want, _ := e.around("", store.ChangeSet{})
			x := e.openTroubled(e.Place())
			for t := range e.troubles() {
				var err error
				t.during(x.engine, func() { err = x.Prepare(e.Ctx, schema()) })
				if e.mustUnless(t, "Prepare", err); err != nil {
					_, unprepared := x.Get(e.Ctx, everyRef...)
					e.Is(fmt.Sprintf("Get after a first Prepare that failed, %s", t), unprepared, store.ErrInvalid)
					continue
				}
				e.oneOfEach(x)
				e.Equal(fmt.Sprintf("the store, %s", t), e.state(x), want)
				x = e.openTroubled(e.Place())
			}
		},
	},
	{
		ID: "trouble/migrate", Needs: Failing,
		Sentence: "After a Prepare that failed the handle goes on as before, and its repetition files every record anew that the first would have.",
		Why:      "a roll-out that meets a full disk leaves the old shop at work, and can be repeated",
		Check: func(e *Env) {
			for what, tried := range inOrder(e.trials()) {
				var x *troubled
				var all map[string]thing
				for t := range e.troubles() {
					if x == nil {
						x, all = e.beforeTrial(tried)
					}
					var err error
					last := tried.schemas[len(tried.schemas)-1]
					t.during(x.engine, func() { err = x.Prepare(e.Ctx, last) })
					if e.mustUnless(t, "Prepare", err); err != nil {
						_, meanwhile := x.Commit(e.Ctx, one(add("meanwhile", "available", 1, 0)))
						if meanwhile == nil {
							for _, q := range []store.Query{in("by_num"), queries()["with a word in a state"]} {
								e.finds(x, fmt.Sprintf("%s, %s: by the list %s", what, t, q.List), all, q)
							}
							continue
						}
						if !errors.Is(meanwhile, store.ErrUnsupported) && !unknown(meanwhile) {
							e.Failf("%s, %s: a Commit after it:\n%v", what, t, meanwhile)
						}
						x = e.certain(x, meanwhile)
						e.Must(fmt.Sprintf("%s, %s: Prepare again", what, t), x.Prepare(e.Ctx, last))
					}
					tried.check(x, all)
					e.Must("Close", x.Close())
					x = nil
				}
			}
		},
	},
	{
		ID: "trouble/maintain", Needs: Failing,
		Sentence: "A Maintain whose engine fails leaves everything as it reads, and can be made again.",
		Why:      "what tidies up at night must not lose the day",
		Check: func(e *Env) {
			x := e.freshTroubled()
			m := e.maintainer(x.Store)
			e.oneOfEach(x)
			e.Commit(x, fitting()...)
			want := e.state(x)
			for t := range e.troubles() {
				var err error
				t.during(x.engine, func() { err = m.Maintain(e.Ctx) })
				e.mustUnless(t, "Maintain", err)
				if x = e.certain(x, err); err != nil {
					m = e.maintainer(x.Store)
					e.Must(fmt.Sprintf("Maintain again, %s", t), m.Maintain(e.Ctx))
				}
				e.Equal(fmt.Sprintf("the store, %s", t), e.state(x), want)
			}
			e.Equal("the store that was opened again", e.state(e.anew(x)), want)
		},
	},
	{
		ID: "trouble/close", Needs: Failing | Durable,
		Sentence: "A Close whose engine fails gives everything back: the place can be opened again, and what was committed is there.",
		Why:      "the next start of the program finds the file locked by nobody",
		Check: func(e *Env) {
			x, sum, last := e.freshTroubled(), int64(1), 0
			e.oneOfEach(x)
			e.Commit(x, add("closed", "available", 1, 0))
			for t := range e.troubles() {
				last++
				sum++
				e.Commit(x, add("closed", "available", 1, 0))
				set := keyed(fmt.Sprint("last", last), "x", add("closed", "available", 1, 0))
				var said error
				t.during(x.engine, func() {
					_, said = x.Commit(e.Ctx, set)
					_ = x.Close()
				})
				e.Must("a second Close", x.Close())
				_, err := x.Get(e.Ctx, everyRef...)
				e.Is(fmt.Sprintf("Get after a Close, %s", t), err, store.ErrClosed)
				x = e.anew(x)
				there := e.receiptFound(x, t.String(), set.Key)
				if e.thereAfter("the last set before Close, "+t.String(), said, there); there {
					sum++
				}
				e.counts(x, "closed", sum, 0)
			}
			e.Equal("the store that was opened again", e.Get(x, everyRef...), everySeen)
		},
	},
}

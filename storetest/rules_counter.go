package storetest

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

func steps(key string, steps ...store.Step) store.Add {
	return store.Add{Ref: ref("counter", key), Steps: steps}
}

func step(field string, by, floor int64) store.Step {
	return store.Step{Field: field, By: by, Floor: floor}
}

// counts compares the columns of a counter.
func (e *Env) counts(s store.Store, key string, want ...int64) {
	e.Helper()
	e.Equal("counter "+key, e.Get(s, ref("counter", key))[0].Columns, want)
}

func one(change store.Change) store.ChangeSet {
	return store.ChangeSet{Changes: []store.Change{change}}
}

var counterRules = []Rule{
	{
		ID:       "counter/from-zero",
		Sentence: "A counter that is not there begins with 0 in every column; then it exists, at revision 1.",
		Why:      "the first delivery of an article needs no preparation",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, add("a", "reserved", 3, 0), add("b", "available", 0, 0), add("d", "available", -2, -2))
			e.Equal("new counters", e.Get(s, ref("counter", "a"), ref("counter", "b"), ref("counter", "c"), ref("counter", "d")), []Seen{
				{Ref: "counter/a", Rev: 1, Columns: []int64{0, 3}}, {Ref: "counter/b", Rev: 1, Columns: []int64{0, 0}}, {Ref: "counter/c"},
				{Ref: "counter/d", Rev: 1, Columns: []int64{-2, 0}},
			})
			e.Commit(s, add("a", "available", 1, 0))
			e.Equal("after a second Add", e.Get(s, ref("counter", "a")), []Seen{{Ref: "counter/a", Rev: 1, Columns: []int64{1, 3}}})
		},
	},
	{
		ID:       "counter/steps",
		Sentence: "Add changes the columns of a counter, step by step.",
		Why:      "to ship lowers what is reserved and what is there in one breath",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, steps("c", step("available", 10, 0), step("available", -4, 0), step("reserved", 4, 0), step("available", 1, 0), step("reserved", -1, 3)))
			e.counts(s, "c", 7, 3)
			e.Commit(s, steps("c", step("reserved", -3, 0), step("available", -7, 0)))
			e.counts(s, "c", 0, 0)
			e.Refused(s, "a step that is short though a later one makes up for it",
				one(steps("c", step("available", -1, 0), step("available", 5, 0))), store.ErrShort)
			e.Refused(s, "a second step that is short", one(steps("c", step("available", 5, 0), step("available", -6, 0))), store.ErrShort)
		},
	},
	{
		ID:       "counter/floor",
		Sentence: "If any step would leave its column below its Floor, the set fails with ErrShort. A step down to the floor is taken.",
		Why:      "stock that is sold twice",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, add("c", "available", 5, 0))
			e.Refused(s, "5-6 with floor 0", one(add("c", "available", -6, 0)), store.ErrShort)
			e.Refused(s, "5-1 with floor 5", one(add("c", "available", -1, 5)), store.ErrShort)
			e.Refused(s, "5+1 with floor 7", one(add("c", "available", 1, 7)), store.ErrShort)
			e.Refused(s, "5+0 with floor 6", one(add("c", "available", 0, 6)), store.ErrShort)
			e.Refused(s, "another column", one(add("c", "reserved", -1, 0)), store.ErrShort)
			e.Refused(s, "a new counter", one(add("new", "available", -1, 0)), store.ErrShort)
			e.Refused(s, "a new counter below its floor", one(add("new", "available", 3, 4)), store.ErrShort)
			e.Commit(s, add("c", "available", -5, 0))
			e.counts(s, "c", 0, 0)
			e.Commit(s, add("c", "available", -3, -3))
			e.counts(s, "c", -3, 0)
			e.Refused(s, "-3-1 with floor -3", one(add("c", "available", -1, -3)), store.ErrShort)
			e.Commit(s, add("c", "available", 2, -1))
			e.counts(s, "c", -1, 0)
		},
	},
	{
		ID:       "counter/no-floor",
		Sentence: "NoFloor as a Floor lets a step go as low as int64 does.",
		Why:      "a correction must be possible whatever the figures are",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, add("c", "available", -1, store.NoFloor))
			e.Commit(s, add("c", "available", math.MinInt64+1, store.NoFloor))
			e.counts(s, "c", math.MinInt64, 0)
			e.Commit(s, add("c", "reserved", math.MaxInt64, store.NoFloor))
			e.counts(s, "c", math.MinInt64, math.MaxInt64)
		},
	},
	{
		ID:       "counter/overflow",
		Sentence: "A step over the limits of int64 is ErrInvalid, and nothing is changed.",
		Why:      "a stock level that wraps around is a sold-out article with endless stock",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, steps("c", step("available", math.MaxInt64, 0), step("reserved", math.MinInt64, store.NoFloor)), add("one", "available", 1, 0))
			for what, a := range inOrder(map[string]store.Add{
				"greatest + 1": add("c", "available", 1, 0), "greatest + greatest": add("c", "available", math.MaxInt64, store.NoFloor),
				"least - 1": add("c", "reserved", -1, store.NoFloor), "least + least": add("c", "reserved", math.MinInt64, store.NoFloor),
				"1 + greatest": add("one", "available", math.MaxInt64, 0),
				"in between":   steps("one", step("available", math.MaxInt64, 0), step("available", -5, 0)),
				"a new one":    steps("new", step("available", math.MaxInt64, 0), step("available", 1, 0)),
			}) {
				e.Refused(s, what, store.ChangeSet{Changes: []store.Change{plain("p", 0, "x"), a}}, store.ErrInvalid)
			}
		},
	},
	{
		ID:       "counter/short-error",
		Sentence: "The ShortError tells of the first step that fell below its floor: its column, what it adds, what the column had before it, its floor.",
		Why:      "a buyer is told how many are left",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, steps("c", step("available", 5, 0), step("reserved", 2, 0)))
			for _, c := range []struct {
				add  store.Add
				want store.ShortError
			}{
				{add("c", "available", -6, 0), store.ShortError{Ref: ref("counter", "c"), Field: "available", By: -6, Have: 5, Floor: 0}},
				{steps("c", step("available", -4, 0), step("reserved", -3, 0), step("available", -9, 0)), store.ShortError{Ref: ref("counter", "c"), Field: "reserved", By: -3, Have: 2, Floor: 0}},
				{steps("c", step("available", -4, 0), step("available", -4, -2)), store.ShortError{Ref: ref("counter", "c"), Field: "available", By: -4, Have: 1, Floor: -2}},
				{add("new", "available", -1, 0), store.ShortError{Ref: ref("counter", "new"), Field: "available", By: -1, Have: 0, Floor: 0}},
			} {
				changes := []store.Change{add("other", "available", 1, 0), c.add, add("last", "available", -1, 0)}
				err := e.Refused(s, "a short Add", store.ChangeSet{Changes: changes}, store.ErrShort)
				if short, ok := errors.AsType[*store.ShortError](err); !ok {
					e.Failf("the chain of the error has no *store.ShortError: %v", err)
				} else {
					e.Equal("ShortError", *short, c.want)
				}
			}
		},
	},
	{
		ID:       "counter/last-unit",
		Sentence: "All steps, or ErrShort: of many who take the last units at once, as many succeed as there are units.",
		Why:      "sixty-four buyers, ten mugs",
		Check: func(e *Env) {
			s := e.Fresh()
			for round := range 5 {
				key := fmt.Sprint("c", round)
				e.Commit(s, add(key, "available", 10, 0))
				errs := make([]error, 64)
				together(len(errs), func(i int) {
					_, errs[i] = s.Commit(e.Ctx, store.ChangeSet{Changes: []store.Change{
						steps(key, step("available", -1, 0), step("reserved", 1, 0)), plain(fmt.Sprintf("%d order %d", round, i), 0, "one mug"),
					}})
				})
				sold := 0
				for i, err := range errs {
					if err == nil {
						sold++
					} else {
						e.Is("who comes late", err, store.ErrShort)
					}
					if there := e.Get(s, ref("plain", fmt.Sprintf("%d order %d", round, i)))[0].Rev == 1; there != (err == nil) {
						e.Failf("order %d is there: %t, its error %v", i, there, err)
					}
				}
				e.Equal("sold", sold, 10)
				e.counts(s, key, 0, 10)
			}
		},
	},
	{
		ID:       "counter/adds-meet",
		Sentence: "Adds to one counter do not conflict: those whose floors hold all succeed, and none is lost.",
		Why:      "a popular article must not make its buyers wait for each other's retries",
		Check: func(e *Env) {
			s := e.Fresh()
			var failed atomic.Int64
			together(16, func(int) {
				for range 25 {
					if _, err := s.Commit(e.Ctx, one(steps("c", step("available", 2, 0), step("reserved", -1, store.NoFloor)))); err != nil {
						failed.Add(1)
					}
				}
			})
			e.Equal("failed Adds", failed.Load(), int64(0))
			e.counts(s, "c", 800, -400)
		},
	},
}

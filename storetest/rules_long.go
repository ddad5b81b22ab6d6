package storetest

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/tillkit/till/store"
)

// The rules of lists that are long.
var manyRules = []Rule{
	{
		ID:       "find/many-records",
		Sentence: "However many records a list has, each stands once, in the list's order: those that came in order, those that came late, and those beyond all others.",
		Why:      "a layout for the many that come in order must not lose the few that do not",
		Check: func(e *Env) {
			s, all := e.Fresh(), map[string]thing{}
			put := func(n int, num func(i int) int64) {
				e.Helper()
				some := map[string]thing{}
				for i := range n {
					some[fmt.Sprintf("k%05d", len(all)+i)] = thing{Num: num(i), Rank: int64(i % 3), State: "open", Tags: []string{"red", []string{"blue", "green"}[i%2]}}
				}
				e.load(s, some)
				for key, t := range some {
					all[key] = t
				}
			}
			look := func(what string) {
				e.Helper()
				for _, tag := range []string{"red", "green"} {
					low, high := store.IntValue(900), store.IntValue(1900)
					for _, q := range []store.Query{{}, {Desc: true}, {From: &low, To: &high}, {From: &high, Desc: true}, {To: &low}} {
						q.Family, q.List, q.Limit = "row", "by_tag_state", 999
						q.Equal = []store.Value{store.TextValue(tag), store.TextValue("open")}
						e.finds(s, fmt.Sprintf("%s: %s, from %v, to %v, down %t", what, tag, q.From, q.To, q.Desc), all, q)
					}
				}
			}
			for round := range int64(3) {
				put(1100, func(i int) int64 { return round*1100 + int64(i)/2 })
			}
			look("in order")
			put(20, func(i int) int64 { return int64(i*97%20)*100 - 300 })
			look("some that came late")
			put(3, func(int) int64 { return math.MaxInt64 })
			put(1100, func(i int) int64 { return 5000 + int64(i) })
			put(3, func(int) int64 { return math.MinInt64 })
			look("some beyond all others")
			var gone []store.Change
			for i, key := range slices.Sorted(maps.Keys(all)) {
				if i%2 == 0 {
					gone = append(gone, del(ref("row", key), 1))
					delete(all, key)
				}
			}
			e.Commit(s, gone...)
			look("half of them")
		},
	},
}

// The rules of long journals.
var longRules = []Rule{
	{
		ID:       "history/long",
		Sentence: "A journal has as many entries as were appended, and History and Feed page through all of them, whatever the limit and wherever a page ends in an Append.",
		Why:      "a gift card of a company, a year of stock: the past does not end at a thousand",
		Check: func(e *Env) {
			s, r := e.Fresh(), ref("journal", "long")
			var want []store.Entry
			for _, n := range []int{1, 7, store.MaxEntries, 1, store.MaxEntries - 1, 500} {
				payloads := make([]string, n)
				for i := range payloads {
					payloads[i] = fmt.Sprint("entry ", len(want)+i)
				}
				a := grow("long", int64(len(want)), payloads...)
				e.Commit(s, a, grow(fmt.Sprint("other", len(want)), 0, "x"))
				want = append(want, a.Entries...)
			}
			for _, limit := range []int{60, store.MaxLimit - 1, store.MaxLimit} {
				e.Equal(fmt.Sprintf("in pages of %d", limit), e.History(s, r, 0, limit), want)
			}
			for _, after := range []int{1, 7, 8, 999, 1000, 1001, 1007, 1008, 1009, len(want) - 1001, len(want) - 1000, len(want) - 999, len(want) - 1, len(want)} {
				e.Equal(fmt.Sprintf("after %d", after), e.History(s, r, int64(after), store.MaxLimit), want[after:])
			}
			for _, limit := range []int{60, store.MaxLimit - 1, store.MaxLimit} {
				events, _ := e.Feed(s, "", limit)
				var got []store.Entry
				for _, ev := range events {
					if ev.Ref == r {
						got = append(got, ev.Entry)
					}
				}
				e.Equal(fmt.Sprintf("the feed in pages of %d", limit), got, want)
				e.Equal("all that the feed tells", len(events), len(want)+6)
			}
			e.Commit(s, grow("long", int64(len(want)), "last"))
			e.Equal("the newest", payloads(e.History(s, r, int64(len(want)), 1)), []string{"last"})
		},
	},
}

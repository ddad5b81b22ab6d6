package storetest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

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
			write := func(n int, num func(i int) int64) {
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
				write(1100, func(i int) int64 { return round*1100 + int64(i)/2 })
			}
			look("in order")
			write(20, func(i int) int64 { return int64(i*97%20)*100 - 300 })
			look("some that came late")
			write(3, func(int) int64 { return math.MaxInt64 })
			write(1100, func(i int) int64 { return 5000 + int64(i) })
			write(3, func(int) int64 { return math.MinInt64 })
			look("some beyond all others")
			first, last := slices.Min(slices.Collect(maps.Keys(all))), slices.Max(slices.Collect(maps.Keys(all)))
			for _, key := range []string{first, last} {
				t := all[key]
				t.Rank = 77
				e.Commit(s, put(key, 1, t))
				all[key] = t
			}
			for _, desc := range []bool{false, true} {
				e.finds(s, "few of many meet the conditions", all, store.Query{Family: "row", List: "by_tag_state", Desc: desc, Limit: 10,
					Equal: []store.Value{store.TextValue("red"), store.TextValue("open")}, Where: []store.Cond{{Field: "rank", Op: store.Equal, Value: store.IntValue(77)}}})
			}
			var gone []store.Change
			for i, key := range slices.Sorted(maps.Keys(all)) {
				if i%2 == 0 {
					gone = append(gone, del(ref("row", key), e.Get(s, ref("row", key))[0].Rev))
					delete(all, key)
				}
			}
			e.Commit(s, gone...)
			look("half of them")
		},
	},
}

// The rules of long journals, and of what else is long.
var longRules = []Rule{
	{
		ID:       "page/great",
		Sentence: "Between two pages no record is lost, however large they are: a page may be short, or have one record.",
		Why:      "rule books and catalogs are copied page by page",
		Check: func(e *Env) {
			s := e.Fresh()
			great := strings.Repeat("great ", 9<<20/6)
			var want []string
			for i := range 5 {
				key := fmt.Sprint("p", i)
				e.Commit(s, plain(key, 0, great+key))
				want = append(want, key)
			}
			for _, limit := range []int{4, store.MaxLimit} {
				var got []string
				q := store.Query{Family: "plain", Limit: limit}
				for range mostPages {
					page, err := s.Find(e.Ctx, q)
					e.Must("Find", err)
					for _, r := range page.Items {
						if seeAll([]store.Record{r})[0].Doc != great+r.Key {
							e.Failf("the document of %s reads as another", r.Key)
						}
						got = append(got, r.Key)
					}
					if q.After = page.Next; q.After == "" {
						break
					}
				}
				e.Equal(fmt.Sprintf("records of nine megabytes in pages of %d", limit), got, want)
			}
		},
	},
	{
		ID:       "key/lasts",
		Sentence: "A key is remembered for ever: a second commit with it has no effect, however many came since.",
		Why:      "a reply that was lost is asked for again after the weekend",
		Check: func(e *Env) {
			s := e.Fresh()
			const sets = 1100
			for i := range sets {
				e.CommitSet(s, keyed(fmt.Sprint("click", i), "x", add("c", "available", 1, 0)))
			}
			for _, i := range []int{0, 1, sets - 1001, sets - 1000, sets - 999, sets - 1} {
				set := keyed(fmt.Sprint("click", i), "x", add("c", "available", 1, 0))
				e.Equal(fmt.Sprintf("key %d of %d", i, sets), e.CommitSet(s, set), receiptOf(set, true))
			}
			e.counts(s, "c", sets, 0)
		},
	},
	{
		ID:       "prepare/many",
		Sentence: "Prepare files every record anew, however many there are.",
		Why:      "a new list of a hundred thousand orders that shows the first thousand",
		Check: func(e *Env) {
			s, all := e.Fresh(), map[string]thing{}
			for i := range 2300 {
				all[fmt.Sprintf("k%04d", i*7%2300)] = thing{Num: int64(i % 50), Rank: int64(i % 4), Txt: []string{"a", "b"}[i%2], Text: "mug"}
			}
			e.load(s, all)
			e.Commit(s, grow("a", 0, "1"), grow("b", 0, "1", "2"))
			e.Must("Prepare with the raised schema", s.Prepare(e.Ctx, raised()))
			listed := 0
			for _, txt := range []string{"a", "b"} {
				listed += len(e.Keys(s, store.Query{Family: "row", List: "by_rank", Equal: []store.Value{store.TextValue(txt)}, Limit: 700}))
			}
			e.Equal("records in the list that was added", listed, len(all))
			high := store.IntValue(-24)
			e.Equal("records by the number that is filed now", len(e.Keys(s, store.Query{Family: "row", List: "by_num", To: &high, Limit: 700})), len(all)/2)
		},
	},
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

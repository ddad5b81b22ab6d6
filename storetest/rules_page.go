package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

var pageRules = []Rule{
	{
		ID:       "page/sizes",
		Sentence: "A list's pages, one after the other, are the whole list, whatever the limit. Only an empty Next is the end.",
		Why:      "a report that pages by 50 must agree with one that pages by 1,000",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(45)
			e.load(s, all)
			for what, q := range inOrder(queries()) {
				whole := e.Keys(s, q)
				e.Equal("records of "+what, len(whole), len(expected(all, q)))
				n := len(whole)
				for _, limit := range []int{1, 2, 3, n - 1, n, n + 1} {
					if limit < 1 {
						continue
					}
					q.Limit = limit
					e.Equal(fmt.Sprintf("%s in pages of %d", what, limit), e.Keys(s, q), whole)
				}
			}
		},
	},
	{
		ID:       "page/limit",
		Sentence: "A page has at most Limit items; Limit is 1 to MaxLimit.",
		Why:      "a caller has room for what it asked for",
		Check: func(e *Env) {
			s := e.Fresh()
			e.load(s, some(20))
			for what, q := range inOrder(queries()) {
				for limit := 1; limit <= 4; limit++ {
					q.Limit = limit
					page, err := s.Find(e.Ctx, q)
					e.Must("Find "+what, err)
					if len(page.Items) > limit {
						e.Failf("%s: %d items on a page of %d", what, len(page.Items), limit)
					}
				}
			}
			e.Equal("a page of MaxLimit", len(e.Keys(s, store.Query{Family: "row", Limit: store.MaxLimit})), 20)
		},
	},
	{
		ID:       "page/changes-between",
		Sentence: "Between two pages, records that nobody changed are neither lost nor repeated.",
		Why:      "a sweeper that misses an order because another one moved leaves money behind",
		Check: func(e *Env) {
			for what, q := range inOrder(queries()) {
				s, all := e.Fresh(), some(40)
				e.load(s, all)
				whole := expected(all, q)
				if len(whole) < 3 {
					continue
				}
				q.Limit = len(whole) / 3
				page := e.Page(s, q)
				got := keysOf(seeAll(page.Items))
				touched := map[string]bool{}
				for i, key := range whole {
					switch t := all[key]; i % 4 {
					case 0:
						e.Commit(s, del(ref("row", key), 1))
						touched[key] = true
					case 1:
						t.Num, t.Txt, t.State = t.Num+3, "b"+t.Txt, "done"
						e.Commit(s, put(key, 1, t))
						touched[key] = true
					}
				}
				for i := range 6 {
					t := all[whole[i%len(whole)]]
					e.Commit(s, put(fmt.Sprintf("k%03dnew", i*170), 0, t))
				}
				if q.After = page.Next; q.After != "" {
					got = append(got, e.Keys(s, q)...)
				}
				seen := map[string]int{}
				for _, key := range got {
					seen[key]++
				}
				for _, key := range whole {
					if !touched[key] && seen[key] != 1 {
						e.Failf("%s: %s, which nobody changed, came %d times, want once", what, key, seen[key])
					}
				}
			}
		},
	},
	{
		ID:       "page/other-limit",
		Sentence: "A cursor belongs to its query; all but Limit must be the same, on any call.",
		Why:      "a page that failed for its size is asked for again with a smaller one",
		Check: func(e *Env) {
			s := e.Fresh()
			e.load(s, some(30))
			for what, q := range inOrder(queries()) {
				whole := e.Keys(s, q)
				q.Limit = 1
				page := e.Page(s, q)
				got := keysOf(seeAll(page.Items))
				for limit := 2; page.Next != ""; limit++ {
					q.Limit, q.After = limit, page.Next
					page = e.Page(s, q)
					got = append(got, keysOf(seeAll(page.Items))...)
				}
				e.Equal(what+" in growing pages", got, whole)
			}
		},
	},
	{
		ID:       "page/cursor-kept",
		Sentence: "A cursor is valid as long as the data: it can be used again and gives the same page.",
		Why:      "a link to a page is opened twice",
		Check: func(e *Env) {
			s := e.Fresh()
			e.load(s, some(30))
			for what, q := range inOrder(queries()) {
				q.Limit = 3
				first := e.Page(s, q)
				if q.After = first.Next; q.After == "" {
					continue
				}
				second := seeAll(e.Page(s, q).Items)
				e.Keys(s, q)
				e.Equal(what+": the same page again", seeAll(e.Page(s, q).Items), second)
			}
		},
	},
	{
		ID:       "page/foreign-cursor",
		Sentence: "A cursor that is not of this query is ErrInvalid. One that another kind of store made for it is so too, or a place in the list.",
		Why:      "a cursor of another list, taken silently, skips records",
		Check: func(e *Env) {
			s := e.Fresh()
			e.load(s, some(45))
			e.Commit(s, grow("j", 0, "1", "2"), grow("i", 0, "1", "2"))
			all := queries()
			for _, name := range []string{"by key", "by number", "by text", "of a state", "with a word", "of a tag"} {
				q := all[name]
				q.Limit = 1
				if q.After = e.Page(s, q).Next; q.After == "" {
					e.Stopf("%s: one page of many has no Next", name)
				}
				for other, p := range inOrder(all) {
					if other != name {
						p.Limit, p.After = 1, q.After
						_, err := s.Find(e.Ctx, p)
						e.Is(fmt.Sprintf("the cursor of %q for %q", name, other), err, store.ErrInvalid)
					}
				}
				_, err := s.Find(e.Ctx, store.Query{Family: "journal", List: q.List, After: q.After, Limit: 1})
				e.Is("the cursor for another family", err, store.ErrInvalid)
				_, err = s.Feed(e.Ctx, q.After, 1)
				e.Is("the cursor for Feed", err, store.ErrInvalid)
			}
			one, a := store.IntValue(1), store.TextValue("a")
			for _, place := range [][]store.Value{{one}, {a}, {one, a}, {a, a}, {a, one}, {one, one}, {one, a, a}, {store.ManyValue("a")}} {
				for name, q := range inOrder(all) {
					q.Limit, q.After = store.MaxLimit, q.Cursor(place...)
					page, err := s.Find(e.Ctx, q)
					if err != nil {
						e.Is(fmt.Sprintf("a cursor of another store (%v) for %q", place, name), err, store.ErrInvalid)
						continue
					}
					keys, of := keysOf(seeAll(page.Items)), e.Keys(s, all[name])
					if len(keys) > len(of) || slices.ContainsFunc(keys, func(key string) bool { return !slices.Contains(of, key) }) {
						e.Failf("a cursor of another store (%v) for %q gives %q, of %q", place, name, keys, of)
					}
				}
				if _, err := s.Feed(e.Ctx, store.FeedCursor(place...), 1); err != nil {
					e.Is(fmt.Sprintf("a cursor of another store (%v) for Feed", place), err, store.ErrInvalid)
				}
			}
			page, err := s.Feed(e.Ctx, "", 1)
			e.Must("Feed", err)
			for name, q := range inOrder(all) {
				q.Limit, q.After = 1, page.Next
				_, err := s.Find(e.Ctx, q)
				e.Is("a cursor of Feed for "+name, err, store.ErrInvalid)
			}
		},
	},
	{
		ID:       "page/damaged-cursor",
		Sentence: "A cursor that is damaged is ErrInvalid, and never a panic or a wrong page.",
		Why:      "cursors travel through browsers",
		Check: func(e *Env) {
			s := e.Fresh()
			e.load(s, some(20))
			for _, name := range []string{"by key", "by number down", "of a tag", "with a prefix"} {
				q := queries()[name]
				q.Limit = 2
				good := string(e.Page(s, q).Next)
				bad := []string{
					good + "A", good + "=", " " + good, strings.ToUpper(good) + "x", strings.Repeat(good, 2), "x", "AAAA", "%", "\x00", "\xff",
					strings.Repeat("A", store.MaxCursor), strings.Repeat("A", store.MaxCursor+1), strings.Repeat("A", 1<<20),
				}
				for i := range good {
					flipped := byte('A')
					if good[i] == 'A' {
						flipped = 'B'
					}
					bad = append(bad, good[:i]+string([]byte{flipped})+good[i+1:])
					if i > 0 {
						bad = append(bad, good[:i])
					}
				}
				for _, cursor := range bad {
					q.After = store.Cursor(cursor)
					if _, err := s.Find(e.Ctx, q); err == nil {
						e.Stopf("%s: a page from the damaged cursor %.80q, the good one is %q", name, cursor, good)
					} else {
						e.Is(fmt.Sprintf("%s: the cursor %.80q", name, cursor), err, store.ErrInvalid)
					}
				}
			}
		},
	},
	{
		ID:       "page/longest",
		Sentence: "A cursor has at most MaxCursor bytes, whatever the keys and values.",
		Why:      "a cursor must fit into a link",
		Check: func(e *Env) {
			s, all := e.Fresh(), map[string]thing{}
			for i := range 4 {
				fill := func(n int) string { return strings.Repeat("ÿ", n/2)[:n-n%2-2] + fmt.Sprintf("%02d", i) }
				all[fill(store.MaxKey)] = thing{
					Txt: fill(store.MaxText), State: strings.Repeat("s", store.MaxText), Tags: []string{strings.Repeat("t", store.MaxText)}, Text: strings.Repeat("w", store.MaxWord),
				}
			}
			e.load(s, all)
			state, tag := store.TextValue(strings.Repeat("s", store.MaxText)), store.TextValue(strings.Repeat("t", store.MaxText))
			for _, q := range []store.Query{
				in(""), in("by_num"), in("by_txt"), in("by_state", state), in("by_state_rank", state, store.IntValue(0)), in("by_tag", tag), in("by_tag_state", tag, state),
				{Family: "row", List: "search", Match: []string{strings.Repeat("w", store.MaxWord)}},
			} {
				q.Limit = 1
				got := e.Keys(s, q)
				slices.Sort(got)
				e.Equal("the longest in "+q.List, got, expected(all, q))
			}
		},
	},
}

var historyRules = []Rule{
	{
		ID:       "history/entries",
		Sentence: "History reads the entries of a journal with N > after, by N, unchanged.",
		Why:      "an order is what its entries say",
		Check: func(e *Env) {
			s := e.Fresh()
			var want []store.Entry
			for rev := int64(0); rev < 12; {
				a := grow("j", rev, "a", "b", "c")
				a.Entries = a.Entries[:1+rev%3]
				want = append(want, a.Entries...)
				rev += int64(len(a.Entries))
				e.Commit(s, a, grow("other", rev-int64(len(a.Entries)), make([]string, len(a.Entries))...))
			}
			for after := range int64(len(want)) {
				e.Equal(fmt.Sprintf("entries after %d", after), e.History(s, ref("journal", "j"), after, 100), want[after:])
			}
			e.Equal("entries after the last", e.History(s, ref("journal", "j"), 12, 100), []store.Entry{})
			e.Equal("entries after any", e.History(s, ref("journal", "j"), 1<<62, 100), []store.Entry{})
		},
	},
	{
		ID:       "history/pages",
		Sentence: "History gives at most limit entries; a page that is not the last is not empty, and it goes on after the N of its last item.",
		Why:      "a gift card has thousands of entries",
		Check: func(e *Env) {
			s := e.Fresh()
			a := grow("j", 0, strings.Split(strings.Repeat("x", 23), "")...)
			e.Commit(s, a)
			for _, limit := range []int{1, 2, 3, 22, 23, 24, store.MaxLimit} {
				e.Equal(fmt.Sprintf("pages of %d", limit), e.History(s, a.Ref, 0, limit), a.Entries)
				e.Equal(fmt.Sprintf("pages of %d after 5", limit), e.History(s, a.Ref, 5, limit), a.Entries[5:])
			}
			var walked []store.Entry
			for entry, err := range store.Entries(e.Ctx, s, a.Ref, 3) {
				e.Must("Entries", err)
				walked = append(walked, entry)
			}
			e.Equal("Entries", walked, a.Entries[3:])
		},
	},
	{
		ID:       "history/absent",
		Sentence: "A journal that is absent has no entries.",
		Why:      "an account that never did anything has an empty history and no error",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, grow("ab", 0, "x"))
			for _, key := range []string{"a", "abc", "b"} {
				e.Equal("History of "+key, e.History(s, ref("journal", key), 0, 10), []store.Entry{})
			}
		},
	},
	{
		ID:       "history/invalid",
		Sentence: "A call of History that is wrong in form is ErrInvalid: another shape, after below 0, limit not 1 to MaxLimit.",
		Why:      "asking a row for its entries is a mistake of the program",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			for _, c := range []struct {
				ref   store.Ref
				after int64
				limit int
			}{
				{ref("row", "r"), 0, 10}, {ref("counter", "c"), 0, 10}, {ref("claim", "e"), 0, 10}, {ref("nobody", "x"), 0, 10}, {ref("journal", ""), 0, 10},
				{ref("journal", "j"), -1, 10}, {ref("journal", "j"), 0, 0}, {ref("journal", "j"), 0, -1}, {ref("journal", "j"), 0, store.MaxLimit + 1},
			} {
				_, err := s.History(e.Ctx, c.ref, c.after, c.limit)
				e.Is(fmt.Sprintf("History of %s after %d, limit %d", c.ref, c.after, c.limit), err, store.ErrInvalid)
			}
		},
	},
}

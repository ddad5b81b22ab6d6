package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// from gives conditions low <= field < high.
func from(field string, low, high int64) []store.Cond {
	return []store.Cond{
		{Field: field, Op: store.AtLeast, Value: store.IntValue(low)},
		{Field: field, Op: store.Less, Value: store.IntValue(high)},
	}
}

// The rules of lists that are asked for everything at once, and of records that are
// put again and again.
var listRules = []Rule{
	{
		ID:       "find/between",
		Sentence: "Bounds of the sort field and conditions hold together, also several conditions on one field, and on the sort field itself.",
		Why:      "what a shop sells today between two prices, of one collection, page by page",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(120)
			e.load(s, all)
			for _, q := range bounded(in("by_num"), store.IntValue(-3), store.IntValue(0), store.IntValue(4)) {
				q.Where = from("rank", 1, 3)
				e.finds(s, span(q)+" "+inWords(q.Where), all, q)
				q.Where = append(q.Where, from("num", -2, 3)...)
				q.Where = append(q.Where, store.Cond{Field: "txt", Op: store.NotEqual, Value: store.TextValue("b")})
				q.Limit = 2
				e.finds(s, span(q)+" "+inWords(q.Where), all, q)
			}
			for _, tag := range []string{"red", "blue"} {
				for _, q := range bounded(in("by_tag_state", store.TextValue(tag), store.TextValue("open")), store.IntValue(-3), store.IntValue(3)) {
					q.Where = from("rank", 1, 3)
					for q.Limit = 1; q.Limit < 4; q.Limit++ {
						e.finds(s, fmt.Sprintf("%s and open, %s %s, %d a page", tag, span(q), inWords(q.Where), q.Limit), all, q)
					}
				}
			}
			q := in("by_num")
			for i := range 16 {
				q.Where = append(q.Where, store.Cond{Field: "num", Op: store.NotEqual, Value: store.IntValue(int64(i) - 12)})
			}
			e.finds(s, "under 16 conditions", all, q)
		},
	},
	{
		ID:       "find/words-where",
		Sentence: "A Match list takes conditions on Int and Text fields, several on one too, and up to 16 words.",
		Why:      "a search among what is for sale shows no draft",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(120)
			all["long"] = thing{Text: manyWords(store.MaxWords), Txt: "b"}
			e.load(s, all)
			for op := store.Equal; op <= store.AtLeast; op++ {
				for _, match := range [][]string{{"mug"}, {"blue", "mug*"}} {
					q := in("search")
					q.Match, q.Where = match, []store.Cond{{Field: "txt", Op: op, Value: store.TextValue("b")}}
					e.finds(s, fmt.Sprintf("with %q %s", match, inWords(q.Where)), all, q)
					q.Where = append(q.Where, from("num", -3, 4)...)
					q.Limit = 3
					e.finds(s, fmt.Sprintf("with %q %s", match, inWords(q.Where)), all, q)
				}
			}
			for _, last := range []string{"w0015", "w001*", "w9999"} {
				q := in("search")
				q.Match = append(strings.Fields(manyWords(15)), last)
				e.finds(s, "with 15 words and "+last, all, q)
			}
		},
	},
	{
		ID:       "find/put-again",
		Sentence: "A record that is put again stands once in each list, by the values it has now: by those that the Put left as they were, and by those it changed, as many as there may be.",
		Why:      "a product whose status alone changes is still found by its words, and no more where it was",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(30)
			e.load(s, all)
			key, rev := keyAt(all, 5), int64(1)
			again := func(what string, change func(t *thing)) {
				t := all[key]
				t.Tags = slices.Clone(t.Tags)
				change(&t)
				all[key] = t
				e.Commit(s, put(key, rev, t))
				rev++
				e.findsAll(s, all)
				for _, tag := range []string{"red", "tag000", "other0"} {
					e.finds(s, what+": "+tag, all, in("by_tag", store.TextValue(tag)))
				}
				for _, word := range []string{"mug", "w0000", fmt.Sprintf("w%04d", store.MaxWords-1), "v00*"} {
					q := in("search")
					q.Match, q.Where = []string{word}, from("num", -10, 50)
					e.finds(s, what+": "+word, all, q)
				}
			}
			again("words and tags", func(t *thing) { t.Text, t.Tags, t.State = "red mug", []string{"red"}, "open" })
			again("the same", func(*thing) {})
			again("the state alone", func(t *thing) { t.State = "done" })
			again("the number alone", func(t *thing) { t.Num = 40 })
			again("beyond the condition", func(t *thing) { t.Num = 60 })
			again("the words alone", func(t *thing) { t.Text = "blue mug" })
			again("the same words", func(t *thing) { t.Text = "Mug, blue; MUG" })
			again("many words", func(t *thing) { t.Text, t.Num = manyWords(store.MaxWords), 1 })
			again("many other words", func(t *thing) { t.Text = strings.ReplaceAll(manyWords(store.MaxWords), "w", "v") })
			again("many members", func(t *thing) { t.Tags = manyTags(store.MaxMany) })
			again("many other members", func(t *thing) {
				for i := range t.Tags {
					t.Tags[i] = fmt.Sprint("other", i)
				}
			})
			again("neither words nor members", func(t *thing) { t.Text, t.Tags = "", nil })
			again("as at first", func(t *thing) { t.Text, t.Tags, t.State = "red mug", []string{"red"}, "open" })
			for i := range 40 {
				all[key] = thing{Num: int64(i), State: "open", Text: "red mug", Tags: []string{"red"}}
				e.Commit(s, put(key, rev, all[key]))
				rev++
			}
			again("forty times", func(t *thing) { t.Rank = 1 })
			e.Equal("its revision", e.Get(s, ref("row", key))[0].Rev, rev)
			e.Commit(s, del(ref("row", key), rev))
			delete(all, key)
			e.findsAll(s, all)
			all[key], rev = thing{Num: 2, State: "done", Text: "red mug", Tags: []string{"blue"}}, 0
			again("after it was deleted", func(*thing) {})
			e.Equal("records", len(e.Keys(s, store.Query{Family: "row"})), len(all))
		},
	},
}

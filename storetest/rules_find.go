package storetest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// finds compares what a query gives with what the contract says.
func (e *Env) finds(s store.Store, what string, all map[string]thing, q store.Query) {
	e.Helper()
	got := e.Keys(s, q)
	if q.Match != nil {
		slices.Sort(got)
	}
	e.Equal("Find "+what, got, expected(all, q))
}

func (e *Env) findsAll(s store.Store, all map[string]thing) {
	e.Helper()
	for what, q := range inOrder(queries()) {
		e.finds(s, what, all, q)
	}
}

func in(list string, equal ...store.Value) store.Query {
	return store.Query{Family: "row", List: list, Equal: equal}
}

// bounded gives queries with every combination of bounds, in both directions.
func bounded(q store.Query, bounds ...store.Value) []store.Query {
	all := []store.Query{q}
	for i := range bounds {
		for j := range bounds {
			both := q
			both.From, both.To = &bounds[i], &bounds[j]
			all = append(all, both)
		}
		from, to := q, q
		from.From, to.To = &bounds[i], &bounds[i]
		all = append(all, from, to)
	}
	for _, q := range slices.Clone(all) {
		q.Desc = true
		all = append(all, q)
	}
	return all
}

// span says which values of the sort field x a query asks for, and which way.
func span(q store.Query) string {
	text := "x"
	if q.From != nil {
		text = q.From.String() + " <= " + text
	}
	if q.To != nil {
		text += " < " + q.To.String()
	}
	if text == "x" {
		text = "all"
	}
	if q.Desc {
		text += ", down"
	}
	return text
}

// inWords says conditions as one would.
func inWords(conds []store.Cond) string {
	ops := map[store.Op]string{
		store.Equal: "=", store.NotEqual: "!=", store.Less: "<", store.AtMost: "<=", store.Greater: ">", store.AtLeast: ">=",
	}
	var parts []string
	for _, c := range conds {
		parts = append(parts, fmt.Sprintf("%s %s %s", c.Field, ops[c.Op], c.Value))
	}
	return "where " + strings.Join(parts, " and ")
}

var findRules = []Rule{
	{
		ID:       "find/by-key",
		Sentence: `Every family of every shape has the list "": all records, sorted by key, byte by byte.`,
		Why:      "dumps, copies and checks walk through everything by it",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(30)
			e.load(s, all)
			for _, q := range bounded(in(""), store.TextValue(""), store.TextValue("k1"), store.TextValue("k111"), store.TextValue("k9"), store.TextValue("é")) {
				e.finds(s, "by key, "+span(q), all, q)
			}
			e.Commit(s, grow("b", 0, "x"), grow("a", 0, "x", "y"), add("b", "available", 2, 0), add("a", "reserved", 1, 0), take("b", "bob"), take("a", "ann"))
			e.Equal("journals", e.Find(s, store.Query{Family: "journal"}),
				[]Seen{{Ref: "journal/a", Rev: 2, Doc: docText(thing{Num: 2})}, {Ref: "journal/b", Rev: 1, Doc: docText(thing{Num: 1})}})
			e.Equal("counters", e.Find(s, store.Query{Family: "counter", Desc: true}),
				[]Seen{{Ref: "counter/b", Rev: 1, Columns: []int64{2, 0}}, {Ref: "counter/a", Rev: 1, Columns: []int64{0, 1}}})
			e.Equal("claims", e.Find(s, store.Query{Family: "claim"}),
				[]Seen{{Ref: "claim/a", Rev: 1, Doc: "ann"}, {Ref: "claim/b", Rev: 1, Doc: "bob"}})
			e.Equal("an empty family", e.Find(s, store.Query{Family: "letter"}), []Seen{})
		},
	},
	{
		ID:       "find/by-int",
		Sentence: "A list is sorted by its Int field, as signed integers, ties by key; Desc turns both; From <= x < To.",
		Why:      "newest orders first, messages that are due",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(40)
			all["low"], all["high"] = thing{Num: math.MinInt64}, thing{Num: math.MaxInt64}
			e.load(s, all)
			for _, q := range bounded(in("by_num"), store.IntValue(math.MinInt64), store.IntValue(-1), store.IntValue(0), store.IntValue(3), store.IntValue(math.MaxInt64)) {
				e.finds(s, "by number, "+span(q), all, q)
			}
		},
	},
	{
		ID:       "find/by-text",
		Sentence: "A list is sorted by its Text field, byte by byte, ties by key; Desc turns both; From <= x < To.",
		Why:      "engines sort by a locale unless they are told not to, and pages then overlap",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(40)
			for i, last := range []string{"c", "a", "d", "b"} { // what differs may come last
				all[fmt.Sprint("long", i)] = thing{Txt: strings.Repeat("x", store.MaxText-1) + last}
			}
			e.load(s, all)
			for _, q := range bounded(in("by_txt"), store.TextValue(""), store.TextValue("a"), store.TextValue("b"), store.TextValue("zz"), store.TextValue("é")) {
				e.finds(s, "by text, "+span(q), all, q)
			}
		},
	},
	{
		ID:       "find/ties",
		Sentence: "Ties are sorted by key; Desc turns sort field and key both.",
		Why:      "without a total order, pages lose and repeat records",
		Check: func(e *Env) {
			s, all := e.Fresh(), map[string]thing{}
			for i := range 25 {
				all[fmt.Sprintf("t%02d", i*7%25)] = thing{Num: int64(i / 20), Txt: "same", State: "open"}
			}
			e.load(s, all)
			for _, list := range []string{"by_num", "by_txt"} {
				e.finds(s, list, all, in(list))
				e.finds(s, list+" down", all, store.Query{Family: "row", List: list, Desc: true})
			}
			for _, desc := range []bool{false, true} {
				q := in("by_state_rank", store.TextValue("open"), store.IntValue(0))
				q.Desc = desc
				e.finds(s, "of a state and rank", all, q)
			}
		},
	},
	{
		ID:       "find/equal",
		Sentence: "A query fixes each of the list's Equal fields: records of exactly these values are given, and no others.",
		Why:      "the orders of one customer are shown to that customer",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(60)
			all["trap1"], all["trap2"] = thing{State: "opened"}, thing{State: "Open"}
			const between = ":/|,;.-_ %+\\'\"\x01\x1f\t\n"
			for i, c := range between { // by which two texts could be made one
				all[fmt.Sprint("left", i)] = thing{Tags: []string{"a" + string(c) + "b"}, State: "c"}
				all[fmt.Sprint("right", i)] = thing{Tags: []string{"a"}, State: "b" + string(c) + "c"}
			}
			e.load(s, all)
			for _, c := range between {
				for _, two := range [][2]string{{"a" + string(c) + "b", "c"}, {"a", "b" + string(c) + "c"}} {
					e.finds(s, fmt.Sprintf("member %q, state %q", two[0], two[1]), all, in("by_tag_state", store.TextValue(two[0]), store.TextValue(two[1])))
				}
			}
			for _, state := range []string{"open", "done", "", "ope", "nobody"} {
				e.finds(s, "state "+state, all, in("by_state", store.TextValue(state)))
				for rank := range int64(5) {
					for _, desc := range []bool{false, true} {
						q := in("by_state_rank", store.TextValue(state), store.IntValue(rank-1))
						q.Desc = desc
						e.finds(s, fmt.Sprintf("state %q, rank %d", state, rank-1), all, q)
					}
				}
			}
		},
	},
	{
		ID:       "find/many",
		Sentence: "A Many field stands for each of its members: a record is found by every one, once, and by no other text.",
		Why:      "a product is in several categories",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(60)
			all["big"] = thing{Tags: manyTags(store.MaxMany), State: "open"}
			all["twice"] = thing{Tags: []string{"red", "red"}, State: "open"}
			e.load(s, all)
			for _, tag := range []string{"red", "blue", "green", "re", "redd", "", "tag000", manyTags(store.MaxMany)[store.MaxMany-1]} {
				e.finds(s, "tag "+tag, all, in("by_tag", store.TextValue(tag)))
				for _, q := range bounded(in("by_tag_state", store.TextValue(tag), store.TextValue("open")), store.IntValue(-2), store.IntValue(3)) {
					e.finds(s, "tag and state "+tag+", "+span(q), all, q)
				}
			}
		},
	},
	{
		ID:       "find/where",
		Sentence: "Where sets conditions on the list's Where fields, all of which must hold: Equal, NotEqual, Less, AtMost, Greater, AtLeast.",
		Why:      "a price range over a category",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(60)
			e.load(s, all)
			for op := store.Equal; op <= store.AtLeast; op++ {
				for _, c := range []store.Cond{
					{Field: "rank", Op: op, Value: store.IntValue(2)}, {Field: "num", Op: op, Value: store.IntValue(-1)},
					{Field: "txt", Op: op, Value: store.TextValue("b")}, {Field: "txt", Op: op, Value: store.TextValue("é")},
				} {
					q := in("by_num")
					q.Where = []store.Cond{c}
					e.finds(s, inWords(q.Where), all, q)
					q.Where = append(q.Where, store.Cond{Field: "rank", Op: store.NotEqual, Value: store.IntValue(1)})
					q.Desc = true
					e.finds(s, inWords(q.Where), all, q)
				}
			}
			q := in("by_tag_state", store.TextValue("red"), store.TextValue("done"))
			q.Where = []store.Cond{{Field: "rank", Op: store.AtLeast, Value: store.IntValue(1)}, {Field: "rank", Op: store.Less, Value: store.IntValue(3)}}
			e.finds(s, "of a tag where rank is 1 or 2", all, q)
		},
	},
	{
		ID:       "find/words",
		Sentence: "A Match list gives the records that have all the words; a last one ending in * stands for every word that begins so. Each record comes once.",
		Why:      "a search that shows a product twice, or hides one, sells neither",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(50)
			all["long"] = thing{Text: manyWords(store.MaxWords), State: "open"}
			all["uni"] = thing{Text: "Grün Straße ΣΊΣΥΦΟΣ 2024"}
			e.load(s, all)
			for _, match := range [][]string{
				{"mug"}, {"blue"}, {"mugs"}, {"nothing"}, {"blue", "mug"}, {"mug", "red"}, {"red", "blue"}, {"mug*"}, {"blu*"}, {"bluebell*"}, {"zzz*"},
				{"red", "tea*"}, {"blue", "mug*"}, {"w00*"}, {"w0001"}, {"grün"}, {"gru*"}, {"straße"}, {"2024"}, {"mug", "mug"},
			} {
				q := in("search")
				q.Match = match
				e.finds(s, fmt.Sprintf("with %q", match), all, q)
				q = in("search_state", store.TextValue("open"))
				q.Match, q.Where = match, []store.Cond{{Field: "rank", Op: store.AtMost, Value: store.IntValue(2)}}
				e.finds(s, fmt.Sprintf("with %q in a state", match), all, q)
			}
		},
	},
	{
		ID:       "find/moved",
		Sentence: "Each record stands once, at the place that its newest commit gave it.",
		Why:      "a leased message that still stands where it was is sent twice",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(30)
			e.load(s, all)
			var changes []store.Change
			for i, key := range slices.Sorted(maps.Keys(all)) {
				if i%3 == 0 {
					continue
				}
				t := all[key]
				t.Num, t.Rank, t.Txt = -t.Num, 3-t.Rank, t.Txt+"x"
				t.State = map[string]string{"open": "done", "done": "", "": "open"}[t.State]
				t.Tags = []string{"blue", fmt.Sprint("t", i%4)}
				t.Text = []string{"red vase", "mugs", ""}[i%3]
				all[key] = t
				changes = append(changes, put(key, 1, t))
			}
			e.Commit(s, changes...)
			e.findsAll(s, all)
			e.finds(s, "of a new tag", all, in("by_tag", store.TextValue("t1")))
			e.finds(s, "of an old tag", all, in("by_tag", store.TextValue("green")))
		},
	},
	{
		ID:       "find/deleted",
		Sentence: "A record that was deleted stands in no list.",
		Why:      "a settled message must not be sent again",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(30)
			e.load(s, all)
			for i, key := range slices.Sorted(maps.Keys(all)) {
				if i%2 == 0 {
					e.Commit(s, del(ref("row", key), 1))
					delete(all, key)
				}
			}
			e.findsAll(s, all)
		},
	},
	{
		ID:       "find/records",
		Sentence: "Find gives the records as Get does, with revision and document; Index is nil but for counters.",
		Why:      "a list that shows old documents shows old prices",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(12)
			e.load(s, all)
			changed := keyAt(all, 5)
			all[changed] = thing{Num: 1, State: "open", Text: "mug", Tags: []string{"red"}}
			e.Commit(s, put(changed, 1, all[changed]))
			for what, q := range inOrder(queries()) {
				q.Limit = 100
				page := e.Page(s, q)
				for _, r := range page.Items {
					e.Equal("Find "+what, see(r), e.Get(s, r.Ref)[0])
					if r.Index != nil {
						e.Failf("Find %s gave the index of %s: %v", what, r.Ref, r.Index)
					}
				}
			}
		},
	},
	{
		ID:       "find/journal",
		Sentence: "The state of a journal is filed in its family's lists by its newest Append.",
		Why:      "orders are listed by what they have become",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, grow("a", 0, "1", "2", "3"), grow("b", 0, "1"), grow("c", 0, "1", "2"))
			q := store.Query{Family: "journal", List: "by_num"}
			e.Equal("by number", e.Keys(s, q), []string{"b", "c", "a"})
			e.Commit(s, grow("b", 1, "2", "3", "4"))
			e.Equal("by number after an Append", e.Find(s, q), []Seen{
				{Ref: "journal/c", Rev: 2, Doc: docText(thing{Num: 2})}, {Ref: "journal/a", Rev: 3, Doc: docText(thing{Num: 3})}, {Ref: "journal/b", Rev: 4, Doc: docText(thing{Num: 4})},
			})
		},
	},
	{
		ID:       "find/undeclared",
		Sentence: "A query that no list declares is ErrInvalid.",
		Why:      "a query that works on a hundred rows and scans a million must fail on the first day",
		Check: func(e *Env) {
			s := e.Fresh()
			e.load(s, some(5))
			text, number := store.TextValue("open"), store.IntValue(1)
			rank := []store.Cond{{Field: "rank", Op: store.Equal, Value: number}}
			for what, q := range inOrder(map[string]store.Query{
				"unknown family":        {Family: "nobody"},
				"unknown list":          {Family: "row", List: "by_moon"},
				"list of another":       {Family: "journal", List: "by_txt"},
				"no Equal":              in("by_state"),
				"too much Equal":        in("by_num", number),
				"Equal of another type": in("by_state", number),
				"part of Equal":         in("by_state_rank", text),
				"undeclared condition":  {Family: "row", List: "by_txt", Where: rank},
				"condition on the key":  {Family: "row", List: "by_num", Where: []store.Cond{{Field: "key", Op: store.Equal, Value: text}}},
				"unknown comparison":    {Family: "row", List: "by_num", Where: []store.Cond{{Field: "rank", Op: 99, Value: number}}},
				"condition's type":      {Family: "row", List: "by_num", Where: []store.Cond{{Field: "rank", Op: store.Equal, Value: text}}},
				"bound's type":          {Family: "row", List: "by_num", From: &text},
				"bound's type by key":   {Family: "row", To: &number},
				"words elsewhere":       {Family: "row", List: "by_num", Match: []string{"mug"}},
				"no words":              in("search"),
				"words down":            {Family: "row", List: "search", Match: []string{"mug"}, Desc: true},
				"words between":         {Family: "row", List: "search", Match: []string{"mug"}, From: &text},
				"short prefix":          {Family: "row", List: "search", Match: []string{"mu*"}},
				"prefix not last":       {Family: "row", List: "search", Match: []string{"mug*", "blue"}},
				"no word":               {Family: "row", List: "search", Match: []string{"blue mug"}},
				"upper case":            {Family: "row", List: "search", Match: []string{"Mug"}},
				"limit 0":               {Family: "row", Limit: -1},
				"limit below 0":         {Family: "row", Limit: -5},
				"limit too great":       {Family: "row", Limit: store.MaxLimit + 1},
			}) {
				switch q.Limit {
				case 0:
					q.Limit = 10
				case -1:
					q.Limit = 0
				}
				_, err := s.Find(e.Ctx, q)
				e.Is("Find: "+what, err, store.ErrInvalid)
			}
		},
	},
}

func manyTags(n int) []string {
	tags := make([]string, n)
	for i := range tags {
		tags[i] = fmt.Sprintf("tag%03d", i)
	}
	return tags
}

func manyWords(n int) string {
	text := ""
	for i := range n {
		text += fmt.Sprintf("w%04d ", i)
	}
	return text
}

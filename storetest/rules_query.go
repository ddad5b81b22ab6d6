package storetest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillkit/till/store"
)

// badTexts are what no key, value or word may be.
func badTexts(most int) map[string]string {
	return map[string]string{
		"NUL": "\x00", "NUL inside": "a\x00b", "a lone byte": "\xff", "half a letter": "a\xc3", "a surrogate": "\xed\xa0\x80", "one byte too many": strings.Repeat("x", most+1),
	}
}

// prefixTexts are texts whose words begin like one another, in letters of one to
// four bytes, up to the longest.
var prefixTexts = []string{
	"mug", "mugs", "mugful mug mugs", "mu", "smug", "muh", "\u00fcber", "uber", "\u00fcbersee", "\u00fcb", "ube", "caf\u00e9", "cafe\u0301", "cafe", "cafes",
	"\u65e5\u672c\u8a9e", "\u65e5\u672c\u8a9e\u7248", "\u65e5\u672c", "\u043a\u0430\u0448\u0430", "\u043a\u0430\u0448\u0430\u043b\u043e\u0442", "123", "1234", "12",
	"\U00010428\U00010428\U00010428", "\U00010428\U00010428\U00010428\U00010429",
	strings.Repeat("w", store.MaxWord), strings.Repeat("w", store.MaxWord-1), strings.Repeat("w", store.MaxWord-1) + "x",
	strings.Repeat("\u00e9", store.MaxWord/2), strings.Repeat("\u00e9", store.MaxWord/2-1) + "e",
}

var queryRules = []Rule{
	{
		ID:       "find/prefix",
		Sentence: `The last word may end in "*" and then stands for every word that begins with the 3 or more letters before it: also for the word of just these letters, and for the longest.`,
		Why:      "who types is shown what he is about to type",
		Check: func(e *Env) {
			s, all, words := e.Fresh(), map[string]thing{}, map[string]bool{}
			for i, text := range prefixTexts {
				all[fmt.Sprintf("p%02d", i*7%len(prefixTexts))] = thing{Text: text, State: "open"}
				for _, w := range store.Split(text) {
					words[w] = true
				}
			}
			e.load(s, all)
			for w := range words {
				for at := range w + "." {
					q := in("search")
					if q.Match = []string{w[:at] + "*"}; !utf8.ValidString(w[:at]) {
						continue
					}
					if utf8.RuneCountInString(w[:at]) < 3 {
						q.Limit = 1
						_, err := s.Find(e.Ctx, q)
						e.Is(fmt.Sprintf("Find with %q", q.Match), err, store.ErrInvalid)
						continue
					}
					e.finds(s, fmt.Sprintf("with %q", q.Match), all, q)
					q.Match = []string{w, w[:at] + "*"}
					e.finds(s, fmt.Sprintf("with %q", q.Match), all, q)
				}
				q := in("search")
				q.Match = []string{w}
				e.finds(s, fmt.Sprintf("with %q", q.Match), all, q)
			}
			q := in("search_state", store.TextValue("open"))
			q.Match, q.Limit = []string{"mug*"}, 1
			e.finds(s, "with mug*, one a page", all, q)
		},
	},
	{
		ID:       "find/limits",
		Sentence: "From, To and conditions take every value up to the limits of its type: From <= x < To, so nothing lies between a value and itself, or between a greater and a lesser one.",
		Why:      "an open end is the greatest integer, and what has no end must be found",
		Check: func(e *Env) {
			s, all := e.Fresh(), map[string]thing{}
			least, most := "\x01", strings.Repeat("\U0010FFFF", store.MaxText/4)
			numbers := []int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64}
			for i, n := range numbers {
				for tie := range 2 {
					all[fmt.Sprintf("%d%d", tie, i*3%7)] = thing{Num: n, Rank: n, Txt: []string{"", least, "a", most}[i%4], State: "open", Tags: []string{"red"}, Text: "mug"}
				}
			}
			e.load(s, all)
			ints := []store.Value{store.IntValue(math.MinInt64), store.IntValue(math.MinInt64 + 1), store.IntValue(0), store.IntValue(math.MaxInt64 - 1), store.IntValue(math.MaxInt64)}
			txts := []store.Value{store.TextValue(""), store.TextValue(least), store.TextValue("a"), store.TextValue(most)}
			for q, bounds := range map[*store.Query][]store.Value{
				{Family: "row", List: "by_num"}: ints, {Family: "row", List: "by_txt"}: txts, {Family: "row"}: txts,
				{Family: "row", List: "by_tag_state", Equal: []store.Value{store.TextValue("red"), store.TextValue("open")}}: ints,
			} {
				for _, q := range bounded(*q, bounds...) {
					for _, q.Limit = range []int{1, 5} {
						e.finds(s, fmt.Sprintf("by %q from %v to %v, down %t, %d a page", q.List, q.From, q.To, q.Desc, q.Limit), all, q)
					}
				}
			}
			for op := store.Equal; op <= store.AtLeast; op++ {
				for _, v := range slices.Concat(ints, txts) {
					field := map[store.Type]string{store.Int: "num", store.Text: "txt"}[v.Type()]
					for _, q := range []store.Query{in("by_num"), {Family: "row", List: "search", Match: []string{"mug"}}} {
						q.Where = []store.Cond{{Field: field, Op: op, Value: v}}
						e.finds(s, fmt.Sprintf("in %q where %v", q.List, q.Where), all, q)
					}
				}
			}
			for _, n := range ints {
				e.finds(s, fmt.Sprintf("of the rank %s", n), all, in("by_state_rank", store.TextValue("open"), n))
			}
		},
	},
	{
		ID:       "find/texts",
		Sentence: "Text is valid UTF-8 without NUL, and has a greatest length, in a query too; a query has at most 16 conditions and 16 words. Any other is ErrInvalid.",
		Why:      "what a browser sends must not find what it does not name",
		Check: func(e *Env) {
			s := e.Fresh()
			e.load(s, some(10))
			refused := func(what string, q store.Query) {
				e.Helper()
				q.Limit = 5
				_, err := s.Find(e.Ctx, q)
				e.Is("Find: "+what, err, store.ErrInvalid)
			}
			for what, text := range badTexts(store.MaxText) {
				v := store.TextValue(text)
				refused(what+" in Equal", in("by_state", v))
				refused(what+" as a member", in("by_tag", v))
				refused(what+" in a second Equal", in("by_tag_state", store.TextValue("red"), v))
				refused(what+" in From", store.Query{Family: "row", List: "by_txt", From: &v})
				refused(what+" in To", store.Query{Family: "row", List: "by_txt", To: &v})
				refused(what+" in From of keys", store.Query{Family: "row", From: &v})
				refused(what+" in To of keys", store.Query{Family: "row", To: &v, Desc: true})
				refused(what+" in a condition", store.Query{Family: "row", List: "by_num", Where: []store.Cond{{Field: "txt", Op: store.NotEqual, Value: v}}})
				refused(what+" in a word", store.Query{Family: "row", List: "search", Match: []string{text}})
				refused(what+" in a prefix", store.Query{Family: "row", List: "search", Match: []string{"mug", "mug" + text + "*"}})
				refused(what+" as a family", store.Query{Family: text})
				refused(what+" as a list", store.Query{Family: "row", List: text})
				_, err := s.History(e.Ctx, ref("journal", text), 0, 5)
				e.Is("History: "+what+" in a key", err, store.ErrInvalid)
			}
			refused("no value in Equal", in("by_state", store.Value{}))
			refused("a Many in Equal", in("by_tag", store.ManyValue("red")))
			refused("no value in From", store.Query{Family: "row", List: "by_num", From: &store.Value{}})
			q := in("by_num")
			q.Where = slices.Repeat([]store.Cond{{Field: "num", Op: store.NotEqual, Value: store.IntValue(0)}}, 17)
			refused("17 conditions", q)
			refused("17 words", store.Query{Family: "row", List: "search", Match: slices.Repeat([]string{"mug"}, 17)})
			for _, word := range []string{"", "*", "**", "mug**", "*mug", "mug*s", "mug *", "MUG*", "mug-", strings.Repeat("w", store.MaxWord+1), strings.Repeat("w", store.MaxWord+1) + "*"} {
				refused(fmt.Sprintf("the word %.80q", word), store.Query{Family: "row", List: "search", Match: []string{word}})
			}
		},
	},
}

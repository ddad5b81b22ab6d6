package storetest

import (
	"strings"

	"github.com/tillkit/till/store"
)

// oneOfEach commits a record of every shape.
func (e *Env) oneOfEach(s store.Store) {
	e.Helper()
	e.Commit(s,
		put("r", 0, thing{Num: 4, Txt: "t", Tags: []string{"red"}, Text: "blue mug"}), plain("p", 0, "words"),
		grow("j", 0, "one", "two"), add("c", "available", 5, 0), take("e", "ann"),
		personal("ann/1", 0, thing{Num: 9}), letter("ann/2", 0, "dear ann"),
	)
}

var everyRef = []store.Ref{
	ref("row", "r"), ref("plain", "p"), ref("journal", "j"), ref("counter", "c"), ref("claim", "e"), ref("person", "ann/1"), ref("letter", "ann/2"),
}

func docText(t thing) string {
	doc, _ := t.AppendStored(nil)
	return string(doc)
}

var everySeen = []Seen{
	{Ref: "row/r", Rev: 1, Doc: docText(thing{Num: 4, Txt: "t", Tags: []string{"red"}, Text: "blue mug"})},
	{Ref: "plain/p", Rev: 1, Doc: "words"},
	{Ref: "journal/j", Rev: 2, Doc: docText(thing{Num: 2})},
	{Ref: "counter/c", Rev: 1, Columns: []int64{5, 0}},
	{Ref: "claim/e", Rev: 1, Doc: "ann"},
	{Ref: "person/ann/1", Rev: 1, Doc: docText(thing{Num: 9})},
	{Ref: "letter/ann/2", Rev: 1, Doc: "dear ann"},
}

var readRules = []Rule{
	{
		ID:       "read/every-shape",
		Sentence: "Get reads records of any shape, of any families. A journal's revision is the number of its last entry; counters and claims that exist have 1. Index is nil but for counters.",
		Why:      "a cart, an order, a stock level and an e-mail claim are read by one call",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			e.Equal("Get of every shape", e.Get(s, everyRef...), everySeen)
		},
	},
	{
		ID:       "read/order",
		Sentence: "The answer has the order and the length of refs.",
		Why:      "callers tell the records apart by their places",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			for shift := range everyRef {
				refs := append(everyRef[shift:len(everyRef):len(everyRef)], everyRef[:shift]...)
				want := append(everySeen[shift:len(everySeen):len(everySeen)], everySeen[:shift]...)
				e.Equal("Get in another order", e.Get(s, refs...), want)
			}
		},
	},
	{
		ID:       "read/absent",
		Sentence: "An absent record has Rev 0, no document and the ref that was asked for.",
		Why:      "a decision requires absence by revision 0, so absence is an answer and no error",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			var refs []store.Ref
			var want []Seen
			for _, r := range everyRef {
				r.Key += "x"
				refs, want = append(refs, r), append(want, Seen{Ref: r.String()})
			}
			e.Equal("Get of what is not there", e.Get(s, refs...), want)
			e.Equal("Get of both", e.Get(s, refs[0], everyRef[0]), []Seen{want[0], everySeen[0]})
			records, err := s.Get(e.Ctx, refs...)
			e.Must("Get", err)
			for _, r := range records {
				if r.Exists() || r.Doc != nil || r.Index != nil {
					e.Failf("%s is absent and reads as %+v", r.Ref, r)
				}
			}
		},
	},
	{
		ID:       "read/repeated",
		Sentence: "A ref that stands twice is answered twice.",
		Why:      "two cart lines of one article ask for its product twice",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			gone := ref("row", "gone")
			e.Equal("Get of repeated refs", e.Get(s, everyRef[0], gone, everyRef[0], everyRef[3], gone, everyRef[3]),
				[]Seen{everySeen[0], {Ref: "row/gone"}, everySeen[0], everySeen[3], {Ref: "row/gone"}, everySeen[3]})
		},
	},
	{
		ID:       "read/many",
		Sentence: "A Get takes up to MaxRefs refs; no refs give an empty answer.",
		Why:      "an empty cart asks for no products, a long one for a thousand",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Equal("Get of nothing", e.Get(s), []Seen{})
			all := some(50)
			e.load(s, all)
			var refs []store.Ref
			var want []Seen
			for i := range store.MaxRefs {
				key := "absent" + strings.Repeat("x", i%40)
				if i%3 == 0 {
					key = keyAt(all, i)
				}
				seen := Seen{Ref: "row/" + key}
				if t, ok := all[key]; ok {
					seen.Rev, seen.Doc = 1, docText(t)
				}
				refs, want = append(refs, ref("row", key)), append(want, seen)
			}
			e.Equal("Get of MaxRefs", e.Get(s, refs...), want)
			refs, want = nil, nil
			for i := range 120 {
				key := keyAt(all, i%20)
				for _, r := range []store.Ref{ref("plain", key), ref("row", key), ref("person", key), ref("claim", key), ref("journal", key)} {
					seen := Seen{Ref: r.String()}
					if r.Family == "row" {
						seen.Rev, seen.Doc = 1, docText(all[key])
					}
					refs, want = append(refs, r), append(want, seen)
				}
			}
			e.Equal("Get of one key in many families", e.Get(s, refs...), want)
		},
	},
	{
		ID:       "read/newest",
		Sentence: "When Commit returns without error, every later read sees the set.",
		Why:      "a buyer who was told yes must find the order",
		Check: func(e *Env) {
			s := e.Fresh()
			for i := range int64(5) {
				e.CommitSet(s, keyed("key"+string(rune('a'+i)), "x", put("r", i, thing{Num: 10 + i, Text: "word" + string(rune('a'+i))}),
					grow("j", i, "entry"), add("c", "available", 1, 0)))
				seen := e.Get(s, ref("row", "r"), ref("journal", "j"), ref("counter", "c"))
				e.Equal("Get", seen, []Seen{
					{Ref: "row/r", Rev: i + 1, Doc: docText(thing{Num: 10 + i, Text: "word" + string(rune('a'+i))})},
					{Ref: "journal/j", Rev: i + 1, Doc: docText(thing{Num: i + 1})},
					{Ref: "counter/c", Rev: 1, Columns: []int64{i + 1, 0}},
				})
				e.Equal("Find", e.Find(s, store.Query{Family: "row", List: "by_num"}), seen[:1])
				e.Equal("Find by word", e.Find(s, store.Query{Family: "row", List: "search", Match: []string{"word" + string(rune('a'+i))}}), seen[:1])
				e.Equal("History", len(e.History(s, ref("journal", "j"), 0, 100)), int(i)+1)
				_, err := s.Outcome(e.Ctx, "key"+string(rune('a'+i)))
				e.Must("Outcome", err)
			}
		},
	},
	{
		ID:       "read/invalid",
		Sentence: "Refs that are wrong in form are ErrInvalid: an unknown family, a key that is empty, too long, not UTF-8 or has a NUL, more than MaxRefs.",
		Why:      "what one engine takes and another cuts short is found too late",
		Check: func(e *Env) {
			s := e.Fresh()
			for what, r := range inOrder(map[string]store.Ref{
				"unknown family": ref("nobody", "k"), "no family": ref("", "k"), "empty key": ref("row", ""),
				"long key": ref("row", strings.Repeat("k", store.MaxKey+1)), "NUL": ref("row", "a\x00b"), "not UTF-8": ref("row", "a\xff"),
			}) {
				_, err := s.Get(e.Ctx, ref("row", "fine"), r)
				e.Is("Get: "+what, err, store.ErrInvalid)
			}
			_, err := s.Get(e.Ctx, make([]store.Ref, store.MaxRefs+1)...)
			e.Is("Get of too many", err, store.ErrInvalid)
		},
	},
}

// keyAt gives the i-th key, around and around.
func keyAt(all map[string]thing, i int) string {
	keys := expected(all, store.Query{Family: "row"})
	return keys[i%len(keys)]
}

var docRules = []Rule{{
	ID:       "read/documents",
	Sentence: "Doc is nil when the record is absent, and for counters; for a claim it is Raw with the owner.",
	Why:      "who asks for the owner of an address gets a text, not a guess",
	Check: func(e *Env) {
		s := e.Fresh()
		e.oneOfEach(s)
		records, err := s.Get(e.Ctx, ref("counter", "c"), ref("claim", "e"), ref("counter", "gone"), ref("claim", "gone"))
		e.Must("Get", err)
		var found []store.Record
		for _, family := range []string{"counter", "claim"} {
			for r, err := range store.Records(e.Ctx, s, store.Query{Family: family, Limit: 5}) {
				e.Must("Find", err)
				found = append(found, r)
			}
		}
		if len(records) != 4 || len(found) != 2 {
			e.Stopf("Get gave %d records of 4, Find %d of 2", len(records), len(found))
		}
		for i, r := range append(records, found...) {
			if want := i == 1 || i == 5; !want && r.Doc != nil {
				e.Failf("%s at revision %d has the document %#v", r.Ref, r.Rev, r.Doc)
			} else if raw, ok := r.Doc.(store.Raw); want && (!ok || string(raw) != "ann") {
				e.Failf("%s has the document %#v, want Raw with its owner", r.Ref, r.Doc)
			}
		}
	},
}}

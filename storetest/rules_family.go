package storetest

import (
	"slices"

	"github.com/tillkit/till/store"
)

// doubled is the suite's schema with a second family beside each, which is alike.
func doubled() store.Schema {
	s := schema()
	for _, f := range slices.Clone(s.Families) {
		f.Name += "_too"
		s.Families = append(s.Families, f)
	}
	return s
}

// twin gives a change of the second family.
func twin(c store.Change) store.Change {
	switch c := c.(type) {
	case store.Put:
		c.Family += "_too"
		return c
	case store.Append:
		c.Family += "_too"
		return c
	case store.Delete:
		c.Family += "_too"
		return c
	case store.Add:
		c.Family += "_too"
		return c
	case store.Claim:
		c.Family += "_too"
		return c
	case store.Release:
		c.Family += "_too"
		return c
	}
	return c
}

var familyRules = []Rule{
	{
		ID:       "read/family",
		Sentence: "A Ref is a family and a key: under the same key another family of the same shape has another record.",
		Why:      "stock and the uses of a coupon are counters both, and an article may be called as a coupon is",
		Check: func(e *Env) {
			s, mug, cup := e.Open(e.Place()), thing{Num: 1, State: "open", Text: "blue mug"}, thing{Num: 2, State: "open", Text: "green mug"}
			e.Must("Prepare", s.Prepare(e.Ctx, doubled()))
			e.Commit(s,
				put("k", 0, mug), plain("k", 0, "one"), grow("k", 0, "one"), add("k", "available", 1, 0), take("k", "ann"), letter("ann/k", 0, "one"),
				twin(put("k", 0, cup)), twin(plain("k", 0, "two")), twin(grow("k", 0, "two", "three")), twin(add("k", "available", 2, 0)), twin(take("k", "bob")), twin(letter("ann/k", 0, "two")),
			)
			first := []Seen{
				{Ref: "row/k", Rev: 1, Doc: docText(mug)}, {Ref: "plain/k", Rev: 1, Doc: "one"}, {Ref: "journal/k", Rev: 1, Doc: docText(thing{Num: 1})},
				{Ref: "counter/k", Rev: 1, Columns: []int64{1, 0}}, {Ref: "claim/k", Rev: 1, Doc: "ann"}, {Ref: "letter/ann/k", Rev: 1, Doc: "one"},
			}
			refs := []store.Ref{ref("row", "k"), ref("plain", "k"), ref("journal", "k"), ref("counter", "k"), ref("claim", "k"), ref("letter", "ann/k")}
			var others []store.Ref
			for _, r := range refs {
				others = append(others, ref(r.Family+"_too", r.Key))
			}
			e.Equal("the first families", e.Get(s, refs...), first)
			second := []Seen{
				{Ref: "row_too/k", Rev: 1, Doc: docText(cup)}, {Ref: "plain_too/k", Rev: 1, Doc: "two"}, {Ref: "journal_too/k", Rev: 2, Doc: docText(thing{Num: 2})},
				{Ref: "counter_too/k", Rev: 1, Columns: []int64{2, 0}}, {Ref: "claim_too/k", Rev: 1, Doc: "bob"}, {Ref: "letter_too/ann/k", Rev: 1, Doc: "two"},
			}
			e.Equal("the second families", e.Get(s, others...), second)
			for i, r := range refs {
				e.Equal("all of the family "+r.Family, e.Find(s, store.Query{Family: r.Family}), first[i:i+1])
			}
			for _, what := range []string{"by number", "of a state", "with a word"} {
				q := queries()[what]
				e.Equal("rows "+what, e.Find(s, q), first[:1])
				q.Family = "row_too"
				e.Equal("rows of the second family "+what, e.Find(s, q), second[:1])
			}
			told, _ := e.Feed(s, "", store.MaxLimit)
			e.told("the feed", told, map[string][]string{"journal/k": {"1 one"}, "journal_too/k": {"1 two", "2 three"}})
			for family, want := range map[string][]string{"journal": {"one"}, "journal_too": {"two", "three"}} {
				var got []string
				for _, entry := range e.History(s, ref(family, "k"), 0, store.MaxLimit) {
					got = append(got, string(entry.Payload))
				}
				e.Equal("the entries of "+family, got, want)
			}
			e.Commit(s, twin(del(ref("row", "k"), 1)), twin(del(ref("plain", "k"), 1)), twin(del(ref("letter", "ann/k"), 1)), twin(release("k", "bob")), twin(grow("k", 2, "four")), twin(add("k", "available", -2, 0)))
			e.Equal("the first families, after changes of the second", e.Get(s, refs...), first)
			e.Equal("what became of the second", e.Get(s, others[0], others[1], others[4], others[5]), []Seen{{Ref: "row_too/k"}, {Ref: "plain_too/k"}, {Ref: "claim_too/k"}, {Ref: "letter_too/ann/k"}})
		},
	},
}

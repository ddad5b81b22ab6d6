package storetest

import (
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// people are persons of whom one is the beginning of another, or nearly.
var people = []string{"a", "ab", "a-", "a.", "a0", "A", "a%", "a_", "á", "b", "a\uffff"}

// peopled commits two records for each of them in each Personal family, and
// what only looks like theirs elsewhere.
func (e *Env) peopled(s store.Store) {
	e.Helper()
	for _, p := range people {
		p += "/"
		e.Commit(s, personal(p+"1", 0, thing{Num: 1, Tags: []string{"red"}}), personal(p+"2/3", 0, thing{Num: 2, Tags: []string{"red", "blue"}}),
			letter(p+"1", 0, "dear "+p), letter(p+"\uffff", 0, "dear "+p), put(p+"1", 0, thing{Num: 3}), plain(p+"1", 0, "x"), grow(p+"1", 0, "x"),
			add(p+"1", "available", 1, 0), take(p+"1", "x"))
	}
}

func hasPrefix(s string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(s, p) })
}

var eraseRules = []Rule{
	{
		ID:       "erase/person",
		Sentence: `Erase deletes every record of every Personal family whose key begins with the person and "/", and no other.`,
		Why:      "a person's right to be forgotten must not take another person's data",
		Check: func(e *Env) {
			for _, person := range []string{"a", "ab", "A", "a%", "a_", "b", "á"} {
				s := e.Fresh()
				e.peopled(s)
				before := e.Dump(s)
				e.Commit(s, store.Erase{Person: person})
				want := slices.DeleteFunc(before, func(line string) bool {
					return hasPrefix(line, "person/"+person+"/", "letter/"+person+"/")
				})
				e.Equal("the store without "+person, e.Dump(s), want)
			}
		},
	},
	{
		ID:       "erase/lists",
		Sentence: "What was erased is deleted: it stands in no list any more.",
		Why:      "a person's tags are a person's words too",
		Check: func(e *Env) {
			s := e.Fresh()
			e.peopled(s)
			e.Commit(s, store.Erase{Person: "ab"})
			for _, q := range []store.Query{
				{Family: "person", List: "by_num"}, {Family: "person", List: "by_tag", Equal: []store.Value{store.TextValue("red")}},
				{Family: "person", List: "by_tag", Equal: []store.Value{store.TextValue("blue")}}, {Family: "person"}, {Family: "letter"},
			} {
				for _, key := range e.Keys(s, q) {
					if hasPrefix(key, "ab/") {
						e.Failf("%q stands in list %q of %s", key, q.List, q.Family)
					}
				}
			}
			e.Equal("blue", len(e.Keys(s, store.Query{Family: "person", List: "by_tag", Equal: []store.Value{store.TextValue("blue")}})), len(people)-1)
		},
	},
	{
		ID:       "erase/new-stays",
		Sentence: "Erase deletes what was there before the set: what the same set puts newly for the person stays.",
		Why:      "the note that says that a person was erased is written in the same breath",
		Check: func(e *Env) {
			for _, erase := range []int{0, 1, 2} {
				s := e.Fresh()
				e.peopled(s)
				changes := []store.Change{letter("a/new", 0, "erased"), personal("a/new", 0, thing{Tags: []string{"new"}})}
				e.Commit(s, slices.Insert(changes, erase, store.Change(store.Erase{Person: "a"}))...)
				e.Equal("letters", e.Get(s, ref("letter", "a/new"), ref("letter", "a/1")), []Seen{{Ref: "letter/a/new", Rev: 1, Doc: "erased"}, {Ref: "letter/a/1"}})
				e.Equal("by tag", e.Keys(s, store.Query{Family: "person", List: "by_tag", Equal: []store.Value{store.TextValue("new")}}), []string{"a/new"})
				changes = []store.Change{letter("b/2/3", 0, "erased"), personal("b/\uffff", 0, thing{})} // keys that other families have
				e.Commit(s, slices.Insert(changes, erase, store.Change(store.Erase{Person: "b"}))...)
				for family, want := range map[string][]string{"letter": {"b/2/3"}, "person": {"b/\uffff"}} {
					keys := slices.DeleteFunc(e.Keys(s, store.Query{Family: family}), func(key string) bool { return !hasPrefix(key, "b/") })
					e.Equal("what the family "+family+" has of the person", keys, want)
				}
			}
		},
	},
	{
		ID:       "erase/refused",
		Sentence: "A Put at another revision than 0 or a Delete of one of the person's records in the same set is ErrInvalid; a Put at 0 of one that is there is ErrConflict.",
		Why:      "a set must not both keep and erase a record",
		Check: func(e *Env) {
			s := e.Fresh()
			e.peopled(s)
			erase := store.Erase{Person: "a"}
			for _, c := range []store.Change{letter("a/1", 1, "x"), del(ref("letter", "a/1"), 1), personal("a/1", 1, thing{}), letter("a/gone", 1, "x")} {
				e.Refused(s, "Erase first", store.ChangeSet{Changes: []store.Change{erase, c}}, store.ErrInvalid)
				e.Refused(s, "Erase last", store.ChangeSet{Changes: []store.Change{c, erase}}, store.ErrInvalid)
			}
			e.Refused(s, "Put at 0 of what is there", store.ChangeSet{Changes: []store.Change{erase, letter("a/1", 0, "x")}}, store.ErrConflict)
			e.Commit(s, erase, letter("ab/1", 1, "other"), del(ref("letter", "b/1"), 1), put("a/1", 1, thing{}))
		},
	},
	{
		ID:       "erase/nobody",
		Sentence: "A person of whom nothing is there is no error.",
		Why:      "to erase twice is to erase",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, store.Erase{Person: "a"})
			e.peopled(s)
			before := e.Dump(s)
			e.Commit(s, store.Erase{Person: "nobody"}, store.Erase{Person: "abc"})
			e.Equal("the store", e.Dump(s), before)
			e.Commit(s, store.Erase{Person: "a"}, store.Erase{Person: "b"})
			after := e.Dump(s)
			e.Commit(s, store.Erase{Person: "a"}, store.Erase{Person: "a"})
			e.Equal("erased twice", e.Dump(s), after)
		},
	},
	{
		ID:       "erase/many",
		Sentence: "However many records a person has, all are erased in the one set.",
		Why:      "the longest customer has the most to forget",
		Check: func(e *Env) {
			s := e.Fresh()
			e.peopled(s)
			without := e.Dump(s)
			for from := 0; from < 1500; from += 500 {
				var changes []store.Change
				for i := range 500 {
					changes = append(changes, letter("long/"+string(rune(0x4e00+from+i)), 0, "dear"))
				}
				e.Commit(s, changes...)
			}
			e.Commit(s, store.Erase{Person: "long"})
			e.Equal("the store", e.Dump(s), without)
		},
	},
}

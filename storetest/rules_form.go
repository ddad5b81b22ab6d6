package storetest

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/tillkit/till/store"
)

// countedDoc counts how often and where it is encoded.
type countedDoc struct {
	mu    sync.Mutex
	calls int
	by    []string
}

func (d *countedDoc) AppendStored(dst []byte) ([]byte, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	d.by = append(d.by, goroutine())
	return append(dst, "counted"...), nil
}

// goroutine names the running goroutine: "goroutine 7".
func goroutine() string {
	trace := make([]byte, 64)
	trace = trace[:runtime.Stack(trace, false)]
	name, _, _ := bytes.Cut(trace, []byte(" ["))
	return string(name)
}

// novel is a change of a kind that no store knows yet.
type novel struct{ store.Put }

var formRules = []Rule{
	{
		ID:       "form/reserved",
		Sentence: "A store that meets a change that it does not know refuses the whole set with ErrUnsupported, as it must refuse Reserved.",
		Why:      "a change that an old store skips is an order without its payment",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			fine := put("new", 0, thing{})
			pointer := plain("q", 0, "x")
			for what, c := range inOrder(map[string]store.Change{"Reserved": store.Reserved{}, "a newer kind": novel{plain("q", 0, "x")}, "a pointer": &pointer, "nil": nil}) {
				for _, changes := range [][]store.Change{{c}, {fine, c}, {c, fine}, {fine, add("c", "available", 1, 0), c, take("f", "bob")}} {
					e.Refused(s, what, store.ChangeSet{Key: "key", Changes: changes}, store.ErrUnsupported)
				}
			}
		},
	},
	{
		ID:       "form/ref-twice",
		Sentence: "A set names each Ref in at most one change.",
		Why:      "two changes of one record would make their order mean something",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			for what, changes := range inOrder(map[string][]store.Change{
				"Put and Put":       {put("new", 0, thing{}), put("new", 1, thing{})},
				"Put and Delete":    {put("r", 1, thing{}), del(ref("row", "r"), 1)},
				"Delete and Put":    {del(ref("row", "r"), 1), put("r", 0, thing{})},
				"Append and Append": {grow("j", 2, "x"), grow("j", 3, "y")},
				"Add and Add":       {add("c", "available", 1, 0), add("c", "reserved", 1, 0)},
				"Claim and Release": {take("f", "bob"), release("f", "bob")},
				"Release and Claim": {release("e", "ann"), take("e", "bob")},
			}) {
				e.Refused(s, what, store.ChangeSet{Changes: changes}, store.ErrInvalid)
			}
			e.Commit(s, put("same", 0, thing{}), plain("same", 0, "x"), grow("same", 0, "x"), add("same", "available", 1, 0), take("same", "ann"))
		},
	},
	{
		ID:       "form/shape",
		Sentence: "A family takes the changes of its shape and no others: any other is ErrInvalid.",
		Why:      "a Delete of a journal would rewrite history",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			doc := store.Raw("x")
			for _, family := range []string{"row", "plain", "journal", "counter", "claim", "nobody", ""} {
				r := ref(family, "key")
				a := grow("key", 0, "x")
				a.Ref = r
				changes := map[string]store.Change{
					"Put":    store.Put{Record: store.Record{Ref: r, Doc: doc}},
					"Delete": store.Delete{Ref: r, Rev: 1}, "Append": a,
					"Add":   store.Add{Ref: r, Steps: []store.Step{{Field: "available", By: 1}}},
					"Claim": store.Claim{Ref: r, Owner: "ann"}, "Release": store.Release{Ref: r, Owner: "ann"},
				}
				fits := map[string][]string{"row": {"Put", "Delete"}, "plain": {"Put", "Delete"}, "journal": {"Append"}, "counter": {"Add"}, "claim": {"Claim", "Release"}}
				for what, c := range changes {
					if !slices.Contains(fits[family], what) {
						e.Refused(s, fmt.Sprintf("%s of %q", what, family), store.ChangeSet{Changes: []store.Change{c}}, store.ErrInvalid)
					}
				}
			}
		},
	},
	{
		ID:       "form/invalid",
		Sentence: "A set that is wrong in form is ErrInvalid, and nothing of it is applied.",
		Why:      "what one engine takes and another cuts short is found too late",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			long, longer := strings.Repeat("x", store.MaxText+1), strings.Repeat("x", store.MaxKey+1)
			entry := func(edit func(*store.Entry)) store.Append {
				a := grow("new", 0, "x")
				edit(&a.Entries[0])
				return a
			}
			record := func(edit func(*store.Record)) store.Put {
				p := put("new", 0, thing{})
				edit(&p.Record)
				return p
			}
			for what, c := range inOrder(map[string]store.Change{
				"empty key": put("", 0, thing{}), "long key": put(longer, 0, thing{}), "NUL in a key": put("a\x00", 0, thing{}), "key not UTF-8": put("\xff", 0, thing{}),
				"long claim": take(longer, "ann"), "long counter": add(longer, "available", 1, 0), "long journal": grow(longer, 0, "x"),
				"long text": put("new", 0, thing{Txt: long}), "NUL in a text": put("new", 0, thing{Txt: "\x00"}), "text not UTF-8": put("new", 0, thing{State: "a\xc3"}),
				"long member": put("new", 0, thing{Tags: []string{long}}), "too many members": put("new", 0, thing{Tags: manyTags(store.MaxMany + 1)}),
				"member not UTF-8": put("new", 0, thing{Tags: []string{"\xff"}}),
				"no document":      record(func(r *store.Record) { r.Doc = nil }), "no index": record(func(r *store.Record) { r.Index = nil }),
				"short index":  record(func(r *store.Record) { r.Index = r.Index[:5] }),
				"wrong type":   record(func(r *store.Record) { r.Index[0] = store.TextValue("1") }),
				"no value":     record(func(r *store.Record) { r.Index[2] = store.Value{} }),
				"revision < 0": put("new", -1, thing{}), "Delete at 0": del(ref("row", "r"), 0), "Delete below 0": del(ref("row", "r"), -1),
				"no entries": grow("new", 0), "entry number": entry(func(n *store.Entry) { n.N = 2 }), "entry number 0": entry(func(n *store.Entry) { n.N = 0 }),
				"no kind": entry(func(n *store.Entry) { n.Kind = "" }), "long kind": entry(func(n *store.Entry) { n.Kind = strings.Repeat("k", store.MaxKind+1) }),
				"version 0": entry(func(n *store.Entry) { n.V = 0 }), "no owner": take("new", ""), "long owner": take("new", longer), "owner not UTF-8": take("new", "\xff"),
				"no releaser": release("e", ""), "no steps": store.Add{Ref: ref("counter", "c")}, "unknown column": add("c", "gone", 1, 0),
				"too many steps": store.Add{Ref: ref("counter", "c"), Steps: make([]store.Step, store.MaxSteps+1)},
				"no person":      store.Erase{}, "person with /": store.Erase{Person: "a/b"}, "long person": store.Erase{Person: longer}, "person not UTF-8": store.Erase{Person: "\xff"},
				"personal without person": letter("ann", 0, "x"), "personal without rest": letter("ann/", 0, "x"), "personal of nobody": letter("/1", 0, "x"),
			}) {
				e.Refused(s, what, store.ChangeSet{Changes: []store.Change{plain("fine", 0, "x"), c}}, store.ErrInvalid)
			}
			for what, set := range inOrder(map[string]store.ChangeSet{
				"long set key": {Key: longer}, "NUL in a set key": {Key: "a\x00b"}, "set key not UTF-8": {Key: "\xfe"},
				"long result": {Key: "key", Result: longer}, "result not UTF-8": {Key: "key", Result: "\xfe"},
				"empty required key": {Requires: []store.Requirement{require(ref("row", ""), 0)}}, "unknown required family": {Requires: []store.Requirement{require(ref("nobody", "x"), 0)}},
				"required below 0": {Requires: []store.Requirement{require(ref("row", "x"), -1)}},
			}) {
				set.Changes = []store.Change{plain("fine", 0, "x")}
				e.Refused(s, what, set, store.ErrInvalid)
			}
		},
	},
	{
		ID:       "form/limits",
		Sentence: "A store takes everything up to the limits of the port, and nothing beyond them.",
		Why:      "an order of a thousand lines is one set",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, plain("base", 0, "x"))
			var set store.ChangeSet
			for i := range store.MaxChanges {
				set.Changes = append(set.Changes, plain(fmt.Sprintf("p%04d", i), 0, "x"))
				set.Requires = append(set.Requires, require(ref("plain", fmt.Sprintf("p%04d", i)), 0))
			}
			e.CommitSet(s, set)
			e.Equal("records", len(e.Keys(s, store.Query{Family: "plain"})), store.MaxChanges+1)
			over := store.ChangeSet{Changes: []store.Change{plain("one", 0, "x")}}
			for i := range store.MaxChanges {
				over.Changes = append(over.Changes, plain(fmt.Sprintf("q%04d", i), 0, "x"))
			}
			e.Refused(s, "too many changes", over, store.ErrInvalid)
			over = store.ChangeSet{Changes: over.Changes[:1]}
			for range store.MaxChanges + 1 {
				over.Requires = append(over.Requires, require(ref("plain", "base"), 1))
			}
			e.Refused(s, "too many requirements", over, store.ErrInvalid)
			e.Commit(s, grow("j", 0, make([]string, store.MaxEntries)...))
			e.Equal("entries", len(e.History(s, ref("journal", "j"), 0, store.MaxLimit)), store.MaxEntries)
			e.Refused(s, "too many entries", store.ChangeSet{Changes: []store.Change{grow("k", 0, make([]string, store.MaxEntries+1)...)}}, store.ErrInvalid)
			steps := make([]store.Step, store.MaxSteps)
			for i := range steps {
				steps[i] = store.Step{Field: "available", By: 1}
			}
			e.Commit(s, store.Add{Ref: ref("counter", "c"), Steps: steps})
			e.Equal("counter", e.Get(s, ref("counter", "c")), []Seen{{Ref: "counter/c", Rev: 1, Columns: []int64{store.MaxSteps, 0}}})
		},
	},
}

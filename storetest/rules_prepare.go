package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/tillkit/till/store"
)

// raised is the next version of the schema: rows are found by other values and
// by a list more, journals by a field more, and there is a new family.
func raised() store.Schema {
	next := schema()
	next.Version = 2
	row, journal := &next.Families[0], &next.Families[2]
	row.Version, journal.Version = 2, 2
	row.Lists[7] = store.List{Name: "by_rank", Equal: []string{"txt"}, Sort: "rank"}
	row.Index = func(r store.Ref, doc store.Doc) ([]store.Value, error) {
		values, err := indexOf(6)(r, doc)
		if err == nil {
			values[0] = store.IntValue(-values[0].Int())
		}
		return values, err
	}
	journal.Fields = thingFields[:2]
	journal.Lists = append(journal.Lists, store.List{Name: "by_rank", Sort: "rank"})
	journal.Index = func(r store.Ref, doc store.Doc) ([]store.Value, error) {
		values, err := indexOf(2)(r, doc)
		if err == nil {
			values[1] = store.IntValue(-values[0].Int())
		}
		return values, err
	}
	next.Families = append(next.Families, store.Family{Name: "added", Shape: store.Rows, Version: 1})
	return next
}

// isRaised checks that a store with the given rows, and the journals a (1 entry)
// and b (2), works by the raised schema.
func (e *Env) isRaised(s store.Store, all map[string]thing) {
	e.Helper()
	turned := map[string]thing{}
	for key, t := range all {
		t.Num = -t.Num
		turned[key] = t
	}
	for _, q := range bounded(in("by_num"), store.IntValue(-2), store.IntValue(3)) {
		e.finds(s, "by the number that is filed now", turned, q)
	}
	for what, q := range inOrder(queries()) {
		if q.List != "search_state" {
			e.finds(s, what, turned, q)
		}
	}
	var want []string
	for _, rank := range []int64{0, 1, 2, 3} {
		for _, key := range slices.Sorted(maps.Keys(all)) {
			if all[key].Txt == "a" && all[key].Rank == rank {
				want = append(want, key)
			}
		}
	}
	e.Equal("by the added list", e.Keys(s, in("by_rank", store.TextValue("a"))), want)
	e.Equal("journals by the added list", e.Keys(s, store.Query{Family: "journal", List: "by_rank"}), []string{"b", "a"})
	e.Equal("journals by number", e.Keys(s, store.Query{Family: "journal", List: "by_num"}), []string{"a", "b"})
	_, err := s.Find(e.Ctx, store.Query{Family: "row", List: "search_state", Equal: []store.Value{store.TextValue("")}, Match: []string{"mug"}, Limit: 1})
	e.Is("a list that was taken away", err, store.ErrInvalid)
}

var prepareRules = []Rule{
	{
		ID:       "prepare/repeat",
		Sentence: "Prepare may be repeated.",
		Why:      "every start of the program prepares",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(20)
			e.oneOfEach(s)
			e.Commit(s, del(ref("row", "r"), 1))
			e.load(s, all)
			e.CommitSet(s, keyed("key", "x"))
			want := e.Dump(s)
			for range 3 {
				e.Must("Prepare again", s.Prepare(e.Ctx, schema()))
			}
			e.Equal("the store", e.Dump(s), want)
			e.findsAll(s, all)
			e.Equal("the key", e.CommitSet(s, keyed("key", "x")).Replay, true)
			events, _ := e.Feed(s, "", 10)
			e.told("the feed", events, map[string][]string{"journal/j": {"1 one", "2 two"}})
		},
	},
	{
		ID:       "prepare/newer",
		Sentence: "Data that was prepared with a greater Schema.Version is refused with ErrUnsupported and left as it is.",
		Why:      "an old program that writes into new data damages it silently",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(20)
			e.load(s, all)
			e.Commit(s, grow("a", 0, "1"), grow("b", 0, "1", "2"))
			e.Must("Prepare with the raised schema", s.Prepare(e.Ctx, raised()))
			want := DumpText(e, s, raised())
			e.Is("Prepare with the old schema", s.Prepare(e.Ctx, schema()), store.ErrUnsupported)
			e.Equal("the store", DumpText(e, s, raised()), want)
			e.isRaised(s, all)
			e.Must("Prepare with the raised schema", s.Prepare(e.Ctx, raised()))
		},
	},
	{
		ID:       "prepare/files-anew",
		Sentence: "Prepare calls Index for every record whose family has a greater Version than it was filed with, and files the record anew: lists that were added work for what is there.",
		Why:      "a new way to list orders lists the old ones too",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(60)
			e.load(s, all)
			changed := all[keyAt(all, 3)]
			changed.Txt = "a"
			all[keyAt(all, 3)] = changed
			gone := keyAt(all, 4)
			delete(all, gone)
			e.Commit(s, grow("a", 0, "1"), grow("b", 0, "1", "2"), put(keyAt(all, 3), 1, changed), del(ref("row", gone), 1))
			want := e.Dump(s)
			e.Must("Prepare with the raised schema", s.Prepare(e.Ctx, raised()))
			e.Equal("documents, revisions and entries", e.Dump(s), want)
			e.isRaised(s, all)
			moved := keyAt(all, 9)
			t := all[moved]
			e.Commit(s, store.Put{Record: store.Record{Ref: ref("added", "x"), Doc: store.Raw("y")}}, del(ref("row", moved), e.Get(s, ref("row", moved))[0].Rev))
			delete(all, moved)
			p := put(moved+"x", 0, t)
			p.Index[0] = store.IntValue(-t.Num)
			e.Commit(s, p)
			all[moved+"x"] = t
			e.isRaised(s, all)
			e.Equal("the added family", e.Keys(s, store.Query{Family: "added"}), []string{"x"})
		},
	},
	{
		ID:       "prepare/reads-documents",
		Sentence: "Index is given the stored document of each record, and its ref.",
		Why:      "what a record is found by follows from the record alone",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(20)
			e.load(s, all)
			got := map[string]string{}
			var mu sync.Mutex
			next := raised()
			index := next.Families[0].Index
			next.Families[0].Index = func(r store.Ref, doc store.Doc) ([]store.Value, error) {
				raw, err := doc.AppendStored(nil)
				mu.Lock()
				got[r.String()] = string(raw)
				mu.Unlock()
				values, _ := index(r, doc)
				return values, err
			}
			e.Must("Prepare", s.Prepare(e.Ctx, next))
			want := map[string]string{}
			for key, t := range all {
				want["row/"+key] = docText(t)
			}
			e.Equal("what Index was given", got, want)
		},
	},
	{
		ID:       "prepare/wholly",
		Sentence: "Prepare happens wholly or not at all.",
		Why:      "a program that failed to start must not keep the old one from running",
		Check: func(e *Env) {
			s, all := e.Fresh(), some(30)
			e.load(s, all)
			e.Commit(s, grow("a", 0, "1"), grow("b", 0, "1", "2"))
			want := e.Dump(s)
			broken := errors.New("no such document")
			fails := func() ([]store.Value, error) { return nil, broken }
			for what, fault := range inOrder(map[string]struct {
				family, at int
				result     func() ([]store.Value, error)
			}{
				"fails":                   {0, 20, fails},
				"fails in another family": {2, 2, fails},
				"gives too little":        {0, 20, func() ([]store.Value, error) { return []store.Value{store.IntValue(1)}, nil }},
				"gives values that unfit": {0, 20, func() ([]store.Value, error) { return slices.Repeat([]store.Value{store.TextValue("x")}, 6), nil }},
			}) {
				next, n := raised(), 0
				index := next.Families[fault.family].Index
				next.Families[fault.family].Index = func(r store.Ref, doc store.Doc) ([]store.Value, error) {
					if n++; n == fault.at {
						return fault.result()
					}
					return index(r, doc)
				}
				if err := s.Prepare(e.Ctx, next); err == nil {
					e.Stopf("Prepare succeeded though Index %s", what)
				} else if hasPrefix(what, "fails") {
					e.Is("Prepare", err, broken)
				}
				e.Equal("the store", e.Dump(s), want)
				e.findsAll(s, all)
				e.Must("Prepare with the old schema", s.Prepare(e.Ctx, schema()))
				key := keyAt(all, len(what)) // what is committed between is filed by the next one
				t := all[key]
				t.Num, t.Tags, t.Text = t.Num+7, []string{"green"}, "vase"
				e.Commit(s, put(key, e.Get(s, ref("row", key))[0].Rev, t))
				all[key], want = t, e.Dump(s)
			}
			e.Must("Prepare with the raised schema", s.Prepare(e.Ctx, raised()))
			e.isRaised(s, all)
		},
	},
	{
		ID:       "prepare/invalid",
		Sentence: "A schema that breaks a rule of the port is ErrInvalid; an unknown shape or type is ErrUnsupported.",
		Why:      "what one engine can lay out, every engine must be able to",
		Check: func(e *Env) {
			s := e.Open(e.Place())
			for what, edit := range inOrder(map[string]func(*store.Schema){
				"no version":        func(c *store.Schema) { c.Version = 0 },
				"reserved family":   func(c *store.Schema) { c.Families[0].Name = store.Receipts },
				"family twice":      func(c *store.Schema) { c.Families[1].Name = "row" },
				"bad name":          func(c *store.Schema) { c.Families[1].Name = "Plain" },
				"no family version": func(c *store.Schema) { c.Families[1].Version = 0 },
				"no Index":          func(c *store.Schema) { c.Families[0].Index = nil },
				"unknown sort":      func(c *store.Schema) { c.Families[0].Lists[0].Sort = "moon" },
				"sort by Many":      func(c *store.Schema) { c.Families[0].Lists[0].Sort = "tags" },
				"reserved field":    func(c *store.Schema) { c.Families[3].Fields[0].Name = "rev" },
				"personal journal":  func(c *store.Schema) { c.Families[2].Personal = true },
				"too many lists":    func(c *store.Schema) { c.Families[0].Lists = append(c.Families[0].Lists, store.List{Name: "more"}) },
			}) {
				bad := schema()
				edit(&bad)
				e.Is("Prepare: "+what, s.Prepare(e.Ctx, bad), store.ErrInvalid)
			}
			for what, edit := range inOrder(map[string]func(*store.Schema){
				"unknown shape": func(c *store.Schema) { c.Families[1].Shape = 99 },
				"unknown type": func(c *store.Schema) {
					c.Families[0].Fields = append(slices.Clone(thingFields), store.Field{Name: "x", Type: 99})
				},
			}) {
				bad := schema()
				edit(&bad)
				e.Is("Prepare: "+what, s.Prepare(e.Ctx, bad), store.ErrUnsupported)
			}
			_, err := s.Get(e.Ctx)
			e.Is("Get after Prepare failed", err, store.ErrInvalid)
			e.Must("Prepare", s.Prepare(e.Ctx, schema()))
			e.Equal("a family", e.Keys(s, store.Query{Family: "row"}), []string{})
		},
	},
	{
		ID:       "prepare/added-family",
		Sentence: "Prepare creates what is missing.",
		Why:      "a new feature brings families of its own to a shop that runs",
		Check: func(e *Env) {
			small := schema()
			small.Families = small.Families[:2]
			s := e.Open(e.Place())
			e.Must("Prepare", s.Prepare(e.Ctx, small))
			e.Commit(s, put("r", 0, thing{Num: 1}))
			_, err := s.Commit(e.Ctx, one(grow("j", 0, "x")))
			e.Is("a family that is not there yet", err, store.ErrInvalid)
			for version := 2; version < 4; version++ {
				whole := schema()
				whole.Version = version
				e.Must(fmt.Sprintf("Prepare version %d", version), s.Prepare(e.Ctx, whole))
				e.Equal("the old row", e.Keys(s, in("by_num")), []string{"r"})
			}
			e.Commit(s, grow("j", 0, "x"), add("c", "available", 1, 0), take("e", "ann"), letter("ann/1", 0, "x"))
			e.Equal("the new families", len(e.Dump(s)), 7)
		},
	},
}

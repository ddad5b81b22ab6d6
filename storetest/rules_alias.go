package storetest

import (
	"github.com/tillkit/till/store"
)

func scribble(b []byte) {
	for i := range b {
		b[i] = '#'
	}
}

var aliasRules = []Rule{
	{
		ID:       "alias/in",
		Sentence: "What a caller does to its slices after a call returned does not reach the store.",
		Why:      "buffers are used again, and orders must not change with them",
		Check: func(e *Env) {
			s := e.Fresh()
			doc, payload := store.Raw("document"), []byte("payload")
			a := grow("j", 0, "x")
			a.Entries[0].Payload = payload
			p := put("r", 0, thing{Num: 5, State: "open", Tags: []string{"red"}, Text: "mug"})
			moves := steps("c", step("available", 5, 0))
			set := store.ChangeSet{Key: "key", Requires: []store.Requirement{require(ref("plain", "p"), 0)}, Changes: []store.Change{
				store.Put{Record: store.Record{Ref: ref("plain", "p"), Doc: doc}}, a, p, moves,
			}}
			e.CommitSet(s, set)
			want := e.Dump(s)
			scribble(doc)
			scribble(payload)
			a.Entries[0] = store.Entry{N: 9, Kind: "forged"}
			moves.Steps[0] = step("reserved", 7, 0)
			for i := range p.Index {
				p.Index[i] = store.IntValue(99)
			}
			a.Index[0] = store.IntValue(99)
			clear(set.Changes)
			clear(set.Requires)
			e.Equal("the store after the caller used its slices again", e.Dump(s), want)
			e.Equal("by number", e.Keys(s, in("by_num")), []string{"r"})
			low := in("by_num")
			low.Where = []store.Cond{{Field: "rank", Op: store.AtMost, Value: store.IntValue(5)}, {Field: "txt", Op: store.Equal, Value: store.TextValue("")}}
			e.Equal("by number, where", e.Keys(s, low), []string{"r"})
			e.Commit(s, put("r", 1, thing{Num: 6}), grow("j", 1, "y"))
			e.Equal("the old state", e.Keys(s, in("by_state", store.TextValue("open"))), []string{})
			six := store.IntValue(6)
			e.Equal("by number after a change", e.Keys(s, store.Query{Family: "row", List: "by_num", From: &six}), []string{"r"})
			events, _ := e.Feed(s, "", 10)
			e.told("the feed", events, map[string][]string{"journal/j": {"1 payload", "2 y"}})
		},
	},
	{
		ID:       "alias/out",
		Sentence: "What a caller does to slices that it was given does not reach the store or anybody else.",
		Why:      "one request's clumsiness is not another's data",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			want := e.Dump(s)
			spoil := func(records []store.Record) {
				for i, r := range records {
					if raw, ok := r.Doc.(store.Raw); ok {
						scribble(raw)
						_ = append(raw[:0], "overwritten"...)
					}
					for j := range r.Index {
						r.Index[j] = store.IntValue(99)
					}
					records[i] = store.Record{}
				}
			}
			for range 2 {
				records, err := s.Get(e.Ctx, append(everyRef, everyRef...)...)
				e.Must("Get", err)
				if len(records) == 2*len(everyRef) {
					spoil(records[:len(everyRef)])
					e.Equal("the second of two answers in one", seeAll(records[len(everyRef):]), everySeen)
				}
				for _, family := range []string{"row", "plain", "journal", "counter", "claim", "person", "letter"} {
					spoil(e.Page(s, store.Query{Family: family, Limit: 10}).Items)
				}
				history, err := s.History(e.Ctx, ref("journal", "j"), 0, 10)
				e.Must("History", err)
				for i := range history.Items {
					scribble(history.Items[i].Payload)
					history.Items[i].Kind = "forged"
				}
				feed, err := s.Feed(e.Ctx, "", 10)
				e.Must("Feed", err)
				for i := range feed.Items {
					scribble(feed.Items[i].Entry.Payload)
					feed.Items[i].Ref.Key = "forged"
				}
			}
			e.Equal("the store after the caller wrote over its answers", e.Dump(s), want)
			events, _ := e.Feed(s, "", 10)
			e.told("the feed", events, map[string][]string{"journal/j": {"1 one", "2 two"}})
		},
	},
	{
		ID:       "alias/schema",
		Sentence: "What a caller does to the schema after Prepare does not reach the store.",
		Why:      "a schema is a value",
		Check: func(e *Env) {
			s, mine := e.Open(e.Place()), schema()
			e.Must("Prepare", s.Prepare(e.Ctx, mine))
			for i := range mine.Families {
				f := &mine.Families[i]
				for j := range f.Lists {
					l := &f.Lists[j]
					l.Name, l.Sort = "gone", "gone"
					clearAll(l.Equal)
					clearAll(l.Where)
				}
				for j := range f.Fields {
					f.Fields[j].Name = "gone"
				}
				f.Name, f.Index = "gone", nil
			}
			e.oneOfEach(s)
			all := some(20)
			e.load(s, all)
			all["r"] = thing{Num: 4, Txt: "t", Tags: []string{"red"}, Text: "blue mug"}
			e.findsAll(s, all)
		},
	},
}

func clearAll(names []string) {
	for i := range names {
		names[i] = "gone"
	}
}

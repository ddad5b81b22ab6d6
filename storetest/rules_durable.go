package storetest

import (
	"fmt"

	"github.com/tillkit/till/store"
)

var durableRules = []Rule{
	{
		ID: "durable/reopen", Needs: Durable,
		Sentence: "What was committed is there after Close and Open: every record, list, entry, receipt and place in the feed.",
		Why:      "a shop that starts again in the morning",
		Check: func(e *Env) {
			place := e.Place()
			s, all := e.Prepared(place), some(40)
			e.oneOfEach(s)
			e.Commit(s, fitting()...)
			e.Commit(s, del(ref("row", "r"), 2), del(ref("row", "new"), 1))
			e.load(s, all)
			for i, doc := range awkward() {
				e.Commit(s, plain(fmt.Sprint("doc", i), 0, doc))
			}
			e.CommitSet(s, keyed("click", "request", add("c", "available", 7, 0)))
			want := e.Dump(s)
			before, after := e.Feed(s, "", 2)
			for range 2 {
				e.Must("Close", s.Close())
				s = e.Prepared(place)
				e.Equal("the store after reopening", e.Dump(s), want)
				e.findsAll(s, all)
			}
			e.Equal("the key", e.CommitSet(s, keyed("click", "request", add("c", "available", 7, 0))),
				receiptOf(keyed("click", "request"), true))
			e.Refused(s, "the key of another request", keyed("click", "another"), store.ErrExists)
			e.counts(s, "c", 7, 0)
			again, _ := e.Feed(s, "", 2)
			e.Equal("the feed", len(again), len(before))
			e.Commit(s, grow("k", 1, "two"), put(keyAt(all, 0), 1, thing{}))
			news, _ := e.Feed(s, after, 10)
			e.told("the feed from the old cursor", news, map[string][]string{"journal/k": {"2 two"}})
		},
	},
	{
		ID: "durable/cursor", Needs: Durable,
		Sentence: "A cursor is valid after reopening.",
		Why:      "a buyer turns the page after a new version was rolled out",
		Check: func(e *Env) {
			place := e.Place()
			s := e.Prepared(place)
			e.load(s, some(30))
			wants, afters := map[string][]Seen{}, map[string]store.Cursor{}
			for what, q := range inOrder(queries()) {
				q.Limit = 2
				afters[what] = e.Page(s, q).Next
				if q.After = afters[what]; q.After != "" {
					wants[what] = e.Find(s, q)
				}
			}
			e.Must("Close", s.Close())
			s = e.Prepared(place)
			for what, want := range inOrder(wants) {
				q := queries()[what]
				q.After = afters[what]
				e.Equal(what+" from the old cursor", e.Find(s, q), want)
			}
		},
	},
	{
		ID: "durable/prepare-first", Needs: Durable,
		Sentence: "Prepare comes first on every handle, also where the data was prepared before.",
		Why:      "only Prepare tells a program that the data is newer than itself",
		Check: func(e *Env) {
			place := e.Place()
			s := e.Prepared(place)
			e.oneOfEach(s)
			want := e.Dump(s)
			e.Must("Close", s.Close())
			s = e.Open(place)
			for _, c := range calls {
				e.Is(c.name, c.do(e.Ctx, s, "key"), store.ErrInvalid)
			}
			e.Must("Prepare", s.Prepare(e.Ctx, schema()))
			e.Equal("the store", e.Dump(s), want)
		},
	},
	{
		ID: "durable/newer", Needs: Durable,
		Sentence: "Data that was prepared with a greater Schema.Version is refused with ErrUnsupported and left as it is, also when it was prepared long ago.",
		Why:      "a program that was rolled back meets the data of its successor",
		Check: func(e *Env) {
			place := e.Place()
			s, all := e.Prepared(place), some(20)
			e.load(s, all)
			e.Commit(s, grow("a", 0, "1"), grow("b", 0, "1", "2"))
			e.Must("Prepare with the raised schema", s.Prepare(e.Ctx, raised()))
			want := DumpText(e, s, raised())
			e.Must("Close", s.Close())
			old := e.Open(place)
			e.Is("Prepare with the old schema", old.Prepare(e.Ctx, schema()), store.ErrUnsupported)
			_, err := old.Get(e.Ctx, ref("row", "x"))
			e.Is("Get after Prepare was refused", err, store.ErrInvalid)
			e.Must("Close", old.Close())
			s = e.Open(place)
			e.Must("Prepare with the raised schema", s.Prepare(e.Ctx, raised()))
			e.Equal("the store", DumpText(e, s, raised()), want)
			e.isRaised(s, all)
		},
	},
	{
		ID: "durable/files-anew", Needs: Durable,
		Sentence: "Prepare files records anew that were filed by another version, from the documents that were stored.",
		Why:      "a new version of the program finds the orders of the old one",
		Check: func(e *Env) {
			place := e.Place()
			s, all := e.Prepared(place), some(60)
			e.load(s, all)
			e.Commit(s, grow("a", 0, "1"), grow("b", 0, "1", "2"))
			want := e.Dump(s)
			e.Must("Close", s.Close())
			for range 2 {
				s = e.Open(place)
				e.Must("Prepare with the raised schema", s.Prepare(e.Ctx, raised()))
				e.Equal("documents, revisions and entries", e.Dump(s), want)
				e.isRaised(s, all)
				e.Must("Close", s.Close())
			}
		},
	},
	{
		ID: "durable/crash", Needs: Durable,
		Sentence: "When Commit returns without error, the set is as durable as the store is; all of a set is there or nothing.",
		Why:      "a buyer was told yes, then the process was killed",
		Check:    crash,
	},
}

package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// The rules of what is there when a store is opened again.
var againRules = []Rule{
	{
		ID: "durable/fidelity", Needs: Durable,
		Sentence: "A document and an entry are unchanged after reopening: of any content and of any length, also none, and the greatest.",
		Why:      "an order is proved by bytes that were written ten years ago",
		Check: func(e *Env) {
			place := e.Place()
			s := e.Prepared(place)
			great := bytes.Repeat([]byte{0, 1, 0xfe, 0xff}, store.MaxDocument/4)
			all := awkward()
			bytewise := make([]byte, 1<<16)
			for i := range bytewise {
				bytewise[i] = byte(i ^ i>>8)
			}
			all = append(all, string(bytewise), strings.Repeat("a", 1<<20), strings.Repeat(`{"a":"`, 1000), `"`+strings.Repeat("\u00e9", 1<<16)+`"`)
			docs, entries := store.ChangeSet{}, grow("j", 0, all...)
			entries.Doc = store.Raw(bytewise)
			for i, doc := range all {
				docs.Changes = append(docs.Changes, plain(fmt.Sprintf("p%03d", i), 0, doc), letter(fmt.Sprintf("ann/%03d", i), 0, doc))
			}
			e.CommitSet(s, docs)
			e.Commit(s, entries)
			longest := grow("great", 0, "x", string(great))
			longest.Doc = store.Raw(great)
			e.Commit(s, plain("great", 0, string(great)), longest)
			for round := range 2 {
				e.Must("Close", s.Close())
				s = e.Prepared(place)
				for i, doc := range all {
					for _, seen := range e.Get(s, ref("plain", fmt.Sprintf("p%03d", i)), ref("letter", fmt.Sprintf("ann/%03d", i))) {
						if seen.Rev != 1 || seen.Doc != doc {
							e.Failf("document %d of %d bytes, %.40q, reads as %.40q", i, len(doc), doc, seen.Doc)
						}
					}
				}
				for i, n := range e.History(s, entries.Ref, 0, 70) {
					if !bytes.Equal(n.Payload, entries.Entries[i].Payload) {
						e.Failf("the payload of entry %d, %.40q, reads as %.40q", n.N, entries.Entries[i].Payload, n.Payload)
					}
					n.Payload = entries.Entries[i].Payload // long ones are not for a difference
					e.Equal("an entry", n, entries.Entries[i])
				}
				if got := e.Get(s, entries.Ref)[0]; got.Doc != string(bytewise) {
					e.Failf("the state of a journal reads as %.40q", got.Doc)
				}
				if round > 0 {
					continue // the greatest take their time
				}
				for _, r := range []store.Ref{ref("plain", "great"), longest.Ref} {
					if got := e.Get(s, r)[0]; got.Doc != string(great) {
						e.Failf("%s of %d bytes reads as one of %d, or as another", r, len(great), len(got.Doc))
					}
				}
				if got := e.History(s, longest.Ref, 0, 10); len(got) != 2 || !bytes.Equal(got[1].Payload, great) || got[1].Sum != longest.Entries[1].Sum {
					e.Failf("a payload of %d bytes reads as another", len(great))
				}
			}
		},
	},
	{
		ID: "durable/feed", Needs: Durable,
		Sentence: "The feed gives the entries of each journal by N, each once and unchanged, also when the store is opened again between commits and between pages; its cursors stay valid.",
		Why:      "a program that books from the feed is rolled out every week",
		Check: func(e *Env) {
			place := e.Place()
			s, want, revs, cursor := e.Prepared(place), map[string][]store.Entry{}, map[string]int64{}, store.Cursor("")
			inOrder := func(events []store.Event) map[string][]store.Entry {
				got := map[string][]store.Entry{}
				for _, ev := range events {
					got[ev.Ref.Key] = append(got[ev.Ref.Key], ev.Entry)
				}
				return got
			}
			var paged []store.Event
			for round := range 6 {
				for i := range 8 {
					key := fmt.Sprint("j", (i*i+round)%5)
					a := grow(key, revs[key], slices.Repeat([]string{fmt.Sprintf("%d-%d", round, i)}, 1+i%3)...)
					e.Commit(s, a, put(fmt.Sprintf("r%d-%d", round, i), 0, thing{}))
					revs[key] += int64(len(a.Entries))
					want[key] = append(want[key], a.Entries...)
				}
				page, err := s.Feed(e.Ctx, cursor, 5)
				e.Must("Feed", err)
				paged, cursor = append(paged, page.Items...), page.Next
				e.Must("Close", s.Close())
				s = e.Prepared(place)
				all, _ := e.Feed(s, "", 7)
				e.Equal("the feed after reopening", inOrder(all), want)
			}
			for range mostPages {
				page, err := s.Feed(e.Ctx, cursor, 5)
				e.Must("Feed", err)
				if cursor = page.Next; len(page.Items) == 0 {
					break
				}
				paged = append(paged, page.Items...)
				e.Must("Close", s.Close())
				s = e.Prepared(place)
			}
			e.Equal("the feed, reopened between its pages", inOrder(paged), want)
		},
	},
}

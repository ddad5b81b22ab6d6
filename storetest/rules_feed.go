package storetest

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

// told says what a feed should tell, journal by journal: each entry once, by N.
func (e *Env) told(what string, events []store.Event, want map[string][]string) {
	e.Helper()
	got := map[string][]string{}
	for _, ev := range events {
		got[ev.Ref.String()] = append(got[ev.Ref.String()], fmt.Sprintf("%d %s", ev.Entry.N, ev.Entry.Payload))
	}
	e.Equal(what, got, want)
}

var feedRules = []Rule{
	{
		ID:       "feed/once",
		Sentence: "Feed reads the entries of all journals, each once, those of one journal by N.",
		Why:      "what is booked from the feed is booked once",
		Check: func(e *Env) {
			s, want := e.Fresh(), map[string][]string{}
			revs := map[string]int64{}
			var entries []store.Entry
			for i := range 20 {
				key := fmt.Sprint("j", i*i%7)
				a := grow(key, revs[key], fmt.Sprint("a", i), fmt.Sprint("b", i))
				e.Commit(s, a, plain(fmt.Sprint("p", i), 0, "x"))
				for _, n := range a.Entries {
					want["journal/"+key] = append(want["journal/"+key], fmt.Sprintf("%d %s", n.N, n.Payload))
				}
				revs[key] += 2
				entries = append(entries, a.Entries...)
			}
			for _, limit := range []int{1, 2, 3, 39, 40, 41, store.MaxLimit} {
				events, _ := e.Feed(s, "", limit)
				e.told(fmt.Sprintf("the feed in pages of %d", limit), events, want)
			}
			events, _ := e.Feed(s, "", store.MaxLimit)
			for _, ev := range events {
				for _, n := range entries {
					if n.N == ev.Entry.N && string(n.Payload) == string(ev.Entry.Payload) {
						e.Equal("an event's entry", ev.Entry, n)
					}
				}
			}
		},
	},
	{
		ID:       "feed/goes-on",
		Sentence: "Next is never empty, so that one can ask again later: entries that were committed since are found by the old cursor.",
		Why:      "a message is sent for every order, also for the one that came while nobody looked",
		Check: func(e *Env) {
			s := e.Fresh()
			first, start := e.Feed(s, "", 10)
			e.Equal("the feed of an empty store", first, []store.Event{})
			e.Commit(s, grow("a", 0, "1", "2"))
			events, middle := e.Feed(s, start, 10)
			e.told("from the start", events, map[string][]string{"journal/a": {"1 1", "2 2"}})
			events, middle = e.Feed(s, middle, 10)
			e.told("nothing new", events, map[string][]string{})
			e.Commit(s, grow("b", 0, "1"), grow("a", 2, "3"))
			for range 2 {
				events, _ = e.Feed(s, middle, 1)
				e.told("what is new", events, map[string][]string{"journal/a": {"3 3"}, "journal/b": {"1 1"}})
			}
			events, _ = e.Feed(s, start, 10)
			e.told("all", events, map[string][]string{"journal/a": {"1 1", "2 2", "3 3"}, "journal/b": {"1 1"}})
		},
	},
	{
		ID:       "feed/refused",
		Sentence: "What was refused or repeated is not in the feed.",
		Why:      "no confirmation for an order that is not there, and one for an order that is",
		Check: func(e *Env) {
			s := e.Fresh()
			e.CommitSet(s, keyed("click", "x", grow("a", 0, "1")))
			e.CommitSet(s, keyed("click", "x", grow("a", 0, "1")))
			e.Refused(s, "a stale Append", one(grow("a", 0, "1")), store.ErrConflict)
			e.Refused(s, "a short Add", store.ChangeSet{Changes: []store.Change{grow("b", 0, "1"), add("c", "available", -1, 0)}}, store.ErrShort)
			e.Refused(s, "a used key", keyed("click", "y", grow("b", 0, "1")), store.ErrExists)
			events, _ := e.Feed(s, "", 10)
			e.told("the feed", events, map[string][]string{"journal/a": {"1 1"}})
		},
	},
	{
		ID:       "feed/invalid",
		Sentence: "A cursor that is not of Feed is ErrInvalid; limit is 1 to MaxLimit.",
		Why:      "a damaged cursor must not skip entries",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, grow("a", 0, "1", "2"))
			page, err := s.Feed(e.Ctx, "", 1)
			e.Must("Feed", err)
			if len(page.Next) > store.MaxCursor || page.Next == "" {
				e.Failf("a cursor of %d bytes", len(page.Next))
			}
			good := string(page.Next)
			bad := []string{"x", "AAAA", good + "A", good + good, "%", "\xff", good[:len(good)/2]}
			for i := range good {
				flipped := []byte(good)
				flipped[i] ^= 1
				bad = append(bad, string(flipped))
			}
			for _, cursor := range bad {
				_, err := s.Feed(e.Ctx, store.Cursor(cursor), 10)
				e.Is(fmt.Sprintf("the cursor %.80q, made of %q", cursor, good), err, store.ErrInvalid)
			}
			for _, limit := range []int{0, -1, store.MaxLimit + 1} {
				_, err := s.Feed(e.Ctx, "", limit)
				e.Is(fmt.Sprintf("limit %d", limit), err, store.ErrInvalid)
			}
		},
	},
	{
		ID:       "feed/while-writing",
		Sentence: "An entry may come late, but it is never lost, also while others commit.",
		Why:      "a cursor that overtakes a slow commit loses its entries for ever",
		Check: func(e *Env) {
			s := e.Fresh()
			const writers, each = 6, 25
			var left, asked atomic.Int64 // writers at work, calls of Feed so far
			left.Store(writers)
			want := map[string][]string{}
			for w := range writers {
				for i := range each {
					key := fmt.Sprint("journal/w", w)
					want[key] = append(want[key], fmt.Sprintf("%d %d", i+1, i))
				}
			}
			errs := make([]error, writers)
			var events []store.Event
			var readErr error
			var reader sync.WaitGroup
			reader.Go(func() {
				var after store.Cursor
				last := false
				for len(events) <= 2*writers*each {
					asked.Add(1)
					page, err := s.Feed(e.Ctx, after, 7)
					if err != nil {
						readErr = err
						return
					}
					events, after = append(events, page.Items...), page.Next
					if len(page.Items) == 0 {
						if last {
							return
						}
						last = left.Load() == 0
						runtime.Gosched()
					}
				}
			})
			together(writers, func(w int) {
				defer left.Add(-1)
				for i := range int64(each) {
					before := asked.Load()
					if _, err := s.Commit(e.Ctx, one(grow(fmt.Sprint("w", w), i, fmt.Sprint(i)))); err != nil {
						errs[w] = err
						return
					}
					for n := 0; n < 1000 && asked.Load() == before; n++ {
						runtime.Gosched() // the reader keeps up
					}
				}
			})
			reader.Wait()
			e.Must("Feed", readErr)
			for _, err := range errs {
				e.Must("Commit", err)
			}
			e.told("the feed, read while it grew", events, want)
		},
	},
}

package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tillkit/till/store"
)

// maintainer gives a store as a Maintainer, or skips the rule.
func (e *Env) maintainer(s store.Store) store.Maintainer {
	e.Helper()
	m, ok := s.(store.Maintainer)
	if !ok {
		e.Skip("the store is no Maintainer")
	}
	return m
}

var maintainRules = []Rule{
	{
		ID:       "maintain/keeps",
		Sentence: "After Maintain everything reads as before, cursors included.",
		Why:      "what tidies up at night must not tidy away an order",
		Check: func(e *Env) {
			place := e.Place()
			s, all := e.Prepared(place), some(60)
			m := e.maintainer(s)
			e.oneOfEach(s)
			e.Commit(s, fitting()...)
			e.Commit(s, del(ref("row", "r"), 2), del(ref("row", "new"), 1))
			e.load(s, all)
			for i := range 12 {
				key, again := keyAt(all, 3*i), keyAt(all, 3*i+1)
				e.Commit(s, del(ref("row", key), 1), put(again, 1, all[again]), grow("k", int64(i)+1, fmt.Sprint("entry ", i)))
				delete(all, key)
			}
			e.CommitSet(s, keyed("click", "request", add("c", "available", 7, 0)))
			e.Commit(s, letter("bob/1", 0, "dear bob"), store.Erase{Person: "bob"})
			e.Commit(s, store.Erase{Person: "bob"})
			events, end := e.Feed(s, "", 5)
			first, err := s.Feed(e.Ctx, "", 4)
			e.Must("Feed", err)
			want, wants, afters := e.Dump(s), map[string][]Seen{}, map[string]store.Cursor{}
			for what, q := range queries() {
				q.Limit = 2
				if q.After = e.Page(s, q).Next; q.After != "" {
					afters[what], wants[what] = q.After, e.Find(s, q)
				}
			}
			for round := range 2 {
				e.Must("Maintain", m.Maintain(e.Ctx))
				if round == 1 {
					s = e.again(s, place)
					e.Must("Prepare", s.Prepare(e.Ctx, schema()))
				}
				e.Equal("the store", e.Dump(s), want)
				e.findsAll(s, all)
				for what, list := range wants {
					q := queries()[what]
					q.After = afters[what]
					e.Equal(what+" from the old cursor", e.Find(s, q), list)
				}
				told, _ := e.Feed(s, "", 5)
				e.Equal("the feed", told, events)
				told, _ = e.Feed(s, first.Next, 5)
				e.Equal("the feed from an old cursor", told, events[len(first.Items):])
				told, _ = e.Feed(s, end, 5)
				e.Equal("the feed from its end", told, []store.Event{})
				e.Equal("the key", e.CommitSet(s, keyed("click", "request")), receiptOf(keyed("click", "request"), true))
			}
			e.Refused(s, "a stale Put", one(put(keyAt(all, 0), 0, thing{})), store.ErrConflict)
			e.Commit(s, grow("k", 13, "last"), put(keyAt(all, 0), e.Get(s, ref("row", keyAt(all, 0)))[0].Rev, thing{}))
			told, _ := e.Feed(s, end, 5)
			e.told("what is new", told, map[string][]string{"journal/k": {"14 last"}})
		},
	},
	{
		ID:       "maintain/erased",
		Sentence: "After Maintain, bytes of erased records are in no file of the store.",
		Why:      "a backup of the files must not remember whom the shop forgot",
		Check: func(e *Env) {
			place := e.Place()
			s := e.Prepared(place)
			m := e.maintainer(s)
			if e.Harness.Shared {
				e.oneOfEach(e.Prepared(place)) // another handle stays open
			}
			const doc, member, text, key, stays = "kolibridoc", "kolibritag", "kolibritext", "kolibrikey", "kolibristays"
			for i := range 40 {
				for _, person := range []string{"ann", "bob"} {
					words := func(w string) string {
						if person == "bob" {
							return stays
						}
						return fmt.Sprint(w, " ", i)
					}
					rest := fmt.Sprintf("%s/%s%d", person, map[string]string{"ann": key, "bob": stays}[person], i)
					e.Commit(s, letter(rest, 0, words(doc)), personal(rest, 0, thing{Num: int64(i), Txt: words(text), Tags: []string{words(member)}}))
				}
			}
			e.Must("Prepare with the raised schema", s.Prepare(e.Ctx, raised()))
			e.Commit(s, store.Erase{Person: "ann"})
			e.Must("Maintain", m.Maintain(e.Ctx))
			look := func(when string) {
				for _, word := range []string{doc, member, text, key} {
					if found := filesWith(place, word); len(found) > 0 {
						e.Failf("%s: %q is still in %v", when, word, found)
					}
				}
			}
			look("after Maintain")
			e.Equal("letters of others", len(slices.DeleteFunc(e.Keys(s, store.Query{Family: "letter"}), func(key string) bool { return !hasPrefix(key, "bob/") })), 40)
			e.Equal("others by a member", len(e.Keys(s, store.Query{Family: "person", List: "by_tag", Equal: []store.Value{store.TextValue(stays)}})), 40)
			e.Must("Close", s.Close())
			look("after Close")
		},
	},
	{
		ID:       "maintain/any-method",
		Sentence: "What holds for every method holds for Maintain: a context that is done, ErrClosed, Prepare first, and others may work meanwhile.",
		Why:      "a shop that never closes is tidied while it sells",
		Check: func(e *Env) {
			done, cancel := context.WithCancel(e.Ctx)
			cancel()
			s := e.Open(e.Place())
			m := e.maintainer(s)
			e.Is("Maintain under a context that is done", m.Maintain(done), context.Canceled)
			e.Is("Maintain before Prepare", m.Maintain(e.Ctx), store.ErrInvalid)
			e.Must("Prepare", s.Prepare(e.Ctx, schema()))
			e.Is("Maintain under a context that is done", m.Maintain(done), context.Canceled)
			e.oneOfEach(s)
			const writers, each = 4, 15
			errs := make([]error, writers+1)
			together(len(errs), func(w int) {
				for i := range int64(each) {
					if w == writers {
						if err := m.Maintain(e.Ctx); err != nil && !errors.Is(err, store.ErrBusy) {
							errs[w] = fmt.Errorf("maintain: %w", err)
							return
						}
						if i > 2 {
							return
						}
						continue
					}
					key := fmt.Sprint("w", w)
					_, err := s.Commit(e.Ctx, keyed(fmt.Sprint(key, "-", i), "x", put(key, i, thing{Num: i}), grow(key, i, "x"), add("all", "available", 1, 0)))
					if err == nil {
						_, err = s.Get(e.Ctx, everyRef...)
					}
					if err != nil {
						errs[w] = err
						return
					}
				}
			})
			for _, err := range errs {
				e.Must("beside Maintain", err)
			}
			e.counts(s, "all", writers*each, 0)
			for w := range writers {
				e.Equal("entries", len(e.History(s, ref("journal", fmt.Sprint("w", w)), 0, 100)), each)
			}
			e.Must("Close", s.Close())
			e.Is("Maintain of a closed store", m.Maintain(e.Ctx), store.ErrClosed)
			e.Is("Maintain of a closed store under a context that is done", m.Maintain(done), context.Canceled)
		},
	},
}

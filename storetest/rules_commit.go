package storetest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// refusals are changes that do not fit the state that oneOfEach makes, with what
// each must be refused with.
func refusals() map[string]struct {
	change store.Change
	want   error
} {
	type refusal = struct {
		change store.Change
		want   error
	}
	return map[string]refusal{
		"stale Put":         {put("r", 0, thing{}), store.ErrConflict},
		"Put ahead":         {put("r", 2, thing{}), store.ErrConflict},
		"Put of absent":     {put("gone", 1, thing{}), store.ErrConflict},
		"stale Delete":      {del(ref("plain", "p"), 2), store.ErrConflict},
		"Delete of absent":  {del(ref("plain", "gone"), 1), store.ErrConflict},
		"stale Append":      {grow("j", 1, "x"), store.ErrConflict},
		"Append as new":     {grow("j", 0, "x"), store.ErrConflict},
		"Append ahead":      {grow("gone", 3, "x"), store.ErrConflict},
		"short Add":         {add("c", "available", -6, 0), store.ErrShort},
		"short Add of none": {add("gone", "available", -1, 0), store.ErrShort},
		"Add that overflows": {store.Add{Ref: ref("counter", "c"), Steps: []store.Step{
			{Field: "available", By: 1<<63 - 1, Floor: store.NoFloor}, {Field: "available", By: 1, Floor: store.NoFloor},
		}}, store.ErrInvalid},
		"taken Claim":       {take("e", "bob"), store.ErrExists},
		"own Claim":         {take("e", "ann"), store.ErrExists},
		"Release of absent": {release("gone", "ann"), store.ErrConflict},
		"Release by other":  {release("e", "bob"), store.ErrConflict},
		"reserved":          {store.Reserved{}, store.ErrUnsupported},
		"wrong form":        {add("c", "nothing", 1, 0), store.ErrInvalid},
	}
}

// fitting are changes of every kind that fit the state that oneOfEach makes.
func fitting() []store.Change {
	return []store.Change{
		put("r", 1, thing{Num: 5, Tags: []string{"blue"}, Text: "red"}), put("new", 0, thing{Num: 6}), plain("q", 0, "new"), del(ref("plain", "p"), 1),
		grow("j", 2, "three"), grow("k", 0, "one"), add("c", "available", -5, 0), add("d", "reserved", 3, 0), take("f", "bob"), release("e", "ann"),
		store.Erase{Person: "ann"}, letter("ann/3", 0, "stays"),
	}
}

var commitRules = []Rule{
	{
		ID:       "commit/all-or-nothing",
		Sentence: "Commit applies a set: all of it or nothing.",
		Why:      "half an order takes stock that nobody bought",
		Check: func(e *Env) {
			for what, bad := range inOrder(refusals()) {
				s := e.Fresh()
				e.oneOfEach(s)
				before := e.Dump(s)
				for at := range len(fitting()) + 1 {
					var changes []store.Change
					for _, c := range fitting() {
						if refOf(c) != refOf(bad.change) || refOf(c) == (store.Ref{}) {
							changes = append(changes, c)
						}
					}
					at = min(at, len(changes))
					where := fmt.Sprintf("%s at place %d of %d", what, at, len(changes))
					_, err := s.Commit(e.Ctx, store.ChangeSet{Key: "key", Changes: slices.Insert(changes, at, bad.change)})
					e.Is(where, err, bad.want)
					e.Equal(where+": the store after the refused set", e.Dump(s), before)
				}
				e.Equal("the store that refused", e.Get(s, everyRef...), everySeen)
				_, err := s.Outcome(e.Ctx, "key")
				e.Is("Outcome of the refused set", err, store.ErrNotFound)
				events, _ := e.Feed(s, "", 100)
				e.Equal("entries in the feed", len(events), 2)
			}
		},
	},
	{
		ID:       "commit/every-kind",
		Sentence: "A set may hold changes of every kind, and all of them are applied.",
		Why:      "a checkout is a dozen changes of all kinds at once",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			e.Commit(s, fitting()...)
			refs := append(slices.Clone(everyRef), ref("row", "new"), ref("plain", "q"), ref("journal", "k"), ref("counter", "d"), ref("claim", "f"), ref("letter", "ann/3"))
			e.Equal("the store after the set", e.Get(s, refs...), []Seen{
				{Ref: "row/r", Rev: 2, Doc: docText(thing{Num: 5, Tags: []string{"blue"}, Text: "red"})}, {Ref: "plain/p"},
				{Ref: "journal/j", Rev: 3, Doc: docText(thing{Num: 3})}, {Ref: "counter/c", Rev: 1, Columns: []int64{0, 0}}, {Ref: "claim/e"},
				{Ref: "person/ann/1"}, {Ref: "letter/ann/2"},
				{Ref: "row/new", Rev: 1, Doc: docText(thing{Num: 6})}, {Ref: "plain/q", Rev: 1, Doc: "new"}, {Ref: "journal/k", Rev: 1, Doc: docText(thing{Num: 1})},
				{Ref: "counter/d", Rev: 1, Columns: []int64{0, 3}}, {Ref: "claim/f", Rev: 1, Doc: "bob"}, {Ref: "letter/ann/3", Rev: 1, Doc: "stays"},
			})
			e.Equal("entries", payloads(e.History(s, ref("journal", "j"), 0, 10)), []string{"one", "two", "three"})
		},
	},
	{
		ID:       "commit/revision",
		Sentence: "A Put at Rev is stored at Rev+1: 1, 2, 3 ... An Append leaves the number of its last entry.",
		Why:      "a revision names one content for ever",
		Check: func(e *Env) {
			s := e.Fresh()
			entries := int64(0)
			for rev := range int64(6) {
				more := strings.Split("abc"[:1+rev%3], "")
				e.Commit(s, put("r", rev, thing{Num: rev}), plain("p", rev, fmt.Sprint(rev)), grow("j", entries, more...))
				entries += int64(len(more))
				e.Equal("after a commit", e.Get(s, ref("row", "r"), ref("plain", "p"), ref("journal", "j")), []Seen{
					{Ref: "row/r", Rev: rev + 1, Doc: docText(thing{Num: rev})}, {Ref: "plain/p", Rev: rev + 1, Doc: fmt.Sprint(rev)},
					{Ref: "journal/j", Rev: entries, Doc: docText(thing{Num: entries})},
				})
			}
		},
	},
	{
		ID:       "commit/stale-put",
		Sentence: "Rev is the revision that a record has now, 0 when it must be absent; any other is ErrConflict.",
		Why:      "the second of two people who edit a product must be told",
		Check: func(e *Env) {
			s := e.Fresh()
			for rev := range int64(3) {
				e.Commit(s, plain("p", rev, fmt.Sprint(rev)), put("r", rev, thing{Num: rev}))
			}
			for _, rev := range []int64{0, 1, 2, 4, 5, 1 << 62} {
				err := e.Refused(s, fmt.Sprintf("Put at %d over 3", rev), store.ChangeSet{Changes: []store.Change{put("r", rev, thing{})}}, store.ErrConflict)
				e.Refused(s, fmt.Sprintf("Put at %d over 3", rev), store.ChangeSet{Changes: []store.Change{plain("p", rev, "x")}}, store.ErrConflict)
				if c, ok := errors.AsType[*store.ConflictError](err); !ok {
					e.Failf("the chain of the error has no *store.ConflictError: %v", err)
				} else {
					e.Equal("ConflictError", *c, store.ConflictError{Ref: ref("row", "r"), Want: rev, Have: 3})
				}
			}
			e.Refused(s, "Put at 1 of an absent record", store.ChangeSet{Changes: []store.Change{put("gone", 1, thing{})}}, store.ErrConflict)
		},
	},
	{
		ID:       "commit/stale-append",
		Sentence: "An Append's Rev is the journal's revision before its entries: any other than it has is ErrConflict, on a journal with entries too.",
		Why:      "two captures of one payment, decided on the same past, charge twice",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, grow("j", 0, "1", "2", "3"))
			for _, rev := range []int64{0, 1, 2, 4, 7} {
				err := e.Refused(s, fmt.Sprintf("Append at %d after 3", rev), store.ChangeSet{Changes: []store.Change{grow("j", rev, "x")}}, store.ErrConflict)
				if c, ok := errors.AsType[*store.ConflictError](err); !ok {
					e.Failf("the chain of the error has no *store.ConflictError: %v", err)
				} else {
					e.Equal("ConflictError", *c, store.ConflictError{Ref: ref("journal", "j"), Want: rev, Have: 3})
				}
			}
			e.Refused(s, "Append at 2 of an absent journal", store.ChangeSet{Changes: []store.Change{grow("gone", 2, "x")}}, store.ErrConflict)
			e.Commit(s, grow("j", 3, "4"))
			e.Equal("entries", payloads(e.History(s, ref("journal", "j"), 0, 10)), []string{"1", "2", "3", "4"})
		},
	},
	{
		ID:       "commit/delete",
		Sentence: "Delete removes a record that has revision Rev now; any other is ErrConflict.",
		Why:      "a cart that was changed meanwhile is not thrown away unseen",
		Check: func(e *Env) {
			s := e.Fresh()
			e.Commit(s, put("r", 0, thing{Num: 1}), put("other", 0, thing{Num: 2}))
			e.Commit(s, put("r", 1, thing{Num: 3}))
			for _, rev := range []int64{1, 3} {
				e.Refused(s, fmt.Sprintf("Delete at %d of 2", rev), store.ChangeSet{Changes: []store.Change{del(ref("row", "r"), rev)}}, store.ErrConflict)
			}
			e.Commit(s, del(ref("row", "r"), 2))
			e.Equal("after the Delete", e.Get(s, ref("row", "r"), ref("row", "other")), []Seen{{Ref: "row/r"}, {Ref: "row/other", Rev: 1, Doc: docText(thing{Num: 2})}})
			e.Refused(s, "a second Delete", store.ChangeSet{Changes: []store.Change{del(ref("row", "r"), 2)}}, store.ErrConflict)
		},
	},
	{
		ID:       "commit/order-of-errors",
		Sentence: "In this order: form, then the key's receipt, then Requires in their order, then Changes in theirs; the first that does not fit is the error.",
		Why:      "a retry must find its receipt before it finds that its cart is gone",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			e.CommitSet(s, keyed("used", "request"))
			bad, stale, short := add("c", "nothing", 1, 0), put("r", 7, thing{}), add("c", "available", -6, 0)
			requires := []store.Requirement{require(ref("journal", "j"), 5)}
			refused := func(what string, set store.ChangeSet, want error) {
				e.Helper()
				e.Refused(s, what, set, want)
			}
			set := keyed("used", "another", bad)
			set.Requires = requires
			refused("wrong form and a used key", set, store.ErrInvalid)
			set.Changes = []store.Change{stale, store.Reserved{}}
			refused("an unknown change and a used key", set, store.ErrUnsupported)
			set.Changes = []store.Change{stale, short}
			if _, ok := errors.AsType[*store.KeyError](e.Refused(s, "a used key and a stale requirement", set, store.ErrExists)); !ok {
				e.Failf("a used key and a stale requirement: the chain of the error has no *store.KeyError")
			}
			set = keyed("used", "request", stale)
			set.Requires = requires
			if _, err := s.Commit(e.Ctx, set); err != nil {
				e.Failf("a repetition, stale by now: %v", err)
			}
			set = store.ChangeSet{Requires: requires, Changes: []store.Change{short, take("e", "bob")}}
			refused("a stale requirement, then a short Add", set, store.ErrConflict)
			for _, order := range [][]store.Change{{short, stale}, {stale, short}, {take("e", "bob"), short}, {short, take("e", "bob")}, {release("e", "bob"), short}} {
				want := map[bool]error{true: store.ErrShort, false: store.ErrConflict}[refOf(order[0]).Family == "counter"]
				if _, ok := order[0].(store.Claim); ok {
					want = store.ErrExists
				}
				refused(fmt.Sprintf("%T, then %T", order[0], order[1]), store.ChangeSet{Changes: order}, want)
			}
			set = store.ChangeSet{Requires: []store.Requirement{require(ref("row", "r"), 1), require(ref("row", "gone"), 4), require(ref("journal", "j"), 9)}}
			if c, _ := errors.AsType[*store.ConflictError](e.Refused(s, "two stale requirements", set, store.ErrConflict)); c == nil || c.Ref != ref("row", "gone") {
				e.Failf("two stale requirements: the error is of %v, the first is of row/gone", c)
			}
		},
	},
	{
		ID:       "commit/order-means-nothing",
		Sentence: "A set names each Ref in at most one change, so the order of its changes means nothing.",
		Why:      "an engine may apply them in the order that suits it",
		Check: func(e *Env) {
			random := rand.New(rand.NewPCG(1, 2))
			var want []string
			for round := range 8 {
				s := e.Fresh()
				e.oneOfEach(s)
				changes := fitting()
				if round > 0 {
					random.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
				}
				e.Commit(s, changes...)
				if round == 0 {
					want = e.Dump(s)
				}
				e.Equal("the store after the same changes in another order", e.Dump(s), want)
			}
		},
	},
	{
		ID:       "commit/empty",
		Sentence: "An empty set is valid and, without a key, does nothing.",
		Why:      "a decision that changes nothing needs no case of its own",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			before := e.Dump(s)
			empty := store.ChangeSet{At: 9, Result: "r"}
			e.Equal("receipt", e.CommitSet(s, empty), receiptOf(empty, false))
			e.CommitSet(s, store.ChangeSet{Requires: []store.Requirement{require(ref("row", "r"), 1)}})
			e.Equal("the store after empty sets", e.Dump(s), before)
			e.Refused(s, "an empty set with a stale requirement", store.ChangeSet{Requires: []store.Requirement{require(ref("row", "r"), 2)}}, store.ErrConflict)
		},
	},
	{
		ID:       "commit/encoded-once",
		Sentence: "A store calls AppendStored once at most, in Commit, on the goroutine of the caller.",
		Why:      "documents are encoded outside of locks, by those who bring them",
		Check: func(e *Env) {
			s := e.Fresh()
			doc := &countedDoc{}
			e.Commit(s, store.Put{Record: store.Record{Ref: ref("plain", "p"), Doc: doc}})
			if n := doc.calls; n > 1 {
				e.Failf("AppendStored was called %d times in one Commit", n)
			}
			for _, by := range doc.by {
				if by != goroutine() {
					e.Failf("AppendStored was called on %s, Commit on %s", by, goroutine())
				}
			}
			e.Equal("document", e.Get(s, ref("plain", "p")), []Seen{{Ref: "plain/p", Rev: 1, Doc: "counted"}})
		},
	},
}

func payloads(entries []store.Entry) []string {
	out := make([]string, len(entries))
	for i, n := range entries {
		out[i] = string(n.Payload)
	}
	return out
}

// refOf gives the record that a change is of; none for Erase and Reserved.
func refOf(change store.Change) store.Ref {
	switch c := change.(type) {
	case store.Put:
		return c.Ref
	case store.Delete:
		return c.Ref
	case store.Append:
		return c.Ref
	case store.Add:
		return c.Ref
	case store.Claim:
		return c.Ref
	case store.Release:
		return c.Ref
	}
	return store.Ref{}
}

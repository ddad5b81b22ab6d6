package storetest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

var keyRules = []Rule{
	{
		ID:       "key/replay",
		Sentence: "A second commit with the same key has no effect and answers with the first one's receipt: Replay is true, Result, Fingerprint and At are that set's.",
		Why:      "a buyer who clicks twice buys once",
		Check: func(e *Env) {
			s := e.Fresh()
			set := keyed("click", "one mug", add("c", "available", 1, 0), plain("p", 0, "order"), grow("j", 0, "placed"))
			first := e.CommitSet(s, set)
			e.Equal("first receipt", first, receiptOf(set, false))
			before := e.Dump(s)
			again := set
			again.Result, again.At = "another result", 99
			for range 3 {
				e.Equal("receipt of the repetition", e.CommitSet(s, again), receiptOf(set, true))
				e.Equal("the store after the repetition", e.Dump(s), before)
			}
		},
	},
	{
		ID:       "key/replay-ignores-content",
		Sentence: "A key that has a receipt is answered with it, before requirements and changes are looked at.",
		Why:      "a retry finds an empty cart, and must still be told of its order",
		Check: func(e *Env) {
			s := e.Fresh()
			e.CommitSet(s, keyed("click", "request", put("r", 0, thing{})))
			want := receiptOf(keyed("click", "request"), true)
			before := e.Dump(s)
			for _, changes := range [][]store.Change{nil, {put("r", 0, thing{})}, {put("r", 1, thing{Num: 9})}, {add("c", "available", -1, 0)}, {del(ref("row", "r"), 1)}} {
				set := keyed("click", "request", changes...)
				set.Requires = []store.Requirement{require(ref("row", "r"), 7)}
				receipt, err := s.Commit(e.Ctx, set)
				e.Must("repetition", err)
				e.Equal("receipt", receipt, want)
				e.Equal("the store after the repetition", e.Dump(s), before)
			}
		},
	},
	{
		ID:       "key/fingerprint",
		Sentence: "A key that has a receipt of another fingerprint is a KeyError.",
		Why:      "a key that is used for two carts must not give the first one's order for both",
		Check: func(e *Env) {
			s := e.Fresh()
			e.CommitSet(s, keyed("click", "one mug", plain("p", 0, "x")))
			flipped := keyed("click", "one mug", plain("q", 0, "x"))
			flipped.Fingerprint[31] ^= 1
			zero := store.ChangeSet{Key: "click"}
			for what, set := range inOrder(map[string]store.ChangeSet{"two mugs": keyed("click", "two mugs", plain("q", 0, "x")), "one bit": flipped, "none": zero}) {
				err := e.Refused(s, what, set, store.ErrExists)
				if k, ok := errors.AsType[*store.KeyError](err); !ok || k.Key != "click" {
					e.Failf("%s: the chain of the error has no *store.KeyError of the key: %v", what, err)
				}
			}
			e.Equal("the first again", e.CommitSet(s, keyed("click", "one mug")).Replay, true)
		},
	},
	{
		ID:       "key/refused",
		Sentence: "A refused set does not use its key up.",
		Why:      "after the card was declined, the same click may succeed",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			for what, bad := range inOrder(refusals()) {
				e.Refused(s, what, keyed("click "+what, what, bad.change), bad.want)
				_, err := s.Outcome(e.Ctx, "click "+what)
				e.Is(what+": Outcome", err, store.ErrNotFound)
				receipt := e.CommitSet(s, keyed("click "+what, "another request"))
				e.Equal(what+": Replay", receipt.Replay, false)
			}
		},
	},
	{
		ID:       "key/at-once",
		Sentence: "Of many sets with one key at once, one has its effect and all get its receipt.",
		Why:      "a proxy that repeats a request does it while the first is under way",
		Check: func(e *Env) {
			s := e.Fresh()
			for round := range 10 {
				key := fmt.Sprint("click", round)
				receipts, errs := make([]store.Receipt, 20), make([]error, 20)
				together(20, func(i int) {
					set := keyed(key, "request", add(key, "available", 1, 0))
					set.Result = fmt.Sprint("result ", i)
					receipts[i], errs[i] = s.Commit(e.Ctx, set)
				})
				first := 0
				for i, r := range receipts {
					e.Must("Commit", errs[i])
					if r.Result != receipts[0].Result {
						e.Failf("two results for one key: %q and %q", r.Result, receipts[0].Result)
					}
					if !r.Replay {
						first++
					}
				}
				e.Equal("receipts that are no replay", first, 1)
				e.counts(s, key, 1, 0)
			}
		},
	},
	{
		ID:       "key/outcome",
		Sentence: "Outcome gives the receipt of the set that was committed with a key, with Replay true; ErrNotFound if none was.",
		Why:      "a program that lost its answer asks what became of the order",
		Check: func(e *Env) {
			s := e.Fresh()
			e.oneOfEach(s)
			for _, key := range []string{"click", "clic", "click2", "CLICK"} {
				_, err := s.Outcome(e.Ctx, key)
				e.Is("Outcome before", err, store.ErrNotFound)
			}
			e.CommitSet(s, keyed("click", "request", plain("q", 0, "x")))
			for range 2 {
				receipt, err := s.Outcome(e.Ctx, "click")
				e.Must("Outcome", err)
				e.Equal("Outcome", receipt, receiptOf(keyed("click", "request"), true))
			}
			for _, key := range []string{"clic", "click2", "CLICK", "r", "e"} {
				_, err := s.Outcome(e.Ctx, key)
				e.Is("Outcome of "+key, err, store.ErrNotFound)
			}
			for what, key := range inOrder(map[string]string{"empty": "", "long": strings.Repeat("k", store.MaxKey+1), "NUL": "\x00", "not UTF-8": "\xff"}) {
				_, err := s.Outcome(e.Ctx, key)
				e.Is("Outcome of a key that is "+what, err, store.ErrInvalid)
			}
		},
	},
	{
		ID:       "key/none",
		Sentence: `The key "" is not remembered.`,
		Why:      "a sweeper's commits need no receipts",
		Check: func(e *Env) {
			s := e.Fresh()
			for range 3 {
				e.Equal("Replay", e.CommitSet(s, store.ChangeSet{Result: "r", Changes: []store.Change{add("c", "available", 1, 0)}}).Replay, false)
			}
			e.counts(s, "c", 3, 0)
			e.Equal("receipts", e.Find(s, store.Query{Family: store.Receipts}), []Seen{})
		},
	},
	{
		ID:       "key/empty-set",
		Sentence: "A set without changes is remembered by its key like any other.",
		Why:      "a decision to do nothing is a decision",
		Check: func(e *Env) {
			s := e.Fresh()
			set := keyed("click", "nothing")
			e.Equal("first", e.CommitSet(s, set), receiptOf(set, false))
			e.Equal("again", e.CommitSet(s, set), receiptOf(set, true))
		},
	},
	{
		ID:       "key/readable",
		Sentence: "Receipts are read by Get and by Find, by key and by instant: the document is what Receipt.AppendStored gives.",
		Why:      "old receipts are found, to be forgotten",
		Check: func(e *Env) {
			s := e.Fresh()
			var want []Seen
			for i, at := range []int64{5, -3, 9, 5} {
				set := keyed(fmt.Sprint("key", i), "x")
				set.At, set.Result = at, fmt.Sprintf("result %d \U0001F600", i)
				e.CommitSet(s, set)
				doc, err := receiptOf(set, false).AppendStored(nil)
				e.Must("AppendStored", err)
				want = append(want, Seen{Ref: "receipts/" + set.Key, Rev: 1, Doc: string(doc)})
				records, err := s.Get(e.Ctx, ref(store.Receipts, set.Key))
				e.Must("Get", err)
				parsed, err := store.ParseReceipt(records[0].Doc)
				e.Must("ParseReceipt", err)
				e.Equal("parsed receipt", parsed, receiptOf(set, false))
			}
			e.Equal("Get", e.Get(s, ref(store.Receipts, "key2"), ref(store.Receipts, "none")), []Seen{want[2], {Ref: "receipts/none"}})
			e.Equal("by key", e.Find(s, store.Query{Family: store.Receipts, Limit: 2}), want)
			by := store.Query{Family: store.Receipts, List: store.ReceiptsByInstant, Limit: 1}
			e.Equal("by instant", e.Find(s, by), []Seen{want[1], want[0], want[3], want[2]})
			six := store.IntValue(6)
			by.To, by.Desc = &six, true
			e.Equal("by instant before 6, down", e.Find(s, by), []Seen{want[3], want[0], want[1]})
		},
	},
	{
		ID:       "key/forget",
		Sentence: "A Delete at revision 1 forgets a receipt, after which its key is as if it had never been used; nothing else can change one.",
		Why:      "receipts would else grow for ever",
		Check: func(e *Env) {
			s := e.Fresh()
			e.CommitSet(s, keyed("click", "request", add("c", "available", 1, 0)))
			e.CommitSet(s, keyed("other", "request"))
			receipt := ref(store.Receipts, "click")
			e.Refused(s, "Delete at 2", one(del(receipt, 2)), store.ErrConflict)
			e.Refused(s, "Delete of none", one(del(ref(store.Receipts, "none"), 1)), store.ErrConflict)
			for _, rev := range []int64{0, 1} {
				forged := store.Put{Record: store.Record{Ref: receipt, Rev: rev, Doc: store.Receipt{Key: "click"}, Index: []store.Value{store.IntValue(0)}}}
				e.Refused(s, "Put of a receipt", one(forged), store.ErrInvalid)
			}
			own := keyed("fresh", "request", del(ref(store.Receipts, "fresh"), 1), plain("p", 0, "x"))
			e.Refused(s, "Delete of the receipt that the set itself would leave", own, store.ErrConflict)
			e.Equal("a key that has a receipt, of a set that would forget it", e.CommitSet(s, keyed("click", "request", del(receipt, 1))).Replay, true)
			e.Commit(s, del(receipt, 1))
			_, err := s.Outcome(e.Ctx, "click")
			e.Is("Outcome", err, store.ErrNotFound)
			e.Equal("receipts", e.Keys(s, store.Query{Family: store.Receipts}), []string{"other"})
			e.Equal("receipts by instant", e.Keys(s, store.Query{Family: store.Receipts, List: store.ReceiptsByInstant}), []string{"other"})
			e.Equal("the key used anew", e.CommitSet(s, keyed("click", "another", add("c", "available", 1, 0))).Replay, false)
			e.counts(s, "c", 2, 0)
			e.Equal("the new receipt", e.CommitSet(s, keyed("click", "another")).Result, "result of another")
		},
	},
}

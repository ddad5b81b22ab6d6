package storetest

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/tillkit/till/store"
)

// awkward are bytes that stores have been seen to change.
func awkward() []string {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	random := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 5000)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	docs := []string{
		"", "\x00", "\x00\x00", "a\x00b", "\xff", "\xff\xfe", "\xc3\x28", "\xed\xa0\x80", "\r\n", "\n", " ", "  a  ", "0", "00", "1.10", "null", "NULL", "{}",
		`{"a":1,"a":2}`, `{"b": 1.0, "a": 12345678901234567890}`, `"\u0000"`, "e\u0301", "\u00e9", "\U0001F600", "\ufeffx", "'; --", "%_", "\\", "\"", string(all), string(noise),
		// what is nearly JSON, or is and need not stay so
		"-", "-0", "1.", "1e", "1e5", "1E+5", "1e-", "0x1", "tru", "true", " true ", "[", "[]", "[1,]", "[1 2]", `{"a"}`, `{"a":}`, `{"a" : 1 }`, `{"a":1,}`, `{"a",1}`, `{1:2}`, `"`, `"a`, `"\"`,
		`"\u12"`, `"\u12g4"`, `"\ud83d\ude00"`, `"\ud800"`, `"\udc00"`, `"\x"`, `"\/"`, "\"\xff\"", "\"\xed\xa0\x80\"", "\"\x01\"", "\"a\x00b\"", "\"\u2028\"", `{"":""}`, "[1]\x00", "{}{}",
		strings.Repeat("[", 2000) + strings.Repeat("]", 2000), strings.Repeat("[", 2000),
	}
	for i := range 256 {
		docs = append(docs, string([]byte{byte(i)}))
	}
	return docs
}

var edges = []int64{
	math.MinInt64, math.MinInt64 + 1, -1 << 53, -1<<53 - 1, -1 << 32, math.MinInt32 - 1, math.MinInt32, -1, 0, 1, math.MaxInt32, math.MaxInt32 + 1, 1 << 53, 1<<53 + 1, math.MaxInt64 - 1, math.MaxInt64,
}

var instants = []int64{
	time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC).UnixMicro(),
	-1, 0, 1, time.Date(2026, 3, 29, 1, 30, 0, 123456000, time.UTC).UnixMicro(), time.Date(9999, 12, 31, 23, 59, 59, 999999000, time.UTC).UnixMicro(),
}

// texts are different, and in the order of their bytes.
var texts = []string{
	"", "\x01", "\t", "\n", " ", "  ", " a", "!", "0", "00", "1", "10", "2", "A", "Z", "a", "a ", "a b", "a\x01", "aa", "b", "e\u0301", "z", "\x7f",
	"\u00c9", "\u00df", "\u00e9", "\u0130", "\u0131", "\u0416", "\u05d0", "\u1e9e", "\u200d", "\u212a", "\u4e2d", "\ufeffa", "\uffff", "\U00010000", "\U0001F600", "\U0001F600\U0001F3FD", "\U0010FFFF",
}

var fidelityRules = []Rule{
	{
		ID:       "fidelity/documents",
		Sentence: "A document is unchanged from what AppendStored gave: of any content and of any length, also none.",
		Why:      "what a buyer agreed to is shown to the letter",
		Check: func(e *Env) {
			s := e.Fresh()
			var set store.ChangeSet
			var want []Seen
			for i, doc := range awkward() {
				set.Changes = append(set.Changes, plain(fmt.Sprintf("p%03d", i), 0, doc))
				want = append(want, Seen{Ref: fmt.Sprintf("plain/p%03d", i), Rev: 1, Doc: doc})
			}
			e.CommitSet(s, set)
			e.Equal("documents", e.Find(s, store.Query{Family: "plain", Limit: 100}), want)
			for i, doc := range awkward() {
				e.Commit(s, plain("q", int64(i), doc))
				if got := e.Get(s, ref("plain", "q")); got[0].Doc != doc {
					e.Failf("document %q reads as %q", doc, got[0].Doc)
				}
			}
			e.Commit(s, store.Put{Record: store.Record{Ref: ref("plain", "none"), Doc: store.Raw(nil)}})
			records, err := s.Get(e.Ctx, ref("plain", "none"))
			e.Must("Get", err)
			if records[0].Rev != 1 || records[0].Doc == nil {
				e.Failf("a record with an empty document reads as %+v", records[0])
			}
		},
	},
	{
		ID:       "fidelity/greatest",
		Sentence: "A store takes documents and payloads of up to MaxDocument bytes.",
		Why:      "a rule book of a large shop is one document",
		Check: func(e *Env) {
			s := e.Fresh()
			great := bytes.Repeat([]byte{0, 1, 0xfe, 0xff}, store.MaxDocument/4)
			a := grow("j", 0, "x")
			a.Entries[0].Payload = great
			e.Commit(s, plain("p", 0, string(great)), a)
			if got := e.Get(s, ref("plain", "p"))[0].Doc; got != string(great) {
				e.Failf("a document of %d bytes reads as one of %d, or as another", len(great), len(got))
			}
			if got := e.History(s, a.Ref, 0, 1); len(got) != 1 || !bytes.Equal(got[0].Payload, great) {
				e.Failf("a payload of %d bytes reads as another", len(great))
			}
		},
	},
	{
		ID:       "fidelity/great-set",
		Sentence: "A store takes sets whose documents and payloads have up to MaxSet bytes together.",
		Why:      "a catalog is brought in by a few large sets",
		Check: func(e *Env) {
			s := e.Fresh()
			great := strings.Repeat("set ", store.MaxDocument/4)
			var changes []store.Change
			for i := range store.MaxSet / store.MaxDocument {
				changes = append(changes, plain(fmt.Sprint("p", i), 0, great))
			}
			e.Commit(s, changes...)
			for i := range changes {
				if got := e.Get(s, ref("plain", fmt.Sprint("p", i)))[0].Doc; got != great {
					e.Failf("document %d of %d bytes reads as one of %d, or as another", i, len(great), len(got))
				}
			}
		},
	},
	{
		ID:       "fidelity/entries",
		Sentence: "An entry keeps every field unchanged for ever.",
		Why:      "entries are hashed in a chain: one bit breaks an order",
		Check: func(e *Env) {
			s := e.Fresh()
			var want []store.Entry
			for i, payload := range awkward() {
				n := store.Entry{
					N: int64(i) + 1, Kind: []string{"k", "placed", strings.Repeat("k", store.MaxKind), "é \U0001F600"}[i%4], V: []int{1, 2, math.MaxInt32}[i%3],
					At: append(edges, instants...)[i%(len(edges)+len(instants))], Payload: []byte(payload),
				}
				for b := range n.Sum {
					n.Sum[b] = byte(i * (b + 1))
				}
				want = append(want, n)
			}
			state := thing{}
			for at := 0; at < len(want); at += 50 {
				part := slices.Clone(want[at:min(at+50, len(want))])
				e.Commit(s, store.Append{Record: store.Record{Ref: ref("journal", "j"), Rev: int64(at), Doc: state, Index: state.index()[:1]}, Entries: part})
			}
			e.Equal("History", e.History(s, ref("journal", "j"), 0, 70), want)
			events, _ := e.Feed(s, "", 70)
			got := make([]store.Entry, len(events))
			for i, ev := range events {
				got[i] = ev.Entry
			}
			e.Equal("Feed", got, want)
		},
	},
	{
		ID:       "fidelity/integers",
		Sentence: "Numbers are signed 64-bit integers and keep every bit.",
		Why:      "a float in between loses cents from 90 billion on",
		Check: func(e *Env) {
			s, all := e.Fresh(), map[string]thing{}
			for i, n := range append(edges, instants...) {
				all[fmt.Sprintf("n%02d", i)] = thing{Num: n, State: "open", Rank: n, Txt: fmt.Sprint(i)}
			}
			e.load(s, all)
			for i, n := range append(edges, instants...) {
				v := store.IntValue(n)
				e.finds(s, fmt.Sprintf("from %d", n), all, store.Query{Family: "row", List: "by_num", From: &v})
				e.finds(s, fmt.Sprintf("to %d", n), all, store.Query{Family: "row", List: "by_num", To: &v, Desc: true})
				e.finds(s, fmt.Sprintf("equal %d", n), all, in("by_state_rank", store.TextValue("open"), v))
				e.finds(s, fmt.Sprintf("where %d", n), all, store.Query{Family: "row", List: "by_num", Where: []store.Cond{{Field: "rank", Op: store.Equal, Value: v}}})
				key := fmt.Sprint("c", i)
				e.Commit(s, steps(key, step("available", n, store.NoFloor), step("reserved", n, n)))
				e.counts(s, key, n, n)
				set := keyed(fmt.Sprint("key", i), "x")
				set.At = n
				e.CommitSet(s, set)
				receipt, err := s.Outcome(e.Ctx, set.Key)
				e.Must("Outcome", err)
				e.Equal("At of the receipt", receipt.At, n)
			}
		},
	},
	{
		ID:       "fidelity/text",
		Sentence: "Text is compared byte by byte: no case folding, no normalisation, no trimming.",
		Why:      "two SKUs that one engine takes for one and another for two",
		Check: func(e *Env) {
			s, all := e.Fresh(), map[string]thing{}
			for i, txt := range texts {
				all[fmt.Sprintf("t%02d", i*7%len(texts))+txt] = thing{Txt: txt, State: txt, Tags: []string{txt}, Num: int64(i)}
				if txt != "" {
					e.Commit(s, plain(txt, 0, txt), take(txt, "owner "+txt), add(txt, "available", int64(i), 0), grow(txt, 0, txt))
				}
			}
			e.load(s, all)
			e.finds(s, "by text", all, in("by_txt"))
			e.finds(s, "by key", all, in(""))
			for i, txt := range texts {
				v := store.TextValue(txt)
				e.finds(s, fmt.Sprintf("Equal %q", txt), all, in("by_state", v))
				e.finds(s, fmt.Sprintf("with the member %q", txt), all, in("by_tag", v))
				e.finds(s, fmt.Sprintf("from %q", txt), all, store.Query{Family: "row", List: "by_txt", From: &v})
				e.finds(s, fmt.Sprintf("keys to %q", txt), all, store.Query{Family: "row", To: &v})
				e.finds(s, fmt.Sprintf("where %q", txt), all, store.Query{Family: "row", List: "by_num", Where: []store.Cond{{Field: "txt", Op: store.Equal, Value: v}}})
				if txt != "" {
					e.Equal(fmt.Sprintf("Get of %q", txt), e.Get(s, ref("plain", txt), ref("claim", txt), ref("counter", txt)), []Seen{
						{Ref: "plain/" + txt, Rev: 1, Doc: txt}, {Ref: "claim/" + txt, Rev: 1, Doc: "owner " + txt}, {Ref: "counter/" + txt, Rev: 1, Columns: []int64{int64(i), 0}},
					})
					e.Equal("History", payloads(e.History(s, ref("journal", txt), 0, 10)), []string{txt})
				}
			}
			e.Equal("keys", e.Keys(s, store.Query{Family: "plain", Limit: 7}), slices.Sorted(slices.Values(texts[1:])))
		},
	},
	{
		ID:       "fidelity/lengths",
		Sentence: "A store takes keys, texts, members, owners, results and words up to their limits.",
		Why:      "an engine that cuts at 191 bytes makes two keys one",
		Check: func(e *Env) {
			s, all := e.Fresh(), map[string]thing{}
			fill := func(n int, last string) string { return strings.Repeat("é", n)[:n-n%2-len(last)-len(last)%2] + last }
			for _, last := range []string{"aa", "bb"} {
				key, text := fill(store.MaxKey-1, last), fill(store.MaxText-1, last)
				all[key] = thing{Txt: text, State: text, Tags: []string{text, text[:len(text)-2]}, Text: strings.Repeat("w", store.MaxWord-2) + last}
				p := "p" + key[len(key)-200:]
				set := store.ChangeSet{Key: key, Result: text, Changes: []store.Change{
					take(key, key), add(key, "available", 1, 0), grow(key, 0, "x"), plain(key, 0, "x"), letter(p+"/x", 0, "x"),
				}}
				e.CommitSet(s, set)
				e.Equal("claim", e.Get(s, ref("claim", key))[0].Doc, key)
				e.Equal("entries", len(e.History(s, ref("journal", key), 0, 10)), 1)
				receipt, err := s.Outcome(e.Ctx, key)
				e.Must("Outcome", err)
				e.Equal("receipt", receipt, receiptOf(set, true))
			}
			e.load(s, all)
			for key, t := range all {
				e.Equal("Get", e.Get(s, ref("row", key))[0].Doc, docText(t))
				e.finds(s, "Equal the longest", all, in("by_state", store.TextValue(t.State)))
				e.finds(s, "the longest member", all, in("by_tag", store.TextValue(t.Tags[0])))
				e.finds(s, "the longest word", all, store.Query{Family: "row", List: "search", Match: []string{t.Text}})
			}
			e.finds(s, "by text", all, in("by_txt"))
			e.finds(s, "by key", all, in(""))
		},
	},
}

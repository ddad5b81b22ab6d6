package sqldb_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/tillkit/till/store"
)

// mixedSchema has families of each shape, with lists of each kind.
func mixedSchema() store.Schema {
	fields := []store.Field{{Name: "at", Type: store.Int}, {Name: "state", Type: store.Text}, {Name: "tags", Type: store.Many}}
	index := func(_ store.Ref, d store.Doc) ([]store.Value, error) { return nil, errors.New("never") }
	lists := []store.List{
		{Name: "tag", Equal: []string{"tags"}, Sort: "at", Where: []string{"state"}, Rising: true},
		{Name: "state", Equal: []string{"tags", "state"}, Sort: "at", Rising: true},
		{Name: "flat", Equal: []string{"tags"}, Where: []string{"at"}},
		{Name: "rows", Equal: []string{"state"}, Sort: "at"},
	}
	return store.Schema{Version: 1, Families: []store.Family{
		{Name: "notes", Shape: store.Rows, Version: 1},
		{Name: "small", Shape: store.Rows, Version: 1, Small: true, Fields: fields, Lists: lists[:3], Index: index},
		{Name: "visits", Shape: store.Rows, Version: 1, Fields: fields, Lists: lists, Index: index},
		{Name: "log", Shape: store.Journal, Version: 1, Fields: fields, Lists: lists[:2], Index: index},
		{Name: "mine", Shape: store.Rows, Version: 1, Personal: true, Fields: fields, Lists: lists, Index: index},
		{Name: "said", Shape: store.Rows, Version: 1, Fields: []store.Field{{Name: "at", Type: store.Int}, {Name: "words", Type: store.Words}},
			Lists: []store.List{{Name: "by", Match: true, Where: []string{"at"}}, {Name: "at", Sort: "at"}}, Index: index},
		{Name: "stock", Shape: store.Counters, Version: 1, Fields: []store.Field{{Name: "a", Type: store.Int}, {Name: "b", Type: store.Int}}},
		{Name: "names", Shape: store.Claims, Version: 1},
	}}
}

// oddDocs are documents and payloads, of which some are no JSON, empty, long or deep.
var oddDocs = []string{`{}`, ``, `null`, ` {"a":1} `, "\xff\xfe", "nul", `"\ud800"`, "a\x00b", strings.Repeat("[", 400) + strings.Repeat("]", 400), strings.Repeat("[", 700) + strings.Repeat("]", 700), `{"a":"` + strings.Repeat("x", 9000) + `"}`, strings.Repeat("\xc3", 5000), `"<&>"`, "\ufeff{}", `{"a":1,"a":2}`, `1e999`, `-0`}

func oddDoc(r *rand.Rand) store.Raw { return store.Raw(oddDocs[r.IntN(len(oddDocs))]) }

// mixer makes sets, most of whose records come later than those before.
type mixer struct{ now int64 }

func (h *mixer) index(r *rand.Rand) []store.Value {
	h.now += r.Int64N(3)
	at := h.now
	switch r.IntN(60) {
	case 0, 1, 2:
		at = r.Int64N(h.now + 9)
	case 3:
		at = math.MinInt64
	case 4:
		at = -r.Int64N(50)
	case 5:
		if r.IntN(40) == 0 {
			at = math.MaxInt64 - r.Int64N(2)
		}
	}
	var tags []string
	first, n := r.IntN(300), r.IntN(4)
	if r.IntN(envInt("TILL_MIXTURE_RARE", 8)) == 0 {
		n = r.IntN(envInt("TILL_MIXTURE_TAGS", 500))
	}
	for i := range n {
		tags = append(tags, fmt.Sprint("t", first+i))
	}
	return []store.Value{store.IntValue(at), store.TextValue([]string{"new", "old", ""}[r.IntN(3)]), store.ManyValue(tags...)}
}

// set makes a random set.
func (h *mixer) set(r *rand.Rand, rev map[store.Ref]int64) store.ChangeSet {
	set := store.ChangeSet{At: r.Int64N(9), Result: fmt.Sprint(r.IntN(3))}
	if r.IntN(3) > 0 {
		set.Key = fmt.Sprint("k", r.IntN(30))
		set.Fingerprint[0] = byte(r.IntN(7) / 6)
	}
	at := func(ref store.Ref) int64 {
		switch r.IntN(16) {
		case 0:
			return int64(r.IntN(3))
		case 1:
			return rev[ref] + 1 // of a set before it in the batch
		}
		return rev[ref]
	}
	rowRef := func() store.Ref {
		ref := store.Ref{Family: []string{"notes", "small", "visits", "log", "said"}[r.IntN(5)], Key: fmt.Sprint(r.IntN(8))}
		if r.IntN(5) == 0 {
			ref = store.Ref{Family: "mine", Key: fmt.Sprintf("p%d/%d", r.IntN(2), r.IntN(3))}
		}
		return ref
	}
	for range r.IntN(3) {
		ref := rowRef()
		set.Requires = append(set.Requires, store.Requirement{Ref: ref, Rev: at(ref)})
	}
	seen := map[store.Ref]bool{}
	for range r.IntN(6) {
		var c store.Change
		var ref store.Ref
		k := fmt.Sprint(r.IntN(6))
		switch r.IntN(14) {
		default:
			ref = rowRef()
			n := at(ref)
			rec := store.Record{Ref: ref, Rev: n, Doc: oddDoc(r)}
			switch ref.Family {
			case "notes":
			case "said":
				rec.Index = []store.Value{store.IntValue(r.Int64N(9)), store.WordsValue([]string{"", "blue mug", "red cup", "blue cup"}[r.IntN(4)])}
			default:
				rec.Index = h.index(r)
			}
			switch {
			case ref.Family == "log":
				var entries []store.Entry
				for i := range 1 + r.Int64N(3) {
					entries = append(entries, store.Entry{N: n + i + 1, Kind: "k\"<", V: 1, Payload: oddDoc(r)})
				}
				c = store.Append{Record: rec, Entries: entries}
			case n > 0 && r.IntN(4) == 0:
				c = store.Delete{Ref: ref, Rev: n}
			default:
				c = store.Put{Record: rec}
			}
		case 7, 8, 9:
			ref = store.Ref{Family: "stock", Key: k}
			add := store.Add{Ref: ref}
			for range 1 + r.IntN(3) {
				add.Steps = append(add.Steps, store.Step{Field: []string{"a", "b"}[r.IntN(2)], By: int64(r.IntN(7) - 3), Floor: int64(r.IntN(3) - 2)})
			}
			if r.IntN(60) == 0 {
				add.Steps[0].By = []int64{math.MaxInt64, math.MinInt64}[r.IntN(2)]
			}
			c = add
		case 10:
			ref = store.Ref{Family: "names", Key: k}
			c = store.Claim{Ref: ref, Owner: fmt.Sprint(r.IntN(2))}
		case 11:
			ref = store.Ref{Family: "names", Key: k}
			c = store.Release{Ref: ref, Owner: fmt.Sprint(r.IntN(2))}
		case 12:
			if r.IntN(2) == 0 {
				c = store.Erase{Person: fmt.Sprint("p", r.IntN(2))}
				break
			}
			continue
		case 13:
			if r.IntN(2) == 0 {
				continue
			}
			ref = store.Ref{Family: store.Receipts, Key: fmt.Sprint("k", r.IntN(30))}
			c = store.Delete{Ref: ref, Rev: 1 + int64(r.IntN(9)/8)}
		}
		if ref.Family != "" {
			if seen[ref] {
				continue
			}
			seen[ref] = true
		}
		set.Changes = append(set.Changes, c)
	}
	return set
}

// mixedRefs are all records that the sets touch.
func mixedRefs() []store.Ref {
	var refs []store.Ref
	for k := range 8 {
		for _, f := range []string{"notes", "small", "visits", "log", "said", "stock", "names"} {
			refs = append(refs, store.Ref{Family: f, Key: fmt.Sprint(k)})
		}
	}
	for p := range 2 {
		for k := range 3 {
			refs = append(refs, store.Ref{Family: "mine", Key: fmt.Sprintf("p%d/%d", p, k)})
		}
	}
	for k := range 30 {
		refs = append(refs, store.Ref{Family: store.Receipts, Key: fmt.Sprint("k", k)})
	}
	return refs
}

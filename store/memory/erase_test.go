package memory_test

import (
	"fmt"
	"runtime"
	"testing"
	"weak"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

type words struct{ text [1000]byte }

func (w *words) AppendStored(dst []byte) ([]byte, error) { return append(dst, w.text[:]...), nil }

// What a person was known by is not held in memory once it was erased, whether the lists
// that it stood in were ever read or not.
func TestErasedDocumentsAreFreed(t *testing.T) {
	for _, read := range []bool{false, true} {
		s := memory.New()
		commit := func(changes ...store.Change) {
			t.Helper()
			if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: changes}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Prepare(t.Context(), store.Schema{Version: 1, Families: []store.Family{{
			Name: "contact", Shape: store.Rows, Version: 1, Personal: true,
			Fields: []store.Field{{Name: "at", Type: store.Int}}, Lists: []store.List{{Name: "by_at", Sort: "at"}},
			Index: func(store.Ref, store.Doc) ([]store.Value, error) { return []store.Value{store.IntValue(0)}, nil },
		}}}); err != nil {
			t.Fatal(err)
		}
		var all []weak.Pointer[words]
		for i := range 100 {
			doc := new(words)
			all = append(all, weak.Make(doc))
			commit(store.Put{Record: store.Record{
				Ref: store.Ref{Family: "contact", Key: fmt.Sprintf("ada/%d", i)}, Doc: doc, Index: []store.Value{store.IntValue(int64(i))},
			}})
		}
		if read {
			if _, err := s.Find(t.Context(), store.Query{Family: "contact", List: "by_at", Limit: 10}); err != nil {
				t.Fatal(err)
			}
		}
		commit(store.Erase{Person: "ada"})
		runtime.GC()
		for i, doc := range all {
			if doc.Value() != nil {
				t.Errorf("lists read: %v: document %d is still there", read, i)
			}
		}
		runtime.KeepAlive(s)
	}
}

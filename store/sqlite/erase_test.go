package sqlite_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
)

// The erased must be in no byte of the file and of what lies beside it: not in
// documents, columns, indexes, side tables or words, and not in the room that
// divided pages leave.
func TestMaintainLeavesNoByteOfTheErased(t *testing.T) {
	path := place(t)
	s := open(t, path)
	const canary = "kestrel"
	count := func() int {
		n := 0
		for _, beside := range []string{"", "-wal", "-shm"} {
			content, err := os.ReadFile(path + beside)
			if err != nil {
				t.Fatal(err)
			}
			n += bytes.Count(bytes.ToLower(content), []byte(canary))
		}
		return n
	}
	const people = 300
	for i := range people {
		who := fmt.Sprintf("person%03d", i*7%people)
		said := fmt.Sprintf("%s%d %s", canary, i, strings.Repeat("x", i*13%900))
		commit(t, s,
			put("contacts", who+"/1", 0, fmt.Sprintf(`{"customer":"%s%d","text":"%s"}`, canary, i, said)),
			put("contacts", who+"/2", 0, "\xff"+said),
			put("notes", who+"/1", 0, fmt.Sprintf(`{"tags":["%s","%s%d"]}`, canary, canary, i)),
			put("contacts", "other"+who+"/1", 0, `{"customer":"stays"}`),
			put("products", who, 0, fmt.Sprintf(`{"state":"%s","tags":["%s%d"],"words":"%s"}`, canary, canary, i, said)),
			put("carts", who, 0, fmt.Sprintf(`{"text":"%s"}`, said)),
			store.Claim{Ref: store.Ref{Family: "emails", Key: canary + who}, Owner: who},
		)
	}
	if count() < people {
		t.Fatal("the test does not find what it looks for")
	}
	for i := range people {
		who := fmt.Sprintf("person%03d", i*7%people)
		changes := []store.Change{
			store.Erase{Person: who},
			store.Delete{Ref: store.Ref{Family: "products", Key: who}, Rev: 1},
			store.Delete{Ref: store.Ref{Family: "carts", Key: who}, Rev: 1},
			store.Release{Ref: store.Ref{Family: "emails", Key: canary + who}, Owner: who},
		}
		if i%3 == 0 { // written over instead
			changes[1] = put("products", who, 1, `{"words":"other"}`)
			changes[2] = put("carts", who, 1, `{}`)
		}
		commit(t, s, changes...)
	}
	before := dump(t, s)
	if err := s.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 0 {
		t.Errorf("%d places still hold the erased", n)
	}
	if after := dump(t, s); after != before || strings.Count(after, "stays") != people {
		t.Error("Maintain changed what is there")
	}
	if keys := find(t, s, store.Query{Family: "products", List: "search", Equal: []store.Value{store.TextValue("")}, Match: []string{"other"}}); len(keys) != people/3 {
		t.Errorf("%d products are found by their new words", len(keys))
	}
}

func TestEraseReachesFamiliesThatAreGone(t *testing.T) {
	path := place(t)
	s := open(t, path)
	commit(t, s, put("notes", "ada/1", 0, `{"tags":["a"]}`), put("notes", "adam/1", 0, `{"tags":["a"]}`))
	less := testSchema()
	less.Version = 2
	less.Families = append(less.Families[:4:4], less.Families[5:]...)
	must(t, s.Prepare(t.Context(), less), nil)
	commit(t, s, store.Erase{Person: "ada"})
	for table, want := range map[string]int{`till_notes`: 1, `"till_notes$tag"`: 1} {
		var n int
		if err := raw(t, path).QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil || n != want {
			t.Errorf("%s has %d rows, %v", table, n, err)
		}
	}
}

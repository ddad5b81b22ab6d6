package sqldb_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
	"github.com/tillkit/till/store/sqlite/sqldb"
)

// In however many walks, the same is found.
func TestCheckComparesWordsInWalks(t *testing.T) {
	schema := store.Schema{Version: 1, Families: []store.Family{{
		Name: "goods", Shape: store.Rows, Version: 1,
		Fields: []store.Field{{Name: "words", Type: store.Words}},
		Lists:  []store.List{{Name: "words", Match: true}},
		Index: func(_ store.Ref, doc store.Doc) ([]store.Value, error) {
			text, err := doc.AppendStored(nil)
			return []store.Value{store.WordsValue(string(text))}, err
		},
	}}}
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Prepare(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		r := store.Record{Ref: store.Ref{Family: "goods", Key: fmt.Sprint(i)}, Doc: store.Raw(fmt.Sprintf(`"mug %d"`, i))}
		r.Index, _ = schema.Families[0].Index(r.Ref, r.Doc)
		if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{store.Put{Record: r}}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, atOnce := range []int{1, 3, 5, 10, 11} {
		if err := s.CheckWords(t.Context(), atOnce); err != nil {
			t.Errorf("%d at once: %v", atOnce, err)
		}
	}
	db, err := sql.Open("sqlite", s.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, query := range []string{
		`INSERT OR REPLACE INTO "till_goods$words"(rowid, words) VALUES(1, 'mug 5'), (6, 'mug 6'), (10, 'mug 9 green')`,
		`INSERT INTO "till_goods$words"(rowid, words) VALUES(-7, 'mug'), (99, 'mug')`,
	} {
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	stray := func(seq int) sqldb.Finding {
		return sqldb.Finding{Kind: sqldb.DamagedWords, Where: "till_goods$words", What: fmt.Sprintf("it has words of row %d, which is not there", seq)}
	}
	other := func(key int) sqldb.Finding {
		return sqldb.Finding{Kind: sqldb.DamagedWords, Where: fmt.Sprintf("goods/%d", key), What: "it is found by other words than its own"}
	}
	want := map[sqldb.Finding]int{stray(-7): 1, stray(99): 1, other(0): 1, other(5): 1, other(9): 1}
	for _, atOnce := range []int{1, 3, 5, 10, 11} {
		var damage *sqldb.DamageError
		if err := s.CheckWords(t.Context(), atOnce); !errors.As(err, &damage) {
			t.Fatal(err)
		}
		have := make(map[sqldb.Finding]int)
		for _, f := range damage.Findings {
			have[f]++
		}
		if d := cmp.Diff(want, have); d != "" {
			t.Errorf("%d at once (-want +got):\n%s", atOnce, d)
		}
	}
}

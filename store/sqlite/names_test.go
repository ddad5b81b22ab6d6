package sqlite_test

import (
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// TestListsNamedLikeTablesOfWords has lists whose names are those of the tables that words
// are kept in: each has a table of its own.
func TestListsNamedLikeTablesOfWords(t *testing.T) {
	ctx, path := t.Context(), place(t)
	schema := store.Schema{Version: 1, Families: []store.Family{{
		Name: "page", Shape: store.Rows, Version: 1, Index: func(store.Ref, store.Doc) ([]store.Value, error) { return nil, nil },
		Fields: []store.Field{{Name: "tags", Type: store.Many}, {Name: "num", Type: store.Int}, {Name: "text", Type: store.Words}},
		Lists: []store.List{
			{Name: "words", Equal: []string{"tags"}}, {Name: "words_data", Sort: "num"}, {Name: "words_config", Equal: []string{"tags"}, Sort: "num", Rising: true}, {Name: "search", Match: true},
		},
	}}}
	for round := range 2 {
		s, err := sqlite.Open(ctx, path)
		must(t, err, nil)
		must(t, s.Prepare(ctx, schema), nil)
		if round == 0 {
			_, err := s.Commit(ctx, store.ChangeSet{Changes: []store.Change{store.Put{Record: store.Record{
				Ref: store.Ref{Family: "page", Key: "a"}, Doc: store.Raw("x"), Index: []store.Value{store.ManyValue("red"), store.IntValue(1), store.WordsValue("blue mug")},
			}}}})
			must(t, err, nil)
		}
		red := []store.Value{store.TextValue("red")}
		for _, q := range []store.Query{{List: "words", Equal: red}, {List: "words_data"}, {List: "words_config", Equal: red}, {List: "search", Match: []string{"mug"}}} {
			q.Family, q.Limit = "page", 5
			page, err := s.Find(ctx, q)
			must(t, err, nil)
			if len(page.Items) != 1 {
				t.Errorf("list %q gives %d records, there is 1", q.List, len(page.Items))
			}
		}
		must(t, s.Maintain(ctx), nil)
		must(t, s.Check(ctx), nil)
		must(t, s.Close(), nil)
	}
}

package sqldb_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// listed is a family with a list of every kind, and fields with names that SQL
// uses itself.
func listed(shape store.Shape, name string, small bool) store.Family {
	return store.Family{
		Name: name, Shape: shape, Version: 1, Small: small,
		Fields: []store.Field{{Name: "state", Type: store.Text}, {Name: "order", Type: store.Int}, {Name: "tags", Type: store.Many}},
		Lists: []store.List{
			{Name: "state", Equal: []string{"state"}, Sort: "order"},
			{Name: "tag", Equal: []string{"tags", "state"}, Sort: "order", Where: []string{"state", "order"}},
			{Name: "tagged", Equal: []string{"tags"}},
			{Name: "keyed", Where: []string{"order"}},
			{Name: "fixed", Equal: []string{"order", "state"}},
			{Name: "sorted", Sort: "order", Where: []string{"state"}},
			{Name: "alphabet", Sort: "state"},
			{Name: "rising", Equal: []string{"tags", "state"}, Sort: "order", Where: []string{"order"}, Rising: true},
		},
		Index: func(ref store.Ref, _ store.Doc) ([]store.Value, error) {
			return []store.Value{store.TextValue("live"), store.IntValue(int64(len(ref.Key)) % 3), store.ManyValue("red", ref.Key)}, nil
		},
	}
}

// Every list walks along its own index and sorts nothing: on the first page and
// on the next, upwards and downwards, with bounds and conditions, before SQLite
// knows how much there is and after. What an open table has is sorted, for that is little,
// and merged.
func TestListsUseTheirIndexes(t *testing.T) {
	words := store.Family{
		Name: "words", Shape: store.Rows, Version: 1,
		Fields: []store.Field{{Name: "state", Type: store.Text}, {Name: "order", Type: store.Int}, {Name: "words", Type: store.Words}},
		Lists:  []store.List{{Name: "match", Match: true, Equal: []string{"state"}, Where: []string{"order"}}},
		Index: func(store.Ref, store.Doc) ([]store.Value, error) {
			return []store.Value{store.TextValue("live"), store.IntValue(1), store.WordsValue("a blue mug")}, nil
		},
	}
	schema := store.Schema{Version: 1, Families: []store.Family{
		listed(store.Rows, "large", false), listed(store.Rows, "small", true), listed(store.Journal, "journal", false), words,
		{Name: "counters", Shape: store.Counters, Version: 1, Fields: []store.Field{{Name: "have", Type: store.Int}}},
		{Name: "claims", Shape: store.Claims, Version: 1},
	}}
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Prepare(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	fill(t, db, schema)

	one, live := store.IntValue(1), store.TextValue("live")
	at := []store.Cond{{Field: "order", Op: store.NotEqual, Value: one}}
	queries := []struct {
		query store.Query
		uses  string // %s stands for the family
	}{
		{store.Query{List: "state", Equal: []store.Value{live}, From: &one}, "INDEX till_%s$state (state=? AND"},
		{store.Query{List: "tag", Equal: []store.Value{live, live}, Where: at}, "SEARCH s USING PRIMARY KEY (tags=? AND state=?"},
		{store.Query{List: "tagged", Equal: []store.Value{live}, From: &live}, "SEARCH s USING PRIMARY KEY (tags=? AND key"},
		{store.Query{List: "rising", Equal: []store.Value{live, live}, From: &one}, "SEARCH p USING PRIMARY KEY (list=? AND since"},
		{store.Query{List: "rising", Equal: []store.Value{live, live}, To: &one, Where: at}, "SEARCH s USING PRIMARY KEY (partition$since=? AND tags=? AND state=? AND order"},
		{store.Query{List: "keyed", Where: at}, "INDEX till_%s$keyed"},
		{store.Query{List: "fixed", Equal: []store.Value{one, live}}, "INDEX till_%s$fixed (order=? AND state=?"},
		{store.Query{List: "sorted", To: &one, Where: []store.Cond{{Field: "state", Op: store.Equal, Value: live}}}, "INDEX till_%s$sorted (order<?"},
		{store.Query{List: "alphabet"}, "INDEX till_%s$alphabet"},
		{store.Query{List: ""}, ""},
	}
	check := func(q store.Query, uses string) {
		t.Helper()
		q.Limit = 2
		for page := range 2 {
			plan, err := db.Plan(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			walk, _, merged := strings.Cut(plan, "RIGHT\nSCAN o\n")
			if !strings.Contains(walk, uses) || strings.Contains(walk, "TEMP B-TREE") || merged != (q.List == "rising") {
				t.Errorf("%s.%s desc=%v page %d does not use %q:\n%s", q.Family, q.List, q.Desc, page, uses, plan)
			}
			found, err := db.Find(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if q.After = found.Next; q.After == "" {
				return
			}
			if uses != "" && !q.Desc {
				uses, _, _ = strings.Cut(uses, "<")
				uses, _, _ = strings.Cut(uses, "(order")
			}
		}
	}
	for round := range 2 {
		for _, family := range []string{"large", "small", "journal"} {
			for _, c := range queries {
				for _, desc := range []bool{false, true} {
					c.query.Family, c.query.Desc = family, desc
					uses := c.uses
					if strings.Contains(uses, "%s") {
						uses = fmt.Sprintf(uses, family)
					}
					check(c.query, uses)
				}
			}
		}
		check(store.Query{Family: "words", List: "match", Equal: []store.Value{live}, Match: []string{"blue", "mug*"}, Where: at}, "VIRTUAL TABLE")
		check(store.Query{Family: "counters"}, "")
		check(store.Query{Family: "claims", Desc: true}, "")
		check(store.Query{Family: store.Receipts, List: store.ReceiptsByInstant}, "till_receipts$at")
		if round == 0 {
			if err := db.Maintain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// fill commits a few records of every family, in one set each.
func fill(t *testing.T, s store.Store, schema store.Schema) {
	t.Helper()
	for _, f := range schema.Families {
		set := store.ChangeSet{Key: "fill-" + f.Name}
		for i := range 50 {
			r := store.Record{Ref: store.Ref{Family: f.Name, Key: fmt.Sprint("key", i)}, Doc: store.Raw("{}")}
			if f.Index != nil {
				r.Index, _ = f.Index(r.Ref, r.Doc)
			}
			switch f.Shape {
			case store.Rows:
				set.Changes = append(set.Changes, store.Put{Record: r})
			case store.Journal:
				set.Changes = append(set.Changes, store.Append{Record: r, Entries: []store.Entry{{N: 1, Kind: "k", V: 1}}})
			case store.Counters:
				set.Changes = append(set.Changes, store.Add{Ref: r.Ref, Steps: []store.Step{{Field: f.Fields[0].Name, By: 1}}})
			case store.Claims:
				set.Changes = append(set.Changes, store.Claim{Ref: r.Ref, Owner: "me"})
			}
		}
		if _, err := s.Commit(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
}

package sqldb_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// notes is a family whose documents are its words, with the first of them as a label.
var notes = store.Schema{Version: 1, Families: []store.Family{{
	Name: "notes", Shape: store.Rows, Version: 1,
	Fields: []store.Field{{Name: "size", Type: store.Int}, {Name: "labels", Type: store.Many}, {Name: "words", Type: store.Words}},
	Lists: []store.List{
		{Name: "words", Match: true},
		{Name: "label", Equal: []string{"labels"}, Sort: "size", Where: []string{"size"}},
		{Name: "labelled", Equal: []string{"labels"}, Where: []string{"size"}},
	},
	Index: func(_ store.Ref, doc store.Doc) ([]store.Value, error) {
		text, err := doc.AppendStored(nil)
		return jotted(string(text)).Index, err
	},
}}}

func jotted(text string) store.Record {
	words := store.Split(text)
	return store.Record{
		Ref: store.Ref{Family: "notes", Key: "1"}, Doc: store.Raw(text),
		Index: []store.Value{store.IntValue(int64(len(text))), store.ManyValue(words[:min(len(words), 2)]...), store.WordsValue(text)},
	}
}

// jots writes the note anew.
func jots(t *testing.T, s store.Store, rev int64, text string) {
	t.Helper()
	r := jotted(text)
	r.Rev = rev
	if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{store.Put{Record: r}}}); err != nil {
		t.Fatal(err)
	}
}

// finds says how often the note is found by a word, and by a label in each list.
func finds(t *testing.T, s store.Store, word string) [3]int {
	t.Helper()
	var found [3]int
	for i, q := range []store.Query{
		{List: "words", Match: []string{word}},
		{List: "label", Equal: []store.Value{store.TextValue(word)}},
		{List: "labelled", Equal: []store.Value{store.TextValue(word)}},
	} {
		q.Family = "notes"
		for _, err := range store.Records(t.Context(), s, q) {
			if err != nil {
				t.Fatal(err)
			}
			found[i]++
		}
	}
	return found
}

// aside opens a connection of its own to the file.
func aside(t *testing.T, file string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// The words of a row are filed again when they change, and only then; each list shows
// what a row says now.
func TestWordsAreFiledWhenTheyChange(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.db")
	db, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Prepare(t.Context(), notes); err != nil {
		t.Fatal(err)
	}
	look := aside(t, file)
	index := func() string {
		t.Helper()
		var all string
		if err := look.QueryRow(`SELECT group_concat(id || hex(block), ' ') FROM "till_notes$words_data"`).Scan(&all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	jots(t, db, 0, "blue mug")
	for i, c := range []struct {
		text   string
		files  bool
		shows  string
		misses string
	}{
		{"mug blue", false, "blue", "red"}, {"mug,  blue, blue", false, "blue", "red"}, {"red mug", true, "red", "blue"},
		{"mug RED!", false, "red", "blue"}, {"a red mug", true, "a", "blue"}, {"?", true, "", "red"}, {"??", false, "", "red"}, {"blue", true, "blue", "red"},
	} {
		before := index()
		jots(t, db, int64(i+1), c.text)
		if files := index() != before; files != c.files {
			t.Errorf("%q: the words were filed again: %v", c.text, files)
		}
		if c.shows != "" {
			if found := finds(t, db, c.shows); found != [3]int{1, 1, 1} {
				t.Errorf("%q is found %v times by %q", c.text, found, c.shows)
			}
		}
		if found := finds(t, db, c.misses); found != [3]int{} {
			t.Errorf("%q is found %v times by %q", c.text, found, c.misses)
		}
	}
}

// A file of format 1 gets the sums when it is prepared, two openers at once too; one of a
// format to come is refused.
func TestPrepareBringsTheFormatUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.db")
	db, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Prepare(t.Context(), notes); err != nil {
		t.Fatal(err)
	}
	jots(t, db, 0, "blue mug")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw := aside(t, file)
	for _, q := range []string{`ALTER TABLE till_notes DROP COLUMN "words$sum"`, `DROP TABLE till_partitions`, `UPDATE till_meta SET value = '1' WHERE name = 'format'`} {
		if _, err := raw.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	errs := make(chan error)
	for range 2 {
		go func() {
			db, err := sqlite.Open(t.Context(), file)
			if err == nil {
				err = errors.Join(db.Prepare(t.Context(), notes), db.Close())
			}
			errs <- err
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	if db, err = sqlite.Open(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Prepare(t.Context(), notes); err != nil {
		t.Fatal(err)
	}
	for i, text := range []string{"mug blue", "mug blue!", "red mug"} {
		jots(t, db, int64(i+1), text)
		word := store.Split(text)[0]
		if text == "red mug" {
			word = "red"
		}
		if found := finds(t, db, word); found != [3]int{1, 1, 1} {
			t.Errorf("%q is found %v times by %q", text, found, word)
		}
	}
	if found := finds(t, db, "blue"); found != [3]int{} {
		t.Errorf("an old word is found %v times", found)
	}
	for _, format := range []int{0, 5} {
		if _, err := raw.Exec(`UPDATE till_meta SET value = ? WHERE name = 'format'`, fmt.Sprint(format)); err != nil {
			t.Fatal(err)
		}
		if err := db.Prepare(t.Context(), notes); !errors.Is(err, store.ErrUnsupported) {
			t.Errorf("format %d: error %v", format, err)
		}
	}
}

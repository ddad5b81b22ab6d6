package sqldb_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/sqldb"
)

// open gives the keys of the records that lie in the open table of a list, as they came.
func open(t *testing.T, db *sql.DB, list string) []string {
	t.Helper()
	rows, err := db.Query(fmt.Sprintf("SELECT key FROM %q ORDER BY rowid", list+"$open"))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	keys := []string{}
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	return keys
}

// New members wait in the open table until there are many; then all are filed. A list shows a record the same before and after.
func TestOpenTableIsFiledWhenItIsLarge(t *testing.T) {
	defer sqldb.MostOpen(128)()
	s, _, db := openDated(t)
	lists := func() [][]string {
		var all [][]string
		for _, desc := range []bool{false, true} {
			for _, tag := range []string{"t1", "t2", "t90", "t"} {
				all = append(all, walk(t, s, store.Query{List: "tag", Desc: desc}, tag))
			}
		}
		return all
	}
	commits(t, s, visit("a", 0, 9, "new", 1, 104), visit("none", 0, 9, "new", 1, 0))
	commits(t, s, visit("b", 0, 7, "new", 1, 24))
	if diff := cmp.Diff([]string{"a", "b"}, open(t, db, "till_visits$tag")); diff != "" {
		t.Error(diff)
	}
	before := lists()
	if diff := cmp.Diff([][]string{{"b", "a"}, {"b", "a"}, {"a"}, {}, {"a", "b"}, {"a", "b"}, {"a"}, {}}, before); diff != "" {
		t.Error(diff)
	}
	commits(t, s, visit("c", 0, 8, "new", 5000, 5000))
	if waiting := open(t, db, "till_visits$tag"); len(waiting) != 0 {
		t.Errorf("%v wait to be filed", waiting)
	}
	if diff := cmp.Diff(before, lists()); diff != "" {
		t.Error(diff)
	}
	soundFile(t, s)
}

// A record that is changed or deleted leaves the table that it lies in, whichever that is.
func TestOpenTableHasWhatIsChanged(t *testing.T) {
	defer sqldb.MostOpen(10)()
	s, _, db := openDated(t)
	commits(t, s, visit("filed", 0, 1, "new", 1, 11))
	commits(t, s, visit("waits", 0, 2, "new", 1, 2), visit("stays", 0, 3, "new", 1, 2))
	check := func(waiting, first, third []string) {
		t.Helper()
		if diff := cmp.Diff(waiting, open(t, db, "till_visits$tag")); diff != "" {
			t.Error(diff)
		}
		for tag, want := range map[string][]string{"t1": first, "t3": third} {
			if diff := cmp.Diff(want, walk(t, s, store.Query{List: "tag"}, tag)); diff != "" {
				t.Errorf("%s: %s", tag, diff)
			}
		}
		soundFile(t, s)
	}
	check([]string{"waits", "stays"}, []string{"filed", "waits", "stays"}, []string{"filed"})
	commits(t, s, visit("filed", 1, 1, "new", 1, 2))
	check([]string{"waits", "stays", "filed"}, []string{"filed", "waits", "stays"}, []string{})
	commits(t, s, visit("waits", 1, 4, "new", 3, 3), visit("stays", 1, 3, "new", 1, 2))
	check([]string{"stays", "filed", "waits"}, []string{"filed", "stays"}, []string{"waits"})
	commits(t, s, store.Delete{Ref: store.Ref{Family: "visits", Key: "filed"}, Rev: 2}, visit("stays", 2, 3, "new", 1, 0))
	check([]string{"waits"}, []string{}, []string{"waits"})
}

// A person who is erased leaves no word behind, in neither table.
func TestOpenTableForgetsWhoIsErased(t *testing.T) {
	defer sqldb.MostOpen(4)()
	s, _, db := openDated(t)
	mine := func(key string, last int) store.Put {
		put := visit(key, 0, 5, "new", 1, last)
		put.Family = "partitions"
		return put
	}
	commits(t, s, mine("ann/1", 5), mine("bob/1", 5))
	commits(t, s, mine("ann/2", 1), mine("bob/2", 1))
	commits(t, s, store.Erase{Person: "ann"})
	if diff := cmp.Diff([]string{"bob/2"}, open(t, db, "till$partitions$tag")); diff != "" {
		t.Error(diff)
	}
	var left int
	if err := db.QueryRow(`SELECT count(*) FROM "till$partitions$tag" WHERE key LIKE 'ann%'`).Scan(&left); err != nil || left > 0 {
		t.Errorf("%d rows are left, error %v", left, err)
	}
	soundFile(t, s)
}

// A text that stands in an array of others is no member of it, and one that must be
// written otherwise in JSON is.
func TestOpenTableIsSearchedForMembers(t *testing.T) {
	s, _, _ := openDated(t)
	tags := []string{"a", "b", `"`, `\`, `,`, `","`, "<&>", "é", "\u2028", "\x01", "日本", "a b", "%", "_", "[", "]", ""}
	for i, tag := range tags {
		put := visit(fmt.Sprint("alone", i), 0, int64(i), "new", 1, 0)
		put.Index[2] = store.ManyValue(tag)
		commits(t, s, put)
	}
	put := visit("two", 0, 99, "new", 1, 0)
	put.Index[2] = store.ManyValue("a", "b")
	commits(t, s, put)
	for i, tag := range tags {
		want := []string{fmt.Sprint("alone", i)}
		if i < 2 {
			want = append(want, "two")
		}
		if diff := cmp.Diff(want, walk(t, s, store.Query{List: "tag"}, tag)); diff != "" {
			t.Errorf("%q: %s", tag, diff)
		}
	}
}

// Where two handles write in turns, each knows only of what it has written itself: none
// loses a row of the other's or files it twice, and the open table stays small.
func TestOpenTableOfTwoHandles(t *testing.T) {
	defer sqldb.MostOpen(64)()
	s, _, db := openDated(t)
	other := second(t, s.File(), dated())
	var want []string
	for i := range 300 {
		key := fmt.Sprintf("v%03d", i)
		on := []store.Store{s, other}[i%7%2]
		commits(t, on, visit(key, 0, int64(i), "new", 1, 5))
		want = append(want, key)
		if waiting := len(open(t, db, "till_visits$tag")); 5*waiting > 3*64 {
			t.Fatalf("after %s %d records wait", key, waiting)
		}
	}
	for _, on := range []store.Store{s, other} {
		if diff := cmp.Diff(want, walk(t, on, store.Query{List: "tag", Limit: 50}, "t5")); diff != "" {
			t.Error(diff)
		}
	}
	slices.Reverse(want)
	if diff := cmp.Diff(want, walk(t, other, store.Query{List: "state", Equal: []store.Value{store.TextValue("new")}, Limit: 7, Desc: true}, "t5")); diff != "" {
		t.Error(diff)
	}
	if n := len(begun(t, db, "till_visits$tag")); n < 3 {
		t.Errorf("there are %d partitions", n)
	}
	soundFile(t, s)
}

// In a long transaction of the program's own the open table is filed too.
func TestOpenTableInATransactionOfTheProgram(t *testing.T) {
	defer sqldb.MostOpen(64)()
	s, _, db := openDated(t)
	for _, commit := range []bool{false, true} {
		tx := ownTx(t, s)
		inside := s.InTx(tx)
		for i := range 100 {
			commits(t, inside, visit(fmt.Sprint("v", i), 0, int64(i), "new", 1, 5))
		}
		if n := len(walk(t, inside, store.Query{List: "tag", Limit: 30}, "t2")); n != 100 {
			t.Errorf("%d are found inside", n)
		}
		end := tx.Rollback
		if commit {
			end = tx.Commit
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
	}
	if waiting := len(open(t, db, "till_visits$tag")); waiting > 20 {
		t.Errorf("%d records wait", waiting)
	}
	commits(t, s, visit("after", 0, 7, "new", 1, 5))
	if n := len(walk(t, s, store.Query{List: "tag", Limit: 30}, "t2")); n != 101 {
		t.Errorf("%d are found", n)
	}
	soundFile(t, s)
}

// A file of format 3 gets an open table for each divided list.
func TestOpenTableInAnOlderFile(t *testing.T) {
	defer sqldb.MostOpen(4)()
	s, _, db := openDated(t)
	commits(t, s, visit("old", 0, 5, "new", 1, 5))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{`DROP TABLE "till_visits$tag$open"`, `DROP TABLE "till_visits$state$open"`, `DROP TABLE "till$partitions$tag$open"`, `UPDATE till_meta SET value = '3' WHERE name = 'format'`} {
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	again := second(t, s.File(), dated())
	soundFile(t, again)
	commits(t, again, visit("new", 0, 6, "new", 1, 2))
	if diff := cmp.Diff([]string{"old", "new"}, walk(t, again, store.Query{List: "tag"}, "t1")); diff != "" {
		t.Error(diff)
	}
	soundFile(t, again)
}

// Where a partition is missing, the commit that would file members there says so and changes
// nothing.
func TestOpenTableWithoutPartitions(t *testing.T) {
	defer sqldb.MostOpen(4)()
	s, _, db := openDated(t)
	commits(t, s, visit("there", 0, 5, "new", 1, 2))
	if _, err := db.Exec("DELETE FROM till_partitions"); err != nil {
		t.Fatal(err)
	}
	_, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{visit("more", 0, 6, "new", 1, 3)}})
	var damage *sqldb.Error
	if !errors.As(err, &damage) || !strings.Contains(damage.Error(), "0 of 5 members") || !strings.Contains(damage.Next, "restore a backup") {
		t.Errorf("error %v", err)
	}
	if diff := cmp.Diff([]string{"there"}, walk(t, s, store.Query{List: "tag"}, "t1")); diff != "" {
		t.Error(diff)
	}
}

package sqldb_test

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
)

// dated is a schema whose lists rise.
func dated() store.Schema {
	fields := []store.Field{{Name: "at", Type: store.Int}, {Name: "state", Type: store.Text}, {Name: "tags", Type: store.Many}}
	index := func(store.Ref, store.Doc) ([]store.Value, error) {
		return []store.Value{store.IntValue(3), store.TextValue("new"), store.ManyValue("a", "b")}, nil
	}
	lists := []store.List{
		{Name: "tag", Equal: []string{"tags"}, Sort: "at", Where: []string{"state"}, Rising: true},
		{Name: "state", Equal: []string{"tags", "state"}, Sort: "at", Rising: true},
	}
	return store.Schema{Version: 1, Families: []store.Family{
		{Name: "visits", Shape: store.Rows, Version: 1, Fields: fields, Lists: lists, Index: index},
		{Name: "partitions", Shape: store.Rows, Version: 1, Personal: true, Small: true, Fields: fields, Lists: lists[:1], Index: index},
	}}
}

// openDated gives a store that is prepared for dated, and a handle to look into its file.
func openDated(t *testing.T) (*sqldb.Store, *plan, *sql.DB) {
	t.Helper()
	s, f := openPatient(t, "&_pragma=synchronous(FULL)", time.Minute)
	if err := s.Prepare(t.Context(), dated()); err != nil {
		t.Fatal(err)
	}
	return s, f, aside(t, s.File())
}

// visit puts a record that has the tags from first to last.
func visit(key string, rev, at int64, state string, first, last int) store.Put {
	var tags []string
	for i := first; i <= last; i++ {
		tags = append(tags, fmt.Sprint("t", i))
	}
	return store.Put{Record: store.Record{
		Ref: store.Ref{Family: "visits", Key: key}, Rev: rev, Doc: store.Raw("{}"),
		Index: []store.Value{store.IntValue(at), store.TextValue(state), store.ManyValue(tags...)},
	}}
}

func commits(t *testing.T, s store.Store, changes ...store.Change) {
	t.Helper()
	if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: changes}); err != nil {
		t.Fatal(err)
	}
}

// begun gives where the partitions of a list begin, but for the first.
func begun(t *testing.T, db *sql.DB, list string) []int64 {
	t.Helper()
	rows, err := db.Query("SELECT since FROM till_partitions WHERE list = ? ORDER BY since", list)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var since int64
		if err := rows.Scan(&since); err != nil {
			t.Fatal(err)
		}
		all = append(all, since)
	}
	if len(all) == 0 || all[0] != math.MinInt64 {
		t.Fatalf("the partitions of %s begin at %v", list, all)
	}
	return all[1:]
}

// whereabouts gives in which partition the rows of a record lie.
func whereabouts(t *testing.T, db *sql.DB, key string) (partition int64) {
	t.Helper()
	var count int
	query := `SELECT count(DISTINCT "partition$since"), max("partition$since") FROM "till_visits$tag" WHERE key = ?`
	if err := db.QueryRow(query, key).Scan(&count, &partition); err != nil || count != 1 {
		t.Fatalf("%s lies in %d partitions, error %v", key, count, err)
	}
	return partition
}

// placed fails unless each row of the side tables lies in its partition. It is a part of
// what Check does, which takes long for records with many members.
func placed(t *testing.T, db *sql.DB) {
	t.Helper()
	for _, list := range []string{"till_visits$tag", "till_visits$state", "till$partitions$tag"} {
		var astray int
		query := fmt.Sprintf(`SELECT count(*) FROM %q s WHERE s."partition$since" IS NOT (SELECT max(p.since) FROM till_partitions p WHERE p.list = ? AND p.since <= s.at)`, list)
		if err := db.QueryRow(query, list).Scan(&astray); err != nil || astray > 0 {
			t.Errorf("%d rows of %s lie in a partition that is not theirs, error %v", astray, list, err)
		}
		query = fmt.Sprintf("SELECT count(DISTINCT key) FROM %q WHERE key IN (SELECT key FROM %q)", list, list+"$open")
		if err := db.QueryRow(query).Scan(&astray); err != nil || astray > 0 {
			t.Errorf("%d records of %s lie in its open table too, error %v", astray, list, err)
		}
	}
}

// soundFile fails unless Check finds nothing.
func soundFile(t *testing.T, s *sqldb.Store) {
	t.Helper()
	if err := s.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// When the last partition is large and others are filed, another begins at the greatest
// value and one. What comes later with less is in the one before.
func TestPartitionsBegin(t *testing.T) {
	defer sqldb.MostOpen(1024)()
	s, _, db := openDated(t)
	commits(t, s, visit("first", 0, 70, "new", 1, 1023), visit("second", 0, -5, "new", 1, 2))
	if since := begun(t, db, "till_visits$tag"); len(since) != 0 {
		t.Fatalf("with the first 1,025 rows partitions begin at %v", since)
	}
	commits(t, s, visit("late", 0, 70, "new", 1, 3), visit("next", 0, 71, "new", 1, 3), visit("least", 0, math.MinInt64, "new", 1, 3), visit("large", 0, 300, "new", 4, 1100))
	if diff := cmp.Diff([]int64{71}, begun(t, db, "till_visits$tag")); diff != "" {
		t.Fatal(diff)
	}
	for key, want := range map[string]int64{"first": math.MinInt64, "late": math.MinInt64, "least": math.MinInt64, "next": 71, "large": 71} {
		if is := whereabouts(t, db, key); is != want {
			t.Errorf("%s lies in the partition %d, not %d", key, is, want)
		}
	}

	// A change takes a record to the partition of its new value, and leaves nothing behind.
	commits(t, s, visit("first", 1, 500, "new", 2, 1100), visit("next", 1, 71, "old", 3, 5))
	commits(t, s, store.Delete{Ref: store.Ref{Family: "visits", Key: "late"}, Rev: 1}, visit("last", 0, 300, "new", 1, 1))
	if diff := cmp.Diff([]int64{71, 301}, begun(t, db, "till_visits$tag")); diff != "" {
		t.Error(diff)
	}
	if is := whereabouts(t, db, "first"); is != 301 {
		t.Errorf("it lies in the partition %d", is)
	}
	if diff := cmp.Diff([]string{"least", "next", "first"}, walk(t, s, store.Query{List: "tag"}, "t3")); diff != "" {
		t.Error(diff)
	}
	placed(t, db)
}

// Of many rows the last partition may have a part before another begins.
func TestPartitionsGrowWithTheTable(t *testing.T) {
	defer sqldb.MostOpen(1024)()
	s, _, db := openDated(t)
	if _, err := db.Exec("UPDATE till_partitions SET rows = ?", 750*750); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		commits(t, s, visit(fmt.Sprint("v", i), 0, int64(i), "new", 1, 1100))
	}
	commits(t, s, visit("less", 0, 3, "new", 1, 1030)) // to the 3,000 that are there
	if since := begun(t, db, "till_visits$tag"); len(since) != 1 || since[0] != 3 {
		t.Fatalf("behind 3,300 rows of 565,800 partitions begin at %v", since)
	}
}

// Behind the greatest value there is nothing: no partition begins there, and what comes is
// found all the same.
func TestPartitionsEndWithTheGreatestValue(t *testing.T) {
	defer sqldb.MostOpen(1024)()
	s, _, db := openDated(t)
	commits(t, s, visit("open", 0, math.MaxInt64, "new", 1, 1))
	for i := range 7 {
		commits(t, s, visit(fmt.Sprint("v", i), 0, int64(10-i), "new", 1, 400))
	}
	commits(t, s, visit("before", 0, math.MaxInt64-1, "new", 1, 400))
	if since := begun(t, db, "till_visits$tag"); len(since) != 0 {
		t.Errorf("partitions begin at %v", since)
	}
	want := []string{"v6", "v5", "v4", "v3", "v2", "v1", "v0", "before", "open"}
	if diff := cmp.Diff(want, walk(t, s, store.Query{List: "tag"}, "t1")); diff != "" {
		t.Error(diff)
	}
	placed(t, db)
}

// walk gives the keys of all records of a list of visits, in pages.
func walk(t *testing.T, s store.Store, q store.Query, tag string) []string {
	t.Helper()
	q.Family = "visits"
	q.Limit = max(q.Limit, 2)
	q.Equal = append([]store.Value{store.TextValue(tag)}, q.Equal...)
	keys := []string{}
	for {
		page, err := s.Find(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Items {
			keys = append(keys, r.Key)
		}
		if q.After = page.Next; q.After == "" {
			return keys
		}
	}
}

// What a transaction filed that was not committed is not filed for those who come after it,
// and is filed when it is due.
func TestPartitionsOfTransactionsThatWereNotCommitted(t *testing.T) {
	defer sqldb.MostOpen(128)()
	large := visit("large", 0, 100, "new", 1, 140)
	refused := store.Put{Record: store.Record{Ref: store.Ref{Family: "visits", Key: "there"}, Rev: 7, Doc: store.Raw("{}"), Index: large.Index}}
	for name, do := range map[string]func(*testing.T, *sqldb.Store, *plan){
		"a set that is refused by halves, alone": func(t *testing.T, s *sqldb.Store, _ *plan) {
			if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{large, refused}}); err == nil {
				t.Error("it was taken")
			}
		},
		"a set that is refused by halves, beside others": func(t *testing.T, s *sqldb.Store, _ *plan) {
			halves := store.ChangeSet{Changes: []store.Change{large, refused}}
			beside := func(key string) store.ChangeSet {
				return store.ChangeSet{Changes: []store.Change{visit(key, 0, 101, "new", 1, 3)}}
			}
			for i, a := range together(t, s, locker(t, s), beside("left"), halves, beside("right")) {
				if (a.err == nil) != (i != 1) {
					t.Errorf("set %d: %v", i, a.err)
				}
			}
		},
		"a commit that fails": func(t *testing.T, s *sqldb.Store, f *plan) {
			f.fault.Store(&fault{prefix: "COMMIT", err: faulty.Code(13), times: 1})
			if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{large}}); err == nil {
				t.Error("it was taken")
			}
			f.fault.Store(nil)
		},
		"a transaction of the program's own": func(t *testing.T, s *sqldb.Store, _ *plan) {
			tx := ownTx(t, s)
			commits(t, s.InTx(tx), large)
			if err := tx.Rollback(); err != nil {
				t.Fatal(err)
			}
		},
		"a savepoint of the program's own": func(t *testing.T, s *sqldb.Store, _ *plan) {
			tx := ownTx(t, s)
			inside := s.InTx(tx)
			exec := func(query string) {
				if _, err := tx.Exec(query); err != nil {
					t.Fatal(err)
				}
			}
			exec("SAVEPOINT mine")
			commits(t, inside, large)
			exec("ROLLBACK TO mine")
			commits(t, inside, visit("inside", 0, 101, "new", 1, 3))
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, f, db := openDated(t)
			commits(t, s, visit("there", 0, 1, "new", 1, 140))
			commits(t, s, visit("waiting", 0, 2, "new", 1, 65))
			do(t, s, f)
			commits(t, s, visit("after", 0, 200, "new", 1, 3))
			if since := begun(t, db, "till_visits$tag"); len(since) != 0 {
				t.Errorf("partitions begin at %v", since)
			}
			soundFile(t, s)
			commits(t, s, visit("more", 0, 300, "new", 1, 75))
			if waiting := open(t, db, "till_visits$tag"); len(waiting) != 0 {
				t.Errorf("%v wait to be filed", waiting)
			}
			for _, key := range []string{"waiting", "after", "more"} {
				if is := whereabouts(t, db, key); is != 2 {
					t.Errorf("%s lies in the partition %d", key, is)
				}
			}
			soundFile(t, s)
		})
	}
}

// ownTx begins a transaction of the program's own.
func ownTx(t *testing.T, s *sqldb.Store) *sql.Tx {
	t.Helper()
	own, err := sql.Open("sqlite", "file:"+s.File()+"?_txlock=immediate&_pragma=secure_delete(1)&_pragma=synchronous(FULL)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = own.Close() })
	tx, err := own.BeginTx(context.WithoutCancel(t.Context()), nil)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// A table stays as it was made when only the hint changes, and is made anew as the hint says
// when the family is filed anew.
func TestRisingIsAHint(t *testing.T) {
	file := t.TempDir() + "/shop.db"
	columns := func() bool {
		var n int
		if err := aside(t, file).QueryRow(`SELECT count(*) FROM pragma_table_info('till_visits$tag') WHERE name = 'partition$since'`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n > 0
	}
	for i, c := range []struct {
		version int
		rising  bool
		divided bool
	}{{1, false, false}, {1, true, false}, {2, true, true}, {2, false, true}, {3, false, false}, {4, true, true}} {
		schema := dated()
		schema.Version = i + 1
		visits := &schema.Families[0]
		visits.Version = c.version
		visits.Lists = slices.Clone(visits.Lists)
		for i := range visits.Lists {
			visits.Lists[i].Rising = c.rising
		}
		s := second(t, file, schema)
		for k := range 700 { // both tags of the index
			if c.version == 1 && !c.rising {
				commits(t, s, visitOf(fmt.Sprint("v", k), int64(k)))
			}
		}
		if columns() != c.divided {
			t.Errorf("%+v: the table has partitions: %v", c, columns())
		}
		commits(t, s, visitOf(fmt.Sprint("later", i), 3))
		if found := len(walk(t, s, store.Query{List: "tag", Limit: 1000}, "b")); found != 701+i {
			t.Errorf("%+v: %d are found", c, found)
		}
		soundFile(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// visitOf is a visit with the tags that the schema's index gives.
func visitOf(key string, at int64) store.Put {
	put := visit(key, 0, at, "new", 1, 0)
	put.Index[2] = store.ManyValue("a", "b")
	return put
}

package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
	"github.com/tillkit/till/store/sqlite/sqldb"
)

// busy commits many changes of every kind that a store takes, some of which it refuses.
func busy(t testing.TB, s store.Store, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, seed))
	revs := make(map[store.Ref]int64)
	word := func() string {
		return []string{"red", "blue", "Café", "c++", "ähre", "", "ſ\u2028x", `"q"`}[r.IntN(8)]
	}
	doc := func() string {
		return fmt.Sprintf(`{"state":%q,"order":%d,"to":%d,"customer":%q,"tags":[%q,%q],"skus":[%q],"words":%q}`,
			word(), r.IntN(5), r.IntN(9)-4, word(), word(), word(), word(), word()+" "+word()+" "+word())
	}
	for n := range 300 {
		var changes []store.Change
		after := make(map[store.Ref]int64)
		for range 1 + r.IntN(4) {
			key := fmt.Sprint(r.IntN(12))
			family := []string{"products", "carts", "contacts", "notes", "meta", "orders", "entries"}[r.IntN(7)]
			if family == "contacts" || family == "notes" {
				key = "p" + key + "/1"
			}
			ref := store.Ref{Family: family, Key: key}
			if _, twice := after[ref]; twice {
				continue
			}
			rev := revs[ref]
			switch {
			case family == "orders" || family == "entries":
				a := store.Append{Record: record(family, key, rev, doc())}
				for i := range 1 + r.IntN(3) {
					a.Entries = append(a.Entries, store.Entry{N: rev + int64(i) + 1, Kind: "kind", V: 1, Payload: []byte(word())})
				}
				changes = append(changes, a)
				after[ref] = rev + int64(len(a.Entries))
			case rev > 0 && r.IntN(4) == 0:
				changes = append(changes, store.Delete{Ref: ref, Rev: rev})
				after[ref] = 0
			default:
				changes = append(changes, put(family, key, rev, doc()))
				after[ref] = rev + 1
			}
		}
		sku := fmt.Sprint(r.IntN(3))
		changes = append(changes,
			store.Add{Ref: store.Ref{Family: "stock", Key: sku}, Steps: []store.Step{{Field: "on", By: int64(r.IntN(5))}, {Field: "available", By: int64(r.IntN(9)) - 4, Floor: store.NoFloor}}},
			store.Claim{Ref: store.Ref{Family: "emails", Key: fmt.Sprint(r.IntN(200))}, Owner: "me"})
		_, err := s.Commit(t.Context(), store.ChangeSet{Key: fmt.Sprint("key", seed, n), Result: word(), Changes: changes})
		if errors.Is(err, store.ErrExists) {
			continue
		}
		must(t, err, nil)
		for ref, rev := range after {
			revs[ref] = rev
		}
	}
}

func TestCheckFindsNothingInASoundFile(t *testing.T) {
	path := place(t)
	s := open(t, path)
	must(t, s.Check(t.Context()), nil)
	filled(t, s)
	seeds := uint64(3)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		other := open(t, place(t))
		busy(t, other, seed)
		must(t, other.Check(t.Context()), nil)
		must(t, other.Maintain(t.Context()), nil)
		must(t, other.Check(t.Context()), nil)
	}
	if _, err := raw(t, path).Exec("CREATE TABLE own(x); CREATE VIRTUAL TABLE text USING fts5(x)"); err != nil {
		t.Fatal(err)
	}
	commit(t, s, put("meta", "deep", 0, strings.Repeat("[", 2000)+strings.Repeat("]", 2000)), put("meta", "bytes", 0, "\xff"), put("meta", "none", 0, ""))
	must(t, s.Check(t.Context()), nil)

	// Families that the schema has no more are checked all the same, and one that was
	// declared anew.
	less := testSchema()
	less.Version = 2
	less.Families[0].Version = 2
	less.Families[0].Lists = less.Families[0].Lists[1:]
	less.Families = append(less.Families[:3:3], less.Families[4:]...)
	must(t, s.Prepare(t.Context(), less), nil)
	must(t, s.Check(t.Context()), nil)
}

// Each kind of damage is found by its name, where it is.
func TestCheckFindsDamage(t *testing.T) {
	sound := place(t)
	s, err := sqlite.Open(t.Context(), sound)
	must(t, err, nil)
	must(t, s.Prepare(t.Context(), testSchema()), nil)
	filled(t, s)
	skus := strings.Repeat(`"z%d",`, 1100) // so many that those of all orders are filed
	numbers := make([]any, 1100)
	for i := range numbers {
		numbers[i] = i
	}
	commit(t, s, appending("large", 0, fmt.Sprintf(`{"skus":[%s"z"]}`, fmt.Sprintf(skus, numbers...)), "{}"))
	commit(t, s, appending("large", 1, "{}", "{}"), appending("late", 0, `{"skus":["a","b"],"to":3,"customer":"him"}`, "{}"))
	for i := range 3 {
		_, err := s.Commit(t.Context(), store.ChangeSet{Key: fmt.Sprint("key", i), Changes: []store.Change{appending(fmt.Sprintf("o%02d", i), 2, "{}", "{}", "{}")}})
		must(t, err, nil)
	}
	must(t, s.Check(t.Context()), nil)
	must(t, s.Close(), nil)

	loosely := func(table string, queries ...string) []string {
		loose := []string{
			"PRAGMA writable_schema = 1",
			"UPDATE sqlite_schema SET sql = replace(sql, ') STRICT, WITHOUT', ') WITHOUT') WHERE name = '" + table + "'",
			"reopen",
		}
		loose = append(loose, queries...)
		return append(loose,
			"PRAGMA writable_schema = 1",
			"UPDATE sqlite_schema SET sql = replace(sql, ') WITHOUT', ') STRICT, WITHOUT') WHERE name = '"+table+"'",
		)
	}
	for _, c := range []struct {
		name  string
		do    []string
		kind  sqldb.Damage
		where string
		says  string
	}{
		{"an index that lacks a row", []string{
			`PRAGMA writable_schema = 1`, `UPDATE sqlite_schema SET sql = 'CREATE INDEX "till_orders$placed" ON till_orders("to", key) WHERE key <> ''o05''' WHERE name = 'till_orders$placed'`,
			`reopen`, `REINDEX "till_orders$placed"`,
			`PRAGMA writable_schema = 1`, `UPDATE sqlite_schema SET sql = 'CREATE INDEX "till_orders$placed" ON till_orders("to", key)' WHERE name = 'till_orders$placed'`,
		}, sqldb.DamagedFile, "", "till_orders$placed"},
		{"words that SQLite cannot read", []string{`UPDATE "till_products$words_data" SET block = x'0000' WHERE id > 10`}, sqldb.DamagedFile, "", "till_products$words"},

		{"no index", []string{`DROP INDEX "till_orders$placed"`}, sqldb.DamagedSchema, "till_orders$placed", "no such index"},
		{"no index of entries", []string{`DROP INDEX "till_entries$journal"`}, sqldb.DamagedSchema, "till_entries$journal", "no such index"},
		{"another index", []string{`DROP INDEX "till_orders$placed"`, `CREATE INDEX "till_orders$placed" ON till_orders("to")`}, sqldb.DamagedSchema, "till_orders$placed", "it is on to, and till_meta says to, key"},
		{"an index the other way round", []string{`DROP INDEX "till_orders$placed"`, `CREATE INDEX "till_orders$placed" ON till_orders("to" DESC, key)`}, sqldb.DamagedSchema, "till_orders$placed", "another order"},
		{"an index of some rows", []string{`DROP INDEX "till_orders$placed"`, `CREATE INDEX "till_orders$placed" ON till_orders("to", key) WHERE rev > 3`}, sqldb.DamagedSchema, "till_orders$placed", "it is on"},
		{"no table", []string{`DROP TABLE till_stock`}, sqldb.DamagedSchema, "till_stock", "no such table"},
		{"no side table", []string{`DROP TABLE "till_products$tag"`}, sqldb.DamagedSchema, "till_products$tag", "no such table"},
		{"no table of partitions", []string{`DROP TABLE till_partitions`}, sqldb.DamagedSchema, "till_partitions", "no such table"},
		{"no table of words", []string{`DROP TABLE "till_products$words"`}, sqldb.DamagedSchema, "till_products$words", "no such table"},
		{"another table of words", []string{`DROP TABLE "till_products$words"`, `CREATE VIRTUAL TABLE "till_products$words" USING fts5(words)`}, sqldb.DamagedSchema, "till_products$words", "no table of words"},
		{"a column too many", []string{`ALTER TABLE till_carts ADD COLUMN x TEXT`}, sqldb.DamagedSchema, "till_carts", "x TEXT"},
		{"a table that takes everything", []string{`PRAGMA writable_schema = 1`, `UPDATE sqlite_schema SET sql = replace(sql, ') STRICT, WITHOUT', ') WITHOUT') WHERE name = 'till_carts'`, `PRAGMA schema_version = 9999`}, sqldb.DamagedSchema, "till_carts", "options"},
		{"no format", []string{`DELETE FROM till_meta WHERE name = 'format'`}, sqldb.DamagedSchema, "till_meta", `row "format"`},
		{"a definition that is none", []string{`UPDATE till_meta SET value = '{' WHERE name = 'family:orders'`}, sqldb.DamagedSchema, "till_meta", "family:orders"},
		{"no till_meta", []string{`DROP TABLE till_meta`}, sqldb.DamagedSchema, "till_meta", "no such table"},

		{"a revision", []string{`UPDATE till_carts SET rev = 0 WHERE key = 'k03'`}, sqldb.DamagedRecord, "carts/k03", "revision"},
		{"a document that is cut", []string{`UPDATE till_products SET doc = substr(doc, 2) WHERE key = 'p03'`}, sqldb.DamagedRecord, "products/p03", "document"},
		{"a document that is a number", []string{`UPDATE till_carts SET doc = 5 WHERE key = 'k03'`}, sqldb.DamagedRecord, "carts/k03", "document"},
		{"members that are none", []string{`UPDATE till_orders SET skus = 'a' WHERE key = 'o03'`}, sqldb.DamagedRecord, "orders/o03", "skus"},
		{"members that are an object", []string{`UPDATE till_orders SET skus = '{}' WHERE key = 'o03'`}, sqldb.DamagedRecord, "orders/o03", "skus"},
		{"a counter that is a text", loosely("till_stock", `UPDATE till_stock SET "on" = 'many' WHERE key = 's03'`), sqldb.DamagedRecord, "stock/s03", `"on"`},
		{"a counter beyond 64 bits", loosely("till_stock", `UPDATE till_stock SET "on" = 9223372036854775807 + 1 WHERE key = 's03'`), sqldb.DamagedRecord, "stock/s03", `"on"`},
		{"a claim of nobody", []string{`UPDATE till_emails SET owner = '' WHERE key = '03@example.com'`}, sqldb.DamagedRecord, "till_emails", "owner: 1"},

		{"a list that lacks a member", []string{`DELETE FROM "till_products$tag" WHERE key = 'p03' AND tags = 'red'`}, sqldb.DamagedList, "products/p03", `"tag" lacks it`},
		{"a list with a member too many", []string{`INSERT INTO "till_products$tagged"(tags, key) VALUES('green', 'p03')`}, sqldb.DamagedList, "products/p03", `"tagged" has it`},
		{"a list with a record that is gone", []string{`INSERT INTO "till_products$tagged"(tags, key) VALUES('red', 'gone')`}, sqldb.DamagedList, "products/gone", `"tagged" has it`},
		{"a list at another place", []string{`UPDATE till_products SET "order" = 77 WHERE key = 'p03'`}, sqldb.DamagedList, "products/p03", `"tag" has it`},
		{"a list that carries another value", []string{`UPDATE "till_orders$sku" SET customer = 'other' WHERE key = 'o03' AND skus = 'a'`}, sqldb.DamagedList, "orders/o03", `"sku" lacks it`},
		{"a list in another partition", []string{`UPDATE "till_orders$sku" SET "partition$since" = 0 WHERE key = 'o03'`}, sqldb.DamagedList, "orders/o03", `"sku" has it`},
		{"a list that a partition lacks", []string{`UPDATE "till_orders$sku" SET "partition$since" = 0 WHERE key = 'o03'`}, sqldb.DamagedList, "orders/o03", `"sku" lacks it`},
		{"a partition that begins before its rows", []string{`INSERT INTO till_partitions(list, since, rows) VALUES('till_orders$sku', -100, 0)`}, sqldb.DamagedList, "orders/o03", `"sku" has it`},
		{"no first partition", []string{`DELETE FROM till_partitions`}, sqldb.DamagedList, "till_orders$sku", "no first partition"},
		{"no open table", []string{`DROP TABLE "till_orders$sku$open"`}, sqldb.DamagedSchema, "till_orders$sku$open", "no such table"},
		{"an open table that is empty", []string{`DELETE FROM "till_orders$sku$open"`}, sqldb.DamagedList, "orders/late", `"sku" lacks it`},
		{"an open table with a member too many", []string{`UPDATE "till_orders$sku$open" SET skus = '["a","b","c"]'`}, sqldb.DamagedList, "orders/late", `"sku" has it where`},
		{"an open table that lacks a member", []string{`UPDATE "till_orders$sku$open" SET skus = '["a"]'`}, sqldb.DamagedList, "orders/late", `"sku" has it where`},
		{"an open table with another value", []string{`UPDATE "till_orders$sku$open" SET customer = 'her'`}, sqldb.DamagedList, "orders/late", `"sku" has it where`},
		{"an open table at another place", []string{`UPDATE "till_orders$sku$open" SET "to" = 4`}, sqldb.DamagedList, "orders/late", `"sku" has it where`},
		{"an open table with a record that is gone", []string{`UPDATE "till_orders$sku$open" SET key = 'gone'`}, sqldb.DamagedList, "orders/gone", `"sku" has it where`},
		{"an open table that lacks a record for another", []string{`UPDATE "till_orders$sku$open" SET key = 'gone'`}, sqldb.DamagedList, "orders/late", `"sku" lacks it`},
		{"an open table that is cut", []string{`UPDATE "till_orders$sku$open" SET skus = '["a'`}, sqldb.DamagedList, "orders/late", "no array"},
		{"an open table with no array", []string{`UPDATE "till_orders$sku$open" SET skus = '{}'`}, sqldb.DamagedList, "orders/late", "no array"},
		{"an open table with a record twice", []string{`INSERT INTO "till_orders$sku$open" SELECT * FROM "till_orders$sku$open"`}, sqldb.DamagedList, "orders/late", `"sku" has it twice`},
		{"a member in both tables", []string{`INSERT INTO "till_orders$sku" SELECT p.since, 'a', o."to", o.key, o.customer FROM "till_orders$sku$open" o, till_partitions p WHERE p.list = 'till_orders$sku'`}, sqldb.DamagedList, "orders/late", `"sku" has it twice`},
		{"a record that was filed in both tables", []string{`INSERT INTO "till_orders$sku$open"(skus, "to", key, customer) SELECT skus, "to", key, customer FROM till_orders WHERE key = 'o03'`}, sqldb.DamagedList, "orders/o03", `"sku" has it twice`},
		{"a side table that is empty", []string{`DELETE FROM "till_products$tagged"`}, sqldb.DamagedList, "products/p00", "lacks it"},

		{"no words", []string{`DELETE FROM "till_products$words" WHERE rowid = 4`}, sqldb.DamagedWords, "products/p03", "missing"},
		{"words of a row that is gone", []string{`INSERT INTO "till_products$words"(rowid, words) VALUES(99, 'mug')`}, sqldb.DamagedWords, "till_products$words", "row 99"},
		{"words of another row", []string{`INSERT OR REPLACE INTO "till_products$words"(rowid, words) VALUES(4, 'blue mug 4')`}, sqldb.DamagedWords, "products/p03", "other words"},
		{"a word too many", []string{`INSERT OR REPLACE INTO "till_products$words"(rowid, words) VALUES(4, '3 blue café green mug')`}, sqldb.DamagedWords, "products/p03", "other words"},
		{"words that SQLite does not count", []string{`INSERT INTO "till_products$words"(rowid, words) VALUES(99, 'mug')`, `DELETE FROM "till_products$words_docsize" WHERE id = 99`}, sqldb.DamagedWords, "till_products$words", "row 99"},

		{"an entry that is lost", []string{`DELETE FROM till_entries WHERE key = 'o01' AND n = 2`}, sqldb.DamagedJournal, "orders/o01", "after entry 0 comes entry 3"},
		{"entries that are lost at the end", []string{`DELETE FROM till_entries WHERE key = 'o01' AND n = 4`}, sqldb.DamagedJournal, "orders/o01", "end with number 2, its state is at revision 4"},
		{"a state that is behind", []string{`UPDATE till_orders SET rev = 1 WHERE key = 'o05'`}, sqldb.DamagedJournal, "orders/o05", "revision 1"},
		{"no state", []string{`DELETE FROM till_orders WHERE key = 'o05'`}, sqldb.DamagedJournal, "orders/o05", "no state"},
		{"no entries", []string{`DELETE FROM till_entries WHERE key = 'o05'`}, sqldb.DamagedJournal, "orders/o05", "no entries"},
		{"entries that are cut", []string{`UPDATE till_entries SET entries = substr(entries, 1, 50) WHERE key = 'o05'`}, sqldb.DamagedJournal, "orders/o05", "cannot be read"},
		{"an entry of another number", []string{`UPDATE till_entries SET entries = replace(entries, '"n":2', '"n":3') WHERE key = 'o05'`}, sqldb.DamagedJournal, "orders/o05", "after entry 1 comes entry 3"},
		{"a sum that is none", []string{`UPDATE till_entries SET entries = replace(entries, '"sum":"00', '"sum":"') WHERE key = 'o05'`}, sqldb.DamagedJournal, "orders/o05", "sum"},
		{"a kind that is none", []string{`UPDATE till_entries SET entries = replace(entries, '"kind":"kind"', '"kind":""') WHERE key = 'o05'`}, sqldb.DamagedJournal, "orders/o05", "the kind"},
		{"a row of entries of another number", []string{`UPDATE till_entries SET n = 7 WHERE key = 'o05'`}, sqldb.DamagedJournal, "orders/o05", "ends with number 2"},
		{"entries of nothing", []string{`INSERT INTO till_entries(family, key, n, entries) VALUES('nothing', 'x', 1, '[]')`}, sqldb.DamagedJournal, "nothing", "no such journal"},

		{"a receipt", []string{`UPDATE till_receipts SET fingerprint = x'00' WHERE key = 'key1'`}, sqldb.DamagedReceipt, "receipts/key1", "as it was written"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := place(t)
			must(t, copyFile(sound, path), nil)
			s := open(t, path)
			db := raw(t, path)
			for _, query := range c.do {
				if query == "reopen" {
					must(t, db.Close(), nil)
					db = raw(t, path)
					continue
				}
				if _, err := db.Exec(query); err != nil {
					t.Fatalf("%s: %v", query, err)
				}
			}
			must(t, db.Close(), nil)
			err := s.Check(t.Context())
			var damage *sqldb.DamageError
			if !errors.As(err, &damage) {
				t.Fatalf("Check says %v", err)
			}
			if !strings.Contains(err.Error(), "restore a backup") {
				t.Errorf("it does not say what to do: %v", err)
			}
			found := false
			for _, f := range damage.Findings {
				found = found || f.Kind == c.kind && f.Where == c.where && strings.Contains(f.What, c.says)
			}
			if !found {
				t.Errorf("there is no %s at %q that says %q in %q", c.kind, c.where, c.says, damage.Findings)
			}
		})
	}
}

// A page that cannot be read is a finding, and what the other tables hold is still
// checked.
func TestCheckGoesOnBehindAPageThatCannotBeRead(t *testing.T) {
	path := place(t)
	s, err := sqlite.Open(t.Context(), path)
	must(t, err, nil)
	must(t, s.Prepare(t.Context(), testSchema()), nil)
	filled(t, s)
	must(t, s.Close(), nil)
	db := raw(t, path)
	var page, size int64
	must(t, errors.Join(
		db.QueryRow("SELECT rootpage FROM sqlite_schema WHERE name = 'till_carts'").Scan(&page),
		db.QueryRow("PRAGMA page_size").Scan(&size),
	), nil)
	_, err = db.Exec("UPDATE till_orders SET rev = 9 WHERE key = 'o05'")
	must(t, errors.Join(err, db.Close()), nil)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err, nil)
	_, err = f.WriteAt(make([]byte, size), (page-1)*size)
	must(t, errors.Join(err, f.Close()), nil)

	err = open(t, path).Check(t.Context())
	var damage *sqldb.DamageError
	if !errors.As(err, &damage) {
		t.Fatalf("Check says %v", err)
	}
	kinds := make(map[sqldb.Damage]int)
	for _, f := range damage.Findings {
		kinds[f.Kind]++
	}
	if kinds[sqldb.DamagedFile] == 0 || kinds[sqldb.DamagedJournal] != 1 {
		t.Errorf("found %q", damage.Findings)
	}
}

func TestCheckBoundsItsFindings(t *testing.T) {
	path := place(t)
	s := open(t, path)
	for i := range sqldb.MostFindings + 5 {
		commit(t, s, put("carts", fmt.Sprint(i), 0, "{}"))
	}
	if _, err := raw(t, path).Exec("UPDATE till_carts SET rev = -1"); err != nil {
		t.Fatal(err)
	}
	var damage *sqldb.DamageError
	err := s.Check(t.Context())
	if !errors.As(err, &damage) || len(damage.Findings) != sqldb.MostFindings || !damage.More {
		t.Fatalf("Check says %v", err)
	}
	if !strings.Contains(err.Error(), "more than 100") || len(err.Error()) > 1000 {
		t.Errorf("it says %q", err.Error())
	}
}

// A check ends with its context, wherever that is, and with a closed store.
func TestCheckEndsWithItsContext(t *testing.T) {
	s, err := sqlite.OpenWith(t.Context(), place(t), sqlite.Options{Readers: 1})
	must(t, err, nil)
	must(t, s.Prepare(t.Context(), testSchema()), nil)
	filled(t, s)
	for n := range 40 {
		ctx := &endsLater{Context: t.Context(), after: n * 7, done: make(chan struct{})}
		if err := s.Check(ctx); err != nil {
			must(t, err, context.Canceled)
		}
		if keys := find(t, s, store.Query{Family: "products"}); len(keys) != 20 {
			t.Fatalf("%d products", len(keys))
		}
	}
	must(t, s.Check(t.Context()), nil)
	must(t, s.Close(), nil)
	must(t, s.Check(t.Context()), store.ErrClosed)
	must(t, s.Backup(t.Context(), filepath.Join(t.TempDir(), "copy")), store.ErrClosed)
}

// A file is checked while others write it.
func TestCheckBesideWriters(t *testing.T) {
	s := open(t, place(t))
	done := make(chan error)
	go func() {
		var err error
		for i := 0; i < 200 && err == nil; i++ {
			_, err = s.Commit(t.Context(), store.ChangeSet{Key: fmt.Sprint(i), Changes: []store.Change{
				put("products", fmt.Sprint(i%9), int64(i/9), fmt.Sprintf(`{"tags":["a","t%d"],"words":"w%d both"}`, i, i)),
				appending(fmt.Sprint(i%5), int64(i/5), fmt.Sprintf(`{"skus":["s%d"]}`, i), "{}"),
			}})
		}
		done <- err
	}()
	for {
		must(t, s.Check(t.Context()), nil)
		select {
		case err := <-done:
			must(t, err, nil)
			return
		default:
		}
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

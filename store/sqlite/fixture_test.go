package sqlite_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// testSchema has a family of every shape and a list of every kind, with names
// that SQL and the engine use themselves.
func testSchema() store.Schema {
	products := []store.Field{{Name: "state", Type: store.Text}, {Name: "order", Type: store.Int}, {Name: "tags", Type: store.Many}, {Name: "words", Type: store.Words}}
	orders := []store.Field{{Name: "customer", Type: store.Text}, {Name: "to", Type: store.Int}, {Name: "skus", Type: store.Many}}
	return store.Schema{Version: 1, Families: []store.Family{
		{Name: "products", Shape: store.Rows, Version: 1, Fields: products, Index: fromDoc(products), Lists: []store.List{
			{Name: "state", Equal: []string{"state"}, Sort: "order"},
			{Name: "tag", Equal: []string{"tags", "state"}, Sort: "order", Where: []string{"state", "order"}},
			{Name: "tagged", Equal: []string{"tags"}},
			{Name: "search", Match: true, Where: []string{"order"}, Equal: []string{"state"}},
			{Name: "keyed", Where: []string{"order"}},
		}},
		{Name: "orders", Shape: store.Journal, Version: 1, Fields: orders, Index: fromDoc(orders), Lists: []store.List{
			{Name: "customer", Equal: []string{"customer"}, Sort: "to", Where: []string{"to"}},
			{Name: "placed", Sort: "to"},
			{Name: "sku", Equal: []string{"skus"}, Sort: "to", Where: []string{"customer"}, Rising: true},
			{Name: "name", Sort: "customer"},
		}},
		{Name: "carts", Shape: store.Rows, Version: 1, Small: true, Fields: orders[1:2], Index: fromDoc(orders[1:2]), Lists: []store.List{{Name: "due", Sort: "to"}}},
		{Name: "contacts", Shape: store.Rows, Version: 1, Personal: true, Fields: orders[:1], Index: fromDoc(orders[:1]), Lists: []store.List{{Name: "name", Sort: "customer"}}},
		{Name: "notes", Shape: store.Rows, Version: 1, Small: true, Personal: true, Fields: products[2:3], Index: fromDoc(products[2:3]), Lists: []store.List{{Name: "tag", Equal: []string{"tags"}}}},
		{Name: "stock", Shape: store.Counters, Version: 1, Fields: []store.Field{{Name: "available", Type: store.Int}, {Name: "on", Type: store.Int}}},
		{Name: "emails", Shape: store.Claims, Version: 1},
		{Name: "meta", Shape: store.Rows, Version: 1, Small: true},
		{Name: "entries", Shape: store.Journal, Version: 1},
	}}
}

var testFamilies = testSchema().Families

// fromDoc reads the fields from a document that is a JSON object; what is not
// there is empty.
func fromDoc(fields []store.Field) func(store.Ref, store.Doc) ([]store.Value, error) {
	return func(_ store.Ref, doc store.Doc) ([]store.Value, error) {
		raw, err := doc.AppendStored(nil)
		if err != nil {
			return nil, err
		}
		var object map[string]json.RawMessage
		_ = json.Unmarshal(raw, &object) // no object has no fields
		values := make([]store.Value, len(fields))
		for i, f := range fields {
			var n int64
			var text string
			var many []string
			switch f.Type {
			case store.Int:
				_ = json.Unmarshal(object[f.Name], &n)
				values[i] = store.IntValue(n)
			case store.Text:
				_ = json.Unmarshal(object[f.Name], &text)
				values[i] = store.TextValue(text)
			case store.Many:
				_ = json.Unmarshal(object[f.Name], &many)
				values[i] = store.ManyValue(many...)
			case store.Words:
				_ = json.Unmarshal(object[f.Name], &text)
				values[i] = store.WordsValue(text)
			}
		}
		return values, nil
	}
}

func record(family, key string, rev int64, doc string) store.Record {
	for _, f := range testFamilies {
		if f.Name == family {
			r := store.Record{Ref: store.Ref{Family: family, Key: key}, Rev: rev, Doc: store.Raw(doc)}
			if f.Index != nil {
				r.Index, _ = f.Index(r.Ref, r.Doc)
			}
			return r
		}
	}
	panic("no family " + family)
}

func put(family, key string, rev int64, doc string) store.Put {
	return store.Put{Record: record(family, key, rev, doc)}
}

func appending(key string, rev int64, doc string, payloads ...string) store.Append {
	a := store.Append{Record: record("orders", key, rev, doc)}
	for i, p := range payloads {
		e := store.Entry{N: rev + int64(i) + 1, Kind: "kind", V: 1, At: int64(i) - 5, Payload: []byte(p)}
		e.Sum[31] = byte(i)
		a.Entries = append(a.Entries, e)
	}
	return a
}

func place(t testing.TB) string { return filepath.Join(t.TempDir(), "shop.db") }

func open(t testing.TB, path string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Prepare(t.Context(), testSchema()); err != nil {
		t.Fatal(err)
	}
	return db
}

func commit(t testing.TB, s store.Store, changes ...store.Change) {
	t.Helper()
	if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: changes}); err != nil {
		t.Fatal(err)
	}
}

func get(t testing.TB, s store.Store, family, key string) store.Record {
	t.Helper()
	records, err := s.Get(t.Context(), store.Ref{Family: family, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return records[0]
}

func find(t testing.TB, s store.Store, q store.Query) []string {
	t.Helper()
	keys := []string{}
	for r, err := range store.Records(t.Context(), s, q) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, r.Key)
	}
	return keys
}

func dump(t testing.TB, s store.Store) string {
	t.Helper()
	var b strings.Builder
	for d, err := range store.Dump(context.Background(), s, testSchema()) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, d)
	}
	return b.String()
}

// raw opens the file as anybody might, beside the store.
func raw(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file://"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func must(t testing.TB, err error, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

// marked is a set of which one can see whether all of it is there.
func marked(key string) store.ChangeSet {
	return store.ChangeSet{Key: "set-" + key, Changes: []store.Change{
		put("meta", key, 0, "{}"), appending(key, 0, "{}", "{}", "{}"),
		store.Add{Ref: store.Ref{Family: "stock", Key: "mug"}, Steps: []store.Step{{Field: "on", By: 1}}},
	}}
}

// whole fails unless all of a marked set is there, or nothing of it.
func whole(t testing.TB, s store.Store, key string, want bool) {
	t.Helper()
	_, err := s.Outcome(t.Context(), "set-"+key)
	if want != (err == nil) || err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Errorf("outcome of %s: %v, want it to have happened: %v", key, err, want)
	}
	if row, order := get(t, s, "meta", key), get(t, s, "orders", key); row.Exists() != want || order.Exists() != want {
		t.Errorf("%s: revisions %d and %d, want them there: %v", key, row.Rev, order.Rev, want)
	}
}

// counts fails unless the counter and the entries are those of so many marked sets.
func counts(t testing.TB, s store.Store, want int) {
	t.Helper()
	var on int64
	if stock := get(t, s, "stock", "mug"); stock.Exists() {
		on = stock.Index[1].Int()
	}
	if events := len(feed(t, s, 1000)); on != int64(want) || events != 2*want {
		t.Errorf("the counter has %d and the feed %d entries, want %d and %d", on, events, want, 2*want)
	}
}

// number is how often something is tried: few times as a rule, and as often as the
// environment says in a long run.
func number(t testing.TB, variable string, usual int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s is %q: give a number", variable, text)
	}
	return n
}

// seeded gives random figures, the same in each run unless TILL_SEED says another seed.
func seeded(t testing.TB) *rand.Rand {
	t.Helper()
	seed := number(t, "TILL_SEED", 1)
	t.Logf("TILL_SEED=%d", seed)
	return rand.New(rand.NewPCG(uint64(seed), 1))
}

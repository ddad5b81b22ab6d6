package sqlite_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tillkit/till/store"
)

// filled puts something of everything into a store.
func filled(t testing.TB, s store.Store) {
	t.Helper()
	for i := range 20 {
		id := fmt.Sprintf("%02d", i)
		commit(t, s,
			put("products", "p"+id, 0, fmt.Sprintf(`{"state":"live","order":%d,"tags":["red","t%d"],"words":"Blue mug %d café"}`, i%7, i%3, i)),
			appending("o"+id, 0, fmt.Sprintf(`{"customer":"c%d","to":%d,"skus":["a","b%d"]}`, i%3, 20-i, i%2), `{"total":19}`, "not JSON"),
			put("carts", "k"+id, 0, fmt.Sprintf(`{"to":%d}`, i)),
			put("contacts", fmt.Sprintf("c%d/%s", i%3, id), 0, `{"customer":"Ada <ada@example.com>"}`),
			store.Add{Ref: store.Ref{Family: "stock", Key: "s" + id}, Steps: []store.Step{{Field: "on", By: 9}}},
			store.Claim{Ref: store.Ref{Family: "emails", Key: id + "@example.com"}, Owner: "c" + id},
		)
	}
}

func TestEveryTableIsStrict(t *testing.T) {
	path := place(t)
	s := open(t, path)
	filled(t, s)
	rows, err := raw(t, path).Query(`SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	count := 0
	for rows.Next() {
		var name string
		var strict bool
		if err := rows.Scan(&name, &strict); err != nil {
			t.Fatal(err)
		}
		if count++; !strict || !strings.HasPrefix(name, "till") {
			t.Errorf("table %s: strict %v", name, strict)
		}
	}
	if count < 12 {
		t.Errorf("only %d tables", count)
	}
}

// The questions that somebody with a shell would ask.
func TestFileAnswersShellQuestions(t *testing.T) {
	path := place(t)
	filled(t, open(t, path))
	db := raw(t, path)
	for _, c := range []struct{ query, want string }{
		{`SELECT doc ->> '$.customer' FROM till_orders WHERE key = 'o01'`, "c1"},
		{`SELECT group_concat("to", ',') FROM (SELECT "to" FROM till_orders WHERE customer = 'c1' ORDER BY "to" LIMIT 3)`, "1,4,7"},
		{`SELECT count(*) FROM till_products, json_each(tags) WHERE value = 't1'`, "7"},
		{`SELECT json_extract(e.value, '$.payload.total') FROM till_entries, json_each(entries) e WHERE till_entries.key = 'o03' AND n = 2 LIMIT 1`, "19"},
		{`SELECT e.value ->> '$.payload64' FROM till_entries, json_each(entries) e WHERE till_entries.key = 'o03' AND e.value ->> 'n' = 2`, "bm90IEpTT04="},
		{`SELECT "on" FROM till_stock WHERE key = 's07'`, "9"},
		{`SELECT owner FROM till_emails WHERE key = '05@example.com'`, "c05"},
		{`SELECT value ->> '$.version' FROM till_meta WHERE name = 'schema'`, "1"},
		{`PRAGMA application_id`, fmt.Sprint(0x74696c6c)},
		{`PRAGMA integrity_check`, "ok"},
	} {
		var have string
		if err := db.QueryRow(c.query).Scan(&have); err != nil || have != c.want {
			t.Errorf("%s: %q, %v; want %q", c.query, have, err, c.want)
		}
	}
}

func TestDocumentsAndPayloadsKeepEveryByte(t *testing.T) {
	path := place(t)
	s := open(t, path)
	samples := []string{
		"", " ", "{}", " {} ", `{"a": 1 , "b":[1,2]}`, "{\"a\":\n1}", `"<&>\u2028"`, "\"\u2028\"", "null", "true", "0", "-0", "1e999", "12345678901234567890.12",
		"\x00", "{\"a\":\"\x00\"}", "\xff\xfe", "\"\xff\"", `"\ud800"`, `"\u0000"`, "plain", "{\"twice\":1,\"twice\":2}", "x'00'", "\ufeff{}",
		strings.Repeat("[", 400) + strings.Repeat("]", 400), strings.Repeat("[", 3000) + strings.Repeat("]", 3000),
		strings.Repeat("[", 9999) + strings.Repeat("]", 9999), strings.Repeat("é\x00", 70000), `"` + strings.Repeat("é", 70000) + `"`, `{"q":"]}]}\"[{"}`,
	}
	all := make([]string, 0, len(samples))
	for i, sample := range samples {
		commit(t, s,
			store.Put{Record: store.Record{Ref: store.Ref{Family: "meta", Key: fmt.Sprint(i)}, Doc: store.Raw(sample)}},
			appending(fmt.Sprint(i), 0, sample, sample, "{}", sample))
		all = append(all, sample)
	}
	commit(t, s, appending("all", 0, "{}", all...))
	check := func(t *testing.T, s store.Store) {
		t.Helper()
		for i, sample := range samples {
			for _, family := range []string{"meta", "orders"} {
				if doc := get(t, s, family, fmt.Sprint(i)).Doc.(store.Raw); doc == nil || string(doc) != sample {
					t.Errorf("%s %d: %.40q, want %.40q", family, i, doc, sample)
				}
			}
		}
		page, err := s.History(t.Context(), store.Ref{Family: "orders", Key: "all"}, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range page.Items {
			want := appending("all", 0, "{}", all...).Entries[i]
			if len(e.Payload) == 0 {
				e.Payload = []byte{}
			}
			if diff := cmp.Diff(want, e); diff != "" {
				t.Error(diff)
			}
		}
	}
	check(t, s)
	if err := s.Maintain(t.Context()); err != nil {
		t.Fatal(err)
	}
	check(t, open(t, path))
	var bad int
	if err := raw(t, path).QueryRow(`SELECT count(*) FROM till_entries WHERE NOT json_valid(entries)`).Scan(&bad); err != nil || bad != 0 {
		t.Errorf("%d rows of entries are no JSON: %v", bad, err)
	}
}

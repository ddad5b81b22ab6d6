package sqldb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// refileBatch is how many records are read before they are filed.
const refileBatch = 200

// refile makes a family's tables anew and files every record in them. The
// records wait in a stash meanwhile, so that the new tables can have the old
// names and views of the program's own stay as they are.
func (w *writer) refile(name string, have, want definition, layout *store.FamilyLayout) error {
	old, err := newFamily(name, have)
	if err != nil {
		return err
	}
	f, err := newFamily(name, want)
	if err != nil {
		return err
	}
	f.layout = layout
	switch f.shape {
	case store.Claims:
		return nil
	case store.Counters:
		return w.refileCounters(old, f)
	}
	order := "key"
	if old.rowid {
		order = "seq"
	}
	if err := w.run(
		"CREATE TABLE "+stashTable+"(seq INTEGER PRIMARY KEY, key TEXT NOT NULL, rev INTEGER NOT NULL, doc ANY NOT NULL) STRICT",
		fmt.Sprintf("INSERT INTO %s(key, rev, doc) SELECT key, rev, doc FROM %s ORDER BY %s", stashTable, old.table, order),
	); err != nil {
		return err
	}
	if err := w.run(append(old.drop(), f.create()...)...); err != nil {
		return err
	}
	for after, more := int64(0), true; more; {
		if after, more, err = w.refileRows(f, after); err != nil {
			return err
		}
	}
	return w.run("DROP TABLE " + stashTable)
}

// refileRows files one batch of the stash.
func (w *writer) refileRows(f *family, after int64) (last int64, more bool, err error) {
	type row struct {
		key string
		rev int64
		doc []byte
	}
	var batch []row
	query := fmt.Sprintf("SELECT seq, key, rev, doc FROM %s WHERE seq > ? ORDER BY seq LIMIT %d", stashTable, refileBatch)
	err = w.rows(query, []any{after}, func(scan func(...any) error) error {
		var r row
		err := scan(&last, &r.key, &r.rev, &r.doc)
		batch = append(batch, r)
		return err
	})
	if err != nil {
		return last, false, err
	}
	for _, r := range batch {
		ref := store.Ref{Family: f.name, Key: r.key}
		var values []store.Value
		if len(f.Fields) > 0 {
			if values, err = f.layout.Index(ref, store.Raw(r.doc)); err == nil {
				err = f.layout.CheckIndex(ref, values)
			}
		}
		if err != nil {
			return last, false, fmt.Errorf("sqldb: file %s anew: %w", ref, err)
		}
		filed := f.file(r.key, values)
		if _, err := w.insertRow(f, r.key, filed, filed.insertion(r.key, r.rev, storedDoc(r.doc))); err != nil {
			return last, false, err
		}
	}
	return last, len(batch) == refileBatch, nil
}

// refileCounters takes columns over by name; a new one begins at 0.
func (w *writer) refileCounters(old, f *family) error {
	names, from := []string{"key"}, []string{"key"}
	var kept []string
	for _, name := range f.columns() {
		names = append(names, quote(name))
		if slices.Contains(old.columns(), name) {
			from = append(from, quote(name))
			kept = append(kept, name)
		} else {
			from = append(from, "0")
		}
	}
	declared := []string{"key TEXT NOT NULL PRIMARY KEY"}
	for _, name := range kept {
		declared = append(declared, old.column(name))
	}
	held := strings.Join(append([]string{"key"}, quoted(kept)...), ", ")
	queries := []string{
		fmt.Sprintf("CREATE TABLE %s(%s) STRICT, WITHOUT ROWID", stashTable, strings.Join(declared, ", ")),
		fmt.Sprintf("INSERT INTO %s(%s) SELECT %s FROM %s", stashTable, held, held, old.table),
	}
	queries = append(queries, old.drop()...)
	queries = append(queries, f.create()...)
	queries = append(queries,
		fmt.Sprintf("INSERT INTO %s(%s) SELECT %s FROM %s", f.table, strings.Join(names, ", "), strings.Join(from, ", "), stashTable),
		"DROP TABLE "+stashTable,
	)
	return w.run(queries...)
}

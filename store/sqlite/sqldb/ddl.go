package sqldb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// The engine's own tables. Entries of all journals lie in the order of their
// commits: a row holds the entries of one Append, n is the number of the last. A partition
// of a side table is named by the value it begins with; rows is how many it had when the
// next began.
var ownTables = []string{
	`CREATE TABLE IF NOT EXISTS ` + metaTable + `(
	name  TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID`,
	`CREATE TABLE IF NOT EXISTS ` + entriesTable + `(
	seq     INTEGER PRIMARY KEY,
	family  TEXT NOT NULL,
	key     TEXT NOT NULL,
	n       INTEGER NOT NULL,
	entries TEXT NOT NULL
) STRICT`,
	`CREATE UNIQUE INDEX IF NOT EXISTS "till_entries$journal" ON ` + entriesTable + `(family, key, n)`,
	`CREATE TABLE IF NOT EXISTS ` + partitionsTable + `(
	list  TEXT NOT NULL,
	since INTEGER NOT NULL,
	rows  INTEGER NOT NULL,
	PRIMARY KEY(list, since)
) STRICT, WITHOUT ROWID`,
}

// create gives the statements that make a family's tables.
//
// Small documents lie in the b-tree of the key, which saves one b-tree a write;
// large ones would make that tree deep, so they lie in rows that are appended,
// with an index on the key. The declared seq keeps VACUUM from renumbering rows,
// by which the words are filed.
func (f *family) create() []string {
	columns, options := f.declared()
	made := []string{fmt.Sprintf("CREATE TABLE %s(\n\t%s\n) %s", f.table, strings.Join(columns, ",\n\t"), options)}
	for _, def := range f.Lists {
		l := f.lists[def.Name]
		switch {
		case l.side:
			made = append(made, f.createSide(l))
			if l.division != nil {
				made = append(made, f.createOpen(l), l.division.create())
			}
		case l.index != "":
			on := append(append(quoted(l.keys), "key"), quoted(l.extras)...)
			made = append(made, fmt.Sprintf("CREATE INDEX %s ON %s(%s)", l.index, f.table, strings.Join(on, ", ")))
		}
	}
	if f.words != "" {
		made = append(made,
			// The words are split already; ascii takes every letter beyond ASCII as it
			// is, so that its tokens are exactly the words of store.Split.
			fmt.Sprintf("CREATE VIRTUAL TABLE %s USING %s", f.words, wordsModule),
			fmt.Sprintf("INSERT INTO %[1]s(%[1]s, rank) VALUES('secure-delete', 1)", f.words),
		)
	}
	return made
}

// wordsModule is what a table of words is made with.
const wordsModule = "fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii')"

// declared gives the columns of the family's table, and its options.
func (f *family) declared() (columns []string, options string) {
	keyed := "key TEXT NOT NULL PRIMARY KEY"
	options = "STRICT, WITHOUT ROWID"
	if f.rowid {
		columns = append(columns, "seq INTEGER PRIMARY KEY")
		keyed, options = "key TEXT NOT NULL UNIQUE", "STRICT"
	}
	columns = append(columns, keyed)
	switch {
	case f.name == store.Receipts:
		columns = append(columns, "at INTEGER NOT NULL", "result TEXT NOT NULL", "fingerprint BLOB NOT NULL")
	case f.shape == store.Claims:
		columns = append(columns, "owner TEXT NOT NULL")
	case f.shape == store.Counters:
		for _, name := range f.columns() {
			columns = append(columns, f.column(name))
		}
	default:
		columns = append(columns, "rev INTEGER NOT NULL")
		for _, name := range f.columns() {
			columns = append(columns, f.column(name))
		}
		if f.words != "" {
			columns = append(columns, wordsSum+" BLOB NOT NULL")
		}
		columns = append(columns, "doc ANY NOT NULL")
	}
	return columns, options
}

// declaredSide gives the columns of a side table, the first of which are its key.
func (f *family) declaredSide(l *list) []string {
	var columns []string
	for _, name := range l.before {
		columns = append(columns, name+" INTEGER NOT NULL")
	}
	for _, name := range l.keys {
		columns = append(columns, f.column(name))
	}
	columns = append(columns, "key TEXT NOT NULL")
	for _, name := range l.extras {
		columns = append(columns, f.column(name))
	}
	return columns
}

func (f *family) createSide(l *list) string {
	columns := f.declaredSide(l)
	key := strings.Join(append(slices.Concat(l.before, quoted(l.keys)), "key"), ", ")
	return fmt.Sprintf("CREATE TABLE %s(\n\t%s,\n\tPRIMARY KEY(%s)\n) STRICT, WITHOUT ROWID", l.index, strings.Join(columns, ",\n\t"), key)
}

// column declares a field. The members of Many are a JSON array.
func (f *family) column(name string) string {
	if f.typeOf(name) == typeInt {
		return quote(name) + " INTEGER NOT NULL"
	}
	return quote(name) + " TEXT NOT NULL"
}

// drop gives the statements that remove a family's tables, with their indexes.
func (f *family) drop() []string {
	dropped := []string{"DROP TABLE " + f.table}
	for _, l := range f.sides {
		dropped = append(dropped, "DROP TABLE "+l.index)
		if l.division != nil {
			dropped = append(dropped, "DROP TABLE "+l.division.table, l.division.drop())
		}
	}
	if f.words != "" {
		dropped = append(dropped, "DROP TABLE "+f.words)
	}
	return dropped
}

package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// form is how a table is made, so far as it matters: two tables of one form are
// alike, in whatever order and with whatever words they were declared.
type form struct {
	name    string // not quoted
	columns []string
	rowid   bool
	words   bool // it is a table of words, the columns of which are SQLite's business
	indexes []indexForm
}

type indexForm struct {
	name    string
	columns string // in order
	unique  bool
}

// ownForms gives the forms of the engine's own tables.
func ownForms() []form {
	return []form{
		{name: unquote(metaTable), columns: columnForms([]string{"name TEXT NOT NULL PRIMARY KEY", "value TEXT NOT NULL"}, 0)},
		{name: unquote(entriesTable), rowid: true,
			columns: columnForms([]string{"seq INTEGER PRIMARY KEY", "family TEXT NOT NULL", "key TEXT NOT NULL", "n INTEGER NOT NULL", "entries TEXT NOT NULL"}, 0),
			indexes: []indexForm{{name: "till_entries$journal", columns: "family, key, n", unique: true}},
		},
		{name: unquote(partitionsTable), columns: columnForms([]string{"list TEXT NOT NULL", "since INTEGER NOT NULL", "rows INTEGER NOT NULL"}, 2)},
	}
}

// forms gives the forms of a family's tables.
func (f *family) forms() []form {
	declared, _ := f.declared()
	main := form{name: unquote(f.table), rowid: f.rowid, columns: columnForms(declared, 0)}
	if f.rowid {
		main.indexes = append(main.indexes, indexForm{name: "sqlite_autoindex_" + main.name + "_1", columns: "key", unique: true})
	}
	forms := []form{}
	for _, def := range f.Lists {
		l := f.lists[def.Name]
		switch {
		case l.side:
			forms = append(forms, form{name: unquote(l.index), columns: columnForms(f.declaredSide(l), len(l.before)+len(l.keys)+1)})
			if l.division != nil {
				forms = append(forms, form{name: unquote(l.division.table), rowid: true, columns: columnForms(f.declaredOpen(l), 0)})
			}
		case l.index != "":
			columns := append(append(slices.Clone(l.keys), "key"), l.extras...)
			main.indexes = append(main.indexes, indexForm{name: unquote(l.index), columns: strings.Join(columns, ", ")})
		}
	}
	if f.words != "" {
		forms = append(forms, form{name: unquote(f.words), words: true})
	}
	return append([]form{main}, forms...)
}

func unquote(name string) string {
	return strings.ReplaceAll(strings.Trim(name, `"`), `""`, `"`)
}

// columnForms gives the forms of declared columns, sorted, the first keyed of which
// are the table's key if no declaration says so.
func columnForms(declared []string, keyed int) []string {
	forms := make([]string, len(declared))
	for i, text := range declared {
		name, rest, _ := strings.Cut(text, " ")
		typ, rest, _ := strings.Cut(rest, " ")
		key := 0
		if strings.Contains(rest, "PRIMARY KEY") {
			key = 1
		} else if i < keyed {
			key = i + 1
		}
		forms[i] = columnForm(unquote(name), typ, strings.Contains(rest, "NOT NULL"), key)
	}
	slices.Sort(forms)
	return forms
}

func columnForm(name, typ string, required bool, key int) string {
	text := name + " " + typ
	if required {
		text += " NOT NULL"
	}
	if key > 0 {
		text += fmt.Sprintf(" KEY %d", key)
	}
	return text
}

// listed is a table as SQLite lists it.
type listed struct {
	rowid, strict bool
	module        string // what a virtual one was made with
}

// tables lists the tables of the file.
func (in *inspection) tables(ctx context.Context) (map[string]listed, error) {
	found := make(map[string]listed)
	query := `SELECT l.name, l.wr, l.strict, s.sql FROM pragma_table_list l JOIN sqlite_schema s ON s.name = l.name AND s.type = 'table' WHERE l.schema = 'main'`
	err := in.each(ctx, query, nil, func(scan func(...any) error) error {
		var name string
		var without, strict bool
		var text sql.NullString
		err := scan(&name, &without, &strict, &text)
		_, module, _ := strings.Cut(text.String, " USING ")
		found[name] = listed{rowid: !without, strict: strict, module: module}
		return err
	})
	return found, err
}

// compare notes what differs between the tables that there are and the forms that
// they should have. It reports whether nothing does.
func (in *inspection) compare(ctx context.Context, have map[string]listed, want []form) (bool, error) {
	before := len(in.found)
	for _, f := range want {
		table, ok := have[f.name]
		var err error
		switch {
		case !ok:
			err = in.find(DamagedSchema, f.name, "there is no such table")
		case f.words && table.module != wordsModule:
			err = in.find(DamagedSchema, f.name, "it is no table of words")
		case f.words:
		case table.rowid != f.rowid || !table.strict:
			err = in.find(DamagedSchema, f.name, "its options are others than till_meta says")
		default:
			err = in.compareColumns(ctx, f)
		}
		if err != nil {
			return false, err
		}
	}
	return len(in.found) == before, nil
}

func (in *inspection) compareColumns(ctx context.Context, f form) error {
	var columns []string
	query := `SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?)`
	err := in.each(ctx, query, []any{f.name}, func(scan func(...any) error) error {
		var name, typ string
		var required bool
		var key int
		err := scan(&name, &typ, &required, &key)
		columns = append(columns, columnForm(name, typ, required, key))
		return err
	})
	if err != nil {
		return err
	}
	slices.Sort(columns)
	if !slices.Equal(columns, f.columns) {
		return in.find(DamagedSchema, f.name, "it has the columns %s, and till_meta says %s", strings.Join(columns, ", "), strings.Join(f.columns, ", "))
	}
	for _, index := range f.indexes {
		if err := in.compareIndex(ctx, f.name, index); err != nil {
			return err
		}
	}
	return nil
}

func (in *inspection) compareIndex(ctx context.Context, table string, want indexForm) error {
	var unique, partial bool
	var columns []string
	query := `SELECT l."unique", l.partial, x.name, x."desc", x.coll FROM pragma_index_list(?) l, pragma_index_xinfo(l.name) x WHERE l.name = ? AND x.key = 1 ORDER BY x.seqno`
	err := in.each(ctx, query, []any{table, want.name}, func(scan func(...any) error) error {
		var name sql.NullString // of an expression none
		var collation string
		var down bool
		err := scan(&unique, &partial, &name, &down, &collation)
		if down || collation != "BINARY" {
			name.String += " in another order"
		}
		columns = append(columns, name.String)
		return err
	})
	switch have := strings.Join(columns, ", "); {
	case err != nil:
		return err
	case len(columns) == 0:
		return in.find(DamagedSchema, want.name, "there is no such index of %s", table)
	case have != want.columns || unique != want.unique || partial:
		return in.find(DamagedSchema, want.name, "it is on %s, and till_meta says %s", have, want.columns)
	}
	return nil
}

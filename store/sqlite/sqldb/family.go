package sqldb

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// family is one family as it lies in the file: its tables and the statements on
// them. It is made from its definition alone, so that also a family that the
// schema has no more can be erased from and filed anew.
type family struct {
	name  string
	shape store.Shape
	definition

	layout *store.FamilyLayout // nil if the schema has it no more
	table  string              // quoted
	lists  map[string]*list
	sides  []*list // those that have a table of their own
	words  string  // quoted name of the table of words, "" for none
	rowid  bool    // rows have a seq

	some                        [mostMarks]string // to get by 1, 2, 3 ... keys
	many                        string            // or by a JSON array of them
	insert, update, remove, rev string
	old                         string // seq and fields, of families whose filing lies outside the row
	inserter                    *inserter
}

// list is a declared list as it lies in the file.
type list struct {
	store.List
	index string // quoted: an index of the family's table, or the side table; "" if the key's own serves
	side  bool

	before         []string // of a side table: the quoted columns of its key that are no fields
	open           []string // of an open table: its quoted columns, the members first
	column         int      // the place of the members among the columns of the record's own row
	keys           []string // then the fields of its key, without the record's key
	extras         []string // fields that it carries besides
	insert, remove string
	division       *division // nil: it is not divided
	inserter       *inserter
}

// Tables of the engine itself. A family may be called "meta", "entries", "partitions" or as
// a view, and no family has a $ in its name.
const (
	metaTable       = `"till_meta"`
	entriesTable    = `"till_entries"`
	partitionsTable = `"till_partitions"`
	stashTable      = `"till$stash"`
)

func tableName(family string) string {
	if slices.Contains([]string{"meta", "entries", "partitions"}, family) || slices.Contains(viewNames, family) {
		return "till$" + family
	}
	return "till_" + family
}

// quote makes an identifier of a name, so that a field may be called "order".
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = quote(name)
	}
	return out
}

// marks gives n placeholders.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func newFamily(name string, def definition) (*family, error) {
	shape, ok := shapes[def.Shape]
	if !ok {
		return nil, &store.UnsupportedError{What: "till_meta: family " + name, Reason: fmt.Sprintf("its shape %q is not known: use a newer version", def.Shape)}
	}
	f := &family{name: name, shape: shape, definition: def, table: quote(tableName(name)), lists: make(map[string]*list)}
	for _, field := range def.Fields {
		if field.Type == typeWords {
			f.words = quote(tableName(name) + "$words")
		}
	}
	f.rowid = (shape == store.Rows || shape == store.Journal) && (!def.Small || f.words != "")
	for _, l := range def.Lists {
		f.addList(l)
	}
	f.lists[""] = &list{}
	selects := fmt.Sprintf("SELECT %s, '%s' FROM %s t WHERE t.key ", f.selected("t"), name, f.table)
	f.many = selects + "IN (SELECT value FROM json_each(?))"
	for n := range f.some {
		f.some[n] = selects + "IN (" + marks(n+1) + ")"
	}
	f.some[0] = selects + "= ?"
	f.statements()
	return f, nil
}

func (f *family) addList(def listDefinition) {
	l := &list{List: store.List{Name: def.Name, Sort: def.Sort, Equal: def.Equal, Match: def.Match, Where: def.Where, Rising: def.Rising}}
	f.lists[def.Name] = l
	l.side = len(l.Equal) > 0 && f.typeOf(l.Equal[0]) == typeMany
	if l.Match || len(l.Equal) == 0 && l.Sort == "" && len(l.Where) == 0 {
		return
	}
	l.index = quote(f.indexName(l.Name))
	l.keys = slices.Clone(l.Equal)
	if l.Sort != "" {
		l.keys = append(l.keys, l.Sort)
	}
	for _, name := range l.Where {
		if !slices.Contains(l.keys, name) && !slices.Contains(l.extras, name) {
			l.extras = append(l.extras, name)
		}
	}
	if !l.side {
		return
	}
	f.sides = append(f.sides, l)
	keyed := append(quoted(l.keys), "key")
	columns := slices.Concat(keyed, quoted(l.extras))
	l.remove = fmt.Sprintf("DELETE FROM %s WHERE %s", l.index, equal(keyed))
	head := "INSERT OR REPLACE INTO " + l.index
	if l.Rising && f.typeOf(l.Sort) == typeInt {
		l.before, l.open, l.column = []string{quote(partitionColumn)}, columns, slices.Index(f.columns(), l.keys[0])
		l.division = newDivision(l)
		l.remove += fmt.Sprintf(" AND %s = (%s)", l.before[0], l.division.holding("?"))
		head = "INSERT INTO " + l.division.table
	}
	l.inserter = newInserter(fmt.Sprintf("%s(%s)", head, strings.Join(columns, ", ")), len(columns), "", false)
	l.inserter.division = l.division
	l.insert = l.inserter.queries[0]
}

// indexName names the index or the table of a list. The table of words, and those that FTS5
// keeps it in, have names of their own already.
func (f *family) indexName(list string) string {
	if f.words != "" && slices.Contains([]string{"words", "words_data", "words_idx", "words_content", "words_docsize", "words_config"}, list) {
		list = "$" + list
	}
	return tableName(f.name) + "$" + list
}

// statements makes those that write rows; each shape has its own.
func (f *family) statements() {
	columns := quoted(f.columns())
	if f.words != "" {
		columns = append(columns, wordsSum)
	}
	switch f.shape {
	case store.Rows, store.Journal:
		names := append(append([]string{"key", "rev"}, columns...), "doc")
		f.insertsNew(names)
		f.update = fmt.Sprintf("UPDATE %s SET %s = ? WHERE key = ? AND rev = ?", f.table, strings.Join(names[1:], " = ?, "))
		f.remove = fmt.Sprintf("DELETE FROM %s WHERE key = ? AND rev = ?", f.table)
		f.rev = fmt.Sprintf("SELECT rev FROM %s WHERE key = ?", f.table)
		if f.tracked() {
			seq := "0"
			if f.rowid {
				seq = "seq"
			}
			f.old = fmt.Sprintf("SELECT %s FROM %s WHERE key = ?", strings.Join(append([]string{"rev", seq}, columns...), ", "), f.table)
		}
	case store.Counters:
		names := append([]string{"key"}, columns...)
		sets := make([]string, len(columns))
		for i, c := range columns {
			sets[i] = c + " = excluded." + c
		}
		f.inserter = newInserter(fmt.Sprintf("INSERT INTO %s(%s)", f.table, strings.Join(names, ", ")), len(names), " ON CONFLICT(key) DO UPDATE SET "+strings.Join(sets, ", "), false)
		f.insert = f.inserter.queries[0]
		f.old = fmt.Sprintf("SELECT %s FROM %s WHERE key = ?", strings.Join(columns, ", "), f.table)
	case store.Claims:
		f.insert = fmt.Sprintf("INSERT INTO %s(key, owner) VALUES(?, ?) ON CONFLICT DO NOTHING", f.table)
		f.remove = fmt.Sprintf("DELETE FROM %s WHERE key = ? AND owner = ?", f.table)
	}
	if f.name == store.Receipts {
		f.insertsNew([]string{"key", "at", "result", "fingerprint"})
		f.old = fmt.Sprintf("SELECT at, result, fingerprint FROM %s WHERE key = ?", f.table)
		f.remove = fmt.Sprintf("DELETE FROM %s WHERE key = ?", f.table)
		f.rev = fmt.Sprintf("SELECT 1 FROM %s WHERE key = ?", f.table)
	}
}

// insertsNew makes the statements that insert rows where none are with their keys.
func (f *family) insertsNew(columns []string) {
	head := fmt.Sprintf("INSERT INTO %s(%s)", f.table, strings.Join(columns, ", "))
	f.inserter = newInserter(head, len(columns), " ON CONFLICT DO NOTHING", true)
	f.insert = f.inserter.queries[0]
}

// tracked reports whether a row is filed in other tables too, so that a change
// must read what was there.
func (f *family) tracked() bool { return len(f.sides) > 0 || f.words != "" }

// wordsSum is the column beside a row that has words: what they were when they were
// filed, since the table of words cannot tell.
const wordsSum = `"words$sum"`

// columns gives the fields that have a column: all but words.
func (f *family) columns() []string {
	var names []string
	for _, field := range f.Fields {
		if field.Type != typeWords {
			names = append(names, field.Name)
		}
	}
	return names
}

func (f *family) typeOf(field string) string {
	for _, have := range f.Fields {
		if have.Name == field {
			return have.Type
		}
	}
	return ""
}

// selected gives the four columns in which every shape is read: key, revision,
// body and extra. scan takes them apart again.
func (f *family) selected(alias string) string {
	switch {
	case f.name == store.Receipts:
		return fmt.Sprintf("%[1]s.key, 1, %[1]s.result, %[1]s.at || ' ' || hex(%[1]s.fingerprint)", alias)
	case f.shape == store.Counters:
		columns := make([]string, 0, len(f.Fields))
		for _, name := range quoted(f.columns()) {
			columns = append(columns, alias+"."+name)
		}
		return fmt.Sprintf("%s.key, 1, NULL, json_array(%s)", alias, strings.Join(columns, ", "))
	case f.shape == store.Claims:
		return fmt.Sprintf("%[1]s.key, 1, %[1]s.owner, NULL", alias)
	}
	return fmt.Sprintf("%[1]s.key, %[1]s.rev, %[1]s.doc, NULL", alias)
}

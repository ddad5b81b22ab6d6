package sqldb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// fullPage is how many bytes of documents end a page before its limit.
const fullPage = 16 << 20

// Find implements store.Store. A list by words is in the order in which the
// records were first stored.
func (s *Store) Find(ctx context.Context, q store.Query) (page store.Page[store.Record], err error) {
	err = s.reading(ctx, func(r reading) error {
		page, err = r.find(ctx, q)
		return err
	})
	return page, err
}

func (r reading) find(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
	var page store.Page[store.Record]
	if _, _, err := r.sc.layout.CheckQuery(q); err != nil {
		return page, err
	}
	f := r.sc.families[q.Family]
	b, err := f.find(q)
	if err != nil {
		return page, err
	}
	size := 0
	var last []store.Value
	err = r.from.each(ctx, "find", b.query(), b.bindings(), func(scan func(...any) error) error {
		if len(page.Items) == q.Limit || size > fullPage {
			page.Next = q.Cursor(last...)
			return errEnough
		}
		var row scanned
		var place, partition any
		into := row.into(&place)
		if b.open != nil {
			into = append(into, &partition)
		}
		if err := scan(into...); err != nil {
			return err
		}
		is, err := f.record(row)
		if err != nil {
			return err
		}
		page.Items = append(page.Items, is)
		size += len(row.body)
		last = b.position(place, row.key)
		return nil
	})
	if err != nil {
		return store.Page[store.Record]{}, err
	}
	return page, nil
}

// find makes the statement of a query: it walks along the list's index from the
// place after which the page begins, and sorts nothing.
func (f *family) find(q store.Query) (*finding, error) {
	l := f.lists[q.List]
	after, err := f.after(q, l)
	if err != nil {
		return nil, err
	}
	b := &finding{f: f, l: l, fields: "t", key: "t.key", desc: q.Desc, limit: q.Limit}
	switch {
	case l.Match:
		b.from = fmt.Sprintf("%s(?) w CROSS JOIN %s t ON t.seq = w.rowid", f.words, f.table)
		b.args = append(b.args, matchText(q.Match))
		b.order, b.place = []string{"w.rowid"}, "w.rowid"
	case l.side:
		b.from = fmt.Sprintf("%s s CROSS JOIN %s t ON t.key = s.key", l.index, f.table)
		b.fields, b.key = "s", "s.key"
		if l.division != nil {
			b.from = fmt.Sprintf("%s p CROSS JOIN %s", partitionsTable, b.from)
			b.must("p.list = " + l.division.list)
			b.must(fmt.Sprintf("s.%s = p.since", quote(partitionColumn)))
			b.partition = "p.since"
			b.open = f.findOpen(l, q, after)
		}
	default:
		b.from = f.table + " t"
		if l.index != "" {
			b.from += " INDEXED BY " + l.index
		} else if f.rowid {
			b.from += " INDEXED BY " + quote("sqlite_autoindex_"+tableName(f.name)+"_1") // of the key
		}
	}
	b.fit(q, after, 0)
	return b, nil
}

// findOpen makes the part of a query that looks through the open table of a list. The
// search for a member as it is written there is quick, and misses none; it may take what
// stands between two others for one.
func (f *family) findOpen(l *list, q store.Query, after []store.Value) *finding {
	b := &finding{f: f, l: l, fields: "o", key: "o.key", desc: q.Desc}
	b.from = fmt.Sprintf("%s o CROSS JOIN %s t ON t.key = o.key", l.division.table, f.table)
	b.partition = "(" + l.division.holding("o."+quote(l.Sort)) + ")"
	member := q.Equal[0].Text()
	many := "o." + quote(l.Equal[0])
	b.must("instr("+many+", ?) > 0", string(appendJSON(nil, member)))
	b.must("EXISTS (SELECT 1 FROM json_each("+many+") m WHERE m.value = ?)", member)
	b.fit(q, after, 1)
	return b
}

// fit sets the order of a query and its conditions, but for so many of the first of Equal.
func (b *finding) fit(q store.Query, after []store.Value, met int) {
	if b.order == nil {
		b.order, b.place = []string{b.key}, "NULL"
	}
	if b.l.Sort != "" {
		b.place = b.fields + "." + quote(b.l.Sort)
		b.order = append([]string{b.place}, b.order...)
	}
	for i, name := range b.l.Equal[met:] {
		b.must(b.fields+"."+quote(name)+" = ?", bound(q.Equal[met+i]))
	}
	b.between(q, after)
	for _, c := range q.Where {
		b.must(b.fields+"."+quote(c.Field)+operators[c.Op]+"?", bound(c.Value))
	}
}

var operators = map[store.Op]string{
	store.Equal: " = ", store.NotEqual: " <> ", store.Less: " < ",
	store.AtMost: " <= ", store.Greater: " > ", store.AtLeast: " >= ",
}

// finding is the statement of a query while it is made.
type finding struct {
	f      *family
	l      *list
	from   string
	fields string   // alias of the table that has the list's fields
	key    string   // the record's key there
	order  []string // sort field and key, or the row
	place  string   // what a cursor needs besides the key
	where  []string
	args   []any
	desc   bool
	limit  int

	partition string   // of a divided list: the one in which a row lies
	open      *finding // the same in the open table
}

func (b *finding) must(condition string, args ...any) {
	b.where = append(b.where, condition)
	b.args = append(b.args, args...)
}

// between bounds the walk. The place after which the page begins is the
// narrower bound on its side, so it stands instead of From, or of To.
func (b *finding) between(q store.Query, after []store.Value) {
	from, to := q.From, q.To
	if len(after) > 0 {
		op := " > "
		if q.Desc {
			op, to = " < ", nil
		} else {
			from = nil
		}
		args := make([]any, len(after))
		for i, v := range after {
			args[i] = bound(v)
		}
		if len(b.order) == 1 {
			b.must(b.order[0]+op+"?", args...)
		} else {
			b.must("("+strings.Join(b.order, ", ")+")"+op+"(?, ?)", args...)
		}
	}
	if from != nil {
		b.must(b.order[0]+" >= ?", bound(*from))
	}
	if to != nil {
		b.must(b.order[0]+" < ?", bound(*to))
	}
	if b.open != nil {
		b.partitions(q, after)
	}
}

// partitions leaves out those partitions that lie before or behind the walk.
func (b *finding) partitions(q store.Query, after []store.Value) {
	first, last, op := q.From, q.To, " < "
	switch {
	case len(after) == 0:
	case q.Desc:
		last, op = &after[0], " <= "
	default:
		first = &after[0]
	}
	if first != nil {
		b.must(fmt.Sprintf("p.since >= (%s)", b.l.division.holding("?")), bound(*first))
	}
	if last != nil {
		b.must("p.since"+op+"?", bound(*last))
	}
}

// after gives the place after which the page begins, which has the types of the list's order.
func (f *family) after(q store.Query, l *list) ([]store.Value, error) {
	after, err := q.Position()
	if err != nil || len(after) == 0 {
		return nil, err
	}
	want := []store.Type{store.Text}
	switch {
	case l.Match:
		want[0] = store.Int
	case l.Sort != "" && f.typeOf(l.Sort) == typeInt:
		want = []store.Type{store.Int, store.Text}
	case l.Sort != "":
		want = []store.Type{store.Text, store.Text}
	}
	if !slices.EqualFunc(after, want, func(v store.Value, t store.Type) bool { return v.Type() == t }) {
		return nil, &store.InvalidError{What: "cursor", Reason: "it is not of this store: begin again with \"\""}
	}
	return after, nil
}

// position gives what a cursor holds of a row.
func (b *finding) position(place any, key string) []store.Value {
	switch v := place.(type) {
	case int64:
		if b.l.Match {
			return []store.Value{store.IntValue(v)}
		}
		return []store.Value{store.IntValue(v), store.TextValue(key)}
	case string:
		return []store.Value{store.TextValue(v), store.TextValue(key)}
	case []byte: // some drivers give text so
		return []store.Value{store.TextValue(string(v)), store.TextValue(key)}
	}
	return []store.Value{store.TextValue(key)}
}

func (b *finding) query() string {
	var text strings.Builder
	b.selection(&text)
	order := b.order
	if b.open != nil {
		text.WriteString(" UNION ALL ")
		b.open.selection(&text)
		order = []string{"6", "5", "1"} // of what is selected
	}
	way := ""
	if b.desc {
		way = " DESC"
	}
	fmt.Fprintf(&text, " ORDER BY %s%s LIMIT %d", strings.Join(order, way+", "), way, b.limit+1)
	return text.String()
}

// selection writes the statement without its order. Of a divided list it selects the
// partition too, and the key from where the list's order is: SQLite merges two selections
// that have the order already.
func (b *finding) selection(text *strings.Builder) {
	if b.partition == "" {
		fmt.Fprintf(text, "SELECT %s, %s FROM %s", b.f.selected("t"), b.place, b.from)
	} else {
		fmt.Fprintf(text, "SELECT %s, t.rev, t.doc, NULL, %s, %s FROM %s", b.key, b.place, b.partition, b.from)
	}
	for i, c := range b.where {
		text.WriteString([]string{" WHERE ", " AND "}[min(i, 1)])
		text.WriteString(c)
	}
}

// bindings gives the arguments of the statement.
func (b *finding) bindings() []any {
	if b.open == nil {
		return b.args
	}
	return append(b.args, b.open.args...)
}

// bound gives an Int or Text value as it is bound.
func bound(v store.Value) any {
	if v.Type() == store.Int {
		return v.Int()
	}
	return v.Text()
}

// matchText is a query in the language of FTS5: all words, each quoted, so that
// nothing in one means anything but its letters.
func matchText(words []string) string {
	parts := make([]string, len(words))
	for i, word := range words {
		word, prefix := strings.CutSuffix(word, "*")
		parts[i] = quote(word)
		if prefix {
			parts[i] += "*"
		}
	}
	return strings.Join(parts, " ")
}

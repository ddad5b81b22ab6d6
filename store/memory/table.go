package memory

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tillkit/till/store"
)

// table holds one family. Its rows are changed in place, under the store's lock.
type table struct {
	family *store.FamilyLayout
	rows   map[string]*row
	lists  []*list // that of all records first, which has no name
}

func (t *table) list(name string) *list {
	return t.lists[slices.IndexFunc(t.lists, func(l *list) bool { return l.name == name })]
}

// row is a record of any shape, with the entries of a journal, by N.
type row struct {
	store.Record
	entries []store.Entry
}

func absent(ref store.Ref) *row { return &row{Record: store.Record{Ref: ref}} }

// refile makes the table of a family with the rows of the old one, if there was
// one. Index is pure, so it does no harm where the family is the same.
func refile(f *store.FamilyLayout, old *table) (*table, error) {
	old = cmp.Or(old, &table{family: f}) // of no rows
	if old.family.Shape != f.Shape {
		return nil, &store.InvalidError{What: "schema: family " + f.Name, Reason: "its shape cannot change: use a new family"}
	}
	t := &table{f, make(map[string]*row), []*list{newList(f, store.List{})}}
	for _, l := range f.Lists {
		t.lists = append(t.lists, newList(f, l))
	}
	for _, r := range old.rows {
		var index []store.Value
		var err error
		if f.Shape == store.Counters {
			index = slices.Repeat([]store.Value{store.IntValue(0)}, len(f.Fields)) // a new column begins at 0
			for i, field := range f.Fields {
				if at := old.family.Field(field.Name); at >= 0 {
					index[i] = r.Index[at]
				}
			}
		} else if len(f.Fields) > 0 {
			index, err = f.Index(r.Ref, own(r.Record).Doc)
		}
		if err = cmp.Or(err, f.CheckIndex(r.Ref, index)); err != nil {
			return nil, fmt.Errorf("memory: file %s anew: %w", r.Ref, err)
		}
		t.write(&row{store.Record{Ref: r.Ref, Rev: r.Rev, Doc: r.Doc, Index: slices.Clone(index)}, r.entries})
	}
	return t, nil
}

// write stores a row in every list, in the place of the one with its key, to
// whose entries it brings more; at revision 0 it only takes that one away. The
// row now belongs to the table.
func (t *table) write(next *row) {
	if r := t.rows[next.Key]; r != nil {
		next.entries = append(r.entries, next.entries...)
		if next.Exists() && (len(t.lists) == 1 || slices.EqualFunc(r.Index, next.Index, store.Value.Equal)) {
			*r = *next // where it stood
			return
		}
		delete(t.rows, r.Key)
		for _, l := range t.lists {
			l.remove(r)
		}
	}
	if next.Exists() {
		t.rows[next.Key] = next
		for _, l := range t.lists {
			l.insert(next)
		}
	}
}

// record is what a reader gets: only a counter's Index, and nothing in it is the
// store's own but an immutable document.
func (t *table) record(r store.Record) store.Record {
	if t.family.Shape != store.Counters {
		r.Index = nil
	}
	return own(r)
}

// own copies the index, and a document of bytes, on the way in and on the way out.
func own(r store.Record) store.Record {
	if raw, ok := r.Doc.(store.Raw); ok {
		r.Doc = slices.Clone(raw)
	}
	r.Index = slices.Clone(r.Index)
	return r
}

func ownEntries(entries []store.Entry) []store.Entry {
	entries = slices.Clone(entries)
	for i, e := range entries {
		entries[i].Payload = slices.Clone(e.Payload)
	}
	return entries
}

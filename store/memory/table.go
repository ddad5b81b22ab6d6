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
	filing []*row  // those that not every list has filed yet, in the order in which they came
}

func (t *table) list(name string) *list {
	return t.lists[slices.IndexFunc(t.lists, func(l *list) bool { return l.name == name })]
}

// row is a record of any shape, with the entries of a journal, by N.
type row struct {
	store.Record
	entries []store.Entry
}

// refile makes the table of a family with the rows of the old one, if there was
// one. Index is pure, so it does no harm where the family is the same.
func refile(f *store.FamilyLayout, old *table) (*table, error) {
	old = cmp.Or(old, &table{family: f}) // of no rows
	if old.family.Shape != f.Shape {
		return nil, &store.InvalidError{What: "schema: family " + f.Name, Reason: "its shape cannot change: use a new family"}
	}
	t := &table{family: f, rows: make(map[string]*row)}
	t.lists = append(t.lists, newList(t, store.List{}))
	for _, l := range f.Lists {
		t.lists = append(t.lists, newList(t, l))
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
		t.insert(&row{store.Record{Ref: r.Ref, Rev: r.Rev, Doc: r.Doc, Index: slices.Clone(index)}, r.entries})
	}
	return t, nil
}

// insert takes a row, which now belongs to the table. Every list files it when it is read:
// its index does not change until it is removed.
func (t *table) insert(r *row) {
	t.rows[r.Key] = r
	if len(t.filing) == cap(t.filing) {
		t.forgetFiled()
	}
	t.filing = append(t.filing, r)
}

// forgetFiled forgets what all lists have filed, where it is worth it.
func (t *table) forgetFiled() {
	filed := len(t.filing)
	for _, l := range t.lists {
		filed = min(filed, l.filed)
	}
	if filed < len(t.filing)/2 {
		return
	}
	t.filing = slices.Delete(t.filing, 0, filed)
	for _, l := range t.lists {
		l.filed -= filed
	}
}

func (t *table) remove(r *row) {
	delete(t.rows, r.Key)
	for _, l := range t.lists {
		l.remove(r)
		l.filed = 0
	}
	clear(t.filing) // all lists have filed all of it
	t.filing = t.filing[:0]
}

// take makes what was planned of a row, and gives the entries that are new, as the
// store's own.
func (p *step) take() []store.Entry {
	t, was, next := p.table, p.was, &p.next
	if !next.Exists() {
		if t.rows[next.Key] != nil { // else an Erase has named this person before
			t.remove(was)
		}
		return nil
	}
	if was != nil && t.family.Shape == store.Counters {
		copy(was.Index, next.Index)
		return nil
	}
	entries := ownEntries(next.entries)
	next.Doc, next.entries = ownDoc(next.Doc), entries
	if was == nil {
		next.Index = slices.Clone(next.Index)
		r := *next
		t.insert(&r)
		return entries
	}
	next.Ref, next.entries = was.Ref, append(was.entries, entries...)
	stays := slices.EqualFunc(was.Index, next.Index, store.Value.Equal)
	if stays {
		next.Index = was.Index
	} else {
		next.Index = slices.Clone(next.Index)
	}
	if stays || len(t.lists) == 1 {
		*was = *next
		return entries
	}
	t.remove(was)
	*was = *next
	t.insert(was)
	return entries
}

// record is what a reader gets: only a counter's Index, and nothing in it is the
// store's own but an immutable document.
func (t *table) record(r store.Record) store.Record {
	if t.family.Shape != store.Counters {
		r.Index = nil
	}
	return own(r)
}

// own copies the index and the document.
func own(r store.Record) store.Record {
	r.Doc, r.Index = ownDoc(r.Doc), slices.Clone(r.Index)
	return r
}

// ownDoc copies a document of bytes, on the way in and on the way out.
func ownDoc(doc store.Doc) store.Doc {
	if raw, ok := doc.(store.Raw); ok {
		return slices.Clone(raw)
	}
	return doc
}

func ownEntries(entries []store.Entry) []store.Entry {
	entries = slices.Clone(entries)
	for i, e := range entries {
		entries[i].Payload = slices.Clone(e.Payload)
	}
	return entries
}

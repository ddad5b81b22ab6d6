package sqldb

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/tillkit/till/store"
)

// put writes a row of a Rows or Journal family that is at r.Rev now.
func (s *session) put(is *step, r store.Record) error {
	f := is.family
	if r.Rev == 0 {
		written, err := s.insertRow(f, r.Key, is.filed, is.args)
		if err == nil && !written {
			err = s.conflict(f, r.Ref, 0)
		}
		return err
	}
	var old *oldRow
	if f.tracked() {
		var err error
		if old, err = s.readOld(f, r.Key); err != nil {
			return err
		}
	}
	changed, err := s.change(f.update, is.args...)
	if err != nil {
		return err
	}
	if changed == 0 {
		return s.conflict(f, r.Ref, r.Rev)
	}
	if old == nil {
		return nil
	}
	for i, l := range f.sides {
		if err := s.fileSide(f, l, r.Key, old.values, is.filed.values, is.filed.sides[i]); err != nil {
			return err
		}
	}
	if bytes.Equal(old.sum, is.filed.sum) {
		return nil // also without words
	}
	return s.fileWords(f, old.seq, is.filed.words)
}

// insertRow writes a new row and files it; false says that the key is taken.
func (s *session) insertRow(f *family, key string, at filed, args []any) (bool, error) {
	result, err := s.exec(f.insert, args...)
	if err != nil {
		return false, err
	}
	if written, err := result.RowsAffected(); err != nil || written == 0 {
		return false, err
	}
	s.wrote = true
	for i, l := range f.sides {
		if err := s.fileSide(f, l, key, nil, at.values, at.sides[i]); err != nil {
			return true, err
		}
	}
	if f.words == "" {
		return true, nil
	}
	seq, err := result.LastInsertId()
	if err == nil {
		err = s.fileWords(f, seq, at.words)
	}
	return true, err
}

// deleteRow removes a row that is at a revision, wherever it is filed.
func (s *session) deleteRow(f *family, ref store.Ref, rev int64) error {
	var old *oldRow
	if f.tracked() {
		var err error
		if old, err = s.readOld(f, ref.Key); err != nil {
			return err
		}
	}
	changed, err := s.change(f.remove, ref.Key, rev)
	if err != nil {
		return err
	}
	if changed == 0 {
		return s.conflict(f, ref, rev)
	}
	if old == nil {
		return nil
	}
	for _, l := range f.sides {
		if err := s.fileSide(f, l, ref.Key, old.values, nil, filedSide{}); err != nil {
			return err
		}
	}
	if f.words != "" {
		err = s.write("DELETE FROM "+f.words+" WHERE rowid = ?", old.seq)
	}
	return err
}

// fileWords writes the words of a row.
func (s *session) fileWords(f *family, seq int64, words string) error {
	return s.write("INSERT OR REPLACE INTO "+f.words+"(rowid, words) VALUES(?, ?)", seq, words)
}

// fileSide brings a list's side table from the old values to the new, which are filed so;
// nil is a row that is not there.
func (s *session) fileSide(f *family, l *list, key string, from, to []store.Value, at filedSide) error {
	if from != nil && to != nil && f.alike(l.keys, from, to) && f.alike(l.extras, from, to) {
		return nil
	}
	if from != nil {
		if err := s.removeSide(f, l, key, from, to); err != nil {
			return err
		}
	}
	for _, row := range at.rows {
		if err := s.write(l.insert, row...); err != nil {
			return err
		}
	}
	if l.division == nil {
		return nil
	}
	return s.opened(l.division, at.members)
}

// removeSide removes the rows of the old values from a list's side table, but for those
// that the new ones are written over, and where none are there, from the open table.
func (s *session) removeSide(f *family, l *list, key string, from, to []store.Value) error {
	gone := f.sideRows(l, key, from)
	if l.division == nil && to != nil && f.alike(l.keys[1:], from, to) {
		members := to[f.at(l.keys[0])]
		gone = slices.DeleteFunc(gone, func(row []any) bool { return members.Has(row[0].(string)) })
	}
	removed := int64(0)
	for _, row := range gone {
		row = row[:len(l.keys)+1]
		if l.division != nil {
			row = append(row, row[len(l.keys)-1]) // by the sort the partition is found
		}
		changed, err := s.change(l.remove, row...)
		if err != nil {
			return err
		}
		removed += changed
	}
	if l.division == nil || removed > 0 || len(gone) == 0 {
		return nil
	}
	return s.removeOpen(l.division, key)
}

// alike reports whether two rows have the same values in fields.
func (f *family) alike(fields []string, a, b []store.Value) bool {
	return !slices.ContainsFunc(fields, func(name string) bool { i := f.at(name); return !a[i].Equal(b[i]) })
}

// at gives the place of a field.
func (f *family) at(name string) int {
	return slices.IndexFunc(f.Fields, func(field fieldDefinition) bool { return field.Name == name })
}

// oldRow is how a row is filed before a change.
type oldRow struct {
	seq    int64
	values []store.Value // of words none
	sum    []byte        // of the words
}

// readOld reads how a row is filed, nil if it is not there.
func (s *session) readOld(f *family, key string) (*oldRow, error) {
	var rev int64
	old := &oldRow{values: make([]store.Value, len(f.Fields))}
	numbers, texts := make([]int64, len(f.Fields)), make([]string, len(f.Fields))
	into := []any{&rev, &old.seq}
	for i, field := range f.Fields {
		switch field.Type {
		case typeInt:
			into = append(into, &numbers[i])
		case typeText, typeMany:
			into = append(into, &texts[i])
		}
	}
	if f.words != "" {
		into = append(into, &old.sum)
	}
	if found, err := s.row(f.old, []any{key}, into...); err != nil || !found {
		return nil, err
	}
	for i, field := range f.Fields {
		switch field.Type {
		case typeInt:
			old.values[i] = store.IntValue(numbers[i])
		case typeText:
			old.values[i] = store.TextValue(texts[i])
		case typeMany:
			var members []string
			if err := json.Unmarshal([]byte(texts[i]), &members); err != nil {
				return nil, damaged(store.Ref{Family: f.name, Key: key}, err)
			}
			old.values[i] = store.ManyValue(members...)
		}
	}
	return old, nil
}

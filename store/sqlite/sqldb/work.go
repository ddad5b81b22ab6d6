package sqldb

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"

	"github.com/tillkit/till/store"
)

// work is a set as it will be applied: checked, and encoded on the goroutine of
// its caller, so that nothing but statements runs while others wait.
type work struct {
	schema  *schema
	set     store.ChangeSet
	steps   []step
	erasing []string // persons
}

// step is one change. What it holds depends on the kind of change.
type step struct {
	change  store.Change
	ref     store.Ref
	family  *family
	rev     int64 // of a record, afterwards
	filed   filed
	args    []any // of the statement that writes the row
	entries string
}

// idle reports whether there is nothing to decide.
func (w *work) idle() bool {
	return w.set.Key == "" && len(w.set.Requires) == 0 && len(w.set.Changes) == 0
}

// encode checks a set and makes the work of it.
func (sc *schema) encode(set store.ChangeSet) (*work, error) {
	if err := sc.layout.CheckSet(set); err != nil {
		return nil, err
	}
	w := &work{schema: sc, set: set, steps: make([]step, 0, len(set.Changes))}
	room := rooms.Get().(*[]byte)
	defer rooms.Put(room)
	for i, change := range set.Changes {
		s := step{change: change}
		var err error
		switch c := change.(type) {
		case store.Put:
			err = s.encodeRecord(sc, i, c.Record, c.Rev+1, room)
		case store.Append:
			if err = s.encodeRecord(sc, i, c.Record, c.Rev+int64(len(c.Entries)), room); err == nil {
				s.entries, err = encodeEntries(i, c.Entries)
			}
		case store.Delete:
			s.ref, s.family = c.Ref, sc.families[c.Family]
		case store.Add:
			s.ref, s.family = c.Ref, sc.families[c.Family]
		case store.Claim:
			s.ref, s.family = c.Ref, sc.families[c.Family]
		case store.Release:
			s.ref, s.family = c.Ref, sc.families[c.Family]
		case store.Erase:
			w.erasing = append(w.erasing, c.Person)
			continue
		default:
			err = &store.UnsupportedError{What: nthChange(i), Reason: fmt.Sprintf("a %T is not known here: use a newer version", change)}
		}
		if err != nil {
			return nil, err
		}
		w.steps = append(w.steps, s)
	}
	return w, nil
}

// nthChange names a change in an error.
func nthChange(i int) string { return fmt.Sprintf("changes[%d]", i) }

// rooms are for documents on their way: each is encoded into one, and copied out of it at
// its length.
var rooms = sync.Pool{New: func() any { room := make([]byte, 0, 1<<10); return &room }}

// mostRoom bounds for how long documents a room is made.
const mostRoom = 64 << 10

func (s *step) encodeRecord(sc *schema, i int, r store.Record, rev int64, room *[]byte) error {
	s.ref, s.rev, s.family = r.Ref, rev, sc.families[r.Family]
	doc, err := r.Doc.AppendStored((*room)[:0])
	if err != nil {
		mute := &store.InvalidError{What: nthChange(i) + ".doc", Reason: "it cannot write itself down"}
		return fmt.Errorf("%w: %w", mute, err)
	}
	if len(doc) > store.MaxDocument {
		return &store.InvalidError{What: nthChange(i) + ".doc", Reason: fmt.Sprintf("it has %d bytes, at most %d are possible", len(doc), store.MaxDocument)}
	}
	if len(doc) > cap(*room) && len(doc) <= mostRoom {
		*room = make([]byte, 0, len(doc)*3/2) // not what the document gave: that may be its own
	}
	s.filed = s.family.file(r.Key, r.Index)
	if r.Rev == 0 {
		s.args = s.filed.insertion(r.Key, rev, storedDoc(doc))
	} else {
		s.args = s.filed.updating(r.Key, r.Rev, rev, storedDoc(doc))
	}
	return nil
}

// storedDoc gives a document as it is bound: text if it is JSON, so that a shell
// can look into it, else bytes. Either comes back as it was, and is a copy.
func storedDoc(doc []byte) any {
	if len(doc) == 0 {
		return []byte{}
	}
	if isJSON(doc) {
		return string(doc)
	}
	return bytes.Clone(doc)
}

// filed is the index of a record as it is bound.
type filed struct {
	values  []store.Value // in the order of the family's fields
	columns []any         // room for key and revision, those that have a column, and the sum of the words
	words   string
	sum     []byte
	sides   []filedSide // for each list with a table of its own, what is written there
}

// filedSide is what a record has in the side table of a list, or in the open table before it.
type filedSide struct {
	rows    [][]any
	members int64
}

// A row's columns lie between others in what its statement takes.
const beforeColumns, afterColumns = 2, 3

// insertion makes the arguments of a family's insert.
func (at filed) insertion(key string, rev int64, doc any) []any {
	at.columns[0], at.columns[1] = key, rev
	return append(at.columns, doc)
}

// updating makes the arguments of a family's update, from a revision to another.
func (at filed) updating(key string, from, to int64, doc any) []any {
	at.columns[1] = to
	return append(at.columns[1:], doc, key, from)
}

func (f *family) file(key string, values []store.Value) filed {
	var counts [store.MaxFields]int // of members
	at := filed{values: values, columns: make([]any, beforeColumns, beforeColumns+len(values)+afterColumns)}
	for i, v := range values {
		switch f.Fields[i].Type {
		case typeInt:
			at.columns = append(at.columns, v.Int())
		case typeText:
			at.columns = append(at.columns, v.Text())
		case typeMany:
			members := v.Members()
			at.columns = append(at.columns, jsonArray(members))
			counts[i] = len(members)
		case typeWords:
			at.words = strings.Join(v.Members(), " ")
			sum := sha256.Sum256([]byte(at.words))
			at.sum = sum[:16]
		}
	}
	if f.words != "" {
		at.columns = append(at.columns, at.sum)
	}
	for _, l := range f.sides {
		at.sides = append(at.sides, f.fileIn(l, key, at, counts[f.at(l.keys[0])]))
	}
	return at
}

// jsonArray gives texts as a JSON array.
func jsonArray(texts []string) string {
	to := append(make([]byte, 0, 16*len(texts)+2), '[')
	for i, text := range texts {
		if i > 0 {
			to = append(to, ',')
		}
		to = appendJSON(to, text)
	}
	return string(append(to, ']'))
}

// fileIn gives what is written of a new record for a list: a row for each member, or one
// with all of them where there is an open table.
func (f *family) fileIn(l *list, key string, at filed, members int) filedSide {
	switch {
	case l.division == nil:
		return filedSide{f.sideRows(l, key, at.values), int64(members)}
	case members == 0:
		return filedSide{}
	}
	return filedSide{[][]any{f.sideRow(l, at.columns[beforeColumns+l.column], key, at.values)}, int64(members)}
}

// sideRows gives the arguments of a list's rows in its side table, one for each member.
func (f *family) sideRows(l *list, key string, values []store.Value) [][]any {
	members := values[f.at(l.keys[0])].Members()
	rows := make([][]any, len(members))
	for i, m := range members {
		rows[i] = f.sideRow(l, m, key, values)
	}
	return rows
}

// sideRow gives a row, with the record's key after the list's own. What begins it is a
// member, or all of them.
func (f *family) sideRow(l *list, begin any, key string, values []store.Value) []any {
	row := make([]any, 1, len(l.keys)+1+len(l.extras))
	row[0] = begin
	for _, name := range l.keys[1:] {
		row = append(row, bound(values[f.at(name)]))
	}
	row = append(row, key)
	for _, name := range l.extras {
		row = append(row, bound(values[f.at(name)]))
	}
	return row
}

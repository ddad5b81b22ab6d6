package sqldb

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

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
	sum     *sum
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
	for i, change := range set.Changes {
		what := fmt.Sprintf("changes[%d]", i)
		s := step{change: change}
		var err error
		switch c := change.(type) {
		case store.Put:
			err = s.encodeRecord(sc, what, c.Record, c.Rev+1)
		case store.Append:
			if err = s.encodeRecord(sc, what, c.Record, c.Rev+int64(len(c.Entries))); err == nil {
				s.entries, err = encodeEntries(what, c.Entries)
			}
		case store.Delete:
			s.ref, s.family = c.Ref, sc.families[c.Family]
		case store.Add:
			s.ref, s.family = c.Ref, sc.families[c.Family]
			s.sum = newSum(s.family, c)
		case store.Claim:
			s.ref, s.family = c.Ref, sc.families[c.Family]
		case store.Release:
			s.ref, s.family = c.Ref, sc.families[c.Family]
		case store.Erase:
			w.erasing = append(w.erasing, c.Person)
			continue
		default:
			err = &store.UnsupportedError{What: what, Reason: fmt.Sprintf("a %T is not known here: use a newer version", change)}
		}
		if err != nil {
			return nil, err
		}
		w.steps = append(w.steps, s)
	}
	return w, nil
}

func (s *step) encodeRecord(sc *schema, what string, r store.Record, rev int64) error {
	s.ref, s.rev, s.family = r.Ref, rev, sc.families[r.Family]
	doc, err := r.Doc.AppendStored(nil)
	if err != nil {
		return fmt.Errorf("sqldb: encode %s: %w", r.Ref, err)
	}
	if len(doc) > store.MaxDocument {
		return &store.InvalidError{What: what + ".doc", Reason: fmt.Sprintf("it has %d bytes, at most %d are possible", len(doc), store.MaxDocument)}
	}
	if s.filed, err = s.family.file(r.Key, r.Index); err != nil {
		return err
	}
	if r.Rev == 0 {
		s.args = s.family.insertion(r.Key, rev, s.filed, storedDoc(doc))
	} else {
		s.args = s.family.updating(r.Key, r.Rev, rev, s.filed, storedDoc(doc))
	}
	return nil
}

// storedDoc gives a document as it is bound: text if it is JSON, so that a shell
// can look into it, else bytes. Either comes back as it was.
func storedDoc(doc []byte) any {
	if len(doc) == 0 {
		return []byte{}
	}
	if utf8.Valid(doc) && json.Valid(doc) {
		return string(doc)
	}
	return doc
}

// filed is the index of a record as it is bound.
type filed struct {
	values  []store.Value // in the order of the family's fields
	columns []any         // those that have a column, and the sum of the words
	words   string
	sum     []byte
	sides   [][][]any // for each list with a table of its own, the rows there
}

func (f *family) file(key string, values []store.Value) (filed, error) {
	at := filed{values: values, columns: make([]any, 0, len(values))}
	for i, v := range values {
		switch f.Fields[i].Type {
		case typeInt:
			at.columns = append(at.columns, v.Int())
		case typeText:
			at.columns = append(at.columns, v.Text())
		case typeMany:
			members, err := jsonText(v.Members())
			if err != nil {
				return at, err
			}
			at.columns = append(at.columns, members)
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
		at.sides = append(at.sides, f.sideRows(l, key, values))
	}
	return at, nil
}

// sideRows gives the arguments of a list's rows in its side table: one for each
// member, with the record's key after the list's own. The partition, where there are
// any, stands first and is empty: place knows it.
func (f *family) sideRows(l *list, key string, values []store.Value) [][]any {
	value := func(name string) store.Value { return values[f.at(name)] }
	scalar := func(v store.Value) any {
		if v.Type() == store.Int {
			return v.Int()
		}
		return v.Text()
	}
	var rest []any
	for _, name := range l.keys[1:] {
		rest = append(rest, scalar(value(name)))
	}
	rest = append(rest, key)
	for _, name := range l.extras {
		rest = append(rest, scalar(value(name)))
	}
	members := value(l.keys[0]).Members()
	rows := make([][]any, len(members))
	for i, m := range members {
		row := make([]any, len(l.before), len(rest)+2)
		rows[i] = append(append(row, m), rest...)
	}
	return rows
}

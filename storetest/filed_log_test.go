//go:build unix

package storetest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// logged is one record of the file: a schema version or a set.
type logged struct {
	Version     int
	Key, Result string
	Fingerprint [32]byte
	At          int64
	Changes     []loggedChange
}

type loggedChange struct {
	Kind    string
	Ref     store.Ref
	Rev     int64
	Doc     []byte
	Version int // of the family by which Index was made
	Index   []loggedValue
	Entries []store.Entry
	Steps   []store.Step
	Owner   string
}

type loggedValue struct {
	Type    store.Type
	Int     int64
	Text    string
	Members []string
}

// encoded gives a set whose documents are bytes.
func encoded(set store.ChangeSet) (store.ChangeSet, error) {
	changes := make([]store.Change, len(set.Changes))
	for i, change := range set.Changes {
		var err error
		switch c := change.(type) {
		case store.Put:
			c.Doc, err = rawDoc(c.Doc)
			change = c
		case store.Append:
			c.Doc, err = rawDoc(c.Doc)
			change = c
		}
		if changes[i] = change; err != nil {
			return set, err
		}
	}
	set.Changes = changes
	return set, nil
}

func rawDoc(doc store.Doc) (store.Doc, error) {
	doc, err := raw(doc)
	if err != nil {
		return nil, fmt.Errorf("encode: %w: %w", store.ErrInvalid, err)
	}
	if b, _ := doc.(store.Raw); len(b) > store.MaxDocument {
		return nil, &store.InvalidError{What: "doc", Reason: "it is too long"}
	}
	return doc, nil
}

func raw(doc store.Doc) (store.Doc, error) {
	if doc == nil {
		return nil, nil
	}
	b, err := doc.AppendStored([]byte{})
	return store.Raw(b), err
}

// log writes a set down.
func log(set store.ChangeSet, layout *store.Layout) logged {
	l := logged{Key: set.Key, Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}
	for _, change := range set.Changes {
		n := loggedChange{Kind: fmt.Sprintf("%T", change), Ref: refOf(change)}
		if f := layout.Family(n.Ref.Family); f != nil {
			n.Version = f.Version
		}
		switch c := change.(type) {
		case store.Put:
			n.Rev, n.Doc, n.Index = c.Rev, c.Doc.(store.Raw), logValues(c.Index)
		case store.Delete:
			n.Rev = c.Rev
		case store.Append:
			n.Rev, n.Doc, n.Index, n.Entries = c.Rev, c.Doc.(store.Raw), logValues(c.Index), c.Entries
		case store.Add:
			n.Steps = c.Steps
		case store.Claim:
			n.Owner = c.Owner
		case store.Release:
			n.Owner = c.Owner
		case store.Erase:
			n.Owner = c.Person
		}
		l.Changes = append(l.Changes, n)
	}
	return l
}

func logValues(values []store.Value) []loggedValue {
	out := make([]loggedValue, len(values))
	for i, v := range values {
		out[i] = loggedValue{v.Type(), v.Int(), v.Text(), v.Members()}
	}
	return out
}

func (v loggedValue) value() store.Value {
	switch v.Type {
	case store.Int:
		return store.IntValue(v.Int)
	case store.Text:
		return store.TextValue(v.Text)
	case store.Many:
		return store.ManyValue(v.Members...)
	}
	return store.WordsValue(strings.Join(v.Members, " "))
}

// index gives the values that a record was filed by, or those of a later version of
// its family.
func (n loggedChange) index(f *store.FamilyLayout) ([]store.Value, error) {
	if n.Version < f.Version && len(f.Fields) > 0 {
		return f.Index(n.Ref, store.Raw(n.Doc))
	}
	var values []store.Value
	for _, v := range n.Index {
		values = append(values, v.value())
	}
	return values, nil
}

// steps gives those of columns that are still there, or one that moves nothing.
func (n loggedChange) steps(f *store.FamilyLayout) []store.Step {
	kept := slices.DeleteFunc(slices.Clone(n.Steps), func(s store.Step) bool { return f.Field(s.Field) < 0 })
	if len(kept) == 0 {
		kept = []store.Step{{Field: f.Fields[0].Name, Floor: store.NoFloor}}
	}
	return kept
}

// set reads a record again, by the families that a layout has.
func (l logged) set(layout *store.Layout) (store.ChangeSet, error) {
	set := store.ChangeSet{Key: l.Key, Result: l.Result, Fingerprint: l.Fingerprint, At: l.At}
	for _, n := range l.Changes {
		f := layout.Family(n.Ref.Family)
		if f == nil && n.Kind != "store.Erase" {
			continue
		}
		var change store.Change
		record := store.Record{Ref: n.Ref, Rev: n.Rev, Doc: store.Raw(n.Doc)}
		var err error
		switch n.Kind {
		case "store.Put":
			record.Index, err = n.index(f)
			change = store.Put{Record: record}
		case "store.Append":
			record.Index, err = n.index(f)
			change = store.Append{Record: record, Entries: n.Entries}
		case "store.Delete":
			change = store.Delete{Ref: n.Ref, Rev: n.Rev}
		case "store.Add":
			change = store.Add{Ref: n.Ref, Steps: n.steps(f)}
		case "store.Claim":
			change = store.Claim{Ref: n.Ref, Owner: n.Owner}
		case "store.Release":
			change = store.Release{Ref: n.Ref, Owner: n.Owner}
		case "store.Erase":
			change = store.Erase{Person: n.Owner}
		}
		if err != nil {
			return set, err
		}
		set.Changes = append(set.Changes, change)
	}
	return set, nil
}

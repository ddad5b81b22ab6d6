package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// manyRefs is how many changes a set has at most whose refs are compared one by one:
// that costs less than to hash them.
const manyRefs = 32

// CheckSet refuses a set that is wrong in form, with [ErrInvalid], or that holds
// a change that is not known, with [ErrUnsupported]. A set that passes can be
// walked through without further doubt about its shape: families are there and
// take the change, keys and texts are fit, each Ref is changed once, Index fits
// the fields, entries are numbered as Append says.
func (l *Layout) CheckSet(set ChangeSet) error {
	if err := checkText("key", set.Key, 0, MaxKey); err != nil {
		return err
	}
	if err := checkText("result", set.Result, 0, MaxKey); err != nil {
		return err
	}
	if len(set.Requires) > MaxChanges || len(set.Changes) > MaxChanges {
		return invalid("set", "it has %d requirements and %d changes, at most %d of each are possible: commit in parts", len(set.Requires), len(set.Changes), MaxChanges)
	}
	for i, change := range set.Changes {
		switch change.(type) {
		case Put, Delete, Append, Add, Claim, Release, Erase:
		default:
			return &UnsupportedError{What: fmt.Sprintf("changes[%d]", i), Reason: fmt.Sprintf("a %T is not known here: use a newer version", change)}
		}
	}
	for i, r := range set.Requires {
		if err := l.checkRequirement(r); err != nil {
			return within(fmt.Sprintf("requires[%d]", i), err)
		}
	}
	var erased []string
	var room [manyRefs]Ref
	few, many := room[:0], map[Ref]bool(nil)
	if len(set.Changes) > manyRefs {
		many = make(map[Ref]bool, len(set.Changes))
	}
	for i, change := range set.Changes {
		ref, err := l.checkChange(change)
		if err != nil {
			return within(fmt.Sprintf("changes[%d]", i), err)
		}
		if e, ok := change.(Erase); ok {
			erased = append(erased, e.Person)
			continue
		}
		if many[ref] || slices.Contains(few, ref) {
			return invalid(fmt.Sprintf("changes[%d]", i), "%s is changed twice in one set", ref)
		}
		if many != nil {
			many[ref] = true
		} else {
			few = append(few, ref)
		}
	}
	if len(erased) > 0 {
		return l.checkErased(set, erased)
	}
	return nil
}

// within puts a path before the What of an error: the checks of what stands in a
// set name places within it, so that no path is built as long as nothing is wrong.
func within(path string, err error) error {
	if e, ok := errors.AsType[*InvalidError](err); ok {
		e.What = path + e.What
	}
	return err
}

// checkErased refuses changes to rows that the same set erases.
func (l *Layout) checkErased(set ChangeSet, erased []string) error {
	for i, change := range set.Changes {
		var ref Ref
		switch c := change.(type) {
		case Put:
			if c.Rev == 0 {
				continue
			}
			ref = c.Ref
		case Delete:
			ref = c.Ref
		default:
			continue
		}
		person, _, _ := strings.Cut(ref.Key, "/")
		for _, e := range erased {
			if l.families[ref.Family].Personal && person == e {
				return invalid(fmt.Sprintf("changes[%d]", i), "%s is erased by the same set", ref)
			}
		}
	}
	return nil
}

func (l *Layout) checkRequirement(r Requirement) error {
	f, err := l.family("", r.Ref)
	if err != nil {
		return err
	}
	if f.Shape != Rows && f.Shape != Journal || f.Name == Receipts {
		return invalid("", "family %q cannot be required: only Rows and Journal can", f.Name)
	}
	if r.Rev < 0 {
		return invalid("", "revision %d: 0 is absent", r.Rev)
	}
	return nil
}

func (l *Layout) checkChange(change Change) (Ref, error) {
	switch c := change.(type) {
	case Put:
		f, err := l.takes(c.Ref, Rows)
		if err == nil {
			err = checkRecord(f, c.Record)
		}
		return c.Ref, err
	case Delete:
		_, err := l.takes(c.Ref, Rows)
		if err == nil && c.Rev < 1 {
			err = invalid("", "revision %d: what is deleted has 1 or more", c.Rev)
		}
		return c.Ref, err
	case Append:
		f, err := l.takes(c.Ref, Journal)
		if err == nil {
			err = checkRecord(f, c.Record)
		}
		if err == nil {
			err = checkEntries(c.Rev, c.Entries)
		}
		return c.Ref, err
	case Add:
		f, err := l.takes(c.Ref, Counters)
		if err == nil {
			err = checkSteps(f, c.Steps)
		}
		return c.Ref, err
	case Claim:
		_, err := l.takes(c.Ref, Claims)
		if err == nil {
			err = checkText(".owner", c.Owner, 1, MaxKey)
		}
		return c.Ref, err
	case Release:
		_, err := l.takes(c.Ref, Claims)
		if err == nil {
			err = checkText(".owner", c.Owner, 1, MaxKey)
		}
		return c.Ref, err
	case Erase:
		if err := checkText(".person", c.Person, 1, MaxKey); err != nil {
			return Ref{}, err
		}
		if strings.Contains(c.Person, "/") {
			return Ref{}, invalid(".person", "%q: a person has no \"/\"", c.Person)
		}
	}
	return Ref{}, nil
}

// takes finds the family of a change and checks that its shape takes it.
func (l *Layout) takes(ref Ref, shape Shape) (*FamilyLayout, error) {
	f, err := l.family("", ref)
	if err != nil {
		return nil, err
	}
	if f.Shape != shape {
		return nil, invalid("", "family %q is %s and does not take this change", f.Name, f.Shape)
	}
	if f.Personal {
		if person, rest, ok := strings.Cut(ref.Key, "/"); !ok || person == "" || rest == "" {
			return nil, invalid(".key", "%q: a key of the personal family %q is the person, \"/\" and the rest", ref.Key, f.Name)
		}
	}
	return f, nil
}

func checkRecord(f *FamilyLayout, r Record) error {
	if f.Name == Receipts {
		return invalid("", "receipts are written by the store alone")
	}
	if r.Rev < 0 {
		return invalid("", "revision %d: 0 is absent", r.Rev)
	}
	if r.Doc == nil {
		return invalid("", "%s has no document", r.Ref)
	}
	return f.checkIndex(r.Ref, r.Index)
}

// CheckIndex refuses what a family's Index gave if it does not fit the fields.
func (f *FamilyLayout) CheckIndex(ref Ref, values []Value) error {
	return within("index", f.checkIndex(ref, values))
}

func (f *FamilyLayout) checkIndex(ref Ref, values []Value) error {
	if len(values) != len(f.Fields) {
		return invalid("", "%s has %d index values, the family has %d fields", ref, len(values), len(f.Fields))
	}
	for i, v := range values {
		field := f.Fields[i]
		if v.typ != field.Type {
			return invalid("."+field.Name, "the value is %s, the field %s", v.typ, field.Type)
		}
		if err := checkValue("", v); err != nil {
			return within("."+field.Name, err)
		}
	}
	return nil
}

func checkValue(what string, v Value) error {
	switch v.typ {
	case Text:
		return checkText(what, v.s, 0, MaxText)
	case Many, Words:
		most, size := MaxMany, MaxText
		if v.typ == Words {
			most, size = MaxWords, MaxWord
		}
		if len(v.many) > most {
			return invalid(what, "it has %d members, at most %d are possible", len(v.many), most)
		}
		for _, m := range v.many {
			if err := checkText(what, m, 0, size); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkEntries(rev int64, entries []Entry) error {
	if len(entries) == 0 || len(entries) > MaxEntries {
		return invalid("", "it appends %d entries: 1 to %d are possible", len(entries), MaxEntries)
	}
	for i, e := range entries {
		if err := checkEntry(rev, int64(i)+1, e); err != nil {
			return within(fmt.Sprintf(".entries[%d]", i), err)
		}
	}
	return nil
}

func checkEntry(rev, by int64, e Entry) error {
	if e.N != rev+by {
		return invalid("", "its number is %d, after revision %d it must be %d", e.N, rev, rev+by)
	}
	if err := checkText(".kind", e.Kind, 1, MaxKind); err != nil {
		return err
	}
	if e.V < 1 {
		return invalid("", "its version is %d: it begins at 1", e.V)
	}
	if len(e.Payload) > MaxDocument {
		return invalid("", "its payload has %d bytes, at most %d are possible", len(e.Payload), MaxDocument)
	}
	return nil
}

func checkSteps(f *FamilyLayout, steps []Step) error {
	if len(steps) == 0 || len(steps) > MaxSteps {
		return invalid("", "it has %d steps: 1 to %d are possible", len(steps), MaxSteps)
	}
	for i, s := range steps {
		if f.Field(s.Field) < 0 {
			return invalid(fmt.Sprintf(".steps[%d]", i), "family %q has no column %q", f.Name, s.Field)
		}
	}
	return nil
}

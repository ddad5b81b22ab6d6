package store

import (
	"fmt"
	"slices"
)

// Ref names a record: a family and a key in it. It is comparable.
//
// A key has 1 to [MaxKey] bytes of valid UTF-8 without NUL. Keys are compared
// byte by byte: no case folding, no normalisation.
type Ref struct {
	Family string
	Key    string
}

// String gives "family/key", for messages.
func (r Ref) String() string { return r.Family + "/" + r.Key }

// Doc is the document of a record: an immutable value that can write itself
// down. A store of bytes calls AppendStored once, in [Store.Commit], on the
// goroutine of the caller, and gives back [Raw]; a store of values may keep the
// value and give it back as it is.
type Doc interface {
	// AppendStored appends the stored form, which is what the family's codec
	// reads again, and returns the extended slice.
	AppendStored(dst []byte) ([]byte, error)
}

// Raw is a document as bytes, unchanged from what AppendStored gave: of any
// content and of any length, also none.
type Raw []byte

// AppendStored appends the bytes themselves.
func (r Raw) AppendStored(dst []byte) ([]byte, error) { return append(dst, r...), nil }

// Record is a row, the state of a journal, a counter or a claim.
type Record struct {
	Ref

	// Rev is the revision. 0 says that the record is absent. Rows begin at 1
	// and grow by one with each Put. A journal's is the number of its last
	// entry. Counters and claims that exist have 1.
	Rev int64

	// Doc is nil when the record is absent, and for counters. For a claim it
	// is Raw with the owner.
	Doc Doc

	// Index has one value for each field of the family, in their order. It is
	// for writing: Get and Find leave it nil but for counters, where it holds
	// the columns.
	Index []Value
}

// Exists reports whether the record is there: whether Rev is not 0.
func (r Record) Exists() bool { return r.Rev != 0 }

// Entry is one numbered entry of a journal. A store keeps every field unchanged
// for ever and understands none but N.
type Entry struct {
	N       int64  // 1, 2, 3 ... within the journal, without gaps
	Kind    string // 1 to 64 bytes
	V       int    // version of the kind's payload, at least 1
	At      int64  // instant
	Payload []byte // any bytes; none reads back as none
	Sum     [32]byte
}

// Event is an entry and the journal it stands in, as [Store.Feed] tells it.
type Event struct {
	Ref   Ref
	Entry Entry
}

// Type is the type of an index field.
type Type uint8

// The types of index fields. A field always has a value: an open end is the
// greatest integer, an absent text is "".
const (
	Int   Type = iota + 1 // a signed 64-bit integer
	Text                  // at most MaxText bytes, compared byte by byte
	Many                  // a set of at most MaxMany texts
	Words                 // a set of at most MaxWords words made by Split; one field a family
)

// String gives the name of the type.
func (t Type) String() string {
	switch t {
	case Int:
		return "Int"
	case Text:
		return "Text"
	case Many:
		return "Many"
	case Words:
		return "Words"
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// Value is the value of an index field, of one [Type]. Make it with [IntValue],
// [TextValue], [ManyValue] or [WordsValue]; it is immutable.
type Value struct {
	typ  Type
	n    int64
	s    string
	many []string
}

// IntValue is the value of an Int field.
func IntValue(n int64) Value { return Value{typ: Int, n: n} }

// TextValue is the value of a Text field. A query gives the member of a Many
// field that it asks for as a TextValue too.
func TextValue(s string) Value { return Value{typ: Text, s: s} }

// ManyValue is the value of a Many field: a set, so the order and repetitions
// of the members mean nothing.
func ManyValue(members ...string) Value { return Value{typ: Many, many: set(members)} }

// WordsValue is the value of a Words field: the words of text, by [Split].
func WordsValue(text string) Value { return Value{typ: Words, many: Split(text)} }

func set(members []string) []string {
	out := slices.Clone(members)
	slices.Sort(out)
	return slices.Compact(out)
}

// Type gives the value's type, 0 for the zero Value.
func (v Value) Type() Type { return v.typ }

// Int gives the integer of an Int value, else 0.
func (v Value) Int() int64 { return v.n }

// Text gives the text of a Text value, else "".
func (v Value) Text() string { return v.s }

// Members gives the members of a Many or Words value, sorted, each once. The
// slice is the caller's own.
func (v Value) Members() []string { return slices.Clone(v.many) }

// Has reports whether a Many or Words value has the member.
func (v Value) Has(member string) bool {
	_, ok := slices.BinarySearch(v.many, member)
	return ok
}

// Equal reports whether two values have one type and one content.
func (v Value) Equal(w Value) bool {
	return v.typ == w.typ && v.n == w.n && v.s == w.s && slices.Equal(v.many, w.many)
}

// Compare orders two Int values by number and two Text values byte by byte. It
// gives -1, 0 or +1; values of other types or of two types are ordered by type
// alone.
func (v Value) Compare(w Value) int {
	switch {
	case v.typ != w.typ:
		return int(v.typ) - int(w.typ)
	case v.n < w.n:
		return -1
	case v.n > w.n:
		return +1
	case v.s < w.s:
		return -1
	case v.s > w.s:
		return +1
	}
	return 0
}

// String gives the value for messages.
func (v Value) String() string {
	switch v.typ {
	case Int:
		return fmt.Sprint(v.n)
	case Text:
		return fmt.Sprintf("%q", v.s)
	case Many, Words:
		return fmt.Sprintf("%q", v.many)
	}
	return "no value"
}

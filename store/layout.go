package store

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Layout is a compiled [Schema]: what an adapter asks while it works. It is
// immutable.
type Layout struct {
	version  int
	families map[string]*FamilyLayout
	names    []string
}

// FamilyLayout is one family of a [Layout].
type FamilyLayout struct {
	Family
	lists map[string]List
}

// Compile checks a schema and compiles it. A schema that breaks a rule of
// [Schema], [Family], [Field] or [List] is [ErrInvalid]; an unknown Shape or
// Type is [ErrUnsupported].
func Compile(schema Schema) (*Layout, error) {
	if schema.Version < 1 {
		return nil, invalid("schema.version", "%d: it begins at 1", schema.Version)
	}
	l := &Layout{version: schema.Version, families: make(map[string]*FamilyLayout)}
	for i, f := range schema.Families {
		if f.Name == Receipts {
			return nil, invalid(fmt.Sprintf("schema.families[%d]", i), "the name %q is reserved", Receipts)
		}
		if err := l.add(f); err != nil {
			return nil, err
		}
	}
	return l, l.add(Family{
		Name: Receipts, Shape: Rows, Version: 1, Small: true,
		Fields: []Field{{Name: "at", Type: Int}},
		Lists:  []List{{Name: ReceiptsByInstant, Sort: "at"}},
		Index: func(_ Ref, doc Doc) ([]Value, error) {
			r, err := ParseReceipt(doc)
			return []Value{IntValue(r.At)}, err
		},
	})
}

func (l *Layout) add(f Family) error {
	what := fmt.Sprintf("schema: family %q", f.Name)
	if !isName(f.Name) {
		return invalid(what, "a name is a lower-case letter and then at most 29 lower-case letters and underscores")
	}
	if l.families[f.Name] != nil {
		return invalid(what, "it stands twice")
	}
	if f.Shape < Rows || f.Shape > Claims {
		return &UnsupportedError{What: what, Reason: "its shape is not known"}
	}
	if f.Version < 1 {
		return invalid(what, "its version is %d: it begins at 1", f.Version)
	}
	if f.Personal && f.Shape != Rows {
		return invalid(what, "only Rows can be Personal")
	}
	if len(f.Fields) > MaxFields || len(f.Lists) > MaxLists {
		return invalid(what, "it has %d fields and %d lists; at most %d and %d are possible", len(f.Fields), len(f.Lists), MaxFields, MaxLists)
	}
	indexed := f.Shape == Rows || f.Shape == Journal
	if indexed && len(f.Fields) > 0 && f.Index == nil {
		return invalid(what, "it has fields but no Index")
	}
	if !indexed && len(f.Lists) > 0 {
		return invalid(what, "only Rows and Journal have lists")
	}
	if f.Shape == Claims && len(f.Fields) > 0 || f.Shape == Counters && len(f.Fields) == 0 {
		return invalid(what, "Counters have at least one field, Claims have none")
	}
	f.Fields, f.Lists = slices.Clone(f.Fields), slices.Clone(f.Lists)
	for i, list := range f.Lists {
		f.Lists[i].Equal, f.Lists[i].Where = slices.Clone(list.Equal), slices.Clone(list.Where)
	}
	fl := &FamilyLayout{Family: f, lists: map[string]List{"": {}}}
	words := 0
	for i, field := range f.Fields {
		if fl.Field(field.Name) < i || !isName(field.Name) || slices.Contains(reservedFields, field.Name) {
			return invalid(what, "field %q: the name is wrong, reserved or stands twice", field.Name)
		}
		if field.Type < Int || field.Type > Words {
			return &UnsupportedError{What: what, Reason: fmt.Sprintf("field %q: its type is not known", field.Name)}
		}
		if f.Shape == Counters && field.Type != Int {
			return invalid(what, "field %q: columns of Counters are Int", field.Name)
		}
		if field.Type == Words {
			words++
		}
	}
	if words > 1 || words == 1 && f.Personal {
		return invalid(what, "it may have one Words field, and none when it is Personal")
	}
	for _, list := range f.Lists {
		if err := fl.addList(what, list, words); err != nil {
			return err
		}
	}
	l.families[f.Name] = fl
	l.names = append(l.names, f.Name)
	return nil
}

// reservedFields are words that adapters need for columns of their own.
var reservedFields = []string{"key", "rev", "doc", "rowid", "family", "owner", "seq", "n"}

func (f *FamilyLayout) addList(what string, list List, words int) error {
	what += fmt.Sprintf(": list %q", list.Name)
	if _, twice := f.lists[list.Name]; twice || !isName(list.Name) {
		return invalid(what, "the name is wrong or stands twice")
	}
	typeOf := func(name string) Type {
		if i := f.Field(name); i >= 0 {
			return f.Fields[i].Type
		}
		return 0
	}
	scalar := func(name string) bool { t := typeOf(name); return t == Int || t == Text }
	if list.Sort != "" && !scalar(list.Sort) {
		return invalid(what, "it sorts by %q, which is no Int or Text field", list.Sort)
	}
	if list.Rising && typeOf(list.Sort) != Int {
		return invalid(what, "it is Rising, but does not sort by an Int field: name one as Sort")
	}
	for i, name := range list.Equal {
		if t := typeOf(name); t == 0 || t == Words || t == Many && (i > 0 || list.Match) {
			return invalid(what, "Equal %q: Int or Text fields, or one Many that stands first and not with Match", name)
		}
		if slices.Contains(list.Equal[:i], name) || name == list.Sort {
			return invalid(what, "Equal %q stands twice", name)
		}
	}
	for _, name := range list.Where {
		if !scalar(name) {
			return invalid(what, "Where %q is no Int or Text field", name)
		}
	}
	if list.Match && (words == 0 || list.Sort != "") {
		return invalid(what, "Match needs a Words field and takes no Sort")
	}
	f.lists[list.Name] = list
	return nil
}

func isName(s string) bool {
	if len(s) == 0 || len(s) > 30 || s[0] == '_' {
		return false
	}
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// Version gives the schema's version.
func (l *Layout) Version() int { return l.version }

// Families gives the names of the families in the schema's order, and
// [Receipts] last. The slice is the caller's own.
func (l *Layout) Families() []string { return slices.Clone(l.names) }

// Family finds a family by name; nil if the schema has none.
func (l *Layout) Family(name string) *FamilyLayout { return l.families[name] }

// Field gives the place of a field in Fields and in a Record's Index, -1 if
// there is none.
func (f *FamilyLayout) Field(name string) int {
	for i := range f.Fields { // few: to hash the name costs more
		if f.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

// List finds a list by name. "" is always there.
func (f *FamilyLayout) List(name string) (List, bool) {
	list, ok := f.lists[name]
	return list, ok
}

// WordsField gives the place of the Words field, -1 if there is none.
func (f *FamilyLayout) WordsField() int {
	return slices.IndexFunc(f.Fields, func(f Field) bool { return f.Type == Words })
}

// checkText refuses what a key, owner or text may not be.
func checkText(what, s string, least, most int) error {
	switch {
	case len(s) < least:
		return invalid(what, "it is empty")
	case len(s) > most:
		return invalid(what, "it has %d bytes, at most %d are possible", len(s), most)
	case !utf8.ValidString(s):
		return invalid(what, "it is not valid UTF-8")
	case strings.IndexByte(s, 0) >= 0:
		return invalid(what, "it has a NUL byte")
	}
	return nil
}

// family finds a ref's family and checks its key.
func (l *Layout) family(what string, ref Ref) (*FamilyLayout, error) {
	f := l.families[ref.Family]
	if f == nil {
		return nil, invalid(what, "the schema has no family %q", ref.Family)
	}
	return f, checkText(what+".key", ref.Key, 1, MaxKey)
}

// CheckRefs refuses refs of [Store.Get] that are wrong in form.
func (l *Layout) CheckRefs(refs []Ref) error {
	if len(refs) > MaxRefs {
		return invalid("refs", "there are %d, at most %d are possible: ask in parts", len(refs), MaxRefs)
	}
	for i, ref := range refs {
		if _, err := l.family("", ref); err != nil {
			return within(fmt.Sprintf("refs[%d]", i), err)
		}
	}
	return nil
}

// CheckHistory refuses a call of [Store.History] that is wrong in form.
func (l *Layout) CheckHistory(ref Ref, after int64, limit int) error {
	f, err := l.family("ref", ref)
	if err != nil {
		return err
	}
	if f.Shape != Journal {
		return invalid("ref", "family %q is no Journal", ref.Family)
	}
	if after < 0 {
		return invalid("after", "%d: 0 begins", after)
	}
	return CheckLimit(limit)
}

// CheckLimit refuses a limit of a page that is not 1 to MaxLimit.
func CheckLimit(limit int) error {
	if limit < 1 || limit > MaxLimit {
		return invalid("limit", "%d: it is 1 to %d", limit, MaxLimit)
	}
	return nil
}

// CheckKey refuses a key of [Store.Outcome] that is wrong in form.
func CheckKey(key string) error { return checkText("key", key, 1, MaxKey) }

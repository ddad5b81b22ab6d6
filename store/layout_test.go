package store

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func noIndex(Ref, Doc) ([]Value, error) { return nil, nil }

// sound is a schema that uses everything there is.
func sound() Schema {
	return Schema{Version: 3, Families: []Family{
		{Name: "row", Shape: Rows, Version: 1, Index: noIndex, Fields: []Field{{"num", Int}, {"txt", Text}, {"tags", Many}, {"words", Words}}, Lists: []List{
			{Name: "by_num", Sort: "num", Where: []string{"txt"}}, {Name: "of_tag", Equal: []string{"tags", "txt"}, Sort: "num", Rising: true}, {Name: "search", Match: true, Equal: []string{"txt"}},
		}},
		{Name: "journal", Shape: Journal, Version: 1},
		{Name: "counter", Shape: Counters, Version: 1, Fields: []Field{{"left", Int}}},
		{Name: "claim", Shape: Claims, Version: 1},
		{Name: "person", Shape: Rows, Version: 1, Personal: true},
	}}
}

func TestCompile(t *testing.T) {
	l, err := Compile(sound())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"row", "journal", "counter", "claim", "person", Receipts}, l.Families()); diff != "" {
		t.Error(diff)
	}
	row := l.Family("row")
	if l.Version() != 3 || row.Field("tags") != 2 || row.Field("gone") != -1 || row.WordsField() != 3 || l.Family("claim").WordsField() != -1 || l.Family("gone") != nil {
		t.Error("the layout does not answer as the schema says")
	}
	if _, ok := row.List(""); !ok {
		t.Error(`list "" is not there`)
	}
	if list, ok := row.List("by_num"); !ok || list.Sort != "num" {
		t.Errorf("by_num is %v", list)
	}
	if _, ok := l.Family(Receipts).List(ReceiptsByInstant); !ok {
		t.Error("receipts have no list by instant")
	}
}

func TestCompileCopies(t *testing.T) {
	schema := sound()
	l, err := Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	lists := schema.Families[0].Lists
	lists[0].Where[0], lists[1].Equal[0], lists[2].Name, schema.Families[0].Fields[0].Name = "x", "x", "x", "x"
	want, _ := Compile(sound())
	for i, list := range l.Family("row").Lists {
		if diff := cmp.Diff(want.Family("row").Lists[i], list); diff != "" {
			t.Errorf("a caller's change reached the layout:\n%s", diff)
		}
		declared, _ := l.Family("row").List(list.Name)
		if diff := cmp.Diff(list, declared); diff != "" {
			t.Error(diff)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	row := func(edit func(*Family)) func(*Schema) { return func(s *Schema) { edit(&s.Families[0]) } }
	list := func(l List) func(*Schema) {
		l.Name = "more"
		return row(func(f *Family) { f.Lists = append(f.Lists, l) })
	}
	for what, edit := range map[string]func(*Schema){
		"version":               func(s *Schema) { s.Version = 0 },
		"reserved name":         func(s *Schema) { s.Families[0].Name = Receipts },
		"name twice":            func(s *Schema) { s.Families[1].Name = "row" },
		"empty name":            row(func(f *Family) { f.Name = "" }),
		"name with a digit":     row(func(f *Family) { f.Name = "row2" }),
		"name in capitals":      row(func(f *Family) { f.Name = "Row" }),
		"name begins with _":    row(func(f *Family) { f.Name = "_row" }),
		"long name":             row(func(f *Family) { f.Name = strings.Repeat("r", 31) }),
		"family version":        row(func(f *Family) { f.Version = 0 }),
		"no Index":              row(func(f *Family) { f.Index = nil }),
		"personal with words":   row(func(f *Family) { f.Personal = true }),
		"field twice":           row(func(f *Family) { f.Fields = append(f.Fields, f.Fields[0]) }),
		"reserved field":        row(func(f *Family) { f.Fields = append(f.Fields, Field{"rev", Int}) }),
		"two Words":             row(func(f *Family) { f.Fields = append(f.Fields, Field{"more", Words}) }),
		"too many fields":       row(func(f *Family) { f.Fields = make([]Field, MaxFields+1) }),
		"too many lists":        row(func(f *Family) { f.Lists = make([]List, MaxLists+1) }),
		"list twice":            row(func(f *Family) { f.Lists = append(f.Lists, f.Lists[0]) }),
		"list without name":     row(func(f *Family) { f.Lists = append(f.Lists, List{}) }),
		"sort by nothing known": list(List{Sort: "gone"}),
		"sort by Many":          list(List{Sort: "tags"}),
		"sort by Words":         list(List{Sort: "words"}),
		"Rising without Sort":   list(List{Rising: true}),
		"Rising by Text":        list(List{Sort: "txt", Rising: true}),
		"Equal not known":       list(List{Equal: []string{"gone"}}),
		"Equal Words":           list(List{Equal: []string{"words"}}),
		"Many not first":        list(List{Equal: []string{"txt", "tags"}}),
		"Equal twice":           list(List{Equal: []string{"txt", "txt"}}),
		"Equal and Sort":        list(List{Equal: []string{"txt"}, Sort: "txt"}),
		"Where Many":            list(List{Where: []string{"tags"}}),
		"Where not known":       list(List{Where: []string{"gone"}}),
		"Match with Sort":       list(List{Match: true, Sort: "num"}),
		"Match with Many":       list(List{Match: true, Equal: []string{"tags"}}),
		"Match without words":   row(func(f *Family) { f.Fields = f.Fields[:3] }),
		"personal journal":      func(s *Schema) { s.Families[1].Personal = true },
		"counter of text":       func(s *Schema) { s.Families[2].Fields[0].Type = Text },
		"counter of nothing":    func(s *Schema) { s.Families[2].Fields = nil },
		"list of counters":      func(s *Schema) { s.Families[2].Lists = []List{{Name: "all"}} },
		"claim with a field":    func(s *Schema) { s.Families[3].Fields = []Field{{"num", Int}} },
	} {
		schema := sound()
		edit(&schema)
		if _, err := Compile(schema); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, edit := range map[string]func(*Schema){
		"shape": func(s *Schema) { s.Families[1].Shape = 9 },
		"type":  row(func(f *Family) { f.Fields[0].Type = 9 }),
	} {
		schema := sound()
		edit(&schema)
		if _, err := Compile(schema); !errors.Is(err, ErrUnsupported) {
			t.Errorf("unknown %s: %v", what, err)
		}
	}
}

func TestCheckSet(t *testing.T) {
	l, err := Compile(sound())
	if err != nil {
		t.Fatal(err)
	}
	index := []Value{IntValue(1), TextValue("a"), ManyValue("x"), WordsValue("blue mug")}
	put := func(key string, rev int64) Put {
		return Put{Record{Ref: Ref{"row", key}, Rev: rev, Doc: Raw("x"), Index: index}}
	}
	entry := Entry{N: 1, Kind: "k", V: 1}
	appended := func(rev int64, entries ...Entry) Append {
		return Append{Record{Ref: Ref{"journal", "j"}, Rev: rev, Doc: Raw("x")}, entries}
	}
	letter := func(rev int64) Put { return Put{Record{Ref: Ref{"person", "ann/1"}, Rev: rev, Doc: Raw("x")}} }
	second := entry
	second.N = 2
	for _, c := range []struct {
		what string
		set  ChangeSet
		want error
	}{
		{"nothing", ChangeSet{}, nil},
		{"everything", ChangeSet{Key: "k", Result: "r", Requires: []Requirement{{Ref{"row", "a"}, 0}, {Ref{"journal", "j"}, 2}}, Changes: []Change{
			put("a", 0), Delete{Ref{"row", "b"}, 1}, appended(0, entry, second), Add{Ref{"counter", "c"}, []Step{{"left", 1, 0}}}, Claim{Ref{"claim", "c"}, "ann"},
			Release{Ref{"claim", "d"}, "ann"}, Erase{"ann"}, letter(0), Delete{Ref{Receipts, "old"}, 1},
		}}, nil},
		{"reserved", ChangeSet{Changes: []Change{put("a", 0), Reserved{}}}, ErrUnsupported},
		{"nil", ChangeSet{Changes: []Change{nil}}, ErrUnsupported},
		{"pointer", ChangeSet{Changes: []Change{&Erase{"ann"}}}, ErrUnsupported},
		{"twice", ChangeSet{Changes: []Change{put("a", 0), put("a", 1)}}, ErrInvalid},
		{"long key", ChangeSet{Key: strings.Repeat("k", MaxKey+1)}, ErrInvalid},
		{"result with NUL", ChangeSet{Result: "\x00"}, ErrInvalid},
		{"too many", ChangeSet{Changes: make([]Change, MaxChanges+1)}, ErrInvalid},
		{"requires a counter", ChangeSet{Requires: []Requirement{{Ref{"counter", "c"}, 0}}}, ErrInvalid},
		{"requires a receipt", ChangeSet{Requires: []Requirement{{Ref{Receipts, "c"}, 1}}}, ErrInvalid},
		{"requires below 0", ChangeSet{Requires: []Requirement{{Ref{"row", "c"}, -1}}}, ErrInvalid},
		{"put to a journal", ChangeSet{Changes: []Change{Put{Record{Ref: Ref{"journal", "j"}, Doc: Raw("x")}}}}, ErrInvalid},
		{"put to receipts", ChangeSet{Changes: []Change{Put{Record{Ref: Ref{Receipts, "j"}, Doc: Raw("x"), Index: index[:1]}}}}, ErrInvalid},
		{"no document", ChangeSet{Changes: []Change{Put{Record{Ref: Ref{"row", "j"}, Index: index}}}}, ErrInvalid},
		{"no entries", ChangeSet{Changes: []Change{appended(0)}}, ErrInvalid},
		{"entry's number", ChangeSet{Changes: []Change{appended(1, entry)}}, ErrInvalid},
		{"entries in disorder", ChangeSet{Changes: []Change{appended(0, second, entry)}}, ErrInvalid},
		{"delete of nothing", ChangeSet{Changes: []Change{Delete{Ref{"row", "b"}, 0}}}, ErrInvalid},
		{"steps of nothing", ChangeSet{Changes: []Change{Add{Ref{"counter", "c"}, nil}}}, ErrInvalid},
		{"column not known", ChangeSet{Changes: []Change{Add{Ref{"counter", "c"}, []Step{{"gone", 1, 0}}}}}, ErrInvalid},
		{"person with a stroke", ChangeSet{Changes: []Change{Erase{"a/b"}}}, ErrInvalid},
		{"personal key", ChangeSet{Changes: []Change{Put{Record{Ref: Ref{"person", "ann"}, Doc: Raw("x")}}}}, ErrInvalid},
		{"erased and changed", ChangeSet{Changes: []Change{letter(1), Erase{"ann"}}}, ErrInvalid},
		{"erased and deleted", ChangeSet{Changes: []Change{Erase{"ann"}, Delete{Ref{"person", "ann/1"}, 1}}}, ErrInvalid},
		{"another erased", ChangeSet{Changes: []Change{Erase{"an"}, letter(1)}}, nil},
	} {
		if err := l.CheckSet(c.set); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
}

func TestCheckIndex(t *testing.T) {
	l, err := Compile(sound())
	if err != nil {
		t.Fatal(err)
	}
	row, good := l.Family("row"), []Value{IntValue(1), TextValue("a"), ManyValue("x"), WordsValue("blue")}
	if err := row.CheckIndex(Ref{"row", "a"}, good); err != nil {
		t.Error(err)
	}
	for _, bad := range [][]Value{
		nil, good[:3], {TextValue("1"), good[1], good[2], good[3]}, {good[0], TextValue("\xff"), good[2], good[3]}, {good[0], {}, good[2], good[3]},
		{good[0], TextValue(strings.Repeat("x", MaxText+1)), good[2], good[3]}, {good[0], good[1], ManyValue(strings.Repeat("x", MaxText+1)), good[3]}, {good[0], good[1], manyOf(MaxMany + 1), good[3]},
	} {
		if err := row.CheckIndex(Ref{"row", "a"}, bad); !errors.Is(err, ErrInvalid) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func manyOf(n int) Value {
	members := make([]string, n)
	for i := range members {
		members[i] = fmt.Sprint(i)
	}
	return ManyValue(members...)
}

func TestCheckQuery(t *testing.T) {
	l, err := Compile(sound())
	if err != nil {
		t.Fatal(err)
	}
	one, a := IntValue(1), TextValue("a")
	for _, c := range []struct {
		what string
		q    Query
		fits bool
	}{
		{"all", Query{Family: "row"}, true},
		{"keys between", Query{Family: "journal", From: &a, To: &a, Desc: true}, true},
		{"receipts", Query{Family: Receipts, List: ReceiptsByInstant, From: &one}, true},
		{"sorted where", Query{Family: "row", List: "by_num", From: &one, Where: []Cond{{"txt", AtLeast, a}}}, true},
		{"of a member", Query{Family: "row", List: "of_tag", Equal: []Value{a, a}, To: &one}, true},
		{"words", Query{Family: "row", List: "search", Equal: []Value{a}, Match: []string{"blue", "mug*"}}, true},
		{"family", Query{Family: "gone"}, false},
		{"list", Query{Family: "row", List: "gone"}, false},
		{"limit", Query{Family: "row", Limit: MaxLimit + 1}, false},
		{"too little Equal", Query{Family: "row", List: "of_tag", Equal: []Value{a}}, false},
		{"Many for a member", Query{Family: "row", List: "of_tag", Equal: []Value{ManyValue("a"), a}}, false},
		{"bound of another type", Query{Family: "row", List: "by_num", From: &a}, false},
		{"condition not declared", Query{Family: "row", List: "by_num", Where: []Cond{{"num", Equal, one}}}, false},
		{"comparison", Query{Family: "row", List: "by_num", Where: []Cond{{"txt", AtLeast + 1, a}}}, false},
		{"words of another list", Query{Family: "row", List: "by_num", Match: []string{"blue"}}, false},
		{"no words", Query{Family: "row", List: "search", Equal: []Value{a}}, false},
		{"short prefix", Query{Family: "row", List: "search", Equal: []Value{a}, Match: []string{"mu*"}}, false},
		{"prefix in front", Query{Family: "row", List: "search", Equal: []Value{a}, Match: []string{"mug*", "blue"}}, false},
		{"no word", Query{Family: "row", List: "search", Equal: []Value{a}, Match: []string{"Blue"}}, false},
		{"words down", Query{Family: "row", List: "search", Equal: []Value{a}, Match: []string{"blue"}, Desc: true}, false},
	} {
		if c.q.Limit == 0 {
			c.q.Limit = 10
		}
		_, _, err := l.CheckQuery(c.q)
		if c.fits && err != nil || !c.fits && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

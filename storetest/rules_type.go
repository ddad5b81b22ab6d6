package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till/store"
)

// samples has values of each type of field, the most telling ones: the first and the
// last that there can be, those next to each other, and some that are alike in part.
// A type that is new to the port needs a line here, and is then tried in every place
// that the port allows it in.
var samples = map[store.Type][]store.Value{
	store.Int: {
		store.IntValue(-1 << 63), store.IntValue(-1<<63 + 1), store.IntValue(-1), store.IntValue(0), store.IntValue(1), store.IntValue(1<<53 + 1), store.IntValue(1<<63 - 1),
	},
	store.Text: {
		store.TextValue(""), store.TextValue("\x01"), store.TextValue("A"), store.TextValue("a"), store.TextValue("a "), store.TextValue("ab"), store.TextValue("e\u0301"), store.TextValue("\u00e9"),
		store.TextValue(strings.Repeat("z", store.MaxText)), store.TextValue("\uffff"), store.TextValue("\U0010FFFF"),
	},
	store.Many: {
		store.ManyValue(), store.ManyValue(""), store.ManyValue("", "a"), store.ManyValue("a"), store.ManyValue("A", "a", "ab"), store.ManyValue("b", "a", "b"),
		store.ManyValue(strings.Repeat("m", store.MaxText)), store.ManyValue(manyTags(store.MaxMany)...),
	},
	store.Words: {
		store.WordsValue(""), store.WordsValue("a"), store.WordsValue("mug"), store.WordsValue("Mug mugs"), store.WordsValue("blue mug"), store.WordsValue("caf\u00e9"), store.WordsValue("cafe"),
		store.WordsValue(strings.Repeat("w", store.MaxWord)), store.WordsValue(manyWords(store.MaxWords)),
	},
}

// fieldTypes gives every type of field that the port knows.
func fieldTypes() []store.Type {
	var types []store.Type
	for n := range 256 {
		t := store.Type(n)
		if _, err := store.Compile(typed(t, nil)); !errors.Is(err, store.ErrUnsupported) {
			types = append(types, t)
		}
	}
	return types
}

// typed is a schema of one family with two fields: one of a type, and a number. A
// record's document is the place of its sample.
func typed(t store.Type, lists []store.List) store.Schema {
	return store.Schema{Version: 1, Families: []store.Family{{
		Name: "typed", Shape: store.Rows, Version: 1, Lists: lists, Fields: []store.Field{{Name: "value", Type: t}, {Name: "num", Type: store.Int}},
		Index: func(_ store.Ref, doc store.Doc) ([]store.Value, error) {
			raw, err := doc.AppendStored(nil)
			if err != nil {
				return nil, err
			}
			n, err := strconv.Atoi(string(raw))
			return sampled(t, n), err
		},
	}}}
}

func sampled(t store.Type, n int) []store.Value {
	return []store.Value{samples[t][n%len(samples[t])], store.IntValue(int64(n % 3))}
}

// allowed gives every list by a field of a type that the port allows.
func allowed(t store.Type) []store.List {
	var lists []store.List
	for _, l := range []store.List{
		{Name: "sorted", Sort: "value", Where: []string{"num"}}, {Name: "equal", Equal: []string{"value"}}, {Name: "equal_sorted", Equal: []string{"value"}, Sort: "num"},
		{Name: "sorted_equal", Equal: []string{"num"}, Sort: "value"}, {Name: "where", Sort: "num", Where: []string{"value"}},
		{Name: "match", Match: true}, {Name: "match_equal", Match: true, Equal: []string{"num"}},
	} {
		if _, err := store.Compile(typed(t, []store.List{l})); err == nil {
			lists = append(lists, l)
		}
	}
	return lists
}

// questions gives the queries of a list that have to do with a sample.
func questions(layout *store.Layout, l store.List, v store.Value) []store.Query {
	base := store.Query{Family: "typed", List: l.Name, Limit: 2}
	asked := []store.Value{v}
	for _, m := range v.Members() {
		if asked = append(asked, store.TextValue(m)); len(asked) > 4 {
			break
		}
	}
	var all []store.Query
	for _, v := range asked {
		q := base
		for _, name := range l.Equal {
			q.Equal = append(q.Equal, map[bool]store.Value{true: v, false: store.IntValue(1)}[name == "value"])
		}
		if l.Match {
			q.Match = []string{v.Text()}
		}
		all = append(all, q)
		if l.Sort == "value" {
			for _, bounds := range [][2]*store.Value{{&v, nil}, {nil, &v}, {&v, &v}} {
				q.From, q.To = bounds[0], bounds[1]
				all = append(all, q)
			}
			q.From, q.To = nil, nil
		}
		if slices.Contains(l.Where, "value") {
			for op := store.Equal; op <= store.AtLeast; op++ {
				q.Where = []store.Cond{{Field: "value", Op: op, Value: v}}
				all = append(all, q)
			}
		}
	}
	for _, q := range slices.Clone(all) {
		q.Desc = true
		all = append(all, q)
	}
	return slices.DeleteFunc(all, func(q store.Query) bool {
		_, _, err := layout.CheckQuery(q)
		return err != nil
	})
}

// meant gives the keys that a query of the samples means. A Match list is given by key.
func meant(f *store.FamilyLayout, q store.Query, keys map[string][]store.Value) []string {
	l, _ := f.List(q.List)
	var found []string
	for key, index := range keys {
		ok := true
		for i, name := range l.Equal {
			v := index[f.Field(name)]
			ok = ok && (v.Equal(q.Equal[i]) || v.Has(q.Equal[i].Text()) && q.Equal[i].Type() == store.Text)
		}
		for _, c := range q.Where {
			ok = ok && c.Holds(index[f.Field(c.Field)])
		}
		for _, w := range q.Match {
			ok = ok && index[0].Has(w)
		}
		if l.Sort != "" {
			at := index[f.Field(l.Sort)]
			ok = ok && (q.From == nil || at.Compare(*q.From) >= 0) && (q.To == nil || at.Compare(*q.To) < 0)
		}
		if ok {
			found = append(found, key)
		}
	}
	slices.SortFunc(found, func(a, b string) int {
		if l.Sort != "" {
			if d := keys[a][f.Field(l.Sort)].Compare(keys[b][f.Field(l.Sort)]); d != 0 {
				return d
			}
		}
		return strings.Compare(a, b)
	})
	if q.Desc {
		slices.Reverse(found)
	}
	return found
}

var typeRules = []Rule{{
	ID:       "find/every-type",
	Sentence: "A field of every type is found by each value that it can have, in every place of a list that the port allows it in, also after it was filed anew.",
	Why:      "a type that only half works is found out by a shop that already uses it",
	Check: func(e *Env) {
		for _, t := range fieldTypes() {
			if len(samples[t]) == 0 {
				e.Stopf("there are no samples of the type %s", t)
			}
			schema := typed(t, allowed(t))
			layout, err := store.Compile(schema)
			e.Must("Compile", err)
			place := e.Place()
			s, keys := e.Open(place), map[string][]store.Value{}
			e.Must("Prepare", s.Prepare(e.Ctx, schema))
			var changes []store.Change
			for n := range 2 * len(samples[t]) {
				key := fmt.Sprintf("k%02d", n*7%100)
				keys[key] = sampled(t, n)
				changes = append(changes, store.Put{Record: store.Record{Ref: ref("typed", key), Doc: store.Raw(strconv.Itoa(n)), Index: keys[key]}})
			}
			e.Commit(s, changes...)
			for version := 1; version < 3; version++ {
				for _, l := range schema.Families[0].Lists {
					for i, v := range samples[t] {
						for _, q := range questions(layout, l, v) {
							got := e.Keys(s, q)
							if l.Match {
								slices.Sort(got)
							}
							e.Equal(fmt.Sprintf("%s %d in %q, from %t, to %t, where %d, down %t", t, i, l.Name, q.From != nil, q.To != nil, len(q.Where), q.Desc), got, meant(layout.Family("typed"), q, keys))
						}
					}
				}
				s = e.again(s, place)
				schema.Version, schema.Families[0].Version = 2, 2
				e.Must("Prepare anew", s.Prepare(e.Ctx, schema))
			}
		}
	},
}}

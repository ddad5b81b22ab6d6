package storetest

import (
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// hardNames are names that the port allows and that mean something to some engine.
var hardNames = strings.Fields(`
	a select table order group by index values where from to limit desc asc primary default null true not and or like match near rank
	id oid user type name value timestamp date text blob json version schema meta entries partitions journal journals feed outbox claims counters rows
	lists words words_data words_idx words_content words_docsize words_config records main temp sqlite_master sqlite_sequence information_schema pg_class public system_user current_time trigger view a_ a__b till till_meta bucket
`)

// named is a schema whose families, fields and lists all have such names.
func named() store.Schema {
	schema := store.Schema{Version: 1}
	name := func(i int) string { return hardNames[i%len(hardNames)] }
	for i := range hardNames {
		f := store.Family{Name: name(i), Shape: store.Rows, Version: 1, Index: func(store.Ref, store.Doc) ([]store.Value, error) { return namedValues(0), nil }}
		for n, v := range namedValues(0) {
			f.Fields = append(f.Fields, store.Field{Name: name(i + n), Type: v.Type()})
		}
		f.Lists = []store.List{
			{Name: name(i), Sort: name(i), Where: []string{name(i + 1)}}, {Name: name(i + 1), Equal: []string{name(i + 2)}, Sort: name(i), Rising: i%2 == 0},
			{Name: name(i + 2), Match: true, Equal: []string{name(i + 1)}},
		}
		schema.Families = append(schema.Families, f)
	}
	return schema
}

func namedValues(n int64) []store.Value {
	return []store.Value{store.IntValue(n), store.TextValue(fmt.Sprint(n)), store.ManyValue("red", "blue"), store.WordsValue("order by select")}
}

var nameRules = []Rule{
	{
		ID:       "prepare/names",
		Sentence: "A family, a field and a list may have every name that the port allows, also one that means something to the engine, and two of them the same.",
		Why:      "a shop has orders, and may call them so",
		Check: func(e *Env) {
			place := e.Place()
			s := e.Open(place)
			for round := range 2 {
				schema := named()
				e.Must("Prepare", s.Prepare(e.Ctx, schema))
				if round == 0 {
					var changes []store.Change
					for _, f := range schema.Families {
						for n := range int64(3) {
							changes = append(changes, store.Put{Record: store.Record{Ref: ref(f.Name, fmt.Sprint("k", 2-n)), Doc: store.Raw(f.Name), Index: namedValues(n)}})
						}
					}
					e.Commit(s, changes...)
				}
				for _, f := range schema.Families {
					one, many := store.TextValue("1"), store.TextValue("red")
					for _, q := range []struct {
						store.Query
						want []string
					}{
						{store.Query{}, []string{"k0", "k1", "k2"}},
						{store.Query{List: f.Lists[0].Name, Where: []store.Cond{{Field: f.Fields[1].Name, Op: store.AtLeast, Value: one}}}, []string{"k1", "k0"}},
						{store.Query{List: f.Lists[1].Name, Equal: []store.Value{many}, Desc: true}, []string{"k0", "k1", "k2"}},
						{store.Query{List: f.Lists[2].Name, Equal: []store.Value{one}, Match: []string{"select", "ord*"}}, []string{"k1"}},
					} {
						q.Family, q.Limit = f.Name, 2
						e.Equal(fmt.Sprintf("Find %s %q", f.Name, q.List), e.Keys(s, q.Query), q.want)
					}
				}
				s = e.again(s, place)
			}
		},
	},
	{
		ID:       "prepare/raised-alone",
		Sentence: "A family of any shape may have a greater Version with nothing else changed: its records are filed anew and are as before.",
		Why:      "to file all orders anew is how a wrong Index is mended",
		Check: func(e *Env) {
			place := e.Place()
			s, all := e.Prepared(place), some(30)
			e.oneOfEach(s)
			e.Commit(s, fitting()...)
			e.Commit(s, del(ref("row", "r"), 2), del(ref("row", "new"), 1))
			e.load(s, all)
			want := e.Dump(s)
			for version := 2; version < 4; version++ {
				next := following(version, func(all []store.Family) []store.Family {
					for i := range all {
						all[i].Version = version
					}
					return all
				})
				for range 2 {
					e.Must("Prepare", s.Prepare(e.Ctx, next))
					e.Equal("the store", e.Dump(s), want)
					e.findsAll(s, all)
					e.Equal("journals by number", e.Keys(s, store.Query{Family: "journal", List: "by_num"}), []string{"k", "j"})
					s = e.again(s, place)
				}
				e.Must("Prepare", s.Prepare(e.Ctx, next))
			}
			e.Refused(s, "a claim that is taken", one(take("f", "ann")), store.ErrExists)
			e.Refused(s, "a counter that is empty", one(add("c", "available", -1, 0)), store.ErrShort)
			e.Commit(s, grow("j", 3, "four"), release("f", "bob"), add("d", "reserved", -3, 0), letter("ann/3", 1, "again"))
		},
	},
}

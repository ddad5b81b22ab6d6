package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

// again closes a Durable store and opens it, unprepared; any other stays as it is.
func (e *Env) again(s store.Store, place string) store.Store {
	e.Helper()
	if !e.Harness.Durable {
		return s
	}
	e.Must("Close", s.Close())
	return e.Open(place)
}

// following gives the next version of a schema, after an edit.
func following(version int, edit func(families []store.Family) []store.Family) store.Schema {
	next := schema()
	next.Version = version
	next.Families = edit(next.Families)
	return next
}

// longName is a name of 30 letters.
func longName(i int) string {
	return strings.Repeat("abcdefghij", 3)[:28] + string(rune('a'+i/26)) + string(rune('a'+i%26))
}

// broadest is a schema of one family with as many fields and lists as there may be,
// and of one counter with as many columns.
func broadest() store.Schema {
	f := store.Family{Name: longName(0), Shape: store.Rows, Version: 1, Index: func(store.Ref, store.Doc) ([]store.Value, error) { return broadValues(0), nil }}
	var scalars []string
	for i := range store.MaxFields {
		f.Fields = append(f.Fields, store.Field{Name: longName(i), Type: broadValues(0)[i].Type()})
		if i > 1 {
			scalars = append(scalars, longName(i))
		}
	}
	many := longName(1)
	for i := range store.MaxLists {
		list := store.List{Name: longName(i), Sort: scalars[i], Equal: append([]string{many}, slices.DeleteFunc(slices.Clone(scalars), func(s string) bool { return s == scalars[i] })...), Where: scalars}
		switch i {
		case 0:
			list.Equal = list.Equal[1:]
		case 1:
			list.Sort, list.Equal, list.Match = "", scalars, true
		case 2:
			list.Equal = nil
		}
		f.Lists = append(f.Lists, list)
	}
	c := store.Family{Name: longName(1), Shape: store.Counters, Version: 1}
	for i := range store.MaxFields {
		c.Fields = append(c.Fields, store.Field{Name: longName(i), Type: store.Int})
	}
	return store.Schema{Version: 1, Families: []store.Family{f, c}}
}

// broadValues are values of the broadest family: words, members, integers and texts.
func broadValues(n int) []store.Value {
	values := []store.Value{store.WordsValue("blue mug"), store.ManyValue("red", "blue")}
	for i := 2; i < store.MaxFields; i++ {
		if i%2 == 0 {
			values = append(values, store.IntValue(int64(n)))
		} else {
			values = append(values, store.TextValue(fmt.Sprint("t", n)))
		}
	}
	return values
}

var migrateRules = []Rule{
	{
		ID:       "prepare/index-alone",
		Sentence: "Records are filed by the values that Commit was given; Index is called by Prepare alone, and only for families whose Version was raised.",
		Why:      "a start of the program must not read every order of ten years",
		Check: func(e *Env) {
			var asked atomic.Int64
			watched := func(version int) store.Schema {
				return following(version, func(families []store.Family) []store.Family {
					for i, f := range families {
						if f.Index != nil {
							families[i].Index = func(r store.Ref, doc store.Doc) ([]store.Value, error) {
								asked.Add(1)
								return f.Index(r, doc)
							}
						}
					}
					return families
				})
			}
			place := e.Place()
			s, all := e.Open(place), some(20)
			e.Must("Prepare", s.Prepare(e.Ctx, watched(1)))
			var changes []store.Change
			for key, t := range all {
				p := put(key, 0, thing{Num: 99, Text: "vase", Tags: []string{"red", "other"}, State: "done"})
				p.Index = t.index()
				changes = append(changes, p)
			}
			a := grow("j", 0, "x")
			a.Index = []store.Value{store.IntValue(7)}
			e.Commit(s, append(changes, a)...)
			eight := store.IntValue(8)
			for round := range 4 {
				e.findsAll(s, all)
				e.Equal("a journal", e.Keys(s, store.Query{Family: "journal", List: "by_num", To: &eight}), []string{"j"})
				e.Equal(fmt.Sprintf("calls of Index, round %d", round), asked.Load(), int64(0))
				if round%2 == 0 {
					s = e.again(s, place)
				}
				e.Must("Prepare", s.Prepare(e.Ctx, watched(1+round/2)))
			}
		},
	},
	{
		ID:       "prepare/counters",
		Sentence: "Counters keep their columns by name; a new one begins at 0.",
		Why:      "a column that comes first must not take the stock of the one that was first",
		Check: func(e *Env) {
			place := e.Place()
			s := e.Prepared(place)
			e.Commit(s, steps("a", step("available", 5, 0), step("reserved", 2, 0)), add("b", "reserved", 3, 0), add("c", "available", -4, store.NoFloor), steps("d", step("reserved", 6, 0), step("available", 1<<62, 0)))
			columns := func(version int, names ...string) store.Schema {
				return following(version, func(families []store.Family) []store.Family {
					families[3].Version, families[3].Fields = version, nil
					for _, name := range names {
						families[3].Fields = append(families[3].Fields, store.Field{Name: name, Type: store.Int})
					}
					return families
				})
			}
			seen := func(rows ...[]int64) (want []Seen) {
				for i, columns := range rows {
					want = append(want, Seen{Ref: "counter/" + "abcd"[i:i+1], Rev: 1, Columns: columns})
				}
				return want
			}
			counter := store.Query{Family: "counter"}
			for round := range 2 {
				if round == 1 {
					s = e.again(s, place)
				}
				e.Must("Prepare with a column between", s.Prepare(e.Ctx, columns(2, "reserved", "damaged", "available")))
				e.Equal("counters with a column between", e.Find(s, counter), seen([]int64{2, 0, 5}, []int64{3, 0, 0}, []int64{0, 0, -4}, []int64{6, 0, 1 << 62}))
			}
			e.Commit(s, steps("a", step("damaged", 1, 0), step("available", -5, 0)))
			e.Refused(s, "more than there is", one(add("a", "available", -1, 0)), store.ErrShort)
			e.Must("Prepare without a column", s.Prepare(e.Ctx, columns(3, "available", "damaged")))
			want := seen([]int64{0, 1}, []int64{0, 0}, []int64{-4, 0}, []int64{1 << 62, 0})
			e.Equal("counters without a column", e.Find(s, counter), want)
			_, err := s.Commit(e.Ctx, one(add("a", "reserved", 1, 0)))
			e.Is("a column that was taken away", err, store.ErrInvalid)
			s = e.again(s, place)
			e.Must("Prepare", s.Prepare(e.Ctx, columns(3, "available", "damaged")))
			e.Equal("counters", e.Find(s, counter), want)
		},
	},
	{
		ID:       "prepare/removed-family",
		Sentence: "What a family holds that the schema no longer has is kept, and an Erase still reaches it.",
		Why:      "a feature that is switched off for a month loses nothing, and forgets whom it must",
		Check: func(e *Env) {
			place := e.Place()
			s, all := e.Prepared(place), some(12)
			e.oneOfEach(s)
			e.load(s, all)
			e.Commit(s, letter("bob/1", 0, "dear bob"), personal("bob/1", 0, thing{Num: 3, Tags: []string{"red"}}), del(ref("row", "r"), 1), take("f", "bob"))
			want := slices.DeleteFunc(e.Dump(s), func(line string) bool { return hasPrefix(line, "letter/ann/", "person/ann/") })
			fewer := following(2, func(all []store.Family) []store.Family { return all[1:2] })
			e.Must("Prepare without most families", s.Prepare(e.Ctx, fewer))
			for _, family := range []string{"row", "journal", "counter", "claim", "person", "letter"} {
				_, err := s.Find(e.Ctx, store.Query{Family: family, Limit: 1})
				e.Is("Find in a family that was taken away", err, store.ErrInvalid)
				_, err = s.Get(e.Ctx, ref(family, "ann/1"))
				e.Is("Get from a family that was taken away", err, store.ErrInvalid)
			}
			_, err := s.Commit(e.Ctx, one(put("new", 0, thing{})))
			e.Is("Put to a family that was taken away", err, store.ErrInvalid)
			s = e.again(s, place)
			e.Must("Prepare without most families", s.Prepare(e.Ctx, fewer))
			e.Commit(s, store.Erase{Person: "ann"})
			s = e.again(s, place)
			e.Must("Prepare with all families", s.Prepare(e.Ctx, following(3, func(all []store.Family) []store.Family { return all })))
			e.Equal("the store", e.Dump(s), want)
			e.findsAll(s, all)
			e.Equal("erased from a list", e.Keys(s, store.Query{Family: "person", List: "by_num"}), []string{"bob/1"})
			e.Commit(s, put(keyAt(all, 0), 1, thing{}), grow("j", 2, "three"), release("e", "ann"), letter("bob/1", 1, "again"), add("c", "available", -5, 0))
		},
	},
	{
		ID:       "prepare/becomes-personal",
		Sentence: "An Erase reaches every Personal family as the schema is now, also records that were written before it was one.",
		Why:      "whoever notices late that notes are personal must be able to erase the old ones",
		Check: func(e *Env) {
			place := e.Place()
			s := e.Prepared(place)
			e.Commit(s, plain("ann/1", 0, "dear ann"), plain("ann/2", 0, "dear ann"), plain("bob/1", 0, "dear bob"), letter("ann/1", 0, "x"))
			personal := following(2, func(families []store.Family) []store.Family {
				families[1].Version, families[1].Personal = 2, true
				return families
			})
			e.Must("Prepare with one more Personal family", s.Prepare(e.Ctx, personal))
			e.Commit(s, plain("ann/3", 0, "dear ann"), plain("bob/2", 0, "dear bob"))
			s = e.again(s, place)
			e.Must("Prepare", s.Prepare(e.Ctx, personal))
			e.Commit(s, store.Erase{Person: "ann"})
			e.Equal("the family", e.Keys(s, store.Query{Family: "plain"}), []string{"bob/1", "bob/2"})
			e.Equal("letters", e.Keys(s, store.Query{Family: "letter"}), []string{})
		},
	},
	{
		ID:       "prepare/cursors",
		Sentence: "A cursor is valid as long as the data: also after a Prepare that left its family as it was.",
		Why:      "a program that books from the feed goes on where it was when the shop is rolled out",
		Check: func(e *Env) {
			place := e.Place()
			s := e.Prepared(place)
			e.load(s, some(30))
			e.oneOfEach(s)
			e.Commit(s, grow("a", 0, "1", "2", "3"), grow("b", 0, "1", "2"))
			events, _ := e.Feed(s, "", 2)
			first, err := s.Feed(e.Ctx, "", 2)
			e.Must("Feed", err)
			wants, afters := map[string][]Seen{}, map[string]store.Cursor{}
			for what, q := range inOrder(queries()) {
				q.Limit = 2
				afters[what] = e.Page(s, q).Next
				if q.After = afters[what]; q.After != "" {
					wants[what] = e.Find(s, q)
				}
			}
			s = e.again(s, place)
			e.Must("Prepare with a family more", s.Prepare(e.Ctx, following(2, func(families []store.Family) []store.Family {
				return append(families, store.Family{Name: "added", Shape: store.Rows, Version: 1})
			})))
			for what, want := range inOrder(wants) {
				q := queries()[what]
				q.After = afters[what]
				e.Equal(what+" from the old cursor", e.Find(s, q), want)
			}
			rest, _ := e.Feed(s, first.Next, 2)
			e.Equal("the feed from the old cursor", rest, events[len(first.Items):])
		},
	},
	{
		ID:       "prepare/hints",
		Sentence: "Small and Rising are hints: they change no answer, and need no greater Version of the family.",
		Why:      "a layout may follow what is known today, and need not follow it tomorrow",
		Check: func(e *Env) {
			place := e.Place()
			s, all := e.Prepared(place), some(40)
			e.oneOfEach(s)
			e.Commit(s, del(ref("row", "r"), 1))
			e.load(s, all)
			e.Commit(s, plain("long", 0, strings.Repeat("not small ", 5000)))
			turned := func(version int) store.Schema {
				return following(version, func(families []store.Family) []store.Family {
					for i := range families {
						families[i].Small = !families[i].Small
						for j, l := range families[i].Lists {
							families[i].Lists[j].Rising = !l.Rising && l.Sort == "num"
						}
					}
					return families
				})
			}
			for version := 2; version < 5; version++ {
				want := e.Dump(s)
				e.Must("Prepare with other hints", s.Prepare(e.Ctx, turned(version)))
				e.Equal("the store", e.Dump(s), want)
				e.findsAll(s, all)
				key := fmt.Sprint("new", version)
				all[key] = thing{Num: int64(version), State: "done", Tags: []string{"red"}, Text: "mug"}
				e.Commit(s, put(key, 0, all[key]), plain(key, 0, strings.Repeat(key, 500)))
				e.findsAll(s, all)
				if version == 3 {
					s = e.again(s, place)
					e.Must("Prepare with the first hints", s.Prepare(e.Ctx, following(version, func(all []store.Family) []store.Family { return all })))
				}
			}
		},
	},
	{
		ID:       "prepare/limits",
		Sentence: "A family has up to MaxFields fields and MaxLists lists, with names of up to 30 letters, and no more.",
		Why:      "what one engine can lay out, every engine must be able to",
		Check: func(e *Env) {
			place := e.Place()
			s := e.Open(place)
			for what, edit := range map[string]func(*store.Schema){
				"a field more": func(c *store.Schema) {
					c.Families[1].Fields = append(c.Families[1].Fields, store.Field{Name: "more", Type: store.Int})
				},
				"a list more":     func(c *store.Schema) { c.Families[0].Lists = append(c.Families[0].Lists, store.List{Name: "more"}) },
				"a letter more":   func(c *store.Schema) { c.Families[0].Name += "x" },
				"a longer column": func(c *store.Schema) { c.Families[1].Fields[0].Name += "x" },
				"a longer list":   func(c *store.Schema) { c.Families[0].Lists[0].Name += "x" },
			} {
				bad := broadest()
				edit(&bad)
				e.Is("Prepare with "+what, s.Prepare(e.Ctx, bad), store.ErrInvalid)
			}
			broad := broadest()
			e.Must("Prepare", s.Prepare(e.Ctx, broad))
			family, counter := broad.Families[0], broad.Families[1]
			a := store.Add{Ref: ref(counter.Name, "c")}
			for i, field := range counter.Fields {
				a.Steps = append(a.Steps, step(field.Name, int64(i), 0))
			}
			e.Commit(s, a)
			for n, key := range []string{"c", "a", "b", "d"} {
				n /= 2 // two and two are alike
				e.Commit(s, store.Put{Record: store.Record{Ref: ref(family.Name, key), Doc: store.Raw(key), Index: broadValues(n)}})
			}
			for range 2 {
				e.Equal("the counter", e.Get(s, a.Ref)[0].Columns, []int64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
				for _, l := range family.Lists {
					q := store.Query{Family: family.Name, List: l.Name, Limit: 1}
					for i, field := range family.Fields {
						if slices.Contains(l.Where, field.Name) {
							q.Where = append(q.Where, store.Cond{Field: field.Name, Op: store.Equal, Value: broadValues(1)[i]})
						}
					}
					for _, name := range l.Equal {
						i := slices.IndexFunc(family.Fields, func(f store.Field) bool { return f.Name == name })
						if v := broadValues(1)[i]; v.Type() == store.Many {
							q.Equal = append(q.Equal, store.TextValue("red"))
						} else {
							q.Equal = append(q.Equal, v)
						}
					}
					if l.Match {
						q.Match = []string{"blue", "mug*"}
					}
					keys := e.Keys(s, q)
					slices.Sort(keys)
					e.Equal("Find in list "+l.Name, keys, []string{"b", "d"})
				}
				s = e.again(s, place)
				e.Must("Prepare again", s.Prepare(e.Ctx, broadest()))
			}
		},
	},
	{
		ID:       "prepare/faults",
		Sentence: "Another Shape, a lesser Version of a family, and Fields or Lists that changed without a greater one are ErrInvalid, as far as the store notices; after an error the data and the handle are as before.",
		Why:      "a programmer's slip must not cost a shop its orders",
		Check: func(e *Env) {
			for what, edit := range map[string]func(all []store.Family){
				"another shape":           func(all []store.Family) { all[1] = store.Family{Name: "plain", Shape: store.Claims, Version: 2} },
				"another shape of claims": func(all []store.Family) { all[4] = store.Family{Name: "claim", Shape: store.Rows, Version: 2} },
				"a lesser version":        func(all []store.Family) { all[0].Version = 1 },
				"another field":           func(all []store.Family) { all[0].Fields[2].Name = "moon"; all[0].Lists = nil },
				"another list":            func(all []store.Family) { all[0].Lists[1].Where = []string{"num"} },
			} {
				s, all := e.Open(e.Place()), some(12)
				e.Must("Prepare", s.Prepare(e.Ctx, following(1, func(all []store.Family) []store.Family {
					all[0].Version = 2
					return all
				})))
				e.oneOfEach(s)
				e.Commit(s, del(ref("row", "r"), 1))
				e.load(s, all)
				want := e.Dump(s)
				err := s.Prepare(e.Ctx, following(2, func(all []store.Family) []store.Family {
					all[0].Version = 2
					edit(all)
					return all
				}))
				if err == nil {
					continue // the store has not noticed
				}
				e.Is("Prepare with "+what, err, store.ErrInvalid)
				e.Equal(what+": the store", e.Dump(s), want)
				e.findsAll(s, all)
				e.Commit(s, put(keyAt(all, 0), 1, thing{}), plain("new", 0, "x"), take("new", "ann"))
			}
		},
	},
}

package storetest

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tillkit/till/store"
)

// thing is the document of a row: its index can be computed from it. What is not set
// is left out, so that a difference shows what matters.
type thing struct {
	Num   int64    `json:",omitempty"`
	Rank  int64    `json:",omitempty"`
	Txt   string   `json:",omitempty"`
	State string   `json:",omitempty"`
	Tags  []string `json:",omitempty"`
	Text  string   `json:",omitempty"`
}

// AppendStored writes the thing as JSON.
func (t thing) AppendStored(dst []byte) ([]byte, error) {
	doc, err := json.Marshal(t)
	return append(dst, doc...), err
}

func (t thing) index() []store.Value {
	values := make([]store.Value, len(thingFields))
	for i := range values {
		values[i] = t.value(i)
	}
	return values
}

// value gives the value of the i-th of thingFields.
func (t thing) value(i int) store.Value {
	switch i {
	case 0:
		return store.IntValue(t.Num)
	case 1:
		return store.IntValue(t.Rank)
	case 2:
		return store.TextValue(t.Txt)
	case 3:
		return store.TextValue(t.State)
	case 4:
		return store.ManyValue(t.Tags...)
	}
	return store.WordsValue(t.Text)
}

// indexOf is the Index of families whose fields are the first n of a thing's.
func indexOf(n int) func(store.Ref, store.Doc) ([]store.Value, error) {
	return func(_ store.Ref, doc store.Doc) ([]store.Value, error) {
		raw, err := doc.AppendStored(nil)
		if err != nil {
			return nil, err
		}
		var t thing
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, err
		}
		return t.index()[:n], nil
	}
}

var thingFields = []store.Field{
	{Name: "num", Type: store.Int}, {Name: "rank", Type: store.Int}, {Name: "txt", Type: store.Text},
	{Name: "state", Type: store.Text}, {Name: "tags", Type: store.Many}, {Name: "text", Type: store.Words},
}

// schema is what the rules keep: each shape, each type of field, each kind of
// list.
func schema() store.Schema {
	return store.Schema{Version: 1, Families: []store.Family{
		{Name: "row", Shape: store.Rows, Version: 1, Fields: slices.Clone(thingFields), Index: indexOf(6), Lists: []store.List{
			{Name: "by_num", Sort: "num", Where: []string{"num", "rank", "txt"}},
			{Name: "by_txt", Sort: "txt"},
			{Name: "by_state", Equal: []string{"state"}},
			{Name: "by_state_rank", Equal: []string{"state", "rank"}, Sort: "txt", Where: []string{"num"}},
			{Name: "by_tag", Equal: []string{"tags"}},
			{Name: "by_tag_state", Equal: []string{"tags", "state"}, Sort: "num", Where: []string{"rank"}, Rising: true},
			{Name: "search", Match: true, Where: []string{"num", "txt"}},
			{Name: "search_state", Match: true, Equal: []string{"state"}, Where: []string{"rank"}},
		}},
		{Name: "plain", Shape: store.Rows, Version: 1, Small: true},
		{Name: "journal", Shape: store.Journal, Version: 1, Fields: slices.Clone(thingFields[:1]), Index: indexOf(1), Lists: []store.List{
			{Name: "by_num", Sort: "num"},
		}},
		{Name: "counter", Shape: store.Counters, Version: 1, Fields: []store.Field{
			{Name: "available", Type: store.Int}, {Name: "reserved", Type: store.Int},
		}},
		{Name: "claim", Shape: store.Claims, Version: 1},
		{Name: "person", Shape: store.Rows, Version: 1, Personal: true, Fields: slices.Clone(thingFields[:5]), Index: indexOf(5), Lists: []store.List{
			{Name: "by_num", Sort: "num"}, {Name: "by_tag", Equal: []string{"tags"}},
		}},
		{Name: "letter", Shape: store.Rows, Version: 1, Personal: true, Small: true},
	}}
}

func ref(family, key string) store.Ref { return store.Ref{Family: family, Key: key} }

// put writes a thing to the family row.
func put(key string, rev int64, t thing) store.Put {
	return store.Put{Record: store.Record{Ref: ref("row", key), Rev: rev, Doc: t, Index: t.index()}}
}

// plain writes bytes to the family plain.
func plain(key string, rev int64, doc string) store.Put {
	return store.Put{Record: store.Record{Ref: ref("plain", key), Rev: rev, Doc: store.Raw(doc)}}
}

// personal writes a thing to the family person.
func personal(key string, rev int64, t thing) store.Put {
	return store.Put{Record: store.Record{Ref: ref("person", key), Rev: rev, Doc: t, Index: t.index()[:5]}}
}

// letter writes bytes to the family letter.
func letter(key string, rev int64, doc string) store.Put {
	return store.Put{Record: store.Record{Ref: ref("letter", key), Rev: rev, Doc: store.Raw(doc)}}
}

func del(r store.Ref, rev int64) store.Delete { return store.Delete{Ref: r, Rev: rev} }

// grow appends entries with the given payloads to the family journal; the state
// says how many there are.
func grow(key string, rev int64, payloads ...string) store.Append {
	state := thing{Num: rev + int64(len(payloads))}
	a := store.Append{Record: store.Record{Ref: ref("journal", key), Rev: rev, Doc: state, Index: state.index()[:1]}}
	for i, p := range payloads {
		a.Entries = append(a.Entries, store.Entry{
			N: rev + int64(i) + 1, Kind: "noted", V: 1, At: 1000 + int64(i), Payload: []byte(p), Sum: sha256.Sum256([]byte(p)),
		})
	}
	return a
}

// add moves one column of a counter.
func add(key, field string, by, floor int64) store.Add {
	return store.Add{Ref: ref("counter", key), Steps: []store.Step{{Field: field, By: by, Floor: floor}}}
}

func take(key, owner string) store.Claim { return store.Claim{Ref: ref("claim", key), Owner: owner} }

func release(key, owner string) store.Release {
	return store.Release{Ref: ref("claim", key), Owner: owner}
}

func require(r store.Ref, rev int64) store.Requirement { return store.Requirement{Ref: r, Rev: rev} }

// keyed makes a set with a key; its fingerprint is of the request.
func keyed(key, request string, changes ...store.Change) store.ChangeSet {
	return store.ChangeSet{Key: key, Fingerprint: sha256.Sum256([]byte(request)), Result: "result of " + request, At: 77, Changes: changes}
}

// receiptOf is the receipt of a set.
func receiptOf(set store.ChangeSet, replay bool) store.Receipt {
	return store.Receipt{Key: set.Key, Result: set.Result, Fingerprint: set.Fingerprint, At: set.At, Replay: replay}
}

// some makes n things with ties in every field. Neither keys nor sort fields
// follow the order in which they are made.
func some(n int) map[string]thing {
	texts := []string{"", "a", "A", "ab", "b", "é", "z", "\U0001F600", "zz", "ｚ"}
	tags := [][]string{nil, {"red"}, {"red", "blue"}, {"blue"}, {"green", "red", "blue"}}
	words := []string{"blue mug", "Blue mugs, large", "red mug", "red teapot", "", "mug mug MUG", "bluebell vase"}
	all := make(map[string]thing, n)
	for i := range n {
		all[fmt.Sprintf("k%03d", i*37%1000)] = thing{
			Num: int64(i*7%11) - 5, Rank: int64(i % 4), Txt: texts[i*3%len(texts)], State: []string{"open", "done", ""}[i%3],
			Tags: tags[i%len(tags)], Text: words[i%len(words)],
		}
	}
	return all
}

// load commits things.
func (e *Env) load(s store.Store, all map[string]thing) {
	e.Helper()
	var changes []store.Change
	for _, key := range slices.Sorted(maps.Keys(all)) {
		changes = append(changes, put(key, 0, all[key]))
	}
	slices.Reverse(changes)
	e.Commit(s, changes...)
}

// layout is the compiled schema of the suite.
var layout = sync.OnceValue(func() *store.Layout {
	layout, err := store.Compile(schema())
	if err != nil {
		panic(err)
	}
	return layout
})

// expected says which keys a query of the family row gives, by the words of the
// contract. A Match list is given by key: its order is the store's own.
func expected(all map[string]thing, q store.Query) []string {
	return selected(q, maps.Keys(all), func(key string, field int) store.Value { return all[key].value(field) })
}

// selected says the same of any family, of which value gives the field of a key.
func selected(q store.Query, all iter.Seq[string], value func(key string, field int) store.Value) []string {
	f := layout().Family(q.Family)
	list, _ := f.List(q.List)
	sortValues := make(map[string]store.Value)
	sortValue := func(key string) store.Value { return sortValues[key] }
	var keys []string
	for key := range all {
		ok := true
		if sortValues[key] = store.TextValue(key); list.Sort != "" {
			sortValues[key] = value(key, f.Field(list.Sort))
		}
		for i, field := range list.Equal {
			v := value(key, f.Field(field))
			ok = ok && (v.Equal(q.Equal[i]) || v.Type() == store.Many && v.Has(q.Equal[i].Text()))
		}
		for _, c := range q.Where {
			ok = ok && c.Holds(value(key, f.Field(c.Field)))
		}
		for _, w := range q.Match {
			prefix, isPrefix := strings.CutSuffix(w, "*")
			ok = ok && slices.ContainsFunc(value(key, f.WordsField()).Members(), func(m string) bool {
				return m == w || isPrefix && strings.HasPrefix(m, prefix)
			})
		}
		ok = ok && (q.From == nil || sortValue(key).Compare(*q.From) >= 0)
		ok = ok && (q.To == nil || sortValue(key).Compare(*q.To) < 0)
		if ok {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int {
		return cmp.Or(sortValue(a).Compare(sortValue(b)), strings.Compare(a, b))
	})
	if q.Desc {
		slices.Reverse(keys)
	}
	return keys
}

// queries has one query or more for every kind of list of the family row.
func queries() map[string]store.Query {
	text := func(s ...string) []store.Value {
		values := make([]store.Value, len(s))
		for i := range s {
			values[i] = store.TextValue(s[i])
		}
		return values
	}
	low, high := store.IntValue(-3), store.IntValue(4)
	b, z := store.TextValue("b"), store.TextValue("zz")
	all := map[string]store.Query{
		"by key":               {},
		"by key down":          {Desc: true},
		"by number":            {List: "by_num"},
		"by number down":       {List: "by_num", Desc: true},
		"by number between":    {List: "by_num", From: &low, To: &high, Desc: true},
		"by number where":      {List: "by_num", Where: []store.Cond{{Field: "rank", Op: store.AtLeast, Value: store.IntValue(2)}}},
		"by text":              {List: "by_txt"},
		"by text down":         {List: "by_txt", Desc: true, From: &b, To: &z},
		"of a state":           {List: "by_state", Equal: text("open")},
		"of no state":          {List: "by_state", Equal: text(""), Desc: true},
		"of a state and rank":  {List: "by_state_rank", Equal: []store.Value{store.TextValue("done"), store.IntValue(1)}},
		"of a tag":             {List: "by_tag", Equal: text("red")},
		"of a tag down":        {List: "by_tag", Equal: text("blue"), Desc: true},
		"of a tag and state":   {List: "by_tag_state", Equal: text("red", "done"), Where: []store.Cond{{Field: "rank", Op: store.Less, Value: store.IntValue(3)}}},
		"with a word":          {List: "search", Match: []string{"mug"}},
		"with two words":       {List: "search", Match: []string{"blue", "mug"}},
		"with a prefix":        {List: "search", Match: []string{"blu*"}},
		"with word and prefix": {List: "search", Match: []string{"large", "mug*"}},
		"with a word in a state": {List: "search_state", Equal: text("open"), Match: []string{"mug*"},
			Where: []store.Cond{{Field: "rank", Op: store.NotEqual, Value: store.IntValue(0)}}},
	}
	for name, q := range all {
		q.Family = "row"
		all[name] = q
	}
	return all
}

package storetest

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tillkit/till/store"
)

// model is a store as the contract tells it, in a map: a second opinion that asks
// nobody whether a set is fit. It knows the suite's schema alone.
type model struct{ records map[store.Ref]kept }

// kept is one record of a model.
type kept struct {
	rev     int64
	doc     []byte
	index   []store.Value // of counters the columns
	entries []store.Entry
	receipt store.Receipt // of the family of receipts
}

func newModel() *model { return &model{records: map[store.Ref]kept{}} }

// commit takes a set, or gives the error that the contract names.
func (m *model) commit(set store.ChangeSet) (store.Receipt, error) {
	if err := wrongForm(set); err != nil {
		return store.Receipt{}, err
	}
	receipt := ref(store.Receipts, set.Key)
	if first, used := m.records[receipt]; used && first.receipt.Fingerprint != set.Fingerprint {
		return store.Receipt{}, &store.KeyError{Key: set.Key}
	} else if used {
		first.receipt.Replay = true
		return first.receipt, nil
	}
	for _, r := range set.Requires {
		if err := m.at(r.Ref, r.Rev); err != nil {
			return store.Receipt{}, err
		}
	}
	after := maps.Clone(m.records)
	for _, c := range set.Changes {
		if err := m.change(after, c); err != nil {
			return store.Receipt{}, err
		}
	}
	done := receiptOf(set, false)
	if set.Key != "" {
		after[receipt] = kept{rev: 1, doc: written(done), receipt: done, index: []store.Value{store.IntValue(set.At)}}
	}
	m.records = after
	return done, nil
}

func (m *model) has(r store.Ref) bool { return m.records[r].rev > 0 }

// at compares a record with the revision that a set gives.
func (m *model) at(r store.Ref, rev int64) error {
	if have := m.records[r].rev; have != rev {
		return &store.ConflictError{Ref: r, Want: rev, Have: have}
	}
	return nil
}

// change compares a change with the state before the set, and makes it in the state
// after it.
func (m *model) change(after map[store.Ref]kept, change store.Change) error {
	r := refOf(change)
	have := m.records[r]
	switch c := change.(type) {
	case store.Put:
		after[r] = kept{rev: c.Rev + 1, doc: written(c.Doc), index: c.Index}
		return m.at(r, c.Rev)
	case store.Delete:
		delete(after, r)
		return m.at(r, c.Rev)
	case store.Append:
		after[r] = kept{rev: c.Rev + int64(len(c.Entries)), doc: written(c.Doc), index: c.Index, entries: slices.Concat(have.entries, c.Entries)}
		return m.at(r, c.Rev)
	case store.Add:
		columns := map[string]int64{}
		for i, field := range counterFields {
			if have.rev > 0 {
				columns[field] = have.index[i].Int()
			}
		}
		for _, s := range c.Steps {
			was := columns[s.Field]
			sum := was + s.By
			if s.By > 0 && sum < was || s.By < 0 && sum > was {
				return &store.InvalidError{}
			}
			if sum < s.Floor {
				return &store.ShortError{Ref: r, Field: s.Field, By: s.By, Have: was, Floor: s.Floor}
			}
			columns[s.Field] = sum
		}
		after[r] = kept{rev: 1, index: []store.Value{store.IntValue(columns["available"]), store.IntValue(columns["reserved"])}}
	case store.Claim:
		if have.rev > 0 {
			return &store.ExistsError{Ref: r}
		}
		after[r] = kept{rev: 1, doc: []byte(c.Owner)}
	case store.Release:
		if have.rev == 0 || string(have.doc) != c.Owner {
			return &store.OwnerError{Ref: r, Owner: c.Owner}
		}
		delete(after, r)
	case store.Erase:
		for old := range m.records {
			if isPersonal(old.Family) && personOf(old) == c.Person {
				delete(after, old)
			}
		}
	}
	return nil
}

var (
	counterFields = []string{"available", "reserved"}
	fieldCounts   = map[string]int{"row": 6, "person": 5, "journal": 1}
	modelShapes   = map[string]store.Shape{
		"row": store.Rows, "plain": store.Rows, "person": store.Rows, "letter": store.Rows, store.Receipts: store.Rows,
		"journal": store.Journal, "counter": store.Counters, "claim": store.Claims,
	}
)

func isPersonal(family string) bool { return family == "person" || family == "letter" }

func personOf(r store.Ref) string {
	person, _, _ := strings.Cut(r.Key, "/")
	return person
}

func written(doc store.Doc) []byte {
	b, err := doc.AppendStored([]byte{})
	if err != nil {
		panic(err) // the suite's documents have none
	}
	return b
}

// fits reports whether a text may be a key or an owner.
func fits(s string, least int) bool {
	return len(s) >= least && len(s) <= store.MaxKey && utf8.ValidString(s) && !strings.Contains(s, "\x00")
}

// wrongForm refuses what is wrong in a set whatever the store holds.
func wrongForm(set store.ChangeSet) error {
	var erased []string
	for _, c := range set.Changes {
		switch c := c.(type) {
		case store.Reserved, novel:
			return &store.UnsupportedError{}
		case store.Erase:
			erased = append(erased, c.Person)
		}
	}
	ok := fits(set.Key, 0) && fits(set.Result, 0)
	for _, r := range set.Requires {
		shape := modelShapes[r.Ref.Family]
		ok = ok && (shape == store.Rows || shape == store.Journal) && r.Ref.Family != store.Receipts && fits(r.Ref.Key, 1) && r.Rev >= 0
	}
	seen := map[store.Ref]bool{}
	for _, c := range set.Changes {
		r := refOf(c)
		if e, erase := c.(store.Erase); erase {
			ok = ok && fits(e.Person, 1) && !strings.Contains(e.Person, "/")
			continue
		}
		ok = ok && fits(r.Key, 1) && !seen[r] && wellFormed(c, modelShapes[r.Family])
		if person, rest, cut := strings.Cut(r.Key, "/"); isPersonal(r.Family) {
			p, put := c.(store.Put)
			ok = ok && cut && person != "" && rest != "" && (!slices.Contains(erased, person) || put && p.Rev == 0)
		}
		seen[r] = true
	}
	if !ok {
		return &store.InvalidError{}
	}
	return nil
}

// wellFormed reports whether a change by itself is one of a family of its shape.
func wellFormed(change store.Change, shape store.Shape) bool {
	record := func(r store.Record) bool {
		return r.Rev >= 0 && r.Doc != nil && r.Family != store.Receipts && len(r.Index) == fieldCounts[r.Family]
	}
	switch c := change.(type) {
	case store.Put:
		return shape == store.Rows && record(c.Record)
	case store.Delete:
		return shape == store.Rows && c.Rev >= 1
	case store.Append:
		ok := shape == store.Journal && record(c.Record) && len(c.Entries) > 0
		for i, e := range c.Entries {
			ok = ok && e.N == c.Rev+int64(i)+1
		}
		return ok
	case store.Add:
		return shape == store.Counters && len(c.Steps) > 0 &&
			!slices.ContainsFunc(c.Steps, func(s store.Step) bool { return !slices.Contains(counterFields, s.Field) })
	case store.Claim:
		return shape == store.Claims && fits(c.Owner, 1)
	case store.Release:
		return shape == store.Claims && fits(c.Owner, 1)
	}
	return false
}

// get is what a reader sees of a record.
func (m *model) get(r store.Ref) Seen {
	k := m.records[r]
	s := Seen{Ref: r.String(), Rev: k.rev, Doc: string(k.doc)}
	if r.Family == "counter" {
		for _, v := range k.index {
			s.Columns = append(s.Columns, v.Int())
		}
	}
	return s
}

// find is what a query gives, all pages of it.
func (m *model) find(q store.Query) []Seen {
	all := func(yield func(string) bool) {
		for r := range m.records {
			if r.Family == q.Family && !yield(r.Key) {
				return
			}
		}
	}
	var found []Seen
	for _, key := range selected(q, all, func(key string, field int) store.Value { return m.records[ref(q.Family, key)].index[field] }) {
		found = append(found, m.get(ref(q.Family, key)))
	}
	return found
}

// refs gives the refs of all records, by family and key.
func (m *model) refs() []store.Ref {
	return slices.SortedFunc(maps.Keys(m.records), func(a, b store.Ref) int {
		return cmp.Or(strings.Compare(a.Family, b.Family), strings.Compare(a.Key, b.Key))
	})
}

// dump is what a dump of the store is.
func (m *model) dump() string {
	var b bytes.Buffer
	refs := m.refs()
	for _, family := range layout().Families() {
		for _, r := range refs {
			k := m.records[r]
			if r.Family != family {
				continue
			}
			d := store.Dumped{Ref: r, Rev: k.rev, Doc: k.doc, Entries: k.entries}
			if family == "counter" {
				d.Columns = k.index
			}
			fmt.Fprint(&b, dumpLines(d))
		}
	}
	return b.String()
}

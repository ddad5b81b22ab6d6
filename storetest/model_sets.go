package storetest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/tillkit/till/store"
)

// sequences draws sequences of sets: some six sets a day, of some six days or twice as
// many as days says. A set is decided on what a model says that the sets before it have
// left: its changes fit, or it has flaws, of every kind there is.
func sequences(days int) *rapid.Generator[sequence] {
	return rapid.Custom(func(t *rapid.T) sequence {
		d := &drawer{t: t, m: newModel(), gone: map[store.Ref]bool{}}
		set := rapid.Custom(func(*rapid.T) store.ChangeSet { return d.set() })
		return slices.Concat(rapid.SliceOfN(rapid.SliceOfN(set, 1, -1), days, -1).Draw(t, "")...)
	})
}

// drawer draws the sets of one sequence, one after the other.
type drawer struct {
	t    *rapid.T
	m    *model
	gone map[store.Ref]bool // deleted, and so never used again
	sets int
	now  store.ChangeSet // the one that is being drawn
}

// pick draws one of the choices, the first ones a little more often.
func pick[T any](d *drawer, choices ...T) T { return rapid.SampledFrom(choices).Draw(d.t, "") }

// someOf draws up to most of what f gives, without the zero values.
func someOf[T comparable](d *drawer, most int, f func() T) []T {
	var none T
	all := rapid.SliceOfN(rapid.Custom(func(*rapid.T) T { return f() }), 0, most).Draw(d.t, "")
	return slices.DeleteFunc(all, func(v T) bool { return v == none })
}

// set draws a set and commits it to the model.
func (d *drawer) set() store.ChangeSet {
	d.sets++
	d.now = store.ChangeSet{}
	rapid.SliceOfN(rapid.Custom(func(*rapid.T) struct{} { d.fit(); return struct{}{} }), 0, 6).Draw(d.t, "")
	d.now.Requires = someOf(d, 2, func() store.Requirement {
		r := d.ref(pick(d, "row", "journal", "plain", "person"))
		return require(r, d.m.records[r].rev)
	})
	d.now.Result = pick(d, "", "r", "\u00e9")
	if pick(d, false, true, false) {
		d.now.Key, d.now.Fingerprint[0] = fmt.Sprint("Key", d.sets), pick[byte](d, 0, 1)
		d.now.At = pick[int64](d, 0, 5, 6, 7, -1, math.MinInt64, math.MaxInt64)
	}
	if pick(d, false, false, true, true) {
		pick(d, d.stale, d.wrong, d.usedKey, d.stale, d.stale)()
	}
	set, before := d.now, d.m.records
	_, _ = d.m.commit(set)
	for r := range before {
		if !d.m.has(r) && modelShapes[r.Family] == store.Rows && r.Family != store.Receipts {
			d.gone[r] = true
		}
	}
	return set
}

// change puts a change somewhere in the set.
func (d *drawer) change(c store.Change) {
	d.now.Changes = slices.Insert(d.now.Changes, pick(d, len(d.now.Changes), 0, len(d.now.Changes)/2), c)
}

// keyParts are parts of keys; some are the beginning of others, or differ in case alone.
var keyParts = []string{"a", "b", "ab", "A", "a b", "\u00e9", "e\u0301", "\U0001F600"}

// anyRef draws a ref of a family.
func (d *drawer) anyRef(family string) store.Ref {
	key := pick(d, keyParts...)
	if isPersonal(family) {
		key = pick(d, "ann", "an", "bob") + "/" + key
	}
	return ref(family, key)
}

// ref draws one that was not deleted.
func (d *drawer) ref(family string) store.Ref {
	r := d.anyRef(family)
	for d.gone[r] {
		r.Key += "'"
	}
	return r
}

// longText is as long as a Text field takes, but for one byte.
var longText = strings.Repeat("x", store.MaxText-1)

// thing draws one out of few values, so that there are ties.
func (d *drawer) thing() thing {
	return thing{
		Num: pick[int64](d, 0, 1, -1, 2, -2, 3, math.MaxInt64, math.MaxInt64-1, math.MinInt64), Rank: pick[int64](d, 0, 1, 2, 3),
		Txt: pick(d, append(texts, longText+"a", longText+"b")...), State: pick(d, "open", "", "done", "Open"),
		Tags: someOf(d, 4, func() string { return pick(d, "red", "blue", "green") }),
		Text: strings.Join(someOf(d, 4, func() string { return pick(d, "mug", "blue", "red", "mugs", "Bluebell", "large", "teapot") }), " "),
	}
}

// record draws what is put at a ref, or is the state of a journal: also the same again.
func (d *drawer) record(r store.Ref, rev int64) store.Record {
	if k := d.m.records[r]; k.rev > 0 && pick(d, false, false, false, true) {
		return store.Record{Ref: r, Rev: rev, Doc: store.Raw(k.doc), Index: k.index}
	}
	if n := fieldCounts[r.Family]; n > 0 {
		t := d.thing()
		return store.Record{Ref: r, Rev: rev, Doc: t, Index: t.index()[:n]}
	}
	return store.Record{Ref: r, Rev: rev, Doc: store.Raw(pick(d, "x", "", "{}", " y\n", "\x00\xff"))}
}

func (d *drawer) append(r store.Ref, rev int64) store.Append {
	a := grow(r.Key, rev, pick(d, []string{"x"}, []string{"x", ""}, []string{"x", "\x00\xff", "z"})...)
	a.Record = d.record(r, rev)
	for i := range a.Entries {
		a.Entries[i].At = pick(d, instants...)
	}
	return a
}

// fit adds a change that fits, unless what it draws would not.
func (d *drawer) fit() {
	var c store.Change
	switch pick(d, "put", "append", "add", "claim", "put", "delete", "append", "put", "add", "claim", "delete", "put", "erase", "forget") {
	case "put":
		r := d.ref(pick(d, "row", "plain", "person", "row", "letter"))
		c = store.Put{Record: d.record(r, d.m.records[r].rev)}
	case "delete":
		r := d.ref(pick(d, "row", "plain", "person", "letter"))
		c = del(r, d.m.records[r].rev)
	case "append":
		r := d.ref("journal")
		c = d.append(r, d.m.records[r].rev)
	case "add":
		c = store.Add{Ref: d.ref("counter"), Steps: rapid.SliceOfN(rapid.Custom(func(*rapid.T) store.Step {
			return step(pick(d, counterFields...), pick[int64](d, 1, 5, -1, -3, 0, 100), pick[int64](d, 0, store.NoFloor, -2, 3))
		}), 1, 3).Draw(d.t, "")}
	case "claim":
		r := d.ref("claim")
		if c = take(r.Key, pick(d, "ann", "bob")); d.m.has(r) {
			c = release(r.Key, string(d.m.records[r].doc))
		}
	case "erase":
		c = store.Erase{Person: pick(d, "ann", "an", "bob")}
	case "forget":
		r := ref(store.Receipts, fmt.Sprint("Key", pick(d, d.sets-1, d.sets-2, d.sets-3)))
		c = del(r, d.m.records[r].rev)
	}
	set := d.now
	d.change(c)
	trial := *d.m
	if _, err := trial.commit(d.now); err != nil {
		d.now = set
	}
}

// stale adds a change or a requirement, or two, that may not fit what the store holds.
func (d *drawer) stale() {
	off := func(r store.Ref) int64 { return max(0, d.m.records[r].rev+pick[int64](d, -1, 1, 2, 1<<40)) }
	rows := []string{"row", "plain", "person", "letter"}
	for range pick(d, 1, 1, 2) {
		switch pick(d, "put", "append", "delete", "require", "short", "claim", "release", "overflow") {
		case "put":
			r := d.ref(pick(d, rows...))
			d.change(store.Put{Record: d.record(r, off(r))})
		case "append":
			r := d.ref("journal")
			d.change(d.append(r, off(r)))
		case "delete":
			r := d.anyRef(pick(d, rows...))
			d.change(del(r, max(1, off(r))))
		case "require":
			r := d.anyRef(pick(d, append(rows, "journal")...))
			d.now.Requires = append(d.now.Requires, require(r, off(r)))
		case "short":
			r := d.ref("counter")
			d.change(steps(r.Key, step("reserved", 1, 0), step("available", pick[int64](d, -1000, -1, 1), pick[int64](d, 0, -100, 1000))))
		case "claim":
			d.change(take(d.held().Key, pick(d, "ann", "bob")))
		case "release":
			d.change(release(d.held().Key, pick(d, "ann", "bob", "Bob", "an")))
		case "overflow":
			far := pick[int64](d, math.MaxInt64, math.MinInt64)
			d.change(steps(d.ref("counter").Key, step("available", far, store.NoFloor), step("reserved", 1, 0), step("available", far, store.NoFloor)))
		}
	}
}

// held draws a claim that somebody has, if there is one.
func (d *drawer) held() store.Ref {
	claims := slices.DeleteFunc(d.m.refs(), func(r store.Ref) bool { return r.Family != "claim" })
	return pick(d, append(claims, d.ref("claim"))...)
}

// usedKey gives the set a key that was used, if there is one, and maybe flaws besides: the
// key is answered before they are seen.
func (d *drawer) usedKey() {
	for _, r := range d.m.refs() {
		if first := d.m.records[r].receipt; first.Key != "" && (d.now.Key == "" || pick(d, false, true)) {
			d.now.Key, d.now.Fingerprint = first.Key, first.Fingerprint
			d.now.Fingerprint[0] ^= pick[byte](d, 0, 1)
		}
	}
	pick(d, func() {}, d.stale, d.wrong)()
}

// wrong gives the set a flaw of form.
func (d *drawer) wrong() {
	plain := func(key string) store.Change { return plain(key, 0, "x") }
	row := func(rev int64, f func(*store.Record)) store.Change {
		p := store.Put{Record: d.record(d.ref("row"), rev)}
		f(&p.Record)
		return p
	}
	journal := func(f func(*store.Append)) store.Change {
		r := d.ref("journal")
		a := d.append(r, d.m.records[r].rev)
		f(&a)
		return a
	}
	long := strings.Repeat("k", store.MaxKey+1)
	flaw := pick(d,
		func() store.Change { return store.Reserved{} },
		func() store.Change { return novel{Put: store.Put{Record: d.record(d.ref("row"), 0)}} },
		func() store.Change { d.change(plain("twice")); return plain("twice") },
		func() store.Change { d.change(take("twice", "ann")); return release("twice", "ann") },
		func() store.Change {
			d.change(store.Erase{Person: "eve"})
			return pick[store.Change](d, letter("eve/1", 1, "x"), del(ref("person", "eve/1"), 1))
		},
		func() store.Change { return pick(d, plain(""), plain(long), plain("a\x00b"), plain("a\xff")) },
		func() store.Change {
			return pick[store.Change](d, take("c", ""), release("c", ""), take("c", long), release("", "ann"))
		},
		func() store.Change { return pick[store.Change](d, store.Erase{}, store.Erase{Person: "ann/1"}) },
		func() store.Change {
			return pick[store.Change](d, letter("ann", 0, "x"), letter("ann/", 0, "x"), letter("/1", 0, "x"))
		},
		func() store.Change { return row(-1, func(*store.Record) {}) },
		func() store.Change { return row(0, func(r *store.Record) { r.Index = r.Index[1:] }) },
		func() store.Change { return row(0, func(r *store.Record) { r.Doc = nil }) },
		func() store.Change {
			return row(0, func(r *store.Record) { r.Family = pick(d, "nobody", "journal", "counter", "claim") })
		},
		func() store.Change { return del(d.ref("row"), pick[int64](d, 0, -1)) },
		func() store.Change { return del(d.ref(pick(d, "journal", "counter", "claim")), 1) },
		func() store.Change { return journal(func(a *store.Append) { a.Entries = nil }) },
		func() store.Change { return journal(func(a *store.Append) { a.Entries[0].N += pick[int64](d, 1, -1) }) },
		func() store.Change { return journal(func(a *store.Append) { a.Family = "row" }) },
		func() store.Change { return pick(d, steps("c"), steps("c", step("nothing", 1, 0))) },
		func() store.Change {
			return store.Put{Record: store.Record{Ref: ref(store.Receipts, "forged"), Doc: store.Receipt{Key: "forged"}, Index: []store.Value{store.IntValue(0)}}}
		},
		func() store.Change {
			r := require(d.ref(pick(d, "counter", "claim", store.Receipts, "nobody")), 0)
			d.now.Requires = append(d.now.Requires, pick(d, r, require(ref("row", "a"), -1), require(ref("row", ""), 0)))
			return nil
		},
		func() store.Change { d.now.Result = long; return nil },
		func() store.Change { d.now.Key = long; return nil },
	)()
	if flaw != nil {
		d.change(flaw)
	}
}

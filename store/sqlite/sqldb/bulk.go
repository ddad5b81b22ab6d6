package sqldb

import (
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// bulk applies many sets in one transaction. It decides one after the other, and
// collects the rows that they make; then it writes those table by table, many in a
// statement, which costs half of what single rows cost. It takes the sets to fit: that a
// row is there already shows when it is written. Then, and where a set is refused after
// it has written something, nobody knows which set it was, and the sets must be applied
// one by one in another transaction.
type bulk struct {
	*session
	schema *schema
	piles  []*pile // in the order in which they came
	of     map[*inserter]*pile
	unread map[store.Ref]int64 // rows that are collected: their revisions
	keys   map[string]bool     // of receipts that are
	sums   map[store.Ref]*sum  // counters that are to be written
	moved  []*sum              // in the order in which they came
}

// sum is a counter that sets have added to.
type sum struct {
	ref    store.Ref
	family *family
	values []int64
	adds   int // that are in it
}

// pile holds rows of one table.
type pile struct {
	into *inserter
	args []any
	rows int

	members int64 // that an open table gets with them
}

// inserter makes the statements that insert rows into a table.
type inserter struct {
	columns  int
	news     bool      // a row that is there already is not written, and so is missed
	division *division // of a list that is divided: the table is the open one
	queries  [len(rowsAtOnce)]string
}

// rowsAtOnce says how many rows the statements of an inserter insert: few forms, since each
// is prepared, but an order of three lines needs one.
var rowsAtOnce = [...]int{1, 2, 3, 4, 8, 16, 32}

func newInserter(head string, columns int, tail string, news bool) *inserter {
	in := &inserter{columns: columns, news: news}
	row := "(" + marks(columns) + ")"
	for i, rows := range rowsAtOnce {
		in.queries[i] = head + " VALUES" + strings.TrimSuffix(strings.Repeat(row+", ", rows), ", ") + tail
	}
	return in
}

// begin makes ready for the sets of a transaction.
func (b *bulk) begin(s *session, sc *schema) {
	if b.of == nil || b.schema != sc {
		b.piles, b.of = nil, make(map[*inserter]*pile)
		b.unread, b.keys, b.sums = make(map[store.Ref]int64), make(map[string]bool), make(map[store.Ref]*sum)
	}
	b.session, b.schema = s, sc
	b.clear()
}

func (b *bulk) clear() {
	for _, p := range b.piles {
		clear(p.args) // the values are not kept
		if p.args = p.args[:0]; cap(p.args) > mostKept {
			p.args = nil
		}
		p.rows, p.members = 0, 0
	}
	b.unread, b.keys, b.sums = emptied(b.unread), emptied(b.keys), emptied(b.sums)
	clear(b.moved)
	b.moved = b.moved[:0]
}

// mostKept bounds the room that is kept for the next batch: where one was very large, the
// others need not pay for emptying it.
const mostKept = 1 << 13

func emptied[K comparable, V any](m map[K]V) map[K]V {
	if len(m) > mostKept {
		return make(map[K]V)
	}
	clear(m)
	return m
}

// collect keeps a row until the pile is written.
func (b *bulk) collect(into *inserter, args ...any) *pile {
	p := b.of[into]
	if p == nil {
		p = &pile{into: into}
		b.of[into] = p
		b.piles = append(b.piles, p)
	}
	p.args = append(p.args, args...)
	p.rows++
	return p
}

// take decides a set. With done false it has changed nothing and is to be applied by
// itself, once what was collected has been written: it is refused, or not of the kind
// that comes every day.
func (b *bulk) take(work *work) (done bool, err error) {
	set := &work.set
	b.wrote = false
	if len(work.erasing) > 0 || b.keys[set.Key] {
		return false, nil
	}
	for i := range work.steps {
		is := &work.steps[i]
		if _, waits := b.unread[is.ref]; waits || is.ref.Family == store.Receipts {
			return false, nil
		}
	}
	for _, r := range set.Requires {
		rev, waits := b.unread[r.Ref]
		if waits && rev != r.Rev {
			return false, nil
		}
		if waits {
			continue
		}
		if err := b.expect(b.schema.families[r.Family], r.Ref, r.Rev); err != nil {
			return false, err
		}
	}
	for i := range work.steps {
		is := &work.steps[i]
		if is.collected() {
			continue
		}
		var err error
		if add, ok := is.change.(store.Add); ok {
			err = b.add(is.family, add)
		} else {
			err = b.step(set, is)
		}
		if err != nil {
			b.known.undone(work)
			b.takeBack(work.steps[:i])
			return false, err
		}
	}
	for i := range work.steps {
		if is := &work.steps[i]; is.collected() {
			b.row(is)
		}
	}
	if set.Key != "" {
		b.keys[set.Key] = true
		b.collect(b.schema.families[store.Receipts].inserter, set.Key, set.At, set.Result, set.Fingerprint[:])
	}
	return true, nil
}

// add keeps what a counter comes to until it is written.
func (b *bulk) add(f *family, add store.Add) error {
	is := b.sums[add.Ref]
	if is == nil {
		have, err := b.counts(f, add.Ref)
		if err != nil {
			return err
		}
		is = &sum{ref: add.Ref, family: f, values: have}
		b.sums[add.Ref] = is
		b.moved = append(b.moved, is)
	}
	after, err := f.counted(is.values, add)
	if err != nil {
		return err
	}
	is.values = after
	is.adds++
	return nil
}

// takeBack undoes the adding of steps.
func (b *bulk) takeBack(steps []step) {
	for i := range steps {
		if add, ok := steps[i].change.(store.Add); ok {
			is := b.sums[add.Ref]
			is.adds--
			is.values = slices.Clone(is.values)
			for _, step := range add.Steps {
				is.values[is.family.layout.Field(step.Field)] -= step.By
			}
		}
	}
}

// collected reports whether a step makes a row that can be written with others.
func (is *step) collected() bool {
	if is.family.words != "" {
		return false
	}
	switch c := is.change.(type) {
	case store.Put:
		return c.Rev == 0
	case store.Append:
		return c.Rev == 0
	}
	return false
}

func (b *bulk) row(is *step) {
	b.unread[is.ref] = is.rev
	b.known.wrote(is.ref, is.rev)
	b.collect(is.family.inserter, is.args...)
	for i, l := range is.family.sides {
		at := &is.filed.sides[i]
		for _, row := range at.rows {
			p := b.collect(l.inserter, row...)
			if l.division != nil {
				p.members += at.members
			}
		}
	}
	if is.entries != "" {
		b.collect(entriesInserter, is.ref.Family, is.ref.Key, is.rev, is.entries)
	}
}

// A journal that is there already may show in its entries first.
var entriesInserter = newInserter("INSERT INTO "+entriesTable+"(family, key, n, entries)", 4, " ON CONFLICT DO NOTHING", true)

// write writes what was collected; false says that a row was there already.
func (b *bulk) write() (bool, error) {
	for _, is := range b.moved {
		if is.adds == 0 { // a refused set changes nothing, not even from absent to 0
			continue
		}
		b.known.counted(is.ref, is.values)
		b.collect(is.family.inserter, counterRow(is.ref.Key, is.values)...)
	}
	for _, p := range b.piles {
		if fit, err := b.writePile(p); err != nil || !fit {
			return false, err
		}
	}
	for _, p := range b.piles {
		if p.members == 0 {
			continue
		}
		if err := b.opened(p.into.division, p.members); err != nil {
			return false, err
		}
	}
	b.clear()
	return true, nil
}

func (b *bulk) writePile(p *pile) (bool, error) {
	args := p.args
	for i := len(rowsAtOnce) - 1; p.rows > 0; {
		rows := rowsAtOnce[i]
		if p.rows < rows {
			i--
			continue
		}
		these := args[:p.into.columns*rows]
		changed, err := b.change(p.into.queries[i], these...)
		if err != nil {
			return false, err
		}
		if p.into.news && changed != int64(rows) {
			return false, nil
		}
		args, p.rows = args[len(these):], p.rows-rows
	}
	return true, nil
}

package sqldb

import "github.com/tillkit/till/store"

// revisions remembers at which revision rows are, and what counters hold, so that what
// many sets require, the rules or a product, is not read for each of them. It holds what
// is so in the open transaction: a rollback forgets it, and so does another connection's
// commit.
type revisions struct {
	of, before    map[store.Ref]int64
	sums, earlier map[store.Ref][]int64 // of counters
	asked         map[string]bool       // families of which a revision was asked for
	off           bool                  // in a transaction that others can roll back, nothing is remembered
}

// mostRevisions bounds how many are remembered: of those that were asked for lately, so
// many at least, and twice as many at most.
const mostRevisions = 20_000

func (r *revisions) get(ref store.Ref) (int64, bool) {
	rev, ok := r.of[ref]
	if !ok {
		if rev, ok = r.before[ref]; ok {
			r.read(ref, rev)
		}
	}
	return rev, ok
}

// read notes the revision that a row was found at.
func (r *revisions) read(ref store.Ref, rev int64) {
	if r.off {
		return
	}
	if len(r.of) >= mostRevisions {
		r.of, r.before = nil, r.of
	}
	if r.of == nil {
		r.of = make(map[store.Ref]int64)
	}
	if r.asked == nil {
		r.asked = make(map[string]bool)
	}
	r.asked[ref.Family] = true
	r.of[ref] = rev
}

// wrote notes that a row has been changed: one of a family that sets ask for. Whoever
// signs in, or fills a cart, will come back.
func (r *revisions) wrote(ref store.Ref, rev int64) {
	if r.asked[ref.Family] {
		r.read(ref, rev)
	}
}

// undone forgets the rows that a set was about to change.
func (r *revisions) undone(w *work) {
	if len(w.erasing) > 0 {
		r.forget()
	}
	for i := range w.steps {
		ref := w.steps[i].ref
		delete(r.of, ref)
		delete(r.before, ref)
		delete(r.sums, ref)
		delete(r.earlier, ref)
	}
}

func (r *revisions) forget() {
	r.of, r.before = nil, nil
	r.sums, r.earlier = nil, nil
}

// count gives what a counter holds. It is not to be changed.
func (r *revisions) count(ref store.Ref) ([]int64, bool) {
	values, ok := r.sums[ref]
	if !ok {
		if values, ok = r.earlier[ref]; ok {
			r.counted(ref, values)
		}
	}
	return values, ok
}

// counted notes what a counter holds.
func (r *revisions) counted(ref store.Ref, values []int64) {
	if r.off {
		return
	}
	if len(r.sums) >= mostRevisions {
		r.sums, r.earlier = nil, r.sums
	}
	if r.sums == nil {
		r.sums = make(map[store.Ref][]int64)
	}
	r.sums[ref] = values
}

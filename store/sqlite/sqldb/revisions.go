package sqldb

import "github.com/tillkit/till/store"

// revisions remembers at which revision rows are, so that what many sets require, the
// rules or a product, is not read for each of them. It holds what is so in the open
// transaction: a rollback forgets it, and so does another connection's commit.
type revisions struct {
	of, before map[store.Ref]int64
	off        bool // in a transaction that others can roll back, nothing is remembered
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
	r.of[ref] = rev
}

// wrote notes that a row has been changed, if anybody has asked for it.
func (r *revisions) wrote(ref store.Ref, rev int64) {
	if _, ok := r.get(ref); ok {
		r.of[ref] = rev
	}
}

// undone forgets the rows that a set was about to change.
func (r *revisions) undone(w *work) {
	if len(w.erasing) > 0 {
		r.forget()
	}
	for i := range w.steps {
		delete(r.of, w.steps[i].ref)
		delete(r.before, w.steps[i].ref)
	}
}

func (r *revisions) forget() { r.of, r.before = nil, nil }

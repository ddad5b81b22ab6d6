package boltstore

import (
	"fmt"

	"github.com/tillkit/till/store"
)

// action does what a change says. All changes of a set are compared with the
// file before the first acts, so that one that is refused has written nothing.
type action func()

// apply settles a set, and reports whether it wrote.
func (w *write) apply() bool {
	set, receipts := w.set, w.families[store.Receipts]
	if used := receipts.load(w.tx, set.Key); used != nil {
		if w.receipt, w.err = used.receipt(); w.receipt.Fingerprint != set.Fingerprint {
			w.receipt, w.err = store.Receipt{}, &store.KeyError{Key: set.Key}
		}
		return false
	}
	actions, err := w.plan()
	if err != nil {
		w.err = err
		return false
	}
	w.receipt = store.Receipt{Key: set.Key, Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}
	if set.Key != "" {
		doc, err := w.receipt.AppendStored(nil)
		w.tx.keep(err)
		at := encodeValues([]store.Value{store.IntValue(set.At)})
		actions = append(actions, w.save(store.Ref{Family: store.Receipts, Key: set.Key}, nil, &stored{rev: 1, fields: at, doc: doc}))
	}
	for _, act := range actions {
		act()
	}
	return len(actions) > 0
}

// plan compares the set with the file and gives what is to be done, erasures
// first: what the set puts newly for a person stays.
func (w *write) plan() ([]action, error) {
	for _, r := range w.set.Requires {
		if _, err := w.at(r.Ref, r.Rev); err != nil {
			return nil, err
		}
	}
	var erasures, actions []action
	for i, change := range w.set.Changes {
		if c, ok := change.(store.Erase); ok {
			erasures = append(erasures, func() { w.erase(c.Person) })
			continue
		}
		act, err := w.change(i, change)
		if err != nil {
			return nil, err
		}
		actions = append(actions, act)
	}
	return append(erasures, actions...), nil
}

func (w *write) change(i int, change store.Change) (action, error) {
	switch c := change.(type) {
	case store.Put:
		old, err := w.at(c.Ref, c.Rev)
		return w.save(c.Ref, old, &stored{rev: c.Rev + 1, fields: encodeValues(c.Index), doc: w.docs[i]}), err
	case store.Delete:
		old, err := w.at(c.Ref, c.Rev)
		return w.save(c.Ref, old, nil), err
	case store.Append:
		old, err := w.at(c.Ref, c.Rev)
		next := &stored{rev: c.Rev + int64(len(c.Entries)), fields: encodeValues(c.Index), doc: w.docs[i]}
		return func() {
			w.save(c.Ref, old, next)()
			w.families[c.Family].appendEntries(w.tx, c.Key, c.Entries)
		}, err
	case store.Add:
		return w.add(i, c)
	case store.Claim:
		if w.load(c.Ref) != nil {
			return nil, &store.ExistsError{Ref: c.Ref}
		}
		return w.save(c.Ref, nil, &stored{rev: 1, doc: []byte(c.Owner)}), nil
	case store.Release:
		held := w.load(c.Ref)
		if held == nil || string(held.doc) != c.Owner {
			return nil, &store.OwnerError{Ref: c.Ref, Owner: c.Owner}
		}
		return w.save(c.Ref, held, nil), nil
	}
	return nil, &store.UnsupportedError{What: fmt.Sprintf("changes[%d]", i), Reason: fmt.Sprintf("a %T is not known here", change)}
}

func (w *write) load(ref store.Ref) *stored { return w.families[ref.Family].load(w.tx, ref.Key) }

// at loads a record that must be at a revision.
func (w *write) at(ref store.Ref, rev int64) (*stored, error) {
	have, r := int64(0), w.load(ref)
	if r != nil {
		have = r.rev
	}
	if have != rev {
		return nil, &store.ConflictError{Ref: ref, Want: rev, Have: have}
	}
	return r, nil
}

func (w *write) save(ref store.Ref, old, next *stored) action {
	return func() { w.families[ref.Family].save(w.tx, ref.Key, old, next) }
}

// add takes the steps of a counter, one after another.
func (w *write) add(i int, c store.Add) (action, error) {
	f, old := w.families[c.Family], w.load(c.Ref)
	columns := f.record(c.Key, old).Index
	for len(columns) < len(f.Fields) { // it is not there yet
		columns = append(columns, store.IntValue(0))
	}
	for n, step := range c.Steps {
		column := &columns[f.field(step.Field)]
		have := column.Int()
		sum := have + step.By
		if (sum > have) != (step.By > 0) { // it went round
			return nil, invalid(fmt.Sprintf("changes[%d].steps[%d]", i, n), "%s.%s has %d, and %+d goes beyond an int64", c.Ref, step.Field, have, step.By)
		}
		if sum < step.Floor {
			return nil, &store.ShortError{Ref: c.Ref, Field: step.Field, By: step.By, Have: have, Floor: step.Floor}
		}
		*column = store.IntValue(sum)
	}
	return w.save(c.Ref, old, &stored{rev: 1, fields: encodeValues(columns)}), nil
}

// erase deletes what the file has of a person, also in families that the schema
// no longer has.
func (w *write) erase(person string) {
	prefix := []byte(person + "/")
	for _, f := range w.families {
		if !f.Personal {
			continue
		}
		var keys []string // a cursor does not survive a change to its bucket
		for k := range w.tx.between(f.records(), prefix, beyond(prefix), false) {
			keys = append(keys, string(k))
		}
		for _, key := range keys {
			f.save(w.tx, key, f.load(w.tx, key), nil)
		}
	}
}

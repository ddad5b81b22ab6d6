package memory

import (
	"cmp"
	"context"
	"fmt"

	"github.com/tillkit/till/store"
)

// Commit implements store.Store: it compares everything with the state first and
// then changes what nothing can refuse any more.
func (s *Store) Commit(ctx context.Context, set store.ChangeSet) (done store.Receipt, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err = cmp.Or(s.ready(ctx), s.layout.CheckSet(set), tooLong(set)); err != nil {
		return done, err
	}
	if first, found := s.receipt(set.Key); found { // never for "", which is no key of a record
		if first.Fingerprint != set.Fingerprint {
			return done, &store.KeyError{Key: set.Key}
		}
		return first, nil
	}
	defer s.forgetSteps()
	for _, r := range set.Requires {
		s.required = append(s.required, s.tables[r.Ref.Family].rows[r.Ref.Key])
	}
	for i, r := range set.Requires { // all are found by now: a processor waits for several rows at once
		if err = expect(r.Ref, r.Rev, s.required[i]); err != nil {
			return done, err
		}
	}
	for _, change := range set.Changes {
		if err = s.plan(change); err != nil {
			return done, err
		}
	}
	done = store.Receipt{Key: set.Key, Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}
	if set.Key != "" {
		ref := store.Ref{Family: store.Receipts, Key: set.Key}
		s.sums = append(s.sums, store.IntValue(set.At))
		s.steps = append(s.steps, step{s.tables[ref.Family], nil, row{Record: store.Record{Ref: ref, Rev: 1, Doc: done, Index: s.sums[len(s.sums)-1:]}}})
	}
	for i := range s.steps {
		for _, e := range s.steps[i].take() {
			s.tell(store.Event{Ref: s.steps[i].next.Ref, Entry: e})
		}
	}
	return done, nil
}

// tooLong refuses documents of too many bytes. How long any other document is cannot be
// known without writing it down, and this store keeps it as it is.
func tooLong(set store.ChangeSet) error {
	for i, change := range set.Changes {
		var doc store.Doc
		switch c := change.(type) {
		case store.Put:
			doc = c.Doc
		case store.Append:
			doc = c.Doc
		}
		if raw, ok := doc.(store.Raw); ok && len(raw) > store.MaxDocument {
			return &store.InvalidError{What: fmt.Sprintf("changes[%d].doc", i), Reason: fmt.Sprintf("it has %d bytes, at most %d are possible", len(raw), store.MaxDocument)}
		}
	}
	return nil
}

// tell puts an event at the end of the feed. What stands there is not moved for it.
func (s *Store) tell(e store.Event) {
	n := len(s.feed)
	if n == 0 || len(s.feed[n-1]) == chunkSize {
		s.feed = append(s.feed, make([]store.Event, 0, chunkSize))
		n++
	}
	s.feed[n-1] = append(s.feed[n-1], e)
}

// receipt gives the receipt of a key as a repetition gets it.
func (s *Store) receipt(key string) (receipt store.Receipt, found bool) {
	receipt, found = s.row(store.Ref{Family: store.Receipts, Key: key}).Doc.(store.Receipt)
	receipt.Replay = found
	return receipt, found
}

// expect compares the revision of a record with that of its row, nil where it is absent.
func expect(ref store.Ref, want int64, is *row) error {
	have := int64(0)
	if is != nil {
		have = is.Rev
	}
	if have != want {
		return &store.ConflictError{Ref: ref, Want: want, Have: have}
	}
	return nil
}

// step is what a commit makes of one row.
type step struct {
	table *table
	was   *row // nil: absent
	next  row  // with the entries that are new; at revision 0 it is absent
}

// forgetSteps makes room for the next commit.
func (s *Store) forgetSteps() {
	clear(s.required)
	clear(s.steps)
	s.required, s.steps, s.sums = s.required[:0], s.steps[:0], s.sums[:0]
	if cap(s.steps) > 2*store.MaxChanges { // an Erase took more than is usual
		s.steps = nil
	}
}

// plan says whether a change fits the state, and what it makes of the row.
func (s *Store) plan(change store.Change) (err error) {
	is := step{}
	find := func(ref store.Ref) {
		is.table = s.tables[ref.Family]
		is.was, is.next.Ref = is.table.rows[ref.Key], ref
	}
	switch c := change.(type) {
	case store.Put:
		find(c.Ref)
		is.next.Record = c.Record
		is.next.Rev++
		err = expect(c.Ref, c.Rev, is.was)
	case store.Delete:
		find(c.Ref)
		err = expect(c.Ref, c.Rev, is.was)
	case store.Append:
		find(c.Ref)
		is.next = row{c.Record, c.Entries}
		is.next.Rev += int64(len(c.Entries))
		err = expect(c.Ref, c.Rev, is.was)
	case store.Add:
		find(c.Ref)
		is.next.Rev = 1
		is.next.Index, err = s.sum(c, is)
	case store.Claim:
		find(c.Ref)
		is.next.Record = store.Record{Ref: c.Ref, Rev: 1, Doc: store.Raw(c.Owner)}
		if is.was != nil {
			err = &store.ExistsError{Ref: c.Ref}
		}
	case store.Release:
		find(c.Ref)
		if is.was == nil || string(is.was.Doc.(store.Raw)) != c.Owner {
			err = &store.OwnerError{Ref: c.Ref, Owner: c.Owner}
		}
	case store.Erase:
		s.erase(c.Person)
		return nil
	default:
		err = &store.UnsupportedError{What: "set", Reason: fmt.Sprintf("a %T is not known here", change)}
	}
	s.steps = append(s.steps, is)
	return err
}

// erase plans to take every row of a person away.
func (s *Store) erase(person string) {
	for _, t := range s.tables { // also of families that the schema has no more
		if t.family.Personal {
			for _, r := range t.list("").between("", person+"/", person+"/"+end, false) {
				s.steps = append(s.steps, step{t, r, row{Record: store.Record{Ref: r.Ref}}})
			}
		}
	}
}

// sum takes the steps of an Add, one after the other. What it gives lies in room of the
// store's, until the steps are forgotten.
func (s *Store) sum(c store.Add, is step) ([]store.Value, error) {
	f := is.table.family
	from := len(s.sums)
	if is.was != nil {
		s.sums = append(s.sums, is.was.Index...)
	} else {
		for range f.Fields {
			s.sums = append(s.sums, store.IntValue(0))
		}
	}
	values := s.sums[from:]
	for _, step := range c.Steps {
		at := f.Field(step.Field)
		have := values[at].Int()
		sum := have + step.By
		if (sum < have) != (step.By < 0) { // it went round
			return nil, &store.InvalidError{What: c.Ref.String() + "." + step.Field, Reason: "the sum is over the limits of int64"}
		}
		if sum < step.Floor {
			return nil, &store.ShortError{Ref: c.Ref, Field: step.Field, By: step.By, Have: have, Floor: step.Floor}
		}
		values[at] = store.IntValue(sum)
	}
	return values, nil
}

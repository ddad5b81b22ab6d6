package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

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
	for _, r := range set.Requires {
		if err = s.expect(r.Ref, r.Rev); err != nil {
			return done, err
		}
	}
	next := make([]*row, 0, len(set.Changes)+1)
	for _, change := range set.Changes {
		if next, err = s.plan(next, change); err != nil {
			return done, err
		}
	}
	done = store.Receipt{Key: set.Key, Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}
	if set.Key != "" {
		ref := store.Ref{Family: store.Receipts, Key: set.Key}
		next = append(next, &row{Record: store.Record{Ref: ref, Rev: 1, Doc: done, Index: []store.Value{store.IntValue(set.At)}}})
	}
	for _, r := range next {
		for _, e := range r.entries {
			s.tell(store.Event{Ref: r.Ref, Entry: e})
		}
		s.tables[r.Family].write(r)
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

// expect compares the revision of a record.
func (s *Store) expect(ref store.Ref, want int64) error {
	have := int64(0)
	if r := s.tables[ref.Family].rows[ref.Key]; r != nil {
		have = r.Rev
	}
	if have != want {
		return &store.ConflictError{Ref: ref, Want: want, Have: have}
	}
	return nil
}

// plan says whether a change fits the state, and appends the rows that it makes,
// for table.write.
func (s *Store) plan(next []*row, change store.Change) ([]*row, error) {
	switch c := change.(type) {
	case store.Put:
		r := &row{Record: own(c.Record)}
		r.Rev++
		return append(next, r), s.expect(c.Ref, c.Rev)
	case store.Delete:
		return append(next, absent(c.Ref)), s.expect(c.Ref, c.Rev)
	case store.Append:
		r := &row{own(c.Record), ownEntries(c.Entries)}
		r.Rev += int64(len(r.entries))
		return append(next, r), s.expect(c.Ref, c.Rev)
	case store.Add:
		sum, err := s.sum(c)
		return append(next, &row{Record: store.Record{Ref: c.Ref, Rev: 1, Index: sum}}), err
	case store.Claim:
		if s.row(c.Ref).Exists() {
			return nil, &store.ExistsError{Ref: c.Ref}
		}
		return append(next, &row{Record: store.Record{Ref: c.Ref, Rev: 1, Doc: store.Raw(c.Owner)}}), nil
	case store.Release:
		if owner, _ := s.row(c.Ref).Doc.(store.Raw); string(owner) != c.Owner {
			return nil, &store.OwnerError{Ref: c.Ref, Owner: c.Owner}
		}
		return append(next, absent(c.Ref)), nil
	case store.Erase:
		return s.erase(next, c.Person), nil
	}
	return nil, &store.UnsupportedError{What: "set", Reason: fmt.Sprintf("a %T is not known here", change)}
}

// erase appends what takes every row of a person away.
func (s *Store) erase(next []*row, person string) []*row {
	for _, t := range s.tables { // also of families that the schema has no more
		if t.family.Personal {
			for _, r := range t.list("").between("", person+"/", person+"/"+end, false) {
				next = append(next, absent(r.Ref))
			}
		}
	}
	return next
}

// sum takes the steps of an Add, one after the other.
func (s *Store) sum(c store.Add) ([]store.Value, error) {
	f := s.layout.Family(c.Family)
	values := slices.Repeat([]store.Value{store.IntValue(0)}, len(f.Fields))
	copy(values, s.row(c.Ref).Index)
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

package sqldb

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// apply runs one set inside an open transaction. With an error, clean says that the set
// has written nothing; else the transaction, or a part of it, must be rolled back.
func (s *session) apply(work *work) (done store.Receipt, clean bool, err error) {
	set := &work.set
	done = receiptOf(set)
	if set.Key != "" {
		first, err := s.remember(work.schema, set)
		if err != nil || first.Replay {
			return first, true, err
		}
	}
	s.wrote = false
	if err = s.changes(work); err == nil {
		return done, false, nil
	}
	s.known.undone(work)
	s.lookAgain()
	if s.wrote || !refusal(err) {
		return done, false, err
	}
	if set.Key != "" {
		if _, gone := s.exec(work.schema.families[store.Receipts].remove, set.Key); gone != nil {
			return done, false, gone
		}
	}
	return done, true, err
}

func receiptOf(set *store.ChangeSet) store.Receipt {
	return store.Receipt{Key: set.Key, Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}
}

// refusal reports whether an error says that the set does not fit what is there; any
// other is about the file or its connection.
func refusal(err error) bool {
	var trouble *Error
	return isOurs(err) && !errors.As(err, &trouble)
}

func (s *session) changes(work *work) error {
	for _, r := range work.set.Requires {
		if err := s.expect(work.schema.families[r.Family], r.Ref, r.Rev); err != nil {
			return err
		}
	}
	for i := range work.steps {
		if err := s.step(&work.set, &work.steps[i]); err != nil {
			return err
		}
	}
	// Last, so that what the set puts newly for a person has been compared with
	// what was there.
	for _, person := range work.erasing {
		if err := s.erase(work, person); err != nil {
			return err
		}
	}
	return nil
}

// remember writes the receipt, or finds the one that is there already.
func (s *session) remember(sc *schema, set *store.ChangeSet) (store.Receipt, error) {
	f := sc.families[store.Receipts]
	written, err := s.change(f.insert, set.Key, set.At, set.Result, set.Fingerprint[:])
	if err != nil || written == 1 {
		return store.Receipt{}, err
	}
	first := store.Receipt{Key: set.Key, Fingerprint: set.Fingerprint, Replay: true}
	var fingerprint []byte
	if _, err := s.row(f.old, []any{set.Key}, &first.At, &first.Result, &fingerprint); err != nil {
		return store.Receipt{}, err
	}
	if string(fingerprint) != string(set.Fingerprint[:]) {
		return store.Receipt{}, &store.KeyError{Key: set.Key}
	}
	return first, nil
}

// expect compares the revision of a record.
func (s *session) expect(f *family, ref store.Ref, want int64) error {
	have, ok := s.known.get(ref)
	if !ok {
		if _, err := s.row(f.rev, []any{ref.Key}, &have); err != nil {
			return err
		}
		s.known.read(ref, have)
	}
	if have != want {
		return &store.ConflictError{Ref: ref, Want: want, Have: have}
	}
	return nil
}

// conflict says why a guarded statement changed nothing.
func (s *session) conflict(f *family, ref store.Ref, want int64) error {
	var have int64
	if _, err := s.row(f.rev, []any{ref.Key}, &have); err != nil {
		return err
	}
	if have != want {
		return &store.ConflictError{Ref: ref, Want: want, Have: have}
	}
	return &Error{Op: "commit", Err: fmt.Errorf("%s is at revision %d, but could not be changed", ref, want), Next: "the file is damaged: restore a backup"}
}

func (s *session) step(set *store.ChangeSet, is *step) error {
	switch c := is.change.(type) {
	case store.Put:
		s.known.wrote(c.Ref, is.rev)
		return s.put(is, c.Record)
	case store.Append:
		s.known.wrote(c.Ref, is.rev)
		if err := s.put(is, c.Record); err != nil {
			return err
		}
		return s.writeEntries(c.Ref, is)
	case store.Delete:
		return s.delete(set, is.family, c)
	case store.Add:
		return s.add(is.family, c)
	case store.Claim:
		taken, err := s.change(is.family.insert, c.Key, c.Owner)
		if err == nil && taken == 0 {
			err = &store.ExistsError{Ref: c.Ref}
		}
		return err
	}
	c := is.change.(store.Release)
	released, err := s.change(is.family.remove, c.Key, c.Owner)
	if err == nil && released == 0 {
		err = &store.OwnerError{Ref: c.Ref, Owner: c.Owner}
	}
	return err
}

// writeEntries writes the entries of an Append. The state of the journal has let it pass, so
// they cannot be there.
func (s *session) writeEntries(ref store.Ref, is *step) error {
	written, err := s.change(entriesInserter.queries[0], ref.Family, ref.Key, is.rev, is.entries)
	if err == nil && written == 0 {
		err = &Error{Op: "commit", Err: fmt.Errorf("%s has entries up to %d beyond its state", ref, is.rev), Next: "the file is damaged: restore a backup"}
	}
	return err
}

// delete removes one row. A receipt has no revision but 1, and the set's own
// was not there before it.
func (s *session) delete(set *store.ChangeSet, f *family, c store.Delete) error {
	if f.name != store.Receipts {
		s.known.wrote(c.Ref, 0)
		return s.deleteRow(f, c.Ref, c.Rev)
	}
	if c.Key == set.Key {
		return &store.ConflictError{Ref: c.Ref, Want: c.Rev}
	}
	if c.Rev != 1 {
		return s.conflict(f, c.Ref, c.Rev)
	}
	removed, err := s.change(f.remove, c.Key)
	if err == nil && removed == 0 {
		err = &store.ConflictError{Ref: c.Ref, Want: c.Rev}
	}
	return err
}

// erase deletes a person's rows of all Personal families, but for those that
// the set itself puts.
func (s *session) erase(work *work, person string) error {
	put := make(map[store.Ref]bool)
	for i := range work.steps {
		if c, ok := work.steps[i].change.(store.Put); ok && strings.HasPrefix(c.Key, person+"/") {
			put[c.Ref] = true
		}
	}
	for _, f := range work.schema.personal {
		query := fmt.Sprintf("SELECT key, rev FROM %s WHERE key >= ? AND key < ?", f.table)
		var found []store.Record
		// "0" is the character after "/".
		err := s.rows(query, []any{person + "/", person + "0"}, func(scan func(...any) error) error {
			r := store.Record{Ref: store.Ref{Family: f.name}}
			err := scan(&r.Key, &r.Rev)
			found = append(found, r)
			return err
		})
		if err != nil {
			return err
		}
		for _, r := range found {
			if put[r.Ref] {
				continue
			}
			s.known.wrote(r.Ref, 0)
			if err := s.deleteRow(f, r.Ref, r.Rev); err != nil {
				return err
			}
		}
	}
	return nil
}

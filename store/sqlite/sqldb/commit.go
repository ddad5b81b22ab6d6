package sqldb

import (
	"context"
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// Commit implements store.Store. Until the transaction has begun, the end of the
// context ends the call with nothing done; a lock that others hold until then
// is store.ErrBusy. From then on it is decided whatever the context does.
func (s *Store) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	if err := s.enter(ctx); err != nil {
		return store.Receipt{}, err
	}
	defer s.leave()
	for {
		sc, err := s.prepared()
		if err != nil {
			return store.Receipt{}, err
		}
		w, err := sc.encode(set)
		if err != nil {
			return store.Receipt{}, err
		}
		if w.idle() {
			return store.Receipt{Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}, nil
		}
		if err := s.write.take(ctx); err != nil {
			return store.Receipt{}, err
		}
		if s.schema.Load() != sc { // prepared anew while it was encoded
			s.write.give()
			continue
		}
		receipt, err := s.decide(ctx, w)
		s.write.give()
		return receipt, s.faults.of("commit", err)
	}
}

// decide runs one set in a transaction of its own.
func (s *Store) decide(ctx context.Context, w *work) (store.Receipt, error) {
	if err := s.write.begin(ctx); err != nil {
		return store.Receipt{}, err
	}
	err := s.fresh(w.schema)
	var receipt store.Receipt
	if err == nil {
		receipt, err = s.write.apply(w)
	}
	if err != nil {
		s.write.rollback()
		return store.Receipt{}, err
	}
	if receipt.Replay {
		s.write.rollback()
		return receipt, nil
	}
	if err := s.write.commit(); err != nil {
		return store.Receipt{}, err
	}
	return receipt, nil
}

// Outcome implements store.Store. If an earlier COMMIT left its outcome open,
// it first makes sure of it, which needs the file's lock.
func (s *Store) Outcome(ctx context.Context, key string) (store.Receipt, error) {
	if err := s.enter(ctx); err != nil {
		return store.Receipt{}, err
	}
	defer s.leave()
	if _, err := s.prepared(); err != nil {
		return store.Receipt{}, err
	}
	if err := store.CheckKey(key); err != nil {
		return store.Receipt{}, err
	}
	if s.write.doubtful.Load() {
		if err := s.write.take(ctx); err != nil {
			return store.Receipt{}, err
		}
		err := s.write.settle(ctx)
		s.write.give()
		if err != nil {
			return store.Receipt{}, err
		}
	}
	records, err := s.Get(ctx, store.Ref{Family: store.Receipts, Key: key})
	if err != nil {
		return store.Receipt{}, err
	}
	if !records[0].Exists() {
		return store.Receipt{}, fmt.Errorf("sqldb: outcome of %q: %w: it has not been committed", key, store.ErrNotFound)
	}
	receipt, err := store.ParseReceipt(records[0].Doc)
	receipt.Replay = true
	return receipt, err
}

// apply runs one set inside an open transaction. An error means that the
// transaction must be rolled back.
func (w *writer) apply(work *work) (store.Receipt, error) {
	set := &work.set
	done := store.Receipt{Key: set.Key, Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}
	if set.Key != "" {
		first, err := w.remember(work.schema, set)
		if err != nil || first.Replay {
			return first, err
		}
	}
	for _, r := range set.Requires {
		if err := w.expect(work.schema.families[r.Family], r.Ref, r.Rev); err != nil {
			return done, err
		}
	}
	for i := range work.steps {
		if err := w.step(set, &work.steps[i]); err != nil {
			return done, err
		}
	}
	// Last, so that what the set puts newly for a person has been compared with
	// what was there.
	for _, person := range work.erasing {
		if err := w.erase(work, person); err != nil {
			return done, err
		}
	}
	return done, nil
}

// remember writes the receipt, or finds the one that is there already.
func (w *writer) remember(sc *schema, set *store.ChangeSet) (store.Receipt, error) {
	f := sc.families[store.Receipts]
	written, err := w.change(f.insert, set.Key, set.At, set.Result, set.Fingerprint[:])
	if err != nil || written == 1 {
		return store.Receipt{}, err
	}
	first := store.Receipt{Key: set.Key, Fingerprint: set.Fingerprint, Replay: true}
	var fingerprint []byte
	if _, err := w.row(f.old, []any{set.Key}, &first.At, &first.Result, &fingerprint); err != nil {
		return store.Receipt{}, err
	}
	if string(fingerprint) != string(set.Fingerprint[:]) {
		return store.Receipt{}, &store.KeyError{Key: set.Key}
	}
	return first, nil
}

// expect compares the revision of a record.
func (w *writer) expect(f *family, ref store.Ref, want int64) error {
	var have int64
	if _, err := w.row(f.rev, []any{ref.Key}, &have); err != nil {
		return err
	}
	if have != want {
		return &store.ConflictError{Ref: ref, Want: want, Have: have}
	}
	return nil
}

// conflict says why a guarded statement changed nothing.
func (w *writer) conflict(f *family, ref store.Ref, want int64) error {
	if err := w.expect(f, ref, want); err != nil {
		return err
	}
	return &Error{Op: "commit", Err: fmt.Errorf("%s is at revision %d, but could not be changed", ref, want), Next: "the file is damaged: restore a backup"}
}

func (w *writer) step(set *store.ChangeSet, s *step) error {
	switch c := s.change.(type) {
	case store.Put:
		return w.put(s, c.Record, c.Rev+1)
	case store.Append:
		rev := c.Rev + int64(len(c.Entries))
		if err := w.put(s, c.Record, rev); err != nil {
			return err
		}
		_, err := w.exec("INSERT INTO "+entriesTable+"(family, key, n, entries) VALUES(?, ?, ?, ?)", c.Family, c.Key, rev, s.entries)
		return err
	case store.Delete:
		return w.delete(set, s.family, c)
	case store.Add:
		return w.add(s.family, s.sum)
	case store.Claim:
		taken, err := w.change(s.family.insert, c.Key, c.Owner)
		if err == nil && taken == 0 {
			err = &store.ExistsError{Ref: c.Ref}
		}
		return err
	case store.Release:
		released, err := w.change(s.family.remove, c.Key, c.Owner)
		if err == nil && released == 0 {
			err = &store.OwnerError{Ref: c.Ref, Owner: c.Owner}
		}
		return err
	}
	return nil
}

// delete removes one row. A receipt has no revision but 1, and the set's own
// was not there before it.
func (w *writer) delete(set *store.ChangeSet, f *family, c store.Delete) error {
	if f.name != store.Receipts {
		return w.deleteRow(f, c.Ref, c.Rev)
	}
	if c.Key == set.Key {
		return &store.ConflictError{Ref: c.Ref, Want: c.Rev}
	}
	if err := w.expect(f, c.Ref, c.Rev); err != nil {
		return err
	}
	_, err := w.exec(f.remove, c.Key)
	return err
}

// erase deletes a person's rows of all Personal families, but for those that
// the set itself puts.
func (w *writer) erase(work *work, person string) error {
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
		err := w.rows(query, []any{person + "/", person + "0"}, func(scan func(...any) error) error {
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
			if err := w.deleteRow(f, r.Ref, r.Rev); err != nil {
				return err
			}
		}
	}
	return nil
}

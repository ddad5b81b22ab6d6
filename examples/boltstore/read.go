package boltstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"

	"github.com/tillkit/till/store"
)

// Get reads records in one transaction.
func (s *Store) Get(ctx context.Context, refs ...store.Ref) (records []store.Record, err error) {
	check := func() error { return s.layout.CheckRefs(refs) }
	err = s.read(ctx, check, func(tx *transaction) error {
		records = make([]store.Record, len(refs))
		for i, ref := range refs {
			f := s.families[ref.Family]
			records[i] = f.record(ref.Key, f.load(tx, ref.Key))
		}
		return nil
	})
	return records, err
}

// History reads the entries of a journal, which stand together and by number.
func (s *Store) History(ctx context.Context, ref store.Ref, after int64, limit int) (page store.Page[store.Entry], err error) {
	check := func() error { return s.layout.CheckHistory(ref, after, limit) }
	err = s.read(ctx, check, func(tx *transaction) error {
		low, high := append(entryKey(ref.Key, after), 0), beyond(append([]byte(ref.Key), 0))
		for k, v := range tx.between(s.families[ref.Family].entries(), low, high, false) {
			if len(page.Items) == limit {
				page.Next = store.Cursor(strconv.FormatInt(page.Items[limit-1].N, 10))
				break
			}
			page.Items = append(page.Items, decodeEntry(k, v))
		}
		return nil
	})
	return page, err
}

// Feed reads entries in the order of their commits. One writer numbers them, so
// none comes late, and the number of the last one is the whole cursor.
func (s *Store) Feed(ctx context.Context, after store.Cursor, limit int) (page store.Page[store.Event], err error) {
	position, wrong := store.FeedPosition(after)
	check := func() error { return errors.Join(wrong, store.CheckLimit(limit)) }
	err = s.read(ctx, check, func(tx *transaction) error {
		last := int64(0)
		if len(position) > 0 {
			last = position[0].Int()
		}
		low := binary.BigEndian.AppendUint64(nil, uint64(last)+1)
		for k, place := range tx.between(feedBucket, low, beyond(nil), false) {
			if len(page.Items) == limit {
				break
			}
			name, key := cutPart(place)
			journal := string(key[:len(key)-9]) // without NUL and the number
			entry := decodeEntry(key, tx.get(s.families[string(name)].entries(), key))
			page.Items = append(page.Items, store.Event{Ref: store.Ref{Family: string(name), Key: journal}, Entry: entry})
			last = int64(binary.BigEndian.Uint64(k))
		}
		page.Next = store.FeedCursor(store.IntValue(last))
		return nil
	})
	return page, err
}

// Outcome reads a receipt. It has nothing to wait for: a commit whose outcome is
// in doubt ends the handle.
func (s *Store) Outcome(ctx context.Context, key string) (receipt store.Receipt, err error) {
	check := func() error { return store.CheckKey(key) }
	err = s.read(ctx, check, func(tx *transaction) error {
		r := s.families[store.Receipts].load(tx, key)
		if r == nil {
			return fmt.Errorf("boltstore: no set was committed with the key %q: %w", key, store.ErrNotFound)
		}
		receipt, err = r.receipt()
		return err
	})
	return receipt, err
}

// receipt reads the record of a set that was committed before.
func (r *stored) receipt() (store.Receipt, error) {
	receipt, err := store.ParseReceipt(store.Raw(r.doc))
	receipt.Replay = true
	return receipt, err
}

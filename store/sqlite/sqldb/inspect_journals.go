package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/tillkit/till/store"
)

// checkEntries walks through the entries of a family of journals: each journal's are
// numbered from 1 without a gap, and the last number is the revision of its state.
func (in *inspection) checkEntries(ctx context.Context, f *family) error {
	query := fmt.Sprintf("SELECT e.key, e.n, e.entries, t.rev FROM %s e LEFT JOIN %s t ON t.key = e.key WHERE e.family = ? ORDER BY e.key, e.n", entriesTable, f.table)
	ref := store.Ref{Family: f.name}
	var last int64        // the number before which the next row's entries come
	var rev sql.NullInt64 // of the state
	begun := false
	end := func() error {
		switch {
		case !begun:
			return nil
		case !rev.Valid:
			return in.find(DamagedJournal, ref.String(), "it has entries to number %d, but no state", last)
		case rev.Int64 != last:
			return in.find(DamagedJournal, ref.String(), "its entries end with number %d, its state is at revision %d", last, rev.Int64)
		}
		return nil
	}
	err := in.each(ctx, query, []any{f.name}, func(scan func(...any) error) error {
		var key string
		var n int64
		var text []byte
		var now sql.NullInt64
		if err := scan(&key, &n, &text, &now); err != nil {
			return err
		}
		if !begun || key != ref.Key {
			if err := end(); err != nil {
				return err
			}
			begun, ref.Key, last, rev = true, key, 0, now
		}
		err := in.checkAppended(ref, last, n, text)
		last = n
		return err
	})
	if err == nil {
		err = end()
	}
	if err != nil {
		return err
	}
	query = fmt.Sprintf("SELECT t.key FROM %s t WHERE NOT EXISTS (SELECT 1 FROM %s e WHERE e.family = ? AND e.key = t.key)", f.table, entriesTable)
	return in.keys(ctx, DamagedJournal, f, query, []any{f.name}, "it has a state, but no entries")
}

// checkAppended checks the entries of one row, which begin after a number and end
// with n.
func (in *inspection) checkAppended(ref store.Ref, after, n int64, text []byte) error {
	entries, err := decodeEntries(ref, text, math.MinInt64) // all of them
	if err != nil {
		return in.find(DamagedJournal, ref.String(), "its entries to number %d cannot be read: %v", n, err)
	}
	want := after
	for _, e := range entries {
		if want++; e.N != want {
			return in.find(DamagedJournal, ref.String(), "after entry %d comes entry %d", want-1, e.N)
		}
		if e.Kind == "" || e.V < 1 {
			return in.find(DamagedJournal, ref.String(), "entry %d has the kind %q and the version %d", e.N, e.Kind, e.V)
		}
	}
	if want != n || len(entries) == 0 {
		return in.find(DamagedJournal, ref.String(), "the row of its entries to number %d ends with number %d", n, want)
	}
	return nil
}

// checkStrangers looks for entries of families that are no journals.
func (in *inspection) checkStrangers(ctx context.Context, journals map[string]bool) error {
	// The next name is looked up in the index, so that not every entry is read.
	query := "SELECT family FROM " + entriesTable + " WHERE family > ? ORDER BY family LIMIT 1"
	for after := ""; ; {
		var name string
		err := in.QueryRowContext(ctx, query, after).Scan(&name)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil && !journals[name] {
			err = in.find(DamagedJournal, name, "there are entries of it, and till_meta has no such journal")
		}
		if err != nil {
			return err
		}
		after = name
	}
}

package sqldb

import (
	"context"
	"fmt"

	"github.com/tillkit/till/store"
)

// Maintain implements store.Maintainer. It writes the file anew and empties the
// WAL, after which no byte of an erased record is in the file, its -wal or its
// -shm; it also renews what SQLite knows for its plans.
//
// Writers wait meanwhile, readers do not: on a large file let it run at night.
// It needs as much room on the disk as the file takes, and as much again for a
// temporary file. If somebody's reading keeps the WAL from being emptied, it is
// store.ErrBusy: erased words may then still be in it.
func (s *Store) Maintain(ctx context.Context) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	if _, err := s.prepared(); err != nil {
		return err
	}
	if err := s.write.take(ctx); err != nil {
		return err
	}
	defer s.write.give()
	return s.faults.of("maintain", s.write.unlessLost(s.write.maintain(ctx)))
}

func (w *writer) maintain(ctx context.Context) error {
	if err := w.connect(ctx); err != nil {
		return err
	}
	if err := w.mergeWords(ctx); err != nil {
		return err
	}
	// secure_delete alone is not enough: when SQLite divides a page, what moved to
	// the new one stays readable in the free room of the old.
	var before int64
	if _, err := w.row("PRAGMA temp_store", nil, &before); err != nil {
		return err
	}
	for _, query := range []string{"PRAGMA temp_store = FILE", "VACUUM", fmt.Sprintf("PRAGMA temp_store = %d", before), "PRAGMA optimize"} {
		if err := w.patiently(ctx, w.wait, func() error { return w.run(query) }); err != nil {
			w.pinned.drop() // with its temp_store
			return err
		}
	}
	return w.patiently(ctx, w.wait, func() error {
		emptied, err := w.checkpoint(ctx)
		if err == nil && !emptied {
			return errInUse
		}
		return err
	})
}

// errInUse is what patiently takes for busy, beside SQLite's own.
var errInUse error = &Error{Op: "checkpoint", Kind: store.ErrBusy, Next: "somebody reads or writes the file: try again later"}

// mergeWords merges each table of words into one segment, which leaves out the
// words of rows that are gone.
func (w *writer) mergeWords(ctx context.Context) error {
	m, err := w.meta()
	if err != nil || m == nil {
		return err
	}
	if err := w.begin(ctx, w.wait); err != nil {
		return err
	}
	for name, def := range m.families {
		f, err := newFamily(name, def)
		if err == nil && f.words != "" {
			_, err = w.exec(fmt.Sprintf("INSERT INTO %[1]s(%[1]s) VALUES('optimize')", f.words))
		}
		if err != nil {
			w.rollback()
			return err
		}
	}
	return w.commit()
}

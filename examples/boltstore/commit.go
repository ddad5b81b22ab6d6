package boltstore

import (
	"context"
	"fmt"

	"github.com/tillkit/till/store"
)

// write is a set on its way into the file.
type write struct {
	set      store.ChangeSet
	docs     [][]byte // the document of each change that has one
	families map[string]*family
	tx       *transaction

	done    chan struct{} // closed when receipt and err are the outcome
	receipt store.Receipt
	err     error
}

// Commit encodes the documents of a set and hands it to the writer.
func (s *Store) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	leave, err := s.enter(ctx, s.calls.RLocker(), false)
	if err != nil {
		return store.Receipt{}, err
	}
	defer leave()
	w := &write{set: set, families: s.families, done: make(chan struct{})}
	if err = s.layout.CheckSet(set); err == nil {
		err = w.encodeDocs()
	}
	if err != nil {
		return store.Receipt{}, err
	}
	select {
	case s.waiting <- w:
		<-w.done // whatever becomes of ctx now: an outcome is told, not guessed
		return w.receipt, w.err
	case <-ctx.Done():
		return store.Receipt{}, ctx.Err()
	}
}

func (w *write) encodeDocs() error {
	w.docs = make([][]byte, len(w.set.Changes))
	for i, change := range w.set.Changes {
		var doc store.Doc = store.Raw(nil)
		switch c := change.(type) {
		case store.Put:
			doc = c.Doc
		case store.Append:
			doc = c.Doc
		}
		what := fmt.Sprintf("changes[%d].doc", i)
		b, err := doc.AppendStored(nil)
		if err != nil {
			return fmt.Errorf("%w: %w", invalid(what, "it cannot write itself down"), err)
		}
		if len(b) > store.MaxDocument {
			return invalid(what, "it has %d bytes, at most %d are possible", len(b), store.MaxDocument)
		}
		w.docs[i] = b
	}
	return nil
}

// writeAll is the writer. All sets that wait go into one transaction, so that
// many callers share one flush. The batches of bbolt do not fit: they wait for a
// timer, and a set that is refused would roll the others back.
func (s *Store) writeAll() {
	defer close(s.stopped)
	for w := range s.waiting {
		batch := []*write{w}
		for range len(s.waiting) {
			batch = append(batch, <-s.waiting)
		}
		s.writeBatch(batch)
	}
}

func (s *Store) writeBatch(batch []*write) {
	err := s.update(func(tx *transaction) (changed bool, err error) {
		for _, w := range batch {
			w.tx = tx
			changed = w.apply() || changed
		}
		return changed, nil
	})
	for _, w := range batch {
		if err != nil {
			// Also what was refused or answered may rest on what was not written.
			w.receipt, w.err = store.Receipt{}, err
		}
		close(w.done)
	}
}

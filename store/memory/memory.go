// Package memory is the adapter of store.Store that keeps everything in the
// memory of one process: the contract in its plainest form, and what a test or a
// trial uses. A store is empty when it is made and gone when it is closed.
//
// It keeps documents as the values they are and encodes nothing; documents of
// bytes (store.Raw) and the payloads of entries are copied in and out. Readers
// run side by side; a commit holds everybody up for a few microseconds.
package memory

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/tillkit/till/store"
)

// Store is a store in memory. Make it with [New].
type Store struct {
	mu     sync.RWMutex
	layout store.Layout // of version 0 before Prepare
	tables map[string]*table
	feed   [][]store.Event // in the order of commits, in chunks, all of them full but the last
	closed error           // what every call gets after Close

	// Of the commit that is made.
	required []*row
	steps    []step
	sums     []store.Value // of its counters
}

var _ store.Store = (*Store)(nil)

// New makes an empty store.
func New() *Store { return &Store{tables: make(map[string]*table)} }

// Close forgets everything. A second Close does nothing.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = fmt.Errorf("memory: %w", store.ErrClosed)
	s.layout, s.tables, s.feed = store.Layout{}, nil, nil
	return nil
}

// ready says whether a call that is no Prepare may go on. The lock is held.
func (s *Store) ready(ctx context.Context) error {
	if err := cmp.Or(ctx.Err(), s.closed); err != nil || s.layout.Version() > 0 {
		return err
	}
	return &store.InvalidError{What: "store", Reason: "Prepare comes first"}
}

// Prepare implements store.Store.
func (s *Store) Prepare(ctx context.Context, schema store.Schema) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	layout, err := store.Compile(schema)
	if err := cmp.Or(ctx.Err(), s.closed, err); err != nil {
		return err
	}
	have, want := s.layout.Version(), layout.Version()
	if have > want {
		return &store.UnsupportedError{What: "schema", Reason: fmt.Sprintf("the data has version %d, this program %d: use a newer one", have, want)}
	}
	if have == want {
		return nil
	}
	tables := maps.Clone(s.tables) // a family that the schema has no more stays
	for _, name := range layout.Families() {
		if old := tables[name]; old != nil && old.family.Version == layout.Family(name).Version {
			continue // filed already
		}
		if tables[name], err = refile(layout.Family(name), s.tables[name]); err != nil {
			return err
		}
	}
	s.layout, s.tables = *layout, tables
	return nil
}

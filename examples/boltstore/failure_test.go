package boltstore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/tillkit/till/store"
	"go.etcd.io/bbolt"
)

var schema = store.Schema{Version: 2, Families: []store.Family{
	{Name: "notes", Shape: store.Rows, Version: 2},
	{Name: "stock", Shape: store.Counters, Version: 2, Fields: []store.Field{{Name: "here", Type: store.Int}}},
}}

func note(key string) store.ChangeSet {
	put := store.Put{Record: store.Record{Ref: store.Ref{Family: "notes", Key: key}, Doc: store.Raw("words")}}
	return store.ChangeSet{Key: key, Changes: []store.Change{put}}
}

func want(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: the error is %v, want %v", what, err, want)
	}
}

func prepared(t *testing.T, place string) *Store {
	t.Helper()
	s, err := Open(t.Context(), place)
	want(t, "Open", err, nil)
	t.Cleanup(func() { s.Close() })
	want(t, "Prepare", s.Prepare(t.Context(), schema), nil)
	return s
}

// One handle has the file, until it is closed.
func TestBusy(t *testing.T) {
	place := filepath.Join(t.TempDir(), "shop.db")
	first := prepared(t, place)
	_, err := Open(t.Context(), place)
	want(t, "a second handle", err, store.ErrBusy)
	want(t, "Maintain", first.Maintain(t.Context()), nil)
	_, err = Open(t.Context(), place)
	want(t, "a second handle, after Maintain", err, store.ErrBusy)
	want(t, "Close", first.Close(), nil)
	second, err := Open(t.Context(), place)
	want(t, "a handle after the first was closed", err, nil)
	want(t, "Close", second.Close(), nil)
}

// A file that takes no bytes changes nothing, and the store goes on reading.
func TestWriteFails(t *testing.T) {
	place := filepath.Join(t.TempDir(), "shop.db")
	want(t, "Close", prepared(t, place).Close(), nil)
	var file *os.File
	db, err := bbolt.Open(place, 0o600, &bbolt.Options{OpenFile: func(name string, flag int, mode os.FileMode) (_ *os.File, err error) {
		file, err = os.OpenFile(name, flag, mode)
		return file, err
	}})
	want(t, "bbolt.Open", err, nil)
	s := start(place, db)
	t.Cleanup(func() { s.Close() })
	want(t, "Prepare", s.Prepare(t.Context(), schema), nil)
	want(t, "Close of the file below the store", file.Close(), nil)
	_, err = s.Commit(t.Context(), note("a"))
	want(t, "Commit", err, os.ErrClosed)
	if errors.Is(err, store.ErrOutcomeUnknown) {
		t.Errorf("Commit: %v, but the outcome is known", err)
	}
	_, err = s.Outcome(t.Context(), "a")
	want(t, "Outcome", err, store.ErrNotFound)
}

// What a failed commit has left: a transaction that no reader sees was never
// written; of one that a reader sees nobody knows whether it lasts.
func TestCommitFails(t *testing.T) {
	place := filepath.Join(t.TempDir(), "shop.db")
	s := prepared(t, place)
	err := s.failed(1<<40, syscall.ENOSPC)
	want(t, "no room", err, store.ErrFull)
	want(t, "no room", err, syscall.ENOSPC)
	_, err = s.Commit(t.Context(), note("a"))
	want(t, "Commit when there is room again", err, nil)
	want(t, "the last flush", s.failed(0, syscall.EIO), store.ErrOutcomeUnknown)
	_, err = s.Outcome(t.Context(), "a")
	want(t, "Outcome in doubt", err, store.ErrOutcomeUnknown)
	want(t, "Close", s.Close(), nil)
	_, err = prepared(t, place).Outcome(t.Context(), "a")
	want(t, "Outcome on a new handle", err, nil)
}

// A set that waits for the writer is taken back when its context ends.
func TestContextEndsInTheQueue(t *testing.T) {
	db, err := openFile(filepath.Join(t.TempDir(), "shop.db"))
	want(t, "openFile", err, nil)
	s := &Store{db: db, waiting: make(chan *write), stopped: make(chan struct{})}
	close(s.stopped) // there is no writer
	t.Cleanup(func() { s.Close() })
	want(t, "Prepare", s.Prepare(t.Context(), schema), nil)
	ctx, cancel := context.WithCancel(t.Context())
	set := note("a")
	set.Changes = []store.Change{store.Put{Record: store.Record{Ref: store.Ref{Family: "notes", Key: "a"}, Doc: last(cancel)}}}
	_, err = s.Commit(ctx, set)
	want(t, "Commit", err, context.Canceled)
	_, err = s.Outcome(t.Context(), "a")
	want(t, "Outcome", err, store.ErrNotFound)
}

// last is a document that ends the context of the commit that it is part of.
type last context.CancelFunc

func (d last) AppendStored(dst []byte) ([]byte, error) {
	d()
	return dst, nil
}

// long is a document that is longer than a store takes, or cannot be written.
type long struct{ err error }

func (d long) AppendStored(dst []byte) ([]byte, error) {
	return append(dst, bytes.Repeat([]byte("x"), store.MaxDocument+1)...), d.err
}

func TestDocumentsThatAreRefused(t *testing.T) {
	s := prepared(t, filepath.Join(t.TempDir(), "shop.db"))
	broken := errors.New("broken")
	for _, doc := range []long{{}, {broken}} {
		set := note("a")
		set.Changes = []store.Change{store.Put{Record: store.Record{Ref: store.Ref{Family: "notes", Key: "a"}, Doc: doc}}}
		_, err := s.Commit(t.Context(), set)
		want(t, "Commit", err, store.ErrInvalid)
		if doc.err != nil {
			want(t, "Commit", err, doc.err)
		}
	}
}

// A schema that does not fit the file is refused, and the handle goes on.
func TestSchemasThatAreRefused(t *testing.T) {
	s := prepared(t, filepath.Join(t.TempDir(), "shop.db"))
	for name, family := range map[string]store.Family{
		"another shape":    {Name: "notes", Shape: store.Journal, Version: 3},
		"a lesser version": {Name: "notes", Shape: store.Rows, Version: 1},
		"another column":   {Name: "stock", Shape: store.Counters, Version: 2, Fields: []store.Field{{Name: "there", Type: store.Int}}},
	} {
		want(t, name, s.Prepare(t.Context(), store.Schema{Version: 3, Families: []store.Family{family}}), store.ErrInvalid)
	}
	_, err := s.Commit(t.Context(), note("a"))
	want(t, "Commit", err, nil)
}

// Counters keep their columns by name.
func TestColumns(t *testing.T) {
	s := prepared(t, filepath.Join(t.TempDir(), "shop.db"))
	ref := store.Ref{Family: "stock", Key: "MUG"}
	add := store.Add{Ref: ref, Steps: []store.Step{{Field: "here", By: 7}}}
	_, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{add}})
	want(t, "Commit", err, nil)
	fields := []store.Field{{Name: "there", Type: store.Int}, {Name: "here", Type: store.Int}}
	stock := store.Family{Name: "stock", Shape: store.Counters, Version: 3, Fields: fields}
	want(t, "Prepare", s.Prepare(t.Context(), store.Schema{Version: 3, Families: []store.Family{stock}}), nil)
	records, err := s.Get(t.Context(), ref)
	want(t, "Get", err, nil)
	if got := records[0].Index; got[0].Int() != 0 || got[1].Int() != 7 {
		t.Errorf("the columns are %v, want 0 and 7", got)
	}
}

// A cursor of another store may pass for one of this query.
func TestForeignCursor(t *testing.T) {
	s := prepared(t, filepath.Join(t.TempDir(), "shop.db"))
	q := store.Query{Family: "notes", Limit: 1}
	q.After = q.Cursor(store.IntValue(1), store.IntValue(2))
	_, err := s.Find(t.Context(), q)
	want(t, "Find", err, store.ErrInvalid)
}

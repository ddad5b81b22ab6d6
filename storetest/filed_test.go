//go:build unix

package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// filed is the least store that is Durable and Shared: a memory store for each
// handle, and one file to which every set is appended before it is
// acknowledged. Handles take turns by a lock on the file and first read what
// others have appended. Its fields below faults make it break the contract.
type filed struct {
	mu      sync.Mutex
	file    *os.File
	done    int64 // bytes of the file that are in mem
	last    int64 // where the last record begins
	version int   // greatest schema version in the file
	layout  *store.Layout
	mem     *memory.Store // nil before Prepare
	closed  bool

	// faults
	staleReads    bool // reads do not look for what others wrote
	staleWrites   bool // nor do commits
	ignoreVersion bool
	losesLast     bool   // Close cuts the last record off
	late          []byte // not nil: records are kept here until Close
}

// logged is one record of the file: a schema version or a set.
type logged struct {
	Version     int
	Key, Result string
	Fingerprint [32]byte
	At          int64
	Changes     []loggedChange
}

type loggedChange struct {
	Kind    string
	Ref     store.Ref
	Rev     int64
	Doc     []byte
	Entries []store.Entry
	Steps   []store.Step
	Owner   string
}

func openFiled(place string) (*filed, error) {
	file, err := os.OpenFile(place, os.O_RDWR|os.O_CREATE, 0o600)
	return &filed{file: file}, err
}

func place(tb testing.TB) string { return filepath.Join(tb.TempDir(), "log") }

// turn runs f while no other handle does anything.
func (s *filed) turn(ctx context.Context, stale, prepared bool, f func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.closed {
		return store.ErrClosed
	}
	if prepared && s.mem == nil {
		return &store.InvalidError{What: "store", Reason: "Prepare comes first"}
	}
	if err := syscall.Flock(int(s.file.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	defer func() { _ = syscall.Flock(int(s.file.Fd()), syscall.LOCK_UN) }()
	if s.mem != nil && !stale {
		if err := s.catchUp(s.mem, s.layout); err != nil {
			return err
		}
	}
	return f()
}

// catchUp applies what the file has beyond s.done. A record that a killed
// process did not finish is cut off.
func (s *filed) catchUp(mem *memory.Store, layout *store.Layout) error {
	info, err := s.file.Stat()
	if err != nil || info.Size() <= s.done {
		return err
	}
	rest := make([]byte, info.Size()-s.done)
	if _, err := s.file.ReadAt(rest, s.done); err != nil {
		return err
	}
	for len(rest) >= 4 && len(rest)-4 >= int(binary.BigEndian.Uint32(rest)) {
		size := int(binary.BigEndian.Uint32(rest))
		var l logged
		if err := gob.NewDecoder(bytes.NewReader(rest[4 : 4+size])).Decode(&l); err != nil {
			return err
		}
		s.version = max(s.version, l.Version)
		set, err := l.set(layout)
		if err == nil && l.Version == 0 {
			_, err = mem.Commit(context.Background(), set)
		}
		if err != nil && !s.staleWrites {
			return err
		}
		s.last, s.done, rest = s.done, s.done+int64(4+size), rest[4+size:]
	}
	return s.file.Truncate(s.done)
}

func (s *filed) append(l logged) error {
	var b bytes.Buffer
	b.Write(make([]byte, 4))
	if err := gob.NewEncoder(&b).Encode(l); err != nil {
		return err
	}
	binary.BigEndian.PutUint32(b.Bytes(), uint32(b.Len()-4))
	if s.late != nil {
		s.late = append(s.late, b.Bytes()...)
		return nil
	}
	end, err := s.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if _, err := s.file.Write(b.Bytes()); err != nil {
		return err
	}
	s.last, s.done = end, end+int64(b.Len())
	return nil
}

func (s *filed) Prepare(ctx context.Context, schema store.Schema) error {
	return s.turn(ctx, false, false, func() error {
		layout, err := store.Compile(schema)
		if err != nil {
			return err
		}
		if s.mem != nil {
			if s.version > schema.Version {
				return store.ErrUnsupported
			}
			if err := s.mem.Prepare(ctx, schema); err != nil {
				return err
			}
			s.layout = layout
		} else {
			mem := memory.New()
			if err := mem.Prepare(ctx, schema); err != nil {
				return err
			}
			s.done, s.last, s.version = 0, 0, 0
			if err := s.catchUp(mem, layout); err != nil {
				return err
			}
			if s.version > schema.Version && !s.ignoreVersion {
				return store.ErrUnsupported
			}
			s.mem, s.layout = mem, layout
		}
		if schema.Version > s.version {
			s.version = schema.Version
			return s.append(logged{Version: schema.Version})
		}
		return nil
	})
}

func (s *filed) Commit(ctx context.Context, set store.ChangeSet) (receipt store.Receipt, err error) {
	if set, err = encoded(set); err != nil {
		return receipt, err
	}
	err = s.turn(ctx, s.staleWrites, true, func() error {
		receipt, err = s.mem.Commit(ctx, set)
		if err != nil || receipt.Replay || set.Key == "" && len(set.Changes) == 0 {
			return err
		}
		return s.append(log(set))
	})
	return receipt, err
}

func (s *filed) Get(ctx context.Context, refs ...store.Ref) (records []store.Record, err error) {
	err = s.turn(ctx, s.staleReads, true, func() error { records, err = s.mem.Get(ctx, refs...); return err })
	return records, err
}

func (s *filed) Find(ctx context.Context, q store.Query) (page store.Page[store.Record], err error) {
	err = s.turn(ctx, s.staleReads, true, func() error { page, err = s.mem.Find(ctx, q); return err })
	return page, err
}

func (s *filed) History(ctx context.Context, ref store.Ref, after int64, limit int) (page store.Page[store.Entry], err error) {
	err = s.turn(ctx, s.staleReads, true, func() error { page, err = s.mem.History(ctx, ref, after, limit); return err })
	return page, err
}

func (s *filed) Outcome(ctx context.Context, key string) (receipt store.Receipt, err error) {
	err = s.turn(ctx, s.staleReads, true, func() error { receipt, err = s.mem.Outcome(ctx, key); return err })
	return receipt, err
}

func (s *filed) Feed(ctx context.Context, after store.Cursor, limit int) (page store.Page[store.Event], err error) {
	err = s.turn(ctx, s.staleReads, true, func() error { page, err = s.mem.Feed(ctx, after, limit); return err })
	return page, err
}

func (s *filed) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if s.losesLast && s.last > 0 {
		_ = s.file.Truncate(s.last)
	}
	if _, err := s.file.WriteAt(s.late, s.done); err != nil {
		return err
	}
	return s.file.Close()
}

// encoded gives a set whose documents are bytes.
func encoded(set store.ChangeSet) (store.ChangeSet, error) {
	changes := make([]store.Change, len(set.Changes))
	for i, change := range set.Changes {
		var err error
		switch c := change.(type) {
		case store.Put:
			c.Doc, err = raw(c.Doc)
			change = c
		case store.Append:
			c.Doc, err = raw(c.Doc)
			change = c
		}
		if changes[i] = change; err != nil {
			return set, fmt.Errorf("encode: %w", err)
		}
	}
	set.Changes = changes
	return set, nil
}

func raw(doc store.Doc) (store.Doc, error) {
	if doc == nil {
		return nil, nil
	}
	b, err := doc.AppendStored([]byte{})
	return store.Raw(b), err
}

// log writes a set down; its values follow from its documents.
func log(set store.ChangeSet) logged {
	l := logged{Key: set.Key, Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}
	for _, change := range set.Changes {
		n := loggedChange{Kind: fmt.Sprintf("%T", change), Ref: refOf(change)}
		switch c := change.(type) {
		case store.Put:
			n.Rev, n.Doc = c.Rev, c.Doc.(store.Raw)
		case store.Delete:
			n.Rev = c.Rev
		case store.Append:
			n.Rev, n.Doc, n.Entries = c.Rev, c.Doc.(store.Raw), c.Entries
		case store.Add:
			n.Steps = c.Steps
		case store.Claim:
			n.Owner = c.Owner
		case store.Release:
			n.Owner = c.Owner
		case store.Erase:
			n.Owner = c.Person
		}
		l.Changes = append(l.Changes, n)
	}
	return l
}

// set reads a record again, by the families that a layout has.
func (l logged) set(layout *store.Layout) (store.ChangeSet, error) {
	set := store.ChangeSet{Key: l.Key, Result: l.Result, Fingerprint: l.Fingerprint, At: l.At}
	for _, n := range l.Changes {
		f := layout.Family(n.Ref.Family)
		if f == nil && n.Kind != "store.Erase" {
			continue
		}
		record := store.Record{Ref: n.Ref, Rev: n.Rev, Doc: store.Raw(n.Doc)}
		if f != nil && f.Index != nil && n.Ref.Family != store.Receipts {
			var err error
			if n.Kind == "store.Put" || n.Kind == "store.Append" {
				record.Index, err = f.Index(n.Ref, record.Doc)
			}
			if err != nil {
				return set, err
			}
		}
		set.Changes = append(set.Changes, map[string]store.Change{
			"store.Put": store.Put{Record: record}, "store.Delete": store.Delete{Ref: n.Ref, Rev: n.Rev}, "store.Append": store.Append{Record: record, Entries: n.Entries},
			"store.Add": store.Add{Ref: n.Ref, Steps: n.Steps}, "store.Claim": store.Claim{Ref: n.Ref, Owner: n.Owner}, "store.Release": store.Release{Ref: n.Ref, Owner: n.Owner},
			"store.Erase": store.Erase{Person: n.Owner},
		}[n.Kind])
	}
	return set, nil
}

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
	"slices"
	"strings"
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
	Version int // of the family by which Index was made
	Index   []loggedValue
	Entries []store.Entry
	Steps   []store.Step
	Owner   string
}

type loggedValue struct {
	Type    store.Type
	Int     int64
	Text    string
	Members []string
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
		mem := memory.New()
		if err := mem.Prepare(ctx, schema); err != nil {
			return err
		}
		done, last := s.done, s.last
		s.done, s.last, s.version = 0, 0, 0
		err = s.catchUp(mem, layout)
		if s.version > schema.Version && !s.ignoreVersion {
			err = store.ErrUnsupported
		}
		if err != nil {
			s.done, s.last = done, last
			return err
		}
		s.mem, s.layout = mem, layout
		if schema.Version > s.version {
			s.version = schema.Version
			return s.append(logged{Version: schema.Version})
		}
		return nil
	})
}

func (s *filed) Commit(ctx context.Context, set store.ChangeSet) (receipt store.Receipt, err error) {
	err = s.turn(ctx, s.staleWrites, true, func() error {
		if set, err = encoded(set); err != nil {
			return err
		}
		receipt, err = s.mem.Commit(ctx, set)
		if err != nil || receipt.Replay || set.Key == "" && len(set.Changes) == 0 {
			return err
		}
		return s.append(log(set, s.layout))
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

// Maintain writes over what erased records said. Each record of the file keeps its
// place, so that other handles read on where they were.
func (s *filed) Maintain(ctx context.Context) error {
	return s.turn(ctx, false, true, func() error {
		whole := make([]byte, s.done)
		if _, err := s.file.ReadAt(whole, 0); err != nil {
			return err
		}
		for at := 0; at < len(whole); {
			frame := whole[at+4 : at+4+int(binary.BigEndian.Uint32(whole[at:]))]
			at += 4 + len(frame)
			var l logged
			if err := gob.NewDecoder(bytes.NewReader(frame)).Decode(&l); err != nil {
				return err
			}
			l.Changes = slices.DeleteFunc(l.Changes, func(n loggedChange) bool {
				f := s.layout.Family(n.Ref.Family)
				return f != nil && f.Personal && !now(s.mem, n.Ref).Exists()
			})
			var b bytes.Buffer
			if err := gob.NewEncoder(&b).Encode(l); err != nil {
				return err
			}
			clear(frame[copy(frame, b.Bytes()):])
		}
		_, err := s.file.WriteAt(whole, 0)
		return err
	})
}

// encoded gives a set whose documents are bytes.
func encoded(set store.ChangeSet) (store.ChangeSet, error) {
	changes := make([]store.Change, len(set.Changes))
	for i, change := range set.Changes {
		var err error
		switch c := change.(type) {
		case store.Put:
			c.Doc, err = rawDoc(c.Doc)
			change = c
		case store.Append:
			c.Doc, err = rawDoc(c.Doc)
			change = c
		}
		if changes[i] = change; err != nil {
			return set, err
		}
	}
	set.Changes = changes
	return set, nil
}

func rawDoc(doc store.Doc) (store.Doc, error) {
	doc, err := raw(doc)
	if err != nil {
		return nil, fmt.Errorf("encode: %w: %w", store.ErrInvalid, err)
	}
	if b, _ := doc.(store.Raw); len(b) > store.MaxDocument {
		return nil, &store.InvalidError{What: "doc", Reason: "it is too long"}
	}
	return doc, nil
}

func raw(doc store.Doc) (store.Doc, error) {
	if doc == nil {
		return nil, nil
	}
	b, err := doc.AppendStored([]byte{})
	return store.Raw(b), err
}

// log writes a set down.
func log(set store.ChangeSet, layout *store.Layout) logged {
	l := logged{Key: set.Key, Result: set.Result, Fingerprint: set.Fingerprint, At: set.At}
	for _, change := range set.Changes {
		n := loggedChange{Kind: fmt.Sprintf("%T", change), Ref: refOf(change)}
		if f := layout.Family(n.Ref.Family); f != nil {
			n.Version = f.Version
		}
		switch c := change.(type) {
		case store.Put:
			n.Rev, n.Doc, n.Index = c.Rev, c.Doc.(store.Raw), logValues(c.Index)
		case store.Delete:
			n.Rev = c.Rev
		case store.Append:
			n.Rev, n.Doc, n.Index, n.Entries = c.Rev, c.Doc.(store.Raw), logValues(c.Index), c.Entries
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

func logValues(values []store.Value) []loggedValue {
	out := make([]loggedValue, len(values))
	for i, v := range values {
		out[i] = loggedValue{v.Type(), v.Int(), v.Text(), v.Members()}
	}
	return out
}

func (v loggedValue) value() store.Value {
	switch v.Type {
	case store.Int:
		return store.IntValue(v.Int)
	case store.Text:
		return store.TextValue(v.Text)
	case store.Many:
		return store.ManyValue(v.Members...)
	}
	return store.WordsValue(strings.Join(v.Members, " "))
}

// index gives the values that a record was filed by, or those of a later version of
// its family.
func (n loggedChange) index(f *store.FamilyLayout) ([]store.Value, error) {
	if n.Version < f.Version && len(f.Fields) > 0 {
		return f.Index(n.Ref, store.Raw(n.Doc))
	}
	var values []store.Value
	for _, v := range n.Index {
		values = append(values, v.value())
	}
	return values, nil
}

// steps gives those of columns that are still there, or one that moves nothing.
func (n loggedChange) steps(f *store.FamilyLayout) []store.Step {
	kept := slices.DeleteFunc(slices.Clone(n.Steps), func(s store.Step) bool { return f.Field(s.Field) < 0 })
	if len(kept) == 0 {
		kept = []store.Step{{Field: f.Fields[0].Name, Floor: store.NoFloor}}
	}
	return kept
}

// set reads a record again, by the families that a layout has.
func (l logged) set(layout *store.Layout) (store.ChangeSet, error) {
	set := store.ChangeSet{Key: l.Key, Result: l.Result, Fingerprint: l.Fingerprint, At: l.At}
	for _, n := range l.Changes {
		f := layout.Family(n.Ref.Family)
		if f == nil && n.Kind != "store.Erase" {
			continue
		}
		var change store.Change
		record := store.Record{Ref: n.Ref, Rev: n.Rev, Doc: store.Raw(n.Doc)}
		var err error
		switch n.Kind {
		case "store.Put":
			record.Index, err = n.index(f)
			change = store.Put{Record: record}
		case "store.Append":
			record.Index, err = n.index(f)
			change = store.Append{Record: record, Entries: n.Entries}
		case "store.Delete":
			change = store.Delete{Ref: n.Ref, Rev: n.Rev}
		case "store.Add":
			change = store.Add{Ref: n.Ref, Steps: n.steps(f)}
		case "store.Claim":
			change = store.Claim{Ref: n.Ref, Owner: n.Owner}
		case "store.Release":
			change = store.Release{Ref: n.Ref, Owner: n.Owner}
		case "store.Erase":
			change = store.Erase{Person: n.Owner}
		}
		if err != nil {
			return set, err
		}
		set.Changes = append(set.Changes, change)
	}
	return set, nil
}

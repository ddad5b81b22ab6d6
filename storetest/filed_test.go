//go:build unix

package storetest

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
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
	schema  store.Schema
	layout  *store.Layout
	mem     *memory.Store // nil before Prepare
	spoiled bool          // mem may have what the file has not
	closed  bool
	engine  *Engine

	// faults
	staleReads    bool // reads do not look for what others wrote
	staleWrites   bool // nor do commits
	ignoreVersion bool
	losesLast     bool   // Close cuts the last record off
	late          []byte // not nil: records are kept here until Close
}

func openFiled(place string, engine *Engine) (*filed, error) {
	s := &filed{engine: engine}
	var err error
	opened := engine.Do(func() error {
		s.file, err = os.OpenFile(place, os.O_RDWR|os.O_CREATE, 0o600)
		return err
	})
	if opened != nil && s.file != nil {
		_ = s.file.Close()
	}
	return s, opened
}

// places is where the files of all tests are: a directory for each of some ten thousand
// takes longer than what is done in it.
var places struct {
	made func() (string, error)
	n    atomic.Int64
}

func TestMain(m *testing.M) {
	places.made = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "storetest") })
	code := m.Run()
	if dir, err := places.made(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// place gives the path of a file that is not there yet.
func place(tb testing.TB) string {
	dir, err := places.made()
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(dir, fmt.Sprint("log", places.n.Add(1)))
	tb.Cleanup(func() { _ = os.Remove(path) })
	return path
}

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
	defer func() { _ = syscall.Flock(int(s.file.Fd()), syscall.LOCK_UN) }()
	if err := s.engine.Do(func() error { return syscall.Flock(int(s.file.Fd()), syscall.LOCK_EX) }); err != nil {
		return err
	}
	if s.spoiled {
		if err := s.afresh(ctx); err != nil {
			return err
		}
	}
	if s.mem != nil && !stale {
		if err := s.catchUp(s.mem, s.layout); err != nil {
			return err
		}
	}
	return f()
}

// afresh reads the whole file again.
func (s *filed) afresh(ctx context.Context) error {
	mem := memory.New()
	if err := mem.Prepare(ctx, s.schema); err != nil {
		return err
	}
	s.mem, s.done, s.last = mem, 0, 0
	err := s.catchUp(mem, s.layout)
	s.spoiled = err != nil
	return err
}

// catchUp applies what the file has beyond s.done. A record that a killed
// process did not finish is cut off.
func (s *filed) catchUp(mem *memory.Store, layout *store.Layout) error {
	rest, err := s.rest(s.done)
	if err != nil || len(rest) == 0 {
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
	if len(rest) == 0 {
		return nil
	}
	return s.engine.Do(func() error { return s.file.Truncate(s.done) })
}

// rest gives what the file has from a place on.
func (s *filed) rest(from int64) (rest []byte, err error) {
	err = s.engine.Do(func() error {
		info, err := s.file.Stat()
		if err != nil {
			return err
		}
		rest = make([]byte, max(0, info.Size()-from))
		_, err = s.file.ReadAt(rest, from)
		return err
	})
	return rest, err
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
	var end int64
	s.spoiled = true
	err := s.engine.Do(func() (err error) {
		end, err = s.file.Seek(0, io.SeekEnd)
		return err
	})
	if err != nil {
		return err
	}
	if err := s.engine.Do(func() error { _, err := s.file.Write(b.Bytes()); return err }); err != nil {
		return fmt.Errorf("%w: %w", store.ErrOutcomeUnknown, err)
	}
	s.last, s.done, s.spoiled = end, end+int64(b.Len()), false
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
		next := &filed{file: s.file, engine: s.engine, ignoreVersion: s.ignoreVersion, staleWrites: s.staleWrites, late: s.late}
		err = next.catchUp(mem, layout)
		if err == nil && next.version > schema.Version && !s.ignoreVersion {
			err = store.ErrUnsupported
		}
		if err == nil && schema.Version > next.version {
			next.version = schema.Version
			err = next.append(logged{Version: schema.Version})
		}
		if err != nil {
			return err
		}
		s.schema, s.layout, s.mem, s.spoiled = schema, layout, mem, false
		s.version, s.done, s.last, s.late = next.version, next.done, next.last, next.late
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
	err := s.engine.Do(func() error { _, err := s.file.WriteAt(s.late, s.done); return err })
	return errors.Join(err, s.file.Close())
}

// Maintain writes over what erased records said. Each record of the file keeps its
// place, so that other handles read on where they were.
func (s *filed) Maintain(ctx context.Context) error {
	return s.turn(ctx, false, true, func() error {
		whole, err := s.rest(0)
		if err != nil {
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
		return s.engine.Do(func() error { _, err := s.file.WriteAt(whole, 0); return err })
	})
}

package sqldb_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// second opens another handle on a file, as another process would.
func second(t *testing.T, path string, schema store.Schema) *sqldb.Store {
	t.Helper()
	c, err := modernc.NewConnector("file:" + path + "?_pragma=journal_mode(WAL)&_pragma=secure_delete(1)&_pragma=synchronous(FULL)")
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(c)
	s, err := sqldb.Open(t.Context(), sqldb.Config{Write: db, Classify: faulty.Classify, Wait: time.Second, Close: db.Close})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Prepare(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	return s
}

// filing gives the schema of a newer program, whose notes are filed by a word.
func filing(index func(store.Ref, store.Doc) ([]store.Value, error)) store.Schema {
	notes := store.Family{
		Name: "notes", Shape: store.Rows, Version: 2, Fields: []store.Field{{Name: "word", Type: store.Words}},
		Lists: []store.List{{Name: "by_word", Match: true}}, Index: index,
	}
	return store.Schema{Version: 2, Families: append([]store.Family{notes}, noted.Families[1:]...)}
}

func aWord(store.Ref, store.Doc) ([]store.Value, error) {
	return []store.Value{store.WordsValue("word")}, nil
}

// Where sets are decided one by one, another process may commit between two of them: what
// was known of the first's revisions is not so for the second.
func TestOneByOneBesideAnotherProcess(t *testing.T) {
	s, f := openPatient(t, "", time.Minute)
	other := second(t, s.File(), noted)
	if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{putting("there", 0), putting("trouble", 0)}}); err != nil {
		t.Fatal(err)
	}
	requiring := func(key string) store.ChangeSet {
		set := store.ChangeSet{Key: "set-" + key, Changes: []store.Change{putting(key, 0)}}
		set.Requires = []store.Requirement{{Ref: store.Ref{Family: "notes", Key: "there"}, Rev: 1}}
		return set
	}
	begun := 0
	begin := &fault{prefix: "BEGIN", times: 1 << 30}
	begin.meanwhile = func() {
		if begun++; begun == 2 { // the first is committed, the second has not begun
			if _, err := other.Commit(context.Background(), store.ChangeSet{Changes: []store.Change{putting("there", 1)}}); err != nil {
				t.Error(err)
			}
		}
	}
	f.fault.Store(&fault{prefix: "UPDATE", err: faulty.Code(13), times: 1, meanwhile: func() { f.fault.Store(begin) }})
	all := together(t, s, locker(t, s), requiring("a"), requiring("b"), store.ChangeSet{Changes: []store.Change{putting("trouble", 1)}})
	if all[0].err != nil || !errors.Is(all[1].err, store.ErrConflict) || begun < 3 {
		t.Errorf("the first: %v, the second: %+v, after %d transactions", all[0].err, all[1], begun)
	}
}

// A batch that is run again finds that another process has prepared the file for a newer
// program meanwhile, and leaves it alone.
func TestRunAgainUnderANewerSchema(t *testing.T) {
	s, f := openPatient(t, "", time.Minute)
	if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{putting("there", 0)}}); err != nil {
		t.Fatal(err)
	}
	var other *sqldb.Store
	f.fault.Store(&fault{prefix: "BEGIN", times: 1 << 30, meanwhile: func() {
		if s.Stats().Waiting == 0 && other == nil { // the batch was run once
			other = second(t, s.File(), filing(aWord))
		}
	}})
	all := together(t, s, locker(t, s),
		store.ChangeSet{Changes: []store.Change{putting("x", 0), putting("there", 7)}},
		store.ChangeSet{Changes: []store.Change{store.Delete{Ref: store.Ref{Family: "notes", Key: "there"}, Rev: 1}}})
	for i, a := range all {
		if !errors.Is(a.err, store.ErrUnsupported) {
			t.Errorf("set %d: %+v", i, a)
		}
	}
	if err := other.Check(t.Context()); err != nil || revision(t, other, "notes", "there") != 1 {
		t.Errorf("the file: %v", err)
	}
}

// Those that are decided one by one wait for a locked file together, not one after the
// other.
func TestOneByOneTheyWaitTogether(t *testing.T) {
	s, f := openPatient(t, "", 2*time.Second)
	if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{putting("trouble", 0)}}); err != nil {
		t.Fatal(err)
	}
	lock := locker(t, s)
	conn, err := locker(t, s).Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	f.fault.Store(&fault{prefix: "UPDATE", err: faulty.Code(13), times: 1, meanwhile: func() {
		f.fault.Store(&fault{prefix: "BEGIN", times: 1, meanwhile: func() {
			if _, err := conn.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
				t.Error(err)
			}
		}})
	}})
	sets := []store.ChangeSet{{Changes: []store.Change{putting("trouble", 1)}}}
	for i := range 39 {
		sets = append(sets, note(fmt.Sprint("n", i)))
	}
	begun := time.Now()
	for i, a := range together(t, s, lock, sets...) {
		if !errors.Is(a.err, store.ErrBusy) {
			t.Errorf("set %d: %+v", i, a)
		}
	}
	if took := time.Since(begun); took > 30*time.Second { // one after the other, eighty
		t.Errorf("they waited %v", took)
	}
}

// A panic in a driver, or in the program's log, ends the call that led, and no other: their
// sets are of unknown outcome, and the store goes on.
func TestPanicWhileLeading(t *testing.T) {
	for _, prefix := range []string{"INSERT", "COMMIT"} {
		t.Run(prefix, func(t *testing.T) {
			s, f := openPatient(t, "", time.Minute)
			f.fault.Store(&fault{prefix: prefix, times: 1, meanwhile: func() { panic("in the driver") }})
			func() {
				defer func() {
					if recover() == nil {
						t.Error("the panic is the caller's to see")
					}
				}()
				_, _ = s.Commit(t.Context(), note("a"))
			}()
			settled(t, s, "a", false)
			if _, err := second(t, s.File(), noted).Commit(t.Context(), note("b")); err != nil {
				t.Errorf("another process: %v", err)
			}
		})
	}
}

// A panic in a family's Index while the file is prepared leaves the file to the others.
func TestPanicWhilePreparing(t *testing.T) {
	s, _ := openPatient(t, "", time.Minute)
	other := second(t, s.File(), noted)
	if _, err := s.Commit(t.Context(), note("a")); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic is the caller's to see")
			}
		}()
		_ = s.Prepare(t.Context(), filing(func(store.Ref, store.Doc) ([]store.Value, error) { panic("in Index") }))
	}()
	if _, err := other.Commit(t.Context(), note("b")); err != nil {
		t.Errorf("another process: %v", err)
	}
}

// breaking has a driver lose its connection, or panic, after some rows of notes.
type breaking struct {
	after  int // 0: not
	panics bool
}

func (b *breaking) do(c faulty.Call, run func() error) error {
	if c.Op != faulty.Next || b.after == 0 || !strings.Contains(c.Query, "till_notes") {
		return run()
	}
	if b.after--; b.after > 0 {
		return run()
	}
	if b.panics {
		panic("in the driver")
	}
	return driver.ErrBadConn
}

// A reader that loses its connection gives no row twice, and the next call has another.
func TestReaderThatLosesItsConnection(t *testing.T) {
	for name, panics := range map[string]bool{"lost": false, "panic": true} {
		t.Run(name, func(t *testing.T) {
			dsn := "file:" + filepath.Join(t.TempDir(), "shop.db") + "?_pragma=journal_mode(WAL)&_pragma=secure_delete(1)&_pragma=synchronous(FULL)"
			writing, err := modernc.NewConnector(dsn)
			if err != nil {
				t.Fatal(err)
			}
			reading, err := modernc.NewConnector(dsn + "&_pragma=query_only(1)")
			if err != nil {
				t.Fatal(err)
			}
			b := new(breaking)
			write, read := sql.OpenDB(writing), sql.OpenDB(faulty.Connector{Connector: reading, Do: b.do})
			s, err := sqldb.Open(t.Context(), sqldb.Config{
				Write: write, Read: read, Readers: 1, Classify: faulty.Classify,
				Close: func() error { return errors.Join(read.Close(), write.Close()) },
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			if err := s.Prepare(t.Context(), noted); err != nil {
				t.Fatal(err)
			}
			for i := range 5 {
				if _, err := s.Commit(t.Context(), note(fmt.Sprint(i))); err != nil {
					t.Fatal(err)
				}
			}
			keys := func() (keys []string, err error) {
				defer func() {
					if trouble := recover(); trouble != nil {
						err = fmt.Errorf("panic: %v", trouble)
					}
				}()
				page, err := s.Find(t.Context(), store.Query{Family: "notes", Limit: 10})
				for _, r := range page.Items {
					keys = append(keys, r.Key)
				}
				return keys, err
			}
			b.after, b.panics = 4, panics
			if got, err := keys(); err == nil || len(got) > 0 {
				t.Errorf("in the middle: %v, %v", got, err)
			}
			if got, err := keys(); err != nil || !slices.Equal(got, []string{"0", "1", "2", "3", "4"}) {
				t.Errorf("afterwards: %v, %v", got, err)
			}
		})
	}
}

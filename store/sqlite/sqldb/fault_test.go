package sqldb_test

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// fault makes statements fail that begin with a text: without being run, or
// after they were.
type fault struct {
	prefix string
	err    error // nil: it succeeds
	after  bool
	times  int

	meanwhile func() // is called first
}

// plan has a driver do as its fault says.
type plan struct{ fault atomic.Pointer[fault] }

// do makes a call of the driver, unless it is to fail.
func (p *plan) do(c faulty.Call, run func() error) error {
	f := p.fault.Load()
	if f == nil || f.times <= 0 || c.Op != faulty.Exec || !c.Prepared || !strings.HasPrefix(c.Query, f.prefix) {
		return run()
	}
	f.times--
	if f.meanwhile != nil {
		f.meanwhile()
	}
	if f.err != nil && !f.after {
		return f.err
	}
	if err := run(); err != nil {
		return err
	}
	return f.err
}

var noted = store.Schema{Version: 1, Families: []store.Family{
	{Name: "notes", Shape: store.Rows, Version: 1},
	{Name: "log", Shape: store.Journal, Version: 1},
	{Name: "stock", Shape: store.Counters, Version: 1, Fields: []store.Field{{Name: "a", Type: store.Int}, {Name: "b", Type: store.Int}}},
}}

// openFaulty opens the engine over a driver whose writing connection can be made
// to fail. More pragmas can be given.
func openFaulty(t *testing.T, pragmas string) (*sqldb.Store, *plan) {
	t.Helper()
	return openPatient(t, pragmas, 50*time.Millisecond)
}

// openPatient is openFaulty with how long a call waits for the file.
func openPatient(t *testing.T, pragmas string, wait time.Duration) (*sqldb.Store, *plan) {
	t.Helper()
	name := "file:" + filepath.Join(t.TempDir(), "shop.db") + "?_pragma=journal_mode(WAL)&_pragma=secure_delete(1)" + pragmas
	writing, err := modernc.NewConnector(name)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := modernc.NewConnector(name + "&_query_only=1")
	if err != nil {
		t.Fatal(err)
	}
	f := new(plan)
	write, read := sql.OpenDB(faulty.Connector{Connector: writing, Do: f.do}), sql.OpenDB(reading)
	s, err := sqldb.Open(t.Context(), sqldb.Config{
		Write: write, Read: read, Classify: faulty.Classify, Wait: wait,
		Close: func() error { return errors.Join(read.Close(), write.Close()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if err := s.Prepare(t.Context(), noted); err != nil {
		t.Fatal(err)
	}
	return s, f
}

func note(key string) store.ChangeSet {
	r := store.Record{Ref: store.Ref{Family: "notes", Key: key}, Doc: store.Raw("{}")}
	return store.ChangeSet{Key: "set-" + key, Changes: []store.Change{
		store.Put{Record: r},
		store.Append{Record: store.Record{Ref: store.Ref{Family: "log", Key: key}, Doc: store.Raw("{}")}, Entries: []store.Entry{{N: 1, Kind: "k", V: 1}}},
	}}
}

func TestFailingStatementsAreCertain(t *testing.T) {
	const ioError, full, busy = 10 | 3<<8, 13, 5
	for name, c := range map[string]struct {
		fault fault
		want  error
	}{
		"begin, not run":        {fault{prefix: "BEGIN", err: faulty.Code(ioError), after: false, times: 1}, nil}, // a new connection does it
		"begin, lost":           {fault{prefix: "BEGIN", err: faulty.Code(ioError), after: true, times: 1}, nil},
		"begin, always":         {fault{prefix: "BEGIN", err: faulty.Code(ioError), after: false, times: 9}, faulty.Code(ioError)},
		"begin, busy":           {fault{prefix: "BEGIN", err: faulty.Code(busy), after: false, times: 1 << 30}, store.ErrBusy},
		"insert":                {fault{prefix: "INSERT", err: faulty.Code(ioError), after: false, times: 1}, faulty.Code(ioError)},
		"insert, done":          {fault{prefix: "INSERT", err: faulty.Code(ioError), after: true, times: 1}, faulty.Code(ioError)},
		"insert, no room":       {fault{prefix: "INSERT INTO \"till_entries\"", err: faulty.Code(full), after: true, times: 1}, store.ErrFull},
		"commit, no room":       {fault{prefix: "COMMIT", err: faulty.Code(full), after: false, times: 1}, store.ErrFull},
		"commit, busy":          {fault{prefix: "COMMIT", err: faulty.Code(busy), after: false, times: 1 << 30}, store.ErrBusy},
		"commit, busy at first": {fault{prefix: "COMMIT", err: faulty.Code(busy), after: false, times: 3}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s, f := openFaulty(t, "")
			f.fault.Store(&c.fault)
			_, err := s.Commit(t.Context(), note("a"))
			if !errors.Is(err, c.want) || errors.Is(err, store.ErrOutcomeUnknown) {
				t.Fatalf("commit: %v, want %v", err, c.want)
			}
			f.fault.Store(nil)
			settled(t, s, "a", c.want == nil)
		})
	}
}

// settled compares what is there with what the outcome says, and that the store
// goes on working.
func settled(t *testing.T, s *sqldb.Store, key string, want bool) {
	t.Helper()
	_, err := s.Outcome(t.Context(), "set-"+key)
	if want != (err == nil) || err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Errorf("outcome: %v, want it to have happened: %v", err, want)
	}
	records, err := s.Get(t.Context(), store.Ref{Family: "notes", Key: key}, store.Ref{Family: "log", Key: key})
	if err != nil || records[0].Exists() != want || records[1].Exists() != want {
		t.Errorf("%+v, %v; want both there: %v", records, err, want)
	}
	receipt, err := s.Commit(t.Context(), note(key))
	if err != nil || receipt.Replay != want {
		t.Errorf("again: %+v, %v; want a replay: %v", receipt, err, want)
	}
	if _, err := s.Commit(t.Context(), note(key+key)); err != nil {
		t.Errorf("another: %v", err)
	}
}

func TestFailingCommitIsUnknownUntilItIsSettled(t *testing.T) {
	for name, happened := range map[string]bool{"not run": false, "run": true} {
		for kind, err := range map[string]error{"disk": faulty.Code(10 | 4<<8), "no code": errors.New("odd")} {
			t.Run(name+", "+kind, func(t *testing.T) {
				s, f := openFaulty(t, "")
				f.fault.Store(&fault{prefix: "COMMIT", err: err, after: happened, times: 1})
				_, have := s.Commit(t.Context(), note("a"))
				if !errors.Is(have, store.ErrOutcomeUnknown) || !errors.Is(have, err) {
					t.Fatalf("commit: %v", have)
				}
				// As long as the disk does not obey, nobody can tell.
				f.fault.Store(&fault{prefix: "COMMIT", err: err, after: false, times: 2})
				for range 2 {
					if _, err := s.Outcome(t.Context(), "set-a"); err == nil || errors.Is(err, store.ErrNotFound) {
						t.Fatalf("outcome while it cannot be known: %v", err)
					}
				}
				settled(t, s, "a", happened)
			})
		}
	}
}

// A driver that gives its connection up in the middle of everything: another one is
// taken, and it tells.
func TestLostConnectionIsReplaced(t *testing.T) {
	for name, happened := range map[string]bool{"not run": false, "run": true} {
		t.Run(name, func(t *testing.T) {
			s, f := openFaulty(t, "")
			f.fault.Store(&fault{prefix: "COMMIT", err: driver.ErrBadConn, after: happened, times: 1})
			_, err := s.Commit(t.Context(), note("a"))
			if !errors.Is(err, store.ErrOutcomeUnknown) {
				t.Error(err)
			}
			f.fault.Store(nil)
			settled(t, s, "a", happened)
		})
	}
}

func TestFullDiskIsErrFull(t *testing.T) {
	s, _ := openFaulty(t, "&_pragma=max_page_count(60)")
	big := store.Raw(strings.Repeat("x", 300_000))
	_, err := s.Commit(t.Context(), store.ChangeSet{Key: "big", Changes: []store.Change{store.Put{Record: store.Record{Ref: store.Ref{Family: "notes", Key: "big"}, Doc: big}}}})
	if !errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrOutcomeUnknown) {
		t.Fatal(err)
	}
	settled(t, s, "a", false)
}

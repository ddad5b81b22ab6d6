package sqldb_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite/internal/faulty"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

// hooked lets a test stand in the way of each COMMIT, however the engine asks for it. The
// hook may run it or not, and gives the answer.
type hooked struct {
	commit atomic.Pointer[func(c faulty.Call, run func() error) error]
}

// do runs a statement, by way of the hook if it is a COMMIT.
func (h *hooked) do(c faulty.Call, run func() error) error {
	words := strings.Fields(strings.ToUpper(strings.TrimRight(c.Query, "; \n")))
	hook := h.commit.Load()
	if hook == nil || len(words) == 0 || c.Op != faulty.Exec && c.Op != faulty.Query || words[0] != "COMMIT" && words[0] != "END" {
		return run()
	}
	return (*hook)(c, run)
}

// openHooked opens the engine at a path, over a driver whose commits can be made to
// fail.
func openHooked(t *testing.T, path, pragmas string) (*sqldb.Store, *hooked) {
	t.Helper()
	name := "file:" + path + "?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=secure_delete(1)&_pragma=synchronous(FULL)" + pragmas
	writing, err := modernc.NewConnector(name)
	if err != nil {
		t.Fatal(err)
	}
	reading, err := modernc.NewConnector(name + "&_query_only=1&_pragma=query_only(1)")
	if err != nil {
		t.Fatal(err)
	}
	h := new(hooked)
	write, read := sql.OpenDB(faulty.Connector{Connector: writing, Do: h.do}), sql.OpenDB(reading)
	s, err := sqldb.Open(t.Context(), sqldb.Config{
		Write: write, Read: read, Classify: faulty.Classify, Wait: 20 * time.Millisecond,
		Close: func() error { return errors.Join(read.Close(), write.Close()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.commit.Store(nil)
		_ = s.Close() // whose connection may have been lost
	})
	if err := s.Prepare(t.Context(), noted); err != nil {
		t.Fatal(err)
	}
	return s, h
}

// copied copies a file while nobody writes, as it would be found after the machine
// stopped now. The log comes first: what is moved into the file meanwhile stands in it.
func copied(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	for _, end := range []string{"-wal", ""} {
		body, err := os.ReadFile(path + end)
		if err == nil {
			err = os.WriteFile(to+end, body, 0o600)
		}
		if err != nil && !(end != "" && errors.Is(err, os.ErrNotExist)) {
			t.Fatal(err)
		}
	}
	return to
}

// flushed is a set of which one can see whether all of it is there.
func flushed(key string) store.ChangeSet {
	set := note(key)
	set.Result = "result of " + key
	set.Changes = append(set.Changes, store.Add{Ref: store.Ref{Family: "stock", Key: "mug"}, Steps: []store.Step{{Field: "a", By: 1}}})
	return set
}

// believed is what the store has said of a set.
type believed int

const (
	undecided believed = iota // it could not be known
	absent
	present
)

// try commits a set, and asks for its outcome if that is not known; where it is not
// there, it may try again.
func try(t *testing.T, s *sqldb.Store, r *rand.Rand, key string) believed {
	t.Helper()
	for first := true; ; first = false {
		receipt, err := s.Commit(t.Context(), flushed(key))
		if err == nil {
			if receipt.Replay || receipt.Result != "result of "+key {
				t.Errorf("%s was not there, but the answer is %+v", key, receipt)
			}
			return present
		}
		if errors.Is(err, store.ErrOutcomeUnknown) {
			switch is := ask(t, s, key); is {
			case undecided, present:
				return is
			}
		}
		if !first || r.IntN(2) == 0 {
			return absent
		}
	}
}

// refused commits a set that cannot be taken, and that others may share a flush with.
func refused(t *testing.T, s *sqldb.Store, key string) {
	t.Helper()
	set := flushed(key)
	set.Changes[2] = store.Add{Ref: store.Ref{Family: "stock", Key: "mug"}, Steps: []store.Step{{Field: "a", By: -1_000_000}}}
	if receipt, err := s.Commit(t.Context(), set); err == nil {
		t.Errorf("%s was taken, though there is not enough: %+v", key, receipt)
	}
}

// ask asks for an outcome until there is one, though not for ever.
func ask(t *testing.T, s *sqldb.Store, key string) believed {
	t.Helper()
	for range 10 {
		receipt, err := s.Outcome(t.Context(), "set-"+key)
		if errors.Is(err, store.ErrNotFound) {
			return absent
		}
		if err == nil {
			if receipt.Result != "result of "+key {
				t.Errorf("outcome of %s: %+v", key, receipt)
			}
			return present
		}
	}
	return undecided
}

// keeps fails unless a store has what was believed, and each set wholly or not at all.
func keeps(t *testing.T, what string, s *sqldb.Store, all map[string]believed) {
	t.Helper()
	sum := int64(0)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		refs := []store.Ref{{Family: store.Receipts, Key: "set-" + key}, {Family: "notes", Key: key}, {Family: "log", Key: key}}
		records, err := s.Get(t.Context(), refs...)
		if err != nil {
			t.Fatal(err)
		}
		is := absent
		if records[0].Exists() {
			is = present
			sum++
		}
		if records[1].Exists() != (is == present) || records[2].Exists() != (is == present) {
			t.Errorf("%s: %s is there by half: %+v", what, key, records)
		}
		if all[key] != undecided && all[key] != is {
			t.Errorf("%s: %s is %d, the store had said %d", what, key, is, all[key])
		}
	}
	stock, err := s.Get(t.Context(), store.Ref{Family: "stock", Key: "mug"})
	if err != nil {
		t.Fatal(err)
	}
	if stock[0].Exists() && stock[0].Index[0].Int() != sum || !stock[0].Exists() && sum != 0 {
		t.Errorf("%s: %d sets are there, the counter is %+v", what, sum, stock[0])
	}
}

// The ways in which a flush fails.
var failures = map[string]struct {
	lasting bool // the lock may be lost with the connection, so that nothing can be known
	fail    func(c faulty.Call, run func() error) error
}{
	"disk, nothing written": {false, func(faulty.Call, func() error) error { return faulty.Code(10 | 4<<8) }},
	"disk, all written":     {false, func(_ faulty.Call, run func() error) error { return errors.Join(faulty.Code(10|4<<8), run()) }},
	"no code, all written":  {false, func(_ faulty.Call, run func() error) error { return errors.Join(errors.New("odd"), run()) }},
	"rolled back": {false, func(c faulty.Call, _ func() error) error {
		_, err := c.Conn.(driver.ExecerContext).ExecContext(context.Background(), "ROLLBACK", nil)
		return errors.Join(faulty.Code(10|4<<8), err)
	}},
	"lost and rolled back": {false, func(c faulty.Call, _ func() error) error {
		_, err := c.Conn.(driver.ExecerContext).ExecContext(context.Background(), "ROLLBACK", nil)
		return errors.Join(driver.ErrBadConn, err)
	}},
	"lost, all written": {false, func(_ faulty.Call, run func() error) error { return errors.Join(driver.ErrBadConn, run()) }},
	"lost, still open":  {true, func(faulty.Call, func() error) error { return driver.ErrBadConn }},
}

// Whatever becomes of a flush, each of those who wait for it is told the truth: it is
// there, or it is not and never will be, or nobody knows; and then Outcome tells, with
// an answer that outlasts the machine.
func TestFailingFlushTellsNoLie(t *testing.T) {
	rounds := 1
	if text := os.Getenv("TILL_FLUSHES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("TILL_FLUSHES is %q: give a number", text)
		}
		rounds = n
	}
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			for round := range rounds {
				failingFlushes(t, uint64(round), 16, f.lasting, f.fail)
				failingFlushes(t, uint64(round), 1, f.lasting, f.fail)
			}
		})
	}
}

// failingFlushes commits from many goroutines while some flushes fail. One alone also
// looks, after each answer, at what the machine would have kept.
func failingFlushes(t *testing.T, seed uint64, writers int, lasting bool, fail func(faulty.Call, func() error) error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "shop.db")
	s, h := openHooked(t, path, "")
	var mu sync.Mutex
	chance, failed := rand.New(rand.NewPCG(seed, 1)), 0
	hook := func(c faulty.Call, run func() error) error {
		mu.Lock()
		now := failed == 0 || lasting || chance.IntN(5) == 0
		if now {
			failed++
		}
		mu.Unlock()
		if now {
			return fail(c, run)
		}
		return run()
	}
	all := map[string]believed{}
	if lasting { // so that there is something at all
		all["first"] = try(t, s, chance, "first")
	}
	h.commit.Store(&hook)
	each := 96 / max(writers, 8)
	if lasting {
		each = 2
	}
	var wait sync.WaitGroup
	for w := range writers {
		r := rand.New(rand.NewPCG(seed, uint64(w)+2))
		wait.Go(func() {
			for n := range each {
				key := fmt.Sprintf("%d-%d", w, n)
				is := try(t, s, r, key)
				mu.Lock()
				all[key] = is
				mu.Unlock()
				if r.IntN(3) == 0 {
					key = "short-" + key
					refused(t, s, key)
					mu.Lock()
					all[key] = absent
					mu.Unlock()
				}
				if writers == 1 {
					kept, _ := openHooked(t, copied(t, path), "")
					keeps(t, fmt.Sprintf("seed %d, as kept after %s", seed, key), kept, all)
					if err := kept.Close(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wait.Wait()
	h.commit.Store(nil)
	if failed == 0 {
		t.Errorf("seed %d: no flush has failed", seed)
	}
	kept, _ := openHooked(t, copied(t, path), "")
	keeps(t, fmt.Sprintf("seed %d, as kept", seed), kept, all)
	keeps(t, fmt.Sprintf("seed %d, the same handle", seed), s, all)
	if lasting {
		return
	}
	for key, was := range all {
		is := ask(t, s, key)
		if was != undecided && is != was || is == undecided {
			t.Errorf("seed %d: %s was %d, with a disk that obeys it is %d", seed, key, was, is)
		}
		all[key] = is
	}
	if is := try(t, s, chance, "last"); is != present {
		t.Errorf("seed %d: with a disk that obeys nothing is written: %d", seed, is)
	}
	all["last"] = present
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	again, _ := openHooked(t, path, "")
	keeps(t, fmt.Sprintf("seed %d, opened again", seed), again, all)
}

// When the file may have no more pages, that is what those are told who need one;
// the others' sets are there, and with room made by deleting the same handle goes on.
func TestNoMorePagesUntilSomeAreFree(t *testing.T) {
	const writers = 16
	path := filepath.Join(t.TempDir(), "shop.db")
	s, _ := openHooked(t, path, "&_pragma=max_page_count(300)")
	bulky := func(key string) store.ChangeSet {
		set := flushed(key)
		doc := store.Raw(`"` + strings.Repeat("x", 20_000) + `"`)
		set.Changes = append(set.Changes, store.Put{Record: store.Record{Ref: store.Ref{Family: "notes", Key: key + "-big"}, Doc: doc}})
		return set
	}
	var mu sync.Mutex
	all := map[string]believed{}
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for n := range 100 {
				key := fmt.Sprintf("%d-%d", w, n)
				_, err := s.Commit(t.Context(), bulky(key))
				mu.Lock()
				if all[key] = present; err != nil {
					all[key] = absent
				}
				mu.Unlock()
				if err != nil {
					if !errors.Is(err, store.ErrFull) || errors.Is(err, store.ErrOutcomeUnknown) {
						t.Errorf("%s: %v", key, err)
					}
					return
				}
			}
			t.Error("the file was never full")
		})
	}
	wait.Wait()
	keeps(t, "full", s, all)
	refused := []string{}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if all[key] == absent {
			refused = append(refused, key)
			continue
		}
		big := store.Ref{Family: "notes", Key: key + "-big"}
		if _, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{store.Delete{Ref: big, Rev: 1}}}); err != nil {
			t.Errorf("making room: %v", err)
		}
	}
	for _, key := range refused {
		if receipt, err := s.Commit(t.Context(), bulky(key)); err != nil || receipt.Replay {
			t.Errorf("%s, with room: %+v, %v", key, receipt, err)
		}
		all[key] = present
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	again, _ := openHooked(t, path, "")
	keeps(t, "opened again", again, all)
}

package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
	"github.com/tillkit/till/store/sqlite/sqldb"
	modernc "modernc.org/sqlite"
)

func TestPathsMeanThemselves(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{
		"shop", "my shop.db", "50%.db", "%41.db", "a?b=c&_txlock=no", "a#b", "a;b", "a+b", "it's \"quoted\"", "é😀.db", "file:x", "~", "-", "a\nb",
	} {
		path := filepath.Join(dir, name)
		s := open(t, path)
		commit(t, s, put("meta", "k", 0, "{}"))
		if s.Path() != path {
			t.Errorf("%q: path %q", name, s.Path())
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if !get(t, open(t, path), "meta", "k").Exists() {
			t.Errorf("%q: the record is not there again", name)
		}
	}
}

func TestRelativePathsOutliveChdir(t *testing.T) {
	t.Chdir(t.TempDir())
	s := open(t, "shop.db")
	t.Chdir(t.TempDir())
	commit(t, s, put("meta", "k", 0, "{}"))
	var wait sync.WaitGroup
	for range 8 { // more connections than there were at first
		wait.Go(func() {
			if !get(t, s, "meta", "k").Exists() {
				t.Error("the record is not there")
			}
		})
	}
	wait.Wait()
}

func TestOpenRefusesWithAdvice(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage")
	content := bytes.Repeat([]byte("this is no database\n"), 1000)
	if err := os.WriteFile(garbage, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, advice string
		want, also   error
	}{
		{garbage, "no SQLite database", store.ErrInvalid, nil},
		{filepath.Join(dir, "missing", "shop.db"), "make the directory", store.ErrInvalid, fs.ErrNotExist},
		{filepath.Join(garbage, "shop.db"), "", store.ErrInvalid, nil},
		{dir, "directory", store.ErrInvalid, nil},
		{"", "path", store.ErrInvalid, nil},
		{"a\x00b", "path", store.ErrInvalid, nil},
		{":memory:", "store/memory", store.ErrInvalid, nil},
		{"file:shop.db?mode=ro", "plain path", store.ErrInvalid, nil},
	} {
		_, err := sqlite.Open(t.Context(), c.path)
		must(t, err, c.want)
		if c.also != nil {
			must(t, err, c.also)
		}
		if !strings.Contains(err.Error(), c.advice) {
			t.Errorf("%q: %v; want advice with %q", c.path, err, c.advice)
		}
	}
	var e *modernc.Error
	if _, err := sqlite.Open(t.Context(), garbage); !errors.As(err, &e) {
		t.Errorf("%v has no error of the driver in its chain", err)
	}
	if have, err := os.ReadFile(garbage); err != nil || !bytes.Equal(have, content) {
		t.Errorf("the file was changed: %v", err)
	}
	_, err := sqlite.OpenWith(t.Context(), filepath.Join(dir, "new.db"), sqlite.Options{MustExist: true})
	must(t, err, store.ErrNotFound)
	if _, err := os.Stat(filepath.Join(dir, "new.db")); err == nil {
		t.Error("MustExist made a file")
	}
}

func TestOpenSetsEveryConnection(t *testing.T) {
	path := place(t)
	open(t, path)
	var mode string
	if err := raw(t, path).QueryRow("PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
}

// What a commit waits for is what was asked for, on every connection, and the engine
// takes no handle that waits for less.
func TestOpenWaitsForTheDiskUnlessToldOtherwise(t *testing.T) {
	for sync, want := range map[sqldb.Sync]int{sqlite.Full: 2, sqlite.Normal: 1} {
		s, err := sqlite.OpenWith(t.Context(), place(t), sqlite.Options{Sync: sync})
		must(t, err, nil)
		var have int
		must(t, s.SQL().QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&have), nil)
		if have != want {
			t.Errorf("Sync %d: synchronous is %d, not %d", sync, have, want)
		}
		must(t, s.Prepare(t.Context(), testSchema()), nil)
		commit(t, s, put("meta", "k", 0, "{}"))
		must(t, s.Close(), nil)
		wrong := map[sqldb.Sync]string{sqlite.Full: "NORMAL", sqlite.Normal: "FULL"}[sync]
		db, err := sql.Open("sqlite", "file:"+place(t)+"?_pragma=journal_mode(WAL)&_pragma=secure_delete(1)&_pragma=synchronous("+wrong+")")
		must(t, err, nil)
		_, err = sqldb.Open(t.Context(), sqldb.Config{Write: db, Classify: func(error) (int, bool) { return 0, false }, Sync: sync})
		if !errors.Is(err, store.ErrInvalid) || !strings.Contains(err.Error(), "PRAGMA synchronous") {
			t.Errorf("Sync %d on synchronous=%s: %v", sync, wrong, err)
		}
		must(t, db.Close(), nil)
	}
}

// A file that another process has locked, wholly, is busy and is left alone.
func TestLockedFileIsBusyWithinTheDeadline(t *testing.T) {
	path := place(t)
	s := open(t, path)
	filled(t, s)
	before := dump(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	other := raw(t, path)
	for _, q := range []string{"PRAGMA locking_mode = EXCLUSIVE", "BEGIN IMMEDIATE", "CREATE TABLE mine(x)", "DROP TABLE mine", "COMMIT"} {
		if _, err := other.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := sqlite.Open(ctx, path)
	must(t, err, store.ErrBusy)
	_, err = sqlite.OpenWith(t.Context(), path, sqlite.Options{Wait: 20 * time.Millisecond})
	must(t, err, store.ErrBusy)
	if took := time.Since(start); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	other.Close()
	if have := dump(t, open(t, path)); have != before {
		t.Error("the file was changed")
	}
}

// While another process writes, commits wait for it as long as they may; reads
// do not wait at all.
func TestCommitWaitsForTheFile(t *testing.T) {
	path := place(t)
	s := open(t, path)
	other := raw(t, path)
	if _, err := other.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	set := store.ChangeSet{Key: "k", Changes: []store.Change{put("meta", "k", 0, "{}")}}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err := s.Commit(ctx, set)
	must(t, err, store.ErrBusy)
	must(t, err, context.DeadlineExceeded)
	if errors.Is(err, store.ErrOutcomeUnknown) {
		t.Error(err)
	}
	gone, leave := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, leave)
	_, err = s.Commit(gone, set)
	must(t, err, context.Canceled)
	_, err = s.Outcome(t.Context(), "k")
	must(t, err, store.ErrNotFound)

	done := make(chan error)
	go func() {
		_, err := s.Commit(t.Context(), set)
		done <- err
	}()
	if _, err := other.Exec("COMMIT"); err != nil {
		t.Fatal(err)
	}
	must(t, <-done, nil)
	receipt, err := s.Outcome(t.Context(), "k")
	if err != nil || !receipt.Replay {
		t.Errorf("%+v, %v", receipt, err)
	}
}

func TestOpenManyAtOnceOnANewFile(t *testing.T) {
	path := place(t)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			s, err := sqlite.Open(t.Context(), path)
			if err == nil {
				err = errors.Join(s.Prepare(t.Context(), testSchema()), s.Close())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	filled(t, open(t, path))
}

// The engine takes handles of any making, and says what they lack.
func TestEngineChecksItsHandles(t *testing.T) {
	path := place(t)
	s := open(t, path)
	code := func(err error) (int, bool) {
		var e *modernc.Error
		if errors.As(err, &e) {
			return e.Code(), true
		}
		return 0, false
	}
	plain := raw(t, path)
	plain.SetMaxOpenConns(4)
	_, err := sqldb.Open(t.Context(), sqldb.Config{Write: plain, Read: plain, Classify: code})
	must(t, err, store.ErrInvalid)
	if !strings.Contains(err.Error(), "PRAGMA secure_delete = 1") {
		t.Error(err)
	}
	if _, err := plain.Exec("PRAGMA secure_delete = 1"); err != nil {
		t.Fatal(err)
	}
	reading := raw(t, path)
	reading.SetMaxOpenConns(2)
	_, err = sqldb.Open(t.Context(), sqldb.Config{Write: plain, Read: reading, Classify: code})
	must(t, err, store.ErrInvalid)
	if !strings.Contains(err.Error(), "query_only") {
		t.Error(err)
	}
	if _, err := reading.Exec("PRAGMA query_only = 1"); err != nil {
		t.Fatal(err)
	}
	mine, err := sqldb.Open(t.Context(), sqldb.Config{Write: plain, Read: reading, Classify: code})
	must(t, err, nil)
	must(t, mine.Prepare(t.Context(), testSchema()), nil)
	commit(t, mine, put("meta", "k", 0, "{}"))
	if !get(t, s, "meta", "k").Exists() {
		t.Error("the other handle does not see the record")
	}
	must(t, mine.Close(), nil)
	if err := plain.Ping(); err != nil {
		t.Errorf("the handle is the caller's own, but was closed: %v", err)
	}
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	path := place(t)
	before := runtime.NumGoroutine()
	for range 10 {
		s, err := sqlite.Open(t.Context(), path)
		must(t, err, nil)
		must(t, s.Prepare(t.Context(), testSchema()), nil)
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() { _, _ = s.Get(t.Context(), store.Ref{Family: "meta", Key: "k"}) })
		}
		wait.Wait()
		must(t, s.Close(), nil)
	}
	for range 1_000_000 { // those of the pools end a moment later
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%d goroutines, there were %d", runtime.NumGoroutine(), before)
}

func TestEveryCallAfterCloseIsClosed(t *testing.T) {
	s := open(t, place(t))
	must(t, s.Close(), nil)
	must(t, s.Close(), nil)
	must(t, s.Maintain(t.Context()), store.ErrClosed)
	_, err := s.Commit(t.Context(), store.ChangeSet{})
	must(t, err, store.ErrClosed)
}

// A new file is its owner's alone: it will hold addresses and hashes of passwords.
func TestNewFileIsPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, p := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", filepath.Base(p), info.Mode())
		}
	}
}

package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// beside lists what is in the directory of a path.
func beside(t testing.TB, path string) []string {
	t.Helper()
	found, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range found {
		names = append(names, f.Name())
	}
	return names
}

func integrity(t testing.TB, path string) string {
	t.Helper()
	var said string
	if err := raw(t, path).QueryRow("PRAGMA integrity_check").Scan(&said); err != nil {
		t.Fatal(err)
	}
	return said
}

func TestBackupIsTheWholeFile(t *testing.T) {
	path := place(t)
	s := open(t, path)
	filled(t, s)
	db := raw(t, path)
	for _, query := range []string{"CREATE TABLE own(id INTEGER PRIMARY KEY, x)", "INSERT INTO own(x) VALUES('mine')", "CREATE VIEW mine AS SELECT x FROM own", "PRAGMA user_version = 7"} {
		if _, err := db.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	to := filepath.Join(t.TempDir(), "copy of ?mode=memory&x#.db")
	must(t, s.Backup(t.Context(), to), nil)
	if d := cmp.Diff([]string{filepath.Base(to)}, beside(t, to)); d != "" {
		t.Errorf("the directory of the copy (-want +got):\n%s", d)
	}
	info, err := os.Stat(to)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode() != 0o600 {
		t.Errorf("the copy has mode %v", info.Mode())
	}
	if said := integrity(t, to); said != "ok" {
		t.Error(said)
	}
	if d := cmp.Diff(dump(t, s), dump(t, open(t, to))); d != "" {
		t.Errorf("the copy is another (-file +copy):\n%s", d)
	}
	var x string
	var version, id int
	if err := errors.Join(
		raw(t, to).QueryRow("SELECT x FROM mine").Scan(&x),
		raw(t, to).QueryRow("PRAGMA user_version").Scan(&version),
		raw(t, to).QueryRow("PRAGMA application_id").Scan(&id),
	); err != nil || x != "mine" || version != 7 || id != 0x74696c6c {
		t.Errorf("the program's own: %q, %d, %x, %v", x, version, id, err)
	}
	// The store reads on over the connections that were used.
	if keys := find(t, s, store.Query{Family: "products"}); len(keys) != 20 {
		t.Errorf("%d products", len(keys))
	}
}

// Under load the copy is what one commit left, never half of one.
func TestBackupIsAStateBetweenTwoCommits(t *testing.T) {
	path := place(t)
	s := open(t, path)
	commit(t, s, put("carts", "left", 0, `{"to":0}`), put("carts", "right", 0, `{"to":0}`))
	ctx, stop := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	var mu sync.Mutex
	acknowledged := 0
	started := make(chan struct{})
	for g := range 4 {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; {
				left := get(t, s, "carts", "left")
				next := fmt.Sprintf(`{"to":%d}`, left.Rev)
				_, err := s.Commit(context.WithoutCancel(ctx), store.ChangeSet{Changes: []store.Change{
					put("carts", "left", left.Rev, next), put("carts", "right", left.Rev, next),
					appending(fmt.Sprintf("o%d-%d", g, n), 0, "{}", "{}"),
				}})
				switch {
				case errors.Is(err, store.ErrConflict):
				case err != nil:
					t.Error(err)
					return
				default:
					n++
					mu.Lock()
					if acknowledged++; acknowledged == 20 {
						close(started)
					}
					mu.Unlock()
				}
			}
		})
	}
	<-started
	dir := t.TempDir()
	for i := range 5 {
		mu.Lock()
		before := acknowledged
		mu.Unlock()
		to := filepath.Join(dir, fmt.Sprint(i))
		must(t, s.Backup(t.Context(), to), nil)
		if said := integrity(t, to); said != "ok" {
			t.Error(said)
		}
		c := open(t, to)
		left, right := get(t, c, "carts", "left"), get(t, c, "carts", "right")
		events := feed(t, c, 1000)
		if left.Rev != right.Rev || fmt.Sprint(left.Doc) != fmt.Sprint(right.Doc) || int(left.Rev)-1 != len(events) || len(events) < before {
			t.Errorf("left at %d, right at %d, %d entries, %d were acknowledged before", left.Rev, right.Rev, len(events), before)
		}
	}
	stop()
	writers.Wait()
}

func TestBackupHoldsNoByteOfTheErased(t *testing.T) {
	path := place(t)
	s := open(t, path)
	const canary = "kestrel"
	for i := range 100 {
		said := fmt.Sprintf("%s%d %s", canary, i, strings.Repeat("x", i*13%900))
		commit(t, s,
			put("contacts", fmt.Sprintf("ada/%d", i), 0, fmt.Sprintf(`{"customer":"%s%d","text":"%s"}`, canary, i, said)),
			put("notes", fmt.Sprintf("ada/%d", i), 0, fmt.Sprintf(`{"tags":["%s%d"]}`, canary, i)),
			put("products", fmt.Sprint(i), 0, fmt.Sprintf(`{"state":"%s","words":"%s"}`, canary, said)),
			put("products", fmt.Sprint("other", i), 0, `{"state":"stays","words":"stays"}`),
		)
	}
	commit(t, s, store.Erase{Person: "ada"})
	for i := range 100 {
		commit(t, s, store.Delete{Ref: store.Ref{Family: "products", Key: fmt.Sprint(i)}, Rev: 1})
	}
	to := filepath.Join(t.TempDir(), "copy")
	must(t, s.Backup(t.Context(), to), nil)
	content, err := os.ReadFile(to)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(bytes.ToLower(content), []byte(canary)); n != 0 {
		t.Errorf("%d places of the copy hold the erased", n)
	}
	if n := bytes.Count(content, []byte("stays")); n < 100 {
		t.Error("the test does not find what it looks for")
	}
	keys := find(t, open(t, to), store.Query{Family: "products", List: "search", Equal: []store.Value{store.TextValue("stays")}, Match: []string{"stays"}})
	if len(keys) != 100 {
		t.Errorf("%d products of the copy are found by their words", len(keys))
	}
}

func TestBackupRefusesPathsAndLeavesNothing(t *testing.T) {
	s := open(t, place(t))
	filled(t, s)
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if err := os.WriteFile(taken, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(filepath.Join(dir, "nowhere"), link); err != nil {
		t.Skip(err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for _, c := range []struct {
		name, path, says string
		ctx              context.Context
		want             error
	}{
		{"empty", "", "give the path", t.Context(), store.ErrInvalid},
		{"NUL", "a\x00b", "give the path", t.Context(), store.ErrInvalid},
		{"a file that is there", taken, "free", t.Context(), store.ErrExists},
		{"a link to nothing", link, "free", t.Context(), store.ErrExists},
		{"a directory", dir, "free", t.Context(), store.ErrExists},
		{"the file itself", s.Path(), "free", t.Context(), store.ErrExists},
		{"a missing directory", filepath.Join(dir, "missing", "copy"), "make the directory", t.Context(), store.ErrInvalid},
		{"below a file", filepath.Join(taken, "copy"), "directory", t.Context(), store.ErrInvalid},
		{"an ended context", filepath.Join(dir, "ended"), "canceled", ended, context.Canceled},
	} {
		err := s.Backup(c.ctx, c.path)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if d := cmp.Diff([]string{"link", "taken"}, beside(t, taken)); d != "" {
		t.Errorf("left behind (-want +got):\n%s", d)
	}
	if text, err := os.ReadFile(taken); err != nil || string(text) != "mine" {
		t.Errorf("the file that was there holds %q, %v", text, err)
	}
}

// A context that ends in the middle, wherever that is, leaves no file, and the store
// goes on as before.
func TestBackupEndsWithItsContext(t *testing.T) {
	path := place(t)
	s, err := sqlite.OpenWith(t.Context(), path, sqlite.Options{Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	must(t, s.Prepare(t.Context(), testSchema()), nil)
	for i := range 20 {
		commit(t, s, put("products", fmt.Sprint(i), 0, fmt.Sprintf(`{"words":"%d","text":"%s"}`, i, strings.Repeat("long ", 2000))))
	}
	dir := t.TempDir()
	whole := &endsLater{Context: t.Context(), after: math.MaxInt, done: make(chan struct{})}
	must(t, s.Backup(whole, filepath.Join(dir, "whole")), nil)
	questions := math.MaxInt - whole.after
	if questions < 10 {
		t.Fatalf("the context was asked %d times only", questions)
	}
	must(t, os.Remove(filepath.Join(dir, "whole")), nil)
	for n := range 16 {
		ctx := &endsLater{Context: t.Context(), after: n * questions / 16, done: make(chan struct{})}
		to := filepath.Join(dir, fmt.Sprint(n))
		must(t, s.Backup(ctx, to), context.Canceled)
		if names := beside(t, to); len(names) != 0 {
			t.Fatalf("after %d questions there are %v", n*questions/16, names)
		}
		// The only connection for reading is fit for that again.
		if keys := find(t, s, store.Query{Family: "products"}); len(keys) != 20 {
			t.Fatalf("%d products", len(keys))
		}
	}
	last := filepath.Join(dir, "last")
	must(t, s.Backup(t.Context(), last), nil)
	if said := integrity(t, last); said != "ok" {
		t.Error(said)
	}
}

// endsLater is a context that ends when it is asked about its end for the nth time.
type endsLater struct {
	context.Context
	mu    sync.Mutex
	after int
	ended bool
	done  chan struct{}
}

func (c *endsLater) ask() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.after--; c.after < 0 && !c.ended {
		c.ended = true
		close(c.done)
	}
}

func (c *endsLater) Done() <-chan struct{} {
	c.ask()
	return c.done
}

func (c *endsLater) Err() error {
	c.ask()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return context.Canceled
	}
	return nil
}

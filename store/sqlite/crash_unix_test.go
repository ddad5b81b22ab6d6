//go:build unix

package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// childOf tells a process of this test binary what to be.
const childOf = "TILL_SQLITE_CHILD"

func TestMain(m *testing.M) {
	what, path, _ := strings.Cut(os.Getenv(childOf), " ")
	switch what {
	case "sell":
		sell(path)
	case "read-only":
		os.Exit(readOnly(path))
	default:
		os.Exit(m.Run())
	}
}

// sell commits until it is killed, and says what was acknowledged.
func sell(path string) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, path)
	if err == nil {
		err = s.Prepare(ctx, testSchema())
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	var wait sync.WaitGroup
	for g := range 4 {
		wait.Go(func() {
			for n := 0; ; n++ {
				key := fmt.Sprintf("%d-%d-%d", os.Getpid(), g, n)
				_, err := s.Commit(ctx, store.ChangeSet{Key: key, Changes: []store.Change{
					appending(key, 0, "{}", "{}"),
					store.Add{Ref: store.Ref{Family: "stock", Key: "mug"}, Steps: []store.Step{{Field: "on", By: 1}}},
				}})
				if err != nil {
					fmt.Println(err)
					os.Exit(1)
				}
				fmt.Println("sold", key)
			}
		})
	}
	wait.Wait()
}

func child(t *testing.T, binary, what, path string) *exec.Cmd {
	t.Helper()
	c := exec.Command(binary)
	c.Env = append(os.Environ(), childOf+"="+what+" "+path)
	return c
}

// What was acknowledged is there after kill -9, and nothing is there by halves.
func TestKilledProcessLosesNothingItAcknowledged(t *testing.T) {
	path := place(t)
	var sold []string
	for round := range 6 {
		c := child(t, os.Args[0], "sell", path)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			key, ok := strings.CutPrefix(lines.Text(), "sold ")
			if !ok {
				t.Fatal(lines.Text())
			}
			sold = append(sold, key)
			if n == 5+round*17 {
				if err := c.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		_ = c.Wait() // killed
	}
	s := open(t, path)
	for _, key := range sold {
		if _, err := s.Outcome(t.Context(), key); err != nil {
			t.Errorf("%s was acknowledged: %v", key, err)
		}
		if !get(t, s, "orders", key).Exists() {
			t.Errorf("%s has a receipt but no order", key)
		}
	}
	receipts := find(t, s, store.Query{Family: store.Receipts})
	events := feed(t, s, 1000)
	if on := get(t, s, "stock", "mug").Index[1].Int(); int(on) != len(receipts) || len(events) != len(receipts) || len(receipts) < len(sold) {
		t.Errorf("%d acknowledged, %d receipts, %d entries, counter %d", len(sold), len(receipts), len(events), on)
	}
}

// A file that may not be written is refused with advice. Who may do everything
// cannot see that, so the test does it as somebody else.
func TestReadOnlyFileIsRefused(t *testing.T) {
	dir, err := os.MkdirTemp("", "till")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "shop.db")
	s := open(t, path)
	filled(t, s)
	before := dump(t, s)
	must(t, s.Close(), nil)
	binary := os.Args[0]
	nobody := &syscall.SysProcAttr{}
	if os.Geteuid() == 0 {
		nobody.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
		binary = copied(t, binary, filepath.Join(dir, "test"))
	}
	for _, mode := range []struct{ dir, file os.FileMode }{{0o555, 0o444}, {0o777, 0o444}, {0o555, 0o666}, {0o755, 0o000}} {
		if err := errors.Join(os.Chmod(path, mode.file), os.Chmod(dir, mode.dir)); err != nil {
			t.Fatal(err)
		}
		c := child(t, binary, "read-only", path)
		c.Dir, c.SysProcAttr = "/", nobody
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("%v, %v: %v: %s", mode.dir, mode.file, err, out)
		}
	}
	if err := errors.Join(os.Chmod(dir, 0o777), os.Chmod(path, 0o666)); err != nil {
		t.Fatal(err)
	}
	if dump(t, open(t, path)) != before {
		t.Error("the file was changed")
	}
}

func readOnly(path string) int {
	_, err := sqlite.Open(context.Background(), path)
	if errors.Is(err, store.ErrInvalid) && strings.Contains(err.Error(), "writable") {
		return 0
	}
	fmt.Println(err)
	return 1
}

func copied(t *testing.T, from, to string) string {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	must(t, out.Close(), nil)
	return to
}

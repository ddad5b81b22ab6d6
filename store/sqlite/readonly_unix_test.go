//go:build unix

package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

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
		c := command("read-only", path)
		c.Path, c.Dir, c.Stderr, c.SysProcAttr = binary, "/", nil, nobody
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

// readOnly is the child that may not write.
func readOnly(ctx context.Context, path string) error {
	_, err := sqlite.Open(ctx, path)
	if errors.Is(err, store.ErrInvalid) && strings.Contains(err.Error(), "writable") {
		return nil
	}
	return fmt.Errorf("open a file that may not be written: %w", err)
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

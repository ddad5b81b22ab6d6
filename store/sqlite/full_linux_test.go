package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
	"github.com/tillkit/till/store/sqlite/sqldb"
)

func init() {
	children["fill the disk"] = fillTheDisk
	children["fill to the limit"] = fillToTheLimit
}

// The sizes of a small disk, and of what lies on it that can be deleted.
const small, ballast = 4 << 20, 3 << 19

// Where there is no room, that is what a commit says, and nothing that was acknowledged
// is lost; where there is room again, the same handle writes on.
func TestFullDisk(t *testing.T) {
	path := place(t)
	c := command("fill the disk", path)
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if uid, gid := os.Getuid(), os.Getgid(); uid != 0 {
		c.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		c.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: uid, Size: 1}}
		c.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: gid, Size: 1}}
	}
	filledUp(t, c, path)
}

func TestFileSizeLimit(t *testing.T) {
	path := place(t)
	filledUp(t, command("fill to the limit", path), path)
}

// filledUp runs a child that fills what room there is, and looks at the file then.
func filledUp(t *testing.T, c *exec.Cmd, path string) {
	t.Helper()
	out, err := c.Output()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EINVAL) {
		t.Skipf("this system gives a process no disk of its own: %v", err)
	}
	var done, refused, unknown int
	s := (*sqlite.DB)(nil)
	for line := range strings.Lines(string(out)) {
		what, key, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch what {
		case "skip":
			t.Skip(key)
		case "refused":
			if refused++; strings.HasSuffix(key, "true") {
				unknown++
			}
			continue
		}
		if s == nil {
			s = open(t, path)
		}
		done++
		whole(t, s, key, true)
	}
	must(t, err, nil)
	if done == 0 || refused == 0 {
		t.Fatalf("%d sets were acknowledged, %d refused:\n%s", done, refused, out)
	}
	intact(t, path)
	if receipts := len(find(t, s, store.Query{Family: store.Receipts})); receipts != done {
		t.Errorf("%d sets are there, %d were acknowledged", receipts, done)
	}
	counts(t, s, done)
	t.Logf("%d sets are there, of which %d found no room at first; of %d of them that was not certain", done, refused, unknown)
}

// fillTheDisk is the child with a small disk of its own. It leaves copies at the path.
func fillTheDisk(ctx context.Context, path string) error {
	dir := filepath.Dir(path)
	disk := filepath.Join(dir, "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		return err
	}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		fmt.Println("skip no mounts of one's own:", err)
		return nil
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, fmt.Sprintf("size=%d", small)); err != nil {
		fmt.Println("skip no mount:", err)
		return nil
	}
	lies := filepath.Join(disk, "ballast")
	if err := os.WriteFile(lies, make([]byte, ballast), 0o600); err != nil {
		return err
	}
	name := filepath.Join(disk, filepath.Base(path))
	if err := fillUp(ctx, name, func() error { return nil }, func() error { return os.Remove(lies) }); err != nil {
		return err
	}
	for _, end := range []string{"-wal", ""} { // what is moved into the file meanwhile stands in the log
		body, err := os.ReadFile(name + end)
		if err == nil {
			err = os.WriteFile(path+end, body, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fillToTheLimit is the child whose files may not grow for a while.
func fillToTheLimit(ctx context.Context, path string) error {
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	limit := func() error {
		is := was
		is.Cur = 2 << 20
		return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &is)
	}
	return fillUp(ctx, path, limit, func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was) })
}

// fillUp commits until there is no more room, makes room, and commits what had been
// refused. It says of which keys the store has said that they are there.
func fillUp(ctx context.Context, path string, limit, release func() error) error {
	s, err := sqlite.Open(ctx, path)
	if err == nil {
		err = s.Prepare(ctx, testSchema())
	}
	if err == nil {
		err = limit()
	}
	if err != nil {
		return err
	}
	const writers, most = 16, 1000
	var mu sync.Mutex
	done, failed := []string{}, map[string]error{}
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			for n := range most {
				key := fmt.Sprintf("%d-%d", w, n)
				_, err := s.Commit(ctx, bulky(key))
				mu.Lock()
				if err != nil {
					failed[key] = err
				} else {
					done = append(done, key)
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wait.Wait()
	if len(failed) != writers {
		return fmt.Errorf("of %d writers %d were refused", writers, len(failed))
	}
	for key, err := range failed {
		if !noRoom(err) {
			return fmt.Errorf("%s was refused with no typed error: %w", key, err)
		}
		fmt.Println("refused", key, errors.Is(err, store.ErrOutcomeUnknown))
	}
	// Reads go on, and a set that needs as much is still refused.
	for _, key := range done {
		if _, err := s.Outcome(ctx, "set-"+key); err != nil && !noRoom(err) {
			return fmt.Errorf("outcome of %s, which was acknowledged: %w", key, err)
		}
		if records, err := s.Get(ctx, store.Ref{Family: "meta", Key: key}); err != nil || !records[0].Exists() {
			return fmt.Errorf("%s was acknowledged, but is not there: %w", key, err)
		}
	}
	if err := release(); err != nil {
		return err
	}
	for key, refused := range failed {
		_, asked := s.Outcome(ctx, "set-"+key)
		receipt, err := s.Commit(ctx, bulky(key))
		switch {
		case err != nil:
			return fmt.Errorf("%s, with room again: %w", key, err)
		case asked != nil && !errors.Is(asked, store.ErrNotFound):
			return fmt.Errorf("the outcome of %s, with room again: %w", key, asked)
		case receipt.Replay != (asked == nil):
			return fmt.Errorf("%s is replayed: %v, but its outcome was %v", key, receipt.Replay, asked)
		case receipt.Replay && !errors.Is(refused, store.ErrOutcomeUnknown):
			return fmt.Errorf("%s is there, but the answer was %w", key, refused)
		}
		done = append(done, key)
	}
	for _, key := range done {
		fmt.Println("done", key)
	}
	return nil
}

// noRoom reports whether an error says in its type that something cannot be written.
func noRoom(err error) bool {
	const ioError, full = 10, 13
	var e *sqldb.Error
	return errors.Is(err, store.ErrFull) || errors.As(err, &e) && (e.Code&0xff == ioError || e.Code&0xff == full)
}

// bulky is a set of several pages.
func bulky(key string) store.ChangeSet {
	set := marked(key)
	set.Changes = append(set.Changes, put("products", key, 0, `{"words":"mug","text":"`+strings.Repeat(key, 3000)+`"}`))
	return set
}

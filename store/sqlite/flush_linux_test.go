package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

func init() {
	children["fail to flush at times"] = func(ctx context.Context, path string) error { return failToFlush(ctx, path, false) }
	children["fail to flush for ever"] = func(ctx context.Context, path string) error { return failToFlush(ctx, path, true) }
}

// failing makes fsync and fdatasync fail for ever: on the thread that calls it, or on all
// threads of the process.
func failing(all bool) error {
	const noNewPrivileges, setFilter, allThreads = 38, 1, 1
	call, known := map[string]uintptr{"amd64": 317, "arm64": 277}[runtime.GOARCH]
	if !known {
		return syscall.ENOSYS
	}
	type step struct {
		code    uint16
		yes, no uint8
		k       uint32
	}
	const load, isEqual, answer = 0x20, 0x15, 0x06
	steps := []step{
		{code: load}, // the number of the call
		{isEqual, 1, 0, syscall.SYS_FSYNC},
		{isEqual, 0, 1, syscall.SYS_FDATASYNC},
		{answer, 0, 0, 0x00050000 | uint32(syscall.EIO)},
		{answer, 0, 0, 0x7fff0000},
	}
	program := struct {
		length uint16
		first  *step
	}{uint16(len(steps)), &steps[0]}
	flags := uintptr(0)
	if all {
		flags = allThreads
	}
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PRCTL, noNewPrivileges, 1, 0, 0, 0, 0); e != 0 {
		return e
	}
	thread, _, e := syscall.RawSyscall(call, setFilter, flags, uintptr(unsafe.Pointer(&program)))
	if e != 0 {
		return e
	}
	if thread != 0 {
		return fmt.Errorf("thread %d is not like the others", thread)
	}
	return nil
}

// failToFlush is the child whose disk obeys some of its threads, or none from some moment
// on. It says what the store has told it of each set.
func failToFlush(ctx context.Context, path string, forEver bool) error {
	s, err := sqlite.Open(ctx, path)
	if err == nil {
		err = s.Prepare(ctx, testSchema())
	}
	if err != nil {
		return err
	}
	const writers, each = 16, 8
	var broken atomic.Bool
	var wait sync.WaitGroup
	errs := make([]error, writers)
	for w := range writers {
		wait.Go(func() {
			if !forEver && w%4 == 0 {
				runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
				if errs[w] = failing(false); errs[w] != nil {
					return
				}
			}
			for n := range each {
				if forEver && w == 0 && n == each/2 {
					if errs[w] = failing(true); errs[w] != nil {
						return
					}
					broken.Store(true)
				}
				late := broken.Load()
				what := answer(ctx, s, fmt.Sprintf("%d-%d", w, n))
				if late && what == "present" {
					what = "a lie: nothing can be flushed any more, but it is acknowledged:"
				}
				os.Stdout.WriteString(fmt.Sprintf("%s %d-%d\n", what, w, n))
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			fmt.Println("skip: no system call can be made to fail:", err)
			break
		}
	}
	return nil // with the store open, as a process that crashes leaves it
}

// answer commits a marked set and says what the store has said of it.
func answer(ctx context.Context, s store.Store, key string) string {
	_, err := s.Commit(ctx, marked(key))
	switch {
	case err == nil:
		return "present"
	case errors.Is(err, store.ErrOutcomeUnknown):
		return "unknown, then " + decided(ctx, s, key)
	}
	return "absent"
}

// decided asks for an outcome where the disk obeys, if it does anywhere.
func decided(ctx context.Context, s store.Store, key string) string {
	answer := make(chan string)
	go func() { // on another thread
		for range 2 {
			_, err := s.Outcome(ctx, "set-"+key)
			if err == nil {
				answer <- "present"
				return
			}
			if errors.Is(err, store.ErrNotFound) {
				answer <- "absent"
				return
			}
		}
		answer <- "undecided"
	}()
	return <-answer
}

// When the disk fails to flush, now and then or from some moment on for ever, nobody is
// told a lie that the file, opened again after the process has ended, would give away.
func TestDiskThatFailsToFlush(t *testing.T) {
	for _, child := range []string{"fail to flush at times", "fail to flush for ever"} {
		t.Run(child, func(t *testing.T) {
			counted := map[string]int{}
			for range number(t, "TILL_FLUSHES", 2) {
				path := place(t)
				out, err := command(child, path).Output()
				must(t, err, nil)
				toldTheTruth(t, path, string(out), counted)
			}
			if counted["present"] == 0 || len(counted) == 1 {
				t.Errorf("not everything was tried")
			}
			t.Log(counted)
		})
	}
}

// toldTheTruth compares what a child was told with what is there, and counts it.
func toldTheTruth(t *testing.T, path, lines string, counted map[string]int) {
	t.Helper()
	if strings.Contains(lines, "skip:") {
		t.Skip(lines)
	}
	s, there := open(t, path), 0
	for line := range strings.Lines(lines) {
		at := strings.LastIndexByte(line, ' ')
		what, key := line[:at], strings.TrimSpace(line[at:])
		is := strings.HasSuffix(what, "present")
		if strings.HasSuffix(what, "undecided") {
			is = get(t, s, "meta", key).Exists()
			what += fmt.Sprintf(", there: %v", is)
		}
		if strings.HasPrefix(what, "a lie") {
			t.Error(line)
			is = get(t, s, "meta", key).Exists()
		}
		if counted[what]++; is {
			there++
		}
		whole(t, s, key, is)
	}
	counts(t, s, there)
	intact(t, path)
}

package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

func init() {
	children["doubt"] = doubt
}

// nothing are sets that are committed and change no byte of the file.
var nothing = map[string]store.ChangeSet{
	"requires":       {Requires: []store.Requirement{{Ref: store.Ref{Family: "meta", Key: "nobody"}}}},
	"erases nobody":  {Changes: []store.Change{store.Erase{Person: "nobody"}}},
	"nothing at all": {},
}

// doubt commits a set whose flush fails, then one that writes nothing, asks for the
// outcome of the first, and ends as by a crash.
func doubt(ctx context.Context, path string) error {
	s, err := sqlite.Open(ctx, path)
	if err == nil {
		err = s.Prepare(ctx, testSchema())
	}
	if err == nil {
		_, err = s.Commit(ctx, marked("first"))
	}
	if err != nil {
		return err
	}
	flushed := make(chan error)
	go func() {
		runtime.LockOSThread() // the flush of this thread alone fails
		err := failing(false)
		if err == nil {
			_, err = s.Commit(ctx, marked("doubted"))
		}
		flushed <- err
	}()
	switch err := <-flushed; {
	case err == nil:
		return errors.New("the flush did not fail")
	case !errors.Is(err, store.ErrOutcomeUnknown):
		fmt.Println("skip:", err)
		return nil
	}
	if _, err := s.Commit(ctx, nothing[os.Getenv("TILL_NOTHING")]); err != nil {
		return err
	}
	_, err = s.Outcome(ctx, "set-doubted")
	fmt.Println("happened:", err == nil)
	return nil
}

// What Outcome said of a set whose flush had failed is so after a crash, also where
// something was committed between that wrote nothing over it.
func TestOutcomeAfterACommitThatWritesNothing(t *testing.T) {
	for name := range nothing {
		t.Run(name, func(t *testing.T) {
			path := place(t)
			c := command("doubt", path)
			c.Env = append(c.Env, "TILL_NOTHING="+name)
			out, err := c.Output()
			must(t, err, nil)
			if why, skipped := strings.CutPrefix(string(out), "skip: "); skipped {
				t.Skip("no flush can be made to fail here: ", why)
			}
			_, err = open(t, path).Outcome(t.Context(), "set-doubted")
			if happened := fmt.Sprintln("happened:", err == nil); string(out) != happened {
				t.Errorf("before the crash it said %q, after it %q (%v)", out, happened, err)
			}
		})
	}
}

//go:build unix

package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// childOf tells a process of this test binary what to be, and at which path.
const childOf = "TILL_SQLITE_CHILD"

// longestChild is when a child gives up, whatever has become of its parent.
const longestChild = 2 * time.Minute

// children is what it can be. Files for one system add theirs.
var children = map[string]func(ctx context.Context, path string) error{
	"read-only": readOnly,
	"sell":      sellUntilKilled,
	"sell out":  sellOut,
	"reprice":   reprice,
}

func TestMain(m *testing.M) {
	what, path, asked := strings.Cut(os.Getenv(childOf), ":")
	if !asked {
		os.Exit(m.Run())
	}
	ctx, cancel := context.WithTimeout(context.Background(), longestChild)
	defer cancel()
	if err := children[what](ctx, path); err != nil {
		fmt.Fprintf(os.Stderr, "the child that should %s: %v\n", what, err)
		os.Exit(1)
	}
}

func command(what, path string) *exec.Cmd {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childOf+"="+what+":"+path)
	c.Stderr = os.Stderr
	return c
}

// process is a child that runs. It says lines, and can be told some.
type process struct {
	*exec.Cmd
	says  *bufio.Scanner
	hears io.WriteCloser
}

// start runs a child. It ends with the test at the latest.
func start(t *testing.T, c *exec.Cmd) *process {
	t.Helper()
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill() // most have ended before
		_ = c.Wait()
	})
	return &process{Cmd: c, says: bufio.NewScanner(out), hears: in}
}

// line gives the next line that the child says.
func (p *process) line(t *testing.T) string {
	t.Helper()
	if !p.says.Scan() {
		t.Fatalf("the child said nothing more: %v", p.Wait())
	}
	return p.says.Text()
}

// tell says a line to the child.
func (p *process) tell(t *testing.T, line string) {
	t.Helper()
	if _, err := fmt.Fprintln(p.hears, line); err != nil {
		t.Fatal(err)
	}
}

package storetest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// A child is this test binary once more, made to run one rule at a place that
// the parent chose. It says what it has done on standard output.
const (
	childRule  = "STORETEST_RULE"
	childPlace = "STORETEST_PLACE"
	said       = "storetest says " // before each line to the parent
)

// childPlace gives the place that a child works at, "" in the parent.
func (e *Env) childPlace() string {
	if os.Getenv(childRule) != e.Rule.ID {
		return ""
	}
	return os.Getenv(childPlace)
}

// child is a process that runs, and what it says.
type child struct {
	cmd   *exec.Cmd
	lines chan string
}

// child runs the rule in a process of its own at a place.
func (e *Env) child(place string) *child {
	e.Helper()
	if os.Getenv(childRule) != "" {
		e.Fatalf("storetest: a child does not start another")
	}
	parts := strings.Split(e.Name(), "/")
	for i := range parts {
		parts[i] = "^" + regexp.QuoteMeta(parts[i]) + "$"
	}
	c := &child{cmd: exec.CommandContext(e.Ctx, os.Args[0], "-test.run="+strings.Join(parts, "/"), "-test.count=1"), lines: make(chan string, 1)}
	c.cmd.Env = append(os.Environ(), childRule+"="+e.Rule.ID, childPlace+"="+place)
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		e.Fatalf("storetest: start a child: %v", err)
	}
	go func() {
		defer close(c.lines)
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if text, ok := strings.CutPrefix(line, said); ok && err != io.EOF {
				c.lines <- strings.TrimSuffix(text, "\n")
			}
			if err != nil {
				return
			}
		}
	}()
	return c
}

// kill ends the child as a power switch would and gives what it had still said.
func (c *child) kill() []string {
	_ = c.cmd.Process.Kill()
	all, _ := c.all()
	return all
}

// all gives what the child says until its end, and how it ended.
func (c *child) all() ([]string, error) {
	var all []string
	for line := range c.lines {
		all = append(all, line)
	}
	return all, c.cmd.Wait()
}

// listen runs a child to its end and gives what it said.
func (e *Env) listen(place string) []string {
	e.Helper()
	all, err := e.child(place).all()
	if err != nil || len(all) == 0 {
		e.Stopf("the other process ended with %v after %d lines: does the test stand alone with its name %q?", err, len(all), e.Name())
	}
	return all
}

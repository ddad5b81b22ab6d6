package storetest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// said stands before each line that a child says to its parent.
const said = "storetest says "

// speaker is a child that says more than numbers.
type speaker struct {
	cmd   *exec.Cmd
	lines chan string
}

// speaker runs the rule in a process of its own at a place.
func (e *Env) speaker(place string) *speaker {
	e.Helper()
	parts := strings.Split(e.Name(), "/")
	for i := range parts {
		parts[i] = "^" + regexp.QuoteMeta(parts[i]) + "$"
	}
	p := &speaker{cmd: exec.CommandContext(e.Ctx, os.Args[0], "-test.run="+strings.Join(parts, "/"), "-test.count=1"), lines: make(chan string, 1)}
	p.cmd.Env = append(os.Environ(), childRule+"="+e.Rule.ID, childPlace+"="+place)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		e.Fatalf("storetest: start a child: %v", err)
	}
	go func() {
		defer close(p.lines)
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if text, ok := strings.CutPrefix(line, said); ok && err != io.EOF {
				p.lines <- strings.TrimSuffix(text, "\n")
			}
			if err != nil {
				return
			}
		}
	}()
	return p
}

// kill ends the child at once and gives what it had still said.
func (p *speaker) kill() []string {
	_ = p.cmd.Process.Kill()
	var rest []string
	for line := range p.lines {
		rest = append(rest, line)
	}
	_ = p.cmd.Wait()
	return rest
}

// listen runs a child to its end and gives what it said.
func (e *Env) listen(place string) []string {
	e.Helper()
	p := e.speaker(place)
	var all []string
	for line := range p.lines {
		all = append(all, line)
	}
	if err := p.cmd.Wait(); err != nil || len(all) == 0 {
		e.Stopf("the other process ended with %v after %d lines: does the test stand alone with its name %q?", err, len(all), e.Name())
	}
	return all
}

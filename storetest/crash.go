package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"github.com/tillkit/till/store"
)

// A child is this test binary once more, made to run one rule at a place that
// the parent chose. It acknowledges on standard output.
const (
	childRule  = "STORETEST_RULE"
	childPlace = "STORETEST_PLACE"
	ack        = "storetest ack "
)

// childPlace gives the place that a child works at, "" in the parent.
func (e *Env) childPlace() string {
	if os.Getenv(childRule) != e.Rule.ID {
		return ""
	}
	return os.Getenv(childPlace)
}

// child is a process that runs, and what it acknowledges.
type child struct {
	cmd  *exec.Cmd
	acks chan int
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
	c := &child{cmd: exec.CommandContext(e.Ctx, os.Args[0], "-test.run="+strings.Join(parts, "/"), "-test.count=1"), acks: make(chan int, 1)}
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
		defer close(c.acks)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if text, ok := strings.CutPrefix(lines.Text(), ack); ok {
				if n, err := strconv.Atoi(text); err == nil {
					c.acks <- n
				}
			}
		}
	}()
	return c
}

// kill ends the child as a power switch would and gives what it had still
// acknowledged.
func (c *child) kill() []int {
	_ = c.cmd.Process.Kill()
	return c.all()
}

// all gives what the child acknowledged until its end.
func (c *child) all() []int {
	var all []int
	for n := range c.acks {
		all = append(all, n)
	}
	_ = c.cmd.Wait()
	return all
}

// crashSet is the i-th set of the rule: an order of five records.
func crashSet(i int) store.ChangeSet {
	key := fmt.Sprintf("o%05d", i)
	return keyed(key, key, put(key, 0, thing{Num: int64(i), State: "open"}), plain(key, 0, "words of "+key), grow(key, 0, "opened", "placed"),
		add("stock", "available", 1, 0), take(key, "owner"))
}

func crash(e *Env) {
	if place := e.childPlace(); place != "" {
		s := e.Prepared(place)
		for i := len(e.Keys(s, store.Query{Family: "row"})); ; i++ {
			if _, err := s.Commit(e.Ctx, crashSet(i)); err != nil {
				e.Fatalf("storetest: the child's commit: %v", err)
			}
			fmt.Println(ack + strconv.Itoa(i))
		}
	}
	place := e.Place()
	e.Must("Close", e.Prepared(place).Close())
	acked := 0
	for _, least := range []int{1, 40, 100} {
		c := e.child(place)
		for n := range c.acks {
			if acked = n + 1; acked >= least {
				break
			}
		}
		for _, n := range c.kill() {
			acked = n + 1
		}
		if acked < least {
			e.Fatalf("storetest: the child ended after %d commits: does the test that runs this rule stand alone with its name %q?", acked, e.Name())
		}
		s := e.Prepared(place)
		stored := len(e.Keys(s, store.Query{Family: "row"}))
		if stored < acked {
			e.Failf("%d sets were acknowledged before the kill, %d are there", acked, stored)
		}
		for i := range stored + 2 {
			key := fmt.Sprintf("o%05d", i)
			seen := e.Get(s, ref("row", key), ref("plain", key), ref("journal", key), ref("claim", key), ref(store.Receipts, key))
			want := []int64{0, 0, 0, 0, 0}
			if i < stored {
				want = []int64{1, 1, 2, 1, 1}
			}
			for j, w := range want {
				if seen[j].Rev != w {
					e.Failf("set %d of %d is there by half: %v", i, stored, seen)
				}
			}
			_, err := s.Outcome(e.Ctx, key)
			if (err == nil) != (i < stored) || err != nil && !errors.Is(err, store.ErrNotFound) {
				e.Failf("set %d of %d: Outcome %v", i, stored, err)
			}
			e.Equal("entries", len(e.History(s, ref("journal", key), 0, 10)), int(want[2]))
		}
		e.Equal("the stock", e.Get(s, ref("counter", "stock"))[0].Columns, []int64{int64(stored), 0})
		e.Equal("by state", len(e.Keys(s, in("by_state", store.TextValue("open")))), stored)
		acked = stored
		e.Must("Close", s.Close())
	}
}

package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillkit/till/store"
)

// What a harness says of its stores is checked both ways: that it is so where it is
// said, by the rules that need it, and that it is not where it is not said, by these.
// A store that can do more than it says would be green with rules that were skipped.
var saysRules = []Rule{
	{
		ID:       "says/durable",
		Sentence: "A store whose commits are there after its process was killed is Durable, and its harness says so.",
		Why:      "what nobody says is not tested, and shops rely on it all the same",
		Check:    saysDurable,
	},
	{
		ID:       "says/shared",
		Sentence: "A store that one handle alone may have open refuses a second one with ErrBusy until the first is closed; one that takes a second handle, also of another process, is Shared, and its harness says so.",
		Why:      "two servers that are started on one place share it, or one of them is told at once",
		Check:    saysShared,
	},
}

func saysDurable(e *Env) {
	if e.Harness.Durable {
		return // the rules durable/... prove it
	}
	if place := e.childPlace(); place != "" {
		s := e.Prepared(place)
		e.Commit(s, plain("p", 0, "of a process that was killed"))
		fmt.Println(said + "1")
		<-e.Ctx.Done()
		return
	}
	place := e.Place()
	s := e.Prepared(place)
	e.Commit(s, plain("closed", 0, "x"))
	e.Must("Close", s.Close())
	s = e.Prepared(place)
	lasts := e.Get(s, ref("plain", "closed"))[0].Rev == 1
	e.Must("Close", s.Close())
	if !lasts || place == "" {
		return
	}
	c := e.child(place)
	<-c.lines
	c.kill()
	if e.Get(e.Prepared(place), ref("plain", "p"))[0].Rev == 1 {
		e.Failf("the harness does not say Durable,\nbut what was committed is there after Close, and after the process was killed:\nset Durable: true, so that the rules durable/... are checked")
	}
}

func saysShared(e *Env) {
	if e.Harness.Shared {
		return // the rules shared/... prove it
	}
	if place := e.childPlace(); place != "" {
		s := e.Prepared(place)
		if e.Get(s, ref("plain", "parent"))[0].Rev == 1 {
			e.Commit(s, plain("child", 0, "x"))
			fmt.Println(said + "1")
		}
		return
	}
	place := e.Place()
	a := e.Prepared(place)
	e.Commit(a, plain("parent", 0, "x"))
	b, err := e.second(place)
	if err != nil {
		e.Is("a second handle", err, store.ErrBusy)
		e.Commit(a, plain("first", 0, "the first handle goes on"))
		_, err = e.second(place)
		e.Is("a second handle, again", err, store.ErrBusy)
		e.Must("Close", a.Close())
		b := e.Prepared(place)
		e.Must("Close of the first handle, again", a.Close())
		_, err = e.second(place)
		e.Is("a third handle, after the first was closed twice", err, store.ErrBusy)
		e.Must("Close", b.Close())
		return
	}
	common := e.Get(b, ref("plain", "parent"))[0].Rev == 1
	e.Must("Close the second handle", b.Close())
	switch {
	case place == "":
		return // there is nothing that a second handle could be opened on
	case !common && e.Harness.Durable:
		e.Failf("a second handle on one place was neither refused with ErrBusy nor does it see what the first one committed")
	case !common:
		return // each handle keeps a store of its own
	}
	c := e.child(place)
	lines, _ := c.all()
	acked := len(lines) > 0
	if acked && e.Get(a, ref("plain", "child"))[0].Rev == 1 {
		e.Failf("the harness does not say Shared,\nbut a second handle and another process both worked on the place of an open one:\nset Shared: true, so that the rules shared/... are checked, or refuse them with ErrBusy")
	} else if e.Harness.Durable {
		e.Failf("a second handle on one place was not refused with ErrBusy, though the store is not Shared")
	}
}

// second opens and prepares a place that is open, and closes what was refused. A store may
// wait for the first handle as long as the context.
func (e *Env) second(place string) (store.Store, error) {
	ctx, cancel := context.WithTimeout(e.Ctx, 5*time.Second)
	defer cancel()
	s, err := e.Harness.Open(ctx, place)
	if err != nil {
		return nil, err
	}
	e.Cleanup(func() { _ = s.Close() })
	if err := s.Prepare(ctx, schema()); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

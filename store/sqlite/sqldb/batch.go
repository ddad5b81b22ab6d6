package sqldb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillkit/till/store"
)

// mostBatch bounds how many sets go into one transaction: the last of them must not
// wait long for the first.
const mostBatch = 128

// carefulBatches is how many batches have savepoints after one has been refused.
const carefulBatches = 8

// lead decides a batch: the caller's own set and what waits with it. It needs the turn.
// What is not decided after it waits on.
func (s *Store) lead(ctx context.Context, r *request) {
	defer s.write.give()
	if r.decided() {
		return
	}
	err := ctx.Err()
	if err == nil {
		err = s.write.begin(ctx, max(0, s.write.wait-time.Since(r.since)))
	}
	if err != nil { // the next one tries with a context of its own
		s.queue.fail(r, s.faults.of("commit", err))
		return
	}
	s.queue.gather()
	batch := s.queue.take(mostBatch)
	decided := false
	defer func() {
		if !decided { // a panic, of the driver or of the program's log: the others must not wait for ever
			s.write.abandon()
			for _, r := range batch {
				r.receipt, r.err = store.Receipt{}, errAbandoned
			}
		}
		s.queue.finish(batch)
	}()
	s.decide(batch)
	decided = true
}

// errAbandoned is for sets that were being decided when something panicked.
var errAbandoned error = &Error{Op: "commit", Kind: store.ErrOutcomeUnknown, Err: errors.New("the call that led has panicked"), Next: "ask Outcome with the key of the set"}

// decide runs a batch in the transaction that has begun, and ends it.
func (s *Store) decide(batch []*request) {
	w := s.write
	fit, err := s.fitting(batch)
	if err != nil {
		return
	}
	careful := w.careful > 0 && len(fit) > 1
	if w.careful > 0 {
		w.careful--
	}
	is := w.all(fit, careful)
	if is == spoiled && !careful {
		w.rollback()
		if len(fit) > 1 {
			w.careful = carefulBatches
		}
		s.stats.repeated.Add(1)
		if err := w.begin(context.Background(), w.wait); err != nil {
			for _, r := range fit {
				r.receipt, r.err = store.Receipt{}, err
			}
			return
		}
		if fit, err = s.fitting(fit); err != nil {
			return
		}
		is = w.all(fit, true)
	}
	switch {
	case is == applied:
		s.commit(fit)
	case len(fit) > 1:
		w.rollback()
		s.stats.repeated.Add(1)
		s.singly(fit)
	default:
		w.rollback()
	}
}

// fitting looks, in the transaction that has begun, what others have done since the last
// one, and gives those that can be applied; the others are told. With an error all are, and
// the transaction has ended.
func (s *Store) fitting(requests []*request) ([]*request, error) {
	sc, err := s.fresh()
	if err != nil {
		s.write.rollback()
		for _, r := range requests {
			r.receipt, r.err = store.Receipt{}, err
		}
		return nil, err
	}
	var fit []*request
	for _, r := range requests {
		if r.work.schema == sc {
			fit = append(fit, r)
		} else {
			r.receipt, r.err = store.Receipt{}, errPreparedAnew
		}
	}
	return fit, nil
}

// verdict is what became of a batch that was applied.
type verdict int

const (
	applied verdict = iota // each set is in the transaction wholly, or not at all
	spoiled                // one that is refused is in it by halves
	broken                 // the file or the connection does not obey
)

// all applies sets, and notes what became of each. Where careful, each is applied by
// itself, and one that is refused by halves is taken back to its savepoint; else as many as
// can be are applied in bulk.
func (w *writer) all(requests []*request, careful bool) verdict {
	is := applied
	lost := w.pinned.hold(func() {
		if !careful {
			is = w.inBulk(requests)
			return
		}
		for _, r := range requests {
			if is = w.one(r, true); is != applied {
				return
			}
		}
	})
	if lost != nil {
		is = w.broken(requests, lost)
	}
	return is
}

// broken tells all of a batch why it came to nothing.
func (w *writer) broken(requests []*request, err error) verdict {
	for _, r := range requests {
		r.receipt, r.err = store.Receipt{}, err
	}
	return broken
}

func (w *writer) inBulk(requests []*request) verdict {
	if len(requests) == 0 {
		return applied
	}
	b := &w.bulk
	b.begin(&w.session, requests[0].work.schema)
	defer b.clear()
	for _, r := range requests {
		done, err := b.take(r.work)
		switch {
		case done:
			r.receipt, r.err = receiptOf(&r.work.set), nil
			continue
		case err != nil && !refusal(err):
			return w.broken(requests, err)
		case err != nil && b.wrote:
			return spoiled
		}
		if is := w.written(requests); is != applied {
			return is
		}
		if is := w.one(r, false); is != applied {
			return is
		}
	}
	return w.written(requests)
}

// written writes what a batch has collected.
func (w *writer) written(requests []*request) verdict {
	fit, err := w.bulk.write()
	switch {
	case err != nil:
		return w.broken(requests, err)
	case !fit:
		return spoiled
	}
	return applied
}

func (w *writer) one(r *request, careful bool) verdict {
	if careful {
		if _, r.err = w.exec("SAVEPOINT till"); r.err != nil {
			return broken
		}
	}
	var clean bool
	r.receipt, clean, r.err = w.apply(r.work)
	if r.err != nil {
		r.receipt = store.Receipt{}
	}
	switch {
	case r.err != nil && !refusal(r.err):
		return broken
	case r.err != nil && !clean && !careful:
		return spoiled
	case !careful:
		return applied
	}
	if r.err != nil && !clean {
		if _, err := w.exec("ROLLBACK TO till"); err != nil {
			return broken
		}
	}
	if _, err := w.exec("RELEASE till"); err != nil {
		return broken
	}
	return applied
}

// singly decides sets one by one, each in a transaction of its own: what the file or the
// connection did to one of them is then no other's.
func (s *Store) singly(requests []*request) {
	w := s.write
	end := time.Now().Add(w.wait) // for all of them, so that nobody waits many times as long
	for _, r := range requests {
		r.receipt, r.err = store.Receipt{}, w.begin(context.Background(), max(0, time.Until(end)))
		if r.err != nil {
			continue
		}
		fit, err := s.fitting([]*request{r})
		if err != nil {
			continue
		}
		if w.all(fit, true) == applied {
			s.commit(fit)
			continue
		}
		w.rollback()
	}
}

// commit commits the transaction, if there is anything in it, and tells nobody what has
// not come to be.
func (s *Store) commit(requests []*request) {
	w := s.write
	sets, steps := 0, 0
	for _, r := range requests {
		switch {
		case r.err != nil:
			s.stats.refused.Add(1)
		case !r.receipt.Replay:
			sets++
			steps += len(r.work.steps)
		}
	}
	if sets == 0 {
		w.end()
		return
	}
	begun := time.Now()
	err := w.commit()
	s.stats.flushed(sets, time.Since(begun), err)
	if err == nil {
		s.checkpoints.wrote(steps)
		return
	}
	for _, r := range requests {
		if r.err == nil {
			r.receipt, r.err = store.Receipt{}, err
		} else {
			r.err = undone(r.err, err)
		}
	}
}

// undone is for a set that was refused over what stood beside it in the transaction.
// Neither error is in its chain: this set was not committed, that is certain.
func undone(refused, err error) error {
	return &Error{
		Op: "commit", Kind: store.ErrConflict, Next: "nothing was changed: decide again",
		Err: fmt.Errorf("it was refused (%v) over what could not be committed (%v)", refused, err),
	}
}

package till

import (
	"context"
	"fmt"
	"strconv"

	"github.com/tillkit/till/store"
)

// mostNumbers is how many order numbers are leased at once at most.
const mostNumbers = 100

// numberLease holds the order numbers that a Shop has leased and not used, so that
// checkouts do not all contend for one record. A lease is twice as long as the one before: a
// program that places one order takes one number, a busy one asks seldom. What is
// leased when a program ends is a gap.
type numberLease struct {
	turn      chan struct{} // of one place
	next, end int64
	last      int64   // how many were leased the last time
	back      []int64 // given back by checkouts that were refused
}

// take waits for the turn, no longer than the context; give ends it.
func (l *numberLease) take(ctx context.Context) error {
	select {
	case l.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *numberLease) give() { <-l.turn }

// nextNumber gives an order number that nobody else gets.
func (s *Shop) nextNumber(ctx context.Context) (string, error) {
	if err := s.numbers.take(ctx); err != nil {
		return "", err
	}
	defer s.numbers.give()
	if number := s.numbers.leased(); number != "" {
		return number, nil
	}
	if err := s.leaseNumbers(ctx, min(max(1, 2*s.numbers.last), mostNumbers)); err != nil {
		return "", fmt.Errorf("till: order numbers: %w", err)
	}
	return s.numbers.leased(), nil
}

// leased gives a number that was leased before, "" if none is left. It needs the turn.
func (l *numberLease) leased() string {
	if n := len(l.back); n > 0 {
		number := l.back[n-1]
		l.back = l.back[:n-1]
		return strconv.FormatInt(number, 10)
	}
	if l.next == l.end {
		return ""
	}
	l.next++
	return strconv.FormatInt(l.next-1, 10)
}

// leasedNumber gives an order number that nobody else gets, "" if one would have to be
// leased or waited for.
func (s *Shop) leasedNumber() string {
	select {
	case s.numbers.turn <- struct{}{}:
		defer s.numbers.give()
		return s.numbers.leased()
	default:
		return ""
	}
}

func (s *Shop) leaseNumbers(ctx context.Context, count int64) error {
	var from int64
	_, err := s.decide(ctx, func() (store.ChangeSet, error) {
		from = s.opts.FirstNumber
		records, err := s.store.Get(ctx, refNumbers)
		if err != nil {
			return store.ChangeSet{}, err
		}
		if records[0].Exists() {
			is, err := asNumbers(records[0].Doc)
			if err != nil {
				return store.ChangeSet{}, err
			}
			from = is.Next
		}
		return store.ChangeSet{At: int64(s.now()), Changes: []store.Change{
			store.Put{Record: rowOf(refNumbers, records[0].Rev, numbersDoc{numbers{Next: from + count}})},
		}}, nil
	})
	if err == nil {
		s.numbers.next, s.numbers.end, s.numbers.last = from, from+count, count
	}
	return err
}

// giveBack takes back the number of a checkout that was refused, for the next one.
func (s *Shop) giveBack(number string) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return // none was taken
	}
	s.numbers.turn <- struct{}{}
	defer s.numbers.give()
	s.numbers.back = append(s.numbers.back, n)
}

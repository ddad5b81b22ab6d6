package till_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// decisions are calls that each commit entries of a journal in their own way.
func decisions(s *stall) map[string]func(context.Context) error {
	s.sells("MUG", "9.50", 100)
	s.sells("CUP", "2.00", 100)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
	request := s.agreed(guest.Buyer, "click")
	return map[string]func(context.Context) error{
		"a price":    func(ctx context.Context) error { return s.staff.SetPrice(ctx, "CUP", "3.00") },
		"a checkout": func(ctx context.Context) error { _, err := guest.Checkout(ctx, request); return err },
		"an account": func(ctx context.Context) error {
			_, err := s.staff.AddCustomer(ctx, till.NewCustomer{Contact: till.Contact{Name: "Ada", Email: "ada@example.com"}})
			return err
		},
	}
}

// late blocks every commit but that of an order number until its context is done.
func late(hook *hookedStore, answer func(context.Context) error) {
	hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if put, ok := set.Changes[0].(store.Put); ok && put.Family == "numbers" {
			return hook.Store.Commit(ctx, set)
		}
		<-ctx.Done()
		return store.Receipt{}, answer(ctx)
	}
}

// A decision that cannot be committed within ten seconds is refused: what is recorded
// later would have an instant that somebody believes to be final.
func TestShellCommitLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hook := &hookedStore{Store: memory.New()}
		s := newStall(t, hook)
		for name, do := range decisions(s) {
			late(hook, context.Context.Err)
			began := time.Now()
			err := do(s.ctx)
			hook.commit = nil
			var is *till.LateError
			if !errors.As(err, &is) || !errors.Is(err, till.ErrBusy) || !strings.Contains(err.Error(), "try again") {
				t.Errorf("%s: got error %v, want a LateError that is ErrBusy and says to try again", name, err)
			}
			if errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v looks as if the caller's time had run out", name, err)
			}
			s.same(name+": how long it was tried", time.Since(began), 10*time.Second)
			if err := do(s.ctx); err != nil {
				t.Errorf("%s, again: %v", name, err)
			}
		}
		s.reconciles()
	})
}

// The limit counts from the reading of the clock: what took ten seconds to decide is
// not committed at all.
func TestShellCommitLimitCountsFromTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hook := &hookedStore{Store: memory.New()}
		s := newStall(t, hook)
		for name, do := range decisions(s) {
			if name == "an account" {
				continue // it reads nothing
			}
			hook.before = func(op string) error {
				if op == "Get" {
					<-time.After(11 * time.Second) // by the test's own clock
				}
				return nil
			}
			err := do(s.ctx)
			hook.before = nil
			if !errors.Is(err, till.ErrBusy) {
				t.Errorf("%s: got error %v, want one that is %q", name, err, till.ErrBusy)
			}
		}
		s.same("the price", s.price("CUP"), "2.00 GBP")
		s.same("the stock", s.stock("MUG"), [2]int64{100, 0})
	})
}

// price gives what one piece costs now.
func (s *stall) price(sku till.SKU) string {
	s.Helper()
	prices, err := s.staff.Prices(s.ctx, sku)
	s.must(err)
	priced, _ := prices.On(s.clock.instant(), till.MaxInstant, 1)
	return priced.Price.String()
}

// The caller's own end of patience stays the caller's, and an outcome that nobody knows
// stays unknown, however late it is.
func TestShellCommitLimitLeavesOtherErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		unknown := func(ctx context.Context) error { return errors.Join(till.ErrOutcomeUnknown, ctx.Err()) }
		for name, c := range map[string]struct {
			patience time.Duration
			answer   func(context.Context) error
			want     error
		}{
			"the caller's time is over": {9 * time.Second, context.Context.Err, context.DeadlineExceeded},
			"nobody knows":              {time.Hour, unknown, till.ErrOutcomeUnknown},
			"another error":             {time.Hour, func(context.Context) error { return errFault }, errFault},
		} {
			hook := &hookedStore{Store: memory.New()}
			s := newStall(t, hook)
			for what, do := range decisions(s) {
				ctx, cancel := context.WithTimeout(s.ctx, c.patience)
				late(hook, c.answer)
				err := do(ctx)
				cancel()
				hook.commit = nil
				if !errors.Is(err, c.want) || errors.Is(err, till.ErrBusy) {
					t.Errorf("%s, %s: got error %v, want one that is %q", name, what, err, c.want)
				}
			}
		}
	})
}

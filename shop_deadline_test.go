package till

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// A deadline that is given as late as it can be ends as one of context.WithDeadline does.
func TestDeadlined(t *testing.T) {
	for _, test := range []struct {
		name   string
		around time.Duration // when the context around it ends; 0: never
		waits  bool          // Done is asked for from the beginning
	}{
		{"nobody waits", 0, false},
		{"somebody waits", 0, true},
		{"the other ends first, nobody waits", 5 * time.Second, false},
		{"the other ends first, somebody waits", 5 * time.Second, true},
		{"the other ends later", time.Minute, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				around := t.Context()
				if test.around > 0 {
					var cancel context.CancelFunc
					around, cancel = context.WithTimeout(around, test.around)
					defer cancel()
				}
				want, cancel := context.WithTimeout(around, 10*time.Second)
				defer cancel()
				got := &deadlined{Context: around, at: time.Now().Add(10 * time.Second)}
				defer got.end()
				g, _ := got.Deadline()
				if w, _ := want.Deadline(); !g.Equal(w) {
					t.Errorf("the deadline is %v, want %v", g, w)
				}
				var derived context.Context = got
				if test.waits {
					derived, cancel = context.WithCancel(got)
					defer cancel()
				}
				for range 4 {
					if got.Err() != want.Err() || derived.Err() != want.Err() {
						t.Errorf("after %v: Err is %v, of one that follows it %v, want %v", time.Since(g.Add(-10*time.Second)), got.Err(), derived.Err(), want.Err())
					}
					<-time.After(4 * time.Second) // of the bubble's own clock
					synctest.Wait()
				}
				select {
				case <-got.Done():
				default:
					t.Error("Done is open after the end")
				}
			})
		})
	}
}

func TestDeadlinedIsCancelled(t *testing.T) {
	around, cancel := context.WithCancelCause(t.Context())
	why := errors.New("the buyer has gone")
	d := &deadlined{Context: around, at: time.Now().Add(time.Hour)}
	follows, stop := context.WithCancel(d)
	defer stop()
	cancel(why)
	<-follows.Done()
	if context.Cause(d) != why || context.Cause(follows) != why {
		t.Errorf("the cause is %v, of one that follows %v, want %v", context.Cause(d), context.Cause(follows), why)
	}
	other := &deadlined{Context: t.Context(), at: time.Now().Add(time.Hour)}
	done := other.Done()
	other.end()
	<-done
	if other.Err() != context.Canceled {
		t.Errorf("after its end Err is %v, want Canceled", other.Err())
	}
}

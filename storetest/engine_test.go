package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// An engine fails in the call that it was told to, in the way it was told to, and obeys
// again when it is told to.
func TestEngine(t *testing.T) {
	own, lost := errors.New("the call's own"), errors.New("lost")
	for name, c := range map[string]struct {
		failure Failure
		want    []string // of calls 1 to 4, of which the third fails by itself
	}{
		"refused":          {Failure{Err: lost}, []string{"made <nil>", "lost", "made the call's own", "made <nil>"}},
		"done":             {Failure{Err: lost, Done: true}, []string{"made <nil>", "made lost", "made the call's own", "made <nil>"}},
		"refused, lasting": {Failure{Err: lost, Lasting: true}, []string{"made <nil>", "lost", "lost", "lost"}},
		"done, lasting":    {Failure{Err: lost, Done: true, Lasting: true}, []string{"made <nil>", "made lost", "lost", "lost"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := new(Engine)
			e.fail(2, c.failure)
			var got []string
			for i := range 4 {
				made := ""
				err := e.Do(func() error {
					if made = "made "; i == 2 {
						return own
					}
					return nil
				})
				got = append(got, fmt.Sprint(made, err))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if !e.obey() || e.obey() {
				t.Error("it met the failure, once")
			}
			if err := e.Do(func() error { return nil }); err != nil {
				t.Error(err)
			}
		})
	}
}

// A call that is made and fails by itself gives its own error, where its answer is lost too.
func TestEngineOfAFailedCall(t *testing.T) {
	e, own := new(Engine), errors.New("the call's own")
	e.fail(1, Failure{Err: ErrInjected, Done: true})
	if err := e.Do(func() error { return own }); err != own || !e.obey() {
		t.Error(err)
	}
}

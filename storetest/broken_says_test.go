//go:build unix

package storetest

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

func asItIs(s store.Store) store.Store { return s }

func fileAsItIs(s *filed) store.Store { return s }

// brokenSays are stores that are in order and not what their harness says.
var brokenSays = []broken{
	{name: "it is said to be Durable and forgets everything", kills: "durable/reopen", wrap: asItIs, says: func(h *Harness) { h.Durable = true }},
	{name: "it is said to be Shared and each handle keeps its own", kills: "shared/sees", wrap: asItIs, says: func(h *Harness) { h.Shared = true }},
	{name: "it is Durable and nobody says so", kills: "says/durable", file: fileAsItIs, says: func(h *Harness) { h.Durable = false }},
	{name: "it is Shared and nobody says so", kills: "says/shared", file: fileAsItIs, says: func(h *Harness) { h.Shared = false }},
	{name: "it is for one handle and takes a second one", kills: "says/shared", file: func(s *filed) store.Store {
		s.staleReads, s.staleWrites = true, true
		return s
	}, says: func(h *Harness) { h.Shared = false }},
	{name: "it is for one handle and refuses a second one once", kills: "says/shared", file: aloneOnce, says: func(h *Harness) { h.Shared = false }},
	{name: "it is for one handle and refuses a second one as invalid", kills: "says/shared", file: alone(store.ErrInvalid), says: func(h *Harness) { h.Shared = false }},
}

var holders sync.Map // by place: the handle that has it

// alone gives stores that refuse a second handle on a place.
func alone(refusal error) func(*filed) store.Store {
	return func(s *filed) store.Store {
		place := s.file.Name()
		holder, taken := holders.LoadOrStore(place, s)
		return &hooked{Store: s,
			prepare: func(ctx context.Context, schema store.Schema) error {
				if taken && holder != s {
					return refusal
				}
				return s.Prepare(ctx, schema)
			},
			close: func() error {
				holders.CompareAndDelete(place, s)
				return s.Close()
			},
		}
	}
}

// aloneOnce gives stores that refuse a second handle on a place, and forget thereby that
// there is a first.
func aloneOnce(s *filed) store.Store {
	refusing := alone(store.ErrBusy)(s).(*hooked)
	prepare := refusing.prepare
	refusing.prepare = func(ctx context.Context, schema store.Schema) error {
		err := prepare(ctx, schema)
		if errors.Is(err, store.ErrBusy) {
			holders.Delete(s.file.Name())
		}
		return err
	}
	return refusing
}

// Stores that say less than a test in one process could find are right where it is
// less: one that refuses a second handle, one that each handle keeps for itself, and
// one that lasts until its process ends.
func TestSaysLess(t *testing.T) {
	one := harnessOf(alone(store.ErrBusy))
	one.Shared = false
	var places sync.Map
	process := Harness{Place: place, Open: func(_ context.Context, place string) (store.Store, error) {
		kept, _ := places.LoadOrStore(place, memory.New())
		return &hooked{Store: kept.(store.Store), close: func() error { return nil }}, nil
	}}
	for name, h := range map[string]Harness{
		"refuses a second handle": one, "keeps its own": {Place: place, Open: func(context.Context, string) (store.Store, error) { return memory.New(), nil }},
		"has no place": {Open: func(context.Context, string) (store.Store, error) { return memory.New(), nil }}, "lasts until the process ends": process,
	} {
		t.Run(name, func(t *testing.T) {
			for _, rule := range saysRules {
				t.Run(rule.ID, func(t *testing.T) { run(t, h, rule) })
			}
		})
	}
}

// The failure says what to set.
func TestSaysFailure(t *testing.T) {
	for field, says := range map[string]func(*Harness){"Durable": func(h *Harness) { h.Durable = false }, "Shared": func(h *Harness) { h.Shared = false }} {
		t.Run(field, func(t *testing.T) {
			h := harnessOf(fileAsItIs)
			says(&h)
			for _, rule := range saysRules {
				if child := os.Getenv(childRule); child != "" && child != rule.ID {
					continue
				}
				rec := try(t, h, rule)
				if want := rule.ID == "says/"+strings.ToLower(field); rec.Failed() != want || want && !strings.Contains(rec.text.String(), "set "+field+": true") {
					t.Errorf("%s of a store that is %s and does not say so:\n%s", rule.ID, field, rec.text.String())
				}
			}
		})
	}
}

package storetest

import (
	"errors"
	"sync"
	"testing"

	"github.com/tillkit/till/store"
)

// sentinels are what errors are told apart by.
var sentinels = []error{
	store.ErrNotFound, store.ErrExists, store.ErrConflict, store.ErrInvalid, store.ErrShort, store.ErrUnsupported, store.ErrClosed, store.ErrBusy, store.ErrFull, store.ErrOutcomeUnknown,
}

// kind names an error by its sentinel.
func kind(err error) string {
	for _, s := range sentinels {
		if errors.Is(err, s) {
			return s.Error()
		}
	}
	if err == nil {
		return "taken"
	}
	return "another error: " + err.Error()
}

// modelSeeds is how many sequences the rule runs, under -short one: the same ones each
// time. [Model] draws others.
const modelSeeds = 4

// modelled are those sequences: drawing one takes longer than running it.
var modelled = sync.OnceValue(func() (all [modelSeeds]sequence) {
	for seed := range all {
		all[seed] = sequences(12).Example(seed)
	}
	return all
})

var modelRules = []Rule{
	{
		ID:       "model/sequence",
		Sentence: "Any sequence of sets is taken and refused as the contract says, and leaves what it says.",
		Why:      "two stores that answer alike are one contract",
		Check: func(e *Env) {
			seeds := modelSeeds
			if testing.Short() {
				seeds = 1
			}
			e.Logf("%d sequences", seeds)
			for seed := range seeds {
				if diff := compare(e.Ctx, e, e.Harness, modelled()[seed], func(store.ChangeSet, store.Receipt, error) {}); diff != "" {
					e.Stopf("sequence %d: %s\nRun storetest.Model: it makes a sequence that fails short.", seed, diff)
				}
			}
		},
	},
}

package sqldb

import (
	"math"

	"github.com/tillkit/till/store"
)

// sum is an Add, made ready: as a rule one guarded statement decides it. For
// each column it needs how much to add, and between which values the column must
// be now so that no step leaves it below its floor or over int64.
type sum struct {
	add    store.Add
	args   []any // of family.update
	simple bool  // false: args say too little, take the steps one by one
}

func newSum(f *family, add store.Add) *sum {
	by, low, high := make([]any, len(f.Fields)), make([]int64, len(f.Fields)), make([]int64, len(f.Fields))
	for i := range f.Fields {
		by[i], low[i], high[i] = int64(0), math.MinInt64, math.MaxInt64
	}
	s := &sum{add: add, simple: true}
	for _, step := range add.Steps {
		i := f.layout.Field(step.Field)
		before, _ := by[i].(int64)
		after, ok := plus(before, step.By)
		// The column c must hold Floor <= c+after <= MaxInt64.
		least, fits := minus(step.Floor, after)
		if step.Floor == store.NoFloor && after >= 0 {
			least, fits = math.MinInt64, true
		}
		s.simple = s.simple && ok && fits
		by[i], low[i] = after, max(low[i], least)
		if after > 0 {
			high[i] = min(high[i], math.MaxInt64-after)
		}
	}
	s.args = append(by, add.Key)
	for i := range low {
		s.args = append(s.args, low[i], high[i])
	}
	return s
}

func plus(a, b int64) (int64, bool) {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		return 0, false
	}
	return a + b, true
}

func minus(a, b int64) (int64, bool) {
	if b < 0 && a > math.MaxInt64+b || b > 0 && a < math.MinInt64+b {
		return 0, false
	}
	return a - b, true
}

// add applies an Add.
func (s *session) add(f *family, is *sum) error {
	if is.simple {
		changed, err := s.change(f.update, is.args...)
		if err != nil || changed == 1 {
			return err
		}
	}
	return s.addStepwise(f, is.add)
}

// addStepwise is for a counter that is not there yet, for sums that come near
// the limits of int64, and for finding the step that does not fit.
func (s *session) addStepwise(f *family, add store.Add) error {
	have := make([]int64, len(f.Fields))
	into := make([]any, len(have))
	for i := range have {
		into[i] = &have[i]
	}
	found, err := s.row(f.old, []any{add.Key}, into...)
	if err != nil {
		return err
	}
	for _, step := range add.Steps {
		i := f.layout.Field(step.Field)
		after, ok := plus(have[i], step.By)
		if !ok {
			return &store.InvalidError{What: add.Ref.String() + "." + step.Field, Reason: "the sum is over the limits of int64"}
		}
		if after < step.Floor {
			return &store.ShortError{Ref: add.Ref, Field: step.Field, By: step.By, Have: have[i], Floor: step.Floor}
		}
		have[i] = after
	}
	if found {
		if err := s.write(f.remove, add.Key); err != nil {
			return err
		}
	}
	args := []any{add.Key}
	for _, n := range have {
		args = append(args, n)
	}
	return s.write(f.insert, args...)
}

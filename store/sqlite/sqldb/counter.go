package sqldb

import (
	"math"

	"github.com/tillkit/till/store"
)

// counts gives what a counter holds in the open transaction: 0 of one that is not there
// yet.
func (s *session) counts(f *family, ref store.Ref) ([]int64, error) {
	if have, ok := s.known.count(ref); ok {
		return have, nil
	}
	have := make([]int64, len(f.Fields))
	into := make([]any, len(have))
	for i := range have {
		into[i] = &have[i]
	}
	if _, err := s.row(f.old, []any{ref.Key}, into...); err != nil {
		return nil, err
	}
	s.known.counted(ref, have)
	return have, nil
}

// counted gives what a counter holds after an Add, or which step does not fit.
func (f *family) counted(have []int64, add store.Add) ([]int64, error) {
	after := make([]int64, len(have))
	copy(after, have)
	for _, step := range add.Steps {
		i := f.layout.Field(step.Field)
		sum, ok := plus(after[i], step.By)
		if !ok {
			return nil, &store.InvalidError{What: add.Ref.String() + "." + step.Field, Reason: "the sum is over the limits of int64"}
		}
		if sum < step.Floor {
			return nil, &store.ShortError{Ref: add.Ref, Field: step.Field, By: step.By, Have: after[i], Floor: step.Floor}
		}
		after[i] = sum
	}
	return after, nil
}

func plus(a, b int64) (int64, bool) {
	if b > 0 && a > math.MaxInt64-b || b < 0 && a < math.MinInt64-b {
		return 0, false
	}
	return a + b, true
}

// add applies an Add. Nobody else writes meanwhile, so what is read stays so.
func (s *session) add(f *family, add store.Add) error {
	have, err := s.counts(f, add.Ref)
	if err != nil {
		return err
	}
	after, err := f.counted(have, add)
	if err != nil {
		return err
	}
	s.known.counted(add.Ref, after)
	return s.write(f.insert, counterRow(add.Key, after)...)
}

func counterRow(key string, values []int64) []any {
	row := make([]any, 0, len(values)+1)
	row = append(row, key)
	for _, n := range values {
		row = append(row, n)
	}
	return row
}

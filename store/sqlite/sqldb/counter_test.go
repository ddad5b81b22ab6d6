package sqldb_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tillkit/till/store"
)

// One guarded statement must say what taking the steps one by one says, also
// near the limits.
func TestCountersAgreeWithTakingSteps(t *testing.T) {
	s, _ := openFaulty(t, "")
	rng := rand.New(rand.NewPCG(1, 2))
	figures := []int64{0, 1, -1, 2, 5, -5, math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, math.MinInt64 + 1, math.MaxInt64 / 2, math.MinInt64 / 2}
	figure := func() int64 { return figures[rng.IntN(len(figures))] }
	have := map[string][2]int64{}
	counts := map[string]int{}
	for range 3000 {
		ref := store.Ref{Family: "stock", Key: fmt.Sprint(rng.IntN(20))}
		add := store.Add{Ref: ref}
		for range 1 + rng.IntN(4) {
			add.Steps = append(add.Steps, store.Step{Field: []string{"a", "b"}[rng.IntN(2)], By: figure(), Floor: figure()})
		}
		want, now := have[ref.Key], error(nil)
		for _, step := range add.Steps {
			i := int(step.Field[0] - 'a')
			after := want[i] + step.By
			if step.By > 0 && after < want[i] || step.By < 0 && after > want[i] {
				now = store.ErrInvalid
				break
			}
			if after < step.Floor {
				now = &store.ShortError{Ref: ref, Field: step.Field, By: step.By, Have: want[i], Floor: step.Floor}
				break
			}
			want[i] = after
		}
		_, err := s.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{add}})
		short, _ := errors.AsType[*store.ShortError](now)
		said, _ := errors.AsType[*store.ShortError](err)
		switch {
		case now == nil && err == nil:
			have[ref.Key] = want
			counts["done"]++
		case short != nil && said != nil && *short == *said:
			counts["short"]++
		case short == nil && now != nil && errors.Is(err, now):
			counts["over"]++
		default:
			t.Fatalf("%+v on %v: %v, want %v", add, have[ref.Key], err, now)
		}
		records, err := s.Get(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		if r := records[0]; r.Exists() && [2]int64{r.Index[0].Int(), r.Index[1].Int()} != have[ref.Key] {
			t.Fatalf("%v, want %v", r.Index, have[ref.Key])
		}
	}
	if counts["done"] < 300 || counts["short"] < 300 || counts["over"] < 50 {
		t.Errorf("the test tries too little: %v", counts)
	}
}

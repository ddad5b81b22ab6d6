package sqldb_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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

// What is remembered of counters is forgotten where their columns have moved.
func TestCountersAfterTheirColumnsHaveMoved(t *testing.T) {
	for name, columns := range map[string][]string{"two change places": {"b", "a"}, "another between": {"b", "c", "a"}, "one gone": {"b"}} {
		t.Run(name, func(t *testing.T) {
			s, _ := openFaulty(t, "")
			add := func(field string, by int64) {
				t.Helper()
				commits(t, s, store.Add{Ref: store.Ref{Family: "stock", Key: "mug"}, Steps: []store.Step{{Field: field, By: by}}})
			}
			add("a", 5)
			add("b", 70)
			next := store.Schema{Version: 2, Families: slices.Clone(noted.Families)}
			stock := &next.Families[2]
			stock.Version, stock.Fields = 2, nil
			for _, name := range columns {
				stock.Fields = append(stock.Fields, store.Field{Name: name, Type: store.Int})
			}
			if err := s.Prepare(t.Context(), next); err != nil {
				t.Fatal(err)
			}
			add("b", 1)
			r := got(t, s, []store.Ref{{Family: "stock", Key: "mug"}})[0]
			for i, name := range columns {
				if want := map[string]int64{"a": 5, "b": 71}[name]; r.Index[i].Int() != want {
					t.Errorf("%s is %d, want %d", name, r.Index[i].Int(), want)
				}
			}
		})
	}
}

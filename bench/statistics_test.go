package main

import (
	"math"
	"testing"
	"time"
)

// A quantile of few values lies between two of them in proportion, whatever their order.
func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{[]float64{7}, 0.25, 7},
		{[]float64{3, 1}, 0.5, 2},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{4, 1, 3, 2}, 0.5, 2.5},
		{[]float64{4, 1, 3, 2}, 0.25, 1.75},
		{[]float64{1, 2, 3, 4, 5}, 0.25, 2},
		{[]float64{9, 1, 8, 2, 7, 3, 6, 4, 5}, 0.25, 3},
		{[]float64{1, 2, 3}, 0, 1},
		{[]float64{1, 2, 3}, 1, 3},
	} {
		if got := quantile(c.values, c.q); got != c.want {
			t.Errorf("quantile(%v, %v) is %v, not %v", c.values, c.q, got, c.want)
		}
	}
	if got := median(nil); !math.IsNaN(got) {
		t.Errorf("the median of nothing is %v", got)
	}
	values := []float64{3, 1, 2}
	if median(values); values[0] != 3 {
		t.Errorf("the values were sorted: %v", values)
	}
}

// A percentile of latencies is one that was measured.
func TestPercentile(t *testing.T) {
	latencies := func(n int) (all []time.Duration) {
		for i := range n {
			all = append(all, time.Duration(i+1))
		}
		return all
	}
	for _, c := range []struct {
		n    int
		q    float64
		want time.Duration
	}{
		{0, 0.99, 0}, {1, 0.99, 1}, {1, 0.5, 1}, {2, 0.5, 1}, {3, 0.5, 2}, {4, 0.5, 2},
		{99, 0.99, 99}, {100, 0.99, 99}, {101, 0.99, 100}, {1000, 0.99, 990}, {10, 0, 1}, {10, 1, 10},
	} {
		if got := percentile(latencies(c.n), c.q); got != c.want {
			t.Errorf("percentile %v of 1 to %d is %d, not %d", c.q, c.n, got, c.want)
		}
	}
}

// Figures are compared with those of their own round: a slow second of the machine slows
// both sides.
func TestRatio(t *testing.T) {
	f := &figure{of: []measured{
		{name: "till", rate: []float64{10, 30, 80}, p99: []float64{2, 2, 2}, median: []float64{1, 1, 1}},
		{name: "plain", rate: []float64{10, 10, 20}, p99: []float64{4, 1, 8}, median: []float64{4, 2, 1}},
	}}
	want := ratio{median: 3, q1: 2, p99: 0.5, latency: 0.5}
	if got := ratioOf(f, "till", "plain"); got != want {
		t.Errorf("it is %+v, not %+v", got, want)
	}
}

package main

import (
	"math"
	"slices"
	"time"
)

// quantile gives the value below which the share q of the values lies, between two of
// them in proportion; NaN of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low == len(sorted)-1 {
		return sorted[low]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// percentile gives the least of the sorted durations that a share q of them does not
// exceed: one that was measured, not one between two. 0 of none.
func percentile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	n := int(math.Ceil(q * float64(len(sorted))))
	return sorted[min(max(n, 1), len(sorted))-1]
}

// ratios divides two rows of figures, round by round: both of a pair were measured
// within the same second.
func ratios(over, under []float64) []float64 {
	var all []float64
	for i := range min(len(over), len(under)) {
		all = append(all, over[i]/under[i])
	}
	return all
}

package main

import (
	"fmt"
	"math"
	"text/tabwriter"
)

// ratio is how one contender does beside another, over all rounds.
type ratio struct {
	median, q1 float64 // of rates
	p99        float64 // of latencies, as is latency
	latency    float64
}

func ratioOf(f *figure, over, under string) ratio {
	a, b := f.named(over), f.named(under)
	rates := ratios(a.rate, b.rate)
	return ratio{
		median: median(rates), q1: quantile(rates, 0.25),
		p99: median(ratios(a.p99, b.p99)), latency: median(ratios(a.median, b.median)),
	}
}

// ratios prints the lines of a figure.
func (b *bench) ratios(f *figure) {
	for _, other := range f.of {
		if other.name == tillName {
			continue
		}
		r := ratioOf(f, tillName, other.name)
		latency := ""
		if f.callers == 1 {
			latency = fmt.Sprintf(" latency=%.2f", r.latency)
		}
		fmt.Fprintf(b.out, "RATIO %s %s callers=%d till/%s median=%.2f q1=%.2f p99=%.2f%s\n", f.work, f.sync, f.callers, other.name, r.median, r.q1, r.p99, latency)
	}
}

// table prints what was measured, as it was: of a shared machine, less to be trusted
// than ratios.
func (b *bench) table() {
	if len(b.figures) == 0 {
		return
	}
	fmt.Fprintln(b.out)
	w := tabwriter.NewWriter(b.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "work\tlevel\tcallers\tcontender\ta second\tmedian µs\tp99 µs\tprocessor µs\tallocations\tcommits a flush\tflush µs\t")
	row := func(work, level string, callers int, m measured, flush []float64) {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%.0f\t%s\t%s\t%s\t%s\t%s\t%s\t\n", work, level, callers, m.name, median(m.rate),
			micros(median(m.median)), micros(median(m.p99)), micros(median(m.processor)), whole(median(m.allocations)), micros(median(m.together)), whole(median(flush)))
	}
	for _, f := range b.figures {
		for _, m := range f.of {
			row(f.work, string(f.sync), f.callers, m, f.flush)
		}
	}
	for _, g := range b.growth {
		for i, size := range g.sizes {
			row(g.work, "of "+thousands(size), 1, g.of[i], nil)
		}
	}
	w.Flush()
	fmt.Fprintln(b.out)
}

// whole shows a count, or "-" where it is not known.
func whole(n float64) string {
	if math.IsNaN(n) {
		return "-"
	}
	return fmt.Sprintf("%.0f", n)
}

// micros shows microseconds with two or three digits that count, or "-".
func micros(us float64) string {
	if math.IsNaN(us) {
		return "-"
	}
	if math.Abs(us) < 100 {
		return fmt.Sprintf("%.1f", us)
	}
	return fmt.Sprintf("%.0f", us)
}

// thousands writes 10000 as 10k.
func thousands(n int) string {
	if n >= 1000 && n%1000 == 0 {
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}

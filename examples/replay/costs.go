package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"
)

// costs is what a replay takes.
type costs struct {
	began          time.Time
	survey, replay time.Duration
	check          time.Duration
	usage          usage
	heap           uint64 // bytes that Go has from the system
}

// usage is what the system says of the whole process.
type usage struct {
	known  bool
	cpu    time.Duration // of all cores
	memory uint64        // bytes, the most that was resident at once
}

func (c *costs) measure() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.usage, c.heap = processUsage(), m.HeapSys
}

func (c costs) String() string {
	var b strings.Builder
	sum := c.survey + c.replay + c.check
	fmt.Fprintf(&b, "time: %.1f s: survey %.1f s, replay %.1f s, check %.1f s", sum.Seconds(), c.survey.Seconds(), c.replay.Seconds(), c.check.Seconds())
	if c.usage.known {
		fmt.Fprintf(&b, "; processor: %.1f s on %d cores\nmaximum memory: %d MB", c.usage.cpu.Seconds(), runtime.NumCPU(), c.usage.memory/1e6)
	} else {
		b.WriteString("\nmaximum memory: not known on this system")
	}
	fmt.Fprintf(&b, ", of which Go's heap: %d MB", c.heap/1e6)
	return b.String()
}

// bar shows how far a stage is, where somebody watches. The nil bar shows nothing.
type bar struct {
	w     io.Writer
	shown time.Time
}

// newBar gives a bar on a terminal, nil on anything else.
func newBar(w io.Writer) *bar {
	file, ok := w.(*os.File)
	if !ok {
		return nil
	}
	if is, err := file.Stat(); err != nil || is.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return &bar{w: w}
}

// show draws the bar, ten times a second at most.
func (b *bar) show(stage string, done, all int) {
	if b == nil || all == 0 || time.Since(b.shown) < 100*time.Millisecond {
		return
	}
	b.shown = time.Now()
	const width = 40
	full := min(width, width*done/all)
	fmt.Fprintf(b.w, "\r%s [%s%s] %3d%% %s of %s\x1b[K", stage, strings.Repeat("#", full), strings.Repeat(".", width-full), 100*done/all, count(done), count(all))
}

// clear takes the bar away.
func (b *bar) clear() {
	if b != nil {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
)

// replays is how often trade is replayed at most: it takes some seconds.
const replays = 3

// month is trade that is ready to be replayed.
type month struct {
	path    string
	trade   *trade
	program string // examples/replay, built
}

// readyReplay reads the trade and builds the program that replays it through till: first
// of all, since what fails here should not fail after all else.
func (b *bench) readyReplay(ctx context.Context) (*month, error) {
	path, err := filepath.Abs(b.is.replay)
	if err != nil {
		return nil, err
	}
	t, err := surveyTrade(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	program := filepath.Join(b.dir, "replay")
	if text, err := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/tillkit/till/examples/replay").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("examples/replay is built in the directory of this module: %w\n%s", err, text)
	}
	return &month{path, t, program}, nil
}

// replay takes a month of trade through both shops in turns: through till by the program
// examples/replay, which reads everything back and compares it with the file.
func (b *bench) replay(ctx context.Context, m *month) error {
	path, program, t := m.path, m.program, m.trade
	var ours, plain []float64
	for round := range min(replays, b.is.rounds) {
		for turn := range 2 {
			if (round+turn)%2 == 0 {
				took, err := b.replayTill(ctx, program, path, t)
				if err != nil {
					return fmt.Errorf("replay of till: %w", err)
				}
				ours = append(ours, took.Seconds())
				continue
			}
			took, err := b.replayByHand(ctx, path, t)
			if err != nil {
				return fmt.Errorf("replay of plain: %w", err)
			}
			plain = append(plain, took.Seconds())
		}
		b.say("replay: till %.1f s, plain %.1f s", ours[round], plain[round])
	}
	fmt.Fprintf(b.out, "REPLAY %s till/plain time=%.2f (till %.1f s, plain %.1f s; %d orders)\n", filepath.Base(path), median(ratios(ours, plain)), median(ours), median(plain), t.orders)
	return nil
}

var (
	replayTime   = regexp.MustCompile(`, replay ([0-9.]+) s,`)
	replayOrders = regexp.MustCompile(`order lines written, in ([0-9,]+) orders`)
)

// replayTill runs the program and gives the time of the replay alone.
func (b *bench) replayTill(ctx context.Context, program, path string, t *trade) (time.Duration, error) {
	run := exec.CommandContext(ctx, program, "-data", path)
	run.Cancel = func() error { return run.Process.Signal(os.Interrupt) } // so that it removes its files
	run.WaitDelay = 10 * time.Second
	run.Env = append(os.Environ(), "TMPDIR="+b.dir)
	text, err := run.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("%w\n%s", err, text)
	}
	took, orders := replayTime.FindSubmatch(text), replayOrders.FindSubmatch(text)
	if took == nil || orders == nil {
		return 0, fmt.Errorf("it does not say how long it took for how many orders:\n%s", text)
	}
	if n := strings.ReplaceAll(string(orders[1]), ",", ""); n != fmt.Sprint(t.orders) {
		return 0, fmt.Errorf("it places %s orders, not %d", n, t.orders)
	}
	seconds, err := strconv.ParseFloat(string(took[1]), 64)
	return time.Duration(seconds * float64(time.Second)), err
}

// replayByHand collects garbage as seldom as the program does.
func (b *bench) replayByHand(ctx context.Context, path string, t *trade) (_ time.Duration, err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	folder, err := os.MkdirTemp(b.dir, "replay")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	return replayPlain(ctx, path, filepath.Join(folder, "plain.db"), t)
}

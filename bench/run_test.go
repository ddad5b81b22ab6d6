package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A run, as short as can be, prints every line, draws pictures, and leaves nothing behind.
func TestRun(t *testing.T) {
	dir, pictures := t.TempDir(), t.TempDir()
	var out, status bytes.Buffer
	err := run(t.Context(), []string{
		"-quick", "-rounds=1", "-slice=10ms", "-sizes=100,200", "-callers=1,4", "-sync=full", "-dir=" + dir, "-charts=" + pictures,
	}, &out, &status)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, status.String(), out.String())
	}
	for _, want := range []string{
		`RATIO commit FULL callers=4 till/plain median=F q1=F p99=F`,
		`RATIO checkout FULL callers=1 till/plain-prepared median=F q1=F p99=F latency=F`,
		`RATIO add FULL callers=4 till/plain-prepared median=F q1=F p99=F`,
		`GROWTH cart till 200/100=F`, `GROWTH price till 200/100=F`, `GROWTH page till 200/100=F`, `GROWTH orders plain-prepared 200/100=F`,
		`MEMORY checkout callers=1 median=Fµs`,
		`RATIO total lines=5 till/decimal median=F q1=F ns=F`, `RATIO total-included lines=100 till/decimal median=F q1=F ns=F`,
		`QUOTE total-included lines=5 median=Fµs allocations=F digest=Fµs`, `READS beside-writer till/plain p99=F`,
	} {
		line := regexp.MustCompile(`(?m)^` + strings.ReplaceAll(regexp.QuoteMeta(want), "=F", `=[0-9.]+`) + `$`)
		if !line.Match(out.Bytes()) {
			t.Errorf("there is no line %q in\n%s", want, out.String())
		}
	}
	if !regexp.MustCompile(`\nRECONCILED orders=\d{4,} stock=\d{4,} errors=0\n$`).Match(out.Bytes()) {
		t.Errorf("the last line does not say that all is reconciled:\n%s", out.String())
	}
	for _, name := range []string{"ratios-full.svg", "growth.svg"} {
		if err := wellFormed(filepath.Join(pictures, name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

func wellFormed(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	for d := xml.NewDecoder(file); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// A run that is interrupted ends with an error and leaves nothing behind.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	stop := writerFunc(func(p []byte) (int, error) {
		if strings.HasPrefix(string(p), "checkout") {
			cancel()
		}
		return len(p), nil
	})
	if err := run(ctx, []string{"-quick", "-sizes=100", "-sync=full", "-works=checkout", "-dir=" + dir}, io.Discard, stop); !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// What cannot be measured is refused before anything is begun.
func TestSettings(t *testing.T) {
	for _, args := range []string{
		"-works=sing", "-callers=0", "-callers=x", "-sizes=1000,100", "-sizes=1", "-sync=off", "-rounds=0", "-slice=1ms", "-slice=2h", "more",
	} {
		if _, err := parseSettings([]string{args}, io.Discard); err == nil {
			t.Errorf("%s is taken", args)
		}
	}
	is, err := parseSettings([]string{"-quick", "-rounds=5"}, io.Discard)
	if err != nil || is.rounds != 5 || len(is.sizes) != 1 || len(is.callers) != 2 {
		t.Errorf("-quick with other rounds is %+v, %v", is, err)
	}
}

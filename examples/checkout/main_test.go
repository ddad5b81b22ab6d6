package main

import (
	"bytes"
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
)

var update = flag.Bool("update", false, "write what was printed to testdata")

// fixed are options under which a shop does the same every time.
func fixed() till.Options {
	now := time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	return till.Options{
		Currency: money.GBP,
		Clock:    func() time.Time { now = now.Add(time.Second); return now },
		Random:   rand.NewChaCha8([32]byte{1}),
	}
}

// kept is a store in memory that outlives its Close, as a file does.
type kept struct{ *memory.Store }

func (kept) Close() error { return nil }

func story(t *testing.T, open func(context.Context) (store.Store, error)) string {
	t.Helper()
	var printed bytes.Buffer
	if err := tell(t.Context(), &printed, open, fixed(), "products.csv", ourProducts); err != nil {
		t.Fatal(err)
	}
	return printed.String()
}

// The story is the same, byte for byte, on every store; the line that opens it is all
// that differs.
func TestStory(t *testing.T) {
	db := memory.New()
	inMemory := story(t, func(context.Context) (store.Store, error) { return kept{db}, nil })
	path := filepath.Join(t.TempDir(), "shop.db")
	onFile := story(t, func(ctx context.Context) (store.Store, error) { return sqlite.Open(ctx, path) })
	if d := cmp.Diff(inMemory, onFile); d != "" {
		t.Errorf("memory and SQLite tell two stories (-memory +SQLite):\n%s", d)
	}
	golden := filepath.Join("testdata", "story.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(onFile), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), onFile); d != "" {
		t.Errorf("the story is not that of %s (-want +got); -update writes it:\n%s", golden, d)
	}
}

// The program runs as the README says, with our own file and with real ones.
func TestProgram(t *testing.T) {
	program := filepath.Join(t.TempDir(), "checkout")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	data := os.Getenv("TILL_DATA")
	if data == "" {
		data = filepath.Join("..", "..", "..", "shared", "data")
	}
	for name, args := range map[string][]string{
		"own":             nil,
		"apparel":         {"-products", filepath.Join(data, "product-csv", "apparel.csv")},
		"jewelery":        {"-products", filepath.Join(data, "product-csv", "jewelery.csv")},
		"home-and-garden": {"-products", filepath.Join(data, "product-csv", "home-and-garden.csv")},
	} {
		t.Run(name, func(t *testing.T) {
			if len(args) > 0 {
				if _, err := os.Stat(args[1]); err != nil {
					t.Skipf("the real product files are not here (TILL_DATA names their folder): %v", err)
				}
			}
			out, err := exec.Command(program, args...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, want := range []string{" 0 refused;", "The same bytes as before: true", "Verify, from the order alone: it holds"} {
				if !strings.Contains(string(out), want) {
					t.Errorf("it does not print %q:\n%s", want, out)
				}
			}
		})
	}
}

package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// synthetic writes a file of so many rows that looks like a wholesaler's: invoices of
// 25 rows or so over a year and a half, some 4,000 articles of which a few are sold often, prices
// of two and three decimals that change with every other row, a few rows of each other
// kind. The same rows each time.
func synthetic(w io.Writer, rows int) error {
	out := bufio.NewWriter(w)
	random := rand.New(rand.NewPCG(1, 2))
	fmt.Fprintln(out, strings.Join(columns, ","))
	at, step := time.Date(2010, 12, 1, 8, 0, 0, 0, time.UTC), 360*24*time.Hour/time.Duration(rows/25+1)
	number := 536365
	for row := 0; row < rows; number++ {
		at = at.Add(step)
		face := at.Truncate(time.Minute)
		if face.Hour() < 8 { // at night nothing is sold, and no clock is changed
			face = face.Add(8 * time.Hour)
			at = face
		}
		invoice, customer, sign := strconv.Itoa(number), fmt.Sprintf("%d.0", 12346+random.IntN(4300)), ""
		lines := 1 + random.IntN(50)
		switch random.IntN(20) {
		case 0:
			invoice, sign = "C"+invoice, "-"
		case 1:
			lines, sign, customer = 1, "-", ""
		case 2, 3, 4:
			customer = ""
		}
		for range min(lines, rows-row) {
			a := min(random.IntN(4000), random.IntN(4000), random.IntN(4000))
			price := fmt.Sprintf("%d.%02d", 1+a%13, a%100)
			if random.IntN(5) < 2 {
				price = fmt.Sprintf("%d.%02d", 1+a%13, random.IntN(100))
			}
			if a%200 == 0 {
				price += "5"
			}
			fmt.Fprintf(out, "%s,S%04d,ARTICLE %d,%s%d,%s,%s,%s,United Kingdom\n", invoice, a, a, sign, 1+random.IntN(24), face.Format(layout), price, customer)
			row++
		}
	}
	return out.Flush()
}

// TestGrowth replays 54,191 invented rows, and ten times as many: a row takes as
// long in one file as in the other, and the memory stays bounded. It takes many minutes, so
// it runs only when it is asked for.
func TestGrowth(t *testing.T) {
	if os.Getenv("REPLAY_GROWTH") == "" {
		t.Skip("REPLAY_GROWTH=1 replays 541,909 invented rows, which takes many minutes")
	}
	folder := t.TempDir()
	program := filepath.Join(folder, "replay")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	figures := regexp.MustCompile(`(?s)replay ([\d.]+) s, check ([\d.]+) s; processor: ([\d.]+) s.*maximum memory: (\d+) MB`)
	run := func(rows int) (processor float64, memory int) {
		data := filepath.Join(folder, "data.csv")
		file, err := os.Create(data)
		if err != nil {
			t.Fatal(err)
		}
		if err := synthetic(file, rows); err != nil {
			t.Fatal(err)
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(program, "-data", data).CombinedOutput()
		if err != nil {
			t.Fatalf("%d rows: %v\n%s", rows, err, out)
		}
		t.Logf("%s", out)
		is := figures.FindStringSubmatch(string(out))
		if is == nil || !strings.HasSuffix(string(out), "revenue difference: 0.00 GBP\n") {
			t.Fatalf("%d rows: the report has no figures, or a difference:\n%s", rows, out)
		}
		processor, _ = strconv.ParseFloat(is[3], 64)
		memory, _ = strconv.Atoi(is[4])
		return processor / float64(rows), memory
	}
	small, _ := run(54_191)
	large, memory := run(541_909)
	// The processor's time is compared: others may use the machine at the same time.
	if ratio := large / small; ratio > 1.5 {
		t.Errorf("a row of the larger file takes %.2f times as long", ratio)
	}
	if memory > 300 {
		t.Errorf("the larger file takes %d MB, 300 are enough", memory)
	}
}

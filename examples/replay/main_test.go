package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store/sqlite"
)

var update = flag.Bool("update", false, "write what was printed to testdata")

// replayed runs the program and gives what it prints.
func replayed(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := run(t.Context(), args, &out, io.Discard); err != nil {
		t.Fatalf("%q: %v\n%s", args, err, out.String())
	}
	return out.String()
}

// figures are what differs from run to run.
var figures = regexp.MustCompile(`(?m)^time: .*$|\d+ MB`)

// The program replays its own file, which has a row of every kind, and prints the same
// each time, times and memory left out.
func TestDemo(t *testing.T) {
	got := figures.ReplaceAllString(replayed(t), "...")
	golden := filepath.Join("testdata", "demo.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("it does not print %s (-want +got); -update writes it:\n%s", golden, d)
	}
}

// A file gives the same shop whether it is compressed or not, with its columns in any
// order, and with a byte order mark.
func TestForms(t *testing.T) {
	plain := place(t, "demo.csv", demo)
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	z.Write(demo)
	z.Close()
	turned := strings.NewReplacer(
		"InvoiceNo,StockCode", "StockCode,InvoiceNo",
	).Replace(string(demo))
	turned = regexp.MustCompile(`(?m)^([AC]?7\d+),([^,]+)`).ReplaceAllString(turned, "$2,$1")
	want := figures.ReplaceAllString(replayed(t, "-data", plain), "...")
	if !strings.HasSuffix(want, "\nrevenue difference: 0.00 GBP\n") {
		t.Errorf("the last line is not the difference:\n%s", want)
	}
	for name, data := range map[string][]byte{
		"zipped": zipped.Bytes(),
		"turned": []byte(turned),
		"marked": append([]byte("\uFEFF"), demo...),
	} {
		got := figures.ReplaceAllString(replayed(t, "-data", place(t, name, data)), "...")
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-plain +%[1]s):\n%s", name, d)
		}
	}
}

// place writes a file into a folder of its own.
func place(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A database that is kept answers questions later, without the file, and takes no
// second replay.
func TestKept(t *testing.T) {
	db := filepath.Join(t.TempDir(), "shop.db")
	replayed(t, "-data", place(t, "demo.csv", demo), "-db", db)
	for ask, want := range map[string]string{
		"price LAMP 2011-03-24":         "price of LAMP at the end of 2011-03-24: there was none\n",
		"price LAMP 2011-03-25":         "price of LAMP at the end of 2011-03-25: 4.65 GBP since 2011-03-25 09:10:00, change 2 of 2 by then\n",
		"price LAMP 2011-04-01":         "price of LAMP at the end of 2011-04-01: 4.25 GBP since 2011-04-01 00:30:00, change 3 of 3 by then\n",
		"price BANK CHARGES 2011-03-30": "price of BANK CHARGES at the end of 2011-03-30: it had no price\n",
		" price  BEAD  2011-03-26 ":     "price of BEAD at the end of 2011-03-26: 0.85 GBP/10 since 2011-03-25 09:10:00, change 1 of 1 by then\n",
		"stock LAMP 2011-03-25":         "stock of LAMP at the end of 2011-03-25: 27 on hand, 13 of them reserved, 14 available\n",
		"stock LAMP 2011-03-26":         "stock of LAMP at the end of 2011-03-26: 23 on hand, 13 of them reserved, 10 available\n",
		"order 1001 2011-03-24":         "order 1001 at the end of 2011-03-24: there was none\n",
		"order 999999 2011-03-28":       "order 999999 at the end of 2011-03-28: there was none\n",
		"order 1005 2011-03-27": "order 1005 at the end of 2011-03-27: placed 2011-03-27 02:00:00 for invoice 700007; it verifies\n" +
			"       1 x 99.55 GBP/10         9.96 GBP  GIFT GIFT\n" +
			"       5 x 2.05 GBP            10.25 GBP  CUP CUP, ENAMEL\n" +
			"                               20.21 GBP\n",
		"revenue 2011-04": "revenue of 2011-04: 127.50 GBP from 1 orders\n",
		"revenue 2011-05": "revenue of 2011-05: 0.00 GBP from 0 orders\n",
	} {
		if got := replayed(t, "-db", db, "-ask", ask); got != want {
			t.Errorf("%s:\n%s, want\n%s", ask, got, want)
		}
	}
	err := run(t.Context(), []string{"-data", place(t, "demo.csv", demo), "-db", db}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "a replay needs a new file") {
		t.Errorf("a second replay into one database gives %v", err)
	}
	replayed(t, "-db", db, "-ask", "revenue 2011-04") // it is still there
}

// What the shop lets into metadata cannot give orders to a terminal.
func TestPlain(t *testing.T) {
	db := filepath.Join(t.TempDir(), "shop.db")
	replayed(t, "-data", place(t, "demo.csv", demo), "-db", db)
	s, err := sqlite.Open(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	shop, err := till.Open(t.Context(), s, till.Options{})
	if err != nil {
		t.Fatal(err)
	}
	staff := shop.Staff("test")
	orders, err := staff.Orders(t.Context(), till.OrderQuery{Number: "1001"})
	if err != nil {
		t.Fatal(err)
	}
	if err := staff.SetOrderMetadata(t.Context(), orders.Items[0].ID, till.Metadata{"invoice": "7\x1b[2J\u202e\nx"}); err != nil {
		t.Fatal(err)
	}
	if got := replayed(t, "-db", db, "-ask", "order 1001 2999-01-01"); !strings.Contains(got, "for invoice 7?[2J??x; it verifies") {
		t.Errorf("%q", got)
	}
}

// A link that points to nothing is not taken away with a replay that failed.
func TestLink(t *testing.T) {
	folder := t.TempDir()
	link := filepath.Join(folder, "link.db")
	if err := os.Symlink(filepath.Join(folder, "shop.db"), link); err != nil {
		t.Skip(err)
	}
	bad := table("1,A\x07,a,1,2011-03-25 09:00:00,1.00,1,UK")
	if err := run(t.Context(), []string{"-data", place(t, "bad.csv", []byte(bad)), "-db", link}, io.Discard, io.Discard); err == nil {
		t.Error("a code with a control character is taken")
	}
	if _, err := os.Lstat(link); err != nil {
		t.Error(err)
	}
}

// What cannot be asked is refused, with what can.
func TestQuestions(t *testing.T) {
	db := filepath.Join(t.TempDir(), "shop.db")
	for _, ask := range []string{
		"", "  ", "price", "price LAMP", "price LAMP yesterday", "price 2011-03-25", "order 1001", "revenue", "revenue 2011-13", "revenue LAMP 2011-03",
		"weather 2011-03-25", "price LAMP 2011-02-30", "price LAMP 0000-01-01", "drop table; 2011-03-25", strings.Repeat("price ", 1000),
	} {
		err := run(t.Context(), []string{"-db", db, "-ask", ask}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "revenue MONTH") || len(err.Error()) > 700 {
			t.Errorf("%.40q gives %v", ask, err)
		}
	}
	for _, args := range [][]string{{"-ask", "revenue 2011-03"}, {"-db", db, "-ask", "revenue 2011-03"}, {"file.csv"}, {"-no"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q is taken", args)
		}
	}
	if _, err := os.Stat(db); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("asking made a database: %v", err)
	}
}

// What a question names goes no further than the shop's own checks.
func TestHostileQuestions(t *testing.T) {
	db := filepath.Join(t.TempDir(), "shop.db")
	replayed(t, "-data", place(t, "demo.csv", demo), "-db", db)
	for _, about := range []string{"x' OR '1'='1", "a\x00b", "\xff", strings.Repeat("x", 5000), "../../etc", "*"} {
		for _, kind := range []string{"price", "stock", "order"} {
			var out bytes.Buffer
			err := run(t.Context(), []string{"-db", db, "-ask", kind + " " + about + " 2011-03-25"}, &out, io.Discard)
			if err == nil && !strings.HasSuffix(out.String(), ": there was none\n") {
				t.Errorf("%s %.20q gives %q", kind, about, out.String())
			}
		}
	}
}

// A real day, where the data is: TILL_DATA names its folder.
func TestRealDay(t *testing.T) {
	day := realDay(t)
	out := replayed(t, "-data", day, "-ask", "revenue 2010-12")
	for _, want := range []string{
		"\n      3,081 order lines written, in 136 orders\n", "\nrevenue difference: 0.00 GBP\n", "\nrevenue of 2010-12: 58,960.79 GBP from 136 orders\n",
	} {
		if !strings.Contains("\n"+out, want) {
			t.Errorf("it does not print %q:\n%s", want, out)
		}
	}
}

// realDay writes the first day of the real data into a file of its own.
func realDay(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("TILL_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	file, err := os.Open(filepath.Join(folder, "online-retail", "2010-12.csv.gz"))
	if err != nil {
		t.Skipf("the real trade is not here (TILL_DATA names the folder of the data): %v", err)
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	day := whole[:bytes.Index(whole, []byte(",2010-12-02 "))]
	return place(t, "day.csv", day[:bytes.LastIndexByte(day, '\n')+1])
}

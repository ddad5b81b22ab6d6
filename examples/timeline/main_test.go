package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

var update = flag.Bool("update", false, "write the picture of the small shop to testdata")

// picture checks that a picture is well-formed, that it runs and loads nothing, and
// gives its texts.
func picture(t *testing.T, svg string) []string {
	t.Helper()
	var texts []string
	d := xml.NewDecoder(strings.NewReader(svg))
	in := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts
		}
		if err != nil {
			t.Fatalf("it is no XML: %v", err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if in = token.Name.Local; in == "script" || in == "image" || in == "foreignObject" || in == "use" || in == "a" {
				t.Errorf("there is a %s in it", in)
			}
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Errorf("%s has %s", in, a.Name.Local)
				}
			}
		case xml.CharData:
			if text := strings.TrimSpace(string(token)); text != "" && in != "style" {
				texts = append(texts, text)
			}
		}
	}
}

func TestPicture(t *testing.T) {
	var got bytes.Buffer
	if err := run(t.Context(), &got, nil); err != nil {
		t.Fatal(err)
	}
	texts := picture(t, got.String())
	for _, want := range []string{
		"Prices of MUG", "List standard, GBP each; 11 changes, recorded from 2026-01-05 to 2026-09-20",
		"valid: the time for which one asks", "recorded: as known at that time", "2026-07",
		"5. recorded 2026-04-20 00:00: retract base price, valid from 2026-06-01 00:00, by back-office: not from June",
	} {
		if !strings.Contains(strings.Join(texts, "\n"), want) {
			t.Errorf("%q is nowhere in it", want)
		}
	}
	golden := filepath.Join("testdata", "mug.svg")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("another picture (-want +got), -update takes it:\n%s", diff)
	}
}

// The picture of a file is that of the same shop in memory; a part of the time is
// shown alone; what cannot be drawn is said.
func TestFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.db")
	db, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	busy(t, db, 300)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	draw := func(args ...string) (string, error) {
		var b bytes.Buffer
		err := run(t.Context(), &b, append([]string{"-db", file}, args...))
		return b.String(), err
	}
	whole, err := draw("-sku", "85123A")
	if err != nil {
		t.Fatal(err)
	}
	texts := strings.Join(picture(t, whole), "\n")
	if !strings.Contains(texts, "; 300 changes") || !strings.Contains(texts, "a &<b>") {
		t.Errorf("it says %s", texts)
	}
	if len(whole) > 300_000 {
		t.Errorf("it has %d bytes", len(whole))
	}
	part, err := draw("-sku", "85123A", "-from", "2026-03-01", "-to", "2026-04-01", "-quantity", "12", "-currency", "GBP")
	if err != nil {
		t.Fatal(err)
	}
	if texts := strings.Join(picture(t, part), "\n"); !strings.Contains(texts, "when 12 are bought") || strings.Contains(texts, "recorded 2026-04") || !strings.Contains(texts, "recorded 2026-03") {
		t.Errorf("it says %s", texts)
	}
	for says, args := range map[string][]string{
		`"CUP": name an`: {"-sku", "CUP"},
		"never had":      {"-sku", "85123A", "-list", "trade"},
		"not before -to": {"-sku", "85123A", "-from", "2026-04-01", "-to", "2026-04-01"},
		"no day":         {"-from", "March"},
		"too many":       {"CUP"},
		"no such file":   {"-db", file + ".other"},
		"XYZ":            {"-currency", "XYZ"},
		"not defined":    {"-what"},
	} {
		if _, err := draw(args...); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v: error %v, it has to say %q", args, err, says)
		}
	}
}

// busy makes a shop with an article whose prices changed so often.
func busy(t *testing.T, db store.Store, changes int) {
	t.Helper()
	now := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	shop, err := till.Open(t.Context(), db, till.Options{Currency: money.GBP, Clock: func() time.Time { return now }, Random: rand.NewChaCha8([32]byte{2})})
	if err != nil {
		t.Fatal(err)
	}
	staff := shop.Staff("import").Because("a &<b></title></svg><script>\x01\x1b[31m\ufffe]]>")
	if err := staff.AddProduct(t.Context(), till.NewProduct{SKU: "85123A", Name: "White heart", Price: "2.55", OnHand: 1}); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for i := 1; i < changes; i++ {
		now = now.Add(time.Duration(5+random.IntN(30)) * time.Hour)
		c := till.PriceChange{Price: money.MustParsePrice(fmt.Sprintf("%d.%d5", 2+random.IntN(4), random.IntN(10)), money.GBP), From: till.At(now), Sale: random.IntN(4) == 0}
		switch random.IntN(12) {
		case 0:
			c.From = c.From.Add(-time.Duration(random.IntN(400)) * time.Hour)
		case 1, 2:
			c.From = c.From.Add(time.Duration(random.IntN(400)) * time.Hour)
		case 3:
			c.Mark, c.Price = till.Clear, money.Price{}
		}
		if err := staff.ChangePrice(t.Context(), "85123A", c); err != nil {
			t.Fatal(err)
		}
	}
}

// In every area of the plane the prices answer what it shows, at its corners and
// inside; where no area lies there is none; and no two lie over one another.
func TestAreas(t *testing.T) {
	shop, err := demo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p, err := read(t.Context(), shop, question{sku: "MUG", list: till.PriceList{List: till.StandardList, Currency: money.GBP}, quantity: 1})
	if err != nil {
		t.Fatal(err)
	}
	hour := till.Instant(time.Hour / time.Microsecond)
	some, none := 0, 0
	for valid := p.valid.from; valid < p.valid.to; valid += 13 * hour {
		for known := p.known.from; known < p.known.to; known += 11 * hour {
			var at []area
			for _, a := range p.areas {
				if a.valid.has(valid) && a.known.has(known) {
					at = append(at, a)
				}
			}
			answer, ok := p.prices.On(valid, known, 1)
			switch {
			case !ok && len(at) == 0:
				none++
			case ok && len(at) == 1 && at[0].price == answer.Price && at[0].sale == answer.Sale:
				some++
			default:
				t.Fatalf("valid %s, known %s: %v, but it is %v, %t", valid, known, at, answer, ok)
			}
		}
	}
	if some < 1000 || none < 100 {
		t.Errorf("%d places with a price, %d without: too few to prove anything", some, none)
	}
}

// Ticks are round, inside their span and not too many, whatever the span.
func TestTicks(t *testing.T) {
	from := till.At(time.Date(2024, 2, 28, 23, 30, 0, 0, time.UTC))
	for long, want := range map[time.Duration]string{
		2 * time.Hour:              "02-29 00:00 02-29 01:00",
		3 * 24 * time.Hour:         "02-29 00:00 02-29 12:00 03-01 00:00 03-01 12:00 03-02 00:00 03-02 12:00",
		5 * 24 * time.Hour:         "2024-02-29 2024-03-01 2024-03-02 2024-03-03 2024-03-04",
		200 * 24 * time.Hour:       "2024-03 2024-04 2024-05 2024-06 2024-07 2024-08 2024-09",
		3 * 365 * 24 * time.Hour:   "2024-07 2025-01 2025-07 2026-01 2026-07 2027-01",
		12 * 365 * 24 * time.Hour:  "2026 2028 2030 2032 2034 2036",
		100 * 365 * 24 * time.Hour: "",
	} {
		var got []string
		for _, tick := range (span{from, from.Add(long)}).ticks(8) {
			got = append(got, tick.label)
			if !(span{from, from.Add(long)}).has(tick.at) {
				t.Errorf("%v: %s lies outside", long, tick.label)
			}
		}
		if text := strings.Join(got, " "); want != "" && text != want || len(got) > 8 {
			t.Errorf("%v: %s", long, text)
		}
	}
}

// The axis of prices holds them all, in few steps.
func TestLadder(t *testing.T) {
	for _, prices := range [][]string{{"0"}, {"9.50"}, {"9.50", "12"}, {"0.01", "10000"}, {"5", "5.01"}, {"9.80/1000", "0.02"}, nil} {
		var all []money.Price
		for _, text := range prices {
			all = append(all, money.MustParsePrice(text, money.GBP))
		}
		l := newLadder(all)
		for _, p := range all {
			if v := thousandths(p); v < l.low || v > l.high {
				t.Errorf("%v: %s lies outside %+v", prices, p, l)
			}
		}
		if steps := (l.high - l.low) / l.step; steps < 1 || steps > 6 || (l.high-l.low)%l.step != 0 {
			t.Errorf("%v: %+v has %d steps", prices, l, steps)
		}
	}
}

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A price is exact, however many decimals it has.
func TestParsePence(t *testing.T) {
	for text, want := range map[string][2]int64{
		"2.55": {255, 1}, "2": {200, 1}, "2.5": {250, 1}, "0.00": {0, 1}, "9.955": {9955, 10}, "9.950": {995, 1}, "0.001": {1, 10}, "18.0": {1800, 1},
	} {
		if unit, per, err := parsePence(text); err != nil || [2]int64{unit, per} != want {
			t.Errorf("%q is %d for %d, %v; not %v", text, unit, per, err, want)
		}
	}
	for _, text := range []string{"", "x", "-1.00", "1.2.3", "1e3"} {
		if _, _, err := parsePence(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// The trade of the example's own file goes through the shop by hand, and its sums are
// those of the file.
func TestReplayPlain(t *testing.T) {
	path := filepath.Join("..", "examples", "replay", "demo.csv")
	is, err := surveyTrade(path)
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile(filepath.Join("..", "examples", "replay", "testdata", "demo.golden"))
	if err != nil {
		t.Fatal(err)
	}
	if orders := replayOrders.FindSubmatch(golden); orders == nil || string(orders[1]) != fmt.Sprint(is.orders) {
		t.Errorf("the file has %d orders here, %q there", is.orders, orders)
	}
	if _, err := replayPlain(t.Context(), path, filepath.Join(t.TempDir(), "plain.db"), is); err != nil {
		t.Error(err)
	}
}

// Rows of one number and customer are one invoice; cancellations keep their place in
// time, and nothing else.
func TestTradeInvoices(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trade.csv")
	rows := []string{
		strings.Join(tradeColumns, ","),
		"1,A,a,2,2010-12-01 08:26:00,1.00,7.0,UK", "1,B,b,-1,2010-12-01 08:26:00,0.00,7.0,UK", "1,A,a,2,2010-12-01 08:26:00,1.00,8.0,UK",
		"C2,A,a,-2,2010-12-01 08:26:00,1.00,7.0,UK", "3,A,,0,2010-12-01 08:26:00,1.00,,UK",
	}
	if err := os.WriteFile(path, []byte(strings.Join(rows, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	var got []tradeInvoice
	for is, err := range tradeInvoices(path) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, *is)
	}
	for i, want := range []struct {
		number, customer string
		rows             int
	}{{"1", "7", 2}, {"1", "8", 1}, {"C2", "7", 0}, {"3", "", 0}} {
		if i >= len(got) || got[i].number != want.number || got[i].customer != want.customer || len(got[i].rows) != want.rows || got[i].at != got[0].at+int64(i) {
			t.Errorf("invoice %d is not %+v in %+v", i, want, got)
		}
	}
}

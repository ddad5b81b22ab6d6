package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func from(text string) source {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

func table(rows ...string) string {
	return strings.Join(append([]string{strings.Join(columns, ",")}, rows...), "\n") + "\n"
}

// A file that is broken is refused with the line on which it is, before anything is
// written: no database is left behind.
func TestBroken(t *testing.T) {
	const good = "1,A,a,1,2011-03-25 09:00:00,1.00,1,UK"
	var trade bytes.Buffer
	if err := synthetic(&trade, 5000); err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	z.Write(trade.Bytes())
	z.Close()
	rotten := bytes.Clone(packed.Bytes())
	rotten[len(rotten)-6] ^= 1 // its checksum
	for name, c := range map[string]struct{ data, want string }{
		"empty":           {"", "line 1: the file is empty"},
		"header alone":    {table(), "line 2: there is no row"},
		"missing column":  {strings.Replace(table(good), "UnitPrice", "Price", 1), "line 1: there is no column UnitPrice"},
		"another column":  {"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country,Colour\n", "line 1: there are 9 columns"},
		"column twice":    {"InvoiceNo,InvoiceNo,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n", "line 1: there is no column StockCode"},
		"short row":       {table(good, "2,A,a,1"), "line 3: wrong number of fields"},
		"long row":        {table(good, good+",more"), "line 3: wrong number of fields"},
		"lone quote":      {table(good, `2,A,a"b,1,2011-03-25 09:00:00,1.00,1,UK`), `line 3: bare " in non-quoted-field`},
		"open quote":      {table(good, `2,A,"ab,1,2011-03-25 09:00:00,1.00,1,UK`), "line 3: extraneous or missing"},
		"lines in cells":  {table(good, "1,A,\"a\n\nb\",1,2011-03-25 09:00:00,1.00,1,UK", "1,A,a,x,2011-03-25 09:00:00,1.00,1,UK"), "line 6:"},
		"not UTF-8":       {table(good, "2,A,\xa340 voucher,1,2011-03-25 09:00:00,1.00,1,UK"), "line 3: Description is not UTF-8"},
		"no invoice":      {table(good, ",A,a,1,2011-03-25 09:00:00,1.00,1,UK"), "line 3: it has no InvoiceNo"},
		"no code":         {table(good, "2, ,a,1,2011-03-25 09:00:00,1.00,1,UK"), "line 3: it has no InvoiceNo or no StockCode"},
		"bad quantity":    {table(good, "2,A,a,1.5,2011-03-25 09:00:00,1.00,1,UK"), `line 3: "1.5" is no Quantity`},
		"vast quantity":   {table(good, "2,A,a,9999999999,2011-03-25 09:00:00,1.00,1,UK"), "line 3: "},
		"vast stock":      {table(good, "2,A,a,1000000000,2011-03-25 09:00:00,1.00,1,UK"), "line 3: 1000000001 pieces of \"A\""},
		"bad price":       {table(good, "2,A,a,1,2011-03-25 09:00:00,1e3,1,UK"), `line 3: "1e3" is no UnitPrice`},
		"two points":      {table(good, "2,A,a,1,2011-03-25 09:00:00,1.2.3,1,UK"), `line 3: "1.2.3" is no UnitPrice`},
		"endless price":   {table(good, "2,A,a,1,2011-03-25 09:00:00,0.0000000000001,1,UK"), "line 3: "},
		"price below 0":   {table(good, "2,A,a,1,2011-03-25 09:00:00,-1.00,1,UK"), "line 3: a sale costs -1.00 GBP"},
		"vast price":      {table(good, "2,A,a,1000,2011-03-25 09:00:00,99999999999999999,1,UK"), "line 3: "},
		"bad date":        {table(good, "2,A,a,1,25/03/2011 09:00,1.00,1,UK"), `line 3: "25/03/2011 09:00" is no InvoiceDate`},
		"date in passing": {table(good, "1,A,a,1,2011-03-25 9:00:00,1.00,1,UK"), `line 3: "2011-03-25 9:00:00" is no InvoiceDate`},
		"no such date":    {table(good, "2,A,a,1,2011-02-30 09:00:00,1.00,1,UK"), "line 3: "},
		"no such hour":    {table(good, "2,A,a,1,2011-03-27 01:30:00,1.00,1,UK"), "line 3: there was no 2011-03-27 01:30:00 in the UK"},
		"not sorted":      {table(good, "2,A,a,1,2011-03-23 09:00:00,1.00,1,UK"), "line 3: 2011-03-23 09:00:00 is more than a day before"},
		"endless invoice": {table(strings.Split(strings.Repeat(good+"\n", 1201), "\n")[:1201]...), `line 1202: invoice "1" has more than 1200 rows`},
		"endless cell":    {table(good, "1,A,\""+strings.Repeat("a", 2<<20)), "line 3: the row has more than 1048576 bytes"},
		"endless header":  {strings.Repeat("a", 2<<20), "line 1: the row has more than 1048576 bytes"},
		"\x1b in a code":  {table(good, "2,A\x1b[31m,a,1000000000,2011-03-25 09:00:00,1.00,1,UK", "2,A\x1b[31m,a,1,2011-03-25 09:00:00,1.00,1,UK"), `pieces of "A\x1b[31m" are`},
		"cut off":         {packed.String()[:packed.Len()/2], ": the file is cut off here"},
		"no gzip":         {"\x1f\x8bhello", "line 1: the file is no whole gzip file"},
		"checksum":        {string(rotten), "gzip: invalid checksum"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			t.Setenv("TMPDIR", folder)
			data := place(t, "data.csv", []byte(c.data))
			for _, args := range [][]string{{"-data", data}, {"-data", data, "-db", filepath.Join(folder, "shop.db")}} {
				err := run(t.Context(), args, io.Discard, io.Discard)
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "line ") {
					t.Errorf("the error is %v, want %q", err, c.want)
				}
			}
			left, err := os.ReadDir(folder)
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// A replay that is broken off leaves no database behind either.
func TestBrokenOff(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	opened := 0
	open := func() (io.ReadCloser, error) {
		if opened++; opened == 1 {
			return from(string(demo))()
		}
		return from(string(demo[:700]) + "\n")() // the file has changed meanwhile
	}
	is := settings{db: filepath.Join(folder, "shop.db")}
	if err := is.replay(t.Context(), io.Discard, io.Discard, open); err == nil || !strings.Contains(err.Error(), "line ") {
		t.Errorf("a file that changes gives %v", err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Invoices have the instants of the UK's clocks: an hour is left out in spring and comes
// twice in autumn, those of one minute are a microsecond apart, and nothing goes back.
func TestInstants(t *testing.T) {
	for name, c := range map[string]struct{ dates, want []string }{
		"winter":         {[]string{"2010-12-01 08:26:00"}, []string{"2010-12-01T08:26:00.000000Z"}},
		"summer":         {[]string{"2011-07-01 08:26:00"}, []string{"2011-07-01T07:26:00.000000Z"}},
		"one minute":     {[]string{"2010-12-01 08:26:00", "2010-12-01 08:26:00", "2010-12-01 08:27:00"}, []string{"2010-12-01T08:26:00.000000Z", "2010-12-01T08:26:00.000001Z", "2010-12-01T08:27:00.000000Z"}},
		"clocks forward": {[]string{"2011-03-27 00:59:00", "2011-03-27 02:00:00"}, []string{"2011-03-27T00:59:00.000000Z", "2011-03-27T01:00:00.000000Z"}},
		"clocks back": {
			[]string{"2011-10-30 00:50:00", "2011-10-30 01:50:00", "2011-10-30 01:10:00", "2011-10-30 01:10:00", "2011-10-30 02:00:00"},
			[]string{"2011-10-29T23:50:00.000000Z", "2011-10-30T00:50:00.000000Z", "2011-10-30T01:10:00.000000Z", "2011-10-30T01:10:00.000001Z", "2011-10-30T02:00:00.000000Z"},
		},
		"late": {[]string{"2010-12-01 08:26:00", "2010-12-01 08:20:00", "2010-12-01 08:21:00"}, []string{"2010-12-01T08:26:00.000000Z", "2010-12-01T08:26:00.000001Z late", "2010-12-01T08:26:00.000002Z late"}},
	} {
		var lines, got []string
		for i, date := range c.dates {
			lines = append(lines, fmt.Sprintf("%d,A,a,1,%s,1.00,1,UK", 100+i, date))
		}
		for is, err := range invoices(from(table(lines...))) {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			text := is.at.String()
			if is.late {
				text += " late"
			}
			got = append(got, text)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// An invoice is the rows of one number and customer that follow each other.
func TestInvoices(t *testing.T) {
	var got []string
	for is, err := range invoices(from(table(
		"1,A,a,1,2011-03-25 09:00:00,1.00,7.0,UK",
		"1,B,b,1,2011-03-25 09:01:00,1.00,7,UK",
		"1,B,b,1,2011-03-25 09:01:00,1.00,,UK",
		"2,A,a,1,2011-03-25 09:01:00,1.00,,UK",
		"1,A,a,1,2011-03-25 09:02:00,1.00,7.0,UK",
	))) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%s of %q: %d", is.number, is.customer, len(is.rows)))
	}
	if d := cmp.Diff([]string{`1 of "7": 2`, `1 of "": 1`, `2 of "": 1`, `1 of "7": 1`}, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// A row comes to quantity times price, exact, and rounded once, half away from zero.
func TestAmount(t *testing.T) {
	for _, c := range []struct {
		quantity int64
		price    string
		written  string
		want     string
	}{
		{6, "2.55", "2.55 GBP", "15.30 GBP"},
		{1, "9.955", "99.55 GBP/10", "9.96 GBP"},
		{3, "9.955", "99.55 GBP/10", "29.87 GBP"}, // 29.865: not three times 9.96
		{7, "0.085", "0.85 GBP/10", "0.60 GBP"},
		{1, "0.004", "0.04 GBP/10", "0.00 GBP"},
		{-3, "9.955", "99.55 GBP/10", "-29.87 GBP"},
		{5, "0.0", "0.00 GBP", "0.00 GBP"},
		{1, "-11062.06", "-11062.06 GBP", "-11062.06 GBP"},
	} {
		exact, price, err := parsePrice(c.price)
		if err != nil {
			t.Fatal(err)
		}
		amount, err := row{quantity: c.quantity, exact: exact}.amount()
		if err != nil || price.String() != c.written || amount.String() != c.want {
			t.Errorf("%d at %s: %s, %s, %v; want %s, %s", c.quantity, c.price, price, amount, err, c.written, c.want)
		}
	}
}

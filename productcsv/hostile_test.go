package productcsv_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
)

// many joins n texts that are numbered from 1.
func many(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i+1)
	}
	return b.String()
}

func TestFilesThatCannotBeUsed(t *testing.T) {
	good := "Handle,Title,Variant Price\nmug,Mug,5\n"
	for _, test := range []struct {
		name, file string
		opt        productcsv.Options
		want       string
	}{
		{"nothing", "", productcsv.Options{}, "productcsv: shop.csv: it is empty: see whether this is a product file; its first line must name the columns"},
		{"line ends", "\n\r\n", productcsv.Options{}, "productcsv: shop.csv: it is empty: see whether this is a product file; its first line must name the columns"},
		{"no price", "Handle,Title\nmug,Mug\n", productcsv.Options{}, "productcsv: shop.csv: line 1: there is no column Variant Price: see whether this is a product file; its first line must name the columns"},
		{"another table", "\n\nDate,Sum\n1,2\n", productcsv.Options{}, "productcsv: shop.csv: line 3: there is no column Handle and none Title and none Variant Price: see whether this is a product file; its first line must name the columns"},
		{"a web page", "<!doctype html>\n<p>hello", productcsv.Options{}, "productcsv: shop.csv: line 1: there is no column Handle and none Title and none Variant Price: see whether this is a product file; its first line must name the columns"},
		{"semicolons", "Handle;Title;Variant Price\n", productcsv.Options{}, "productcsv: shop.csv: line 1: its cells are not separated by commas: save the file as CSV with commas"},
		{"a column twice", "Handle,Title,Variant Price,Vendor,vendor \n", productcsv.Options{}, "productcsv: shop.csv: line 1: vendor: columns 4 and 5 have this name: leave one of them, or give the other another name"},
		{"an unknown column twice", "x,Handle,x,Title,Variant Price\n", productcsv.Options{}, "productcsv: shop.csv: line 1: x: columns 1 and 3 have this name: leave one of them, or give the other another name"},
		{"UTF-16", "\xff\xfeH\x00a\x00", productcsv.Options{}, "productcsv: shop.csv: line 1: it is in UTF-16: save it as CSV UTF-8"},
		{"a spreadsheet", "PK\x03\x04\x14\x00", productcsv.Options{}, "productcsv: shop.csv: line 1: it is a spreadsheet or a ZIP archive, not CSV: save it as CSV UTF-8, or unpack it"},
		{"a picture", "\x89PNG\r\n\x1a\n\x00\x00\x00", productcsv.Options{}, "productcsv: shop.csv: line 1: the column names are not text in UTF-8: save the file as CSV UTF-8"},
		{"a quote in the first line", "Handle,Ti\"tle\n", productcsv.Options{}, "productcsv: shop.csv: line 1: a quotation mark stands inside a cell that does not begin with one: put the cell in quotation marks and write each one inside it twice; nothing of the file is used"},
		{"a quote in the middle", good + "pot,12\" pot,5\ncup,Cup,6\n", productcsv.Options{}, "productcsv: shop.csv: line 3: Title: a quotation mark stands inside a cell that does not begin with one: put the cell in quotation marks and write each one inside it twice; nothing of the file is used"},
		{"text after a quote", good + "pot,\"pot\"s,5\n", productcsv.Options{}, "productcsv: shop.csv: line 3: Title: text follows the quotation mark that ends the cell: write each quotation mark inside a cell twice; nothing of the file is used"},
		{"a quote without end", good + "pot,\"pot,5\ncup,Cup,6\n", productcsv.Options{}, "productcsv: shop.csv: line 3: Title: the quotation mark that begins this cell has no end: close it, or see whether the file was cut off; nothing of the file is used"},
		{"a quote beyond the columns", good + "pot,Pot,5,\"x\n", productcsv.Options{}, "productcsv: shop.csv: line 3: column 4: the quotation mark that begins this cell has no end: close it, or see whether the file was cut off; nothing of the file is used"},
		{"too many rows", good + "cup,Cup,6\njug,Jug,7\n", productcsv.Options{MaxRows: 2}, "productcsv: shop.csv: line 4: it has more than 2 rows: split it between two products, or raise Options.MaxRows"},
		{"too many bytes", good + "cup,Cup,6\njug,Jug,7\n", productcsv.Options{MaxBytes: 40}, "productcsv: shop.csv: line 3: it has more than 40 bytes: split it between two products, or raise Options.MaxBytes"},
		{"too many columns", "Handle,Title,Variant Price" + strings.Repeat(",", 2000) + "x\n", productcsv.Options{}, "productcsv: shop.csv: line 1: the line of column names has more than 2000 columns, or one that is far too long: see whether this is a product file; its first line must name the columns"},
		{"an endless line", strings.Repeat("x", 5<<20), productcsv.Options{}, "productcsv: shop.csv: line 1: the line of column names has more than 2000 columns, or one that is far too long: see whether this is a product file; its first line must name the columns"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.opt.Name, test.opt.Currency = "shop.csv", money.GBP
			file, err := productcsv.Read(strings.NewReader(test.file), test.opt)
			var wrong *productcsv.FileError
			if !errors.As(err, &wrong) || !errors.Is(err, till.ErrInvalid) || err.Error() != test.want {
				t.Errorf("%v\nwant %s", err, test.want)
			}
			if len(file.Products) > 0 || file.Report.Rows > 0 {
				t.Errorf("something is used: %+v", file)
			}
		})
	}
}

func TestReadGivesTheErrorOfItsReader(t *testing.T) {
	broken := errors.New("the line is dead")
	text := "Handle,Title,Variant Price\nmug,Mug,5\ncup,\"Cup"
	for n := range len(text) {
		file, err := productcsv.Read(io.MultiReader(strings.NewReader(text[:n]), iotest.ErrReader(broken)), productcsv.Options{Currency: money.GBP})
		var wrong *productcsv.FileError
		if !errors.Is(err, broken) || !errors.As(err, &wrong) || len(file.Products) > 0 {
			t.Fatalf("after %d bytes: %v", n, err)
		}
	}
}

func TestReadNeedsACurrency(t *testing.T) {
	_, err := productcsv.Read(strings.NewReader("Handle,Title,Variant Price\n"), productcsv.Options{})
	if !errors.Is(err, till.ErrInvalid) {
		t.Error(err)
	}
}

func TestTheZeroProductsOfAFile(t *testing.T) {
	file := read(t, "Handle,Title,Variant Price")
	if file.Report.String() != "test.csv: 0 rows: 0 product rows, 0 variant rows, 0 image rows, 0 refused; 0 products: 0 created, 0 changed, 0 unchanged" {
		t.Error(file.Report)
	}
}

func TestAnEnormousCellRefusesItsRow(t *testing.T) {
	huge, large := strings.Repeat("all work and no play ", 10<<20/21), strings.Repeat("x", 1<<20+1)
	text := "Handle,Title,Body (HTML),Variant Price,Else\nmug,Mug,,5,\npot,Pot,\"" + huge + "\",5,\npot,,,,\ncup,Cup,,6," + large + "\njug,Jug,,7,\n" +
		"bowl," + large + ",,8,\nbowl,,,9,\n"
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	file := read(t, text)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("12 MB in cells that are refused took %d bytes", grown)
	}
	if have := say(file.Products...); have != "2 mug active \"Mug\"\n  mug 5.00 GBP\n6 jug active \"Jug\"\n  jug 7.00 GBP\n" {
		t.Error(have)
	}
	const reason = "it is too large: a cell has up to 1048576 bytes, a row up to 4194304"
	want := "line 3 (pot): Body (HTML): " + reason + "\nline 4 (pot): its product is refused, see line 3\nline 5 (cup): Else: " + reason +
		"\nline 7 (bowl): Title: " + reason + "\nline 8 (bowl): its product is refused, see line 7"
	if have := refusals(file.Report); have != want {
		t.Error(have)
	}
}

func TestProductsThatAreTooLarge(t *testing.T) {
	text := "Handle,Title,Option1 Name,Option1 Value,Variant Price,Image Src\nmug,Mug,,,5,\ntee,Tee,Size,0,5,\n" + many(500, "tee,,,%d,5,\n") +
		"pot,Pot,,,5,i\n" + many(250, "pot,,,,,i%d\n")
	file := read(t, text)
	if have := say(file.Products...); have != "2 mug active \"Mug\"\n  mug 5.00 GBP\n" {
		t.Error(have)
	}
	for _, want := range []string{
		"line 3 (tee): the product has 501 variants and 0 images: up to 500 and 250 are possible\n",
		"line 503 (tee): its product is refused, see line 3\n",
		"line 504 (pot): the product has 1 variant and 251 images: up to 500 and 250 are possible\n",
	} {
		if !strings.Contains(refusals(file.Report), want) {
			t.Errorf("there is no %s", want)
		}
	}
	if file.Report.RefusedProducts != 2 || len(file.Report.Refused) != 501+251 {
		t.Error(file.Report.RefusedProducts, len(file.Report.Refused))
	}
}

func TestErrorsAreSafeToPrint(t *testing.T) {
	long := strings.Repeat("ü", 90)
	file := read(t, "Handle,Title,Variant Price,\"Else\nwhere\"\n\u200emug\u200e,Mug,\x1b[31m,\n"+long+",Long,"+long+",x\nmug,Mug,5,x\n")
	for line := range strings.Lines(file.Report.String()) {
		for _, r := range line {
			if r == '\x1b' || r == '\u200e' {
				t.Errorf("%q", line)
			}
		}
		if len(line) > 800 {
			t.Errorf("%d bytes: %q", len(line), line)
		}
	}
	if !strings.Contains(file.Report.String(), `columns not imported: "Else\nwhere" (1 row)`) {
		t.Error(file.Report)
	}
}

func TestRowErrorsCarryWhatWasWrong(t *testing.T) {
	file := read(t, "Handle,Title,Variant Price\nmug,Mug,1.999\ncup,Cup,\"1,5\"\n")
	var precision *money.PrecisionError
	if e := file.Report.Refused[0]; !errors.As(e, &precision) || !errors.Is(e, till.ErrInvalid) || !errors.Is(e, money.ErrPrecision) {
		t.Error(e)
	}
	e := file.Report.Refused[1]
	if !errors.Is(e, money.ErrSyntax) || e.Line != 3 || e.Column != "Variant Price" || e.Value != "1,5" || e.Handle != "cup" {
		t.Errorf("%+v", e)
	}
}

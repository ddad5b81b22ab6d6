package productcsv_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
)

// FuzzRead holds the laws of reading against any bytes: every row is accounted for,
// what is read is taken by the core and comes back when it is written, and reading
// again says the same.
func FuzzRead(f *testing.F) {
	sample, err := os.ReadFile("testdata/garden.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	for _, rules := range [][]rule{skuRules, rowRules, stockRules, priceRules, wordRules, imageRules, ourRules} {
		for _, r := range rules {
			f.Add([]byte(r.file))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		opt := productcsv.Options{Name: "fuzz.csv", Currency: money.GBP}
		file, err := productcsv.Read(bytes.NewReader(text), opt)
		if err != nil {
			var wrong *productcsv.FileError
			if !errors.As(err, &wrong) || !errors.Is(err, till.ErrInvalid) || len(file.Products) > 0 || file.Report.Rows > 0 {
				t.Fatalf("%v, and %+v", err, file)
			}
			return
		}
		account(t, file.Report)
		valid(t, file.Products)
		var specs []till.ProductSpec
		for _, p := range file.Products {
			specs = append(specs, p.Spec)
		}
		comesBack(t, specs...)
		if file.Report.Pending != len(file.Products) {
			t.Fatal(file.Report)
		}
		again, err := productcsv.Read(bytes.NewReader(text), opt)
		if err != nil || again.Report.String() != file.Report.String() || say(again.Products...) != say(file.Products...) {
			t.Fatalf("reading again says something else: %v", err)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	text := []byte("Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant Price,Image Src\n" + many(5000, "p%[1]d,Product,<p>words</p>,Size,S,9.50,https://img.example/a.jpg\np%[1]d,,,,M,9.50,\n"))
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := productcsv.Read(bytes.NewReader(text), productcsv.Options{Currency: money.GBP}); err != nil {
			b.Fatal(err)
		}
	}
}

package productcsv_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
)

var alike = cmp.Options{cmpopts.EquateEmpty(), cmpopts.EquateComparable(money.Price{})}

// wrote writes products with prices in pounds.
func wrote(t testing.TB, specs ...till.ProductSpec) string {
	t.Helper()
	var b strings.Builder
	w := productcsv.NewWriter(&b, money.GBP)
	for _, s := range specs {
		if err := w.Write(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// comesBack asserts that products are read as they were written, and that nothing in
// their file is left over.
func comesBack(t testing.TB, specs ...till.ProductSpec) {
	t.Helper()
	text := wrote(t, specs...)
	file, err := productcsv.Read(strings.NewReader(text), productcsv.Options{Currency: money.GBP})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	account(t, file.Report)
	if len(file.Report.Refused) > 0 || len(file.Report.NotImported) > 0 || len(file.Products) != len(specs) {
		t.Fatalf("%d products: %s\n%s", len(specs), file.Report, text)
	}
	for i, p := range file.Products {
		if diff := cmp.Diff(specs[i], p.Spec, alike); diff != "" {
			t.Fatalf("another product is read than was written: %s\n%s", diff, text)
		}
	}
}

func TestProductsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var p picker = func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "n") }
		specs := once(few(p, 3, p.spec))
		comesBack(t, specs...)
	})
	p := seeded(1)
	n := 3000
	if testing.Short() || racing() {
		n = 300
	}
	for i := range n {
		comesBack(t, p.spec(i))
	}
}

// FuzzText: a text is read as it was written, wherever it stands, and no cell of the
// file is a formula.
func FuzzText(f *testing.F) {
	for _, s := range []string{"", "a", "=1+1", "'=1", "''-", "\t", "\r\n", "a\r\nb", " a ", "\r", "\"", "a,b", "'\r\n", "\u00a0", "'\t ", "Default Title", "{}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) > till.MaxMetadataKey {
			t.Skip()
		}
		spec := till.ProductSpec{Description: till.Description{
			Handle: "h", Status: till.ProductActive, Vendor: text,
			Words:    map[till.Locale]till.Words{"": {Name: "n", Description: text}, "de": {Name: "n", Description: text}},
			Variants: []till.Variant{{SKU: "s", Barcode: text, Image: text, TaxCategory: text}},
			Images:   []till.Image{{Address: "i", Alt: text}, {Address: "j", Alt: text}},
			Metadata: till.Metadata{"k": text},
		}, Articles: []till.ArticleSpec{{SKU: "s", Price: price("5")}}}
		if text != "" && text == strings.TrimSpace(text) {
			named := spec
			named.Handle, named.Collections = text, []string{text}
			named.Words = map[till.Locale]till.Words{"": {Name: text}}
			named.Options, named.Attributes = []string{text}, map[string][]string{"type": {text}, "tag": {text, "b"}, text: {text}}
			named.Variants = []till.Variant{{SKU: till.SKU(text), Values: []string{text}}}
			named.Images = []till.Image{{Address: text}}
			named.Articles = []till.ArticleSpec{{SKU: till.SKU(text)}}
			if named.Check(money.GBP) == nil {
				spec = named
			}
		}
		comesBack(t, spec)
		rows, err := csv.NewReader(strings.NewReader(wrote(t, spec))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0 {
					t.Errorf("the cell %q is a formula", cell)
				}
			}
		}
	})
}

func plain() till.ProductSpec {
	return till.ProductSpec{
		Description: till.Description{
			Handle: "mug", Words: map[till.Locale]till.Words{"": {Name: "Mug"}},
			Options: []string{"Size"}, Variants: []till.Variant{{SKU: "S", Values: []string{"S"}}, {SKU: "L", Values: []string{"L"}}},
		},
		Articles: []till.ArticleSpec{{SKU: "S", Price: price("5")}, {SKU: "L", Price: price("6")}},
	}
}

func TestProductsThatAFileCannotExpress(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*till.ProductSpec)
		want   string
	}{
		{"a product that no shop takes", func(s *till.ProductSpec) { s.Words[""] = till.Words{Name: " Mug"} },
			"productcsv: mug: till: words.name: it begins or ends with space"},
		{"a price in another currency", func(s *till.ProductSpec) { *s.Articles[0].Price = money.MustParsePrice("5", money.EUR) },
			"productcsv: mug: till: articles[0].price: 5.00 EUR is not 0 or more in GBP"},
		{"two variants that are one choice", func(s *till.ProductSpec) { s.Variants[1].Values[0] = "S" },
			"productcsv: mug (L): it is the same choice of the product's options as S: give it another value"},
		{"two variants and no option", func(s *till.ProductSpec) {
			s.Options, s.Variants[0].Values, s.Variants[1].Values = nil, nil, nil
		}, "productcsv: mug (L): it is the same choice of the product's options as S: give it another value"},
		{"a weight beyond a million tonnes", func(s *till.ProductSpec) { s.Variants[0].Grams = 1_000_000_000_001 },
			"productcsv: mug (S): it weighs more than 1000000000000 grams: correct the weight"},
		{"a sale that is none", func(s *till.ProductSpec) { s.Articles[1].Sale = price("6") },
			"productcsv: mug (L): its sale price 6.00 GBP is not below 6.00 GBP: end the sale, or lower it"},
		{"words that are too long for a cell", func(s *till.ProductSpec) {
			for _, l := range []till.Locale{"de", "fr", "it"} {
				s.Words[l] = till.Words{Name: "Mug", Description: strings.Repeat("\x01", 60<<10)}
			}
		}, "productcsv: mug: too much stands under Till Words: a cell has up to 1048576 bytes, a row up to 4194304"},
	} {
		t.Run(test.name, func(t *testing.T) {
			spec := plain()
			test.change(&spec)
			var b bytes.Buffer
			w := productcsv.NewWriter(&b, money.GBP)
			err := w.Write(spec)
			var refused *productcsv.ProductError
			if !errors.As(err, &refused) || !errors.Is(err, till.ErrInvalid) || err.Error() != test.want {
				t.Errorf("%v\nwant %s", err, test.want)
			}
			other := plain()
			if err := errors.Join(w.Write(other), w.Close()); err != nil {
				t.Fatal(err)
			}
			if b.String() != wrote(t, other) {
				t.Errorf("something of the refused product is written: %s", &b)
			}
		})
	}
}

func TestAWriterNeedsACurrency(t *testing.T) {
	var b bytes.Buffer
	w := productcsv.NewWriter(&b, 0)
	if err := w.Close(); !errors.Is(err, till.ErrInvalid) || b.Len() > 0 {
		t.Errorf("%v, and %d bytes", err, b.Len())
	}
}

// TestAnEditedCellWinsOverItsExactText: what somebody wrote into the column that he
// sees is what he wants.
func TestAnEditedCellWinsOverItsExactText(t *testing.T) {
	spec := plain()
	spec.Vendor = "Acme "
	spec.Words[""] = till.Words{Name: "Mug", Description: "a\r\nb"}
	text := wrote(t, spec)
	for _, test := range []struct{ name, from, to, vendor, body string }{
		{"nothing edited", "Acme", "Acme", "Acme ", "a\r\nb"},
		{"space that says nothing", ",Acme,", ",Acme   ,", "Acme ", "a\r\nb"},
		{"another vendor", ",Acme,", ",Ace,", "Ace", "a\r\nb"},
		{"no vendor", ",Acme,", ",,", "", "a\r\nb"},
		{"another body", "\"a\nb\"", "c", "Acme ", "c"},
	} {
		if !strings.Contains(text, test.from) {
			t.Fatalf("there is no %q in %s", test.from, text)
		}
		is := read(t, strings.Replace(text, test.from, test.to, 1)).Products[0].Spec
		if is.Vendor != test.vendor || is.Words[""].Description != test.body {
			t.Errorf("%s: the vendor is %q, the body %q", test.name, is.Vendor, is.Words[""].Description)
		}
	}
}

package productcsv_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/productcsv"
)

// read reads a text that is a product file with prices in pounds.
func read(t testing.TB, text string) productcsv.File {
	t.Helper()
	file, err := productcsv.Read(strings.NewReader(text), productcsv.Options{Name: "test.csv", Currency: money.GBP})
	if err != nil {
		t.Fatal(err)
	}
	account(t, file.Report)
	return file
}

// account asserts that a report counts every row and every product once.
func account(t testing.TB, r productcsv.Report) {
	t.Helper()
	if sum := r.ProductRows + r.VariantRows + r.ImageRows + r.BlankRows + len(r.Refused); sum != r.Rows {
		t.Errorf("%d rows were read and %d are accounted for:\n%s", r.Rows, sum, r)
	}
	if sum := r.Created + r.Changed + r.Unchanged + r.RefusedProducts + r.Pending; sum != r.Products {
		t.Errorf("%d products were read and %d are accounted for:\n%s", r.Products, sum, r)
	}
	for i, e := range r.Refused {
		if i > 0 && e.Line <= r.Refused[i-1].Line {
			t.Errorf("line %d is refused after line %d", e.Line, r.Refused[i-1].Line)
		}
		if e.Line < 2 || e.Reason == "" || e.Err == nil {
			t.Errorf("%#v says too little", e)
		}
	}
}

// say writes products down, a line for the product and one for each variant, with
// what is not as usual.
func say(products ...productcsv.Product) string {
	var b strings.Builder
	for _, p := range products {
		s := p.Spec
		fmt.Fprintf(&b, "%d %s %s %q", p.Line, s.Handle, s.Status, s.Words[""].Name)
		some(&b, "body", s.Words[""].Description)
		some(&b, "by", s.Vendor)
		some(&b, "options", strings.Join(s.Options, "|"))
		for _, name := range []string{"type", "tag", "gift_card"} {
			some(&b, name, strings.Join(s.Attributes[name], "|"))
		}
		for _, i := range s.Images {
			fmt.Fprintf(&b, " image=%s", i.Address)
			if i.Alt != "" {
				fmt.Fprintf(&b, "(%s)", i.Alt)
			}
		}
		b.WriteString("\n")
		for i, v := range s.Variants {
			a := s.Articles[i]
			fmt.Fprintf(&b, "  %s", v.SKU)
			if a.SKU != v.SKU {
				fmt.Fprintf(&b, " BUT %s", a.SKU)
			}
			some(&b, "values", strings.Join(v.Values, "|"))
			if a.Price == nil {
				b.WriteString(" no price")
			} else {
				fmt.Fprintf(&b, " %s", a.Price)
			}
			if a.Sale != nil {
				fmt.Fprintf(&b, " sale %s", a.Sale)
			}
			switch v.Stock {
			case till.NotTracked:
			case till.DenyBackorder:
				fmt.Fprintf(&b, " stock %d", a.OnHand)
			case till.AllowBackorder(till.MaxQuantity):
				fmt.Fprintf(&b, " stock %d and more", a.OnHand)
			default:
				fmt.Fprintf(&b, " stock %v", v.Stock)
			}
			if v.Grams != 0 {
				fmt.Fprintf(&b, " %dg", v.Grams)
			}
			if v.NoShipping {
				b.WriteString(" not shipped")
			}
			some(&b, "tax", v.TaxCategory)
			some(&b, "barcode", v.Barcode)
			some(&b, "image", v.Image)
			b.WriteString("\n")
		}
	}
	return b.String()
}

func some(b *strings.Builder, name, value string) {
	if value != "" {
		fmt.Fprintf(b, " %s=%s", name, value)
	}
}

// refusals gives the refused rows, a line each.
func refusals(r productcsv.Report) string {
	var lines []string
	for _, e := range r.Refused {
		lines = append(lines, strings.TrimPrefix(e.Error(), "productcsv: "))
	}
	return strings.Join(lines, "\n")
}

// valid asserts that the core takes the products, each as it is, and that no two
// have a SKU in common.
func valid(t testing.TB, products []productcsv.Product) {
	t.Helper()
	meta := till.Meta{At: 1, By: "test"}
	seen := make(map[till.SKU]string)
	for _, p := range products {
		made, _, err := till.AddProduct(meta, till.MakeID[till.Product](1, 0, [8]byte{1}), p.Spec.Description)
		if err != nil {
			t.Fatalf("line %d: %v", p.Line, err)
		}
		if _, entries, err := made.Revise(meta, p.Spec.Description); err != nil || len(entries) > 0 {
			t.Fatalf("line %d: the same again is a revision: %v", p.Line, err)
		}
		if len(p.Spec.Articles) != len(p.Spec.Variants) {
			t.Fatalf("line %d: %d variants, %d articles", p.Line, len(p.Spec.Variants), len(p.Spec.Articles))
		}
		for i, v := range p.Spec.Variants {
			if first, twice := seen[v.SKU]; twice {
				t.Fatalf("%s is a SKU of %s and of %s", v.SKU, first, p.Spec.Handle)
			}
			seen[v.SKU] = p.Spec.Handle
			a := p.Spec.Articles[i]
			if a.SKU != v.SKU || a.OnHand < 0 || a.OnHand > till.MaxQuantity || v.Stock.Untracked && a.OnHand != 0 {
				t.Fatalf("line %d: article %+v of variant %+v", p.Line, a, v)
			}
			prices, err := till.NewPrices(v.SKU, till.PriceList{Currency: money.GBP})
			if err != nil {
				t.Fatal(err)
			}
			for _, price := range []*money.Price{a.Price, a.Sale} {
				if price == nil {
					continue
				}
				if _, _, err := prices.Change(meta, till.PriceChange{Price: *price}); err != nil {
					t.Fatalf("line %d: %v", p.Line, err)
				}
			}
			if a.Sale != nil {
				if d, err := a.Sale.Cmp(*a.Price); err != nil || d >= 0 {
					t.Fatalf("line %d: the sale price %s is not below %s: %v", p.Line, a.Sale, a.Price, err)
				}
			}
		}
	}
}

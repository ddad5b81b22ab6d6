package productcsv_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// A picker picks a number from 0 to n-1: by chance that is seeded, or for a property.
type picker func(n int) int

func seeded(seed uint64) picker { return rand.New(rand.NewPCG(seed, 7)).IntN }

func pick[T any](p picker, from ...T) T { return from[p(len(from))] }

// name gives a text that the core takes for a name, as hostile as these can be.
func (p picker) name(most int) string {
	var b strings.Builder
	for range 1 + p(3) {
		b.WriteString(pick(p, "=1+1", "+", "-2", "@SUM(A1)", "'", "''=", "\"", ",", ";", "a", "Blue", "0012", "1e5", "TRUE", " ", "  x", "/",
			"Default Title", "Title", "ü", "日本", "😀", "\u00a0x", "\ufeff", "{}", "[1]", "\\.", "1/2"))
	}
	if p(40) == 0 {
		b.WriteString(strings.Repeat(pick(p, "x", "é", "=", "'"), most))
	}
	s := b.String()
	for len(s) > most {
		s = s[:strings.LastIndexFunc(s, func(rune) bool { return true })]
	}
	if s = strings.TrimSpace(s); s == "" {
		return "n"
	}
	return s
}

// text gives a text of any characters that the core takes.
func (p picker) text(most int) string {
	var b strings.Builder
	for range p(5) {
		b.WriteString(pick(p, p.name(60), "\n", "\r\n", "\r", "\r\r\n", "\t", " ", "\"", "\u2028", "\u0085", "\x01", "=", "'", "-", "\u202e", "<p>a</p>\r\n"))
	}
	s := b.String()
	if p(120) == 0 {
		s += strings.Repeat(pick(p, "long ", "\r\n", "\"", "ü\x01"), most)
	}
	for len(s) > most {
		s = s[:strings.LastIndexFunc(s, func(rune) bool { return true })]
	}
	return s
}

func few[T any](p picker, most int, make func(i int) T) []T {
	var all []T
	for i := range p(most + 1) {
		all = append(all, make(i))
	}
	return all
}

// spec gives a product that a file can express, the n-th of a shop.
func (p picker) spec(n int) till.ProductSpec {
	id := strconv.Itoa(n)
	is := till.Description{
		Handle: p.name(150) + id,
		Status: pick(p, till.ProductActive, till.ProductActive, till.ProductDraft, till.ProductArchived),
		Words:  map[till.Locale]till.Words{"": {Name: p.name(till.MaxName), Description: p.text(till.MaxDescription)}},
		Vendor: p.text(till.MaxName),
	}
	for _, l := range []till.Locale{"de", "de-AT", "=x"} {
		if p(8) == 0 {
			is.Words[l] = till.Words{Name: p.name(till.MaxName), Description: p.text(2000)}
		}
	}
	for i := range few(p, pick(p, 0, 1, 3, till.MaxOptions), func(int) int { return 0 }) {
		is.Options = append(is.Options, pick(p, "Title", "title", "Size", p.name(till.MaxName-1)+strconv.Itoa(i)))
	}
	is.Collections = few(p, pick(p, 0, 3), func(i int) string { return p.name(100) + strconv.Itoa(i) })
	for _, name := range []string{"type", "tag", "gift_card", "material", p.name(till.MaxMetadataKey)} {
		if values := few(p, pick(p, 1, 1, 4), func(int) string { return pick(p, "true", "red", p.name(till.MaxName)) }); len(values) > 0 {
			if is.Attributes == nil {
				is.Attributes = make(map[string][]string)
			}
			is.Attributes[name] = values
		}
	}
	for range few(p, pick(p, 0, 2), func(int) int { return 0 }) {
		if is.Metadata == nil {
			is.Metadata = make(till.Metadata)
		}
		is.Metadata[p.name(till.MaxMetadataKey)] = p.text(till.MaxMetadataValue)
	}
	is.Images = few(p, pick(p, 0, 1, 5), func(i int) till.Image {
		return till.Image{Address: pick(p, "https://img.example/a.jpg", p.name(till.MaxImageAddress)), Alt: p.text(till.MaxName)}
	})
	variants := 1
	if len(is.Options) > 0 {
		variants = 1 + p(4)
	}
	spec := till.ProductSpec{}
	for i := range variants {
		v := till.Variant{
			SKU:         till.SKU(p.name(100) + "-" + id + "-" + strconv.Itoa(i)),
			Barcode:     pick(p, "", "0012", p.text(till.MaxSKU)),
			Grams:       pick(p, 0, 1, 1_000_000_000_000, int64(p(5000))),
			NoShipping:  p(3) == 0,
			TaxCategory: pick(p, "", "", "exempt", " exempt", p.text(till.MaxMetadataKey)),
			Image:       pick(p, "", p.text(200)),
			Stock:       pick(p, till.DenyBackorder, till.NotTracked, till.AllowBackorder(till.MaxQuantity), till.AllowBackorder(1+int64(p(9)))),
		}
		for o := range is.Options {
			value := pick(p, "Default Title", "S", "S/M", p.name(till.MaxName-4))
			if o == len(is.Options)-1 && (i > 0 || p(2) == 0) {
				value += strconv.Itoa(i) // each another choice
			}
			v.Values = append(v.Values, value)
		}
		a := till.ArticleSpec{SKU: v.SKU, OnHand: pick(p, 0, 1, till.MaxQuantity, int64(p(100)))}
		if v.Stock.Untracked {
			a.OnHand = 0
		}
		if p(6) > 0 {
			a.Price = price(pick(p, "0", "0.01", "9.50", "9.80/1000", "92233720368547758.07", fmt.Sprintf("%d.%02d", p(500), p(100))))
		}
		if sale := price(pick(p, "0", "0.01/1000000000", "1.99", "0.98/100")); a.Price != nil && p(3) == 0 {
			if d, err := sale.Cmp(*a.Price); err == nil && d < 0 {
				a.Sale = sale
			}
		}
		is.Variants = append(is.Variants, v)
		spec.Articles = append(spec.Articles, a)
	}
	spec.Description = is
	return spec
}

func price(s string) *money.Price {
	p := money.MustParsePrice(s, money.GBP)
	return &p
}

// once gives the specs with the handles and SKUs that are new.
func once(specs []till.ProductSpec) []till.ProductSpec {
	seen := make(map[string]bool)
	return slices.DeleteFunc(specs, func(s till.ProductSpec) bool {
		mine := map[string]bool{"handle " + s.Handle: true}
		for _, v := range s.Variants {
			mine["sku "+string(v.SKU)] = true
		}
		for key := range mine {
			if seen[key] {
				return true
			}
		}
		maps.Copy(seen, mine)
		return false
	})
}

package till

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProductListing(t *testing.T) {
	p := must3(AddProduct(on(0), testID[Product](1), described("mug", "A", "B")))
	if p.ListedAt("A", jan(9)) || p.Listing("A").Len() != 0 {
		t.Error("a new product is listed")
	}
	p = must3(p.List(on(1), jan(2)))                // all
	p = must3(p.Delist(on(2), jan(5), "A"))         // planned
	p = must3(p.Delist(on(2), jan(6), "B"))         // planned, and
	p = must3(p.RetractListing(on(3), jan(6), "B")) // called off
	p = must3(p.Delete(on(4), jan(10)))
	p = must3(p.Restore(on(5), jan(12)))
	for sku, want := range map[SKU]string{"A": "..xxx.........", "B": "..xxxxxxxx..xx", "C": ".............."} {
		got := ""
		for d := range len(want) {
			if p.ListedAt(sku, jan(d)) {
				got += "x"
			} else {
				got += "."
			}
		}
		if got != want {
			t.Errorf("%s is listed %s, want %s", sku, got, want)
		}
	}
	if !p.ExistsAt(jan(10)-1) || p.ExistsAt(jan(10)) || p.ExistsAt(jan(12)-1) || !p.ExistsAt(jan(12)) {
		t.Error("it is deleted from day 10 on, until day 12")
	}
}

// A removed variant cannot be bought, its SKU stays the product's, and it can come
// back; also one that was never listed.
func TestProductVariantsComeBack(t *testing.T) {
	for _, listed := range []bool{true, false} {
		p := must3(AddProduct(on(0), testID[Product](1), described("mug", "A", "B")))
		if listed {
			p = must3(p.List(on(0), 0))
		}
		less := must3(p.Revise(on(1), described("mug", "A")))
		if got := less.SKUs(); !slices.Equal(got, []SKU{"A"}) {
			t.Errorf("SKUs %v", got)
		}
		if _, ok := less.Variant("B"); ok {
			t.Error("the variant is still there")
		}
		catalog := must(NewCatalog([]Product{less}, []Prices{priced("A", "1"), priced("B", "1")}))
		_, err := catalog.Offer(OfferRequest{SKU: "B", List: inPounds}, jan(2))
		wantError(t, err, &UnavailableError{SKU: "B", Reason: Deleted})
		_, err = NewCatalog([]Product{less, product(2, "other", "B")}, nil)
		wantError(t, err, badAt("products"))

		less = must3(less.Delist(on(2), 0, "B")) // it is still the product's to list
		back := must3(less.Revise(on(3), described("mug", "A", "B")))
		back = must3(back.List(on(3), 0, "B"))
		if !back.ListedAt("B", jan(3)) {
			t.Error("it is back and not listed")
		}
	}
}

func TestProductRefusals(t *testing.T) {
	p := product(1, "mug", "A", "B")
	gone := must3(p.Delete(on(1), 0))
	away := &StateError{Kind: "product", ID: "mug", State: "deleted", Want: "there"}
	for name, c := range map[string]struct {
		p    Product
		do   func(Product) (Product, []Entry, error)
		want error
	}{
		"list unknown":      {p, func(p Product) (Product, []Entry, error) { return p.List(on(2), 0, "A", "Z") }, &NotFoundError{Kind: "SKU", ID: "Z"}},
		"list twice":        {p, func(p Product) (Product, []Entry, error) { return p.List(on(2), 0, "A", "A") }, badAt("skus")},
		"list too early":    {p, func(p Product) (Product, []Entry, error) { return p.List(on(2), MinInstant-1) }, badAt("from")},
		"delist too late":   {p, func(p Product) (Product, []Entry, error) { return p.Delist(on(2), MaxInstant+1) }, badAt("from")},
		"list deleted":      {gone, func(p Product) (Product, []Entry, error) { return p.List(on(2), 0) }, away},
		"revise deleted":    {gone, func(p Product) (Product, []Entry, error) { return p.Revise(on(2), described("x", "A")) }, away},
		"delete deleted":    {gone, func(p Product) (Product, []Entry, error) { return p.Delete(on(2), 0) }, away},
		"delete too late":   {p, func(p Product) (Product, []Entry, error) { return p.Delete(on(2), MaxInstant+1) }, badAt("from")},
		"restore what is":   {p, func(p Product) (Product, []Entry, error) { return p.Restore(on(2), 0) }, &StateError{Kind: "product", ID: "mug", State: "there", Want: "deleted"}},
		"restore too early": {gone, func(p Product) (Product, []Entry, error) { return p.Restore(on(2), MinInstant-1) }, badAt("from")},
		"without instant":   {p, func(p Product) (Product, []Entry, error) { return p.List(Meta{}, 0) }, badAt("meta.at")},
		"actor too long": {p, func(p Product) (Product, []Entry, error) {
			return p.List(Meta{At: 1, By: Actor(strings.Repeat("a", 129))}, 0)
		}, badAt("meta.by")},
		"note with NUL":       {p, func(p Product) (Product, []Entry, error) { return p.List(Meta{At: 1, Note: "\x00"}, 0) }, badAt("meta.note")},
		"instant too late":    {p, func(p Product) (Product, []Entry, error) { return p.Delist(Meta{At: MaxInstant + 1}, jan(1)) }, badAt("meta.at")},
		"zero product":        {Product{}, func(p Product) (Product, []Entry, error) { return p.Revise(on(1), described("x", "A")) }, ErrConflict},
		"delist while gone":   {gone, func(p Product) (Product, []Entry, error) { return p.RetractListing(on(1), 0) }, away},
		"deleted, clock back": {gone, func(p Product) (Product, []Entry, error) { return p.Revise(on(0), described("x", "A")) }, away},
	} {
		t.Run(name, func(t *testing.T) {
			next, entries, err := c.do(c.p)
			wantError(t, err, c.want)
			if len(entries) != 0 {
				t.Error("a refusal gave entries")
			}
			same(t, "the product", next, c.p)
		})
	}
	if _, _, err := AddProduct(on(0), ProductID{}, described("mug", "A")); err == nil {
		t.Error("a product without id was taken")
	}
	if back := must3(gone.Restore(on(0), 0)); !back.ExistsAt(jan(1)) { // the clock went back: from the deletion on
		t.Error("restored, and not there")
	}
}

func TestDescriptionRefusals(t *testing.T) {
	many := func(n int) []string { // distinct
		out := make([]string, n)
		for i := range out {
			out[i] = fmt.Sprint("x", i)
		}
		return out
	}
	for path, change := range map[string]func(*Description){
		"status":        func(d *Description) { d.Status = "sold" },
		"handle":        func(d *Description) { d.Handle = "" },
		"handle ":       func(d *Description) { d.Handle = strings.Repeat("h", MaxHandle+1) },
		"handle  ":      func(d *Description) { d.Handle = " mug" },
		"words":         func(d *Description) { d.Words = map[Locale]Words{"de": {Name: "Becher"}} },
		"words ":        func(d *Description) { d.Words = nil },
		"words.name":    func(d *Description) { d.Words[""] = Words{} },
		"words.name ":   func(d *Description) { d.Words[""] = Words{Name: "a\nb"} },
		"words.name  ":  func(d *Description) { d.Words[""] = Words{Name: "a\u202eb"} },
		"words.name   ": func(d *Description) { d.Words[""] = Words{Name: "\xed\xa0\x80"} },
		"words.description": func(d *Description) {
			d.Words[""] = Words{Name: "a", Description: strings.Repeat("d", MaxDescription+1)}
		},
		"words.de.name":         func(d *Description) { d.Words["de"] = Words{} },
		"words  ":               func(d *Description) { d.Words["d\x00"] = Words{Name: "a"} },
		"variants":              func(d *Description) { d.Variants = nil },
		"variants[0].sku":       func(d *Description) { d.Variants[0].SKU = "" },
		"variants[0].sku ":      func(d *Description) { d.Variants[0].SKU = SKU(strings.Repeat("s", MaxSKU+1)) },
		"variants[1].sku":       func(d *Description) { d.Variants = append(d.Variants, Variant{SKU: "A"}) },
		"variants[0].values":    func(d *Description) { d.Options = []string{"Size"} },
		"variants[0].values[0]": func(d *Description) { d.Options, d.Variants[0].Values = []string{"Size"}, []string{""} },
		"options[0]":            func(d *Description) { d.Options, d.Variants[0].Values = []string{""}, []string{"L"} },
		"variants ":             func(d *Description) { d.Options = many(MaxOptions + 1) },
		"variants  ": func(d *Description) {
			for i := range MaxVariants {
				d.Variants = append(d.Variants, Variant{SKU: SKU(fmt.Sprint(i))})
			}
		},
		"variants[0].grams":        func(d *Description) { d.Variants[0].Grams = -1 },
		"variants[0].barcode":      func(d *Description) { d.Variants[0].Barcode = "\xff" },
		"variants[0].image":        func(d *Description) { d.Variants[0].Image = strings.Repeat("i", MaxImageAddress+1) },
		"variants[0].tax_category": func(d *Description) { d.Variants[0].TaxCategory = "\x00" },
		"variants[0].stock":        func(d *Description) { d.Variants[0].Stock.Backorder = -1 },
		"variants[0].stock ":       func(d *Description) { d.Variants[0].Stock = StockPolicy{Untracked: true, Backorder: 1} },
		"vendor":                   func(d *Description) { d.Vendor = strings.Repeat("v", MaxName+1) },
		"collections[0]":           func(d *Description) { d.Collections = []string{""} },
		"collections[1]":           func(d *Description) { d.Collections = []string{"a", "a"} },
		"description":              func(d *Description) { d.Collections = many(MaxCollections + 1) },
		"description ":             func(d *Description) { d.Images = make([]Image, MaxImages+1) },
		"attributes.wool":          func(d *Description) { d.Attributes = map[string][]string{"wool": {}} },
		"attributes.wool ":         func(d *Description) { d.Attributes = map[string][]string{"wool": many(MaxValues + 1)} },
		"attributes":               func(d *Description) { d.Attributes = map[string][]string{"": {"a"}} },
		"images[0].address":        func(d *Description) { d.Images = []Image{{}} },
		"images[0].alt":            func(d *Description) { d.Images = []Image{{Address: "/a", Alt: "\x00"}} },
		"metadata":                 func(d *Description) { d.Metadata = tooMany() },
		"metadata.key":             func(d *Description) { d.Metadata = Metadata{"": ""} },
		"metadata.k":               func(d *Description) { d.Metadata = Metadata{"k": strings.Repeat("v", MaxMetadataValue+1)} },
	} {
		t.Run(path, func(t *testing.T) {
			d := described("mug", "A")
			change(&d)
			_, entries, err := AddProduct(on(0), testID[Product](1), d)
			wantError(t, err, badAt(strings.TrimRight(path, " ")))
			if len(entries) != 0 {
				t.Error("a refusal gave entries")
			}
		})
	}
}

func tooMany() Metadata {
	m := Metadata{}
	for i := range MaxMetadata + 1 {
		m[fmt.Sprint("k", i)] = ""
	}
	return m
}

// The greatest that the limits allow is taken.
func TestDescriptionLimits(t *testing.T) {
	d := described(strings.Repeat("h", MaxHandle), SKU(strings.Repeat("s", MaxSKU)))
	d.Words[""] = Words{Name: strings.Repeat("n", MaxName), Description: strings.Repeat("d", MaxDescription)}
	d.Metadata = tooMany()
	delete(d.Metadata, "k0")
	d.Metadata["k1"] = strings.Repeat("v", MaxMetadataValue)
	for i := len(d.Variants); i < MaxVariants; i++ {
		d.Variants = append(d.Variants, Variant{SKU: SKU(fmt.Sprint(i))})
	}
	p := must3(AddProduct(on(0), testID[Product](1), d))
	if len(p.SKUs()) != MaxVariants {
		t.Errorf("%d variants", len(p.SKUs()))
	}
}

func TestProductWords(t *testing.T) {
	d := described("mug", "A")
	d.Words["de"], d.Words["de-AT"], d.Words["zh-Hant"] = Words{Name: "Becher"}, Words{Name: "Häferl"}, Words{Name: "杯子"}
	p := must3(AddProduct(on(0), testID[Product](1), d))
	for l, want := range map[Locale]string{
		"": "The mug", "de": "Becher", "de-AT": "Häferl", "de-CH": "Becher", "de-AT-1996": "Häferl",
		"zh-Hant-TW": "杯子", "zh": "The mug", "fr": "The mug", "DE": "The mug", "d": "The mug", "-": "The mug",
	} {
		if got := p.Words(l).Name; got != want {
			t.Errorf("in %q it is called %q, want %q", l, got, want)
		}
	}
}

// A revision that says the same, in whatever form, records nothing.
func TestProductReviseSame(t *testing.T) {
	d := described("mug", "A")
	p := must3(AddProduct(on(0), testID[Product](1), d))
	d.Status, d.Options, d.Metadata, d.Attributes = ProductActive, []string{}, Metadata{}, map[string][]string{}
	d.Variants[0].Values = []string{}
	next, entries, err := p.Revise(on(1), d)
	if err != nil || len(entries) != 0 {
		t.Fatalf("%d entries, error %v", len(entries), err)
	}
	same(t, "the product", next, p)
	if diff := cmp.Diff(p.Description(), next.Description()); diff != "" {
		t.Error(diff)
	}
	d.Variants[0].Stock = NotTracked
	if _, entries, _ = p.Revise(on(1), d); len(entries) != 1 {
		t.Error("another stock policy is a revision")
	}
}

// Every field that a Description has makes a revision when it changes.
func TestProductReviseEachField(t *testing.T) {
	full := func() Description {
		d := described("mug", "A", "B")
		d.Options, d.Variants[0].Values, d.Variants[1].Values = []string{"Size"}, []string{"L"}, []string{"M"}
		d.Metadata, d.Attributes, d.Images, d.Collections = Metadata{"k": "v"}, map[string][]string{"a": {"b"}}, []Image{{Address: "/a"}}, []string{"c"}
		return d
	}
	p := must3(AddProduct(on(0), testID[Product](1), full()))
	for name, change := range map[string]func(*Description){
		"handle": func(d *Description) { d.Handle = "cup" }, "status": func(d *Description) { d.Status = ProductDraft },
		"name": func(d *Description) { d.Words[""] = Words{Name: "Cup"} }, "locale": func(d *Description) { d.Words["de"] = Words{Name: "Becher"} },
		"vendor": func(d *Description) { d.Vendor = "Acme" }, "options": func(d *Description) { d.Options[0] = "Grösse" },
		"order of variants": func(d *Description) { slices.Reverse(d.Variants) }, "sku": func(d *Description) { d.Variants[0].SKU = "C" },
		"values": func(d *Description) { d.Variants[0].Values[0] = "XL" }, "barcode": func(d *Description) { d.Variants[0].Barcode = "1" },
		"grams": func(d *Description) { d.Variants[0].Grams = 1 }, "no shipping": func(d *Description) { d.Variants[0].NoShipping = true },
		"tax category": func(d *Description) { d.Variants[0].TaxCategory = "food" }, "stock": func(d *Description) { d.Variants[0].Stock.Backorder = 1 },
		"variant image": func(d *Description) { d.Variants[0].Image = "/b" }, "collections": func(d *Description) { d.Collections[0] = "d" },
		"attribute": func(d *Description) { d.Attributes["a"][0] = "c" }, "image": func(d *Description) { d.Images[0].Alt = "x" },
		"metadata": func(d *Description) { d.Metadata["k"] = "w" },
	} {
		d := full()
		change(&d)
		next, entries, err := p.Revise(on(1), d)
		if err != nil || len(entries) != 1 {
			t.Errorf("%s: %d entries, error %v", name, len(entries), err)
			continue
		}
		d.Status = next.Status() // "" is Active
		if diff := cmp.Diff(d, next.Description()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

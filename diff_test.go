package till

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till/money"
)

func changeTexts(changes []ShopChange) []string {
	var all []string
	for _, c := range changes {
		all = append(all, c.String())
	}
	return all
}

// TestChangedProduct: a product came, went, returned, or was revised, and each part that
// was revised is named.
func TestChangedProduct(t *testing.T) {
	empty := Product{}
	there := product(1, "mug", "MUG")
	gone := must3(there.Delete(on(5), 0))
	again := must3(gone.Restore(on(7), 0))
	renamed := must3(there.Revise(on(5), described("cup", "MUG")))
	for _, c := range []struct {
		name     string
		was, is  Product
		from, to int
		want     []string
	}{
		{"it was there", there, there, 1, 3, nil},
		{"it was added", empty, there, 1, 3, []string{"mug (The mug) came"}},
		{"it was added and deleted", empty, gone, 1, 6, nil},
		{"it was not there, and is not", empty, empty, 1, 3, nil},
		{"it was deleted", there, gone, 1, 6, []string{"mug (The mug) went"}},
		{"it was deleted before", gone, gone, 5, 6, nil},
		{"it was restored", gone, again, 5, 8, []string{"mug (The mug) returned"}},
		{"it was deleted and restored", there, again, 1, 8, nil},
		{"it will be deleted", must3(there.Delete(on(1), jan(9))), must3(there.Delete(on(1), jan(9))), 2, 9, []string{"mug (The mug) went"}},
		{"it will be deleted later", must3(there.Delete(on(1), jan(9))), must3(there.Delete(on(1), jan(9))), 2, 8, nil},
		{"it was revised", there, renamed, 1, 6, []string{"cup (The cup) was revised: handle, name"}},
	} {
		if d := cmp.Diff(c.want, changeTexts(changedProduct(c.was, c.is, jan(c.from), jan(c.to)))); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// TestChangedParts: every part of a description is told by its own name, and by no other.
func TestChangedParts(t *testing.T) {
	was := Description{
		Handle: "shirt", Status: ProductActive, Vendor: "Weavers", Options: []string{"Size"},
		Words:       map[Locale]Words{"": {Name: "Shirt", Description: "Soft."}, "de": {Name: "Hemd"}},
		Variants:    []Variant{{SKU: "S", Values: []string{"S"}}, {SKU: "L", Values: []string{"L"}}},
		Collections: []string{"summer"}, Attributes: map[string][]string{"cloth": {"linen"}},
		Images: []Image{{Address: "a.jpg"}}, Metadata: Metadata{"origin": "PT"},
	}
	for _, c := range []struct {
		want   []Part
		change func(*Description)
	}{
		{nil, func(*Description) {}},
		{[]Part{PartHandle}, func(d *Description) { d.Handle = "blouse" }},
		{[]Part{PartStatus}, func(d *Description) { d.Status = ProductDraft }},
		{[]Part{PartName}, func(d *Description) { d.Words[""] = Words{Name: "Blouse", Description: "Soft."} }},
		{[]Part{PartWords}, func(d *Description) { d.Words[""] = Words{Name: "Shirt", Description: "Softer."} }},
		{[]Part{PartWords}, func(d *Description) { d.Words["de"] = Words{Name: "Bluse"} }},
		{[]Part{PartVendor}, func(d *Description) { d.Vendor = "" }},
		{[]Part{PartOptions}, func(d *Description) { d.Options = []string{"Cut"} }},
		{[]Part{PartVariants}, func(d *Description) { d.Variants[0].Stock = NotTracked }},
		{[]Part{PartVariants}, func(d *Description) { slices.Reverse(d.Variants) }},
		{nil, func(d *Description) { d.Variants = d.Variants[1:] }}, // told of the article
		{nil, func(d *Description) {
			d.Variants = append([]Variant{{SKU: "M", Values: []string{"M"}}}, d.Variants...)
		}},
		{[]Part{PartCollections}, func(d *Description) { d.Collections = nil }},
		{[]Part{PartAttributes}, func(d *Description) { d.Attributes["cloth"] = []string{"wool"} }},
		{[]Part{PartImages}, func(d *Description) { d.Images[0].Alt = "a shirt" }},
		{[]Part{PartMetadata}, func(d *Description) { d.Metadata["origin"] = "ES" }},
		{[]Part{PartHandle, PartName, PartMetadata}, func(d *Description) {
			d.Handle, d.Words[""], d.Metadata = "blouse", Words{Name: "Blouse", Description: "Soft."}, nil
		}},
	} {
		is := was.clone()
		c.change(&is)
		if d := cmp.Diff(c.want, changedParts(was, is)); d != "" {
			t.Errorf("parts (-want +got):\n%s", d)
		}
		if d := cmp.Diff(c.want, changedParts(is, was)); d != "" {
			t.Errorf("parts, the other way (-want +got):\n%s", d)
		}
	}
}

// TestChangedArticle: a variant that a revision brought or left out, its listing, and its
// price.
func TestChangedArticle(t *testing.T) {
	one := must3(product(1, "mug", "A").Delist(on(1), jan(9)))
	two := must3(must3(one.Revise(on(5), described("mug", "A", "B"))).List(on(5), 0, "B"))
	none := must(NewPrices("A", inPounds))
	base := priced("A", "10.00")
	raised := must3(base.Change(on(1), PriceChange{Price: gbp("12.00"), From: jan(9)}))
	many := must3(base.Change(on(2), PriceChange{Price: gbp("8.00"), MinQuantity: 10}))
	sale := must3(many.Change(on(3), PriceChange{Price: gbp("7.00"), Sale: true}))
	cleared := must3(sale.Change(on(4), PriceChange{Mark: Clear, MinQuantity: 10}))
	for _, c := range []struct {
		name      string
		sku       SKU
		was, is   Product
		wasP, isP Prices
		from, to  int
		want      []string
	}{
		{"nothing", "A", one, one, base, base, 2, 8, nil},
		{"it came with the product", "A", Product{}, one, none, base, -1, 2, []string{"A: listing began", "A: 10.00 GBP instead of no price"}},
		{"it came", "B", one, two, none, none, 2, 6, []string{"B: variant came", "B: listing began"}},
		{"it was left out", "B", two, one, none, none, 6, 7, []string{"B: variant went", "B: listing ended"}},
		{"its listing ends as planned", "A", one, one, base, base, 8, 9, []string{"A: listing ended"}},
		{"its price rises as planned", "A", one, one, raised, raised, 10, 8, []string{"A: listing began", "A: 10.00 GBP instead of 12.00 GBP"}},
		{"before the plan", "A", one, one, raised, raised, 2, 8, nil},
		{"a price for many", "A", one, one, base, many, 1, 4, []string{"A from 10 pieces on: 8.00 GBP instead of 10.00 GBP"}},
		{"a sale", "A", one, one, many, sale, 3, 4, []string{
			"A: 7.00 GBP (sale, else 10.00 GBP) instead of 10.00 GBP",
			"A from 10 pieces on: 7.00 GBP (sale, else 8.00 GBP) instead of 8.00 GBP",
		}},
		{"what a sale is compared with", "A", one, one, sale, cleared, 3, 4, []string{
			"A from 10 pieces on: 7.00 GBP (sale, else 10.00 GBP) instead of 7.00 GBP (sale, else 8.00 GBP)",
		}},
		{"told once for all quantities", "A", one, one, base, cleared, 3, 4, []string{"A: 7.00 GBP (sale, else 10.00 GBP) instead of 10.00 GBP"}},
		{"no price any more", "A", one, one, base, must3(base.Change(on(2), PriceChange{Mark: Clear})), 1, 3, []string{"A: no price instead of 10.00 GBP"}},
	} {
		if d := cmp.Diff(c.want, changeTexts(changedArticle(c.sku, c.was, c.is, c.wasP, c.isP, jan(c.from), jan(c.to)))); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

// TestChangedRest: rules and stocks, in words.
func TestChangedRest(t *testing.T) {
	terms := must3(Terms{}.Change(on(1), RuleChange{Name: "rounding", Rule: Rounding{Mode: money.HalfEven, Level: PerOrder}}))
	at := Place{SKU: "MUG", Location: "shed"}
	for _, c := range []struct {
		name string
		have []ShopChange
		want []string
	}{
		{"the same rules", changedRules(terms, terms, jan(2), jan(30)), nil},
		{"another rule", changedRules(Terms{}, terms, jan(0), jan(2)), []string{"rounding was set to half-even per order, from " + jan(1).String()}},
		{"the same stock", changedStock(Stock{at, 3, 1}, Stock{at, 3, 1}), nil},
		{"another stock", changedStock(Stock{at, 3, 1}, Stock{at, 2, 2}), []string{"MUG at shed: 4 on hand and 2 available instead of 4 and 3"}},
	} {
		if d := cmp.Diff(c.want, changeTexts(c.have)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}
}

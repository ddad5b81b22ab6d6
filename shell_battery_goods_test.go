package till_test

import (
	"fmt"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// jugSpec is a product that is not there yet.
func jugSpec() till.ProductSpec {
	price := pounds("3.00")
	return till.ProductSpec{
		Description: till.Description{Handle: "jug", Words: map[till.Locale]till.Words{"": {Name: "Jug"}}, Variants: []till.Variant{{SKU: "JUG"}}},
		Articles:    []till.ArticleSpec{{SKU: "JUG", Price: &price, OnHand: 4}},
	}
}

// descriptions are what is wrong with what a shop says of a product; path stands ahead
// of what the error names.
func descriptions(path string, put func(args []any, change func(*till.Description))) []wrong {
	text := func(set func(*till.Description, string)) puts[string] {
		return func(args []any, v string) { put(args, func(d *till.Description) { set(d, v) }) }
	}
	one := func(says, name string, change func(*till.Description)) []wrong {
		return []wrong{{path + says + ": " + name, till.ErrInvalid, path + says, func(_ *desk, args []any) { put(args, change) }}}
	}
	return join(
		needed(path+"handle", till.MaxHandle, text(func(d *till.Description, v string) { d.Handle = v })),
		one("status", "unknown", func(d *till.Description) { d.Status = "sold" }),
		one("status", "a megabyte", func(d *till.Description) { d.Status = till.ProductStatus(megabyte) }),
		texts(path+"vendor", till.MaxName, text(func(d *till.Description, v string) { d.Vendor = v })),
		one("words", "none", func(d *till.Description) { d.Words = nil }),
		one("words", "no name", func(d *till.Description) { d.Words = map[till.Locale]till.Words{"": {}} }),
		names(path+"words", 35, text(func(d *till.Description, v string) {
			d.Words[till.Locale(v)] = till.Words{Name: "x"}
		})),
		one("words", "too many", func(d *till.Description) {
			for i := range till.MaxLocales + 1 {
				d.Words[till.Locale(fmt.Sprintf("en-x-%d", i))] = till.Words{Name: "x"}
			}
		}),
		texts(path+"words", till.MaxDescription, text(func(d *till.Description, v string) {
			d.Words[""] = till.Words{Name: "x", Description: v}
		})),
		one("variants", "none", func(d *till.Description) { d.Variants = nil }),
		one("variants[1].sku", "the same twice", func(d *till.Description) { d.Variants = append(d.Variants, d.Variants[0]) }),
		one("variants", "too many", func(d *till.Description) { d.Variants = make([]till.Variant, till.MaxVariants+1) }),
		one("variants[0]", "a back order below nothing", func(d *till.Description) { d.Variants[0].Stock.Backorder = -1 }),
		one("variants[0]", "less than no weight", func(d *till.Description) { d.Variants[0].Grams = -1 }),
		one("collections", "the same twice", func(d *till.Description) { d.Collections = []string{"a", "a"} }),
		texts(path+"metadata.k", till.MaxMetadataValue, text(func(d *till.Description, v string) { d.Metadata = till.Metadata{"k": v} })))
}

// specs are what is wrong with one spec of a product.
func specs(path string) []wrong {
	part := func(args []any, change func(*till.ProductSpec)) {
		s := args[0].(till.ProductSpec)
		change(&s)
		args[0] = s
	}
	return join(
		descriptions(path, func(args []any, change func(*till.Description)) {
			part(args, func(s *till.ProductSpec) { change(&s.Description) })
		}),
		prices(path+"articles[0].price", func(args []any, v money.Price) { part(args, func(s *till.ProductSpec) { s.Articles[0].Price = &v }) }),
		prices(path+"articles[0].sale", func(args []any, v money.Price) { part(args, func(s *till.ProductSpec) { s.Articles[0].Sale = &v }) }),
		each(till.ErrInvalid, path+"articles[0].on_hand", func(args []any, v int64) { part(args, func(s *till.ProductSpec) { s.Articles[0].OnHand = v }) }, map[string]int64{
			"less than none": -1, "too many": till.MaxQuantity + 1,
		}),
		one(till.ErrInvalid, path+"articles[0].sku", "of no variant", func(args []any, v till.SKU) { part(args, func(s *till.ProductSpec) { s.Articles[0].SKU = v }) }, till.SKU(megabyte)))
}

// takenSpecs are a spec that has what is another product's.
func takenSpecs() []wrong {
	return join(
		[]wrong{{"another's SKU", till.ErrExists, `SKU "CUP"`, func(_ *desk, args []any) {
			s := args[0].(till.ProductSpec)
			s.Variants[0].SKU, s.Articles[0].SKU = "CUP", "CUP"
			args[0] = s
		}}},
		[]wrong{{"a deleted product", till.ErrConflict, "gone is deleted", func(_ *desk, args []any) {
			s := args[0].(till.ProductSpec)
			s.Handle, s.Variants[0].SKU, s.Articles[0].SKU = "gone", "GONE", "GONE"
			args[0] = s
		}}})
}

// changes are what is wrong with a change of a price; path stands ahead of the field.
func changes(path string, put func(args []any, change func(*till.PriceChange))) []wrong {
	return join(
		prices(path+"price", func(args []any, v money.Price) { put(args, func(c *till.PriceChange) { c.Price = v }) }),
		instants(path+"from", func(args []any, v till.Instant) { put(args, func(c *till.PriceChange) { c.From = v }) }),
		each(till.ErrInvalid, path+"min_quantity", func(args []any, v int64) { put(args, func(c *till.PriceChange) { c.MinQuantity = v }) }, map[string]int64{
			"less than none": -1, "too many": till.MaxQuantity + 1,
		}),
		each(till.ErrInvalid, path+"mark", func(args []any, v till.Mark) { put(args, func(c *till.PriceChange) { c.Mark = v }) }, map[string]till.Mark{
			"unknown": till.Retract + 1, "the greatest": 255,
		}),
		one(till.ErrInvalid, path+"price", "with a Clear", func(args []any, v till.Mark) { put(args, func(c *till.PriceChange) { c.Mark = v }) }, till.Clear),
		[]wrong{{path + "from: nothing to call off", till.ErrInvalid, path + "from", func(d *desk, args []any) {
			put(args, func(c *till.PriceChange) { c.Mark, c.Price, c.From = till.Retract, money.Price{}, d.clock.instant()+1 })
		}}})
}

// costs says what an article costs after a crowd has set its price.
func costs(sku till.SKU, price string) func(*desk, []any) {
	return func(d *desk, _ []any) {
		offer := must(must(d.shop.Catalog(d.ctx, sku)).Offer(till.OfferRequest{SKU: sku, List: till.PriceList{Currency: money.GBP}}, d.clock.instant()))
		d.same("price", offer.Price, pounds(price))
	}
}

func staffProductRows() []row {
	sku0 := arg[till.SKU](0)
	change := till.PriceChange{Price: pounds("7.00")}
	edit := func(args []any, change func(*till.PriceChange)) {
		e := args[1].(till.PriceEdit)
		change(&e.PriceChange)
		args[1] = e
	}
	jug := func(*desk) []any { return []any{jugSpec()} }
	created := func(d *desk, results []any) {
		n := 0
		for _, v := range results {
			if fmt.Sprint(v) == "created" || fmt.Sprint(v) == "[created]" {
				n++
			}
		}
		d.same("created", n, 1)
		d.same("stock", d.stock("JUG"), [2]int64{4, 0})
	}
	revise := func(f func(*till.Description)) func(*till.Description) error {
		return func(d *till.Description) error { f(d); return nil }
	}
	return []row{
		{
			on: "Staff.AddProduct", also: TestShellRefuses, writes: true, args: argsOf(till.NewProduct{SKU: "JUG", Name: "Jug", Price: "3.00", OnHand: 4}),
			wrong: join(
				needed("sku", till.MaxSKU, in(0, func(p *till.NewProduct, v till.SKU) { p.SKU = v })),
				needed("name", till.MaxName, in(0, func(p *till.NewProduct, v string) { p.Name = v })),
				names("handle", till.MaxHandle, in(0, func(p *till.NewProduct, v string) { p.Handle = v })),
				priceTexts(in(0, func(p *till.NewProduct, v string) { p.Price = v })),
				each(till.ErrInvalid, "till: on_hand", in(0, func(p *till.NewProduct, v int64) { p.OnHand = v }), map[string]int64{"less than none": -1, "too many": till.MaxQuantity + 1}),
				each(till.ErrInvalid, "till: stock", in(0, func(p *till.NewProduct, v till.StockPolicy) { p.Stock = v }), map[string]till.StockPolicy{
					"a back order below nothing": {Backorder: -1}, "too great a back order": {Backorder: till.MaxQuantity + 1}, "a back order of what is not tracked": {Untracked: true, Backorder: 1},
				}),
				each(till.ErrExists, "SKU", in(0, func(p *till.NewProduct, v till.SKU) { p.SKU = v }), map[string]till.SKU{"another's": "MUG", "a deleted product's": "GONE"}),
				one(till.ErrExists, `handle "mug"`, "another's", in(0, func(p *till.NewProduct, v string) { p.Handle = v }), "mug"),
			),
			serves: 1, others: till.ErrExists, leaves: func(d *desk, _ []any) { d.same("stock", d.stock("JUG"), [2]int64{4, 0}) },
		},
		{on: "Staff.PutProduct", writes: true, args: jug, wrong: append(specs(""), takenSpecs()...), serves: all, leaves: created},
		{
			on: "Staff.PutProducts", writes: true, args: jug, wrong: append(specs("specs[0]."), takenSpecs()...),
			serves: all, leaves: created,
		},
		{
			on: "Staff.ReviseProduct", also: TestShellRefuses, writes: true,
			args: argsOf(till.SKU("MUG"), revise(func(d *till.Description) { d.Vendor = "Potter" })),
			wrong: join(skus("sku", sku0),
				descriptions("", func(args []any, f func(*till.Description)) { args[1] = revise(f) }),
				one(till.ErrConflict, "deleted", "of what is deleted", sku0, "GONE"),
				one(till.ErrInvalid, "change", "no function", arg[func(*till.Description) error](1), nil),
				one(errStall, "", "its maker refuses", arg[func(*till.Description) error](1), func(*till.Description) error { return errStall }),
				one(till.ErrExists, `SKU "CUP"`, "another's", arg[func(*till.Description) error](1), revise(func(d *till.Description) { d.Variants = append(d.Variants, till.Variant{SKU: "CUP"}) })),
				one(till.ErrExists, `handle "cup"`, "another's", arg[func(*till.Description) error](1), revise(func(d *till.Description) { d.Handle = "cup" })),
			),
			// The same again records nothing.
			serves: all, leaves: func(d *desk, _ []any) {
				d.same("revision", must(d.staff.Product(d.ctx, "MUG")).Revision(), d.mug.Revision()+1)
			},
		},
		{
			on: "Staff.ChangeListing", writes: true, args: argsOf(till.ListingChange{SKU: "MUG", Mark: till.Clear}),
			wrong: join(
				skus("sku", in(0, func(c *till.ListingChange, v till.SKU) { c.SKU = v })),
				each(till.ErrInvalid, "mark", in(0, func(c *till.ListingChange, v till.Mark) { c.Mark = v }), map[string]till.Mark{"none": 0, "unknown": till.Retract + 1, "the greatest": 255}),
				instants("from", in(0, func(c *till.ListingChange, v till.Instant) { c.From = v })),
				one(till.ErrNotFound, `"CUP"`, "another product's", in(0, func(c *till.ListingChange, v []till.SKU) { c.Only = v }), []till.SKU{"MUG", "CUP"}),
				one(till.ErrInvalid, "skus", "the same twice", in(0, func(c *till.ListingChange, v []till.SKU) { c.Only = v }), []till.SKU{"MUG", "MUG"}),
			),
			serves: all, leaves: func(d *desk, _ []any) {
				d.same("listed", must(d.staff.Product(d.ctx, "MUG")).ListedAt("MUG", d.clock.instant()), false)
			},
		},
		{
			on: "Staff.DeleteProduct", writes: true, args: argsOf(till.SKU("MUG")), wrong: append(skus("sku", sku0), one(till.ErrConflict, "gone is deleted", "twice", sku0, "GONE")...),
			serves: 1, others: till.ErrConflict, leaves: func(d *desk, _ []any) {
				d.same("there", must(d.staff.Product(d.ctx, "MUG")).ExistsAt(d.clock.instant()), false)
			},
		},
		{
			on: "Staff.RestoreProduct", writes: true, args: argsOf(till.SKU("GONE")), wrong: append(skus("sku", sku0), one(till.ErrConflict, "mug is there", "of what is there", sku0, "MUG")...),
			serves: 1, others: till.ErrConflict, leaves: func(d *desk, _ []any) {
				d.same("there", must(d.staff.Product(d.ctx, "GONE")).ExistsAt(d.clock.instant()), true)
			},
		},
		{
			on: "Staff.SetPrice", also: TestShellRefuses, writes: true, args: argsOf(till.SKU("MUG"), "7.00"),
			wrong: append(skus("sku", sku0), priceTexts(arg[string](1))...), serves: all, leaves: costs("MUG", "7.00"),
		},
		{
			on: "Staff.ChangePrice", writes: true, args: argsOf(till.SKU("MUG"), change),
			wrong: append(skus("sku", sku0), changes("", func(args []any, f func(*till.PriceChange)) {
				c := args[1].(till.PriceChange)
				f(&c)
				args[1] = c
			})...), serves: all, leaves: costs("MUG", "7.00"),
		},
		{
			on: "Staff.ChangePrices", writes: true, args: argsOf(till.PriceEdit{SKU: "CUP", PriceChange: change}, till.PriceEdit{SKU: "MUG", PriceChange: change}),
			wrong: join(
				needed("edits[1].sku", till.MaxSKU, in(1, func(e *till.PriceEdit, v till.SKU) { e.SKU = v })),
				one(till.ErrNotFound, `edits[1]: till: no SKU "NONE"`, "of no product", in(1, func(e *till.PriceEdit, v till.SKU) { e.SKU = v }), "NONE"),
				changes("edits[1].", edit)),
			serves: all, leaves: costs("MUG", "7.00"),
		},
		{on: "Staff.Prices", args: argsOf(till.SKU("MUG")), wrong: skus("sku", sku0)},
		{on: "Staff.PriceHistory", args: argsOf(till.SKU("MUG"), till.PriceList{}), wrong: append(skus("sku", sku0), lists(arg[till.PriceList](1))...)},
		{on: "Staff.LowestPrice", args: argsOf(till.LowestPriceRequest{SKU: "MUG"}), wrong: lowests()},
		{on: "Staff.Product", args: argsOf(till.SKU("MUG")), wrong: skus("sku", sku0)},
		{on: "Staff.ProductByID", args: func(d *desk) []any { return []any{d.mug.ID()} }, wrong: join(
			one(till.ErrNotFound, `no product ""`, "none", arg[till.ProductID](0), till.ProductID{}),
			made(till.ErrNotFound, "no product ", "of nothing", arg[till.ProductID](0), nobody[till.Product]))},
		{on: "Staff.ProductByHandle", args: argsOf("mug"), wrong: append(needed("handle", till.MaxHandle, arg[string](0)), one(till.ErrNotFound, `"none"`, "of no product", arg[string](0), "none")...)},
		{on: "Staff.Products", args: argsOf(till.PageRequest{}), wrong: pages(arg[till.PageRequest](0))},
		{on: "Staff.Search", args: argsOf(till.ProductQuery{Text: "mug"}), also: TestShellSearchRefuses, wrong: append(productQueries(), sortsAndPages()...)},
		{on: "Staff.Facets", args: argsOf(till.ProductQuery{Text: "mug"}), also: TestShellSearchRefuses, wrong: productQueries()},
		{on: "Staff.Terms"},
		{
			on: "Staff.Diff", also: TestShellDiffRefuses, args: func(d *desk) []any { return []any{till.Instant(1), d.clock.instant()} },
			wrong: append(spans(arg[till.Instant](0), arg[till.Instant](1)),
				join(one(till.ErrInvalid, "from", "none", arg[till.Instant](0), till.Instant(0)), one(till.ErrInvalid, "to", "none", arg[till.Instant](1), till.Instant(0)))...),
		},
	}
}

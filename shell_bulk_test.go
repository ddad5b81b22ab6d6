package till_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

func edit(sku till.SKU, price string, change ...func(*till.PriceChange)) till.PriceEdit {
	e := till.PriceEdit{SKU: sku}
	if price != "" {
		e.Price = *p(price)
	}
	for _, f := range change {
		f(&e.PriceChange)
	}
	return e
}

// lines gives the changes of a price, in words.
func (s *stall) lines(sku till.SKU) string {
	s.Helper()
	prices, err := s.staff.Prices(s.ctx, sku)
	s.must(err)
	var all []string
	for c := range prices.All() {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%d %s %s", c.N, c.Mark, c.Price.Number())))
	}
	return strings.Join(all, ", ")
}

// Many prices change in one commit, those of one article in the order of the edits.
func TestShellChangePrices(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("mug", "9.50"), ware("pot", "8.00", func(spec *till.ProductSpec) {
			spec.Variants = append(spec.Variants, till.Variant{SKU: "POT-L"}, till.Variant{SKU: "POT-XL"})
		}))
		monday := s.clock.instant().Add(72 * time.Hour)
		planned := func(c *till.PriceChange) { c.From = monday }
		retract := func(c *till.PriceChange) { c.From, c.Mark = monday, till.Retract }
		s.must(s.staff.ChangePrices(s.ctx)) // nothing
		s.must(s.staff.ChangePrices(s.ctx, edit("MUG", "9.00", planned)))
		s.must(s.staff.ChangePrices(s.ctx,
			edit("MUG", "7.00"), edit("POT-L", "12.00"), edit("MUG", "", retract), edit("MUG", "6.00", planned), edit("POT", "5.00"), edit("MUG", "", retract), edit("MUG", "6.50")))
		s.same("of MUG", s.lines("MUG"), "1 set 9.50, 2 set 9.00, 3 set 7.00, 4 retract 0, 5 set 6.00, 6 retract 0, 7 set 6.50")
		s.same("of POT-L", s.lines("POT-L"), "1 set 12.00")
		s.same("by price", s.finds(till.ProductQuery{Sort: till.ByPrice}), "pot mug")
		s.same("by price on Monday", s.finds(till.ProductQuery{Sort: till.ByPrice, At: monday}), "pot mug")
		shop := s.reads()
		for _, q := range []till.ProductQuery{{}, {At: monday}, {Sort: till.ByPrice, PriceFrom: p("6.00")}, {Status: till.NotForSale}} {
			searches(t, s, shop, q)
		}
		s.reconciles()
	})
}

// All edits or none; the error names the one that is wrong.
func TestShellChangePricesRefuses(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("mug", "9.50"), ware("pot", "8.00"))
		good := edit("POT", "1.00")
		eur := good
		eur.Price = money.MustParsePrice("1.00", money.EUR)
		for says, bad := range map[string]till.PriceEdit{
			"edits[1].price: none was given":                   edit("MUG", ""),
			"edits[1].price: 1.00 EUR is not in GBP":           eur,
			"edits[1].sku: it is empty":                        edit("", "1.00"),
			"edits[1].min_quantity: -1: a quantity is 1":       edit("MUG", "1.00", func(c *till.PriceChange) { c.MinQuantity = -1 }),
			"edits[1].from: no change stands at":               edit("MUG", "", func(c *till.PriceChange) { c.Mark, c.From = till.Retract, s.clock.instant().Add(time.Hour) }),
			"edits[1].mark: it is none of":                     edit("MUG", "1.00", func(c *till.PriceChange) { c.Mark = 9 }),
			"edits[1].from: it lies outside the years 1 to 99": edit("MUG", "1.00", func(c *till.PriceChange) { c.From = till.MaxInstant + 1 }),
		} {
			s.refuses(till.ErrInvalid, says, func() error { return s.staff.ChangePrices(s.ctx, good, bad, good) })
		}
		err := s.refuses(till.ErrNotFound, `edits[1]: till: no SKU "CUP"`, func() error { return s.staff.ChangePrices(s.ctx, good, edit("CUP", "1.00")) })
		var unknown *till.NotFoundError
		if !errors.As(err, &unknown) || unknown.ID != "CUP" {
			t.Errorf("the error carries %+v", unknown)
		}
		s.refuses(till.ErrNotFound, `till: no SKU "CUP"`, func() error { return s.staff.ChangePrice(s.ctx, "CUP", good.PriceChange) })
		many := make([]till.PriceEdit, till.MaxPriceEdits+1)
		for i := range many {
			many[i] = edit("MUG", fmt.Sprintf("%d.00", 1+i%9))
		}
		s.refuses(till.ErrInvalid, "edits: there are 1001, at most 1000 go into one commit", func() error { return s.staff.ChangePrices(s.ctx, many...) })
		s.must(s.staff.ChangePrices(s.ctx, many[1:]...))
		prices, err := s.staff.Prices(s.ctx, "MUG")
		s.must(err)
		s.same("entries after as many as can be", prices.Revision(), int64(1001))
	})
}

// Edits of articles whose products have more variants than a commit can rely on are
// refused, not done in part.
func TestShellChangePricesOfTooMany(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		var edits []till.PriceEdit
		for i := range 7 {
			s.puts(ware(fmt.Sprint("w", i), "1.00", func(spec *till.ProductSpec) {
				for v := range till.MaxVariants - 1 {
					spec.Variants = append(spec.Variants, till.Variant{SKU: till.SKU(fmt.Sprint("V", i, "-", v))})
				}
			}))
			edits = append(edits, edit(till.SKU(fmt.Sprint("W", i)), "2.00"))
		}
		s.refuses(till.ErrInvalid, "one commit takes 3000: ask for less at once", func() error { return s.staff.ChangePrices(s.ctx, edits...) })
		s.must(s.staff.ChangePrices(s.ctx, edits[:5]...))
		s.same("with new prices", s.finds(till.ProductQuery{PriceFrom: p("2.00")}), "w0 w1 w2 w3 w4")
	})
}

// Many products are put in one commit, all or none.
func TestShellPutProducts(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("mug", "9.50"), ware("pot", "8.00"), ware("gone", "1.00"))
		s.must(s.staff.DeleteProduct(s.ctx, "GONE"))
		results, err := s.staff.PutProducts(s.ctx)
		s.must(err)
		s.same("of no specs", len(results), 0)
		for _, c := range []struct {
			want  error
			says  string
			specs []till.ProductSpec
		}{
			{till.ErrInvalid, `specs[1].handle: "cup" is the handle of specs[0] too`, []till.ProductSpec{ware("cup", "1.00"), ware("cup", "2.00")}},
			{till.ErrInvalid, `specs[1].variants: "CUP" is a SKU of specs[0] too`, []till.ProductSpec{ware("cup", "1.00"), ware("can", "1.00", func(s *till.ProductSpec) { s.Variants[0].SKU, s.Articles[0].SKU = "CUP", "CUP" })}},
			{till.ErrInvalid, "specs[1].words.name: it is empty", []till.ProductSpec{ware("cup", "1.00"), ware("can", "1.00", func(s *till.ProductSpec) { s.Words = map[till.Locale]till.Words{"": {}} })}},
			{till.ErrExists, `SKU "MUG" is taken`, []till.ProductSpec{ware("cup", "1.00"), ware("can", "1.00", func(s *till.ProductSpec) { s.Variants[0].SKU, s.Articles[0].SKU = "MUG", "MUG" })}},
			{till.ErrConflict, "specs[1]: product gone is deleted", []till.ProductSpec{ware("cup", "1.00"), ware("gone", "2.00")}},
		} {
			s.refuses(c.want, c.says, func() error { _, err := s.staff.PutProducts(s.ctx, c.specs...); return err })
		}
		results, err = s.staff.PutProducts(s.ctx, ware("cup", "1.00"), ware("mug", "9.50"), ware("pot", "7.00"))
		s.must(err)
		s.same("the results", results, []till.PutResult{till.ProductCreated, till.ProductUnchanged, till.ProductChanged})
		s.same("by price", s.finds(till.ProductQuery{Sort: till.ByPrice}), "cup pot mug")
		many := make([]till.ProductSpec, 601)
		for i := range many {
			many[i] = ware(fmt.Sprint("w", i), "3.00")
		}
		s.refuses(till.ErrInvalid, "one commit takes 3000: ask for less at once", func() error { _, err := s.staff.PutProducts(s.ctx, many...); return err })
		_, err = s.staff.PutProducts(s.ctx, many[:400]...)
		s.must(err)
		f, err := s.shop.Facets(s.ctx, till.ProductQuery{PriceFrom: p("3.00"), PriceTo: p("3.01")})
		s.must(err)
		s.same("found of many", f.Products, 400)
		s.reconciles()
	})
}

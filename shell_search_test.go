package till_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
)

// ware gives a product of one variant whose SKU is its handle in capitals.
func ware(handle, price string, change ...func(*till.ProductSpec)) till.ProductSpec {
	sku := till.SKU(strings.ToUpper(handle))
	spec := till.ProductSpec{
		Description: till.Description{Handle: handle, Words: map[till.Locale]till.Words{"": {Name: "Name of " + handle}}, Variants: []till.Variant{{SKU: sku}}},
		Articles:    []till.ArticleSpec{{SKU: sku}},
	}
	if price != "" {
		spec.Articles[0].Price = p(price)
	}
	for _, f := range change {
		f(&spec)
	}
	return spec
}

// puts puts products, one after another.
func (s *stall) puts(specs ...till.ProductSpec) {
	s.Helper()
	for _, spec := range specs {
		s.clock.pass(time.Millisecond)
		_, err := s.staff.PutProduct(s.ctx, spec)
		s.must(err)
	}
}

// finds gives the handles that staff find, in their order, in pages of two.
func (s *stall) finds(q till.ProductQuery) string {
	s.Helper()
	found, err := s.pages(2, q)
	s.must(err)
	return handles(found)
}

func handles(found []till.ProductSummary) string {
	var all []string
	for _, f := range found {
		all = append(all, f.Handle)
	}
	return strings.Join(all, " ")
}

// Each combination of what can be asked for with each sort, up and down: what the table
// of ProductQuery has is answered, anything else is refused, and the error says what
// would do.
func TestShellSearchTable(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		for i := range 12 {
			s.puts(ware(fmt.Sprintf("w%02d", i*5%12), fmt.Sprintf("%d.50", i*7%12), func(spec *till.ProductSpec) {
				spec.Words = map[till.Locale]till.Words{"": {Name: fmt.Sprint("soft ", i*7%12)}}
				spec.Vendor = []string{"Acme", "acme", ""}[i%3]
				spec.Collections = []string{"all", "even"}[:2-i%2]
				spec.Attributes = map[string][]string{"Colour": []string{"blue", "red"}[:1+i%2], "Cloth": {"wool"}}
			}))
		}
		shop := s.reads()
		blue, red := till.Attribute{Name: "Colour", Value: "blue"}, till.Attribute{Name: "Colour", Value: "red"}
		answered, refused := 0, 0
		for _, text := range []string{"", "soft"} {
			for _, collection := range []string{"", "even"} {
				for _, vendor := range []string{"", "Acme"} {
					for _, attributes := range [][]till.Attribute{nil, {blue}, {blue, blue}, {blue, red}} {
						for _, sort := range []till.ProductSort{"", till.ByName, till.ByPrice, till.ByNewest} {
							for _, desc := range []bool{false, true} {
								for _, from := range []*money.Price{nil, p("3.50")} {
									q := till.ProductQuery{Text: text, Collection: collection, Vendor: vendor, Attributes: attributes, Sort: sort, PriceFrom: from}
									q.Desc = desc
									searches(t, s, shop, q)
									if ok, _ := inTable(q); ok {
										answered++
									} else {
										refused++
									}
								}
							}
						}
					}
				}
			}
		}
		t.Logf("%d answered, %d refused", answered, refused)
	})
}

// What is asked for wrongly is refused, and the error says where and how.
func TestShellSearchRefuses(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("mug", "9.50"))
		nine := make([]till.Attribute, 9)
		eur := money.MustParsePrice("1.00", money.EUR)
		minus := money.MustParsePrice("-1.00", money.GBP)
		for _, c := range []struct {
			says string
			ask  func(*till.ProductQuery)
		}{
			{`sort: "worst" is none of name, price and newest`, func(q *till.ProductQuery) { q.Sort = "worst" }},
			{`status: "sold" is no status of an offer`, func(q *till.ProductQuery) { q.Status = "sold" }},
			{"collection: it begins or ends with space", func(q *till.ProductQuery) { q.Collection = " a" }},
			{"collection: it has 201 bytes", func(q *till.ProductQuery) { q.Collection = strings.Repeat("a", 201) }},
			{"vendor: it is not valid UTF-8", func(q *till.ProductQuery) { q.Vendor = "\xff" }},
			{"vendor: it has a NUL character", func(q *till.ProductQuery) { q.Vendor = "a\x00" }},
			{"attributes: there are 9, at most 8 can be asked for", func(q *till.ProductQuery) { q.Attributes = nine }},
			{"attributes.name: it is empty", func(q *till.ProductQuery) { q.Attributes = nine[:1] }},
			{"attributes.value: it is empty", func(q *till.ProductQuery) { q.Attributes = []till.Attribute{{Name: "Colour"}} }},
			{"price: 1.00 EUR is not 0 or more in GBP", func(q *till.ProductQuery) { q.PriceFrom = &eur }},
			{"price: -1.00 GBP is not 0 or more in GBP", func(q *till.ProductQuery) { q.PriceTo = &minus }},
			{"price: 0 is not 0 or more in GBP", func(q *till.ProductQuery) { q.PriceTo = &money.Price{} }},
			{"at: 2026-06-01T09:00:00.000999Z is past: a search is of now or later", func(q *till.ProductQuery) { q.At = s.clock.instant() - 1 }},
			{"at: it lies outside the years 1 to 9999", func(q *till.ProductQuery) { q.At = till.MaxInstant + 1 }},
			{"limit: -1: it is 1 to 1000", func(q *till.ProductQuery) { q.Limit = -1 }},
			{"limit: 1001: it is 1 to 1000", func(q *till.ProductQuery) { q.Limit = 1001 }},
			{"limit: 1001: it is 1 to 1000", func(q *till.ProductQuery) { q.Limit, q.Text = 1001, "?" }},
			{"cursor: it is not of this list", func(q *till.ProductQuery) { q.After = "x" }},
			{"cursor: it is not of this list", func(q *till.ProductQuery) { q.After = "2026-06-01T09:00:00Z~abc" }},
			{"cursor: it is not of this list", func(q *till.ProductQuery) { q.After = "2026-06-01T09:00:00.000000Z~" }},
			{"cursor: it is damaged", func(q *till.ProductQuery) { q.After = "2026-06-01T09:00:00.000000Z~abc" }},
		} {
			var q till.ProductQuery
			c.ask(&q)
			s.refuses(till.ErrInvalid, c.says, func() error { _, err := s.staff.Search(s.ctx, q); return err })
		}
		for _, status := range []till.OfferStatus{till.NotForSale, till.OfferDraft, till.OfferArchived, till.OfferDeleted, "sold"} {
			q := till.ProductQuery{Status: status}
			says := fmt.Sprintf("status: %q is for the back office: ask Staff.Search", status)
			s.refuses(till.ErrInvalid, says, func() error { _, err := s.shop.Search(s.ctx, q); return err })
			s.refuses(till.ErrInvalid, says, func() error { _, err := s.shop.Facets(s.ctx, q); return err })
		}
	})
}

// A cursor belongs to its query and to the instant of its first page, on any handle.
func TestShellSearchCursor(t *testing.T) {
	file := t.TempDir() + "/shop.db"
	db := must(sqlite.Open(t.Context(), file))
	s := newStall(t, db)
	for i := range 7 {
		s.puts(ware(fmt.Sprint("w", i), "5.00"))
	}
	q := till.ProductQuery{Sort: till.ByPrice}
	q.Limit = 3
	first, err := s.shop.Search(s.ctx, q)
	s.must(err)
	s.same("the first page", handles(first.Items), "w0 w1 w2") // of one price: in the order in which they were added
	next := q
	next.After = first.Next
	for what, change := range map[string]func(*till.ProductQuery){
		"another sort":       func(q *till.ProductQuery) { q.Sort = till.ByName },
		"the other way":      func(q *till.ProductQuery) { q.Desc = true },
		"another range":      func(q *till.ProductQuery) { q.PriceTo = p("6.00") },
		"another vendor":     func(q *till.ProductQuery) { q.Vendor = "Acme" },
		"another status":     func(q *till.ProductQuery) { q.Status = till.NotForSale },
		"another instant":    func(q *till.ProductQuery) { q.At = s.clock.instant().Add(time.Hour) },
		"a forged instant":   func(q *till.ProductQuery) { q.After = "2027" + q.After[4:] },
		"a damaged position": func(q *till.ProductQuery) { q.After = q.After[:len(q.After)-1] },
		"a line break":       func(q *till.ProductQuery) { q.After += "\n" },
	} {
		other := next
		change(&other)
		t.Run(what, func(t *testing.T) {
			if _, err := s.staff.Search(s.ctx, other); !errors.Is(err, till.ErrInvalid) || !strings.Contains(err.Error(), "cursor") {
				t.Errorf("error %v", err)
			}
		})
	}
	// What is planned for later, and what happens meanwhile, does not mix into the list.
	s.must(s.staff.ChangePrice(s.ctx, "W6", till.PriceChange{Price: *p("1.00"), From: s.clock.instant().Add(time.Minute)}))
	s.must(db.Close())
	db = must(sqlite.Open(t.Context(), file))
	defer db.Close()
	s = stallAt(t, db, s.clock)
	s.clock.pass(time.Hour)
	next.Limit = 50
	rest, err := s.shop.Search(s.ctx, next)
	s.must(err)
	s.same("the second page, after reopening, an hour later", handles(rest.Items), "w3 w4 w5 w6")
	s.same("a list that begins now", s.finds(till.ProductQuery{Sort: till.ByPrice}), "w6 w0 w1 w2 w3 w4 w5")
}

// Prices, sales, listing and deletions begin and end by themselves.
func TestShellSearchPlans(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("mug", "9.50"), ware("pot", "8.00"))
		now := s.clock.instant()
		in := func(h int) till.Instant { return now.Add(time.Duration(h) * time.Hour) }
		s.must(s.staff.ChangePrices(s.ctx,
			till.PriceEdit{SKU: "MUG", PriceChange: till.PriceChange{Price: *p("7.00"), From: in(1)}},
			till.PriceEdit{SKU: "POT", PriceChange: till.PriceChange{Price: *p("6.00"), From: in(2), Sale: true}},
			till.PriceEdit{SKU: "POT", PriceChange: till.PriceChange{Mark: till.Clear, From: in(3), Sale: true}},
		))
		s.must(s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "MUG", Mark: till.Clear, From: in(4)}))
		s.must(s.staff.ChangePrice(s.ctx, "POT", till.PriceChange{Mark: till.Clear, From: in(5)}))
		by := till.ProductQuery{Sort: till.ByPrice}
		want := []string{"pot mug", "mug pot", "pot mug", "mug pot", "pot", "", ""}
		for h, handles := range want {
			q := by
			q.At = in(h)
			s.same(fmt.Sprint("planned for hour ", h), s.finds(q), handles)
			q.At--
			if h > 0 {
				s.same(fmt.Sprint("a microsecond before hour ", h), s.finds(q), want[h-1])
			}
		}
		q := by
		q.At = till.MaxInstant
		s.same("at the last instant", s.finds(q), "")
		q.Status = till.NotForSale
		s.same("off sale at the last instant", s.finds(q), "mug pot")
		for h, handles := range want {
			s.same(fmt.Sprint("in hour ", h), s.finds(by), handles)
			if h == 2 {
				page, err := s.shop.Search(s.ctx, till.ProductQuery{Text: "pot"})
				s.must(err)
				f := page.Items[0]
				s.same("the sale", []any{f.Price, f.Base, f.Sale, f.Highest, f.Status}, []any{*p("6.00"), *p("8.00"), true, *p("6.00"), till.ForSale})
			}
			s.clock.pass(time.Hour)
		}
		s.must(s.staff.DeleteProduct(s.ctx, "POT"))
		s.same("deleted", s.finds(till.ProductQuery{Status: till.OfferDeleted}), "pot")
		s.must(s.staff.RestoreProduct(s.ctx, "POT"))
		s.same("deleted, after it was restored", s.finds(till.ProductQuery{Status: till.OfferDeleted}), "")
		s.must(s.staff.SetPrice(s.ctx, "POT", "1.00"))
		s.same("restored", s.finds(by), "pot")
	})
}

// A product's plan has an end, and the error says so; past steps make room.
func TestShellSearchLongPlan(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("mug", "9.50"))
		var edits []till.PriceEdit
		for i := range 200 {
			edits = append(edits, till.PriceEdit{SKU: "MUG", PriceChange: till.PriceChange{Price: money.PriceOf(money.MustFromMinor(int64(i), money.GBP)), From: s.clock.instant().Add(time.Duration(i+1) * time.Hour)}})
		}
		s.refuses(till.ErrInvalid, "the plan of mug has more than 200 steps; wait until some of it is past", func() error { return s.staff.ChangePrices(s.ctx, edits...) })
		s.must(s.staff.ChangePrices(s.ctx, edits[:199]...))
		for h := range 200 {
			q := till.ProductQuery{At: s.clock.instant().Add(time.Duration(h) * time.Hour)}
			page, err := s.shop.Search(s.ctx, q)
			s.must(err)
			want := edits[max(h-1, 0)].Price
			if h == 0 {
				want = *p("9.50")
			}
			s.same(fmt.Sprint("the price of hour ", h), page.Items[0].Price, want)
		}
		s.clock.pass(time.Hour)
		s.must(s.staff.ChangePrices(s.ctx, edits[199]))
		s.clock.pass(1000 * time.Hour)
		s.must(s.staff.SetPrice(s.ctx, "MUG", "5.00"))
		left := 0
		for _, err := range store.Records(s.ctx, s.store, store.Query{Family: "offers"}) {
			s.must(err)
			left++
		}
		s.same("offers left when all of the plan is past", left, 1)
	})
}

// Of a product with variants the lowest price counts of those that can be bought.
func TestShellSearchVariants(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		spec := ware("shirt", "20.00", func(spec *till.ProductSpec) {
			spec.Variants = append(spec.Variants, till.Variant{SKU: "CHEAP"}, till.Variant{SKU: "NONE"}, till.Variant{SKU: "TINY"})
			spec.Articles = append(spec.Articles, till.ArticleSpec{SKU: "CHEAP", Price: p("12.00"), Sale: p("10.00")}, till.ArticleSpec{SKU: "TINY", Price: p("9.80/1000")})
		})
		s.puts(spec)
		one := func() till.ProductSummary {
			t.Helper()
			page, err := s.staff.Search(s.ctx, till.ProductQuery{})
			s.must(err)
			if len(page.Items) != 1 {
				t.Fatalf("%d found", len(page.Items))
			}
			return page.Items[0]
		}
		f := one()
		s.same("the lowest and the highest", []any{f.SKU, f.Price, f.Sale, f.Highest}, []any{till.SKU("TINY"), *p("9.80/1000"), false, *p("20.00")})
		s.must(s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "TINY", Mark: till.Clear, Only: []till.SKU{"TINY"}}))
		f = one()
		s.same("without the one that is delisted", []any{f.SKU, f.Price, f.Base, f.Sale, f.Highest}, []any{till.SKU("CHEAP"), *p("10.00"), *p("12.00"), true, *p("20.00")})
		s.must(s.staff.ReviseProduct(s.ctx, "SHIRT", func(d *till.Description) error { d.Variants = d.Variants[:1]; return nil }))
		f = one()
		s.same("without the variants that were taken away", []any{f.SKU, f.Price, f.Highest}, []any{till.SKU("SHIRT"), *p("20.00"), *p("20.00")})
		s.must(s.staff.ChangePrice(s.ctx, "CHEAP", till.PriceChange{Price: *p("1.00")})) // it may come back
		s.same("the price of one that was taken away", one(), f)
		s.must(s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "SHIRT", Mark: till.Clear}))
		s.same("off sale", s.finds(till.ProductQuery{}), "")
		page, err := s.staff.Search(s.ctx, till.ProductQuery{Status: till.NotForSale, PriceFrom: p("20.00"), PriceTo: p("20.01")})
		s.must(err)
		s.same("off sale, with what it would cost", page.Items[0].Price, *p("20.00"))
	})
}

// A range is exact to the millionth of a penny, From included and To not; what has no
// price is in none, and behind all when sorted.
func TestShellSearchPrices(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("free", "0"), ware("tiny", "9.80/1000"), ware("tinier", "979.99/100000"), ware("penny", "0.01"), ware("dear", "90000000000000.00"), ware("none", ""))
		s.must(s.staff.ReviseProduct(s.ctx, "NONE", func(d *till.Description) error { d.Status = till.ProductDraft; return nil }))
		s.puts(ware("sketch", "0.50", func(spec *till.ProductSpec) { spec.Status = till.ProductDraft }))
		by := till.ProductQuery{Sort: till.ByPrice}
		s.same("by price", s.finds(by), "free tinier tiny penny dear")
		for _, c := range []struct{ from, to, want string }{
			{"0", "0.01", "free tinier tiny"}, {"0.01", "", "penny dear"}, {"", "9.80/1000", "free tinier"}, {"9.80/1000", "0.01", "tiny"},
			{"979.99/100000", "0.98/100", "tinier"}, {"0.01", "0.01", ""}, {"5.00", "1.00", ""}, {"0.02", "1.00", ""}, {"", "", "free tinier tiny penny dear"},
		} {
			for _, sort := range []till.ProductSort{till.ByPrice, till.ByNewest} {
				q := till.ProductQuery{Sort: sort}
				if c.from != "" {
					q.PriceFrom = p(c.from)
				}
				if c.to != "" {
					q.PriceTo = p(c.to)
				}
				found := strings.Fields(s.finds(q))
				want := strings.Fields(c.want)
				if sort != till.ByPrice {
					slices.Sort(found)
					slices.Sort(want)
				}
				s.same(fmt.Sprintf("from %q to %q by %s", c.from, c.to, sort), strings.Join(found, " "), strings.Join(want, " "))
			}
		}
		drafts := till.ProductQuery{Sort: till.ByPrice, Status: till.OfferDraft}
		s.same("drafts by price", s.finds(drafts), "sketch none")
		drafts.Desc = true
		s.same("drafts by price, the other way round", s.finds(drafts), "none sketch")
		drafts.PriceFrom = p("0")
		s.same("drafts with a price", s.finds(drafts), "sketch")
		f, err := s.staff.Facets(s.ctx, till.ProductQuery{Status: till.OfferDraft})
		s.must(err)
		s.same("facets of drafts", f, till.Facets{Products: 2, Lowest: p("0.50"), Highest: p("0.50")})
		f, err = s.shop.Facets(s.ctx, till.ProductQuery{Text: "nowhere"})
		s.must(err)
		s.same("facets of nothing", f, till.Facets{})
	})
}

// Names are sorted alike in capitals and not, by code point, by as much as an index
// takes; they are shown in the locale asked for.
func TestShellSearchNames(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		long := strings.Repeat("ü", 140)
		for i, name := range []string{"banana", "Apple", "BANANA", "apple", "Äpfel", long + "b", long + "a"} {
			s.puts(ware(fmt.Sprint("w", i), "1.00", func(spec *till.ProductSpec) {
				spec.Words = map[till.Locale]till.Words{"": {Name: name}, "de": {Name: "auf deutsch"}, "de-AT": {Name: "österreichisch"}}
			}))
		}
		s.same("by name", s.finds(till.ProductQuery{}), "w1 w3 w0 w2 w4 w5 w6")
		for locale, want := range map[till.Locale]string{
			"": "banana", "en": "banana", "de": "auf deutsch", "de-CH": "auf deutsch", "de-AT": "österreichisch", "de-AT-1996": "österreichisch", "DE": "banana",
			till.Locale("de-AT-" + strings.Repeat("-", 1<<20)): "österreichisch", "\xff-\x00": "banana",
		} {
			page, err := s.shop.Search(s.ctx, till.ProductQuery{Text: "banana", Locale: locale})
			s.must(err)
			s.same(fmt.Sprintf("the name in %.12q", locale), page.Items[0].Name, want)
		}
	})
}

// Collections, attributes and vendors are compared as they are written, whatever they
// hold and however long they are.
func TestShellSearchTags(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		euros, more := strings.Repeat("€", 100), strings.Repeat("€", 99)+"xyz"
		for i, vendor := range []string{"Acme", "acme", euros, more, "a\tb", "AC/DC", "<b>\"Ünder\" & Co.</b>"} {
			s.puts(ware(fmt.Sprint("w", i), "1.00", func(spec *till.ProductSpec) {
				spec.Vendor = vendor
				spec.Collections = []string{"c", fmt.Sprint("C", i), "Ünder & Co."}
				spec.Attributes = map[string][]string{"by": {euros[:i*3+3], euros}, "v": {"x"}}
			}))
			for _, q := range []till.ProductQuery{
				{Vendor: vendor}, {Vendor: vendor, Sort: till.ByPrice}, {Vendor: vendor, Collection: "c"}, {Vendor: vendor, Collection: "c", Sort: till.ByNewest},
				{Vendor: vendor, Attributes: []till.Attribute{{Name: "by", Value: euros}, {Name: "v", Value: "x"}}},
			} {
				s.same("of "+asText(q), s.finds(q), fmt.Sprint("w", i))
			}
			s.same("of its own collection", s.finds(till.ProductQuery{Collection: fmt.Sprint("C", i)}), fmt.Sprint("w", i))
		}
		s.same("with another case", s.finds(till.ProductQuery{Collection: "C"}), "")
		s.same("an attribute of another name", s.finds(till.ProductQuery{Attributes: []till.Attribute{{Name: "BY", Value: euros}}}), "")
		s.same("a collection is no vendor", s.finds(till.ProductQuery{Vendor: "c"}), "")
		many := ware("many", "1.00", func(spec *till.ProductSpec) {
			spec.Vendor = "Most"
			spec.Attributes = map[string][]string{}
			for i := range till.MaxCollections {
				spec.Collections = append(spec.Collections, fmt.Sprint("of ", i))
			}
			for i := range till.MaxAllValues {
				name := fmt.Sprint("a", i/till.MaxValues)
				spec.Attributes[name] = append(spec.Attributes[name], fmt.Sprint("value ", i))
			}
		})
		long := ware("long", "1.00", func(spec *till.ProductSpec) {
			words := spec.Words[""]
			for i := range 3000 {
				words.Description += fmt.Sprint(" word", i)
			}
			spec.Words[""] = words
		})
		s.puts(many, long)
		s.same("by the last of many attributes", s.finds(till.ProductQuery{Vendor: "Most", Collection: "of 63", Attributes: []till.Attribute{{Name: "a7", Value: "value 499"}}}), "many")
		s.same("by a word in the beginning of a long text", s.finds(till.ProductQuery{Text: "word0 name of long"}), "long")
		s.same("by a word at the end of it", s.finds(till.ProductQuery{Text: "word2999"}), "")
	})
}

// Words are found wherever they stand, and markup is none.
func TestShellSearchWords(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("blue-mug", "1.00", func(spec *till.ProductSpec) {
			spec.Words = map[till.Locale]till.Words{
				"":   {Name: "Zeta-beta mug", Description: `<p class="strong">Soft &amp; caf&eacute; <BR/>warm.</p><!-- hidden --> 3 < 4 and <3; 5 > 2 <日本 <unclosed`},
				"de": {Name: "Die Tasse", Description: "Größe"},
			}
			spec.Options = []string{"Size"}
			spec.Variants[0].SKU, spec.Variants[0].Values, spec.Variants[0].Barcode = "A-1/x", []string{"Extra Large"}, "4006381333931"
			spec.Articles[0].SKU = "A-1/x"
			spec.Vendor, spec.Collections = "Müller's", []string{"Summer sale"}
			spec.Attributes = map[string][]string{"Colour": {"navy blue"}}
		}), ware("other", "1.00"))
		for text, found := range map[string]bool{
			"mug": true, "MUG": true, "  Mug!  ": true, "mu": false, "mug*": true, "beta*": true, "bet*": true, "zet*": true, "be*": false, "zeta-bet*": true, "zet-beta": false, "beta-zet*": true,
			"blue-mug": true, "blue mug": true, "mug blue": true, "mug mug mug": true, "mug other": false,
			"tasse": true, "größe": true, "GRÖSSE": false, "muller": false, "müller": true, "müller's": true, "s": true,
			"A-1/x": true, "a 1 x": true, "4006381333931": true, "400638*": true, "extra large": true, "size": false, "summer": true, "navy": true, "colour": false,
			"soft": true, "p": false, "class": false, "strong": false, "amp": false, "café": true, "eacute": false, "br": false, "warm": true, "hidden": false, "4": true, "3": true, "2": true, "日本": true, "unclosed": true,
			"*": false, "'": false, "": true, "mug OR nothing": false, "mug AND nothing": false, "NOT": false, `"mug"`: true, "words:mug": false, "mug NEAR blue": false, "^mug": true, "mug\x00": true, "\xffmug": true,
			strings.Repeat("mug ", 2000): true, strings.Repeat("x", 5000): false, "mug " + strings.Repeat(".", 1<<20): true,
			"mug blue a 1 x navy soft die tasse large extra zeta beta summer sale warm and this is too much": true, // 16 words count
			"mug blue a 1 x navy soft die tasse large extra zeta beta summer sale nothing":                   false,
		} {
			want := ""
			if found {
				want = "blue-mug"
			}
			if text == "" { // it asks for nothing
				want = "other blue-mug"
			}
			if got := s.finds(till.ProductQuery{Text: text}); got != want {
				t.Errorf("%.60q finds %q, want %q", text, got, want)
			}
		}
	})
}

// Words of today count: those that a product had are forgotten.
func TestShellSearchRenamed(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("mug", "1.00"), ware("pot", "1.00"))
		s.must(s.staff.ReviseProduct(s.ctx, "MUG", func(d *till.Description) error {
			d.Handle, d.Words, d.Vendor = "cup", map[till.Locale]till.Words{"": {Name: "A cup"}}, "Acme"
			return nil
		}))
		s.must(s.staff.SetPrice(s.ctx, "MUG", "2.00"))
		for text, want := range map[string]string{"cup": "cup", "mug": "cup", "name": "pot", "acme": "cup"} { // the SKU is MUG still
			s.same(text, s.finds(till.ProductQuery{Text: text}), want)
		}
		s.same("by name", s.finds(till.ProductQuery{}), "cup pot")
	})
}

// Nothing that is sold out, drafted or gone is shown to anybody, whatever is asked.
func TestShellSearchShowsWhatIsOnSale(t *testing.T) {
	s := newStall(t, memory.New())
	s.puts(ware("mug", "1.00"), ware("none", ""), ware("draft", "1.00", func(s *till.ProductSpec) { s.Status = till.ProductDraft }),
		ware("archived", "1.00", func(s *till.ProductSpec) { s.Status = till.ProductArchived }), ware("deleted", "1.00"))
	s.must(s.staff.DeleteProduct(s.ctx, "DELETED"))
	for _, q := range []till.ProductQuery{{}, {Status: till.ForSale}, {Text: "name"}, {Sort: till.ByPrice}} {
		page, err := s.shop.Search(s.ctx, q)
		s.must(err)
		s.same(asText(q), handles(page.Items), "mug")
		f, err := s.shop.Facets(s.ctx, q)
		s.must(err)
		s.same("facets of "+asText(q), f.Products, 1)
	}
	for status, want := range map[till.OfferStatus]string{till.NotForSale: "none", till.OfferDraft: "draft", till.OfferArchived: "archived", till.OfferDeleted: "deleted"} {
		s.same(string(status), s.finds(till.ProductQuery{Status: status}), want)
	}
}

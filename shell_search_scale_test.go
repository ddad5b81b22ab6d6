package till_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store/sqlite"
)

// A page of every row of the table of ProductQuery, timed in a shop of 1,000 products
// and in one of 100,000 with five past prices each:
//
//	TILL_SCALE=full go test -run=TestShellSearchScale -timeout=60m -v .
//
// TILL_SCALE_DIR keeps the files, so that a second run need not make them. Without
// TILL_SCALE the shops are small, under -short smaller still, and nothing is timed.

// scaleShop opens a shop of so many products, or makes it.
func scaleShop(t *testing.T, dir string, products int) *stall {
	t.Helper()
	file := filepath.Join(dir, fmt.Sprintf("scale-%d.db", products))
	_, missing := os.Stat(file)
	db, err := sqlite.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	clock := newStallClock()
	s := stallAt(t, db, clock)
	start := time.Now()
	for from := 0; from < products && missing != nil; from += 400 {
		var specs []till.ProductSpec
		for i := from; i < min(from+400, products); i++ {
			specs = append(specs, scaleSpec(i, products))
		}
		clock.pass(time.Millisecond)
		_, err := s.staff.PutProducts(s.ctx, specs...)
		s.must(err)
	}
	made := time.Since(start)
	for year := 1; year <= 5 && missing != nil; year++ {
		for from := 0; from < products; from += 500 {
			var edits []till.PriceEdit
			for i := from; i < min(from+500, products); i++ {
				edits = append(edits, till.PriceEdit{SKU: scaleSKU(i), PriceChange: till.PriceChange{Price: scalePrice(i, products, year)}})
			}
			s.must(s.staff.ChangePrices(s.ctx, edits...))
		}
		clock.pass(time.Hour)
	}
	if missing != nil {
		t.Logf("%d products made in %v, their prices changed five times in %v", products, made.Round(time.Millisecond), (time.Since(start) - made).Round(time.Millisecond))
	} else {
		clock.pass(48 * time.Hour)
	}
	s.must(db.Maintain(s.ctx))
	return s
}

func scaleSKU(i int) till.SKU { return till.SKU(fmt.Sprintf("ART-%06d", i)) }

// scalePrice gives prices from 1.00 to 1,000.99, spread over the products.
func scalePrice(i, n, year int) money.Price {
	return money.PriceOf(money.MustFromMinor(100+int64((i*7919+year*13)%n)*100_000/int64(n), money.GBP))
}

// scaleSpec gives the i-th product of n: of a vendor that has half of them, one in twenty
// or one in a hundred, in collections of ten, of a thousand and of all, with a colour of
// ten, and with words that are as common. Names, prices and ages have nothing to do with
// each other.
func scaleSpec(i, n int) till.ProductSpec {
	words := "An article like any other, plain and common"
	spec := till.ProductSpec{Description: till.Description{
		Handle: fmt.Sprint("article-", i), Vendor: "Half", Collections: []string{"all"},
		Attributes: map[string][]string{"Colour": {fmt.Sprint("colour ", i*7%10)}},
		Variants:   []till.Variant{{SKU: scaleSKU(i)}},
	}}
	if i%20 == 1 {
		spec.Vendor = "Twentieth"
	} else if i%2 == 1 {
		spec.Vendor = fmt.Sprint("Vendor ", i%100)
	}
	if i%max(n/1000, 1) == 0 {
		spec.Collections = append(spec.Collections, "thousand")
		words += ", one of a thousandth"
	}
	if i%(n/10) == 0 {
		spec.Collections = append(spec.Collections, "ten")
		words += ", and one of a tenfold"
	}
	spec.Words = map[till.Locale]till.Words{"": {Name: fmt.Sprintf("Article %06d", i*3571%n), Description: words + ". " + strings.Repeat("It is what it is. ", 20)}}
	price := scalePrice(i, n, 0)
	spec.Articles = []till.ArticleSpec{{SKU: scaleSKU(i), Price: &price}}
	return spec
}

// scaleRow is a search that is timed.
type scaleRow struct {
	name  string
	query till.ProductQuery
	most  int // times what it takes among 1,000; 0: it is not promised
}

func scaleRows() []scaleRow {
	var rows []scaleRow
	row := func(most int, name string, q till.ProductQuery) { rows = append(rows, scaleRow{name, q, most}) }
	colour := []till.Attribute{{Name: "Colour", Value: "colour 0"}}
	from, to, some, near := p("200.00"), p("700.00"), p("250.00"), p("210.00")
	for _, sort := range []till.ProductSort{till.ByName, till.ByPrice, till.ByNewest} {
		by := ", by " + string(sort)
		row(3, "all"+by, till.ProductQuery{Sort: sort})
		for _, c := range []string{"ten", "thousand", "all"} {
			row(3, "collection of "+c+by, till.ProductQuery{Collection: c, Sort: sort})
		}
		row(3, "attribute, 1 of 10"+by, till.ProductQuery{Attributes: colour, Sort: sort})
		row(3, "vendor of half"+by, till.ProductQuery{Vendor: "Half", Sort: sort})
		row(3, "vendor, 1 of 20"+by, till.ProductQuery{Vendor: "Twentieth", Sort: sort})
		row(3, "vendor of half, collection of all"+by, till.ProductQuery{Vendor: "Half", Collection: "all", Sort: sort})
		row(10, "vendor, 1 of 100, collection of all"+by, till.ProductQuery{Vendor: "Vendor 7", Collection: "all", Sort: sort})
		row(3, "price, 1 of 2"+by, till.ProductQuery{PriceFrom: from, PriceTo: to, Sort: sort})
		row(3, "price, 1 of 2, collection of all"+by, till.ProductQuery{PriceFrom: from, PriceTo: to, Collection: "all", Sort: sort})
		if sort == till.ByPrice { // it skips nothing
			row(3, "price, 1 of 20"+by, till.ProductQuery{PriceFrom: from, PriceTo: some, Sort: sort})
			row(3, "price, 1 of 20, collection of all"+by, till.ProductQuery{PriceFrom: from, PriceTo: some, Collection: "all", Sort: sort})
		} else {
			row(10, "price, 1 of 100"+by, till.ProductQuery{PriceFrom: from, PriceTo: near, Sort: sort})
			row(10, "price, 1 of 100, collection of all"+by, till.ProductQuery{PriceFrom: from, PriceTo: near, Collection: "all", Sort: sort})
		}
	}
	row(3, "vendor of half, collection of all", till.ProductQuery{Vendor: "Half", Collection: "all"})
	row(3, "vendor, 1 of 20, collection of all", till.ProductQuery{Vendor: "Twentieth", Collection: "all"})
	row(3, "attribute, 1 of 10, collection of all", till.ProductQuery{Attributes: colour, Collection: "all"})
	row(3, "attribute, 1 of 10, collection of ten", till.ProductQuery{Attributes: colour, Collection: "ten"})
	for _, text := range []string{"common", "thousandth", "tenfold", "common tenfold", "article common plain", "thousandt*"} {
		row(3, "text "+text, till.ProductQuery{Text: text})
	}
	row(0, "text comm*", till.ProductQuery{Text: "comm*"})
	row(3, "text common, collection of all", till.ProductQuery{Text: "common", Collection: "all"})
	row(3, "text common, collection of ten", till.ProductQuery{Text: "common", Collection: "ten"})
	row(3, "text common, vendor of half", till.ProductQuery{Text: "common", Vendor: "Half"})
	row(3, "text common, vendor, 1 of 20", till.ProductQuery{Text: "common", Vendor: "Twentieth"})
	row(3, "text common, price, 1 of 2", till.ProductQuery{Text: "common", PriceFrom: from, PriceTo: to})
	row(10, "text common, price, 1 of 100", till.ProductQuery{Text: "common", PriceFrom: from, PriceTo: near})
	return rows
}

// middle gives the query of the page in the middle of what is found, and how much that is.
func (s *stall) middle(q till.ProductQuery) (till.ProductQuery, int) {
	s.Helper()
	count := 0
	var ends []till.Cursor
	for walk := q; ; {
		walk.Limit = 50
		if count >= 1000 {
			walk.Limit = 1000
		}
		page, err := s.shop.Search(s.ctx, walk)
		s.must(err)
		if count += len(page.Items); page.Next == "" {
			break
		}
		ends, walk.After = append(ends, page.Next), page.Next
	}
	if len(ends) > 0 {
		q.After = ends[len(ends)/2]
	}
	return q, count
}

// median gives the medians of the times of two searches, taken in turn.
func median(times int, f ...func()) []time.Duration {
	taken := make([][]time.Duration, len(f))
	for n := range times + 3 {
		for i, f := range f {
			start := time.Now()
			f()
			if n >= 3 { // the first ones warm it up
				taken[i] = append(taken[i], time.Since(start))
			}
		}
	}
	medians := make([]time.Duration, len(f))
	for i := range taken {
		slices.Sort(taken[i])
		medians[i] = taken[i][len(taken[i])/2]
	}
	return medians
}

func TestShellSearchScale(t *testing.T) {
	full := os.Getenv("TILL_SCALE") == "full"
	sizes, times := []int{100, 400}, 0
	if full {
		sizes, times = []int{1_000, 100_000}, 101
	} else if testing.Short() {
		sizes = []int{100, 200}
	}
	dir := cmp.Or(os.Getenv("TILL_SCALE_DIR"), t.TempDir())
	few, many := scaleShop(t, dir, sizes[0]), scaleShop(t, dir, sizes[1])
	var table strings.Builder
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "search\tfound\tfound\tfirst page\tfirst page\tratio\tmiddle\tmiddle\tratio\t\n\t%d\t%d\t%[1]d\t%[2]d\t\t%[1]d\t%[2]d\t\t\n", sizes[0], sizes[1])
	for _, r := range scaleRows() {
		search := func(s *stall, q till.ProductQuery) func() {
			q.Limit = 50
			return func() {
				_, err := s.shop.Search(s.ctx, q)
				s.must(err)
			}
		}
		a, found := few.middle(r.query)
		b, foundMany := many.middle(r.query)
		if found == 0 || foundMany < found {
			t.Errorf("%s: %d and %d found", r.name, found, foundMany)
		}
		if !full {
			continue
		}
		first := median(times, search(few, r.query), search(many, r.query))
		mid := median(times, search(few, a), search(many, b))
		fmt.Fprintf(w, "%s\t%d\t%d", r.name, found, foundMany)
		for _, m := range [][]time.Duration{first, mid} {
			ratio := m[1] * 100 / m[0]
			fmt.Fprintf(w, "\t%v\t%v\t%d.%02d", m[0].Round(time.Microsecond), m[1].Round(time.Microsecond), ratio/100, ratio%100)
			if r.most > 0 && ratio > time.Duration(r.most)*100 {
				t.Errorf("%s: %v among %d, %v among %d: more than %d times", r.name, m[0], sizes[0], m[1], sizes[1], r.most)
			}
		}
		fmt.Fprintln(w, "\t")
	}
	_ = w.Flush()
	if full {
		t.Logf("\n%s", table.String())
	}
}

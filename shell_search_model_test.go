package till_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
)

// What a search finds is compared with what somebody finds who reads all products and
// all prices one by one.

// readProduct is a product with the whole prices of its variants.
type readProduct struct {
	till.Product
	prices  []till.Prices
	catalog till.Catalog
}

// reads gives the whole shop.
func (s *stall) reads() []readProduct {
	s.Helper()
	var all []readProduct
	for p, err := range till.All(till.PageRequest{Limit: 7}, func(r till.PageRequest) (till.Page[till.Product], error) { return s.staff.Products(s.ctx, r) }) {
		s.must(err)
		read := readProduct{Product: p}
		for _, sku := range p.SKUs() {
			prices, err := s.staff.Prices(s.ctx, sku)
			s.must(err)
			read.prices = append(read.prices, prices)
		}
		read.catalog, err = till.NewCatalog([]till.Product{p}, read.prices)
		s.must(err)
		all = append(all, read)
	}
	return all
}

// found says how a product is to be shown.
func (p readProduct) found(l till.Locale, at till.Instant) till.ProductSummary {
	d := p.Description()
	f := till.ProductSummary{Product: p.ID(), Handle: d.Handle, Name: p.Words(l).Name, Vendor: d.Vendor, Status: till.NotForSale}
	if len(d.Images) > 0 {
		f.Image = d.Images[0].Address
	}
	buyable := map[till.SKU]bool{}
	for _, sku := range p.SKUs() {
		_, err := p.catalog.In(l).Offer(till.OfferRequest{SKU: sku, List: till.PriceList{Currency: money.GBP}}, at)
		buyable[sku] = err == nil
		if err == nil {
			f.Status = till.ForSale
		}
	}
	switch {
	case !p.ExistsAt(at):
		f.Status = till.OfferDeleted
	case d.Status == till.ProductDraft:
		f.Status = till.OfferDraft
	case d.Status == till.ProductArchived:
		f.Status = till.OfferArchived
	}
	for _, prices := range p.prices {
		is, ok := prices.On(at, till.MaxInstant, 1)
		if !ok || f.Status == till.ForSale && !buyable[prices.SKU()] {
			continue
		}
		if f.SKU == "" || must(is.Price.Cmp(f.Price)) < 0 {
			f.SKU, f.Price, f.Base, f.Sale = prices.SKU(), is.Price, is.Base, is.Sale
		}
		if f.Highest == (money.Price{}) || must(is.Price.Cmp(f.Highest)) > 0 {
			f.Highest = is.Price
		}
	}
	return f
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// words gives all words that a product is found by.
func (p readProduct) words() map[string]bool {
	d := p.Description()
	texts := append([]string{d.Vendor, d.Handle}, d.Collections...)
	for _, w := range d.Words {
		texts = append(texts, w.Name, w.Description)
	}
	for _, v := range d.Variants {
		texts = append(append(texts, string(v.SKU), v.Barcode), v.Values...)
	}
	for _, values := range d.Attributes {
		texts = append(texts, values...)
	}
	words := map[string]bool{}
	for _, text := range texts {
		for _, w := range store.Split(text) {
			words[w] = true
		}
	}
	return words
}

// meets reports whether a product is one of those asked for.
func (p readProduct) meets(q till.ProductQuery, f till.ProductSummary) bool {
	d := p.Description()
	if f.Status != cmp.Or(q.Status, till.ForSale) ||
		q.Vendor != "" && d.Vendor != q.Vendor ||
		q.Collection != "" && !slices.Contains(d.Collections, q.Collection) {
		return false
	}
	for _, a := range q.Attributes {
		if !slices.Contains(d.Attributes[a.Name], a.Value) {
			return false
		}
	}
	if (q.PriceFrom != nil || q.PriceTo != nil) && f.SKU == "" ||
		q.PriceFrom != nil && must(f.Price.Cmp(*q.PriceFrom)) < 0 || q.PriceTo != nil && must(f.Price.Cmp(*q.PriceTo)) >= 0 {
		return false
	}
	if q.Text == "" {
		return true
	}
	text, beginning := strings.CutSuffix(q.Text, "*")
	words, has := strings.Fields(strings.ToLower(text)), p.words()
	for i, w := range words {
		begins := func(word string) bool { return strings.HasPrefix(word, w) }
		if !has[w] && !(beginning && i == len(words)-1 && slices.ContainsFunc(slices.Collect(maps.Keys(has)), begins)) {
			return false
		}
	}
	return len(words) > 0
}

// findsAll gives what a query must find at an instant, in its order; where this is the
// store's own, by id.
func findsAll(shop []readProduct, q till.ProductQuery, at till.Instant) []till.ProductSummary {
	var all []till.ProductSummary
	for _, p := range shop {
		if f := p.found(q.Locale, at); p.meets(q, f) {
			all = append(all, f)
		}
	}
	own := map[till.ProductID]string{}
	for _, p := range shop {
		own[p.ID()] = strings.ToLower(p.Words("").Name)
	}
	slices.SortFunc(all, func(a, b till.ProductSummary) int {
		order := 0
		switch {
		case ownOrder(q):
		case q.Sort == till.ByPrice && (a.SKU == "" || b.SKU == ""):
			order = -cmp.Compare(min(len(a.SKU), 1), min(len(b.SKU), 1))
		case q.Sort == till.ByPrice:
			order = must(a.Price.Cmp(b.Price))
		case q.Sort == till.ByNewest:
			order = strings.Compare(a.Product.String()[:13], b.Product.String()[:13]) // its millisecond
		default:
			order = strings.Compare(own[a.Product], own[b.Product])
		}
		order = cmp.Or(order, a.Product.Compare(b.Product))
		if q.Desc {
			return -order
		}
		return order
	})
	return all
}

// The table of ProductQuery: asked counts what is asked for besides text and price.

func asked(q till.ProductQuery) int {
	n := 0
	var seen []till.Attribute
	for _, a := range q.Attributes {
		if !slices.Contains(seen, a) {
			seen, n = append(seen, a), n+1
		}
	}
	return n + min(len(q.Collection), 1) + min(len(q.Vendor), 1)
}

func ownOrder(q till.ProductQuery) bool { return q.Text != "" || asked(q) > 1 && q.Sort == "" }

// inTable says whether the table has a query, and if not, what the refusal is about.
func inTable(q till.ProductQuery) (bool, string) {
	n := asked(q)
	switch {
	case q.Text != "" && q.Sort != "":
		return false, "till: sort: text is answered in the store's own order: leave Sort empty, or Text"
	case q.Sort != "" && n > 1 && !(n == 2 && q.Vendor != ""):
		return false, "till: sort: so many of collection, attributes and vendor have the store's own order alone: leave Sort empty, or ask for one of them, or for a vendor and one more"
	case ownOrder(q) && q.Desc:
		return false, "till: desc: the store's own order has no other way round: leave Desc, or give a Sort where the table has one"
	}
	return true, ""
}

// pages walks through all pages of a search.
func (s *stall) pages(limit int, q till.ProductQuery) ([]till.ProductSummary, error) {
	q.Limit = limit
	var all []till.ProductSummary
	for f, err := range till.All(q.PageRequest, func(r till.PageRequest) (till.Page[till.ProductSummary], error) {
		q.PageRequest = r
		return s.staff.Search(s.ctx, q)
	}) {
		if err != nil {
			return all, err
		}
		all = append(all, f)
	}
	return all, nil
}

// byID sorts what a store gave in its own order.
func byID(found []till.ProductSummary) []till.ProductSummary {
	found = slices.Clone(found)
	slices.SortFunc(found, func(a, b till.ProductSummary) int { return a.Product.Compare(b.Product) })
	return found
}

// searches compares a search with what it must find, and gives it in the store's order.
func searches(t rapid.TB, s *stall, shop []readProduct, q till.ProductQuery) []till.ProductSummary {
	t.Helper()
	at := cmp.Or(q.At, s.clock.instant())
	got, err := s.pages(3, q)
	if ok, says := inTable(q); !ok {
		if !errors.Is(err, till.ErrInvalid) || err.Error() != says {
			t.Fatalf("%s: error %v, want %q", asText(q), err, says)
		}
		return nil
	}
	if err != nil {
		t.Fatalf("%s: %v", asText(q), err)
	}
	want, seen := findsAll(shop, q, at), got
	if ownOrder(q) {
		seen = byID(got)
	}
	if diff := gocmp.Diff(want, seen, comparable); diff != "" {
		t.Fatalf("%s at %s (-want +got):\n%s", asText(q), at, diff)
	}
	whole, err := s.pages(1000, q)
	if diff := gocmp.Diff(whole, got, comparable); diff != "" || err != nil {
		t.Fatalf("%s in pages of 3 and in one of 1000, %v (-one +three):\n%s", asText(q), err, diff)
	}
	counts, err := s.staff.Facets(s.ctx, q)
	if err != nil {
		t.Fatalf("facets of %s: %v", asText(q), err)
	}
	if diff := gocmp.Diff(countsOf(shop, want), counts, comparable); diff != "" {
		t.Fatalf("facets of %s at %s (-want +got):\n%s", asText(q), at, diff)
	}
	return got
}

func asText(q till.ProductQuery) string { return string(must(json.Marshal(q))) }

// countsOf counts facets in another way than a shop does.
func countsOf(shop []readProduct, found []till.ProductSummary) till.Facets {
	f := till.Facets{Products: len(found)}
	collections, vendors, attributes := map[string]int{}, map[string]int{}, map[string]map[string]int{}
	for _, p := range shop {
		i := slices.IndexFunc(found, func(f till.ProductSummary) bool { return f.Product == p.ID() })
		if i < 0 {
			continue
		}
		d := p.Description()
		if d.Vendor != "" {
			vendors[d.Vendor]++
		}
		for _, c := range d.Collections {
			collections[c]++
		}
		for name, values := range d.Attributes {
			if attributes[name] == nil {
				attributes[name] = map[string]int{}
			}
			for _, v := range slices.Compact(slices.Sorted(slices.Values(values))) {
				attributes[name][v]++
			}
		}
		if is := found[i]; is.SKU != "" {
			if f.Lowest == nil || cmp.Or(must(is.Price.Cmp(*f.Lowest)), int(is.Price.Per()-f.Lowest.Per())) < 0 {
				f.Lowest = &is.Price
			}
			if f.Highest == nil || cmp.Or(must(f.Highest.Cmp(is.Highest)), int(is.Highest.Per()-f.Highest.Per())) < 0 {
				f.Highest = &is.Highest
			}
		}
	}
	list := func(of map[string]int) []till.FacetCount {
		var counts []till.FacetCount
		for v, n := range of {
			counts = append(counts, till.FacetCount{Value: v, Products: n})
		}
		slices.SortFunc(counts, func(a, b till.FacetCount) int {
			return cmp.Or(b.Products-a.Products, strings.Compare(a.Value, b.Value))
		})
		return counts
	}
	f.Collections, f.Vendors = list(collections), list(vendors)
	for name, values := range attributes {
		if f.Attributes == nil {
			f.Attributes = map[string][]till.FacetCount{}
		}
		f.Attributes[name] = list(values)
	}
	return f
}

// drawn gives one of what there is, each as likely: rapid's own generators prefer the
// small.
func drawn[T any](t *rapid.T, label string, from ...T) T {
	x := rapid.Uint64().Draw(t, label) + 0x9e3779b97f4a7c15 // SplitMix64
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return from[(x^x>>31)%uint64(len(from))]
}

func chance(t *rapid.T, label string) bool { return drawn(t, label, false, true) }

func drawQuery(t *rapid.T, now till.Instant) till.ProductQuery {
	some := func(label string, from ...string) string {
		return drawn(t, label, append(from, make([]string, 2*len(from))...)...)
	}
	q := till.ProductQuery{
		Text:       some("text", "soft", "blue mug", "MUG*", "sof*", "acme", "nothing", "die*"),
		Collection: some("collection", "summer", "all", "none"),
		Vendor:     some("vendor", "Acme", "acme"),
		Sort:       drawn(t, "sort", "", "", till.ByName, till.ByPrice, till.ByNewest),
		Status:     drawn(t, "status", "", "", "", till.ForSale, till.ForSale, till.NotForSale, till.OfferDraft, till.OfferArchived, till.OfferDeleted),
		Locale:     drawn(t, "locale", "", till.Locale("de-AT"), "fr"),
		At:         drawn(t, "at", 0, 0, now, now.Add(time.Hour), now.Add(24*time.Hour), now.Add(30*24*time.Hour), till.MaxInstant-1),
	}
	q.Desc = chance(t, "desc")
	if drawn(t, "attribute", true, false, false) {
		q.Attributes = append(q.Attributes, till.Attribute{Name: "Colour", Value: drawn(t, "colour", "blue", "red")})
		if chance(t, "two") {
			q.Attributes = append(q.Attributes, till.Attribute{Name: drawn(t, "name", "Colour", "Cloth"), Value: drawn(t, "value", "blue", "wool")})
		}
	}
	if drawn(t, "from", true, false, false) {
		q.PriceFrom = p(drawn(t, "least", "0", "0.98", "9.80/1000", "5.00", "7.50"))
	}
	if drawn(t, "to", true, false, false) {
		q.PriceTo = p(drawn(t, "most", "0.01", "5.00", "7.50", "20.00"))
	}
	return q
}

var drawnPrices = []string{"5.00", "5.00", "500/100", "7.50", "9.80/1000", "0.98", "12.00", "0"}

// drawSpec gives a product as somebody may want it.
func drawSpec(t *rapid.T, n int) till.ProductSpec {
	handle := fmt.Sprint("p", n)
	d := till.Description{
		Handle: handle,
		Status: drawn(t, "status", "", "", "", till.ProductDraft, till.ProductArchived),
		Words: map[till.Locale]till.Words{"": {
			Name:        drawn(t, "name", "Blue mug", "blue MUG", "Blue Mug", "Äpfel", "Zebra", "soft shirt"),
			Description: drawn(t, "description", "", "Soft.", "A mug, by Acme"),
		}},
		Vendor:      drawn(t, "vendor", "", "Acme", "acme"),
		Collections: drawn(t, "collections", nil, []string{"all"}, []string{"summer", "all"}),
		Attributes:  drawn(t, "attributes", nil, map[string][]string{"Colour": {"blue", "red", "blue"}}, map[string][]string{"Colour": {"blue"}, "Cloth": {"wool"}}),
	}
	if chance(t, "german") {
		d.Words["de"] = till.Words{Name: "Die Tasse"}
	}
	spec := till.ProductSpec{Description: d}
	for i := range drawn(t, "variants", 1, 1, 2, 3) {
		sku := till.SKU(fmt.Sprint("P", n, "-", i))
		spec.Variants = append(spec.Variants, till.Variant{SKU: sku})
		a := till.ArticleSpec{SKU: sku}
		if drawn(t, "priced", true, true, true, false) {
			a.Price = p(drawn(t, "price", drawnPrices...))
			if drawn(t, "sale", true, false, false) {
				a.Sale = p(drawn(t, "saleprice", drawnPrices...))
			}
		}
		spec.Articles = append(spec.Articles, a)
	}
	return spec
}

// drawStep gives something that staff do, which may be refused.
func drawStep(t *rapid.T, now till.Instant) func(*stall) error {
	n := drawn(t, "product", 0, 1, 2, 3, 4)
	sku := till.SKU(fmt.Sprint("P", n, "-", drawn(t, "variant", 0, 0, 1, 2)))
	from := drawn(t, "valid", 0, now.Add(-time.Hour), now.Add(time.Hour), now.Add(time.Hour), now.Add(24*time.Hour))
	mark := drawn(t, "mark", till.Set, till.Set, till.Set, till.Clear, till.Retract)
	change := till.PriceChange{Mark: mark, From: from, Sale: chance(t, "sale"), MinQuantity: drawn(t, "least", int64(0), 0, 0, 10)}
	if mark == till.Set {
		change.Price = *p(drawn(t, "price", drawnPrices...))
	}
	switch drawn(t, "step", 0, 1, 2, 3, 4, 5, 6, 7, 8, 9) {
	case 0, 1, 2:
		spec := drawSpec(t, n)
		return func(s *stall) error { _, err := s.staff.PutProduct(s.ctx, spec); return err }
	case 3, 4:
		return func(s *stall) error { return s.staff.ChangePrice(s.ctx, sku, change) }
	case 5:
		other := till.SKU(fmt.Sprint("P", n, "-", drawn(t, "other", 0, 1, 2)))
		return func(s *stall) error {
			return s.staff.ChangePrices(s.ctx, till.PriceEdit{SKU: sku, PriceChange: change}, till.PriceEdit{SKU: other, PriceChange: till.PriceChange{Price: *p("3.00"), From: from}})
		}
	case 6, 7:
		c := till.ListingChange{SKU: sku, Mark: mark, From: from}
		if chance(t, "only") {
			c.Only = []till.SKU{sku}
		}
		return func(s *stall) error { return s.staff.ChangeListing(s.ctx, c) }
	case 8:
		name := drawn(t, "rename", "Mug", "zebra", "A soft mug")
		return func(s *stall) error {
			return s.staff.ReviseProduct(s.ctx, sku, func(d *till.Description) error {
				d.Words = map[till.Locale]till.Words{"": {Name: name}}
				d.Variants = d.Variants[:1]
				return nil
			})
		}
	default:
		if chance(t, "restore") {
			return func(s *stall) error { return s.staff.RestoreProduct(s.ctx, sku) }
		}
		return func(s *stall) error { return s.staff.DeleteProduct(s.ctx, sku) }
	}
}

// Every search finds what reading the whole shop finds, in the order that it names, for
// now and for later, whatever was done; memory and a file agree, also in the order where
// it is not the store's own.
func TestShellSearchModel(t *testing.T) {
	dir, files := t.TempDir(), 0
	done, refused, found := 0, 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		files++
		db, err := sqlite.Open(t.Context(), filepath.Join(dir, fmt.Sprint(files, ".db")))
		if err != nil {
			rt.Fatal(err)
		}
		defer db.Close()
		clock := newStallClock()
		var shops []*stall
		for _, s := range []store.Store{memory.New(), db} {
			shop, err := till.Open(t.Context(), s, till.Options{Currency: money.GBP, Clock: clock.now, Random: rand.NewChaCha8([32]byte{1})})
			if err != nil {
				rt.Fatal(err)
			}
			shops = append(shops, &stall{TB: t, ctx: t.Context(), store: s, shop: shop, staff: shop.Staff("back-office"), clock: clock})
		}
		for n := range 5 + rapid.IntRange(3, 14).Draw(rt, "steps") {
			clock.pass(drawn(rt, "passes", 0, time.Minute, time.Minute, 30*time.Minute, 2*time.Hour))
			step := drawStep(rt, clock.instant())
			if n < 5 {
				spec := drawSpec(rt, n)
				step = func(s *stall) error { _, err := s.staff.PutProduct(s.ctx, spec); return err }
			}
			first, second := step(shops[0]), step(shops[1])
			if fmt.Sprint(first) != fmt.Sprint(second) {
				rt.Fatalf("memory: %v, sqlite: %v", first, second)
			}
			if done++; first != nil {
				refused++
			}
		}
		clock.pass(drawn(rt, "later", 0, time.Minute, 2*time.Hour))
		shop := shops[0].reads()
		for range 20 {
			q := drawQuery(rt, clock.instant())
			a, b := searches(rt, shops[0], shop, q), searches(rt, shops[1], shop, q)
			found += len(a)
			if !ownOrder(q) {
				if diff := gocmp.Diff(a, b, comparable); diff != "" {
					rt.Fatalf("%s (-memory +sqlite):\n%s", asText(q), diff)
				}
			}
		}
	})
	t.Logf("%d steps, %d of them refused; %d products found", done, refused, found)
	if refused*2 > done || found < 5*files {
		t.Errorf("%d of %d steps were refused, %d products found: the test reaches too little", refused, done, found)
	}
}

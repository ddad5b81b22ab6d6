package sqldb_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// asking is a store that notes what is asked of it.
type asking struct {
	*sqlite.DB
	asked []store.Query
}

// Find notes the query.
func (a *asking) Find(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
	a.asked = append(a.asked, q)
	return a.DB.Find(ctx, q)
}

// What a shop asks when products are searched for walks along the index of its list, by
// every row of the table of ProductQuery, and reads and sorts nothing else: on the first
// page and on the next.
func TestSearchesUseTheirIndexes(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	a := &asking{DB: db}
	shop, err := till.Open(t.Context(), a, till.Options{Currency: money.GBP})
	if err != nil {
		t.Fatal(err)
	}
	price := money.MustParsePrice("5.00", money.GBP)
	var specs []till.ProductSpec
	for i := range 60 {
		sku := till.SKU(fmt.Sprint("MUG", i))
		specs = append(specs, till.ProductSpec{
			Description: till.Description{
				Handle: string(sku), Words: map[till.Locale]till.Words{"": {Name: "Blue mug"}}, Vendor: "Acme", Collections: []string{"all"},
				Attributes: map[string][]string{"Colour": {"blue"}, "Cloth": {"wool"}}, Variants: []till.Variant{{SKU: sku}},
			},
			Articles: []till.ArticleSpec{{SKU: sku, Price: &price}},
		})
	}
	if _, err := shop.Staff("test").PutProducts(t.Context(), specs...); err != nil {
		t.Fatal(err)
	}
	blue, wool := till.Attribute{Name: "Colour", Value: "blue"}, till.Attribute{Name: "Cloth", Value: "wool"}
	tag := func(string) string { return "SEARCH s USING PRIMARY KEY (tags=? AND shelf=? AND status=?" }
	words := func(string) string { return "SCAN w VIRTUAL TABLE" }
	index := func(list string) string { return "INDEX till_offers$" + list + " (shelf=? AND status=?" }
	checked := 0
	for round := range 2 {
		for _, row := range []struct {
			query till.ProductQuery
			sorts []till.ProductSort
			uses  func(string) string
		}{
			{till.ProductQuery{}, []till.ProductSort{till.ByName, till.ByPrice, till.ByNewest}, index},
			{till.ProductQuery{Collection: "all"}, []till.ProductSort{till.ByName, till.ByPrice, till.ByNewest}, tag},
			{till.ProductQuery{Attributes: []till.Attribute{blue}}, []till.ProductSort{till.ByName, till.ByPrice, till.ByNewest}, tag},
			{till.ProductQuery{Vendor: "Acme"}, []till.ProductSort{till.ByName, till.ByPrice, till.ByNewest}, tag},
			{till.ProductQuery{Vendor: "Acme", Collection: "all"}, []till.ProductSort{till.ByName, till.ByPrice, till.ByNewest}, tag},
			{till.ProductQuery{Vendor: "Acme", Collection: "all"}, []till.ProductSort{""}, words},
			{till.ProductQuery{Attributes: []till.Attribute{blue, wool}, Collection: "all", Vendor: "Acme"}, []till.ProductSort{""}, words},
			{till.ProductQuery{Text: "blue mu*"}, []till.ProductSort{""}, words},
			{till.ProductQuery{Text: "blue mug*", Attributes: []till.Attribute{blue}}, []till.ProductSort{""}, words},
		} {
			for _, sort := range row.sorts {
				for _, ranged := range []bool{false, true} {
					q := row.query
					if q.Sort, q.Limit = sort, 20; ranged {
						q.PriceFrom, q.PriceTo = &price, nil
					}
					for page := range 3 {
						a.asked = nil
						found, err := shop.Search(t.Context(), q)
						if err != nil {
							t.Fatal(err)
						}
						if q.After = found.Next; len(a.asked) != 1 || len(found.Items) != 20 && q.Text == "" {
							t.Fatalf("%+v: %d found, by %d queries", q, len(found.Items), len(a.asked))
						}
						plan, err := db.Plan(t.Context(), a.asked[0])
						if err != nil {
							t.Fatal(err)
						}
						uses := row.uses(string(sort))
						steps := strings.Split(strings.TrimSpace(plan), "\n")
						if !strings.Contains(steps[0], uses) || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN t") || strings.Contains(plan, "SCAN s") {
							t.Errorf("round %d, %q by %q, page %d, does not use %q:\n%s", round, a.asked[0].List, sort, page, uses, plan)
						}
						if checked++; q.After == "" {
							break
						}
					}
				}
			}
		}
		if err := db.Maintain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d plans", checked)
}

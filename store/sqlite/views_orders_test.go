package sqlite_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/sqlite"
)

// The views of orders have what was taken off and what was taxed, line by line; their sums
// are the totals. An order of version 1, which had neither, stands beside it.
func TestViewsOfOrders(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := sqlite.Open(ctx, path)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	defer db.Close()
	shop, err := till.Open(ctx, db, till.Options{Currency: money.GBP})
	check(err)
	staff := shop.Staff("back-office")
	pct, gbp := money.MustParsePercent, func(s string) money.Amount { return money.MustParse(s, money.GBP) }
	for sku, price := range map[till.SKU]string{"MUG": "9.50", "CUP": "4.99", "STICKER": "0.80"} {
		check(staff.AddProduct(ctx, till.NewProduct{SKU: sku, Name: "Blue " + string(sku), Price: price, OnHand: 10}))
	}
	check(staff.ChangeRules(ctx,
		till.RuleChange{Name: "vat", Rule: till.TaxRate{Label: "VAT", Rate: pct("20")}},
		till.RuleChange{Name: "spring", Rule: till.Promotion{Label: "Spring sale", If: till.Conditions{Code: "SPRING"}, Action: till.PercentOff(pct("10"))}},
		till.RuleChange{Name: "sticker", Rule: till.Promotion{Label: "A sticker", Action: till.Gift("STICKER", 1), Priority: 1}},
		till.RuleChange{Name: "post", Rule: till.Promotion{Label: "Half the post", Action: till.ShippingPercentOff(pct("50"))}},
		till.RuleChange{Name: "parcel", Rule: till.ShippingMethod{Label: "Parcel", Rates: []till.ShippingRate{{Base: gbp("3.00")}}}},
	))
	guest, err := shop.NewGuest(ctx)
	check(err)
	check(guest.Add(ctx, till.Item{SKU: "MUG", Quantity: 2}, till.Item{SKU: "CUP", Quantity: 1}))
	check(guest.AddCode(ctx, "spring"))
	check(guest.ShipBy(ctx, "parcel"))
	quote, err := guest.Quote(ctx)
	check(err)
	_, err = guest.Checkout(ctx, till.CheckoutRequest{Key: "1", Accept: quote.Digest(), Contact: till.Contact{Name: "A Buyer", Email: "buyer@example.com"}})
	check(err)
	keepsGolden(t, db, "opened.v1", "long-ago")

	for _, q := range []struct {
		query string
		want  []string
	}{
		{"SELECT number, line, sku, quantity, subtotal_minor, total_minor, currency FROM till_order_lines WHERE number = '1001' ORDER BY line", []string{
			"1001|1|MUG|2|1900|1710|GBP", "1001|2|CUP|1|499|449|GBP", "1001|3|STICKER|1|80|0|GBP",
		}},
		{"SELECT promotion, label, code, line, amount_minor, currency FROM till_order_discounts WHERE number = '1001' ORDER BY promotion, line", []string{
			"post|Half the post||0|-150|GBP", "spring|Spring sale|SPRING|1|-190|GBP", "spring|Spring sale|SPRING|2|-50|GBP", "sticker|A sticker||3|-80|GBP",
		}},
		{"SELECT tax, label, rate, included, relief, line, amount_minor, currency FROM till_order_taxes ORDER BY line", []string{
			"vat|VAT|0.2|0||0|30|GBP", "vat|VAT|0.2|0||1|342|GBP", "vat|VAT|0.2|0||2|90|GBP", "vat|VAT|0.2|0||3|0|GBP",
		}},
		{"SELECT sum(total_minor) + 150 + (SELECT sum(amount_minor) FROM till_order_taxes) FROM till_order_lines WHERE number = '1001'", []string{fmt.Sprint(quote.Total().Minor())}},
		{"SELECT line, sku, subtotal_minor = total_minor, total_minor > 0 FROM till_order_lines WHERE number = 'long-ago' ORDER BY line LIMIT 2", []string{
			"1|SHIRT-L|1|1", "2|SHIRT-L|1|1",
		}},
		{"SELECT count(*) FROM till_order_discounts WHERE number = 'long-ago'", []string{"0"}},
	} {
		if d := cmp.Diff(q.want, ask(t, path, q.query)); d != "" {
			t.Errorf("%s (-want +got):\n%s", q.query, d)
		}
	}
}

// keepsGolden puts the golden entry of an order into a store, as the first of a journal.
func keepsGolden(t *testing.T, db store.Store, name, key string) {
	t.Helper()
	data, err := os.ReadFile("../../testdata/entries/order/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Kind    string
		V       int
		Payload json.RawMessage
	}
	var payload bytes.Buffer
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	if err := json.Compact(&payload, golden.Payload); err != nil {
		t.Fatal(err)
	}
	record := store.Record{Ref: store.Ref{Family: "orders", Key: key}, Doc: store.Raw(`{}`), Index: []store.Value{
		store.TextValue(key), store.TextValue("nobody"), store.TextValue("opened"), store.IntValue(0),
	}}
	entry := store.Entry{N: 1, Kind: golden.Kind, V: golden.V, Payload: payload.Bytes()}
	if _, err := db.Commit(t.Context(), store.ChangeSet{Changes: []store.Change{store.Append{Record: record, Entries: []store.Entry{entry}}}}); err != nil {
		t.Fatal(err)
	}
}

package till

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// pct gives a rate from percent.
func pct(s string) money.Rate { return money.MustParsePercent(s) }

// under gives terms with rules that hold from day 0 on. A rule's name stands before it.
func under(named ...any) Terms {
	t := Terms{}
	for i := 0; i < len(named); i += 2 {
		t = must3(t.Change(on(0), RuleChange{Name: named[i].(string), Rule: named[i+1].(Rule)}))
	}
	return t
}

// priceShop has an article of every price that is named, "A" for the first, each listed
// and of its own product.
func priceShop(prices ...string) Catalog {
	var products []Product
	var all []Prices
	for i, p := range prices {
		sku := SKU(rune('A' + i))
		products = append(products, product(byte(i+1), strings.ToLower(string(sku)), sku))
		all = append(all, priced(sku, p))
	}
	return must(NewCatalog(products, all))
}

// shares says what a quote's discounts take off: by promotion, then by line.
func shares(q Quote) string {
	var words []string
	for _, d := range q.Discounts() {
		parts := make([]string, len(d.Shares))
		for i, s := range d.Shares {
			parts[i] = fmt.Sprintf("%d:%s", s.Line, s.Amount.Number())
		}
		words = append(words, d.Promotion+" "+strings.Join(parts, " "))
	}
	return strings.Join(words, "; ")
}

// A gift takes nothing of what the cap leaves to discounts, and its price does not raise
// the cap: an order with both proves itself.
func TestCapLeavesGiftsOut(t *testing.T) {
	shop := priceShop("10.00", "8.00")
	for what, c := range map[string]struct {
		cap, percent, want string
	}{
		"the cap is of what is bought":           {"10", "50", "a-gift 2:-8.00; b-sale 1:-1.00"},
		"a gift comes where no discount can":     {"0", "50", "a-gift 2:-8.00"},
		"a cap that is not reached cuts nothing": {"60", "50", "a-gift 2:-8.00; b-sale 1:-5.00"},
	} {
		for _, last := range []int{0, 1} { // the gift before the discount, and after it
			terms := under("cap", DiscountCap{pct(c.cap)}, "a-gift", Promotion{Label: "Gift", Action: Gift("B", 1), Priority: last},
				"b-sale", Promotion{Label: "Sale", Action: PercentOff(pct(c.percent))})
			q := must(cartOf(Item{SKU: "A", Quantity: 1}).Quote(shop, terms, jan(1)))
			got, want := shares(q), c.want
			if last == 1 {
				if gift, sale, both := strings.Cut(want, "; "); both {
					want = sale + "; " + gift
				}
			}
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
			wantError(t, must3(OpenOrder(on(2), opening(), q)).Verify(), nil)
		}
	}
}

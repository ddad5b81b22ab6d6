package till

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
)

// How docs/totals.md writes carts in its tables, so that the test computes what the page
// shows from what it shows: articles, discounts on the order, shipping, the tax status of
// the buyer and the smallest coin, in this order, with ";" between them.
//
//	2 x 10.00 + 23 %              two pieces at 10.00, and a tax of 23 % on top
//	42.42 + 10 % + 10 %           two taxes side by side
//	120.00 + 29 %, then 10 %      the second on the first, too
//	100.00 incl. 20 %             the price includes the tax
//	less 10.10; less 15 %         off the order, taken in this order
//	less 15 % of the first        of the prices before any discount
//	cap 30 %                      what discounts take off in all
//	shipping 10.00 incl. 10 %     with a tax of its own
//	buyer exempt; cash 0.05

// writtenCart is such a cart, and the rules that it is counted by.
type writtenCart struct {
	t        *testing.T
	cart     Cart
	products []Product
	prices   []Prices
	rules    []RuleChange
	taxed    map[string]string // categories by the taxes as they are written
}

var gross = PriceList{"gross", money.GBP} // of articles whose prices include tax

// quoteOf quotes a cart as the page writes it.
func quoteOf(t *testing.T, text string, r Rounding) Quote {
	t.Helper()
	w := writtenCart{t: t, cart: cartOf(), taxed: map[string]string{}}
	w.rules = append(w.rules, RuleChange{Name: gross.List, Rule: ListRule{Groups: []string{"all"}, Included: true}})
	buyer := Purchaser{Groups: []string{"all"}}
	for i, part := range strings.Split(text, ";") {
		part = strings.TrimSpace(part)
		word, rest, _ := strings.Cut(part, " ")
		switch word {
		case "less":
			rest, first := strings.CutSuffix(rest, " of the first")
			less := Promotion{Label: "Less", Priority: i, Original: first}
			if percent, ok := strings.CutSuffix(rest, " %"); ok {
				less.Action = OrderPercentOff(money.MustParsePercent(percent))
			} else {
				less.Action = OrderAmountOff(pounds(rest))
			}
			w.rules = append(w.rules, RuleChange{Name: fmt.Sprint("less-", i), Rule: less})
		case "cap":
			w.rules = append(w.rules, RuleChange{Name: "cap", Rule: DiscountCap{money.MustParsePercent(strings.TrimSuffix(rest, " %"))}})
		case "shipping":
			_, price, included, category := w.priced(rest)
			w.rules = append(w.rules, RuleChange{Name: "post", Rule: ShippingMethod{
				Label: "Shipping", Rates: []ShippingRate{{Base: pounds(price)}}, Category: category, Included: included,
			}})
			w.cart = must(w.cart.ShipBy("post"))
		case "buyer":
			buyer.Tax = TaxStatus(rest)
		case "cash":
			w.rules = append(w.rules, RuleChange{Name: "gbp", Rule: CashRounding{Currency: money.GBP, Increment: pounds(rest).Minor(), Mode: money.HalfAwayFromZero}})
		default:
			w.article(part)
		}
	}
	terms := must3(Terms{}.Change(on(0), RuleChange{Name: "rounding", Rule: r}))
	for _, c := range w.rules {
		terms = must3(terms.Change(on(0), c))
	}
	q := must(must(w.cart.For(buyer)).Quote(must(NewCatalog(w.products, w.prices)), terms, jan(1)))
	wantError(t, q.Err(), nil)
	checkTree(t, q)
	wantError(t, must3(OpenOrder(on(6), opening(), q)).Verify(), nil)
	return q
}

var pricedPart = regexp.MustCompile(`^(?:(\d+) x )?(\d+\.\d\d)(?: (incl\.|\+) (.+))?$`)

// priced reads quantity, price, and the category of the taxes.
func (w *writtenCart) priced(part string) (quantity int64, price string, included bool, category string) {
	m := pricedPart.FindStringSubmatch(part)
	if m == nil {
		w.t.Fatalf("%q is no part of a cart", part)
	}
	quantity = 1
	if m[1] != "" {
		quantity = must(strconv.ParseInt(m[1], 10, 64))
	}
	return quantity, m[2], m[3] == "incl.", w.category(m[4])
}

// category gives the category in which articles bear some taxes, with the rules of them.
func (w *writtenCart) category(taxes string) string {
	if taxes == "" {
		return "none"
	}
	if category, known := w.taxed[taxes]; known {
		return category
	}
	category := fmt.Sprint("taxed-", len(w.taxed))
	w.taxed[taxes] = category
	order := 0
	for i, beside := range strings.Split(taxes, " + ") {
		for j, rate := range strings.Split(beside, ", then ") {
			percent, ok := strings.CutSuffix(rate, " %")
			if !ok {
				w.t.Fatalf("%q is no rate", rate)
			}
			order++
			w.rules = append(w.rules, RuleChange{Name: fmt.Sprintf("%s-%d-%d", category, i, j), Rule: TaxRate{
				Label: "Tax", Category: category, Rate: money.MustParsePercent(percent), Reversible: true, Order: order, Compound: j > 0,
			}})
		}
	}
	return category
}

// article puts an article into the cart.
func (w *writtenCart) article(part string) {
	quantity, price, included, category := w.priced(part)
	n := len(w.products) + 1
	sku, list := SKU(fmt.Sprint("A", n)), inPounds
	if included {
		list = gross
	}
	described := described(fmt.Sprint("article-", n), sku)
	described.Variants[0].TaxCategory = category
	product := must3(AddProduct(on(0), testID[Product](byte(n)), described))
	w.products = append(w.products, must3(product.List(on(0), 0)))
	w.prices = append(w.prices, must3(must(NewPrices(sku, list)).Change(on(0), PriceChange{Price: gbp(price)})))
	w.cart = must(w.cart.Add(Item{SKU: sku, Quantity: quantity}))
}

// figureNamed gives what a page calls a figure of a quote.
func figureNamed(t *testing.T, q Quote, name string) string {
	t.Helper()
	added, included := nothing(money.GBP), nothing(money.GBP)
	var parts, shares []string
	for _, tax := range q.Taxes() {
		if tax.Included {
			included = must(included.Add(tax.Amount))
		} else {
			added = must(added.Add(tax.Amount))
		}
		for _, p := range tax.Parts {
			parts = append(parts, p.Amount.Number())
		}
	}
	for _, d := range q.Discounts() {
		for _, s := range d.Shares {
			shares = append(shares, s.Amount.Number())
		}
	}
	switch name {
	case "total":
		return q.Total().Number()
	case "tax":
		return added.Number()
	case "included":
		return included.Number()
	case "taxes":
		return strings.Join(parts, " + ")
	case "shares":
		return strings.Join(shares, " and ")
	case "residue":
		return q.Cash().Residue.Number()
	}
	t.Fatalf("%q is the name of no figure", name)
	return ""
}

// roundingNamed reads what a page says of rounding: "half-even", "up, per order".
func roundingNamed(t *testing.T, text string) Rounding {
	t.Helper()
	r := usualRounding
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		if level, ok := strings.CutPrefix(word, "per "); ok {
			wantError(t, r.Level.UnmarshalText([]byte(level)), nil)
		} else if word != "" {
			r.Mode = must(money.ParseRounding(word))
		}
	}
	return r
}

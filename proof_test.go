package till

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// What the proof of an order finds: with a chain that is computed anew, so that nothing
// but the equations can tell.

// leaf is a value at an end of an order's first entry.
type leaf struct {
	path string // ".lines[3].total"
	is   any
	set  func(any)
}

var numbered = regexp.MustCompile(`\[\d+\]`)

// kind gives the path without numbers.
func (l leaf) kind() string { return numbered.ReplaceAllString(l.path, "[]") }

// leavesOf gives all leaves of what was decoded from JSON, in one order.
func leavesOf(path string, v any, set func(any)) []leaf {
	var all []leaf
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			all = append(all, leavesOf(path+"."+k, v[k], func(x any) { v[k] = x })...)
		}
	case []any:
		for i := range v {
			all = append(all, leavesOf(fmt.Sprintf("%s[%d]", path, i), v[i], func(x any) { v[i] = x })...)
		}
	default:
		return []leaf{{path, v, set}}
	}
	return all
}

var (
	isFigure = regexp.MustCompile(`^-?\d+(\.\d+)? [A-Z]{3}(/\d+)?$`)
	isID     = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f-]{26}[0-9a-f]$`)
	isRate   = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	// the words that the rules know, by the last name of the path
	ruleWords = map[string][]string{
		"kind":       {string(PercentOffLines), string(PercentOffOrder), string(PercentOffShipping), string(AmountOffPieces), string(AmountOffOrder), string(FixedPrice), string(CheapestOff), string(GiftProduct), "half"},
		"by":         {string(ByWeight), string(ByPieces), string(ByTotal), "volume"},
		"mode":       {"half-even", "half-away-from-zero", "up", "down", "exact"},
		"level":      levelWords,
		"relief":     {string(Exempt), string(ReverseCharge), "none"},
		"tax_status": {string(Exempt), string(ReverseCharge), "none"},
		"currency":   {"EUR", "GBP"},
	}
)

// alterations gives other values for a leaf.
func (l leaf) alterations() (out []any) {
	word := l.path[strings.LastIndexByte(l.path, '.')+1:]
	switch v := l.is.(type) {
	case bool:
		out = append(out, !v)
	case json.Number:
		n := must(v.Int64())
		for _, x := range []int64{n + 1, n - 1, -n, 0, n*10 + 7, MaxQuantity} {
			out = append(out, json.Number(fmt.Sprint(x)))
		}
	case string:
		switch words := ruleWords[word]; {
		case words != nil && !strings.HasSuffix(l.path, "agreed.by") && l.path != ".by":
			for _, w := range words {
				out = append(out, w)
			}
		case isFigure.MatchString(v):
			p := must(money.ParsePriceText(v))
			n := p.Amount().Minor()
			for _, x := range []int64{n + 1, n - 1, -n, 0, n * 10, n + 100_000} {
				out = append(out, must(money.NewPrice(money.MustFromMinor(x, p.Currency()), p.Per())).String())
			}
			out = append(out, strings.Replace(v, p.Currency().String(), "NZD", 1))
		case isRate.MatchString(v) && (word == "rate" || word == "percent" || word == "cap"):
			r := money.MustParseRate(v)
			out = append(out, must(r.Add(money.MustParseRate("0.25"))).String(), must(r.Mul(money.MustParseRate("3"))).String(), "0", "-"+v, "0.000001", "11")
		case isID.MatchString(v):
			out = append(out, v[:len(v)-1]+"e", v[:len(v)-1]+"f")
		case word == "quoted":
			out = append(out, "1999-12-31T23:59:59Z")
		default:
			out = append(out, v+"-other")
		}
	}
	return slices.DeleteFunc(out, func(x any) bool { return fmt.Sprint(x) == fmt.Sprint(l.is) })
}

// reforged gives the order that folds from its entries with another first payload, with a
// chain that fits, and what Fold and Verify say of it.
func reforged(o Order, opened any) error {
	var out []Entry
	j := journal{}
	for i, e := range o.entries {
		body := string(e.Payload)
		if i == 0 {
			body = string(must(json.Marshal(opened)))
		}
		e, next := forge(j, e.Kind, e.V, Instant(e.At), body)
		out, j = append(out, e), next
	}
	again, err := Fold(Order{}, out...)
	if err != nil {
		return err
	}
	return again.Verify()
}

// unproved are the leaves that no equation constrains, or not always, with the reason.
var unproved = map[string]string{
	".by": "who did it", ".number": "what people call the order", ".id": "an id", ".contact.person": "an id", ".contact.key": "names a contact record",
	".lines[].product": "an id", ".lines[].sku": "an id; of a gift its promotion says it too", ".quoted": "the rules of that instant are not in the order",
	".terms": "revision of the rules, which are not in the order", ".list": "its prices are not in the order", ".metadata.campaign": "the host's own",
	".destination.country": "the zones are not in the order", ".destination.region": "likewise",
	".rounding.mode": "only where something is rounded", ".rounding.level": "likewise",
	".lines[].name": "words", ".lines[].options[].name": "words", ".lines[].options[].value": "words", ".lines[].metadata.gift": "the host's own",
	".lines[].entry": "number in the article's prices, which are not in the order", ".lines[].least": "the rule of the prices, which are not in the order",
	".lines[].list": "a rule that is not in the order", ".discounts[].group": "likewise", ".lines[].group": "likewise", ".lines[].unstocked": "says what is done with the stock",
	".lines[].agreed.by": "who agreed", ".lines[].agreed.why": "words", ".lines[].base": "only above the price, while a sale holds; not charged, where one was agreed",
	".lines[].price": "a sale price of many pieces, which moves the subtotal by less than a unit", ".lines[].quantity": "of what costs nothing, or is priced by the thousand",
	".lines[].exchanged.price": "where rounding hides it", ".lines[].exchanged.base": "likewise",
	".lines[].category": "where no tax is of the one or the other", ".lines[].included": "where no tax is", ".lines[].grams": "where nothing is weighed",
	".lines[].no_shipping": "where there is no delivery, or it counts neither weight nor pieces",
	".cap":                 "where it is not reached", ".discounts[].label": "words", ".discounts[].code": "words", ".discounts[].promotion": "a name, where no gift or use has it",
	".discounts[].action.kind": "another that takes as much off", ".discounts[].action.percent": "where rounding, a limit or what a line costs hides it",
	".discounts[].action.amounts[]": "likewise", ".discounts[].action.buy": "where as many pieces are free", ".discounts[].action.get": "likewise",
	".discounts[].action.apart": "where each article by itself comes to as much",
	".discounts[].max":          "where it is not reached", ".discounts[].original": "where it is the first, or limited", ".discounts[].shares[].line": "of a share of nothing",
	".uses[].uses": "a limit of the rules", ".uses[].each": "likewise", ".uses[].own": "of a customer's uses another", ".uses[].first": "likewise",
	".delivery.method": "a name", ".delivery.label": "words", ".delivery.zone": "the zones are not in the order",
	".delivery.category": "where no tax is of the one or the other", ".delivery.included": "where no tax is",
	".delivery.rate.by": "where the measures are alike, or nothing is measured", ".delivery.rate.per": "where as many are begun",
	".delivery.rate.each": "where none is begun", ".delivery.rate.percent": "where rounding hides it", ".lines[].exchanged.rate": "likewise",
	".delivery.rate.table[].from": "of a row that is reached all the same, or not", ".delivery.rate.table[].amount": "of a row that is not reached",
	".taxes[].outside": "a name", ".taxes[].name": "a name", ".taxes[].label": "words", ".taxes[].zone": "the zones are not in the order",
	".taxes[].rate": "of nothing, of what is not due, or where rounding hides it", ".taxes[].compound": "where none comes before it, or rounding hides it",
	".tax_status": "where there is no tax to be relieved of", ".cash.increment": "of which the total is a multiple, too", ".cash.mode": "another that rounds alike",
}

// told are the equations that tell of a leaf: how the first begins that fails, with the
// numbers of the path, each one more.
var told = map[string]string{
	".lines[].n":                   "line %d: numbers",
	".lines[].subtotal":            "line %d: subtotal",
	".lines[].total":               "line %d: total",
	".lines[].price":               "line %d: ",
	".lines[].agreed.price":        "line %d: price = agreed",
	".discounts[].amount":          "discount %d, ",
	".discounts[].shares[].amount": "discount %d, ",
	".discounts[].shares[].pieces": "discount %d, ",
	".delivery.subtotal":           "shipping = its rate",
	".delivery.total":              "shipping: total",
	".delivery.rate.base":          "shipping",
	".taxes[].amount":              "tax %d, ",
	".taxes[].parts[].amount":      "tax %d, ",
	".taxes[].parts[].line":        "tax %d, ",
	".taxes[].category":            "tax %d, ",
	".cash.residue":                "rounding to cash",
	".total":                       "total",
}

// check alters a leaf, and reports whether it was found. all: what is not found has to be
// listed; else only what an equation always tells of has to be found, since a rare order
// hides what no list foresees.
func (l leaf) check(t rapid.TB, o Order, opened, x any, all bool) bool {
	t.Helper()
	l.set(x)
	err := reforged(o, opened)
	l.set(l.is)
	var e *VerifyError
	switch {
	case err == nil:
		if _, always := told[l.kind()]; unproved[l.kind()] == "" && (always || all) {
			t.Errorf("%s is %v instead of %v, and no equation tells\n%s", l.path, x, l.is, o.Explain())
		}
		return false
	case !errors.Is(err, ErrDamaged):
		t.Errorf("%s is %v: error %v", l.path, x, err)
	case errors.As(err, &e):
		if begins, ok := told[l.kind()]; ok {
			var at int
			fmt.Sscanf(numbered.FindString(l.path), "[%d]", &at)
			if strings.Contains(begins, "%d") {
				begins = fmt.Sprintf(begins, at+1)
			}
			if !strings.HasPrefix(e.Equation, begins) || e.Want == e.Have {
				t.Errorf("%s is %v instead of %v: %v; it should tell of %q", l.path, x, l.is, err, begins)
			}
		}
	}
	return true
}

// orderOf gives the order of a world, if it can be ordered.
func (w world) order() (Order, bool) {
	q := must(w.quote())
	if q.Err() != nil || len(q.Lines()) == 0 {
		return Order{}, false
	}
	return must3(must3(OpenOrder(on(6), opening(), q)).Place(on(7), ByInvoice)), true
}

// weightlessOrder is of what costs nothing and weighs nothing: much of it counts for nothing.
func weightlessOrder() Order {
	shop := must(NewCatalog([]Product{product(1, "a", "A")}, []Prices{inList("A", "standard", "0.00 USD")}))
	terms := under("usd-gbp", ExchangeRate{money.USD, money.GBP, pct("80")}, "m", ShippingMethod{
		Label: "Parcel", Rates: []ShippingRate{{Base: pounds("3.00"), By: ByWeight, Per: 1000, Each: pounds("0.50"), Percent: pct("1")}},
	})
	q := must(must(cartOf(Item{SKU: "A", Quantity: 1}).ShipBy("m")).Quote(shop, terms, jan(1)))
	return must3(OpenOrder(on(2), opening(), q))
}

// TestProofFindsEveryFigure alters every leaf of some orders in every way. What no equation
// tells of is listed, and nothing else is.
func TestProofFindsEveryFigure(t *testing.T) {
	alone := under("p", Promotion{Label: "P", Action: EveryNth(2, pct("50"))})
	orders := []Order{fullOrder(), smallOrder(), outsideOrder(), weightlessOrder(), must3(OpenOrder(on(2), opening(), must(cartOf(Item{SKU: "A", Quantity: 2}).Quote(priceShop("10.00"), alone, jan(1)))))}
	for seed := 0; len(orders) < 90; seed++ {
		if o, ok := rapid.Custom(drawWorld).Example(seed).order(); ok {
			orders = append(orders, o)
		}
	}
	passed, found := map[string]int{}, map[string]int{}
	for _, o := range orders {
		opened := decodeNumbers(t, o.entries[0].Payload)
		wantError(t, reforged(o, opened), nil)
		for i, l := range leavesOf("", opened, nil) {
			if testing.Short() && i%8 != 0 {
				continue
			}
			for _, x := range l.alterations() {
				if l.check(t, o, opened, x, true) {
					found[l.kind()]++
				} else {
					passed[l.kind()]++
				}
			}
		}
	}
	all := 0
	for _, of := range []map[string]int{passed, found} {
		for _, n := range of {
			all += n
		}
	}
	for kind := range unproved {
		if passed[kind] == 0 && !testing.Short() {
			t.Errorf("%s is always found: take it off the list", kind)
		}
	}
	for kind := range told {
		if found[kind] == 0 && !testing.Short() {
			t.Errorf("%s was never altered", kind)
		}
	}
	t.Logf("%d orders, %d alterations, %d kinds of leaves", len(orders), all, len(found)+len(passed))
}

// One leaf of a random order, altered at random, is found unless it is listed.
func TestProofFindsRandomAlterations(t *testing.T) {
	checkMany(t, worlds()/4, func(t *rapid.T) {
		o, ok := drawWorld(t).order()
		if !ok {
			o = fullOrder()
		}
		opened := decodeNumbers(t, o.entries[0].Payload)
		l := pick(t, "leaf", leavesOf("", opened, nil)...)
		if ways := l.alterations(); len(ways) > 0 {
			l.check(t, o, opened, pick(t, "alteration", ways...), false)
		}
	})
}

// With the chain as it is, every altered byte is found.
func TestProofFindsEveryByte(t *testing.T) {
	o := fullOrder()
	for i := range o.entries {
		for b := range o.entries[i].Payload {
			bad := o
			bad.entries = slices.Clone(o.entries)
			bad.entries[i].Payload = bytes.Clone(o.entries[i].Payload)
			bad.entries[i].Payload[b] ^= 1 << (b % 8)
			if err := bad.Verify(); !errors.Is(err, ErrDamaged) {
				t.Fatalf("entry %d, byte %d: %v", i+1, b, err)
			}
		}
	}
}

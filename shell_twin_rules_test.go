package till_test

import (
	"fmt"
	"math/rand/v2"
	"sort"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// twinRule draws a rule and its name.
func twinRule(draw func(int) int) (string, till.Rule) {
	rate := percent(fmt.Sprint(1 + draw(40)))
	zone := []string{"", "gb", "de"}[draw(3)]
	code := []string{"", "", "TEN", "ONE"}[draw(4)]
	sku := twinSKUs[draw(len(twinSKUs))]
	switch kind := draw(12); kind {
	case 0:
		return []string{"gb", "de"}[draw(2)], till.Zone{Countries: []string{[]string{"GB", "DE"}[draw(2)]}}
	case 1:
		return "home", till.Home{Country: []string{"GB", "DE"}[draw(2)]}
	case 2, 3:
		return []string{"vat", "levy"}[draw(2)], till.TaxRate{Label: "Tax", Zone: zone, Rate: rate, Order: draw(2), Compound: draw(2) == 0, Reversible: draw(2) == 0}
	case 4:
		return "cap", till.DiscountCap{Percent: rate}
	case 5:
		return []string{"parcel", "shop"}[draw(2)], till.ShippingMethod{
			Label: "Way", Zone: zone, Rates: rates(till.ShippingRate{Base: sterling("2.95")}, till.ShippingRate{Base: money.MustParse("4.00", money.EUR)}),
		}
	case 6:
		return []string{"trade", till.StandardList}[draw(2)], till.ListRule{Groups: []string{"trade"}, Included: draw(2) == 0}
	case 7:
		return "gbp-eur", till.ExchangeRate{From: money.GBP, To: money.EUR, Rate: money.MustParseRate(fmt.Sprintf("1.%02d", draw(100)))}
	case 8:
		return "gbp", till.CashRounding{Currency: money.GBP, Increment: 5, Mode: money.HalfEven}
	default:
		p := till.Promotion{Label: "Off", Action: till.PercentOff(rate), Priority: draw(2)}
		if kind == 9 {
			p.Action = till.Gift(sku, 1)
		} else if kind == 10 {
			p.Action = till.FreeShipping()
		}
		p.If.Code, p.If.FirstOrder = code, draw(4) == 0
		p.Uses, p.Each = []int64{0, 0, 1, 3}[draw(4)], []int64{0, 0, 1, 2}[draw(4)]
		return []string{"spring", "ten", "one"}[draw(3)], p
	}
}

// twinRules does something with rules, or with what a buyer says beside the lines.
func twinRules(w *twin, s *stall, op int, from till.Instant, buyer func() (*till.Buyer, int, string), draw func(int) int) string {
	switch op {
	case 0, 1:
		c := till.RuleChange{From: from, Mark: []till.Mark{till.Set, till.Set, till.Set, till.Clear, till.Retract}[draw(5)]}
		c.Name, c.Rule = twinRule(draw)
		return "rules " + said(s.staff.ChangeRules(s.ctx, c))
	case 2:
		list := []till.PriceList{trade, {List: till.StandardList, Currency: money.EUR}}[draw(2)]
		price := money.MustParsePrice(fmt.Sprintf("%d.50", 1+draw(9)), list.Currency)
		return "list " + said(s.staff.ChangeListPrice(s.ctx, list, twinSKUs[draw(len(twinSKUs))], till.PriceChange{Price: price, From: from}))
	case 3:
		if len(w.people) == 0 {
			return "nobody"
		}
		person := w.people[draw(len(w.people))]
		if draw(2) == 0 {
			return "status " + said(s.staff.SetTaxStatus(s.ctx, person, []till.TaxStatus{till.Taxed, till.Exempt, till.ReverseCharge}[draw(3)]))
		}
		return "groups " + said(s.staff.SetGroups(s.ctx, person, []string{"trade", "staff"}[:draw(3)]...))
	}
	b, _, is := buyer()
	if is != "done" {
		return is
	}
	code := []string{"ten", "ONE", "typo"}[draw(3)]
	switch draw(7) {
	case 0, 1:
		return said(b.AddCode(s.ctx, code))
	case 2:
		return said(b.RemoveCode(s.ctx, code))
	case 3:
		return said(b.ShipTo(s.ctx, till.Address{Country: []string{"", "GB", "DE"}[draw(3)]}))
	case 4:
		return said(b.PayIn(s.ctx, []money.Currency{money.GBP, money.EUR}[draw(2)]))
	}
	return said(b.ShipBy(s.ctx, []string{"", "parcel", "parcel", "shop"}[draw(4)]))
}

// ruled gives what there is of rules and uses, without what differs from store to store.
func (w *twin) ruled() []string {
	fresh := stallAt(w, w.store, w.clock)
	terms, err := fresh.staff.Terms(w.ctx)
	w.must(err)
	all := []string{string(must(terms.MarshalJSON()))}
	for r, err := range store.Records(w.ctx, w.store, store.Query{Family: "uses"}) {
		w.must(err)
		all = append(all, fmt.Sprint(r.Key, " ", r.Index[0].Int()))
	}
	at := len(all)
	for r, err := range store.Records(w.ctx, w.store, store.Query{Family: "used"}) {
		w.must(err)
		all = append(all, anID.ReplaceAllString(r.Key, "ID"))
	}
	sort.Strings(all[at:])
	return all
}

// stormRule gives a change of a rule that bears on many.
func stormRule(rng *rand.Rand) till.RuleChange {
	c := rule("gb", till.Zone{Countries: []string{"GB"}})
	switch rng.IntN(9) {
	case 0:
		c = rule("vat", till.TaxRate{Label: "VAT", Zone: "gb", Rate: percent(fmt.Sprint(18 + rng.IntN(3)))})
	case 1:
		c = rule("parcel", till.ShippingMethod{Label: "Parcel", Rates: rates(till.ShippingRate{Base: sterling("3.00")}, till.ShippingRate{Base: money.MustParse("4.00", money.EUR)})})
	case 2:
		c = rule("trade", till.ListRule{Groups: []string{"trade"}})
	case 3:
		c = rule("gbp-eur", till.ExchangeRate{From: money.GBP, To: money.EUR, Rate: money.MustParseRate(fmt.Sprintf("1.%d", 10+rng.IntN(9)))})
	case 4:
		c = rule("gift", till.Promotion{Label: "A present", Action: till.Gift("A5", 1), Priority: 1})
	case 5, 6:
		c = rule("ten", till.Promotion{Label: "Ten off", If: till.Conditions{Code: "TEN"}, Action: till.PercentOff(percent("10")), Uses: 10 + rng.Int64N(100), Each: rng.Int64N(3)})
	case 7:
		c = rule("one", till.Promotion{Label: "Once", If: till.Conditions{Code: "ONE", FirstOrder: true}, Action: till.OrderAmountOff(sterling("1.00"))})
	}
	if rng.IntN(4) == 0 {
		c.Mark = till.Clear
	}
	return c
}

package till

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// worlds is over how many random worlds the properties are checked.
func worlds() int {
	if testing.Short() {
		return 1000
	}
	return 10_000
}

// said gives the figures of a quote in the words of the oracle.
func (q Quote) said() string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for _, d := range q.Discounts() {
		if d.OfShipping() {
			say("%s: %d of the shipping", d.Promotion, d.Amount.Minor())
			continue
		}
		for _, s := range d.Shares {
			say("%s: line %d: %d of it, %d", d.Promotion, s.Line, s.Pieces, s.Amount.Minor())
		}
		say("%s: %d", d.Promotion, d.Amount.Minor())
	}
	for _, l := range q.Lines() {
		say("line %d: %d %s at %s, %d, %d, included %t%s", l.N, l.Quantity, l.SKU, l.Price, l.Subtotal.Minor(), l.Total.Minor(), l.Included, l.Unavailable)
	}
	if d := q.Delivery(); d != nil {
		say("shipping: %d, %d%s", d.Subtotal.Minor(), d.Total.Minor(), d.Unavailable)
	}
	for _, x := range q.Taxes() {
		for _, p := range x.Parts {
			say("%s, included %t: line %d: %d", x.Name, x.Included, p.Line, p.Amount.Minor())
		}
		say("%s, included %t: %d", x.Name, x.Included, x.Amount.Minor())
	}
	if c := q.Cash(); c != nil {
		say("cash: %d", c.Residue.Minor())
	}
	say("total: %d", q.Total().Minor())
	codes := q.Codes()
	slices.SortFunc(codes, func(a, b CodeAnswer) int { return strings.Compare(a.Code, b.Code) })
	for _, a := range codes {
		say("%s: %s", a.Code, a.Reason)
	}
	return b.String()
}

// features counts what the random worlds have come to, so that none of it is missed.
type features map[string]int

func (s features) count(q Quote) {
	mark := func(what string, is bool) {
		if is {
			s[what]++
		}
	}
	for _, d := range q.Discounts() {
		s[string(d.Action.Kind)]++
		mark("on the first prices", d.Original)
		mark("at most", d.Max != nil)
		mark("by code", d.Code != "")
	}
	included := map[bool]bool{}
	for _, l := range q.Lines() {
		included[l.Included] = true
		mark("agreed", l.Agreed != nil)
		mark("exchanged", l.Exchanged != nil)
		mark("another list", l.List != "")
		mark("tier", l.MinQuantity > 1)
		mark("sale", l.Sale)
		mark("cannot be bought", l.Unavailable != "")
	}
	mark("prices with and without tax", len(included) == 2)
	for _, x := range q.Taxes() {
		s[fmt.Sprintf("tax %s, included %t, %s", q.rounding.Level, x.Included, x.Relief)]++
		mark("compound", x.Compound)
	}
	mark("cap", q.bill.Cap != nil)
	mark("cash", q.Cash() != nil && !q.Cash().Residue.IsZero())
	if d := q.Delivery(); d != nil {
		s["delivery "+string(d.Unavailable)]++
	}
	for _, a := range q.Codes() {
		s["code "+string(a.Reason)]++
	}
	mark("can be ordered", q.Err() == nil && len(q.Lines()) > 0)
}

// Every figure of a bill is what the definitions give, counted anew by other means, and
// they add up.
func TestBillAgreesWithTheDefinitions(t *testing.T) {
	come := features{}
	checkMany(t, worlds(), func(t *rapid.T) {
		w := drawWorld(t)
		q := must(w.quote())
		checkSums(t, q)
		sameText(t, "figures of the quote (want: by the definitions)", q.said(), w.figures())
		come.count(q)
	})
	all := []string{
		"on the first prices", "at most", "by code", "agreed", "exchanged", "another list", "tier", "sale", "cannot be bought",
		"prices with and without tax", "compound", "cap", "cash", "can be ordered", "delivery ",
	}
	for _, kind := range []ActionKind{PercentOffLines, PercentOffOrder, PercentOffShipping, AmountOffPieces, AmountOffOrder, AmountOffShipping, FixedPrice, CheapestOff, GiftProduct} {
		all = append(all, string(kind))
	}
	for _, level := range levelWords {
		for _, relief := range []TaxStatus{Taxed, Exempt, ReverseCharge} {
			all = append(all, fmt.Sprintf("tax %s, included %t, %s", level, true, relief), fmt.Sprintf("tax %s, included %t, %s", level, false, relief))
		}
	}
	for _, why := range []DeliveryReason{UnknownMethod, OutOfZone, OutOfLimits, NoRate, NotChosen, Undeliverable} {
		all = append(all, "delivery "+string(why))
	}
	for _, why := range []CodeReason{CodeApplied, CodeUnknown, CodeMinimum, CodeQuantity, CodeGroup, CodeFirstOrder, CodeUsed, CodeUsedUp, CodeExcluded, CodeNothing, CodeNoGift} {
		all = append(all, "code "+string(why))
	}
	for _, what := range all {
		if come[what] == 0 && !testing.Short() { // the rarest comes nine times of ten thousand
			t.Errorf("%q never came: the worlds do not reach it", what)
		}
	}
	t.Logf("%d of %d worlds can be ordered", come["can be ordered"], worlds())
}

// checkSums: the leaves sum to the total, shares to their discount, parts to their tax, and
// nothing is negative but what is taken off or out.
func checkSums(t rapid.TB, q Quote) {
	t.Helper()
	checkTree(t, q)
	within := map[int]int64{} // the taxes that each line includes, due or not
	for _, x := range q.Taxes() {
		for _, p := range x.Parts {
			if x.Included {
				within[p.Line] += max(p.Amount.Minor(), -p.Amount.Minor())
			}
			if p.Amount.Sign() < 0 != (x.Included && x.Relief != "" && !p.Amount.IsZero()) {
				t.Fatalf("%s is %s on line %d", x.label(), p.Amount, p.Line)
			}
		}
	}
	for _, l := range q.Lines() {
		if l.Total.Sign() < 0 || within[l.N] > l.Total.Minor() {
			t.Fatalf("line %d is %s, and includes %d", l.N, l.Total, within[l.N])
		}
	}
	if d := q.Delivery(); d != nil && (d.Total.Sign() < 0 || d.Total.Minor() > d.Subtotal.Minor() || within[0] > d.Total.Minor()) {
		t.Fatalf("shipping is %s, then %s, and includes %d", d.Subtotal, d.Total, within[0])
	}
	if q.Total().Sign() < 0 {
		t.Fatalf("the total is %s", q.Total())
	}
}

// The order in which products, prices, rules and codes are given says nothing.
func TestBillKnowsNoOrderOfRules(t *testing.T) {
	checkMany(t, worlds()/4, func(t *rapid.T) {
		w := drawWorld(t)
		q := must(w.quote())
		other, catalog := w.shuffled(t)
		again := must(other.cart().Quote(catalog, other.terms(), worldAt))
		sameText(t, "the figures", again.said(), q.said())
		if again.Digest() != q.Digest() {
			t.Fatal("the digests differ")
		}
		if d := Compare(q, again); len(d) > 0 {
			t.Fatalf("they differ in %v", d)
		}
	})
}

// A quote becomes an order, which proves itself: as it is, and read from its entries. A
// quote reads again from its JSON, with the same digest.
func TestBillBecomesAnOrder(t *testing.T) {
	orders := 0
	checkMany(t, worlds()/2, func(t *rapid.T) {
		q := must(drawWorld(t).quote())
		var read Quote
		if err := json.Unmarshal(must(json.Marshal(q)), &read); err != nil {
			t.Fatalf("the quote cannot be read again: %v", err)
		}
		if read.Digest() != q.Digest() || read.Explain() != q.Explain() || len(Compare(q, read)) > 0 {
			t.Fatalf("the quote reads otherwise:\n%s", read.Explain())
		}
		if q.Err() != nil || len(q.Lines()) == 0 {
			return
		}
		orders++
		opened, _, err := OpenOrder(on(6), opening(), q)
		if err != nil {
			t.Fatal(err)
		}
		placed := must3(opened.Place(on(7), ByInvoice))
		for what, o := range map[string]Order{"opened": opened, "placed": placed, "read again": fold(t, Order{}, placed.Entries())} {
			if err := o.Verify(); err != nil {
				t.Fatalf("%s: %v\n%s", what, err, q.Explain())
			}
			if o.Total() != q.Total() {
				t.Fatalf("%s: %s instead of %s", what, o.Total(), q.Total())
			}
		}
	})
	t.Logf("%d orders", orders)
}

// Compare finds a difference exactly where the digests differ.
func TestCompareAgreesWithDigests(t *testing.T) {
	equal, differ := 0, 0
	checkMany(t, worlds()/4, func(t *rapid.T) {
		w := drawWorld(t)
		other := w.altered(t)
		q, r := must(w.quote()), must(other.quote())
		for _, both := range [][2]Quote{{q, r}, {r, q}} {
			found := Compare(both[0], both[1])
			if (len(found) == 0) != (q.Digest() == r.Digest()) {
				t.Fatalf("differences %v, digests equal %t:\n%s\n%s", found, q.Digest() == r.Digest(), both[0].Explain(), both[1].Explain())
			}
			for _, d := range found {
				if d.String() == "" {
					t.Fatalf("%+v says nothing", d)
				}
			}
		}
		if q.Digest() == r.Digest() {
			equal++
		} else {
			differ++
		}
	})
	t.Logf("%d pairs are equal, %d differ", equal, differ)
	if min(equal, differ) < worlds()/40 {
		t.Error("there are too few of the one or the other")
	}
}

// altered gives the same cart with other rules: one is missing, or renamed, or another's
// figures, or all are drawn anew.
func (w world) altered(t *rapid.T) world {
	w.rules = slices.Clone(w.rules)
	i := among(t, "which", len(w.rules))
	switch among(t, "alteration", 5) {
	case 0:
		w.rules = slices.Delete(w.rules, i, i+1)
	case 1:
		switch w.rules[i].rule.(type) {
		case Promotion, TaxRate:
			w.rules[i].name += "-new"
		}
	case 2:
		switch r := w.rules[i].rule.(type) {
		case Promotion:
			r.Label, r.Priority = "Other", r.Priority+1
			w.rules[i].rule = r
		case TaxRate:
			r.Order = 9
			w.rules[i].rule = r
		case ShippingMethod:
			r.Label = "Other"
			w.rules[i].rule = r
		}
	case 3:
		w.rules[i].past = rulePast(among(t, "past", int(pasts)))
	case 4:
		w.rules = nil
		w.drawRules(t)
	}
	return w
}

// One more promotion, the last of all, never makes the articles dearer, their tax
// included.
func TestOnePromotionMoreIsNeverDearer(t *testing.T) {
	cheaper := 0
	checkMany(t, worlds()/4, func(t *rapid.T) {
		w := drawWorld(t)
		w.delivery = ""
		w.rules = slices.DeleteFunc(w.rules, func(r ruleOf) bool {
			switch r.rule.(type) {
			case ShippingMethod, CashRounding:
				return true
			}
			return false
		})
		before := must(w.quote())
		last := w.drawPromotion(t)
		if last.Action.Kind == GiftProduct {
			last.Action = OrderAmountOff(money.MustFromMinor(77, w.currency))
		}
		last.Priority, last.Group = MaxPriority, ""
		w.rules = append(w.rules, ruleOf{name: "zz-last", rule: last})
		after := must(w.quote())
		if after.Total().Minor() > before.Total().Minor() {
			t.Fatalf("it was %s and is %s:\n%s\n%s", before.Total(), after.Total(), before.Explain(), after.Explain())
		}
		if after.Total() != before.Total() {
			cheaper++
		}
	})
	t.Logf("%d became cheaper", cheaper)
}

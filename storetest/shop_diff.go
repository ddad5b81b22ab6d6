package storetest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tillkit/till"
)

var diffBattery = []Rule{{
	ID:       "shop/diff",
	Sentence: "What is told to be different between two instants is what differs between the shop as of the one and as of the other, all of it and nothing else.",
	Why:      "somebody asks what was changed since Friday, and a price that changed by plan was changed by nobody",
	Check: func(e *Env) {
		for seed := range e.lives() {
			if e.liveAndCompare(uint64(seed) + 1); e.Failed() {
				e.Fatalf("storetest: the life had seed %d", seed+1)
			}
		}
	},
}}

func (e *Env) liveAndCompare(seed uint64) {
	e.Helper()
	l := newLife(e.stand(e.Place(), newShopClock(), seed), seed)
	facts := map[till.Instant]map[string]string{}
	for range lifeDays {
		l.day()
		facts[l.Clock.instant()] = nil
		facts[l.Clock.instant().Add(time.Duration(l.IntN(30*24))*time.Hour)] = nil // in between, or to come
	}
	l.pass()
	var products []till.Product
	for p, err := range pages(func(r till.PageRequest) (till.Page[till.Product], error) { return l.Staff.Products(l.Ctx, r) }) {
		l.Must("Products", err)
		products = append(products, p)
	}
	for at := range facts {
		facts[at] = l.facts(l.Shop.AsOf(at), products)
	}
	instants := slices.Sorted(maps.Keys(facts))
	for i, from := range instants {
		to := instants[i+l.IntN(len(instants)-i)]
		want := map[string]bool{}
		for fact := range facts[to] {
			added := strings.HasPrefix(fact, "described: ") && facts[from][fact] == "" // that it came says it all
			replaced := facts[from][fact] == begun                                     // a rule that another stands instead of: that is told
			want[fact] = facts[from][fact] != facts[to][fact] && !added && !replaced
		}
		maps.DeleteFunc(want, func(_ string, differs bool) bool { return !differs })
		l.Equal(fmt.Sprintf("seed %d: what is different on %s from %s", seed, to, from), l.told(from, to), want)
	}
	_ = l.Store.Close()
}

// told gives the names of the facts that are told to be different.
func (l *life) told(from, to till.Instant) map[string]bool {
	told := map[string]bool{}
	for c, err := range l.Staff.Diff(l.Ctx, from, to) {
		l.Must("Diff", err)
		switch c.Kind {
		case till.ProductCame, till.ProductWent, till.ProductReturned:
			told["there: "+c.Is.ID().String()] = true
		case till.ProductRevised, till.VariantCame, till.VariantWent:
			told["described: "+c.Is.ID().String()] = true
		case till.ListingBegan, till.ListingEnded:
			told["listed: "+string(c.SKU)] = true
		case till.PriceMoved:
			told["price: "+string(c.SKU)] = true
		case till.StockMoved:
			told["stock: "+string(c.SKU)+" at "+c.IsStock.Location] = true
		case till.RulesChanged:
			told[ruleFact(c.Rule)] = true
		case till.OrderCame:
			told["order: "+c.Number] = true
		case till.AccountCame:
			told["account: "+c.Person.String()] = true
		}
	}
	return told
}

// ruleFact names what was recorded of a rule.
func ruleFact(r till.RuleRecord) string {
	return fmt.Sprintf("rule: %s %s, entry %d", r.Kind, r.Name, r.N)
}

// begun is what a view shows of a change of a rule that has taken effect.
const begun = "begun"

// facts gives what a view shows, by name; what is not there yet is "".
func (l *life) facts(v *till.View, products []till.Product) map[string]string {
	l.Helper()
	all := map[string]string{}
	for _, is := range products {
		there, described := "there: "+is.ID().String(), "described: "+is.ID().String()
		p, err := v.ProductByID(l.Ctx, is.ID())
		all[there], all[described] = "", ""
		if err != nil {
			l.Is("ProductByID", err, till.ErrNotFound)
		} else if p.ExistsAt(v.At()) {
			all[there] = "yes"
		}
		if err == nil {
			all[described] = jsonText(p.Description())
		}
	}
	for _, sku := range lifeSKUs {
		p, _ := v.Product(l.Ctx, sku)
		listed, _ := p.Listing(sku).On(v.At(), till.MaxInstant)
		all["listed: "+string(sku)] = fmt.Sprint(listed.Value)
		prices, _ := v.Prices(l.Ctx, sku)
		for _, quantity := range []int64{1, 10} {
			priced, _ := prices.On(v.At(), till.MaxInstant, quantity)
			all["price: "+string(sku)] += fmt.Sprintln(priced.Price, priced.Base, priced.Sale)
		}
		for _, location := range []string{till.StandardLocation, "shed"} {
			stock, _ := v.StockAt(l.Ctx, till.Place{SKU: sku, Location: location})
			all["stock: "+string(sku)+" at "+location] = fmt.Sprint(stock.Available, stock.Reserved)
		}
	}
	terms, err := v.Terms(l.Ctx)
	l.Must("Terms", err)
	stands := map[string]till.RuleRecord{} // of those with one beginning the last
	for r := range terms.All() {
		all[ruleFact(r)] = "recorded"
		stands[fmt.Sprint(r.Kind, r.Name, r.From)] = r
	}
	for _, r := range stands {
		if r.From <= v.At() && r.Mark != till.Retract {
			all[ruleFact(r)] = begun
		}
	}
	for o, err := range pages(func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
		return v.Orders(l.Ctx, till.OrderQuery{PageRequest: r})
	}) {
		l.Must("Orders", err)
		all["order: "+o.Number] = "placed"
	}
	for a, err := range pages(func(r till.PageRequest) (till.Page[till.Account], error) {
		return v.Customers(l.Ctx, till.CustomerQuery{PageRequest: r})
	}) {
		l.Must("Customers", err)
		all["account: "+a.ID().String()] = "registered"
	}
	return all
}

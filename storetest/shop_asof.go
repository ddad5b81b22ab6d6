package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tillkit/till"
)

// lifeDays is how often readers look at a shop in its life.
const lifeDays = 12

var asOfBattery = []Rule{{
	ID:       "shop/as-of",
	Sentence: "The shop as of an instant answers what readers got at that instant, revisions and all, whatever happens later; as of an instant to come, what they will get if nothing happens.",
	Why:      "somebody says that last Friday the page showed another price, and somebody asks what it will show next Friday",
	Check: func(e *Env) {
		for seed := range e.lives() {
			if e.liveAndLookBack(uint64(seed) + 1); e.Failed() {
				e.Fatalf("storetest: the life had seed %d", seed+1)
			}
		}
	},
}}

// seen is what readers got at an instant, and what the shop as of it said of the past
// of prices.
type seen struct {
	at      till.Instant
	answers map[string]string
	prices  map[string]string
}

func (e *Env) liveAndLookBack(seed uint64) {
	e.Helper()
	place := e.Place()
	l := newLife(e.stand(place, newShopClock(), seed), seed)
	var all []seen
	for range lifeDays {
		l.day()
		at := l.Clock.instant()
		all = append(all, seen{at, l.answers(present{l.Staff, l.Shop}, at), l.pasts(at)})
		l.pass()
		l.looksAsIn(all[l.IntN(len(all))])
		if l.Failed() {
			return
		}
	}

	friday := l.Clock.instant().Add(20 * 24 * time.Hour)
	planned := l.answers(l.Shop.AsOf(friday), friday)
	l.Clock.pass(20 * 24 * time.Hour)
	l.Equal(fmt.Sprintf("seed %d: what was planned for %s", seed, friday), l.answers(present{l.Staff, l.Shop}, friday), planned)

	l.stand = l.again(place, seed+1000)
	for i, then := range all {
		l.looksAsIn(then)
		l.knows(all[l.IntN(i+1)].at, then.at)
	}
	_ = l.Store.Close()
}

// looksAsIn compares the shop as of an instant with what readers got then.
func (l *life) looksAsIn(then seen) {
	l.Helper()
	view := l.Shop.AsOf(then.at)
	got := l.answers(view, then.at)
	for question, answer := range got {
		if _, asked := then.answers[question]; !asked && answer == notThere {
			delete(got, question) // of what came later
		}
	}
	want := then.answers
	if then.at < l.erased { // whose an address was is not told any more
		for _, email := range lifeEmails {
			for _, question := range []string{"customer ", "orders for "} {
				delete(got, question+email)
				delete(want, question+email)
			}
		}
	}
	what := fmt.Sprintf("seed %d: the shop as of %s", l.seed, then.at)
	l.Equal(what, got, want)
	l.Equal(what+", the past of prices", l.pasts(then.at), then.prices)
	for _, sku := range lifeSKUs {
		p, err := view.Product(l.Ctx, sku)
		if err != nil {
			continue
		}
		same, err := view.ProductByID(l.Ctx, p.ID())
		l.Must(what+": ProductByID", err)
		l.Equal(what+": ProductByID", productText(same, then.at), productText(p, then.at))
	}
}

// knows compares prices at an instant, as known at a later one, with all that was known
// then.
func (l *life) knows(at, known till.Instant) {
	l.Helper()
	for _, sku := range lifeSKUs {
		got, err := l.Shop.AsOf(at).AsKnown(known).Prices(l.Ctx, sku)
		if err != nil {
			l.Is("Prices of "+string(sku), err, till.ErrNotFound)
			continue
		}
		want, err := l.Shop.AsOf(known).Prices(l.Ctx, sku)
		l.Must("Prices", err)
		l.Equal(fmt.Sprintf("seed %d: prices of %s as of %s, known at %s", l.seed, sku, at, known), text(got, nil), text(want, nil))
	}
}

// pasts gives all that the shop as of an instant knows of prices.
func (l *life) pasts(at till.Instant) map[string]string {
	all := map[string]string{}
	for _, sku := range lifeSKUs {
		prices, err := l.Shop.AsOf(at).Prices(l.Ctx, sku)
		all[string(sku)] = text(prices, err)
	}
	return all
}

// reader is who can be asked about a shop: the present one, or one of the past.
type reader interface {
	Product(context.Context, till.SKU) (till.Product, error)
	ProductByHandle(context.Context, string) (till.Product, error)
	Prices(context.Context, till.SKU) (till.Prices, error)
	Catalog(context.Context, ...till.SKU) (till.Catalog, error)
	Available(context.Context, ...till.SKU) (map[till.SKU]int64, error)
	Stock(context.Context, till.SKU) (till.Stock, error)
	StockAt(context.Context, till.Place) (till.Stock, error)
	Movements(context.Context, till.MovementQuery) (till.Page[till.Movement], error)
	Terms(context.Context) (till.Terms, error)
	Order(context.Context, till.OrderID) (till.Order, error)
	Orders(context.Context, till.OrderQuery) (till.Page[till.OrderSummary], error)
	Account(context.Context, till.PersonID) (till.Account, error)
	Customers(context.Context, till.CustomerQuery) (till.Page[till.Account], error)
	Trail(context.Context, till.PersonID) ([]till.Entry, error)
}

// present is the shop as it is now.
type present struct {
	*till.Staff
	shop *till.Shop
}

func (p present) Catalog(ctx context.Context, skus ...till.SKU) (till.Catalog, error) {
	return p.shop.Catalog(ctx, skus...)
}

func (p present) Available(ctx context.Context, skus ...till.SKU) (map[till.SKU]int64, error) {
	return p.shop.Available(ctx, skus...)
}

const notThere = "not there"

// text gives an answer, or that it is not there.
func text(answer any, err error) string {
	if errors.Is(err, till.ErrNotFound) {
		return notThere
	}
	if err != nil {
		return "error: " + err.Error()
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return "error: " + err.Error()
	}
	return string(body)
}

// listed gives all items of a list, by pages of three.
func listed[T any](show func(T) string, next func(till.PageRequest) (till.Page[T], error)) string {
	out := ""
	for item, err := range till.All(till.PageRequest{Limit: 3}, next) {
		if err != nil {
			return out + text(nil, err)
		}
		out += show(item) + "\n"
	}
	return out
}

func jsonText[T any](item T) string { return text(item, nil) }

// answers asks everything there is to ask: each question with its answer.
func (l *life) answers(r reader, at till.Instant) map[string]string {
	all := map[string]string{}
	for _, sku := range lifeSKUs {
		l.askArticle(r, sku, at, all)
	}
	for _, handle := range lifeHandles {
		p, err := r.ProductByHandle(l.Ctx, handle)
		if all["handle "+handle] = text(p, err); err == nil {
			all["handle "+handle] = productText(p, at)
		}
	}
	catalog, err := r.Catalog(l.Ctx, lifeSKUs...)
	all["catalog"] = text(nil, err)
	for _, sku := range lifeSKUs {
		for _, later := range lifeAhead {
			offer, err := catalog.In("de").Offer(till.OfferRequest{SKU: sku, List: till.PriceList{Currency: l.Staff.Currency()}, Quantity: 10}, at.Add(later))
			all[fmt.Sprintf("offer of %s in %v", sku, later)] = fmt.Sprintf("%+v %v", offer, err)
		}
	}
	terms, err := r.Terms(l.Ctx)
	all["terms"] = text(terms, err) + fmt.Sprint(terms.Revision(), terms.Recorded())
	l.askOrders(r, all)
	l.askPeople(r, all)
	return all
}

func (l *life) askArticle(r reader, sku till.SKU, at till.Instant, all map[string]string) {
	p, err := r.Product(l.Ctx, sku)
	if all["product "+string(sku)] = text(p, err); err == nil {
		all["product "+string(sku)] = productText(p, at)
	}
	prices, err := r.Prices(l.Ctx, sku)
	answer := text(nil, err)
	if err == nil {
		answer = fmt.Sprintf("revision %d of %s", prices.Revision(), prices.Recorded())
		for _, later := range lifeAhead {
			for _, quantity := range []int64{1, 10} {
				priced, _ := prices.On(at.Add(later), till.MaxInstant, quantity)
				answer += fmt.Sprintf("\n%d in %v: %+v", quantity, later, priced)
			}
		}
	}
	all["prices "+string(sku)] = answer
	stock, err := r.Stock(l.Ctx, sku)
	all["stock "+string(sku)] = text(stock, err)
	stock, err = r.StockAt(l.Ctx, till.Place{SKU: sku, Location: "shed"})
	all["stock in the shed "+string(sku)] = text(stock, err)
	available, err := r.Available(l.Ctx, sku)
	all["available "+string(sku)] = text(available, err)
	all["movements "+string(sku)] = listed(jsonText[till.Movement], func(page till.PageRequest) (till.Page[till.Movement], error) {
		return r.Movements(l.Ctx, till.MovementQuery{PageRequest: page, SKU: sku})
	})
}

// productText tells a product with all that its text in JSON leaves out.
func productText(p till.Product, at till.Instant) string {
	out := fmt.Sprintf("%s of %s", jsonText(p), p.Recorded())
	for _, later := range lifeAhead {
		out += fmt.Sprintf("\nin %v: there %t", later, p.ExistsAt(at.Add(later)))
		for _, sku := range lifeSKUs {
			out += fmt.Sprintf(", %s %t", sku, p.ListedAt(sku, at.Add(later)))
		}
	}
	for _, sku := range lifeSKUs {
		for c := range p.Listing(sku).All() {
			out += fmt.Sprintf("\n%s: %+v", sku, c)
		}
	}
	return out
}

func (l *life) askOrders(r reader, all map[string]string) {
	list := func(q till.OrderQuery) string {
		return listed(jsonText[till.OrderSummary], func(page till.PageRequest) (till.Page[till.OrderSummary], error) {
			q.PageRequest = page
			return r.Orders(l.Ctx, q)
		})
	}
	all["orders"] = list(till.OrderQuery{})
	all["orders placed"] = list(till.OrderQuery{Status: till.OrderPlaced})
	all["orders of a week"] = list(till.OrderQuery{From: till.At(opening).Add(7 * 24 * time.Hour), To: till.At(opening).Add(14 * 24 * time.Hour)})
	for _, sku := range lifeSKUs {
		all["orders of "+string(sku)] = list(till.OrderQuery{SKU: sku})
	}
	for _, person := range l.people {
		if is := list(till.OrderQuery{Person: person}); is != "" {
			all["orders of "+person.String()] = is
		}
	}
	for _, email := range lifeEmails {
		all["orders for "+email] = list(till.OrderQuery{Email: email})
	}
	for _, o := range l.placed {
		order, err := r.Order(l.Ctx, o.ID())
		answer := text(order, err)
		for _, entry := range order.Entries() {
			answer += fmt.Sprintf("\n%d %s %s %x", entry.N, entry.Kind, till.Instant(entry.At), entry.Sum)
		}
		all["order "+o.ID().String()] = answer
		if is := list(till.OrderQuery{Number: o.Number()}); is != "" {
			all["order number "+o.Number()] = is
		}
	}
}

func (l *life) askPeople(r reader, all map[string]string) {
	show := func(a till.Account) string { return fmt.Sprintf("%s of %s", jsonText(a), a.Recorded()) }
	list := func(q till.CustomerQuery) string {
		return listed(show, func(page till.PageRequest) (till.Page[till.Account], error) {
			q.PageRequest = page
			return r.Customers(l.Ctx, q)
		})
	}
	all["customers"] = list(till.CustomerQuery{})
	for _, status := range []till.AccountStatus{till.AccountActive, till.AccountDisabled, till.AccountErased} {
		all["customers "+string(status)] = list(till.CustomerQuery{Status: status})
	}
	for _, email := range lifeEmails {
		all["customer "+email] = list(till.CustomerQuery{Email: email})
	}
	for _, person := range l.people {
		account, err := r.Account(l.Ctx, person)
		if all["account "+person.String()] = text(account, err); err == nil {
			all["account "+person.String()] = show(account)
		}
		trail, err := r.Trail(l.Ctx, person)
		all["trail "+person.String()] = text(trail, err)
	}
}

package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
)

// answers is what the present of a back office and a view of the past have in common.
type answers interface {
	Product(context.Context, till.SKU) (till.Product, error)
	Prices(context.Context, till.SKU) (till.Prices, error)
	Stock(context.Context, till.SKU) (till.Stock, error)
	Order(context.Context, till.OrderID) (till.Order, error)
	Orders(context.Context, till.OrderQuery) (till.Page[till.OrderSummary], error)
	Account(context.Context, till.PersonID) (till.Account, error)
}

var (
	_ answers = (*till.Staff)(nil)
	_ answers = (*till.View)(nil)
)

// asked is what is asked at one instant, of the present then and of the view later.
type asked struct {
	at     till.Instant
	skus   []till.SKU
	orders []till.OrderID
	person till.PersonID
	answer []any
}

// ask gives the answers of a reader.
func (a asked) ask(t *testing.T, r answers) []any {
	t.Helper()
	var got []any
	add := func(value any, err error) {
		if err != nil {
			value = err.Error() // what is not there is an answer too
		}
		got = append(got, value)
	}
	for _, sku := range a.skus {
		is, err := r.Product(t.Context(), sku)
		add(is, err)
		prices, err := r.Prices(t.Context(), sku)
		add(prices, err)
		offer, ok := prices.On(a.at, till.MaxInstant, 1)
		add([]any{offer, ok}, nil)
		stock, err := r.Stock(t.Context(), sku)
		add(stock, err)
		page, err := r.Orders(t.Context(), till.OrderQuery{SKU: sku, PageRequest: till.PageRequest{Limit: 3, Desc: true}})
		add(page.Items, err)
	}
	for _, id := range a.orders {
		order, err := r.Order(t.Context(), id)
		add(order, err)
	}
	page, err := r.Orders(t.Context(), till.OrderQuery{PageRequest: till.PageRequest{Limit: 5, Desc: true}})
	add(page.Items, err)
	account, err := r.Account(t.Context(), a.person)
	add(account, err)
	return got
}

// The view as of an instant, taken after everything, answers as the shop did at that
// instant: at 500 instants of a day of trade, at random, with products renamed and
// prices called off between the invoices.
func TestAsOf(t *testing.T) {
	day := aDay(t)
	for name, open := range map[string]func(t *testing.T) store.Store{
		"memory": func(*testing.T) store.Store { return memory.New() },
		"sqlite": func(t *testing.T) store.Store {
			db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			return db
		},
	} {
		t.Run(name, func(t *testing.T) { asOf(t, open(t), day) })
	}
}

// aDay gives a day of real trade, or an invented one.
func aDay(t *testing.T) source {
	t.Helper()
	var path string
	if t.Run("real", func(t *testing.T) {
		real := realDay(t)
		text, err := os.ReadFile(real)
		if err != nil {
			t.Fatal(err)
		}
		path = string(text)
	}); path != "" {
		return from(path)
	}
	data := filepath.Join(t.TempDir(), "day.csv")
	file, err := os.Create(data)
	if err != nil {
		t.Fatal(err)
	}
	rows := 3000
	if testing.Short() {
		rows = 1000
	}
	if err := synthetic(file, rows); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return func() (io.ReadCloser, error) { return os.Open(data) }
}

func asOf(t *testing.T, db store.Store, open source) {
	s, err := look(open)
	if err != nil {
		t.Fatal(err)
	}
	var now clock
	now.set(s.first)
	shop, err := till.Open(t.Context(), db, till.Options{Currency: currency, Clock: now.now})
	if err != nil {
		t.Fatal(err)
	}
	p := newReplay(shop, &now)
	if err := p.stock(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	count := 500
	if testing.Short() {
		count = 100
	}
	instants := make([]till.Instant, count) // sorted
	for i := range instants {
		instants[i] = s.first - 1 + till.Instant(random.Int64N(int64(s.last-s.first)+1e6))
	}
	slices.Sort(instants)

	var kept []asked
	var orders []till.OrderID
	var people []till.PersonID
	pick := func() till.SKU {
		return s.articles[min(random.IntN(len(s.articles)), random.IntN(len(s.articles)))].sku
	}
	// The shop stands still between two invoices: what it answers then, it answered at
	// every instant between.
	until := func(next till.Instant) {
		for len(instants) > 0 && instants[0] < next {
			a := asked{at: instants[0], skus: []till.SKU{pick(), pick(), pick()}}
			if len(orders) > 0 {
				a.orders = []till.OrderID{orders[random.IntN(len(orders))], orders[len(orders)-1]}
			}
			if len(people) > 0 {
				a.person = people[random.IntN(len(people))]
			}
			a.answer = a.ask(t, shop.Staff("present"))
			kept, instants = append(kept, a), instants[1:]
		}
	}
	for is, err := range invoices(open) {
		if err != nil {
			t.Fatal(err)
		}
		until(is.at)
		now.set(is.at)
		if err := p.invoice(t.Context(), is); err != nil {
			t.Fatal(err)
		}
		page, err := p.staff.Orders(t.Context(), till.OrderQuery{PageRequest: till.PageRequest{Limit: 1, Desc: true}})
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Items {
			orders, people = append(orders, o.ID), append(people, o.Contact.Person)
		}
		stir(t, p, random, pick())
	}
	until(till.MaxInstant)

	different := 0
	for i, a := range kept {
		got := a.ask(t, shop.AsOf(a.at))
		for j := range got {
			if !reflect.DeepEqual(got[j], a.answer[j]) {
				t.Errorf("instant %d, %s: the view answers\n%s\nthe shop answered\n%s", i, a.at, brief(got[j]), brief(a.answer[j]))
			}
		}
		if !reflect.DeepEqual(a.ask(t, shop.Staff("present")), a.answer) {
			different++
		}
	}
	if len(kept) != count || different < count*4/5 {
		t.Errorf("of %d instants, the shop is another one now for %d: that shows too little", len(kept), different)
	}
}

// stir does what is not in the file: a product is renamed, or a price planned for later.
func stir(t *testing.T, p *replay, random *rand.Rand, sku till.SKU) {
	t.Helper()
	var err error
	switch random.IntN(4) {
	case 0:
		err = p.staff.ReviseProduct(t.Context(), sku, func(d *till.Description) error {
			d.Words[""] = till.Words{Name: fmt.Sprintf("%.100s, revised %d", d.Words[""].Name, random.IntN(1000))}
			return nil
		})
	case 1:
		price, has := p.prices[sku]
		if !has {
			return
		}
		err = p.staff.ChangePrice(t.Context(), sku, till.PriceChange{Price: price, From: p.shop.Now() + 3600e6})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func brief(answer any) string {
	text := fmt.Sprintf("%+v", answer)
	return text[:min(len(text), 2000)]
}

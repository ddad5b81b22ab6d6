package till

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

func knownPrices(sku SKU, rev int64) *known[Prices] {
	p := Prices{sku: sku, list: inPounds, journal: journal{n: rev, at: jan(int(rev))}}
	return knownAs(p, store.Record{Ref: refPrices(sku, inPounds), Rev: rev})
}

func knownProduct(n byte, sku SKU, rev int64) *known[Product] {
	p := product(n, strings.ToLower(string(sku)), sku)
	p.n = rev
	return knownAs(p, store.Record{Ref: refProduct(p.id), Rev: rev})
}

// All that a decision needs is remembered, or nothing is recalled; what was read before
// something later does not take its place.
func TestRemembered(t *testing.T) {
	var m remembered
	recalls := func(want ...int64) {
		t.Helper()
		var got []int64
		if sh, ok := m.shelf(cartOf(), []SKU{"MUG", "MUG"}, jan(9)); ok {
			for _, r := range sh.requires {
				got = append(got, r.Rev)
			}
			same(t, "latest", sh.latest, jan(int(want[1])))
		}
		same(t, "revisions of terms, prices and product", got, want)
	}
	mug := knownProduct(1, "MUG", 2)
	id := mug.at.Key
	recalls()
	m.product(mug, 1)
	recalls()
	m.article("MUG", id, knownPrices("MUG", 3), 1)
	recalls()
	m.rules(&known[Terms]{at: store.Requirement{Ref: refTerms}})
	recalls(0, 3, 2)
	same(t, "owners", m.ownersOf([]SKU{"CUP", "MUG"}), []string{"", id})
	m.article("MUG", id, knownPrices("MUG", 5), 1)
	m.article("MUG", id, knownPrices("MUG", 4), 1)
	recalls(0, 5, 2)

	m.article("MUG", id, knownPrices("MUG", 6), aroundARow+largestDecoded+1)
	recalls() // neither what is too large nor what was before it
	m.article("MUG", id, knownPrices("MUG", 6), 1)
	recalls(0, 6, 2)
	m.committed(store.ChangeSet{Changes: []store.Change{appendPrices(knownPrices("MUG", 7).value, make([]Entry, 1))}})
	recalls(0, 7, 2) // what it has made itself
	for _, change := range []store.Change{appendProduct(mug.value, make([]Entry, 1)), appendTerms(Terms{}, make([]Entry, 1))} {
		m.committed(store.ChangeSet{Changes: []store.Change{change}})
		recalls()
		m.product(mug, 1)
		m.rules(&known[Terms]{at: store.Requirement{Ref: refTerms}})
		recalls(0, 7, 2)
	}
}

// The prices of an article are found in every list that a cart may need, whatever the
// currencies are.
func TestRememberedOfSeveralLists(t *testing.T) {
	var m remembered
	rates := under("eur-gbp", ExchangeRate{money.EUR, money.GBP, money.MustParseRate("0.9")}, "usd-gbp", ExchangeRate{money.USD, money.GBP, money.MustParseRate("0.8")})
	m.rules(&known[Terms]{value: rates, at: store.Requirement{Ref: refTerms}})
	mug := knownProduct(1, "MUG", 1)
	m.product(mug, 1)
	lists := []PriceList{inPounds, standard(money.USD), standard(money.EUR)}
	for _, list := range lists {
		p := knownPrices("MUG", 1)
		p.value.list = list
		m.article("MUG", mug.at.Key, p, 1)
	}
	sh, ok := m.shelf(cartOf(), []SKU{"MUG"}, jan(9))
	if !ok {
		t.Fatal("not all is remembered")
	}
	for _, list := range lists {
		if sh.catalog.pricesOf("MUG", list) == nil {
			t.Errorf("no prices in %v", list)
		}
	}
}

// What was found together is not given any more once a part of it was replaced, forgotten
// or pushed out.
func TestRememberedTogether(t *testing.T) {
	var m remembered
	mug, cup := knownProduct(1, "MUG", 2), knownProduct(2, "CUP", 1)
	m.rules(&known[Terms]{at: store.Requirement{Ref: refTerms}})
	for _, p := range []*known[Product]{mug, cup} {
		m.product(p, 1)
		m.article(p.value.SKUs()[0], p.at.Key, knownPrices(p.value.SKUs()[0], 3), 1)
	}
	found := func(sku SKU, want ...int64) {
		t.Helper()
		var got []int64
		if is, ok := m.listed(sku, inPounds); ok {
			got = []int64{is.product.at.Rev, is.prices.at.Rev}
		}
		same(t, "revisions of product and prices", got, want)
	}
	found("MUG", 2, 3)
	found("CUP", 1, 3)
	found("JUG")
	m.product(knownProduct(1, "MUG", 4), 1)
	found("MUG", 4, 3)
	m.article("MUG", mug.at.Key, knownPrices("MUG", 5), 1)
	found("MUG", 4, 5)
	found("CUP", 1, 3)
	m.product(knownProduct(1, "MUG", 6), aroundARow+largestDecoded+1)
	found("MUG")
	found("CUP", 1, 3)
	for i := range 2*mostRemembered/largestDecoded + 2 {
		p := *mug
		p.at.Key = fmt.Sprint(i)
		m.product(&p, largestDecoded)
	}
	found("CUP")
	if len(m.together) > 0 {
		t.Errorf("%d articles are still held together", len(m.together))
	}
	m.product(cup, 1)
	for i := range mostTogether + 10 {
		sku := SKU(fmt.Sprint("CUP-", i))
		m.article(sku, cup.at.Key, knownPrices(sku, 1), 1)
		found(sku, 1, 1)
	}
	same(t, "articles together", len(m.together), mostTogether)
}

// Offers are recalled for the revisions that they follow from, and for no others.
func TestRememberedOffers(t *testing.T) {
	var m remembered
	mug := knownProduct(1, "MUG", 2)
	follows := []store.Requirement{mug.at, knownPrices("MUG", 3).at}
	left := offered{mug.value.id, follows, []store.Record{{Ref: store.Ref{Family: familyOffers, Key: "1"}, Rev: 4, Doc: store.Raw("{}")}}}
	recalls := func(want bool, from ...store.Requirement) {
		t.Helper()
		got, ok := m.offersOf(mug.value.id, from)
		if ok != want || ok && len(got) != 1 {
			t.Errorf("%v: recalled %v, %v", from, got, ok)
		}
	}
	recalls(false, follows...)
	m.offersLeft([]offered{left})
	recalls(true, follows...)
	recalls(false, follows[0])
	recalls(false, follows[0], knownPrices("MUG", 4).at)
	recalls(false, knownProduct(1, "MUG", 3).at, follows[1])
	left.offers[0].Doc = store.Raw(strings.Repeat("x", largestDecoded+1))
	m.offersLeft([]offered{left})
	recalls(false, follows...)
}

// However many articles there are, what is remembered stays bounded, and what is sold all
// the time stays in it.
func TestRememberedIsBounded(t *testing.T) {
	var m remembered
	m.rules(&known[Terms]{at: store.Requirement{Ref: refTerms}})
	mug := knownProduct(1, "MUG", 1)
	m.product(mug, 1)
	m.article("MUG", mug.at.Key, knownPrices("MUG", 1), 1)
	for i := range 10_000 {
		p := *mug
		p.at.Key = fmt.Sprint(i)
		m.product(&p, 5_000)
		m.article(SKU(fmt.Sprint(i)), p.at.Key, knownPrices(SKU(fmt.Sprint(i)), 1), 4_000)
		if _, ok := m.shelf(cartOf(), []SKU{"MUG"}, jan(9)); !ok {
			t.Fatalf("after %d articles what is sold all the time is forgotten", i)
		}
		if n := len(m.products.new) + len(m.products.old); n > 2*mostRemembered/5_000+2 {
			t.Fatalf("after %d articles %d products are remembered", i, n)
		}
		if m.products.remembers > mostRemembered || m.prices.remembers > mostRemembered || m.owners.remembers > mostRemembered {
			t.Fatalf("after %d articles %d, %d and %d are remembered", i, m.products.remembers, m.prices.remembers, m.owners.remembers)
		}
	}
}

// Of a buyer a session is remembered, and a cart in which he has written nothing; what was
// read before something later does not take its place.
func TestRememberedOfBuyers(t *testing.T) {
	var m remembered
	cartAt := func(rev int64, items ...Item) *known[Cart] {
		c, err := NewCart(inPounds)
		if err == nil {
			c, err = c.Add(items...)
		}
		if err != nil {
			t.Fatal(err)
		}
		return &known[Cart]{c, store.Requirement{Ref: store.Ref{Family: familyCarts, Key: "p/cart"}, Rev: rev}}
	}
	recalls := func(wantSession, wantCart int64) {
		t.Helper()
		got := [2]int64{-1, -1}
		s, c := m.buyer("s", "p/cart")
		if s != nil {
			got[0] = s.at.Rev
		}
		if c != nil {
			got[1] = c.at.Rev
		}
		same(t, "revisions of session and cart", got, [2]int64{wantSession, wantCart})
	}
	recalls(-1, -1)
	m.session(&known[session]{session{}, store.Requirement{Ref: store.Ref{Family: familySessions, Key: "s"}, Rev: 1}})
	m.cart(cartAt(0))
	recalls(1, 0)
	m.cart(cartAt(3, Item{SKU: "MUG", Quantity: 1}))
	m.cart(cartAt(2))
	recalls(1, 3)
	m.cart(cartAt(4, Item{SKU: "MUG", Quantity: 1, Note: "for Ada"}))
	recalls(1, -1)
	m.committed(store.ChangeSet{Changes: []store.Change{store.Put{Record: rowOf(cartAt(0).at.Ref, 4, cartDoc{cartAt(0).value})}}})
	recalls(1, 5)
	m.cart(cartAt(6, Item{SKU: "MUG", Quantity: 1, Metadata: Metadata{"a": "b"}}))
	recalls(1, -1)
	m.cart(cartAt(7))
	m.committed(store.ChangeSet{Changes: []store.Change{
		store.Delete{Ref: cartAt(0).at.Ref, Rev: 7}, store.Delete{Ref: store.Ref{Family: familySessions, Key: "s"}, Rev: 1},
	}})
	recalls(-1, -1)
}

// What was in the cart of somebody who was erased is not remembered either.
func TestRememberedForgetsTheErased(t *testing.T) {
	ctx := t.Context()
	s := openShop(t, memory.New(), nil)
	staff := s.Staff("test")
	must(0, staff.AddProduct(ctx, NewProduct{SKU: "MUG", Name: "Mug", Price: "1.00"}))
	guest := must(s.NewGuest(ctx))
	must(0, guest.Add(ctx, Item{SKU: "MUG", Quantity: 1}))
	if _, cart := s.remembered.buyer(guest.session.Key, guest.basket.Key); cart == nil {
		t.Fatal("the cart is not remembered at all")
	}
	must(0, staff.Erase(ctx, guest.Person()))
	if session, cart := s.remembered.buyer(guest.session.Key, guest.basket.Key); session != nil || cart != nil {
		t.Errorf("remembered are %v and %v", session, cart)
	}
}

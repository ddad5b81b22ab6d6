package till

import (
	"errors"
	"testing"

	"github.com/tillkit/till/money"
)

// Each reason why an article cannot be bought hides those after it.
func TestOfferReasonsInOrder(t *testing.T) {
	p := must3(AddProduct(on(0), testID[Product](1), described("mug", "A", "B")))
	draft := p.Description()
	draft.Status = ProductDraft
	archived := p.Description()
	archived.Status = ProductArchived
	less := p.Description()
	less.Variants = less.Variants[1:]
	prices := []Prices{priced("A", "9.50")}
	for _, c := range []struct {
		name    string
		product Product
		prices  []Prices
		want    Unavailable
	}{
		{"unknown", product(2, "cup", "Z"), prices, UnknownSKU},
		{"variant removed, draft, not listed, no price", must3(must3(p.Revise(on(1), less)).Revise(on(1), func() Description { d := less; d.Status = ProductDraft; return d }())), nil, Deleted},
		{"deleted, draft, not listed, no price", must3(must3(p.Revise(on(1), draft)).Delete(on(1), 0)), nil, Deleted},
		{"draft, not listed, no price", must3(p.Revise(on(1), draft)), nil, NotActive},
		{"archived, listed, priced", must3(must3(p.List(on(0), 0)).Revise(on(1), archived)), prices, NotActive},
		{"not listed, no price", p, nil, NotListed},
		{"listed later", must3(p.List(on(0), jan(3))), prices, NotListed},
		{"listed before", must3(must3(p.List(on(0), 0)).Delist(on(0), jan(2))), prices, NotListed},
		{"no price", must3(p.List(on(0), 0)), nil, NoPrice},
		{"price in another list", must3(p.List(on(0), 0)), []Prices{must3(must(NewPrices("A", PriceList{"trade", money.GBP})).Change(on(0), PriceChange{Price: gbp("1")}))}, NoPrice},
		{"price of tomorrow", must3(p.List(on(0), 0)), []Prices{must3(must(NewPrices("A", inPounds)).Change(on(0), PriceChange{Price: gbp("1"), From: jan(3)}))}, NoPrice},
	} {
		t.Run(c.name, func(t *testing.T) {
			catalog := must(NewCatalog([]Product{c.product}, c.prices))
			offer, err := catalog.Offer(OfferRequest{SKU: "A", List: inPounds}, jan(2))
			wantError(t, err, &UnavailableError{SKU: "A", Reason: c.want})
			if c.want == UnknownSKU != errors.Is(err, ErrNotFound) || c.want == UnknownSKU == errors.Is(err, ErrUnavailable) {
				t.Errorf("the error is of the wrong kind: %v", err)
			}
			same(t, "what comes with the error", offer, Offer{})
		})
	}
}

func TestOffer(t *testing.T) {
	shop := smallShop()
	got := must(shop.In("de-AT").Offer(OfferRequest{SKU: "SHIRT-L", List: inPounds, Quantity: 10}, jan(11)))
	want := Offer{
		Product: testID[Product](1), SKU: "SHIRT-L", Name: "Hemd", Options: []Choice{{"Size", "L"}, {"Colour", "red"}},
		Priced: Priced{Price: gbp("15"), Base: gbp("18"), Sale: true, MinQuantity: 10, Entry: 3},
	}
	same(t, "offer", got, want)
	got.Options[0].Name = "changed"
	if again := must(shop.Offer(OfferRequest{SKU: "SHIRT-L", List: inPounds, Quantity: 10}, jan(11))); again.Options[0].Name != "Size" {
		t.Error("an offer shares memory with the catalog")
	}
}

// A question that no price can answer is wrong in itself, not the lack of a price.
func TestOfferOfNothing(t *testing.T) {
	shop := smallShop()
	for path, ask := range map[string]func() (Offer, error){
		"quantity": func() (Offer, error) {
			return shop.Offer(OfferRequest{SKU: "MUG", List: inPounds, Quantity: -1}, jan(11))
		},
		"list.currency": func() (Offer, error) { return shop.Offer(OfferRequest{SKU: "MUG", List: PriceList{}}, jan(11)) },
	} {
		offer, err := ask()
		var wrong *InvalidError
		if !errors.As(err, &wrong) || wrong.Path != path {
			t.Errorf("%s: the error is %v", path, err)
		}
		same(t, "what comes with the error", offer, Offer{})
	}
}

// AsKnown leaves out the prices that were recorded later; the catalog that it was
// made from is as before.
func TestCatalogAsKnown(t *testing.T) {
	p := pricesOf(t, 0, PriceChange{Price: gbp("9")}, 5, PriceChange{Price: gbp("8"), From: jan(1)})
	now := must(NewCatalog([]Product{product(1, "mug", "MUG")}, []Prices{p}))
	then := now.AsKnown(jan(4))
	for _, c := range []struct {
		catalog Catalog
		want    string
	}{{now, "8.00"}, {then, "9.00"}, {then.AsKnown(MaxInstant), "8.00"}} {
		if got := must(c.catalog.Offer(OfferRequest{SKU: "MUG", List: inPounds}, jan(2))); got.Price.Number() != c.want {
			t.Errorf("%s, want %s", got.Price, c.want)
		}
	}
	_, err := now.AsKnown(jan(0)-1).Offer(OfferRequest{SKU: "MUG", List: inPounds}, jan(2))
	wantError(t, err, &UnavailableError{SKU: "MUG", Reason: NoPrice})
}

func TestNewCatalogRefusals(t *testing.T) {
	a := product(1, "mug", "A", "B")
	for name, c := range map[string]struct {
		products []Product
		prices   []Prices
		want     error
	}{
		"two products":      {[]Product{a, product(2, "cup", "B")}, nil, badAt("products")},
		"one product twice": {[]Product{a, a}, nil, badAt("products")},
		"a SKU it had":      {[]Product{must3(a.Revise(on(1), described("mug", "A"))), product(2, "cup", "B")}, nil, badAt("products")},
		"a deleted one's":   {[]Product{must3(a.Delete(on(1), 0)), product(2, "cup", "B")}, nil, badAt("products")},
		"prices twice":      {nil, []Prices{priced("A", "1"), priced("A", "2")}, badAt("prices")},
		"prices of nothing": {nil, []Prices{priced("A", "1")}, nil},
		"nothing":           {nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewCatalog(c.products, c.prices)
			wantError(t, err, c.want)
		})
	}
	var zero Catalog
	_, err := zero.Offer(OfferRequest{SKU: "A", List: inPounds}, jan(0))
	wantError(t, err, ErrNotFound)
	if _, ok := zero.Product("A"); ok {
		t.Error("the zero catalog has a product")
	}
	if _, ok := smallShop().Prices("MUG", inPounds); !ok {
		t.Error("no prices of MUG")
	}
}

package storetest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// stand is a shop with all that a battery needs of it.
type stand struct {
	*Env
	Store store.Store
	Shop  *till.Shop
	Staff *till.Staff
	Clock *shopClock
}

// shopClock stands still until it is moved on.
type shopClock struct{ micros atomic.Int64 }

// opening is when every stand opens.
var opening = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

func newShopClock() *shopClock {
	c := &shopClock{}
	c.micros.Store(opening.UnixMicro())
	return c
}

func (c *shopClock) now() time.Time        { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *shopClock) pass(d time.Duration)  { c.micros.Add(d.Microseconds()) }
func (c *shopClock) instant() till.Instant { return till.At(c.now()) }

// randomFrom gives the same bytes for the same seed.
func randomFrom(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	return rand.NewChaCha8(key)
}

// shopOptions are those of every stand. Ids are made of time and randomness, so no
// two shops over one place may have one seed.
func shopOptions(clock *shopClock, seed uint64) till.Options {
	return till.Options{
		Currency: money.GBP, Clock: clock.now, Random: randomFrom(seed),
		Passwords: till.PasswordCost{KiB: 64, Passes: 1, Lanes: 1},
	}
}

// stand opens a shop over the store at a place.
func (e *Env) stand(place string, clock *shopClock, seed uint64) *stand {
	e.Helper()
	return e.standOver(e.Open(place), clock, seed)
}

// standOver opens a shop over an open store.
func (e *Env) standOver(s store.Store, clock *shopClock, seed uint64) *stand {
	e.Helper()
	shop, err := till.Open(e.Ctx, s, shopOptions(clock, seed))
	e.Must("open the shop", err)
	return &stand{Env: e, Store: s, Shop: shop, Staff: shop.Staff("back-office"), Clock: clock}
}

// again gives the shop as somebody else sees it: over the place opened anew where
// the store is durable, else over the same store.
func (s *stand) again(place string, seed uint64) *stand {
	s.Helper()
	if !s.Harness.Durable {
		return s.standOver(s.Store, s.Clock, seed)
	}
	s.Must("Close", s.Store.Close())
	return s.stand(place, s.Clock, seed)
}

// beside gives a second shop: over a second handle where the store is shared, else
// over the same one.
func (s *stand) beside(place string, seed uint64) *stand {
	s.Helper()
	if !s.Harness.Shared {
		return s.standOver(s.Store, s.Clock, seed)
	}
	return s.stand(place, s.Clock, seed)
}

// dump gives everything in the store as lines.
func (s *stand) dump() []string {
	s.Helper()
	return strings.Split(DumpText(s, s.Store, till.Schema()), "\n")
}

// product adds a product.
func (s *stand) product(sku till.SKU, price string, onHand int64) {
	s.Helper()
	s.Must("AddProduct "+string(sku), s.Staff.AddProduct(s.Ctx, till.NewProduct{SKU: sku, Name: "Blue " + string(sku), Price: price, OnHand: onHand}))
}

// guest gives a guest with items in the cart.
func (s *stand) guest(items ...till.Item) *till.Guest {
	s.Helper()
	guest, err := s.Shop.NewGuest(s.Ctx)
	s.Must("NewGuest", err)
	if len(items) > 0 {
		s.Must("Add", guest.Add(s.Ctx, items...))
	}
	return guest
}

// agreed gives the request that agrees to what the cart costs now.
func (s *stand) agreed(b *till.Buyer, key string) till.CheckoutRequest {
	s.Helper()
	quote, err := b.Quote(s.Ctx)
	s.Must("Quote", err)
	return till.CheckoutRequest{Key: key, Accept: quote.Digest(), Seen: &quote, Contact: buyer}
}

// buys checks a cart out.
func (s *stand) buys(b *till.Buyer, key string) till.Order {
	s.Helper()
	order, err := b.Checkout(s.Ctx, s.agreed(b, key))
	s.Must("Checkout", err)
	return order
}

// buyer is who most orders are for.
var buyer = till.Contact{
	Name: "Ada Example", Email: "ada@example.com",
	Billing: till.Address{Street: "1 High Street", City: "Leeds", Postcode: "LS1 1AA", Country: "GB"},
}

// insist checks out again with the same key for as long as the answer is that the
// store is busy, or that nobody knows: what a caller does.
func (s *stand) insist(b *till.Buyer, r till.CheckoutRequest) (till.Order, error) {
	for range 1000 {
		order, err := b.Checkout(s.Ctx, r)
		if !errors.Is(err, till.ErrBusy) && !errors.Is(err, till.ErrOutcomeUnknown) {
			return order, err
		}
	}
	return till.Order{}, till.ErrBusy
}

// has checks the stock of an article.
func (s *stand) has(sku till.SKU, available, reserved int64) {
	s.Helper()
	stock, err := s.Staff.Stock(s.Ctx, sku)
	s.Must("Stock", err)
	s.Equal("available and reserved of "+string(sku), []int64{stock.Available, stock.Reserved}, []int64{available, reserved})
}

// orders gives what a list of orders shows.
func (s *stand) orders(q till.OrderQuery) []till.OrderSummary {
	s.Helper()
	var all []till.OrderSummary
	for o, err := range till.All(q.PageRequest, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
		q.PageRequest = r
		return s.Staff.Orders(s.Ctx, q)
	}) {
		s.Must("Orders", err)
		all = append(all, o)
	}
	return all
}

// told is everything that a shop says of an order.
type told struct {
	JSON, Total, Explain, Text, HTML, Status, Quote string
	Entries                                         []string
	Verify                                          string
}

func (s *stand) tell(id till.OrderID) told {
	s.Helper()
	order, err := s.Staff.Order(s.Ctx, id)
	s.Must("Order", err)
	confirmation, err := s.Staff.Confirmation(s.Ctx, id)
	s.Must("Confirmation", err)
	html, err := confirmation.HTML()
	s.Must("HTML", err)
	body, err := order.MarshalJSON()
	s.Must("MarshalJSON", err)
	t := told{
		JSON: string(body), Total: order.Total().String(), Explain: order.Explain(),
		Text: confirmation.Text(), HTML: html, Status: string(order.Status()), Quote: string(order.Quote().Digest()), Verify: "holds",
	}
	for _, entry := range order.Entries() {
		t.Entries = append(t.Entries, fmt.Sprintf("%d %s v%d %d %s %x", entry.N, entry.Kind, entry.V, entry.At, entry.Payload, entry.Sum))
	}
	if err := order.Verify(); err != nil {
		t.Verify = err.Error()
	}
	return t
}

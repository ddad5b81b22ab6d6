package till_test

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
	"github.com/tillkit/till/storetest"
)

// stall is a shop as the tests of the shell use it: with a clock that they move, and
// with randomness that is the same each time.
type stall struct {
	testing.TB
	ctx   context.Context
	store store.Store
	shop  *till.Shop
	staff *till.Staff
	clock *stallClock
}

// stallClock stands still until it is moved.
type stallClock struct{ micros atomic.Int64 }

func (c *stallClock) now() time.Time        { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *stallClock) pass(d time.Duration)  { c.micros.Add(d.Microseconds()) }
func (c *stallClock) instant() till.Instant { return till.At(c.now()) }

func newStallClock() *stallClock {
	c := &stallClock{}
	c.micros.Store(time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

// stallSeed begins the randomness of a test: one for each shop.
var stallSeed atomic.Uint64

func stallOptions(tb testing.TB, clock *stallClock) till.Options {
	var key [32]byte
	seed := stallSeed.Add(1)
	binary.BigEndian.PutUint64(key[:], seed)
	tb.Cleanup(func() {
		if tb.Failed() {
			tb.Logf("the shop's randomness had seed %d", seed)
		}
	})
	return till.Options{
		Currency: money.GBP, Clock: clock.now, Random: rand.NewChaCha8(key),
		Passwords: till.PasswordCost{KiB: 64, Passes: 1, Lanes: 1},
	}
}

// newStall opens a shop over a store; change may alter its options.
func newStall(tb testing.TB, s store.Store, change ...func(*till.Options)) *stall {
	tb.Helper()
	return stallAt(tb, s, newStallClock(), change...)
}

func stallAt(tb testing.TB, s store.Store, clock *stallClock, change ...func(*till.Options)) *stall {
	tb.Helper()
	opts := stallOptions(tb, clock)
	for _, f := range change {
		f(&opts)
	}
	shop, err := till.Open(tb.Context(), s, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return &stall{TB: tb, ctx: tb.Context(), store: s, shop: shop, staff: shop.Staff("back-office"), clock: clock}
}

// onStores runs a test over memory and over a file.
func onStores(t *testing.T, test func(*testing.T, store.Store)) {
	t.Run("memory", func(t *testing.T) { test(t, memory.New()) })
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		test(t, db)
	})
}

// must ends the test if there is an error.
func (s *stall) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// comparable says which values are compared as they are.
var comparable = cmpopts.EquateComparable(till.OrderID{}, till.PersonID{}, till.ProductID{}, money.Amount{}, money.Price{})

// same fails with the difference, if there is one.
func (s *stall) same(what string, got, want any) {
	s.Helper()
	if diff := cmp.Diff(want, got, comparable); diff != "" {
		s.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// dump gives everything in the store.
func (s *stall) dump() []string {
	s.Helper()
	return strings.Split(storetest.DumpText(s, s.store, till.Schema()), "\n")
}

// has reports whether a word is anywhere in the store.
func (s *stall) has(word string) bool {
	s.Helper()
	return strings.Contains(strings.Join(s.dump(), "\n"), word)
}

// refuses runs what must be refused: with an error that is one of want and says all
// of what, and that changes nothing.
func (s *stall) refuses(want error, says string, f func() error) error {
	s.Helper()
	before := s.dump()
	err := f()
	if !errors.Is(err, want) {
		s.Errorf("got error %v, want one that is %q", err, want)
	} else if !strings.Contains(err.Error(), says) {
		s.Errorf("the error is %q, it does not say %q", err, says)
	}
	if after := s.dump(); !slices.Equal(before, after) {
		s.Errorf("what was refused changed something (-before +after):\n%s", cmp.Diff(before, after))
	}
	return err
}

// reconciles fails unless the shop agrees with itself.
func (s *stall) reconciles() {
	s.Helper()
	wrong, err := storetest.Reconcile(s.ctx, s.shop)
	s.must(err)
	for _, w := range wrong {
		s.Error(w)
	}
	s.sound()
}

// sound fails unless a check finds nothing.
func (s *stall) sound() till.Checked {
	s.Helper()
	checked, err := s.shop.Check(s.ctx)
	var found *till.CheckError
	if errors.As(err, &found) {
		for _, f := range found.Findings {
			s.Error(f)
		}
	}
	s.must(err)
	return checked
}

// sells adds a product.
func (s *stall) sells(sku till.SKU, price string, onHand int64) {
	s.Helper()
	s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: sku, Name: "Blue " + string(sku), Price: price, OnHand: onHand}))
}

// visitor gives a guest with items in the cart.
func (s *stall) visitor(items ...till.Item) *till.Guest {
	s.Helper()
	guest, err := s.shop.NewGuest(s.ctx)
	s.must(err)
	if len(items) > 0 {
		s.must(guest.Add(s.ctx, items...))
	}
	return guest
}

const stallPassword = "a sentence is a password"

// member registers a customer and signs in.
func (s *stall) member(email string) *till.Customer {
	s.Helper()
	s.must(s.shop.Register(s.ctx, till.Registration{Name: "Ada Example", Email: email, Password: stallPassword}))
	return s.signsIn(email, stallPassword)
}

func (s *stall) signsIn(email, password string) *till.Customer {
	s.Helper()
	in, err := s.shop.SignIn(s.ctx, till.SignIn{Email: email, Password: password})
	s.must(err)
	return in.Customer
}

var stallBuyer = till.Contact{Name: "Ada Example", Email: "ada@example.com", Billing: till.Address{Street: "1 High Street", City: "Leeds", Country: "GB"}}

// agreed gives the request that agrees to what the cart costs now.
func (s *stall) agreed(b *till.Buyer, key string) till.CheckoutRequest {
	s.Helper()
	quote, err := b.Quote(s.ctx)
	s.must(err)
	return till.CheckoutRequest{Key: key, Accept: quote.Digest(), Seen: &quote, Contact: stallBuyer}
}

// buys checks a cart out.
func (s *stall) buys(b *till.Buyer, key string) till.Order {
	s.Helper()
	order, err := b.Checkout(s.ctx, s.agreed(b, key))
	s.must(err)
	return order
}

// stock gives what is available and what is reserved.
func (s *stall) stock(sku till.SKU) [2]int64 {
	s.Helper()
	stock, err := s.staff.Stock(s.ctx, sku)
	s.must(err)
	return [2]int64{stock.Available, stock.Reserved}
}

// atOnce runs f for 0 to n-1, all at once, and gives the errors.
func atOnce(n int, f func(int) error) []error {
	start, errs := make(chan struct{}), make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	wait.Wait()
	return errs
}

// hookedStore lets a test stand between the shop and its store.
type hookedStore struct {
	store.Store
	before func(op string) error // runs ahead of each call; an error is the answer
	commit func(context.Context, store.ChangeSet) (store.Receipt, error)
}

func (h *hookedStore) ahead(op string) error {
	if h.before == nil {
		return nil
	}
	return h.before(op)
}

// Get, and what follows, are those of the store, but for what the hooks do.
func (h *hookedStore) Get(ctx context.Context, refs ...store.Ref) ([]store.Record, error) {
	if err := h.ahead("Get"); err != nil {
		return nil, err
	}
	return h.Store.Get(ctx, refs...)
}

func (h *hookedStore) Find(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
	if err := h.ahead("Find"); err != nil {
		return store.Page[store.Record]{}, err
	}
	return h.Store.Find(ctx, q)
}

func (h *hookedStore) History(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
	if err := h.ahead("History"); err != nil {
		return store.Page[store.Entry]{}, err
	}
	return h.Store.History(ctx, r, after, limit)
}

func (h *hookedStore) Outcome(ctx context.Context, key string) (store.Receipt, error) {
	if err := h.ahead("Outcome"); err != nil {
		return store.Receipt{}, err
	}
	return h.Store.Outcome(ctx, key)
}

func (h *hookedStore) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	if err := h.ahead("Commit"); err != nil {
		return store.Receipt{}, err
	}
	if h.commit != nil {
		return h.commit(ctx, set)
	}
	return h.Store.Commit(ctx, set)
}

package till_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
)

// Whatever buyers and staff do at once through two Shops on one store: no unexpected
// error, every order verifies, and the shop agrees with itself.
func TestShellStorm(t *testing.T) {
	run := func(t *testing.T, db store.Store, life time.Duration) {
		s := newStall(t, db, func(o *till.Options) { o.Clock = nil })
		other := stallAt(t, db, s.clock, func(o *till.Options) { o.Clock = nil })
		shops := []*stall{s, other}
		var skus []till.SKU
		for i := range 6 {
			sku := till.SKU(fmt.Sprint("A", i))
			skus = append(skus, sku)
			s.sells(sku, "9.50", 200)
		}
		s.rules(rule("gb", till.Zone{Countries: []string{"GB"}}))
		emails := []string{"a@example.com", "b@example.com", "c@example.com"}
		reg := func(st *stall, e string) {
			_ = st.shop.Register(st.ctx, till.Registration{Name: "Ada", Email: e, Password: stallPassword})
		}
		for _, e := range emails {
			reg(s, e)
		}
		var mu sync.Mutex
		unexpected := map[string]int{}
		counts := map[string]int{}
		note := func(what string, err error, ok ...error) {
			mu.Lock()
			defer mu.Unlock()
			counts[what]++
			if err == nil {
				return
			}
			for _, o := range ok {
				if errors.Is(err, o) {
					var d *till.DriftError
					var se *till.StateError
					var un *till.UnavailableError
					if o == till.ErrConflict && !errors.As(err, &d) && !errors.As(err, &se) && !errors.As(err, &un) {
						unexpected[what+" EXHAUSTED: "+err.Error()[:40]]++
					}
					return
				}
			}
			unexpected[what+": "+err.Error()]++
		}
		type bought struct {
			id    till.OrderID
			total money.Amount
		}
		var orders []bought
		var people []till.PersonID // who have signed in
		end := time.Now().Add(life)
		var wg sync.WaitGroup
		for w := range 8 {
			rng := rand.New(rand.NewPCG(1, uint64(w)))
			wg.Go(func() { // buyers
				for time.Now().Before(end) {
					st := shops[rng.IntN(2)]
					g, err := st.shop.NewGuest(st.ctx)
					note("NewGuest", err)
					var b *till.Buyer = g.Buyer
					for range 1 + rng.IntN(3) {
						note("Add", b.Add(st.ctx, till.Item{SKU: skus[rng.IntN(len(skus))], Quantity: 1 + rng.Int64N(3), Note: []string{"", "", "x"}[rng.IntN(3)], Apart: rng.IntN(4) == 0}), till.ErrUnavailable, till.ErrSession)
					}
					if rng.IntN(2) == 0 {
						in, err := st.shop.SignIn(st.ctx, till.SignIn{Email: emails[rng.IntN(3)], Password: stallPassword, Guest: g.Token()})
						note("SignIn", err, till.ErrCredentials)
						if err == nil {
							b = in.Buyer
							mu.Lock()
							people = append(people, in.Person())
							mu.Unlock()
						}
					}
					if rng.IntN(2) == 0 {
						note("AddCode", b.AddCode(st.ctx, []string{"ten", "one", "typo"}[rng.IntN(3)]), till.ErrSession)
						note("ShipBy", b.ShipBy(st.ctx, "parcel"), till.ErrSession)
						note("ShipTo", b.ShipTo(st.ctx, till.Address{Country: []string{"", "GB", "DE"}[rng.IntN(3)]}), till.ErrSession)
						note("PayIn", b.PayIn(st.ctx, []money.Currency{money.GBP, money.GBP, money.EUR}[rng.IntN(3)]), till.ErrSession)
					}
					q, err := b.Quote(st.ctx)
					note("Quote", err, till.ErrSession)
					if err != nil {
						continue
					}
					r := till.CheckoutRequest{Key: fmt.Sprint("k", rng.IntN(1000000)), Accept: q.Digest(), Seen: &q, Contact: stallBuyer}
					var o [2]till.Order
					var e [2]error
					e[0] = nil
					n := 1 + rng.IntN(2)
					var inner sync.WaitGroup
					for i := range n {
						inner.Go(func() { o[i], e[i] = b.Checkout(st.ctx, r) })
					}
					inner.Wait()
					for i := range n {
						note("Checkout", e[i], till.ErrConflict, till.ErrShort, till.ErrUnavailable, till.ErrSession, till.ErrInvalid)
						if e[i] == nil {
							if o[i].Total() != q.Total() {
								note("Total", errors.New("paid another"))
							}
							if i == 1 && e[0] == nil && o[0].ID() != o[1].ID() {
								note("Twice", errors.New("two orders of one key"))
							}
							mu.Lock()
							orders = append(orders, bought{o[i].ID(), o[i].Total()})
							mu.Unlock()
						}
					}
					if rng.IntN(10) == 0 {
						note("Erase", st.staff.Erase(st.ctx, b.Person()))
						for _, e := range emails {
							reg(st, e)
						}
					}
				}
			})
		}
		for w := range 2 {
			rng := rand.New(rand.NewPCG(2, uint64(w)))
			wg.Go(func() { // staff
				for time.Now().Before(end) {
					st := shops[rng.IntN(2)]
					sku := skus[rng.IntN(len(skus))]
					switch rng.IntN(12) {
					case 9:
						note("ChangeRules", st.staff.ChangeRules(st.ctx, stormRule(rng)), till.ErrNotFound)
					case 10:
						note("ChangeListPrice", st.staff.ChangeListPrice(st.ctx, trade, sku, till.PriceChange{Price: pounds(fmt.Sprintf("%d.00", 5+rng.IntN(3)))}))
					case 11:
						mu.Lock()
						var person till.PersonID
						if len(people) > 0 {
							person = people[rng.IntN(len(people))]
						}
						mu.Unlock()
						if !person.IsZero() {
							note("SetGroups", st.staff.SetGroups(st.ctx, person, []string{"trade"}[:rng.IntN(2)]...), till.ErrConflict)
							note("SetTaxStatus", st.staff.SetTaxStatus(st.ctx, person, []till.TaxStatus{till.Taxed, till.Exempt}[rng.IntN(2)]), till.ErrConflict)
						}
					case 0, 1:
						note("SetPrice", st.staff.SetPrice(st.ctx, sku, fmt.Sprintf("%d.50", 9+rng.IntN(2))))
					case 2:
						note("Delete", st.staff.DeleteProduct(st.ctx, sku), till.ErrConflict)
						note("Restore", st.staff.RestoreProduct(st.ctx, sku), till.ErrConflict)
					case 3:
						note("Revise", st.staff.ReviseProduct(st.ctx, sku, func(d *till.Description) error {
							d.Variants[0].Stock = []till.StockPolicy{till.DenyBackorder, till.AllowBackorder(5)}[rng.IntN(2)]
							return nil
						}), till.ErrConflict)
					case 4:
						note("Move", st.staff.MoveStock(st.ctx, till.StockChange{SKU: sku, Kind: till.Adjusted, Quantity: []int64{-3, 20}[rng.IntN(2)]}), till.ErrShort, till.ErrInvalid)
					case 7:
						draft, err := st.staff.NewDraft(st.ctx, till.DraftRequest{Lines: []till.DraftLine{lineFor(sku, 1+rng.Int64N(3), "5.00", "a storm")}})
						note("NewDraft", err, till.ErrUnavailable)
						if err != nil {
							continue
						}
						q, err := draft.Quote(st.ctx)
						note("Quote", err)
						o, err := draft.Place(st.ctx, till.CheckoutRequest{Key: "call", Accept: q.Digest(), Contact: stallBuyer})
						note("Place", err, till.ErrConflict, till.ErrShort, till.ErrUnavailable)
						if err != nil {
							note("Discard", draft.Discard(st.ctx))
							continue
						}
						mu.Lock()
						orders = append(orders, bought{o.ID(), o.Total()})
						mu.Unlock()
					case 8:
						note("Count", st.staff.CountStock(st.ctx, till.StockCount{SKU: sku, Found: 300 + rng.Int64N(200)}))
						note("Transfer", st.staff.TransferStock(st.ctx, till.StockTransfer{SKU: sku, Quantity: 1 + rng.Int64N(9), To: "cellar"}), till.ErrShort)
					case 5:
						_, err := st.shop.Maintain(st.ctx)
						note("Maintain", err)
					case 6:
						mu.Lock()
						var id till.OrderID
						if len(orders) > 0 {
							id = orders[rng.IntN(len(orders))].id
						}
						mu.Unlock()
						if !id.IsZero() {
							note("Meta", st.staff.SetOrderMetadata(st.ctx, id, till.Metadata{"x": fmt.Sprint(rng.IntN(5))}))
						}
					}
					runtime.Gosched()
				}
			})
		}
		wg.Wait()
		for what, n := range unexpected {
			t.Errorf("%d x %s", n, what)
		}
		for _, b := range orders {
			o, err := s.staff.Order(s.ctx, b.id)
			if err != nil || o.Verify() != nil || o.Total() != b.total {
				t.Errorf("%v %v %v %v", err, o.Verify(), o.Total(), b.total)
			}
		}
		t.Log(len(orders), counts)
		s.balances()
		s.sound()
	}
	t.Run("memory", func(t *testing.T) { run(t, memory.New(), 3*time.Second) })
	t.Run("sqlite", func(t *testing.T) {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "shop.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		run(t, db, 8*time.Second)
	})
}

func TestShellPutProductAtTwoLocations(t *testing.T) {
	db := memory.New()
	s := newStall(t, db)
	north := stallAt(t, db, s.clock, func(o *till.Options) { o.Location = "north" })
	price := money.MustParsePrice("9.50", money.GBP)
	spec := till.ProductSpec{Description: till.Description{Handle: "mug", Words: map[till.Locale]till.Words{"": {Name: "Mug"}}, Variants: []till.Variant{{SKU: "MUG"}}},
		Articles: []till.ArticleSpec{{SKU: "MUG", Price: &price, OnHand: 10}}}
	_, err := s.staff.PutProduct(s.ctx, spec)
	s.must(err)
	if _, err = north.staff.PutProduct(s.ctx, spec); err != nil {
		t.Errorf("north: %v", err)
	}
}

func TestShellClockBackAnHour(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	s.clock.pass(-time.Hour)
	s.must(s.staff.SetPrice(s.ctx, "MUG", "12.00"))
	s.clock.pass(time.Hour)
	s.must(s.staff.SetPrice(s.ctx, "MUG", "12.00"))
	s.clock.pass(time.Minute)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
	s.clock.pass(time.Hour)
	s.must(s.staff.SetPrice(s.ctx, "MUG", "13.00")) // by a clock that was an hour fast
	s.must(s.staff.ReviseProduct(s.ctx, "MUG", func(d *till.Description) error { d.Vendor = "Acme"; return nil }))
	s.clock.pass(-time.Hour)
	s.must(s.staff.SetPrice(s.ctx, "MUG", "99.00"))
	q, err := guest.Quote(s.ctx)
	s.must(err)
	s.same("the price that was set", q.Total().String(), "99.00 GBP")
	s.must(s.staff.DeleteProduct(s.ctx, "MUG"))
	q, err = guest.Quote(s.ctx)
	s.must(err)
	if q.Err() == nil {
		t.Error("a deleted product is for sale for another hour")
	}
	if _, err := guest.Checkout(s.ctx, s.agreed(guest.Buyer, "x")); err == nil {
		t.Error("and it was sold")
	}
}

func TestShellDifferenceSaysWhat(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
	r := s.agreed(guest.Buyer, "x")
	s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Price: money.MustParsePrice("9.50", money.GBP), MinQuantity: 2}))
	_, err := guest.Checkout(s.ctx, r)
	var drift *till.DriftError
	if !errors.As(err, &drift) || len(drift.Differences) != 1 || drift.Differences[0].Kind != till.FigureChanged {
		t.Fatalf("a tier at the same price: %v", err)
	}
	if !strings.Contains(err.Error(), "from 2 pieces") {
		t.Errorf("it does not say what has changed: %v", err)
	}
}

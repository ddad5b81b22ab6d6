package till_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

func TestShellOpen(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := &stall{TB: t}
		open := func(o till.Options) error { _, err := till.Open(t.Context(), db, o); return err }
		if err := open(till.Options{}); !errors.Is(err, till.ErrInvalid) || !strings.Contains(err.Error(), "options.currency") {
			t.Errorf("a new shop without a currency: %v", err)
		}
		for _, err := range atOnce(8, func(int) error { return open(till.Options{Currency: money.GBP}) }) {
			s.must(err)
		}
		if err := open(till.Options{Currency: money.EUR}); !errors.Is(err, till.ErrInvalid) || !strings.Contains(err.Error(), "GBP") {
			t.Errorf("another currency: %v", err)
		}
		shop, err := till.Open(t.Context(), db, till.Options{})
		s.must(err)
		s.same("the currency that the store remembers", shop.Currency(), money.GBP)
	})
	// Two who open a new shop in two currencies at once: one of them is right.
	db := memory.New()
	currencies := []money.Currency{money.GBP, money.EUR}
	refused := 0
	for _, err := range atOnce(8, func(i int) error {
		_, err := till.Open(t.Context(), db, till.Options{Currency: currencies[i%2]})
		return err
	}) {
		if errors.Is(err, till.ErrInvalid) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	if refused != 4 {
		t.Errorf("%d of 8 were refused", refused)
	}
}

func TestShellOpenRefuses(t *testing.T) {
	for path, change := range map[string]func(*till.Options){
		"options.currency":    func(o *till.Options) { o.Currency = 60000 },
		"options.sessions":    func(o *till.Options) { o.Sessions = -time.Hour },
		"options.guests":      func(o *till.Options) { o.Guests = time.Millisecond },
		"options.keys":        func(o *till.Options) { o.Keys = time.Hour },
		"options.minPassword": func(o *till.Options) { o.MinPassword = 7 },
		"password cost":       func(o *till.Options) { o.Passwords = till.PasswordCost{KiB: 1, Passes: 1, Lanes: 1} },
		"options.hashing":     func(o *till.Options) { o.Hashing = -1 },
		"options.location":    func(o *till.Options) { o.Location = "a/b" },
		"options.firstNumber": func(o *till.Options) { o.FirstNumber = -1 },
	} {
		opts := till.Options{Currency: money.GBP}
		change(&opts)
		if _, err := till.Open(t.Context(), memory.New(), opts); !errors.Is(err, till.ErrInvalid) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := till.Open(t.Context(), nil, till.Options{Currency: money.GBP}); !errors.Is(err, till.ErrInvalid) || !strings.Contains(err.Error(), "store") {
		t.Errorf("no store: %v", err)
	}
	_, err := till.Open(t.Context(), memory.New(), till.Options{Currency: money.GBP, MinPassword: till.MaxPassword + 1})
	if !errors.Is(err, till.ErrInvalid) {
		t.Errorf("a password longer than can be: %v", err)
	}
}

// Randomness that ends is an error, not a weak token.
func TestShellWithoutRandomness(t *testing.T) {
	s := newStall(t, memory.New(), func(o *till.Options) { o.Random = strings.NewReader("short") })
	s.refuses(io.ErrUnexpectedEOF, "random", func() error { _, err := s.shop.NewGuest(s.ctx); return err })
}

// Two shops on one store, and one that is opened again, never give a number twice.
func TestShellOrderNumbers(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		first := func(o *till.Options) { o.FirstNumber = 70 }
		shops := []*stall{newStall(t, db, first), newStall(t, db, first)}
		shops[0].sells("MUG", "1.00", 100_000)
		const each = 12
		numbers := make([][]string, 8)
		for _, err := range atOnce(len(numbers), func(i int) error {
			s := shops[i%2]
			guest, err := s.shop.NewGuest(s.ctx)
			for range each {
				if err == nil {
					err = guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1})
				}
				var quote till.Quote
				if err == nil {
					quote, err = guest.Quote(s.ctx)
				}
				var order till.Order
				if err == nil {
					order, err = guest.Checkout(s.ctx, till.CheckoutRequest{Key: fmt.Sprint(len(numbers[i])), Accept: quote.Digest(), Contact: stallBuyer})
				}
				numbers[i] = append(numbers[i], order.Number())
			}
			return err
		}) {
			if err != nil {
				t.Fatal(err)
			}
		}
		third := newStall(t, db)
		numbers = append(numbers, []string{third.buys(third.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "x").Number()})
		seen := map[string]bool{}
		for _, some := range numbers {
			for _, n := range some {
				if seen[n] || len(n) > 3 || n < "70" && len(n) == 2 {
					t.Errorf("number %s", n)
				}
				seen[n] = true
			}
		}
		third.reconciles()
	})
}

// What has expired goes, and nothing else.
func TestShellMaintain(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db, func(o *till.Options) { o.Guests, o.Sessions, o.Keys = 10*24*time.Hour, 5*24*time.Hour, 24*time.Hour })
		s.sells("MUG", "9.50", 100)
		old := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		bought := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
		r := s.agreed(bought.Buyer, "click")
		order, err := bought.Checkout(s.ctx, r)
		s.must(err)
		customer := s.member("ada@example.com")
		s.must(customer.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 3}))
		does := func(want till.Maintained) {
			t.Helper()
			got, err := s.shop.Maintain(s.ctx)
			s.must(err)
			s.same("what Maintain did", got, want)
			got, err = s.shop.Maintain(s.ctx)
			s.must(err)
			s.same("what it did again", got, till.Maintained{})
		}
		does(till.Maintained{})
		s.clock.pass(24 * time.Hour)
		does(till.Maintained{}) // the key is a day old, no older
		again, err := bought.Checkout(s.ctx, r)
		s.must(err)
		s.same("its key is remembered", again.ID(), order.ID())
		s.clock.pass(time.Microsecond)
		does(till.Maintained{Keys: 1})
		if _, err := bought.Checkout(s.ctx, r); !errors.Is(err, till.ErrInvalid) {
			t.Errorf("a key that was forgotten is a new request, of an empty cart: %v", err)
		}
		young := s.visitor(till.Item{SKU: "MUG", Quantity: 4})
		s.clock.pass(4*24*time.Hour - time.Microsecond)
		does(till.Maintained{Sessions: 1}) // at the bound it is over
		s.same("a customer's cart stays", s.quantities(s.signsIn("ada@example.com", stallPassword).Buyer), []int64{3})
		s.clock.pass(5 * 24 * time.Hour)
		does(till.Maintained{Sessions: 3, Carts: 2})
		if _, err := old.Cart(s.ctx); !errors.Is(err, till.ErrSession) {
			t.Errorf("an expired guest: %v", err)
		}
		s.same("a younger guest's cart", s.quantities(young.Buyer), []int64{4})
		read, err := s.staff.Order(s.ctx, order.ID())
		s.must(err)
		s.must(read.Verify())
		s.reconciles()
	})
}

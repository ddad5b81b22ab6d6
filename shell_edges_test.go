package till_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

func TestShellReplayAfterClockBack(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
		r := s.agreed(guest.Buyer, "click")
		placed, err := guest.Checkout(s.ctx, r)
		s.must(err)
		s.clock.pass(-time.Hour)
		s.must(s.staff.SetOrderMetadata(s.ctx, placed.ID(), till.Metadata{"picker": "B7"}))
		again, err := guest.Checkout(s.ctx, r)
		s.must(err)
		s.same("metadata as placed", again.Metadata(), placed.Metadata())
		s.same("revision as placed", again.Revision(), placed.Revision())
	})
}

func TestShellPutProductReceivesOnce(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		price := money.MustParsePrice("9.50", money.GBP)
		spec := func(stock ...int64) till.ProductSpec {
			p := till.ProductSpec{Description: till.Description{Handle: "shirt", Words: map[till.Locale]till.Words{"": {Name: "Shirt"}}, Options: []string{"Size"}}}
			for i, n := range stock {
				sku := till.SKU(fmt.Sprint("SHIRT-", i))
				p.Variants = append(p.Variants, till.Variant{SKU: sku, Values: []string{fmt.Sprint(i)}})
				p.Articles = append(p.Articles, till.ArticleSpec{SKU: sku, Price: &price, OnHand: n})
			}
			return p
		}
		put := func(what string, p till.ProductSpec) {
			s.clock.pass(time.Hour)
			got, err := s.staff.PutProduct(s.ctx, p)
			t.Log(what, got, err)
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		put("size 0, sold out", spec(0))
		put("size 1 comes, with 5", spec(0, 5))
		put("size 0 comes in, 7", spec(7, 5))
		s.same("stock", s.stock("SHIRT-0"), [2]int64{7, 0})
	})
}

func TestShellNumberHeedsDeadline(t *testing.T) {
	h := &hookedStore{Store: memory.New()}
	s := newStall(t, h)
	s.sells("MUG", "9.50", 10)
	a, b := s.visitor(till.Item{SKU: "MUG", Quantity: 1}), s.visitor(till.Item{SKU: "MUG", Quantity: 1})
	ra, rb := s.agreed(a.Buyer, "a"), s.agreed(b.Buyer, "b")
	block, inside := make(chan struct{}), make(chan struct{})
	var once atomic.Bool
	h.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if p, ok := set.Changes[0].(store.Put); ok && p.Family == "numbers" && once.CompareAndSwap(false, true) {
			close(inside)
			<-block
		}
		return h.Store.Commit(ctx, set)
	}
	go a.Checkout(s.ctx, ra)
	<-inside
	ctx, cancel := context.WithTimeout(s.ctx, 50*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() { _, err := b.Checkout(ctx, rb); done <- err }()
	select {
	case err := <-done:
		t.Log(err)
	case <-time.After(2 * time.Second):
		t.Error("a deadline of 50 ms, and after 2 s no answer")
	}
	close(block)
}

func TestShellLogHasNoWords(t *testing.T) {
	h := &hookedStore{Store: memory.New()}
	var log bytes.Buffer
	s := newStall(t, h, func(o *till.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	person, err := s.staff.AddCustomer(s.ctx, till.NewCustomer{Contact: till.Contact{Name: "Ada Example", Email: "ada@example.com"}})
	s.must(err)
	var once atomic.Bool
	h.before = func(op string) error {
		if op == "Commit" && once.CompareAndSwap(false, true) {
			return s.staff.Erase(s.ctx, person) // another one is faster
		}
		return nil
	}
	s.must(s.staff.Erase(s.ctx, person))
	if strings.Contains(log.String(), "ada@example.com") {
		t.Errorf("the log of an erasure: %s", log.String())
	}
}

func TestShellRehashMeanwhile(t *testing.T) {
	h := &hookedStore{Store: memory.New()}
	s := newStall(t, h)
	c := s.member("ada@example.com")
	dear := stallAt(t, h, s.clock, func(o *till.Options) { o.Passwords = till.PasswordCost{KiB: 128, Passes: 1, Lanes: 1} })
	var once atomic.Bool
	h.before = func(op string) error {
		if op == "Commit" && once.CompareAndSwap(false, true) {
			dear.signsIn("ada@example.com", stallPassword)
		}
		return nil
	}
	if err := c.ChangePassword(s.ctx, till.PasswordChange{Old: stallPassword, New: "another sentence entirely"}); err != nil {
		t.Errorf("with the right password: %v", err)
	}
}

func TestShellAddCountsAllLines(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 100)
	s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Price: money.MustParsePrice("8.00", money.GBP), MinQuantity: 10}))
	s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Mark: till.Clear}))
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 10})
	if err := guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}); err != nil {
		t.Errorf("an eleventh: %v", err)
	}
	if err := guest.Set(s.ctx, 1, 11); err != nil {
		t.Errorf("set: %v", err)
	}
	q, err := guest.Quote(s.ctx)
	s.must(err)
	t.Log(q.Total(), q.Err())
	guest = s.visitor()
	if err := guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 5}, till.Item{SKU: "MUG", Quantity: 5, Note: "gift"}); err != nil {
		t.Errorf("five and five: %v", err)
	}
}

func TestShellMergeKeepsMetadata(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 100)
	s.member("ada@example.com")
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
	s.must(guest.SetMetadata(s.ctx, till.Metadata{"deliver": "after noon"}))
	in, err := s.shop.SignIn(s.ctx, till.SignIn{Email: "ada@example.com", Password: stallPassword, Guest: guest.Token()})
	s.must(err)
	cart, err := in.Cart(s.ctx)
	s.must(err)
	s.same("metadata", cart.Metadata(), till.Metadata{"deliver": "after noon"})
	cart, err = guest.Cart(s.ctx)
	s.must(err)
	t.Log("guest's:", cart.Metadata())
}

func TestShellDisableEndsSessions(t *testing.T) {
	h := &hookedStore{Store: memory.New()}
	s := newStall(t, h)
	s.sells("MUG", "9.50", 10)
	c := s.member("ada@example.com")
	var late *till.Customer
	var state atomic.Int64
	h.before = func(op string) error {
		switch {
		case op == "Commit" && state.CompareAndSwap(0, 1):
			late = s.signsIn("ada@example.com", stallPassword) // between list and commit
			state.Store(2)
		case op == "Find" && state.CompareAndSwap(2, 3):
			return store.ErrBusy // once
		}
		return nil
	}
	t.Log("disable:", s.staff.DisableCustomer(s.ctx, c.Person()))
	err := s.staff.DisableCustomer(s.ctx, c.Person())
	t.Log("again:", err)
	if err := late.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}); err == nil {
		order, err := late.Checkout(s.ctx, s.agreed(late.Buyer, "x"))
		t.Errorf("disabled, and yet ordered: %v %v", order.Number(), err)
	}
}

func TestShellAmountsBeyondMoney(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("GOLD", "90000000000000000.00", 100)
	guest := s.visitor(till.Item{SKU: "GOLD", Quantity: 2})
	_, err := guest.Quote(s.ctx)
	if !errors.Is(err, till.ErrInvalid) {
		t.Errorf("none of the shop's sentinels: %v", err)
	}
	_, err = guest.Checkout(s.ctx, till.CheckoutRequest{Key: "x", Accept: till.Digest(strings.Repeat("a", 64)), Contact: stallBuyer})
	if !errors.Is(err, till.ErrInvalid) {
		t.Errorf("none of the shop's sentinels: %v", err)
	}
}

func TestShellPutProductOldHandle(t *testing.T) {
	s := newStall(t, memory.New())
	price := money.MustParsePrice("9.50", money.GBP)
	spec := func(handle, name string, sku till.SKU) till.ProductSpec {
		return till.ProductSpec{Description: till.Description{Handle: handle, Words: map[till.Locale]till.Words{"": {Name: name}}, Variants: []till.Variant{{SKU: sku}}},
			Articles: []till.ArticleSpec{{SKU: sku, Price: &price, OnHand: 1}}}
	}
	_, err := s.staff.PutProduct(s.ctx, spec("mug", "Blue mug", "MUG"))
	s.must(err)
	s.must(s.staff.ReviseProduct(s.ctx, "MUG", func(d *till.Description) error { d.Handle = "blue-mug"; return nil }))
	if _, err := s.staff.PutProduct(s.ctx, spec("mug", "Plain mug", "PLAIN")); !errors.Is(err, till.ErrExists) {
		t.Errorf("a handle that another product had: %v", err)
	}
	p, err := s.shop.ProductByHandle(s.ctx, "blue-mug")
	s.must(err)
	s.same("blue-mug is", p.Words("").Name, "Blue mug")
	s.same("skus", p.SKUs(), []till.SKU{"MUG"})
}

func TestShellAddAfterSignOut(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	c := s.member("ada@example.com")
	s.must(c.SignOut(s.ctx))
	if err := c.Add(s.ctx, till.Item{SKU: "NONE", Quantity: 1}); !errors.Is(err, till.ErrSession) {
		t.Errorf("after sign-out: %v", err)
	}
}

// A product that was deleted, or restored, by a clock that has gone back since is
// answered alike by its page, by the list and by a search.
func TestShellPagesWhenTheClockWentBack(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 1)
		for _, c := range []struct {
			do    func(context.Context, till.SKU) error
			shown int
		}{{s.staff.DeleteProduct, 0}, {s.staff.RestoreProduct, 1}} {
			s.clock.pass(time.Hour)
			s.must(c.do(s.ctx, "MUG"))
			s.clock.pass(-time.Minute)
			page, err := s.shop.ProductByHandle(s.ctx, "mug")
			if c.shown == 0 {
				wantNotFound(s, err)
			} else {
				s.must(err)
				s.same("the page", page.Handle(), "mug")
			}
			list, err := s.shop.Products(s.ctx, till.PageRequest{})
			s.must(err)
			found, err := s.shop.Search(s.ctx, till.ProductQuery{})
			s.must(err)
			s.same("list and search", []int{len(list.Items), len(found.Items)}, []int{c.shown, c.shown})
		}
	})
}

func wantNotFound(s *stall, err error) {
	s.Helper()
	if !errors.Is(err, till.ErrNotFound) {
		s.Errorf("got error %v, want one that is not found", err)
	}
}

package till_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/storetest"
)

// differs gives what is different at one instant from another, in words.
func (s *stall) differs(from, to till.Instant) []string {
	s.Helper()
	var all []string
	for c, err := range s.staff.Diff(s.ctx, from, to) {
		s.must(err)
		all = append(all, c.String())
	}
	return all
}

// TestShellDiff tells of a shop, day by day, and over many days at once.
func TestShellDiff(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		gbp := func(text string) money.Price { return money.MustParsePrice(text, money.GBP) }
		s.day(2)
		s.sells("MUG", "9.50", 10)
		s.sells("CUP", "2.00", 0)
		s.day(4)
		s.must(s.revised("MUG", func(d *till.Description) {
			d.Vendor, d.Variants = "Potters", append(d.Variants, till.Variant{SKU: "MUG-2"})
		}))
		s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Price: gbp("12.00"), From: june(10)}))
		s.must(s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "CUP", Mark: till.Clear, From: june(11)}))
		s.day(6)
		first := s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "one")
		customer := s.member("ada@example.com")
		s.day(8)
		s.must(s.staff.DeleteProduct(s.ctx, "CUP"))
		s.must(s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.HalfEven, Level: till.PerUnit}}))
		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "CUP", Kind: till.Received, Quantity: 5, Location: "shed"}))
		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 5}))
		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -5}))
		s.day(9)

		came := []string{
			"cup (Blue CUP) came", "CUP: listing began", "CUP: 2.00 GBP instead of no price",
			"mug (Blue MUG) came", "MUG: listing began", "MUG: 9.50 GBP instead of no price",
		}
		order := fmt.Sprintf("order %s was placed: 19.00 GBP", first.Number())
		account := fmt.Sprintf("account %s was registered", customer.Person())
		rules := "rounding was set to half-even per unit, from 2026-06-08T09:00:00.000000Z"
		for _, c := range []struct {
			from, to int
			want     []string
		}{
			{1, 1, nil}, {2, 3, nil}, {4, 5, nil},
			{1, 2, append(came, "MUG at main: 10 on hand and 10 available instead of 0 and 0")},
			{2, 4, []string{"mug (Blue MUG) was revised: vendor", "MUG-2: variant came", "MUG-2: listing began"}},
			{4, 6, []string{"MUG at main: 10 on hand and 8 available instead of 10 and 10", order, account}},
			{5, 6, []string{"MUG at main: 10 on hand and 8 available instead of 10 and 10", order, account}},
			{6, 9, []string{"cup (Blue CUP) went", rules, "CUP at shed: 5 on hand and 5 available instead of 0 and 0"}}, // MUG came back to what it was
			{9, 10, []string{"MUG: 12.00 GBP instead of 9.50 GBP"}},                                                     // to come
			{10, 11, []string{"CUP: listing ended"}},
			{11, 30, nil},
			{1, 30, []string{ // CUP came and went
				"CUP: 2.00 GBP instead of no price",
				"mug (Blue MUG) came", "MUG: listing began", "MUG: 12.00 GBP instead of no price", "MUG-2: listing began", rules,
				"MUG at main: 10 on hand and 8 available instead of 0 and 0", "CUP at shed: 5 on hand and 5 available instead of 0 and 0", order, account,
			}},
		} {
			s.same(fmt.Sprintf("from day %d to day %d", c.from, c.to), s.differs(june(c.from), june(c.to)), c.want)
		}
		for c, err := range s.staff.Diff(s.ctx, june(9), june(10)) {
			s.must(err)
			s.same("a change as a value", []any{c.Kind, c.SKU, c.Was.Handle(), c.Is.Handle(), c.MinQuantity, c.WasPrice.Price, c.IsPrice.Price, c.IsPrice.Entry},
				[]any{till.PriceMoved, till.SKU("MUG"), "mug", "mug", int64(1), gbp("9.50"), gbp("12.00"), int64(2)})
			break // and no more is asked for
		}
	})
}

// Many products are told by handle, over several pages, whatever the pages are.
func TestShellDiffOfManyProducts(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		before := s.clock.instant()
		s.day(2)
		var want []string
		for i := range 120 {
			sku := till.SKU(fmt.Sprintf("SKU-%03d", i))
			s.sells(sku, "1.00", 0)
			want = append(want, strings.ToLower(string(sku))+" (Blue "+string(sku)+") came")
		}
		var got []string
		for _, line := range s.differs(before, june(2)) {
			if strings.HasSuffix(line, "came") {
				got = append(got, line)
			}
		}
		s.same("what came", got, want)
	})
}

// What Diff is refused for, and what the store says, is told as the one thing there is.
func TestShellDiffRefuses(t *testing.T) {
	faults := storetest.NewFaultInjector(memory.New())
	s := newStall(t, faults)
	s.sells("MUG", "9.50", 10)
	last := func(ctx context.Context, from, to till.Instant) (n int, err error) {
		for _, e := range s.staff.Diff(ctx, from, to) {
			n, err = n+1, e
		}
		return n, err
	}
	for name, c := range map[string]struct {
		from, to till.Instant
		path     string
	}{
		"from none":       {0, june(2), "from.instant"},
		"to none":         {june(2), 0, "to.instant"},
		"to the past":     {june(3), june(2), "to"},
		"before the year": {till.MinInstant - 1, june(2), "from.instant"},
		"after the years": {june(2), till.MaxInstant + 1, "to.instant"},
	} {
		n, err := last(s.ctx, c.from, c.to)
		var is *till.InvalidError
		if n != 1 || !errors.As(err, &is) || is.Path != c.path {
			t.Errorf("%s: %d things, the last of them error %v, want an InvalidError at %s alone", name, n, err, c.path)
		}
	}
	ended, cancel := context.WithCancel(s.ctx)
	cancel()
	if n, err := last(ended, june(1), june(2)); n != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("a context that ended: %d things, error %v", n, err)
	}
	for n := 1; ; n++ { // whichever call fails
		failed, err := failing(faults, n, storetest.Before, func() error {
			_, err := last(s.ctx, till.MinInstant, till.MaxInstant)
			return err
		})
		if !failed {
			s.must(err)
			break
		}
		if !errors.Is(err, errFault) {
			t.Errorf("call %d failed: %v", n, err)
		}
	}
}

package till_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/storetest"
)

// movements gives all movements that are stored.
func (s *stall) movements() []till.Movement {
	s.Helper()
	var all []till.Movement
	for r, err := range store.Records(s.ctx, s.store, store.Query{Family: "movements"}) {
		s.must(err)
		doc, err := r.Doc.AppendStored(nil)
		s.must(err)
		var is struct {
			till.Movement
			Lines []struct {
				SKU       till.SKU
				Quantity  int64
				Untracked bool
			}
		}
		s.must(json.Unmarshal(doc, &is))
		if is.SKU != "" {
			all = append(all, is.Movement)
		}
		for _, l := range is.Lines { // of an order
			if !l.Untracked {
				m := is.Movement
				m.SKU, m.Quantity = l.SKU, l.Quantity
				all = append(all, m)
			}
		}
	}
	return all
}

// balances checks every place against its movements, and transfers over all places.
func (s *stall) balances() {
	s.Helper()
	sums, transferred := map[till.Place]map[till.MovementKind]int64{}, map[till.SKU]int64{}
	for _, m := range s.movements() {
		if sums[m.Place] == nil {
			sums[m.Place] = map[till.MovementKind]int64{}
		}
		sums[m.Place][m.Kind] += m.Quantity
		if m.Kind == till.Transferred {
			transferred[m.SKU] += m.Quantity
		}
	}
	for place, sum := range sums {
		stock, err := s.staff.StockAt(s.ctx, place)
		s.must(err)
		in := sum[till.Received] + sum[till.Adjusted] + sum[till.Counted] + sum[till.Restocked] + sum[till.Transferred]
		s.same(fmt.Sprintf("%s at %s: received + adjusted + counted + restocked + transferred, less what was shipped", place.SKU, place.Location), in-sum[till.Shipped], stock.OnHand())
		s.same("open reservations of "+string(place.SKU), sum[till.Reserved]-sum[till.Released]-sum[till.Shipped], stock.Reserved)
	}
	for sku, n := range transferred {
		s.same("transferred over all locations of "+string(sku), n, int64(0))
	}
	s.reconciles()
}

// stockAt gives what is available and what is reserved at a location.
func (s *stall) stockAt(sku till.SKU, location string) [2]int64 {
	s.Helper()
	stock, err := s.staff.StockAt(s.ctx, till.Place{SKU: sku, Location: location})
	s.must(err)
	return [2]int64{stock.Available, stock.Reserved}
}

// kinds gives the movements of an article, by their kind.
func (s *stall) kinds(sku till.SKU) map[till.MovementKind]int {
	s.Helper()
	kinds := map[till.MovementKind]int{}
	for _, m := range s.movements() {
		if m.SKU == sku {
			kinds[m.Kind]++
		}
	}
	return kinds
}

// What is counted is on hand, reserved pieces included, and nothing is sold that is
// missing.
func TestShellCountStock(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		s.sells("CUP", "2.00", 0)
		s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 3}).Buyer, "click")
		s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click") // order numbers are leased
		for i, c := range []struct {
			found int64
			want  [2]int64
		}{{9, [2]int64{5, 4}}, {9, [2]int64{5, 4}}, {12, [2]int64{8, 4}}, {4, [2]int64{0, 4}}, {3, [2]int64{-1, 4}}} {
			s.clock.pass(time.Minute)
			s.must(s.staff.CountStock(s.ctx, till.StockCount{SKU: "MUG", Found: c.found, Reason: "stocktaking", Reference: fmt.Sprint("list ", i)}))
			s.same(fmt.Sprintf("stock after %d were found", c.found), s.stock("MUG"), c.want)
		}
		var told []string
		for _, m := range s.movements() {
			if m.Kind == till.Counted {
				told = append(told, fmt.Sprint(m.Reference, ": ", m.Found, " found, ", m.Quantity, ", ", m.Reason, ", ", m.By))
			}
		}
		slices.Sort(told)
		s.same("the counts", told, []string{
			"list 0: 9 found, -1, stocktaking, back-office", "list 1: 9 found, 0, stocktaking, back-office", "list 2: 12 found, 3, stocktaking, back-office",
			"list 3: 4 found, -8, stocktaking, back-office", "list 4: 3 found, -1, stocktaking, back-office",
		})
		guest := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		s.refuses(till.ErrShort, "0 are available", func() error { _, err := guest.Checkout(s.ctx, s.agreed(guest.Buyer, "click")); return err })
		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 2}))
		s.buys(guest.Buyer, "click")
		s.same("stock, once two came", s.stock("MUG"), [2]int64{0, 5})

		s.must(s.staff.CountStock(s.ctx, till.StockCount{SKU: "CUP"}, till.StockCount{SKU: "CUP", Location: "cellar", Found: 7}, till.StockCount{SKU: "MUG", Found: 5}))
		s.same("cups", [][2]int64{s.stock("CUP"), s.stockAt("CUP", "cellar")}, [][2]int64{{0, 0}, {7, 0}})
		s.balances()
	})
}

// Of two who count one shelf at once, the second counts what the first one left; what
// is sold or comes in meanwhile is neither lost nor counted twice.
func TestShellCountInBetween(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(*stall) error
		want [2]int64
	}{
		"another count":          {func(s *stall) error { return s.staff.CountStock(s.ctx, till.StockCount{SKU: "MUG", Found: 5}) }, [2]int64{5, 0}},
		"another count, of more": {func(s *stall) error { return s.staff.CountStock(s.ctx, till.StockCount{SKU: "MUG", Found: 6}) }, [2]int64{5, 0}},
		"an order": {func(s *stall) error {
			s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "click")
			return nil
		}, [2]int64{3, 2}},
		"goods that came in": {func(s *stall) error {
			return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 3})
		}, [2]int64{8, 0}},
		"goods that went": {func(s *stall) error {
			return s.staff.TransferStock(s.ctx, till.StockTransfer{SKU: "MUG", Quantity: 3, To: "cellar"})
		}, [2]int64{2, 0}},
		"a count elsewhere": {func(s *stall) error {
			return s.staff.CountStock(s.ctx, till.StockCount{SKU: "MUG", Found: 6, Location: "cellar"})
		}, [2]int64{5, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			hook := &hookedStore{Store: memory.New()}
			s := newStall(t, hook)
			s.sells("MUG", "9.50", 8)
			hook.between(func() { s.must(c.do(s)) })
			s.must(s.staff.CountStock(s.ctx, till.StockCount{SKU: "MUG", Found: 5}))
			s.same("stock", s.stock("MUG"), c.want)
			s.balances()
		})
	}
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 8)
		for _, err := range atOnce(16, func(int) error { return s.staff.CountStock(s.ctx, till.StockCount{SKU: "MUG", Found: 5}) }) {
			s.must(err)
		}
		s.same("stock after 16 counts at once", s.stock("MUG"), [2]int64{5, 0})
		s.same("movements", s.kinds("MUG"), map[till.MovementKind]int{till.Received: 1, till.Counted: 16})
		s.balances()
	})
}

// What goes to another location is missing here; what is reserved stays.
func TestShellTransferStock(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "MUG", Name: "Mug", Price: "9.50", OnHand: 10, Stock: till.AllowBackorder(100)}))
		s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 4}).Buyer, "click")
		s.must(s.staff.TransferStock(s.ctx, till.StockTransfer{SKU: "MUG", Quantity: 5, To: "cellar", Reason: "room", Reference: "T-1"}))
		s.same("here and there", [][2]int64{s.stock("MUG"), s.stockAt("MUG", "cellar")}, [][2]int64{{1, 4}, {5, 0}})
		err := s.refuses(till.ErrShort, "1 are available", func() error {
			return s.staff.TransferStock(s.ctx, till.StockTransfer{SKU: "MUG", Quantity: 2, To: "cellar"})
		})
		var short *till.ShortageError
		if !errors.As(err, &short) || *short != (till.ShortageError{SKU: "MUG", Wanted: 2, Available: 1}) {
			t.Errorf("got %#v", err)
		}
		// There and back again, in one call, each after the other.
		s.must(s.staff.TransferStock(s.ctx,
			till.StockTransfer{SKU: "MUG", Quantity: 5, From: "cellar", To: "north"},
			till.StockTransfer{SKU: "MUG", Quantity: 3, From: "north", To: "main"}))
		s.same("here, there and elsewhere", [][2]int64{s.stock("MUG"), s.stockAt("MUG", "cellar"), s.stockAt("MUG", "north")}, [][2]int64{{4, 4}, {0, 0}, {2, 0}})
		var told []string
		for _, m := range s.movements() {
			if m.Kind == till.Transferred {
				told = append(told, fmt.Sprint(m.Quantity, " at ", m.Location, ", ", m.Other, " ", m.Reason, m.Reference, m.By))
			}
		}
		slices.Sort(told)
		s.same("the movements", told, []string{
			"-3 at north, main back-office", "-5 at cellar, north back-office", "-5 at main, cellar roomT-1back-office",
			"3 at main, north back-office", "5 at cellar, main roomT-1back-office", "5 at north, cellar back-office",
		})
		errs := atOnce(16, func(i int) error {
			if i%2 == 0 {
				return s.staff.TransferStock(s.ctx, till.StockTransfer{SKU: "MUG", Quantity: 1, To: "cellar"})
			}
			guest, err := s.shop.NewGuest(s.ctx)
			if err == nil {
				err = guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1})
			}
			if err == nil {
				var quote till.Quote
				if quote, err = guest.Quote(s.ctx); err == nil {
					_, err = guest.Checkout(s.ctx, till.CheckoutRequest{Key: "click", Accept: quote.Digest(), Contact: stallBuyer})
				}
			}
			return err
		})
		for i, err := range errs {
			if err != nil && (i%2 == 1 || !errors.Is(err, till.ErrShort)) {
				t.Error(err)
			}
		}
		if cellar := s.stockAt("MUG", "cellar"); cellar[0] > 4 || cellar[0] < 0 {
			t.Errorf("of four, %d went", cellar[0])
		}
		s.balances()
	})
}

// A delivery note is one commit, with any number of lines of one article.
func TestShellMoveStockOfManyLines(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		hook := &hookedStore{Store: db}
		s := newStall(t, hook)
		s.sells("MUG", "9.50", 1)
		var note []till.StockChange
		for i := range till.MaxStockLines - 3 {
			sku := till.SKU(fmt.Sprintf("SKU-%04d", i%200))
			if i < 200 {
				s.sells(sku, "0.03", 0)
			}
			note = append(note, till.StockChange{SKU: sku, Kind: till.Received, Quantity: 2, Reference: "D-7", Key: "D-7"})
		}
		note = append(note,
			till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -1, Reason: "broken", Key: "D-7"},
			till.StockChange{SKU: "MUG", Kind: till.Restocked, Quantity: 1, Key: "D-7"},
			till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 4, Location: "cellar", Key: "D-7"})
		calls := map[string]int{}
		hook.before = func(op string) error { calls[op]++; return nil }
		s.must(s.staff.MoveStock(s.ctx, note...))
		hook.before = nil
		s.same("calls", calls, map[string]int{"Get": 2, "Outcome": 1, "Commit": 1})
		s.same("stock", [][2]int64{s.stock("SKU-0000"), s.stock("SKU-0199"), s.stock("MUG"), s.stockAt("MUG", "cellar")}, [][2]int64{{8, 0}, {6, 0}, {1, 0}, {4, 0}})
		s.same("movements", len(s.movements()), 1+till.MaxStockLines)
		before := s.dump()
		s.must(s.staff.MoveStock(s.ctx, note...))
		s.same("the store after the same note again", s.dump(), before)

		// One that is wrong is wrong as a whole; what a line before brought is there.
		s.refuses(till.ErrShort, "7 of MUG", func() error {
			return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 5}, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -7})
		})
		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 5}, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -6}))
		s.same("mugs", s.stock("MUG"), [2]int64{0, 0})
		s.must(s.staff.MoveStock(s.ctx))
		full := make([]till.StockTransfer, till.MaxStockLines)
		for i := range full {
			full[i] = till.StockTransfer{SKU: till.SKU(fmt.Sprintf("SKU-%04d", i%200)), Quantity: 1, To: fmt.Sprint("aisle-", i)}
		}
		s.must(s.staff.TransferStock(s.ctx, full...)) // as many changes as there can be
		s.balances()
	})
}

// A key makes a call happen once, for its actor and its operation.
func TestShellStockKeys(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		night := s.shop.Staff("night-shift")
		in := till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 5, Key: "D-1"}
		out := till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -30, Key: "D-2"}
		count := till.StockCount{SKU: "MUG", Found: 40, Key: "D-1"}
		transfer := till.StockTransfer{SKU: "MUG", Quantity: 1, To: "cellar", Key: "D-1"}
		s.refuses(till.ErrShort, "MUG", func() error { return s.staff.MoveStock(s.ctx, out) })
		for _, do := range []func() error{
			func() error { return s.staff.MoveStock(s.ctx, in) },
			func() error { return night.MoveStock(s.ctx, in) },                  // another's key
			func() error { return s.staff.CountStock(s.ctx, count) },            // of another operation
			func() error { return s.staff.TransferStock(s.ctx, transfer) },      // of a third one
			func() error { return s.staff.MoveStock(s.ctx, out) },               // a refusal did not use it up
			func() error { return s.staff.Because("why").MoveStock(s.ctx, in) }, // a note is no part of it: nothing happens
		} {
			s.must(do())
			before := s.dump()
			s.clock.pass(time.Hour)
			s.must(do())
			s.same("the store after the same again", s.dump(), before)
		}
		s.same("stock", [][2]int64{s.stock("MUG"), s.stockAt("MUG", "cellar")}, [][2]int64{{9, 0}, {1, 0}})
		s.same("movements", s.kinds("MUG"), map[till.MovementKind]int{till.Received: 3, till.Counted: 1, till.Transferred: 2, till.Adjusted: 1})
		for what, do := range map[string]func() error{
			"another quantity":  func() error { c := in; c.Quantity++; return s.staff.MoveStock(s.ctx, c) },
			"another kind":      func() error { c := in; c.Kind = till.Restocked; return s.staff.MoveStock(s.ctx, c) },
			"another reason":    func() error { c := in; c.Reason = "x"; return s.staff.MoveStock(s.ctx, c) },
			"another place":     func() error { c := in; c.Location = "cellar"; return s.staff.MoveStock(s.ctx, c) },
			"a line more":       func() error { return s.staff.MoveStock(s.ctx, in, in) },
			"another finding":   func() error { c := count; c.Found = 41; return s.staff.CountStock(s.ctx, c) },
			"another direction": func() error { c := transfer; c.From, c.To = "cellar", ""; return s.staff.TransferStock(s.ctx, c) },
		} {
			s.refuses(till.ErrExists, `"D-1"`, func() error { return wrapped(what, do()) })
		}
		if s.has("D-1") {
			t.Error("the key itself is stored")
		}
		last := till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -9, Key: "D-9"}
		for _, err := range atOnce(8, func(int) error { return s.staff.MoveStock(s.ctx, last) }) {
			s.must(err) // none is told that nothing is left: it was his own call
		}
		s.same("stock", s.stock("MUG"), [2]int64{0, 0})
		s.balances()
	})
}

// When nobody knows whether goods were recorded, the same call with its key tells.
func TestShellStockOverAFailingStore(t *testing.T) {
	for _, moment := range []storetest.Moment{storetest.Before, storetest.After} {
		faults := storetest.NewFaultInjector(memory.New())
		s := newStall(t, faults)
		s.sells("MUG", "9.50", 0)
		for n := 1; ; n++ {
			c := till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1, Key: fmt.Sprint("note ", n)}
			failed, err := failing(faults, n, moment, func() error { return s.staff.MoveStock(s.ctx, c) })
			if failed && !errors.Is(err, errFault) || !failed && err != nil {
				t.Fatalf("moment %d, call %d: %v", moment, n, err)
			}
			s.must(s.staff.MoveStock(s.ctx, c))
			s.same("stock", s.stock("MUG"), [2]int64{int64(n), 0})
			if !failed {
				break
			}
		}
		s.balances()
	}
}

// What is wrong with a change of stock is refused, as a whole.
func TestShellStockRefuses(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 5)
		s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "AIR", Name: "Air", Price: "1", Stock: till.NotTracked}))
		good := till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1}
		move := func(c till.StockChange) func() error {
			return func() error { return s.staff.MoveStock(s.ctx, good, c) }
		}
		count := func(c till.StockCount) func() error {
			return func() error { return s.staff.CountStock(s.ctx, till.StockCount{SKU: "MUG", Location: "north"}, c) }
		}
		transfer := func(c till.StockTransfer) func() error {
			return func() error {
				return s.staff.TransferStock(s.ctx, till.StockTransfer{SKU: "MUG", Quantity: 1, To: "north"}, c)
			}
		}
		long := strings.Repeat("x", till.MaxNote+1)
		for name, r := range map[string]struct {
			want error
			says string
			do   func() error
		}{
			"a SKU that no product has": {till.ErrNotFound, "NONE", move(till.StockChange{SKU: "NONE", Kind: till.Received, Quantity: 1})},
			"no SKU":                    {till.ErrInvalid, "changes[1].sku", move(till.StockChange{Kind: till.Received, Quantity: 1})},
			"a count as a change":       {till.ErrInvalid, "changes[1].kind", move(till.StockChange{SKU: "MUG", Kind: till.Counted, Quantity: 1})},
			"a transfer as a change":    {till.ErrInvalid, "changes[1].kind", move(till.StockChange{SKU: "MUG", Kind: till.Transferred, Quantity: 1})},
			"none":                      {till.ErrInvalid, "changes[1].quantity", move(till.StockChange{SKU: "MUG", Kind: till.Received})},
			"no word of a location":     {till.ErrInvalid, "changes[1].location", move(till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1, Location: "The Cellar"})},
			"what is not tracked":       {till.ErrInvalid, "changes[1].sku", move(till.StockChange{SKU: "AIR", Kind: till.Received, Quantity: 1})},
			"two keys":                  {till.ErrInvalid, "changes[1].key", move(till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1, Key: "D-1"})},
			"a reason too long":         {till.ErrInvalid, "changes[1].reason", move(till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 1, Reason: long})},
			"too many lines": {till.ErrInvalid, "changes", func() error {
				return s.staff.MoveStock(s.ctx, slices.Repeat([]till.StockChange{good}, till.MaxStockLines+1)...)
			}},
			"a key too long": {till.ErrInvalid, "changes[0].key", func() error {
				c := good
				c.Key = strings.Repeat("k", till.MaxKey+1)
				return s.staff.MoveStock(s.ctx, c)
			}},
			"a key with NUL":               {till.ErrInvalid, "changes[0].key", func() error { c := good; c.Key = "a\x00b"; return s.staff.MoveStock(s.ctx, c) }},
			"no actor":                     {till.ErrInvalid, "actor", func() error { return s.shop.Staff("").MoveStock(s.ctx, good) }},
			"fewer than none are found":    {till.ErrInvalid, "counts[1].found", count(till.StockCount{SKU: "MUG", Found: -1})},
			"too many are found":           {till.ErrInvalid, "counts[1].found", count(till.StockCount{SKU: "MUG", Found: till.MaxQuantity + 1})},
			"counted twice":                {till.ErrInvalid, "counts[1]", count(till.StockCount{SKU: "MUG", Location: "north"})},
			"found of what is unknown":     {till.ErrNotFound, "NONE", count(till.StockCount{SKU: "NONE"})},
			"found of what is not counted": {till.ErrInvalid, "counts[1].sku", count(till.StockCount{SKU: "AIR", Found: 1})},
			"a reference too long":         {till.ErrInvalid, "counts[1].reference", count(till.StockCount{SKU: "MUG", Reference: long})},
			"more than is there goes":      {till.ErrShort, "MUG", transfer(till.StockTransfer{SKU: "MUG", Quantity: 5, To: "cellar"})},
			"none goes":                    {till.ErrInvalid, "transfers[1].quantity", transfer(till.StockTransfer{SKU: "MUG", To: "cellar"})},
			"fewer than none go":           {till.ErrInvalid, "transfers[1].quantity", transfer(till.StockTransfer{SKU: "MUG", Quantity: -1, To: "cellar"})},
			"from here to here":            {till.ErrInvalid, "transfers[1].to", transfer(till.StockTransfer{SKU: "MUG", Quantity: 1, To: "main"})},
			"to no word of a location":     {till.ErrInvalid, "transfers[1].to", transfer(till.StockTransfer{SKU: "MUG", Quantity: 1, To: "a/b"})},
			"from no word of a location":   {till.ErrInvalid, "transfers[1].from", transfer(till.StockTransfer{SKU: "MUG", Quantity: 1, From: "a/b"})},
			"what is not tracked goes":     {till.ErrInvalid, "transfers[1].sku", transfer(till.StockTransfer{SKU: "AIR", Quantity: 1, To: "cellar"})},
			"goods of another goes":        {till.ErrNotFound, "NONE", transfer(till.StockTransfer{SKU: "NONE", Quantity: 1, To: "cellar"})},
		} {
			s.refuses(r.want, r.says, func() error { return wrapped(name, r.do()) })
		}
		gone, cancel := context.WithCancel(s.ctx)
		cancel()
		for name, do := range map[string]func(context.Context) error{
			"MoveStock":  func(ctx context.Context) error { return s.staff.MoveStock(ctx, good) },
			"CountStock": func(ctx context.Context) error { return s.staff.CountStock(ctx, till.StockCount{SKU: "MUG"}) },
			"TransferStock": func(ctx context.Context) error {
				return s.staff.TransferStock(ctx, till.StockTransfer{SKU: "MUG", Quantity: 1, To: "cellar"})
			},
		} {
			s.refuses(context.Canceled, "", func() error { return wrapped(name, do(gone)) })
		}
		s.same("movements", s.kinds("MUG"), map[till.MovementKind]int{till.Received: 1})
		s.balances()
	})
}

// What is sold while goods are moved is answered as if it had been sold before: the
// shortage is that of the line for which there is too little.
func TestShellStockSoldInBetween(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		hook := &hookedStore{Store: db}
		s := newStall(t, hook)
		s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "MUG", Name: "Mug", Price: "1.00", Stock: till.AllowBackorder(10)}))
		s.must(s.staff.CountStock(s.ctx, till.StockCount{SKU: "MUG", Location: "cellar", Found: 5}))
		s.sells("CUP", "1.00", 10)
		for what, c := range map[string]struct {
			sold till.Item
			do   func() error
			want error
		}{
			"goods that came and went on": {till.Item{SKU: "MUG", Quantity: 4}, func() error {
				return s.staff.TransferStock(s.ctx,
					till.StockTransfer{SKU: "MUG", Quantity: 5, From: "cellar", Key: "T"}, till.StockTransfer{SKU: "MUG", Quantity: 3, To: "attic", Key: "T"})
			}, &till.ShortageError{SKU: "MUG", Wanted: 3, Available: 1}},
			"two corrections": {till.Item{SKU: "CUP", Quantity: 8}, func() error {
				return s.staff.MoveStock(s.ctx,
					till.StockChange{SKU: "CUP", Kind: till.Adjusted, Quantity: -2}, till.StockChange{SKU: "CUP", Kind: till.Adjusted, Quantity: -1})
			}, &till.ShortageError{SKU: "CUP", Wanted: 1, Available: 0}},
		} {
			guest := s.visitor(c.sold)
			hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				hook.commit = nil
				s.buys(guest.Buyer, "click")
				return hook.Store.Commit(ctx, set)
			}
			s.same(what, c.do(), c.want)
		}
		s.same("stock", [][2]int64{s.stock("MUG"), s.stockAt("MUG", "cellar"), s.stock("CUP")}, [][2]int64{{-4, 4}, {5, 0}, {2, 8}})
		s.balances()
	})
}

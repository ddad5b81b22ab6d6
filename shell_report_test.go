package till_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // so that no test depends on the machine's

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// revenueRows gives the rows of a report, ledgerRows and unitsRows theirs.
func (s *stall) revenueRows(r till.RevenueRequest) []till.RevenueRow {
	s.Helper()
	revenue, err := s.staff.Revenue(s.ctx, r)
	s.must(err)
	return revenue.Rows()
}

func (s *stall) unitsRows(r till.UnitsRequest) []till.UnitsRow {
	s.Helper()
	units, err := s.staff.Units(s.ctx, r)
	s.must(err)
	return units.Rows()
}

func (s *stall) ledger(r till.LedgerRequest) till.Ledger {
	s.Helper()
	ledger, err := s.staff.Ledger(s.ctx, r)
	s.must(err)
	return ledger
}

// sellsForMonths gives a shop that has sold something in June, July and August, by
// the clock of London.
func sellsForMonths(t *testing.T, db store.Store) *stall {
	s := newStall(t, db)
	s.sells("MUG", "9.50", 100)
	s.sells("CUP", "2.01", 100)
	s.member("ada@example.com")
	for i := range 12 {
		buyer := s.signsIn("ada@example.com", stallPassword).Buyer
		items := []till.Item{{SKU: "MUG", Quantity: int64(i%3 + 1)}}
		if i%2 == 1 {
			items = append(items, till.Item{SKU: "CUP", Quantity: 2}, till.Item{SKU: "CUP", Quantity: 1, Apart: true})
		}
		s.must(buyer.Add(s.ctx, items...))
		s.buys(buyer, fmt.Sprint("click", i))
		s.clock.pass(7*24*time.Hour - time.Hour)
	}
	return s
}

var inLondon = till.RevenueRequest{By: till.Month, Zone: "Europe/London"}

// What a month brought is the same for ever: prices, names, products, people and
// orders that come later do not reach back.
func TestShellClosedMonths(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := sellsForMonths(t, db)
		june, july := instant("2026-05-31T23:00:00Z"), instant("2026-06-30T23:00:00Z")
		closed := func() []any {
			t.Helper()
			ofJune := inLondon
			ofJune.From, ofJune.To = june, july
			ledger := s.ledger(till.LedgerRequest{SKU: "MUG", From: june, To: july})
			return []any{
				s.revenueRows(ofJune), s.revenueRows(inLondon)[0], s.revenueRows(till.RevenueRequest{By: till.Day, Zone: "Europe/London", To: july}),
				s.unitsRows(till.UnitsRequest{From: june, To: july}), ledger.Opening(), ledger.Closing(), ledger.Rows(),
			}
		}
		before := closed()
		s.same("June", before[1], till.RevenueRow{Label: "2026-06", Start: june, End: july, Currency: money.GBP, Orders: 5, Amount: money.MustParse("97.56", money.GBP)})
		s.same("what June's days have", len(before[2].([]till.RevenueRow)), 5)
		s.same("units of June", before[3], []till.UnitsRow{
			{SKU: "CUP", Currency: money.GBP, Orders: 2, Lines: 4, Pieces: 6, Amount: money.MustParse("12.06", money.GBP)},
			{SKU: "MUG", Currency: money.GBP, Orders: 5, Lines: 5, Pieces: 9, Amount: money.MustParse("85.50", money.GBP)},
		})

		orders, err := s.staff.Orders(s.ctx, till.OrderQuery{})
		s.must(err)
		for _, c := range []struct {
			name   string
			change func() error
		}{
			{"a price", func() error { return s.staff.SetPrice(s.ctx, "MUG", "12.00") }},
			{"a price of then", func() error {
				return s.staff.ChangePrice(s.ctx, "CUP", till.PriceChange{Price: money.MustParsePrice("1.00", money.GBP), From: june})
			}},
			{"a name", func() error {
				return s.revised("MUG", func(d *till.Description) { d.Words[""] = till.Words{Name: "Green mug"} })
			}},
			{"the rounding", func() error {
				return s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.Down, Level: till.PerUnit}})
			}},
			{"metadata", func() error {
				return s.staff.SetOrderMetadata(s.ctx, orders.Items[0].ID, till.Metadata{"k": "v"})
			}},
			{"stock", func() error {
				return s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -3})
			}},
			{"a later order", func() error {
				s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "later")
				return nil
			}},
			{"a deletion", func() error { return s.staff.DeleteProduct(s.ctx, "MUG") }},
			{"an erasure", func() error { return s.staff.Erase(s.ctx, orders.Items[0].Contact.Person) }},
		} {
			s.must(c.change())
			s.same("after "+c.name, closed(), before)
		}
		rows := s.revenueRows(inLondon)
		s.same("the last month has the later order", rows[len(rows)-1].Orders, int64(4))
		s.reconciles()
	})
}

// A month that is over stays what it was through a thousand later changes of prices,
// also of prices that were valid in it, of names, and through deletions.
func TestShellClosedMonthOfManyChanges(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := sellsForMonths(t, db)
		june, july := instant("2026-05-31T23:00:00Z"), instant("2026-06-30T23:00:00Z")
		ofJune := inLondon
		ofJune.From, ofJune.To = june, july
		before, units := s.revenueRows(ofJune), s.unitsRows(till.UnitsRequest{From: june, To: july})
		s.same("orders of June", before[0].Orders, int64(5))
		changes := 1000
		if testing.Short() {
			changes = 200
		}
		for i := range changes {
			sku := []till.SKU{"MUG", "CUP"}[i%2]
			price := money.MustParsePrice(fmt.Sprintf("%d.%02d", 1+i%20, i%100), money.GBP)
			s.clock.pass(time.Minute)
			switch i % 10 {
			case 7:
				s.must(s.revised(sku, func(d *till.Description) { d.Words[""] = till.Words{Name: fmt.Sprintf("Name %d", i)} }))
			case 8:
				s.must(s.staff.DeleteProduct(s.ctx, sku))
				s.must(s.staff.RestoreProduct(s.ctx, sku))
			case 9:
				s.must(s.staff.ChangePrice(s.ctx, sku, till.PriceChange{Price: price, From: june.Add(time.Duration(i) * time.Hour / 2)}))
			default:
				s.must(s.staff.ChangePrice(s.ctx, sku, till.PriceChange{Price: price, Sale: i%3 == 0}))
			}
		}
		s.must(s.staff.DeleteProduct(s.ctx, "MUG"))
		s.same("revenue of June", s.revenueRows(ofJune), before)
		s.same("units of June", s.unitsRows(till.UnitsRequest{From: june, To: july}), units)
	})
}

// shortPages gives pages of five records at most.
type shortPages struct{ store.Store }

func (s shortPages) Find(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
	q.Limit = min(q.Limit, 5)
	return s.Store.Find(ctx, q)
}

// A report that is read from the lists of a shop, over several pages, is the one that
// its whole orders fold to: there is one definition of what counts.
func TestShellReportsAreFolds(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := sellsForMonths(t, shortPages{db})
		london, err := time.LoadLocation("Europe/London")
		s.must(err)
		from, to := instant("2026-06-08T08:00:00Z"), instant("2026-08-01T00:00:00Z")
		for _, by := range []till.Period{till.Day, till.Month} {
			for _, span := range [][2]till.Instant{{}, {from, 0}, {0, to}, {from, to}, {to, to}, {from, from + 1}, {from + 1, to}} {
				revenue, err := till.NewRevenue(till.RevenueSpec{By: by, Zone: london, From: span[0], To: span[1]})
				s.must(err)
				units, err := till.NewUnits(till.UnitsSpec{From: span[0], To: span[1]})
				s.must(err)
				for o, err := range till.All(till.PageRequest{}, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
					return s.staff.Orders(s.ctx, till.OrderQuery{PageRequest: r})
				}) {
					s.must(err)
					order, err := s.staff.Order(s.ctx, o.ID)
					s.must(err)
					revenue, err = revenue.Add(order)
					s.must(err)
					units, err = units.Add(order)
					s.must(err)
				}
				what := fmt.Sprint(by, span)
				s.same("revenue "+what, s.revenueRows(till.RevenueRequest{By: by, Zone: "Europe/London", From: span[0], To: span[1]}), revenue.Rows())
				s.same("units "+what, s.unitsRows(till.UnitsRequest{From: span[0], To: span[1]}), units.Rows())
			}
		}
	})
}

// A report reads the list of orders in pages, and the revenue no entries at all.
func TestShellRevenueReadsLists(t *testing.T) {
	calls := map[string]int{}
	hooked := &hookedStore{Store: memory.New()}
	s := sellsForMonths(t, hooked)
	hooked.before = func(op string) error { calls[op]++; return nil }
	s.revenueRows(inLondon)
	s.same("calls of the store", calls, map[string]int{"Find": 1})
	for _, op := range []string{"Find", "History"} {
		hooked.before = func(at string) error {
			if at == op {
				return errStall
			}
			return nil
		}
		units, err := s.staff.Units(s.ctx, till.UnitsRequest{})
		if !errors.Is(err, errStall) || len(units.Rows()) > 0 {
			t.Errorf("%s failed: units of %d rows, error %v", op, len(units.Rows()), err)
		}
	}
	hooked.before = func(string) error { return errStall }
	if revenue, err := s.staff.Revenue(s.ctx, inLondon); !errors.Is(err, errStall) || len(revenue.Rows()) > 0 {
		t.Errorf("revenue of %d rows, error %v", len(revenue.Rows()), err)
	}
	if ledger, err := s.staff.Ledger(s.ctx, till.LedgerRequest{SKU: "MUG"}); !errors.Is(err, errStall) || len(ledger.Rows()) > 0 {
		t.Errorf("a ledger of %d rows, error %v", len(ledger.Rows()), err)
	}
}

func TestShellReportRefuses(t *testing.T) {
	s := newStall(t, memory.New())
	revenue := func(r till.RevenueRequest) func() error {
		return func() error { _, err := s.staff.Revenue(s.ctx, r); return err }
	}
	movements := func(q till.MovementQuery) func() error {
		return func() error { _, err := s.staff.Movements(s.ctx, q); return err }
	}
	for name, c := range map[string]struct {
		says string
		do   func() error
	}{
		"a zone on no map":      {"time/tzdata", revenue(till.RevenueRequest{By: till.Day, Zone: "Mars/Olympus"})},
		"the machine's zone":    {"zone", revenue(till.RevenueRequest{By: till.Day, Zone: "Local"})},
		"a path":                {"zone", revenue(till.RevenueRequest{By: till.Day, Zone: "../../etc/passwd"})},
		"a long zone":           {"zone", revenue(till.RevenueRequest{By: till.Day, Zone: strings.Repeat("x", 65)})},
		"no period":             {"by", revenue(till.RevenueRequest{})},
		"revenue, turned round": {"to", revenue(till.RevenueRequest{By: till.Day, From: 2, To: 1})},
		"units, turned round":   {"to", func() error { _, err := s.staff.Units(s.ctx, till.UnitsRequest{From: 2, To: 1}); return err }},
		"ledger, turned round": {"to", func() error {
			_, err := s.staff.Ledger(s.ctx, till.LedgerRequest{SKU: "MUG", From: 2, To: 1})
			return err
		}},
		"ledger of nothing":       {"sku", func() error { _, err := s.staff.Ledger(s.ctx, till.LedgerRequest{}); return err }},
		"movements, turned round": {"to", movements(till.MovementQuery{SKU: "MUG", From: 2, To: 1})},
		"movements of nothing":    {"sku", movements(till.MovementQuery{})},
		"movements nowhere":       {"location", movements(till.MovementQuery{SKU: "MUG", Location: "The cellar"})},
		"movements of no kind":    {"kind", movements(till.MovementQuery{SKU: "MUG", Kind: "stolen"})},
	} {
		t.Run(name, func(*testing.T) { s.refuses(till.ErrInvalid, c.says, c.do) })
	}
}

// Movements are found by location, instant and kind, page by page, and the ledger
// sums the same ones.
func TestShellMovements(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		start := s.clock.instant()
		s.sells("MUG", "9.50", 10) // minute 0
		for i, c := range []till.StockChange{
			{Kind: till.Received, Quantity: 5, Reason: "delivery"}, {Kind: till.Adjusted, Quantity: -2, Reason: "broken"},
			{Kind: till.Received, Quantity: 7, Location: "cellar"}, {Kind: till.Restocked, Quantity: 1}, {Kind: till.Received, Quantity: 3, Reason: "delivery"},
		} { // minutes 1 to 5
			s.clock.pass(time.Minute)
			if i == 4 {
				s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 4}).Buyer, "click") // minute 5
			}
			c.SKU = "MUG"
			s.must(s.staff.MoveStock(s.ctx, c))
		}
		minute := func(n int) till.Instant { return start.Add(time.Duration(n) * time.Minute) }
		quantities := func(q till.MovementQuery) []int64 {
			t.Helper()
			q.SKU = "MUG"
			var all []int64
			for _, limit := range []int{1, 2, 1000} {
				q.PageRequest = till.PageRequest{Limit: limit, Desc: q.Desc}
				var some []int64
				for m, err := range till.All(q.PageRequest, func(r till.PageRequest) (till.Page[till.Movement], error) {
					q := q
					q.PageRequest = r
					return s.staff.Movements(s.ctx, q)
				}) {
					s.must(err)
					some = append(some, m.Quantity)
				}
				if all != nil {
					s.same(fmt.Sprintf("in pages of %d", limit), some, all)
				}
				all = some
			}
			return all
		}
		s.same("up to minute 5", quantities(till.MovementQuery{To: minute(5)}), []int64{10, 5, -2, 1})
		s.same("down from minute 5", quantities(till.MovementQuery{PageRequest: till.PageRequest{Desc: true}, To: minute(5)}), []int64{1, -2, 5, 10})
		s.same("from minute 1 to 4", quantities(till.MovementQuery{From: minute(1), To: minute(4)}), []int64{5, -2})
		s.same("received", quantities(till.MovementQuery{Kind: till.Received}), []int64{10, 5, 3})
		s.same("reserved", quantities(till.MovementQuery{Kind: till.Reserved}), []int64{4})
		s.same("shipped", quantities(till.MovementQuery{Kind: till.Shipped}), []int64(nil))
		s.same("in the cellar", quantities(till.MovementQuery{Location: "cellar"}), []int64{7})
		s.same("in the attic", quantities(till.MovementQuery{Location: "attic"}), []int64(nil))

		whole := s.ledger(till.LedgerRequest{SKU: "MUG"})
		stock, err := s.staff.Stock(s.ctx, "MUG")
		s.must(err)
		s.same("closing", whole.Closing(), stock)
		s.same("opening", whole.Opening(), till.Stock{Place: stock.Place})
		part := s.ledger(till.LedgerRequest{SKU: "MUG", From: minute(2), To: minute(5)})
		s.same("opening at minute 2", part.Opening().OnHand(), int64(15))
		s.same("closing before minute 5", part.Closing().OnHand(), int64(14))
		s.same("between", part.Rows(), []till.LedgerRow{{Kind: till.Restocked, Movements: 1, Quantity: 1}, {Kind: till.Adjusted, Reason: "broken", Movements: 1, Quantity: -2}})
		s.same("in the cellar", s.ledger(till.LedgerRequest{SKU: "MUG", Location: "cellar"}).Closing().OnHand(), int64(7))
		s.same("of what never moved", s.ledger(till.LedgerRequest{SKU: "CUP"}).Rows(), []till.LedgerRow(nil))
	})
}

// instant reads an instant.
func instant(text string) till.Instant {
	at, err := till.ParseInstant(text)
	if err != nil {
		panic(err)
	}
	return at
}

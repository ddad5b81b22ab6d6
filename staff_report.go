package till

import (
	"context"
	"time"

	"github.com/tillkit/till/store"
)

// RevenueRequest asks for the revenue of a range of instants.
type RevenueRequest struct {
	By   Period  // Day or Month
	Zone string  // whose calendar: a name of the IANA time zone database, "Europe/London"; "" is UTC
	From Instant // at or after; 0: from the beginning
	To   Instant // before; 0: up to now
}

// Revenue sums what orders brought in, by day or month of a time zone:
//
//	revenue, err := staff.Revenue(ctx, till.RevenueRequest{By: till.Month, Zone: "Europe/London"})
//	for _, row := range revenue.Rows() {
//		fmt.Println(row.Label, row.Orders, row.Amount)
//	}
//
// It reads the list of orders page by page. What is placed meanwhile may be counted
// or not; a range that is over, with the checkouts that began in it, has one answer
// for ever. A zone that is not known is an [InvalidError]: a machine without a time zone
// database knows none, unless the program imports time/tzdata.
func (s *Staff) Revenue(ctx context.Context, r RevenueRequest) (Revenue, error) {
	zone, err := loadZone(r.Zone)
	if err != nil {
		return Revenue{}, err
	}
	revenue, err := NewRevenue(RevenueSpec{By: r.By, Zone: zone, From: r.From, To: r.To})
	if err != nil {
		return Revenue{}, err
	}
	err = s.eachPlaced(ctx, revenue.span, func(record store.Record) error {
		summary, err := s.shop.loadSummary(ctx, record)
		if err == nil {
			revenue, err = revenue.add(summary.earnings())
		}
		return err
	})
	if err != nil {
		return Revenue{}, err
	}
	return revenue, nil
}

// UnitsRequest asks for what was sold in a range of instants.
type UnitsRequest struct {
	From Instant // at or after; 0: from the beginning
	To   Instant // before; 0: up to now
}

// Units counts what was sold of each article. It reads the list of orders page by
// page, and the entries of each order, since a list does not have its lines. What is
// placed meanwhile may be counted or not; a range that is over, with the checkouts
// that began in it, has one answer for ever.
func (s *Staff) Units(ctx context.Context, r UnitsRequest) (Units, error) {
	units, err := NewUnits(UnitsSpec(r))
	if err != nil {
		return Units{}, err
	}
	err = s.eachPlaced(ctx, units.span, func(record store.Record) error {
		order, err := s.shop.orderOf(ctx, record)
		if err == nil {
			units, err = units.Add(order)
		}
		return err
	})
	if err != nil {
		return Units{}, err
	}
	return units, nil
}

// eachPlaced walks through the records of the orders placed in a range, by instant,
// with one page of them in memory.
func (s *Staff) eachPlaced(ctx context.Context, placed span, each func(store.Record) error) error {
	orders := PageRequest{Limit: store.MaxLimit}.query(familyOrders, listPlaced)
	for record, err := range store.Records(ctx, s.shop.store, placed.of(orders)) {
		if err != nil {
			return err
		}
		if err := each(record); err != nil {
			return err
		}
	}
	return nil
}

// of bounds a query of a list that is sorted by instants.
func (s span) of(list store.Query) store.Query {
	if s.from != 0 {
		from := store.IntValue(int64(s.from))
		list.From = &from
	}
	if s.to != 0 {
		to := store.IntValue(int64(s.to))
		list.To = &to
	}
	return list
}

// loadZone finds a time zone by its name. "Local" is none: a report does not depend
// on where it is made.
func loadZone(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	if err := checkName("zone", name, 64); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, invalid("zone", "%q is not known here: write it like Europe/London, and import time/tzdata where the machine has no time zone database", name)
	}
	return zone, nil
}

// MovementQuery asks for a list of movements of one article at one location.
type MovementQuery struct {
	PageRequest
	SKU      SKU
	Location string       // "": where checkouts sell from
	From     Instant      // at or after; 0: from the first on
	To       Instant      // before; 0: up to now
	Kind     MovementKind // "": all
}

// Movements lists the ledger of an article at a location, by instant; those of one
// instant in no order that means anything. An article that was never moved there has
// none. Of one whose stock was not always tracked, pages may be short or empty while
// there is more. [All] walks through all pages.
func (s *Staff) Movements(ctx context.Context, q MovementQuery) (Page[Movement], error) {
	p, err := s.place(q.SKU, q.Location)
	if err != nil {
		return Page[Movement]{}, err
	}
	within, err := newSpan(q.From, q.To)
	if err != nil {
		return Page[Movement]{}, err
	}
	if q.Kind != "" {
		if err := q.Kind.checkSummed(); err != nil {
			return Page[Movement]{}, err
		}
	}
	ledger := within.of(p.ledger(q.PageRequest))
	if q.Kind != "" {
		ledger.Where = append(ledger.Where, store.Cond{Field: "kind", Op: store.Equal, Value: store.TextValue(string(q.Kind))})
	}
	records, err := s.shop.store.Find(ctx, ledger)
	if err != nil {
		return Page[Movement]{}, err
	}
	page := Page[Movement]{Next: records.Next}
	for _, r := range records.Items {
		m, is, err := movementOf(r, q.SKU)
		if err != nil {
			return Page[Movement]{}, err
		}
		if is {
			page.Items = append(page.Items, m)
		}
	}
	return page, nil
}

// LedgerRequest asks for the ledger of an article over a range of instants.
type LedgerRequest struct {
	SKU      SKU
	Location string  // "": where checkouts sell from
	From     Instant // at or after; 0: from the beginning
	To       Instant // before; 0: up to now
}

// Ledger sums the movements of an article at a location. It reads all of them up to
// the end of the range, page by page: those before the range make its opening. An
// article that was never moved there has an empty ledger.
func (s *Staff) Ledger(ctx context.Context, r LedgerRequest) (Ledger, error) {
	p, err := s.place(r.SKU, r.Location)
	if err != nil {
		return Ledger{}, err
	}
	ledger, err := NewLedger(LedgerSpec{Place: p, From: r.From, To: r.To})
	if err != nil {
		return Ledger{}, err
	}
	all := span{to: r.To}.of(p.ledger(PageRequest{Limit: store.MaxLimit}))
	for record, err := range store.Records(ctx, s.shop.store, all) {
		if err != nil {
			return Ledger{}, err
		}
		m, is, err := movementOf(record, p.SKU)
		if err != nil {
			return Ledger{}, err
		}
		if !is {
			continue
		}
		if ledger, err = ledger.Add(m); err != nil {
			return Ledger{}, err
		}
	}
	return ledger, nil
}

// place is at, checked.
func (s *Staff) place(sku SKU, location string) (Place, error) {
	p := s.at(sku, location)
	return p, p.check()
}

package till

import (
	"cmp"
	"slices"
)

// Ledger sums the movements of one [Stock] over a range of instants: what there was
// at its beginning, what came and went by kind and reason, what there was at its end.
// These always agree:
//
//	opening on hand + received + restocked + adjusted + counted + transferred == closing on hand + shipped
//
// It is an immutable value, and the order of adding does not matter. Make one with
// [NewLedger] and give it every movement of the stock from the first on: those before
// the range make the opening.
//
//	ledger, err := till.NewLedger(till.LedgerSpec{Place: mugs, From: january, To: february})
//	for _, movement := range movements {
//		ledger, err = ledger.Add(movement)
//	}
//	fmt.Println(ledger.Opening().OnHand(), ledger.Sum(till.Received), ledger.Closing().OnHand())
//
// [Staff.Ledger] does this over the movements of a shop.
type Ledger struct {
	span             span
	opening, closing Stock
	rows             sums[ledgerKey, LedgerRow]
}

// LedgerSpec says what a [Ledger] sums.
type LedgerSpec struct {
	Place
	From Instant // movements at or after; 0: from the beginning, with nothing there
	To   Instant // movements before; 0: without an end
}

// LedgerRow is the sum of the movements of one kind for one reason.
type LedgerRow struct {
	Kind      MovementKind `json:"kind"`
	Reason    string       `json:"reason,omitempty"`
	Movements int64        `json:"movements"` // how many there were
	Quantity  int64        `json:"quantity"`  // their sum; below 0 only where a kind can be
}

// ledgerKinds are the kinds of movements that a ledger can sum, in the order of its
// rows.
var ledgerKinds = []MovementKind{
	Received,
	Restocked,
	Adjusted,
	Counted,
	Transferred,
	Reserved,
	Released,
	Shipped,
}

func (k MovementKind) checkSummed() error {
	if !slices.Contains(ledgerKinds, k) {
		return invalid("kind", "%.40q is no kind of movement that is known here", k)
	}
	return nil
}

type ledgerKey struct {
	kind   MovementKind
	reason string
}

func (k ledgerKey) compare(l ledgerKey) int {
	return cmp.Or(cmp.Compare(slices.Index(ledgerKinds, k.kind), slices.Index(ledgerKinds, l.kind)), cmp.Compare(k.reason, l.reason))
}

// NewLedger gives a Ledger without any movements. A place that can be none and a To
// before From are an [InvalidError].
func NewLedger(s LedgerSpec) (Ledger, error) {
	if err := s.Place.check(); err != nil {
		return Ledger{}, err
	}
	within, err := newSpan(s.From, s.To)
	return Ledger{span: within, opening: Stock{Place: s.Place}, closing: Stock{Place: s.Place}}, err
}

// Add gives the ledger with one more movement. One that is added twice counts twice;
// one after the range counts nowhere. A movement of another place, one of a kind that
// is not known, one that is wrong in form and a sum that is too great are an
// [InvalidError], and leave the ledger as it was.
func (l Ledger) Add(m Movement) (Ledger, error) {
	if err := m.Kind.checkSummed(); err != nil {
		return l, err
	}
	if err := m.check(); err != nil {
		return l, err
	}
	if m.Place != l.closing.Place {
		return l, invalid("place", "the movement is of %s at %s, the ledger of %s at %s", m.SKU, m.Location, l.closing.SKU, l.closing.Location)
	}
	if l.span.to != 0 && m.At >= l.span.to {
		return l, nil
	}
	next := l
	var err error
	if next.closing, err = l.sum(l.closing, m); err != nil {
		return l, err
	}
	if !l.span.has(m.At) {
		if next.opening, err = l.sum(l.opening, m); err != nil {
			return l, err
		}
		return next, nil
	}
	key := ledgerKey{m.Kind, m.Reason}
	row, _ := l.rows.at(key)
	row.Kind, row.Reason = m.Kind, m.Reason
	if row.Quantity, err = plus("quantity", row.Quantity, m.Quantity); err != nil {
		return l, err
	}
	row.Movements++
	next.rows = l.rows.with(key, row)
	return next, nil
}

// sum adds a movement to a stock. It does not ask whether it was allowed, as Move
// does: that depends on the order of movements, a sum does not.
func (Ledger) sum(s Stock, m Movement) (Stock, error) {
	available, reserved := m.deltas()
	var err error
	if s.Available, err = plus("quantity", s.Available, available); err != nil {
		return s, err
	}
	s.Reserved, err = plus("quantity", s.Reserved, reserved)
	return s, err
}

// Opening gives what there was at the beginning of the range.
func (l Ledger) Opening() Stock { return l.opening }

// Closing gives what there was at the end of the range or, if it is open, what there
// is.
func (l Ledger) Closing() Stock { return l.closing }

// Sum gives the sum of all movements of a kind in the range, 0 if there were none.
func (l Ledger) Sum(kind MovementKind) int64 {
	var sum int64
	for key, row := range l.rows.all() {
		if key.kind == kind {
			sum += row.Quantity
		}
	}
	return sum
}

// Rows gives the sums by kind, in the order received, restocked, adjusted, counted,
// transferred, reserved, released, shipped, and within one by reason. What did not happen
// has no row.
func (l Ledger) Rows() []LedgerRow {
	var rows []LedgerRow
	for _, row := range l.rows.all() {
		rows = append(rows, row)
	}
	return rows
}

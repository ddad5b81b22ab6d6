package till

import "math"

// MaxQuantity is the greatest quantity of a line, of a movement and of a back
// order.
const MaxQuantity int64 = 1_000_000_000

// StandardLocation is where stock lies when no location is named.
const StandardLocation = "main"

// StockPolicy says how many of a variant may be sold that are not there. The zero
// StockPolicy denies back orders.
type StockPolicy struct {
	Untracked bool  `json:"untracked,omitempty"` // any number can be sold; stock is not counted
	Backorder int64 `json:"backorder,omitempty"` // how far below 0 available may fall
}

// The policies.
var (
	DenyBackorder = StockPolicy{}
	NotTracked    = StockPolicy{Untracked: true}
)

// AllowBackorder lets up to limit pieces be sold that are not there; [MaxQuantity]
// is as good as no limit.
func AllowBackorder(limit int64) StockPolicy { return StockPolicy{Backorder: limit} }

func (p StockPolicy) check() error {
	if p.Backorder < 0 || p.Backorder > MaxQuantity || p.Untracked && p.Backorder != 0 {
		return invalid("stock", "a back-order limit is 0 to %d, and 0 where stock is not tracked", MaxQuantity)
	}
	return nil
}

// Place names a stock: an article at a location.
type Place struct {
	SKU      SKU    `json:"sku"`
	Location string `json:"location"` // a word: a to z, 0 to 9, "-", "_", "."
}

func (p Place) check() error {
	if err := p.SKU.check(); err != nil {
		return err
	}
	return checkWord("location", p.Location, 32)
}

// Stock is how much there is of an article at a location: the sum of its
// [Movement] values, whose order does not matter.
type Stock struct {
	Place
	Available int64 `json:"available"` // can be sold; below 0 by what is on back order
	Reserved  int64 `json:"reserved"`  // sold, and still in the building or awaited
}

// OnHand gives what is in the building, reserved pieces included.
func (s Stock) OnHand() int64 { return s.Available + s.Reserved }

// Moved is a kind of [Movement].
type Moved string

// The kinds of movements, and what each adds to available and to reserved.
const (
	Received  Moved = "received"  // +n, 0: goods came in
	Reserved  Moved = "reserved"  // -n, +n: an order was placed
	Released  Moved = "released"  // +n, -n: an order was cancelled
	Shipped   Moved = "shipped"   // 0, -n: goods went out
	Restocked Moved = "restocked" // +n, 0: goods came back
	Adjusted  Moved = "adjusted"  // n, 0: a correction, up or down
)

// Movement is one entry of the ledger of a stock.
type Movement struct {
	Place
	Kind      Moved   `json:"kind"`
	Quantity  int64   `json:"quantity"`            // 1 to MaxQuantity; of Adjusted also below 0
	Reason    string  `json:"reason,omitempty"`    // why
	Reference string  `json:"reference,omitempty"` // of what: an order's id, a delivery note
	At        Instant `json:"at"`
	By        Actor   `json:"by,omitempty"`
}

// deltas gives what the movement adds to available and to reserved.
func (m Movement) deltas() (available, reserved int64) {
	switch m.Kind {
	case Reserved:
		return -m.Quantity, m.Quantity
	case Released:
		return m.Quantity, -m.Quantity
	case Shipped:
		return 0, -m.Quantity
	}
	return m.Quantity, 0
}

func (m Movement) check() error {
	if err := m.Place.check(); err != nil {
		return err
	}
	switch m.Kind {
	case Received, Reserved, Released, Shipped, Restocked:
		if m.Quantity < 1 || m.Quantity > MaxQuantity {
			return invalid("quantity", "%d: 1 to %d are possible", m.Quantity, MaxQuantity)
		}
	case Adjusted:
		if m.Quantity == 0 || m.Quantity < -MaxQuantity || m.Quantity > MaxQuantity {
			return invalid("quantity", "%d: an adjustment is up to %d either way, not 0", m.Quantity, MaxQuantity)
		}
	default:
		return invalid("kind", "%q is no kind of movement", m.Kind)
	}
	if err := checkText("reason", m.Reason, MaxNote); err != nil {
		return err
	}
	if err := checkText("reference", m.Reference, MaxNote); err != nil {
		return err
	}
	return (Meta{At: m.At, By: m.By}).check()
}

// Move applies a movement. Reserving more than the policy allows is a
// [ShortageError]; releasing or shipping more than is reserved, and adjusting below
// what is there, is [ErrShort] too. The sum does not depend on the order of
// movements, only whether each was allowed when it came.
func (s Stock) Move(m Movement, policy StockPolicy) (Stock, error) {
	if err := m.check(); err != nil {
		return s, err
	}
	if err := policy.check(); err != nil {
		return s, err
	}
	if m.Place != s.Place {
		return s, invalid("place", "the movement is of %s at %s", m.SKU, m.Location)
	}
	available, reserved := m.deltas()
	switch {
	case m.Kind == Reserved && !policy.Untracked && s.Available+available < -policy.Backorder:
		return s, &ShortageError{SKU: s.SKU, Wanted: m.Quantity, Available: max(0, s.Available+policy.Backorder)}
	case s.Reserved+reserved < 0:
		return s, &ShortageError{SKU: s.SKU, Wanted: m.Quantity, Available: s.Reserved}
	case m.Kind == Adjusted && m.Quantity < 0 && s.OnHand()+m.Quantity < 0:
		return s, &ShortageError{SKU: s.SKU, Wanted: -m.Quantity, Available: max(0, s.OnHand())}
	case m.Kind == Adjusted && m.Quantity < 0 && !policy.Untracked && s.Available+available < -policy.Backorder:
		return s, &ShortageError{SKU: s.SKU, Wanted: -m.Quantity, Available: max(0, s.Available+policy.Backorder)}
	case available > 0 && s.Available > math.MaxInt64-available || available < 0 && s.Available < math.MinInt64-available || reserved > 0 && s.Reserved > math.MaxInt64-reserved:
		return s, invalid("quantity", "the stock of %s would be too great to count", s.SKU)
	}
	s.Available += available
	s.Reserved += reserved
	return s, nil
}

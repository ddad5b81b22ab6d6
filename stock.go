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

// sellable gives how many can be sold when so many are available, and still more when
// back orders are allowed.
func (p StockPolicy) sellable(available int64) int64 {
	if p.Untracked {
		return MaxQuantity
	}
	return max(0, available+p.Backorder)
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

// moved gives the stock with what a movement adds. What was allowed once is not asked
// again: the sum does not depend on the order.
func (s Stock) moved(m Movement) Stock {
	available, reserved := m.deltas()
	s.Available += available
	s.Reserved += reserved
	return s
}

// MovementKind is a kind of [Movement].
type MovementKind string

// The kinds of movements, and what each adds to available and to reserved.
const (
	Received  MovementKind = "received"  // +n, 0: goods came in
	Reserved  MovementKind = "reserved"  // -n, +n: an order was placed
	Released  MovementKind = "released"  // +n, -n: an order was cancelled
	Shipped   MovementKind = "shipped"   // 0, -n: goods went out
	Restocked MovementKind = "restocked" // +n, 0: goods came back
	Adjusted  MovementKind = "adjusted"  // n, 0: a correction, up or down

	Counted     MovementKind = "counted"     // n, 0: the shelf was counted; the difference to what was on hand, up, down or none
	Transferred MovementKind = "transferred" // n, 0: goods went to another location or came from it; over all locations the sum is 0
)

// Movement is one entry of the ledger of a stock.
type Movement struct {
	Place
	Kind      MovementKind `json:"kind"`
	Quantity  int64        `json:"quantity"`            // 1 to MaxQuantity; of Adjusted and Transferred also below 0, of Counted any
	Found     int64        `json:"found,omitempty"`     // of Counted: how many there were, 0 to MaxQuantity
	Other     string       `json:"other,omitempty"`     // of Transferred: the location at the other end
	Reason    string       `json:"reason,omitempty"`    // why
	Reference string       `json:"reference,omitempty"` // of what: an order's id, a delivery note
	At        Instant      `json:"at"`
	By        Actor        `json:"by,omitempty"`
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

// floor gives how low available may fall by the movement. A count is not refused: what
// is not there is not there.
func (m Movement) floor(policy StockPolicy) int64 {
	switch m.Kind {
	case Counted:
		return math.MinInt64
	case Transferred: // what is reserved or awaited stays
		return 0
	}
	return -policy.Backorder
}

func (m Movement) check() error {
	if err := m.Place.check(); err != nil {
		return err
	}
	if m.Found != 0 && m.Kind != Counted || m.Found < 0 || m.Found > MaxQuantity {
		return invalid("found", "%d: 0 to %d pieces can be counted; a movement of another kind has none", m.Found, MaxQuantity)
	}
	if m.Other != "" && m.Kind != Transferred {
		return invalid("other", "only what is transferred has another location")
	}
	switch m.Kind {
	case Counted:
	case Transferred:
		if m.Quantity == 0 || m.Quantity < -MaxQuantity || m.Quantity > MaxQuantity {
			return invalid("quantity", "%d: up to %d can be transferred, not 0", m.Quantity, MaxQuantity)
		}
		if err := checkWord("other", m.Other, 32); err != nil {
			return err
		}
		if m.Other == m.Location {
			return invalid("other", "goods cannot be transferred from %s to %s", m.Location, m.Other)
		}
	case Received, Reserved, Released, Shipped, Restocked:
		if m.Quantity < 1 || m.Quantity > MaxQuantity {
			return invalid("quantity", "%d: 1 to %d are possible", m.Quantity, MaxQuantity)
		}
	case Adjusted:
		if m.Quantity == 0 || m.Quantity < -MaxQuantity || m.Quantity > MaxQuantity {
			return invalid("quantity", "%d: an adjustment is up to %d either way, not 0", m.Quantity, MaxQuantity)
		}
	default:
		return invalid("kind", "%.40q is no kind of movement", m.Kind)
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
// [ShortageError]; releasing or shipping more than is reserved, adjusting below
// what is there, and transferring what is reserved or not there, is [ErrShort] too. The
// sum does not depend on the order of movements, only whether each was allowed when it
// came. Movements of Counted are made by [Stock.Count], those of Transferred by
// [Stock.Transfer].
//
// Whatever is done, with the sums of the movements by their kind:
//
//	initial + received + adjusted + counted + restocked + transferred == on hand + shipped
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
	case m.Kind == Transferred && m.Quantity < 0 && s.Available+m.Quantity < 0:
		return s, &ShortageError{SKU: s.SKU, Wanted: -m.Quantity, Available: max(0, s.Available)}
	case m.Kind == Counted && s.OnHand()+m.Quantity != m.Found:
		return s, invalid("quantity", "%d were found and %d are on hand: a count is of the difference", m.Found, s.OnHand())
	case available > 0 && s.Available > math.MaxInt64-available || available < 0 && s.Available < math.MinInt64-available || reserved > 0 && s.Reserved > math.MaxInt64-reserved:
		return s, invalid("quantity", "the stock of %s would be too great to count", s.SKU)
	}
	s.Available += available
	s.Reserved += reserved
	return s, nil
}

// Count records that the shelf was counted: m.Found pieces are in the building, those
// that are reserved included. It gives the stock with just so many on hand, and the
// movement, whose Kind and Quantity it sets: the difference, 0 where it was right.
//
// A count says what is so, and is not refused for it. Where fewer are found than are
// reserved, the reservations stay, and available falls below 0 by what is missing, back
// orders allowed or not: what was promised is sold to nobody else, and has to come in or
// be cancelled.
func (s Stock) Count(m Movement) (Stock, Movement, error) {
	m.Kind, m.Quantity = Counted, 0
	if err := m.check(); err != nil {
		return s, m, err
	}
	if s.Reserved > 0 && s.Available > math.MaxInt64-s.Reserved || s.OnHand() < m.Found-math.MaxInt64 {
		return s, m, invalid("quantity", "the stock of %s is too great to count", s.SKU)
	}
	m.Quantity = m.Found - s.OnHand()
	next, err := s.Move(m, DenyBackorder)
	return next, m, err
}

// Transfer is what [Stock.Transfer] gives: the two stocks, and the movements that lead
// to them, whose sum is 0.
type Transfer struct {
	From, To Stock
	Out, In  Movement
}

// Transfer moves m.Quantity pieces, 1 to MaxQuantity, from this stock to that of the same
// article at another location. It sets the Kind of both movements, which place each is
// of, and the Other. Only what is there and not reserved can leave, back orders allowed
// or not; more is a [ShortageError].
func (s Stock) Transfer(to Stock, m Movement) (Transfer, error) {
	t := Transfer{From: s, To: to, Out: m, In: m}
	if m.Quantity < 1 || m.Quantity > MaxQuantity {
		return t, invalid("quantity", "%d: 1 to %d can be transferred", m.Quantity, MaxQuantity)
	}
	if to.SKU != s.SKU {
		return t, invalid("sku", "%s cannot become %s", s.SKU, to.SKU)
	}
	t.Out.Place, t.Out.Kind, t.Out.Quantity, t.Out.Other = s.Place, Transferred, -m.Quantity, to.Location
	t.In.Place, t.In.Kind, t.In.Other = to.Place, Transferred, s.Location
	from, err := s.Move(t.Out, DenyBackorder)
	if err != nil {
		return t, err
	}
	if to, err = to.Move(t.In, DenyBackorder); err != nil {
		return t, err
	}
	t.From, t.To = from, to
	return t, nil
}

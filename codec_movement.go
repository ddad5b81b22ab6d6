package till

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till/store"
)

// The records of the ledger. What an order reserves is one record, its reservation: a
// movement of each article whose stock is tracked. Articles whose stock is not are named
// in it too, which makes no movement of them, but an order is found by all its articles.
// Every other movement is a record of its own.

// reasonPlaced is the reason of every movement of a reservation.
const reasonPlaced = "order placed"

// ledgerRecord is what a record of the ledger says: one movement or, with lines, what the
// movements of a reservation have in common.
type ledgerRecord struct {
	Movement
	Lines []reservedLine `json:"lines,omitempty"` // each article once, sorted
}

// reservedLine is an article of a reservation.
type reservedLine struct {
	SKU       SKU   `json:"sku"`
	Quantity  int64 `json:"quantity"`
	Untracked bool  `json:"untracked,omitempty"` // asked for, not reserved
}

// String is what a check says of it.
func (l reservedLine) String() string {
	if l.Untracked {
		return fmt.Sprintf("%d of %s, not tracked", l.Quantity, l.SKU)
	}
	return fmt.Sprintf("%d of %s", l.Quantity, l.SKU)
}

// reservedLines gives the lines of the reservation of an order.
func (o Order) reservedLines() []reservedLine {
	var untracked []SKU
	for _, l := range o.is.Lines {
		if l.Untracked {
			untracked = append(untracked, l.SKU)
		}
	}
	slices.Sort(untracked)
	demand := o.Demand()
	lines := make([]reservedLine, len(demand))
	for i, want := range demand {
		_, is := slices.BinarySearch(untracked, want.SKU)
		lines[i] = reservedLine{SKU: want.SKU, Quantity: want.Quantity, Untracked: is}
	}
	return lines
}

// newReservation gives what is recorded of lines that an order reserves at a location.
func newReservation(m Meta, location string, lines []reservedLine) ledgerRecord {
	return ledgerRecord{Movement: Movement{Place: Place{Location: location}, Kind: Reserved, At: m.At, By: m.By}, Lines: lines}
}

// movement gives the movement of a line, with what the record's key says: for which order.
func (r ledgerRecord) movement(l reservedLine, ref store.Ref) Movement {
	is := r.Movement
	is.SKU, is.Quantity, is.Reason = l.SKU, l.Quantity, reasonPlaced
	is.Reference, _, _ = cutMovement(ref)
	return is
}

// movements gives all movements of a record.
func (r ledgerRecord) movements(ref store.Ref) []Movement {
	if len(r.Lines) == 0 {
		return []Movement{r.Movement}
	}
	all := make([]Movement, 0, len(r.Lines))
	for _, l := range r.Lines {
		if !l.Untracked {
			all = append(all, r.movement(l, ref))
		}
	}
	return all
}

// movementOf gives the movement of an article that a record of its ledger says; false:
// the record names the article alone.
func movementOf(r store.Record, sku SKU) (Movement, bool, error) {
	is, err := asLedgerRecord(r.Doc)
	if err != nil || len(is.Lines) == 0 {
		return is.Movement, err == nil, err
	}
	at, named := slices.BinarySearchFunc(is.Lines, sku, func(l reservedLine, sku SKU) int {
		return strings.Compare(string(l.SKU), string(sku))
	})
	if !named || is.Lines[at].Untracked {
		return Movement{}, false, nil
	}
	return is.movement(is.Lines[at], r.Ref), true, nil
}

// ledger asks for the records that move a place or name its article there, by instant.
func (p Place) ledger(r PageRequest) store.Query {
	q := r.query(familyMovements, listSKU, store.TextValue(string(p.SKU)))
	q.Where = []store.Cond{{Field: "location", Op: store.Equal, Value: store.TextValue(p.Location)}}
	return q
}

// movementDoc is the document of one movement.
type movementDoc struct{ Movement }

// AppendStored implements store.Doc.
func (d movementDoc) AppendStored(dst []byte) ([]byte, error) {
	return appendJSON(dst, d.Movement)
}

func asMovement(doc store.Doc) (Movement, error) {
	if d, ok := doc.(movementDoc); ok {
		return d.Movement, nil
	}
	return readRow[Movement](doc)
}

// reservationDoc is the document of a reservation. It does not say what its key says, nor
// the reason, which is always the same.
type reservationDoc struct{ ledgerRecord }

type reservationForm struct {
	Location string         `json:"location"`
	Kind     MovementKind   `json:"kind"`
	At       Instant        `json:"at"`
	By       Actor          `json:"by,omitempty"`
	Lines    []reservedLine `json:"lines"`
}

// AppendStored implements store.Doc.
func (d reservationDoc) AppendStored(dst []byte) ([]byte, error) {
	return d.form().appendJSON(dst), nil
}

func (d reservationDoc) form() reservationForm {
	return reservationForm{d.Location, d.Kind, d.At, d.By, d.Lines}
}

func asLedgerRecord(doc store.Doc) (ledgerRecord, error) {
	switch d := doc.(type) {
	case movementDoc:
		return ledgerRecord{Movement: d.Movement}, nil
	case reservationDoc:
		return d.ledgerRecord, nil
	}
	return readRow[ledgerRecord](doc)
}

func indexLedgerRecord(r ledgerRecord) []store.Value {
	skus := make([]string, 0, max(1, len(r.Lines)))
	for _, l := range r.Lines {
		skus = append(skus, string(l.SKU))
	}
	if len(skus) == 0 {
		skus = append(skus, string(r.SKU))
	}
	return []store.Value{
		store.ManyValue(skus...), store.IntValue(int64(r.At)), store.TextValue(r.Location), store.TextValue(string(r.Kind)),
	}
}

// refMovement names a part of one decision's movements; a reservation is part 0 of its
// order.
func refMovement(decision string, part int) store.Ref {
	n := strconv.Itoa(part) // four digits or more
	return store.Ref{Family: familyMovements, Key: decision + "/" + "0000"[:4-min(4, len(n))] + n}
}

// cutMovement takes apart what refMovement names.
func cutMovement(ref store.Ref) (decision string, part int, ok bool) {
	cut := strings.LastIndexByte(ref.Key, '/')
	if cut < 0 {
		return "", 0, false
	}
	part, err := strconv.Atoi(ref.Key[cut+1:])
	return ref.Key[:cut], part, err == nil
}

func putMovement(m Movement, decision string, part int) store.Put {
	return store.Put{Record: rowOf(refMovement(decision, part), 0, movementDoc{m}, indexLedgerRecord(ledgerRecord{Movement: m})...)}
}

func putReservation(r ledgerRecord, order string) store.Put {
	return store.Put{Record: rowOf(refMovement(order, 0), 0, reservationDoc{r}, indexLedgerRecord(r)...)}
}

// moves gives the changes that a movement makes: the guarded counter, and the entry
// of the ledger.
func moves(m Movement, policy StockPolicy, decision string, part int) []store.Change {
	return []store.Change{
		store.Add{Ref: refStock(m.Place), Steps: m.steps(policy)},
		putMovement(m, decision, part),
	}
}

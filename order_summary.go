package till

import (
	"github.com/tillkit/till/money"
)

// OrderSummary is what a list of orders shows. The order itself is found by its ID.
type OrderSummary struct {
	ID       OrderID      `json:"id"`
	Number   string       `json:"number"`
	Status   OrderStatus  `json:"status"`
	Placed   Instant      `json:"placed,omitzero"` // 0 before the order is placed
	Contact  ContactRef   `json:"contact"`
	Total    money.Amount `json:"total"`
	Lines    int          `json:"lines"`
	Pieces   int64        `json:"pieces"` // sum of the lines' quantities
	Revision int64        `json:"revision"`
}

// Summary gives what a list shows of the order.
func (o Order) Summary() OrderSummary {
	s := OrderSummary{
		ID: o.is.ID, Number: o.is.Number, Status: o.status, Placed: o.placed, Contact: o.is.Contact,
		Total: o.is.Total, Lines: len(o.is.Lines), Revision: o.n,
	}
	for _, l := range o.is.Lines {
		s.Pieces += l.Quantity
	}
	return s
}

// earnings gives what the order brings, without its lines: a summary has what the
// entry says that placed the order. A kind of entry that brings something of its own
// has to be told here as well.
func (o OrderSummary) earnings() []earning {
	if o.Placed == 0 {
		return nil
	}
	placed, _ := orderOpened{bill: bill{Total: o.Total}}.earns(Entry{Kind: "placed", At: int64(o.Placed)})
	return []earning{placed}
}

package till

import (
	"errors"
	"testing"
)

func TestOpenOrderRefusesInstantsBeyond9999(t *testing.T) {
	shop := must(NewCatalog([]Product{product(2, "mug", "MUG")}, []Prices{priced("MUG", "9.50")}))
	for _, at := range []Instant{MaxInstant + 1, 1 << 62} {
		q := must(cartOf(Item{SKU: "MUG", Quantity: 1}).Quote(shop, Terms{}, at))
		if _, entries, err := OpenOrder(on(12), opening(), q); !errors.Is(err, ErrInvalid) || entries != nil {
			t.Errorf("at %d: %v, %d entries", at, err, len(entries))
		}
	}
}

func TestAdjustLeavesOnHand(t *testing.T) {
	s := Stock{Place: Place{SKU: "MUG", Location: "main"}, Available: 3}
	next, err := s.Move(Movement{Place: s.Place, Kind: Adjusted, Quantity: -5, At: jan(1), By: "x"}, AllowBackorder(10))
	if !errors.Is(err, ErrShort) || next != s {
		t.Errorf("5 of 3 broke: %v, %+v", err, next)
	}
	// What is reserved is promised: it cannot be corrected away.
	s = Stock{Place: s.Place, Available: 0, Reserved: 3}
	_, err = s.Move(Movement{Place: s.Place, Kind: Adjusted, Quantity: -1, At: jan(1), By: "x"}, DenyBackorder)
	if !errors.Is(err, ErrShort) {
		t.Errorf("3 on hand, all reserved, one broke: %v", err)
	}
}

func TestSaleOfLesserTierHolds(t *testing.T) {
	p := priced("MUG", "20.00")
	p = must3(p.Change(on(1), PriceChange{Price: gbp("18.00"), MinQuantity: 10}))
	p = must3(p.Change(on(1), PriceChange{Price: gbp("15.00"), Sale: true}))
	nine, _ := p.On(jan(2), MaxInstant, 9)
	ten, _ := p.On(jan(2), MaxInstant, 10)
	if d, _ := ten.Price.Cmp(nine.Price); d > 0 {
		t.Errorf("9 cost %s each, 10 cost %s each", nine.Price, ten.Price)
	}
}

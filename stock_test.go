package till

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

var mugs = Place{"MUG", StandardLocation}

func moved(kind MovementKind, n int64) Movement {
	return Movement{Place: mugs, Kind: kind, Quantity: n, At: jan(0), By: "test"}
}

func TestStockMove(t *testing.T) {
	has := func(available, reserved int64) Stock { return Stock{mugs, available, reserved} }
	short := func(wanted, available int64) error {
		return &ShortageError{SKU: "MUG", Wanted: wanted, Available: available}
	}
	for name, c := range map[string]struct {
		before Stock
		m      Movement
		policy StockPolicy
		after  Stock
		want   error
	}{
		"received":                    {has(0, 0), moved(Received, 5), DenyBackorder, has(5, 0), nil},
		"reserved":                    {has(5, 1), moved(Reserved, 5), DenyBackorder, has(0, 6), nil},
		"released":                    {has(0, 6), moved(Released, 6), DenyBackorder, has(6, 0), nil},
		"shipped":                     {has(2, 6), moved(Shipped, 6), DenyBackorder, has(2, 0), nil},
		"restocked":                   {has(2, 6), moved(Restocked, 1), DenyBackorder, has(3, 6), nil},
		"adjusted up":                 {has(2, 6), moved(Adjusted, 3), DenyBackorder, has(5, 6), nil},
		"adjusted down":               {has(2, 6), moved(Adjusted, -2), DenyBackorder, has(0, 6), nil},
		"one too many":                {has(5, 1), moved(Reserved, 6), DenyBackorder, has(5, 1), short(6, 5)},
		"none there":                  {has(0, 0), moved(Reserved, 1), DenyBackorder, has(0, 0), short(1, 0)},
		"back order":                  {has(1, 0), moved(Reserved, 4), AllowBackorder(3), has(-3, 4), nil},
		"back order, one too many":    {has(1, 0), moved(Reserved, 5), AllowBackorder(3), has(1, 0), short(5, 4)},
		"back order, policy now less": {has(-5, 5), moved(Reserved, 1), AllowBackorder(3), has(-5, 5), short(1, 0)},
		"not tracked":                 {has(0, 0), moved(Reserved, MaxQuantity), NotTracked, has(-MaxQuantity, MaxQuantity), nil},
		"release too many":            {has(0, 2), moved(Released, 3), DenyBackorder, has(0, 2), short(3, 2)},
		"ship too many":               {has(9, 2), moved(Shipped, 3), NotTracked, has(9, 2), short(3, 2)},
		"adjusted below nothing":      {has(2, 6), moved(Adjusted, -3), DenyBackorder, has(2, 6), short(3, 2)},
		"adjusted up from below":      {has(-4, 4), moved(Adjusted, 1), DenyBackorder, has(-3, 4), nil},
		"quantity 0":                  {has(2, 6), moved(Received, 0), DenyBackorder, has(2, 6), badAt("quantity")},
		"quantity below 0":            {has(2, 6), moved(Reserved, -1), DenyBackorder, has(2, 6), badAt("quantity")},
		"quantity too great":          {has(2, 6), moved(Received, MaxQuantity+1), DenyBackorder, has(2, 6), badAt("quantity")},
		"the most of all":             {has(2, 6), moved(Received, math.MaxInt64), DenyBackorder, has(2, 6), badAt("quantity")},
		"adjusted by 0":               {has(2, 6), moved(Adjusted, 0), DenyBackorder, has(2, 6), badAt("quantity")},
		"adjusted by the least":       {has(2, 6), moved(Adjusted, math.MinInt64), DenyBackorder, has(2, 6), badAt("quantity")},
		"no kind":                     {has(2, 6), moved("stolen", 1), DenyBackorder, has(2, 6), badAt("kind")},
		"another place":               {Stock{Place: Place{"CUP", "main"}}, moved(Received, 1), DenyBackorder, Stock{Place: Place{"CUP", "main"}}, badAt("place")},
		"bad location":                {has(2, 6), Movement{Place: Place{"MUG", "Main"}, Kind: Received, Quantity: 1, At: 1}, DenyBackorder, has(2, 6), badAt("location")},
		"no instant":                  {has(2, 6), Movement{Place: mugs, Kind: Received, Quantity: 1}, DenyBackorder, has(2, 6), badAt("meta.at")},
		"bad reason":                  {has(2, 6), Movement{Place: mugs, Kind: Received, Quantity: 1, At: 1, Reason: "\x00"}, DenyBackorder, has(2, 6), badAt("reason")},
		"bad reference":               {has(2, 6), Movement{Place: mugs, Kind: Received, Quantity: 1, At: 1, Reference: "\xff"}, DenyBackorder, has(2, 6), badAt("reference")},
		"bad policy":                  {has(2, 6), moved(Reserved, 1), AllowBackorder(math.MinInt64), has(2, 6), badAt("stock")},
		"too great to count":          {has(math.MaxInt64, 0), moved(Received, 1), DenyBackorder, has(math.MaxInt64, 0), badAt("quantity")},
		"too great to reserve":        {has(9, math.MaxInt64), moved(Reserved, 1), DenyBackorder, has(9, math.MaxInt64), ErrShort},
		"too low to count":            {has(math.MinInt64, 0), moved(Reserved, 1), NotTracked, has(math.MinInt64, 0), badAt("quantity")},
	} {
		t.Run(name, func(t *testing.T) {
			after, err := c.before.Move(c.m, c.policy)
			if name == "too great to reserve" { // either refusal is right; a wrong number is not
				if err == nil {
					t.Errorf("it gave %+v", after)
				}
			} else {
				wantError(t, err, c.want)
			}
			if after != c.after {
				t.Errorf("after it %+v, want %+v", after, c.after)
			}
		})
	}
}

// initial + received + adjusted + restocked == on hand + shipped, whatever is done;
// and the sum of what was allowed does not depend on the order.
func TestStockConservation(t *testing.T) {
	kinds := []MovementKind{Received, Reserved, Released, Shipped, Restocked, Adjusted}
	done, refused := map[MovementKind]int{}, map[MovementKind]int{}
	checkMany(t, 1000, func(t *rapid.T) {
		first := Stock{mugs, int64(among(t, "initial", 20)), 0}
		policy := pick(t, "policy", DenyBackorder, AllowBackorder(5), NotTracked)
		s := first
		sums := map[MovementKind]int64{}
		var allowed []Movement
		for range among(t, "steps", 20) {
			m := moved(pick(t, "kind", kinds...), int64(among(t, "quantity", 8)+1))
			if m.Kind == Adjusted && oneIn(t, "down", 2) {
				m.Quantity = -m.Quantity
			}
			next, err := s.Move(m, policy)
			if err != nil {
				if next != s {
					t.Fatalf("%+v was refused and gave %+v", m, next)
				}
				wantShort(t, err)
				refused[m.Kind]++
				continue
			}
			s = next
			done[m.Kind]++
			sums[m.Kind] += m.Quantity
			allowed = append(allowed, m)
			if s.Reserved < 0 || !policy.Untracked && s.Available < -policy.Backorder {
				t.Fatalf("%+v with %+v after %+v", s, policy, m)
			}
			if open := sums[Reserved] - sums[Released] - sums[Shipped]; s.Reserved != open {
				t.Fatalf("reserved %d, open reservations %d", s.Reserved, open)
			}
			if in, out := first.OnHand()+sums[Received]+sums[Adjusted]+sums[Restocked], s.OnHand()+sums[Shipped]; in != out {
				t.Fatalf("initial + received + adjusted + restocked = %d, on hand + shipped = %d", in, out)
			}
		}
		slices.SortFunc(allowed, func(a, b Movement) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) })
		if oneIn(t, "reverse", 2) {
			slices.Reverse(allowed)
		}
		again := first
		for _, m := range allowed {
			available, reserved := m.deltas()
			again.Available += available
			again.Reserved += reserved
		}
		if again != s {
			t.Fatalf("in another order %+v, want %+v", again, s)
		}
	})
	t.Logf("done %v, refused %v", done, refused)
	for _, k := range kinds {
		if done[k] < 100 {
			t.Errorf("%s was done %d times", k, done[k])
		}
	}
	for _, k := range []MovementKind{Reserved, Released, Shipped, Adjusted} {
		if refused[k] < 20 {
			t.Errorf("%s was refused %d times", k, refused[k])
		}
	}
}

func wantShort(t rapid.TB, err error) {
	t.Helper()
	if e, ok := err.(*ShortageError); !ok || e.Available < 0 || e.Available >= e.Wanted {
		t.Fatalf("error %v, want a shortage", err)
	}
}

package till

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

var cellar = Place{SKU: "MUG", Location: "cellar"}

func hasMugs(available, reserved int64) Stock { return Stock{mugs, available, reserved} }

func shortOfMugs(wanted, available int64) error {
	return &ShortageError{SKU: "MUG", Wanted: wanted, Available: available}
}

// counted gives the movement of a count as it is asked for.
func counted(found int64) Movement {
	return Movement{Place: mugs, Found: found, At: jan(1), By: "test"}
}

// After a count just so many are on hand as were found; what is reserved stays so.
func TestStockCount(t *testing.T) {
	for name, c := range map[string]struct {
		before     Stock
		m          Movement
		after      Stock
		difference int64
		want       error
	}{
		"as it was":               {hasMugs(2, 6), counted(8), hasMugs(2, 6), 0, nil},
		"more":                    {hasMugs(2, 6), counted(10), hasMugs(4, 6), 2, nil},
		"fewer":                   {hasMugs(2, 6), counted(7), hasMugs(1, 6), -1, nil},
		"only what is reserved":   {hasMugs(2, 6), counted(6), hasMugs(0, 6), -2, nil},
		"fewer than is reserved":  {hasMugs(2, 6), counted(4), hasMugs(-2, 6), -4, nil},
		"nothing":                 {hasMugs(2, 6), counted(0), hasMugs(-6, 6), -8, nil},
		"nothing of nothing":      {hasMugs(0, 0), counted(0), hasMugs(0, 0), 0, nil},
		"what is awaited":         {hasMugs(-3, 5), counted(2), hasMugs(-3, 5), 0, nil},
		"below nothing on hand":   {hasMugs(-5, 2), counted(1), hasMugs(-1, 2), 4, nil},
		"as many as there may be": {hasMugs(0, 0), counted(MaxQuantity), hasMugs(MaxQuantity, 0), MaxQuantity, nil},

		"less than none": {hasMugs(2, 6), counted(-1), hasMugs(2, 6), 0, badAt("found")},
		"too many":       {hasMugs(2, 6), counted(MaxQuantity + 1), hasMugs(2, 6), 0, badAt("found")},
		"another place":  {hasMugs(2, 6), Movement{Place: cellar, Found: 1, At: jan(1)}, hasMugs(2, 6), -7, badAt("place")},
		"no instant":     {hasMugs(2, 6), Movement{Place: mugs, Found: 1}, hasMugs(2, 6), 0, badAt("meta.at")},
		"elsewhere too":  {hasMugs(2, 6), Movement{Place: mugs, Found: 1, Other: "cellar", At: jan(1)}, hasMugs(2, 6), 0, badAt("other")},
		"too great":      {hasMugs(math.MaxInt64, 6), counted(1), hasMugs(math.MaxInt64, 6), 0, badAt("quantity")},
		"too low":        {hasMugs(math.MinInt64, 0), counted(1), hasMugs(math.MinInt64, 0), 0, badAt("quantity")},
	} {
		t.Run(name, func(t *testing.T) {
			c.m.Kind, c.m.Quantity = Received, 99 // which count for nothing
			after, m, err := c.before.Count(c.m)
			wantError(t, err, c.want)
			if after != c.after || m.Kind != Counted || m.Quantity != c.difference || m.Found != c.m.Found {
				t.Errorf("after it %+v by %+v, want %+v by %d", after, m, c.after, c.difference)
			}
		})
	}
	wrong := counted(7)
	wrong.Kind, wrong.Quantity = Counted, -2
	if after, err := hasMugs(2, 6).Move(wrong, DenyBackorder); !errors.Is(err, ErrInvalid) || after != hasMugs(2, 6) {
		t.Errorf("a count whose difference is wrong: %+v, %v", after, err)
	}
}

// What is transferred is missing here and there it is more; only what is free can go.
func TestStockTransfer(t *testing.T) {
	there := func(available, reserved int64) Stock { return Stock{cellar, available, reserved} }
	for name, c := range map[string]struct {
		from, to           Stock
		quantity           int64
		fromAfter, toAfter Stock
		want               error
	}{
		"some":                  {hasMugs(5, 3), there(1, 1), 2, hasMugs(3, 3), there(3, 1), nil},
		"all that is free":      {hasMugs(5, 3), there(0, 0), 5, hasMugs(0, 3), there(5, 0), nil},
		"to where some is owed": {hasMugs(5, 0), there(-2, 2), 5, hasMugs(0, 0), there(3, 2), nil},
		"what is reserved":      {hasMugs(5, 3), there(0, 0), 6, hasMugs(5, 3), there(0, 0), shortOfMugs(6, 5)},
		"what is not there":     {hasMugs(-2, 2), there(0, 0), 1, hasMugs(-2, 2), there(0, 0), shortOfMugs(1, 0)},
		"none":                  {hasMugs(5, 3), there(0, 0), 0, hasMugs(5, 3), there(0, 0), badAt("quantity")},
		"less than none":        {hasMugs(5, 3), there(9, 0), -1, hasMugs(5, 3), there(9, 0), badAt("quantity")},
		"too many":              {hasMugs(math.MaxInt64, 0), there(0, 0), MaxQuantity + 1, hasMugs(math.MaxInt64, 0), there(0, 0), badAt("quantity")},
		"to itself":             {hasMugs(5, 3), hasMugs(5, 3), 1, hasMugs(5, 3), hasMugs(5, 3), badAt("other")},
		"to another article":    {hasMugs(5, 3), Stock{Place: Place{"CUP", "cellar"}}, 1, hasMugs(5, 3), Stock{Place: Place{"CUP", "cellar"}}, badAt("sku")},
		"to where no more fits": {hasMugs(5, 3), there(math.MaxInt64, 0), 1, hasMugs(5, 3), there(math.MaxInt64, 0), badAt("quantity")},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.from.Transfer(c.to, Movement{Quantity: c.quantity, Reason: "why", At: jan(1), By: "test"})
			wantError(t, err, c.want)
			if got.From != c.fromAfter || got.To != c.toAfter {
				t.Errorf("after it %+v and %+v", got.From, got.To)
			}
			if err != nil {
				return
			}
			out := Movement{Place: c.from.Place, Kind: Transferred, Quantity: -c.quantity, Other: "cellar", Reason: "why", At: jan(1), By: "test"}
			in := Movement{Place: c.to.Place, Kind: Transferred, Quantity: c.quantity, Other: "main", Reason: "why", At: jan(1), By: "test"}
			if got.Out != out || got.In != in {
				t.Errorf("the movements are %+v and %+v", got.Out, got.In)
			}
		})
	}
	for name, m := range map[string]Movement{
		"no other end":         {Place: mugs, Kind: Transferred, Quantity: 1, At: 1},
		"a bad other end":      {Place: mugs, Kind: Transferred, Quantity: 1, Other: "a/b", At: 1},
		"none":                 {Place: mugs, Kind: Transferred, Other: "cellar", At: 1},
		"too many":             {Place: mugs, Kind: Transferred, Quantity: MaxQuantity + 1, Other: "cellar", At: 1},
		"the least there is":   {Place: mugs, Kind: Transferred, Quantity: math.MinInt64, Other: "cellar", At: 1},
		"goods that are found": {Place: mugs, Kind: Received, Quantity: 1, Found: 1, At: 1},
		"goods from elsewhere": {Place: mugs, Kind: Received, Quantity: 1, Other: "cellar", At: 1},
	} {
		if after, err := hasMugs(2, 6).Move(m, DenyBackorder); !errors.Is(err, ErrInvalid) || after != hasMugs(2, 6) {
			t.Errorf("%s: %+v, %v", name, after, err)
		}
	}
}

// initial + received + adjusted + counted + restocked + transferred == on hand + shipped
// at each of several locations, whatever is done; over all of them transfers are 0.
func TestStockConservationOverLocations(t *testing.T) {
	places := []Place{mugs, cellar, {SKU: "MUG", Location: "north"}}
	done, refused := map[MovementKind]int{}, map[MovementKind]int{}
	checkMany(t, 1000, func(t *rapid.T) {
		policy := pick(t, "policy", DenyBackorder, AllowBackorder(5))
		var initial, now [3]Stock
		var sums [3]map[MovementKind]int64
		var ledger [3][]Movement
		for i, p := range places {
			initial[i] = Stock{Place: p, Available: int64(among(t, "initial", 10))}
			now[i], sums[i] = initial[i], map[MovementKind]int64{}
		}
		kept := func(i int, next Stock, m Movement) {
			now[i] = next
			sums[i][m.Kind] += m.Quantity
			ledger[i] = append(ledger[i], m)
		}
		for range among(t, "steps", 20) {
			i := among(t, "place", 3)
			m := Movement{Place: places[i], Quantity: int64(among(t, "quantity", 8) + 1), At: jan(1), By: "test"}
			m.Kind = pick(t, "kind", Received, Reserved, Released, Shipped, Restocked, Adjusted, Counted, Counted, Transferred, Transferred)
			before := now
			var err error
			switch m.Kind {
			case Counted:
				m.Found = int64(among(t, "found", 15))
				var next Stock
				if next, m, err = now[i].Count(m); err != nil {
					t.Fatalf("a count was refused: %v", err)
				}
				if next.OnHand() != m.Found || next.Reserved != now[i].Reserved {
					t.Fatalf("%d were found, and there is %+v", m.Found, next)
				}
				kept(i, next, m)
			case Transferred:
				j := (i + 1 + among(t, "other", 2)) % 3
				var moved Transfer
				if moved, err = now[i].Transfer(now[j], m); err == nil {
					if moved.From.Available < 0 || moved.Out.Quantity+moved.In.Quantity != 0 || moved.Out.Other != places[j].Location || moved.In.Other != places[i].Location {
						t.Fatalf("%+v", moved)
					}
					kept(i, moved.From, moved.Out)
					kept(j, moved.To, moved.In)
				}
			default:
				if m.Kind == Adjusted && oneIn(t, "down", 2) {
					m.Quantity = -m.Quantity
				}
				var next Stock
				if next, err = now[i].Move(m, policy); err == nil {
					kept(i, next, m)
				}
			}
			if err != nil {
				wantShort(t, err)
				refused[m.Kind]++
				if now != before {
					t.Fatalf("%+v was refused and changed %+v", m, now)
				}
				continue
			}
			done[m.Kind]++
			transferred := int64(0)
			for i, s := range now {
				sum := sums[i]
				transferred += sum[Transferred]
				if in, out := initial[i].OnHand()+sum[Received]+sum[Adjusted]+sum[Counted]+sum[Restocked]+sum[Transferred], s.OnHand()+sum[Shipped]; in != out {
					t.Fatalf("at %s came %d and went %d, after %+v", s.Location, in, out, ledger[i])
				}
				if open := sum[Reserved] - sum[Released] - sum[Shipped]; s.Reserved != open {
					t.Fatalf("reserved %d, open reservations %d", s.Reserved, open)
				}
				again := initial[i]
				for k := range ledger[i] { // the sum does not depend on the order
					available, reserved := ledger[i][len(ledger[i])-1-k].deltas()
					again.Available, again.Reserved = again.Available+available, again.Reserved+reserved
				}
				if again != s {
					t.Fatalf("from the last on %+v, want %+v", again, s)
				}
			}
			if transferred != 0 {
				t.Fatalf("over all locations %d were transferred", transferred)
			}
		}
	})
	t.Logf("done %v, refused %v", done, refused)
	for _, k := range []MovementKind{Counted, Transferred} {
		if done[k] < 200 {
			t.Errorf("%s was done %d times", k, done[k])
		}
	}
	if refused[Transferred] < 100 {
		t.Errorf("transfers were refused %d times", refused[Transferred])
	}
}

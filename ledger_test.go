package till

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func ledgerOf(t rapid.TB, spec LedgerSpec, movements ...Movement) Ledger {
	t.Helper()
	l := must(NewLedger(spec))
	for _, m := range movements {
		l = must(l.Add(m))
	}
	return l
}

// Opening and closing are what the stock was at those instants, the rows are what
// happened between them, and the equation holds, in whatever order movements come.
func TestLedgerLaws(t *testing.T) {
	between := 0
	checkMany(t, 500, func(t *rapid.T) {
		spec := LedgerSpec{Place: mugs}
		if oneIn(t, "bounded", 2) {
			spec.From = jan(among(t, "from", 10))
			spec.To = spec.From.Add(day * 8)
		}
		stock, opening, closing := Stock{Place: mugs}, Stock{Place: mugs}, Stock{Place: mugs}
		var movements []Movement
		want := map[ledgerKey]LedgerRow{}
		for i := range 20 {
			m := moved(pick(t, "kind", ledgerKinds...), int64(among(t, "quantity", 8)+1))
			m.At, m.Reason = jan(i), pick(t, "reason", "", "delivery", "broken")
			switch m.Kind {
			case Adjusted, Transferred:
				if oneIn(t, "down", 2) {
					m.Quantity = -m.Quantity
				}
			case Counted:
				m.Found, m.Quantity = m.Quantity, m.Quantity-stock.OnHand()
			}
			if m.Kind == Transferred {
				m.Other = "cellar"
			}
			next, err := stock.Move(m, AllowBackorder(5))
			if err != nil {
				continue
			}
			stock, movements = next, append(movements, m)
			if m.At < spec.From {
				opening = stock
			}
			if spec.To == 0 || m.At < spec.To {
				closing = stock
			}
			if m.At >= spec.From && (spec.To == 0 || m.At < spec.To) {
				key := ledgerKey{m.Kind, m.Reason}
				want[key] = LedgerRow{m.Kind, m.Reason, want[key].Movements + 1, want[key].Quantity + m.Quantity}
				between++
			}
		}
		l := ledgerOf(t, spec, movements...)
		same(t, "opening", l.Opening(), opening)
		same(t, "closing", l.Closing(), closing)
		in := l.Opening().OnHand() + l.Sum(Received) + l.Sum(Restocked) + l.Sum(Adjusted) + l.Sum(Counted) + l.Sum(Transferred)
		if out := l.Closing().OnHand() + l.Sum(Shipped); in != out {
			t.Fatalf("opening + received + restocked + adjusted + counted + transferred = %d, closing + shipped = %d", in, out)
		}
		if open := l.Opening().Reserved + l.Sum(Reserved) - l.Sum(Released) - l.Sum(Shipped); open != l.Closing().Reserved {
			t.Fatalf("%d are reserved, the movements say %d", l.Closing().Reserved, open)
		}
		got := map[ledgerKey]LedgerRow{}
		for _, row := range l.Rows() {
			got[ledgerKey{row.Kind, row.Reason}] = row
		}
		same(t, "rows", got, want)
		if !slices.IsSortedFunc(l.Rows(), func(a, b LedgerRow) int {
			return ledgerKey{a.Kind, a.Reason}.compare(ledgerKey{b.Kind, b.Reason})
		}) {
			t.Fatalf("not in order: %v", l.Rows())
		}
		mixed := ledgerOf(t, spec, rapid.Permutation(movements).Draw(t, "in another order")...)
		same(t, "in another order", []any{mixed.Opening(), mixed.Closing(), mixed.Rows()}, []any{l.Opening(), l.Closing(), l.Rows()})
	})
	if between < 1000 {
		t.Errorf("%d movements lay in a range", between)
	}
}

// Every kind that a stock can be moved by has a place in a ledger.
func TestLedgerKnowsEveryKind(t *testing.T) {
	f := must(parser.ParseFile(token.NewFileSet(), "stock.go", nil, parser.SkipObjectResolution))
	var kinds []MovementKind
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if of, ok := v.Type.(*ast.Ident); ok && of.Name == "MovementKind" {
			kinds = append(kinds, MovementKind(must(strconv.Unquote(v.Values[0].(*ast.BasicLit).Value))))
		}
		return true
	})
	slices.Sort(kinds)
	same(t, "kinds of a ledger", slices.Sorted(slices.Values(ledgerKinds)), kinds)
}

// A kind that is not known is refused, and so is what is no movement of this stock.
func TestLedgerRefuses(t *testing.T) {
	l := ledgerOf(t, LedgerSpec{Place: mugs, To: jan(5)}, moved(Received, 5))
	late := moved("stolen", 1)
	late.At = jan(9)
	for name, c := range map[string]struct {
		m    Movement
		path string
	}{
		"no kind":                      {moved("stolen", 1), "kind"},
		"no kind, and after the range": {late, "kind"},
		"another article":              {Movement{Place: Place{"CUP", StandardLocation}, Kind: Received, Quantity: 1, At: 1}, "place"},
		"another location":             {Movement{Place: Place{"MUG", "cellar"}, Kind: Received, Quantity: 1, At: 1}, "place"},
		"nothing":                      {moved(Received, 0), "quantity"},
		"the least number":             {moved(Adjusted, math.MinInt64), "quantity"},
		"no instant":                   {Movement{Place: mugs, Kind: Received, Quantity: 1}, "meta.at"},
	} {
		t.Run(name, func(t *testing.T) {
			next, err := l.Add(c.m)
			wantError(t, err, badAt(c.path))
			same(t, "the ledger", next, l)
		})
	}
	full := l
	full.closing.Available = math.MaxInt64
	_, err := full.Add(moved(Received, 1))
	wantError(t, err, badAt("quantity"))
	_, err = Ledger{}.Add(moved(Received, 1))
	wantError(t, err, badAt("place"))
}

// Sums are sorted by key and keep what they are given, and the tree below them stays
// low, in whatever order keys come.
func TestSums(t *testing.T) {
	for name, order := range map[string]func(i int) int{
		"upward": func(i int) int { return i }, "downward": func(i int) int { return 999 - i }, "mixed": func(i int) int { return i * 389 % 1000 },
		"from both ends": func(i int) int { return i/2 + i%2*(999-i/2*2) },
	} {
		var s sums[ledgerKey, int]
		want := map[string]int{}
		for i := range 1000 {
			key := fmt.Sprintf("%03d", order(i))
			s = s.with(ledgerKey{reason: key}, -1).with(ledgerKey{reason: key}, i)
			want[key] = i
		}
		got, last := map[string]int{}, ""
		for key, i := range s.all() {
			if key.reason <= last && len(got) > 0 {
				t.Errorf("%s: %s comes after %s", name, key.reason, last)
			}
			if is, ok := s.at(key); !ok || is != i {
				t.Errorf("%s: %s has %d, %t; it should be %d", name, key.reason, is, ok, i)
			}
			got[key.reason], last = i, key.reason
		}
		same(t, name, got, want)
		for key, want := range map[string]string{"": "", "000": "", "0005": "000", "500": "499", "x": "999"} {
			if i, ok := s.below(ledgerKey{reason: key}); ok != (want != "") || ok && want != fmt.Sprintf("%03d", order(i)) {
				t.Errorf("%s: below %q comes what was put in as number %d, %t", name, key, i, ok)
			}
		}
		if _, ok := s.at(ledgerKey{reason: "x"}); ok || s.top.tall() > 14 { // 1.44 x log2 of 1000
			t.Errorf("%s: the tree has height %d", name, s.top.tall())
		}
		for range s.all() {
			break // a walk can be ended
		}
	}
}

// What was sold of an article is the sum of its lines, whatever the orders.
func TestUnitsLaws(t *testing.T) {
	checkMany(t, 300, func(t *rapid.T) {
		around := utc("2018-10-01T00:00:00")
		spec := UnitsSpec{}
		if oneIn(t, "bounded", 2) {
			spec = UnitsSpec{From: around.Add(10 * day), To: around.Add(50 * day)}
		}
		orders := drawOrders(t, around)
		want := map[unitsKey]UnitsRow{}
		for _, o := range orders {
			if at := o.Placed(); at == 0 || at < spec.From || spec.To != 0 && at >= spec.To {
				continue
			}
			for i, l := range o.Lines() {
				key := unitsKey{l.SKU, l.Total.Currency()}
				row := want[key]
				row.SKU, row.Currency, row.Lines, row.Pieces, row.Amount = key.sku, key.currency, row.Lines+1, row.Pieces+l.Quantity, must(row.Amount.Add(l.Total))
				if !slices.ContainsFunc(o.Lines()[:i], func(before Line) bool { return before.SKU == l.SKU }) {
					row.Orders++
				}
				want[key] = row
			}
		}
		whole := unitsOf(t, spec, orders...)
		got := map[unitsKey]UnitsRow{}
		for _, row := range whole.Rows() {
			got[unitsKey{row.SKU, row.Currency}] = row
		}
		same(t, "rows", got, want)
		if !slices.IsSortedFunc(whole.Rows(), func(a, b UnitsRow) int { return unitsKey{a.SKU, a.Currency}.compare(unitsKey{b.SKU, b.Currency}) }) {
			t.Fatalf("not in order: %v", whole.Rows())
		}
		mixed := rapid.Permutation(orders).Draw(t, "in another order")
		same(t, "in another order", unitsOf(t, spec, mixed...).Rows(), whole.Rows())
		n := among(t, "half", len(orders)+1)
		same(t, "two halves", must(unitsOf(t, spec, mixed[:n]...).Merge(unitsOf(t, spec, mixed[n:]...))).Rows(), whole.Rows())
	})
}

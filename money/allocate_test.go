package money_test

import (
	"errors"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tillkit/till/money"
	"pgregory.net/rapid"
)

func minors(parts []money.Amount) []int64 {
	out := make([]int64, len(parts))
	for i, p := range parts {
		out[i] = p.Minor()
	}
	return out
}

func TestAllocate(t *testing.T) {
	const top = math.MaxInt64
	for _, tc := range []struct {
		name    string
		minor   int64
		weights []int64
		want    []int64
	}{
		{"one part", 5, []int64{7}, []int64{5}},
		{"even", 10, []int64{1, 1}, []int64{5, 5}},
		{"ties go to the first", 5, []int64{1, 1}, []int64{3, 2}},
		{"ties go to the first of many", 5, []int64{1, 1, 1}, []int64{2, 2, 1}},
		{"a negative amount mirrors", -5, []int64{1, 1, 1}, []int64{-2, -2, -1}},
		{"the largest remainder first", 10, []int64{1, 2, 4}, []int64{1, 3, 6}},
		{"remainder before order", 1, []int64{1, 2}, []int64{0, 1}},
		{"weight 0 gets 0", 7, []int64{0, 1, 0, 1, 0}, []int64{0, 4, 0, 3, 0}},
		{"nothing to share", 0, []int64{3, 4}, []int64{0, 0}},
		{"fewer units than parts", 2, []int64{1, 1, 1, 1}, []int64{1, 1, 0, 0}},
		{"a discount over lines", 1000, []int64{1999, 500, 0}, []int64{800, 200, 0}},
		{"the highest amount", top, []int64{1, 1}, []int64{top/2 + 1, top / 2}},
		{"the lowest amount", math.MinInt64, []int64{1}, []int64{math.MinInt64}},
		{"the lowest amount in two", math.MinInt64, []int64{1, 1}, []int64{math.MinInt64 / 2, math.MinInt64 / 2}},
		{"weights beyond 64 bits", 100, []int64{top, top, top, 0, top}, []int64{25, 25, 25, 0, 25}},
		{"ties beyond 64 bits", 5, []int64{top, top, top}, []int64{2, 2, 1}},
		{"order beyond 64 bits", 1, []int64{top - 1, top, 0, top}, []int64{0, 1, 0, 0}},
		{"all at the limits", math.MinInt64, []int64{top, top, top, top}, []int64{math.MinInt64 / 4, math.MinInt64 / 4, math.MinInt64 / 4, math.MinInt64 / 4}},
	} {
		parts, err := money.MustFromMinor(tc.minor, money.USD).Allocate(tc.weights)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if diff := cmp.Diff(tc.want, minors(parts)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	parts, err := money.Amount{}.Allocate([]int64{1, 2})
	if diff := cmp.Diff([]money.Amount{{}, {}}, parts); err != nil || diff != "" {
		t.Errorf("the zero Amount: %v\n%s", err, diff)
	}
}

func TestAllocateRefuses(t *testing.T) {
	for name, weights := range map[string][]int64{
		"none": nil, "empty": {}, "zero": {0}, "zeros": {0, 0, 0}, "negative": {1, -1, 5}, "lowest": {math.MinInt64},
	} {
		parts, err := money.MustParse("1.00", money.USD).Allocate(weights)
		var arg *money.ArgumentError
		if parts != nil || !errors.Is(err, money.ErrArgument) || !errors.As(err, &arg) {
			t.Errorf("%s: %v, %v; want an ArgumentError", name, parts, err)
		}
	}
}

// checkShares checks the promises of Allocate on exact shares.
func checkShares(t interface {
	Helper()
	Fatalf(string, ...any)
}, a money.Amount, weights []int64, parts []money.Amount) {
	t.Helper()
	if len(parts) != len(weights) {
		t.Fatalf("%d parts for %d weights", len(parts), len(weights))
	}
	if sum, err := money.Sum(parts...); err != nil || sum != a {
		t.Fatalf("the parts of %v sum to %v, %v", a, sum, err)
	}
	total := new(big.Rat)
	for _, w := range weights {
		total.Add(total, ratOf(w))
	}
	exact := make([]*big.Rat, len(weights)) // shares of |a|
	gained := make([]bool, len(weights))    // one unit more than rounded toward zero
	for i, w := range weights {
		exact[i] = new(big.Rat).Mul(ratOf(a.Minor()), ratOf(w))
		exact[i].Quo(exact[i], total).Abs(exact[i])
		part := ratOf(parts[i].Minor())
		if part.Sign()*a.Sign() < 0 {
			t.Fatalf("part %d of %v is %v", i, a, parts[i])
		}
		part.Abs(part)
		off := new(big.Rat).Sub(part, exact[i])
		if off.Abs(off).Cmp(ratOf(1)) >= 0 {
			t.Fatalf("part %d of %v is %v, its exact share is %s", i, a, parts[i], exact[i].FloatString(3))
		}
		if w == 0 && parts[i].Minor() != 0 {
			t.Fatalf("part %d has weight 0 and is %v", i, parts[i])
		}
		gained[i] = part.Cmp(exact[i]) > 0
		exact[i].Sub(exact[i], new(big.Rat).SetInt(reference(exact[i], money.Down)))
	}
	for i := range weights {
		for j := range weights {
			// i comes before j in the queue for the units left over.
			first := exact[i].Cmp(exact[j])
			if (first > 0 || first == 0 && i < j) && gained[j] && !gained[i] {
				t.Fatalf("%v over %v = %v: part %d gained a unit before part %d", a, weights, parts, j, i)
			}
		}
	}
}

func TestAllocateProperties(t *testing.T) {
	weight := rapid.OneOf(
		rapid.Int64Range(0, 5), rapid.Int64Range(0, 100000), rapid.Int64Range(0, math.MaxInt64),
		rapid.SampledFrom([]int64{0, 1, math.MaxInt64 - 1, math.MaxInt64}),
	)
	rapid.Check(t, func(t *rapid.T) {
		a := money.MustFromMinor(anyInt64().Draw(t, "minor"), money.USD)
		weights := rapid.SliceOfN(weight, 1, 20).Draw(t, "weights")
		before := slices.Clone(weights)
		parts, err := a.Allocate(weights)
		if err != nil {
			if !errors.Is(err, money.ErrArgument) || slices.Max(weights) > 0 {
				t.Fatal(err)
			}
			return
		}
		checkShares(t, a, weights, parts)
		if !slices.Equal(weights, before) {
			t.Fatal("the weights were changed")
		}
		if neg, err := a.Neg(); err == nil {
			mirror, err := neg.Allocate(weights)
			if err != nil {
				t.Fatal(err)
			}
			for i := range mirror {
				if mirror[i].Minor() != -parts[i].Minor() {
					t.Fatalf("part %d is %v, mirrored %v", i, parts[i], mirror[i])
				}
			}
		}
	})
}

// The promises hold for many weights, too: random, alike, in order, and such that rise and
// fall.
func TestAllocateMany(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{12, 13, 16, 17, 100, 128, 129, 300} {
		for shape, weight := range map[string]func(i int) int64{
			"random": func(int) int64 { return random.Int64N(100_000) + 1 },
			"few":    func(int) int64 { return random.Int64N(4) + 1 },
			"alike":  func(int) int64 { return 7 },
			"rising": func(i int) int64 { return int64(i) + 1 },
			"a roof": func(i int) int64 { return int64(min(i, n-i)) + 1 },
			"turns":  func(i int) int64 { return int64(i%2*(n-i)) + 1 },
		} {
			weights := make([]int64, n)
			for i := range weights {
				weights[i] = weight(i)
			}
			for range 5 {
				a := money.MustFromMinor(random.Int64N(1_000_000), money.USD)
				parts, err := a.Allocate(weights)
				if err != nil {
					t.Fatalf("%d weights, %s: %v", n, shape, err)
				}
				checkShares(t, a, weights, parts)
			}
		}
	}
}

// Both ways of computing shares, for weights within and beyond 64 bits, agree:
// weights that are multiplied by a constant give the same parts.
func TestAllocateScales(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := money.MustFromMinor(anyInt64().Draw(t, "minor"), money.USD)
		weights := rapid.SliceOfN(rapid.Int64Range(1, 1<<20), 4, 200).Draw(t, "weights")
		scaled := make([]int64, len(weights))
		for i, w := range weights {
			scaled[i] = w << 42
		}
		small, err := a.Allocate(weights)
		if err != nil {
			t.Fatal(err)
		}
		large, err := a.Allocate(scaled)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(small, large) {
			t.Fatalf("%v\n%v", small, large)
		}
	})
}

func TestSplit(t *testing.T) {
	for _, tc := range []struct {
		minor int64
		n     int
		want  []int64
	}{
		{100, 3, []int64{34, 33, 33}},
		{-100, 3, []int64{-34, -33, -33}},
		{2, 4, []int64{1, 1, 0, 0}},
		{0, 2, []int64{0, 0}},
		{math.MinInt64, 1, []int64{math.MinInt64}},
		{math.MinInt64, 3, []int64{-3074457345618258603, -3074457345618258603, -3074457345618258602}},
	} {
		parts, err := money.MustFromMinor(tc.minor, money.USD).Split(tc.n)
		if diff := cmp.Diff(tc.want, minors(parts)); err != nil || diff != "" {
			t.Errorf("Split(%d, %d): %v\n%s", tc.minor, tc.n, err, diff)
		}
	}
	if parts, err := money.MustParse("1.00", money.USD).Split(1_000_000); err != nil || len(parts) != 1_000_000 {
		t.Errorf("a million parts: %d, %v", len(parts), err)
	}
	rapid.Check(t, func(t *rapid.T) {
		a := anyAmount().Draw(t, "amount")
		n := rapid.IntRange(1, 300).Draw(t, "n")
		parts, err := a.Split(n)
		if err != nil {
			t.Fatal(err)
		}
		even, err := a.Allocate(slices.Repeat([]int64{1}, n))
		if err != nil || !slices.Equal(parts, even) {
			t.Fatalf("Split is Allocate with equal weights: %v, %v, %v", parts, even, err)
		}
	})
}

package store

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// badDoc cannot be written down.
type badDoc struct{ err error }

func (d badDoc) AppendStored([]byte) ([]byte, error) { return nil, d.err }

func TestParseReceipt(t *testing.T) {
	for _, want := range []Receipt{
		{}, {Key: "click", Result: "order 7", Fingerprint: [32]byte{1, 31: 0xff}, At: 77}, {Key: "\"\\é\U0001F600\u2028<>&", At: math.MinInt64},
		{Key: strings.Repeat("k", MaxKey), Result: strings.Repeat("r", MaxKey), At: math.MaxInt64},
	} {
		doc, err := want.AppendStored([]byte("before"))
		if err != nil {
			t.Fatal(err)
		}
		stored, ok := strings.CutPrefix(string(doc), "before")
		if !ok {
			t.Fatalf("%q does not extend what was given", doc)
		}
		got, err := ParseReceipt(Raw(stored))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if got, err := ParseReceipt(want); err != nil || got != want {
			t.Errorf("of a value: %v, %v", got, err)
		}
	}
}

func TestParseReceiptRefuses(t *testing.T) {
	long := `{"key":"k","result":"","fingerprint":"` + strings.Repeat("0", 100) + `","at":0}`
	for _, doc := range []string{"", "x", "[]", `"k"`, `{"key":1}`, `{"key":"k","at":"0"}`, `{"key":"k","fingerprint":"00"}`, `{"key":"k","fingerprint":"` + strings.Repeat("x", 64) + `"}`, long} {
		if got, err := ParseReceipt(Raw(doc)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v, %v", doc, got, err)
		}
	}
	if _, err := ParseReceipt(nil); !errors.Is(err, ErrInvalid) {
		t.Errorf("no document: %v", err)
	}
	broken := errors.New("broken")
	if _, err := ParseReceipt(badDoc{broken}); !errors.Is(err, broken) {
		t.Errorf("a document that cannot be written: %v", err)
	}
}

func TestValues(t *testing.T) {
	members := []string{"b", "a", "b"}
	v := ManyValue(members...)
	members[0] = "z"
	got := v.Members()
	if diff := cmp.Diff([]string{"a", "b"}, got); diff != "" {
		t.Error(diff)
	}
	got[0] = "z"
	if !v.Has("a") || v.Has("z") || !v.Equal(ManyValue("a", "b")) || v.Equal(TextValue("a")) {
		t.Error("a set of members is not its own")
	}
	for _, c := range []struct {
		a, b Value
		want int
	}{
		{IntValue(math.MinInt64), IntValue(math.MaxInt64), -1}, {IntValue(2), IntValue(-1), +1}, {IntValue(1), IntValue(1), 0},
		{TextValue("a"), TextValue("é"), -1}, {TextValue("z"), TextValue("Z"), +1}, {TextValue(""), TextValue(""), 0},
	} {
		if got := c.a.Compare(c.b); got != c.want {
			t.Errorf("%v to %v: %d", c.a, c.b, got)
		}
	}
	for op, want := range map[Op][3]bool{
		Equal: {false, true, false}, NotEqual: {true, false, true}, Less: {true, false, false}, AtMost: {true, true, false}, Greater: {false, false, true}, AtLeast: {false, true, true}, 99: {},
	} {
		for i, n := range []int64{1, 2, 3} {
			if got := (Cond{"f", op, IntValue(2)}).Holds(IntValue(n)); got != want[i] {
				t.Errorf("op %d: %d to 2: %t", op, n, got)
			}
		}
	}
	if (Cond{"f", NotEqual, IntValue(2)}).Holds(TextValue("2")) {
		t.Error("a condition holds for another type")
	}
}

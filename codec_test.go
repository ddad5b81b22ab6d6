package till

import (
	"errors"
	"strings"
	"testing"

	"github.com/tillkit/till/store"
)

// A stored state that is damaged is an error that says so, whatever is in it.
func TestDamagedState(t *testing.T) {
	state := func(sum string) store.Raw {
		return store.Raw(`{"fold":3,"n":1,"at":"2026-01-01T00:00:00Z","sum":"` + sum + `","rounding":[{"name":"rounding","over":[]}]}`)
	}
	if _, err := asTerms(state(strings.Repeat("a", 64))); err != nil {
		t.Fatalf("a state that is fit: %v", err)
	}
	for name, doc := range map[string]store.Doc{
		"sum too long": state(strings.Repeat("a", 66)), "sum too short": state(strings.Repeat("a", 62)), "no sum": state(""),
		"sum of other digits": state(strings.Repeat("x", 64)), "no JSON": store.Raw("{"), "nothing": store.Raw(nil),
	} {
		if _, err := asTerms(doc); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := asTerms(messageDoc{}); err == nil {
		t.Error("a message is read as terms")
	}
}

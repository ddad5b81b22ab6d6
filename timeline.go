package till

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Mark says what a [Change] does to a timeline.
type Mark uint8

// The marks.
const (
	Set     Mark = iota + 1 // from this instant the value holds
	Clear                   // from this instant there is none
	Retract                 // the change that stands at this instant, planned or in force, is called off
)

var markWords = []string{Set: "set", Clear: "clear", Retract: "retract"}

// String gives "set", "clear" or "retract".
func (m Mark) String() string {
	if m < Set || m > Retract {
		return "no mark"
	}
	return markWords[m]
}

// MarshalText gives what String gives.
func (m Mark) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what String gives.
func (m *Mark) UnmarshalText(text []byte) error {
	if i := slices.Index(markWords, string(text)); i >= int(Set) {
		*m = Mark(i)
		return nil
	}
	return invalid("mark", "%q is none of set, clear and retract", text)
}

// Change is one change of a [Timeline].
type Change[T any] struct {
	N        int64   // its number in the journal that keeps it; 0 outside one
	From     Instant // valid from
	Recorded Instant // known from
	Mark     Mark
	Value    T // of a Set
	By       Actor
	Note     string
}

// Timeline is a value over time that keeps its whole past: what holds at an
// instant, and what was known of it at another. Changes are added, never altered;
// what one of them says holds from its From up to the From of the next, that
// instant not included. The zero Timeline has no value at any instant. Timelines
// are immutable: two that were made from one are both right.
//
// A sale is a second timeline laid over the first, so that a change of the base
// price during the sale outlives it.
type Timeline[T any] struct {
	changes []Change[T] // as recorded; Recorded never falls
}

// With adds a change. One that would be recorded before the last is recorded with
// it: recorded time never runs backward.
func (t Timeline[T]) With(c Change[T]) Timeline[T] {
	return Timeline[T]{append(slices.Clip(t.changes), t.held(c))}
}

// put adds a change in place; the fold has copied the timeline before.
func (t *Timeline[T]) put(c Change[T]) { t.changes = append(t.changes, t.held(c)) }

func (t Timeline[T]) held(c Change[T]) Change[T] {
	if n := len(t.changes); n > 0 {
		c.Recorded = max(c.Recorded, t.changes[n-1].Recorded)
	}
	return c
}

func (t Timeline[T]) grow() Timeline[T] { return Timeline[T]{slices.Clone(t.changes)} }

// On gives the change that holds at an instant, as known at another: of the
// changes recorded at or before known and valid from at or before valid, for each
// From the last recorded, the one with the greatest From that is not retracted. A
// Clear, or none at all, gives false. MaxInstant as known means all that is
// recorded. A change recorded later than known never alters the answer.
func (t Timeline[T]) On(valid, known Instant) (Change[T], bool) {
	if c := t.on(valid, known); c != nil {
		return *c, true
	}
	return Change[T]{}, false
}

// on is On in place, nil where it gives false: a change is large.
func (t Timeline[T]) on(valid, known Instant) *Change[T] {
	var best *Change[T]
	var off map[Instant]bool // what is called off
	for i := len(t.changes) - 1; i >= 0; i-- {
		c := &t.changes[i] // of each From the last recorded comes first
		if c.Recorded > known || c.From > valid || best != nil && c.From <= best.From || off[c.From] {
			continue
		}
		if c.Mark == Set || c.Mark == Clear {
			best = c
			continue
		}
		if off == nil {
			off = make(map[Instant]bool)
		}
		off[c.From] = true
	}
	if best == nil || best.Mark != Set {
		return nil
	}
	return best
}

// from gives what can still matter for instants from at on, all being known: of the
// changes up to at the one that holds then, and what is planned after it. A Retract of
// what is left out cannot be answered any more.
func (t Timeline[T]) from(at Instant) Timeline[T] {
	latest := make(map[Instant]int, len(t.changes)) // for each From the last recorded
	holds := -1
	for i, c := range t.changes {
		latest[c.From] = i
	}
	for _, i := range latest {
		if c := t.changes[i]; c.From <= at && c.Mark != Retract && (holds < 0 || c.From > t.changes[holds].From) {
			holds = i
		}
	}
	var left []Change[T]
	for i, c := range t.changes {
		if i == holds || c.From > at && c.Mark != Retract && latest[c.From] == i {
			left = append(left, c)
		}
	}
	return Timeline[T]{left}
}

// stands reports whether a change with exactly that From is in force or planned: the
// last one recorded for it was not a Retract.
func (t Timeline[T]) stands(from Instant) bool {
	for _, c := range slices.Backward(t.changes) {
		if c.From == from {
			return c.Mark != Retract
		}
	}
	return false
}

// standing says in words where changes stand, the latest first.
func (t Timeline[T]) standing() string {
	latest := map[Instant]Mark{}
	for _, c := range t.changes {
		latest[c.From] = c.Mark
	}
	maps.DeleteFunc(latest, func(_ Instant, m Mark) bool { return m == Retract })
	if len(latest) == 0 {
		return "none stands"
	}
	at := slices.Sorted(maps.Keys(latest))
	slices.Reverse(at)
	words := make([]string, 0, 5)
	for _, from := range at[:min(len(at), cap(words))] {
		words = append(words, from.String())
	}
	if more := len(at) - len(words); more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	return "one stands at " + strings.Join(words, ", ")
}

// All gives the changes in the order in which they were recorded.
func (t Timeline[T]) All() iter.Seq[Change[T]] { return slices.Values(t.changes) }

// Len gives the number of changes.
func (t Timeline[T]) Len() int { return len(t.changes) }

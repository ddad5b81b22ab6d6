package till

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillkit/till/money"
)

// change makes a change by day: recorded, valid from, mark and value.
func change(recorded, from int, m Mark, v string) Change[string] {
	return Change[string]{Recorded: jan(recorded), From: jan(from), Mark: m, Value: v}
}

// TestTimelineGrid reads timelines at every (valid, known), by answers that were
// written by hand: a row for each known day, a letter for each valid day from 0 on,
// "." where there is no value.
func TestTimelineGrid(t *testing.T) {
	for name, c := range map[string]struct {
		changes []Change[string]
		known   map[int]string
	}{
		"empty": {nil, map[int]string{0: "....", 9: "...."}},
		"scheduled": {
			[]Change[string]{change(0, 0, Set, "a"), change(2, 5, Set, "b")},
			map[int]string{0: "aaaaaaaa", 1: "aaaaaaaa", 2: "aaaaabbb", 9: "aaaaabbb"},
		},
		"back-dated": {
			[]Change[string]{change(0, 1, Set, "a"), change(4, 2, Set, "b")},
			map[int]string{0: ".aaaaaaa", 3: ".aaaaaaa", 4: ".abbbbbb"},
		},
		"back-dated under a later change": {
			[]Change[string]{change(0, 0, Set, "a"), change(1, 4, Set, "b"), change(5, 2, Set, "c")},
			map[int]string{0: "aaaaaaa", 1: "aaaabbb", 4: "aaaabbb", 5: "aaccbbb"},
		},
		"cleared": {
			[]Change[string]{change(0, 0, Set, "a"), change(1, 3, Clear, ""), change(2, 5, Set, "b")},
			map[int]string{0: "aaaaaaa", 1: "aaa....", 2: "aaa..bb"},
		},
		"clear called off": {
			[]Change[string]{change(0, 0, Set, "a"), change(1, 3, Clear, ""), change(2, 3, Retract, "")},
			map[int]string{1: "aaa...", 2: "aaaaaa"},
		},
		"retracted": {
			[]Change[string]{change(0, 0, Set, "a"), change(1, 3, Set, "b"), change(2, 3, Retract, "")},
			map[int]string{0: "aaaaaa", 1: "aaabbb", 2: "aaaaaa"},
		},
		"retract, then set again": {
			[]Change[string]{change(0, 0, Set, "a"), change(1, 3, Set, "b"), change(2, 3, Retract, ""), change(3, 3, Set, "c")},
			map[int]string{1: "aaabbb", 2: "aaaaaa", 3: "aaaccc"},
		},
		"retract uncovers what was retracted before it": {
			[]Change[string]{change(0, 1, Set, "a"), change(0, 2, Set, "b"), change(0, 4, Set, "c"), change(1, 2, Retract, ""), change(2, 4, Retract, "")},
			map[int]string{0: ".abbcc", 1: ".aaacc", 2: ".aaaaa"},
		},
		"retract of nothing": {
			[]Change[string]{change(0, 2, Retract, ""), change(1, 1, Set, "a")},
			map[int]string{0: "......", 1: ".aaaaa"},
		},
		"retract of another instant": {
			[]Change[string]{change(0, 1, Set, "a"), change(1, 2, Set, "b"), change(2, 3, Retract, "")},
			map[int]string{1: ".abbbb", 2: ".abbbb"},
		},
		"set twice for one instant": {
			[]Change[string]{change(0, 1, Set, "a"), change(2, 1, Set, "b"), change(2, 1, Set, "c")},
			map[int]string{0: ".aaa", 1: ".aaa", 2: ".ccc"},
		},
		"retracted to nothing": {
			[]Change[string]{change(0, 1, Set, "a"), change(1, 1, Retract, "")},
			map[int]string{0: ".aaa", 1: "...."},
		},
		"clock went back": {
			[]Change[string]{change(3, 1, Set, "a"), change(1, 2, Set, "b")},
			map[int]string{1: "....", 2: "....", 3: ".abb"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var line Timeline[string]
			for _, c := range c.changes {
				line = line.With(c)
			}
			for known, want := range c.known {
				got := ""
				for d := range len(want) {
					c, ok := line.On(jan(d), jan(known))
					switch {
					case !ok && c != Change[string]{}:
						t.Fatalf("no value on day %d, and yet %+v", d, c)
					case !ok:
						got += "."
					default:
						got += c.Value
					}
				}
				if got != want {
					t.Errorf("known on day %d: %s, want %s", known, got, want)
				}
			}
		})
	}
}

// Half-open: a change holds at its From and not a microsecond before, and is known
// from its Recorded on.
func TestTimelineBounds(t *testing.T) {
	line := Timeline[string]{}.With(change(1, 5, Set, "a")).With(change(1, 9, Clear, ""))
	for _, c := range []struct {
		valid, known Instant
		want         bool
	}{
		{jan(5) - 1, MaxInstant, false}, {jan(5), MaxInstant, true}, {jan(9) - 1, MaxInstant, true}, {jan(9), MaxInstant, false},
		{jan(5), jan(1) - 1, false}, {jan(5), jan(1), true},
	} {
		if _, ok := line.On(c.valid, c.known); ok != c.want {
			t.Errorf("On(%s, %s): %t, want %t", c.valid, c.known, ok, c.want)
		}
	}
	ends := Timeline[string]{}.With(Change[string]{From: MinInstant, Mark: Set, Value: "a"}).With(Change[string]{From: MinInstant, Mark: Retract})
	if _, ok := ends.On(MaxInstant, MaxInstant); ok {
		t.Error("retracted from the first instant on, and yet there")
	}
	beyond := Timeline[string]{}.With(Change[string]{From: -1 << 63, Mark: Retract})
	if _, ok := beyond.On(jan(0), MaxInstant); ok { // ends at all
		t.Error("retracted before all instants, and yet there")
	}
}

// naive is the rule for reading a timeline, as it is explained to people.
func naive(changes []Change[string], valid, known Instant) (string, bool) {
	last := map[Instant]Change[string]{} // for each From what was recorded last
	for _, c := range changes {
		if c.Recorded <= known && c.From <= valid {
			last[c.From] = c
		}
	}
	var best *Change[string]
	for _, c := range last {
		if c.Mark != Retract && (best == nil || c.From > best.From) {
			best = &c
		}
	}
	if best == nil || best.Mark == Clear {
		return "", false
	}
	return best.Value, true
}

func TestTimelineAgainstModel(t *testing.T) {
	checkMany(t, 1000, func(t *rapid.T) {
		var line Timeline[string]
		type answer struct {
			valid, known Instant
			value        string
			ok           bool
		}
		var settled []answer // what was answered before the change
		var branches []Timeline[string]
		var texts []string
		for i := range among(t, "changes", 12) {
			if len(branches) > 0 && oneIn(t, "branch", 3) {
				pick(t, "from", branches...).With(change(among(t, "recorded", 9), among(t, "valid", 9), Set, "elsewhere")) // another branch
			}
			c := change(among(t, "recorded", 9), among(t, "valid", 9), pick(t, "mark", Set, Set, Clear, Retract), fmt.Sprint("v", i))
			line = line.With(c)
			branches, texts = append(branches, line), append(texts, stateText(line))
			for _, a := range settled {
				last := slices.Collect(line.All())[line.Len()-1]
				if last.Recorded <= a.known {
					continue
				}
				if got, ok := line.On(a.valid, a.known); ok != a.ok || got.Value != a.value {
					t.Fatalf("On(%s, %s) was %q, %t; after %+v it is %q, %t", a.valid, a.known, a.value, a.ok, last, got.Value, ok)
				}
			}
			settled = nil
			for valid := range 9 {
				for known := range 9 {
					got, ok := line.On(jan(valid), jan(known))
					want, there := naive(slices.Collect(line.All()), jan(valid), jan(known))
					if ok != there || got.Value != want {
						t.Fatalf("On(%d, %d) = %q, %t, want %q, %t of\n%s", valid, known, got.Value, ok, want, there, stateText(line))
					}
					settled = append(settled, answer{jan(valid), jan(known), got.Value, ok})
				}
			}
		}
		for i, b := range branches {
			if stateText(b) != texts[i] {
				t.Fatalf("the timeline of step %d was changed by a later one", i)
			}
		}
	})
}

func TestMarkText(t *testing.T) {
	for _, m := range []Mark{Set, Clear, Retract} {
		var back Mark
		if err := back.UnmarshalText(must(m.MarshalText())); err != nil || back != m {
			t.Errorf("%s came back as %s, %v", m, back, err)
		}
	}
	for _, bad := range []string{"", "SET", "no mark", "set "} {
		m := Clear
		if err := m.UnmarshalText([]byte(bad)); err == nil || m != Clear {
			t.Errorf("%q was read as %s", bad, m)
		}
	}
	if got := Mark(0).String() + Mark(7).String(); got != strings.Repeat("no mark", 2) {
		t.Errorf("got %s", got)
	}
}

// A plan that was called off again and again is as quick to read as any other: looking
// past each change that is called off by reading all of them anew would take minutes.
func TestTimelineOfManyCalledOff(t *testing.T) {
	var calledOff tier
	calledOff.least = 1
	calledOff.base.put(Change[money.Price]{N: 1, From: jan(0), Recorded: jan(0), Mark: Set, Value: gbp("10.00")})
	for i := range 2000 {
		planned := Change[money.Price]{N: int64(2*i + 2), From: jan(10) + Instant(i), Recorded: jan(0), Mark: Set, Value: gbp("9.00")}
		calledOff.base.put(planned)
		planned.N, planned.Mark, planned.Value = planned.N+1, Retract, money.Price{}
		calledOff.base.put(planned)
	}
	began := time.Now()
	lowest, ok := Prices{sku: "MUG", list: inPounds, tiers: []tier{calledOff}}.Lowest(LowestWindow{From: jan(0), Before: jan(20)})
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	if !ok || lowest.Entry != 1 || lowest.At != jan(0) {
		t.Errorf("got %v, %v, want the first price", lowest, ok)
	}
}

package till

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAt(t *testing.T) {
	west, east := time.FixedZone("west", -12*3600), time.FixedZone("east", 14*3600)
	for _, c := range []struct {
		t    time.Time
		want Instant
	}{
		{time.Time{}, 0}, {time.Time{}.In(east), 0}, {time.Unix(0, 0), 0}, {time.Unix(1, 1999), 1_000_001},
		{time.Unix(0, -1), -1}, // cut downward, so that order is kept
		{time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), MinInstant + 1},
		{time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC), MaxInstant},
		{time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), MaxInstant}, {time.Date(300_000, 1, 1, 0, 0, 0, 0, time.UTC), MaxInstant},
		{time.Date(0, 12, 31, 0, 0, 0, 0, time.UTC), MinInstant}, {time.Date(-300_000, 1, 1, 0, 0, 0, 0, time.UTC), MinInstant},
		{time.Date(9999, 12, 31, 23, 0, 0, 0, west), MaxInstant},             // 10000 in UTC
		{time.Date(1, 1, 1, 1, 0, 0, 0, east), MinInstant},                   // the year 0 in UTC
		{time.Date(10000, 1, 1, 13, 0, 0, 0, east), MaxInstant + 1 - 3600e6}, // 9999 in UTC
		{time.Date(0, 12, 31, 13, 0, 0, 0, west), MinInstant + 3600e6},       // the year 1 in UTC
		{time.Date(2026, 3, 1, 1, 0, 0, 0, east), At(time.Date(2026, 2, 28, 11, 0, 0, 0, time.UTC))},
	} {
		if got := At(c.t); got != c.want {
			t.Errorf("At(%s) = %d (%s), want %d (%s)", c.t, got, got, c.want, c.want)
		}
	}
}

func TestParseInstant(t *testing.T) {
	for s, want := range map[string]string{
		"2026-06-01T00:00:00Z": "2026-06-01T00:00:00.000000Z", "2026-06-01T02:00:00+02:00": "2026-06-01T00:00:00.000000Z",
		"2026-06-01T00:00:00.123456789Z": "2026-06-01T00:00:00.123456Z", "0001-01-01T00:00:00Z": "0001-01-01T00:00:00.000000Z",
		"9999-12-31T23:59:59.999999Z": "9999-12-31T23:59:59.999999Z", "2024-02-29T23:59:59Z": "2024-02-29T23:59:59.000000Z",
		"": "", "2026-06-01": "", "2026-06-01 00:00:00Z": "", "2026-06-01T00:00:00": "", "2026-02-29T00:00:00Z": "", "2026-06-30T23:59:60Z": "",
		"10000-01-01T00:00:00Z": "", "0000-12-31T23:59:59Z": "", "9999-12-31T23:59:59-12:00": "", "0001-01-01T00:00:00+12:00": "",
		" 2026-06-01T00:00:00Z": "", "2026-06-01T00:00:00Z ": "", "2026-06-01T00:00:00.0000000000000000000000001Z": "",
		"２０２６-06-01T00:00:00Z": "",
	} {
		got, err := ParseInstant(s)
		if want == "" {
			wantError(t, err, badAt("instant"))
			i := jan(3)
			if i.UnmarshalText([]byte(s)) == nil || i != jan(3) {
				t.Errorf("%q was read as %s", s, i)
			}
		} else if err != nil || got.String() != want {
			t.Errorf("%q gives %s, %v, want %s", s, got, err, want)
		}
	}
}

// The text of instants comes back as they were, and sorts as they do, whatever the
// zone of the machine is.
func TestInstantText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) Instant {
			return Instant(rapid.Int64Range(int64(MinInstant), int64(MaxInstant)).Draw(t, label))
		}
		a, b := draw("a"), draw("b")
		var back Instant
		if err := json.Unmarshal(must(json.Marshal(a)), &back); err != nil || back != a {
			t.Fatalf("%d came back as %d, %v", a, back, err)
		}
		if (a < b) != (a.String() < b.String()) {
			t.Fatalf("%s and %s are not in order", a, b)
		}
		if At(a.Time()) != a && a != 0 && a != MinInstant { // time.Time's zero is the first instant
			t.Fatalf("%s by way of time.Time is %s", a, At(a.Time()))
		}
	})
}

func TestInstantAdd(t *testing.T) {
	for _, c := range []struct {
		i    Instant
		d    time.Duration
		want Instant
	}{
		{jan(0), 24 * time.Hour, jan(1)}, {jan(1), -24 * time.Hour, jan(0)}, {5, 999, 5}, {5, -999, 5}, {5, 1000, 6},
		{MaxInstant, 1000, MaxInstant}, {MaxInstant, math.MaxInt64, MaxInstant}, {MinInstant, -1000, MinInstant}, {MinInstant, math.MinInt64, MinInstant},
		{MaxInstant - 5, 5 * time.Microsecond, MaxInstant}, {MinInstant, 1000, MinInstant + 1}, {math.MaxInt64, 1000, MaxInstant}, {math.MinInt64, -1000, MinInstant},
	} {
		if got := c.i.Add(c.d); got != c.want {
			t.Errorf("%d + %s = %d, want %d", c.i, c.d, got, c.want)
		}
	}
}

func TestID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(0, 1<<47).Draw(t, "ms")
		part := uint16(rapid.IntRange(0, 1023).Draw(t, "part"))
		var random [8]byte
		copy(random[:], rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "random"))
		at := At(time.UnixMilli(ms))
		id := MakeID[Order](at, part, random)
		text := id.String()
		if id.Part() != part || text[14] != '7' || text[19] < '8' || text[19] > 'b' {
			t.Fatalf("%s: part %d, want %d, version 7, variant 8 to b", text, id.Part(), part)
		}
		back, err := ParseID[Order](text)
		if err != nil || back != id {
			t.Fatalf("%s came back as %s, %v", id, back, err)
		}
		later := MakeID[Order](at.Add(time.Millisecond), 0, [8]byte{})
		if at < MaxInstant-1000 && (id.Compare(later) >= 0 || text >= later.String()) {
			t.Fatalf("%s, made later, stands before %s", later, id)
		}
		other := random
		other[3] ^= 1
		if MakeID[Order](at, part, other) == id {
			t.Fatal("one id from two random numbers")
		}
	})
	for _, s := range []string{
		"", "019b76da-a800-7000-8000-00000000000", "019B76DA-A800-7000-8000-000000000009", "019b76daa80070008000000000000009    ",
		"{019b76da-a800-7000-8000-00000000000}", "00000000-0000-0000-0000-000000000000", "019b76da-a800-7000-8000-00000000000g", "019b76da_a800_7000_8000_000000000009",
	} {
		_, err := ParseID[Order](s)
		wantError(t, err, badAt("id"))
	}
	var id OrderID
	if !id.IsZero() || id.String() != "" || id.UnmarshalText(nil) != nil || string(must(json.Marshal(id))) != `""` {
		t.Error("the zero id")
	}
	id = testID[Order](1)
	if id.UnmarshalText([]byte("x")) == nil || id != testID[Order](1) {
		t.Error("an error changed the id")
	}
}

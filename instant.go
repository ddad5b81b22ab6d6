package till

import "time"

// Instant is a point in time: microseconds since 1970-01-01T00:00:00Z, from the
// year 1 to the end of 9999. The zero Instant means "not given" wherever an
// instant is optional. Compare Instants with < and ==.
//
// In text and JSON it is RFC 3339 in UTC with six decimals, which sorts as text
// the way it sorts as a number.
type Instant int64

// The first and the last Instant.
const (
	MinInstant Instant = -62135596800000000
	MaxInstant Instant = 253402300799999999
)

const instantLayout = "2006-01-02T15:04:05.000000Z"

// At makes t an Instant: in UTC, without the monotonic part, cut to the
// microsecond. The zero time gives 0; what lies before [MinInstant] or after
// [MaxInstant] gives these.
func At(t time.Time) Instant {
	t = t.UTC()
	switch {
	case t.IsZero():
		return 0
	case t.Year() > 9999:
		return MaxInstant
	case t.Year() < 1:
		return MinInstant
	}
	return Instant(t.UnixMicro())
}

// ParseInstant reads RFC 3339: "2026-06-01T00:00:00Z", with any offset and up to
// nine decimals, of which six are kept. The error is an [InvalidError].
func ParseInstant(s string) (Instant, error) {
	if len(s) > 40 {
		return 0, invalid("instant", "it has %d bytes: write it like 2026-06-01T00:00:00Z", len(s))
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.UTC().Year() > 9999 || t.UTC().Year() < 1 {
		return 0, invalid("instant", "%q is none: write it like 2026-06-01T00:00:00Z", s)
	}
	return Instant(t.UnixMicro()), nil
}

// Time gives the Instant as a time in UTC; 0 gives 1970.
func (i Instant) Time() time.Time { return time.UnixMicro(int64(i)).UTC() }

// Add moves the Instant by d, cut to the microsecond, and stops at [MinInstant]
// and [MaxInstant].
func (i Instant) Add(d time.Duration) Instant {
	i = min(max(i, MinInstant), MaxInstant) // so that the sum cannot overflow
	return min(max(i+Instant(d/time.Microsecond), MinInstant), MaxInstant)
}

// String gives RFC 3339 in UTC with six decimals.
func (i Instant) String() string { return string(i.appendText(make([]byte, 0, len(instantLayout)))) }

// appendText appends what String gives.
func (i Instant) appendText(dst []byte) []byte {
	if i < MinInstant || i > MaxInstant {
		return i.Time().AppendFormat(dst, instantLayout)
	}
	t := i.Time()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	micro := t.Nanosecond() / 1000
	dst = append(appendTwo(appendTwo(dst, year/100), year%100), '-')
	dst = append(appendTwo(dst, int(month)), '-')
	dst = append(appendTwo(dst, day), 'T')
	dst = append(appendTwo(dst, hour), ':')
	dst = append(appendTwo(dst, minute), ':')
	dst = append(appendTwo(dst, second), '.')
	return append(appendTwo(appendTwo(appendTwo(dst, micro/10000), micro/100%100), micro%100), 'Z')
}

// appendTwo appends two digits.
func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// MarshalText gives what String gives.
func (i Instant) MarshalText() ([]byte, error) {
	return i.appendText(make([]byte, 0, len(instantLayout))), nil
}

// UnmarshalText reads what [ParseInstant] reads. On an error i is unchanged.
func (i *Instant) UnmarshalText(text []byte) error {
	parsed, err := ParseInstant(string(text))
	if err == nil {
		*i = parsed
	}
	return err
}

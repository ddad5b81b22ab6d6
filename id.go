package till

import (
	"bytes"
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// ID names a thing of one type: an ID[Order] is no ID[Product]. It is a UUID of
// version 7 (RFC 9562), so that ids sort by the millisecond they were made in;
// ten bits of it name the owner's part, so that an engine that partitions its
// data can tell from an id alone where the thing lies. IDs are comparable; the
// zero ID names nothing.
type ID[T any] struct{ u uuid.UUID }

// Person marks the ids of people: of customers, who have an account, and of
// guests, who have none.
type Person struct{}

type (
	// PersonID is the id of a customer or of a guest.
	PersonID = ID[Person]
	// ProductID is the id of a product.
	ProductID = ID[Product]
	// OrderID is the id of an order.
	OrderID = ID[Order]
)

// maxPart is the greatest part: parts have ten bits.
const maxPart = 1<<10 - 1

// MakeID makes an id from an instant, a part (0 to 1023) and random bits.
func MakeID[T any](at Instant, part uint16, random [8]byte) ID[T] {
	var u uuid.UUID
	ms := uint64(at.Time().UnixMilli())
	binary.BigEndian.PutUint64(u[:8], ms<<16)
	copy(u[8:], random[:])
	u[6] = 0x70 | byte(part>>6)&0x0f
	u[7] = byte(part<<2) | random[0]>>6
	u[8] = 0x80 | random[0]&0x3f
	return ID[T]{u}
}

// ParseID reads the 36 characters that String gives: lower-case, with hyphens.
// Anything else, and the zero id, is an [InvalidError].
func ParseID[T any](s string) (ID[T], error) {
	var none uuid.UUID
	if len(s) != 36 {
		return ID[T]{}, invalid("id", "%.40q is none: an id has 36 characters", s)
	}
	u, err := uuid.Parse(s)
	if err != nil || u.String() != s || u == none {
		return ID[T]{}, invalid("id", "%q is none: it looks like 0192f3c0-7b5e-7000-8000-000000000001", s)
	}
	return ID[T]{u}, nil
}

// IsZero reports whether the id names nothing.
func (id ID[T]) IsZero() bool { return id == ID[T]{} }

// Part gives the part that the id was made with: 0 to 1023.
func (id ID[T]) Part() uint16 { return uint16(id.u[6]&0x0f)<<6 | uint16(id.u[7]>>2) }

// made gives the instant that the id was made with, cut to the millisecond.
func (id ID[T]) made() Instant {
	return At(time.UnixMilli(int64(binary.BigEndian.Uint64(id.u[:8]) >> 16)))
}

// Compare orders ids as their text is ordered: -1, 0 or +1.
func (id ID[T]) Compare(other ID[T]) int { return bytes.Compare(id.u[:], other.u[:]) }

// String gives the 36 characters of a UUID, or "" for the zero id.
func (id ID[T]) String() string {
	if id.IsZero() {
		return ""
	}
	return id.u.String()
}

// appendText appends what String gives.
func (id ID[T]) appendText(dst []byte) []byte {
	if id.IsZero() {
		return dst
	}
	for i, b := range id.u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hexDigits[b>>4], hexDigits[b&15])
	}
	return dst
}

// MarshalText gives what String gives.
func (id ID[T]) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what [ParseID] reads, and "" as the zero id. On an error
// id is unchanged.
func (id *ID[T]) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*id = ID[T]{}
		return nil
	}
	parsed, err := ParseID[T](string(text))
	if err == nil {
		*id = parsed
	}
	return err
}

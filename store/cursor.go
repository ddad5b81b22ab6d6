package store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// A cursor is base64 of a tag and a position. The tag is a hash over both the
// query and the position, so a cursor of another query and one with a flipped
// bit are told from a good one alike. It is no secret and no signature: a caller
// can only hurt its own paging with it.
const tagSize = 8

// Cursor makes the cursor that stands after the record at a position of the
// query's list. A position is whatever the adapter needs to go on: as a rule the
// value of the sort field and the key.
func (q Query) Cursor(position ...Value) Cursor {
	body := appendValues(nil, position)
	return encodeCursor(q.identity(), body)
}

// Position reads After again: the values that [Query.Cursor] was given, or none
// when After is "". A cursor that is not of this query is [ErrInvalid]. One that
// another kind of store made for the same query passes: a store looks at the
// number and the types of the values before it uses them.
func (q Query) Position() ([]Value, error) {
	return decodeCursor(q.identity(), q.After)
}

// FeedCursor makes a cursor of [Store.Feed].
func FeedCursor(position ...Value) Cursor {
	return encodeCursor([]byte("feed"), appendValues(nil, position))
}

// FeedPosition reads a cursor of [Store.Feed]: the values that [FeedCursor] was
// given, or none for "".
func FeedPosition(after Cursor) ([]Value, error) {
	return decodeCursor([]byte("feed"), after)
}

func encodeCursor(identity, body []byte) Cursor {
	tag := cursorTag(identity, body)
	return Cursor(base64.RawURLEncoding.EncodeToString(append(tag[:tagSize:tagSize], body...)))
}

func decodeCursor(identity []byte, c Cursor) ([]Value, error) {
	if c == "" {
		return nil, nil
	}
	if len(c) > MaxCursor {
		return nil, invalid("cursor", "it has %d bytes, at most %d are possible: begin again with \"\"", len(c), MaxCursor)
	}
	// The decoder skips line breaks: a cursor has one spelling, so it is compared.
	data, err := base64.RawURLEncoding.Strict().DecodeString(string(c))
	if err != nil || len(data) < tagSize || base64.RawURLEncoding.EncodeToString(data) != string(c) {
		return nil, invalid("cursor", "it is damaged: begin again with \"\"")
	}
	body := data[tagSize:]
	if tag := cursorTag(identity, body); string(tag[:tagSize]) != string(data[:tagSize]) {
		return nil, invalid("cursor", "it is not of this query, or damaged: begin again with \"\"")
	}
	values, ok := readValues(body)
	if !ok {
		return nil, invalid("cursor", "it is damaged: begin again with \"\"")
	}
	return values, nil
}

func cursorTag(identity, body []byte) [sha256.Size]byte {
	all := binary.AppendUvarint(nil, uint64(len(identity)))
	all = append(all, identity...)
	all = append(all, body...)
	return sha256.Sum256(all)
}

// identity is everything of the query but Limit and After.
func (q Query) identity() []byte {
	b := []byte("find")
	b = appendText(b, q.Family)
	b = appendText(b, q.List)
	b = appendValues(b, q.Equal)
	for _, bound := range []*Value{q.From, q.To} {
		if bound == nil {
			b = append(b, 0)
		} else {
			b = appendValue(append(b, 1), *bound)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(q.Where)))
	for _, c := range q.Where {
		b = appendText(b, c.Field)
		b = append(b, byte(c.Op))
		b = appendValue(b, c.Value)
	}
	b = binary.AppendUvarint(b, uint64(len(q.Match)))
	for _, w := range q.Match {
		b = appendText(b, w)
	}
	if q.Desc {
		return append(b, 1)
	}
	return append(b, 0)
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendValues(b []byte, values []Value) []byte {
	b = binary.AppendUvarint(b, uint64(len(values)))
	for _, v := range values {
		b = appendValue(b, v)
	}
	return b
}

func appendValue(b []byte, v Value) []byte {
	b = append(b, byte(v.typ))
	switch v.typ {
	case Int:
		return binary.AppendVarint(b, v.n)
	case Text:
		return appendText(b, v.s)
	}
	b = binary.AppendUvarint(b, uint64(len(v.many)))
	for _, m := range v.many {
		b = appendText(b, m)
	}
	return b
}

// readValues reads the Int and Text values of a position.
func readValues(b []byte) ([]Value, bool) {
	count, n := binary.Uvarint(b)
	if n <= 0 || count > 16 {
		return nil, false
	}
	b = b[n:]
	values := make([]Value, 0, count)
	for range count {
		if len(b) == 0 {
			return nil, false
		}
		typ := Type(b[0])
		b = b[1:]
		switch typ {
		case Int:
			i, n := binary.Varint(b)
			if n <= 0 {
				return nil, false
			}
			values, b = append(values, IntValue(i)), b[n:]
		case Text:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return nil, false
			}
			values = append(values, TextValue(string(b[n:n+int(size)])))
			b = b[n+int(size):]
		default:
			return nil, false
		}
	}
	return values, len(b) == 0
}

package boltstore

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/tillkit/till/store"
)

// stored is a record as its bucket keeps it. nil is one that is absent. What is
// decoded from a bucket is valid as long as its transaction.
type stored struct {
	rev    int64
	fields [][]byte // the values of the family's fields, each by encodeValue
	doc    []byte
}

func (r *stored) encode() []byte {
	b := binary.AppendUvarint(nil, uint64(r.rev))
	b = binary.AppendUvarint(b, uint64(len(r.fields)))
	for _, value := range r.fields {
		b = appendPart(b, value)
	}
	return append(b, r.doc...)
}

func decodeStored(b []byte) *stored {
	if b == nil {
		return nil
	}
	rev, n := binary.Uvarint(b)
	fields, m := binary.Uvarint(b[n:])
	r := &stored{rev: int64(rev), fields: make([][]byte, fields), doc: b[n+m:]}
	for i := range r.fields {
		r.fields[i], r.doc = cutPart(r.doc)
	}
	return r
}

func appendPart(b, part []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(part))), part...)
}

func cutPart(b []byte) (part, rest []byte) {
	size, n := binary.Uvarint(b)
	return b[n : n+int(size)], b[n+int(size):]
}

// encodeValue writes an integer in 8 bytes that sort as it does. A text, and each
// member of a set, ends with NUL, which no text has and which is less than any
// other byte: so keys made of values sort by one value after another.
func encodeValue(v store.Value) []byte {
	switch v.Type() {
	case store.Int:
		return binary.BigEndian.AppendUint64(nil, uint64(v.Int())^1<<63)
	case store.Text:
		return append([]byte(v.Text()), 0)
	}
	var b []byte
	for _, member := range v.Members() {
		b = append(append(b, member...), 0)
	}
	return b
}

func encodeValues(values []store.Value) [][]byte {
	encoded := make([][]byte, len(values))
	for i, v := range values {
		encoded[i] = encodeValue(v)
	}
	return encoded
}

// cutValue takes an encoded Int or Text from the front of a key.
func cutValue(t store.Type, key []byte) (value store.Value, rest []byte) {
	if t == store.Int {
		return store.IntValue(int64(binary.BigEndian.Uint64(key) ^ 1<<63)), key[8:]
	}
	text, rest, _ := bytes.Cut(key, nul)
	return store.TextValue(string(text)), rest
}

var nul = []byte{0}

// beyond gives the end of the keys that begin with a prefix. No key begins with
// 0xff: most begin with a text, and the feed's with the 0 of a positive number.
func beyond(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] < 0xff {
			return append(slices.Clone(prefix[:i]), prefix[i]+1)
		}
	}
	return []byte{0xff}
}

// entryKey is where an entry stands in its family's bucket: by journal, then by
// number.
func entryKey(journal string, n int64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(journal), 0), uint64(n))
}

func encodeEntry(e store.Entry) []byte {
	b := binary.AppendUvarint(nil, uint64(e.V))
	b = binary.AppendVarint(b, e.At)
	b = append(appendPart(b, []byte(e.Kind)), e.Sum[:]...)
	return append(b, e.Payload...)
}

// decodeEntry reads an entry from its key and value, with bytes of its own.
func decodeEntry(key, b []byte) store.Entry {
	e := store.Entry{N: int64(binary.BigEndian.Uint64(key[len(key)-8:]))}
	v, n := binary.Uvarint(b)
	at, m := binary.Varint(b[n:])
	kind, rest := cutPart(b[n+m:])
	e.V, e.At, e.Kind = int(v), at, string(kind)
	e.Payload = bytes.Clone(rest[copy(e.Sum[:], rest):])
	return e
}

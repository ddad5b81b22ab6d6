package sqldb

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/tillkit/till/store"
)

// Entries of one Append are one JSON array, so that a shell can take it apart
// with json_each:
//
//	[{"n":1,"kind":"opened","v":1,"at":1700000000000000,"sum":"9f86...","payload":{...}}]
//
// A payload that is JSON stands there byte for byte; any other is base64 under
// "payload64". The text is made by hand, since an encoder would compact and
// escape what must come back unchanged.

// mostEntries bounds the text of one Append: SQLite takes no longer value.
const mostEntries = 900 << 20

// encodeEntries gives the text of the entries of an Append, the nth change of its set.
func encodeEntries(change int, entries []store.Entry) (string, error) {
	size := 2
	for i := range entries {
		size += len(entries[i].Payload) + len(entries[i].Kind) + 180
	}
	var text strings.Builder
	text.Grow(size)
	for i := range entries {
		appendEntry(&text, &entries[i], i == 0)
		if text.Len() > mostEntries {
			return "", &store.InvalidError{What: nthChange(change) + ".entries", Reason: "they are too long for one row of SQLite: append in parts"}
		}
	}
	text.WriteByte(']')
	return text.String(), nil
}

func appendEntry(text *strings.Builder, e *store.Entry, first bool) {
	begin := byte(',')
	if first {
		begin = '['
	}
	var room [store.MaxKind + 200]byte // most have room in it
	head := append(room[:0], begin)
	head = strconv.AppendInt(append(head, `{"n":`...), e.N, 10)
	head = appendJSON(append(head, `,"kind":`...), e.Kind)
	head = strconv.AppendInt(append(head, `,"v":`...), int64(e.V), 10)
	head = strconv.AppendInt(append(head, `,"at":`...), e.At, 10)
	head = append(hex.AppendEncode(append(head, `,"sum":"`...), e.Sum[:]), '"')
	if embeddable(e.Payload) {
		text.Write(append(head, `,"payload":`...))
		text.Write(e.Payload)
	} else {
		text.Write(append(head, `,"payload64":"`...))
		text.WriteString(base64.StdEncoding.EncodeToString(e.Payload))
		text.WriteByte('"')
	}
	text.WriteByte('}')
}

// appendJSON appends text as JSON. What is mostly written, a word, needs no encoder.
func appendJSON(to []byte, text string) []byte {
	if isWord(text) {
		return append(append(append(to, '"'), text...), '"')
	}
	return append(to, jsonText(text)...)
}

// isWord reports whether a text is the same in JSON, as far as that is seen at once.
func isWord(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '-' <= c && c <= '9', c == '_', c == ' ':
		default:
			return false
		}
	}
	return true
}

// embeddable reports whether a payload comes back byte for byte from where it
// stands in the middle of JSON text.
func embeddable(payload []byte) bool {
	return len(payload) > 0 && !isSpace(payload[0]) && !isSpace(payload[len(payload)-1]) && isJSON(payload)
}

// storedEntry is how an entry is read again.
type storedEntry struct {
	N         int64           `json:"n"`
	Kind      string          `json:"kind"`
	V         int             `json:"v"`
	At        int64           `json:"at"`
	Sum       string          `json:"sum"`
	Payload   json.RawMessage `json:"payload"`
	Payload64 []byte          `json:"payload64"`
}

// decodeEntries reads the entries of one row that come after a number.
func decodeEntries(ref store.Ref, text []byte, after int64) ([]store.Entry, error) {
	var stored []storedEntry
	if err := json.Unmarshal(text, &stored); err != nil {
		return nil, damaged(ref, err)
	}
	entries := make([]store.Entry, 0, len(stored))
	for _, from := range stored {
		if from.N <= after {
			continue
		}
		e := store.Entry{N: from.N, Kind: from.Kind, V: from.V, At: from.At}
		if sum, err := hex.DecodeString(from.Sum); err != nil || copy(e.Sum[:], sum) != len(sum) || len(sum) != len(e.Sum) {
			return nil, damaged(ref, fmt.Errorf("entry %d has the sum %q", from.N, from.Sum))
		}
		if e.Payload = from.Payload; e.Payload == nil && len(from.Payload64) > 0 {
			e.Payload = from.Payload64
		}
		entries = append(entries, e)
	}
	return entries, nil
}

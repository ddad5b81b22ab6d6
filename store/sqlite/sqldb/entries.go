package sqldb

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

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
	size := 0
	for _, e := range entries {
		size += len(e.Payload) + 200
	}
	text := make([]byte, 0, size)
	begin := byte('[')
	for _, e := range entries {
		text = append(text, begin)
		begin = ','
		text = append(strconv.AppendInt(append(text, `{"n":`...), e.N, 10), `,"kind":`...)
		var err error
		if text, err = appendJSON(text, e.Kind); err != nil {
			return "", err
		}
		text = append(text, `,"v":`...)
		text = append(strconv.AppendInt(text, int64(e.V), 10), `,"at":`...)
		text = append(strconv.AppendInt(text, e.At, 10), `,"sum":"`...)
		text = hex.AppendEncode(text, e.Sum[:])
		if embeddable(e.Payload) {
			text = append(append(text, `","payload":`...), e.Payload...)
		} else {
			text = append(base64.StdEncoding.AppendEncode(append(text, `","payload64":"`...), e.Payload), '"')
		}
		text = append(text, '}')
		if len(text) > mostEntries {
			return "", &store.InvalidError{What: nthChange(change) + ".entries", Reason: "they are too long for one row of SQLite: append in parts"}
		}
	}
	return string(append(text, ']')), nil
}

// appendJSON appends text as JSON. What is mostly written, a word, needs no encoder.
func appendJSON(to []byte, text string) ([]byte, error) {
	plain := func(c rune) bool {
		return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(byte(c)) && c < utf8.RuneSelf || strings.ContainsRune("-_./ ", c)
	}
	if strings.IndexFunc(text, func(c rune) bool { return !plain(c) }) < 0 {
		return append(append(append(to, '"'), text...), '"'), nil
	}
	encoded, err := jsonText(text)
	return append(to, encoded...), err
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

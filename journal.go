package till

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/tillkit/till/store"
)

// Entry is one entry of a journal, as it is stored for ever: its number, the word
// for its kind, the version of its payload, the instant at which it was recorded,
// the payload (JSON), and a SHA-256 over all of these and the sum of the entry
// before it. An operation returns the entries it made; whoever keeps them can
// [Fold] them again at any time.
type Entry = store.Entry

// Folded is implemented by the values that a journal folds to: [Order],
// [Account], [Product], [Prices] and [Terms].
type Folded[S any] interface {
	fold(entries []Entry) (S, error)
}

// Fold applies entries to a value: for every operation that returned next and
// entries, next equals Fold(before, entries...). It checks that the numbers go on
// without a gap and that the chain of sums holds ([ErrDamaged]); a kind, or a
// version of one, that is not known is [ErrUnsupported] and named. On an error the
// value is what it was.
func Fold[S Folded[S]](initial S, entries ...Entry) (S, error) {
	return initial.fold(entries)
}

// journal is the end of a chain of entries: the number, instant and sum of the
// last one. The zero journal has no entries.
type journal struct {
	n   int64
	at  Instant
	sum [sha256.Size]byte
}

// Revision gives the number of entries so far.
func (j journal) Revision() int64 { return j.n }

// Recorded gives the instant of the last entry, 0 if there is none.
func (j journal) Recorded() Instant { return j.at }

func (j *journal) end() *journal { return j }

// now gives the instant at which an operation is recorded: a clock that went back
// is held, so that what is done now never lies before what was done last.
func (j journal) now(m Meta) Instant { return max(m.At, j.at) }

// from checks an instant from which something is valid; 0 gives now.
func (j journal) from(m Meta, from Instant) (Instant, error) {
	if from < MinInstant || from > MaxInstant {
		return 0, invalid("from", "it lies outside the years 1 to 9999")
	}
	return from.or(j.now(m)), nil
}

// signed is part of every payload: who made the entry, and why.
type signed struct {
	By   Actor  `json:"by,omitempty"`
	Note string `json:"note,omitempty"`
}

func sign(m Meta) signed { return signed{By: m.By, Note: m.Note} }

// kind is how one kind of entry is read and applied. Payloads of an older version
// are lifted, step by step, before they are decoded.
type kind[S any] struct {
	version int
	lift    []func([]byte) ([]byte, error) // lift[i] makes version i+2 of version i+1
	decode  func([]byte) (any, error)
	apply   func(*S, Entry, any)
}

// kinds are the kinds of one journal, by their word.
type kinds[S any] map[string]kind[S]

// kindOf makes the kind whose payload is a P. apply may change the state freely:
// it has been copied before.
func kindOf[S, P any](version int, apply func(*S, Entry, P), lift ...func([]byte) ([]byte, error)) kind[S] {
	if len(lift) != version-1 {
		panic(fmt.Sprintf("till: version %d of %v needs %d lifts", version, reflect.TypeFor[P](), version-1))
	}
	return kind[S]{
		version: version,
		lift:    lift,
		decode: func(payload []byte) (any, error) {
			var p P
			err := json.Unmarshal(payload, &p)
			return p, err
		},
		apply: func(s *S, e Entry, payload any) { apply(s, e, payload.(P)) },
	}
}

// state is what the values of journals have in common.
type state[S any] interface {
	*S
	end() *journal
	grow() S // a copy that shares nothing that apply changes
}

// record makes one entry and applies it: the end of every operation. An entry is
// never recorded before the one ahead of it: a clock that went back is held.
func record[S any, P state[S]](before S, ks kinds[S], m Meta, word string, payload any) (S, []Entry, error) {
	if err := m.check(); err != nil {
		return before, nil, err
	}
	k, ok := ks[word]
	if !ok {
		panic("till: no kind " + word)
	}
	body, err := encodePayload(payload)
	if err != nil {
		return before, nil, invalid(word, "%v", err)
	}
	next := before
	next = P(&next).grow()
	j := P(&next).end()
	e := Entry{N: j.n + 1, Kind: word, V: k.version, At: int64(j.now(m)), Payload: body}
	e.Sum = j.chain(e)
	k.apply(&next, e, payload)
	j.follow(e)
	return next, []Entry{e}, nil
}

// replay is Fold for one type of journal; name is for errors.
func replay[S any, P state[S]](before S, ks kinds[S], name func(S) string, entries []Entry) (S, error) {
	next := before
	next = P(&next).grow()
	j := P(&next).end()
	for _, e := range entries {
		what := func() string { return fmt.Sprintf("%s: entry %d (%s)", name(next), e.N, e.Kind) }
		if e.N != j.n+1 {
			return before, damaged(what(), "it follows entry %d", j.n)
		}
		if Instant(e.At) < j.at || e.V < 1 {
			return before, damaged(what(), "recorded at %s after %s, version %d: neither runs backward", Instant(e.At), j.at, e.V)
		}
		if e.Sum != j.chain(e) {
			return before, damaged(what(), "its sum does not fit what it says and what stands before it")
		}
		k, ok := ks[e.Kind]
		if !ok || e.V > k.version {
			return before, &store.UnsupportedError{What: what(), Reason: fmt.Sprintf("version %d of this kind is not known here: use a newer version of the program", e.V)}
		}
		body := e.Payload
		for v := e.V; v < k.version; v++ {
			lifted, err := k.lift[v-1](body)
			if err != nil {
				return before, damaged(what(), "its payload of version %d cannot be read: %v", v, err)
			}
			body = lifted
		}
		payload, err := k.decode(body)
		if err != nil {
			return before, damaged(what(), "its payload cannot be read: %v", err)
		}
		k.apply(&next, e, payload)
		j.follow(e)
	}
	return next, nil
}

func (j *journal) follow(e Entry) { j.n, j.at, j.sum = e.N, Instant(e.At), e.Sum }

// chain computes the sum of the entry that follows.
func (j *journal) chain(e Entry) [sha256.Size]byte {
	b := make([]byte, 0, sha256.Size+8*4+64)
	b = append(b, j.sum[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(e.N))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At))
	b = binary.BigEndian.AppendUint64(b, uint64(e.V))
	b = binary.BigEndian.AppendUint64(b, uint64(len(e.Kind)))
	b = append(b, e.Kind...)
	all := sha256.New()
	all.Write(b) // which never fails
	all.Write(e.Payload)
	return [sha256.Size]byte(all.Sum(b[:0]))
}

// encodePayload writes JSON on one line, with < > & as they are.
func encodePayload(v any) ([]byte, error) {
	if w, ok := v.(written); ok {
		body, err := w.appendPayload(nil)
		return slices.Clip(body), err
	}
	return reflectedPayload(v)
}

func reflectedPayload(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return slices.Clip(bytes.TrimSuffix(b.Bytes(), []byte("\n"))), nil
}

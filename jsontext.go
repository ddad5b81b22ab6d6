package till

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tillkit/till/money"
)

// What every checkout writes is written by hand: encoding/json looks at each value
// anew through reflection, which costs more than everything else that a checkout
// computes. The bytes are those of encoding/json, to which the tests compare them:
// entries and digests outlive whoever wrote them.

// jsonText is JSON that is being written. Its methods append to it; a name of "" is
// that of an element of an array.
type jsonText []byte

// beginObject begins an object behind whatever dst has.
func beginObject(dst []byte) jsonText { return append(dst, '{') }

// beginArray begins an array of its own.
func beginArray() jsonText { return jsonText{'['} }

// open begins an object or an array ('{', '['), shut ends it.
func (t jsonText) open(name string, bracket byte) jsonText { return append(t.name(name), bracket) }
func (t jsonText) shut(bracket byte) jsonText              { return append(t, bracket) }

// name begins a member or an element: with a comma, where it is not the first.
func (t jsonText) name(name string) jsonText {
	if last := t[len(t)-1]; last != '{' && last != '[' { // in which no value ends
		t = append(t, ',')
	}
	if name == "" {
		return t
	}
	t = append(t, '"')
	t = append(t, name...)
	return append(t, '"', ':')
}

func (t jsonText) str(name, value string) jsonText { return appendQuoted(t.name(name), value, false) }

// page is str with < > and & written so that they can stand in a page, as json.Marshal
// does by itself.
func (t jsonText) page(name, value string) jsonText { return appendQuoted(t.name(name), value, true) }

// given is str where there is something to be written.
func (t jsonText) given(name, value string) jsonText {
	if value == "" {
		return t
	}
	return t.str(name, value)
}

// pageGiven is page where there is something to be written.
func (t jsonText) pageGiven(name, value string) jsonText {
	if value == "" {
		return t
	}
	return t.page(name, value)
}

func (t jsonText) number(name string, value int64) jsonText {
	return strconv.AppendInt(t.name(name), value, 10)
}

// counted is number where it is not 0.
func (t jsonText) counted(name string, value int64) jsonText {
	if value == 0 {
		return t
	}
	return t.number(name, value)
}

// flag is true, or nothing.
func (t jsonText) flag(name string, value bool) jsonText {
	if !value {
		return t
	}
	return append(t.name(name), "true"...)
}

func (t jsonText) null(name string) jsonText { return append(t.name(name), "null"...) }

func (t jsonText) amount(name string, a money.Amount) jsonText {
	text, _ := a.AppendText(append(t.name(name), '"')) // never fails, and has nothing to escape
	return append(text, '"')
}

func (t jsonText) price(name string, p money.Price) jsonText {
	text, _ := p.AppendText(append(t.name(name), '"'))
	return append(text, '"')
}

func (t jsonText) instant(name string, i Instant) jsonText {
	return append(i.appendText(append(t.name(name), '"')), '"')
}

// metadata writes pairs by key, where there are any.
func (t jsonText) metadata(name string, m Metadata) jsonText {
	if len(m) == 0 {
		return t
	}
	t = t.open(name, '{')
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		t = appendQuoted(t.name(""), key, false)
		t = appendQuoted(append(t, ':'), m[key], false)
	}
	return t.shut('}')
}

// idText writes an id.
func idText[T any](t jsonText, name string, id ID[T]) jsonText {
	return append(id.appendText(append(t.name(name), '"')), '"')
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends a text as JSON has it; pages says whether < > and & are escaped.
// What is not UTF-8 becomes U+FFFD.
func appendQuoted(dst []byte, s string, pages bool) []byte {
	dst = append(dst, '"')
	done := 0 // what stands before it is written
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && (!pages || c != '<' && c != '>' && c != '&') {
				i++
				continue
			}
			dst = append(dst, s[done:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\b':
				dst = append(dst, '\\', 'b')
			case '\f':
				dst = append(dst, '\\', 'f')
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			done = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, s[done:i]...), `\ufffd`...)
			done = i + size
		case r == '\u2028' || r == '\u2029': // which end a line of JavaScript
			dst = append(append(dst, s[done:i]...), '\\', 'u', '2', '0', '2', hexDigits[r&15])
			done = i + size
		}
		i += size
	}
	return append(append(dst, s[done:]...), '"')
}

package sqldb

import "unicode/utf8"

// deepest is how deeply nested a text may be to lie in the file as JSON. SQLite reads
// a thousand levels, and one that it cannot read would spoil a whole row of entries.
const deepest = 500

// isJSON reports whether bytes are one JSON value (RFC 8259) in UTF-8, not too deeply
// nested, with or without space around it. Each document and payload that is written is
// looked at, so it takes one pass, where encoding/json and unicode/utf8 would take two
// slow ones.
func isJSON(text []byte) bool {
	at, ok := jsonValue(text, skipSpace(text, 0), deepest)
	return ok && skipSpace(text, at) == len(text)
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func skipSpace(text []byte, at int) int {
	for at < len(text) && isSpace(text[at]) {
		at++
	}
	return at
}

// jsonValue reads the value that begins at a place, and gives where it ends.
func jsonValue(text []byte, at, depth int) (int, bool) {
	if at >= len(text) {
		return at, false
	}
	switch c := text[at]; {
	case c == '"':
		return jsonString(text, at+1)
	case c == '{':
		return jsonMembers(text, at+1, '}', depth-1)
	case c == '[':
		return jsonMembers(text, at+1, ']', depth-1)
	case c == 't':
		return jsonWord(text, at, "true")
	case c == 'f':
		return jsonWord(text, at, "false")
	case c == 'n':
		return jsonWord(text, at, "null")
	}
	return jsonNumber(text, at)
}

func jsonWord(text []byte, at int, word string) (int, bool) {
	end := at + len(word)
	return end, end <= len(text) && string(text[at:end]) == word
}

// jsonMembers reads what stands in an object or an array, up to the byte that ends it.
func jsonMembers(text []byte, at int, end byte, depth int) (int, bool) {
	if at = skipSpace(text, at); at < len(text) && text[at] == end {
		return at + 1, depth >= 0
	}
	for ok := depth >= 0; ok; at = skipSpace(text, at+1) {
		if end == '}' {
			if at >= len(text) || text[at] != '"' {
				return at, false
			}
			if at, ok = jsonString(text, at+1); !ok {
				return at, false
			}
			if at = skipSpace(text, at); at >= len(text) || text[at] != ':' {
				return at, false
			}
			at = skipSpace(text, at+1)
		}
		if at, ok = jsonValue(text, at, depth); !ok {
			return at, false
		}
		if at = skipSpace(text, at); at >= len(text) || text[at] != ',' {
			return at + 1, at < len(text) && text[at] == end
		}
	}
	return at, false
}

// jsonString reads a string from behind its first quote.
func jsonString(text []byte, at int) (int, bool) {
	for at < len(text) {
		switch c := text[at]; {
		case c == '"':
			return at + 1, true
		case c == '\\':
			size := jsonEscape(text[at+1:])
			if size == 0 {
				return at, false
			}
			at += 1 + size
		case c < ' ':
			return at, false
		case c < utf8.RuneSelf:
			at++
		default:
			r, size := utf8.DecodeRune(text[at:])
			if r == utf8.RuneError && size < 2 {
				return at, false
			}
			at += size
		}
	}
	return at, false
}

// jsonEscape gives the length of what follows a backslash, 0 if that is no escape.
func jsonEscape(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	switch text[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 1
	case 'u':
		if len(text) < 5 {
			return 0
		}
		for _, c := range text[1:5] {
			if !isDigit(c) && (c|' ' < 'a' || c|' ' > 'f') {
				return 0
			}
		}
		return 5
	}
	return 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func jsonNumber(text []byte, at int) (int, bool) {
	digits := func() bool {
		from := at
		for at < len(text) && isDigit(text[at]) {
			at++
		}
		return at > from
	}
	if text[at] == '-' {
		at++
	}
	if at < len(text) && text[at] == '0' {
		at++
	} else if !digits() {
		return at, false
	}
	if at < len(text) && text[at] == '.' {
		if at++; !digits() {
			return at, false
		}
	}
	if at < len(text) && text[at]|' ' == 'e' {
		if at++; at < len(text) && (text[at] == '+' || text[at] == '-') {
			at++
		}
		if !digits() {
			return at, false
		}
	}
	return at, true
}

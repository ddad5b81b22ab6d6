package sqldb

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// byTheBook is isJSON as the standard library says it; it knows no depth.
func byTheBook(text []byte) bool { return utf8.Valid(text) && json.Valid(text) }

var jsonTexts = []string{
	``, ` `, `null`, `nul`, `true`, `false`, `falsee`, `0`, `-0`, `-`, `00`, `1.`, `1.5`, `.5`, `1e`, `1e5`, `1E+05`, `1e-`, `+1`, `0x1`, `1 2`,
	`""`, `"`, `"\"`, `"\n"`, `"\x"`, `"\u12"`, `"\u12aF"`, `"\u12ag"`, "\"\n\"", "\"\x7f\"", "\"\xff\"", `"ü"`, "\"\xc3\"", "\"\ufffd\"", "\"\xed\xa0\x80\"", `"\ud800"`,
	`{}`, `{ }`, `{`, `}`, `{"a"}`, `{"a":}`, `{"a":1}`, ` {"a" : 1 , "b" : [ ] } `, `{"a":1,}`, `{a:1}`, `{"a":1 "b":2}`, `{,}`, `{"a"::1}`, `{"a":{"b":{"c":[1,{"d":null}]}}}`,
	`[]`, `[ ]`, `[`, `]`, `[1,2]`, `[1,]`, `[,1]`, `[1 2]`, `[1]]`, `[[]`, `[}`, `{]`, "\v1", "\u00a01", "[1\x00]",
}

func TestIsJSON(t *testing.T) {
	for _, text := range jsonTexts {
		if got, want := isJSON([]byte(text)), byTheBook([]byte(text)); got != want {
			t.Errorf("isJSON(%q) = %v, want %v", text, got, want)
		}
	}
}

// Long strings are read many bytes at once: what is wrong is seen at each place.
func TestIsJSONReadsLongStrings(t *testing.T) {
	for at := range 24 {
		for c := range 256 {
			text := []byte(`"` + strings.Repeat("a", 24) + `"`)
			text[1+at] = byte(c)
			if got, want := isJSON(text), byTheBook(text); got != want {
				t.Errorf("isJSON(%q) = %v, want %v", text, got, want)
			}
		}
	}
}

func TestIsJSONIsNotTooDeep(t *testing.T) {
	for _, pair := range []string{"[]", `{"a":}`} {
		begin, end := pair[:len(pair)-1], pair[len(pair)-1:]
		deep := func(n int, inside string) []byte {
			return []byte(strings.Repeat(begin, n) + inside + strings.Repeat(end, n))
		}
		if !isJSON(deep(deepest, "1")) || isJSON(deep(deepest+1, "1")) || isJSON(deep(deepest, "{}")) || isJSON(deep(deepest, "[]")) {
			t.Errorf("of %s, %d levels are JSON, one more are not", pair, deepest)
		}
	}
}

// Text that is JSON, with a byte or two of it changed.
func TestIsJSONIsAsByTheBook(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := []byte(rapid.SampledFrom(jsonTexts).Draw(t, "text"))
		for range rapid.IntRange(0, 4).Draw(t, "edits") {
			at := rapid.IntRange(0, len(text)).Draw(t, "at")
			piece := rapid.SampledFrom(jsonTexts).Draw(t, "piece")
			cut := rapid.IntRange(0, min(2, len(text)-at)).Draw(t, "cut")
			text = append(append(append([]byte{}, text[:at]...), piece...), text[at+cut:]...)
		}
		if got, want := isJSON(text), byTheBook(text); got != want {
			t.Fatalf("isJSON(%q) = %v, want %v", text, got, want)
		}
	})
}

func FuzzIsJSON(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if got, want := isJSON(text), byTheBook(text); got != want && len(text) <= deepest {
			t.Fatalf("isJSON(%q) = %v, want %v", text, got, want)
		}
	})
}

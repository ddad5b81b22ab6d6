package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Split makes the words of a text, for Words fields and for queries, the same
// for every store: the longest runs of letters, marks and digits, in lower case
// rune by rune, each once, in byte order. Everything else separates. A word is
// cut after MaxWord bytes (at a rune), and at most MaxWords words are taken, the
// first ones of the text. Nothing is normalised: a composed é and one made of two
// code points are two words. Bytes that are not UTF-8 separate.
func Split(text string) []string {
	var words []string
	seen := make(map[string]bool)
	var word strings.Builder
	full := false
	end := func() {
		if w := word.String(); w != "" && !seen[w] && len(words) < MaxWords {
			seen[w] = true
			words = append(words, w)
		}
		word.Reset()
		full = false
	}
	for _, r := range text {
		if r == utf8.RuneError || !(unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)) {
			end()
			continue
		}
		r = unicode.ToLower(r)
		if full = full || word.Len()+utf8.RuneLen(r) > MaxWord; !full {
			word.WriteRune(r)
		}
	}
	end()
	slices.Sort(words)
	return words
}

// isWord reports whether w could stand in the answer of Split.
func isWord(w string) bool {
	words := Split(w)
	return len(words) == 1 && words[0] == w
}

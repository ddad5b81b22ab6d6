package store

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"":                            nil,
		" \t\n-–—…!":                  nil,
		"Blue mug":                    {"blue", "mug"},
		"mug MUG Mug":                 {"mug"},
		"c++ red-chair \"quoted\"":    {"c", "chair", "quoted", "red"},
		"it's 9.50":                   {"50", "9", "it", "s"},
		"a\x00b\xffc":                 {"a", "b", "c"},
		"Grün Straße ΣΊΣΥΦΟΣ":         {"grün", "straße", "σίσυφοσ"},
		"caf\u00e9 cafe\u0301":        {"cafe\u0301", "caf\u00e9"},
		"\u212aelvin":                 {"kelvin"},
		"\u0130":                      {"i"},
		"青い マグ":                       {"マグ", "青い"},
		"\U0001F600mug\U0001F600":     {"mug"},
		"\ufffdmug":                   {"mug"},
		"٣ ３":                         {"٣", "３"},
		strings.Repeat("w", 100):      {strings.Repeat("w", MaxWord)},
		strings.Repeat("é", 40) + "x": {strings.Repeat("é", MaxWord/2)},
	} {
		if diff := cmp.Diff(want, Split(text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestSplitMany(t *testing.T) {
	var text strings.Builder
	for i := range MaxWords + 100 {
		text.WriteString(strings.Repeat("x", i%50) + string(rune('a'+i/50)) + " ")
	}
	words := Split(text.String())
	if len(words) != MaxWords {
		t.Errorf("%d words", len(words))
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("Blue mug, 9.50 é")
	f.Add("a\x00\xff\u0301")
	f.Fuzz(func(t *testing.T, text string) {
		words := Split(text)
		for i, w := range words {
			if w == "" || len(w) > MaxWord || !utf8.ValidString(w) || i > 0 && words[i-1] >= w {
				t.Fatalf("%q gives %q", text, words)
			}
			if !isWord(w) {
				t.Fatalf("%q is a word of %q and not of itself: %q", w, text, Split(w))
			}
		}
	})
}

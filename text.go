package till

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The greatest lengths, in bytes of UTF-8.
const (
	MaxSKU          = 200
	MaxName         = 300
	MaxDescription  = 64 << 10
	MaxNote         = 1000
	MaxActor        = 128
	MaxHandle       = 200
	MaxImageAddress = 2048
	MaxKey          = 100 // of a checkout

	maxLocale = 35
)

// The limits of metadata.
const (
	MaxMetadata      = 32 // pairs
	MaxMetadataKey   = 64
	MaxMetadataValue = 500
)

// SKU names an article, a variant of a product, for ever: 1 to MaxSKU bytes of
// UTF-8 without control and direction characters and without space at either end, compared byte
// by byte.
type SKU string

func (s SKU) check() error { return checkName("sku", string(s), MaxSKU) }

// Actor says who did something: "back-office", "customer", "import". It is kept
// for ever; a person's name does not belong here.
type Actor string

// Locale is a language tag as BCP 47 writes it ("en", "de-AT"); "" is the shop's
// own language.
type Locale string

// fallback gives the locale whose words are shown in another: that itself, its language
// ("de" for "de-AT"), or the shop's own.
func (l Locale) fallback(has func(Locale) bool) Locale {
	l = l[:min(len(l), maxLocale+1)] // it may come from outside
	if has(l) {
		return l
	}
	for i := len(l) - 1; i > 0; i-- {
		if l[i] == '-' && has(l[:i]) {
			return l[:i]
		}
	}
	return ""
}

// Meta goes with every operation: when it happens, by whom, and why.
type Meta struct {
	At   Instant
	By   Actor
	Note string // of the shop, not of a buyer: it is kept for ever
}

func (m Meta) check() error {
	if m.At < MinInstant || m.At > MaxInstant || m.At == 0 {
		return invalid("meta.at", "an operation needs its instant")
	}
	if err := checkText("meta.by", string(m.By), MaxActor); err != nil {
		return err
	}
	return checkText("meta.note", m.Note, MaxNote)
}

// Metadata is the host's own: a few texts by key on a product, cart, line, order
// or account. It is copied, never read by the shop, and not erased with a person:
// nothing that a person said belongs here.
type Metadata map[string]string

func (m Metadata) clone() Metadata {
	if len(m) == 0 {
		return nil
	}
	return maps.Clone(m)
}

// with gives a copy with one more pair.
func (m Metadata) with(key, value string) Metadata {
	next := make(Metadata, len(m)+1)
	maps.Copy(next, m)
	next[key] = value
	return next
}

func (m Metadata) check() error {
	if len(m) > MaxMetadata {
		return invalid("metadata", "it has %d pairs, at most %d are possible", len(m), MaxMetadata)
	}
	if len(m) == 0 {
		return nil
	}
	for _, k := range slices.Sorted(maps.Keys(m)) { // sorted: the same error each time
		if err := checkName("metadata.key", k, MaxMetadataKey); err != nil {
			return err
		}
		if err := checkText("metadata."+k, m[k], MaxMetadataValue); err != nil {
			return err
		}
	}
	return nil
}

// cutText cuts a text to at most so many bytes, between two characters.
func cutText(s string, most int) string {
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// checkText refuses what no text may be: too long, not UTF-8, with a NUL.
func checkText(path, s string, most int) error {
	switch {
	case len(s) > most:
		return invalid(path, "it has %d bytes, at most %d are possible", len(s), most)
	case !utf8.ValidString(s):
		return invalid(path, "it is not valid UTF-8")
	case strings.IndexByte(s, 0) >= 0:
		return invalid(path, "it has a NUL character")
	}
	return nil
}

// checkName refuses, besides, what no name may be: empty, with a control or
// direction character, with space at an end.
func checkName(path, s string, most int) error {
	if s == "" {
		return invalid(path, "it is empty")
	}
	if err := checkText(path, s, most); err != nil {
		return err
	}
	for _, r := range s {
		if r >= ' ' && r <= '~' {
			continue
		}
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' {
			return invalid(path, "it has the control character %U", r)
		}
	}
	if strings.TrimSpace(s) != s {
		return invalid(path, "it begins or ends with space")
	}
	return nil
}

// checkWord refuses what no word of ours may be: letters a to z, digits, "-",
// "_" and "." alone, so that it can stand in a key.
func checkWord(path, s string, most int) error {
	if s == "" || len(s) > most {
		return invalid(path, "it has %d bytes, 1 to %d are possible", len(s), most)
	}
	if !consists(s, func(c byte) bool { return isSmall(c) || isDigit(c) || c == '-' || c == '_' || c == '.' }) {
		return invalid(path, "%q: only a to z, 0 to 9, \"-\", \"_\" and \".\" are possible", s)
	}
	return nil
}

// consists reports whether a text has bytes of one kind alone.
func consists(s string, of func(byte) bool) bool {
	for i := range len(s) {
		if !of(s[i]) {
			return false
		}
	}
	return true
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isSmall(c byte) bool { return 'a' <= c && c <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

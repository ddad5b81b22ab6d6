package till_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// odds are pieces of text that engines of search take for more than letters.
var odds = []string{
	`"`, `""`, `'`, "*", "^", "(", ")", "{", "}", ":", "+", "-", "--", ";", ",", "\\", "%", "_", "[", "]", "<", ">", "|", "&", "@", "#", "$", "!", "~", "`", "/",
	" AND ", " OR ", " NOT ", " NEAR(", "NEAR/3 ", "words:", "rowid:", "-words:", "' OR 1=1 --", "\"; DROP TABLE till_offers; --",
	"\x00", "\xff", "\xc3\x28", "\xed\xa0\x80", "\ufeff", "\ufffd", "\u202e", "\u200b", "\u0301", "\u2028", "\t", "\n", "\r\n", " ", "   ",
	"mug", "MUG", "blue", "café", "cafe\u0301", "İ", "ß", "ẞ", "ſ", "K", "日本語", "🙂", "👨‍👩‍👧", "ꟷ", "ꟷ2776ad11e4cf8e487788", "²", "½", "٣", "Ⅷ", "𝟘", "mu*", "mug*", "m*", "**",
}

// randomText gives a text of odds, of any characters, of any bytes, or of very many.
func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range 1 + r.IntN(12) {
		switch r.IntN(4) {
		case 0:
			b.WriteRune(rune(r.IntN(0x110000)))
		case 1:
			b.WriteByte(byte(r.IntN(256)))
		default:
			b.WriteString(odds[r.IntN(len(odds))])
		}
	}
	if r.IntN(100) == 0 {
		return strings.Repeat(b.String(), 1+r.IntN(20_000))
	}
	return b.String()
}

// Whatever is typed is searched for: no text is an error, alone or with anything else, and
// memory and a file find as many.
func TestShellSearchAnyText(t *testing.T) {
	texts := 5000
	if testing.Short() {
		texts = 1000
	}
	var found [][]int
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("mug", "1.00", func(spec *till.ProductSpec) {
			spec.Words = map[till.Locale]till.Words{"": {Name: "Blue MUG, café 日本語 and or not near words İ ß"}}
			spec.Vendor, spec.Collections = "Acme", []string{"all"}
		}), ware("pot", "2.00"))
		random := rand.New(rand.NewPCG(5, 0))
		var counts []int
		for i := range texts {
			q := till.ProductQuery{Text: randomText(random)}
			switch i % 4 {
			case 1:
				q.Collection, q.Vendor = "all", "Acme"
			case 2:
				q.PriceFrom, q.Locale = p("0.50"), till.Locale(q.Text)
			}
			q.Limit = 1 + i%2
			page, err := s.shop.Search(s.ctx, q)
			if err != nil {
				t.Fatalf("%q: %v", q.Text, err)
			}
			facets, err := s.shop.Facets(s.ctx, q)
			if err != nil {
				t.Fatalf("facets of %q: %v", q.Text, err)
			}
			if len(page.Items) != min(facets.Products, q.Limit) || page.Next != "" != (facets.Products > q.Limit) {
				t.Fatalf("%q: %d on a page of %d, %d in all", q.Text, len(page.Items), q.Limit, facets.Products)
			}
			counts = append(counts, facets.Products)
		}
		found = append(found, counts)
	})
	if len(found) != 2 {
		t.Fatal("not both stores answered")
	}
	hits := 0
	for i := range found[0] {
		if found[0][i] != found[1][i] {
			t.Errorf("text %d: memory finds %d, the file %d", i, found[0][i], found[1][i])
		}
		hits += min(found[0][i], 1)
	}
	t.Logf("%d of %d texts found something", hits, texts)
	if hits < texts/100 || hits > texts*9/10 {
		t.Errorf("%d of %d texts found something", hits, texts)
	}
}

// Whatever stands in the fields that are names, it is answered or refused as wrong.
func TestShellSearchAnyName(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.puts(ware("mug", "1.00"))
		random := rand.New(rand.NewPCG(6, 0))
		for range 1000 {
			text := randomText(random)
			for _, q := range []till.ProductQuery{
				{Collection: text}, {Vendor: text}, {Attributes: []till.Attribute{{Name: text, Value: text}}}, {Sort: till.ProductSort(text)},
				{Status: till.OfferStatus(text)}, {Locale: till.Locale(text)}, {PageRequest: till.PageRequest{After: till.Cursor(text)}},
			} {
				if _, err := s.staff.Search(s.ctx, q); err != nil && !errors.Is(err, till.ErrInvalid) {
					t.Fatalf("%+v: %v", q, err)
				} else if err != nil && len(err.Error()) > 500 {
					t.Fatalf("%q: the error has %d bytes", text, len(err.Error()))
				}
			}
		}
	})
}

func FuzzSearchText(f *testing.F) {
	s := newStall(f, memory.New())
	s.puts(ware("mug", "1.00", func(spec *till.ProductSpec) { spec.Vendor = "Acme" }))
	for _, odd := range odds {
		f.Add(odd)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, q := range []till.ProductQuery{{Text: text}, {Text: text, Vendor: "Acme"}, {Text: "mug " + text}, {Text: text + "*"}} {
			if _, err := s.shop.Search(s.ctx, q); err != nil {
				t.Fatalf("%q: %v", q.Text, err)
			}
		}
	})
}

// A text without words finds nothing, but not in a store that is closed, and for nobody
// who has gone.
func TestShellSearchWithoutWords(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 1)
		q := till.ProductQuery{Text: "?"}
		ask := func(ctx context.Context, want error) {
			t.Helper()
			page, err := s.shop.Search(ctx, q)
			if !errors.Is(err, want) || len(page.Items) > 0 {
				t.Errorf("search: %v, %v, want %v", page, err, want)
			}
			if facets, err := s.shop.Facets(ctx, q); !errors.Is(err, want) || facets.Products > 0 {
				t.Errorf("facets: %v, %v, want %v", facets, err, want)
			}
		}
		ask(s.ctx, nil)
		gone, cancel := context.WithCancel(s.ctx)
		cancel()
		ask(gone, context.Canceled)
		s.must(db.Close())
		ask(s.ctx, till.ErrClosed)
	})
}

// Whoever sends a cursor back cannot move a list that began now to what is planned.
func TestShellSearchCursorOfTomorrow(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 1)
	s.sells("CUP", "5.00", 1)
	q := till.ProductQuery{PageRequest: till.PageRequest{Limit: 1}, At: s.clock.instant().Add(24 * time.Hour)}
	tomorrow, err := s.shop.Search(s.ctx, q)
	s.must(err)
	q.After = tomorrow.Next
	second, err := s.shop.Search(s.ctx, q)
	s.must(err)
	s.same("for the host", len(second.Items), 1)
	q.At = 0
	s.refuses(till.ErrInvalid, "begin again", func() error { _, err := s.shop.Search(s.ctx, q); return err })
	s.clock.pass(24*time.Hour - 5*time.Second) // two clocks may differ a little
	if _, err := s.shop.Search(s.ctx, q); err != nil {
		t.Error(err)
	}
}

package store

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var positions = [][]Value{
	{TextValue("")}, {IntValue(0)}, {IntValue(math.MinInt64), TextValue("key")}, {IntValue(math.MaxInt64), TextValue(strings.Repeat("é", 127))},
	{TextValue(strings.Repeat("x", MaxText)), TextValue(strings.Repeat("y", MaxKey))}, {TextValue("\x00\xff"), IntValue(-1), IntValue(1)},
}

func TestCursor(t *testing.T) {
	q := Query{Family: "row", List: "by_num", Limit: 10}
	for _, position := range positions {
		q.After = ""
		cursor := q.Cursor(position...)
		if len(cursor) > MaxCursor {
			t.Errorf("a cursor of %d bytes for %v", len(cursor), position)
		}
		q.After = cursor
		got, err := q.Position()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(position, got); diff != "" {
			t.Error(diff)
		}
		other := q
		other.Limit = 7
		if _, err := other.Position(); err != nil {
			t.Errorf("with another limit: %v", err)
		}
		if got, err = FeedPosition(FeedCursor(position...)); err != nil || !cmp.Equal(position, got) {
			t.Errorf("feed: %v, %v", got, err)
		}
		if _, err := FeedPosition(cursor); !errors.Is(err, ErrInvalid) {
			t.Errorf("a list's cursor for the feed: %v", err)
		}
	}
	q.After = ""
	if got, err := q.Position(); err != nil || got != nil {
		t.Errorf("the beginning: %v, %v", got, err)
	}
}

func TestCursorOfAnotherQuery(t *testing.T) {
	one, two, a := IntValue(1), IntValue(2), TextValue("a")
	base := Query{Family: "row", List: "l", Equal: []Value{one}, From: &one, Where: []Cond{{"f", Equal, one}}, Match: []string{"blue"}}
	cursor := base.Cursor(one)
	for what, edit := range map[string]func(*Query){
		"family": func(q *Query) { q.Family = "ro" }, "list": func(q *Query) { q.List = "wl" }, "equal": func(q *Query) { q.Equal = []Value{two} },
		"no equal": func(q *Query) { q.Equal = nil }, "from": func(q *Query) { q.From = &two }, "to": func(q *Query) { q.From, q.To = nil, &one },
		"field": func(q *Query) { q.Where = []Cond{{"g", Equal, one}} }, "op": func(q *Query) { q.Where = []Cond{{"f", Less, one}} },
		"value": func(q *Query) { q.Where = []Cond{{"f", Equal, a}} }, "match": func(q *Query) { q.Match = []string{"red"} }, "desc": func(q *Query) { q.Desc = true },
	} {
		q := base
		edit(&q)
		q.After = cursor
		if _, err := q.Position(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestCursorDamaged(t *testing.T) {
	q := Query{Family: "row"}
	for _, position := range positions {
		good := string(q.Cursor(position...))
		for i := range good {
			for _, bad := range []string{good[:i], good[:i] + "A" + good[i:], good[:i] + string(good[i]^1) + good[i+1:], good[:i] + "%" + good[i+1:], good[:i] + "\n" + good[i:]} {
				if q.After = Cursor(bad); bad == "" || bad == good {
					continue
				}
				if got, err := q.Position(); !errors.Is(err, ErrInvalid) {
					t.Fatalf("%q, made of %q: %v, %v", bad, good, got, err)
				}
			}
		}
	}
}

func FuzzCursor(f *testing.F) {
	q := Query{Family: "row"}
	f.Add("")
	f.Add(string(q.Cursor(IntValue(1))) + "\r\n")
	for _, position := range positions {
		f.Add(string(q.Cursor(position...)))
		f.Add(string(FeedCursor(position...)))
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		q.After = Cursor(cursor)
		position, err := q.Position()
		switch {
		case err != nil && !errors.Is(err, ErrInvalid):
			t.Fatalf("%q: %v", cursor, err)
		case err == nil && cursor != "" && string(q.Cursor(position...)) != cursor:
			t.Fatalf("%q is read as %v, whose cursor is another", cursor, position)
		}
		_, _ = FeedPosition(q.After)
		if _, ok := readValues([]byte(cursor)); ok && len(cursor) == 0 {
			t.Fatal("a position of no bytes")
		}
	})
}

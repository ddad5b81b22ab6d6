package till

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tillkit/till/store"
)

// What stored bytes were read to is remembered: the same bytes give the same value
// without being read again. A failure, what is large and what is no bytes are not
// remembered.
func TestDecoded(t *testing.T) {
	var d decoded[string]
	reads := 0
	refused := errors.New("refused")
	read := d.as(func(doc store.Doc) (string, error) {
		reads++
		raw, _ := doc.(store.Raw)
		if string(raw) == "bad" {
			return "", refused
		}
		return strings.ToUpper(string(raw)), nil
	})
	large := strings.Repeat("x", largestDecoded+1)
	for _, c := range []struct {
		doc   store.Doc
		want  string
		err   error
		reads int // after it was read twice
	}{
		{store.Raw("a"), "A", nil, 1},
		{store.Raw("b"), "B", nil, 2},
		{store.Raw("a"), "A", nil, 2},
		{store.Raw("bad"), "", refused, 4},
		{store.Raw(large), strings.ToUpper(large), nil, 6},
		{productDoc{}, "", nil, 8},
	} {
		for range 2 {
			if got, err := read(c.doc); got != c.want || !errors.Is(err, c.err) {
				t.Errorf("%.20q gives %.20q, %v", c.doc, got, err)
			}
		}
		if reads != c.reads {
			t.Errorf("%.20q: read %d times by then, want %d", c.doc, reads, c.reads)
		}
	}
	bytes := store.Raw("mine")
	if got, _ := read(bytes); got != "MINE" {
		t.Error(got)
	}
	copy(bytes, "your") // the caller's own again
	if got, _ := read(bytes); got != "YOUR" {
		t.Errorf("bytes that were changed give %q", got)
	}
	if got, _ := read(store.Raw("mine")); got != "MINE" {
		t.Errorf("the first bytes give %q", got)
	}
}

// However much is read, what is remembered stays bounded, and what is read all the time
// stays in it.
func TestDecodedIsBounded(t *testing.T) {
	var d decoded[int]
	reads := make(map[string]int)
	read := d.as(func(doc store.Doc) (int, error) {
		raw, _ := doc.(store.Raw)
		reads[string(raw[:8])]++
		return len(raw), nil
	})
	for i := range 3000 {
		if _, err := read(store.Raw(fmt.Sprintf("%08d%s", i, strings.Repeat("x", 4000)))); err != nil {
			t.Fatal(err)
		}
		if _, err := read(store.Raw("constant")); err != nil {
			t.Fatal(err)
		}
		sum := 0
		for key := range d.new {
			sum += len(key)
		}
		if sum > mostDecoded || sum != d.remembers || len(d.old) > mostDecoded/4000+1 {
			t.Fatalf("after %d: %d bytes are remembered, %d counted, %d values are old", i, sum, d.remembers, len(d.old))
		}
	}
	if reads["constant"] != 1 {
		t.Errorf("what is read all the time was read %d times", reads["constant"])
	}
}

// Many may read at once.
func TestDecodedAtOnce(t *testing.T) {
	var d decoded[string]
	read := d.as(func(doc store.Doc) (string, error) {
		raw, _ := doc.(store.Raw)
		return strings.Clone(string(raw[:4])), nil
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := range 2000 {
				want := fmt.Sprintf("%04d", i%700)
				if got, err := read(store.Raw(want + strings.Repeat("x", 8000))); err != nil || got != want {
					t.Errorf("%q, %v, want %q", got, err, want)
				}
			}
		})
	}
	all.Wait()
}

package till

import (
	"sync"

	"github.com/tillkit/till/store"
)

// decoded remembers what stored bytes were read to, so that a shop that reads the same
// rows again and again does not parse them each time. Reading is pure, and what is read
// is immutable: the same bytes give the same value, whoever wrote them and when. No
// person's words are read through it.
type decoded[S any] struct {
	mu sync.Mutex
	recent[string, S]
}

// Of each kind of row, twice mostDecoded bytes are remembered at most, and none that is
// larger than largestDecoded.
const (
	mostDecoded    = 2 << 20
	largestDecoded = 16 << 10
)

// as gives a function that reads as the one given does, and remembers.
func (d *decoded[S]) as(read func(store.Doc) (S, error)) func(store.Doc) (S, error) {
	return func(doc store.Doc) (S, error) { return d.read(doc, read) }
}

func (d *decoded[S]) read(doc store.Doc, read func(store.Doc) (S, error)) (S, error) {
	raw, ok := doc.(store.Raw)
	if !ok || len(raw) > largestDecoded {
		return read(doc)
	}
	d.mu.Lock()
	is, hit := d.new[string(raw)] // which copies no bytes
	if !hit {
		is.value, hit = d.find(string(raw), mostDecoded)
	}
	d.mu.Unlock()
	if hit {
		return is.value, nil
	}
	value, err := read(doc)
	if err == nil {
		d.mu.Lock()
		d.keep(string(raw), value, len(raw), mostDecoded)
		d.mu.Unlock()
	}
	return value, err
}

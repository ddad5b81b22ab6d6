package memory

import (
	"encoding/binary"
	"iter"
	"slices"
	"sort"

	"github.com/tillkit/till/store"
)

// list is one way to page through a family: an ordered set of places, each with
// the row that stands there, in short sorted chunks. To find a place takes two
// binary searches, to insert one moves a chunk. There is always one chunk; only
// the first may be empty.
type list struct {
	fields []int // of the index, that make a place
	chunks [][]item
}

type item struct {
	place string // ordered byte by byte
	row   *row
}

const chunkSize = 64

func newList(f *store.FamilyLayout, l store.List) *list {
	var fields []int
	for _, name := range l.Equal {
		fields = append(fields, f.Field(name))
	}
	if l.Match {
		fields = append(fields, f.WordsField())
	} else if l.Sort != "" {
		fields = append(fields, f.Field(l.Sort))
	}
	return &list{fields, make([][]item, 1)}
}

// places says where a row stands, appended to a slice that is empty: once, or once for
// each member of a Many field, or once for each of its words. A place is the Equal
// values, the sort value or the word, and the key, joined.
func (l *list) places(r *row, places []string) []string {
	var room [128]byte
	return l.from(0, room[:0], r, places)
}

// from appends to places those that begin with what the fields before n gave.
func (l *list) from(n int, head []byte, r *row, places []string) []string {
	if n == len(l.fields) {
		return append(places, string(appendPart(head, store.TextValue(r.Key))))
	}
	v := r.Index[l.fields[n]]
	if v.Type() != store.Many && v.Type() != store.Words {
		return l.from(n+1, appendPart(head, v), r, places)
	}
	for _, member := range v.Members() {
		places = l.from(n+1, appendPart(head, store.TextValue(member)), r, places)
	}
	return places
}

// appendPart appends an integer or a text to a place, so that bytes compare as the values
// do and no value is the beginning of another: a text has no NUL.
func appendPart(place []byte, v store.Value) []byte {
	if v.Type() == store.Int {
		return binary.BigEndian.AppendUint64(place, uint64(v.Int())^1<<63)
	}
	return append(append(place, v.Text()...), 0)
}

// end, behind a beginning of places, is beyond all that begin so: an Int has
// eight bytes, and a text has no 0xff.
const end = "\xff\xff\xff\xff\xff\xff\xff\xff\xff"

// seek gives the chunk in which a place stands or would stand, and where in it.
func (l *list) seek(place string) (chunk, at int) {
	chunk = len(l.chunks) - 1
	if last := l.chunks[chunk]; len(last) > 0 && last[len(last)-1].place < place {
		return chunk, len(last) // most keys have their instant in front, and come last
	}
	chunk = sort.Search(len(l.chunks)-1, func(i int) bool { return l.chunks[i+1][0].place > place })
	at = sort.Search(len(l.chunks[chunk]), func(i int) bool { return l.chunks[chunk][i].place >= place })
	return chunk, at
}

func (l *list) insert(r *row) {
	var few [4]string
	for _, place := range l.places(r, few[:0]) {
		chunk, at := l.seek(place)
		if at == chunkSize && chunk == len(l.chunks)-1 { // behind all that are there
			l.chunks = append(l.chunks, append(make([]item, 0, chunkSize+1), item{place, r}))
			continue
		}
		c := slices.Insert(l.chunks[chunk], at, item{place, r})
		if len(c) > chunkSize {
			l.chunks = slices.Insert(l.chunks, chunk+1, slices.Clone(c[chunkSize/2:]))
			c = slices.Delete(c, chunkSize/2, len(c))
		}
		l.chunks[chunk] = c
	}
}

func (l *list) remove(r *row) {
	var few [4]string
	for _, place := range l.places(r, few[:0]) {
		chunk, at := l.seek(place)
		l.chunks[chunk] = slices.Delete(l.chunks[chunk], at, at+1)
		if len(l.chunks[chunk]) == 0 && len(l.chunks) > 1 {
			l.chunks = slices.Delete(l.chunks, chunk, chunk+1)
		}
	}
}

// between gives the places from <= place < to with their rows, from the first to
// the last or down.
func (l *list) between(from, to string, down bool) iter.Seq2[string, *row] {
	first, start := l.seek(from)
	last, stop := l.seek(max(from, to))
	return func(yield func(string, *row) bool) {
		for n := range last - first + 1 {
			if down {
				n = last - first - n
			}
			c := l.chunks[first+n]
			if n == last-first {
				c = c[:stop]
			}
			if n == 0 {
				c = c[start:]
			}
			for i := range c {
				if down {
					i = len(c) - 1 - i
				}
				if !yield(c[i].place, c[i].row) {
					return
				}
			}
		}
	}
}

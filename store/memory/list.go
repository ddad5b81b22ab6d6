package memory

import (
	"encoding/binary"
	"iter"
	"slices"
	"sort"
	"sync"

	"github.com/tillkit/till/store"
)

// list is one way to page through a family: a group of rows for each of the values that
// its Equal fields have. A row with a Many field among them stands in several.
//
// Rows are filed by whoever comes to read the list: most of what is written is written
// while nobody looks, and many a list is never read at all.
type list struct {
	of     *table
	name   string
	equal  []int // fields of the index
	by     int   // the field that orders a group, or has the words; -1: keys do
	groups map[string]*group

	mu    sync.Mutex // readers come together
	filed int        // of the table's rows that come to be filed
}

// group is an ordered set of places, each with the row that stands there, in short sorted
// chunks: to find a place takes two binary searches, to insert one moves a chunk. Only the
// first chunk may be empty.
type group struct{ chunks [][]item }

type item struct {
	place string // ordered byte by byte
	row   *row
}

const chunkSize = 64

func newList(of *table, l store.List) *list {
	f, made := of.family, &list{of: of, name: l.Name, by: -1, groups: make(map[string]*group)}
	for _, name := range l.Equal {
		made.equal = append(made.equal, f.Field(name))
	}
	if l.Match {
		made.by = f.WordsField()
	} else if l.Sort != "" {
		made.by = f.Field(l.Sort)
	}
	return made
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

// bound is what no place of a value is before, and all of lesser ones are.
func bound(v store.Value) string {
	if v.Type() == store.Int {
		return string(appendPart(nil, v))
	}
	return v.Text()
}

// places says where a row stands in its groups, appended to a slice that is empty: at its
// key, behind the value of the sort, or behind each of its words.
func (l *list) places(r *row, places []string) []string {
	if l.by < 0 {
		return append(places, r.Key)
	}
	var room [128]byte
	switch v := r.Index[l.by]; v.Type() {
	case store.Words:
		for _, word := range v.Members() {
			places = append(places, word+"\x00"+r.Key)
		}
	default:
		places = append(places, string(append(appendPart(room[:0], v), r.Key...)))
	}
	return places
}

// file brings the rows that have come to their places.
func (l *list) file() {
	l.mu.Lock()
	defer l.mu.Unlock()
	var few [4]string
	var room [128]byte
	for _, r := range l.of.filing[l.filed:] {
		l.visit(r, l.equal, room[:0], l.places(r, few[:0]), (*group).insert)
	}
	l.filed = len(l.of.filing)
}

func (l *list) remove(r *row) {
	l.file()
	var few [4]string
	var room [128]byte
	l.visit(r, l.equal, room[:0], l.places(r, few[:0]), (*group).remove)
}

// visit does something at the places of a row in each of its groups, whose names begin with
// what the fields before these gave.
func (l *list) visit(r *row, fields []int, name []byte, places []string, do func(*group, string, *row)) {
	if len(fields) > 0 {
		v, rest := r.Index[fields[0]], fields[1:]
		if v.Type() != store.Many {
			l.visit(r, rest, appendPart(name, v), places, do)
			return
		}
		for _, member := range v.Members() {
			l.visit(r, rest, appendPart(name, store.TextValue(member)), places, do)
		}
		return
	}
	g := l.groups[string(name)]
	if g == nil {
		g = &group{make([][]item, 1)}
		l.groups[string(name)] = g
	}
	for _, place := range places {
		do(g, place, r)
	}
	if len(g.chunks[0]) == 0 {
		delete(l.groups, string(name))
	}
}

// seek gives the chunk in which a place stands or would stand, and where in it.
func (g *group) seek(place string) (chunk, at int) {
	chunk = len(g.chunks) - 1
	if last := g.chunks[chunk]; len(last) > 0 && last[len(last)-1].place < place {
		return chunk, len(last) // most places have their instant in front, and come last
	}
	chunk = sort.Search(len(g.chunks)-1, func(i int) bool { return g.chunks[i+1][0].place > place })
	at = sort.Search(len(g.chunks[chunk]), func(i int) bool { return g.chunks[chunk][i].place >= place })
	return chunk, at
}

func (g *group) insert(place string, r *row) {
	chunk, at := g.seek(place)
	if at == chunkSize && chunk == len(g.chunks)-1 { // behind all that are there
		g.chunks = append(g.chunks, append(make([]item, 0, chunkSize+1), item{place, r}))
		return
	}
	c := slices.Insert(g.chunks[chunk], at, item{place, r})
	if len(c) > chunkSize {
		g.chunks = slices.Insert(g.chunks, chunk+1, slices.Clone(c[chunkSize/2:]))
		c = slices.Delete(c, chunkSize/2, len(c))
	}
	g.chunks[chunk] = c
}

func (g *group) remove(place string, _ *row) {
	chunk, at := g.seek(place)
	g.chunks[chunk] = slices.Delete(g.chunks[chunk], at, at+1)
	if len(g.chunks[chunk]) == 0 && len(g.chunks) > 1 {
		g.chunks = slices.Delete(g.chunks, chunk, chunk+1)
	}
}

// between gives the places of a group with from <= place < to with their rows, from the
// first to the last or down.
func (l *list) between(name, from, to string, down bool) iter.Seq2[string, *row] {
	l.file()
	g := l.groups[name]
	if g == nil {
		return func(func(string, *row) bool) {}
	}
	first, start := g.seek(from)
	last, stop := g.seek(max(from, to))
	return func(yield func(string, *row) bool) {
		for n := range last - first + 1 {
			if down {
				n = last - first - n
			}
			c := g.chunks[first+n]
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

package boltstore

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// search is one Find under way. A place is where a record stands in the list: the
// value of the sort field, if there is one, and the key.
type search struct {
	tx     *transaction
	query  store.Query
	family *family
	list   list
	prefix []byte        // what the keys begin with that the query can reach
	after  []store.Value // the place behind which the page begins
}

// Find reads a page of a list.
func (s *Store) Find(ctx context.Context, query store.Query) (page store.Page[store.Record], err error) {
	q := &search{query: query}
	check := func() error {
		if _, _, err := s.layout.CheckQuery(query); err != nil {
			return err
		}
		q.family = s.families[query.Family]
		return q.begin()
	}
	err = s.read(ctx, check, func(tx *transaction) error {
		q.tx = tx
		places, last := q.sorted(), []store.Value(nil)
		if q.list.Match {
			places = q.matching()
		}
		for place := range places {
			if err := ctx.Err(); err != nil {
				return err
			}
			if len(page.Items) == query.Limit {
				page.Next = query.Cursor(last...)
				break
			}
			last = place
			key := place[len(place)-1].Text()
			if r := q.family.load(tx, key); q.meets(r) {
				page.Items = append(page.Items, q.family.record(key, r))
			}
		}
		return nil
	})
	return page, err
}

// begin finds the list and the place to begin at. A cursor of another store may
// pass for one of this query; here it stands for nothing.
func (q *search) begin() (err error) {
	q.list = q.family.list(q.query.List)
	q.prefix = slices.Concat(q.list.prefix, bytes.Join(encodeValues(q.query.Equal), nil))
	q.after, err = q.query.Position()
	fits := func(v store.Value, t store.Type) bool { return v.Type() == t }
	if err == nil && q.query.After != "" && !slices.EqualFunc(q.after, q.list.place, fits) {
		err = invalid("cursor", `it is another store's: begin again with ""`)
	}
	return err
}

func (q *search) meets(r *stored) bool {
	return !slices.ContainsFunc(q.query.Where, func(c store.Cond) bool {
		i := q.family.field(c.Field)
		v, _ := cutValue(q.family.Fields[i].Type, r.fields[i])
		return !c.Holds(v)
	})
}

// sorted walks through the places of the list from bound to bound.
func (q *search) sorted() iter.Seq[[]store.Value] {
	low, high := q.prefix, beyond(q.prefix)
	if q.query.From != nil {
		low = q.key(*q.query.From)
	}
	if q.query.To != nil {
		high = q.key(*q.query.To)
	}
	switch {
	case q.after == nil:
	case q.query.Desc:
		high = q.key(q.after...)
	default:
		low = append(q.key(q.after...), 0)
	}
	return func(yield func([]store.Value) bool) {
		for k := range q.tx.between(q.list.bucket, low, high, q.query.Desc) {
			k = append(bytes.Clone(k[len(q.prefix):]), 0)
			place := make([]store.Value, len(q.list.place))
			for i, t := range q.list.place {
				place[i], k = cutValue(t, k)
			}
			if !yield(place) {
				return
			}
		}
	}
}

// key is the least key of the list at a place or behind it. A record's key stands
// last in it and does not end with NUL.
func (q *search) key(place ...store.Value) []byte {
	b := slices.Concat(q.prefix, bytes.Join(encodeValues(place), nil))
	if place[len(place)-1].Type() == store.Text && len(place) == len(q.list.place) {
		b = b[:len(b)-1]
	}
	return b
}

// matching gives the places of the records that have all words. A Match list has
// a key for each word of a record: what the query fixes, the word, and the
// record's key, by which the pages are sorted.
func (q *search) matching() iter.Seq[[]store.Value] {
	keys := q.having(q.query.Match[0])
	for _, word := range q.query.Match[1:] {
		too := q.having(word)
		keys = slices.DeleteFunc(keys, func(key string) bool {
			_, ok := slices.BinarySearch(too, key)
			return !ok
		})
	}
	places := make([][]store.Value, len(keys))
	for i, key := range keys {
		places[i] = []store.Value{store.TextValue(key)}
	}
	return slices.Values(places)
}

// having gives the keys behind the place to begin at of the records that have a
// word, or one that begins as it does before its "*", sorted.
func (q *search) having(word string) (keys []string) {
	start, begun := strings.CutSuffix(word, "*")
	if !begun {
		start += "\x00"
	}
	prefix := append(slices.Clip(q.prefix), start...)
	for k := range q.tx.between(q.list.bucket, prefix, beyond(prefix), false) {
		_, key := cutValue(store.Text, k[len(q.prefix):])
		if q.after == nil || string(key) > q.after[0].Text() {
			keys = append(keys, string(key))
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

package boltstore

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/tillkit/till/store"
)

// family is how a family's records are filed. The file keeps it as JSON, so that
// records can be filed anew and erased when the schema they came with is gone.
type family struct {
	Name     string
	Shape    store.Shape
	Version  int
	Personal bool
	Fields   []store.Field
	Lists    []store.List
}

// The buckets of a family: its records by key, the keys of its lists, each list
// behind its name, and its entries by journal and number.
func (f *family) records() []byte { return []byte(f.Name + "/records") }
func (f *family) places() []byte  { return []byte(f.Name + "/places") }
func (f *family) entries() []byte { return []byte(f.Name + "/entries") }

func (f *family) create(tx *transaction) {
	tx.create(f.records())
	tx.create(f.places())
	tx.create(f.entries())
}

// list is a list as its keys are made: a prefix, the values of some fields, and
// the record's key.
type list struct {
	store.List
	bucket, prefix []byte
	fields         []int
	place          []store.Type // what tells records with one prefix apart: the sort field, if any, and the key
}

// list finds a list that there is.
func (f *family) list(name string) list {
	i := slices.IndexFunc(f.Lists, func(l store.List) bool { return l.Name == name })
	if i < 0 {
		return list{bucket: f.records(), place: []store.Type{store.Text}}
	}
	l := list{List: f.Lists[i], bucket: f.places(), prefix: append([]byte(name), 0)}
	for _, name := range l.Equal {
		l.fields = append(l.fields, f.field(name))
	}
	if l.Match {
		l.fields = append(l.fields, slices.IndexFunc(f.Fields, func(d store.Field) bool { return d.Type == store.Words }))
	}
	if i := f.field(l.Sort); i >= 0 {
		l.fields, l.place = append(l.fields, i), append(l.place, f.Fields[i].Type)
	}
	l.place = append(l.place, store.Text)
	return l
}

// field gives the place of a field, -1 if it is not there.
func (f *family) field(name string) int {
	return slices.IndexFunc(f.Fields, func(d store.Field) bool { return d.Name == name })
}

// filedLike reports whether what was filed by one declaration is in its places
// by the other.
func (f *family) filedLike(other *family) bool {
	return slices.Equal(f.Fields, other.Fields) && slices.EqualFunc(f.Lists, other.Lists, func(a, b store.List) bool {
		return a.Name == b.Name && a.Sort == b.Sort && a.Match == b.Match &&
			slices.Equal(a.Equal, b.Equal) && slices.Equal(a.Where, b.Where)
	})
}

func (f *family) load(tx *transaction, key string) *stored {
	return decodeStored(tx.get(f.records(), []byte(key)))
}

// record makes what a caller gets, with bytes of its own.
func (f *family) record(key string, r *stored) store.Record {
	record := store.Record{Ref: store.Ref{Family: f.Name, Key: key}}
	if r == nil {
		return record
	}
	record.Rev = r.rev
	if f.Shape != store.Counters {
		record.Doc = store.Raw(slices.Concat([]byte{}, r.doc))
		return record
	}
	for _, column := range r.fields {
		v, _ := cutValue(store.Int, column)
		record.Index = append(record.Index, v)
	}
	return record
}

// save replaces a record and its places in the lists.
func (f *family) save(tx *transaction, key string, old, next *stored) {
	places := tx.Bucket(f.places())
	if old == nil || next == nil || !slices.EqualFunc(old.fields, next.fields, bytes.Equal) {
		for _, k := range f.placesOf(key, old) {
			tx.keep(places.Delete(k))
		}
		for _, k := range f.placesOf(key, next) {
			tx.keep(places.Put(k, nil))
		}
	}
	if next == nil {
		tx.keep(tx.Bucket(f.records()).Delete([]byte(key)))
	} else {
		tx.keep(tx.Bucket(f.records()).Put([]byte(key), next.encode()))
	}
}

// placesOf gives the keys under which the lists have a record: one for each list,
// or one for each member of the Many or Words field that the list has.
func (f *family) placesOf(key string, r *stored) (all [][]byte) {
	if r == nil {
		return nil
	}
	for _, declared := range f.Lists {
		l := f.list(declared.Name)
		keys := [][]byte{l.prefix}
		for _, i := range l.fields {
			members := [][]byte{r.fields[i]}
			if t := f.Fields[i].Type; t == store.Many || t == store.Words {
				members = bytes.SplitAfter(r.fields[i], nul)
				members = members[:len(members)-1] // behind the last NUL is nothing
			}
			var longer [][]byte
			for _, k := range keys {
				for _, member := range members {
					longer = append(longer, slices.Concat(k, member))
				}
			}
			keys = longer
		}
		for _, k := range keys {
			all = append(all, slices.Concat(k, []byte(key)))
		}
	}
	return all
}

var feedBucket = []byte("feed")

// appendEntries files entries in their journal, and their places in the feed.
func (f *family) appendEntries(tx *transaction, journal string, entries []store.Entry) {
	feed, own := tx.Bucket(feedBucket), tx.Bucket(f.entries())
	for _, e := range entries {
		key := entryKey(journal, e.N)
		tx.keep(own.Put(key, encodeEntry(e)))
		n, err := feed.NextSequence()
		tx.keep(err)
		place := append(appendPart(nil, []byte(f.Name)), key...)
		tx.keep(feed.Put(binary.BigEndian.AppendUint64(nil, n), place))
	}
}

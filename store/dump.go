package store

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// Dumped is one record of a [Dump], as bytes: what any two stores that hold the
// same must agree on.
type Dumped struct {
	Ref     Ref
	Rev     int64
	Doc     []byte
	Columns []Value // of a counter
	Entries []Entry // of a journal, all
}

// String gives one line for the record and one for each entry.
func (d Dumped) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s rev=%d", d.Ref, d.Rev)
	for _, c := range d.Columns {
		fmt.Fprintf(&b, " %s", c)
	}
	if d.Doc != nil {
		fmt.Fprintf(&b, " %s", d.Doc)
	}
	for _, e := range d.Entries {
		fmt.Fprintf(&b, "\n  %d %s v%d at=%d %s %x", e.N, e.Kind, e.V, e.At, e.Payload, e.Sum)
	}
	return b.String()
}

// Dump walks through everything a store holds: family by family in the order of
// the schema, receipts last, by key, journals with all their entries. It is
// written over the port, so that it is the same for every store. While others
// write, each record is read at some instant of the walk.
func Dump(ctx context.Context, s Store, schema Schema) iter.Seq2[Dumped, error] {
	return func(yield func(Dumped, error) bool) {
		layout, err := Compile(schema)
		if err != nil {
			yield(Dumped{}, err)
			return
		}
		for _, name := range layout.Families() {
			for record, err := range Records(ctx, s, Query{Family: name}) {
				var d Dumped
				if err == nil {
					d, err = dumped(ctx, s, layout.Family(name), record)
				}
				if !yield(d, err) || err != nil {
					return
				}
			}
		}
	}
}

func dumped(ctx context.Context, s Store, f *FamilyLayout, r Record) (Dumped, error) {
	d := Dumped{Ref: r.Ref, Rev: r.Rev, Columns: r.Index}
	if r.Doc != nil {
		doc, err := r.Doc.AppendStored([]byte{})
		if err != nil {
			return Dumped{}, fmt.Errorf("store: dump %s: %w", r.Ref, err)
		}
		d.Doc = doc
	}
	if f.Shape != Journal {
		return d, nil
	}
	for e, err := range Entries(ctx, s, r.Ref, 0) {
		if err != nil {
			return Dumped{}, err
		}
		d.Entries = append(d.Entries, e)
	}
	return d, nil
}

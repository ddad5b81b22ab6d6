package boltstore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tillkit/till/store"
)

var schemaBucket, schemaKey = []byte("schema"), []byte("schema")

// filing is what the file says about itself: the schema that it was prepared
// for, and the families that it holds.
type filing struct {
	Version  int
	Families map[string]*family
}

// Prepare creates the buckets of a schema and files the records of families
// anew whose Version was raised, in one transaction.
func (s *Store) Prepare(ctx context.Context, schema store.Schema) error {
	leave, err := s.enter(ctx, &s.calls, true)
	if err != nil {
		return err
	}
	defer leave()
	layout, err := store.Compile(schema)
	if err != nil {
		return err
	}
	filed := filing{Families: make(map[string]*family)}
	err = s.update(func(tx *transaction) (bool, error) {
		tx.create(schemaBucket)
		tx.create(feedBucket)
		if b := tx.get(schemaBucket, schemaKey); b != nil {
			if err := json.Unmarshal(b, &filed); err != nil {
				return false, fmt.Errorf("boltstore: %s: read the schema of the file: %w", s.path, err)
			}
		}
		return true, filed.adopt(ctx, tx, layout)
	})
	if err != nil {
		return err
	}
	s.layout, s.families = layout, filed.Families
	return nil
}

// adopt makes the file one of the layout.
func (filed *filing) adopt(ctx context.Context, tx *transaction, layout *store.Layout) error {
	if filed.Version > layout.Version() {
		reason := fmt.Sprintf("the file was prepared for version %d: use a newer program", filed.Version)
		return &store.UnsupportedError{What: fmt.Sprintf("schema version %d", layout.Version()), Reason: reason}
	}
	filed.Version = layout.Version()
	for _, name := range layout.Families() {
		d := layout.Family(name)
		f := &family{Name: name, Shape: d.Shape, Version: d.Version, Personal: d.Personal, Fields: d.Fields, Lists: d.Lists}
		if err := f.succeed(ctx, tx, filed.Families[name], d); err != nil {
			return err
		}
		filed.Families[name] = f
	}
	b, err := json.Marshal(filed)
	tx.keep(tx.Bucket(schemaBucket).Put(schemaKey, b))
	return err
}

// succeed makes a family's buckets what f says, where they are what old says.
func (f *family) succeed(ctx context.Context, tx *transaction, old *family, d *store.FamilyLayout) error {
	what := fmt.Sprintf("schema: family %q", f.Name)
	switch {
	case old == nil:
		f.create(tx)
	case f.Shape != old.Shape:
		return invalid(what, "it is %s, and %s in the file: give it another name", f.Shape, old.Shape)
	case f.Version < old.Version:
		return invalid(what, "version %d is less than the file's %d: use a newer program", f.Version, old.Version)
	case f.Version > old.Version:
		return f.refile(ctx, tx, old, d)
	case !f.filedLike(old):
		return invalid(what, "its fields or lists are not those of the file: raise its version")
	}
	return nil
}

// refile drops the places of all records and gives them those that f says.
func (f *family) refile(ctx context.Context, tx *transaction, old *family, d *store.FamilyLayout) error {
	tx.keep(tx.DeleteBucket(f.places()))
	f.create(tx)
	// A cursor does not survive a change to its bucket: it seeks its place again.
	records := tx.Bucket(f.records())
	for k, v := records.Cursor().First(); k != nil; k, v = records.Cursor().Seek(append(slices.Clone(k), 0)) {
		r := decodeStored(v)
		values, err := f.values(old.record(string(k), r), old, d)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("boltstore: file %s/%s anew: %w", f.Name, k, err)
		}
		r.fields = encodeValues(values)
		f.save(tx, string(k), nil, r)
	}
	return nil
}

// values gives the values of a record's fields as f has them: of a counter the
// columns by their names, else what Index says.
func (f *family) values(record store.Record, old *family, d *store.FamilyLayout) (values []store.Value, err error) {
	if f.Shape != store.Counters && len(f.Fields) > 0 {
		if values, err = d.Index(record.Ref, record.Doc); err == nil {
			err = d.CheckIndex(record.Ref, values)
		}
		return values, err
	}
	for _, column := range f.Fields {
		v := store.IntValue(0)
		if i := old.field(column.Name); i >= 0 {
			v = record.Index[i]
		}
		values = append(values, v)
	}
	return values, nil
}

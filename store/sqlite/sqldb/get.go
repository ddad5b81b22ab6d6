package sqldb

import (
	"context"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// source is where statements that only read are run: the pool of readers, or a
// transaction.
type source interface {
	// each calls row for every row of an answer, until it gives an error.
	each(ctx context.Context, op, query string, args []any, row func(scan func(...any) error) error) error
}

// reading answers what is asked of a store that only needs reading.
type reading struct {
	sc   *schema
	from source
}

// reading calls ask with what it needs, unless the store is closed or not prepared.
func (s *Store) reading(ctx context.Context, ask func(reading) error) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	sc, err := s.prepared()
	if err != nil {
		return err
	}
	if err = ask(reading{sc, s.read}); err != nil {
		err = s.outdated(ctx, sc, err)
	}
	return err
}

// Get implements store.Store. It is one statement, however many families the
// refs are of, and so one state.
func (s *Store) Get(ctx context.Context, refs ...store.Ref) (records []store.Record, err error) {
	err = s.reading(ctx, func(r reading) error {
		records, err = r.get(ctx, refs)
		return err
	})
	return records, err
}

func (r reading) get(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
	if err := r.sc.layout.CheckRefs(refs); err != nil {
		return nil, err
	}
	if len(refs) == 0 {
		return []store.Record{}, nil
	}
	query, args := r.sc.get(refs)
	records := make([]store.Record, len(refs))
	for i, ref := range refs {
		records[i].Ref = ref
	}
	place := placeOf(refs)
	var row scanned
	var family string
	into := row.into(&family)
	err := r.from.each(ctx, "get", query, args, func(scan func(...any) error) error {
		if err := scan(into...); err != nil {
			return err
		}
		is, err := r.sc.families[family].record(row)
		if err != nil {
			return err
		}
		records[place(is.Ref)] = is
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, ref := range refs {
		if first := place(ref); first < i && records[first].Exists() { // it stands twice
			records[i] = own(records[first])
		}
	}
	return records, nil
}

// placeOf gives where among refs one stands first. Every one that is asked for is there.
func placeOf(refs []store.Ref) func(store.Ref) int {
	const few = 16
	if len(refs) <= few {
		return func(ref store.Ref) int { return slices.Index(refs, ref) }
	}
	first := make(map[store.Ref]int, len(refs))
	for i, ref := range slices.Backward(refs) {
		first[ref] = i
	}
	return func(ref store.Ref) int { return first[ref] }
}

// own copies what a caller could change.
func own(r store.Record) store.Record {
	if raw, ok := r.Doc.(store.Raw); ok {
		r.Doc = slices.Clone(raw)
	}
	r.Index = slices.Clone(r.Index)
	return r
}

// mostMarks is how many keys of one family stand in a statement each by itself; more
// come as one JSON array, so that there are few different statements.
const mostMarks = 16

// get makes the statement for refs: a part for each family.
func (sc *schema) get(refs []store.Ref) (string, []any) {
	var families []string
	for _, ref := range refs {
		if !slices.Contains(families, ref.Family) {
			families = append(families, ref.Family)
		}
	}
	slices.Sort(families)
	var query strings.Builder
	args := make([]any, 0, len(refs))
	for _, name := range families {
		var keys []string
		for _, ref := range refs {
			if ref.Family == name {
				keys = append(keys, ref.Key)
			}
		}
		if query.Len() > 0 {
			query.WriteString(" UNION ALL ")
		}
		f := sc.families[name]
		if len(keys) > mostMarks {
			query.WriteString(f.many)
			args = append(args, jsonText(keys))
			continue
		}
		query.WriteString(f.some[len(keys)-1])
		for _, key := range keys {
			args = append(args, key)
		}
	}
	return query.String(), args
}

// outdated finds out whether a failed read failed because another process has
// filed the families anew, and tells so instead.
func (s *Store) outdated(ctx context.Context, sc *schema, err error) error {
	if s.faults.code(err) != codeError {
		return err
	}
	var now string
	query := "SELECT value FROM " + metaTable + " WHERE name = '" + metaSchema + "'"
	if s.read.db.QueryRowContext(ctx, query).Scan(&now) == nil && now != sc.meta {
		return stale()
	}
	return err
}

package sqldb

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// source is where statements that only read are run: the pool of readers, or a
// transaction.
type source interface {
	// each calls row for every row of an answer, until it gives an error.
	each(ctx context.Context, op, query string, args []any, row func(*sql.Rows) error) error
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
	query, args, err := r.sc.get(refs)
	if err != nil {
		return nil, err
	}
	found := make(map[store.Ref]store.Record, len(refs))
	err = r.from.each(ctx, "get", query, args, func(rows *sql.Rows) error {
		var row scanned
		var family string
		if err := rows.Scan(row.into(&family)...); err != nil {
			return err
		}
		is, err := r.sc.families[family].record(row)
		found[is.Ref] = is
		return err
	})
	if err != nil {
		return nil, err
	}
	records := make([]store.Record, len(refs))
	for i, ref := range refs {
		is, ok := found[ref]
		if !ok {
			is.Ref = ref
		}
		records[i] = is
		if ok && len(refs) > len(found) { // it may stand twice
			found[ref] = own(is)
		}
	}
	return records, nil
}

// own copies what a caller could change.
func own(r store.Record) store.Record {
	if raw, ok := r.Doc.(store.Raw); ok {
		r.Doc = slices.Clone(raw)
	}
	r.Index = slices.Clone(r.Index)
	return r
}

// get makes the statement for refs: a part for each family, with its keys as a
// JSON array, so that there are few different statements.
func (sc *schema) get(refs []store.Ref) (string, []any, error) {
	keys := make(map[string][]string)
	var families []string
	for _, ref := range refs {
		if keys[ref.Family] == nil {
			families = append(families, ref.Family)
		}
		keys[ref.Family] = append(keys[ref.Family], ref.Key)
	}
	slices.Sort(families)
	parts, args := make([]string, len(families)), make([]any, len(families))
	for i, name := range families {
		f := sc.families[name]
		if len(keys[name]) == 1 {
			parts[i], args[i] = f.one, keys[name][0]
			continue
		}
		text, err := jsonText(keys[name])
		if err != nil {
			return "", nil, err
		}
		parts[i], args[i] = f.several, text
	}
	return strings.Join(parts, " UNION ALL "), args, nil
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

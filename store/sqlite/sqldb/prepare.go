package sqldb

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/tillkit/till/store"
)

// applicationID marks a file that is till's alone: "till" in ASCII. The program
// "file" and the like read it.
const applicationID = 0x74696c6c

// Prepare implements store.Store. A file that is fit already is only read, so
// that opening needs no lock. Families that the schema has no more are left as
// they are, but an Erase reaches them. What must not change without a greater
// Version, or at all, is store.ErrInvalid.
func (s *Store) Prepare(ctx context.Context, declared store.Schema) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	layout, err := store.Compile(declared)
	if err != nil {
		return err
	}
	if err := s.write.take(ctx); err != nil {
		return err
	}
	defer s.write.give()
	if err := s.write.connect(ctx); err != nil {
		return err
	}
	views := viewsOf(declared)
	var sc *schema
	var old []view
	err = s.write.patiently(ctx, s.write.wait, func() error {
		if sc, err = s.write.fit(layout); err == nil && sc != nil {
			old, err = s.write.outdated(views)
		}
		return err
	})
	if err == nil && (sc == nil || len(old) > 0) {
		sc, err = s.migrate(ctx, layout, views)
	}
	if err != nil {
		return s.faults.of("prepare", s.write.unlessLost(err))
	}
	s.schema.Store(sc)
	return nil
}

// migrate makes the file fit, in one transaction. Whoever comes second finds
// the work done when his turn comes.
func (s *Store) migrate(ctx context.Context, layout *store.Layout, views []view) (*schema, error) {
	if err := s.write.begin(ctx, s.write.wait); err != nil {
		return nil, err
	}
	done := false
	defer func() {
		if !done { // Index has panicked: nobody else must wait for the file's lock
			s.write.rollback()
		}
	}()
	sc, err := s.write.fit(layout)
	if err == nil && sc == nil {
		sc, err = s.write.migrate(layout)
	}
	if err == nil {
		err = s.write.makeViews(views)
	}
	done = true
	if err != nil {
		s.write.rollback()
		return nil, err
	}
	s.write.forget() // the columns of counters may have moved
	return sc, s.write.commit()
}

// fit gives the schema if the file holds it already, else nil.
func (s *session) fit(layout *store.Layout) (*schema, error) {
	m, err := s.meta()
	if err != nil || m == nil {
		return nil, err
	}
	return m.fit(layout)
}

// meta reads what the file says of itself, nil if it says nothing yet.
func (s *session) meta() (*meta, error) {
	found, err := s.row("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'till_meta'", nil, new(int))
	if err != nil || !found {
		return nil, err
	}
	rows := make(map[string]string)
	err = s.rows("SELECT name, value FROM "+metaTable, nil, func(scan func(...any) error) error {
		var name, value string
		err := scan(&name, &value)
		rows[name] = value
		return err
	})
	if err != nil {
		return nil, err
	}
	m, err := parseMeta(rows)
	return &m, err
}

// migrate does the work, inside the transaction.
func (w *writer) migrate(layout *store.Layout) (*schema, error) {
	m, err := w.meta()
	if err != nil {
		return nil, err
	}
	if m == nil {
		m = &meta{format: format, families: make(map[string]definition)}
		if err := w.found(); err != nil {
			return nil, err
		}
	}
	if m.format < format {
		if err := w.upgrade(m); err != nil {
			return nil, err
		}
	}
	for _, name := range layout.Families() {
		want := define(layout.Family(name))
		have, ok := m.families[name]
		switch {
		case !ok:
			f, err := newFamily(name, want)
			if err != nil {
				return nil, err
			}
			if err := w.run(f.create()...); err != nil {
				return nil, err
			}
		case have.Shape != want.Shape:
			return nil, notSo(name, "it was %s and cannot become %s: give the family a new name", have.Shape, want.Shape)
		case want.Version > have.Version:
			if err := w.refile(name, have, want, layout.Family(name)); err != nil {
				return nil, err
			}
		case want.Version < have.Version:
			return nil, notSo(name, "its records were filed with version %d, the schema says %d: raise it", have.Version, want.Version)
		case !have.same(want):
			return nil, notSo(name, "it has changed, but its version is %d as before: raise it", have.Version)
		default:
			want = want.hinted(have)
		}
		m.families[name] = want
		if err := w.note(metaFamily+name, want); err != nil {
			return nil, err
		}
	}
	m.prepared = preparation{Version: layout.Version(), Generation: m.prepared.Generation + 1}
	if err := w.note(metaSchema, m.prepared); err != nil {
		return nil, err
	}
	m.schema = jsonText(m.prepared)
	return m.compile(layout)
}

// upgrade brings the tables that are there to this format. No words have an empty sum,
// so the next change of a row files its words anew.
func (w *writer) upgrade(m *meta) error {
	if err := w.run(ownTables...); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m.families)) {
		f, err := newFamily(name, m.families[name])
		if err != nil {
			return err
		}
		var queries []string
		if f.words != "" && m.format < 2 {
			queries = append(queries, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s BLOB NOT NULL DEFAULT x''", f.table, wordsSum))
		}
		for _, l := range f.sides {
			if l.division != nil {
				queries = append(queries, f.createOpen(l))
			}
		}
		if err := w.run(queries...); err != nil {
			return err
		}
	}
	m.format = format
	return w.note(metaFormat, format)
}

// found makes the engine's own tables. A file that has no others is marked as
// till's own.
func (w *writer) found() error {
	var tables, id int64
	if _, err := w.row("SELECT count(*) FROM sqlite_schema", nil, &tables); err != nil {
		return err
	}
	if _, err := w.row("PRAGMA application_id", nil, &id); err != nil {
		return err
	}
	if tables == 0 && id == 0 {
		if err := w.run(fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
			return err
		}
	}
	if err := w.run(ownTables...); err != nil {
		return err
	}
	return w.note(metaFormat, format)
}

func (w *writer) note(name string, value any) error {
	_, err := w.exec("INSERT INTO "+metaTable+"(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value", name, jsonText(value))
	return err
}

func notSo(family, format string, args ...any) error {
	return &store.InvalidError{What: "schema: family " + family, Reason: fmt.Sprintf(format, args...)}
}

// fresh looks, inside a transaction, what other connections have done: they may have
// changed rows that the writer knows the revisions of, and another process may have
// prepared the file for a newer program. It gives the schema that holds now.
func (s *Store) fresh() (*schema, error) {
	w, sc := s.write, s.schema.Load()
	var version int64
	if _, err := w.row("PRAGMA data_version", nil, &version); err != nil {
		return nil, err
	}
	if version == w.version {
		return sc, nil
	}
	w.forget()
	now, err := w.still(sc)
	if err != nil {
		return nil, err
	}
	if now != sc { // only families that this program does not know were added
		s.schema.Store(now)
	}
	w.version = version
	return now, nil
}

// still gives the schema by which the file is filed, if records of sc fit it as they
// are.
func (s *session) still(sc *schema) (*schema, error) {
	var is string
	if _, err := s.row("SELECT value FROM "+metaTable+" WHERE name = ?", []any{metaSchema}, &is); err != nil {
		return nil, err
	}
	if is == sc.meta {
		return sc, nil
	}
	now, err := s.fit(sc.layout)
	if err == nil && now == nil {
		err = stale()
	}
	return now, err
}

func stale() error {
	return &store.UnsupportedError{What: "schema", Reason: "another process has prepared the file anew meanwhile: use its version of the program"}
}

package sqldb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// Check looks whether the file is whole, and gives a [*DamageError] with what it
// found if it is not: SQLite's own check of every page, index and table of words,
// also of the program's own tables; every table and index as till_meta says; every
// record in the lists, and found by the words, that it was filed with, and no other;
// the entries of every journal without a gap, as many as its state says; records,
// counters and receipts as the engine writes them. What the documents mean it does
// not know.
//
// It changes nothing and nobody waits for it: it reads, on one connection of
// Config.Read, which it has for itself meanwhile, each part in a snapshot of its own.
// While it does, the WAL cannot be emptied. It reads the whole file, and more than
// once: let it run at night. Memory does not grow with the file. Any other error says
// that the check did not come to its end.
func (s *Store) Check(ctx context.Context) error {
	return s.check(ctx, wordsAtOnce)
}

// check compares the words of so many rows at once.
func (s *Store) check(ctx context.Context, atOnce int) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	defer s.leave()
	sc, err := s.prepared()
	if err != nil {
		return err
	}
	conn, err := s.read.borrow(ctx)
	if err != nil {
		return s.faults.of("check", err)
	}
	defer conn.giveBack()
	in := &inspection{borrowed: conn, faults: s.faults, layout: sc.layout, atOnce: atOnce}
	err = in.all(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		return ctx.Err() // whatever the driver made of it
	case err != nil:
		return s.faults.of("check", err)
	case len(in.found) > 0:
		return &DamageError{Findings: in.found, More: in.more}
	}
	return nil
}

// inspection is one run of Check.
type inspection struct {
	*borrowed
	faults
	layout *store.Layout
	atOnce int
	found  []Finding
	more   bool
}

func (in *inspection) all(ctx context.Context) error {
	if err := in.part(ctx, "", in.checkPages); err != nil {
		return err
	}
	var families []*family // that have their tables
	var known map[string]bool
	err := in.part(ctx, unquote(metaTable), func(ctx context.Context) (err error) {
		families, known, err = in.checkSchema(ctx)
		return err
	})
	if err != nil {
		return err
	}
	for _, f := range families {
		for _, check := range f.checks() {
			err := in.part(ctx, f.name, func(ctx context.Context) error { return check(in, ctx, f) })
			if err != nil {
				return err
			}
		}
	}
	if known == nil {
		return nil
	}
	return in.part(ctx, unquote(entriesTable), func(ctx context.Context) error { return in.checkStrangers(ctx, known) })
}

// checks gives what is checked of a family, a part each.
func (f *family) checks() []func(*inspection, context.Context, *family) error {
	type one = func(*inspection, context.Context, *family) error
	switch {
	case f.name == store.Receipts:
		return []one{(*inspection).checkReceipts}
	case f.shape == store.Counters:
		return []one{(*inspection).checkCounters}
	case f.shape == store.Claims:
		return []one{(*inspection).checkClaims}
	}
	all := []one{(*inspection).checkRows}
	if f.words != "" {
		all = append(all, (*inspection).checkWords)
	}
	if f.shape == store.Journal {
		all = append(all, (*inspection).checkEntries)
	}
	return all
}

// part runs one part of the check in a snapshot. That SQLite cannot read a page is a
// finding too, and the other parts may still find theirs.
func (in *inspection) part(ctx context.Context, where string, check func(context.Context) error) error {
	if in.more {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := in.briefly("BEGIN"); err != nil {
		return err
	}
	defer in.undo("ROLLBACK")
	err := check(ctx)
	if errors.Is(err, errEnough) {
		return nil
	}
	if code := in.code(err); (code == codeCorrupt || code == codeNotADB) && ctx.Err() == nil {
		err = in.find(DamagedFile, where, "%v", err)
		if errors.Is(err, errEnough) {
			return nil
		}
	}
	return err
}

// find notes a finding. errEnough says that no more are wanted.
func (in *inspection) find(kind Damage, where, format string, args ...any) error {
	if len(in.found) == MostFindings {
		in.more = true
		return errEnough
	}
	in.found = append(in.found, Finding{Kind: kind, Where: where, What: fmt.Sprintf(format, args...)})
	return nil
}

// each calls row for every row of an answer.
func (in *inspection) each(ctx context.Context, query string, args []any, row func(scan func(...any) error) error) error {
	rows, err := in.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// keys notes a finding for every record of a family that a query gives the key of.
func (in *inspection) keys(ctx context.Context, kind Damage, f *family, query string, args []any, format string, more ...any) error {
	return in.each(ctx, query, args, func(scan func(...any) error) error {
		ref := store.Ref{Family: f.name}
		if err := scan(&ref.Key); err != nil {
			return err
		}
		return in.find(kind, ref.String(), format, more...)
	})
}

// checkPages is SQLite's own check.
func (in *inspection) checkPages(ctx context.Context) error {
	have, err := in.tables(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		if !strings.HasPrefix(have[name].module, "fts5") {
			continue
		}
		// A connection remembers how such a table lay when it last asked it for something, and
		// the check believes that: it would find fault with what others wrote since. So it
		// is asked for something. What comes of it is for the check to say.
		var row int64
		_ = in.QueryRowContext(ctx, fmt.Sprintf("SELECT rowid FROM %s LIMIT 1", quote(name))).Scan(&row)
	}
	return in.each(ctx, fmt.Sprintf("PRAGMA integrity_check(%d)", MostFindings+1), nil, func(scan func(...any) error) error {
		var line string
		if err := scan(&line); err != nil {
			return err
		}
		// SQLite 3.44 checks a table of words by a statement that a connection for
		// reading refuses.
		if line == "ok" || strings.HasPrefix(line, "unable to validate the inverted index") {
			return nil
		}
		return in.find(DamagedFile, "", "%s", strings.TrimSpace(line))
	})
}

// checkSchema compares the tables with what till_meta says. It gives the families
// whose rows can be asked for, and the names of all journals, nil if their entries
// cannot be.
func (in *inspection) checkSchema(ctx context.Context) ([]*family, map[string]bool, error) {
	m, err := in.meta(ctx, "main")
	var unfit *Error
	switch {
	case errors.As(err, &unfit):
		return nil, nil, in.find(DamagedSchema, unquote(metaTable), "%v", unfit.Err)
	case err != nil:
		return nil, nil, err
	case m == nil:
		return nil, nil, in.find(DamagedSchema, unquote(metaTable), "there is no such table")
	}
	have, err := in.tables(ctx)
	if err != nil {
		return nil, nil, err
	}
	whole, err := in.compare(ctx, have, ownForms())
	if err != nil {
		return nil, nil, err
	}
	var families []*family
	journals := make(map[string]bool)
	for _, name := range slices.Sorted(maps.Keys(m.families)) {
		f, err := newFamily(name, m.families[name])
		if err != nil {
			return nil, nil, err
		}
		journals[name] = f.shape == store.Journal
		if l := in.layout.Family(name); l != nil && m.families[name].same(define(l)) {
			f.layout = l
		}
		fits, err := in.compare(ctx, have, f.forms())
		if err != nil {
			return nil, nil, err
		}
		if fits && (whole || f.shape != store.Journal && !f.divided()) {
			families = append(families, f)
		}
	}
	if !whole {
		journals = nil
	}
	return families, journals, nil
}

// divided reports whether a side table has partitions.
func (f *family) divided() bool {
	return slices.ContainsFunc(f.sides, func(l *list) bool { return l.division != nil })
}

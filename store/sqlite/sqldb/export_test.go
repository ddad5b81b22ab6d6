package sqldb

import (
	"context"
	"fmt"
	"strings"

	"github.com/tillkit/till/store"
)

// Plan gives SQLite's plan for a query, a step a line.
func (s *Store) Plan(ctx context.Context, q store.Query) (string, error) {
	b, err := s.schema.Load().families[q.Family].find(q)
	if err != nil {
		return "", err
	}
	rows, err := s.read.db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+b.query(), b.args...)
	if err != nil {
		return "", fmt.Errorf("%s: %w", b.query(), err)
	}
	defer rows.Close()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return "", err
		}
		plan.WriteString(detail + "\n")
	}
	return plan.String(), rows.Err()
}

// File gives the path of the file.
func (s *Store) File() string { return s.file }

// Left gives how many sets are under way whose callers have left.
func (s *Store) Left() int {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return len(s.queue.left)
}

// Forgive lets the next batch be applied in bulk, whatever was refused before.
func (s *Store) Forgive() {
	s.write.turn <- struct{}{}
	s.write.careful = 0
	s.write.give()
}

// BehindPlaced places rows of a record with a value in a list, writes so many others with 0
// instead that a partition begins, and gives where. It leaves nothing behind.
func (s *Store) BehindPlaced(ctx context.Context, family, list string, value int64) (since int64, err error) {
	if err := s.write.take(ctx); err != nil {
		return 0, err
	}
	defer s.write.give()
	if err := s.write.begin(ctx, s.write.wait); err != nil {
		return 0, err
	}
	defer s.write.rollback()
	f := s.schema.Load().families[family]
	l := f.lists[list]
	rows := func(key string, value int64) [][]any {
		values := make([]store.Value, len(f.Fields))
		values[f.at(l.Sort)] = store.IntValue(value)
		members := make([]string, largest(0)+1)
		for i := range members {
			members[i] = fmt.Sprint(i)
		}
		values[f.at(l.keys[0])] = store.ManyValue(members...)
		return f.sideRows(l, key, values)
	}
	waiting, written := rows("waiting", value), rows("written", 0)
	if err := s.write.place(l, waiting); err != nil {
		return 0, err
	}
	s.write.parts.undone() // as when another set was refused meanwhile
	if err := s.write.place(l, written); err != nil {
		return 0, err
	}
	if err := s.write.writeSide(l, written); err != nil {
		return 0, err
	}
	_, err = s.write.row(l.division.newest, nil, &since)
	return since, err
}

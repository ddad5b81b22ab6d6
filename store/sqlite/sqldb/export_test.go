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
	rows, err := s.read.db.QueryContext(ctx, "EXPLAIN QUERY PLAN "+b.query(), b.bindings()...)
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

// Led says whether somebody has the writer's turn.
func (s *Store) Led() bool { return len(s.write.turn) > 0 }

// Forgive lets the next batch be applied in bulk, whatever was refused before.
func (s *Store) Forgive() {
	s.write.turn <- struct{}{}
	s.write.careful = 0
	s.write.give()
}

// MostOpen has open tables hold so many members until the function it gives is called.
func MostOpen(members int64) (undo func()) {
	before := mostOpen
	mostOpen = members
	return func() { mostOpen = before }
}

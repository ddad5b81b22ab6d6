package sqldb

import (
	"fmt"
	"math"
	"math/bits"
	"sync/atomic"
)

// The side table of a list whose records come in the order of its sort is divided into
// partitions: ranges of the sort, which the table's key begins with. So the rows that
// come now lie close together at the end of the table, whatever their members, and a
// transaction of many writes few pages.
//
// A partition begins with a value of the sort, by which it is named, and ends where the
// next begins; the first has no beginning. When the last one is large, another begins
// behind the greatest value that there is, so no row ever moves. A row far in the future
// is therefore the end of dividing: the table is then as any other, and finds the same.

// partitionColumn is the column of a side table that names the partition. No field is
// called so.
const partitionColumn = "partition$since"

// largest gives how many rows the last partition may have, of so many in all. With the
// root of all, two things grow slowly alike: the number of partitions, in each of which a
// rare member is looked for, and that of the pages over which the rows of one transaction
// are scattered.
func largest(all int64) int64 { return max(1024, root(16*all)) }

// root gives the square root of a number from 0 on, rounded down, by Newton's method.
func root(n int64) int64 {
	if n < 2 {
		return n
	}
	is := int64(1) << ((bits.Len64(uint64(n)) + 1) / 2) // not below it
	for next := (is + n/is) / 2; next < is; next = (is + n/is) / 2 {
		is = next
	}
	return is
}

// division is the division of a list's side table.
type division struct {
	list  string // the name of the side table, as a text of SQL
	place int    // of the sort in a row of the side table

	newest, earlier string // the last partition; the one that holds a value
	all, size       string // the last, with the rows of those before; the rows of one, with their greatest value
	end, begin      string

	// room is how many rows may come until the last partition is looked at again: an
	// estimate, shared by all who write with one schema.
	room atomic.Int64
}

func newDivision(l *list) *division {
	d := &division{list: "'" + unquote(l.index) + "'", place: len(l.before) + len(l.keys) - 1}
	of := fmt.Sprintf("FROM %s WHERE list = %s", partitionsTable, d.list)
	d.newest = fmt.Sprintf("SELECT since %s ORDER BY since DESC LIMIT 1", of)
	d.earlier = d.holding("?")
	d.all = fmt.Sprintf("SELECT max(since), sum(rows) %s", of)
	d.size = fmt.Sprintf("SELECT count(*), coalesce(max(%s), 0) FROM %s WHERE %s = ?", quote(l.Sort), l.index, quote(partitionColumn))
	d.end = fmt.Sprintf("UPDATE %s SET rows = ? WHERE list = %s AND since = ?", partitionsTable, d.list)
	d.begin = fmt.Sprintf("INSERT INTO %s(list, since, rows) VALUES(%s, ?, 0)", partitionsTable, d.list)
	return d
}

// holding is the statement that gives the partition in which a value of the sort lies.
func (d *division) holding(value string) string {
	return fmt.Sprintf("SELECT since FROM %s WHERE list = %s AND since <= %s ORDER BY since DESC LIMIT 1", partitionsTable, d.list, value)
}

// create makes the first partition, drop removes all.
func (d *division) create() string {
	return fmt.Sprintf("INSERT INTO %s(list, since, rows) VALUES(%s, %d, 0)", partitionsTable, d.list, int64(math.MinInt64))
}

func (d *division) drop() string {
	return fmt.Sprintf("DELETE FROM %s WHERE list = %s", partitionsTable, d.list)
}

// partitions remembers where the last partitions begin. It holds what is so in the open
// transaction, as revisions do.
type partitions map[*division]lastPartition

type lastPartition struct {
	known    bool
	since    int64
	greatest int64 // of the values that rows were placed by

	begun  bool  // by this session, and only what it has placed is in it
	placed int64 // so many rows
	before int64 // so many lie in the others
}

// undone forgets what a part of the transaction may have begun. What rows were placed
// by stays, for some may not be written yet.
func (p partitions) undone() {
	for d, last := range p {
		last.known, last.begun = false, false
		p[d] = last
	}
}

// recount has the last partition of a list counted, when its size matters: rows of it are
// written over or removed.
func (p partitions) recount(d *division) {
	if last, ok := p[d]; ok {
		last.begun = false
		p[d] = last
	}
}

// place completes the rows of one record in a side table with the partition in which
// they lie. They can be written later: no partition begins before them any more.
func (s *session) place(l *list, rows [][]any) error {
	d := l.division
	if d == nil || len(rows) == 0 {
		return nil
	}
	value := rows[0][d.place].(int64)
	last, ok := s.parts[d]
	if !ok {
		last.greatest = math.MinInt64
	}
	if !last.known {
		found, err := s.row(d.newest, nil, &last.since)
		if err != nil || !found {
			return d.lacks(value, err)
		}
		last.known = true
	}
	last.greatest = max(last.greatest, value)
	if value >= last.since {
		last.placed += int64(len(rows))
	}
	s.knowLast(d, last)
	since := last.since
	if value < since {
		found, err := s.row(d.earlier, []any{value}, &since)
		if err != nil || !found {
			return d.lacks(value, err)
		}
	}
	var name any = since
	for _, row := range rows {
		row[0] = name
	}
	return nil
}

func (d *division) lacks(value int64, err error) error {
	if err == nil {
		err = &Error{Op: "commit", Err: fmt.Errorf("the list %s has no partition for %d", d.list, value), Next: "the file is damaged: restore a backup"}
	}
	return err
}

func (s *session) knowLast(d *division, last lastPartition) {
	if s.parts == nil {
		s.parts = make(partitions)
	}
	s.parts[d] = last
}

// writeSide writes rows of a side table, which have been placed, and begins another
// partition if one is due.
func (s *session) writeSide(l *list, rows [][]any) error {
	for _, row := range rows {
		if err := s.write(l.insert, row...); err != nil {
			return err
		}
	}
	if d := l.division; d != nil && d.room.Add(-int64(len(rows))) < 0 {
		return s.divide(d)
	}
	return nil
}

// divide begins a partition if the last one is large.
func (s *session) divide(d *division) error {
	since, count, before, greatest, err := s.sizeOf(d)
	if err != nil {
		return err
	}
	limit := largest(before + count)
	if count <= limit {
		d.room.Store(max(limit-count, limit/16))
		return nil
	}
	if greatest == math.MaxInt64 { // nothing can be behind it
		d.room.Store(count)
		return nil
	}
	if err := s.write(d.end, count, since); err != nil {
		return err
	}
	if err := s.write(d.begin, greatest+1); err != nil {
		return err
	}
	d.room.Store(limit)
	s.knowLast(d, lastPartition{known: true, since: greatest + 1, greatest: greatest, begun: true, before: before + count})
	return nil
}

// sizeOf gives the last partition, how many rows are in it and in those before it, and the
// greatest value that there is or will be. What the session has begun itself it need not
// count.
func (s *session) sizeOf(d *division) (since, count, before, greatest int64, err error) {
	last := s.parts[d]
	if last.known && last.begun {
		return last.since, last.placed, last.before, last.greatest, nil
	}
	if _, err = s.row(d.all, nil, &since, &before); err != nil {
		return
	}
	if _, err = s.row(d.size, []any{since}, &count, &greatest); err != nil {
		return
	}
	return since, count, before, max(greatest, last.greatest), nil
}

package sqldb

import (
	"fmt"
	"math"
	"math/bits"
	"strings"
	"sync/atomic"
)

// The side table of a list whose records come in the order of its sort is divided into
// partitions: ranges of the sort, which the table's key begins with. So the rows that
// come now lie close together at the end of the table, whatever their members, and a
// transaction of many writes few pages. They come there by way of an open table.
//
// A partition begins with a value of the sort, by which it is named, and ends where the
// next begins; the first has no beginning. When the last one is large, another begins
// behind the greatest value in it, so no row ever moves. A row far in the future
// is therefore the end of dividing: the table is then as any other, and finds the same.

// partitionColumn is the column of a side table that names the partition. No field is
// called so.
const partitionColumn = "partition$since"

// largest gives how many rows the last partition may have, of so many in all. With the
// root of all, two things grow slowly alike: the number of partitions, in each of which a
// rare member is looked for, and that of the pages over which the rows that are filed at
// once are scattered.
func largest(all int64) int64 { return max(mostOpen, root(16*all)) }

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

// division is the division of a list's side table, with the open table before it.
type division struct {
	list string // the name of the side table, as a text of SQL

	all, size  string // the last partition, with the rows of those before; the rows of one, with their greatest value
	end, begin string

	table              string // the open table, quoted
	count, fill, empty string // its members; the statements that file them

	// room is how many members may come into the open table until it is looked at again: an
	// estimate, shared by all who write with one schema.
	room atomic.Int64
}

func newDivision(l *list) *division {
	d := &division{list: "'" + unquote(l.index) + "'", table: quote(unquote(l.index) + openSuffix)}
	of := fmt.Sprintf("FROM %s WHERE list = %s", partitionsTable, d.list)
	d.all = fmt.Sprintf("SELECT coalesce(max(since), %d), coalesce(sum(rows), 0) %s", int64(math.MinInt64), of)
	d.size = fmt.Sprintf("SELECT count(*), coalesce(max(%s), 0) FROM %s WHERE %s = ?", quote(l.Sort), l.index, quote(partitionColumn))
	d.end = fmt.Sprintf("UPDATE %s SET rows = ? WHERE list = %s AND since = ?", partitionsTable, d.list)
	d.begin = fmt.Sprintf("INSERT INTO %s(list, since, rows) VALUES(%s, ?, 0)", partitionsTable, d.list)
	d.fileBy(l)
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

// divide begins a partition if the last one is large.
func (s *session) divide(d *division) error {
	var since, count, before, greatest int64
	if _, err := s.row(d.all, nil, &since, &before); err != nil {
		return err
	}
	if _, err := s.row(d.size, []any{since}, &count, &greatest); err != nil {
		return err
	}
	if count <= largest(before+count) || greatest == math.MaxInt64 { // nothing can be behind that
		return nil
	}
	if err := s.write(d.end, count, since); err != nil {
		return err
	}
	return s.write(d.begin, greatest+1)
}

// equal gives the condition that columns have values.
func equal(columns []string) string { return strings.Join(columns, " = ? AND ") + " = ?" }

package sqldb

import (
	"fmt"
	"strings"
)

// The members of a new record belong to places far apart in a side table, each on a page
// of its own. So a divided list has an open table before its side table, to which the
// record's members are appended in one row. When it holds many, they are filed: brought
// into the side table together, most of them into the last partition. Until then a query
// looks into both.
//
// Whatever a record is changed to is written as if it were new. So all its members lie in
// one of the two tables, and never in both.

// openSuffix ends the name of an open table. No family and no list has a $ in its name.
const openSuffix = "$open"

// mostOpen is how many members an open table holds before they are filed: so few that to
// look through them costs less than to read a page of records, and that whoever commits
// when they are filed does not wait long. With twice as many a commit writes no page less.
// It is a variable for tests.
var mostOpen int64 = 512

// fileBy makes the statements that file what lies in the open table of a list. They sort
// nothing: what goes into one partition goes into few pages anyhow.
func (d *division) fileBy(l *list) {
	member := quote(l.keys[0])
	d.count = fmt.Sprintf("SELECT coalesce(sum(json_array_length(%s)), 0) FROM %s", member, d.table)
	d.empty = "DELETE FROM " + d.table
	from := []string{"p.since", "m.value"}
	for _, name := range l.open[1:] {
		from = append(from, "o."+name)
	}
	into := append(append([]string{}, l.before...), l.open...)
	d.fill = fmt.Sprintf("INSERT OR REPLACE INTO %s(%s) SELECT %s FROM %s o CROSS JOIN %s p ON p.list = %s AND p.since = (%s) CROSS JOIN json_each(o.%s) m",
		l.index, strings.Join(into, ", "), strings.Join(from, ", "), d.table, partitionsTable, d.list, d.holding("o."+quote(l.Sort)), member)
}

// opened notes that members have come into an open table, and files those that are there
// if they are many.
func (s *session) opened(d *division, members int64) error {
	if d.room.Add(-members) >= 0 {
		return nil
	}
	var open int64
	if _, err := s.row(d.count, nil, &open); err != nil {
		return err
	}
	if open <= mostOpen {
		s.leaveRoom(d, mostOpen-open)
		return nil
	}
	if err := s.divide(d); err != nil {
		return err
	}
	filed, err := s.change(d.fill)
	if err != nil {
		return err
	}
	if filed != open {
		err := fmt.Errorf("the list %s has a partition for %d of %d members", d.list, filed, open)
		return &Error{Op: "commit", Err: err, Next: "the file is damaged: restore a backup"}
	}
	if err := s.write(d.empty); err != nil {
		return err
	}
	s.leaveRoom(d, mostOpen)
	return nil
}

// leaveRoom notes how many members may come until an open table is looked at again. Where
// others can roll the transaction back unseen, that is soon.
func (s *session) leaveRoom(d *division, room int64) {
	if s.known.off {
		room = min(room, mostOpen/16)
	} else {
		s.looked = append(s.looked, d)
	}
	d.room.Store(room)
}

// lookAgain has those open tables looked at again that have been looked at in this
// transaction, since what was found there may be rolled back.
func (s *session) lookAgain() {
	for _, d := range s.looked {
		d.room.Store(0)
	}
	s.looked = s.looked[:0]
}

// createOpen declares an open table.
func (f *family) createOpen(l *list) string {
	return fmt.Sprintf("CREATE TABLE %s(\n\t%s\n) STRICT", l.division.table, strings.Join(f.declaredOpen(l), ",\n\t"))
}

// declaredOpen gives the columns of an open table: those of the side table, with all
// members of a record in one.
func (f *family) declaredOpen(l *list) []string { return f.declaredSide(l)[len(l.before):] }

// removeOpen removes a record's row from a list's open table. There is no index: most
// records are filed when they are changed.
func (s *session) removeOpen(d *division, key string) error {
	return s.write("DELETE FROM "+d.table+" WHERE key = ?", key)
}

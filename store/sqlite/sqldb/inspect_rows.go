package sqldb

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/tillkit/till/store"
)

// checkRows checks the rows of a family of records: what the engine does not write
// so, and whether the side tables agree with them.
func (in *inspection) checkRows(ctx context.Context, f *family) error {
	if err := in.keys(ctx, DamagedRecord, f, fmt.Sprintf("SELECT key FROM %s WHERE rev < 1", f.table), nil, "its revision is below 1"); err != nil {
		return err
	}
	// SQLite reads JSON less deep than the engine does, so what it refuses is looked at again.
	query := fmt.Sprintf("SELECT key, typeof(doc), CAST(doc AS BLOB) FROM %s WHERE typeof(doc) <> 'blob' AND (typeof(doc) <> 'text' OR NOT json_valid(doc))", f.table)
	err := in.each(ctx, query, nil, func(scan func(...any) error) error {
		ref := store.Ref{Family: f.name}
		var typ string
		var doc []byte
		if err := scan(&ref.Key, &typ, &doc); err != nil || typ == "text" && json.Valid(doc) {
			return err
		}
		return in.find(DamagedRecord, ref.String(), "its document is no JSON")
	})
	if err != nil {
		return err
	}
	readable := make(map[string]bool)
	for _, field := range f.Fields {
		if field.Type != typeMany {
			continue
		}
		before := len(in.found)
		query := fmt.Sprintf("SELECT key FROM %s WHERE NOT json_valid(%[2]s) OR json_type(%[2]s) NOT IN ('array', 'null')", f.table, quote(field.Name))
		if err := in.keys(ctx, DamagedRecord, f, query, nil, "its column %q is no array", field.Name); err != nil {
			return err
		}
		readable[field.Name] = len(in.found) == before
	}
	for _, l := range f.sides {
		if readable[l.keys[0]] {
			if err := in.checkSide(ctx, f, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkPartitions checks that each value of the sort has a partition.
func (in *inspection) checkPartitions(ctx context.Context, l *list) error {
	if l.division == nil {
		return nil
	}
	var first int64
	query := fmt.Sprintf("SELECT count(*) FROM %s WHERE list = %s AND since = ?", partitionsTable, l.division.list)
	err := in.QueryRowContext(ctx, query, int64(math.MinInt64)).Scan(&first)
	if err == nil && first == 0 {
		err = in.find(DamagedList, unquote(l.index), "it has no first partition")
	}
	return err
}

// checkSide compares a side table with the rows, both ways. No members may stand as
// null, which is no member.
func (in *inspection) checkSide(ctx context.Context, f *family, l *list) error {
	member := quote(l.keys[0])
	same := []string{"s.key = t.key"}
	if err := in.checkPartitions(ctx, l); err != nil {
		return err
	}
	if l.division != nil {
		same = append(same, fmt.Sprintf("s.%s = (%s)", quote(partitionColumn), l.division.holding("t."+quote(l.Sort))))
	}
	for _, name := range append(append([]string{}, l.keys[1:]...), l.extras...) {
		same = append(same, fmt.Sprintf("s.%[1]s IS t.%[1]s", quote(name)))
	}
	alike := strings.Join(same, " AND ")
	elsewhere := ""
	if l.division != nil {
		elsewhere = " AND t.key NOT IN (SELECT key FROM " + l.division.table + ")"
		if whole, err := in.checkOpen(ctx, f, l); err != nil || !whole {
			return err
		}
	}
	query := fmt.Sprintf("SELECT s.key FROM %s s WHERE NOT EXISTS (SELECT 1 FROM %s t, json_each(t.%s) m WHERE %s AND m.value = s.%[3]s)", l.index, f.table, member, alike)
	if err := in.keys(ctx, DamagedList, f, query, nil, "the list %q has it where it does not belong", l.Name); err != nil {
		return err
	}
	query = fmt.Sprintf("SELECT t.key FROM %s t, json_each(t.%s) m WHERE m.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM %s s WHERE %s AND s.%[2]s = m.value)%[5]s", f.table, member, l.index, alike, elsewhere)
	return in.keys(ctx, DamagedList, f, query, nil, "the list %q lacks it", l.Name)
}

// checkOpen compares an open table with the rows: what lies in it is as the row has it, lies
// there once, and not in the side table too. With whole false it cannot be read.
func (in *inspection) checkOpen(ctx context.Context, f *family, l *list) (whole bool, err error) {
	open, member := l.division.table, quote(l.keys[0])
	before := len(in.found)
	query := fmt.Sprintf("SELECT key FROM %s WHERE NOT json_valid(%[2]s) OR json_type(%[2]s) <> 'array'", open, member)
	if err := in.keys(ctx, DamagedList, f, query, nil, "what waits to come into the list %q is no array", l.Name); err != nil || len(in.found) > before {
		return false, err
	}
	same := []string{"t.key = o.key"}
	for _, name := range append(append([]string{}, l.keys[1:]...), l.extras...) {
		same = append(same, fmt.Sprintf("o.%[1]s IS t.%[1]s", quote(name)))
	}
	members := func(alias string) string {
		return fmt.Sprintf("(SELECT json_group_array(value) FROM json_each(%s.%s))", alias, member)
	}
	same = append(same, members("o")+" = "+members("t"))
	query = fmt.Sprintf("SELECT o.key FROM %s o WHERE NOT EXISTS (SELECT 1 FROM %s t WHERE %s)", open, f.table, strings.Join(same, " AND "))
	if err := in.keys(ctx, DamagedList, f, query, nil, "the list %q has it where it does not belong", l.Name); err != nil {
		return false, err
	}
	query = fmt.Sprintf("SELECT key FROM %s GROUP BY key HAVING count(*) > 1", open)
	if err := in.keys(ctx, DamagedList, f, query, nil, "the list %q has it twice", l.Name); err != nil {
		return false, err
	}
	// A row of the side table that is of no record has been found already.
	var key []string
	for _, name := range l.keys[1:] {
		key = append(key, fmt.Sprintf("s.%[1]s = o.%[1]s", quote(name)))
	}
	query = fmt.Sprintf("SELECT DISTINCT o.key FROM %s o CROSS JOIN json_each(o.%[2]s) m CROSS JOIN %[3]s s ON s.%[4]s = (%[5]s) AND s.%[2]s = m.value AND %[6]s AND s.key = o.key",
		open, member, l.index, quote(partitionColumn), l.division.holding("o."+quote(l.Sort)), strings.Join(key, " AND "))
	return true, in.keys(ctx, DamagedList, f, query, nil, "the list %q has it twice", l.Name)
}

// checkCounters checks that every column of a counter is an integer.
func (in *inspection) checkCounters(ctx context.Context, f *family) error {
	for _, name := range f.columns() {
		query := fmt.Sprintf("SELECT key FROM %s WHERE typeof(%s) <> 'integer'", f.table, quote(name))
		if err := in.keys(ctx, DamagedRecord, f, query, nil, "its column %q is no integer of 64 bits", name); err != nil {
			return err
		}
	}
	return nil
}

// checkClaims checks that every claim has an owner. A claim's key may be an address,
// so it is only counted.
func (in *inspection) checkClaims(ctx context.Context, f *family) error {
	var count int64
	err := in.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) FROM %s WHERE owner = ''", f.table)).Scan(&count)
	if err == nil && count > 0 {
		err = in.find(DamagedRecord, unquote(f.table), "claims without an owner: %d", count)
	}
	return err
}

// checkReceipts checks that every receipt can be read.
func (in *inspection) checkReceipts(ctx context.Context, f *family) error {
	query := fmt.Sprintf("SELECT key FROM %s WHERE key = '' OR typeof(at) <> 'integer' OR typeof(result) <> 'text' OR typeof(fingerprint) <> 'blob' OR length(fingerprint) <> ?", f.table)
	return in.keys(ctx, DamagedReceipt, f, query, []any{int64(len(store.Receipt{}.Fingerprint))}, "it is not as it was written")
}

package sqldb

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
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

// checkSide compares a side table with the rows, both ways. No members may stand as
// null, which is no member.
func (in *inspection) checkSide(ctx context.Context, f *family, l *list) error {
	member := quote(l.keys[0])
	same := []string{"s.key = t.key"}
	for _, name := range append(append([]string{}, l.keys[1:]...), l.extras...) {
		same = append(same, fmt.Sprintf("s.%[1]s IS t.%[1]s", quote(name)))
	}
	alike := strings.Join(same, " AND ")
	query := fmt.Sprintf("SELECT s.key FROM %s s WHERE NOT EXISTS (SELECT 1 FROM %s t, json_each(t.%s) m WHERE %s AND m.value = s.%[3]s)", l.index, f.table, member, alike)
	if err := in.keys(ctx, DamagedList, f, query, nil, "the list %q has it where it does not belong", l.Name); err != nil {
		return err
	}
	query = fmt.Sprintf("SELECT t.key FROM %s t, json_each(t.%s) m WHERE m.key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM %s s WHERE %s AND s.%[2]s = m.value)", f.table, member, l.index, alike)
	return in.keys(ctx, DamagedList, f, query, nil, "the list %q lacks it", l.Name)
}

// checkWords looks whether each row has its words and is found by every one of them.
// Which words those are only the schema knows; where the row was filed with others
// than the schema gives now, it says nothing about them.
func (in *inspection) checkWords(ctx context.Context, f *family) error {
	query := fmt.Sprintf("SELECT w.rowid FROM %s w WHERE NOT EXISTS (SELECT 1 FROM %s t WHERE t.seq = w.rowid)", f.words, f.table)
	err := in.each(ctx, query, nil, func(scan func(...any) error) error {
		var seq int64
		if err := scan(&seq); err != nil {
			return err
		}
		return in.find(DamagedWords, unquote(f.words), "it has words of row %d, which is not there", seq)
	})
	if err != nil {
		return err
	}
	query = fmt.Sprintf("SELECT t.key FROM %s t WHERE NOT EXISTS (SELECT 1 FROM %s w WHERE w.rowid = t.seq)", f.table, f.words)
	if err := in.keys(ctx, DamagedWords, f, query, nil, "its words are missing"); err != nil || f.layout == nil {
		return err
	}
	read, err := in.PrepareContext(ctx, fmt.Sprintf("SELECT seq, key, doc, %s FROM %s WHERE seq > ? ORDER BY seq LIMIT 1", wordsSum, f.table))
	if err != nil {
		return err
	}
	defer read.Close()
	match, err := in.PrepareContext(ctx, fmt.Sprintf("SELECT count(*) FROM %s(?) WHERE rowid = ?", f.words))
	if err != nil {
		return err
	}
	defer match.Close()
	ref := store.Ref{Family: f.name}
	for seq := int64(-1 << 63); ; {
		var doc, sum []byte
		err := read.QueryRowContext(ctx, seq).Scan(&seq, &ref.Key, &doc, &sum)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found, err := f.findable(ctx, match, ref, doc, sum, seq)
		if err == nil && !found {
			err = in.find(DamagedWords, ref.String(), "it is not found by all of its words")
		}
		if err != nil {
			return err
		}
	}
}

// fewWords is how many words one query asks for.
const fewWords = 50

// findable reports whether a row is found by its words, true if these are not known.
func (f *family) findable(ctx context.Context, match *sql.Stmt, ref store.Ref, doc, sum []byte, seq int64) (bool, error) {
	values, err := f.layout.Index(ref, store.Raw(doc))
	if err != nil || f.layout.CheckIndex(ref, values) != nil {
		return true, nil
	}
	at, err := f.file(values)
	if err != nil || !bytes.Equal(at.sum, sum) {
		return true, err
	}
	words := strings.Fields(at.words)
	for len(words) > 0 {
		some := words[:min(fewWords, len(words))]
		words = words[len(some):]
		var found int
		if err := match.QueryRowContext(ctx, matchText(some), seq).Scan(&found); err != nil {
			return false, err
		}
		if found == 0 {
			return false, nil
		}
	}
	return true, nil
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

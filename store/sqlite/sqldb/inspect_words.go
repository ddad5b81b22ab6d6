package sqldb

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// vocabularyName is a view of SQLite's own into a table of words, of one transaction.
const vocabularyName = `temp."till$vocabulary"`

// wordsAtOnce is how many rows are compared in one walk through a table of words: what
// bounds the memory.
const wordsAtOnce = 200_000

// checkWords compares a table of words with the rows, both ways. Which words a row has
// only the schema knows; where the row was filed with others than the schema gives now,
// nothing is said about them.
func (in *inspection) checkWords(ctx context.Context, f *family) error {
	query := fmt.Sprintf("SELECT w.rowid FROM %s w WHERE NOT EXISTS (SELECT 1 FROM %s t WHERE t.seq = w.rowid)", f.words, f.table)
	err := in.each(ctx, query, nil, func(scan func(...any) error) error {
		var seq int64
		if err := scan(&seq); err != nil {
			return err
		}
		return in.strayWords(f, seq)
	})
	if err != nil {
		return err
	}
	query = fmt.Sprintf("SELECT t.key FROM %s t WHERE NOT EXISTS (SELECT 1 FROM %s w WHERE w.rowid = t.seq)", f.table, f.words)
	if err := in.keys(ctx, DamagedWords, f, query, nil, "its words are missing"); err != nil || f.layout == nil {
		return err
	}
	lock, err := in.unlock(ctx)
	if err != nil {
		return err
	}
	defer lock()
	if err := in.briefly(fmt.Sprintf("CREATE VIRTUAL TABLE %s USING fts5vocab(main, %s, instance)", vocabularyName, f.words)); err != nil {
		return err
	}
	defer in.undo("DROP TABLE " + vocabularyName)
	for after, more := int64(math.MinInt64), true; more; {
		if after, more, err = in.compareWords(ctx, f, after); err != nil {
			return err
		}
	}
	return nil
}

func (in *inspection) strayWords(f *family, seq int64) error {
	return in.find(DamagedWords, unquote(f.words), "it has words of row %d, which is not there", seq)
}

// rowWords is what a row's words come to: the sum of their hashes and how many there
// are, from which those that are found are taken away again.
type rowWords struct {
	sum     uint64
	count   int
	unknown bool
	stray   bool // there is no such row
}

// compareWords compares the words of some rows after one. It gives the last of them, and
// whether there are more.
func (in *inspection) compareWords(ctx context.Context, f *family, after int64) (last int64, more bool, err error) {
	seed := maphash.MakeSeed()
	rows := make(map[int64]*rowWords)
	last = math.MaxInt64
	query := fmt.Sprintf("SELECT seq, key, doc, %s FROM %s WHERE seq > ? ORDER BY seq LIMIT %d", wordsSum, f.table, in.atOnce)
	err = in.each(ctx, query, []any{after}, func(scan func(...any) error) error {
		ref := store.Ref{Family: f.name}
		var seq int64
		var doc, sum []byte
		if err := scan(&seq, &ref.Key, &doc, &sum); err != nil {
			return err
		}
		words, known := f.wordsOf(ref, doc, sum)
		row := &rowWords{unknown: !known, count: len(words)}
		for _, word := range words {
			row.sum += maphash.String(seed, word)
		}
		rows[seq] = row
		if len(rows) == in.atOnce {
			last, more = seq, true
		}
		return nil
	})
	if err != nil {
		return last, more, err
	}
	err = in.each(ctx, "SELECT term, doc FROM "+vocabularyName, nil, func(scan func(...any) error) error {
		var word string
		var seq int64
		if err := scan(&word, &seq); err != nil || seq <= after || seq > last {
			return err
		}
		row := rows[seq]
		if row == nil {
			row = &rowWords{stray: true}
			rows[seq] = row
		}
		row.sum -= maphash.String(seed, word)
		row.count--
		return nil
	})
	if err != nil {
		return last, more, err
	}
	maps.DeleteFunc(rows, func(_ int64, row *rowWords) bool { return row.unknown || row.sum == 0 && row.count == 0 })
	for _, seq := range slices.Sorted(maps.Keys(rows)) {
		if err := in.wrongWords(ctx, f, seq, rows[seq]); err != nil {
			return last, more, err
		}
	}
	return last, more, nil
}

// wrongWords notes that words are found which the row of a seq does not have, or not
// those that it has.
func (in *inspection) wrongWords(ctx context.Context, f *family, seq int64, row *rowWords) error {
	if row.stray {
		var counted int64 // then it is noted already
		err := in.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) FROM %s WHERE rowid = ?", f.words), seq).Scan(&counted)
		if err == nil && counted == 0 {
			err = in.strayWords(f, seq)
		}
		return err
	}
	ref := store.Ref{Family: f.name}
	err := in.QueryRowContext(ctx, fmt.Sprintf("SELECT key FROM %s WHERE seq = ?", f.table), seq).Scan(&ref.Key)
	if err == nil {
		err = in.find(DamagedWords, ref.String(), "it is found by other words than its own")
	}
	return err
}

// wordsOf gives the words of a row, and whether they are known.
func (f *family) wordsOf(ref store.Ref, doc, sum []byte) (words []string, known bool) {
	values, err := f.layout.Index(ref, store.Raw(doc))
	if err != nil || f.layout.CheckIndex(ref, values) != nil {
		return nil, false
	}
	at := f.file(ref.Key, values)
	if !bytes.Equal(at.sum, sum) {
		return nil, false
	}
	return strings.Fields(at.words), true
}

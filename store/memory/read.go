package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tillkit/till/store"
)

// row gives the row of a ref; an absent one has revision 0 and nothing in it.
func (s *Store) row(ref store.Ref) row {
	if r := s.tables[ref.Family].rows[ref.Key]; r != nil {
		return *r
	}
	return row{Record: store.Record{Ref: ref}}
}

// Get implements store.Store.
func (s *Store) Get(ctx context.Context, refs ...store.Ref) ([]store.Record, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := cmp.Or(s.ready(ctx), s.layout.CheckRefs(refs)); err != nil {
		return nil, err
	}
	records := make([]store.Record, len(refs))
	for i, ref := range refs {
		records[i] = s.tables[ref.Family].record(s.row(ref).Record)
	}
	return records, nil
}

// Find implements store.Store. A list by words is ordered by word and key.
func (s *Store) Find(ctx context.Context, q store.Query) (page store.Page[store.Record], err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	f, list, invalid := s.layout.CheckQuery(q)
	after, damaged := q.Position()
	if err = cmp.Or(s.ready(ctx), invalid, damaged); err != nil {
		return page, err
	}
	var name []byte // of the group
	for _, v := range q.Equal {
		name = appendPart(name, v)
	}
	from, to := "", end
	if q.From != nil {
		from = bound(*q.From)
	}
	if q.To != nil {
		to = bound(*q.To)
	}
	if list.Match {
		from = strings.TrimSuffix(q.Match[0]+"\x00", "*\x00") // whole, or the beginning of many
		to = from + end
	}
	if len(after) > 0 && q.Desc { // of another store it may be anywhere
		to = min(to, after[0].Text())
	} else if len(after) > 0 {
		from = max(from, after[0].Text()+"\x00") // the least that is greater
	}
	t, last := s.tables[q.Family], ""
	for place, r := range t.list(q.List).between(string(name), from, to, q.Desc) {
		if !holds(q, f, r, place) {
			continue
		}
		if len(page.Items) == q.Limit {
			page.Next = q.Cursor(store.TextValue(last))
			break
		}
		page.Items = append(page.Items, t.record(r.Record))
		last = place
	}
	return page, nil
}

// holds reports whether a row meets the conditions and has the words of a query.
// One that stands at several words that the leading one means counts at the first.
func holds(q store.Query, f *store.FamilyLayout, r *row, place string) bool {
	if slices.ContainsFunc(q.Where, func(c store.Cond) bool { return !c.Holds(r.Index[f.Field(c.Field)]) }) {
		return false
	}
	for n, w := range q.Match {
		words := r.Index[f.WordsField()]
		if prefix, ok := strings.CutSuffix(w, "*"); ok {
			all := words.Members()
			at, _ := slices.BinarySearch(all, prefix)
			if at == len(all) || !strings.HasPrefix(all[at], prefix) || n == 0 && !strings.HasPrefix(place, all[at]+"\x00") {
				return false
			}
		} else if !words.Has(w) {
			return false
		}
	}
	return true
}

// History implements store.Store.
func (s *Store) History(ctx context.Context, ref store.Ref, after int64, limit int) (page store.Page[store.Entry], err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err = cmp.Or(s.ready(ctx), s.layout.CheckHistory(ref, after, limit)); err != nil {
		return page, err
	}
	r := s.row(ref)
	rest := r.entries[min(after, r.Rev):]
	page.Items = ownEntries(rest[:min(limit, len(rest))])
	if len(rest) > limit {
		page.Next = store.Cursor(strconv.FormatInt(after+int64(limit), 10))
	}
	return page, nil
}

// Outcome implements store.Store.
func (s *Store) Outcome(ctx context.Context, key string) (store.Receipt, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if err := cmp.Or(s.ready(ctx), store.CheckKey(key)); err != nil {
		return store.Receipt{}, err
	}
	receipt, found := s.receipt(key)
	if !found {
		return store.Receipt{}, fmt.Errorf("memory: outcome of %q: %w", key, store.ErrNotFound)
	}
	return receipt, nil
}

// Feed implements store.Store. It is in the order of commits.
func (s *Store) Feed(ctx context.Context, after store.Cursor, limit int) (page store.Page[store.Event], err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	position, invalid := store.FeedPosition(after)
	if err = cmp.Or(s.ready(ctx), store.CheckLimit(limit), invalid); err != nil {
		return page, err
	}
	at := int64(0)
	if len(position) > 0 {
		at = position[0].Int()
	}
	told := int64(0)
	if n := len(s.feed); n > 0 {
		told = int64(n-1)*chunkSize + int64(len(s.feed[n-1]))
	}
	if at < 0 || at > told {
		return page, &store.InvalidError{What: "cursor", Reason: "it is not of this store: begin again with \"\""}
	}
	for end := min(told, at+int64(limit)); at < end; at++ {
		e := s.feed[at/chunkSize][at%chunkSize]
		e.Entry.Payload = slices.Clone(e.Entry.Payload)
		page.Items = append(page.Items, e)
	}
	page.Next = store.FeedCursor(store.IntValue(at))
	return page, nil
}

package sqldb

import (
	"context"
	"fmt"
	"strconv"

	"github.com/tillkit/till/store"
)

// History implements store.Store.
func (s *Store) History(ctx context.Context, ref store.Ref, after int64, limit int) (page store.Page[store.Entry], err error) {
	err = s.reading(ctx, func(r reading) error {
		page, err = r.history(ctx, ref, after, limit)
		return err
	})
	return page, err
}

func (r reading) history(ctx context.Context, ref store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
	var page store.Page[store.Entry]
	if err := r.sc.layout.CheckHistory(ref, after, limit); err != nil {
		return page, err
	}
	query := "SELECT entries FROM " + entriesTable + " WHERE family = ? AND key = ? AND n > ? ORDER BY n"
	size := 0
	err := r.from.each(ctx, "history", query, []any{ref.Family, ref.Key, after}, func(scan func(...any) error) error {
		if len(page.Items) == limit || size > fullPage {
			page.Next = historyCursor(page.Items)
			return errEnough
		}
		var text []byte
		if err := scan(&text); err != nil {
			return err
		}
		entries, err := decodeEntries(ref, text, after)
		if err != nil {
			return err
		}
		size += len(text)
		if room := limit - len(page.Items); len(entries) > room {
			page.Items = append(page.Items, entries[:room]...)
			page.Next = historyCursor(page.Items)
			return errEnough
		}
		page.Items = append(page.Items, entries...)
		return nil
	})
	if err != nil {
		return store.Page[store.Entry]{}, err
	}
	return page, nil
}

// historyCursor only says that there is more: History goes on by number.
func historyCursor(items []store.Entry) store.Cursor {
	return store.Cursor(strconv.FormatInt(items[len(items)-1].N, 10))
}

// Feed implements store.Store. It follows seq, which is the order of commits,
// since there is one writer at a time. A cursor holds the seq of the last row
// that was told wholly, and the number of the last entry told of the row after
// it.
func (s *Store) Feed(ctx context.Context, after store.Cursor, limit int) (page store.Page[store.Event], err error) {
	err = s.reading(ctx, func(r reading) error {
		page, err = r.feed(ctx, after, limit)
		return err
	})
	return page, err
}

func (r reading) feed(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
	var page store.Page[store.Event]
	if err := store.CheckLimit(limit); err != nil {
		return page, err
	}
	seq, told, err := feedPosition(after)
	if err != nil {
		return page, err
	}
	query := fmt.Sprintf("SELECT seq, family, key, entries FROM %s WHERE seq > ? ORDER BY seq LIMIT %d", entriesTable, limit)
	size := 0
	err = r.from.each(ctx, "feed", query, []any{seq}, func(scan func(...any) error) error {
		if len(page.Items) == limit || size > fullPage {
			return errEnough
		}
		var ref store.Ref
		var row int64
		var text []byte
		if err := scan(&row, &ref.Family, &ref.Key, &text); err != nil {
			return err
		}
		entries, err := decodeEntries(ref, text, told)
		if err != nil {
			return err
		}
		size += len(text)
		for _, e := range entries {
			if len(page.Items) == limit {
				return errEnough
			}
			page.Items = append(page.Items, store.Event{Ref: ref, Entry: e})
			told = e.N
		}
		seq, told = row, 0
		return nil
	})
	if err != nil {
		return store.Page[store.Event]{}, err
	}
	page.Next = store.FeedCursor(store.IntValue(seq), store.IntValue(told))
	return page, nil
}

func feedPosition(after store.Cursor) (seq, told int64, err error) {
	position, err := store.FeedPosition(after)
	if err != nil || len(position) == 0 {
		return 0, 0, err
	}
	if len(position) != 2 || position[0].Type() != store.Int || position[1].Type() != store.Int {
		return 0, 0, &store.InvalidError{What: "cursor", Reason: "it is not of this store: begin again with \"\""}
	}
	return position[0].Int(), position[1].Int(), nil
}

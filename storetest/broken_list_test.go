//go:build unix

package storetest

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// whole gives all records of a query.
func whole(s store.Store, ctx context.Context, q store.Query) ([]store.Record, error) {
	q.After, q.Limit = "", store.MaxLimit
	var all []store.Record
	for r, err := range store.Records(ctx, s, q) {
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// relisted pages by offset through what f makes of all records.
func relisted(f func(s store.Store, ctx context.Context, q store.Query, all []store.Record) []store.Record, cursor func(store.Query, int64) store.Cursor) func(store.Store) store.Store {
	return onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		var position []store.Value
		var err error
		if cursor == nil {
			position, err = q.Position()
		} else {
			position, err = store.FeedPosition(q.After)
		}
		first := q
		first.After = ""
		if _, wrong := s.Find(ctx, first); wrong != nil {
			err = wrong
		}
		if err != nil {
			return recordPage{}, err
		}
		all, err := whole(s, ctx, q)
		all = f(s, ctx, q, all)
		from := 0
		if len(position) > 0 {
			from = min(int(position[0].Int()), len(all))
		}
		page := recordPage{Items: all[from:min(from+q.Limit, len(all))]}
		if end := from + len(page.Items); end < len(all) {
			page.Next = q.Cursor(store.IntValue(int64(end)))
			if cursor != nil {
				page.Next = cursor(q, int64(end))
			}
		}
		return page, err
	})
}

// asking passes the query through f.
func asking(f func(q store.Query) store.Query) func(store.Store) store.Store {
	return onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) { return s.Find(ctx, f(q)) })
}

// ghosts keeps records that are deleted in the lists of some families.
func ghosts(gone func(s store.Store, set store.ChangeSet) []store.Record) func(store.Store) store.Store {
	return func(s store.Store) store.Store {
		var dead []store.Record
		return &hooked{Store: s,
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				leaving := gone(s, set)
				receipt, err := s.Commit(ctx, set)
				if err == nil {
					dead = append(dead, leaving...)
				}
				return receipt, err
			},
			find: func(ctx context.Context, q store.Query) (recordPage, error) {
				page, err := s.Find(ctx, q)
				for _, r := range dead {
					if err == nil && page.Next == "" && r.Family == q.Family && q.List != "" && len(page.Items) < q.Limit {
						page.Items = append(page.Items, r)
					}
				}
				return page, err
			},
		}
	}
}

var brokenLists = []broken{
	{name: "From and To of keys are taken for each other", kills: "find/by-key", wrap: asking(func(q store.Query) store.Query {
		if q.List == "" && q.From == nil {
			q.From, q.To = q.To, nil
		}
		return q
	})},
	{name: "To takes the number itself in", kills: "find/by-int", wrap: asking(func(q store.Query) store.Query {
		if q.List == "by_num" && q.To != nil && q.To.Int() < 1<<62 {
			next := store.IntValue(q.To.Int() + 1)
			q.To = &next
		}
		return q
	})},
	{name: "From leaves the text itself out", kills: "find/by-text", wrap: asking(func(q store.Query) store.Query {
		if q.List == "by_txt" && q.From != nil && len(q.From.Text()) < 200 {
			next := store.TextValue(q.From.Text() + "\x01")
			q.From = &next
		}
		return q
	})},
	{name: "ties are not turned by Desc", kills: "find/ties", wrap: relisted(func(_ store.Store, _ context.Context, q store.Query, all []store.Record) []store.Record {
		if q.List == "by_num" && q.Desc {
			slices.SortStableFunc(all, func(a, b store.Record) int {
				x, _ := indexOf(1)(a.Ref, a.Doc)
				y, _ := indexOf(1)(b.Ref, b.Doc)
				if d := y[0].Compare(x[0]); d != 0 {
					return d
				}
				return strings.Compare(a.Key, b.Key)
			})
		}
		return all
	}, nil)},
	{name: "Equal folds case", kills: "find/equal", wrap: relisted(func(s store.Store, ctx context.Context, q store.Query, all []store.Record) []store.Record {
		if q.List == "by_state" && q.Equal[0].Text() == "open" {
			q.Equal = []store.Value{store.TextValue("Open")}
			more, _ := whole(s, ctx, q)
			all = append(all, more...)
		}
		return all
	}, nil)},
	{name: "a record is filed under one of its members", kills: "find/many", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if p, ok := c.(store.Put); ok && p.Family == "row" && len(p.Index) == 6 && len(p.Index[4].Members()) > 1 {
			p.Index = slices.Clone(p.Index)
			p.Index[4] = store.ManyValue(p.Index[4].Members()[0])
			return p
		}
		return c
	})},
	{name: "AtMost is taken for Less", kills: "find/where", wrap: asking(func(q store.Query) store.Query {
		q.Where = slices.Clone(q.Where)
		for i := range q.Where {
			if q.Where[i].Op == store.AtMost {
				q.Where[i].Op = store.Less
			}
		}
		return q
	})},
	{name: "a prefix finds the word itself alone", kills: "find/words", wrap: asking(func(q store.Query) store.Query {
		q.Match = slices.Clone(q.Match)
		for i := range q.Match {
			if len(q.Match[i]) > 3 {
				q.Match[i] = strings.TrimSuffix(q.Match[i], "*")
			}
		}
		return q
	})},
	{name: "members stay filed", kills: "find/moved", wrap: func(s store.Store) store.Store {
		old := map[string][]string{}
		return changing(func(_ store.Store, c store.Change) store.Change {
			if p, ok := c.(store.Put); ok && p.Family == "row" && len(p.Index) == 6 && p.Index[4].Type() == store.Many {
				p.Index = slices.Clone(p.Index)
				old[p.Key] = append(old[p.Key], p.Index[4].Members()...)
				p.Index[4] = store.ManyValue(old[p.Key]...)
				return p
			}
			return c
		})(s)
	}},
	{name: "what was deleted stays filed", kills: "find/deleted", wrap: ghosts(func(s store.Store, set store.ChangeSet) (leaving []store.Record) {
		for _, c := range set.Changes {
			if d, ok := c.(store.Delete); ok && d.Family == "row" {
				leaving = append(leaving, now(s, d.Ref))
			}
		}
		return leaving
	})},
	{name: "what was erased stays filed", kills: "erase/lists", wrap: ghosts(func(s store.Store, set store.ChangeSet) (leaving []store.Record) {
		for _, c := range set.Changes {
			if e, ok := c.(store.Erase); ok {
				all, _ := whole(s, context.Background(), store.Query{Family: "person"})
				leaving = append(leaving, slices.DeleteFunc(all, func(r store.Record) bool { return !strings.HasPrefix(r.Key, e.Person+"/") })...)
			}
		}
		return leaving
	})},
	{name: "conditions push bounds out", kills: "find/between", wrap: asking(func(q store.Query) store.Query {
		if len(q.Where) > 0 {
			q.From, q.To = nil, nil
		}
		return q
	})},
	{name: "of several conditions on a field one counts", kills: "find/between", wrap: asking(func(q store.Query) store.Query {
		q.Where = slices.CompactFunc(slices.Clone(q.Where), func(a, b store.Cond) bool { return a.Field == b.Field })
		return q
	})},
	{name: "a search passes conditions on texts over", kills: "find/words-where", wrap: asking(func(q store.Query) store.Query {
		if q.Match != nil {
			q.Where = slices.DeleteFunc(slices.Clone(q.Where), func(c store.Cond) bool { return c.Value.Type() == store.Text })
		}
		return q
	})},
	{name: "the same words are not filed again", kills: "find/put-again", wrap: func(s store.Store) store.Store {
		words := map[string]store.Value{}
		return changing(func(_ store.Store, c store.Change) store.Change {
			if p, ok := c.(store.Put); ok && p.Family == "row" && len(p.Index) == 6 {
				was := words[p.Key]
				if words[p.Key] = p.Index[5]; p.Rev > 0 && was.Equal(p.Index[5]) {
					p.Index = slices.Clone(p.Index)
					p.Index[5] = store.WordsValue("")
					return p
				}
			}
			return c
		})(s)
	}},
	{name: "Find gives revision 1", kills: "find/records", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		page, err := s.Find(ctx, q)
		for i := range page.Items {
			page.Items[i].Rev = 1
		}
		return page, err
	})},
	{name: "a journal is filed once", kills: "find/journal", wrap: func(s store.Store) store.Store {
		first := map[string][]store.Value{}
		return changing(func(_ store.Store, c store.Change) store.Change {
			if a, ok := c.(store.Append); ok && a.Family == "journal" {
				if first[a.Key] == nil {
					first[a.Key] = slices.Clone(a.Index)
				}
				a.Index = first[a.Key]
				return a
			}
			return c
		})(s)
	}},
	{name: "conditions that no list declares are left out", kills: "find/undeclared", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		page, err := s.Find(ctx, q)
		return forgiving(page, err, func() (recordPage, error) {
			q.Where = nil
			return s.Find(ctx, q)
		})
	})},
	{name: "a page swallows the record after it", kills: "page/sizes", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		limit := q.Limit
		if limit > 0 && limit < store.MaxLimit {
			q.Limit++
		}
		page, err := s.Find(ctx, q)
		if len(page.Items) > limit {
			page.Items = page.Items[:limit]
		}
		return page, err
	})},
	{name: "a page has one more", kills: "page/limit", wrap: asking(func(q store.Query) store.Query {
		if q.Limit > 0 && q.Limit < store.MaxLimit {
			q.Limit++
		}
		return q
	})},
	{name: "a cursor is an offset", kills: "page/changes-between", wrap: relisted(func(_ store.Store, _ context.Context, _ store.Query, all []store.Record) []store.Record { return all }, nil)},
	{name: "a cursor fits its own limit alone", kills: "page/other-limit", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		if q.After != "" {
			limit, rest, _ := strings.Cut(string(q.After), ".")
			if limit != fmt.Sprint(q.Limit) {
				return recordPage{}, store.ErrInvalid
			}
			q.After = store.Cursor(rest)
		}
		page, err := s.Find(ctx, q)
		if page.Next != "" {
			page.Next = store.Cursor(fmt.Sprintf("%d.%s", q.Limit, page.Next))
		}
		return page, err
	})},
	{name: "a cursor can be used once", kills: "page/cursor-kept", wrap: func(s store.Store) store.Store {
		used := map[store.Cursor]bool{}
		return onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
			if used[q.After] {
				return recordPage{}, store.ErrInvalid
			}
			used[q.After] = q.After != ""
			return s.Find(ctx, q)
		})(s)
	}},
	{name: "a cursor fits every query", kills: "page/foreign-cursor", wrap: relisted(
		func(_ store.Store, _ context.Context, _ store.Query, all []store.Record) []store.Record { return all },
		func(_ store.Query, at int64) store.Cursor { return store.FeedCursor(store.IntValue(at)) })},
	{name: "a damaged cursor begins again", kills: "page/damaged-cursor", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		page, err := s.Find(ctx, q)
		return forgiving(page, err, func() (recordPage, error) {
			q.After = ""
			return s.Find(ctx, q)
		})
	})},
	{name: "a cursor holds the document", kills: "page/longest", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		place, _, _ := strings.Cut(string(q.After), ".")
		q.After = store.Cursor(place)
		page, err := s.Find(ctx, q)
		if page.Next != "" && page.Items[0].Doc != nil {
			doc, _ := page.Items[0].Doc.AppendStored(nil)
			page.Next += store.Cursor("." + base64.RawURLEncoding.EncodeToString(doc))
		}
		return page, err
	})},
}

//go:build unix

package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/tillkit/till/store"
)

// maintained is a store that tidies, and in which way.
type maintained struct {
	store.Store
	do func(context.Context) error
}

func (m *maintained) Maintain(ctx context.Context) error { return m.do(ctx) }

// fit reports whether a text could be a key.
func fit(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// brokenGaps break what is at the edges: the longest, the least, and what is wrong.
var brokenGaps = []broken{
	{name: "a prefix is not the word itself", kills: "find/prefix", wrap: relisted(func(_ store.Store, _ context.Context, q store.Query, all []store.Record) []store.Record {
		if len(q.Match) == 0 {
			return all
		}
		prefix, ok := strings.CutSuffix(q.Match[len(q.Match)-1], "*")
		return slices.DeleteFunc(all, func(r store.Record) bool {
			var t thing
			_ = json.Unmarshal(docBytes(r.Doc), &t)
			return ok && !slices.ContainsFunc(store.Split(t.Text), func(w string) bool { return w != prefix && strings.HasPrefix(w, prefix) })
		})
	}, nil)},
	{name: "letters of a prefix are counted in bytes", kills: "find/prefix", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		page, err := s.Find(ctx, q)
		if len(q.Match) == 1 && len(q.Match[0]) > 3 && len(q.Match[0]) < 20 && utf8.RuneCountInString(q.Match[0]) < 4 {
			return forgiving(page, err, func() (recordPage, error) { return recordPage{}, nil })
		}
		return page, err
	})},
	{name: "the greatest integer is no value", kills: "find/limits", wrap: asking(func(q store.Query) store.Query {
		q.Where = slices.Clone(q.Where)
		for i, c := range q.Where {
			if c.Value.Int() == math.MaxInt64 && c.Op == store.AtMost {
				q.Where[i].Op = store.Less
			}
		}
		return q
	})},
	{name: "what cannot be there is asked for and not found", kills: "find/texts", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		page, err := s.Find(ctx, q)
		if slices.ContainsFunc(q.Equal, func(v store.Value) bool { return !fit(v.Text()) }) {
			return forgiving(page, err, func() (recordPage, error) { return recordPage{}, nil })
		}
		return page, err
	})},
	{name: "the empty member is no member", kills: "find/every-type", file: func(s *filed) store.Store {
		return indexed(func(v store.Value) store.Value {
			if v.Type() == store.Many {
				return store.ManyValue(slices.DeleteFunc(v.Members(), func(m string) bool { return m == "" })...)
			}
			return v
		})(s)
	}},
	{name: "a member has two thousand records", kills: "find/many-records", wrap: func(s store.Store) store.Store {
		var mu sync.Mutex
		records := map[string]int{}
		return indexed(func(v store.Value) store.Value {
			if v.Type() != store.Many {
				return v
			}
			mu.Lock()
			defer mu.Unlock()
			return store.ManyValue(slices.DeleteFunc(v.Members(), func(m string) bool {
				records[m]++
				return records[m] > 2000
			})...)
		})(s)
	}},
	{name: "History ends at a thousand", kills: "history/long", wrap: onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (entryPage, error) {
		page, err := s.History(ctx, r, after, limit)
		if after >= 1000 && after < 1<<60 {
			page = entryPage{}
		}
		return page, err
	})},
	{name: "wrong form has no words", kills: "commit/error-types", wrap: func(s store.Store) store.Store {
		return all(s, func(err error) error {
			if errors.Is(err, store.ErrInvalid) {
				return store.ErrInvalid
			}
			return err
		})
	}},
	{name: "who may not release is not told", kills: "commit/error-types", wrap: func(s store.Store) store.Store {
		return all(s, func(err error) error {
			if o, ok := errors.AsType[*store.OwnerError](err); ok {
				return &store.ConflictError{Ref: o.Ref}
			}
			return err
		})
	}},
	{name: "an owner that cannot be is not the owner", kills: "form/texts", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if r, ok := c.(store.Release); ok && !fit(r.Owner) {
			return nil
		}
		return c
	})},
	{name: "long documents are cut", kills: "form/too-long", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if p, ok := c.(store.Put); ok {
			if raw, ok := p.Doc.(store.Raw); ok && len(raw) > store.MaxDocument {
				p.Doc = raw[:store.MaxDocument]
			}
			return p
		}
		return c
	})},
	{name: "half a document is a document", kills: "form/mute", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if p, ok := c.(store.Put); ok {
			if b, err := raw(p.Doc); err != nil {
				p.Doc = b
			}
			return p
		}
		return c
	})},
	{name: "form comes before all else", kills: "form/order", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if slices.ContainsFunc(set.Changes, isOf[store.Reserved]) {
			return store.Receipt{}, &store.UnsupportedError{What: "set", Reason: "it is reserved"}
		}
		return s.Commit(ctx, set)
	})},
	{name: "a page that its context cuts short looks whole", kills: "context/ends-reading", wrap: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
		if err := ctx.Err(); err != nil {
			return recordPage{}, err
		}
		page, err := s.Find(context.WithoutCancel(ctx), q)
		if ctx.Err() != nil {
			page.Items, page.Next = page.Items[:len(page.Items)/2], ""
		}
		return page, err
	})},
	{name: "a Prepare that its context ends has happened", kills: "context/ends-writing", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.Prepare(context.WithoutCancel(ctx), schema); err != nil {
			return err
		}
		return ctx.Err()
	})},
	{name: "something runs on after Close", kills: "life/gives-back", wrap: onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
		go func() { <-ctx.Done() }()
		return s.Prepare(ctx, schema)
	})},
	{name: "Maintain takes the oldest entry for done", kills: "maintain/keeps", wrap: func(s store.Store) store.Store {
		tidied := false
		return &maintained{
			Store: onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (entryPage, error) {
				if tidied && after == 0 {
					after = 1
				}
				return s.History(ctx, r, after, limit)
			})(s),
			do: func(ctx context.Context) error {
				_, err := s.Get(ctx)
				tidied = err == nil
				return err
			},
		}
	}},
	{name: "Maintain voids cursors", kills: "maintain/keeps", wrap: func(s store.Store) store.Store {
		var age atomic.Int64
		mark := func() store.Cursor { return store.Cursor(strings.Repeat("m", int(age.Load())) + ".") }
		return &maintained{
			Store: onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
				if q.After != "" {
					rest, ok := strings.CutPrefix(string(q.After), string(mark()))
					if !ok {
						return recordPage{}, store.ErrInvalid
					}
					q.After = store.Cursor(rest)
				}
				page, err := s.Find(ctx, q)
				if page.Next != "" {
					page.Next = mark() + page.Next
				}
				return page, err
			})(s),
			do: func(ctx context.Context) error {
				_, err := s.Get(ctx)
				age.Add(1)
				return err
			},
		}
	}},
	{name: "Maintain does as it likes", kills: "maintain/any-method", wrap: func(s store.Store) store.Store {
		return &maintained{Store: s, do: func(context.Context) error { return nil }}
	}},
	{name: "Get of many reads two halves", kills: "concurrent/reads-many", wrap: func(s store.Store) store.Store {
		p := &pace{}
		halves := p.inTwo(s, 500, 3000)
		return &hooked{Store: s, commit: p.commits(s), get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
			if len(refs) > store.MaxRefs {
				return s.Get(ctx, refs...)
			}
			return halves(ctx, refs)
		}}
	}},
}

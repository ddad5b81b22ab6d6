//go:build unix

package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tillkit/till/store"
)

// indexed passes the index values of rows and journals through f.
func indexed(f func(store.Value) store.Value) func(store.Store) store.Store {
	each := func(values []store.Value) []store.Value {
		values = slices.Clone(values)
		for i := range values {
			values[i] = f(values[i])
		}
		return values
	}
	return changing(func(_ store.Store, c store.Change) store.Change {
		switch c := c.(type) {
		case store.Put:
			c.Index = each(c.Index)
			return c
		case store.Append:
			c.Index = each(c.Index)
			return c
		}
		return c
	})
}

// brokenTruth changes what it is given, or shares it.
var brokenTruth = []broken{
	{name: "documents are trimmed", kills: "fidelity/documents", wrap: changing(func(_ store.Store, c store.Change) store.Change {
		if p, ok := c.(store.Put); ok {
			if raw, ok := p.Doc.(store.Raw); ok {
				p.Doc = store.Raw(bytes.TrimSpace(raw))
			}
			return p
		}
		return c
	})},
	{name: "a document has a megabyte at most", kills: "fidelity/greatest", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		for _, c := range set.Changes {
			if p, ok := c.(store.Put); ok && len(docBytes(p.Doc)) > 1<<20 {
				return store.Receipt{}, store.ErrFull
			}
		}
		return s.Commit(ctx, set)
	})},
	{name: "sums are not kept", kills: "fidelity/entries", wrap: onHistory(func(s store.Store, ctx context.Context, r store.Ref, after int64, limit int) (entryPage, error) {
		page, err := s.History(ctx, r, after, limit)
		for i := range page.Items {
			page.Items[i].Sum[31] = 0
		}
		return page, err
	})},
	{name: "numbers have 53 bits", kills: "fidelity/integers", wrap: indexed(func(v store.Value) store.Value {
		if n := v.Int(); v.Type() == store.Int && (n > 1<<53 || n < -1<<53) {
			return store.IntValue(n &^ 1)
		}
		return v
	})},
	{name: "texts are composed", kills: "fidelity/text", wrap: indexed(func(v store.Value) store.Value {
		if v.Type() == store.Text {
			return store.TextValue(strings.ReplaceAll(v.Text(), "e\u0301", "\u00e9"))
		}
		return v
	})},
	{name: "texts end after 191 bytes", kills: "fidelity/lengths", wrap: indexed(func(v store.Value) store.Value {
		if v.Type() == store.Text && len(v.Text()) > 191 && len(v.Text()) <= store.MaxText {
			return store.TextValue(strings.ToValidUTF8(v.Text()[:191], ""))
		}
		return v
	})},
	{name: "it keeps the caller's slices", kills: "alias/in", wrap: func(s store.Store) store.Store {
		payloads := map[string][]byte{}
		name := func(r store.Ref, n int64) string { return fmt.Sprint(r, n) }
		return &hooked{Store: s,
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				receipt, err := s.Commit(ctx, set)
				for _, c := range set.Changes {
					if a, ok := c.(store.Append); ok && err == nil && !receipt.Replay {
						for _, n := range a.Entries {
							payloads[name(a.Ref, n.N)] = n.Payload
						}
					}
				}
				return receipt, err
			},
			history: func(ctx context.Context, r store.Ref, after int64, limit int) (entryPage, error) {
				page, err := s.History(ctx, r, after, limit)
				for i, n := range page.Items {
					page.Items[i].Payload = slices.Clone(payloads[name(r, n.N)])
				}
				return page, err
			},
		}
	}},
	{name: "it hands out what it keeps", kills: "alias/out", wrap: func(s store.Store) store.Store {
		cache := map[string]store.Doc{}
		return onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
			records, err := s.Get(ctx, refs...)
			for i, r := range records {
				name := fmt.Sprint(r.Ref, r.Rev, string(docBytes(r.Doc)))
				if cache[name] == nil && r.Doc != nil {
					cache[name] = r.Doc
				}
				records[i].Doc = cache[name]
			}
			return records, err
		})(s)
	}},
	{name: "it keeps the caller's schema", kills: "alias/schema", wrap: func(s store.Store) store.Store {
		var kept store.Schema
		return &hooked{Store: s,
			prepare: func(ctx context.Context, schema store.Schema) error {
				err := s.Prepare(ctx, schema)
				if err == nil {
					kept = schema
				}
				return err
			},
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				for _, c := range set.Changes {
					if f := refOf(c).Family; f != "" && f != store.Receipts && len(kept.Families) > 0 && !slices.Contains(names(kept), f) {
						return store.Receipt{}, store.ErrInvalid
					}
				}
				return s.Commit(ctx, set)
			},
		}
	}},
}

func docBytes(doc store.Doc) []byte {
	if doc == nil {
		return nil
	}
	b, _ := doc.AppendStored(nil)
	return b
}

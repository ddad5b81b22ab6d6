//go:build unix

package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/tillkit/till/store"
)

// brokenEdges break what only some combinations show: long texts, many at once, another
// handle, what was closed already.
var brokenEdges = []broken{
	{name: "texts are sorted by their first two hundred bytes", kills: "find/by-text", wrap: relisted(func(_ store.Store, _ context.Context, q store.Query, all []store.Record) []store.Record {
		if q.List != "by_txt" {
			return all
		}
		begins := func(r store.Record) string {
			var t thing
			_ = json.Unmarshal(docBytes(r.Doc), &t)
			return t.Txt[:min(len(t.Txt), 200)]
		}
		slices.SortStableFunc(all, func(a, b store.Record) int {
			if begins(a) != begins(b) {
				return 0 // in order already
			}
			if q.Desc {
				a, b = b, a
			}
			return strings.Compare(a.Key, b.Key)
		})
		return all
	}, nil)},
	{name: "the values of Equal are joined by a colon", kills: "find/equal", wrap: relisted(func(s store.Store, ctx context.Context, q store.Query, all []store.Record) []store.Record {
		if q.List != "by_tag_state" {
			return all
		}
		joined, first := q.Equal[0].Text()+":"+q.Equal[1].Text(), q.Equal[0].Text()
		for i, c := range joined {
			if c == ':' && joined[:i] != first {
				q.Equal = []store.Value{store.TextValue(joined[:i]), store.TextValue(joined[i+1:])}
				more, _ := whole(s, ctx, q)
				all = append(all, more...)
			}
		}
		return all
	}, nil)},
	{name: "one that is absent is answered with its namesake", kills: "read/many", wrap: onGet(func(s store.Store, ctx context.Context, refs []store.Ref) ([]store.Record, error) {
		records, err := s.Get(ctx, refs...)
		if len(records) < 17 {
			return records, err
		}
		named := map[string]store.Record{}
		for _, r := range records {
			if r.Exists() {
				named[r.Key] = r
			}
		}
		for i, r := range records {
			if is, ok := named[r.Key]; ok && !r.Exists() {
				is.Ref = r.Ref
				records[i] = is
			}
		}
		return records, err
	})},
	{name: "many requirements are compared by key", kills: "require/revision", wrap: onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
		if len(set.Requires) > 16 {
			set.Requires = slices.Clone(set.Requires)
			slices.SortFunc(set.Requires, func(a, b store.Requirement) int { return strings.Compare(a.Key, b.Key) })
		}
		return s.Commit(ctx, set)
	})},
	{name: "what a document says of itself is not passed on", kills: "form/mute", file: func(s *filed) store.Store {
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			receipt, err := s.Commit(ctx, set)
			if errors.Is(err, errMute) {
				err = &store.InvalidError{What: "doc", Reason: "it cannot write itself down"}
			}
			return receipt, err
		})(s)
	}},
	{name: "a claim that was read is remembered by its handle", kills: "shared/sees", file: func(s *filed) store.Store {
		var mu sync.Mutex
		known := map[store.Ref]store.Record{}
		return &hooked{Store: s,
			get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
				mu.Lock()
				defer mu.Unlock()
				records, err := s.Get(ctx, refs...)
				for i, r := range records {
					if is, ok := known[r.Ref]; ok {
						is.Doc = store.Raw(docBytes(is.Doc))
						records[i] = is
					} else if r.Family == "claim" && r.Exists() {
						known[r.Ref] = r
					}
				}
				return records, err
			},
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				mu.Lock()
				defer mu.Unlock()
				clear(known)
				return s.Commit(ctx, set)
			},
		}
	}},
	{name: "a key that was used is remembered by its handle", kills: "shared/sees", file: func(s *filed) store.Store {
		var mu sync.Mutex
		known := map[string]store.Receipt{}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			mu.Lock()
			defer mu.Unlock()
			for _, c := range set.Changes {
				if d, ok := c.(store.Delete); ok {
					delete(known, d.Key)
				}
			}
			receipt, err := s.Commit(ctx, set)
			if is, ok := known[set.Key]; ok && err == nil && is.Fingerprint == set.Fingerprint && !receipt.Replay {
				return is, nil
			}
			if err == nil && set.Key != "" {
				known[set.Key] = receipt
				is := known[set.Key]
				is.Replay = true
				known[set.Key] = is
			}
			return receipt, err
		})(s)
	}},
	{name: "Maintain does nothing while another handle is open", kills: "maintain/erased", file: func(s *filed) store.Store {
		handles, _ := openHandles.LoadOrStore(s.file.Name(), new(sync.Map))
		of := handles.(*sync.Map)
		of.Store(s, true)
		return &maintained{
			Store: &hooked{Store: s, close: func() error {
				of.Delete(s)
				return s.Close()
			}},
			do: func(ctx context.Context) error {
				n := 0
				of.Range(func(any, any) bool { n++; return true })
				if n > 1 {
					_, err := s.Get(ctx)
					return err
				}
				return s.Maintain(ctx)
			},
		}
	}},
	{name: "it is for one handle and gives the next one's place up", kills: "says/shared", file: func(s *filed) store.Store {
		refusing := alone(store.ErrBusy)(s).(*hooked)
		refusing.close = func() error {
			holders.Delete(s.file.Name())
			return s.Close()
		}
		return refusing
	}, says: func(h *Harness) { h.Shared = false }},
}

var openHandles sync.Map // by place: those that are open

//go:build unix

package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

var (
	opened    atomic.Int64 // handles so far
	preparing sync.Map     // by place: how many Prepare now
	shut      sync.Map     // by place: whether a handle was closed
)

// brokenFiles break what a Durable or a Shared store promises.
var brokenFiles = []broken{
	{name: "the last set is not there after reopening", kills: "durable/reopen", file: func(s *filed) store.Store {
		s.losesLast = true
		return s
	}},
	{name: "a cursor is of one handle", kills: "durable/cursor", file: func(s *filed) store.Store {
		mark := fmt.Sprintf("h%d.", opened.Add(1))
		return onFind(func(s store.Store, ctx context.Context, q store.Query) (recordPage, error) {
			rest, ok := strings.CutPrefix(string(q.After), mark)
			if !ok && q.After != "" {
				return recordPage{}, store.ErrInvalid
			}
			q.After = store.Cursor(rest)
			page, err := s.Find(ctx, q)
			if page.Next != "" {
				page.Next = store.Cursor(mark) + page.Next
			}
			return page, err
		})(s)
	}},
	{name: "what was prepared once is prepared", kills: "durable/prepare-first", file: func(s *filed) store.Store {
		if info, err := s.file.Stat(); err == nil && info.Size() > 0 {
			_ = s.Prepare(context.Background(), schema())
		}
		return s
	}},
	{name: "versions are forgotten", kills: "durable/newer", file: func(s *filed) store.Store {
		s.ignoreVersion = true
		return s
	}},
	{name: "nothing is filed anew after reopening", kills: "durable/files-anew", file: func(s *filed) store.Store {
		return onPrepare(func(s store.Store, ctx context.Context, schema store.Schema) error {
			return s.Prepare(ctx, reindexed(schema, func(f store.Family) func(store.Ref, store.Doc) ([]store.Value, error) { return indexOf(len(f.Fields)) }))
		})(s)
	}},
	{name: "sets are acknowledged before they are written", kills: "durable/crash", file: func(s *filed) store.Store {
		s.late = []byte{}
		return s
	}},
	{name: "reads see their own handle's commits", kills: "shared/sees", file: func(s *filed) store.Store {
		s.staleReads = true
		return s
	}},
	{name: "commits are compared with their own handle's", kills: "shared/conflict", file: func(s *filed) store.Store {
		s.staleReads, s.staleWrites = true, true
		return s
	}},
	{name: "handles at once lose commits", kills: "shared/at-once", file: func(s *filed) store.Store {
		s.staleReads, s.staleWrites = true, true
		return s
	}},
	{name: "one handle prepares", kills: "shared/prepare-at-once", file: func(s *filed) store.Store {
		return onPrepare(func(inner store.Store, ctx context.Context, schema store.Schema) error {
			count, _ := preparing.LoadOrStore(s.file.Name(), &atomic.Int64{})
			defer count.(*atomic.Int64).Add(-1)
			if count.(*atomic.Int64).Add(1) > 1 {
				return store.ErrConflict
			}
			yield(200)
			return inner.Prepare(ctx, schema)
		})(s)
	}},
	{name: "Close ends all handles", kills: "shared/close-one", file: func(s *filed) store.Store {
		place := s.file.Name()
		shut.Delete(place)
		return &hooked{Store: s,
			close: func() error {
				shut.Store(place, true)
				return s.Close()
			},
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				if _, ok := shut.Load(place); ok {
					return store.Receipt{}, store.ErrClosed
				}
				return s.Commit(ctx, set)
			},
		}
	}},
	{name: "each process sees its own", kills: "shared/processes", file: func(s *filed) store.Store {
		s.staleReads, s.staleWrites = true, true
		return s
	}},
}

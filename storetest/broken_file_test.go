//go:build unix

package storetest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/tillkit/till/store"
)

var (
	opened             atomic.Int64 // handles so far
	preparing, writing sync.Map     // by place: the handles that do it now
	shut               sync.Map     // by place: whether a handle was closed
)

// handles counts the calls that are under way by their handles.
type handles struct {
	mu     sync.Mutex
	inside map[*filed]int
}

func handlesOf(byPlace *sync.Map, s *filed) *handles {
	all, _ := byPlace.LoadOrStore(s.file.Name(), &handles{inside: map[*filed]int{}})
	return all.(*handles)
}

func (h *handles) move(s *filed, by int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.inside[s] += by
}

// others reports whether a call of another handle is under way.
func (h *handles) others(s *filed) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for other, n := range h.inside {
		if other != s && n > 0 {
			return true
		}
	}
	return false
}

// racesOfOne are the races of a handle that is alone and stays open: stores that go
// wrong with a second handle, or when they are closed, pass them.
var racesOfOne = slices.DeleteFunc(slices.Clone(apart), func(id string) bool {
	return id == "life/close-under-way" || id == "life/refused-is-absent" || strings.HasPrefix(id, "durable/") || strings.HasPrefix(id, "shared/")
})

// brokenFiles break what a Durable or a Shared store promises.
var brokenFiles = []broken{
	{name: "the last set is not there after reopening", kills: "durable/reopen", spares: racesOfOne, file: func(s *filed) store.Store {
		s.losesLast = true
		return s
	}},
	{name: "a key is answered without its result after reopening", kills: "durable/reopen", file: func(s *filed) store.Store {
		if !used(s) {
			return s
		}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			receipt, err := s.Commit(ctx, set)
			if receipt.Replay {
				receipt.Result = ""
			}
			return receipt, err
		})(s)
	}},
	{name: "a cursor works on the handle that gave it alone", kills: "durable/cursor", file: func(s *filed) store.Store {
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
		if inChild() {
			s.late = []byte{}
		}
		return s
	}},
	{name: "Outcome sees its own handle's commits", kills: "shared/sees", file: func(s *filed) store.Store {
		var mine sync.Map // the keys that it committed
		return &hooked{Store: s,
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				receipt, err := s.Commit(ctx, set)
				if err == nil {
					mine.Store(set.Key, true)
				}
				return receipt, err
			},
			outcome: func(ctx context.Context, key string) (store.Receipt, error) {
				receipt, err := s.Outcome(ctx, key)
				if _, ok := mine.Load(key); !ok && err == nil {
					return store.Receipt{}, store.ErrNotFound
				}
				return receipt, err
			},
		}
	}},
	{name: "reads see their own handle's commits", kills: "shared/sees", spares: racesOfOne, file: func(s *filed) store.Store {
		s.staleReads = true
		return s
	}},
	{name: "commits are compared with their own handle's", kills: "shared/conflict", file: func(s *filed) store.Store {
		s.staleReads, s.staleWrites = true, true
		return s
	}},
	{name: "handles at once lose commits", kills: "shared/at-once", file: func(s *filed) store.Store {
		return onCommit(func(inner store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			all := handlesOf(&writing, s)
			all.move(s, 1)
			defer all.move(s, -1)
			yield(100)
			if all.others(s) && set.Key == "" {
				return receiptOf(set, false), nil
			}
			return inner.Commit(ctx, set)
		})(s)
	}},
	{name: "one handle at a time may prepare", kills: "shared/prepare-at-once", file: func(s *filed) store.Store {
		return onPrepare(func(inner store.Store, ctx context.Context, schema store.Schema) error {
			all := handlesOf(&preparing, s)
			all.move(s, 1)
			defer all.move(s, -1)
			if all.others(s) {
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
	{name: "another process loses its commits", kills: "shared/processes", file: func(s *filed) store.Store {
		if !inChild() {
			return s
		}
		return onCommit(func(s store.Store, ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			if set.Key == "" {
				return receiptOf(set, false), nil
			}
			return s.Commit(ctx, set)
		})(s)
	}},
}

// inChild reports whether this is a process that a rule started.
func inChild() bool { return os.Getenv(childPlace) != "" }

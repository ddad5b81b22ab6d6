//go:build unix

package storetest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// TestOddButLegal runs every rule over stores that do odd things and keep the
// contract: a rule that one of them fails asks for more than the contract. Under -short
// all rules meet two of them, and the others only what is done at once.
func TestOddButLegal(t *testing.T) {
	t.Run("memory", func(t *testing.T) {
		sum := Run(t, Harness{Open: func(context.Context, string) (store.Store, error) { return memory.New(), nil }})
		if sum.Took = 0; sum.Whole() && !t.Failed() && tableOf(sum) != tableOf(green(Harness{})) {
			t.Errorf("README.md tells of another run:\n%s", tableOf(sum))
		}
	})
	one := harnessOf(alone(store.ErrBusy))
	one.Shared = false
	harnesses := map[string]Harness{"one handle alone": one}
	for name, wrap := range odd {
		harnesses[name] = harnessOf(func(s *filed) store.Store { return wrap(s) })
	}
	for name, h := range harnesses {
		t.Run(name, func(t *testing.T) {
			for rule := range Rules() { // not the shop's: the file of this store only grows, erased words stay in it
				if testing.Short() && name != "bytes in a file" && !meets(rule) {
					continue
				}
				t.Run(rule.ID, func(t *testing.T) { run(t, h, rule) })
			}
		})
	}
}

// lengthy are rules of apart that are slow, and in which nothing meets anything.
var lengthy = []string{
	"durable/fidelity", "page/great", "fidelity/great-set", "key/lasts", "prepare/many", "find/many-records", "history/long", "form/too-long", "fidelity/greatest",
}

// meets reports whether in a rule calls, handles, processes or the ends of contexts meet.
func meets(rule Rule) bool {
	switch area(rule.ID) {
	case "concurrent", "shared", "context", "life", "says":
		return true
	}
	return slices.Contains(apart, rule.ID) && !slices.Contains(lengthy, rule.ID)
}

// harnessOf is a harness of filed stores, wrapped.
func harnessOf(wrap func(*filed) store.Store) Harness {
	over := func(_ context.Context, place string, engine *Engine) (store.Store, error) {
		s, err := openFiled(place, engine)
		if err != nil {
			return nil, err
		}
		return wrap(s), nil
	}
	return Harness{Place: place, Durable: true, Shared: true, Failing: over, Open: func(ctx context.Context, place string) (store.Store, error) {
		return over(ctx, place, new(Engine))
	}}
}

var odd = map[string]func(store.Store) store.Store{
	"bytes in a file": func(s store.Store) store.Store { return s },

	"behind an injector": func(s store.Store) store.Store { return NewFaultInjector(s) },

	"slow": func(s store.Store) store.Store {
		return &hooked{Store: s,
			get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
				yield(20)
				return s.Get(ctx, refs...)
			},
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				yield(20)
				receipt, err := s.Commit(ctx, set)
				yield(20)
				return receipt, err
			},
		}
	},

	"asks a context often": func(s store.Store) store.Store {
		often := func(ctx context.Context) error {
			for range 250 {
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			return nil
		}
		return &hooked{Store: s,
			prepare: func(ctx context.Context, schema store.Schema) error {
				if err := often(ctx); err != nil {
					return err
				}
				return s.Prepare(ctx, schema)
			},
			commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
				if err := often(ctx); err != nil {
					return store.Receipt{}, err
				}
				return s.Commit(ctx, set)
			},
		}
	},

	"tiny pages": func(s store.Store) store.Store {
		return &hooked{Store: s,
			find: func(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
				if q.Limit > 2 && q.Limit <= store.MaxLimit {
					q.Limit = 2
				}
				return s.Find(ctx, q)
			},
			history: func(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
				if limit > 3 && limit <= store.MaxLimit {
					limit = 3
				}
				return s.History(ctx, r, after, limit)
			},
			feed: func(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
				if limit > 3 && limit <= store.MaxLimit {
					limit = 3
				}
				return s.Feed(ctx, after, limit)
			},
		}
	},

	"empty pages in between": func(s store.Store) store.Store {
		const mark = "~"
		return &hooked{Store: s, find: func(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
			marked := len(q.After) > 0 && q.After[len(q.After)-1] == mark[0]
			if marked {
				q.After = q.After[:len(q.After)-1]
			}
			page, err := s.Find(ctx, q)
			if err == nil && q.After != "" && !marked {
				return store.Page[store.Record]{Next: q.After + mark}, nil
			}
			return page, err
		}}
	},

	"errors wrapped twice": func(s store.Store) store.Store {
		return all(s, func(err error) error {
			if err == nil {
				return nil
			}
			return fmt.Errorf("engine: %w", fmt.Errorf("statement 7: %w", err))
		})
	},
}

// yield lets others run first.
func yield(n int) {
	for range n {
		runtime.Gosched()
	}
}

// all passes the error of every method through f.
func all(s store.Store, f func(error) error) store.Store {
	return &hooked{Store: s,
		prepare: func(ctx context.Context, schema store.Schema) error { return f(s.Prepare(ctx, schema)) },
		get: func(ctx context.Context, refs []store.Ref) ([]store.Record, error) {
			records, err := s.Get(ctx, refs...)
			return records, f(err)
		},
		find: func(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
			page, err := s.Find(ctx, q)
			return page, f(err)
		},
		history: func(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
			page, err := s.History(ctx, r, after, limit)
			return page, f(err)
		},
		commit: func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			receipt, err := s.Commit(ctx, set)
			return receipt, f(err)
		},
		outcome: func(ctx context.Context, key string) (store.Receipt, error) {
			receipt, err := s.Outcome(ctx, key)
			return receipt, f(err)
		},
		feed: func(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
			page, err := s.Feed(ctx, after, limit)
			return page, f(err)
		},
	}
}

// hooked is a store of which some methods are others.
type hooked struct {
	store.Store
	prepare func(context.Context, store.Schema) error
	get     func(context.Context, []store.Ref) ([]store.Record, error)
	find    func(context.Context, store.Query) (store.Page[store.Record], error)
	history func(context.Context, store.Ref, int64, int) (store.Page[store.Entry], error)
	commit  func(context.Context, store.ChangeSet) (store.Receipt, error)
	outcome func(context.Context, string) (store.Receipt, error)
	feed    func(context.Context, store.Cursor, int) (store.Page[store.Event], error)
	close   func() error
}

func (h *hooked) Prepare(ctx context.Context, schema store.Schema) error {
	if h.prepare != nil {
		return h.prepare(ctx, schema)
	}
	return h.Store.Prepare(ctx, schema)
}

func (h *hooked) Get(ctx context.Context, refs ...store.Ref) ([]store.Record, error) {
	if h.get != nil {
		return h.get(ctx, refs)
	}
	return h.Store.Get(ctx, refs...)
}

func (h *hooked) Find(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
	if h.find != nil {
		return h.find(ctx, q)
	}
	return h.Store.Find(ctx, q)
}

func (h *hooked) History(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
	if h.history != nil {
		return h.history(ctx, r, after, limit)
	}
	return h.Store.History(ctx, r, after, limit)
}

func (h *hooked) Commit(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
	if h.commit != nil {
		return h.commit(ctx, set)
	}
	return h.Store.Commit(ctx, set)
}

func (h *hooked) Outcome(ctx context.Context, key string) (store.Receipt, error) {
	if h.outcome != nil {
		return h.outcome(ctx, key)
	}
	return h.Store.Outcome(ctx, key)
}

func (h *hooked) Feed(ctx context.Context, after store.Cursor, limit int) (store.Page[store.Event], error) {
	if h.feed != nil {
		return h.feed(ctx, after, limit)
	}
	return h.Store.Feed(ctx, after, limit)
}

func (h *hooked) Close() error {
	if h.close != nil {
		return h.close()
	}
	return h.Store.Close()
}

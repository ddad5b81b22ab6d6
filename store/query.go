package store

import (
	"context"
	"iter"
)

// Query asks for one page of a declared list.
type Query struct {
	Family string
	List   string // "" is all records by key

	// Equal has a value for each of the list's Equal fields, in their order; for
	// a Many field the member asked for, as a TextValue.
	Equal []Value

	// From and To bound the sort field, or the key (as a TextValue) where the
	// list sorts by key: From <= x < To. nil is open. Not with a Match list.
	From, To *Value

	// Where sets conditions on the list's Where fields, all of which must hold, as
	// must From and To; a field may have several. At most 16.
	Where []Cond

	// Match gives the words of a Match list, each as Split makes them; all must
	// be there. The last may end in "*" and then stands for every word that
	// begins with the 3 or more letters before it. 1 to 16 words; none for other
	// lists.
	Match []string

	// After is the Next of the page before; "" begins. It belongs to this query:
	// all but Limit must be the same, on any handle and after reopening.
	After Cursor

	Limit int  // 1 to MaxLimit
	Desc  bool // sort field and key both from the greatest down; not with Match
}

// Cond is a condition on an Int or Text field: Field Op Value.
type Cond struct {
	Field string
	Op    Op
	Value Value
}

// Op is a comparison.
type Op uint8

// The comparisons. Texts are compared byte by byte.
const (
	Equal Op = iota + 1
	NotEqual
	Less
	AtMost
	Greater
	AtLeast
)

// Holds reports whether v stands in the condition's relation to its value.
func (c Cond) Holds(v Value) bool {
	if v.typ != c.Value.typ {
		return false
	}
	switch d := v.Compare(c.Value); c.Op {
	case Equal:
		return d == 0
	case NotEqual:
		return d != 0
	case Less:
		return d < 0
	case AtMost:
		return d <= 0
	case Greater:
		return d > 0
	case AtLeast:
		return d >= 0
	}
	return false
}

// Cursor is a place in a list or in the feed: opaque, at most MaxCursor bytes,
// valid as long as the data. Callers keep it and hand it back, nothing else.
type Cursor string

// Page is a piece of a list. Items is the caller's own; it may be short or even
// empty while there is more: only Next == "" says that this was the last.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  Cursor `json:"next,omitempty"`
}

// All walks through all pages of a list: next is called with the cursor of each
// page, "" first, until a page is the last, or an error, which is yielded last.
//
//	for record, err := range store.All(ctx, func(ctx context.Context, after store.Cursor) (store.Page[store.Record], error) {
//		q.After = after
//		return s.Find(ctx, q)
//	}) { ... }
func All[T any](ctx context.Context, next func(context.Context, Cursor) (Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var after Cursor
		for {
			page, err := next(ctx, after)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			after = page.Next
		}
	}
}

// Records walks through all records of a query, page by page of q.Limit (or
// MaxLimit where that is 0), from q.After on.
func Records(ctx context.Context, s Store, q Query) iter.Seq2[Record, error] {
	if q.Limit == 0 {
		q.Limit = MaxLimit
	}
	first := q.After
	return All(ctx, func(ctx context.Context, after Cursor) (Page[Record], error) {
		if q.After = after; after == "" {
			q.After = first
		}
		return s.Find(ctx, q)
	})
}

// Entries walks through the entries of a journal with N > after, by N.
func Entries(ctx context.Context, s Store, ref Ref, after int64) iter.Seq2[Entry, error] {
	return All(ctx, func(ctx context.Context, _ Cursor) (Page[Entry], error) {
		page, err := s.History(ctx, ref, after, MaxLimit)
		if n := len(page.Items); n > 0 {
			after = page.Items[n-1].N
		}
		return page, err
	})
}

package till

import (
	"context"
	"iter"

	"github.com/tillkit/till/store"
)

// Cursor is a place in a list: opaque, to be handed back.
type Cursor = store.Cursor

// Page is a piece of a list. It may be short or even empty while there is more: only
// an empty Next is the end.
type Page[T any] = store.Page[T]

// PageRequest asks for a page of a list. The zero PageRequest asks for the first
// page, from the oldest or least on.
type PageRequest struct {
	After Cursor // the Next of the page before
	Limit int    // 1 to 1000; 0 means 50
	Desc  bool   // from the newest or greatest down
}

func (r PageRequest) query(family, list string, equal ...store.Value) store.Query {
	q := store.Query{Family: family, List: list, Equal: equal, After: r.After, Limit: r.Limit, Desc: r.Desc}
	if q.Limit == 0 {
		q.Limit = 50
	}
	return q
}

// All walks through all pages of a list:
//
//	for order, err := range till.All(till.PageRequest{}, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
//		return customer.Orders(ctx, r)
//	}) { ... }
//
// An error is yielded last.
func All[T any](first PageRequest, next func(PageRequest) (Page[T], error)) iter.Seq2[T, error] {
	return store.All(context.Background(), func(_ context.Context, after Cursor) (Page[T], error) {
		r := first
		if after != "" {
			r.After = after
		}
		return next(r)
	})
}

package till

import (
	"context"
	"strings"

	"github.com/tillkit/till/store"
)

// Search lists products that can be bought, as [ProductQuery] says. What an answer
// shows is what was planned for its instant at the last change of the product: no job
// has to run for a price to begin.
func (s *Shop) Search(ctx context.Context, q ProductQuery) (Page[ProductSummary], error) {
	if err := q.forAll(); err != nil {
		return Page[ProductSummary]{}, err
	}
	return s.search(ctx, q)
}

// Facets count what the products of a search have in common. It reads all of them, so
// its time grows with their number. Page and Sort of the query do not matter.
func (s *Shop) Facets(ctx context.Context, q ProductQuery) (Facets, error) {
	if err := q.forAll(); err != nil {
		return Facets{}, err
	}
	return s.facets(ctx, q)
}

// Search lists products as [Shop.Search] does, of any Status.
func (s *Staff) Search(ctx context.Context, q ProductQuery) (Page[ProductSummary], error) {
	return s.shop.search(ctx, q)
}

// Facets count as [Shop.Facets] does, of any Status.
func (s *Staff) Facets(ctx context.Context, q ProductQuery) (Facets, error) {
	return s.shop.facets(ctx, q)
}

func (q ProductQuery) forAll() error {
	if q.Status != "" && q.Status != ForSale {
		return invalid("status", "%.40q is for the back office: ask Staff.Search", q.Status)
	}
	return nil
}

func (s *Shop) search(ctx context.Context, q ProductQuery) (Page[ProductSummary], error) {
	if err := q.check(s.currency); err != nil {
		return Page[ProductSummary]{}, err
	}
	at, after, err := q.place(s.now())
	if err != nil {
		return Page[ProductSummary]{}, err
	}
	if q.Limit == 0 {
		q.Limit = 50
	}
	asked, any, err := q.list(standard(s.currency), at)
	if err == nil {
		err = store.CheckLimit(q.Limit)
	}
	if err == nil && !any { // nothing is looked for, but not by a store that is closed
		_, err = s.store.Get(ctx, refSettings)
		return Page[ProductSummary]{}, err
	}
	if err != nil {
		return Page[ProductSummary]{}, err
	}
	asked.After = after
	page, err := pageOf(ctx, s, asked, func(r store.Record) (ProductSummary, error) {
		o, err := asOffer(r.Doc)
		return o.found(q.Locale), err
	})
	if page.Next != "" {
		page.Next = Cursor(at.String() + searchCursor + string(page.Next))
	}
	return page, err
}

func (s *Shop) facets(ctx context.Context, q ProductQuery) (Facets, error) {
	q.PageRequest, q.Sort = PageRequest{}, ""
	if err := q.check(s.currency); err != nil {
		return Facets{}, err
	}
	at, _, err := q.place(s.now())
	if err != nil {
		return Facets{}, err
	}
	q.Limit = store.MaxLimit
	asked, any, err := q.list(standard(s.currency), at)
	if err == nil && !any {
		_, err = s.store.Get(ctx, refSettings)
		return Facets{}, err
	}
	if err != nil {
		return Facets{}, err
	}
	counted := newFacets()
	for r, err := range store.Records(ctx, s.store, asked) {
		if err != nil {
			return Facets{}, err
		}
		o, err := asOffer(r.Doc)
		if err != nil {
			return Facets{}, err
		}
		counted.count(o)
	}
	return counted.done(), nil
}

// searchCursor stands in a cursor between the instant of its list and the store's own.
const searchCursor = "~"

// place gives the instant of the list, and where its page begins.
func (q ProductQuery) place(now Instant) (Instant, Cursor, error) {
	if q.After == "" {
		if q.At != 0 && q.At < now {
			return 0, "", invalid("at", "%s is past: a search is of now or later; what was before is asked for by SKU, with AsOf", q.At)
		}
		return q.At.or(now), "", nil
	}
	begun, after, ok := strings.Cut(string(q.After), searchCursor)
	at, err := ParseInstant(begun)
	// A list that the host began now is of no later instant, whoever sends the cursor:
	// what is planned stays the shop's. Clocks of two processes may differ a little.
	planned := q.At == 0 && at > now.Add(commitLimit)
	if !ok || err != nil || at.String() != begun || after == "" || q.At != 0 && q.At != at || planned {
		return 0, "", invalid("cursor", "it is not of this list: begin again with \"\"")
	}
	return at, Cursor(after), nil
}

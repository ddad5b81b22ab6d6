package till

import (
	"context"
	"errors"

	"github.com/tillkit/till/store"
)

// loadState reads the state of a journal; one whose stored form is of another
// version is folded again from its entries. An absent journal gives empty.
func loadState[S Folded[S]](ctx context.Context, s *Shop, r store.Record, empty S, read func(store.Doc) (S, error), at func(S) journal) (S, error) {
	if !r.Exists() {
		return empty, nil
	}
	value, err := read(r.Doc)
	if errors.Is(err, errRefold) {
		var entries []Entry
		if entries, err = s.history(ctx, r.Ref); err == nil { // of which there may be more by now
			value, err = Fold(empty, entries[:min(len(entries), int(r.Rev))]...)
		}
	}
	if err != nil {
		return empty, err
	}
	return value, fits(r, at(value))
}

func (s *Shop) history(ctx context.Context, ref store.Ref) ([]Entry, error) {
	var entries []Entry
	for e, err := range store.Entries(ctx, s.store, ref, 0) {
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func (s *Shop) loadProduct(ctx context.Context, r store.Record) (Product, error) {
	return loadState(ctx, s, r, Product{}, s.decodedProducts.as(asProduct), func(p Product) journal { return p.journal })
}

// productOf reads the product that holds a claim, of a SKU or of a handle.
func (s *Shop) productOf(ctx context.Context, claim store.Ref, kind string) (Product, error) {
	claims, err := s.store.Get(ctx, claim)
	if err != nil {
		return Product{}, err
	}
	if !claims[0].Exists() {
		return Product{}, &NotFoundError{Kind: kind, ID: claim.Key}
	}
	id, err := owner(claims[0])
	if err != nil {
		return Product{}, err
	}
	return s.productByID(ctx, id)
}

// productByID reads a product that a claim names by the text of its id.
func (s *Shop) productByID(ctx context.Context, id string) (Product, error) {
	records, err := s.store.Get(ctx, store.Ref{Family: familyProducts, Key: id})
	if err != nil {
		return Product{}, err
	}
	if !records[0].Exists() {
		return Product{}, damaged("products", "a claim names product %s, which is not there", id)
	}
	return s.loadProduct(ctx, records[0])
}

func (s *Shop) loadPrices(ctx context.Context, r store.Record, sku SKU, list PriceList) (Prices, error) {
	return loadState(ctx, s, r, Prices{sku: sku, list: list}, s.decodedPrices.as(asPrices), func(p Prices) journal { return p.journal })
}

// wholePrices reads prices with their whole past, from the entries.
func (s *Shop) wholePrices(ctx context.Context, r store.Record, sku SKU, list PriceList) (Prices, error) {
	none := Prices{sku: sku, list: list}
	if !r.Exists() {
		return none, nil
	}
	entries, err := s.history(ctx, r.Ref)
	if err != nil {
		return none, err
	}
	if int64(len(entries)) < r.Rev {
		return none, damaged(r.Ref.String(), "it has %d entries, its state is of entry %d", len(entries), r.Rev)
	}
	return Fold(none, entries[:r.Rev]...) // there may be more by now
}

func (s *Shop) loadTerms(ctx context.Context, r store.Record) (Terms, error) {
	return loadState(ctx, s, r, Terms{}, asTerms, func(t Terms) journal { return t.journal })
}

func (s *Shop) loadAccount(ctx context.Context, r store.Record) (Account, error) {
	return loadState(ctx, s, r, Account{}, asAccount, func(a Account) journal { return a.journal })
}

// loadOrder reads an order whole, from its entries.
func (s *Shop) loadOrder(ctx context.Context, id OrderID) (Order, error) {
	if id.IsZero() {
		return Order{}, &NotFoundError{Kind: "order", ID: ""}
	}
	ref := refOrder(id)
	records, err := s.store.Get(ctx, ref)
	if err != nil {
		return Order{}, err
	}
	if !records[0].Exists() {
		return Order{}, &NotFoundError{Kind: "order", ID: id.String()}
	}
	return s.orderOf(ctx, records[0])
}

// orderOf reads the order whose state a record is, with what was recorded since.
func (s *Shop) orderOf(ctx context.Context, r store.Record) (Order, error) {
	entries, err := s.history(ctx, r.Ref)
	if err != nil {
		return Order{}, err
	}
	if err := whole(r, entries); err != nil {
		return Order{}, err
	}
	return Fold(Order{}, entries...)
}

// whole compares the entries of a journal with the state beside them, read before
// them: a chain that was cut off at its end holds, but it is not the one that the
// state was folded from.
func whole(r store.Record, entries []Entry) error {
	if int64(len(entries)) < r.Rev {
		return damaged(r.Ref.String(), "it has %d entries, its state is of entry %d", len(entries), r.Rev)
	}
	sum, err := sumOfState(r.Doc)
	if err != nil {
		return err
	}
	if sum != entries[r.Rev-1].Sum {
		return damaged(r.Ref.String(), "its state was folded from other entries")
	}
	return nil
}

// loadContact reads a contact record; one that was erased is the zero Contact.
func (s *Shop) loadContact(ctx context.Context, ref ContactRef) (Contact, error) {
	if ref.Key == "" {
		return Contact{}, nil
	}
	records, err := s.store.Get(ctx, refContact(ref))
	if err != nil || !records[0].Exists() {
		return Contact{}, err
	}
	return asContact(records[0].Doc)
}

// owned are the products that claims name, each once, and the records they were read
// from.
type owned struct {
	products []Product
	records  []store.Record
	of       []int // which of the products each claim names; -1: nobody holds it
}

// loadOwned reads the products that hold claims of SKUs.
func (s *Shop) loadOwned(ctx context.Context, claims []store.Record) (owned, error) {
	is := owned{of: make([]int, len(claims))}
	var refs []store.Ref
	place := make(map[string]int, len(claims)) // by id: an article has many neighbours
	for i, claim := range claims {
		if is.of[i] = -1; !claim.Exists() {
			continue
		}
		id, err := owner(claim)
		if err != nil {
			return owned{}, err
		}
		if _, seen := place[id]; !seen {
			place[id] = len(refs)
			refs = append(refs, store.Ref{Family: familyProducts, Key: id})
		}
		is.of[i] = place[id]
	}
	var err error
	if is.records, err = s.get(ctx, refs...); err != nil {
		return owned{}, err
	}
	is.products = make([]Product, len(refs))
	for i, r := range is.records {
		if !r.Exists() {
			return owned{}, damaged("products", "a claim names product %s, which is not there", r.Key)
		}
		if is.products[i], err = s.loadProduct(ctx, r); err != nil {
			return owned{}, err
		}
	}
	return is, nil
}

// owner reads who holds a claim.
func owner(claim store.Record) (string, error) {
	raw, ok := claim.Doc.(store.Raw)
	if !ok {
		return "", unknownDoc(claim.Doc)
	}
	return string(raw), nil
}

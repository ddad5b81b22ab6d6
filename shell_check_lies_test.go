package till_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// lyingStore tells of some records and entries what is not so, or nothing.
type lyingStore struct {
	store.Store
	record func(*store.Record) (kept bool)
	find   func(store.Query, *store.Page[store.Record])
	entry  func(store.Ref, *store.Entry) (kept bool)
}

func (l *lyingStore) told(r *store.Record) bool {
	return l.record == nil || !r.Exists() || l.record(r)
}

// Get, and what follows, are those of the store, but for the lies.
func (l *lyingStore) Get(ctx context.Context, refs ...store.Ref) ([]store.Record, error) {
	records, err := l.Store.Get(ctx, refs...)
	for i := range records {
		if ref := records[i].Ref; !l.told(&records[i]) {
			records[i] = store.Record{Ref: ref}
		}
	}
	return records, err
}

func (l *lyingStore) Find(ctx context.Context, q store.Query) (store.Page[store.Record], error) {
	page, err := l.Store.Find(ctx, q)
	var left []store.Record
	for _, r := range page.Items {
		if l.told(&r) {
			left = append(left, r)
		}
	}
	if page.Items = left; l.find != nil {
		l.find(q, &page)
	}
	return page, err
}

func (l *lyingStore) History(ctx context.Context, ref store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
	page, err := l.Store.History(ctx, ref, after, limit)
	var left []store.Entry
	for _, e := range page.Items {
		if l.entry == nil || l.entry(ref, &e) {
			left = append(left, e)
		}
	}
	page.Items = left
	return page, err
}

// lies are the ways to tell what is not so.

func loses(ref store.Ref) func(*lyingStore) {
	return func(l *lyingStore) { l.record = func(r *store.Record) bool { return r.Ref != ref } }
}

// says changes the document of a record; of more than one record where the key ends in *.
func says(ref store.Ref, old, new string) func(*lyingStore) {
	return func(l *lyingStore) {
		l.record = func(r *store.Record) bool {
			prefix, many := strings.CutSuffix(ref.Key, "*")
			if r.Family == ref.Family && (r.Key == ref.Key || many && strings.HasPrefix(r.Key, prefix)) {
				r.Doc = store.Raw(strings.ReplaceAll(documentOf(*r), old, new))
			}
			return true
		}
	}
}

func documentOf(r store.Record) string {
	body, err := r.Doc.AppendStored(nil)
	if err != nil {
		panic(err)
	}
	return string(body)
}

func counts(ref store.Ref, available, reserved int64) func(*lyingStore) {
	return func(l *lyingStore) {
		l.record = func(r *store.Record) bool {
			if r.Ref == ref {
				r.Index = []store.Value{store.IntValue(available), store.IntValue(reserved)}
			}
			return true
		}
	}
}

func entry(ref store.Ref, n int64, change func(*store.Entry) bool) func(*lyingStore) {
	return func(l *lyingStore) {
		l.entry = func(r store.Ref, e *store.Entry) bool { return r != ref || e.N != n || change(e) }
	}
}

// fixture is a shop with something of every kind in it.
type checkedShop struct {
	*stall
	lying        *lyingStore
	order, other till.Order
	draft        *till.DraftOrder
	ada, bob     till.PersonID
	eve          till.PersonID // who was erased
	mug, cup     till.ProductID
	visitor      till.PersonID
	moved        []store.Ref // the two ends of a transfer
	received     store.Ref   // the cups that came in
}

func newCheckedShop(t *testing.T, db store.Store) *checkedShop {
	t.Helper()
	lying := &lyingStore{Store: db}
	s := newStall(t, lying)
	s.sells("MUG", "9.50", 100)
	s.sells("CUP", "5.00", 100)
	s.sells("GONE", "5.00", 7)
	s.clock.pass(time.Hour)
	s.must(s.revised("MUG", func(d *till.Description) { d.Handle = "blue-mug" }))
	s.must(s.staff.ChangePrice(s.ctx, "CUP", till.PriceChange{Price: money.MustParsePrice("6.00", money.GBP), From: s.clock.instant().Add(24 * time.Hour)}))
	s.must(s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.HalfEven, Level: till.PerUnit}}))
	s.must(s.staff.DeleteProduct(s.ctx, "GONE"))
	s.must(s.staff.TransferStock(s.ctx, till.StockTransfer{SKU: "MUG", Quantity: 5, To: "shed"}))
	s.must(s.staff.CountStock(s.ctx, till.StockCount{SKU: "CUP", Found: 98}, till.StockCount{SKU: "CUP", Location: "attic"}))
	s.clock.pass(time.Hour)
	c := &checkedShop{stall: s, lying: lying}
	ada := s.member("ada@example.com")
	s.must(ada.Add(s.ctx, till.Item{SKU: "CUP", Quantity: 3}))
	c.ada, c.order = ada.Person(), s.buys(ada.Buyer, "click")
	s.must(ada.ChangeEmail(s.ctx, till.EmailChange{Email: "lovelace@example.com", Password: stallPassword}))
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2}, till.Item{SKU: "CUP", Quantity: 1})
	c.visitor, c.other = guest.Person(), s.buys(guest.Buyer, "click")
	s.must(guest.Add(s.ctx, till.Item{SKU: "CUP", Quantity: 1}))
	bob, err := s.staff.AddCustomer(s.ctx, till.NewCustomer{Contact: till.Contact{Name: "Bob Example", Email: "bob@example.com"}})
	s.must(err)
	c.bob = bob
	eve := s.member("eve@example.com")
	c.eve = eve.Person()
	for _, erased := range []*till.Buyer{eve.Buyer, s.visitor().Buyer} {
		s.must(erased.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
		s.buys(erased, "click")
		s.must(s.staff.Erase(s.ctx, erased.Person()))
	}
	c.draft = s.drafts(till.PersonID{}, line("MUG", 2))
	mug, err := s.staff.Product(s.ctx, "MUG")
	s.must(err)
	cup, err := s.staff.Product(s.ctx, "CUP")
	s.must(err)
	c.mug, c.cup = mug.ID(), cup.ID()
	for r, err := range store.Records(s.ctx, db, store.Query{Family: "movements"}) {
		s.must(err)
		switch doc := documentOf(r); {
		case strings.Contains(doc, `"transferred"`):
			c.moved = append(c.moved, r.Ref)
		case strings.Contains(doc, `"received"`) && strings.Contains(doc, `"CUP"`):
			c.received = r.Ref
		}
	}
	return c
}

// random is what no two keys of offers, or of sessions, have in common.
var random = regexp.MustCompile(`/([0-9a-f]{16}[.][0-9]+|[0-9a-f]{64})`)

// firstSum gives the sum of the first entry of a journal.
func firstSum(e store.Entry) [sha256.Size]byte {
	b := make([]byte, sha256.Size) // there is none before it
	for _, n := range []uint64{uint64(e.N), uint64(e.At), uint64(e.V), uint64(len(e.Kind))} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return sha256.Sum256(append(append(b, e.Kind...), e.Payload...))
}

// keyOf finds the key of a family that begins so.
func (s *stall) keyOf(family, prefix string) string {
	s.Helper()
	for r, err := range store.Records(s.ctx, s.store, store.Query{Family: family}) {
		s.must(err)
		if strings.HasPrefix(r.Key, prefix) {
			return r.Key
		}
	}
	s.Fatalf("no key of %s begins with %s", family, prefix)
	return ""
}

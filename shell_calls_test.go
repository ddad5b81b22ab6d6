package till_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store/memory"
)

// calls counts what is asked of a store.
type calls map[string]int

// String names the calls, with how many of each.
func (c calls) String() string {
	var all []string
	for _, op := range slices.Sorted(maps.Keys(c)) {
		all = append(all, fmt.Sprint(c[op], " ", op))
	}
	return strings.Join(all, ", ")
}

// counted runs f and gives what it asked of the store.
func (h *hookedStore) counted(f func()) calls {
	seen := calls{}
	h.before = func(op string) error { seen[op]++; return nil }
	f()
	h.before = nil
	return seen
}

// Each question to a store costs a round trip: so many are made, of a shop that has seen
// the articles before.
func TestShellCalls(t *testing.T) {
	hook := &hookedStore{Store: memory.New()}
	s := newStall(t, hook)
	three := []till.Item{{SKU: "MUG", Quantity: 2}, {SKU: "CUP", Quantity: 1}, {SKU: "JUG", Quantity: 3}}
	for _, item := range three {
		s.sells(item.SKU, "9.50", 1000)
	}
	for i := range 10 { // enough order numbers are leased
		s.buys(s.visitor(three...).Buyer, fmt.Sprint("click", i))
	}
	guest, other, customer := s.visitor(three...), s.visitor(three...), s.member("ada@example.com")
	s.must(customer.Add(s.ctx, three...))
	r, own := s.agreed(guest.Buyer, "click"), s.agreed(customer.Buyer, "click")
	own.Contact = till.Contact{}
	var draft *till.DraftOrder
	var placing till.CheckoutRequest
	for _, c := range []struct {
		what, want string
		do         func() error
	}{
		{"Cart", "1 Get", func() error { _, err := guest.Cart(s.ctx); return err }},
		{"Add", "1 Commit", func() error { return other.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}) }},
		{"Quote", "2 Get", func() error { _, err := guest.Quote(s.ctx); return err }},
		{"Checkout", "1 Commit", func() error { _, err := guest.Checkout(s.ctx, r); return err }},
		{"Checkout, again", "3 Get, 1 History", func() error { _, err := guest.Checkout(s.ctx, r); return err }},
		{"Checkout of a customer, to the account's contact", "1 Commit, 2 Get", func() error { _, err := customer.Checkout(s.ctx, own); return err }},
		{"NewDraft", "1 Commit", func() (err error) {
			draft, err = s.staff.NewDraft(s.ctx, till.DraftRequest{Lines: []till.DraftLine{{Item: three[0]}, {Item: three[1]}}})
			return err
		}},
		{"Quote of a draft", "2 Get", func() error {
			quote, err := draft.Quote(s.ctx)
			placing = till.CheckoutRequest{Key: "call", Accept: quote.Digest(), Contact: stallBuyer}
			return err
		}},
		{"Place", "1 Commit, 1 Get", func() error { _, err := draft.Place(s.ctx, placing); return err }},
	} {
		got := hook.counted(func() { s.must(c.do()) })
		s.same(c.what, got.String(), c.want)
	}
	s.reconciles()
}

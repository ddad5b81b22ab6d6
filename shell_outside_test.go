package till_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store/memory"
)

// A quote goes out as JSON and comes back the same; what no cart could have given is
// refused.
func TestShellQuoteComesBack(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
	quote, err := guest.Quote(s.ctx)
	s.must(err)
	text, err := json.Marshal(quote)
	s.must(err)
	var back till.Quote
	s.must(json.Unmarshal(text, &back))
	if back.Digest() != quote.Digest() || back.Explain() != quote.Explain() || back.At() != quote.At() || len(till.Compare(quote, back)) != 0 {
		t.Errorf("it came back as\n%s, not\n%s", back.Explain(), quote.Explain())
	}
	for name, change := range map[string][2]string{
		"another figure":  {"19.00 GBP", "18.00 GBP"},
		"another name":    {"MUG", "MUC"},
		"a control":       {`"name":"`, `"name":"\u0007`},
		"quantity 0":      {`"quantity":2`, `"quantity":0`},
		"an unknown word": {`"at"`, `"AT2":1,"at"`},
	} {
		bad := strings.Replace(string(text), change[0], change[1], 1)
		if bad == string(text) {
			t.Fatalf("%s: nothing is changed in %s", name, text)
		}
		before := back
		if err := json.Unmarshal([]byte(bad), &back); !errors.Is(err, till.ErrInvalid) || back.Digest() != before.Digest() {
			t.Errorf("%s: %v", name, err)
		}
	}
	var order till.Order
	if err := json.Unmarshal([]byte(`{}`), &order); !errors.Is(err, till.ErrInvalid) {
		t.Errorf("an order from JSON: %v", err)
	}
}

// The key of a checkout is the host's word: it may hold a person's, and is found in no
// receipt.
func TestShellKeyIsNotKept(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
	r := s.agreed(guest.Buyer, "kestrel@example.com-1")
	order, err := guest.Checkout(s.ctx, r)
	s.must(err)
	if s.has("kestrel") {
		t.Error("the key is in the store")
	}
	again, err := guest.Checkout(s.ctx, r)
	s.must(err)
	if again.ID() != order.ID() || !again.Replayed() {
		t.Errorf("asked again: %v", again)
	}
}

// An order keeps a region that is a code of its country, and no other text.
func TestShellRegionIsACode(t *testing.T) {
	for region, want := range map[string]string{
		"GB-ENG": "GB-ENG", "GB-1": "GB-1", "ENG": "GB-ENG", "eng": "GB-ENG", "Kent": "", "0770090012": "", "JOHN-SMITH": "", "CA-QC": "", "GB-": "", "GB-SMITH": "",
	} {
		c := till.Contact{Billing: till.Address{Country: "GB", Region: region}}
		if got := c.Destination().Region; got != want {
			t.Errorf("%q: an order keeps %q, want %q", region, got, want)
		}
	}
}

// A guest can end the session too: the token is worth nothing, the cart is gone.
func TestShellGuestSignsOut(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 10)
	guest := s.visitor(till.Item{SKU: "MUG", Quantity: 1, Note: "kestrel"})
	s.must(guest.SignOut(s.ctx))
	s.must(guest.SignOut(s.ctx))
	if _, err := guest.Cart(s.ctx); !errors.Is(err, till.ErrSession) {
		t.Errorf("the cart afterwards: %v", err)
	}
	if _, err := s.shop.Buyer(s.ctx, guest.Token()); !errors.Is(err, till.ErrSession) {
		t.Errorf("the token afterwards: %v", err)
	}
	if s.has("kestrel") {
		t.Error("the cart is still there")
	}
}

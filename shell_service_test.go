package till_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// taxOffice is a service that counts a tax of its own.
type taxOffice struct {
	rate   string
	need   func(key string) string // the Need of its answer; nil: none
	asked  int
	closed error
}

func (o *taxOffice) Answer(_ context.Context, n till.Need) (till.Answer, error) {
	o.asked++
	tax := till.ServiceTax{Name: "sales", Label: "Sales tax", Rate: money.MustParsePercent(o.rate)}
	for _, l := range n.Lines {
		of := l.Amount.MulRate
		if l.Included {
			of = l.Amount.Included
		}
		amount, err := of(tax.Rate, money.HalfEven)
		if err != nil {
			return till.Answer{}, err
		}
		tax.Parts = append(tax.Parts, till.TaxPart{Line: l.Line, Amount: amount})
	}
	answer := till.Answer{Taxes: []till.ServiceTax{tax}}
	if o.need != nil {
		answer.Need = o.need(n.Key)
	}
	return answer, o.closed
}

// A service counts the tax of what goes to its zone; what it says when the order is placed
// is what the buyer has seen, or nothing happens.
func TestShellService(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		office := &taxOffice{rate: "8.25"}
		s := newStall(t, db, func(o *till.Options) { o.Services = map[string]till.Service{"office": office} })
		s.sells("MUG", "9.50", 10)
		s.must(s.staff.ChangeRules(s.ctx,
			till.RuleChange{Name: "us", Rule: till.Zone{Countries: []string{"US"}}},
			till.RuleChange{Name: "us-tax", Rule: till.ServiceRule{Service: "office", Zone: "us", Asks: till.NeedTax}},
		))
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
		s.same("at home", must(g.Quote(s.ctx)).Total().String(), "19.00 GBP")
		s.same("questions at home", office.asked, 0)
		s.must(g.ShipTo(s.ctx, till.Address{Country: "US", Region: "US-TX"}))
		r := s.agreed(g.Buyer, "click")
		s.same("there", r.Seen.Total().String(), "20.57 GBP")
		r.Contact.Billing.Country = "US"
		office.rate = "8.5"
		_, err := g.Checkout(s.ctx, r)
		drift, ok := errors.AsType[*till.DriftError](err)
		if !ok || drift.Differences[0].Kind != till.TaxChanged {
			t.Fatalf("another tax: %v", err)
		}
		office.closed = errors.New("after hours")
		if _, err := g.Checkout(s.ctx, r); !errors.Is(err, office.closed) {
			t.Errorf("a service that is closed: %v", err)
		}
		s.same("stock", s.stock("MUG"), [2]int64{10, 0})
		office.closed, office.rate = nil, "8.25"
		order := must(g.Checkout(s.ctx, r))
		s.same("the order", order.Total().String(), "20.57 GBP")
		s.must(must(s.staff.Order(s.ctx, order.ID())).Verify())

		without := stallAt(t, db, s.clock)
		other := without.visitor(till.Item{SKU: "MUG", Quantity: 1})
		s.must(other.ShipTo(s.ctx, till.Address{Country: "US"}))
		s.refuses(till.ErrInvalid, "options.services", func() error { _, err := other.Quote(s.ctx); return err })
	})
}

// An answer that names another question than was asked is refused, where it is of a cart
// that was quoted before; one that names its own, or none, is taken.
func TestShellServiceAnswersAnother(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		office := &taxOffice{rate: "8.25"}
		s := newStall(t, db, func(o *till.Options) { o.Services = map[string]till.Service{"office": office} })
		s.sells("MUG", "9.50", 10)
		s.must(s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "tax", Rule: till.ServiceRule{Service: "office", Asks: till.NeedTax}}))
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 2})
		var keys []string
		for _, names := range []func(string) string{nil, func(key string) string { keys = append(keys, key); return key }} {
			office.need = names
			s.same("total", must(g.Quote(s.ctx)).Total().String(), "20.57 GBP")
		}
		r := s.agreed(g.Buyer, "click")
		office.need = func(string) string { return keys[0] }
		s.same("the same question", must(g.Quote(s.ctx)).Total().String(), "20.57 GBP")
		s.must(g.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
		s.refuses(till.ErrInvalid, "answer.need", func() error { _, err := g.Quote(s.ctx); return err })
		s.refuses(till.ErrInvalid, "answer.need", func() error { _, err := g.Checkout(s.ctx, r); return err })
	})
}

// Where the list includes tax, a service says how much of it that is: the order costs what
// the price is, and proves it.
func TestShellServiceIncluded(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db, func(o *till.Options) { o.Services = map[string]till.Service{"office": &taxOffice{rate: "20"}} })
		s.sells("MUG", "9.50", 10)
		s.must(s.staff.ChangeRules(s.ctx,
			till.RuleChange{Name: "standard", Rule: till.ListRule{Included: true}},
			till.RuleChange{Name: "tax", Rule: till.ServiceRule{Service: "office", Asks: till.NeedTax}},
		))
		order := s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "click")
		s.same("the order", order.Total().String(), "19.00 GBP")
		tax := order.Taxes()[0]
		s.same("its tax", [2]any{tax.Amount.String(), tax.Included}, [2]any{"3.17 GBP", true})
		s.must(must(s.staff.Order(s.ctx, order.ID())).Verify())
		s.reconciles()
	})
}

// A quote that is too old is not accepted, and the refusal names what is short as well.
func TestShellQuoteExpires(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db, func(o *till.Options) { o.Quotes = time.Hour })
		s.sells("MUG", "9.50", 10)
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 6}, till.Item{SKU: "MUG", Quantity: 5, Apart: true})
		r := s.agreed(g.Buyer, "click")
		s.clock.pass(time.Hour + time.Minute)
		_, err := g.Checkout(s.ctx, r)
		drift, ok := errors.AsType[*till.DriftError](err)
		if !ok {
			t.Fatal(err)
		}
		var said []string
		for _, d := range drift.Differences {
			said = append(said, d.String())
		}
		s.same("differences", said, []string{"the quote has expired", "line 1: 11 of Blue MUG are wanted in all, 10 are available"})
		s.must(g.Remove(s.ctx, 2))
		s.same("placed", s.buys(g.Buyer, "click").Total().String(), "57.00 GBP")
	})
}

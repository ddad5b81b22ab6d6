package main

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// clock is the shop's clock, which the replay sets.
type clock struct{ at atomic.Int64 }

func (c *clock) set(at till.Instant) { c.at.Store(int64(at)) }

func (c *clock) now() time.Time { return till.Instant(c.at.Load()).Time() }

// replay takes a file's trade through a shop.
type replay struct {
	shop  *till.Shop
	staff *till.Staff
	clock *clock

	customers map[string]till.PersonID
	prices    map[till.SKU]money.Price // in force

	rows     int // done
	guests   int // orders of theirs
	changes  int // of prices
	agreed   int // lines
	free     int // lines that cost nothing
	adjusted int // movements
}

func newReplay(shop *till.Shop, c *clock) *replay {
	return &replay{
		shop: shop, staff: shop.Staff("replay"), clock: c,
		customers: make(map[string]till.PersonID), prices: make(map[till.SKU]money.Price),
	}
}

// bulk is how many products, or prices, go into one commit.
const bulk = 400

// stock puts all articles into the shop, and on the shelves what will be sold of them.
// None has a price yet: that comes with its first sale.
func (p *replay) stock(ctx context.Context, s *survey) error {
	london := s.first.Time().In(uk())
	p.clock.set(till.At(time.Date(london.Year(), london.Month(), london.Day(), 0, 0, 0, 0, london.Location())))
	staff := p.staff.Because("stock for the replay")
	for from := 0; from < len(s.articles); from += bulk {
		var specs []till.ProductSpec
		for _, a := range s.articles[from:min(from+bulk, len(s.articles))] {
			specs = append(specs, till.ProductSpec{
				Description: till.Description{
					Handle:   string(a.sku), // as it stands: some differ in the case of a letter alone
					Words:    map[till.Locale]till.Words{"": {Name: a.name}},
					Variants: []till.Variant{{SKU: a.sku}},
				},
				Articles: []till.ArticleSpec{{SKU: a.sku, OnHand: a.needs()}},
			})
		}
		if _, err := staff.PutProducts(ctx, specs...); err != nil {
			return err
		}
	}
	return nil
}

// run replays every invoice of a file at its instant.
func (p *replay) run(ctx context.Context, open source, done func(rows int)) error {
	for is, err := range invoices(open) {
		if err != nil {
			return err
		}
		p.clock.set(is.at)
		if err := p.invoice(ctx, is); err != nil {
			return fmt.Errorf("invoice %.40q, line %d: %w", is.number, is.rows[0].line, err)
		}
		p.rows += len(is.rows)
		done(p.rows)
	}
	return nil
}

// invoice replays one invoice: its prices are set, its order is placed, its stock
// adjusted.
func (p *replay) invoice(ctx context.Context, is invoice) error {
	edits, lines := p.plan(is)
	for from := 0; from < len(edits); from += bulk {
		if err := p.staff.ChangePrices(ctx, edits[from:min(from+bulk, len(edits))]...); err != nil {
			return err
		}
	}
	p.changes += len(edits)
	if len(lines) > 0 {
		if err := p.order(ctx, is, lines); err != nil {
			return err
		}
	}
	for _, r := range is.rows {
		if r.kind != adjustment {
			continue
		}
		err := p.staff.MoveStock(ctx, till.StockChange{
			SKU: r.sku, Kind: till.Adjusted, Quantity: r.quantity, Reason: r.description, Reference: is.number,
		})
		if err != nil {
			return err
		}
		p.adjusted++
	}
	return nil
}

// plan says which prices change before an invoice, and what its lines are. The first
// price of an article on the invoice becomes the shop's; where another one follows, it
// is agreed for that line. Every row is a line apart: two rows that are alike stay two.
func (p *replay) plan(is invoice) (edits []till.PriceEdit, lines []till.DraftLine) {
	first := make(map[till.SKU]money.Price)
	for _, r := range is.rows {
		if r.kind != sale {
			continue
		}
		line := till.DraftLine{Item: till.Item{SKU: r.sku, Quantity: r.quantity, Apart: true}}
		price, seen := first[r.sku]
		switch {
		case !seen:
			first[r.sku] = r.price
			if now, has := p.prices[r.sku]; !has || now != r.price {
				sku := till.SKU(strings.Clone(string(r.sku))) // not the memory of its row
				p.prices[sku] = r.price
				edits = append(edits, till.PriceEdit{SKU: sku, PriceChange: till.PriceChange{Price: r.price}})
			}
		case price != r.price:
			line.Agreed = &till.AgreedPrice{Price: r.price, Why: "another price on the same invoice"}
			p.agreed++
		}
		if r.price.IsZero() {
			p.free++
		}
		lines = append(lines, line)
	}
	return edits, lines
}

// order places the order of an invoice: it is quoted, and the quote accepted.
func (p *replay) order(ctx context.Context, is invoice, lines []till.DraftLine) error {
	r := till.DraftRequest{Lines: lines, Metadata: till.Metadata{"invoice": is.number, "country": is.country}}
	checkout := till.CheckoutRequest{Key: fmt.Sprintf("invoice %s at %s", is.number, is.at)} // a number can come twice
	person, known := p.customers[is.customer]
	switch {
	case is.customer == "":
		checkout.Contact = till.Contact{Name: "Guest", Email: "guest@example.com"}
		p.guests++
	case known:
		r.Customer = person
	default: // names and addresses are invented: the file has numbers alone
		r.New = &till.NewCustomer{Contact: till.Contact{Name: "Customer " + is.customer, Email: "customer-" + is.customer + "@example.com"}}
	}
	quote, err := p.staff.QuoteOrder(ctx, r)
	if err != nil {
		return err
	}
	checkout.Accept = quote.Digest()
	order, err := p.staff.PlaceOrder(ctx, r, checkout)
	if err == nil && r.New != nil {
		p.customers[strings.Clone(is.customer)] = order.Person()
	}
	return err
}

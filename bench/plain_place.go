package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// The statements that place an order.
const (
	insertOrder = `INSERT INTO orders (person, status, placed_at, payable, currency, price_list, rounding, country, total, lines, pieces, reference)
VALUES (?, 'placed', ?, 'invoice', ?, 'standard', 'half away from zero, per line', ?, ?, ?, ?, ?)`
	insertLine = `INSERT INTO order_lines (order_id, n, product_id, sku, name, quantity, unit_price, per, base_price, priced_from, tax_category, tax_base, total)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	insertContact = `INSERT INTO order_contacts (order_id, name, email, phone, street, city, postcode, country) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`
	insertEvents  = `INSERT INTO order_events (order_id, n, kind, at, actor) VALUES (?1, 1, 'opened', ?2, ?3), (?1, 2, 'placed', ?2, ?3)`
	insertKey     = `INSERT INTO idempotency_keys (person, key, fingerprint, order_id, at) VALUES (?, ?, ?, ?, ?)`
	insertMessage = `INSERT INTO outbox (kind, order_id, queued_at, due_at) VALUES ('confirmation', ?1, ?2, ?2)`

	reserveStock   = `UPDATE stock SET available = available - ?1, reserved = reserved + ?1 WHERE sku = ?2 AND available >= ?1`
	insertMovement = `INSERT INTO stock_movements (sku, kind, quantity, reason, reference, at, actor) VALUES (?, ?, ?, ?, ?, ?, ?)`
	closeCart      = `UPDATE carts SET status = 'ordered', order_id = ?, updated_at = ? WHERE id = ? AND status = 'open'`
)

// currencyCode is what both shops count in.
const currencyCode = "GBP"

var (
	errShort    = errors.New("there is not enough in stock")
	errCartGone = errors.New("the cart was ordered meanwhile")
)

// plainLine is a line of a quote, and of the order made from it: all that an order needs
// so that it reads the same when the product has changed.
type plainLine struct {
	Product    int64
	SKU        string
	Name       string
	Quantity   int64
	Unit, Base int64 // for Per pieces
	Per        int64
	PricedFrom int64
	Tax        string // category
	Total      int64
}

// placement is an order with everything known that is to be written.
type placement struct {
	person      int64
	actor       string
	cart        int64 // 0: there is none
	at          int64
	key         string
	fingerprint [32]byte
	contact     words
	reference   string
	lines       []plainLine
	total       int64
}

// place writes an order in one transaction of its own.
func (s *plainShop) place(ctx context.Context, p *placement) (order int64, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		order, err = s.placeIn(ctx, tx, p)
		return err
	})
	return order, err
}

// placeIn writes an order: its copies, contact, history and message, the key of the
// request, the reserved stock with its movements, and the end of the cart.
func (s *plainShop) placeIn(ctx context.Context, tx *sql.Tx, p *placement) (int64, error) {
	pieces := int64(0)
	for _, l := range p.lines {
		pieces += l.Quantity
	}
	result, err := s.exec(ctx, tx, insertOrder, p.person, p.at, currencyCode, p.contact.country, p.total, len(p.lines), pieces, p.reference)
	if err != nil {
		return 0, fmt.Errorf("order: %w", err)
	}
	order, err := result.LastInsertId()
	if err != nil {
		return 0, fmt.Errorf("order: %w", err)
	}
	if _, err := s.exec(ctx, tx, insertKey, p.person, p.key, p.fingerprint[:], order, p.at); err != nil {
		return 0, fmt.Errorf("key %q: %w", p.key, err)
	}
	c := p.contact
	if _, err := s.exec(ctx, tx, insertContact, order, c.name, c.email, c.phone, c.street, c.city, c.postcode, c.country); err != nil {
		return 0, fmt.Errorf("contact: %w", err)
	}
	if _, err := s.exec(ctx, tx, insertEvents, order, p.at, p.actor); err != nil {
		return 0, fmt.Errorf("history: %w", err)
	}
	reference := fmt.Sprintf("order %d", order)
	for i, l := range p.lines {
		if _, err := s.exec(ctx, tx, insertLine, order, i+1, l.Product, l.SKU, l.Name, l.Quantity, l.Unit, l.Per, l.Base, l.PricedFrom, l.Tax, l.Total, l.Total); err != nil {
			return 0, fmt.Errorf("line %d: %w", i+1, err)
		}
		if err := s.changed(ctx, tx, errShort, reserveStock, l.Quantity, l.SKU); err != nil {
			return 0, fmt.Errorf("%d of %s: %w", l.Quantity, l.SKU, err)
		}
		if _, err := s.exec(ctx, tx, insertMovement, l.SKU, "reserved", l.Quantity, "order placed", reference, p.at, p.actor); err != nil {
			return 0, fmt.Errorf("movement of %s: %w", l.SKU, err)
		}
	}
	if p.cart != 0 {
		if err := s.changed(ctx, tx, errCartGone, closeCart, order, p.at, p.cart); err != nil {
			return 0, fmt.Errorf("cart: %w", err)
		}
	}
	if _, err := s.exec(ctx, tx, insertMessage, order, p.at); err != nil {
		return 0, fmt.Errorf("message: %w", err)
	}
	return order, nil
}

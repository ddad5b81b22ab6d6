package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// The statements of the pages of a shop.
const (
	selectPage = `SELECT p.id, p.sku, p.handle, p.name, p.vendor, p.image, r.base, r.sale
FROM products p
JOIN prices r ON r.sku = p.sku AND r.valid_from = (SELECT max(valid_from) FROM prices WHERE sku = p.sku AND valid_from <= ?3)
WHERE p.status = 'active' AND (p.name, p.sku) > (?1, ?2)
ORDER BY p.name, p.sku LIMIT ?4`
	selectPrice = `SELECT p.name, p.status, r.base, r.sale
FROM products p JOIN prices r ON r.sku = p.sku
WHERE p.sku = ?1 AND r.valid_from <= ?2
ORDER BY r.valid_from DESC LIMIT 1`
	selectOrders = `SELECT id, status, placed_at, total, currency, lines, pieces
FROM orders WHERE person = ? ORDER BY placed_at DESC, id DESC LIMIT ?`
)

// shown is a product as a page shows it.
type shown struct {
	product                          int64
	sku, handle, name, vendor, image string
	price, base                      int64
}

// page lists the products behind a name and SKU, by both, with what they cost at an instant.
func (s *plainShop) page(ctx context.Context, name, sku string, at int64, limit int) ([]shown, error) {
	rows, err := s.rows(ctx, nil, selectPage, name, sku, at, limit)
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	defer rows.Close()
	page := make([]shown, 0, limit)
	for rows.Next() {
		var is shown
		var sale sql.NullInt64
		if err := rows.Scan(&is.product, &is.sku, &is.handle, &is.name, &is.vendor, &is.image, &is.base, &sale); err != nil {
			return nil, fmt.Errorf("page: %w", err)
		}
		is.price = is.base
		if sale.Valid {
			is.price = sale.Int64
		}
		page = append(page, is)
	}
	return page, rows.Err()
}

// offer says what an article is called and what it cost at an instant.
func (s *plainShop) offer(ctx context.Context, sku string, at int64) (shown, error) {
	is := shown{sku: sku}
	var status string
	var sale sql.NullInt64
	err := s.row(ctx, nil, selectPrice, sku, at).Scan(&is.name, &status, &is.base, &sale)
	if errors.Is(err, sql.ErrNoRows) || err == nil && status != "active" {
		err = errOffer
	}
	if err != nil {
		return is, fmt.Errorf("price of %s: %w", sku, err)
	}
	is.price = is.base
	if sale.Valid {
		is.price = sale.Int64
	}
	return is, nil
}

// plainOrder is an order as a list shows it.
type plainOrder struct {
	id, placed, total, lines, pieces int64
	status, currency                 string
}

// orders lists the newest orders of whose session it is.
func (s *plainShop) orders(ctx context.Context, token plainToken, limit int) ([]plainOrder, error) {
	person, err := s.person(ctx, nil, token)
	if err != nil {
		return nil, err
	}
	rows, err := s.rows(ctx, nil, selectOrders, person, limit)
	if err != nil {
		return nil, fmt.Errorf("orders: %w", err)
	}
	defer rows.Close()
	list := make([]plainOrder, 0, limit)
	for rows.Next() {
		var o plainOrder
		if err := rows.Scan(&o.id, &o.status, &o.placed, &o.total, &o.currency, &o.lines, &o.pieces); err != nil {
			return nil, fmt.Errorf("orders: %w", err)
		}
		list = append(list, o)
	}
	return list, rows.Err()
}

// cart says what the cart of whose session it is costs now.
func (s *plainShop) cart(ctx context.Context, token plainToken) (plainQuote, error) {
	person, err := s.person(ctx, nil, token)
	if err != nil {
		return plainQuote{}, err
	}
	_, q, err := s.quote(ctx, nil, person)
	return q, err
}

package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// The statements that a buyer needs besides.
const (
	selectSession = `SELECT person, expires_at FROM sessions WHERE token_hash = ?`
	selectKey     = `SELECT fingerprint, order_id FROM idempotency_keys WHERE person = ? AND key = ?`
	selectQuote   = `SELECT c.id, p.id, p.sku, p.name, p.status, p.tax_category, l.quantity, r.base, r.sale, r.per, r.valid_from
FROM carts c
JOIN cart_lines l ON l.cart_id = c.id
JOIN products p ON p.sku = l.sku
JOIN prices r ON r.sku = l.sku AND r.valid_from = (SELECT max(valid_from) FROM prices WHERE sku = l.sku AND valid_from <= ?2)
WHERE c.person = ?1 AND c.status = 'open'
ORDER BY l.n`
	selectCart     = `SELECT id FROM carts WHERE person = ? AND status = 'open'`
	insertCart     = `INSERT INTO carts (person, status, updated_at) VALUES (?, 'open', ?)`
	touchCart      = `UPDATE carts SET updated_at = ? WHERE id = ? AND status = 'open'`
	selectOffer    = `SELECT p.id FROM products p WHERE p.sku = ?1 AND p.status = 'active' AND EXISTS (SELECT 1 FROM prices WHERE sku = ?1 AND valid_from <= ?2)`
	insertCartLine = `INSERT INTO cart_lines (cart_id, sku, n, quantity)
VALUES (?1, ?2, 1 + (SELECT coalesce(max(n), 0) FROM cart_lines WHERE cart_id = ?1), ?3)
ON CONFLICT (cart_id, sku) DO UPDATE SET quantity = quantity + excluded.quantity`
)

// hotStatements are those that a shop with prepared statements keeps.
var hotStatements = []string{
	insertOrder, insertLine, insertContact, insertEvents, insertKey, insertMessage, reserveStock, insertMovement, closeCart,
	selectSession, selectKey, selectQuote, selectCart, insertCart, touchCart, selectOffer, insertCartLine,
	selectPage, selectPrice, selectOrders,
}

var (
	errSession = errors.New("the session has ended")
	errDrift   = errors.New("the cart no longer costs what was accepted")
	errKey     = errors.New("the key was used for another request")
	errEmpty   = errors.New("the cart is empty")
	errOffer   = errors.New("it cannot be bought")
)

// plainToken stands for a session; the file has its hash.
type plainToken [32]byte

// person finds whose session a token is, with or without a transaction.
func (s *plainShop) person(ctx context.Context, tx *sql.Tx, token plainToken) (int64, error) {
	hash := sha256.Sum256(token[:])
	var person, expires int64
	err := s.row(ctx, tx, selectSession, hash[:]).Scan(&person, &expires)
	if errors.Is(err, sql.ErrNoRows) || err == nil && expires <= time.Now().UnixMicro() {
		return 0, errSession
	}
	if err != nil {
		return 0, fmt.Errorf("session: %w", err)
	}
	return person, nil
}

// plainQuote is what a cart costs.
type plainQuote struct {
	Lines []plainLine
	Total int64
}

// quote reads the open cart of a person and computes what it costs now.
func (s *plainShop) quote(ctx context.Context, tx *sql.Tx, person int64) (cart int64, q plainQuote, err error) {
	rows, err := s.rows(ctx, tx, selectQuote, person, time.Now().UnixMicro())
	if err != nil {
		return 0, q, fmt.Errorf("quote: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var l plainLine
		var status string
		var sale sql.NullInt64
		if err := rows.Scan(&cart, &l.Product, &l.SKU, &l.Name, &status, &l.Tax, &l.Quantity, &l.Base, &sale, &l.Per, &l.PricedFrom); err != nil {
			return 0, q, fmt.Errorf("quote: %w", err)
		}
		if status != "active" {
			return 0, q, fmt.Errorf("%s: %w", l.SKU, errOffer)
		}
		l.Unit = l.Base
		if sale.Valid {
			l.Unit = sale.Int64
		}
		l.Total = lineTotal(l)
		q.Lines, q.Total = append(q.Lines, l), q.Total+l.Total
	}
	return cart, q, rows.Err()
}

// lineTotal is quantity times price, rounded half up to the penny.
func lineTotal(l plainLine) int64 { return (2*l.Unit*l.Quantity + l.Per) / (2 * l.Per) }

// digest stands for what the buyer sees and agrees to.
func (q plainQuote) digest(country string) ([32]byte, error) {
	type line struct {
		SKU, Name                  string
		Quantity, Unit, Per, Total int64
	}
	seen := struct {
		Currency, Country string
		Lines             []line
		Total             int64
	}{currencyCode, country, nil, q.Total}
	for _, l := range q.Lines {
		seen.Lines = append(seen.Lines, line{l.SKU, l.Name, l.Quantity, l.Unit, l.Per, l.Total})
	}
	text, err := json.Marshal(seen)
	return sha256.Sum256(text), err
}

// plainRequest asks to place an order from the cart.
type plainRequest struct {
	token   plainToken
	key     string
	accept  [32]byte // the digest of the quote that the buyer saw
	contact words
}

// checkout places an order from the cart, in one transaction: once for each key.
// replayed says that an earlier call had placed it.
func (s *plainShop) checkout(ctx context.Context, r *plainRequest) (order int64, replayed bool, err error) {
	err = s.write(ctx, func(tx *sql.Tx) error {
		person, err := s.person(ctx, tx, r.token)
		if err != nil {
			return err
		}
		fingerprint := sha256.Sum256(append([]byte("checkout"), r.accept[:]...))
		var earlier []byte
		err = s.row(ctx, tx, selectKey, person, r.key).Scan(&earlier, &order)
		switch {
		case err == nil && string(earlier) != string(fingerprint[:]):
			return fmt.Errorf("%q: %w", r.key, errKey)
		case err == nil:
			replayed = true
			return nil
		case !errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("key: %w", err)
		}
		cart, q, err := s.quote(ctx, tx, person)
		if err != nil {
			return err
		}
		if len(q.Lines) == 0 {
			return errEmpty
		}
		if digest, err := q.digest(r.contact.country); err != nil || digest != r.accept {
			return errors.Join(err, errDrift)
		}
		order, err = s.placeIn(ctx, tx, &placement{
			person: person, actor: "guest", cart: cart, at: time.Now().UnixMicro(), key: r.key, fingerprint: fingerprint,
			contact: r.contact, lines: q.Lines, total: q.Total,
		})
		return err
	})
	return order, replayed, err
}

// add puts pieces of an article into the cart.
func (s *plainShop) add(ctx context.Context, token plainToken, sku string, quantity int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		person, err := s.person(ctx, tx, token)
		if err != nil {
			return err
		}
		now := time.Now().UnixMicro()
		var product int64
		if err := s.row(ctx, tx, selectOffer, sku, now).Scan(&product); err != nil {
			if errors.Is(err, sql.ErrNoRows) {
				err = errOffer
			}
			return fmt.Errorf("%s: %w", sku, err)
		}
		var cart int64
		err = s.row(ctx, tx, selectCart, person).Scan(&cart)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			result, err := s.exec(ctx, tx, insertCart, person, now)
			if err != nil {
				return fmt.Errorf("cart: %w", err)
			}
			if cart, err = result.LastInsertId(); err != nil {
				return fmt.Errorf("cart: %w", err)
			}
		case err != nil:
			return fmt.Errorf("cart: %w", err)
		default:
			if err := s.changed(ctx, tx, errCartGone, touchCart, now, cart); err != nil {
				return fmt.Errorf("cart: %w", err)
			}
		}
		if _, err := s.exec(ctx, tx, insertCartLine, cart, sku, quantity); err != nil {
			return fmt.Errorf("line of %s: %w", sku, err)
		}
		return nil
	})
}

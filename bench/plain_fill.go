package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"
)

// bulk is how many rows of one kind go into one transaction when a shop is filled.
const bulk = 400

// putArticles puts the articles from..to into the shop, with prices and stock.
func (s *plainShop) putArticles(ctx context.Context, start time.Time, articles int) error {
	first, since := start.Add(-firstPrices).UnixMicro(), start.Add(-newPrices).UnixMicro()
	for from := 0; from < articles; from += bulk {
		err := s.write(ctx, func(tx *sql.Tx) error {
			for i := from; i < min(from+bulk, articles); i++ {
				a := articleAt(i)
				if err := s.putArticle(ctx, tx, a.sku, a.handle, a.name, a.vendor, a.description, onHand, first); err != nil {
					return err
				}
				for _, price := range []struct{ from, base int64 }{{first, a.first}, {since, a.since}} {
					if err := s.setPrice(ctx, tx, a.sku, price.base, 1, price.from); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// putArticle adds a product with what there is of it.
func (s *plainShop) putArticle(ctx context.Context, tx *sql.Tx, sku, handle, name, vendor, description string, stock, at int64) error {
	_, err := s.exec(ctx, tx, `INSERT INTO products (sku, handle, name, vendor, description, status, created_at) VALUES (?, ?, ?, ?, ?, 'active', ?)`,
		sku, handle, name, vendor, description, at)
	if err == nil {
		_, err = s.exec(ctx, tx, `INSERT INTO stock (sku, available, reserved) VALUES (?, ?, 0)`, sku, stock)
	}
	if err == nil {
		_, err = s.exec(ctx, tx, insertMovement, sku, "received", stock, "opening stock", "", at, "import")
	}
	if err != nil {
		return fmt.Errorf("article %s: %w", sku, err)
	}
	return nil
}

// setPrice records what an article costs from an instant on.
func (s *plainShop) setPrice(ctx context.Context, tx *sql.Tx, sku string, base, per, from int64) error {
	_, err := s.exec(ctx, tx, `INSERT INTO prices (sku, valid_from, base, per, recorded_at, recorded_by) VALUES (?1, ?2, ?3, ?4, ?2, 'staff')
ON CONFLICT (sku, valid_from) DO UPDATE SET base = excluded.base, per = excluded.per`, sku, from, base, per)
	if err != nil {
		return fmt.Errorf("price of %s: %w", sku, err)
	}
	return nil
}

// visit is a guest's session with an open cart.
type visit struct {
	person int64
	token  plainToken
	cart   int64
	three  []wanted
}

// visits begins sessions of guests, each with three articles in the cart.
func (s *plainShop) visits(ctx context.Context, random *rand.Rand, first int64, n, articles int) ([]visit, error) {
	var all []visit
	now := time.Now()
	for from := 0; from < n; from += bulk {
		err := s.write(ctx, func(tx *sql.Tx) error {
			for i := from; i < min(from+bulk, n); i++ {
				v := visit{person: first + int64(i), three: pickThree(random, articles)}
				for part := 0; part < len(v.token); part += 8 {
					binary.LittleEndian.PutUint64(v.token[part:], random.Uint64())
				}
				hash := sha256.Sum256(v.token[:])
				if _, err := tx.ExecContext(ctx, `INSERT INTO sessions (token_hash, person, guest, begun_at, expires_at) VALUES (?, ?, 1, ?, ?)`,
					hash[:], v.person, now.UnixMicro(), now.Add(90*24*time.Hour).UnixMicro()); err != nil {
					return fmt.Errorf("session: %w", err)
				}
				result, err := s.exec(ctx, tx, insertCart, v.person, now.UnixMicro())
				if err != nil {
					return fmt.Errorf("cart: %w", err)
				}
				if v.cart, err = result.LastInsertId(); err != nil {
					return fmt.Errorf("cart: %w", err)
				}
				for _, w := range v.three {
					if _, err := s.exec(ctx, tx, insertCartLine, v.cart, skuAt(w.article), w.quantity); err != nil {
						return fmt.Errorf("cart: %w", err)
					}
				}
				all = append(all, v)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

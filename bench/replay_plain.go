package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// trade is what a file comes to.
type trade struct {
	articles       []*tradeArticle
	by             map[string]*tradeArticle
	first          int64
	orders, pieces int64
	total          int64
}

// tradeArticle is an article of the file, with how many pieces must be there beforehand.
type tradeArticle struct {
	sku, name string
	needs     int64
}

// surveyTrade reads a file as a whole.
func surveyTrade(path string) (*trade, error) {
	t := &trade{by: make(map[string]*tradeArticle)}
	for is, err := range tradeInvoices(path) {
		if err != nil {
			return nil, err
		}
		if t.first == 0 {
			t.first = is.at
		}
		sold := false
		for _, r := range is.rows {
			a := t.by[r.sku]
			if a == nil {
				a = &tradeArticle{sku: r.sku, name: r.name}
				t.by[r.sku], t.articles = a, append(t.articles, a)
			}
			if r.quantity < 0 {
				a.needs -= r.quantity
				continue
			}
			sold = true
			a.needs += r.quantity
			t.pieces += r.quantity
			t.total += r.total()
		}
		if sold {
			t.orders++
		}
	}
	return t, nil
}

// plainReplay takes trade through a shop by hand.
type plainReplay struct {
	*plainShop
	customers map[string]int64
	prices    map[string][2]int64 // in force: pence, for so many
	guests    int64
}

// The further statements that it needs.
const (
	selectListed   = `SELECT p.id, p.name, p.tax_category, r.base, r.per, r.valid_from FROM products p JOIN prices r ON r.sku = p.sku WHERE p.sku = ?1 AND p.status = 'active' AND r.valid_from <= ?2 ORDER BY r.valid_from DESC LIMIT 1`
	insertCustomer = `INSERT INTO customers (email, name, created_at) VALUES (?, ?, ?)`
	adjustStock    = `UPDATE stock SET available = available + ?1 WHERE sku = ?2 AND available + ?1 >= 0`
)

// stock puts all articles into the shop, with what will be sold of them.
func (p *plainReplay) stock(ctx context.Context, t *trade) error {
	for from := 0; from < len(t.articles); from += bulk {
		err := p.write(ctx, func(tx *sql.Tx) error {
			for _, a := range t.articles[from:min(from+bulk, len(t.articles))] {
				if err := p.putArticle(ctx, tx, a.sku, a.sku, a.name, "", "", a.needs, t.first); err != nil {
					return err
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

// invoice replays one: its prices are set in a transaction, its order is placed in
// another, and each adjustment is one.
func (p *plainReplay) invoice(ctx context.Context, is *tradeInvoice) error {
	var edits, sales []tradeRow
	first := make(map[string]bool)
	for _, r := range is.rows {
		if r.quantity < 0 {
			continue
		}
		sales = append(sales, r)
		if price := [2]int64{r.unit, r.per}; !first[r.sku] && p.prices[r.sku] != price {
			edits = append(edits, r)
		}
		first[r.sku] = true
	}
	if len(edits) > 0 {
		err := p.write(ctx, func(tx *sql.Tx) error {
			for _, r := range edits {
				if err := p.setPrice(ctx, tx, r.sku, r.unit, r.per, is.at); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range edits {
			p.prices[r.sku] = [2]int64{r.unit, r.per}
		}
	}
	if len(sales) > 0 {
		if err := p.order(ctx, is, sales); err != nil {
			return err
		}
	}
	for _, r := range is.rows {
		if r.quantity >= 0 {
			continue
		}
		err := p.write(ctx, func(tx *sql.Tx) error {
			if err := p.changed(ctx, tx, errShort, adjustStock, r.quantity, r.sku); err != nil {
				return err
			}
			_, err := p.exec(ctx, tx, insertMovement, r.sku, "adjusted", r.quantity, r.name, is.number, is.at, "staff")
			return err
		})
		if err != nil {
			return fmt.Errorf("adjustment of %s: %w", r.sku, err)
		}
	}
	return nil
}

// order places the order of an invoice, and makes its customer if there is none yet.
func (p *plainReplay) order(ctx context.Context, is *tradeInvoice, sales []tradeRow) error {
	order := &placement{actor: "staff", at: is.at, key: fmt.Sprintf("invoice %s/%d", is.number, is.at), reference: is.number, contact: words{country: is.country}}
	if is.customer == "" {
		p.guests++
		order.person, order.contact.name, order.contact.email = -p.guests, "Guest", "guest@example.com"
	} else {
		order.person = p.customers[is.customer]
		order.contact.name, order.contact.email = "Customer "+is.customer, "customer-"+is.customer+"@example.com"
	}
	made := order.person == 0
	err := p.write(ctx, func(tx *sql.Tx) error {
		if made {
			result, err := p.exec(ctx, tx, insertCustomer, order.contact.email, order.contact.name, is.at)
			if err != nil {
				return fmt.Errorf("customer: %w", err)
			}
			if order.person, err = result.LastInsertId(); err != nil {
				return fmt.Errorf("customer: %w", err)
			}
		}
		for _, r := range sales {
			l := plainLine{SKU: r.sku, Quantity: r.quantity}
			if err := p.row(ctx, tx, selectListed, r.sku, is.at).Scan(&l.Product, &l.Name, &l.Tax, &l.Base, &l.Per, &l.PricedFrom); err != nil {
				return fmt.Errorf("%s: %w", r.sku, err)
			}
			l.Unit = l.Base
			if l.Base != r.unit || l.Per != r.per { // another price on the same invoice was agreed
				l.Unit, l.Per = r.unit, r.per
			}
			l.Total = lineTotal(l)
			order.lines, order.total = append(order.lines, l), order.total+l.Total
		}
		_, err := p.placeIn(ctx, tx, order)
		return err
	})
	if err == nil && made {
		p.customers[is.customer] = order.person
	}
	return err
}

// replayPlain gives the time of a replay into a new file. The file of trade is read
// while it is replayed, and was read once before.
func replayPlain(ctx context.Context, path, db string, t *trade) (took time.Duration, err error) {
	shop, err := openPlain(ctx, db, full, false)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shop.close()) }()
	p := &plainReplay{plainShop: shop, customers: make(map[string]int64), prices: make(map[string][2]int64)}
	start := time.Now()
	if err := p.stock(ctx, t); err != nil {
		return 0, err
	}
	for is, err := range tradeInvoices(path) {
		if err != nil {
			return 0, err
		}
		if err := p.invoice(ctx, is); err != nil {
			return 0, fmt.Errorf("invoice %s: %w", is.number, err)
		}
	}
	took = time.Since(start)
	var orders, total, reserved, available int64
	err = shop.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM orders), (SELECT sum(total) FROM order_lines), (SELECT sum(reserved) FROM stock), (SELECT sum(available) FROM stock)`).
		Scan(&orders, &total, &reserved, &available)
	if err != nil {
		return 0, err
	}
	if orders != t.orders || total != t.total || reserved != t.pieces || available != 0 {
		return 0, fmt.Errorf("plain has %d orders of %d pence, %d pieces reserved and %d left; the file says %d of %d, %d and none", orders, total, reserved, available, t.orders, t.total, t.pieces)
	}
	return took, nil
}

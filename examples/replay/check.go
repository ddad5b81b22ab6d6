package main

import (
	"context"
	"fmt"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
)

// checked is what the database has after the replay.
type checked struct {
	revenue till.Revenue // by month
	total   money.Amount
	orders  int
	lines   int
	priced  int // lines whose price is the timeline's
	agreed  int // lines at an agreed price
	stocks  int // articles whose stock reconciles
	changes int // of prices
}

// check reads everything back: every order proves itself, every price in it is that of
// the article's timeline for the instant, or an agreed one, and every stock is the sum
// of its movements. Orders are read one at a time; what is kept are the articles'
// prices, some hundred bytes for each change.
func check(ctx context.Context, shop *till.Shop, s *survey, done func(orders int)) (checked, error) {
	var c checked
	staff := shop.Staff("check")
	prices := make(map[till.SKU]till.Prices, len(s.articles))
	for _, a := range s.articles {
		if err := reconcile(ctx, staff, a); err != nil {
			return c, fmt.Errorf("stock of %s: %w", a.sku, err)
		}
		c.stocks++
		is, err := staff.Prices(ctx, a.sku)
		if err != nil {
			return c, err
		}
		prices[a.sku] = is
		for range is.All() {
			c.changes++
		}
	}
	all := till.All(till.PageRequest{Limit: 200}, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
		return staff.Orders(ctx, till.OrderQuery{PageRequest: r})
	})
	for summary, err := range all {
		if err != nil {
			return c, err
		}
		order, err := staff.Order(ctx, summary.ID)
		if err == nil {
			err = c.order(order, prices)
		}
		if err != nil {
			return c, fmt.Errorf("order %s: %w", summary.Number, err)
		}
		done(c.orders)
	}
	var err error
	c.revenue, err = staff.Revenue(ctx, till.RevenueRequest{By: till.Month, Zone: "Europe/London"})
	return c, err
}

func (c *checked) order(o till.Order, prices map[till.SKU]till.Prices) error {
	if err := o.Verify(); err != nil {
		return err
	}
	lines := o.Lines()
	for _, l := range lines {
		if l.Agreed != nil {
			if l.Price != l.Agreed.Price {
				return fmt.Errorf("line %d costs %s, agreed was %s", l.N, l.Price, l.Agreed.Price)
			}
			c.agreed++
			continue
		}
		is, ok := prices[l.SKU].On(o.Placed(), till.MaxInstant, 1)
		if !ok || is.Price != l.Price || is.Entry != l.Entry {
			return fmt.Errorf("line %d costs %s, the timeline of %s says %s at %s", l.N, l.Price, l.SKU, is.Price, o.Placed())
		}
		c.priced++
	}
	c.lines += len(lines)
	c.orders++
	total, err := c.total.Add(o.Total())
	c.total = total
	return err
}

// reconcile compares a stock with the sum of its movements and with the file: nothing
// ships here, so what was sold is reserved, and nothing else is left.
func reconcile(ctx context.Context, staff *till.Staff, a *article) error {
	is, err := staff.Stock(ctx, a.sku)
	if err != nil {
		return err
	}
	ledger, err := staff.Ledger(ctx, till.LedgerRequest{SKU: a.sku})
	if err != nil {
		return err
	}
	if ledger.Closing() != is {
		return fmt.Errorf("it is %+v, its movements give %+v", is, ledger.Closing())
	}
	if is.Available != 0 || is.Reserved != a.sold || ledger.Sum(till.Adjusted) != a.adjusted {
		return fmt.Errorf("%d are available, %d reserved, %d adjusted: the file sells %d and adjusts %d", is.Available, is.Reserved, ledger.Sum(till.Adjusted), a.sold, a.adjusted)
	}
	return nil
}

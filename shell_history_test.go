package till_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

func pounds(price string) money.Price { return money.MustParsePrice(price, money.GBP) }

// historyOf gives the whole history of an article's standard prices.
func (s *stall) historyOf(sku till.SKU) ([]till.PriceRecord, error) {
	var all []till.PriceRecord
	for r, err := range s.staff.PriceHistory(s.ctx, sku, till.PriceList{}) {
		if err != nil {
			return all, err
		}
		all = append(all, r)
	}
	return all, nil
}

// The history says of every change what, valid from when, recorded when, by whom and
// why, however small the pages in which a store hands it out.
func TestShellPriceHistory(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		small := &pagedStore{Store: db}
		s := newStall(t, small)
		opened := s.clock.instant()
		s.sells("MUG", "9.50", 5)
		s.sells("CUP", "1.00", 5)
		s.clock.pass(time.Hour)
		next := opened.Add(100 * time.Hour)
		s.must(s.staff.Because("spring sale").ChangePrice(s.ctx, "MUG", till.PriceChange{Price: pounds("8"), Sale: true, From: next}))
		s.must(s.shop.Staff("import").ChangePrice(s.ctx, "MUG", till.PriceChange{Price: pounds("7.25"), MinQuantity: 12, From: opened}))
		s.clock.pass(time.Hour)
		s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Mark: till.Retract, Sale: true, From: next}))
		s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Mark: till.Clear, From: next}))
		s.must(s.staff.DeleteProduct(s.ctx, "MUG")) // its past stays

		got, err := s.historyOf("MUG")
		s.must(err)
		s.same("history", got, []till.PriceRecord{
			{N: 1, From: opened, Recorded: opened, Mark: till.Set, Price: pounds("9.50"), MinQuantity: 1, By: "back-office"},
			{N: 2, From: next, Recorded: opened.Add(time.Hour), Mark: till.Set, Price: pounds("8"), Sale: true, MinQuantity: 1, By: "back-office", Note: "spring sale"},
			{N: 3, From: opened, Recorded: opened.Add(time.Hour), Mark: till.Set, Price: pounds("7.25"), MinQuantity: 12, By: "import"},
			{N: 4, From: next, Recorded: opened.Add(2 * time.Hour), Mark: till.Retract, Sale: true, MinQuantity: 1, By: "back-office"},
			{N: 5, From: next, Recorded: opened.Add(2 * time.Hour), Mark: till.Clear, MinQuantity: 1, By: "back-office"},
		})
		if small.pages < 3 {
			t.Errorf("the store was asked for %d pages: more were meant", small.pages)
		}
		small.pages = 0
		for r, err := range s.staff.PriceHistory(s.ctx, "MUG", till.PriceList{}) {
			s.must(err)
			if r.N == 2 {
				break
			}
		}
		s.same("pages that were asked for, up to where the loop ended", small.pages, 1)

		for _, list := range []till.PriceList{{List: "trade"}, {Currency: money.EUR}} {
			for r, err := range s.staff.PriceHistory(s.ctx, "MUG", list) {
				t.Errorf("a list without prices gives %+v, %v", r, err)
			}
		}
		for _, list := range []till.PriceList{{List: till.StandardList}, {Currency: money.GBP}} {
			first := till.PriceRecord{}
			for r, err := range s.staff.PriceHistory(s.ctx, "CUP", list) {
				s.must(err)
				first = r
			}
			s.same("the price of a cup", first.Price, pounds("1.00"))
		}
	})
}

func TestShellPriceHistoryRefusals(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "9.50", 5)
	for name, c := range map[string]struct {
		sku  till.SKU
		list till.PriceList
		want error
	}{
		"no product has it": {"CUP", till.PriceList{}, till.ErrNotFound},
		"no SKU":            {"", till.PriceList{}, till.ErrInvalid},
		"no word":           {"MUG", till.PriceList{List: "Trade"}, till.ErrInvalid},
		"no currency":       {"MUG", till.PriceList{Currency: 9999}, till.ErrInvalid},
	} {
		yields := 0
		for r, err := range s.staff.PriceHistory(s.ctx, c.sku, c.list) {
			yields++
			if !errors.Is(err, c.want) || r != (till.PriceRecord{}) {
				t.Errorf("%s: %+v, %v, want %v", name, r, err, c.want)
			}
		}
		s.same(name+": what is yielded", yields, 1)
	}
}

// Neither a history nor a lowest price is read from entries that were lost, altered,
// repeated or turned around.
func TestShellPriceHistoryDamaged(t *testing.T) {
	for name, damage := range map[string]func([]store.Entry) []store.Entry{
		"the last is lost":  func(e []store.Entry) []store.Entry { return e[:len(e)-1] },
		"the first is lost": func(e []store.Entry) []store.Entry { return e[1:] },
		"all are lost":      func([]store.Entry) []store.Entry { return nil },
		"turned around":     func(e []store.Entry) []store.Entry { slices.Reverse(e); return e },
		"one twice":         func(e []store.Entry) []store.Entry { return slices.Insert(e, 1, e[0]) },
		"altered":           func(e []store.Entry) []store.Entry { e[1].At++; return e },
		"those of another article": func(e []store.Entry) []store.Entry {
			p, err := till.NewPrices("CUP", inPounds)
			check(err)
			var other []store.Entry
			for range e {
				var made []till.Entry
				p, made, err = p.Change(meta(date(6, 1)), till.PriceChange{Price: pounds("1")})
				check(err)
				other = append(other, made...)
			}
			return other
		},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := &damagedStore{Store: memory.New()}
			s := newStall(t, damaged)
			s.sells("MUG", "9.50", 5)
			s.must(s.staff.SetPrice(s.ctx, "MUG", "9.00"))
			s.must(s.staff.SetPrice(s.ctx, "MUG", "8.00"))
			damaged.damage = damage
			if all, err := s.historyOf("MUG"); !errors.Is(err, till.ErrDamaged) {
				t.Errorf("the history is %+v, %v", all, err)
			}
			if l, err := s.shop.LowestPrice(s.ctx, till.LowestPriceRequest{SKU: "MUG", Before: s.clock.instant() + 1}); !errors.Is(err, till.ErrDamaged) {
				t.Errorf("the lowest price is %+v, %v", l, err)
			}
		})
	}
}

// Before a sale, at it and after it: the prior price of the thirty days before.
func TestShellLowestPrice(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 5)
		opened, days := s.clock.instant(), func(n int) till.Instant { return s.clock.instant().Add(time.Duration(n) * 24 * time.Hour) }
		s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Price: pounds("9.00"), MinQuantity: 6}))
		s.clock.pass(50 * 24 * time.Hour)
		s.must(s.staff.SetPrice(s.ctx, "MUG", "15.00")) // raised ...
		sale := days(2)
		s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Price: pounds("10.50"), Sale: true, From: sale})) // ... for a sale
		after := days(60)
		s.must(s.staff.ChangePrice(s.ctx, "MUG", till.PriceChange{Mark: till.Clear, Sale: true, From: days(40)}))
		s.clock.pass(80 * 24 * time.Hour)

		for name, c := range map[string]struct {
			r     till.LowestPriceRequest
			price string
			sale  bool
			at    till.Instant
			entry int64
		}{
			"before the sale":           {till.LowestPriceRequest{Before: sale}, "10.00", false, sale.Add(-30 * 24 * time.Hour), 1},
			"of a day":                  {till.LowestPriceRequest{Before: sale, Window: 24 * time.Hour}, "15.00", false, sale.Add(-24 * time.Hour), 3},
			"before another":            {till.LowestPriceRequest{Before: after}, "10.50", true, after.Add(-30 * 24 * time.Hour), 4},
			"now":                       {till.LowestPriceRequest{}, "15.00", false, s.clock.instant().Add(-30 * 24 * time.Hour), 3},
			"of six":                    {till.LowestPriceRequest{Before: sale, Quantity: 6}, "9.00", false, sale.Add(-30 * 24 * time.Hour), 2},
			"of the first day":          {till.LowestPriceRequest{Before: opened + 1}, "10.00", false, opened, 1},
			"of the list that it means": {till.LowestPriceRequest{Before: sale, List: till.PriceList{List: till.StandardList, Currency: money.GBP}}, "10.00", false, sale.Add(-30 * 24 * time.Hour), 1},
		} {
			c.r.SKU = "MUG"
			got, err := s.staff.LowestPrice(s.ctx, c.r)
			s.must(err)
			s.same(name, fmt.Sprint(got.Price.Number(), got.Sale, got.At, got.Entry), fmt.Sprint(c.price, c.sale, c.at, c.entry))
			shown, err := s.shop.LowestPrice(s.ctx, c.r)
			s.must(err)
			s.same(name+", in the storefront", shown, got)
		}

		for name, c := range map[string]struct {
			r    till.LowestPriceRequest
			want error
			kind string
		}{
			"no article":          {till.LowestPriceRequest{SKU: "CUP"}, till.ErrNotFound, "SKU"},
			"no price yet":        {till.LowestPriceRequest{SKU: "MUG", Before: opened}, till.ErrNotFound, "price"},
			"no price in a list":  {till.LowestPriceRequest{SKU: "MUG", List: till.PriceList{List: "trade"}}, till.ErrNotFound, "price"},
			"a window backwards":  {till.LowestPriceRequest{SKU: "MUG", Window: -time.Hour}, till.ErrInvalid, ""},
			"a window of nothing": {till.LowestPriceRequest{SKU: "MUG", Window: 1}, till.ErrInvalid, ""},
			"beyond all time":     {till.LowestPriceRequest{SKU: "MUG", Before: till.MaxInstant + 1}, till.ErrInvalid, ""},
			"fewer than none":     {till.LowestPriceRequest{SKU: "MUG", Quantity: -1}, till.ErrInvalid, ""},
			"no SKU":              {till.LowestPriceRequest{}, till.ErrInvalid, ""},
		} {
			got, err := s.staff.LowestPrice(s.ctx, c.r)
			var missing *till.NotFoundError
			if !errors.Is(err, c.want) || errors.As(err, &missing) && missing.Kind != c.kind || got != (till.LowestPrice{}) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
	})
}

// pagedStore hands out histories two entries at a time.
type pagedStore struct {
	store.Store
	pages int
}

// History gives a small page.
func (p *pagedStore) History(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
	p.pages++
	return p.Store.History(ctx, r, after, min(limit, 2))
}

// damagedStore damages the entries that it hands out.
type damagedStore struct {
	store.Store
	damage func([]store.Entry) []store.Entry
}

// History gives what is left.
func (d *damagedStore) History(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
	page, err := d.Store.History(ctx, r, after, limit)
	if d.damage != nil {
		page.Items = d.damage(page.Items)
	}
	return page, err
}

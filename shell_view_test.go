package till_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
)

// days moves the clock to the morning of a day of June 2026.
func (s *stall) day(n int) till.Instant {
	s.Helper()
	at := time.Date(2026, 6, n, 9, 0, 0, 0, time.UTC)
	s.clock.pass(at.Sub(s.clock.now()))
	return s.clock.instant()
}

func june(n int) till.Instant { return till.At(time.Date(2026, 6, n, 9, 0, 0, 0, time.UTC)) }

// shows gives what the page of an article said, in a line.
func (s *stall) shows(v *till.View, sku till.SKU) string {
	s.Helper()
	offer, err := v.Offer(s.ctx, sku, 1)
	var missing *till.UnavailableError
	if errors.As(err, &missing) {
		return string(missing.Reason)
	}
	s.must(err)
	if offer.Sale {
		return fmt.Sprintf("%s %s instead of %s", offer.Name, offer.Price, offer.Base)
	}
	return fmt.Sprintf("%s %s", offer.Name, offer.Price)
}

// TestShellViewOfAPage: what a page said on each day, and what it will say.
func TestShellViewOfAPage(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		change := func(c till.PriceChange) { s.Helper(); s.must(s.staff.ChangePrice(s.ctx, "MUG", c)) }
		gbp := func(text string) money.Price { return money.MustParsePrice(text, money.GBP) }

		s.day(2)
		s.sells("MUG", "9.50", 10)
		s.day(4)
		s.must(s.revised("MUG", func(d *till.Description) { d.Words[""] = till.Words{Name: "Green mug"} }))
		change(till.PriceChange{Price: gbp("12.00"), From: june(10)})
		s.day(6)
		change(till.PriceChange{Price: gbp("9.00"), From: june(3)}) // back-dated
		s.day(12)
		change(till.PriceChange{Price: gbp("8.00"), Sale: true})
		s.must(s.staff.ChangeListing(s.ctx, till.ListingChange{SKU: "MUG", Mark: till.Clear, From: june(20)}))
		s.day(14)
		s.must(s.staff.DeleteProduct(s.ctx, "MUG"))
		s.day(16)
		s.must(s.staff.RestoreProduct(s.ctx, "MUG"))
		s.day(17)

		for _, c := range []struct {
			day  int
			want string
		}{
			{1, "unknown"}, {2, "Blue MUG 9.50 GBP"}, {3, "Blue MUG 9.50 GBP"},
			{5, "Green mug 9.50 GBP"}, // the correction is not known yet
			{6, "Green mug 9.00 GBP"}, {9, "Green mug 9.00 GBP"},
			{10, "Green mug 12.00 GBP"}, // nothing was recorded on this day
			{12, "Green mug 8.00 GBP instead of 12.00 GBP"},
			{14, "deleted"}, {15, "deleted"}, {16, "Green mug 8.00 GBP instead of 12.00 GBP"},
			{19, "Green mug 8.00 GBP instead of 12.00 GBP"}, // Friday
			{20, "not listed"}, {30, "not listed"},
		} {
			s.same(fmt.Sprintf("the page on day %d", c.day), s.shows(s.shop.AsOf(june(c.day)), "MUG"), c.want)
		}
		for _, c := range []struct {
			day, known int
			want       string
		}{
			{5, 17, "Green mug 9.00 GBP"}, // as it should have been
			{5, 5, "Green mug 9.50 GBP"}, {5, 4, "Green mug 9.50 GBP"},
			{12, 11, "Green mug 12.00 GBP"}, // the sale was not known
			{12, 2, "Green mug 9.50 GBP"},   // nor the new price: the words are those of the day
			{3, 1, "no price"},
			{19, 4, "Green mug 12.00 GBP"}, // as it was planned on day 4
		} {
			s.same(fmt.Sprintf("the page on day %d, prices as known on day %d", c.day, c.known),
				s.shows(s.shop.AsOf(june(c.day)).AsKnown(june(c.known)), "MUG"), c.want)
		}

		view := s.shop.AsOf(june(5))
		s.same("the instants", []till.Instant{view.At(), view.Known(), view.AsKnown(june(7)).At(), view.AsKnown(june(7)).Known()},
			[]till.Instant{june(5), june(5), june(5), june(7)})
		prices, err := view.Prices(s.ctx, "MUG")
		s.must(err)
		product, err := view.Product(s.ctx, "MUG")
		s.must(err)
		s.same("revisions", []int64{prices.Revision(), product.Revision()}, []int64{2, 3})
		catalog, err := view.Catalog(s.ctx, "MUG", "MUG", "NONE")
		s.must(err)
		offer, err := catalog.Offer(till.OfferRequest{SKU: "MUG", List: till.PriceList{Currency: money.GBP}}, june(10))
		s.must(err)
		s.same("what was planned on day 5 for day 10", offer.Price.String(), "12.00 GBP")
		s.same("a plan that was not one yet", s.shows(s.shop.AsOf(june(3)), "MUG"), "Blue MUG 9.50 GBP")
	})
}

// A product is found by every SKU and every handle that it had by then, and by no other.
func TestShellViewFindsProducts(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.day(2)
		s.sells("MUG", "9.50", 10)
		product, err := s.staff.Product(s.ctx, "MUG")
		s.must(err)
		s.day(4)
		s.must(s.revised("MUG", func(d *till.Description) { d.Handle = "beaker" }))
		s.day(6)
		s.must(s.revised("MUG", func(d *till.Description) { d.Variants = append(d.Variants, till.Variant{SKU: "MUG-2"}) }))
		s.day(8)
		s.must(s.revised("MUG", func(d *till.Description) { d.Handle, d.Variants = "cup", d.Variants[1:] }))
		s.day(9)

		found := func(p till.Product, err error) string {
			s.Helper()
			if errors.Is(err, till.ErrNotFound) {
				return "-"
			}
			s.must(err)
			return fmt.Sprintf("%s %d", p.Handle(), p.Revision())
		}
		for _, c := range []struct {
			day  int
			want []string // by mug, beaker, cup, MUG, MUG-2 and id
		}{
			{1, []string{"-", "-", "-", "-", "-", "-"}},
			{2, []string{"mug 2", "-", "-", "mug 2", "-", "mug 2"}},
			{5, []string{"beaker 3", "beaker 3", "-", "beaker 3", "-", "beaker 3"}},
			{6, []string{"beaker 5", "beaker 5", "-", "beaker 5", "beaker 5", "beaker 5"}},
			{8, []string{"cup 6", "cup 6", "cup 6", "cup 6", "cup 6", "cup 6"}},
		} {
			view := s.shop.AsOf(june(c.day))
			got := []string{
				found(view.ProductByHandle(s.ctx, "mug")), found(view.ProductByHandle(s.ctx, "beaker")), found(view.ProductByHandle(s.ctx, "cup")),
				found(view.Product(s.ctx, "MUG")), found(view.Product(s.ctx, "MUG-2")), found(view.ProductByID(s.ctx, product.ID())),
			}
			s.same(fmt.Sprintf("day %d: by mug, beaker, cup, MUG, MUG-2 and id", c.day), got, c.want)
		}
		catalog, err := s.shop.AsOf(june(5)).Catalog(s.ctx, "MUG", "MUG-2")
		s.must(err)
		_, has := catalog.Product("MUG")
		_, later := catalog.Product("MUG-2")
		s.same("what the catalog of day 5 has", []bool{has, later}, []bool{true, false})
	})
}

// Stock is the sum of what had moved, and what may be sold is by the policy of the day.
func TestShellViewOfStock(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.day(2)
		s.sells("MUG", "9.50", 10)
		s.day(4)
		s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 3}).Buyer, "click")
		s.day(6)
		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Received, Quantity: 5, Location: "shed"}))
		s.must(s.revised("MUG", func(d *till.Description) { d.Variants[0].Stock = till.AllowBackorder(100) }))
		s.day(8)
		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "MUG", Kind: till.Adjusted, Quantity: -1}))
		s.must(s.revised("MUG", func(d *till.Description) { d.Variants[0].Stock = till.NotTracked }))
		s.day(9)
		for _, c := range []struct {
			day                                         int
			available, reserved, shed, sellable, ledger int64
		}{
			{2, 10, 0, 0, 10, 1}, {3, 10, 0, 0, 10, 1}, {4, 7, 3, 0, 7, 2}, {6, 7, 3, 5, 107, 2},
			{8, 6, 3, 5, till.MaxQuantity, 3}, {30, 6, 3, 5, till.MaxQuantity, 3},
		} {
			view := s.shop.AsOf(june(c.day))
			stock, err := view.Stock(s.ctx, "MUG")
			s.must(err)
			here, err := view.StockAt(s.ctx, till.Place{SKU: "MUG"})
			s.must(err)
			s.same("where checkouts sell from", here, stock)
			shed, err := view.StockAt(s.ctx, till.Place{SKU: "MUG", Location: "shed"})
			s.must(err)
			sellable, err := view.Available(s.ctx, "MUG", "MUG")
			s.must(err)
			s.same(fmt.Sprintf("day %d: available, reserved, on hand, in the shed, to be sold", c.day),
				[]int64{stock.Available, stock.Reserved, stock.OnHand(), shed.Available, sellable["MUG"]},
				[]int64{c.available, c.reserved, c.available + c.reserved, c.shed, c.sellable})
			for _, desc := range []bool{false, true} {
				ledger := int64(0)
				for _, err := range till.All(till.PageRequest{Limit: 1, Desc: desc}, func(r till.PageRequest) (till.Page[till.Movement], error) {
					return view.Movements(s.ctx, till.MovementQuery{PageRequest: r, SKU: "MUG"})
				}) {
					s.must(err)
					ledger++
				}
				s.same(fmt.Sprintf("day %d: movements", c.day), ledger, c.ledger)
			}
		}
		view := s.shop.AsOf(june(1))
		for what, err := range map[string]error{
			"Stock":     second(view.Stock(s.ctx, "MUG")),
			"StockAt":   second(view.StockAt(s.ctx, till.Place{SKU: "MUG", Location: "shed"})),
			"Available": second(view.Available(s.ctx, "MUG")),
			"Prices":    second(view.Prices(s.ctx, "MUG")),
		} {
			if !errors.Is(err, till.ErrNotFound) {
				t.Errorf("%s before the product was added: %v", what, err)
			}
		}
	})
}

// second gives the error of a call.
func second[T any](_ T, err error) error { return err }

// Orders and rules are as they were: what was not placed is not there, and metadata that
// came later is not on it.
func TestShellViewOfOrders(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.day(2)
		s.sells("MUG", "9.50", 100)
		guest := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		s.day(4)
		first := s.buys(guest.Buyer, "one")
		s.day(6)
		s.must(s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: money.HalfEven}}))
		s.must(guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 2}))
		second := s.buys(guest.Buyer, "two")
		s.day(8)
		s.must(s.staff.SetOrderMetadata(s.ctx, first.ID(), till.Metadata{"picker": "B7"}))
		s.day(9)

		numbers := func(day int, q till.OrderQuery) (all []string) {
			s.Helper()
			for o, err := range till.All(q.PageRequest, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
				q.PageRequest = r
				return s.shop.AsOf(june(day)).Orders(s.ctx, q)
			}) {
				s.must(err)
				all = append(all, fmt.Sprintf("%s/%d", o.Number, o.Revision))
			}
			return all
		}
		one, changed, two := first.Number()+"/2", first.Number()+"/3", second.Number()+"/2"
		for name, q := range map[string]till.OrderQuery{
			"all": {}, "by person": {Person: guest.Person()}, "by SKU": {SKU: "MUG"}, "by status": {Status: till.OrderPlaced},
			"by e-mail address": {Email: stallBuyer.Email}, "by bounds": {From: june(1), To: june(30)}, "one at a time": {PageRequest: till.PageRequest{Limit: 1}},
		} {
			s.same(name+", day 3", numbers(3, q), []string(nil))
			s.same(name+", day 4", numbers(4, q), []string{one})
			s.same(name+", day 30", len(numbers(30, q)), 2)
			s.same(name+", day 6", len(numbers(6, q)), 2)
		}
		s.same("from the newest, day 7", numbers(7, till.OrderQuery{PageRequest: till.PageRequest{Desc: true}}), []string{two, one})
		s.same("day 8", numbers(8, till.OrderQuery{}), []string{changed, two})
		s.same("to day 5", numbers(8, till.OrderQuery{To: june(5)}), []string{changed})
		s.same("from day 5, day 4", numbers(4, till.OrderQuery{From: june(5)}), []string(nil))
		s.same("that are only opened", numbers(8, till.OrderQuery{Status: till.OrderOpened}), []string(nil))
		s.same("by number, day 3", numbers(3, till.OrderQuery{Number: first.Number()}), []string(nil))
		s.same("by number, day 4", numbers(4, till.OrderQuery{Number: first.Number()}), []string{one})

		then, err := s.shop.AsOf(june(7)).Order(s.ctx, first.ID())
		s.must(err)
		s.same("the order of day 7", []any{then.Revision(), then.Metadata(), then.Verify()}, []any{int64(2), till.Metadata(nil), error(nil)})
		if _, err := s.shop.AsOf(june(3)).Order(s.ctx, first.ID()); !errors.Is(err, till.ErrNotFound) {
			t.Errorf("an order before it was opened: %v", err)
		}
		for day, want := range map[int]till.Rounding{5: till.Terms{}.Rounding(0), 6: {Mode: money.HalfEven}} {
			terms, err := s.shop.AsOf(june(day)).Terms(s.ctx)
			s.must(err)
			s.same(fmt.Sprintf("rounding on day %d", day), terms.Rounding(june(day)), want)
		}
	})
}

// Accounts are as they were; an e-mail address finds who had it then.
func TestShellViewOfPeople(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.day(2)
		ada := s.member("ada@example.com")
		s.day(4)
		s.must(ada.ChangeEmail(s.ctx, till.EmailChange{Email: "countess@example.com", Password: stallPassword}))
		s.day(6)
		bob := s.member("ada@example.com") // the address is free again
		s.day(8)
		s.must(s.staff.DisableCustomer(s.ctx, ada.Person()))
		s.day(10)
		s.must(s.staff.EnableCustomer(s.ctx, ada.Person()))
		s.day(12)

		show := func(a till.Account) string {
			name := "ada"
			if a.ID() == bob.Person() {
				name = "bob"
			}
			return fmt.Sprintf("%s %s %d", name, a.Status(), a.Revision())
		}
		list := func(day int, q till.CustomerQuery) (all []string) {
			s.Helper()
			for a, err := range till.All(till.PageRequest{Limit: 1}, func(r till.PageRequest) (till.Page[till.Account], error) {
				q.PageRequest = r
				return s.shop.AsOf(june(day)).Customers(s.ctx, q)
			}) {
				s.must(err)
				all = append(all, show(a))
			}
			return all
		}
		none := []string(nil)
		for day, want := range map[int]struct{ all, disabled, first, second []string }{
			1:  {none, none, none, none},
			2:  {[]string{"ada active 1"}, none, []string{"ada active 1"}, none},
			5:  {[]string{"ada active 2"}, none, none, []string{"ada active 2"}},
			6:  {[]string{"ada active 2", "bob active 1"}, none, []string{"bob active 1"}, []string{"ada active 2"}},
			8:  {[]string{"ada disabled 3", "bob active 1"}, []string{"ada disabled 3"}, []string{"bob active 1"}, []string{"ada disabled 3"}},
			30: {[]string{"ada active 4", "bob active 1"}, none, []string{"bob active 1"}, []string{"ada active 4"}},
		} {
			s.same(fmt.Sprintf("day %d: all", day), list(day, till.CustomerQuery{}), want.all)
			s.same(fmt.Sprintf("day %d: disabled", day), list(day, till.CustomerQuery{Status: till.AccountDisabled}), want.disabled)
			s.same(fmt.Sprintf("day %d: ada@example.com", day), list(day, till.CustomerQuery{Email: "Ada@Example.com"}), want.first)
			s.same(fmt.Sprintf("day %d: countess@example.com", day), list(day, till.CustomerQuery{Email: "countess@example.com"}), want.second)
			trail, err := s.shop.AsOf(june(day)).Trail(s.ctx, ada.Person())
			if day == 1 {
				if !errors.Is(err, till.ErrNotFound) {
					t.Errorf("the trail before there was an account: %v", err)
				}
				continue
			}
			s.must(err)
			account, err := s.shop.AsOf(june(day)).Account(s.ctx, ada.Person())
			s.must(err)
			s.same(fmt.Sprintf("day %d: entries of the trail", day), int64(len(trail)), account.Revision())
		}

		s.must(s.staff.Erase(s.ctx, bob.Person()))
		s.same("the words of somebody who was erased are gone from the past too", list(6, till.CustomerQuery{Email: "ada@example.com"}), none)
		s.same("the account is not", list(6, till.CustomerQuery{}), []string{"ada active 2", "bob active 1"})
	})
}

// asks are all that a view can be asked.
func asks(s *stall, v *till.View, email string) map[string]func(context.Context) error {
	s.Helper()
	customer := s.member(email)
	product, err := s.staff.Product(s.ctx, "MUG")
	s.must(err)
	order := s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click")
	return map[string]func(context.Context) error{
		"Product":         func(ctx context.Context) error { return second(v.Product(ctx, "MUG")) },
		"ProductByID":     func(ctx context.Context) error { return second(v.ProductByID(ctx, product.ID())) },
		"ProductByHandle": func(ctx context.Context) error { return second(v.ProductByHandle(ctx, "mug")) },
		"Prices":          func(ctx context.Context) error { return second(v.Prices(ctx, "MUG")) },
		"Catalog":         func(ctx context.Context) error { return second(v.Catalog(ctx)) },
		"Offer":           func(ctx context.Context) error { return second(v.Offer(ctx, "MUG", 1)) },
		"Terms":           func(ctx context.Context) error { return second(v.Terms(ctx)) },
		"Stock":           func(ctx context.Context) error { return second(v.Stock(ctx, "MUG")) },
		"StockAt": func(ctx context.Context) error {
			return second(v.StockAt(ctx, till.Place{SKU: "MUG", Location: "shed"}))
		},
		"Available": func(ctx context.Context) error { return second(v.Available(ctx)) },
		"Movements": func(ctx context.Context) error { return second(v.Movements(ctx, till.MovementQuery{SKU: "MUG"})) },
		"Order":     func(ctx context.Context) error { return second(v.Order(ctx, order.ID())) },
		"Orders":    func(ctx context.Context) error { return second(v.Orders(ctx, till.OrderQuery{})) },
		"Orders by e-mail": func(ctx context.Context) error {
			return second(v.Orders(ctx, till.OrderQuery{Email: stallBuyer.Email}))
		},
		"Account":   func(ctx context.Context) error { return second(v.Account(ctx, customer.Person())) },
		"Trail":     func(ctx context.Context) error { return second(v.Trail(ctx, customer.Person())) },
		"Customers": func(ctx context.Context) error { return second(v.Customers(ctx, till.CustomerQuery{})) },
		"Customers by e-mail": func(ctx context.Context) error {
			return second(v.Customers(ctx, till.CustomerQuery{Email: email}))
		},
	}
}

// Every method refuses an instant that is none, and gives the errors of the context and
// of the store.
func TestShellViewRefuses(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 100)
		now := s.clock.instant()
		for name, c := range map[string]struct {
			view *till.View
			path string
		}{
			"no instant":             {s.shop.AsOf(0), "instant"},
			"before the first":       {s.shop.AsOf(till.MinInstant - 1), "instant"},
			"after the last":         {s.shop.AsOf(till.MaxInstant + 1), "instant"},
			"known at none":          {s.shop.AsOf(now).AsKnown(0), "known"},
			"known before the first": {s.shop.AsOf(now).AsKnown(till.MinInstant - 1), "known"},
			"known after the last":   {s.shop.AsOf(now).AsKnown(till.MaxInstant + 1), "known"},
		} {
			for method, ask := range asks(s, c.view, strings.ReplaceAll(name, " ", ".")+"@example.com") {
				var is *till.InvalidError
				if err := ask(s.ctx); !errors.As(err, &is) || is.Path != c.path {
					t.Errorf("%s: %s: got error %v, want an InvalidError at %s", name, method, err, c.path)
				}
			}
		}
		last := s.shop.AsOf(till.MaxInstant)
		all := asks(s, last, "ada@example.com")
		for method, ask := range all {
			if err := ask(s.ctx); err != nil {
				t.Errorf("%s at the last instant: %v", method, err)
			}
		}
		ended, cancel := context.WithCancel(s.ctx)
		cancel()
		for method, ask := range all {
			if err := ask(ended); !errors.Is(err, context.Canceled) {
				t.Errorf("%s with a context that ended: %v", method, err)
			}
		}
		s.must(db.Close())
		for method, ask := range all {
			if err := ask(s.ctx); !errors.Is(err, till.ErrClosed) {
				t.Errorf("%s on a closed store: %v", method, err)
			}
		}
	})
}

// A journal that was cut short at its end is told, not passed off as the past.
func TestShellViewOfACutJournal(t *testing.T) {
	hook := &cutStore{Store: memory.New()}
	s := newStall(t, hook)
	s.sells("MUG", "9.50", 10)
	s.clock.pass(time.Hour)
	then := s.clock.instant()
	s.must(s.staff.SetPrice(s.ctx, "MUG", "12.00"))
	hook.cut = true
	if _, err := s.shop.AsOf(then).Prices(s.ctx, "MUG"); !errors.Is(err, till.ErrDamaged) {
		t.Errorf("got error %v, want one that is %q", err, till.ErrDamaged)
	}
}

// cutStore leaves out the last entry of each journal.
type cutStore struct {
	store.Store
	cut bool
}

func (c *cutStore) History(ctx context.Context, r store.Ref, after int64, limit int) (store.Page[store.Entry], error) {
	page, err := c.Store.History(ctx, r, after, limit)
	if n := len(page.Items); c.cut && n > 0 {
		page.Items = page.Items[:n-1]
	}
	return page, err
}

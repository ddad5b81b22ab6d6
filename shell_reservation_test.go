package till_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
)

// ledgerOf lists the movements of an article in pages of one, each as a word and a figure.
func (s *stall) ledgerOf(q till.MovementQuery) []string {
	s.Helper()
	var all []string
	q.Limit = 1
	for m, err := range till.All(q.PageRequest, func(r till.PageRequest) (till.Page[till.Movement], error) {
		q.PageRequest = r
		return s.staff.Movements(s.ctx, q)
	}) {
		s.must(err)
		s.same("the place", m.SKU, q.SKU)
		all = append(all, fmt.Sprint(m.Kind, " ", m.Quantity, " ", m.Reason))
	}
	return all
}

// ordersOf lists the numbers of the orders that a query finds, in pages of so many.
func (s *stall) ordersOf(limit int, q till.OrderQuery) []string {
	s.Helper()
	var all []string
	q.Limit = limit
	for o, err := range till.All(q.PageRequest, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
		q.PageRequest = r
		return s.staff.Orders(s.ctx, q)
	}) {
		s.must(err)
		all = append(all, o.Number)
	}
	return all
}

// An order is found by each of its articles. One whose stock is not tracked has no
// movement, in no list and no sum; from when on it is tracked, it has.
func TestShellReservationOfWhatIsNotTracked(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		s.must(s.staff.AddProduct(s.ctx, till.NewProduct{SKU: "AIR", Name: "Air", Price: "1.00", Stock: till.NotTracked}))
		tracked := func(policy till.StockPolicy) {
			s.must(s.revised("AIR", func(d *till.Description) { d.Variants[0].Stock = policy }))
			s.clock.pass(time.Hour)
		}
		buys := func(items ...till.Item) string {
			s.clock.pass(time.Hour)
			return s.buys(s.visitor(items...).Buyer, "click").Number()
		}
		mixed := buys(till.Item{SKU: "AIR", Quantity: 5}, till.Item{SKU: "MUG", Quantity: 2})
		air := buys(till.Item{SKU: "AIR", Quantity: 1})
		for _, limit := range []int{1, 50} {
			s.same("by what is tracked", s.ordersOf(limit, till.OrderQuery{SKU: "MUG"}), []string{mixed})
			s.same("by what is not", s.ordersOf(limit, till.OrderQuery{SKU: "AIR"}), []string{mixed, air})
			s.same("from the newest", s.ordersOf(limit, till.OrderQuery{SKU: "AIR", PageRequest: till.PageRequest{Desc: true}}), []string{air, mixed})
		}
		s.same("movements", s.ledgerOf(till.MovementQuery{SKU: "MUG"}), []string{"received 10 opening stock", "reserved 2 order placed"})
		s.same("movements of what is not tracked", s.ledgerOf(till.MovementQuery{SKU: "AIR"}), []string(nil))
		s.same("rows of its ledger", len(s.ledger(till.LedgerRequest{SKU: "AIR"}).Rows()), 0)
		then, err := s.shop.AsOf(s.clock.instant()).Stock(s.ctx, "AIR")
		s.must(err)
		s.same("its stock, as of now", then, till.Stock{Place: till.Place{SKU: "AIR", Location: "main"}})
		s.same("its stock", s.stock("AIR"), [2]int64{0, 0})
		s.balances()

		tracked(till.StockPolicy{})
		s.must(s.staff.MoveStock(s.ctx, till.StockChange{SKU: "AIR", Kind: till.Received, Quantity: 7}))
		counted := buys(till.Item{SKU: "AIR", Quantity: 3})
		tracked(till.NotTracked)
		last := buys(till.Item{SKU: "AIR", Quantity: 4})
		want := []string{"received 7 ", "reserved 3 order placed"}
		s.same("movements while it was tracked", s.ledgerOf(till.MovementQuery{SKU: "AIR"}), want)
		slices.Reverse(want)
		s.same("from the newest", s.ledgerOf(till.MovementQuery{SKU: "AIR", PageRequest: till.PageRequest{Desc: true}}), want)
		s.same("of a kind", s.ledgerOf(till.MovementQuery{SKU: "AIR", Kind: till.Reserved}), want[:1])
		s.same("the sum", s.ledger(till.LedgerRequest{SKU: "AIR"}).Closing().Available, int64(4))
		s.same("all its orders", s.ordersOf(2, till.OrderQuery{SKU: "AIR"}), []string{mixed, air, counted, last})
		s.balances()
		s.sound()
	})
}

// Every location has its own ledger; the orders of an article are those of all.
func TestShellReservationsOfTwoLocations(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		north := stallAt(t, db, s.clock, func(o *till.Options) { o.Location = "north" })
		s.clock.pass(time.Minute)
		s.must(s.staff.TransferStock(s.ctx, till.StockTransfer{SKU: "MUG", Quantity: 4, To: "north"}))
		s.clock.pass(time.Minute)
		here := s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 1}).Buyer, "click").Number()
		s.clock.pass(time.Minute)
		there := north.buys(north.visitor(till.Item{SKU: "MUG", Quantity: 3}).Buyer, "click").Number()

		main := []string{"received 10 opening stock", "transferred -4 ", "reserved 1 order placed"}
		s.same("here", s.ledgerOf(till.MovementQuery{SKU: "MUG"}), main)
		s.same("there", s.ledgerOf(till.MovementQuery{SKU: "MUG", Location: "north"}), []string{"transferred 4 ", "reserved 3 order placed"})
		s.same("reserved there", s.ledgerOf(till.MovementQuery{SKU: "MUG", Location: "north", Kind: till.Reserved}), []string{"reserved 3 order placed"})
		s.same("nowhere", s.ledgerOf(till.MovementQuery{SKU: "MUG", Location: "south"}), []string(nil))
		s.same("stocks", [][2]int64{s.stock("MUG"), s.stockAt("MUG", "north")}, [][2]int64{{5, 1}, {1, 3}})
		s.same("orders", s.ordersOf(1, till.OrderQuery{SKU: "MUG"}), []string{here, there})
		slices.Reverse(main)
		s.same("here, from the newest", s.ledgerOf(till.MovementQuery{SKU: "MUG", PageRequest: till.PageRequest{Desc: true}}), main)
		s.sound()
	})
}

// What an order reserves is recorded at the instant of placing, whichever way it is
// placed: so the orders of an article are in the order of placing, and bounded by it.
func TestShellReservationIsOfTheInstantOfPlacing(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 100)
		member := s.member("ada@example.com")
		s.must(member.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
		guest, draft := s.visitor(till.Item{SKU: "MUG", Quantity: 1}), s.drafts(member.Person(), line("MUG", 1))
		placed := map[string]till.Order{}
		for name, place := range map[string]func() (till.Order, error){
			"a customer":    func() (till.Order, error) { return member.Checkout(s.ctx, s.agreed(member.Buyer, "click")) },
			"a guest":       func() (till.Order, error) { return guest.Checkout(s.ctx, s.agreed(guest.Buyer, "click")) },
			"a draft order": func() (till.Order, error) { return draft.Place(s.ctx, s.agreedDraft(draft, "call")) },
		} {
			s.clock.pass(time.Hour)
			order, err := place()
			s.must(err)
			placed[name] = order
		}
		for name, o := range placed {
			at := o.Summary().Placed
			page, err := s.staff.Movements(s.ctx, till.MovementQuery{SKU: "MUG", Kind: till.Reserved, From: at, To: at + 1})
			s.must(err)
			if len(page.Items) != 1 {
				t.Fatalf("%s: %d movements at the instant of placing", name, len(page.Items))
			}
			s.same(name+": the movement", page.Items[0], till.Movement{
				Place: till.Place{SKU: "MUG", Location: "main"}, Kind: till.Reserved, Quantity: 1,
				Reason: "order placed", Reference: o.ID().String(), At: at, By: page.Items[0].By,
			})
			for _, q := range []till.OrderQuery{{}, {SKU: "MUG"}} {
				q.From, q.To = at, at+1
				s.same(name+": by its instant", s.ordersOf(50, q), []string{o.Number()})
			}
		}
		s.same("by article as by instant", s.ordersOf(1, till.OrderQuery{SKU: "MUG"}), s.ordersOf(1, till.OrderQuery{}))
	})
}

// The orders of an article that have a status are found page by page, each once. A page
// reads on where few have it, but not for ever.
func TestShellOrdersOfAnArticleByStatus(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		lying := &lyingStore{Store: db}
		hook := &hookedStore{Store: lying}
		s := newStall(t, hook)
		s.sells("MUG", "9.50", 1000)
		guest, opened := s.visitor(), map[string]bool{}
		var numbers, rare []string
		for i := range 60 {
			s.must(guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
			s.clock.pass(time.Hour)
			o := s.buys(guest.Buyer, fmt.Sprint("click", i))
			if i == 11 || i == 12 || i == 50 {
				opened[o.ID().String()] = true
				rare = append(rare, o.Number())
			} else {
				numbers = append(numbers, o.Number())
			}
		}
		lying.record = func(r *store.Record) bool {
			if r.Family == "orders" && opened[r.Key] {
				r.Doc = store.Raw(strings.Replace(documentOf(*r), `"placed"`, `"opened"`, 1))
			}
			return true
		}
		for _, limit := range []int{1, 2, 7, 1000} {
			s.same("opened", s.ordersOf(limit, till.OrderQuery{SKU: "MUG", Status: till.OrderOpened}), rare)
			s.same("placed", s.ordersOf(limit, till.OrderQuery{SKU: "MUG", Status: till.OrderPlaced}), numbers)
		}
		finds := 0
		hook.before = func(op string) error {
			if op == "Find" {
				finds++
			}
			return nil
		}
		page := func(q till.OrderQuery) till.Page[till.OrderSummary] {
			q.SKU, finds = "MUG", 0
			page, err := s.staff.Orders(s.ctx, q)
			s.must(err)
			return page
		}
		three := till.PageRequest{Limit: 3}
		s.same("of all", []int{len(page(till.OrderQuery{PageRequest: three}).Items), finds}, []int{3, 1})
		is := page(till.OrderQuery{Status: till.OrderOpened, PageRequest: three})
		s.same("of few, the fourth page that is read", []int{len(is.Items), finds}, []int{1, 4})
		three.After = is.Next
		is = page(till.OrderQuery{Status: till.OrderOpened, PageRequest: three})
		s.same("of few, the next page", []int{len(is.Items), finds}, []int{1, 1})
		is = page(till.OrderQuery{Status: till.OrderOpened, PageRequest: till.PageRequest{Limit: 1, After: is.Next}})
		s.same("of few, none among many", []any{len(is.Items), finds, is.Next != ""}, []any{0, 20, true})
	})
}

// An order of hundreds of lines is one record, and a movement in the ledger of each of
// its articles.
func TestShellReservationOfALongOrder(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		cheap := money.MustParsePrice("0.03", money.GBP)
		var specs []till.ProductSpec
		var items []till.Item
		for i := range 400 {
			sku := till.SKU(fmt.Sprintf("SKU-%03d", i*7%400))
			spec := till.ProductSpec{
				Description: till.Description{Handle: strings.ToLower(string(sku)), Words: map[till.Locale]till.Words{"": {Name: string(sku)}}, Variants: []till.Variant{{SKU: sku}}},
				Articles:    []till.ArticleSpec{{SKU: sku, Price: &cheap, OnHand: 1000}},
			}
			if i%4 == 0 {
				spec.Variants[0].Stock, spec.Articles[0].OnHand = till.NotTracked, 0
			}
			specs, items = append(specs, spec), append(items, till.Item{SKU: sku, Quantity: int64(i + 1)})
		}
		s.puts(specs...)
		s.clock.pass(time.Hour)
		before := len(s.movements())
		guest := s.visitor(items...)
		order := s.buys(guest.Buyer, "click")
		records := 0
		for r, err := range store.Records(s.ctx, db, store.Query{Family: "movements"}) {
			s.must(err)
			if strings.HasPrefix(r.Key, order.ID().String()) {
				records++
			}
		}
		s.same("records of the order, movements of its articles", []int{records, len(s.movements()) - before}, []int{1, 300})
		for i, item := range items {
			want, ledger := []string{fmt.Sprint("reserved ", item.Quantity, " order placed")}, till.MovementQuery{SKU: item.SKU, Kind: till.Reserved}
			if i%4 == 0 {
				want = nil
			}
			s.same(string(item.SKU), s.ledgerOf(ledger), want)
			s.same("its orders", s.ordersOf(1, till.OrderQuery{SKU: item.SKU}), []string{order.Number()})
		}
		s.balances()
		s.sound()
	})
}

// What was reserved for an order is one record: a second one is found by a check.
func TestShellCheckFindsASecondReservation(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "9.50", 10)
		order := s.buys(s.visitor(till.Item{SKU: "MUG", Quantity: 2}).Buyer, "click")
		at := store.Ref{Family: "movements", Key: order.ID().String() + "/0000"}
		records, err := db.Get(s.ctx, at)
		s.must(err)
		again := store.Record{Ref: store.Ref{Family: at.Family, Key: order.ID().String() + "/0001"}, Doc: store.Raw(documentOf(records[0]))}
		for _, f := range till.Schema().Families {
			if f.Name == at.Family {
				again.Index, err = f.Index(again.Ref, again.Doc)
				s.must(err)
			}
		}
		_, err = db.Commit(s.ctx, store.ChangeSet{Changes: []store.Change{store.Put{Record: again}}})
		s.must(err)
		_, err = s.shop.Check(s.ctx)
		var found *till.CheckError
		if !errors.As(err, &found) {
			t.Fatalf("got error %v", err)
		}
		var got []string
		for _, f := range found.Findings {
			got = append(got, strings.ReplaceAll(f.String(), order.ID().String(), "ORDER"))
		}
		s.same("what was found", got, []string{
			"stock/main/MUG: its movements sum to 6 available and 4 reserved, the counter says 8 and 2",
			"movements/ORDER/0001: it is no reservation of an order: that is part 0",
		})
	})
}

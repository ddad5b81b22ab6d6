package till_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillkit/till"
	"github.com/tillkit/till/money"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
)

// twin is a store as two Shops work on it, or Shops that know nothing of before.
type twin struct {
	*stall
	inside bool // of a transaction of the program's own
	acting func(i int) *stall
	handle map[handleOf]*till.Buyer
	buyers []twinBuyer
	last   map[int]till.CheckoutRequest // of a buyer, what was agreed to last
	people []till.PersonID
	orders []till.Order
}

type handleOf struct {
	shop  *till.Shop
	token till.Token
}

type twinBuyer struct {
	token till.Token
	of    till.PersonID
}

var anID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// said gives an error without what differs from store to store.
func said(err error) string {
	if err == nil {
		return "done"
	}
	if errors.Is(err, till.ErrSession) {
		return "no session"
	}
	return anID.ReplaceAllString(err.Error(), "ID")
}

// orderSaid gives an order the same way.
func orderSaid(o till.Order, err error) string {
	if err != nil {
		return said(err)
	}
	lines := ""
	for _, l := range o.Lines() {
		lines += fmt.Sprint(" ", l.N, " ", l.SKU, " ", l.Quantity, " ", l.Price, " ", l.Untracked)
	}
	return fmt.Sprint(o.Total(), " ", o.Replayed(), " ", o.Verify(), lines, "\n", o.Explain(), o.Destination(), o.TaxStatus(), o.Uses())
}

var twinSKUs = []till.SKU{"A", "B", "C", "D", "P1", "P2", "P3"}

// twinStep does something through one of the Shops, as numbers say, and gives what came of it.
func twinStep(w *twin, draw func(int) int) string {
	s := w.acting(draw(2))
	sku := twinSKUs[draw(len(twinSKUs))]
	buyer := func() (*till.Buyer, int, string) {
		if len(w.buyers) == 0 {
			return nil, 0, "nobody"
		}
		i := len(w.buyers) - 1 - draw(min(3, len(w.buyers)))
		at := handleOf{s.shop, w.buyers[i].token}
		if w.handle[at] == nil {
			b, err := s.shop.Buyer(s.ctx, at.token)
			if err != nil {
				return nil, i, said(err)
			}
			w.handle[at] = b
		}
		return w.handle[at], i, "done"
	}
	var from till.Instant
	if k := draw(4); k > 0 {
		from = s.shop.Now().Add([]time.Duration{time.Minute, time.Hour, 3 * time.Hour}[k-1])
	}
	price := money.MustParsePrice([]string{"9.50", "8.00", "7.25", "0.50"}[draw(4)], money.GBP)
	switch op := draw(42); op {
	case 30, 31, 32, 33, 34, 35, 36, 37, 38, 39:
		return twinRules(w, s, op-30, from, buyer, draw)
	case 0, 1:
		g, err := s.shop.NewGuest(s.ctx)
		s.must(err)
		w.buyers = append(w.buyers, twinBuyer{g.Token(), g.Person()})
		w.people = append(w.people, g.Person())
		return "guest"
	case 2, 3, 4, 5:
		b, _, is := buyer()
		if is != "done" {
			return is
		}
		item := till.Item{SKU: sku, Quantity: int64(1 + draw(3)), Apart: draw(8) == 0}
		if draw(8) == 0 {
			item.Note = "note"
		}
		return said(b.Add(s.ctx, item))
	case 6:
		b, _, is := buyer()
		if is != "done" {
			return is
		}
		line := 1 + draw(3)
		switch draw(3) {
		case 0:
			return said(b.Remove(s.ctx, line))
		case 1:
			return said(b.Set(s.ctx, line, int64(draw(4))))
		}
		return said(b.SetMetadata(s.ctx, []till.Metadata{nil, {"a": "1"}}[draw(2)]))
	case 7, 8, 9, 10, 11, 12:
		b, i, is := buyer()
		if is != "done" {
			return is
		}
		r, was := w.last[i]
		key, contact := fmt.Sprint("k", draw(3)), draw(6)
		if mode := draw(4); !was || mode < 2 {
			asks := w.stall // who has asked last does not matter
			if w.inside {
				asks = s
			} else if mode == 1 {
				asks = stallAt(w, w.store, w.clock)
			} else if mode == 0 {
				asks = s
			}
			at, err := asks.shop.Buyer(s.ctx, b.Token())
			if err != nil {
				return said(err)
			}
			quote, err := at.Quote(s.ctx)
			if err != nil {
				return said(err)
			}
			r = till.CheckoutRequest{Accept: quote.Digest(), Seen: &quote}
		}
		r.Key = key
		switch contact {
		case 0:
			r.Contact = till.Contact{Name: "Bob", Email: "bob@example.com"}
		case 1:
			r.Contact = till.Contact{}
		default:
			r.Contact = stallBuyer
		}
		w.last[i] = r
		o, err := b.Checkout(s.ctx, r)
		if err == nil {
			w.orders = append(w.orders, o)
		}
		if draw(3) == 0 {
			again, err2 := b.Checkout(s.ctx, r)
			if err == nil && (err2 != nil || again.ID() != o.ID() || again.Number() != o.Number() || !again.Replayed()) {
				s.Errorf("the same again: %v, %v, was %v", again, err2, o)
			}
		}
		return orderSaid(o, err)
	case 13, 14:
		return "price " + said(s.staff.SetPrice(s.ctx, sku, price.Amount().Decimal().StringFixed(2)))
	case 15:
		return "change " + said(s.staff.ChangePrice(s.ctx, sku, till.PriceChange{Price: price, From: from, Sale: draw(2) == 0, MinQuantity: int64(draw(2) * 3)}))
	case 16:
		return "mark " + said(s.staff.ChangePrice(s.ctx, sku, till.PriceChange{Mark: []till.Mark{till.Clear, till.Retract}[draw(2)], From: from, Sale: draw(2) == 0}))
	case 17:
		other := twinSKUs[draw(len(twinSKUs))]
		return "prices " + said(s.staff.ChangePrices(s.ctx, till.PriceEdit{SKU: sku, PriceChange: till.PriceChange{Price: price, From: from}}, till.PriceEdit{SKU: other, PriceChange: till.PriceChange{Price: price}}, till.PriceEdit{SKU: sku, PriceChange: till.PriceChange{Price: price}}))
	case 18, 19:
		k, p := draw(6), draw(4)
		return "revise " + said(s.revised(sku, func(d *till.Description) {
			switch k {
			case 0:
				d.Vendor = fmt.Sprint("v", p)
			case 1:
				d.Words[""] = till.Words{Name: fmt.Sprint("Name ", p)}
			case 2:
				d.Status = []till.ProductStatus{till.ProductActive, till.ProductArchived, till.ProductActive, till.ProductActive}[p]
			default:
				for i := range d.Variants {
					if d.Variants[i].SKU == sku {
						d.Variants[i].Stock = []till.StockPolicy{till.DenyBackorder, till.NotTracked, till.AllowBackorder(5), till.DenyBackorder}[p]
					}
				}
			}
		}))
	case 20:
		if draw(2) == 0 {
			return "delete " + said(s.staff.DeleteProduct(s.ctx, sku))
		}
		return "restore " + said(s.staff.RestoreProduct(s.ctx, sku))
	case 21:
		return "restore " + said(s.staff.RestoreProduct(s.ctx, sku))
	case 22:
		mode := []money.Rounding{money.Up, money.HalfEven, money.HalfAwayFromZero}[draw(3)]
		return "round " + said(s.staff.ChangeRules(s.ctx, till.RuleChange{Name: "rounding", Rule: till.Rounding{Mode: mode, Level: till.PerUnit}}))
	case 23, 24:
		in := till.SignIn{Email: fmt.Sprint("c", draw(3), "@example.com"), Password: stallPassword}
		if draw(4) > 0 {
			b, _, is := buyer()
			if is == "done" {
				in.Guest = b.Token()
			}
		}
		c, err := s.shop.SignIn(s.ctx, in)
		if err != nil {
			return "signin " + said(err)
		}
		w.buyers = append(w.buyers, twinBuyer{c.Token(), c.Person()})
		w.people = append(w.people, c.Person())
		return fmt.Sprint("signin ", c.Merged)
	case 25:
		b, _, is := buyer()
		if is != "done" {
			return is
		}
		if b, err := s.shop.Buyer(s.ctx, b.Token()); err != nil {
			return said(err)
		} else if draw(8) < 2 {
			return said(b.SignOut(s.ctx))
		}
		switch 2 + draw(6) {
		case 2:
			c, err := s.shop.Customer(s.ctx, b.Token())
			if err != nil {
				return said(err)
			}
			return "everywhere " + said(c.SignOutEverywhere(s.ctx))
		case 3:
			c, err := s.shop.Customer(s.ctx, b.Token())
			if err != nil {
				return said(err)
			}
			return "password " + said(c.ChangePassword(s.ctx, till.PasswordChange{Old: stallPassword, New: stallPassword}))
		case 4, 5:
			return "erase " + said(s.staff.Erase(s.ctx, b.Person())) + said(s.shop.Register(s.ctx, till.Registration{Name: "C", Email: fmt.Sprint("c", draw(3), "@example.com"), Password: stallPassword}))
		case 6:
			return "disable " + said(s.staff.DisableCustomer(s.ctx, b.Person()))
		}
		return "enable " + said(s.staff.EnableCustomer(s.ctx, b.Person()))
	case 26:
		return "move " + said(s.staff.MoveStock(s.ctx, till.StockChange{SKU: sku, Kind: till.Adjusted, Quantity: int64(draw(20) - 6)}))
	case 27, 28:
		asked := till.DraftRequest{}
		for range 1 + draw(3) {
			l := line(twinSKUs[draw(len(twinSKUs))], int64(1+draw(2)))
			if draw(4) == 0 {
				l.Note = "desk note"
			}
			if draw(4) == 0 {
				l = lineFor(l.SKU, l.Quantity, "1.00", "why")
			}
			asked.Lines = append(asked.Lines, l)
		}
		if draw(2) == 0 {
			asked.Codes, asked.Delivery = []string{[]string{"ten", "one"}[draw(2)]}, []string{"", "parcel", "shop"}[draw(3)]
			asked.ShipTo = till.Address{Country: []string{"", "GB", "DE"}[draw(3)]}
		}
		r := till.CheckoutRequest{Key: fmt.Sprint("o", draw(3))}
		switch draw(3) {
		case 0:
			asked.New = &till.NewCustomer{Contact: till.Contact{Name: "New", Email: fmt.Sprint("n", draw(6), "@example.com")}}
		case 1:
			if len(w.people) > 0 {
				asked.Customer = w.people[draw(len(w.people))]
			}
			r.Contact = stallBuyer
		case 2:
			r.Contact = stallBuyer
		}
		quote, err := w.staff.QuoteOrder(s.ctx, asked)
		if err != nil {
			return "quoteorder " + said(err)
		}
		r.Accept = quote.Digest()
		if draw(4) == 0 {
			s.must(s.staff.SetPrice(s.ctx, asked.Lines[0].SKU, "3.33"))
		}
		_, planned := s.staff.PlanOrder(s.ctx, asked, r)
		before := s.dump()
		o, err := s.staff.PlaceOrder(s.ctx, asked, r)
		if err == nil {
			w.orders = append(w.orders, o)
			w.people = append(w.people, o.Person())
			again, err := w.staff.PlaceOrder(s.ctx, asked, r)
			if err != nil || again.ID() != o.ID() {
				s.Errorf("PlaceOrder again: %v, %v", again, err)
			}
		} else {
			s.same("PlaceOrder refused changes nothing but the lease", withoutNumbers(s.dump()), withoutNumbers(before))
		}
		if err != nil && planned == nil && !errors.Is(err, till.ErrExists) {
			s.Errorf("PlanOrder says nothing, PlaceOrder %v", err)
		}
		return "place " + orderSaid(o, err)
	default:
		w.clock.pass([]time.Duration{time.Second, time.Minute, time.Hour, -time.Minute}[draw(4)])
		return "passes"
	}
}

// step does a step in a transaction of the program's own that is rolled back, or in one
// that is committed, or in none.
func (w *twin) step(mode int, draw func(int) int) string {
	db, ok := w.store.(*sqlite.DB)
	if !ok || mode > 2 {
		return twinStep(w, draw)
	}
	before := w.state()
	tx, err := db.SQL().BeginTx(w.ctx, nil)
	w.must(err)
	was, acting := *w, w.acting
	was.last = maps.Clone(w.last)
	outside := acting(draw(2))
	in := *outside
	in.store = db.InTx(tx)
	in.shop = outside.shop.With(in.store)
	in.staff = in.shop.Staff("back-office")
	w.stall, w.inside, w.acting = &in, true, func(int) *stall { return &in }
	said := twinStep(w, draw)
	w.stall, w.inside, w.acting = was.stall, false, acting
	if mode == 2 {
		w.must(tx.Commit())
		return "in a transaction: " + said
	}
	w.must(tx.Rollback())
	w.last, w.buyers, w.people, w.orders = was.last, was.buyers, was.people, was.orders
	w.same("after the rollback", w.state(), before)
	return "rolled back: " + said
}

func withoutNumbers(dump []string) []string {
	return slices.DeleteFunc(slices.Clone(dump), func(l string) bool { return strings.Contains(l, "numbers") })
}

// state gives what there is, without what differs from store to store.
func (w *twin) state() []string {
	var all []string
	fresh := stallAt(w, w.store, w.clock)
	for i, b := range w.buyers {
		at, err := fresh.shop.Buyer(w.ctx, b.token)
		if err != nil {
			all = append(all, fmt.Sprint(i, " ", said(err)))
			continue
		}
		c, err := at.Cart(w.ctx)
		w.must(err)
		orders, err := at.Orders(w.ctx, till.PageRequest{Limit: 100})
		w.must(err)
		all = append(all, fmt.Sprintf("%d %v %v %d %v %v %v %v", i, c.Lines(), c.Metadata(), len(orders.Items), c.Codes(), c.Destination(), c.Delivery(), c.List()))
	}
	for _, sku := range twinSKUs {
		st, err := fresh.staff.Stock(w.ctx, sku)
		all = append(all, fmt.Sprint(st, said(err)))
	}
	at := len(all)
	for r, err := range store.Records(w.ctx, w.store, store.Query{Family: "offers", Limit: 1000}) {
		w.must(err)
		doc, err := r.Doc.AppendStored(nil)
		w.must(err)
		all = append(all, anID.ReplaceAllString(string(doc), "ID"))
	}
	sort.Strings(all[at:])
	return append(all, w.ruled()...)
}

// orderLists compares the orders of each article with all orders.
func (w *twin) orderLists(draw func(int) int) {
	byID := map[till.OrderID]till.Order{}
	for _, o := range w.orders {
		byID[o.ID()] = o
	}
	bounds := []till.Instant{0}
	for _, o := range byID {
		bounds = append(bounds, o.Summary().Placed)
	}
	slices.Sort(bounds)
	for _, sku := range twinSKUs {
		for range 4 {
			q := till.OrderQuery{SKU: sku, PageRequest: till.PageRequest{Limit: 1 + draw(3), Desc: draw(2) == 0}, Status: []till.OrderStatus{"", till.OrderPlaced}[draw(2)]}
			if q.From = bounds[draw(len(bounds))]; draw(2) == 0 {
				q.To = max(q.From+1, bounds[draw(len(bounds))])
			}
			var want []string
			for _, o := range byID {
				p := o.Summary().Placed
				if slices.ContainsFunc(o.Lines(), func(l till.Line) bool { return l.SKU == sku }) && p >= q.From && (q.To == 0 || p < q.To) {
					want = append(want, fmt.Sprintf("%020d %s", p, o.ID()))
				}
			}
			sort.Strings(want)
			if q.Desc {
				slices.Reverse(want)
			}
			for name, list := range map[string]func(till.OrderQuery) (till.Page[till.OrderSummary], error){
				"Staff": func(q till.OrderQuery) (till.Page[till.OrderSummary], error) { return w.staff.Orders(w.ctx, q) },
				"View": func(q till.OrderQuery) (till.Page[till.OrderSummary], error) {
					return w.shop.AsOf(w.shop.Now().Add(10*time.Hour)).Orders(w.ctx, q)
				},
			} {
				var got []string
				q := q
				for o, err := range till.All(q.PageRequest, func(r till.PageRequest) (till.Page[till.OrderSummary], error) {
					q.PageRequest = r
					return list(q)
				}) {
					w.must(err)
					got = append(got, fmt.Sprintf("%020d %s", o.Placed, o.ID))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					w.Errorf("%s of %s: %+v\n%s", name, sku, q, diff)
				}
			}
		}
	}
}

func newTwin(t testing.TB, db store.Store, fresh bool) *twin {
	s := newStall(t, db)
	w := &twin{stall: s, last: map[int]till.CheckoutRequest{}, handle: map[handleOf]*till.Buyer{}}
	if fresh {
		w.acting = func(int) *stall { return stallAt(t, db, s.clock) }
	} else {
		shops := []*stall{s, stallAt(t, db, s.clock)}
		w.acting = func(i int) *stall { return shops[i] }
	}
	for _, sku := range twinSKUs[:4] {
		s.sells(sku, "9.50", 40)
	}
	price := money.MustParsePrice("5.00", money.GBP)
	d := till.Description{Handle: "p", Words: map[till.Locale]till.Words{"": {Name: "P"}}, Options: []string{"Size"}}
	var articles []till.ArticleSpec
	for i, sku := range twinSKUs[4:] {
		d.Variants = append(d.Variants, till.Variant{SKU: sku, Values: []string{fmt.Sprint(i + 1)}})
		articles = append(articles, till.ArticleSpec{SKU: sku, Price: &price, OnHand: 40})
	}
	s.puts(till.ProductSpec{Description: d, Articles: articles})
	for i := range 3 {
		s.must(s.shop.Register(s.ctx, till.Registration{Name: "C", Email: fmt.Sprint("c", i, "@example.com"), Password: stallPassword}))
	}
	return w
}

// What two Shops answer that have long been at work is what one answers that has just been
// opened: whatever happens, in whatever order.
func TestShellTwinsAnswerAlike(t *testing.T) {
	const steps = 140
	runs, inFiles := uint64(12), uint64(3)
	if testing.Short() {
		runs, inFiles = 3, 1
	}
	t.Logf("%d runs of %d steps, %d of them in files too", runs, steps, inFiles)
	for seed := range runs {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			onStores(t, func(t *testing.T, db store.Store) {
				other := store.Store(memory.New())
				if _, ok := db.(*sqlite.DB); ok {
					if seed >= inFiles {
						return
					}
					other = fileOf(t)
				}
				twinsAnswerAlike(t, newTwin(t, db, false), newTwin(t, other, true), rand.New(rand.NewPCG(11, seed)), steps)
			})
		})
	}
}

func fileOf(t *testing.T) store.Store {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "other.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func twinsAnswerAlike(t *testing.T, long, fresh *twin, random *rand.Rand, steps int) {
	var log []string
	for range steps {
		drawn := make([]int, 60)
		for i := range drawn {
			drawn[i] = random.IntN(1 << 30)
		}
		mode := random.IntN(8)
		var got [2]string
		for k, w := range []*twin{long, fresh} {
			i := 0
			got[k] = w.step(mode, func(n int) int { i++; return drawn[i-1] % n })
		}
		log = append(log, got[0])
		if got[0] != got[1] {
			t.Fatalf("it answered\n%s\nwhere a new one answers\n%s\nafter\n%s", got[0], got[1], strings.Join(log, "\n"))
		}
		if diff := cmp.Diff(fresh.state(), long.state()); diff != "" {
			t.Fatalf("what there is (-new +long)\n%s\nafter\n%s", diff, strings.Join(log, "\n"))
		}
	}
	long.orderLists(random.IntN)
	long.balances()
	long.reconciles()
}

package till_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
	"github.com/tillkit/till/store/memory"
	"github.com/tillkit/till/store/sqlite"
	"github.com/tillkit/till/storetest"
)

// usesOf gives what a promotion was used in all, and the claims that there are.
func (s *stall) usesOf(promotion string) (used int64, claims []string) {
	s.Helper()
	records := must(s.store.Get(s.ctx, store.Ref{Family: "uses", Key: promotion}))
	if records[0].Exists() {
		used = -records[0].Index[0].Int()
	}
	for r, err := range store.Records(s.ctx, s.store, store.Query{Family: "used"}) {
		s.must(err)
		claims = append(claims, r.Key)
	}
	return used, claims
}

// limited is a promotion with every limit.
func limited(p *till.Promotion) {
	p.If.Code, p.Uses, p.Each, p.If.FirstOrder = "ONE", 2, 1, true
}

// One key, asked for again and again and at once through two shops, makes one order that
// uses a promotion once; what is asked for again is answered with it, though it is used up.
func TestShellRulesOfOneKey(t *testing.T) {
	const crowd = 32
	twoShops(t, func(mine, theirs *stall, _ *hookedStore) {
		mine.sells("MUG", "10.00", 1000)
		mine.promote("one", limited)
		g := mine.visitor(till.Item{SKU: "MUG", Quantity: 1})
		mine.must(g.AddCode(mine.ctx, "one"))
		r := mine.agreed(g.Buyer, "click")
		at := []*till.Guest{g, theirs.resumed(g)}
		orders := make([]till.Order, crowd)
		for _, err := range atOnce(crowd, func(i int) (err error) {
			orders[i], err = at[i%2].Checkout(mine.ctx, r)
			return err
		}) {
			mine.must(err)
		}
		fresh := 0
		for _, o := range orders {
			mine.same("the order", [2]string{o.ID().String(), o.Total().String()}, [2]string{orders[0].ID().String(), "9.00 GBP"})
			if !o.Replayed() {
				fresh++
			}
		}
		mine.same("answers that are no repetition", fresh, 1)
		used, claims := mine.usesOf("one")
		mine.same("uses", used, int64(1))
		mine.same("claims", claims, []string{"/first/e:ada@example.com", "one/1/e:ada@example.com"})
		mine.must(must(theirs.resumed(g).Checkout(mine.ctx, r)).Verify())
		mine.sound()
	})
}

// A store may fail at any call, before it or after it: the order that a retry comes to has
// used the promotion once.
func TestShellRulesOverAFailingStore(t *testing.T) {
	for name, moment := range map[string]storetest.Moment{"before": storetest.Before, "after": storetest.After} {
		t.Run(name, func(t *testing.T) {
			onStores(t, func(t *testing.T, db store.Store) {
				faults := storetest.NewFaultInjector(db)
				s := newStall(t, faults)
				s.sells("MUG", "10.00", 1_000_000)
				s.promote("one", func(p *till.Promotion) { limited(p); p.Uses = 1000 })
				for n := 1; ; n++ {
					s = stallAt(t, faults, s.clock)
					g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
					s.must(g.AddCode(s.ctx, "one"))
					r := s.agreed(g.Buyer, "click")
					r.Contact.Email = fmt.Sprintf("n%d@example.com", n)
					failed, err := failing(faults, n, moment, func() error { _, err := g.Checkout(s.ctx, r); return err })
					if err != nil && !errors.Is(err, errFault) && !errors.Is(err, till.ErrOutcomeUnknown) {
						t.Fatalf("call %d: %v", n, err)
					}
					order, err := g.Checkout(s.ctx, r)
					s.must(err)
					s.same(fmt.Sprintf("call %d: the order", n), order.Total().String(), "9.00 GBP")
					used, claims := s.usesOf("one")
					s.same(fmt.Sprintf("call %d: uses and claims", n), []int{int(used), len(claims)}, []int{n, 2 * n})
					if !failed {
						break
					}
				}
				s.sound()
			})
		})
	}
}

// What one customer may use so often is used so often, however many come at once: nobody
// is turned away without being told why.
func TestShellRulesOfACrowdOfOne(t *testing.T) {
	const crowd, each = 30, 7
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		s.promote("seven", func(p *till.Promotion) { p.If.Code, p.Each = "SEVEN", each })
		var guests []*till.Guest
		var rs []till.CheckoutRequest
		for i := range crowd {
			g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
			s.must(g.AddCode(s.ctx, "seven"))
			guests, rs = append(guests, g), append(rs, s.agreed(g.Buyer, fmt.Sprint(i)))
		}
		won := 0
		for _, err := range atOnce(crowd, func(i int) error { _, err := guests[i].Checkout(s.ctx, rs[i]); return err }) {
			if err == nil {
				won++
			} else if !s.usedUp(err, till.CodeUsed) {
				t.Errorf("somebody is told %v", err)
			}
		}
		s.same("orders", won, each)
		_, claims := s.usesOf("seven")
		s.same("claims", len(claims), each)
		s.sound()
	})
}

// An address of any length that is possible can use what has limits, once.
func TestShellRulesOfALongAddress(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		s := newStall(t, db)
		s.sells("MUG", "10.00", 1000)
		name := strings.Repeat("n", 40)
		s.promote(name, func(p *till.Promotion) { p.Uses, p.Each, p.If.FirstOrder = 100, 20, true })
		for _, length := range []int{100, 200, 201, 210, till.MaxEmail} {
			email := strings.Repeat("l", 60) + "@" + strings.Repeat("d", 1+length%2) + strings.Repeat(".d", (length-62)/2)
			s.same("the length", len(email), length)
			g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
			r := s.agreed(g.Buyer, "click")
			r.Contact.Email = strings.ToUpper(email)
			order, err := g.Checkout(s.ctx, r)
			s.must(err)
			s.same("the first order", order.Total().String(), "9.00 GBP")
			again := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
			r.Contact.Email = email
			if _, err := again.Checkout(s.ctx, r); !errors.Is(err, till.ErrConflict) {
				t.Errorf("the second of %d bytes: %v", length, err)
			}
			s.sound()
			s.must(s.staff.Erase(s.ctx, g.Person()))
			s.must(s.staff.Erase(s.ctx, g.Person()))
			_, claims := s.usesOf(name)
			s.same("claims that are left", len(claims), 0)
		}
		s.sound()
	})
}

// A guest who is erased while an order is being placed leaves no word in the claims of it,
// whichever comes first.
func TestShellRulesOfErasingMeanwhile(t *testing.T) {
	for name, place := range map[string]func(s *stall) (till.PersonID, func() error){
		"a cart": func(s *stall) (till.PersonID, func() error) {
			g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
			r := s.agreed(g.Buyer, "click")
			r.Contact.Email = "zelda@example.com"
			return g.Person(), func() error { _, err := g.Checkout(s.ctx, r); return err }
		},
		"a draft": func(s *stall) (till.PersonID, func() error) {
			d := s.drafts(till.PersonID{}, line("MUG", 1))
			r := s.agreedDraft(d, "call")
			r.Contact = stallBuyer
			r.Contact.Email = "zelda@example.com"
			return d.Person(), func() error { _, err := d.Place(s.ctx, r); return err }
		},
	} {
		t.Run(name, func(t *testing.T) {
			twoShops(t, func(mine, theirs *stall, hook *hookedStore) {
				mine.sells("MUG", "10.00", 1000)
				mine.promote("first", func(p *till.Promotion) { p.Each, p.If.FirstOrder = 1, true })
				person, places := place(theirs)
				meanwhile := true
				hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
					if erases := slices.ContainsFunc(set.Changes, func(c store.Change) bool { _, ok := c.(store.Erase); return ok }); erases && meanwhile {
						meanwhile = false
						mine.must(places())
						if _, claims := mine.usesOf("first"); len(claims) != 2 {
							t.Fatalf("the order has claimed %q", claims)
						}
					}
					return hook.Store.Commit(ctx, set)
				}
				mine.must(mine.staff.Erase(mine.ctx, person))
				if mine.has("zelda") {
					_, claims := mine.usesOf("first")
					t.Errorf("the address is still there, claims are %q", claims)
				}
				mine.same("orders", len(must(mine.staff.Orders(mine.ctx, till.OrderQuery{Person: person})).Items), 1)
				mine.sound()
				if err := places(); err == nil && name == "a cart" {
					t.Error("somebody who was erased orders")
				}
				if mine.has("zelda") {
					t.Error("the address has come back")
				}
			})
		})
	}
}

// After Erase and Maintain no byte of the file has the address that used promotions.
func TestShellRulesErasedFromTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "shop.db")
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := newStall(t, db)
	s.sells("MUG", "10.00", 1000)
	s.promote("twice", func(p *till.Promotion) { p.Each, p.If.FirstOrder = 2, true })
	var people []till.PersonID
	for i := range 3 {
		g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
		r := s.agreed(g.Buyer, fmt.Sprint(i))
		r.Contact.Email = "zelda@example.com"
		_, err := g.Checkout(s.ctx, r)
		if drift, ok := errors.AsType[*till.DriftError](err); ok { // it is no first order
			r.Accept, r.Seen = drift.Quote.Digest(), nil
			_, err = g.Checkout(s.ctx, r)
		}
		s.must(err)
		people = append(people, g.Person())
	}
	if !wordIn(t, path, "zelda@example.com") {
		t.Fatal("the address is nowhere: this test looks for nothing")
	}
	for _, p := range people {
		s.must(s.staff.Erase(s.ctx, p))
	}
	must(s.shop.Maintain(s.ctx))
	if wordIn(t, path, "zelda@example.com") {
		t.Error("the address is in the file")
	}
	s.sound()
}

// wordIn reports whether a word stands in a file, or in one beside it.
func wordIn(t *testing.T, path, word string) bool {
	t.Helper()
	for _, file := range must(filepath.Glob(path + "*")) {
		if bytes.Contains(must(os.ReadFile(file)), []byte(word)) {
			return true
		}
	}
	return false
}

// Erasing goes on where a claim is not there, as after a loss: it takes what there is.
func TestShellRulesOfErasingWhatIsLost(t *testing.T) {
	s := newStall(t, memory.New())
	s.sells("MUG", "10.00", 1000)
	s.promote("first", func(p *till.Promotion) { p.Each, p.If.FirstOrder = 1, true })
	g := s.visitor(till.Item{SKU: "MUG", Quantity: 1})
	order := s.buys(g.Buyer, "click")
	must(s.store.Commit(s.ctx, store.ChangeSet{Changes: []store.Change{store.Release{Ref: store.Ref{Family: "used", Key: "first/1/e:ada@example.com"}, Owner: order.ID().String()}}}))
	s.must(s.staff.Erase(s.ctx, g.Person()))
	_, claims := s.usesOf("first")
	s.same("claims that are left", len(claims), 0)
	s.sound()
}

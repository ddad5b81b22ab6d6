package till_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tillkit/till"
	"github.com/tillkit/till/store"
)

// Expired sessions go many at once, and where somebody is faster with one of them, the
// others go all the same.
func TestShellMaintainMany(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		hook := &hookedStore{Store: db}
		s := newStall(t, hook)
		s.sells("MUG", "9.50", 100)
		const guests = 520 // more than one commit takes
		for i := range guests {
			if guest := s.visitor(); i%10 == 0 {
				s.must(guest.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
			}
		}
		s.clock.pass(91 * 24 * time.Hour)
		commits, carts := 0, guests/10
		hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			if commits++; commits == 1 { // one of these is signed out meanwhile, with its cart
				gone, cart := s.session(db, set)
				carts -= len(cart)
				_, err := db.Commit(ctx, store.ChangeSet{Changes: append(cart, gone)})
				s.must(err)
			}
			return db.Commit(ctx, set)
		}
		done, err := s.shop.Maintain(s.ctx)
		s.must(err)
		if done.Sessions != guests-1 || done.Carts != carts || commits > 30 {
			t.Errorf("it did %+v in %d commits", done, commits)
		}
		done, err = s.shop.Maintain(s.ctx)
		s.must(err)
		s.same("what it did again", done, till.Maintained{})
	})
}

// session gives the first session that a set deletes, and the cart that goes with it, if
// there is one.
func (s *stall) session(db store.Store, set store.ChangeSet) (session store.Change, cart []store.Change) {
	gone := set.Changes[0].(store.Delete)
	records, err := db.Get(s.ctx, gone.Ref)
	s.must(err)
	doc, err := records[0].Doc.AppendStored(nil)
	s.must(err)
	var is struct {
		Person string `json:"person"`
	}
	s.must(json.Unmarshal(doc, &is))
	for _, change := range set.Changes {
		if c, ok := change.(store.Delete); ok && strings.HasPrefix(c.Key, is.Person+"/") {
			cart = append(cart, c)
		}
	}
	return gone, cart
}

// A cart that comes when its session is being deleted stays with the session: neither is
// left without the other.
func TestShellMaintainLeavesNoCart(t *testing.T) {
	onStores(t, func(t *testing.T, db store.Store) {
		hook := &hookedStore{Store: db}
		s := newStall(t, hook)
		s.sells("MUG", "9.50", 100)
		guest := s.visitor()
		slow := newStallClock() // of another process: the session is not over there
		slow.pass(89 * 24 * time.Hour)
		beside := stallAt(t, db, slow)
		here, err := beside.shop.Guest(s.ctx, guest.Token())
		s.must(err)
		s.clock.pass(91 * 24 * time.Hour)
		added := false
		hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			if !added {
				added = true
				s.must(here.Add(s.ctx, till.Item{SKU: "MUG", Quantity: 1}))
			}
			return db.Commit(ctx, set)
		}
		done, err := s.shop.Maintain(s.ctx)
		s.must(err)
		s.same("what it did", done, till.Maintained{})
		done, err = s.shop.Maintain(s.ctx)
		s.must(err)
		s.same("what it did again", done, till.Maintained{Sessions: 1, Carts: 1})
	})
}

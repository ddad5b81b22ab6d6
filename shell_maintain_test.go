package till_test

import (
	"context"
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
		commits := 0
		hook.commit = func(ctx context.Context, set store.ChangeSet) (store.Receipt, error) {
			if commits++; commits == 1 { // one of these is signed out meanwhile
				_, err := db.Commit(ctx, store.ChangeSet{Changes: set.Changes[:1]})
				s.must(err)
			}
			return db.Commit(ctx, set)
		}
		done, err := s.shop.Maintain(s.ctx)
		s.must(err)
		if done.Sessions != guests-1 || done.Carts != guests/10 || commits > 30 {
			t.Errorf("it did %+v in %d commits", done, commits)
		}
		done, err = s.shop.Maintain(s.ctx)
		s.must(err)
		s.same("what it did again", done, till.Maintained{})
	})
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

package storetest

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/tillkit/till/store"
)

// crashSet is the i-th set of the rule: an order of five records.
func crashSet(i int) store.ChangeSet {
	key := fmt.Sprintf("o%05d", i)
	return keyed(key, key, put(key, 0, thing{Num: int64(i), State: "open"}), plain(key, 0, "words of "+key), grow(key, 0, "opened", "placed"),
		add("stock", "available", 1, 0), take(key, "owner"))
}

// numberOf reads the number of a set that a child has acknowledged.
func (e *Env) numberOf(line string) int {
	e.Helper()
	n, err := strconv.Atoi(line)
	e.Must("read what the child says", err)
	return n
}

func crash(e *Env) {
	if place := e.childPlace(); place != "" {
		s := e.Prepared(place)
		for i := len(e.Keys(s, store.Query{Family: "row"})); ; i++ {
			if _, err := s.Commit(e.Ctx, crashSet(i)); err != nil {
				e.Fatalf("storetest: the child's commit: %v", err)
			}
			fmt.Println(said + strconv.Itoa(i))
		}
	}
	place := e.Place()
	e.Must("Close", e.Prepared(place).Close())
	acked := 0
	for _, least := range []int{1, 40, 100} {
		c := e.child(place)
		for line := range c.lines {
			if acked = e.numberOf(line) + 1; acked >= least {
				break
			}
		}
		for _, line := range c.kill() {
			acked = e.numberOf(line) + 1
		}
		if acked < least {
			e.Fatalf("storetest: the child ended after %d commits: does the test that runs this rule stand alone with its name %q?", acked, e.Name())
		}
		s := e.Prepared(place)
		stored := len(e.Keys(s, store.Query{Family: "row"}))
		if stored < acked {
			e.Failf("%d sets were acknowledged before the kill, %d are there", acked, stored)
		}
		for i := range stored + 2 {
			key := fmt.Sprintf("o%05d", i)
			seen := e.Get(s, ref("row", key), ref("plain", key), ref("journal", key), ref("claim", key), ref(store.Receipts, key))
			want := []int64{0, 0, 0, 0, 0}
			if i < stored {
				want = []int64{1, 1, 2, 1, 1}
			}
			for j, w := range want {
				if seen[j].Rev != w {
					e.Failf("set %d of %d is there by half: %v", i, stored, seen)
				}
			}
			_, err := s.Outcome(e.Ctx, key)
			if (err == nil) != (i < stored) || err != nil && !errors.Is(err, store.ErrNotFound) {
				e.Failf("set %d of %d: Outcome %v", i, stored, err)
			}
			e.Equal("entries", len(e.History(s, ref("journal", key), 0, 10)), int(want[2]))
		}
		e.Equal("the stock", e.Get(s, ref("counter", "stock"))[0].Columns, []int64{int64(stored), 0})
		e.Equal("by state", len(e.Keys(s, in("by_state", store.TextValue("open")))), stored)
		acked = stored
		e.Must("Close", s.Close())
	}
}

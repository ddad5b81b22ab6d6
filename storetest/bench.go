package storetest

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/tillkit/till/store"
)

// Bench measures an adapter under fixed names, so that runs can be compared:
// what they do never changes. A commit is a checkout of three lines: a receipt,
// an order of two entries, a contact, three counters, three movements, a claim.
func Bench(b *testing.B, h Harness) {
	b.Run("Commit/checkout", func(b *testing.B) { benchCommit(b, h, false) })
	b.Run("Commit/checkout-parallel", func(b *testing.B) { benchCommit(b, h, true) })
	b.Run("Commit/cart", benchCart(h))
	b.Run("Get/cart", benchGet(h))
	b.Run("Find/page-50-of-10k", benchFind(h, store.Query{Family: "row", List: "by_num", Desc: true, Limit: 50}))
	b.Run("Find/words-50-of-10k", benchFind(h, store.Query{Family: "row", List: "search", Match: []string{"blue", "mug*"}, Limit: 50}))
	b.Run("History/50", benchHistory(h))
}

func benchStore(b *testing.B, h Harness) (store.Store, context.Context) {
	e := &Env{TB: b, Harness: h, Rule: Rule{ID: "bench"}, Ctx: context.Background()}
	return e.Fresh(), e.Ctx
}

func checkoutSet(i int64) store.ChangeSet {
	key := fmt.Sprintf("o%012d", i)
	set := keyed(key, key, grow(key, 0, `{"lines":[{"sku":"MUG","quantity":2,"price":950}]}`, `{"placed":true}`), letter("p"+key+"/1", 0, "Ann, 1 High Street"), take(key, key))
	for line := range int64(3) {
		stock := strconv.FormatInt((i*7+line*31)%100, 10)
		set.Changes = append(set.Changes, steps("s"+strconv.FormatInt(line, 10)+stock, step("available", -1, store.NoFloor), step("reserved", 1, 0)),
			put(fmt.Sprintf("m%012d-%d", i, line), 0, thing{Num: i, State: stock}))
	}
	return set
}

func benchCommit(b *testing.B, h Harness, parallel bool) {
	s, ctx := benchStore(b, h)
	var next atomic.Int64
	commit := func() {
		if _, err := s.Commit(ctx, checkoutSet(next.Add(1))); err != nil {
			b.Error(err)
		}
	}
	b.ReportAllocs()
	if parallel {
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				commit()
			}
		})
	} else {
		for b.Loop() {
			commit()
		}
	}
	b.ReportMetric(float64(next.Load())/b.Elapsed().Seconds(), "commits/s")
}

func benchCart(h Harness) func(*testing.B) {
	return func(b *testing.B) {
		s, ctx := benchStore(b, h)
		b.ReportAllocs()
		for rev := int64(0); b.Loop(); rev++ {
			if _, err := s.Commit(ctx, one(put("cart", rev, thing{Num: rev, State: "open"}))); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func benchGet(h Harness) func(*testing.B) {
	return func(b *testing.B) {
		s, ctx := benchStore(b, h)
		if _, err := s.Commit(ctx, one(put("cart", 0, thing{State: "open"}))); err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.Get(ctx, ref("row", "cart")); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func benchFind(h Harness, q store.Query) func(*testing.B) {
	return func(b *testing.B) {
		s, ctx := benchStore(b, h)
		for from := range int64(20) {
			var set store.ChangeSet
			for i := from * 500; i < from*500+500; i++ {
				set.Changes = append(set.Changes, put(fmt.Sprintf("k%06d", i*7919%1000003), 0, thing{Num: i % 997, State: "open", Text: []string{"Blue mug", "Blue mugs", "Red mug"}[i%3]}))
			}
			if _, err := s.Commit(ctx, set); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportAllocs()
		for b.Loop() {
			page, err := s.Find(ctx, q)
			if err != nil {
				b.Fatal(err)
			}
			if q.After = page.Next; len(page.Items) == 0 && page.Next != "" {
				b.Fatal("an empty page")
			}
		}
	}
}

func benchHistory(h Harness) func(*testing.B) {
	return func(b *testing.B) {
		s, ctx := benchStore(b, h)
		for rev := range int64(200) {
			if _, err := s.Commit(ctx, one(grow("j", rev, `{"captured":950}`))); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := s.History(ctx, ref("journal", "j"), 100, 50); err != nil {
				b.Fatal(err)
			}
		}
	}
}
